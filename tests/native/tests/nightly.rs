//! What a shard does once a night changes no total.

use pointsman::collect::{self, Batch, Definitions, segment};
use pointsman::time::{DAY, HOUR, Millis};
use pointsman_native::Native;
use rusqlite::Connection;
use serde_json::json;
use std::collections::BTreeSet;

const NOW: i64 = 1_800_000_000_000;

/// A shard that has learned of a version.
fn shard() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    let definitions: Definitions = serde_json::from_value(json!({"config": 1, "runs": []})).unwrap();
    collect::prepare(&mut Native(&connection)).unwrap();
    collect::learn(&mut Native(&connection), &definitions, Millis(NOW)).unwrap();
    connection
}

/// An order of somebody, and a visit of a machine.
fn happens(connection: &Connection, who: i64, at: i64) {
    let events = [json!({"t": "track", "n": "order", "dt": 0}), json!({"t": "filtered", "reason": "bot"})];
    let batch = json!({"unit": format!("{who:032x}"), "page": "page", "seq": 0, "config": 1, "events": events});
    let batch: Batch = serde_json::from_value(batch).unwrap();
    collect::step(&mut Native(connection), &batch, Millis(at)).unwrap();
}

#[test]
fn a_segment_that_is_listed_is_never_thrown_away() {
    let connection = shard();
    let sql = &mut Native(&connection);
    for number in 1..=3 {
        happens(&connection, number, NOW + number * DAY);
        assert_eq!(segment::seal(sql).unwrap().unwrap().number, number);
        segment::sealed(sql, number).unwrap();
    }
    collect::prune(sql, Millis(NOW + 2 * collect::KEPT), collect::KEPT).unwrap();
    let listed: Vec<_> = segment::segments(sql).unwrap().0.into_iter().map(|file| file.name).collect();
    let gone = segment::upkeep(sql).unwrap().unwrap().delete;
    assert_eq!(listed, ["00000003-0.ndjson.gz"], "its number is not given again");
    assert_eq!(gone, ["00000001-0.ndjson.gz", "00000002-0.ndjson.gz"]);
}

#[test]
fn hours_that_are_long_ago_become_days_and_the_ledger_stays_as_it_was() {
    let connection = shard();
    let sql = &mut Native(&connection);
    for hour in 0..72 {
        happens(&connection, hour, NOW + hour * HOUR);
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
