//! Groups that are named: hardly ever by chance.

use super::draws::gauss;
use super::{Promise, Trial};
use fastrand::Rng;
use pointsman::stats::Validity;
use pointsman::stats::effect::{Effect, Scale};
use pointsman::stats::segments::{self, segments};

/// The error of each group's effect.
const ERROR: f64 = 0.03;

pub fn trials() -> Vec<Trial> {
    let nothing = "twelve segments of the same effect";
    let any = Trial::new("a segment named by chance", nothing, Promise::AtMost(segments::GATE), |rng, _| {
        let effects: Vec<Effect> = (0..12).map(|_| seen(0.02, ERROR, rng)).collect();
        segments(&effects).is_ok_and(|found| found.groups.iter().any(|group| group.differs))
    });
    let mut trials = vec![any.times(10)];
    let planted = "one of eight segments differs by six errors";
    let found = Trial::new("a segment that differs is named", planted, Promise::AtLeast(0.9), |rng, _| {
        let effects: Vec<Effect> =
            (0..8).map(|index| seen(if index == 3 { 6.0 * ERROR } else { 0.0 }, ERROR, rng)).collect();
        segments(&effects).is_ok_and(|found| found.groups[3].differs)
    });
    trials.push(found);
    for (far, of) in [(1, 8), (3, 12)] {
        let situation = format!("{far} of {of} segments differ by ten errors");
        let promise = Promise::AtMost(segments::RATE);
        let simulate = move |rng: &mut Rng, _| {
            let truth = |index: usize| if index < far { 10.0 * ERROR } else { 0.0 };
            let effects: Vec<Effect> = (0..of).map(|index| seen(truth(index), ERROR, rng)).collect();
            let Ok(found) = segments(&effects) else { return false };
            // Whether a named one, drawn at random, is false.
            let named: Vec<usize> = (0..of).filter(|index| found.groups[*index].differs).collect();
            !named.is_empty() && named[rng.usize(0..named.len())] >= far
        };
        trials.push(Trial::new("false segments among named ones", situation, promise, simulate).times(10));
    }
    trials
}

/// An effect of this size, as it is seen with such an error.
pub fn seen(truth: f64, error: f64, rng: &mut Rng) -> Effect {
    Effect {
        estimate: truth + error * gauss(rng),
        standard_error: error,
        df: f64::INFINITY,
        units: 10_000.0,
        scale: Scale::LogRatio,
        validity: Validity::FixedSample,
    }
}
