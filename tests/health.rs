//! What watches over a run beside its effect: whether it fades, and whether runs disturb each other.

#![cfg(feature = "stats")]
#![allow(clippy::float_cmp, reason = "an exact comparison is meant where one stands")]

use pointsman::stats::Validity;
use pointsman::stats::effect::{Alternative, Effect, Refusal, Scale};
use pointsman::stats::health::interaction::{Pair, scan};
use pointsman::stats::health::novelty::trend;
use pointsman::stats::moments::Moments;
use pointsman::stats::power::{Design, Fixed, Spread};

fn effect(estimate: f64) -> Effect {
    let (df, scale, validity) = (f64::INFINITY, Scale::LogRatio, Validity::FixedSample);
    Effect { estimate, standard_error: 0.02, df, units: 1000.0, scale, validity }
}

#[test]
fn an_effect_that_fades_is_told_and_one_that_stays_is_not() {
    let days = |of: fn(f64) -> f64| -> Vec<(f64, Effect)> {
        (0..14).map(f64::from).map(|day| (day, effect(of(day)))).collect()
    };
    let fading = trend(&days(|day| 0.3 - 0.05 * (1.0 + day).log2())).unwrap();
    assert!((fading.slope + 0.05).abs() < 1e-12 && fading.p_value < 1e-6, "{fading:?}");
    assert!((fading.last - (0.3 - 0.05 * 14_f64.log2())).abs() < 1e-12);
    let staying = trend(&days(|day| if day % 2.0 == 0.0 { 0.11 } else { 0.09 })).unwrap();
    assert!(staying.p_value > 0.3, "{staying:?}");
    assert_eq!(trend(&days(|_| 0.1)[..2]), Err(Refusal::TooFew));
}

#[test]
fn runs_that_change_each_others_effect_are_found_and_others_are_not() {
    // The second run takes the first one's 0.5 away.
    let disturbed = pair(Moments::of(400.0, 1.2, 1.0));
    let small = pair(Moments::of(99.0, 1.0, 1.0));
    let found = scan(&[pair(Moments::of(400.0, 1.7, 1.0)), disturbed, small]);
    let [Some((sound, false)), Some((change, true)), None] = found[..] else { panic!("{found:?}") };
    assert!(sound.effect.estimate.abs() < 1e-12 && sound.dependence > 0.99);
    assert!((change.effect.estimate + 0.5).abs() < 1e-12 && change.p_value < 1e-5);
    // Whoever is in one run is mostly in the same arm of the other: the draws know of each other.
    assert!(pair(Moments::of(900.0, 1.7, 1.0)).ask().unwrap().dependence < 1e-6);
}

/// Two runs: the first adds 0.5, the second 0.2.
fn pair(both: Moments) -> Pair {
    let cell = |mean: f64| Moments::of(400.0, mean, 1.0);
    Pair { neither: cell(1.0), first: cell(1.5), second: cell(1.2), both }
}

#[test]
fn a_rare_share_and_its_logarithm_ask_nearly_the_same() {
    let design: &dyn Design = &Fixed { alpha: 0.05, alternative: Alternative::Different };
    // A tenth more of a rare share and a tenth more of its logarithm are nearly the same question.
    let (rate, more) = (0.001_f64, 0.0011);
    let absolute = design.size(more - rate, Spread::shares(rate, more), 1.0, 0.8).unwrap();
    let relative = design.size((more / rate).ln(), Spread::log_shares(rate, more), 1.0, 0.8).unwrap();
    assert!((absolute / relative - 1.0).abs() < 0.01, "{absolute} {relative}");
}
