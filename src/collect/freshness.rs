//! When a run was last heard of: what tells a quiet experiment from a broken pipe, without reading any other row.
//!
//! It follows from the set of reports that came in, so no order of delivery can bend it either.

use super::exposure::Meeting;
use crate::sql::{Cell, Failure, Sql};
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

fn time(cell: &Cell) -> Option<i64> {
    (cell != &Cell::Null).then(|| cell.integer())
}
