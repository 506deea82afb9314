//! The bandit: each epoch's shares follow from all before, and what is said of the effect at the end holds all the same.

use super::draws::{binomial, real};
use super::{Promise, Trial};
use fastrand::Rng;
use pointsman::stats::bandit::{shares, together, worth};
use pointsman::stats::bayes::Belief;
use pointsman::stats::conversions::Conversions;
use pointsman::stats::effect::{Alternative, Effect, Scale};
use pointsman::stats::estimate::{Part, effect};
use pointsman::stats::moments::Moments;

/// Units of an epoch, and epochs of a run.
const UNITS: u64 = 2_000;
const EPOCHS: usize = 8;
const BASE: f64 = 0.1;
/// What an arm gets at least.
const FLOOR: f64 = 0.1;

pub fn trials() -> Vec<Trial> {
    let trial = |situation: &str, rates: &'static [f64], drift: f64| {
        let promise = Promise::About(0.05, 0.003);
        Trial::new("misses of a bandit's 95 % interval", situation, promise, move |rng, _| misses(rng, rates, drift))
    };
    vec![
        trial("two arms alike", &[BASE, BASE], 0.0),
        trial("two arms alike, the base rate doubles", &[BASE, BASE], 1.0),
        trial("three arms, one a fifth better", &[BASE, BASE * 1.2, BASE], 0.0),
    ]
}

/// Whether the last arm's difference from the first is missed. Rates grow by the share `drift` over the run.
fn misses(rng: &mut Rng, rates: &[f64], drift: f64) -> bool {
    let last = rates.len() - 1;
    let mut all = vec![[0_u64; 2]; rates.len()];
    let (mut split, mut effects, mut weights) =
        (vec![1.0 / real(rates.len() as u64); rates.len()], Vec::new(), Vec::new());
    let mut truth = 0.0;
    for epoch in 0..EPOCHS {
        let level = 1.0 + drift * real(epoch as u64) / real(EPOCHS as u64);
        let arms: Vec<Conversions> = (0..rates.len())
            .map(|arm| {
                #[expect(clippy::cast_sign_loss, reason = "a share")]
                let units = (real(UNITS) * split[arm]) as u64;
                let converted = binomial(rng, units, rates[arm] * level);
                all[arm] = [all[arm][0] + units, all[arm][1] + converted];
                Conversions::new(units, converted).unwrap()
            })
            .collect();
        effects.push(difference(arms[0], arms[last]));
        // What its difference weighs was known before: so much that no epoch adds more to the variance than another.
        let weight = worth(split[0], split[last]).unwrap();
        truth += weight * level * (rates[last] - rates[0]);
        weights.push(weight);
        let belief = |[units, converted]: &[u64; 2]| {
            let rate = (real(*converted) + 1.0) / (real(*units) + 2.0);
            Belief { mean: rate, sd: (rate * (1.0 - rate) / (real(*units) + 2.0)).sqrt() }
        };
        let beliefs: Vec<Belief> = all.iter().map(belief).collect();
        split = shares(&beliefs, false, FLOOR).unwrap();
    }
    let truth = truth / weights.iter().sum::<f64>();
    together(&effects, &weights).is_ok_and(|all| !all.interval(0.05, Alternative::Different).holds(truth))
}

fn difference(control: Conversions, treatment: Conversions) -> Effect {
    let moments = |arm: Conversions| {
        let (n, rate) = (real(arm.units()), arm.rate().unwrap());
        Moments::of(n, rate, rate * (1.0 - rate) * n / (n - 1.0))
    };
    effect(&moments(control), &moments(treatment), &[Part::mean(0)], Scale::Absolute).unwrap()
}
