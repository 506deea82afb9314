//! Usual: whether a day goes on as those before it.
//!
//! A share of today's units is held against that of all days before by the e-value of [`sample_ratio`]: with the bound at
//! what is still usual it is a test that may be asked at any time of the day. Traffic is held against the same hours of
//! earlier days by the logarithm of six hours' sums; that asks for days that are alike, which nobody can promise, so the
//! spread is taken from them and never believed to be below [`STEADY`].

use crate::stats::real;
use crate::stats::sample_ratio::{Share, check};
use crate::stats::special::normal;

/// Units before and today that a share needs.
pub const LEAST: u64 = 100;

/// How closely the e-value looks around the bound, as a number of units: what leaves it leaves it by far.
const CLOSE: f64 = 10.0;

/// What is usual of a share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Usual {
    /// At most so much, and so many times what it was.
    AtMost(f64, f64),
    /// At least so many times what it was.
    AtLeast(f64),
}

/// The p-value, at any time of the day, of today's units `[units, hits]` against those before it; 1 before there are enough.
///
/// What it was is known with three of its errors; a share beyond the bound is less likely to look like this than one at it.
#[must_use]
pub fn share([units, hits]: [u64; 2], [units_today, hits_today]: [u64; 2], usual: Usual) -> f64 {
    if units < LEAST || units_today < LEAST {
        return 1.0;
    }
    let (error, of) = (3.0 * libm::sqrt(real(hits)), real(units));
    let (bound, sign) = match usual {
        Usual::AtMost(least, times) => ((times * (real(hits) + error + 3.0) / of).max(least), 1.0),
        Usual::AtLeast(times) => (times * (real(hits) - error) / of, -1.0),
    };
    let apart = real(hits_today) / real(units_today) - bound;
    if !(bound > 0.0 && bound < 1.0 && apart * sign > 0.0) {
        return 1.0;
    }
    // In parts of 2^32, as draws are.
    let whole = 4_294_967_296.0;
    #[expect(clippy::cast_sign_loss, reason = "the bound lies between 0 and 1")]
    let weight = ((bound * whole) as u64).max(1);
    let arms = [
        Share { weight, units: hits_today },
        Share { weight: (1 << 32) - weight, units: units_today.saturating_sub(hits_today) },
    ];
    libm::exp(-check(&arms, CLOSE, super::ALPHA).log_e).min(1.0)
}

/// Hours that are summed: fewer are noise, more tell late.
const WINDOW: usize = 6;
/// Hours of a day.
const HOURS: usize = 24;
/// Hours that are kept: a fortnight.
pub const KEPT: usize = 14 * HOURS;
/// Days of which the same hours have to be known.
const DAYS: f64 = 7.0;
/// Visitors that usually come in six hours, below which chance alone moves them by too much.
const ENOUGH: f64 = 400.0;
/// The least spread of a logarithm from day to day that is believed.
pub const STEADY: f64 = 0.07;

/// The last six hours beside what they usually are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hours {
    /// What came.
    pub came: f64,
    /// What usually comes: the geometric mean.
    pub usual: f64,
    /// The chance of being so far off on any hour of a day.
    pub p_value: f64,
}

/// The six hours that end at a place; nothing where one of them is not known.
fn window(hours: &[f64], end: usize) -> Option<f64> {
    let hours = hours.get(end.checked_sub(WINDOW)?..end)?;
    (!hours.iter().any(|hour| *hour < 0.0)).then(|| hours.iter().sum::<f64>())
}

/// How the logarithms of the same six hours on the days before lie: how many, their mean, and the squares around it.
fn before(hours: &[f64], mut end: usize) -> [f64; 3] {
    let [mut n, mut mean, mut squares] = [0.0; 3];
    while end > HOURS {
        end -= HOURS;
        if let Some(sum) = window(hours, end).filter(|sum| *sum > 0.0) {
            // By Welford, one after the other.
            let apart = libm::log(sum) - mean;
            n += 1.0;
            mean += apart / n;
            squares += apart * (libm::log(sum) - mean);
        }
    }
    [n, mean, squares]
}

/// Asks the last six of some hours, the latest last and those that nobody knows below zero; `share` of all visitors are
/// counted. Nothing before there are enough days and visitors.
#[must_use]
pub fn hours(hours: &[f64], share: f64) -> Option<Hours> {
    let end = hours.len();
    let came = window(hours, end)?;
    // How logarithms lie around those of the same hours, over all hours of a day.
    let (mut squares, mut free) = (0.0, 0.0);
    for end in end.saturating_sub(HOURS)..end {
        let [n, _, around] = before(hours, end);
        squares += around;
        free += (n - 1.0).max(0.0);
    }
    let [n, mean, _] = before(hours, end);
    let usual = libm::exp(mean);
    if n < DAYS || usual * share < ENOUGH {
        return None;
    }
    let spread = libm::sqrt(squares / free).max(STEADY) * libm::sqrt(1.0 + 1.0 / n);
    let z = libm::fabs(libm::log(came.max(1.0)) - mean) / spread;
    let p_value = (2.0 * normal::sf(z) * real(HOURS as u64)).min(1.0);
    Some(Hours { came, usual, p_value })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fortnight of days with a night and an evening, and one more hour.
    fn fortnight(last: f64) -> alloc::vec::Vec<f64> {
        let hour = |at: usize| 200.0 + 150.0 * libm::sin(real(at as u64) / 24.0 * core::f64::consts::TAU);
        (0..KEPT).map(|at| if at + WINDOW >= KEPT { last * hour(at) } else { hour(at) }).collect()
    }

    #[test]
    fn half_the_traffic_is_off_and_a_usual_hour_is_not() {
        let found = |last| hours(&fortnight(last), 1.0).unwrap();
        assert!(found(0.5).p_value < 1e-9 && found(2.0).p_value < 1e-9);
        assert!(found(1.0).p_value > 0.9 && found(0.9).p_value > 0.1);
        let seen = found(0.5);
        assert!((seen.came / seen.usual - 0.5).abs() < 1e-9, "{seen:?}");
        assert_eq!(hours(&fortnight(0.5), 0.1), None, "at a tenth of the visitors it is noise");
        assert_eq!(hours(&fortnight(0.5)[..5 * HOURS], 1.0), None, "five days tell nothing");
        let mut unknown = fortnight(0.5);
        unknown[KEPT - 1] = -1.0;
        assert_eq!(hours(&unknown, 1.0), None, "an hour in which nobody looked is none without visitors");
    }

    #[test]
    fn a_share_is_off_where_it_leaves_what_is_usual_and_not_before() {
        let (before, more, fewer) = ([10_000, 300], Usual::AtMost(0.0, 1.5), Usual::AtLeast(0.5));
        assert!(share(before, [1_000, 100], more) < 1e-6 && share(before, [3_000, 1], fewer) < 1e-4);
        for today in [[1_000, 30], [1_000, 45], [50, 50]] {
            assert_eq!(share(before, today, more).to_bits(), 1.0_f64.to_bits(), "{today:?}");
        }
        assert_eq!(share([50, 0], [1_000, 900], more).to_bits(), 1.0_f64.to_bits(), "nothing is known of before");
    }
}
