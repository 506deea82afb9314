//! Sets of characters.

use alloc::vec::Vec;
use regex_syntax::utf8::{Utf8Sequence, Utf8Sequences};

/// A set of characters: where it begins, where it ends, where it begins again, and so on, in rising order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Characters(Vec<u32>);

/// The number after that of the last character.
const END: u32 = char::MAX as u32 + 1;

impl Characters {
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    pub(super) fn range(first: char, last: char) -> Self {
        if first > last { Self::none() } else { Self([first.into(), u32::from(last) + 1].into()) }
    }

    pub(super) fn of(ranges: &[(char, char)]) -> Self {
        ranges.iter().fold(Self::none(), |all, (first, last)| all.or(&Self::range(*first, *last)))
    }

    pub(super) fn not(&self) -> Self {
        Self([0, END].into()).but_not(self)
    }

    pub(super) fn or(&self, other: &Self) -> Self {
        self.with(other, |one, other| one || other)
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        self.with(other, |one, other| one && other)
    }

    pub(super) fn but_not(&self, other: &Self) -> Self {
        self.with(other, |one, other| one && !other)
    }

    pub(super) fn either(&self, other: &Self) -> Self {
        self.with(other, |one, other| one != other)
    }

    /// The characters for which `holds` does, of whether they are in this set and in the other.
    fn with(&self, other: &Self, holds: fn(bool, bool) -> bool) -> Self {
        let (mut one, mut two) = (self.0.iter().peekable(), other.0.iter().peekable());
        let (mut in_one, mut in_two, mut turns) = (false, false, Vec::new());
        while let Some(at) = [one.peek(), two.peek()].into_iter().flatten().min().map(|at| **at) {
            let before = holds(in_one, in_two);
            in_one ^= one.next_if(|turn| **turn == at).is_some();
            in_two ^= two.next_if(|turn| **turn == at).is_some();
            if holds(in_one, in_two) != before {
                turns.push(at);
            }
        }
        Self(turns)
    }

    /// The first and the last character of each run. The halves of UTF-16 are no characters.
    pub(super) fn ranges(&self) -> impl Iterator<Item = (char, char)> {
        self.0.chunks(2).filter_map(|turns| {
            let first = char::from_u32(turns[0]).unwrap_or('\u{e000}');
            let last = char::from_u32(turns[1] - 1).unwrap_or('\u{d7ff}');
            (first <= last).then_some((first, last))
        })
    }

    /// The characters in UTF-8: ranges of bytes, one behind the other.
    pub(super) fn sequences(&self) -> impl Iterator<Item = Utf8Sequence> {
        self.ranges().flat_map(|(first, last)| Utf8Sequences::new(first, last))
    }
}
