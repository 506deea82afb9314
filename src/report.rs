//! The report: counts of one epoch in, and out what a dashboard, a message or an API shows of them.
//!
//! The unit of analysis is the *confirmed* unit: one whose browser showed the variant. Whatever keeps an arm's units
//! from being confirmed therefore shows as a wrong sample ratio before it can show as an effect.
//!
//! A report is a function of the present sums and holds at every look. What an earlier look found (an alarm above all)
//! is kept by who asks, not here.

use crate::stats::bandit;
use crate::stats::conversions::Conversions;
use crate::stats::lift::{Lift, Missing, lift};
use crate::stats::question::Question;
use crate::stats::sample_ratio::{self, SampleRatio, Share};
use crate::stats::sequence::Sequence;
use crate::stats::{Alpha, Validity, real};
use crate::verdict::{Comparison, Problem, QUIET_SPLIT, Sense, Verdict, judge, words};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

/// One arm's counts of units.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Arm {
    /// The variant's key.
    pub variant: String,
    /// Its part of the split, in any unit: only proportions matter. 0 if nobody should meet it.
    pub weight: u64,
    /// The units for which the edge decided on it.
    pub assigned: u64,
    /// The units whose browser showed it.
    pub confirmed: u64,
    /// The confirmed units that did what the metric counts.
    pub converted: u64,
    /// The units that were seen in another arm as well.
    pub crossed: u64,
    /// The metric's mean, ratio or quantile, where it has values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
}

/// The counts of a run, for one metric. Their JSON has the names of their fields.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Tallies {
    /// The experiment's key.
    pub experiment: String,
    /// The run's id.
    pub run: String,
    /// The epoch, from 1.
    pub epoch: u32,
    /// The metric's key.
    pub metric: String,
    /// The key of the variant that the others are compared with.
    pub control: String,
    /// Every variant of the split, control included, each once.
    pub arms: Vec<Arm>,
    /// What the metric counts, and which way of it is good.
    #[serde(skip)]
    pub sense: Sense,
    /// What is asked of it.
    #[serde(skip)]
    pub question: Question,
    /// The chance to claim what is not there.
    #[serde(skip)]
    pub alpha: Alpha,
    /// Where the split has moved, the arms' units in each span between two moves, by the weights that held then.
    #[serde(skip)]
    pub spans: Vec<Vec<Share>>,
}

/// What the counts say. Its JSON holds no number that is not finite: what cannot be said is `null` or left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The experiment's key.
    pub experiment: String,
    /// The run's id.
    pub run: String,
    /// The epoch, from 1.
    pub epoch: u32,
    /// The metric's key.
    pub metric: String,
    /// The key of the variant that the others are compared with.
    pub control: String,
    /// The arms in the order of the tallies.
    pub arms: Vec<ArmReport>,
    /// Whether the units are split as planned.
    pub sample_ratio: SampleRatioReport,
    /// Each other arm of the split against control.
    pub comparisons: Vec<ComparisonReport>,
    /// What all of this allows us to say.
    pub verdict: VerdictReport,
}

/// An [`Arm`] and its shares.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ArmReport {
    /// Its counts; they stand beside the shares.
    #[serde(flatten)]
    pub arm: Arm,
    /// Converted by confirmed units, 0 to 1; `null` without units, with contradictory counts, and where values are measured.
    pub rate: Option<f64>,
    /// Confirmed by assigned units; `null` without assigned units.
    pub confirmed_share: Option<f64>,
}

/// See [`SampleRatio`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SampleRatioReport {
    /// The logarithm of the e-value against the planned split.
    pub log_e: f64,
    /// The e-value; `null` where it is too large for a number.
    pub e: Option<f64>,
    /// Whether the e-value raises the alarm.
    pub alarm: bool,
    /// The variants that have units but no share.
    pub leaks: Vec<String>,
    /// How far the promise reaches.
    pub validity: Validity,
    /// The same in words.
    pub words: String,
}

/// An arm against control.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ComparisonReport {
    /// The variant's key.
    pub variant: String,
    /// The lift or why there is none; its fields stand beside the variant.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Outcome {
    /// A lift and its bounds. The intervals of `lift` of all comparisons hold together with the confidence of the tallies.
    #[serde(rename_all = "camelCase")]
    Compared {
        /// The rate or value of the arm by that of control, less one.
        lift: f64,
        /// The lower bound of the lift.
        low: f64,
        /// The upper bound of the lift.
        high: f64,
        /// The rate or value of the arm less that of control.
        difference: f64,
        /// The lower bound of the difference.
        difference_low: f64,
        /// The upper bound of the difference.
        difference_high: f64,
        /// The error of the ratio's logarithm, if it has one.
        #[serde(skip)]
        error: Option<f64>,
        /// The p-value of the lift, already multiplied by the number of comparisons; `null` where it has none.
        p_value: Option<f64>,
        /// How far the promise reaches.
        validity: Validity,
    },
    /// There are too few units.
    Missing {
        /// What is missing.
        missing: Missing,
        /// The same in a sentence.
        words: String,
    },
}

/// A [`Verdict`] as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VerdictReport {
    /// One of the closed set: `harm`, `invalid`, `tooEarly`, `undecided`, `better`, `worse`, `noEffectAsLarge`,
    /// `underpowered`. Counts alone say no more than [`Verdict::kind`] does.
    pub kind: String,
    /// Why it is invalid, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Problem>,
    /// A few words.
    pub headline: String,
    /// One or two sentences.
    pub words: String,
}

/// Makes the report. Any counts give one: those that cannot be give a data problem.
#[must_use]
pub fn report(tallies: &Tallies) -> Report {
    told(tallies, &comparisons(tallies))
}

/// The report with comparisons that were made elsewhere: at the looks of a plan that has fixed them.
#[must_use]
pub fn told(tallies: &Tallies, comparisons: &[Comparison]) -> Report {
    let (split, shares) = split(tallies);
    let problem = contradiction(&tallies.arms).or_else(|| split_problem(&tallies.arms, &shares, &split));
    let verdict = judge((&tallies.control, tallies.alpha), tallies.sense, problem, comparisons);
    let (said, cause) = (words(&verdict), verdict.cause().cloned());
    Report {
        experiment: tallies.experiment.clone(),
        run: tallies.run.clone(),
        epoch: tallies.epoch,
        metric: tallies.metric.clone(),
        control: tallies.control.clone(),
        arms: tallies.arms.iter().map(|arm| arm_report(tallies.sense, arm)).collect(),
        sample_ratio: sample_ratio_report(&tallies.arms, &shares, &split),
        comparisons: comparisons.iter().map(|arm| comparison_report(tallies, arm, comparisons.len())).collect(),
        verdict: VerdictReport {
            kind: verdict.kind().to_string(),
            cause,
            headline: said.headline,
            words: said.sentences,
        },
    }
}

/// Every arm of the split against control, by how many of its units converted.
#[must_use]
pub fn comparisons(tallies: &Tallies) -> Vec<Comparison> {
    each(tallies, |(_, control), (_, arm), sequence| Some(lift(conversions(control)?, conversions(arm)?, sequence)))
}

/// Every arm of the split against control, each at its part of the chance to be wrong (Bonferroni), so that ten arms together claim
/// a difference that is not there no more often than one. `compare` gets two arms with their places, and gives nothing if
/// their counts contradict each other; then there are no comparisons at all.
pub fn each(
    tallies: &Tallies,
    compare: impl Fn((usize, &Arm), (usize, &Arm), Sequence) -> Option<Result<Lift, Missing>>,
) -> Vec<Comparison> {
    let in_split = || tallies.arms.iter().enumerate().filter(|(_, arm)| arm.weight > 0);
    let Some(control) = in_split().find(|(_, arm)| arm.variant == tallies.control) else { return Vec::new() };
    let others: Vec<_> = in_split().filter(|(_, arm)| arm.variant != tallies.control).collect();
    let sequence = tallies.question.sequence(tallies.alpha.0 / real(others.len() as u64));
    let one = |arm: &(usize, &Arm)| {
        Some(Comparison { variant: arm.1.variant.clone(), lift: compare(control, *arm, sequence)? })
    };
    others.iter().map(one).collect::<Option<_>>().unwrap_or_default()
}

/// An arm's counts, unless they contradict each other.
#[must_use]
pub fn conversions(arm: &Arm) -> Option<Conversions> {
    Conversions::new(arm.confirmed, arm.converted)
}

/// What each arm should get and what it got. A unit that was only assigned is no part of the analysis, but enough to
/// betray a leak.
pub(crate) fn shares(arms: &[Arm]) -> Vec<Share> {
    let units = |arm: &Arm| if arm.weight > 0 { arm.confirmed } else { arm.confirmed.max(arm.assigned) };
    arms.iter().map(|arm| Share { weight: arm.weight, units: units(arm) }).collect()
}

fn contradiction(arms: &[Arm]) -> Option<Problem> {
    let arm = arms.iter().find(|arm| arm.converted > arm.confirmed)?;
    let (confirmed, converted) = (arm.confirmed, arm.converted);
    Some(Problem::Contradiction { variant: arm.variant.clone(), confirmed, converted })
}

/// Whether units are split as planned, and the units that say most of it: all, or those of the span that speaks against its
/// plan most.
fn split(tallies: &Tallies) -> (SampleRatio, Vec<Share>) {
    let (concentration, alpha) = (sample_ratio::CONCENTRATION, sample_ratio::ALPHA);
    if tallies.spans.is_empty() {
        let shares = shares(&tallies.arms);
        return (sample_ratio::check(&shares, concentration, alpha), shares);
    }
    let (split, worst) = bandit::check(&tallies.spans, concentration, alpha);
    let worst = if split.alarm { tallies.spans.get(worst).cloned() } else { None };
    (split, worst.unwrap_or_else(|| shares(&tallies.arms)))
}

fn split_problem(arms: &[Arm], shares: &[Share], split: &SampleRatio) -> Option<Problem> {
    Problem::of_split(split, shares, |place| arms.get(place).map(|arm| arm.variant.clone()).unwrap_or_default())
}

fn arm_report(sense: Sense, arm: &Arm) -> ArmReport {
    let rate = conversions(arm).and_then(Conversions::rate).filter(|_| !sense.value);
    let confirmed_share = (arm.assigned > 0).then(|| real(arm.confirmed) / real(arm.assigned));
    ArmReport { arm: arm.clone(), rate, confirmed_share }
}

fn sample_ratio_report(arms: &[Arm], shares: &[Share], split: &SampleRatio) -> SampleRatioReport {
    let problem = split_problem(arms, shares, split).map(Verdict::Invalid);
    SampleRatioReport {
        log_e: split.log_e,
        e: Some(libm::exp(split.log_e)).filter(|e| e.is_finite()),
        alarm: split.alarm,
        leaks: split.leaks.iter().filter_map(|leak| Some(arms.get(*leak)?.variant.clone())).collect(),
        validity: Validity::Exact,
        words: problem.map_or_else(|| QUIET_SPLIT.to_string(), |problem| words(&problem).sentences),
    }
}

fn comparison_report(tallies: &Tallies, arm: &Comparison, comparisons: usize) -> ComparisonReport {
    let outcome = match arm.lift {
        Ok(Lift { relative, difference, p_value, validity, .. }) => Outcome::Compared {
            lift: relative.value,
            low: relative.low,
            high: relative.high,
            difference: difference.value,
            difference_low: difference.low,
            difference_high: difference.high,
            error: arm.lift.ok().and_then(|lift| lift.log_error()),
            // It is against "no difference", which only the usual question asks.
            p_value: Some((p_value * real(comparisons as u64)).min(1.0))
                .filter(|_| !p_value.is_nan() && tallies.question.is_usual()),
            validity,
        },
        Err(missing) => {
            let alone = judge((&tallies.control, tallies.alpha), tallies.sense, None, core::slice::from_ref(arm));
            Outcome::Missing { missing, words: words(&alone).sentences }
        }
    };
    ComparisonReport { variant: arm.variant.clone(), outcome }
}
