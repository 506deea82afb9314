//! Publishing, natively: what may follow what.

use pointsman::compile::Audience;
use pointsman::document::Code;
use pointsman::environment::Environment;
use pointsman::snapshot::Snapshot;
use pointsman::sql::LAST;
use pointsman::time::Millis;
use pointsman::versions::{self, NO_AUDIT, Note, Refusal};
use pointsman_native::Native;
use rusqlite::Connection;

const SHOP: &str = include_str!("../../../www/landing/document.json");
const HERE: Environment = Environment::Production;

fn store() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    versions::prepare(&mut Native(&connection)).unwrap();
    connection
}

fn publish_in(store: &Connection, environment: Environment, text: &str, seen: i64) -> Result<i64, Refusal> {
    let note = Note { who: "Ada", why: "a test", audit: NO_AUDIT };
    versions::publish(&mut Native(store), environment, text, seen, note, Millis(1)).map(|pointer| pointer.version)
}

fn publish(store: &Connection, text: &str, seen: i64) -> Result<i64, Refusal> {
    publish_in(store, HERE, text, seen)
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
    let before = versions::snapshot(&mut Native(&store), HERE, 1, Audience::Edge).unwrap();
    assert!(publish(&store, "{}", 1).is_err());
    assert_eq!(versions::pointer(&mut Native(&store), HERE).unwrap().version, 1);
    assert_eq!(versions::snapshot(&mut Native(&store), HERE, 1, Audience::Edge).unwrap(), before);
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

#[test]
fn environments_know_nothing_of_each_other() {
    let store = store();
    let sql = &mut Native(&store);
    assert_eq!(publish_in(&store, Environment::Staging, SHOP, 0), Ok(1));
    assert_eq!(publish_in(&store, Environment::Staging, SHOP, 1), Ok(2));
    assert_eq!(versions::pointer(sql, HERE).unwrap(), versions::Pointer::default());
    assert_eq!(versions::document(sql, HERE).unwrap(), None);
    assert_eq!(versions::snapshot(sql, HERE, 1, Audience::Edge).unwrap(), None);
    // Not even a run under way in one binds the other.
    let other = with("\"salt\": \"hero-1\"", "\"salt\": \"other\"");
    assert!(publish_in(&store, Environment::Staging, &other, 2).is_err());
    assert_eq!(publish_in(&store, HERE, &other, 0), Ok(1));
    let numbers = |environment| -> Vec<i64> {
        versions::history(&mut Native(&store), environment, LAST, 100)
            .unwrap()
            .iter()
            .map(|version| version.version)
            .collect()
    };
    assert_eq!((numbers(Environment::Staging), numbers(HERE)), (vec![2, 1], vec![1]));
}

#[test]
fn a_version_tells_who_published_it_why_and_after_what() {
    let store = store();
    let sql = &mut Native(&store);
    let head = "ab".repeat(32);
    let note = Note { who: "Ada", why: "the second try", audit: &head };
    publish(&store, SHOP, 0).unwrap();
    let pointer = versions::publish(sql, HERE, SHOP, 1, note, Millis(7)).unwrap();
    assert_eq!(versions::pointer(sql, HERE).unwrap(), pointer);
    assert_eq!((pointer.audit.as_str(), pointer.previous), (head.as_str(), 1));
    let told: Vec<_> = versions::history(sql, HERE, LAST, 100)
        .unwrap()
        .into_iter()
        .map(|version| (version.at, version.who, version.why, version.current))
        .collect();
    let row = |at, why: &str, current| (at, "Ada".to_string(), why.to_string(), current);
    assert_eq!(told, [row(7, "the second try", true), row(1, "a test", false)]);
}
