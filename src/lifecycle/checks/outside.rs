//! What only the world outside knows: whether pages answer, and whether events arrive.

use super::super::plan::{Change, Plan};
use super::{Facts, List, Standing, ago};
use crate::collect::measure;
use crate::document::{Document, Page};
use crate::stats::guard::Harm;
use crate::time::DAY;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Milliseconds for which what was found counts: the time that a call takes, with room for slow sites.
const FRESH: i64 = 60_000;

/// What the shell has found for a plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Found {
    /// When.
    pub at: i64,
    /// How pages answer ([`addresses`]).
    pub pages: Vec<Answered>,
    /// When events were heard last; a name may stand there several times.
    pub events: Vec<Arrival>,
    /// What a signed preview shows that somebody says to have looked at.
    pub preview: Option<Shown>,
}

/// How a page answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Answered {
    /// Its path.
    pub path: String,
    /// The status; 0 where nothing answers in time.
    pub status: u16,
    /// Where it leads instead, for a redirect.
    pub leads: Option<String>,
}

/// An event, and when it happened last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Arrival {
    /// Its name.
    pub name: String,
    /// When; nothing if it was only ever refused.
    pub last: Option<i64>,
}

/// What a signed preview shows: a page with edits, or a site with variants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Shown {
    /// A page as a plan or a variant has it.
    Page {
        /// Its path.
        path: String,
        /// The edits, as a document has them.
        edits: Vec<Value>,
    },
    /// A site with these variants by flag.
    Site {
        /// The variants.
        variants: BTreeMap<String, String>,
    },
}

/// The pages that visitors of a plan would meet, in either variant: addresses on the site, each with the place in the plan
/// that leads there. A pattern stands for many pages, of which none can be asked.
#[must_use]
pub fn addresses(plan: &Plan, document: &Document) -> Vec<String> {
    let all = met(plan, document).into_iter().filter(|page| page.starts_with('/') && !is_pattern(page));
    all.take(MOST).collect()
}

/// Pages that are asked at most.
const MOST: usize = 20;

fn met(plan: &Plan, document: &Document) -> Vec<String> {
    let all: BTreeSet<String> = match &plan.change {
        Change::Words { page, .. } => [page.clone()].into(),
        Change::Flag { flag, control, treatment } => {
            let tests = tests(document, flag);
            tests.flat_map(|page| core::iter::once(page.path.clone()).chain(led(page, &[control, treatment]))).collect()
        }
    };
    all.into_iter().filter(|page| !page.is_empty()).collect()
}

/// The page tests of a flag.
pub(in super::super) fn tests<'d>(document: &'d Document, flag: &'d str) -> impl Iterator<Item = &'d Page> {
    document.pages.iter().map(|(_, page)| page).filter(move |page| page.flag == flag)
}

/// Where variants of a page come from or lead to.
fn led(page: &Page, variants: &[&String]) -> Vec<String> {
    let edits = variants.iter().filter_map(|variant| page.variants.get(*variant)).flatten();
    let moved = edits.filter_map(|edit| match edit.change()? {
        ("redirect" | "rewrite", to) => to.as_str().map(ToString::to_string),
        _ => None,
    });
    moved.collect()
}

fn is_pattern(path: &str) -> bool {
    path.contains([':', '*', '(', '{', '\\'])
}

/// Whether every page answers.
pub(super) fn pages(list: &mut List, plan: &Plan, facts: &Facts) {
    let pointer = if let Change::Words { .. } = plan.change { "/change/page" } else { "/change/flag" };
    let all = met(plan, facts.document);
    if all.is_empty() {
        let sentence = "No page is changed on its way; the flag is read in code.".to_string();
        list.say(("pages", ""), Standing::Ok, pointer, sentence, "");
    }
    let found = facts.found.filter(|found| (facts.now - found.at).abs() <= FRESH);
    for page in all {
        let answered = found.and_then(|found| found.pages.iter().find(|answered| answered.path == page));
        let mut say = |state, sentence, next| list.say(("pages", &page), state, pointer, sentence, next);
        match answered.map(|answered| (answered.status, &answered.leads)) {
            _ if !page.starts_with('/') || is_pattern(&page) => {
                let sentence = format!("{page} stands for pages that nobody can ask from here.");
                say(Standing::Look, sentence, "Open one of them.");
            }
            None => {
                let sentence = format!("Nobody has looked just now whether {page} answers.");
                say(Standing::Stop, sentence, "Ask again in a moment.");
            }
            Some((200..300, _)) => say(Standing::Ok, format!("{page} answers."), ""),
            Some((300..400, leads)) => {
                let leads = leads.as_deref().unwrap_or("another page");
                let sentence = format!("{page} leads to {leads}.");
                say(Standing::Look, sentence, "Write that page if it is the one that visitors shall meet.");
            }
            Some((0, _)) => {
                say(Standing::Stop, format!("{page} does not answer."), "Look whether the site is up.");
            }
            Some((status, _)) => {
                let sentence = format!("{page} answers with the error {status}.");
                say(Standing::Stop, sentence, "Bring the page up, or write the path of another one.");
            }
        }
    }
}

/// What a metric is to a plan.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Decides,
    Guards(Harm),
    Beside,
}

/// Whether the events of every metric arrive.
pub(super) fn events(list: &mut List, plan: &Plan, facts: &Facts) {
    let harm = |metric: &str| facts.playbook.guardrail(metric).map_or(Harm::Fewer, |guardrail| guardrail.harm);
    let decides = [("/hypothesis/metric".to_string(), &plan.hypothesis.metric, Part::Decides)];
    let guards = plan.guardrails.iter().enumerate();
    let guards = guards.map(|(index, metric)| (format!("/guardrails/{index}"), metric, Part::Guards(harm(metric))));
    let beside = plan.metrics.iter().enumerate();
    let beside = beside.map(|(index, metric)| (format!("/metrics/{index}"), metric, Part::Beside));
    let excuse = if plan.shows_nothing_new(facts.document) {
        // That it shows nothing new is what makes it harmless, and whether events arrive what it is for.
        Some("This test shows nothing new, so it may find out whether they do.")
    } else if facts.document.flags.iter().all(|(_, flag)| !flag.client) {
        // A page has our script only with a flag that browsers may know. Without data no ramp goes on.
        Some("The script that tells of visitors comes with the first test: see it arrive under Data then.")
    } else {
        None
    };
    for (pointer, metric, part) in decides.into_iter().chain(guards).chain(beside) {
        for event in named(facts.document, metric) {
            heard(list, facts, excuse, (&pointer, metric, part), &event);
        }
    }
}

/// The events that a metric is made of.
fn named(document: &Document, metric: &str) -> BTreeSet<String> {
    let Some(known) = document.metrics.get(metric) else { return BTreeSet::new() };
    let per = measure(known.measure.as_ref()).ok().and_then(|measure| measure.per).map(|per| per.event);
    core::iter::once(known.event.clone()).chain(per).collect()
}

fn heard(
    list: &mut List,
    facts: &Facts,
    excuse: Option<&'static str>,
    (pointer, metric, part): (&str, &str, Part),
    event: &str,
) {
    let found = facts.found.filter(|found| (facts.now - found.at).abs() <= FRESH);
    let known = found.into_iter().flat_map(|found| &found.events).filter(|arrival| arrival.name == event);
    let latest = known.filter_map(|arrival| arrival.last).max();
    let sentence = match latest {
        Some(at) => format!("“{event}” of “{metric}” arrived {}.", ago(facts.now - at)),
        None => format!("No “{event}” of “{metric}” has arrived yet."),
    };
    let late = latest.is_none_or(|at| facts.now - at > DAY);
    let (state, next) = match (part, excuse) {
        _ if !late => (Standing::Ok, ""),
        (_, Some(excuse)) => (Standing::Look, excuse),
        (Part::Decides, None) => {
            (Standing::Stop, "Nothing would be measured. Send it once from the site, and see it arrive under Data.")
        }
        (Part::Guards(Harm::Fewer), None) => {
            (Standing::Stop, "Nobody would see harm. Send it once from the site, and see it arrive under Data.")
        }
        // Where all is well nothing of the kind happens.
        (Part::Guards(Harm::More), None) => (Standing::Look, "Make sure that the site sends it when it happens."),
        (Part::Beside, None) => (Standing::Look, "It decides nothing; without it nothing of it is shown."),
    };
    list.say(("events", metric), state, pointer, sentence, next);
}
