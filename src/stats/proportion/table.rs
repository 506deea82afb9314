//! Tests of a table of two arms: did both convert alike?

use crate::stats::conversions::Conversions;
use crate::stats::effect::{Alternative, Interval, Refusal};
use crate::stats::real;
use crate::stats::special::{binomial, gamma, normal};
use alloc::vec;
use alloc::vec::Vec;

/// The test of Pearson (1900), or by likelihood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Squares {
    /// Σ(O - E)²/E.
    Pearson,
    /// 2ΣO ln(O/E).
    Likelihood,
}

/// What orders the tables of an exact test without fixed margins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Barnard 1945 by the pooled z, or by the unpooled one.
    Barnard {
        /// Whether both arms share their variance.
        pooled: bool,
    },
    /// Boschloo 1970, by Fisher's p-value.
    Boschloo,
}

/// z of the difference, the variance of both arms taken together.
#[must_use]
pub fn pooled_z(control: Conversions, treatment: Conversions) -> f64 {
    let (n, m) = (real(control.units()), real(treatment.units()));
    let share = (real(control.converted()) + real(treatment.converted())) / (n + m);
    let apart = real(treatment.converted()) / m - real(control.converted()) / n;
    apart / libm::sqrt(share * (1.0 - share) * (1.0 / n + 1.0 / m))
}

/// χ² of the table and its p-value. With `continuity` each cell moves half a unit towards what is expected (Yates).
pub fn chi_square(
    control: Conversions,
    treatment: Conversions,
    squares: Squares,
    continuity: bool,
) -> Result<[f64; 2], Refusal> {
    let cells = [treatment.converted(), treatment.unconverted(), control.converted(), control.unconverted()].map(real);
    let (rows, columns) = ([cells[0] + cells[1], cells[2] + cells[3]], [cells[0] + cells[2], cells[1] + cells[3]]);
    if rows.iter().chain(&columns).any(|sum| *sum == 0.0) {
        return Err(Refusal::NoVariance);
    }
    let all = rows[0] + rows[1];
    let term = |(index, seen): (usize, &f64)| {
        let expected = rows[index / 2] * columns[index % 2] / all;
        let apart = expected - seen;
        let seen = if continuity { seen + libm::copysign(libm::fabs(apart).min(0.5), apart) } else { *seen };
        match squares {
            Squares::Pearson => (seen - expected) * (seen - expected) / expected,
            Squares::Likelihood if seen == 0.0 => 0.0,
            Squares::Likelihood => 2.0 * seen * libm::log(seen / expected),
        }
    };
    let statistic: f64 = cells.iter().enumerate().map(term).sum();
    Ok([statistic, gamma::chi_square(statistic, 1.0).sf()])
}

/// What the normal approximation says of a difference: p-value, and the intervals of difference and ratio.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Approximate {
    /// The p-value.
    pub p_value: f64,
    /// The treatment's share less control's.
    pub difference: Interval,
    /// The treatment's share by control's, less one.
    pub relative: Interval,
}

/// The normal approximation. `pooled` takes one variance for both arms, `continuity` half a unit off.
#[must_use]
pub fn approximate(
    control: Conversions,
    treatment: Conversions,
    alpha: f64,
    alternative: Alternative,
    [pooled, continuity]: [bool; 2],
) -> Approximate {
    let (n, m) = (real(control.units()), real(treatment.units()));
    let (p, q) = (real(control.converted()) / n, real(treatment.converted()) / m);
    let share = (p * n + q * m) / (n + m);
    let (scale, log_scale) = if pooled {
        let scale = libm::sqrt(share * (1.0 - share) * (1.0 / n + 1.0 / m));
        (scale, scale / share)
    } else {
        let scale = libm::sqrt(p * (1.0 - p) / n + q * (1.0 - q) / m);
        (scale, libm::sqrt((1.0 - p) / (n * p) + (1.0 - q) / (m * q)))
    };
    let step = if continuity { 0.5 * (1.0 / n + 1.0 / m) } else { 0.0 };
    let apart = q - p;
    // Half a unit closer, but not past zero.
    let closer = |x: f64| if x > 0.0 { (x - step).max(0.0) } else { x };
    let (p_value, tail) = match alternative {
        Alternative::Different => (2.0 * normal::sf(closer(libm::fabs(apart)) / scale), 0.5 * alpha),
        Alternative::Greater => (normal::sf(closer(apart) / scale), alpha),
        Alternative::Less => (normal::sf(closer(-apart) / scale), alpha),
    };
    let z = normal::isf(tail);
    let difference = Interval::around(apart, z * scale + step, alternative);
    let logs = Interval::around(0.0, z * log_scale + step / p, alternative);
    Approximate {
        p_value: p_value.min(1.0),
        difference: Interval { low: difference.low.max(-1.0), high: difference.high.min(1.0) },
        relative: Interval { low: q / p * libm::exp(logs.low) - 1.0, high: q / p * libm::exp(logs.high) - 1.0 },
    }
}

/// Fisher's exact test, to either side or both.
#[must_use]
pub fn fisher(control: Conversions, treatment: Conversions, alternative: Alternative) -> f64 {
    let [first, second] = [treatment, control].map(|arm| [arm.converted(), arm.units()]);
    match alternative {
        Alternative::Different => binomial::fisher(first, second),
        Alternative::Greater => binomial::hypergeometric_from(first, second),
        Alternative::Less => binomial::hypergeometric_from(second, first),
    }
}

/// The largest table of which an exact test without fixed margins is made: its work grows with the product.
pub const MOST: u64 = 4_000_000;

/// Barnard's or Boschloo's exact test: over all shares that both arms might have in common, the largest chance of a
/// table at least as far from "alike".
pub fn unconditional(
    control: Conversions,
    treatment: Conversions,
    order: Order,
    alternative: Alternative,
) -> Result<f64, Refusal> {
    let (n, m) = (control.units(), treatment.units());
    if n == 0 || m == 0 {
        return Err(Refusal::NoUnits);
    }
    if (n + 1).saturating_mul(m + 1) > MOST {
        return Err(Refusal::Impossible);
    }
    let distance = |x: u64, y: u64| {
        let arms = [Conversions::new(n, x), Conversions::new(m, y)];
        let [Some(old), Some(new)] = arms else { return f64::NEG_INFINITY };
        far(old, new, order, alternative)
    };
    if order == Order::Boschloo && alternative == Alternative::Different {
        let side = |alternative| unconditional(control, treatment, order, alternative);
        return Ok((2.0 * side(Alternative::Greater)?.min(side(Alternative::Less)?)).min(1.0));
    }
    let seen = distance(control.converted(), treatment.converted());
    let seen = seen - 1e-13 * libm::fabs(seen);
    // By rows: which tables are at least as far.
    let far: Vec<Vec<bool>> = (0..=n).map(|x| (0..=m).map(|y| distance(x, y) >= seen).collect()).collect();
    let chance = |share: f64| {
        let column: Vec<f64> = (0..=m).map(|y| libm::exp(binomial::log_chance(real(y), real(m), share))).collect();
        let row = |x: u64| libm::exp(binomial::log_chance(real(x), real(n), share));
        let rows = far.iter().zip(0..).map(|(far, x)| {
            row(x) * far.iter().zip(&column).filter(|(far, _)| **far).map(|(_, chance)| chance).sum::<f64>()
        });
        rows.sum::<f64>()
    };
    Ok(largest(chance, 2 * (n + m).min(200)).min(1.0))
}

/// How far a table lies from "alike"; larger is farther.
fn far(old: Conversions, new: Conversions, order: Order, alternative: Alternative) -> f64 {
    match order {
        Order::Boschloo => -fisher(old, new, alternative),
        Order::Barnard { pooled } => {
            let apart = real(new.converted()) / real(new.units()) - real(old.converted()) / real(old.units());
            let z = if apart == 0.0 {
                0.0
            } else if pooled {
                pooled_z(old, new)
            } else {
                let own = |arm: Conversions| {
                    let share = real(arm.converted()) / real(arm.units());
                    share * (1.0 - share) / real(arm.units())
                };
                apart / libm::sqrt(own(old) + own(new))
            };
            match alternative {
                Alternative::Different => libm::fabs(z),
                Alternative::Greater => z,
                Alternative::Less => -z,
            }
        }
    }
}

/// The largest value of a wavy function on 0 to 1: the best of a grid, then thirds around it.
fn largest(f: impl Fn(f64) -> f64, pieces: u64) -> f64 {
    let at = |index: u64| real(index) / real(pieces);
    let mut values = vec![0.0; pieces as usize + 1];
    for (value, index) in values.iter_mut().zip(0..) {
        *value = f(at(index));
    }
    let peak = |index: u64| {
        let (mut low, mut high) = (at(index.saturating_sub(1)), at((index + 1).min(pieces)));
        for _ in 0..40 {
            let (a, b) = (low + 0.382 * (high - low), low + 0.618 * (high - low));
            if f(a) < f(b) { low = a } else { high = b }
        }
        f(0.5 * (low + high))
    };
    let mut order: Vec<u64> = (0..=pieces).collect();
    order.sort_by(|a, b| values[*b as usize].total_cmp(&values[*a as usize]));
    order.iter().take(3).map(|index| peak(*index)).fold(values.iter().copied().fold(0.0, f64::max), f64::max)
}
