//! The collector: batches in, receipts out, exact sums in between.
//!
//! [`step`] is one transaction. What it keeps is a function of the *set* of events it has accepted: an exposure is one
//! row for a run and a unit, and merging is commutative and idempotent (earliest wins), so replays, retries and
//! reordering change nothing. Sums follow by taking the unit's old contribution out and putting the new one in.

mod exposure;
mod freshness;
mod measure;
mod page;
mod sums;

pub use freshness::{Freshness, SeenEvent, events, freshness};
pub use sums::{Sum, ledger, sums};

use crate::limits::BATCH_EVENTS;
use crate::sql::{Cell, Failure, Sql};
use crate::time::Millis;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use exposure::Meeting;
use serde::{Deserialize, Serialize};
use sums::Changes;

/// Milliseconds after which an event is too old to be told: the longest that a browser keeps an unsent one.
const OLDEST: i64 = 7 * 24 * 3_600_000;

/// Bytes of a browser family's name; longer ones come from no edge of ours.
const BROWSER_BYTES: usize = 16;

/// The tables of a shard.
pub const TABLES: [&str; 8] = [
    // One row for each run and unit. The unit is a keyed hash; the raw one is never written.
    "CREATE TABLE IF NOT EXISTS exposure (unit BLOB NOT NULL, run TEXT NOT NULL, variant TEXT NOT NULL, \
     epoch INTEGER NOT NULL, config INTEGER NOT NULL, assigned_at INTEGER NOT NULL, confirmed_at INTEGER, \
     crossed INTEGER NOT NULL, browser TEXT NOT NULL, PRIMARY KEY (unit, run)) WITHOUT ROWID",
    // One row for each thing that a unit did. Its name is its place in a sealed beacon, so a resent one is the same.
    "CREATE TABLE IF NOT EXISTS event (unit BLOB NOT NULL, name TEXT NOT NULL, page TEXT NOT NULL, \
     seq INTEGER NOT NULL, place INTEGER NOT NULL, at INTEGER NOT NULL, \
     PRIMARY KEY (unit, name, page, seq, place)) WITHOUT ROWID",
    // One row for each page view: which of its reports have come in, see `page`.
    "CREATE TABLE IF NOT EXISTS page (unit BLOB NOT NULL, page TEXT NOT NULL, at INTEGER NOT NULL, \
     numbers BLOB NOT NULL, PRIMARY KEY (unit, page)) WITHOUT ROWID",
    // Little-endian i128 vectors: see `sums`.
    "CREATE TABLE IF NOT EXISTS sum (run TEXT NOT NULL, variant TEXT NOT NULL, epoch INTEGER NOT NULL, \
     metric TEXT NOT NULL, dimension TEXT NOT NULL, vector BLOB NOT NULL, \
     PRIMARY KEY (run, variant, epoch, metric, dimension)) WITHOUT ROWID",
    // Which events count for which run; a run's plan is fixed, so this only ever grows.
    "CREATE TABLE IF NOT EXISTS measure (run TEXT NOT NULL, metric TEXT NOT NULL, event TEXT NOT NULL, \
     PRIMARY KEY (run, metric)) WITHOUT ROWID",
    // When a run was last heard of, and how often and when the events of metrics: see `freshness`.
    "CREATE TABLE IF NOT EXISTS freshness (run TEXT PRIMARY KEY, assigned_at INTEGER NOT NULL, \
     confirmed_at INTEGER) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS seen_event (name TEXT PRIMARY KEY, last INTEGER, n INTEGER NOT NULL) WITHOUT ROWID",
    // received = stored + duplicate + rejected + filtered, by reason.
    "CREATE TABLE IF NOT EXISTS ledger (outcome TEXT NOT NULL, reason TEXT NOT NULL, n INTEGER NOT NULL, \
     PRIMARY KEY (outcome, reason)) WITHOUT ROWID",
];

/// What intake hands to a shard: the events of one beacon or of one page request, all of one unit. Signatures have
/// been checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// The keyed hash of the unit: 32 hexadecimal digits. Empty when no event of the batch is to be kept.
    pub unit: String,
    /// The page view's random name; empty where no page has sent this, or where nobody follows its numbers.
    pub page: String,
    /// The beacon's number on that page.
    pub seq: i64,
    /// The family of the visitor's browser: `Chrome`, `Safari`, `Firefox`, `Edge` or `Other`.
    #[serde(default)]
    pub browser: String,
    /// What happened.
    pub events: Vec<Event>,
    /// Which events count for which runs, from the configuration that the edge runs.
    pub measures: Vec<Measure>,
}

/// One thing that happened, or why it is not to be kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "t", rename_all = "lowercase")]
pub enum Event {
    /// The edge decided.
    Assigned(Assignment),
    /// The browser showed it.
    Seen {
        /// What the edge had decided, from its signed token.
        #[serde(flatten)]
        assignment: Assignment,
        /// Milliseconds between the event and the sending.
        dt: i64,
    },
    /// The unit did something.
    Track {
        /// The event's name.
        n: String,
        /// Milliseconds between the event and the sending.
        dt: i64,
    },
    /// Intake refused it.
    Refused {
        /// Why.
        reason: String,
    },
    /// It is in order, and not a person's.
    Filtered {
        /// Why.
        reason: String,
    },
}

/// A decision of the edge.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Assignment {
    /// The run.
    pub run: String,
    /// The variant.
    pub x: String,
    /// The run's epoch.
    pub epoch: i64,
    /// The version of the configuration.
    pub config: i64,
    /// When, in milliseconds since 1970.
    pub at: i64,
}

/// An event that counts for a run.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Measure {
    /// The run.
    pub run: String,
    /// The metric.
    pub metric: String,
    /// The event's name.
    pub event: String,
}

/// What became of a batch: every event is in exactly one of these.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// New and kept.
    pub stored: u64,
    /// Known already.
    pub duplicate: u64,
    /// Refused, by reason.
    pub rejected: BTreeMap<String, u64>,
    /// In order and left out, by reason.
    pub filtered: BTreeMap<String, u64>,
}

impl Receipt {
    /// Adds another receipt's counts.
    pub fn add(&mut self, other: &Self) {
        self.stored += other.stored;
        self.duplicate += other.duplicate;
        for (mine, theirs) in [(&mut self.rejected, &other.rejected), (&mut self.filtered, &other.filtered)] {
            for (reason, n) in theirs {
                *mine.entry(reason.clone()).or_default() += n;
            }
        }
    }
}

/// What became of one event.
enum Outcome {
    Stored,
    Duplicate,
    Rejected(&'static str),
}

/// Makes the tables.
pub fn prepare(sql: &mut impl Sql) -> Result<(), Failure> {
    TABLES.iter().try_for_each(|table| sql.run(table, &[]).map(drop))
}

/// Takes one batch in. The caller acknowledges the receipt only after its transaction has been committed.
pub fn step(sql: &mut impl Sql, batch: &Batch, now: Millis) -> Result<Receipt, Failure> {
    let mut receipt = Receipt::default();
    let mut changes = Changes::default();
    let unit = unit_of(&batch.unit);
    let collector = Collector { batch, now, measures: measure::learn(sql, &batch.measures, &mut changes)? };
    if let Some(unit) = unit.as_deref().filter(|_| !batch.page.is_empty()) {
        collector.report(sql, unit, &mut changes)?;
    }
    for (place, event) in (0_i64..).zip(&batch.events) {
        let outcome = match (event, &unit) {
            (Event::Refused { reason }, _) => {
                *receipt.rejected.entry(reason.clone()).or_default() += 1;
                continue;
            }
            (Event::Filtered { reason }, _) => {
                *receipt.filtered.entry(reason.clone()).or_default() += 1;
                continue;
            }
            (Event::Assigned(_) | Event::Seen { .. } | Event::Track { .. }, None) => Outcome::Rejected("unit"),
            (Event::Assigned(_) | Event::Seen { .. } | Event::Track { .. }, Some(_)) if place >= BATCH_EVENTS => {
                Outcome::Rejected("too-many")
            }
            (Event::Assigned(assignment), Some(unit)) => collector.meet(sql, unit, assignment, None, &mut changes)?,
            (Event::Seen { assignment, dt }, Some(unit)) => match collector.time(*dt) {
                Some(at) => collector.meet(sql, unit, assignment, Some(at), &mut changes)?,
                None => Outcome::Rejected("age"),
            },
            (Event::Track { n, dt }, Some(unit)) => match collector.time(*dt) {
                Some(at) => collector.track(sql, unit, n, place, at, &mut changes)?,
                None => Outcome::Rejected("age"),
            },
        };
        match outcome {
            Outcome::Stored => receipt.stored += 1,
            Outcome::Duplicate => receipt.duplicate += 1,
            Outcome::Rejected(reason) => *receipt.rejected.entry(reason.to_string()).or_default() += 1,
        }
    }
    changes.apply(sql)?;
    sums::book(sql, &receipt)?;
    Ok(receipt)
}

struct Collector<'b> {
    batch: &'b Batch,
    now: Millis,
    /// All that this shard knows, whatever this batch's edge did.
    measures: Vec<Measure>,
}

impl Collector<'_> {
    /// The time of an event that was sent `dt` milliseconds after it happened.
    fn time(&self, dt: i64) -> Option<i64> {
        (0..=OLDEST).contains(&dt).then_some(self.now.0 - dt)
    }

    /// Notes the number of this batch on its page, and what it says of reports that have not come in. What was lost may
    /// have held a goal, which counts for every run of the unit; so does the loss.
    fn report(&self, sql: &mut impl Sql, unit: &[u8], changes: &mut Changes) -> Result<(), Failure> {
        let times = self.batch.events.iter().filter_map(|event| match event {
            Event::Seen { dt, .. } | Event::Track { dt, .. } => self.time(*dt),
            Event::Assigned(_) | Event::Refused { .. } | Event::Filtered { .. } => None,
        });
        let at = times.min().unwrap_or(self.now.0);
        let Some((before, after)) = page::report(sql, unit, &self.batch.page, self.batch.seq, at)? else {
            return Ok(());
        };
        for meeting in exposure::all(sql, unit)? {
            if let Some(before) = &before {
                changes.reports(&meeting, before.reports(meeting.assigned_at), -1);
            }
            changes.reports(&meeting, after.reports(meeting.assigned_at), 1);
        }
        Ok(())
    }

    fn meet(
        &self,
        sql: &mut impl Sql,
        unit: &[u8],
        assignment: &Assignment,
        confirmed_at: Option<i64>,
        changes: &mut Changes,
    ) -> Result<Outcome, Failure> {
        let incoming = Meeting::of(assignment, confirmed_at, browser_of(&self.batch.browser));
        freshness::met(sql, &incoming)?;
        let known = exposure::find(sql, unit, &assignment.run)?;
        let merged = match &known {
            Some(known) => known.merge(&incoming),
            None => incoming,
        };
        if known.as_ref() == Some(&merged) {
            return Ok(Outcome::Duplicate);
        }
        // What was known already, apart from an earlier time, is no new event.
        let news = known.as_ref().is_none_or(|known| known.differs_for_readers(&merged));
        if let Some(known) = &known {
            self.contribute(sql, unit, known, -1, changes)?;
            changes.reports(known, page::reports(sql, unit, known.assigned_at)?, -1);
        }
        exposure::save(sql, unit, &merged)?;
        self.contribute(sql, unit, &merged, 1, changes)?;
        changes.reports(&merged, page::reports(sql, unit, merged.assigned_at)?, 1);
        Ok(if news { Outcome::Stored } else { Outcome::Duplicate })
    }

    /// Adds what a unit's row means for the sums, or takes it out with `sign` -1.
    fn contribute(
        &self,
        sql: &mut impl Sql,
        unit: &[u8],
        meeting: &Meeting,
        sign: i128,
        changes: &mut Changes,
    ) -> Result<(), Failure> {
        changes.exposure(meeting, sign);
        for measure in self.measures.iter().filter(|measure| measure.run == meeting.run) {
            if meeting.confirmed_at.is_some() && exposure::did(sql, unit, &measure.event, meeting.assigned_at)? {
                changes.conversion(meeting, &measure.metric, sign);
            }
        }
        Ok(())
    }

    fn track(
        &self,
        sql: &mut impl Sql,
        unit: &[u8],
        name: &str,
        place: i64,
        at: i64,
        changes: &mut Changes,
    ) -> Result<Outcome, Failure> {
        let counts =
            |meeting: &Meeting| self.measures.iter().any(|measure| measure.run == meeting.run && measure.event == name);
        let concerned: Vec<_> = exposure::all(sql, unit)?.into_iter().filter(counts).collect();
        for meeting in &concerned {
            self.contribute(sql, unit, meeting, -1, changes)?;
        }
        let cells: [Cell; 6] =
            [unit.into(), name.into(), self.batch.page.as_str().into(), self.batch.seq.into(), place.into(), at.into()];
        let new = sql.run("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING 1", &cells)?;
        for meeting in &concerned {
            self.contribute(sql, unit, meeting, 1, changes)?;
        }
        if new.is_empty() {
            return Ok(Outcome::Duplicate);
        }
        freshness::happened(sql, name, at)?;
        Ok(Outcome::Stored)
    }
}

/// The name of a browser's family. The empty one is the name of all units' sums, so nobody's browser is called so.
fn browser_of(name: &str) -> &str {
    if (1..=BROWSER_BYTES).contains(&name.len()) { name } else { "Other" }
}

/// The sixteen bytes of a unit's hash.
pub(crate) fn unit_of(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    if digits.len() != 32 {
        return None;
    }
    digits.chunks(2).map(|pair| u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
