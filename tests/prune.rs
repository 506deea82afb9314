//! What browsers get: of what is known only the outcome, and of the rest only what they need.

use pointsman::compile::{Audience, compile, prune};
use pointsman::context::Context;
use pointsman::document::context::{attributes, record};
use pointsman::document::{self, Document};
use pointsman::evaluate::{DECISION, evaluate};
use pointsman::snapshot::{Section, Snapshot};
use pointsman::time::Millis;
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

const ALL: u64 = 1 << 32;

#[path = "dice/mod.rs"]
#[allow(dead_code)]
mod dice;
#[path = "blast/random.rs"]
#[allow(dead_code)]
mod random;

use dice::Dice;

fn read(document: &Json) -> Document {
    document::read(document.to_string().as_bytes()).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn context(value: &Json) -> Map<String, Json> {
    value.as_object().unwrap().clone()
}

/// Each flag's decision: variant, reason, error, rule and the run's name.
fn decisions(bytes: &[u8], context: &Map<String, Json>, now: i64) -> BTreeMap<String, (Vec<u8>, Option<String>)> {
    let snapshot = Snapshot::verify(bytes).unwrap();
    let manifest: Json = serde_json::from_slice(snapshot.manifest()).unwrap();
    let record = record(&attributes(&snapshot), context);
    let mut decided = vec![0; snapshot.count(Section::Flags) as usize * DECISION];
    evaluate(&snapshot, Context(&record), Millis(now), &mut decided).unwrap();
    let each = manifest["keys"].as_array().unwrap().iter().zip(decided.chunks_exact(DECISION));
    each.map(|(key, decision)| {
        let run = manifest["runs"][usize::from(u16::from_le_bytes([decision[6], decision[7]]))].as_str();
        (key.as_str().unwrap().to_string(), (decision[..6].to_vec(), run.map(String::from)))
    })
    .collect()
}

fn below(dice: &mut Dice, count: u64) -> u64 {
    (dice.roll() >> 20) % count
}

/// A value that a context may hold.
fn value(dice: &mut Dice) -> Json {
    let texts = ["ada@example.com", "Ada", "1.2.3", "10.0.0.7", "2026-11-22", ""];
    match below(dice, 6) {
        0 => json!(texts[below(dice, 6) as usize]),
        1 => json!(below(dice, 4)),
        2 => json!(below(dice, 2) == 1),
        3 => json!([texts[below(dice, 6) as usize], below(dice, 4)]),
        4 => json!({"deep": texts[below(dice, 6) as usize]}),
        _ => json!(texts[below(dice, 2) as usize]),
    }
}

/// A question of each kind.
fn question(dice: &mut Dice) -> Json {
    let attribute = ["t0", "t1", "/t2/deep", "t3"][below(dice, 4) as usize];
    let mut question = match below(dice, 16) {
        0 => return json!({"exists": {"attribute": attribute}}),
        1 => json!({"equals": {"attribute": attribute, "value": value(dice)}}),
        2 => json!({"in": {"attribute": attribute, "values": ["Ada", "ada@example.com", 2]}}),
        3 => json!({"listed": {"attribute": attribute, "salt": "beta", "ids": ["Ada", "1.2.3"]}}),
        4 => json!({"starts": {"attribute": attribute, "with": "A"}}),
        5 => json!({"ends": {"attribute": attribute, "with": "COM", "ignoreCase": true}}),
        6 => json!({"contains": {"attribute": attribute, "text": "d"}}),
        7 => json!({"glob": {"attribute": attribute, "pattern": "*@*"}}),
        8 => json!({"less": {"attribute": attribute, "than": 2}}),
        9 => json!({"atLeast": {"attribute": attribute, "than": 2}}),
        10 => return json!({"between": {"attribute": attribute, "from": 1, "to": 2}}),
        11 => return json!({"version": {"attribute": attribute, "range": "^1.2"}}),
        12 => json!({"before": {"attribute": attribute, "than": "2027-01-01"}}),
        13 => json!({"ip": {"attribute": attribute, "in": ["10.0.0.0/8"]}}),
        14 => return json!({"weekday": {"days": ["thu"]}}),
        _ => return json!({"draw": {"salt": "quiz", "below": ALL / 2, "unit": "unit"}}),
    };
    let value = &question["equals"]["value"];
    if value.is_array() || value.is_object() {
        question["equals"]["value"] = json!("Ada");
    }
    if below(dice, 4) == 0 {
        let inner = question.as_object_mut().unwrap().values_mut().next().unwrap();
        inner["list"] = json!(["any", "none"][below(dice, 2) as usize]);
    }
    question
}

fn random(dice: &mut Dice) -> Json {
    let mut document = random::document(dice);
    let mut rules = Vec::new();
    for _ in 0..below(dice, 6) {
        let parts: Vec<_> = (0..=below(dice, 2)).map(|_| question(dice)).collect();
        let parts = match below(dice, 3) {
            0 => json!({"all": parts}),
            1 => json!({"any": parts}),
            _ => json!({"not": {"any": [{"all": parts}, question(dice)]}}),
        };
        let serve = ["a", "b"][below(dice, 2) as usize];
        let mut rule = json!({"if": parts, "serve": serve});
        if below(dice, 3) == 0 {
            rule["rollout"] = json!({"salt": "o", "below": ALL / 2});
        }
        rules.push(rule);
    }
    document["flags"]["o"] = json!({"kind": "number", "variants": {"a": 1, "b": 2}, "off": "a", "otherwise": "b",
        "rules": rules, "forced": [{"serve": "b", "ids": ["u1"]}]});
    document["experiments"]["e"]["sticky"] = json!(below(dice, 2) == 1);
    for flag in ["f", "g", "o"] {
        document["flags"][flag]["client"] = json!(true);
    }
    document
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_pruned_snapshot_decides_what_the_whole_one_does(seed in any::<u64>(), timed in any::<bool>()) {
        let dice = &mut Dice::new(seed);
        let document = read(&random(dice));
        let whole = compile(&document, Audience::Client).unwrap().seal(1);
        let edge = compile(&document, Audience::Edge).unwrap().seal(1);
        for _ in 0..4 {
            let now = [50, 150, 250][below(dice, 3) as usize];
            let mut known = Map::new();
            for name in ["t0", "t1", "t2", "t3"] {
                known.insert(name.into(), value(dice));
            }
            known.insert("unit".into(), json!(format!("u{}", below(dice, 30))));
            known.insert("c0".into(), json!(below(dice, 2) == 1));
            known.insert("c1".into(), json!(below(dice, 2) == 1));
            known.insert("sticky".into(), json!({"r": "v0"}));
            if below(dice, 20) == 0 {
                known.insert("unit".into(), if below(dice, 2) == 0 { json!("") } else { json!(7) });
            }
            let mut full = known.clone();
            known.retain(|_, _| below(dice, 2) == 1);
            full.retain(|name, _| known.contains_key(name) || below(dice, 8) > 0);
            let pruned = prune(&document, &known, timed.then_some(Millis(now))).unwrap().seal(1);
            let due = decisions(&whole, &full, now);
            prop_assert_eq!(&decisions(&pruned, &full, now), &due, "{:?} {:?}", known, full);
            prop_assert_eq!(&decisions(&edge, &full, now), &due);
            let all = known.len() == 8 && full.insert("device".into(), json!("d1")).is_none();
            full.insert("t2".into(), json!({"deep": "Ada"}));
            if all && timed {
                let pruned = prune(&document, &full, Some(Millis(now))).unwrap().seal(1);
                let steps = Snapshot::verify(&pruned).unwrap().count(Section::Code);
                let due = decisions(&whole, &full, now);
                let errors = due.values().any(|(decision, _)| decision[3] != 0);
                prop_assert!(errors || steps as usize == due.len(), "nothing is left to ask: {} steps", steps);
            }
        }
    }
}

/// Staff is told by their address and is nobody's business.
fn shop(server_only: bool) -> Json {
    json!({
        "format": 1,
        "segments": {"staffers": {"description": "Whoever works here", "serverOnly": server_only,
            "if": {"all": [{"ends": {"attribute": "email", "with": "@acme.example"}}, {"segment": "inner-circle"}]}},
            "inner-circle": {"if": {"equals": {"attribute": "team", "value": "falcon-team"}}}},
        "flags": {"door": {"kind": "boolean", "client": true, "variants": {"on": true, "off": false}, "off": "off",
            "otherwise": "off", "rules": [
                {"if": {"exists": {"attribute": "robot"}}, "serve": "off"},
                {"if": {"segment": "staffers"}, "serve": "on", "rollout": {"salt": "door", "below": ALL / 2}}]}}
    })
}

#[test]
fn a_segment_that_stays_home_may_be_used_where_it_is_decided() {
    let document = read(&shop(true));
    assert!(compile(&document, Audience::Client).is_err(), "every browser would get it");
    let known = |value: Json| prune(&document, &context(&value), None);
    let problems = known(json!({"email": "ada@acme.example"})).unwrap_err();
    assert_eq!(problems[0].pointer, "/flags/door/client");
    for (email, due) in [("ada@acme.example", 3), ("ada@example.com", 1)] {
        let pruned = known(json!({"email": email, "team": "falcon-team", "robot": null})).unwrap().seal(1);
        let text = String::from_utf8_lossy(&pruned);
        assert!(!text.contains("acme") && !text.contains("email") && !text.contains("falcon"), "{text}");
        let full = context(&json!({"email": email, "team": "falcon-team", "robot": 1, "unit": "ada"}));
        assert_eq!(decisions(&pruned, &full, 0)["door"].0[4..6], [0, 0], "rule 0 is rule 0");
        assert!(Snapshot::verify(&pruned).unwrap().count(Section::Code) >= due);
    }
    assert!(known(json!({"email": "ada@example.com"})).is_ok(), "nobody else is asked for the team");
}

#[test]
fn what_a_segment_that_stays_home_is_made_of_stays_home_with_it() {
    let mut document = shop(true);
    document["segments"]["outer"] = json!({"if": {"any": [{"segment": "staffers"}, {"exists": {"attribute": "vip"}}]}});
    document["flags"]["door"]["rules"][1]["if"] = json!({"not": {"segment": "outer"}});
    let refused = |document: &Json, known: Json| prune(&read(document), &context(&known), None).is_err();
    assert!(refused(&document, json!({})), "through another segment");
    assert!(refused(&document, json!({"email": "ada@acme.example"})), "the part that is open is left");
    assert!(!refused(&document, json!({"email": "ada@example.com"})), "nothing is left");
    assert!(!refused(&document, json!({"vip": 1, "email": "x", "team": "y"})));
    // The same part is open where a flag asks it by itself.
    document["flags"]["door"]["rules"][1]["if"] = json!({"segment": "inner-circle"});
    assert!(!refused(&document, json!({})), "this segment is no secret");
}

#[test]
fn what_is_known_is_not_asked_again() {
    let document = read(&shop(false));
    let of = |value: Json| {
        let bytes = prune(&document, &context(&value), None).unwrap().seal(1);
        let snapshot = Snapshot::verify(&bytes).unwrap();
        (snapshot.count(Section::Code), attributes(&snapshot).join(" "))
    };
    assert_eq!(of(json!({})), (7, "email robot team unit".to_string()));
    assert_eq!(of(json!({"email": "x@acme.example"})), (6, "robot team unit".to_string()));
    assert_eq!(of(json!({"robot": 1})), (1, String::new()));
    assert_eq!(
        of(json!({"team": "sparrow"})),
        (3, "robot".to_string()),
        "whether a robot or not, it is off, but by another rule"
    );
}

/// Everything that must not be in a browser, each as a word of its own.
fn secrets() -> Json {
    json!({
        "format": 1,
        "segments": {
            "segment-name": {"description": "segment-description", "if": {"any": [
                {"equals": {"attribute": "plan", "value": "equals-operand"}},
                {"in": {"attribute": "plan", "values": ["in-operand-1", "in-operand-2", 7], "ignoreCase": true}},
                {"listed": {"attribute": "unit", "salt": "list-salt", "ids": ["listed-id-1", "listed-id-2"]}}]}},
            "unused-segment": {"if": {"equals": {"attribute": "plan", "value": "unused-operand"}}}},
        "layers": {"layer-name": {"description": "layer-description", "salt": "l"}},
        "holdouts": {"holdout-name": {"description": "holdout-description", "salt": "h", "below": 1000}},
        "metrics": {"metric-name": {"description": "metric-description", "event": "event-name"}},
        "experiments": {"experiment-name": {"description": "experiment-description", "flag": "shown", "control": "off",
            "metric": "metric-name", "slot": {"layer": "layer-name", "below": ALL / 2},
            "run": {"id": "r", "salt": "r", "epoch": 1, "rollout": ALL, "split": [[ALL / 2, "off"], [ALL, "on"]]}}},
        "flags": {
            "shown": {"kind": "boolean", "client": true, "description": "flag-description", "owner": "flag-owner",
                "tags": ["flag-tag"], "variants": {"on": true, "off": false}, "off": "off", "otherwise": "off",
                "holdout": "holdout-name", "forced": [{"serve": "on", "ids": ["forced-id"]}],
                "rules": [{"if": {"segment": "segment-name"}, "serve": "on"}, {"experiment": "experiment-name"}]},
            "hidden-flag": {"kind": "string", "variants": {"hidden-variant": "hidden-value"}, "off": "hidden-variant",
                "otherwise": "hidden-variant",
                "rules": [{"if": {"exists": {"attribute": "hidden-attribute"}}, "serve": "hidden-variant",
                    "rollout": {"salt": "hidden-salt", "below": 7}}]}},
        "pages": {"page-name": {"path": "/page-path", "flag": "shown",
            "variants": {"on": [{"select": "page-selector", "change": {"text": "page-text"}}]}}},
        "surveys": {"survey-name": {"experiment": "experiment-name", "question": "survey-question", "choices": ["survey-choice", "b"]}}
    })
}

const WORDS: [&str; 34] = [
    "segment-name",
    "segment-description",
    "equals-operand",
    "in-operand-1",
    "in-operand-2",
    "list-salt",
    "listed-id-1",
    "listed-id-2",
    "unused-segment",
    "unused-operand",
    "layer-name",
    "layer-description",
    "holdout-name",
    "holdout-description",
    "metric-name",
    "metric-description",
    "event-name",
    "experiment-name",
    "experiment-description",
    "flag-description",
    "flag-owner",
    "flag-tag",
    "forced-id",
    "hidden-flag",
    "hidden-variant",
    "hidden-value",
    "hidden-attribute",
    "hidden-salt",
    "page-name",
    "page-path",
    "page-selector",
    "page-text",
    "survey-name",
    "survey-question",
];

/// A word as bytes that somebody might find it by: as it is, in UTF-16, and in Base64 at each of its three offsets.
fn forms(word: &str) -> Vec<Vec<u8>> {
    let wide = |order: fn(u16) -> [u8; 2]| word.encode_utf16().flat_map(order).collect();
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let base64 = |offset: usize| {
        // Only whole groups of three bytes look the same whatever stands around the word.
        let sure = &word.as_bytes()[offset..];
        let groups = sure.chunks_exact(3).map(|three| u32::from_be_bytes([0, three[0], three[1], three[2]]));
        groups.flat_map(|bits| [18, 12, 6, 0].map(|shift| alphabet[(bits >> shift & 63) as usize])).collect()
    };
    vec![word.into(), wide(u16::to_le_bytes), wide(u16::to_be_bytes), base64(0), base64(1), base64(2)]
}

#[test]
fn a_pruned_snapshot_names_nothing_that_it_must_not() {
    let document = read(&secrets());
    let has = |bytes: &[u8], form: &[u8]| bytes.windows(form.len()).any(|window| window == form);
    let edge = compile(&document, Audience::Edge).unwrap().seal(1);
    assert!(has(&edge, &forms("hidden-flag")[0]), "the search finds what is there");
    let known = [
        json!({}),
        json!({"plan": "equals-operand"}),
        json!({"unit": "forced-id"}),
        json!({"unit": "listed-id-1", "plan": "x"}),
    ];
    let pruned = known.map(|known| prune(&document, &context(&known), Some(Millis(0))).unwrap().seal(1));
    let client = compile(&document, Audience::Client).unwrap().seal(1);
    for snapshot in pruned.iter().chain([&client]) {
        for word in WORDS {
            let lower = snapshot.to_ascii_lowercase();
            for form in forms(word) {
                assert!(!has(snapshot, &form) && !has(&lower, &form), "{word} as {form:?}");
            }
        }
    }
}
