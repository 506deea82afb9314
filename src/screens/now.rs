//! *Now*: what needs somebody, what runs, and how fast the team learns.

use super::{Scene, count, grouped};
use crate::lifecycle::{Cause, Decision, State};
use crate::order;
use crate::ramp::{Action, Wait};
use crate::stats::real;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};

const DAY: f64 = 86_400_000.0;

/// Milliseconds of the span that *this quarter* means.
const QUARTER: i64 = 91 * crate::time::DAY;

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
        "quarter": quarter(scenes, now),
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
        "when": when(scene, people, planned),
    })
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
    if high <= 1.0 { "within a day".to_string() } else { format!("in {low:.0}–{high:.0} days") }
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

fn quarter(scenes: &[Scene], now: i64) -> Vec<Value> {
    let recent = |at: Option<i64>| at.is_some_and(|at| now - at < QUARTER);
    let started: Vec<_> = scenes.iter().filter(|scene| recent(scene.experiment.started)).collect();
    let decided: Vec<_> =
        scenes.iter().filter(|scene| recent(scene.experiment.decision.as_ref().map(|decision| decision.at))).collect();
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of some years stay below 2^53")]
    let days = |from: i64, to: i64| (to - from) as f64 / DAY;
    let to_live: Vec<f64> =
        started.iter().filter_map(|scene| Some(days(scene.experiment.created, scene.experiment.started?))).collect();
    let to_decision: Vec<f64> = decided
        .iter()
        .filter_map(|scene| Some(days(scene.experiment.started?, scene.experiment.decision.as_ref()?.at)))
        .collect();
    let by_rule =
        decided.iter().filter(|scene| scene.experiment.decision.as_ref().is_some_and(|d| d.by_the_rule)).count();
    let debriefed = decided.iter().filter(|scene| scene.experiment.debrief.is_some()).count();
    let of = |part: usize| format!("{part} of {}", decided.len());
    let figure =
        |label: &str, value: String, evidence: String| json!({"label": label, "value": value, "evidence": evidence});
    let median_of = |values: Vec<f64>, what: &str| {
        let evidence = format!("Median over {}, last 13 weeks.", count(values.len() as u64, what, &format!("{what}s")));
        (median(values).map_or_else(|| "–".to_string(), span), evidence)
    };
    let (live, live_evidence) = median_of(to_live, "started experiment");
    let (decision, decision_evidence) = median_of(to_decision, "decision");
    let mut figures = Vec::from([
        figure("idea → live", live, live_evidence),
        figure("live → decision", decision, decision_evidence),
        figure("decisions by the rule", of(by_rule), "Decisions that the locked rule recommends.".to_string()),
        figure("debriefed", of(debriefed), "Decisions with a written lesson.".to_string()),
    ]);
    let people: u64 = started.iter().map(|scene| scene.people()).sum();
    figures.push(figure(
        "visitors in tests",
        grouped(people),
        String::from("Confirmed visitors of all experiments of these weeks."),
    ));
    figures
}

/// Days in words, or hours where there are few.
fn span(days: f64) -> String {
    if days < 2.0 { format!("{:.0} hours", libm::round(days * 24.0)) } else { format!("{days:.0} days") }
}

fn median(values: Vec<f64>) -> Option<f64> {
    let values = order::sorted(values, f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        values.get(middle).copied()
    } else {
        Some(f64::midpoint(*values.get(middle.checked_sub(1)?)?, *values.get(middle)?))
    }
}
