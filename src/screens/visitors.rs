//! What visitors of all traffic did by a metric, as the shards have read it, for people.

use super::metrics::trend;
use crate::collect::{ALL, BACK, FORTNIGHT, Metric, MetricTotal, Sum};
use crate::metric::{self, Level};
use crate::time::DAY;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};

/// Visitors from whom a level may be taken.
const ENOUGH: f64 = 50.0;

/// Everything about a metric that takes telling visitors apart. Days and those who come in one are told as if everybody had
/// been looked at, all other numbers are those of visitors who were: `sampled` says which share of all that is, and
/// nothing if it is all of them. What has not had its time yet is nothing, too.
#[must_use]
pub fn visitors(metric: &Metric, steps: &[String], sums: &[Sum], now: i64) -> Value {
    let own = |name: &'static str| sums.iter().filter(move |sum| sum.metric == name);
    let vector = |name| own(name).next().map_or_else(Vec::new, numbers);
    let share = match vector("read")[..] {
        [read, shards] => number(read) / (number(ALL.into()) * number(shards)),
        _ => 1.0,
    };
    let day = |sum: &Sum| {
        let told = |place: usize| {
            let digits = sum.vector.get(place).map_or("0", String::as_str);
            if share < 1.0 {
                libm::round(digits.parse::<f64>().unwrap_or(0.0) / share).to_string()
            } else {
                digits.into()
            }
        };
        let [n, y, d] = [0, 1, 2].map(told);
        MetricTotal { day: sum.epoch, metric: metric.id(), dimension: String::new(), n, y, d }
    };
    let back = |sum: &Sum| {
        let all = numbers(sum);
        let of = |day: usize| {
            let had = sum.epoch + (2 + day as i64) * DAY <= now;
            had.then(|| all.get(day).copied().unwrap_or(0) as i64)
        };
        json!({"at": sum.epoch, "n": all.first().map(|n| *n as i64), "back": (1..=BACK).map(of).collect::<Vec<_>>()})
    };
    let reached = vector("steps");
    let step = |(place, event): (usize, Option<&String>)| json!({"event": event, "n": reached.get(place).copied().unwrap_or(0) as i64});
    let names = core::iter::once(None).chain(steps.iter().map(Some)).chain([Some(&metric.event)]);
    let units = vector("unit");
    let level = metric::moments(&metric.measure, &units).ok().and_then(|arm| Level::of(&metric.measure, &arm));
    let told = |level: Level| {
        let words = |value: f64| metric::told(&metric.measure, value);
        json!({
            "value": level.mean, "told": words(level.mean), "spread": level.spread, "apart": level.spread.map(words),
            "units": level.units, "perDay": level.units / share / number(FORTNIGHT.into()), "each": metric::each(&metric.measure),
        })
    };
    let days: Vec<_> = own("day").map(day).collect();
    json!({
        "sampled": (share < 1.0).then_some(share),
        "trend": trend(metric, &days, (now, FORTNIGHT + 1)),
        "back": own("back").map(back).collect::<Vec<_>>(),
        "steps": names.enumerate().map(step).collect::<Vec<_>>(),
        "level": level.filter(|level| level.units >= ENOUGH && level.mean > 0.0).map(told),
    })
}

fn numbers(sum: &Sum) -> Vec<i128> {
    sum.vector.iter().map(|digits| digits.parse().unwrap_or(0)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "the nearest number")]
fn number(whole: i128) -> f64 {
    whole as f64
}
