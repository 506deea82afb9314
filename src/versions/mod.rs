//! The control plane's memory: immutable versions of each environment's document, and which one is current.
//!
//! A version holds the document as it was written, but for ids that name people, and both snapshots that were compiled from it. Nothing is ever
//! changed: a rollback is a new version of old bytes. Environments know nothing of each other, and each counts its
//! versions from 1.

mod continuity;
mod definitions;

pub use definitions::{defined, definitions, metrics};

use crate::compile::{self, Audience, compile};
use crate::document::{self, Document, Problem};
use crate::environment::Environment;
use crate::sql::{Cell, Failure, Sql};
use crate::time::Millis;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

/// The table of versions. `n` counts within an environment; `audit` is the audit log's head when it was published.
pub const TABLE: &str = "CREATE TABLE IF NOT EXISTS version (environment TEXT NOT NULL, n INTEGER NOT NULL, \
     at INTEGER NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL, audit TEXT NOT NULL, document TEXT NOT NULL, \
     digest TEXT NOT NULL, edge BLOB NOT NULL, client BLOB NOT NULL, PRIMARY KEY (environment, n))";

/// The head of an audit log without entries: 32 zero bytes in hexadecimal digits.
pub const NO_AUDIT: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What is current: the pointer that the edge polls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pointer {
    /// The version of the configuration; 0 before the first.
    pub version: i64,
    /// The version before it.
    pub previous: i64,
    /// The SHA-256 of the edge's snapshot body, in hexadecimal digits; empty before the first version.
    pub digest: String,
    /// When it was published, in milliseconds since 1970.
    pub at: i64,
    /// The head of the audit log when it was published, in hexadecimal digits.
    pub audit: String,
}

impl Default for Pointer {
    fn default() -> Self {
        Self { version: 0, previous: 0, digest: String::new(), at: 0, audit: NO_AUDIT.to_string() }
    }
}

/// What is written beside a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note<'a> {
    /// Who publishes.
    pub who: &'a str,
    /// Why, in their words; may be empty.
    pub why: &'a str,
    /// The head of the audit log, in hexadecimal digits.
    pub audit: &'a str,
}

/// A version as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Version {
    /// Its number.
    pub version: i64,
    /// When it was published, in milliseconds since 1970.
    pub at: i64,
    /// Who published it.
    pub who: String,
    /// Why, in their words; may be empty.
    pub why: String,
    /// The SHA-256 of the edge's snapshot body, in hexadecimal digits.
    pub digest: String,
    /// The head of the audit log when it was published, in hexadecimal digits.
    pub audit: String,
    /// Whether it is the one that runs.
    pub current: bool,
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

/// What is current in an environment.
pub fn pointer(sql: &mut impl Sql, environment: Environment) -> Result<Pointer, Failure> {
    let statement = "SELECT n, digest, at, audit FROM version WHERE environment = ? ORDER BY n DESC LIMIT 1";
    let rows = sql.run(statement, &[environment.name().into()])?;
    Ok(match rows.first().map(Vec::as_slice) {
        Some([n, digest, at, audit]) => Pointer {
            version: n.integer(),
            previous: n.integer() - 1,
            digest: digest.text().to_string(),
            at: at.integer(),
            audit: audit.text().to_string(),
        },
        _ => Pointer::default(),
    })
}

/// The document that is current in an environment, as it was written.
pub fn document(sql: &mut impl Sql, environment: Environment) -> Result<Option<String>, Failure> {
    let statement = "SELECT document FROM version WHERE environment = ? ORDER BY n DESC LIMIT 1";
    let rows = sql.run(statement, &[environment.name().into()])?;
    Ok(rows.first().and_then(|row| row.first()).map(|cell| cell.text().to_string()))
}

/// The versions of an environment before one, newest first, at most so many.
pub fn history(sql: &mut impl Sql, environment: Environment, before: i64, limit: i64) -> Result<Vec<Version>, Failure> {
    let statement =
        "SELECT n, at, who, why, digest, audit FROM version WHERE environment = ? AND n < ? ORDER BY n DESC LIMIT ?";
    let current = pointer(sql, environment)?.version;
    let rows = sql.run(statement, &[environment.name().into(), before.into(), limit.into()])?;
    let listed = |row: &Vec<Cell>| match row.as_slice() {
        [n, at, who, why, digest, audit] => Some(Version {
            version: n.integer(),
            at: at.integer(),
            who: who.text().to_string(),
            why: why.text().to_string(),
            digest: digest.text().to_string(),
            audit: audit.text().to_string(),
            current: n.integer() == current,
        }),
        _ => None,
    };
    Ok(rows.iter().filter_map(listed).collect())
}

/// A version's snapshot for an audience, with its version in the header.
pub fn snapshot(
    sql: &mut impl Sql,
    environment: Environment,
    version: i64,
    audience: Audience,
) -> Result<Option<Vec<u8>>, Failure> {
    let column = match audience {
        Audience::Edge => "edge",
        Audience::Client => "client",
    };
    let statement = format!("SELECT {column} FROM version WHERE environment = ? AND n = ?");
    let rows = sql.run(&statement, &[environment.name().into(), version.into()])?;
    Ok(rows.first().and_then(|row| row.first()).map(|cell| cell.blob().to_vec()))
}

/// Everything that keeps a document from being published in an environment now, whoever else publishes.
pub fn check(sql: &mut impl Sql, environment: Environment, text: &str) -> Result<Vec<Problem>, Failure> {
    let mut problems = compile::problems(text.as_bytes());
    let Ok(new) = document::read(text.as_bytes()) else { return Ok(problems) };
    problems.extend(definitions::problems(&new));
    if let Some(old) = parsed(sql, environment)? {
        let known: Vec<_> = problems.iter().map(|problem| problem.pointer.clone()).collect();
        let broken = continuity::check(&old, &new, environment);
        problems.extend(broken.into_iter().filter(|problem| !known.contains(&problem.pointer)));
    }
    Ok(problems)
}

fn parsed(sql: &mut impl Sql, environment: Environment) -> Result<Option<Document>, Failure> {
    Ok(document(sql, environment)?.and_then(|text| document::read(text.as_bytes()).ok()))
}

/// Compiles a document and makes it an environment's current version, if the version that its author saw still is.
pub fn publish(
    sql: &mut impl Sql,
    environment: Environment,
    text: &str,
    seen: i64,
    note: Note,
    now: Millis,
) -> Result<Pointer, Refusal> {
    let current = pointer(sql, environment)?;
    if current.version != seen {
        return Err(Refusal::Conflict(current));
    }
    let problems = check(sql, environment, text)?;
    if !problems.is_empty() {
        return Err(Refusal::Problems(problems));
    }
    keep(sql, environment, text, seen + 1, note, now)
}

/// The digest that a document's version would have, if it compiles.
pub fn digest(document: &Document) -> Option<String> {
    Some(compile::hexadecimal(&compile(document, Audience::Edge).ok()?.digest()))
}

/// Compiles a document that was checked and keeps it as a version of this number: the next one, or one that was kept
/// somewhere else.
pub fn keep(
    sql: &mut impl Sql,
    environment: Environment,
    text: &str,
    version: i64,
    note: Note,
    now: Millis,
) -> Result<Pointer, Refusal> {
    let text = &*document::id::concealed(text);
    let document = document::read(text.as_bytes()).map_err(Refusal::Problems)?;
    let edge = compile(&document, Audience::Edge).map_err(Refusal::Problems)?;
    let client = compile(&document, Audience::Client).map_err(Refusal::Problems)?;
    let digest = compile::hexadecimal(&edge.digest());
    let seal = |body: &crate::compile::Body| Cell::Blob(body.seal(u32::try_from(version).unwrap_or(u32::MAX)));
    let cells = [
        environment.name().into(),
        version.into(),
        now.0.into(),
        note.who.into(),
        note.why.into(),
        note.audit.into(),
        text.into(),
        digest.as_str().into(),
        seal(&edge),
        seal(&client),
    ];
    sql.run("INSERT INTO version VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &cells)?;
    Ok(Pointer { version, previous: version - 1, digest, at: now.0, audit: note.audit.to_string() })
}
