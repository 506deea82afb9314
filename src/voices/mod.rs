//! Voices: what visitors said in surveys, and what they wrote by themselves. A store of its own, apart from everything that
//! counts.
//!
//! ```text
//! answer           -> voices     to a survey's question
//! ticket, session  -> tickets    tied to the runs that their unit had met
//! words            -> index      what was said, found again
//! both             -> themes     the words that tell two variants apart
//! ```
//!
//! Words may hold what no other row of ours ever does, so they are redacted before they are stored ([`redact`]), kept
//! for a set age ([`purge`]), and erased with their unit ([`forget`]).

pub mod contacts;
pub mod index;
pub mod themes;
pub mod tickets;
pub mod words;

pub use crate::redact::{clean, redact};

use crate::collect::unit_of;
use crate::limits::{ANSWERS, CHOICE_CHARS, COMMENT_CHARS};
use crate::migrate;
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

/// The tables of answers.
pub const TABLES: [&str; 8] = [
    // By unit first: erasure asks for it.
    "CREATE TABLE IF NOT EXISTS answer (id INTEGER PRIMARY KEY, unit BLOB NOT NULL, survey TEXT NOT NULL, \
     run TEXT NOT NULL, variant TEXT NOT NULL, choice TEXT, text TEXT NOT NULL, at INTEGER NOT NULL, \
     UNIQUE (unit, survey))",
    "CREATE INDEX IF NOT EXISTS answer_of_survey ON answer (survey, at)",
    "CREATE INDEX IF NOT EXISTS answer_at ON answer (at)",
    "CREATE INDEX IF NOT EXISTS answer_of_run ON answer (run)",
    // Whoever was asked, so that nobody is asked twice.
    "CREATE TABLE IF NOT EXISTS asked (id INTEGER PRIMARY KEY, unit BLOB NOT NULL, survey TEXT NOT NULL, \
     at INTEGER NOT NULL, UNIQUE (unit, survey))",
    "CREATE INDEX IF NOT EXISTS asked_at ON asked (at)",
    "CREATE INDEX IF NOT EXISTS asked_of_survey ON asked (survey)",
    // How often somebody was left alone whom another question had asked. It names nobody.
    "CREATE TABLE IF NOT EXISTS waited (survey TEXT PRIMARY KEY, n INTEGER NOT NULL)",
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
    /// This unit has answered this survey before, or was asked it; its first answer stays.
    Duplicate,
    /// This unit was asked something else a short time ago.
    Quiet,
    /// Not kept.
    Rejected {
        /// `unit`, `empty`, `too-long`, `address`, `erased` or `full`.
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
    migrate::prepare(sql, "answer", make, &[words_into_the_index])
}

fn make(sql: &mut impl Sql) -> Result<(), Failure> {
    TABLES
        .iter()
        .chain(&tickets::TABLES)
        .chain(&contacts::TABLES)
        .try_for_each(|table| sql.run(table, &[]).map(drop))?;
    index::prepare(sql)
}

/// The first format had the words of answers in a table of another form.
fn words_into_the_index(sql: &mut impl Sql) -> Result<(), Failure> {
    for row in sql.run("SELECT id, survey, run, variant, text FROM answer WHERE text <> ''", &[])? {
        let [id, survey, run, variant, text] = &row[..] else { continue };
        enter(sql, id.integer(), [survey.text(), run.text(), variant.text()], text.text())?;
    }
    sql.run("DROP TABLE IF EXISTS word", &[]).map(drop)
}

/// The number of an answer in the index, where tickets have the odd ones.
const fn numbered(id: i64) -> i64 {
    2 * id
}

fn enter(sql: &mut impl Sql, id: i64, [survey, run, variant]: [&str; 3], text: &str) -> Result<(), Failure> {
    let marks = [index::mark('s', &[survey]), index::mark('s', &[survey, variant])];
    let scope: Vec<_> = marks.into_iter().chain(tickets::marks("answer", run, variant)).collect();
    index::put(sql, numbered(id), &scope, text)
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
    if is_gone(sql, &unit)? {
        return rejected("erased");
    }
    if span(sql, "answer")? >= ANSWERS {
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
    let id = rows.first().and_then(|row| row.first()).map_or(0, Cell::integer);
    enter(sql, id, [survey, &answer.run, &answer.variant], &text)?;
    Ok(Outcome::Stored)
}

/// Whoever is about to be asked something.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asking {
    /// The survey's key.
    pub survey: String,
    /// The keyed hash of the unit: 32 hexadecimal digits.
    pub unit: String,
    /// Days for which they are left alone after anything else.
    pub quiet: i64,
}

/// Whether a unit may be asked: each once, whatever device or page asks for it and however often. `Stored` says so, and that
/// is said at most once.
pub fn claim(sql: &mut impl Sql, asking: &Asking, now: Millis) -> Result<Outcome, Failure> {
    let Some(unit) = unit_of(&asking.unit) else { return Ok(Outcome::Rejected { reason: "unit" }) };
    if is_gone(sql, &unit)? {
        return Ok(Outcome::Rejected { reason: "erased" });
    }
    let (unit, survey): (Cell, Cell) = (unit[..].into(), asking.survey.as_str().into());
    let met = "SELECT max(survey = ?2), max(at) FROM (SELECT survey, at FROM asked WHERE unit = ?1 \
               UNION ALL SELECT survey, at FROM answer WHERE unit = ?1)";
    let rows = sql.run(met, &[unit.clone(), survey.clone()])?;
    if let Some([same, last]) = rows.first().map(|row| &row[..]).filter(|row| row[0] != Cell::Null) {
        if same.integer() == 1 {
            return Ok(Outcome::Duplicate);
        }
        if last.integer() > now.0 - asking.quiet * DAY {
            let more = "INSERT INTO waited VALUES (?, 1) ON CONFLICT DO UPDATE SET n = n + 1";
            sql.run(more, core::slice::from_ref(&survey))?;
            return Ok(Outcome::Quiet);
        }
    }
    if span(sql, "asked")? >= ANSWERS {
        return Ok(Outcome::Rejected { reason: "full" });
    }
    sql.run("INSERT INTO asked (unit, survey, at) VALUES (?, ?, ?)", &[unit, survey, now.0.into()])?;
    Ok(Outcome::Stored)
}

/// Whether a unit was erased: nothing of it is taken any more, and it is asked nothing.
fn is_gone(sql: &mut impl Sql, unit: &[u8]) -> Result<bool, Failure> {
    Ok(!sql.run("SELECT 1 FROM gone WHERE unit = ?", &[unit.into()])?.is_empty())
}

/// The most rows that there can be: none is read but the first and the last.
fn span(sql: &mut impl Sql, table: &str) -> Result<i64, Failure> {
    let statement = format!("SELECT (SELECT max(id) FROM {table}) - (SELECT min(id) FROM {table}) + 1");
    let rows = sql.run(&statement, &[])?;
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

/// How many a survey has asked, where whoever has answered was asked, too; and how often it left somebody alone whom another
/// question had asked.
pub fn reach(sql: &mut impl Sql, survey: &str) -> Result<[i64; 2], Failure> {
    let statement = "SELECT (SELECT count(*) FROM (SELECT unit FROM asked WHERE survey = ?1 \
                     UNION SELECT unit FROM answer WHERE survey = ?1)), \
                     coalesce((SELECT n FROM waited WHERE survey = ?1), 0)";
    let rows = sql.run(statement, &[survey.into()])?;
    let number = |index: usize| rows.first().and_then(|row| row.get(index)).map_or(0, Cell::integer);
    Ok([number(0), number(1)])
}

/// What is asked of what was said. Empty texts ask for all.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Words that begin as those of a text do, or almost.
    pub words: String,
    /// The run that its visitor was in.
    pub run: String,
    /// The variant that its visitor has met.
    pub variant: String,
    /// Behind what the page begins; the newest if nothing is said.
    pub after: Option<i64>,
    /// How many at most.
    pub limit: Option<i64>,
}

/// The newest answers of a survey that match, and behind what the next page begins, if there is one.
pub fn search(sql: &mut impl Sql, survey: &str, query: &Query) -> Result<(Vec<Voice>, Option<i64>), Failure> {
    let limit = query.limit.unwrap_or(FOUND);
    let after = query.after.unwrap_or(LAST / 2);
    let mark = if query.variant.is_empty() {
        index::mark('s', &[survey])
    } else {
        index::mark('s', &[survey, &query.variant])
    };
    let found = index::find(sql, &query.words, &[mark], (numbered(after), limit + 1))?;
    let rows = if let Some(found) = found {
        let ids: Vec<_> = found.into_iter().map(|number| number / 2).collect();
        let statement = "SELECT at, variant, choice, text, id FROM answer \
                 WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id DESC";
        sql.run(statement, &[serde_json::json!(ids).to_string().as_str().into()])?
    } else {
        let statement = "SELECT at, variant, choice, text, id FROM answer WHERE survey = ?1 \
                 AND (?2 = '' OR variant = ?2) AND id < ?4 ORDER BY id DESC LIMIT ?3";
        sql.run(statement, &[survey.into(), query.variant.as_str().into(), (limit + 1).into(), after.into()])?
    };
    let (rows, next) = paged(rows, limit);
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

/// A page of rows of which one more was asked for than it has, and behind which number the next one begins. Each row ends
/// with its number.
fn paged(mut rows: Vec<Vec<Cell>>, limit: i64) -> (Vec<Vec<Cell>>, Option<i64>) {
    let most = usize::try_from(limit).unwrap_or_default();
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().and_then(|row| row.last()).filter(|_| more).map(Cell::integer);
    (rows, next)
}

/// Deletes what is too old. Gives the number of answers and tickets that went.
pub fn purge(sql: &mut impl Sql, now: Millis) -> Result<usize, Failure> {
    let before = (now.0 - OLDEST).into();
    sql.run("DELETE FROM gone WHERE at < ?", core::slice::from_ref(&before))?;
    contacts::purge(sql, now)?;
    delete(sql, "at < ?", &before)
}

/// Deletes all that a unit has said, and takes nothing of it any more that was on its way. Gives the number of answers and
/// tickets that went.
pub fn forget(sql: &mut impl Sql, unit: &str, now: Millis) -> Result<usize, Failure> {
    let Some(unit) = unit_of(unit) else { return Ok(0) };
    sql.run("INSERT OR REPLACE INTO gone VALUES (?, ?)", &[unit[..].into(), now.0.into()])?;
    contacts::forget(sql, &unit)?;
    delete(sql, "unit = ?", &unit[..].into())
}

fn delete(sql: &mut impl Sql, which: &str, cell: &Cell) -> Result<usize, Failure> {
    let cell = core::slice::from_ref(cell);
    sql.run(&format!("DELETE FROM asked WHERE {which}"), cell)?;
    let answers = sql.run(&format!("DELETE FROM answer WHERE {which} RETURNING id"), cell)?;
    for row in &answers {
        index::remove(sql, numbered(row.first().map_or(0, Cell::integer)))?;
    }
    let tickets = sql.run(&format!("DELETE FROM ticket WHERE {which} RETURNING id"), cell)?;
    for row in &tickets {
        tickets::untie(sql, row.first().map_or(0, Cell::integer))?;
    }
    Ok(answers.len() + tickets.len())
}
