//! Snapshot, context and time to decisions.

use crate::condition::moment;
use crate::context::{Context, Value};
use crate::draw::Key;
use crate::snapshot::{Instruction, Question, Section, Snapshot};
use crate::time::Millis;
use core::ops::Range;

/// Bytes of a decision as shells read it: `variant u16, reason u8, error u8, rule u16, run u16`.
pub const DECISION: usize = 8;

/// No rule decided.
pub const NO_RULE: u16 = u16::MAX;

pub use crate::snapshot::NO_RUN;

/// Why a variant was chosen, in `OpenFeature`'s words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Reason {
    /// The flag has no rules.
    Static = 0,
    /// No rule matched.
    Default = 1,
    /// A rule matched.
    TargetingMatch = 2,
    /// A split or a holdout chose, by a draw.
    Split = 3,
    /// The flag is off.
    Disabled = 4,
    /// See [`Error`].
    Error = 5,
}

/// What kept a flag from being decided by its rules; it then serves its off variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Error {
    /// Nothing went wrong.
    None = 0,
    /// A draw was due and its unit is missing.
    TargetingKeyMissing = 1,
    /// A draw was due and its unit is empty, too long or not a text.
    InvalidContext = 2,
    /// The snapshot is broken; [`Snapshot::verify`] would have refused it.
    General = 3,
}

/// What one flag serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Index of the variant among the flag's.
    pub variant: u16,
    /// Why.
    pub reason: Reason,
    /// What went wrong, if anything.
    pub error: Error,
    /// Index of the rule among the flag's, or [`NO_RULE`].
    pub rule: u16,
    /// Index of the run among the snapshot's, or [`NO_RUN`].
    pub run: u16,
}

impl Decision {
    /// The decision as shells read it.
    #[must_use]
    pub fn to_bytes(self) -> [u8; DECISION] {
        let ([v0, v1], [r0, r1], [n0, n1]) =
            (self.variant.to_le_bytes(), self.rule.to_le_bytes(), self.run.to_le_bytes());
        [v0, v1, self.reason as u8, self.error as u8, r0, r1, n0, n1]
    }
}

/// What is told of each step of an evaluation, for whoever wants to know why. `()` wants to know nothing and costs nothing.
pub trait Witness {
    /// A step of a flag asked its question, and this was the answer, turned round if it was inverted.
    fn asked(&mut self, flag: u32, step: u32, holds: bool);
    /// A step of a flag needed a draw, and this was it.
    fn drew(&mut self, flag: u32, step: u32, draw: u32);
}

impl Witness for () {
    fn asked(&mut self, _: u32, _: u32, _: bool) {}
    fn drew(&mut self, _: u32, _: u32, _: u32) {}
}

/// Decides every flag and writes the decisions one after another. Gives their number, or nothing when they do not fit.
#[must_use]
pub fn evaluate(snapshot: &Snapshot, context: Context, now: Millis, decisions: &mut [u8]) -> Option<u32> {
    let flags = snapshot.count(Section::Flags);
    if flags > 0 {
        decide_row(snapshot, 0..flags, context, now, decisions, &mut ())?;
    }
    Some(flags)
}

/// Decides one flag and those that it needs, and writes their decisions at their places among those of all flags. Gives
/// the flag's own, or nothing when they do not fit.
#[must_use]
pub fn decide(
    snapshot: &Snapshot,
    index: u32,
    context: Context,
    now: Millis,
    decisions: &mut [u8],
    witness: &mut impl Witness,
) -> Option<Decision> {
    decide_row(snapshot, snapshot.flag(index).needs..index.checked_add(1)?, context, now, decisions, witness)
}

/// Decides flags in a row. A flag needs only flags before it.
fn decide_row(
    snapshot: &Snapshot,
    flags: Range<u32>,
    context: Context,
    now: Millis,
    decisions: &mut [u8],
    witness: &mut impl Witness,
) -> Option<Decision> {
    let mut asker = Asker { snapshot, context, now, key: Key::new(), last: None };
    let mut last = None;
    for index in flags {
        let at = (index as usize).checked_mul(DECISION)?;
        let decision = asker.decide(index, decisions, witness);
        decisions.get_mut(at..at.checked_add(DECISION)?)?.copy_from_slice(&decision.to_bytes());
        last = Some(decision);
    }
    last
}

/// The answer to a question that is about no other flag.
#[cfg(feature = "document")]
pub(crate) fn asked(snapshot: &Snapshot, question: Question, context: Context, now: Millis) -> Result<bool, Error> {
    Asker { snapshot, context, now, key: Key::new(), last: None }.ask(question, &[], |_| {})
}

/// A draw.
#[cfg(feature = "document")]
pub(crate) fn drawn(snapshot: &Snapshot, draw: u32, context: Context) -> Result<u32, Error> {
    Asker { snapshot, context, now: Millis(0), key: Key::new(), last: None }.draw(draw)
}

/// What the steps of one evaluation share.
struct Asker<'s, 'a> {
    snapshot: &'s Snapshot<'a>,
    context: Context<'a>,
    now: Millis,
    key: Key,
    /// The last draw and its index: a slot of a layer asks twice.
    last: Option<(u32, u32)>,
}

impl Asker<'_, '_> {
    fn decide(&mut self, index: u32, decided: &[u8], witness: &mut impl Witness) -> Decision {
        let flag = self.snapshot.flag(index);
        let failed =
            |error| Decision { variant: flag.off as u16, reason: Reason::Error, error, rule: NO_RULE, run: NO_RUN };
        let mut step = 0;
        while step < flag.steps {
            let Some(instruction) = self.snapshot.instruction(flag.first.wrapping_add(step)) else { break };
            let mut drew = |draw| witness.drew(index, step, draw);
            match instruction {
                Instruction::Serve { variant, reason, rule, run } => {
                    return Decision { variant, reason: served(reason), error: Error::None, rule, run };
                }
                Instruction::Split { split, rule, run } => {
                    let record = self.snapshot.split(split);
                    return match self.draw(record.draw) {
                        Ok(draw) => {
                            drew(draw);
                            let variant = self.snapshot.variant(record, draw);
                            Decision { variant, reason: Reason::Split, error: Error::None, rule, run }
                        }
                        Err(error) => failed(error),
                    };
                }
                Instruction::Ask { question, inverted, otherwise } => match self.ask(question, decided, drew) {
                    Ok(yes) => {
                        let holds = yes != inverted;
                        witness.asked(index, step, holds);
                        // A verified jump lies ahead; `max` keeps an unverified one from going in circles.
                        step = if holds { step + 1 } else { otherwise.max(step + 1) };
                    }
                    Err(error) => return failed(error),
                },
            }
        }
        failed(Error::General)
    }

    fn ask(&mut self, question: Question, decided: &[u8], drew: impl FnOnce(u32)) -> Result<bool, Error> {
        Ok(match question {
            Question::Under { draw, threshold } => {
                let draw = self.draw(u32::from(draw))?;
                drew(draw);
                draw < threshold
            }
            Question::Ramp { draw, first, count, linear } => {
                let draw = self.draw(u32::from(draw))?;
                drew(draw);
                u64::from(draw) < below(self.snapshot, first, count, linear, self.now)
            }
            Question::Since(time) => self.now >= Millis(time),
            Question::Weekday { days, offset } => days >> moment::weekday(self.now.0, offset) & 1 == 1,
            Question::TimeOfDay { from, until, offset } => {
                let minute = moment::minute_of_day(self.now.0, offset);
                if from < until { (from..until).contains(&minute) } else { minute >= from || minute < until }
            }
            Question::FlagIs { flag, variant } => {
                let at = (flag as usize).wrapping_mul(DECISION);
                decided.get(at..at.wrapping_add(2)) == Some(&variant.to_le_bytes())
            }
            Question::Attribute { attribute, test } => {
                test.holds(self.context.attribute(usize::from(attribute)), self.snapshot)
            }
        })
    }

    fn draw(&mut self, index: u32) -> Result<u32, Error> {
        if let Some((last, draw)) = self.last
            && last == index
        {
            return Ok(draw);
        }
        let record = self.snapshot.draw(index).ok_or(Error::General)?;
        if !self.key.has(record.attribute) {
            match self.context.attribute(record.attribute) {
                None => return Err(Error::TargetingKeyMissing),
                Some(Value::Text(unit)) if !unit.is_empty() => {
                    self.key.take(record.attribute, unit).ok_or(Error::InvalidContext)?;
                }
                Some(_) => return Err(Error::InvalidContext),
            }
        }
        let draw = self.key.draw(record.algorithm, record.prefix).ok_or(Error::General)?;
        self.last = Some((index, draw));
        Ok(draw)
    }
}

/// The first draw that is out of a ramp at a time.
pub(crate) fn below(snapshot: &Snapshot, first: u32, count: u32, linear: bool, now: Millis) -> u64 {
    let mut last = None;
    for index in first..first.saturating_add(count) {
        let (time, next) = snapshot.point(index);
        let Some((since, below)) = last.filter(|_| now.0 < time) else {
            if now.0 < time {
                return 0;
            }
            last = Some((time, next));
            continue;
        };
        return if linear { between(below, next, now.0.wrapping_sub(since), time.wrapping_sub(since)) } else { below };
    }
    last.map_or(0, |(_, below)| below)
}

/// A number on the straight line from one to another, when `passed` of `span` milliseconds have passed. It only ever
/// moves towards the other one. All fits in 64 bits: see [`crate::limits::RAMP_SPAN`].
pub(crate) fn between(from: u64, to: u64, passed: i64, span: i64) -> u64 {
    let share = (passed.cast_unsigned() << 24) / span.cast_unsigned().max(1);
    if to >= from {
        from.wrapping_add((to - from).wrapping_mul(share) >> 24)
    } else {
        from.wrapping_sub((from - to).wrapping_mul(share) >> 24)
    }
}

fn served(reason: u8) -> Reason {
    match reason {
        0 => Reason::Static,
        2 => Reason::TargetingMatch,
        3 => Reason::Split,
        4 => Reason::Disabled,
        _ => Reason::Default,
    }
}
