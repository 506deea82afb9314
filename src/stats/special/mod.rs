//! Distributions: how likely it is to see at most, or more than, so much.
//!
//! ```text
//! gamma   -> chi_square                 how far squares lie from nothing
//! beta    -> student, binomial          how far a mean, or a count, lies from its plan
//! normal                                what all of them become
//! roots, quadrature, cholesky, ranks    zeros, areas, systems of equations, orders
//! ```
//!
//! Every distribution gives [`Tails`]: the logarithms of both of its tails. The smaller one is calculated, the larger
//! one is what it leaves of 1, so that a chance of 1e-300 has as many right digits as one of 0.3. No number is ever one
//! minus another that nearly equals it. The way back, `point`, takes tails too, so that it is as right for an upper tail of
//! 1e-300 as for a lower one.
//!
//! Sources: Loader, "Fast and accurate computation of binomial probabilities", 2000, for every density; Lentz's method
//! for continued fractions; Didonato & Morris, "Algorithm 708", ACM TOMS 1992, for a beta of very unequal sides; Wichura,
//! "Algorithm AS 241", Applied Statistics 1988.

pub mod beta;
pub mod binomial;
pub mod cholesky;
pub mod gamma;
pub mod normal;
pub mod quadrature;
pub mod ranks;
pub mod roots;
pub mod student;

use roots::Monotone;

/// Both tails of a distribution at a point, as logarithms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tails {
    /// ln P(X ≤ x).
    pub log_cdf: f64,
    /// ln P(X > x).
    pub log_sf: f64,
}

impl Tails {
    /// All of it lies below.
    pub const ALL_BELOW: Self = Self { log_cdf: 0.0, log_sf: f64::NEG_INFINITY };
    /// All of it lies above.
    pub const ALL_ABOVE: Self = Self { log_cdf: f64::NEG_INFINITY, log_sf: 0.0 };

    /// Where this share lies below; not a number unless it is one.
    #[must_use]
    pub fn below(p: f64) -> Self {
        Self { log_cdf: libm::log(p), log_sf: libm::log1p(-p) }
    }

    /// From the logarithm of the upper tail.
    #[must_use]
    pub fn of_upper(log_sf: f64) -> Self {
        let log_sf = log_sf.min(0.0);
        Self { log_cdf: log_left(log_sf), log_sf }
    }

    /// From the logarithm of the lower tail.
    #[must_use]
    pub fn of_lower(log_cdf: f64) -> Self {
        Self::of_upper(log_cdf).turned()
    }

    /// The same point, seen from the other side.
    #[must_use]
    pub fn turned(self) -> Self {
        Self { log_cdf: self.log_sf, log_sf: self.log_cdf }
    }

    /// P(X ≤ x).
    #[must_use]
    pub fn cdf(self) -> f64 {
        libm::exp(self.log_cdf)
    }

    /// P(X > x).
    #[must_use]
    pub fn sf(self) -> f64 {
        libm::exp(self.log_sf)
    }
}

/// ln(1 - e^x) for x ≤ 0, from whichever side loses nothing (Mächler 2012).
fn log_left(x: f64) -> f64 {
    if x > -core::f64::consts::LN_2 { libm::log(-libm::expm1(x)) } else { libm::log1p(-libm::exp(x)) }
}

/// Where a distribution on `low` to `high` has these tails: by the smaller one, which has all digits. `start` is a guess.
/// Infinite ends are allowed; tails of nothing give the ends.
fn quantile(split: Tails, [low, high]: [f64; 2], start: f64, tails: impl Fn(f64) -> Tails) -> f64 {
    if split.log_cdf.is_nan() || split.log_sf.is_nan() {
        return f64::NAN;
    }
    if split.log_cdf == f64::NEG_INFINITY {
        return low;
    }
    if split.log_sf == f64::NEG_INFINITY {
        return high;
    }
    let missing = |x: f64| {
        let Tails { log_cdf, log_sf } = tails(x);
        if split.log_cdf < split.log_sf { log_cdf - split.log_cdf } else { split.log_sf - log_sf }
    };
    Monotone { low, high, start }.zero(missing)
}
