//! What waits for an hour: a start, a stop, or a change of a flag. At its time the tick does it as whoever has planned it,
//! by the rules and with the checks of that moment; what is refused then is told, and not tried again.

use super::access::{self, Caller, Role, Scope};
use super::checking::FoundOf;
use super::tick::{ENGINE, said};
use super::{
    Call, Refusal, Request, Result, audit, environment_named, flags, forbidden, integer, misshapen, operate, outbox,
    people, preview, refuse, settings, store, text,
};
use crate::lifecycle::Actor;
use crate::notify;
use crate::sql::{Cell, Failure, Sql};
use crate::time::Millis;
use crate::versions;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const TABLES: &[&str] = &["CREATE TABLE IF NOT EXISTS planned (id INTEGER PRIMARY KEY AUTOINCREMENT, \
     due INTEGER NOT NULL, at TEXT NOT NULL, zone TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, \
     body TEXT NOT NULL, who TEXT NOT NULL, person INTEGER, machine INTEGER NOT NULL)"];

/// What may wait at once.
const MOST: i64 = 100;

/// A call for later.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Later"))]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    /// The hour as clocks show it in the project's zone, such as `2026-11-30T09:00`. The shell knows when that is.
    at: String,
    method: String,
    /// The path below the project.
    path: String,
    #[serde(default)]
    body: Value,
}

/// Whether a call may wait.
fn can_wait(method: &str, parts: &[&str]) -> bool {
    matches!(
        (method, parts),
        ("POST", ["experiments", _, "start" | "stop" | "hold" | "resume" | "confirm"])
            | ("PUT", ["environments", _, "flags", _])
    )
}

/// The experiments that start at an hour, and when, the soonest first.
pub(super) fn starts(sql: &mut impl Sql) -> core::result::Result<Vec<(String, i64)>, Failure> {
    let rows = sql.run("SELECT path, due FROM planned WHERE method = 'POST' ORDER BY due, id", &[])?;
    let start = |row: &Vec<Cell>| {
        let path = text(row, 0);
        let parts: Vec<_> = path.split('/').collect();
        started(&parts).map(|key| (key.to_string(), integer(row, 1)))
    };
    Ok(rows.iter().filter_map(start).collect())
}

/// The experiment that such a call starts.
fn started<'p>(parts: &[&'p str]) -> Option<&'p str> {
    if let ["experiments", key, "start" | "confirm"] = parts { Some(key) } else { None }
}

pub(super) fn list(sql: &mut impl Sql) -> Result<Value> {
    let rows = sql.run("SELECT id, due, at, zone, method, path, body, who FROM planned ORDER BY due, id", &[])?;
    let one = |row: &Vec<Cell>| {
        json!({
            "id": integer(row, 0), "due": integer(row, 1), "at": text(row, 2), "zone": text(row, 3),
            "method": text(row, 4), "path": text(row, 5), "who": text(row, 7),
            "body": serde_json::from_str::<Value>(&text(row, 6)).unwrap_or_default(),
        })
    };
    let planned: Vec<_> = rows.iter().map(one).collect();
    Ok(json!({"zone": settings::current(sql)?.zone(), "planned": planned}))
}

pub(super) fn add(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let New { at, method, path, body } = request.body()?;
    let Some(due) = request.call.due.filter(|due| *due > request.now.0) else {
        return Err(misshapen("/at", "This moment has passed.", "Give one that is to come."));
    };
    let parts: Vec<&str> = path.split('/').collect();
    if !can_wait(&method, &parts) {
        let fix = "Plan a `start` or `stop` of an experiment, or a change of a flag.";
        return Err(misshapen("/path", "This does not wait for an hour.", fix));
    }
    let body = if body.is_null() { json!({}) } else { body }.to_string();
    let later = called(request.call, &method, &parts, &body);
    access::allow(&request.caller, &later, &parts)?;
    match parts[..] {
        ["experiments", key, _] => drop(store::experiment(sql, key)?),
        ["environments", environment, _, key] => {
            // A change that no flag could take is none; whether this one may be made is asked at its time.
            let mut call = later;
            call.query.insert(preview::NAME.to_string(), "1".to_string());
            let asked = Request { call: &call, caller: request.caller.clone(), now: request.now };
            flags::change(sql, &asked, environment_named(environment)?, key)?;
        }
        _ => {}
    }
    let count = sql.run("SELECT count(*) FROM planned", &[])?;
    if count.first().is_some_and(|row| integer(row, 0) >= MOST) {
        return Err(forbidden("A hundred things are planned already.", "Cancel one of them."));
    }
    let zone = settings::current(sql)?.zone();
    let Caller { actor, person, machine, .. } = &request.caller;
    let cells = [
        due.into(),
        at.as_str().into(),
        zone.as_str().into(),
        method.as_str().into(),
        path.as_str().into(),
        body.as_str().into(),
        actor.name.as_str().into(),
        (*person).into(),
        i64::from(*machine).into(),
    ];
    sql.run(
        "INSERT INTO planned (due, at, zone, method, path, body, who, person, machine) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        &cells,
    )?;
    audit::note(sql, request, "plan for later", &path, &format!("{at} {zone}: {body}"))?;
    list(sql)
}

pub(super) fn cancel(sql: &mut impl Sql, request: &Request, id: &str) -> Result<Value> {
    let id: i64 = id.parse().unwrap_or(0);
    let rows = sql.run("DELETE FROM planned WHERE id = ? RETURNING path, at", &[id.into()])?;
    let Some(row) = rows.first() else { return refuse(404, "Nothing of that number is planned.") };
    audit::note(sql, request, "cancel", &text(row, 0), &text(row, 1))?;
    list(sql)
}

fn called(like: &Call, method: &str, parts: &[&str], body: &str) -> Call {
    Call {
        method: method.to_string(),
        path: parts.iter().map(ToString::to_string).collect(),
        body: body.to_string(),
        console: like.console.clone(),
        ..Call::default()
    }
}

/// The experiments that are to start now.
pub(super) fn starting(sql: &mut impl Sql, now: Millis) -> core::result::Result<Vec<String>, Failure> {
    let rows = sql.run("SELECT path FROM planned WHERE due <= ?", &[now.0.into()])?;
    let paths = rows.iter().map(|row| text(row, 0));
    Ok(paths.filter_map(|path| started(&path.split('/').collect::<Vec<_>>()).map(ToString::to_string)).collect())
}

/// Does what is due. Gives whether anything waits.
pub(super) fn follow(
    sql: &mut impl Sql,
    console: &str,
    found: &FoundOf,
    now: Millis,
) -> core::result::Result<bool, Failure> {
    let rows =
        sql.run("SELECT id, due, method, path, body, who, person, machine FROM planned ORDER BY due, id", &[])?;
    for row in rows.iter().filter(|row| integer(row, 1) <= now.0) {
        let path = text(row, 3);
        let parts: Vec<&str> = path.split('/').collect();
        // What nobody has looked up yet is asked for at the next look.
        if started(&parts).is_some_and(|key| !found.contains_key(key) && store::experiment(sql, key).is_ok()) {
            continue;
        }
        sql.run("DELETE FROM planned WHERE id = ?", &[integer(row, 0).into()])?;
        let (action, detail) = match done(sql, row, &parts, console, found, now) {
            Ok(_) => ("do what was planned", String::new()),
            Err(Refusal::Store(failure)) => return Err(failure),
            Err(Refusal::Answer(answer)) => {
                let why = said(&answer.body);
                let card = notify::undone(&outbox::salt(sql)?, &path, &text(row, 5), &why, integer(row, 1));
                outbox::post(sql, console, now.0, card, None)?;
                ("leave undone", why)
            }
        };
        audit::write(sql, now.0, &audit::Deed { who: ENGINE, action, subject: &path, detail: &detail })?;
    }
    Ok(!rows.is_empty())
}

/// Does one of them, as whoever has planned it may now.
fn done(
    sql: &mut impl Sql,
    row: &[Cell],
    parts: &[&str],
    console: &str,
    found: &FoundOf,
    now: Millis,
) -> Result<Value> {
    let person = row.get(6).filter(|cell| **cell != Cell::Null).map(Cell::integer);
    let machine = integer(row, 7) == 1;
    if let Some(id) = person
        && sql.run("SELECT 1 FROM person WHERE id = ?", &[id.into()])?.is_empty()
    {
        return Err(forbidden("Whoever has planned it is not here any more.", "Plan it again."));
    }
    let role = people::role_of(sql, person)?;
    let caller = Caller {
        actor: Actor { name: text(row, 5), alone: person.is_none() && !machine && people::are_none(sql)? },
        person,
        role: if machine { role.min(Role::Editor) } else { role },
        scope: Scope::All,
        machine,
    };
    let mut call =
        called(&Call { console: console.to_string(), ..Call::default() }, &text(row, 2), parts, &text(row, 4));
    call.found = started(parts).and_then(|key| found.get(key).cloned());
    call.seen = Some(match parts {
        ["experiments", key, _] => store::experiment(sql, key)?.revision,
        ["environments", environment, ..] => versions::pointer(sql, environment_named(environment)?)?.version,
        _ => 0,
    });
    access::allow(&caller, &call, parts)?;
    operate(sql, &Request { call: &call, caller, now }, parts)
}
