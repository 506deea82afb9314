//! Exact sums obey the laws of addition to the last bit, and hostile numbers end in a number or in a named refusal.

#![cfg(feature = "stats")]

use pointsman::stats::effect::{Alternative, Refusal, Scale};
use pointsman::stats::estimate::{Arms, Part, Spread, effect};
use pointsman::stats::guard::{Harm, means};
use pointsman::stats::moments::{Moments, Sums};
use pointsman::stats::sequence::{Sequence, TUNED_FOR};
use proptest::prelude::*;

/// Numbers up to the largest that intake lets through, 2^43 steps.
fn any_unit() -> impl Strategy<Value = [i64; 2]> {
    let most = 1_i64 << 43;
    [-most..=most, -most..=most]
}

fn sums(units: &[[i64; 2]]) -> Sums {
    let mut sums = Sums::of(2);
    for unit in units {
        sums.unit(unit, false);
    }
    sums
}

proptest! {
    #[test]
    fn however_units_are_sharded_and_in_whatever_order_the_bits_are_the_same(
        units in prop::collection::vec(any_unit(), 0..60), cut in 0_usize..60, order in any::<u64>(),
    ) {
        let whole = sums(&units);
        let mut shuffled = units.clone();
        let places = shuffled.len().max(1);
        for index in 0..shuffled.len() {
            shuffled.swap(index, (order.rotate_left(index as u32) % places as u64) as usize);
        }
        let (first, second) = shuffled.split_at(cut.min(units.len()));
        let mut merged = sums(second);
        merged.merge(&sums(first), false);
        prop_assert_eq!(&merged, &whole);
        prop_assert_eq!(merged.moments(1_000.0), whole.moments(1_000.0));
    }

    #[test]
    fn what_is_taken_back_leaves_no_trace(
        units in prop::collection::vec(any_unit(), 0..30), others in prop::collection::vec(any_unit(), 0..30),
    ) {
        let before = sums(&units);
        let mut after = before.clone();
        for back in [false, true] {
            for unit in &others {
                after.unit(unit, back);
            }
        }
        prop_assert_eq!(&after, &before);
        after.merge(&sums(&others), false);
        after.merge(&sums(&others), true);
        prop_assert_eq!(after, before);
    }

    #[test]
    fn whatever_the_moments_there_is_a_number_or_a_refusal(
        units in [0.0..1e12_f64, 0.0..1e12], mean in [prop::num::f64::ANY, prop::num::f64::ANY],
        spread in [prop::num::f64::ANY, prop::num::f64::ANY], scale in 0_usize..3, alternative in 0_usize..3,
    ) {
        let arms = [0, 1].map(|arm| Moments::of(units[arm].floor(), mean[arm], spread[arm].abs()));
        let scale = [Scale::Absolute, Scale::Relative, Scale::LogRatio][scale];
        let alternative = [Alternative::Different, Alternative::Greater, Alternative::Less][alternative];
        let sequence = Sequence::usual(0.05);
        if let Ok(effect) = effect(&arms[0], &arms[1], &[Part::mean(0)], scale) {
            for interval in [effect.interval(0.05, alternative), sequence.interval(&effect, alternative)] {
                prop_assert!(interval.low <= interval.high, "{effect:?} {interval:?}");
            }
            for p in [effect.p_value(0.0, alternative), sequence.effect_p_value(&effect, 0.0, alternative)] {
                prop_assert!((0.0..=1.0).contains(&p), "{effect:?} {p}");
            }
        }
        let guard = means::Guard { harm: Harm::More, tolerance: 0.1, alpha: 0.05, tuned_for: TUNED_FOR };
        if let Ok(evidence) = guard.check(&arms[0], &arms[1]) {
            prop_assert!(evidence.log_e.is_finite(), "{evidence:?}");
        }
    }
}

#[test]
fn a_spread_too_small_to_square_is_no_reason_for_no_number() {
    let guard = means::Guard { harm: Harm::More, tolerance: 0.1, alpha: 0.05, tuned_for: TUNED_FOR };
    let arms = [(0.0, 8e-229), (-2e41, 0.0)].map(|(mean, spread)| Moments::of(6e11, mean, spread));
    let evidence = guard.check(&arms[0], &arms[1]).unwrap();
    assert!(evidence.log_e.is_finite() && !evidence.harmed, "{evidence:?}");
}

#[test]
fn an_offset_of_a_billion_costs_no_digit() {
    // Thousandths around a billion: the usual sum of squares gives -131 here, where 1.02 is right.
    let values: Vec<i64> = (0..1_000).map(|k| 1_000_000_000_000 + (k * 7919 % 2_003) - 1_001).collect();
    let mut far = Sums::of(1);
    let mut near = Sums::of(1);
    for value in &values {
        far.unit(&[*value], false);
        near.unit(&[value - 1_000_000_000_000], false);
    }
    let [far, near] = [far, near].map(|sums| sums.moments(1_000.0).unwrap());
    assert_eq!(far.cov(0, 0).to_bits(), near.cov(0, 0).to_bits());
    assert!((far.mean(0) - 1e9 - near.mean(0)).abs() < 1e-6);
}

#[test]
fn a_thousandth_more_is_a_thousandth_at_an_offset_of_a_billion() {
    // Thousandths, with a spread of one and a half each, and seven units more in one arm.
    let arm = |offset: i64, more: i64, units: i64| {
        let mut sums = Sums::of(2);
        (0..units).for_each(|unit| sums.unit(&[offset + more + unit % 4 - 2, 1], false));
        sums
    };
    // Whole numbers of four units, so that both arms have the same mean but for what is more.
    for offset in [0, 1_000_000_000, 1_000_000_000_000] {
        for (more, expected) in [(1, 0.001), (-3, -0.003), (1_000_000, 1_000.0)] {
            let [old, new] =
                [arm(offset, 0, 1_000), arm(offset, more, 1_028)].map(|sums| sums.moments(1_000.0).unwrap());
            let difference = effect(&old, &new, &[Part::mean(0)], Scale::Absolute).unwrap().estimate;
            assert!((difference / expected - 1.0).abs() < 1e-12, "{offset} {difference}");
            // The collector's way: sums without a scale, then steps.
            let [old, new] = [arm(offset, 0, 1_000), arm(offset, more, 1_028)]
                .map(|sums| sums.moments(1.0).unwrap().scaled(&[1_000.0, 1.0]));
            let difference = effect(&old, &new, &[Part::ratio(0, 1)], Scale::Absolute).unwrap().estimate * 1_000.0;
            assert!((difference / (1_000.0 * expected) - 1.0).abs() < 1e-12, "{offset} {difference}");
            if offset > 0 {
                let change = effect(&old, &new, &[Part::mean(0)], Scale::LogRatio).unwrap().change();
                #[expect(clippy::cast_precision_loss, reason = "whole numbers below 2^53")]
                let exact = more as f64 / (offset as f64 - 0.5);
                assert!((change / exact - 1.0).abs() < 1e-9, "{offset} {change} {exact}");
            }
        }
    }
}

#[test]
fn as_many_units_as_there_can_be_are_no_trouble() {
    let (n, most) = (1_i128 << 40, 1_i128 << 40);
    let sums = Sums { units: 1 << 40, sums: vec![n * most / 2], products: vec![n * most * most / 3] };
    let moments = sums.moments(1_000.0).unwrap();
    let expected = (f64::exp2(80.0) / 3.0 - f64::exp2(80.0) / 4.0) / 1e6;
    assert!((moments.cov(0, 0) / expected - 1.0).abs() < 1e-9, "{}", moments.cov(0, 0));
    assert!(effect(&moments, &moments, &[Part::mean(0)], Scale::Relative).is_ok());
}

#[cfg(feature = "collect")]
#[test]
fn sums_that_cannot_be_are_a_contradiction_and_no_lack_of_units() {
    use pointsman::collect::{Kind, Measure, Sum};
    use pointsman::counts::Counts;
    // Two hundred units whose squares are less than their sum allows.
    let sum = |variant: &str, metric: &str, vector: &[&str]| Sum {
        variant: variant.into(),
        metric: metric.into(),
        vector: vector.iter().map(ToString::to_string).collect(),
        epoch: 1,
        dimension: String::new(),
        open: false,
    };
    let sums = ["old", "new"].iter().flat_map(|arm| {
        [sum(arm, "", &["200", "200"]), sum(arm, "spent", &["200", "1000", if *arm == "old" { "6000" } else { "10" }])]
    });
    let counts = Counts { sums: sums.collect(), ..Counts::default() };
    let measure = Measure { kind: Kind::Sum, ..Measure::default() };
    let mut counted = counts.counted("spent", &measure, &[("old".into(), 1), ("new".into(), 1)]);
    counted.tallies.control = "old".into();
    let report = counted.report();
    assert_eq!(report.verdict.words, Refusal::Contradiction.words());
}

#[test]
fn what_cannot_be_said_is_refused_by_name() {
    let arm = |units, mean, variance| Moments::of(units, mean, variance);
    let good = arm(100.0, 5.0, 2.0);
    let ask = |control: &Moments, scale| effect(control, &good, &[Part::mean(0)], scale).map(|effect| effect.estimate);
    assert_eq!(ask(&arm(0.0, 0.0, 0.0), Scale::Absolute), Err(Refusal::NoUnits));
    assert_eq!(ask(&arm(1.0, 5.0, 0.0), Scale::Absolute), Err(Refusal::OneUnit));
    assert_eq!(ask(&arm(100.0, f64::INFINITY, 2.0), Scale::Absolute), Err(Refusal::NotFinite));
    assert_eq!(ask(&arm(100.0, 0.0, 2.0), Scale::Relative), Err(Refusal::ZeroBaseline));
    assert_eq!(ask(&arm(100.0, -5.0, 2.0), Scale::LogRatio), Err(Refusal::NoLogarithm));
    let still = arm(100.0, 5.0, 0.0);
    assert_eq!(effect(&still, &still, &[Part::mean(0)], Scale::Absolute), Err(Refusal::NoVariance));
    let sure = |control: &Moments, treatment: &Moments| {
        Arms::of(control, treatment, &[Part::mean(0)]).and_then(|arms| arms.sure(Spread::Own))
    };
    assert_eq!(sure(&arm(100.0, 0.01, 2.0), &good), Err(Refusal::UnsureBaseline));
    assert_eq!(sure(&good, &arm(100.0, 0.01, 2.0)), Err(Refusal::TooFew));
    assert_eq!(sure(&arm(100.0, 0.0, 0.0), &good), Err(Refusal::ZeroBaseline));
    let (mean, covariance) = (vec![5.0, 0.0], vec![1.0, 0.0, 1.0]);
    let nothing_below = Moments { units: 100.0, mean, covariance, ..Moments::default() };
    let ratio = effect(&nothing_below, &nothing_below, &[Part::ratio(0, 1)], Scale::Absolute);
    assert_eq!(ratio, Err(Refusal::ZeroDenominator));
    let contradiction = Sums { units: 2, sums: vec![10], products: vec![3] };
    assert_eq!(contradiction.moments(1.0), None);
    for refusal in [Refusal::NoUnits, Refusal::UnsureBaseline, Refusal::Impossible, Refusal::TooFew] {
        assert!(refusal.words().ends_with('.') && refusal.words().len() > 30);
    }
}
