//! What a shard does once a night changes no total.

use pointsman::collect::segment::{self, Rewrite, Segment};
use pointsman::collect::{self, Batch, Definitions};
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

/// A segment with an order of each of so many.
fn sealed(connection: &Connection, units: i64) -> Segment {
    (1..=units).for_each(|who| happens(connection, who, NOW));
    let sql = &mut Native(connection);
    let sealed = segment::seal(sql).unwrap().unwrap();
    segment::sealed(sql, sealed.number).unwrap();
    sealed
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
fn a_unit_of_which_only_pages_told_leaves_the_segments_weeks_later() {
    let connection = shard();
    let sql = &mut Native(&connection);
    let unit = format!("{:032x}", 7);
    let refused =
        json!({"unit": unit, "page": "page", "seq": 0, "config": 1, "events": [{"t": "refused", "reason": "field"}]});
    let batch: Batch = serde_json::from_value(refused).unwrap();
    assert_eq!(collect::step(sql, &batch, Millis(NOW)).unwrap().rejected["field"], 1);
    let sealed = segment::seal(sql).unwrap().unwrap();
    assert!(sealed.text.contains(&unit), "{}", sealed.text);
    segment::sealed(sql, sealed.number).unwrap();
    collect::prune(sql, Millis(NOW + 9 * DAY), collect::KEPT).unwrap();
    assert_eq!(collect::erase(sql, &unit, Millis(NOW + 9 * DAY)).unwrap(), 0, "its rows have gone by themselves");
    let Rewrite { number, generation, from, .. } = segment::upkeep(sql).unwrap().unwrap().rewrite.unwrap();
    assert_eq!(from, sealed.name);
    let rest = segment::without_erased(sql, number, generation, &sealed.text).unwrap().unwrap();
    assert!(!rest.contains(&unit), "{rest}");
}

#[test]
fn a_segment_without_anybody_who_was_erased_stays_as_it_is() {
    let connection = shard();
    let sql = &mut Native(&connection);
    let sealed = sealed(&connection, 1);
    happens(&connection, 2, NOW + DAY);
    collect::erase(sql, &format!("{:032x}", 2), Millis(NOW + DAY)).unwrap();
    let Rewrite { number, generation, .. } = segment::upkeep(sql).unwrap().unwrap().rewrite.unwrap();
    assert_eq!(segment::without_erased(sql, number, generation, &sealed.text).unwrap(), None);
    assert_eq!(segment::upkeep(sql).unwrap(), None, "and nothing is left to do");
    assert_eq!(segment::segments(sql).unwrap().0[0].name, sealed.name);
}

#[test]
fn two_that_write_the_same_segment_anew_lose_nothing() {
    let connection = shard();
    let sql = &mut Native(&connection);
    let sealed = sealed(&connection, 3);
    let mut begin = |who: i64| {
        collect::erase(sql, &format!("{who:032x}"), Millis(NOW)).unwrap();
        let next = segment::upkeep(sql).unwrap().unwrap().rewrite.unwrap();
        let text = segment::without_erased(sql, next.number, next.generation, &sealed.text).unwrap().unwrap();
        (next, text)
    };
    let ((one, _), (two, text)) = (begin(1), begin(2));
    assert_eq!((one.from, two.from), (sealed.name.clone(), sealed.name.clone()), "neither has ended");
    assert_eq!(text.lines().filter(|line| line.contains("order")).count(), 1);
    // The one that was begun later ends first.
    segment::rewritten(sql, two.number, two.generation).unwrap();
    segment::rewritten(sql, one.number, one.generation).unwrap();
    let listed = segment::segments(sql).unwrap().0.remove(0).name;
    assert_eq!(listed, two.to);
    let left = segment::upkeep(sql).unwrap().unwrap();
    assert_eq!((left.rewrite, left.delete), (None, vec![sealed.name, one.to]));
}

#[test]
fn a_unit_that_is_erased_while_a_segment_is_written_anew_leaves_it_too() {
    let connection = shard();
    let sql = &mut Native(&connection);
    let sealed = sealed(&connection, 2);
    collect::erase(sql, &format!("{:032x}", 1), Millis(NOW)).unwrap();
    let first = segment::upkeep(sql).unwrap().unwrap().rewrite.unwrap();
    segment::without_erased(sql, first.number, first.generation, &sealed.text).unwrap().unwrap();
    collect::erase(sql, &format!("{:032x}", 2), Millis(NOW)).unwrap();
    segment::rewritten(sql, first.number, first.generation).unwrap();
    let second = segment::upkeep(sql).unwrap().unwrap().rewrite.unwrap();
    assert_eq!(second.from, first.to);
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

/// A shard that counts the orders of a run.
fn counting() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    let run = json!({"run": "a-1", "epoch": 1, "split": [[1_u64 << 32, "x"]], "salt": "s", "rollout": 1_u64 << 32,
                     "drawn": false, "metrics": [{"metric": "orders", "event": "order"}]});
    let definitions: Definitions = serde_json::from_value(json!({"config": 1, "runs": [run]})).unwrap();
    collect::prepare(&mut Native(&connection)).unwrap();
    collect::learn(&mut Native(&connection), &definitions, Millis(NOW)).unwrap();
    connection
}

/// Somebody has met the run, or comes again, and orders.
fn orders(connection: &Connection, who: i64, page: &str, at: i64) {
    let events = [
        json!({"t": "seen", "run": "a-1", "x": "x", "epoch": 1, "config": 1, "at": at, "dt": 0}),
        json!({"t": "track", "n": "order", "dt": 0}),
    ];
    let batch = json!({"unit": format!("{who:032x}"), "page": page, "config": 1, "events": events});
    let batch: Batch = serde_json::from_value(batch).unwrap();
    assert_eq!(collect::step(&mut Native(connection), &batch, Millis(at)).unwrap().rejected.len(), 0);
}

fn rows(connection: &Connection, table: &str) -> i64 {
    connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

#[test]
fn rows_of_a_run_that_is_over_go_by_age_and_its_sums_and_totals_stay() {
    let connection = counting();
    let sql = &mut Native(&connection);
    (1..=3).for_each(|who| orders(&connection, who, "p", NOW));
    let later = Millis(NOW + collect::KEPT + DAY);
    let told = |sql: &mut Native| {
        (collect::sums(sql, "a-1", later).unwrap(), collect::totals(sql, 0).unwrap(), collect::ledger(sql).unwrap())
    };
    let before = told(sql);
    collect::prune(sql, Millis(NOW + collect::KEPT - DAY), collect::KEPT).unwrap();
    assert_eq!([rows(&connection, "exposure"), rows(&connection, "event")], [3, 3], "they are kept for 400 days");
    while collect::prune(sql, later, collect::KEPT).unwrap() {}
    assert_eq!([rows(&connection, "exposure"), rows(&connection, "event"), rows(&connection, "page")], [0, 0, 0]);
    assert_eq!(told(sql), before);
}

#[test]
fn who_did_it_long_ago_in_a_run_that_goes_on_counts_once_when_they_do_it_again() {
    let connection = counting();
    let sql = &mut Native(&connection);
    orders(&connection, 1, "p", NOW);
    let later = NOW + collect::KEPT + 9 * DAY;
    orders(&connection, 2, "p", later);
    while collect::prune(sql, Millis(later), collect::KEPT).unwrap() {}
    orders(&connection, 1, "q", later);
    let sums = collect::sums(sql, "a-1", Millis(later)).unwrap();
    let own = sums.iter().find(|sum| sum.metric == "orders" && sum.dimension.is_empty()).unwrap();
    assert_eq!(own.vector, ["2", "2", "2"], "two units, each of which has ordered");
}
