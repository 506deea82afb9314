//! G1 for what is a number of each unit: sums as shards keep them, read like those of production, through the ramp's step.
//! Control has the same share as the new version at each stage, as it has in every run.

use super::draws::{binomial, real};
use super::harm::{Drift, STEPS};
use super::worth::{Tail, Worth, add};
use super::{Promise, Trial};
use fastrand::Rng;
use pointsman::collect::Kind;
use pointsman::metric::{self, ANY, Level};
use pointsman::playbook::{FALSE_ROLLBACK, Guardrail, Hold};
use pointsman::ramp::{self, Action, Evidence, Measured, Ramp};
use pointsman::stats::estimate::linear;
use pointsman::stats::guard::{Epoch, Harm};

#[derive(Clone)]
struct World {
    worth: Worth,
    harm: Harm,
    drift: Drift,
    guardrails: usize,
    /// How much of their units' values is the same for all guardrails.
    common: f64,
    /// The share of units whose value comes in a look after them.
    late: f64,
    tolerance: f64,
    /// The treatment's values by control's.
    ratio: f64,
    /// Units of an arm in a look at the last stage.
    batch: u64,
}

/// The same unless somebody says otherwise.
const BATCH: u64 = 60;

/// An arm's sums of a guardrail, and those whose units are counted already while their values still come.
#[derive(Clone, Default)]
struct Sums {
    here: Vec<i128>,
    late: Vec<i128>,
}

impl Sums {
    fn arrive(&mut self) {
        add(&mut self.here, 0, &std::mem::take(&mut self.late));
    }

    /// Units of which some are counted before their values are known.
    fn meet(&mut self, all: &[i128], late: &[i128]) {
        add(&mut self.here, 0, all);
        if let [units, values @ ..] = late {
            add(&mut self.here, 0, &[*units]);
            add(&mut self.late, 1, values);
        }
    }
}

impl World {
    fn of(worth: Worth) -> Self {
        let (harm, drift) = (Harm::More, Drift::None);
        Self { worth, harm, drift, guardrails: 1, common: 0.0, late: 0.0, tolerance: 0.0, ratio: 1.0, batch: BATCH }
    }

    /// The treated units that had been met when it rolled back, if it did.
    fn rolled_back(&self, rng: &mut Rng, looks: u64) -> Option<u64> {
        let guardrail = |index: usize| Guardrail {
            metric: index.to_string(),
            harm: self.harm,
            tolerance: self.tolerance,
            weight: 1.0,
        };
        let guardrails: Vec<Guardrail> = (0..self.guardrails).map(guardrail).collect();
        let hold = Hold { minutes: 0, units: 0, harmed_at_most: None, revert_after_hours: None };
        let mut arms = vec![[Sums::default(), Sums::default()]; self.guardrails];
        let mut met = 0;
        for look in 0..looks {
            let stage = (look * 5 / looks) as usize;
            let batch = (self.batch * STEPS[stage]).div_ceil(50);
            met += batch;
            let level = self.drift.of(1.0, real(look) / real(looks));
            for (arm, ratio) in [1.0, self.ratio].into_iter().enumerate() {
                let shared = binomial(rng, batch, self.common);
                let mut common = Vec::new();
                self.worth.units(rng, &mut common, shared, level * ratio);
                for sums in &mut arms {
                    sums[arm].arrive();
                    let own = binomial(rng, batch - shared, self.late);
                    let (mut now, mut late) = (common.clone(), Vec::new());
                    self.worth.units(rng, &mut now, batch - shared - own, level * ratio);
                    self.worth.units(rng, &mut late, own, level * ratio);
                    sums[arm].meet(&now, &late);
                }
            }
            let measured = |metric: &str| {
                let [control, treatment] = &arms[metric.parse::<usize>().unwrap_or_default()];
                let parts = metric::parts(&self.worth.measure());
                let read = |sums: &Sums| linear(&self.worth.moments(&sums.here)?, &parts[..1]);
                let any = if self.worth.measure().kind == Kind::Count { any(control, treatment) } else { Vec::new() };
                let arms = read(control).and_then(|control| Ok([control, read(treatment)?]));
                Measured::Values { arms, any, told: [String::new(), String::new()] }
            };
            let watches = ramp::watch(&guardrails, 1, measured);
            let ramp = Ramp { stages: &[1, 5, 10, 25, 50], stage, since: 0, held: None, hold: &hold };
            let evidence = Evidence { units: 1, last: Some(0), heard: None, trouble: None, watches: &watches };
            if matches!(ramp::step(&ramp, &evidence, 1), Action::RollBack { .. }) {
                return Some(met);
            }
        }
        None
    }
}

/// The units that have any, of all epochs: each has the same share.
fn any(control: &Sums, treatment: &Sums) -> Vec<Epoch> {
    let [control, treated] =
        [control, treatment].map(|arm| arm.here.get(ANY).map_or(0, |any| u64::try_from(*any).unwrap()));
    vec![Epoch { treated, control, treated_weight: 1, control_weight: 1 }]
}

pub fn trials() -> Vec<Trial> {
    let promise = Promise::AtMost(FALSE_ROLLBACK);
    let null = |situation: String, world: World| {
        Trial::new("G1 false rollback", situation, promise, move |rng, looks| world.rolled_back(rng, looks).is_some())
    };
    let sum = |tail: Tail| Worth::Sum(tail.cells());
    let mut trials = Vec::new();
    for worth in [
        sum(Tail::Lognormal(1.0)),
        sum(Tail::Lognormal(2.0)),
        sum(Tail::Mostly(0.05, 1.0)),
        Worth::Count,
        Worth::Mean,
        Worth::Quantile,
    ] {
        trials.push(null(worth.words(), World::of(worth)));
    }
    let usual = || World::of(sum(Tail::Lognormal(1.0)));
    let fewer = World { harm: Harm::Fewer, ..World::of(sum(Tail::Lognormal(2.0))) };
    trials.push(null(format!("{}, fewer is harm", fewer.worth.words()), fewer));
    for (drift, name) in [(Drift::Up, "rises"), (Drift::Daily, "follows the day")] {
        trials.push(null(format!("{}, its level {name}", usual().worth.words()), World { drift, ..usual() }));
    }
    let late = World { late: 0.5, ..usual() };
    trials.push(null(format!("{}, half of the values come late", late.worth.words()), late));
    for share in [0.05, 0.002] {
        let rare = World { batch: 600, ..World::of(Worth::Bursts(share)) };
        trials.push(null(rare.worth.words(), rare.clone()));
        let fewer = World { harm: Harm::Fewer, ..rare.clone() };
        trials.push(null(format!("{}, fewer is harm", fewer.worth.words()), fewer));
        let late = World { late: 0.5, ..rare };
        trials.push(null(format!("{}, half of the values come late", late.worth.words()), late));
    }
    let within = World { tolerance: 0.2, ratio: 1.2, ..usual() };
    trials.push(null(format!("{}, harm just within the tolerance", within.worth.words()), within));
    for common in [0.0, 0.5, 0.95] {
        let world = World { guardrails: 5, common, ..usual() };
        let situation = format!("5 guardrails on {}, {:.0} % the same", world.worth.words(), common * 100.0);
        trials.push(null(situation, world));
    }
    trials.extend([0.02, 0.2].map(detection));
    trials
}

/// G2 of a count: twice as much of it is stopped before as many have met it as is printed.
fn detection(share: f64) -> Trial {
    let world = World { ratio: 2.0, batch: 200, ..World::of(Worth::Bursts(share)) };
    let guardrail = Guardrail { metric: "0".into(), harm: Harm::More, tolerance: 0.0, weight: 1.0 };
    // What one measures of control, on very many.
    let mut many = Vec::new();
    world.worth.units(&mut Rng::with_seed(1), &mut many, 10_000_000, 1.0);
    let level = world.worth.moments(&many).ok().and_then(|arm| Level::of(&world.worth.measure(), &arm));
    let hold = Hold { minutes: 0, units: 0, harmed_at_most: None, revert_after_hours: None };
    let promises = ramp::promises(&[guardrail], &[50], &hold, |_| level);
    let printed = promises[1].split_once("rolled back before ").and_then(|(_, rest)| rest.split_once(" visitors"));
    let most: u64 = printed.and_then(|(most, _)| most.replace(',', "").parse().ok()).unwrap();
    let situation = format!("{}, twice as much, {most} visitors", world.worth.words());
    let looks = 8 * most / world.batch + 40;
    Trial::new("G2 detection", situation, Promise::AtLeast(0.9), move |rng, _| {
        world.rolled_back(rng, looks).is_some_and(|met| met <= most + world.batch)
    })
}
