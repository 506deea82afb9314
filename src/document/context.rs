//! A context as JSON: what servers, logs and people send, as the record that the evaluator reads.
//!
//! What a record cannot hold is unusable, here and in the JavaScript shim alike (see [`crate::context`]).

use super::{Code, Problem, json};
use crate::context::{self, Given, SLOT, Value};
use crate::limits::{ATTRIBUTE_BYTES, CONTEXT_ATTRIBUTES, CONTEXT_BYTES, LIST_ITEMS};
use crate::snapshot::Snapshot;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use serde_json::{Map, Value as Json};

/// Reads a context from a JSON text that somebody sends, or says what is wrong with it.
pub fn read(bytes: &[u8]) -> Result<Map<String, Json>, Vec<Problem>> {
    if bytes.len() > CONTEXT_BYTES {
        return Err(vec![too_long(bytes.len())]);
    }
    of(json::read(bytes)?).map_err(|problem| vec![problem])
}

/// The context in a part of something that was read already, or what is wrong with it. The problem's place is in the part.
pub fn from_tree(tree: Json) -> Result<Map<String, Json>, Problem> {
    let length = tree.to_string().len();
    if length > CONTEXT_BYTES { Err(too_long(length)) } else { of(tree) }
}

fn too_long(bytes: usize) -> Problem {
    let cause = format!("It has {bytes} bytes; {CONTEXT_BYTES} are allowed.");
    Problem::new(String::new(), Code::TooLarge, cause, "Send only what rules ask.".to_string())
}

fn of(tree: Json) -> Result<Map<String, Json>, Problem> {
    let problem = |code, cause: String, fix: &str| Problem::new(String::new(), code, cause, fix.to_string());
    match tree {
        Json::Object(map) if map.len() - usize::from(map.contains_key("unit")) > CONTEXT_ATTRIBUTES => {
            let cause = format!("It has {} attributes; {CONTEXT_ATTRIBUTES} beside `unit` are allowed.", map.len());
            Err(problem(Code::TooLarge, cause, "Send only what rules ask."))
        }
        Json::Object(map) => Ok(map),
        _ => Err(problem(Code::Shape, "It is not an object.".to_string(), "Write attributes by name.")),
    }
}

/// The names of the attributes that a snapshot reads, in the order of their slots.
#[must_use]
pub fn attributes(snapshot: &Snapshot) -> Vec<String> {
    let manifest = json::read(snapshot.manifest()).unwrap_or_default();
    let names = manifest.get("attributes").and_then(Json::as_array);
    names.into_iter().flatten().filter_map(Json::as_str).map(ToString::to_string).collect()
}

/// The record of a context for these attributes.
#[must_use]
pub fn record(names: &[String], context: &Map<String, Json>) -> Vec<u8> {
    let mut bytes = vec![0; names.len() * SLOT + CONTEXT_BYTES];
    let found = names.iter().map(|name| at(context, name));
    let lists: Vec<Vec<Value>> = found.clone().map(items).collect();
    let given = found.zip(&lists).enumerate().filter_map(|(index, (value, items))| {
        Some((index, if value?.is_array() { Given::Many(items) } else { Given::One(one(value?)?) }))
    });
    // A record of this length holds whatever is written: what is too much is unusable.
    let length = context::write(names.len(), given, &mut bytes).unwrap_or_default();
    bytes.truncate(length);
    bytes
}

/// The value of an attribute: by its name, or below it where the name is a JSON pointer, through objects alone.
#[must_use]
pub fn at<'j>(context: &'j Map<String, Json>, name: &str) -> Option<&'j Json> {
    let Some(path) = name.strip_prefix('/') else { return context.get(name) };
    let mut steps = path.split('/').map(|step| step.replace("~1", "/").replace("~0", "~"));
    let first = context.get(&steps.next()?)?;
    steps.try_fold(first, |value, step| value.as_object()?.get(&step))
}

fn items(value: Option<&Json>) -> Vec<Value<'_>> {
    // One more than allowed makes the list unusable, as all of them would.
    let items = value.and_then(Json::as_array).into_iter().flatten().take(LIST_ITEMS + 1);
    items.map(|item| one(item).unwrap_or(Value::Unusable)).collect()
}

fn one(value: &Json) -> Option<Value<'_>> {
    Some(match value {
        Json::Null => return None,
        Json::Bool(yes) => Value::Boolean(*yes),
        Json::Number(number) => number.as_f64().map_or(Value::Unusable, Value::Number),
        Json::String(text) if text.len() <= ATTRIBUTE_BYTES => Value::Text(text.as_bytes()),
        Json::String(_) | Json::Array(_) | Json::Object(_) => Value::Unusable,
    })
}

#[cfg(test)]
mod tests {
    use super::{at, read, record};
    use crate::context::{Context, Value};
    use crate::limits::{CONTEXT_ATTRIBUTES, CONTEXT_BYTES};
    use alloc::format;
    use alloc::string::{String, ToString};
    use serde_json::json;

    #[test]
    fn nested_values_have_pointers_for_names() {
        let context = json!({"a": {"b/c": {"~": 1}}, "": 2, "/a": 3, "list": [4]});
        let context = context.as_object().unwrap();
        assert_eq!(at(context, "/a/b~1c/~0"), Some(&json!(1)));
        assert_eq!(at(context, "/"), Some(&json!(2)));
        assert_eq!(at(context, "/list/0"), None, "a path leads through objects alone");
        assert_eq!(at(context, "a/b"), None);
    }

    #[test]
    fn a_context_at_its_limits_is_read_and_one_past_them_is_not() {
        let of = |attributes: usize| {
            let all: serde_json::Map<String, _> = (0..attributes).map(|n| (n.to_string(), json!(n))).collect();
            read(json!(all).to_string().as_bytes()).is_ok()
        };
        assert!(of(CONTEXT_ATTRIBUTES) && !of(CONTEXT_ATTRIBUTES + 1));
        let mut full: serde_json::Map<String, _> = (0..CONTEXT_ATTRIBUTES).map(|n| (n.to_string(), json!(n))).collect();
        full.insert("unit".to_string(), json!("ada"));
        assert!(read(json!(full).to_string().as_bytes()).is_ok(), "the unit has room of its own");
        let padded = |bytes: usize| format!("{{}}{}", " ".repeat(bytes - 2));
        assert!(read(padded(CONTEXT_BYTES).as_bytes()).is_ok() && read(padded(CONTEXT_BYTES + 1).as_bytes()).is_err());
        assert!(read(b"[]").is_err() && read(b"null").is_err() && read(b"{\"a\":\"\\ud800\"}").is_err());
    }

    #[test]
    fn what_no_rule_reads_is_unusable_and_null_is_missing() {
        let context = json!({"object": {}, "null": null, "list": [[], "a"]});
        let names = ["object", "null", "list", "none"].map(String::from);
        let bytes = record(&names, context.as_object().unwrap());
        let context = Context(&bytes);
        assert_eq!(context.attribute(0), Some(Value::Unusable));
        assert_eq!((context.attribute(1), context.attribute(3)), (None, None));
        let Some(Value::List(items)) = context.attribute(2) else { panic!("no list") };
        assert!(items.each().eq([Value::Unusable, Value::Text(b"a")]));
    }
}
