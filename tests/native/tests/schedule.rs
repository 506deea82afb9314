//! What is planned for an hour is done then, by the rules of then, and can be taken back until then.

use crate::desk::shop::{LIVE, arms, plan, tally};
use crate::desk::{ADMIN, CONSOLE, Desk, HOUR, MINUTE, granted, hash, refused};
use pointsman::project::{self, Answer, Call};
use pointsman_native::Native;
use serde_json::{Value, json};

const FRESH: &str = "\"new\"";

/// Plans a call for so many milliseconds from now, as the shell hands it on.
fn later(desk: &mut Desk, ahead: i64, method: &str, path: &str, body: &Value) -> Answer {
    let call = Call {
        method: "POST".to_string(),
        path: vec!["schedule".to_string()],
        admin: desk.token == ADMIN,
        token: hash(&desk.token),
        console: CONSOLE.to_string(),
        due: Some(desk.now + ahead),
        body: json!({"at": "2027-01-15T09:00", "method": method, "path": path, "body": body}).to_string(),
        ..Call::default()
    };
    desk.answer(&call)
}

/// A plan that its second person has approved, and which waits.
fn approved(desk: &mut Desk) -> (String, String) {
    let (editor, approver) = (desk.role("editor"), desk.role("approver"));
    let key = desk.as_who(&editor, |desk| desk.submitted(&plan()));
    granted(desk.as_who(&approver, |desk| desk.act(&key, "approve", json!({"later": true}))));
    (key, editor)
}

#[test]
fn an_experiment_starts_and_stops_at_its_hours() {
    let mut desk = Desk::shop();
    let (key, editor) = approved(&mut desk);
    let path = format!("experiments/{key}");
    let start = desk.as_who(&editor, |desk| later(desk, HOUR, "POST", &format!("{path}/start"), &json!({})));
    assert_eq!(granted(start)["planned"][0]["who"], "the editor");
    let stop = json!({"why": "The week is over."});
    granted(desk.as_who(&editor, |desk| later(desk, 3 * HOUR, "POST", &format!("{path}/stop"), &stop)));
    desk.now += HOUR - 1;
    assert!(desk.follow(), "something waits");
    assert_eq!((&desk.experiment(&key)["state"], desk.meet(&key, FRESH)), (&json!("approved"), 0));
    desk.now += 1;
    desk.follow();
    assert_eq!(desk.experiment(&key)["state"], "running");
    assert!(desk.meet(&key, FRESH) > 0);
    let started = desk.get("audit?limit=2")["rows"].clone();
    assert_eq!((&started[1]["who"], &started[1]["action"]), (&json!("the editor"), &json!("start")));
    desk.now += 2 * HOUR;
    desk.follow();
    let stopped = desk.experiment(&key);
    assert_eq!((&stopped["state"], &stopped["stop"]["why"]), (&json!("stopped"), &json!("The week is over.")));
    assert_eq!(desk.get("schedule")["planned"], json!([]));
}

#[test]
fn what_is_taken_back_is_not_done() {
    let mut desk = Desk::shop();
    let (key, _) = approved(&mut desk);
    let planned = granted(later(&mut desk, HOUR, "POST", &format!("experiments/{key}/start"), &json!({})));
    granted(desk.call("POST", &format!("schedule/{}/cancel", planned["planned"][0]["id"]), None, "{}"));
    refused(desk.call("POST", "schedule/1/cancel", None, "{}"), 404);
    desk.now += 2 * HOUR;
    desk.follow();
    assert_eq!(desk.experiment(&key)["state"], "approved");
}

#[test]
fn a_planned_start_passes_every_check_of_its_hour_or_is_told() {
    let mut desk = Desk::shop();
    let (key, _) = approved(&mut desk);
    desk.slack();
    granted(later(&mut desk, HOUR, "POST", &format!("experiments/{key}/start"), &json!({})));
    desk.outside.pages.insert("/".to_string(), 503);
    desk.now += HOUR;
    desk.outside.unasked = true;
    desk.follow();
    assert_eq!(desk.get("schedule")["planned"].as_array().unwrap().len(), 1, "nobody has looked yet");
    desk.outside.unasked = false;
    desk.follow();
    assert_eq!((&desk.experiment(&key)["state"], desk.meet(&key, FRESH)), (&json!("approved"), 0));
    let [told] = &desk.due()[..] else { panic!("one message") };
    assert!(told.payload.contains("left undone") && told.payload.contains("503"), "{}", told.payload);
    assert_eq!(desk.get("audit?limit=1")["rows"][0]["action"], "leave undone");
    desk.outside.pages.clear();
    desk.follow();
    assert_eq!(desk.experiment(&key)["state"], "approved", "it is not tried again");
}

#[test]
fn a_flag_changes_at_its_hour_as_far_as_one_person_may() {
    let mut desk = Desk::shop();
    let editor = desk.role("editor");
    let path = format!("{LIVE}/flags/gift");
    refused(later(&mut desk, HOUR, "PUT", &format!("{LIVE}/flags/nobody"), &json!({"share": 0.05})), 404);
    refused(later(&mut desk, HOUR, "PUT", &path, &json!({"share": 7})), 409);
    granted(desk.as_who(&editor, |desk| later(desk, HOUR, "PUT", &path, &json!({"share": 0.05}))));
    granted(desk.as_who(&editor, |desk| later(desk, 2 * HOUR, "PUT", &path, &json!({"share": 1}))));
    let share = |desk: &mut Desk| desk.get(&format!("{LIVE}/flags"))["flags"][0]["share"].as_f64().unwrap();
    assert!(share(&mut desk) < 0.001);
    desk.now += HOUR;
    desk.follow();
    assert!((share(&mut desk) - 0.05).abs() < 0.001);
    desk.now += HOUR;
    desk.follow();
    assert!((share(&mut desk) - 0.05).abs() < 0.001, "nobody takes it to everybody alone, whatever the hour");
    assert_eq!(desk.get("audit?limit=1")["rows"][0]["action"], "leave undone");
}

#[test]
fn whoever_may_not_do_it_now_does_not_plan_it_and_whoever_has_left_does_nothing_any_more() {
    let mut desk = Desk::shop();
    let (key, editor) = approved(&mut desk);
    let viewer = desk.role("viewer");
    let start = format!("experiments/{key}/start");
    refused(desk.as_who(&viewer, |desk| later(desk, HOUR, "POST", &start, &json!({}))), 403);
    let glass = granted(desk.post("tokens", json!({"name": "glass", "scope": "stop"})))["secret"].clone();
    refused(desk.as_who(glass.as_str().unwrap(), |desk| later(desk, HOUR, "POST", &start, &json!({}))), 403);
    for (method, path) in [("POST", "people"), ("DELETE", "experiments/x/start"), ("POST", "experiments/x/approve")] {
        refused(later(&mut desk, HOUR, method, path, &json!({})), 422);
    }
    refused(later(&mut desk, -1, "POST", &start, &json!({})), 422);
    granted(desk.as_who(&editor, |desk| later(desk, HOUR, "POST", &start, &json!({}))));
    let people = desk.get("people")["people"].clone();
    let id = people.as_array().unwrap().iter().find(|person| person["name"] == "the editor").unwrap()["id"].clone();
    granted(desk.post(&format!("people/{id}/remove"), json!({})));
    desk.now += HOUR;
    desk.follow();
    assert_eq!(desk.experiment(&key)["state"], "approved");
}

#[test]
fn in_quiet_hours_stops_are_told_and_everything_else_waits_until_they_end() {
    let mut desk = Desk::shop();
    desk.slack();
    let due = |desk: &Desk, quiet| project::due(&mut Native(&desk.store), desk.now, quiet).unwrap();
    let key = desk.running(&plan());
    desk.now += HOUR;
    desk.tick(&[tally(&key, desk.now, &arms(1, 100, [30, 30], [1, 1]))]);
    desk.now += HOUR / 2;
    desk.follow();
    assert_eq!((due(&desk, true).len(), due(&desk, false).len()), (0, 1), "a shard is silent, which can wait");
    desk.now += MINUTE;
    desk.tick(&[tally(&key, desk.now, &arms(1, 400, [30, 30], [1, 40]))]);
    let told = due(&desk, true);
    assert!(told.len() == 1 && told[0].payload.contains("Stopped itself"), "{told:?}");
    assert_eq!(due(&desk, false).len(), 3, "and when they end the rest follows");
}
