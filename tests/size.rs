//! Promises about sizes: what is planned is enough, and not too much.

#![cfg(feature = "stats")]
#![allow(clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "the counts of these tests are far below 2^53")]

mod dice;

use dice::{Dice, upper_bound};
use pointsman::stats::ALPHA;
use pointsman::stats::conversions::Conversions;
use pointsman::stats::lift::{GATE, Lift, lift};
use pointsman::stats::sequence::Sequence;
use pointsman::stats::size::{per_arm, smallest_lift};
use proptest::prelude::*;

const USUAL: Sequence = Sequence::usual(ALPHA);

fn shows(lift: &Lift) -> bool {
    lift.relative.low > 0.0 || lift.relative.high < 0.0
}

#[test]
fn an_even_chance_is_where_the_expected_counts_begin_to_show() {
    for (base, change) in [(0.2, 0.25), (0.2, -0.2), (0.6, 0.05), (0.02, 0.5)] {
        let units = per_arm(base, change, 0.5, USUAL).unwrap();
        let with = |units: u64| {
            let [old, new] = [base, base * (1.0 + change)].map(|rate| (units as f64 * rate).round() as u64);
            lift(Conversions::new(units, old).unwrap(), Conversions::new(units, new).unwrap(), USUAL).unwrap()
        };
        // Numbers of units that give whole conversions lie a hundred apart.
        let units = units.next_multiple_of(100);
        assert!(shows(&with(units)), "{base} {change} {units}");
        assert!(!shows(&with(units - 200)), "{base} {change} {units}");
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let (nan, infinite) = (f64::NAN, f64::INFINITY);
    for base in [0.0, 1.0, -0.1, 1.1, nan, infinite] {
        assert_eq!(per_arm(base, 0.1, 0.8, USUAL), None);
        assert_eq!(smallest_lift(base, 10_000, 0.8, USUAL), None);
    }
    for lift in [0.0, -1.0, -2.0, 4.0, 5.0, nan, infinite, -infinite] {
        assert_eq!(per_arm(0.2, lift, 0.8, USUAL), None);
        assert_eq!(per_arm(0.2, lift, 1e-6, USUAL), None);
    }
    for power in [0.0, 1.0, -0.1, 1.1, nan] {
        assert_eq!(per_arm(0.2, 0.1, power, USUAL), None);
        assert_eq!(smallest_lift(0.2, 10_000, power, USUAL), None);
    }
    assert_eq!(per_arm(0.2, 1e-9, 0.8, USUAL), None, "not even with 2^53 units");
    for (base, units) in [(0.2, 0), (0.2, 1), (0.2, 249), (0.999, 49_999)] {
        assert_eq!(smallest_lift(base, units, 0.8, USUAL), None);
    }
}

#[test]
fn an_arm_expects_to_pass_the_gate() {
    // A lift as large as these shows sooner than the gate opens: for conversions of control, non-conversions of the
    // treatment, and conversions of the treatment.
    for (base, change, rarest) in [(0.01, 9.0, 0.01), (0.5, 0.75, 0.125), (0.5, -0.75, 0.125)] {
        assert_eq!(per_arm(base, change, 0.8, USUAL), Some((2.0 * GATE as f64 / rarest) as u64));
    }
}

/// In how many of 400 experiments of this size the lift shows at the planned look.
fn found(units: u64, base: f64, change: f64) -> u32 {
    let found = (0..400).filter(|run| {
        let mut dice = Dice::new(9_000 + run);
        let [old, new] = [base, base * (1.0 + change)].map(|rate| {
            let below = (rate * 2.0_f64.powi(64)) as u64;
            let converted = (0..units).filter(|_| dice.roll() < below).count();
            Conversions::new(units, converted as u64).unwrap()
        });
        lift(old, new, USUAL).is_ok_and(|lift| shows(&lift))
    });
    found.count() as u32
}

#[test]
fn the_planned_units_have_the_power_that_was_asked_for() {
    for (base, change, power) in
        [(0.3, 0.3, 0.8), (0.3, -0.3, 0.8), (0.3, 0.3, 0.95), (0.02, 1.0, 0.8), (0.9, 0.05, 0.8), (0.1, 2.0, 0.9)]
    {
        let units = per_arm(base, change, power, USUAL).unwrap();
        let found = found(units, base, change);
        println!("{base} {change:+} with {power}: {units} units an arm, {found} found of 400");
        assert!(upper_bound(found, 400) >= power, "{found} of 400");
    }
}

// Lifts that need more units than the gate does; a greater drop than these may need more than a smaller one.
proptest! {
    #[test]
    fn what_is_harder_to_find_needs_more(
        base in 0.01..0.4_f64,
        change in 0.02..0.4_f64,
        power in 0.5..0.95_f64,
        by in 1.01..2.0_f64,
    ) {
        let needs = |base, change, power, alpha| per_arm(base, change, power, Sequence { alpha, ..USUAL }).unwrap();
        let units = needs(base, change, power, ALPHA);
        prop_assert!(units < needs(base, change / by, power, ALPHA));
        // A hundredth less of either may be less than one visitor.
        prop_assert!(units <= needs(base, change, 1.0 - (1.0 - power) / by, ALPHA));
        prop_assert!(units <= needs(base, change, power, ALPHA / by));
        prop_assert!(units < needs(base, change, power, ALPHA / (2.0 * by)));
        prop_assert!(units < needs(base / by, change, power, ALPHA));
        prop_assert!(needs(base, -change, power, ALPHA) < needs(base, -change / by, power, ALPHA));
    }

    #[test]
    fn units_and_lift_lead_to_each_other(base in 0.01..0.4_f64, change in 0.02..0.4_f64, power in 0.5..0.95_f64) {
        let units = per_arm(base, change, power, USUAL).unwrap();
        let smallest = smallest_lift(base, units, power, USUAL).unwrap();
        prop_assert!(smallest <= change);
        prop_assert!(smallest_lift(base, units - 1, power, USUAL).is_none_or(|smallest| smallest > change));
        let back = per_arm(base, smallest, power, USUAL).unwrap();
        prop_assert!(back.abs_diff(units) <= 1, "{back} is not {units}");
    }

    #[test]
    fn any_numbers_are_answered(
        [base, change, power, alpha] in any::<[f64; 4]>(),
        [units, tuned_for] in any::<[u64; 2]>(),
    ) {
        let sequence = Sequence { tuned_for, ..Sequence::usual(alpha) };
        for (base, change, power) in [(base, change, power), (0.2, change, 0.8), (base, 0.1, 0.8), (0.2, 0.1, power)] {
            for sequence in [sequence, USUAL] {
                prop_assert!(per_arm(base, change, power, sequence).is_none_or(|units| units >= 4 * GATE));
                let smallest = smallest_lift(base, units, power, sequence);
                prop_assert!(smallest.is_none_or(|lift| lift > 0.0 && lift.is_finite()));
            }
        }
    }
}
