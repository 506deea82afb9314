//! When something last came in: what tells a quiet experiment from a broken pipe, without reading any other row.
//!
//! All of it follows from the set of events that came in, so no order of delivery can bend it either.

use super::Meeting;
use crate::sql::{Cell, Failure, Sql};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The latest times that were told of a run, in milliseconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freshness {
    /// When the edge last decided; nothing if it never did.
    pub assigned_at: Option<i64>,
    /// When a browser last showed a variant; nothing if none did.
    pub confirmed_at: Option<i64>,
}

/// An event that some metric counts, as far as this shard has stored it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenEvent {
    /// Its name.
    pub name: String,
    /// When it last happened, in milliseconds since 1970; nothing if it never did.
    pub last: Option<i64>,
    /// How often it happened.
    pub n: i64,
}

/// Notes a report of a meeting. Most reports of visitors who come again tell nothing later and write nothing.
pub(super) fn met(sql: &mut impl Sql, meeting: &Meeting) -> Result<(), Failure> {
    let cells = [meeting.run.as_str().into(), meeting.assigned_at.into(), meeting.confirmed_at.into()];
    sql.run(
        "INSERT INTO freshness VALUES (?, ?, ?) ON CONFLICT (run) DO UPDATE SET \
         assigned_at = max(assigned_at, excluded.assigned_at), \
         confirmed_at = max(ifnull(confirmed_at, excluded.confirmed_at), ifnull(excluded.confirmed_at, confirmed_at)) \
         WHERE excluded.assigned_at > assigned_at OR excluded.confirmed_at > ifnull(confirmed_at, -1)",
        &cells,
    )
    .map(drop)
}

/// Begins to watch an event, with all of it that has been stored before.
pub(super) fn watch(sql: &mut impl Sql, event: &str) -> Result<(), Failure> {
    let statement = "INSERT OR IGNORE INTO seen_event SELECT ?, max(at), count(*) FROM event WHERE name = ?";
    sql.run(statement, &[event.into(), event.into()]).map(drop)
}

/// Notes an event that was stored just now, if anything counts it.
pub(super) fn happened(sql: &mut impl Sql, event: &str, at: i64) -> Result<(), Failure> {
    let statement = "UPDATE seen_event SET n = n + 1, last = max(ifnull(last, ?), ?) WHERE name = ?";
    sql.run(statement, &[at.into(), at.into(), event.into()]).map(drop)
}

/// The latest times of a run.
pub fn freshness(sql: &mut impl Sql, run: &str) -> Result<Freshness, Failure> {
    let rows = sql.run("SELECT assigned_at, confirmed_at FROM freshness WHERE run = ?", &[run.into()])?;
    Ok(match rows.first().map(Vec::as_slice) {
        Some([assigned_at, confirmed_at]) => {
            Freshness { assigned_at: time(assigned_at), confirmed_at: time(confirmed_at) }
        }
        _ => Freshness::default(),
    })
}

/// Every event that some metric counts, by name.
pub fn events(sql: &mut impl Sql) -> Result<Vec<SeenEvent>, Failure> {
    let rows = sql.run("SELECT name, last, n FROM seen_event ORDER BY name", &[])?;
    let seen = rows.iter().filter_map(|row| match &row[..] {
        [name, last, n] => Some(SeenEvent { name: name.text().to_string(), last: time(last), n: n.integer() }),
        _ => None,
    });
    Ok(seen.collect())
}

fn time(cell: &Cell) -> Option<i64> {
    (cell != &Cell::Null).then(|| cell.integer())
}
