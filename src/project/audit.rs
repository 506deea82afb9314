//! The audit log: who did what, in a chain of hashes. A line that is changed or left out later breaks all after it.

use super::{Request, Result, integer, text};
use crate::compile::hexadecimal;
use crate::sql::{Failure, LAST, Sql};
use crate::versions::NO_AUDIT;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(super) const TABLES: &[&str] = &["CREATE TABLE IF NOT EXISTS audit (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, \
     who TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL)"];

/// A page of the log, where nobody asks for another size, and the largest.
const PAGE: i64 = 100;
const LARGEST: i64 = 1000;

/// Something that was done.
pub(super) struct Deed<'d> {
    pub(super) who: &'d str,
    pub(super) action: &'d str,
    pub(super) subject: &'d str,
    pub(super) detail: &'d str,
}

/// The hash of the last line: what stands for all of them.
pub(super) fn head(sql: &mut impl Sql) -> core::result::Result<String, Failure> {
    let rows = sql.run("SELECT hash FROM audit ORDER BY n DESC LIMIT 1", &[])?;
    Ok(rows.first().map_or_else(|| NO_AUDIT.into(), |row| text(row, 0)))
}

/// A line that is not written yet.
pub(super) struct Line<'d> {
    deed: &'d Deed<'d>,
    at: i64,
    /// The head once it is written.
    pub(super) hash: String,
}

/// The next line: the SHA-256 of the head before it, the time and the deed.
pub(super) fn line<'d>(sql: &mut impl Sql, now: i64, deed: &'d Deed) -> core::result::Result<Line<'d>, Failure> {
    let before = head(sql)?;
    Ok(Line { deed, at: now, hash: chained(&before, now, deed) })
}

/// The head once a deed of that time is written.
pub(super) fn chained(before: &str, at: i64, deed: &Deed) -> String {
    let Deed { who, action, subject, detail } = deed;
    // Lengths keep one field from running into the next.
    let text = format!(
        "{before}\n{at}\n{}:{who}\n{}:{action}\n{}:{subject}\n{detail}",
        who.len(),
        action.len(),
        subject.len()
    );
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

/// Writes a line.
pub(super) fn keep(sql: &mut impl Sql, line: &Line) -> core::result::Result<(), Failure> {
    let Deed { who, action, subject, detail } = *line.deed;
    sql.run(
        "INSERT INTO audit (at, who, action, subject, detail, hash) VALUES (?, ?, ?, ?, ?, ?)",
        &[line.at.into(), who.into(), action.into(), subject.into(), detail.into(), line.hash.as_str().into()],
    )
    .map(drop)
}

/// Writes what was done as the next line.
pub(super) fn write(sql: &mut impl Sql, now: i64, deed: &Deed) -> core::result::Result<(), Failure> {
    let line = line(sql, now, deed)?;
    keep(sql, &line)
}

/// Writes what a caller did to something.
pub(super) fn note(
    sql: &mut impl Sql,
    request: &Request,
    action: &str,
    subject: &str,
    detail: &str,
) -> core::result::Result<(), Failure> {
    write(sql, request.now.0, &Deed { who: &request.caller.actor.name, action, subject, detail })
}

/// The lines before one, newest first; or those from one on, oldest first, as whoever checks the chain reads them. All of
/// them, or those of somebody.
pub(super) fn page(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let limit = request.number("limit", LARGEST)?.unwrap_or(PAGE);
    let who = request.query("who");
    let (range, order, from) = match request.number("from", LAST)? {
        Some(from) => ("n >= ?1", "n", from),
        None => ("n < ?1", "n DESC", request.number("before", LAST)?.unwrap_or(LAST)),
    };
    let statement = format!(
        "SELECT n, at, who, action, subject, detail, hash FROM audit \
         WHERE {range} AND (?3 = '' OR lower(who) = lower(?3)) ORDER BY {order} LIMIT ?2"
    );
    let rows = sql.run(&statement, &[from.into(), limit.into(), who.into()])?;
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "n": integer(row, 0), "at": integer(row, 1), "who": text(row, 2), "action": text(row, 3),
                "subject": text(row, 4), "detail": text(row, 5), "hash": text(row, 6),
            })
        })
        .collect();
    Ok(json!({"rows": rows}))
}
