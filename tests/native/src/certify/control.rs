//! The same promises through the whole control plane: a document is published, a plan approved, shards tell their sums,
//! and the ramp follows, hour by hour, until the planned size is reached or harm is seen.

use super::draws::binomial;
use super::{Promise, Trial};
use crate::Native;
use fastrand::Rng;
use pointsman::collect::{Sum, Tally};
use pointsman::playbook::FALSE_ROLLBACK;
use pointsman::project::{self, Call};
use pointsman::ramp;
use pointsman::time::{HOUR, Millis};
use rusqlite::Connection;
use serde_json::{Value, json};

const START: i64 = 1_800_000_000_000;
/// Visitors an hour, and how many of them order and meet an error.
const VISITORS: u64 = 4_000;
const ORDERS: f64 = 0.3;
const ERRORS: f64 = 0.02;
/// Hours after which nobody waits for the end.
const LONGEST: i64 = 48;

/// What became of an experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Its guardrail ended it, when so many had met the new version.
    RolledBack(u64),
    /// It went through all stages, and its report was sent.
    Reported,
    /// It is still under way.
    Open,
}

/// A project with one running experiment, to which every simulation goes back.
struct Project {
    store: Connection,
}

impl Project {
    fn new() -> Self {
        let store = Connection::open_in_memory().unwrap();
        project::prepare(&mut Native(&store)).unwrap();
        let project = Self { store };
        let document = json!({
            "format": 1, "flags": {},
            "metrics": {"orders": {"event": "order"}, "errors": {"event": "error"}},
        });
        project.call("PUT", "environments/production/document", Some(0), &document);
        let created = project.call("POST", "experiments", None, &json!({"title": "Fresh hero", "note": ""}));
        assert_eq!(created["key"], "fresh-hero");
        let plan = json!({
            "title": "Fresh hero",
            "change": {"kind": "words", "page": "/", "edits": [{"select": "h1", "from": "Coffee", "text": "Roasted this morning"}]},
            "hypothesis": {"change": "promise freshness", "metric": "orders", "direction": "up", "by": 0.3, "because": "fresh is good"},
            "guardrails": ["errors"], "base": ORDERS,
        });
        for (method, action, body) in
            [("PUT", "plan", plan), ("POST", "submit", json!({})), ("POST", "approve", json!({}))]
        {
            let revision = project.experiment()["revision"].as_i64();
            project.call(method, &format!("experiments/fresh-hero/{action}"), revision, &body);
        }
        project
    }

    fn call(&self, method: &str, path: &str, seen: Option<i64>, body: &Value) -> Value {
        let call = Call {
            method: method.to_string(),
            path: path.split('/').map(ToString::to_string).collect(),
            seen,
            admin: true,
            body: if method == "GET" { String::new() } else { body.to_string() },
            ..Call::default()
        };
        let answer = project::answer(&mut Native(&self.store), &call, Millis(START)).unwrap();
        assert_eq!(answer.status, 200, "{method} {path}: {}", answer.body);
        answer.body
    }

    fn experiment(&self) -> Value {
        self.call("GET", "experiments/fresh-hero", None, &Value::Null)
    }

    /// The engine's own record of it: what a tick reads and writes.
    fn record(&self) -> Value {
        let json: String = self.store.query_row("SELECT json FROM experiment", [], |row| row.get(0)).unwrap();
        serde_json::from_str(&json).unwrap()
    }

    /// One life from the start on, of which nothing is left afterwards.
    fn live(&self, rng: &mut Rng, ratio: f64) -> End {
        self.store.execute_batch("SAVEPOINT life").unwrap();
        let end = self.lived(rng, ratio);
        self.store.execute_batch("ROLLBACK TO life; RELEASE life").unwrap();
        end
    }

    fn lived(&self, rng: &mut Rng, ratio: f64) -> End {
        let sql = &mut Native(&self.store);
        let (mut sums, mut met) = (Vec::new(), 0);
        for hour in 1..=LONGEST {
            let record = self.record();
            if record["state"] == "stopped" {
                return End::RolledBack(met);
            }
            if !record["reported"].is_null() {
                return End::Reported;
            }
            let run = &record["run"];
            let stage = run["stage"].as_u64().unwrap() as usize;
            let percent = run["stages"][stage].as_u64().unwrap();
            for (variant, ratio) in [("control", 1.0), ("new", ratio)] {
                let people = binomial(rng, VISITORS, f64::from(percent as u32) / 200.0);
                let orders = binomial(rng, people, ORDERS);
                let errors = binomial(rng, people, (ERRORS * ratio).min(1.0));
                met += if variant == "new" { people } else { 0 };
                let epoch = run["epoch"].as_i64().unwrap();
                add(&mut sums, variant, epoch, "", [people, people, 0]);
                add(&mut sums, variant, epoch, "orders", [people, orders, orders]);
                add(&mut sums, variant, epoch, "errors", [people, errors, errors]);
            }
            let now = Millis(START + hour * HOUR);
            let tally = Tally {
                run: "fresh-hero-1".into(),
                shard: "0".into(),
                sequence: hour,
                last: Some(now.0),
                sums: sums.clone(),
            };
            project::hear(sql, &[tally], now).unwrap();
            project::tick(sql, "", now).unwrap();
        }
        End::Open
    }
}

/// Adds to the vector of a variant, an epoch and a metric.
fn add(sums: &mut Vec<Sum>, variant: &str, epoch: i64, metric: &str, more: [u64; 3]) {
    let own = |sum: &Sum| sum.variant == variant && sum.epoch == epoch && sum.metric == metric;
    let known = sums.iter().position(own).unwrap_or_else(|| {
        let (variant, metric) = (variant.to_string(), metric.to_string());
        sums.push(Sum { variant, epoch, metric, vector: vec!["0".into(); 3], ..Sum::default() });
        sums.len() - 1
    });
    for (digits, more) in sums[known].vector.iter_mut().zip(more) {
        *digits = (digits.parse::<u64>().unwrap() + more).to_string();
    }
}

pub fn trials() -> Vec<Trial> {
    let trial = |guarantee, situation: &str, promise, ratio: f64, good: fn(End) -> bool| {
        let project = Project::new();
        let situation = format!("through the control plane, {situation}");
        // Each takes as long as some hundred of the others.
        Trial::new(guarantee, situation, promise, move |rng, _| good(project.live(rng, ratio))).times(0.1)
    };
    let rolled_back = |end| matches!(end, End::RolledBack(_));
    vec![
        trial("G1 false rollback", "both versions alike", Promise::AtMost(FALSE_ROLLBACK), 1.0, rolled_back),
        trial("G1 ramp", "both versions alike, to its end", Promise::AtLeast(0.9), 1.0, |end| end == End::Reported),
        trial(
            "G2 detection",
            "errors three times as many",
            Promise::AtLeast(0.9),
            3.0,
            |end| matches!(end, End::RolledBack(met) if met <= promised(3.0)),
        ),
    ]
}

/// The visitors before whose number a harm is stopped, and those of the hour in which it is.
fn promised(ratio: f64) -> u64 {
    let guardrail = pointsman::playbook::Playbook::standard().guardrails.remove(0);
    let reach = ramp::test(&guardrail, 1).reach(ratio, ERRORS, 0.5, 0.9).map_or(0.0, |reach| reach.treated);
    #[expect(clippy::cast_sign_loss, reason = "positive")]
    let most = reach as u64;
    most + VISITORS / 4
}
