//! Going back works whatever has happened since, and takes nothing to more visitors by itself.

use crate::desk::shop::{LIVE, arms, document, plan, tally};
use crate::desk::visitors::VISITORS;
use crate::desk::{Desk, HOUR, granted, refused};
use pointsman::project::Answer;
use serde_json::{Value, json};

fn digest(desk: &mut Desk, version: i64) -> Value {
    let versions = desk.get(&format!("{LIVE}/versions"))["versions"].clone();
    versions.as_array().unwrap().iter().find(|kept| kept["version"] == version).unwrap()["digest"].clone()
}

fn newest(desk: &mut Desk) -> i64 {
    desk.get(&format!("{LIVE}/versions"))["revision"].as_i64().unwrap()
}

fn back(desk: &mut Desk, version: i64) -> Answer {
    desk.post(&format!("{LIVE}/versions/{version}/restore"), json!({}))
}

#[test]
fn what_comes_back_is_bit_by_bit_what_was_there() {
    let mut desk = Desk::shop();
    let first = newest(&mut desk);
    granted(desk.put(&format!("{LIVE}/flags/gift"), json!({"share": 0.05})));
    // At once, within the pause after the step that it takes back.
    granted(back(&mut desk, first));
    let now = newest(&mut desk);
    assert_eq!(digest(&mut desk, now), digest(&mut desk, first));
    let snapshot = |desk: &Desk, version: i64| -> Vec<u8> {
        desk.store.query_row("SELECT edge FROM version WHERE n = ?", [version], |row| row.get(0)).unwrap()
    };
    let body = |bytes: Vec<u8>| bytes[pointsman::snapshot::HEADER..].to_vec();
    assert_eq!(body(snapshot(&desk, now)), body(snapshot(&desk, first)));
}

#[test]
fn a_run_that_has_moved_on_goes_on_and_one_that_is_over_stays_over() {
    let mut desk = Desk::shop();
    let first = newest(&mut desk);
    let key = desk.running(&plan());
    let started = newest(&mut desk);
    granted(desk.put(&format!("{LIVE}/flags/gift"), json!({"share": 0.05})));
    desk.now += 2 * HOUR;
    desk.tick(&[tally(&key, desk.now, &arms(1, 100, [30, 30], [1, 1]))]);
    assert_eq!(desk.experiment(&key)["ramp"]["stage"], 1);
    let met = desk.met_by(&key, "\"new\"");
    let glass = granted(desk.post("tokens", json!({"name": "glass", "scope": "stop"})))["secret"].clone();
    for version in [first, started] {
        granted(desk.put(&format!("{LIVE}/flags/gift"), json!({"enabled": true})));
        granted(desk.as_who(glass.as_str().unwrap(), |desk| back(desk, version)));
        assert_eq!(desk.meet("gift", "true"), 0);
        assert_eq!(desk.met_by(&key, "\"new\""), met, "the test goes on as it stood");
        assert_eq!(desk.experiment(&key)["state"], "running");
    }
    granted(desk.act(&key, "stop", json!({"why": "enough"})));
    granted(back(&mut desk, started));
    assert_eq!((desk.meet(&key, "\"new\""), &desk.experiment(&key)["state"]), (0, &json!("stopped")));
}

#[test]
fn what_a_mistake_took_the_place_of_comes_back_to_everybody_at_once() {
    let mut desk = Desk::shop();
    let first = newest(&mut desk);
    // A typing error in what everybody meets, which a second person let pass.
    let mut wrong = document();
    wrong["flags"]["sort"]["variants"]["roast"] = json!("raost");
    let grace = desk.person("Grace");
    let asked = granted(desk.put(&format!("{LIVE}/document?propose=1"), wrong));
    let agreed = json!({"digest": asked["digest"]}).to_string();
    let approve = format!("{LIVE}/changes/{}/approve", asked["id"]);
    granted(desk.as_who(&grace, |desk| desk.call("POST", &approve, None, &agreed)));
    assert_eq!(desk.meet("sort", "\"raost\""), VISITORS);
    granted(back(&mut desk, first));
    assert_eq!(desk.meet("sort", "\"roast\""), VISITORS);
}

#[test]
fn what_somebody_has_taken_away_does_not_come_back_by_going_back() {
    let mut desk = Desk::shop();
    for share in [0.05, 0.15, 0.25] {
        granted(desk.put(&format!("{LIVE}/flags/gift"), json!({"share": share})));
        desk.now += HOUR;
    }
    let quarter = newest(&mut desk);
    granted(desk.put(&format!("{LIVE}/flags/gift"), json!({"enabled": false})));
    refused(back(&mut desk, quarter), 409);
    // Nor by way of something new in its place.
    desk.now += HOUR;
    granted(desk.put(&format!("{LIVE}/flags/gift"), json!({"share": 0, "enabled": true})));
    granted(desk.put(&format!("{LIVE}/flags/gift"), json!({"share": 0.05})));
    refused(back(&mut desk, quarter), 409);
    assert!(desk.meet("gift", "true") < VISITORS / 10);
}
