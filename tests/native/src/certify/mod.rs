//! Each promise of the statistics, by simulation through the code that runs in production: sums in, action out.
//!
//! Simulations draw sums, not visitors: how many of a batch had an event is one binomial draw. A promise of the kind "at
//! most α" passes when the 99 % upper bound (Clopper & Pearson) of its rate is at most α, not when the rate happens to be.

mod control;
mod cover;
mod draws;
mod harm;
mod looks;
mod plans;

pub use draws::Tail;

use pointsman::stats::conversions::Conversions;
use pointsman::stats::proportion::interval::{One, one};
use serde::Serialize;
use std::time::Instant;

/// What must hold of a rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Promise {
    /// It is at most this, shown by its 99 % upper bound.
    AtMost(f64),
    /// It is at least this, shown by its 99 % lower bound.
    AtLeast(f64),
    /// It is this, not contradicted by its 99 % bounds: what an exact interval of one look comes to.
    About(f64),
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
    /// The 98 % interval of the rate: its ends are the one-sided bounds of 99 %.
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
type Simulation = Box<dyn Fn(&mut fastrand::Rng, u64) -> bool>;

/// A promise that can be simulated.
pub struct Trial {
    guarantee: &'static str,
    situation: String,
    promise: Promise,
    /// Experiments of this trial for each of the run: below 1 where one is costly, above where it takes many.
    share: f64,
    simulate: Simulation,
}

impl Trial {
    fn new(
        guarantee: &'static str,
        situation: impl Into<String>,
        promise: Promise,
        simulate: impl Fn(&mut fastrand::Rng, u64) -> bool + 'static,
    ) -> Self {
        Self { guarantee, situation: situation.into(), promise, share: 1.0, simulate: Box::new(simulate) }
    }

    fn times(self, share: f64) -> Self {
        Self { share, ..self }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}: {}", self.guarantee, self.situation)
    }

    /// Simulates it.
    #[must_use]
    pub fn certify(&self, size: Size) -> Certified {
        let started = Instant::now();
        #[expect(clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a count")]
        let of = ((size.experiments as f64 * self.share) as u64).max(200);
        let happened = |experiment: &u64| {
            let mut rng = fastrand::Rng::with_seed(size.seed.wrapping_mul(0x9E37_79B9).wrapping_add(*experiment));
            (self.simulate)(&mut rng, size.looks)
        };
        let hits = (0..of).filter(happened).count() as u64;
        let bounds = Conversions::new(of, hits).and_then(|counts| one(counts, 0.02, One::Exact).ok());
        let bounds = bounds.map_or([0.0, 1.0], |interval| [interval.low, interval.high]);
        let passed = match self.promise {
            Promise::AtMost(most) => bounds[1] <= most,
            Promise::AtLeast(least) => bounds[0] >= least,
            Promise::About(rate) => bounds[0] <= rate && rate <= bounds[1],
        };
        let (guarantee, situation, promise) = (self.guarantee, self.situation.clone(), self.promise);
        #[expect(clippy::cast_precision_loss, reason = "a count")]
        let per_second = of as f64 / started.elapsed().as_secs_f64().max(1e-9);
        Certified { guarantee, situation, promise, hits, of, bounds, passed, per_second }
    }
}

/// Every promise. `release` adds those that only very many experiments can show.
#[must_use]
pub fn trials(release: bool) -> Vec<Trial> {
    let mut trials = harm::trials();
    trials.extend(control::trials());
    trials.extend(looks::trials(release));
    trials.extend(cover::trials());
    trials.extend(plans::trials());
    trials
}

/// The table of a run, in Markdown.
#[must_use]
pub fn table(all: &[Certified]) -> String {
    let mut lines = vec![
        "| promise | situation | must be | happened | 99 % bound |".to_string(),
        "| --- | --- | --- | --- | --- |".to_string(),
    ];
    for one in all {
        let percent = |share: f64| {
            let value = share * 100.0;
            if value < 1.0 { format!("{value:.3} %") } else { format!("{value:.2} %") }
        };
        let (must, bound) = match one.promise {
            Promise::AtMost(most) => (format!("at most {}", percent(most)), percent(one.bounds[1])),
            Promise::AtLeast(least) => (format!("at least {}", percent(least)), percent(one.bounds[0])),
            Promise::About(rate) => {
                (percent(rate), format!("{} to {}", percent(one.bounds[0]), percent(one.bounds[1])))
            }
        };
        #[expect(clippy::cast_precision_loss, reason = "a count")]
        let rate = one.hits as f64 / one.of as f64;
        let kept = if one.passed { "" } else { " **broken**" };
        lines.push(format!(
            "| {} | {} | {must} | {} of {} ({}) | {bound}{kept} |",
            one.guarantee,
            one.situation,
            one.hits,
            one.of,
            percent(rate)
        ));
    }
    lines.join("\n")
}
