//! The raw log: a line of JSON for everything that a shard has accepted, in immutable segments of gzipped NDJSON.
//!
//! Lines are written in the transaction that stores the rows and wait in a table until the shell has put a segment of
//! them where segments lie; only then are they deleted. A crash in between makes the same segment again, under the same
//! name. The log holds nothing that the rows do not hold. docs/data.md describes it for whoever reads it.

use super::Definitions;
use super::event::{Deed, Properties};
use super::exposure::{Meeting, count};
use super::page::{Page, Reports};
use super::unit::Unit;
use super::{Traits, Work, unit_of};
use crate::order;
use crate::sql::{Cell, Failure, Sql};
use crate::time::Millis;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Bytes of the lines of a segment: gzipped it is a tenth, and it is made in one go.
const SEGMENT_BYTES: i64 = 4 << 20;

/// What a shard has accepted of a unit.
#[derive(Clone, Debug)]
pub(super) enum Fact {
    /// A report that the unit met a variant.
    Met(Meeting),
    /// It did something.
    Did(Deed),
    /// A page of its has sent a report.
    Sent(Page, i64),
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "lowercase")]
pub enum Line {
    /// A report that a unit met a variant.
    Exposure {
        /// The keyed hash of the unit, 32 hexadecimal digits.
        unit: String,
        /// The run.
        run: String,
        /// The variant.
        variant: String,
        /// The run's epoch.
        epoch: i64,
        /// The version of the configuration that decided.
        config: i64,
        /// When the edge decided.
        assigned: i64,
        /// When the browser showed it; null in the edge's own report.
        confirmed: Option<i64>,
        /// What was known of the visitor.
        #[serde(flatten)]
        traits: Traits,
    },
    /// Something that a unit did.
    Event {
        /// The keyed hash of the unit.
        unit: String,
        /// What it is called among its unit's.
        key: String,
        /// The event's name.
        name: String,
        /// When.
        at: i64,
        /// Its value in millionths.
        micros: Option<i64>,
        /// The currency of the value.
        currency: String,
        /// Its properties.
        properties: Properties,
        /// What was known of the visitor.
        #[serde(flatten)]
        traits: Traits,
    },
    /// A report of a page.
    Page {
        /// The keyed hash of the unit.
        unit: String,
        /// The page view's random name.
        page: String,
        /// The report's number.
        seq: i64,
        /// The earliest time that it told of.
        at: i64,
        /// When it came in.
        heard: i64,
    },
    /// The shard has learned of a version of the configuration: what is summed follows from these.
    Version {
        /// What the version says.
        #[serde(flatten)]
        definitions: Definitions,
    },
    /// A unit was erased: none of its other lines counts.
    Erased {
        /// The keyed hash of the unit.
        unit: String,
        /// When.
        at: i64,
    },
}

impl Line {
    pub(super) fn of(unit: &[u8], fact: &Fact) -> Self {
        let unit = hex(unit);
        match fact.clone() {
            Fact::Met(meeting) => Self::Exposure {
                unit,
                run: meeting.run,
                variant: meeting.variant,
                epoch: meeting.epoch,
                config: meeting.config,
                assigned: meeting.assigned_at,
                confirmed: meeting.confirmed_at,
                traits: meeting.traits,
            },
            Fact::Did(deed) => Self::Event {
                unit,
                key: deed.key,
                name: deed.name,
                at: deed.at,
                micros: deed.value,
                currency: deed.currency,
                properties: deed.properties,
                traits: deed.traits,
            },
            Fact::Sent(page, seq) => Self::Page { unit, page: page.name, seq, at: page.at, heard: page.heard },
        }
    }

    /// The unit that it is about; an empty text if it is about none.
    #[must_use]
    pub fn unit(&self) -> &str {
        match self {
            Self::Exposure { unit, .. }
            | Self::Event { unit, .. }
            | Self::Page { unit, .. }
            | Self::Erased { unit, .. } => unit,
            Self::Version { .. } => "",
        }
    }

    fn fact(&self) -> Option<Fact> {
        match self.clone() {
            Self::Exposure { run, variant, epoch, config, assigned, confirmed, traits, .. } => {
                Some(Fact::Met(Meeting {
                    run,
                    variant,
                    epoch,
                    config,
                    assigned_at: assigned,
                    confirmed_at: confirmed,
                    crossed: false,
                    traits,
                    past: Reports::default(),
                }))
            }
            Self::Event { key, name, at, micros, currency, properties, traits, .. } => {
                Some(Fact::Did(Deed { key, name, at, value: micros, currency, properties, traits }))
            }
            Self::Page { page, seq, at, heard, .. } => Some(Fact::Sent(Page::of(&page, seq, at, heard)?, seq)),
            Self::Version { .. } | Self::Erased { .. } => None,
        }
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes lines of one unit down, to be put into a segment later.
pub(super) fn write(sql: &mut impl Sql, unit: &[u8], lines: &[Line], now: Millis) -> Result<(), Failure> {
    let mut text = String::new();
    for line in lines {
        let line =
            serde_json::to_string(line).map_err(|error| Failure(format!("a line cannot be written: {error}")))?;
        text.push_str(&line);
        text.push('\n');
    }
    let cells = [unit.into(), now.0.into(), count(lines.len()), text.as_str().into()];
    sql.run("INSERT INTO pending (unit, at, lines, text) VALUES (?, ?, ?, ?)", &cells).map(drop)
}

/// Takes back what waits of a unit. Its rows stay, empty: their numbers would be given again, and lines that got one would
/// seem to be in the segment that is under way.
pub(super) fn unwrite(sql: &mut impl Sql, unit: &[u8]) -> Result<(), Failure> {
    sql.run("UPDATE pending SET unit = x'', lines = 0, text = '' WHERE unit = ?", &[unit.into()]).map(drop)
}

/// Lines that are to be put where segments lie, gzipped, under [`Segment::name`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Segment {
    /// Its number in its shard, from 1.
    pub number: i64,
    /// How many units had been erased when it was written anew; none, as long as it was not.
    pub generation: i64,
    /// Its file's name in its shard's folder.
    pub name: String,
    /// NDJSON.
    pub text: String,
}

fn name(number: i64, generation: i64) -> String {
    format!("{number:08}-{generation}.ndjson.gz")
}

/// The next segment to put: the one that was under way, or what has come in since the last one.
pub fn seal(sql: &mut impl Sql) -> Result<Option<Segment>, Failure> {
    let rows = sql.run("SELECT number, until FROM segment WHERE sealed = 0", &[])?;
    let under_way = rows.first().map(|row| (row.first().map_or(0, Cell::integer), row.get(1).map_or(0, Cell::integer)));
    let Some((number, until)) = under_way.map_or_else(|| begin(sql), |begun| Ok(Some(begun)))? else { return Ok(None) };
    let rows = sql.run("SELECT text FROM pending WHERE n <= ? ORDER BY n", &[until.into()])?;
    let text: String = rows.iter().filter_map(|row| row.first()).map(Cell::text).collect();
    Ok(Some(Segment { number, generation: 0, name: name(number, 0), text }))
}

/// Begins a segment of what has come in. Gives its number and the last row of lines that is in it.
fn begin(sql: &mut impl Sql) -> Result<Option<(i64, i64)>, Failure> {
    let rows = sql.run(
        "SELECT max(n), min(at), max(at), sum(lines) FROM (SELECT n, at, lines, \
         sum(length(text)) OVER (ORDER BY n) - length(text) AS before FROM pending) WHERE before < ?",
        &[SEGMENT_BYTES.into()],
    )?;
    let Some([until, from_at, to_at, lines]) = rows.first().map(Vec::as_slice) else { return Ok(None) };
    if *until == Cell::Null {
        return Ok(None);
    }
    let rows = sql.run("SELECT ifnull(max(number), 0) + 1 FROM segment", &[])?;
    let number = rows.first().and_then(|row| row.first()).map_or(1, Cell::integer);
    let cells = [number.into(), until.clone(), from_at.clone(), to_at.clone(), lines.clone()];
    sql.run("INSERT INTO segment VALUES (?, 0, ?, ?, ?, ?, 0)", &cells)?;
    Ok(Some((number, until.integer())))
}

/// The segment lies where segments lie: its lines need not wait any longer.
pub fn sealed(sql: &mut impl Sql, number: i64) -> Result<(), Failure> {
    let rows =
        sql.run("UPDATE segment SET sealed = 1 WHERE number = ? AND sealed = 0 RETURNING until", &[number.into()])?;
    let Some(until) = rows.first().and_then(|row| row.first()) else { return Ok(()) };
    sql.run("DELETE FROM pending WHERE n <= ?", core::slice::from_ref(until)).map(drop)
}

/// A segment that may hold lines of erased units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rewrite {
    /// Its number.
    pub number: i64,
    /// The generation that is to lie there.
    pub generation: i64,
    /// The file that lies there now.
    pub from: String,
    /// The file that is to hold what stays of it.
    pub to: String,
}

/// What is to be done about segments that lie there already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Upkeep {
    /// One to look through.
    pub rewrite: Option<Rewrite>,
    /// Files that nobody should read any longer.
    pub delete: Vec<String>,
}

/// What is to be done about segments; nothing, if nothing is.
///
/// A generation is called by how many units had been erased when it was begun, and holds no line of any of those. So
/// whoever does this at the same time, or again after a crash, writes nothing that anybody has to take back.
pub fn upkeep(sql: &mut impl Sql) -> Result<Option<Upkeep>, Failure> {
    let (rewrite, delete) = (next_rewrite(sql)?, superseded(sql)?);
    Ok((rewrite.is_some() || !delete.is_empty()).then_some(Upkeep { rewrite, delete }))
}

fn next_rewrite(sql: &mut impl Sql) -> Result<Option<Rewrite>, Failure> {
    let rows = sql.run(
        "SELECT number, generation, (SELECT count(*) FROM tombstone) FROM segment \
         WHERE sealed = 1 AND number IN (SELECT number FROM rewriting) LIMIT 1",
        &[],
    )?;
    let Some([number, old, erased]) = rows.first().map(Vec::as_slice) else { return Ok(None) };
    let (number, generation) = (number.integer(), erased.integer());
    Ok(Some(Rewrite { number, generation, from: name(number, old.integer()), to: name(number, generation) }))
}

/// Files in the place of which a later generation lies, or nothing is to lie. One that is only begun is neither.
fn superseded(sql: &mut impl Sql) -> Result<Vec<String>, Failure> {
    let rows = sql.run(
        "SELECT name FROM garbage WHERE NOT EXISTS (SELECT 1 FROM segment WHERE number = CAST(name AS INTEGER) \
         AND generation <= CAST(substr(name, instr(name, '-') + 1) AS INTEGER)) LIMIT 100",
        &[],
    )?;
    Ok(rows.iter().filter_map(|row| Some(row.first()?.text().to_string())).collect())
}

/// The lines of a generation of a segment, made from those of the last one; nothing, if none of them is an erased unit's,
/// and the segment can stay as it is.
pub fn without_erased(sql: &mut impl Sql, number: i64, generation: i64, text: &str) -> Result<Option<String>, Failure> {
    let erased = erased(sql)?;
    let gone = |line: &&str| match serde_json::from_str::<Line>(line) {
        Ok(Line::Version { .. } | Line::Erased { .. }) | Err(_) => false,
        Ok(line) => erased.contains(line.unit()),
    };
    let rest: String = text.lines().filter(|line| !gone(line)).flat_map(|line| [line, "\n"]).collect();
    if rest.len() == text.len() {
        looked_through(sql, number, generation)?;
        return Ok(None);
    }
    // Until its file is in place it is one of those that are to go, or a crash would leave it there for good.
    discard(sql, number, generation)?;
    Ok(Some(rest))
}

fn erased(sql: &mut impl Sql) -> Result<BTreeSet<String>, Failure> {
    let rows = sql.run("SELECT unit FROM tombstone", &[])?;
    Ok(order::each(rows.iter().filter_map(|row| Some(hex(row.first()?.blob())))))
}

/// A generation of a segment lies where segments lie. One that comes too late changes nothing.
pub fn rewritten(sql: &mut impl Sql, number: i64, generation: i64) -> Result<(), Failure> {
    let rows = sql.run(
        "SELECT generation FROM segment WHERE number = ? AND generation < ?",
        &[number.into(), generation.into()],
    )?;
    if let Some(last) = rows.first().and_then(|row| row.first()) {
        sql.run("UPDATE segment SET generation = ? WHERE number = ?", &[generation.into(), number.into()])?;
        discard(sql, number, last.integer())?;
        deleted(sql, &name(number, generation))?;
    }
    looked_through(sql, number, generation)
}

/// A segment holds no line of as many units as had been erased at a generation. If more have been since, it stays marked.
fn looked_through(sql: &mut impl Sql, number: i64, generation: i64) -> Result<(), Failure> {
    sql.run(
        "DELETE FROM rewriting WHERE number = ? AND (SELECT count(*) FROM tombstone) <= ?",
        &[number.into(), generation.into()],
    )
    .map(drop)
}

fn discard(sql: &mut impl Sql, number: i64, generation: i64) -> Result<(), Failure> {
    sql.run("INSERT OR IGNORE INTO garbage VALUES (?)", &[name(number, generation).as_str().into()]).map(drop)
}

/// A file was deleted, or is none of those that are to be.
pub fn deleted(sql: &mut impl Sql, file: &str) -> Result<(), Failure> {
    sql.run("DELETE FROM garbage WHERE name = ?", &[file.into()]).map(drop)
}

/// Notes that all segments are to be looked through: how long ago the first line of a unit was written, no row tells. Rows
/// go by an age of their own, and what pages have reported goes after days.
pub(super) fn look_through(sql: &mut impl Sql) -> Result<(), Failure> {
    sql.run("INSERT OR IGNORE INTO rewriting SELECT number FROM segment", &[]).map(drop)
}

/// Discards segments of which all lines are older than a time.
pub(super) fn prune(sql: &mut impl Sql, before: i64) -> Result<(), Failure> {
    // The last one stays, or its number would be given again.
    let rows = sql.run(
        "DELETE FROM segment WHERE sealed = 1 AND to_at < ? AND number < (SELECT max(number) FROM segment) \
         RETURNING number, generation",
        &[before.into()],
    )?;
    for row in &rows {
        if let [number, generation] = &row[..] {
            discard(sql, number.integer(), generation.integer())?;
            sql.run("DELETE FROM rewriting WHERE number = ?", core::slice::from_ref(number))?;
        }
    }
    Ok(())
}

/// A segment as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its file's name in its shard's folder.
    pub name: String,
    /// Its lines when it was sealed.
    pub lines: i64,
    /// When the first of them came in, in milliseconds since 1970.
    pub from: i64,
    /// When the last of them came in.
    pub to: i64,
}

/// All sealed segments, and how many lines wait for the next one.
pub fn segments(sql: &mut impl Sql) -> Result<(Vec<Listed>, i64), Failure> {
    let rows =
        sql.run("SELECT number, generation, lines, from_at, to_at FROM segment WHERE sealed = 1 ORDER BY number", &[])?;
    let one = |row: &Vec<Cell>| match &row[..] {
        [number, generation, lines, from, to] => Some(Listed {
            name: name(number.integer(), generation.integer()),
            lines: lines.integer(),
            from: from.integer(),
            to: to.integer(),
        }),
        _ => None,
    };
    let rest = sql.run("SELECT ifnull(sum(lines), 0) FROM pending", &[])?;
    let waiting = rest.first().and_then(|row| row.first()).map_or(0, Cell::integer);
    Ok((rows.iter().filter_map(one).collect(), waiting))
}

/// Takes lines of a log in, as if what they tell had come in just now; those of `erased` units, and those that are known
/// already, change nothing. Gives how many did.
pub fn replay(sql: &mut impl Sql, lines: &[Line], erased: &BTreeSet<String>) -> Result<u64, Failure> {
    let mut units: BTreeMap<&str, Vec<Fact>> = BTreeMap::new();
    for line in lines.iter().filter(|line| !erased.contains(line.unit())) {
        units.entry(line.unit()).or_default().extend(line.fact());
    }
    let mut work = Work::replaying(sql)?;
    let mut news = 0;
    for (unit, facts) in units {
        let Some(hash) = unit_of(unit) else { continue };
        let mut unit = Unit::read(sql, &hash)?;
        news += work.apply(sql, &mut unit, &facts)?.iter().filter(|known| **known != super::News::Known).count() as u64;
    }
    work.sums(sql)?;
    Ok(news)
}
