//! *Now*: what needs somebody, what runs, and how fast the team learns.

use super::reading::{conclusion, span};
use super::{Scene, practice};
use crate::lifecycle::{Cause, Decision, State};
use crate::order;
use crate::ramp::{Action, Wait};
use crate::stats::real;
use crate::verdict::conclusion::Conclusion;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};

/// The screen. What costs most to ignore stands first.
#[must_use]
pub fn screen(scenes: &[Scene], now: i64) -> Value {
    let needs: Vec<(u8, Value)> = scenes.iter().filter_map(need).collect();
    let needs = order::sorted(needs, |(one, _), (other, _)| one.cmp(other));
    let running: Vec<_> = scenes.iter().filter(|scene| scene.experiment.state == State::Running).map(running).collect();
    let of = |state: State| scenes.iter().filter(|scene| scene.experiment.state == state).count();
    json!({
        "asOf": now,
        "needs": needs.into_iter().map(|(_, need)| need).collect::<Vec<_>>(),
        "running": running,
        "ideas": of(State::Idea),
        "drafts": of(State::Draft),
        "quarter": practice::quarter(scenes, now),
    })
}

fn need(scene: &Scene) -> Option<(u8, Value)> {
    let experiment = scene.experiment;
    let (urgency, kind, label, words, action) = match experiment.state {
        _ if let Some(asked) = &experiment.asked => {
            let Decision { who, why, .. } = &asked.decision;
            (2, "decide", "Ship?", format!("{who} asks to ship it against the rule. {why}"), "Read it")
        }
        State::Stopped => {
            let stop = experiment.stop.as_ref()?;
            let by_itself = stop.cause != Cause::Person;
            let words = if by_itself {
                format!("Stopped itself. {}", stop.why)
            } else {
                format!("{} stopped it. {}", stop.who, stop.why)
            };
            (if by_itself { 0 } else { 2 }, "stopped", "Stopped", words, "See why")
        }
        State::Running => {
            let said = super::reading::said(scene);
            if said.recommend == super::reading::Recommendation::Fix {
                (1, "data", "Check data", said.words, "See what is wrong")
            } else if scene.complete() {
                (2, "decide", "Decide", format!("The planned size is reached. {}.", said.headline), "Read it")
            } else if said.recommend != super::reading::Recommendation::Wait {
                (3, "decide", "Decide", format!("{}.", said.headline), "Read it")
            } else {
                return None;
            }
        }
        State::InReview => {
            (4, "review", "Review", format!("{} asks for a review of the plan.", experiment.author), "Review")
        }
        State::Decided => {
            (5, "debrief", "Debrief", "Decided; what was learned is not written down yet.".into(), "Write it")
        }
        State::Idea | State::Draft | State::Approved | State::Debriefed | State::Archived => return None,
    };
    let value = json!({
        "key": experiment.key, "title": experiment.title, "kind": kind, "label": label, "words": words.trim(), "action": action,
        "revision": scene.revision,
        "undoUntil": experiment.stop.as_ref().and_then(|stop| stop.undo_until),
    });
    Some((urgency, value))
}

fn running(scene: &Scene) -> Value {
    let (people, planned) = (scene.people(), scene.planned());
    let (status, label) = match scene.ramp() {
        Some(Action::Hold(Wait::Held(_))) => ("held", "held"),
        Some(Action::Hold(Wait::Open)) => ("held", "not signed"),
        Some(Action::Hold(Wait::Trouble(_) | Wait::Stale | Wait::Silent) | Action::RollBack { .. }) => {
            ("look", "check data")
        }
        _ if scene.days() < 1.0 => ("early", "just started"),
        _ => ("onPlan", "on plan"),
    };
    json!({
        "key": scene.experiment.key, "title": scene.experiment.title, "status": status, "label": label,
        "people": people, "planned": planned, "day": libm::floor(scene.days()) + 1.0, "stage": scene.experiment.stage(),
        "when": known(scene).unwrap_or_else(|| when(scene, people, planned)),
    })
}

/// When it is known, in the verdict's own words where that forecasts it.
fn known(scene: &Scene) -> Option<String> {
    match conclusion(scene) {
        Conclusion::Undecided { days } => Some(format!("in {}", span(days?))),
        Conclusion::Better | Conclusion::Worse | Conclusion::NoEffectAsLarge | Conclusion::Underpowered { .. } => {
            Some("it is known".to_string())
        }
        _ => None,
    }
}

/// When the planned size will be reached, at the pace of this stage's visitors.
#[must_use]
pub fn when(scene: &Scene, people: u64, planned: u64) -> String {
    if people >= planned {
        return "planned size reached".to_string();
    }
    let Some(left) = left(scene) else { return "too early to say".to_string() };
    if left > 60.0 {
        return format!("at this traffic: {:.0} weeks", left / 7.0);
    }
    let (low, high) = (libm::floor(left * 0.8).max(0.0), libm::ceil(left * 1.3));
    if low < 1.0 { format!("within {}", span([high; 2])) } else { format!("in {}", span([low, high])) }
}

/// Days until the planned size is reached; nothing while it is too early to say.
#[must_use]
pub fn left(scene: &Scene) -> Option<f64> {
    let (people, days) = (scene.people(), scene.days());
    let run = scene.experiment.run.as_ref().filter(|_| people >= 30 && days > 0.1)?;
    // The pace so far, carried on at the last stage.
    let last = f64::from(run.stages.last().copied().unwrap_or(100)) / 100.0;
    Some(real(scene.planned().saturating_sub(people)) / (scene.visitors() / days * last))
}
