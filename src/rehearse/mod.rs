//! A document on a log of contexts: who would get what, before anybody does.
//!
//! A [`Rehearsal`] takes lines one by one and keeps only counts, so that a log may be as long as it likes. Every line is
//! decided by the real evaluation on the real snapshot, before the same witness as in [`crate::explain`].

mod line;
mod report;
mod text;

pub use report::{Answer, Arm, Count, End, FlagReport, Mismatch, PathCount, Refusal, Report, RuleCount, SplitReport};

use crate::context::Context;
use crate::document::{Document, Problem};
use crate::evaluate::Decision;
use crate::explain::{Prepared, Seen, Trouble, rule_of, steps_of};
use crate::limits::{REHEARSED_PATHS, REHEARSED_REFUSALS, REHEARSED_UNITS};
use crate::snapshot::{Instruction, Question};
use crate::time::Millis;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// A document, and what has become of the lines so far.
pub struct Rehearsal {
    prepared: Prepared,
    now: Millis,
    room: Vec<u8>,
    flags: Vec<Tally>,
    lines: u64,
    empty: u64,
    contexts: u64,
    refused: u64,
    refusals: Vec<Refusal>,
    /// How many units of splits may still be told apart.
    units_left: usize,
}

/// What has become of one flag.
struct Tally {
    /// The rule of each step.
    rules: Vec<Option<u16>>,
    /// Contexts by the step that ended their path, whether it failed, and by variant.
    ends: BTreeMap<(u32, bool), Vec<u64>>,
    /// Contexts that each rule was asked about.
    reached: Vec<u64>,
    errors: BTreeMap<&'static str, u64>,
    /// Different units by the split that they met, as draws, and by variant.
    splits: BTreeMap<u32, Units>,
    /// Contexts by the answers of their path, draws left out, and its end.
    paths: BTreeMap<(Vec<(u32, bool)>, u32), u64>,
    other_paths: u64,
    troubles: BTreeMap<(u32, Trouble), u64>,
}

/// The units of one split.
#[derive(Default)]
struct Units {
    /// Their draws: two units with one draw meet one variant anyway.
    seen: BTreeSet<u32>,
    by_variant: Vec<u64>,
    /// Contexts whose unit came when there was no room left to tell it from others.
    uncounted: u64,
}

impl Rehearsal {
    /// Begins with nobody. `now` is the time of lines that do not say theirs.
    pub fn new(document: Document, now: Millis) -> Result<Self, Vec<Problem>> {
        let prepared = Prepared::new(document)?;
        let tally = |(index, key): (usize, &String)| {
            let rules: Vec<_> = steps_of(&prepared, index as u32)
                .iter()
                .map(|trail| trail.first().and_then(|place| rule_of(place)))
                .collect();
            let count = prepared.document.flags.get(key).map_or(0, |flag| flag.rules.len());
            Tally {
                rules,
                ends: BTreeMap::new(),
                reached: vec![0; count],
                errors: BTreeMap::new(),
                splits: BTreeMap::new(),
                paths: BTreeMap::new(),
                other_paths: 0,
                troubles: BTreeMap::new(),
            }
        };
        let flags = prepared.keys.iter().enumerate().map(tally).collect();
        Ok(Self {
            room: prepared.room(),
            prepared,
            now,
            flags,
            lines: 0,
            empty: 0,
            contexts: 0,
            refused: 0,
            refusals: Vec::new(),
            units_left: REHEARSED_UNITS,
        })
    }

    /// Takes one line: a context, or `{"context": ..., "now": ...}`. One that is neither is counted, and nothing stops.
    pub fn add(&mut self, line: &[u8]) {
        self.lines += 1;
        let (context, now) = match line::read(line) {
            Ok(None) => {
                self.empty += 1;
                return;
            }
            Ok(Some((context, now))) => (context, now.unwrap_or(self.now)),
            Err(cause) => {
                self.refused += 1;
                if self.refusals.len() < REHEARSED_REFUSALS {
                    self.refusals.push(Refusal { line: self.lines, cause });
                }
                return;
            }
        };
        self.contexts += 1;
        let record = self.prepared.record(&context);
        for index in 0..self.flags.len() {
            let flag = index as u32;
            let mut seen = Seen { flag, ..Seen::default() };
            let decision = self.prepared.decide(flag, &record, now, &mut self.room, &mut seen);
            self.count(index, &seen, decision, Context(&record));
        }
    }

    fn count(&mut self, index: usize, seen: &Seen, decision: Decision, context: Context) {
        let snapshot = self.prepared.snapshot();
        let flag = snapshot.flag(seen.flag);
        let (tally, end) = (&mut self.flags[index], seen.end(&snapshot));
        let of = |counts: &mut Vec<u64>| {
            counts.resize(flag.variants as usize, 0);
            if let Some(count) = counts.get_mut(usize::from(decision.variant)) {
                *count += 1;
            }
        };
        let error = crate::explain::error(decision.error);
        of(tally.ends.entry((end, error.is_some())).or_default());
        if let Some(error) = error {
            *tally.errors.entry(error).or_default() += 1;
        }
        let mut rules = BTreeSet::new();
        let mut answers = Vec::new();
        for (step, holds) in seen.asked.iter().copied() {
            rules.extend(tally.rules.get(step as usize).copied().flatten());
            let Some(Instruction::Ask { question, inverted, .. }) = snapshot.instruction(flag.first + step) else {
                continue;
            };
            match question {
                Question::Under { .. } | Question::Ramp { .. } => continue,
                Question::Attribute { attribute, test } => {
                    if let Some(trouble) = Trouble::of(test, context.attribute(usize::from(attribute))) {
                        *tally.troubles.entry((step, trouble)).or_default() += 1;
                    }
                }
                Question::Since(_)
                | Question::Weekday { .. }
                | Question::TimeOfDay { .. }
                | Question::FlagIs { .. } => {}
            }
            answers.push((step, holds != inverted));
        }
        rules.extend(tally.rules.get(end as usize).copied().flatten());
        for rule in rules {
            tally.reached[usize::from(rule)] += 1;
        }
        let path = (answers, end);
        if tally.paths.len() < REHEARSED_PATHS || tally.paths.contains_key(&path) {
            *tally.paths.entry(path).or_default() += 1;
        } else {
            tally.other_paths += 1;
        }
        let Some(Instruction::Split { .. }) = snapshot.instruction(flag.first + end) else { return };
        let Some(draw) = seen.draws.get(&end).copied() else { return };
        let units = tally.splits.entry(end).or_default();
        if units.seen.contains(&draw) {
            return;
        }
        if self.units_left == 0 {
            units.uncounted += 1;
            return;
        }
        self.units_left -= 1;
        units.seen.insert(draw);
        of(&mut units.by_variant);
    }
}
