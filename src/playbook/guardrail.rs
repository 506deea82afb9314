//! What must not get worse, and how several of such metrics share the chance of a false alarm.

use crate::stats::guard::Harm;
use alloc::format;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// A metric that must not get worse.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Guardrail {
    /// The metric's key.
    pub metric: String,
    /// Which way is worse.
    pub harm: Harm,
    /// The relative change that is allowed: 0.1 is a tenth.
    pub tolerance: f64,
    /// How much of the chance of a false rollback is its own, by the weights of all: what has more is stopped sooner.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub weight: f64,
}

const fn one() -> f64 {
    1.0
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_one(weight: &f64) -> bool {
    weight.to_bits() == one().to_bits()
}

/// Weights from the lightest to the heaviest: what had less than a hundredth of another would guard nothing.
const WEIGHTS: core::ops::RangeInclusive<f64> = 0.1..=10.0;

impl Guardrail {
    /// Says what is wrong with it: where in it, why, and what to do.
    pub(super) fn check(&self, say: &mut impl FnMut(&str, String, &str)) {
        if !(0.0..=1.0).contains(&self.tolerance) {
            let cause = format!("“{}” may change by {}.", self.metric, self.tolerance);
            say("tolerance", cause, "Take a share from 0 to 1; 0.1 is a tenth.");
        }
        if !WEIGHTS.contains(&self.weight) {
            let cause = format!("“{}” weighs {}.", self.metric, self.weight);
            say("weight", cause, "Take a number from 0.1 to 10; 1 is usual.");
        }
    }
}
