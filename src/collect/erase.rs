//! What does not stay: a unit that is erased, and rows that are too old to be of use.

use super::definitions::{self, Known};
use super::segment::{self, Line, hex};
use super::sums::Changes;
use super::unit::{self, Unit};
use super::{exposure, ledger};
use crate::sql::{Cell, Failure, Sql};
use crate::time::{DAY, Millis};
use alloc::vec::Vec;

/// Milliseconds after which a page of which nothing comes in has ended: a day more than browsers keep an envelope.
const PAGE_ENDED: i64 = 8 * DAY;

/// Pages whose rows are folded in one transaction.
const CHUNK: usize = 1000;

/// Takes a unit out of everything: rows, sums, and the lines that wait for a segment. All segments are marked to be
/// looked through. Its tombstone stays: whatever is told of it from now on is filtered, and a replay leaves it out.
/// Gives how many rows there were.
pub fn erase(sql: &mut impl Sql, unit: &str, now: Millis) -> Result<u64, Failure> {
    let Some(hash) = super::unit_of(unit) else { return Ok(0) };
    let known = Known::measures(sql)?;
    let all = Unit::read(sql, &hash)?;
    let mut changes = Changes::default();
    all.contribute(&known, &mut changes, -1);
    all.deeds.iter().for_each(|deed| unit::total(&hash, deed, &known, &mut changes, -1));
    changes.apply(sql)?;
    let cell: Cell = hash.as_slice().into();
    for table in ["exposure", "event", "page"] {
        sql.run(&alloc::format!("DELETE FROM {table} WHERE unit = ?"), core::slice::from_ref(&cell))?;
    }
    segment::unwrite(sql, &hash)?;
    sql.run("INSERT OR IGNORE INTO tombstone VALUES (?, ?)", &[cell, now.0.into()])?;
    segment::look_through(sql)?;
    segment::write(sql, &hash, &[Line::Erased { unit: hex(&hash), at: now.0 }], now)?;
    Ok((all.meetings.len() + all.deeds.len() + all.pages.len()) as u64)
}

/// Whether a unit was erased.
pub(super) fn is_erased(sql: &mut impl Sql, unit: &[u8]) -> Result<bool, Failure> {
    Ok(!sql.run("SELECT 1 FROM tombstone WHERE unit = ?", &[unit.into()])?.is_empty())
}

/// Lets go what is too old: rows of pages that have ended, whose loss goes into their unit's meetings; hours of the
/// ledger; versions that nobody mentions; and, after `keep` milliseconds, rows and segments. Sums stay as they are.
/// Gives whether there is more to do.
pub fn prune(sql: &mut impl Sql, now: Millis, keep: i64) -> Result<bool, Failure> {
    ledger::prune(sql, now)?;
    definitions::prune(sql, now)?;
    let more = fold_pages(sql, now)?;
    let before: Cell = (now.0 - keep).into();
    // A whole run at a time: of a unit that is half there nobody could say whether it was counted.
    let runs = sql.run("SELECT run FROM freshness WHERE assigned_at < ?", core::slice::from_ref(&before))?;
    for run in runs.iter().filter_map(|row| row.first()) {
        sql.run("DELETE FROM exposure WHERE run = ?", core::slice::from_ref(run))?;
        sql.run("DELETE FROM metric WHERE run = ?", core::slice::from_ref(run))?;
        sql.run("DELETE FROM pair WHERE one = ? OR other = ?", &[run.clone(), run.clone()])?;
    }
    // Of a unit in a run that goes on nothing goes: what it did is in the sums, and doing it again is to change nothing.
    sql.run(
        "DELETE FROM event WHERE at < ? AND unit NOT IN (SELECT unit FROM exposure)",
        core::slice::from_ref(&before),
    )?;
    segment::prune(sql, now.0 - keep)?;
    Ok(more)
}

fn fold_pages(sql: &mut impl Sql, now: Millis) -> Result<bool, Failure> {
    let ended: Cell = (now.0 - PAGE_ENDED).into();
    let rows =
        sql.run("SELECT DISTINCT unit FROM page WHERE heard < ? LIMIT ?", &[ended.clone(), exposure::count(CHUNK)])?;
    for hash in rows.iter().filter_map(|row| row.first()) {
        let unit = Unit::read(sql, hash.blob())?;
        let over: Vec<_> = unit.pages.iter().filter(|page| page.heard < ended.integer()).collect();
        for mut meeting in unit.meetings {
            meeting.past = meeting.reports(over.iter().copied());
            exposure::save(sql, &unit.hash, &meeting)?;
        }
        sql.run("DELETE FROM page WHERE unit = ? AND heard < ?", &[hash.clone(), ended.clone()])?;
    }
    Ok(rows.len() == CHUNK)
}
