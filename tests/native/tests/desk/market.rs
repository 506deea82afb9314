//! Visitors who spend, wait and come back: from their events through the collector's own shard to the project.

use super::{DAY, Desk, HOUR, MINUTE};
use pointsman::collect::{self, Batch, Definitions, Run, Tally};
use pointsman::draw::{Algorithm, draw};
use pointsman::environment::Environment;
use pointsman::time::Millis;
use pointsman::versions;
use pointsman_native::Native;
use rusqlite::Connection;
use serde_json::{Value, json};

/// What a visitor does, as a test decides it.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// Euros before they met anything.
    pub before: f64,
    /// Euros of each order afterwards.
    pub orders: Vec<f64>,
    /// Milliseconds of each page.
    pub pages: Vec<f64>,
    /// Minutes until the first order.
    pub wait: i64,
    /// Whether they meet an error.
    pub errs: bool,
    /// Their browser.
    pub browser: &'static str,
}

/// A shard of the collector that measures what production has published.
pub struct Market {
    pub shard: Connection,
    config: i64,
    next: u64,
}

impl Market {
    pub fn open(desk: &Desk) -> Self {
        let shard = Connection::open_in_memory().unwrap();
        collect::prepare(&mut Native(&shard)).unwrap();
        let mut market = Self { shard, config: 0, next: 0 };
        market.learn(desk);
        market
    }

    /// Learns what is published now.
    pub fn learn(&mut self, desk: &Desk) -> Definitions {
        let sql = &mut Native(&desk.store);
        self.config = versions::pointer(sql, Environment::Production).unwrap().version;
        let definitions = versions::definitions(sql, Environment::Production, self.config).unwrap().unwrap();
        collect::learn(&mut Native(&self.shard), &definitions, Millis(desk.now)).unwrap();
        definitions
    }

    /// So many visitors of the test come, and do what `behave` says of their number and variant. Gives what each did.
    pub fn visited(
        &mut self,
        desk: &Desk,
        visitors: usize,
        mut behave: impl FnMut(u64, &str) -> Visit,
    ) -> Vec<(String, Visit)> {
        let definitions = self.learn(desk);
        let run = &definitions.runs[0];
        let (mut all, mut batches) = (Vec::new(), Vec::new());
        while all.len() < visitors {
            self.next += 1;
            let unit = format!("visitor-{}", self.next);
            let Some(variant) = met(run, &unit) else { continue };
            let visit = behave(self.next, &variant);
            batches.push(self.batch(desk.now, &unit, run, &variant, &visit));
            all.push((variant, visit));
        }
        let receipts = collect::commit(&mut Native(&self.shard), &batches, Millis(desk.now + 2 * HOUR)).unwrap();
        for (batch, receipt) in batches.iter().zip(receipts) {
            assert_eq!(receipt.stored, batch.events.len() as u64, "{receipt:?}");
        }
        all
    }

    fn batch(&self, now: i64, unit: &str, run: &Run, variant: &str, visit: &Visit) -> Batch {
        let seen = json!({"t": "seen", "run": run.run, "x": variant, "epoch": run.epoch, "config": self.config, "at": now, "dt": 0});
        let track = |name: &str, at: i64, value: f64, code: Option<&str>| {
            let id = format!("{name} {at} {value}");
            json!({"t": "track", "n": name, "at": at, "id": id, "v": (value * 1e6).round() as i64, "c": code})
        };
        let mut events = vec![track("paid", now - DAY, visit.before, Some("EUR")), seen];
        for (place, value) in (0..).zip(&visit.orders) {
            events.push(track("paid", now + visit.wait * MINUTE + place, *value, Some("EUR")));
        }
        for (place, value) in (0..).zip(&visit.pages) {
            events.push(track("loaded", now + place, *value, None));
        }
        if visit.errs {
            events.push(track("error", now + 1, 0.0, None));
        }
        let hash = format!("{:0>32}", unit.trim_start_matches("visitor-"));
        let batch = json!({"unit": hash, "drawn": unit, "page": "p", "config": self.config, "events": events,
                           "traits": {"browser": visit.browser}});
        serde_json::from_value(batch).unwrap()
    }

    /// What the shard has counted, as it is pushed.
    pub fn tally(&self, run: &str, last: i64) -> Tally {
        let sums = collect::sums(&mut Native(&self.shard), run, Millis(last)).unwrap();
        Tally { run: run.to_string(), shard: "0".to_string(), sequence: 0, last: Some(last), sums }
    }
}

/// The variant that a unit is drawn to, if it is in the test.
fn met(run: &Run, unit: &str) -> Option<String> {
    let drawn = |purpose: &str| {
        let prefix = format!("{purpose}\0{}\0", run.salt);
        u64::from(draw(Algorithm::Xxh64High, prefix.as_bytes(), unit.as_bytes()).unwrap())
    };
    let split = drawn("split");
    (drawn("rollout") < run.rollout).then(|| run.split.iter().find(|(end, _)| split < *end).unwrap().1.clone())
}

/// The shop with a metric of each kind.
pub fn document() -> Value {
    let mut document = super::shop::document();
    document["metrics"] = json!({
        "errors": {"event": "error"},
        "buyers": {"event": "paid"},
        "purchases": {"event": "paid", "measure": {"kind": "count"}},
        "revenue": {"event": "paid", "measure": {"kind": "sum", "currency": "EUR", "cap": 500, "before": 14}},
        "order-size": {"event": "paid", "measure": {"kind": "mean", "currency": "EUR"}},
        "euros-a-page": {"event": "paid", "measure": {"kind": "ratio", "sum": true, "currency": "EUR", "per": {"event": "loaded"}}},
        "back": {"event": "paid", "measure": {"kind": "retention", "days": [0, 1]}},
        "speed": {"event": "loaded", "measure": {"kind": "quantile", "quantile": 0.5, "unit": "ms", "direction": "down"}},
        "wait": {"event": "paid", "measure": {"kind": "time", "direction": "down"}},
    });
    document
}

/// A plan whose metric is revenue.
pub fn plan() -> Value {
    let mut plan = super::shop::plan();
    plan["hypothesis"]["metric"] = json!("revenue");
    plan["hypothesis"]["by"] = json!(0.4);
    plan["base"] = json!(12.0);
    plan["spread"] = json!(12.0);
    plan["guardrails"] = json!([]);
    plan["ramp"] = json!([5]);
    plan
}
