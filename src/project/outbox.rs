//! Messages that wait to be sent. They are written in the transaction of what they tell, and sent after it; so none is
//! lost by a crash, and none tells of what did not happen.

use super::{integer, settings, text};
use crate::sql::{Failure, Sql};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;
use serde_json::Value;

pub(super) const TABLES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, \
     at INTEGER NOT NULL, payload TEXT NOT NULL, attempts INTEGER NOT NULL, due INTEGER NOT NULL, \
     sent INTEGER NOT NULL, error TEXT NOT NULL)",
    // Those that leave in quiet hours, too.
    "CREATE TABLE IF NOT EXISTS urgent (message INTEGER PRIMARY KEY)",
];

/// Attempts at one message. With the pauses between them the last comes after about a day.
const ATTEMPTS: i64 = 12;

/// The pause after the first failure, in milliseconds; each later one is twice as long.
const PAUSE: i64 = 20_000;

/// One message to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// Its number.
    pub id: i64,
    /// Where it goes.
    pub url: String,
    /// Its body.
    pub payload: String,
}

/// Puts a message in and gives its number.
pub(super) fn post(sql: &mut impl Sql, now: i64, payload: &Value) -> Result<i64, Failure> {
    let rows = sql.run(
        "INSERT INTO outbox (at, payload, attempts, due, sent, error) VALUES (?, ?, 0, ?, 0, '') RETURNING id",
        &[now.into(), payload.to_string().as_str().into(), now.into()],
    )?;
    Ok(rows.first().map_or(0, |row| integer(row, 0)))
}

/// The same for one that leaves in quiet hours, too.
pub(super) fn post_now(sql: &mut impl Sql, now: i64, payload: &Value) -> Result<i64, Failure> {
    let id = post(sql, now, payload)?;
    sql.run("INSERT INTO urgent VALUES (?)", &[id.into()])?;
    Ok(id)
}

/// The messages that should leave now; in `quiet` hours those that cannot wait. Without a webhook there is nowhere to send them, so they wait.
pub fn due(sql: &mut impl Sql, now: i64, quiet: bool) -> Result<Vec<Delivery>, Failure> {
    let url = settings::current(sql)?.webhook;
    if url.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sql.run(
        "SELECT id, payload FROM outbox WHERE sent = 0 AND attempts < ? AND due <= ? \
         AND (? = 0 OR id IN (SELECT message FROM urgent)) ORDER BY id LIMIT 10",
        &[ATTEMPTS.into(), now.into(), i64::from(quiet).into()],
    )?;
    Ok(rows.iter().map(|row| Delivery { id: integer(row, 0), url: url.clone(), payload: text(row, 1) }).collect())
}

/// Whether any message still has to leave, now or later.
pub(super) fn waiting(sql: &mut impl Sql) -> Result<bool, Failure> {
    let open = sql.run("SELECT 1 FROM outbox WHERE sent = 0 AND attempts < ? LIMIT 1", &[ATTEMPTS.into()])?;
    Ok(!open.is_empty() && !settings::current(sql)?.webhook.is_empty())
}

/// Tells how a message went: an empty error is success.
pub fn delivered(sql: &mut impl Sql, id: i64, error: &str, now: i64) -> Result<(), Failure> {
    if error.is_empty() {
        return sql.run("UPDATE outbox SET sent = 1, error = '' WHERE id = ?", &[id.into()]).map(drop);
    }
    let error: String = error.chars().take(200).collect();
    let attempts = sql.run("SELECT attempts FROM outbox WHERE id = ?", &[id.into()])?;
    let attempts = attempts.first().map_or(0, |row| integer(row, 0));
    let due = now + (PAUSE << attempts.clamp(0, ATTEMPTS));
    sql.run(
        "UPDATE outbox SET attempts = attempts + 1, due = ?, error = ? WHERE id = ?",
        &[due.into(), error.as_str().into(), id.into()],
    )
    .map(drop)
}
