//! What to test next, with what the library says of each idea.

use super::super::experiments::{Around, Seen};
use super::super::{Request, Result, forecast, ideas};
use super::{MOST, Told, page, spoken};
use crate::help::next::{Candidate, is_like, ranked};
use crate::lifecycle::{Cause, Choice, Experiment, State};
use crate::spoken::count;
use crate::sql::Sql;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

/// What to test next: the ideas that are open, and what was to run again.
pub(super) fn next(sql: &mut impl Sql, request: &Request, all: &[Seen], around: &Around) -> Result<Told> {
    let votes = ideas::votes(sql, request)?;
    let decided: Vec<&Experiment> =
        all.iter().map(|seen| &seen.kept.experiment).filter(|one| won(one).is_some()).collect();
    let made = decided.len() as u64;
    let all_won = decided.iter().filter(|one| won(one) == Some(true)).count() as u64;
    let mut candidates = Vec::new();
    for seen in all {
        let experiment = &seen.kept.experiment;
        let again = experiment.decision.as_ref().is_some_and(|decision| decision.choice == Choice::Again);
        let again = again && matches!(experiment.state, State::Decided | State::Debriefed);
        if experiment.state != State::Idea && !again {
            continue;
        }
        let thought = experiment.thought.as_ref();
        let said = thought.map(|thought| thought.page.as_str()).filter(|page| !page.is_empty());
        let on = said.unwrap_or_else(|| page(experiment));
        let like = decided
            .iter()
            .filter(|other| other.key != experiment.key && is_like(&experiment.title, on, &spoken(other), page(other)));
        let earlier = like.map(|other| (other.key.as_str(), other.title.as_str(), won(other) == Some(true)));
        let on_page = |other: &Seen| {
            (!on.is_empty() && page(&other.kept.experiment) == on).then(|| forecast::per_day(&other.scene(around)))
        };
        candidates.push(Candidate {
            key: &experiment.key,
            title: &experiment.title,
            page: on,
            impact: thought.and_then(|thought| thought.impact),
            effort: thought.and_then(|thought| thought.effort),
            votes: votes.get(&experiment.key).and_then(|(votes, _)| u64::try_from(*votes).ok()).unwrap_or_default(),
            again,
            earlier: earlier.collect(),
            reach: all.iter().filter_map(on_page).flatten().next(),
        });
    }
    let number = candidates.len() as u64;
    let words = match number {
        0 => "Nothing waits to be tested: no idea is open. Write one down; two sentences are enough.".to_string(),
        _ => format!("Of {}, the most promising first.", count(number, "idea that waits", "ideas that wait")),
    };
    Ok((words, ranked(candidates, [all_won, made]).into_iter().take(MOST).collect()))
}

/// Whether a test that was decided has shipped its new version, which none has that did harm; nothing of one that says
/// neither.
fn won(experiment: &Experiment) -> Option<bool> {
    if experiment.stop.as_ref().is_some_and(|stop| stop.cause == Cause::Guardrail) {
        return Some(false);
    }
    match experiment.decision.as_ref()?.choice {
        Choice::Ship => Some(true),
        Choice::Keep => Some(false),
        Choice::Again | Choice::Abort => None,
    }
}
