//! What a plan asks of the metric that decides.
//!
//! *Is it better?* The answer turns at "no difference", and the range holds with both its ends together.
//!
//! *Is it not worse by more than a margin?* (non-inferiority, for changes that are made for another reason and risk
//! something). The answer turns at that loss: yes once the range lies above it, no once it lies below. The truth is on one side of
//! it alone, so each end may have the whole chance to be wrong, and is told so: two tests to one side, of which at most one can
//! err. Whoever is above the loss is told at once if it is above "no difference" as well: the same end says both.

use super::effect::Alternative;
use super::sequence::Sequence;
use serde::{Deserialize, Serialize};

/// The question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Question {
    /// Is it better?
    #[default]
    Better,
    /// Is it not worse by more than a margin?
    NotWorse,
}

impl Question {
    /// Whether it is the usual one, which nobody has to write.
    #[must_use]
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
    pub fn is_usual(&self) -> bool {
        *self == Self::Better
    }

    /// Which effects it looks for, pointed to where they are good.
    #[must_use]
    pub const fn alternative(self) -> Alternative {
        match self {
            Self::Better => Alternative::Different,
            Self::NotWorse => Alternative::Greater,
        }
    }

    /// The sequence that answers it at any time, with this chance to be wrong.
    #[must_use]
    pub const fn sequence(self, alpha: f64) -> Sequence {
        Sequence { one_sided: matches!(self, Self::NotWorse), ..Sequence::usual(alpha) }
    }

    /// What both ends of its range may miss together, when each answer may be wrong with this chance.
    #[must_use]
    pub fn both_ends(self, alpha: f64) -> f64 {
        match self {
            Self::Better => alpha,
            Self::NotWorse => 2.0 * alpha,
        }
    }

    /// The same with its size.
    #[must_use]
    pub const fn of(self, change: f64) -> Asked {
        Asked { question: self, change }
    }
}

/// A question with its size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Asked {
    /// The question.
    pub question: Question,
    /// The relative change that is hoped for, or the margin; its sign says where the metric is good.
    pub change: f64,
}

impl Asked {
    /// Which way is good: 1 or -1.
    #[must_use]
    pub fn good(self) -> f64 {
        if self.change.is_sign_negative() { -1.0 } else { 1.0 }
    }

    /// The relative change at which the answer turns: none, or the loss that is allowed.
    #[must_use]
    pub fn border(self) -> f64 {
        match self.question {
            Question::Better => 0.0,
            Question::NotWorse => -self.change,
        }
    }

    /// The relative change that a range is held against: the hoped one, or the loss that is allowed.
    #[must_use]
    pub fn mark(self) -> f64 {
        match self.question {
            Question::Better => self.change,
            Question::NotWorse => -self.change,
        }
    }

    /// The relative change for which a plan is sized: the hoped one, or none at all.
    #[must_use]
    pub fn truth(self) -> f64 {
        match self.question {
            Question::Better => self.change,
            Question::NotWorse => 0.0,
        }
    }

    /// How far a relative change lies on the good side of the border, on the logarithm of the ratio.
    #[must_use]
    pub fn beyond(self, change: f64) -> f64 {
        self.good() * (libm::log1p(change) - libm::log1p(self.border()))
    }

    /// The bounds of a relative change, pointed to where it is good.
    #[must_use]
    pub fn pointed(self, [low, high]: [f64; 2]) -> [f64; 2] {
        if self.good() < 0.0 { [-high, -low] } else { [low, high] }
    }
}

#[cfg(test)]
mod tests {
    use super::{Question, Sequence};

    /// The narrower range of one side is that of the paper, and not just one of twice the chance.
    #[test]
    fn a_margin_is_asked_to_one_side_and_turns_at_the_loss_that_is_allowed() {
        let up = Question::NotWorse.of(0.01);
        assert_eq!([up.border(), up.truth(), up.good()], [-0.01, 0.0, 1.0]);
        let down = Question::NotWorse.of(-0.01);
        assert_eq!([down.border(), down.good()], [0.01, -1.0]);
        assert!(up.beyond(-0.01).abs() < 1e-15 && up.beyond(0.0) > 0.0 && up.beyond(-0.02) < 0.0);
        assert!(down.beyond(0.01).abs() < 1e-15 && down.beyond(0.0) > 0.0 && down.beyond(0.02) < 0.0);
        let [usual, one, twice] =
            [Question::Better.sequence(0.05), Question::NotWorse.sequence(0.05), Sequence::usual(0.1)]
                .map(|sequence| sequence.half_width(1.0, 10_000.0));
        assert!(twice < one && one < usual, "{twice} {one} {usual}");
    }
}
