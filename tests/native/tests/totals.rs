//! What all traffic does by each declared metric, against arithmetic on the events themselves.

use fastrand::Rng;
use pointsman::collect::{self, Batch, Definitions, Metric};
use pointsman::time::{DAY, Millis};
use pointsman_native::Native;
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
