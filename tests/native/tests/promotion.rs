//! A flag goes from environment to environment, and only what production allows goes live there.

use crate::desk::shop::{LIVE, document, plan};
use crate::desk::visitors::VISITORS;
use crate::desk::{Desk, granted, refused};
use serde_json::{Value, json};

const STAGING: &str = "environments/staging";

/// The shop in staging, with a flag that everybody in a segment gets.
fn staged(desk: &mut Desk) -> Value {
    let mut staging = document();
    staging["segments"] = json!({
        "guests": {"if": {"segment": "far"}},
        "far": {"if": {"equals": {"attribute": "country", "value": "NZ"}}},
        "unused": {"if": {"equals": {"attribute": "country", "value": "AT"}}},
    });
    staging["flags"]["card"] = json!({
        "kind": "string", "client": true, "variants": {"plain": "plain", "gold": "gold"}, "off": "plain", "otherwise": "plain",
        "rules": [{"if": {"segment": "guests"}, "serve": "gold"}],
    });
    granted(desk.put(&format!("{STAGING}/document"), staging.clone()));
    staging
}

fn live(desk: &mut Desk) -> Value {
    desk.get(&format!("{LIVE}/document"))["document"].clone()
}

fn promote(desk: &mut Desk, key: &str, body: &Value) -> pointsman::project::Answer {
    desk.post(&format!("{LIVE}/flags/{key}/promote"), body)
}

#[test]
fn a_flag_comes_with_its_variants_and_without_rules_and_nobody_notices() {
    let mut desk = Desk::shop();
    let staging = staged(&mut desk);
    let preview = granted(desk.post(&format!("{LIVE}/flags/card/promote?preview=1"), json!({"from": "staging"})));
    assert_eq!((&preview["problems"], &preview["changes"][0]["state"]), (&json!([]), &json!("added")));
    granted(promote(&mut desk, "card", &json!({"from": "staging"})));
    let live = live(&mut desk);
    assert_eq!(live["flags"]["card"]["variants"], staging["flags"]["card"]["variants"]);
    assert_eq!(live["flags"]["card"].get("rules").cloned().unwrap_or(json!([])), json!([]));
    assert_eq!(live.get("segments").cloned().unwrap_or(json!({})), json!({}));
    let elsewhere = desk.get(&format!("{STAGING}/flags/card/elsewhere"));
    let production =
        elsewhere["environments"].as_array().unwrap().iter().find(|place| place["environment"] == "production");
    assert_eq!((&production.unwrap()["there"], &production.unwrap()["differs"]), (&json!(true), &json!(["rules"])));
}

#[test]
fn rules_come_with_what_they_are_made_of_and_through_the_same_door_as_any_change() {
    let mut desk = Desk::shop();
    staged(&mut desk);
    let wish = json!({"from": "staging", "rules": true});
    let told = refused(promote(&mut desk, "card", &wish), 409);
    assert_eq!(told["problems"][0]["code"], "exposure", "{told}");
    let change = granted(desk.post(&format!("{LIVE}/flags/card/promote?propose=1"), wish));
    let grace = desk.person("Grace");
    let path = format!("{LIVE}/changes/{}/approve", change["id"]);
    granted(
        desk.as_who(&grace, |desk| desk.call("POST", &path, None, &json!({"digest": change["digest"]}).to_string())),
    );
    let live = live(&mut desk);
    assert_eq!(live["flags"]["card"]["rules"][0]["if"], json!({"segment": "guests"}));
    let segments: Vec<_> = live["segments"].as_object().unwrap().keys().collect();
    assert_eq!(segments, ["far", "guests"], "the one that nothing uses stays where it is");
}

#[test]
fn who_gets_it_here_stays_as_it_is_and_less_is_free() {
    let mut desk = Desk::shop();
    granted(desk.put(&format!("{LIVE}/flags/gift"), json!({"share": 0.05})));
    let met = desk.meet("gift", "true");
    let mut staging = document();
    staging["flags"]["gift"]["variants"]["later"] = json!(false);
    granted(desk.put(&format!("{STAGING}/document"), staging.clone()));
    granted(promote(&mut desk, "gift", &json!({"from": "staging"})));
    assert_eq!(desk.meet("gift", "true"), met);
    assert!(live(&mut desk)["flags"]["gift"]["variants"]["later"].is_boolean());
    granted(promote(&mut desk, "gift", &json!({"from": "staging", "rules": true})));
    assert_eq!(desk.meet("gift", "true"), 0, "staging serves it to nobody");
    assert!(met > 0 && met < VISITORS);
}

#[test]
fn experiments_stay_where_they_run() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    granted(desk.put(&format!("{STAGING}/document"), document()));
    let to_staging = |desk: &mut Desk, rules: bool| {
        desk.post(&format!("{STAGING}/flags/{key}/promote"), json!({"from": "production", "rules": rules}))
    };
    refused(to_staging(&mut desk, true), 409);
    granted(to_staging(&mut desk, false));
    refused(promote(&mut desk, &key, &json!({"from": "staging"})), 409);
}

#[test]
fn what_is_not_there_is_named() {
    let mut desk = Desk::shop();
    refused(promote(&mut desk, "gift", &json!({"from": "production"})), 422);
    refused(promote(&mut desk, "gift", &json!({"from": "moon"})), 422);
    refused(promote(&mut desk, "gift", &json!({"from": "staging"})), 404);
    refused(desk.call("GET", &format!("{LIVE}/flags/none/elsewhere"), None, ""), 404);
}

#[test]
fn nobody_is_asked_about_what_could_not_go_live() {
    let mut desk = Desk::shop();
    let mut staging = staged(&mut desk);
    staging["flags"]["extra"] = staging["flags"]["gift"].clone();
    staging["flags"]["card"]["otherwise"] = json!("gold");
    staging["flags"]["card"]["prerequisites"] = json!([{"key": "extra", "is": ["on"]}]);
    granted(desk.put(&format!("{STAGING}/document"), staging));
    let body = json!({"from": "staging", "rules": true});
    let told = refused(desk.post(&format!("{LIVE}/flags/card/promote?propose=1"), body), 422);
    assert!(told["problems"][0]["pointer"].as_str().unwrap().contains("prerequisites"), "{told}");
}
