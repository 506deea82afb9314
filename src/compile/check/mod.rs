//! What a document must keep to beyond its shape: names that exist, splits that are partitions, draws that are
//! independent, limits, and edits that run no code.

mod conditions;
mod dimensions;
mod draws;
mod experiments;
mod flags;
mod markup;
mod pages;

use super::graph;
use super::rules::program;
use crate::document::{Code, Document, Named, Problem, below};
use crate::limits;
use crate::snapshot::{STRIDES, Section};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

/// All problems of a document whose shape is right. `left_out` are entries that exist but could not be read.
pub(super) fn check(document: &Document, left_out: &[String]) -> Vec<Problem> {
    check_all(&mut Check::new(document, left_out))
}

/// All problems of a document of which only what is left of segments after pruning goes to browsers.
pub(super) fn check_folded(document: &Document) -> Vec<Problem> {
    check_all(&mut Check { folded: true, ..Check::new(document, &[]) })
}

/// What is allowed in a document, and seldom meant.
pub(super) fn warnings(document: &Document) -> Vec<Problem> {
    let mut check = Check::new(document, &[]);
    check.draws();
    check.warnings
}

fn check_all(check: &mut Check) -> Vec<Problem> {
    let document = check.document;
    check.limit("/flags", document.flags.len(), limits::FLAGS, "flags");
    check.limit("/pages", document.pages.len(), limits::PAGES, "page tests");
    check.limit("/experiments", document.experiments.len(), limits::FLAGS, "experiments");
    check.limit("/segments", document.segments.len(), limits::FLAGS, "segments");
    check.limit("/layers", document.layers.len(), limits::FLAGS, "layers");
    check.limit("/holdouts", document.holdouts.len(), limits::FLAGS, "holdouts");
    if !check.problems.is_empty() {
        // To compare all of them with each other would take too long.
        return core::mem::take(&mut check.problems);
    }
    for (key, flag) in &document.flags {
        check.flag(&below("/flags", key), key, flag);
    }
    for (key, segment) in &document.segments {
        let place = below("/segments", key);
        check.name(&place, key, false);
        check.condition(&format!("{place}/if"), &segment.condition);
    }
    check.kept_apart();
    check.circles();
    for (key, metric) in &document.metrics {
        let place = below("/metrics", key);
        check.name(&place, key, false);
        check.label(&format!("{place}/event"), &metric.event);
    }
    for (key, experiment) in &document.experiments {
        check.experiment(&below("/experiments", key), key, experiment);
    }
    check.draws();
    check.hosts();
    for (key, page) in &document.pages {
        check.page(&below("/pages", key), key, page);
    }
    check.limit("/goals", document.goals.len(), limits::GOALS, "goals");
    for (key, goal) in &document.goals {
        check.goal(&below("/goals", key), key, goal);
    }
    if let Some(flag) = document.privacy.as_ref().and_then(|privacy| privacy.internal.as_ref()) {
        check.known("/privacy/internal", "flag", flag, &document.flags);
    }
    check.dimensions();
    check.limit("/surveys", document.surveys.len(), limits::SURVEYS, "surveys");
    for (key, survey) in &document.surveys {
        check.survey(&below("/surveys", key), key, survey);
    }
    check.programs();
    core::mem::take(&mut check.problems)
}

struct Check<'d> {
    document: &'d Document,
    left_out: &'d [String],
    /// Whether segments that must not reach browsers are looked for later.
    folded: bool,
    problems: Vec<Problem>,
    warnings: Vec<Problem>,
}

impl<'d> Check<'d> {
    fn new(document: &'d Document, left_out: &'d [String]) -> Self {
        Self { document, left_out, folded: false, problems: Vec::new(), warnings: Vec::new() }
    }
}

impl Check<'_> {
    fn report(&mut self, pointer: &str, code: Code, cause: String, fix: impl Into<String>) {
        if self.problems.len() >= limits::PROBLEMS {
            return;
        }
        self.problems.push(Problem::new(pointer.to_string(), code, cause, fix.into()));
    }

    fn warn(&mut self, pointer: &str, code: Code, cause: String, fix: impl Into<String>) {
        if self.warnings.len() < limits::PROBLEMS {
            self.warnings.push(Problem::new(pointer.to_string(), code, cause, fix.into()));
        }
    }

    fn take(&mut self, problems: &mut Vec<Problem>) {
        let room = limits::PROBLEMS.saturating_sub(self.problems.len());
        problems.truncate(room);
        self.problems.append(problems);
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

    /// The name of an attribute, or a JSON pointer to one in nested objects.
    fn attribute(&mut self, pointer: &str, name: &str) {
        self.label(pointer, name);
        let sound = |part: &str| part.starts_with(['0', '1']);
        if name.starts_with('/') && !name.split('~').skip(1).all(sound) {
            let fix = "Write `~0` for `~` and `~1` for `/` inside a step of the path.";
            self.report(pointer, Code::Name, "This is not a JSON pointer.".to_string(), fix);
        }
        if name.split('/').any(|step| step == "__proto__") {
            let cause = "No context has an attribute of this name: to JavaScript it means another thing.".to_string();
            self.report(pointer, Code::Name, cause, "Give the attribute another name.");
        }
    }

    fn known<T>(&mut self, pointer: &str, kind: &str, name: &str, all: &Named<T>) -> bool {
        let found = all.contains_key(name);
        if !found {
            self.unknown(pointer, kind, name, &all.keys().take(10).map(String::as_str).collect::<Vec<_>>());
        }
        found
    }

    /// `names` are some that there are.
    fn unknown(&mut self, pointer: &str, kind: &str, name: &str, names: &[&str]) {
        let unread = |place: &String| *place == format!("/{kind}s/{name}") || *place == format!("/{kind}s");
        if !self.left_out.iter().any(unread) {
            let fix = if names.is_empty() {
                format!("Add {} {kind} first.", if kind.starts_with(['a', 'e']) { "an" } else { "a" })
            } else {
                format!("Use one of {}.", names.join(", "))
            };
            self.report(pointer, Code::Unknown, format!("There is no such {kind}."), fix);
        }
    }

    /// Nothing builds on itself, and rows of things that build on each other end.
    fn circles(&mut self) {
        let document = self.document;
        let flags = document.flags.iter().map(|(key, flag)| (key.as_str(), graph::flags_of(document, key, flag)));
        let segments = document.segments.keys().map(|key| (key.as_str(), graph::segments_of(document, key)));
        for (keys, all) in [flags.unzip(), segments.unzip()] {
            self.circles_of(&keys, &all);
        }
    }

    fn circles_of(&mut self, keys: &Vec<&str>, all: &Vec<Vec<graph::Reference>>) {
        let builds_on = graph::numbered(keys, all);
        let depths = graph::depths(&builds_on);
        let number = |reference: &graph::Reference| keys.binary_search(&reference.to).ok();
        for (thing, references) in all.iter().enumerate().filter(|(thing, _)| depths[*thing].is_none()) {
            let endless = |reference: &&graph::Reference| number(reference).filter(|other| depths[*other].is_none());
            if !references.iter().any(|reference| endless(&reference).is_some()) {
                // It is the first that stands too high: all that it builds on are still within the limit.
                let deepest = references.iter().max_by_key(|reference| number(reference).map(|other| depths[other]));
                if let Some(reference) = deepest {
                    self.too_high(&reference.place);
                }
            }
            for (reference, other) in references.iter().filter_map(|reference| Some((reference, endless(&reference)?)))
            {
                if reaches(&builds_on, other, thing) {
                    let key = keys[thing];
                    let cause = format!("`{key}` builds on `{}`, which builds on `{key}`.", reference.to);
                    self.report(&reference.place, Code::Cycle, cause, "Take one of the two away.");
                } else {
                    self.too_high(&reference.place);
                }
            }
        }
    }

    fn too_high(&mut self, place: &str) {
        let most = limits::PREREQUISITE_DEPTH;
        let cause = format!("More than {most} things build on each other in a row, or in a circle.");
        self.report(place, Code::Cycle, cause, "Build on something that stands lower.");
    }

    /// How long the programs are, and how many attributes they read.
    fn programs(&mut self) {
        // In a circle nothing ends; and what has problems already is told of those first.
        if self.problems.iter().any(|problem| problem.code == Code::Cycle) {
            return;
        }
        let (mut attributes, mut steps) = (BTreeSet::new(), 0);
        for (key, flag) in &self.document.flags {
            let program = program(self.document, super::Audience::Edge, key, flag);
            let own = program.steps.len().max(program.questions);
            self.limit(&format!("{}/rules", below("/flags", key)), own, limits::FLAG_STEPS, "steps in these rules");
            attributes.extend(program.attributes().map(ToString::to_string));
            steps += own;
            if steps * STRIDES[Section::Code as usize] > limits::SNAPSHOT_BYTES {
                // Before all programs lie in memory at once: segments make them much longer than their document.
                let cause =
                    format!("Its rules have more steps than a snapshot of {} bytes holds.", limits::SNAPSHOT_BYTES);
                self.report(
                    "/flags",
                    Code::TooLarge,
                    cause,
                    "Remove flags that are no longer used, or shorten segments.",
                );
                return;
            }
        }
        self.limit("/flags", attributes.len(), limits::ATTRIBUTES, "different attributes in all rules");
    }
}

/// Whether something builds on another thing, step by step.
fn reaches(builds_on: &[Vec<usize>], from: usize, to: usize) -> bool {
    let (mut seen, mut open) = (vec![false; builds_on.len()], vec![from]);
    while let Some(thing) = open.pop() {
        if thing == to {
            return true;
        }
        if !core::mem::replace(&mut seen[thing], true) {
            open.extend(&builds_on[thing]);
        }
    }
    false
}
