//! One row for each run and unit: that this unit met a variant.

use super::Assignment;
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
    /// The family of the browser that met it.
    pub(super) browser: String,
}

impl Meeting {
    pub(super) fn of(assignment: &Assignment, confirmed_at: Option<i64>, browser: &str) -> Self {
        Self {
            run: assignment.run.clone(),
            variant: assignment.x.clone(),
            epoch: assignment.epoch,
            config: assignment.config,
            assigned_at: assignment.at,
            confirmed_at,
            crossed: false,
            browser: browser.to_string(),
        }
    }

    /// Both as one: the earliest assignment gives variant, epoch and browser, whatever came in first.
    ///
    /// Commutative, associative and idempotent, which is why no order of delivery can bend a sum.
    pub(super) fn merge(&self, other: &Self) -> Self {
        let key = |meeting: &Self| (meeting.assigned_at, meeting.epoch, meeting.config);
        // One decision may be told by two browsers that share a cookie, so the browser's name breaks the last tie.
        let self_first = (key(self), &self.variant, &self.browser) <= (key(other), &other.variant, &other.browser);
        let first = if self_first { self } else { other };
        let confirmed_at = match (self.confirmed_at, other.confirmed_at) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        let crossed = self.crossed || other.crossed || self.variant != other.variant;
        Self { confirmed_at, crossed, ..first.clone() }
    }

    /// Whether a reader of the report would see a difference.
    pub(super) fn differs_for_readers(&self, other: &Self) -> bool {
        self.confirmed_at.is_some() != other.confirmed_at.is_some() || self.crossed != other.crossed
    }
}

const COLUMNS: &str = "run, variant, epoch, config, assigned_at, confirmed_at, crossed, browser";

pub(super) fn find(sql: &mut impl Sql, unit: &[u8], run: &str) -> Result<Option<Meeting>, Failure> {
    let rows = sql.run(
        &alloc::format!("SELECT {COLUMNS} FROM exposure WHERE unit = ? AND run = ?"),
        &[unit.into(), run.into()],
    )?;
    Ok(rows.first().map(|row| meeting(row)))
}

pub(super) fn all(sql: &mut impl Sql, unit: &[u8]) -> Result<Vec<Meeting>, Failure> {
    let rows = sql.run(&alloc::format!("SELECT {COLUMNS} FROM exposure WHERE unit = ?"), &[unit.into()])?;
    Ok(rows.iter().map(|row| meeting(row)).collect())
}

/// Every unit of a run.
pub(super) fn of_run(sql: &mut impl Sql, run: &str) -> Result<Vec<(Vec<u8>, Meeting)>, Failure> {
    let rows = sql.run(&alloc::format!("SELECT {COLUMNS}, unit FROM exposure WHERE run = ?"), &[run.into()])?;
    Ok(rows.iter().filter_map(|row| Some((row.last()?.blob().to_vec(), meeting(row)))).collect())
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
        browser: cell(7).text().to_string(),
    }
}

pub(super) fn save(sql: &mut impl Sql, unit: &[u8], meeting: &Meeting) -> Result<(), Failure> {
    let cells: [Cell; 9] = [
        unit.into(),
        meeting.run.as_str().into(),
        meeting.variant.as_str().into(),
        meeting.epoch.into(),
        meeting.config.into(),
        meeting.assigned_at.into(),
        meeting.confirmed_at.into(),
        i64::from(meeting.crossed).into(),
        meeting.browser.as_str().into(),
    ];
    sql.run("INSERT OR REPLACE INTO exposure VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", &cells).map(drop)
}

/// Whether the unit did this at or after a time.
pub(super) fn did(sql: &mut impl Sql, unit: &[u8], event: &str, from: i64) -> Result<bool, Failure> {
    let rows = sql.run(
        "SELECT 1 FROM event WHERE unit = ? AND name = ? AND at >= ? LIMIT 1",
        &[unit.into(), event.into(), from.into()],
    )?;
    Ok(!rows.is_empty())
}
