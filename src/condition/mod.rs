//! The tests of a rule: the one exhaustive match over operators.
//!
//! A wrong type never matches. An inverted test (`not`) matches exactly when the plain one does not.

pub mod automaton;
pub mod glob;
pub mod moment;
pub mod network;
pub mod version;

use crate::context::Value;
use crate::snapshot::Snapshot;

/// How two numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// The comparison behind a number in a snapshot.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0 => Self::Equal,
            1 => Self::Less,
            2 => Self::AtMost,
            3 => Self::Greater,
            4 => Self::AtLeast,
            _ => return None,
        })
    }

    #[expect(clippy::float_cmp, reason = "equality of numbers that people wrote is what is asked")]
    fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::Greater => left > right,
            Self::AtLeast => left >= right,
        }
    }
}

/// What a test asks of one attribute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Test<'a> {
    /// The attribute is there, whatever its type.
    Exists,
    /// It is this text, byte by byte.
    TextIs(&'a [u8]),
    /// It is a text that starts with these bytes.
    TextStarts(&'a [u8]),
    /// It is one of `count` texts of the snapshot from `first` on, which are sorted.
    TextIn {
        /// Index of the first text.
        first: u32,
        /// How many.
        count: u32,
    },
    /// It is a number that compares so with this one.
    Number(Comparison, f64),
    /// It is this boolean.
    BooleanIs(bool),
}

impl Test<'_> {
    /// Whether the attribute's value passes.
    #[must_use]
    pub fn holds(self, value: Option<Value>, snapshot: &Snapshot) -> bool {
        match (self, value) {
            (Self::Exists, Some(_)) => true,
            (Self::TextIs(wanted), Some(Value::Text(text))) => text == wanted,
            (Self::TextStarts(wanted), Some(Value::Text(text))) => text.starts_with(wanted),
            (Self::TextIn { first, count }, Some(Value::Text(text))) => contains(snapshot, first, count, text),
            (Self::Number(comparison, wanted), Some(Value::Number(number))) => comparison.holds(number, wanted),
            (Self::BooleanIs(wanted), Some(Value::Boolean(yes))) => yes == wanted,
            (
                Self::TextIs(_) | Self::TextStarts(_) | Self::TextIn { .. } | Self::Number(..) | Self::BooleanIs(_),
                _,
            )
            | (Self::Exists, None) => false,
        }
    }
}

/// Binary search among the sorted texts of a snapshot.
fn contains(snapshot: &Snapshot, first: u32, count: u32, text: &[u8]) -> bool {
    let (mut low, mut high) = (first, first.saturating_add(count));
    while low < high {
        let middle = low + (high - low) / 2;
        match snapshot.text(middle).cmp(text) {
            core::cmp::Ordering::Equal => return true,
            core::cmp::Ordering::Less => low = middle + 1,
            core::cmp::Ordering::Greater => high = middle,
        }
    }
    false
}
