//! Plans that fix when they are read: between their looks nothing is said, and what a look has said stays.

#![allow(clippy::cast_precision_loss, reason = "counts of a test")]

use crate::desk::shop::{Arm, plan, tally};
use crate::desk::{Desk, MINUTE, granted, refused};
use pointsman::stats::special::normal;
use serde_json::{Value, json};

/// A test that is read like this, and has no further stage to wait for.
fn running(method: &Value) -> (Desk, String, u64) {
    let mut desk = Desk::shop();
    let mut plan = plan();
    plan["ramp"] = json!([5]);
    let (key, per_arm) = desk.read_by(method, &plan);
    (desk, key, per_arm)
}

/// Half of the range of a ratio of rates at so many errors, on its logarithm.
fn half(people: u64, orders: [u64; 2], errors: f64) -> f64 {
    let n = people as f64;
    let variance: f64 = orders.iter().map(|c| (n - *c as f64) / (*c as f64 * (n - 1.0))).sum();
    errors * variance.sqrt()
}

#[track_caller]
fn ranges(reading: &Value, people: u64, orders: [u64; 2], errors: f64) {
    let ratio = (orders[1] as f64 / orders[0] as f64).ln();
    let half = half(people, orders, errors);
    for (name, expected) in [("value", ratio), ("low", ratio - half), ("high", ratio + half)] {
        let told = reading["lift"][name].as_f64().unwrap().ln_1p();
        assert!((told - expected).abs() < 1e-3, "{name}: {told} is not {expected}");
    }
}

/// The fifty answers are the quantiles of what a sceptic believes after the effect and its own error, inside the range.
#[track_caller]
fn answers(reading: &Value, people: u64, orders: [u64; 2], errors: f64) {
    let (ratio, error) = ((orders[1] as f64 / orders[0] as f64).ln(), half(people, orders, 1.0));
    let (seen, sceptic) = (1.0 / (error * error), 1.0 / (0.05 * 0.05));
    let (mean, sd) = (ratio * seen / (seen + sceptic), (1.0 / (seen + sceptic)).sqrt());
    let chance = |side: f64| normal::cdf((ratio + side * errors * error - mean) / sd);
    let told = reading["answers"].as_array().unwrap();
    assert_eq!(told.len(), 50);
    for (place, told) in told.iter().enumerate() {
        let share = (place as f64 + 0.5) / 50.0;
        let expected = mean + sd * normal::ppf(chance(-1.0) + (chance(1.0) - chance(-1.0)) * share);
        let told = told.as_f64().unwrap().ln_1p();
        assert!((told - expected).abs() < 1e-8, "answer {place}: {told} is not {expected}");
    }
}

#[test]
fn a_fixed_sample_is_read_once_and_what_comes_later_changes_nothing() {
    let (mut desk, key, n) = running(&json!({"kind": "fixedSample"}));
    // A difference that any single look would take for proven.
    let early = desk.reading(&key, n * 9 / 10, [n / 4, n / 2]);
    assert_eq!((&early["recommend"], &early["lift"], &early["answers"]), (&json!("wait"), &Value::Null, &Value::Null));
    assert!(
        early["words"].as_str().unwrap().contains("By the plan these numbers are read after"),
        "{}",
        early["words"]
    );
    assert_eq!(
        (&early["report"]["verdict"]["kind"], &early["conclusion"]["kind"]),
        (&json!("tooEarly"), &json!("tooEarly"))
    );
    assert_eq!(early["report"]["comparisons"][0]["lift"], Value::Null, "nor in the report");
    assert!(early["series"].as_array().unwrap().iter().all(|look| look["lift"].is_null()), "nor in the curve");
    let orders = [n * 3 / 10, n * 4 / 10];
    let at_size = desk.reading(&key, n, orders);
    assert_eq!((&at_size["recommend"], &at_size["conclusion"]["kind"]), (&json!("ship"), &json!("better")));
    assert_eq!(at_size["report"]["comparisons"][0]["validity"]["kind"], "fixedSample");
    assert!(
        at_size["words"].as_str().unwrap().contains("at the planned look, which alone counts"),
        "{}",
        at_size["words"]
    );
    ranges(&at_size, n, orders, 1.959_964);
    answers(&at_size, n, orders, 1.959_964);
    let later = desk.reading(&key, 2 * n, [n * 8 / 10, n * 8 / 10]);
    assert_eq!((&later["lift"], &later["recommend"]), (&at_size["lift"], &at_size["recommend"]));
}

#[test]
fn a_group_sequential_plan_says_something_at_its_looks_alone_by_their_own_bounds() {
    let method = json!({"kind": "groupSequential", "spending": "obrien-fleming", "looks": [0.5, 1.0]});
    let (mut desk, key, n) = running(&method);
    assert!(desk.reading(&key, n * 4 / 10, [n / 10, n * 2 / 10])["lift"].is_null(), "before the first look");
    let orders = [n * 15 / 100, n * 16 / 100];
    let first = desk.reading(&key, n.div_ceil(2), orders);
    assert_eq!((&first["recommend"], &first["conclusion"]["kind"]), (&json!("wait"), &json!("undecided")));
    // Bounds for two looks after O'Brien & Fleming's spending, as tables of the design have them.
    ranges(&first, n.div_ceil(2), orders, 2.9626);
    let between = desk.reading(&key, n * 8 / 10, [n * 2 / 10, n * 4 / 10]);
    assert_eq!(between["lift"], first["lift"], "a look that is not planned says nothing");
    let orders = [n * 30 / 100, n * 37 / 100];
    let last = desk.reading(&key, n, orders);
    ranges(&last, n, orders, 1.9686);
    assert_eq!(
        (&last["recommend"], &last["report"]["comparisons"][0]["validity"]["kind"]),
        (&json!("ship"), &json!("planned"))
    );
}

#[test]
fn a_look_that_passes_its_bound_decides_and_the_report_leaves() {
    let method = json!({"kind": "groupSequential", "spending": "pocock", "looks": [0.25, 0.5, 1.0]});
    let (mut desk, key, n) = running(&method);
    let crossed = desk.reading(&key, n.div_ceil(4), [n * 5 / 100, n * 15 / 100]);
    assert_eq!(crossed["recommend"], "ship");
    let later = desk.reading(&key, n, [n * 30 / 100, n * 30 / 100]);
    assert_eq!(later["lift"], crossed["lift"]);
    let told = desk.experiment(&key)["history"]
        .as_array()
        .unwrap()
        .iter()
        .any(|entry| entry["what"].as_str().unwrap().starts_with("sent the report"));
    assert!(told, "the test is over");
}

#[test]
fn guardrails_are_read_at_any_time_whatever_the_plan() {
    let (mut desk, key, n) = running(&json!({"kind": "fixedSample"}));
    desk.now += MINUTE;
    let arm = |variant, errors| Arm { variant, epoch: 1, people: n / 4, orders: n / 20, errors };
    desk.tick(&[tally(&key, desk.now, &[arm("control", n / 200), arm("new", n / 10)])]);
    assert_eq!(desk.experiment(&key)["stop"]["cause"], "guardrail");
}

#[test]
fn the_way_of_reading_is_locked_with_the_plan() {
    let hash = |method: &Value| {
        let (mut desk, key, n) = running(method);
        // What the playbook says tomorrow does not move what runs today.
        let mut playbook = desk.get("playbook")["playbook"].clone();
        playbook["method"] = json!({"kind": "anytime"});
        granted(desk.put("playbook", playbook));
        let early = desk.reading(&key, n / 2, [n / 10, n / 5]);
        (desk.experiment(&key)["planHash"].clone(), n, early["lift"].is_null())
    };
    let fixed = hash(&json!({"kind": "fixedSample"}));
    let group = hash(&json!({"kind": "groupSequential", "spending": "obrien-fleming", "looks": [0.75, 1.0]}));
    let anytime = hash(&json!({"kind": "anytime"}));
    assert!(fixed.0 != group.0 && group.0 != anytime.0 && fixed.0 != anytime.0);
    assert!(
        fixed.1 < group.1 && group.1 < anytime.1,
        "whoever looks more often needs more: {fixed:?} {group:?} {anytime:?}"
    );
    assert_eq!((fixed.2, group.2, anytime.2), (true, true, false));
}

#[test]
fn looks_that_cannot_be_are_refused() {
    let mut desk = Desk::shop();
    for looks in [json!([]), json!([0.5]), json!([0.5, 0.4, 1.0]), json!([0.01, 1.0]), json!([0.5, 1.0, 1.2])] {
        let mut playbook = desk.get("playbook")["playbook"].clone();
        playbook["method"] = json!({"kind": "groupSequential", "spending": {"hsd": -4.0}, "looks": looks});
        let answer = refused(desk.put("playbook", playbook), 422);
        assert_eq!(answer["problems"][0]["pointer"], "/method", "{looks}: {answer}");
    }
}
