//! What a change does: who meets what in place of what, exactly.
//!
//! Other than for a [`super::Growth`], runs are split here, so it is known who meets which variant. What depends on the
//! visitor tells *paths* apart: each is one combination of truths that can occur, and on each the shares are exact.

use super::area::common;
use super::forced::{Forced, forced};
use super::lines::{Lines, Look};
use super::{TooManyConditions, combinations, pairs};
use crate::document::{Document, Named};
use crate::limits;
use crate::order::{set, sorted};
use crate::time::Millis;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use litemap::LiteMap;
use serde::Serialize;

/// What happens to a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// Only the new document has it.
    Added,
    /// Only the old document has it.
    Removed,
    /// Somebody may meet something else.
    Changed,
    /// Everybody meets what they met.
    Unchanged,
    /// It has too many conditions to be looked at in all their combinations.
    Unknown,
}

/// One flag in two documents.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The flag's key.
    pub flag: String,
    /// What happens to it.
    pub state: State,
    /// The paths on which somebody moves, those that move most first.
    pub paths: Vec<Path>,
    /// How many paths there are in all.
    pub looked: usize,
    /// The units that are forced by name, and for whom that changes. They are in no share.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forced: Vec<Forced>,
    /// What it comes to for the whole audience, if it is known how many visitors take which path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Estimate>,
}

/// One combination of truths.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Path {
    /// Its name: the pointers of what holds of the new document's questions, sorted, with spaces between them.
    pub name: String,
    /// What holds, in words.
    pub holds: Vec<String>,
    /// What does not.
    pub fails: Vec<String>,
    /// The units that meet another thing than now, in parts of 2^32 of those on the path.
    pub share: u64,
    /// Who goes where, the largest first.
    pub moves: Vec<Move>,
}

/// Units that meet one thing and would meet another. Where both have one name, its value or its edits change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Move {
    /// The variant in the old document.
    pub from: String,
    /// The variant in the new document.
    pub to: String,
    /// What it is to them.
    pub kind: Kind,
    /// Their share, in parts of 2^32 of the units on the path.
    pub share: u64,
}

/// What a move is to those who move. What the old document serves when the flag is off is no gain and no loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// They newly meet something.
    Gains,
    /// They no longer meet something.
    Loses,
    /// They meet one thing in place of another.
    Switches,
}

/// What a change comes to for the whole audience: paths weighted by how many visitors took them lately. It is an
/// estimate: tomorrow's visitors are others, and of paths that have one name the one that moves most counts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The units that would meet another thing than now, in parts of 2^32.
    pub share: u64,
    /// The visitors that were counted.
    pub of: u64,
    /// Visitors of these on paths that no combination of truths has. They count as if all of them moved.
    pub unknown: u64,
}

/// What `new` in place of `old` does to each flag.
///
/// If `now` is given, windows and ramps are taken as they are then; else each may have begun or not. `counts` are the
/// visitors of each path by its name ([`Path::name`]) for each flag.
#[must_use]
pub fn diff(old: &Document, new: &Document, now: Option<Millis>, counts: &Named<Named<u64>>) -> Vec<Change> {
    let keys = set(old.flags.keys().chain(new.flags.keys()));
    let mut work = limits::BLAST_WORK;
    let change = |key: &String| {
        let state = match (old.flags.contains_key(key), new.flags.contains_key(key)) {
            (_, false) => State::Removed,
            (false, true) => State::Added,
            (true, true) => State::Changed,
        };
        let forced = forced(old, new, key);
        let mut change = Change { flag: key.clone(), state, paths: Vec::new(), looked: 0, forced, estimate: None };
        if state == State::Removed {
            return change;
        }
        let Ok(mut paths) = paths(old, new, key, now, &mut work) else {
            return Change { state: State::Unknown, ..change };
        };
        change.looked = paths.len();
        change.estimate = counts.get(key).map(|counts| estimate(&paths, counts));
        paths.retain(|path| path.share > 0);
        let paths = sorted(paths, |one, other| other.share.cmp(&one.share).then(one.name.cmp(&other.name)));
        if paths.is_empty() && change.forced.is_empty() && state == State::Changed {
            change.state = State::Unchanged;
        }
        change.paths = paths;
        change
    };
    keys.into_iter().map(change).collect()
}

fn paths(
    old: &Document,
    new: &Document,
    key: &str,
    now: Option<Millis>,
    work: &mut u64,
) -> Result<Vec<Path>, TooManyConditions> {
    let look = Look { split_runs: true, now: now.map(|now| now.0) };
    let too_many = || TooManyConditions { flag: key.to_string() };
    let lines = Lines::new(old, new, key, look).ok_or_else(too_many)?;
    let combinations = combinations(&lines).ok_or_else(too_many)?;
    let mut paths = Vec::new();
    for truths in (0..combinations).filter(|truths| lines.truths.possible(*truths)) {
        paths.push(path(&lines, truths, work).ok_or_else(too_many)?);
    }
    Ok(paths)
}

fn path(lines: &Lines, truths: u32, work: &mut u64) -> Option<Path> {
    let [old, new] = pairs(lines, truths, work)?;
    let mut shares: LiteMap<(usize, usize), u128> = LiteMap::new_vec();
    for was in &old {
        for is in &new {
            // Where runs are split, each line leads to one thing.
            if let (&[from], &[to]) = (was.meets, is.meets)
                && from != to
            {
                *shares.entry((from, to)).or_default() += common(was, is);
            }
        }
    }
    let named = |((from, to), share): (&(usize, usize), &u128)| Move {
        from: lines.old_variant(*from).to_string(),
        to: lines.variant(*to).to_string(),
        kind: match lines.safe {
            safe if safe == *from => Kind::Gains,
            safe if safe == *to => Kind::Loses,
            _ => Kind::Switches,
        },
        share: nearest(*share),
    };
    let moves = shares.iter().filter(|(_, share)| **share > 0).map(named).collect();
    let moves = sorted(moves, |one: &Move, other: &Move| other.share.cmp(&one.share));
    let (mut holds, mut fails, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for (place, told) in lines.truths.told.iter().enumerate() {
        if truths >> place & 1 == 1 {
            holds.push(told.words.clone());
            places.extend(told.places.iter().map(String::as_str));
        } else {
            fails.push(told.words.clone());
        }
    }
    let name = set(places).join(" ");
    Some(Path { name, holds, fails, share: nearest(shares.values().sum()), moves })
}

/// A share of 2^96 in parts of 2^32; whatever is there is no less than one part.
fn nearest(share: u128) -> u64 {
    let parts = ((share + (1 << 63)) >> 64) as u64;
    if share > 0 { parts.max(1) } else { 0 }
}

fn estimate(paths: &[Path], counts: &Named<u64>) -> Estimate {
    let mut most: LiteMap<&str, u64> = LiteMap::new_vec();
    for path in paths {
        let known = most.entry(&path.name).or_default();
        *known = path.share.max(*known);
    }
    let (mut moved, mut of, mut unknown) = (0_u128, 0_u64, 0_u64);
    for (name, count) in counts {
        of = of.saturating_add(*count);
        // A flag that nothing happens to has no paths to look at.
        let share = most.get(name.as_str()).copied().unwrap_or(if paths.is_empty() { 0 } else { crate::draw::ALL });
        if !paths.is_empty() && !most.contains_key(name.as_str()) {
            unknown = unknown.saturating_add(*count);
        }
        moved += u128::from(share) * u128::from(*count);
    }
    let share = moved.div_ceil(u128::from(of.max(1))) as u64;
    Estimate { share, of, unknown }
}
