//! The sample ratio: whether units are split as planned. If not, something loses or moves them, and no number of the
//! run can be trusted.
//!
//! Lindon & Malek, "Anytime-Valid Inference For Multinomial Count Data", `NeurIPS` 2022 (arXiv 2011.03567): with planned
//! shares θ, counts S and a Dirichlet prior α₀ = kθ around the plan,
//!
//! ```text
//! ln E = ln B(α₀ + S) - ln B(α₀) - Σ Sᵢ ln θᵢ
//! ```
//!
//! is the logarithm of an e-value: as long as the plan is followed, E reaches 1/α at any time with a chance of at most
//! α. A chi-square test at 1 %, repeated every hour for two weeks, raises 14 % instead (research/statistics.md, section 0).

use super::effect::{Alternative, Refusal};
use super::real;
use super::special::gamma::{self, deviance, stirling_error};
use super::special::normal;
use alloc::vec::Vec;
use serde::Serialize;

/// The chance of a false alarm over the whole life of a run. An alarm stops every verdict, so it must be rare.
pub const ALPHA: f64 = 0.001;

/// How closely the prior sits around the plan: about as if this many units had been seen there. It is free; with 100
/// and α = 0.001, units that come 52 to 48 instead of evenly raise the alarm after about 12,000, 51 to 49 after 51,000.
pub const CONCENTRATION: f64 = 100.0;

/// One arm: what it should get and what it got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Its part of the sum of all weights, for example of 2^32 draws.
    pub weight: u64,
    /// The units that it got.
    pub units: u64,
}

/// What the counts say about the split.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SampleRatio {
    /// The logarithm of the e-value against "the split is as planned". Finite; above 0 it speaks against the plan.
    pub log_e: f64,
    /// Whether the e-value has reached 1/α. Shells keep an alarm once it was raised: later luck does not undo it.
    pub alarm: bool,
    /// The arms, by index, that have units though their weight is 0. One unit is enough: no luck explains it.
    pub leaks: Vec<usize>,
}

/// Checks a split. `concentration` is k above, `alpha` the chance of a false alarm; both are above 0 and fixed before
/// the run. Arms of weight 0 take no part in the e-value.
///
/// ```
/// use pointsman::stats::sample_ratio::{ALPHA, CONCENTRATION, Share, check};
///
/// let arms = |a, b| [Share { weight: 1, units: a }, Share { weight: 1, units: b }];
/// assert!(!check(&arms(5_000, 5_100), CONCENTRATION, ALPHA).alarm);
/// assert!(check(&arms(5_000, 5_600), CONCENTRATION, ALPHA).alarm);
/// ```
#[must_use]
pub fn check(arms: &[Share], concentration: f64, alpha: f64) -> SampleRatio {
    let leaks = arms.iter().enumerate().filter(|(_, arm)| arm.weight == 0 && arm.units > 0).map(|(i, _)| i).collect();
    let log_e = log_e(arms, concentration);
    SampleRatio { log_e, alarm: log_e >= -libm::log(alpha), leaks }
}

fn log_e(arms: &[Share], concentration: f64) -> f64 {
    let planned = || arms.iter().filter(|arm| arm.weight > 0);
    if planned().count() < 2 {
        return 0.0; // One arm gets everything whatever happens, which is evidence of nothing.
    }
    let weights: f64 = planned().map(|arm| real(arm.weight)).sum();
    let units: f64 = planned().map(|arm| real(arm.units)).sum();
    // ln B(α₀ + S) - ln B(α₀) - Σ Sᵢ ln θᵢ with Stirling's formula put in: what is large cancels before it is
    // calculated, so that counts of 2^40 lose no digits.
    let (start, end) = (concentration, concentration + units);
    let arms: f64 = planned()
        .map(|arm| {
            let (theta, count) = (real(arm.weight) / weights, real(arm.units));
            let (from, to) = (concentration * theta, concentration * theta + count);
            stirling_error(to) - stirling_error(from) - 0.5 * libm::log(to / from) + deviance(to, end * theta)
        })
        .sum();
    arms - stirling_error(end) + stirling_error(start) + 0.5 * libm::log(end / start)
}

/// χ² of counts against a plan, and its p-value. It holds for one look: repeated every hour for two weeks it raises
/// fourteen false alarms of a hundred at 1 % (research/statistics.md, section 0).
pub fn chi_square(arms: &[Share]) -> Result<[f64; 2], Refusal> {
    let planned = || arms.iter().filter(|arm| arm.weight > 0);
    let count = planned().count() as u64;
    let weights: f64 = planned().map(|arm| real(arm.weight)).sum();
    let units: f64 = planned().map(|arm| real(arm.units)).sum();
    if count < 2 {
        return Err(Refusal::Impossible);
    }
    if units == 0.0 {
        return Err(Refusal::NoUnits);
    }
    let term = |arm: &Share| {
        let expected = units * real(arm.weight) / weights;
        let apart = real(arm.units) - expected;
        apart * apart / expected
    };
    let statistic: f64 = planned().map(term).sum();
    Ok([statistic, gamma::chi_square(statistic, real(count - 1)).sf()])
}

/// The p-value of two arms' counts by the normal approximation, `ratio` units of the treatment being planned for each of
/// control; with `continuity` half a unit closer to the plan. It holds for one look.
#[must_use]
pub fn two_arms(control: u64, treatment: u64, ratio: f64, continuity: bool, alternative: Alternative) -> f64 {
    let (n, k) = (real(control) + real(treatment), real(treatment));
    let share = ratio / (1.0 + ratio);
    let error = libm::sqrt(n * share * (1.0 - share));
    let closer = |apart: f64| if continuity && apart > 0.0 { (apart - 0.5).max(0.0) } else { apart };
    let apart = k - n * share;
    match alternative {
        Alternative::Different => (2.0 * normal::sf(closer(libm::fabs(apart)) / error)).min(1.0),
        Alternative::Greater => normal::sf(closer(apart) / error),
        Alternative::Less => normal::sf(closer(-apart) / error),
    }
}
