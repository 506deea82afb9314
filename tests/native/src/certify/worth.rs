//! What units do, as the sums that shards keep of it: whole numbers, in the vectors of each kind of metric.

use super::draws::{binomial, gauss};
use fastrand::Rng;
use pointsman::collect::{Kind, Measure, grid};
use pointsman::metric;
use pointsman::stats::effect::Refusal;
use pointsman::stats::moments::{Moments, Sums};
use pointsman::stats::special::normal;

/// How skewed values are.
#[derive(Clone, Copy, Debug)]
pub enum Tail {
    /// e^(σ·normal).
    Lognormal(f64),
    /// The same for one of so many units, nothing for the others.
    Mostly(f64, f64),
}

impl Tail {
    /// What a unit has.
    pub fn draw(self, rng: &mut Rng) -> f64 {
        let (share, sigma) = self.shape();
        if share < 1.0 && rng.f64() >= share { 0.0 } else { (sigma * gauss(rng)).exp() }
    }

    /// The share of units that have a value, and its σ.
    fn shape(self) -> (f64, f64) {
        match self {
            Self::Lognormal(sigma) => (1.0, sigma),
            Self::Mostly(share, sigma) => (share, sigma),
        }
    }

    fn words(self) -> String {
        match self {
            Self::Lognormal(sigma) => format!("lognormal σ {sigma}"),
            Self::Mostly(share, sigma) => format!("{:.0} % zeros, else lognormal σ {sigma}", 100.0 * (1.0 - share)),
        }
    }

    /// The same tail as some values that units have, so that a batch of any size is a draw of how many have each: they lie
    /// a third of a σ from each other, up to five σ.
    #[must_use]
    pub fn cells(self) -> Cells {
        const STEP: f64 = 1.0 / 3.0;
        let (share, sigma) = self.shape();
        let within = |place: i32| {
            let (low, high) = ((f64::from(place) - 0.5) * STEP, (f64::from(place) + 0.5) * STEP);
            // What is further out lies in the last cell.
            let low = if place == -15 { 0.0 } else { normal::cdf(low) };
            let high = if place == 15 { 1.0 } else { normal::cdf(high) };
            [(sigma * f64::from(place) * STEP).exp(), share * (high - low)]
        };
        let mut cells: Vec<[f64; 2]> = (-15..=15).map(within).chain([[0.0, 1.0 - share]]).collect();
        // The likeliest first: then most draws soon have nobody left.
        cells.sort_by(|[_, one], [_, other]| other.total_cmp(one));
        Cells { cells, name: self.words() }
    }
}

/// Values with their chances.
#[derive(Clone, Debug)]
pub struct Cells {
    cells: Vec<[f64; 2]>,
    name: String,
}

impl Cells {
    /// The standard deviation of a unit by its mean.
    #[must_use]
    pub fn spread(&self) -> f64 {
        let moment = |power: i32| self.cells.iter().map(|[value, chance]| chance * value.powi(power)).sum::<f64>();
        (moment(2) / (moment(1) * moment(1)) - 1.0).sqrt()
    }

    /// `[n, y, yy]` of so many units, in hundredths.
    fn draw(&self, rng: &mut Rng, n: u64, level: f64) -> [i128; 3] {
        let (mut left, mut chance_left) = (n, 1.0);
        let mut sums = [n.into(), 0, 0];
        for [value, chance] in &self.cells {
            if left == 0 {
                break;
            }
            let here = binomial(rng, left, (chance / chance_left).min(1.0));
            left -= here;
            chance_left = (chance_left - chance).max(f64::MIN_POSITIVE);
            let value = i128::from(whole(100.0 * level * value));
            sums[1] += i128::from(here) * value;
            sums[2] += i128::from(here) * value * value;
        }
        sums
    }
}

/// What is measured of a unit.
#[derive(Clone, Debug)]
pub enum Worth {
    /// A sum in hundredths.
    Sum(Cells),
    /// The same, with what the unit was worth before the run, on which a half of its logarithm depends.
    Covariate(Tail),
    /// How often it did something: mostly never, some very often.
    Count,
    /// The same of something rare: so large a share of units has any, and those have it in bursts.
    Bursts(f64),
    /// The mean of its events, of which some units have many, and each unit its own level.
    Mean,
    /// How long its page views took, three quarters of all; those of one unit go together.
    Quantile,
}

/// The thresholds of the quantile, in milliseconds around its place.
const THRESHOLDS: [f64; 2] = [1_000.0, 1_400.0];

impl Worth {
    pub fn words(&self) -> String {
        match self {
            Self::Sum(cells) => format!("a sum, {}", cells.name),
            Self::Covariate(tail) => format!("a sum with a covariate, {}", tail.words()),
            Self::Count => "a count".to_string(),
            Self::Bursts(share) => format!("a count that {} % have, in bursts", share * 100.0),
            Self::Mean => "a mean of events".to_string(),
            Self::Quantile => "a quantile".to_string(),
        }
    }

    pub fn measure(&self) -> Measure {
        let scaled = |kind| Measure { kind, scale: Some(2), ..Measure::default() };
        match self {
            Self::Sum(_) => scaled(Kind::Sum),
            Self::Covariate(_) => Measure { before: 28, ..scaled(Kind::Sum) },
            Self::Count | Self::Bursts(_) => Measure { kind: Kind::Count, ..Measure::default() },
            Self::Mean => scaled(Kind::Mean),
            Self::Quantile => Measure { kind: Kind::Quantile, thresholds: THRESHOLDS.to_vec(), ..Measure::default() },
        }
    }

    /// Adds `n` units to an arm whose values are all so many times as large.
    pub fn units(&self, rng: &mut Rng, arm: &mut Vec<i128>, n: u64, level: f64) {
        match self {
            Self::Sum(cells) => add(arm, 0, &cells.draw(rng, n, level)),
            Self::Quantile => (0..n).for_each(|_| timed(rng, arm, level)),
            // A higher level is more units that have any.
            Self::Bursts(share) => {
                let any = binomial(rng, n, (share * level).min(1.0));
                let mut sums = Sums::of(3);
                (0..any).for_each(|_| sums.unit(&[burst(rng), 1, 0], false));
                sums.units = n;
                add(arm, 0, &sums.vector());
            }
            Self::Covariate(_) | Self::Count | Self::Mean => {
                // Outcome, denominator and covariate; those that a kind has not are nothing.
                let mut sums = Sums::of(3);
                (0..n).for_each(|_| sums.unit(&self.unit(rng, level), false));
                add(arm, 0, &sums.vector());
            }
        }
    }

    /// A unit's outcome, its denominator or whether it has any, its covariate.
    fn unit(&self, rng: &mut Rng, level: f64) -> [i64; 3] {
        match self {
            Self::Covariate(tail) => {
                let before = gauss(rng);
                let now = 100.0 * level * tail.draw(rng) * (0.5 * before).exp();
                [whole(now), 0, whole(100.0 * before)]
            }
            Self::Mean => {
                let events = 1.0 + rare(rng).floor();
                [whole(100.0 * level * events * (0.5 * gauss(rng)).exp()), whole(events), 0]
            }
            _ => {
                let count = whole((level * rare(rng)).floor());
                [count, i64::from(count > 0), 0]
            }
        }
    }

    /// The arm's moments, by the code that reads shards.
    pub fn moments(&self, arm: &[i128]) -> Result<Moments, Refusal> {
        metric::moments(&self.measure(), arm)
    }
}

fn whole(number: f64) -> i64 {
    number.round() as i64
}

/// 1 on average, with a long tail.
fn rare(rng: &mut Rng) -> f64 {
    let u = -(1.0 - rng.f64()).ln();
    0.5 * u * u
}

/// How often somebody has it who has any: 3 on average, and some very often.
fn burst(rng: &mut Rng) -> i64 {
    1 + whole((2.5 * rare(rng)).floor())
}

/// A unit's page views: one or more, each around the unit's own level.
fn timed(rng: &mut Rng, arm: &mut Vec<i128>, level: f64) {
    let views = 1 + whole(rare(rng).floor());
    let own = 800.0 * level * (0.4 * gauss(rng)).exp();
    let grid = 3 + 3 * THRESHOLDS.len();
    let mut below = [0; THRESHOLDS.len()];
    for _ in 0..views {
        let took = whole(own * (0.4 * gauss(rng)).exp());
        for (below, threshold) in below.iter_mut().zip(THRESHOLDS) {
            *below += i128::from(took <= whole(threshold));
        }
        add(arm, grid + grid::place(took), &[1]);
    }
    let m = i128::from(views);
    add(arm, 0, &[1, m, m * m]);
    for (place, c) in below.into_iter().enumerate() {
        add(arm, 3 + 3 * place, &[c, c * c, c * m]);
    }
}

/// Adds to a vector from a place on.
pub fn add(vector: &mut Vec<i128>, from: usize, more: &[i128]) {
    if vector.len() < from + more.len() {
        vector.resize(from + more.len(), 0);
    }
    for (sum, next) in vector[from..].iter_mut().zip(more) {
        *sum += next;
    }
}
