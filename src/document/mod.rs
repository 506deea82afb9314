//! The document: what people write, as JSON. Serde stops here; everything after it is the compiler's.
//!
//! [`read`] takes bytes and gives a [`Document`] or *all* problems at once. It reads strictly, in three steps:
//! [`json`] refuses what JSON libraries let through (a key twice, nesting without end), [`shape`] compares the tree
//! with the JSON Schema that editors use, and only then serde fills the types below, which that schema was made from.

pub mod json;
mod problem;
mod shape;
mod survey;

pub use problem::{Code, Problem};
pub use survey::Survey;

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The JSON Schema of [`Document`], generated from its types and kept beside them.
pub const SCHEMA: &str = include_str!("schema.json");

/// Flags, experiments and page tests of one project, in one environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Where editors find the schema.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The version of this format: 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1)))]
    pub format: u32,
    /// Flags by key.
    #[serde(default)]
    pub flags: BTreeMap<String, Flag>,
    /// Metrics by key: how events become a number for each unit.
    #[serde(default)]
    pub metrics: BTreeMap<String, Metric>,
    /// Experiments by key.
    #[serde(default)]
    pub experiments: BTreeMap<String, Experiment>,
    /// Page tests by key: what each variant changes on which pages.
    #[serde(default)]
    pub pages: BTreeMap<String, Page>,
    /// Surveys by key: what visitors in an experiment are asked.
    #[serde(default)]
    pub surveys: BTreeMap<String, Survey>,
}

/// A switch with two or more positions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// What it is for, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The type of its values.
    pub kind: Kind,
    /// Values by the variant's key.
    pub variants: BTreeMap<String, serde_json::Value>,
    /// The variant that is served when the flag is disabled or cannot be decided.
    pub off: String,
    /// Whether its rules are asked at all.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Whether browsers may know of it.
    #[serde(default)]
    pub client: bool,
    /// The first rule that matches decides.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// The variant that is served when no rule matches.
    pub otherwise: String,
}

fn yes() -> bool {
    true
}

/// The type of a flag's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// Text.
    String,
    /// A number.
    Number,
    /// Any JSON.
    Json,
}

/// One line of a flag's rules: who and when, and what they get. Exactly one of `serve` and `experiment` stands in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Who it is for; everybody if it is left out.
    #[serde(rename = "if", default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
    /// The time from which it holds, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<i64>,
    /// The time from which it no longer holds, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
    /// The variant to serve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serve: Option<String>,
    /// The share of units that get what is served; the others go on to the next rule. Everybody if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollout: Option<Rollout>,
    /// The experiment whose run decides. Units outside its rollout go on to the next rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub experiment: Option<String>,
}

/// A share of units. In rules of one flag, the same salt nests them: who is in a smaller share is in a larger one, too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rollout {
    /// What makes its draws its own.
    pub salt: String,
    /// The first rollout draw that is not in it: 0 is nobody, 4294967296 (2^32) everybody.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 4_294_967_296_u64)))]
    pub below: u64,
    /// The attribute that is drawn.
    #[serde(default = "unit")]
    pub unit: String,
}

/// A question about the context. A missing attribute or one of another type never matches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Condition {
    /// All of these hold.
    All(#[cfg_attr(feature = "schema", schemars(length(min = 1)))] Vec<Condition>),
    /// At least one of these holds.
    Any(#[cfg_attr(feature = "schema", schemars(length(min = 1)))] Vec<Condition>),
    /// This does not hold.
    Not(Box<Condition>),
    /// The attribute is there.
    Exists(Attribute),
    /// The attribute has this value.
    Equals(Equals),
    /// The attribute is one of these texts.
    In(In),
    /// The attribute is a text that starts so.
    Starts(Starts),
    /// The attribute is a number below this one.
    Less(Compare),
    /// The attribute is a number no greater than this one.
    AtMost(Compare),
    /// The attribute is a number above this one.
    Greater(Compare),
    /// The attribute is a number no less than this one.
    AtLeast(Compare),
}

/// An attribute of the context.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// Its name.
    pub attribute: String,
}

/// An attribute and a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Equals {
    /// The attribute's name.
    pub attribute: String,
    /// What it must be.
    pub value: Scalar,
}

/// A text, a number or a boolean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Scalar {
    /// Yes or no.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

/// An attribute and a set of texts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct In {
    /// The attribute's name.
    pub attribute: String,
    /// The texts.
    pub values: Vec<String>,
}

/// An attribute and the start of a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Starts {
    /// The attribute's name.
    pub attribute: String,
    /// The start.
    pub with: String,
}

/// An attribute and a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// The attribute's name.
    pub attribute: String,
    /// The number.
    pub than: f64,
}

/// How events become a number for each unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// What it measures, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The name of the tracking event. A unit counts once, by its first such event after the exposure.
    pub event: String,
}

/// A flag under test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    /// What we want to know, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The flag whose variants are compared.
    pub flag: String,
    /// The metric that decides.
    pub metric: String,
    /// The metrics that must not get worse.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guardrails: Vec<String>,
    /// The variant that the others are compared with.
    pub control: String,
    /// The attribute that is randomised.
    #[serde(default = "unit")]
    pub unit: String,
    /// The present run; without one the experiment's rules never match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Run>,
}

fn unit() -> String {
    "unit".to_string()
}

/// One start of an experiment. Its salt is fixed for its life; epochs change the rollout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Its name, never used twice.
    pub id: String,
    /// What makes its draws its own.
    pub salt: String,
    /// Counts the spans of constant allocation, from 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 65535)))]
    pub epoch: u32,
    /// The first rollout draw that is not in the experiment: 0 is nobody, 4294967296 (2^32) everybody.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 4_294_967_296_u64)))]
    pub rollout: u64,
    /// Which split draws meet which variant: `[end, variant]` with rising ends, the last end 4294967296 (2^32).
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 256)))]
    pub split: Vec<(u64, String)>,
}

/// A page test: where, and what each variant changes there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// The path of the pages, with `*` for any run of characters.
    pub path: String,
    /// The flag that decides.
    pub flag: String,
    /// The edits by variant; a variant that is left out shows the page as it is.
    #[serde(default)]
    pub variants: BTreeMap<String, Vec<Edit>>,
}

/// One change to the elements that a selector finds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// A CSS selector.
    pub select: String,
    /// What changes.
    pub change: Change,
}

/// What an edit changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Change {
    /// The element's content becomes this text.
    Text(String),
    /// An attribute gets a value.
    Attribute(SetAttribute),
    /// The element goes, if this is `true`.
    Remove(bool),
}

/// An attribute of an element and its new value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SetAttribute {
    /// Its name.
    pub name: String,
    /// Its new value.
    pub value: String,
}

/// Reads a document, or names everything that is wrong with its form.
pub fn read(bytes: &[u8]) -> Result<Document, Vec<Problem>> {
    let tree = json::read(bytes)?;
    from_tree(tree)
}

/// A document of which some entries could not be read.
#[derive(Clone, Debug)]
pub struct Partial {
    /// What could be read.
    pub document: Document,
    /// JSON pointers to the entries that were left out: `/flags/hero`, or a whole part such as `/pages`.
    pub left_out: Vec<String>,
    /// Why.
    pub problems: Vec<Problem>,
}

/// Reads as much of a document as there is to read, so that what is wrong with the rest can be told as well.
pub fn read_partly(bytes: &[u8]) -> Result<Partial, Vec<Problem>> {
    let mut tree = json::read(bytes)?;
    let problems = shape::check(&tree);
    let mut left_out = Vec::new();
    for problem in &problems {
        let mut parts = problem.pointer.split('/').skip(1);
        let (Some(part), entry) = (parts.next(), parts.next()) else { return Err(problems) };
        let whole = tree.get_mut(part);
        match (whole.and_then(serde_json::Value::as_object_mut), entry) {
            (Some(entries), Some(entry)) => {
                entries.remove(&entry.replace("~1", "/").replace("~0", "~"));
                left_out.push(alloc::format!("/{part}/{entry}"));
            }
            _ if part == "format" => tree["format"] = 1.into(),
            _ => {
                if let Some(all) = tree.as_object_mut() {
                    all.remove(part);
                }
                left_out.push(alloc::format!("/{part}"));
            }
        }
    }
    match serde_json::from_value(tree) {
        Ok(document) => Ok(Partial { document, left_out, problems }),
        Err(_) => Err(problems),
    }
}

/// Reads a document from a JSON tree whose keys are known to be unique.
pub fn from_tree(tree: serde_json::Value) -> Result<Document, Vec<Problem>> {
    let problems = shape::check(&tree);
    if !problems.is_empty() {
        return Err(problems);
    }
    // The shape is right, so this fails only where schema and types disagree, which a test looks for.
    serde_json::from_value(tree).map_err(|error| {
        vec![Problem::new(
            String::new(),
            Code::Shape,
            error.to_string(),
            "Compare the document with its JSON Schema.".into(),
        )]
    })
}

#[cfg(all(test, feature = "schema"))]
mod tests {
    extern crate std;

    #[test]
    fn the_schema_is_the_one_that_the_types_give() {
        let schema = schemars::schema_for!(super::Document);
        let fresh = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/document/schema.json"), &fresh).unwrap();
        } else {
            assert_eq!(super::SCHEMA, fresh, "run UPDATE=1 cargo test --features schema");
        }
    }
}
