//! What is forecast of an experiment that is undecided: when it is most likely known, and what then, if past effects are a
//! guide. It informs; nothing follows from it.

use super::Scene;
use super::answers::effect_of;
use super::range::lift_of;
use super::reading::conclusion;
use crate::spoken::chance;
use crate::stats::bayes::Belief;
use crate::stats::effect::Effect;
use crate::stats::forecast::ending;
use crate::stats::question::Question;
use crate::stats::real;
use crate::verdict::conclusion::Conclusion;
use alloc::format;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// A forecast.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outlook {
    /// Whole days from now between which it is known in 8 of 10 experiments.
    pub days: [f64; 2],
    /// The chance that the version is shown to be better, read once more at the planned size.
    pub better: f64,
    /// The chance that it is shown to be worse.
    pub worse: f64,
    /// The chance of neither.
    pub open: f64,
    /// What was asked: where it is about a margin, better is not worse by more than that, and worse is worse by more.
    #[serde(default, skip_serializing_if = "Question::is_usual")]
    pub question: Question,
}

/// The forecast; nothing where nothing is undecided, too few have come, or a plan reads at its own looks alone.
#[must_use]
pub fn outlook(scene: &Scene) -> Option<Outlook> {
    let Conclusion::Undecided { days: Some([soon, late]) } = conclusion(scene) else { return None };
    let lift = lift_of(&scene.report(), &scene.variants().1).filter(|lift| !lift.planned)?;
    let people = real(scene.people());
    let share = people / real(scene.planned());
    let asked = scene.asked();
    let (effect, belief) = asked_of(scene, effect_of(lift, people)?);
    let ending = ending(&effect, belief, share, asked.question.sequence(scene.alpha().0)).ok()?;
    let (better, worse) = if asked.good() > 0.0 { (ending.up, ending.down) } else { (ending.down, ending.up) };
    let days = [libm::floor(soon), libm::ceil(late)];
    Some(Outlook { days, better, worse, open: ending.open, question: asked.question })
}

/// An effect and what was believed before, as far from where the answer turns as they lie from "no difference".
pub(super) fn asked_of(scene: &Scene, effect: Effect) -> (Effect, Belief) {
    let (border, belief) = (libm::log1p(scene.asked().border()), scene.prior().belief);
    (Effect { estimate: effect.estimate - border, ..effect }, Belief { mean: belief.mean - border, ..belief })
}

impl Outlook {
    /// The chances in a sentence.
    #[must_use]
    pub fn words(&self) -> String {
        let [better, worse, open] = [self.better, self.worse, self.open].map(chance);
        let (good, bad) = match self.question {
            Question::Better => ("better", "worse"),
            Question::NotWorse => ("not worse by more than is allowed", "worse by more"),
        };
        format!(
            "If past effects are a guide, the planned size shows it to be {good} with a chance of {better}, {bad} with \
             {worse}, and neither with {open}."
        )
    }
}
