//! Many people who do anything at any time in production, against a simple model of who may show what to whom: whatever
//! they find, nobody's idea reaches more visitors than steps, gates or somebody else's word allow.

mod laws;
mod starts;
mod wishes;

use crate::desk::shop::{LIVE, document, flag_plan, plan, tally};
use crate::desk::visitors::{Served, VISITORS};
use crate::desk::{self, ADMIN, Desk, HOUR, MINUTE, granted};
use pointsman::collect::Tally;
use pointsman::project::Answer;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use wishes::nth;

const ALL: u64 = 1 << 32;

/// Walks, and steps of the longest.
const WALKS: u32 = 24;
const STEPS: usize = 60;

/// Visitors by which a share of some hundred of them may lie beside its percentage.
const CHANCE: usize = VISITORS * 8 / 100;

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    Viewer,
    Editor,
    Approver,
    Admin,
    /// A token that only stops.
    Glass,
}

/// What somebody wants. Numbers choose among what there is.
#[derive(Clone, Debug)]
enum Wish {
    Slide {
        flag: usize,
        percent: u64,
        propose: bool,
    },
    Switch {
        flag: usize,
        on: bool,
    },
    UndoSwitch {
        flag: usize,
    },
    Edit {
        edit: Edit,
        way: Way,
    },
    Publish,
    Restore {
        back: i64,
    },
    Word {
        change: usize,
        action: usize,
        right: bool,
    },
    Plan {
        flag: bool,
    },
    /// Writes another page into a plan, or the one that is there once more.
    Rewrite {
        experiment: usize,
        page: usize,
    },
    /// Says that both variants are as they should be.
    Look {
        experiment: usize,
    },
    Act {
        experiment: usize,
        action: usize,
        right: bool,
    },
    Playbook {
        propose: bool,
    },
    PlaybookWord {
        action: usize,
    },
}

/// A change to the document.
#[derive(Clone, Debug)]
enum Edit {
    Otherwise(usize),
    Off(usize),
    Delete(usize),
    Words(usize, u8),
    Rule { flag: usize, percent: u64, group: bool },
}

/// How a document is sent.
#[derive(Clone, Copy, Debug)]
enum Way {
    Put,
    Propose,
    Draft,
}

#[derive(Clone, Debug)]
enum Step {
    Call(Who, Wish),
    Wait(i64),
    /// Visitors come to an experiment, and meet errors or not.
    Visitors {
        experiment: usize,
        harm: bool,
    },
    /// The others come to the project, in which somebody has worked alone.
    Join,
    /// A page goes down or comes back, and orders stop or come in again.
    Outside {
        down: bool,
        quiet: bool,
    },
}

fn percent() -> impl Strategy<Value = u64> {
    prop::sample::select(vec![0, 1, 5, 10, 15, 25, 50, 100])
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        (0..4_usize).prop_map(Edit::Otherwise),
        (0..4_usize).prop_map(Edit::Off),
        (0..4_usize).prop_map(Edit::Delete),
        (0..4_usize, 0..4_u8).prop_map(|(flag, words)| Edit::Words(flag, words)),
        (0..4_usize, percent(), any::<bool>()).prop_map(|(flag, percent, group)| Edit::Rule { flag, percent, group }),
    ]
}

fn wish() -> impl Strategy<Value = Wish> {
    let way = prop::sample::select(vec![Way::Put, Way::Propose, Way::Draft]);
    prop_oneof![
        4 => (0..4_usize, percent(), any::<bool>())
            .prop_map(|(flag, percent, propose)| Wish::Slide { flag, percent, propose }),
        2 => (0..4_usize, any::<bool>()).prop_map(|(flag, on)| Wish::Switch { flag, on }),
        1 => (0..4_usize).prop_map(|flag| Wish::UndoSwitch { flag }),
        4 => (edit(), way).prop_map(|(edit, way)| Wish::Edit { edit, way }),
        2 => Just(Wish::Publish),
        2 => (1..9_i64).prop_map(|back| Wish::Restore { back }),
        4 => (0..3_usize, 0..4_usize, prop::bool::weighted(0.9))
            .prop_map(|(change, action, right)| Wish::Word { change, action, right }),
        3 => any::<bool>().prop_map(|flag| Wish::Plan { flag }),
        2 => (0..3_usize, 0..2_usize).prop_map(|(experiment, page)| Wish::Rewrite { experiment, page }),
        3 => (0..3_usize).prop_map(|experiment| Wish::Look { experiment }),
        8 => (0..3_usize, 0..ACTIONS.len(), prop::bool::weighted(0.9))
            .prop_map(|(experiment, action, right)| Wish::Act { experiment, action, right }),
        1 => any::<bool>().prop_map(|propose| Wish::Playbook { propose }),
        1 => (0..3_usize).prop_map(|action| Wish::PlaybookWord { action }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let who = prop::sample::select(vec![
        Who::Viewer,
        Who::Editor,
        Who::Editor,
        Who::Approver,
        Who::Approver,
        Who::Admin,
        Who::Admin,
        Who::Glass,
    ]);
    prop_oneof![
        12 => (who, wish()).prop_map(|(who, wish)| Step::Call(who, wish)),
        3 => prop::sample::select(vec![MINUTE, 9 * MINUTE, 11 * MINUTE, 61 * MINUTE, 5 * HOUR]).prop_map(Step::Wait),
        3 => (0..3_usize, prop::bool::weighted(0.2))
            .prop_map(|(experiment, harm)| Step::Visitors { experiment, harm }),
        1 => Just(Step::Join),
        2 => (prop::bool::weighted(0.3), prop::bool::weighted(0.3))
            .prop_map(|(down, quiet)| Step::Outside { down, quiet }),
    ]
}

const ACTIONS: [&str; 18] = [
    "submit", "approve", "approve", "confirm", "agree", "withdraw", "return", "stop", "undo", "ship", "ship", "keep",
    "hold", "later", "start", "abort", "debrief", "archive",
];

#[test]
fn no_walk_of_any_people_shows_more_than_gates_or_somebody_elses_word_allow() {
    // The same walks on every machine.
    let config = Config { cases: WALKS, max_shrink_iters: 200, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let published = std::cell::Cell::new(0);
    let walked = runner.run(&(any::<bool>(), vec(step(), STEPS / 2..STEPS)), |(alone, steps)| {
        let mut walk = Walk::new(alone);
        for step in &steps {
            walk.take(step).map_err(TestCaseError::fail)?;
        }
        walk.versions().map_err(TestCaseError::fail)?;
        published.set(published.get() + walk.desk.heads().len());
        Ok(())
    });
    walked.unwrap();
    assert!(published.get() > 2 * WALKS as usize, "{} versions in {WALKS} walks", published.get());
}

/// What allows more visitors to meet something.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Leave {
    Nothing,
    /// One person, by hand.
    Alone,
    /// The steps of the flag's experiments.
    Gate,
    /// What was there less than ten minutes ago, or before the last change, or was approved.
    Known,
    /// Somebody else has read it, or whoever works alone has typed it.
    Word,
}

struct Walk {
    desk: Desk,
    tokens: BTreeMap<&'static str, String>,
    served: Served,
    /// All that visitors have ever met of each flag, by how many at most.
    known: BTreeMap<(String, String), usize>,
    digest: String,
    counted: BTreeMap<String, Vec<desk::shop::Arm>>,
    /// The plans as somebody has looked at them last, by experiment.
    looked: BTreeMap<String, Value>,
    /// Runs that have started.
    started: BTreeSet<String>,
}

impl Walk {
    fn new(alone: bool) -> Self {
        let mut desk = Desk::shop();
        let glass = granted(desk.post("tokens", json!({"name": "glass", "scope": "stop"})))["secret"].clone();
        let tokens = BTreeMap::from([("glass", glass.as_str().unwrap().to_string())]);
        let (served, digest) = (desk.served(), desk.digest());
        let mut walk = Self {
            desk,
            tokens,
            served,
            known: BTreeMap::new(),
            digest,
            counted: BTreeMap::new(),
            looked: BTreeMap::new(),
            started: BTreeSet::new(),
        };
        if !alone {
            walk.join();
        }
        walk
    }

    fn join(&mut self) {
        for role in ["viewer", "editor", "approver"] {
            if !self.tokens.contains_key(role) {
                let token = self.desk.role(role);
                self.tokens.insert(role, token);
            }
        }
    }

    fn token(&self, who: Who) -> Option<String> {
        let name = match who {
            Who::Admin => return Some(ADMIN.to_string()),
            Who::Viewer => "viewer",
            Who::Editor => "editor",
            Who::Approver => "approver",
            Who::Glass => "glass",
        };
        self.tokens.get(name).cloned()
    }

    fn take(&mut self, step: &Step) -> Result<(), String> {
        let leave = match step {
            Step::Join => {
                self.join();
                Leave::Nothing
            }
            Step::Wait(span) => {
                // What somebody who works alone has typed follows, or an experiment's next step.
                let typed = self.is_typed();
                self.desk.now += span;
                self.desk.follow();
                if typed { Leave::Word } else { Leave::Gate }
            }
            Step::Visitors { experiment, harm } => self.visited(*experiment, *harm),
            Step::Outside { down, quiet } => {
                let gone = ["/", "/beans"].into_iter().filter(|_| *down);
                self.desk.outside.pages = gone.map(|page| (page.to_string(), 503)).collect();
                self.desk.outside.events = quiet.then(|| ("order".to_string(), None)).into_iter().collect();
                Leave::Nothing
            }
            Step::Call(who, wish) => self.call(*who, wish)?,
        };
        self.experiments()?;
        self.starts()?;
        self.judge(leave).map_err(|error| format!("{step:?}: {error}"))
    }

    /// One call, and what it may show. It leaves one line of the log for what it did.
    fn call(&mut self, who: Who, wish: &Wish) -> Result<Leave, String> {
        let Some(token) = self.token(who) else { return Ok(Leave::Nothing) };
        let lines = self.lines();
        self.desk.token = token;
        let (answer, leave) = wish.done(&mut self.desk);
        self.desk.token = ADMIN.to_string();
        let Some(answer) = answer else { return Ok(Leave::Nothing) };
        let good = answer.status < 300;
        if let (true, Wish::Look { experiment }) = (good, wish) {
            self.saw(*experiment);
        }
        if let (true, Wish::Plan { .. }, Some(key)) = (good, wish, answer.body["key"].as_str()) {
            let view = self.desk.experiment(key);
            self.looked.insert(key.to_string(), view["plan"].clone());
        }
        if good && who == Who::Viewer {
            return Err(format!("a viewer may {wish:?}: {answer:?}"));
        }
        let lines = self.lines() - lines;
        // A document that takes runs out stops their experiments, and each says so.
        let most = if matches!(wish, Wish::Edit { .. } | Wish::Publish | Wish::Word { .. }) { 4 } else { 1 };
        let several =
            matches!(wish, Wish::Plan { .. } | Wish::Look { .. }) || matches!(wish, Wish::Edit { way: Way::Draft, .. });
        if good && !several && lines > most {
            return Err(format!("{lines} lines of the log for {wish:?}"));
        }
        Ok(if !good || who == Who::Glass { Leave::Nothing } else { leave })
    }

    fn lines(&self) -> i64 {
        self.desk.store.query_row("SELECT count(*) FROM audit", [], |row| row.get(0)).unwrap()
    }

    fn visited(&mut self, experiment: usize, harm: bool) -> Leave {
        let Some(card) = nth(&self.desk.get("experiments")["experiments"], experiment) else { return Leave::Nothing };
        let key = card["key"].as_str().unwrap().to_string();
        let view = self.desk.experiment(&key);
        if view["ramp"].is_null() {
            return Leave::Nothing;
        }
        let (epoch, run) = (self.epoch(&key), view["run"].as_str().unwrap().to_string());
        let names = if view["control"] == "roast" { ["roast", "price"] } else { ["control", "new"] };
        let mut fresh = desk::shop::arms(epoch, 400, [30, 30], if harm { [1, 40] } else { [1, 1] });
        for (arm, name) in fresh.iter_mut().zip(names) {
            arm.variant = name;
        }
        let all = self.counted.entry(run.clone()).or_default();
        all.retain(|arm| arm.epoch != epoch);
        all.extend(fresh);
        self.desk.tick(&[Tally { run, ..tally(&key, self.desk.now, all) }]);
        Leave::Gate
    }

    /// Whether somebody who works alone has confirmed a change, which follows when it is due.
    fn is_typed(&mut self) -> bool {
        let changes = self.desk.get(&format!("{LIVE}/changes"))["changes"].clone();
        changes.as_array().unwrap().iter().any(|change| change["state"] == "confirmed")
    }

    /// The epoch that a run is in; 1 where there is none.
    fn epoch(&mut self, key: &str) -> i64 {
        let document = self.desk.get(&format!("{LIVE}/document"))["document"].clone();
        document["experiments"][key]["run"]["epoch"].as_i64().unwrap_or(1)
    }
}
