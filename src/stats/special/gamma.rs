//! The gamma distribution and its kind: chi-square, and what is left of factorials.

use super::{Tails, quantile};

const LN_TAU: f64 = 1.837_877_066_409_345_3;
/// Terms of a series or a fraction; they grow with the square root of the parameter.
const TERMS: u32 = 20_000_000;

/// What Stirling's formula lacks: ln Γ(x + 1) - (x + ½) ln x + x - ln √(2π).
#[must_use]
pub fn stirling_error(x: f64) -> f64 {
    if x <= 15.0 {
        return libm::lgamma(x + 1.0) - (x + 0.5) * libm::log(x) + x - 0.5 * LN_TAU;
    }
    let r = 1.0 / (x * x);
    let terms = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
        -3617.0 / 122_400.0,
    ];
    terms.into_iter().rev().fold(0.0, |sum, term| sum * r + term) / x
}

/// x ln(x/m) + m - x, without loss where x is close to m (Loader's deviance).
#[must_use]
pub fn deviance(x: f64, m: f64) -> f64 {
    let distance = x - m;
    if libm::fabs(distance) >= 0.1 * (x + m) {
        return x * libm::log(x / m) + m - x;
    }
    let v = distance / (x + m);
    let (mut sum, mut power) = (distance * v, 2.0 * x * v);
    let mut odd = 1.0;
    loop {
        power *= v * v;
        odd += 2.0;
        let next = sum + power / odd;
        if next == sum {
            return sum;
        }
        sum = next;
    }
}

/// ln(x^a e^-x / Γ(a + 1)), for a > 0 and x > 0.
fn log_front(a: f64, x: f64) -> f64 {
    -stirling_error(a) - deviance(a, x) - 0.5 * (LN_TAU + libm::log(a))
}

/// Both tails of the gamma distribution with shape `a` and scale 1, at `x`.
#[must_use]
pub fn tails(a: f64, x: f64) -> Tails {
    if x <= 0.0 {
        return Tails::ALL_ABOVE;
    }
    if x.is_infinite() {
        return Tails::ALL_BELOW;
    }
    let front = log_front(a, x);
    if x < a + 1.0 {
        Tails::of_lower(front + libm::log(series(a, x)))
    } else {
        Tails::of_upper(front + libm::log(a * fraction(a, x)))
    }
}

/// 1 + x/(a + 1) + x²/((a + 1)(a + 2)) + ...
fn series(a: f64, x: f64) -> f64 {
    let (mut sum, mut term, mut at) = (1.0, 1.0, a);
    for _ in 0..TERMS {
        at += 1.0;
        term *= x / at;
        sum += term;
        if term < sum * 1e-17 {
            break;
        }
    }
    sum
}

/// 1/(x + 1 - a - 1(1 - a)/(x + 3 - a - ...)) by Lentz's method.
fn fraction(a: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - a;
    let mut c = 1e300;
    let mut d = 1.0 / b;
    let mut h = d;
    let mut i = 0.0;
    for _ in 0..TERMS {
        i += 1.0;
        let an = -i * (i - a);
        b += 2.0;
        d = 1.0 / nonzero(an * d + b);
        c = nonzero(b + an / c);
        h *= d * c;
        if libm::fabs(d * c - 1.0) < 4e-16 {
            break;
        }
    }
    h
}

/// Lentz divides by it.
pub(super) fn nonzero(x: f64) -> f64 {
    if libm::fabs(x) < 1e-300 { 1e-300 } else { x }
}

/// The point that `p` of a gamma distribution lies below.
#[must_use]
pub fn ppf(p: f64, a: f64) -> f64 {
    point(Tails::below(p), a)
}

/// The point of a gamma distribution that has these tails.
#[must_use]
pub fn point(split: Tails, a: f64) -> f64 {
    // Wilson & Hilferty 1931.
    let third = 1.0 / (9.0 * a);
    let root = 1.0 - third + super::normal::point(split) * libm::sqrt(third);
    let guess = a * root * root * root;
    let guess = if guess > 0.0 { guess } else { libm::exp((split.log_cdf + libm::lgamma(a + 1.0)) / a) };
    quantile(split, [0.0, f64::INFINITY], guess, |x| tails(a, x))
}

/// Both tails of the chi-square distribution.
#[must_use]
pub fn chi_square(x: f64, df: f64) -> Tails {
    tails(0.5 * df, 0.5 * x)
}

/// The point that `p` of the chi-square distribution lies below.
#[must_use]
pub fn chi_square_ppf(p: f64, df: f64) -> f64 {
    2.0 * ppf(p, 0.5 * df)
}

/// ln B(a, b), the logarithm of the beta function, without loss where a and b are large.
#[must_use]
pub fn log_beta(a: f64, b: f64) -> f64 {
    let n = a + b;
    let errors = stirling_error(a) + stirling_error(b) - stirling_error(n);
    let (share, rest) = (a / n, b / n);
    errors + a * libm::log(share) + b * libm::log(rest) + 0.5 * (LN_TAU + libm::log(n) - libm::log(a) - libm::log(b))
}
