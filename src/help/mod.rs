//! Help without a model: what people ask of their tests, and answers whose sentences are filled by tests.
//!
//! [`questions`] is a small table of all that can be asked; [`matching`] says which of it a text asks, word by word, and
//! whom or what it is about. Whatever it does not understand in full is no question here, and the library is searched
//! instead. [`answers`] are about one experiment, [`next`] ranks what could be tested. Verdicts, ranges and forecasts are
//! the sentences of the screens, word for word; behind each answer stand its method, its figures and its evidence.

pub mod answers;
pub mod matching;
pub mod next;
pub mod questions;

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;
use serde_json::Value;

/// An answer: sentences, and how one knows.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Answer {
    /// What it is about: an experiment's title, mostly.
    pub title: String,
    /// The sentences.
    pub words: String,
    /// How one knows: the method, in a sentence or two; empty of what is only the way to more.
    pub how: String,
    /// The figures behind it.
    pub figures: Vec<Figure>,
    /// Where the evidence is.
    pub links: Vec<Link>,
    /// A follow-up test as an idea that can be written down; null where there is none.
    pub idea: Value,
}

/// A figure behind an answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// What it is.
    pub label: String,
    /// As people read it.
    pub value: String,
}

/// A place of the console.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Link {
    /// What stands there.
    pub words: String,
    /// Its path in the console, such as `experiments/fresh-hero/reading`.
    pub path: String,
}

impl Answer {
    /// An answer, and where its evidence is.
    #[must_use]
    pub fn of(title: &str, words: String, how: &str, evidence: &str, path: String) -> Self {
        let links = Vec::from([Link { words: evidence.to_string(), path }]);
        Self { title: title.to_string(), words, how: how.to_string(), links, ..Self::default() }
    }

    /// Puts a figure behind it.
    pub fn figure(&mut self, label: &str, value: String) {
        self.figures.push(Figure { label: label.to_string(), value });
    }
}
