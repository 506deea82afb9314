//! Notes: what a team has written down itself, found by its words beside what visitors said ([`crate::voices::index`]):
//! comments, claims, and what was learned of experiments.

use super::{Request, Result, claims, integer, store, text};
use crate::lifecycle::Experiment;
use crate::sql::{Cell, Failure, LAST, Sql};
use crate::voices::index;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::{Value, json};

// A claim is a note of no experiment, by its own number. A debrief is the note of an experiment that is no comment: number 0.
pub(super) const TABLES: &[&str] =
    &["CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, experiment TEXT NOT NULL, \
     comment INTEGER NOT NULL, at INTEGER NOT NULL, text TEXT NOT NULL, UNIQUE (experiment, comment))"];

/// Notes that one search gives at most.
const FOUND: i64 = 50;

type Done = core::result::Result<(), Failure>;

/// Makes the index.
pub(super) fn make(sql: &mut impl Sql) -> Done {
    index::prepare(sql)
}

/// Enters everything that is there.
pub(super) fn rebuild(sql: &mut impl Sql) -> Done {
    for row in sql.run("SELECT experiment, id, at, text FROM comment", &[])? {
        put(sql, row[0].text(), (row[1].integer(), row[2].integer()), row[3].text())?;
    }
    for kept in store::experiments(sql)? {
        debriefed(sql, &kept.experiment)?;
    }
    claims::rebuild(sql)
}

/// Enters what was learned of an experiment, as it is now.
pub(super) fn debriefed(sql: &mut impl Sql, experiment: &Experiment) -> Done {
    let Some(debrief) = &experiment.debrief else { return Ok(()) };
    let all: Vec<_> = debrief.answers.values().map(String::as_str).collect();
    put(sql, &experiment.key, (0, debrief.at), &all.join(" "))
}

/// Enters a comment, or what was learned, in the place of what was there.
pub(super) fn put(sql: &mut impl Sql, experiment: &str, (comment, at): (i64, i64), text: &str) -> Done {
    let statement = "INSERT INTO note (experiment, comment, at, text) VALUES (?, ?, ?, ?) \
         ON CONFLICT DO UPDATE SET at = excluded.at, text = excluded.text RETURNING id";
    let rows = sql.run(statement, &[experiment.into(), comment.into(), at.into(), text.into()])?;
    let id = rows.first().map_or(0, |row| integer(row, 0));
    index::put(sql, id, &[index::mark('e', &[experiment])], text)
}

/// Takes a comment out; of an experiment that is no longer there all notes.
pub(super) fn remove(sql: &mut impl Sql, experiment: &str, comment: Option<i64>) -> Done {
    let statement = "DELETE FROM note WHERE experiment = ?1 AND (?2 IS NULL OR comment = ?2) RETURNING id";
    for row in sql.run(statement, &[experiment.into(), comment.into()])? {
        index::remove(sql, integer(&row, 0))?;
    }
    Ok(())
}

/// Notes with these words, newest first, and what the shell has to know to look among what visitors said, too.
pub(super) fn search(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let (typed, about, variant) = (request.query("q"), request.query("experiment"), request.query("variant"));
    let limit = request.number("limit", FOUND)?.unwrap_or(FOUND);
    let scope: Vec<_> =
        [about].into_iter().filter(|about| !about.is_empty()).map(|about| index::mark('e', &[about])).collect();
    // Nothing that a team has written was written by somebody who has met a variant.
    let found = if variant.is_empty() { index::find(sql, typed, &scope, (LAST, limit))? } else { None };
    let ids = json!(found.unwrap_or_default());
    let statement =
        "SELECT experiment, comment, at, text FROM note WHERE id IN (SELECT value FROM json_each(?)) ORDER BY at DESC";
    let rows = sql.run(statement, &[format!("{ids}").as_str().into()])?;
    let experiments = store::experiments(sql)?;
    let run =
        experiments.iter().find(|kept| kept.experiment.key == about).and_then(|kept| kept.experiment.run.as_ref());
    let title =
        |key: &str| experiments.iter().find(|kept| kept.experiment.key == key).map(|kept| &kept.experiment.title);
    let told = |row: &Vec<Cell>| {
        let kind = match (row[0].text(), integer(row, 1)) {
            ("", _) => "claim",
            (_, 0) => "debrief",
            _ => "comment",
        };
        json!({"kind": kind, "at": integer(row, 2), "experiment": text(row, 0), "title": title(&text(row, 0)), "text": text(row, 3)})
    };
    let runs = experiments.iter().filter_map(|kept| {
        let run = kept.experiment.run.as_ref()?;
        Some(json!({"run": run.id, "experiment": kept.experiment.key, "title": kept.experiment.title}))
    });
    Ok(json!({
        "found": rows.iter().map(told).collect::<Vec<_>>(), "runs": runs.collect::<Vec<_>>(),
        "query": {"words": typed, "run": run.map_or(about, |run| &run.id), "variant": variant, "limit": limit},
    }))
}
