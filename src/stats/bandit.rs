//! The bandit: more units to what converts better, as an allocation policy with inference that stays valid.
//!
//! Thompson 1933: each arm gets the share of units that its chance to be the best is. Shares are fixed for an epoch, so
//! that the collector and the [`guard`](super::guard) know them; the guard's label test is exact under any allocation
//! that the past decides. Effects are told epoch by epoch and put together with weights that were known before each
//! epoch, which leaves no bias: pooling would compare Monday's control with Friday's treatment.

use super::Validity;
use super::bayes::{Belief, best};
use super::effect::{Effect, Refusal, Scale};
use super::moments::Moments;
use super::real;
use super::sample_ratio::{self, SampleRatio, Share};
use super::special::ranks::ranks;
use alloc::vec;
use alloc::vec::Vec;

/// The next epoch's shares: each arm's chance to be the best, mixed with an even split so that none falls below `floor`.
///
/// Mixing keeps the order of the chances and adds up to 1; clipping and stretching would not (that is how a floor biased
/// a peer's allocation).
pub fn shares(arms: &[Belief], less_is_better: bool, floor: f64) -> Result<Vec<f64>, Refusal> {
    let count = real(arms.len() as u64);
    if arms.is_empty() || !(floor >= 0.0 && floor * count <= 1.0) {
        return Err(Refusal::Impossible);
    }
    if arms.iter().any(|arm| !(arm.mean.is_finite() && arm.sd.is_finite() && arm.sd > 0.0)) {
        return Err(Refusal::NotFinite);
    }
    let chances = best(arms, less_is_better);
    let all: f64 = chances.iter().sum();
    let even = floor * count;
    Ok(chances.iter().map(|chance| even / count + (1.0 - even) * chance / all).collect())
}

/// Shares as the table of a split: whole weights of 2^32, the largest rest first.
#[must_use]
pub fn weights(shares: &[f64]) -> Vec<u64> {
    const ALL: f64 = 4_294_967_296.0;
    #[expect(clippy::cast_sign_loss, reason = "shares are not negative")]
    let mut weights: Vec<u64> = shares.iter().map(|share| libm::floor(share * ALL) as u64).collect();
    let given: u64 = weights.iter().sum();
    let rests: Vec<f64> = shares.iter().map(|share| libm::floor(share * ALL) - share * ALL).collect();
    let order = ranks(&rests);
    let left = (1_u64 << 32).saturating_sub(given) as usize;
    for index in order.into_iter().cycle().take(if shares.is_empty() { 0 } else { left.min(1 << 20) }) {
        weights[index] += 1;
    }
    weights
}

/// What an epoch's difference weighs, by the shares that its two arms had: √(s₁s₂/(s₁ + s₂)). No epoch adds more to the
/// variance than another then, and an interval misses as often as it says (Hadad et al., PNAS 2021); what follows the units
/// themselves misses in 7 of 100 instead of 5.
pub fn worth(control: f64, arm: f64) -> Result<f64, Refusal> {
    let inside = |share: f64| share > 0.0 && share <= 1.0;
    if inside(control) && inside(arm) {
        Ok(libm::sqrt(control * arm / (control + arm)))
    } else {
        Err(Refusal::Impossible)
    }
}

/// One effect from those of epochs. `weights` must have been known before each epoch: see [`worth`].
pub fn together(epochs: &[Effect], weights: &[f64]) -> Result<Effect, Refusal> {
    let all: f64 = weights.iter().sum();
    if epochs.is_empty() || epochs.len() != weights.len() || all.is_nan() || all <= 0.0 {
        return Err(Refusal::Impossible);
    }
    let (mut estimate, mut variance, mut squares, mut units) = (0.0, 0.0, 0.0, 0.0);
    for (effect, weight) in epochs.iter().zip(weights) {
        let share = weight / all;
        let part = share * share * effect.variance();
        estimate += share * effect.estimate;
        variance += part;
        squares += part * part / effect.df;
        units += effect.units;
    }
    let df = if squares > 0.0 { variance * variance / squares } else { f64::INFINITY };
    let scale = epochs.first().map_or(Scale::Absolute, |effect| effect.scale);
    Effect { estimate, standard_error: libm::sqrt(variance), df, units, scale, validity: Validity::FixedSample }
        .checked()
}

/// Both arms of a span in which the split stayed the same, control first.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// The weights of the split, which were fixed before it.
    pub weights: [u64; 2],
    /// What was measured of each arm's units.
    pub arms: [Moments; 2],
}

impl Span {
    /// How much of all units' information a unit of it has, were they split evenly: 1 there, and less the more uneven it is.
    #[must_use]
    pub fn worth(weights: [u64; 2]) -> f64 {
        let all = real(weights[0]) + real(weights[1]);
        worth(real(weights[0]) / all, real(weights[1]) / all).map_or(0.0, |worth| 2.0 * worth)
    }

    /// What its difference weighs: its units, whichever arm they met, by [`worth`].
    fn weight(&self) -> f64 {
        (self.arms[0].units + self.arms[1].units) * Self::worth(self.weights)
    }
}

/// Both arms as if each had met all spans alike, so that neither has more of a busy day than the other.
///
/// Means are those of the spans by weights that both arms share; covariances are such that, by all of an arm's units, they
/// give the error of that. A difference of the two is the sum of the spans' own differences, which no drift of the level
/// enters, and a ratio of them that of every span where it is the same in all. Each unit adds as much to the error
/// as any other, whatever the past has made of the split, which is what sequences over units ask for.
///
/// A span of which an arm has nobody says nothing, and one unit has no spread of its own: it has that of all.
pub fn alike(spans: &[Span]) -> Result<[Moments; 2], Refusal> {
    let spans: Vec<&Span> = spans.iter().filter(|span| span.arms.iter().all(|arm| arm.units > 0.0)).collect();
    let all: f64 = spans.iter().map(|span| span.weight()).sum();
    if spans.is_empty() || all.is_nan() || all <= 0.0 {
        return Err(Refusal::NoUnits);
    }
    let arm = |place: usize| {
        let cells = || spans.iter().map(|span| (span.weight() / all, &span.arms[place]));
        let whole = cells().skip(1).fold(spans[0].arms[place].clone(), |whole, (_, cell)| whole.merged(cell));
        let width = whole.width();
        let mut made = Moments { units: whole.units, mean: vec![0.0; width], ..Moments::default() };
        made.covariance = vec![0.0; width * (width + 1) / 2];
        for (share, cell) in cells() {
            for (mean, own) in made.mean.iter_mut().zip(&cell.mean) {
                *mean += share * own;
            }
            let own = if cell.units < 2.0 { &whole } else { cell };
            for (sum, next) in made.covariance.iter_mut().zip(&own.covariance) {
                *sum += share * share * next / cell.units * whole.units;
            }
        }
        made
    };
    let [control, treatment] = [arm(0), arm(1)];
    if control.finite() && treatment.finite() { Ok([control, treatment]) } else { Err(Refusal::NotFinite) }
}

/// Whether every span's units are split as it was fixed for that span, as in [`sample_ratio::check`], whose arms each span gives
/// here. Also gives the span that speaks against its plan most.
///
/// Two bets share the stake. One goes through all spans, the winnings of each the stake of the next; of the other
/// each span has a part of its own, 1/(k(k + 1)) for the k-th, so that what breaks late is not hidden by how well all
/// went before. Neither wins in expectation while every split is as planned.
#[must_use]
pub fn check(spans: &[Vec<Share>], concentration: f64, alpha: f64) -> (SampleRatio, usize) {
    let checked: Vec<SampleRatio> = spans.iter().map(|arms| sample_ratio::check(arms, concentration, alpha)).collect();
    let through: f64 = checked.iter().map(|span| span.log_e).sum();
    // What no span has yet stays as it is: the parts of k spans leave 1/(k + 1).
    let kept = -libm::log(real(spans.len() as u64 + 1));
    let parts = checked.iter().enumerate().map(|(place, span)| {
        let place = real(place as u64);
        span.log_e - libm::log((place + 1.0) * (place + 2.0))
    });
    let bets: Vec<f64> = core::iter::once(kept).chain(parts).collect();
    let log_e = sum(&[through, sum(&bets)]) - core::f64::consts::LN_2;
    let mut leaks: Vec<usize> = checked.iter().flat_map(|span| span.leaks.iter().copied()).collect();
    leaks.sort_unstable();
    leaks.dedup();
    let worst = checked.iter().enumerate().max_by(|(_, one), (_, two)| one.log_e.total_cmp(&two.log_e));
    (SampleRatio { log_e, alarm: log_e >= -libm::log(alpha), leaks }, worst.map_or(0, |(place, _)| place))
}

/// The logarithm of a sum of numbers by their logarithms.
fn sum(logarithms: &[f64]) -> f64 {
    let best = logarithms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    best + libm::log(logarithms.iter().map(|logarithm| libm::exp(logarithm - best)).sum::<f64>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::sample_ratio::{ALPHA, CONCENTRATION};

    fn share(units: f64, rate: f64) -> Moments {
        Moments::of(units, rate, rate * (1.0 - rate) * units / (units - 1.0))
    }

    /// On the second day everybody orders twice as often, and nine of ten meet the new version: all together it seems better.
    #[test]
    fn a_day_on_which_everybody_orders_more_is_no_effect_of_the_arm_that_most_met_then() {
        let days = [
            Span { weights: [1, 1], arms: [share(5_000.0, 0.1), share(5_000.0, 0.1)] },
            Span { weights: [1, 9], arms: [share(1_000.0, 0.2), share(9_000.0, 0.2)] },
        ];
        let [control, treatment] = alike(&days).unwrap();
        assert!((treatment.mean(0) - control.mean(0)).abs() < 1e-12);
        let pooled = |arm: usize| days[0].arms[arm].merged(&days[1].arms[arm]).mean(0);
        assert!(pooled(1) > 1.3 * pooled(0), "the days put together without that");
        // A fifth more on both days is a fifth more of both.
        let more = days.map(|day| {
            let arm = &day.arms[1];
            Span { arms: [day.arms[0].clone(), share(arm.units, 1.2 * arm.mean(0))], ..day }
        });
        let [control, treatment] = alike(&more).unwrap();
        assert!((treatment.mean(0) / control.mean(0) - 1.2).abs() < 1e-12);
    }

    /// Whatever the past has made of the split, a unit adds as much to the error as at half and half.
    #[test]
    fn each_unit_adds_as_much_to_the_error_whatever_the_split() {
        let error = |weights: [u64; 2]| {
            let all = weights[0] + weights[1];
            let arm = |weight: u64| Moments::of(real(10_000 * weight / all), 0.3, 0.21);
            let span = Span { weights, arms: weights.map(arm) };
            let two = [
                Span { weights: [1, 1], arms: [Moments::of(5_000.0, 0.3, 0.21), Moments::of(5_000.0, 0.3, 0.21)] },
                span,
            ];
            let [control, treatment] = alike(&two).unwrap();
            let of = |arm: &Moments| arm.cov(0, 0) / arm.units;
            // By how much of an even split's information there is: the difference's weight is by that larger.
            let informed = 0.5 + 0.5 * Span::worth(weights);
            (of(&control) + of(&treatment)) * informed * informed
        };
        let even = error([1, 1]);
        for weights in [[1, 3], [1, 9], [9, 1]] {
            assert!((error(weights) / even - 1.0).abs() < 1e-9, "{weights:?}");
        }
    }

    #[test]
    fn spans_without_anybody_say_nothing_and_a_single_unit_has_the_spread_of_all() {
        let first = Span { weights: [1, 1], arms: [share(500.0, 0.2), share(500.0, 0.2)] };
        let nobody = Span { weights: [9, 1], arms: [share(40.0, 0.2), Moments::of(0.0, 0.0, 0.0)] };
        assert_eq!(alike(&[first.clone(), nobody.clone()]), alike(core::slice::from_ref(&first)));
        assert_eq!(alike(&[nobody]), Err(Refusal::NoUnits));
        let one = Span { weights: [9, 1], arms: [share(9.0, 0.2), Moments::of(1.0, 0.0, 0.0)] };
        let [_, treatment] = alike(&[first, one]).unwrap();
        assert!(treatment.cov(0, 0) > 0.15);
    }

    #[test]
    fn a_split_is_held_against_the_plan_of_its_own_span() {
        let span = |weights: [u64; 2], units: [u64; 2]| {
            weights.iter().zip(units).map(|(weight, units)| Share { weight: *weight, units }).collect::<Vec<_>>()
        };
        let spans = [span([1, 1], [5_000, 5_040]), span([1, 9], [1_010, 8_990]), span([1, 4], [2_000, 8_020])];
        assert!(!check(&spans, CONCENTRATION, ALPHA).0.alarm);
        // All together they look like no plan at all, and one that loses some is found, as late as it comes.
        let together = span([1, 1], [8_010, 22_050]);
        assert!(sample_ratio::check(&together, CONCENTRATION, ALPHA).alarm);
        let (found, worst) =
            check(&[spans.to_vec(), vec![span([1, 4], [2_000, 6_900])]].concat(), CONCENTRATION, ALPHA);
        assert!(found.alarm && worst == 3, "{found:?}");
        // A small loss of every day adds up.
        let days = vec![span([1, 4], [2_000, 7_400]); 6];
        assert!(
            !sample_ratio::check(&days[0], CONCENTRATION, ALPHA).alarm && check(&days, CONCENTRATION, ALPHA).0.alarm
        );
    }
}
