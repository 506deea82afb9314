//! Random documents and contexts by seed, over the whole language and beyond what well-behaved callers send.

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// Attribute names that documents read and contexts hold.
const ATTRIBUTES: [&str; 6] = ["unit", "country", "plan", "orders", "path", "größe"];

const TEXTS: [&str; 8] = ["", "DE", "AT", "pro", "/beans/ethiopia", "Köln", "\u{1f682}", "de"];

/// A document that compiles, with up to six flags.
pub fn document(rng: &mut Rng) -> Value {
    let mut flags = Map::new();
    let mut experiments = Map::new();
    let mut pages = Map::new();
    for number in 0..rng.usize(1..=6) {
        let key = format!("flag-{number}");
        let (kind, variants) = variants(rng);
        let names: Vec<_> = variants.keys().cloned().collect();
        let any = |rng: &mut Rng| names[rng.usize(..names.len())].clone();
        let mut rules = Vec::new();
        for _ in 0..rng.usize(0..4) {
            rules.push(rule(rng, &any));
        }
        if rng.bool() {
            let control = any(rng);
            rules.insert(rng.usize(..=rules.len()), json!({"experiment": format!("exp-{number}")}));
            experiments.insert(format!("exp-{number}"), experiment(rng, &key, number, &names, &control));
        }
        if rng.bool() {
            let edits: Map<_, _> = names.iter().map(|name| (name.clone(), json!(edits(rng)))).collect();
            let path = ["/", "*", "/beans/*", "/*ethiopia"][rng.usize(..4)];
            pages.insert(format!("page-{number}"), json!({"path": path, "flag": key, "variants": edits}));
        }
        flags.insert(
            key,
            json!({"kind": kind, "variants": variants, "off": any(rng), "otherwise": any(rng),
                   "enabled": rng.u8(..10) > 0, "client": rng.bool(), "rules": rules}),
        );
    }
    json!({"format": 1, "flags": flags, "metrics": {"orders": {"event": "order"}}, "experiments": experiments, "pages": pages})
}

fn variants(rng: &mut Rng) -> (&'static str, Map<String, Value>) {
    let of = |values: Vec<Value>| (0..).zip(values).map(|(index, value)| (format!("v{index}"), value)).collect();
    match rng.u8(..4) {
        0 => ("boolean", of(vec![json!(true), json!(false)])),
        1 => ("string", of((0..rng.usize(1..6)).map(|_| json!(TEXTS[rng.usize(..TEXTS.len())])).collect())),
        2 => ("number", of((0..rng.usize(1..4)).map(|_| json!(rng.i32(-5..5))).collect())),
        _ => ("json", of((0..rng.usize(1..4)).map(|n| json!({"n": n})).collect())),
    }
}

fn rule(rng: &mut Rng, any: &dyn Fn(&mut Rng) -> String) -> Value {
    let mut rule = json!({"serve": any(rng)});
    if rng.bool() {
        rule["if"] = condition(rng, 3);
    }
    if rng.u8(..4) == 0 {
        let from = rng.i64(-1000..1000);
        rule["from"] = json!(from);
        if rng.bool() {
            rule["until"] = json!(from + rng.i64(1..1000));
        }
    }
    rule
}

fn condition(rng: &mut Rng, depth: usize) -> Value {
    let attribute = ATTRIBUTES[rng.usize(..ATTRIBUTES.len())];
    let text = TEXTS[rng.usize(..TEXTS.len())];
    let number = f64::from(rng.i32(-4..4)) / 2.0;
    let several = |rng: &mut Rng| (0..rng.usize(1..4)).map(|_| condition(rng, depth - 1)).collect::<Vec<_>>();
    match rng.u8(if depth == 0 { 3 } else { 0 }..11) {
        0 => json!({"all": several(rng)}),
        1 => json!({"any": several(rng)}),
        2 => json!({"not": condition(rng, depth - 1)}),
        3 => json!({"exists": {"attribute": attribute}}),
        4 => {
            let value = [json!(text), json!(number), json!(true)][rng.usize(..3)].clone();
            json!({"equals": {"attribute": attribute, "value": value}})
        }
        5 => {
            json!({"in": {"attribute": attribute, "values": (0..rng.usize(..5)).map(|_| TEXTS[rng.usize(..TEXTS.len())]).collect::<Vec<_>>()}})
        }
        6 => json!({"starts": {"attribute": attribute, "with": text}}),
        7 => json!({"less": {"attribute": attribute, "than": number}}),
        8 => json!({"atMost": {"attribute": attribute, "than": number}}),
        9 => json!({"greater": {"attribute": attribute, "than": number}}),
        _ => json!({"atLeast": {"attribute": attribute, "than": number}}),
    }
}

fn experiment(rng: &mut Rng, flag: &str, number: usize, names: &[String], control: &str) -> Value {
    let mut ends: Vec<u64> = (0..rng.usize(..6)).map(|_| rng.u64(1..1 << 32)).collect();
    ends.push(1 << 32);
    ends.sort_unstable();
    ends.dedup();
    let mut split: Vec<_> = ends.iter().map(|end| json!([end, names[rng.usize(..names.len())]])).collect();
    split[0][1] = json!(control);
    let rollout = [0, 1, 1 << 31, (1 << 32) - 1, 1 << 32, rng.u64(..1 << 32)][rng.usize(..6)];
    let unit = if rng.u8(..4) == 0 { "plan" } else { "unit" };
    let run = json!({"id": format!("run-{number}"), "salt": format!("salt-{}-{number}", rng.u32(..)), "epoch": 1,
                     "rollout": rollout, "split": split});
    let mut experiment = json!({"flag": flag, "metric": "orders", "control": control, "unit": unit});
    if rng.u8(..5) > 0 {
        experiment["run"] = run;
    }
    experiment
}

fn edits(rng: &mut Rng) -> Vec<Value> {
    (0..rng.usize(..3)).map(|_| json!({"select": "h1", "change": {"text": TEXTS[rng.usize(..TEXTS.len())]}})).collect()
}

/// A context as JSON. Some values are of types that no rule reads.
pub fn context(rng: &mut Rng) -> Map<String, Value> {
    let mut context = Map::new();
    for name in ATTRIBUTES {
        if rng.u8(..5) > 0 {
            context.insert(name.to_string(), value(rng));
        }
    }
    if rng.u8(..10) > 0 {
        context.insert("unit".to_string(), json!(unit(rng)));
    }
    context
}

fn value(rng: &mut Rng) -> Value {
    match rng.u8(..12) {
        0..5 => json!(TEXTS[rng.usize(..TEXTS.len())]),
        5..8 => json!(f64::from(rng.i32(-4..4)) / 2.0),
        8 => json!(rng.bool()),
        9 => json!(["a list"]),
        10 => json!("x".repeat(1020 + rng.usize(..8))),
        _ => Value::Null,
    }
}

/// Units from every plane of Unicode, short and long.
fn unit(rng: &mut Rng) -> String {
    match rng.u8(..4) {
        0 => format!("user-{}", rng.u32(..)),
        1 => rng.u32(..).to_string(),
        2 => (0..rng.usize(..8)).map(|_| rng.char(..)).collect(),
        _ => (0..rng.usize(250..260)).map(|_| rng.char('a'..='z')).collect(),
    }
}

/// A path, a time.
pub fn page(rng: &mut Rng) -> (&'static str, i64) {
    (["/", "/beans/ethiopia", "/beans", ""][rng.usize(..4)], rng.i64(-1200..2200))
}
