//! Intervals of one look: they miss the truth as often as they say.

use super::draws::{binomial, gauss, units};
use super::{Promise, Trial};
use fastrand::Rng;
use pointsman::stats::conversions::Conversions;
use pointsman::stats::effect::{Alternative, Effect, Refusal, Scale};
use pointsman::stats::estimate::{Adjustment, Part, effect};
use pointsman::stats::moments::Moments;
use pointsman::stats::proportion::interval::{One, Two, difference, one};
use pointsman::stats::strata;

/// 0.3 more for each unit of the treatment.
const EFFECT: f64 = 0.3;

pub fn trials() -> Vec<Trial> {
    let about = |situation: &str, simulate: fn(&mut Rng) -> bool| {
        Trial::new("misses of a 95 % interval, one look", situation, Promise::About(0.05), move |rng, _| simulate(rng))
            .times(0.7)
    };
    let most = |situation: &str, simulate: fn(&mut Rng) -> bool| {
        Trial::new("misses of an exact 95 % interval", situation, Promise::AtMost(0.05), move |rng, _| simulate(rng))
    };
    vec![
        about("Welch, 15 and 40 units of different spread", welch),
        about("a ratio of sums by the delta method, 200 units", ratio),
        about("a relative effect with a covariate, 200 units", covariate),
        about("four strata of different level", stratified),
        most("Clopper & Pearson, 3 of 100 expected", exact),
        Trial::new(
            "misses of a 95 % interval, one look",
            "Newcombe, 3 and 4 of 60",
            Promise::AtMost(0.065),
            |rng, _| newcombe(rng),
        ),
    ]
}

fn misses(effect: Result<Effect, Refusal>, truth: f64) -> bool {
    effect.is_ok_and(|effect| !effect.interval(0.05, Alternative::Different).holds(truth))
}

fn nobody(width: usize) -> Moments {
    Moments { mean: vec![0.0; width], covariance: vec![0.0; width * (width + 1) / 2], ..Moments::default() }
}

fn arms(rng: &mut Rng, n: [u64; 2], width: usize, unit: impl Fn(&mut Rng, f64) -> [f64; 2]) -> [Moments; 2] {
    let mut arms = [nobody(width), nobody(width)];
    for (index, arm) in arms.iter_mut().enumerate() {
        let more = if index == 1 { EFFECT } else { 0.0 };
        units(rng, arm, n[index], |rng| unit(rng, more));
    }
    arms
}

fn welch(rng: &mut Rng) -> bool {
    let [control, treatment] =
        arms(rng, [15, 40], 1, |rng, more| [more + gauss(rng) * if more > 0.0 { 3.0 } else { 1.0 }, 0.0]);
    misses(effect(&control, &treatment, &[Part::mean(0)], Scale::Absolute), EFFECT)
}

fn ratio(rng: &mut Rng) -> bool {
    let [control, treatment] = arms(rng, [200, 200], 2, |rng, more| {
        let visits = 3.0 + f64::from(rng.u8(0..4));
        [visits * (2.0 + more) + 2.0 * gauss(rng), visits]
    });
    misses(effect(&control, &treatment, &[Part::ratio(0, 1)], Scale::Absolute), EFFECT)
}

fn covariate(rng: &mut Rng) -> bool {
    let [control, treatment] = arms(rng, [200, 200], 2, |rng, more| {
        let before = gauss(rng);
        [10.0 + more + 2.0 * before + gauss(rng), before]
    });
    misses(effect(&control, &treatment, &[Part::mean(0), Part::mean(1)], Scale::Relative), EFFECT / 10.0)
}

fn stratified(rng: &mut Rng) -> bool {
    let mut strata = vec![[nobody(1), nobody(1)]; 4];
    for _ in 0..400 {
        let (stratum, arm) = (rng.usize(0..4), rng.usize(0..2));
        let level = [0.0, 3.0, 6.0, 12.0][stratum];
        units(rng, &mut strata[stratum][arm], 1, |rng| [level + if arm == 1 { EFFECT } else { 0.0 } + gauss(rng), 0.0]);
    }
    misses(strata::effect(&strata, &Adjustment::default(), Scale::Absolute), EFFECT)
}

fn exact(rng: &mut Rng) -> bool {
    let seen = Conversions::new(100, binomial(rng, 100, 0.03));
    seen.and_then(|seen| one(seen, 0.05, One::Exact).ok()).is_some_and(|interval| !interval.holds(0.03))
}

fn newcombe(rng: &mut Rng) -> bool {
    let arm = |rng: &mut Rng, p| Conversions::new(60, binomial(rng, 60, p));
    let (Some(control), Some(treatment)) = (arm(rng, 0.05), arm(rng, 0.07)) else { return true };
    difference(control, treatment, 0.05, Two::Newcombe).is_ok_and(|interval| !interval.holds(0.02))
}
