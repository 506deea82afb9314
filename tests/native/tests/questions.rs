//! What somebody may ask before they change anything: why a visitor gets this, what is worth a look, whom it would move.

use crate::desk::shop::{LIVE, document};
use crate::desk::{DAY, Desk, granted, refused};
use serde_json::{Value, json};

const ALL: u64 = 1 << 32;

/// 5 % of all draws, as a slider writes it.
const TWENTIETH: u64 = 214_748_365;

/// The shop with rules for what the beans are sorted by: loyal customers of a country, and a share of everybody.
fn with_rules() -> Value {
    let mut document = document();
    document["segments"] = json!({"near": {"if": {"in": {"attribute": "country", "values": ["DE", "AT"]}}}});
    document["flags"]["sort"]["rules"] = json!([
        {"if": {"all": [{"segment": "near"}, {"atLeast": {"attribute": "orders", "than": 3}}]}, "serve": "price"},
        {"if": {"equals": {"attribute": "staff", "value": true}}, "from": "2026-01-01", "serve": "price"},
        {"rollout": {"salt": "sort", "below": TWENTIETH, "unit": "unit"}, "serve": "price"},
    ]);
    document
}

/// A desk whose staging serves a document: there nothing has to go in steps.
fn serving(document: Value) -> Desk {
    let mut desk = Desk::empty();
    granted(desk.put("environments/staging/document", document));
    desk
}

const PLACE: &str = "environments/staging";

fn about(share: &Value, expected: f64) -> bool {
    share.as_f64().is_some_and(|share| (share - expected).abs() < 1e-9)
}

fn explain(desk: &mut Desk, body: Value) -> Value {
    granted(desk.post(&format!("{PLACE}/explain"), body))
}

#[test]
fn a_visitor_is_told_which_rule_decided_and_how_each_question_was_answered() {
    let mut desk = serving(with_rules());
    let context = json!({"unit": "ada", "country": "DE", "orders": 4});
    let answer = explain(&mut desk, json!({"flag": "sort", "context": context}));
    assert_eq!((&answer["version"], answer["explanations"].as_array().unwrap().len()), (&json!(1), 1));
    let said = &answer["explanations"][0];
    assert_eq!((&said["flag"], &said["headline"]), (&json!("sort"), &json!("This visitor gets “price”")));
    assert_eq!(said["words"], "Rule 0 decided: it is for this visitor, and it serves “price”.");
    assert_eq!(said["decision"]["reason"], "TARGETING_MATCH");
    assert_eq!(said["steps"][0]["attribute"], json!({"name": "country", "type": "text", "value": "DE"}));
    assert_eq!((&said["steps"][1]["operand"], &said["steps"][1]["held"]), (&json!(3.0), &json!(true)));
    assert_eq!(said["rules"][2]["words"], "was not asked: something before it decided");

    let poor = json!({"unit": "ada", "country": "DE", "orders": "4"});
    let said = &explain(&mut desk, json!({"flag": "sort", "context": poor}))["explanations"][0];
    assert_eq!(said["steps"][1]["trouble"], "orders is a text; a number is asked for");
    let draw = said["steps"].as_array().unwrap().iter().find_map(|step| step.get("draw")).unwrap();
    assert_eq!((&draw["share"], &draw["below"]), (&json!(5.0), &json!(TWENTIETH)));
    let within = draw["draw"].as_u64().unwrap() < TWENTIETH;
    assert_eq!(said["decision"]["variant"], if within { "price" } else { "roast" });
}

#[test]
fn the_answer_is_what_visitors_really_get() {
    let mut desk = serving(with_rules());
    let mut met = 0;
    for visitor in 0..400 {
        let context = json!({"unit": format!("visitor-{visitor}")});
        let answer = explain(&mut desk, json!({"flag": "sort", "context": context}));
        met += u32::from(answer["explanations"][0]["decision"]["value"] == "price");
    }
    assert!((8..=36).contains(&met), "{met} of 400 are in a share of 5 %");
}

#[test]
fn all_flags_are_explained_at_once_and_at_any_time() {
    let mut desk = serving(with_rules());
    let context = json!({"unit": "ada", "staff": true});
    let at = |now: i64| json!({"context": context, "now": now});
    let variants = |answer: &Value| -> Vec<String> {
        let all = answer["explanations"].as_array().unwrap().iter();
        all.map(|one| one["decision"]["variant"].as_str().unwrap().to_string()).collect()
    };
    assert_eq!(variants(&explain(&mut desk, at(1_800_000_000_000))), ["off", "price"]);
    let before = explain(&mut desk, at(1_700_000_000_000));
    assert_eq!(before["explanations"][1]["now"], 1_700_000_000_000_i64);
    assert_eq!(before["explanations"][1]["steps"][1]["operator"], "from");
}

#[test]
fn sentences_say_what_came_before_the_rules() {
    let mut changed = with_rules();
    changed["holdouts"] = json!({"quiet": {"salt": "quiet", "below": ALL}});
    changed["flags"]["gift"]["holdout"] = json!("quiet");
    changed["flags"]["sort"]["prerequisites"] = json!([{"key": "gift", "is": ["on"]}]);
    changed["flags"]["sort"]["forced"] = json!([{"serve": "price", "ids": ["tester"]}]);
    changed["flags"]["half"] = with_rules()["flags"]["sort"].clone();
    changed["flags"]["old"] = json!({"kind": "boolean", "variants": {"on": true, "off": false}, "off": "off", "otherwise": "on", "enabled": false});
    changed["flags"]["plain"] = json!({"kind": "boolean", "variants": {"on": true}, "off": "on", "otherwise": "on"});
    let mut desk = serving(changed);
    let mut of = |flag: &str, unit: &Value| {
        let body = json!({"flag": flag, "context": {"unit": unit}});
        explain(&mut desk, body)["explanations"][0]["words"].as_str().unwrap().to_string()
    };
    let cases = [
        ("gift", json!("ada"), "held out"),
        ("half", json!(5), "could not be decided: unit is a number; a text of 1 to 256 bytes is asked for"),
        ("sort", json!("ada"), "builds on the flag “gift”, which serves “off” here"),
        ("sort", json!("tester"), "named in the flag's list of forced units"),
        ("old", json!("ada"), "turned off, so everybody gets “off”"),
        ("plain", json!("ada"), "no rules, so everybody gets “on”"),
    ];
    for (flag, unit, words) in cases {
        let said = of(flag, &unit);
        assert!(said.contains(words), "{flag} {unit}: {said}");
    }
}

#[test]
fn a_bad_question_is_answered_with_its_place_its_cause_and_what_to_do() {
    let mut desk = serving(with_rules());
    let deep = "[".repeat(90) + &"]".repeat(90);
    let cases = [
        ("{".to_string(), "", "json"),
        (r#"{"context": {"unit": "a", "unit": "b"}}"#.to_string(), "/context", "duplicate-key"),
        (format!(r#"{{"context": {{"a": {deep}}}}}"#), "/context/a", "depth"),
        (r#"{"context": []}"#.to_string(), "/context", "shape"),
        (r#"{"flag": "sort"}"#.to_string(), "", "shape"),
        (r#"{"context": {}, "at": 1}"#.to_string(), "", "shape"),
        (r#"{"context": {}, "now": "today"}"#.to_string(), "", "shape"),
        (r#"{"context": {}, "flag": "gone"}"#.to_string(), "/flag", "unknown"),
        (json!({"context": {"a": "x".repeat(16 << 10)}}).to_string(), "/context", "too-large"),
        (json!({"context": {"a": "x".repeat(64 << 10)}}).to_string(), "", "too-large"),
    ];
    for (body, place, code) in cases {
        let start: String = body.chars().take(60).collect();
        let told = refused(desk.call("POST", &format!("{PLACE}/explain"), None, &body), 422);
        let problem = &told["problems"][0];
        assert!(problem["pointer"].as_str().unwrap().starts_with(place), "{start}: {told}");
        assert_eq!(problem["code"], code, "{start}: {told}");
        assert!(
            ["cause", "fix"].iter().all(|part| problem[*part].as_str().is_some_and(|text| text.len() > 9)),
            "{told}"
        );
    }
    let many: serde_json::Map<_, _> =
        (0..101).map(|n| (format!("f{n}"), document()["flags"]["gift"].clone())).collect();
    let mut desk = serving(json!({"format": 1, "flags": many}));
    let told = refused(desk.post(&format!("{PLACE}/explain"), json!({"context": {}})), 422);
    assert_eq!((&told["problems"][0]["pointer"], &told["problems"][0]["code"]), (&json!("/flag"), &json!("limit")));
    explain(&mut desk, json!({"context": {}, "flag": "f100"}));
}

#[test]
fn what_a_flag_reads_is_told_with_its_type_and_values_to_choose_from() {
    let mut changed = with_rules();
    changed["flags"]["gift"]["prerequisites"] = json!([{"key": "sort", "is": ["price"]}]);
    let mut desk = serving(changed);
    let reads = desk.get(&format!("{PLACE}/flags/sort/reads"));
    assert_eq!(
        reads["attributes"],
        json!([
            {"attribute": "country", "type": "text", "list": false, "values": ["AT", "DE"]},
            {"attribute": "orders", "type": "number", "list": false, "values": [3.0]},
            {"attribute": "staff", "type": "boolean", "list": false, "values": []},
            {"attribute": "unit", "type": "text", "list": false, "values": []},
        ])
    );
    assert_eq!((&reads["time"], &reads["version"]), (&json!(true), &json!(1)));
    let through = desk.get(&format!("{PLACE}/flags/gift/reads"));
    assert_eq!(through["attributes"], reads["attributes"], "what it builds on reads them, too");
    refused(desk.call("GET", &format!("{PLACE}/flags/gone/reads"), None, ""), 404);
    // Rules that want different types of one attribute leave the choice to whoever asks.
    let mut mixed = document();
    mixed["flags"]["sort"]["rules"] = json!([
        {"if": {"any": [{"equals": {"attribute": "a", "value": "x"}}, {"less": {"attribute": "a", "than": 2}}]}, "serve": "price"},
        {"if": {"any": [{"exists": {"attribute": "b"}}, {"size": {"attribute": "c", "atLeast": 1}}]}, "serve": "price"},
    ]);
    let reads = serving(mixed).get(&format!("{PLACE}/flags/sort/reads"));
    let of = |at: usize| (&reads["attributes"][at]["type"], &reads["attributes"][at]["list"]);
    assert_eq!(
        [of(0), of(1), of(2)].map(|(kind, list)| format!("{kind} {list}")),
        ["\"any\" false", "\"any\" false", "\"any\" true"]
    );
    assert_eq!(reads["time"], false);
}

#[test]
fn advice_names_the_flag_the_cause_and_what_to_do_and_stale_ones_come_with_time() {
    let mut desk = Desk::shop();
    assert_eq!(
        desk.get(&format!("{LIVE}/advice"))["advice"].as_array().map(Vec::len),
        Some(2),
        "two metrics are unused"
    );
    granted(desk.put(&format!("{LIVE}/flags/gift"), json!({"share": 0.05})));
    granted(desk.put(&format!("{LIVE}/flags/gift"), json!({"enabled": false})));
    let of_gift = |desk: &mut Desk| -> Vec<Value> {
        let all = desk.get(&format!("{LIVE}/advice"))["advice"].clone();
        all.as_array().unwrap().iter().filter(|advice| advice["flag"] == "gift").cloned().collect()
    };
    assert_eq!(of_gift(&mut desk), Vec::<Value>::new());
    desk.now += 31 * DAY;
    let [advice] = &of_gift(&mut desk)[..] else { panic!("nobody says that it is stale") };
    assert_eq!((&advice["pointer"], &advice["code"]), (&json!("/flags/gift"), &json!("stale")));
    assert!(
        advice["cause"].as_str().unwrap().contains("30 days")
            && advice["fix"].as_str().is_some_and(|fix| !fix.is_empty())
    );
}

#[test]
fn a_preview_of_any_publication_tells_whom_it_moves_on_each_path_and_changes_nothing() {
    let mut desk = serving(with_rules());
    let mut next = with_rules();
    next["flags"]["sort"]["rules"][0]["serve"] = json!("roast");
    next["flags"]["sort"]["rules"][2]["rollout"]["below"] = json!(ALL / 4);
    next["flags"]["sort"]["rules"]
        .as_array_mut()
        .unwrap()
        .push(json!({"serve": "price", "rollout": {"salt": "sort", "below": 999}}));
    next["flags"]["new"] =
        json!({"kind": "boolean", "variants": {"on": true, "off": false}, "off": "off", "otherwise": "on"});
    next["flags"].as_object_mut().unwrap().remove("gift");
    let preview = granted(desk.call("PUT", &format!("{PLACE}/document?preview=1"), None, &next.to_string()));
    let states: Vec<_> = preview["changes"].as_array().unwrap().iter().map(|one| format!("{}", one["state"])).collect();
    assert_eq!(states, ["\"removed\"", "\"added\"", "\"changed\""]);
    let sort = &preview["changes"][2];
    let worst = &sort["paths"][0];
    // Loyal customers who live near lose it, all of them.
    assert_eq!([&worst["share"], &worst["loses"], &worst["gains"], &worst["switches"]], [1.0, 1.0, 0.0, 0.0]);
    assert!(worst["holds"][0].as_str().unwrap().contains("segment"));
    let gaining = sort["paths"]
        .as_array()
        .unwrap()
        .iter()
        .find(|path| about(&path["gains"], 0.2))
        .unwrap_or_else(|| panic!("20 % newly get it: {sort}"));
    let moved = &gaining["moves"][0];
    assert_eq!([&moved["from"], &moved["to"], &moved["kind"]], ["roast", "price", "gains"]);
    assert!(
        sort["words"].as_str().unwrap().contains("At most 100 %")
            && sort["words"].as_str().unwrap().contains("the worst of 8 paths"),
        "{sort}"
    );
    let advice = preview["advice"].as_array().unwrap();
    assert_eq!((advice.len(), &advice[0]["code"], &advice[0]["flag"]), (1, &json!("unreachable-rule"), &json!("sort")));
    assert_eq!(preview["problems"], json!([]), "staging asks nothing");

    granted(desk.put(&format!("{PLACE}/draft"), &next));
    let draft = granted(desk.call("POST", &format!("{PLACE}/draft/publish?preview=1"), None, "{}"));
    assert_eq!(draft, preview);
    assert_eq!(desk.get(&format!("{PLACE}/draft"))["revision"], 1, "the draft is still there");
    assert_eq!(desk.get(&format!("{PLACE}/document"))["version"], 1);
    granted(desk.post(&format!("{PLACE}/draft/publish"), json!({})));
    let back = granted(desk.call("POST", &format!("{PLACE}/versions/1/restore?preview=1"), None, "{}"));
    assert_eq!(back["changes"][0]["state"], "added");
    assert_eq!(desk.get(&format!("{PLACE}/document"))["version"], 2);
}

#[test]
fn whoever_has_the_same_within_a_test_as_without_it_is_not_said_to_lose_it() {
    let mut tried = document();
    tried["flags"]["gift"]["rules"] = json!([{"experiment": "own"}]);
    tried["experiments"]["own"] = json!({"flag": "gift", "metric": "orders", "control": "off",
        "run": {"id": "own-1", "salt": "own-1", "epoch": 1, "rollout": ALL, "split": [[ALL / 2, "off"], [ALL, "on"]]}});
    let mut desk = serving(tried);
    let preview = granted(desk.call("PUT", &format!("{PLACE}/flags/gift?preview=1"), None, r#"{"enabled": false}"#));
    assert_eq!(preview["words"], "50 % of all visitors would lose it; nobody would newly get it.");
    assert!(about(&preview["moved"]["loses"], 0.5));
}

#[test]
fn the_preview_of_a_share_has_its_paths_and_says_so_where_nobody_can_count() {
    let mut desk = serving(with_rules());
    let flag = format!("{PLACE}/flags/sort?preview=1");
    let preview = granted(desk.call("PUT", &flag, None, r#"{"share": 0.25}"#));
    let worst = "That is the worst of 8 paths through its rules.";
    assert_eq!(preview["words"], format!("20 % of visitors would newly get it; nobody would lose it. {worst}"));
    assert!(about(&preview["changes"][0]["paths"][0]["gains"], 0.2));
    let mut wide = with_rules();
    let rule = |n: usize| json!({"if": {"exists": {"attribute": format!("a{n}")}}, "serve": "price"});
    wide["flags"]["sort"]["rules"].as_array_mut().unwrap().splice(0..0, (0..12).map(rule));
    let mut desk = serving(wide);
    let preview = granted(desk.call("PUT", &flag, None, r#"{"share": 0.25}"#));
    assert_eq!(preview["words"], "It has too many conditions to count who would move.");
    assert_eq!(preview["changes"][0]["state"], "unknown");
}
