//! Sums from rows, the long way: what the collector keeps incrementally must equal this, bit for bit.

use crate::Native;
use anyhow::{Context, Result};
use pointsman::collect::{self, Receipt};
use rusqlite::Connection;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A shard's rows, its sums as stored, and the same sums counted anew.
#[derive(Debug, Serialize)]
pub struct Recount {
    /// One for each run and unit.
    pub exposures: Vec<Exposure>,
    /// One for each thing that a unit did.
    pub events: Vec<Event>,
    /// One for each page view.
    pub pages: Vec<Page>,
    /// As the collector keeps them.
    pub sums: BTreeSet<Sum>,
    /// As the rows give them, for the metrics that `sums` knows.
    pub recounted: BTreeSet<Sum>,
    /// As the collector keeps it.
    pub ledger: Receipt,
}

/// A row of `exposure`.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the columns of `collect::TABLES`")]
pub struct Exposure {
    pub unit: String,
    pub run: String,
    pub variant: String,
    pub epoch: i64,
    pub assigned_at: i64,
    pub confirmed: bool,
    pub crossed: bool,
    pub browser: String,
}

/// A row of `event`.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the columns of `collect::TABLES`")]
pub struct Event {
    pub unit: String,
    pub name: String,
    pub page: String,
    pub seq: i64,
    pub place: i64,
    pub at: i64,
}

/// A row of `page`.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the columns of `collect::TABLES`")]
pub struct Page {
    pub unit: String,
    pub page: String,
    pub at: i64,
    /// The numbers of reports that have come in.
    pub numbers: BTreeSet<usize>,
}

/// A vector of `sum`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[allow(missing_docs, reason = "the columns of `collect::TABLES`")]
pub struct Sum {
    pub run: String,
    pub variant: String,
    pub epoch: i64,
    pub metric: String,
    pub dimension: String,
    pub vector: Vec<i128>,
}

/// Reads a shard. `events_of` names the event behind each metric.
pub fn recount(connection: &Connection, events_of: &BTreeMap<String, String>) -> Result<Recount> {
    let exposures = exposures(connection)?;
    let events = events(connection)?;
    let sums = stored(connection)?;
    let pages = pages(connection)?;
    let recounted = count(&exposures, &events, &pages, events_of);
    let ledger = collect::ledger(&mut Native(connection)).map_err(|failure| anyhow::anyhow!("{failure}"))?;
    Ok(Recount { exposures, events, pages, sums, recounted, ledger })
}

fn exposures(connection: &Connection) -> Result<Vec<Exposure>> {
    let mut query = connection.prepare(
        "SELECT lower(hex(unit)), run, variant, epoch, assigned_at, confirmed_at IS NOT NULL, crossed, browser \
         FROM exposure",
    )?;
    let rows = query.query_map([], |row| {
        Ok(Exposure {
            unit: row.get(0)?,
            run: row.get(1)?,
            variant: row.get(2)?,
            epoch: row.get(3)?,
            assigned_at: row.get(4)?,
            confirmed: row.get(5)?,
            crossed: row.get::<_, i64>(6)? != 0,
            browser: row.get(7)?,
        })
    })?;
    rows.collect::<rusqlite::Result<_>>().context("reading exposures")
}

fn events(connection: &Connection) -> Result<Vec<Event>> {
    let mut query = connection.prepare("SELECT lower(hex(unit)), name, page, seq, place, at FROM event")?;
    let rows = query.query_map([], |row| {
        Ok(Event {
            unit: row.get(0)?,
            name: row.get(1)?,
            page: row.get(2)?,
            seq: row.get(3)?,
            place: row.get(4)?,
            at: row.get(5)?,
        })
    })?;
    rows.collect::<rusqlite::Result<_>>().context("reading events")
}

fn pages(connection: &Connection) -> Result<Vec<Page>> {
    let mut query = connection.prepare("SELECT lower(hex(unit)), page, at, numbers FROM page")?;
    let rows = query.query_map([], |row| {
        let bits: Vec<u8> = row.get(3)?;
        let numbers = (0..bits.len() * 8).filter(|number| bits[number / 8] >> (number % 8) & 1 == 1).collect();
        Ok(Page { unit: row.get(0)?, page: row.get(1)?, at: row.get(2)?, numbers })
    })?;
    rows.collect::<rusqlite::Result<_>>().context("reading pages")
}

fn stored(connection: &Connection) -> Result<BTreeSet<Sum>> {
    let mut query = connection.prepare("SELECT run, variant, epoch, metric, dimension, vector FROM sum")?;
    let rows = query.query_map([], |row| {
        let bytes: Vec<u8> = row.get(5)?;
        let vector = bytes.as_chunks().0.iter().map(|chunk| i128::from_le_bytes(*chunk)).collect();
        Ok(Sum {
            run: row.get(0)?,
            variant: row.get(1)?,
            epoch: row.get(2)?,
            metric: row.get(3)?,
            dimension: row.get(4)?,
            vector,
        })
    })?;
    let all: Vec<Sum> = rows.collect::<rusqlite::Result<_>>().context("reading sums")?;
    Ok(all.into_iter().filter(|sum| sum.vector.iter().any(|part| *part != 0)).collect())
}

fn count(
    exposures: &[Exposure],
    events: &[Event],
    pages: &[Page],
    events_of: &BTreeMap<String, String>,
) -> BTreeSet<Sum> {
    let mut sums: BTreeMap<(String, String, i64, String, String), Vec<i128>> = BTreeMap::new();
    let mut did: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for event in events {
        let last = did.entry((&event.unit, &event.name)).or_insert(event.at);
        *last = event.at.max(*last);
    }
    for row in exposures {
        let mut add = |metric: &str, parts: &[usize]| {
            for dimension in ["", &row.browser] {
                let (run, variant) = (row.run.clone(), row.variant.clone());
                let key = (run, variant, row.epoch, metric.to_string(), dimension.to_string());
                let vector = sums.entry(key).or_insert_with(|| vec![0; parts.len()]);
                vector.iter_mut().zip(parts).for_each(|(sum, part)| *sum += *part as i128);
            }
        };
        let (mut reports, mut lost) = (0, 0);
        for page in pages.iter().filter(|page| page.unit == row.unit && page.at >= row.assigned_at) {
            let sent = page.numbers.last().map_or(0, |last| last + 1);
            reports += sent;
            lost += (0..sent).filter(|number| !page.numbers.contains(number)).count();
        }
        add("", &[1, usize::from(row.confirmed), usize::from(row.crossed), reports, lost]);
        for (metric, event) in events_of {
            let converted = did.get(&(&row.unit, event)).is_some_and(|last| *last >= row.assigned_at);
            if row.confirmed && converted {
                add(metric, &[1]);
            }
        }
    }
    let sum =
        |((run, variant, epoch, metric, dimension), vector)| Sum { run, variant, epoch, metric, dimension, vector };
    sums.into_iter().map(sum).collect()
}
