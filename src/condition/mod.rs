//! The tests of a rule: the one exhaustive match over operators.
//!
//! A wrong type never matches, and neither does a missing attribute. An inverted test (`not`) matches exactly when the
//! plain one does not.

pub mod automaton;
pub mod moment;
pub mod network;

use crate::context::Value;
use crate::draw;
use crate::limits::ATTRIBUTE_BYTES;
use crate::snapshot::Snapshot;
use core::cmp::Ordering;

/// How two values that have an order are compared.
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

    /// Whether it holds between two values that are in this order; none of them does where there is no order.
    #[must_use]
    pub fn holds(self, order: Option<Ordering>) -> bool {
        order.is_some_and(|order| match self {
            Self::Equal => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        })
    }
}

/// How a test asks a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Each {
    /// At least one item passes.
    Any,
    /// Every item passes.
    All,
    /// No item passes.
    None,
}

/// What is asked of one value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operator<'a> {
    /// It is there, whatever its type.
    Exists,
    /// It is this text, byte by byte.
    TextIs(&'a [u8]),
    /// It is a text that this automaton finds something in: starts, ends, parts, forms, versions and expressions alike.
    TextMatches(&'a [u8]),
    /// It is one of `count` texts of the snapshot from `first` on, which are sorted.
    TextIn {
        /// Index of the first text.
        first: u32,
        /// How many.
        count: u32,
    },
    /// It is a text whose fingerprint is one of `count` from `first` on, which are sorted.
    PrintIn {
        /// What the fingerprints are salted with.
        salt: u64,
        /// Index of the first fingerprint.
        first: u32,
        /// How many.
        count: u32,
    },
    /// It is a number that compares so with this one.
    Number(Comparison, f64),
    /// It is this boolean.
    BooleanIs(bool),
    /// It is a time that compares so with this one: a number of milliseconds, or a text.
    Moment(Comparison, i64),
    /// It is a text that is an address in one of these networks.
    AddressIn(&'a [u8]),
    /// It is a list whose number of items compares so with this one.
    Size(Comparison, u32),
}

impl Operator<'_> {
    #[inline(never)]
    #[expect(clippy::cast_precision_loss, reason = "an attribute is a number; times below 2^53 are exact")]
    fn holds(self, value: Value, snapshot: &Snapshot) -> bool {
        match (self, value) {
            (Self::Exists, _) => true,
            (Self::TextIs(wanted), Value::Text(text)) => text == wanted,
            (Self::TextMatches(table), Value::Text(text)) => automaton::matches(table, text),
            (Self::TextIn { first, count }, Value::Text(text)) => {
                is_among(first, count, |index| snapshot.text(index).cmp(text))
            }
            (Self::PrintIn { salt, first, count }, Value::Text(text)) => {
                let print = draw::fingerprint(salt, text);
                is_among(first, count, |index| snapshot.print(index).cmp(&print))
            }
            (Self::Number(comparison, wanted), Value::Number(number)) => comparison.holds(number.partial_cmp(&wanted)),
            (Self::BooleanIs(wanted), Value::Boolean(yes)) => yes == wanted,
            (Self::Moment(comparison, wanted), Value::Number(time)) => {
                comparison.holds(time.partial_cmp(&(wanted as f64)))
            }
            (Self::Moment(comparison, wanted), Value::Text(text)) => {
                comparison.holds(moment::millis(text).map(|time| time.cmp(&wanted)))
            }
            (Self::AddressIn(networks), Value::Text(text)) => {
                network::address(text).is_some_and(|address| network::within(networks, &address))
            }
            (Self::Size(comparison, wanted), Value::List(items)) => comparison.holds(Some(items.count().cmp(&wanted))),
            (
                Self::TextIs(_)
                | Self::TextMatches(_)
                | Self::TextIn { .. }
                | Self::PrintIn { .. }
                | Self::Number(..)
                | Self::BooleanIs(_)
                | Self::Moment(..)
                | Self::AddressIn(_)
                | Self::Size(..),
                _,
            ) => false,
        }
    }
}

/// What a rule asks of one attribute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Test<'a> {
    /// What is asked.
    pub operator: Operator<'a>,
    /// Whether A to Z in the attribute are taken for a to z.
    pub fold: bool,
    /// How a list is asked; without it the value itself is.
    pub list: Option<Each>,
}

impl Test<'_> {
    /// Whether the attribute's value passes.
    #[must_use]
    pub fn holds(self, value: Option<Value>, snapshot: &Snapshot) -> bool {
        match (self.list, value) {
            (None, Some(value)) => self.one(value, snapshot),
            (Some(each), Some(Value::List(items))) => {
                // The first item that passes, or for `All` that does not, settles it.
                let settles = items.each().any(|item| self.one(item, snapshot) != (each == Each::All));
                settles == (each == Each::Any)
            }
            (_, None) | (Some(_), Some(_)) => false,
        }
    }

    fn one(self, value: Value, snapshot: &Snapshot) -> bool {
        match value {
            Value::Text(text) if self.fold => folded(text, |lower| self.operator.holds(Value::Text(lower), snapshot)),
            value => self.operator.holds(value, snapshot),
        }
    }
}

/// Asks of a text with a to z for A to Z; a function of its own, so that only such texts pay for its room.
#[inline(never)]
fn folded(text: &[u8], ask: impl FnOnce(&[u8]) -> bool) -> bool {
    let mut lower = [0; ATTRIBUTE_BYTES];
    let Some(lower) = lower.get_mut(..text.len()) else { return false };
    lower.copy_from_slice(text);
    lower.make_ascii_lowercase();
    ask(lower)
}

/// Binary search in a row of sorted items; `compare` gives the order of an item and what is looked for.
fn is_among(first: u32, count: u32, compare: impl Fn(u32) -> Ordering) -> bool {
    let (mut low, mut high) = (first, first.saturating_add(count));
    while low < high {
        let middle = low + (high - low) / 2;
        match compare(middle) {
            Ordering::Equal => return true,
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
        }
    }
    false
}
