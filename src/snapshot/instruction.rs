//! The steps of a flag's program, as they are run and as they are described.

use super::{Section, Snapshot, wide, words};
use crate::condition::{Comparison, Each, Operator, Test};

/// One step of a flag's program: 16 bytes, `operation u8, x u8, attribute or draw u16, a u32, b u32, skip u16,
/// share u8, zero u8`.
///
/// A step that asks goes on to the next one if it holds, and else leaves out `skip` steps behind it; of a split, `skip` is
/// how many ranges there are. Questions that stand in several places have a number there, `share`. This is what the
/// evaluator reads; in words it is an [`Instruction`].
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "named above")]
pub struct Step {
    pub operation: Operation,
    pub x: u8,
    pub place: u16,
    pub a: u32,
    pub b: u32,
    pub skip: u16,
    pub share: u8,
}

impl Step {
    /// The step in these bytes, unless no such operation exists.
    #[must_use]
    pub fn read(bytes: &[u8; 16]) -> Option<Self> {
        let [head, a, b, tail] = words(bytes, 0);
        let operation = Operation::from_code(head as u8)?;
        Some(Self {
            operation,
            x: (head >> 8) as u8,
            place: (head >> 16) as u16,
            a,
            b,
            skip: tail as u16,
            share: (tail >> 16) as u8,
        })
    }

    /// Both words of a step that has one operand.
    #[must_use]
    pub fn wide(self) -> u64 {
        wide([self.a, self.b])
    }

    /// The comparison in its flags.
    #[must_use]
    pub fn comparison(self) -> Comparison {
        Comparison::from_bits(self.x & flags::COMPARISON)
    }

    /// How it asks a list, if it does.
    #[must_use]
    pub fn list(self) -> Option<Each> {
        match self.x & flags::LIST {
            flags::LIST_ANY => Some(Each::Any),
            flags::LIST_ALL => Some(Each::All),
            flags::LIST_NONE => Some(Each::None),
            _ => None,
        }
    }
}

/// What a step does. The first two end a program, those from [`Operation::Split`] to [`Operation::Ramp`] make a draw, and
/// those from [`Operation::Exists`] on ask an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named like what it does in `Instruction`, `Question` and `Operator`")]
#[repr(u8)]
pub enum Operation {
    Serve,
    Split,
    Under,
    Ramp,
    Since,
    Weekday,
    TimeOfDay,
    FlagIs,
    Exists,
    TextMatches,
    TextIn,
    PrintIn,
    Number,
    BooleanIs,
    Moment,
    AddressIn,
    Size,
}

impl Operation {
    /// Whether the context and the time are all that it asks.
    #[must_use]
    pub fn asks_context(self) -> bool {
        self.asks_time() || self.asks_attribute()
    }

    /// Whether the time is all that it asks.
    #[must_use]
    pub fn asks_time(self) -> bool {
        matches!(self, Self::Since | Self::Weekday | Self::TimeOfDay)
    }

    /// Whether it asks an attribute.
    #[must_use]
    pub fn asks_attribute(self) -> bool {
        self as u8 >= Self::Exists as u8
    }

    /// Whether its place is that of a draw.
    #[must_use]
    pub fn draws(self) -> bool {
        matches!(self, Self::Split | Self::Under | Self::Ramp)
    }

    /// The operation behind its number in a snapshot.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0 => Self::Serve,
            1 => Self::Split,
            2 => Self::Under,
            3 => Self::Ramp,
            4 => Self::Since,
            5 => Self::Weekday,
            6 => Self::TimeOfDay,
            7 => Self::FlagIs,
            8 => Self::Exists,
            9 => Self::TextMatches,
            10 => Self::TextIn,
            11 => Self::PrintIn,
            12 => Self::Number,
            13 => Self::BooleanIs,
            14 => Self::Moment,
            15 => Self::AddressIn,
            16 => Self::Size,
            _ => return None,
        })
    }
}

/// What a step's `x` says beside its operation.
#[allow(missing_docs, reason = "each says what it is")]
pub mod flags {
    /// The [`Comparison`](crate::condition::Comparison), in the lowest bits.
    pub const COMPARISON: u8 = 0x07;
    /// A to Z are taken for a to z.
    pub const FOLD: u8 = 0x08;
    /// How a list is asked, if it is.
    pub const LIST: u8 = 0x30;
    pub const LIST_ANY: u8 = 0x10;
    pub const LIST_ALL: u8 = 0x20;
    pub const LIST_NONE: u8 = 0x30;
    /// The ramp moves on straight lines.
    pub const LINEAR: u8 = 0x40;
    /// The answer is turned round.
    pub const INVERTED: u8 = 0x80;
}

/// What a step says: a [`Step`] for whoever describes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Instruction<'a> {
    /// Ends with a variant.
    Serve {
        /// Index of the variant.
        variant: u16,
        /// [`crate::evaluate::Reason`] as a number.
        reason: u8,
        /// Which rule, or [`crate::evaluate::NO_RULE`].
        rule: u16,
        /// Which run, or [`super::NO_RUN`].
        run: u16,
    },
    /// Ends with the variant that a split gives the unit.
    Split {
        /// Index of the draw.
        draw: u16,
        /// Index of the first range.
        first: u32,
        /// How many ranges.
        count: u16,
        /// Which rule.
        rule: u16,
        /// Which run, or [`super::NO_RUN`].
        run: u16,
    },
    /// Asks, and jumps if the answer is no.
    Ask {
        /// What it asks.
        question: Question<'a>,
        /// Whether the answer is turned round.
        inverted: bool,
        /// How many steps are left out if it fails.
        skip: u16,
    },
}

/// What a step asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Question<'a> {
    /// Whether the draw is below the threshold.
    Under {
        /// Index of the draw.
        draw: u16,
        /// The first draw that is out.
        threshold: u32,
    },
    /// Whether the draw is below what a ramp says now.
    Ramp {
        /// Index of the draw.
        draw: u16,
        /// Index of the first point.
        first: u32,
        /// How many points.
        count: u32,
        /// Whether the share moves on straight lines.
        linear: bool,
    },
    /// Whether `now` has reached this time in milliseconds.
    Since(i64),
    /// Whether now is one of the days whose bits are set (Monday is bit 0), by a clock so many minutes ahead of UTC.
    Weekday {
        /// The days.
        days: u8,
        /// Minutes.
        offset: i32,
    },
    /// Whether now is between two minutes of the day, by a clock so many minutes ahead of UTC.
    TimeOfDay {
        /// The first minute.
        from: u16,
        /// The first minute after it; if it is not later, the span goes over midnight.
        until: u16,
        /// Minutes.
        offset: i32,
    },
    /// Whether another flag, which was decided before, serves this variant.
    FlagIs {
        /// Index of the flag.
        flag: u32,
        /// Index of its variant.
        variant: u16,
    },
    /// Whether the attribute passes a test.
    Attribute {
        /// Index of the attribute.
        attribute: u16,
        /// What is asked of it.
        test: Test<'a>,
    },
}

impl<'a> Snapshot<'a> {
    /// All steps of all flags.
    pub(crate) fn code(&self) -> &'a [[u8; 16]] {
        self.bytes.get(self.start(Section::Code)..).unwrap_or_default().as_chunks().0
    }

    /// Step `index` of all, unless no such operation exists.
    #[must_use]
    pub fn step(&self, index: u32) -> Option<Step> {
        self.code().get(index as usize).and_then(Step::read)
    }

    /// Step `index` of all in words.
    #[must_use]
    pub fn instruction(&self, index: u32) -> Option<Instruction<'a>> {
        let step @ Step { operation, x, place, a, b, skip, .. } = self.step(index)?;
        let (rule, run) = (b as u16, (b >> 16) as u16);
        let question = match operation {
            Operation::Serve => return Some(Instruction::Serve { variant: a as u16, reason: x, rule, run }),
            Operation::Split => return Some(Instruction::Split { draw: place, first: a, count: skip, rule, run }),
            Operation::Under => Question::Under { draw: place, threshold: a },
            Operation::Ramp => Question::Ramp { draw: place, first: a, count: b, linear: x & flags::LINEAR != 0 },
            Operation::Since => Question::Since(step.wide().cast_signed()),
            Operation::Weekday => Question::Weekday { days: a as u8, offset: b.cast_signed() },
            Operation::TimeOfDay => {
                Question::TimeOfDay { from: a as u16, until: (a >> 16) as u16, offset: b.cast_signed() }
            }
            Operation::FlagIs => Question::FlagIs { flag: a, variant: b as u16 },
            Operation::Exists => Question::of(step, Operator::Exists),
            Operation::TextMatches => Question::of(step, Operator::TextMatches(self.pool(a, b))),
            Operation::TextIn if b == 1 => Question::of(step, Operator::TextIs(self.text(a))),
            Operation::TextIn => Question::of(step, Operator::TextIn { first: a, count: b }),
            Operation::PrintIn => Question::of(step, Operator::PrintIn { count: b }),
            Operation::Number => Question::of(step, Operator::Number(step.comparison(), f64::from_bits(step.wide()))),
            Operation::BooleanIs => Question::of(step, Operator::BooleanIs(a != 0)),
            Operation::Moment => Question::of(step, Operator::Moment(step.comparison(), step.wide().cast_signed())),
            Operation::AddressIn => Question::of(step, Operator::AddressIn(self.pool(a, b))),
            Operation::Size => Question::of(step, Operator::Size(step.comparison(), a)),
        };
        Some(Instruction::Ask { question, inverted: x & flags::INVERTED != 0, skip })
    }
}

impl<'a> Question<'a> {
    /// What a step asks of its attribute.
    fn of(step: Step, operator: Operator<'a>) -> Self {
        let test = Test { operator, fold: step.x & flags::FOLD != 0, list: step.list() };
        Self::Attribute { attribute: step.place, test }
    }
}

#[cfg(test)]
mod tests {
    use super::Operation;
    use alloc::vec::Vec;

    #[test]
    fn every_operation_stands_at_its_number() {
        let all: Vec<_> = (0..=u8::MAX).map_while(Operation::from_code).map(|operation| operation as usize).collect();
        assert_eq!(all, (0..=Operation::Size as usize).collect::<Vec<_>>());
    }
}
