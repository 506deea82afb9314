//! The bandit: more units to what converts better, as an allocation policy with inference that stays valid.
//!
//! Thompson 1933: each arm gets the share of units that its chance to be the best is. Shares are fixed for an epoch, so
//! that the collector and the [`guard`](super::guard) know them; the guard's label test is exact under any allocation
//! that the past decides. Effects are told epoch by epoch and put together with weights that were known before each
//! epoch, which leaves no bias: pooling would compare Monday's control with Friday's treatment.

use super::Validity;
use super::bayes::{Belief, best};
use super::effect::{Effect, Refusal, Scale};
use super::real;
use super::special::ranks::ranks;
use alloc::vec::Vec;

/// The next epoch's shares: each arm's chance to be the best, mixed with an even split so that none falls below `floor`.
///
/// Mixing keeps the order of the chances and adds up to 1; clipping and stretching would not (that is how a floor biased
/// a peer's allocation).
pub fn shares(arms: &[Belief], less_is_better: bool, floor: f64) -> Result<Vec<f64>, Refusal> {
    let count = real(arms.len() as u64);
    if arms.is_empty() || !(floor >= 0.0 && floor * count <= 1.0) {
        return Err(Refusal::Impossible);
    }
    if arms.iter().any(|arm| !(arm.mean.is_finite() && arm.sd.is_finite() && arm.sd > 0.0)) {
        return Err(Refusal::NotFinite);
    }
    let chances = best(arms, less_is_better);
    let all: f64 = chances.iter().sum();
    let even = floor * count;
    Ok(chances.iter().map(|chance| even / count + (1.0 - even) * chance / all).collect())
}

/// Shares as the table of a split: whole weights of 2^32, the largest rest first.
#[must_use]
pub fn weights(shares: &[f64]) -> Vec<u64> {
    const ALL: f64 = 4_294_967_296.0;
    #[expect(clippy::cast_sign_loss, reason = "shares are not negative")]
    let mut weights: Vec<u64> = shares.iter().map(|share| libm::floor(share * ALL) as u64).collect();
    let given: u64 = weights.iter().sum();
    let rests: Vec<f64> = shares.iter().map(|share| libm::floor(share * ALL) - share * ALL).collect();
    let order = ranks(&rests);
    let left = (1_u64 << 32).saturating_sub(given) as usize;
    for index in order.into_iter().cycle().take(if shares.is_empty() { 0 } else { left.min(1 << 20) }) {
        weights[index] += 1;
    }
    weights
}

/// What an epoch's difference weighs, by the shares that its two arms had: √(s₁s₂/(s₁ + s₂)). No epoch adds more to the
/// variance than another then, and an interval misses as often as it says (Hadad et al., PNAS 2021); what follows the units
/// themselves misses in 7 of 100 instead of 5.
pub fn worth(control: f64, arm: f64) -> Result<f64, Refusal> {
    let inside = |share: f64| share > 0.0 && share <= 1.0;
    if inside(control) && inside(arm) {
        Ok(libm::sqrt(control * arm / (control + arm)))
    } else {
        Err(Refusal::Impossible)
    }
}

/// One effect from those of epochs. `weights` must have been known before each epoch: see [`worth`].
pub fn together(epochs: &[Effect], weights: &[f64]) -> Result<Effect, Refusal> {
    let all: f64 = weights.iter().sum();
    if epochs.is_empty() || epochs.len() != weights.len() || all.is_nan() || all <= 0.0 {
        return Err(Refusal::Impossible);
    }
    let (mut estimate, mut variance, mut squares, mut units) = (0.0, 0.0, 0.0, 0.0);
    for (effect, weight) in epochs.iter().zip(weights) {
        let share = weight / all;
        let part = share * share * effect.variance();
        estimate += share * effect.estimate;
        variance += part;
        squares += part * part / effect.df;
        units += effect.units;
    }
    let df = if squares > 0.0 { variance * variance / squares } else { f64::INFINITY };
    let scale = epochs.first().map_or(Scale::Absolute, |effect| effect.scale);
    Effect { estimate, standard_error: libm::sqrt(variance), df, units, scale, validity: Validity::FixedSample }
        .checked()
}
