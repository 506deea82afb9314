//! Questions to the statistics as JSON, and answers as JSON: what the browser's and the command line's tools ask.
//!
//! An answer holds no number that is not finite: an open end is `null`, and what cannot be said is a refusal with its
//! reason in words. Answers are written as they are made; a tree of values before would weigh kilobytes in a browser.

mod effect;
mod given;
mod health;
mod many;
mod plan;
mod run;
mod simple;
mod write;

use crate::stats::effect::Refusal;
use alloc::string::String;
use given::Given;
pub use run::{Judged, Run};
use serde::Serialize;
use serde_json::Value;

/// An answer, or why there is none.
type Answer = Result<String, Refusal>;

/// Answers a question.
///
/// ```
/// let answer = pointsman::ask::ask(r#"{"ask": "adjust", "p": [0.01, 0.04], "by": "holm"}"#);
/// assert_eq!(answer, r#"{"p":[0.02,0.04]}"#);
/// let answer = pointsman::ask::ask(r#"{"ask": "looks", "information": [], "spending": "pocock"}"#);
/// assert!(answer.starts_with(r#"{"refusal":"impossible","words":"The question cannot be asked like this."#));
/// ```
#[must_use]
pub fn ask(question: &str) -> String {
    let question: Value = serde_json::from_str(question).unwrap_or(Value::Null);
    let given = Given(&question);
    let answer = match given.text("ask") {
        "effect" => effect::effect(&given),
        "strata" => effect::strata(&given),
        "counts" => effect::counts(&given),
        "plan" => plan::plan(&given),
        "middle" => plan::middle(&given),
        "forecast" => plan::forecast(&given),
        "looks" => plan::looks(&given),
        "report" => Run::read(&given).and_then(|run| run.judged()?.written()),
        "segments" => many::groups(&given),
        "shares" => many::shares(&given),
        "together" => many::together(&given),
        "adjust" => many::adjust(&given),
        "quantile" => many::quantile(&given),
        "size" => simple::size(&given),
        "read" => simple::read(&given),
        "harm" => simple::harm(&given),
        _ => Err(Refusal::Unreadable),
    };
    answer.or_else(|refusal| written(&Refused::of(refusal))).unwrap_or_default()
}

/// Why there is no answer.
#[derive(Clone, Debug, Serialize)]
struct Refused {
    refusal: Refusal,
    words: String,
}

impl Refused {
    fn of(refusal: Refusal) -> Self {
        Self { refusal, words: refusal.words() }
    }
}

/// An answer as JSON.
fn written(answer: &impl Serialize) -> Answer {
    write::json(answer).ok_or(Refusal::NotFinite)
}
