//! Many questions at once: p-values that account for each other.
//!
//! Each procedure gives adjusted p-values: one at most α is a finding at the level α. The first six bound the chance of
//! any false finding, the last two the share of false ones among all findings.

use super::effect::Refusal;
use super::real;
use super::special::ranks::ranks;
use alloc::vec;
use alloc::vec::Vec;

/// A procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Procedure {
    /// m·p. Needs nothing.
    Bonferroni,
    /// Holm 1979, step down. Needs nothing, and finds at least as much.
    Holm,
    /// Holm with Šidák's 1 - (1 - p)^m. Needs independence or positive dependence.
    HolmSidak,
    /// Hochberg 1988, step up. Needs positive dependence.
    Hochberg,
    /// Hommel 1988. Needs positive dependence, and finds at least as much as Hochberg's.
    Hommel,
    /// Benjamini & Hochberg 1995: the false discovery rate under positive dependence.
    BenjaminiHochberg,
    /// Benjamini & Yekutieli 2001: the false discovery rate under any dependence.
    BenjaminiYekutieli,
}

/// The adjusted p-values, in the order of the given ones.
pub fn adjusted(p: &[f64], procedure: Procedure) -> Result<Vec<f64>, Refusal> {
    if p.iter().any(|p| !(0.0..=1.0).contains(p)) {
        return Err(Refusal::Impossible);
    }
    let m = p.len();
    let order = ranks(p);
    let sorted: Vec<f64> = order.iter().map(|index| p[*index]).collect();
    let all = real(m as u64);
    let left = |rank: usize| real((m - rank) as u64);
    let up_to = |rank: usize| real(rank as u64 + 1);
    let by_rank: Vec<f64> = match procedure {
        Procedure::Bonferroni => sorted.iter().map(|p| p * all).collect(),
        Procedure::Holm => down(sorted.iter().enumerate().map(|(rank, p)| p * left(rank))),
        Procedure::HolmSidak => {
            down(sorted.iter().enumerate().map(|(rank, p)| -libm::expm1(left(rank) * libm::log1p(-p))))
        }
        Procedure::Hochberg => up(sorted.iter().enumerate().map(|(rank, p)| p * left(rank)).collect()),
        Procedure::Hommel => hommel(&sorted),
        Procedure::BenjaminiHochberg => {
            up(sorted.iter().enumerate().map(|(rank, p)| p / (up_to(rank) / all)).collect())
        }
        Procedure::BenjaminiYekutieli => {
            let harmonic: f64 = (0..m).map(|rank| 1.0 / up_to(rank)).sum();
            up(sorted.iter().enumerate().map(|(rank, p)| p / (up_to(rank) / all / harmonic)).collect())
        }
    };
    let mut adjusted = vec![0.0; m];
    for (index, p) in order.iter().zip(by_rank) {
        adjusted[*index] = p.min(1.0);
    }
    Ok(adjusted)
}

/// Each at least as large as those before it.
fn down(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut most: f64 = 0.0;
    values
        .map(|value| {
            most = most.max(value);
            most
        })
        .collect()
}

/// Each at most as large as those behind it.
fn up(mut values: Vec<f64>) -> Vec<f64> {
    let mut least = f64::INFINITY;
    for value in values.iter_mut().rev() {
        least = least.min(*value);
        *value = least;
    }
    values
}

/// Hommel's closed procedure by Wright 1992: for each size of an intersection, Simes' p-value of the worst one.
fn hommel(sorted: &[f64]) -> Vec<f64> {
    let n = sorted.len();
    let mut adjusted = sorted.to_vec();
    for m in (2..=n).rev() {
        let size = real(m as u64);
        let simes = (0..m).map(|j| size * sorted[n - m + j] / real(j as u64 + 1)).fold(f64::INFINITY, f64::min);
        for (rank, value) in adjusted.iter_mut().enumerate() {
            // Those that are among the m largest, and those below them, which each take one's place.
            let with = if rank >= n - m { simes } else { simes.min(size * sorted[rank]) };
            *value = value.max(with);
        }
    }
    adjusted
}
