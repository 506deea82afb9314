//! Experiments, what was counted of them and single values, as rows.

use super::{Result, integer, refuse, text};
use crate::collect::{Heard, Sum, Tally};
use crate::counts::Counts;
use crate::document::Intake;
use crate::lifecycle::Experiment;
use crate::order;
use crate::screens::Look;
use crate::sql::{Failure, Sql};
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(super) const TABLES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS experiment (key TEXT PRIMARY KEY, revision INTEGER NOT NULL, json TEXT NOT NULL)",
    // What each shard has counted of a run, replaced whole by what is newer: a lost, late or repeated telling cannot count
    // twice.
    "CREATE TABLE IF NOT EXISTS tally (run TEXT NOT NULL, shard TEXT NOT NULL, sequence INTEGER NOT NULL, \
     heard INTEGER NOT NULL, last INTEGER, json TEXT NOT NULL, PRIMARY KEY (run, shard)) WITHOUT ROWID",
    // Runs of which somebody has been told that a shard is silent.
    "CREATE TABLE IF NOT EXISTS silence (run TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS look (run TEXT NOT NULL, at INTEGER NOT NULL, json TEXT NOT NULL, \
     PRIMARY KEY (run, at)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS setting (key TEXT PRIMARY KEY, revision INTEGER NOT NULL, json TEXT NOT NULL)",
];

/// An experiment and its revision.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) experiment: Experiment,
    pub(super) revision: i64,
}

/// A row's JSON as what it was written from. One way for all: each further one is a second reader in the Worker.
#[inline(never)]
pub(super) fn parsed<T: DeserializeOwned>(json: &str) -> core::result::Result<T, Failure> {
    serde_json::from_str(json).map_err(|error| Failure(alloc::format!("a row is no longer readable: {error}")))
}

/// What is told of something that rows hold: read from its text, since a second way of writing it would be a second writer
/// in the Worker.
pub(super) fn tree(value: &impl Serialize) -> Value {
    written(value).and_then(|json| parsed(&json)).unwrap_or_default()
}

fn written(value: &impl Serialize) -> core::result::Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure(alloc::format!("a row cannot be written: {error}")))
}

/// Every experiment, newest first.
pub(super) fn experiments(sql: &mut impl Sql) -> core::result::Result<Vec<Kept>, Failure> {
    let rows = sql.run("SELECT revision, json FROM experiment", &[])?;
    let kept = |row: &Vec<_>| Ok(Kept { revision: integer(row, 0), experiment: parsed(&text(row, 1))? });
    let all = rows.iter().map(kept).collect::<core::result::Result<Vec<_>, Failure>>()?;
    let age = |kept: &Kept| (kept.experiment.created, kept.experiment.key.clone());
    Ok(order::sorted(all, |one, other| age(other).cmp(&age(one))))
}

/// One experiment.
pub(super) fn experiment(sql: &mut impl Sql, key: &str) -> Result<Kept> {
    let rows = sql.run("SELECT revision, json FROM experiment WHERE key = ?", &[key.into()])?;
    match rows.first() {
        Some(row) => Ok(Kept { revision: integer(row, 0), experiment: parsed(&text(row, 1))? }),
        None => refuse(404, "There is no such experiment; the list of all has their keys."),
    }
}

/// Writes an experiment and gives its new revision.
pub(super) fn save(sql: &mut impl Sql, experiment: &Experiment) -> core::result::Result<i64, Failure> {
    sql.run(
        "INSERT INTO experiment VALUES (?, 1, ?) \
         ON CONFLICT (key) DO UPDATE SET revision = revision + 1, json = excluded.json",
        &[experiment.key.as_str().into(), written(experiment)?.as_str().into()],
    )?;
    let rows = sql.run("SELECT revision FROM experiment WHERE key = ?", &[experiment.key.as_str().into()])?;
    Ok(rows.first().map_or(0, |row| integer(row, 0)))
}

/// Forgets an experiment.
pub(super) fn forget(sql: &mut impl Sql, key: &str) -> core::result::Result<(), Failure> {
    sql.run("DELETE FROM experiment WHERE key = ?", &[key.into()]).map(drop)
}

/// What all shards of an intake have counted of a run: signed and open units are never added up.
pub(super) fn counts(sql: &mut impl Sql, run: &str, intake: Intake) -> core::result::Result<Counts, Failure> {
    let mut counts = Counts::default();
    let rows = sql.run("SELECT last, json, heard, shard FROM tally WHERE run = ?", &[run.into()])?;
    for row in rows.into_iter().filter(|row| Intake::of_shard(&text(row, 3)) == intake) {
        counts.last = counts.last.max(Some(integer(&row, 0)).filter(|last| *last > 0));
        counts.sums.extend(parsed::<Vec<Sum>>(&text(&row, 1))?);
        let heard = integer(&row, 2);
        counts.heard = Some(counts.heard.map_or(heard, |before| before.min(heard)));
    }
    Ok(counts)
}

/// Keeps what a shard has counted of a run if nothing later is there. Gives what is there then.
pub(super) fn hear(sql: &mut impl Sql, tally: &Tally, now: i64) -> core::result::Result<Heard, Failure> {
    let Tally { run, shard, sequence, last, sums } = tally;
    let json = written(sums)?;
    let cells = [
        run.as_str().into(),
        shard.as_str().into(),
        (*sequence).into(),
        now.into(),
        (*last).into(),
        json.as_str().into(),
    ];
    sql.run(
        "INSERT INTO tally VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (run, shard) DO UPDATE SET sequence = excluded.sequence, \
         heard = excluded.heard, last = excluded.last, json = excluded.json WHERE excluded.sequence > tally.sequence",
        &cells,
    )?;
    let cells = [run.as_str().into(), shard.as_str().into()];
    let rows = sql.run("SELECT sequence FROM tally WHERE run = ? AND shard = ?", &cells)?;
    Ok(Heard { run: run.clone(), sequence: rows.first().map_or(0, |row| integer(row, 0)) })
}

/// Whether somebody has been told that a shard of a run is silent.
pub(super) fn is_silent(sql: &mut impl Sql, run: &str) -> core::result::Result<bool, Failure> {
    Ok(!sql.run("SELECT 1 FROM silence WHERE run = ?", &[run.into()])?.is_empty())
}

/// Notes that they have, or that it is heard again.
pub(super) fn note_silence(sql: &mut impl Sql, run: &str, silent: bool) -> core::result::Result<(), Failure> {
    let statement =
        if silent { "INSERT OR IGNORE INTO silence VALUES (?)" } else { "DELETE FROM silence WHERE run = ?" };
    sql.run(statement, &[run.into()]).map(drop)
}

/// The looks at a run, oldest first.
pub(super) fn looks(sql: &mut impl Sql, run: &str) -> core::result::Result<Vec<Look>, Failure> {
    let rows = sql.run("SELECT json FROM look WHERE run = ? ORDER BY at", &[run.into()])?;
    rows.iter().map(|row| parsed(&text(row, 0))).collect()
}

/// The last look at a run.
pub(super) fn last_look(sql: &mut impl Sql, run: &str) -> core::result::Result<Option<Look>, Failure> {
    let rows = sql.run("SELECT json FROM look WHERE run = ? ORDER BY at DESC LIMIT 1", &[run.into()])?;
    rows.first().map(|row| parsed(&text(row, 0))).transpose()
}

/// Keeps a look.
pub(super) fn look(sql: &mut impl Sql, run: &str, look: &Look) -> core::result::Result<(), Failure> {
    let json = written(look)?;
    let cells = [run.into(), look.at.into(), json.as_str().into()];
    sql.run("INSERT OR REPLACE INTO look VALUES (?, ?, ?)", &cells).map(drop)
}

/// A single value and its revision; the default at revision 0 if it was never written.
pub(super) fn setting<T: DeserializeOwned>(
    sql: &mut impl Sql,
    key: &str,
    default: impl FnOnce() -> T,
) -> core::result::Result<(T, i64), Failure> {
    let rows = sql.run("SELECT revision, json FROM setting WHERE key = ?", &[key.into()])?;
    match rows.first() {
        Some(row) => Ok((parsed(&text(row, 1))?, integer(row, 0))),
        None => Ok((default(), 0)),
    }
}

/// Writes a single value.
pub(super) fn set(sql: &mut impl Sql, key: &str, value: &impl Serialize) -> core::result::Result<(), Failure> {
    let json = written(value)?;
    sql.run(
        "INSERT INTO setting VALUES (?, 1, ?) ON CONFLICT (key) DO UPDATE SET revision = revision + 1, json = excluded.json",
        &[key.into(), json.as_str().into()],
    )
    .map(drop)
}
