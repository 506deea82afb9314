//! A metric by itself: what its definition means in a sentence, and what all traffic did by it, day by day.

use super::figures::{exactly, percent};
use crate::collect::{Direction, Filter, Kind, Measure, Metric, MetricTotal, Per, Scalar, Total};
use crate::metric::{self, Level};
use crate::spoken::{count, grouped, nearest};
use crate::stats::real;
use crate::time::DAY;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};

/// Whole days that the last value is told of.
const FORTNIGHT: u16 = 14;

/// What a definition means: what is counted of each visitor, of which events, until when, and which way is good.
#[must_use]
pub fn sentence(event: &str, measure: &Measure) -> String {
    let Measure { kind, value, per, sum, hours, days, cap, before, .. } = measure;
    let unit = measure.currency.as_deref().unwrap_or(&measure.unit);
    let within = if unit.is_empty() { String::new() } else { format!(" in {unit}") };
    let values = |event: &str, value: &str| match value {
        "" => format!("the values of “{event}”"),
        value => format!("“{value}” of “{event}”"),
    };
    let own = format!("“{event}”{}", wheres(&measure.filters));
    let all = format!("{}{}", values(event, value), wheres(&measure.filters));
    let mut told = match kind {
        Kind::Conversion => format!("The share of visitors who did {own} at least once"),
        Kind::Count => format!("How often a visitor did {own}"),
        Kind::Sum => format!("What {all} add up to for a visitor{within}"),
        Kind::Mean => format!("The mean of {all}{within}"),
        Kind::Ratio => {
            let per = per.clone().unwrap_or_default();
            let Per { event, sum: adds, value, filters } = &per;
            let below = if *adds {
                format!("what {} add up to", values(event, value))
            } else {
                format!("how often “{event}” was done")
            };
            let above =
                if *sum { format!("What {all} add up to{within}") } else { format!("How often {own} was done") };
            format!("{above}, divided by {below}{}", wheres(filters))
        }
        Kind::Retention => format!("The share of visitors who did {own} again"),
        Kind::Quantile => {
            let hundred = 100.0 * measure.quantile.unwrap_or(metric::QUANTILE);
            format!("What {hundred:.0} of 100 among {all} stay at or below{within}")
        }
        Kind::Time => format!("How long it takes until a visitor first did {own}"),
    };
    let when = match (days, hours) {
        (Some((from, to)), _) if from == to => format!(" on day {from} after they met their version"),
        (Some((from, to)), _) => format!(" from day {from} to day {to} after they met their version"),
        (None, Some(hours)) => format!(", within {} of meeting their version", span(*hours)),
        (None, None) => ", from when they met their version on".to_string(),
    };
    told.push_str(&when);
    if let Some(cap) = cap.filter(|_| !matches!(kind, Kind::Quantile | Kind::Time)) {
        let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
        told = format!("{told}; of each visitor at most {}{unit} count", plain(cap));
    }
    told.push('.');
    if *before > 0 {
        let days = count(u64::from(*before), "day", "days");
        told = format!("{told} What they did in the {days} before is taken out, so that less is left to chance.");
    }
    told.push_str(if measure.direction == Direction::Down { " Less is better." } else { " More is better." });
    told
}

fn span(hours: u32) -> String {
    if hours.is_multiple_of(24) {
        return count(u64::from(hours / 24), "day", "days");
    }
    count(u64::from(hours), "hour", "hours")
}

fn wheres(filters: &BTreeMap<String, Filter>) -> String {
    let one = |(name, filter): (&String, &Filter)| match filter {
        Filter::OneOf(all) => {
            let all: Vec<_> = all.iter().map(scalar).collect();
            format!("{name} is {}", all.join(" or "))
        }
        Filter::Span(span) => match (span.min, span.max) {
            (Some(min), Some(max)) => format!("{name} is {} to {}", plain(min), plain(max)),
            (Some(min), None) => format!("{name} is {} or more", plain(min)),
            (None, Some(max)) => format!("{name} is {} or less", plain(max)),
            (None, None) => format!("{name} is a number"),
        },
    };
    if filters.is_empty() {
        return String::new();
    }
    format!(" where {}", filters.iter().map(one).collect::<Vec<_>>().join(" and "))
}

fn scalar(value: &Scalar) -> String {
    match value {
        Scalar::Text(text) => format!("“{text}”"),
        Scalar::Number(number) => plain(*number),
        Scalar::Boolean(truth) => truth.to_string(),
    }
}

/// A number as somebody has written it.
fn plain(number: f64) -> String {
    let whole = libm::fabs(number) < 1e15 && libm::trunc(number).to_bits() == number.to_bits();
    if whole { format!("{number:.0}") } else { json!(number).to_string() }
}

/// What a day of all traffic is said of.
fn daily(measure: &Measure) -> String {
    match measure.kind {
        Kind::Conversion | Kind::Count | Kind::Retention | Kind::Time => "times a day".to_string(),
        Kind::Sum => "a day".to_string(),
        Kind::Mean | Kind::Quantile => "an event on average".to_string(),
        Kind::Ratio => metric::each(measure),
    }
}

/// A day, or several of them.
#[derive(Clone, Copy, Debug, Default)]
struct Day {
    at: i64,
    n: f64,
    y: f64,
    d: f64,
}

/// How often each event happened in the last whole days, by name: steps that somebody may take before another.
#[must_use]
pub fn happened(totals: &[Total], now: i64) -> Value {
    let today = now - now.rem_euclid(DAY);
    let days = today - i64::from(FORTNIGHT) * DAY..today;
    let mut all = json!({});
    for total in totals.iter().filter(|total| total.dimension.is_empty() && days.contains(&total.day)) {
        let known = all[&total.event].as_u64().unwrap_or(0);
        all[&total.event] = json!(known + total.n.parse::<u64>().unwrap_or(0));
    }
    all
}

/// What all traffic did by a metric on each of the last days, the present one included; and what the last fourteen whole
/// days were. Days before the first one with an event are nothing, later ones without are zero.
#[must_use]
pub fn trend(metric: &Metric, totals: &[MetricTotal], (now, days): (i64, i64)) -> Value {
    let (id, measure) = (metric.id(), &metric.measure);
    let today = now - now.rem_euclid(DAY);
    let from = today - (days - 1) * DAY;
    let mut rows: Vec<Day> = Vec::new();
    // They come in the order of days.
    for total in totals.iter().filter(|total| total.metric == id && total.dimension.is_empty() && total.day >= from) {
        fill(&mut rows, total.day);
        let number = |digits: &str| digits.parse().unwrap_or(0.0);
        rows.push(Day { at: total.day, n: number(&total.n), y: number(&total.y), d: number(&total.d) });
    }
    if rows.last().is_some_and(|last| last.at < today) {
        fill(&mut rows, today + DAY);
    }
    let told = |day: &Day| {
        let value = value(measure, *day);
        json!({
            "at": day.at, "n": day.n, "value": value, "told": value.map(|value| told(measure, value)), "open": day.at == today,
        })
    };
    let whole = rows.len() - usize::from(!rows.is_empty());
    let recent = rows.get(whole.saturating_sub(FORTNIGHT.into())..whole).unwrap_or_default();
    json!({
        "each": daily(measure), "days": rows.iter().map(told).collect::<Vec<_>>(), "lately": lately(measure, recent),
    })
}

/// Days without an event between the last one and another.
fn fill(rows: &mut Vec<Day>, until: i64) {
    while let Some(next) = rows.last().map(|last| last.at + DAY).filter(|next| *next < until) {
        rows.push(Day { at: next, ..Day::default() });
    }
}

/// The last whole days together: their value, and how far they lie apart.
fn lately(measure: &Measure, days: &[Day]) -> Value {
    let values: Vec<f64> = days.iter().filter_map(|day| value(measure, *day)).collect();
    if values.is_empty() {
        return Value::Null;
    }
    let all = days.iter().fold(Day::default(), |all, day| Day {
        at: 0,
        n: all.n + day.n,
        y: all.y + day.y,
        d: all.d + day.d,
    });
    let number = real(values.len() as u64);
    let mean = values.iter().sum::<f64>() / number;
    // What is divided is that of all events together: days with few of them weigh less.
    let level = if is_divided(measure) { value(measure, all).unwrap_or(mean) } else { mean };
    let (low, high) = values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(*value), high.max(*value)));
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    let spread = (values.len() > 1 && mean > 0.0).then(|| libm::sqrt(squares / (number - 1.0)) / mean);
    let whole = count(days.len() as u64, "whole day", "whole days");
    let mut words = format!("{} {} in the last {whole}", told(measure, level), daily(measure));
    if values.len() > 1 {
        words = format!("{words}, from {} to {}", told(measure, low), told(measure, high));
    }
    words.push('.');
    if let Some(spread) = spread {
        words = format!("{words} Days differ by {} (standard deviation).", told(measure, spread * mean));
    }
    json!({
        "value": level, "told": told(measure, level), "low": low, "high": high, "spread": spread, "days": days.len(), "words": words,
    })
}

fn is_divided(measure: &Measure) -> bool {
    matches!(measure.kind, Kind::Mean | Kind::Quantile | Kind::Ratio)
}

fn value(measure: &Measure, day: Day) -> Option<f64> {
    let Day { n, y, d, .. } = day;
    let steps = real(10_u64.pow(measure.digits()));
    let over = |above: f64, below: f64| (below > 0.0).then(|| above / below);
    match measure.kind {
        Kind::Conversion | Kind::Count | Kind::Retention | Kind::Time => Some(n),
        Kind::Sum => Some(y / steps),
        Kind::Mean => over(y / steps, d),
        Kind::Quantile => over(y / steps, n),
        Kind::Ratio => {
            let adds = |sum: bool| if sum { steps } else { 1.0 };
            over(y / adds(measure.sum), d / adds(measure.per.as_ref().is_some_and(|per| per.sum)))
        }
    }
}

fn told(measure: &Measure, value: f64) -> String {
    match measure.kind {
        Kind::Conversion | Kind::Count | Kind::Retention | Kind::Time => grouped(nearest(value.max(0.0))),
        Kind::Sum | Kind::Mean | Kind::Quantile | Kind::Ratio => metric::told(measure, value),
    }
}

/// Where a visitor stands, and how far visitors lie apart.
#[must_use]
pub fn stands(measure: &Measure, level: Level) -> Value {
    let Level { mean, spread, units } = level;
    let told = |value: f64| metric::told(measure, value);
    json!({
        "value": mean, "spread": spread, "told": told(mean), "apart": spread.map(told), "units": units,
        "each": metric::each(measure),
    })
}

/// The smallest change that is found in so many weeks, in which so many visitors come into a test.
#[must_use]
pub fn found(weeks: u32, people: f64, smallest: Option<f64>, power: f64, down: bool) -> String {
    let sign = if down { "−" } else { "+" };
    let come =
        format!("In {} about {} come into a test", weeks_of(weeks), count(nearest(people), "visitor", "visitors"));
    match smallest {
        Some(change) => {
            format!("{come}. It then finds {sign}{} or more, with a chance of {}.", percent(change), exactly(power))
        }
        None => format!("{come}: too few to find any change."),
    }
}

fn weeks_of(weeks: u32) -> String {
    match weeks {
        2 => "two weeks".to_string(),
        4 => "four weeks".to_string(),
        weeks => count(u64::from(weeks), "week", "weeks"),
    }
}

#[cfg(test)]
mod tests {
    use super::{BTreeMap, DAY, sentence, trend};
    use crate::collect::{Measure, Metric, MetricTotal};
    use alloc::string::ToString;
    use serde::Deserialize;
    use serde_json::{Value, json};

    fn measure(stated: &Value) -> Measure {
        Measure::deserialize(stated).unwrap()
    }

    #[test]
    fn a_definition_is_a_sentence_that_says_all_of_it() {
        for (stated, words) in [
            (
                json!({}),
                "The share of visitors who did “paid” at least once, from when they met their version on. More is better.",
            ),
            (
                json!({"kind": "sum", "currency": "EUR", "cap": 500, "hours": 336, "before": 14}),
                "What the values of “paid” add up to for a visitor in EUR, within 14 days of meeting their version; of each visitor \
                 at most 500 EUR count. What they did in the 14 days before is taken out, so that less is left to chance. More is better.",
            ),
            (
                json!({"kind": "count", "where": {"plan": ["pro", "team"], "items": {"min": 2, "max": 9.5}}, "hours": 5}),
                "How often a visitor did “paid” where items is 2 to 9.5 and plan is “pro” or “team”, within 5 hours of meeting their \
                 version. More is better.",
            ),
            (
                json!({"kind": "ratio", "sum": true, "value": "items", "per": {"event": "visit", "where": {"new": [true]}}}),
                "What “items” of “paid” add up to, divided by how often “visit” was done where new is true, from when they met \
                 their version on. More is better.",
            ),
            (
                json!({"kind": "retention", "days": [1, 7]}),
                "The share of visitors who did “paid” again from day 1 to day 7 after they met their version. More is better.",
            ),
            (
                json!({"kind": "quantile", "unit": "ms", "quantile": 0.95, "direction": "down"}),
                "What 95 of 100 among the values of “paid” stay at or below in ms, from when they met their version on. Less is better.",
            ),
        ] {
            assert_eq!(sentence("paid", &measure(&stated)), words);
        }
    }

    fn metric(stated: &Value) -> Metric {
        Metric {
            metric: "m".into(),
            event: "paid".into(),
            primary: false,
            measure: measure(stated),
            rates: BTreeMap::default(),
        }
    }

    fn day(of: &Metric, day: i64, [n, y, d]: [i64; 3]) -> MetricTotal {
        let digits = |number: i64| number.to_string();
        let (metric, dimension) = (of.id(), alloc::string::String::new());
        MetricTotal { day: day * DAY, metric, dimension, n: digits(n), y: digits(y), d: digits(d) }
    }

    #[test]
    fn a_day_that_goes_on_is_no_whole_one_and_a_day_without_events_is_zero() {
        let paid = metric(&json!({}));
        let totals = [(100, 10), (102, 20), (103, 5)].map(|(at, n)| day(&paid, at, [n, n, 0]));
        let told = trend(&paid, &totals, (103 * DAY + 7, 28));
        let days: alloc::vec::Vec<_> =
            told["days"].as_array().unwrap().iter().map(|day| (&day["n"], &day["open"])).collect();
        let (no, yes) = (json!(false), json!(true));
        assert_eq!(days, [(&json!(10.0), &no), (&json!(0.0), &no), (&json!(20.0), &no), (&json!(5.0), &yes)]);
        assert_eq!(told["lately"]["value"], 10.0);
        assert_eq!(
            told["lately"]["words"],
            "10 times a day in the last 3 whole days, from 0 to 20. Days differ by 10 (standard deviation)."
        );
        assert_eq!(trend(&paid, &[], (0, 28)), json!({"each": "times a day", "days": [], "lately": null}));
    }

    #[test]
    fn what_is_divided_is_that_of_all_events_together() {
        let euros = metric(&json!({"kind": "mean", "currency": "EUR"}));
        let totals =
            [(100, [9, 90_00, 9]), (101, [1, 20_00, 1]), (102, [0, 0, 0])].map(|(at, sums)| day(&euros, at, sums));
        let told = trend(&euros, &totals, (103 * DAY, 28));
        assert_eq!(told["lately"]["told"], "11.00 EUR");
        assert_eq!(told["days"][2]["value"], Value::Null);
        let older = trend(&euros, &totals, (130 * DAY, 28));
        assert_eq!(
            older["days"].as_array().unwrap().len(),
            0,
            "what lies before the days that are asked for is not told"
        );
    }
}
