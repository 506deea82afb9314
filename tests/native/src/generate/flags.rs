//! Random flags of every kind, with their rules and experiments.

use super::conditions::{Known, condition, flag_is, share};
use super::words::{self, MOMENTS, one};
use super::{Draft, Shared};
use fastrand::Rng;
use serde_json::{Map, Value, json};

/// A kind and some values of it.
pub(super) fn variants(rng: &mut Rng) -> (&'static str, Map<String, Value>) {
    let of = |values: Vec<Value>| (0..).zip(values).map(|(index, value)| (format!("v{index}"), value)).collect();
    match rng.u8(..4) {
        0 => ("boolean", of(vec![json!(true), json!(false)])),
        1 => ("string", of((0..rng.usize(1..6)).map(|_| json!(words::text(rng))).collect())),
        2 => ("number", of((0..rng.usize(1..4)).map(|_| json!(words::number(rng))).collect())),
        _ => ("json", of((0..rng.usize(1..4)).map(|n| json!({"n": [n, words::text(rng)]})).collect())),
    }
}

/// A flag of which every part may be there or not.
pub(super) fn flag(
    rng: &mut Rng,
    draft: &Draft,
    known: &Known,
    holdouts: &[String],
    experiments: &[(String, Value)],
) -> Value {
    let mut rules: Vec<_> = (0..rng.usize(..4)).map(|_| rule(rng, draft, known)).collect();
    for (name, _) in experiments {
        let mut rule = json!({"experiment": name});
        when(rng, &mut rule, known);
        rules.insert(rng.usize(..=rules.len()), rule);
    }
    let mut flag = json!({"kind": draft.kind, "variants": draft.variants, "off": draft.any(rng),
        "otherwise": draft.any(rng), "enabled": rng.u8(..12) > 0, "archived": draft.archived, "client": draft.client,
        "rules": rules});
    if !known.flags.is_empty() && rng.u8(..3) == 0 {
        flag["prerequisites"] = (0..rng.usize(1..3)).map(|_| flag_is(rng, known)).collect();
    }
    if rng.u8(..4) == 0 {
        let forced = |rng: &mut Rng| {
            let ids: Vec<_> = (0..rng.usize(1..5)).map(|_| words::id(rng)).collect();
            json!({"serve": draft.any(rng), "ids": ids, "unit": one(rng, &["unit", "account", "/user/plan"])})
        };
        flag["forced"] = (0..rng.usize(1..3)).map(|_| forced(rng)).collect();
    }
    if !holdouts.is_empty() && rng.u8(..3) == 0 {
        flag["holdout"] = json!(holdouts[rng.usize(..holdouts.len())]);
    }
    flag
}

fn rule(rng: &mut Rng, draft: &Draft, known: &Known) -> Value {
    // One salt draws one attribute, and no other flag has it.
    let (number, unit) = one(rng, &[(0, "unit"), (1, "unit"), (2, "account"), (3, "/user/plan")]);
    let salt = format!("{}-{number}", draft.key.replace('.', "_"));
    let mut rule = if rng.u8(..3) == 0 {
        json!({"split": {"salt": salt, "ranges": ranges(rng, draft), "unit": unit}})
    } else {
        json!({"serve": draft.any(rng)})
    };
    match rng.u8(..4) {
        0 => rule["rollout"] = json!({"salt": salt, "below": share(rng), "unit": unit}),
        1 => rule["ramp"] = ramp(rng, &salt, unit),
        _ => {}
    }
    when(rng, &mut rule, known);
    rule
}

/// Whom a rule is for, and when.
fn when(rng: &mut Rng, rule: &mut Value, known: &Known) {
    if rng.u8(..3) > 0 {
        rule["if"] = condition(rng, 3, known);
    }
    if rng.u8(..5) == 0 {
        let from = one(rng, &MOMENTS);
        match rng.u8(..3) {
            0 => rule["from"] = words::when(rng),
            1 => rule["until"] = words::when(rng),
            _ => (rule["from"], rule["until"]) = (json!(from), json!(from + rng.i64(1..3))),
        }
    }
}

/// Shares that go up and down, near the times at which they are asked for, or over years.
fn ramp(rng: &mut Rng, salt: &str, unit: &str) -> Value {
    let mut time = one(rng, &MOMENTS) - rng.i64(0..3);
    let step = one(rng, &[1, 3, 86_400_000, 1 << 39]);
    let points: Vec<_> = (0..rng.usize(1..5))
        .map(|_| {
            let point = json!([time, share(rng)]);
            time += rng.i64(1..=step);
            point
        })
        .collect();
    json!({"salt": salt, "linear": rng.bool(), "points": points, "unit": unit})
}

/// Ranges that are all draws together.
fn ranges(rng: &mut Rng, draft: &Draft) -> Vec<Value> {
    let mut ends: Vec<u64> = (0..rng.usize(..6)).map(|_| rng.u64(1..1 << 32)).collect();
    ends.push(1 << 32);
    ends.sort_unstable();
    ends.dedup();
    ends.iter().map(|end| json!([end, draft.any(rng)])).collect()
}

/// Up to two experiments about a flag, some of them in a slot of a layer.
pub(super) fn experiments(rng: &mut Rng, draft: &Draft, number: usize, shared: &mut Shared) -> Vec<(String, Value)> {
    let count = one(rng, &[0, 1, 1, 2]);
    (0..count)
        .map(|index| (format!("exp-{number}-{index}"), experiment(rng, draft, number * 2 + index, shared)))
        .collect()
}

fn experiment(rng: &mut Rng, draft: &Draft, number: usize, shared: &mut Shared) -> Value {
    let mut unit = one(rng, &["unit", "unit", "unit", "plan"]);
    let (control, mut split) = (draft.any(rng), ranges(rng, draft));
    split[0][1] = json!(control);
    let mut slot = None;
    if !shared.layers.is_empty() && rng.bool() {
        let layer = rng.usize(..shared.layers.len());
        let from = shared.free[layer] + if rng.bool() { 0 } else { rng.u64(..1 << 28) };
        let below = if rng.u8(..6) == 0 { 1 << 32 } else { from + rng.u64(1..1 << 31) };
        if below <= 1 << 32 && from < below {
            shared.free[layer] = below;
            unit = shared.layers[layer];
            slot = Some(json!({"layer": format!("layer-{layer}"), "from": from, "below": below}));
        }
    }
    let mut experiment = json!({"flag": draft.key, "metric": "orders", "control": control, "unit": unit,
        "sticky": rng.u8(..3) == 0});
    if let Some(slot) = slot {
        experiment["slot"] = slot;
    }
    if rng.u8(..6) > 0 {
        experiment["run"] = json!({"id": format!("run-{number}"), "salt": format!("salt-{}-{number}", rng.u16(..)),
            "epoch": rng.u32(1..=65_535), "rollout": share(rng), "split": split});
    }
    experiment
}
