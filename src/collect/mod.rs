//! The collector: batches in, receipts out, exact sums in between.
//!
//! [`commit`] is one transaction. What it keeps is a function of the *set* of events it has accepted: an exposure is one
//! row for a run and a unit, and merging is commutative and idempotent (earliest wins), so replays, retries and
//! reordering change nothing. Sums follow by taking the unit's old contribution out and putting the new one in.
//!
//! All time is an argument. Whatever has to happen by itself (segments of the log, old rows, a new metric on old data) is
//! a function that the shell calls in a transaction of its own, as often as it likes.

mod admit;
mod batch;
mod catalog;
mod definitions;
mod direction;
mod erase;
mod event;
mod exposure;
mod freshness;
pub mod grid;
mod ledger;
mod measure;
mod money;
mod page;
mod personal;
mod push;
mod rebuild;
pub mod segment;
mod sums;
mod tail;
mod totals;
mod traits;
mod unit;
mod visitors;

pub use batch::{Assignment, Batch, Claim, Event, Left, Receipt, Scalar, Track};
pub use catalog::{SeenEvent, events};
pub use definitions::{Definitions, Run, Span, learn, unknown};
pub use direction::Direction;
pub use erase::{erase, prune};
pub use freshness::{Freshness, freshness};
pub use ledger::{Line, ledger, lines};
pub use measure::{Filter, Kind, Measure, Metric, Per, read as measure};
pub use money::digits;
pub use push::{BEAT, Heard, Tally, push, telling, told};
pub use rebuild::{Rebuilding, rebuild, rebuilding};
pub use sums::{Every, Sum, every, overall, sums, together};
pub use tail::Arrived;
pub use totals::{MetricTotal, Total, Totals, totals, whole};
pub use traits::Traits;
pub use visitors::{ALL, FORTNIGHT, LOOKED_AT, visitors};

use crate::limits::UNIT_EVENTS;
use crate::migrate;
use crate::sql::{Failure, Sql};
use crate::time::{DAY, Millis};
use admit::{claim_of, crowded, name_of};
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use definitions::Known;
use exposure::Meeting;
use ledger::{Entries, Outcome};
use page::Page;
use segment::Fact;
use sums::Changes;
use tail::Tail;
use unit::Unit;

/// Milliseconds after which an event of a server is too old: rows are kept for as long, see [`prune`].
pub const KEPT: i64 = 400 * DAY;

/// The tables of a shard.
pub const TABLES: [&str; 16] = [
    // One row for each run and unit. The unit is a keyed hash; the raw one is never written.
    "CREATE TABLE IF NOT EXISTS exposure (unit BLOB NOT NULL, run TEXT NOT NULL, variant TEXT NOT NULL, \
     epoch INTEGER NOT NULL, config INTEGER NOT NULL, assigned_at INTEGER NOT NULL, confirmed_at INTEGER, \
     crossed INTEGER NOT NULL, traits TEXT NOT NULL, sent INTEGER NOT NULL, lost INTEGER NOT NULL, \
     PRIMARY KEY (unit, run)) WITHOUT ROWID",
    // One row for each thing that a unit did, see `event`.
    "CREATE TABLE IF NOT EXISTS event (unit BLOB NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, \
     value INTEGER, currency TEXT, properties TEXT NOT NULL, traits TEXT NOT NULL, \
     PRIMARY KEY (unit, key)) WITHOUT ROWID",
    // One row for each page view: which of its reports have come in, see `page`.
    "CREATE TABLE IF NOT EXISTS page (unit BLOB NOT NULL, page TEXT NOT NULL, at INTEGER NOT NULL, \
     heard INTEGER NOT NULL, numbers BLOB NOT NULL, PRIMARY KEY (unit, page)) WITHOUT ROWID",
    // Little-endian i128 vectors: see `sums`.
    "CREATE TABLE IF NOT EXISTS sum (run TEXT NOT NULL, variant TEXT NOT NULL, epoch INTEGER NOT NULL, \
     metric TEXT NOT NULL, dimension TEXT NOT NULL, cohort INTEGER NOT NULL, vector BLOB NOT NULL, \
     PRIMARY KEY (run, variant, epoch, metric, dimension, cohort)) WITHOUT ROWID",
    // What versions of the configuration say, and when one was last mentioned: see `definitions`.
    "CREATE TABLE IF NOT EXISTS version (config INTEGER PRIMARY KEY, json TEXT NOT NULL, used INTEGER NOT NULL)",
    // What is measured of each run, and behind which unit that has yet to be done for old data.
    "CREATE TABLE IF NOT EXISTS metric (run TEXT NOT NULL, metric TEXT NOT NULL, json TEXT NOT NULL, behind BLOB, \
     PRIMARY KEY (run, metric)) WITHOUT ROWID",
    // Which runs are counted together, and likewise.
    "CREATE TABLE IF NOT EXISTS pair (one TEXT NOT NULL, other TEXT NOT NULL, behind BLOB, \
     PRIMARY KEY (one, other)) WITHOUT ROWID",
    // When a run was last heard of: see `freshness`.
    "CREATE TABLE IF NOT EXISTS freshness (run TEXT PRIMARY KEY, assigned_at INTEGER NOT NULL, \
     confirmed_at INTEGER) WITHOUT ROWID",
    // Every event by name, and what of it was refused: see `catalog`.
    "CREATE TABLE IF NOT EXISTS catalog (name TEXT PRIMARY KEY, last INTEGER, n INTEGER NOT NULL, \
     properties TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS refusal (name TEXT NOT NULL, reason TEXT NOT NULL, n INTEGER NOT NULL, \
     PRIMARY KEY (name, reason)) WITHOUT ROWID",
    // received = stored + duplicate + rejected + filtered, by hour, reason and variant.
    "CREATE TABLE IF NOT EXISTS ledger (hour INTEGER NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL, \
     run TEXT NOT NULL, variant TEXT NOT NULL, n INTEGER NOT NULL, \
     PRIMARY KEY (hour, outcome, reason, run, variant)) WITHOUT ROWID",
    // The raw log: lines that wait, segments that were made of lines, and what is to be done about them: see `log`.
    "CREATE TABLE IF NOT EXISTS pending (n INTEGER PRIMARY KEY, unit BLOB NOT NULL, at INTEGER NOT NULL, \
     lines INTEGER NOT NULL, text TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS segment (number INTEGER PRIMARY KEY, generation INTEGER NOT NULL, until INTEGER NOT NULL, \
     from_at INTEGER NOT NULL, to_at INTEGER NOT NULL, lines INTEGER NOT NULL, sealed INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS rewriting (number INTEGER PRIMARY KEY)",
    "CREATE TABLE IF NOT EXISTS garbage (name TEXT PRIMARY KEY) WITHOUT ROWID",
    push::TABLE,
];

/// Units that were erased: whatever is told of one is filtered.
const TOMBSTONES: &str =
    "CREATE TABLE IF NOT EXISTS tombstone (unit BLOB PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID";

/// Makes the tables.
pub fn prepare(sql: &mut impl Sql) -> Result<(), Failure> {
    migrate::prepare(sql, "exposure", make, &[])
}

fn make(sql: &mut impl Sql) -> Result<(), Failure> {
    TABLES.iter().chain([&TOMBSTONES]).try_for_each(|table| sql.run(table, &[]).map(drop))
}

/// Takes batches in, all of them or none. The caller acknowledges the receipts only after its transaction has been
/// committed, and has asked [`unknown`] before.
pub fn commit(sql: &mut impl Sql, batches: &[Batch], now: Millis) -> Result<Vec<Receipt>, Failure> {
    Ok(taken(sql, batches, Work { now, ..Work::default() })?.0)
}

/// The same, and what became of each event, for whoever looks at them come in.
pub fn watch(sql: &mut impl Sql, batches: &[Batch], now: Millis) -> Result<(Vec<Receipt>, Vec<Arrived>), Failure> {
    taken(sql, batches, Work { now, tail: Tail::watched(), ..Work::default() })
}

fn taken(sql: &mut impl Sql, batches: &[Batch], mut work: Work) -> Result<(Vec<Receipt>, Vec<Arrived>), Failure> {
    work.known = Known::read(sql, batches)?;
    definitions::used(sql, &work.known, work.now)?;
    let receipts = batches.iter().map(|batch| work.take(sql, batch)).collect::<Result<_, _>>()?;
    let arrived = core::mem::take(&mut work.tail).all();
    work.finish(sql)?;
    Ok((receipts, arrived))
}

/// Takes one batch in.
pub fn step(sql: &mut impl Sql, batch: &Batch, now: Millis) -> Result<Receipt, Failure> {
    Ok(commit(sql, core::slice::from_ref(batch), now)?.pop().unwrap_or_default())
}

/// One transaction: what it knows, and what it gathers so that each sum and each line of the ledger is written once.
#[derive(Default)]
struct Work {
    known: Known,
    now: Millis,
    changes: Changes,
    entries: Entries,
    news: catalog::News,
    tail: Tail,
    is_replay: bool,
}

/// What a fact was to the shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum News {
    /// New, as any reader sees.
    New,
    /// Known but for something that no reader counts, such as an earlier time.
    Finer,
    /// Known.
    Known,
}

impl Work {
    /// For a replay: nothing is entered in the ledger or written to the log.
    fn replaying(sql: &mut impl Sql) -> Result<Self, Failure> {
        Ok(Self { known: Known::measures(sql)?, is_replay: true, ..Self::default() })
    }

    fn take(&mut self, sql: &mut impl Sql, batch: &Batch) -> Result<Receipt, Failure> {
        let mut receipt = Receipt::default();
        let hash = unit_of(&batch.unit);
        let is_erased = hash.as_deref().map_or(Ok(false), |hash| erase::is_erased(sql, hash))?;
        let crowded = crowded(sql, batch, &self.known)?;
        let traits = batch.traits.sane();
        let mut facts = Vec::new();
        let mut refused = Vec::new();
        for (place, event) in batch.events.iter().enumerate() {
            let judged = match &hash {
                None => Err(Outcome::rejected("unit")),
                Some(_) if is_erased => Err(Outcome::Filtered("erased".to_string())),
                Some(_) => self.judge(batch, place, event, &traits, &crowded),
            };
            match (event, judged) {
                (Event::Refused { reason, .. }, _) => refused.push((place, Outcome::Rejected(reason.clone()))),
                (Event::Filtered { reason, .. }, _) => refused.push((place, Outcome::Filtered(reason.clone()))),
                (_, Err(outcome)) => refused.push((place, outcome)),
                (_, Ok(fact)) => facts.push((place, fact)),
            }
        }
        for (place, outcome) in refused {
            self.leave(&mut receipt, batch, place, outcome);
        }
        let Some(hash) = hash.filter(|_| !is_erased) else { return Ok(receipt) };
        if facts.is_empty() && batch.page.is_empty() {
            return Ok(receipt);
        }
        let mut unit = Unit::read(sql, &hash)?;
        let mut all = unit.deeds.len();
        facts.retain(|(place, fact)| {
            // What is known already needs no room.
            let Fact::Did(deed) = fact else { return true };
            let fits = all < UNIT_EVENTS || unit.deeds.iter().any(|known| known.key == deed.key);
            all += 1;
            if !fits {
                self.leave(&mut receipt, batch, *place, Outcome::rejected("full"));
            }
            fits
        });
        let told: Vec<_> = facts.into_iter().map(|(_, fact)| fact).collect();
        let all: Vec<_> = told.iter().cloned().chain(self.report(batch)).collect();
        let news = self.apply(sql, &mut unit, &all)?;
        for (fact, news) in told.iter().zip(news) {
            let outcome = if news == News::New { Outcome::Stored } else { Outcome::Duplicate };
            let (run, variant) = match fact {
                Fact::Met(meeting) => (meeting.run.as_str(), meeting.variant.as_str()),
                Fact::Did(_) | Fact::Sent(..) => ("", ""),
            };
            self.tail.took(fact, &outcome, self.now);
            self.enter(&mut receipt, outcome, run, variant);
        }
        Ok(receipt)
    }

    /// Notes that an event is not kept.
    fn leave(&mut self, receipt: &mut Receipt, batch: &Batch, place: usize, outcome: Outcome) {
        let event = batch.events.get(place);
        let name = event.and_then(|event| name_of(event, batch.drawn.as_deref()));
        if let (Some(name), Outcome::Rejected(reason)) = (name, &outcome) {
            self.news.refused(name, reason);
        }
        let reason = outcome.reason().to_string();
        receipt.left.push(Left { place, reason });
        // Words of whoever invents runs are kept nowhere.
        let claim = event.and_then(|event| claim_of(event, batch.config));
        let (_, run, variant) = claim.filter(|(config, run, x)| self.known.has(*config, run, x)).unwrap_or_default();
        self.tail.left(name, (run, variant), &outcome, self.now);
        self.enter(receipt, outcome, run, variant);
    }

    fn enter(&mut self, receipt: &mut Receipt, outcome: Outcome, run: &str, variant: &str) {
        outcome.count(receipt);
        self.entries.note(outcome, run, variant);
    }

    /// That this batch has come in, as one of its page's reports. What was lost may have held a goal, which counts for
    /// every run of the unit; so does the loss.
    fn report(&self, batch: &Batch) -> Option<Fact> {
        if batch.page.is_empty() || personal::holds(&batch.page, batch.drawn.as_deref()) {
            return None;
        }
        let times = batch.events.iter().filter_map(|event| match event {
            Event::Seen { dt, .. } => self.time((*dt)?),
            Event::Track(track) => self.time(track.dt),
            Event::Assigned(_) | Event::Refused { .. } | Event::Filtered { .. } => None,
        });
        let at = times.min().unwrap_or(self.now.0);
        Some(Fact::Sent(Page::of(&batch.page, batch.seq, at, self.now.0)?, batch.seq))
    }

    /// Keeps what is new of these facts about a unit, lets the sums follow, and tells what each was.
    fn apply(&mut self, sql: &mut impl Sql, unit: &mut Unit, facts: &[Fact]) -> Result<Vec<News>, Failure> {
        unit.contribute(&self.known, &mut self.changes, -1);
        let deeds: Vec<_> = facts
            .iter()
            .filter_map(|fact| match fact {
                Fact::Did(deed) => Some(deed.clone()),
                Fact::Met(_) | Fact::Sent(..) => None,
            })
            .collect();
        let mut new = if deeds.is_empty() { BTreeSet::new() } else { event::keep(sql, &unit.hash, &deeds)? };
        let mut all = Vec::new();
        let mut touched = BTreeSet::new();
        for fact in facts {
            all.push(match fact {
                Fact::Met(meeting) => meet(sql, unit, meeting, &mut touched)?,
                Fact::Sent(page, _) => see(sql, unit, page)?,
                Fact::Did(deed) if new.remove(&deed.key) => {
                    unit::total(&unit.hash, deed, &self.known, &mut self.changes, 1);
                    self.news.happened(deed);
                    unit.deeds.push(deed.clone());
                    News::New
                }
                Fact::Did(_) => News::Known,
            });
        }
        for meeting in unit.meetings.iter().filter(|meeting| touched.contains(&meeting.run)) {
            exposure::save(sql, &unit.hash, meeting)?;
        }
        unit.contribute(&self.known, &mut self.changes, 1);
        let changed = facts.iter().zip(&all).filter(|(_, news)| **news != News::Known);
        let lines: Vec<_> = changed.map(|(fact, _)| segment::Line::of(&unit.hash, fact)).collect();
        if !lines.is_empty() && !self.is_replay {
            segment::write(sql, &unit.hash, &lines, self.now)?;
        }
        Ok(all)
    }

    /// Writes the sums.
    fn sums(&mut self, sql: &mut impl Sql) -> Result<(), Failure> {
        core::mem::take(&mut self.changes).apply(sql)
    }

    fn finish(mut self, sql: &mut impl Sql) -> Result<(), Failure> {
        self.sums(sql)?;
        self.news.enter(sql)?;
        self.entries.book(sql, self.now)
    }
}

/// Merges a report of a meeting into what is known of it.
fn meet(
    sql: &mut impl Sql,
    unit: &mut Unit,
    incoming: &Meeting,
    touched: &mut BTreeSet<String>,
) -> Result<News, Failure> {
    freshness::met(sql, incoming)?;
    let Some(known) = unit.meetings.iter_mut().find(|meeting| meeting.run == incoming.run) else {
        unit.meetings.push(incoming.clone());
        touched.insert(incoming.run.clone());
        return Ok(News::New);
    };
    let merged = known.merge(incoming);
    if *known == merged {
        return Ok(News::Known);
    }
    // What was known already, apart from an earlier time, is no new event.
    let news = if known.differs_for_readers(&merged) { News::New } else { News::Finer };
    *known = merged;
    touched.insert(incoming.run.clone());
    Ok(news)
}

/// Notes a report of a page.
fn see(sql: &mut impl Sql, unit: &mut Unit, page: &Page) -> Result<News, Failure> {
    let at = unit.pages.iter().position(|known| known.name == page.name);
    let merged = at.and_then(|at| unit.pages.get(at)).map_or_else(|| page.clone(), |known| known.merge(page));
    match at.and_then(|at| unit.pages.get_mut(at)) {
        Some(known) if known.tells_like(&merged) => return Ok(News::Known),
        Some(known) => known.clone_from(&merged),
        None => unit.pages.push(merged.clone()),
    }
    page::save(sql, &unit.hash, &merged)?;
    Ok(News::New)
}

/// The runs and variants that a unit had met by a moment, for what is kept elsewhere: by the rule by which an event counts
/// for a run.
pub fn met(sql: &mut impl Sql, unit: &str, at: i64) -> Result<Vec<(String, String)>, Failure> {
    let Some(hash) = unit_of(unit) else { return Ok(Vec::new()) };
    let meetings = exposure::all(sql, &hash)?.into_iter();
    let by_then = meetings.filter(|meeting| meeting.confirmed_at.is_some() && meeting.assigned_at <= at);
    Ok(by_then.map(|meeting| (meeting.run, meeting.variant)).collect())
}

/// The sixteen bytes of a unit's hash.
pub(crate) fn unit_of(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    if digits.len() != 32 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    digits.chunks(2).map(|pair| u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
