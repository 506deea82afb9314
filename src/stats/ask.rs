//! Questions to the statistics as JSON, and answers as JSON: what the browser's and the command line's tools ask.
//!
//! An answer holds no number that is not finite: an open end is `null`, and what cannot be said is a refusal with its
//! reason in words.

use super::bandit;
use super::bayes::Belief;
use super::effect::{Alternative, Effect, Interval, Refusal, Scale};
use super::estimate::{Adjustment, Part, Spread, compare, linear};
use super::forecast::{ending, until};
use super::group::{self, Spending};
use super::health::{SCEPTICAL, implausible};
use super::moments::{Moments, Sums};
use super::multiplicity::{Procedure, adjusted};
use super::power::{self, Design};
use super::segments::segments;
use super::sequence::{Sequence, TUNED_FOR};
use super::{ALPHA, Validity};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Deserialize;
use serde_json::{Value, json};

/// What can be asked.
#[derive(Deserialize)]
#[serde(tag = "ask", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
enum Question {
    /// How far an arm lies from control.
    Effect {
        control: Arm,
        treatment: Arm,
        #[serde(default)]
        over: usize,
        under: Option<usize>,
        #[serde(default)]
        covariates: Vec<usize>,
        #[serde(default = "log_ratio")]
        scale: Scale,
        #[serde(default)]
        fixed: bool,
        #[serde(default = "alpha")]
        alpha: f64,
        #[serde(default = "different")]
        alternative: Alternative,
        /// What must lie outside of the interval: 0, or a margin of non-inferiority.
        #[serde(default)]
        null: f64,
    },
    /// How many units, or how small an effect.
    Plan {
        /// The variance of a unit in each arm.
        control: f64,
        treatment: f64,
        /// The effect, in the metric's unit; without it the smallest one is asked for.
        effect: Option<f64>,
        /// Units of control; without them their number is asked for.
        units: Option<f64>,
        #[serde(default = "one")]
        ratio: f64,
        #[serde(default = "power")]
        power: f64,
        #[serde(default)]
        fixed: bool,
        #[serde(default = "alpha")]
        alpha: f64,
    },
    /// Whether groups differ.
    Segments { effects: Vec<Told> },
    /// How a run will end.
    Forecast { effect: Told, units: f64, share: f64, prior: Option<Prior> },
    /// What each arm of a bandit gets next.
    Shares {
        arms: Vec<Prior>,
        #[serde(default)]
        floor: f64,
        #[serde(default)]
        less_is_better: bool,
    },
    /// P-values that account for each other.
    Adjust { p: Vec<f64>, by: String },
    /// The bounds of planned looks.
    Looks {
        information: Vec<f64>,
        #[serde(default = "alpha")]
        alpha: f64,
        spending: String,
        #[serde(default)]
        parameter: f64,
    },
}

const fn log_ratio() -> Scale {
    Scale::LogRatio
}
const fn alpha() -> f64 {
    ALPHA
}
const fn different() -> Alternative {
    Alternative::Different
}
const fn one() -> f64 {
    1.0
}
const fn power() -> f64 {
    0.8
}

/// An arm: as exact sums of whole numbers (decimal digits, since JavaScript has none so wide), or as moments.
#[derive(Deserialize)]
#[serde(untagged)]
enum Arm {
    #[serde(rename_all = "camelCase")]
    Exact {
        units: u64,
        sums: Vec<String>,
        products: Vec<String>,
        scale: f64,
    },
    Moments {
        units: f64,
        mean: Vec<f64>,
        covariance: Vec<f64>,
    },
}

impl Arm {
    fn moments(self) -> Result<Moments, Refusal> {
        match self {
            Self::Exact { units, sums, products, scale } => {
                let digits =
                    |all: &[String]| all.iter().map(|text| text.parse::<i128>().ok()).collect::<Option<Vec<_>>>();
                let (sums, products) = digits(&sums).zip(digits(&products)).ok_or(Refusal::NotFinite)?;
                Sums { units, sums, products }.moments(scale).ok_or(Refusal::Contradiction)
            }
            Self::Moments { units, mean, covariance } => {
                let width = mean.len();
                let fits = covariance.len() == width * (width + 1) / 2;
                let spreads = (0..width).all(|i| covariance.get(i * (i + 3) / 2).is_some_and(|v| *v >= 0.0));
                if fits && spreads { Ok(Moments { units, mean, covariance }) } else { Err(Refusal::Contradiction) }
            }
        }
    }
}

/// An effect that was told before.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    estimate: f64,
    standard_error: f64,
}

impl Told {
    fn effect(self, units: f64) -> Result<Effect, Refusal> {
        let (estimate, standard_error) = (self.estimate, self.standard_error);
        let (scale, validity) = (Scale::LogRatio, Validity::FixedSample);
        Effect { estimate, standard_error, df: f64::INFINITY, units, scale, validity }.checked()
    }
}

#[derive(Clone, Copy, Deserialize)]
struct Prior {
    mean: f64,
    sd: f64,
}

impl From<Prior> for Belief {
    fn from(Prior { mean, sd }: Prior) -> Self {
        Self { mean, sd }
    }
}

/// Answers a question.
///
/// ```
/// let answer = pointsman::stats::ask::ask(r#"{"ask": "adjust", "p": [0.01, 0.04], "by": "holm"}"#);
/// assert_eq!(answer, r#"{"p":[0.02,0.04]}"#);
/// let answer = pointsman::stats::ask::ask(r#"{"ask": "looks", "information": [], "spending": "pocock"}"#);
/// assert!(answer.starts_with(r#"{"refusal":"impossible","words":"The question cannot be asked like this."#));
/// ```
#[must_use]
pub fn ask(question: &str) -> String {
    let answer = match serde_json::from_str::<Question>(question) {
        Err(error) => json!({"refusal": "unreadable", "words": error.to_string()}),
        Ok(question) => {
            answer(question).unwrap_or_else(|refusal| json!({"refusal": refusal, "words": refusal.words()}))
        }
    };
    answer.to_string()
}

fn answer(question: Question) -> Result<Value, Refusal> {
    match question {
        Question::Effect { control, treatment, over, under, covariates, scale, fixed, alpha, alternative, null } => {
            within(alpha)?;
            let (control, treatment) = (control.moments()?, treatment.moments()?);
            let mut parts = Vec::from([Part { over, under }]);
            parts.extend(covariates.into_iter().map(Part::mean));
            let width = control.width().min(treatment.width());
            let known = |part: &Part| part.over < width && part.under.is_none_or(|under| under < width);
            if control.width() != treatment.width() || !parts.iter().all(known) {
                return Err(Refusal::Impossible);
            }
            let adjustment = Adjustment::by(&linear(&control.merged(&treatment), &parts)?);
            let arms = [linear(&control, &parts)?, linear(&treatment, &parts)?];
            let effect = compare(&arms[0], &arms[1], &adjustment, scale, Spread::Own)?;
            Ok(told(&effect, fixed, alpha, alternative, null))
        }
        Question::Plan { control, treatment, effect, units, ratio, power, fixed, alpha } => {
            within(alpha)?;
            planned([control, treatment], effect, units, [ratio, power], &design(fixed, alpha))
        }
        Question::Segments { effects } => {
            let effects = effects.into_iter().map(|told| told.effect(0.0)).collect::<Result<Vec<_>, _>>()?;
            let found = segments(&effects)?;
            let group = |group: &super::segments::Segment| json!({"seen": group.seen, "shrunk": group.shrunk, "error": group.error, "pValue": group.p_value, "differs": group.differs});
            Ok(json!({
                "q": found.q, "pValue": found.p_value, "together": found.together, "spread": found.spread,
                "groups": found.groups.iter().map(group).collect::<Vec<_>>(),
            }))
        }
        Question::Forecast { effect, units, share, prior } => {
            let prior = prior.map_or(SCEPTICAL, Belief::from);
            let effect = effect.effect(units)?;
            if !(units > 0.0 && share > 0.0 && prior.sd > 0.0 && prior.sd.is_finite() && prior.mean.is_finite()) {
                return Err(Refusal::Impossible);
            }
            let sequence = Sequence { alpha: ALPHA, tuned_for: TUNED_FOR };
            let end = ending(&effect, prior, share, sequence)?;
            let times = until(&effect, prior, sequence, 100.0);
            Ok(json!({"up": end.up, "down": end.down, "open": end.open, "times": times, "validity": Validity::Belief}))
        }
        Question::Shares { arms, floor, less_is_better } => {
            let arms: Vec<Belief> = arms.into_iter().map(Belief::from).collect();
            let shares = bandit::shares(&arms, less_is_better, floor)?;
            Ok(json!({"shares": shares, "weights": bandit::weights(&shares)}))
        }
        Question::Adjust { p, by } => {
            let procedure = match by.as_str() {
                "bonferroni" => Procedure::Bonferroni,
                "holm" => Procedure::Holm,
                "hochberg" => Procedure::Hochberg,
                "hommel" => Procedure::Hommel,
                "benjamini-hochberg" => Procedure::BenjaminiHochberg,
                "benjamini-yekutieli" => Procedure::BenjaminiYekutieli,
                _ => return Err(Refusal::Impossible),
            };
            Ok(json!({"p": adjusted(&p, procedure)?}))
        }
        Question::Looks { information, alpha, spending, parameter } => {
            within(alpha)?;
            let spending = match spending.as_str() {
                "obrien-fleming" => Spending::ObrienFleming,
                "pocock" => Spending::Pocock,
                "power" => Spending::Power(parameter),
                "hsd" => Spending::Hsd(parameter),
                _ => return Err(Refusal::Impossible),
            };
            if information.len() > 100 || !parameter.is_finite() {
                return Err(Refusal::Impossible);
            }
            Ok(json!({"z": group::bounds(&information, 0.5 * alpha, spending, true)?}))
        }
    }
}

fn within(alpha: f64) -> Result<(), Refusal> {
    if alpha > 0.0 && alpha < 1.0 { Ok(()) } else { Err(Refusal::Impossible) }
}

fn design(fixed: bool, alpha: f64) -> Design {
    if fixed {
        Design::Fixed { alpha, alternative: Alternative::Different }
    } else {
        Design::Anytime(Sequence { alpha, tuned_for: TUNED_FOR })
    }
}

/// An effect with its bounds: of one look where that is asked for, else of every look.
fn told(effect: &Effect, fixed: bool, alpha: f64, alternative: Alternative, null: f64) -> Value {
    let sequence = Sequence { alpha, tuned_for: TUNED_FOR };
    let (interval, p_value, validity) = if fixed {
        (effect.interval(alpha, alternative), effect.p_value(null, alternative), Validity::FixedSample)
    } else {
        let validity = Validity::Asymptotic { gate: super::guard::means::GATE };
        (sequence.interval(effect, alternative), sequence.effect_p_value(effect, null, alternative), validity)
    };
    let interval = if effect.scale == Scale::LogRatio { interval.changes() } else { interval };
    let Interval { low, high } = interval;
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
    design: &Design,
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
