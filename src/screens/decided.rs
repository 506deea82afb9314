//! What stands still once it is decided: the sentences under which it was, whatever has come in since.

use super::Scene;
use super::reading::{Said, said};
use alloc::string::{String, ToString};
use serde_json::Value;

/// What is said of an experiment: under its decision what was said then, else what the numbers say now.
#[must_use]
pub fn stood(scene: &Scene) -> Said {
    standing(scene, said(scene))
}

/// The same of what the numbers say now.
pub(super) fn standing(scene: &Scene, said: Said) -> Said {
    match &scene.experiment.decision {
        Some(decision) => Said { headline: decision.headline.clone(), words: decision.words.clone(), ..said },
        None => said,
    }
}

/// The name of what was concluded then, or else is now.
pub(super) fn kind(scene: &Scene, said: &Said) -> String {
    let then = scene.experiment.decision.as_ref().and_then(|decision| decision.seen["conclusion"]["kind"].as_str());
    then.unwrap_or(said.conclusion.kind()).to_string()
}

/// Puts what was said then at the head of the screen, and what has come in afterwards under `since`.
pub(super) fn stand_still(scene: &Scene, screen: &mut Value) {
    let Some(decision) = &scene.experiment.decision else { return };
    for name in ["headline", "words", "recommend", "conclusion", "people"] {
        let then = match name {
            "headline" => decision.headline.as_str().into(),
            "words" => decision.words.as_str().into(),
            _ => decision.seen[name].clone(),
        };
        if then != Value::Null {
            let now = core::mem::replace(&mut screen[name], then);
            screen["since"][name] = now;
        }
    }
}
