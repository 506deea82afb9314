//! Quantiles: how slow the slowest tenth is, and how sure that is, from a few ranks.
//!
//! A quantile's error is that of how many lie below it, by the slope of the distribution there. The slope is read off
//! two quantiles a little below and above: with ranks n(ν ± z √(ν(1 - ν)/n)) their distance is 2z errors. Where units
//! have several measurements, those of one unit go together, and the error grows by how much the share below the
//! quantile varies more between units than between measurements (Deng, Knoblich & Lu, KDD 2018; Yao, Li & Lu 2024).

use super::effect::Refusal;
use super::estimate::{Part, linear};
use super::moments::Moments;
use super::special::normal;
use super::{real, within};

/// A quantile of measurements that were kept: its value, and those of the two ranks beside it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranks {
    /// Measurements.
    pub n: f64,
    /// Measurements that the ranks beside it were chosen for; `n`, unless they are kept on a coarser grid.
    pub ranked: f64,
    /// Which quantile, 0 to 1.
    pub nu: f64,
    /// Its value.
    pub value: f64,
    /// The value at the rank below.
    pub low: f64,
    /// The value at the rank above.
    pub high: f64,
}

/// The ranks of a quantile among `n`, and of the two beside it at z standard errors: counted from 1.
#[must_use]
pub fn ranks(n: u64, nu: f64, alpha: f64) -> [u64; 3] {
    let at = |share: f64| {
        #[expect(clippy::cast_sign_loss, reason = "it is at least 1")]
        let rank = libm::ceil(within(real(n) * share, [1.0, real(n)])) as u64;
        rank
    };
    let half = normal::isf(0.5 * alpha) * libm::sqrt(nu * (1.0 - nu) / real(n));
    [at(nu), at(nu - half), at(nu + half)]
}

impl Ranks {
    /// The variance of one measurement's part in the quantile: that of the quantile, times n, less one for the quantile
    /// itself. `alpha` is that of the ranks.
    #[must_use]
    pub fn variance(&self, alpha: f64) -> f64 {
        let error = (self.high - self.low) / (2.0 * normal::isf(0.5 * alpha));
        error * error * self.ranked * (self.n - 1.0) / self.n
    }

    /// The quantile as an arm, to be compared like a mean.
    pub fn arm(&self, alpha: f64) -> Result<Moments, Refusal> {
        let inside = self.nu > 0.0 && self.nu < 1.0 && self.n >= 2.0 && self.low <= self.high;
        if inside { Ok(Moments::of(self.n, self.value, self.variance(alpha))) } else { Err(Refusal::Impossible) }
    }

    /// The same where units have several measurements. `below` holds each unit's measurements below the quantile and
    /// all of them. Gives the arm, and the variance of the share below.
    pub fn clustered(&self, below: &Moments, alpha: f64) -> Result<(Moments, f64), Refusal> {
        let share = linear(below, &[Part::ratio(0, 1)])?;
        let between = share.cov(0, 0) / below.units;
        let alone = self.nu * (1.0 - self.nu) / self.n;
        let variance = self.variance(alpha) * between / alone;
        Ok((Moments::of(self.n, self.value, variance), between))
    }
}
