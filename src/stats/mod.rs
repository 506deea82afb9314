//! Numbers: from counts to estimates that stay true however often somebody looks at them.
//!
//! ```text
//! counts per arm -> sample_ratio    are the units split as planned at all?
//! conversions    -> lift            how much better than control, and within which bounds?
//! moments        -> change          the same of revenue, latency and whatever else is no yes or no
//!                     sequence      the bounds that hold at every look at once
//!                     size          how many units until they show a lift?
//!                     question      whether it is better, or not worse by more than a margin
//! labels         -> guard           does the treatment do harm, through all epochs of a ramp?
//! ```
//!
//! Every estimate carries a [`Validity`]: whether its promise is exact or comes with growing numbers. All
//! transcendental functions are `libm`'s by name, so that the server and the browser get the same bits.

#![allow(clippy::many_single_char_names, reason = "formulas have the letters of their sources")]
#![allow(clippy::float_cmp, reason = "an exact comparison is meant where one stands")]

pub mod bandit;
pub mod bayes;
pub mod change;
pub mod conversions;
pub mod effect;
pub mod estimate;
pub mod forecast;
pub mod group;
pub mod guard;
pub mod health;
pub mod lift;
pub mod mixture;
pub mod moments;
pub mod multiplicity;
pub mod power;
pub mod prior;
pub mod proportion;
pub mod quantile;
pub mod question;
pub mod sample_ratio;
pub mod segments;
pub mod sequence;
pub mod size;
pub mod special;
pub mod strata;

use serde::{Deserialize, Serialize};

/// The chance that the reports of one epoch and metric may ever, over all looks, claim a difference that is not there:
/// the 5 % of convention. It is spent once for each epoch and each metric; nothing here divides it among them.
pub const ALPHA: f64 = 0.05;

/// The same chance as a team or a plan sets it; [`ALPHA`] where nobody says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Alpha(pub f64);

impl Default for Alpha {
    fn default() -> Self {
        Self(ALPHA)
    }
}

impl Alpha {
    /// Whether it is that of convention, which nobody has to write.
    #[must_use]
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// One of so many tests is wrong.
    #[must_use]
    pub fn once_in(self) -> f64 {
        libm::rint(1.0 / self.0)
    }
}

/// How far a promise reaches. "At every look" means that the whole life of a run counts as one chance to be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Validity {
    /// Holds at every look and for every number of units.
    Exact,
    /// Holds at every look once the counts are large; below the gate nothing is claimed at all.
    Asymptotic {
        /// The conversions, and the non-conversions, that each arm must have.
        gate: u64,
    },
    /// Holds for one look, at a size that was fixed before. Looking again breaks it.
    FixedSample,
    /// Holds at the looks that were planned, all of them together, and at no others.
    Planned,
    /// A degree of belief under a prior. It promises nothing about how often it errs.
    Belief,
}

/// A number, or the end that it lies beyond. What `f64::clamp` says of ends in the wrong order prints numbers, and that
/// weighs kilobytes in a browser.
#[allow(clippy::manual_clamp, reason = "see above")]
pub(crate) fn within(x: f64, [low, high]: [f64; 2]) -> f64 {
    if x < low {
        low
    } else if x > high {
        high
    } else {
        x
    }
}

/// A count as a number to calculate with: exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "above 2^53 the nearest number is as good as the count")]
pub(crate) fn real(count: u64) -> f64 {
    count as f64
}
