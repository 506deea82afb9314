//! What a server tells of a time that it names itself: late is right for as long as rows are kept, and early is not.

use pointsman::collect::{self, Batch, Definitions, Freshness, Receipt};
use pointsman::time::{DAY, Millis};
use pointsman_native::Native;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const NOW: i64 = 1_800_000_000_000;

fn shard() -> Connection {
    let shard = Connection::open_in_memory().unwrap();
    let run = json!({"run": "a-1", "epoch": 1, "split": [[1_u64 << 32, "x"]], "salt": "s", "rollout": 1_u64 << 32, "drawn": false});
    let definitions: Definitions = serde_json::from_value(json!({"config": 1, "runs": [run]})).unwrap();
    collect::prepare(&mut Native(&shard)).unwrap();
    collect::learn(&mut Native(&shard), &definitions, Millis(NOW)).unwrap();
    shard
}

fn take(shard: &Connection, unit: usize, event: &Value) -> Receipt {
    let batch = json!({"unit": format!("{unit:032x}"), "config": 1, "events": [event]});
    let batch: Batch = serde_json::from_value(batch).unwrap();
    collect::step(&mut Native(shard), &batch, Millis(NOW)).unwrap()
}

#[test]
fn an_exposure_and_an_event_of_a_server_are_taken_for_400_days_and_never_from_the_future() {
    let shard = shard();
    let seen = |at: i64| json!({"t": "seen", "run": "a-1", "x": "x", "epoch": 1, "config": 1, "at": at});
    let order = |at: i64| json!({"t": "track", "n": "order", "id": format!("{at}"), "at": at});
    let because = |reason: &str| (0, BTreeMap::from([(reason.to_string(), 1)]));
    for (unit, at, due) in [
        (1, NOW - 10 * DAY, (1, BTreeMap::new())),
        (2, NOW - 399 * DAY, (1, BTreeMap::new())),
        (3, NOW - 401 * DAY, because("age")),
        (4, NOW + 60_000, (1, BTreeMap::new())),
        (5, NOW + 6 * 60_000, because("future")),
        (6, NOW + 400 * DAY, because("future")),
    ] {
        for event in [seen(at), order(at)] {
            let receipt = take(&shard, unit, &event);
            assert_eq!((receipt.stored, receipt.rejected), due, "{event}");
        }
    }
    let last = collect::freshness(&mut Native(&shard), "a-1").unwrap();
    assert_eq!(
        last,
        Freshness { assigned_at: Some(NOW), confirmed_at: Some(NOW) },
        "a clock that is ahead is set right"
    );
}

#[test]
fn a_page_tells_of_seven_days_and_no_more() {
    let shard = shard();
    let seen =
        |dt: i64| json!({"t": "seen", "run": "a-1", "x": "x", "epoch": 1, "config": 1, "at": NOW - dt, "dt": dt});
    assert_eq!(take(&shard, 1, &seen(7 * DAY)).stored, 1);
    assert_eq!(take(&shard, 2, &seen(7 * DAY + 1)).rejected, BTreeMap::from([("age".to_string(), 1)]));
}
