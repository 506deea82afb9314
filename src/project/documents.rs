//! The documents of an environment: what is current, what is in the making, and every version before.

use super::publishing::{self, Publication, Warrant};
use super::{
    Request, Result, approvals, audit, experiments, integer, invalid, pages, preview, promotion, refuse, restoring,
    stale, text,
};
use crate::compile;
use crate::document::{self, Document};
use crate::environment::Environment;
use crate::lifecycle::Actor;
use crate::sql::{LAST, Sql};
use crate::time::Millis;
use crate::versions;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};

pub(super) const TABLES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS draft (environment TEXT PRIMARY KEY, revision INTEGER NOT NULL, base INTEGER NOT NULL, \
     document TEXT NOT NULL, who TEXT NOT NULL, at INTEGER NOT NULL)",
    // When a flag last went to more visitors by hand.
    "CREATE TABLE IF NOT EXISTS growth (environment TEXT NOT NULL, flag TEXT NOT NULL, at INTEGER NOT NULL, \
     PRIMARY KEY (environment, flag)) WITHOUT ROWID",
    // When a flag was switched off, so that a mistake can be taken back.
    "CREATE TABLE IF NOT EXISTS switched (environment TEXT NOT NULL, flag TEXT NOT NULL, at INTEGER NOT NULL, \
     PRIMARY KEY (environment, flag)) WITHOUT ROWID",
];

pub(super) fn read(sql: &mut impl Sql, environment: Environment) -> Result<Value> {
    let version = versions::pointer(sql, environment)?.version;
    // What has been published is JSON; `Value` keeps its keys in order and its numbers as they are.
    let document = versions::document(sql, environment)?.and_then(|text| serde_json::from_str::<Value>(&text).ok());
    Ok(json!({"version": version, "revision": version, "document": document}))
}

/// Publishes a text as its author wrote it.
pub(super) fn put(
    sql: &mut impl Sql,
    request: &Request,
    environment: Environment,
    text: &str,
    (action, subject): (&str, &str),
    warrant: Warrant,
) -> Result<Value> {
    let pointer = versions::pointer(sql, environment)?;
    if !preview::asked(request) {
        request.seen(pointer.version, || json!(pointer))?;
    }
    let problems = versions::check(sql, environment, text)?;
    if !problems.is_empty() {
        return Err(invalid(&problems));
    }
    let document = document::read(text.as_bytes()).map_err(|problems| invalid(&problems))?;
    let old = publishing::current(sql, environment)?;
    let flag = request.query("flag");
    let own = is_of(&old, &document, flag);
    let why = if own { format!("changed the rules of {flag}") } else { String::new() };
    let publication = Publication {
        environment,
        document: &document,
        warrant,
        who: &request.caller.actor.name,
        action: if own { "change a flag" } else { action },
        subject: if own { flag } else { subject },
        why: &why,
    };
    if preview::asked(request) {
        return preview::of(sql, request, &publication, &old);
    }
    if approvals::asked(request) {
        return approvals::propose(sql, request, &publication, text);
    }
    let pointer = publishing::publish_text(sql, &publication, text, request.now)?;
    forget_runs(sql, environment, &document, &request.caller.actor, request.now)?;
    let mut answer = json!(pointer);
    let warnings = compile::warnings(&document);
    if !warnings.is_empty() {
        answer["warnings"] = json!(warnings);
    }
    Ok(answer)
}

/// Whether a document changes one flag, and segments for it, and nothing else: then it is that flag's own change.
fn is_of(old: &Document, new: &Document, flag: &str) -> bool {
    let Some(own) = new.flags.get(flag) else { return false };
    let mut with = old.clone();
    with.flags.insert(flag.to_string(), own.clone());
    with.segments.clone_from(&new.segments);
    with == *new
}

/// An author may take a run out of the document; its experiment is then stopped, and says so.
pub(super) fn forget_runs(
    sql: &mut impl Sql,
    environment: Environment,
    document: &Document,
    author: &Actor,
    now: Millis,
) -> Result<()> {
    if environment != Environment::Production {
        return Ok(());
    }
    for kept in super::store::experiments(sql)? {
        let there = document.experiments.get(&kept.experiment.key).is_some_and(|placed| placed.run.is_some());
        if kept.experiment.is_live() && !there {
            experiments::taken_out(sql, &kept.experiment, author, now)?;
        }
    }
    Ok(())
}

struct Draft {
    revision: i64,
    base: i64,
    document: String,
    who: String,
    at: i64,
}

fn kept(sql: &mut impl Sql, environment: Environment) -> Result<Option<Draft>> {
    let rows = sql.run(
        "SELECT revision, base, document, who, at FROM draft WHERE environment = ?",
        &[environment.name().into()],
    )?;
    Ok(rows.first().map(|row| Draft {
        revision: integer(row, 0),
        base: integer(row, 1),
        document: text(row, 2),
        who: text(row, 3),
        at: integer(row, 4),
    }))
}

pub(super) fn draft(sql: &mut impl Sql, environment: Environment) -> Result<Value> {
    let Some(draft) = kept(sql, environment)? else {
        return Ok(
            json!({"revision": 0, "base": versions::pointer(sql, environment)?.version, "document": null, "problems": []}),
        );
    };
    let problems = versions::check(sql, environment, &draft.document)?;
    let changed = changed_since(sql, environment, draft.base)?;
    Ok(json!({
        "revision": draft.revision, "base": draft.base, "changed": changed, "document": draft.document,
        "problems": problems, "who": draft.who, "at": draft.at,
    }))
}

/// Keeps a draft as it was written, mistakes included: nothing that somebody typed is lost but ids that name people. Its
/// base is the version that its author has read, as they say, and not what is current meanwhile.
pub(super) fn put_draft(sql: &mut impl Sql, request: &Request, environment: Environment) -> Result<Value> {
    let before = kept(sql, environment)?;
    let revision = before.as_ref().map_or(0, |draft| draft.revision);
    request.seen(revision, || json!({"revision": revision}))?;
    let newest = versions::pointer(sql, environment)?.version;
    let Some(base) = request.whole("base", 0, newest)?.or(before.map(|draft| draft.base)) else {
        return refuse(428, "Send `?base=` with the version that you made it from, so that nobody's work is lost.");
    };
    let cells = [
        environment.name().into(),
        (revision + 1).into(),
        base.into(),
        (*document::id::concealed(&request.call.body)).into(),
        request.caller.actor.name.as_str().into(),
        request.now.0.into(),
    ];
    sql.run("INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?, ?, ?)", &cells)?;
    audit::note(sql, request, "save a draft", environment.name(), "")?;
    draft(sql, environment)
}

/// What others have published since a version: a pointer to each thing that is not as it was.
fn changed_since(sql: &mut impl Sql, environment: Environment, version: i64) -> Result<Vec<String>> {
    let parsed = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let was: Value = parsed(restoring::kept(sql, environment, version)?);
    let is: Value = parsed(versions::document(sql, environment)?);
    let things = promotion::differing(&was, &is).into_iter().flat_map(|section| {
        let own = promotion::differing(&was[&section], &is[&section]);
        if own.is_empty() {
            return Vec::from([format!("/{section}")]);
        }
        own.iter().map(|key| format!("/{section}/{key}")).collect()
    });
    Ok(things.collect())
}

pub(super) fn drop_draft(sql: &mut impl Sql, request: &Request, environment: Environment) -> Result<Value> {
    let revision = kept(sql, environment)?.map_or(0, |draft| draft.revision);
    request.seen(revision, || json!({"revision": revision}))?;
    sql.run("DELETE FROM draft WHERE environment = ?", &[environment.name().into()])?;
    audit::note(sql, request, "drop a draft", environment.name(), "")?;
    draft(sql, environment)
}

pub(super) fn publish_draft(sql: &mut impl Sql, request: &Request, environment: Environment) -> Result<Value> {
    let Some(draft) = kept(sql, environment)? else { return refuse(404, "There is no draft.") };
    if preview::asked(request) {
        return put(
            sql,
            request,
            environment,
            &draft.document,
            ("publish a draft", environment.name()),
            Warrant::Author,
        );
    }
    request.seen(draft.revision, || json!({"revision": draft.revision}))?;
    let pointer = versions::pointer(sql, environment)?;
    if pointer.version != draft.base {
        let mut current = json!(pointer);
        current["base"] = json!(draft.base);
        current["changed"] = json!(changed_since(sql, environment, draft.base)?);
        return Err(stale(&current));
    }
    let call = super::Call { seen: Some(draft.base), ..request.call.clone() };
    let request = &Request { call: &call, caller: request.caller.clone(), now: request.now };
    let answer =
        put(sql, request, environment, &draft.document, ("publish a draft", environment.name()), Warrant::Author)?;
    // What only waits for somebody's word may come back.
    if !approvals::asked(request) {
        sql.run("DELETE FROM draft WHERE environment = ?", &[environment.name().into()])?;
    }
    Ok(answer)
}

/// Versions that a list has where nobody says: a screen or two.
const LISTED: i64 = 100;

pub(super) fn list(sql: &mut impl Sql, request: &Request, environment: Environment) -> Result<Value> {
    let limit = request.number("limit", pages::MOST)?.unwrap_or(LISTED);
    let newest = versions::pointer(sql, environment)?.version;
    let before = request.number("after", LAST)?.unwrap_or(LAST);
    let mut versions = versions::history(sql, environment, before, limit + 1)?;
    let more = versions.len() > usize::try_from(limit).unwrap_or_default();
    if more {
        versions.pop();
    }
    let next = versions.last().filter(|_| more).map(|last| last.version);
    Ok(json!({"revision": newest, "versions": versions, "next": next}))
}
