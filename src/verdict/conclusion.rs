//! What follows for a planned experiment: one of eight, from the plan, the guardrails, the health and the inference.
//!
//! [`super::Verdict`] says what counts allow to say; a conclusion says what the plan's rule makes of it. The order is
//! fixed: harm before everything, then whether the numbers may be believed, then what they say, and only then what they
//! could not have said.

use super::Problem;
use crate::stats::question::Question;
use serde::Serialize;

/// How an experiment stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Conclusion {
    /// A guardrail was harmed.
    Harm,
    /// The numbers cannot be trusted.
    Invalid {
        /// Why not.
        cause: Problem,
    },
    /// Too few did it to compare anything.
    TooEarly,
    /// The range still holds both sides of zero, and visitors still come.
    Undecided {
        /// Days until it is most likely known, if that can be said.
        days: Option<[f64; 2]>,
    },
    /// As was hoped.
    Better,
    /// The other way; where a plan asks about a margin, by more than that.
    Worse,
    /// An effect as large as planned is excluded. Where a plan asks about a margin that is the loss which it allows, and it may
    /// be said at any look: the answer is yes. Else all that was planned has come, and the answer is no.
    NoEffectAsLarge,
    /// All that was planned has come, and it says neither.
    Underpowered {
        /// The relative effect that could have been seen, if any.
        could: Option<f64>,
    },
}

impl Conclusion {
    /// Its name for machines: the `kind` of its JSON.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Harm => "harm",
            Self::Invalid { .. } => "invalid",
            Self::TooEarly => "tooEarly",
            Self::Undecided { .. } => "undecided",
            Self::Better => "better",
            Self::Worse => "worse",
            Self::NoEffectAsLarge => "noEffectAsLarge",
            Self::Underpowered { .. } => "underpowered",
        }
    }
}

/// What a conclusion is drawn from. Effects point to where the plan hopes: positive is as hoped.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Whether a guardrail is harmed, or was when it stopped.
    pub harmed: bool,
    /// What is wrong with the data, if something is.
    pub problem: Option<Problem>,
    /// The bounds of the effect that hold at every look, once the arms can be compared.
    pub bounds: Option<[f64; 2]>,
    /// What was asked.
    pub question: Question,
    /// The effect that was planned for, or the margin.
    pub aim: f64,
    /// Whether as many came as were planned.
    pub complete: bool,
    /// Days until it is most likely known.
    pub days: Option<[f64; 2]>,
    /// The relative effect that so many could have shown.
    pub could: Option<f64>,
}

/// Draws it.
#[must_use]
pub fn conclude(standing: &Standing) -> Conclusion {
    if standing.harmed {
        return Conclusion::Harm;
    }
    if let Some(problem) = &standing.problem {
        return Conclusion::Invalid { cause: problem.clone() };
    }
    let border = match standing.question {
        Question::Better => 0.0,
        Question::NotWorse => -standing.aim,
    };
    match standing.bounds {
        Some([low, _]) if low > 0.0 => Conclusion::Better,
        Some([low, _]) if low > border => Conclusion::NoEffectAsLarge,
        Some([_, high]) if high < border => Conclusion::Worse,
        Some([_, high]) if standing.question.is_usual() && standing.complete && high < standing.aim => {
            Conclusion::NoEffectAsLarge
        }
        _ if standing.complete => Conclusion::Underpowered { could: standing.could },
        Some(_) => Conclusion::Undecided { days: standing.days },
        None => Conclusion::TooEarly,
    }
}

#[cfg(test)]
mod tests {
    use super::{Conclusion, Problem, Question, Standing, conclude};

    /// Whatever is bad is said first, and nothing is claimed while a bound says otherwise.
    #[test]
    fn every_standing_has_one_conclusion_and_none_claims_what_its_bounds_do_not() {
        let bounds = [None, Some([-0.2, 0.3]), Some([0.01, 0.3]), Some([-0.3, -0.01]), Some([-0.05, 0.05])];
        for bounds in bounds {
            for bits in 0..8_u8 {
                let [harmed, invalid, complete] = [1, 2, 4].map(|bit| bits & bit > 0);
                let problem = invalid.then_some(Problem::Unlike);
                let (question, aim, could) = (Question::Better, 0.1, Some(0.19));
                let standing = Standing { harmed, problem, bounds, question, aim, complete, days: None, could };
                let conclusion = conclude(&standing);
                match conclusion {
                    Conclusion::Harm => assert!(harmed),
                    Conclusion::Invalid { cause: Problem::Unlike } => assert!(invalid && !harmed),
                    Conclusion::Invalid { cause } => panic!("{cause:?} was never said"),
                    Conclusion::Better => assert!(bounds.is_some_and(|[low, _]| low > 0.0)),
                    Conclusion::Worse => assert!(bounds.is_some_and(|[_, high]| high < 0.0)),
                    Conclusion::NoEffectAsLarge => assert!(complete && bounds == Some([-0.05, 0.05])),
                    Conclusion::Underpowered { .. } => assert!(complete && bounds != Some([-0.05, 0.05])),
                    Conclusion::Undecided { .. } => assert!(!complete && bounds.is_some()),
                    Conclusion::TooEarly => assert!(!complete && bounds.is_none()),
                }
                assert_eq!(harmed, conclusion == Conclusion::Harm);
            }
        }
    }

    /// A margin is answered at any look, and what is neither above nor below it never is.
    #[test]
    fn a_margin_is_answered_by_the_range_that_lies_on_one_side_of_the_loss() {
        let conclude = |bounds, complete| {
            let (problem, question, aim) = (None, Question::NotWorse, 0.1);
            conclude(&Standing { harmed: false, problem, bounds, question, aim, complete, days: None, could: None })
        };
        for complete in [false, true] {
            let open =
                if complete { Conclusion::Underpowered { could: None } } else { Conclusion::Undecided { days: None } };
            for (bounds, expected) in [
                ([0.01, 0.3], Conclusion::Better),
                ([-0.09, 0.3], Conclusion::NoEffectAsLarge),
                // Worse it is, but by less than is allowed.
                ([-0.09, -0.01], Conclusion::NoEffectAsLarge),
                ([-0.11, 0.3], open.clone()),
                ([-0.3, -0.09], open),
                ([-0.3, -0.11], Conclusion::Worse),
            ] {
                assert_eq!(conclude(Some(bounds), complete), expected, "{bounds:?}");
            }
        }
        assert_eq!(conclude(None, false), Conclusion::TooEarly);
    }
}
