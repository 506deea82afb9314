//! SQL as the core speaks it: one statement at a time, inside a transaction that the shell owns.
//!
//! In a Durable Object the shell is `transactionSync` over its SQLite; natively it is SQLite too, so that simulation
//! runs the same statements. An error or a panic inside rolls the transaction back.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// No row has a larger number: it is as far as JavaScript counts.
pub const LAST: i64 = (1 << 53) - 1;

/// A value in a row or for a placeholder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// An integer. Shells that pass it through JavaScript keep it exact up to 2^53; sums travel as [`Cell::Blob`].
    Integer(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl Cell {
    /// The integer, or 0.
    #[must_use]
    pub fn integer(&self) -> i64 {
        match self {
            Self::Integer(number) => *number,
            Self::Null | Self::Text(_) | Self::Blob(_) => 0,
        }
    }

    /// The text, or an empty one.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Null | Self::Integer(_) | Self::Blob(_) => "",
        }
    }

    /// The bytes, or none.
    #[must_use]
    pub fn blob(&self) -> &[u8] {
        match self {
            Self::Blob(bytes) => bytes,
            Self::Null | Self::Integer(_) | Self::Text(_) => &[],
        }
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<Option<i64>> for Cell {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::Null, Self::Integer)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<&[u8]> for Cell {
    fn from(bytes: &[u8]) -> Self {
        Self::Blob(bytes.into())
    }
}

/// The store refused a statement. The whole step fails and is rolled back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(
    /// What the store said.
    pub String,
);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "the store refused: {}", self.0)
    }
}

/// Where statements run.
pub trait Sql {
    /// Runs one statement and gives its rows.
    fn run(&mut self, statement: &str, cells: &[Cell]) -> Result<Vec<Vec<Cell>>, Failure>;
}
