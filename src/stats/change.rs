//! The change of a value: how far the mean, ratio or quantile of an arm lies from control's.
//!
//! It is to values what [`lift`](super::lift) is to conversions: the same bounds, on the same scales, so that whoever reads
//! one can read the other.

use super::effect::{Alternative, Interval, Refusal, SURE_BASELINE, Scale};
use super::estimate::{Part, effect, linear, relative};
use super::guard::means::GATE;
use super::lift::{Estimate, Lift, Missing, Side};
use super::moments::Moments;
use super::sequence::{Sequence, p_value};
use super::{Validity, real};

/// Compares an arm with control, covariates taken out, or says what is missing for it.
///
/// Two gates stand before it: [`GATE`] units in each arm, and values that are surely not zero in each arm, for a few heavy
/// spenders among many who spend nothing are no normal distribution.
pub fn change(control: &Moments, treatment: &Moments, parts: &[Part], sequence: Sequence) -> Result<Lift, Missing> {
    for (side, arm) in [(Side::Control, control), (Side::Treatment, treatment)] {
        if arm.units < real(GATE) {
            #[expect(clippy::cast_sign_loss, reason = "an arm has units or none")]
            let more = libm::ceil(real(GATE) - arm.units) as u64;
            return Err(Missing::Units { side, more });
        }
    }
    let refused = |reason: Refusal| Missing::Refused { reason };
    sure(treatment, parts).map_err(refused)?;
    let ratio = relative(control, treatment, parts).map_err(refused)?;
    let difference = effect(control, treatment, parts, Scale::Absolute).map_err(refused)?;
    let told = |value: f64, Interval { low, high }: Interval| Estimate { value, low, high };
    let bounds = |effect| sequence.interval(effect, Alternative::Different);
    let log_e = sequence.log_e(ratio.estimate, ratio.variance(), ratio.units);
    Ok(Lift {
        relative: told(ratio.change(), ratio.told(bounds(&ratio))),
        difference: told(difference.estimate, bounds(&difference)),
        errors: ((ratio.scale == Scale::LogRatio).then_some(ratio.standard_error), difference.standard_error),
        log_e,
        p_value: p_value(log_e),
        validity: Validity::Asymptotic { gate: GATE },
    })
}

/// Whether an arm's value is surely not zero; [`relative`] asks the same of control.
fn sure(arm: &Moments, parts: &[Part]) -> Result<(), Refusal> {
    let arm = linear(arm, parts)?;
    let error = libm::sqrt(arm.cov(0, 0) / arm.units);
    if libm::fabs(arm.mean(0)) < SURE_BASELINE * error { Err(Refusal::TooFew) } else { Ok(()) }
}
