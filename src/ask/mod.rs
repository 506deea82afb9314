//! Questions to the statistics as JSON, and answers as JSON: what the browser's and the command line's tools ask.
//!
//! An answer holds no number that is not finite: an open end is `null`, and what cannot be said is a refusal with its
//! reason in words.

mod run;

use crate::stats::bandit;
use crate::stats::bayes::Belief;
use crate::stats::change::enough;
use crate::stats::conversions::Conversions;
use crate::stats::effect::{Alternative, Effect, Interval, Refusal, Scale};
use crate::stats::estimate::{Arms, Part, Spread};
use crate::stats::forecast::{ending, until};
use crate::stats::group::Spending;
use crate::stats::guard::means;
use crate::stats::health::{SCEPTICAL, implausible};
use crate::stats::lift::{self, Missing, gate};
use crate::stats::moments::{Moments, Sums};
use crate::stats::multiplicity::{Procedure, adjusted};
use crate::stats::power::{self, Anytime, Design, Fixed};
use crate::stats::segments::{Segment, segments};
use crate::stats::sequence::Sequence;
use crate::stats::{ALPHA, Validity};
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
pub use run::{Judged, Run};
use serde_json::{Value, json};

/// A question, or a part of one, read by name. Hand-written: derived readers weigh ten kilobytes in a browser.
struct Given<'q>(&'q Value);

impl<'q> Given<'q> {
    fn part(&self, name: &str) -> Option<&'q Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn number(&self, name: &str) -> Result<f64, Refusal> {
        self.part(name).and_then(Value::as_f64).ok_or(Refusal::Unreadable)
    }

    /// A number that may be left out.
    fn maybe(&self, name: &str) -> Result<Option<f64>, Refusal> {
        self.part(name).map(|_| self.number(name)).transpose()
    }

    fn number_or(&self, name: &str, other: f64) -> Result<f64, Refusal> {
        Ok(self.maybe(name)?.unwrap_or(other))
    }

    fn count(&self, name: &str) -> Result<u64, Refusal> {
        self.part(name).and_then(Value::as_u64).ok_or(Refusal::Unreadable)
    }

    fn place(&self, name: &str) -> Result<Option<usize>, Refusal> {
        self.part(name).map(|_| self.count(name).map(|place| place as usize)).transpose()
    }

    fn flag(&self, name: &str) -> bool {
        self.part(name).and_then(Value::as_bool).unwrap_or(false)
    }

    fn text(&self, name: &str) -> &'q str {
        self.part(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn list(&self, name: &str) -> Result<&'q [Value], Refusal> {
        self.part(name).and_then(Value::as_array).map(Vec::as_slice).ok_or(Refusal::Unreadable)
    }

    fn numbers(&self, name: &str) -> Result<Vec<f64>, Refusal> {
        self.list(name)?.iter().map(|value| value.as_f64().ok_or(Refusal::Unreadable)).collect()
    }

    fn chance(&self, name: &str, other: f64) -> Result<f64, Refusal> {
        let chance = self.number_or(name, other)?;
        if chance > 0.0 && chance < 1.0 { Ok(chance) } else { Err(Refusal::Impossible) }
    }

    /// Whole numbers as decimal digits, since JavaScript has none so wide.
    fn digits(&self, name: &str) -> Result<Vec<i128>, Refusal> {
        let digits = |value: &Value| {
            let text = value.as_str()?;
            // Most sums are short, and a computer multiplies 64 bits far sooner than 128.
            if text.len() < 18 { text.parse().ok().map(i64::into) } else { text.parse().ok() }
        };
        self.list(name)?.iter().map(|value| digits(value).ok_or(Refusal::Unreadable)).collect()
    }

    fn sums(&self) -> Result<Sums, Refusal> {
        Ok(Sums { units: self.count("units")?, sums: self.digits("sums")?, products: self.digits("products")? })
    }

    /// An arm: as exact sums, or as moments. Of zeros and ones, one of them a unit, also the counts.
    fn arm(&self, name: &str) -> Result<(Moments, Option<Conversions>), Refusal> {
        let arm = Given(self.part(name).ok_or(Refusal::Unreadable)?);
        if arm.part("sums").is_some() {
            let (sums, scale) = (arm.sums()?, arm.number("scale")?);
            return Ok((sums.moments(scale).ok_or(Refusal::Contradiction)?, sums.conversions(scale)));
        }
        let (units, mean, covariance) = (arm.number("units")?, arm.numbers("mean")?, arm.numbers("covariance")?);
        let width = mean.len();
        let fits = covariance.len() == width * (width + 1) / 2;
        let spreads = (0..width).all(|i| covariance.get(i * (i + 3) / 2).is_some_and(|v| *v >= 0.0));
        if !fits || !spreads {
            return Err(Refusal::Contradiction);
        }
        Ok((Moments { units, mean, covariance, ..Moments::default() }, None))
    }

    /// An effect that was told before.
    fn effect(&self, units: f64) -> Result<Effect, Refusal> {
        let (estimate, standard_error) = (self.number("estimate")?, self.number("standardError")?);
        Effect::of_logarithm(estimate, standard_error, units, Validity::FixedSample).checked()
    }

    fn belief(&self) -> Result<Belief, Refusal> {
        Ok(Belief { mean: self.number("mean")?, sd: self.number("sd")? })
    }
}

/// Answers a question.
///
/// ```
/// let answer = pointsman::ask::ask(r#"{"ask": "adjust", "p": [0.01, 0.04], "by": "holm"}"#);
/// assert_eq!(answer, r#"{"p":[0.02,0.04]}"#);
/// let answer = pointsman::ask::ask(r#"{"ask": "looks", "information": [], "spending": "pocock"}"#);
/// assert!(answer.starts_with(r#"{"refusal":"impossible","words":"The question cannot be asked like this."#));
/// ```
#[must_use]
pub fn ask(question: &str) -> String {
    let question: Value = serde_json::from_str(question).unwrap_or(Value::Null);
    let given = Given(&question);
    let answer = match given.text("ask") {
        "effect" => effect(&given),
        "plan" => plan(&given),
        "report" => report(&given),
        "segments" => groups(&given),
        "forecast" => forecast(&given),
        "shares" => shares(&given),
        "adjust" => adjust(&given),
        "looks" => looks(&given),
        _ => Err(Refusal::Unreadable),
    };
    answer.unwrap_or_else(|refusal| json!({"refusal": refusal, "words": refusal.words()})).to_string()
}

/// How far an arm lies from control.
fn effect(given: &Given) -> Result<Value, Refusal> {
    let ((control, did), (treatment, does)) = (given.arm("control")?, given.arm("treatment")?);
    let mut parts = Vec::from([Part { over: given.place("over")?.unwrap_or(0), under: given.place("under")? }]);
    for covariate in given.part("covariates").and_then(Value::as_array).into_iter().flatten() {
        parts.push(Part::mean(covariate.as_u64().ok_or(Refusal::Unreadable)? as usize));
    }
    let scale = match given.text("scale") {
        "absolute" => Scale::Absolute,
        "relative" => Scale::Relative,
        "logRatio" | "" => Scale::LogRatio,
        _ => return Err(Refusal::Unreadable),
    };
    let alternative = match given.text("alternative") {
        "greater" => Alternative::Greater,
        "less" => Alternative::Less,
        "different" | "" => Alternative::Different,
        _ => return Err(Refusal::Unreadable),
    };
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
    let effect = arms.effect(scale, spread)?;
    let alpha = given.chance("alpha", ALPHA)?;
    let null = given.number_or("null", 0.0)?;
    let sequence = Sequence::usual(alpha);
    let (interval, p_value, validity) = if fixed {
        (effect.interval(alpha, alternative), effect.p_value(null, alternative), Validity::FixedSample)
    } else {
        let validity = Validity::Asymptotic { gate: if shares.is_some() { lift::GATE } else { means::GATE } };
        (sequence.interval(&effect, alternative), sequence.effect_p_value(&effect, null, alternative), validity)
    };
    Ok(told(&effect, effect.told(interval), p_value, validity))
}

/// How many units, how small an effect, or the power of both.
fn plan(given: &Given) -> Result<Value, Refusal> {
    let spread = [given.number("control")?, given.number("treatment")?];
    let design = design(given.flag("fixed"), given.chance("alpha", ALPHA)?);
    let ratio = given.number_or("ratio", 1.0)?;
    planned(spread, given.maybe("effect")?, given.maybe("units")?, [ratio, given.chance("power", 0.8)?], &*design)
}

/// Everything about a run.
fn report(given: &Given) -> Result<Value, Refusal> {
    Ok(Run::read(given)?.judged()?.told())
}

/// Whether groups differ.
fn groups(given: &Given) -> Result<Value, Refusal> {
    let effects =
        given.list("effects")?.iter().map(|effect| Given(effect).effect(0.0)).collect::<Result<Vec<_>, _>>()?;
    let found = segments(&effects)?;
    let group = |group: &Segment| json!({"seen": group.seen, "shrunk": group.shrunk, "error": group.error, "pValue": group.p_value, "differs": group.differs});
    let groups: Vec<_> = found.groups.iter().map(group).collect();
    Ok(
        json!({"q": found.q, "pValue": found.p_value, "together": found.together, "spread": found.spread, "groups": groups, "validity": Validity::FixedSample}),
    )
}

/// How a run will end, by a prior or a sceptic's.
fn forecast(given: &Given) -> Result<Value, Refusal> {
    let prior = given.part("prior").map_or(Ok(SCEPTICAL), |prior| Given(prior).belief())?;
    let (units, share) = (given.number("units")?, given.number("share")?);
    let effect = Given(given.part("effect").ok_or(Refusal::Unreadable)?).effect(units)?;
    if !(units > 0.0 && share > 0.0 && prior.sd > 0.0 && prior.sd.is_finite() && prior.mean.is_finite()) {
        return Err(Refusal::Impossible);
    }
    let sequence = Sequence::usual(ALPHA);
    let end = ending(&effect, prior, share, sequence)?;
    let times = until(&effect, prior, sequence, 100.0).map(Vec::from);
    Ok(json!({"up": end.up, "down": end.down, "open": end.open, "times": times, "validity": Validity::Belief}))
}

/// What each arm of a bandit gets next.
fn shares(given: &Given) -> Result<Value, Refusal> {
    let arms = given.list("arms")?.iter().map(|arm| Given(arm).belief()).collect::<Result<Vec<_>, _>>()?;
    let shares = bandit::shares(&arms, given.flag("lessIsBetter"), given.number_or("floor", 0.0)?)?;
    Ok(json!({"shares": shares, "weights": bandit::weights(&shares), "validity": Validity::Belief}))
}

/// P-values that account for each other.
fn adjust(given: &Given) -> Result<Value, Refusal> {
    let procedure = match given.text("by") {
        "bonferroni" => Procedure::Bonferroni,
        "holm" => Procedure::Holm,
        "hochberg" => Procedure::Hochberg,
        "hommel" => Procedure::Hommel,
        "benjamini-hochberg" => Procedure::BenjaminiHochberg,
        "benjamini-yekutieli" => Procedure::BenjaminiYekutieli,
        _ => return Err(Refusal::Impossible),
    };
    Ok(json!({"p": adjusted(&given.numbers("p")?, procedure)?}))
}

/// The bounds of planned looks.
fn looks(given: &Given) -> Result<Value, Refusal> {
    let parameter = given.number_or("parameter", 0.0)?;
    let spending = match given.text("spending") {
        "obrien-fleming" => Spending::ObrienFleming,
        "pocock" => Spending::Pocock,
        "power" => Spending::Power(parameter),
        "hsd" => Spending::Hsd(parameter),
        _ => return Err(Refusal::Impossible),
    };
    let information = given.numbers("information")?;
    if information.len() > 100 {
        return Err(Refusal::Impossible);
    }
    let bounds = spending.bounds(&information, given.chance("alpha", ALPHA)?)?;
    Ok(json!({"z": bounds, "validity": Validity::Planned}))
}

fn design(fixed: bool, alpha: f64) -> Box<dyn Design> {
    if fixed {
        Box::new(Fixed { alpha, alternative: Alternative::Different })
    } else {
        Box::new(Anytime(Sequence::usual(alpha)))
    }
}

/// An effect with its bounds, as they are told.
fn told(effect: &Effect, Interval { low, high }: Interval, p_value: f64, validity: Validity) -> Value {
    let finite = |number: f64| number.is_finite().then_some(number);
    json!({
        "estimate": effect.change(), "standardError": effect.standard_error, "df": finite(effect.df),
        "units": effect.units, "low": finite(low), "high": finite(high), "pValue": p_value, "validity": validity,
        "tooGood": effect.scale != Scale::Absolute && implausible(effect, None),
    })
}

fn planned(
    [control, treatment]: [f64; 2],
    effect: Option<f64>,
    units: Option<f64>,
    [ratio, power]: [f64; 2],
    design: &dyn Design,
) -> Result<Value, Refusal> {
    let positive = |number: f64| number > 0.0 && number.is_finite();
    if ![control, treatment, ratio].into_iter().all(positive) {
        return Err(Refusal::Impossible);
    }
    let spread = power::Spread { control, treatment };
    match (effect, units) {
        (Some(effect), None) => {
            let units = power::whole(design.size(effect, spread, ratio, power)?);
            Ok(json!({"units": units, "total": units + power::whole(units * ratio)}))
        }
        (None, Some(units)) => Ok(json!({"effect": design.smallest(|_| spread, units, ratio, power)?})),
        (Some(effect), Some(units)) if positive(units) && effect.is_finite() => {
            Ok(json!({"power": design.power(effect, spread, units, ratio)}))
        }
        _ => Err(Refusal::Impossible),
    }
}
