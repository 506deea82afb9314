//! Claims: what a team holds to be so, in a sentence each, with the experiments that speak for it and against it. They are
//! found by their words and by the titles of their experiments, beside what visitors and the team wrote.
//!
//! Checking and telling them is left to SQL: where little else is needed it weighs a tenth of the code.

use super::access::Role;
use super::{
    Request, Result, audit, comments, forbidden, integer, invalid, library, misshapen, notes, refuse, store, text,
};
use crate::document::{Code, Problem};
use crate::limits::CLAIMS;
use crate::sql::{Cell, Failure, Sql};
use alloc::format;
#[cfg(feature = "schema")]
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec::Vec;
use serde_json::{Value, json};

// As with comments, a number that was given once is never given again.
pub(super) const TABLES: &[&str] = &["CREATE TABLE IF NOT EXISTS claim (id INTEGER PRIMARY KEY AUTOINCREMENT, \
     revision INTEGER NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL, json TEXT NOT NULL)"];

/// Everything that has run, here or before.
const LEARNED: &str = "WITH learned (key, title, imported) AS (SELECT key, json->>'title', 'false' FROM experiment \
     WHERE json->>'started' IS NOT NULL OR json->>'$.runs[0]' IS NOT NULL \
     UNION ALL SELECT key, json->>'title', 'true' FROM past)";

/// What is wrong with the names in a claim: where, the cause, and what to do.
const WRONG: &str = ", named AS (SELECT '/for/' || key AS place, value FROM json_each(?1, '$.for') \
     UNION ALL SELECT '/against/' || key, value FROM json_each(?1, '$.against')) \
     SELECT place, '“' || value || '” is no experiment that has run, or is named twice.', \
     'Name those that the library has, each on one side.' \
     FROM (SELECT *, row_number() OVER (PARTITION BY value) AS nth FROM named) \
     WHERE place IS NOT NULL AND (nth > 1 OR value NOT IN (SELECT key FROM learned)) \
     UNION ALL SELECT '/' || key, 'A claim has no such part, or not so.', 'Send a `text`, and lists of keys in `for` and `against`.' \
     FROM json_each(?1) WHERE (key, type) NOT IN (VALUES ('text', 'text'), ('for', 'array'), ('against', 'array'))";

/// A claim as it comes in; this is also how it is kept.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[expect(dead_code, reason = "it describes what is read as plain JSON: each typed reader weighs in the Worker")]
pub(super) struct Claim {
    /// What holds, as plain text.
    text: String,
    /// The keys of experiments, or of imported ones, that speak for it.
    #[serde(default)]
    r#for: Vec<String>,
    /// The keys of those that speak against it.
    #[serde(default)]
    against: Vec<String>,
}

/// Writes a claim, or what takes its place: its text and what speaks for and against it.
pub(super) fn save(sql: &mut impl Sql, request: &Request, id: Option<&str>) -> Result<Value> {
    let mut claim: Value = request.body()?;
    if !claim.is_object() {
        return Err(misshapen("", "This is no claim.", "docs/api.md says what it looks like."));
    }
    let text = claim["text"].as_str().unwrap_or_default().trim().to_string();
    let mut problems: Vec<Problem> = Vec::new();
    if let Some((cause, fix)) = comments::fault(&text) {
        problems.push(Problem::new("/text".to_string(), Code::Shape, cause, fix.to_string()));
    }
    claim["text"] = text.as_str().into();
    let json = claim.to_string();
    let wrong = sql.run(&format!("{LEARNED}{WRONG}"), &[json.as_str().into()])?;
    problems.extend(wrong.iter().map(|row| problem(row)));
    if !problems.is_empty() {
        return Err(invalid(&problems));
    }
    let (statement, cells, deed) = if let Some(id) = id {
        let row = row(sql, id)?;
        request.seen(integer(&row, 1), || json!({"revision": integer(&row, 1)}))?;
        let statement = "UPDATE claim SET revision = revision + 1, json = ? WHERE id = ? RETURNING id, at";
        (statement, [json.as_str().into(), row[0].clone(), Cell::Null], "change a claim")
    } else {
        if !sql.run("SELECT 1 FROM claim LIMIT 1 OFFSET ?", &[(CLAIMS - 1).into()])?.is_empty() {
            let error = format!("There are {CLAIMS} claims already.");
            return Err(forbidden(&error, "Take back those that nobody needs any more."));
        }
        let statement = "INSERT INTO claim (revision, json, at, who) VALUES (1, ?, ?, ?) RETURNING id, at";
        let who = request.caller.actor.name.as_str().into();
        (statement, [json.as_str().into(), request.now.0.into(), who], "write a claim")
    };
    let used = if id.is_some() { 2 } else { 3 };
    let rows = sql.run(statement, &cells[..used])?;
    let (id, at) = rows.first().map_or((0, 0), |row| (integer(row, 0), integer(row, 1)));
    notes::put(sql, "", (id, at), &text)?;
    enter(sql, id)?;
    // As with comments, the log has the number alone.
    audit::note(sql, request, deed, "library", &id.to_string())?;
    list(sql, request)
}

/// A problem that SQL has found.
pub(super) fn problem(row: &[Cell]) -> Problem {
    Problem::new(text(row, 0), Code::Shape, text(row, 1), text(row, 2))
}

/// Takes a claim back: one's own, or as an admin anybody's.
pub(super) fn remove(sql: &mut impl Sql, request: &Request, id: &str) -> Result<Value> {
    let row = row(sql, id)?;
    if !is_theirs(request, row[2].text()) {
        return refuse(403, "A claim is taken back by whoever wrote it, or by an admin.");
    }
    sql.run("DELETE FROM claim WHERE id = ?", &row[..1])?;
    library::leave(sql, &format!("claim {id}"))?;
    notes::remove(sql, "", Some(integer(&row, 0)))?;
    audit::note(sql, request, "take a claim back", "library", id)?;
    list(sql, request)
}

fn is_theirs(request: &Request, who: &str) -> bool {
    request.caller.actor.is(who) || request.caller.role == Role::Admin
}

fn row(sql: &mut impl Sql, id: &str) -> Result<Vec<Cell>> {
    let id = id.parse::<i64>().unwrap_or_default().into();
    match sql.run("SELECT id, revision, who FROM claim WHERE id = ?", &[id])?.pop() {
        Some(row) => Ok(row),
        None => refuse(404, "There is no such claim."),
    }
}

/// Enters a claim in the library's index, by its text and the titles of what it names.
fn enter(sql: &mut impl Sql, id: i64) -> core::result::Result<(), Failure> {
    library::leave(sql, &format!("claim {id}"))?;
    let statement = "INSERT INTO library (key, title, body) SELECT 'claim ' || id, json->>'text', coalesce((SELECT \
         group_concat(title, char(10)) FROM learned WHERE key IN (SELECT value FROM json_each(claim.json, '$.for') \
         UNION ALL SELECT value FROM json_each(claim.json, '$.against'))), '') \
         FROM claim WHERE id = ?";
    sql.run(&format!("{LEARNED} {statement}"), &[id.into()]).map(drop)
}

/// Enters every claim that is there.
pub(super) fn rebuild(sql: &mut impl Sql) -> core::result::Result<(), Failure> {
    for row in sql.run("SELECT id, at, json->>'text' FROM claim", &[])? {
        notes::put(sql, "", (integer(&row, 0), integer(&row, 1)), row[2].text())?;
        enter(sql, integer(&row, 0))?;
    }
    Ok(())
}

/// All claims, or those with all words of a question; the newest first.
pub(super) fn list(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let mut claims = found(sql, if request.call.method == "GET" { request.query("q") } else { "" })?;
    for claim in &mut claims {
        claim["removable"] = claim["who"].as_str().is_some_and(|who| is_theirs(request, who)).into();
    }
    Ok(json!({"claims": claims}))
}

/// The claims with all of these words; all of them where there are none.
pub(super) fn found(sql: &mut impl Sql, typed: &str) -> core::result::Result<Vec<Value>, Failure> {
    let side = |name: &str, words: &str| {
        let from = format!("json_each(claim.json, '$.{name}') AS one CROSS JOIN learned ON learned.key = one.value");
        let told = format!(
            "json((SELECT json_group_array(json_object('key', learned.key, 'title', title, 'imported', json(imported))) FROM {from}))"
        );
        (told, format!("coalesce((SELECT '{words}' || group_concat(title, '; ') || '.' FROM {from}), '')"))
    };
    let ((backing, for_it), (against, against_it)) = (side("for", "For it: "), side("against", " Against it: "));
    let query = library::quoted(typed, " ");
    let wanted =
        if query.is_empty() { "?1 = ''" } else { "'claim ' || id IN (SELECT key FROM library WHERE library MATCH ?1)" };
    let statement = format!(
        "{LEARNED} SELECT json_object('id', id, 'revision', revision, 'at', at, 'who', who, 'text', claim.json->>'text', \
         'for', {backing}, 'against', {against}, 'words', trim({for_it} || {against_it})) FROM claim WHERE {wanted} ORDER BY id DESC"
    );
    let rows = sql.run(&statement, &[query.as_str().into()])?;
    rows.iter().map(|row| store::parsed(row[0].text())).collect()
}
