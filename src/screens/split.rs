//! The split of a run whose plan lets it move: what it was, what it is, and why.

use super::Scene;
use crate::draw::ALL;
use crate::lifecycle::State;
use crate::metric;
use crate::playbook::Bandit;
use crate::ramp;
use crate::shift::{self, Action};
use crate::stats::bayes::Belief;
use crate::stats::effect::Refusal;
use crate::stats::estimate::linear;
use crate::stats::moments::Moments;
use crate::stats::real;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};

impl Scene<'_> {
    /// What the split does now, where the plan lets it move; `due` is from when on it may.
    #[must_use]
    pub fn shift(&self, due: i64) -> Option<shift::Action> {
        let run = self.experiment.run.as_ref().filter(|_| self.experiment.state == State::Running)?;
        let rule = self.experiment.plan.as_ref()?.bandit.as_ref()?;
        let (control, treatment) = self.variants();
        let counted = self.deciding();
        let confirmed = |variant: &str, epoch| self.counts.exposures(variant, epoch, "").confirmed;
        let parts = metric::parts(&self.measure(self.metric()));
        let belief = |arm: &Result<Moments, Refusal>| {
            let arm = linear(arm.as_ref().ok()?, &parts[..1]).ok()?;
            Some(Belief { mean: arm.mean(0), sd: libm::sqrt(arm.cov(0, 0) / arm.units) })
        };
        let comparable = counted.comparisons().iter().any(|one| one.variant == treatment && one.lift.is_ok());
        let arms = if let [Some(old), Some(new)] = self.moments(self.metric(), "").each_ref().map(belief) {
            Some([old, new]).filter(|_| comparable)
        } else {
            None
        };
        let met = confirmed(&treatment, Some(i64::from(run.epoch)));
        let evidence = shift::Evidence {
            ramp: self.ramp(),
            last: self.counts.last,
            arms,
            less_is_better: counted.tallies.sense.down,
            units: confirmed(&control, None).min(confirmed(&treatment, None)),
            risks: ramp::risks(
                &self.watches(),
                met,
                self.now - run.split_since(),
                &self.experiment.rules(self.playbook).hold,
            ),
        };
        let split = shift::Split { rule, weights: self.experiment.weights(run.epoch), due };
        Some(shift::step(&split, &evidence, self.now))
    }
}

/// The shares of both versions, earliest first, with the words that the log has of each move; nothing where the plan has fixed
/// halves for good.
pub(super) fn view(scene: &Scene) -> Value {
    let Some(rule) = scene.experiment.plan.as_ref().and_then(|plan| plan.bandit.as_ref()) else { return Value::Null };
    let row = |at: Option<i64>, epoch: u32, weights: [u64; 2], why: String| {
        let [old, new] = weights.map(|weight| real(weight) / real(ALL));
        json!({"at": at, "epoch": epoch, "old": old, "new": new, "told": Bandit::told(weights), "why": why})
    };
    let mut shares = Vec::new();
    if let Some(run) = &scene.experiment.run {
        let first = scene.experiment.started.or(Some(run.since));
        shares.push(row(first, 1, scene.experiment.weights(0), "half and half, as every run begins".to_string()));
        shares
            .extend(run.shifts.iter().map(|shift| row(Some(shift.at), shift.epoch, shift.weights, shift.why.clone())));
    }
    json!({"floor": rule.floor, "days": rule.days, "shares": shares, "words": words(scene)})
}

/// What the split would do, were its day over now.
fn words(scene: &Scene) -> String {
    match scene.shift(scene.now) {
        _ if scene.experiment.state != State::Running => String::new(),
        Some(Action::Move(weights, why)) => {
            format!(
                "If its day were over now, the new version would have {} of those who come: {why}.",
                Bandit::told(weights)
            )
        }
        Some(Action::Stay(wait)) => wait.words(),
        None => String::new(),
    }
}
