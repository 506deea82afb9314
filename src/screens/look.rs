//! What the numbers of an experiment were at one moment, as it is kept, and what others learn of it later.

use super::planned::Planned;
use super::{Scene, planned, range};
use crate::collect::Kind;
use crate::lifecycle::Experiment;
use crate::metric;
use crate::playbook::Method;
use crate::report::told;
use crate::stats::effect::Effect;
use crate::stats::{Validity, real};
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// What a debriefed experiment has found.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// Its key.
    pub experiment: String,
    /// The metric that decided it.
    pub metric: String,
    /// Its effect at the last look.
    pub effect: Effect,
}

impl Past {
    /// From the last look at an experiment; nothing where its effect has no logarithm.
    #[must_use]
    pub fn of(experiment: &Experiment, look: &Look) -> Option<Self> {
        let people: u64 = look.arms.iter().map(|arm| arm.confirmed).sum();
        let effect = Effect::of_ratio(look.lift?, look.error?, real(people), Validity::Belief).checked().ok()?;
        let metric = experiment.plan.as_ref()?.hypothesis.metric.clone();
        Some(Self { experiment: experiment.key.clone(), metric, effect })
    }
}

/// What the numbers were at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// When.
    pub at: i64,
    /// Confirmed and converted units by variant.
    pub arms: Vec<LookArm>,
    /// The lift and its bounds; `None` while nothing can be compared.
    pub lift: Option<f64>,
    /// The lower bound.
    pub low: Option<f64>,
    /// The upper bound.
    pub high: Option<f64>,
    /// All visitors that had come, in the test or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visitors: Option<f64>,
    /// The error of the lift's logarithm; looks of before it was kept have none, and tell later experiments nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<f64>,
    /// What a plan with fixed looks reads at this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<Planned>,
}

/// One arm at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LookArm {
    /// The variant.
    pub variant: String,
    /// Its confirmed units.
    pub confirmed: u64,
    /// Those that converted.
    pub converted: u64,
    /// The metric's value, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// How many were measured, the sum of their values, and that of the squares, of what adds up over visitors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sums: Option<[f64; 3]>,
}

impl Scene<'_> {
    /// The numbers of this moment, to be kept. Where looks are planned, others hold no effect.
    #[must_use]
    pub fn look(&self) -> Look {
        let method = &self.experiment.rules(self.playbook).method;
        let counted = self.deciding();
        let comparisons = counted.comparisons();
        let report = told(&counted.tallies, &comparisons);
        let (control, treatment) = self.variants();
        let arm = |variant: &String| {
            let told = report.arms.iter().find(|arm| arm.arm.variant == *variant);
            LookArm {
                variant: variant.clone(),
                confirmed: self.counts.exposures(variant, None, "").confirmed,
                converted: told.map_or(0, |told| told.arm.converted),
                value: told.and_then(|told| told.arm.value),
                sums: self.sums(variant),
            }
        };
        let own = comparisons.iter().find(|comparison| comparison.variant == treatment);
        let planned = own.and_then(|own| planned::due(self, method, own.lift.as_ref().ok()?));
        let lift = range::lift_of(&report, &treatment).filter(|_| *method == Method::Anytime || planned.is_some());
        Look {
            at: self.now,
            arms: [control, treatment].iter().map(arm).collect(),
            lift: lift.map(|lift| lift.value),
            low: lift.map(|lift| lift.low),
            high: lift.map(|lift| lift.high),
            visitors: Some(self.visitors()),
            error: lift.and_then(|lift| lift.error),
            planned,
        }
    }

    /// How many units of a variant were measured, the sum of their values and that of the squares, where the metric that
    /// decides adds up over visitors.
    fn sums(&self, variant: &str) -> Option<[f64; 3]> {
        let measure = self.measure(self.metric());
        if !matches!(measure.kind, Kind::Count | Kind::Sum) {
            return None;
        }
        let moments = metric::moments(&measure, &self.counts.vector(variant, self.metric(), None, "", false)).ok()?;
        let (n, mean) = (moments.units, moments.mean(0));
        Some([n, n * mean, (n - 1.0) * moments.cov(0, 0) + n * mean * mean])
    }
}
