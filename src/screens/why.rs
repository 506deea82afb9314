//! Why a visitor gets this: an explanation with the sentences that people read of it.

use crate::explain::{Decided, Explanation, Outcome, RulePath, Step};
use alloc::format;
use alloc::string::{String, ToString};
use serde_json::{Value, json};

/// The explanation as data, with `headline` and `words`, and `words` for each rule.
#[must_use]
pub fn screen(explanation: &Explanation) -> Value {
    let mut screen = json!(explanation);
    screen["headline"] = json!(format!("This visitor gets “{}”", explanation.decision.variant));
    screen["words"] = json!(words(explanation));
    for (view, rule) in screen["rules"].as_array_mut().into_iter().flatten().zip(&explanation.rules) {
        view["words"] = json!(outcome(rule));
    }
    screen
}

/// Which rule decided and why, in a sentence or two.
fn words(explanation: &Explanation) -> String {
    let Decided { variant, error, rule, run, .. } = &explanation.decision;
    let end = explanation.steps.last();
    let place = end.map(|step| step.place.as_str()).unwrap_or_default();
    if error.is_some() {
        let trouble = end.and_then(|step| step.trouble.as_deref()).unwrap_or("something that it needs is missing");
        return format!("It could not be decided: {trouble}. So they get what everybody gets when the flag is off.");
    }
    match (rule, run) {
        (Some(rule), Some(run)) => {
            format!("Rule {rule} decided: this visitor is in the run “{run}”, and the draw gives “{variant}”.")
        }
        (Some(rule), None) if end.is_some_and(|step| step.operator == "split") => {
            format!("Rule {rule} decided: it is for this visitor, and the draw gives “{variant}”.")
        }
        (Some(rule), None) => format!("Rule {rule} decided: it is for this visitor, and it serves “{variant}”."),
        (None, _) if explanation.decision.reason == "DISABLED" => {
            format!("The flag is turned off, so everybody gets “{variant}”.")
        }
        (None, _) if place.contains("/forced/") => {
            "This visitor is named in the flag's list of forced units; no rule was asked.".to_string()
        }
        (None, _) if place.ends_with("/holdout") => {
            "This visitor is held out, so that what all new things do together can be seen; no rule was asked."
                .to_string()
        }
        (None, _) if place.ends_with("/off") => match explanation.steps.iter().rev().find_map(unmet) {
            Some((other, serves)) => format!("It builds on the flag “{other}”, which serves “{serves}” here."),
            None => "A flag that it builds on does not serve what it must.".to_string(),
        },
        (None, _) if explanation.rules.is_empty() => format!("The flag has no rules, so everybody gets “{variant}”."),
        (None, _) => format!("No rule is for this visitor, so they get what is left for everybody else, “{variant}”."),
    }
}

/// The flag that was asked for, and what it serves.
fn unmet(step: &Step) -> Option<(&str, &str)> {
    Some((step.operand.get("key")?.as_str()?, &step.serves.as_ref()?.variant))
}

fn outcome(rule: &RulePath) -> &'static str {
    match rule.outcome {
        Outcome::Matched => "decided",
        Outcome::Passed => "is not for this visitor",
        Outcome::Failed => "could not be decided",
        Outcome::NotRunning => "belongs to an experiment that does not run",
        Outcome::NotReached => "was not asked: something before it decided",
    }
}
