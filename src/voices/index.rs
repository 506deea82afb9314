//! What people wrote, found again by its words: SQLite's FTS5, and beside it every word that is in use, so that the
//! beginning of one and a slip of the finger are words, too, before anything is looked for.
//!
//! A search streams the newest texts that match and ends with the last that is shown. So its cost follows what it shows
//! and not what there is, except for beginnings of one letter and questions whose words hardly ever stand together.

use super::words::{folded, is_binding, is_slip, parts, words};
use crate::order;
use crate::sql::{Cell, Failure, Sql};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::json;

/// Words of a question that count.
const WORDS: usize = 16;

/// Words with the same beginning that are looked for one by one; where there are more their beginning is.
const COMPLETIONS: usize = 16;

/// Letters of a word from which on a slip of the finger is looked for, and up to which: shorter words are all alike, and
/// longer ones are no words.
const SLIPS: core::ops::RangeInclusive<usize> = 4..=24;

/// Its tables.
pub const TABLES: [&str; 3] = [
    // `scope` has marks of what a text belongs to; both columns are words of plain letters.
    "CREATE VIRTUAL TABLE IF NOT EXISTS said USING fts5 (scope, text, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3 4 5')",
    "CREATE TABLE IF NOT EXISTS term (word TEXT PRIMARY KEY, uses INTEGER NOT NULL) WITHOUT ROWID",
    // What is left of a word without one of its letters.
    "CREATE TABLE IF NOT EXISTS near (part TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (part, word)) WITHOUT ROWID",
];

/// Makes the tables.
pub fn prepare(sql: &mut impl Sql) -> Result<(), Failure> {
    TABLES.iter().try_for_each(|table| sql.run(table, &[]).map(drop))?;
    // Without this, words that were deleted would lie in the index until something else is written over them.
    if sql.run("SELECT 1 FROM said_config WHERE k = 'secure-delete'", &[])?.is_empty() {
        sql.run("INSERT INTO said (said, rank) VALUES ('secure-delete', 1)", &[])?;
    }
    Ok(())
}

/// A mark of what a text belongs to: a kind and a name of it, whatever signs that has.
#[must_use]
pub fn mark(kind: char, names: &[&str]) -> String {
    let digits = |name: &&str| name.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("{kind}{}", names.iter().map(digits).collect::<Vec<_>>().join("z"))
}

/// Enters a text under a number of its own, in the place of what was there.
pub fn put(sql: &mut impl Sql, id: i64, scope: &[String], text: &str) -> Result<(), Failure> {
    remove(sql, id)?;
    let all: Vec<_> = words(text).iter().map(|word| folded(word)).collect();
    if all.is_empty() {
        return Ok(());
    }
    let cells = [id.into(), scope.join(" ").as_str().into(), all.join(" ").as_str().into()];
    sql.run("INSERT INTO said (rowid, scope, text) VALUES (?, ?, ?)", &cells)?;
    let entered = sql.run(
        "INSERT INTO term SELECT value, 1 FROM json_each(?) WHERE true ON CONFLICT DO UPDATE SET uses = uses + 1 \
         RETURNING word, uses",
        &[listed(&order::set(all))],
    )?;
    let new = entered.iter().filter(|row| row.last().is_some_and(|uses| uses.integer() == 1));
    sql.run("INSERT OR IGNORE INTO near SELECT value->>0, value->>1 FROM json_each(?)", &[parted(new)]).map(drop)
}

/// Takes a text out, and every word that nobody else has used.
pub fn remove(sql: &mut impl Sql, id: i64) -> Result<(), Failure> {
    let rows = sql.run("SELECT text FROM said WHERE rowid = ?", &[id.into()])?;
    let Some(text) = rows.first().and_then(|row| row.first()) else { return Ok(()) };
    let all = listed(&order::set(text.text().split(' ')));
    sql.run("DELETE FROM said WHERE rowid = ?", &[id.into()])?;
    sql.run(
        "UPDATE term SET uses = uses - 1 WHERE word IN (SELECT value FROM json_each(?))",
        core::slice::from_ref(&all),
    )?;
    let gone =
        sql.run("DELETE FROM term WHERE uses < 1 AND word IN (SELECT value FROM json_each(?)) RETURNING word", &[all])?;
    let parts = parted(gone.iter());
    sql.run("DELETE FROM near WHERE (part, word) IN (SELECT value->>0, value->>1 FROM json_each(?))", &[parts])
        .map(drop)
}

/// The numbers of the newest texts with all words of a question and all marks, behind `after`, and at most so many. `None`
/// if the question has no words.
pub fn find(
    sql: &mut impl Sql,
    typed: &str,
    scope: &[String],
    (after, limit): (i64, i64),
) -> Result<Option<Vec<i64>>, Failure> {
    let mut wanted = groups(sql, typed)?;
    if wanted.is_empty() {
        return Ok(None);
    }
    wanted.extend(scope.iter().map(|mark| format!("scope : \"{mark}\"")));
    let cells = [wanted.join(" AND ").as_str().into(), after.into(), limit.into()];
    let rows =
        sql.run("SELECT rowid FROM said WHERE said MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?", &cells)?;
    Ok(Some(rows.iter().filter_map(|row| Some(row.first()?.integer())).collect()))
}

/// What each word of a question may stand as, as FTS5 reads it. Words are letters and digits in quotes, so none of them is
/// an operator.
fn groups(sql: &mut impl Sql, typed: &str) -> Result<Vec<String>, Failure> {
    let mut all: Vec<_> = words(typed).iter().map(|word| folded(word)).take(WORDS).collect();
    // What only holds others together is looked for where there is nothing else.
    if all.iter().any(|word| !is_binding(word)) {
        all.retain(|word| !is_binding(word));
    }
    all.iter().map(|word| Ok(format!("text : ({})", readings(sql, word)?))).collect()
}

/// Every word that begins so; if there is none, every word that is this one but for a slip.
fn readings(sql: &mut impl Sql, word: &str) -> Result<String, Failure> {
    let beginning = format!("\"{word}\"*");
    if word.chars().count() < *SLIPS.start() {
        return Ok(beginning);
    }
    let end = format!("{word}\u{10ffff}");
    let most = i64::try_from(COMPLETIONS).unwrap_or(i64::MAX);
    let cells = [word.into(), end.as_str().into(), (most + 1).into()];
    let mut known = sql.run("SELECT word FROM term WHERE word >= ? AND word < ? LIMIT ?", &cells)?;
    if known.len() > COMPLETIONS {
        return Ok(beginning);
    }
    if known.is_empty() && SLIPS.contains(&word.chars().count()) {
        let near = "SELECT word FROM near WHERE part IN (SELECT value FROM json_each(?1)) LIMIT ?2";
        known = sql.run(near, &[listed(&parts(word)), (4 * most).into()])?;
        known.retain(|row| row.first().is_some_and(|known| is_slip(known.text(), word)));
    }
    if known.is_empty() {
        return Ok(beginning);
    }
    let quoted = order::set(known.iter().filter_map(|row| Some(format!("\"{}\"", row.first()?.text()))));
    Ok(quoted.join(" OR "))
}

fn listed<T: AsRef<str>>(words: &[T]) -> Cell {
    let words: Vec<_> = words.iter().map(AsRef::as_ref).collect();
    json!(words).to_string().as_str().into()
}

/// Pairs of a part and its word, for the words that begin these rows.
fn parted<'r>(rows: impl Iterator<Item = &'r Vec<Cell>>) -> Cell {
    let words = rows.filter_map(|row| Some(row.first()?.text().to_string()));
    let of = |word: String| -> Vec<[String; 2]> {
        if !SLIPS.contains(&word.chars().count()) {
            return Vec::new();
        }
        parts(&word).into_iter().map(|part| [part, word.clone()]).collect()
    };
    json!(words.flat_map(of).collect::<Vec<_>>()).to_string().as_str().into()
}
