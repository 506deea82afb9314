//! What visitors of all traffic did by a metric, as the shards have read it, for people.

use super::metrics::{stands, trend};
use crate::collect::{ALL, FORTNIGHT, Metric, MetricTotal, Sum};
use crate::counts::Counts;
use crate::metric::{self, Level};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};

/// Visitors from whom a level may be taken.
const ENOUGH: f64 = 50.0;

/// The vectors of all shards together, and of them in words the last days, as if everybody had been looked at, and where a
/// visitor stands.
#[must_use]
pub fn visitors(metric: &Metric, sums: Vec<Sum>, now: i64) -> Value {
    let counts = Counts { sums, ..Counts::default() };
    let vector = |name| counts.vector("", name, None, "", false);
    let share = match vector("read")[..] {
        [read, shards] => number(read) / (number(ALL.into()) * number(shards)),
        _ => 1.0,
    };
    let id = metric.id();
    let day = |sum: &Sum| {
        let told = |place: usize| {
            let n: f64 = sum.vector.get(place).and_then(|digits| digits.parse().ok()).unwrap_or(0.0);
            libm::round(n / share).to_string()
        };
        MetricTotal { day: sum.epoch, metric: id.clone(), dimension: String::new(), n: told(0), y: told(1), d: told(2) }
    };
    let days: Vec<_> = counts.sums.iter().filter(|sum| sum.metric == "day").map(day).collect();
    let level = metric::moments(&metric.measure, &vector("unit")).ok().and_then(|arm| Level::of(&metric.measure, &arm));
    let level = level.filter(|level| level.units >= ENOUGH && level.mean > 0.0);
    json!({
        "trend": trend(metric, &days, (now, FORTNIGHT + 1)), "level": level.map(|level| stands(&metric.measure, level)),
        "sums": counts.sums, "asOf": now,
    })
}

#[expect(clippy::cast_precision_loss, reason = "the nearest number")]
fn number(whole: i128) -> f64 {
    whole as f64
}
