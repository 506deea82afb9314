//! Ideas as a list: who wrote what down, who is for it, and what became of it.

use super::experiments::{self, Seen};
use super::follows::number;
use super::{Request, Result, audit, comments, integer, invalid, library, refuse, store, teams, text};
use crate::lifecycle::{Experiment, State, Thought, Written};
use crate::order;
use crate::screens::experiment::card;
use crate::sql::{Failure, Sql};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const TABLES: &[&str] = &["CREATE TABLE IF NOT EXISTS vote (experiment TEXT NOT NULL, \
     person INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (experiment, person)) WITHOUT ROWID"];

/// An idea as it comes in.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "NewIdea"))]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    /// What would we change?
    what: String,
    /// What do we expect, and why?
    expect: String,
    /// What speaks for it.
    #[serde(default)]
    evidence: String,
    /// What it could bring, from 1 to 3.
    #[serde(default)]
    impact: Option<u8>,
    /// What it would take, from 1 to 3.
    #[serde(default)]
    effort: Option<u8>,
    /// The path of the page that it is about.
    #[serde(default)]
    page: String,
    /// The key of the team whose it is.
    #[serde(default)]
    team: String,
}

/// The body as an idea without a fault, and its team.
fn written(sql: &mut impl Sql, request: &Request) -> Result<(Written, String)> {
    let New { what, expect, evidence, impact, effort, page, team } = request.body()?;
    let [what, expect, evidence, page] = [what, expect, evidence, page].map(|text| text.trim().to_string());
    let written = Written { what, expect, thought: Thought { evidence, impact, effort, page } };
    let mut problems = written.problems();
    if !team.is_empty() {
        problems.extend(teams::unknown(sql, &team)?);
    }
    if problems.is_empty() { Ok((written, team)) } else { Err(invalid(&problems)) }
}

/// Writes an idea down.
pub(super) fn add(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let (written, team) = written(sql, request)?;
    let key = experiments::free(sql, &written.what)?;
    let Written { what, expect, thought } = written;
    let author = request.caller.actor.name.clone();
    let idea = Experiment::idea(key.clone(), what.clone(), expect, author, request.now);
    let idea = Experiment { thought: Some(thought), ..idea };
    store::save(sql, &idea)?;
    library::index(sql, &idea)?;
    audit::note(sql, request, "write an idea", &key, &what)?;
    teams::own(sql, request, ("experiment", &key), &team)?;
    one(sql, request, &key)
}

/// What somebody writes in the place of an idea, whose team it may change.
pub(super) fn again(sql: &mut impl Sql, request: &Request, key: &str) -> Result<Written> {
    let (written, team) = written(sql, request)?;
    teams::own(sql, request, ("experiment", key), &team)?;
    Ok(written)
}

/// Says that the caller is for an idea, or is not any more. Twice is once.
pub(super) fn vote(sql: &mut impl Sql, request: &Request, key: &str, on: bool) -> Result<Value> {
    let idea = store::experiment(sql, key)?.experiment;
    if idea.thought.is_none() {
        return refuse(404, "There is no such idea.");
    }
    let cells = [key.into(), number(request).into()];
    let before = !sql.run("SELECT 1 FROM vote WHERE experiment = ? AND person = ?", &cells)?.is_empty();
    if on != before {
        if idea.state != State::Idea {
            return Err(super::forbidden("It is no longer a mere idea.", "Vote for those that nobody has taken up."));
        }
        if on {
            let [key, person] = cells;
            sql.run("INSERT INTO vote VALUES (?, ?, ?)", &[key, person, request.now.0.into()])?;
        } else {
            sql.run("DELETE FROM vote WHERE experiment = ? AND person = ?", &cells)?;
        }
        audit::note(sql, request, if on { "vote" } else { "take a vote back" }, key, &idea.title)?;
    }
    one(sql, request, key)
}

/// Votes and whether one is the caller's, by idea.
pub(super) fn votes(
    sql: &mut impl Sql,
    request: &Request,
) -> core::result::Result<BTreeMap<String, (i64, bool)>, Failure> {
    let statement = "SELECT experiment, count(*), max(person = ?) FROM vote GROUP BY experiment";
    let rows = sql.run(statement, &[number(request).into()])?;
    Ok(rows.iter().map(|row| (text(row, 0), (integer(row, 1), integer(row, 2) == 1))).collect())
}

/// All ideas: those with most votes first, and among these what brings more for what it takes, the newest first.
pub(super) fn list(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let team = request.query("team");
    let told = told(sql, request, |_, owner| team.is_empty() || owner == team)?;
    Ok(json!({"ideas": told}))
}

fn one(sql: &mut impl Sql, request: &Request, key: &str) -> Result<Value> {
    told(sql, request, |experiment, _| experiment.key == key).map(|mut told| told.pop().unwrap_or_default())
}

fn told(sql: &mut impl Sql, request: &Request, wanted: impl Fn(&Experiment, &str) -> bool) -> Result<Vec<Value>> {
    let around = experiments::around(sql, request.now)?;
    let said = comments::counts(sql)?;
    let (cast_for, owners) = (votes(sql, request)?, teams::owners(sql, "experiment")?);
    let owner = |experiment: &Experiment| owners.get(&experiment.key).map_or("", String::as_str);
    let all = experiments::all(sql, &around)?.into_iter();
    let all = all.filter(|seen| seen.kept.experiment.thought.is_some());
    let all: Vec<Seen> = all.filter(|seen| wanted(&seen.kept.experiment, owner(&seen.kept.experiment))).collect();
    let cast = |experiment: &Experiment| cast_for.get(&experiment.key).copied().unwrap_or_default();
    // The list came with the newest first.
    let all = order::sorted(all, |one, other| {
        let (one, other) = (&one.kept.experiment, &other.kept.experiment);
        let pays = other.thought.as_ref().zip(one.thought.as_ref()).map(|(other, one)| other.pays_more(one));
        cast(other).0.cmp(&cast(one).0).then(pays.unwrap_or(core::cmp::Ordering::Equal))
    });
    let told = |seen: &Seen| {
        let experiment = &seen.kept.experiment;
        let (votes, own) = cast(experiment);
        let Thought { evidence, impact, effort, page } = experiment.thought.clone().unwrap_or_default();
        let mut told = card(&seen.scene(&around));
        for (name, value) in [
            ("expect", json!(experiment.note)),
            ("evidence", json!(evidence)),
            ("impact", json!(impact)),
            ("effort", json!(effort)),
            ("page", json!(page)),
            ("team", json!(owner(experiment))),
            ("votes", json!(votes)),
            ("voted", json!(own)),
            ("comments", json!(said.get(&experiment.key).copied().unwrap_or_default())),
            ("created", json!(experiment.created)),
        ] {
            told[name] = value;
        }
        told
    };
    Ok(all.iter().map(told).collect())
}

/// Forgets the votes for what is no longer there.
pub(super) fn forget(sql: &mut impl Sql, key: &str) -> core::result::Result<(), Failure> {
    sql.run("DELETE FROM vote WHERE experiment = ?", &[key.into()]).map(drop)
}

/// Whoever goes takes their votes along.
pub(super) fn leave(sql: &mut impl Sql, person: i64) -> core::result::Result<(), Failure> {
    sql.run("DELETE FROM vote WHERE person = ?", &[person.into()]).map(drop)
}
