//! Whatever comes in, an answer goes out: no call panics, breaks the store, or ends in anything but a 2xx or a 4xx.

use crate::desk::shop::{LIVE, arms, document, flag_plan, plan, tally};
use crate::desk::{DAY, Desk, granted};
use fastrand::Rng;
use serde_json::{Value, json};

const CALLS: usize = 1_000;

const PARTS: [&str; 43] = [
    "experiments",
    "fresh-hero",
    "plan",
    "submit",
    "approve",
    "agree",
    "confirm",
    "withdraw",
    "return",
    "hold",
    "resume",
    "stop",
    "undo",
    "decide",
    "debrief",
    "archive",
    "live",
    "reading",
    "now",
    "playbook",
    "settings",
    "test",
    "people",
    "1",
    "remove",
    "audit",
    "library",
    "similar",
    "forecast",
    "voices",
    "why",
    "close",
    "environments",
    "production",
    "staging",
    "document",
    "draft",
    "publish",
    "versions",
    "restore",
    "flags",
    "gift",
    "metrics",
];

const TEXTS: [&str; 16] = [
    "",
    "\0",
    "\"",
    "' OR 1=1 --",
    "NEAR(a b)",
    "a AND NOT *",
    "\u{1f682}\u{200d}\u{1f525}",
    "\u{93e}",
    "①²",
    "-1",
    "9223372036854775808",
    "1e999",
    "../..",
    "\u{202e}rtl\u{feff}",
    "%00",
    "NaN",
];

fn text(rng: &mut Rng) -> String {
    match rng.u8(..4) {
        0 => rng.choice(TEXTS).unwrap().repeat(rng.usize(1..4)),
        1 => (0..rng.usize(..40)).map(|_| rng.char(..)).collect(),
        2 => rng.choice(PARTS).unwrap().to_string(),
        _ => rng.choice(TEXTS).unwrap().repeat(rng.usize(1..2_000)),
    }
}

fn number(rng: &mut Rng) -> Value {
    let tiny = json!(f64::MIN_POSITIVE);
    let large = [json!(1e300), json!(-1e300), json!(u64::MAX), json!(i64::MIN)];
    let small = [json!(0), json!(-1), json!(0.5), json!(1), json!(256)];
    rng.choice([&large[..], &small, &[tiny]].concat()).unwrap()
}

/// A tree with some of its places changed to something else.
fn bent(rng: &mut Rng, value: &mut Value) {
    match value {
        Value::Object(map) if !map.is_empty() && rng.u8(..8) > 0 => {
            let key = rng.choice(map.keys().cloned().collect::<Vec<_>>()).unwrap();
            match rng.u8(..8) {
                0 => drop(map.remove(&key)),
                1 => drop(map.insert(text(rng), json!(text(rng)))),
                _ => bent(rng, &mut map[&key]),
            }
        }
        Value::Array(all) if !all.is_empty() && rng.u8(..8) > 0 => {
            let place = rng.usize(..all.len());
            if rng.u8(..6) == 0 { all.push(all[place].clone()) } else { bent(rng, &mut all[place]) }
        }
        other => {
            *other = match rng.u8(..6) {
                0 => Value::Null,
                1 => number(rng),
                2 => json!(rng.bool()),
                3 => json!([]),
                _ => json!(text(rng)),
            }
        }
    }
}

fn body(desk: &mut Desk, rng: &mut Rng) -> String {
    let playbook = desk.get("playbook")["playbook"].clone();
    let current = desk.get(&format!("{LIVE}/document"))["document"].clone();
    let mut body = rng.choice([
        json!({}),
        plan(),
        flag_plan(),
        document(),
        current,
        playbook,
        json!({"title": "Fresh hero", "note": "a thought"}),
        json!({"why": "because"}),
        json!({"choice": "ship", "why": "Because we all believe in it."}),
        json!({"answers": {"surprise": "none"}}),
        json!({"share": 0.05, "enabled": true, "variant": "on"}),
        json!({"key": "new-one", "kind": "json", "on": 1, "off": {}}),
        json!({"experiment": "fresh-hero", "question": "Why?", "choices": ["Yes", "No"], "comment": true}),
        json!({"name": "#x", "service": "slack", "address": "https://hooks.slack.com/services/x", "route": {"kinds": ["digest"]}}),
        json!({"name": "Ada"}),
    ]);
    let body = body.as_mut().unwrap();
    for _ in 0..rng.usize(..3) {
        bent(rng, body);
    }
    match rng.u8(..12) {
        0 => text(rng),
        1 => body.to_string().chars().take(rng.usize(1..60)).collect(),
        2 => "[".repeat(rng.usize(1..2_000)),
        _ => body.to_string(),
    }
}

/// A path that exists, more often than not, and one made of its parts otherwise.
fn path(desk: &mut Desk, rng: &mut Rng) -> String {
    let experiments = desk.get("experiments")["experiments"].as_array().unwrap().clone();
    let key = rng.choice(&experiments).map_or("none", |card| card["key"].as_str().unwrap()).to_string();
    let (own, live) = (format!("experiments/{key}"), LIVE.to_string());
    match rng.u8(..6) {
        0 => (0..rng.usize(..6))
            .map(|_| if rng.bool() { rng.choice(PARTS).unwrap().to_string() } else { text(rng) })
            .collect::<Vec<_>>()
            .join("/"),
        1..=2 => format!("{own}/{}", rng.choice(&PARTS[2..15]).unwrap()),
        3..=4 => format!(
            "{live}/{}",
            rng.choice([
                "document",
                "draft",
                "draft/publish",
                "flags",
                "flags/gift",
                "flags/sort",
                "flags/gift/undo",
                "versions/1/restore"
            ])
            .unwrap()
        ),
        _ => rng
            .choice([
                "experiments",
                "playbook",
                "settings",
                "settings/test",
                "people",
                "voices",
                "voices/why/close",
                "people/1/remove",
            ])
            .unwrap()
            .to_string(),
    }
}

#[test]
fn any_call_gets_a_good_answer() {
    let mut statuses = std::collections::BTreeMap::new();
    for seed in 0..4 {
        let rng = &mut Rng::with_seed(seed);
        let mut desk = Desk::shop();
        desk.running(&plan());
        for _ in 0..CALLS / 4 {
            let (path, body) = (path(&mut desk, rng), body(&mut desk, rng));
            let method = rng.choice(["GET", "POST", "PUT", "DELETE", "PUT", "POST", "PATCH"]).unwrap();
            let answer = match rng.u8(..8) {
                0 => desk.call(method, &path, Some(rng.i64(..)), &body),
                1 => desk.call(method, &path, None, &body),
                _ if method == "PUT" => desk.put(&path, &body),
                _ if method == "POST" => desk.post(&path, &body),
                _ => desk.call(method, &path, Some(rng.i64(..5)), &body),
            };
            let known = [200, 404, 409, 412, 422, 428].contains(&answer.status);
            assert!(known, "seed {seed}: {method} {path} {body}: {answer:?}");
            *statuses.entry(answer.status).or_insert(0) += 1;
            desk.now += rng.i64(0..DAY / 10);
            if rng.u8(..10) == 0 {
                let now = desk.now;
                desk.tick(&[tally("fresh-hero", now, &arms(rng.i64(..4), rng.u64(..500), [30, 40], [1, 1]))]);
            }
        }
        read_everything(&mut desk);
    }
    assert!(statuses.len() == 6 && statuses.values().all(|count| *count > 5), "all of it was met: {statuses:?}");
}

/// What was let in is readable afterwards.
fn read_everything(desk: &mut Desk) {
    for path in ["now", "experiments", "playbook", "settings", "people", "audit", "library", "voices"] {
        desk.get(path);
    }
    for card in desk.get("experiments")["experiments"].as_array().unwrap().clone() {
        for screen in ["", "/live", "/reading", "/debrief"] {
            desk.get(&format!("experiments/{}{screen}", card["key"].as_str().unwrap()));
        }
    }
    for place in ["document", "draft", "versions", "flags", "metrics"] {
        desk.get(&format!("{LIVE}/{place}"));
    }
}

#[test]
fn any_query_gets_a_good_answer() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    granted(desk.act(&key, "decide", json!({"choice": "keep", "why": "Nothing came of it."})));
    let rng = &mut Rng::with_seed(1);
    for _ in 0..1_000 {
        let mut call = pointsman::project::Call { method: "GET".to_string(), admin: true, ..Default::default() };
        call.path = vec![rng.choice(["library", "similar", "forecast", "audit"]).unwrap().to_string()];
        for name in ["q", "outcome", "text", "metric", "by", "guess", "before"] {
            let value = if rng.bool() { text(rng) } else { number(rng).to_string() };
            call.query.insert(name.to_string(), value);
        }
        // Only the log's line is a number that has to be one.
        let good = call.path != ["audit"] || call.query["before"].parse().is_ok_and(|n: i64| (1..1 << 53).contains(&n));
        assert_eq!(desk.answer(&call).status, if good { 200 } else { 422 }, "{call:?}");
    }
    // What a query language would take for its own is a word, which nothing has.
    for (query, whole) in
        [("\"fresh\" XOR", false), ("FRESH*", true), ("fréSH", true), ("roas-morn", true), ("\0 \u{1f682}", true)]
    {
        let found = desk.get(&format!("library?q={query}"));
        assert_eq!((found["cards"].as_array().unwrap().len(), &found["whole"]), (1, &json!(whole)), "{query}");
    }
}
