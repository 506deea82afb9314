//! What makes the numbers of a run useless: in the split, the counts, the draw, or because nobody could watch.
//!
//! An alarm holds for the life of a run. What comes later may thin a lopsided split out until it looks sound; whoever was
//! lost stays lost, so what was once seen ([`Latched`]) is still said.

use super::{Scene, sound};
use crate::lifecycle;
use crate::report::Report;
use crate::verdict::{Problem, Verdict, words};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trouble {
    /// The cause.
    pub cause: Problem,
    /// A few words without a full stop.
    pub headline: String,
    /// What was seen, and what to do.
    pub words: String,
}

/// What was seen of a run once and holds whatever comes later.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Latched {
    /// The first alarm.
    pub trouble: Option<Trouble>,
    /// The metrics whose harm has ended it.
    pub harmed: Vec<String>,
}

/// What is wrong with a run, if anything is or was.
#[must_use]
pub fn trouble(scene: &Scene, report: &Report) -> Option<Trouble> {
    unwatched(scene).or_else(|| counted(scene, report)).or_else(|| unlike(scene)).or_else(|| latched(scene))
}

fn unwatched(scene: &Scene) -> Option<Trouble> {
    let stop = scene.experiment.stop.as_ref().filter(|stop| stop.cause == lifecycle::Cause::Data)?;
    let words = format!("It could not be watched any more, and everybody has the old version again: {}.", stop.why);
    Some(Trouble { words, ..told(Problem::Unwatched) })
}

/// What the counts say against themselves or their plan, and where it comes from.
fn counted(scene: &Scene, report: &Report) -> Option<Trouble> {
    let trouble = told(report.verdict.cause.clone()?);
    let cause = scene.cause().map_or_else(String::new, |cause| format!(" {}", cause.words()));
    Some(Trouble { words: format!("{}{cause}", trouble.words), ..trouble })
}

fn latched(scene: &Scene) -> Option<Trouble> {
    let trouble = scene.latched.trouble.clone()?;
    Some(Trouble { words: format!("{} What came later hides it and mends nothing.", trouble.words), ..trouble })
}

fn unlike(scene: &Scene) -> Option<Trouble> {
    let check = sound::unlike(scene)?;
    let words = format!("{} {}", check.finding.as_deref().unwrap_or_default(), check.next);
    Some(Trouble { words, ..told(Problem::Unlike) })
}

fn told(cause: Problem) -> Trouble {
    let said = words(&Verdict::Invalid(cause.clone()));
    Trouble { cause, headline: said.headline, words: said.sentences }
}
