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

/// Sums of 2,000 units around this mean, in cents, with a spread of one euro.
fn euros(mean: i64) -> Value {
    let (n, cents) = (2_000_i64, mean * 100);
    let squares = n * (cents * cents + 10_000);
    json!({"units": n, "sums": [(n * cents).to_string()], "products": [squares.to_string()]})
}

#[test]
fn more_of_a_loss_is_never_better() {
    let said = |old: i64, new: i64, less_is_better: bool| {
        let metric = json!({"epochs": [[euros(old), euros(new)]], "lessIsBetter": less_is_better});
        let question = json!({"ask": "report", "scale": 100, "aim": 0.05, "weights": [1, 1], "metrics": [metric]});
        answer(&question)["metrics"][0]["variants"][0].take()
    };
    // Old and new value, whether less of it is better, what follows, and the relative effect.
    for (old, new, less_is_better, kind, effect) in [
        (-10, -11, false, "harm", -0.1),
        (-10, -9, false, "better", 0.1),
        (-10, -11, true, "better", -0.1),
        (-10, -9, true, "harm", 0.1),
        (-10, 10, false, "better", 2.0),
        (10, -10, false, "harm", -2.0),
        (10, 9, false, "harm", -0.1),
        (10, 11, false, "better", 0.1),
    ] {
        let variant = said(old, new, less_is_better);
        assert_eq!(
            [&variant["conclusion"]["kind"], &variant["harm"]["harmed"]],
            [&json!(kind), &json!(kind == "harm")],
            "{variant}"
        );
        let [low, estimate, high] = ["low", "estimate", "high"].map(|name| variant["effect"][name].as_f64().unwrap());
        assert!((estimate - effect).abs() < 1e-9 && low < estimate && estimate < high, "{variant}");
    }
}

#[test]
fn a_loss_has_no_logarithm_and_says_so() {
    let ask = |scale: &str| {
        let (control, treatment) = (moments(2_000.0, -10.0, 1.0), moments(2_000.0, -11.0, 1.0));
        answer(&json!({"ask": "effect", "scale": scale, "control": control, "treatment": treatment}))
    };
    assert_eq!(ask("logRatio")["refusal"], "noLogarithm");
    assert!((ask("relative")["estimate"].as_f64().unwrap() + 0.1).abs() < 1e-12);
}

/// How much harm there may be at most, told as a share of control's size, on either side of zero.
#[test]
fn what_harm_is_not_excluded_is_the_same_for_a_gain_and_a_loss() {
    use pointsman::stats::guard::{Guard, Harm};
    use pointsman::stats::moments::Moments;
    let arm = |mean: f64| Moments::of(20_000.0, mean, 4.0);
    for (harm, towards) in [(Harm::More, 1.0), (Harm::Fewer, -1.0)] {
        let guard = Guard { harm, tolerance: 0.0, alpha: 0.05 };
        for level in [10.0, -10.0] {
            let worst = |change: f64| guard.worst_value(&arm(level), &arm(level + change)).unwrap();
            let (harmed, helped) = (worst(towards), worst(-towards));
            assert!((0.1..0.12).contains(&harmed), "{harm:?} at {level}: {harmed}");
            assert!(helped == 0.0, "{harm:?} at {level}: {helped}");
        }
    }
}

/// Units with an outcome and what was there before: so many, both means, and the outcome's spread around its mean.
fn pair([units, mean, before]: [i64; 3]) -> Value {
    let digits = |all: &[i64]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
    let (square, product) = (units * (mean * mean + 100), units * mean * before);
    json!({"units": units, "sums": digits(&[units * mean, units * before]),
        "products": digits(&[square, product, units * (before * before + 100)])})
}

#[test]
fn a_report_says_what_its_numbers_were_before_how_they_go_on_who_crosses_them_and_why_the_split_is_off() {
    let days: Vec<Value> = (0..14).map(|day| json!([pair([900, 50, 50]), pair([900, 56 - day / 3, 50])])).collect();
    let cells =
        |both: i64| json!([pair([900, 50, 50]), pair([900, 55, 50]), pair([900, 50, 50]), pair([900, both, 50])]);
    let metric = json!({"epochs": [[pair([9_000, 50, 50]), pair([9_000, 55, 53])]], "days": days, "pairs": [cells(55), cells(60)]});
    let group =
        |value: &str, lost: u64| json!({"dimension": "browser", "value": value, "units": [3_000, 3_000 - lost]});
    let seen = json!({"assigned": [9_000, 9_000], "confirmed": [9_000, 8_000],
        "groups": [group("Firefox", 0), group("Safari", 1_000), group("Chrome", 0)]});
    let said =
        answer(&json!({"ask": "report", "scale": 1, "aim": 0.1, "weights": [1, 1], "metrics": [metric], "seen": seen}));
    let (metric, why) = (&said["metrics"][0], &said["why"]);
    let variant = &metric["variants"][0];
    assert_eq!(variant["before"]["unlike"], true, "{variant}");
    assert!(
        variant["trend"]["slope"].as_f64() < Some(0.0) && variant["trend"]["pValue"].as_f64() < Some(0.001),
        "{variant}"
    );
    let crossed = [0, 1].map(|pair| metric["pairs"][pair]["interacts"].as_bool().unwrap());
    assert_eq!(crossed, [false, true], "{metric}");
    assert!((metric["pairs"][1]["change"].as_f64().unwrap() - 5.0).abs() < 1e-9);
    assert_eq!([&why["cause"]["step"], &why["cause"]["values"][0]], ["loss", "Safari"], "{why}");
    assert!(why["words"].as_str().unwrap().contains("Safari (browser)"));
    let words = metric["verdict"]["words"].as_str().unwrap();
    assert!(words.starts_with("“1” has a lift of "), "{words}");
    assert_eq!(metric["verdict"]["headline"], "“1” does better than “0”");
    let torn = json!({"assigned": [9_000], "confirmed": [9_000, 8_000]});
    let said =
        answer(&json!({"ask": "report", "scale": 1, "aim": 0.1, "weights": [1, 1], "metrics": [], "seen": torn}));
    assert_eq!(said["refusal"], "unreadable");
}
