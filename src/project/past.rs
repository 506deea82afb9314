//! Past experiments: what was learned before this project began, or elsewhere. Others have counted it, so it is told apart
//! wherever it shows, and no rate counts it. What reads files is outside: this takes records that are already in order.
//!
//! Records are JSON from the caller to the table, and SQL is what judges them: it weighs a tenth of the code.

use super::{Request, Result, audit, claims, forbidden, invalid, library, misshapen, preview, refuse, store};
use crate::document::Problem;
use crate::limits::{NAME_BYTES, PAST, PAST_AT_ONCE, PAST_TEXT_CHARS};
use crate::sql::{Cell, Failure, Sql};
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use serde_json::{Value, json};

pub(super) const TABLES: &[&str] = &["CREATE TABLE IF NOT EXISTS past (key TEXT PRIMARY KEY, at INTEGER NOT NULL, \
     who TEXT NOT NULL, json TEXT NOT NULL) WITHOUT ROWID"];

/// Records of past experiments.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[expect(dead_code, reason = "it describes what is read as plain JSON: each typed reader weighs in the Worker")]
pub(super) struct Past {
    /// At most 100; each has `key` and `title`, and may have `state`, `author`, `reviewer`, `started` and `ended` as
    /// `YYYY-MM-DD`, `decision` (`ship`, `keep`, `again` or `abort`), `decidedBy`, `team`, `metric`, `expected`, `found`
    /// and `text`, which is Markdown.
    records: Vec<alloc::collections::BTreeMap<alloc::string::String, alloc::string::String>>,
}

/// What is wrong with the records `?1`: where, the cause, and what to do. `?2` are the characters of `text`, `?3` of a key.
const WRONG: &str = "WITH said AS (SELECT one.key AS n, one.type AS kind, iif(one.type = 'object', m.key, NULL) AS name, \
     m.type AS type, m.atom AS value, CASE WHEN m.key = 'text' THEN ?2 WHEN m.key = 'key' THEN ?3 \
     WHEN m.key IN ('expected', 'found') THEN 2000 WHEN m.key IN ('title', 'state', 'author', 'reviewer', 'started', \
     'ended', 'decision', 'decidedBy', 'team', 'metric') THEN 200 END AS most \
     FROM json_each(?1, '$.records') AS one LEFT JOIN json_each(?1, one.fullkey) AS m), \
     judged AS (SELECT n, name, CASE \
     WHEN kind <> 'object' THEN 'It is no record.|Send an object of texts.' \
     WHEN name IS NULL THEN NULL \
     WHEN most IS NULL THEN 'No record has this.|A record may have key, title, state, author, reviewer, started, ended, \
     decision, decidedBy, team, metric, expected, found and text.' \
     WHEN type <> 'text' OR length(value) NOT BETWEEN 1 AND most OR replace(replace(value, char(10), ''), char(9), '') \
     GLOB '*[' || char(1) || '-' || char(31) || char(127) || ']*' \
     THEN 'It is no plain text of 1 to ' || most || ' characters.|Write one, or leave it out.' \
     WHEN name = 'key' AND (value GLOB '*[^a-z0-9-]*' OR value NOT GLOB '[a-z]*') \
     THEN '“' || value || '” is no key.|Use small letters, digits and hyphens, and begin with a letter.' \
     WHEN name = 'key' AND value IN (SELECT key FROM experiment) \
     THEN '“' || value || '” is an experiment of this project.|Leave it out, or give this one another key.' \
     WHEN name = 'key' AND row_number() OVER (PARTITION BY name, value ORDER BY n) > 1 \
     THEN '“' || value || '” is there twice.|Give each its own.' \
     WHEN name IN ('started', 'ended') AND date(value) IS NOT value THEN '“' || value || '” is no day.|Write one as 2024-12-31.' \
     WHEN name = 'decision' AND value NOT IN ('ship', 'keep', 'again', 'abort') \
     THEN '“' || value || '” is no decision.|Use ship, keep, again or abort.' END AS what FROM said \
     UNION ALL SELECT one.key, need.value, 'It is not there.|Each record has a key and a title.' \
     FROM json_each(?1, '$.records') AS one, json_each('[\"key\", \"title\"]') AS need \
     WHERE one.type = 'object' AND json_extract(?1, one.fullkey || '.' || need.value) IS NULL) \
     SELECT '/records/' || n || coalesce('/' || name, ''), substr(what, 1, instr(what, '|') - 1), substr(what, instr(what, '|') + 1) \
     FROM judged WHERE what IS NOT NULL ORDER BY n";

/// A row as a card of the library.
const CARD: &str = "json_patch(past.json, json_object('outcome', CASE WHEN past.json->>'decision' = 'abort' THEN 'aborted' \
     WHEN past.json->>'decision' IS NOT NULL THEN past.json->>'decision' \
     WHEN past.json->>'state' = 'stopped' THEN 'stopped' ELSE 'unknown' END, 'headline', 'Imported, not verified', \
     'words', coalesce(past.json->>'found', ''), 'imported', json_object('at', at, 'who', who)))";

/// What is wrong with records, as JSON.
pub(super) fn problems(sql: &mut impl Sql, records: &str) -> core::result::Result<Vec<Problem>, Failure> {
    let [text, key] = [PAST_TEXT_CHARS, NAME_BYTES].map(|most| i64::try_from(most).unwrap_or(i64::MAX).into());
    let rows = sql.run(WRONG, &[records.into(), text, key])?;
    Ok(rows.iter().map(|row| claims::problem(row)).collect())
}

/// Takes records in, or says what would become of them. What was sent before and is the same stays as it is.
pub(super) fn accept(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let body: Value = request.body()?;
    if !body["records"].as_array().is_some_and(|all| (1..=PAST_AT_ONCE).contains(&all.len())) {
        let cause = format!("There is no list of 1 to {PAST_AT_ONCE} records.");
        return Err(misshapen("/records", &cause, "Send more of them in several calls."));
    }
    // Written anew, so that the same record has the same text however it came.
    let records = body.to_string();
    let problems = problems(sql, &records)?;
    if !problems.is_empty() {
        return Err(invalid(&problems));
    }
    let statement = "SELECT count(*) FILTER (WHERE past.key IS NULL), count(*) FILTER (WHERE past.json <> one.value), \
         count(*) FILTER (WHERE past.json = one.value), (SELECT count(*) FROM past) \
         FROM json_each(?, '$.records') AS one LEFT JOIN past ON past.key = one.value->>'key'";
    let counts = sql.run(statement, &[records.as_str().into()])?.pop().unwrap_or_default();
    let [added, changed, same, before] = [0, 1, 2, 3].map(|place| counts.get(place).map_or(0, Cell::integer));
    if added + before > PAST {
        let error = format!("A library has at most {PAST} imported experiments.");
        return Err(forbidden(&error, "Take away those that nobody needs any more."));
    }
    if !preview::asked(request) && added + changed > 0 {
        let who = request.caller.actor.name.as_str().into();
        let statement = "INSERT INTO past SELECT value->>'key', ?2, ?3, value FROM json_each(?1, '$.records') WHERE true \
             ON CONFLICT (key) DO UPDATE SET at = excluded.at, who = excluded.who, json = excluded.json \
             WHERE json <> excluded.json";
        sql.run(statement, &[records.as_str().into(), request.now.0.into(), who])?;
        index(sql, &records)?;
        let detail = format!("{added} new, {changed} changed");
        audit::note(sql, request, "import past experiments", "library", &detail)?;
    }
    Ok(json!({"added": added, "changed": changed, "same": same}))
}

/// One record as a list of them.
pub(super) fn listed(record: &str) -> alloc::string::String {
    format!("{{\"records\":[{record}]}}")
}

/// Enters records among what is found by words.
pub(super) fn index(sql: &mut impl Sql, records: &str) -> core::result::Result<(), Failure> {
    let cells = [records.into()];
    let leave = "DELETE FROM library WHERE key IN (SELECT 'past ' || (value->>'key') FROM json_each(?, '$.records'))";
    sql.run(leave, &cells)?;
    let enter = "INSERT INTO library (key, title, body) SELECT 'past ' || (value->>'key'), value->>'title', \
         coalesce((SELECT group_concat(atom, char(10)) FROM json_each(one.value) WHERE key IN \
         ('team', 'metric', 'expected', 'found', 'text')), '') FROM json_each(?, '$.records') AS one";
    sql.run(enter, &cells).map(drop)
}

/// All of them as cards of the library, the last that ended first; those that match a query of FTS5, the best first.
pub(super) fn cards(sql: &mut impl Sql, query: &str) -> core::result::Result<Vec<Value>, Failure> {
    let rows = if query.is_empty() {
        sql.run(&format!("SELECT {CARD} FROM past ORDER BY json->>'ended' DESC, key"), &[])?
    } else {
        let statement = format!(
            "SELECT json_set({CARD}, '$.snippet', snippet(library, 2, '[', ']', '…', 14)) FROM library \
             JOIN past ON library.key = 'past ' || past.key WHERE library MATCH ? ORDER BY bm25(library, 0, 4, 1)"
        );
        sql.run(&statement, &[query.into()])?
    };
    rows.iter().map(|row| store::parsed(row[0].text())).collect()
}

/// How many there are.
pub(super) fn count(sql: &mut impl Sql) -> core::result::Result<i64, Failure> {
    Ok(sql.run("SELECT count(*) FROM past", &[])?.first().map_or(0, |row| row[0].integer()))
}

/// One of them.
pub(super) fn read(sql: &mut impl Sql, key: &str) -> Result<Value> {
    match sql.run(&format!("SELECT {CARD} FROM past WHERE key = ?"), &[key.into()])?.first() {
        Some(row) => Ok(store::parsed(row[0].text())?),
        None => refuse(404, "No such experiment was imported."),
    }
}

/// Takes one away, unless a claim rests on it.
pub(super) fn remove(sql: &mut impl Sql, request: &Request, key: &str) -> Result<Value> {
    let card = read(sql, key)?;
    let quoted = format!("\"{key}\"");
    if !sql.run("SELECT 1 FROM claim WHERE instr(json, ?)", &[quoted.as_str().into()])?.is_empty() {
        return Err(forbidden("A claim names it.", "Take it out of that claim first."));
    }
    sql.run("DELETE FROM past WHERE key = ?", &[key.into()])?;
    library::leave(sql, &format!("past {key}"))?;
    audit::note(sql, request, "take an imported experiment away", "library", key)?;
    Ok(card)
}
