//! The one door to visitors: every document that goes live passes here.
//!
//! In production a document may take anything to more visitors only step by step, with a pause between two steps;
//! runs are started and moved by the lifecycle alone. Less exposure is always free, and so is what takes back a
//! mistake. Development and staging ask nothing.

use super::audit::{self, Deed};
use super::laid::laid;
use super::{Refusal, Result, alone, forbidden, restoring, text};
use crate::blast::{self, Growth};
use crate::document::{self, Code, Document, Page, Problem};
use crate::environment::Environment;
use crate::order;
use crate::sql::{Failure, Sql};
use crate::time::Millis;
use crate::versions::{self, Note, Pointer};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What entitles somebody to publish.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Warrant<'w> {
    /// A person's own change: the next step of the playbook, and no run.
    Author,
    /// Somebody else has let this very change go live.
    Approved,
    /// A step of an experiment whose gates were passed, or to which a second person has agreed: by the ramp of its own
    /// playbook.
    Lifecycle(&'w [u8]),
    /// Something is taken away.
    Retreat,
    /// What was taken away by mistake comes back, to no more visitors than in this document.
    Undo(&'w Document),
    /// An earlier version comes back, which a second person may have approved; for some callers only to fewer visitors.
    Back { approved: bool, only_less: bool },
}

/// Who publishes what, and why.
#[derive(Clone, Copy)]
pub(super) struct Publication<'p> {
    pub(super) environment: Environment,
    pub(super) document: &'p Document,
    pub(super) warrant: Warrant<'p>,
    pub(super) who: &'p str,
    pub(super) action: &'p str,
    pub(super) subject: &'p str,
    pub(super) why: &'p str,
}

/// The document that an environment serves; the empty one before the first.
pub(super) fn current(sql: &mut impl Sql, environment: Environment) -> core::result::Result<Document, Failure> {
    let text = versions::document(sql, environment)?;
    let empty = r#"{"format": 1, "flags": {}}"#;
    document::read(text.as_deref().unwrap_or(empty).as_bytes())
        .map_err(|_| Failure("the published document is no longer readable".to_string()))
}

/// The last document that an environment served and for which something holds.
pub(super) fn last(
    sql: &mut impl Sql,
    environment: Environment,
    holds: impl Fn(&Document) -> bool,
) -> core::result::Result<Option<Document>, Failure> {
    for version in (1..=versions::pointer(sql, environment)?.version).rev() {
        let cells = [environment.name().into(), version.into()];
        let rows = sql.run("SELECT document FROM version WHERE environment = ? AND n = ?", &cells)?;
        let document = rows.first().and_then(|row| document::read(text(row, 0).as_bytes()).ok());
        if let Some(document) = document.filter(&holds) {
            return Ok(Some(document));
        }
    }
    Ok(None)
}

/// The document as text: always the same text for the same document.
pub(super) fn written(document: &Document) -> String {
    laid(&serde_json::to_string(document).unwrap_or_default())
}

/// Publishes, writes the audit log, and gives the new pointer.
pub(super) fn publish(sql: &mut impl Sql, publication: &Publication, now: Millis) -> Result<Pointer> {
    let text = written(publication.document);
    publish_text(sql, publication, &text, now)
}

/// The same, with the document as its author wrote it. Nothing is written before nothing can refuse it any more.
pub(super) fn publish_text(sql: &mut impl Sql, publication: &Publication, text: &str, now: Millis) -> Result<Pointer> {
    let Publication { environment, who, action, subject, why, .. } = *publication;
    let grown = permitted(sql, publication, now)?;
    let detail = format!("{}{}{why}", environment.name(), if why.is_empty() { "" } else { ": " });
    let deed = Deed { who, action, subject, detail: &detail };
    let line = audit::line(sql, now.0, &deed)?;
    let seen = versions::pointer(sql, environment)?.version;
    let note = Note { who, why: if why.is_empty() { action } else { why }, audit: &line.hash };
    let pointer = versions::publish(sql, environment, text, seen, note, now)?;
    audit::keep(sql, &line)?;
    for flag in &grown {
        let cells = [environment.name().into(), flag.as_str().into(), now.0.into()];
        sql.run("INSERT OR REPLACE INTO growth VALUES (?, ?, ?)", &cells)?;
    }
    Ok(pointer)
}

/// What keeps a document from being published in production, apart from what is wrong with itself.
pub(super) fn objections(
    sql: &mut impl Sql,
    publication: &Publication,
    now: Millis,
) -> core::result::Result<(Vec<Problem>, Vec<String>), Failure> {
    if publication.environment != Environment::Production || publication.warrant == Warrant::Retreat {
        return Ok((Vec::new(), Vec::new()));
    }
    let old = before(sql, publication)?;
    let growths = match growths(&old, publication) {
        Ok(growths) if matches!(publication.warrant, Warrant::Back { .. }) => {
            restoring::raised(sql, publication.environment, &old, growths, publication.document)?
        }
        Ok(growths) => growths,
        Err(blast::TooManyConditions { flag }) => {
            let cause = "It has too many different conditions to compute who would newly meet it.".to_string();
            let fix = "Change fewer rules at once, or let rules share their conditions.".to_string();
            return Ok((Vec::from([Problem::new(format!("/flags/{flag}"), Code::Exposure, cause, fix)]), Vec::new()));
        }
    };
    let grown = order::each(growths.iter().map(|growth| growth.flag.clone()));
    let problems = match publication.warrant {
        Warrant::Approved => runs(brought(&old, publication.document)),
        Warrant::Back { only_less: true, .. } => restoring::refused(&growths),
        Warrant::Retreat | Warrant::Back { approved: true, .. } => Vec::new(),
        Warrant::Back { .. } if growths.is_empty() => Vec::new(),
        Warrant::Author | Warrant::Back { .. } => authors(sql, &old, publication, growths, now)?,
        Warrant::Lifecycle(steps) => blast::refuse(&growths, steps),
        Warrant::Undo(_) => growths.iter().map(changed_since).collect(),
    };
    Ok((problems, grown.into_iter().collect()))
}

/// What production serves. A flag that was deleted and comes back is there as it was last, switched off: its off was
/// what everybody could be brought back to, and another one is not safe only because it is written down anew.
fn before(sql: &mut impl Sql, publication: &Publication) -> core::result::Result<Document, Failure> {
    let mut old = current(sql, publication.environment)?;
    for key in publication.document.flags.keys() {
        if old.flags.contains_key(key) {
            continue;
        }
        let known = last(sql, publication.environment, |document| document.flags.contains_key(key))?;
        if let Some(mut flag) = known.and_then(|mut document| document.flags.remove(key)) {
            flag.enabled = false;
            old.flags.insert(key.clone(), flag);
        }
    }
    Ok(old)
}

/// What would grow: over what production serves, or for an undo over what it served before.
fn growths(old: &Document, publication: &Publication) -> core::result::Result<Vec<Growth>, blast::TooManyConditions> {
    let new = publication.document;
    let mut growths = blast::growth(old, new)?;
    match publication.warrant {
        Warrant::Undo(before) => {
            let back = growths;
            growths = blast::growth(before, new)?;
            growths.retain(|growth| back.iter().any(|back| back.flag == growth.flag));
        }
        // A run ends without anybody's leave; so what it hides has to be safe beforehand.
        Warrant::Author => growths.extend(blast::growth(&without_runs(old), &without_runs(new))?),
        Warrant::Approved | Warrant::Lifecycle(_) | Warrant::Retreat | Warrant::Back { .. } => {}
    }
    Ok(growths)
}

fn without_runs(document: &Document) -> Document {
    let mut document = document.clone();
    document.experiments.iter_mut().for_each(|(_, experiment)| experiment.run = None);
    document
}

fn changed_since(growth: &Growth) -> Problem {
    let cause = format!("“{}” has been changed since it was taken away.", growth.flag);
    let fix = "Take the change back first, or go up in steps.".to_string();
    Problem::new(format!("/flags/{}", growth.flag), Code::Exposure, cause, fix)
}

/// What keeps an author from it.
fn authors(
    sql: &mut impl Sql,
    old: &Document,
    publication: &Publication,
    mut growths: Vec<Growth>,
    now: Millis,
) -> core::result::Result<Vec<Problem>, Failure> {
    let brought = brought(old, publication.document);
    // No step and no second person would let such a run in, so nothing is said of how far it would go.
    growths.retain(|growth| !growth.tested || brought.iter().all(|(_, flag)| **flag != growth.flag));
    let mut problems = runs(brought);
    problems.extend(scripts(old, publication.document));
    problems.extend(alone::beyond(sql, old, publication, growths, now)?);
    Ok(problems)
}

/// Runs belong to the lifecycle: an author may take one away, never bring or change one.
fn runs(brought: Vec<(&String, &String)>) -> Vec<Problem> {
    let problem = |(key, _): (&String, _)| {
        let cause = "In production a run is started and moved by its experiment's plan.".to_string();
        let fix = "Plan and start it under Experiments, and leave its run here as it is.".to_string();
        Problem::new(format!("/experiments/{key}/run"), Code::Exposure, cause, fix)
    };
    brought.into_iter().map(problem).collect()
}

/// The experiments whose runs would be new or other ones, each with its flag.
fn brought<'d>(old: &Document, new: &'d Document) -> Vec<(&'d String, &'d String)> {
    let changed = new.experiments.iter().filter(|(key, experiment)| {
        experiment.run.is_some()
            && old.experiments.get(*key).and_then(|was| was.run.as_ref()) != experiment.run.as_ref()
    });
    changed.map(|(key, experiment)| (key, &experiment.flag)).collect()
}

/// Code can do whatever the site can, to however few: nobody brings or moves it without a second person.
fn scripts(old: &Document, new: &Document) -> Vec<Problem> {
    let known: Vec<_> = old.pages.iter().flat_map(|(_, page)| scripts_of(page)).map(|(_, script)| script).collect();
    let fresh = new.pages.iter().flat_map(|(key, page)| scripts_of(page).map(move |script| (key, script)));
    let problem = |(key, (place, _)): (&String, (String, _))| {
        let cause = "One person alone would have this code run on the site.".to_string();
        let fix = "Ask for approval: whoever gives it has read the code.".to_string();
        Problem::new(format!("/pages/{key}/variants/{place}/change/script"), Code::Unsafe, cause, fix)
    };
    fresh.filter(|(_, (_, script))| !known.contains(script)).map(problem).collect()
}

/// Where and for whom code runs, and the code.
type Script<'p> = ([Option<&'p str>; 5], Option<&'p str>);

/// The code of a page test, by its place there.
fn scripts_of(page: &Page) -> impl Iterator<Item = (String, Script<'_>)> {
    page.variants.iter().flat_map(move |(variant, edits)| {
        edits.iter().enumerate().filter_map(move |(index, edit)| {
            let ("script", code) = edit.change()? else { return None };
            let Page { path, host, query, flag, .. } = page;
            let whose =
                [Some(path.as_str()), host.as_deref(), query.as_deref(), Some(flag.as_str()), Some(variant.as_str())];
            Some((format!("{variant}/{index}"), (whose, code.as_str())))
        })
    })
}

/// The flags that grow, if everything about that is allowed.
fn permitted(sql: &mut impl Sql, publication: &Publication, now: Millis) -> Result<Vec<String>> {
    let (problems, grown) = objections(sql, publication, now)?;
    let Some(first) = problems.first() else { return Ok(grown) };
    let Refusal::Answer(mut answer) = forbidden(&first.cause, &first.fix) else { return Ok(grown) };
    answer.body["problems"] = serde_json::json!(problems);
    Err(Refusal::Answer(answer))
}
