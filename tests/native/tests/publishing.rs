//! No accident reaches everyone: whichever way a document takes, production meets it in steps.

use crate::desk::shop::{LIVE, document, flag_plan, plan};
use crate::desk::visitors::VISITORS;
use crate::desk::{ADMIN, Desk, HOUR, MINUTE, granted, hash, refused};
use pointsman::project::{self, Call};
use pointsman::sql::{Cell, Failure, Sql};
use pointsman::time::Millis;
use pointsman_native::Native;
use serde_json::{Value, json};

/// The shop with a rule for the gift note, at a share of 2^32.
fn with_gift(below: u64) -> Value {
    let mut document = document();
    document["flags"]["gift"]["rules"] =
        json!([{"serve": "on", "rollout": {"salt": "gift-rollout", "below": below, "unit": "unit"}}]);
    document
}

const ALL: u64 = 1 << 32;

fn gift(desk: &mut Desk, share: f64) -> pointsman::project::Answer {
    desk.put(&format!("{LIVE}/flags/gift"), json!({"share": share}))
}

#[test]
fn a_flag_cannot_reach_everyone_without_steps() {
    let mut desk = Desk::shop();
    let whole = |desk: &mut Desk| {
        let document = format!("{LIVE}/document");
        refused(gift(desk, 1.0), 409);
        granted(desk.put(&format!("{LIVE}/flags/gift"), json!({"share": 1, "enabled": false})));
        granted(desk.put(&document, with_gift(0)));
        refused(desk.put(&document, with_gift(ALL)), 409);
        granted(desk.put(&format!("{LIVE}/draft"), with_gift(ALL)));
        refused(desk.post(&format!("{LIVE}/draft/publish"), json!({})), 409);
        let mut otherwise = document_of(desk);
        otherwise["flags"]["gift"]["otherwise"] = json!("on");
        refused(desk.put(&document, otherwise), 409);
        let mut value = document_of(desk);
        value["flags"]["sort"]["variants"]["roast"] = json!("name");
        refused(desk.put(&document, value), 409);
        let mut new = document_of(desk);
        new["flags"]["new"] =
            json!({"kind": "boolean", "variants": {"on": true, "off": false}, "off": "off", "otherwise": "on"});
        refused(desk.put(&document, new), 409);
    };
    whole(&mut desk);
    assert_eq!(desk.meet("gift", "true"), 0);
    for (step, too_far) in [(0.05, 0.06), (0.15, 0.16), (0.25, 0.26), (0.35, 0.36), (0.45, 0.46), (0.5, 0.6)] {
        refused(gift(&mut desk, too_far), 409);
        granted(gift(&mut desk, step));
        desk.now += 59 * MINUTE;
        let refusal = refused(gift(&mut desk, step + 0.1), 409);
        assert!(refusal["problems"].as_array().is_some_and(|problems| !problems.is_empty()));
        desk.now += HOUR;
    }
    refused(gift(&mut desk, 1.0), 409);
    desk.give_everybody("gift");
    assert_eq!(desk.meet("gift", "true"), VISITORS);
}

fn document_of(desk: &mut Desk) -> Value {
    desk.get(&format!("{LIVE}/document"))["document"].clone()
}

#[test]
fn a_run_in_a_document_is_refused_as_a_run_and_no_step_is_advised_that_would_be_refused_too() {
    let mut desk = Desk::shop();
    let place = format!("{LIVE}/document?preview=1");
    let mut tried = document();
    tried["flags"]["gift"]["rules"] = json!([{"experiment": "own"}]);
    tried["experiments"]["own"] = json!({"flag": "gift", "metric": "orders", "control": "off",
        "run": {"id": "own-1", "salt": "own-1", "epoch": 1, "rollout": ALL, "split": [[ALL / 2, "off"], [ALL, "on"]]}});
    let told = |desk: &mut Desk, document: &Value| {
        let preview = granted(desk.put(&place, document));
        let told: Vec<_> = preview["problems"].as_array().unwrap().iter().map(|one| one["pointer"].clone()).collect();
        (told, preview["approvable"].clone(), preview["changes"][0]["words"].clone())
    };
    let half = json!("50 % of visitors get something else than now.");
    assert_eq!(told(&mut desk, &tried), (vec![json!("/experiments/own/run")], json!(false), half));
    refused(desk.put(&format!("{LIVE}/document"), &tried), 409);
    // What the run would hide is told all the same.
    tried["flags"]["gift"]["rules"] = json!([{"experiment": "own"}, {"serve": "on"}]);
    let (problems, ..) = told(&mut desk, &tried);
    assert_eq!(problems, ["/experiments/own/run", "/flags/gift", "/flags/gift"]);
}

#[test]
fn not_twice_within_the_hold_whichever_way() {
    let mut desk = Desk::shop();
    granted(gift(&mut desk, 0.05));
    refused(gift(&mut desk, 0.25), 409);
    refused(desk.put(&format!("{LIVE}/document"), with_gift(ALL / 4)), 409);
    granted(desk.put(&format!("{LIVE}/draft"), with_gift(ALL / 4)));
    refused(desk.post(&format!("{LIVE}/draft/publish"), json!({})), 409);
    // Less is free at any time, and more waits from the last step up.
    granted(gift(&mut desk, 0.02));
    refused(gift(&mut desk, 0.05), 409);
    desk.now += HOUR;
    granted(gift(&mut desk, 0.05));
}

#[test]
fn down_and_up_again_waits_as_well() {
    let mut desk = Desk::shop();
    let flag = format!("{LIVE}/flags/gift");
    granted(gift(&mut desk, 0.05));
    granted(gift(&mut desk, 0.0));
    refused(gift(&mut desk, 0.05), 409);
    granted(desk.put(&flag, json!({"enabled": false})));
    granted(gift(&mut desk, 0.05));
    desk.now += 59 * MINUTE;
    refused(desk.put(&flag, json!({"enabled": true})), 409);
    desk.now += MINUTE;
    granted(desk.put(&flag, json!({"enabled": true})));
}

#[test]
fn a_deleted_flag_comes_back_as_it_was() {
    let mut desk = Desk::shop();
    let place = format!("{LIVE}/document");
    let mut without = document();
    without["flags"].as_object_mut().unwrap().remove("gift");
    granted(desk.put(&place, without));
    let mut other = document();
    other["flags"]["gift"]["off"] = json!("on");
    refused(desk.put(&place, other.clone()), 409);
    other["flags"]["gift"]["otherwise"] = json!("on");
    refused(desk.put(&place, other), 409);
    granted(desk.put(&place, document()));
    assert_eq!(desk.meet("gift", "true"), 0);
}

#[test]
fn what_a_run_hides_is_seen_beforehand() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    desk.ramped(&key, [30, 30]);
    desk.now += HOUR;
    let present = document_of(&mut desk);
    // Half of all visitors are in the run, and would meet what comes next as soon as it ends.
    let behind = |percent: u64| {
        let mut document = present.clone();
        let rule = json!({"serve": "new", "rollout": {"salt": "behind", "below": percent * ALL / 100}});
        document["flags"][&key]["rules"].as_array_mut().unwrap().push(rule);
        document
    };
    let place = format!("{LIVE}/document");
    desk.weakened(|playbook| playbook["alone"] = json!(60));
    let hidden = refused(desk.put(&place, behind(9)), 409);
    assert!(hidden["problems"][0]["cause"].as_str().unwrap().contains("from 0 % to 9 %"), "{hidden}");
    granted(desk.put(&place, behind(5)));
}

#[test]
fn an_old_version_comes_back_in_steps_too() {
    let mut desk = Desk::shop();
    granted(gift(&mut desk, 0.05));
    desk.now += HOUR;
    granted(gift(&mut desk, 0.15));
    desk.now += HOUR;
    let before = desk.get(&format!("{LIVE}/versions"))["revision"].clone();
    granted(gift(&mut desk, 0.0));
    refused(desk.post(&format!("{LIVE}/versions/{before}/restore"), json!({})), 409);
    assert_eq!(desk.meet("gift", "true"), 0);
    // Back to where fewer meet it is free, and has the same digest.
    let digest =
        |desk: &mut Desk, place: usize| desk.get(&format!("{LIVE}/versions"))["versions"][place]["digest"].clone();
    let none = digest(&mut desk, 0);
    granted(gift(&mut desk, 0.05));
    let newest = desk.get(&format!("{LIVE}/versions"))["revision"].as_i64().unwrap();
    granted(desk.post(&format!("{LIVE}/versions/{}/restore", newest - 1), json!({})));
    assert_eq!(digest(&mut desk, 0), none);
    refused(desk.post(&format!("{LIVE}/versions/999/restore"), json!({})), 404);
}

#[test]
fn development_and_staging_ask_nothing() {
    for environment in ["development", "staging"] {
        let mut desk = Desk::empty();
        let place = format!("environments/{environment}");
        granted(desk.put(&format!("{place}/document"), document()));
        granted(desk.put(&format!("{place}/flags/gift"), json!({"share": 1})));
        granted(desk.put(&format!("{place}/flags/gift"), json!({"share": 0})));
        granted(desk.put(&format!("{place}/document"), with_gift(ALL)));
        assert_eq!(desk.get(&format!("{place}/flags"))["flags"][0]["share"], 1.0);
    }
}

#[test]
fn switching_a_flag_off_is_one_call_and_ten_minutes_may_take_it_back() {
    let mut desk = Desk::shop();
    granted(gift(&mut desk, 0.05));
    desk.now += HOUR;
    granted(gift(&mut desk, 0.15));
    let on = desk.digest();
    let off = |desk: &mut Desk| granted(desk.put(&format!("{LIVE}/flags/gift"), json!({"enabled": false})));
    let undo = |desk: &mut Desk| desk.post(&format!("{LIVE}/flags/gift/undo"), json!({}));
    off(&mut desk);
    assert_eq!(desk.meet("gift", "true"), 0);
    refused(desk.put(&format!("{LIVE}/flags/gift"), json!({"enabled": true})), 409);
    desk.now += 10 * MINUTE;
    granted(undo(&mut desk));
    assert_eq!(desk.digest(), on);
    refused(undo(&mut desk), 409);
    off(&mut desk);
    desk.now += 10 * MINUTE + 1;
    refused(undo(&mut desk), 409);
    assert_eq!(desk.meet("gift", "true"), 0);
}

#[test]
fn an_undo_brings_back_no_more_than_there_was() {
    let mut desk = Desk::shop();
    granted(gift(&mut desk, 0.05));
    let flag = format!("{LIVE}/flags/gift");
    granted(desk.put(&flag, json!({"enabled": false})));
    // Nobody meets it, so nobody minds.
    granted(gift(&mut desk, 1.0));
    refused(desk.post(&format!("{flag}/undo"), json!({})), 409);
    granted(gift(&mut desk, 0.05));
    granted(desk.post(&format!("{flag}/undo"), json!({})));
    assert!(desk.meet("gift", "true") < VISITORS / 10);
}

#[test]
fn what_a_click_would_serve_give_everybody_is_seen_beforehand() {
    let mut desk = Desk::shop();
    let mut other = document();
    other["flags"]["sort"]["off"] = json!("price");
    refused(desk.put(&format!("{LIVE}/document"), other.clone()), 409);
    desk.give_everybody("sort");
    let mut everybody = document_of(&mut desk);
    everybody["flags"]["sort"]["off"] = json!("price");
    granted(desk.put(&format!("{LIVE}/document"), everybody));
    granted(desk.put(&format!("{LIVE}/flags/sort"), json!({"enabled": false})));
    assert_eq!(desk.meet("sort", "\"price\""), VISITORS);
}

#[test]
fn a_run_belongs_to_its_experiment() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    let mut larger = document_of(&mut desk);
    larger["experiments"][&key]["run"]["rollout"] = json!(ALL);
    larger["experiments"][&key]["run"]["epoch"] = json!(2);
    refused(desk.put(&format!("{LIVE}/document"), larger), 409);
    refused(desk.put(&format!("{LIVE}/flags/{key}"), json!({"share": 0})), 409);
    let mut without = document_of(&mut desk);
    without["experiments"][&key]["run"] = Value::Null;
    granted(desk.put(&format!("{LIVE}/document"), without));
    let stopped = desk.experiment(&key);
    assert_eq!((&stopped["state"], &stopped["stop"]["why"]), (&json!("stopped"), &json!("taken out of the document")));
}

#[test]
fn a_preview_tells_what_would_be_refused_and_writes_nothing() {
    let mut desk = Desk::shop();
    let preview = granted(desk.call("PUT", &format!("{LIVE}/flags/gift?preview=1"), None, r#"{"share": 1}"#));
    assert_eq!((&preview["moved"]["gains"], &preview["problems"][0]["code"]), (&json!(1.0), &json!("exposure")));
    assert_eq!(desk.meet("gift", "true"), 0);
}

#[test]
fn what_does_not_compile_is_refused_and_leaves_no_trace() {
    let mut desk = Desk::shop();
    let new = |key: &str, on: Value| json!({"key": key, "kind": "boolean", "on": on, "off": false});
    refused(desk.post(&format!("{LIVE}/flags"), new("No name!", json!(true))), 422);
    refused(desk.post(&format!("{LIVE}/flags"), new("words", json!("yes"))), 422);
    refused(desk.post(&format!("{LIVE}/flags"), new("gift", json!(true))), 409);
    let key = desk.running(&plan());
    let question = |question: &str| json!({"experiment": key, "question": question, "choices": ["Yes", "Yes"]});
    refused(desk.post("voices", question("Why?")), 422);
    refused(desk.post("voices", question(&"x".repeat(9_999))), 422);
    granted(desk.post(&format!("{LIVE}/flags"), new("words", json!(true))));
}

#[test]
fn what_visitors_of_a_run_meet_stays_what_was_approved() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    let place = format!("{LIVE}/document");
    let present = document_of(&mut desk);
    let changed = |pointer: &str, value: Value| {
        let mut document = present.clone();
        *document.pointer_mut(pointer).unwrap() = value;
        document
    };
    for (pointer, value) in [
        (format!("/flags/{key}/variants/new"), json!("swapped")),
        (format!("/pages/{key}/variants/new/0/change/text"), json!("Swapped words")),
        ("/metrics/errors/event".to_string(), json!("never")),
        ("/metrics/orders/event".to_string(), json!("always")),
    ] {
        let told = refused(desk.put(&place, changed(&pointer, value)), 422);
        assert_eq!(told["problems"][0]["code"], "run", "{pointer}");
    }
    granted(desk.put(&place, present));
}

/// A store whose machine dies before a statement.
struct Dying<'c> {
    store: &'c rusqlite::Connection,
    left: usize,
}

impl Sql for Dying<'_> {
    fn run(&mut self, statement: &str, cells: &[Cell]) -> Result<Vec<Vec<Cell>>, Failure> {
        self.left = self.left.checked_sub(1).ok_or_else(|| Failure("the machine died".to_string()))?;
        Native(self.store).run(statement, cells)
    }
}

#[test]
fn whoever_is_killed_while_publishing_or_stopping_leaves_the_old_or_the_new_and_nothing_between() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    let first = desk.get(&format!("{LIVE}/versions"))["revision"].as_i64().unwrap() - 1;
    let whole = granted(desk.put(&format!("{LIVE}/flags/gift?propose=1"), json!({"share": 1})));
    let grace = desk.person("Grace");
    let waiting = desk.as_who(&grace, |desk| desk.submitted(&flag_plan()));
    let mut small = document_of(&mut desk);
    small["flags"]["gift"]["description"] = json!("A gift");
    let agreed = json!({"digest": whole["digest"]}).to_string();
    // Each upon what those before it have left.
    let calls = [
        ("POST", format!("{LIVE}/changes/{}/approve", whole["id"]), grace.as_str(), agreed),
        ("PUT", format!("{LIVE}/draft"), ADMIN, small.to_string()),
        ("POST", format!("{LIVE}/draft/publish"), ADMIN, "{}".to_string()),
        ("POST", format!("{LIVE}/versions/{first}/restore"), ADMIN, "{}".to_string()),
        ("PUT", format!("{LIVE}/flags/gift"), ADMIN, json!({"share": 0.05}).to_string()),
        ("POST", format!("experiments/{waiting}/approve"), ADMIN, "{}".to_string()),
        ("POST", format!("experiments/{key}/stop"), ADMIN, "{}".to_string()),
    ];
    for (method, path, token, body) in calls {
        desk.now += HOUR;
        let (seen, path) = desk.upon(method, &path);
        let (path, query) = path.split_once('?').unwrap_or((&path, ""));
        let call = Call {
            query: query.split_once('=').into_iter().map(|(name, value)| (name.into(), value.into())).collect(),
            token: hash(token),
            method: method.to_string(),
            path: path.split('/').map(ToString::to_string).collect(),
            seen,
            admin: token == ADMIN,
            body,
            ..Call::default()
        };
        let call = desk.outside.asked(&desk.store, &call, desk.now);
        let (before, versions) = (desk.tables(), desk.heads().len());
        let mut deaths = 0;
        loop {
            let transaction = desk.store.unchecked_transaction().unwrap();
            let mut dying = Dying { store: &desk.store, left: deaths };
            let done = project::answer(&mut dying, &call, Millis(desk.now));
            if let Ok(answer) = done {
                assert_eq!(answer.status, 200, "{answer:?}");
                transaction.commit().unwrap();
                break;
            }
            drop(transaction);
            deaths += 1;
            assert!(desk.tables() == before, "{path}, killed before statement {deaths}");
        }
        assert!(deaths > 7, "{path}: {deaths} statements");
        assert_eq!(desk.heads().len(), versions + usize::from(!path.ends_with("/draft")), "{path}");
    }
}

#[test]
fn one_person_takes_nothing_further_than_ten_points_at_once_unless_the_team_says_so() {
    let mut desk = Desk::shop();
    granted(gift(&mut desk, 0.05));
    desk.now += HOUR;
    let told = refused(gift(&mut desk, 0.25), 409);
    assert!(told["error"].as_str().unwrap().contains("from 5 % to 25 %"), "{told}");
    assert_eq!(desk.get(&format!("{LIVE}/flags"))["steps"], json!([5, 15, 25, 35, 45, 50]));
    desk.weakened(|playbook| playbook["points"] = json!(20));
    granted(gift(&mut desk, 0.25));
    // A flag by which the shop is operated goes as far at once as an admin has said, and no further.
    desk.weakened(|playbook| playbook["operational"] = json!({"gift": 90}));
    granted(gift(&mut desk, 0.0));
    granted(gift(&mut desk, 0.9));
    granted(gift(&mut desk, 0.0));
    refused(gift(&mut desk, 1.0), 409);
}

#[test]
fn a_new_place_that_visitors_are_sent_to_takes_a_second_person() {
    let mut desk = Desk::shop();
    let place = format!("{LIVE}/document");
    let mut elsewhere = document();
    elsewhere["hosts"] = json!(["elsewhere.example"]);
    let rule = json!({"serve": "price", "rollout": {"salt": "r", "below": ALL / 20}});
    elsewhere["flags"]["sort"]["rules"] = json!([rule]);
    let to = |target: &str| json!([{"change": {"redirect": target}}]);
    elsewhere["pages"]["sorted"] =
        json!({"path": "/sorted", "flag": "sort", "variants": {"price": to("https://elsewhere.example/x")}});
    let told = refused(desk.put(&place, &elsewhere), 409);
    assert!(told["error"].as_str().unwrap().contains("never sent to “elsewhere.example”"), "{told}");
    let grace = desk.person("Grace");
    let asked = granted(desk.put(&format!("{place}?propose=1"), &elsewhere));
    let agreed = json!({"digest": asked["digest"]}).to_string();
    let approve = format!("{LIVE}/changes/{}/approve", asked["id"]);
    granted(desk.as_who(&grace, |desk| desk.call("POST", &approve, None, &agreed)));
    // The place is known from then on; another one is not, and neither is a path of the same site anything new.
    desk.now += HOUR;
    let mut known = document_of(&mut desk);
    known["pages"]["sorted"]["variants"]["price"] = to("https://elsewhere.example/y");
    granted(desk.put(&place, &known));
    desk.now += HOUR;
    known["pages"]["sorted"]["variants"]["price"] = to("/sorted-b");
    granted(desk.put(&place, &known));
    desk.now += HOUR;
    known["pages"]["sorted"]["variants"]["price"] = json!([{"change": {"route": "other"}}]);
    let told = refused(desk.put(&place, &known), 409);
    assert!(told["error"].as_str().unwrap().contains("“other”"), "{told}");
}

#[test]
fn a_playbook_that_asks_for_less_takes_a_second_person() {
    let mut desk = Desk::shop();
    let (admin, approver, editor) = (desk.role("admin"), desk.role("approver"), desk.role("editor"));
    let mut playbook = desk.get("playbook")["playbook"].clone();
    playbook["hold"] = json!({"minutes": 0, "units": 0});
    playbook["guardrails"] = json!([]);
    let told = refused(desk.put("playbook", &playbook), 409);
    let error = told["error"].as_str().unwrap();
    assert!(["hold/minutes, hold/units", "guardrails"].iter().all(|less| error.contains(less)), "{told}");
    let asked = granted(desk.put("playbook?propose=1", &playbook))["asked"].clone();
    let word = |digest: &Value| json!({"digest": digest}).to_string();
    let approve = |desk: &mut Desk, body: &str| desk.call("POST", "playbook/approve", None, body);
    refused(approve(&mut desk, &word(&asked["digest"])), 409);
    refused(desk.as_who(&editor, |desk| approve(desk, &word(&asked["digest"]))), 403);
    refused(desk.as_who(&approver, |desk| approve(desk, &word(&json!("another")))), 409);
    refused(desk.call("POST", "playbook/confirm", None, r#"{"subject": "Standard"}"#), 409);
    desk.now += 24 * HOUR;
    desk.follow();
    assert_eq!(desk.get("playbook")["playbook"]["hold"]["minutes"], 60);
    granted(desk.as_who(&approver, |desk| approve(desk, &word(&asked["digest"]))));
    assert_eq!(desk.get("playbook")["playbook"], playbook);
    // To ask for more is free.
    playbook["hold"] = json!({"minutes": 60, "units": 10});
    granted(desk.as_who(&admin, |desk| desk.put("playbook", &playbook)));
}
