//! What is wrong with a document: where, what, why and what to do.

use crate::limits::NAME_BYTES;
use alloc::string::String;
use core::fmt;
use serde::Serialize;

/// The kind of a problem, for machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// Too many bytes.
    TooLarge,
    /// Not UTF-8.
    Utf8,
    /// Not JSON.
    Json,
    /// Nested too deeply.
    Depth,
    /// A key stands twice in one object.
    DuplicateKey,
    /// A value of another type, a key that is missing or unknown.
    Shape,
    /// A name that is not made as names are.
    Name,
    /// A name that nothing has.
    Unknown,
    /// A value that contradicts another.
    Conflict,
    /// A split that is not a partition of the draws.
    Split,
    /// Two draws on one path that are not independent, or two runs with one name.
    Draw,
    /// Things that build on each other in a circle, or in too long a row.
    Cycle,
    /// A regular expression that is none, or one that would take too much.
    Regex,
    /// A change to a run that is under way.
    Run,
    /// More visitors would meet something new than the next step allows.
    Exposure,
    /// More than a limit allows.
    Limit,
    /// An edit that would run code in the page.
    Unsafe,
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The place, as a JSON pointer (RFC 6901).
    pub pointer: String,
    /// Its kind.
    pub code: Code,
    /// What is wrong there.
    pub cause: String,
    /// What to do.
    pub fix: String,
}

impl Problem {
    /// A problem at a place.
    #[must_use]
    pub fn new(pointer: String, code: Code, cause: String, fix: String) -> Self {
        Self { pointer, code, cause, fix }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let place = if self.pointer.is_empty() { "the document" } else { &self.pointer };
        write!(f, "{place}: {} {}", self.cause, self.fix)
    }
}

/// A pointer one step further down.
pub(crate) fn below(pointer: &str, key: &str) -> String {
    let mut longer = String::with_capacity(pointer.len() + key.len() + 1);
    longer.push_str(pointer);
    longer.push('/');
    // No name is longer than its limit; a longer key is named by its start, so that no list of problems explodes.
    for character in key.chars().take(NAME_BYTES) {
        match character {
            '~' => longer.push_str("~0"),
            '/' => longer.push_str("~1"),
            other => longer.push(other),
        }
    }
    longer
}
