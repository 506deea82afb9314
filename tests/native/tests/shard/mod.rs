//! A shard with two runs, and what it is told.

use pointsman::collect::{self, Batch, Definitions, Receipt};
use pointsman::time::Millis;
use pointsman_native::{Native, even_run};
use rusqlite::Connection;
use serde_json::{Value, json};

pub const NOW: i64 = 1_800_000_000_000;

pub fn shard() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    collect::prepare(&mut Native(&connection)).unwrap();
    learn(&connection, 1, true);
    connection
}

/// A version with two runs, of which the orders are counted or nothing.
pub fn learn(connection: &Connection, config: i64, counted: bool) {
    let metrics = if counted { json!([{"metric": "orders", "event": "order"}]) } else { json!([]) };
    let runs = ["a-1", "b-1"].map(|run| even_run(run, &metrics));
    let definitions: Definitions = serde_json::from_value(json!({"config": config, "runs": runs})).unwrap();
    collect::learn(&mut Native(connection), &definitions, Millis(NOW)).unwrap();
}

pub fn take(connection: &Connection, batch: &Value, now: i64) -> Receipt {
    let batch: Batch = serde_json::from_value(batch.clone()).unwrap();
    collect::step(&mut Native(connection), &batch, Millis(now)).unwrap()
}

pub fn unit(number: usize) -> String {
    format!("{number:032x}")
}

pub fn batch(unit: &str, page: &str, seq: usize, events: &[Value]) -> Value {
    json!({"unit": unit, "page": page, "seq": seq, "config": 1, "events": events})
}

pub fn order(dt: i64) -> Value {
    json!({"t": "track", "n": "order", "dt": dt})
}

pub fn track(name: &str, more: &Value) -> Value {
    let mut event = json!({"t": "track", "n": name, "dt": 0});
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event
}
