//! Who may call: the admin, whose token the shell knows, and the people that were added, by the hash of theirs.

use super::audit::{self, Deed};
use super::tick::ENGINE;
use super::{Call, Request, Result, integer, refuse, text};
use crate::lifecycle::Actor;
use crate::sql::{Failure, Sql};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(super) const TABLES: &[&str] = &["CREATE TABLE IF NOT EXISTS person (id INTEGER PRIMARY KEY AUTOINCREMENT, \
     name TEXT NOT NULL UNIQUE, hash TEXT NOT NULL UNIQUE, at INTEGER NOT NULL)"];

/// The name of whoever holds the admin's token.
const ADMIN: &str = "admin";

/// Who calls, if anybody whom the project knows.
pub(super) fn actor(sql: &mut impl Sql, call: &Call) -> core::result::Result<Option<Actor>, Failure> {
    let others = sql.run("SELECT count(*) FROM person", &[])?;
    let alone = others.first().is_none_or(|row| integer(row, 0) == 0);
    if call.admin {
        return Ok(Some(Actor { name: ADMIN.to_string(), alone }));
    }
    let rows = sql.run("SELECT name FROM person WHERE hash = ?", &[call.token.as_str().into()])?;
    Ok(rows.first().map(|row| Actor { name: text(row, 0), alone: false }))
}

/// Who comes and goes, and who may approve, is the admin's business: else anybody could approve their own plan as a
/// person that they made up.
pub(super) fn only_admin(request: &Request) -> Result<()> {
    if request.call.admin { Ok(()) } else { Err(super::forbidden("Only the admin may do that.", "Ask the admin.")) }
}

pub(super) fn list(sql: &mut impl Sql) -> Result<Value> {
    let rows = sql.run("SELECT id, name, at FROM person ORDER BY id", &[])?;
    let person = |row: &Vec<_>| json!({"id": integer(row, 0), "name": text(row, 1), "at": integer(row, 2)});
    Ok(json!({"people": rows.iter().map(person).collect::<Vec<_>>()}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    name: String,
}

pub(super) fn add(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let New { name } = request.body()?;
    let name = name.trim();
    let good = (1..=40).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if !good || [ADMIN, ENGINE].iter().any(|taken| name.eq_ignore_ascii_case(taken)) {
        return refuse(409, "A name has 1 to 40 characters, and is neither “admin” nor “the engine”.");
    }
    if !sql.run("SELECT 1 FROM person WHERE name = ?", &[name.into()])?.is_empty() {
        return refuse(409, "Somebody of that name is there already.");
    }
    let Some(token) = &request.call.fresh else { return refuse(500, "The shell has drawn no token.") };
    let hash = crate::compile::hexadecimal(&Sha256::digest(token.as_bytes()));
    let now = request.now.0;
    sql.run("INSERT INTO person (name, hash, at) VALUES (?, ?, ?)", &[name.into(), hash.as_str().into(), now.into()])?;
    let id = sql.run("SELECT id FROM person WHERE name = ?", &[name.into()])?.first().map_or(0, |row| integer(row, 0));
    audit::write(sql, now, &Deed { who: &request.actor.name, action: "add person", subject: name, detail: "" })?;
    Ok(json!({"person": {"id": id, "name": name, "at": now}, "token": token}))
}

pub(super) fn remove(sql: &mut impl Sql, request: &Request, id: &str) -> Result<Value> {
    only_admin(request)?;
    let id: i64 = id.parse().unwrap_or(0);
    let rows = sql.run("DELETE FROM person WHERE id = ? RETURNING name", &[id.into()])?;
    let Some(name) = rows.first().map(|row| text(row, 0)) else { return refuse(404, "There is no such person.") };
    let deed = Deed { who: &request.actor.name, action: "remove person", subject: &name, detail: "" };
    audit::write(sql, request.now.0, &deed)?;
    list(sql)
}
