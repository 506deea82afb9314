//! The change of a value: how far the mean, ratio or quantile of an arm lies from control's.
//!
//! It is to values what [`lift`](super::lift) is to conversions: the same bounds, on the same scales, so that whoever reads
//! one can read the other.

use super::conversions::Conversions;
use super::effect::{Alternative, Effect, Interval, Refusal, Scale};
use super::estimate::{Arms, Part, Spread};
use super::guard::means::GATE;
use super::lift::{Estimate, Lift, Missing, Side, gate, lift};
use super::moments::Moments;
use super::sequence::{Tuned, p_value};
use super::{Validity, real};

/// Compares an arm with control, or says what is missing for it. `shares` are the counts of both where each unit did it or
/// did not, and `values` the moments of both with the parts that are read of them; a share with a covariate has both.
pub fn compared(
    shares: Option<[Conversions; 2]>,
    values: Option<([&Moments; 2], &[Part])>,
    sequence: impl Into<Tuned>,
) -> Result<Lift, Missing> {
    match (shares, values) {
        (Some([control, treatment]), None) => lift(control, treatment, sequence),
        (shares, Some(([control, treatment], parts))) => {
            // A share with a covariate needs as many conversions as one without.
            shares.map_or(Ok(()), |[control, treatment]| gate(control, treatment))?;
            change(control, treatment, parts, sequence)
        }
        (None, None) => Err(Missing::Refused { reason: Refusal::NoUnits }),
    }
}

/// Compares an arm with control by what was measured of each unit, covariates taken out, or says what is missing for it.
pub fn change(
    control: &Moments,
    treatment: &Moments,
    parts: &[Part],
    sequence: impl Into<Tuned>,
) -> Result<Lift, Missing> {
    let refused = |reason: Refusal| Missing::Refused { reason };
    let arms = enough(control, treatment, parts)?;
    arms.sure(Spread::Lent).map_err(refused)?;
    let ratio = arms.relative(Spread::Lent).map_err(refused)?;
    let difference = arms.effect(Scale::Absolute, Spread::Lent).map_err(refused)?;
    let told = |value: f64, Interval { low, high }: Interval| Estimate { value, low, high };
    // Both effects are of the same units.
    let look = sequence.into().at(ratio.units);
    let bounds =
        |effect: &Effect| Interval::around(effect.estimate, look.half_width(effect.variance()), Alternative::Different);
    let log_e = look.log_e(ratio.estimate, ratio.variance());
    Ok(Lift {
        relative: told(ratio.change(), ratio.told(bounds(&ratio))),
        difference: told(difference.estimate, bounds(&difference)),
        scale: ratio.scale,
        errors: [ratio.standard_error, difference.standard_error],
        log_e,
        p_value: p_value(log_e),
        validity: Validity::Asymptotic { gate: GATE },
    })
}

/// Both arms, once each has [`GATE`] units. To be read in percent of control both must be sure as well: a few heavy spenders
/// among many who spend nothing are no normal distribution.
pub fn enough<'m>(control: &'m Moments, treatment: &'m Moments, parts: &[Part]) -> Result<Arms<'m>, Missing> {
    for (side, arm) in [(Side::Control, control), (Side::Treatment, treatment)] {
        if arm.units < real(GATE) {
            #[expect(clippy::cast_sign_loss, reason = "an arm has units or none")]
            let more = libm::ceil(real(GATE) - arm.units) as u64;
            return Err(Missing::Units { side, more });
        }
    }
    Arms::of(control, treatment, parts).map_err(|reason| Missing::Refused { reason })
}
