//! What watches over a run beside its effect: whether it fades, and whether runs disturb each other.

#![cfg(feature = "stats")]
#![allow(clippy::float_cmp, reason = "an exact comparison is meant where one stands")]

use pointsman::stats::Validity;
use pointsman::stats::effect::{Alternative, Effect, Refusal, Scale};
use pointsman::stats::group::conditional_power;
use pointsman::stats::health::interaction::{Pair, scan};
use pointsman::stats::health::novelty::trend;
use pointsman::stats::moments::Moments;
use pointsman::stats::power::{Design, Fixed, Spread};
use pointsman::stats::quantile::exact_ranks;
use pointsman::stats::special::{binomial, normal};

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
fn what_may_still_come_adds_up_to_what_was_planned() {
    // Over all that can have been seen by then, the chance to end above the bound is that of the plan.
    for (t, drift, bound) in [(0.2, 2.8, 1.96), (0.5, 1.0, 1.64), (0.9, 0.0, 2.5)] {
        let steps = 4000;
        let width = 16.0 / f64::from(steps);
        let sum: f64 = (0..steps)
            .map(|step| -8.0 + width * (f64::from(step) + 0.5))
            .map(|x| normal::density(x) * conditional_power(x + drift * f64::sqrt(t), t, drift, bound) * width)
            .sum();
        assert!((sum - normal::sf(bound - drift)).abs() < 1e-6, "{t}: {sum}");
    }
    assert_eq!([1.9, 2.0].map(|z| conditional_power(z, 1.0, 0.0, 1.96)), [0.0, 1.0]);
}

#[test]
fn a_covariate_saves_the_part_of_the_units_that_it_explains() {
    let design: &dyn Design = &Fixed { alpha: 0.05, alternative: Alternative::Different };
    let size = |spread| design.size(0.1, spread, 1.0, 0.8).unwrap();
    let plain = Spread::mean(1.0);
    assert!((size(plain.with_covariate(0.6)) / size(plain) - 0.64).abs() < 1e-6);
    // A tenth more of a rare share and a tenth more of its logarithm are nearly the same question.
    let (rate, more) = (0.001_f64, 0.0011);
    let absolute = design.size(more - rate, Spread::shares(rate, more), 1.0, 0.8).unwrap();
    let relative = design.size((more / rate).ln(), Spread::log_shares(rate, more), 1.0, 0.8).unwrap();
    assert!((absolute / relative - 1.0).abs() < 0.01, "{absolute} {relative}");
}

#[test]
fn exact_ranks_miss_a_quantile_as_seldom_as_they_say() {
    for (n, nu, alpha) in [(40, 0.5, 0.05), (1000, 0.99, 0.01), (200, 0.1, 0.2)] {
        let [low, high] = exact_ranks(n, nu, alpha);
        let size = f64::from(u32::try_from(n).unwrap());
        let at = |k: u64| binomial::tails(f64::from(u32::try_from(k).unwrap()), size, nu);
        // The quantile lies below the low one where fewer measurements than that are below it, and so on.
        assert!(at(low - 1).cdf() <= alpha / 2.0 && at(high - 1).sf() <= alpha / 2.0, "{n} {nu}: {low} {high}");
        assert!(at(low).cdf() > alpha / 2.0 || low == 1, "{low} is lower than it need be");
    }
}
