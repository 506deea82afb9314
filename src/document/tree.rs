//! A tree as the document's types: which key becomes which field, in one table.
//!
//! The shape is known to be right, so reading cannot fail: what is missing, or is something else, reads as nothing. Serde
//! could fill the types as well, but from every field on it would be ready for a mistake that `shape` has told of before,
//! in a quarter of all the compiler's code. The names are those that serde writes; a test compares the two.

use super::flag::{unit, yes};
use super::tables::Tables;
use super::{
    Affix, Attribute, Below, Between, Compare, Condition, Consent, Contains, Day, Dimension, Document, DrawBelow, Each,
    Edit, Equals, Experiment, Flag, FlagIs, Forced, Glob, Hash, Holdout, In, InNetworks, InRange, Intake, Item, Kind,
    Layer, Listed, Matches, Metric, Named, Page, Privacy, Ramp, Rollout, Rule, Run, Scalar, Segment, Size, Slot, Split,
    Survey, Than, TimeOfDay, Weekday, When,
};
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::Value;

/// What a value of the tree becomes.
pub(super) trait Read {
    /// Reads a value, or what it means that there is none.
    fn read(value: Option<&Value>) -> Self;
}

/// No document says it.
impl Read for Tables {
    fn read(_: Option<&Value>) -> Self {
        Self::default()
    }
}

/// Objects: the keys are the fields' names, or stand behind them; `or` is what is meant by leaving a key out.
macro_rules! objects {
    ($($type:ident { $($field:ident $($key:literal)? $(or $default:ident)?),+ })+) => {$(
        impl Read for $type {
            fn read(value: Option<&Value>) -> Self {
                let entry = |key: &str| value.and_then(|value| value.get(key));
                Self { $($field: field!(entry, $field $($key)? $(, $default)?)),+ }
            }
        }
    )+};
}

macro_rules! field {
    ($entry:ident, $field:ident $(, $default:ident)?) => {
        field!($entry, $field (stringify!($field)) $(, $default)?)
    };
    ($entry:ident, $field:ident $key:literal $(, $default:ident)?) => { field!($entry, $field ($key) $(, $default)?) };
    ($entry:ident, $field:ident ($key:expr)) => { Read::read($entry($key)) };
    ($entry:ident, $field:ident ($key:expr), $default:ident) => {
        match $entry($key) {
            None => $default(),
            some => Read::read(some),
        }
    };
}

/// Objects of one key, which says what its value is.
macro_rules! choices {
    ($($type:ident or $nothing:ident { $($variant:ident $key:literal),+ })+) => {$(
        impl Read for $type {
            fn read(value: Option<&Value>) -> Self {
                let entry = value.and_then(Value::as_object).and_then(|entries| entries.iter().next());
                match entry.map(|(key, value)| (key.as_str(), Some(value))) {
                    $(Some(($key, value)) => Self::$variant(Read::read(value)),)+
                    _ => Self::$nothing(Read::read(None)),
                }
            }
        }
    )+};
}

/// Words.
macro_rules! words {
    ($($type:ident or $nothing:ident { $($variant:ident $word:literal),+ })+) => {$(
        impl Read for $type {
            fn read(value: Option<&Value>) -> Self {
                match value.and_then(Value::as_str) {
                    $(Some($word) => Self::$variant,)+
                    _ => Self::$nothing,
                }
            }
        }
    )+};
}

objects! {
    Document {
        schema "$schema", format, flags, segments, layers, holdouts, metrics, rates, experiments, pages, hosts, goals,
        surveys, privacy, intake, dimensions, tables
    }
    Segment { description, server_only "serverOnly", condition "if" }
    Flag {
        description, owner, tags, kind, schema, variants, off, enabled or yes, archived, client, prerequisites, forced,
        holdout, rules, otherwise
    }
    Forced { serve, ids, unit or unit }
    Rule { condition "if", from, until, serve, rollout, ramp, split, experiment }
    Rollout { salt, hash, below, unit or unit }
    Ramp { salt, hash, linear, points, unit or unit }
    Split { salt, hash, ranges, unit or unit }
    Metric { description, event, measure }
    Experiment { description, flag, metric, guardrails, metrics, control, unit or unit, slot, sticky, run }
    Layer { description, salt, hash, unit or unit }
    Slot { layer, from, below }
    Holdout { description, salt, hash, below, unit or unit }
    Run { id, salt, hash, epoch, rollout, split }
    Page { path, host, query, flag, variants }
    Survey { experiment, question, choices, rating, follow, comment, when, talk, contact, languages }
    Privacy { consent, gpc, dnt, internal }
    Dimension { description, attribute, values }
    Attribute { attribute }
    Equals { attribute, value, ignore_case "ignoreCase", list }
    In { attribute, values, ignore_case "ignoreCase", list }
    Listed { attribute, salt, ids, list }
    Affix { attribute, with, ignore_case "ignoreCase", list }
    Contains { attribute, text, ignore_case "ignoreCase", list }
    Glob { attribute, pattern, ignore_case "ignoreCase", list }
    Matches { attribute, pattern, list }
    Compare { attribute, than, list }
    Between { attribute, from, to }
    InRange { attribute, range }
    Than { attribute, than, list }
    InNetworks { attribute, networks "in", list }
    Size { attribute, at_least "atLeast", at_most "atMost" }
    Weekday { days, offset }
    TimeOfDay { from, until, offset }
    FlagIs { key, is }
    DrawBelow { salt, hash, below, unit or unit }
}

choices! {
    Condition or Any {
        All "all", Any "any", Not "not", Exists "exists", Equals "equals", In "in", Listed "listed", Starts "starts",
        Ends "ends", Contains "contains", Glob "glob", Matches "matches", Less "less", AtMost "atMost",
        Greater "greater", AtLeast "atLeast", Between "between", Version "version", Before "before", After "after",
        Ip "ip", Size "size", Weekday "weekday", TimeOfDay "timeOfDay", Segment "segment", Flag "flag", Draw "draw"
    }
}

words! {
    Kind or Json { Boolean "boolean", String "string", Number "number", Json "json" }
    Hash or Xxh64High { Xxh64High "xxh64-high" }
    Intake or Signed { Signed "signed", Open "open" }
    Consent or First { First "first", Later "later" }
    Each or None { Any "any", All "all", None "none" }
    Day or Sun { Mon "mon", Tue "tue", Wed "wed", Thu "thu", Fri "fri", Sat "sat", Sun "sun" }
}

impl Read for bool {
    fn read(value: Option<&Value>) -> Self {
        value.and_then(Value::as_bool).unwrap_or_default()
    }
}

impl Read for u64 {
    fn read(value: Option<&Value>) -> Self {
        value.and_then(Value::as_u64).unwrap_or_default()
    }
}

impl Read for u32 {
    fn read(value: Option<&Value>) -> Self {
        u64::read(value) as u32
    }
}

impl Read for f64 {
    fn read(value: Option<&Value>) -> Self {
        value.and_then(Value::as_f64).unwrap_or_default()
    }
}

impl Read for String {
    fn read(value: Option<&Value>) -> Self {
        value.and_then(Value::as_str).unwrap_or_default().to_string()
    }
}

impl Read for Value {
    fn read(value: Option<&Value>) -> Self {
        value.cloned().unwrap_or_default()
    }
}

impl Read for Edit {
    fn read(value: Option<&Value>) -> Self {
        Self(Read::read(value))
    }
}

impl Read for Below {
    fn read(value: Option<&Value>) -> Self {
        Self(u64::read(value))
    }
}

impl Read for When {
    fn read(value: Option<&Value>) -> Self {
        value.and_then(Value::as_i64).map_or_else(|| Self::Text(Read::read(value)), Self::Millis)
    }
}

impl Read for Item {
    fn read(value: Option<&Value>) -> Self {
        value.and_then(Value::as_f64).map_or_else(|| Self::Text(Read::read(value)), Self::Number)
    }
}

impl Read for Scalar {
    fn read(value: Option<&Value>) -> Self {
        match (value.and_then(Value::as_bool), Item::read(value)) {
            (Some(yes), _) => Self::Boolean(yes),
            (None, Item::Number(number)) => Self::Number(number),
            (None, Item::Text(text)) => Self::Text(text),
        }
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: Option<&Value>) -> Self {
        value.filter(|value| !value.is_null()).map(|value| T::read(Some(value)))
    }
}

impl<T: Read> Read for Box<T> {
    fn read(value: Option<&Value>) -> Self {
        Self::new(T::read(value))
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: Option<&Value>) -> Self {
        value.and_then(Value::as_array).into_iter().flatten().map(|item| T::read(Some(item))).collect()
    }
}

impl<A: Read, B: Read> Read for (A, B) {
    fn read(value: Option<&Value>) -> Self {
        let at = |index: usize| value.and_then(|value| value.get(index));
        (A::read(at(0)), B::read(at(1)))
    }
}

impl<T: Read> Read for Named<T> {
    fn read(value: Option<&Value>) -> Self {
        let mut all = Self::default();
        for (key, value) in value.and_then(Value::as_object).into_iter().flatten() {
            all.insert(key.clone(), T::read(Some(value)));
        }
        all
    }
}
