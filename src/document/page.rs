//! Page tests: what each variant changes on which pages.

use super::Named;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

/// A page test: where, and what each variant changes there.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// The path of the pages, with `*` for any run of characters.
    pub path: String,
    /// The flag that decides.
    pub flag: String,
    /// The edits by variant; a variant that is left out shows the page as it is.
    #[serde(default)]
    pub variants: Named<Vec<Edit>>,
}

/// One change to the elements that a selector finds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// A CSS selector.
    pub select: String,
    /// What changes.
    pub change: Change,
}

/// What an edit changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SetAttribute {
    /// Its name.
    pub name: String,
    /// Its new value.
    pub value: String,
}
