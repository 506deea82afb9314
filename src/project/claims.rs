//! Claims: what a team holds to be so, in a sentence each, with the experiments that speak for it and against it. They are
//! found by their words and by the titles of their experiments, beside what visitors and the team wrote.

use super::access::Role;
use super::library::{self, Learned};
use super::{Request, Result, audit, comments, forbidden, integer, invalid, notes, refuse, store, text};
use crate::document::{Code, Problem};
use crate::limits::CLAIMS;
use crate::sql::{Cell, Failure, Sql};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

// As with comments, a number that was given once is never given again.
pub(super) const TABLES: &[&str] = &["CREATE TABLE IF NOT EXISTS claim (id INTEGER PRIMARY KEY AUTOINCREMENT, \
     revision INTEGER NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL, json TEXT NOT NULL)"];

/// What a claim is called in the library's index, in front of its number.
const INDEXED: &str = "claim ";

/// A claim as it comes in, and as it is kept.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Claim {
    /// What holds, as plain text.
    pub(super) text: String,
    /// The keys of experiments, or of imported ones, that speak for it.
    #[serde(default, rename = "for")]
    backing: Vec<String>,
    /// The keys of those that speak against it.
    #[serde(default)]
    against: Vec<String>,
}

impl Claim {
    fn sides(&self) -> [(&'static str, &Vec<String>); 2] {
        [("for", &self.backing), ("against", &self.against)]
    }

    /// What is wrong with it, where these have been learned from.
    pub(super) fn problems(&self, known: &[Learned]) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut say = |pointer: String, cause: String, fix: &str| {
            problems.push(Problem::new(pointer, Code::Unknown, cause, fix.to_string()));
        };
        if let Some((cause, fix)) = comments::fault(&self.text) {
            say("/text".to_string(), cause, fix);
        }
        let mut before: Vec<&String> = Vec::new();
        for (side, keys) in self.sides() {
            for (place, key) in keys.iter().enumerate() {
                let pointer = format!("/{side}/{place}");
                if before.contains(&key) {
                    say(pointer, format!("“{key}” is named twice."), "One experiment speaks on one side, once.");
                } else if !known.iter().any(|one| one.key == *key) {
                    say(pointer, format!("No experiment “{key}” has run."), "Name one that the library has.");
                }
                before.push(key);
            }
        }
        problems
    }
}

/// Writes a claim, or what takes its place: its text and what speaks for and against it.
pub(super) fn save(sql: &mut impl Sql, request: &Request, id: Option<&str>) -> Result<Value> {
    let mut claim: Claim = request.body()?;
    claim.text = claim.text.trim().to_string();
    let known = library::learned(sql)?;
    let problems = claim.problems(&known);
    if !problems.is_empty() {
        return Err(invalid(&problems));
    }
    let json = json!(claim).to_string();
    let (id, at, deed) = if let Some(id) = id {
        let row = row(sql, id)?;
        request.seen(integer(&row, 1), || json!({"revision": integer(&row, 1)}))?;
        sql.run(
            "UPDATE claim SET revision = revision + 1, json = ? WHERE id = ?",
            &[json.as_str().into(), row[0].clone()],
        )?;
        (integer(&row, 0), integer(&row, 2), "change a claim")
    } else {
        let rows = sql.run("SELECT count(*) FROM claim", &[])?;
        if rows.first().is_some_and(|row| integer(row, 0) >= CLAIMS) {
            let error = format!("There are {CLAIMS} claims already.");
            return Err(forbidden(&error, "Take back those that nobody needs any more."));
        }
        let cells = [request.now.0.into(), request.caller.actor.name.as_str().into(), json.as_str().into()];
        let rows = sql.run("INSERT INTO claim (revision, at, who, json) VALUES (1, ?, ?, ?) RETURNING id", &cells)?;
        (rows.first().map_or(0, |row| integer(row, 0)), request.now.0, "write a claim")
    };
    index(sql, (id, at), &claim, &known)?;
    // As with comments, the log has the number alone.
    audit::note(sql, request, deed, "library", &id.to_string())?;
    list(sql, request)
}

/// Takes a claim back: one's own, or as an admin anybody's.
pub(super) fn remove(sql: &mut impl Sql, request: &Request, id: &str) -> Result<Value> {
    let row = row(sql, id)?;
    if !is_theirs(request, row[3].text()) {
        return refuse(403, "A claim is taken back by whoever wrote it, or by an admin.");
    }
    sql.run("DELETE FROM claim WHERE id = ?", &[row[0].clone()])?;
    library::leave(sql, &format!("{INDEXED}{id}"))?;
    notes::remove(sql, "", Some(integer(&row, 0)))?;
    audit::note(sql, request, "take a claim back", "library", id)?;
    list(sql, request)
}

fn is_theirs(request: &Request, who: &str) -> bool {
    request.caller.actor.is(who) || request.caller.role == Role::Admin
}

fn row(sql: &mut impl Sql, id: &str) -> Result<Vec<Cell>> {
    let id = id.parse::<i64>().unwrap_or_default().into();
    match sql.run("SELECT id, revision, at, who, json FROM claim WHERE id = ?", &[id])?.pop() {
        Some(row) => Ok(row),
        None => refuse(404, "There is no such claim."),
    }
}

/// Enters a claim among what is found by words.
fn index(
    sql: &mut impl Sql,
    (id, at): (i64, i64),
    claim: &Claim,
    known: &[Learned],
) -> core::result::Result<(), Failure> {
    notes::put(sql, "", (id, at), &claim.text)?;
    let titles = known.iter().filter(|one| claim.sides().iter().any(|(_, keys)| keys.contains(&one.key)));
    let titles: Vec<_> = titles.map(|one| one.title.as_str()).collect();
    library::enter(sql, &format!("{INDEXED}{id}"), &claim.text, &titles.join("\n"))
}

/// Enters every claim that is there.
pub(super) fn rebuild(sql: &mut impl Sql) -> core::result::Result<(), Failure> {
    let known = library::learned(sql)?;
    for row in sql.run("SELECT id, at, json FROM claim", &[])? {
        index(sql, (integer(&row, 0), integer(&row, 1)), &store::parsed(row[2].text())?, &known)?;
    }
    Ok(())
}

/// All claims, the newest first, or those with words of a question, the best first.
pub(super) fn list(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let mut claims = found(sql, if request.call.method == "GET" { request.query("q") } else { "" })?;
    for claim in &mut claims {
        let removable = claim["who"].as_str().is_some_and(|who| is_theirs(request, who));
        claim["removable"] = removable.into();
    }
    Ok(json!({"claims": claims}))
}

/// The claims with all of these words; all of them where there are none.
pub(super) fn found(sql: &mut impl Sql, typed: &str) -> Result<Vec<Value>> {
    let rows = sql.run("SELECT id, revision, at, who, json FROM claim ORDER BY id DESC", &[])?;
    let rows = match library::keys(sql, typed)? {
        None => rows,
        Some(keys) => {
            let ids = keys.iter().filter_map(|key| key.strip_prefix(INDEXED)?.parse::<i64>().ok());
            ids.filter_map(|id| rows.iter().find(|row| integer(row, 0) == id).cloned()).collect()
        }
    };
    let known = if rows.is_empty() { Vec::new() } else { library::learned(sql)? };
    let mut claims = Vec::new();
    for row in &rows {
        let claim: Claim = store::parsed(row[4].text())?;
        let mut told = json!({
            "id": integer(row, 0), "revision": integer(row, 1), "at": integer(row, 2), "who": text(row, 3), "text": claim.text,
        });
        for (side, keys) in claim.sides() {
            let those = keys.iter().filter_map(|key| known.iter().find(|one| one.key == *key));
            told[side] = those.map(Learned::told).collect();
        }
        claims.push(told);
    }
    Ok(claims)
}
