//! What specialists ask beside a report, against exact values: enumerated fractions, or mpmath with 60 digits.

#![cfg(feature = "stats")]
#![allow(clippy::excessive_precision, reason = "figures as they were derived")]

use pointsman::ask::ask;
use serde_json::{Value, json};

fn answer(question: &Value) -> Value {
    serde_json::from_str(&ask(&question.to_string())).unwrap()
}

fn near(got: &Value, expected: f64, tolerance: f64) {
    let apart = (got.as_f64().unwrap_or(f64::NAN) / expected - 1.0).abs();
    assert!(apart <= tolerance, "{got} is not {expected}, by {apart:e}");
}

#[test]
fn a_tail_has_its_point_to_twelve_digits_however_small_and_on_whichever_side() {
    let file: Value = serde_json::from_str(include_str!("vectors/inverses.json")).unwrap();
    let cases = file["cases"].as_array().unwrap();
    assert!(cases.len() > 250);
    for case in cases {
        let mut question = case.clone();
        question["ask"] = "quantile".into();
        let said = answer(&question);
        let apart = (said["x"].as_f64().unwrap_or(f64::NAN) / case["x"].as_f64().unwrap() - 1.0).abs();
        assert!(apart < 1e-12, "{case}: {said}, by {apart:e}");
    }
}

fn all_near(got: &[&Value], expected: &[f64]) {
    for (got, expected) in got.iter().zip(expected) {
        near(got, *expected, 1e-12);
    }
}

/// Clopper & Pearson's ranges by sums of binomials, Newcombe's by its formula, χ² by its; the belief by fractions.
#[test]
fn shares_of_which_few_did_it_have_the_exact_ranges_and_the_exact_belief() {
    let cases: [([u64; 4], [f64; 11]); 3] = [
        (
            [3, 20, 7, 25],
            [
                0.032_070_937_185_463_706,
                0.378_926_826_545_313_94,
                0.120_716_688_504_066_6,
                0.493_876_821_806_255_57,
                -0.121_175_964_528_815_73,
                0.348_760_619_984_051_75,
                1.086_428_571_428_571_4,
                0.297_263_878_834_215_31,
                0.836_181_204_798_527_8,
                0.125_247_641_002_942_06,
                0.010_769_526_524_827_572,
            ],
        ),
        (
            [0, 12, 5, 9],
            [
                0.0,
                0.264_648_469_397_051_25,
                0.212_008_506_778_867_98,
                0.863_004_337_734_833_52,
                0.178_369_903_786_852_53,
                0.811_221_478_902_335_42,
                8.75,
                0.003_096_020_549_959_017_9,
                0.997_919_700_436_863,
                0.474_137_418_645_427_8,
                0.000_111_444_619_453_772_63,
            ],
        ),
        (
            [40, 1_000, 61, 1_010],
            [
                0.028_727_625_285_890_79,
                0.054_072_696_819_368_486,
                0.046_509_568_546_157_017,
                0.076_908_546_905_240_811,
                0.001_221_161_433_335_530_4,
                0.039_883_270_904_342_624,
                4.380_077_775_630_723_5,
                0.036_361_338_219_213_549,
                0.981_615_047_760_279_5,
                0.020_412_457_387_197_29,
                6.579_892_546_462_928e-5,
            ],
        ),
    ];
    for ([did, of, does, among], expected) in cases {
        let (control, treatment) = (json!({"units": of, "converted": did}), json!({"units": among, "converted": does}));
        let said = answer(&json!({"ask": "counts", "control": control, "treatment": treatment}));
        let [one, other, apart] =
            ["control", "treatment", "difference"].map(|name| [&said[name]["low"], &said[name]["high"]]);
        let (squares, belief) = (&said["chiSquare"], &said["belief"]);
        if did == 0 {
            assert_eq!(one[0], 0.0);
        } else {
            near(one[0], expected[0], 1e-12);
        }
        all_near(&[one[1], other[0], other[1], apart[0], apart[1]], &expected[1..6]);
        all_near(&[&squares["statistic"], &squares["pValue"], &belief["better"]], &expected[6..9]);
        // What cancels in a loss costs digits of the smaller one.
        near(&belief["loss"]["control"], expected[9], 1e-10);
        near(&belief["loss"]["treatment"], expected[10], 1e-7);
        assert_eq!([&said["validity"]["kind"], &belief["validity"]["kind"]], ["fixedSample", "belief"]);
    }
}

#[test]
fn counts_that_cannot_be_are_refused_and_none_at_all_too() {
    let ask = |control: Value, treatment: Value| {
        answer(&json!({"ask": "counts", "control": control, "treatment": treatment}))["refusal"].take()
    };
    let some = || json!({"units": 9, "converted": 3});
    assert_eq!(ask(json!({"units": 3, "converted": 4}), some()), "contradiction");
    assert_eq!(ask(json!({"units": 0, "converted": 0}), some()), "noUnits");
    assert_eq!(ask(some(), json!({"units": 1_u64 << 41, "converted": 3})), "impossible");
    assert_eq!(ask(some(), json!({"units": 9})), "unreadable");
    let nobody = answer(
        &json!({"ask": "counts", "control": {"units": 9, "converted": 0}, "treatment": {"units": 9, "converted": 0}}),
    );
    assert_eq!([&nobody["chiSquare"], &nobody["control"]["low"]], [&Value::Null, &json!(0.0)], "{nobody}");
}

fn means(scale: &str, more: &Value) -> Value {
    let arm = |units: f64, mean: f64, variance: f64| json!({"units": units, "mean": [mean], "covariance": [variance]});
    let mut question = json!({"ask": "effect", "fixed": true, "scale": scale, "control": arm(50.0, 10.0, 4.0), "treatment": arm(60.0, 10.3, 9.0)});
    question.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    answer(&question)
}

/// By Student's t with Welch's degrees of freedom.
#[test]
fn a_margin_is_asked_from_both_sides() {
    let Value::Object(margin) = means("absolute", &json!({"margin": 1}))["margin"].take() else { panic!() };
    all_near(&[&margin["notBelow"], &margin["notAbove"]], &[0.003_931_846_251_787_518_2, 0.073_716_713_406_568_578]);
    assert_eq!(margin["within"], margin["notAbove"]);
    // The same question as one against a null to one side; on the logarithm's scale nulls are changes, as answers are.
    let one_sided =
        |scale: &str, against: f64| means(scale, &json!({"null": against, "alternative": "greater"}))["pValue"].take();
    assert_eq!(one_sided("absolute", -1.0), margin["notBelow"]);
    let relative = means("logRatio", &json!({"margin": 0.1}));
    assert_eq!(one_sided("logRatio", -0.1), relative["margin"]["notBelow"]);
    let estimate = relative["estimate"].as_f64().unwrap();
    near(&one_sided("logRatio", estimate), 0.5, 1e-12);
    for margin in [0.0, -1.0] {
        assert_eq!(means("absolute", &json!({"margin": margin}))["refusal"], "impossible");
    }
    assert_eq!(means("logRatio", &json!({"margin": 1}))["refusal"], "impossible");
}

#[test]
fn the_sequential_test_of_others_stands_beside_ours() {
    let said = means("absolute", &json!({"msprt": 0.25}))["msprt"].take();
    near(&said["logE"], -0.265_951_223_576_327_14, 1e-12);
    near(&said["high"], 0.3 + 1.723_577_345_135_836_1, 1e-12);
    assert_eq!(said["pValue"], 1.0);
    assert_eq!(means("absolute", &json!({"msprt": 0}))["refusal"], "impossible");
}

#[test]
fn a_known_truth_gives_the_conditional_power_and_the_middle_says_what_could_have_been_seen() {
    let effect = json!({"estimate": 0.05, "standardError": 0.03});
    let said = answer(&json!({"ask": "forecast", "effect": effect, "units": 4_000, "share": 0.4, "truth": 0.1}));
    near(&said["up"], 0.936_354_559_142_081_79, 1e-12);
    near(&said["down"], 3.921_394_684_018_370_2e-21, 1e-9);
    assert_eq!(said["times"], Value::Null);
    let middle = |more: Value| {
        let mut question = json!({"ask": "middle", "aim": 0.1, "standardError": 0.04, "units": 2_000});
        question.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        answer(&question)
    };
    let once = middle(json!({"fixed": true}));
    let figures = [0.705_418_001_113_800_21, 0.255_817_681_492_191_7, 0.112_063_271_480_543_16];
    all_near(&[&once["power"], &once["further"], &once["could"]], &figures);
    let always = middle(json!({}));
    assert!(always["could"].as_f64() > once["could"].as_f64(), "whoever may look at any time sees less: {always}");
    assert_eq!(middle(json!({"standardError": 0}))["refusal"], "impossible");
}

#[test]
fn groups_and_epochs_are_put_together_by_shares_that_were_known() {
    let arm = |units: f64, mean: f64, variance: f64| json!({"units": units, "mean": [mean], "covariance": [variance]});
    let strata = json!([
        {"control": arm(100.0, 10.0, 4.0), "treatment": arm(110.0, 11.0, 5.0)},
        {"control": arm(40.0, 30.0, 9.0), "treatment": arm(30.0, 32.0, 8.0)},
    ]);
    let said = answer(&json!({"ask": "strata", "scale": "absolute", "strata": strata}));
    all_near(&[&said["estimate"], &said["standardError"]], &[1.25, 0.281_898_902_697_387_85]);
    assert_eq!(
        [&said["validity"]["kind"], &answer(&json!({"ask": "strata", "strata": []}))["refusal"]],
        ["fixedSample", "noUnits"]
    );

    let epoch = |estimate: f64, error: f64, shares: [f64; 2]| json!({"estimate": estimate, "standardError": error, "shares": shares});
    let epochs = json!([epoch(0.1, 0.05, [0.5, 0.5]), epoch(0.2, 0.08, [0.2, 0.8])]);
    let said = answer(&json!({"ask": "together", "epochs": epochs}));
    let figures = [0.144_444_444_444_444_44, 0.045_119_867_787_215_45, 0.001_367_857_384_591_510_5];
    all_near(&[&said["estimate"], &said["standardError"], &said["pValue"]], &figures);
    let unknown = json!([epoch(0.1, 0.05, [0.0, 1.0])]);
    assert_eq!(answer(&json!({"ask": "together", "epochs": unknown}))["refusal"], "impossible");
}
