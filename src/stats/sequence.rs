//! The asymptotic confidence sequence: an interval that may be looked at after every unit.
//!
//! Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas, "Time-uniform central limit theory and asymptotic confidence
//! sequences", Annals of Statistics 2024 (arXiv 2103.06476). With n units so far and an estimate of variance V, the interval is the estimate
//!
//! ```text
//! ± sqrt( V · 2(nρ² + 1)/(nρ²) · ln( sqrt(nρ² + 1) / α ) )
//! ```
//!
//! With probability 1-α the intervals of *all* n contain the truth at once. The same mixture gives the e-value that
//! is 1/α exactly where the interval touches zero, so interval and p-value never disagree.

use super::effect::{Alternative, Effect, Interval};
use super::real;
use super::special::roots::Monotone;

/// A confidence sequence before it has seen any number. Its parameters must be fixed before the run starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sequence {
    /// The chance that any interval of the sequence misses the truth; above 0 and below 1.
    pub alpha: f64,
    /// The number of units, both arms together and at least 1, for which the interval is made narrowest. It is a
    /// matter of taste, not of truth: the promise holds for each.
    pub tuned_for: u64,
    /// Whether each end of an interval has all of `alpha` to itself, because only one of them can matter
    /// ([`super::question`]).
    pub one_sided: bool,
}

/// Where sequences are tuned unless somebody says otherwise. It costs little to be wrong: from a tenth of it to a
/// thousand times of it an interval is at most 28 % wider than the best for its number. `GrowthBook` takes 5,000.
pub const TUNED_FOR: u64 = 10_000;

impl Sequence {
    /// The usual one, for a chance `alpha` of ever missing.
    #[must_use]
    pub const fn usual(alpha: f64) -> Self {
        Self { alpha, tuned_for: TUNED_FOR, one_sided: false }
    }

    /// ρ², by the closed form (-2 ln α + ln(1 - 2 ln α))/N*. From α = 0.05 downwards it lies within 4 % of the exact
    /// optimum, which needs Lambert's W.
    #[must_use]
    pub fn rho_squared(self) -> f64 {
        self.tuned().rho_squared
    }

    /// The same with its logarithms.
    #[must_use]
    pub fn tuned(self) -> Tuned {
        let log_alpha = libm::log(self.alpha);
        let spent = -2.0 * log_alpha;
        Tuned { sequence: self, log_alpha, rho_squared: (spent + libm::log1p(spent)) / real(self.tuned_for) }
    }

    /// ρ² at its exact optimum, (-W₋₁(-α²/e) - 1)/N*, where W₋₁ is the lower branch of Lambert's function.
    #[must_use]
    pub fn best_rho_squared(self) -> f64 {
        // With u = -W: u - ln u = 1 - 2 ln α, a rising function above 1.
        let target = 1.0 - 2.0 * libm::log(self.alpha);
        let start = target + libm::log(target);
        let u = Monotone { low: 1.0, high: f64::INFINITY, start }.zero(|u| u - libm::log(u) - target);
        (u - 1.0) / real(self.tuned_for)
    }

    /// The sequence after `units` (a number, at least 1), for all that is asked of it then.
    #[must_use]
    pub fn at(self, units: f64) -> Look {
        self.tuned().at(units)
    }

    fn one_sided_bound(self, units: f64) -> Bound {
        let information = units * Self { alpha: 2.0 * self.alpha, ..self }.rho_squared();
        Bound { information, boundary: libm::log1p(libm::sqrt(information + 1.0) / (2.0 * self.alpha)) }
    }

    /// The same sequence to one side: tuned with twice α, and half as wide a boundary in α.
    #[must_use]
    pub fn one_sided_half_width(self, variance: f64, units: f64) -> f64 {
        self.one_sided_bound(units).half_width(variance)
    }

    /// The interval of an effect that may be looked at after every unit.
    #[must_use]
    pub fn interval(self, effect: &Effect, alternative: Alternative) -> Interval {
        let half = match alternative {
            Alternative::Different => self.half_width(effect.variance(), effect.units),
            _ => self.one_sided_half_width(effect.variance(), effect.units),
        };
        Interval::around(effect.estimate, half, alternative)
    }

    /// The p-value of an effect against `null` that may be looked at after every unit: the α at which the interval
    /// would touch it. To one side the boundary has no closed inverse, so it is found.
    #[must_use]
    pub fn effect_p_value(self, effect: &Effect, null: f64, alternative: Alternative) -> f64 {
        let distance = effect.estimate - null;
        let distance = match alternative {
            Alternative::Different => return p_value(self.log_e(distance, effect.variance(), effect.units)),
            Alternative::Greater => distance,
            Alternative::Less => -distance,
        };
        if distance <= 0.0 {
            return 1.0;
        }
        // The mixture is fixed before the start, so its ρ stays at this α; only the boundary moves.
        let information = effect.units * Self { alpha: 2.0 * self.alpha, ..self }.rho_squared();
        let z2 = distance * distance / effect.variance();
        let reached = 0.5 * z2 * information / (information + 1.0);
        (0.5 * libm::sqrt(information + 1.0) / libm::expm1(reached)).min(1.0)
    }

    /// Half the width of the interval for an estimate with this variance after `units` (a number, at least 1).
    #[must_use]
    pub fn half_width(self, variance: f64, units: f64) -> f64 {
        self.at(units).half_width(variance)
    }

    /// The logarithm of the e-value against "the truth is zero", for an estimate with this variance after `units`.
    /// Under that hypothesis the e-value reaches 1/α at any time with a chance of at most α.
    #[must_use]
    pub fn log_e(self, estimate: f64, variance: f64, units: f64) -> f64 {
        self.at(units).log_e(estimate, variance)
    }
}

/// A [`Sequence`] whose logarithms are known: whoever compares many arms by one sequence works them out once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tuned {
    sequence: Sequence,
    log_alpha: f64,
    rho_squared: f64,
}

impl From<Sequence> for Tuned {
    fn from(sequence: Sequence) -> Self {
        sequence.tuned()
    }
}

impl Tuned {
    /// See [`Sequence::at`].
    #[must_use]
    pub fn at(self, units: f64) -> Look {
        let information = units * self.rho_squared;
        let growth = 0.5 * libm::log1p(information);
        let bound = if self.sequence.one_sided {
            self.sequence.one_sided_bound(units)
        } else {
            Bound { information, boundary: growth - self.log_alpha }
        };
        Look { information, growth, bound }
    }
}

/// A [`Sequence`] after some number of units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// nρ².
    information: f64,
    /// ½ ln(nρ² + 1).
    growth: f64,
    bound: Bound,
}

/// What the width of an interval has of its sequence and not of its variance.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bound {
    information: f64,
    boundary: f64,
}

impl Bound {
    fn half_width(self, variance: f64) -> f64 {
        let Self { information, boundary } = self;
        libm::sqrt(variance * 2.0 * (information + 1.0) / information * boundary)
    }
}

impl Look {
    /// Half the width of the interval for an estimate with this variance.
    #[must_use]
    pub fn half_width(self, variance: f64) -> f64 {
        self.bound.half_width(variance)
    }

    /// See [`Sequence::log_e`].
    #[must_use]
    pub fn log_e(self, estimate: f64, variance: f64) -> f64 {
        let Self { information, growth, .. } = self;
        information / (2.0 * (information + 1.0)) * (estimate * estimate / variance) - growth
    }
}

/// The p-value behind an e-value's logarithm: min(1, 1/E). It keeps its promise at every look.
#[must_use]
pub fn p_value(log_e: f64) -> f64 {
    libm::exp(-log_e).min(1.0)
}

/// The mixture sequential probability ratio test of Johari, Koomen, Pekelis & Walsh: for a difference of variance `v`,
/// mixed over normal truths of variance `tau`, which must be fixed before the start. It stands here for comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Msprt {
    /// The variance of the mixture.
    pub tau: f64,
}

impl Msprt {
    /// ln Λ, the evidence against "no difference".
    #[must_use]
    pub fn log_e(self, difference: f64, v: f64) -> f64 {
        let all = v + self.tau;
        0.5 * libm::log(v / all) + difference * difference * self.tau / (2.0 * v * all)
    }

    /// Half the width of its interval.
    #[must_use]
    pub fn half_width(self, v: f64, alpha: f64) -> f64 {
        let all = v + self.tau;
        libm::sqrt(v * all / self.tau * (libm::log(all / v) - 2.0 * libm::log(alpha)))
    }
}
