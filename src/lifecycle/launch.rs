//! What visitors meet of an experiment, as a change to the document: a function of document and experiment alone.

use super::plan::{Change, Words};
use super::{Choice, Experiment, State};
use crate::document::{self, Condition, Document, Edit, Flag, Hash, Kind, Page, Rollout, Rule};
use crate::draw::{ALL, percent_of_all};
use crate::reallocate::reallocate;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use serde_json::json;

/// The variant that visitors have without the experiment, where the experiment makes the flag.
pub const CONTROL: &str = "control";

/// The variant that is tried, where the experiment makes the flag.
pub const TREATMENT: &str = "new";

/// The flag, the control and the treatment of an experiment.
#[must_use]
pub fn names(experiment: &Experiment) -> (String, String, String) {
    match experiment.plan.as_ref().map(|plan| &plan.change) {
        Some(Change::Flag { flag, control, treatment }) => (flag.clone(), control.clone(), treatment.clone()),
        Some(Change::Words { .. } | Change::Pages { .. }) | None => {
            (experiment.key.clone(), CONTROL.to_string(), TREATMENT.to_string())
        }
    }
}

/// The document as it is with this experiment in its present state.
#[must_use]
pub fn place(document: &Document, experiment: &Experiment) -> Document {
    let mut next = document.clone();
    let (flag, control, treatment) = names(experiment);
    match experiment.state {
        State::Idea | State::Draft | State::InReview | State::Approved => {}
        State::Running => {
            withdraw(&mut next, experiment, &flag);
            start(&mut next, experiment, &flag, &control, &treatment);
        }
        State::Stopped => {
            withdraw(&mut next, experiment, &flag);
            end(&mut next, experiment);
        }
        State::Decided | State::Debriefed | State::Archived => {
            match experiment.decision.as_ref().map(|decision| decision.choice) {
                Some(Choice::Ship) => {
                    if experiment.is_releasing() {
                        start(&mut next, experiment, &flag, &control, &treatment);
                    } else {
                        end(&mut next, experiment);
                    }
                    release(&mut next, experiment, &flag, &treatment);
                }
                Some(Choice::Keep | Choice::Again | Choice::Abort) | None => end(&mut next, experiment),
            }
        }
    }
    next
}

fn start(next: &mut Document, experiment: &Experiment, flag: &str, control: &str, treatment: &str) {
    let (Some(plan), Some(run)) = (&experiment.plan, &experiment.run) else { return };
    if let Some((path, edits)) = edited(&plan.change) {
        next.flags.entry(flag.to_string()).or_insert_with(|| own_flag(plan.title.trim()));
        let variants = [(treatment.to_string(), edits)].into_iter().collect();
        next.pages.insert(flag.to_string(), Page { path, host: None, query: None, flag: flag.to_string(), variants });
    }
    // An earlier run may have been of another flag.
    for (_, other) in next.flags.iter_mut().filter(|(other, _)| *other != flag) {
        other.rules.retain(|rule| rule.experiment.as_ref() != Some(&experiment.key));
    }
    if let Some(flag) = next.flags.get_mut(flag)
        && !flag.rules.iter().any(|rule| rule.experiment.as_ref() == Some(&experiment.key))
    {
        let condition = plan.segment.clone().map(Condition::Segment);
        flag.rules.push(Rule { condition, experiment: Some(experiment.key.clone()), ..Rule::default() });
    }
    // What somebody has added to look at stays, and whom it is kept apart from.
    let before = next.experiments.get(&experiment.key);
    let slot = before.and_then(|before| before.slot.clone());
    let mut metrics = before.map(|before| before.metrics.clone()).unwrap_or_default();
    for planned in &plan.metrics {
        if !metrics.contains(planned) {
            metrics.push(planned.clone());
        }
    }
    next.experiments.insert(
        experiment.key.clone(),
        document::Experiment {
            description: Some(plan.hypothesis.sentence(&plan.hypothesis.metric)),
            flag: flag.to_string(),
            metric: plan.hypothesis.metric.clone(),
            guardrails: plan.guardrails.clone(),
            metrics,
            control: control.to_string(),
            unit: "unit".to_string(),
            slot,
            // Where the split moves, whoever has met a variant keeps it.
            sticky: plan.bandit.is_some(),
            run: Some(document::Run {
                id: run.id.clone(),
                salt: run.id.clone(),
                hash: Hash::default(),
                epoch: run.epoch,
                rollout: percent_of_all(experiment.stage()),
                split: split(run, control, treatment),
            }),
        },
    );
}

/// The split's table: half and half, and by each shift that with the fewest draws moved.
fn split(run: &super::Run, control: &str, treatment: &str) -> Vec<(u64, String)> {
    let halves = vec![(ALL / 2, control.to_string()), (ALL, treatment.to_string())];
    run.shifts.iter().fold(halves, |table, shift| {
        let [old, new] = shift.weights;
        reallocate(&table, &[(control.to_string(), old), (treatment.to_string(), new)])
    })
}

/// The page that a change is about, and what the new version changes there.
pub(super) fn edited(change: &Change) -> Option<(String, Vec<Edit>)> {
    match change {
        Change::Words { page, edits } => {
            let edit = |words: &Words| Edit(json!({"select": words.select, "change": {"text": words.text}}));
            Some((page.clone(), edits.iter().map(edit).collect()))
        }
        Change::Pages { page, other } => Some((page.clone(), vec![Edit(json!({"change": {"rewrite": other}}))])),
        Change::Flag { .. } => None,
    }
}

fn own_flag(title: &str) -> Flag {
    let value = |text: &str| serde_json::Value::from(text);
    let variants = [CONTROL, TREATMENT].map(|name| (name.to_string(), value(name)));
    Flag { description: Some(title.to_string()), client: true, ..Flag::new(Kind::String, variants, CONTROL) }
}

/// Without a run the experiment's rules never match, and everybody goes on to what the flag serves otherwise.
fn end(next: &mut Document, experiment: &Experiment) {
    if let Some(placed) = next.experiments.get_mut(&experiment.key) {
        placed.run = None;
    }
}

/// The new version for a share of all visitors. It goes on with the test's own draw, so the first of them are those in the
/// test, which goes on beside it until everybody has the new version: a harm can still be seen, and nobody is moved twice.
fn release(next: &mut Document, experiment: &Experiment, flag: &str, treatment: &str) {
    withdraw(next, experiment, flag);
    let Some(run) = &experiment.run else { return };
    let Some(flag) = next.flags.get_mut(flag) else { return };
    let test = flag.rules.iter().position(|rule| rule.experiment.as_ref() == Some(&experiment.key));
    let place = test.map_or(flag.rules.len(), |test| test + 1);
    let rollout = Rollout {
        salt: run.id.clone(),
        hash: Hash::default(),
        below: percent_of_all(run.released),
        unit: "unit".to_string(),
    };
    flag.rules.insert(place, Rule { serve: Some(treatment.to_string()), rollout: Some(rollout), ..Rule::default() });
}

/// Without its rule nobody outside the test has the new version.
fn withdraw(next: &mut Document, experiment: &Experiment, flag: &str) {
    let (Some(run), Some(flag)) = (&experiment.run, next.flags.get_mut(flag)) else { return };
    flag.rules.retain(|rule| rule.rollout.as_ref().is_none_or(|rollout| rollout.salt != run.id));
}
