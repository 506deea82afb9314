//! A flag's rules as steps that only jump ahead.
//!
//! Conditions become tests in a row: `all` fails at the first that fails, `any` holds at the first that holds, and
//! `not` turns round what its part does. So evaluation needs no stack, no recursion and no value but the present one.

use super::Audience;
use crate::document::{Condition, Document, Experiment, Flag, Scalar};
use crate::draw::Purpose;
use crate::evaluate::{NO_RULE, Reason};
use crate::snapshot::op;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

/// A step before its texts, draws and attributes have places in the snapshot.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step<'d> {
    Serve { variant: &'d str, reason: Reason, rule: u16 },
    Split { experiment: &'d Experiment, rule: u16 },
    Under { salt: &'d str, unit: &'d str, threshold: u32, otherwise: usize },
    Since { time: i64, inverted: bool, otherwise: usize },
    Attribute { attribute: &'d str, test: Operand<'d>, inverted: bool, otherwise: usize },
}

/// What a test compares with.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand<'d> {
    Exists,
    Is(&'d str),
    Starts(&'d str),
    In(&'d [String]),
    Number(u8, f64),
    Boolean(bool),
}

impl<'d> Operand<'d> {
    fn equal_to(value: &'d Scalar) -> Self {
        match value {
            Scalar::Boolean(yes) => Self::Boolean(*yes),
            Scalar::Number(number) => Self::Number(0, *number),
            Scalar::Text(text) => Self::Is(text),
        }
    }

    pub(super) fn operation(&self) -> u8 {
        match self {
            Self::Exists => op::EXISTS,
            Self::Is(_) => op::TEXT_IS,
            Self::Starts(_) => op::TEXT_STARTS,
            Self::In(_) => op::TEXT_IN,
            Self::Number(..) => op::NUMBER,
            Self::Boolean(_) => op::BOOLEAN_IS,
        }
    }
}

/// Whether an audience gets a flag.
pub(super) fn sees(audience: Audience, flag: &Flag) -> bool {
    match audience {
        Audience::Edge => true,
        Audience::Client => flag.client,
    }
}

/// The names of the attributes that the audience's flags read, sorted.
pub(super) fn attributes(document: &Document, audience: Audience) -> Vec<&str> {
    let mut names = BTreeSet::new();
    for flag in document.flags.values().filter(|flag| sees(audience, flag)) {
        for step in program(document, flag) {
            match step {
                Step::Attribute { attribute, .. } => names.insert(attribute),
                Step::Split { experiment, .. } => names.insert(&experiment.unit),
                Step::Under { unit, .. } => names.insert(unit),
                Step::Serve { .. } | Step::Since { .. } => false,
            };
        }
    }
    names.into_iter().collect()
}

/// How many steps a flag's program has.
pub(super) fn steps(document: &Document, flag: &Flag) -> usize {
    program(document, flag).len()
}

/// The program of one flag.
pub(super) fn program<'d>(document: &'d Document, flag: &'d Flag) -> Vec<Step<'d>> {
    if !flag.enabled {
        return vec![Step::Serve { variant: &flag.off, reason: Reason::Disabled, rule: NO_RULE }];
    }
    let mut writer = Writer::default();
    for (index, rule) in flag.rules.iter().enumerate() {
        let (next, number) = (writer.label(), index as u16);
        if let Some(time) = rule.from {
            writer.jump(Step::Since { time, inverted: false, otherwise: 0 }, next);
        }
        if let Some(time) = rule.until {
            writer.jump(Step::Since { time, inverted: true, otherwise: 0 }, next);
        }
        if let Some(condition) = &rule.condition {
            writer.condition(condition, false, next);
        }
        let experiment = rule.experiment.as_ref().and_then(|key| document.experiments.get(key));
        match (&rule.serve, experiment.and_then(|experiment| Some((experiment, experiment.run.as_ref()?)))) {
            (_, Some((experiment, run))) => {
                writer.under(&run.salt, &experiment.unit, run.rollout, next);
                writer.steps.push(Step::Split { experiment, rule: number });
            }
            (Some(variant), None) => {
                if let Some(rollout) = &rule.rollout {
                    writer.under(&rollout.salt, &rollout.unit, rollout.below, next);
                }
                writer.steps.push(Step::Serve { variant, reason: Reason::TargetingMatch, rule: number });
            }
            // An experiment that does not run: whoever gets here goes on, and the tests before it were for nothing.
            (None, None) => {}
        }
        writer.place(next);
    }
    let reason = if flag.rules.is_empty() { Reason::Static } else { Reason::Default };
    writer.steps.push(Step::Serve { variant: &flag.otherwise, reason, rule: NO_RULE });
    writer.finish()
}

#[derive(Clone, Copy)]
struct Label(usize);

#[derive(Default)]
struct Writer<'d> {
    steps: Vec<Step<'d>>,
    /// Where each label stands, once it does.
    labels: Vec<usize>,
}

impl<'d> Writer<'d> {
    fn label(&mut self) -> Label {
        self.labels.push(usize::MAX);
        Label(self.labels.len() - 1)
    }

    fn place(&mut self, label: Label) {
        self.labels[label.0] = self.steps.len();
    }

    /// A step that goes to the label if it fails. Until [`Writer::finish`], `otherwise` holds the label's number.
    fn jump(&mut self, mut step: Step<'d>, to: Label) {
        if let Some(otherwise) = otherwise(&mut step) {
            *otherwise = to.0;
        }
        self.steps.push(step);
    }

    /// A step that goes to the label unless the unit's rollout draw is below `below`.
    fn under(&mut self, salt: &'d str, unit: &'d str, below: u64, to: Label) {
        // 2^32 is everybody: no draw is needed.
        if let Ok(threshold) = u32::try_from(below) {
            self.jump(Step::Under { salt, unit, threshold, otherwise: 0 }, to);
        }
    }

    /// Steps that go to the label if the condition is `jump_if`, and on to the next step if it is not.
    fn condition(&mut self, condition: &'d Condition, jump_if: bool, to: Label) {
        match condition {
            Condition::All(parts) => self.row(parts, false, jump_if, to),
            Condition::Any(parts) => self.row(parts, true, jump_if, to),
            Condition::Not(part) => self.condition(part, !jump_if, to),
            Condition::Exists(test) => self.test(&test.attribute, Operand::Exists, jump_if, to),
            Condition::Equals(test) => self.test(&test.attribute, Operand::equal_to(&test.value), jump_if, to),
            Condition::In(test) => self.test(&test.attribute, Operand::In(&test.values), jump_if, to),
            Condition::Starts(test) => self.test(&test.attribute, Operand::Starts(&test.with), jump_if, to),
            Condition::Less(test) => self.test(&test.attribute, Operand::Number(1, test.than), jump_if, to),
            Condition::AtMost(test) => self.test(&test.attribute, Operand::Number(2, test.than), jump_if, to),
            Condition::Greater(test) => self.test(&test.attribute, Operand::Number(3, test.than), jump_if, to),
            Condition::AtLeast(test) => self.test(&test.attribute, Operand::Number(4, test.than), jump_if, to),
        }
    }

    /// Parts in a row of which one that is `decisive` decides for all.
    fn row(&mut self, parts: &'d [Condition], decisive: bool, jump_if: bool, to: Label) {
        if decisive == jump_if {
            for part in parts {
                self.condition(part, jump_if, to);
            }
        } else if let Some((last, others)) = parts.split_last() {
            let settled = self.label();
            for part in others {
                self.condition(part, decisive, settled);
            }
            self.condition(last, jump_if, to);
            self.place(settled);
        }
    }

    fn test(&mut self, attribute: &'d str, test: Operand<'d>, jump_if: bool, to: Label) {
        self.jump(Step::Attribute { attribute, test, inverted: jump_if, otherwise: 0 }, to);
    }

    fn finish(mut self) -> Vec<Step<'d>> {
        for step in &mut self.steps {
            if let Some(otherwise) = otherwise(step) {
                *otherwise = self.labels[*otherwise];
            }
        }
        self.steps
    }
}

fn otherwise<'s>(step: &'s mut Step) -> Option<&'s mut usize> {
    match step {
        Step::Under { otherwise, .. } | Step::Since { otherwise, .. } | Step::Attribute { otherwise, .. } => {
            Some(otherwise)
        }
        Step::Serve { .. } | Step::Split { .. } => None,
    }
}

/// The bytes of a draw's key in front of the unit.
pub(super) fn draw_prefix(purpose: Purpose, salt: &str) -> Vec<u8> {
    [purpose.name(), "\0", salt, "\0"].map(ToString::to_string).concat().into_bytes()
}
