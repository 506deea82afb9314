//! One row for each page view: which of its reports have come in. A number that is missing below the highest one was
//! lost on the way, or is still to come.
//!
//! The numbers are a set, and two reports of a page merge by union: whatever is told again, late or in another order
//! gives the same row, so the loss is exact at every moment for all that has come in.

use crate::limits::PAGE_REPORTS;
use crate::sql::{Cell, Failure, Sql};
use alloc::vec::Vec;

/// Reports of pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reports {
    /// Those that the pages have sent, as far as their numbers tell.
    pub(super) sent: i128,
    /// Those of them that have not come in.
    pub(super) lost: i128,
}

/// A page view of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// The earliest time that it told of.
    pub(super) at: i64,
    /// One bit for each number, the lowest first, up to the highest that has come in.
    numbers: Vec<u8>,
}

impl Page {
    /// What one report tells of its page; nothing if its number is beyond all that is followed.
    fn of(seq: i64, at: i64) -> Option<Self> {
        let seq = usize::try_from(seq).ok().filter(|seq| *seq < PAGE_REPORTS)?;
        let mut numbers = alloc::vec![0; seq / 8 + 1];
        *numbers.last_mut()? |= 1 << (seq % 8);
        Some(Self { at, numbers })
    }

    /// Both as one. Commutative, associative and idempotent.
    fn merge(&self, other: &Self) -> Self {
        let (long, short) = if self.numbers.len() < other.numbers.len() { (other, self) } else { (self, other) };
        let mut numbers = long.numbers.clone();
        numbers.iter_mut().zip(&short.numbers).for_each(|(bits, more)| *bits |= more);
        Self { at: self.at.min(other.at), numbers }
    }

    /// Its reports, for who was assigned at a time: a page that was open before says nothing of what came after.
    pub(super) fn reports(&self, assigned_at: i64) -> Reports {
        if self.at < assigned_at {
            return Reports::default();
        }
        let received: u32 = self.numbers.iter().map(|bits| bits.count_ones()).sum();
        let spare = self.numbers.last().map_or(0, |bits| bits.leading_zeros());
        let sent = self.numbers.len() as i128 * 8 - i128::from(spare);
        Reports { sent, lost: sent - i128::from(received) }
    }
}

/// Notes that a report of a page has come in. Gives what was known of the page and what is now, if that is news.
pub(super) fn report(
    sql: &mut impl Sql,
    unit: &[u8],
    page: &str,
    seq: i64,
    at: i64,
) -> Result<Option<(Option<Page>, Page)>, Failure> {
    let Some(incoming) = Page::of(seq, at) else { return Ok(None) };
    let rows = sql.run("SELECT at, numbers FROM page WHERE unit = ? AND page = ?", &[unit.into(), page.into()])?;
    let known = rows.first().map(|row| read(row));
    let merged = known.as_ref().map_or_else(|| incoming.clone(), |known| known.merge(&incoming));
    if known.as_ref() == Some(&merged) {
        return Ok(None);
    }
    let cells: [Cell; 4] = [unit.into(), page.into(), merged.at.into(), merged.numbers.as_slice().into()];
    sql.run("INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?)", &cells)?;
    Ok(Some((known, merged)))
}

/// The reports of all of a unit's pages, for who was assigned at a time.
pub(super) fn reports(sql: &mut impl Sql, unit: &[u8], assigned_at: i64) -> Result<Reports, Failure> {
    let rows =
        sql.run("SELECT at, numbers FROM page WHERE unit = ? AND at >= ?", &[unit.into(), assigned_at.into()])?;
    Ok(rows
        .iter()
        .map(|row| read(row).reports(assigned_at))
        .fold(Reports::default(), |all, page| Reports { sent: all.sent + page.sent, lost: all.lost + page.lost }))
}

fn read(row: &[Cell]) -> Page {
    let cell = |index: usize| row.get(index).unwrap_or(&Cell::Null);
    Page { at: cell(0).integer(), numbers: cell(1).blob().to_vec() }
}
