//! Tokens for machines: each belongs to a person, does at most what they may, approves nothing, and ends some day.

use super::access::{Caller, Role, Scope};
use super::{Request, Result, audit, forbidden, integer, misshapen, people, refuse, text};
use crate::compile::hexadecimal;
use crate::lifecycle::Actor;
use crate::sql::{Cell, Failure, Sql};
use crate::time::{DAY, Millis};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(super) const TABLES: &[&str] = &["CREATE TABLE IF NOT EXISTS token (id INTEGER PRIMARY KEY AUTOINCREMENT, \
     person INTEGER, name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, role TEXT NOT NULL, scope TEXT NOT NULL, \
     at INTEGER NOT NULL, expires INTEGER NOT NULL)"];

/// How long a token lasts when nobody says so, in days.
const USUAL: i64 = 90;
/// And at most.
const LONGEST: i64 = 366;

/// Hexadecimal digits of what is drawn for a token.
const DIGITS: usize = 64;

/// What a token is: `pm_`, what was drawn, and a checksum, so that one that was cut off is told from one that is unknown,
/// and a search through code finds those that were left there by mistake.
#[must_use]
pub fn sealed(drawn: &str) -> String {
    format!("{drawn}_{}", &hexadecimal(&Sha256::digest(drawn.as_bytes()))[..8])
}

/// Whether a token is as it was made. Only those with a checksum can be damaged: the admin's has none, and may be anything.
#[must_use]
pub fn whole(token: &str) -> bool {
    let drawn = token.strip_prefix("pm_").and_then(|rest| rest.split_once('_')).map(|(digits, _)| digits);
    let drawn = drawn.filter(|digits| digits.len() == DIGITS && digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
    drawn.is_none_or(|digits| sealed(&format!("pm_{digits}")) == token)
}

/// A new secret, and the hash of it that is kept.
pub(super) fn drawn(request: &Request) -> Result<(String, String)> {
    let Some(drawn) = &request.call.fresh else { return refuse(500, "The shell has drawn no token.") };
    let secret = sealed(drawn);
    let hash = hexadecimal(&Sha256::digest(secret.as_bytes()));
    Ok((secret, hash))
}

/// Whose token it is, while it lasts and its person is there.
pub(super) fn caller(sql: &mut impl Sql, hash: &str, now: Millis) -> core::result::Result<Option<Caller>, Failure> {
    let rows = sql.run(
        "SELECT token.role, token.scope, token.person, person.name FROM token LEFT JOIN person \
         ON person.id = token.person WHERE token.hash = ? AND token.expires > ?",
        &[hash.into(), now.0.into()],
    )?;
    let Some(row) = rows.first() else { return Ok(None) };
    let person = row.get(2).filter(|cell| **cell != Cell::Null).map(Cell::integer);
    let name = person.map_or_else(|| people::ADMIN.to_string(), |_| text(row, 3));
    let role = people::role_of(sql, person)?.min(Role::from_name(&text(row, 0)).unwrap_or(Role::Viewer));
    let scope = if text(row, 1) == "stop" { Scope::Stop } else { Scope::All };
    Ok(Some(Caller { actor: Actor { name, alone: false }, person, role, scope, machine: true }))
}

/// The caller's own; an admin's are all.
pub(super) fn list(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let all = request.caller.role == Role::Admin;
    let rows = sql.run(
        "SELECT token.id, token.name, person.name, token.role, token.scope, token.at, token.expires, token.person \
         FROM token LEFT JOIN person ON person.id = token.person WHERE ? OR token.person IS ? ORDER BY token.id",
        &[i64::from(all).into(), request.caller.person.into()],
    )?;
    let token = |row: &Vec<Cell>| {
        let person = if row.get(7) == Some(&Cell::Null) { people::ADMIN.to_string() } else { text(row, 2) };
        json!({
            "id": integer(row, 0), "name": text(row, 1), "person": person, "role": text(row, 3), "scope": text(row, 4),
            "at": integer(row, 5), "expires": integer(row, 6), "expired": integer(row, 6) <= request.now.0,
        })
    };
    Ok(json!({"tokens": rows.iter().map(token).collect::<Vec<_>>()}))
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "NewToken"))]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    name: String,
    #[serde(default)]
    role: Option<Role>,
    #[serde(default)]
    scope: Option<Scope>,
    #[serde(default)]
    days: Option<i64>,
}

pub(super) fn add(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    themselves(request)?;
    let New { name, role, scope, days } = request.body()?;
    let name = name.trim();
    let days = days.unwrap_or(USUAL);
    let scope = scope.unwrap_or(Scope::All);
    let most = request.caller.role.min(Role::Editor);
    let role = role.unwrap_or(if scope == Scope::Stop { Role::Editor } else { Role::Viewer });
    if !people::is_name(name) {
        return Err(misshapen("/name", people::NAMES, "Say what uses it, such as “nightly export”."));
    }
    if !(1..=LONGEST).contains(&days) {
        let cause = format!("A token lasts 1 to {LONGEST} days.");
        return Err(misshapen("/days", &cause, &format!("Leave it out for {USUAL}.")));
    }
    if role > most {
        let cause = format!("Your tokens can do what “{}” can at most.", most.name());
        return Err(misshapen("/role", &cause, "People approve, and admins are people."));
    }
    let (secret, hash) = drawn(request)?;
    let (now, word) = (request.now.0, if scope == Scope::Stop { "stop" } else { "all" });
    let expires = now + days * DAY;
    let rows = sql.run(
        "INSERT INTO token (person, name, hash, role, scope, at, expires) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
        &[
            request.caller.person.into(),
            name.into(),
            hash.as_str().into(),
            role.name().into(),
            word.into(),
            now.into(),
            expires.into(),
        ],
    )?;
    audit::note(sql, request, "add token", name, "")?;
    let id = rows.first().map_or(0, |row| integer(row, 0));
    Ok(json!({
        "token": {
            "id": id, "name": name, "person": request.caller.actor.name, "role": role, "scope": scope, "at": now,
            "expires": expires, "expired": false,
        },
        "secret": secret,
    }))
}

pub(super) fn revoke(sql: &mut impl Sql, request: &Request, id: &str) -> Result<Value> {
    themselves(request)?;
    let all = request.caller.role == Role::Admin;
    let rows = sql.run(
        "DELETE FROM token WHERE id = ? AND (? OR person IS ?) RETURNING name",
        &[id.parse::<i64>().unwrap_or(0).into(), i64::from(all).into(), request.caller.person.into()],
    )?;
    let Some(name) = rows.first().map(|row| text(row, 0)) else { return refuse(404, "There is no such token.") };
    audit::note(sql, request, "revoke token", &name, "")?;
    list(sql, request)
}

/// A person's tokens end with their access.
pub(super) fn end(sql: &mut impl Sql, person: i64) -> core::result::Result<(), Failure> {
    sql.run("DELETE FROM token WHERE person = ?", &[person.into()]).map(drop)
}

/// A token that made tokens would outlive its own end.
fn themselves(request: &Request) -> Result<()> {
    if request.caller.machine {
        return Err(forbidden("A token makes and ends no tokens.", "Use your own link."));
    }
    Ok(())
}
