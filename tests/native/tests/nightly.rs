//! What a shard does once a night changes no total.

use pointsman::collect::{self, Batch, Definitions};
use pointsman::time::Millis;
use pointsman_native::Native;
use rusqlite::Connection;
use serde_json::json;
use std::collections::BTreeSet;

const NOW: i64 = 1_800_000_000_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

#[test]
fn hours_that_are_long_ago_become_days_and_the_ledger_stays_as_it_was() {
    let connection = Connection::open_in_memory().unwrap();
    let sql = &mut Native(&connection);
    collect::prepare(sql).unwrap();
    let definitions: Definitions = serde_json::from_value(json!({"config": 1, "runs": []})).unwrap();
    collect::learn(sql, &definitions, Millis(NOW)).unwrap();
    for hour in 0..72 {
        let events = [json!({"t": "track", "n": "order", "dt": 0}), json!({"t": "filtered", "reason": "bot"})];
        let batch = json!({"unit": format!("{hour:032x}"), "page": "page", "seq": 0, "config": 1, "events": events});
        let batch: Batch = serde_json::from_value(batch).unwrap();
        collect::step(sql, &batch, Millis(NOW + hour * HOUR)).unwrap();
    }
    let (before, hours) = (collect::ledger(sql).unwrap(), collect::lines(sql, 0).unwrap().len());
    assert_eq!((before.stored, before.filtered["bot"], hours), (72, 72, 144));
    for night in 4..30 {
        collect::prune(sql, Millis(NOW + night * DAY), collect::KEPT).unwrap();
        assert_eq!(collect::ledger(sql).unwrap(), before, "night {night}");
    }
    let lines = collect::lines(sql, 0).unwrap();
    let days: BTreeSet<i64> = lines.iter().map(|line| line.hour).collect();
    assert!(lines.len() < hours / 10 && days.iter().all(|day| day % DAY == 0), "{lines:?}");
}
