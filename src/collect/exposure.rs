//! One row for each run and unit: that this unit met a variant.

use super::page::{Page, Reports};
use super::{Assignment, Traits};
use crate::sql::{Cell, Failure, Sql};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A unit's meeting with a run's variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Meeting {
    pub(super) run: String,
    pub(super) variant: String,
    pub(super) epoch: i64,
    pub(super) config: i64,
    /// When the edge decided.
    pub(super) assigned_at: i64,
    /// When the browser showed it, if it did.
    pub(super) confirmed_at: Option<i64>,
    /// Whether the unit has met another variant of the same run.
    pub(super) crossed: bool,
    /// Of whoever met it.
    pub(super) traits: Traits,
    /// The reports of pages whose rows are no longer kept.
    pub(super) past: Reports,
}

impl Meeting {
    pub(super) fn of(assignment: &Assignment, confirmed_at: Option<i64>, traits: &Traits) -> Self {
        Self {
            run: assignment.run.clone(),
            variant: assignment.x.clone(),
            epoch: assignment.epoch,
            config: assignment.config,
            assigned_at: assignment.at,
            confirmed_at,
            crossed: false,
            traits: traits.clone(),
            past: Reports::default(),
        }
    }

    /// Both as one: the earliest assignment gives variant, epoch and traits, whatever came in first; two reports of the
    /// same one give what they know together.
    ///
    /// Commutative, associative and idempotent, which is why no order of delivery can bend a sum.
    pub(super) fn merge(&self, other: &Self) -> Self {
        let key = |meeting: &Self| (meeting.assigned_at, meeting.epoch, meeting.config, meeting.variant.clone());
        let (ours, theirs) = (key(self), key(other));
        let first = if ours <= theirs { self } else { other };
        let traits = if ours == theirs { self.traits.join(&other.traits) } else { first.traits.clone() };
        let confirmed_at = match (self.confirmed_at, other.confirmed_at) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        let crossed = self.crossed || other.crossed || self.variant != other.variant;
        // Only what is kept has a past.
        let past = self.past.and(other.past);
        Self { confirmed_at, crossed, traits, past, ..first.clone() }
    }

    /// Whether a reader of the report would see a difference.
    pub(super) fn differs_for_readers(&self, other: &Self) -> bool {
        self.confirmed_at.is_some() != other.confirmed_at.is_some() || self.crossed != other.crossed
    }

    /// The reports of the unit's pages since the assignment.
    pub(super) fn reports<'p>(&self, pages: impl Iterator<Item = &'p Page>) -> Reports {
        pages.fold(self.past, |all, page| all.and(page.reports(self.assigned_at)))
    }
}

const COLUMNS: &str = "run, variant, epoch, config, assigned_at, confirmed_at, crossed, traits, sent, lost";

/// All meetings of a unit.
pub(super) fn all(sql: &mut impl Sql, unit: &[u8]) -> Result<Vec<Meeting>, Failure> {
    let rows = sql.run(&alloc::format!("SELECT {COLUMNS} FROM exposure WHERE unit = ?"), &[unit.into()])?;
    Ok(rows.iter().map(|row| meeting(row)).collect())
}

/// The next units of a run behind one, in the order of their hashes.
pub(super) fn behind(sql: &mut impl Sql, run: &str, unit: &[u8], most: usize) -> Result<Vec<Vec<u8>>, Failure> {
    let rows = sql.run(
        "SELECT unit FROM exposure WHERE run = ? AND unit > ? ORDER BY unit LIMIT ?",
        &[run.into(), unit.into(), count(most)],
    )?;
    Ok(rows.iter().filter_map(|row| Some(row.first()?.blob().to_vec())).collect())
}

/// A number of things as SQL has it.
pub(super) fn count(number: usize) -> Cell {
    Cell::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

fn meeting(row: &[Cell]) -> Meeting {
    let cell = |index: usize| row.get(index).unwrap_or(&Cell::Null);
    Meeting {
        run: cell(0).text().to_string(),
        variant: cell(1).text().to_string(),
        epoch: cell(2).integer(),
        config: cell(3).integer(),
        assigned_at: cell(4).integer(),
        confirmed_at: (cell(5) != &Cell::Null).then(|| cell(5).integer()),
        crossed: cell(6).integer() != 0,
        traits: Traits::of(cell(7).text()),
        past: Reports { sent: cell(8).integer().into(), lost: cell(9).integer().into() },
    }
}

pub(super) fn save(sql: &mut impl Sql, unit: &[u8], meeting: &Meeting) -> Result<(), Failure> {
    let cells: [Cell; 11] = [
        unit.into(),
        meeting.run.as_str().into(),
        meeting.variant.as_str().into(),
        meeting.epoch.into(),
        meeting.config.into(),
        meeting.assigned_at.into(),
        meeting.confirmed_at.into(),
        i64::from(meeting.crossed).into(),
        meeting.traits.text().as_str().into(),
        (meeting.past.sent as i64).into(),
        (meeting.past.lost as i64).into(),
    ];
    sql.run("INSERT OR REPLACE INTO exposure VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &cells).map(drop)
}
