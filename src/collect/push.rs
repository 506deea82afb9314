//! What a shard tells the control object by itself: its vectors of a run from the beginning, numbered, so that one that is
//! lost, late or repeated changes nothing.
//!
//! The shell asks [`push`] for what is due, sends it, and says by [`told`] what has arrived. Until then it stays due, over
//! any crash. A run of which nothing is new is told again now and then: who hears nothing at all knows that something is
//! wrong.

use super::sums::{Sum, sums};
use super::{freshness, freshness::Freshness};
use crate::order;
use crate::sql::{Cell, Failure, Sql};
use crate::time::{DAY, Millis};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// One row for each run. `sequence` is the number of the last telling, `told` of the last one that has arrived, `dirty`
/// whether sums have changed since, `at` when that was.
pub(super) const TABLE: &str = "CREATE TABLE IF NOT EXISTS push (run TEXT PRIMARY KEY, sequence INTEGER NOT NULL, \
     told INTEGER NOT NULL, dirty INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID";

/// Milliseconds after which a run is told again of which nothing is new. Windows close meanwhile, too.
pub const BEAT: i64 = 5 * 60_000;

/// Milliseconds after a shard's last visitor of a run after which it is no longer told for its own sake. Whoever still runs
/// has had somebody by then in every shard.
const LIFE: i64 = 60 * DAY;

/// What a shard has counted of a run, from the beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// The run.
    pub run: String,
    /// The shard's name.
    pub shard: String,
    /// The number of this telling, among those of this shard of this run.
    pub sequence: i64,
    /// When the shard last confirmed a unit of the run.
    pub last: Option<i64>,
    /// Its vectors.
    pub sums: Vec<Sum>,
}

/// Which telling of a run has arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heard {
    /// The run.
    pub run: String,
    /// The highest number that was heard.
    pub sequence: i64,
}

/// Notes that sums of runs have changed, in the transaction in which they do.
pub(super) fn changed<'r>(sql: &mut impl Sql, runs: impl Iterator<Item = &'r str>) -> Result<(), Failure> {
    // What all traffic does belongs to no run.
    let runs = order::each(runs.filter(|run| !run.is_empty()));
    if runs.is_empty() {
        return Ok(());
    }
    sql.run(
        "INSERT INTO push SELECT value, 0, 0, 1, 0 FROM json_each(?) WHERE true \
         ON CONFLICT (run) DO UPDATE SET dirty = 1 WHERE dirty = 0",
        &[json!(runs).to_string().as_str().into()],
    )
    .map(drop)
}

/// What is to be told now by the shard of this name. Each telling has a number of its own, whether it arrives or not.
pub fn push(sql: &mut impl Sql, shard: &str, now: Millis) -> Result<Vec<Tally>, Failure> {
    let due = sql.run(
        "UPDATE push SET sequence = sequence + 1, dirty = 0, at = ? \
         WHERE dirty = 1 OR told < sequence OR (at <= ? AND run IN (SELECT run FROM freshness WHERE assigned_at > ?)) \
         RETURNING run, sequence",
        &[now.0.into(), (now.0 - BEAT).into(), (now.0 - LIFE).into()],
    )?;
    let mut tallies = Vec::new();
    for row in &due {
        let [run, sequence] = &row[..] else { continue };
        let run = run.text().to_string();
        let Freshness { confirmed_at: last, .. } = freshness::freshness(sql, &run)?;
        let mut sums = sums(sql, &run, now)?;
        sums.extend(automatic(sql, &run)?);
        tallies.push(Tally { run, shard: shard.to_string(), sequence: sequence.integer(), last, sums });
    }
    Ok(tallies)
}

/// The exposures of each variant that were left out as those of machines, behind an exposure's other counts. They have no
/// epoch.
fn automatic(sql: &mut impl Sql, run: &str) -> Result<Vec<Sum>, Failure> {
    let rows = sql.run(
        "SELECT variant, sum(n) FROM ledger WHERE run = ? AND outcome = 'filtered' AND reason LIKE 'bot%' GROUP BY variant",
        &[run.into()],
    )?;
    let sum = |row: &Vec<Cell>| {
        let [variant, n] = &row[..] else { return None };
        let vector = [0, 0, 0, 0, 0, n.integer()].iter().map(ToString::to_string).collect();
        let (metric, dimension) = (String::new(), String::new());
        Some(Sum { variant: variant.text().to_string(), epoch: 0, metric, dimension, open: false, vector })
    };
    Ok(rows.iter().filter_map(sum).collect())
}

/// Takes note of what has arrived. Where a higher number was heard than was ever given here, this shard has lost its
/// memory: it goes on behind that number, or nobody would hear it again.
pub fn told(sql: &mut impl Sql, heard: &[Heard]) -> Result<(), Failure> {
    heard.iter().try_for_each(|Heard { run, sequence }| {
        let cells = [(*sequence).into(), (*sequence).into(), (*sequence).into(), run.as_str().into()];
        sql.run(
            "UPDATE push SET told = max(told, ?), dirty = max(dirty, ? > sequence), sequence = max(sequence, ?) WHERE run = ?",
            &cells,
        )
        .map(drop)
    })
}

/// Whether there is something to tell, now or later.
pub fn telling(sql: &mut impl Sql, now: Millis) -> Result<bool, Failure> {
    let rows = sql.run(
        "SELECT EXISTS (SELECT 1 FROM push WHERE dirty = 1 OR told < sequence) \
         OR EXISTS (SELECT 1 FROM freshness WHERE assigned_at > ?)",
        &[(now.0 - LIFE).into()],
    )?;
    Ok(rows.first().and_then(|row| row.first()).is_some_and(|cell: &Cell| cell.integer() == 1))
}
