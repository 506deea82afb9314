//! How an experiment waits for its start, how it ends, and how it begins again.

use crate::desk::shop::{arms, plan, tally};
use crate::desk::{Desk, HOUR, granted, refused};
use pointsman::collect::Tally;
use serde_json::{Value, json};

const FRESH: &str = "\"new\"";

/// A shop with somebody who plans and somebody who approves, by their tokens.
fn team() -> (Desk, String, String) {
    let mut desk = Desk::shop();
    let (editor, approver) = (desk.role("editor"), desk.role("approver"));
    (desk, editor, approver)
}

fn by(desk: &mut Desk, who: &str, key: &str, action: &str, body: Value) -> Value {
    granted(desk.as_who(who, |desk| desk.act(key, action, body)))
}

/// A running experiment that its second person has let start.
fn running(desk: &mut Desk, editor: &str, approver: &str) -> String {
    let key = desk.as_who(editor, |desk| desk.submitted(&plan()));
    by(desk, approver, &key, "approve", json!({}));
    key
}

#[test]
fn what_is_approved_waits_for_its_start_and_is_checked_again_there() {
    let (mut desk, editor, approver) = team();
    let key = desk.as_who(&editor, |desk| desk.submitted(&plan()));
    refused(desk.as_who(&editor, |desk| desk.act(&key, "approve", json!({"later": true}))), 403);
    let waits = by(&mut desk, &approver, &key, "approve", json!({"later": true}));
    assert_eq!((&waits["state"], &waits["reviewer"]), (&json!("approved"), &json!("the approver")));
    assert_eq!((&waits["run"], desk.meet(&key, FRESH)), (&Value::Null, 0));
    desk.now += 30 * HOUR;
    desk.follow();
    assert_eq!(desk.experiment(&key)["state"], "approved", "nothing starts by itself");

    desk.outside.pages.insert("/".to_string(), 503);
    let down = refused(desk.as_who(&editor, |desk| desk.act(&key, "start", json!({}))), 422);
    assert!(down.to_string().contains("503"), "{down}");
    desk.outside.pages.clear();
    let started = by(&mut desk, &editor, &key, "start", json!({}));
    assert_eq!((&started["state"], &started["run"]), (&json!("running"), &json!(format!("{key}-1"))));
    assert_eq!(started["reviewer"], "the approver");
}

#[test]
fn what_is_changed_after_its_approval_is_approved_again() {
    let (mut desk, editor, approver) = team();
    let key = desk.as_who(&editor, |desk| desk.submitted(&plan()));
    by(&mut desk, &approver, &key, "approve", json!({"later": true}));
    let mut other = plan();
    other["hypothesis"]["by"] = json!(0.4);
    let changed = granted(desk.as_who(&editor, |desk| desk.put(&format!("experiments/{key}/plan"), other)));
    assert_eq!((&changed["state"], &changed["reviewer"]), (&json!("draft"), &Value::Null));
    refused(desk.as_who(&editor, |desk| desk.act(&key, "start", json!({}))), 409);
    desk.as_who(&editor, |desk| desk.looked(&key));
    by(&mut desk, &editor, &key, "submit", json!({}));
    by(&mut desk, &approver, &key, "approve", json!({"later": true}));
    assert_eq!(by(&mut desk, &approver, &key, "return", json!({"why": "smaller"}))["state"], "draft");
    refused(desk.as_who(&approver, |desk| desk.act(&key, "start", json!({}))), 409);
}

#[test]
fn what_is_given_up_shows_nobody_anything_and_decides_nothing() {
    let (mut desk, editor, approver) = team();
    let never = desk.as_who(&editor, |desk| desk.submitted(&plan()));
    let why = json!({"why": "The page is going away."});
    let given = by(&mut desk, &editor, &never, "abort", why.clone());
    assert_eq!(
        (&given["state"], &given["end"], &given["actions"]),
        (&json!("archived"), &json!("aborted"), &json!([]))
    );
    refused(desk.act(&never, "start", json!({})), 409);
    assert_eq!(desk.get("library")["known"], 0, "it has taught nothing");

    let key = running(&mut desk, &editor, &approver);
    assert!(desk.meet(&key, FRESH) > 0);
    refused(desk.as_who(&editor, |desk| desk.act(&key, "abort", json!({}))), 409);
    let given = by(&mut desk, &editor, &key, "abort", why);
    assert_eq!((&given["state"], &given["end"], desk.meet(&key, FRESH)), (&json!("decided"), &json!("aborted"), 0));
    assert_eq!(given["decision"]["choice"], "abort");
    assert_eq!(desk.get("library?outcome=aborted")["cards"][0]["key"], json!(key));
}

#[test]
fn how_it_ended_is_told_as_what_ended_it() {
    for (action, body, end) in [
        ("stop", json!({"why": "a look"}), "aborted"),
        ("decide", json!({"choice": "keep", "why": "It is not what we need."}), "decided"),
    ] {
        let (mut desk, editor, approver) = team();
        let key = running(&mut desk, &editor, &approver);
        assert_eq!(desk.experiment(&key)["end"], Value::Null);
        assert_eq!(by(&mut desk, &editor, &key, action, body)["end"], end);
    }
    let (mut desk, editor, approver) = team();
    let key = running(&mut desk, &editor, &approver);
    desk.now += HOUR;
    desk.tick(&[tally(&key, desk.now, &arms(1, 400, [30, 30], [1, 40]))]);
    assert_eq!(desk.experiment(&key)["end"], "rolledBack");
}

#[test]
fn another_plan_is_another_run_and_the_one_before_stays_as_it_was() {
    let (mut desk, editor, approver) = team();
    let key = running(&mut desk, &editor, &approver);
    let mut other = plan();
    other["change"]["edits"][0]["text"] = json!("Roasted an hour ago");
    let path = format!("experiments/{key}/plan");
    refused(desk.as_who(&editor, |desk| desk.put(&path, &other)), 409);
    desk.now += 2 * HOUR;
    let first = tally(&key, desk.now, &arms(1, 400, [30, 31], [1, 1]));
    desk.tick(std::slice::from_ref(&first));
    by(&mut desk, &editor, &key, "decide", json!({"choice": "again", "why": "The words are too weak."}));
    let answers = json!({"answers": {"surprise": "Nobody reads the hero."}});
    let last = granted(desk.as_who(&editor, |desk| desk.put(&format!("experiments/{key}/debrief"), answers)));

    let draft = granted(desk.as_who(&editor, |desk| desk.put(&path, &other)));
    assert_eq!((&draft["state"], &draft["planHash"], &draft["started"]), (&json!("draft"), &Value::Null, &Value::Null));
    assert_eq!((draft["quality"].as_object().map_or(0, serde_json::Map::len), desk.meet(&key, FRESH)), (0, 0));
    let kept = &draft["runs"][0];
    for what in ["planHash", "plan", "decision", "debrief", "run"] {
        assert_eq!(kept[what], last[what], "{what}");
    }
    let found = desk.get("library?q=nobody+reads");
    assert_eq!(found["cards"][0]["run"], json!(format!("{key}-1")), "{found}");

    desk.as_who(&editor, |desk| desk.looked(&key));
    by(&mut desk, &editor, &key, "submit", json!({}));
    let second = by(&mut desk, &approver, &key, "approve", json!({}));
    assert_eq!(second["run"], json!(format!("{key}-2")));
    assert_ne!(second["planHash"], kept["planHash"]);
    let live = desk.get(&format!("experiments/{key}/live"));
    assert_eq!(live["arms"][0]["confirmed"], 0, "nobody of the first run counts");
    desk.now += 2 * HOUR;
    let counted = Tally { run: format!("{key}-2"), ..tally(&key, desk.now, &arms(1, 100, [30, 31], [1, 1])) };
    desk.tick(&[first, counted]);
    let reading = desk.get(&format!("experiments/{key}/reading"));
    assert_eq!(reading["arms"][0]["confirmed"], 100, "{}", reading["arms"]);

    by(&mut desk, &editor, &key, "decide", json!({"choice": "keep", "why": "It is not what we need."}));
    let both: Vec<_> =
        desk.get("library")["cards"].as_array().unwrap().iter().map(|card| card["run"].clone()).collect();
    assert_eq!(both, [json!(format!("{key}-2")), json!(format!("{key}-1"))]);
}

#[test]
fn what_was_shipped_is_not_planned_again() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    desk.shipped(&key);
    let refusal = refused(desk.put(&format!("experiments/{key}/plan"), plan()), 409);
    assert!(refusal["error"].as_str().unwrap().contains("not shipped"), "{refusal}");
}

#[test]
fn what_is_put_away_stays_in_the_library() {
    let (mut desk, editor, approver) = team();
    let key = running(&mut desk, &editor, &approver);
    refused(desk.as_who(&editor, |desk| desk.act(&key, "archive", json!({}))), 409);
    by(&mut desk, &editor, &key, "decide", json!({"choice": "keep", "why": "It is not what we need."}));
    refused(desk.as_who(&editor, |desk| desk.act(&key, "archive", json!({}))), 409);
    let answers = json!({"answers": {"surprise": "Nobody reads the hero."}});
    granted(desk.as_who(&editor, |desk| desk.put(&format!("experiments/{key}/debrief"), answers)));
    let put = by(&mut desk, &editor, &key, "archive", json!({}));
    assert_eq!((&put["state"], &put["end"], &put["actions"]), (&json!("archived"), &json!("decided"), &json!([])));
    assert_eq!(desk.get("library?q=reads")["cards"][0]["key"], json!(key));
}

#[test]
fn the_sentence_under_which_it_was_decided_stands_still_whatever_comes_in_afterwards() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    desk.now += HOUR;
    desk.tick(&[tally(&key, desk.now, &arms(1, 400, [30, 33], [1, 1]))]);
    let head =
        |reading: &Value| ["headline", "words", "recommend", "conclusion", "people"].map(|name| reading[name].clone());
    let path = format!("experiments/{key}/reading");
    granted(desk.act(&key, "decide", json!({"choice": "keep", "why": "It is not what we need."})));
    let before = desk.get(&path);
    assert_eq!(json!(head(&before)), json!(head(&before["since"])), "nothing has come in since");
    desk.now += HOUR;
    desk.tick(&[tally(&key, desk.now, &arms(1, 1200, [30, 45], [1, 1]))]);
    let after = desk.get(&path);
    assert_eq!(head(&after), head(&before));
    let verdict = &after["report"]["verdict"];
    assert_eq!(
        [&verdict["headline"], &verdict["words"], &verdict["kind"]],
        [&after["headline"], &after["words"], &after["conclusion"]["kind"]],
        "one verdict, also for specialists"
    );
    assert_eq!([&before["people"], &after["since"]["people"]], [&json!(800), &json!(2400)]);
    assert_ne!(after["since"]["words"], before["words"]);
    assert_eq!(after["since"]["conclusion"]["kind"], "better", "what came afterwards is told as such");
    let card = &desk.get("library")["cards"][0];
    assert_eq!((&card["headline"], &card["words"]), (&before["headline"], &before["words"]));
    let found = desk.get(&format!("experiments/{key}/debrief"))["prefilled"]["found"].clone();
    assert!(found.as_str().unwrap().contains("800 visitors"), "{found}");
}

#[test]
fn every_result_names_the_plan_that_it_is_about_and_every_message_leads_there() {
    let mut desk = Desk::shop();
    desk.slack();
    let key = desk.running(&plan());
    let hash = desk.experiment(&key)["planHash"].as_str().unwrap().to_string();
    desk.now += HOUR;
    desk.tick(&[tally(&key, desk.now, &arms(1, 400, [30, 30], [1, 40]))]);
    let sent = desk.due();
    assert_eq!(sent.len(), 1);
    let told = &sent[0].payload;
    assert!(told.contains(&format!("#/experiments/{key}")) && !told.contains(&hash[..12]), "{told}");
    assert_eq!(desk.get(&format!("experiments/{key}/reading"))["experiment"]["planHash"], json!(hash));
    let debrief = desk.get(&format!("experiments/{key}/debrief"));
    assert!(debrief["markdown"].as_str().unwrap().contains(&hash));
    assert_eq!(desk.get("library")["cards"][0]["planHash"], json!(hash));
}
