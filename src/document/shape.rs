//! A tree against the document's JSON Schema, so that all that is wrong with its form is named at once.
//!
//! It knows the part of JSON Schema that our own types give: types, properties, lists, numbers with bounds, enums, and
//! choices that are told apart by their one key. A test sees to it that the schema uses nothing else.

use super::problem::below;
use super::{Code, Problem, SCHEMA};
use crate::limits::PROBLEMS;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Map, Number, Value};

/// Everything in the tree that is not as the schema says.
pub(super) fn check(tree: &Value) -> Vec<Problem> {
    against(&super::json::read(SCHEMA.as_bytes()).unwrap_or_default(), tree, "")
}

/// Everything in a tree at a place that is not as a schema says.
pub(super) fn against(schema: &Value, tree: &Value, place: &str) -> Vec<Problem> {
    let mut walk = Walk { root: schema, problems: Vec::new() };
    walk.value(schema, tree, place);
    walk.problems
}

struct Walk<'s> {
    root: &'s Value,
    problems: Vec<Problem>,
}

impl<'s> Walk<'s> {
    fn report(&mut self, pointer: &str, cause: String, fix: String) {
        if self.problems.len() >= PROBLEMS {
            return;
        }
        self.problems.push(Problem::new(pointer.to_string(), Code::Shape, cause, fix));
    }

    fn value(&mut self, schema: &'s Value, value: &Value, pointer: &str) {
        let schema = self.resolve(schema);
        if let Some(choices) = schema.get("oneOf").and_then(Value::as_array) {
            return self.choice(choices, value, pointer);
        }
        if let Some(choices) = schema.get("anyOf").and_then(Value::as_array) {
            return self.any(choices, value, pointer);
        }
        if let Some(types) = schema.get("type") {
            let wanted = types_of(types);
            if !wanted.iter().any(|name| is_of(value, name)) {
                let cause = format!("This is {}; {} is due.", describe(value), list(&wanted));
                return self.report(pointer, cause, format!("Write {} here.", list(&wanted)));
            }
        }
        match value {
            Value::Object(map) => self.object(schema, map, pointer),
            Value::Array(items) => self.array(schema, items, pointer),
            Value::Number(number) => self.number(schema, number, pointer),
            Value::String(_) | Value::Null | Value::Bool(_) => {}
        }
        if let Some(known) = schema.get("enum").and_then(Value::as_array)
            && !known.contains(value)
        {
            self.wrong_word(&known.iter().map(word).collect::<Vec<_>>(), pointer);
        }
    }

    fn resolve(&self, schema: &'s Value) -> &'s Value {
        let name = schema.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix('#'));
        name.and_then(|name| self.root.pointer(name)).unwrap_or(schema)
    }

    fn object(&mut self, schema: &'s Value, map: &Map<String, Value>, pointer: &str) {
        let properties = schema.get("properties").and_then(Value::as_object);
        let property = |key| properties.and_then(|properties| properties.get(key));
        let required = schema.get("required").and_then(Value::as_array);
        for key in required.into_iter().flatten().filter_map(Value::as_str) {
            if !map.contains_key(key) {
                let cause = format!("`{key}` is missing.");
                let meaning = property(key).and_then(|property| property.get("description")).and_then(Value::as_str);
                let fix =
                    format!("Add `{key}`{}", meaning.map_or(".".into(), |text| format!(": {}", first_line(text))));
                self.report(&below(pointer, key), cause, fix);
            }
        }
        let others = schema.get("additionalProperties");
        for (key, value) in map {
            let place = below(pointer, key);
            match (property(key), others) {
                (Some(property), _) => self.value(property, value, &place),
                (None, Some(Value::Bool(false))) => {
                    let known: Vec<_> = properties.into_iter().flat_map(Map::keys).map(String::as_str).collect();
                    let fix = format!("Remove it, or use one of {}.", known.join(", "));
                    self.report(&place, "This key is not known here.".to_string(), fix);
                }
                (None, Some(other)) => self.value(other, value, &place),
                (None, None) => {}
            }
        }
    }

    fn array(&mut self, schema: &'s Value, items: &[Value], pointer: &str) {
        let bound = |name| schema.get(name).and_then(Value::as_u64);
        let length = items.len() as u64;
        if bound("minItems").is_some_and(|least| length < least) || bound("maxItems").is_some_and(|most| length > most)
        {
            let allowed = match (bound("minItems"), bound("maxItems")) {
                (Some(least), Some(most)) if least == most => format!("exactly {least}"),
                (Some(least), Some(most)) => format!("{least} to {most}"),
                (Some(least), None) => format!("at least {least}"),
                (None, most) => format!("at most {}", most.unwrap_or_default()),
            };
            let fix = format!("Give it {allowed}.");
            self.report(pointer, format!("This list has {length} items; {allowed} are due."), fix);
        }
        let places = schema.get("prefixItems").and_then(Value::as_array);
        for (index, item) in items.iter().enumerate() {
            let of = places.and_then(|places| places.get(index)).or_else(|| schema.get("items"));
            if let Some(of) = of {
                self.value(of, item, &below(pointer, &index.to_string()));
            }
        }
    }

    fn number(&mut self, schema: &'s Value, number: &Number, pointer: &str) {
        let bound = |name| schema.get(name).and_then(Value::as_number);
        let value = |number: &Number| number.as_f64().unwrap_or_default();
        let most = match schema.get("format").and_then(Value::as_str) {
            Some("uint32") => u64::from(u32::MAX),
            Some("int64") => i64::MAX.cast_unsigned(),
            _ => u64::MAX,
        };
        if number.as_u64().is_some_and(|value| value > most) && bound("maximum").is_none() {
            self.report(pointer, format!("{number} is above {most}."), format!("Write at most {most}."));
        }
        if let Some(least) = bound("minimum").filter(|least| value(number) < value(least)) {
            self.report(pointer, format!("{number} is below {least}."), format!("Write at least {least}."));
        }
        if let Some(most) = bound("maximum").filter(|most| value(number) > value(most)) {
            self.report(pointer, format!("{number} is above {most}."), format!("Write at most {most}."));
        }
    }

    fn wrong_word(&mut self, known: &[String], pointer: &str) {
        self.report(pointer, "This word is not known here.".to_string(), format!("Write one of {}.", known.join(", ")));
    }

    /// A choice between objects of one key each, or between words.
    fn choice(&mut self, choices: &'s [Value], value: &Value, pointer: &str) {
        let words: Vec<_> = choices.iter().filter_map(|choice| choice.get("const").and_then(Value::as_str)).collect();
        if words.len() == choices.len() {
            if !value.as_str().is_some_and(|text| words.contains(&text)) {
                self.wrong_word(&words.iter().map(ToString::to_string).collect::<Vec<_>>(), pointer);
            }
            return;
        }
        let key_of = |choice: &Value| choice.pointer("/required/0").and_then(Value::as_str).map(ToString::to_string);
        let chosen = choices.iter().find(|choice| key_of(choice).is_some_and(|key| value.get(key).is_some()));
        if let Some(choice) = chosen {
            return self.value(choice, value, pointer);
        }
        let keys: Vec<_> = choices.iter().filter_map(key_of).collect();
        let cause = format!("This is {}; an object with one known key is due.", describe(value));
        self.report(pointer, cause, format!("Write an object with one of {}.", keys.join(", ")));
    }

    fn any(&mut self, choices: &'s [Value], value: &Value, pointer: &str) {
        // An optional value is a choice between itself and null: what is wrong is told of the value.
        let real: Vec<_> = choices.iter().filter(|choice| choice.get("type") != Some(&Value::from("null"))).collect();
        if let [only] = real[..] {
            if !value.is_null() {
                self.value(only, value, pointer);
            }
            return;
        }
        let wanted: Vec<_> = real.iter().filter_map(|choice| choice.get("type")).flat_map(types_of).collect();
        if !wanted.iter().any(|name| is_of(value, name)) {
            let cause = format!("This is {}; {} is due.", describe(value), list(&wanted));
            return self.report(pointer, cause, format!("Write {} here.", list(&wanted)));
        }
        let of =
            |choice: &&&Value| choice.get("type").is_some_and(|of| types_of(of).iter().any(|name| is_of(value, name)));
        if let Some(choice) = real.iter().find(of) {
            self.value(choice, value, pointer);
        }
    }
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToString::to_string)
}

fn types_of(types: &Value) -> Vec<&str> {
    match types {
        Value::String(name) => [name.as_str()].into(),
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is_of(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

fn describe(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "an integer",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn list(types: &[&str]) -> String {
    let names: Vec<_> = types
        .iter()
        .filter(|name| **name != "null")
        .map(|name| match *name {
            "boolean" => "a boolean",
            "string" => "a text",
            "number" => "a number",
            "integer" => "an integer",
            "array" => "a list",
            _ => "an object",
        })
        .collect();
    names.join(" or ")
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
