//! A whole run: its split, each metric's effects and harm, and what follows. Reading it, judging it and telling it are
//! three steps, so that each can be measured alone.

use super::Given;
use crate::stats::change::compared;
use crate::stats::conversions::Conversions;
use crate::stats::effect::Refusal;
use crate::stats::estimate::Part;
use crate::stats::guard::{Epoch, Guard, Harm};
use crate::stats::health::implausible;
use crate::stats::lift::{Estimate, Lift, Missing};
use crate::stats::moments::{Moments, Sums};
use crate::stats::sample_ratio::{self, SampleRatio, Share};
use crate::stats::sequence::Sequence;
use crate::stats::{ALPHA, Validity, real};
use crate::verdict::Problem;
use crate::verdict::conclusion::{Conclusion, Standing, conclude};
use alloc::string::ToString;
use alloc::vec::Vec;
use serde_json::{Value, json};

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
}

/// What was counted of a metric.
#[derive(Clone, Debug, Default)]
struct Counted {
    /// Whether less of it is better.
    less_is_better: bool,
    /// The exact sums of outcome and covariates of each variant, epoch by epoch.
    cells: Vec<Sums>,
}

/// What a run says.
#[derive(Clone, Debug)]
pub struct Judged(Vec<Metric>);

#[derive(Clone, Debug)]
struct Metric {
    split: SampleRatio,
    variants: Vec<Variant>,
}

#[derive(Clone, Debug)]
struct Variant {
    units: f64,
    lift: Result<Lift, Missing>,
    harm: Result<Evidence, Refusal>,
    conclusion: Conclusion,
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

impl Run {
    pub(super) fn read(given: &Given) -> Result<Self, Refusal> {
        let (scale, aim, complete) = (given.number("scale")?, given.number("aim")?, given.flag("complete"));
        let mut run = Self { weights: Vec::new(), scale, aim, complete, metrics: Vec::new() };
        for weight in given.list("weights")? {
            run.weights.push(weight.as_u64().ok_or(Refusal::Unreadable)?);
        }
        for metric in given.list("metrics")? {
            let epochs = metric.as_array().map_or_else(|| Given(metric).list("epochs"), |epochs| Ok(epochs))?;
            let mut counted = Counted { less_is_better: Given(metric).flag("lessIsBetter"), cells: Vec::new() };
            for cells in epochs {
                let cells = cells.as_array().filter(|cells| cells.len() == run.weights.len());
                for cell in cells.ok_or(Refusal::Unreadable)? {
                    counted.cells.push(Given(cell).sums()?);
                }
            }
            run.metrics.push(counted);
        }
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
        Ok(Judged(judged))
    }

    /// One metric: its sums over all epochs, its split, and each variant against control.
    fn metric(&self, counted: &Counted) -> Result<Metric, Refusal> {
        let mut sums: Vec<Sums> = self.weights.iter().map(|_| Sums::default()).collect();
        for cells in counted.cells.chunks(sums.len().max(1)) {
            for (arm, cell) in sums.iter_mut().zip(cells) {
                arm.merge(cell, false);
            }
        }
        let share = |(weight, arm): (&u64, &Sums)| Share { weight: *weight, units: arm.units };
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
        let variants = (1..=others).map(|arm| self.variant(counted, &arms, arm, alpha, problem.clone())).collect();
        Ok(Metric { split, variants })
    }

    /// A variant against control, by what compares and watches them in production.
    fn variant(&self, counted: &Counted, arms: &[Arm], arm: usize, alpha: f64, problem: Option<Problem>) -> Variant {
        let (control, treatment) = (&arms[0], &arms[arm]);
        let both = [&control.moments, &treatment.moments];
        let parts: Vec<Part> = (0..both[0].width()).map(Part::mean).collect();
        let shares = control.shares.zip(treatment.shares).map(|(old, new)| [old, new]);
        let values = (shares.is_none() || parts.len() > 1).then_some((both, &parts[..]));
        let lift = compared(shares, values, Sequence::usual(alpha));
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
            problem,
            bounds: lift.ok().map(towards),
            aim: self.aim,
            complete: self.complete,
            days: None,
            could: None,
        });
        Variant { units: both[0].units + both[1].units, lift, harm, conclusion }
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

impl Judged {
    pub(super) fn told(&self) -> Value {
        let metric = |Metric { split, variants }: &Metric| {
            json!({
                "sampleRatio": {"logE": split.log_e, "alarm": split.alarm, "leaks": split.leaks},
                "variants": variants.iter().map(Variant::told).collect::<Vec<_>>(),
            })
        };
        json!({"metrics": self.0.iter().map(metric).collect::<Vec<_>>()})
    }
}

impl Variant {
    fn told(&self) -> Value {
        let effect = match &self.lift {
            Ok(lift) => self.effect(lift),
            Err(missing) => {
                let refusal = missing.refusal();
                json!({"refusal": refusal, "words": refusal.words(), "missing": missing})
            }
        };
        let harm = match self.harm {
            Ok(Evidence { log_e, harmed, validity }) => json!({"logE": log_e, "harmed": harmed, "validity": validity}),
            Err(refusal) => json!({"refusal": refusal, "words": refusal.words()}),
        };
        json!({"effect": effect, "harm": harm, "conclusion": self.conclusion})
    }

    fn effect(&self, lift: &Lift) -> Value {
        let told = |Estimate { value, low, high }: Estimate| json!({"estimate": value, "low": low, "high": high});
        let logarithm = lift.effect(self.units);
        let Estimate { value, low, high } = lift.relative;
        json!({
            "estimate": value, "low": low, "high": high, "difference": told(lift.difference),
            "standardError": lift.errors.0, "units": self.units, "pValue": lift.p_value, "validity": lift.validity,
            "tooGood": logarithm.is_some_and(|logarithm| implausible(&logarithm, None)),
        })
    }
}
