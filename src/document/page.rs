//! Page tests: what each variant changes on which pages.

use super::Named;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;
use serde_json::Value;

/// A page test: where, and what each variant changes there.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// The path of the pages, as a URL pattern: `/beans/*`, or `/beans/:kind`.
    pub path: String,
    /// Their host, likewise; any if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Their query without its `?`, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// The flag that decides.
    pub flag: String,
    /// The changes by variant; a variant that is left out shows the page as it is.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Named<Vec<super::change::Edit>>"))]
    pub variants: Named<Vec<Edit>>,
}

impl Page {
    /// Whether an address may belong to both. In doubt it may: patterns are compared by what stands before their first sign.
    #[must_use]
    pub fn may_meet(&self, other: &Self) -> bool {
        let meet = |one: &str, two: &str| {
            let (own, theirs) = (fixed(one), fixed(two));
            match (own == one, theirs == two) {
                (true, true) => one == two,
                (true, false) => one.starts_with(theirs),
                (false, true) => two.starts_with(own),
                (false, false) => own.starts_with(theirs) || theirs.starts_with(own),
            }
        };
        let any = |one: &Option<String>, two: &Option<String>| {
            one.as_ref().zip(two.as_ref()).is_none_or(|(one, two)| meet(one, two))
        };
        meet(&self.path, &other.path) && any(&self.host, &other.host) && any(&self.query, &other.query)
    }
}

/// What a URL pattern begins with before anything in it may vary.
fn fixed(pattern: &str) -> &str {
    pattern.split([':', '*', '(', '{', '\\', '?', '+']).next().unwrap_or_default()
}

/// One change to a page or to some of its elements, as it was written: it is made in JavaScript, so it stays JSON. The
/// schema says what is in it (`change.rs`).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Edit(pub Value);

impl Edit {
    /// A text of the edit itself: its `select` or its `slot`.
    pub(crate) fn place(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.as_str()
    }

    /// What kind of change it is, and what is said of it.
    pub(crate) fn change(&self) -> Option<(&str, &Value)> {
        let (kind, change) = self.0.get("change")?.as_object()?.iter().next()?;
        Some((kind, change))
    }
}
