//! The life of an experiment: idea -> draft -> in review -> approved -> running -> stopped -> decided -> debriefed ->
//! archived. What is changed after its decision begins again as a draft, and runs under another id.
//!
//! [`act`] is the only way from one state to the next. It is pure: an experiment, an action, who takes it and when go
//! in; the next experiment or the reason why not comes out. What visitors meet follows from the experiment alone
//! ([`launch::place`]), so a state that should not show anything cannot.

mod allocation;
pub mod checks;
pub mod idea;
mod kind;
pub mod launch;
pub mod plan;
pub mod quality;
mod second;
mod stages;
mod steps;

pub use checks::Checks;
pub use idea::{Thought, Written};
pub use plan::Plan;
pub use quality::Quality;
pub use second::Asked;
pub use steps::act;

use crate::document::Problem;
use crate::playbook::{EVERYBODY, Playbook};
use crate::time::Millis;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Milliseconds for which a person's stop can be taken back without a new review.
pub const UNDO: i64 = 10 * 60_000;

/// Characters of a title; more is a note.
pub const TITLE: usize = 120;

/// Entries of an experiment's history; the audit log keeps all.
const HISTORY: usize = 200;

/// Where an experiment is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// A thought that somebody wrote down.
    Idea,
    /// A plan in the making.
    Draft,
    /// A plan that waits for somebody's word.
    InReview,
    /// A plan that may start, and waits for its hour.
    Approved,
    /// Visitors are in it.
    Running,
    /// Nobody is in it any more, and nothing is decided yet.
    Stopped,
    /// Somebody has decided.
    Decided,
    /// Somebody has written down what was learned.
    Debriefed,
    /// Put away; the library keeps what it taught.
    Archived,
}

/// An experiment with everything that happened to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Experiment {
    /// Its name, never changed.
    pub key: String,
    /// Its name for people.
    pub title: String,
    /// The thought that it began with.
    pub note: String,
    /// What the idea said besides, where somebody wrote one down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thought: Option<Thought>,
    /// Where it is.
    pub state: State,
    /// The plan, once there is one.
    pub plan: Option<Plan>,
    /// The playbook as it was at the start.
    pub playbook: Option<Playbook>,
    /// Who has looked at each variant of the plan, by its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub quality: BTreeMap<String, Quality>,
    /// The digest of plan and playbook, made at the start.
    pub plan_hash: Option<String>,
    /// The visitors that each arm needs.
    pub per_arm: Option<u64>,
    /// Who wrote it, or changed its plan last.
    pub author: String,
    /// Who approved it.
    pub reviewer: Option<String>,
    /// When it was written down.
    pub created: i64,
    /// When visitors first met it.
    pub started: Option<i64>,
    /// When they no longer did.
    pub ended: Option<i64>,
    /// The run, from the start on.
    pub run: Option<Run>,
    /// Why it was stopped, if it was.
    pub stop: Option<Stop>,
    /// A ship against the rule that waits for somebody else's word.
    #[serde(default)]
    pub asked: Option<Asked>,
    /// When what somebody who works alone has confirmed follows by itself.
    #[serde(default)]
    pub due: Option<i64>,
    /// What was decided.
    pub decision: Option<Decision>,
    /// What was learned.
    pub debrief: Option<Debrief>,
    /// When the planned size was reached and the report left.
    pub reported: Option<i64>,
    /// Its earlier runs, oldest first, each with the plan that was locked then and what became of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<Value>,
    /// What happened, oldest first.
    pub history: Vec<Entry>,
}

/// The run of an experiment and where its ramp is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// Its id, which is its salt as well.
    pub id: String,
    /// The epoch, from 1.
    pub epoch: u32,
    /// The present stage among [`Run::stages`].
    pub stage: usize,
    /// Percent of visitors in the test, by stage.
    pub stages: Vec<u8>,
    /// When this stage began.
    pub since: i64,
    /// Why the ramp is held by hand, if it is.
    pub held: Option<String>,
    /// Percent of all visitors that a shipped version has reached; 0 before.
    pub released: u8,
    /// What a bandit has made of the split, earliest first; nothing while it is half and half.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shifts: Vec<Shift>,
}

/// A move of a run's split.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shift {
    /// When.
    pub at: i64,
    /// The first epoch with this split.
    pub epoch: u32,
    /// The draws of control and of the new version, of 2^32.
    pub weights: [u64; 2],
    /// What it followed from, in words.
    pub why: String,
}

/// The end of exposure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stop {
    /// When.
    pub at: i64,
    /// Who.
    pub who: String,
    /// What made it stop.
    pub cause: Cause,
    /// In words.
    pub why: String,
    /// Until when it can be taken back; `None` if it cannot.
    pub undo_until: Option<i64>,
}

/// What made an experiment stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// Somebody did.
    Person,
    /// A guardrail was harmed.
    Guardrail,
    /// For too long nobody could see whether it does harm.
    Data,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// When.
    pub at: i64,
    /// Who.
    pub who: String,
    /// What.
    pub choice: Choice,
    /// Whether the rule of the playbook says so too.
    pub by_the_rule: bool,
    /// Who has agreed, where that takes a second person; whoever worked alone then has themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approver: Option<String>,
    /// Why, in the decider's words.
    pub why: String,
    /// What the numbers said then.
    pub headline: String,
    /// The same in sentences.
    pub words: String,
    /// What the rule said then, from which conclusion and how many people: `{recommend, conclusion, people}`. One of an earlier
    /// release has none.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub seen: Value,
}

impl Decision {
    /// How it stands to the rule, in words.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        if self.by_the_rule { "by the rule" } else { "against the rule" }
    }
}

/// What can be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Choice {
    /// Everybody gets the new version, in steps.
    Ship,
    /// Everybody keeps the old one.
    Keep,
    /// Everybody keeps the old one until a changed experiment.
    Again,
    /// Everybody keeps the old one, and nothing is decided from what was seen.
    Abort,
}

/// What was learned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debrief {
    /// When it was last written.
    pub at: i64,
    /// By whom.
    pub who: String,
    /// Answers by the question's id.
    pub answers: BTreeMap<String, String>,
}

/// A line of history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: i64,
    /// Who.
    pub who: String,
    /// What.
    pub what: String,
}

/// Something that a person or the ramp does to an experiment.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Writes the idea anew.
    Think(Box<Written>),
    /// Makes a draft of the idea.
    Draft,
    /// Writes the plan.
    Plan(Box<Plan>),
    /// Says that a variant is as it should be, by a preview of it.
    Look(String, Value),
    /// Asks for a review of what was checked.
    Submit(Checks),
    /// Asks for changes.
    Return(String),
    /// Approves and starts what was checked.
    Approve(Checks),
    /// Approves what was checked, which starts later.
    Clear(Checks),
    /// Starts what was approved, and is checked again.
    Start(Checks),
    /// Gives it up before anybody has met it.
    Abort(String),
    /// Puts it away.
    Archive,
    /// Keeps the ramp where it is.
    Hold(String),
    /// Lets the ramp go on.
    Resume,
    /// The next stage of the ramp.
    Advance(String),
    /// Another split for whoever comes from now on: its weights, and why.
    Shift([u64; 2], String),
    /// Ends exposure.
    Stop(Cause, String),
    /// Takes a stop back.
    Undo,
    /// Decides, or asks for a decision that takes a second person.
    Decide(Decision),
    /// Agrees to the decision of this digest.
    Agree(String),
    /// Confirms alone, by typing the key; for a start what was checked.
    Confirm(String, Checks),
    /// Takes back what waits for somebody's word.
    Withdraw,
    /// What was confirmed alone follows; for a start what is checked again.
    Follow(Checks),
    /// The next step of a shipped version, and why it may be taken.
    Release(u8, String),
    /// Writes down what was learned.
    Debrief(BTreeMap<String, String>),
    /// The report has left.
    Report,
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Their name in histories.
    pub name: String,
    /// Whether nobody else works in the project.
    pub alone: bool,
}

impl Actor {
    /// Whether the name in a history is theirs: whoever was removed and is added again may come in other letters.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        is_one(&self.name, name)
    }
}

/// Whether two names are one person's.
#[must_use]
pub fn is_one(name: &str, other: &str) -> bool {
    name.to_lowercase() == other.to_lowercase()
}

/// Why an action was not taken. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The state or a rule forbids it.
    Forbidden {
        /// Why.
        error: String,
        /// What to do instead.
        fix: String,
    },
    /// The plan lacks something.
    Problems(Vec<Problem>),
}

impl Refusal {
    /// A refusal in words.
    #[must_use]
    pub fn forbidden(error: &str, fix: &str) -> Self {
        Self::Forbidden { error: error.to_string(), fix: fix.to_string() }
    }
}

impl Experiment {
    /// An idea.
    #[must_use]
    pub fn idea(key: String, title: String, note: String, author: String, now: Millis) -> Self {
        let first = Entry { at: now.0, who: author.clone(), what: "wrote the idea down".to_string() };
        Self {
            key,
            title,
            note,
            thought: None,
            author,
            created: now.0,
            state: State::Idea,
            history: vec![first],
            plan: None,
            quality: BTreeMap::new(),
            playbook: None,
            plan_hash: None,
            per_arm: None,
            reviewer: None,
            started: None,
            ended: None,
            run: None,
            stop: None,
            asked: None,
            due: None,
            decision: None,
            debrief: None,
            reported: None,
            runs: Vec::new(),
        }
    }

    /// Percent of visitors in the test now.
    #[must_use]
    pub fn stage(&self) -> u8 {
        self.run.as_ref().and_then(|run| run.stages.get(run.stage)).copied().unwrap_or(0)
    }

    /// Whether a shipped version is on its way to everybody, with the test beside it.
    #[must_use]
    pub fn is_releasing(&self) -> bool {
        self.is_shipped() && self.run.as_ref().is_some_and(|run| run.released < EVERYBODY)
    }

    /// Whether its plan may still be changed.
    #[must_use]
    pub fn is_planned(&self) -> bool {
        matches!(self.state, State::Idea | State::Draft | State::InReview | State::Approved)
    }

    /// Whether somebody was asked to review its plan as it is now planned.
    #[must_use]
    pub fn was_reviewed(&self) -> bool {
        !self.runs.is_empty() || self.history.iter().any(|entry| entry.what.starts_with(steps::ASKED))
    }

    /// Whether the new version was shipped.
    #[must_use]
    pub fn is_shipped(&self) -> bool {
        self.decision.as_ref().is_some_and(|decision| decision.choice == Choice::Ship)
    }

    /// Whether visitors are in its test.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.state == State::Running || self.is_releasing()
    }

    /// The playbook that it follows.
    #[must_use]
    pub fn rules<'e>(&'e self, current: &'e Playbook) -> &'e Playbook {
        self.playbook.as_ref().unwrap_or(current)
    }

    fn says(mut self, by: &Actor, now: Millis, what: String) -> Self {
        self.history.push(Entry { at: now.0, who: by.name.clone(), what });
        let surplus = self.history.len().saturating_sub(HISTORY);
        self.history.drain(..surplus);
        self
    }
}
