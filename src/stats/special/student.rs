//! Student's t distribution, also for the millions of degrees of freedom that are the rule here.

use super::quadrature::legendre;
use super::{Tails, beta, normal, quantile};

/// Degrees of freedom above which t is normal to the last bit that tails have.
const NORMAL: f64 = 1e17;

/// Both tails.
#[must_use]
pub fn tails(t: f64, df: f64) -> Tails {
    // An infinite number, or none, is a normal; not a number stays none.
    if df >= NORMAL {
        return normal::tails(t);
    }
    let square = t * t;
    let whole = df + square;
    if square == 0.0 {
        return Tails::of_upper(-core::f64::consts::LN_2);
    }
    let both = if whole.is_finite() {
        beta::tails(0.5 * df, 0.5, df / whole, square / whole).log_cdf
    } else {
        // So far out only the first term of the beta's series is left: x^a/(a B(a, ½)).
        let a = 0.5 * df;
        a * (libm::log(df) - 2.0 * libm::log(libm::fabs(t))) - libm::log(a) - beta::log_beta(a, 0.5)
    };
    let upper = Tails::of_upper(both - core::f64::consts::LN_2);
    if t > 0.0 { upper } else { upper.turned() }
}

/// P(X > t).
#[must_use]
pub fn sf(t: f64, df: f64) -> f64 {
    tails(t, df).sf()
}

/// The point that `p` lies below.
#[must_use]
pub fn ppf(p: f64, df: f64) -> f64 {
    point(Tails::below(p), df)
}

/// The point that has these tails.
#[must_use]
pub fn point(split: Tails, df: f64) -> f64 {
    let z = normal::point(split);
    if df >= NORMAL || z == 0.0 {
        return z;
    }
    // Fisher & Cornish's first terms.
    let guess = z + (z * z * z + z) / (4.0 * df);
    quantile(split, [f64::NEG_INFINITY, f64::INFINITY], guess, |t| tails(t, df))
}

/// P(X > t) of the noncentral t: a normal around `shift` by the root of a chi-square over its degrees of freedom.
#[must_use]
pub fn noncentral_sf(t: f64, df: f64, shift: f64) -> f64 {
    // The root of χ²/ν lies around 1 with a spread of about 1/√(2ν); twelve of them to each side hold all of it.
    let spread = 12.0 / libm::sqrt(2.0 * df);
    let (low, high) = ((1.0 - spread).max(0.0), 1.0 + spread.max(6.0 / df));
    let front = core::f64::consts::LN_2 + 0.5 * df * libm::log(0.5 * df) - libm::lgamma(0.5 * df);
    let density = |s: f64| libm::exp(front + (df - 1.0) * libm::log(s) - 0.5 * df * s * s);
    // For millions of degrees of freedom the front loses digits, so the density is measured against its own area.
    let area = legendre([low, high], 24, density);
    let above = legendre([low, high], 24, |s| normal::sf(t * s - shift) * density(s));
    if area > 0.0 { above / area } else { normal::sf(t - shift) }
}
