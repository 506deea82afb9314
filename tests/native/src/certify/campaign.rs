//! A campaign that allocates by bandit, through the whole control plane: shards tell their sums, the split moves each day by
//! what came in, and whatever is ever claimed of it is kept. The level of both versions drifts meanwhile.

use super::control::{ERRORS, ORDERS, Project, START, add, plan};
use super::draws::binomial;
use super::{Promise, Trial};
use crate::Native;
use fastrand::Rng;
use pointsman::collect::Tally;
use pointsman::project::{self, Clocks, FoundOf};
use pointsman::stats::ALPHA;
use pointsman::time::{HOUR, Millis};
use serde_json::json;

/// Looks a day, days, and visitors of the test between two looks.
const LOOKS: i64 = 2;
const DAYS: i64 = 7;
const VISITORS: u64 = 1_500;

/// How the share of those who order changes, in both versions alike.
#[derive(Clone, Copy)]
enum Level {
    /// Twice as many order from the middle on.
    Jump,
    /// It follows the hours, and doubles on three days of seven.
    Weekend,
}

impl Level {
    fn at(self, look: i64) -> f64 {
        let (day, part) = (look / LOOKS, look % LOOKS);
        let busy = |is: bool| if is { 2.0 } else { 1.0 };
        match self {
            Self::Jump => busy(day >= DAYS / 2),
            Self::Weekend => (if part == 0 { 0.7 } else { 1.1 }) * busy(day % 7 >= 4),
        }
    }
}

#[derive(Clone, Copy)]
struct World {
    level: Level,
    /// The new version's orders by the old one's.
    ratio: f64,
}

/// A version that is better, whatever the level does.
const BETTER: World = World { level: Level::Weekend, ratio: 1.25 };

/// Plays a campaign to its end.
fn play(project: &Project, rng: &mut Rng, world: World) {
    let sql = &mut Native(&project.store);
    let mut counted = Vec::new();
    for look in 0..LOOKS * DAYS {
        let record = project.record();
        if record["state"] != "running" {
            break;
        }
        let run = &record["run"];
        let last = run["shifts"].as_array().and_then(|shifts| shifts.last());
        let share = last.map_or(0.5, |shift| shift["weights"][1].as_f64().unwrap() / 4_294_967_296.0);
        let fresh = binomial(rng, VISITORS, share);
        for (variant, people, ratio) in [("control", VISITORS - fresh, 1.0), ("new", fresh, world.ratio)] {
            let orders = binomial(rng, people, ORDERS * world.level.at(look) * ratio);
            let errors = binomial(rng, people, ERRORS);
            let epoch = run["epoch"].as_i64().unwrap();
            add(&mut counted, variant, epoch, "", [people, people, 0]);
            add(&mut counted, variant, epoch, "orders", [people, orders, orders]);
            add(&mut counted, variant, epoch, "errors", [people, errors, errors]);
        }
        let now = Millis(START + (look + 1) * 24 / LOOKS * HOUR);
        let (run, sums) = ("fresh-hero-1".into(), counted.clone());
        let tally = Tally { run, shard: "0".into(), sequence: look + 1, last: Some(now.0), sums };
        project::hear(sql, &[tally], now).unwrap();
        project::tick(sql, "", &FoundOf::new(), &Clocks::default(), now).unwrap();
    }
}

/// Lives that show enough: of so many, 1 of 100 is far from the 1 of 20 that is promised.
const LIVES: u64 = 700;

pub fn trials() -> Vec<Trial> {
    let mut plan = plan();
    plan["template"] = json!({"key": "campaign", "version": 1});
    // One stage, so that the split may move from the first day on.
    plan["ramp"] = json!([5]);
    let trial = |guarantee, situation: &str, promise, simulate: fn(&Project, &mut Rng) -> bool| {
        let project = Project::of(&json!({"kind": "anytime"}), &plan);
        let situation = format!("a bandit through the control plane, {situation}");
        Trial::new(guarantee, situation, promise, move |rng, _| project.live(|project| simulate(project, rng)))
            .most(LIVES)
    };
    let alike = |situation: &str, simulate| trial("a false claim, ever", situation, Promise::AtMost(ALPHA), simulate);
    vec![
        alike("both alike, twice as many order from the middle on", |project, rng| claims(project, rng, Level::Jump)),
        alike("both alike, by the hour and the weekend", |project, rng| claims(project, rng, Level::Weekend)),
        trial(
            "a range misses the truth, ever",
            "a quarter more, by the hour and the weekend",
            Promise::AtMost(ALPHA),
            |project, rng| {
                play(project, rng, BETTER);
                project.looks().iter().any(|look| {
                    let bound = |name: &str| look[name].as_f64();
                    bound("low").is_some_and(|low| low > 0.25) || bound("high").is_some_and(|high| high < 0.25)
                })
            },
        ),
    ]
}

/// Whether something is ever claimed of two versions that are alike, or an alarm raised.
fn claims(project: &Project, rng: &mut Rng, level: Level) -> bool {
    play(project, rng, World { level, ratio: 1.0 });
    project.claims().iter().any(|claim| ["better", "worse", "alarm"].contains(&claim.as_str()))
}
