//! Random conditions over the whole language.

use super::words::{self, ATTRIBUTES, Holds, one};
use fastrand::Rng;
use serde_json::{Value, json};

/// What a condition may build on.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Flags with their variants.
    pub flags: Vec<(String, Vec<String>)>,
    /// Segments by key.
    pub segments: Vec<String>,
}

/// A condition that compiles, with at most so many levels of combinations.
pub fn condition(rng: &mut Rng, depth: usize, known: &Known) -> Value {
    let several = |rng: &mut Rng| (0..rng.usize(1..4)).map(|_| condition(rng, depth - 1, known)).collect::<Vec<_>>();
    match rng.u8(if depth == 0 { 6 } else { 0 }..24) {
        0 | 1 => json!({"all": several(rng)}),
        2 | 3 => json!({"any": several(rng)}),
        4 | 5 => json!({"not": condition(rng, depth - 1, known)}),
        6 | 7 if !known.segments.is_empty() => json!({"segment": known.segments[rng.usize(..known.segments.len())]}),
        8 if !known.flags.is_empty() => json!({"flag": flag_is(rng, known)}),
        9 => clock(rng),
        10 => {
            let unit = one(rng, &["unit", "account", "country", "roles"]);
            json!({"draw": {"salt": format!("c{}", rng.u8(..3)), "below": share(rng), "unit": unit}})
        }
        _ => attribute(rng),
    }
}

/// Another flag, and some of its variants.
pub fn flag_is(rng: &mut Rng, known: &Known) -> Value {
    let (key, variants) = &known.flags[rng.usize(..known.flags.len())];
    let is: Vec<_> = (0..rng.usize(1..3)).map(|_| &variants[rng.usize(..variants.len())]).collect();
    json!({"key": key, "is": is})
}

/// A number of draws.
pub fn share(rng: &mut Rng) -> u64 {
    [0, 1, 1 << 31, (1 << 32) - 1, 1 << 32, rng.u64(..=1 << 32)][rng.usize(..6)]
}

fn clock(rng: &mut Rng) -> Value {
    let mut test = if rng.bool() {
        let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        json!({"weekday": {"days": (0..rng.usize(1..5)).map(|_| one(rng, &days)).collect::<Vec<_>>()}})
    } else {
        let mut minute = || one(rng, &["00:00", "09:00", "10:00", "10:01", "17:30", "23:59"]);
        json!({"timeOfDay": {"from": minute(), "until": minute()}})
    };
    if let (Some(zone), Some(inner)) =
        (words::zone(rng), test.as_object_mut().and_then(|test| test.values_mut().next()))
    {
        inner["offset"] = json!(zone);
    }
    test
}

/// A question about one attribute: mostly one that fits what the attribute holds, sometimes any.
fn attribute(rng: &mut Rng) -> Value {
    let (name, mut holds) = one(rng, &ATTRIBUTES);
    if rng.u8(..8) == 0 {
        holds = one(rng, &ATTRIBUTES).1;
    }
    let (operator, mut test, folds, lists) = question(rng, holds);
    test["attribute"] = json!(name);
    if folds && rng.u8(..3) == 0 {
        test["ignoreCase"] = json!(true);
    }
    let is_list = matches!(holds, Holds::Texts | Holds::Numbers | Holds::Moments | Holds::Addresses);
    if lists && (is_list && rng.u8(..8) > 0 || rng.u8(..10) == 0) {
        // Whether all items are among several numbers is a question that the compiler refuses.
        let numbers = test["values"].as_array().is_some_and(|values| values.iter().any(Value::is_number));
        test["list"] = json!(one(rng, if numbers { &["any", "none"] } else { &["any", "none", "all"] }));
    }
    json!({operator: test})
}

/// An operator, its operands, whether it may ignore case, and whether it may ask lists.
fn question(rng: &mut Rng, holds: Holds) -> (&'static str, Value, bool, bool) {
    let text = if holds == Holds::Id { words::id } else { words::text };
    let affix = |rng: &mut Rng| {
        let text = text(rng);
        affix(rng, &text)
    };
    let item = |rng: &mut Rng| if rng.u8(..5) == 0 { json!(words::number(rng)) } else { json!(text(rng)) };
    if rng.u8(..12) == 0 {
        return ("exists", json!({}), false, false);
    }
    match holds {
        Holds::Id | Holds::Text | Holds::Texts => match rng.u8(..10) {
            0 | 1 => ("equals", json!({"value": text(rng)}), true, true),
            2 => {
                let values: Vec<_> = (0..rng.usize(..9)).map(|_| item(rng)).collect();
                ("in", json!({"values": values}), true, true)
            }
            3 => {
                let ids: Vec<_> = (0..rng.usize(..9)).map(|_| text(rng)).collect();
                ("listed", json!({"salt": one(rng, &["beta", "staff"]), "ids": ids}), false, true)
            }
            4 => ("starts", json!({"with": affix(rng)}), true, true),
            5 => ("ends", json!({"with": affix(rng)}), true, true),
            6 => ("contains", json!({"text": affix(rng)}), true, true),
            7 => ("glob", json!({"pattern": words::glob(rng)}), true, true),
            8 => ("matches", json!({"pattern": words::expression(rng)}), false, true),
            _ => size(rng),
        },
        Holds::Number | Holds::Numbers => match rng.u8(..8) {
            0 => ("less", json!({"than": words::number(rng)}), false, true),
            1 => ("atMost", json!({"than": words::number(rng)}), false, true),
            2 => ("greater", json!({"than": words::number(rng)}), false, true),
            3 => ("atLeast", json!({"than": words::number(rng)}), false, true),
            4 => {
                let (from, to) = (words::number(rng), words::number(rng));
                ("between", json!({"from": from.min(to), "to": from.max(to)}), false, false)
            }
            5 => ("equals", json!({"value": words::number(rng)}), true, true),
            6 => {
                let values: Vec<_> = (0..rng.usize(..5)).map(|_| item(rng)).collect();
                ("in", json!({"values": values}), true, true)
            }
            _ => size(rng),
        },
        Holds::Moment | Holds::Moments => {
            (one(rng, &["before", "after"]), json!({"than": words::when(rng)}), false, true)
        }
        Holds::Version => ("version", json!({"range": words::range(rng)}), false, false),
        Holds::Address | Holds::Addresses => {
            let networks: Vec<_> = (0..rng.usize(1..4)).map(|_| words::network(rng)).collect();
            ("ip", json!({"in": networks}), false, true)
        }
        Holds::Boolean => ("equals", json!({"value": rng.bool()}), true, true),
    }
}

/// The start or the end of a text.
fn affix(rng: &mut Rng, text: &str) -> String {
    let characters: Vec<_> = text.chars().collect();
    let at = rng.usize(..=characters.len());
    let (start, end) = characters.split_at(at);
    if rng.bool() { start } else { end }.iter().take(20).collect()
}

fn size(rng: &mut Rng) -> (&'static str, Value, bool, bool) {
    let bound = |rng: &mut Rng| one(rng, &[0_u32, 1, 2, 3, 63, 64, 65, u32::MAX]);
    let test = match rng.u8(..3) {
        0 => json!({"atLeast": bound(rng)}),
        1 => json!({"atMost": bound(rng)}),
        _ => json!({"atLeast": bound(rng), "atMost": bound(rng)}),
    };
    ("size", test, false, false)
}
