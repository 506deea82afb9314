//! The plan of an experiment: what is changed, what is expected, and what must not get worse.

use super::{allocation, kind};
use crate::collect::Direction;
use crate::compile::hexadecimal;
use crate::document::{Code, Document, Problem};
use crate::limits::{EDITS, NAME_BYTES, QUESTION_CHARS};
use crate::metric::{self, Level};
use crate::playbook::template::{self, Origin};
use crate::playbook::{Bandit, Playbook, Rule};
use crate::stats::question::{Asked, Question};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What is planned. A draft may be incomplete; [`Plan::problems`] says what a review needs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plan {
    /// The template that it was begun with, and which version of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Origin>,
    /// A name for people.
    #[serde(default)]
    pub title: String,
    /// What visitors of the new version meet.
    #[serde(default)]
    pub change: Change,
    /// What is expected of it, and why.
    #[serde(default)]
    pub hypothesis: Hypothesis,
    /// The metrics that must not get worse.
    #[serde(default)]
    pub guardrails: Vec<String>,
    /// Further metrics that are shown; they decide nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<String>,
    /// Where the metric stands now: the share of visitors that do it, or its value in its unit.
    #[serde(default)]
    pub base: Option<f64>,
    /// For values, the standard deviation of what a visitor adds to it; shares have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<f64>,
    /// The segment whose visitors are in it; everybody if nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// Another experiment on the same page with which it is crossed on purpose: visitors draw for both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crossed: Option<String>,
    /// The stages, in percent of visitors; empty takes the playbook's.
    #[serde(default)]
    pub ramp: Vec<u8>,
    /// How its split follows what was measured; nothing where it stays half and half. Only kinds that allocate by bandit have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bandit: Option<Bandit>,
    /// What those who meet it are asked in the place of the template's question; with empty words nobody is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<String>,
    /// Whether it only looks for harm, as the traffic is too little to find what is expected.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub safety: bool,
}

/// What is changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "PlanChange"))]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub enum Change {
    /// Words on a page.
    Words {
        /// The page's path.
        #[serde(default)]
        page: String,
        /// What stands where.
        #[serde(default)]
        edits: Vec<Words>,
    },
    /// Another page in the place of one, at the same address.
    Pages {
        /// The page's path.
        #[serde(default)]
        page: String,
        /// The path at the origin of the page that is tried.
        #[serde(default)]
        other: String,
    },
    /// An existing flag.
    Flag {
        /// Its key.
        #[serde(default)]
        flag: String,
        /// The variant that everybody has now.
        #[serde(default)]
        control: String,
        /// The variant to try.
        #[serde(default)]
        treatment: String,
    },
}

impl Default for Change {
    fn default() -> Self {
        Self::Words { page: String::new(), edits: Vec::new() }
    }
}

/// New words for an element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// A CSS selector.
    pub select: String,
    /// What stands there now.
    #[serde(default)]
    pub from: String,
    /// What shall stand there.
    pub text: String,
}

/// If we *change*, then *metric* will go *direction* by at least *by*, because *because*. Or, where the question is another one, it
/// gets worse by no more than *by*; *direction* says then where it is good.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Hypothesis {
    /// What we do.
    #[serde(default)]
    pub change: String,
    /// The metric that decides.
    #[serde(default)]
    pub metric: String,
    /// Where it goes.
    #[serde(default)]
    pub direction: Direction,
    /// By how much at least, relative: 0.15 is 15 %. Or the margin.
    #[serde(default)]
    pub by: f64,
    /// What is asked of it.
    #[serde(default, skip_serializing_if = "Question::is_usual")]
    pub question: Question,
    /// Why.
    #[serde(default)]
    pub because: String,
}

impl Hypothesis {
    /// The lift that is hoped for, with its sign.
    #[must_use]
    pub fn lift(&self) -> f64 {
        match self.direction {
            Direction::Up => self.by,
            Direction::Down => -self.by,
        }
    }

    /// What it asks, with its size.
    #[must_use]
    pub fn asked(&self) -> Asked {
        self.question.of(self.lift())
    }

    /// The hypothesis as a sentence.
    #[must_use]
    pub fn sentence(&self, metric: &str) -> String {
        let (direction, other) = match self.direction {
            Direction::Up => ("up", "down"),
            Direction::Down => ("down", "up"),
        };
        let by = libm::round(self.by * 1000.0) / 10.0;
        let (change, because) = (self.change.trim(), self.because.trim().trim_end_matches('.'));
        let goes = match self.question {
            Question::Better => format!("will go {direction} by at least {by} %"),
            Question::NotWorse => format!("will not go {other} by more than {by} %"),
        };
        format!("If we {change}, then “{metric}” {goes}, because {because}.")
    }
}

impl Plan {
    /// The playbook as it follows it: with its template laid over.
    #[must_use]
    pub fn rules(&self, playbook: &Playbook) -> Playbook {
        let template = self.template.as_ref().and_then(|origin| playbook.kind(&origin.key));
        template.map_or_else(|| Playbook { templates: Vec::new(), ..playbook.clone() }, |own| own.over(playbook))
    }

    /// The visitors that each arm needs to show the effect that is hoped for.
    #[must_use]
    pub fn per_arm(&self, playbook: &Playbook) -> Option<u64> {
        let level = Level { mean: self.base?, spread: self.spread, units: 0.0 };
        let rules = self.rules(playbook);
        let needed = level.per_arm(self.hypothesis.asked(), (rules.alpha, rules.power), &rules.method)?;
        Some(needed.max(rules.people.div_ceil(2)))
    }

    /// How it is decided: by the playbook's rule, or where it asks about a margin by that of margins.
    #[must_use]
    pub fn rule(&self, playbook: &Playbook) -> Rule {
        let Hypothesis { question, metric, by, .. } = &self.hypothesis;
        if question.is_usual() {
            return playbook.rule.clone();
        }
        let worse = format!("worse by more than {} %", libm::round(by * 1000.0) / 10.0);
        Rule {
            ship: format!(
                "Ship the new version if “{metric}” is shown not to be {worse}, and nothing guarded got worse."
            ),
            keep: "Keep the old version if the planned size does not show that.".to_string(),
            stop: format!("Stop at once if “{metric}” is shown to be {worse}, or anything guarded got worse."),
        }
    }

    /// Everything that keeps it from being reviewed.
    #[must_use]
    pub fn problems(&self, document: &Document, playbook: &Playbook) -> Vec<Problem> {
        let mut problems = Problems(Vec::new());
        let whole = playbook;
        let playbook = &self.rules(whole);
        self.check_name(&playbook.naming, &mut problems);
        match &self.template {
            Some(origin) if playbook.templates.is_empty() => {
                let cause = format!("The playbook has no template “{}”.", origin.key);
                problems.say("/template", cause, "Choose another one, or none.");
            }
            _ => playbook.templates.iter().for_each(|own| kind::check(own, self, document, &mut problems)),
        }
        if self.ask.as_ref().is_some_and(|ask| ask.chars().count() > QUESTION_CHARS || ask.contains(char::is_control)) {
            let fix = format!("Write up to {QUESTION_CHARS} characters in one line, or none to ask nobody.");
            problems.say("/ask", "Nobody reads a question as long as this.".to_string(), &fix);
        }
        if let Some(segment) = &self.segment {
            let known = document.segments.contains_key(segment);
            problems.unless(known, "/segment", "Production has no such segment.", "Choose one of those.");
        }
        self.change.check(document, &mut problems);
        self.hypothesis.check(document, &mut problems);
        self.check_size(document, playbook, &mut problems);
        for (index, guardrail) in playbook.guardrails.iter().enumerate() {
            if !document.metrics.contains_key(&guardrail.metric) {
                let cause = format!("The playbook guards “{}”, which is no metric of production.", guardrail.metric);
                problems.say(&format!("/guardrails/{index}"), cause, "Publish that metric, or change the playbook.");
            } else if !self.guardrails.contains(&guardrail.metric) {
                let cause = format!("“{}” is not guarded.", guardrail.metric);
                problems.say("/guardrails", cause, "The playbook guards it in every experiment.");
            }
        }
        for metric in self.guardrails.iter().filter(|metric| playbook.guardrail(metric).is_none()) {
            let cause = format!("“{metric}” is no guardrail of the playbook.");
            problems.say("/guardrails", cause, "Choose from those, or add it to the playbook.");
        }
        for (index, metric) in self.metrics.iter().enumerate() {
            let known = document.metrics.contains_key(metric) && *metric != self.hypothesis.metric;
            let pointer = format!("/metrics/{index}");
            problems.unless(
                known,
                &pointer,
                "This is no further metric of production.",
                "Choose one, or leave it out.",
            );
        }
        self.check_ramp(whole, playbook, &mut problems);
        allocation::check(self, document, playbook, &mut problems);
        problems.0
    }

    fn check_name(&self, rule: &str, problems: &mut Problems) {
        let title = self.title.trim();
        if title.is_empty() {
            problems.say("/title", "The experiment has no name.".into(), "Give it one.");
        } else if title.chars().count() > super::TITLE {
            problems.say("/title", format!("The name is longer than {} characters.", super::TITLE), "Shorten it.");
        } else if !rule.is_empty() && !template::follows(title, rule) {
            let cause = format!("The name does not follow the rule “{rule}”.");
            problems.say("/title", cause, "Write it so; each star stands for words of yours.");
        }
    }

    fn check_size(&self, document: &Document, playbook: &Playbook, problems: &mut Problems) {
        let Some(base) = self.base else {
            problems.say("/base", "Nobody has said how many do it now.".into(), "Take the measured share, or guess.");
            return;
        };
        if metric::is_share(&metric::measure(document, &self.hypothesis.metric)) {
            problems.unless(base > 0.0 && base < 1.0, "/base", "This is no share.", "Take a number between 0 and 1.");
            problems.unless(self.spread.is_none(), "/spread", "A share has no spread of its own.", "Leave it out.");
        } else {
            problems.unless(base > 0.0, "/base", "Nothing is a percentage of that.", "Take a number above 0.");
            let known = self.spread.is_some_and(|spread| spread.is_finite() && spread > 0.0);
            let fix = "Take what was measured, or guess: often one to three times the value itself.";
            problems.unless(known, "/spread", "Nobody has said how much visitors differ in it.", fix);
        }
        let possible = self.hypothesis.by <= 0.0 || self.per_arm(playbook).is_some();
        let cause =
            "No number of visitors shows such a change: it is larger than is possible from there, or too small to see.";
        problems.unless(possible, "/hypothesis/by", cause, "Expect a change between the two.");
    }

    /// A digest of the plan and of what production has of the flag that it names: of all that visitors of the test meet.
    #[must_use]
    pub fn digest(&self, document: &Document) -> String {
        let flag = if let Change::Flag { flag, .. } = &self.change { flag.as_str() } else { "" };
        let values = document.flags.get(flag).map(|flag| &flag.variants);
        let pages: Vec<_> = super::checks::tests(document, flag).collect();
        let text = serde_json::to_string(&(self, values, pages)).unwrap_or_default();
        hexadecimal(&Sha256::digest(text.as_bytes()))
    }

    /// Whether both variants are the same to visitors: a test of the measuring itself.
    #[must_use]
    pub fn shows_nothing_new(&self, document: &Document) -> bool {
        let Change::Flag { flag, control, treatment } = &self.change else { return false };
        let Some(known) = document.flags.get(flag) else { return false };
        let same = known.variants.get(control).is_some_and(|value| known.variants.get(treatment) == Some(value));
        same && super::checks::tests(document, flag)
            .all(|page| page.variants.get(control) == page.variants.get(treatment))
    }

    /// A digest of the plan and of the playbook that it follows: what was promised before anything was seen.
    #[must_use]
    pub fn hash(&self, playbook: &Playbook) -> String {
        let text = serde_json::to_string(&(self, playbook)).unwrap_or_default();
        hexadecimal(&Sha256::digest(text.as_bytes()))
    }
}

/// Problems as they are found.
pub(super) struct Problems(pub(super) Vec<Problem>);

impl Problems {
    pub(super) fn say(&mut self, pointer: &str, cause: String, fix: &str) {
        self.0.push(Problem::new(pointer.to_string(), Code::Conflict, cause, fix.to_string()));
    }

    pub(super) fn unless(&mut self, good: bool, pointer: &str, cause: &str, fix: &str) {
        if !good {
            self.say(pointer, cause.to_string(), fix);
        }
    }
}

impl Change {
    fn check(&self, document: &Document, problems: &mut Problems) {
        match self {
            Self::Words { page, edits } => {
                check_path(page, "/change/page", problems);
                let some = !edits.is_empty() && edits.len() <= EDITS;
                problems.unless(some, "/change/edits", "No words are changed.", "Choose a line of the page.");
                for (index, edit) in edits.iter().enumerate() {
                    let place = format!("/change/edits/{index}");
                    let new = !edit.text.trim().is_empty() && edit.text != edit.from;
                    problems.unless(new, &format!("{place}/text"), "The words stay the same.", "Write new ones.");
                    let found = !edit.select.trim().is_empty();
                    problems.unless(found, &format!("{place}/select"), "No place is named.", "Choose a line.");
                }
            }
            Self::Pages { page, other } => {
                check_path(page, "/change/page", problems);
                check_path(other, "/change/other", problems);
                let same = !page.is_empty() && page == other;
                problems.unless(!same, "/change/other", "Both are the same page.", "Write the path of the new one.");
            }
            Self::Flag { flag, control, treatment } => {
                let Some(known) = document.flags.get(flag) else {
                    problems.say("/change/flag", format!("Production has no flag “{flag}”."), "Choose one.");
                    return;
                };
                problems.unless(known.enabled, "/change/flag", "It is off, so nobody would meet it.", "Switch it on.");
                for (place, variant) in [("control", control), ("treatment", treatment)] {
                    let there = known.variants.contains_key(variant);
                    let pointer = format!("/change/{place}");
                    problems.unless(there, &pointer, "The flag has no such variant.", "Choose one of its variants.");
                }
                problems.unless(control != treatment, "/change/treatment", "Both are the same.", "Choose another one.");
                let served = *control == known.otherwise;
                problems.unless(served, "/change/control", "Not what everybody has now.", "Compare with that.");
            }
        }
    }
}

fn check_path(path: &str, pointer: &str, problems: &mut Problems) {
    problems.unless(path.starts_with('/'), pointer, "No page is named.", "Write its path, such as /.");
}

impl Hypothesis {
    fn check(&self, document: &Document, problems: &mut Problems) {
        let said = |text: &str| text.trim().len() >= 3;
        problems.unless(said(&self.change), "/hypothesis/change", "The change is missing.", "Finish “If we …”.");
        problems.unless(said(&self.because), "/hypothesis/because", "The reason is missing.", "Finish “because …”.");
        let known = document.metrics.contains_key(&self.metric);
        problems.unless(known, "/hypothesis/metric", "No metric decides.", "Choose one of production's metrics.");
        if self.question == Question::NotWorse {
            let good = self.by > 0.0 && self.by < 1.0;
            let fix = "Write the largest loss that would not matter, below 100 %.";
            problems.unless(good, "/hypothesis/by", "The margin is missing.", fix);
            return;
        }
        let good = self.by > 0.0 && self.by <= 10.0;
        problems.unless(good, "/hypothesis/by", "The size is missing.", "Write the smallest change worth having.");
    }
}

/// A key from a title: small letters, digits and hyphens.
#[must_use]
pub fn key_of(title: &str) -> String {
    let mut key = String::new();
    for character in title.chars().flat_map(char::to_lowercase) {
        if character.is_ascii_alphanumeric() {
            if key.is_empty() && character.is_ascii_digit() {
                key.push_str("test-"); // Names start with a letter.
            }
            key.push(character);
        } else if !key.is_empty() && !key.ends_with('-') {
            key.push('-');
        }
        // Room for a number behind it, and for that of a run.
        if key.len() >= NAME_BYTES - 24 {
            break;
        }
    }
    let key = key.trim_end_matches('-');
    match key {
        // The dashboard's own page stands there.
        "" | "new" => format!("experiment{}{key}", if key.is_empty() { "" } else { "-" }),
        key => key.to_string(),
    }
}
