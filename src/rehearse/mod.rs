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
use alloc::collections::BTreeSet;
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

/// A few things by their keys, in order.
type Row<K, V> = Vec<(K, V)>;

/// What a row has under a key.
fn at<K: Ord, V: Default>(row: &mut Row<K, V>, key: K) -> &mut V {
    let place = row.binary_search_by(|(known, _)| known.cmp(&key)).unwrap_or_else(|place| {
        row.insert(place, (key, V::default()));
        place
    });
    &mut row[place].1
}

/// What has become of one flag.
struct Tally {
    /// The rule of each step.
    rules: Vec<Option<u16>>,
    /// Contexts by the step that ended their path, whether it failed, and by variant.
    ends: Row<(u32, bool), Vec<u64>>,
    /// Contexts that each rule was asked about.
    reached: Vec<u64>,
    errors: Row<&'static str, u64>,
    /// Different units by the split that they met, as draws, and by variant.
    splits: Row<u32, Units>,
    /// Contexts by the answers of their path, draws left out, and its end.
    paths: Row<(Vec<(u32, bool)>, u32), u64>,
    other_paths: u64,
    troubles: Row<(u32, Trouble), u64>,
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
                ends: Row::new(),
                reached: vec![0; count],
                errors: Row::new(),
                splits: Row::new(),
                paths: Row::new(),
                other_paths: 0,
                troubles: Row::new(),
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
        of(at(&mut tally.ends, (end, error.is_some())));
        if let Some(error) = error {
            *at(&mut tally.errors, error) += 1;
        }
        let mut rules: Vec<u16> = Vec::new();
        let mut answers = Vec::new();
        for (step, holds) in seen.asked.iter().copied() {
            rules.extend(tally.rules.get(step as usize).copied().flatten());
            let Some(Instruction::Ask { question, inverted, .. }) = snapshot.instruction(flag.first + step) else {
                continue;
            };
            match question {
                Question::Under { .. } | Question::Ramp { .. } => continue,
                Question::Attribute { attribute, test } => {
                    if let Some(trouble) = Trouble::of(test, context.attribute(usize::from(attribute)), None) {
                        *at(&mut tally.troubles, (step, trouble)) += 1;
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
        // Paths lead only ahead, so what is the same stands together.
        rules.dedup();
        for rule in rules {
            tally.reached[usize::from(rule)] += 1;
        }
        let path = (answers, end);
        if tally.paths.len() < REHEARSED_PATHS || tally.paths.binary_search_by(|(known, _)| known.cmp(&path)).is_ok() {
            *at(&mut tally.paths, path) += 1;
        } else {
            tally.other_paths += 1;
        }
        let Some(Instruction::Split { .. }) = snapshot.instruction(flag.first + end) else { return };
        let Some(draw) = seen.draw(end) else { return };
        let units = at(&mut tally.splits, end);
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
