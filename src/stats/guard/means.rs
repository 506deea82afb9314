//! The guardrail for means and sums: latency, revenue, errors a visitor.
//!
//! Their labels say too little, so the sizes count: with tolerance τ, `D = ȳ_T - (1 ± τ)ȳ_C` lies on the harmful side when
//! there is harm, and its z is bet on by a normal mixture to one side,
//!
//! ```text
//! ln E = ½ ln(4r/(n + r)) + z² n/(2(n + r)) + ln Φ(z √(n/(n + r)))
//! ```
//!
//! This is asymptotic, and it is told so. Two conditions keep its α: the arm with fewer units has [`GATE`], and control is
//! measured with the treatment's share in every epoch, so that a drift of the day moves both alike. Stage-wise products
//! of such e-values with uneven arms err in 7 of 100 runs where 5 are promised, and are not built.

use super::Harm;
use crate::stats::Validity;
use crate::stats::change::enough;
use crate::stats::effect::{Alternative, Interval, Refusal};
use crate::stats::estimate::{Part, Spread};
use crate::stats::mixture::Mixture;
use crate::stats::moments::Moments;
use crate::stats::sequence::{Sequence, TUNED_FOR};
use crate::stats::within;

/// Units that each arm must have before anything is stopped by a mean: below it skewed values make too many alarms.
pub const GATE: u64 = 100;

/// Standard errors beyond which a difference counts as this far.
const FAR: f64 = 1e12;

/// The guardrail. All of it must be fixed before the run starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guard {
    /// Which way is worse.
    pub harm: Harm,
    /// The relative change that is still allowed, at least 0.
    pub tolerance: f64,
    /// The chance of a false alarm over the whole life of the run.
    pub alpha: f64,
    /// The units, of both arms, at which a harm is meant to show soonest.
    pub tuned_for: u64,
}

/// What the sizes say about harm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// The logarithm of the e-value against "no harm beyond the tolerance". Finite.
    pub log_e: f64,
    /// Whether it has reached 1/α.
    pub harmed: bool,
    /// The treatment's mean by control's, if control's is above zero: of two negative means the larger ratio is the smaller.
    pub ratio: Option<f64>,
    /// How far the promise reaches.
    pub validity: Validity,
}

impl super::Guard {
    /// The same guardrail on values: judges the sums so far, over all epochs with a control of the same share.
    pub fn check_values(&self, control: &Moments, treatment: &Moments) -> Result<Evidence, Refusal> {
        let super::Guard { harm, tolerance, alpha } = *self;
        Guard { harm, tolerance, alpha, tuned_for: TUNED_FOR }.check(control, treatment)
    }

    /// How much harm there may be at most, as a share of control's value: what the values exclude to be more, at every look,
    /// but for the guard's α. 0 where any harm is excluded; nothing while too little is known.
    #[must_use]
    pub fn worst_value(&self, control: &Moments, treatment: &Moments) -> Option<f64> {
        let arms = enough(control, treatment, &[Part::mean(0)]).ok()?;
        arms.sure(Spread::Lent).ok()?;
        let effect = arms.relative(Spread::Lent).ok()?;
        let Interval { low, high } = effect.told(Sequence::usual(self.alpha).interval(&effect, Alternative::Different));
        Some(if self.harm == Harm::More { high } else { -low }.max(0.0))
    }
}

impl Guard {
    /// Judges the sums so far, over all epochs with a control of the same share.
    pub fn check(&self, control: &Moments, treatment: &Moments) -> Result<Evidence, Refusal> {
        if !(control.finite() && treatment.finite()) {
            return Err(Refusal::NotFinite);
        }
        let least = control.units.min(treatment.units);
        if least < crate::stats::real(GATE) {
            return Err(Refusal::TooFew);
        }
        let (sign, border) = match self.harm {
            Harm::More => (1.0, 1.0 + self.tolerance),
            Harm::Fewer => (-1.0, 1.0 - self.tolerance),
        };
        // What is allowed is a share of control's size, and so moves a negative mean the other way.
        let (base, fresh) = (control.mean(0), treatment.mean(0));
        let allowed = if base < 0.0 { 2.0 - border } else { border };
        let variance = treatment.cov(0, 0) / treatment.units + allowed * allowed * control.cov(0, 0) / control.units;
        if variance <= 0.0 {
            return Err(Refusal::NoVariance);
        }
        let z = sign * (fresh - allowed * base) / libm::sqrt(variance);
        if z.is_nan() {
            return Err(Refusal::NotFinite);
        }
        // Further out nothing becomes surer, and squares stay finite.
        let z = within(z, [-FAR, FAR]);
        let units = control.units + treatment.units;
        // M(s, v) with s = z √v: v is the number of units.
        let mixture = Mixture::normal(crate::stats::real(self.tuned_for.max(1)), self.alpha, true);
        let log_e = mixture.log_e(z * libm::sqrt(units), units);
        Ok(Evidence {
            log_e,
            harmed: log_e >= -libm::log(self.alpha),
            ratio: (base > 0.0).then(|| fresh / base),
            validity: Validity::Asymptotic { gate: GATE },
        })
    }
}
