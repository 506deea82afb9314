//! Degrees of belief. They inform and never decide: nothing here is protected against looking again and again. A/A runs
//! that are stopped when the chance to win leaves 5 to 95 % do so in 69 % of cases under hourly looks (see the docs).

use super::Validity;
use super::conversions::Conversions;
use super::effect::{Effect, Interval, Refusal};
use super::real;
use super::special::quadrature::legendre;
use super::special::{beta, normal};
use alloc::vec::Vec;
use serde::Serialize;

/// A normal belief about an effect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Belief {
    /// Its middle.
    pub mean: f64,
    /// Its spread. As a prior, infinite where nothing is believed.
    pub sd: f64,
}

/// What choosing would cost on average: the effect where it is of the wrong sign.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Loss {
    /// Of keeping control.
    pub control: f64,
    /// Of taking the treatment.
    pub treatment: f64,
}

impl Belief {
    /// No belief at all.
    pub const NONE: Self = Self { mean: 0.0, sd: f64::INFINITY };

    /// The same belief in another unit: for a relative one on an absolute effect, times control's size.
    #[must_use]
    pub fn times(self, unit: f64) -> Self {
        Self { mean: self.mean * unit, sd: self.sd * libm::fabs(unit) }
    }

    /// What is believed after an effect was seen.
    #[must_use]
    pub fn after(self, effect: &Effect) -> Self {
        let (seen, before) = (1.0 / effect.variance(), 1.0 / (self.sd * self.sd));
        let weight = seen + before;
        Self { mean: (effect.estimate * seen + self.mean * before) / weight, sd: libm::sqrt(1.0 / weight) }
    }

    /// The chance of a positive effect, or of a negative one where less is better.
    #[must_use]
    pub fn better(self, less_is_better: bool) -> f64 {
        let z = self.mean / self.sd;
        normal::cdf(if less_is_better { -z } else { z })
    }

    /// The loss of either choice, where more is better.
    #[must_use]
    pub fn loss(self) -> Loss {
        let z = self.mean / self.sd;
        let part = |z: f64| {
            // σ(φ(z) + zΦ(z)); far out its terms cancel, and the tail's own series is what is left.
            if z < -30.0 {
                self.sd * normal::density(z) / (z * z)
            } else {
                self.sd * (normal::density(z) + z * normal::cdf(z))
            }
        };
        Loss { control: part(z), treatment: part(-z) }
    }

    /// The middle that holds 1 - α.
    #[must_use]
    pub fn interval(self, alpha: f64) -> Interval {
        let half = normal::isf(0.5 * alpha) * self.sd;
        Interval { low: self.mean - half, high: self.mean + half }
    }

    /// So many equally likely answers, in order: the middles of slices of the same chance (quantile dotplot, Kay et al.
    /// 2016).
    #[must_use]
    pub fn answers(self, count: u32) -> Vec<f64> {
        let slice = |index: u32| (f64::from(index) + 0.5) / f64::from(count);
        (0..count).map(|index| self.mean + self.sd * normal::ppf(slice(index))).collect()
    }

    /// What beliefs can promise.
    #[must_use]
    pub const fn validity(self) -> Validity {
        Validity::Belief
    }
}

/// What is believed of two shares under a beta prior.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shares {
    /// The chance that the treatment converts better.
    pub better: f64,
    /// The expected loss of either choice, in shares.
    pub loss: Loss,
}

/// The exact posterior of two shares. The prior has the sides `a` and `b`, both above 0; 1 and 1 is even.
pub fn shares(control: Conversions, treatment: Conversions, [a, b]: [f64; 2]) -> Result<Shares, Refusal> {
    if !(a > 0.0 && b > 0.0 && a.is_finite() && b.is_finite()) {
        return Err(Refusal::Impossible);
    }
    let sides = |arm: Conversions| [a + real(arm.converted()), b + real(arm.unconverted())];
    let (old, new) = (sides(control), sides(treatment));
    let above = |old: [f64; 2], new: [f64; 2]| chance_above(old, new);
    // E[X 1(X > Y)] = E[X] P(X' > Y), where X' has one conversion more.
    let more = |[a, b]: [f64; 2]| ([a + 1.0, b], a / (a + b));
    let (new_more, new_mean) = more(new);
    let (old_more, old_mean) = more(old);
    let loss = Loss {
        control: new_mean * above(old, new_more) - old_mean * above(old_more, new),
        treatment: old_mean * above(new, old_more) - new_mean * above(new_more, old),
    };
    Ok(Shares { better: above(old, new), loss })
}

/// P(Y > X): the closed form where one side is whole and not too large, else by quadrature over X.
fn chance_above(old: [f64; 2], new: [f64; 2]) -> f64 {
    let whole = |[a, b]: [f64; 2]| [a, b].iter().all(|side| *side == libm::floor(*side));
    let least = old.iter().chain(&new).copied().fold(f64::INFINITY, f64::min);
    if whole(old) && whole(new) && least <= 100_000.0 {
        return beta::chance_above(old, new);
    }
    let [a, b] = old;
    let (mean, n) = (a / (a + b), a + b);
    let spread = libm::sqrt(mean * (1.0 - mean) / (n + 1.0));
    let (low, high) = ((mean - 12.0 * spread).max(0.0), (mean + 12.0 * spread).min(1.0));
    let front = beta::log_beta(a, b);
    let density = |x: f64| libm::exp((a - 1.0) * libm::log(x) + (b - 1.0) * libm::log1p(-x) - front);
    let area = legendre([low, high], 60, density);
    legendre([low, high], 60, |x| density(x) * beta::at(x, new[0], new[1]).sf()) / area
}

/// The chance of each arm to be the best, for normal beliefs: `∫ φ(t) Π Φ((m_k + t s_k - m_i)/s_i) dt`.
#[must_use]
pub fn best(arms: &[Belief], less_is_better: bool) -> Vec<f64> {
    let sign = if less_is_better { -1.0 } else { 1.0 };
    let chance = |k: usize| {
        let this = &arms[k];
        legendre([-9.0, 9.0], 72, |t| {
            let at = sign * this.mean + t * this.sd;
            let others = arms.iter().enumerate().filter(|(i, _)| *i != k);
            let below = others.map(|(_, other)| normal::cdf((at - sign * other.mean) / other.sd)).product::<f64>();
            normal::density(t) * below
        })
    };
    (0..arms.len()).map(chance).collect()
}
