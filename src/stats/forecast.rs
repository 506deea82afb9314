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

/// When a run will be known, in times of its present units: the middle of three, and the ends of the range that holds it in
/// 80 % of runs. It is known when it has shown something, and at the latest at `most` times. `vary` is the spread of the
/// logarithm of how fast units come, as a share of the pace that is reckoned with.
///
/// The score B of a run is a Brownian motion whose drift is believed to be normal, with the mean m and the variance s². What it
/// has to cross, seen as a line from here to a later look, lies a above it and rises by b: with n = m - b, it has crossed it
/// within the information T with the chance Φ((nT - a)/σ) + exp(2na + 2a²s²)·Φ((-a - (n + 2as²)T)/σ), σ² = T + s²T².
#[must_use]
pub fn until(effect: &Effect, prior: Belief, sequence: Sequence, most: f64, vary: f64) -> [f64; 3] {
    let belief = prior.after(effect);
    let (now, s2) = (1.0 / effect.variance(), belief.sd * belief.sd);
    let border = |times: f64| sequence.half_width(effect.variance() / times, effect.units * times) * now * times;
    let near = border(1.0);
    let shown = |times: f64| {
        if times >= most {
            return 1.0;
        }
        let t = (times - 1.0) * now;
        let sigma = libm::sqrt(t + s2 * t * t);
        let crossed = |sign: f64| {
            let a = near - sign * effect.estimate * now;
            if a <= 0.0 || t <= 0.0 {
                return if a <= 0.0 { 1.0 } else { 0.0 };
            }
            let n = sign * belief.mean - (border(times) - near) / t;
            let back = normal::cdf((-a - (n + 2.0 * a * s2) * t) / sigma);
            let back = if back > 0.0 { libm::exp(2.0 * a * (n + a * s2)) * back } else { 0.0 };
            normal::cdf((n * t - a) / sigma) + back
        };
        (crossed(1.0) + crossed(-1.0)).min(1.0)
    };
    let paces = Belief { mean: 0.0, sd: vary }.answers(PACES).into_iter().map(libm::exp).collect::<Vec<_>>();
    let slowest = paces.iter().copied().fold(1.0, f64::min);
    [0.1, 0.5, 0.9].map(|chance| {
        let (mut low, mut high) = (1.0, 1.0 + (most - 1.0) / slowest);
        for _ in 0..16 {
            let middle = 0.5 * (low + high);
            let known: f64 = paces.iter().map(|pace| shown(1.0 + (middle - 1.0) * pace)).sum();
            if known >= chance * f64::from(PACES) { high = middle } else { low = middle }
        }
        high
    })
}

/// Equally likely paces that are reckoned with.
const PACES: u32 = 5;

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
