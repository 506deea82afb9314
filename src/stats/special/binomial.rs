//! The binomial distribution, and the hypergeometric one of Fisher's exact test.

use super::super::real;
use super::Tails;
use super::beta;
use super::gamma::{deviance, stirling_error};

const LN_TAU: f64 = 1.837_877_066_409_345_3;
/// Counts that are as likely as the one that was seen, but for the last bits.
const AS_LIKELY: f64 = 1.0 + 1e-7;

/// ln P(X = k) for n tries with the chance p (Loader).
#[must_use]
pub fn log_chance(k: f64, n: f64, p: f64) -> f64 {
    let q = 1.0 - p;
    if p <= 0.0 || q <= 0.0 {
        let certain = if p <= 0.0 { 0.0 } else { n };
        return if k == certain { 0.0 } else { f64::NEG_INFINITY };
    }
    if k <= 0.0 {
        return n * libm::log1p(-p);
    }
    if k >= n {
        return n * libm::log(p);
    }
    stirling_error(n) - stirling_error(k) - stirling_error(n - k) - deviance(k, n * p) - deviance(n - k, n * q)
        + 0.5 * (libm::log(n) - LN_TAU - libm::log(k) - libm::log(n - k))
}

/// P(X ≤ k) and P(X > k), as logarithms.
#[must_use]
pub fn tails(k: f64, n: f64, p: f64) -> Tails {
    if k < 0.0 {
        return Tails::ALL_ABOVE;
    }
    if k >= n {
        return Tails::ALL_BELOW;
    }
    beta::tails(k + 1.0, n - k, p, 1.0 - p).turned()
}

/// The least k with P(X ≤ k) ≥ q.
#[must_use]
pub fn ppf(q: f64, n: u64, p: f64) -> u64 {
    least(n, |k| tails(real(k), real(n), p).cdf() >= q)
}

/// The chance of a count at most as likely as `k` of `n`, to both sides, when each has the chance p.
#[must_use]
pub fn two_sided(k: u64, n: u64, p: f64) -> f64 {
    let chance = |k: u64| log_chance(real(k), real(n), p);
    let seen = chance(k) + libm::log(AS_LIKELY);
    let (at, of) = (real(k), real(n));
    let mode = of * p;
    if at == mode {
        return 1.0;
    }
    if at < mode {
        // The least count above the mode that is no likelier.
        let from = libm::ceil(mode);
        let other = least(n + 1, |k| real(k) >= from && (k > n || chance(k) <= seen));
        let above = if other > n { 0.0 } else { tails(real(other) - 1.0, of, p).sf() };
        (tails(at, of, p).cdf() + above).min(1.0)
    } else {
        let to = libm::floor(mode);
        let rising = |k: u64| real(k) > to || chance(k) > seen;
        let other = least(n, rising);
        let below = if other == 0 { 0.0 } else { tails(real(other) - 1.0, of, p).cdf() };
        (tails(at - 1.0, of, p).sf() + below).min(1.0)
    }
}

/// The least count up to `most` that is enough, where more is never less; `most` if none is.
fn least(most: u64, enough: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = low + (high - low) / 2;
        if enough(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

/// The chances of a table of two arms, with all sums as they are.
struct Hypergeometric {
    drawn: u64,
    firsts: u64,
    seconds: u64,
}

impl Hypergeometric {
    fn of([first, firsts]: [u64; 2], [second, seconds]: [u64; 2]) -> Self {
        Self { drawn: first + second, firsts, seconds }
    }

    /// Nothing can vary.
    fn fixed(&self) -> bool {
        self.drawn == 0 || self.drawn == self.firsts + self.seconds
    }

    fn counts(&self) -> core::ops::RangeInclusive<u64> {
        self.drawn.saturating_sub(self.seconds)..=self.drawn.min(self.firsts)
    }

    /// ln of the chance that `k` of those that were drawn are of the first arm.
    fn log_chance(&self, k: u64) -> f64 {
        let all = self.firsts + self.seconds;
        let share = real(self.drawn) / real(all);
        log_chance(real(k), real(self.firsts), share) + log_chance(real(self.drawn - k), real(self.seconds), share)
            - log_chance(real(self.drawn), real(all), share)
    }
}

/// Fisher's exact test of a table of two arms: the chance of a table at most as likely, with all sums as they are.
#[must_use]
pub fn fisher(first: [u64; 2], second: [u64; 2]) -> f64 {
    let table = Hypergeometric::of(first, second);
    if table.fixed() {
        return 1.0;
    }
    let seen = table.log_chance(first[0]) + 1e-12;
    let chances = table.counts().map(|k| table.log_chance(k)).filter(|chance| *chance <= seen);
    chances.map(libm::exp).sum::<f64>().min(1.0)
}

/// The chance that the first arm gets as many as it got, or more, with all sums as they are.
#[must_use]
pub fn hypergeometric_from(first: [u64; 2], second: [u64; 2]) -> f64 {
    let table = Hypergeometric::of(first, second);
    if table.fixed() {
        return 1.0;
    }
    (first[0]..=*table.counts().end()).map(|k| libm::exp(table.log_chance(k))).sum::<f64>().min(1.0)
}
