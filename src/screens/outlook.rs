//! What is forecast of an experiment that is undecided: when it is most likely known, and what then, if past effects are a
//! guide. It informs; nothing follows from it.

use super::answers::effect_of;
use super::range::lift_of;
use super::reading::conclusion;
use super::{Scene, percent};
use crate::collect::Direction;
use crate::stats::forecast::ending;
use crate::stats::sequence::Sequence;
use crate::stats::{ALPHA, real};
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
}

/// The forecast; nothing where nothing is undecided, too few have come, or a plan reads at its own looks alone.
#[must_use]
pub fn outlook(scene: &Scene) -> Option<Outlook> {
    let Conclusion::Undecided { days: Some([soon, late]) } = conclusion(scene) else { return None };
    let lift = lift_of(&scene.report(), &scene.variants().1).filter(|lift| !lift.planned)?;
    let people = real(scene.people());
    let share = people / real(scene.planned());
    let ending = ending(&effect_of(lift, people)?, scene.prior().belief, share, Sequence::usual(ALPHA)).ok()?;
    let direction = scene.experiment.plan.as_ref()?.hypothesis.direction;
    let (better, worse) = if direction == Direction::Up { (ending.up, ending.down) } else { (ending.down, ending.up) };
    Some(Outlook { days: [libm::floor(soon), libm::ceil(late)], better, worse, open: ending.open })
}

impl Outlook {
    /// The chances in a sentence.
    #[must_use]
    pub fn words(&self) -> String {
        let [better, worse, open] = [self.better, self.worse, self.open].map(percent);
        format!(
            "If past effects are a guide, the planned size shows it to be better with a chance of {better}, worse with \
             {worse}, and neither with {open}."
        )
    }
}
