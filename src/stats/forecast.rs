//! Forecasts: how a run is likely to end, and when, if past effects are a guide.
//!
//! Without a prior there is no forecast: a flat one says "95 % likely to win" at 30 % of the plan where 76 % do. With the
//! prior N(m, τ²) of past effects, in units of the final standard error, and B = z√t so far, what is believed of the drift
//! is normal with the variance V = 1/(1/τ² + t) and the mean V(B + m/τ²); the final z is normal with the mean
//! B + mean·(1 - t) and the variance (1 - t) + V(1 - t)².

use super::bayes::Belief;
use super::effect::{Effect, Refusal};
use super::real;
use super::sequence::Sequence;
use super::special::normal;
use alloc::vec::Vec;

/// The chance of each ending.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ending {
    /// Shown to be larger.
    pub up: f64,
    /// Shown to be smaller.
    pub down: f64,
    /// Neither.
    pub open: f64,
}

/// How a run ends that is read once more, at its planned size, by an interval that holds at every look. `share` of the
/// planned units is in.
pub fn ending(effect: &Effect, prior: Belief, share: f64, sequence: Sequence) -> Result<Ending, Refusal> {
    if !(share > 0.0 && prior.sd >= 0.0) || share.is_infinite() {
        return Err(Refusal::Impossible);
    }
    let t = share.min(1.0);
    // The standard error at the end.
    let last = effect.standard_error * libm::sqrt(t);
    let (tau, centre) = (prior.sd / last, prior.mean / last);
    let walked = effect.statistic(0.0) * libm::sqrt(t);
    // Both times τ²: a prior without spread says what the truth is, and the chances by it are the conditional power.
    let known = 1.0 + tau * tau * t;
    let v = tau * tau / known;
    let drift = v * walked + centre / known;
    let left = 1.0 - t;
    let (mean, spread) = (walked + drift * left, libm::sqrt(left + v * left * left));
    let bound = sequence.half_width(1.0, effect.units / t);
    let chance = |z: f64| {
        if spread > 0.0 {
            normal::sf(z / spread)
        } else if z <= 0.0 {
            1.0
        } else {
            0.0
        }
    };
    let (up, down) = (chance(bound - mean), chance(bound + mean));
    Ok(Ending { up, down, open: (1.0 - up - down).max(0.0) })
}

/// When a run will have shown something: how many times its present units, with a range that holds 80 % of runs. Nothing
/// where even the truth that is most believed shows nothing within `most` times.
#[must_use]
pub fn until(effect: &Effect, prior: Belief, sequence: Sequence, most: f64) -> Option<[f64; 3]> {
    let belief = prior.after(effect);
    let spread = 1.281_551_565_544_6 * belief.sd;
    let size = libm::fabs(belief.mean);
    let at = |truth: f64| times(truth, effect, sequence, most);
    let likely = at(size).or_else(|| at(size + spread))?;
    let soon = at(size + spread).unwrap_or(likely);
    let late = at((size - spread).max(0.0)).unwrap_or(most);
    Some([soon.min(likely), likely, late.max(likely)])
}

/// How many times the present units until an effect of this size shows in half of all runs.
fn times(truth: f64, effect: &Effect, sequence: Sequence, most: f64) -> Option<f64> {
    let shows = |times: f64| {
        let variance = effect.variance() / times;
        truth >= sequence.half_width(variance, effect.units * times)
    };
    if truth <= 0.0 || !shows(most) {
        return None;
    }
    let (mut low, mut high) = (1.0, most);
    if shows(low) {
        return Some(low);
    }
    for _ in 0..60 {
        let middle = libm::sqrt(low * high);
        if shows(middle) { high = middle } else { low = middle }
    }
    Some(high)
}

/// How well forecasts came true: Brier's score (0 is best, 0.25 is a coin), and for tenths of the forecast chance what
/// was said and what happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// The mean of (said - happened)².
    pub brier: f64,
    /// For each tenth that occurred: how often, what was said on average, and how often it came true.
    pub tenths: Vec<[f64; 3]>,
}

/// Scores forecasts: each is what was said, and whether it happened.
#[must_use]
pub fn score(forecasts: &[(f64, bool)]) -> Option<Score> {
    if forecasts.is_empty() {
        return None;
    }
    let came = |happened: bool| if happened { 1.0 } else { 0.0 };
    let apart = |(said, happened): &(f64, bool)| (said - came(*happened)) * (said - came(*happened));
    let count = real(forecasts.len() as u64);
    let brier = forecasts.iter().map(apart).sum::<f64>() / count;
    let mut tenths = Vec::new();
    for tenth in 0..10_u8 {
        let (low, high) = (f64::from(tenth) / 10.0, f64::from(tenth + 1) / 10.0);
        let inside = |said: f64| said >= low && (said < high || tenth == 9);
        let those: Vec<_> = forecasts.iter().filter(|(said, _)| inside(*said)).collect();
        if !those.is_empty() {
            let n = real(those.len() as u64);
            let said = those.iter().map(|(said, _)| said).sum::<f64>() / n;
            tenths.push([n, said, those.iter().map(|(_, happened)| came(*happened)).sum::<f64>() / n]);
        }
    }
    Some(Score { brier, tenths })
}
