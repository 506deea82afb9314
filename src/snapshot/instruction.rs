//! The steps of a flag's program, and how they are read from their words.

use super::{Section, Snapshot, wide};
use crate::condition::{Comparison, Each, Operator, Test};

/// One step of a flag's program: 16 bytes, `op u8, x u8, attribute or draw u16, a u32, b u32, otherwise u32`.
///
/// A step that asks goes on to the next one if it holds, and else to `otherwise`, which counts from the flag's first
/// instruction and lies ahead.
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
        /// Index of the split.
        split: u32,
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
        /// Where to go if it fails.
        otherwise: u32,
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

/// Numbers of the operations, as `compile` writes and [`Snapshot::instruction`] reads them.
#[allow(missing_docs, reason = "each is named like what it does in `Instruction`, `Question` and `Operator`")]
pub mod op {
    pub const SERVE: u8 = 1;
    pub const SPLIT: u8 = 2;
    pub const UNDER: u8 = 3;
    pub const RAMP: u8 = 4;
    pub const SINCE: u8 = 5;
    pub const WEEKDAY: u8 = 6;
    pub const TIME_OF_DAY: u8 = 7;
    pub const FLAG_IS: u8 = 8;
    pub const EXISTS: u8 = 9;
    pub const TEXT_IS: u8 = 10;
    pub const TEXT_MATCHES: u8 = 11;
    pub const TEXT_IN: u8 = 12;
    pub const PRINT_IN: u8 = 13;
    pub const NUMBER: u8 = 14;
    pub const BOOLEAN_IS: u8 = 15;
    pub const MOMENT: u8 = 16;
    pub const ADDRESS_IN: u8 = 17;
    pub const SIZE: u8 = 18;
    /// In `x`: the comparison, in its lowest bits.
    pub const COMPARISON: u8 = 0x07;
    /// The last comparison.
    pub const AT_LEAST: u8 = 4;
    /// In `x`: A to Z are taken for a to z.
    pub const FOLD: u8 = 0x08;
    /// In `x`: how a list is asked, if it is.
    pub const LIST: u8 = 0x30;
    pub const LIST_ANY: u8 = 0x10;
    pub const LIST_ALL: u8 = 0x20;
    pub const LIST_NONE: u8 = 0x30;
    /// In `x`: the ramp moves on straight lines.
    pub const LINEAR: u8 = 0x40;
    /// In `x`: the answer is turned round.
    pub const INVERTED: u8 = 0x80;
}

impl<'a> Snapshot<'a> {
    /// Instruction `index` of all, unless no such operation exists.
    #[must_use]
    pub fn instruction(&self, index: u32) -> Option<Instruction<'a>> {
        let [head, a, b, otherwise] = self.record(Section::Code, index);
        let [operation, x, low, high] = head.to_le_bytes();
        let place = u16::from_le_bytes([low, high]);
        let question = match operation {
            op::SERVE => {
                return Some(Instruction::Serve {
                    variant: a as u16,
                    reason: x,
                    rule: b as u16,
                    run: (b >> 16) as u16,
                });
            }
            op::SPLIT => return Some(Instruction::Split { split: a, rule: b as u16, run: (b >> 16) as u16 }),
            op::UNDER => Question::Under { draw: place, threshold: a },
            op::RAMP => Question::Ramp { draw: place, first: a, count: b, linear: x & op::LINEAR != 0 },
            op::SINCE => Question::Since(wide([a, b]).cast_signed()),
            op::WEEKDAY => Question::Weekday { days: a as u8, offset: b.cast_signed() },
            op::TIME_OF_DAY => Question::TimeOfDay { from: a as u16, until: (a >> 16) as u16, offset: b.cast_signed() },
            op::FLAG_IS => Question::FlagIs { flag: a, variant: b as u16 },
            _ => Question::Attribute { attribute: place, test: self.test(operation, x, a, b)? },
        };
        Some(Instruction::Ask { question, inverted: x & op::INVERTED != 0, otherwise })
    }

    fn test(&self, operation: u8, x: u8, a: u32, b: u32) -> Option<Test<'a>> {
        let comparison = || Comparison::from_code(x & op::COMPARISON);
        let operator = match operation {
            op::EXISTS => Operator::Exists,
            op::TEXT_IS => Operator::TextIs(self.pool(a, b)),
            op::TEXT_MATCHES => Operator::TextMatches(self.pool(a, b)),
            op::TEXT_IN => Operator::TextIn { first: a, count: b },
            op::PRINT_IN => Operator::PrintIn { salt: self.print(a), first: a.wrapping_add(1), count: b },
            op::NUMBER => Operator::Number(comparison()?, f64::from_bits(wide([a, b]))),
            op::BOOLEAN_IS => Operator::BooleanIs(a != 0),
            op::MOMENT => Operator::Moment(comparison()?, wide([a, b]).cast_signed()),
            op::ADDRESS_IN => Operator::AddressIn(self.pool(a, b)),
            op::SIZE => Operator::Size(comparison()?, a),
            _ => return None,
        };
        let list = match x & op::LIST {
            op::LIST_ANY => Some(Each::Any),
            op::LIST_ALL => Some(Each::All),
            op::LIST_NONE => Some(Each::None),
            _ => None,
        };
        Some(Test { operator, fold: x & op::FOLD != 0, list })
    }
}
