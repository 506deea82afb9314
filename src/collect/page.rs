//! One row for each page view: which of its reports have come in. A number that is missing below the highest one was
//! lost on the way, or is still to come.
//!
//! The numbers are a set, and two reports of a page merge by union: whatever is told again, late or in another order
//! gives the same row, so the loss is exact at every moment for all that has come in. A page of which nothing has come in
//! for longer than browsers keep anything says nothing new: what it told goes into the unit's meetings, and its row goes.

use crate::limits::PAGE_REPORTS;
use crate::sql::{Cell, Failure, Sql};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Reports of pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reports {
    /// Those that the pages have sent, as far as their numbers tell.
    pub(super) sent: i128,
    /// Those of them that have not come in.
    pub(super) lost: i128,
}

impl Reports {
    pub(super) fn and(self, other: Self) -> Self {
        Self { sent: self.sent + other.sent, lost: self.lost + other.lost }
    }
}

/// A page view of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) name: String,
    /// The earliest time that it told of.
    pub(super) at: i64,
    /// When a report of it last came in with news.
    pub(super) heard: i64,
    /// One bit for each number, the lowest first, up to the highest that has come in.
    numbers: Vec<u8>,
}

impl Page {
    /// What one report tells of its page; nothing if its number is beyond all that is followed.
    pub(super) fn of(name: &str, seq: i64, at: i64, heard: i64) -> Option<Self> {
        let seq = usize::try_from(seq).ok().filter(|seq| *seq < PAGE_REPORTS)?;
        let mut numbers = alloc::vec![0; seq / 8 + 1];
        *numbers.last_mut()? |= 1 << (seq % 8);
        Some(Self { name: name.to_string(), at, heard, numbers })
    }

    /// Both as one. Commutative, associative and idempotent.
    pub(super) fn merge(&self, other: &Self) -> Self {
        let (long, short) = if self.numbers.len() < other.numbers.len() { (other, self) } else { (self, other) };
        let mut numbers = long.numbers.clone();
        numbers.iter_mut().zip(&short.numbers).for_each(|(bits, more)| *bits |= more);
        let (at, heard) = (self.at.min(other.at), self.heard.max(other.heard));
        Self { name: self.name.clone(), at, heard, numbers }
    }

    /// Whether both tell the same of what was sent.
    pub(super) fn tells_like(&self, other: &Self) -> bool {
        self.at == other.at && self.numbers == other.numbers
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

/// All pages of a unit.
pub(super) fn all(sql: &mut impl Sql, unit: &[u8]) -> Result<Vec<Page>, Failure> {
    let rows = sql.run("SELECT page, at, heard, numbers FROM page WHERE unit = ?", &[unit.into()])?;
    Ok(rows.iter().map(|row| read(row)).collect())
}

pub(super) fn save(sql: &mut impl Sql, unit: &[u8], page: &Page) -> Result<(), Failure> {
    let cells: [Cell; 5] =
        [unit.into(), page.name.as_str().into(), page.at.into(), page.heard.into(), page.numbers.as_slice().into()];
    sql.run("INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?, ?)", &cells).map(drop)
}

fn read(row: &[Cell]) -> Page {
    let cell = |index: usize| row.get(index).unwrap_or(&Cell::Null);
    Page {
        name: cell(0).text().to_string(),
        at: cell(1).integer(),
        heard: cell(2).integer(),
        numbers: cell(3).blob().to_vec(),
    }
}
