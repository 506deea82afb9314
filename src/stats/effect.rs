//! An effect: how far an arm lies from control, how sure that is, and how far the promise reaches.
//!
//! Every estimator ends here, in (estimate, standard error, degrees of freedom) or in a named [`Refusal`]; every kind of
//! inference begins here. So a new metric gets all tests at once, and a new test all metrics.

use super::Validity;
use super::special::{normal, student};
use alloc::string::{String, ToString};
use serde::{Deserialize, Serialize};

/// On which scale an effect is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scale {
    /// The arm less control, in the metric's unit.
    Absolute,
    /// The same by control's size, by the delta method.
    Relative,
    /// The logarithm of the arm by control, which holds better than `Relative` where control is close to zero.
    LogRatio,
}

/// Which way an effect is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Alternative {
    /// Any difference.
    Different,
    /// The arm is larger.
    Greater,
    /// The arm is smaller.
    Less,
}

/// An effect.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Effect {
    /// What the numbers say.
    pub estimate: f64,
    /// How far that is from the truth, typically.
    pub standard_error: f64,
    /// Degrees of freedom of the standard error; infinite where a normal is meant.
    pub df: f64,
    /// The units of both arms.
    pub units: f64,
    /// The scale.
    pub scale: Scale,
    /// How far the promise reaches.
    pub validity: Validity,
}

/// Why there is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Refusal {
    /// An arm has no units.
    NoUnits,
    /// An arm has one unit, which has no spread.
    OneUnit,
    /// Nothing varies, so nothing can be said about chance.
    NoVariance,
    /// Control is zero, and nothing is a percentage of zero.
    ZeroBaseline,
    /// Control's size is less than so many times its own error ([`SURE_BASELINE`]): a percentage of it means nothing.
    UnsureBaseline,
    /// An arm is not above zero, and has no logarithm.
    NoLogarithm,
    /// A denominator is zero.
    ZeroDenominator,
    /// A number is infinite or none.
    NotFinite,
    /// The counts contradict each other.
    Contradiction,
    /// What was asked cannot be: a chance outside of 0 to 1, a list that is empty.
    Impossible,
    /// More counts are needed before the promise holds.
    TooFew,
    /// The arms have different shares of the split, and the question needs the same.
    UnevenArms,
    /// A part of the question is missing, or is of another kind.
    Unreadable,
}

/// How many of its own errors control must be away from zero before anything is told in percent of it. Below 4 the
/// interval of a relative effect by the delta method covers too little (research by Fieller and others; see the docs).
pub const SURE_BASELINE: f64 = 4.0;

impl Refusal {
    /// The same in a sentence.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::NoUnits => "A variant has no units yet. Wait until both have some.",
            Self::OneUnit => "A variant has one unit, which has no spread. Wait until both have two.",
            Self::NoVariance => "All units have the same value, so chance cannot be judged. Check that the metric counts.",
            Self::ZeroBaseline => "The old version has zero, and nothing is a percentage of zero. Read the difference.",
            Self::UnsureBaseline => {
                "The old version's value is close to zero beside its own error, so a percentage would mean nothing. Read \
                 the difference."
            }
            Self::NoLogarithm => "A variant's value is not above zero, so it has no logarithm. Read the relative effect or the difference.",
            Self::ZeroDenominator => "What the metric divides by is zero. Check its denominator.",
            Self::NotFinite => "A value is infinite or missing. Check what sends it.",
            Self::Contradiction => "The counts contradict each other. Decide nothing before you know why.",
            Self::Impossible => "The question cannot be asked like this. Check its numbers.",
            Self::Unreadable => "A part of the question is missing or cannot be read. See docs/statistics.md.",
            Self::UnevenArms => "A mean is watched for harm only beside a control of the same share. Give both the same.",
            Self::TooFew => "There are too few counts for this method. Wait for more.",
        }
        .to_string()
    }
}

/// Bounds; an end that a one-sided question leaves open is infinite.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

impl Interval {
    /// Around a middle; only the side that is asked for is bounded.
    #[must_use]
    pub fn around(middle: f64, half: f64, alternative: Alternative) -> Self {
        let (low, high) = (middle - half, middle + half);
        match alternative {
            Alternative::Different => Self { low, high },
            Alternative::Greater => Self { low, high: f64::INFINITY },
            Alternative::Less => Self { low: f64::NEG_INFINITY, high },
        }
    }

    /// The interval of a logarithm as one of relative change.
    #[must_use]
    pub fn changes(self) -> Self {
        Self { low: libm::expm1(self.low), high: libm::expm1(self.high) }
    }

    /// Whether a number lies in it.
    #[must_use]
    pub fn holds(self, x: f64) -> bool {
        self.low <= x && x <= self.high
    }
}

impl Effect {
    /// The effect behind a relative change and the error of its logarithm.
    #[must_use]
    pub fn of_ratio(change: f64, standard_error: f64, units: f64, validity: Validity) -> Self {
        Self::of_logarithm(libm::log1p(change), standard_error, units, validity)
    }

    /// An effect on the logarithm of a ratio, whose error is known so well that a normal is meant.
    #[must_use]
    pub fn of_logarithm(estimate: f64, standard_error: f64, units: f64, validity: Validity) -> Self {
        Self { estimate, standard_error, df: f64::INFINITY, units, scale: Scale::LogRatio, validity }
    }

    /// Only numbers leave, and no chance is judged without spread.
    pub fn checked(self) -> Result<Self, Refusal> {
        if !(self.estimate.is_finite() && self.standard_error.is_finite()) {
            return Err(Refusal::NotFinite);
        }
        if self.standard_error <= 0.0 { Err(Refusal::NoVariance) } else { Ok(self) }
    }

    /// The same with a normal instead of Student's t.
    #[must_use]
    pub fn normal(self) -> Self {
        Self { df: f64::INFINITY, ..self }
    }

    /// The variance of the estimate.
    #[must_use]
    pub fn variance(&self) -> f64 {
        self.standard_error * self.standard_error
    }

    /// How many standard errors the estimate lies from `null`.
    #[must_use]
    pub fn statistic(&self, null: f64) -> f64 {
        (self.estimate - null) / self.standard_error
    }

    /// The p-value of one look at a size that was fixed before. It does not hold when looked at again.
    #[must_use]
    pub fn p_value(&self, null: f64, alternative: Alternative) -> f64 {
        let t = self.statistic(null);
        match alternative {
            Alternative::Different => (2.0 * student::sf(libm::fabs(t), self.df)).min(1.0),
            Alternative::Greater => student::sf(t, self.df),
            Alternative::Less => student::sf(-t, self.df),
        }
    }

    /// The interval of one look at a size that was fixed before.
    #[must_use]
    pub fn interval(&self, alpha: f64, alternative: Alternative) -> Interval {
        let tail = if alternative == Alternative::Different { 0.5 * alpha } else { alpha };
        Interval::around(self.estimate, -student::ppf(tail, self.df) * self.standard_error, alternative)
    }

    /// Bounds as people are told them: relative changes where the scale is the logarithm of a ratio.
    #[must_use]
    pub fn told(&self, interval: Interval) -> Interval {
        if self.scale == Scale::LogRatio { interval.changes() } else { interval }
    }

    /// The estimate, as a change: what a logarithm means, and others as they are.
    #[must_use]
    pub fn change(&self) -> f64 {
        if self.scale == Scale::LogRatio { libm::expm1(self.estimate) } else { self.estimate }
    }

    /// Equivalence within ± `margin` by two one-sided tests: the p-values against being below, and against being above.
    #[must_use]
    pub fn equivalence(&self, margin: f64) -> [f64; 2] {
        [self.p_value(-margin, Alternative::Greater), self.p_value(margin, Alternative::Less)]
    }

    /// The chance that a look like this one would show a true effect of this size: Φ of both sides.
    #[must_use]
    pub fn power(&self, truth: f64, half_width: f64) -> f64 {
        let away = |truth: f64| normal::sf((half_width - truth) / self.standard_error);
        away(truth) + away(-truth)
    }
}
