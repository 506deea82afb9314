//! What has to be well before visitors meet a test: what stops it stops it whoever asks, and what was well at the review is
//! looked at again at the start.

use crate::desk::shop::{LIVE, arms, document, flag_plan, plan, tally};
use crate::desk::{DAY, Desk, HOUR, MINUTE, granted, refused};
use pointsman_native::outside::looks;
use serde_json::{Value, json};

/// The lines of a check, as `[state, about, sentence]`.
fn lines(desk: &mut Desk, key: &str, check: &str) -> Vec<[String; 3]> {
    let list = desk.get(&format!("experiments/{key}/checks"))["checks"].clone();
    let own = list.as_array().unwrap().iter().filter(|line| line["key"] == check);
    own.map(|line| ["state", "about", "sentence"].map(|name| line[name].as_str().unwrap().to_string())).collect()
}

/// Pointers of what a call was refused for.
fn stopped(answer: pointsman::project::Answer) -> Vec<String> {
    let told = refused(answer, 422);
    let problems = told["problems"].as_array().unwrap();
    problems.iter().map(|problem| problem["pointer"].as_str().unwrap().to_string()).collect()
}

/// A team, and the token of somebody in it who may let plans start.
fn team() -> (Desk, String) {
    let mut desk = Desk::shop();
    let ada = desk.person("Ada");
    (desk, ada)
}

#[test]
fn a_plan_whose_page_does_not_answer_cannot_start() {
    let (mut desk, ada) = team();
    let key = desk.drafted(&plan());
    for (status, said) in [(0, "does not answer"), (404, "the error 404"), (503, "the error 503")] {
        desk.outside.pages.insert("/".into(), status);
        let line = lines(&mut desk, &key, "pages").remove(0);
        assert!(line[0] == "stop" && line[2].contains(said), "{line:?}");
        assert_eq!(stopped(desk.act(&key, "submit", json!({}))), ["/change/page"]);
    }
    desk.outside.pages.clear();
    granted(desk.act(&key, "submit", json!({})));
    // It was well when it was handed in.
    desk.outside.pages.insert("/".into(), 500);
    assert_eq!(stopped(desk.as_who(&ada, |desk| desk.act(&key, "approve", json!({})))), ["/change/page"]);
    assert_eq!(desk.experiment(&key)["state"], "inReview");
    desk.outside.pages.clear();
    granted(desk.as_who(&ada, |desk| desk.act(&key, "approve", json!({}))));
}

#[test]
fn a_plan_cannot_start_whose_words_are_no_longer_on_the_page_and_warns_where_others_are() {
    let (mut desk, ada) = team();
    let key = desk.submitted(&plan());
    let select = desk.experiment(&key)["plan"]["change"]["edits"][0]["select"].as_str().unwrap().to_string();
    let fine = lines(&mut desk, &key, "edits");
    assert!(fine.len() == 1 && fine[0][0] == "ok", "{fine:?}");
    // The page was made anew after the review had been asked for.
    desk.outside.edits.insert(select.clone(), None);
    let line = lines(&mut desk, &key, "edits").remove(0);
    assert!(line[0] == "stop" && line[1] == select && line[2].contains("finds nothing on /"), "{line:?}");
    assert_eq!(stopped(desk.as_who(&ada, |desk| desk.act(&key, "approve", json!({})))), ["/change/edits/0/select"]);
    desk.outside.edits.insert(select, Some("Something else".into()));
    let line = lines(&mut desk, &key, "edits").remove(0);
    assert!(line[0] == "look" && line[2].contains("stands “Something else” now"), "{line:?}");
    granted(desk.as_who(&ada, |desk| desk.act(&key, "approve", json!({}))));
}

#[test]
fn where_nobody_has_looked_nothing_starts() {
    let (mut desk, _) = team();
    let key = desk.drafted(&plan());
    desk.outside.unasked = true;
    assert_eq!(stopped(desk.act(&key, "submit", json!({}))), ["/change/page", "/hypothesis/metric"]);
}

#[test]
fn whoever_works_alone_is_stopped_when_they_confirm_and_when_it_would_follow() {
    let mut desk = Desk::shop();
    let key = desk.submitted(&plan());
    desk.outside.pages.insert("/".into(), 404);
    assert_eq!(stopped(desk.act(&key, "confirm", json!({"subject": key}))), ["/change/page"]);
    desk.outside.pages.clear();
    granted(desk.act(&key, "confirm", json!({"subject": key})));
    desk.now += 10 * MINUTE;
    // Nobody has asked yet: it waits for somebody who has.
    desk.outside.unasked = true;
    assert!(desk.follow());
    assert_eq!(desk.experiment(&key)["due"], desk.now);
    (desk.outside.unasked, desk.outside.events) = (false, [("order".to_string(), None)].into());
    desk.follow();
    let waits = desk.experiment(&key);
    assert_eq!((&waits["state"], &waits["due"]), (&json!("inReview"), &Value::Null));
    let log = desk.get("audit")["rows"][0]["detail"].clone();
    assert!(log.as_str().unwrap().contains("No “order”"), "{log}");
    desk.outside.events.clear();
    assert_eq!(desk.started(&key)["state"], "running");
}

#[test]
fn a_metric_of_which_nothing_arrives_stops_a_plan_unless_that_is_as_it_should_be() {
    let (mut desk, _) = team();
    let key = desk.drafted(&plan());
    let state =
        |desk: &mut Desk| lines(desk, &key, "events").into_iter().map(|line| line[0].clone()).collect::<Vec<_>>();
    assert_eq!(state(&mut desk), ["ok", "ok"]);
    desk.outside.events.insert("order".into(), Some(DAY + HOUR));
    assert_eq!(state(&mut desk), ["stop", "ok"]);
    assert_eq!(stopped(desk.act(&key, "submit", json!({}))), ["/hypothesis/metric"]);
    desk.outside.events.insert("order".into(), Some(23 * HOUR));
    assert_eq!(state(&mut desk), ["ok", "ok"]);
    // Where all is well no error comes in.
    desk.outside.events.insert("error".into(), None);
    assert_eq!(state(&mut desk), ["ok", "look"]);
    granted(desk.act(&key, "submit", json!({})));
}

#[test]
fn a_guardrail_that_should_not_fall_needs_its_events() {
    let (mut desk, _) = team();
    let mut served = document();
    served["metrics"]["paid"] = json!({"event": "paid"});
    granted(desk.put(&format!("{LIVE}/document"), served));
    let mut playbook = desk.get("playbook")["playbook"].clone();
    let fewer = json!({"metric": "paid", "harm": "fewer", "tolerance": 0.1});
    playbook["guardrails"].as_array_mut().unwrap().push(fewer);
    granted(desk.put("playbook", playbook));
    let mut plan = plan();
    plan["guardrails"] = json!(["errors", "paid"]);
    let key = desk.drafted(&plan);
    desk.outside.events.insert("paid".into(), None);
    assert_eq!(stopped(desk.act(&key, "submit", json!({}))), ["/guardrails/1"]);
}

/// A shop with a flag whose two variants are the same.
fn same(desk: &mut Desk) -> Value {
    let mut served = document();
    served["flags"]["sort"]["variants"] = json!({"roast": "roast", "price": "roast"});
    granted(desk.put(&format!("{LIVE}/document"), served));
    flag_plan()
}

#[test]
fn a_test_that_shows_nothing_new_may_find_out_whether_events_arrive() {
    let (mut desk, ada) = team();
    let plan = same(&mut desk);
    desk.outside.events = ["order", "error"].map(|name| (name.to_string(), None)).into();
    let key = desk.drafted(&plan);
    granted(desk.act(&key, "submit", json!({})));
    granted(desk.as_who(&ada, |desk| desk.act(&key, "approve", json!({}))));
    let other = desk.drafted(&surprising());
    assert_eq!(stopped(desk.act(&other, "submit", json!({}))), ["/hypothesis/metric"]);
}

/// A plan that does show something new.
fn surprising() -> Value {
    let mut plan = plan();
    plan["title"] = json!("Something new");
    plan
}

#[test]
fn before_a_page_has_our_script_nothing_can_arrive_and_the_first_test_may_start() {
    let (mut desk, ada) = team();
    granted(desk.put(&format!("{LIVE}/document"), json!({"format": 1, "flags": {}, "metrics": document()["metrics"]})));
    desk.outside.events = ["order", "error"].map(|name| (name.to_string(), None)).into();
    let key = desk.drafted(&plan());
    granted(desk.act(&key, "submit", json!({})));
    granted(desk.as_who(&ada, |desk| desk.act(&key, "approve", json!({}))));
    // Now there is one.
    let mut second = surprising();
    second["change"]["page"] = json!("/beans");
    let second = desk.drafted(&second);
    assert_eq!(stopped(desk.act(&second, "submit", json!({}))), ["/hypothesis/metric"]);
}

#[test]
fn a_word_on_a_variant_is_of_one_plan_and_is_asked_for_again_when_that_changes() {
    let (mut desk, ada) = team();
    let idea = granted(desk.post("experiments", json!({"title": "Fresh hero"})));
    let key = idea["key"].as_str().unwrap().to_string();
    granted(desk.put(&format!("experiments/{key}/plan"), plan()));
    assert_eq!(stopped(desk.act(&key, "submit", json!({}))), ["/quality/control", "/quality/new"]);
    let [control, new] = looks(&desk.experiment(&key));
    granted(desk.act(&key, "quality", control));
    assert_eq!(stopped(desk.act(&key, "submit", json!({}))), ["/quality/new"]);
    granted(desk.as_who(&ada, |desk| desk.act(&key, "quality", new.clone())));
    let said = lines(&mut desk, &key, "quality");
    assert!(said[1][2].starts_with("Ada looked at “new”"), "{said:?}");
    let log = desk.get("audit")["rows"][0].clone();
    assert_eq!((&log["who"], &log["action"]), (&json!("Ada"), &json!("quality")), "{log}");
    granted(desk.act(&key, "submit", json!({})));
    let mut other = plan();
    other["change"]["edits"][0]["text"] = json!("Roasted today");
    granted(desk.put(&format!("experiments/{key}/plan"), other));
    assert_eq!(stopped(desk.act(&key, "submit", json!({}))), ["/quality/control", "/quality/new"]);
    assert!(lines(&mut desk, &key, "quality")[1][2].contains("has changed since Ada"));
    // A preview of what was planned before shows something else.
    refused(desk.act(&key, "quality", new), 409);
    for wrong in [json!({"variant": "new", "preview": ""}), json!({"variant": "other", "preview": ""})] {
        refused(desk.act(&key, "quality", wrong), 409);
    }
    refused(desk.act(&key, "quality", json!({"variant": "new"})), 422);
}

#[test]
fn a_flag_whose_words_change_after_somebody_looked_is_looked_at_again() {
    let (mut desk, _) = team();
    let key = desk.drafted(&flag_plan());
    let mut served = document();
    served["flags"]["sort"]["variants"]["price"] = json!("dear");
    granted(desk.put(&format!("{LIVE}/document"), served));
    assert_eq!(stopped(desk.act(&key, "submit", json!({}))), ["/quality/roast", "/quality/price"]);
}

#[test]
fn no_machine_says_that_a_variant_is_as_it_should_be() {
    let (mut desk, _) = team();
    let idea = granted(desk.post("experiments", json!({"title": "Fresh hero"})));
    let key = idea["key"].as_str().unwrap().to_string();
    granted(desk.put(&format!("experiments/{key}/plan"), plan()));
    let token = granted(desk.post("tokens", json!({"name": "robot", "role": "editor"})))["secret"]
        .as_str()
        .unwrap()
        .to_string();
    let [control, _] = looks(&desk.experiment(&key));
    refused(desk.as_who(&token, |desk| desk.act(&key, "quality", control)), 409);
}

#[test]
fn two_tests_of_one_page_do_not_run_at_once_unless_nobody_meets_both() {
    let (mut desk, ada) = team();
    let first = desk.drafted(&plan());
    granted(desk.act(&first, "submit", json!({})));
    let mut second = plan();
    second["title"] = json!("Second hero");
    let second = desk.drafted(&second);
    assert_eq!(lines(&mut desk, &second, "collision")[0][0], "look", "another one waits for its review");
    granted(desk.act(&second, "submit", json!({})));
    granted(desk.as_who(&ada, |desk| desk.act(&first, "approve", json!({}))));
    // What can be done stands at the question that does it.
    assert_eq!(stopped(desk.as_who(&ada, |desk| desk.act(&second, "approve", json!({})))), ["/template"]);
    let said = lines(&mut desk, &second, "collision");
    assert!(said[0][2].contains("“Fresh hero” changes /"), "{said:?}");
    // Another page is another matter.
    let mut third = plan();
    (third["title"], third["change"]["page"]) = (json!("Third"), json!("/beans"));
    let third = desk.drafted(&third);
    assert_eq!(lines(&mut desk, &third, "collision")[0][0], "ok");
}

#[test]
fn by_slots_of_one_layer_two_tests_of_one_page_run_at_once() {
    let (mut desk, ada) = team();
    let (mut first, mut second) = (plan(), plan());
    (first["title"], second["title"]) = (json!("First"), json!("Second"));
    let (first, second) = (desk.drafted(&first), desk.drafted(&second));
    let mut served = document();
    served["layers"] = json!({"hero": {"salt": "hero"}});
    let all = 1_u64 << 32;
    for (key, from, below) in [(&first, 0, all / 2), (&second, all / 2, all)] {
        let slot = json!({"layer": "hero", "from": from, "below": below});
        served["flags"][key] = json!({"kind": "string", "variants": {"control": "control", "new": "new"}, "off": "control", "otherwise": "control"});
        served["experiments"][key] = json!({"flag": key, "metric": "orders", "control": "control", "slot": slot});
    }
    granted(desk.put(&format!("{LIVE}/document"), served));
    for key in [&first, &second] {
        granted(desk.act(key, "submit", json!({})));
        granted(desk.as_who(&ada, |desk| desk.act(key, "approve", json!({}))));
    }
    assert_eq!(lines(&mut desk, &second, "collision")[0][0], "look");
    let served = desk.get(&format!("{LIVE}/document"))["document"].clone();
    assert_eq!(served["experiments"][&second]["slot"]["from"], all / 2);
}

#[test]
fn a_test_that_would_take_longer_than_the_playbook_waits_starts_only_as_a_safety_check() {
    let (mut desk, _) = team();
    let first = desk.submitted(&plan());
    let ada = desk.person("Grace");
    granted(desk.as_who(&ada, |desk| desk.act(&first, "approve", json!({}))));
    desk.now += DAY;
    desk.tick(&[tally(&first, desk.now, &arms(1, 60, [30, 30], [1, 1]))]);
    let mut small = plan();
    (small["title"], small["change"]["page"]) = (json!("Small"), json!("/beans"));
    small["hypothesis"]["by"] = json!(0.02);
    let key = desk.drafted(&small);
    let list = desk.get(&format!("experiments/{key}/checks"))["checks"].clone();
    let traffic = list.as_array().unwrap().iter().find(|line| line["key"] == "traffic").unwrap().clone();
    let next = traffic["next"].as_str().unwrap();
    assert!(traffic["state"] == "stop" && next.contains("a change of 4.0 %: about"), "{traffic}");
    assert!(next.contains("everybody take part in the end: about"), "{traffic}");
    assert_eq!(stopped(desk.act(&key, "submit", json!({}))), ["/hypothesis/by"]);
    small["safety"] = json!(true);
    granted(desk.put(&format!("experiments/{key}/plan"), small));
    desk.looked(&key);
    granted(desk.act(&key, "submit", json!({})));
}

#[test]
fn a_team_without_anybody_who_may_start_it_is_told_before_it_waits() {
    let mut desk = Desk::shop();
    let editor = desk.role("editor");
    let key = desk.drafted(&plan());
    assert_eq!(stopped(desk.act(&key, "submit", json!({}))), ["/reviewer"]);
    // Of an editor's plan the admin may say something.
    desk.as_who(&editor, |desk| {
        granted(desk.put(&format!("experiments/{key}/plan"), plan()));
        granted(desk.act(&key, "submit", json!({})));
    });
}

#[test]
fn elsewhere_than_in_production_what_stops_is_worth_a_look() {
    let (mut desk, _) = team();
    let key = desk.drafted(&plan());
    desk.outside.pages.insert("/".into(), 404);
    let here = desk.get(&format!("experiments/{key}/checks"));
    let staging = desk.get(&format!("experiments/{key}/checks?environment=staging"));
    assert_eq!((&here["ready"], &staging["ready"]), (&json!(false), &json!(true)));
    assert!(staging["checks"].as_array().unwrap().iter().all(|line| line["state"] != "stop"), "{staging}");
    assert!(staging["checks"].as_array().unwrap().iter().any(|line| line["state"] == "look"), "{staging}");
    refused(desk.call("GET", &format!("experiments/{key}/checks?environment=moon"), None, ""), 404);
}

#[test]
fn earlier_tests_like_it_are_named() {
    let (mut desk, ada) = team();
    let first = desk.drafted(&plan());
    granted(desk.act(&first, "submit", json!({})));
    granted(desk.as_who(&ada, |desk| desk.act(&first, "approve", json!({}))));
    let mut again = plan();
    (again["title"], again["change"]["page"]) = (json!("Hero once more"), json!("/beans"));
    let key = desk.drafted(&again);
    assert_eq!(lines(&mut desk, &key, "similar")[0][..2], ["look", "fresh-hero"]);
}
