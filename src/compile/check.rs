//! What a document must keep to beyond its shape: names that exist, splits that are partitions, draws that are
//! independent, limits, and edits that run no code.

use crate::document::{Change, Code, Condition, Document, Experiment, Flag, Kind, Page, Problem, Rule, Run, Survey};
use crate::draw::ALL;
use crate::limits;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::Value;

/// All problems of a document whose shape is right. `left_out` are entries that exist but could not be read.
pub(super) fn check(document: &Document, left_out: &[String]) -> Vec<Problem> {
    let mut check = Check { document, left_out, problems: Vec::new() };
    check.limit("/flags", document.flags.len(), limits::FLAGS, "flags");
    check.limit("/pages", document.pages.len(), limits::PAGES, "page tests");
    for (key, flag) in &document.flags {
        check.flag(&format!("/flags/{key}"), key, flag);
    }
    for (key, metric) in &document.metrics {
        let place = format!("/metrics/{key}");
        check.name(&place, key, false);
        check.label(&format!("{place}/event"), &metric.event);
    }
    for (key, experiment) in &document.experiments {
        check.experiment(&format!("/experiments/{key}"), key, experiment);
    }
    check.draws();
    for (key, page) in &document.pages {
        check.page(&format!("/pages/{key}"), key, page);
    }
    check.limit("/surveys", document.surveys.len(), limits::SURVEYS, "surveys");
    for (key, survey) in &document.surveys {
        check.survey(&format!("/surveys/{key}"), key, survey);
    }
    check.attributes();
    check.problems
}

struct Check<'d> {
    document: &'d Document,
    left_out: &'d [String],
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn report(&mut self, pointer: &str, code: Code, cause: String, fix: impl Into<String>) {
        if self.problems.len() >= limits::PROBLEMS {
            return;
        }
        self.problems.push(Problem::new(pointer.to_string(), code, cause, fix.into()));
    }

    fn limit(&mut self, pointer: &str, count: usize, most: usize, what: &str) {
        if count > most {
            let cause = format!("There are {count} {what}; {most} are allowed.");
            self.report(pointer, Code::Limit, cause, "Remove some.");
        }
    }

    /// Names travel in headers, tokens and URLs, so they are plain.
    fn name(&mut self, pointer: &str, name: &str, dots: bool) {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
        let good = name.len() <= limits::NAME_BYTES
            && name.bytes().next().is_some_and(|first| first.is_ascii_lowercase())
            && name.bytes().all(|byte| allowed(byte) || dots && byte == b'.');
        if !good {
            let also = if dots { ", dots" } else { "" };
            let fix = format!(
                "Use at most {} lower-case letters, digits, hyphens, underscores{also}, starting with a letter.",
                limits::NAME_BYTES
            );
            self.report(pointer, Code::Name, "This is not a name.".to_string(), fix);
        }
    }

    /// Words that other systems choose, such as names of events and attributes.
    fn label(&mut self, pointer: &str, label: &str) {
        if label.is_empty() || label.len() > limits::NAME_BYTES || label.chars().any(char::is_control) {
            let fix = format!("Use 1 to {} bytes without control characters.", limits::NAME_BYTES);
            self.report(pointer, Code::Name, "This cannot be a name.".to_string(), fix);
        }
    }

    fn known<T>(&mut self, pointer: &str, kind: &str, name: &str, all: &BTreeMap<String, T>) -> bool {
        let found = all.contains_key(name);
        let unread = |place: &String| *place == format!("/{kind}s/{name}") || *place == format!("/{kind}s");
        if !found && !self.left_out.iter().any(unread) {
            let names: Vec<_> = all.keys().take(10).map(String::as_str).collect();
            let fix = if names.is_empty() {
                format!("Add a {kind} first.")
            } else {
                format!("Use one of {}.", names.join(", "))
            };
            self.report(pointer, Code::Unknown, format!("There is no such {kind}."), fix);
        }
        found
    }

    fn flag(&mut self, place: &str, key: &str, flag: &Flag) {
        self.name(place, key, true);
        let variants = format!("{place}/variants");
        self.limit(&variants, flag.variants.len(), limits::VARIANTS, "variants");
        if flag.variants.is_empty() {
            self.report(&variants, Code::Conflict, "The flag has no variants.".into(), "Add at least one.");
        }
        for (variant, value) in &flag.variants {
            let place = format!("{variants}/{variant}");
            self.name(&place, variant, false);
            let (fits, due) = match flag.kind {
                Kind::Boolean => (value.is_boolean(), "true or false"),
                Kind::String => (value.is_string(), "a text"),
                Kind::Number => (value.is_number(), "a number"),
                Kind::Json => (!matches!(value, Value::Null), "any JSON but null"),
            };
            if !fits {
                let cause = format!("The value is not of the flag's kind; {due} is due.");
                self.report(&place, Code::Conflict, cause, "Change the value or the flag's `kind`.");
            }
        }
        self.known(&format!("{place}/off"), "variant", &flag.off, &flag.variants);
        self.known(&format!("{place}/otherwise"), "variant", &flag.otherwise, &flag.variants);
        for (index, rule) in flag.rules.iter().enumerate() {
            self.rule(&format!("{place}/rules/{index}"), key, flag, rule);
        }
        let steps = super::rules::steps(self.document, flag);
        self.limit(&format!("{place}/rules"), steps, limits::FLAG_STEPS, "steps in these rules");
    }

    fn rule(&mut self, place: &str, key: &str, flag: &Flag, rule: &Rule) {
        match (&rule.serve, &rule.experiment) {
            (Some(variant), None) => {
                self.known(&format!("{place}/serve"), "variant", variant, &flag.variants);
            }
            (None, Some(name)) => {
                let place = format!("{place}/experiment");
                let document = self.document;
                if self.known(&place, "experiment", name, &document.experiments)
                    && document.experiments[name].flag != key
                {
                    let cause = "This experiment is about another flag.".to_string();
                    self.report(&place, Code::Conflict, cause, "Name an experiment whose `flag` is this one.");
                }
            }
            (both, _) => {
                let cause = if both.is_some() { "It serves two things." } else { "It serves nothing." };
                self.report(place, Code::Conflict, cause.into(), "Write exactly one of `serve` and `experiment`.");
            }
        }
        if let Some(rollout) = &rule.rollout {
            let place = format!("{place}/rollout");
            if rule.experiment.is_some() {
                let cause = "The experiment's run has a rollout of its own.".to_string();
                self.report(&place, Code::Conflict, cause, "Remove this one, and set the run's.");
            }
            self.name(&format!("{place}/salt"), &rollout.salt, false);
            self.label(&format!("{place}/unit"), &rollout.unit);
        }
        if let (Some(from), Some(until)) = (rule.from, rule.until)
            && from >= until
        {
            self.report(
                &format!("{place}/until"),
                Code::Conflict,
                "It ends before it begins.".into(),
                "Exchange the two.",
            );
        }
        if let Some(condition) = &rule.condition {
            self.condition(&format!("{place}/if"), condition);
        }
    }

    fn condition(&mut self, place: &str, condition: &Condition) {
        match condition {
            Condition::All(parts) => self.conditions(&format!("{place}/all"), parts),
            Condition::Any(parts) => self.conditions(&format!("{place}/any"), parts),
            Condition::Not(part) => self.condition(&format!("{place}/not"), part),
            Condition::Exists(test) => self.label(&format!("{place}/exists/attribute"), &test.attribute),
            Condition::Equals(test) => self.label(&format!("{place}/equals/attribute"), &test.attribute),
            Condition::In(test) => self.label(&format!("{place}/in/attribute"), &test.attribute),
            Condition::Starts(test) => self.label(&format!("{place}/starts/attribute"), &test.attribute),
            Condition::Less(test) => self.label(&format!("{place}/less/attribute"), &test.attribute),
            Condition::AtMost(test) => self.label(&format!("{place}/atMost/attribute"), &test.attribute),
            Condition::Greater(test) => self.label(&format!("{place}/greater/attribute"), &test.attribute),
            Condition::AtLeast(test) => self.label(&format!("{place}/atLeast/attribute"), &test.attribute),
        }
    }

    fn conditions(&mut self, place: &str, parts: &[Condition]) {
        for (index, part) in parts.iter().enumerate() {
            self.condition(&format!("{place}/{index}"), part);
        }
    }

    fn experiment(&mut self, place: &str, key: &str, experiment: &Experiment) {
        self.name(place, key, false);
        self.label(&format!("{place}/unit"), &experiment.unit);
        let document = self.document;
        self.known(&format!("{place}/metric"), "metric", &experiment.metric, &document.metrics);
        for (index, guardrail) in experiment.guardrails.iter().enumerate() {
            self.known(&format!("{place}/guardrails/{index}"), "metric", guardrail, &document.metrics);
        }
        if !self.known(&format!("{place}/flag"), "flag", &experiment.flag, &document.flags) {
            return;
        }
        let flag = &document.flags[&experiment.flag];
        self.known(&format!("{place}/control"), "variant", &experiment.control, &flag.variants);
        if let Some(run) = &experiment.run {
            self.run(&format!("{place}/run"), run, flag, &experiment.control);
        }
    }

    fn run(&mut self, place: &str, run: &Run, flag: &Flag, control: &str) {
        self.name(&format!("{place}/id"), &run.id, false);
        self.name(&format!("{place}/salt"), &run.salt, false);
        let mut start = 0;
        for (index, (end, variant)) in run.split.iter().enumerate() {
            let place = format!("{place}/split/{index}");
            self.known(&format!("{place}/1"), "variant", variant, &flag.variants);
            if *end <= start {
                let cause = format!("The range ends at {end}, where the one before it ended at {start}.");
                self.report(&place, Code::Split, cause, "Let the ends rise.");
            }
            start = *end;
        }
        if start != ALL {
            let cause = format!("The last range ends at {start}, so some units would meet no variant.");
            self.report(&format!("{place}/split"), Code::Split, cause, "End the last range at 4294967296 (2^32).");
        }
        if !run.split.iter().any(|(_, variant)| variant == control) {
            let cause = "No range leads to the control, so there is nothing to compare with.".to_string();
            self.report(&format!("{place}/split"), Code::Split, cause, format!("Give a range to `{control}`."));
        }
    }

    /// No two runs share a name or a salt: their draws would be one and the same.
    fn draws(&mut self) {
        let runs =
            || self.document.experiments.iter().filter_map(|(key, experiment)| Some((key, experiment.run.as_ref()?)));
        let (mut ids, mut salts) = (BTreeMap::new(), BTreeMap::new());
        let mut found = Vec::new();
        for (key, run) in runs() {
            for (what, name, seen) in [("id", &run.id, &mut ids), ("salt", &run.salt, &mut salts)] {
                if let Some(other) = seen.insert(name, key) {
                    let cause =
                        format!("The run of `{other}` has this {what} too, so their draws are not independent.");
                    found.push((format!("/experiments/{key}/run/{what}"), cause));
                }
            }
        }
        for (place, cause) in found {
            self.report(&place, Code::Draw, cause, "Give each run its own.");
        }
        self.rollouts(&salts);
    }

    /// No rollout has the salt of a run or of another flag, and one salt draws one attribute. `runs` are the keys of
    /// experiments by their runs' salts.
    fn rollouts(&mut self, runs: &BTreeMap<&String, &String>) {
        let mut first = BTreeMap::new();
        for (key, flag) in &self.document.flags {
            for (index, rule) in flag.rules.iter().enumerate() {
                let Some(rollout) = &rule.rollout else { continue };
                let place = format!("/flags/{key}/rules/{index}/rollout");
                let (owner, unit) = first.entry(&rollout.salt).or_insert((key, &rollout.unit));
                if let Some(experiment) = runs.get(&rollout.salt) {
                    let cause =
                        format!("The run of `{experiment}` has this salt too, so their draws are not independent.");
                    self.report(&format!("{place}/salt"), Code::Draw, cause, "Give the rollout its own.");
                } else if *owner != key {
                    let cause =
                        format!("A rollout of `{owner}` has this salt too, so their draws are not independent.");
                    self.report(&format!("{place}/salt"), Code::Draw, cause, "Give each flag its own.");
                } else if **unit != rollout.unit {
                    let cause = format!("Under this salt, a rule before this one draws `{unit}`.");
                    self.report(
                        &format!("{place}/unit"),
                        Code::Draw,
                        cause,
                        "Draw the same here, or use another salt.",
                    );
                }
            }
        }
    }

    fn page(&mut self, place: &str, key: &str, page: &Page) {
        self.name(place, key, false);
        let path = format!("{place}/path");
        self.limit(&path, page.path.len(), limits::PATTERN_BYTES, "bytes in this path");
        self.limit(&path, page.path.matches('*').count(), limits::PATTERN_STARS, "stars in this path");
        if !page.path.starts_with(['/', '*']) || page.path.contains(['?', '#']) {
            let fix = "Write a path such as `/`, `/beans` or `/beans/*`, without host, query or fragment.";
            self.report(&path, Code::Name, "This is not a path.".into(), fix);
        }
        let document = self.document;
        if !self.known(&format!("{place}/flag"), "flag", &page.flag, &document.flags) {
            return;
        }
        for (variant, edits) in &page.variants {
            let place = format!("{place}/variants/{variant}");
            self.known(&place, "variant", variant, &document.flags[&page.flag].variants);
            self.limit(&place, edits.len(), limits::EDITS, "edits");
            for (index, edit) in edits.iter().enumerate() {
                self.edit(&format!("{place}/{index}"), edit);
            }
        }
    }

    fn edit(&mut self, place: &str, edit: &crate::document::Edit) {
        if edit.select.trim().is_empty() || edit.select.len() > limits::UNIT_BYTES {
            let fix = format!("Write a CSS selector of at most {} bytes.", limits::UNIT_BYTES);
            self.report(&format!("{place}/select"), Code::Name, "This selects nothing.".into(), fix);
        }
        match &edit.change {
            Change::Attribute(set) => {
                let name = set.name.to_ascii_lowercase();
                let place = format!("{place}/change/attribute");
                let letters = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:.".contains(&byte));
                if name.is_empty() || !letters {
                    self.report(&format!("{place}/name"), Code::Name, "This is no attribute.".into(), "Use letters.");
                }
                // Browsers skip blanks and control characters in front of and inside a scheme.
                let value: String = set.value.chars().filter(|c| !c.is_control() && *c != ' ').collect();
                let runs_code = name.starts_with("on")
                    // `values` and its like let an animation set another attribute.
                    || ["srcdoc", "values", "to", "from", "by"].contains(&name.as_str())
                    || value.to_ascii_lowercase().contains("javascript:")
                    || is_foreign_data(&value.to_ascii_lowercase());
                if runs_code {
                    let cause = "This attribute would run code in the page.".to_string();
                    self.report(&place, Code::Unsafe, cause, "Change text or harmless attributes only.");
                }
            }
            Change::Remove(false) => {
                let fix = "Write `true`, or leave the edit out.";
                self.report(&format!("{place}/change/remove"), Code::Conflict, "It changes nothing.".into(), fix);
            }
            Change::Text(_) | Change::Remove(true) => {}
        }
    }

    fn survey(&mut self, place: &str, key: &str, survey: &Survey) {
        self.name(place, key, false);
        let document = self.document;
        self.known(&format!("{place}/experiment"), "experiment", &survey.experiment, &document.experiments);
        self.words(&format!("{place}/question"), &survey.question, limits::QUESTION_CHARS);
        for (index, choice) in survey.choices.iter().enumerate() {
            let place = format!("{place}/choices/{index}");
            self.words(&place, choice, limits::CHOICE_CHARS);
            if survey.choices[..index].contains(choice) {
                let cause = "This choice stands here twice, so its answers could not be told apart.".to_string();
                self.report(&place, Code::Conflict, cause, "Remove it, or give it words of its own.");
            }
        }
        if survey.choices.is_empty() && !survey.comment {
            let cause = "There is no way to answer.".to_string();
            self.report(place, Code::Conflict, cause, "Add `choices`, or set `comment` to true.");
        }
    }

    /// Words that visitors read in one line or a few.
    fn words(&mut self, pointer: &str, words: &str, most: usize) {
        let length = words.chars().count();
        if words.trim().is_empty() || length > most || words.chars().any(char::is_control) {
            let cause = format!("These words have {length} characters, or some that nobody can read.");
            self.report(pointer, Code::Limit, cause, format!("Write 1 to {most} characters in one line."));
        }
    }

    fn attributes(&mut self) {
        let count = super::rules::attributes(self.document, super::Audience::Edge).len();
        self.limit("/flags", count, limits::ATTRIBUTES, "different attributes in all rules");
    }
}

/// Whether a value is a `data:` URL of anything but a picture without script.
fn is_foreign_data(value: &str) -> bool {
    let pictures = ["png", "jpeg", "gif", "webp", "avif"];
    value.strip_prefix("data:").is_some_and(|rest| {
        !rest.strip_prefix("image/").is_some_and(|kind| pictures.iter().any(|picture| kind.starts_with(picture)))
    })
}
