//! Experiments: every action passes through [`lifecycle::act`], and what it means for visitors through publishing.

use super::audit;
use super::clocks::Clocks;
use super::publishing;
use super::store::{self, Kept};
use super::{
    Request, Result, access, approvals, checking, comments, follows, foresight, ideas, library, pages, refuse, settings,
};
use super::{settling, teams, wanted};
use crate::document::Document;
use crate::environment::Environment;
use crate::lifecycle::checks::Found;
use crate::lifecycle::{self, Action, Actor, Cause, Checks, Choice, Decision, Experiment, Plan, State, TITLE, plan};
use crate::order;
use crate::playbook::Playbook;
use crate::screens::{self, Latched, Look, Past, Scene, reading};
use crate::sql::{Failure, Sql};
use crate::time::Millis;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Deserialize;
use serde_json::{Value, json};

/// What every screen needs of the project.
pub(super) struct Around {
    pub(super) playbook: Playbook,
    pub(super) document: Document,
    pub(super) past: Vec<Past>,
    pub(super) now: i64,
    /// What clocks of the zone do; UTC where nobody asks for days.
    pub(super) clocks: Clocks,
}

pub(super) fn around(sql: &mut impl Sql, now: Millis) -> core::result::Result<Around, Failure> {
    Ok(Around {
        playbook: settings::current_playbook(sql)?,
        document: publishing::current(sql, Environment::Production)?,
        past: past(sql)?,
        now: now.0,
        clocks: Clocks::default(),
    })
}

/// What all debriefed experiments have found.
fn past(sql: &mut impl Sql) -> core::result::Result<Vec<Past>, Failure> {
    let mut all = Vec::new();
    for Kept { experiment, .. } in store::experiments(sql)? {
        let Some(run) = experiment.run.as_ref().filter(|_| is_learned(&experiment)) else { continue };
        let last = store::last_look(sql, &run.id)?;
        all.extend(last.and_then(|look| Past::of(&experiment, &look)));
    }
    Ok(all)
}

/// Whether somebody has written down what an experiment taught.
fn is_learned(experiment: &Experiment) -> bool {
    matches!(experiment.state, State::Debriefed | State::Archived)
}

/// An experiment with its counts and looks.
pub(super) struct Seen {
    pub(super) kept: Kept,
    pub(super) counts: crate::counts::Counts,
    looks: Vec<Look>,
    latched: Latched,
}

impl Seen {
    pub(super) fn of(sql: &mut impl Sql, kept: Kept, around: &Around) -> core::result::Result<Self, Failure> {
        let run = kept.experiment.run.as_ref().map(|run| run.id.clone()).unwrap_or_default();
        Ok(Self {
            counts: store::counts(sql, &run, around.document.intake)?,
            looks: store::looks(sql, &run)?,
            latched: super::crossings::latched(sql, &run)?,
            kept,
        })
    }

    pub(super) fn scene<'s>(&'s self, around: &'s Around) -> Scene<'s> {
        Scene {
            experiment: &self.kept.experiment,
            revision: self.kept.revision,
            counts: &self.counts,
            playbook: &around.playbook,
            document: &around.document,
            looks: &self.looks,
            past: &around.past,
            latched: &self.latched,
            now: around.now,
        }
    }
}

pub(super) fn all(sql: &mut impl Sql, around: &Around) -> core::result::Result<Vec<Seen>, Failure> {
    store::experiments(sql)?.into_iter().map(|kept| Seen::of(sql, kept, around)).collect()
}

pub(super) fn one(sql: &mut impl Sql, around: &Around, key: &str) -> Result<Seen> {
    let kept = store::experiment(sql, key)?;
    Ok(Seen::of(sql, kept, around)?)
}

pub(super) fn now(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let around = around(sql, request.now)?;
    let all = all(sql, &around)?;
    let team = request.query("team");
    let owners = teams::owners(sql, "experiment")?;
    let wanted = |seen: &&Seen| team.is_empty() || owners.get(&seen.kept.experiment.key).is_some_and(|own| own == team);
    let scenes: Vec<_> = all.iter().filter(wanted).map(|seen| seen.scene(&around)).collect();
    let mut screen = screens::now::screen(&scenes, around.now);
    if let Some(needs) = screen["needs"].as_array_mut().filter(|_| team.is_empty()) {
        needs.extend(comments::needs(sql, request)?);
        needs.extend(approvals::needs(sql, request)?);
    }
    screen["follows"] = follows::of(sql, request, &all, &around)?.into();
    Ok(screen)
}

pub(super) fn list(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let all = store::experiments(sql)?;
    let names: Vec<&str> = all.iter().map(|kept| kept.experiment.key.as_str()).collect();
    let (page, next) = pages::of(request, &names)?;
    let around = around(sql, request.now)?;
    let owners = teams::owners(sql, "experiment")?;
    let mut cards = Vec::new();
    for kept in all.into_iter().skip(page.start).take(page.len()) {
        let team = json!(owners.get(&kept.experiment.key));
        let mut card = screens::experiment::card(&Seen::of(sql, kept, &around)?.scene(&around));
        card["team"] = team;
        cards.push(card);
    }
    Ok(json!({"experiments": cards, "next": next}))
}

pub(super) fn read(sql: &mut impl Sql, request: &Request, key: &str) -> Result<Value> {
    let around = around(sql, request.now)?;
    let seen = one(sql, &around, key)?;
    let mut view = view(&seen.scene(&around), request);
    view["team"] = json!(teams::owners(sql, "experiment")?.get(key));
    view["followed"] = json!(follows::is_followed(sql, request, "test", key)?);
    view["followers"] = json!(follows::followers(sql, &seen.kept.experiment, &around.document)?);
    Ok(view)
}

pub(super) fn live(sql: &mut impl Sql, request: &Request, key: &str) -> Result<Value> {
    let around = around(sql, request.now)?;
    let seen = one(sql, &around, key)?;
    Ok(screens::live::screen(&seen.scene(&around), request.call.bots))
}

pub(super) fn reading(sql: &mut impl Sql, request: &Request, key: &str) -> Result<Value> {
    let around = around(sql, request.now)?;
    let seen = one(sql, &around, key)?;
    let mut screen = reading::screen(&seen.scene(&around));
    screen["record"] = foresight::record(sql)?;
    Ok(screen)
}

/// What was seen whenever something followed from the numbers by itself.
pub(super) fn crossings(sql: &mut impl Sql, key: &str) -> Result<Value> {
    let run = store::experiment(sql, key)?.experiment.run.map(|run| run.id).unwrap_or_default();
    Ok(json!({"crossings": super::crossings::of(sql, &run)?}))
}

pub(super) fn debrief(sql: &mut impl Sql, request: &Request, key: &str) -> Result<Value> {
    let around = around(sql, request.now)?;
    let seen = one(sql, &around, key)?;
    let scene = seen.scene(&around);
    let (expected, found, decision) = reading::summary(&scene);
    let questions = &scene.experiment.rules(&around.playbook).questions;
    let answers = scene.experiment.debrief.as_ref().map(|debrief| debrief.answers.clone()).unwrap_or_default();
    let summary = format!(
        "# {}\n\n**Expected.** {expected}\n\n**Found.** {found}\n\n**Decided.** {decision}\n\n**Plan.** {}\n",
        scene.experiment.title,
        scene.experiment.plan_hash.as_deref().unwrap_or("not locked")
    );
    let asked = questions.iter().map(|question| {
        let answer = answers.get(&question.id).map_or("–", String::as_str);
        format!("\n## {}\n\n{answer}\n", question.text)
    });
    let markdown: String = core::iter::once(summary).chain(asked).collect();
    Ok(json!({
        "revision": seen.kept.revision,
        "markdown": markdown,
        "answers": answers,
        "prefilled": {"expected": expected, "found": found, "decision": decision},
        "questions": questions,
    }))
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Idea {
    title: String,
    #[serde(default)]
    note: String,
}

/// Characters of a note or of an answer.
const TEXT: usize = 5_000;

/// A key for a title that nothing else has.
pub(super) fn free(sql: &mut impl Sql, title: &str) -> Result<String> {
    let base = plan::key_of(title);
    let taken: Vec<String> = store::experiments(sql)?.into_iter().map(|kept| kept.experiment.key).collect();
    let document = publishing::current(sql, Environment::Production)?;
    let free = |key: &String| {
        !taken.contains(key) && !document.flags.contains_key(key) && !document.experiments.contains_key(key)
    };
    let keys = core::iter::once(base.clone()).chain((2..).map(|number| format!("{base}-{number}")));
    match keys.take(10_000).find(free) {
        Some(key) => Ok(key),
        None => refuse(409, "There are too many of that title."),
    }
}

pub(super) fn create(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let Idea { title, note } = request.body()?;
    let title: String = title.trim().chars().take(TITLE).collect();
    if title.is_empty() {
        return refuse(409, "An idea needs a title.");
    }
    let key = free(sql, &title)?;
    let note = note.chars().take(TEXT).collect();
    let experiment = Experiment::idea(key.clone(), title.clone(), note, request.caller.actor.name.clone(), request.now);
    store::save(sql, &experiment)?;
    library::index(sql, &experiment)?;
    audit::note(sql, request, "write an idea", &key, &title)?;
    read(sql, request, &key)
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Why {
    #[serde(default)]
    why: String,
}

/// When an approved plan starts.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Starting {
    /// Whether it waits for a start of its own.
    #[serde(default)]
    later: bool,
}

/// A word on what waits for one.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "ReadOrTyped"))]
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Word {
    /// The digest that somebody has read.
    pub(super) digest: String,
    /// What it is about, typed: the experiment's key, or the playbook's name.
    pub(super) subject: String,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Decision"))]
#[serde(deny_unknown_fields)]
pub(super) struct Choosing {
    choice: Choice,
    #[serde(default)]
    why: String,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Debrief"))]
#[serde(deny_unknown_fields)]
pub(super) struct Answers {
    answers: BTreeMap<String, String>,
}

/// Somebody's word on a variant.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Looked {
    variant: String,
    /// The address of the signed preview that they have looked at.
    #[expect(dead_code, reason = "the shell reads it, and tells what it shows")]
    preview: String,
}

/// An experiment, with what the caller may do with it now.
fn view(scene: &Scene, request: &Request) -> Value {
    let caller = &request.caller;
    let mut view = screens::experiment::view(scene, Some(&caller.actor));
    if let Some(actions) = view["actions"].as_array_mut() {
        actions.retain(|action| access::may(caller, action.as_str().unwrap_or_default()));
    }
    view
}

/// One action of a person on an experiment.
pub(super) fn act(sql: &mut impl Sql, request: &Request, key: &str, name: &str) -> Result<Value> {
    let around = around(sql, request.now)?;
    let seen = one(sql, &around, key)?;
    let scene = seen.scene(&around);
    let shown = || view(&scene, request);
    request.seen(seen.kept.revision, shown)?;
    let stays = scene.experiment.state == State::Debriefed
        || (scene.experiment.state == State::Idea && scene.experiment.thought.is_some());
    if (request.call.method.as_str(), name) == ("POST", "archive") && !stays {
        return archive(sql, request, &seen.kept);
    }
    let checks = |sql: &mut _| look(sql, &around, scene.experiment, request.call.found.as_ref());
    let why = || request.body::<Why>().map(|Why { why }| short(&why));
    let action = match (request.call.method.as_str(), name) {
        ("PUT", "idea") => Action::Think(Box::new(ideas::again(sql, request, key)?)),
        ("POST", "draft") => Action::Draft,
        ("PUT", "plan") => Action::Plan(Box::new(request.body::<Plan>()?)),
        ("POST", "quality") => {
            if request.caller.machine {
                let fix = "Look at its preview, and say so with your own link.";
                return Err(super::forbidden("No machine sees whether a page is as it should be.", fix));
            }
            let Looked { variant, .. } = request.body()?;
            Action::Look(
                variant,
                request.call.found.as_ref().map(|found| found.0["preview"].clone()).unwrap_or_default(),
            )
        }
        ("POST", "submit") => Action::Submit(checks(sql)?),
        ("POST", "return") => Action::Return(why()?),
        ("POST", "approve") => {
            let Starting { later } = request.body()?;
            let checks = checks(sql)?;
            if later { Action::Clear(checks) } else { Action::Approve(checks) }
        }
        ("POST", "start") => Action::Start(checks(sql)?),
        ("POST", "abort") if scene.experiment.is_planned() => Action::Abort(why()?),
        ("POST", "abort") => deciding(&scene, request, Choice::Abort, &why()?),
        ("POST", "archive") => Action::Archive,
        ("POST", "hold") => Action::Hold(why()?),
        ("POST", "resume") => Action::Resume,
        ("POST", "stop") => Action::Stop(Cause::Person, why()?),
        ("POST", "undo") => Action::Undo,
        ("POST", "agree") => Action::Agree(request.body::<Word>()?.digest),
        ("POST", "confirm") => Action::Confirm(request.body::<Word>()?.subject, checks(sql)?),
        ("POST", "withdraw") => Action::Withdraw,
        ("POST", "decide") => {
            let Choosing { choice, why } = request.body()?;
            deciding(&scene, request, choice, &why)
        }
        ("PUT", "debrief") => {
            let Answers { answers } = request.body()?;
            let known = &scene.experiment.rules(&around.playbook).questions;
            let asked = |(id, answer): (String, String)| {
                known.iter().any(|question| question.id == id).then(|| (id, answer.chars().take(TEXT).collect()))
            };
            Action::Debrief(order::keyed(answers.into_iter().filter_map(asked)))
        }
        _ => return refuse(404, "An experiment has no such action."),
    };
    let mut next = lifecycle::act(
        scene.experiment,
        action,
        &request.caller.actor,
        request.now,
        &around.playbook,
        &around.document,
    )?;
    // What an earlier run has taught stays in the library.
    if let Some(last) = next.runs.last_mut().filter(|last| last["card"].is_null()) {
        last["card"] = library::card(&scene);
    }
    settling::settle(sql, scene.experiment, &next, &request.caller.actor.name, name, request.now)?;
    wanted::after(sql, request, scene.experiment, &next)?;
    read(sql, request, key)
}

/// A decision by whoever calls, with what the numbers say now.
fn deciding(scene: &Scene, request: &Request, choice: Choice, why: &str) -> Action {
    // A decision ends it, and what has ended is not forecast.
    let over = Experiment { ended: scene.experiment.ended.or(Some(scene.now)), ..scene.experiment.clone() };
    let said = reading::said(&Scene { experiment: &over, ..*scene });
    Action::Decide(Decision {
        at: request.now.0,
        who: request.caller.actor.name.clone(),
        choice,
        by_the_rule: said.recommend.agrees(choice),
        approver: None,
        why: short(why),
        headline: said.headline,
        words: said.words,
        seen: json!({"recommend": said.recommend, "conclusion": said.conclusion, "people": scene.people()}),
    })
}

/// Looks at all that has to be well before an experiment starts in production.
pub(super) fn look(
    sql: &mut impl Sql,
    around: &Around,
    experiment: &Experiment,
    found: Option<&Found>,
) -> core::result::Result<Checks, Failure> {
    let all = all(sql, around)?;
    checking::look(sql, around, &all, experiment, (Environment::Production, found))
}

fn short(text: &str) -> String {
    text.trim().chars().take(TEXT).collect()
}

fn archive(sql: &mut impl Sql, request: &Request, kept: &Kept) -> Result<Value> {
    if kept.experiment.was_reviewed() || !matches!(kept.experiment.state, State::Idea | State::Draft) {
        let fix = "Give it up with `abort`, or decide it and write down what was learned first.";
        return Err(super::forbidden("What has been in review is kept.", fix));
    }
    store::forget(sql, &kept.experiment.key)?;
    library::forget(sql, &kept.experiment.key)?;
    let subject = &kept.experiment.key;
    ideas::forget(sql, subject)?;
    comments::forget(sql, subject)?;
    teams::forget(sql, "experiment", subject)?;
    follows::forget(sql, "test", subject)?;
    audit::note(sql, request, "archive", subject, &kept.experiment.title)?;
    Ok(json!({"archived": subject}))
}

/// An author has taken the experiment's run out of the document; the experiment follows.
pub(super) fn taken_out(sql: &mut impl Sql, experiment: &Experiment, author: &Actor, now: Millis) -> Result<()> {
    let around = around(sql, now)?;
    let action = Action::Stop(Cause::Person, "taken out of the document".to_string());
    let next = lifecycle::act(experiment, action, author, now, &around.playbook, &around.document)?;
    settling::settle(sql, experiment, &next, &author.name, "stop", now)
}
