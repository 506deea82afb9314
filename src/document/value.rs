//! Schemas for the values of a flag: a small part of JSON Schema, which says what a value must be like.

use super::problem::below;
use super::shape::{Found, is_of};
use super::{Code, Problem};
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use serde_json::Value;

const TYPES: [&str; 7] = ["null", "boolean", "string", "number", "integer", "array", "object"];

/// What is wrong with a schema itself. A word that is not known is refused: to pass it over would let values through.
pub(crate) fn schema_problems(schema: &Value, place: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    look(schema, place, &mut problems);
    problems
}

/// What is wrong with a value by a schema that is in order.
pub(crate) fn problems(schema: &Value, value: &Value, place: &str) -> Vec<Problem> {
    let mut found = Found::default();
    compare(schema, value, place, &mut found);
    found.problems
}

fn compare(schema: &Value, value: &Value, place: &str, found: &mut Found) {
    let due = schema.get("type").and_then(Value::as_str);
    // To a schema 5.0 is an integer.
    let whole = |due: &str| due == "integer" && value.as_f64().is_some_and(is_whole);
    if let Some(due) = due.filter(|due| !is_of(value, due) && !whole(due)) {
        return found.wrong_type(place, value, &[due]);
    }
    match value {
        Value::Object(map) => {
            let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
            for key in required.filter_map(Value::as_str).filter(|key| !map.contains_key(*key)) {
                found.missing(place, key, "");
            }
            for (key, value) in map {
                if let Some(schema) = schema.get("properties").and_then(|properties| properties.get(key)) {
                    compare(schema, value, &below(place, key), found);
                }
            }
        }
        Value::Array(items) => {
            if let Some(schema) = schema.get("items") {
                for (index, item) in items.iter().enumerate() {
                    compare(schema, item, &below(place, &index.to_string()), found);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    if let Some(known) = schema.get("enum").and_then(Value::as_array).filter(|known| !known.contains(value)) {
        let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), ToString::to_string);
        found.wrong_word(place, &known.iter().map(word).collect::<Vec<_>>().join(", "));
    }
}

/// Whether a number has no fraction; from 2^53 on none has.
#[expect(clippy::cast_precision_loss, clippy::float_cmp, reason = "below 2^53 integers are exact")]
fn is_whole(number: f64) -> bool {
    !(-9e15..9e15).contains(&number) || (number as i64) as f64 == number
}

fn look(schema: &Value, place: &str, problems: &mut Vec<Problem>) {
    let Some(words) = schema.as_object() else {
        let fix = "Write an object such as {\"type\": \"object\"}.".to_string();
        problems.push(Problem::new(place.to_string(), Code::Shape, "This is not a schema.".to_string(), fix));
        return;
    };
    for (word, value) in words {
        let place = below(place, word);
        let wrong = match (word.as_str(), value) {
            ("type", Value::String(name)) if TYPES.contains(&name.as_str()) => None,
            ("type", _) => Some(("This is not a type.", format!("Write one of {}.", TYPES.join(", ")))),
            ("enum", Value::Array(all)) if !all.is_empty() => None,
            ("enum", _) => Some(("This is not a list of values.", "Write a list with at least one value.".to_string())),
            ("required", Value::Array(names)) if names.iter().all(Value::is_string) => None,
            ("required", _) => Some(("This is not a list of names.", "Write a list of texts.".to_string())),
            ("properties", Value::Object(properties)) => {
                for (name, inner) in properties {
                    look(inner, &below(&place, name), problems);
                }
                None
            }
            ("properties", _) => Some(("These are not properties.", "Write an object of schemas.".to_string())),
            ("items", inner) => {
                look(inner, &place, problems);
                None
            }
            _ => {
                let fix = "Use `type`, `enum`, `required`, `properties` and `items`.".to_string();
                Some(("This word is not known here.", fix))
            }
        };
        if let Some((cause, fix)) = wrong {
            problems.push(Problem::new(place, Code::Shape, cause.to_string(), fix));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{problems, schema_problems};
    use alloc::vec::Vec;
    use serde_json::{Value, json};

    fn places(problems: &[super::Problem]) -> Vec<&str> {
        problems.iter().map(|problem| problem.pointer.as_str()).collect()
    }

    #[test]
    fn a_value_is_like_its_schema() {
        let schema = json!({"type": "object", "required": ["size"], "properties": {
            "size": {"type": "integer"}, "colour": {"enum": ["red", 7]}, "words": {"type": "array", "items": {"type": "string"}}}});
        assert!(schema_problems(&schema, "/s").is_empty());
        let check = |value: Value| places(&problems(&schema, &value, "/v")).join(" ");
        assert_eq!(check(json!({"size": 3.0})), "", "as JSON Schema has it");
        assert_eq!(check(json!({"size": 1e20})), "");
        assert_eq!(check(json!({"size": 3, "colour": 7, "words": ["a"], "more": null})), "");
        assert_eq!(check(json!({"size": 3.5, "colour": "blue", "words": ["a", 1]})), "/v/colour /v/size /v/words/1");
        assert_eq!(check(json!({})), "/v/size");
        assert_eq!(check(json!([])), "/v");
    }

    #[test]
    fn a_schema_says_only_what_is_looked_at() {
        let schema = json!({"type": "text", "enum": [], "required": "x", "properties": {"a": 1}, "minimum": 3});
        let wrong = schema_problems(&schema, "/s");
        assert_eq!(places(&wrong), ["/s/enum", "/s/minimum", "/s/properties/a", "/s/required", "/s/type"]);
    }
}
