//! Plans are looked at by somebody else, in full, and stay as they were when the first visitor came.

use crate::desk::shop::{LIVE, flag_plan, plan};
use crate::desk::{Desk, MINUTE, granted, refused};
use pointsman::lifecycle::TITLE;
use serde_json::{Value, json};

/// The plan on another page, as two that run change the same one at no time.
fn on(page: &str) -> Value {
    let mut plan = plan();
    plan["change"]["page"] = json!(page);
    plan
}

#[test]
fn nobody_approves_their_own_plan_unless_alone() {
    let mut desk = Desk::shop();
    let key = desk.submitted(&plan());
    let approved = desk.started(&key);
    assert_eq!((&approved["author"], &approved["reviewer"]), (&json!("admin"), &json!("admin")));

    let ada = desk.person("Ada");
    let second = desk.submitted(&on("/second"));
    assert_eq!(desk.experiment(&second)["actions"], json!(["plan", "return", "abort"]));
    assert_eq!(
        desk.as_who(&ada, |desk| desk.experiment(&second))["actions"],
        json!(["plan", "approve", "return", "abort"])
    );
    refused(desk.act(&second, "approve", json!({})), 409);
    granted(desk.as_who(&ada, |desk| desk.act(&second, "approve", json!({}))));
    let third = desk.as_who(&ada, |desk| {
        let third = desk.submitted(&on("/third"));
        refused(desk.act(&third, "approve", json!({})), 409);
        third
    });
    let mut playbook = desk.get("playbook")["playbook"].clone();
    playbook["reviewers"] = json!("anyone");
    let asked = granted(desk.put("playbook?propose=1", playbook))["asked"]["digest"].clone();
    let agreed = json!({"digest": asked}).to_string();
    granted(desk.as_who(&ada, |desk| desk.call("POST", "playbook/approve", None, &agreed)));
    granted(desk.as_who(&ada, |desk| desk.act(&third, "approve", json!({}))));
}

#[test]
fn a_plan_that_changes_in_review_is_a_draft_again_of_whoever_changed_it() {
    let mut desk = Desk::shop();
    let ada = desk.person("Ada");
    let key = desk.as_who(&ada, |desk| desk.submitted(&plan()));
    let changed = granted(desk.put(&format!("experiments/{key}/plan"), plan()));
    assert_eq!((&changed["state"], &changed["author"]), (&json!("draft"), &json!("admin")));
    refused(desk.act(&key, "approve", json!({})), 409);
    granted(desk.act(&key, "submit", json!({})));
    refused(desk.act(&key, "approve", json!({})), 409);
    granted(desk.as_who(&ada, |desk| desk.act(&key, "return", json!({"why": "the words"}))));
    granted(desk.act(&key, "submit", json!({})));
    granted(desk.as_who(&ada, |desk| desk.act(&key, "approve", json!({}))));
}

#[test]
fn a_plan_with_problems_is_not_submitted_and_all_are_named_at_once() {
    let mut desk = Desk::shop();
    let idea = granted(desk.post("experiments", json!({"title": "An idea"})));
    let key = idea["key"].as_str().unwrap();
    let empty = granted(desk.put(&format!("experiments/{key}/plan"), json!({})));
    let pointers = |problems: &Value| -> Vec<String> {
        let problems = problems.as_array().unwrap();
        problems.iter().map(|problem| problem["pointer"].as_str().unwrap().to_string()).collect()
    };
    let told = refused(desk.act(key, "submit", json!({})), 422);
    let mut all = pointers(&empty["problems"]);
    all.extend(["/quality/control", "/quality/new"].map(ToString::to_string));
    assert_eq!(pointers(&told["problems"]), all);
    let due = ["/title", "/change/page", "/change/edits", "/hypothesis/change", "/hypothesis/because"];
    let due = due.into_iter().chain(["/hypothesis/metric", "/hypothesis/by", "/base", "/guardrails"]);
    assert_eq!(pointers(&empty["problems"]), due.collect::<Vec<_>>());
    for (pointer, wrong) in [
        ("/title", json!("  ")),
        ("/change/page", json!("beans")),
        ("/change/edits/0/text", json!("Coffee")),
        ("/change/edits/0/select", json!("")),
        ("/hypothesis/metric", json!("visits")),
        ("/hypothesis/by", json!(-1)),
        ("/hypothesis/by", json!(5)),
        ("/base", json!(1.5)),
        ("/guardrails", json!(["errors", "orders"])),
        ("/ramp", json!([25, 5])),
    ] {
        let mut plan = plan();
        plan["ramp"] = json!([]);
        *plan.pointer_mut(pointer).unwrap() = wrong.clone();
        granted(desk.put(&format!("experiments/{key}/plan"), plan));
        let told = refused(desk.act(key, "submit", json!({})), 422);
        assert!(pointers(&told["problems"]).contains(&pointer.to_string()), "{pointer} {wrong}: {told}");
    }
}

#[test]
fn a_flag_has_one_experiment_at_a_time_and_none_while_it_is_off() {
    let mut desk = Desk::shop();
    let first = desk.running(&flag_plan());
    let idea = granted(desk.post("experiments", json!({"title": "Another"})));
    let second = idea["key"].as_str().unwrap();
    granted(desk.put(&format!("experiments/{second}/plan"), flag_plan()));
    desk.looked(second);
    let busy = refused(desk.act(second, "submit", json!({})), 422);
    assert_eq!(busy["problems"][0]["pointer"], "/change/flag", "{busy}");
    granted(desk.act(&first, "decide", json!({"choice": "keep", "why": "Nothing came of it."})));
    let switch = |desk: &mut Desk, on: bool| granted(desk.put(&format!("{LIVE}/flags/sort"), json!({"enabled": on})));
    switch(&mut desk, false);
    refused(desk.act(second, "submit", json!({})), 422);
    switch(&mut desk, true);
    granted(desk.act(second, "submit", json!({})));
    // Production may change between somebody's word and the start.
    granted(desk.act(second, "confirm", json!({"subject": second})));
    let mut document = desk.get(&format!("{LIVE}/document"))["document"].clone();
    document["flags"].as_object_mut().unwrap().remove("sort");
    document["experiments"] = json!({});
    granted(desk.put(&format!("{LIVE}/document"), document));
    desk.now += 10 * MINUTE;
    desk.follow();
    let started = desk.experiment(second);
    assert_eq!((&started["state"], &started["due"]), (&json!("inReview"), &Value::Null));
    let log = desk.get("audit")["rows"].clone();
    assert!(log[0]["detail"].as_str().unwrap().contains("Production has no flag"), "{log}");
}

#[test]
fn what_was_promised_before_the_start_stays() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    let started = desk.experiment(&key);
    assert!(started["planHash"].as_str().is_some_and(|hash| hash.len() == 64));
    let mut other = plan();
    other["hypothesis"]["by"] = json!(0.01);
    refused(desk.put(&format!("experiments/{key}/plan"), other), 409);
    desk.weakened(|playbook| {
        playbook["name"] = json!("Another");
        playbook["hold"]["minutes"] = json!(0);
    });
    granted(desk.act(&key, "stop", json!({})));
    refused(desk.put(&format!("experiments/{key}/plan"), plan()), 409);
    refused(desk.act(&key, "archive", json!({})), 409);
    granted(desk.act(&key, "decide", json!({"choice": "keep", "why": "Nothing came of it."})));
    let ended = desk.experiment(&key);
    for promised in ["plan", "planHash", "playbook", "perArm"] {
        assert_eq!(ended[promised], started[promised], "{promised}");
    }
}

#[test]
fn every_step_needs_its_state() {
    let mut desk = Desk::shop();
    let idea = granted(desk.post("experiments", json!({"title": "An idea"})));
    let key = idea["key"].as_str().unwrap();
    let decide = json!({"choice": "keep", "why": "Nothing came of it."});
    for action in ["submit", "approve", "return", "hold", "resume", "stop", "undo", "nonsense"] {
        let answer = desk.act(key, action, json!({}));
        assert_eq!(answer.status, if action == "nonsense" { 404 } else { 409 }, "{action}");
    }
    refused(desk.act(key, "decide", decide), 409);
    refused(desk.put(&format!("experiments/{key}/debrief"), json!({"answers": {}})), 409);
    granted(desk.act(key, "archive", json!({})));
    refused(desk.call("GET", &format!("experiments/{key}"), None, ""), 404);
    assert_eq!(desk.get("similar?text=idea"), json!({"similar": []}));
}

#[test]
fn any_title_makes_a_key_that_can_run() {
    let mut desk = Desk::shop();
    let long = "x".repeat(TITLE);
    for (number, title) in ["7 days", "é1 words", "über", "\u{1f682}", "日本語", "--", "Ǆ 9", "a/../b", long.as_str()]
        .into_iter()
        .enumerate()
    {
        let mut plan = on(&format!("/{number}"));
        plan["title"] = json!(title);
        let key = desk.submitted(&plan);
        assert_eq!(desk.started(&key)["state"], "running");
    }
    let mut plan = on("/longer");
    plan["title"] = json!("x".repeat(TITLE + 1));
    let key = desk.drafted(&plan);
    let problems = refused(desk.act(&key, "submit", json!({})), 422);
    assert_eq!(problems["problems"][0]["pointer"], "/title");
}
