//! The numbers against those of other libraries, and the words about them.

#![cfg(feature = "stats")]
#![allow(clippy::cast_precision_loss, reason = "the counts of these tests are far below 2^53")]

use pointsman::report::{Arm, Outcome, Report, Tallies, report};
use pointsman::stats::conversions::Conversions;
use pointsman::stats::lift::{GATE, Lift, Missing, Side, lift};
use pointsman::stats::sample_ratio::{self, Share, check};
use pointsman::stats::sequence::{Sequence, p_value};
use pointsman::stats::{ALPHA, Validity};
use proptest::prelude::*;
use serde_json::{Value, json};

const USUAL: Sequence = Sequence::usual(ALPHA);

fn cases(file: &str) -> Vec<Value> {
    let Value::Array(cases) = serde_json::from_str::<Value>(file).unwrap()["cases"].take() else { panic!("no cases") };
    cases
}

/// The cases of one capability, which must not be none.
fn sequential(capability: &str) -> Vec<Value> {
    let mut cases = cases(include_str!("vectors/sequential.json"));
    cases.retain(|case| case["capability"] == capability);
    assert!(!cases.is_empty());
    cases
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn count(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn agree(case: &Value, got: f64, expected: &Value) {
    let (tolerance, expected) = (&case["tol"], number(expected));
    let allowed = number(&tolerance["abs"]) + number(&tolerance["rel"]) * expected.abs();
    assert!((got - expected).abs() <= allowed, "{}: {got} is not {expected}", case["id"]);
}

fn sequence(case: &Value) -> Sequence {
    Sequence { tuned_for: count(&case["input"]["tuning_n"]), ..Sequence::usual(number(&case["input"]["alpha"])) }
}

fn conversions(arm: &Value) -> Conversions {
    Conversions::new(count(&arm["n"]), count(&arm["sum"])).unwrap()
}

fn arms(units: u64, converted: [u64; 2]) -> [Conversions; 2] {
    converted.map(|converted| Conversions::new(units, converted).unwrap())
}

#[test]
fn the_sample_ratio_is_that_of_other_libraries() {
    let cases = cases(include_str!("vectors/sample-ratio.json"));
    assert_eq!(cases.len(), 4);
    for case in &cases {
        let weights = case["weights"].as_array().unwrap().iter().map(count);
        let mut shares: Vec<_> = weights.map(|weight| Share { weight, units: 0 }).collect();
        let mut least: f64 = 1.0;
        for (look, batch) in case["batches"].as_array().unwrap().iter().enumerate() {
            for (share, units) in shares.iter_mut().zip(batch.as_array().unwrap()) {
                share.units += count(units);
            }
            let log_e = check(&shares, number(&case["concentration"]), sample_ratio::ALPHA).log_e;
            agree(case, log_e, &case["expect"]["log_bayes_factor"][look]);
            least = least.min(p_value(log_e));
            if let Some(running) = case["expect"].get("p_value_running_min") {
                agree(case, least, &running[look]);
            }
        }
    }
}

#[test]
fn only_proportions_of_weights_count() {
    let at = |scale: u64| {
        check(&[(7_u64, 600), (3, 300)].map(|(w, units)| Share { weight: w * scale, units }), 100.0, 0.001)
    };
    assert!((at(1).log_e - at(429_496_729).log_e).abs() < 1e-9);
}

#[test]
fn the_boundary_is_that_of_other_libraries() {
    for case in &sequential("sequential_halfwidth") {
        let units = number(&case["input"]["n"]);
        agree(case, sequence(case).rho_squared().sqrt(), &case["expect"]["rho"]);
        let half_width = sequence(case).half_width(number(&case["input"]["s2"]) / units, units);
        agree(case, half_width, &case["expect"]["half_width"]);
    }
}

#[test]
fn interval_and_p_value_of_a_difference_are_those_of_other_libraries() {
    let mut compared = 0;
    for case in &sequential("sequential_two_sided") {
        let (input, expect) = (&case["input"], &case["expect"]);
        let (control, treatment) = (conversions(&input["control"]), conversions(&input["treatment"]));
        let units = (control.units() + treatment.units()) as f64;
        let (effect, variance) = (number(&expect["effect"]), number(&expect["std_error"]).powi(2));
        let half_width = sequence(case).half_width(variance, units);
        agree(case, sequence(case).rho_squared().sqrt(), &expect["rho"]);
        agree(case, effect - half_width, &expect["ci_lower"]);
        agree(case, effect + half_width, &expect["ci_upper"]);
        agree(case, p_value(sequence(case).log_e(effect, variance, units)), &expect["p_value"]);

        // The whole way from the counts, where the gate is passed. gbstats divides by n instead of n-1.
        let Ok(Lift { difference, .. }) = lift(control, treatment, sequence(case)) else { continue };
        assert_eq!(control.units(), treatment.units());
        let n = control.units() as f64;
        agree(case, difference.value, &expect["effect"]);
        agree(
            case,
            difference.value - (difference.value - difference.low) * ((n - 1.0) / n).sqrt(),
            &expect["ci_lower"],
        );
        agree(
            case,
            difference.value + (difference.high - difference.value) * ((n - 1.0) / n).sqrt(),
            &expect["ci_upper"],
        );
        compared += 1;
    }
    assert_eq!(compared, 3);
}

#[test]
fn the_variance_of_a_lift_is_that_of_other_libraries() {
    for case in &sequential("prop_ratio_ci_log") {
        let arms = ["control", "treatment"].map(|side| conversions(&case["input"][side]));
        let ratio = arms[1].rate().unwrap() / arms[0].rate().unwrap();
        // 1/S - 1/n is s²/(n·m²) with p(1-p) for s², as statsmodels has it; ours is n/(n-1) of it.
        let theirs = arms.map(|arm| 1.0 / arm.converted() as f64 - 1.0 / arm.units() as f64);
        let margin = 1.959_963_984_540_054 * (theirs[0] + theirs[1]).sqrt();
        agree(case, ratio * (-margin).exp(), &case["expect"]["ci_lower"]);
        agree(case, ratio * margin.exp(), &case["expect"]["ci_upper"]);

        let bessel = arms.map(|arm| arm.units() as f64 / (arm.units() - 1) as f64);
        let variance = theirs[0] * bessel[0] + theirs[1] * bessel[1];
        let half_width = USUAL.half_width(variance, (arms[0].units() + arms[1].units()) as f64);
        let relative = lift(arms[0], arms[1], USUAL).unwrap().relative;
        assert!((relative.value - (ratio - 1.0)).abs() < 1e-14);
        assert!((relative.low.ln_1p() - (ratio.ln() - half_width)).abs() < 1e-14);
        assert!((relative.high.ln_1p() - (ratio.ln() + half_width)).abs() < 1e-14);
    }
}

#[test]
fn a_lift_is_refused_below_the_gate_and_given_at_it() {
    let ask = |control, treatment| lift(control, treatment, USUAL);
    let [few, enough] = arms(1_000, [GATE - 1, GATE]);
    assert_eq!(ask(few, enough), Err(Missing::Conversions { side: Side::Control, more: 1 }));
    assert_eq!(ask(enough, few), Err(Missing::Conversions { side: Side::Treatment, more: 1 }));
    assert_eq!(ask(enough, enough).unwrap().validity, Validity::Asymptotic { gate: GATE });
    let [nearly_all, all] = arms(1_000, [1_000 - GATE, 1_000]);
    assert_eq!(ask(nearly_all, all), Err(Missing::NonConversions { side: Side::Treatment, more: GATE }));
    assert!(ask(nearly_all, nearly_all).is_ok());
    let nobody = Conversions::new(0, 0).unwrap();
    assert_eq!(ask(nobody, nobody), Err(Missing::Conversions { side: Side::Control, more: GATE }));
    assert_eq!(Conversions::new(1, 2), None);
}

fn arm(variant: &str, weight: u64, [assigned, confirmed, converted]: [u64; 3]) -> Arm {
    Arm { variant: variant.into(), weight, assigned, confirmed, converted, ..Arm::default() }
}

fn of(arms: Vec<Arm>) -> Report {
    let [experiment, run, metric, control] = ["hero", "hero-1", "orders", "old"].map(String::from);
    report(&Tallies { experiment, run, epoch: 1, metric, control, arms, ..Tallies::default() })
}

fn old_and_new(old: [u64; 3], new: [u64; 3]) -> Report {
    of(vec![arm("old", 1, old), arm("new", 1, new)])
}

fn verdict(report: &Report) -> [&str; 3] {
    [&report.verdict.kind, &report.verdict.headline, &report.verdict.words]
}

#[test]
fn a_verdict_says_what_the_numbers_allow() {
    assert_eq!(
        verdict(&old_and_new([1_000, 900, 24], [1_000, 900, 12])),
        ["tooEarly", "Too early to tell", "“new” needs 13 more conversions before it can be compared."]
    );
    assert_eq!(
        verdict(&old_and_new([3_000, 3_000, 600], [3_000, 3_000, 630])),
        [
            "undecided",
            "No difference from “old” shown yet",
            "“new” has a lift of +5.0 %, between −10.1 % and +22.7 %, so better and worse are both still possible. \
             These bounds hold with 95 % confidence, however often you look."
        ]
    );
    assert_eq!(
        verdict(&old_and_new([10_000, 10_000, 2_000], [10_000, 10_000, 2_300])),
        [
            "better",
            "“new” converts better than “old”",
            "“new” has a lift of +15.0 %, between +5.8 % and +25.0 %. \
             These bounds hold with 95 % confidence, however often you look."
        ]
    );
    assert_eq!(
        verdict(&old_and_new([10_000, 10_000, 2_300], [10_000, 10_000, 2_000]))[..2],
        ["worse", "“new” converts worse than “old”"]
    );
    let three = [("old", 2_000), ("big", 2_400), ("red", 1_600)];
    assert_eq!(
        verdict(&of(three.map(|(variant, converted)| arm(variant, 1, [10_000, 10_000, converted])).into()))[..2],
        ["better", "“big” converts better than “old”, “red” converts worse"]
    );
}

#[test]
fn bad_data_silence_every_claim() {
    let lost = old_and_new([10_000, 10_000, 2_000], [10_000, 9_000, 2_300]);
    assert_eq!(
        verdict(&lost),
        [
            "invalid",
            "The visitors are not split as planned",
            "“new” has 47 % of the confirmed visitors where 50 % were planned; a sound split raises this alarm in at \
             most 1 of 1,000 runs, however often you look. Decide nothing from this run before you know where they get \
             lost: compare the assigned and the confirmed visitors of each variant."
        ]
    );
    assert!(lost.sample_ratio.alarm);
    assert_eq!(lost.sample_ratio.words, lost.verdict.words);

    let leak = of(vec![arm("old", 1, [9, 9, 9]), arm("new", 1, [9, 9, 9]), arm("red", 0, [1, 0, 0])]);
    assert_eq!(verdict(&leak)[..2], ["invalid", "Visitors met a variant that nobody should meet"]);
    assert_eq!((leak.sample_ratio.leaks.len(), leak.comparisons.len()), (1, 1));

    let torn = old_and_new([10_000, 10_000, 2_000], [10_000, 10_000, 10_001]);
    assert_eq!(verdict(&torn)[..2], ["invalid", "The counts contradict each other"]);
    assert_eq!((torn.arms[1].rate, torn.comparisons.len()), (None, 0));

    for nothing in [vec![], vec![arm("old", 1, [9, 9, 9])], vec![arm("new", 1, [9, 9, 9]), arm("red", 1, [9, 9, 9])]] {
        assert_eq!(verdict(&of(nothing))[..2], ["invalid", "There is nothing to compare"]);
    }
}

#[test]
fn a_report_is_plain_json() {
    let json = serde_json::to_value(old_and_new([1_000, 800, 40], [1_000, 800, 10])).unwrap();
    let e = &json["sampleRatio"]["e"];
    assert!(number(e) < 1.0);
    assert_eq!(
        json,
        json!({
            "experiment": "hero", "run": "hero-1", "epoch": 1, "metric": "orders", "control": "old",
            "arms": [
                {"variant": "old", "weight": 1, "assigned": 1000, "confirmed": 800, "converted": 40, "crossed": 0,
                 "rate": 0.05, "confirmedShare": 0.8},
                {"variant": "new", "weight": 1, "assigned": 1000, "confirmed": 800, "converted": 10, "crossed": 0,
                 "rate": 0.0125, "confirmedShare": 0.8}
            ],
            "sampleRatio": {"logE": number(e).ln(), "e": e, "alarm": false, "leaks": [], "validity": {"kind": "exact"},
                "words": "Nothing speaks against the planned split."},
            "comparisons": [{"variant": "new", "missing": {"kind": "conversions", "side": "treatment", "more": 15}, "words": "“new” needs 15 more conversions before it can be compared."}],
            "verdict": {"kind": "tooEarly", "headline": "Too early to tell",
                "words": "“new” needs 15 more conversions before it can be compared."}
        })
    );
    let json = serde_json::to_value(old_and_new([1_000, 800, 40], [1_000, 800, 50])).unwrap();
    let comparison = json["comparisons"][0].as_object().unwrap();
    assert_eq!(comparison["validity"], json!({"kind": "asymptotic", "gate": 25}));
    let mut keys: Vec<_> = comparison.keys().collect();
    keys.sort_unstable();
    let expected =
        ["difference", "differenceHigh", "differenceLow", "high", "lift", "low", "pValue", "validity", "variant"];
    assert_eq!(keys, expected);
}

/// Counts of every size, contradictory ones among them.
fn any_arm() -> impl Strategy<Value = Arm> {
    let size = || prop_oneof![0..100_u64, 0..100_000_u64, any::<u64>()];
    ("old|new|red", prop_oneof![0..3_u64, any::<u64>()], size(), size(), size()).prop_map(
        |(variant, weight, assigned, confirmed, converted)| arm(&variant, weight, [assigned, confirmed, converted]),
    )
}

proptest! {
    #[test]
    fn any_counts_give_a_report_of_finite_numbers(arms in prop::collection::vec(any_arm(), 0..5)) {
        let report = of(arms);
        prop_assert!(report.sample_ratio.log_e.is_finite());
        prop_assert!(report.sample_ratio.e.is_none_or(f64::is_finite));
        prop_assert!(report.arms.iter().flat_map(|arm| [arm.rate, arm.confirmed_share]).flatten().all(f64::is_finite));
        if report.sample_ratio.alarm {
            prop_assert_eq!(report.verdict.kind, "invalid");
        }
        for comparison in &report.comparisons {
            let Outcome::Compared { lift, low, high, difference, difference_low, difference_high, p_value, .. } = comparison.outcome
            else { continue };
            prop_assert!(-1.0 <= low && low <= lift && lift <= high && high.is_finite());
            prop_assert!(-1.0 <= difference && difference_low <= difference && difference <= difference_high && difference <= 1.0);
            prop_assert!(p_value.is_some_and(|p| (0.0..=1.0).contains(&p)));
        }
    }

    #[test]
    fn interval_p_value_and_verdict_never_disagree(
        units in 2_000..20_000_u64,
        rates in prop::collection::vec(20..180_u64, 2..5),
    ) {
        let names = ["old", "new", "big", "red"];
        let arms = names.iter().zip(&rates).map(|(name, rate)| arm(name, 1, [units, units, units * rate / 200]));
        let report = of(arms.collect());
        let (mut better, mut worse) = (false, false);
        for comparison in &report.comparisons {
            let Outcome::Compared { low, high, p_value: Some(p_value), .. } = comparison.outcome else {
                panic!("{comparison:?}")
            };
            // Closer to the boundary than this the two are equal but for rounding.
            if (p_value - ALPHA).abs() > 1e-9 {
                prop_assert_eq!(p_value < ALPHA, low > 0.0 || high < 0.0);
            }
            better |= low > 0.0;
            worse |= high < 0.0;
        }
        let expected = if better { "better" } else if worse { "worse" } else { "undecided" };
        prop_assert_eq!(report.verdict.kind, expected);
    }

    #[test]
    fn control_and_arm_are_mirror_images(units in 1_000..90_000_u64, a in 30..900_u64, b in 30..900_u64) {
        let [a, b] = arms(units, [a, b]);
        let (there, back) = (lift(a, b, USUAL).unwrap(), lift(b, a, USUAL).unwrap());
        prop_assert!(((1.0 + there.relative.low) * (1.0 + back.relative.high) - 1.0).abs() < 1e-12);
        prop_assert!((there.difference.low + back.difference.high).abs() < 1e-12);
        prop_assert!((there.log_e - back.log_e).abs() < 1e-9);
    }
}
