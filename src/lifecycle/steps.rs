//! The steps of an experiment's life: what each action needs, and what it leaves.

use super::kind;
use super::{
    Action, Actor, Cause, Checks, Choice, Debrief, Decision, Experiment, Plan, Refusal, Run, Shift, State, Stop, TITLE,
    UNDO, idea, launch, quality, second,
};
use crate::document::Document;
use crate::draw::ALL;
use crate::playbook::{Bandit, EVERYBODY, Playbook};
use crate::time::Millis;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::json;

/// How a line of history begins that says so; the same person's further changes are in the same line.
const CHANGED: &str = "changed the plan";

/// What a line of history says of whoever hands a plan in.
pub(super) const ASKED: &str = "asked for a review";

/// Takes one action, or says why not.
pub fn act(
    experiment: &Experiment,
    action: Action,
    by: &Actor,
    now: Millis,
    playbook: &Playbook,
    document: &Document,
) -> Result<Experiment, Refusal> {
    let mut next = experiment.clone();
    if !second::survives(&action) {
        (next.asked, next.due) = (None, None);
    }
    match (experiment.state, action) {
        (State::Idea, Action::Think(written)) => Ok(idea::think(next, *written, by, now)),
        (State::Idea, Action::Draft) => Ok(idea::draft(next, by, now)),
        (State::Idea, Action::Archive) => Ok(idea::archive(next, by, now)),
        (State::Decided | State::Debriefed, Action::Plan(plan)) if !experiment.is_shipped() => {
            Ok(again(next, kind::asking(*plan, playbook), by, now))
        }
        (State::Idea | State::Draft | State::InReview | State::Approved, Action::Plan(plan)) => {
            let withdrawn = match experiment.state {
                State::InReview => " and took it back from review",
                State::Approved => ", which has to be approved again",
                _ => "",
            };
            if !plan.title.trim().is_empty() {
                next.title = plan.title.trim().chars().take(TITLE).collect();
            }
            // Whoever changes a plan answers for it; so nobody approves their own words as a stranger.
            next.author.clone_from(&by.name);
            next.plan = Some(kind::asking(*plan, playbook));
            (next.state, next.reviewer) = (State::Draft, None);
            // One line for as long as the same person goes on writing.
            let last = experiment.history.last();
            let goes_on = last.is_some_and(|last| last.who == by.name && last.what.starts_with(CHANGED));
            Ok(if goes_on { next } else { next.says(by, now, format!("{CHANGED}{withdrawn}")) })
        }
        (State::Draft | State::InReview, Action::Look(variant, shown)) => {
            quality::confirm(next, &variant, &shown, by, now, document)
        }
        (State::Draft, Action::Submit(checks)) => {
            ready(experiment, &checks, document)?;
            next.state = State::InReview;
            Ok(next.says(by, now, ASKED.to_string()))
        }
        (State::InReview | State::Approved, Action::Return(why)) => {
            (next.state, next.reviewer) = (State::Draft, None);
            Ok(next.says(by, now, format!("asked for changes: {why}")))
        }
        (State::InReview, Action::Approve(checks)) => {
            second::own(by.is(&next.author), by, playbook)?;
            start(next, by.name.clone(), by, now, playbook, (&checks, document))
        }
        (State::InReview, Action::Clear(checks)) => clear(next, by, now, playbook, (&checks, document)),
        (State::Approved, Action::Start(checks)) => {
            let reviewer = next.reviewer.clone().unwrap_or_default();
            start(next, reviewer, by, now, playbook, (&checks, document))
        }
        (State::Draft | State::InReview | State::Approved, Action::Abort(why)) => {
            next.state = State::Archived;
            Ok(next.says(by, now, format!("gave it up before its start: {why}")))
        }
        (State::Debriefed, Action::Archive) if !experiment.is_releasing() => {
            next.state = State::Archived;
            Ok(next.says(by, now, "put it away".to_string()))
        }
        (State::InReview | State::Running | State::Stopped, Action::Confirm(typed, checks)) => {
            second::confirm(next, &typed, by, now, (&checks, document))
        }
        (State::InReview | State::Running | State::Stopped, Action::Withdraw) => second::withdraw(next, by, now),
        (State::InReview | State::Running | State::Stopped, Action::Follow(checks)) => {
            second::follow(next, by, now, playbook, (&checks, document))
        }
        (State::Running, Action::Hold(why)) => {
            let what = format!("held the ramp: {why}");
            Ok(hold(next, Some(why)).says(by, now, what))
        }
        (State::Running, Action::Resume) => Ok(hold(next, None).says(by, now, "let the ramp go on".to_string())),
        (State::Running, Action::Advance(why)) => advance(next, by, now, &why),
        (State::Running, Action::Shift(weights, why)) => shift(next, weights, why, by, now),
        (_, Action::Stop(cause, why)) if experiment.is_live() => Ok(stop(next, cause, why, by, now)),
        (State::Stopped, Action::Undo) => undo(next, by, now, document),
        (State::Running | State::Stopped, Action::Decide(decision)) => decide(next, decision, by, now),
        (State::Running | State::Stopped, Action::Agree(digest)) => second::agree(next, &digest, by, now, playbook),
        (_, Action::Release(percent, why)) if experiment.is_releasing() => {
            if let Some(run) = &mut next.run {
                run.released = percent;
                run.since = now.0;
                run.epoch += u32::from(percent < EVERYBODY);
            }
            Ok(next.says(by, now, format!("took the new version to {percent} % of all visitors: {why}")))
        }
        (State::Decided | State::Debriefed, Action::Debrief(answers)) => {
            next.debrief = Some(Debrief { at: now.0, who: by.name.clone(), answers });
            next.state = State::Debriefed;
            Ok(next.says(by, now, "wrote the debrief".to_string()))
        }
        (State::Running, Action::Report) => {
            next.reported = Some(now.0);
            Ok(next.says(by, now, "sent the report: the planned size was reached".to_string()))
        }
        (state, action) => Err(misplaced(state, &action)),
    }
}

/// Refuses what a check stops, and what other checks were made of.
pub(super) fn ready(experiment: &Experiment, checks: &Checks, document: &Document) -> Result<(), Refusal> {
    let plan = experiment.plan.clone().unwrap_or_default();
    if checks.digest() != plan.digest(document) {
        return Err(Refusal::forbidden("This is not the plan that was checked.", "Ask again."));
    }
    let stops = checks.stops();
    if stops.is_empty() { Ok(()) } else { Err(Refusal::Problems(stops)) }
}

/// Approves what starts later.
fn clear(
    mut next: Experiment,
    by: &Actor,
    now: Millis,
    playbook: &Playbook,
    (checks, document): (&Checks, &Document),
) -> Result<Experiment, Refusal> {
    second::own(by.is(&next.author), by, playbook)?;
    ready(&next, checks, document)?;
    next.reviewer = Some(by.name.clone());
    next.state = State::Approved;
    Ok(next.says(by, now, "approved the plan, which starts later".to_string()))
}

/// Starts what `reviewer` has approved.
pub(super) fn start(
    mut next: Experiment,
    reviewer: String,
    by: &Actor,
    now: Millis,
    playbook: &Playbook,
    (checks, document): (&Checks, &Document),
) -> Result<Experiment, Refusal> {
    // Everything may have changed since it was handed in.
    ready(&next, checks, document)?;
    let plan = next.plan.clone().unwrap_or_default();
    let id = format!("{}-{}", next.key, next.runs.len() + 1);
    let playbook = &plan.rules(playbook);
    next.plan_hash = Some(plan.hash(playbook));
    next.per_arm = plan.per_arm(playbook);
    let stages = plan.stages(playbook);
    let first = stages.first().copied().unwrap_or(0);
    next.run = Some(Run { id, epoch: 1, stage: 0, stages, since: now.0, held: None, released: 0, shifts: Vec::new() });
    next.playbook = Some(playbook.clone());
    let at_once = next.state == State::InReview && by.is(&reviewer);
    let how = if at_once { "approved the plan" } else { "started it" };
    next.reviewer = Some(reviewer);
    next.started = Some(now.0);
    next.state = State::Running;
    next.due = None;
    Ok(next.says(by, now, format!("{how}; it starts with {first} % of visitors")))
}

/// What was locked is never changed: another plan is another run, and the one before stays beside it.
fn again(mut last: Experiment, plan: Plan, by: &Actor, now: Millis) -> Experiment {
    let mut runs = core::mem::take(&mut last.runs);
    runs.push(json!({
        "run": last.run.as_ref().map(|run| &run.id), "planHash": last.plan_hash, "plan": last.plan,
        "started": last.started, "ended": last.ended, "stop": last.stop, "decision": last.decision,
        "debrief": last.debrief, "reported": last.reported,
    }));
    let what = format!("{CHANGED}, which makes it run {}", runs.len() + 1);
    let thought = last.thought.take();
    let fresh = Experiment::idea(last.key, last.title, last.note, by.name.clone(), Millis(last.created));
    let next = Experiment { state: State::Draft, thought, plan: Some(plan), runs, history: last.history, ..fresh };
    next.says(by, now, what)
}

/// Keeps the ramp where it is for a reason, or lets it go on.
fn hold(mut next: Experiment, why: Option<String>) -> Experiment {
    if let Some(run) = &mut next.run {
        run.held = why;
    }
    next
}

fn advance(mut next: Experiment, by: &Actor, now: Millis, why: &str) -> Result<Experiment, Refusal> {
    let Some(run) = next.run.as_mut().filter(|run| run.stage + 1 < run.stages.len()) else {
        return Err(Refusal::forbidden("This is the last stage.", "Decide when the planned size is reached."));
    };
    run.stage += 1;
    run.epoch += 1;
    run.since = now.0;
    let percent = run.stages.get(run.stage).copied().unwrap_or(0);
    Ok(next.says(by, now, format!("took the ramp to {percent} %: {why}")))
}

/// Takes the split to other weights, as a plan that allocates by bandit may from the ramp's last stage on.
fn shift(mut next: Experiment, weights: [u64; 2], why: String, by: &Actor, now: Millis) -> Result<Experiment, Refusal> {
    let floor = next.plan.as_ref().and_then(|plan| plan.bandit.as_ref()).map(Bandit::least);
    let Some(floor) = floor else {
        let fix = "Plan a test that allocates by bandit.";
        return Err(Refusal::forbidden("The plan has fixed the split for the life of the run.", fix));
    };
    let Some(run) = next.run.as_mut().filter(|run| run.stage + 1 >= run.stages.len()) else {
        return Err(Refusal::forbidden("The ramp is not at its last stage.", "Wait until it is there."));
    };
    if weights[0].checked_add(weights[1]) != Some(ALL) || weights.iter().any(|weight| *weight < floor) {
        let fix = "Take weights that are all of the draws together, and none below the floor.";
        return Err(Refusal::forbidden("This is no split that the plan allows.", fix));
    }
    run.epoch += 1;
    let what = format!("gave the new version {} of those who come: {why}", Bandit::told(weights));
    run.shifts.push(Shift { at: now.0, epoch: run.epoch, weights, why });
    Ok(next.says(by, now, what))
}

/// Ends exposure. What was decided to be shipped is not decided any more.
fn stop(mut next: Experiment, cause: Cause, why: String, by: &Actor, now: Millis) -> Experiment {
    let undo_until = (cause == Cause::Person).then_some(now.0 + UNDO);
    let what = if why.is_empty() { "stopped it".to_string() } else { format!("stopped it: {why}") };
    next.stop = Some(Stop { at: now.0, who: by.name.clone(), cause, why, undo_until });
    next.state = State::Stopped;
    next.ended = Some(now.0);
    next.decision = None;
    if let Some(run) = &mut next.run {
        run.released = 0;
    }
    next.says(by, now, what)
}

fn undo(mut next: Experiment, by: &Actor, now: Millis, document: &Document) -> Result<Experiment, Refusal> {
    let until = next.stop.as_ref().and_then(|stop| stop.undo_until);
    if until.is_none_or(|until| now.0 > until) {
        let error = match until {
            Some(_) => "Ten minutes have passed since it was stopped.",
            None => "A guardrail stopped it.",
        };
        return Err(Refusal::forbidden(error, "Decide, or plan it again with what was learned."));
    }
    let (flag, _, _) = launch::names(&next);
    let others = document.experiments.iter().filter(|(key, _)| **key != next.key);
    if others.into_iter().any(|(_, other)| other.run.is_some() && other.flag == flag) {
        let fix = "Stop the other one first.";
        return Err(Refusal::forbidden("Another experiment has taken its flag in the meantime.", fix));
    }
    next.stop = None;
    next.ended = None;
    next.state = State::Running;
    Ok(next.says(by, now, "took the stop back".to_string()))
}

pub(super) fn decide(mut next: Experiment, decision: Decision, by: &Actor, now: Millis) -> Result<Experiment, Refusal> {
    if !decision.by_the_rule && decision.why.trim().len() < 10 {
        let fix = "Say why in a sentence of ten letters or more; it stands beside the decision from then on.";
        return Err(Refusal::forbidden("This decides against the rule that was fixed before the start.", fix));
    }
    let ships = decision.choice == Choice::Ship;
    let harmed = next.stop.as_ref().is_some_and(|stop| stop.cause == Cause::Guardrail);
    if harmed && ships {
        let fix = "Keep the old version, or run it again changed.";
        return Err(Refusal::forbidden("A guardrail stopped this version.", fix));
    }
    if second::is_needed(&decision) {
        return Ok(second::ask(next, decision, by, now));
    }
    let what = match decision.choice {
        Choice::Ship => "decided to ship the new version, in steps",
        Choice::Keep => "decided to keep the old version",
        Choice::Again => "decided to run it again, changed",
        Choice::Abort => "gave it up, and decided nothing from it",
    };
    let what = format!("{what}, {}", decision.rule());
    let was_running = next.state == State::Running;
    if let Some(run) = &mut next.run {
        // The test goes on beside a release, from where it stands; after a stop from its beginning.
        run.stage = if was_running { run.stage } else { 0 };
        run.epoch += u32::from(ships);
        run.held = None;
        run.since = now.0;
        run.released = if ships { run.stages.get(run.stage).copied().unwrap_or(0) } else { 0 };
    }
    next.ended = next.ended.or(Some(now.0));
    (next.asked, next.due) = (None, None);
    next.decision = Some(decision);
    next.state = State::Decided;
    Ok(next.says(by, now, what))
}

fn misplaced(state: State, action: &Action) -> Refusal {
    let (wish, needs) = match action {
        Action::Think(_) => ("change the idea", "nobody has planned it"),
        Action::Draft => ("make a draft of it", "it is an idea"),
        Action::Plan(_) => ("change the plan", "it has not started, or was decided and not shipped"),
        Action::Look(..) => ("say how it looks", "it has not started"),
        Action::Submit(_) => ("ask for a review", "it is a draft"),
        Action::Return(_) | Action::Approve(_) | Action::Clear(_) => ("review it", "it waits for a review"),
        Action::Start(_) => ("start it", "it is approved"),
        Action::Abort(_) => ("give it up", "it is planned, running or stopped"),
        Action::Archive => ("put it away", "it is an idea, or debriefed and on its way to nobody"),
        Action::Hold(_) | Action::Resume | Action::Advance(_) => ("move the ramp", "it is running"),
        Action::Shift(..) => ("move the split", "it is running"),
        Action::Stop(..) => ("stop it", "it is running"),
        Action::Undo => ("take the stop back", "it was stopped"),
        Action::Decide(_) | Action::Agree(_) => ("decide", "it is running or stopped"),
        Action::Confirm(..) | Action::Withdraw | Action::Follow(_) => ("confirm it", "it waits for somebody's word"),
        Action::Release(..) => ("release it", "it is shipped"),
        Action::Debrief(_) => ("write the debrief", "it is decided"),
        Action::Report => ("report", "it is running"),
    };
    let is = match state {
        State::Idea => "an idea",
        State::Draft => "a draft",
        State::InReview => "in review",
        State::Approved => "approved",
        State::Running => "running",
        State::Stopped => "stopped",
        State::Decided => "decided",
        State::Debriefed => "debriefed",
        State::Archived => "archived",
    };
    Refusal::Forbidden {
        error: format!("It is {is}; one can {wish} only while {needs}."),
        fix: "Look at the experiment again; somebody may have been faster.".to_string(),
    }
}
