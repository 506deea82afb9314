//! What a rehearsal has seen, as plain data.

use super::{Rehearsal, Units};
use crate::explain::{Trouble, steps_of};
use crate::order::sorted;
use crate::snapshot::{Instruction, Question, Section};
use crate::stats::real;
use crate::stats::sample_ratio::{ALPHA, CONCENTRATION, Share, check};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use serde::Serialize;

/// What became of a log.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// All lines.
    pub lines: u64,
    /// Lines with nothing in them.
    pub empty: u64,
    /// Lines that are contexts; every share is one of these.
    pub contexts: u64,
    /// Lines that are no contexts.
    pub refused: u64,
    /// The first few of those.
    pub refusals: Vec<Refusal>,
    /// Each flag, by key.
    pub flags: Vec<FlagReport>,
}

/// A line that is no context.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Its number, from 1.
    pub line: u64,
    /// Why.
    pub cause: String,
}

/// Who would get what of a flag.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FlagReport {
    /// Its key.
    pub flag: String,
    /// Contexts by variant.
    pub variants: Vec<Count>,
    /// What each rule decided.
    pub rules: Vec<RuleCount>,
    /// Contexts by where else their path ended: `otherwise`, `off`, a holdout, a forced unit, a draw that failed.
    pub ends: Vec<End>,
    /// Rules that decided for nobody.
    pub never_matched: Vec<u16>,
    /// Contexts by the error that they met.
    pub errors: Vec<Count>,
    /// What the splits gave, against what they should give.
    pub splits: Vec<SplitReport>,
    /// Values that could not be asked what a condition asks.
    pub mismatches: Vec<Mismatch>,
    /// Contexts by the answers on their path, draws left out, the most frequent first.
    pub paths: Vec<PathCount>,
    /// Contexts whose path came after [`crate::limits::REHEARSED_PATHS`] others.
    pub other_paths: u64,
}

/// How many contexts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Count {
    /// Of what.
    pub name: String,
    /// How many.
    pub count: u64,
    /// Of all contexts, from 0 to 1.
    pub share: f64,
}

/// What a rule decided.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RuleCount {
    /// Its index.
    pub rule: u16,
    /// Its place in the document.
    pub place: String,
    /// Contexts that got to it.
    pub reached: u64,
    /// Contexts that it decided for.
    pub count: u64,
    /// Of all contexts, from 0 to 1.
    pub share: f64,
    /// Those by variant.
    pub variants: Vec<Count>,
}

/// Contexts whose path ended at a place outside of all rules, or failed there.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct End {
    /// The place in the document.
    pub place: String,
    /// How many.
    pub count: u64,
    /// Of all contexts, from 0 to 1.
    pub share: f64,
}

/// What a split gave to different units. Units that kept a variant by stickiness or are forced are not in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SplitReport {
    /// Its place in the document.
    pub place: String,
    /// The run, if it is one's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// Different units.
    pub units: u64,
    /// Contexts that are not counted, because too many units are.
    pub uncounted: u64,
    /// By variant.
    pub arms: Vec<Arm>,
    /// How likely so unequal a split is at some time of the log, if it follows its table: the anytime-valid p-value of
    /// [`crate::stats::sample_ratio`], 1 over its e-value.
    pub p: f64,
    /// Whether it is so unlikely that the log, or its units, must be looked at.
    pub mismatch: bool,
}

/// One variant of a split.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Arm {
    /// The variant.
    pub variant: String,
    /// Its units.
    pub units: u64,
    /// Their share, from 0 to 1.
    pub share: f64,
    /// What the table plans.
    pub planned: f64,
}

/// Values of another type than a condition asks for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mismatch {
    /// The condition's place.
    pub place: String,
    /// The attribute.
    pub attribute: String,
    /// What was there and what is asked for.
    #[serde(flatten)]
    pub trouble: Trouble,
    /// In how many contexts.
    pub count: u64,
}

/// A path, and how many took it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PathCount {
    /// What was asked, without draws.
    pub answers: Vec<Answer>,
    /// The place of the step that ended it.
    pub end: String,
    /// How many.
    pub count: u64,
}

/// One answer of a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The place of what was asked.
    pub place: String,
    /// Whether it held, before any `not`.
    pub held: bool,
}

impl Rehearsal {
    /// What has become of the lines so far.
    #[must_use]
    pub fn report(&self) -> Report {
        let keys = self.prepared.document.flags.keys();
        let place = |key: &String| self.prepared.keys.iter().position(|known| known == key);
        Report {
            lines: self.lines,
            empty: self.empty,
            contexts: self.contexts,
            refused: self.refused,
            refusals: self.refusals.clone(),
            flags: keys.filter_map(place).map(|index| self.flag(index)).collect(),
        }
    }

    fn share(&self, count: u64) -> f64 {
        part(count, self.contexts)
    }

    fn counts(&self, flag: u32, by_variant: &[u64]) -> Vec<Count> {
        let count = |(variant, count): (usize, &u64)| Count {
            name: self.prepared.variant(flag, variant as u16).to_string(),
            count: *count,
            share: self.share(*count),
        };
        by_variant.iter().enumerate().map(count).collect()
    }

    fn flag(&self, index: usize) -> FlagReport {
        let (flag, tally) = (index as u32, &self.flags[index]);
        let trails = steps_of(&self.prepared, flag);
        let place = |step: u32| trails.get(step as usize).and_then(|trail| trail.last()).cloned().unwrap_or_default();
        let variants = self.prepared.snapshot().flag(flag).variants as usize;
        let sum = |ends: &mut dyn Iterator<Item = &Vec<u64>>| {
            ends.fold(vec![0; variants], |sum, own| {
                sum.iter().zip(own).map(|(sum, own)| sum + own).collect::<Vec<u64>>()
            })
        };
        let rule = |end: &(u32, bool)| tally.rules.get(end.0 as usize).copied().flatten().filter(|_| !end.1);
        let rules: Vec<_> = (0..tally.reached.len() as u16)
            .map(|number| {
                let own =
                    sum(&mut tally.ends.iter().filter(|(step, _)| rule(step) == Some(number)).map(|(_, own)| own));
                let count = own.iter().sum();
                RuleCount {
                    rule: number,
                    place: format!("/flags/{}/rules/{number}", self.prepared.keys[index]),
                    reached: tally.reached[usize::from(number)],
                    count,
                    share: self.share(count),
                    variants: self.counts(flag, &own),
                }
            })
            .collect();
        let ends = tally.ends.iter().filter(|(step, _)| rule(step).is_none()).map(|(step, own)| {
            let count = own.iter().sum();
            End { place: place(step.0), count, share: self.share(count) }
        });
        let error =
            |(name, count): &(&str, u64)| Count { name: (*name).to_string(), count: *count, share: self.share(*count) };
        let mismatch = |((step, trouble), count): &((u32, Trouble), u64)| Mismatch {
            place: place(*step),
            attribute: self.attribute(flag, *step),
            trouble: *trouble,
            count: *count,
        };
        let paths = sorted(tally.paths.iter().collect(), |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let paths = paths.iter().map(|((answers, end), count)| PathCount {
            answers: answers.iter().map(|(step, held)| Answer { place: place(*step), held: *held }).collect(),
            end: place(*end),
            count: *count,
        });
        FlagReport {
            flag: self.prepared.keys[index].clone(),
            variants: self.counts(flag, &sum(&mut tally.ends.iter().map(|(_, own)| own))),
            never_matched: rules.iter().filter(|rule| rule.count == 0).map(|rule| rule.rule).collect(),
            rules,
            ends: ends.collect(),
            errors: tally.errors.iter().map(error).collect(),
            splits: tally.splits.iter().map(|(step, units)| self.split(flag, *step, place(*step), units)).collect(),
            mismatches: tally.troubles.iter().map(mismatch).collect(),
            paths: paths.collect(),
            other_paths: tally.other_paths,
        }
    }

    fn attribute(&self, flag: u32, step: u32) -> String {
        let snapshot = self.prepared.snapshot();
        match snapshot.instruction(snapshot.flag(flag).first + step) {
            Some(Instruction::Ask { question: Question::Attribute { attribute, .. }, .. }) => {
                self.prepared.attributes.get(usize::from(attribute)).cloned().unwrap_or_default()
            }
            _ => String::new(),
        }
    }

    fn split(&self, flag: u32, step: u32, place: String, units: &Units) -> SplitReport {
        let snapshot = self.prepared.snapshot();
        let mut weights = vec![0; units.by_variant.len()];
        let mut named = None;
        if let Some(Instruction::Split { first, count, run, .. }) =
            snapshot.instruction(snapshot.flag(flag).first + step)
        {
            let mut start = 0;
            for index in first..first + u32::from(count) {
                let [last, variant] = snapshot.record(Section::Ranges, index);
                let end = u64::from(last) + 1;
                weights[variant as usize] += end - start;
                start = end;
            }
            named = self.prepared.run(run);
        }
        let in_table: Vec<_> =
            weights.iter().enumerate().filter(|(_, weight)| **weight > 0).map(|(at, _)| at).collect();
        let share = |at: usize| Share { weight: weights[at], units: units.by_variant[at] };
        let shares: Vec<_> = in_table.iter().map(|at| share(*at)).collect();
        let ratio = check(&shares, CONCENTRATION, ALPHA);
        let all = units.by_variant.iter().sum();
        let arm = |at: &usize| Arm {
            variant: self.prepared.variant(flag, *at as u16).to_string(),
            units: units.by_variant[*at],
            share: part(units.by_variant[*at], all),
            planned: part(weights[*at], crate::draw::ALL),
        };
        SplitReport {
            place,
            run: named,
            units: all,
            uncounted: units.uncounted,
            arms: in_table.iter().map(arm).collect(),
            p: libm::exp(-ratio.log_e).min(1.0),
            mismatch: ratio.alarm,
        }
    }
}

fn part(count: u64, of: u64) -> f64 {
    if of == 0 { 0.0 } else { real(count) / real(of) }
}
