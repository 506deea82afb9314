//! Random documents with all that the language has: a flag `f` under test, and what it builds on.

use super::ALL;
use crate::dice::Dice;
use serde_json::{Value as Json, json};

fn below(dice: &mut Dice, count: u64) -> u64 {
    (dice.roll() >> 20) % count
}

fn yes(dice: &mut Dice, percent: u64) -> bool {
    below(dice, 100) < percent
}

fn threshold(dice: &mut Dice) -> u64 {
    [0, ALL, ALL / 10, ALL / 4, ALL / 2, ALL / 10 * 9][below(dice, 6) as usize]
}

/// The attribute that is drawn: now and then one that few have.
fn unit(dice: &mut Dice) -> &'static str {
    if yes(dice, 8) { "device" } else { "unit" }
}

fn variant(dice: &mut Dice) -> String {
    format!("v{}", below(dice, 3))
}

fn table(dice: &mut Dice) -> Json {
    let end = ALL / 10 * (1 + below(dice, 8));
    json!([[end, variant(dice)], [ALL, "v0"]])
}

fn condition(dice: &mut Dice) -> Json {
    let is = |name: &str| json!({"equals": {"attribute": name, "value": true}});
    match below(dice, 6) {
        0 => is("c0"),
        1 => is("c1"),
        2 => json!({"segment": "s"}),
        3 => json!({"not": {"segment": "s"}}),
        4 => json!({"all": [is("c0"), is("c1")]}),
        _ => json!({"flag": {"key": "g", "is": ["on"]}}),
    }
}

fn rule(dice: &mut Dice) -> Json {
    let mut rule = json!({});
    if yes(dice, 45) {
        rule["if"] = condition(dice);
    }
    if yes(dice, 10) {
        rule["from"] = json!(100);
    }
    if yes(dice, 10) {
        rule["until"] = json!(200);
    }
    match below(dice, 4) {
        0 => {
            rule["experiment"] = json!("e");
            return rule;
        }
        1 => rule["split"] = json!({"salt": "split", "ranges": table(dice)}),
        _ => rule["serve"] = json!(variant(dice)),
    }
    match below(dice, 4) {
        0 => {
            let salt = ["s0", "s1"][below(dice, 2) as usize];
            rule["rollout"] = json!({"salt": salt, "below": threshold(dice)});
        }
        1 => {
            let points = json!([[100, threshold(dice)], [200, threshold(dice)]]);
            rule["ramp"] = json!({"salt": "s0", "points": points, "linear": yes(dice, 50)});
        }
        2 if yes(dice, 20) => rule["rollout"] = json!({"salt": "s2", "below": threshold(dice), "unit": "device"}),
        _ => {}
    }
    rule
}

/// A document. `wide` ones have conditions whose truths are not only those of the context.
pub fn document(dice: &mut Dice) -> Json {
    let rules: Vec<_> = (0..below(dice, 4)).map(|_| rule(dice)).collect();
    let values: serde_json::Map<_, _> = (0..3).map(|n| (format!("v{n}"), json!(below(dice, 4)))).collect();
    let unit = unit(dice);
    let mut f = json!({"kind": "number", "variants": values, "off": variant(dice), "otherwise": variant(dice),
        "enabled": yes(dice, 95), "rules": rules});
    if yes(dice, 30) {
        f["holdout"] = json!("h");
    }
    if yes(dice, 25) {
        f["prerequisites"] = json!([{"key": "g", "is": ["on"]}]);
    }
    if yes(dice, 10) {
        f["forced"] = json!([{"serve": variant(dice), "ids": ["d1"], "unit": "device"}]);
    }
    let mut g = json!({"kind": "boolean", "variants": {"on": true, "off": false}, "off": "off", "otherwise": "off",
        "rules": [{"if": {"equals": {"attribute": "c1", "value": true}}, "serve": "on"},
            {"serve": "on", "rollout": {"salt": "g", "below": threshold(dice)}}]});
    if yes(dice, 40) {
        g["holdout"] = json!("h");
    }
    let mut document = json!({
        "format": 1,
        "flags": {"f": f, "g": g},
        "segments": {"s": {"if": {"any": [{"equals": {"attribute": "c0", "value": true}},
            {"equals": {"attribute": "c1", "value": yes(dice, 50)}}]}}},
        "layers": {"l": {"salt": "l", "unit": unit}},
        "holdouts": {"h": {"salt": "h", "below": threshold(dice)}},
        "metrics": {"m": {"event": "order"}},
        "experiments": {"e": {"flag": "f", "metric": "m", "control": "v0", "unit": unit}},
    });
    if yes(dice, 50) {
        let from = ALL / 4 * below(dice, 3);
        document["experiments"]["e"]["slot"] = json!({"layer": "l", "from": from, "below": from + ALL / 4});
    }
    if yes(dice, 75) {
        document["experiments"]["e"]["run"] =
            json!({"id": "r", "salt": "r", "epoch": 1, "rollout": threshold(dice), "split": table(dice)});
    }
    if yes(dice, 30) {
        let edit = json!([{"select": "h1", "change": {"remove": true}}]);
        document["pages"] = json!({"p": {"path": "/", "flag": "f", "variants": {"v2": edit}}});
    }
    document
}

/// A document, and one that came of it by an edit or anew.
pub fn change(dice: &mut Dice) -> (Json, Json) {
    let old = document(dice);
    let mut new = document(dice);
    if yes(dice, 70) {
        // Everything but one part stays.
        let parts = [
            "/flags/f/rules",
            "/flags/f/otherwise",
            "/flags/f/off",
            "/flags/f/variants",
            "/flags/g",
            "/segments",
            "/holdouts",
            "/experiments/e",
            "/flags/f/enabled",
        ];
        let part = parts[below(dice, parts.len() as u64) as usize];
        let mut edited = old.clone();
        if let (Some(place), Some(other)) = (edited.pointer_mut(part), new.pointer(part)) {
            *place = other.clone();
        }
        // The layer draws what the experiment draws.
        edited["layers"]["l"]["unit"] = edited["experiments"]["e"]["unit"].clone();
        new = edited;
    }
    (old, new)
}
