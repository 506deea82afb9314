//! Sums as vectors of little-endian `i128`, and the ledger.
//!
//! For each run, variant and epoch there is one vector under the empty metric, `[assigned, confirmed, crossed, reports,
//! lost]`, and one under each metric, `[converted]`. Each stands there once under the empty dimension, for all units, and
//! once under the browser of those units that it counts. Integers add in any order to the same bits.

use super::Receipt;
use super::exposure::Meeting;
use super::page::Reports;
use crate::sql::{Cell, Failure, Sql};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

const WIDTH: usize = 16;

/// One vector of a shard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// The variant.
    pub variant: String,
    /// The epoch.
    pub epoch: i64,
    /// The metric; empty for exposures.
    pub metric: String,
    /// Which units: the family of their browser, or empty for all of them. Totals are never the sum over both.
    pub dimension: String,
    /// `[assigned, confirmed, crossed, reports, lost]` or `[converted]`, as decimal digits: JavaScript has no integers
    /// this wide. `reports` are those that pages of these units have sent, `lost` those of them that never came in.
    pub vector: Vec<String>,
}

/// What a step adds to the sums, gathered so that each vector is read and written once.
#[derive(Default)]
pub(super) struct Changes(BTreeMap<Key, Vec<i128>>);

/// Run, variant, epoch, metric and dimension.
type Key = (String, String, i64, String, String);

impl Changes {
    fn add(&mut self, meeting: &Meeting, metric: &str, deltas: &[i128]) {
        for dimension in ["", meeting.browser.as_str()] {
            let (run, variant) = (meeting.run.clone(), meeting.variant.clone());
            let key = (run, variant, meeting.epoch, metric.to_string(), dimension.to_string());
            let vector = self.0.entry(key).or_insert_with(|| alloc::vec![0; deltas.len()]);
            for (sum, delta) in vector.iter_mut().zip(deltas) {
                *sum += delta;
            }
        }
    }

    /// A unit's row, once.
    pub(super) fn exposure(&mut self, meeting: &Meeting, sign: i128) {
        let one_if = |yes| if yes { sign } else { 0 };
        self.add(meeting, "", &[sign, one_if(meeting.confirmed_at.is_some()), one_if(meeting.crossed), 0, 0]);
    }

    /// The reports of a unit's pages, or of one of them.
    pub(super) fn reports(&mut self, meeting: &Meeting, reports: Reports, sign: i128) {
        self.add(meeting, "", &[0, 0, 0, sign * reports.sent, sign * reports.lost]);
    }

    /// A unit that converted, once.
    pub(super) fn conversion(&mut self, meeting: &Meeting, metric: &str, sign: i128) {
        self.add(meeting, metric, &[sign]);
    }

    /// Reads, changes and writes every vector that is concerned.
    pub(super) fn apply(self, sql: &mut impl Sql) -> Result<(), Failure> {
        for ((run, variant, epoch, metric, dimension), deltas) in self.0 {
            if deltas.iter().all(|delta| *delta == 0) {
                continue;
            }
            let [run, variant, metric, dimension] =
                [&run, &variant, &metric, &dimension].map(|part| part.as_str().into());
            let key: [Cell; 5] = [run, variant, epoch.into(), metric, dimension];
            let rows = sql.run(
                "SELECT vector FROM sum WHERE run = ? AND variant = ? AND epoch = ? AND metric = ? AND dimension = ?",
                &key,
            )?;
            let old = rows.first().and_then(|row| row.first()).map(Cell::blob).map(read).unwrap_or_default();
            let new = deltas.iter().enumerate().map(|(index, delta)| old.get(index).unwrap_or(&0) + delta);
            let vector: Vec<u8> = new.flat_map(i128::to_le_bytes).collect();
            let [run, variant, epoch, metric, dimension] = key;
            sql.run(
                "INSERT OR REPLACE INTO sum VALUES (?, ?, ?, ?, ?, ?)",
                &[run, variant, epoch, metric, dimension, Cell::Blob(vector)],
            )?;
        }
        Ok(())
    }
}

fn read(vector: &[u8]) -> Vec<i128> {
    vector.chunks_exact(WIDTH).filter_map(|chunk| Some(i128::from_le_bytes(chunk.try_into().ok()?))).collect()
}

/// Every vector of a run.
pub fn sums(sql: &mut impl Sql, run: &str) -> Result<Vec<Sum>, Failure> {
    let rows = sql.run("SELECT variant, epoch, metric, dimension, vector FROM sum WHERE run = ?", &[run.into()])?;
    let sum = |row: Vec<Cell>| match &row[..] {
        [variant, epoch, metric, dimension, vector] => Some(Sum {
            variant: variant.text().to_string(),
            epoch: epoch.integer(),
            metric: metric.text().to_string(),
            dimension: dimension.text().to_string(),
            vector: read(vector.blob()).iter().map(ToString::to_string).collect(),
        }),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(sum).collect())
}

/// Enters a receipt in the ledger.
pub(super) fn book(sql: &mut impl Sql, receipt: &Receipt) -> Result<(), Failure> {
    let plain = [("stored", receipt.stored), ("duplicate", receipt.duplicate)].map(|(outcome, n)| (outcome, "", n));
    let reasons = |outcome, counts: &'_ BTreeMap<String, u64>| -> Vec<(&'static str, String, u64)> {
        counts.iter().map(|(reason, n)| (outcome, reason.clone(), *n)).collect()
    };
    let by_reason = [reasons("rejected", &receipt.rejected), reasons("filtered", &receipt.filtered)].concat();
    let all = plain.into_iter().chain(by_reason.iter().map(|(outcome, reason, n)| (*outcome, reason.as_str(), *n)));
    for (outcome, reason, n) in all.filter(|(_, _, n)| *n > 0) {
        sql.run(
            "INSERT INTO ledger VALUES (?, ?, ?) ON CONFLICT (outcome, reason) DO UPDATE SET n = n + excluded.n",
            &[outcome.into(), reason.into(), n.cast_signed().into()],
        )?;
    }
    Ok(())
}

/// The ledger since the beginning: received is the sum of all parts.
pub fn ledger(sql: &mut impl Sql) -> Result<Receipt, Failure> {
    let mut receipt = Receipt::default();
    for row in sql.run("SELECT outcome, reason, n FROM ledger", &[])? {
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
