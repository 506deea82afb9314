//! The guardrail: whether a treatment does harm, asked as often as one likes.
//!
//! Only the units that had the event are looked at, and only their labels: treatment or control. While the rate of the
//! treatment is R times that of control, the odds that such a unit is of the treatment are R times the odds of the
//! split. How high the rates are drops out, so they may drift, jump and follow the clock. Harm begins where R passes a
//! border; there the label is "treatment" with a chance p that each epoch's split tells. With t treated of n labels, an
//! epoch adds to the bet that the odds lie a step d (in their logarithm) beyond the border
//!
//! ```text
//! t·d - n·ln(1 + p·(e^d - 1))
//! ```
//!
//! and E is the mean of what all bets of a grid have won. As long as R stays on the harmless side, wherever it moves
//! there, each label multiplies a bet by at most 1 in expectation, so E reaches 1/α at any time with a chance of at most
//! α (Ville's inequality). The promise is exact from the first label on, for all splits, ramps and pauses.
//!
//! Lindon & Malek, "Anytime-Valid Inference For Multinomial Count Data", `NeurIPS` 2022 (arXiv 2011.03567), judge counts
//! by their labels; the composition by epochs is of research/statistics.md, section 4.3.

mod counts;
pub mod means;
pub mod reach;

use super::real;
use super::special::beta;
use super::special::roots::Monotone;
use serde::{Deserialize, Serialize};

/// How far beyond the border the bets lie, in the logarithm of the odds: the preferred numbers R5 (ISO 3), all of the
/// same weight. They reach from 1.6 %, which takes some hundred thousands of labels to show, to 55 times as many (or as
/// few), where nearly every label speaks. A grid twice as fine catches nothing sooner.
const STEPS: [f64; 13] = [0.016, 0.025, 0.04, 0.063, 0.1, 0.16, 0.25, 0.4, 0.63, 1.0, 1.6, 2.5, 4.0];

/// Which way is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Harm {
    /// More units with the event, for example with an error.
    More,
    /// Fewer units with the event, for example with an order.
    Fewer,
}

/// The labels of one epoch, a span in which the split did not change. A unit belongs to the epoch in which it first met
/// its variant, whenever its event came in, and counts once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Epoch {
    /// Units of the treatment that had the event.
    pub treated: u64,
    /// Units of control that had it.
    pub control: u64,
    /// The weight of the treatment in the split. If it or the other is 0, the epoch is evidence of nothing.
    pub treated_weight: u64,
    /// The weight of control in the split.
    pub control_weight: u64,
}

impl Epoch {
    fn is_split(&self) -> bool {
        self.treated_weight > 0 && self.control_weight > 0
    }

    /// The chance that a label is "treatment" while the ratio of rates is `border`.
    fn chance(&self, border: f64) -> f64 {
        1.0 / (1.0 + real(self.control_weight) / (real(self.treated_weight) * border))
    }

    /// What the bet on odds that lie `shift` beyond the border wins, as a logarithm.
    fn winnings(&self, border: f64, shift: f64) -> f64 {
        let (treated, control) = (real(self.treated), real(self.control));
        treated * shift - (treated + control) * libm::log1p(self.chance(border) * libm::expm1(shift))
    }
}

/// A guardrail. All of it must be fixed before the run starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guard {
    /// Which way is worse.
    pub harm: Harm,
    /// The relative change of the rate that is still allowed, at least 0: with 0.1 up to a tenth more, or fewer. Where
    /// even "none at all" would be allowed (1 or more, if fewer is worse) nothing is ever harm.
    pub tolerance: f64,
    /// The chance of a false alarm over the whole life of the run, above 0 and below 1. Several guardrails share theirs
    /// out: the chance that any of them errs is at most the sum, whatever they have to do with each other.
    pub alpha: f64,
}

/// What the labels say about harm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// The logarithm of the e-value against "the treatment does not harm beyond the tolerance". Finite.
    pub log_e: f64,
    /// Whether the e-value has reached 1/α. Shells keep an alarm once it was raised: later luck does not undo it.
    pub harmed: bool,
    /// The rate of the treatment by that of control, after Mantel & Haenszel (1959) over all epochs; nothing before
    /// control had an event. It is for words: it does not decide, and has no bounds.
    pub ratio: Option<f64>,
}

impl Guard {
    /// Judges the labels so far. Only the sums of each epoch count, neither their order nor that of the epochs, so that
    /// late batches and several shards need no care, provided that the delay of an event has nothing to do with its label.
    ///
    /// ```
    /// use pointsman::stats::guard::{Epoch, Guard, Harm};
    ///
    /// let errors = Guard { harm: Harm::More, tolerance: 0.1, alpha: 0.05 };
    /// let first = Epoch { treated: 5, control: 85, treated_weight: 5, control_weight: 95 };
    /// assert!(!errors.check(&[first]).harmed);
    /// let second = Epoch { treated: 60, control: 20, treated_weight: 1, control_weight: 1 };
    /// assert!(errors.check(&[first, second]).harmed);
    /// ```
    #[must_use]
    pub fn check(&self, epochs: &[Epoch]) -> Evidence {
        let log_e = self.border().map_or(0.0, |border| self.log_e(border, epochs));
        Evidence { log_e, harmed: log_e >= -libm::log(self.alpha), ratio: ratio(epochs) }
    }

    /// How much harm there may be at most: the ratio of rates (in the direction of harm) that the labels exclude to be
    /// larger, at every look, but for the guard's α. Nothing while they exclude nothing.
    ///
    /// It is where the same bets, turned around, have won: labels that lie so far on the harmless side of a border that
    /// the truth does not lie beyond it.
    #[must_use]
    pub fn worst(&self, epochs: &[Epoch]) -> Option<f64> {
        let least = -libm::log(self.alpha);
        let back = match self.harm {
            Harm::More => Harm::Fewer,
            Harm::Fewer => Harm::More,
        };
        let turned = Self { harm: back, ..*self };
        // The evidence that the ratio's logarithm does not reach this far towards harm; it rises with the distance.
        let evidence = |far: f64| {
            let border = libm::exp(if self.harm == Harm::More { far } else { -far });
            turned.log_e(border, epochs) - least
        };
        let furthest = 12.0;
        if evidence(furthest) < 0.0 {
            return None;
        }
        let far = Monotone { low: -furthest, high: furthest, start: 0.0 }.zero(evidence);
        Some(libm::exp(if self.harm == Harm::More { far } else { -far }))
    }

    /// The largest rate, as a share of units, that so many events in so many units do not exclude, at every look, but for
    /// the guard's α. It needs no control, and bounds a harm of which nobody has seen an event yet.
    ///
    /// Each rate p is bet against by a beta that knows nothing: E = B(k + 1, n - k + 1)/(pᵏ(1 - p)ⁿ⁻ᵏ).
    #[must_use]
    pub fn highest(&self, events: u64, units: u64) -> f64 {
        let (events, others) = (real(events), real(units.saturating_sub(events)));
        let won = beta::log_beta(events + 1.0, others + 1.0) + libm::log(self.alpha);
        let evidence = |p: f64| won - events * libm::log(p) - others * libm::log1p(-p);
        let (low, high) = ((events / (events + others).max(1.0)).max(1e-12), 1.0 - 1e-12);
        if others < 1.0 || evidence(high) < 0.0 {
            return 1.0;
        }
        Monotone { low, high, start: 0.5 * (low + high) }.zero(evidence)
    }

    /// The ratio of rates beyond which there is harm.
    fn border(&self) -> Option<f64> {
        let border = match self.harm {
            Harm::More => 1.0 + self.tolerance,
            Harm::Fewer => 1.0 - self.tolerance,
        };
        (border > 0.0 && border.is_finite()).then_some(border)
    }

    fn log_e(&self, border: f64, epochs: &[Epoch]) -> f64 {
        let bets = STEPS.map(|step| {
            let shift = match self.harm {
                Harm::More => step,
                Harm::Fewer => -step,
            };
            epochs.iter().filter(|epoch| epoch.is_split()).map(|epoch| epoch.winnings(border, shift)).sum::<f64>()
        });
        mean(&bets)
    }
}

/// The logarithm of the mean of numbers that are too large to be numbers, by their logarithms: the largest, times the mean of
/// all shares in it.
fn mean(logarithms: &[f64]) -> f64 {
    let best = logarithms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let shares: f64 = logarithms.iter().map(|logarithm| libm::exp(logarithm - best)).sum();
    best + libm::log(shares / real(logarithms.len() as u64))
}

fn ratio(epochs: &[Epoch]) -> Option<f64> {
    let split = || epochs.iter().filter(|epoch| epoch.is_split());
    let weighed = |count: u64, other: u64, epoch: &Epoch| {
        real(count) * real(other) / (real(epoch.treated_weight) + real(epoch.control_weight))
    };
    let treated: f64 = split().map(|epoch| weighed(epoch.treated, epoch.control_weight, epoch)).sum();
    let control: f64 = split().map(|epoch| weighed(epoch.control, epoch.treated_weight, epoch)).sum();
    (control > 0.0).then(|| treated / control)
}
