//! The document: what people write, as JSON. It stops here; everything after it is the compiler's.
//!
//! [`read`] takes bytes and gives a [`Document`] or *all* problems at once. It reads strictly, in three steps:
//! [`json`] refuses what JSON libraries let through (a key twice, nesting without end), [`shape`] compares the tree
//! with the schema that editors use, too, and only then [`tree`] fills the types below, which that schema was made from.

#[cfg(feature = "schema")]
mod change;
mod condition;
pub mod context;
mod dimension;
mod experiment;
mod flag;
#[cfg(all(test, feature = "schema"))]
pub(crate) mod generated;
mod hash;
pub mod id;
mod intake;
pub mod json;
mod named;
mod page;
mod privacy;
mod problem;
#[rustfmt::skip]
#[expect(clippy::unreadable_literal, reason = "it is generated")]
mod schema;
mod shape;
mod survey;
mod tables;
mod tree;
pub(crate) mod value;

pub use condition::{
    Affix, Attribute, Between, Compare, Condition, Contains, Day, DrawBelow, Each, Equals, FlagIs, Glob, In,
    InNetworks, InRange, Item, Listed, Matches, Scalar, Size, Than, TimeOfDay, Weekday, When,
};
pub use dimension::Dimension;
pub use experiment::{Experiment, Holdout, Layer, Metric, Run, Slot};
pub use flag::{Below, Flag, Forced, Kind, Ramp, Rollout, Rule, Split};
pub use hash::Hash;
pub use intake::Intake;
pub use named::Named;
pub use page::{Edit, Page};
pub use privacy::{Consent, Privacy};
pub(crate) use problem::below;
pub use problem::{Code, Problem};
pub use survey::Survey;
pub use tables::Tables;

use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;
use tree::Read;

/// The JSON Schema of [`Document`], generated from its types and kept beside them.
pub const SCHEMA: &str = include_str!("schema.json");

/// Flags, experiments and page tests of one project, in one environment.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Where editors find the schema.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The version of this format: 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1)))]
    pub format: u32,
    /// Flags by key. They must be there: a document cut short would otherwise take every flag away.
    pub flags: Named<Flag>,
    /// Segments by key: conditions that several rules share.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub segments: Named<Segment>,
    /// Layers by key: experiments of one layer exclude each other.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub layers: Named<Layer>,
    /// Holdouts by key: units that new things are kept from.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub holdouts: Named<Holdout>,
    /// Metrics by key: how events become a number for each unit.
    #[serde(default)]
    pub metrics: Named<Metric>,
    /// What one of each ISO 4217 currency is worth, in any common measure.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub rates: Named<f64>,
    /// Experiments by key.
    #[serde(default)]
    pub experiments: Named<Experiment>,
    /// Page tests by key: what each variant changes on which pages.
    #[serde(default)]
    pub pages: Named<Page>,
    /// Hosts that redirects may lead to, beside the site's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// Goals by the name of their event: what visitors do that needs no code on the page.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Named<change::Goal>"))]
    pub goals: Named<serde_json::Value>,
    /// Surveys by key: what visitors in an experiment are asked.
    #[serde(default)]
    pub surveys: Named<Survey>,
    /// Whom to leave out of all counting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy: Option<Privacy>,
    /// Whether events have to be signed.
    #[serde(default, skip_serializing_if = "Intake::is_signed")]
    pub intake: Intake,
    /// Dimensions by name: what units are told apart by, beside their browser, device, country and whether they are new.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub dimensions: Named<Dimension>,
    /// The tables of its expressions.
    #[serde(skip)]
    pub(crate) tables: Tables,
}

/// A condition with a name.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Segment {
    /// Who is in it, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it must never reach a browser, not even as hashes.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub server_only: bool,
    /// Who is in it.
    #[serde(rename = "if")]
    pub condition: Condition,
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
    // Where there are more problems than are told, some of what is wrong is still there.
    if !problems.is_empty() && !shape::check(&tree).is_empty() {
        return Err(problems);
    }
    Ok(Partial { document: Document::read(Some(&tree)), left_out, problems })
}

/// Reads a document from a JSON tree whose keys are known to be unique.
#[expect(clippy::needless_pass_by_value, reason = "whoever made the tree has no use for it any more")]
pub fn from_tree(tree: serde_json::Value) -> Result<Document, Vec<Problem>> {
    let problems = shape::check(&tree);
    if problems.is_empty() { Ok(Document::read(Some(&tree))) } else { Err(problems) }
}
