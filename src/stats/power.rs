//! Planning: how many units, how long, and how small an effect, for every estimator and every design.
//!
//! An estimator enters by what one unit of each arm adds to the variance of its effect ([`Spread`]); a design by how wide
//! its interval is after so many units ([`Design`]). Power is the chance that the interval excludes "no effect".

use super::effect::{Alternative, Refusal};
use super::group;
use super::sequence::Sequence;
use super::special::roots::Monotone;
use super::special::{normal, student};
use super::{real, within};
use alloc::vec::Vec;

/// More units than anybody has.
const MOST: f64 = 9_007_199_254_740_992.0;

/// What one unit adds to the variance of an effect: V = control/n + treatment/m.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// A unit of control.
    pub control: f64,
    /// A unit of the treatment.
    pub treatment: f64,
}

impl Spread {
    /// A mean whose units have this variance in both arms.
    #[must_use]
    pub const fn mean(variance: f64) -> Self {
        Self { control: variance, treatment: variance }
    }

    /// The difference of two shares.
    #[must_use]
    pub fn shares(control: f64, treatment: f64) -> Self {
        Self { control: control * (1.0 - control), treatment: treatment * (1.0 - treatment) }
    }

    /// The logarithm of the ratio of two shares.
    #[must_use]
    pub fn log_shares(control: f64, treatment: f64) -> Self {
        Self { control: (1.0 - control) / control, treatment: (1.0 - treatment) / treatment }
    }

    /// The relative effect of a mean, by the delta method, when the truth is `relative`.
    #[must_use]
    pub fn relative(mean: f64, variance: f64, relative: f64) -> Self {
        let unit = variance / (mean * mean);
        Self { control: unit * (1.0 + relative) * (1.0 + relative), treatment: unit }
    }

    fn variance(self, n: f64, ratio: f64) -> f64 {
        self.control / n + self.treatment / (n * ratio)
    }
}

/// How a run is read. Each way is a type of its own, so that whoever needs one carries no other along.
pub trait Design {
    /// The chance to show an effect of this size. `n` are control's units, `ratio` the treatment's for each of them.
    fn power(&self, effect: f64, spread: Spread, n: f64, ratio: f64) -> f64;
}

impl dyn Design + '_ {
    /// Control's units that show an effect with this power; `spread` may depend on nothing else.
    pub fn size(&self, effect: f64, spread: Spread, ratio: f64, power: f64) -> Result<f64, Refusal> {
        if effect == 0.0 || !(power > 0.0 && power < 1.0) || ratio.is_nan() || ratio <= 0.0 {
            return Err(Refusal::Impossible);
        }
        let start = 8.0 * (spread.control + spread.treatment / ratio) / (effect * effect);
        let n = Monotone { low: 0.0, high: libm::log(MOST), start: libm::log(within(start, [2.0, MOST])) }
            .zero(|log_n| self.power(effect, spread, libm::exp(log_n), ratio) - power);
        let n = libm::exp(n);
        if n >= MOST * 0.5 { Err(Refusal::Impossible) } else { Ok(n) }
    }

    /// The smallest effect upward that so many units show with this power. `spread` tells the spread at an effect.
    pub fn smallest(&self, spread: impl Fn(f64) -> Spread, n: f64, ratio: f64, power: f64) -> Result<f64, Refusal> {
        if n.is_nan() || n < 2.0 || !(power > 0.0 && power < 1.0) {
            return Err(Refusal::Impossible);
        }
        let error = libm::sqrt(spread(0.0).variance(n, ratio));
        let lacks = |effect: f64| self.power(effect, spread(effect), n, ratio) - power;
        let most = 1e6 * error;
        let effect = Monotone { low: 0.0, high: most, start: 3.0 * error }.zero(lacks);
        if effect >= 0.99 * most { Err(Refusal::Impossible) } else { Ok(effect) }
    }

    /// The power at each of these effects.
    #[must_use]
    pub fn curve(&self, effects: &[f64], spread: Spread, n: f64, ratio: f64) -> Vec<f64> {
        effects.iter().map(|effect| self.power(*effect, spread, n, ratio)).collect()
    }
}

/// Once, at the end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fixed {
    /// The chance to be wrong.
    pub alpha: f64,
    /// Which effects are looked for.
    pub alternative: Alternative,
}

impl Design for Fixed {
    fn power(&self, effect: f64, spread: Spread, n: f64, ratio: f64) -> f64 {
        let z = effect / libm::sqrt(spread.variance(n, ratio));
        let bound = normal::isf(tail(self.alpha, self.alternative));
        sides(self.alternative, |towards| normal::sf(bound - towards * z))
    }
}

/// Once, at the end, by Student's t with a common variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Student {
    /// The chance to be wrong.
    pub alpha: f64,
    /// Which effects are looked for.
    pub alternative: Alternative,
}

impl Design for Student {
    fn power(&self, effect: f64, spread: Spread, n: f64, ratio: f64) -> f64 {
        let z = effect / libm::sqrt(spread.variance(n, ratio));
        let df = (n * (1.0 + ratio) - 2.0).max(1e-3);
        let bound = -student::ppf(tail(self.alpha, self.alternative), df);
        sides(self.alternative, |towards| student::noncentral_sf(bound, df, towards * z))
    }
}

/// At every moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anytime(pub Sequence);

impl Design for Anytime {
    fn power(&self, effect: f64, spread: Spread, n: f64, ratio: f64) -> f64 {
        let z = effect / libm::sqrt(spread.variance(n, ratio));
        let bound = self.0.half_width(1.0, n * (1.0 + ratio));
        let alternative = if self.0.one_sided { Alternative::Greater } else { Alternative::Different };
        sides(alternative, |towards| normal::sf(bound - towards * z))
    }
}

/// At planned looks: bounds to both sides for Z at shares of all information.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The shares.
    pub information: Vec<f64>,
    /// The bounds.
    pub bounds: Vec<f64>,
    /// Which of both sides is looked for.
    pub alternative: Alternative,
}

impl Design for Group {
    fn power(&self, effect: f64, spread: Spread, n: f64, ratio: f64) -> f64 {
        let z = effect / libm::sqrt(spread.variance(n, ratio));
        let low: Vec<f64> = self.bounds.iter().map(|bound| -bound).collect();
        group::crossing(&self.information, &low, &self.bounds, z).map_or(0.0, |crossing| match self.alternative {
            Alternative::Different => crossing.any(),
            Alternative::Greater => crossing.upper.iter().sum(),
            Alternative::Less => crossing.lower.iter().sum(),
        })
    }
}

fn tail(alpha: f64, alternative: Alternative) -> f64 {
    if alternative == Alternative::Different { 0.5 * alpha } else { alpha }
}

fn sides(alternative: Alternative, power: impl Fn(f64) -> f64) -> f64 {
    match alternative {
        Alternative::Different => power(1.0) + power(-1.0),
        Alternative::Greater => power(1.0),
        Alternative::Less => power(-1.0),
    }
}

/// Cohen's h for two shares: the difference of their angles, whose units have the variance 1.
#[must_use]
pub fn angles(p: f64, q: f64) -> f64 {
    2.0 * libm::asin(libm::sqrt(q)) - 2.0 * libm::asin(libm::sqrt(p))
}

/// Units of each arm that a one-sided test of two shares needs, with the pooled variance under "alike".
#[must_use]
pub fn size_of_shares(p: f64, q: f64, alpha: f64, power: f64) -> f64 {
    let pooled = 0.5 * (p + q);
    let null = libm::sqrt(2.0 * pooled * (1.0 - pooled));
    let truth = libm::sqrt(p * (1.0 - p) + q * (1.0 - q));
    let reach = normal::isf(alpha) * null + normal::ppf(power) * truth;
    reach * reach / ((q - p) * (q - p))
}

/// How much a day's visitors vary around what its weekday brings, as a share, while nobody has measured it.
pub const VARY: f64 = 0.2;

/// A week of traffic, by its shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Week {
    /// Units that come in on each day, from the day on which the run starts.
    pub days: [f64; 7],
}

impl Week {
    /// The days until so many units have come, in whole and a part. Nothing when nobody comes.
    #[must_use]
    pub fn duration(&self, units: f64) -> Option<f64> {
        let week: f64 = self.days.iter().sum();
        if week.is_nan() || week <= 0.0 || !units.is_finite() {
            return None;
        }
        let whole = libm::floor(units / week);
        let mut left = units - whole * week;
        let mut day = 0.0;
        for each in self.days {
            if left <= each {
                return Some(7.0 * whole + day + if each > 0.0 { left / each } else { 0.0 });
            }
            left -= each;
            day += 1.0;
        }
        Some(7.0 * whole + day)
    }

    /// The units that come in within so many days, the inverse of [`Week::duration`].
    #[must_use]
    pub fn units(&self, days: f64) -> f64 {
        let week: f64 = self.days.iter().sum();
        let weeks = libm::floor(days / 7.0);
        let (mut units, mut left) = (weeks * week, days - 7.0 * weeks);
        for each in self.days {
            units += each * left.clamp(0.0, 1.0);
            left -= 1.0;
        }
        units
    }

    /// The range of days that counts of this size come in with a chance of 80 %, as days vary by `spread` (a share).
    #[must_use]
    pub fn range(&self, units: f64, spread: f64) -> Option<[f64; 2]> {
        let days = self.duration(units)?;
        // A sum over days varies by the root of their number, and the level itself by as much as one day.
        let wide = 1.281_551_565_544_6 * spread * libm::sqrt(1.0 / days.max(1.0) + 0.25);
        Some([days / (1.0 + wide), days * (1.0 + wide)])
    }
}

/// What a running experiment may still show.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Middle {
    /// The chance that a look now shows the effect that is aimed at.
    pub power: f64,
    /// How many times the present units are still needed; 0 if none.
    pub further: f64,
}

/// A prior, as its mean and variance, or none.
pub type Prior = Option<[f64; 2]>;

/// Power in the middle of a run: `variance` is that of the present effect, `units` all so far. With a prior the belief
/// decides, with `sequence` the interval that holds at every look, else a single look.
pub fn middle(
    aim: f64,
    variance: f64,
    units: f64,
    alpha: f64,
    target: f64,
    sequence: Option<Sequence>,
    prior: Prior,
) -> Result<Middle, Refusal> {
    if !(variance > 0.0 && variance.is_finite() && units > 0.0 && target > 0.0 && target < 1.0) {
        return Err(Refusal::Impossible);
    }
    let power = |further: f64| {
        let v = variance / (1.0 + further);
        let error = libm::sqrt(v);
        let z = normal::isf(0.5 * alpha);
        let [low, high] = match (sequence, prior) {
            (Some(sequence), _) => {
                let half = sequence.half_width(v, units * (1.0 + further));
                [-half, half]
            }
            (None, None) => [-z * error, z * error],
            (None, Some([mean, spread])) => {
                let weight = libm::sqrt(1.0 / v + 1.0 / spread);
                [v * (-z * weight - mean / spread), v * (z * weight - mean / spread)]
            }
        };
        normal::sf((high - aim) / error) + normal::cdf((low - aim) / error)
    };
    let now = power(0.0);
    if now >= target {
        return Ok(Middle { power: now, further: 0.0 });
    }
    let further = Monotone { low: 0.0, high: MOST, start: 1.0 }.zero(|further| power(further) - target);
    Ok(Middle { power: now, further })
}

/// Units of each arm in whole numbers.
#[must_use]
pub fn whole(units: f64) -> f64 {
    libm::ceil(units).max(real(1))
}
