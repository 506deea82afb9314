//! An experiment as the API tells it.

use super::Scene;
use crate::lifecycle::{Actor, Cause, Choice, Experiment, State, launch};
use crate::playbook::{EVERYBODY, Playbook, Rule};
use crate::ramp::{self, Action, Wait};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::{Value, json};

/// The whole experiment, as `by` may act on it.
#[must_use]
pub fn view(scene: &Scene, by: Option<&Actor>) -> Value {
    let experiment = scene.experiment;
    let (flag, control, treatment) = launch::names(experiment);
    let problems = match &experiment.plan {
        Some(plan) if experiment.is_planned() => plan.problems(scene.document, scene.playbook),
        _ => Vec::new(),
    };
    let per_arm = experiment.per_arm.or_else(|| experiment.plan.as_ref()?.per_arm(scene.playbook));
    let origin = experiment.plan.as_ref().and_then(|plan| plan.template.as_ref());
    let template = origin.and_then(|origin| experiment.rules(scene.playbook).kind(&origin.key));
    json!({
        "key": experiment.key,
        "title": experiment.title,
        "template": template.map(|kind| json!({"key": kind.key, "name": kind.name, "question": kind.question})),
        "note": experiment.note,
        "thought": experiment.thought,
        "state": experiment.state,
        "revision": scene.revision,
        "plan": experiment.plan,
        "problems": problems,
        "quality": experiment.quality,
        "planHash": experiment.plan_hash,
        "run": experiment.run.as_ref().map(|run| &run.id),
        "runs": experiment.runs,
        "end": end(experiment),
        "playbook": experiment.rules(scene.playbook).name,
        "rule": rule(scene),
        "perArm": per_arm,
        "author": experiment.author,
        "reviewer": experiment.reviewer,
        "created": experiment.created,
        "started": experiment.started,
        "ended": experiment.ended,
        "flag": flag,
        "intake": scene.document.intake,
        "control": control,
        "treatment": treatment,
        "ramp": stages(scene),
        "split": super::split::view(scene),
        "stop": experiment.stop,
        "asked": experiment.asked,
        "due": experiment.due,
        "decision": experiment.decision,
        "debrief": experiment.debrief,
        "history": experiment.history,
        "actions": actions(scene, by),
    })
}

/// How exposure ended, once it has: `decided`, `aborted` or `rolledBack`.
fn end(experiment: &Experiment) -> Option<&'static str> {
    let harmed = experiment.stop.as_ref().is_some_and(|stop| stop.cause != Cause::Person);
    match (&experiment.decision, &experiment.stop) {
        _ if experiment.is_live() => None,
        _ if harmed => Some("rolledBack"),
        (Some(decision), _) if decision.choice != Choice::Abort => Some("decided"),
        (None, None) if experiment.state != State::Archived => None,
        _ => Some("aborted"),
    }
}

fn stages(scene: &Scene) -> Value {
    let Some(run) = &scene.experiment.run else { return Value::Null };
    let (why, due) = match scene.ramp().filter(|_| scene.experiment.is_live()) {
        Some(Action::Hold(wait)) => {
            let due = if let Wait::Time(due) = wait { Some(due) } else { None };
            (wait.words(), due)
        }
        Some(Action::Advance(why)) => (format!("Goes on now: {why}."), Some(scene.now)),
        Some(Action::RollBack { why, .. } | Action::Revert(why)) => (why, None),
        None if run.released == EVERYBODY => (String::from("Everybody has the new version."), None),
        None => (String::from("Nobody is in the test any more."), None),
    };
    let released = (run.released > 0).then(|| scene.experiment.rules(scene.playbook).step_above(run.released));
    let next = if run.released == EVERYBODY { None } else { released.or(run.stages.get(run.stage + 1).copied()) };
    let next = next.map(|percent| format!("{percent} %"));
    json!({
        "stages": run.stages, "stage": run.stage, "since": run.since, "held": run.held.is_some(),
        "released": run.released, "why": why, "next": next, "due": due, "promises": promises(scene, &run.stages),
    })
}

/// How it is decided.
pub(super) fn rule(scene: &Scene) -> Rule {
    let rules = scene.experiment.rules(scene.playbook);
    scene.experiment.plan.as_ref().map_or_else(|| rules.rule.clone(), |plan| plan.rule(rules))
}

/// What was promised, with the rates that control has now.
fn promises(scene: &Scene, stages: &[u8]) -> Vec<String> {
    let rules = scene.experiment.rules(scene.playbook);
    let (control, _) = scene.variants();
    let told = ramp::promises(&rules.guardrails, stages, &rules.hold, |metric| scene.level(&control, metric));
    let bandit = scene.experiment.plan.as_ref().and_then(|plan| plan.bandit.as_ref());
    let moves = bandit.map(|bandit| bandit.promises(stages.last().copied().unwrap_or_default())).unwrap_or_default();
    core::iter::once(rules.sure(scene.asked().question)).chain(told).chain(moves).collect()
}

fn actions(scene: &Scene, by: Option<&Actor>) -> Vec<&'static str> {
    let Scene { experiment, playbook, now, .. } = scene;
    let undoable = experiment.stop.as_ref().and_then(|stop| stop.undo_until).is_some_and(|until| *now <= until);
    let mut actions = match experiment.state {
        State::Idea if experiment.thought.is_some() => Vec::from(["draft", "idea", "plan", "archive"]),
        State::Idea => Vec::from(["plan", "archive"]),
        State::Draft => Vec::from(["plan", "submit", if experiment.was_reviewed() { "abort" } else { "archive" }]),
        State::InReview => Vec::from(["plan", "return", "abort"]),
        State::Approved => Vec::from(["plan", "start", "return", "abort"]),
        State::Running => {
            let held = experiment.run.as_ref().is_some_and(|run| run.held.is_some());
            Vec::from([if held { "resume" } else { "hold" }, "stop", "decide", "abort"])
        }
        State::Stopped if undoable => Vec::from(["undo", "decide", "abort"]),
        State::Stopped => Vec::from(["decide", "abort"]),
        State::Decided | State::Debriefed if experiment.is_releasing() => Vec::from(["debrief", "stop"]),
        State::Decided if experiment.is_shipped() => Vec::from(["debrief"]),
        State::Decided => Vec::from(["debrief", "plan"]),
        State::Debriefed if experiment.is_shipped() => Vec::from(["debrief", "archive"]),
        State::Debriefed => Vec::from(["debrief", "plan", "archive"]),
        State::Archived => Vec::new(),
    };
    let place = usize::from(experiment.state == State::InReview);
    for word in words(experiment, playbook, by).into_iter().rev() {
        actions.insert(place.min(actions.len()), word);
    }
    actions
}

/// What can be said on what waits for somebody's word.
fn words(experiment: &Experiment, playbook: &Playbook, by: Option<&Actor>) -> Vec<&'static str> {
    let (author, word) = match (&experiment.asked, experiment.state) {
        (Some(asked), _) => (&asked.decision.who, "agree"),
        (None, State::InReview) => (&experiment.author, "approve"),
        _ => return Vec::new(),
    };
    let (own, alone) = by.map_or((false, false), |by| (by.is(author), by.alone));
    let says = if own && alone { Some("confirm") } else { playbook.reviewers.admit(own, false).then_some(word) };
    let says = says.filter(|word| *word != "confirm" || experiment.due.is_none());
    let waits = experiment.asked.is_some() || experiment.due.is_some();
    says.into_iter().chain(waits.then_some("withdraw")).collect()
}

/// A line of a list.
#[must_use]
pub fn card(scene: &Scene) -> Value {
    let experiment = scene.experiment;
    let headline = match experiment.state {
        State::Idea => experiment.note.clone(),
        State::Draft => "A draft: the plan is being written".into(),
        State::InReview => "Waits for a review".into(),
        State::Approved => "Approved: it waits for its start".into(),
        State::Archived if experiment.plan.is_none() => "Put away as an idea".into(),
        State::Archived if experiment.run.is_none() => "Given up before its start".into(),
        State::Running | State::Stopped => super::reading::said(scene).headline,
        State::Decided | State::Debriefed | State::Archived => match &experiment.decision {
            Some(decision) if decision.choice == Choice::Abort => "Given up: nothing was decided".into(),
            decision => decision.as_ref().map(|decision| decision.headline.clone()).unwrap_or_default(),
        },
    };
    let earlier =
        experiment.runs.iter().map(|one| json!({"run": one["run"], "started": one["started"], "ended": one["ended"]}));
    json!({
        "key": experiment.key, "title": experiment.title, "state": experiment.state, "headline": headline,
        "people": scene.people(), "started": experiment.started, "ended": experiment.ended,
        "author": experiment.author, "revision": scene.revision, "run": experiment.run.as_ref().map(|run| &run.id),
        "earlier": earlier.collect::<Vec<_>>(),
        "template": experiment.plan.as_ref().and_then(|plan| plan.template.as_ref()).map(|origin| &origin.key),
    })
}
