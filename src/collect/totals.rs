//! What all traffic does, in a test or not: daily totals of each event, `[n, value]`, and of each metric, `[n, y, d]`.
//!
//! A metric stands here by what it measures (`Metric::id`), so one that is changed, or gets other rates, is another one,
//! and is made anew from what is kept.

use super::definitions::ALL_TRAFFIC;
use super::sums::read;
use crate::sql::{Cell, Failure, Sql};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// What all traffic did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// By event.
    pub totals: Vec<Total>,
    /// By metric.
    pub metrics: Vec<MetricTotal>,
}

/// What became of an event on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// The start of the day, in milliseconds since 1970.
    pub day: i64,
    /// The event.
    pub event: String,
    /// Whose: a value of a dimension, or empty for all.
    pub dimension: String,
    /// How often.
    pub n: String,
    /// The sum of its values in millionths, by digits.
    pub micros: String,
}

/// What became of a metric on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricTotal {
    /// The start of the day, in milliseconds since 1970.
    pub day: i64,
    /// The metric: of a shard its id, of an answer its key.
    pub metric: String,
    /// Whose: a value of a dimension, or empty for all.
    pub dimension: String,
    /// How many events count.
    pub n: String,
    /// What they add up to, in steps of the metric's scale; how often, where it adds no values.
    pub y: String,
    /// What that is divided by, of a ratio or a mean; 0 for others.
    pub d: String,
}

impl Totals {
    /// Adds what another shard has.
    pub fn add(&mut self, other: Self) {
        let mut all = Sums::default();
        for part in [core::mem::take(self), other] {
            for Total { day, event, dimension, n, micros } in part.totals {
                all.add((day, String::new(), event, dimension), &[&n, &micros].map(|digits| parsed(digits)));
            }
            for MetricTotal { day, metric, dimension, n, y, d } in part.metrics {
                all.add((day, metric, String::new(), dimension), &[&n, &y, &d].map(|digits| parsed(digits)));
            }
        }
        *self = all.told();
    }
}

fn parsed(digits: &str) -> i128 {
    digits.parse().unwrap_or(0)
}

/// Vectors by day, metric or event, and dimension.
#[derive(Default)]
struct Sums(BTreeMap<(i64, String, String, String), [i128; 3]>);

impl Sums {
    fn add(&mut self, whose: (i64, String, String, String), vector: &[i128]) {
        let own = self.0.entry(whose).or_default();
        own.iter_mut().zip(vector).for_each(|(sum, more)| *sum += more);
    }

    fn told(self) -> Totals {
        let mut all = Totals::default();
        for ((day, id, event, dimension), vector) in self.0 {
            let [n, y, d] = vector.map(|number| number.to_string());
            if id.is_empty() {
                all.totals.push(Total { day, event, dimension, n, micros: y });
            } else {
                all.metrics.push(MetricTotal { day, metric: id, dimension, n, y, d });
            }
        }
        all
    }
}

/// What all traffic did since a day.
pub fn totals(sql: &mut impl Sql, since: i64) -> Result<Totals, Failure> {
    read_totals(sql, since, "")
}

/// The same as a whole: told apart by no dimension, which is most of it.
pub fn whole(sql: &mut impl Sql, since: i64) -> Result<Totals, Failure> {
    read_totals(sql, since, "AND dimension = ''")
}

fn read_totals(sql: &mut impl Sql, since: i64, of: &str) -> Result<Totals, Failure> {
    let rows = sql.run(
        &format!("SELECT cohort, variant, metric, dimension, vector FROM sum WHERE run = ? AND cohort >= ? {of}"),
        &[ALL_TRAFFIC.into(), since.into()],
    )?;
    let mut all = Sums::default();
    for row in &rows {
        let [day, id, event, dimension, vector] = &row[..] else { continue };
        let [id, event, dimension] = [id, event, dimension].map(|cell: &Cell| cell.text().to_string());
        all.add((day.integer(), id, event, dimension), &read(vector.blob()));
    }
    Ok(all.told())
}
