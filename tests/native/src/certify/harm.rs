//! G1 and G2 for what visitors do or do not: a ramp rolls back what harms, and hardly ever what does not. The adversary
//! chooses base rates, splits, drifts, delays, the pace, the allocation, and guardrails that go together.

use super::draws::{binomial, real};
use super::{Promise, Trial};
use fastrand::Rng;
use pointsman::playbook::{FALSE_ROLLBACK, Guardrail, Hold};
use pointsman::ramp::{self, Action, Evidence, Ramp};
use pointsman::stats::guard::{Epoch, Harm};
use std::slice::from_ref;

/// How the base rate moves over a run: `at` goes from 0 to 1.
#[derive(Clone, Copy)]
pub enum Drift {
    None,
    Up,
    Down,
    Daily,
}

impl Drift {
    pub fn of(self, base: f64, at: f64) -> f64 {
        match self {
            Self::None => base,
            Self::Up => base * (1.0 + at),
            Self::Down => base * (2.0 - at) / 2.0,
            Self::Daily => base * (1.0 + 0.5 * (at * 14.0 * std::f64::consts::TAU).sin()),
        }
    }
}

/// Who decides how much the treatment gets.
#[derive(Clone, Copy)]
enum Pace {
    /// The same share for the whole life, in a hundredth of all.
    Fixed(u64),
    /// 1, 5, 10, 25, 50 % one after the other; control is everybody else.
    Steps,
    /// The same steps, but the next one only while the treatment looks worst.
    Adversary,
    /// A new share twice a day, by what was seen before.
    Bandit,
}

#[derive(Clone, Copy)]
struct World {
    base: f64,
    drift: Drift,
    pace: Pace,
    /// The treatment's rate by control's.
    ratio: f64,
    /// Guardrails, and how much of their events is the same event.
    guardrails: usize,
    common: f64,
    /// The share of events that come in a look later, in both arms.
    late: f64,
    /// Units a look.
    batch: u64,
    tolerance: f64,
    /// What guardrails weigh, where they do not weigh the same.
    weights: &'static [f64],
}

const WORLD: World = World {
    base: 0.05,
    drift: Drift::None,
    pace: Pace::Fixed(50),
    ratio: 1.0,
    guardrails: 1,
    common: 0.0,
    late: 0.0,
    batch: 1_000,
    tolerance: 0.0,
    weights: &[],
};

/// The stages of the ramps here, in percent.
pub const STEPS: [u64; 5] = [1, 5, 10, 25, 50];

/// The events of an epoch that have come in, and those that still come.
struct Counted {
    epoch: Epoch,
    late: [u64; 2],
}

/// What ended a run: which guardrail, and how many treated units had been met by then.
struct End {
    guardrail: usize,
    treated: u64,
}

/// Plays a run through the ramp, until it rolls back if it does.
fn rolled_back(world: World, rng: &mut Rng, looks: u64) -> Option<End> {
    let guardrail = |index: usize| {
        let weight = world.weights.get(index).copied().unwrap_or(1.0);
        Guardrail { metric: index.to_string(), harm: Harm::More, tolerance: world.tolerance, weight }
    };
    let guardrails: Vec<Guardrail> = (0..world.guardrails).map(guardrail).collect();
    let hold = Hold { minutes: 0, units: 0, harmed_at_most: None, revert_after_hours: None };
    let mut counted: Vec<Vec<Counted>> = (0..world.guardrails).map(|_| Vec::new()).collect();
    let (mut treated, mut stage, mut share) = (0, 0, 0);
    for look in 0..looks {
        let at = real(look) / real(looks);
        let next = match world.pace {
            Pace::Fixed(share) => share,
            Pace::Steps => STEPS[((look * 5) / looks) as usize],
            Pace::Adversary => STEPS[stage],
            Pace::Bandit if look % 12 == 0 => bandit(&counted[0], share),
            Pace::Bandit => share,
        };
        if next != share {
            share = next;
            let epoch = Epoch { treated: 0, control: 0, treated_weight: share, control_weight: 100 - share };
            for all in &mut counted {
                all.push(Counted { epoch, late: [0; 2] });
            }
        }
        let new = binomial(rng, world.batch, f64::from(share as u32) / 100.0);
        treated += new;
        let old = world.batch - new;
        let rate = world.drift.of(world.base, at);
        let rates = [rate * world.ratio, rate].map(|rate| rate.min(0.99));
        let both = [new, old];
        let common = [0, 1].map(|arm| binomial(rng, both[arm], rates[arm]));
        for all in &mut counted {
            for epoch in all.iter_mut() {
                epoch.epoch.treated += std::mem::take(&mut epoch.late[0]);
                epoch.epoch.control += std::mem::take(&mut epoch.late[1]);
            }
            let Some(last) = all.last_mut() else { continue };
            for arm in [0, 1] {
                // A part of the events is the same for all guardrails, the rest is each one's own.
                let same = binomial(rng, common[arm], world.common);
                let own = binomial(rng, both[arm], rates[arm] * (1.0 - world.common));
                let late = binomial(rng, same + own, world.late);
                last.late[arm] += late;
                let now = same + own - late;
                *(if arm == 0 { &mut last.epoch.treated } else { &mut last.epoch.control }) += now;
            }
        }
        let watches = ramp::watch(&guardrails, 1, |metric| {
            let index: usize = metric.parse().unwrap_or_default();
            ramp::Measured::Labels(counted[index].iter().map(|counted| counted.epoch).collect())
        });
        let ramp = Ramp { stages: &[1, 5, 10, 25, 50], stage, since: 0, held: None, hold: &hold };
        let evidence = Evidence { units: 1, last: Some(0), heard: None, trouble: None, watches: &watches };
        match ramp::step(&ramp, &evidence, 1) {
            Action::RollBack { metric, .. } => return Some(End { guardrail: metric.parse().unwrap(), treated }),
            // The adversary goes on where the treatment looks worse than it is.
            Action::Advance(_) if worse(&counted[0]) => stage += 1,
            _ => {}
        }
    }
    None
}

fn worse(counted: &[Counted]) -> bool {
    let Some(last) = counted.last() else { return false };
    let Epoch { treated, control, treated_weight, control_weight } = last.epoch;
    treated * control_weight > control * treated_weight + treated_weight
}

/// Half of the way from the present share to the one that the treatment's events ask for.
fn bandit(counted: &[Counted], share: u64) -> u64 {
    let Some(last) = counted.last() else { return 50 };
    let Epoch { treated, control, .. } = last.epoch;
    let asked = 100 * (treated + 1) / (treated + control + 2);
    u64::midpoint(share, asked).clamp(5, 95)
}

pub fn trials() -> Vec<Trial> {
    let promise = Promise::AtMost(FALSE_ROLLBACK);
    let null = |situation: String, world: World| {
        Trial::new("G1 false rollback", situation, promise, move |rng, looks| rolled_back(world, rng, looks).is_some())
    };
    let mut trials = Vec::new();
    for (base, batch) in [(0.001, 10_000), (0.01, 2_000), (0.05, 1_000), (0.3, 200)] {
        for share in [50, 10, 1] {
            let situation = format!("base {} %, split {share}/{}", base * 100.0, 100 - share);
            trials.push(null(situation, World { base, batch, pace: Pace::Fixed(share), ..WORLD }));
        }
    }
    for (drift, name) in [(Drift::Up, "rises"), (Drift::Down, "falls"), (Drift::Daily, "follows the day")] {
        let situation = format!("steps 1-5-10-25-50 %, control everybody else, base rate {name}");
        trials.push(null(situation, World { drift, pace: Pace::Steps, ..WORLD }));
    }
    trials
        .push(null("goes on while it looks worst".into(), World { pace: Pace::Adversary, drift: Drift::Up, ..WORLD }));
    trials.push(null("a bandit shares out".into(), World { pace: Pace::Bandit, drift: Drift::Daily, ..WORLD }));
    trials.push(null("half of the events come late".into(), World { late: 0.5, pace: Pace::Steps, ..WORLD }));
    trials.push(null("harm just within the tolerance".into(), World { tolerance: 0.2, ratio: 1.2, ..WORLD }));
    for guardrails in [5, 20] {
        for common in [0.0, 0.5, 0.95] {
            let situation = format!("{guardrails} guardrails, {:.0} % of events the same", common * 100.0);
            trials.push(null(situation, World { guardrails, common, ..WORLD }));
        }
    }
    for common in [0.0, 0.5] {
        let situation = format!("5 guardrails that weigh 8, 4, 2, 1 and 1, {:.0} % of events the same", common * 100.0);
        trials.push(null(situation, World { guardrails: 5, common, weights: &WEIGHTS, ..WORLD }));
    }
    for (index, of) in [(0, 2.0), (4, 16.0)] {
        let situation = format!("by one that weighs {} of 16", WEIGHTS[index]);
        let own = Promise::AtMost(FALSE_ROLLBACK / of);
        let world = World { guardrails: 5, weights: &WEIGHTS, ..WORLD };
        let simulate =
            move |rng: &mut Rng, looks| rolled_back(world, rng, looks).is_some_and(|end| end.guardrail == index);
        trials.push(Trial::new("G1 false rollback", situation, own, simulate).times(10));
    }
    trials.extend(detections());
    trials
}

/// What five guardrails weigh.
const WEIGHTS: [f64; 5] = [8.0, 4.0, 2.0, 1.0, 1.0];

/// G2: a harm is stopped before the promised number of visitors met it.
fn detections() -> Vec<Trial> {
    let cases = [(0.005, 4.0, 200), (0.02, 2.0, 200), (0.05, 1.5, 200), (0.2, 1.2, 200)];
    let trial = |(base, ratio, batch): (f64, f64, u64)| {
        let situation = format!("base {} %, times {ratio}", base * 100.0);
        let guardrail = Guardrail { metric: "0".into(), harm: Harm::More, tolerance: 0.0, weight: 1.0 };
        let reach = ramp::test(&guardrail, from_ref(&guardrail))
            .reach(ratio, base, 0.5, 0.9)
            .map_or(0.0, |reach| reach.treated);
        #[expect(clippy::cast_sign_loss, reason = "positive")]
        let most = reach as u64;
        let looks = 2 * most / batch + 4;
        let world = World { base, ratio, batch, ..WORLD };
        Trial::new("G2 detection", situation, Promise::AtLeast(0.9), move |rng, _| {
            rolled_back(world, rng, looks).is_some_and(|end| end.treated <= most + batch)
        })
    };
    cases.into_iter().map(trial).collect()
}
