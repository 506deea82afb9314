//! What somebody can do to the numbers who has no key: with forgeries nothing, with harvested identities as little as there
//! are of them.

use pointsman::collect::{self, Batch, Definitions};
use pointsman::draw::{Algorithm, draw};
use pointsman::time::Millis;
use pointsman_native::Native;
use rusqlite::Connection;
use serde_json::{Value, json};

const NOW: i64 = 1_800_000_000_000;

fn shard() -> Connection {
    let shard = Connection::open_in_memory().unwrap();
    collect::prepare(&mut Native(&shard)).unwrap();
    let run = json!({"run": "a-1", "epoch": 1, "split": [[3_u64 << 30, "x"], [1_u64 << 32, "y"]], "salt": "a-1",
                     "rollout": 1_u64 << 32, "drawn": true, "metrics": [{"metric": "orders", "event": "order"}]});
    let definitions: Definitions = serde_json::from_value(json!({"config": 1, "runs": [run]})).unwrap();
    collect::learn(&mut Native(&shard), &definitions, Millis(NOW)).unwrap();
    shard
}

fn take(shard: &Connection, batches: &Value) -> Vec<collect::Receipt> {
    let batches: Vec<Batch> = serde_json::from_value(batches.clone()).unwrap();
    collect::commit(&mut Native(shard), &batches, Millis(NOW)).unwrap()
}

fn claim(unit: &str, variant: &str) -> Value {
    let event = json!({"t": "seen", "run": "a-1", "x": variant, "epoch": 1, "config": 1, "at": NOW, "dt": 0});
    let order = json!({"t": "track", "n": "order", "dt": 0});
    let hash = format!("{:0>32}", unit.trim_start_matches("unit-"));
    json!({"unit": hash, "drawn": unit, "page": "p", "config": 1, "events": [event, order]})
}

/// Every row of every table but the ledger and the catalog, which only count.
fn rows(shard: &Connection) -> Vec<(String, i64)> {
    let tables = ["exposure", "event", "page", "sum", "freshness", "pending"];
    let count = |table: &&str| {
        let n = shard.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        (table.to_string(), n)
    };
    tables.iter().map(count).collect()
}

#[test]
fn a_million_forged_exposures_change_no_sum_and_make_no_row() {
    let shard = shard();
    take(&shard, &json!([claim("unit-7", "x"), claim("unit-8", "x")]));
    let sums = || collect::sums(&mut Native(&shard), "a-1", Millis(NOW)).unwrap();
    let rejected = || collect::ledger(&mut Native(&shard)).unwrap().rejected.values().sum::<u64>();
    let (before, kept, booked) = (sums(), rows(&shard), rejected());
    // As intake hands them on: without a cookie of ours, or with a token that does not hold.
    let refused = |reason| json!({"t": "refused", "reason": reason});
    let forged: Vec<_> = (0..50).flat_map(|_| [refused("unsigned"), refused("token")]).collect();
    let batches: Vec<_> = (0..100).map(|_| json!({"unit": "", "events": forged})).collect();
    for _ in 0..100 {
        take(&shard, &json!(batches));
    }
    assert_eq!(sums(), before);
    assert_eq!(rows(&shard), kept);
    assert_eq!(rejected() - booked, 1_000_000);
}

#[test]
fn harvested_identities_add_as_many_units_as_there_are_spread_by_the_weights() {
    let shard = shard();
    let mut due = [0_u64; 2];
    for number in 0..400 {
        let unit = format!("unit-{number}");
        let split = draw(Algorithm::Xxh64High, b"split\0a-1\0", unit.as_bytes()).unwrap();
        due[usize::from(u64::from(split) >= 3 << 30)] += 1;
        // Each identity claims both, many times over.
        for _ in 0..5 {
            take(&shard, &json!([claim(&unit, "x"), claim(&unit, "y")]));
        }
    }
    let sums = collect::sums(&mut Native(&shard), "a-1", Millis(NOW)).unwrap();
    let units = |variant: &str| {
        let own = sums.iter().find(|sum| sum.variant == variant && sum.metric.is_empty() && sum.dimension.is_empty());
        own.map_or(0, |sum| sum.vector[0].parse::<u64>().unwrap())
    };
    assert_eq!([units("x"), units("y")], due);
    assert_eq!(due.iter().sum::<u64>(), 400);
    assert!((270..330).contains(&due[0]), "three quarters: {due:?}");
}
