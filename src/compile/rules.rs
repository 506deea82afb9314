//! A flag's rules as steps that only jump ahead.
//!
//! Conditions become questions in a row: `all` fails at the first that fails, `any` holds at the first that holds, and
//! `not` turns round what its part does. So evaluation needs no stack, no recursion and no value but the present one.

use super::Audience;
use super::logic::{Ask, Logic, Lower, Operand, always, attribute_asks, millis, points, prints, under};
use crate::document::{Document, Experiment, Flag, Hash, Rule, Run};
use crate::draw::{ALL, Purpose};
use crate::evaluate::{NO_RULE, Reason};
use crate::order::set;
use crate::snapshot::Operation;
use alloc::format;
use alloc::string::{String, ToString};

use alloc::vec;
use alloc::vec::Vec;

/// A step before what it names has a place in the snapshot.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step<'d> {
    Serve { variant: &'d str, reason: Reason, rule: u16, run: Option<&'d Experiment> },
    Split { draw: (Hash, &'d str), unit: &'d str, ranges: &'d [(u64, String)], rule: u16, run: Option<&'d Experiment> },
    Ask { ask: Ask<'d>, inverted: bool, otherwise: usize },
}

/// A flag's steps, and where in the document each of them comes from.
#[derive(Clone, Debug, Default)]
pub(super) struct Program<'d> {
    pub(super) steps: Vec<Step<'d>>,
    pub(super) places: Vec<String>,
    /// How many questions its conditions have, also those that take no step. Past the limit, the rest was left out.
    pub(super) questions: usize,
}

impl Program<'_> {
    /// The names of the attributes that the steps read.
    pub(super) fn attributes(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(|step| match step {
            Step::Split { unit, .. } | Step::Ask { ask: Ask::Under { unit, .. } | Ask::Ramp { unit, .. }, .. } => {
                Some(*unit)
            }
            Step::Ask { ask: Ask::Attribute { attribute, .. }, .. } => Some(attribute),
            Step::Serve { .. } | Step::Ask { .. } => None,
        })
    }
}

/// Whether an audience gets a flag.
pub(super) fn sees(audience: Audience, flag: &Flag) -> bool {
    match audience {
        Audience::Edge => true,
        Audience::Client => flag.client,
    }
}

/// The program of one flag. What refers to nothing never holds; `check` has refused it.
pub(super) fn program<'d>(document: &'d Document, audience: Audience, key: &'d str, flag: &'d Flag) -> Program<'d> {
    let mut writer =
        Writer { lower: Lower::new(document, audience), steps: Vec::new(), places: Vec::new(), labels: Vec::new() };
    let place = format!("/flags/{key}");
    let off = |reason| Step::Serve { variant: &flag.off, reason, rule: NO_RULE, run: None };
    if flag.archived || !flag.enabled {
        writer.end(off(Reason::Disabled), &place);
        return writer.finish();
    }
    writer.forced(key, flag, &place);
    let unmet = writer.label();
    writer.prerequisites(flag, unmet, &place);
    writer.holdout(flag, off(Reason::Split), &place);
    for (index, rule) in flag.rules.iter().enumerate() {
        writer.rule(rule, index as u16, &format!("{place}/rules/{index}"));
    }
    let reason = if flag.rules.is_empty() { Reason::Static } else { Reason::Default };
    writer
        .end(Step::Serve { variant: &flag.otherwise, reason, rule: NO_RULE, run: None }, &format!("{place}/otherwise"));
    if !flag.prerequisites.is_empty() {
        writer.place(unmet);
        writer.end(off(Reason::Default), &format!("{place}/off"));
    }
    writer.finish()
}

#[derive(Clone, Copy)]
struct Label(usize);

struct Writer<'d> {
    lower: Lower<'d>,
    steps: Vec<Step<'d>>,
    places: Vec<String>,
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

    fn end(&mut self, step: Step<'d>, place: &str) {
        self.steps.push(step);
        self.places.push(place.to_string());
    }

    /// A question that goes to the label if it fails. Until [`Writer::finish`], `otherwise` holds the label's number.
    fn ask(&mut self, ask: Ask<'d>, inverted: bool, to: Label, place: &str) {
        if ask != always() || inverted {
            self.end(Step::Ask { ask, inverted, otherwise: to.0 }, place);
        }
    }

    fn forced(&mut self, key: &'d str, flag: &'d Flag, place: &str) {
        for (index, forced) in flag.forced.iter().enumerate() {
            let (next, place) = (self.label(), format!("{place}/forced/{index}"));
            let ask = attribute_asks(&forced.unit, Operation::PrintIn, 0, prints(key, &forced.ids));
            self.ask(ask, false, next, &place);
            let reason = Reason::TargetingMatch;
            self.end(Step::Serve { variant: &forced.serve, reason, rule: NO_RULE, run: None }, &place);
            self.place(next);
        }
    }

    fn prerequisites(&mut self, flag: &'d Flag, unmet: Label, place: &str) {
        for (index, prerequisite) in flag.prerequisites.iter().enumerate() {
            let place = format!("{place}/prerequisites/{index}");
            let of = |variant: &'d String| Logic::Ask(Ask::FlagIs { flag: &prerequisite.key, variant }, place.clone());
            self.logic(Logic::Any(prerequisite.is.iter().map(of).collect()), false, unmet);
        }
    }

    fn holdout(&mut self, flag: &'d Flag, off: Step<'d>, place: &str) {
        let document = self.lower.document;
        let Some(holdout) = flag.holdout.as_ref().and_then(|key| document.holdouts.get(key)) else { return };
        let (next, place) = (self.label(), format!("{place}/holdout"));
        self.ask(
            under(Purpose::Holdout, (holdout.hash, &holdout.salt), &holdout.unit, holdout.below),
            false,
            next,
            &place,
        );
        self.end(off, &place);
        self.place(next);
    }

    fn rule(&mut self, rule: &'d Rule, number: u16, place: &str) {
        let next = self.label();
        if let Some(time) = &rule.from {
            self.ask(Ask::Since(millis(time)), false, next, &format!("{place}/from"));
        }
        if let Some(time) = &rule.until {
            self.ask(Ask::Since(millis(time)), true, next, &format!("{place}/until"));
        }
        if let Some(condition) = &rule.condition {
            let logic = self.lower.condition(condition, &format!("{place}/if"));
            self.logic(logic, false, next);
        }
        let document = self.lower.document;
        let experiment = rule.experiment.as_ref().and_then(|key| document.experiments.get(key));
        if let Some((experiment, run)) = experiment.and_then(|experiment| Some((experiment, experiment.run.as_ref()?)))
        {
            self.experiment(experiment, run, number, next, &format!("{place}/experiment"));
        } else if rule.serve.is_some() || rule.split.is_some() {
            self.share(rule, next, place);
            if let Some(variant) = &rule.serve {
                let reason = Reason::TargetingMatch;
                self.end(Step::Serve { variant, reason, rule: number, run: None }, &format!("{place}/serve"));
            } else if let Some(split) = &rule.split {
                let (draw, unit, ranges) = ((split.hash, split.salt.as_str()), &split.unit, &split.ranges);
                self.end(Step::Split { draw, unit, ranges, rule: number, run: None }, &format!("{place}/split"));
            }
        }
        // An experiment that does not run: whoever gets here goes on, and the questions before it were for nothing.
        self.place(next);
    }

    fn share(&mut self, rule: &'d Rule, next: Label, place: &str) {
        if let Some(rollout) = &rule.rollout {
            let ask = under(Purpose::Rollout, (rollout.hash, &rollout.salt), &rollout.unit, rollout.below);
            self.ask(ask, false, next, &format!("{place}/rollout"));
        }
        if let Some(ramp) = &rule.ramp {
            let ask = Ask::Ramp {
                draw: (ramp.hash, &ramp.salt),
                unit: &ramp.unit,
                linear: ramp.linear,
                points: points(ramp),
            };
            self.ask(ask, false, next, &format!("{place}/ramp"));
        }
    }

    fn experiment(&mut self, experiment: &'d Experiment, run: &'d Run, rule: u16, next: Label, place: &str) {
        let document = self.lower.document;
        let slot = experiment.slot.as_ref().and_then(|slot| Some((slot, document.layers.get(&slot.layer)?)));
        if let Some((slot, layer)) = slot {
            if slot.from > 0 {
                self.ask(under(Purpose::Layer, (layer.hash, &layer.salt), &layer.unit, slot.from), true, next, place);
            }
            self.ask(under(Purpose::Layer, (layer.hash, &layer.salt), &layer.unit, slot.below), false, next, place);
        }
        // Behind the slot: who had a variant once must not be in two experiments that exclude each other.
        if experiment.sticky {
            self.sticky(experiment, run, rule, place);
        }
        self.ask(under(Purpose::Rollout, (run.hash, &run.salt), &experiment.unit, run.rollout), false, next, place);
        let (draw, unit, ranges) = ((run.hash, run.salt.as_str()), &experiment.unit, &run.split);
        self.end(Step::Split { draw, unit, ranges, rule, run: Some(experiment) }, place);
    }

    /// A variant that the context says the unit had in this run stays.
    fn sticky(&mut self, experiment: &'d Experiment, run: &'d Run, rule: u16, place: &str) {
        for variant in set(run.split.iter().map(|(_, variant)| variant)) {
            let next = self.label();
            let operand = Operand::Texts(vec![variant.clone().into_bytes()]);
            let ask = attribute_asks(format!("/sticky/{}", run.id), Operation::TextIn, 0, operand);
            self.ask(ask, false, next, place);
            self.end(Step::Serve { variant, reason: Reason::Split, rule, run: Some(experiment) }, place);
            self.place(next);
        }
    }

    /// Steps that go to the label if the logic is `jump_if`, and on to the next step if it is not.
    fn logic(&mut self, logic: Logic<'d>, jump_if: bool, to: Label) {
        match logic {
            Logic::All(parts) => self.row(parts, false, jump_if, to),
            Logic::Any(parts) => self.row(parts, true, jump_if, to),
            Logic::Not(part) => self.logic(*part, !jump_if, to),
            Logic::Ask(ask, place) => self.ask(ask, jump_if, to, &place),
        }
    }

    /// Parts in a row of which one that is `decisive` decides for all.
    fn row(&mut self, mut parts: Vec<Logic<'d>>, decisive: bool, jump_if: bool, to: Label) {
        let Some(last) = parts.pop() else {
            // No part is decisive, so the row is the contrary.
            if decisive != jump_if {
                self.ask(always(), true, to, "");
            }
            return;
        };
        if decisive == jump_if {
            for part in parts {
                self.logic(part, jump_if, to);
            }
            self.logic(last, jump_if, to);
        } else {
            let settled = self.label();
            for part in parts {
                self.logic(part, decisive, settled);
            }
            self.logic(last, jump_if, to);
            self.place(settled);
        }
    }

    fn finish(mut self) -> Program<'d> {
        for step in &mut self.steps {
            if let Step::Ask { otherwise, .. } = step {
                *otherwise = self.labels[*otherwise];
            }
        }
        Program { steps: self.steps, places: self.places, questions: self.lower.questions() }
    }
}

/// The bytes of a draw's key in front of the unit.
pub(super) fn draw_prefix(purpose: Purpose, salt: &str) -> Vec<u8> {
    [purpose.name(), "\0", salt, "\0"].map(ToString::to_string).concat().into_bytes()
}

/// A split as the ranges of its snapshot: each range's last draw, and its variant.
pub(super) fn last_draws(ranges: &[(u64, String)]) -> impl Iterator<Item = (u32, &str)> {
    ranges.iter().map(|(end, variant)| ((end.clamp(&1, &ALL) - 1) as u32, variant.as_str()))
}
