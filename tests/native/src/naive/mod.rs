//! What a document means, said as plainly as its words are: a slow twin of `compile` and `evaluate`.
//!
//! It reads the document and not the snapshot, and has nothing in common with the evaluator but the draws. Whatever it
//! says otherwise is a fault of one of the two.

mod conditions;
mod context;
mod parse;

pub(crate) use conditions::finds;
pub use context::{Seen, Visitor};
pub(crate) use parse::glob;

use pointsman::document::{Below, Document, Experiment, Flag, Ramp, Rule, Run, When};
use pointsman::draw::{ALL, Algorithm, Purpose, draw};
use pointsman::evaluate::{Error, Reason};
use pointsman::limits::UNIT_BYTES;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// What a flag serves, by the document's own names.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The variant's key.
    pub variant: String,
    /// Why.
    pub reason: Reason,
    /// What went wrong, if anything.
    pub error: Error,
    /// The rule's index.
    pub rule: Option<usize>,
    /// The run's name.
    pub run: Option<String>,
}

/// One evaluation: a document, a visitor and a time.
pub struct Naive<'d> {
    document: &'d Document,
    visitor: &'d Visitor,
    now: i64,
    /// What has been decided already, to be quicker.
    decided: RefCell<BTreeMap<&'d str, Outcome>>,
}

impl<'d> Naive<'d> {
    /// For this visitor at this time.
    #[must_use]
    pub fn new(document: &'d Document, visitor: &'d Visitor, now: i64) -> Self {
        Self { document, visitor, now, decided: RefCell::default() }
    }

    /// What a flag serves.
    ///
    /// # Panics
    ///
    /// If the document has no such flag.
    pub fn flag(&self, key: &'d str) -> Outcome {
        if let Some(outcome) = self.decided.borrow().get(key) {
            return outcome.clone();
        }
        let flag = self.document.flags.get(key).expect("it is a flag of this document");
        let outcome = self.decide(key, flag).unwrap_or_else(|error| Outcome { error, ..off(flag, Reason::Error) });
        self.decided.borrow_mut().insert(key, outcome.clone());
        outcome
    }

    fn decide(&self, key: &str, flag: &'d Flag) -> Result<Outcome, Error> {
        if flag.archived || !flag.enabled {
            return Ok(off(flag, Reason::Disabled));
        }
        for forced in &flag.forced {
            if let Some(Seen::Text(unit)) = self.visitor.attribute(&forced.unit)
                && forced.ids.iter().any(|id| conditions::names(key, id, unit))
            {
                return Ok(Outcome { variant: forced.serve.clone(), ..off(flag, Reason::TargetingMatch) });
            }
        }
        for prerequisite in &flag.prerequisites {
            if !prerequisite.is.contains(&self.flag(&prerequisite.key).variant) {
                return Ok(off(flag, Reason::Default));
            }
        }
        if let Some(holdout) = flag.holdout.as_ref().map(|key| &self.document.holdouts[key])
            && self.under(Purpose::Holdout, &holdout.salt, &holdout.unit, holdout.below)?
        {
            return Ok(off(flag, Reason::Split));
        }
        for (index, rule) in flag.rules.iter().enumerate() {
            if let Some(outcome) = self.rule(flag, index, rule)? {
                return Ok(outcome);
            }
        }
        let reason = if flag.rules.is_empty() { Reason::Static } else { Reason::Default };
        Ok(Outcome { variant: flag.otherwise.clone(), ..off(flag, reason) })
    }

    /// What a rule serves, unless it is not for this visitor.
    fn rule(&self, flag: &Flag, index: usize, rule: &'d Rule) -> Result<Option<Outcome>, Error> {
        let due = rule.from.as_ref().is_none_or(|from| self.now >= millis(from));
        let over = rule.until.as_ref().is_some_and(|until| self.now >= millis(until));
        if !due || over {
            return Ok(None);
        }
        if let Some(condition) = &rule.condition
            && !self.holds(condition)?
        {
            return Ok(None);
        }
        if let Some(key) = &rule.experiment {
            let experiment = &self.document.experiments[key];
            let Some(run) = &experiment.run else { return Ok(None) };
            let Some(variant) = self.experiment(experiment, run)? else { return Ok(None) };
            let run = Some(run.id.clone());
            return Ok(Some(Outcome { variant, rule: Some(index), run, ..off(flag, Reason::Split) }));
        }
        if let Some(rollout) = &rule.rollout
            && !self.under(Purpose::Rollout, &rollout.salt, &rollout.unit, rollout.below)?
        {
            return Ok(None);
        }
        if let Some(ramp) = &rule.ramp
            && u64::from(self.draw(Purpose::Rollout, &ramp.salt, &ramp.unit)?) >= share(ramp, self.now)
        {
            return Ok(None);
        }
        if let Some(split) = &rule.split {
            let variant = within(&split.ranges, self.draw(Purpose::Split, &split.salt, &split.unit)?);
            return Ok(Some(Outcome { variant, rule: Some(index), ..off(flag, Reason::Split) }));
        }
        let served = rule.serve.clone();
        Ok(served.map(|variant| Outcome { variant, rule: Some(index), ..off(flag, Reason::TargetingMatch) }))
    }

    /// The variant of a unit that takes part in a run.
    fn experiment(&self, experiment: &Experiment, run: &Run) -> Result<Option<String>, Error> {
        if let Some(slot) = &experiment.slot {
            let layer = &self.document.layers[&slot.layer];
            if self.all_but(slot.from, &layer.salt, &layer.unit)?
                || !self.under(Purpose::Layer, &layer.salt, &layer.unit, slot.below)?
            {
                return Ok(None);
            }
        }
        if experiment.sticky
            && let Some(Seen::Text(had)) = self.visitor.attribute(&format!("/sticky/{}", run.id))
            && run.split.iter().any(|(_, variant)| variant == had)
        {
            return Ok(Some(had.clone()));
        }
        if !self.under(Purpose::Rollout, &run.salt, &experiment.unit, run.rollout)? {
            return Ok(None);
        }
        Ok(Some(within(&run.split, self.draw(Purpose::Split, &run.salt, &experiment.unit)?)))
    }

    /// Whether a layer's draw lies before a slot; before the first slot there is nothing to draw for.
    fn all_but(&self, from: u64, salt: &str, unit: &str) -> Result<bool, Error> {
        if from == 0 { Ok(false) } else { self.under(Purpose::Layer, salt, unit, from) }
    }

    /// Whether a draw is below a number; for everybody there is nothing to draw.
    fn under(&self, purpose: Purpose, salt: &str, unit: &str, below: u64) -> Result<bool, Error> {
        if below == ALL { Ok(true) } else { Ok(u64::from(self.draw(purpose, salt, unit)?) < below) }
    }

    fn draw(&self, purpose: Purpose, salt: &str, unit: &str) -> Result<u32, Error> {
        match self.visitor.attribute(unit) {
            None => Err(Error::TargetingKeyMissing),
            Some(Seen::Text(unit)) if !unit.is_empty() && unit.len() <= UNIT_BYTES => {
                let prefix = format!("{}\0{salt}\0", purpose.name());
                draw(Algorithm::Xxh64High, prefix.as_bytes(), unit.as_bytes()).ok_or(Error::General)
            }
            Some(_) => Err(Error::InvalidContext),
        }
    }
}

fn off(flag: &Flag, reason: Reason) -> Outcome {
    Outcome { variant: flag.off.clone(), reason, error: Error::None, rule: None, run: None }
}

/// A document that compiles has only times that are some.
fn millis(when: &When) -> i64 {
    match when {
        When::Millis(time) => *time,
        When::Text(text) => parse::moment(text).expect("a time"),
    }
}

/// The variant of the range that a draw lies in.
fn within(ranges: &[(u64, String)], draw: u32) -> String {
    let range = ranges.iter().find(|(end, _)| u64::from(draw) < *end);
    range.expect("ranges that are all draws").1.clone()
}

/// The first draw that is out of a ramp at a time. A line between two points has 2^24 steps.
fn share(ramp: &Ramp, now: i64) -> u64 {
    let points: Vec<_> = ramp.points.iter().map(|(time, Below(below))| (millis(time), *below)).collect();
    let Some(last) = points.iter().rposition(|(time, _)| *time <= now) else { return 0 };
    let (since, from) = points[last];
    let Some((until, to)) = points.get(last + 1).filter(|_| ramp.linear) else { return from };
    let step = i128::from(now - since) * (1 << 24) / i128::from(until - since);
    let way = (i128::from(*to) - i128::from(from)).abs() * step / (1 << 24);
    let share = if *to >= from { i128::from(from) + way } else { i128::from(from) - way };
    share.try_into().expect("a share between two shares")
}
