//! What all traffic does by each declared metric, and what its visitors do, against arithmetic on the events themselves.

use fastrand::Rng;
use pointsman::collect::{self, Batch, Definitions, Metric};
use pointsman::screens;
use pointsman::time::{DAY, Millis};
use pointsman_native::{Native, recount};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const NOW: i64 = 1_800_000_000_000;
const PLANS: [&str; 2] = ["free", "pro"];

fn shard() -> Connection {
    let shard = pointsman_native::in_memory();
    collect::prepare(&mut Native(&shard)).unwrap();
    shard
}

fn learn(shard: &Connection, config: i64, metrics: &Value) -> Vec<Metric> {
    let definitions = json!({"config": config, "runs": [], "metrics": metrics, "dimensions": {"plan": PLANS}});
    let definitions: Definitions = serde_json::from_value(definitions).unwrap();
    collect::learn(&mut Native(shard), &definitions, Millis(NOW)).unwrap();
    definitions.metrics
}

fn metrics(dollar: i64) -> Value {
    let rates = json!({"USD": dollar});
    json!([
        {"metric": "large", "event": "paid", "measure": {"kind": "count", "where": {"items": {"min": 3}}}},
        {"metric": "revenue", "event": "paid", "measure": {"kind": "sum", "currency": "EUR", "cap": 1, "hours": 1}, "rates": rates},
        {"metric": "items", "event": "paid", "measure": {"kind": "mean", "value": "items"}},
        {"metric": "each", "event": "paid", "measure": {"kind": "ratio", "sum": true, "scale": 2, "per": {"event": "visit"}}},
    ])
}

/// An event: its unit, day, name, cents, currency, items and plan.
struct Deed(u64, i64, &'static str, i64, &'static str, i64, &'static str);

fn story(seed: u64) -> Vec<Deed> {
    let mut rng = Rng::with_seed(seed);
    let mut deed = || {
        let name = ["paid", "paid", "visit"][rng.usize(..3)];
        let (currency, plan) = (["EUR", "USD", "CHF"][rng.usize(..3)], PLANS[rng.usize(..2)]);
        Deed(rng.u64(..900), rng.i64(0..4), name, rng.i64(-200..9000), currency, rng.i64(0..6), plan)
    };
    (0..3000).map(|_| deed()).collect()
}

fn tell(shard: &Connection, config: i64, from: usize, story: &[Deed]) {
    let batch = |(place, Deed(unit, day, n, cents, c, items, plan)): (usize, &Deed)| {
        let event = json!({"t": "track", "n": n, "id": format!("{}", from + place), "at": NOW - day * DAY, "v": cents * 10_000,
                           "c": c, "p": {"items": items}, "g": {"plan": plan}});
        json!({"unit": format!("{:08x}{unit:024x}", unit * 4_771_000), "config": config, "events": [event]})
    };
    let batches: Vec<Batch> = story.iter().enumerate().map(|one| serde_json::from_value(batch(one)).unwrap()).collect();
    let receipts = collect::commit(&mut Native(shard), &batches, Millis(NOW)).unwrap();
    assert!(receipts.iter().all(|receipt| receipt.stored == 1), "{receipts:?}");
}

type Told = BTreeMap<(i64, String, String), [i128; 3]>;

/// By hand: what the documentation says of each metric.
fn by_hand<'s>(story: impl Iterator<Item = &'s Deed>, dollar: i64) -> Told {
    let mut all = Told::new();
    for Deed(_, day, name, cents, currency, items, plan) in story {
        let day = (NOW - day * DAY) / DAY * DAY;
        for dimension in [String::new(), "browser=Other".to_string(), format!("plan={plan}")] {
            let mut add = |metric: &str, vector: [i64; 3]| {
                let own = all.entry((day, metric.to_string(), dimension.clone())).or_default();
                own.iter_mut().zip(vector).for_each(|(sum, more)| *sum += i128::from(more));
            };
            if *name == "visit" {
                add("each", [0, 0, 1]);
                continue;
            }
            // Half a cent goes away from nothing.
            let converted = (cents * dollar * 2 + cents.signum() * 1_000_000_000) / 2_000_000_000;
            let euros = match *currency {
                "EUR" => *cents,
                "USD" => converted,
                _ => 0,
            };
            if *items >= 3 {
                add("large", [1, 1, 0]);
            }
            add("revenue", [1, euros, 0]);
            add("items", [1, *items, 1]);
            add("each", [1, *cents, 0]);
        }
    }
    all.retain(|_, vector| *vector != [0; 3]);
    all
}

/// What the shard says of these metrics.
fn told(shard: &Connection, metrics: &[Metric]) -> Told {
    let name = |id: &str| metrics.iter().find(|metric| metric.id() == id).map(|metric| metric.metric.clone());
    let all = collect::totals(&mut Native(shard), 0).unwrap().metrics;
    let one = |total: collect::MetricTotal| {
        let vector = [total.n, total.y, total.d].map(|digits| digits.parse().unwrap());
        Some(((total.day, name(&total.metric)?, total.dimension), vector))
    };
    all.into_iter().filter_map(one).collect()
}

#[test]
fn each_metric_has_its_totals_by_day_and_dimension_from_the_start_or_made_later_and_without_who_is_erased() {
    let story = story(1);
    let (early, late) = (shard(), shard());
    let own = learn(&early, 1, &metrics(500_000_000));
    tell(&early, 1, 0, &story);
    let due = by_hand(story.iter(), 500_000_000);
    assert!(due.len() > 40);
    assert_eq!(told(&early, &own), due);

    // Made later from what is kept, while more comes in.
    learn(&late, 1, &json!([]));
    tell(&late, 1, 0, &story[..2000]);
    learn(&late, 2, &metrics(500_000_000));
    tell(&late, 2, 2000, &story[2000..]);
    while collect::rebuild(&mut Native(&late)).unwrap() {}
    assert_eq!(told(&late, &own), due);

    let gone = 7_u64;
    collect::erase(&mut Native(&early), &format!("{:08x}{gone:024x}", gone * 4_771_000), Millis(NOW)).unwrap();
    assert!(story.iter().any(|deed| deed.0 == gone));
    assert_eq!(told(&early, &own), by_hand(story.iter().filter(|deed| deed.0 != gone), 500_000_000));
}

#[test]
fn other_rates_make_another_metric_and_one_that_no_version_has_any_longer_goes() {
    let story = story(2);
    let shard = shard();
    let old = learn(&shard, 1, &metrics(500_000_000));
    tell(&shard, 1, 0, &story);
    let new = learn(&shard, 2, &metrics(900_000_000));
    while collect::rebuild(&mut Native(&shard)).unwrap() {}
    assert_eq!(told(&shard, &old), by_hand(story.iter(), 500_000_000));
    assert_eq!(told(&shard, &new), by_hand(story.iter(), 900_000_000));
    // Version 2 is in use, and version 1 is not.
    let later = Millis(NOW + 9 * DAY);
    let event = json!({"unit": "0".repeat(32), "config": 2, "events": [{"t": "track", "n": "visit", "id": "x", "at": later.0}]});
    collect::step(&mut Native(&shard), &serde_json::from_value(event).unwrap(), later).unwrap();
    collect::prune(&mut Native(&shard), later, collect::KEPT).unwrap();
    let left = told(&shard, &old);
    assert!(
        left.keys().all(|(_, metric, _)| metric != "revenue") && left.keys().any(|(_, metric, _)| metric == "items")
    );
    assert!(told(&shard, &new).keys().any(|(_, metric, _)| metric == "revenue"));
}

/// A metric, and the steps before it.
type Asked = (Metric, Vec<String>);

fn asked(measure: &Value) -> Asked {
    serde_json::from_value(json!([{"metric": "", "event": "paid", "measure": measure}, ["visit"]])).unwrap()
}

/// Who comes back and who goes from step to step, as a shard says it.
fn seen(shard: &Connection, asked: &Asked, most: usize, now: i64) -> recount::Visitors {
    recount::seen(&collect::visitors(&mut Native(shard), asked, most, Millis(now)).unwrap())
}

/// Visitors who come back: each does something at many times of 40 days, some of it at the same millisecond.
fn returning(shard: &Connection, seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let batches: Vec<Batch> = (0..400_u64)
        .map(|unit| {
            let began = rng.i64(0..40 * DAY);
            let mut event = |id: u64| {
                let at = NOW - (began - rng.i64(0..17) * DAY - rng.i64(0..3) * DAY / 2).max(0);
                let name = ["paid", "visit"][rng.usize(..2)];
                json!({"t": "track", "n": name, "id": id.to_string(), "at": at, "v": rng.i64(0..9) * 1_000_000,
                       "p": {"items": rng.i64(0..6)}})
            };
            let events: Vec<_> = (0..7).map(&mut event).collect();
            serde_json::from_value(json!({"unit": format!("{:08x}{unit:024x}", unit * 10_000_000), "events": events}))
                .unwrap()
        })
        .collect();
    collect::commit(&mut Native(shard), &batches, Millis(NOW)).unwrap();
}

/// The rows of events, with those left out of the metric's own whose property is too small.
fn rows(shard: &Connection, least: i64) -> Vec<recount::Event> {
    let items = "SELECT lower(hex(unit)) || key FROM event WHERE name = 'paid' AND properties ->> '$.items' < ?";
    let mut query = shard.prepare(items).unwrap();
    let small: Vec<String> = query.query_map([least], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut all = recount::recount(shard, &BTreeMap::new()).unwrap().events;
    for row in all.iter_mut().filter(|row| small.contains(&format!("{}{}", row.unit, row.key))) {
        row.name = "other".to_string();
    }
    all
}

#[test]
fn who_comes_back_and_who_goes_from_step_to_step_is_what_the_rows_say_whoever_is_erased_and_whatever_is_let_go() {
    let shard = shard();
    returning(&shard, 3);
    let large = asked(&json!({"kind": "count", "where": {"items": {"min": 3}}}));
    let whole = |now: i64| seen(&shard, &large, collect::LOOKED_AT, now);
    let due = |now: i64| recount::visitors(&rows(&shard, 3), "visit", "paid", now);
    let first = due(NOW);
    assert_eq!(whole(NOW), first);
    assert!(first.len() == 29 && first[&("steps", 0)][2] > 20, "{first:?}");
    let comes =
        |day: usize| first.iter().any(|((name, _), row)| *name == "back" && row.get(day).is_some_and(|n| *n > 0));
    assert!((0..15).all(comes), "somebody comes back on each day");

    for gone in [7_u64, 60, 333] {
        collect::erase(&mut Native(&shard), &format!("{:08x}{gone:024x}", gone * 10_000_000), Millis(NOW)).unwrap();
    }
    assert_eq!(whole(NOW), due(NOW));
    assert_ne!(whole(NOW), first);
    // Rows of the last ten days stay.
    while collect::prune(&mut Native(&shard), Millis(NOW), 10 * DAY).unwrap() {}
    assert_eq!(whole(NOW), due(NOW));
    assert_eq!(whole(NOW + 3 * DAY), due(NOW + 3 * DAY));
}

#[test]
fn more_than_a_shard_looks_at_is_a_sample_of_its_visitors_that_says_how_large_it_is() {
    let shard = shard();
    returning(&shard, 4);
    let paid = asked(&json!({}));
    let sums = collect::visitors(&mut Native(&shard), &paid, 700, Millis(NOW)).unwrap();
    let read = sums.iter().find(|sum| sum.metric == "read").unwrap();
    // Each visitor did seven things, so the first hundred are looked at.
    assert_eq!(read.vector, ["1000000000", "1"]);
    let mut sample = rows(&shard, 0);
    sample.retain(|row| row.unit.as_str() < "3b9aca00");
    assert_eq!(seen(&shard, &paid, 700, NOW), recount::visitors(&sample, "visit", "paid", NOW));
    let came = |most: usize| seen(&shard, &paid, most, NOW)[&("steps", 0)][0];
    assert!(came(1 << 40) > 3 * came(700));
}

#[test]
fn the_last_days_and_how_much_visitors_differ_are_told_of_a_metric_that_nobody_has_made_yet() {
    let shard = shard();
    returning(&shard, 5);
    let spent = asked(&json!({"kind": "sum", "where": {"items": {"min": 2}}, "hours": 72}));
    let sums = collect::visitors(&mut Native(&shard), &spent, collect::LOOKED_AT, Millis(NOW)).unwrap();
    let told = screens::visitors::visitors(&spent.0, sums, NOW);
    // The long way: a visitor who did anything in the fortnight that ended three days ago, and the three days behind that.
    let today = NOW / DAY * DAY;
    let (from, until) = (today - 17 * DAY, today - 3 * DAY);
    let all = rows(&shard, 2);
    let mut first: BTreeMap<&str, i64> = BTreeMap::new();
    for row in all.iter().filter(|row| (from..until).contains(&row.at)) {
        let own = first.entry(&row.unit).or_insert(row.at);
        *own = row.at.min(*own);
    }
    // Whole units, of which there are a few.
    let value = |row: &recount::Event| f64::from(i32::try_from(row.value.unwrap() / 1_000_000).unwrap());
    let spends = |(unit, at): (&&str, &i64)| {
        let own =
            all.iter().filter(|row| row.unit == **unit && row.name == "paid" && (*at..at + 3 * DAY).contains(&row.at));
        own.map(value).sum::<f64>()
    };
    let each: Vec<f64> = first.iter().map(spends).collect();
    let n = f64::from(u32::try_from(each.len()).unwrap());
    let mean = each.iter().sum::<f64>() / n;
    let spread = (each.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    let near = |told: &Value, due: f64| assert!((told.as_f64().unwrap() / due - 1.0).abs() < 1e-9, "{told}, {due}");
    near(&told["level"]["units"], n);
    near(&told["level"]["value"], mean);
    near(&told["level"]["spread"], spread);
    let day = |row: &&recount::Event| row.name == "paid" && (today - 14 * DAY..today).contains(&row.at);
    near(&told["trend"]["lately"]["value"], all.iter().filter(day).map(value).sum::<f64>() / 14.0);
}
