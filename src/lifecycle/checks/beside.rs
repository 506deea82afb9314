//! What else there is: experiments on the same page or flag, and earlier ones like it.

use super::super::launch;
use super::super::plan::Plan;
use super::super::{Experiment, State};
use super::outside::{place, tests};
use super::{Facts, List, Standing};
use crate::document::{Document, Named, Page, Slot};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// An earlier experiment like a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Like {
    /// What it is called in addresses.
    pub key: String,
    /// Its name for people.
    pub title: String,
    /// What came of it.
    pub words: String,
}

/// Whether something else that runs gets in its way, or could.
pub(super) fn collisions(list: &mut List, plan: &Plan, facts: &Facts) {
    let key = &facts.experiment.key;
    let (flag, _, _) = launch::names(facts.experiment);
    let (own, pointer) = (pages(plan, facts.document, &flag), place(&plan.change));
    let slot = facts.document.experiments.get(key).and_then(|placed| placed.slot.as_ref());
    let mut alone = true;
    for (other, placed) in facts.document.experiments.iter().filter(|(other, _)| *other != key) {
        if placed.run.is_none() {
            continue;
        }
        let title = title(facts, other);
        let mut say = |state, pointer, sentence, next| list.say(("collision", other), state, pointer, sentence, next);
        if placed.flag == flag {
            alone = false;
            let sentence = format!("“{title}” runs on the same flag.");
            say(Standing::Stop, "/change/flag", sentence, "Wait for its decision.");
        } else if let Some(page) = shared(&own, tests(facts.document, &placed.flag)) {
            alone = false;
            if crossed(plan, facts, other) {
                let sentence = format!("“{title}” changes {page}, too, and they are crossed: visitors draw for both.");
                say(Standing::Ok, pointer, sentence, "");
            } else if excludes(slot, placed.slot.as_ref()) {
                let sentence = format!("“{title}” changes {page}, too; by their layer nobody meets both.");
                say(Standing::Look, pointer, sentence, "Both find less, as each has a part of the visitors.");
            } else {
                let sentence = format!("“{title}” changes {page}, too, and visitors would meet both.");
                let next = "Wait for its decision, or take the kind of test that tries two changes on one page.";
                say(Standing::Stop, "/template", sentence, next);
            }
        }
    }
    for other in facts.others.iter().filter(|other| matches!(other.state, State::InReview | State::Approved)) {
        let Some(theirs) = &other.plan else { continue };
        let (flag_of_other, _, _) = launch::names(other);
        let pages = pages(theirs, facts.document, &flag_of_other);
        if flag_of_other == flag || shared(&own, pages.iter()).is_some() {
            alone = false;
            let sentence = format!("“{}” waits for its start and changes the same.", other.title);
            list.say(
                ("collision", &other.key),
                Standing::Look,
                pointer,
                sentence,
                "Whichever starts first, the other waits.",
            );
        }
    }
    if alone {
        let sentence = String::from("Nothing else that runs changes the same.");
        list.say(("collision", ""), Standing::Ok, pointer, sentence, "");
    }
}

/// The pages that a plan changes.
fn pages(plan: &Plan, document: &Document, flag: &str) -> Vec<Page> {
    match launch::edited(&plan.change) {
        Some((path, _)) if path.is_empty() => Vec::new(),
        Some((path, _)) => Vec::from([page(&path, flag)]),
        None => tests(document, flag).cloned().collect(),
    }
}

/// The first page of the others that is one of one's own.
fn shared<'p>(own: &[Page], mut theirs: impl Iterator<Item = &'p Page>) -> Option<&'p str> {
    theirs.find(|other| own.iter().any(|page| page.may_meet(other))).map(|page| page.path.as_str())
}

/// Whether nobody can be in both.
fn excludes(one: Option<&Slot>, other: Option<&Slot>) -> bool {
    let Some((one, other)) = one.zip(other) else { return false };
    one.layer == other.layer && (one.below <= other.from || other.below <= one.from)
}

/// Whether somebody wants visitors to meet both: they are two changes of one page that are tried at once.
fn crossed(plan: &Plan, facts: &Facts, other: &str) -> bool {
    let theirs = facts.others.iter().find(|known| known.key == other).and_then(|known| known.plan.as_ref());
    crosses(Some(plan), other) || crosses(theirs, &facts.experiment.key)
}

fn crosses(plan: Option<&Plan>, key: &str) -> bool {
    plan.and_then(|plan| plan.crossed.as_deref()) == Some(key)
}

/// What two experiments have in common that are there at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clash {
    /// The flag of this key: only one of them can run.
    Flag(String),
    /// The page of this path: visitors would meet both.
    Page(String),
    /// The page of this path, and a layer by which nobody meets both.
    Apart(String),
    /// The layer of this name.
    Layer(String),
}

impl Clash {
    /// What is the same, and whether that keeps one of them from its start.
    #[must_use]
    pub fn kind(&self) -> (&'static str, bool) {
        match self {
            Self::Flag(_) => ("flag", true),
            Self::Page(_) => ("page", true),
            Self::Apart(_) => ("page", false),
            Self::Layer(_) => ("layer", false),
        }
    }

    /// The same in a sentence about the other one.
    #[must_use]
    pub fn words(&self, other: &str) -> String {
        match self {
            Self::Flag(flag) => format!("“{other}” has the same flag, {flag}: only one of both can run."),
            Self::Page(page) => format!("“{other}” changes {page}, too, and visitors would meet both."),
            Self::Apart(page) => {
                format!(
                    "“{other}” changes {page}, too; by their layer nobody meets both, and each has a part of the visitors."
                )
            }
            Self::Layer(layer) => {
                format!("“{other}” draws from the same layer, {layer}: each has a part of the visitors.")
            }
        }
    }
}

/// What two experiments have in common, were they there at the same time. What is crossed on purpose is no clash.
#[must_use]
pub fn clash(one: &Experiment, other: &Experiment, document: &Document) -> Option<Clash> {
    let ((flag, _, _), (theirs, _, _)) = (launch::names(one), launch::names(other));
    if flag == theirs && !flag.is_empty() {
        return Some(Clash::Flag(flag));
    }
    let slot = |of: &Experiment| document.experiments.get(&of.key).and_then(|placed| placed.slot.as_ref());
    let (slot, beside) = (slot(one), slot(other));
    if let Some(page) = shared(&changed(one, document), changed(other, document).iter()) {
        let crossed = crosses(one.plan.as_ref(), &other.key) || crosses(other.plan.as_ref(), &one.key);
        let clash = if excludes(slot, beside) { Clash::Apart } else { Clash::Page };
        return (!crossed).then(|| clash(page.into()));
    }
    let (slot, beside) = slot.zip(beside)?;
    (slot.layer == beside.layer).then(|| Clash::Layer(slot.layer.clone()))
}

/// The pages that an experiment changes, or that its idea is about.
#[must_use]
pub fn changed(experiment: &Experiment, document: &Document) -> Vec<Page> {
    let (flag, _, _) = launch::names(experiment);
    match (&experiment.plan, &experiment.thought) {
        (Some(plan), _) => pages(plan, document, &flag),
        (None, Some(thought)) if !thought.page.is_empty() => Vec::from([page(&thought.page, &flag)]),
        _ => Vec::new(),
    }
}

/// Whether an experiment changes what somebody meets at a path.
#[must_use]
pub fn changes(experiment: &Experiment, path: &str, document: &Document) -> bool {
    shared(&[page(path, "")], changed(experiment, document).iter()).is_some()
}

fn page(path: &str, flag: &str) -> Page {
    Page { path: path.into(), host: None, query: None, flag: flag.into(), variants: Named::default() }
}

fn title<'f>(facts: &'f Facts, key: &'f str) -> &'f str {
    facts.others.iter().find(|other| other.key == key).map_or(key, |other| other.title.as_str())
}

/// Whether somebody has tried it already.
pub(super) fn similar(list: &mut List, facts: &Facts) {
    for Like { key, title, words } in facts.similar {
        let sentence = format!("Somebody tried something like it: “{title}”. {words}");
        list.say(("similar", key), Standing::Look, "/hypothesis", sentence, "Read what they learned.");
    }
    if facts.similar.is_empty() {
        let sentence = String::from("Nobody has tried anything like it here.");
        list.say(("similar", ""), Standing::Ok, "/hypothesis", sentence, "");
    }
}
