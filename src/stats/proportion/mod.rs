//! Shares of units that did something, where counts are small: intervals and tests that do not lean on a normal.
//!
//! None of them may be looked at again and again; the report decides by [`lift`](super::lift) and
//! [`guard`](super::guard).

pub mod interval;
pub mod table;
