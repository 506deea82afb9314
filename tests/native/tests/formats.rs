//! What an older release has written is read by this one, and nothing less is known of it. `tests/formats/N` holds rows of an
//! object of each kind as format N laid them out: a project with an experiment that was shipped and one that runs, a shard with
//! six visitors, and three answers. A new format brings a folder of the one before.

use crate::desk::shop::{arms, tally};
use crate::desk::{Desk, HOUR, granted};
use crate::shard;
use pointsman::collect::segment::{self, Line};
use pointsman::time::Millis;
use pointsman::voices::{self, Query};
use pointsman::{collect, project};
use pointsman_native::Native;
use rusqlite::Connection;
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;

/// When the kept project was written.
const KEPT: i64 = 1_800_095_400_000;

/// The rows of an object of this kind in the first format.
fn kept(kind: &str) -> Connection {
    let path = format!("{}/../formats/1/{kind}.sql", env!("CARGO_MANIFEST_DIR"));
    let store = Connection::open_in_memory().unwrap();
    store.execute_batch(&fs::read_to_string(path).unwrap()).unwrap();
    store
}

fn format(store: &Connection) -> i64 {
    store.query_row("SELECT n FROM format", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_project_of_the_first_format_goes_on() {
    let store = kept("control");
    project::prepare(&mut Native(&store)).unwrap();
    let mut desk = Desk::empty();
    (desk.store, desk.now) = (store, KEPT);
    assert_eq!(desk.experiment("fresh-hero")["state"], "debriefed");
    // It had no index of what was learned and said.
    let cards = desk.get("library?q=marzipan")["cards"].clone();
    assert_eq!(cards[0]["key"], "fresh-hero", "{cards}");
    let found = desk.get("search?q=nougat");
    assert!(found.to_string().contains("nougat"), "{found}");
    assert_eq!(desk.experiment("larger-buttons")["state"], "running");
    desk.now += HOUR;
    desk.tick(&[tally("larger-buttons", desk.now, &arms(1, 200, [30, 30], [1, 1]))]);
    let ended = desk.act("larger-buttons", "decide", json!({"choice": "keep", "why": "Because we all believe in it."}));
    assert_eq!(granted(ended)["state"], "decided");
    assert!(desk.get("audit").to_string().contains("larger-buttons"), "what was recorded is still there");
}

/// Units and orders of each variant.
fn sums(store: &Connection) -> Vec<String> {
    let sums = collect::sums(&mut Native(store), "a-1", Millis(shard::NOW)).unwrap();
    let whole = sums.into_iter().filter(|sum| !sum.metric.is_empty() && sum.dimension.is_empty());
    whole.map(|sum| format!("{} {}", sum.variant, sum.vector[..2].join(" "))).collect()
}

#[test]
fn the_log_of_the_first_format_gives_its_sums_again() {
    let old = kept("shard");
    let mut query = old.prepare("SELECT text FROM pending ORDER BY n").unwrap();
    let log: String = query.query_map([], |row| row.get::<_, String>(0)).unwrap().collect::<Result<_, _>>().unwrap();
    let lines: Vec<Line> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 17);
    let store = pointsman_native::in_memory();
    collect::prepare(&mut Native(&store)).unwrap();
    for line in &lines {
        if let Line::Version { definitions } = line {
            collect::learn(&mut Native(&store), definitions, Millis(0)).unwrap();
        }
    }
    segment::replay(&mut Native(&store), &lines, &BTreeSet::new()).unwrap();
    assert_eq!(sums(&store), ["x 3 2", "y 3 2"]);
}

#[test]
fn a_shard_of_the_first_format_counts_on() {
    let store = kept("shard");
    collect::prepare(&mut Native(&store)).unwrap();
    assert_eq!(sums(&store), ["x 3 2", "y 3 2"]);
    // The first visitor comes again, whose exposure is known, and orders at last.
    let seen = json!({"t": "seen", "run": "a-1", "x": "x", "epoch": 1, "config": 1, "at": shard::NOW, "dt": 0});
    let receipt =
        shard::take(&store, &shard::batch(&shard::unit(0), "page-2", 0, &[seen, shard::order(0)]), shard::NOW + 9);
    assert_eq!((receipt.stored, receipt.duplicate), (1, 1));
    assert_eq!(sums(&store), ["x 3 3", "y 3 2"]);
}

#[test]
fn answers_of_the_first_format_are_found_by_their_words() {
    let store = kept("voices");
    voices::prepare(&mut Native(&store)).unwrap();
    let found = |words: &str| {
        let query = Query { words: words.to_string(), ..Query::default() };
        let (found, _) = voices::search(&mut Native(&store), "clear", &query).unwrap();
        found.into_iter().map(|voice| voice.text).collect::<Vec<_>>()
    };
    assert_eq!(found("creme"), ["The crème is too sweet."]);
    assert_eq!(found("marz"), ["Where is the marzipan?"]);
    assert_eq!(found("").len(), 3);
}

#[test]
fn a_step_is_taken_once_and_new_objects_need_none() {
    for (kind, prepare) in KINDS {
        let [old, new] = [kept(kind), Connection::open_in_memory().unwrap()];
        for store in [&old, &new] {
            prepare(store).unwrap();
            let rows = store.total_changes();
            prepare(store).unwrap();
            assert_eq!(store.total_changes(), rows, "{kind}: an object that wakes writes nothing");
        }
        assert_eq!(format(&old), format(&new), "{kind}");
        let schema = |store: &Connection| {
            let mut query =
                store.prepare("SELECT replace(sql, 'IF NOT EXISTS ', '') FROM sqlite_schema ORDER BY name").unwrap();
            query.query_map([], |row| row.get(0)).unwrap().collect::<rusqlite::Result<Vec<Option<String>>>>().unwrap()
        };
        assert_eq!(schema(&old), schema(&new), "{kind}: what is old is laid out as what is new");
    }
}

#[test]
fn what_a_later_release_has_written_is_left_as_it_is() {
    for (kind, prepare) in KINDS {
        let store = kept(kind);
        prepare(&store).unwrap();
        store.execute("UPDATE format SET n = n + 1", []).unwrap();
        let rows = store.total_changes();
        let refused = prepare(&store).unwrap_err();
        assert!(refused.contains("a later release has written"), "{refused}");
        assert_eq!(store.total_changes(), rows, "{kind}");
    }
}

type Prepare = fn(&Connection) -> Result<(), String>;

const KINDS: [(&str, Prepare); 3] = [
    ("control", |store| project::prepare(&mut Native(store)).map_err(|failure| failure.to_string())),
    ("shard", |store| collect::prepare(&mut Native(store)).map_err(|failure| failure.to_string())),
    ("voices", |store| voices::prepare(&mut Native(store)).map_err(|failure| failure.to_string())),
];
