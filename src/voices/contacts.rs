//! Addresses of those who may be written to: given with a tick, after an answer and apart from it, for a set time. They are
//! neither searched nor exported, and nothing that counts knows them.

use super::tickets::objects;
use super::{Outcome, clean, is_gone, span};
use crate::collect::unit_of;
use crate::limits::{ANSWERS, CONTACT_CHARS, CONTACT_DAYS};
use crate::sql::{Cell, Failure, Sql};
use crate::time::{DAY, Millis};
use serde_json::{Value, json};

/// The table of addresses.
pub const TABLES: [&str; 2] = [
    "CREATE TABLE IF NOT EXISTS contact (id INTEGER PRIMARY KEY, unit BLOB NOT NULL, survey TEXT NOT NULL, \
     variant TEXT NOT NULL, address TEXT NOT NULL, at INTEGER NOT NULL, UNIQUE (unit, survey))",
    "CREATE INDEX IF NOT EXISTS contact_of_survey ON contact (survey, at)",
];

/// Keeps an address, `{survey, variant, unit, address}`; another one of the same visitor takes its place, and its time begins
/// anew. That it was ticked has been checked. Nothing is taken from whoever was erased.
pub fn keep(sql: &mut impl Sql, contact: &Value, now: Millis) -> Result<Outcome, Failure> {
    let rejected = |reason| Ok(Outcome::Rejected { reason });
    let told = |name: &str| contact[name].as_str().unwrap_or_default().trim();
    let (Some(unit), address) = (unit_of(told("unit")), told("address")) else { return rejected("unit") };
    // Whether it is one the mail will tell; nothing in it ends a line, begins another, or reads in another order than it has.
    let is_foreign = |sign: char| sign.is_whitespace() || "<>,;\"".contains(sign);
    let has_ends =
        address.split_once('@').is_some_and(|(who, at)| !who.is_empty() && !at.is_empty() && !at.contains('@'));
    if !has_ends || address.contains(is_foreign) || clean(address) != address || address.chars().count() > CONTACT_CHARS
    {
        return rejected("address");
    }
    if is_gone(sql, &unit)? {
        return rejected("erased");
    }
    if span(sql, "contact")? >= ANSWERS {
        return rejected("full");
    }
    let cells = [unit[..].into(), told("survey").into(), told("variant").into(), address.into(), now.0.into()];
    // In its own row, as rows are counted by their numbers: who comes again and again fills nothing.
    let statement = "INSERT INTO contact (unit, survey, variant, address, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET \
         variant = excluded.variant, address = excluded.address, at = excluded.at";
    sql.run(statement, &cells)?;
    Ok(Outcome::Stored)
}

/// The newest addresses of a survey that are not too old, and when each goes: `{contacts: [{variant, address, at, until}]}`.
pub fn list(sql: &mut impl Sql, survey: &str, now: Millis) -> Result<Value, Failure> {
    let rows = sql.run(
        "SELECT json_object('variant', variant, 'address', address, 'at', at, 'until', at + cast(?3 AS INTEGER)) FROM contact \
         WHERE survey = ?1 AND at >= ?2 ORDER BY at DESC",
        &[survey.into(), oldest(now), (CONTACT_DAYS * DAY).into()],
    )?;
    Ok(json!({"contacts": objects(&rows)}))
}

fn oldest(now: Millis) -> Cell {
    (now.0 - CONTACT_DAYS * DAY).into()
}

/// Deletes what is too old.
pub(super) fn purge(sql: &mut impl Sql, now: Millis) -> Result<(), Failure> {
    sql.run("DELETE FROM contact WHERE at < ?", &[oldest(now)]).map(drop)
}

/// Deletes what a unit has left.
pub(super) fn forget(sql: &mut impl Sql, unit: &[u8]) -> Result<(), Failure> {
    sql.run("DELETE FROM contact WHERE unit = ?", &[unit.into()]).map(drop)
}
