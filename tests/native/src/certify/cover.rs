//! Intervals of one look: they miss the truth as often as they say.

use super::draws::{binomial, gauss, units};
use super::worth::Worth;
use super::{Promise, Trial};
use fastrand::Rng;
use pointsman::metric;
use pointsman::stats::conversions::Conversions;
use pointsman::stats::effect::{Alternative, Effect, Refusal, Scale};
use pointsman::stats::estimate::{Adjustment, Part, effect};
use pointsman::stats::moments::Moments;
use pointsman::stats::proportion::interval::{One, Two, difference, one};
use pointsman::stats::strata;

/// 0.3 more for each unit of the treatment.
const EFFECT: f64 = 0.3;

/// How far the approximations here may be off: a third of a hundredth.
const OFF: f64 = 0.003;

pub fn trials() -> Vec<Trial> {
    let about = |situation: &str, simulate: fn(&mut Rng) -> bool| {
        let promise = Promise::About(0.05, OFF);
        Trial::new("misses of a 95 % interval, one look", situation, promise, move |rng, _| simulate(rng))
    };
    let most = |situation: &str, simulate: fn(&mut Rng) -> bool| {
        let promise = Promise::AtMost(0.05);
        Trial::new("misses of a 95 % interval, one look", situation, promise, move |rng, _| simulate(rng))
    };
    vec![
        about("Welch, 15 and 40 units of different spread", welch),
        about("a ratio of sums by the delta method, 1,000 units", ratio),
        about("a relative effect with a covariate, 1,000 units", covariate),
        about("a relative effect with two covariates, 1,000 units", covariates),
        about("four strata of different level", stratified),
        Trial::new(
            "misses of a 95 % interval, one look",
            "a quantile of several measurements a unit, 2,000 units",
            Promise::About(0.05, 2.0 * OFF),
            |rng, _| quantile(rng),
        ),
        most("Clopper & Pearson, 3 of 100 expected", exact),
        most("Newcombe, 3 and 4 of 60", newcombe).times(10),
    ]
}

fn misses(effect: Result<Effect, Refusal>, truth: f64) -> bool {
    effect.is_ok_and(|effect| !effect.interval(0.05, Alternative::Different).holds(truth))
}

fn arms<const N: usize>(rng: &mut Rng, n: [u64; 2], unit: impl Fn(&mut Rng, f64) -> [f64; N]) -> [Moments; 2] {
    [(n[0], 0.0), (n[1], EFFECT)].map(|(n, more)| units(rng, n, |rng| unit(rng, more)))
}

fn welch(rng: &mut Rng) -> bool {
    let [control, treatment] =
        arms(rng, [15, 40], |rng, more| [more + gauss(rng) * if more > 0.0 { 3.0 } else { 1.0 }]);
    misses(effect(&control, &treatment, &[Part::mean(0)], Scale::Absolute), EFFECT)
}

fn ratio(rng: &mut Rng) -> bool {
    let [control, treatment] = arms(rng, [1_000; 2], |rng, more| {
        let visits = 3.0 + f64::from(rng.u8(0..4));
        [visits * (2.0 + more) + 2.0 * gauss(rng), visits]
    });
    misses(effect(&control, &treatment, &[Part::ratio(0, 1)], Scale::Absolute), EFFECT)
}

fn covariate(rng: &mut Rng) -> bool {
    let [control, treatment] = arms(rng, [1_000; 2], |rng, more| {
        let before = gauss(rng);
        [10.0 + more + 2.0 * before + gauss(rng), before]
    });
    misses(effect(&control, &treatment, &[Part::mean(0), Part::mean(1)], Scale::Relative), EFFECT / 10.0)
}

/// The second covariate goes half with the first one.
fn covariates(rng: &mut Rng) -> bool {
    let [control, treatment] = arms(rng, [1_000; 2], |rng, more| {
        let first = gauss(rng);
        let second = 0.5 * first + gauss(rng);
        [10.0 + more + 2.0 * first - second + gauss(rng), first, second]
    });
    let parts = [Part::mean(0), Part::mean(1), Part::mean(2)];
    misses(effect(&control, &treatment, &parts, Scale::Relative), EFFECT / 10.0)
}

fn stratified(rng: &mut Rng) -> bool {
    let mut counts = [[0; 2]; 4];
    (0..400).for_each(|_| counts[rng.usize(0..4)][rng.usize(0..2)] += 1);
    let stratum = |(n, level): ([u64; 2], f64)| arms(rng, n, |rng, more| [level + more + gauss(rng)]);
    let strata: Vec<_> = counts.into_iter().zip([0.0, 3.0, 6.0, 12.0]).map(stratum).collect();
    misses(strata::effect(&strata, &Adjustment::default(), Scale::Absolute), EFFECT)
}

/// From the grid on which shards keep measurements, whose places are as wide as the quantile's own error here.
fn quantile(rng: &mut Rng) -> bool {
    let [control, treatment] = [1.0, 1.0 + EFFECT].map(|level| {
        let mut arm = Vec::new();
        Worth::Quantile.units(rng, &mut arm, 2_000, level);
        Worth::Quantile.moments(&arm)
    });
    let parts = metric::parts(&Worth::Quantile.measure());
    let told = control.and_then(|control| effect(&control, &treatment?, &parts, Scale::Relative));
    misses(told, EFFECT)
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
