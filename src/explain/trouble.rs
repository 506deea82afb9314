//! Why a value could not be asked what a condition asks: a wrong type never matches, and nobody should have to guess it.

use crate::compile::is_version;
use crate::condition::{Operator, Test, moment, network};
use crate::context::Value;
use crate::document::Condition;
use crate::document::context::at;
use crate::limits::{ATTRIBUTE_BYTES, CONTEXT_BYTES, LIST_ITEMS};
use crate::order::set;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;
use serde_json::{Map, Value as Json};

/// What was there, and what the condition asks for, both with their article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Trouble {
    /// What the attribute is, such as `a text` or `missing`.
    pub found: &'static str,
    /// What it has to be, such as `a number`.
    pub wanted: &'static str,
}

impl Trouble {
    /// What keeps a test from being about this value, if anything does.
    #[must_use]
    pub fn of(test: Test, value: Option<Value>, condition: Option<&Condition>) -> Option<Self> {
        let kind = match condition {
            Some(Condition::Version(_)) => Wanted::Version,
            _ => Wanted::by(test.operator)?,
        };
        let wanted = kind.words();
        let trouble = |found| Some(Self { found, wanted });
        match (test.list, value) {
            (_, None) => trouble("missing"),
            (_, Some(Value::Unusable)) => trouble("unusable"),
            (Some(_), Some(Value::List(items))) => {
                let odd = items.each().any(|item| odd(kind, item).is_some());
                odd.then_some(Self { found: "a list with other items, too", wanted })
            }
            (Some(_), Some(value)) => Some(Self { found: article(value), wanted: "a list" }),
            (None, Some(value)) => odd(kind, value).and_then(trouble),
        }
    }

    /// The sentence about an attribute.
    #[must_use]
    pub fn words(self, attribute: &str) -> String {
        format!("{attribute} is {}; {} is asked for", self.found, self.wanted)
    }
}

/// What a value is, where an operator wants something else.
fn odd(wanted: Wanted, value: Value) -> Option<&'static str> {
    match (wanted, value) {
        (Wanted::Text, Value::Text(_))
        | (Wanted::Number | Wanted::Time, Value::Number(_))
        | (Wanted::Boolean, Value::Boolean(_))
        | (Wanted::List, Value::List(_)) => None,
        (Wanted::Time, Value::Text(text)) => moment::millis(text).is_none().then_some("a text that is no time"),
        (Wanted::Version, Value::Text(text)) => {
            let version = core::str::from_utf8(text).is_ok_and(is_version);
            (!version).then_some("a text that is no version")
        }
        (Wanted::Address, Value::Text(text)) => {
            network::address(text).is_none().then_some("a text that is no IP address")
        }
        (_, other) => Some(article(other)),
    }
}

/// What an operator asks for.
#[derive(Clone, Copy)]
pub(super) enum Wanted {
    Text,
    Number,
    Boolean,
    Version,
    Time,
    Address,
    List,
}

impl Wanted {
    /// To be there is nothing that a value could fail by its type.
    pub(super) fn by(operator: Operator) -> Option<Self> {
        Some(match operator {
            Operator::Exists => return None,
            Operator::TextIs(_) | Operator::TextMatches(_) | Operator::TextIn { .. } | Operator::PrintIn { .. } => {
                Self::Text
            }
            Operator::Number(..) => Self::Number,
            Operator::BooleanIs(_) => Self::Boolean,
            Operator::Moment(..) => Self::Time,
            Operator::AddressIn(_) => Self::Address,
            Operator::Size(..) => Self::List,
        })
    }

    fn words(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Boolean => "a boolean",
            Self::Version => "a version",
            Self::Time => "a time",
            Self::Address => "an IP address",
            Self::List => "a list",
        }
    }
}

fn article(value: Value) -> &'static str {
    match value {
        Value::Text(_) => "a text",
        Value::Number(_) => "a number",
        Value::Boolean(_) => "a boolean",
        Value::List(_) => "a list",
        Value::Unusable => "unusable",
    }
}

/// An attribute of the context that no rule can read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// Its name, or the pointer to it.
    pub attribute: String,
    /// Why it is unusable.
    pub why: String,
}

/// What is unusable in a context, or in part. Objects are, where their name is read and not something in them.
#[must_use]
pub fn warnings(names: &[String], context: &Map<String, Json>) -> Vec<Warning> {
    let whole = context.iter().filter(|(_, value)| !value.is_object()).map(|(name, _)| name.as_str());
    let all = set(whole.filter(|name| !name.starts_with('/')).chain(names.iter().map(String::as_str)));
    let value =
        |name: &str| if names.iter().any(|known| known == name) { at(context, name) } else { context.get(name) };
    let of = |name: &str| Some(Warning { attribute: name.to_string(), why: unusable(value(name)?)? });
    all.into_iter().filter_map(of).collect()
}

/// Why a value, or some of its items, cannot be read.
pub(super) fn unusable(value: &Json) -> Option<String> {
    match value {
        Json::Null | Json::Bool(_) => None,
        Json::Number(number) => {
            (!number.as_f64().is_some_and(f64::is_finite)).then(|| "It is not a finite number.".to_string())
        }
        Json::String(text) => (text.len() > ATTRIBUTE_BYTES)
            .then(|| format!("It is a text of {} bytes; {ATTRIBUTE_BYTES} are allowed.", text.len())),
        Json::Object(_) => {
            Some("It is an object; rules read what is in it by a pointer such as /user/plan.".to_string())
        }
        Json::Array(items) if items.len() > LIST_ITEMS => {
            Some(format!("It is a list of {} items; {LIST_ITEMS} are allowed.", items.len()))
        }
        Json::Array(items) => {
            let bad = |item: &Json| item.is_null() || item.is_array() || unusable(item).is_some();
            let index = items.iter().position(bad)?;
            let why = match &items[index] {
                Json::Null => "It is null.".to_string(),
                Json::Array(_) => "It is a list; lists do not nest.".to_string(),
                Json::Object(_) => "It is an object.".to_string(),
                item => unusable(item)?,
            };
            let count = items.iter().filter(|item| bad(item)).count();
            Some(format!("{count} of its items cannot be read. The first of them is item {index}: {why}"))
        }
    }
}

/// Why a value that looks usable is not in the record.
pub(super) fn no_room() -> String {
    format!("All texts and items of the context take more than {CONTEXT_BYTES} bytes.")
}
