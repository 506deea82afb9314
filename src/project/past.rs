//! Past experiments: what was learned before this project began, or elsewhere. Others have counted it, so it is told apart
//! wherever it shows, and no rate counts it. What reads files is outside: this takes records that are already in order.

use super::library::{self, Learned};
use super::{Request, Result, audit, forbidden, invalid, misshapen, preview, refuse, store, text};
use crate::document::{Code, Problem};
use crate::limits::{NAME_BYTES, PAST, PAST_AT_ONCE, PAST_TEXT_CHARS};
use crate::sql::{Cell, Failure, Sql};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};

pub(super) const TABLES: &[&str] = &["CREATE TABLE IF NOT EXISTS past (key TEXT PRIMARY KEY, at INTEGER NOT NULL, \
     who TEXT NOT NULL, json TEXT NOT NULL) WITHOUT ROWID"];

/// What one is called in the library's index, in front of its key.
pub(super) const INDEXED: &str = "past ";

/// What is said of each, wherever it shows.
const MARK: &str = "Imported, not verified";

/// Texts of a record, and how many characters each has at most.
const TEXTS: [(&str, usize); 13] = [
    ("key", NAME_BYTES),
    ("title", 200),
    ("state", 40),
    ("author", 200),
    ("reviewer", 200),
    ("started", 10),
    ("ended", 10),
    ("decision", 10),
    ("decidedBy", 200),
    ("team", 200),
    ("metric", 200),
    ("expected", 2_000),
    ("found", 2_000),
];

/// Records of past experiments.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[expect(dead_code, reason = "it describes what is read as plain JSON: each typed reader weighs in the Worker")]
pub(super) struct Past {
    /// At most 100; each has `key` and `title`, and may have `state`, `author`, `reviewer`, `started` and `ended` as
    /// `YYYY-MM-DD`, `decision` (`ship`, `keep`, `again` or `abort`), `decidedBy`, `team`, `metric`, `expected`, `found`
    /// and `text`, which is Markdown.
    records: Vec<alloc::collections::BTreeMap<String, String>>,
}

/// What is wrong with a record: the member, the cause, and what to do.
pub(super) fn faults(record: &Value) -> Vec<(String, String, String)> {
    let Some(members) = record.as_object() else {
        return [(String::new(), "It is no record.".to_string(), "Send an object of texts.".to_string())].into();
    };
    let mut faults = Vec::new();
    let mut say = |name: &str, cause: String, fix: String| faults.push((name.to_string(), cause, fix));
    for needed in ["key", "title"] {
        if !members.contains_key(needed) {
            say(needed, "It is not there.".to_string(), format!("Each record has a {needed}."));
        }
    }
    for (name, value) in members {
        let long = [("text", PAST_TEXT_CHARS)];
        let Some((_, most)) = TEXTS.iter().chain(&long).find(|(known, _)| known == name) else {
            let known: Vec<_> = TEXTS.iter().chain(&long).map(|(known, _)| *known).collect();
            say(name, "No record has this.".to_string(), format!("A record may have {}.", known.join(", ")));
            continue;
        };
        let text = value.as_str().unwrap_or_default();
        let hidden = |sign: char| sign.is_control() && sign != '\n' && sign != '\t';
        if text.is_empty() || text.chars().count() > *most || text.chars().any(hidden) {
            let cause = format!("It is no plain text of 1 to {most} characters.");
            say(name, cause, "Write one, or leave it out.".to_string());
        } else if let Some(fix) = misread(name, text) {
            say(name, format!("“{text}” is none."), fix.to_string());
        }
    }
    faults
}

/// How a text of this name is written, if this one is not.
fn misread(name: &str, text: &str) -> Option<&'static str> {
    let is_day = |text: &str| {
        let digits =
            |(place, sign): (usize, u8)| if matches!(place, 4 | 7) { sign == b'-' } else { sign.is_ascii_digit() };
        text.len() == 10 && text.bytes().enumerate().all(digits)
    };
    let is_key = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.bytes().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'-')
    };
    match name {
        "key" if !is_key(text) => Some("Use small letters, digits and hyphens, and begin with a letter."),
        "started" | "ended" if !is_day(text) => Some("Write a day as 2024-12-31."),
        "decision" if !["ship", "keep", "again", "abort"].contains(&text) => Some("Use ship, keep, again or abort."),
        _ => None,
    }
}

/// Takes records in, or says what would become of them. What was sent before and is the same stays as it is.
pub(super) fn accept(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let body: Value = request.body()?;
    let Some(records) = body["records"].as_array().filter(|all| (1..=PAST_AT_ONCE).contains(&all.len())) else {
        let cause = format!("There is no list of 1 to {PAST_AT_ONCE} records.");
        return Err(misshapen("/records", &cause, "Send more of them in several calls."));
    };
    let own = store::experiments(sql)?;
    let before = sql.run("SELECT key, json FROM past", &[])?;
    let (mut problems, mut keys) = (Vec::new(), Vec::new());
    for (place, record) in records.iter().enumerate() {
        let mut faults = faults(record);
        let key = record["key"].as_str().unwrap_or_default();
        if own.iter().any(|kept| kept.experiment.key == key) {
            let fix = "Leave it out, or give this one another key.";
            faults.push(("key".to_string(), format!("“{key}” is an experiment of this project."), fix.to_string()));
        } else if keys.contains(&key) {
            faults.push(("key".to_string(), format!("“{key}” is there twice."), "Give each its own.".to_string()));
        }
        keys.push(key);
        problems.extend(faults.into_iter().map(|(name, cause, fix)| {
            let member = if name.is_empty() { name } else { format!("/{name}") };
            Problem::new(format!("/records/{place}{member}"), Code::Shape, cause, fix)
        }));
    }
    if !problems.is_empty() {
        return Err(invalid(&problems));
    }
    let (mut added, mut changed) = (0, 0);
    let mut new = Vec::new();
    for (key, record) in keys.iter().zip(records) {
        let json = record.to_string();
        match before.iter().find(|row| row[0].text() == *key) {
            Some(row) if row[1].text() == json => continue,
            Some(_) => changed += 1,
            None => added += 1,
        }
        new.push((*key, json, record));
    }
    if before.len() + added > PAST {
        let error = format!("A library has at most {PAST} imported experiments.");
        return Err(forbidden(&error, "Take away those that nobody needs any more."));
    }
    let told = json!({"added": added, "changed": changed, "same": records.len() - new.len()});
    if preview::asked(request) || new.is_empty() {
        return Ok(told);
    }
    for (key, json, record) in &new {
        let cells =
            [(*key).into(), request.now.0.into(), request.caller.actor.name.as_str().into(), json.as_str().into()];
        sql.run("INSERT OR REPLACE INTO past VALUES (?, ?, ?, ?)", &cells)?;
        index(sql, record)?;
    }
    audit::note(sql, request, "import past experiments", "library", &format!("{added} new, {changed} changed"))?;
    Ok(told)
}

/// Enters one among what is found by words.
pub(super) fn index(sql: &mut impl Sql, record: &Value) -> core::result::Result<(), Failure> {
    let said = |name: &str| record[name].as_str().unwrap_or_default();
    let body = ["metric", "team", "expected", "found", "text"].map(said).join("\n");
    library::enter(sql, &format!("{INDEXED}{}", said("key")), said("title"), &body)
}

/// One of them.
pub(super) fn read(sql: &mut impl Sql, key: &str) -> Result<Value> {
    match all(sql)?.into_iter().find(|card| card["key"] == key) {
        Some(card) => Ok(card),
        None => refuse(404, "No such experiment was imported."),
    }
}

/// Takes one away, unless a claim rests on it.
pub(super) fn remove(sql: &mut impl Sql, request: &Request, key: &str) -> Result<Value> {
    read(sql, key)?;
    let quoted = format!("\"{key}\"");
    if let Some(row) = sql.run("SELECT id FROM claim WHERE instr(json, ?)", &[quoted.as_str().into()])?.first() {
        let error = format!("Claim {} names it.", row[0].integer());
        return Err(forbidden(&error, "Take it out of that claim first."));
    }
    sql.run("DELETE FROM past WHERE key = ?", &[key.into()])?;
    library::leave(sql, &format!("{INDEXED}{key}"))?;
    audit::note(sql, request, "take an imported experiment away", "library", key)?;
    Ok(json!({"key": key}))
}

/// All of them as cards of the library, the last that ended first.
pub(super) fn all(sql: &mut impl Sql) -> core::result::Result<Vec<Value>, Failure> {
    let rows = sql.run("SELECT json, at, who FROM past ORDER BY json->>'ended' DESC, key", &[])?;
    rows.iter().map(|row| card(row)).collect()
}

fn card(row: &[Cell]) -> core::result::Result<Value, Failure> {
    let mut card: Value = store::parsed(&text(row, 0))?;
    let outcome = match (card["decision"].as_str(), card["state"].as_str()) {
        (Some("abort"), _) => "aborted",
        (Some(decision), _) => decision,
        (None, Some("stopped")) => "stopped",
        (None, _) => "unknown",
    };
    card["outcome"] = outcome.into();
    card["headline"] = MARK.into();
    card["words"] = card["found"].as_str().unwrap_or_default().into();
    card["imported"] = json!({"at": row[1].integer(), "who": row[2].text()});
    Ok(card)
}

/// What each is called where something is said of it.
pub(super) fn learned(card: &Value) -> Learned {
    let said = |name: &str| text_of(card, name);
    Learned {
        key: said("key"),
        title: said("title"),
        outcome: said("outcome"),
        words: said("headline"),
        imported: true,
    }
}

fn text_of(card: &Value, name: &str) -> String {
    card[name].as_str().unwrap_or_default().to_string()
}
