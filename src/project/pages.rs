//! Long lists in pages: so many of what stands behind a name, and the name behind which the next page begins.

use super::{Refusal, Request, Result, invalid};
use crate::document::{Code, Problem};
use alloc::format;
use alloc::string::{String, ToString};
use core::ops::Range;

/// What a page holds where nobody says, more than most projects have; and at most.
pub(super) const USUAL: i64 = 500;
pub(super) const MOST: i64 = 1000;

/// The part of a list that a call asks for, by the names of all in it, and the name of its last where more follow.
pub(super) fn of(request: &Request, names: &[&str]) -> Result<(Range<usize>, Option<String>)> {
    let limit = usize::try_from(request.number("limit", MOST)?.unwrap_or(USUAL)).unwrap_or_default();
    let after = request.query("after");
    let known = names.iter().position(|name| *name == after).map(|place| place + 1);
    let Some(from) = known.or(after.is_empty().then_some(0)) else {
        let cause = format!("Nothing here is named “{after}” any more.");
        return Err(misplaced(cause));
    };
    let to = names.len().min(from + limit);
    let next = names.get(to).and_then(|_| names.get(to - 1)).map(ToString::to_string);
    Ok((from..to, next))
}

/// The refusal of an `after` that no page has told.
pub(super) fn misplaced(cause: String) -> Refusal {
    let fix = "Send the `next` of the page before, or begin again without it.".to_string();
    invalid(&[Problem::new("?after".to_string(), Code::Unknown, cause, fix)])
}
