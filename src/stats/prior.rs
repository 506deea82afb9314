//! What past effects say of the next one: a normal belief that starts from a sceptic's and moves towards what was found.
//!
//! The effects of finished experiments vary by τ² beyond their own errors (`DerSimonian` & Laird, 1986). With k of them,
//! mean and variance are weighed k against [`DOUBT`] with the sceptic's, so that five lucky experiments do not make a
//! team of optimists. Below [`HANDFUL`] the sceptic speaks alone.

use super::bayes::Belief;
use super::effect::Effect;
use super::health::SCEPTICAL;
use super::real;

/// Effects from which on the past is heard.
pub const HANDFUL: usize = 5;

/// How many experiments the sceptic weighs.
const DOUBT: f64 = 5.0;

/// A belief, and how many past effects it rests on: 0 for the sceptic's own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// The belief about the logarithm of a ratio.
    pub belief: Belief,
    /// The effects.
    pub effects: usize,
}

/// The belief after these effects, each told as the logarithm of a ratio.
#[must_use]
pub fn fitted(past: &[Effect]) -> Prior {
    if past.len() < HANDFUL {
        return Prior { belief: SCEPTICAL, effects: 0 };
    }
    let k = real(past.len() as u64);
    let weigh = |between: f64| {
        let weights = past.iter().map(move |effect| 1.0 / (effect.variance() + between));
        let all: f64 = weights.clone().sum();
        let mean = weights.clone().zip(past).map(|(weight, effect)| weight * effect.estimate).sum::<f64>() / all;
        (all, weights.map(|weight| weight * weight).sum::<f64>(), mean)
    };
    let (all, squares, together) = weigh(0.0);
    let apart = |effect: &Effect| effect.estimate - together;
    let q: f64 = past.iter().map(|effect| apart(effect) * apart(effect) / effect.variance()).sum();
    let between = ((q - (k - 1.0)) / (all - squares / all)).max(0.0);
    let (_, _, mean) = weigh(between);
    let doubted = |sceptic: f64, found: f64| (DOUBT * sceptic + k * found) / (DOUBT + k);
    let variance = doubted(SCEPTICAL.sd * SCEPTICAL.sd, between);
    Prior { belief: Belief { mean: doubted(SCEPTICAL.mean, mean), sd: libm::sqrt(variance) }, effects: past.len() }
}

#[cfg(test)]
mod tests {
    use super::{HANDFUL, fitted};
    use crate::stats::Validity;
    use crate::stats::effect::Effect;
    use crate::stats::health::SCEPTICAL;
    use alloc::vec::Vec;

    fn effects(estimates: &[f64], standard_error: f64) -> Vec<Effect> {
        let effect = |estimate: &f64| Effect::of_logarithm(*estimate, standard_error, 1e4, Validity::Belief);
        estimates.iter().map(effect).collect()
    }

    #[test]
    fn fewer_than_a_handful_move_no_sceptic() {
        let past = effects(&[0.5; HANDFUL - 1], 0.001);
        assert_eq!((fitted(&past).belief, fitted(&past).effects), (SCEPTICAL, 0));
    }

    #[test]
    fn many_sure_effects_are_believed_and_few_unsure_ones_hardly() {
        let far = [0.2, -0.1, 0.15, 0.05, -0.05, 0.1, 0.0, 0.12, -0.02, 0.05];
        let many: Vec<f64> = far.iter().cycle().take(400).copied().collect();
        let mean = far.iter().sum::<f64>() / 10.0;
        let spread = (far.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 10.0).sqrt();
        let sure = fitted(&effects(&many, 1e-4)).belief;
        assert!((sure.mean - mean).abs() < 0.001 && (sure.sd - spread).abs() < 0.002, "{sure:?}");
        let unsure = fitted(&effects(&far[..5], 0.3)).belief;
        assert!(unsure.mean < 0.03 && unsure.sd < SCEPTICAL.sd, "noise is no variety: {unsure:?}");
    }
}
