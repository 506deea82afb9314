//! A shard as a machine: what is on its disk survives, everything else dies with it. It does what `worker/objects/shard.mjs`
//! does, with the core's own functions.

use super::bug::{Bug, Store};
use pointsman::collect::segment::{self, Line};
use pointsman::collect::{self, Batch, Definitions, Heard, Receipt, Sum, Tally};
use pointsman::sql::Sql;
use pointsman::time::Millis;
use rusqlite::Connection;
use std::collections::BTreeMap;

/// What can go wrong at one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// The machine dies before the commit.
    CrashBefore,
    /// It dies after the commit, and nobody hears of it.
    CrashAfter,
    /// The disk is full.
    Full,
}

/// Where segments lie: names and texts. A torn one has half a text.
pub type Sink = BTreeMap<String, String>;

/// A shard.
pub struct Node {
    /// Its disk.
    pub disk: Connection,
    /// Its number.
    pub number: usize,
    /// Events in requests whose transaction was committed: what the ledger must say.
    pub received: u64,
    bug: Option<Bug>,
}

impl Node {
    pub(super) fn new(number: usize, bug: Option<Bug>) -> Self {
        let disk = crate::in_memory();
        let node = Self { disk, number, received: 0, bug };
        node.ask(|sql| collect::prepare(sql));
        node
    }

    fn is(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    /// One transaction that is committed.
    pub(super) fn ask<T>(&self, work: impl FnOnce(&mut Store) -> Result<T, pointsman::sql::Failure>) -> T {
        let transaction = self.disk.unchecked_transaction().unwrap();
        let mut store = Store { connection: &self.disk, bug: self.bug, later: Vec::new() };
        let result = work(&mut store).unwrap();
        transaction.commit().unwrap();
        result
    }

    /// Takes a batch in. Gives the receipt that leaves, if one does.
    pub(super) fn take(
        &mut self,
        batch: &Batch,
        now: i64,
        fault: Fault,
        versions: &BTreeMap<i64, Definitions>,
        control_answers: bool,
    ) -> Option<Receipt> {
        let mut batch = batch.clone();
        if self.is(Bug::DrawsBelieved) {
            batch.drawn = None;
        }
        let batches = [batch];
        let unknown = self.ask(|sql| collect::unknown(sql, &batches));
        for version in unknown {
            let guess = self.is(Bug::VersionGuessed);
            if !control_answers && !guess {
                return None;
            }
            let known = if guess { versions.values().last() } else { versions.get(&version) };
            let definitions = known.map_or(Definitions { config: version, ..Definitions::default() }, |known| {
                Definitions { config: version, ..known.clone() }
            });
            self.ask(|sql| collect::learn(sql, &definitions, Millis(now)));
        }
        let transaction = self.disk.unchecked_transaction().unwrap();
        let mut store = Store { connection: &self.disk, bug: self.bug, later: Vec::new() };
        let receipt = collect::commit(&mut store, &batches, Millis(now)).unwrap().pop().unwrap();
        let later = store.later;
        if matches!(fault, Fault::CrashBefore | Fault::Full) {
            drop(transaction);
            return self.is(Bug::AckBeforeCommit).then_some(receipt);
        }
        transaction.commit().unwrap();
        self.received += batches[0].events.len() as u64;
        if fault == Fault::CrashAfter {
            return None;
        }
        for (statement, cells) in later {
            crate::Native(&self.disk).run(&statement, &cells).unwrap();
        }
        Some(receipt)
    }

    /// Makes a segment, if there is something to make one of.
    pub(super) fn seal(&mut self, sink: &mut Sink, fault: Fault, torn: bool) {
        let Some(made) = self.ask(|sql| segment::seal(sql)) else { return };
        let name = format!("{}/{}", self.number, made.name);
        if fault == Fault::CrashBefore || fault == Fault::Full {
            if self.is(Bug::SealedBeforePut) {
                self.ask(|sql| segment::sealed(sql, made.number));
            }
            return;
        }
        if torn {
            sink.insert(name, made.text[..made.text.len() / 2].to_string());
            if !self.is(Bug::TornTaken) {
                return;
            }
        } else {
            sink.insert(name, made.text);
        }
        if fault != Fault::CrashAfter {
            self.ask(|sql| segment::sealed(sql, made.number));
        }
    }

    /// Rewrites and deletes one segment, if there is one to be.
    pub(super) fn keep_up(&mut self, sink: &mut Sink, fault: Fault) {
        let Some(upkeep) = self.ask(|sql| segment::upkeep(sql)) else { return };
        if fault == Fault::CrashBefore {
            return;
        }
        if let Some((from, to)) = upkeep.rewrite {
            let old = sink.get(&format!("{}/{from}", self.number)).cloned().unwrap_or_default();
            let text = self.ask(|sql| segment::without_erased(sql, &old));
            sink.insert(format!("{}/{to}", self.number), text);
            if fault != Fault::CrashAfter {
                self.ask(|sql| segment::rewritten(sql, upkeep.number));
            }
        }
        for name in upkeep.delete {
            sink.remove(&format!("{}/{name}", self.number));
            self.ask(|sql| segment::deleted(sql, &name));
        }
    }

    /// What is to be told now, if the shard lives to send it.
    pub(super) fn push(&self, now: i64, fault: Fault) -> Vec<Tally> {
        let transaction = self.disk.unchecked_transaction().unwrap();
        let mut store = Store { connection: &self.disk, bug: self.bug, later: Vec::new() };
        let tallies = collect::push(&mut store, &self.number.to_string(), Millis(now)).unwrap();
        if matches!(fault, Fault::CrashBefore | Fault::Full) {
            return Vec::new();
        }
        transaction.commit().unwrap();
        tallies
    }

    /// What has arrived of it.
    pub(super) fn told(&self, heard: &[Heard]) {
        self.ask(|sql| collect::told(sql, heard));
    }

    /// The sums of a run.
    pub(super) fn sums(&self, run: &str, now: i64) -> Vec<Sum> {
        self.ask(|sql| collect::sums(sql, run, Millis(now)))
    }

    /// The lines of this shard's log: those in segments, the newest generation of each, and those that wait.
    pub(super) fn log(&self, sink: &Sink) -> Vec<Line> {
        let mut newest: BTreeMap<&str, (&str, &String)> = BTreeMap::new();
        let own = format!("{}/", self.number);
        for (name, text) in sink {
            let Some((number, generation)) = name.strip_prefix(&own).and_then(|name| name.split_once('-')) else {
                continue;
            };
            newest.insert(number, (generation, text));
        }
        let mut query = self.disk.prepare("SELECT text FROM pending ORDER BY n").unwrap();
        let waiting: Vec<String> = query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let texts = newest.values().map(|(_, text)| text.as_str()).chain(waiting.iter().map(String::as_str));
        // A torn line is no line. That it is missing shows in the sums.
        texts.flat_map(str::lines).filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}
