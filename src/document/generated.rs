//! What is generated from the document's types: `schema.json` for editors, and `schema.rs`, the same in the words of
//! [`super::shape`]. `UPDATE=1 cargo test --features schema` writes both.

extern crate std;

use super::{Document, SCHEMA};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::Value;

const HEAD: &str = "//! Generated from the document's types; see `generated.rs`.

use super::shape::{Object, Schema};
use super::shape::Schema::{Any, Boolean, Choice, Either, Entries, Integer, List, Number, OneOf, Optional, Row, Text, Word};

";

#[test]
fn the_schema_is_the_one_that_the_types_give() {
    let schema = serde_json::to_value(schemars::schema_for!(Document)).unwrap();
    fresh(
        "document/schema.json",
        SCHEMA,
        &(serde_json::to_string_pretty(&schemars::schema_for!(Document)).unwrap() + "\n"),
    );
    let mut text = HEAD.to_string() + &constant("Document", &schema);
    for (name, schema) in schema["$defs"].as_object().unwrap() {
        text += &constant(name, schema);
    }
    fresh("document/schema.rs", include_str!("schema.rs"), &text);
}

/// Checks that what was generated is what is there, or writes it.
pub(crate) fn fresh(file: &str, is: &str, due: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(format!("{}/src/{file}", env!("CARGO_MANIFEST_DIR")), due).unwrap();
    } else {
        assert_eq!(is, due, "run UPDATE=1 cargo test --features schema");
    }
}

fn constant(name: &str, schema: &Value) -> String {
    format!("pub(super) static {}: Schema = {};\n", shouted(name), words(schema))
}

/// `TimeOfDay` as `TIME_OF_DAY`.
fn shouted(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(letter.to_uppercase());
    }
    text
}

/// A reference to a schema. A word of JSON Schema that is not known here fails.
fn reference(schema: &Value) -> String {
    match schema["$ref"].as_str() {
        Some(name) => format!("&{}", shouted(name.strip_prefix("#/$defs/").unwrap())),
        None => format!("&{}", words(schema)),
    }
}

fn words(schema: &Value) -> String {
    if let Some(all) = schema["anyOf"].as_array() {
        let real: Vec<_> = all.iter().filter(|one| one["type"] != "null").map(reference).collect();
        return match &real[..] {
            [only] => format!("Optional({only})"),
            _ => format!("Either(&[{}])", real.join(", ")),
        };
    }
    if let Some(all) = schema["oneOf"].as_array() {
        return if all.iter().all(|one| one["const"].is_string()) {
            format!("Word(&{:?})", all.iter().map(|one| one["const"].as_str().unwrap()).collect::<Vec<_>>())
        } else {
            let choice = |one: &Value| format!("({}, {})", one["required"][0], object(one));
            format!("Choice(&[{}])", all.iter().map(choice).collect::<Vec<_>>().join(", "))
        };
    }
    match &schema["type"] {
        Value::Array(two) => {
            assert_eq!(two[1], "null");
            let mut one = schema.clone();
            one["type"] = two[0].clone();
            format!("Optional(&{})", words(&one))
        }
        Value::String(name) => typed(name, schema),
        _ => "Any".to_string(),
    }
}

fn typed(name: &str, schema: &Value) -> String {
    match name {
        "boolean" => "Boolean".to_string(),
        "string" => schema["enum"].as_array().map_or("Text".to_string(), |_| format!("OneOf(&{})", schema["enum"])),
        "number" => "Number".to_string(),
        "integer" => {
            let most = match schema["format"].as_str() {
                Some("uint32") => u64::from(u32::MAX),
                Some("uint64") => u64::MAX,
                Some("int64") => i64::MAX.cast_unsigned(),
                other => panic!("{other:?}"),
            };
            let least = schema["minimum"].as_i64().unwrap_or(i64::MIN);
            format!("Integer({least}, {})", schema["maximum"].as_u64().unwrap_or(most))
        }
        "array" if schema["prefixItems"].is_array() => {
            let row = schema["prefixItems"].as_array().into_iter().flatten().map(reference);
            format!("Row(&[{}])", row.collect::<Vec<_>>().join(", "))
        }
        "array" => {
            let bound = |name: &str| schema[name].as_u64().map(|bound| bound as usize);
            format!("List({:?}, {:?}, {})", bound("minItems"), bound("maxItems"), reference(&schema["items"]))
        }
        "object" if schema["additionalProperties"] != false => {
            format!("Entries({})", reference(&schema["additionalProperties"]))
        }
        "object" => format!("Schema::Object({})", object(schema)),
        other => panic!("{other}"),
    }
}

fn object(schema: &Value) -> String {
    assert_eq!(schema["additionalProperties"], false);
    let properties = schema["properties"].as_object().unwrap();
    let required = schema["required"].as_array().into_iter().flatten().map(|key| {
        let meaning = properties[key.as_str().unwrap()]["description"].as_str().unwrap_or_default();
        format!("({key}, {:?})", meaning.lines().next().unwrap_or_default())
    });
    let properties = properties.iter().map(|(key, one)| format!("({key:?}, {})", reference(one)));
    format!(
        "Object {{ required: &[{}], properties: &[{}] }}",
        required.collect::<Vec<_>>().join(", "),
        properties.collect::<Vec<_>>().join(", ")
    )
}
