//! Tickets: what people wrote to somebody who helps them, and recordings of their sessions. Each belongs to a unit, and so
//! to the variants that the unit had met before.
//!
//! That a ticket came in is an event of its unit, counted by the collector like any other. Here lie its words.

use super::{Outcome, Query, clean, index, is_gone, paged, redact, span};
use crate::collect::unit_of;
use crate::limits::ANSWERS;
use crate::sql::{Cell, Failure, LAST, Sql};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};

/// What one search gives at most, of each kind.
const HITS: i64 = 50;

/// The tables of tickets.
pub(super) const TABLES: [&str; 6] = [
    "CREATE TABLE IF NOT EXISTS ticket (id INTEGER PRIMARY KEY, unit BLOB NOT NULL, name TEXT NOT NULL, \
     source TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL, tags TEXT NOT NULL, link TEXT NOT NULL, \
     replay TEXT NOT NULL, at INTEGER NOT NULL, UNIQUE (unit, name))",
    "CREATE INDEX IF NOT EXISTS ticket_at ON ticket (at)",
    // What a ticket's unit had met. `session` is 0 for its words and 1 for its recording.
    "CREATE TABLE IF NOT EXISTS met (run TEXT NOT NULL, session INTEGER NOT NULL, ticket INTEGER NOT NULL, \
     variant TEXT NOT NULL, PRIMARY KEY (run, session, ticket)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS met_by_ticket ON met (ticket)",
    // How many there are of each: nobody counts rows to show a list.
    "CREATE TABLE IF NOT EXISTS heard (run TEXT NOT NULL, variant TEXT NOT NULL, session INTEGER NOT NULL, \
     n INTEGER NOT NULL, PRIMARY KEY (run, variant, session)) WITHOUT ROWID",
    // Units that were erased: what was on its way then is not taken any more.
    "CREATE TABLE IF NOT EXISTS gone (unit BLOB PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID",
];

/// The marks of what belongs to a variant of a run.
pub(super) fn marks(kind: &str, run: &str, variant: &str) -> [String; 3] {
    [kind.to_string(), index::mark('r', &[run]), index::mark('v', &[run, variant])]
}

const fn numbered(id: i64) -> i64 {
    2 * id + 1
}

/// Keeps a ticket whose form has been checked:
///
/// ```json
/// {"unit": "…", "name": "…", "at": 1800000000000, "source": "", "subject": "", "text": "…", "tags": [], "link": "", "replay": "",
///  "met": [["hero-1", "fresh"]]}
/// ```
///
/// `unit` and `name` are keyed hashes of whose it is and of what its sender calls it, `met` what its unit had met before. One
/// that comes again stays as it is, and is tied to what has become known since.
pub fn keep(sql: &mut impl Sql, ticket: &Value) -> Result<Outcome, Failure> {
    let rejected = |reason| Ok(Outcome::Rejected { reason });
    let given = |name: &str| ticket[name].as_str().unwrap_or_default();
    let Some(unit) = unit_of(given("unit")) else { return rejected("unit") };
    if is_gone(sql, &unit)? {
        return rejected("erased");
    }
    let unit: Cell = unit[..].into();
    let same = "SELECT id FROM ticket WHERE unit = ? AND name = ?";
    let known = sql.run(same, &[unit.clone(), given("name").into()])?;
    if let Some(id) = known.first().and_then(|row| row.first()) {
        tie(sql, id.integer(), &ticket["met"])?;
        return Ok(Outcome::Duplicate);
    }
    if span(sql, "ticket")? >= ANSWERS {
        return rejected("full");
    }
    let blackened = |text: &str| redact(&clean(text));
    let tags = ticket["tags"].as_array().into_iter().flatten().filter_map(Value::as_str).map(blackened);
    let tags = tags.collect::<Vec<_>>().join(", ");
    let [source, subject, text] = ["source", "subject", "text"].map(|name| blackened(given(name)));
    let [source, subject, text, tags] = [&source, &subject, &text, &tags].map(|text| Cell::from(text.as_str()));
    let [name, link, replay] = ["name", "link", "replay"].map(|name| Cell::from(given(name)));
    let at = ticket["at"].as_i64().unwrap_or_default().into();
    let insert = "INSERT INTO ticket (unit, name, source, subject, text, tags, link, replay, at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id";
    let rows = sql.run(insert, &[unit, name, source, subject, text, tags, link, replay, at])?;
    tie(sql, rows.first().and_then(|row| row.first()).map_or(0, Cell::integer), &ticket["met"])?;
    Ok(Outcome::Stored)
}

/// Ties a ticket to what its unit had met, and enters its words with the marks of all of that.
fn tie(sql: &mut impl Sql, id: i64, met: &Value) -> Result<(), Failure> {
    let about = "SELECT subject || ' ' || text || ' ' || source || ' ' || tags, subject || text <> '', replay <> '' \
         FROM ticket WHERE id = ?";
    let rows = sql.run(about, &[id.into()])?;
    let Some([words, is_worded, is_session]) = rows.first().map(|row| &row[..]) else { return Ok(()) };
    for (session, is) in [(0, is_worded), (1, is_session)] {
        let statement = "INSERT OR IGNORE INTO met SELECT value->>0, ?2, ?3, value->>1 FROM json_each(?1) WHERE ?4 \
             RETURNING run, variant";
        let cells = [met.to_string().as_str().into(), session.into(), id.into(), is.clone()];
        for new in sql.run(statement, &cells)? {
            if let [run, variant] = &new[..] {
                count(sql, run.text(), variant.text(), session, 1)?;
            }
        }
    }
    let mut scope = alloc::vec!["ticket".to_string()];
    for row in sql.run("SELECT DISTINCT run, variant FROM met WHERE ticket = ?", &[id.into()])? {
        if let [run, variant] = &row[..] {
            scope.extend(marks("ticket", run.text(), variant.text()).into_iter().skip(1));
        }
    }
    if is_worded.integer() == 0 { Ok(()) } else { index::put(sql, numbered(id), &scope, words.text()) }
}

fn count(sql: &mut impl Sql, run: &str, variant: &str, session: i64, more: i64) -> Result<(), Failure> {
    let cells = [run.into(), variant.into(), session.into(), more.into()];
    let statement = "INSERT INTO heard VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET n = n + ?4";
    sql.run(statement, &cells).map(drop)
}

/// Takes all that hangs on a ticket out.
pub(super) fn untie(sql: &mut impl Sql, id: i64) -> Result<(), Failure> {
    index::remove(sql, numbered(id))?;
    for row in sql.run("DELETE FROM met WHERE ticket = ? RETURNING run, variant, session", &[id.into()])? {
        if let [run, variant, session] = &row[..] {
            count(sql, run.text(), variant.text(), session.integer(), -1)?;
        }
    }
    sql.run("DELETE FROM heard WHERE n < 1", &[]).map(drop)
}

/// How many tickets and recordings each variant of each run has: `[{run, variant, tickets, sessions}]`.
pub fn heard(sql: &mut impl Sql) -> Result<Value, Failure> {
    let statement = "SELECT json_object('run', run, 'variant', variant, 'tickets', ifnull(sum(n) FILTER (WHERE session = 0), 0), \
         'sessions', ifnull(sum(n) FILTER (WHERE session = 1), 0)) FROM heard GROUP BY run, variant";
    Ok(objects(&sql.run(statement, &[])?))
}

/// The newest tickets of a run, or its newest recordings, and behind what the next page begins, if there is one:
/// `{all: [{at, variant, source, subject, text, tags, link, replay}], next}`. Nothing in it tells whose they are.
pub fn list(sql: &mut impl Sql, query: &Query, sessions: bool) -> Result<Value, Failure> {
    let limit = query.limit.unwrap_or(HITS);
    let statement = "SELECT json_object('at', at, 'variant', variant, 'source', source, 'subject', subject, 'text', text, \
         'tags', tags, 'link', link, 'replay', replay), ticket FROM met JOIN ticket ON ticket.id = met.ticket \
         WHERE run = ?1 AND session = ?2 AND (?3 = '' OR variant = ?3) AND ticket < ?4 ORDER BY ticket DESC LIMIT ?5";
    let (run, variant) = (query.run.as_str().into(), query.variant.as_str().into());
    let after = query.after.unwrap_or(LAST).into();
    let rows = sql.run(statement, &[run, i64::from(sessions).into(), variant, after, (limit + 1).into()])?;
    let (rows, next) = paged(rows, limit);
    Ok(json!({"all": objects(&rows), "next": next}))
}

/// The newest answers and tickets with all words of a question, of each kind so many:
/// `[{kind, at, about, title, text, link, met: [{run, variant}]}]`. `about` and `title` are the survey and the choice of an
/// answer, the source and the subject of a ticket.
pub fn find(sql: &mut impl Sql, query: &Query) -> Result<Value, Failure> {
    let of = match (query.run.as_str(), query.variant.as_str()) {
        ("", _) => None,
        (run, "") => Some(index::mark('r', &[run])),
        (run, variant) => Some(index::mark('v', &[run, variant])),
    };
    let mut ids = Vec::new();
    for kind in ["answer", "ticket"] {
        let scope: Vec<_> = of.clone().into_iter().chain([kind.to_string()]).collect();
        let limit = query.limit.unwrap_or(HITS).min(HITS);
        let found = index::find(sql, &query.words, &scope, (LAST, limit))?.unwrap_or_default();
        ids.push(found.iter().map(|number| number / 2).collect::<Vec<_>>());
    }
    let statement = "SELECT told FROM (SELECT at, json_object('kind', 'answer', 'at', at, 'about', survey, 'title', ifnull(choice, ''), \
         'text', text, 'link', '', 'met', json_array(json_object('run', run, 'variant', variant))) AS told \
         FROM answer WHERE id IN (SELECT value FROM json_each(?1, '$[0]')) \
         UNION ALL SELECT at, json_object('kind', 'ticket', 'at', at, 'about', source, 'title', subject, 'text', text, 'link', link, \
         'met', (SELECT json_group_array(json_object('run', run, 'variant', variant)) FROM met WHERE ticket = id AND session = 0)) \
         FROM ticket WHERE id IN (SELECT value FROM json_each(?1, '$[1]'))) ORDER BY at DESC";
    Ok(objects(&sql.run(statement, &[json!(ids).to_string().as_str().into()])?))
}

/// Rows that begin with JSON, as a list of it.
pub(super) fn objects(rows: &[Vec<Cell>]) -> Value {
    let object = |row: &Vec<Cell>| serde_json::from_str(row.first()?.text()).ok();
    Value::Array(rows.iter().filter_map(object).collect())
}
