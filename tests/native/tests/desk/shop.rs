//! The shop that the tests are about: its document, its plan, and the way of an experiment through its life.

use super::{Desk, HOUR, MINUTE, granted};
use pointsman::collect::{Sum, Tally};
use pointsman_native::outside::looks;
use serde_json::{Value, json};

pub const LIVE: &str = "environments/production";

/// Two flags that everybody has off, and two metrics.
pub fn document() -> Value {
    json!({
        "format": 1,
        "flags": {
            "gift": {"kind": "boolean", "client": true, "variants": {"on": true, "off": false}, "off": "off", "otherwise": "off"},
            "sort": {"kind": "string", "client": true, "variants": {"roast": "roast", "price": "price"}, "off": "roast", "otherwise": "roast"},
        },
        "metrics": {"orders": {"event": "order"}, "errors": {"event": "error"}},
    })
}

/// A plan without a fault.
pub fn plan() -> Value {
    json!({
        "title": "Fresh hero",
        "change": {"kind": "words", "page": "/", "edits": [{"select": "#headline", "from": "Coffee", "text": "Roasted this morning"}]},
        "hypothesis": {"change": "promise freshness", "metric": "orders", "direction": "up", "by": 0.3, "because": "fresh is good"},
        "guardrails": ["errors"],
        "base": 0.3,
    })
}

/// The same on a flag of the shop.
pub fn flag_plan() -> Value {
    let change = json!({"kind": "flag", "flag": "sort", "control": "roast", "treatment": "price"});
    let mut plan = plan();
    plan["change"] = change;
    plan
}

/// What one arm of a run has counted in one epoch.
#[derive(Clone, Copy, Debug)]
pub struct Arm {
    pub variant: &'static str,
    pub epoch: i64,
    pub people: u64,
    pub orders: u64,
    pub errors: u64,
}

/// The counts of an experiment's first run, last confirmed at a time.
pub fn tally(key: &str, last: i64, arms: &[Arm]) -> Tally {
    let sum = |arm: &Arm, metric: &str, vector: &[u64]| Sum {
        variant: arm.variant.to_string(),
        epoch: arm.epoch,
        metric: metric.to_string(),
        dimension: String::new(),
        open: false,
        vector: vector.iter().map(ToString::to_string).collect(),
    };
    let sums = |arm: &Arm| {
        [
            sum(arm, "", &[arm.people, arm.people, 0]),
            sum(arm, "orders", &[arm.people, arm.orders, arm.orders]),
            sum(arm, "errors", &[arm.people, arm.errors, arm.errors]),
        ]
    };
    Tally {
        run: format!("{key}-1"),
        shard: "0".to_string(),
        sequence: 0,
        last: Some(last),
        sums: arms.iter().flat_map(sums).collect(),
    }
}

/// Two arms of an epoch in which as many people ordered, by hundredths, and met an error.
pub fn arms(epoch: i64, people: u64, orders: [u64; 2], errors: [u64; 2]) -> Vec<Arm> {
    let names = ["control", "new"].into_iter().zip(orders.into_iter().zip(errors));
    let arm = |(variant, (orders, errors))| {
        let of = |hundredths: u64| people * hundredths / 100;
        Arm { variant, epoch, people, orders: of(orders), errors: of(errors) }
    };
    names.map(arm).collect()
}

impl Desk {
    /// A project whose shop is published, alone with its admin.
    pub fn shop() -> Self {
        let mut desk = Self::empty();
        granted(desk.put(&format!("{LIVE}/document"), document()));
        desk
    }

    /// A draft at which somebody has looked, and its key.
    pub fn drafted(&mut self, plan: &Value) -> String {
        let idea = granted(self.post("experiments", json!({"title": plan["title"], "note": "a thought"})));
        let key = idea["key"].as_str().unwrap().to_string();
        granted(self.put(&format!("experiments/{key}/plan"), plan));
        self.looked(&key);
        key
    }

    /// An experiment in review, and its key.
    pub fn submitted(&mut self, plan: &Value) -> String {
        let key = self.drafted(plan);
        granted(self.act(&key, "submit", json!({})));
        key
    }

    /// Somebody looks at both variants of an experiment, and says that they are as they should be.
    pub fn looked(&mut self, key: &str) {
        for body in looks(&self.experiment(key)) {
            granted(self.act(key, "quality", body));
        }
    }

    /// A running experiment, and its key.
    pub fn running(&mut self, plan: &Value) -> String {
        let key = self.submitted(plan);
        self.started(&key);
        key
    }

    /// The same where a playbook says how the metric that decides is read, and how many visitors of each version it takes.
    pub fn read_by(&mut self, method: &Value, plan: &Value) -> (String, u64) {
        let mut playbook = self.get("playbook")["playbook"].clone();
        playbook["method"] = method.clone();
        granted(self.put("playbook", playbook));
        let key = self.running(plan);
        let per_arm = self.experiment(&key)["perArm"].as_u64().unwrap();
        (key, per_arm)
    }

    /// So many visitors of each version have come, of whom these ordered; and what is then read.
    pub fn reading(&mut self, key: &str, people: u64, orders: [u64; 2]) -> Value {
        self.now += MINUTE;
        let arm = |variant, orders| Arm { variant, epoch: 1, people, orders, errors: people / 100 };
        self.tick(&[tally(key, self.now, &[arm("control", orders[0]), arm("new", orders[1])])]);
        self.get(&format!("experiments/{key}/reading"))
    }

    /// Starts what is in review, or ships what the rule does not, as somebody does who works alone: typed, and ten minutes
    /// later.
    pub fn started(&mut self, key: &str) -> Value {
        granted(self.act(key, "confirm", json!({"subject": key})));
        self.now += 10 * MINUTE;
        self.follow();
        self.experiment(key)
    }

    /// Ships whatever the rule says.
    pub fn shipped(&mut self, key: &str) -> Value {
        granted(self.act(key, "decide", json!({"choice": "ship", "why": "Because we all believe in it."})));
        self.started(key)
    }

    /// An hour in which so many unharmed visitors come to each arm of the present epoch, after which a release takes its
    /// next step. `all` are the arms so far.
    pub fn hour(&mut self, key: &str, all: &mut Vec<Arm>) {
        let epoch = 1 + all.iter().map(|arm| arm.epoch).max().unwrap_or(0);
        all.extend(arms(epoch, 100, [30, 30], [1, 1]));
        self.now += HOUR;
        self.tick(&[tally(key, self.now, all)]);
    }

    pub fn act(&mut self, key: &str, action: &str, body: Value) -> pointsman::project::Answer {
        self.post(&format!("experiments/{key}/{action}"), body)
    }

    pub fn experiment(&mut self, key: &str) -> Value {
        self.get(&format!("experiments/{key}"))
    }

    /// Unharmed visitors for all stages of an experiment, up to the last one. Gives the arms that were counted.
    pub fn ramped(&mut self, key: &str, orders: [u64; 2]) -> Vec<Arm> {
        let mut all = Vec::new();
        for epoch in 1..=3 {
            all.extend(arms(epoch, 100, orders, [1, 1]));
            self.now += 2 * HOUR;
            self.tick(&[tally(key, self.now, &all)]);
        }
        all
    }

    /// What production serves, as text.
    pub fn digest(&mut self) -> String {
        let versions = self.get(&format!("{LIVE}/versions"));
        versions["versions"][0]["digest"].as_str().unwrap_or_default().to_string()
    }
}
