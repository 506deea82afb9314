//! Novelty: whether an effect fades, or grows, with the days since a unit met its variant.
//!
//! Each day since exposure has its effect. A line through them over ln(1 + day), weighted by their errors, has a slope;
//! a slope of the sign opposite to the effect is novelty, of the same sign learning. It holds for one look. The days'
//! effects must come from different units, or be differences within units.

use crate::stats::effect::{Effect, Refusal};
use crate::stats::special::normal;
use alloc::vec::Vec;

/// What a line through the days says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trend {
    /// How much the effect changes when the days since exposure double, about.
    pub slope: f64,
    /// Its error.
    pub standard_error: f64,
    /// The chance of such a slope when the effect stays as it is.
    pub p_value: f64,
    /// What is left of the effect on the last day.
    pub last: f64,
}

/// Fits the line. Each day is the days since exposure and the effect there; three are needed.
pub fn trend(days: &[(f64, Effect)]) -> Result<Trend, Refusal> {
    if days.len() < 3 {
        return Err(Refusal::TooFew);
    }
    let at = |day: f64| libm::log1p(day) / core::f64::consts::LN_2;
    // Each day's place, weight and effect.
    let points: Vec<[f64; 3]> =
        days.iter().map(|(day, effect)| [at(*day), 1.0 / effect.variance(), effect.estimate]).collect();
    let all: f64 = points.iter().map(|[_, weight, _]| weight).sum();
    let middle = points.iter().map(|[at, weight, _]| weight * at).sum::<f64>() / all;
    let level = points.iter().map(|[_, weight, effect]| weight * effect).sum::<f64>() / all;
    let spread: f64 = points.iter().map(|[at, weight, _]| weight * (at - middle) * (at - middle)).sum();
    if spread.is_nan() || spread <= 0.0 {
        return Err(Refusal::NoVariance);
    }
    let slope = points.iter().map(|[at, weight, effect]| weight * (at - middle) * effect).sum::<f64>() / spread;
    let standard_error = libm::sqrt(1.0 / spread);
    let p_value = 2.0 * normal::sf(libm::fabs(slope / standard_error));
    let last = days.iter().map(|(day, _)| *day).fold(0.0, f64::max);
    Ok(Trend { slope, standard_error, p_value, last: level + slope * (at(last) - middle) })
}
