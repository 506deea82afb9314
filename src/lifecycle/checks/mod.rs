//! What has to be well before visitors meet a test: one list, made here alone, that screens show and that a start obeys.
//!
//! [`Checks`] come from [`look`] and from nowhere else, and an action that leads to a start carries them: so whoever asks,
//! and in whatever way, nothing starts that this list stops. What it takes from outside, the pages as they answer and the
//! events as they arrived, the shell has looked up just before ([`Found`]).

mod beside;
mod outside;
mod words;

pub use beside::{Clash, Like, changed, changes, clash};
pub(super) use outside::tests;
pub use outside::{Found, addresses};
pub use words::ago;

use super::plan::Plan;
use super::{Experiment, quality};
use crate::document::{Code, Document, Problem};
use crate::environment::Environment;
use crate::playbook::Playbook;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It is well.
    Ok,
    /// It may be well: somebody should look.
    Look,
    /// Nothing starts like this.
    Stop,
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Which check it is.
    pub key: &'static str,
    /// The page, the metric, the variant or the experiment that it is about; empty where there is one alone.
    pub about: String,
    /// How it went.
    pub state: Standing,
    /// What is.
    pub sentence: String,
    /// What to do; empty if nothing.
    pub next: String,
    /// The place in the plan, as a JSON pointer; for variants `/quality/<variant>`, and for people `/reviewer`.
    pub pointer: String,
}

/// All of them for one plan, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checks {
    all: Vec<Check>,
    /// What was checked.
    digest: String,
}

/// Who could let it start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reviewing {
    /// The author, too.
    Anyone,
    /// Somebody else.
    Other,
    /// Nobody else works here.
    Alone,
    /// Others work here, and none of them may.
    Nobody,
}

/// How long it would take at the traffic that was measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Duration {
    /// Days; nothing before traffic was measured.
    pub days: Option<f64>,
    /// The same in a sentence.
    pub words: String,
    /// What would take less, each with its days, in words.
    pub remedies: Vec<String>,
}

/// All that is looked at.
pub struct Facts<'f> {
    /// The experiment.
    pub experiment: &'f Experiment,
    /// The rules of the team.
    pub playbook: &'f Playbook,
    /// What is served where it would start.
    pub document: &'f Document,
    /// Where that is. What stops in production is worth a look elsewhere.
    pub environment: Environment,
    /// What the shell has found outside.
    pub found: Option<&'f Found>,
    /// All other experiments.
    pub others: &'f [&'f Experiment],
    /// How long it would take.
    pub duration: &'f Duration,
    /// Earlier experiments like it.
    pub similar: &'f [Like],
    /// Who could let it start.
    pub reviewing: Reviewing,
    /// When.
    pub now: i64,
}

/// Looks at everything.
#[must_use]
pub fn look(facts: &Facts) -> Checks {
    let plan = facts.experiment.plan.clone().unwrap_or_default();
    let mut list = List { all: Vec::new(), strict: facts.environment == Environment::Production };
    written(&mut list, &plan, facts);
    outside::pages(&mut list, &plan, facts);
    outside::edits(&mut list, &plan, facts);
    outside::events(&mut list, &plan, facts);
    takes(&mut list, &plan, facts);
    beside::collisions(&mut list, &plan, facts);
    beside::similar(&mut list, facts);
    quality::check(&mut list, &plan, facts);
    reviewed(&mut list, facts);
    Checks { all: list.all, digest: plan.digest(facts.document) }
}

impl Checks {
    /// Every line.
    #[must_use]
    pub fn all(&self) -> &[Check] {
        &self.all
    }

    /// The digest of the plan that was checked.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// What stops it, each as a problem at its place.
    #[must_use]
    pub fn stops(&self) -> Vec<Problem> {
        let stops = self.all.iter().filter(|check| check.state == Standing::Stop);
        let problem = |check: &Check| {
            Problem::new(check.pointer.clone(), Code::Conflict, check.sentence.clone(), check.next.clone())
        };
        stops.map(problem).collect()
    }
}

/// Lines as they are made.
pub(super) struct List {
    all: Vec<Check>,
    /// Whether what stops does.
    strict: bool,
}

impl List {
    /// One more line: its key and what it is about, how it is, where, what is and what to do.
    pub(super) fn say(
        &mut self,
        (key, about): (&'static str, &str),
        state: Standing,
        pointer: &str,
        sentence: String,
        next: &str,
    ) {
        let state = if self.strict { state } else { state.min(Standing::Look) };
        let (about, next, pointer) = (about.to_string(), next.to_string(), pointer.to_string());
        self.all.push(Check { key, about, state, sentence, next, pointer });
    }
}

/// What the plan says of itself, by the questions that it answers.
const WRITTEN: [(&str, &[&str], &str); 5] = [
    ("template", &["/template", "/metrics", "/segment", "/crossed"], "It has what its kind of test needs."),
    ("change", &["/title", "/change"], "It is said what changes."),
    ("expectation", &["/hypothesis", "/base", "/spread"], "It is said what is expected, and why."),
    ("guardrails", &["/guardrails"], "It is said what must not get worse."),
    ("steps", &[""], "It starts small and grows in steps."),
];

fn written(list: &mut List, plan: &Plan, facts: &Facts) {
    let now = plan.template.as_ref().and_then(|origin| facts.playbook.kind(&origin.key));
    if let Some((now, origin)) = now.zip(plan.template.as_ref()).filter(|(now, origin)| now.version != origin.version) {
        let sentence = format!("The template “{}” has changed since this plan was begun.", now.name);
        list.say(("template", &origin.key), Standing::Look, "/template", sentence, "It is held to it as it is now.");
    }
    let mut problems = plan.problems(facts.document, facts.playbook);
    for (key, places, done) in WRITTEN {
        let own = |problem: &Problem| places.iter().any(|place| problem.pointer.starts_with(place));
        let (here, others) = problems.into_iter().partition(own);
        problems = others;
        if key == "template" && plan.template.is_none() && here.is_empty() {
            continue;
        }
        if here.is_empty() {
            list.say((key, ""), Standing::Ok, places[0], done.to_string(), "");
        }
        for Problem { pointer, cause, fix, .. } in here {
            list.say((key, ""), Standing::Stop, &pointer, cause, &fix);
        }
    }
}

/// Whether there is traffic enough to learn what the plan wants to know.
fn takes(list: &mut List, plan: &Plan, facts: &Facts) {
    let Duration { days, words, remedies } = facts.duration;
    let longest = plan.rules(facts.playbook).longest;
    let mut say = |state, sentence, next: &str| list.say(("traffic", ""), state, "/hypothesis/by", sentence, next);
    match days {
        None => say(Standing::Look, words.clone(), "Begin, and look again after the first day."),
        Some(days) if *days <= f64::from(longest) => say(Standing::Ok, words.clone(), ""),
        Some(_) if plan.safety => {
            let sentence = format!("{words} It is a safety check: it finds harm, but no small gains.");
            say(Standing::Look, sentence, "");
        }
        Some(_) => {
            let sentence = format!("{words} The playbook waits {longest} days at most.");
            let others = remedies.iter().map(String::as_str).chain(["Or start it as a safety check only."]);
            say(Standing::Stop, sentence, &others.collect::<Vec<_>>().join(" "));
        }
    }
}

/// Whether there is somebody who may let it start.
fn reviewed(list: &mut List, facts: &Facts) {
    let (state, sentence, next) = match facts.reviewing {
        Reviewing::Anyone => (Standing::Ok, "Anybody of the team may start it.", ""),
        Reviewing::Other => (Standing::Ok, "Somebody else is here who may start it.", ""),
        Reviewing::Alone => (
            Standing::Look,
            "Nobody else is here: it starts ten minutes after its key was typed.",
            "Add a colleague under Setup, People.",
        ),
        Reviewing::Nobody => (
            Standing::Stop,
            "It needs one other person, and nobody else here may start it.",
            "Give somebody the role “approver” under Setup, People.",
        ),
    };
    list.say(("reviewer", ""), state, "/reviewer", sentence.to_string(), next);
}
