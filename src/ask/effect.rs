//! One arm against another: by what was measured of their units, by groups of these, or by counts however small.

use super::given::Given;
use super::{Answer, written};
use crate::stats::bayes::{self, Loss};
use crate::stats::change::enough;
use crate::stats::conversions::Conversions;
use crate::stats::effect::{Alternative, Effect, Interval, Refusal, Scale};
use crate::stats::estimate::{Adjustment, Arms, Part, Spread};
use crate::stats::guard::means;
use crate::stats::health::implausible;
use crate::stats::lift::{self, Missing, gate};
use crate::stats::proportion::interval::{self, One, Two};
use crate::stats::proportion::table::{Squares, chi_square};
use crate::stats::sequence::{Msprt, Sequence, p_value};
use crate::stats::strata::{self, Stratum};
use crate::stats::{ALPHA, Validity, real};
use alloc::vec::Vec;
use serde::Serialize;

/// An effect with its bounds, as they are told.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    estimate: f64,
    standard_error: f64,
    df: f64,
    units: f64,
    low: f64,
    high: f64,
    p_value: f64,
    validity: Validity,
    too_good: bool,
    margin: Option<Margin>,
    msprt: Option<Mixed>,
}

/// P-values of what a margin asks: not worse by more than it, not better by more, and both at once (two one-sided tests).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Margin {
    not_below: f64,
    not_above: f64,
    within: f64,
}

/// The sequential test of Johari et al., for comparison.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Mixed {
    log_e: f64,
    p_value: f64,
    low: f64,
    high: f64,
}

/// How an effect is read: once, or at every look.
struct Reading {
    fixed: bool,
    alpha: f64,
    sequence: Sequence,
    validity: Validity,
}

impl Reading {
    fn p_value(&self, effect: &Effect, null: f64, alternative: Alternative) -> f64 {
        if self.fixed {
            effect.p_value(null, alternative)
        } else {
            self.sequence.effect_p_value(effect, null, alternative)
        }
    }

    /// Tells an effect, and whatever else was asked of it.
    fn told(&self, effect: &Effect, given: &Given) -> Answer {
        let alternative = given.alternative()?;
        let interval = if self.fixed {
            effect.interval(self.alpha, alternative)
        } else {
            self.sequence.interval(effect, alternative)
        };
        // What is compared with is a change, as it is told.
        let null = |change: f64| match effect.scale {
            Scale::LogRatio if change > -1.0 => Ok(libm::log1p(change)),
            Scale::LogRatio => Err(Refusal::Impossible),
            Scale::Absolute | Scale::Relative => Ok(change),
        };
        let margin = given.maybe("margin")?.map(|margin| self.margin(effect, [null(-margin)?, null(margin)?]));
        let Interval { low, high } = effect.told(interval);
        written(&Told {
            estimate: effect.change(),
            standard_error: effect.standard_error,
            df: effect.df,
            units: effect.units,
            low,
            high,
            p_value: self.p_value(effect, null(given.number_or("null", 0.0)?)?, alternative),
            validity: self.validity,
            too_good: effect.scale != Scale::Absolute && implausible(effect, None),
            margin: margin.transpose()?,
            msprt: given.maybe("msprt")?.map(|tau| mixed(effect, tau, self.alpha)).transpose()?,
        })
    }

    fn margin(&self, effect: &Effect, [low, high]: [f64; 2]) -> Result<Margin, Refusal> {
        if high.is_nan() || high <= low {
            return Err(Refusal::Impossible);
        }
        let not_below = self.p_value(effect, low, Alternative::Greater);
        let not_above = self.p_value(effect, high, Alternative::Less);
        Ok(Margin { not_below, not_above, within: not_below.max(not_above) })
    }
}

fn mixed(effect: &Effect, tau: f64, alpha: f64) -> Result<Mixed, Refusal> {
    if !(tau > 0.0 && tau.is_finite()) {
        return Err(Refusal::Impossible);
    }
    let test = Msprt { tau };
    let log_e = test.log_e(effect.estimate, effect.variance());
    let half = test.half_width(effect.variance(), alpha);
    let Interval { low, high } = effect.told(Interval::around(effect.estimate, half, Alternative::Different));
    Ok(Mixed { log_e, p_value: p_value(log_e), low, high })
}

/// How far an arm lies from control.
pub fn effect(given: &Given) -> Answer {
    let ((control, did), (treatment, does)) = (given.arm("control")?, given.arm("treatment")?);
    let mut parts = Vec::from([Part { over: given.place("over")?.unwrap_or(0), under: given.place("under")? }]);
    for covariate in given.part("covariates").and_then(serde_json::Value::as_array).into_iter().flatten() {
        parts.push(Part::mean(covariate.as_u64().ok_or(Refusal::Unreadable)? as usize));
    }
    let scale = given.scale()?;
    let width = control.width();
    let known = |part: &Part| part.over < width && part.under.is_none_or(|under| under < width);
    if treatment.width() != width || !parts.iter().all(known) {
        return Err(Refusal::Impossible);
    }
    let shares = did.zip(does).filter(|_| parts.first() == Some(&Part::mean(0)));
    let fixed = given.flag("fixed");
    let arms = if fixed {
        Arms::of(&control, &treatment, &parts)?
    } else {
        let counted = shares.map_or(Ok(()), |(old, new)| gate(old, new));
        counted.and_then(|()| enough(&control, &treatment, &parts)).map_err(Missing::refusal)?
    };
    // Shares that have passed their own gate need nothing from the larger arm.
    let spread = if fixed || (shares.is_some() && parts.len() == 1) { Spread::Own } else { Spread::Lent };
    if scale != Scale::Absolute {
        arms.sure(spread)?;
    }
    let alpha = given.chance("alpha", ALPHA)?;
    let gate = if shares.is_some() { lift::GATE } else { means::GATE };
    let validity = if fixed { Validity::FixedSample } else { Validity::Asymptotic { gate } };
    let reading = Reading { fixed, alpha, sequence: Sequence::usual(alpha), validity };
    reading.told(&arms.effect(scale, spread)?, given)
}

/// The effect over groups that were told apart before, by their shares, for one look.
pub fn strata(given: &Given) -> Answer {
    let mut strata = Vec::new();
    for stratum in given.list("strata")? {
        let stratum = Given(stratum);
        let arms: Stratum = [stratum.arm("control")?.0, stratum.arm("treatment")?.0];
        if arms.iter().any(|arm| arm.width() != 1) {
            return Err(Refusal::Impossible);
        }
        strata.push(arms);
    }
    let alpha = given.chance("alpha", ALPHA)?;
    let reading = Reading { fixed: true, alpha, sequence: Sequence::usual(alpha), validity: Validity::FixedSample };
    reading.told(&strata::effect(&strata, &Adjustment::default(), given.scale()?)?, given)
}

/// What is said of two shares, for one look.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Counted {
    control: Interval,
    treatment: Interval,
    difference: Apart,
    chi_square: Option<Squared>,
    belief: Believed,
    validity: Validity,
}

#[derive(Serialize)]
struct Apart {
    estimate: f64,
    low: f64,
    high: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Squared {
    statistic: f64,
    p_value: f64,
}

#[derive(Serialize)]
struct Believed {
    better: f64,
    loss: Loss,
    validity: Validity,
}

/// More units than any run has; the exact ways work longer the more there are.
const MOST: u64 = 1 << 40;

/// Two shares however few did it: Clopper & Pearson's range of each, Newcombe's of their difference, χ², and the exact
/// belief under a beta prior.
pub fn counts(given: &Given) -> Answer {
    let arm = |name: &str| {
        let arm = Given(given.part(name).ok_or(Refusal::Unreadable)?);
        let (units, converted) = (arm.count("units")?, arm.count("converted")?);
        if units > MOST {
            return Err(Refusal::Impossible);
        }
        Conversions::new(units, converted).ok_or(Refusal::Contradiction)
    };
    let (control, treatment) = (arm("control")?, arm("treatment")?);
    let alpha = given.chance("alpha", ALPHA)?;
    let [one, other] = [control, treatment].map(|arm| interval::one(arm, alpha, One::Exact));
    let Interval { low, high } = interval::difference(control, treatment, alpha, Two::Newcombe)?;
    let rate = |arm: Conversions| real(arm.converted()) / real(arm.units());
    let prior = if given.part("prior").is_some() { given.numbers("prior")? } else { Vec::from([1.0, 1.0]) };
    let [a, b] = prior[..] else { return Err(Refusal::Unreadable) };
    let belief = bayes::shares(control, treatment, [a, b])?;
    let squares = chi_square(control, treatment, Squares::Pearson, false);
    written(&Counted {
        control: one?,
        treatment: other?,
        difference: Apart { estimate: rate(treatment) - rate(control), low, high },
        chi_square: squares.ok().map(|[statistic, p_value]| Squared { statistic, p_value }),
        belief: Believed { better: belief.better, loss: belief.loss, validity: Validity::Belief },
        validity: Validity::FixedSample,
    })
}
