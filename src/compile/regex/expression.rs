//! What an expression asks for, byte by byte.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

/// What is to be found.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    /// A byte from the first to the last.
    Byte(u8, u8),
    /// A place between two bytes.
    Look(Look),
    /// One behind the other; none of them is found everywhere.
    Sequence(Vec<Expression>),
    /// One of these; without any it is never found.
    Choice(Vec<Expression>),
    /// From so many times to so many times, or without end.
    Repeated(u32, Option<u32>, Box<Expression>),
}

impl Expression {
    pub(super) fn nothing() -> Self {
        Self::Sequence(Vec::new())
    }

    pub(super) fn text(text: &str) -> Self {
        Self::Sequence(text.bytes().map(|byte| Self::Byte(byte, byte)).collect())
    }

    /// What takes no byte is there once or any number of times.
    pub(super) fn repeated(self, min: u32, max: Option<u32>) -> Self {
        if self.takes_bytes() {
            return Self::Repeated(min, max, Box::new(self));
        }
        match (min, max) {
            (_, Some(0)) => Self::nothing(),
            (0, _) => Self::Choice(vec![self, Self::nothing()]),
            _ => self,
        }
    }

    fn takes_bytes(&self) -> bool {
        match self {
            Self::Byte(..) => true,
            Self::Look(_) => false,
            Self::Sequence(all) | Self::Choice(all) => all.iter().any(Self::takes_bytes),
            Self::Repeated(_, max, inner) => *max != Some(0) && inner.takes_bytes(),
        }
    }
}

/// A place between two bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Start,
    End,
    LineStart,
    LineEnd,
    Word,
    WordStart,
    WordEnd,
}

impl Look {
    /// Whether it is between these.
    pub(super) fn holds(self, before: Beside, after: Beside) -> bool {
        let ends_line = |beside| matches!(beside, Beside::Edge | Beside::LineFeed);
        let is_word = |beside| beside == Beside::Word;
        match self {
            Self::Start => before == Beside::Edge,
            Self::End => after == Beside::Edge,
            Self::LineStart => ends_line(before),
            Self::LineEnd => ends_line(after),
            Self::Word => is_word(before) != is_word(after),
            Self::WordStart => !is_word(before) && is_word(after),
            Self::WordEnd => is_word(before) && !is_word(after),
        }
    }
}

/// What is on one side of a place, as far as [`Look`] asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Beside {
    /// The start or the end of the subject.
    Edge,
    LineFeed,
    /// A letter of ASCII, a digit or `_`.
    Word,
    Other,
}

impl Beside {
    /// How many there are.
    pub(super) const KINDS: usize = Self::Other as usize + 1;

    pub(super) fn of(byte: u8) -> Self {
        match byte {
            b'\n' => Self::LineFeed,
            b'_' => Self::Word,
            _ if byte.is_ascii_alphanumeric() => Self::Word,
            _ => Self::Other,
        }
    }
}
