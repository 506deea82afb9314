//! The standard normal distribution.

use super::{Tails, quantile};

const LN_SQRT_TAU: f64 = 0.918_938_533_204_672_7;
/// From here on the tail is calculated from its continued fraction.
const FAR: f64 = 8.0;

/// φ(x).
#[must_use]
pub fn density(x: f64) -> f64 {
    libm::exp(-0.5 * x * x - LN_SQRT_TAU)
}

/// Φ(x), P(X ≤ x).
#[must_use]
pub fn cdf(x: f64) -> f64 {
    sf(-x)
}

/// 1 - Φ(x), P(X > x), right in all digits also where it is tiny.
#[must_use]
pub fn sf(x: f64) -> f64 {
    if x > FAR { libm::exp(log_sf(x)) } else { 0.5 * libm::erfc(x * core::f64::consts::FRAC_1_SQRT_2) }
}

/// ln P(X > x), finite however far.
#[must_use]
pub fn log_sf(x: f64) -> f64 {
    if x < -FAR {
        libm::log1p(-sf(-x))
    } else if x <= FAR {
        libm::log(sf(x))
    } else {
        -0.5 * x * x - LN_SQRT_TAU - libm::log(mills(x))
    }
}

/// The density by the tail: x + 1/(x + 2/(x + 3/(x + ...))).
fn mills(x: f64) -> f64 {
    (1..=60_u8).rev().fold(x, |below, k| x + f64::from(k) / below)
}

/// Both tails.
#[must_use]
pub fn tails(x: f64) -> Tails {
    Tails { log_cdf: log_sf(-x), log_sf: log_sf(x) }
}

/// The point that `p` lies below.
#[must_use]
pub fn ppf(p: f64) -> f64 {
    let middle = p - 0.5;
    if libm::fabs(middle) <= 0.425 { central(middle) } else { point(Tails::below(p)) }
}

/// The point that has these tails.
#[must_use]
pub fn point(split: Tails) -> f64 {
    let far = libm::sqrt(-2.0 * split.log_cdf.min(split.log_sf).max(-1e300));
    let guess = far - (2.30753 + 0.27061 * far) / (1.0 + (0.99229 + 0.04481 * far) * far);
    let guess = if split.log_cdf < split.log_sf { -guess } else { guess };
    quantile(split, [f64::NEG_INFINITY, f64::INFINITY], guess, tails)
}

/// The point that an upper tail of `q` begins at.
#[must_use]
pub fn isf(q: f64) -> f64 {
    -ppf(q)
}

/// Wichura's AS 241 in its middle, right to 1e-16.
fn central(q: f64) -> f64 {
    const A: [f64; 8] = [
        2.509_080_928_730_122_7e3,
        3.343_057_558_358_813e4,
        6.726_577_092_700_87e4,
        4.592_195_393_154_987e4,
        1.373_169_376_550_946e4,
        1.971_590_950_306_551_3e3,
        1.331_416_678_917_843_8e2,
        3.387_132_872_796_366_5,
    ];
    const B: [f64; 8] = [
        5.226_495_278_852_855e3,
        2.872_908_573_572_194_3e4,
        3.930_789_580_009_271e4,
        2.121_379_430_158_659_7e4,
        5.394_196_021_424_751e3,
        6.871_870_074_920_579e2,
        4.231_333_070_160_091e1,
        1.0,
    ];
    let r = 0.180_625 - q * q;
    let of = |polynomial: [f64; 8]| polynomial.into_iter().fold(0.0, |sum, next| sum * r + next);
    q * of(A) / of(B)
}
