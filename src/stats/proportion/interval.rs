//! Intervals for one share, and for the difference or the ratio of two.

use crate::stats::conversions::Conversions;
use crate::stats::effect::{Interval, Refusal};
use crate::stats::special::roots::Monotone;
use crate::stats::special::{beta, normal};
use crate::stats::{real, within};

/// How an interval for one share is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum One {
    /// Clopper & Pearson 1934: never covers too little.
    Exact,
    /// Wilson 1927: covers what it says on average.
    Wilson,
    /// The Bayesian one under Jeffreys' prior.
    Jeffreys,
    /// Agresti & Coull 1998.
    AgrestiCoull,
    /// The normal approximation, which fails for small counts.
    Wald,
}

/// How an interval for a difference is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Two {
    /// Newcombe 1998, from two of Wilson's: the one to take.
    Newcombe,
    /// Miettinen & Nurminen 1985, the inverted score test.
    Score,
    /// Agresti & Caffo 2000.
    AgrestiCaffo,
    /// The normal approximation, which fails for small counts.
    Wald,
}

/// An interval for one share.
pub fn one(arm: Conversions, alpha: f64, method: One) -> Result<Interval, Refusal> {
    if arm.units() == 0 {
        return Err(Refusal::NoUnits);
    }
    let (n, x) = (real(arm.units()), real(arm.converted()));
    let (tail, z) = (0.5 * alpha, normal::isf(0.5 * alpha));
    let inside = |low: f64, high: f64| Interval { low: share(low), high: share(high) };
    // The upper end is the lower one of the others, which loses no digits close to 1.
    let end = |x: f64, a: f64, b: f64| if x == 0.0 { 0.0 } else { beta::ppf(tail, x + a, n - x + b) };
    Ok(match method {
        One::Exact => Interval { low: end(x, 0.0, 1.0), high: 1.0 - end(n - x, 0.0, 1.0) },
        One::Jeffreys => {
            let end = |x: f64| beta::ppf(tail, x + 0.5, n - x + 0.5);
            Interval { low: end(x), high: 1.0 - end(n - x) }
        }
        One::Wilson => {
            let (middle, half) = wilson(x, n, z);
            inside(middle - half, middle + half)
        }
        One::AgrestiCoull => {
            let n = n + z * z;
            let p = (x + 0.5 * z * z) / n;
            let half = z * libm::sqrt(p * (1.0 - p) / n);
            inside(p - half, p + half)
        }
        One::Wald => {
            let p = x / n;
            let half = z * libm::sqrt(p * (1.0 - p) / n);
            inside(p - half, p + half)
        }
    })
}

/// A number as a share can be.
fn share(x: f64) -> f64 {
    within(x, [0.0, 1.0])
}

fn wilson(x: f64, n: f64, z: f64) -> (f64, f64) {
    let p = x / n;
    let by = 1.0 + z * z / n;
    let middle = (p + z * z / (2.0 * n)) / by;
    (middle, z * libm::sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n)) / by)
}

/// An interval for the treatment's share less control's.
pub fn difference(control: Conversions, treatment: Conversions, alpha: f64, method: Two) -> Result<Interval, Refusal> {
    if control.units() == 0 || treatment.units() == 0 {
        return Err(Refusal::NoUnits);
    }
    let z = normal::isf(0.5 * alpha);
    let counts = |arm: Conversions| (real(arm.converted()), real(arm.units()));
    let ((x, n), (y, m)) = (counts(control), counts(treatment));
    let apart = y / m - x / n;
    Ok(match method {
        Two::Wald => wald((x, n), (y, m), z),
        Two::AgrestiCaffo => wald((x + 1.0, n + 2.0), (y + 1.0, m + 2.0), z),
        Two::Newcombe => {
            let [a, b] = [one(control, alpha, One::Wilson)?, one(treatment, alpha, One::Wilson)?];
            let reach = |down: f64, up: f64| libm::hypot(down, up);
            Interval {
                low: apart - reach(y / m - b.low, a.high - x / n),
                high: apart + reach(x / n - a.low, b.high - y / m),
            }
        }
        Two::Score => {
            let least = z * z;
            let beyond = |d: f64| {
                let distance = apart - d;
                distance * distance / score_variance((x, n), (y, m), d) - least
            };
            let low = Monotone { low: -1.0, high: apart, start: -0.9 };
            let high = Monotone { low: apart, high: 1.0, start: 0.9 };
            Interval { low: low.zero(|d| -beyond(d)), high: high.zero(beyond) }
        }
    })
}

fn wald((x, n): (f64, f64), (y, m): (f64, f64), z: f64) -> Interval {
    let (p, q) = (x / n, y / m);
    let half = z * libm::sqrt(p * (1.0 - p) / n + q * (1.0 - q) / m);
    Interval { low: q - p - half, high: q - p + half }
}

/// The variance of the difference where it is `d`: by the likeliest shares that lie so far apart.
fn score_variance((x, n): (f64, f64), (y, m): (f64, f64), d: f64) -> f64 {
    let all = n + m;
    let base = if d == 0.0 { (x + y) / all } else { likeliest((x, n), (y, m), d) };
    let (p, q) = (share(base), share(base + d));
    (p * (1.0 - p) / n + q * (1.0 - q) / m) * all / (all - 1.0)
}

/// The root of Miettinen & Nurminen's cubic that is a share.
fn likeliest((x, n): (f64, f64), (y, m): (f64, f64), d: f64) -> f64 {
    let (all, both) = (n + m, x + y);
    let a = ((m + 2.0 * n) * d - all - both) / (3.0 * all);
    let b = ((x * d - all - 2.0 * x) * d + both) / (3.0 * all);
    let c = x * d * (1.0 - d) / (2.0 * all);
    let q = a * a * a - 1.5 * a * b + c;
    let p = libm::copysign(libm::sqrt((a * a - b).max(0.0)), q);
    let cosine = if p == 0.0 { 1.0 } else { within(q / (p * p * p), [-1.0, 1.0]) };
    let angle = (core::f64::consts::PI + libm::acos(cosine)) / 3.0;
    2.0 * p * libm::cos(angle) - a
}

/// An interval for the treatment's share by control's, on the logarithm's scale (Katz 1978).
pub fn ratio(control: Conversions, treatment: Conversions, alpha: f64) -> Result<Interval, Refusal> {
    if control.converted() == 0 || treatment.converted() == 0 {
        return Err(Refusal::ZeroBaseline);
    }
    let part = |arm: Conversions| 1.0 / real(arm.converted()) - 1.0 / real(arm.units());
    let half = normal::isf(0.5 * alpha) * libm::sqrt(part(control) + part(treatment));
    let ratio =
        real(treatment.converted()) / real(treatment.units()) * real(control.units()) / real(control.converted());
    Ok(Interval { low: ratio * libm::exp(-half), high: ratio * libm::exp(half) })
}
