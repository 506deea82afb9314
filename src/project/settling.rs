//! What a step of an experiment means for visitors: the next state and what it publishes, both or neither.

use super::audit::{self, Deed};
use super::publishing::{self, Publication, Warrant};
use super::{Result, library, store, surveys};
use crate::document::Document;
use crate::environment::Environment;
use crate::lifecycle::{Choice, Experiment, State, launch};
use crate::sql::Sql;
use crate::time::Millis;
use alloc::format;

/// What of an experiment decides what visitors meet. Where it stays the same nothing is published, whatever somebody has
/// made of its flag since.
fn shown(experiment: &Experiment) -> (bool, Option<(u32, usize, u8)>, Option<Choice>) {
    let run = experiment.run.as_ref().map(|run| (run.epoch, run.stage, run.released));
    let choice = experiment.decision.as_ref().map(|decision| decision.choice);
    (experiment.state == State::Running, run, choice)
}

/// Keeps an experiment's next state, and publishes what it changes for visitors, if it does. Both or neither.
pub(super) fn settle(
    sql: &mut impl Sql,
    before: &Experiment,
    next: &Experiment,
    who: &str,
    action: &str,
    now: Millis,
) -> Result<()> {
    let old = publishing::current(sql, Environment::Production)?;
    let mut placed = launch::place(&old, next);
    if next.state == State::Running && !matches!(before.state, State::Running | State::Stopped) {
        surveys::open(sql, &mut placed, next, now.0)?;
    }
    let why = next.history.last().filter(|_| next.history != before.history).map_or("", |entry| &entry.what);
    if shown(before) == shown(next) || placed == old || placed == launch::place(&old, before) {
        let deed = Deed { who, action, subject: &next.key, detail: why };
        audit::write(sql, now.0, &deed)?;
    } else {
        let steps = next.playbook.as_ref().map(|playbook| playbook.ramp.clone()).unwrap_or_default();
        let ran = |document: &Document| document.experiments.get(&next.key).is_some_and(|placed| placed.run.is_some());
        let last = if is_undo(before, next) { publishing::last(sql, Environment::Production, ran)? } else { None };
        let warrant = match &last {
            Some(last) => Warrant::Undo(last),
            None if is_retreat(next) => Warrant::Retreat,
            None => Warrant::Lifecycle(&steps),
        };
        let why = format!("{}: {why}", next.title);
        let publication = Publication {
            environment: Environment::Production,
            document: &placed,
            warrant,
            who,
            action,
            subject: &next.key,
            why: &why,
        };
        publishing::publish(sql, &publication, now)?;
    }
    store::save(sql, next)?;
    library::index(sql, next)?;
    Ok(())
}

/// Whether a step takes the end of exposure back.
fn is_undo(before: &Experiment, next: &Experiment) -> bool {
    (before.state, next.state) == (State::Stopped, State::Running)
}

/// Whether a step ends exposure.
fn is_retreat(next: &Experiment) -> bool {
    match next.state {
        State::Stopped => true,
        State::Decided | State::Debriefed | State::Archived => !next.is_shipped(),
        State::Idea | State::Draft | State::InReview | State::Approved | State::Running => false,
    }
}
