//! The life of an experiment: idea -> draft -> in review -> running -> stopped -> decided -> debriefed.
//!
//! [`act`] is the only way from one state to the next. It is pure: an experiment, an action, who takes it and when go
//! in; the next experiment or the reason why not comes out. What visitors meet follows from the experiment alone
//! ([`launch::place`]), so a state that should not show anything cannot.

pub mod launch;
pub mod plan;

pub use plan::Plan;

use crate::document::{Document, Problem};
use crate::playbook::Playbook;
use crate::time::Millis;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Milliseconds for which a person's stop can be taken back without a new review.
pub const UNDO: i64 = 10 * 60_000;

/// Entries of an experiment's history; the audit log keeps all.
const HISTORY: usize = 200;

const CHANGED: &str = "changed the plan";

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
    /// Visitors are in it.
    Running,
    /// Nobody is in it any more, and nothing is decided yet.
    Stopped,
    /// Somebody has decided.
    Decided,
    /// Somebody has written down what was learned.
    Debriefed,
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
    /// Where it is.
    pub state: State,
    /// The plan, once there is one.
    pub plan: Option<Plan>,
    /// The playbook as it was at the start.
    pub playbook: Option<Playbook>,
    /// The digest of plan and playbook, made at the start.
    pub plan_hash: Option<String>,
    /// The visitors that each arm needs.
    pub per_arm: Option<u64>,
    /// Who wrote it.
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
    /// What was decided.
    pub decision: Option<Decision>,
    /// What was learned.
    pub debrief: Option<Debrief>,
    /// When the planned size was reached and the report left.
    pub reported: Option<i64>,
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
    /// Why, in the decider's words.
    pub why: String,
    /// What the numbers said then.
    pub headline: String,
    /// The same in sentences.
    pub words: String,
}

/// What can be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Choice {
    /// Everybody gets the new version, in steps.
    Ship,
    /// Everybody keeps the old one.
    Keep,
    /// Everybody keeps the old one until a changed experiment.
    Again,
}

/// What was learned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debrief {
    /// When it was last written.
    pub at: i64,
    /// By whom.
    pub who: String,
    /// Answers by the question's id.
    pub answers: alloc::collections::BTreeMap<String, String>,
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
    /// Writes the plan.
    Plan(Plan),
    /// Asks for a review.
    Submit,
    /// Asks for changes.
    Return(String),
    /// Approves and starts.
    Approve,
    /// Keeps the ramp where it is.
    Hold(String),
    /// Lets the ramp go on.
    Resume,
    /// The next stage of the ramp.
    Advance(String),
    /// Ends exposure.
    Stop(Cause, String),
    /// Takes a stop back.
    Undo,
    /// Decides.
    Decide(Decision),
    /// The next step of a shipped version.
    Release(u8),
    /// Writes down what was learned.
    Debrief(alloc::collections::BTreeMap<String, String>),
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
            author,
            created: now.0,
            state: State::Idea,
            history: vec![first],
            plan: None,
            playbook: None,
            plan_hash: None,
            per_arm: None,
            reviewer: None,
            started: None,
            ended: None,
            run: None,
            stop: None,
            decision: None,
            debrief: None,
            reported: None,
        }
    }

    /// Percent of visitors in the test now.
    #[must_use]
    pub fn stage(&self) -> u8 {
        self.run.as_ref().and_then(|run| run.stages.get(run.stage)).copied().unwrap_or(0)
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

/// Takes one action, or says why not.
pub fn act(
    experiment: &Experiment,
    action: Action,
    by: &Actor,
    now: Millis,
    playbook: &Playbook,
    document: &Document,
) -> Result<Experiment, Refusal> {
    let mut next = experiment.clone();
    match (experiment.state, action) {
        (State::Idea | State::Draft | State::InReview, Action::Plan(plan)) => {
            let withdrawn = if experiment.state == State::InReview { " and took it back from review" } else { "" };
            if !plan.title.trim().is_empty() {
                next.title = plan.title.trim().to_string();
            }
            // Whoever changes a plan answers for it; so nobody approves their own words as a stranger.
            next.author.clone_from(&by.name);
            next.plan = Some(plan);
            next.state = State::Draft;
            // One line for as long as the same person goes on writing.
            let last = experiment.history.last();
            let goes_on = last.is_some_and(|last| last.who == by.name && last.what.starts_with(CHANGED));
            Ok(if goes_on { next } else { next.says(by, now, format!("{CHANGED}{withdrawn}")) })
        }
        (State::Draft, Action::Submit) => {
            ready(experiment, playbook, document)?;
            next.state = State::InReview;
            Ok(next.says(by, now, "asked for a review".to_string()))
        }
        (State::InReview, Action::Return(why)) => {
            next.state = State::Draft;
            Ok(next.says(by, now, format!("asked for changes: {why}")))
        }
        (State::InReview, Action::Approve) => approve(next, by, now, playbook, document),
        (State::Running, Action::Hold(why)) => {
            if let Some(run) = &mut next.run {
                run.held = Some(why.clone());
            }
            Ok(next.says(by, now, format!("held the ramp: {why}")))
        }
        (State::Running, Action::Resume) => {
            if let Some(run) = &mut next.run {
                run.held = None;
            }
            Ok(next.says(by, now, "let the ramp go on".to_string()))
        }
        (State::Running, Action::Advance(why)) => advance(next, by, now, &why),
        (State::Running, Action::Stop(cause, why)) => {
            let undo_until = (cause == Cause::Person).then_some(now.0 + UNDO);
            let what = if why.is_empty() { "stopped it".to_string() } else { format!("stopped it: {why}") };
            next.stop = Some(Stop { at: now.0, who: by.name.clone(), cause, why, undo_until });
            next.state = State::Stopped;
            next.ended = Some(now.0);
            Ok(next.says(by, now, what))
        }
        (State::Stopped, Action::Undo) => undo(next, by, now, document),
        (State::Running | State::Stopped, Action::Decide(decision)) => decide(next, decision, by, now),
        (State::Decided | State::Debriefed, Action::Release(percent)) => {
            if let Some(run) = &mut next.run {
                run.released = percent;
                run.since = now.0;
            }
            Ok(next.says(by, now, format!("took the new version to {percent} % of all visitors")))
        }
        (State::Decided | State::Debriefed, Action::Debrief(answers)) => {
            next.debrief = Some(Debrief { at: now.0, who: by.name.clone(), answers });
            next.state = State::Debriefed;
            Ok(next.says(by, now, "wrote the debrief".to_string()))
        }
        (State::Running, Action::Report) => {
            next.reported = Some(now.0);
            Ok(next.says(by, now, "sent the report: the planned size was reached".to_string()))
        }
        (state, action) => Err(misplaced(state, &action)),
    }
}

fn ready(experiment: &Experiment, playbook: &Playbook, document: &Document) -> Result<(), Refusal> {
    let plan = experiment.plan.clone().unwrap_or_default();
    let problems = plan.problems(document, playbook);
    if problems.is_empty() { Ok(()) } else { Err(Refusal::Problems(problems)) }
}

fn approve(
    mut next: Experiment,
    by: &Actor,
    now: Millis,
    playbook: &Playbook,
    document: &Document,
) -> Result<Experiment, Refusal> {
    let own = next.author == by.name;
    if !playbook.reviewers.admit(own, by.alone) {
        let fix = "Ask somebody else of the project to approve it.";
        return Err(Refusal::forbidden("Nobody approves their own plan.", fix));
    }
    // Production may have changed since it was handed in.
    ready(&next, playbook, document)?;
    let plan = next.plan.clone().unwrap_or_default();
    let id = format!("{}-1", next.key);
    next.plan_hash = Some(plan.hash(playbook));
    next.per_arm = plan.per_arm(playbook);
    let stages = plan.stages(playbook);
    let first = stages.first().copied().unwrap_or(0);
    next.run = Some(Run { id, epoch: 1, stage: 0, stages, since: now.0, held: None, released: 0 });
    next.playbook = Some(playbook.clone());
    next.reviewer = Some(by.name.clone());
    next.started = Some(now.0);
    next.state = State::Running;
    let how = if own { "approved their own plan" } else { "approved the plan" };
    Ok(next.says(by, now, format!("{how}; it starts with {first} % of visitors")))
}

fn advance(mut next: Experiment, by: &Actor, now: Millis, why: &str) -> Result<Experiment, Refusal> {
    let Some(run) = next.run.as_mut().filter(|run| run.stage + 1 < run.stages.len()) else {
        return Err(Refusal::forbidden("This is the last stage.", "Decide when the planned size is reached."));
    };
    run.stage += 1;
    run.epoch += 1;
    run.since = now.0;
    let percent = run.stages.get(run.stage).copied().unwrap_or(0);
    Ok(next.says(by, now, format!("took the ramp to {percent} %: {why}")))
}

fn undo(mut next: Experiment, by: &Actor, now: Millis, document: &Document) -> Result<Experiment, Refusal> {
    let until = next.stop.as_ref().and_then(|stop| stop.undo_until);
    if until.is_none_or(|until| now.0 > until) {
        let error = match until {
            Some(_) => "Ten minutes have passed since it was stopped.",
            None => "A guardrail stopped it.",
        };
        return Err(Refusal::forbidden(error, "Decide, or plan it again with what was learned."));
    }
    let (flag, _, _) = launch::names(&next);
    let others = document.experiments.iter().filter(|(key, _)| **key != next.key);
    if others.into_iter().any(|(_, other)| other.run.is_some() && other.flag == flag) {
        let fix = "Stop the other one first.";
        return Err(Refusal::forbidden("Another experiment has taken its flag in the meantime.", fix));
    }
    next.stop = None;
    next.ended = None;
    next.state = State::Running;
    Ok(next.says(by, now, "took the stop back".to_string()))
}

fn decide(mut next: Experiment, decision: Decision, by: &Actor, now: Millis) -> Result<Experiment, Refusal> {
    if !decision.by_the_rule && decision.why.trim().len() < 10 {
        let fix = "Say in a sentence why; it stands beside the decision from then on.";
        return Err(Refusal::forbidden("This decides against the rule that was fixed before the start.", fix));
    }
    let harmed = next.stop.as_ref().is_some_and(|stop| stop.cause == Cause::Guardrail);
    if harmed && decision.choice == Choice::Ship {
        let fix = "Keep the old version, or run it again changed.";
        return Err(Refusal::forbidden("A guardrail stopped this version.", fix));
    }
    let what = match decision.choice {
        Choice::Ship => "decided to ship the new version, in steps",
        Choice::Keep => "decided to keep the old version",
        Choice::Again => "decided to run it again, changed",
    };
    // Those who met it in the test keep it, so a release begins where the test stands; after a stop at the beginning.
    let stage = if next.state == State::Running { next.stage() } else { first_stage(&next) };
    if let Some(run) = &mut next.run {
        run.held = None;
        run.since = now.0;
        run.released = if decision.choice == Choice::Ship { stage } else { 0 };
    }
    next.ended = next.ended.or(Some(now.0));
    next.decision = Some(decision);
    next.state = State::Decided;
    Ok(next.says(by, now, what.to_string()))
}

fn first_stage(experiment: &Experiment) -> u8 {
    experiment.run.as_ref().and_then(|run| run.stages.first()).copied().unwrap_or(0)
}

fn misplaced(state: State, action: &Action) -> Refusal {
    let (wish, needs) = match action {
        Action::Plan(_) => ("change the plan", "it has not started"),
        Action::Submit => ("ask for a review", "it is a draft"),
        Action::Return(_) | Action::Approve => ("review it", "it waits for a review"),
        Action::Hold(_) | Action::Resume | Action::Advance(_) => ("move the ramp", "it is running"),
        Action::Stop(..) => ("stop it", "it is running"),
        Action::Undo => ("take the stop back", "it was stopped"),
        Action::Decide(_) => ("decide", "it is running or stopped"),
        Action::Release(_) => ("release it", "it is decided"),
        Action::Debrief(_) => ("write the debrief", "it is decided"),
        Action::Report => ("report", "it is running"),
    };
    let is = match state {
        State::Idea => "an idea",
        State::Draft => "a draft",
        State::InReview => "in review",
        State::Running => "running",
        State::Stopped => "stopped",
        State::Decided => "decided",
        State::Debriefed => "debriefed",
    };
    Refusal::Forbidden {
        error: format!("It is {is}; one can {wish} only while {needs}."),
        fix: "Look at the experiment again; somebody may have been faster.".to_string(),
    }
}
