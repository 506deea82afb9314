//! Boundaries that a martingale crosses at any time with a chance of at most α, by mixing over its drift.
//!
//! `s` is the sum of centred outcomes, `v` their variance process (intrinsic time). Each mixture gives ln M(s, v); the
//! boundary is the s at which M reaches 1/α. Howard, Ramdas, `McAuliffe` & Sekhon, "Time-uniform, nonparametric,
//! nonasymptotic confidence sequences", Annals of Statistics 2021.
//!
//! Production decides by [`sequence`](super::sequence) and [`guard`](super::guard); these stand beside them for what is
//! bounded, or heavy on one side, and for comparison.

use super::effect::{Interval, Refusal};
use super::special::roots::Monotone;
use super::special::{beta, gamma, normal};

/// A mixture, tuned for an intrinsic time. All of it is fixed before the start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mixture {
    /// For increments that are normal, or bounded as a normal is, to both sides.
    Normal {
        /// The variance of the mixture, as intrinsic time.
        rho: f64,
    },
    /// The same to one side.
    HalfNormal {
        /// The variance of the mixture, as intrinsic time.
        rho: f64,
    },
    /// For increments with a tail like a gamma's of scale c, to one side.
    Gamma {
        /// The variance of the mixture, as intrinsic time.
        rho: f64,
        /// The scale of the tail.
        c: f64,
    },
    /// For increments between -g and h.
    Bounded {
        /// The variance of the mixture, as intrinsic time.
        rho: f64,
        /// How far below zero.
        g: f64,
        /// How far above.
        h: f64,
        /// Whether only the upper side is asked for.
        one_sided: bool,
    },
}

/// ρ that makes a boundary lowest at the time `v`, for a chance `alpha` of both sides.
#[must_use]
pub fn best_rho(v: f64, alpha: f64) -> f64 {
    let spent = -2.0 * libm::log(alpha);
    v / (spent + libm::log1p(spent))
}

impl Mixture {
    /// A normal mixture, tuned for `v` and the chance `alpha`.
    #[must_use]
    pub fn normal(v: f64, alpha: f64, one_sided: bool) -> Self {
        if one_sided {
            Self::HalfNormal { rho: best_rho(v, 2.0 * alpha) }
        } else {
            Self::Normal { rho: best_rho(v, alpha) }
        }
    }

    /// A gamma mixture, tuned for `v` and the chance `alpha`.
    #[must_use]
    pub fn gamma(v: f64, alpha: f64, c: f64) -> Self {
        Self::Gamma { rho: best_rho(v, 2.0 * alpha), c }
    }

    /// A mixture for bounded increments, tuned for `v` and the chance `alpha`.
    #[must_use]
    pub fn bounded(v: f64, alpha: f64, [g, h]: [f64; 2], one_sided: bool) -> Self {
        let rho = best_rho(v, if one_sided { 2.0 * alpha } else { alpha }) - g * h;
        Self::Bounded { rho: rho.max(1e-3 * g * h), g, h, one_sided }
    }

    /// ln M(s, v). Under the null its expectation never rises above 1.
    #[must_use]
    pub fn log_e(self, s: f64, v: f64) -> f64 {
        match self {
            Self::Normal { rho } => 0.5 * libm::log(rho / (v + rho)) + s * s / (2.0 * (v + rho)),
            Self::HalfNormal { rho } => {
                let all = v + rho;
                0.5 * libm::log(4.0 * rho / all) + s * s / (2.0 * all) + normal::log_sf(-s / libm::sqrt(all))
            }
            Self::Gamma { rho, c } => {
                let (tail, shift) = (rho / (c * c), (c * s + v) / (c * c));
                let leading = tail * libm::log(tail) - libm::lgamma(tail) - gamma::tails(tail, tail).log_cdf;
                let (shape, at) = ((v + rho) / (c * c), shift + tail);
                leading + libm::lgamma(shape) + gamma::tails(shape, at).log_cdf - shape * libm::log(at) + shift
            }
            Self::Bounded { rho, g, h, one_sided } => {
                let width = g + h;
                let part = |a: f64, b: f64| {
                    let whole = beta::log_beta(a, b);
                    if one_sided { whole + beta::at(h / width, a, b).log_cdf } else { whole }
                };
                let before = part(rho / (g * width), rho / (h * width));
                let after = part((rho + v) / (g * width) - s / width, (rho + v) / (h * width) + s / width);
                v / (g * h) * libm::log(width) - (v / h + s) / width * libm::log(g) - (v / g - s) / width * libm::log(h)
                    + after
                    - before
            }
        }
    }

    /// The s at which the evidence at time `v` reaches 1/α.
    #[must_use]
    pub fn bound(self, v: f64, alpha: f64) -> f64 {
        let least = -libm::log(alpha);
        if let Self::Normal { rho } = self {
            return libm::sqrt((v + rho) * (libm::log1p(v / rho) + 2.0 * least));
        }
        let most = match self {
            // Beyond this the increments would have left their bounds.
            Self::Bounded { rho, g, .. } => (rho + v) / g * (1.0 - 1e-12),
            _ => f64::INFINITY,
        };
        Monotone { low: 0.0, high: most, start: libm::sqrt(2.0 * (v + 1.0) * (least + 1.0)).min(0.5 * most) }
            .zero(|s| self.log_e(s, v) - least)
    }
}

/// The polynomial stitched boundary for increments with a gamma's tail of scale `c`, from the time `v_min` on.
#[must_use]
pub fn stitched(v: f64, alpha: f64, v_min: f64, c: f64, [s, eta]: [f64; 2]) -> f64 {
    let root = libm::sqrt(eta);
    let k1 = (libm::sqrt(root) + 1.0 / libm::sqrt(root)) / core::f64::consts::SQRT_2;
    let k2 = 0.5 * (root + 1.0);
    let v = v.max(v_min);
    let l = s * libm::log(libm::log(eta * v / v_min)) + libm::log(zeta(s) / (alpha * libm::pow(libm::log(eta), s)));
    let linear = k2 * c * l;
    libm::sqrt(k1 * k1 * v * l + linear * linear) + linear
}

/// Riemann's ζ for s > 1, by Euler & Maclaurin.
fn zeta(s: f64) -> f64 {
    let n = 20.0;
    let sum: f64 = (1..20_u8).map(|k| libm::pow(f64::from(k), -s)).sum();
    let tail = libm::pow(n, 1.0 - s) / (s - 1.0) + 0.5 * libm::pow(n, -s);
    let first = s * libm::pow(n, -s - 1.0) / 12.0;
    let second = s * (s + 1.0) * (s + 2.0) * libm::pow(n, -s - 3.0) / 720.0;
    let third = s * (s + 1.0) * (s + 2.0) * (s + 3.0) * (s + 4.0) * libm::pow(n, -s - 5.0) / 30_240.0;
    sum + tail + first - second + third
}

/// An interval for a share that holds at every number of tries, tuned for `tuned` tries and the chance `tuned_alpha`.
pub fn share(sum: u64, n: u64, alpha: f64, tuned: f64, tuned_alpha: f64) -> Result<Interval, Refusal> {
    if n == 0 {
        return Err(Refusal::NoUnits);
    }
    if sum > n {
        return Err(Refusal::Contradiction);
    }
    let (k, n) = (super::real(sum), super::real(n));
    let rate = k / n;
    let beyond = |p: f64| {
        let q = 1.0 - p;
        let mixture = Mixture::bounded(tuned * p * q, tuned_alpha, [p, q], false);
        mixture.log_e(k - n * p, n * p * q) + libm::log(alpha)
    };
    let edge = 1e-12;
    let low = Monotone { low: edge, high: rate.max(edge), start: 0.5 * rate };
    let high = Monotone { low: rate.min(1.0 - edge), high: 1.0 - edge, start: 0.5 * (1.0 + rate) };
    Ok(Interval {
        low: if sum == 0 { 0.0 } else { low.zero(|p| -beyond(p)) },
        high: if k == n { 1.0 } else { high.zero(beyond) },
    })
}

/// The lower bound for the mean of numbers between 0 and 1, one after the other, at every length: empirical Bernstein by
/// a gamma mixture (Howard et al. 2021, theorem 4). The whole α is spent on this side. It depends on the order of what
/// came in, so production does not use it.
#[must_use]
pub fn bounded_mean(x: &[f64], v_opt: f64, alpha: f64) -> f64 {
    let (mut sum, mut n, mut v) = (0.0, 0.0, 0.0);
    for x in x {
        let expected = if n == 0.0 { 0.5 } else { sum / n };
        v += (x - expected) * (x - expected);
        sum += x;
        n += 1.0;
    }
    if n == 0.0 {
        return 0.0;
    }
    (sum / n - Mixture::gamma(v_opt, alpha, 1.0).bound(v, alpha) / n).max(0.0)
}
