//! What each operator says, as vectors: tests/vectors.test.mjs asks the wasm the same.

use pointsman::compile::{Audience, compile};
use pointsman::context::Context;
use pointsman::document::{self, SCHEMA};
use pointsman::evaluate::{Error, decide};
use pointsman::snapshot::Snapshot;
use pointsman::time::Millis;
use serde_json::{Map, Value, json};

/// A condition, a context, the time in milliseconds, and whether it holds or which error there is.
type Vector = (Value, Map<String, Value>, i64, Value);

fn file() -> Value {
    serde_json::from_str(include_str!("vectors/operators.json")).unwrap()
}

fn vectors(file: &Value) -> Vec<(String, Vec<Vector>)> {
    let operators = file["operators"].as_object().unwrap();
    operators.iter().map(|(name, all)| (name.clone(), serde_json::from_value(all.clone()).unwrap())).collect()
}

/// What a condition says: true, false or the name of an error.
fn said(around: &Value, condition: &Value, context: &Map<String, Value>, now: i64, audience: Audience) -> Value {
    let mut tree = around.clone();
    tree["format"] = json!(1);
    tree["flags"]["vector"] = json!({"kind": "boolean", "variants": {"off": false, "on": true}, "off": "off",
        "otherwise": "off", "rules": [{"if": condition, "serve": "on"}]});
    for flag in tree["flags"].as_object_mut().unwrap().values_mut() {
        flag["client"] = json!(true);
    }
    let document = document::from_tree(tree).unwrap_or_else(|problems| panic!("{condition}: {problems:?}"));
    let bytes = compile(&document, audience).unwrap_or_else(|problems| panic!("{condition}: {problems:?}")).seal(1);
    let snapshot = Snapshot::verify(&bytes).unwrap();
    let names = document::context::attributes(&snapshot);
    let record = document::context::record(&names, context);
    let manifest: Value = serde_json::from_slice(snapshot.manifest()).unwrap();
    let flag = manifest["keys"].as_array().unwrap().iter().position(|key| key == "vector").unwrap();
    let decision =
        decide(&snapshot, flag as u32, Context(&record), Millis(now), &mut [0; 64], &mut ()).expect("room for it");
    match decision.error {
        Error::None => json!(decision.variant == 1),
        Error::TargetingKeyMissing => json!("TARGETING_KEY_MISSING"),
        Error::InvalidContext => json!("INVALID_CONTEXT"),
        Error::General => json!("GENERAL"),
    }
}

#[test]
fn every_operator_says_what_its_vectors_say() {
    let file = file();
    for (operator, vectors) in vectors(&file) {
        for (condition, context, now, expected) in vectors {
            for audience in [Audience::Edge, Audience::Client] {
                let said = said(&file["around"], &condition, &context, now, audience);
                assert_eq!(said, expected, "{operator} {condition} of {context:?} at {now}, {audience:?}");
            }
        }
    }
}

#[test]
fn every_operator_has_vectors() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let choices = schema["$defs"]["Condition"]["oneOf"].as_array().unwrap();
    let mut known: Vec<_> = choices.iter().map(|choice| choice["required"][0].as_str().unwrap().to_string()).collect();
    known.sort_unstable();
    let counted: Vec<_> = vectors(&file()).into_iter().map(|(name, all)| (name, all.len())).collect();
    assert_eq!(counted.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(), known);
    for (name, count) in counted {
        assert!(count >= 8, "{name} has {count} vectors");
    }
}
