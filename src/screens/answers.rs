//! Fifty equally likely answers to “how much better is the new version?”: a belief as something to count. People read
//! counts of dots right where they misread error bars (Fernandes et al., CHI 2018).
//!
//! The belief is what past effects, or a sceptic, think after the numbers: a prior that is printed, the effect as it was seen, and nothing
//! outside of the range that holds at every look. So picture and words cannot disagree, and the picture decides nothing.

use super::range::Lift;
use super::{Scene, signed};
use crate::stats::Validity;
use crate::stats::bayes::Belief;
use crate::stats::effect::Effect;
use crate::stats::prior::Prior;
use crate::stats::real;
use crate::stats::special::normal;
use alloc::format;
use alloc::string::{String, ToString};

/// How many answers.
pub const ANSWERS: u8 = 50;

/// The prior in words, which stand beside the picture.
#[must_use]
pub fn prior_words(prior: &Prior) -> String {
    let from = if prior.effects == 0 {
        "a sceptic's view: most changes move a metric by less than 5 %, up or down".to_string()
    } else {
        let Belief { mean, sd } = prior.belief;
        format!(
            "the {} debriefed experiments on this metric: they moved it by {} on average, most of them between {} and {}",
            prior.effects,
            signed(libm::expm1(mean)),
            signed(libm::expm1(mean - sd)),
            signed(libm::expm1(mean + sd))
        )
    };
    format!("These answers start from {from}. They inform; the range decides.")
}

/// Answers on one side from which on nearly all lie there.
const NEARLY_ALL: usize = 48;

/// Why nearly all answers may lie on one side where the range reaches to the other, in a sentence; nothing where they do not.
#[must_use]
pub fn both_true(scene: &Scene, lift: Lift) -> Option<String> {
    let (asked, prior) = (scene.asked(), scene.prior());
    let answers = answers(lift, real(scene.people()), prior.belief)?;
    let good = answers.iter().filter(|answer| (*answer - asked.border()) * asked.good() > 0.0).count();
    let usual = asked.question.is_usual();
    let (number, side) = match (good, answers.len() - good) {
        (good, _) if good >= NEARLY_ALL => (good, if usual { "are better" } else { "lose no more than you allow" }),
        (_, bad) if bad >= NEARLY_ALL => (bad, if usual { "are worse" } else { "lose more than you allow" }),
        _ => return None,
    };
    let with = if prior.effects == 0 { "a sceptic's view" } else { "earlier tests" };
    let wide = if lift.planned { "" } else { " It is wider, so that it may be read every day." };
    Some(format!(
        " Still {number} of {ANSWERS} equally likely answers {side}: that is what to believe, together with {with}. The range \
         decides.{wide}"
    ))
}

/// The effect behind a lift, on the logarithm of the ratio; nothing where it has none. `units` are those of both arms.
#[must_use]
pub fn effect_of(lift: Lift, units: f64) -> Option<Effect> {
    Effect::of_ratio(lift.value, lift.error?, units, Validity::Belief).checked().ok()
}

/// The answers, as lifts in rising order: quantiles of the belief inside the printed range.
#[must_use]
pub fn answers(lift: Lift, units: f64, prior: Belief) -> Option<[f64; ANSWERS as usize]> {
    let belief = prior.after(&effect_of(lift, units)?);
    let z = |bound: f64| (libm::log1p(bound) - belief.mean) / belief.sd;
    // Turned so that the range lies below zero, where chances keep their digits however far out it is.
    let turned = z(lift.low) > 0.0;
    let sign = if turned { -1.0 } else { 1.0 };
    let (from, to) = if turned { (-z(lift.high), -z(lift.low)) } else { (z(lift.low), z(lift.high)) };
    let (below, above) = (normal::cdf(from), normal::cdf(to));
    let mut answers = [0.0; ANSWERS as usize];
    for (place, answer) in (0_u8..).zip(&mut answers) {
        let share = (f64::from(place) + 0.5) / f64::from(ANSWERS);
        let share = if turned { 1.0 - share } else { share };
        let point = normal::ppf(below + (above - below) * share).clamp(from, to);
        *answer = libm::expm1(belief.mean + belief.sd * sign * point);
    }
    Some(answers)
}

#[cfg(test)]
mod tests {
    use super::{Lift, answers};
    use crate::stats::health::SCEPTICAL;

    #[test]
    fn every_answer_lies_in_the_printed_range_and_a_sceptic_expects_less_than_was_seen() {
        for (value, low, high) in [(0.2, 0.05, 0.371_428), (-0.3, -0.5, -0.1), (0.01, -0.1, 0.13), (2.0, 1.5, 2.6)] {
            let error = Some((libm::log1p(high) - libm::log1p(low)) / 6.0);
            let lift = Lift { value, low, high, error, planned: false };
            let answers = answers(lift, 20_000.0, SCEPTICAL).unwrap();
            assert!(answers.windows(2).all(|pair| pair[0] <= pair[1]), "{answers:?}");
            assert!(answers.iter().all(|answer| (low - 1e-12..=high + 1e-12).contains(answer)), "{answers:?}");
            assert!(answers[25].abs() < f64::abs(value) + 1e-9);
        }
    }
}
