//! The ledger: received = stored + duplicate + rejected + filtered, by hour, reason and variant, written with the rows.

use super::Receipt;
use crate::sql::{Cell, Failure, Sql};
use crate::time::{DAY, HOUR, Millis};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Milliseconds for which hours are told apart; after that a day's are one entry.
const HOURS_KEPT: i64 = 8 * DAY;

/// What becomes of an event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    Stored,
    Duplicate,
    Rejected(String),
    Filtered(String),
}

impl Outcome {
    pub(super) fn rejected(reason: &str) -> Self {
        Self::Rejected(reason.to_string())
    }

    pub(super) fn name(&self) -> &'static str {
        self.words().0
    }

    pub(super) fn reason(&self) -> &str {
        self.words().1
    }

    fn words(&self) -> (&'static str, &str) {
        match self {
            Self::Stored => ("stored", ""),
            Self::Duplicate => ("duplicate", ""),
            Self::Rejected(reason) => ("rejected", reason),
            Self::Filtered(reason) => ("filtered", reason),
        }
    }

    pub(super) fn count(&self, receipt: &mut Receipt) {
        match self {
            Self::Stored => receipt.stored += 1,
            Self::Duplicate => receipt.duplicate += 1,
            Self::Rejected(reason) => *receipt.rejected.entry(reason.clone()).or_default() += 1,
            Self::Filtered(reason) => *receipt.filtered.entry(reason.clone()).or_default() += 1,
        }
    }
}

/// What is to be entered: outcome, run and variant.
#[derive(Default)]
pub(super) struct Entries(BTreeMap<(Outcome, String, String), u64>);

impl Entries {
    pub(super) fn note(&mut self, outcome: Outcome, run: &str, variant: &str) {
        *self.0.entry((outcome, run.to_string(), variant.to_string())).or_default() += 1;
    }

    /// Enters all of it under this hour.
    pub(super) fn book(self, sql: &mut impl Sql, now: Millis) -> Result<(), Failure> {
        if self.0.is_empty() {
            return Ok(());
        }
        let hour = now.0 - now.0.rem_euclid(HOUR);
        let row = |((outcome, run, variant), n): (&(Outcome, String, String), &u64)| {
            let (word, reason) = outcome.words();
            json!([word, reason, run, variant, n])
        };
        let rows = serde_json::Value::Array(self.0.iter().map(row).collect()).to_string();
        sql.run(
            "INSERT INTO ledger SELECT ?, value->>0, value->>1, value->>2, value->>3, value->>4 FROM json_each(?) WHERE true \
             ON CONFLICT (hour, outcome, reason, run, variant) DO UPDATE SET n = n + excluded.n",
            &[hour.into(), rows.as_str().into()],
        )
        .map(drop)
    }
}

/// A line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The start of the hour, or of the day where it is long ago.
    pub hour: i64,
    /// `stored`, `duplicate`, `rejected` or `filtered`.
    pub outcome: String,
    /// Why, if it was left out.
    pub reason: String,
    /// The run, of exposures, also of those that were left out.
    pub run: String,
    /// The variant, likewise.
    pub variant: String,
    /// How many events.
    pub n: i64,
}

/// The ledger's lines since an hour, the newest first.
pub fn lines(sql: &mut impl Sql, since: i64) -> Result<Vec<Line>, Failure> {
    let rows = sql.run(
        "SELECT hour, outcome, reason, run, variant, n FROM ledger WHERE hour >= ? ORDER BY hour DESC, outcome, reason, run, variant",
        &[since.into()],
    )?;
    let line = |row: &Vec<Cell>| {
        let [hour, outcome, reason, run, variant, n] = &row[..] else { return None };
        let [outcome, reason, run, variant] = [outcome, reason, run, variant].map(|cell| cell.text().to_string());
        Some(Line { hour: hour.integer(), outcome, reason, run, variant, n: n.integer() })
    };
    Ok(rows.iter().filter_map(line).collect())
}

/// The ledger since the beginning: received is the sum of all parts.
pub fn ledger(sql: &mut impl Sql) -> Result<Receipt, Failure> {
    let mut receipt = Receipt::default();
    for row in sql.run("SELECT outcome, reason, sum(n) FROM ledger GROUP BY outcome, reason", &[])? {
        let [outcome, reason, n] = &row[..] else { continue };
        let n = n.integer().cast_unsigned();
        match outcome.text() {
            "stored" => receipt.stored += n,
            "duplicate" => receipt.duplicate += n,
            "rejected" => *receipt.rejected.entry(reason.text().to_string()).or_default() += n,
            _ => *receipt.filtered.entry(reason.text().to_string()).or_default() += n,
        }
    }
    Ok(receipt)
}

/// Makes one entry of the hours of each day that is long ago.
pub(super) fn prune(sql: &mut impl Sql, now: Millis) -> Result<(), Failure> {
    let before = now.0 - HOURS_KEPT;
    let cells: [Cell; 4] = [DAY.into(), (before - before.rem_euclid(DAY)).into(), DAY.into(), 0.into()];
    let [day, until, once, none] = cells;
    // A remainder is whole in every shell; where numbers come as JavaScript's, a quotient is not.
    sql.run(
        "INSERT INTO ledger SELECT hour - hour % ?, outcome, reason, run, variant, sum(n) FROM ledger \
         WHERE hour < ? AND hour % ? <> ? GROUP BY 1, 2, 3, 4, 5 \
         ON CONFLICT (hour, outcome, reason, run, variant) DO UPDATE SET n = n + excluded.n",
        &[day, until.clone(), once.clone(), none.clone()],
    )?;
    sql.run("DELETE FROM ledger WHERE hour < ? AND hour % ? <> ?", &[until, once, none]).map(drop)
}
