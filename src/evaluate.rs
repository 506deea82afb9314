//! Snapshot, context and time to decisions.

use crate::context::{Context, Value};
use crate::draw;
use crate::snapshot::{Instruction, Section, Snapshot};
use crate::time::Millis;

/// Bytes of a decision as shells read it: `variant u16, reason u8, error u8, rule u16, run u16`.
pub const DECISION: usize = 8;

/// No rule decided.
pub const NO_RULE: u16 = u16::MAX;

/// The decision belongs to no run, so meeting its variant is no exposure.
pub const NO_RUN: u16 = u16::MAX;

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
    /// A run's split chose.
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

/// Decides every flag and writes the decisions one after another. Gives their number, or nothing when they do not fit.
#[must_use]
pub fn evaluate(snapshot: &Snapshot, context: Context, now: Millis, decisions: &mut [u8]) -> Option<u32> {
    let flags = snapshot.count(Section::Flags);
    let mut places = decisions.chunks_exact_mut(DECISION);
    for index in 0..flags {
        places.next()?.copy_from_slice(&decide(snapshot, index, context, now).to_bytes());
    }
    Some(flags)
}

/// Decides one flag.
#[must_use]
pub fn decide(snapshot: &Snapshot, index: u32, context: Context, now: Millis) -> Decision {
    let flag = snapshot.flag(index);
    let failed =
        |error| Decision { variant: flag.off as u16, reason: Reason::Error, error, rule: NO_RULE, run: NO_RUN };
    let mut step = 0;
    while step < flag.steps {
        let Some(instruction) = snapshot.instruction(flag.first.wrapping_add(step)) else { break };
        let (holds, otherwise) = match instruction {
            Instruction::Serve { variant, reason, rule } => {
                return Decision { variant, reason: served(reason), error: Error::None, rule, run: NO_RUN };
            }
            Instruction::Split { run, rule } => {
                let record = snapshot.run(u32::from(run));
                return match draw_of(snapshot, record.draw, context) {
                    Ok(draw) => {
                        let variant = snapshot.split(record, draw);
                        Decision { variant, reason: Reason::Split, error: Error::None, rule, run }
                    }
                    Err(error) => failed(error),
                };
            }
            Instruction::Under { draw, threshold, otherwise } => match draw_of(snapshot, u32::from(draw), context) {
                Ok(draw) => (draw < threshold, otherwise),
                Err(error) => return failed(error),
            },
            Instruction::Since { time, inverted, otherwise } => ((now >= Millis(time)) != inverted, otherwise),
            Instruction::Attribute { attribute, test, inverted, otherwise } => {
                (test.holds(context.attribute(usize::from(attribute)), snapshot) != inverted, otherwise)
            }
        };
        // A verified jump lies ahead; `max` keeps an unverified one from going in circles.
        step = if holds { step + 1 } else { otherwise.max(step + 1) };
    }
    failed(Error::General)
}

fn draw_of(snapshot: &Snapshot, index: u32, context: Context) -> Result<u32, Error> {
    let record = snapshot.draw(index).ok_or(Error::General)?;
    match context.attribute(record.attribute) {
        None => Err(Error::TargetingKeyMissing),
        Some(Value::Text(unit)) if !unit.is_empty() => {
            draw::draw(record.algorithm, record.prefix, unit).ok_or(Error::InvalidContext)
        }
        Some(Value::Text(_) | Value::Number(_) | Value::Boolean(_) | Value::Unusable) => Err(Error::InvalidContext),
    }
}

fn served(reason: u8) -> Reason {
    match reason {
        0 => Reason::Static,
        2 => Reason::TargetingMatch,
        4 => Reason::Disabled,
        _ => Reason::Default,
    }
}
