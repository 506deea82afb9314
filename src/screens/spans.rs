//! The spans of a run between two moves of its split. What was measured is compared within each of them, and only then put
//! together ([`bandit::alike`]): otherwise a version that most met on a busy day would seem to have made it one.

use super::Scene;
use crate::collect::Measure;
use crate::counts::Exposures;
use crate::metric::{self, Counted, Level, Values};
use crate::report::Report;
use crate::stats::bandit::{self, Span};
use crate::stats::effect::Refusal;
use crate::stats::moments::Moments;
use crate::stats::real;
use crate::stats::sample_ratio::Share;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

/// A span: its epochs, and the weights of control and of the new version in all of them.
pub(super) struct Stretch {
    /// When it began, where a move began it.
    pub(super) at: Option<i64>,
    pub(super) epochs: Range<i64>,
    pub(super) weights: [u64; 2],
}

impl Scene<'_> {
    /// Whether the split has ever moved.
    #[must_use]
    pub fn has_moved(&self) -> bool {
        self.experiment.run.as_ref().is_some_and(|run| !run.shifts.is_empty())
    }

    /// All spans, earliest first; of a split that never moved it is one.
    pub(super) fn stretches(&self) -> Vec<Stretch> {
        let shifts = self.experiment.run.as_ref().map_or(&[][..], |run| &run.shifts);
        let end = |place: usize| shifts.get(place).map_or(i64::MAX, |next| i64::from(next.epoch));
        let first = Stretch { at: None, epochs: i64::MIN..end(0), weights: self.experiment.weights(0) };
        let moved = shifts.iter().enumerate().map(|(place, shift)| Stretch {
            at: Some(shift.at),
            epochs: i64::from(shift.epoch)..end(place + 1),
            weights: shift.weights,
        });
        core::iter::once(first).chain(moved).collect()
    }

    /// What was measured of both arms in a span, control first, of all units or of those of one value of a dimension.
    pub(super) fn within(&self, stretch: &Stretch, metric: &str, dimension: &str) -> [Result<Moments, Refusal>; 2] {
        let (measure, (control, treatment)) = (self.measure(metric), self.variants());
        [control, treatment].map(|variant| {
            metric::moments(&measure, &self.counts.vector_of(&variant, metric, &stretch.epochs, dimension, false))
        })
    }

    /// What was measured of both arms, as if each had met every span alike.
    pub(super) fn moments(&self, metric: &str, dimension: &str) -> [Result<Moments, Refusal>; 2] {
        let stretches = self.stretches();
        if let [whole] = &stretches[..] {
            return self.within(whole, metric, dimension);
        }
        let mut refused = Refusal::NoUnits;
        let mut spans = Vec::new();
        for stretch in &stretches {
            match self.within(stretch, metric, dimension) {
                [Ok(control), Ok(treatment)] => {
                    spans.push(Span { weights: stretch.weights, arms: [control, treatment] });
                }
                [Err(reason), _] | [_, Err(reason)] => refused = reason,
            }
        }
        if spans.is_empty() {
            return [Err(refused), Err(refused)];
        }
        bandit::alike(&spans).map_or_else(|reason| [Err(reason), Err(reason)], |arms| arms.map(Ok))
    }

    /// The units of both arms, of all or of those of one value of a dimension, with what each should have of them.
    pub(super) fn shares(&self, dimension: &str, of: fn(&Exposures) -> u64) -> Vec<Share> {
        let (control, treatment) = self.variants();
        let mut shares = [Share { weight: 0, units: 0 }; 2];
        for stretch in self.stretches() {
            let units =
                [&control, &treatment].map(|variant| of(&self.counts.exposed_in(variant, &stretch.epochs, dimension)));
            let all = u128::from(units[0]) + u128::from(units[1]);
            for ((share, units), weight) in shares.iter_mut().zip(units).zip(stretch.weights) {
                share.units += units;
                // Of 2^32 draws; what is left of them tells a unit in thousands apart.
                share.weight += u64::try_from((all * u128::from(weight)) >> 20).unwrap_or(u64::MAX);
            }
        }
        // Of nobody each should have as much.
        shares.map(|share| Share { weight: share.weight.max(1), ..share }).to_vec()
    }

    /// The arms' confirmed units by span, by the weights that held then, in this order; nothing where the split never moved.
    /// A variant that has no share is a leak as soon as somebody met it.
    pub(super) fn by_span(&self, variants: &[(String, u64)]) -> Vec<Vec<Share>> {
        if !self.has_moved() {
            return Vec::new();
        }
        let (control, treatment) = self.variants();
        let span = |stretch: Stretch| {
            let share = |(variant, _): &(String, u64)| {
                let seen = self.counts.exposed_in(variant, &stretch.epochs, "");
                let arm = [&control, &treatment].iter().position(|arm| *arm == variant);
                arm.map_or(Share { weight: 0, units: seen.confirmed.max(seen.assigned) }, |arm| Share {
                    weight: stretch.weights[arm],
                    units: seen.confirmed,
                })
            };
            variants.iter().map(share).collect()
        };
        self.stretches().into_iter().map(span).collect()
    }

    /// As many confirmed units as would tell as much if each version had half of them: all of them while the split is even.
    #[must_use]
    pub fn informed(&self) -> u64 {
        let (control, treatment) = self.variants();
        let (mut all, mut weighed) = (0.0, 0.0);
        for stretch in self.stretches() {
            let units = |variant: &String| self.counts.exposed_in(variant, &stretch.epochs, "").confirmed;
            let units = real(units(&control) + units(&treatment));
            all += units;
            weighed += units * Span::worth(stretch.weights);
        }
        #[expect(clippy::cast_sign_loss, reason = "units are positive")]
        let informed = if all > 0.0 { libm::rint(weighed * weighed / all) as u64 } else { 0 };
        informed
    }

    /// Has both arms compared as if each had met every span of the split alike.
    pub(super) fn even(&self, counted: &mut Counted, metric: &str, measure: &Measure) {
        let mut arms = Vec::from(self.moments(metric, ""));
        arms.resize(counted.tallies.arms.len(), Err(Refusal::NoUnits));
        if !metric::is_share(measure) {
            for (told, own) in counted.tallies.arms.iter_mut().zip(&arms) {
                told.value = own.as_ref().ok().and_then(|own| Some(Level::of(measure, own)?.mean));
            }
        }
        counted.values = Some(Values { parts: metric::parts(measure), arms });
    }

    /// A report whose rates are those of arms that met every span alike, where the split has moved.
    pub(super) fn evened(&self, metric: &str, mut report: Report) -> Report {
        if self.has_moved() {
            for arm in report.arms.iter_mut().filter(|arm| arm.rate.is_some()) {
                arm.rate = self.level(&arm.arm.variant, metric).map(|level| level.mean);
            }
        }
        report
    }
}
