//! What only the world outside knows: whether pages answer, and whether events arrive.

use super::super::launch;
use super::super::plan::{Change, Plan};
use super::{Facts, List, Standing, ago};
use crate::collect::measure;
use crate::document::{Document, Edit, Page};
use crate::order;
use crate::stats::guard::Harm;
use crate::time::DAY;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Deserialize;
use serde_json::Value;

/// Milliseconds for which what was found counts: the time that a call takes, with room for slow sites.
const FRESH: i64 = 60_000;

/// What the shell has found for a plan, as JSON:
///
/// ```json
/// {"at": 0, "pages": [{"path": "/", "status": 200, "leads": null}], "edits": [{"select": "h1", "text": "Old", "other": false}],
///  "events": [{"name": "order", "last": 0}], "preview": null}
/// ```
///
/// `at` is when. A status of 0 is that of a page that does not answer in time, `leads` where a redirect leads. The edits are
/// those of the plan, in their order, where its page could be read: `text` is what the first element says that the selector
/// finds, or null where it finds none, and `other` whether that is something else than the plan says. A name may
/// stand among the events several times, and `last` is null if it was only ever refused. `preview` is what a signed preview
/// shows that somebody says to have looked at: a page with edits as a document has them, `{path, edits}`, or a site with
/// variants by flag, `{variants}`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Found(pub Value);

impl Found {
    /// Whether it is of this moment.
    fn is_of(&self, now: i64) -> bool {
        self.0["at"].as_i64().is_some_and(|at| (now - at).abs() <= FRESH)
    }

    /// The entries of a list whose member says this.
    fn of<'f>(&'f self, list: &str, member: &'static str, says: &'f str) -> impl Iterator<Item = &'f Value> {
        self.0[list].as_array().into_iter().flatten().filter(move |entry| entry[member] == says)
    }
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
    let mut all = BTreeSet::new();
    if let Some((page, edits)) = launch::edited(&plan.change) {
        all.extend(moved(&edits));
        all.insert(page);
    }
    if let Change::Flag { flag, control, treatment } = &plan.change {
        for page in tests(document, flag) {
            all.insert(page.path.clone());
            all.extend(
                [control, treatment]
                    .into_iter()
                    .filter_map(|name| page.variants.get(name))
                    .flat_map(|edits| moved(edits)),
            );
        }
    }
    all.into_iter().filter(|page| !page.is_empty()).collect()
}

/// The page tests of a flag.
pub(in super::super) fn tests<'d>(document: &'d Document, flag: &'d str) -> impl Iterator<Item = &'d Page> {
    document.pages.iter().map(|(_, page)| page).filter(move |page| page.flag == flag)
}

/// Where a page comes from or leads to, by its edits.
fn moved(edits: &[Edit]) -> Vec<String> {
    let moved = edits.iter().filter_map(|edit| match edit.change()? {
        ("redirect" | "rewrite", to) => to.as_str().map(ToString::to_string),
        _ => None,
    });
    moved.collect()
}

fn is_pattern(path: &str) -> bool {
    path.contains([':', '*', '(', '{', '\\'])
}

/// Where a plan says what it changes.
pub(super) const fn place(change: &Change) -> &'static str {
    if let Change::Flag { .. } = change { "/change/flag" } else { "/change/page" }
}

/// Whether every page answers.
pub(super) fn pages(list: &mut List, plan: &Plan, facts: &Facts) {
    let pointer = place(&plan.change);
    let all = met(plan, facts.document);
    if all.is_empty() {
        let sentence = "No page is changed on its way; the flag is read in code.".to_string();
        list.say(("pages", ""), Standing::Ok, pointer, sentence, "");
    }
    let found = facts.found.filter(|found| found.is_of(facts.now));
    for page in all {
        let answered = found.and_then(|found| found.of("pages", "path", &page).next());
        let answered = answered.map(|answered| (answered["status"].as_u64().unwrap_or(0), answered["leads"].as_str()));
        let mut say = |state, sentence, next| list.say(("pages", &page), state, pointer, sentence, next);
        match answered {
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
                let leads = leads.unwrap_or("another page");
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

/// Whether what a plan changes is on its page, and says there what the plan says. Where the page could not be read, its own line
/// says why.
pub(super) fn edits(list: &mut List, plan: &Plan, facts: &Facts) {
    let Change::Words { page, edits } = &plan.change else { return };
    let Some(found) = facts.found.filter(|found| found.is_of(facts.now)) else { return };
    let mut fits = false;
    for (index, words) in edits.iter().enumerate() {
        let (select, seen) = (&words.select, &found.0["edits"][index]);
        if seen["select"] != select.as_str() {
            continue;
        }
        let (state, sentence, next) = match seen["text"].as_str() {
            None => (
                Standing::Stop,
                format!("“{select}” finds nothing on {page}, so both versions would be the same."),
                "Choose the element anew.",
            ),
            Some(text) if seen["other"] == true => (
                Standing::Look,
                format!("On {page} stands “{text}” now, and not “{}”.", words.from),
                "Choose it anew, or look at both versions once more.",
            ),
            Some(_) => {
                fits = true;
                continue;
            }
        };
        list.say(("edits", select), state, &format!("/change/edits/{index}/select"), sentence, next);
    }
    if fits && list.all.iter().all(|check| check.key != "edits") {
        let sentence = format!("What the plan changes is on {page}, as the plan says.");
        list.say(("edits", ""), Standing::Ok, "/change/edits", sentence, "");
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
    order::each(core::iter::once(known.event.clone()).chain(per))
}

fn heard(
    list: &mut List,
    facts: &Facts,
    excuse: Option<&'static str>,
    (pointer, metric, part): (&str, &str, Part),
    event: &str,
) {
    let found = facts.found.filter(|found| found.is_of(facts.now));
    let known = found.into_iter().flat_map(|found| found.of("events", "name", event));
    let latest = known.filter_map(|arrival| arrival["last"].as_i64()).max();
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
