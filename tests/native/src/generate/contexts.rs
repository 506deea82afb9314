//! Random contexts: what documents ask about, and what well-behaved callers never send.

use super::words::{self, ATTRIBUTES, Holds, MOMENTS, one};
use fastrand::Rng;
use serde_json::{Map, Value, json};

/// A context as JSON.
pub fn context(rng: &mut Rng) -> Map<String, Value> {
    let mut context = Map::new();
    // Now and then one whose texts together are more than a record holds.
    let heavy = rng.u8(..24) == 0;
    for (name, holds) in ATTRIBUTES {
        if rng.u8(..5) == 0 {
            continue;
        }
        let value = if heavy && rng.bool() { bulk(rng) } else { value(rng, holds) };
        put(&mut context, name, value);
    }
    if rng.u8(..10) > 0 {
        context.insert("unit".to_string(), json!(words::id(rng)));
    }
    if rng.u8(..3) == 0 {
        let runs: Map<_, _> = (0..16).map(|run| (format!("run-{run}"), json!(format!("v{}", rng.u8(..5))))).collect();
        context.insert("sticky".to_string(), json!(runs));
    }
    if rng.u8(..12) == 0 {
        let place = one(rng, &["user", "a/b", "", "sticky"]);
        context.insert(place.to_string(), odd(rng));
    }
    context
}

/// Puts a value where an attribute's name leads.
fn put(context: &mut Map<String, Value>, name: &str, value: Value) {
    let Some(path) = name.strip_prefix('/') else {
        context.insert(name.to_string(), value);
        return;
    };
    let steps: Vec<_> = path.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
    let Some((last, steps)) = steps.split_last() else { return };
    let mut inner = context;
    for step in steps {
        let next = inner.entry(step.clone()).or_insert_with(|| json!({}));
        let Some(next) = next.as_object_mut() else { return };
        inner = next;
    }
    inner.insert(last.clone(), value);
}

fn value(rng: &mut Rng, holds: Holds) -> Value {
    match rng.u8(..14) {
        0 => odd(rng),
        1 | 2 => {
            let (_, other) = one(rng, &ATTRIBUTES);
            if rng.bool() { words::scalar(rng, other) } else { list(rng, other) }
        }
        _ if matches!(holds, Holds::Texts | Holds::Numbers | Holds::Moments | Holds::Addresses) => list(rng, holds),
        _ => words::scalar(rng, holds),
    }
}

fn list(rng: &mut Rng, holds: Holds) -> Value {
    let length = if rng.u8(..12) == 0 { rng.usize(63..67) } else { rng.usize(..4) };
    let item = |rng: &mut Rng| if rng.u8(..10) == 0 { odd(rng) } else { words::scalar(rng, holds) };
    (0..length).map(|_| item(rng)).collect()
}

/// What no rule can read, or hardly.
fn odd(rng: &mut Rng) -> Value {
    match rng.u8(..10) {
        0 => Value::Null,
        1 => json!({}),
        2 => json!([]),
        3 => json!([[["nested"]], {"in": "a list"}, null]),
        4 => json!("x".repeat(rng.usize(1020..1030))),
        // Two bytes each: near the limit in bytes, far from it in characters.
        5 => json!("ö".repeat(rng.usize(510..515))),
        6 => json!("\u{10ffff}".repeat(rng.usize(254..259))),
        7 => json!([u64::MAX, i64::MIN, 1e308, -1e308, 5e-324, -0.0])[rng.usize(..6)].clone(),
        8 => json!(u64::MAX - rng.u64(..4096)),
        _ => json!(rng.bool()),
    }
}

fn bulk(rng: &mut Rng) -> Value {
    let text = |rng: &mut Rng| one(rng, &["x", "ö", "日", "\u{1f682}"]).repeat(rng.usize(100..500));
    if rng.bool() { json!(text(rng)) } else { (0..rng.usize(1..66)).map(|_| text(rng)).collect() }
}

/// A path and a time.
pub fn page(rng: &mut Rng) -> (&'static str, i64) {
    (one(rng, &["/", "/beans/ethiopia", "/beans", "", "/köln/\u{1f682}"]), now(rng))
}

/// A time in milliseconds: near those that documents name, on any day, and at the ends of what JavaScript counts.
pub fn now(rng: &mut Rng) -> i64 {
    match rng.u8(..8) {
        0..4 => one(rng, &MOMENTS) + rng.i64(-2..3),
        4 | 5 => 1_795_341_600_000 + rng.i64(-8 * 86_400_000..8 * 86_400_000),
        6 => rng.i64(-1_000..2_000),
        _ => one(rng, &[8_640_000_000_000_000, -8_640_000_000_000_000, (1 << 53) - 1, -(1 << 53) + 1]),
    }
}
