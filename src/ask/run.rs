//! A whole run: its split, each metric's effects and harm, and what follows. Reading it, judging it and telling it are
//! three steps, so that each can be measured alone.

use super::Given;
use crate::stats::effect::{Alternative, Effect, Interval, Refusal};
use crate::stats::estimate::{Part, relative};
use crate::stats::guard::Harm;
use crate::stats::guard::means::{GATE, Guard};
use crate::stats::moments::{Moments, Sums};
use crate::stats::sample_ratio::{self, SampleRatio, Share};
use crate::stats::sequence::{Sequence, TUNED_FOR};
use crate::stats::{ALPHA, Validity, real};
use crate::verdict::conclusion::{Conclusion, Standing, conclude};
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
    /// For each metric the exact sums of outcome and covariates of each variant, epoch by epoch.
    metrics: Vec<Vec<Sums>>,
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
    /// The relative effect with its covariates taken out, its bounds and its p-value; or why there is none.
    effect: Result<(Effect, Interval, f64), Refusal>,
    log_e: Option<f64>,
    conclusion: Conclusion,
}

impl Run {
    pub(super) fn read(given: &Given) -> Result<Self, Refusal> {
        let (scale, aim, complete) = (given.number("scale")?, given.number("aim")?, given.flag("complete"));
        let mut run = Self { weights: Vec::new(), scale, aim, complete, metrics: Vec::new() };
        for weight in given.list("weights")? {
            run.weights.push(weight.as_u64().ok_or(Refusal::Unreadable)?);
        }
        for epochs in given.list("metrics")? {
            let mut sums = Vec::new();
            for cells in epochs.as_array().ok_or(Refusal::Unreadable)? {
                let cells = cells.as_array().filter(|cells| cells.len() == run.weights.len());
                for cell in cells.ok_or(Refusal::Unreadable)? {
                    sums.push(Given(cell).sums()?);
                }
            }
            run.metrics.push(sums);
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
        for sums in &self.metrics {
            judged.push(self.metric(sums)?);
        }
        Ok(Judged(judged))
    }

    /// One metric: its sums over all epochs, its split, and each variant against control.
    fn metric(&self, sums: &[Sums]) -> Result<Metric, Refusal> {
        let mut arms: Vec<Sums> = self.weights.iter().map(|_| Sums::default()).collect();
        for cells in sums.chunks(arms.len().max(1)) {
            for (arm, cell) in arms.iter_mut().zip(cells) {
                arm.merge(cell, false);
            }
        }
        let share = |(weight, arm): (&u64, &Sums)| Share { weight: *weight, units: arm.units };
        let shares: Vec<Share> = self.weights.iter().zip(&arms).map(share).collect();
        let split = sample_ratio::check(&shares, sample_ratio::CONCENTRATION, sample_ratio::ALPHA);
        let mut moments = Vec::with_capacity(arms.len());
        for arm in &arms {
            moments.push(arm.moments(self.scale).ok_or(Refusal::Contradiction)?);
        }
        let (control, others) = moments.split_first().ok_or(Refusal::Impossible)?;
        let parts: Vec<Part> = (0..control.width()).map(Part::mean).collect();
        let alpha = ALPHA / real(others.len().max(1) as u64);
        let invalid = split.alarm || !split.leaks.is_empty();
        let variants = others.iter().map(|arm| self.variant(control, arm, &parts, alpha, invalid)).collect();
        Ok(Metric { split, variants })
    }

    fn variant(&self, control: &Moments, arm: &Moments, parts: &[Part], alpha: f64, invalid: bool) -> Variant {
        let sequence = Sequence::usual(alpha);
        let effect = relative(control, arm, parts).map(|effect| {
            let interval = effect.told(sequence.interval(&effect, Alternative::Different));
            (effect, interval, sequence.effect_p_value(&effect, 0.0, Alternative::Different))
        });
        let harm = Guard { harm: Harm::Fewer, tolerance: 0.0, alpha, tuned_for: TUNED_FOR }.check(control, arm);
        let conclusion = conclude(&Standing {
            harmed: harm.is_ok_and(|harm| harm.harmed),
            invalid,
            bounds: effect.as_ref().ok().map(|(_, Interval { low, high }, _)| [*low, *high]),
            aim: self.aim,
            complete: self.complete,
            days: None,
            could: None,
        });
        Variant { effect, log_e: harm.ok().map(|harm| harm.log_e), conclusion }
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
        let effect = match &self.effect {
            Ok((effect, interval, p_value)) => {
                super::told(effect, *interval, *p_value, Validity::Asymptotic { gate: GATE })
            }
            Err(refusal) => json!({"refusal": refusal, "words": refusal.words()}),
        };
        json!({"effect": effect, "logE": self.log_e, "conclusion": self.conclusion})
    }
}
