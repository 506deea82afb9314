//! The tests of a rule: the one exhaustive match over operators.
//!
//! A wrong type never matches, and neither does a missing attribute. An inverted test (`not`) matches exactly when the
//! plain one does not.

pub mod automaton;
pub mod moment;
pub mod network;

use crate::context::tag;
use crate::draw;
use crate::limits::{ATTRIBUTE_BYTES, NETWORKS};
use crate::snapshot::{Operation, Snapshot, Step, flags, head, wide};
use core::cmp::Ordering;
use network::NETWORK;

/// How two values that have an order are compared. Its bits say which orders it holds for: less, equal, greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Comparison {
    /// `<`
    Less = 0b001,
    /// `=`
    Equal = 0b010,
    /// `<=`
    AtMost = 0b011,
    /// `>`
    Greater = 0b100,
    /// `>=`
    AtLeast = 0b110,
}

impl Comparison {
    /// The comparison behind its bits in a snapshot.
    #[must_use]
    pub fn from_bits(bits: u8) -> Self {
        match bits {
            0b001 => Self::Less,
            0b011 => Self::AtMost,
            0b100 => Self::Greater,
            0b110 => Self::AtLeast,
            _ => Self::Equal,
        }
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

/// What is asked of one value, for whoever describes it.
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
    /// It is a text whose fingerprint is one of so many.
    PrintIn {
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

/// What a rule asks of one attribute, for whoever describes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Test<'a> {
    /// What is asked.
    pub operator: Operator<'a>,
    /// Whether A to Z in the attribute are taken for a to z.
    pub fold: bool,
    /// How a list is asked; without it the value itself is.
    pub list: Option<Each>,
}

/// A value of the context that a step asks about.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) slot: [u32; 3],
    /// Its text, if it is one.
    pub(crate) text: Option<&'a [u8]>,
}

/// Whether a value passes what a step asks of an attribute.
#[expect(clippy::cast_precision_loss, reason = "an attribute is a number; times below 2^53 are exact")]
pub(crate) fn passes(step: Step, Subject { slot: [tag, low, high], text }: Subject, snapshot: Snapshot) -> bool {
    let Step { operation, x, a, b, .. } = step;
    let number = f64::from_bits(wide([low, high]));
    match operation {
        Operation::Exists => tag != tag::MISSING,
        Operation::TextMatches => text.is_some_and(|text| automaton::matches(snapshot.pool(a, b), text)),
        Operation::TextIn => text.is_some_and(|text| {
            let head = head(text);
            is_among(a, b, |index| snapshot.compare(index, head, text))
        }),
        Operation::PrintIn => text.is_some_and(|text| {
            // A salt stands in front of the fingerprints.
            let print = draw::fingerprint(snapshot.print(a), text);
            is_among(a.wrapping_add(1), b, |index| snapshot.print(index).cmp(&print))
        }),
        Operation::Number => tag == tag::NUMBER && is(x, number.partial_cmp(&f64::from_bits(step.wide()))),
        Operation::BooleanIs => tag == tag::BOOLEAN && low == a,
        Operation::Moment => {
            let moment = step.wide().cast_signed();
            let order = match text {
                Some(text) => moment::millis(text).map(|time| time.cmp(&moment)),
                None if tag == tag::NUMBER => number.partial_cmp(&(moment as f64)),
                None => None,
            };
            is(x, order)
        }
        Operation::AddressIn => {
            let networks = snapshot.pool(a, b.min((NETWORKS * NETWORK) as u32));
            text.and_then(network::address).is_some_and(|address| network::within(networks, address))
        }
        Operation::Size => tag == tag::LIST && is(x, Some(high.cmp(&a))),
        // These ask no attribute.
        Operation::Serve
        | Operation::Split
        | Operation::Under
        | Operation::Ramp
        | Operation::Since
        | Operation::Weekday
        | Operation::TimeOfDay
        | Operation::FlagIs => false,
    }
}

/// Whether the comparison in the lowest bits holds for two values in this order; none does where there is no order.
pub(crate) fn is(comparison: u8, order: Option<Ordering>) -> bool {
    order.is_some_and(|order| (comparison & flags::COMPARISON) >> (order as i8 + 1) & 1 == 1)
}

/// A text with a to z for A to Z.
pub(crate) fn lowered<'l>(text: &[u8], lower: &'l mut [u8; ATTRIBUTE_BYTES]) -> &'l [u8] {
    for (lower, byte) in lower.iter_mut().zip(text) {
        *lower = byte.to_ascii_lowercase();
    }
    lower.get(..text.len()).unwrap_or_default()
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
