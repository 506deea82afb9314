//! Health: whether the numbers deserve to be believed, before anybody asks what they say.
//!
//! ```text
//! cause        the split is off: where, and what for?
//! imbalance    were the arms alike before they met anything?
//! implausible  is the effect too good to be true (Twyman's law)?
//! novelty      does it fade, or grow, with the days since a unit met it?
//! interaction  do two runs at the same time change each other?
//! usual        is today as the days before?
//! ```
//!
//! The split itself is [`sample_ratio`](super::sample_ratio)'s.

pub mod cause;
pub mod interaction;
pub mod novelty;
pub mod usual;

use super::bayes::Belief;
use super::effect::{Effect, Refusal};
use super::estimate::{Part, difference};
use super::moments::Moments;
use super::sequence::{Sequence, Tuned, p_value};

/// The chance of a false alarm of any check of health, over the life of a run: an alarm stops every verdict.
pub const ALPHA: f64 = 0.001;

/// The sequence by which arms were unlike before.
pub const SEQUENCE: Sequence = Sequence::usual(ALPHA);

/// Units seen in another arm as well, of all, above which the arms are no longer two groups. Half a percent moves an
/// effect by at most a hundredth of itself.
pub const CROSSED: f64 = 0.005;

/// Whether too many units of an arm met another one.
#[must_use]
pub fn crossed(crossed: u64, units: u64) -> bool {
    units >= 100 && super::real(crossed) > CROSSED * super::real(units)
}

/// The difference of the arms in something that was measured before they met anything, with its p-value that may be
/// looked at at any time, by [`SEQUENCE`]: below [`ALPHA`] the arms were not alike to begin with.
pub fn imbalance(
    control: &Moments,
    treatment: &Moments,
    before: Part,
    sequence: impl Into<Tuned>,
) -> Result<(Effect, f64), Refusal> {
    let effect = difference(control, treatment, before)?;
    let log_e = sequence.into().at(effect.units).log_e(effect.estimate, effect.variance());
    Ok((effect, p_value(log_e)))
}

/// How many spreads of past effects are beyond belief.
pub const BEYOND: f64 = 5.0;
/// The spread of relative effects that is assumed where none are known: half of the changes that teams test move their
/// metric by less than 3.4 %, which is what most published collections of tests found.
pub const SCEPTICAL: Belief = Belief { mean: 0.0, sd: 0.05 };

/// Twyman's law: any figure that looks interesting is usually wrong. Whether a relative effect lies further out than
/// five spreads of what past effects were, its own error taken off.
#[must_use]
pub fn implausible(relative: &Effect, past: Option<Belief>) -> bool {
    let belief = past.unwrap_or(SCEPTICAL);
    let apart = libm::fabs(relative.change() - belief.mean) - 2.0 * relative.standard_error;
    apart > BEYOND * belief.sd
}
