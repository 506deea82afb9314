//! What takes a second person: a start, and a ship against the rule. Whoever works alone types what it is about instead,
//! and has ten minutes to think better of it.

use super::{Action, Actor, Checks, Choice, Decision, Experiment, Refusal, State, UNDO, steps};
use crate::compile::hexadecimal;
use crate::document::Document;
use crate::playbook::Playbook;
use crate::time::Millis;
use alloc::format;
use alloc::string::{String, ToString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A ship against the rule that waits for somebody else's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// What would be decided.
    pub decision: Decision,
    /// Stands for the locked plan, the run and the decision: whoever agrees says this, and so agrees to nothing else.
    pub digest: String,
}

/// Whether a decision takes somebody else's word: it shows everybody what the rule does not.
pub(super) fn is_needed(decision: &Decision) -> bool {
    decision.choice == Choice::Ship && !decision.by_the_rule && decision.approver.is_none()
}

/// Keeps a decision until somebody else agrees.
pub(super) fn ask(mut next: Experiment, decision: Decision, by: &Actor, now: Millis) -> Experiment {
    let run = next.run.as_ref().map(|run| &run.id);
    let text = serde_json::to_string(&(&next.plan_hash, run, &decision)).unwrap_or_default();
    let what = format!("asked to ship the new version against the rule: {}", decision.why);
    next.asked = Some(Asked { decision, digest: hexadecimal(&Sha256::digest(text.as_bytes())) });
    next.due = None;
    next.says(by, now, what)
}

/// Decides what was asked for, by somebody else's word.
pub(super) fn agree(
    next: Experiment,
    digest: &str,
    by: &Actor,
    now: Millis,
    playbook: &Playbook,
) -> Result<Experiment, Refusal> {
    let Some(Asked { decision, digest: kept }) = next.asked.clone() else { return Err(nothing()) };
    own(by.is(&decision.who), by, next.rules(playbook))?;
    if kept != *digest {
        let fix = "Read it again, and send its `digest`.";
        return Err(Refusal::forbidden("This is not the decision that you have read.", fix));
    }
    steps::decide(next, Decision { approver: Some(by.name.clone()), ..decision }, by, now)
}

/// Refuses whoever has a say on what is their own.
pub(super) fn own(own: bool, by: &Actor, playbook: &Playbook) -> Result<(), Refusal> {
    let error = "Nobody approves what is their own.";
    if own && by.alone {
        return Err(Refusal::forbidden(error, "You work alone here: confirm it by typing the experiment's key."));
    }
    if playbook.reviewers.admit(own, false) {
        return Ok(());
    }
    Err(Refusal::forbidden(error, "Ask somebody else of the project to approve it."))
}

/// Whoever works alone has typed what it is about: it follows in ten minutes.
pub(super) fn confirm(
    mut next: Experiment,
    typed: &str,
    by: &Actor,
    now: Millis,
    (checks, document): (&Checks, &Document),
) -> Result<Experiment, Refusal> {
    if next.state != State::InReview && next.asked.is_none() {
        return Err(nothing());
    }
    if !by.alone {
        let fix = "Ask a person with the role “approver”.";
        return Err(Refusal::forbidden("Somebody else's word is needed.", fix));
    }
    if typed != next.key {
        let fix = format!("Send `subject` with “{}”: whoever types it knows what it is about.", next.key);
        return Err(Refusal::forbidden("That is not what this is about.", &fix));
    }
    if next.state == State::InReview {
        steps::ready(&next, checks, document)?;
    }
    next.due = Some(now.0 + UNDO);
    Ok(next.says(by, now, "confirmed it alone; it follows in ten minutes".to_string()))
}

/// Takes back what was asked for, or what was confirmed alone.
pub(super) fn withdraw(mut next: Experiment, by: &Actor, now: Millis) -> Result<Experiment, Refusal> {
    if next.due.is_none() && next.asked.is_none() {
        return Err(nothing());
    }
    (next.due, next.asked) = (None, None);
    Ok(next.says(by, now, "took back what was asked for".to_string()))
}

/// What was confirmed alone follows, its ten minutes over, if whoever confirmed it still is alone.
pub(super) fn follow(
    next: Experiment,
    by: &Actor,
    now: Millis,
    playbook: &Playbook,
    checked: (&Checks, &Document),
) -> Result<Experiment, Refusal> {
    if next.due.is_none_or(|due| now.0 < due) {
        return Err(nothing());
    }
    if let Some(Asked { decision, .. }) = next.asked.clone() {
        let approver = Some(decision.who.clone());
        return steps::decide(next, Decision { approver, ..decision }, by, now);
    }
    let reviewer = next.author.clone();
    steps::start(next, reviewer, by, now, playbook, checked)
}

/// Whether an action leaves in place what waits for somebody's word.
pub(super) fn survives(action: &Action) -> bool {
    matches!(action, Action::Hold(_) | Action::Resume | Action::Advance(_) | Action::Report | Action::Agree(_))
        || matches!(action, Action::Confirm(..) | Action::Follow(_) | Action::Withdraw | Action::Look(..))
}

fn nothing() -> Refusal {
    Refusal::forbidden("Nothing waits for that.", "Look at the experiment again; somebody may have been faster.")
}
