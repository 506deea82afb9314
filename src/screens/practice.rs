//! How fast and how well an organisation learns: figures made of what was recorded as it was done, never typed by anybody.

use super::{Scene, count, grouped};
use crate::lifecycle::{Cause, Experiment, State};
use crate::order;
use crate::stats::real;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};

/// Milliseconds of the span that *this quarter* means.
pub const QUARTER: i64 = 91 * crate::time::DAY;

const DAY: f64 = 86_400_000.0;

/// One run of an experiment, as far as it is measured.
struct Life<'e> {
    /// Whose it is.
    team: &'e str,
    /// When it was written down; a later run has no idea of its own.
    written: Option<i64>,
    /// When visitors first met it.
    started: Option<i64>,
    /// When they no longer did.
    ended: Option<i64>,
    /// When it was decided, whether by the rule, and whether it was shipped.
    decided: Option<(i64, bool, bool)>,
    /// When a guardrail has stopped it.
    harmed: Option<i64>,
    /// Whether its planned size was reached.
    complete: bool,
    debriefed: bool,
    people: u64,
}

impl<'e> Life<'e> {
    fn of(scene: &Scene, team: &'e str) -> Self {
        let experiment = scene.experiment;
        Self {
            team,
            written: Some(experiment.created).filter(|_| experiment.runs.is_empty()),
            started: experiment.started,
            ended: experiment.ended,
            decided: (experiment.decision.as_ref()).map(|made| (made.at, made.by_the_rule, experiment.is_shipped())),
            harmed: experiment.stop.as_ref().filter(|stop| stop.cause == Cause::Guardrail).map(|stop| stop.at),
            complete: experiment.reported.is_some(),
            debriefed: experiment.debrief.is_some(),
            people: scene.people(),
        }
    }

    /// An earlier run, as it is kept beside the present one.
    fn earlier(experiment: &Experiment, run: &Value, team: &'e str, is_first: bool) -> Self {
        let (stop, made) = (&run["stop"], &run["decision"]);
        Self {
            team,
            written: Some(experiment.created).filter(|_| is_first),
            started: run["started"].as_i64(),
            ended: run["ended"].as_i64(),
            decided: made["at"].as_i64().map(|at| (at, made["byTheRule"] == true, made["choice"] == "ship")),
            harmed: stop["at"].as_i64().filter(|_| stop["cause"] == "guardrail"),
            complete: !run["reported"].is_null(),
            debriefed: !run["debrief"].is_null(),
            people: run["card"]["people"].as_u64().unwrap_or_default(),
        }
    }
}

fn lives<'e>(scenes: &[Scene<'e>], owners: &'e BTreeMap<String, String>) -> Vec<Life<'e>> {
    let of = |scene: &Scene<'e>| {
        let experiment = scene.experiment;
        let team = owners.get(&experiment.key).map_or("", String::as_str);
        let earlier = experiment.runs.iter().enumerate();
        let earlier = earlier.map(move |(index, run)| Life::earlier(experiment, run, team, index == 0));
        earlier.chain([Life::of(scene, team)]).collect::<Vec<_>>()
    };
    scenes.iter().flat_map(of).collect()
}

/// The figures of the last 13 weeks that stand on *Now*.
#[must_use]
pub fn quarter(scenes: &[Scene], now: i64) -> Vec<Value> {
    let none = BTreeMap::new();
    let lives = lives(scenes, &none);
    let all = figures(&lives, now - QUARTER, &span_of(13));
    let shown = ["toLive", "toDecision", "byTheRule", "debriefed", "visitors"];
    all.into_iter().filter(|figure| shown.iter().any(|id| figure["id"] == *id)).collect()
}

/// Every figure of the last `weeks`, the pace of each team, and who waits for whom. `changes` are the publications of
/// production in that time that belong to no experiment; `names` the teams by key.
#[must_use]
pub fn screen(
    scenes: &[Scene],
    owners: &BTreeMap<String, String>,
    names: &[(String, String)],
    (weeks, changes, now): (i64, u64, i64),
) -> Value {
    let since = now - weeks * 7 * crate::time::DAY;
    let lives = lives(scenes, owners);
    let mut figures = figures(&lives, since, &span_of(weeks));
    let shipped = lives.iter().filter(|life| life.decided.is_some_and(|(at, _, ships)| ships && at >= since)).count();
    let all = shipped as u64 + changes;
    figures.push(share(
        "tested",
        "changes with a test",
        [shipped as u64, all],
        "Of all that was shipped by a decision or published in production without an experiment, what came out of one.",
    ));
    let known = names.iter().map(|(key, name)| (key.as_str(), name.as_str())).chain([("", "No team")]);
    let teams = known.filter_map(|(key, name)| pace(&lives, key, name, since));
    json!({
        "asOf": now, "weeks": weeks, "figures": figures, "teams": teams.collect::<Vec<_>>(),
        "waiting": waiting(scenes, owners, now),
    })
}

fn span_of(weeks: i64) -> String {
    format!("last {}", count(weeks.unsigned_abs(), "week", "weeks"))
}

fn figures(lives: &[Life], since: i64, span: &str) -> Vec<Value> {
    let recent = |at: Option<i64>| at.is_some_and(|at| at >= since);
    let started: Vec<_> = lives.iter().filter(|life| recent(life.started)).collect();
    let decided: Vec<_> = lives.iter().filter(|life| recent(life.decided.map(|(at, ..)| at))).collect();
    let ended: Vec<_> = lives.iter().filter(|life| recent(life.ended)).collect();
    let to_live = started.iter().filter_map(|life| Some(days(life.written?, life.started?))).collect();
    let to_decision = decided.iter().filter_map(|life| Some(days(life.started?, life.decided?.0))).collect();
    let to_stop = ended.iter().filter_map(|life| Some(days(life.started?, life.harmed?))).collect();
    let part =
        |all: &[&Life], is: fn(&Life) -> bool| [all.iter().filter(|life| is(life)).count() as u64, all.len() as u64];
    let people = started.iter().map(|life| life.people).sum();
    Vec::from([
        middle("toLive", "idea → live", to_live, ["started experiment", "started experiments"], span),
        middle("toDecision", "live → decision", to_decision, ["decision", "decisions"], span),
        share(
            "byTheRule",
            "decisions by the rule",
            part(&decided, |life| life.decided.is_some_and(|(_, by_the_rule, _)| by_the_rule)),
            "Decisions that the locked rule recommends.",
        ),
        share("debriefed", "debriefed", part(&decided, |life| life.debriefed), "Decisions with a written lesson."),
        share(
            "able",
            "tests able to see their effect",
            part(&ended, |life| life.complete || life.harmed.is_some()),
            "Tests that ended with their planned size reached, or because a guardrail was harmed: what they were made to see \
             they could see.",
        ),
        middle(
            "toStop",
            "time to stop a harm",
            to_stop,
            ["test that a guardrail stopped", "tests that a guardrail stopped"],
            span,
        ),
        json!({
            "id": "visitors", "label": "visitors in tests", "value": grouped(people), "number": people, "unit": "visitors",
            "evidence": format!("Confirmed visitors of all experiments that started, {span}."),
        }),
    ])
}

/// What one team has begun and brought to an end; nothing where that is nothing.
fn pace(lives: &[Life], key: &str, name: &str, since: i64) -> Option<Value> {
    let own: Vec<_> = lives.iter().filter(|life| life.team == key).collect();
    let many = |at: fn(&Life) -> Option<i64>| own.iter().filter(|life| at(life).is_some_and(|at| at >= since)).count();
    let started = many(|life| life.started);
    let decided = many(|life| life.decided.map(|(at, ..)| at));
    let shipped = many(|life| life.decided.filter(|(.., ships)| *ships).map(|(at, ..)| at));
    let running = own.iter().filter(|life| life.started.is_some() && life.ended.is_none()).count();
    (started + decided + running > 0).then(
        || json!({"key": key, "name": name, "started": started, "decided": decided, "shipped": shipped, "running": running}),
    )
}

/// What stands still until somebody does something, longest first.
fn waiting(scenes: &[Scene], owners: &BTreeMap<String, String>, now: i64) -> Vec<Value> {
    let one = |scene: &Scene| {
        let experiment = scene.experiment;
        let last = experiment.history.last().map(|entry| entry.at);
        let (what, whom, since) = match experiment.state {
            _ if experiment.asked.is_some() => {
                ("a second word", "whoever may approve", Some(experiment.asked.as_ref()?.decision.at))
            }
            State::InReview => ("a review", "whoever may approve", last),
            State::Stopped => ("a decision", experiment.author.as_str(), experiment.ended),
            State::Running if scene.complete() => ("a decision", experiment.author.as_str(), experiment.reported),
            State::Decided => {
                ("a lesson", experiment.author.as_str(), experiment.decision.as_ref().map(|made| made.at))
            }
            _ => return None,
        };
        let since = since?;
        let told = json!({
            "key": experiment.key, "title": experiment.title, "team": owners.get(&experiment.key), "what": what, "whom": whom,
            "since": since, "days": days(since, now),
        });
        Some((since, told))
    };
    let all: Vec<(i64, Value)> = scenes.iter().filter_map(one).collect();
    order::sorted(all, |(one, _), (other, _)| one.cmp(other)).into_iter().map(|(_, told)| told).collect()
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of some years stay below 2^53")]
fn days(from: i64, to: i64) -> f64 {
    (to - from) as f64 / DAY
}

/// The median of some days.
fn middle(id: &str, label: &str, values: Vec<f64>, [one, many]: [&str; 2], span: &str) -> Value {
    let evidence = format!("Median over {}, {span}.", count(values.len() as u64, one, many));
    let number = median(values);
    json!({
        "id": id, "label": label, "value": number.map_or_else(|| "–".to_string(), spoken), "number": number, "unit": "days",
        "evidence": evidence,
    })
}

fn share(id: &str, label: &str, [part, all]: [u64; 2], evidence: &str) -> Value {
    let number = (all > 0).then(|| real(part) / real(all));
    json!({
        "id": id, "label": label, "value": format!("{} of {}", grouped(part), grouped(all)), "number": number, "unit": "share",
        "evidence": evidence,
    })
}

/// Days in words, or hours where there are few.
fn spoken(days: f64) -> String {
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
