//! Whoever asks the statistics gets what production would say: the same gates, the same refusals, the same harm.

#![cfg(feature = "stats")]

use pointsman::ask::ask;
use serde_json::{Value, json};

fn answer(question: &Value) -> Value {
    serde_json::from_str(&ask(&question.to_string())).unwrap()
}

/// An arm of exact sums: so many units, Σy and Σy².
fn arm([units, sum, squares]: [u64; 3]) -> Value {
    json!({"units": units, "sums": [sum.to_string()], "products": [squares.to_string()], "scale": 1})
}

/// Units of which some did it.
fn share(units: u64, converted: u64) -> Value {
    arm([units, converted, converted])
}

fn moments(units: f64, mean: f64, variance: f64) -> Value {
    json!({"units": units, "mean": [mean], "covariance": [variance]})
}

/// What is said of the only variant of the only metric.
fn report(weights: [u64; 2], metric: &Value) -> Value {
    let question = json!({"ask": "report", "scale": 1, "aim": 0.1, "weights": weights, "metrics": [metric]});
    answer(&question)["metrics"][0]["variants"][0].take()
}

#[test]
fn nothing_is_said_of_three_units_however_far_apart_they_lie() {
    for scale in ["absolute", "relative", "logRatio"] {
        let (control, treatment) = (moments(3.0, 10.0, 0.01), moments(3.0, 20.0, 0.01));
        let said = answer(&json!({"ask": "effect", "scale": scale, "control": control, "treatment": treatment}));
        assert_eq!(said["refusal"], "tooFew", "{said}");
    }
    for units in [3, 40, 99] {
        let said =
            report([1, 1], &json!([[arm([units, 10 * units, 101 * units]), arm([units, 20 * units, 401 * units])]]));
        let missing = json!({"kind": "units", "side": "control", "more": 100 - units});
        assert_eq!([&said["effect"]["refusal"], &said["effect"]["missing"]], [&json!("tooFew"), &missing], "{said}");
        assert_eq!([&said["harm"]["refusal"], &said["conclusion"]["kind"]], ["tooFew", "tooEarly"], "{said}");
    }
    let enough = report([1, 1], &json!([[arm([100, 1_000, 10_100]), arm([100, 2_000, 40_100])]]));
    assert_eq!(enough["conclusion"]["kind"], "better", "{enough}");
}

#[test]
fn no_percentage_is_told_of_what_is_nearly_zero() {
    let (control, treatment) = (moments(1_000.0, 0.01, 100.0), moments(1_000.0, 2.0, 100.0));
    let ask = |scale: &str, fixed: bool| {
        answer(&json!({"ask": "effect", "scale": scale, "fixed": fixed, "control": control, "treatment": treatment}))
    };
    for scale in ["relative", "logRatio"] {
        for fixed in [false, true] {
            assert_eq!(ask(scale, fixed)["refusal"], "unsureBaseline");
        }
    }
    assert!((ask("absolute", false)["estimate"].as_f64().unwrap() - 1.99).abs() < 1e-12);
}

#[test]
fn shares_need_their_counts_and_are_watched_by_their_labels_at_any_split() {
    let few = report([98, 2], &json!([[share(9_800, 196), share(200, 24)]]));
    let missing = json!({"kind": "conversions", "side": "treatment", "more": 1});
    assert_eq!(few["effect"]["missing"], missing, "{few}");
    assert_eq!(few["harm"]["validity"]["kind"], "exact");
    let (control, treatment) = (share(10, 1), share(10, 9));
    let said = answer(&json!({"ask": "effect", "control": control, "treatment": treatment}));
    assert_eq!(said["refusal"], "tooFew");
    let harmed = report([98, 2], &json!([[share(98_000, 4_900), share(2_000, 20)]]));
    assert_eq!([&harmed["harm"]["harmed"], &harmed["conclusion"]["kind"]], [&json!(true), &json!("harm")], "{harmed}");
}

#[test]
fn a_value_is_watched_only_beside_a_control_of_its_share() {
    let cells = json!([[arm([9_800, 98_000, 989_800]), arm([9_800, 98_000, 989_800])]]);
    assert_eq!(report([98, 2], &cells)["harm"]["refusal"], "unevenArms");
    assert_eq!(report([1, 1], &cells)["harm"]["harmed"], false);
}

#[test]
fn a_metric_says_itself_which_way_is_worse() {
    let metric = |less_is_better: bool| {
        let epochs = json!([[arm([1_000, 10_000, 101_000]), arm([1_000, 20_000, 401_000])]]);
        report([1, 1], &json!({"epochs": epochs, "lessIsBetter": less_is_better}))["conclusion"]["kind"].take()
    };
    assert_eq!([metric(false), metric(true)], ["better", "harm"]);
}

#[test]
fn what_is_asked_comes_with_how_far_it_holds() {
    let effects = [0.1, 0.0].map(|estimate| json!({"estimate": estimate, "standardError": 0.02}));
    for (question, kind) in [
        (json!({"ask": "segments", "effects": effects}), "fixedSample"),
        (json!({"ask": "shares", "arms": [{"mean": 0.1, "sd": 0.1}, {"mean": 0.0, "sd": 0.1}]}), "belief"),
        (json!({"ask": "looks", "information": [0.5, 1.0], "spending": "pocock"}), "planned"),
        (json!({"ask": "forecast", "units": 1_000, "share": 0.4, "effect": effects[0]}), "belief"),
    ] {
        let said = answer(&question);
        assert_eq!(said["validity"]["kind"], kind, "{said}");
    }
}

/// Sums of equal arms at 98/2, looked at sixty times. Before there was a gate 232 of 1,000 were called better, worse or harm.
#[test]
fn equal_arms_are_hardly_ever_told_apart_at_an_uneven_split() {
    let mut dice = Dice(7);
    let runs = 300;
    let told_apart = (0..runs).filter(|_| {
        let mut arms = [[0_u64; 2]; 2];
        (0..60).any(|_| {
            for _ in 0..500 {
                let arm = &mut arms[usize::from(dice.chance(0.02))];
                arm[0] += 1;
                arm[1] += u64::from(dice.chance(0.02));
            }
            let [control, treatment] = arms.map(|[units, converted]| share(units, converted));
            let kind = report([98, 2], &json!([[control, treatment]]))["conclusion"]["kind"].take();
            ["better", "worse", "harm"].iter().any(|wrong| kind == *wrong)
        })
    });
    let wrong = told_apart.count();
    assert!(wrong <= runs / 20, "{wrong} of {runs}");
}

/// A generator of Lehmer (MINSTD), for draws that are the same everywhere.
struct Dice(u64);

impl Dice {
    fn chance(&mut self, chance: f64) -> bool {
        self.0 = self.0 * 48_271 % 2_147_483_647;
        f64::from(self.0 as u32) / 2_147_483_647.0 < chance
    }
}
