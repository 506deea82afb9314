//! Plans that ask whether a version is not worse by more than a margin: from the plan to the verdict and its sentences, read at
//! any time and at planned looks.

#![allow(clippy::cast_precision_loss, reason = "counts of a test")]

use crate::desk::shop::plan;
use crate::desk::{Desk, granted};
use pointsman::stats::special::normal;
use serde_json::{Value, json};

/// A plan that allows a tenth fewer orders.
fn margin(by: f64) -> Value {
    let mut plan = plan();
    plan["hypothesis"]["question"] = json!("notWorse");
    plan["hypothesis"]["by"] = json!(by);
    plan["ramp"] = json!([5]);
    plan
}

fn running(method: &Value, plan: &Value) -> (Desk, String, u64) {
    let mut desk = Desk::shop();
    let (key, per_arm) = desk.read_by(method, plan);
    (desk, key, per_arm)
}

/// The ends of the range to one side, as the paper writes them.
fn ends(people: u64, orders: [u64; 2]) -> [f64; 2] {
    let (n, alpha) = (people as f64, 0.05_f64);
    let variance: f64 = orders.iter().map(|c| (n - *c as f64) / (*c as f64 * (n - 1.0))).sum();
    let spent = -2.0 * (2.0 * alpha).ln();
    let information = 2.0 * n * (spent + spent.ln_1p()) / 10_000.0;
    let boundary = ((information + 1.0).sqrt() / (2.0 * alpha)).ln_1p();
    let half = (variance * 2.0 * (information + 1.0) / information * boundary).sqrt();
    let ratio = (orders[1] as f64 / orders[0] as f64).ln();
    [(ratio - half).exp_m1(), (ratio + half).exp_m1()]
}

fn kinds(reading: &Value) -> [&str; 3] {
    let kind = reading["conclusion"]["kind"].as_str().unwrap();
    assert_eq!(reading["report"]["verdict"]["kind"], kind, "one verdict");
    [kind, reading["recommend"].as_str().unwrap(), reading["headline"].as_str().unwrap()]
}

#[test]
fn a_loss_below_the_margin_is_fine_to_ship_as_soon_as_a_larger_one_is_excluded() {
    let (mut desk, key, n) = running(&json!({"kind": "anytime"}), &margin(0.1));
    desk.slack();
    let experiment = desk.experiment(&key);
    assert_eq!(
        experiment["rule"]["ship"],
        "Ship the new version if “orders” is shown not to be worse by more than 10 %, and nothing guarded got worse."
    );
    let early = n / 4;
    let first = desk.reading(&key, early, [early * 3 / 10, early * 3 / 10]);
    assert_eq!(kinds(&first), ["undecided", "wait", "Undecided so far"]);
    let [low, high] = ends(early, [early * 3 / 10, early * 3 / 10]);
    for (name, expected) in [("low", low), ("high", high)] {
        assert!(
            (first["lift"][name].as_f64().unwrap() - expected).abs() < 1e-9,
            "{name}: {} {expected}",
            first["lift"]
        );
    }
    assert!(first["report"]["comparisons"][0]["pValue"].is_null(), "nobody asked whether they differ");
    // A little worse, and surely less than allowed.
    let people = 20 * n;
    let orders = [people * 300 / 1000, people * 292 / 1000];
    let said = desk.reading(&key, people, orders);
    assert_eq!(kinds(&said), ["noEffectAsLarge", "ship", "Ship the new version, by your rule"]);
    let words = said["words"].as_str().unwrap();
    for part in [
        "“orders” is not worse by more than 10 %, as you asked, and nothing guarded got worse.",
        "each end holds in 19 of 20 tests, and looking daily does not spoil this.",
        "It is worse, but by less than that.",
    ] {
        assert!(words.contains(part), "{words} lacks {part}");
    }
    assert!(said["reach"].as_u64().unwrap() == 50 && said["better"] == 0, "{} {}", said["reach"], said["better"]);
    // The message, the crossing and the decision say the same.
    let messages: Vec<String> = desk.due().into_iter().map(|delivery| delivery.payload).collect();
    assert!(
        messages
            .iter()
            .any(|body| body.contains("Ship the new version, by your rule") && body.contains("as you asked")),
        "{messages:?}"
    );
    let crossings = desk.get(&format!("experiments/{key}/crossings"))["crossings"].clone();
    assert!(crossings.as_array().unwrap().iter().any(|seen| seen["action"] == "noEffectAsLarge"), "{crossings}");
}

#[test]
fn a_larger_loss_stops_it_and_what_is_not_known_is_said_to_be_open() {
    let (mut desk, key, n) = running(&json!({"kind": "anytime"}), &margin(0.1));
    let worse = desk.reading(&key, n, [n * 30 / 100, n * 20 / 100]);
    assert_eq!(kinds(&worse), ["worse", "stop", "Keep the old version, by your rule"]);
    assert!(worse["words"].as_str().unwrap().contains("by more than the 10 % that you allowed"), "{}", worse["words"]);

    let (mut desk, key, n) = running(&json!({"kind": "anytime"}), &margin(0.1));
    let people = 3 * n / 4;
    let open = desk.reading(&key, people, [people * 300 / 1000, people * 265 / 1000]);
    assert_eq!(kinds(&open)[..2], ["undecided", "wait"]);
    assert!(
        open["words"].as_str().unwrap().contains("It is worse; whether by more than 10 % is open."),
        "{}",
        open["words"]
    );
    let last = desk.reading(&key, n, [n * 300 / 1000, n * 265 / 1000]);
    assert_eq!(kinds(&last), ["underpowered", "keep", "It may be worse by more than 10 %"]);
}

#[test]
fn where_less_is_better_more_of_it_is_the_loss() {
    let mut plan = margin(0.1);
    plan["hypothesis"]["direction"] = json!("down");
    let (mut desk, key, n) = running(&json!({"kind": "anytime"}), &plan);
    let people = 20 * n;
    let said = desk.reading(&key, people, [people * 292 / 1000, people * 300 / 1000]);
    assert_eq!(kinds(&said)[..2], ["noEffectAsLarge", "ship"]);
    assert!(said["words"].as_str().unwrap().contains("It is worse, but by less than that."), "{}", said["words"]);
    let (mut desk, key, n) = running(&json!({"kind": "anytime"}), &plan);
    assert_eq!(kinds(&desk.reading(&key, n, [n * 20 / 100, n * 30 / 100]))[..2], ["worse", "stop"]);
}

#[test]
fn a_margin_at_planned_looks_has_all_of_its_chance_on_one_side() {
    let (mut desk, key, n) = running(&json!({"kind": "fixedSample"}), &margin(0.1));
    assert!(desk.reading(&key, n / 2, [n * 15 / 100, n * 15 / 100])["lift"].is_null(), "before its look");
    let orders = [n * 30 / 100, n * 30 / 100];
    let said = desk.reading(&key, n, orders);
    let half =
        normal::isf(0.05) * orders.iter().map(|c| (n - c) as f64 / (*c as f64 * (n as f64 - 1.0))).sum::<f64>().sqrt();
    assert!((said["lift"]["low"].as_f64().unwrap().ln_1p() + half).abs() < 1e-9, "{}", said["lift"]);
    assert_eq!(kinds(&said)[..2], ["noEffectAsLarge", "ship"]);
    let later = desk.reading(&key, 2 * n, [n * 60 / 100, n * 40 / 100]);
    assert_eq!(later["lift"], said["lift"], "what comes later changes nothing");

    let method = json!({"kind": "groupSequential", "spending": "pocock", "looks": [0.5, 1.0]});
    let (mut desk, key, n) = running(&method, &margin(0.1));
    let half = n.div_ceil(2);
    let first = desk.reading(&key, half, [half * 300 / 1000, half * 330 / 1000]);
    assert_eq!(kinds(&first)[1], "ship", "the first look passes its bound: {}", first["words"]);
}

#[test]
fn a_plan_with_a_margin_is_sized_for_no_difference_and_tells_what_it_would_find() {
    let mut desk = Desk::shop();
    let ask = |desk: &mut Desk, query: &str| desk.get(&format!("forecast?metric=orders&guess=0.3&{query}"));
    let margin = ask(&mut desk, "by=0.1&question=notWorse");
    let better = ask(&mut desk, "by=0.1");
    assert!(margin["perArm"].as_u64().unwrap() < better["perArm"].as_u64().unwrap(), "one side takes fewer");
    let curve = margin["curve"].as_array().unwrap();
    let power = |by: f64| {
        let point = curve.iter().find(|point| (point["by"].as_f64().unwrap() - by).abs() < 1e-9);
        point.unwrap()["power"].as_f64().unwrap()
    };
    assert!((power(0.0) - 0.8).abs() < 1e-3, "as often as its plan says where nothing is lost: {curve:?}");
    assert!(power(-0.1) < 0.05, "and hardly ever where all of the margin is: {curve:?}");
    assert!(ask(&mut desk, "by=0.02&question=notWorse")["perArm"].as_u64() > margin["perArm"].as_u64());
}

#[test]
fn a_question_is_locked_with_the_plan_and_a_margin_has_to_be_one() {
    let hash = |plan: &Value| {
        let (mut desk, key, _) = running(&json!({"kind": "anytime"}), plan);
        let experiment = desk.experiment(&key);
        (experiment["planHash"].clone(), experiment["plan"]["hypothesis"]["question"].clone())
    };
    let mut usual = margin(0.1);
    usual["hypothesis"].as_object_mut().unwrap().remove("question");
    let (asked, plain) = (hash(&margin(0.1)), hash(&usual));
    assert_ne!(asked.0, plain.0);
    assert_eq!((asked.1, plain.1), (json!("notWorse"), Value::Null), "what is usual is not written");

    let mut desk = Desk::shop();
    let idea = granted(desk.post("experiments", json!({"title": "A margin", "note": ""})));
    let drafted = granted(desk.put(&format!("experiments/{}/plan", idea["key"].as_str().unwrap()), margin(1.5)));
    let problem = &drafted["problems"][0];
    assert_eq!((&problem["pointer"], &problem["cause"]), (&json!("/hypothesis/by"), &json!("The margin is missing.")));
}
