//! What people follow: an experiment, a page, or a team with all that it tries.

use super::experiments::{self, Around, Seen};
use super::{Request, Result, audit, misshapen, people, store, teams, text};
use crate::document::Document;
use crate::lifecycle::{Experiment, State, checks};
use crate::screens::experiment::card;
use crate::sql::{Failure, Sql};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const TABLES: &[&str] =
    &["CREATE TABLE IF NOT EXISTS follow (person INTEGER NOT NULL, kind TEXT NOT NULL, \
     subject TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (person, kind, subject)) WITHOUT ROWID"];

/// Characters of a path.
const PATH: usize = 300;

/// What stands for whoever holds the admin's token, where people are numbers.
pub(super) const NOBODY: i64 = 0;

/// A wish to follow something, or to do so no longer.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Follow {
    /// `test`, `page` or `team`.
    kind: String,
    /// The key of an experiment or of a team, or the path of a page.
    subject: String,
    /// Whether to follow it from now on.
    #[serde(default = "yes")]
    on: bool,
}

const fn yes() -> bool {
    true
}

/// The caller's number.
pub(super) fn number(request: &Request) -> i64 {
    request.caller.person.unwrap_or(NOBODY)
}

pub(super) fn follow(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let Follow { kind, subject, on } = request.body()?;
    let cells = [number(request).into(), kind.as_str().into(), subject.as_str().into()];
    let before = is_followed(sql, request, &kind, &subject)?;
    if on && !before {
        match kind.as_str() {
            "test" => drop(store::experiment(sql, &subject)?),
            "team" => teams::exists(sql, &subject)?,
            "page" if subject.starts_with('/') && subject.chars().count() <= PATH => {}
            "page" => {
                return Err(misshapen(
                    "/subject",
                    "This is no path of a page.",
                    "A path begins with “/”, such as /cart.",
                ));
            }
            _ => return Err(misshapen("/kind", "Nothing of this kind can be followed.", "Use test, page or team.")),
        }
        let [person, kind, subject] = cells;
        sql.run("INSERT INTO follow VALUES (?, ?, ?, ?)", &[person, kind, subject, request.now.0.into()])?;
    } else if before && !on {
        sql.run("DELETE FROM follow WHERE person = ? AND kind = ? AND subject = ?", &cells)?;
    }
    if on != before {
        audit::note(sql, request, if on { "follow" } else { "follow no longer" }, &subject, &kind)?;
    }
    list(sql, request)
}

/// All that the caller follows.
pub(super) fn list(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let around = experiments::around(sql, request.now)?;
    let all = experiments::all(sql, &around)?;
    Ok(json!({"follows": of(sql, request, &all, &around)?}))
}

/// The same among experiments that are known: what is followed, and what is tried there now.
pub(super) fn of(sql: &mut impl Sql, request: &Request, all: &[Seen], around: &Around) -> Result<Vec<Value>> {
    let rows = sql.run(
        "SELECT kind, subject FROM follow WHERE person = ? ORDER BY at DESC, kind, subject",
        &[number(request).into()],
    )?;
    let (owners, teams) = (teams::owners(sql, "experiment")?, teams::current(sql)?);
    let told = |row: &Vec<_>| {
        let (kind, subject) = (text(row, 0), text(row, 1));
        let is_of = |experiment: &Experiment| {
            let team = owners.get(&experiment.key);
            (kind == "test" || is_open(experiment)) && is_about((&kind, &subject), experiment, team, &around.document)
        };
        let met: Vec<&Seen> = all.iter().filter(|seen| is_of(&seen.kept.experiment)).collect();
        let name = match kind.as_str() {
            "test" => met.first().map(|seen| seen.kept.experiment.title.clone()),
            "team" => teams.name(&subject).map(ToString::to_string),
            _ => None,
        };
        let tests: Vec<_> = met.iter().map(|seen| card(&seen.scene(around))).collect();
        json!({"kind": kind, "name": name.unwrap_or_else(|| subject.clone()), "subject": subject, "tests": tests})
    };
    Ok(rows.iter().map(told).collect())
}

/// Whether what somebody follows is an experiment, its page or its team.
fn is_about(
    (kind, subject): (&str, &str),
    experiment: &Experiment,
    team: Option<&String>,
    document: &Document,
) -> bool {
    match kind {
        "test" => experiment.key == subject,
        "team" => team.is_some_and(|team| team == subject),
        _ => checks::changes(experiment, subject, document),
    }
}

/// Whether something is still to come of an experiment.
fn is_open(experiment: &Experiment) -> bool {
    !matches!(experiment.state, State::Idea | State::Debriefed | State::Archived)
}

/// Who follows an experiment, by itself, its page or its team.
pub(super) fn followers(
    sql: &mut impl Sql,
    experiment: &Experiment,
    document: &Document,
) -> core::result::Result<Vec<String>, Failure> {
    let team = teams::owners(sql, "experiment")?.remove(&experiment.key);
    let rows = sql.run(
        "SELECT follow.kind, follow.subject, coalesce(person.name, ?) FROM follow \
         LEFT JOIN person ON person.id = follow.person ORDER BY follow.person",
        &[people::ADMIN.into()],
    )?;
    let is_meant = |row: &&Vec<_>| is_about((&text(row, 0), &text(row, 1)), experiment, team.as_ref(), document);
    let mut names: Vec<String> = rows.iter().filter(is_meant).map(|row| text(row, 2)).collect();
    names.dedup();
    Ok(names)
}

/// Whether the caller follows just this.
pub(super) fn is_followed(
    sql: &mut impl Sql,
    request: &Request,
    kind: &str,
    subject: &str,
) -> core::result::Result<bool, Failure> {
    let statement = "SELECT 1 FROM follow WHERE person = ? AND kind = ? AND subject = ?";
    Ok(!sql.run(statement, &[number(request).into(), kind.into(), subject.into()])?.is_empty())
}

/// Forgets something that is no longer there.
pub(super) fn forget(sql: &mut impl Sql, kind: &str, subject: &str) -> core::result::Result<(), Failure> {
    sql.run("DELETE FROM follow WHERE kind = ? AND subject = ?", &[kind.into(), subject.into()]).map(drop)
}

/// Whoever goes follows nothing any more.
pub(super) fn leave(sql: &mut impl Sql, person: i64) -> core::result::Result<(), Failure> {
    sql.run("DELETE FROM follow WHERE person = ?", &[person.into()]).map(drop)
}
