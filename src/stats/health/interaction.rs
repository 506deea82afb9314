//! Interaction: whether two runs at the same time change each other's effect.
//!
//! Of the units that are in both, Δ = (m₁₁ - m₁₀) - (m₀₁ - m₀₀) is the change of the first run's effect by the second. A
//! second question is whether being in an arm of one depends on the arm of the other, which a sound draw excludes. All
//! pairs are asked together, with a bound on the share of false findings among all findings.

use crate::stats::Validity;
use crate::stats::effect::{Alternative, Effect, Refusal, Scale};
use crate::stats::moments::Moments;
use crate::stats::multiplicity::{Procedure, adjusted};
use crate::stats::special::gamma;
use alloc::vec::Vec;

/// Units that each of the four cells needs before anything is asked of them.
pub const LEAST: f64 = 100.0;
/// The share of false findings among all, by convention.
pub const RATE: f64 = 0.05;

/// The four cells of a pair: first run's arm, second run's arm.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// Control in both.
    pub neither: Moments,
    /// Treatment in the first alone.
    pub first: Moments,
    /// Treatment in the second alone.
    pub second: Moments,
    /// Treatment in both.
    pub both: Moments,
}

/// What one pair says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// The change of the first run's effect by the second.
    pub effect: Effect,
    /// Its p-value, for one look.
    pub p_value: f64,
    /// The chance of such counts when the draws know nothing of each other.
    pub dependence: f64,
}

impl Pair {
    /// Asks one pair.
    pub fn ask(&self) -> Result<Found, Refusal> {
        let cells = [&self.both, &self.first, &self.second, &self.neither];
        if cells.iter().any(|cell| cell.units < LEAST) {
            return Err(Refusal::TooFew);
        }
        let mean = |cell: &Moments| cell.mean(0);
        let estimate = (mean(cells[0]) - mean(cells[1])) - (mean(cells[2]) - mean(cells[3]));
        let parts = cells.map(|cell| cell.cov(0, 0) / cell.units);
        let variance: f64 = parts.iter().sum();
        let squares: f64 = parts.iter().zip(cells).map(|(part, cell)| part * part / (cell.units - 1.0)).sum();
        let units = cells.iter().map(|cell| cell.units).sum();
        let effect = Effect {
            estimate,
            standard_error: libm::sqrt(variance),
            df: variance * variance / squares,
            units,
            scale: Scale::Absolute,
            validity: Validity::FixedSample,
        }
        .checked()?;
        Ok(Found { effect, p_value: effect.p_value(0.0, Alternative::Different), dependence: dependence(cells) })
    }
}

/// χ² of the four counts.
fn dependence([both, first, second, neither]: [&Moments; 4]) -> f64 {
    let (a, b, c, d) = (both.units, first.units, second.units, neither.units);
    let apart = a * d - b * c;
    let statistic = apart * apart * (a + b + c + d) / ((a + b) * (c + d) * (a + c) * (b + d));
    gamma::chi_square(statistic, 1.0).sf()
}

/// Asks all pairs at once: which of them interact, by Benjamini & Hochberg. Pairs that are too small are no finding.
#[must_use]
pub fn scan(pairs: &[Pair]) -> Vec<Option<(Found, bool)>> {
    let asked: Vec<Option<Found>> = pairs.iter().map(|pair| pair.ask().ok()).collect();
    let p: Vec<f64> = asked.iter().flatten().map(|found| found.p_value).collect();
    let mut together = adjusted(&p, Procedure::BenjaminiHochberg).unwrap_or_default().into_iter();
    let told = |found: Option<Found>| found.map(|found| (found, together.next().is_some_and(|p| p <= RATE)));
    asked.into_iter().map(told).collect()
}
