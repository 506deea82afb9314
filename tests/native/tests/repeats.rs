//! Calls that are sent twice: whoever heard no answer asks again, and it is done once.

use crate::desk::{ADMIN, DAY, Desk, granted, hash, refused};
use pointsman::limits::IDEMPOTENCY_KEY_BYTES;
use pointsman::project::{Answer, Call};
use serde_json::{Value, json};

/// A call of a token with an `Idempotency-Key`.
fn send(desk: &mut Desk, key: &str, method: &str, path: &str, body: &Value) -> Answer {
    let token = desk.token.clone();
    let call = Call {
        method: method.to_string(),
        path: path.split('/').map(ToString::to_string).collect(),
        idempotency_key: Some(key.to_string()),
        admin: token == ADMIN,
        token: hash(&token),
        body: body.to_string(),
        fresh: Some(format!("pm_{}", "7".repeat(64))),
        ..Call::default()
    };
    desk.answer(&call)
}

fn idea(desk: &mut Desk, key: &str, title: &str) -> Answer {
    send(desk, key, "POST", "experiments", &json!({"title": title, "note": ""}))
}

fn ideas(desk: &mut Desk) -> usize {
    desk.get("experiments")["experiments"].as_array().unwrap().len()
}

#[test]
fn a_call_that_is_sent_twice_is_done_once_and_answered_alike() {
    let mut desk = Desk::shop();
    let before = ideas(&mut desk);
    let first = granted(idea(&mut desk, "one", "Shorter words"));
    assert_eq!(granted(idea(&mut desk, "one", "Shorter words")), first);
    assert_eq!(ideas(&mut desk), before + 1);
    // Without the key, or with another, it is something else that somebody wants.
    assert_ne!(granted(idea(&mut desk, "two", "Shorter words"))["key"], first["key"]);
    assert_eq!(ideas(&mut desk), before + 2);
}

#[test]
fn a_key_of_one_call_is_refused_for_another() {
    let mut desk = Desk::shop();
    granted(idea(&mut desk, "one", "Shorter words"));
    let told = refused(idea(&mut desk, "one", "Longer words"), 422);
    assert_eq!(told["problems"][0]["pointer"], "Idempotency-Key");
    assert!(told["problems"][0]["cause"].as_str().unwrap().contains("another call"), "{told}");
    for wrong in [String::new(), "k".repeat(IDEMPOTENCY_KEY_BYTES + 1)] {
        refused(idea(&mut desk, &wrong, "Shorter words"), 422);
    }
}

#[test]
fn a_key_is_its_callers_own_and_lasts_a_day() {
    let mut desk = Desk::shop();
    let first = granted(idea(&mut desk, "one", "Shorter words"));
    let eve = desk.person("Eve");
    let hers = desk.as_who(&eve, |desk| granted(idea(desk, "one", "Shorter words")));
    assert_ne!(hers["key"], first["key"]);
    desk.now += DAY + 1;
    assert_ne!(granted(idea(&mut desk, "one", "Shorter words"))["key"], first["key"]);
}

#[test]
fn what_was_refused_may_be_tried_again_with_the_same_key() {
    let mut desk = Desk::shop();
    refused(idea(&mut desk, "one", ""), 409);
    granted(idea(&mut desk, "one", "Shorter words"));
}

#[test]
fn a_secret_is_told_once_and_kept_nowhere() {
    let mut desk = Desk::shop();
    let eve = desk.person("Eve");
    let wanted = json!({"name": "nightly export"});
    let secret = desk.as_who(&eve, |desk| {
        let made = granted(send(desk, "one", "POST", "tokens", &wanted));
        let told = refused(send(desk, "one", "POST", "tokens", &wanted), 409);
        assert!(told["error"].as_str().unwrap().contains("told only once"), "{told}");
        made["secret"].as_str().unwrap().to_string()
    });
    let kept: i64 = desk
        .store
        .query_row("SELECT count(*) FROM repeat WHERE instr(answer, ?) OR instr(call, ?)", [&secret, &secret], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(kept, 0);
}
