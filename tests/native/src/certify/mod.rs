//! Each promise of the statistics, by simulation through the code that runs in production: sums in, action out.
//!
//! Simulations draw sums, not visitors: how many of a batch had an event is one binomial draw. A promise of the kind "at
//! most α" passes when the 99 % upper bound (Clopper & Pearson) of its rate is at most α, not when the rate happens to be.

mod bandits;
mod campaign;
mod control;
mod cover;
pub(crate) mod draws;
mod forecasts;
mod harm;
mod looks;
mod plans;
mod segments;
mod stages;
mod values;
mod watch;
mod worth;

pub use worth::Tail;
pub(crate) use worth::Worth;

use pointsman::stats::conversions::Conversions;
use pointsman::stats::proportion::interval::{One, one};
use serde::Serialize;
use std::sync::Mutex;
use std::time::Instant;

/// What must hold of a rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Promise {
    /// It is at most this, shown by its 99 % upper bound.
    AtMost(f64),
    /// It is at least this, shown by its 99 % lower bound.
    AtLeast(f64),
    /// It is this, but for so much as an approximation may be off, and its 99 % bounds do not say otherwise: what a number
    /// that is printed comes to.
    About(f64, f64),
    /// It does not happen, not once.
    Never,
}

impl Promise {
    /// Whether it is kept, by how often it happened and between which bounds its rate lies.
    #[must_use]
    pub fn is_kept(self, hits: u64, bounds: [f64; 2]) -> bool {
        match self {
            Self::AtMost(most) => bounds[1] <= most,
            Self::AtLeast(least) => bounds[0] >= least,
            Self::About(rate, off) => bounds[0] <= rate + off && rate - off <= bounds[1],
            Self::Never => hits == 0,
        }
    }

    fn words(self) -> String {
        match self {
            Self::AtMost(most) => format!("at most {}", percent(most)),
            Self::AtLeast(least) => format!("at least {}", percent(least)),
            Self::About(rate, off) if off > 0.0 => format!("{} ± {:.2}", percent(rate), 100.0 * off),
            Self::About(rate, _) => percent(rate),
            Self::Never => "never".to_string(),
        }
    }
}

/// The 98 % interval of a rate (Clopper & Pearson): its ends are the one-sided bounds of 99 %.
#[must_use]
pub fn bounds(hits: u64, of: u64) -> [f64; 2] {
    let interval = Conversions::new(of, hits).and_then(|counts| one(counts, 0.02, One::Exact).ok());
    interval.map_or([0.0, 1.0], |interval| [interval.low, interval.high])
}

/// What came of a promise.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Certified {
    /// Which guarantee it belongs to.
    pub guarantee: &'static str,
    /// The situation.
    pub situation: String,
    /// What must hold.
    pub promise: Promise,
    /// How often it happened.
    pub hits: u64,
    /// Of so many simulated experiments.
    pub of: u64,
    /// See [`bounds`].
    pub bounds: [f64; 2],
    /// Whether the promise holds.
    pub passed: bool,
    /// Experiments a second.
    pub per_second: f64,
}

/// How large a run is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Simulated experiments for each promise.
    pub experiments: u64,
    /// Looks in the life of each.
    pub looks: u64,
    /// Where chance begins.
    pub seed: u64,
}

/// One simulation: whether it happened in the experiment that begins with this seed.
type Simulation = Box<dyn Fn(&mut fastrand::Rng, u64) -> bool + Send>;

/// A promise that can be simulated.
pub struct Trial {
    guarantee: &'static str,
    situation: String,
    promise: Promise,
    /// Experiments of this trial for each of the run: more than one where the promise is so small, or so close to what
    /// happens, that fewer show nothing.
    times: u64,
    /// At most so many in a run of the usual size: one that takes long and shows enough.
    most: u64,
    simulate: Simulation,
}

impl Trial {
    fn new(
        guarantee: &'static str,
        situation: impl Into<String>,
        promise: Promise,
        simulate: impl Fn(&mut fastrand::Rng, u64) -> bool + Send + 'static,
    ) -> Self {
        Self { guarantee, situation: situation.into(), promise, times: 1, most: u64::MAX, simulate: Box::new(simulate) }
    }

    /// With so many times the experiments, up to what is enough for all.
    fn times(self, times: u64) -> Self {
        Self { times, ..self }
    }

    /// With at most so many of them, and in a larger run as many times as many.
    fn most(self, most: u64) -> Self {
        Self { most, ..self }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}: {}", self.guarantee, self.situation)
    }

    /// The row of the table before anything was simulated.
    #[must_use]
    pub fn row(&self) -> String {
        row(self.guarantee, &self.situation, self.promise)
    }

    /// Simulates it.
    #[must_use]
    pub fn certify(&self, size: Size) -> Certified {
        let started = Instant::now();
        let of = (size.experiments * self.times).min(size.experiments.max(ENOUGH));
        let of = of.min(self.most.saturating_mul((size.experiments / USUAL).max(1)));
        let happened = |experiment: &u64| {
            let mut rng = fastrand::Rng::with_seed(size.seed.wrapping_mul(0x9E37_79B9).wrapping_add(*experiment));
            (self.simulate)(&mut rng, size.looks)
        };
        let hits = (0..of).filter(happened).count() as u64;
        let bounds = bounds(hits, of);
        let passed = self.promise.is_kept(hits, bounds);
        let (guarantee, situation, promise) = (self.guarantee, self.situation.clone(), self.promise);
        let per_second = draws::real(of) / started.elapsed().as_secs_f64().max(1e-9);
        Certified { guarantee, situation, promise, hits, of, bounds, passed, per_second }
    }
}

/// Experiments that are enough for every promise here: one of a thousand, when half as many happen.
const ENOUGH: u64 = 60_000;

/// Experiments of a run of the usual size.
pub const USUAL: u64 = 2_200;

/// Every promise.
#[must_use]
pub fn trials() -> Vec<Trial> {
    let mut trials = harm::trials();
    trials.extend(values::trials());
    trials.extend(stages::trials());
    trials.extend(control::trials());
    trials.extend(looks::trials());
    trials.extend(cover::trials());
    trials.extend(plans::trials());
    trials.extend(segments::trials());
    trials.extend(forecasts::trials());
    trials.extend(watch::trials());
    trials.extend(bandits::trials());
    trials.extend(campaign::trials());
    trials
}

/// Simulates all of them on all cores, and tells of each as it is done.
///
/// # Panics
///
/// Where a trial does.
pub fn certify(trials: Vec<Trial>, size: Size, told: impl Fn(&Certified) + Sync) -> Vec<Certified> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let waiting = Mutex::new(trials.into_iter().enumerate());
    let done = Mutex::new(Vec::new());
    let work = || {
        loop {
            let Some((place, trial)) = waiting.lock().unwrap().next() else { return };
            let certified = trial.certify(size);
            told(&certified);
            done.lock().unwrap().push((place, certified));
        }
    };
    std::thread::scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(work))));
    let mut all = done.into_inner().unwrap();
    all.sort_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, certified)| certified).collect()
}

/// The table of a run, in Markdown.
#[must_use]
pub fn table(all: &[Certified]) -> String {
    let mut lines = vec![
        "| promise | situation | must be | happened | 99 % bound |".to_string(),
        "| --- | --- | --- | --- | --- |".to_string(),
    ];
    for one in all {
        let [low, high] = one.bounds.map(percent);
        let bound = match one.promise {
            Promise::AtMost(_) | Promise::Never => high,
            Promise::AtLeast(_) => low,
            Promise::About(..) => format!("{low} to {high}"),
        };
        let rate = percent(draws::real(one.hits) / draws::real(one.of));
        let kept = if one.passed { "" } else { " **broken**" };
        let row = row(one.guarantee, &one.situation, one.promise);
        lines.push(format!("{row} {} of {} ({rate}) | {bound}{kept} |", one.hits, one.of));
    }
    lines.join("\n")
}

fn row(guarantee: &str, situation: &str, promise: Promise) -> String {
    format!("| {guarantee} | {situation} | {} |", promise.words())
}

fn percent(share: f64) -> String {
    let value = share * 100.0;
    if value < 1.0 { format!("{value:.3} %") } else { format!("{value:.2} %") }
}
