//! The watch over running experiments: takes in what the shards tell, and lets ramps, releases and reports follow from it.
//! Asked whenever one has told something, and every few seconds for what follows from time alone, such as that one tells
//! nothing any more; asking more often changes nothing.

use super::audit::Deed;
use super::checking::{self, FoundOf};
use super::clocks::Clocks;
use super::experiments::{self, Around, Seen};
use super::{
    Refusal, Result, alerts, approvals, audit, crossings, foresight, outbox, people, publishing, schedule, settling,
    store, weakening, weeks,
};
use crate::collect::{Heard, Tally};
use crate::environment::Environment;
use crate::lifecycle::checks::Found;
use crate::lifecycle::{self, Action, Actor, Cause, Experiment, State, launch};
use crate::notify::{self, Card, Kind};
use crate::ramp::{self, Wait};
use crate::screens::reading::Recommendation;
use crate::screens::watch;
use crate::screens::{Look, Scene, reading};
use crate::shift;
use crate::sql::{Failure, Sql};
use crate::time::{DAY, Millis};
use crate::verdict::Problem;
use crate::verdict::conclusion::Conclusion;
use crate::versions;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Who acts when no person does.
pub(super) const ENGINE: &str = "the engine";

/// Looks at a run that are kept: enough for a smooth line.
const LOOKS: usize = 200;

/// Takes in what a shard tells: each telling in the place of an earlier one of the same shard and run, and never of a later
/// one. Gives the last that was heard of each of these runs.
pub fn hear(sql: &mut impl Sql, tallies: &[Tally], now: Millis) -> core::result::Result<Vec<Heard>, Failure> {
    tallies.iter().map(|tally| store::hear(sql, tally, now.0)).collect()
}

/// Does what follows from the counts and the time. `found` is what the shell has found outside for what starts by itself
/// ([`super::starting`]), `clocks` what those of the project's zone do around now. Gives when to look again: at once, while
/// anything moves by itself.
pub fn tick(
    sql: &mut impl Sql,
    console: &str,
    found: &FoundOf,
    clocks: &Clocks,
    now: Millis,
) -> core::result::Result<i64, Failure> {
    let mut moving = schedule::follow(sql, console, found, now)?;
    moving |= outbox::waiting(sql)? | approvals::follow(sql, now)? | weakening::tick(sql, now)?;
    let mut around = Around { clocks: clocks.clone(), ..experiments::around(sql, now)? };
    let mut version = versions::pointer(sql, Environment::Production)?.version;
    let all = store::experiments(sql)?;
    weeks::follow(sql, &all, &around, console)?;
    let mut watch = alerts::Watch::begin(sql, now)?;
    // A team has many that are over and few that move: what was counted of those others nobody has to read.
    for kept in all.into_iter().filter(|kept| may_move(&kept.experiment)) {
        // Each may have published: the next one begins from what is current then.
        let current = versions::pointer(sql, Environment::Production)?.version;
        if current != version {
            around.document = publishing::current(sql, Environment::Production)?;
            version = current;
        }
        let seen = Seen::of(sql, kept, &around)?;
        if seen.kept.experiment.state == State::Running {
            watch.look(&seen.scene(&around));
        }
        moving |= follow(sql, &seen, &around, console, found, now).or_else(|refusal| match refusal {
            // What the rules do not allow now is tried again at the next look.
            Refusal::Answer(_) => Ok(true),
            Refusal::Store(failure) => Err(failure),
        })?;
    }
    watch.end(sql, &around.document, console)?;
    Ok(if moving { now.0 } else { clocks.next_digest(now.0) })
}

/// Whether anything can follow for an experiment from its counts and the time.
fn may_move(experiment: &Experiment) -> bool {
    experiment.due.is_some() || experiment.state == State::Running || experiment.is_releasing()
}

/// One experiment. At most one thing happens to it at a time.
fn follow(
    sql: &mut impl Sql,
    seen: &Seen,
    around: &Around,
    console: &str,
    found: &FoundOf,
    now: Millis,
) -> Result<bool> {
    let scene = seen.scene(around);
    let due = scene.experiment.due;
    if due.is_some_and(|due| now.0 >= due) {
        let found = found.get(&scene.experiment.key);
        // What nobody has looked up yet is asked for at the next look.
        if found.is_some() || !checking::starts(scene.experiment, now) {
            confirmed(sql, &scene, around, found, now)?;
        }
        return Ok(true);
    }
    let moves = match scene.experiment.state {
        State::Running => {
            remember(sql, &scene)?;
            foresight::keep(sql, &scene, now)?;
            running(sql, &scene, (console, &around.clocks), now)?;
            true
        }
        State::Decided | State::Debriefed => release(sql, &scene, console, now)?,
        State::Idea | State::Draft | State::InReview | State::Approved | State::Stopped | State::Archived => false,
    };
    Ok(moves || due.is_some())
}

/// What follows for a running experiment. Harm ends it, whatever else is the case at the same moment.
fn running(sql: &mut impl Sql, scene: &Scene, (console, clocks): (&str, &Clocks), now: Millis) -> Result<()> {
    silence(sql, scene, console, now)?;
    claim(sql, scene, console, now)?;
    late(sql, scene, console, now)?;
    stale(sql, scene, console, now)?;
    let next = match scene.ramp() {
        Some(ramp::Action::RollBack { why, .. }) => return end(sql, scene, Cause::Guardrail, &why, console, now),
        Some(ramp::Action::Revert(why)) => return end(sql, scene, Cause::Data, &why, console, now),
        Some(ramp::Action::Advance(why)) => Some(why),
        Some(ramp::Action::Hold(_)) | None => None,
    };
    if scene.complete() && scene.experiment.reported.is_none() {
        act(sql, scene, Action::Report, "report", now)?;
        let run = scene.experiment.run.as_ref().map(|run| run.id.as_str()).unwrap_or_default();
        let revises = crossings::revised(sql, run, &reading::said(scene).headline)?;
        crossings::latch(sql, scene, "report", "", now)?;
        let mut card = notify::reached(scene, &outbox::salt(sql)?);
        card.words.push_str(&revises);
        tell(sql, scene, console, card, now)?;
    } else if let Some(why) = next {
        act(sql, scene, Action::Advance(why.clone()), "advance the ramp", now)?;
        crossings::latch(sql, scene, "advance", &why, now)?;
    } else if let Some(shift::Action::Move(weights, why)) = shifted(scene, clocks) {
        act(sql, scene, Action::Shift(weights, why.clone()), "move the split", now)?;
        crossings::latch(sql, scene, "move the split", &why, now)?;
    }
    Ok(())
}

/// What the split of a run does whose plan lets it move: at most once in so many days of the project's zone.
fn shifted(scene: &Scene, clocks: &Clocks) -> Option<shift::Action> {
    let run = scene.experiment.run.as_ref()?;
    let rule = scene.experiment.plan.as_ref()?.bandit.as_ref()?;
    let due = shift::due(rule, run.split_since(), |at| clocks.tomorrow(at));
    // Most looks are of a day that is not over.
    if scene.now < due { None } else { scene.shift(due) }
}

/// Keeps what is seen when a verdict claims something for the first time: an alarm, or a version that is better or worse.
/// Later numbers may say less; that it was seen stays.
fn claim(sql: &mut impl Sql, scene: &Scene, console: &str, now: Millis) -> core::result::Result<(), Failure> {
    let said = reading::said(scene);
    let action = match said.conclusion {
        Conclusion::Invalid { .. } => "alarm",
        Conclusion::Better | Conclusion::Worse => said.conclusion.kind(),
        // The answer to a plan that asks about a margin.
        Conclusion::NoEffectAsLarge if said.recommend == Recommendation::Ship => said.conclusion.kind(),
        // Harm ends it, and the end is kept; what the planned size shows is kept with the report.
        Conclusion::Harm
        | Conclusion::TooEarly
        | Conclusion::Undecided { .. }
        | Conclusion::NoEffectAsLarge
        | Conclusion::Underpowered { .. } => return Ok(()),
    };
    let run = scene.experiment.run.as_ref().map(|run| run.id.as_str()).unwrap_or_default();
    if crossings::has(sql, run, action, &said.headline)? {
        return Ok(());
    }
    let revises = crossings::revised(sql, run, &said.headline)?;
    crossings::latch(sql, scene, action, &said.headline, now)?;
    audit::write(sql, now.0, &Deed { who: ENGINE, action, subject: &scene.experiment.key, detail: &said.headline })?;
    let kind = match &said.conclusion {
        Conclusion::Invalid { cause: Problem::SampleRatio { .. } } => Kind::Ratio,
        Conclusion::Invalid { .. } => Kind::Hold,
        // The card of the planned size says it at the same moment.
        _ if scene.complete() && scene.experiment.reported.is_none() => return Ok(()),
        _ => Kind::Verdict,
    };
    let mut card = notify::claimed(scene, said, &outbox::salt(sql)?, kind);
    card.words.push_str(&revises);
    tell(sql, scene, console, card, now).map(drop)
}

/// Tells a card of an experiment. Gives whether its cause is new.
fn tell(
    sql: &mut impl Sql,
    scene: &Scene,
    console: &str,
    card: Card,
    now: Millis,
) -> core::result::Result<bool, Failure> {
    outbox::post(sql, console, now.0, card, Some((scene.experiment, scene.document)))
}

/// Tells a card that nothing else is written for, and writes that it was told.
fn notice(
    sql: &mut impl Sql,
    scene: &Scene,
    console: &str,
    card: Card,
    now: Millis,
) -> core::result::Result<(), Failure> {
    let detail = if card.kind == Kind::Overdue { card.context.clone() } else { card.words.clone() };
    if tell(sql, scene, console, card, now)? {
        audit::write(
            sql,
            now.0,
            &Deed { who: ENGINE, action: "tell", subject: &scene.experiment.key, detail: &detail },
        )?;
    }
    Ok(())
}

/// Says once that it runs longer than the playbook allows.
fn late(sql: &mut impl Sql, scene: &Scene, console: &str, now: Millis) -> core::result::Result<(), Failure> {
    let longest = scene.experiment.rules(scene.playbook).longest;
    let due = scene.experiment.started.map(|started| started + i64::from(longest) * DAY);
    if due.is_none_or(|due| now.0 <= due) {
        return Ok(());
    }
    let salt = outbox::salt(sql)?;
    if outbox::is_told(sql, &notify::cause(scene, &salt, Kind::Overdue, &[]))? {
        return Ok(());
    }
    notice(sql, scene, console, notify::overdue(scene, &salt, longest), now)
}

/// Says once for each time that visitors stop coming in.
fn stale(sql: &mut impl Sql, scene: &Scene, console: &str, now: Millis) -> core::result::Result<(), Failure> {
    let last = scene.counts.last.or(scene.experiment.started).unwrap_or(now.0);
    // Where a shard is silent nobody knows whether visitors come.
    if now.0 - last <= ramp::STALE || ramp::is_silent(scene.counts.heard, now.0) {
        return Ok(());
    }
    let card = notify::stale(scene, &outbox::salt(sql)?, last, &Wait::Stale.words());
    notice(sql, scene, console, card, now)
}

/// Says once that a shard is not heard of any more, which holds the ramp, and once that all are heard again.
fn silence(sql: &mut impl Sql, scene: &Scene, console: &str, now: Millis) -> core::result::Result<(), Failure> {
    let run = scene.experiment.run.as_ref().map(|run| run.id.as_str()).unwrap_or_default();
    let (silent, noted) = (ramp::is_silent(scene.counts.heard, now.0), store::is_silent(sql, run)?);
    if silent == noted {
        return Ok(());
    }
    store::note_silence(sql, run, silent)?;
    let (action, detail) =
        if silent { ("hold", Wait::Silent.words()) } else { ("go on", "All data come in again.".into()) };
    audit::write(sql, now.0, &Deed { who: ENGINE, action, subject: &scene.experiment.key, detail: &detail })?;
    let card = notify::silence(scene, &outbox::salt(sql)?, silent);
    tell(sql, scene, console, card, now).map(drop)
}

/// Ends exposure, and says so.
fn end(sql: &mut impl Sql, scene: &Scene, cause: Cause, why: &str, console: &str, now: Millis) -> Result<()> {
    act(sql, scene, Action::Stop(cause, why.to_string()), "roll back", now)?;
    crossings::latch(sql, scene, "roll back", why, now)?;
    // What is told is the verdict that stands from now on.
    let around = experiments::around(sql, now)?;
    let seen = experiments::one(sql, &around, &scene.experiment.key)?;
    let scene = &seen.scene(&around);
    let card = notify::stopped(scene, &outbox::salt(sql)?);
    alerts::open(sql, scene.experiment, &watch::stopped(&card.headline, why), now.0)?;
    Ok(tell(sql, scene, console, card, now).map(drop)?)
}

/// A shipped version goes to everybody in the steps of its playbook while its flag is on, each only where a ramp would go
/// on, too: the test beside it still shows harm, and whatever could hide it.
fn release(sql: &mut impl Sql, scene: &Scene, console: &str, now: Millis) -> Result<bool> {
    let Some(run) = scene.experiment.run.as_ref().filter(|_| scene.experiment.is_releasing()) else {
        return Ok(false);
    };
    silence(sql, scene, console, now)?;
    let (flag, _, _) = launch::names(scene.experiment);
    let on = scene.document.flags.get(&flag).is_some_and(|flag| flag.enabled);
    match scene.ramp() {
        Some(ramp::Action::RollBack { why, .. }) => end(sql, scene, Cause::Guardrail, &why, console, now)?,
        Some(ramp::Action::Revert(why)) => end(sql, scene, Cause::Data, &why, console, now)?,
        Some(ramp::Action::Advance(why)) if on => {
            let step = scene.experiment.rules(scene.playbook).step_above(run.released);
            crossings::latch(sql, scene, "release", &why, now)?;
            act(sql, scene, Action::Release(step, why), "release", now)?;
        }
        Some(ramp::Action::Advance(_) | ramp::Action::Hold(_)) | None => {}
    }
    Ok(true)
}

/// What somebody has confirmed who works alone follows. Whoever is not alone any more asks the other; what can no longer be
/// done is not, and the log says why.
fn confirmed(sql: &mut impl Sql, scene: &Scene, around: &Around, found: Option<&Found>, now: Millis) -> Result<()> {
    let refused = if people::are_none(sql)? {
        let checks = experiments::look(sql, around, scene.experiment, found)?;
        match act(sql, scene, Action::Follow(checks), "follow", now) {
            Err(Refusal::Answer(answer)) => said(&answer.body),
            done => return done,
        }
    } else {
        "somebody else is here now".to_string()
    };
    let waiting = Experiment { due: None, ..scene.experiment.clone() };
    let deed = Deed { who: ENGINE, action: "ask for approval", subject: &waiting.key, detail: &refused };
    audit::write(sql, now.0, &deed)?;
    Ok(store::save(sql, &waiting).map(drop)?)
}

/// Why something was refused, in words.
pub(super) fn said(body: &serde_json::Value) -> String {
    let words = body["error"].as_str().or_else(|| body["problems"][0]["cause"].as_str());
    words.unwrap_or_default().to_string()
}

fn act(sql: &mut impl Sql, scene: &Scene, action: Action, name: &str, now: Millis) -> Result<()> {
    let engine = Actor { name: ENGINE.to_string(), alone: false };
    let next = lifecycle::act(scene.experiment, action, &engine, now, scene.playbook, scene.document)?;
    settling::settle(sql, scene.experiment, &next, ENGINE, name, now)
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
    let keeps = due && scene.looks.len() < LOOKS;
    if keeps || look.planned.is_some() { store::look(sql, run, &look) } else { Ok(()) }
}
