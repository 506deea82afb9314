//! Which runs are counted together: those that run at the same time and share a page or a metric, at most twenty pairs.

use pointsman::collect::{self, Batch, Definitions};
use pointsman::document;
use pointsman::time::Millis;
use pointsman::versions;
use pointsman_native::Native;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const NOW: i64 = 1_800_000_000_000;

fn shard() -> Connection {
    let shard = Connection::open_in_memory().unwrap();
    collect::prepare(&mut Native(&shard)).unwrap();
    shard
}

fn run(name: &str, metric: &str, more: &Value) -> Value {
    let mut run = json!({"run": name, "epoch": 1, "split": [[1_u64 << 31, "x"], [1_u64 << 32, "y"]], "salt": name,
                         "rollout": 1_u64 << 32, "drawn": false, "metrics": [{"metric": metric, "event": "e"}]});
    run.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    run
}

fn learn(shard: &Connection, config: i64, runs: &[Value]) {
    let definitions: Definitions = serde_json::from_value(json!({"config": config, "runs": runs})).unwrap();
    collect::learn(&mut Native(shard), &definitions, Millis(NOW)).unwrap();
}

/// Pairs of which the sums tell something, once a unit has met all of these runs.
fn pairs(shard: &Connection, config: i64, runs: &[Value]) -> BTreeSet<String> {
    let names: Vec<_> = runs.iter().map(|run| run["run"].as_str().unwrap()).collect();
    let met =
        |run: &&str| json!({"t": "seen", "run": run, "x": "x", "epoch": 1, "config": config, "at": NOW - 5, "dt": 0});
    let batch = json!({"unit": format!("{config:032x}"), "config": config, "events": names.iter().map(met).collect::<Vec<_>>()});
    let batch: Batch = serde_json::from_value(batch).unwrap();
    let receipt = collect::step(&mut Native(shard), &batch, Millis(NOW)).unwrap();
    assert_eq!(receipt.stored, names.len() as u64, "{receipt:?}");
    let of = |run: &&str| {
        let sums = collect::sums(&mut Native(shard), run, Millis(NOW)).unwrap();
        let own = sums.into_iter().filter(|sum| sum.dimension.ends_with("=x"));
        own.map(|sum| format!("{run} {}", sum.dimension.trim_end_matches("=x"))).collect::<Vec<_>>()
    };
    names.iter().flat_map(of).collect()
}

fn set(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(ToString::to_string).collect()
}

#[test]
fn runs_on_one_page_are_counted_together_whatever_they_measure_and_runs_of_one_layer_never() {
    let layer = json!({"spans": [{"layer": true, "salt": "l", "from": 0, "below": 9}]});
    let runs = [
        run("a-1", "orders", &json!({"beside": ["b-1"]})),
        run("b-1", "signups", &json!({})),
        run("c-1", "visits", &layer),
        run("d-1", "visits", &layer),
        run("e-1", "others", &json!({})),
    ];
    let shard = shard();
    learn(&shard, 1, &runs);
    assert_eq!(pairs(&shard, 1, &runs), set(&["a-1 b-1", "b-1 a-1"]));
}

#[test]
fn twenty_pairs_are_those_of_what_runs_at_the_same_time() {
    let shard = shard();
    let week = |week: i64| -> Vec<_> {
        (0..8).map(|n| run(&format!("w{week}-{n}"), &format!("m{week}"), &json!({}))).collect()
    };
    for config in 1..4 {
        let runs = week(config);
        learn(&shard, config, &runs);
        assert_eq!(pairs(&shard, config, &runs).len(), 2 * 20, "of 28, in week {config}");
    }
    // A version that nobody had heard of yet adds nothing to those of the same runs.
    learn(&shard, 9, &week(3));
    assert_eq!(pairs(&shard, 9, &week(3)).len(), 2 * 20);
}

#[test]
fn a_document_says_which_runs_share_a_page() {
    let shop: Value = serde_json::from_str(include_str!("../../../www/landing/document.json")).unwrap();
    let beside = |pages: &[(&str, &str)]| {
        let mut document = shop.clone();
        let hero = document["experiments"]["hero"].clone();
        document["experiments"] = json!({});
        document["pages"] = json!({});
        document["metrics"] = json!({"orders": {"event": "order"}, "signups": {"event": "signup"}});
        for (n, (name, path)) in pages.iter().enumerate() {
            let mut experiment = hero.clone();
            experiment["flag"] = json!(name);
            experiment["metric"] = json!(["orders", "signups"][n % 2]);
            experiment["guardrails"] = json!([]);
            experiment["run"]["id"] = json!(format!("{name}-1"));
            document["experiments"][name] = experiment;
            document["flags"][name] = shop["flags"]["hero"].clone();
            document["flags"][name]["rules"] = json!([{"experiment": name}]);
            document["pages"][name] = json!({"path": path, "flag": name, "variants": {}});
        }
        let document = document::read(document.to_string().as_bytes()).unwrap();
        versions::defined(&document, 1)
            .runs
            .into_iter()
            .map(|run| run.beside.into_iter().collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
    };
    assert_eq!(beside(&[("one", "/beans"), ("two", "/beans")]), ["two-1", "one-1"]);
    assert_eq!(beside(&[("one", "/beans/*"), ("two", "/beans/:kind")]), ["two-1", "one-1"]);
    assert_eq!(beside(&[("one", "/*"), ("two", "/cups/red")]), ["two-1", "one-1"]);
    assert_eq!(beside(&[("one", "/beans"), ("two", "/cups")]), ["", ""]);
    assert_eq!(beside(&[("one", "/beans/*"), ("two", "/cups/:kind")]), ["", ""]);
}
