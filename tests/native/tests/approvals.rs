//! What goes to more visitors than one person may decide alone waits for a second one, who lets that very change go live.

use crate::desk::shop::{LIVE, document, plan};
use crate::desk::visitors::VISITORS;
use crate::desk::{Desk, HOUR, MINUTE, granted, refused};
use pointsman::limits::CHANGES;
use pointsman::project::{self, Call};
use pointsman::sql::{Cell, Failure, Sql};
use pointsman::time::Millis;
use pointsman_native::Native;
use serde_json::{Value, json};

/// Asks that the gift note goes to a share of all visitors at once.
fn asked(desk: &mut Desk, share: f64) -> Value {
    granted(desk.put(&format!("{LIVE}/flags/gift?propose=1&why=The season begins"), json!({"share": share})))
}

fn decide(desk: &mut Desk, change: &Value, action: &str, body: &Value) -> pointsman::project::Answer {
    desk.call("POST", &format!("{LIVE}/changes/{}/{action}", change["id"]), None, &body.to_string())
}

fn approve(desk: &mut Desk, change: &Value) -> pointsman::project::Answer {
    decide(desk, change, "approve", &json!({"digest": change["digest"]}))
}

fn states(desk: &mut Desk) -> Vec<Value> {
    let list = desk.get(&format!("{LIVE}/changes"));
    list["changes"].as_array().unwrap().iter().map(|change| change["state"].clone()).collect()
}

#[test]
fn a_flag_cannot_reach_everyone_without_review() {
    let mut desk = Desk::shop();
    let grace = desk.person("Grace");
    for share in [0.05, 0.15, 0.25, 0.35, 0.45, 0.5] {
        granted(desk.put(&format!("{LIVE}/flags/gift"), json!({"share": share})));
        desk.now += HOUR;
    }
    let told = refused(desk.put(&format!("{LIVE}/flags/gift"), json!({"share": 1})), 409);
    assert!(told["problems"][0]["cause"].as_str().unwrap().contains("More than 50 %"), "{told}");
    assert!(desk.meet("gift", "true") < VISITORS * 6 / 10);
    let change = asked(&mut desk, 1.0);
    assert_eq!(
        (&change["state"], &change["subject"], &change["why"]),
        (&json!("open"), &json!("gift"), &json!("The season begins"))
    );
    assert!(desk.meet("gift", "true") < VISITORS * 6 / 10, "asking changes nothing");
    desk.as_who(&grace, |desk| {
        let read = desk.get(&format!("{LIVE}/changes/{}", change["id"]));
        assert_eq!(read["preview"]["changes"][0]["flag"], "gift");
        assert_eq!(read["actions"], json!(["approve", "return"]));
        granted(approve(desk, &change));
    });
    assert_eq!(desk.meet("gift", "true"), VISITORS);
    assert_eq!(states(&mut desk), ["published"]);
    refused(desk.as_who(&grace, |desk| approve(desk, &change)), 409);
}

#[test]
fn nobody_approves_their_own_change_and_no_machine_approves_any() {
    let mut desk = Desk::shop();
    let grace = desk.person("Grace");
    let machine = desk.as_who(&grace, |desk| {
        let made = granted(desk.call("POST", "tokens", None, r#"{"name": "ci", "role": "editor"}"#));
        made["secret"].as_str().unwrap().to_string()
    });
    let change = asked(&mut desk, 1.0);
    assert!(refused(approve(&mut desk, &change), 409)["error"].as_str().unwrap().contains("their own"));
    refused(decide(&mut desk, &change, "confirm", &json!({"subject": "gift"})), 409);
    refused(desk.as_who(&machine, |desk| approve(desk, &change)), 403);
    assert_eq!(desk.meet("gift", "true"), 0);
}

#[test]
fn a_wish_in_words_that_are_not_known_is_refused_with_those_that_are_and_changes_nothing() {
    let mut desk = Desk::shop();
    let version = desk.get(&format!("{LIVE}/flags"))["revision"].clone();
    for query in ["propose=2", "propose=yes", "propose=", "preview=true", "preview=1&propose=0"] {
        let told = refused(desk.put(&format!("{LIVE}/flags/gift?{query}"), json!({"share": 0.05})), 422);
        let problem = &told["problems"][0];
        assert!(problem["pointer"].as_str().unwrap().starts_with("?pr"), "{query}: {told}");
        assert!(problem["cause"].as_str().unwrap().ends_with("Known is 1."), "{query}: {told}");
        assert!(problem["fix"].as_str().unwrap().contains("or leave it out"), "{query}: {told}");
    }
    refused(desk.put("playbook?propose=all", json!({})), 422);
    assert_eq!(desk.get(&format!("{LIVE}/flags"))["revision"], version);
}

#[test]
fn only_the_change_that_was_read_is_approved() {
    let mut desk = Desk::shop();
    let grace = desk.person("Grace");
    let change = asked(&mut desk, 1.0);
    desk.as_who(&grace, |desk| {
        refused(decide(desk, &change, "approve", &json!({})), 409);
        refused(decide(desk, &change, "approve", &json!({"digest": "0".repeat(64)})), 409);
    });
    // The same change again is no second one, and another one has another digest.
    refused(desk.put(&format!("{LIVE}/flags/gift?propose=1"), json!({"share": 1})), 409);
    let other = asked(&mut desk, 0.9);
    assert_ne!(other["digest"], change["digest"]);
    // Whatever goes live in between, nobody has read it together with this.
    granted(desk.put(&format!("{LIVE}/flags/sort"), json!({"share": 0.05})));
    let late = refused(desk.as_who(&grace, |desk| approve(desk, &change)), 409);
    assert!(late["error"].as_str().unwrap().contains("went live"), "{late}");
    assert_eq!(desk.meet("gift", "true"), 0);
}

#[test]
fn a_team_of_one_types_what_it_changes_and_has_ten_minutes_to_think_better_of_it() {
    let mut desk = Desk::shop();
    let change = asked(&mut desk, 1.0);
    assert_eq!(change["actions"], json!(["confirm", "withdraw"]));
    refused(decide(&mut desk, &change, "confirm", &json!({"subject": "gitf"})), 409);
    let confirmed = granted(decide(&mut desk, &change, "confirm", &json!({"subject": "gift"})));
    assert_eq!(confirmed["due"], desk.now + 10 * MINUTE);
    desk.now += 10 * MINUTE - 1;
    assert!(desk.tick(&[]), "something waits for its time");
    assert_eq!(desk.meet("gift", "true"), 0);
    desk.now += 1;
    desk.tick(&[]);
    assert_eq!(desk.meet("gift", "true"), VISITORS);
    desk.tick(&[]);
    assert_eq!(states(&mut desk), ["published"]);

    granted(desk.put(&format!("{LIVE}/flags/gift"), json!({"share": 0})));
    let again = asked(&mut desk, 1.0);
    granted(decide(&mut desk, &again, "confirm", &json!({"subject": "gift"})));
    granted(decide(&mut desk, &again, "withdraw", &json!({})));
    desk.now += HOUR;
    desk.tick(&[]);
    assert_eq!((states(&mut desk)[0].as_str(), desk.meet("gift", "true")), (Some("withdrawn"), 0));
}

#[test]
fn what_was_confirmed_upon_another_version_goes_nowhere_and_says_why() {
    let mut desk = Desk::shop();
    let change = asked(&mut desk, 1.0);
    granted(decide(&mut desk, &change, "confirm", &json!({"subject": "gift"})));
    granted(desk.put(&format!("{LIVE}/flags/sort"), json!({"share": 0.05})));
    desk.now += HOUR;
    desk.tick(&[]);
    assert_eq!(desk.meet("gift", "true"), 0);
    let dropped = &desk.get(&format!("{LIVE}/changes"))["changes"][0];
    assert_eq!(dropped["state"], "outdated");
    assert!(dropped["note"].as_str().unwrap().contains("Something else went live"));
}

#[test]
fn no_approval_starts_or_moves_a_run() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    let mut larger = desk.get(&format!("{LIVE}/document"))["document"].clone();
    larger["experiments"][&key]["run"]["rollout"] = json!(1_u64 << 32);
    larger["experiments"][&key]["run"]["epoch"] = json!(2);
    let told = refused(desk.put(&format!("{LIVE}/document?propose=1"), larger), 409);
    assert!(told["error"].as_str().unwrap().contains("experiment's plan"), "{told}");
}

/// The shop's document with code on a page, for nobody yet.
fn with_code(path: &str, code: &str) -> Value {
    let mut document = document();
    document["flags"]["banner"] = json!({
        "kind": "string", "variants": {"old": "old", "new": "new"}, "off": "old", "otherwise": "old",
    });
    let edits = json!([{"change": {"script": code}}]);
    document["pages"] = json!({"banner": {"path": path, "flag": "banner", "variants": {"new": edits}}});
    document
}

#[test]
fn code_on_a_page_takes_a_second_person_however_few_meet_it() {
    let mut desk = Desk::shop();
    let grace = desk.person("Grace");
    let live = format!("{LIVE}/document");
    let told = refused(desk.put(&live, with_code("/", "go()")), 409);
    assert_eq!(told["problems"][0]["pointer"], "/pages/banner/variants/new/0/change/script");
    assert!(told["error"].as_str().unwrap().contains("One person alone"), "{told}");

    let change = granted(desk.put(&format!("{live}?propose=1"), with_code("/", "go()")));
    refused(approve(&mut desk, &change), 409);
    let other = json!({"digest": "0".repeat(64)});
    refused(desk.as_who(&grace, |desk| decide(desk, &change, "approve", &other)), 409);
    granted(desk.as_who(&grace, |desk| approve(desk, &change)));

    let mut shown = with_code("/", "go()");
    shown["flags"]["gift"]["description"] = json!("A note");
    granted(desk.put(&live, shown));
    for (path, code) in [("/*", "go()"), ("/", "go(1)")] {
        refused(desk.put(&live, with_code(path, code)), 409);
    }
    granted(desk.put(&live, document()));
    refused(desk.put(&live, with_code("/", "go()")), 409);
    let staging = "environments/staging/document";
    granted(desk.put(staging, with_code("/", "go()")));
}

#[test]
fn what_was_approved_comes_back_without_another_word_but_for_a_token_that_only_stops() {
    let mut desk = Desk::shop();
    let grace = desk.person("Grace");
    let mut whole = document();
    whole["flags"]["gift"]["otherwise"] = json!("on");
    let change = granted(desk.put(&format!("{LIVE}/document?propose=1"), whole));
    granted(desk.as_who(&grace, |desk| approve(desk, &change)));
    assert_eq!(desk.meet("gift", "true"), VISITORS);
    let version = desk.get(&format!("{LIVE}/versions"))["revision"].clone();
    granted(desk.put(&format!("{LIVE}/document"), document()));
    let restore = format!("{LIVE}/versions/{version}/restore");
    let glass = granted(desk.post("tokens", json!({"name": "glass", "scope": "stop"})))["secret"].clone();
    let told = refused(desk.as_who(glass.as_str().unwrap(), |desk| desk.post(&restore, json!({}))), 409);
    assert!(told["error"].as_str().unwrap().contains("this token takes nothing to more"), "{told}");
    assert_eq!(desk.meet("gift", "true"), 0);
    granted(desk.post(&restore, json!({})));
    assert_eq!(desk.meet("gift", "true"), VISITORS);
}

#[test]
fn a_draft_is_kept_until_its_approval_comes() {
    let mut desk = Desk::shop();
    let mut whole = document();
    whole["flags"]["gift"]["otherwise"] = json!("on");
    granted(desk.put(&format!("{LIVE}/draft"), whole));
    granted(desk.post(&format!("{LIVE}/draft/publish?propose=1"), json!({})));
    assert!(desk.get(&format!("{LIVE}/draft"))["document"].is_string());
}

#[test]
fn what_nobody_has_to_approve_is_not_asked_about() {
    let mut desk = Desk::shop();
    refused(desk.put(&format!("{LIVE}/flags/gift?propose=1"), json!({"share": 0.05})), 409);
    refused(desk.put(&format!("{LIVE}/flags/gift?propose=1"), json!({"enabled": false})), 409);
    assert_eq!(states(&mut desk), Vec::<Value>::new());
    refused(desk.call("POST", &format!("{LIVE}/changes/7/approve"), None, "{}"), 404);
}

#[test]
fn what_was_confirmed_alone_waits_once_somebody_else_is_there() {
    let mut desk = Desk::shop();
    let change = asked(&mut desk, 1.0);
    granted(decide(&mut desk, &change, "confirm", &json!({"subject": "gift"})));
    let grace = desk.person("Grace");
    desk.now += 10 * MINUTE;
    desk.tick(&[]);
    assert_eq!(desk.meet("gift", "true"), 0);
    assert_eq!(states(&mut desk), ["open"]);
    refused(approve(&mut desk, &change), 409);
    granted(desk.as_who(&grace, |desk| approve(desk, &change)));
    assert_eq!(desk.meet("gift", "true"), VISITORS);
}

#[test]
fn few_changes_wait_at_once_and_none_is_kept_when_it_no_longer_does() {
    let mut desk = Desk::shop();
    let grace = desk.person("Grace");
    let kept = |desk: &Desk| -> i64 {
        desk.store.query_row("SELECT sum(length(document) > 0) FROM proposal", [], |row| row.get(0)).unwrap()
    };
    let all: Vec<_> =
        (0..u32::try_from(CHANGES).unwrap()).map(|number| asked(&mut desk, 1.0 - f64::from(number) / 1000.0)).collect();
    let full = refused(desk.put(&format!("{LIVE}/flags/gift?propose=1"), json!({"share": 0.9})), 409);
    assert!(full["error"].as_str().unwrap().contains(&format!("{CHANGES} changes wait")), "{full}");
    granted(decide(&mut desk, &all[0], "withdraw", &json!({})));
    granted(desk.as_who(&grace, |desk| decide(desk, &all[1], "return", &json!({"why": "x".repeat(70_000)}))));
    granted(desk.as_who(&grace, |desk| approve(desk, &all[2])));
    assert_eq!(kept(&desk), 27);
    let returned = desk.get(&format!("{LIVE}/changes/{}", all[1]["id"]));
    assert_eq!((returned["note"].as_str().unwrap().len(), &returned["document"]), (500, &Value::Null));
    let audit = desk.get("audit");
    assert!(audit["rows"].as_array().unwrap().iter().all(|row| row["detail"].as_str().unwrap().len() < 1000));
}

/// A store that weighs what is read from it.
struct Weighed<'s>(Native<'s>, usize);

impl Sql for Weighed<'_> {
    fn run(&mut self, statement: &str, cells: &[Cell]) -> Result<Vec<Vec<Cell>>, Failure> {
        let rows = self.0.run(statement, cells)?;
        self.1 += rows.iter().flatten().map(|cell| cell.text().len()).sum::<usize>();
        Ok(rows)
    }
}

#[test]
fn lists_read_no_document_of_what_waits() {
    let mut desk = Desk::shop();
    for number in 0..3 {
        let mut whole = document();
        whole["flags"]["gift"]["otherwise"] = json!("on");
        whole["flags"]["gift"]["description"] = json!(format!("{number}{}", "x".repeat(300_000)));
        granted(desk.put(&format!("{LIVE}/document?propose=1"), whole));
    }
    for path in ["now", "environments/production/changes"] {
        let call = Call {
            method: "GET".to_string(),
            path: path.split('/').map(ToString::to_string).collect(),
            admin: true,
            ..Call::default()
        };
        let mut store = Weighed(Native(&desk.store), 0);
        let answer = project::answer(&mut store, &call, Millis(desk.now)).unwrap();
        assert_eq!(answer.status, 200);
        assert!(store.1 < 100_000, "{path} reads {} bytes", store.1);
    }
}

#[test]
fn a_change_that_waits_names_nobody() {
    let mut desk = Desk::shop();
    let grace = desk.person("Grace");
    let mut whole = document();
    whole["flags"]["gift"]["otherwise"] = json!("on");
    whole["flags"]["gift"]["forced"] = json!([{"serve": "on", "ids": ["ada@example.com"]}]);
    let change = granted(desk.put(&format!("{LIVE}/document?propose=1"), whole));
    let read = desk.get(&format!("{LIVE}/changes/{}", change["id"]));
    assert!(!read.to_string().contains("ada@"), "{read}");
    granted(desk.as_who(&grace, |desk| approve(desk, &change)));
    assert_eq!(desk.meet("gift", "true"), VISITORS);
}

#[test]
fn a_token_that_only_stops_asks_for_nothing_more() {
    let mut desk = Desk::shop();
    let mut whole = document();
    whole["flags"]["gift"]["otherwise"] = json!("on");
    let change = granted(desk.put(&format!("{LIVE}/document?propose=1"), whole));
    granted(decide(&mut desk, &change, "confirm", &json!({"subject": "production"})));
    desk.now += 10 * MINUTE;
    desk.tick(&[]);
    let version = desk.get(&format!("{LIVE}/versions"))["revision"].clone();
    granted(desk.put(&format!("{LIVE}/document"), document()));
    let made = granted(desk.call("POST", "tokens", None, r#"{"name": "glass", "scope": "stop"}"#));
    let glass = made["secret"].as_str().unwrap().to_string();
    desk.as_who(&glass, |desk| {
        refused(desk.post(&format!("{LIVE}/versions/{version}/restore?propose=1"), json!({})), 403);
    });
}

#[test]
fn whoever_is_removed_and_added_again_is_the_same_in_other_letters() {
    let mut desk = Desk::shop();
    let author = desk.person("ada@example.com");
    let change = desk.as_who(&author, |desk| asked(desk, 1.0));
    let key = desk.as_who(&author, |desk| desk.submitted(&plan()));
    let id = desk.get("people")["people"][0]["id"].clone();
    granted(desk.post(&format!("people/{id}/remove"), json!({})));
    let again = desk.person("Ada@Example.com");
    desk.as_who(&again, |desk| {
        refused(approve(desk, &change), 409);
        refused(desk.post(&format!("experiments/{key}/approve"), json!({})), 409);
        assert!(!desk.get(&format!("experiments/{key}"))["actions"].to_string().contains("approve"));
        granted(decide(desk, &change, "withdraw", &json!({})));
    });
}
