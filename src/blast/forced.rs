//! Units that are forced by their own name: few, and each of them counted.

use crate::document::{Document, Flag, id};
use crate::order::{set, sorted};
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

/// Units that are forced in one document and, in the other, forced to something else or left to the rules. These may
/// happen to serve them the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Forced {
    /// The variant that the old document forces them to; nothing where its rules decide.
    pub from: Option<String>,
    /// The variant that the new document forces them to; nothing where its rules decide.
    pub to: Option<String>,
    /// How many they are.
    pub ids: usize,
}

/// What changes for the units that are forced by name, the most first.
pub(super) fn forced(old: &Document, new: &Document, key: &str) -> Vec<Forced> {
    let flags = [old, new].map(|document| document.flags.get(key));
    let [before, after] = flags.map(|flag| names(flag, key));
    let mut moves: Vec<Forced> = Vec::new();
    for id in set(before.iter().chain(&after).map(|(id, _)| *id)) {
        let ends = [&before, &after].map(|names| {
            let at = names.binary_search_by_key(&id, |(known, _)| *known).ok()?;
            Some(names[at].1)
        });
        let [was, is] = [0, 1].map(|side| flags[side]?.variants.get(ends[side]?));
        let [from, to] = ends;
        if from == to && was == is {
            continue;
        }
        match moves.iter_mut().find(|known| (known.from.as_ref(), known.to.as_ref()) == (from, to)) {
            Some(known) => known.ids += 1,
            None => moves.push(Forced { from: from.cloned(), to: to.cloned(), ids: 1 }),
        }
    }
    sorted(moves, |one: &Forced, other: &Forced| other.ids.cmp(&one.ids))
}

/// The units that a flag forces by name, in order, each with its variant. The first entry that names a unit counts, and a flag
/// that is off forces nobody.
fn names<'d>(flag: Option<&'d Flag>, key: &str) -> Vec<(u64, &'d String)> {
    let entries = flag.filter(|flag| flag.enabled && !flag.archived).map(|flag| &flag.forced);
    let by_unit = entries.into_iter().flatten().filter(|entry| entry.unit == "unit");
    let names = by_unit.flat_map(|entry| entry.ids.iter().map(|id| (id::fingerprint(key, id), &entry.serve))).collect();
    let mut names = sorted(names, |(one, _): &(u64, _), (other, _)| one.cmp(other));
    names.dedup_by_key(|(id, _)| *id);
    names
}
