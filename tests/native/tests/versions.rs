//! Publishing, natively: what may follow what.

use pointsman::compile::Audience;
use pointsman::document::Code;
use pointsman::snapshot::Snapshot;
use pointsman::time::Millis;
use pointsman::versions::{self, Refusal};
use pointsman_native::Native;
use rusqlite::Connection;

const SHOP: &str = include_str!("../../../www/landing/document.json");

fn store() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    versions::prepare(&mut Native(&connection)).unwrap();
    connection
}

fn publish(store: &Connection, text: &str, seen: i64) -> Result<i64, Refusal> {
    versions::publish(&mut Native(store), text, seen, Millis(1)).map(|pointer| pointer.version)
}

/// The shop's document with a change that must find its place.
fn with(from: &str, to: &str) -> String {
    assert!(SHOP.contains(from), "{from}");
    SHOP.replace(from, to)
}

fn places(refusal: Result<i64, Refusal>) -> Vec<(String, Code)> {
    match refusal {
        Err(Refusal::Problems(problems)) => {
            problems.into_iter().map(|problem| (problem.pointer, problem.code)).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn of_two_authors_who_saw_the_same_version_one_publishes() {
    let store = store();
    assert_eq!(publish(&store, SHOP, 0), Ok(1));
    assert!(matches!(publish(&store, SHOP, 0), Err(Refusal::Conflict(pointer)) if pointer.version == 1));
    assert_eq!(publish(&store, SHOP, 1), Ok(2));
}

#[test]
fn a_refused_document_leaves_the_current_one() {
    let store = store();
    publish(&store, SHOP, 0).unwrap();
    let before = versions::snapshot(&mut Native(&store), 1, Audience::Edge).unwrap();
    assert!(publish(&store, "{}", 1).is_err());
    assert_eq!(versions::pointer(&mut Native(&store)).unwrap().version, 1);
    assert_eq!(versions::snapshot(&mut Native(&store), 1, Audience::Edge).unwrap(), before);
    assert_eq!(Snapshot::verify(&before.unwrap()).unwrap().config_version(), 1);
}

#[test]
fn within_a_run_only_the_rollout_moves_and_each_move_is_an_epoch() {
    let store = store();
    publish(&store, SHOP, 0).unwrap();
    let run = |what: &str| vec![(format!("/experiments/hero/run/{what}"), Code::Run)];
    assert_eq!(places(publish(&store, &with("[[2147483648,", "[[1000,"), 1)), run("split"));
    assert_eq!(places(publish(&store, &with("\"salt\": \"hero-1\"", "\"salt\": \"other\""), 1)), run("salt"));
    assert_eq!(places(publish(&store, &with("\"rollout\": 4294967296", "\"rollout\": 7"), 1)), run("epoch"));
    let lowered = with("\"rollout\": 4294967296", "\"rollout\": 7").replace("\"epoch\": 1", "\"epoch\": 2");
    assert_eq!(publish(&store, &lowered, 1), Ok(2));
    assert_eq!(places(publish(&store, SHOP, 2)), run("epoch"));
    let anew = with("[[2147483648,", "[[1000,").replace("\"hero-1\"", "\"hero-2\"");
    assert_eq!(publish(&store, &anew, 2), Ok(3));
}
