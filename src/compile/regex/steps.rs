//! An expression as steps that may be taken side by side: K. Thompson, "Regular expression search algorithm" (1968).

use super::expression::{Expression, Look};
use crate::limits::REGEX_WORK_BYTES;
use alloc::vec::Vec;

/// The number of a step.
pub(super) type Id = u16;

/// A step.
#[derive(Clone, Copy)]
pub(super) enum Step {
    /// To the step behind it, with a byte from the first to the last.
    Byte(u8, u8, Id),
    /// To the step behind it, in such a place.
    Look(Look, Id),
    /// To both.
    Fork(Id, Id),
    /// Nowhere.
    Never,
    /// The expression is found.
    Found,
}

/// The steps of an expression.
pub(super) struct Steps {
    pub all: Vec<Step>,
    /// The first one.
    pub start: Id,
}

/// A step and what is noted of it on the way to the automaton take sixteen bytes.
const MOST: usize = REGEX_WORK_BYTES / 16;

impl Steps {
    /// The steps, unless they are too many.
    pub(super) fn of(expression: &Expression) -> Option<Self> {
        let mut steps = Self { all: Vec::new(), start: 0 };
        let found = steps.add(Step::Found)?;
        steps.start = steps.before(found, expression)?;
        Some(steps)
    }

    fn add(&mut self, step: Step) -> Option<Id> {
        let id = Id::try_from(self.all.len()).ok().filter(|_| self.all.len() < MOST)?;
        self.all.push(step);
        Some(id)
    }

    /// Puts an expression in front of a step. Gives its first step.
    fn before(&mut self, next: Id, expression: &Expression) -> Option<Id> {
        match expression {
            Expression::Byte(first, last) => self.add(Step::Byte(*first, *last, next)),
            Expression::Look(look) => self.add(Step::Look(*look, next)),
            Expression::Sequence(all) => all.iter().rev().try_fold(next, |next, one| self.before(next, one)),
            Expression::Choice(all) => {
                let mut rest = None;
                for one in all.iter().rev() {
                    let one = self.before(next, one)?;
                    rest = Some(rest.map_or(Some(one), |rest| self.add(Step::Fork(one, rest)))?);
                }
                rest.map_or_else(|| self.add(Step::Never), Some)
            }
            Expression::Repeated(min, max, one) => {
                let mut front = match max {
                    Some(max) => (*min..*max).try_fold(next, |rest, _| {
                        let one = self.before(rest, one)?;
                        self.add(Step::Fork(one, next))
                    })?,
                    None => self.endless(next, one)?,
                };
                for _ in 0..*min {
                    front = self.before(front, one)?;
                }
                Some(front)
            }
        }
    }

    fn endless(&mut self, next: Id, one: &Expression) -> Option<Id> {
        let again = self.add(Step::Never)?;
        let one = self.before(again, one)?;
        self.all[usize::from(again)] = Step::Fork(one, next);
        Some(again)
    }
}
