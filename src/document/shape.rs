//! A tree against the document's schema, so that all that is wrong with its form is named at once.

use super::problem::below;
use super::schema::DOCUMENT;
use super::{Code, Problem};
use crate::limits::PROBLEMS;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Map, Number, Value};

/// What a value may be: as much of JSON Schema as our own types give. `schema.rs` is `schema.json` in these words.
#[derive(Debug)]
pub(super) enum Schema {
    /// Anything.
    Any,
    /// Yes or no.
    Boolean,
    /// A text.
    Text,
    /// A number.
    Number,
    /// An integer from the first to the second.
    Integer(i64, u64),
    /// A text that is one of these.
    OneOf(&'static [&'static str]),
    /// One of these words.
    Word(&'static [&'static str]),
    /// This, or null.
    Optional(&'static Schema),
    /// A list of at least so many and at most so many of these.
    List(Option<usize>, Option<usize>, &'static Schema),
    /// A list of exactly these.
    Row(&'static [&'static Schema]),
    /// An object of any keys.
    Entries(&'static Schema),
    /// An object of these keys.
    Object(Object),
    /// An object of one key of several.
    Choice(&'static [(&'static str, Object)]),
    /// One of these, by its type.
    Either(&'static [&'static Schema]),
}

/// An object that has no other keys.
#[derive(Debug)]
pub(super) struct Object {
    /// The keys that must be there, and what they mean.
    pub required: &'static [(&'static str, &'static str)],
    /// All keys, sorted.
    pub properties: &'static [(&'static str, &'static Schema)],
}

impl Schema {
    /// The JSON types of what it allows.
    fn types(&self) -> Vec<&'static str> {
        match self {
            Self::Any | Self::Word(_) | Self::Choice(_) => Vec::new(),
            Self::Boolean => ["boolean"].into(),
            Self::Text | Self::OneOf(_) => ["string"].into(),
            Self::Number => ["number"].into(),
            Self::Integer(..) => ["integer"].into(),
            Self::List(..) | Self::Row(_) => ["array"].into(),
            Self::Entries(_) | Self::Object(_) => ["object"].into(),
            Self::Optional(one) => one.types(),
            Self::Either(all) => all.iter().flat_map(|one| one.types()).collect(),
        }
    }
}

/// Everything in the tree that is not as the schema says.
pub(super) fn check(tree: &Value) -> Vec<Problem> {
    let mut found = Found::default();
    found.value(&DOCUMENT, tree, "");
    found.problems
}

/// What is wrong, as it is found.
#[derive(Default)]
pub(super) struct Found {
    pub problems: Vec<Problem>,
}

impl Found {
    fn report(&mut self, pointer: &str, cause: String, fix: String) {
        if self.problems.len() < PROBLEMS {
            self.problems.push(Problem::new(pointer.to_string(), Code::Shape, cause, fix));
        }
    }

    pub(super) fn wrong_type(&mut self, pointer: &str, value: &Value, due: &[&str]) {
        let cause = format!("This is {}; {} is due.", describe(value), list(due));
        self.report(pointer, cause, format!("Write {} here.", list(due)));
    }

    pub(super) fn wrong_word(&mut self, pointer: &str, known: &str) {
        self.report(pointer, "This word is not known here.".to_string(), format!("Write one of {known}."));
    }

    /// `meaning` stands behind the key where there is one.
    pub(super) fn missing(&mut self, pointer: &str, key: &str, meaning: &str) {
        let fix = if meaning.is_empty() { format!("Add `{key}`.") } else { format!("Add `{key}`: {meaning}") };
        self.report(&below(pointer, key), format!("`{key}` is missing."), fix);
    }

    fn value(&mut self, schema: &'static Schema, value: &Value, pointer: &str) {
        match (schema, value) {
            (Schema::Any, _)
            | (Schema::Boolean, Value::Bool(_))
            | (Schema::Text, Value::String(_))
            | (Schema::Number, Value::Number(_))
            | (Schema::Optional(_), Value::Null) => {}
            (Schema::Integer(least, most), Value::Number(number)) if !number.is_f64() => {
                self.integer(pointer, number, *least, *most);
            }
            (Schema::OneOf(all), Value::String(text)) => {
                if !all.contains(&text.as_str()) {
                    self.wrong_word(pointer, &all.join(", "));
                }
            }
            (Schema::Word(all), _) => {
                if !value.as_str().is_some_and(|text| all.contains(&text)) {
                    self.wrong_word(pointer, &all.join(", "));
                }
            }
            (Schema::Optional(one), _) => self.value(one, value, pointer),
            (Schema::List(least, most, of), Value::Array(items)) => {
                self.length(pointer, items.len(), *least, *most);
                items.iter().enumerate().for_each(|(index, item)| {
                    self.value(of, item, &below(pointer, &index.to_string()));
                });
            }
            (Schema::Row(all), Value::Array(items)) => {
                self.length(pointer, items.len(), Some(all.len()), Some(all.len()));
                all.iter().zip(items).enumerate().for_each(|(index, (of, item))| {
                    self.value(of, item, &below(pointer, &index.to_string()));
                });
            }
            (Schema::Entries(of), Value::Object(map)) => {
                map.iter().for_each(|(key, value)| self.value(of, value, &below(pointer, key)));
            }
            (Schema::Object(object), Value::Object(map)) => self.object(object, map, pointer),
            (Schema::Choice(all), _) => self.choice(all, value, pointer),
            (Schema::Either(all), _) if all.iter().any(|one| fits(value, one)) => {
                all.iter().filter(|one| fits(value, one)).take(1).for_each(|one| self.value(one, value, pointer));
            }
            _ => self.wrong_type(pointer, value, &schema.types()),
        }
    }

    fn object(&mut self, object: &'static Object, map: &Map<String, Value>, pointer: &str) {
        for (key, meaning) in object.required.iter().filter(|(key, _)| !map.contains_key(*key)) {
            self.missing(pointer, key, meaning);
        }
        for (key, value) in map {
            let place = below(pointer, key);
            if let Ok(at) = object.properties.binary_search_by_key(&key.as_str(), |(known, _)| known) {
                self.value(object.properties[at].1, value, &place);
                continue;
            }
            let known: Vec<_> = object.properties.iter().map(|(known, _)| *known).collect();
            let fix = format!("Remove it, or use one of {}.", known.join(", "));
            self.report(&place, "This key is not known here.".to_string(), fix);
        }
    }

    fn length(&mut self, pointer: &str, length: usize, least: Option<usize>, most: Option<usize>) {
        if least.is_some_and(|least| length < least) || most.is_some_and(|most| length > most) {
            let allowed = match (least, most) {
                (Some(least), Some(most)) if least == most => format!("exactly {least}"),
                (Some(least), Some(most)) => format!("{least} to {most}"),
                (Some(least), None) => format!("at least {least}"),
                (None, most) => format!("at most {}", most.unwrap_or_default()),
            };
            let fix = format!("Give it {allowed}.");
            let items = if length == 1 { "item" } else { "items" };
            self.report(pointer, format!("This list has {length} {items}; {allowed} must be there."), fix);
        }
    }

    fn integer(&mut self, pointer: &str, number: &Number, least: i64, most: u64) {
        if number.as_u64().is_some_and(|number| number > most) {
            self.report(pointer, format!("{number} is above {most}."), format!("Write at most {most}."));
        }
        if number.as_i64().is_some_and(|number| number < least) {
            self.report(pointer, format!("{number} is below {least}."), format!("Write at least {least}."));
        }
    }

    fn choice(&mut self, all: &'static [(&'static str, Object)], value: &Value, pointer: &str) {
        let map = value.as_object();
        if let Some((map, (_, object))) =
            map.and_then(|map| Some((map, all.iter().find(|(key, _)| map.contains_key(*key))?)))
        {
            let known = |key: &&String| all.iter().any(|(known, _)| known == key);
            if let [first, second, ..] = map.keys().filter(known).collect::<Vec<_>>()[..] {
                let cause = format!("`{first}` and `{second}` stand in one object; each has its own.");
                let fix = "Make an object of each. Conditions that hold together stand in a list: `all`.".to_string();
                return self.report(pointer, cause, fix);
            }
            return self.object(object, map, pointer);
        }
        let keys: Vec<_> = all.iter().map(|(key, _)| *key).collect();
        if let Some(key) = map.filter(|map| map.len() == 1).and_then(|map| map.keys().next()) {
            let fix = match keys.iter().find(|known| alike(known, key)) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("Use one of {}.", keys.join(", ")),
            };
            return self.report(&below(pointer, key), "This key is not known here.".to_string(), fix);
        }
        let cause = format!("This is {}; an object with one known key is due.", describe(value));
        self.report(pointer, cause, format!("Write an object with one of {}.", keys.join(", ")));
    }
}

/// Whether two words are so much alike that one may be meant by the other: in the first three letters, or in all but
/// how they are written.
fn alike(known: &str, key: &str) -> bool {
    known.eq_ignore_ascii_case(key) || key.get(..3).is_some_and(|start| known.starts_with(start))
}

fn fits(value: &Value, schema: &Schema) -> bool {
    schema.types().iter().any(|name| is_of(value, name))
}

/// Whether a value is of a JSON type.
pub(super) fn is_of(value: &Value, name: &str) -> bool {
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
