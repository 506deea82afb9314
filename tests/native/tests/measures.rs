//! Every kind of metric against arithmetic that knows nothing of the collector: a unit's events as a list, and what the
//! documentation says of them.

use fastrand::Rng;
use pointsman::collect::{self, Batch, Definitions, Metric, Sum, grid};
use pointsman::time::Millis;
use pointsman_native::{Native, even_run};
use rusqlite::Connection;
use serde_json::{Value, json};

const NOW: i64 = 1_800_000_000_000;
const DAY: i64 = 86_400_000;

/// A shard that measures this of the run `a-1`.
fn shard(measures: &[Value]) -> Connection {
    let shard = Connection::open_in_memory().unwrap();
    collect::prepare(&mut Native(&shard)).unwrap();
    learn(&shard, 1, measures);
    shard
}

fn learn(shard: &Connection, config: i64, measures: &[Value]) {
    let metric = |(n, measure): (usize, &Value)| {
        let rates = json!({"USD": 500_000_000, "JPY": 6_000_000});
        json!({"metric": format!("m{n}"), "event": "e", "measure": measure, "rates": rates})
    };
    let metrics: Vec<_> = measures.iter().enumerate().map(metric).collect();
    let run = json!({"run": "a-1", "epoch": 1, "split": [[1_u64 << 32, "x"]], "salt": "s", "rollout": 1_u64 << 32,
                     "drawn": false, "metrics": metrics});
    let definitions: Definitions = serde_json::from_value(json!({"config": config, "runs": [run]})).unwrap();
    collect::learn(&mut Native(shard), &definitions, Millis(NOW)).unwrap();
}

fn take(shard: &Connection, unit: usize, page: &str, events: &[Value]) {
    let batch = json!({"unit": format!("{unit:032x}"), "page": page, "config": 1, "events": events});
    let batch: Batch = serde_json::from_value(batch).unwrap();
    let receipt = collect::step(&mut Native(shard), &batch, Millis(NOW)).unwrap();
    assert_eq!(receipt.stored, events.len() as u64, "{receipt:?}");
}

fn met(at: i64) -> Value {
    json!({"t": "seen", "run": "a-1", "x": "x", "epoch": 1, "config": 1, "at": at, "dt": 0})
}

/// `e` at a time, with a value.
fn e(at: i64, value: f64, more: &Value) -> Value {
    let mut event = json!({"t": "track", "n": "e", "at": at, "id": format!("{at} {value} {more}"), "v": (value * 1e6).round() as i64});
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event
}

fn sum(shard: &Connection, metric: usize, open: bool) -> Vec<i128> {
    let sums = collect::sums(&mut Native(shard), "a-1", Millis(NOW)).unwrap();
    let own = |sum: &Sum| sum.metric == format!("m{metric}") && sum.dimension.is_empty() && sum.open == open;
    let found = sums.into_iter().find(own);
    found.map_or(Vec::new(), |sum| sum.vector.iter().map(|digits| digits.parse().unwrap()).collect())
}

#[test]
fn each_kind_says_of_a_unit_what_the_documentation_says() {
    let measures = [
        json!({"kind": "conversion"}),
        json!({"kind": "count", "where": {"plan": ["pro", "team"]}}),
        json!({"kind": "sum", "currency": "EUR"}),
        json!({"kind": "sum", "value": "items", "cap": 5}),
        json!({"kind": "mean", "scale": 1}),
        json!({"kind": "ratio", "sum": true, "scale": 2, "per": {"event": "visit"}}),
        json!({"kind": "count", "where": {"items": {"min": 3}}, "hours": 24}),
        json!({"kind": "retention", "days": [1, 2]}),
        json!({"kind": "sum", "scale": 0, "before": 7}),
        json!({"kind": "time"}),
        json!({"kind": "quantile", "thresholds": [2, 10]}),
    ];
    let shard = shard(&measures);
    let at = NOW - 10 * DAY;
    take(
        &shard,
        1,
        "p",
        &[
            met(at),
            e(at - DAY, 4.0, &json!({})),
            e(at + 1000, 1.25, &json!({"c": "EUR", "p": {"plan": "pro", "items": 4}})),
            e(at + DAY, 2.5, &json!({"c": "USD", "p": {"plan": "free", "items": 2}})),
            e(at + 5 * DAY, -0.5, &json!({"c": "EUR", "p": {"plan": "team"}})),
            json!({"t": "track", "n": "visit", "at": at + 5, "id": "v1"}),
            json!({"t": "track", "n": "visit", "at": at + 6, "id": "v2"}),
            json!({"t": "track", "n": "visit", "at": at - 6, "id": "v3"}),
        ],
    );
    assert_eq!(sum(&shard, 0, false), [1, 1, 1]);
    // Two, so that it has any.
    assert_eq!(sum(&shard, 1, false), [1, 2, 4, 1, 1, 2]);
    // 1.25 EUR, 2.50 USD at half a EUR, and 0.50 EUR that were paid back; what has no currency is no money.
    assert_eq!(sum(&shard, 2, false), [1, 125 + 125 - 50, 200 * 200]);
    assert_eq!(sum(&shard, 3, false), [1, 5, 25]);
    assert_eq!(sum(&shard, 4, false), [1, 13 + 25 - 5, 33 * 33, 3, 9, 3 * 33]);
    assert_eq!(sum(&shard, 5, false), [1, 325, 325 * 325, 2, 4, 650]);
    assert_eq!(sum(&shard, 6, false), [1, 1, 1, 1, 1, 1]);
    assert_eq!(sum(&shard, 7, false), [1, 1, 1]);
    // 1.25, 2.5 and -0.5 are 1, 3 and -1; the week before has 4.
    assert_eq!(sum(&shard, 8, false), [1, 3, 9, 0, 0, 0, 4, 16, 12]);
    let time = sum(&shard, 9, false);
    assert_eq!((&time[..4], time[4 + grid::place(1)], time.len()), (&[1, 1, 1000, 1_000_000][..], 1, 4 + 2));
    // 1, 3 and -1 on the grid; two of them are at most 2, and all at most 10.
    assert_eq!(sum(&shard, 10, false), [1, 3, 9, 2, 4, 6, 3, 9, 9, 1, 1, 0, 1]);
}

#[test]
fn units_whose_window_is_open_stand_apart_until_it_has_closed() {
    let shard = shard(&[json!({"kind": "conversion", "hours": 48}), json!({"kind": "conversion", "hours": 2})]);
    for (unit, days) in [10, 3, 1].into_iter().enumerate() {
        take(&shard, unit, "p", &[met(NOW - days * DAY), e(NOW - days * DAY + 5, 1.0, &json!({}))]);
    }
    assert_eq!([sum(&shard, 0, false), sum(&shard, 0, true)], [vec![2, 2, 2], vec![1, 1, 1]]);
    assert_eq!([sum(&shard, 1, false), sum(&shard, 1, true)], [vec![3, 3, 3], vec![]]);
    let later = collect::sums(&mut Native(&shard), "a-1", Millis(NOW + 4 * DAY)).unwrap();
    assert!(later.iter().all(|sum| !sum.open), "time alone closes windows");
}

#[test]
fn what_happened_before_a_late_exposure_waits_and_is_counted_from_there() {
    let shard = shard(&[json!({"kind": "sum", "before": 1})]);
    let at = NOW - DAY;
    take(&shard, 1, "p", &[e(at - 10, 8.0, &json!({})), e(at + 10, 2.0, &json!({}))]);
    take(&shard, 1, "q", &[met(at + 5)]);
    assert_eq!(sum(&shard, 0, false), [1, 2, 4, 0, 0, 0, 8, 64, 16]);
    let earlier = json!({"unit": format!("{:032x}", 1), "page": "r", "config": 1, "events": [met(at - 20)]});
    collect::step(&mut Native(&shard), &serde_json::from_value(earlier).unwrap(), Millis(NOW)).unwrap();
    assert_eq!(sum(&shard, 0, false), [1, 10, 100]);
}

/// Units with events at random, told in this order.
fn story(rng: &mut Rng) -> Vec<(usize, String, Vec<Value>)> {
    let event = |rng: &mut Rng| {
        let at = NOW - rng.i64(0..20 * DAY);
        if rng.u8(..4) == 0 {
            return met(NOW - rng.i64(0..6 * DAY));
        }
        let (plan, code) = (["pro", "free"][rng.usize(..2)], ["EUR", "USD", "JPY", "CHF"][rng.usize(..4)]);
        let properties = json!({"p": {"plan": plan, "items": rng.i32(-3..9)}, "c": code});
        e(at, f64::from(rng.i32(-500..5000)) / 100.0, &properties)
    };
    (0..rng.usize(1..60))
        .map(|n| (rng.usize(..9), format!("p{n}"), (0..rng.usize(1..4)).map(|_| event(rng)).collect()))
        .collect()
}

#[test]
fn no_order_and_no_later_definition_gives_another_sum_and_erasing_takes_out_exactly_what_was_put_in() {
    let measures = [
        json!({"kind": "sum", "currency": "EUR", "cap": 50, "before": 3, "hours": 72}),
        json!({"kind": "quantile", "thresholds": [1, 20], "scale": 1}),
        json!({"kind": "ratio", "sum": true, "per": {"event": "e", "sum": true, "value": "items"}, "before": 9}),
        json!({"kind": "time", "hours": 24, "where": {"items": {"max": 4}}}),
        json!({"kind": "retention", "days": [0, 3]}),
    ];
    let sums = |shard: &Connection| {
        let mut all = collect::sums(&mut Native(shard), "a-1", Millis(NOW)).unwrap();
        all.retain(|sum| sum.vector.iter().any(|digits| digits != "0"));
        all
    };
    let tell = |shard: &Connection, told: &[(usize, String, Vec<Value>)]| {
        for (unit, page, events) in told {
            let batch = json!({"unit": format!("{unit:032x}"), "page": page, "config": 1, "events": events});
            let batch: Batch = serde_json::from_value(batch).unwrap();
            collect::step(&mut Native(shard), &batch, Millis(NOW)).unwrap();
        }
    };
    for seed in 0..40 {
        let mut rng = Rng::with_seed(seed);
        let mut told = story(&mut rng);
        let first = shard(&measures);
        tell(&first, &told);
        rng.shuffle(&mut told);
        let second = shard(&measures);
        tell(&second, &told);
        assert_eq!(sums(&first), sums(&second), "no order bends a sum, seed {seed}");
        let third = shard(&[]);
        tell(&third, &told);
        learn(&third, 2, &measures);
        while collect::rebuild(&mut Native(&third)).unwrap() {}
        assert_eq!(sums(&first), sums(&third), "a metric that is new on old data, seed {seed}");
        let gone = rng.usize(..9);
        collect::erase(&mut Native(&first), &format!("{gone:032x}"), Millis(NOW)).unwrap();
        let without = shard(&measures);
        told.retain(|(unit, ..)| *unit != gone);
        tell(&without, &told);
        assert_eq!(sums(&first), sums(&without), "erased, seed {seed}");
        let totals = |shard: &Connection| collect::totals(&mut Native(shard), 0).unwrap();
        assert_eq!(totals(&first), totals(&without), "erased from all traffic, seed {seed}");
    }
}

#[test]
fn two_runs_that_share_a_metric_are_counted_together() {
    let shard = Connection::open_in_memory().unwrap();
    collect::prepare(&mut Native(&shard)).unwrap();
    let run = |run, metric| even_run(run, &json!([{"metric": metric, "event": "e"}]));
    let runs = [run("a-1", "orders"), run("b-1", "orders"), run("c-1", "other")];
    let definitions: Definitions = serde_json::from_value(json!({"config": 1, "runs": runs})).unwrap();
    collect::learn(&mut Native(&shard), &definitions, Millis(NOW)).unwrap();
    let met = |run, x| json!({"t": "seen", "run": run, "x": x, "epoch": 1, "config": 1, "at": NOW - 5, "dt": 0});
    take(&shard, 1, "p", &[met("a-1", "x"), met("b-1", "y"), met("c-1", "x"), e(NOW, 1.0, &json!({}))]);
    take(&shard, 2, "p", &[met("a-1", "x"), met("b-1", "y")]);
    take(&shard, 3, "p", &[met("a-1", "x")]);
    let of = |run: &str, dimension: &str| {
        let sums = collect::sums(&mut Native(&shard), run, Millis(NOW)).unwrap();
        let own = sums.into_iter().find(|sum| sum.dimension == dimension && !sum.metric.is_empty());
        own.map(|sum| sum.vector.join(" "))
    };
    assert_eq!(of("a-1", "b-1=y").as_deref(), Some("2 1 1"));
    assert_eq!(of("b-1", "a-1=x").as_deref(), Some("2 1 1"));
    assert_eq!((of("a-1", "c-1=x"), of("a-1", "b-1=x")), (None, None));
}

#[test]
fn a_unit_that_cannot_have_been_drawn_so_is_refused() {
    let shard = Connection::open_in_memory().unwrap();
    collect::prepare(&mut Native(&shard)).unwrap();
    let run = json!({"run": "a-1", "epoch": 2, "split": [[1_u64 << 31, "x"], [1_u64 << 32, "y"]], "salt": "s",
                     "rollout": 1_u64 << 31, "drawn": true, "spans": [{"layer": true, "salt": "l", "from": 0, "below": 1_u64 << 31}]});
    let definitions: Definitions = serde_json::from_value(json!({"config": 3, "runs": [run]})).unwrap();
    collect::learn(&mut Native(&shard), &definitions, Millis(NOW)).unwrap();
    let below = |purpose: &str, salt: &str, unit: &str| {
        let prefix = format!("{purpose}\0{salt}\0");
        pointsman::draw::draw(pointsman::draw::Algorithm::Xxh64High, prefix.as_bytes(), unit.as_bytes()).unwrap()
            < 1 << 31
    };
    let mut taken = 0;
    for number in 0..200 {
        let unit = format!("unit-{number}");
        let in_it = below("rollout", "s", &unit) && below("layer", "l", &unit);
        for (variant, own) in [("x", below("split", "s", &unit)), ("y", !below("split", "s", &unit)), ("z", false)] {
            for (epoch, right) in [(2, true), (1, false)] {
                let event =
                    json!({"t": "assigned", "run": "a-1", "x": variant, "epoch": epoch, "config": 3, "at": NOW});
                let batch = json!({"unit": format!("{number:032x}"), "drawn": unit, "events": [event]});
                let receipt =
                    collect::step(&mut Native(&shard), &serde_json::from_value(batch).unwrap(), Millis(NOW)).unwrap();
                assert_eq!(receipt.stored == 1, in_it && own && right, "{unit} {variant} {epoch}");
                assert_eq!(receipt.rejected.contains_key("impossible"), receipt.stored == 0);
                taken += receipt.stored;
            }
        }
    }
    assert!((20..80).contains(&taken), "a quarter of all: {taken}");
    let batch =
        json!([{"unit": "0", "events": [{"t": "assigned", "run": "a-1", "x": "x", "epoch": 2, "config": 4, "at": 0}]}]);
    let batches: Vec<Batch> = serde_json::from_value(batch).unwrap();
    assert_eq!(collect::unknown(&mut Native(&shard), &batches).unwrap(), [4], "what is not known is asked for");
}

#[test]
fn a_measure_that_says_too_much_is_named() {
    let wrong = |measure: Value| {
        let measure = collect::measure(Some(&measure)).unwrap();
        measure.problems().into_iter().map(|(pointer, _)| pointer).collect::<Vec<_>>()
    };
    assert_eq!(wrong(json!({})), [] as [&str; 0]);
    assert_eq!(wrong(json!({"kind": "ratio"})), ["/per"]);
    assert_eq!(wrong(json!({"per": {"event": ""}})), ["/per", "/per/event"]);
    assert_eq!(wrong(json!({"kind": "retention", "days": [3, 1], "hours": 5})), ["/days", "/hours"]);
    assert_eq!(wrong(json!({"cap": -1, "scale": 7, "currency": "EURO"})), ["/cap", "/scale", "/scale", "/currency"]);
    assert_eq!(wrong(json!({"thresholds": [1]})), ["/thresholds"]);
    assert!(collect::measure(Some(&json!({"knid": "sum"}))).is_err());
    let _: Metric = serde_json::from_value(json!({"metric": "m", "event": "e"})).unwrap();
}
