//! The watch over running experiments: takes in what the shards have counted, and lets ramps, releases and reports
//! follow from it. Asked every few seconds, and before a screen is shown; asking more often changes nothing.

use super::experiments::{self, Around, Seen};
use super::{Refusal, Result, approvals, outbox, store};
use crate::collect::Sum;
use crate::document::Intake;
use crate::environment::Environment;
use crate::lifecycle::{self, Action, Actor, Cause, Choice, State, launch};
use crate::playbook::EVERYBODY;
use crate::ramp;
use crate::screens::{Look, Scene, message};
use crate::sql::{Failure, Sql};
use crate::time::Millis;
use crate::versions;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Deserialize;

/// What a shard has counted of a run, from the beginning.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// The run.
    pub run: String,
    /// The shard's name.
    pub shard: String,
    /// When it last confirmed a unit of the run.
    pub last: Option<i64>,
    /// Its vectors.
    pub sums: Vec<Sum>,
}

/// Who acts when no person does.
pub(super) const ENGINE: &str = "the engine";

/// Looks at a run that are kept: enough for a smooth line.
const LOOKS: usize = 200;

/// The runs of which the shards should be asked.
pub fn active(sql: &mut impl Sql) -> core::result::Result<Vec<String>, Failure> {
    let all = store::experiments(sql)?;
    let running = all.into_iter().filter(|kept| kept.experiment.state == State::Running);
    Ok(running.filter_map(|kept| Some(kept.experiment.run?.id)).collect())
}

/// By which intake the runs count: it says which shards have to be asked.
pub fn intake(sql: &mut impl Sql) -> core::result::Result<Intake, Failure> {
    Ok(super::publishing::current(sql, Environment::Production)?.intake)
}

/// Takes in counts and does what follows. Gives whether anything still moves by itself.
pub fn tick(sql: &mut impl Sql, tallies: &[Tally], console: &str, now: Millis) -> core::result::Result<bool, Failure> {
    let intake = intake(sql)?;
    for Tally { run, shard, last, sums } in tallies {
        store::count(sql, intake, run, shard, *last, sums)?;
    }
    let mut moving = outbox::waiting(sql)? | approvals::follow(sql, now)?;
    let mut around = experiments::around(sql, now)?;
    let mut version = versions::pointer(sql, Environment::Production)?.version;
    for seen in experiments::all(sql)? {
        // Each may have published: the next one begins from what is current then.
        let current = versions::pointer(sql, Environment::Production)?.version;
        if current != version {
            (around, version) = (experiments::around(sql, now)?, current);
        }
        moving |= follow(sql, &seen, &around, console, now).or_else(|refusal| match refusal {
            // What the rules do not allow now is tried again at the next look.
            Refusal::Answer(_) => Ok(true),
            Refusal::Store(failure) => Err(failure),
        })?;
    }
    Ok(moving)
}

/// One experiment. At most one thing happens to it at a time.
fn follow(sql: &mut impl Sql, seen: &Seen, around: &Around, console: &str, now: Millis) -> Result<bool> {
    let scene = seen.scene(around);
    match scene.experiment.state {
        State::Running => {
            remember(sql, &scene)?;
            running(sql, &scene, console, now)?;
            Ok(true)
        }
        State::Decided | State::Debriefed => release(sql, &scene, now),
        State::Idea | State::Draft | State::InReview | State::Stopped => Ok(false),
    }
}

fn running(sql: &mut impl Sql, scene: &Scene, console: &str, now: Millis) -> Result<()> {
    if scene.complete() && scene.experiment.reported.is_none() {
        act(sql, scene, Action::Report, "report", now)?;
        return Ok(outbox::post(sql, now.0, &message::reached(scene, console)).map(drop)?);
    }
    match scene.ramp() {
        Some(ramp::Action::Advance(why)) => act(sql, scene, Action::Advance(why), "advance the ramp", now),
        Some(ramp::Action::RollBack { why, .. }) => end(sql, scene, Cause::Guardrail, &why, console, now),
        Some(ramp::Action::Revert(why)) => end(sql, scene, Cause::Data, &why, console, now),
        Some(ramp::Action::Hold(_)) | None => Ok(()),
    }
}

/// Ends exposure, and says so.
fn end(sql: &mut impl Sql, scene: &Scene, cause: Cause, why: &str, console: &str, now: Millis) -> Result<()> {
    let message = message::stopped(scene, why, console);
    act(sql, scene, Action::Stop(cause, why.to_string()), "roll back", now)?;
    Ok(outbox::post(sql, now.0, &message).map(drop)?)
}

/// A shipped version goes to everybody in the steps and with the pauses of its playbook, while its flag is on.
fn release(sql: &mut impl Sql, scene: &Scene, now: Millis) -> Result<bool> {
    let shipped = scene.experiment.decision.as_ref().is_some_and(|decision| decision.choice == Choice::Ship);
    let Some(run) = scene.experiment.run.as_ref().filter(|run| shipped && run.released < EVERYBODY) else {
        return Ok(false);
    };
    let rules = scene.experiment.rules(scene.playbook);
    let pause = i64::from(rules.hold.minutes) * 60_000;
    let (flag, _, _) = launch::names(scene.experiment);
    let on = scene.document.flags.get(&flag).is_some_and(|flag| flag.enabled);
    if on && now.0 >= run.since + pause {
        act(sql, scene, Action::Release(rules.step_above(run.released)), "release", now)?;
    }
    Ok(true)
}

fn act(sql: &mut impl Sql, scene: &Scene, action: Action, name: &str, now: Millis) -> Result<()> {
    let engine = Actor { name: ENGINE.to_string(), alone: false };
    let next = lifecycle::act(scene.experiment, action, &engine, now, scene.playbook, scene.document)?;
    experiments::settle(sql, scene.experiment, &next, ENGINE, name, now)
}

/// Keeps a look when enough is new since the last one, so that a run has some hundred at most.
fn remember(sql: &mut impl Sql, scene: &Scene) -> core::result::Result<(), Failure> {
    let look = scene.look();
    let people = |look: &Look| look.arms.iter().map(|arm| arm.confirmed).sum::<u64>();
    let due = scene.looks.last().is_none_or(|last| {
        let (before, after) = (people(last), people(&look));
        after > before + before / 50 + 4 && look.at > last.at
    });
    let run = scene.experiment.run.as_ref().map(|run| run.id.as_str()).unwrap_or_default();
    if due && scene.looks.len() < LOOKS { store::look(sql, run, &look) } else { Ok(()) }
}
