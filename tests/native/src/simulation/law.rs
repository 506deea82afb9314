//! What holds in every world. The first two after each step; the recounts now and then and at the end, because they take
//! as long as everything else together.

use super::{Bug, Node, RUNS, World, variant};
use crate::Native;
use crate::recount::{self, Recount};
use crate::replay::differences;
use fastrand::Rng;
use pointsman::collect::segment::{self, Line};
use pointsman::collect::{self, Batch, Event, Receipt, Sum};
use pointsman::time::Millis;
use rusqlite::Connection;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

fn hold(law: bool, words: impl FnOnce() -> String) -> Result<(), String> {
    if law { Ok(()) } else { Err(words()) }
}

impl World {
    /// received = stored + duplicate + rejected + filtered, in every shard that was told something.
    pub(super) fn balanced(&self) -> Result<(), String> {
        for node in self.touched.iter().map(|shard| &self.nodes[*shard]) {
            let booked = node.ask(|sql| collect::ledger(sql)).received();
            hold(booked == node.received, || format!("the ledger has {booked} of {} events", node.received))?;
        }
        Ok(())
    }

    /// What is acknowledged is stored, and what visitors really met is never refused.
    pub(super) fn acknowledged(&mut self, shard: usize, batch: &Batch, receipt: &Receipt) -> Result<(), String> {
        let known = |reason: &String| reason == "age";
        let wrong: Vec<_> = receipt.rejected.keys().filter(|reason| !known(reason)).collect();
        hold(wrong.is_empty(), || format!("what a visitor did was rejected: {wrong:?}"))?;
        if !receipt.rejected.is_empty() || !receipt.filtered.is_empty() {
            return Ok(());
        }
        for (place, event) in batch.events.iter().enumerate() {
            let (table, column, name) = match event {
                Event::Seen { assignment, .. } => ("exposure", "run", assignment.run.clone()),
                _ => ("event", "key", format!("{}/{}/{place}", batch.page, batch.seq)),
            };
            self.promised.insert((batch.unit.clone(), name.clone()));
            let statement = format!("SELECT count(*) FROM {table} WHERE lower(hex(unit)) = ? AND {column} = ?");
            let rows: i64 =
                self.nodes[shard].disk.query_row(&statement, [&batch.unit, &name], |row| row.get(0)).unwrap();
            hold(rows == 1, || format!("{name} was acknowledged, and {rows} rows have it"))?;
        }
        Ok(())
    }

    /// The full laws.
    pub(super) fn recount(&mut self) -> Result<(), String> {
        let mut units = BTreeMap::new();
        let mut stored = BTreeSet::new();
        for node in &self.nodes {
            let counted = recounted(node);
            let (kept, again) = (&counted.sums, &counted.recounted);
            hold(kept == again, || {
                let more: Vec<_> = kept.symmetric_difference(again).take(2).collect();
                format!("the sums are not those of the rows: {more:?}")
            })?;
            let due = recount::visitors(&counted.events, "visit", "order", self.now);
            let told = recount::seen(&visitors(&node.disk, self.now));
            hold(told == due, || format!("visitors are not those of the rows: {told:?}, {due:?}"))?;
            for run in RUNS {
                let flat = node.sums(run, self.now).into_iter().map(|sum| Sum { epoch: 0, ..sum }).collect();
                let overall = node.ask(|sql| collect::overall(sql, run, Millis(self.now)));
                hold(collect::together(flat) == overall, || format!("the epochs of {run} do not add up"))?;
            }
            let platinum = kept.iter().find(|sum| sum.dimension.ends_with("=platinum"));
            hold(platinum.is_none(), || format!("what is not declared is counted: {platinum:?}"))?;
            for row in &counted.exposures {
                let other = units.insert((row.unit.clone(), row.run.clone()), node.number);
                hold(other.is_none(), || format!("{} has two rows for {}", row.unit, row.run))?;
                stored.insert((row.unit.clone(), row.run.clone()));
                self.drawn_so(row)?;
            }
            stored.extend(counted.events.iter().map(|row| (row.unit.clone(), row.key.clone())));
            let seed = self.tick as u64;
            self.replayed(node, &mut Rng::with_seed(seed))?;
        }
        self.harvest_is_small(&units)?;
        let lost = self
            .promised
            .iter()
            .find(|(unit, name)| !self.erased.contains(unit) && !stored.contains(&(unit.clone(), name.clone())));
        hold(lost.is_none(), || format!("{lost:?} was acknowledged and is not there"))?;
        let back = stored.iter().find(|(unit, _)| self.erased.contains(unit));
        hold(back.is_none(), || format!("{back:?} was erased and is there"))
    }

    /// However much is sent in the names of identities that were harvested, each is one unit, and in the variant that was
    /// drawn for it.
    fn harvest_is_small(&self, units: &BTreeMap<(String, String), usize>) -> Result<(), String> {
        for run in RUNS {
            let known = |hash: &str| self.clients.iter().position(|client| client.hash == hash);
            let places = units.keys().filter(|(_, of)| of == run).map(|(unit, _)| known(unit).unwrap());
            let harvested = places.filter(|place| *place >= self.visitors).count();
            let identities = self.clients.len() - self.visitors;
            hold(harvested <= identities, || {
                format!("{identities} harvested identities are {harvested} units of {run}")
            })?;
        }
        Ok(())
    }

    /// The variant that is stored is the one that the unit's draws give, at some version.
    fn drawn_so(&self, row: &recount::Exposure) -> Result<(), String> {
        let client = self.clients.iter().find(|client| client.hash == row.unit).unwrap();
        let due = self.versions.get(&row.epoch).and_then(|known| variant(known, &row.run, &client.unit));
        hold(due.is_some_and(|(variant, epoch)| variant == row.variant && epoch == row.epoch), || {
            format!("{} is stored in {} of {}, and {due:?} was drawn", row.unit, row.variant, row.run)
        })
    }

    /// The log gives the same sums, in this order and in any other.
    fn replayed(&self, node: &Node, rng: &mut Rng) -> Result<(), String> {
        let mut lines = node.log(&self.sink);
        let told = |shard: &Connection| {
            RUNS.map(|run| collect::sums(&mut Native(shard), run, Millis(self.now)).unwrap()).concat()
        };
        let of_node: Vec<Sum> = RUNS.map(|run| node.sums(run, self.now)).concat();
        let first = replay(&lines, self.bug);
        let wrong = differences(&told(&first), &of_node);
        hold(wrong.is_empty(), || format!("the log gives other sums: {}", wrong[0]))?;
        hold(visitors(&first, self.now) == visitors(&node.disk, self.now), || {
            "the log gives other visitors".to_string()
        })?;
        rng.shuffle(&mut lines);
        lines.sort_by_key(|line| !matches!(line, Line::Version { .. }));
        let wrong = differences(&told(&replay(&lines, self.bug)), &of_node);
        hold(wrong.is_empty(), || format!("another order gives other sums: {}", wrong[0]))
    }

    /// What has to be so once nothing goes wrong any longer.
    pub(super) fn settled(&mut self) -> Result<(), String> {
        let waits = self.clients.iter().find(|client| !client.outbox.is_empty());
        hold(waits.is_none(), || "something never got through".to_string())?;
        for node in &self.nodes {
            let names = |text: &str| self.erased.iter().find(|unit| text.contains(unit.as_str())).cloned();
            let gone = |line: &str| names(line).filter(|_| !line.contains("\"t\":\"erased\""));
            let left = node.files(&self.sink).find_map(|(name, text)| Some((name, text.lines().find_map(gone)?)));
            hold(left.is_none(), || format!("an erased unit is still in a file: {left:?}"))?;
        }
        self.heard_all()
    }
}

fn recounted(node: &Node) -> Recount {
    let mut query = node.disk.prepare("SELECT DISTINCT metric, json ->> '$.event' FROM metric").unwrap();
    let pairs = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    recount::recount(&node.disk, &pairs.map(Result::unwrap).collect()).unwrap()
}

/// What a shard says of visitors who visit and then order.
fn visitors(shard: &Connection, now: i64) -> Vec<Sum> {
    let asked = json!([{"metric": "", "event": "order"}, ["visit"]]);
    let asked = serde_json::from_value(asked).unwrap();
    collect::visitors(&mut Native(shard), &asked, collect::LOOKED_AT, Millis(now)).unwrap()
}

/// A shard that has heard nothing but a log.
fn replay(lines: &[Line], bug: Option<Bug>) -> Connection {
    let shard = crate::in_memory();
    let sql = &mut Native(&shard);
    collect::prepare(sql).unwrap();
    let mut erased = BTreeSet::new();
    for line in lines {
        match line {
            Line::Version { definitions } => collect::learn(sql, definitions, Millis(0)).unwrap(),
            Line::Erased { unit, .. } => drop(erased.insert(unit.clone())),
            Line::Exposure { .. } | Line::Event { .. } | Line::Page { .. } => {}
        }
    }
    if bug == Some(Bug::TombstoneIgnored) {
        erased.clear();
    }
    segment::replay(sql, lines, &erased).unwrap();
    shard
}
