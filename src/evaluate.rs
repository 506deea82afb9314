//! Snapshot, context and time to decisions.

use crate::condition::{self, Subject, moment};
use crate::context::{Context, SLOT, tag};
use crate::draw::{Key, ROOM};
use crate::limits::{ATTRIBUTE_BYTES, FLAG_STEPS, LIST_ITEMS, RAMP_POINTS, SHARED};
use crate::snapshot::{FlagRecord, Operation, Section, Snapshot, Step, flags};
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

impl Reason {
    /// The reason behind its number in a snapshot.
    fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Static,
            2 => Self::TargetingMatch,
            3 => Self::Split,
            4 => Self::Disabled,
            _ => Self::Default,
        }
    }
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
    /// The flag's program is broken.
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
        decide_row(snapshot, 0..flags, context, now, &mut [0; ROOM], decisions, &mut ())?;
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
    decide_row(snapshot, needed(snapshot, index), context, now, &mut [0; ROOM], decisions, witness)
}

/// A flag, and before it all that it may need: a flag needs only flags before it.
#[must_use]
pub fn needed(snapshot: &Snapshot, index: u32) -> Range<u32> {
    snapshot.flag(index).needs..index.saturating_add(1)
}

/// Decides flags in a row, which holds all that they need, and writes the decisions at their places among those of all
/// flags. Gives the last flag's, or nothing when they do not fit. `room` is for keys of draws, whatever it holds.
#[must_use]
pub fn decide_row(
    snapshot: &Snapshot,
    flags: Range<u32>,
    context: Context,
    now: Millis,
    room: &mut [u8; ROOM],
    decisions: &mut [u8],
    witness: &mut impl Witness,
) -> Option<Decision> {
    let asked = Asked::new(*snapshot, context, now);
    let (mut draws, mut shared) = (Draws::new(room), Shared::default());
    let mut last = None;
    for index in flags {
        let at = (index as usize).checked_mul(DECISION)?;
        // Only flags before it are decided.
        let decision = asked.decide(&mut draws, &mut shared, index, decisions.get(..at)?, witness);
        *decisions.get_mut(at..)?.first_chunk_mut()? = decision.to_bytes();
        last = Some(decision);
    }
    last
}

/// The answer to a step that asks, and about no other flag.
#[cfg(feature = "document")]
pub(crate) fn asked(snapshot: &Snapshot, step: Step, context: Context, now: Millis) -> Result<bool, Error> {
    let asked = Asked::new(*snapshot, context, now);
    let draw = if step.operation.draws() { asked.draw(&mut Draws::new(&mut [0; ROOM]), step.place)? } else { 0 };
    Ok((0..).find_map(|item| asked.answer(step, draw, item, &[])).unwrap_or_default())
}

/// A draw.
#[cfg(feature = "document")]
pub(crate) fn drawn(snapshot: &Snapshot, draw: u16, context: Context) -> Result<u32, Error> {
    Asked::new(*snapshot, context, Millis(0)).draw(&mut Draws::new(&mut [0; ROOM]), draw)
}

/// The draws of one evaluation.
struct Draws<'r> {
    key: Key<'r>,
    /// The last draw and its index: a slot of a layer asks twice.
    last: Option<(u16, u32)>,
}

impl<'r> Draws<'r> {
    fn new(room: &'r mut [u8; ROOM]) -> Self {
        Self { key: Key::new(room), last: None }
    }
}

/// The answers to questions that flags share, as far as they are known.
#[derive(Default)]
struct Shared {
    known: [u64; SHARED / 64],
    yes: [u64; SHARED / 64],
}

impl Shared {
    /// The place of a question's bit; the number 0 is that of all questions that nobody shares, and is never known.
    fn place(share: u8) -> (usize, u64) {
        (usize::from(share / 64), 1 << (share % 64))
    }

    fn answer(&self, share: u8) -> Option<bool> {
        let (word, bit) = Self::place(share);
        (self.known[word] & bit != 0).then(|| self.yes[word] & bit != 0)
    }

    fn remember(&mut self, share: u8, answer: bool) {
        if share != 0 {
            let (word, bit) = Self::place(share);
            self.known[word] |= bit;
            self.yes[word] |= if answer { bit } else { 0 };
        }
    }
}

/// What is asked of.
#[derive(Clone, Copy)]
struct Asked<'a> {
    snapshot: Snapshot<'a>,
    code: &'a [[u8; 16]],
    context: Context<'a>,
    now: Millis,
}

impl<'a> Asked<'a> {
    fn new(snapshot: Snapshot<'a>, context: Context<'a>, now: Millis) -> Self {
        Self { snapshot, code: snapshot.code(), context, now }
    }

    fn program(self, flag: FlagRecord) -> &'a [[u8; 16]] {
        let (first, steps) = (flag.first as usize, (flag.steps as usize).min(FLAG_STEPS));
        self.code.get(first..first.saturating_add(steps)).unwrap_or_default()
    }

    fn decide(
        self,
        draws: &mut Draws,
        shared: &mut Shared,
        index: u32,
        decided: &[u8],
        witness: &mut impl Witness,
    ) -> Decision {
        let flag = self.snapshot.flag(index);
        let failed =
            |error| Decision { variant: flag.off as u16, reason: Reason::Error, error, rule: NO_RULE, run: NO_RUN };
        let program = self.program(flag);
        let (mut rest, mut item) = (program, 0);
        while let [bytes, next @ ..] = rest {
            let Some(step) = Step::read(bytes) else { break };
            let at = (program.len() - rest.len()) as u32;
            let mut draw = 0;
            if step.operation.draws() {
                draw = match self.draw(draws, step.place) {
                    Ok(draw) => draw,
                    Err(error) => return failed(error),
                };
                witness.drew(index, at, draw);
            }
            let (rule, run) = (step.b as u16, (step.b >> 16) as u16);
            let served = |variant, reason| Decision { variant, reason, error: Error::None, rule, run };
            if step.operation == Operation::Serve {
                return served(step.a as u16, Reason::from_code(step.x));
            }
            if step.operation == Operation::Split {
                return served(self.snapshot.variant(step.a, step.skip.into(), draw), Reason::Split);
            }
            let known = shared.answer(step.share);
            let Some(answer) = known.or_else(|| self.answer(step, draw, item, decided)) else {
                item += 1;
                continue;
            };
            shared.remember(step.share, answer);
            let holds = answer == (step.x & flags::INVERTED == 0);
            witness.asked(index, at, holds);
            item = 0;
            if holds {
                rest = next;
            } else {
                // A jump can only go on from here, so a program ends.
                let Some(further) = next.get(usize::from(step.skip)..) else { break };
                rest = further;
            }
        }
        failed(Error::General)
    }

    /// The answer to a step that asks. A list is asked item by item: without an answer yet, the next one is.
    fn answer(self, step: Step, draw: u32, item: u32, decided: &[u8]) -> Option<bool> {
        let Step { operation, a, b, .. } = step;
        let offset = b.cast_signed();
        let mut at = usize::from(step.place) * SLOT;
        let list = step.x & flags::LIST;
        if list != 0 {
            let [tag, start, count] = self.context.slot(at);
            if tag != tag::LIST {
                return Some(false);
            }
            if item >= count.min(LIST_ITEMS as u32) {
                return Some(list != flags::LIST_ANY);
            }
            at = start as usize + item as usize * SLOT;
        }
        let mut lower;
        let slot = self.context.slot(at);
        let mut text = self.context.text(slot);
        if step.x & flags::FOLD != 0 {
            lower = [0; ATTRIBUTE_BYTES];
            text = text.map(|text| condition::lowered(text, &mut lower));
        }
        let answer = match operation {
            Operation::Under => draw < a,
            Operation::Ramp => u64::from(draw) < below(&self.snapshot, a, b, step.x & flags::LINEAR != 0, self.now),
            Operation::Since => self.now.0 >= step.wide().cast_signed(),
            Operation::Weekday => a >> moment::weekday(self.now.0, offset) & 1 == 1,
            Operation::TimeOfDay => {
                let (from, until) = (a as u16, (a >> 16) as u16);
                let minute = moment::minute_of_day(self.now.0, offset);
                if from < until { (from..until).contains(&minute) } else { minute >= from || minute < until }
            }
            Operation::FlagIs => {
                let at = (a as usize).wrapping_mul(DECISION);
                decided.get(at..at.wrapping_add(2)) == Some(&(b as u16).to_le_bytes())
            }
            Operation::Exists
            | Operation::TextMatches
            | Operation::TextIn
            | Operation::PrintIn
            | Operation::Number
            | Operation::BooleanIs
            | Operation::Moment
            | Operation::AddressIn
            | Operation::Size => condition::passes(step, Subject { slot, text }, self.snapshot),
            // These end a program instead of asking.
            Operation::Serve | Operation::Split => false,
        };
        // The first item that passes, or for `all` that does not, settles it.
        if list == 0 || answer == (list != flags::LIST_ALL) {
            return Some(answer && list != flags::LIST_NONE);
        }
        None
    }

    fn draw(self, draws: &mut Draws, index: u16) -> Result<u32, Error> {
        if let Some((last, draw)) = draws.last
            && last == index
        {
            return Ok(draw);
        }
        let record = self.snapshot.draw(index.into()).ok_or(Error::General)?;
        if !draws.key.has(record.attribute) {
            let (text, length) = match self.context.slot(record.attribute * SLOT) {
                [tag::TEXT, start, length] if length > 0 => (self.context.0.get(start as usize..), length as usize),
                [tag::MISSING, ..] => return Err(Error::TargetingKeyMissing),
                _ => return Err(Error::InvalidContext),
            };
            draws.key.take(record.attribute, text.unwrap_or_default(), length).ok_or(Error::InvalidContext)?;
        }
        let draw = draws.key.draw(record.algorithm, record.text, record.length).ok_or(Error::General)?;
        draws.last = Some((index, draw));
        Ok(draw)
    }
}

/// The first draw that is out of a ramp at a time.
pub(crate) fn below(snapshot: &Snapshot, first: u32, count: u32, linear: bool, now: Millis) -> u64 {
    let (mut since, mut share) = (0, 0);
    for index in 0..count.min(RAMP_POINTS as u32) {
        let (time, next) = snapshot.point(first.wrapping_add(index));
        if now.0 < time {
            let is_between = linear && index > 0;
            return if is_between {
                between(share, next, now.0.wrapping_sub(since), time.wrapping_sub(since))
            } else {
                share
            };
        }
        (since, share) = (time, next);
    }
    share
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
