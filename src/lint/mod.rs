//! Advice on a document that compiles: what is allowed, and still most likely not what somebody wants.

mod draws;
mod reach;
mod readable;
mod stale;
mod units;
mod unused;
mod weights;

use crate::compile::{graph, steps};
use crate::document::{Document, Flag, Named, id};
use crate::limits::FLAG_STEPS;
use crate::order::sorted;
use crate::time::Millis;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use litemap::LiteMap;
use serde::Serialize;

/// The kind of an advice, for machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// A rule that nobody comes to.
    UnreachableRule,
    /// A unit that is forced twice.
    ForcedTwice,
    /// Two draws of which one says something about the other.
    DependentDraws,
    /// New weights that move more units than they need to.
    WeightsMoveMore,
    /// A metric whose event nobody sends.
    MetricWithoutTraffic,
    /// Something that has been at its end for long.
    Stale,
    /// A part of an e-mail address that browsers can read.
    ReadableEmail,
    /// A flag that comes near the limit of steps.
    ManySteps,
    /// Something that nothing uses.
    Unused,
    /// A flag that is off, and that others build on.
    BuildsOnOff,
    /// A number that was most likely meant in another unit.
    OtherUnit,
}

/// One piece of advice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// The place, as a JSON pointer (RFC 6901).
    pub pointer: String,
    /// Its kind.
    pub code: Code,
    /// What is so there.
    pub cause: String,
    /// What could be done.
    pub fix: String,
}

impl Advice {
    fn new(pointer: String, code: Code, cause: String, fix: impl Into<String>) -> Self {
        Self { pointer, code, cause, fix: fix.into() }
    }
}

/// How many days something may be at its end before it is called stale.
pub const STALE_DAYS: u32 = 30;

/// What is known beyond the document. What is not known is not looked at.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'f> {
    /// The time.
    pub now: Option<Millis>,
    /// The document that this one replaces.
    pub before: Option<&'f Document>,
    /// The names of the events that were seen lately.
    pub events: Option<&'f Named<()>>,
    /// When each flag was last changed.
    pub changed: Option<&'f Named<Millis>>,
    /// How many days something may be at its end.
    pub stale_days: u32,
}

impl Default for Facts<'_> {
    fn default() -> Self {
        Self { now: None, before: None, events: None, changed: None, stale_days: STALE_DAYS }
    }
}

/// All advice on a document that compiles, in the order of the document's places.
#[must_use]
pub fn lint(document: &Document, facts: &Facts) -> Vec<Advice> {
    let mut all = Vec::new();
    for (key, flag) in document.flags.iter().filter(|(_, flag)| !flag.archived) {
        let place = format!("/flags/{key}");
        reach::look(document, facts, &place, flag, &mut all);
        forced_twice(key, &place, flag, &mut all);
        stale::look(document, facts, key, flag, &mut all);
        readable::look(document, key, flag, &mut all);
        let steps = steps(document, key, flag);
        if steps > FLAG_STEPS / 2 {
            let cause = format!("The rules take {steps} steps of the {FLAG_STEPS} that are allowed.");
            let fix = "Put lists of texts into one `in`, and rules that differ in one thing into one rule.";
            all.push(Advice::new(format!("{place}/rules"), Code::ManySteps, cause, fix));
        }
        for reference in graph::flags_of(document, key, flag) {
            if let Some(other) = document.flags.get(reference.to).filter(|other| !other.enabled) {
                let cause = format!("`{}` is off, so it only ever serves `{}`.", reference.to, other.off);
                let fix = format!("Enable `{}`, or stop building on it.", reference.to);
                all.push(Advice::new(reference.place, Code::BuildsOnOff, cause, fix));
            }
        }
    }
    draws::look(document, &mut all);
    weights::look(document, facts, &mut all);
    units::look(document, &mut all);
    unused::look(document, facts, &mut all);
    let mut all = sorted(all, |one, other| (&one.pointer, one.code).cmp(&(&other.pointer, other.code)));
    all.dedup();
    all
}

/// Units that a later entry names again: the first entry decides.
fn forced_twice(key: &str, place: &str, flag: &Flag, all: &mut Vec<Advice>) {
    let mut first = LiteMap::new_vec();
    for (index, forced) in flag.forced.iter().enumerate() {
        for (at, id) in forced.ids.iter().enumerate() {
            let earlier = *first.entry((&forced.unit, id::fingerprint(key, id))).or_insert(index);
            if earlier < index {
                let cause = format!("An entry before this one forces this unit to `{}`.", flag.forced[earlier].serve);
                let place = format!("{place}/forced/{index}/ids/{at}");
                all.push(Advice::new(place, Code::ForcedTwice, cause, "Remove it here or there."));
            }
        }
    }
}
