//! What is new on old data, made in the background while visitors come, come again and are erased.

use pointsman::collect::{self, Batch, Definitions, Sum};
use pointsman::time::Millis;
use pointsman_native::{Native, even_run};
use rusqlite::Connection;
use serde_json::{Value, json};

const NOW: i64 = 1_800_000_000_000;
const UNITS: u64 = 10_000;

fn shard() -> Connection {
    let shard = pointsman_native::in_memory();
    collect::prepare(&mut Native(&shard)).unwrap();
    shard
}

/// A version with two runs, of which something is measured or nothing; then they share it.
fn learn(shard: &Connection, config: i64, metrics: &Value) {
    let runs = ["a-1", "b-1"].map(|run| even_run(run, metrics));
    let definitions: Definitions = serde_json::from_value(json!({"config": config, "runs": runs})).unwrap();
    collect::learn(&mut Native(shard), &definitions, Millis(NOW)).unwrap();
}

/// A unit's hash: spread evenly, as the keyed hashes of an instance are.
fn hash(unit: u64) -> String {
    format!("{:016x}{unit:016x}", unit.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

fn took_part(unit: u64) -> Value {
    let met = |run: &str, bit: u64| {
        let variant = if unit >> bit & 1 == 0 { "x" } else { "y" };
        json!({"t": "seen", "run": run, "x": variant, "epoch": 1, "config": 1, "at": NOW - 9, "dt": 0})
    };
    let mut events = vec![met("a-1", 0), met("b-1", 1)];
    if unit.is_multiple_of(3) {
        events.push(order(unit, "first"));
    }
    json!({"unit": hash(unit), "config": 1, "events": events})
}

fn order(unit: u64, id: &str) -> Value {
    json!({"t": "track", "n": "order", "id": format!("{id} {unit}"), "at": NOW - 5, "v": 2_000_000 + unit})
}

fn take(shard: &Connection, batches: &[Value]) {
    let batches: Vec<Batch> = batches.iter().map(|batch| serde_json::from_value(batch.clone()).unwrap()).collect();
    let transaction = shard.unchecked_transaction().unwrap();
    let receipts = collect::commit(&mut Native(shard), &batches, Millis(NOW)).unwrap();
    transaction.commit().unwrap();
    assert!(receipts.iter().all(|receipt| receipt.rejected.is_empty()), "{receipts:?}");
}

fn erase(shard: &Connection, unit: u64) {
    collect::erase(&mut Native(shard), &hash(unit), Millis(NOW)).unwrap();
}

fn sums(shard: &Connection) -> Vec<Sum> {
    let of = |run| collect::sums(&mut Native(shard), run, Millis(NOW)).unwrap();
    of("a-1").into_iter().chain(of("b-1")).collect()
}

#[test]
fn a_metric_and_a_pair_that_are_new_on_old_data_are_exact_whatever_happens_while_they_are_made() {
    let metrics = json!([{"metric": "orders", "event": "order"}, {"metric": "revenue", "event": "order", "measure": {"kind": "sum", "scale": 2}}]);
    let shard = shard();
    learn(&shard, 1, &json!([]));
    let everybody: Vec<_> = (0..UNITS).map(took_part).collect();
    everybody.chunks(500).for_each(|some| take(&shard, some));
    learn(&shard, 2, &metrics);
    let (mut seen, mut step) = (Vec::new(), 0);
    loop {
        let all = collect::rebuilding(&mut Native(&shard)).unwrap();
        seen.extend(all.iter().filter(|one| one.metric == "orders" && one.run == "a-1").map(|one| one.done));
        // Somebody new, somebody who comes again and somebody who goes, wherever the sums have got to.
        let (new, again, gone) = (UNITS + step, step * 37 % UNITS, UNITS - 1 - step * 53 % UNITS);
        take(&shard, &[took_part(new), json!({"unit": hash(again), "config": 2, "events": [order(again, "again")]})]);
        erase(&shard, gone);
        step += 1;
        if !collect::rebuild(&mut Native(&shard)).unwrap() {
            break;
        }
    }
    let between = seen.iter().filter(|done| **done > 0.0 && **done < 1.0).count();
    assert!(between >= 10 && seen.is_sorted(), "it tells how far it is: {seen:?}");
    assert_eq!(collect::rebuilding(&mut Native(&shard)).unwrap(), []);
    assert!(step > 80, "four metrics and a pair, 500 units each time: {step}");

    let other = self::shard();
    learn(&other, 1, &metrics);
    everybody.chunks(500).for_each(|some| take(&other, some));
    for step in 0..step {
        let (new, again, gone) = (UNITS + step, step * 37 % UNITS, UNITS - 1 - step * 53 % UNITS);
        take(&other, &[took_part(new), json!({"unit": hash(again), "config": 1, "events": [order(again, "again")]})]);
        erase(&other, gone);
    }
    assert_eq!(sums(&shard), sums(&other), "as if it had been measured from the beginning");
    let crossed = sums(&shard).into_iter().filter(|sum| sum.dimension == "b-1=y" && sum.metric == "orders").count();
    assert_eq!(crossed, 2, "both variants of one by a variant of the other");
}
