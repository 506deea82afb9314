//! What units are told apart by in sums, beside their browser, device, country and whether they are new.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

/// A dimension. Only values that are declared are ever stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// What it is, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The attribute of the context that holds its value, or a JSON pointer to it; the dimension's own name if it is left
    /// out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// Its values. Whoever has another one is in none of them.
    pub values: Vec<String>,
}

impl Dimension {
    /// The steps through a context to its value. `name` is the dimension's own.
    #[must_use]
    pub fn path(&self, name: &str) -> Vec<String> {
        let attribute = self.attribute.as_deref().unwrap_or(name);
        match attribute.strip_prefix('/') {
            Some(steps) => steps.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect(),
            None => Vec::from([attribute.to_string()]),
        }
    }
}
