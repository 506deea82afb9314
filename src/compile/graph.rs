//! What builds on what: flags on flags, and segments on segments.

use super::Audience;
use super::rules::sees;
use crate::document::{Condition, Document, Flag};
use crate::limits::PREREQUISITE_DEPTH;
use crate::order::sorted;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// A name in a document, and where it stands.
pub(crate) struct Reference<'d> {
    pub(crate) to: &'d str,
    pub(crate) place: String,
}

/// Flags that a flag builds on, also through segments.
pub(crate) fn flags_of<'d>(document: &'d Document, key: &str, flag: &'d Flag) -> Vec<Reference<'d>> {
    let mut found = Vec::new();
    for (index, prerequisite) in flag.prerequisites.iter().enumerate() {
        found.push(Reference { to: &prerequisite.key, place: format!("/flags/{key}/prerequisites/{index}/key") });
    }
    for (index, rule) in flag.rules.iter().enumerate() {
        if let Some(condition) = &rule.condition {
            found.extend(flags_below(document, condition, &format!("/flags/{key}/rules/{index}/if")));
        }
    }
    found
}

/// The keys of flags that a condition builds on, also through segments.
pub(super) fn flags_in<'d>(document: &'d Document, condition: &'d Condition) -> Vec<&'d str> {
    flags_below(document, condition, "").iter().map(|reference| reference.to).collect()
}

/// Each segment is looked into once; what stands in it has the place of the segment's name.
fn flags_below<'d>(document: &'d Document, condition: &'d Condition, place: &str) -> Vec<Reference<'d>> {
    let (mut found, mut segments) = (Vec::new(), Vec::new());
    names(condition, place, &mut |condition, place| match condition {
        Condition::Flag(test) => found.push(Reference { to: &test.key, place: format!("{place}/flag/key") }),
        Condition::Segment(name) => segments.push((name.as_str(), format!("{place}/segment"))),
        _ => {}
    });
    let (mut next, mut seen) = (0, BTreeSet::new());
    seen.extend(segments.iter().map(|(name, _)| *name));
    while let Some((name, place)) = segments.get(next).cloned() {
        next += 1;
        let Some(segment) = document.segments.get(name) else { continue };
        names(&segment.condition, "", &mut |condition, _| match condition {
            Condition::Flag(test) => found.push(Reference { to: &test.key, place: place.clone() }),
            Condition::Segment(inner) if seen.insert(inner) => {
                segments.push((inner, place.clone()));
            }
            _ => {}
        });
    }
    found
}

/// Segments that a segment builds on.
pub(super) fn segments_of<'d>(document: &'d Document, key: &str) -> Vec<Reference<'d>> {
    let mut found = Vec::new();
    if let Some(segment) = document.segments.get(key) {
        names(&segment.condition, &format!("/segments/{key}/if"), &mut |condition, place| {
            if let Condition::Segment(name) = condition {
                found.push(Reference { to: name, place: format!("{place}/segment") });
            }
        });
    }
    found
}

/// Shows every condition that is no combination of others, with its place.
pub(crate) fn names<'d>(condition: &'d Condition, place: &str, show: &mut dyn FnMut(&'d Condition, &str)) {
    let mut row = |parts: &'d [Condition], name: &str| {
        for (index, part) in parts.iter().enumerate() {
            names(part, &format!("{place}/{name}/{index}"), show);
        }
    };
    match condition {
        Condition::All(parts) => row(parts, "all"),
        Condition::Any(parts) => row(parts, "any"),
        Condition::Not(part) => names(part, &format!("{place}/not"), show),
        leaf => show(leaf, place),
    }
}

/// What builds on what, by the numbers of things. A name that nothing has is left out.
pub(super) fn numbered(keys: &[&str], references: &[Vec<Reference>]) -> Vec<Vec<usize>> {
    let number = |reference: &Reference| keys.binary_search(&reference.to).ok();
    references.iter().map(|references| references.iter().filter_map(number).collect()).collect()
}

/// How many things stand in a row below each thing, at most; what is in a circle, or hangs on one, has no answer.
pub(super) fn depths(builds_on: &[Vec<usize>]) -> Vec<Option<usize>> {
    let mut depths = vec![Some(0); builds_on.len()];
    loop {
        let mut moved = false;
        for (thing, others) in builds_on.iter().enumerate() {
            let mut below = others.iter().map(|other| depths[*other].map(|depth| depth + 1));
            let depth = below.try_fold(0, |most: usize, depth| Some(most.max(depth?)));
            let depth = depth.filter(|depth| *depth <= PREREQUISITE_DEPTH);
            moved |= core::mem::replace(&mut depths[thing], depth) != depth;
        }
        if !moved {
            break;
        }
    }
    depths
}

/// A flag in a snapshot: its key, itself, and the first flag of the row that it needs.
pub(super) struct Place<'d> {
    pub(super) key: &'d str,
    pub(super) flag: &'d Flag,
    pub(super) needs: usize,
}

/// The audience's flags in the order of their snapshot: by key, but what builds on each other stands together, and each
/// flag behind those that it builds on.
pub(super) fn order(document: &Document, audience: Audience) -> Vec<Place<'_>> {
    let seen = document.flags.iter().filter(|(_, flag)| sees(audience, flag));
    let flags: Vec<(&str, &Flag)> = seen.map(|(key, flag)| (key.as_str(), flag)).collect();
    let keys: Vec<_> = flags.iter().map(|(key, _)| *key).collect();
    let references: Vec<_> = flags.iter().map(|(key, flag)| flags_of(document, key, flag)).collect();
    let builds_on = numbered(&keys, &references);
    let depths = depths(&builds_on);
    let group = groups(&builds_on);
    let order = sorted((0..flags.len()).collect(), |one: &usize, other: &usize| {
        (group[*one], depths[*one]).cmp(&(group[*other], depths[*other]))
    });
    let first = |flag: usize| order.iter().position(|other| group[*other] == group[flag]).unwrap_or_default();
    let place = |(index, number): (usize, &usize)| {
        let needs = if references[*number].is_empty() { index } else { first(*number) };
        Place { key: keys[*number], flag: flags[*number].1, needs }
    };
    order.iter().enumerate().map(place).collect()
}

/// The group of each thing: the first of all that it is tied to by what builds on what.
fn groups(builds_on: &[Vec<usize>]) -> Vec<usize> {
    let mut group: Vec<_> = (0..builds_on.len()).collect();
    loop {
        let mut moved = false;
        for (thing, others) in builds_on.iter().enumerate() {
            for other in others {
                let first = group[thing].min(group[*other]);
                for member in [thing, *other] {
                    moved |= core::mem::replace(&mut group[member], first) != first;
                }
            }
        }
        if !moved {
            break;
        }
    }
    group
}
