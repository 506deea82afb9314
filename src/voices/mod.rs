//! Voices: what visitors said in surveys. A store of its own, apart from everything that counts.
//!
//! Words may hold what no other row of ours ever does, so they are redacted before they are stored ([`redact`]), kept
//! for a set age ([`purge`]), and erased with their unit ([`forget`]).

pub use crate::redact::{clean, redact};

use crate::collect::unit_of;
use crate::limits::{ANSWERS, CHOICE_CHARS, COMMENT_CHARS};
use crate::sql::{Cell, Failure, LAST, Sql};
use crate::time::{DAY, Millis};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Milliseconds after which an answer is deleted: a quarter, in which an experiment is run, read and debriefed. Nobody
/// has a reason to read it after that.
const OLDEST: i64 = 90 * DAY;

/// Answers that one search gives at most: more than anybody reads at once.
pub const FOUND: i64 = 200;

/// Words of a query that count.
const QUERY_WORDS: usize = 16;

/// The tables of a store of voices.
pub const TABLES: [&str; 4] = [
    // By unit first: erasure asks for it.
    "CREATE TABLE IF NOT EXISTS answer (id INTEGER PRIMARY KEY, unit BLOB NOT NULL, survey TEXT NOT NULL, \
     run TEXT NOT NULL, variant TEXT NOT NULL, choice TEXT, text TEXT NOT NULL, at INTEGER NOT NULL, \
     UNIQUE (unit, survey))",
    "CREATE INDEX IF NOT EXISTS answer_of_survey ON answer (survey, at)",
    "CREATE INDEX IF NOT EXISTS answer_at ON answer (at)",
    // A copy of the words under the answer's id; a word of any script is found without its accents.
    "CREATE VIRTUAL TABLE IF NOT EXISTS word USING fts5 (text, tokenize = 'unicode61 remove_diacritics 2')",
];

/// What somebody said. Signatures have been checked, and that the survey has this choice.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The survey's key.
    pub survey: String,
    /// The run that the visitor was in.
    pub run: String,
    /// The variant that the visitor has met.
    pub variant: String,
    /// The keyed hash of the unit: 32 hexadecimal digits.
    pub unit: String,
    /// One of the survey's choices.
    pub choice: Option<String>,
    /// Words of the visitor's own.
    #[serde(default)]
    pub text: String,
}

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
pub enum Outcome {
    /// New and kept.
    Stored,
    /// This unit has answered this survey before; its first answer stays.
    Duplicate,
    /// Not kept.
    Rejected {
        /// `unit`, `empty`, `too-long` or `full`.
        reason: &'static str,
    },
}

/// What was said in a variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arm {
    /// The variant.
    pub variant: String,
    /// Answers.
    pub answers: i64,
    /// Those of them with words.
    pub comments: i64,
    /// How often each choice was taken.
    pub choices: BTreeMap<String, i64>,
}

/// An answer as it is read. Nothing in it tells whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Voice {
    /// When it was given, in milliseconds since 1970.
    pub at: i64,
    /// The variant that its visitor had met.
    pub variant: String,
    /// The choice, if one was taken.
    pub choice: Option<String>,
    /// The words, redacted.
    pub text: String,
}

/// Makes the tables.
pub fn prepare(sql: &mut impl Sql) -> Result<(), Failure> {
    TABLES.iter().try_for_each(|table| sql.run(table, &[]).map(drop))?;
    // Without this, words that were deleted would lie in the index until something else is written over them.
    if sql.run("SELECT 1 FROM word_config WHERE k = 'secure-delete'", &[])?.is_empty() {
        sql.run("INSERT INTO word (word, rank) VALUES ('secure-delete', 1)", &[])?;
    }
    Ok(())
}

/// Takes one answer in.
pub fn answer(sql: &mut impl Sql, answer: &Answer, now: Millis) -> Result<Outcome, Failure> {
    let rejected = |reason| Ok(Outcome::Rejected { reason });
    let Some(unit) = unit_of(&answer.unit) else { return rejected("unit") };
    let choice = answer.choice.as_deref().map(clean).filter(|choice| !choice.is_empty());
    let too_long = |text: &str, most| text.chars().count() > most;
    // Cutting it would leave the half of an address that nothing recognises.
    if too_long(&answer.text, COMMENT_CHARS) || too_long(choice.as_deref().unwrap_or_default(), CHOICE_CHARS) {
        return rejected("too-long");
    }
    let text = redact(&clean(&answer.text));
    if choice.is_none() && text.is_empty() {
        return rejected("empty");
    }
    let survey = answer.survey.as_str();
    if !sql.run("SELECT 1 FROM answer WHERE unit = ? AND survey = ?", &[unit[..].into(), survey.into()])?.is_empty() {
        return Ok(Outcome::Duplicate);
    }
    if span(sql)? >= ANSWERS {
        return rejected("full");
    }
    let cells: [Cell; 7] = [
        unit[..].into(),
        survey.into(),
        answer.run.as_str().into(),
        answer.variant.as_str().into(),
        choice.as_deref().map_or(Cell::Null, Cell::from),
        text.as_str().into(),
        now.0.into(),
    ];
    let rows = sql.run(
        "INSERT INTO answer (unit, survey, run, variant, choice, text, at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
        &cells,
    )?;
    if let (false, Some(id)) = (text.is_empty(), rows.first().and_then(|row| row.first())) {
        sql.run("INSERT INTO word (rowid, text) VALUES (?, ?)", &[id.clone(), text.as_str().into()])?;
    }
    Ok(Outcome::Stored)
}

/// The most answers that there can be: no row is read but the first and the last.
fn span(sql: &mut impl Sql) -> Result<i64, Failure> {
    let rows = sql.run("SELECT (SELECT max(id) FROM answer) - (SELECT min(id) FROM answer) + 1", &[])?;
    Ok(rows.first().and_then(|row| row.first()).map_or(0, Cell::integer))
}

/// What was said in each variant of a survey.
pub fn summary(sql: &mut impl Sql, survey: &str) -> Result<Vec<Arm>, Failure> {
    let rows = sql.run(
        "SELECT variant, choice, count(*), sum(text <> '') FROM answer WHERE survey = ? \
         GROUP BY variant, choice ORDER BY variant",
        &[survey.into()],
    )?;
    let mut arms: Vec<Arm> = Vec::new();
    for row in &rows {
        let [variant, choice, answers, comments] = &row[..] else { continue };
        if arms.last().is_none_or(|arm| arm.variant != variant.text()) {
            let variant = variant.text().to_string();
            arms.push(Arm { variant, answers: 0, comments: 0, choices: BTreeMap::new() });
        }
        let Some(arm) = arms.last_mut() else { continue };
        arm.answers += answers.integer();
        arm.comments += comments.integer();
        if choice != &Cell::Null {
            arm.choices.insert(choice.text().to_string(), answers.integer());
        }
    }
    Ok(arms)
}

/// What is asked of a survey's answers. Empty texts ask for all.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Words that begin as those of an answer do.
    pub words: String,
    /// The variant that its visitor has met.
    pub variant: String,
    /// Behind what the page begins; the newest if nothing is said.
    pub after: Option<i64>,
    /// How many at most.
    pub limit: Option<i64>,
}

/// The newest answers of a survey that match, and behind what the next page begins, if there is one.
pub fn search(sql: &mut impl Sql, survey: &str, query: &Query) -> Result<(Vec<Voice>, Option<i64>), Failure> {
    let words = matching(&query.words);
    let limit = query.limit.unwrap_or(FOUND);
    let found = if words.is_empty() { "?4 = ''" } else { "id IN (SELECT rowid FROM word WHERE word MATCH ?4)" };
    let statement = format!(
        "SELECT at, variant, choice, text, id FROM answer WHERE survey = ?1 AND (?2 = '' OR variant = ?2) AND {found} \
         AND id < ?5 ORDER BY id DESC LIMIT ?3"
    );
    let (variant, after) = (query.variant.as_str().into(), query.after.unwrap_or(LAST).into());
    let mut rows = sql.run(&statement, &[survey.into(), variant, (limit + 1).into(), words.as_str().into(), after])?;
    let most = usize::try_from(limit).unwrap_or_default();
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().and_then(|row| row.last()).filter(|_| more).map(Cell::integer);
    let voice = |row: &Vec<Cell>| match &row[..] {
        [at, variant, choice, text, _] => Some(Voice {
            at: at.integer(),
            variant: variant.text().to_string(),
            choice: (choice != &Cell::Null).then(|| choice.text().to_string()),
            text: text.text().to_string(),
        }),
        _ => None,
    };
    Ok((rows.iter().filter_map(voice).collect(), next))
}

/// A query in which every word is quoted, so that none of them is an operator.
fn matching(query: &str) -> String {
    let words = clean(query);
    let quoted = words.split(' ').filter(|word| word.contains(char::is_alphanumeric));
    let quoted: Vec<_> = quoted.take(QUERY_WORDS).map(|word| format!("\"{}\"*", word.replace('"', "\"\""))).collect();
    quoted.join(" ")
}

/// Deletes what is too old. Gives the number of answers that went.
pub fn purge(sql: &mut impl Sql, now: Millis) -> Result<usize, Failure> {
    delete(sql, "at < ?", &(now.0 - OLDEST).into())
}

/// Deletes all that a unit has said. Gives the number of answers that went.
pub fn forget(sql: &mut impl Sql, unit: &str) -> Result<usize, Failure> {
    match unit_of(unit) {
        Some(unit) => delete(sql, "unit = ?", &unit[..].into()),
        None => Ok(0),
    }
}

fn delete(sql: &mut impl Sql, which: &str, cell: &Cell) -> Result<usize, Failure> {
    let words = format!("DELETE FROM word WHERE rowid IN (SELECT id FROM answer WHERE {which})");
    sql.run(&words, core::slice::from_ref(cell))?;
    let gone = sql.run(&format!("DELETE FROM answer WHERE {which} RETURNING 1"), core::slice::from_ref(cell))?;
    Ok(gone.len())
}
