//! Sums as vectors of little-endian `i128`.
//!
//! For each run, variant and epoch there is one vector under the empty metric, `[assigned, confirmed, crossed, reports,
//! lost]`, and one under each metric, as [`super::Measure`] makes it: mostly moments `[n, y, yy, d, dd, yd, x, xx, xy, xd]`.
//! Each stands there once under the empty dimension, for all units, and once under each value of a dimension: of a trait
//! (`browser=Safari`), or the variant of another run (`other-1=fresh`). A metric with a window has one for each cohort.
//! What all traffic does stands under the empty run, see [`super::totals`]. Integers add in any order to the same bits.

use super::measure::Metric;
use super::push;
use super::totals::{self, Totals};
use crate::order;
use crate::sql::{Cell, Failure, Sql};
use crate::time::Millis;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const WIDTH: usize = 16;

/// One vector of a shard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// The variant.
    pub variant: String,
    /// The epoch.
    pub epoch: i64,
    /// The metric; empty for exposures.
    pub metric: String,
    /// Which units: a value of a dimension, or empty for all of them. Totals are never the sum over both.
    pub dimension: String,
    /// Whether these are the units whose window was still open.
    #[serde(default)]
    pub open: bool,
    /// The vector as decimal digits: JavaScript has no integers this wide.
    pub vector: Vec<String>,
}

/// Whose sum it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) run: String,
    pub(super) variant: String,
    pub(super) epoch: i64,
    pub(super) metric: String,
    pub(super) dimension: String,
    pub(super) cohort: i64,
}

impl Key {
    fn cells(&self) -> Value {
        json!([self.run, self.variant, self.epoch, self.metric, self.dimension, self.cohort])
    }
}

/// What a step adds to the sums, gathered so that each vector is read and written once.
#[derive(Default)]
pub(super) struct Changes(BTreeMap<Key, Vec<i128>>);

impl Changes {
    /// Adds a vector, or takes it out with `sign` -1.
    pub(super) fn add(&mut self, key: Key, vector: &[i128], sign: i128) {
        add(self.0.entry(key).or_default(), vector, sign);
    }

    /// Reads, changes and writes every vector that is concerned, all of them with two statements.
    pub(super) fn apply(mut self, sql: &mut impl Sql) -> Result<(), Failure> {
        self.0.retain(|_, vector| vector.iter().any(|delta| *delta != 0));
        if self.0.is_empty() {
            return Ok(());
        }
        push::changed(sql, self.0.keys().map(|key| key.run.as_str()))?;
        let asked = Value::Array(self.0.keys().map(Key::cells).collect()).to_string();
        let rows = sql.run(
            "SELECT key, vector FROM json_each(?) JOIN sum ON run = value->>0 AND variant = value->>1 \
             AND epoch = value->>2 AND metric = value->>3 AND dimension = value->>4 AND cohort = value->>5",
            &[asked.as_str().into()],
        )?;
        let mut known: BTreeMap<i64, Vec<i128>> = BTreeMap::new();
        for row in &rows {
            if let [index, vector] = &row[..] {
                known.insert(index.integer(), read(vector.blob()));
            }
        }
        // What is nothing again leaves no trace: sums are the same bits whatever has come and gone.
        let (mut written, mut gone) = (Vec::new(), Vec::new());
        for (index, (key, deltas)) in (0..).zip(&self.0) {
            let mut vector = known.remove(&index).unwrap_or_default();
            add(&mut vector, deltas, 1);
            let told = vector.iter().rposition(|number| *number != 0).map_or(0, |last| last + 1);
            vector.truncate(told);
            let Value::Array(mut row) = key.cells() else { continue };
            if told > 0 {
                row.push(json!(hexadecimal(&vector)));
                written.push(Value::Array(row));
            } else {
                gone.push(Value::Array(row));
            }
        }
        if !gone.is_empty() {
            let gone = Value::Array(gone).to_string();
            sql.run(
                "DELETE FROM sum WHERE (run, variant, epoch, metric, dimension, cohort) IN \
                 (SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 FROM json_each(?))",
                &[gone.as_str().into()],
            )?;
        }
        let written = Value::Array(written).to_string();
        sql.run(
            "INSERT OR REPLACE INTO sum SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, \
             unhex(value->>6) FROM json_each(?)",
            &[written.as_str().into()],
        )
        .map(drop)
    }
}

fn add(vector: &mut Vec<i128>, deltas: &[i128], sign: i128) {
    if vector.len() < deltas.len() {
        vector.resize(deltas.len(), 0);
    }
    for (sum, delta) in vector.iter_mut().zip(deltas) {
        *sum += sign * delta;
    }
}

fn hexadecimal(vector: &[i128]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(vector.len() * WIDTH * 2);
    for byte in vector.iter().flat_map(|number| number.to_le_bytes()) {
        for half in [byte >> 4, byte & 15] {
            text.push(char::from(DIGITS.get(usize::from(half)).copied().unwrap_or(b'0')));
        }
    }
    text
}

fn from_hexadecimal(digits: &str) -> Vec<i128> {
    let half = |digit: u8| char::from(digit).to_digit(16).unwrap_or(0) as u8;
    let whole = |pair: &[u8]| pair.iter().fold(0, |byte, digit| byte << 4 | half(*digit));
    let bytes: Vec<u8> = digits.as_bytes().chunks_exact(2).map(whole).collect();
    read(&bytes)
}

pub(super) fn read(vector: &[u8]) -> Vec<i128> {
    vector.chunks_exact(WIDTH).filter_map(|chunk| Some(i128::from_le_bytes(chunk.try_into().ok()?))).collect()
}

/// Every vector of a run. Of a metric with a window, those units stand apart whose window is still open.
pub fn sums(sql: &mut impl Sql, run: &str, now: Millis) -> Result<Vec<Sum>, Failure> {
    let rows =
        sql.run("SELECT variant, epoch, metric, dimension, cohort, hex(vector) FROM sum WHERE run = ?", &[run.into()])?;
    told(sql, run, &rows, now)
}

/// The same with all epochs added up, as epoch 0: what a report reads, and a row for each of twenty.
pub fn overall(sql: &mut impl Sql, run: &str, now: Millis) -> Result<Vec<Sum>, Failure> {
    let rows = sql.run(
        "SELECT variant, 0, metric, dimension, cohort, group_concat(hex(vector)) FROM sum WHERE run = ? \
         GROUP BY variant, metric, dimension, cohort",
        &[run.into()],
    )?;
    told(sql, run, &rows, now)
}

/// Rows of a variant, an epoch, a metric, a dimension, a cohort and vectors in hexadecimal digits.
fn told(sql: &mut impl Sql, run: &str, rows: &[Vec<Cell>], now: Millis) -> Result<Vec<Sum>, Failure> {
    let metrics = metrics(sql, run)?;
    let mut all = Vectors::default();
    for row in rows {
        let [variant, epoch, metric, dimension, cohort, vectors] = &row[..] else { continue };
        let closed = metrics.get(metric.text()).is_none_or(|known| known.measure.is_complete(cohort.integer(), now.0));
        let [variant, metric, dimension] = [variant, metric, dimension].map(|cell| cell.text().to_string());
        // The zeros at the end of what everybody reads by place are not stored.
        let mut vector = Vec::from([0; 5]);
        vector.truncate(if metric.is_empty() { 5 } else { 3 });
        for digits in vectors.text().split(',') {
            add(&mut vector, &from_hexadecimal(digits), 1);
        }
        all.add((variant, epoch.integer(), metric, dimension, !closed), &vector);
    }
    Ok(all.told())
}

/// The sums of several shards as those of one.
#[must_use]
pub fn together(sums: Vec<Sum>) -> Vec<Sum> {
    let mut all = Vectors::default();
    for Sum { variant, epoch, metric, dimension, open, vector } in sums {
        let vector: Vec<i128> = vector.iter().map(|digits| digits.parse().unwrap_or(0)).collect();
        all.add((variant, epoch, metric, dimension, open), &vector);
    }
    all.told()
}

/// Vectors by variant, epoch, metric and dimension, and whether their window is open.
#[derive(Default)]
pub(super) struct Vectors(BTreeMap<(String, i64, String, String, bool), Vec<i128>>);

impl Vectors {
    pub(super) fn add(&mut self, whose: (String, i64, String, String, bool), vector: &[i128]) {
        add(self.0.entry(whose).or_default(), vector, 1);
    }

    pub(super) fn told(self) -> Vec<Sum> {
        let digits = |vector: Vec<i128>| vector.iter().map(ToString::to_string).collect();
        let sum = |((variant, epoch, metric, dimension, open), vector)| Sum {
            variant,
            epoch,
            metric,
            dimension,
            open,
            vector: digits(vector),
        };
        self.0.into_iter().map(sum).collect()
    }
}

fn metrics(sql: &mut impl Sql, run: &str) -> Result<BTreeMap<String, Metric>, Failure> {
    let rows = sql.run("SELECT metric, json FROM metric WHERE run = ?", &[run.into()])?;
    let one = |row: &Vec<Cell>| Some((row.first()?.text().to_string(), serde_json::from_str(row.get(1)?.text()).ok()?));
    Ok(order::keyed(rows.iter().filter_map(one)))
}

/// Every vector of every run, and all totals: what a recount of the log is held against.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Every {
    /// The vectors of each run.
    pub runs: BTreeMap<String, Vec<Sum>>,
    /// What all traffic did.
    #[serde(flatten)]
    pub totals: Totals,
}

impl Every {
    /// Adds what another shard has.
    pub fn add(&mut self, other: Self) {
        for (run, sums) in other.runs {
            let own = self.runs.entry(run).or_default();
            *own = together([core::mem::take(own), sums].concat());
        }
        self.totals.add(other.totals);
    }
}

/// Every sum of a shard.
pub fn every(sql: &mut impl Sql, now: Millis) -> Result<Every, Failure> {
    let mut runs = BTreeMap::new();
    for row in sql.run("SELECT DISTINCT run FROM sum WHERE run <> ?", &["".into()])? {
        let Some(run) = row.first().map(|cell| cell.text().to_string()) else { continue };
        runs.insert(run.clone(), sums(sql, &run, now)?);
    }
    Ok(Every { runs, totals: totals::totals(sql, i64::MIN)? })
}

#[cfg(test)]
mod tests {
    use super::{Sum, together};
    use alloc::string::ToString;
    use alloc::vec::Vec;

    #[test]
    fn several_shards_count_like_one_whatever_their_vectors_are_long() {
        let sum = |variant: &str, open: bool, vector: &[i128]| Sum {
            variant: variant.to_string(),
            open,
            vector: vector.iter().map(ToString::to_string).collect(),
            ..Sum::default()
        };
        let wide = i128::from(u64::MAX) * 4;
        let shards = Vec::from([sum("x", false, &[1, wide]), sum("x", true, &[5]), sum("x", false, &[2, -wide, 7])]);
        assert_eq!(together(shards), [sum("x", false, &[3, 0, 7]), sum("x", true, &[5])]);
    }
}
