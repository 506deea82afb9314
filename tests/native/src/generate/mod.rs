//! Random documents and contexts by seed, over the whole language and beyond what well-behaved callers send.

pub mod conditions;
mod contexts;
mod flags;
#[allow(missing_docs, reason = "the words speak for themselves")]
pub mod words;

pub use contexts::{context, now, page};

use conditions::{Known, condition, share};
use fastrand::Rng;
use flags::{experiments, flag, variants};
use serde_json::{Map, Value, json};
use words::one;

/// A flag that is being made.
struct Draft {
    key: String,
    kind: &'static str,
    variants: Map<String, Value>,
    client: bool,
    archived: bool,
}

impl Draft {
    fn names(&self) -> Vec<String> {
        self.variants.keys().cloned().collect()
    }

    fn any(&self, rng: &mut Rng) -> String {
        let names = self.names();
        names[rng.usize(..names.len())].clone()
    }
}

/// A segment that is being made, and whether what browsers get may build on it.
struct Segment {
    key: String,
    value: Value,
    client: bool,
}

/// What flags share.
struct Shared {
    segments: Vec<Segment>,
    layers: Vec<&'static str>,
    holdouts: Vec<String>,
    /// The first draw of each layer that no slot has yet.
    free: [u64; 2],
}

/// The keys of flags.
const KEYS: [&str; 8] = ["a", "b.c", "delta", "e-e", "f_1", "hero", "new-checkout", "z"];

/// A document that compiles, with up to eight flags.
pub fn document(rng: &mut Rng) -> Value {
    document_of(rng, KEYS.len())
}

/// A document that compiles, with up to `flags` flags.
pub fn document_of(rng: &mut Rng, flags: usize) -> Value {
    let drafts = drafts(rng, flags);
    let mut shared =
        Shared { segments: segments(rng, &drafts[0]), layers: Vec::new(), holdouts: Vec::new(), free: [0; 2] };
    let layers: Map<_, _> = (0..rng.usize(..3))
        .map(|number| {
            let unit = one(rng, &["unit", "unit", "account"]);
            shared.layers.push(unit);
            (format!("layer-{number}"), json!({"salt": format!("layer-{}-{number}", rng.u8(..9)), "unit": unit}))
        })
        .collect();
    let holdouts: Map<_, _> = (0..rng.usize(..3))
        .map(|number| {
            let key = format!("holdout-{number}");
            shared.holdouts.push(key.clone());
            let unit = one(rng, &["unit", "unit", "country"]);
            let salt = format!("holdout-{}-{number}", rng.u8(..9));
            (key, json!({"salt": salt, "below": share(rng), "unit": unit}))
        })
        .collect();
    let (mut flags, mut tests, mut pages) = (Map::new(), Map::new(), Map::new());
    for (number, draft) in drafts.iter().enumerate() {
        let own = experiments(rng, draft, number, &mut shared);
        let known = known(&drafts[..number], draft.client, if number == 0 { &[] } else { &shared.segments });
        flags.insert(draft.key.clone(), flag(rng, draft, &known, &shared.holdouts, &own));
        tests.extend(own);
        if rng.u8(..3) == 0 {
            let edits: Map<_, _> = draft.names().into_iter().map(|name| (name, json!(edits(rng)))).collect();
            let path = one(rng, &["/", "*", "/beans/*", "/*ethiopia", "/b*/*"]);
            pages.insert(format!("page-{number}"), json!({"path": path, "flag": draft.key, "variants": edits}));
        }
    }
    let segments: Map<_, _> = shared.segments.into_iter().map(|segment| (segment.key, segment.value)).collect();
    json!({"format": 1, "flags": flags, "segments": segments, "layers": layers, "holdouts": holdouts,
        "metrics": {"orders": {"event": "order"}}, "experiments": tests, "pages": pages})
}

/// Flags in the order in which they may build on each other, which is not that of their keys.
fn drafts(rng: &mut Rng, flags: usize) -> Vec<Draft> {
    let mut keys = KEYS;
    rng.shuffle(&mut keys);
    let count = rng.usize(1..=flags);
    keys[..count]
        .iter()
        .map(|key| {
            let (kind, variants) = variants(rng);
            Draft { key: key.to_string(), kind, variants, client: rng.bool(), archived: rng.u8(..12) == 0 }
        })
        .collect()
}

/// What a flag may build on: what browsers get builds only on what they get.
fn known(before: &[Draft], client: bool, segments: &[Segment]) -> Known {
    let flags = before.iter().filter(|other| !other.archived && (other.client || !client));
    Known {
        flags: flags.map(|other| (other.key.clone(), other.names())).collect(),
        segments: segments.iter().filter(|segment| segment.client || !client).map(|other| other.key.clone()).collect(),
    }
}

/// Segments, each of which may build on those before it and on the first flag, which builds on none.
fn segments(rng: &mut Rng, first: &Draft) -> Vec<Segment> {
    let mut all: Vec<Segment> = Vec::new();
    for number in 0..rng.usize(..5) {
        let client = rng.u8(..4) > 0;
        let mut open = known(std::slice::from_ref(first), client, &all);
        open.segments.retain(|_| rng.bool());
        let mut value = json!({"if": condition(rng, 2, &open)});
        if !client {
            value["serverOnly"] = json!(rng.bool());
        }
        all.push(Segment { key: format!("segment-{number}"), value, client });
    }
    all
}

fn edits(rng: &mut Rng) -> Vec<Value> {
    (0..rng.usize(..3)).map(|_| json!({"select": "h1", "change": {"text": words::text(rng)}})).collect()
}
