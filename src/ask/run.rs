//! A whole run: its split, each metric's effects and harm, and what follows. Reading it, judging it and telling it are
//! three steps, so that each can be measured alone.

use super::given::Given;
use super::health::{Before, Crossed, Seen, Trend, Why, before, crossed, trend};
use super::write::Json;
use super::{Answer, Refused};
use crate::stats::change::compared;
use crate::stats::conversions::Conversions;
use crate::stats::effect::Refusal;
use crate::stats::estimate::Part;
use crate::stats::guard::{Epoch, Guard, Harm};
use crate::stats::health::{self, implausible};
use crate::stats::lift::{Estimate, Lift, Missing};
use crate::stats::moments::{Moments, Sums};
use crate::stats::question::Question;
use crate::stats::sample_ratio::{self, SampleRatio, Share};
use crate::stats::sequence::{Sequence, Tuned};
use crate::stats::{ALPHA, Alpha, Validity, real};
use crate::verdict::conclusion::{Conclusion, Standing, conclude};
use crate::verdict::{Comparison, Problem, Sense, Verdict, Words, judge, words};
use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use serde_json::Value;

/// A run as sums. The first variant is control.
#[derive(Clone, Debug)]
pub struct Run {
    /// Each variant's part of the split.
    weights: Vec<u64>,
    /// Steps of a whole unit.
    scale: f64,
    /// The relative effect that was planned for.
    aim: f64,
    /// Whether as many have come as were planned.
    complete: bool,
    /// The metrics.
    metrics: Vec<Counted>,
    /// The units by arm and group, where they are told.
    seen: Option<Seen>,
}

/// What was counted of a metric.
#[derive(Clone, Debug, Default)]
struct Counted {
    /// Whether less of it is better.
    less_is_better: bool,
    /// The exact sums of outcome and covariates of each variant, epoch by epoch.
    cells: Vec<Sums>,
    /// The sums of each variant, day by day.
    days: Vec<Sums>,
    /// The sums of those who are in another run too, four cells for each such run.
    pairs: Vec<Sums>,
}

/// What a run says.
#[derive(Clone, Debug)]
pub struct Judged {
    metrics: Vec<Metric>,
    why: Option<Why>,
}

#[derive(Clone, Debug)]
struct Metric {
    sample_ratio: SampleRatio,
    variants: Vec<Variant>,
    pairs: Vec<Option<Crossed>>,
    /// It becomes words when it is told.
    verdict: Verdict,
}

#[derive(Clone, Debug)]
struct Variant {
    effect: Said<Told>,
    harm: Said<Evidence>,
    before: Option<Before>,
    trend: Option<Trend>,
    conclusion: Conclusion,
}

/// Something, or why there is nothing to say.
#[derive(Clone, Debug)]
enum Said<T> {
    Told(T),
    Lacks { refusal: Refusal, words: String, missing: Missing },
    Refused(Refused),
}

/// The relative effect as it is told, and the difference beside it.
#[derive(Clone, Debug)]
struct Told {
    estimate: f64,
    low: f64,
    high: f64,
    difference: Estimate,
    standard_error: Option<f64>,
    units: f64,
    p_value: f64,
    validity: Validity,
    too_good: bool,
}

/// What speaks for harm.
#[derive(Clone, Copy, Debug)]
struct Evidence {
    log_e: f64,
    harmed: bool,
    validity: Validity,
}

/// One variant of a metric: its sums over all epochs.
struct Arm {
    moments: Moments,
    shares: Option<Conversions>,
}

/// What all comparisons of a metric share.
struct Common<'r> {
    counted: &'r Counted,
    arms: Vec<Arm>,
    /// The numbers of a unit: the outcome, and covariates behind it.
    parts: Vec<Part>,
    /// Each variant's moments day by day, where they can be read.
    days: Vec<Option<Moments>>,
    /// Each comparison's part of the chance to be wrong.
    alpha: f64,
    /// What compares the variants, and what compares what they were before.
    sequences: [Tuned; 2],
    problem: Option<Problem>,
}

impl Run {
    pub(super) fn read(given: &Given) -> Result<Self, Refusal> {
        let (scale, aim, complete) = (given.number("scale")?, given.number("aim")?, given.flag("complete"));
        let mut run = Self { weights: Vec::new(), scale, aim, complete, metrics: Vec::new(), seen: None };
        for weight in given.list("weights")? {
            run.weights.push(weight.as_u64().ok_or(Refusal::Unreadable)?);
        }
        for metric in given.list("metrics")? {
            let epochs = metric.as_array().map_or_else(|| Given(metric).list("epochs"), |epochs| Ok(epochs))?;
            let metric = Given(metric);
            let variants = run.weights.len();
            let more = |name: &str, each: usize| {
                metric.part(name).map_or_else(|| Ok(Vec::new()), |_| rows(metric.list(name)?, each))
            };
            run.metrics.push(Counted {
                less_is_better: metric.flag("lessIsBetter"),
                cells: rows(epochs, variants)?,
                days: more("days", variants)?,
                pairs: more("pairs", 4)?,
            });
        }
        run.seen = given.part("seen").map(|seen| Seen::read(&Given(seen), &run.weights)).transpose()?;
        Ok(run)
    }

    /// Reads the question of a report.
    pub fn of(question: &str) -> Result<Self, Refusal> {
        Self::read(&Given(&serde_json::from_str(question).map_err(|_| Refusal::Unreadable)?))
    }

    /// Judges every metric.
    pub fn judged(&self) -> Result<Judged, Refusal> {
        let mut judged = Vec::with_capacity(self.metrics.len());
        for counted in &self.metrics {
            judged.push(self.metric(counted)?);
        }
        Ok(Judged { metrics: judged, why: self.seen.as_ref().and_then(Seen::cause) })
    }

    /// One metric: its sums over all epochs, its split, and each variant against control.
    fn metric(&self, counted: &Counted) -> Result<Metric, Refusal> {
        let mut epochs = counted.cells.chunks(self.weights.len().max(1));
        let none = Sums::default();
        let mut sums: Vec<Cow<Sums>> = match epochs.next() {
            Some(cells) => cells.iter().map(Cow::Borrowed).collect(),
            None => self.weights.iter().map(|_| Cow::Borrowed(&none)).collect(),
        };
        for cells in epochs {
            for (arm, cell) in sums.iter_mut().zip(cells) {
                arm.to_mut().merge(cell, false);
            }
        }
        let share = |(weight, arm): (&u64, &Cow<Sums>)| Share { weight: *weight, units: arm.units };
        let shares: Vec<Share> = self.weights.iter().zip(&sums).map(share).collect();
        let split = sample_ratio::check(&shares, sample_ratio::CONCENTRATION, sample_ratio::ALPHA);
        let problem = Problem::of_split(&split, &shares, |place| place.to_string());
        let mut arms = Vec::with_capacity(sums.len());
        for arm in &sums {
            let moments = arm.moments(self.scale).ok_or(Refusal::Contradiction)?;
            arms.push(Arm { moments, shares: arm.conversions(self.scale) });
        }
        let others = arms.len().checked_sub(1).ok_or(Refusal::Impossible)?;
        let alpha = ALPHA / real(others.max(1) as u64);
        let sense = Sense { value: arms[0].shares.is_none(), down: counted.less_is_better };
        let parts = (0..arms[0].moments.width()).map(Part::mean).collect();
        let days = counted.days.iter().map(|day| day.moments(self.scale)).collect();
        let sequences = [Sequence::usual(alpha), health::SEQUENCE].map(Sequence::tuned);
        let common = Common { counted, arms, parts, days, alpha, sequences, problem };
        let (mut variants, mut comparisons) = (Vec::with_capacity(others), Vec::with_capacity(others));
        for arm in 1..=others {
            let (lift, variant) = self.variant(&common, arm);
            comparisons.push(Comparison { variant: arm.to_string(), lift });
            variants.push(variant);
        }
        let verdict = judge(("0", Alpha::default()), sense, common.problem, &comparisons);
        Ok(Metric { sample_ratio: split, variants, pairs: crossed(&counted.pairs, self.scale)?, verdict })
    }

    /// A variant against control, by what compares and watches them in production.
    fn variant(&self, common: &Common, arm: usize) -> (Result<Lift, Missing>, Variant) {
        let Common { counted, arms, parts, days, alpha, sequences, problem } = common;
        let (alpha, control, treatment) = (*alpha, &arms[0], &arms[arm]);
        let both = [&control.moments, &treatment.moments];
        let shares = control.shares.zip(treatment.shares).map(|(old, new)| [old, new]);
        let values = (shares.is_none() || parts.len() > 1).then_some((both, &parts[..]));
        let lift = compared(shares, values, sequences[0]);
        let guard =
            Guard { harm: if counted.less_is_better { Harm::More } else { Harm::Fewer }, tolerance: 0.0, alpha };
        let harm = if shares.is_some() {
            Ok(self.labelled(counted, arm, guard))
        } else if self.weights[0] == self.weights[arm] {
            let checked = guard.check_values(both[0], both[1]);
            checked.map(|seen| Evidence { log_e: seen.log_e, harmed: seen.harmed, validity: seen.validity })
        } else {
            Err(Refusal::UnevenArms)
        };
        let towards = |lift: Lift| match (counted.less_is_better, lift.relative) {
            (false, Estimate { low, high, .. }) => [low, high],
            (true, Estimate { low, high, .. }) => [-high, -low],
        };
        let conclusion = conclude(&Standing {
            harmed: harm.is_ok_and(|harm| harm.harmed),
            problem: problem.clone(),
            bounds: lift.ok().map(towards),
            question: Question::Better,
            aim: self.aim,
            complete: self.complete,
            days: None,
            could: None,
        });
        let effect = match lift {
            Ok(lift) => Said::Told(told(&lift, both[0].units + both[1].units)),
            Err(missing) => {
                let refusal = missing.refusal();
                Said::Lacks { refusal, words: refusal.words(), missing }
            }
        };
        let harm = harm.map_or_else(|refusal| Said::Refused(Refused::of(refusal)), Said::Told);
        let before = before(both[0], both[1], sequences[1]);
        let trend = trend(days, arms.len(), arm);
        (lift, Variant { effect, harm, before, trend, conclusion })
    }

    /// Harm by the labels of those who did it, epoch by epoch.
    fn labelled(&self, counted: &Counted, arm: usize, guard: Guard) -> Evidence {
        let did = |sums: &Sums| sums.conversions(self.scale).map_or(0, Conversions::converted);
        let epoch = |cells: &[Sums]| Epoch {
            treated: did(&cells[arm]),
            control: did(&cells[0]),
            treated_weight: self.weights[arm],
            control_weight: self.weights[0],
        };
        let epochs: Vec<Epoch> = counted.cells.chunks(self.weights.len()).map(epoch).collect();
        let seen = guard.check(&epochs);
        Evidence { log_e: seen.log_e, harmed: seen.harmed, validity: Validity::Exact }
    }
}

/// A report is the longest answer, and the one that is asked for again and again: it is written down name by name, each with
/// what stands before it, in a third of the time that a description of it takes.
impl Judged {
    /// What it says as JSON.
    pub fn written(&self) -> Answer {
        // Text that grows is moved: a variant is told in seven hundred letters.
        let variants: usize = self.metrics.iter().map(|metric| 1 + metric.variants.len()).sum();
        let mut json = Json { text: String::with_capacity(700 * variants) };
        self.write(&mut json).map_err(|_| Refusal::NotFinite)?;
        Ok(json.text)
    }

    fn write(&self, json: &mut Json) -> fmt::Result {
        json.put(r#"{"metrics":["#);
        for metric in &self.metrics {
            json.next();
            metric.write(json)?;
        }
        json.value(r#"],"why":"#, &self.why)?;
        json.put("}");
        Ok(())
    }
}

impl Metric {
    fn write(&self, json: &mut Json) -> fmt::Result {
        json.value(r#"{"sampleRatio":"#, &self.sample_ratio)?;
        json.put(r#","variants":["#);
        for variant in &self.variants {
            json.next();
            variant.write(json)?;
        }
        json.value(r#"],"pairs":"#, &self.pairs)?;
        let Words { headline, sentences } = words(&self.verdict);
        json.text(r#","verdict":{"kind":"#, self.verdict.kind());
        json.text(r#","headline":"#, &headline);
        json.text(r#","words":"#, &sentences);
        json.put("}}");
        Ok(())
    }
}

impl Variant {
    fn write(&self, json: &mut Json) -> fmt::Result {
        json.put(r#"{"effect":"#);
        self.effect.write(json, Told::write)?;
        json.put(r#","harm":"#);
        self.harm.write(json, Evidence::write)?;
        match self.before {
            Some(Before { p_value, unlike }) => {
                json.number(r#","before":{"pValue":"#, p_value);
                json.put(if unlike { r#","unlike":true}"# } else { r#","unlike":false}"# });
            }
            None => json.put(r#","before":null"#),
        }
        json.value(r#","trend":"#, &self.trend)?;
        json.text(r#","conclusion":{"kind":"#, self.conclusion.kind());
        match &self.conclusion {
            Conclusion::Invalid { cause } => json.value(r#","cause":"#, cause)?,
            Conclusion::Undecided { days } => json.value(r#","days":"#, days)?,
            Conclusion::Underpowered { could } => json.number(r#","could":"#, could.unwrap_or(f64::NAN)),
            Conclusion::Harm
            | Conclusion::TooEarly
            | Conclusion::Better
            | Conclusion::Worse
            | Conclusion::NoEffectAsLarge => {}
        }
        json.put("}}");
        Ok(())
    }
}

impl<T> Said<T> {
    fn write(&self, json: &mut Json, told: impl FnOnce(&T, &mut Json) -> fmt::Result) -> fmt::Result {
        match self {
            Self::Told(it) => told(it, json),
            Self::Lacks { refusal, words, missing } => {
                json.value(r#"{"refusal":"#, refusal)?;
                json.text(r#","words":"#, words);
                json.value(r#","missing":"#, missing)?;
                json.put("}");
                Ok(())
            }
            Self::Refused(refused) => json.value("", refused),
        }
    }
}

impl Told {
    fn write(&self, json: &mut Json) -> fmt::Result {
        json.number(r#"{"estimate":"#, self.estimate);
        json.number(r#","low":"#, self.low);
        json.number(r#","high":"#, self.high);
        json.number(r#","difference":{"estimate":"#, self.difference.value);
        json.number(r#","low":"#, self.difference.low);
        json.number(r#","high":"#, self.difference.high);
        // What is no number is written as what is missing.
        json.number(r#"},"standardError":"#, self.standard_error.unwrap_or(f64::NAN));
        json.number(r#","units":"#, self.units);
        json.number(r#","pValue":"#, self.p_value);
        holds(json, self.validity)?;
        json.put(if self.too_good { r#","tooGood":true}"# } else { r#","tooGood":false}"# });
        Ok(())
    }
}

impl Evidence {
    fn write(&self, json: &mut Json) -> fmt::Result {
        json.number(r#"{"logE":"#, self.log_e);
        json.put(if self.harmed { r#","harmed":true"# } else { r#","harmed":false"# });
        holds(json, self.validity)?;
        json.put("}");
        Ok(())
    }
}

fn holds(json: &mut Json, validity: Validity) -> fmt::Result {
    let Validity::Asymptotic { gate } = validity else { return json.value(r#","validity":"#, &validity) };
    json.put(r#","validity":{"kind":"asymptotic","gate":"#);
    json.digits(gate);
    json.put("}");
    Ok(())
}

/// Rows of so many cells, one after the other.
fn rows(rows: &[Value], each: usize) -> Result<Vec<Sums>, Refusal> {
    let mut sums = Vec::new();
    for row in rows {
        for cell in row.as_array().filter(|row| row.len() == each).ok_or(Refusal::Unreadable)? {
            sums.push(Given(cell).sums()?);
        }
    }
    Ok(sums)
}

fn told(lift: &Lift, units: f64) -> Told {
    let Estimate { value, low, high } = lift.relative;
    Told {
        estimate: value,
        low,
        high,
        difference: lift.difference,
        standard_error: lift.log_error(),
        units,
        p_value: lift.p_value,
        validity: lift.validity,
        too_good: lift.effect(units).is_some_and(|logarithm| implausible(&logarithm, None)),
    }
}
