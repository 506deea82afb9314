//! What a plan says comes true: its power, what is named a segment, and how forecasts end.

use super::draws::{binomial, gauss};
use super::{Promise, Trial};
use fastrand::Rng;
use pointsman::stats::bayes::Belief;
use pointsman::stats::conversions::Conversions;
use pointsman::stats::effect::{Effect, Scale};
use pointsman::stats::forecast::ending;
use pointsman::stats::lift::lift;
use pointsman::stats::segments::{self, segments};
use pointsman::stats::sequence::{Sequence, TUNED_FOR};
use pointsman::stats::{ALPHA, Validity, size};

const USUAL: Sequence = Sequence { alpha: ALPHA, tuned_for: TUNED_FOR };

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for (base, by) in [(0.05, 0.2), (0.3, 0.1)] {
        let per_arm = size::per_arm(base, by, 0.8, USUAL).unwrap_or_default();
        let situation = format!("base {:.0} %, {:.0} % more, {per_arm} units an arm", base * 100.0, by * 100.0);
        let power = Trial::new("power at the planned size", situation, Promise::AtLeast(0.77), move |rng, _| {
            let arm = |rng: &mut Rng, rate| Conversions::new(per_arm, binomial(rng, per_arm, rate));
            let (Some(control), Some(treatment)) = (arm(rng, base), arm(rng, base * (1.0 + by))) else { return false };
            lift(control, treatment, USUAL).is_ok_and(|lift| lift.relative.low > 0.0)
        });
        // Four fifths are promised, and what is asked is close to it.
        trials.push(power.times(4.0));
    }
    let nothing = "twelve segments of the same effect";
    trials.push(Trial::new("a segment named by chance", nothing, Promise::AtMost(0.02), |rng, _| {
        let effects: Vec<Effect> = (0..12).map(|_| seen(0.02, 0.03, rng)).collect();
        segments(&effects).is_ok_and(|found| found.groups.iter().any(|group| group.differs))
    }));
    let situation = "one of eight named segments differs by ten errors";
    trials.push(Trial::new(
        "false segments among named ones",
        situation,
        Promise::AtMost(segments::RATE + 0.01),
        |rng, _| {
            let effects: Vec<Effect> =
                (0..8).map(|index| seen(if index == 0 { 0.3 } else { 0.0 }, 0.03, rng)).collect();
            let Ok(found) = segments(&effects) else { return false };
            // Whether a named one, drawn at random, is false.
            let named: Vec<usize> = (0..8).filter(|index| found.groups[*index].differs).collect();
            !named.is_empty() && named[rng.usize(0..named.len())] != 0
        },
    ));
    for (low, high) in [(0.1, 0.3), (0.4, 0.6), (0.7, 0.9)] {
        let situation = format!("forecasts of {:.0} to {:.0} %, at 30 % of the plan", low * 100.0, high * 100.0);
        // Asked as "did it come true more often than was said?": even chances, when forecasts are calibrated.
        let simulate = move |rng: &mut Rng, _| came_true(rng, low, high);
        trials.push(Trial::new("forecasts that came true", situation, Promise::About(0.5), simulate));
    }
    trials
}

fn seen(truth: f64, error: f64, rng: &mut Rng) -> Effect {
    Effect {
        estimate: truth + error * gauss(rng),
        standard_error: error,
        df: f64::INFINITY,
        units: 10_000.0,
        scale: Scale::LogRatio,
        validity: Validity::FixedSample,
    }
}

/// Effects come from the prior. Whether a run with a forecast in the range ended as was said, more often than a coin with
/// the forecast's chance does: a draw of the coin breaks the tie.
fn came_true(rng: &mut Rng, low: f64, high: f64) -> bool {
    let prior = Belief { mean: 0.0, sd: 0.06 };
    loop {
        let truth = prior.mean + prior.sd * gauss(rng);
        let share: f64 = 0.3;
        let last = 0.02;
        // A third of the units first, then the rest, whose estimate is independent.
        let first = last / share.sqrt();
        let now = Effect { units: 0.3 * 20_000.0, ..seen(truth, first, rng) };
        let Ok(told) = ending(&now, prior, share, USUAL) else { return false };
        if told.up < low || told.up >= high {
            continue;
        }
        let rest = seen(truth, last / (1.0 - share).sqrt(), rng).estimate;
        let end = share * now.estimate + (1.0 - share) * rest;
        let happened = end > USUAL.half_width(last * last, 20_000.0);
        let coin = rng.f64() < told.up;
        return if happened == coin { rng.bool() } else { happened };
    }
}
