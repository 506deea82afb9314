//! Ideas: what somebody would change and why, before anybody plans it. An idea is an experiment in its first state, so
//! what becomes of it is seen where it was written down.

use super::plan::{Change, Hypothesis, Plan};
use super::{Actor, Experiment, State, TITLE};
use crate::document::{Code, Problem};
use crate::time::Millis;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Characters of what is expected, and of the evidence for it.
pub const TEXT: usize = 2_000;

/// The most that an idea can be thought to bring, or to take: small, middling, large.
const LARGE: u8 = 3;

/// What an idea says beside its two answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Thought {
    /// What speaks for it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub evidence: String,
    /// What it could bring, from 1 to 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impact: Option<u8>,
    /// What it would take, from 1 to 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effort: Option<u8>,
    /// The page that it is about.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub page: String,
}

impl Thought {
    /// Impact and effort; what nobody has said is middling.
    fn weights(&self) -> [u8; 2] {
        [self.impact, self.effort].map(|said| said.unwrap_or(2))
    }

    /// Whether it brings more for what it takes than another.
    #[must_use]
    pub fn pays_more(&self, other: &Self) -> core::cmp::Ordering {
        let ([impact, effort], [theirs, costs]) = (self.weights(), other.weights());
        (impact * costs).cmp(&(theirs * effort))
    }
}

/// An idea as somebody writes it down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// What would we change? It is the title of the experiment from then on.
    pub what: String,
    /// What do we expect, and why? It is the experiment's note.
    pub expect: String,
    /// The rest.
    pub thought: Thought,
}

impl Written {
    /// Everything that is wrong with it.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut say = |pointer: &str, cause: String, fix: &str| {
            problems.push(Problem::new(pointer.to_string(), Code::Shape, cause, fix.to_string()));
        };
        let Self { what, expect, thought } = self;
        for (pointer, text, most, needed, question) in [
            ("/what", what, TITLE, true, "Say in a sentence what we would change."),
            ("/expect", expect, TEXT, true, "Say what we expect of it, and why."),
            ("/evidence", &thought.evidence, TEXT, false, ""),
        ] {
            if needed && text.is_empty() {
                say(pointer, "It is not said.".to_string(), question);
            } else if text.chars().count() > most {
                say(pointer, format!("It has more than {most} characters."), "Say it in fewer words.");
            }
        }
        for (pointer, said) in [("/impact", thought.impact), ("/effort", thought.effort)] {
            if said.is_some_and(|said| !(1..=LARGE).contains(&said)) {
                say(pointer, format!("It is no whole number from 1 to {LARGE}."), "1 is small, 3 is large.");
            }
        }
        if !thought.page.is_empty() && !thought.page.starts_with('/') {
            say("/page", "This is no path of a page.".to_string(), "A path begins with “/”, such as /cart.");
        }
        problems
    }
}

/// Writes an idea anew.
pub(super) fn think(mut next: Experiment, written: Written, by: &Actor, now: Millis) -> Experiment {
    (next.title, next.note, next.thought) = (written.what, written.expect, Some(written.thought));
    next.says(by, now, "changed the idea".to_string())
}

/// Makes a plan of it, as far as an idea goes. Whoever does so answers for the plan.
pub(super) fn draft(mut next: Experiment, by: &Actor, now: Millis) -> Experiment {
    let page = next.thought.as_ref().map(|thought| thought.page.clone()).unwrap_or_default();
    next.plan = Some(Plan {
        title: next.title.clone(),
        change: Change::Words { page, edits: Vec::new() },
        hypothesis: Hypothesis { change: next.title.clone(), because: next.note.clone(), ..Hypothesis::default() },
        ..Plan::default()
    });
    next.author.clone_from(&by.name);
    next.state = State::Draft;
    next.says(by, now, "made a draft of the idea".to_string())
}

/// Puts it away. It stays in the list, and is no longer voted for.
pub(super) fn archive(mut next: Experiment, by: &Actor, now: Millis) -> Experiment {
    next.state = State::Archived;
    next.says(by, now, "put the idea away".to_string())
}
