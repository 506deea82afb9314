//! The beta distribution.

pub use super::gamma::log_beta;
use super::gamma::{deviance, nonzero, stirling_error};
use super::{Tails, normal, quantile};

const LN_TAU: f64 = 1.837_877_066_409_345_3;
/// Terms of the fraction; they grow with the square root of the larger parameter.
const TERMS: u32 = 20_000_000;
/// From here on, beside a side of at most 1, the asymptotic series is right to the last bit.
const UNEQUAL: f64 = 20.0;

/// Both tails at `x` of the beta distribution with the sides `a` and `b`, above 0. `y` is 1 - x, which whoever asks may
/// know better than this subtraction does.
#[must_use]
pub fn tails(a: f64, b: f64, x: f64, y: f64) -> Tails {
    if x <= 0.0 {
        return Tails::ALL_ABOVE;
    }
    if y <= 0.0 {
        return Tails::ALL_BELOW;
    }
    // The series gives one of the tails; where that is the larger one, the other would be what it leaves of 1.
    if b <= 1.0 && a >= UNEQUAL && x > 0.5 {
        let lower = Tails::of_lower(unequal(a, b, x, y));
        if lower.log_cdf <= lower.log_sf {
            return lower;
        }
    }
    if a <= 1.0 && b >= UNEQUAL && y > 0.5 {
        let upper = Tails::of_upper(unequal(b, a, y, x));
        if upper.log_sf <= upper.log_cdf {
            return upper;
        }
    }
    let front = log_front(a, b, x, y);
    if x <= (a + 1.0) / (a + b + 2.0) {
        Tails::of_lower(front - libm::log(a) + libm::log(fraction(a, b, x)))
    } else {
        Tails::of_upper(front - libm::log(b) + libm::log(fraction(b, a, y)))
    }
}

/// ln(x^a y^b / B(a, b)).
fn log_front(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let n = a + b;
    // The density of a binomial, times ab/n.
    stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, n * x) - deviance(b, n * y)
        + 0.5 * (libm::log(a) + libm::log(b) - libm::log(n) - LN_TAU)
}

/// The continued fraction of the incomplete beta (NIST 8.17.22) by Lentz's method.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let n = a + b;
    let mut c = 1.0;
    let mut d = 1.0 / nonzero(1.0 - n * x / (a + 1.0));
    let mut h = d;
    let mut m = 0.0;
    for _ in 0..TERMS {
        m += 1.0;
        let twice = a + 2.0 * m;
        let even = m * (b - m) * x / ((twice - 1.0) * twice);
        d = 1.0 / nonzero(1.0 + even * d);
        c = nonzero(1.0 + even / c);
        h *= d * c;
        let odd = -(a + m) * (n + m) * x / (twice * (twice + 1.0));
        d = 1.0 / nonzero(1.0 + odd * d);
        c = nonzero(1.0 + odd / c);
        h *= d * c;
        if libm::fabs(d * c - 1.0) < 4e-16 {
            break;
        }
    }
    h
}

/// `ln I_x(a, b)` for a large a and b ≤ 1: the expansion in incomplete gammas of Didonato & Morris (BGRAT).
fn unequal(a: f64, b: f64, x: f64, y: f64) -> f64 {
    const TERMS: usize = 30;
    let t = a + 0.5 * (b - 1.0);
    let lx = if y < 0.35 { libm::log1p(-y) } else { libm::log(x) };
    let u = -t * lx;
    // ln(u^b e^-u / Γ(b)), and what Γ(a + b)/Γ(a) lacks to t^b.
    let log_h = b * libm::log(u) - u - libm::lgamma(b);
    let rise =
        (a - 0.5) * libm::log1p(b / a) - b + b * libm::log((a + b) / t) + stirling_error(a + b) - stirling_error(a);
    let tail = super::gamma::tails(b, u).log_sf;
    let mut j = libm::exp(tail - log_h);
    let (lx2, t4) = (0.25 * lx * lx, 4.0 * t * t);
    let (mut power, mut b2n) = (1.0, b);
    let mut p = [1.0; TERMS];
    let mut sum = j;
    let mut factorials = [1.0; 2 * TERMS + 2];
    for k in 1..factorials.len() {
        factorials[k] = factorials[k - 1] * super::super::real(k as u64);
    }
    for n in 1..TERMS {
        let count = super::super::real(n as u64);
        let mut next = 0.0;
        for m in 1..n {
            next += (super::super::real(m as u64) * b - count) * p[n - m] / factorials[2 * m + 1];
        }
        p[n] = next / count + (b - 1.0) / factorials[2 * n + 1];
        j = (b2n * (b2n + 1.0) * j + (u + b2n + 1.0) * power) / t4;
        power *= lx2;
        b2n += 2.0;
        let term = p[n] * j;
        sum += term;
        if libm::fabs(term) < 1e-17 * sum {
            break;
        }
    }
    log_h + rise + libm::log(sum)
}

/// Both tails where only `x` is known.
#[must_use]
pub fn at(x: f64, a: f64, b: f64) -> Tails {
    tails(a, b, x, 1.0 - x)
}

/// The point that `p` of it lies below.
#[must_use]
pub fn ppf(p: f64, a: f64, b: f64) -> f64 {
    point(Tails::below(p), a, b)
}

/// The point that has these tails.
#[must_use]
pub fn point(split: Tails, a: f64, b: f64) -> f64 {
    let n = a + b;
    let spread = libm::sqrt(a * b / (n + 1.0)) / n;
    let guess = a / n + normal::point(split) * spread;
    let guess = if guess > 0.0 && guess < 1.0 { guess } else { a / n };
    quantile(split, [0.0, 1.0], guess, |x| at(x, a, b))
}

/// The chance that a draw from the beta (a₂, b₂) is larger than one from (a₁, b₁).
///
/// Evan Miller's closed form for whole parameters; the shorter of its four sums is taken, and each of its terms is a
/// logarithm, so that hundreds of thousands of conversions do no harm.
#[must_use]
pub fn chance_above([a1, b1]: [f64; 2], [a2, b2]: [f64; 2]) -> f64 {
    let smallest = a1.min(b1).min(a2).min(b2);
    if smallest == a2 {
        above(a2, b2, a1, b1)
    } else if smallest == b1 {
        // 1 - X turns both around.
        above(b1, a1, b2, a2)
    } else if smallest == a1 {
        1.0 - above(a1, b1, a2, b2)
    } else {
        1.0 - above(b2, a2, b1, a1)
    }
}

/// Σ over i < a₂ of B(a₁ + i, b₂ + b₁)/((b₂ + i) B(1 + i, b₂) B(a₁, b₁)).
fn above(a2: f64, b2: f64, a1: f64, b1: f64) -> f64 {
    let whole = log_beta(a1, b1);
    let (mut sum, mut i) = (0.0, 0.0);
    // The ratio of neighbours is (a₁ + i)(b₂ + i)/((a₁ + b₁ + b₂ + i)(1 + i)).
    let mut term = log_beta(a1, b2 + b1) - libm::log(b2) - log_beta(1.0, b2) - whole;
    while i < a2 {
        sum += libm::exp(term);
        term += libm::log((a1 + i) / (a1 + b1 + b2 + i) * ((b2 + i) / (1.0 + i)));
        i += 1.0;
    }
    sum.min(1.0)
}
