//! What is new on old data: the sums of a metric, or of two runs together, made from what is kept of their units.
//!
//! Units go by in the order of their hashes, some in each transaction. At every moment the sums are those of the units that
//! were looked at, so whatever comes in meanwhile, or goes, is counted once.

use super::definitions::{ALL_TRAFFIC, Known};
use super::sums::Changes;
use super::unit::Unit;
use super::{event, exposure};
use crate::sql::{Cell, Failure, Sql};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

/// Units whose sums are made anew in one transaction: it takes some ten milliseconds.
const CHUNK: usize = 500;

/// A metric whose sums are being made from old data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rebuilding {
    /// The run.
    pub run: String,
    /// The metric.
    pub metric: String,
    /// How much of it is done, 0 to 1. Hashes are spread evenly, so their order tells.
    pub done: f64,
}

/// The metrics whose sums are being made from old data.
pub fn rebuilding(sql: &mut impl Sql) -> Result<Vec<Rebuilding>, Failure> {
    let rows = sql.run("SELECT run, metric, behind FROM metric WHERE behind IS NOT NULL", &[])?;
    let one = |row: &Vec<Cell>| match &row[..] {
        [run, metric, behind] => {
            let first =
                behind.blob().iter().chain(&[0; 4]).take(4).fold(0_u32, |all, byte| all << 8 | u32::from(*byte));
            let done = f64::from(first) / f64::from(u32::MAX);
            Some(Rebuilding { run: run.text().to_string(), metric: metric.text().to_string(), done })
        }
        _ => None,
    };
    Ok(rows.iter().filter_map(one).collect())
}

/// Makes the sums of some more units. Gives whether there is more to do.
pub fn rebuild(sql: &mut impl Sql) -> Result<bool, Failure> {
    let due = sql.run(
        "SELECT 'metric', run, metric, behind FROM metric WHERE behind IS NOT NULL \
         UNION ALL SELECT 'pair', one, other, behind FROM pair WHERE behind IS NOT NULL LIMIT 2",
        &[],
    )?;
    let Some([table, run, other, behind]) = due.first().map(Vec::as_slice) else { return Ok(false) };
    let units = match run.text() {
        ALL_TRAFFIC => event::behind(sql, behind.blob(), CHUNK)?,
        run => exposure::behind(sql, run, behind.blob(), CHUNK)?,
    };
    let known = Known::measures(sql)?;
    let mut changes = Changes::default();
    for hash in &units {
        let unit = Unit::read(sql, hash)?;
        if table.text() == "metric" {
            unit.measured(run.text(), other.text(), &known, &mut changes);
        } else {
            unit.paired(run.text(), other.text(), &known, &mut changes);
            unit.paired(other.text(), run.text(), &known, &mut changes);
        }
    }
    changes.apply(sql)?;
    let is_last = units.len() < CHUNK;
    let behind = units.last().filter(|_| !is_last).map_or(Cell::Null, |unit| unit.as_slice().into());
    let update = if table.text() == "metric" {
        "UPDATE metric SET behind = ? WHERE run = ? AND metric = ?"
    } else {
        "UPDATE pair SET behind = ? WHERE one = ? AND other = ?"
    };
    sql.run(update, &[behind, run.clone(), other.clone()])?;
    Ok(due.len() > 1 || !is_last)
}
