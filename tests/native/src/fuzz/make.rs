//! Inputs: good ones, and what becomes of them when they are spoilt where it hurts.

use super::Target;
use crate::generate::{self, words};
use fastrand::Rng;
use pointsman::compile::{Audience, compile};
use pointsman::document;
use pointsman::draw;
use pointsman::limits::CONTEXT_BYTES;
use pointsman::snapshot::{HEADER, MAGIC, SECTIONS};
use serde_json::{Value, json};

/// Inputs that are made from one good one before the next.
const SPOILT: u32 = 64;

/// Flags in a document: a change hits what matters more often in a small one, and takes less time.
const FLAGS: usize = 2;

/// Makes inputs of one target, one after another.
pub(super) struct Maker {
    target: Target,
    rng: Rng,
    good: Vec<u8>,
    /// The same as a tree, if it is JSON.
    tree: Value,
    left: u32,
}

impl Maker {
    pub(super) fn new(target: Target, rng: Rng) -> Self {
        Self { target, rng, good: Vec::new(), tree: Value::Null, left: 0 }
    }

    pub(super) fn next(&mut self) -> Vec<u8> {
        let rng = &mut self.rng;
        if self.left == 0 {
            self.left = SPOILT;
            self.good = match self.target {
                Target::Document => generate::document_of(rng, FLAGS).to_string().into_bytes(),
                Target::Snapshot => snapshot(rng),
                Target::Context => context(rng),
                Target::Regex | Target::Glob => Vec::new(),
            };
            self.tree = serde_json::from_slice(&self.good).unwrap_or_default();
        }
        self.left -= 1;
        match self.target {
            Target::Regex => expression(rng),
            Target::Glob => glob(rng),
            // The first is left as it is.
            _ if self.left == SPOILT - 1 => self.good.clone(),
            Target::Document | Target::Context => spoilt_text(rng, &self.good, &self.tree),
            Target::Snapshot => spoilt_snapshot(rng, &self.good),
        }
    }
}

/// One that may be sent as JSON: longer ones are refused before they are looked at.
fn context(rng: &mut Rng) -> Vec<u8> {
    loop {
        let text = Value::from(generate::context(rng)).to_string();
        if text.len() <= CONTEXT_BYTES {
            return text.into_bytes();
        }
    }
}

fn snapshot(rng: &mut Rng) -> Vec<u8> {
    let text = generate::document_of(rng, FLAGS).to_string();
    let audience = if rng.bool() { Audience::Edge } else { Audience::Client };
    let document = document::read(text.as_bytes()).expect("a document");
    compile(&document, audience).expect("a document that compiles").seal(rng.u32(..))
}

/// Words, records and counts are changed; the header stays good enough for somebody to look further.
fn spoilt_snapshot(rng: &mut Rng, good: &[u8]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for _ in 0..rng.usize(1..4) {
        let words = bytes.len() / 4;
        if words == 0 {
            break;
        }
        match rng.u8(..16) {
            0..6 => {
                // The directory or a record: a small change, or a number that something could overflow with.
                let word = if rng.u8(..4) == 0 { HEADER / 4 + rng.usize(..SECTIONS * 2) } else { rng.usize(..words) };
                if let Some(place) = bytes.get_mut(word * 4..word * 4 + 4) {
                    let now = u32::from_le_bytes([place[0], place[1], place[2], place[3]]);
                    let edges = [0, 1, 0xffff, 0x7fff_ffff, 0x8000_0000, u32::MAX, now ^ 1 << rng.u8(..32)];
                    let next =
                        if rng.bool() { now.wrapping_add_signed(rng.i32(-3..4)) } else { words::one(rng, &edges) };
                    place.copy_from_slice(&next.to_le_bytes());
                }
            }
            6..10 => {
                let at = rng.usize(..bytes.len());
                bytes[at] = rng.u8(..);
            }
            10 | 11 => {
                // An instruction of another kind, with the operands of the one before.
                let at = rng.usize(..bytes.len().div_ceil(16)) * 16;
                bytes[at] = rng.u8(..25);
            }
            12 => bytes.truncate(rng.usize(..=bytes.len())),
            13 => bytes.extend((0..rng.usize(..64)).map(|_| rng.u8(..))),
            14 => {
                let (from, to) = (rng.usize(..words) * 4, rng.usize(..words) * 4);
                let length = rng.usize(..17).min(bytes.len() - from.max(to));
                bytes.copy_within(from..from + length, to);
            }
            _ => bytes = (0..rng.usize(..300)).map(|_| rng.u8(..)).collect(),
        }
    }
    if rng.u8(..8) > 0 && bytes.len() > HEADER {
        let length = (bytes.len() - HEADER) as u32;
        bytes[..4].copy_from_slice(&MAGIC);
        bytes[12..16].copy_from_slice(&length.to_le_bytes());
    }
    if rng.bool() && bytes.len() > HEADER {
        let version = u32::from_le_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]);
        let sum = draw::checksum(version, &bytes[HEADER..]);
        bytes[48..HEADER].copy_from_slice(&sum.to_le_bytes());
    }
    bytes
}

/// A tree in which a value, a key or a place is another, or a text in which a byte is.
fn spoilt_text(rng: &mut Rng, good: &[u8], tree: &Value) -> Vec<u8> {
    if rng.u8(..4) > 0 {
        let mut tree = tree.clone();
        for _ in 0..rng.usize(1..4) {
            spoil(rng, &mut tree);
        }
        return tree.to_string().into_bytes();
    }
    let mut bytes = good.to_vec();
    for _ in 0..rng.usize(1..3) {
        let at = rng.usize(..bytes.len());
        match rng.u8(..4) {
            0 => bytes[at] = rng.u8(..),
            1 => bytes.truncate(at),
            2 => drop(bytes.remove(at)),
            _ => {
                let piece: &[u8] =
                    words::one(rng, &[&b"\\ud800"[..], b"\"", b"[[[[", b"1e999", b"\xff", b"\0", b"{", b"-"]);
                bytes.splice(at..at, piece.iter().copied());
            }
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

/// Walks down to some value and changes it.
fn spoil(rng: &mut Rng, value: &mut Value) {
    let deeper = rng.u8(..8) > 0;
    match value {
        Value::Object(map) if deeper && !map.is_empty() => {
            let at = rng.usize(..map.len());
            let key = map.keys().nth(at).cloned().unwrap_or_default();
            match rng.u8(..24) {
                0 => drop(map.remove(&key)),
                1 => {
                    let value = map.remove(&key).unwrap_or_default();
                    map.insert(odd_name(rng), value);
                }
                2 => {
                    let other = map.values().nth(rng.usize(..map.len())).cloned().unwrap_or_default();
                    map.insert(key, other);
                }
                _ => map.values_mut().nth(at).into_iter().for_each(|inner| spoil(rng, inner)),
            }
        }
        Value::Array(items) if deeper && !items.is_empty() => {
            let at = rng.usize(..items.len());
            match rng.u8(..12) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                2 => items.reverse(),
                // Many are what a limit is for; mostly two or three do.
                3 => {
                    let most = words::one(rng, &[4, 4, 4, 4, 4, 4, 4, 300]);
                    *items = vec![items[at].clone(); rng.usize(..most)];
                }
                _ => spoil(rng, &mut items[at]),
            }
        }
        value => *value = odd(rng, value),
    }
}

fn odd_name(rng: &mut Rng) -> String {
    let known = ["", "a", "unit", "all", "not", "draw", "segment", "__proto__", "/", "/~2", "x/y", "\0", "ö"];
    if rng.bool() { words::one(rng, &known).to_string() } else { "x".repeat(rng.usize(60..70)) }
}

fn odd(rng: &mut Rng, value: &Value) -> Value {
    match (rng.u8(..10), value) {
        (0..4, Value::Number(_)) => {
            let edges = [
                json!(0),
                json!(-1),
                json!(1),
                json!(1_u64 << 32),
                json!((1_u64 << 32) + 1),
                json!(u64::MAX),
                json!(i64::MIN),
                json!(i64::MAX),
                json!(0.5),
                json!(1e300),
            ];
            edges[rng.usize(..edges.len())].clone()
        }
        (0..4, Value::String(text)) => json!(match rng.u8(..4) {
            0 => String::new(),
            1 => text.repeat(2),
            2 => words::text(rng),
            _ => text.chars().rev().collect(),
        }),
        (4, _) => Value::Null,
        (5, _) => json!([value.clone()]),
        (6, _) => json!({"not": value.clone()}),
        (7, _) => json!(words::number(rng)),
        (8, _) => json!(words::text(rng)),
        _ => (0..rng.usize(1..40)).fold(value.clone(), |inner, _| json!([inner])),
    }
}

/// An expression, a line feed that is none of either, and subjects: pieces of the grammar put together.
fn expression(rng: &mut Rng) -> Vec<u8> {
    const PIECES: [&str; 40] = [
        "a",
        "b",
        "ab",
        "ö",
        "日",
        "\u{1f682}",
        ".",
        "*",
        "+",
        "?",
        "{2}",
        "{0,3}",
        "{9,}",
        "{99}",
        "(",
        ")",
        "(?:",
        "(?i)",
        "(?s:",
        "(?m)",
        "|",
        "^",
        "$",
        "[ab]",
        "[^a]",
        "[a-zß-ü]",
        "[",
        "]",
        r"\d",
        r"\w",
        r"\s",
        r"\W",
        r"\b",
        r"\.",
        r"\",
        r"\x{10ffff}",
        "-",
        "(?=",
        r"\1",
        "&&",
    ];
    let expression: String = (0..rng.usize(..9)).map(|_| words::one(rng, &PIECES)).collect();
    joined(&expression, &subject(rng))
}

fn glob(rng: &mut Rng) -> Vec<u8> {
    const PIECES: [&str; 8] = ["*", "?", "\\", "a", "b", "ö", "日", "\u{1f682}"];
    let pattern: String = (0..rng.usize(..9)).map(|_| words::one(rng, &PIECES)).collect();
    joined(&pattern, &subject(rng))
}

fn subject(rng: &mut Rng) -> String {
    const PIECES: [&str; 14] = ["a", "b", "ab", "ö", "日", "\u{1f682}", "A", "1", " ", "_", "\n", "\\", "*", "."];
    let text: String = (0..rng.usize(..12)).map(|_| words::one(rng, &PIECES)).collect();
    if rng.u8(..64) == 0 { text.repeat(40) } else { text }
}

/// Two texts with a byte between them that no text has.
fn joined(left: &str, right: &str) -> Vec<u8> {
    [left.as_bytes(), &[super::laws::BETWEEN], right.as_bytes()].concat()
}
