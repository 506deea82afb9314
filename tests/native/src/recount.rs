//! Sums from rows, the long way: what the collector keeps incrementally must equal this, bit for bit. It knows one kind of
//! metric, the conversion; the other kinds have their own arithmetic in `tests/measures.rs`.

use crate::Native;
use anyhow::{Context, Result};
use pointsman::collect::{self, Measure, Metric, Receipt};
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
    /// Browser, device, country and visitor, and then declared dimensions.
    pub traits: String,
    /// Reports of pages whose rows are gone, and those of them that were lost.
    pub past: [i128; 2],
}

/// A row of `event`.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the columns of `collect::TABLES`")]
pub struct Event {
    pub unit: String,
    pub key: String,
    pub name: String,
    pub at: i64,
    pub value: Option<i64>,
    pub traits: String,
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
    pub cohort: i64,
    pub vector: Vec<i128>,
}

/// Reads a shard. `events_of` names the event behind each metric.
pub fn recount(connection: &Connection, events_of: &BTreeMap<String, String>) -> Result<Recount> {
    let exposures = exposures(connection)?;
    let events = events(connection)?;
    let sums = stored(connection)?;
    let pages = pages(connection)?;
    let pairs = pairs(connection)?;
    let recounted = count(&exposures, &events, &pages, &pairs, events_of, &totalled(connection, events_of)?);
    let ledger = collect::ledger(&mut Native(connection)).map_err(|failure| anyhow::anyhow!("{failure}"))?;
    Ok(Recount { exposures, events, pages, sums, recounted, ledger })
}

fn exposures(connection: &Connection) -> Result<Vec<Exposure>> {
    let mut query = connection.prepare(
        "SELECT lower(hex(unit)), run, variant, epoch, assigned_at, confirmed_at IS NOT NULL, crossed, traits, sent, lost \
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
            traits: row.get(7)?,
            past: [row.get::<_, i64>(8)?.into(), row.get::<_, i64>(9)?.into()],
        })
    })?;
    rows.collect::<rusqlite::Result<_>>().context("reading exposures")
}

fn events(connection: &Connection) -> Result<Vec<Event>> {
    let mut query = connection.prepare("SELECT lower(hex(unit)), key, name, at, value, traits FROM event")?;
    let rows = query.query_map([], |row| {
        Ok(Event {
            unit: row.get(0)?,
            key: row.get(1)?,
            name: row.get(2)?,
            at: row.get(3)?,
            value: row.get(4)?,
            traits: row.get(5)?,
        })
    })?;
    rows.collect::<rusqlite::Result<_>>().context("reading events")
}

/// The metrics of which all traffic has totals: by event, the id.
fn totalled(connection: &Connection, events_of: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
    let mut query = connection.prepare("SELECT metric FROM metric WHERE run = ''")?;
    let ids: BTreeSet<String> = query.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let of = |(key, event): (&String, &String)| {
        let metric = Metric {
            metric: key.clone(),
            event: event.clone(),
            primary: false,
            measure: Measure::default(),
            rates: BTreeMap::new(),
        };
        (event.clone(), metric.id())
    };
    Ok(events_of.iter().map(of).filter(|(_, id)| ids.contains(id)).collect())
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

fn pairs(connection: &Connection) -> Result<BTreeSet<(String, String)>> {
    let mut query = connection.prepare("SELECT one, other FROM pair UNION SELECT other, one FROM pair")?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect::<rusqlite::Result<_>>().context("reading pairs")
}

fn stored(connection: &Connection) -> Result<BTreeSet<Sum>> {
    let mut query = connection.prepare("SELECT run, variant, epoch, metric, dimension, cohort, vector FROM sum")?;
    let rows = query.query_map([], |row| {
        let bytes: Vec<u8> = row.get(6)?;
        let vector = bytes.as_chunks().0.iter().map(|chunk| i128::from_le_bytes(*chunk)).collect();
        Ok(Sum {
            run: row.get(0)?,
            variant: row.get(1)?,
            epoch: row.get(2)?,
            metric: row.get(3)?,
            dimension: row.get(4)?,
            cohort: row.get(5)?,
            vector,
        })
    })?;
    let all: Vec<Sum> = rows.collect::<rusqlite::Result<_>>().context("reading sums")?;
    Ok(all.into_iter().filter(|sum| sum.vector.iter().any(|part| *part != 0)).collect())
}

const DAY: i64 = 86_400_000;

/// Run, variant, epoch, metric, dimension and cohort.
type Key = (String, String, i64, String, String, i64);

fn count(
    exposures: &[Exposure],
    events: &[Event],
    pages: &[Page],
    pairs: &BTreeSet<(String, String)>,
    events_of: &BTreeMap<String, String>,
    totalled: &BTreeMap<String, String>,
) -> BTreeSet<Sum> {
    let mut sums: BTreeMap<Key, Vec<i128>> = BTreeMap::new();
    let mut add = |(run, variant, epoch): (&str, &str, i64), metric: &str, dimension: &str, cohort, parts: &[i128]| {
        let key = (run.into(), variant.into(), epoch, metric.into(), dimension.into(), cohort);
        let vector = sums.entry(key).or_insert_with(|| vec![0; parts.len()]);
        vector.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
    };
    let mut did: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for event in events {
        let last = did.entry((&event.unit, &event.name)).or_insert(event.at);
        *last = event.at.max(*last);
        for dimension in dimensions(&event.traits) {
            let day = event.at.div_euclid(DAY) * DAY;
            add(("", "", 0), &event.name, &dimension, day, &[1, event.value.unwrap_or(0).into()]);
            if let Some(id) = totalled.get(&event.name) {
                add(("", id, 0), "", &dimension, day, &[1, 1]);
            }
        }
    }
    let viewed = by_unit(pages, |page| &page.unit);
    let met = by_unit(exposures, |exposure| &exposure.unit);
    for row in exposures {
        let run = (row.run.as_str(), row.variant.as_str(), row.epoch);
        let [mut reports, mut lost] = row.past;
        let views = viewed.get(row.unit.as_str()).into_iter().flatten();
        for page in views.filter(|page| page.at >= row.assigned_at) {
            let sent = page.numbers.last().map_or(0, |last| last + 1);
            reports += sent as i128;
            lost += (0..sent).filter(|number| !page.numbers.contains(number)).count() as i128;
        }
        for dimension in dimensions(&row.traits) {
            add(run, "", &dimension, 0, &[1, row.confirmed.into(), row.crossed.into(), reports, lost]);
        }
        let beside = met[row.unit.as_str()]
            .iter()
            .filter(|other| other.confirmed && pairs.contains(&(row.run.clone(), other.run.clone())));
        let beside: Vec<_> = beside.map(|other| format!("{}={}", other.run, other.variant)).collect();
        for (place, (metric, event)) in events_of.iter().enumerate().filter(|_| row.confirmed) {
            let converted = did.get(&(&row.unit, event)).is_some_and(|last| *last >= row.assigned_at);
            let all = dimensions(&row.traits).into_iter().chain(beside.iter().filter(|_| place == 0).cloned());
            for dimension in all {
                add(run, metric, &dimension, 0, &[1, converted.into(), converted.into()]);
            }
        }
    }
    let sum = |((run, variant, epoch, metric, dimension, cohort), mut vector): (Key, Vec<i128>)| {
        // As it is stored: without the zeros at its end.
        vector.truncate(vector.iter().rposition(|part| *part != 0).map_or(0, |last| last + 1));
        Sum { run, variant, epoch, metric, dimension, cohort, vector }
    };
    sums.into_iter().map(sum).filter(|sum| !sum.vector.is_empty()).collect()
}

/// The rows of each unit.
fn by_unit<T>(rows: &[T], unit: impl Fn(&T) -> &str) -> BTreeMap<&str, Vec<&T>> {
    let mut all: BTreeMap<&str, Vec<&T>> = BTreeMap::new();
    for row in rows {
        all.entry(unit(row)).or_default().push(row);
    }
    all
}

/// The dimensions of somebody with these traits.
fn dimensions(traits: &str) -> Vec<String> {
    let named = ["browser", "device", "country", "visitor"].into_iter().zip(traits.split('|'));
    let known = named.filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={value}"));
    let declared = traits.split('|').skip(4).map(ToString::to_string);
    std::iter::once(String::new()).chain(known).chain(declared).collect()
}

/// Vectors about visitors by name and day, without the zeros at their ends.
pub type Visitors = BTreeMap<(&'static str, i64), Vec<i128>>;

/// Of what a shard says of its visitors, who comes back and who goes from step to step.
#[must_use]
pub fn seen(sums: &[collect::Sum]) -> Visitors {
    let of = |name: &'static str| {
        let one = move |sum: &collect::Sum| {
            ((name, sum.epoch), sum.vector.iter().map(|digits| digits.parse().unwrap_or(-1)).collect())
        };
        sums.iter().filter(move |sum| sum.metric == name).map(one)
    };
    cut(of("back").chain(of("steps")).collect())
}

fn cut(mut all: Visitors) -> Visitors {
    for vector in all.values_mut() {
        vector.truncate(vector.iter().rposition(|part| *part != 0).map_or(0, |last| last + 1));
    }
    all
}

/// What visitors did by a conversion, the long way: by the day of their first time how many they are and how many did it again on
/// each of fourteen days behind that; and how many did anything in the fourteen days before today, before it the step, and it.
#[must_use]
pub fn visitors(events: &[Event], step: &str, event: &str, now: i64) -> Visitors {
    let today = now.div_euclid(DAY) * DAY;
    let units: BTreeSet<_> = events.iter().map(|event| &event.unit).collect();
    let (mut all, mut steps) = (Visitors::new(), vec![0; 3]);
    for unit in units {
        let times = |name: Option<&str>| -> BTreeSet<i64> {
            let own = events.iter().filter(|row| row.unit == *unit && name.is_none_or(|name| row.name == name));
            own.map(|row| row.at).collect()
        };
        let lately = |at: &i64| (today - 14 * DAY..today).contains(at);
        if let Some(first) = times(Some(event)).first().filter(|first| **first >= today - 27 * DAY) {
            let days: BTreeSet<_> = times(Some(event)).iter().map(|at| (at - first) / DAY).collect();
            let row = all.entry(("back", first.div_euclid(DAY) * DAY)).or_insert_with(|| vec![0; 15]);
            for (day, count) in (0..).zip(row) {
                *count += i128::from(days.contains(&day));
            }
        }
        let begun = times(Some(step)).into_iter().find(lately);
        let done = begun.is_some_and(|begun| times(Some(event)).iter().any(|at| *at >= begun && lately(at)));
        for (count, more) in steps.iter_mut().zip([times(None).iter().any(lately), begun.is_some(), done]) {
            *count += i128::from(more);
        }
    }
    all.insert(("steps", 0), steps);
    cut(all)
}
