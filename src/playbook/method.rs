//! How the metric that decides is read: at any time, or at planned sizes.

use crate::stats::Alpha;
use crate::stats::group::Spending;
use crate::stats::power::{Anytime, Design, Fixed, Group};
use crate::stats::question::Question as Asks;
use alloc::boxed::Box;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// How the metric that decides is read. Guardrails and whatever else is measured are read at any time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub enum Method {
    /// At any time.
    #[default]
    Anytime,
    /// Once, when as many visitors have come as were planned.
    FixedSample,
    /// At planned sizes.
    GroupSequential {
        /// How the chance to be wrong is shared out among the looks.
        spending: Spending,
        /// When to look: shares of the planned size, the last one 1.
        looks: Vec<f64>,
    },
}

/// Planned looks at most: more of them are as wide as looking at any time.
const LOOKS: usize = 10;

impl Method {
    pub(super) fn is_usual(&self) -> bool {
        *self == Self::Anytime
    }

    /// The planned looks, as shares of the planned size; none if it is read at any time.
    #[must_use]
    pub fn looks(&self) -> &[f64] {
        match self {
            Self::Anytime => &[],
            Self::FixedSample => &[1.0],
            Self::GroupSequential { looks, .. } => looks,
        }
    }

    /// What sizes are calculated by, where a plan asks this.
    #[must_use]
    pub fn design(&self, question: Asks, Alpha(alpha): Alpha) -> Box<dyn Design> {
        let alternative = question.alternative();
        match self {
            Self::Anytime => Box::new(Anytime(question.sequence(alpha))),
            Self::FixedSample => Box::new(Fixed { alpha, alternative }),
            Self::GroupSequential { spending, looks } => {
                let bounds = spending.bounds(looks, question.both_ends(alpha)).unwrap_or_default();
                Box::new(Group { information: looks.clone(), bounds, alternative })
            }
        }
    }

    pub(super) fn problem(&self, alpha: Alpha) -> Option<&'static str> {
        let Self::GroupSequential { spending, looks } = self else { return None };
        let rising =
            looks.windows(2).all(|pair| pair[0] < pair[1]) && looks.iter().all(|share| (0.05..=1.0).contains(share));
        if looks.is_empty() || looks.len() > LOOKS || !rising || looks.last() != Some(&1.0) {
            return Some("Planned looks are one to ten rising shares of the planned size, from 0.05 to 1.");
        }
        spending.bounds(looks, alpha.0).is_err().then_some("This spending gives no bounds for these looks.")
    }
}
