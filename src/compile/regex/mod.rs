//! A regular expression to the table that [`crate::condition::automaton`] walks.
//!
//! `regex-syntax` reads the text, [`meaning`] says what [`expression`] is meant by its signs, which becomes [`steps`] and
//! then an [`mod@automaton`]; [`mod@smallest`] makes that as small as it can be, and [`layout`] writes it down. The same
//! expression gives the same bytes everywhere. A library's automata know where a match begins and ends, and are made in
//! ten times as much code.
//!
//! It is searched for everywhere in the subject; `^` and `$` tie it to the ends. All that counts is whether it matches,
//! so groups only group, and `+?` is `+`.

mod automaton;
mod characters;
mod expression;
mod layout;
mod meaning;
mod smallest;
mod states;
mod steps;

use crate::document::Tables;
use crate::limits::{REGEX_BYTES, REGEX_DEPTH, REGEX_TABLE_BYTES, REGEX_WORK_BYTES};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use automaton::automaton;
use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::ast::{Error, ErrorKind};
use smallest::smallest;
use steps::Steps;

/// Why a regular expression cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// What is wrong and where: the first character is character 1.
    pub cause: String,
    /// What to write instead.
    pub fix: String,
}

/// The table of an expression, or why there is none: it cannot be read, asks for what automata do not do, or is too
/// large ([`REGEX_BYTES`], [`REGEX_DEPTH`], [`REGEX_TABLE_BYTES`], [`REGEX_WORK_BYTES`]).
pub(super) fn table(pattern: &str, known: &Tables) -> Result<Vec<u8>, Refusal> {
    if pattern.len() > REGEX_BYTES {
        let cause = format!("The expression has {} bytes; {REGEX_BYTES} are allowed.", pattern.len());
        return Err(Refusal { cause, fix: "Split it into several conditions, or list the texts instead.".to_string() });
    }
    expression_table(pattern, known)
}

/// The table of an expression of any length, which the compiler itself may have written.
pub(super) fn expression_table(pattern: &str, known: &Tables) -> Result<Vec<u8>, Refusal> {
    known.of(pattern, || made(pattern))
}

fn made(pattern: &str) -> Result<Vec<u8>, Refusal> {
    let read = ParserBuilder::new().nest_limit(REGEX_DEPTH).build().parse(pattern);
    let meaning = meaning::of(&read.map_err(|error| unreadable(pattern, &error))?, pattern)?;
    let automaton = Steps::of(&meaning)
        .and_then(|steps| automaton(&steps))
        .ok_or_else(|| explosion("an automaton", REGEX_WORK_BYTES))?;
    let table = layout::table(&smallest(&automaton));
    table.filter(|table| table.len() <= REGEX_TABLE_BYTES).ok_or_else(|| explosion("a table", REGEX_TABLE_BYTES))
}

fn explosion(what: &str, most: usize) -> Refusal {
    Refusal {
        cause: format!("The expression needs {what} of more than {} KiB.", most >> 10),
        fix: "Shorten what is repeated a number of times, such as `.{50}`, or begin with `^`.".to_string(),
    }
}

fn refuse(pattern: &str, offset: usize, what: &str, why: &str, fix: &str) -> Refusal {
    let position = pattern.get(..offset).unwrap_or_default().chars().count() + 1;
    Refusal { cause: format!("{what} at character {position}: {why}."), fix: fix.to_string() }
}

fn unreadable(pattern: &str, error: &Error) -> Refusal {
    let (what, fix) = match error.kind() {
        ErrorKind::UnsupportedLookAround => {
            ("There is a look-around", "Write two conditions, one of them inverted, instead.")
        }
        ErrorKind::UnsupportedBackreference => {
            ("There is a back reference", "Write out each text that may be repeated, with `|` between them.")
        }
        ErrorKind::NestLimitExceeded(_) => ("The expression is nested too deeply", "Take groups apart."),
        _ => ("The expression cannot be read", r"Mend it there. A sign that stands for itself has a `\` before it."),
    };
    refuse(pattern, error.span().start.offset, what, &error.kind().to_string(), fix)
}

#[cfg(test)]
mod tests;
