//! The same promises through the whole control plane: a document is published, a plan approved, shards tell their sums,
//! and the ramp follows, hour by hour, until the planned size is reached or harm is seen.

use super::draws::binomial;
use super::{Promise, Trial};
use crate::Native;
use crate::outside::{Outside, looks};
use fastrand::Rng;
use pointsman::collect::{Sum, Tally};
use pointsman::lifecycle::UNDO;
use pointsman::playbook::FALSE_ROLLBACK;
use pointsman::project::{self, Call, Clocks, FoundOf};
use pointsman::ramp;
use pointsman::stats::ALPHA;
use pointsman::time::{HOUR, Millis};
use rusqlite::Connection;
use serde_json::{Value, json};

pub(super) const START: i64 = 1_800_000_000_000;
/// Visitors an hour, and how many of them order and meet an error.
const VISITORS: u64 = 4_000;
pub(super) const ORDERS: f64 = 0.3;
pub(super) const ERRORS: f64 = 0.02;
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

/// What happens to an experiment.
#[derive(Clone, Copy)]
struct World {
    /// The new version's errors by the old one's.
    ratio: f64,
    /// Its orders by the old one's.
    orders: f64,
    /// Whether everything is told twice, and old tellings come again after newer ones.
    again: bool,
}

const ALIKE: World = World { ratio: 1.0, orders: 1.0, again: false };

/// A project with one running experiment, to which every simulation goes back.
pub(super) struct Project {
    pub(super) store: Connection,
}

/// The plan of that experiment.
pub(super) fn plan() -> Value {
    json!({
        "title": "Fresh hero",
        "change": {"kind": "words", "page": "/", "edits": [{"select": "h1", "from": "Coffee", "text": "Roasted this morning"}]},
        "hypothesis": {"change": "promise freshness", "metric": "orders", "direction": "up", "by": 0.3, "because": "fresh is good"},
        "guardrails": ["errors"], "base": ORDERS,
    })
}

impl Project {
    /// With an experiment that is read like this, through the usual stages or at one alone; with a margin where one is asked.
    fn new(method: &Value, stages: Option<[u8; 1]>, margin: Option<f64>) -> Self {
        let mut plan = plan();
        if let Some(margin) = margin {
            plan["hypothesis"]["by"] = json!(margin);
            plan["hypothesis"]["question"] = json!("notWorse");
        }
        if let Some(stages) = stages {
            plan["ramp"] = json!(stages);
        }
        Self::of(method, &plan)
    }

    /// With an experiment of this plan.
    pub(super) fn of(method: &Value, plan: &Value) -> Self {
        let store = Connection::open_in_memory().unwrap();
        project::prepare(&mut Native(&store)).unwrap();
        let project = Self { store };
        let document = json!({
            "format": 1, "flags": {},
            "metrics": {"orders": {"event": "order"}, "errors": {"event": "error"}},
        });
        project.call("PUT", "environments/production/document", Some(0), &document);
        let mut playbook = project.call("GET", "playbook", None, &Value::Null);
        playbook["playbook"]["method"] = method.clone();
        project.call("PUT", "playbook", playbook["revision"].as_i64(), &playbook["playbook"]);
        let created = project.call("POST", "experiments", None, &json!({"title": "Fresh hero", "note": ""}));
        assert_eq!(created["key"], "fresh-hero");
        let act = |method: &str, action: &str, body: &Value| {
            let revision = project.experiment()["revision"].as_i64();
            project.call_at(START - UNDO, method, &format!("experiments/fresh-hero/{action}"), revision, body)
        };
        for look in looks(&act("PUT", "plan", plan)) {
            act("POST", "quality", &look);
        }
        act("POST", "submit", &json!({}));
        act("POST", "confirm", &json!({"subject": "fresh-hero"}));
        // What somebody has confirmed who works alone starts ten minutes later.
        let found = Outside::default().starting(&project.store, START);
        project::tick(&mut Native(&project.store), "", &found, &Clocks::default(), Millis(START)).unwrap();
        project
    }

    fn call(&self, method: &str, path: &str, seen: Option<i64>, body: &Value) -> Value {
        self.call_at(START, method, path, seen, body)
    }

    pub(super) fn call_at(&self, now: i64, method: &str, path: &str, seen: Option<i64>, body: &Value) -> Value {
        let call = Call {
            method: method.to_string(),
            path: path.split('/').map(ToString::to_string).collect(),
            seen,
            admin: true,
            body: if method == "GET" { String::new() } else { body.to_string() },
            ..Call::default()
        };
        let call = Outside::default().asked(&self.store, &call, now);
        let answer = project::answer(&mut Native(&self.store), &call, Millis(now)).unwrap();
        assert_eq!(answer.status, 200, "{method} {path}: {}", answer.body);
        answer.body
    }

    fn experiment(&self) -> Value {
        self.call("GET", "experiments/fresh-hero", None, &Value::Null)
    }

    /// The engine's own record of it: what a tick reads and writes.
    pub(super) fn record(&self) -> Value {
        let json: String = self.store.query_row("SELECT json FROM experiment", [], |row| row.get(0)).unwrap();
        serde_json::from_str(&json).unwrap()
    }

    /// What was ever claimed of it or followed from its numbers, in order: an action each.
    pub(super) fn claims(&self) -> Vec<String> {
        self.column("SELECT action FROM crossing ORDER BY n")
    }

    /// All looks that were kept.
    pub(super) fn looks(&self) -> Vec<Value> {
        self.column("SELECT json FROM look").iter().map(|look| serde_json::from_str(look).unwrap()).collect()
    }

    fn column(&self, sql: &str) -> Vec<String> {
        let mut statement = self.store.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }

    /// One life from the start on, of which nothing is left afterwards.
    pub(super) fn live<T>(&self, life: impl FnOnce(&Self) -> T) -> T {
        self.store.execute_batch("SAVEPOINT life").unwrap();
        let end = life(self);
        self.store.execute_batch("ROLLBACK TO life; RELEASE life").unwrap();
        end
    }

    /// Plays it hour by hour. `seen` is asked after each hour whether that is enough.
    fn play(&self, rng: &mut Rng, world: World, mut seen: impl FnMut(i64) -> bool) -> End {
        let sql = &mut Native(&self.store);
        let (mut sums, mut met, mut before) = (Vec::new(), 0, None);
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
            for (variant, ratio, more) in [("control", 1.0, 1.0), ("new", world.ratio, world.orders)] {
                let people = binomial(rng, VISITORS, f64::from(percent as u32) / 200.0);
                let orders = binomial(rng, people, ORDERS * more);
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
            if world.again {
                let old = before.replace(tally.clone()).unwrap_or(tally.clone());
                project::hear(sql, &[tally.clone(), old], now).unwrap();
            }
            project::hear(sql, &[tally], now).unwrap();
            project::tick(sql, "", &FoundOf::new(), &Clocks::default(), now).unwrap();
            if seen(now.0) {
                break;
            }
        }
        End::Open
    }
}

/// Adds to the vector of a variant, an epoch and a metric.
pub(super) fn add(sums: &mut Vec<Sum>, variant: &str, epoch: i64, metric: &str, more: [u64; 3]) {
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

/// Whether the report ever gives one of these verdicts, asked every hour.
fn is_judged(project: &Project, rng: &mut Rng, world: World, kinds: [&str; 2]) -> bool {
    let mut judged = false;
    project.play(rng, world, |now| {
        let reading = project.call_at(now, "GET", "experiments/fresh-hero/reading", None, &Value::Null);
        judged |= kinds.iter().any(|kind| reading["report"]["verdict"]["kind"] == *kind);
        judged
    });
    judged
}

/// The loss that plans with a margin allow here.
const MARGIN: f64 = 0.1;

pub fn trials() -> Vec<Trial> {
    let anytime = json!({"kind": "anytime"});
    let trial = |guarantee, situation: &str, promise, world: World, good: fn(End) -> bool| {
        let project = Project::new(&anytime, None, None);
        let situation = format!("through the control plane, {situation}");
        Trial::new(guarantee, situation, promise, move |rng, _| {
            good(project.live(|project| project.play(rng, world, |_| false)))
        })
    };
    let planned = |words: &str, method: &Value| {
        let project = Project::new(method, Some([5]), None);
        let situation = format!("through the control plane, read {words}");
        // It is spent to the last bit, but for what is left when a look is taken later than planned.
        let promise = Promise::About(ALPHA, 0.004);
        Trial::new("a false verdict at planned looks", situation, promise, move |rng, _| {
            project.live(|project| is_judged(project, rng, ALIKE, ["better", "worse"]))
        })
    };
    // A loss of all that is allowed, and none.
    let margin = |words: &str, method: &Value, promise, orders: f64| {
        let project = Project::new(method, None, Some(MARGIN));
        let world = World { orders, ..ALIKE };
        let (guarantee, loss) = if orders < 1.0 {
            ("a margin's loss called allowed, ever", "10 % fewer orders")
        } else {
            ("power at the planned size", "as many orders")
        };
        let situation = format!("through the control plane, {loss}, not worse by more than 10 %, read {words}");
        Trial::new(guarantee, situation, promise, move |rng, _| {
            project.live(|project| is_judged(project, rng, world, ["better", "noEffectAsLarge"]))
        })
    };
    let fixed = json!({"kind": "fixedSample"});
    let rolled_back = |end| matches!(end, End::RolledBack(_));
    let group = |spending: &str| json!({"kind": "groupSequential", "spending": spending, "looks": [0.3, 0.6, 1.0]});
    vec![
        trial("G1 false rollback", "both versions alike", Promise::AtMost(FALSE_ROLLBACK), ALIKE, rolled_back),
        trial(
            "G1 false rollback",
            "both versions alike, everything is told twice and again later",
            Promise::AtMost(FALSE_ROLLBACK),
            World { again: true, ..ALIKE },
            rolled_back,
        ),
        trial("G1 ramp", "both versions alike, to its end", Promise::AtLeast(0.9), ALIKE, |end| end == End::Reported),
        trial(
            "G2 detection",
            "errors three times as many",
            Promise::AtLeast(0.9),
            World { ratio: 3.0, ..ALIKE },
            |end| matches!(end, End::RolledBack(met) if met <= promised(3.0)),
        ),
        margin("at any time", &anytime, Promise::AtMost(ALPHA), 1.0 - MARGIN),
        margin("at any time", &anytime, Promise::AtLeast(0.8), 1.0),
        margin("once", &fixed, Promise::About(ALPHA, 0.004), 1.0 - MARGIN),
        margin(
            "at three looks as O’Brien & Fleming spend",
            &group("obrien-fleming"),
            Promise::About(ALPHA, 0.004),
            1.0 - MARGIN,
        ),
        planned("once", &fixed),
        planned("at three looks as O’Brien & Fleming spend", &group("obrien-fleming")),
        planned("at three looks as Pocock spends", &group("pocock")),
    ]
}

/// The visitors before whose number a harm is stopped, and those of the hour in which it is.
fn promised(ratio: f64) -> u64 {
    let guardrail = pointsman::playbook::Playbook::standard().guardrails.remove(0);
    let reach = ramp::test(&guardrail, std::slice::from_ref(&guardrail))
        .reach(ratio, ERRORS, 0.5, 0.9)
        .map_or(0.0, |reach| reach.treated);
    #[expect(clippy::cast_sign_loss, reason = "positive")]
    let most = reach as u64;
    most + VISITORS / 4
}
