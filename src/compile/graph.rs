//! What builds on what: flags on flags, and segments on segments.

use super::Audience;
use super::rules::sees;
use crate::document::{Condition, Document, Flag};
use crate::limits::PREREQUISITE_DEPTH;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
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
pub(super) fn flags_in(document: &Document, condition: &Condition) -> Vec<String> {
    flags_below(document, condition, "").iter().map(|reference| String::from(reference.to)).collect()
}

/// Each segment is looked into once; what stands in it has the place of the segment's name.
fn flags_below<'d>(document: &'d Document, condition: &'d Condition, place: &str) -> Vec<Reference<'d>> {
    let (mut found, mut segments) = (Vec::new(), Vec::new());
    names(condition, place, &mut |condition, place| match condition {
        Condition::Flag(test) => found.push(Reference { to: &test.key, place: format!("{place}/flag/key") }),
        Condition::Segment(name) => segments.push((name, format!("{place}/segment"))),
        _ => {}
    });
    let (mut next, mut seen) = (0, segments.iter().map(|(name, _)| *name).collect::<BTreeSet<_>>());
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
pub(crate) fn names<'d>(condition: &'d Condition, place: &str, show: &mut impl FnMut(&'d Condition, &str)) {
    let mut row = |parts: &'d [Condition], name: &str| {
        for (index, part) in parts.iter().enumerate() {
            names(part, &format!("{place}/{name}/{index}"), &mut *show);
        }
    };
    match condition {
        Condition::All(parts) => row(parts, "all"),
        Condition::Any(parts) => row(parts, "any"),
        Condition::Not(part) => names(part, &format!("{place}/not"), show),
        leaf => show(leaf, place),
    }
}

/// How many things stand in a row below each thing, at most; what is in a circle, or hangs on one, has no answer.
pub(super) fn depths<'d>(builds_on: &BTreeMap<&'d str, Vec<&'d str>>) -> BTreeMap<&'d str, Option<usize>> {
    let mut depths: BTreeMap<_, Option<usize>> = builds_on.keys().map(|key| (*key, Some(0))).collect();
    loop {
        let mut moved = false;
        for (key, others) in builds_on {
            let mut below =
                others.iter().filter_map(|other| depths.get(other)).map(|depth| depth.map(|depth| depth + 1));
            let depth = below.try_fold(0, |most: usize, depth| Some(most.max(depth?)));
            let depth = depth.filter(|depth| *depth <= PREREQUISITE_DEPTH);
            moved |= depths.insert(key, depth) != Some(depth);
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
    let flags: BTreeMap<&str, &Flag> = document
        .flags
        .iter()
        .filter(|(_, flag)| sees(audience, flag))
        .map(|(key, flag)| (key.as_str(), flag))
        .collect();
    let builds_on: BTreeMap<&str, Vec<&str>> = flags
        .iter()
        .map(|(key, flag)| (*key, flags_of(document, key, flag).iter().map(|other| other.to).collect()))
        .collect();
    let depths = depths(&builds_on);
    // Each flag's group is named by the first key in it.
    let mut group: BTreeMap<&str, &str> = flags.keys().map(|key| (*key, *key)).collect();
    loop {
        let mut moved = false;
        for (key, others) in &builds_on {
            for other in others.iter().filter(|other| flags.contains_key(*other)) {
                let first = group[key].min(group[other]);
                for member in [key, other] {
                    moved |= group.insert(member, first) != Some(first);
                }
            }
        }
        if !moved {
            break;
        }
    }
    let mut keys: Vec<_> = flags.keys().copied().collect();
    keys.sort_by_key(|key| (group[key], depths[key], *key));
    let first = |key: &str| keys.iter().position(|other| group[other] == group[key]).unwrap_or_default();
    let needs = |index, key| if builds_on[key].is_empty() { index } else { first(key) };
    keys.iter().enumerate().map(|(index, key)| Place { key, flag: flags[key], needs: needs(index, *key) }).collect()
}
