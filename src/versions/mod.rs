//! The control plane's memory: immutable versions of the document, and which one is current.
//!
//! A version holds the document as it was written and both snapshots that were compiled from it. Nothing is ever
//! changed: a rollback is a new version of old bytes.

mod continuity;

use crate::compile::{self, Audience, compile};
use crate::document::{self, Document, Problem};
use crate::sql::{Cell, Failure, Sql};
use crate::time::Millis;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

/// The table of versions.
pub const TABLE: &str = "CREATE TABLE IF NOT EXISTS version (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, \
     document TEXT NOT NULL, digest TEXT NOT NULL, edge BLOB NOT NULL, client BLOB NOT NULL)";

/// What is current: the pointer that the edge polls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pointer {
    /// The version of the configuration; 0 before the first.
    pub version: i64,
    /// The version before it.
    pub previous: i64,
    /// The SHA-256 of the edge's snapshot body, in hexadecimal digits.
    pub digest: String,
    /// When it was published, in milliseconds since 1970.
    pub at: i64,
}

/// Why a document was not published. The current version stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Somebody else published in between.
    Conflict(Pointer),
    /// All that is wrong with it.
    Problems(Vec<Problem>),
    /// The store failed.
    Store(Failure),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Store(failure)
    }
}

/// Makes the table.
pub fn prepare(sql: &mut impl Sql) -> Result<(), Failure> {
    sql.run(TABLE, &[]).map(drop)
}

/// What is current.
pub fn pointer(sql: &mut impl Sql) -> Result<Pointer, Failure> {
    let rows = sql.run("SELECT n, digest, at FROM version ORDER BY n DESC LIMIT 1", &[])?;
    Ok(match rows.first().map(Vec::as_slice) {
        Some([n, digest, at]) => Pointer {
            version: n.integer(),
            previous: n.integer() - 1,
            digest: digest.text().to_string(),
            at: at.integer(),
        },
        _ => Pointer::default(),
    })
}

/// The document that is current, as it was written.
pub fn document(sql: &mut impl Sql) -> Result<Option<String>, Failure> {
    let rows = sql.run("SELECT document FROM version ORDER BY n DESC LIMIT 1", &[])?;
    Ok(rows.first().and_then(|row| row.first()).map(|cell| cell.text().to_string()))
}

/// A version's snapshot for an audience, with its version in the header.
pub fn snapshot(sql: &mut impl Sql, version: i64, audience: Audience) -> Result<Option<Vec<u8>>, Failure> {
    let column = match audience {
        Audience::Edge => "edge",
        Audience::Client => "client",
    };
    let rows = sql.run(&format!("SELECT {column} FROM version WHERE n = ?"), &[version.into()])?;
    Ok(rows.first().and_then(|row| row.first()).map(|cell| cell.blob().to_vec()))
}

/// Everything that keeps a document from being published now, whoever else publishes.
pub fn check(sql: &mut impl Sql, text: &str) -> Result<Vec<Problem>, Failure> {
    let mut problems = compile::problems(text.as_bytes());
    if let (Some(old), Ok(new)) = (parsed(sql)?, document::read(text.as_bytes())) {
        let known: Vec<_> = problems.iter().map(|problem| problem.pointer.clone()).collect();
        problems.extend(continuity::check(&old, &new).into_iter().filter(|problem| !known.contains(&problem.pointer)));
    }
    Ok(problems)
}

fn parsed(sql: &mut impl Sql) -> Result<Option<Document>, Failure> {
    Ok(document(sql)?.and_then(|text| document::read(text.as_bytes()).ok()))
}

/// Compiles a document and makes it the current version, if the version that its author saw still is.
pub fn publish(sql: &mut impl Sql, text: &str, seen: i64, now: Millis) -> Result<Pointer, Refusal> {
    let current = pointer(sql)?;
    if current.version != seen {
        return Err(Refusal::Conflict(current));
    }
    let problems = check(sql, text)?;
    if !problems.is_empty() {
        return Err(Refusal::Problems(problems));
    }
    let document = document::read(text.as_bytes()).map_err(Refusal::Problems)?;
    let edge = compile(&document, Audience::Edge).map_err(Refusal::Problems)?;
    let client = compile(&document, Audience::Client).map_err(Refusal::Problems)?;
    let version = current.version + 1;
    let digest = edge.digest().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let seal = |body: &crate::compile::Body| Cell::Blob(body.seal(u32::try_from(version).unwrap_or(u32::MAX)));
    let cells = [version.into(), now.0.into(), text.into(), digest.as_str().into(), seal(&edge), seal(&client)];
    sql.run("INSERT INTO version VALUES (?, ?, ?, ?, ?, ?)", &cells)?;
    Ok(Pointer { version, previous: current.version, digest, at: now.0 })
}
