//! Assignments are frozen for the life of the product: whoever met a variant keeps meeting it.

use pointsman::draw::{Algorithm, draw};
use serde_json::{Value, json};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/draws.json");

fn of(purpose: &str, salt: &str, unit: &str) -> Option<u32> {
    draw(Algorithm::Xxh64High, format!("{purpose}\0{salt}\0").as_bytes(), unit.as_bytes())
}

fn fresh() -> Vec<Value> {
    let units = [
        "1",
        "2",
        "user-1",
        "user-2",
        "Zoë",
        "Zoe\u{308}",
        "\u{1f682}",
        "00000000-0000-4000-8000-000000000001",
        " ",
        "a\tb",
    ];
    let numbered = (0..40).map(|number| format!("visitor-{number}"));
    let all: Vec<String> = units.into_iter().map(String::from).chain(numbered).collect();
    let mut cases = Vec::new();
    for purpose in ["rollout", "split"] {
        for salt in ["hero-1", "hero-2", "a", "b"] {
            for unit in &all {
                cases.push(json!([purpose, salt, unit, of(purpose, salt, unit)]));
            }
        }
    }
    cases
}

#[test]
fn a_draw_never_changes() {
    if std::env::var_os("UPDATE").is_some() && !std::path::Path::new(FILE).exists() {
        let lines: Vec<_> = fresh().iter().map(ToString::to_string).collect();
        std::fs::write(FILE, format!("[\n{}\n]\n", lines.join(",\n"))).unwrap();
    }
    let frozen: Vec<(String, String, String, u32)> =
        serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap();
    assert_eq!(frozen.len(), 400);
    for (purpose, salt, unit, value) in frozen {
        assert_eq!(of(&purpose, &salt, &unit), Some(value), "{purpose} {salt} {unit}");
    }
}
