//! Who may call: the admin, whose token the shell knows, and the people that were added, by the hash of theirs.

use super::access::{Caller, Role, Scope};
use super::tick::ENGINE;
use super::{Call, Request, Result, audit, comments, follows, ideas, integer, refuse, text, tokens};
use crate::lifecycle::Actor;
use crate::sql::{Failure, Sql};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const TABLES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS person (id INTEGER PRIMARY KEY AUTOINCREMENT, \
     name TEXT NOT NULL UNIQUE, hash TEXT NOT NULL UNIQUE, at INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS role (person INTEGER PRIMARY KEY, role TEXT NOT NULL)",
];

/// What somebody may do of whom nothing else was said: plan, and let others' plans start.
const USUAL: Role = Role::Approver;

/// The name of whoever holds the admin's token.
pub(super) const ADMIN: &str = "admin";

/// What a name must be.
pub(super) const NAMES: &str = "A name has 1 to 100 characters.";

/// Whether it is a name.
pub(super) fn is_name(name: &str) -> bool {
    (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control)
}

/// Whether it is a name that a person may have.
pub(super) fn is_free(name: &str) -> bool {
    is_name(name) && ![ADMIN, ENGINE].iter().any(|taken| name.eq_ignore_ascii_case(taken))
}

/// Whose own link it is, if the project knows it.
pub(super) fn caller(sql: &mut impl Sql, call: &Call) -> core::result::Result<Option<Caller>, Failure> {
    let own = |name: String, alone, person, role| Caller {
        actor: Actor { name, alone },
        person,
        role,
        scope: Scope::All,
        machine: false,
    };
    if !call.person.is_empty() {
        let rows = sql.run("SELECT name, id FROM person WHERE lower(name) = ?", &[call.person.as_str().into()])?;
        let Some((name, id)) = rows.first().map(|row| (text(row, 0), integer(row, 1))) else { return Ok(None) };
        let role = role_of(sql, Some(id))?;
        return Ok(Some(own(name, false, Some(id), role)));
    }
    if call.admin {
        let alone = are_none(sql)?;
        return Ok(Some(own(ADMIN.to_string(), alone, None, Role::Admin)));
    }
    let rows = sql.run("SELECT name, id FROM person WHERE hash = ?", &[call.token.as_str().into()])?;
    let Some((name, id)) = rows.first().map(|row| (text(row, 0), integer(row, 1))) else { return Ok(None) };
    let role = role_of(sql, Some(id))?;
    Ok(Some(own(name, false, Some(id), role)))
}

/// Whether nobody was added: whoever holds the admin's token is alone then.
pub(super) fn are_none(sql: &mut impl Sql) -> core::result::Result<bool, Failure> {
    let rows = sql.run("SELECT count(*) FROM person", &[])?;
    Ok(rows.first().is_none_or(|row| integer(row, 0) == 0))
}

/// Everybody who may be named: people by their numbers, and whoever holds the admin's token.
pub(super) fn names(sql: &mut impl Sql) -> core::result::Result<Vec<(i64, String)>, Failure> {
    let rows = sql.run("SELECT ?, ? UNION ALL SELECT id, name FROM person", &[follows::NOBODY.into(), ADMIN.into()])?;
    Ok(rows.iter().map(|row| (integer(row, 0), text(row, 1))).collect())
}

/// The names of all who may let others' plans start.
pub(super) fn approvers(sql: &mut impl Sql) -> core::result::Result<Vec<String>, Failure> {
    let rows = sql.run("SELECT name, id FROM person", &[])?;
    let mut names = Vec::new();
    for row in rows {
        if role_of(sql, Some(integer(&row, 1)))? >= Role::Approver {
            names.push(text(&row, 0));
        }
    }
    Ok(names)
}

/// The role of a person, or of whoever holds the admin's token.
pub(super) fn role_of(sql: &mut impl Sql, person: Option<i64>) -> core::result::Result<Role, Failure> {
    let Some(person) = person else { return Ok(Role::Admin) };
    let rows = sql.run("SELECT role FROM role WHERE person = ?", &[person.into()])?;
    Ok(rows.first().and_then(|row| Role::from_name(&text(row, 0))).unwrap_or(USUAL))
}

pub(super) fn list(sql: &mut impl Sql) -> Result<Value> {
    let rows = sql.run(
        "SELECT id, name, at, coalesce(role, ?) FROM person LEFT JOIN role ON role.person = person.id ORDER BY id",
        &[USUAL.name().into()],
    )?;
    let person = |row: &Vec<_>| json!({"id": integer(row, 0), "name": text(row, 1), "at": integer(row, 2), "role": text(row, 3)});
    Ok(json!({"people": rows.iter().map(person).collect::<Vec<_>>()}))
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "NewPerson"))]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    name: String,
    #[serde(default)]
    role: Option<Role>,
}

pub(super) fn add(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let New { name, role } = request.body()?;
    let name = name.trim();
    let role = role.unwrap_or(USUAL);
    if !is_free(name) {
        return refuse(409, "A name has 1 to 100 characters, and is neither “admin” nor “the engine”.");
    }
    if !sql.run("SELECT 1 FROM person WHERE lower(name) = lower(?)", &[name.into()])?.is_empty() {
        return refuse(409, "Somebody of that name is there already.");
    }
    let (token, hash) = tokens::drawn(request)?;
    let now = request.now.0;
    sql.run("INSERT INTO person (name, hash, at) VALUES (?, ?, ?)", &[name.into(), hash.as_str().into(), now.into()])?;
    let id = sql.run("SELECT id FROM person WHERE name = ?", &[name.into()])?.first().map_or(0, |row| integer(row, 0));
    sql.run("INSERT INTO role VALUES (?, ?)", &[id.into(), role.name().into()])?;
    audit::note(sql, request, "add person", name, role.name())?;
    Ok(json!({"person": {"id": id, "name": name, "at": now, "role": role}, "token": token}))
}

/// Gives a person a new link in the place of the one before, which ends.
pub(super) fn renew(sql: &mut impl Sql, request: &Request, id: &str) -> Result<Value> {
    let (token, hash) = tokens::drawn(request)?;
    let cells = [hash.as_str().into(), id.parse::<i64>().unwrap_or(0).into()];
    let rows = sql.run("UPDATE person SET hash = ? WHERE id = ? RETURNING id, name, at", &cells)?;
    let Some(row) = rows.first() else { return refuse(404, "There is no such person.") };
    let (id, name) = (integer(row, 0), text(row, 1));
    audit::note(sql, request, "give a new link", &name, "")?;
    let role = role_of(sql, Some(id))?;
    Ok(json!({"person": {"id": id, "name": name, "at": integer(row, 2), "role": role}, "token": token}))
}

pub(super) fn remove(sql: &mut impl Sql, request: &Request, id: &str) -> Result<Value> {
    let id: i64 = id.parse().unwrap_or(0);
    let rows = sql.run("DELETE FROM person WHERE id = ? RETURNING name", &[id.into()])?;
    let Some(name) = rows.first().map(|row| text(row, 0)) else { return refuse(404, "There is no such person.") };
    sql.run("DELETE FROM role WHERE person = ?", &[id.into()])?;
    tokens::end(sql, id)?;
    follows::leave(sql, id)?;
    ideas::leave(sql, id)?;
    comments::leave(sql, id)?;
    audit::note(sql, request, "remove person", &name, "")?;
    list(sql)
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Appointment {
    role: Role,
}

pub(super) fn appoint(sql: &mut impl Sql, request: &Request, id: &str) -> Result<Value> {
    let Appointment { role } = request.body()?;
    let id: i64 = id.parse().unwrap_or(0);
    let rows = sql.run("SELECT name FROM person WHERE id = ?", &[id.into()])?;
    let Some(name) = rows.first().map(|row| text(row, 0)) else { return refuse(404, "There is no such person.") };
    sql.run("INSERT OR REPLACE INTO role VALUES (?, ?)", &[id.into(), role.name().into()])?;
    audit::note(sql, request, "give role", &name, role.name())?;
    list(sql)
}
