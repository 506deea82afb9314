//! Declared dimensions: units are told apart by them in every sum, and nothing that is not declared is kept.

use fastrand::Rng;
use pointsman::collect::segment::{self, Line};
use pointsman::collect::{self, Batch, Definitions, Sum};
use pointsman::time::Millis;
use pointsman_native::Native;
use pointsman_native::recount::recount;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const NOW: i64 = 1_800_000_000_000;
const PLANS: [&str; 3] = ["free", "pro", "team"];

fn definitions() -> Definitions {
    let run = json!({"run": "a-1", "epoch": 1, "split": [[1_u64 << 32, "x"]], "salt": "s", "rollout": 1_u64 << 32,
                     "drawn": false, "metrics": [{"metric": "orders", "event": "order"}]});
    serde_json::from_value(json!({"config": 1, "runs": [run], "dimensions": {"plan": PLANS}})).unwrap()
}

fn shard() -> Connection {
    let shard = Connection::open_in_memory().unwrap();
    collect::prepare(&mut Native(&shard)).unwrap();
    collect::learn(&mut Native(&shard), &definitions(), Millis(NOW)).unwrap();
    shard
}

fn take(shard: &Connection, batch: &Value) {
    let batch: Batch = serde_json::from_value(batch.clone()).unwrap();
    let receipt = collect::step(&mut Native(shard), &batch, Millis(NOW)).unwrap();
    assert_eq!(receipt.stored + receipt.duplicate, batch.events.len() as u64, "{receipt:?}");
}

/// A unit that has met the run and ordered, with these values of dimensions.
fn batch(unit: usize, g: &Value) -> Value {
    json!({"unit": format!("{unit:032x}"), "page": "p", "config": 1, "traits": {"browser": "Safari"}, "events": [
        {"t": "assigned", "run": "a-1", "x": "x", "epoch": 1, "config": 1, "at": NOW - 5, "g": g},
        {"t": "seen", "run": "a-1", "x": "x", "epoch": 1, "config": 1, "at": NOW - 5, "dt": 0, "g": g},
        {"t": "track", "n": "order", "dt": 0, "g": g},
    ]})
}

fn sums(shard: &Connection) -> Vec<Sum> {
    collect::sums(&mut Native(shard), "a-1", Millis(NOW)).unwrap()
}

fn dimensions(shard: &Connection) -> BTreeSet<String> {
    sums(shard).into_iter().map(|sum| sum.dimension).collect()
}

#[test]
fn units_are_told_apart_by_what_is_declared_in_sums_totals_and_the_log() {
    let shard = shard();
    for unit in 0..10 {
        take(&shard, &batch(unit, &json!({"plan": PLANS[usize::from(unit >= 4)]})));
    }
    let orders = |dimension: &str| {
        let all = sums(&shard);
        let own = all.iter().find(|sum| sum.metric == "orders" && sum.dimension == dimension).unwrap();
        own.vector[1].clone()
    };
    assert_eq!([orders(""), orders("plan=free"), orders("plan=pro")], ["10", "4", "6"]);
    let totals = collect::totals(&mut Native(&shard), 0).unwrap().totals;
    assert_eq!(totals.iter().find(|total| total.dimension == "plan=pro").unwrap().n, "6");
    let line: String = shard.query_row("SELECT text FROM pending WHERE n = 2", [], |row| row.get(0)).unwrap();
    assert!(line.contains(r#""dimensions":{"plan":"free"}"#), "{line}");
}

#[test]
fn what_is_not_declared_is_kept_nowhere() {
    let shard = shard();
    let long = "x".repeat(5000);
    for (unit, g) in [
        json!({"plan": "platinum"}),
        json!({"mail": "ada@example.com"}),
        json!({"plan": long}),
        json!({"plan": "pro|admin=yes"}),
        json!({"": ""}),
    ]
    .iter()
    .enumerate()
    {
        take(&shard, &batch(unit, g));
    }
    assert_eq!(dimensions(&shard), BTreeSet::from([String::new(), "browser=Safari".to_string()]));
    for table in ["exposure", "event", "pending", "sum"] {
        let mut query = shard.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = query.column_count();
        let rows = query.query_map([], |row| {
            Ok((0..columns).map(|column| format!("{:?}", row.get_ref(column).unwrap())).collect::<String>())
        });
        let all: String = rows.unwrap().map(Result::unwrap).collect();
        for canary in ["platinum", "example.com", "xxxxx", "admin"] {
            assert!(!all.contains(canary), "{canary} is in {table}");
        }
    }
}

#[test]
fn no_order_of_reports_bends_them_and_a_recount_and_the_log_say_the_same() {
    let mut rng = Rng::with_seed(5);
    let told = |unit: usize, value: Option<&str>| batch(unit, &value.map_or(json!({}), |plan| json!({"plan": plan})));
    // The edge knows nothing of some, and two pages of one unit say different things.
    let mut all: Vec<_> = (0..30)
        .flat_map(|unit| [told(unit, None), told(unit, Some(PLANS[unit % 3])), told(unit, Some(PLANS[unit % 2]))])
        .collect();
    let first = shard();
    for batch in &all {
        take(&first, batch);
    }
    for _ in 0..5 {
        rng.shuffle(&mut all);
        let other = shard();
        for batch in &all {
            take(&other, batch);
        }
        let exposures = |shard: &Connection| {
            sums(shard)
                .into_iter()
                .filter(|sum| !sum.metric.is_empty() || sum.dimension.contains('='))
                .collect::<Vec<_>>()
        };
        assert_eq!(exposures(&other), exposures(&first));
        let counted = recount(&other, &BTreeMap::from([("orders".to_string(), "order".to_string())])).unwrap();
        assert_eq!(counted.sums, counted.recounted);
        let mut query = other.prepare("SELECT text FROM pending ORDER BY n").unwrap();
        let texts: Vec<String> = query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let lines: Vec<Line> =
            texts.iter().flat_map(|text| text.lines()).map(|line| serde_json::from_str(line).unwrap()).collect();
        let replayed = shard();
        segment::replay(&mut Native(&replayed), &lines, &BTreeSet::new()).unwrap();
        assert_eq!(sums(&replayed), sums(&other));
    }
}
