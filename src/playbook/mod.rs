//! The playbook: how a team designs, launches and decides experiments. It is data; what it says is enforced by
//! [`crate::lifecycle`] and [`crate::ramp`], and a copy is locked into each experiment when it starts.

pub(crate) mod bandit;
mod guardrail;
mod method;
pub mod template;

use crate::blast;
use crate::document::{Code, Problem};
use crate::stats::guard::Harm;
use crate::stats::question::Question as Asks;
use crate::stats::{Alpha, real};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
pub use bandit::Bandit;
pub use guardrail::Guardrail;
pub use method::Method;
use serde::{Deserialize, Serialize};
use template::Template;

/// How a team works.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Playbook {
    /// What it is called.
    pub name: String,
    /// Percent of visitors in a test, stage by stage. It stays at the last one until somebody decides.
    pub ramp: Vec<u8>,
    /// What each stage must have seen before the next.
    pub hold: Hold,
    /// Percent of visitors up to which one person takes something by hand, step by step; more takes a second one.
    #[serde(default = "half")]
    pub alone: u8,
    /// Percentage points by which one person raises something by hand at once.
    #[serde(default = "ten")]
    pub points: u8,
    /// Percent of visitors to which one person takes each of these flags at once: those by which a service is operated.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub operational: BTreeMap<String, u8>,
    /// The chance to claim an effect that is not there, however often one looks; 0.05 by convention.
    #[serde(default, skip_serializing_if = "Alpha::is_usual")]
    pub alpha: Alpha,
    /// The chance to find the effect that was hoped for, if it is there; 0.8 by convention.
    pub power: f64,
    /// Days that a test may take at most by its forecast; more is a safety check.
    #[serde(default = "six_weeks")]
    pub longest: u16,
    /// Days before which no test says anything good, so that it has seen each day of the week; harm is told at once.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub shortest: u16,
    /// Visitors that a test takes at least, in both versions, however large the effect that is hoped for.
    #[serde(default, skip_serializing_if = "is_none")]
    pub people: u64,
    /// How experiments are called: a text in which each `*` stands for some characters, such as `*: *`; empty for no rule.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub naming: String,
    /// Kinds of experiments of the team's own, besides those that come with the engine; of one key this one holds. A
    /// playbook that an experiment has locked knows the one that it follows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub templates: Vec<Template>,
    /// How the metric that decides is read.
    #[serde(default, skip_serializing_if = "Method::is_usual")]
    pub method: Method,
    /// What must not get worse.
    pub guardrails: Vec<Guardrail>,
    /// Who may approve a plan.
    pub reviewers: Reviewers,
    /// How a decision is made, in words that are locked with the plan.
    pub rule: Rule,
    /// What a debrief asks.
    pub questions: Vec<Question>,
}

/// What a stage waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// Minutes.
    pub minutes: u32,
    /// Confirmed visitors in each arm since the stage began.
    pub units: u64,
    /// Visitors that the next stage may harm at most before its own hold ends, as far as the numbers so far tell.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "harmedAtMost")]
    pub harmed_at_most: Option<u64>,
    /// Hours without a confirmed visitor after which exposure ends. Without it a ramp that sees nothing stays.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "revertAfterHours")]
    pub revert_after_hours: Option<u32>,
}

/// Who may approve a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Reviewers {
    /// Somebody other than its author, as soon as the project has a second person.
    Other,
    /// Anyone, its author too.
    Anyone,
}

impl Reviewers {
    /// Whether somebody may approve a plan: their `own`, or another's; `alone` in the project, or not.
    #[must_use]
    pub const fn admit(self, own: bool, alone: bool) -> bool {
        !own || alone || matches!(self, Self::Anyone)
    }
}

/// The decision rule, in three sentences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// When to ship the new version.
    pub ship: String,
    /// When to keep the old one.
    pub keep: String,
    /// When to stop early.
    pub stop: String,
}

/// A question of the debrief.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "DebriefQuestion"))]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its name in the answers.
    pub id: String,
    /// What it asks.
    pub text: String,
}

/// The chance that the guardrails of one experiment ever, over its whole life, roll it back although none is harmed.
pub const FALSE_ROLLBACK: f64 = 0.05;

/// What one person may decide alone where nobody said otherwise: half of the visitors.
const fn half() -> u8 {
    50
}

/// Days for which a test may go on where nobody said otherwise: six weeks, after which most teams have lost patience and the
/// season has changed under it.
const fn six_weeks() -> u16 {
    42
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_zero(days: &u16) -> bool {
    *days == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_none(people: &u64) -> bool {
    *people == 0
}

/// What one person raises at once where nobody said otherwise.
const fn ten() -> u8 {
    10
}

/// The last step of a ramp and of a release, in percent.
pub const EVERYBODY: u8 = 100;

impl Playbook {
    /// What a project starts with.
    #[must_use]
    pub fn standard() -> Self {
        let question = |id: &str, text: &str| Question { id: id.to_string(), text: text.to_string() };
        Self {
            name: "Standard".to_string(),
            ramp: vec![5, 25, 50],
            hold: Hold { minutes: 60, units: 10, harmed_at_most: Some(100), revert_after_hours: Some(72) },
            alone: half(),
            points: ten(),
            operational: BTreeMap::new(),
            alpha: Alpha::default(),
            power: 0.8,
            longest: six_weeks(),
            shortest: 0,
            people: 0,
            naming: String::new(),
            templates: Vec::new(),
            method: Method::Anytime,
            guardrails: vec![Guardrail { metric: "errors".to_string(), harm: Harm::More, tolerance: 0.1, weight: 1.0 }],
            reviewers: Reviewers::Other,
            rule: Rule {
                ship: "Ship the new version if the metric moved as hoped and nothing guarded got worse.".to_string(),
                keep: "Keep the old version if the planned size shows no such effect.".to_string(),
                stop: "Stop at once if the metric or anything guarded got worse.".to_string(),
            },
            questions: vec![
                question("surprise", "What surprised you?"),
                question("tell", "What would you tell the next team?"),
                question("next", "What comes next?"),
            ],
        }
    }

    /// Every kind of experiment: the team's own, and those that come with the engine.
    #[must_use]
    pub fn kinds(&self) -> Vec<Template> {
        let own = |key: &str| self.templates.iter().any(|template| template.key == key);
        let others = template::standard().into_iter().filter(|standard| !own(&standard.key));
        self.templates.iter().cloned().chain(others).collect()
    }

    /// The kind of experiment of a key.
    #[must_use]
    pub fn kind(&self, key: &str) -> Option<Template> {
        self.kinds().into_iter().find(|template| template.key == key)
    }

    /// The guardrail on a metric.
    #[must_use]
    pub fn guardrail(&self, metric: &str) -> Option<&Guardrail> {
        self.guardrails.iter().find(|guardrail| guardrail.metric == metric)
    }

    /// What a guardrail weighs by the mean of all of them: below 1 it has less of [`FALSE_ROLLBACK`] than its turn.
    fn weighs(&self, guardrail: &Guardrail) -> f64 {
        let all: f64 = self.guardrails.iter().map(|guardrail| guardrail.weight).sum();
        guardrail.weight * real(self.guardrails.len() as u64) / all
    }

    /// The next step above so many percent of visitors.
    #[must_use]
    pub fn step_above(&self, percent: u8) -> u8 {
        blast::step_above(percent, &self.ramp)
    }

    /// The steps that one person takes by hand, up to `alone`: the ramp's, and others between those that are further apart
    /// than `points`.
    #[must_use]
    pub fn by_hand(&self) -> Vec<u8> {
        let mut steps = Vec::new();
        let mut step = 0;
        while step < self.alone {
            step = self.step_above(step).min(step.saturating_add(self.points.max(1))).min(self.alone);
            steps.push(step);
        }
        steps
    }

    /// How often its results are wrong, in a sentence that is told before anything starts.
    #[must_use]
    pub fn sure(&self, question: Asks) -> String {
        let share = |chance: f64| format!("{}", libm::rint(1000.0 * chance) / 10.0);
        let (wrong, found) = (share(self.alpha.0), share(self.power));
        let (nothing, claims, there) = match question {
            Asks::Better => ("nothing changes", "a difference is claimed", "it changes as much as hoped for"),
            Asks::NotWorse => ("it is worse by more than the margin", "that is called fine", "nothing changes"),
        };
        format!(
            "If {nothing}, {claims} in at most {wrong} of 100 experiments; if {there}, the planned size shows it in {found} \
             of 100."
        )
    }

    /// What it asks for less than another one, by its names there.
    #[must_use]
    pub fn weaker_than(&self, old: &Self) -> Vec<&'static str> {
        let further = (0..EVERYBODY).any(|percent| self.step_above(percent) > old.step_above(percent));
        let less = |new: Option<u64>, old: Option<u64>| old.is_some_and(|old| new.is_none_or(|new| new > old));
        let (hold, was) = (&self.hold, &old.hold);
        let reverts = less(hold.revert_after_hours.map(u64::from), was.revert_after_hours.map(u64::from));
        let operated = |(flag, percent): (&String, &u8)| old.operational.get(flag).is_none_or(|old| percent > old);
        let unguarded = |guardrail: &Guardrail| {
            let now = self.guardrail(&guardrail.metric).filter(|now| now.harm == guardrail.harm);
            // One more guardrail takes its turn of what all share, and no more.
            now.is_none_or(|now| now.tolerance > guardrail.tolerance || self.weighs(now) < old.weighs(guardrail) - 1e-9)
        };
        let found = [
            (further, "ramp"),
            (hold.minutes < was.minutes, "hold/minutes"),
            (hold.units < was.units, "hold/units"),
            (less(hold.harmed_at_most, was.harmed_at_most), "hold/harmedAtMost"),
            (reverts, "hold/revertAfterHours"),
            (self.alone > old.alone, "alone"),
            (self.points > old.points, "points"),
            (self.alpha.0 > old.alpha.0, "alpha"),
            (self.power < old.power, "power"),
            (self.longest > old.longest, "longest"),
            (self.shortest < old.shortest, "shortest"),
            (self.people < old.people, "people"),
            (self.operational.iter().any(operated), "operational"),
            (old.guardrails.iter().any(unguarded), "guardrails"),
            (self.reviewers == Reviewers::Anyone && old.reviewers == Reviewers::Other, "reviewers"),
        ];
        found.into_iter().filter(|(weaker, _)| *weaker).map(|(_, name)| name).collect()
    }

    /// What is wrong with a template of the team's own: where, why, and what to do.
    fn wrong(&self, template: &Template, index: usize) -> Vec<(&'static str, String, &'static str)> {
        let Template { key, name, when, ramp, .. } = template;
        let mut wrong = Vec::new();
        if !template::is_key(key) || self.templates[..index].iter().any(|before| before.key == *key) {
            let fix = "Write small letters, digits and hyphens, and each key once.";
            wrong.push(("key", format!("“{key}” is no key of its own."), fix));
        }
        for (place, text) in [("name", name), ("when", when)] {
            if text.trim().is_empty() {
                wrong.push((place, "Nobody knows what it is for.".to_string(), "Write a few words."));
            }
        }
        let plain = Self { templates: Vec::new(), ..self.clone() };
        let over = Self { templates: Vec::new(), ..template.over(&plain) };
        if !ramp.is_empty() && template.steps(&plain) != *ramp {
            let cause = "These steps go further at once than the playbook's.".to_string();
            wrong.push(("ramp", cause, "Go by the playbook's steps, or more slowly."));
        }
        if let Some(cause) = template.bandit.as_ref().and_then(|bandit| bandit.problem(template, &self.method)) {
            wrong.push(("bandit", cause.to_string(), "Leave it out, or allocate half and half."));
        }
        // What asks for less than the playbook does not hold; what means nothing is told nevertheless.
        let own = Self {
            alpha: template.alpha.unwrap_or(self.alpha),
            power: template.power.unwrap_or(self.power),
            ..over.clone()
        };
        for problem in own.problems().into_iter().filter(|problem| !plain.problems().contains(problem)) {
            let name = ["alpha", "power", "shortest", "longest", "people", "method", "naming", "guardrails", "ramp"];
            let at = name.into_iter().find(|name| problem.pointer[1..].starts_with(name)).unwrap_or_default();
            wrong.push((at, problem.cause, "Change it, or leave it to the playbook."));
        }
        wrong
    }

    /// Everything that is wrong with it.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut say = |pointer: &str, cause: String, fix: &str| {
            problems.push(Problem::new(pointer.to_string(), Code::Conflict, cause, fix.to_string()));
        };
        let rising = self.ramp.windows(2).all(|pair| pair[0] < pair[1]);
        let inside = self.ramp.iter().all(|step| (1..=EVERYBODY).contains(step));
        if self.ramp.is_empty() || self.ramp.len() > 10 || !rising || !inside {
            say("/ramp", "A ramp is one to ten rising percentages.".to_string(), "Write for example 5, 25, 50.");
        } else if self.ramp[0] > 10 {
            say(
                "/ramp",
                format!("The first stage shows a new idea to {} %.", self.ramp[0]),
                "Begin with 10 % or less.",
            );
        }
        if self.alone > EVERYBODY {
            say("/alone", format!("{} is no percentage.", self.alone), "Take a number from 0 to 100; 50 is half.");
        }
        if !(1..=EVERYBODY).contains(&self.points) {
            say("/points", format!("{} is no step.", self.points), "Take a number from 1 to 100; 10 is usual.");
        }
        for (flag, percent) in self.operational.iter().filter(|(_, percent)| **percent > EVERYBODY) {
            say(
                &format!("/operational/{flag}"),
                format!("{percent} is no percentage."),
                "Take a number from 0 to 100.",
            );
        }
        if !(0.001..=0.2).contains(&self.alpha.0) {
            say(
                "/alpha",
                format!("{} is no useful chance to be wrong.", self.alpha.0),
                "Take a number from 0.001 to 0.2; 0.05 is usual.",
            );
        }
        if !(0.5..=0.99).contains(&self.power) {
            say(
                "/power",
                format!("{} is no useful power.", self.power),
                "Take a number from 0.5 to 0.99; 0.8 is usual.",
            );
        }
        if self.longest == 0 {
            say("/longest", "A test of no days tells nothing.".to_string(), "Write days; 42 are six weeks.");
        }
        if self.shortest > self.longest {
            let cause = format!("No test can take at least {} days and at most {}.", self.shortest, self.longest);
            say("/shortest", cause, "Write fewer days than it may take at most.");
        }
        if self.naming.len() > 80 || self.naming.matches('*').count() > 4 {
            let cause = "A rule for names has 80 characters at most, and four stars.".to_string();
            say("/naming", cause, "Write for example “*: *”, a word, a colon and what it is about.");
        }
        for (index, template) in self.templates.iter().enumerate() {
            for (name, cause, fix) in self.wrong(template, index) {
                say(&format!("/templates/{index}/{name}"), cause, fix);
            }
        }
        if let Some(cause) = self.method.problem(self.alpha) {
            say("/method", cause.to_string(), "Write for example looks 0.5 and 1 with the spending obrien-fleming.");
        }
        for (index, guardrail) in self.guardrails.iter().enumerate() {
            guardrail.check(&mut |place, cause, fix| say(&format!("/guardrails/{index}/{place}"), cause, fix));
        }
        for (place, text) in [("ship", &self.rule.ship), ("keep", &self.rule.keep), ("stop", &self.rule.stop)] {
            if text.trim().is_empty() {
                say(&format!("/rule/{place}"), "The rule says nothing.".to_string(), "Write a sentence.");
            }
        }
        problems
    }
}
