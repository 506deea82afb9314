//! The lift: how much more often the units of an arm convert than those of control.

use super::conversions::Conversions;
use super::effect::{Effect, Refusal, Scale};
use super::sequence::{Tuned, p_value};
use super::{Validity, real};
use serde::Serialize;

/// Conversions, and non-conversions, that each arm must have before its interval is believed. An asymptotic interval
/// breaks its 5 % when the smaller arm of an uneven split has few; with 25 in *each* arm it erred in at most 2.6 % of
/// A/A runs, splits down to 1/99 included (research/statistics.md, section 0).
pub const GATE: u64 = 25;

/// A number and the bounds between which the truth lies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// What the counts say.
    #[serde(rename = "estimate")]
    pub value: f64,
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

/// An arm against control.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lift {
    /// The rate of the arm by that of control, less one: 0.1 is a tenth more conversions. This one decides.
    pub relative: Estimate,
    /// The rate of the arm less that of control: 0.01 is one more conversion in a hundred units. Its interval keeps the
    /// same promise by itself; it may touch zero a little earlier or later than that of `relative`.
    pub difference: Estimate,
    /// On which scale `relative` was judged: that of the ratio's logarithm, or that of a change where an arm is negative.
    pub scale: Scale,
    /// The error of `relative` on that scale, and that of the difference.
    pub errors: [f64; 2],
    /// The logarithm of the e-value against "both rates are the same", on the scale of `relative`.
    pub log_e: f64,
    /// min(1, 1/E): below α exactly when the interval of `relative` excludes zero.
    pub p_value: f64,
    /// How far all of this holds.
    pub validity: Validity,
}

/// An arm's part in a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// It is what the other is compared with.
    Control,
    /// It is compared.
    Treatment,
}

/// Why there is no lift yet: what is lacking most of what [`GATE`] asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Missing {
    /// One side has too few units that converted.
    Conversions {
        /// Which side.
        side: Side,
        /// How many more it needs.
        more: u64,
    },
    /// One side has too few units that did not convert.
    NonConversions {
        /// Which side.
        side: Side,
        /// How many more it needs.
        more: u64,
    },
    /// One side has too few units for its mean.
    Units {
        /// Which side.
        side: Side,
        /// How many more it needs.
        more: u64,
    },
    /// By its plan it is read after so many more units.
    Look {
        /// How many.
        more: u64,
    },
    /// Its numbers allow no comparison.
    Refused {
        /// Why.
        reason: Refusal,
    },
}

impl Lift {
    /// The error of the ratio's logarithm; nothing where an arm is negative.
    #[must_use]
    pub fn log_error(&self) -> Option<f64> {
        (self.scale == Scale::LogRatio).then_some(self.errors[0])
    }

    /// The effect behind it, on the logarithm of the ratio; nothing where an arm is negative. `units` are those of both arms.
    #[must_use]
    pub fn effect(&self, units: f64) -> Option<Effect> {
        Some(Effect::of_ratio(self.relative.value, self.log_error()?, units, self.validity))
    }
}

impl Missing {
    /// The same among the reasons for which there is no number.
    #[must_use]
    pub fn refusal(self) -> Refusal {
        match self {
            Self::Refused { reason } => reason,
            Self::Conversions { .. } | Self::NonConversions { .. } | Self::Units { .. } | Self::Look { .. } => {
                Refusal::TooFew
            }
        }
    }

    /// How many more are needed, at least.
    #[must_use]
    pub fn more(self) -> u64 {
        match self {
            Self::Conversions { more, .. }
            | Self::NonConversions { more, .. }
            | Self::Units { more, .. }
            | Self::Look { more } => more,
            Self::Refused { .. } => 1,
        }
    }
}

/// Compares an arm with control, or says what is missing for it.
///
/// The relative lift is judged on the logarithm of the ratio of rates, whose error is closer to normal than that of the
/// ratio and whose interval cannot pass -100 %. Its variance is the sum of both arms' `s²/(n·m²)`; the sequence counts
/// the units of both arms.
///
/// ```
/// use pointsman::stats::conversions::Conversions;
/// use pointsman::stats::lift::lift;
/// use pointsman::stats::sequence::Sequence;
///
/// let (control, fresh) = (Conversions::new(10_000, 2_000).unwrap(), Conversions::new(10_000, 2_300).unwrap());
/// let lift = lift(control, fresh, Sequence::usual(0.05)).unwrap();
/// assert!((lift.relative.value - 0.15).abs() < 1e-12);
/// assert!(0.05 < lift.relative.low && lift.relative.high < 0.26);
/// ```
pub fn lift(control: Conversions, treatment: Conversions, sequence: impl Into<Tuned>) -> Result<Lift, Missing> {
    gate(control, treatment)?;
    // Past the gate both arms have units and conversions, so every number from here on is finite.
    let (base, rate) = (control.rate().unwrap_or_default(), treatment.rate().unwrap_or_default());
    let units = real(control.units()) + real(treatment.units());

    let ratio = libm::log(rate / base);
    let ratio_variance = control.log_rate_variance() + treatment.log_rate_variance();
    let look = sequence.into().at(units);
    let ratio_width = look.half_width(ratio_variance);
    let log_e = look.log_e(ratio, ratio_variance);

    let difference = rate - base;
    let variance = control.rate_variance() + treatment.rate_variance();
    let difference_width = look.half_width(variance);

    Ok(Lift {
        relative: Estimate {
            value: libm::expm1(ratio),
            low: libm::expm1(ratio - ratio_width),
            high: libm::expm1(ratio + ratio_width),
        },
        difference: Estimate {
            value: difference,
            low: difference - difference_width,
            high: difference + difference_width,
        },
        scale: Scale::LogRatio,
        errors: [libm::sqrt(ratio_variance), libm::sqrt(variance)],
        log_e,
        p_value: p_value(log_e),
        validity: Validity::Asymptotic { gate: GATE },
    })
}

/// Whether both arms have enough of both for a comparison.
pub fn gate(control: Conversions, treatment: Conversions) -> Result<(), Missing> {
    let lacks = |count| GATE.saturating_sub(count);
    let most = [
        Missing::Conversions { side: Side::Treatment, more: lacks(treatment.converted()) },
        Missing::NonConversions { side: Side::Control, more: lacks(control.unconverted()) },
        Missing::NonConversions { side: Side::Treatment, more: lacks(treatment.unconverted()) },
    ]
    .into_iter()
    .fold(Missing::Conversions { side: Side::Control, more: lacks(control.converted()) }, |most, next| {
        if next.more() > most.more() { next } else { most }
    });
    if most.more() == 0 { Ok(()) } else { Err(most) }
}
