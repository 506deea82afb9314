//! The bandit's step: whether the split of a running experiment moves now, and where to.
//!
//! A pure function of what was fixed with the plan, what has come in, and the time. The new version gets the share that its
//! chance to be the better one is (Thompson 1933), from the sums so far, as if both had met every span of the split alike;
//! never less than the floor, nor more than what that leaves the other. Whatever holds a ramp holds it, too: a hand, bad
//! data, no data.

use crate::draw::ALL;
use crate::playbook::Bandit;
use crate::ramp;
use crate::spoken::{self, grouped};
use crate::stats::bandit;
use crate::stats::bayes::Belief;
use crate::stats::real;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A move by less is none: it would be one more version for nothing that anybody could see.
const STEP: f64 = 0.01;

/// What was fixed, and where the split stands.
#[derive(Clone, Debug)]
pub struct Split<'s> {
    /// What the plan says.
    pub rule: &'s Bandit,
    /// The weights of control and of the new version now.
    pub weights: [u64; 2],
    /// From when on it may move again.
    pub due: i64,
}

/// What has come in.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// What the ramp does now.
    pub ramp: Option<ramp::Action>,
    /// When the last visitor was confirmed, if one ever was.
    pub last: Option<i64>,
    /// What is believed of both versions, control first; nothing before they can be compared.
    pub arms: Option<[Belief; 2]>,
    /// Whether less is better.
    pub less_is_better: bool,
    /// The confirmed visitors of the version that has fewer.
    pub units: u64,
    /// The guardrails, and for how many visitors each might be harmed at the present share until a stage's time is over, by how
    /// many the playbook allows.
    pub risks: Vec<(String, f64)>,
}

/// What the split does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// It moves to these weights.
    Move([u64; 2], String),
    /// It stays.
    Stay(Wait),
}

/// Why the split stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The ramp is not at its end, or something holds it.
    Ramp,
    /// Nobody has come for hours.
    Stale,
    /// Its day is not over yet.
    Time,
    /// Both versions cannot be compared yet.
    Few,
    /// It is where it would move.
    There,
    /// More who meet the new version might be harmed by what this metric guards than the playbook allows.
    Risk(String),
}

/// When a split may move that stands since a moment: so many days later, as clocks of the project's zone begin them.
#[must_use]
pub fn due(rule: &Bandit, since: i64, tomorrow: impl Fn(i64) -> i64) -> i64 {
    (0..rule.days.max(1)).fold(since, |at, _| tomorrow(at))
}

/// One step.
#[must_use]
pub fn step(split: &Split, evidence: &Evidence, now: i64) -> Action {
    if evidence.ramp != Some(ramp::Action::Hold(ramp::Wait::Last)) {
        return Action::Stay(Wait::Ramp);
    }
    if now - evidence.last.unwrap_or(i64::MIN / 2) > ramp::STALE {
        return Action::Stay(Wait::Stale);
    }
    if now < split.due {
        return Action::Stay(Wait::Time);
    }
    let shares = evidence.arms.and_then(|arms| bandit::shares(&arms, evidence.less_is_better, split.rule.floor).ok());
    let Some(shares) = shares else { return Action::Stay(Wait::Few) };
    let [old, new] = bandit::weights(&shares)[..] else { return Action::Stay(Wait::Few) };
    let weights = kept([old, new], split.rule.least());
    let [before, after] = [split.weights, weights].map(|weights| real(weights[1]) / real(ALL));
    if libm::fabs(after - before) < STEP {
        return Action::Stay(Wait::There);
    }
    let risky = evidence.risks.iter().find(|(_, risk)| after > before && risk * after / before > 1.0);
    if let Some((metric, _)) = risky {
        return Action::Stay(Wait::Risk(metric.clone()));
    }
    let chance = (shares[1] - split.rule.floor) / (1.0 - 2.0 * split.rule.floor);
    Action::Move(
        weights,
        format!(
            "with at least {} visitors of each version the chance that the new one is better is {}",
            grouped(evidence.units),
            spoken::chance(chance)
        ),
    )
}

/// Weights none of which is below the least by a rounded draw.
fn kept([old, new]: [u64; 2], least: u64) -> [u64; 2] {
    let new = new.clamp(least, ALL - least);
    debug_assert!(old.abs_diff(ALL - new) <= 2);
    [ALL - new, new]
}

impl Wait {
    /// Why it stays, in a sentence.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Ramp => "The split stays as it is until the ramp is at its last stage and nothing holds it.".into(),
            Self::Stale => "The split stays as it is: no visitor was confirmed in the last six hours.".into(),
            Self::Time => "The split moves next when its day is over, if the numbers say so.".into(),
            Self::Few => "The split stays as it is until both versions can be compared.".into(),
            Self::There => "The split is where the numbers would have it.".into(),
            Self::Risk(metric) => format!(
                "The new version gets no larger share yet: “{metric}” might be harmed for more visitors than the playbook \
                 allows."
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{DAY, HOUR};

    const RULE: Bandit = Bandit { floor: 0.1, days: 1 };
    const NOW: i64 = 100 * DAY;

    fn evidence(apart: f64) -> Evidence {
        let arm = |mean: f64| Belief { mean, sd: 0.01 };
        Evidence {
            ramp: Some(ramp::Action::Hold(ramp::Wait::Last)),
            last: Some(NOW),
            arms: Some([arm(0.3), arm(0.3 + apart)]),
            less_is_better: false,
            units: 1_000,
            risks: Vec::new(),
        }
    }

    fn moved(evidence: &Evidence, weights: [u64; 2]) -> Action {
        step(&Split { rule: &RULE, weights, due: NOW }, evidence, NOW)
    }

    #[test]
    fn the_better_version_gets_the_larger_share_and_each_keeps_its_floor() {
        let share = |apart: f64, down: bool| {
            let evidence = Evidence { less_is_better: down, ..evidence(apart) };
            let Action::Move([old, new], why) = moved(&evidence, [ALL / 4, 3 * (ALL / 4)]) else { panic!("it stays") };
            assert_eq!(old + new, ALL);
            assert!(old.min(new) >= RULE.least() && why.contains("1,000 visitors"), "{why}");
            real(new) / real(ALL)
        };
        assert!(share(0.01, false) > 0.6 && share(0.01, true) < 0.4 && (share(0.0, false) - 0.5).abs() < 1e-6);
        assert!((share(1.0, false) - 0.9).abs() < 1e-9 && (share(1.0, true) - 0.1).abs() < 1e-9);
    }

    #[test]
    fn whatever_holds_a_ramp_holds_the_split() {
        let good = evidence(0.02);
        let halves = [ALL / 2; 2];
        let held = [ramp::Wait::Silent, ramp::Wait::Open, ramp::Wait::Stale, ramp::Wait::Units(1)];
        for wait in held {
            let evidence = Evidence { ramp: Some(ramp::Action::Hold(wait)), ..good.clone() };
            assert_eq!(moved(&evidence, halves), Action::Stay(Wait::Ramp));
        }
        let stale = Evidence { last: Some(NOW - 7 * HOUR), ..good.clone() };
        assert_eq!(moved(&stale, halves), Action::Stay(Wait::Stale));
        let early = Split { rule: &RULE, weights: halves, due: NOW + 1 };
        assert_eq!(step(&early, &good, NOW), Action::Stay(Wait::Time));
        assert_eq!(moved(&Evidence { arms: None, ..good.clone() }, halves), Action::Stay(Wait::Few));
        assert_eq!(moved(&evidence(0.0), halves), Action::Stay(Wait::There));
        let risky = Evidence { risks: Vec::from([("errors".into(), 0.6)]), ..good.clone() };
        assert_eq!(moved(&risky, halves), Action::Stay(Wait::Risk("errors".into())));
        let down = Evidence { less_is_better: true, ..risky };
        assert!(matches!(moved(&down, halves), Action::Move(..)), "fewer may always meet it");
    }
}
