//! A shard as a machine: what is on its disk survives, everything else dies with it. It does what the objects of
//! `worker/objects/shard.mjs` do, with the core's own functions.

use super::bug::{Bug, Store};
use pointsman::collect::segment::{self, Line, Rewrite};
use pointsman::collect::{self, Batch, Definitions, Receipt, Sum, Tally};
use pointsman::sql::{Cell, Failure, Sql};
use pointsman::time::Millis;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::iter::repeat;

/// A statement with what stands in its places.
type Statement = (String, Vec<Cell>);

/// What can go wrong at one effect.
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

impl Fault {
    /// Whether the machine dies.
    pub(super) const fn kills(self) -> bool {
        matches!(self, Self::CrashBefore | Self::CrashAfter)
    }

    /// Whether what was to be written is there afterwards.
    pub(super) const fn keeps(self) -> bool {
        matches!(self, Self::None | Self::CrashAfter)
    }
}

/// Where segments lie: names and texts. A torn one has half a text.
pub type Sink = BTreeMap<String, String>;

/// A file on its way to where segments lie.
struct Flight {
    due: usize,
    name: String,
    text: String,
    /// Its number, and its generation if it was written anew.
    number: i64,
    generation: Option<i64>,
}

/// A shard.
pub struct Node {
    /// Its disk.
    pub disk: Connection,
    /// Its number.
    pub number: usize,
    /// Events in requests whose transaction was committed: what the ledger must say.
    pub received: u64,
    bug: Option<Bug>,
    flights: Vec<Flight>,
}

impl Node {
    pub(super) fn new(number: usize, bug: Option<Bug>) -> Self {
        let disk = crate::in_memory();
        let node = Self { disk, number, received: 0, bug, flights: Vec::new() };
        node.ask(|sql| collect::prepare(sql));
        node
    }

    fn is(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    /// One transaction that is committed.
    pub(super) fn ask<T>(&self, work: impl FnOnce(&mut Store) -> Result<T, Failure>) -> T {
        self.transaction(Fault::None, work).0
    }

    /// One transaction, and what a mistake has put off until after it.
    fn transaction<T>(&self, fault: Fault, work: impl FnOnce(&mut Store) -> Result<T, Failure>) -> (T, Vec<Statement>) {
        let transaction = self.disk.unchecked_transaction().unwrap();
        let mut store = Store { connection: &self.disk, bug: self.bug, later: Vec::new() };
        let result = work(&mut store).unwrap();
        let later = store.later;
        if fault.keeps() {
            transaction.commit().unwrap();
        }
        (result, later)
    }

    /// One transaction with a fault. Gives what it answers, if the machine lives to hear it.
    pub(super) fn effect<T>(&mut self, fault: Fault, work: impl FnOnce(&mut Store) -> Result<T, Failure>) -> Option<T> {
        let (result, _) = self.transaction(fault, work);
        self.suffer(fault);
        (fault == Fault::None).then_some(result)
    }

    /// What was under way dies with the machine.
    fn suffer(&mut self, fault: Fault) {
        if fault.kills() {
            self.flights.clear();
        }
    }

    /// Takes batches in together. Gives the receipts that leave, if any do.
    pub(super) fn take(
        &mut self,
        batches: &[Batch],
        now: i64,
        faults: [Fault; 2],
        versions: &BTreeMap<i64, Definitions>,
        control_answers: bool,
    ) -> Option<Vec<Receipt>> {
        let mut batches = batches.to_vec();
        if self.is(Bug::DrawsBelieved) {
            for batch in &mut batches {
                batch.drawn = None;
            }
        }
        let [learning, fault] = faults;
        for version in self.ask(|sql| collect::unknown(sql, &batches)) {
            let definitions = self.definitions(version, versions, control_answers)?;
            self.effect(learning, |sql| collect::learn(sql, &definitions, Millis(now)))?;
        }
        let (receipts, later) = self.transaction(fault, |sql| collect::commit(sql, &batches, Millis(now)));
        self.suffer(fault);
        if !fault.keeps() {
            return self.is(Bug::AckBeforeCommit).then_some(receipts);
        }
        self.received += batches.iter().map(|batch| batch.events.len() as u64).sum::<u64>();
        if fault.kills() {
            return None;
        }
        for (statement, cells) in later {
            crate::Native(&self.disk).run(&statement, &cells).unwrap();
        }
        Some(receipts)
    }

    /// What the control object says of a version; nothing if it is silent, or has never heard of it.
    fn definitions(&self, version: i64, all: &BTreeMap<i64, Definitions>, answers: bool) -> Option<Definitions> {
        let newest = || all.values().last().filter(|_| self.is(Bug::VersionGuessed));
        let nothing = Definitions { config: version, ..Definitions::default() };
        match newest().or_else(|| all.get(&version).filter(|_| answers)) {
            Some(known) => Some(Definitions { config: version, ..known.clone() }),
            None => (answers && self.is(Bug::VersionInvented)).then_some(nothing),
        }
    }

    /// Begins a segment, if there is something to make one of; `due` is when it will lie there.
    pub(super) fn seal(&mut self, fault: Fault, due: usize) {
        if self.flights.iter().any(|flight| flight.generation.is_none()) {
            return;
        }
        let Some(made) = self.effect(fault, |sql| segment::seal(sql)).flatten() else { return };
        if self.is(Bug::SealedBeforePut) {
            self.ask(|sql| segment::sealed(sql, made.number));
        }
        self.flights.push(Flight { due, name: made.name, text: made.text, number: made.number, generation: None });
    }

    /// Begins to write a segment anew, if one may hold somebody who was erased; deletes files if none is under way. An
    /// object that was thought dead may still be at it, so that two write the same.
    pub(super) fn keep_up(&mut self, sink: &mut Sink, faults: [Fault; 3], due: usize) {
        let Some(upkeep) = self.effect(faults[0], |sql| segment::upkeep(sql)).flatten() else { return };
        let under_way = self.flights.iter().filter(|flight| flight.generation.is_some()).count();
        if let Some(Rewrite { number, generation, from, to }) = upkeep.rewrite.filter(|_| under_way < 2) {
            let Some(old) = sink.get(&self.path(&from)).cloned() else { return };
            let text = self.effect(faults[1], |sql| segment::without_erased(sql, number, generation, &old)).flatten();
            let flight = |text| Flight { due, name: to, text, number, generation: Some(generation) };
            self.flights.extend(text.map(flight));
        }
        if self.flights.iter().any(|flight| flight.generation.is_some()) {
            return;
        }
        for (name, fault) in upkeep.delete.iter().zip(faults.into_iter().rev().chain(repeat(Fault::None))) {
            if fault.keeps() {
                sink.remove(&self.path(name));
            }
            if self.effect(fault, |sql| segment::deleted(sql, name)).is_none() {
                return;
            }
        }
    }

    /// What was to lie there by now does, unless the machine dies or the place has no room.
    pub(super) fn land(&mut self, sink: &mut Sink, tick: usize, faults: [Fault; 2], torn: bool) {
        let Some(place) = self.flights.iter().position(|flight| flight.due <= tick) else { return };
        let Flight { name, text, number, generation, .. } = self.flights.remove(place);
        let [putting, noting] = faults;
        let whole = !torn || generation.is_some();
        if putting.keeps() {
            let text = if whole { text } else { text[..text.len() / 2].to_string() };
            sink.insert(self.path(&name), text);
        }
        self.suffer(putting);
        if putting != Fault::None || !(whole || self.is(Bug::TornTaken)) {
            return;
        }
        self.effect(noting, |sql| match generation {
            Some(generation) => segment::rewritten(sql, number, generation),
            None => segment::sealed(sql, number),
        });
    }

    /// Whether something is on its way to where segments lie.
    pub(super) const fn writes(&self) -> bool {
        !self.flights.is_empty()
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.number)
    }

    /// What is to be told now, if the shard lives to send it.
    pub(super) fn push(&mut self, now: i64, fault: Fault) -> Vec<Tally> {
        let (tallies, _) = self.transaction(fault, |sql| collect::push(sql, &self.number.to_string(), Millis(now)));
        self.suffer(fault);
        // One that dies right after has told nobody, and will not make the same telling again.
        if fault.keeps() { tallies } else { Vec::new() }
    }

    /// The sums of a run.
    pub(super) fn sums(&self, run: &str, now: i64) -> Vec<Sum> {
        self.ask(|sql| collect::sums(sql, run, Millis(now)))
    }

    /// The names and texts of files of this shard.
    pub(super) fn files<'s>(&self, sink: &'s Sink) -> impl Iterator<Item = (&'s str, &'s String)> {
        let own = format!("{}/", self.number);
        sink.iter().filter_map(move |(name, text)| Some((name.strip_prefix(&own)?, text)))
    }

    /// The lines of this shard's log: those in segments, the newest generation of each, and those that wait.
    pub(super) fn log(&self, sink: &Sink) -> Vec<Line> {
        let mut newest: BTreeMap<&str, (i64, &String)> = BTreeMap::new();
        for (name, text) in self.files(sink) {
            let (number, generation) = name.split_once('-').unwrap();
            let generation = generation.split_once('.').unwrap().0.parse().unwrap();
            if newest.get(number).is_none_or(|(known, _)| *known < generation) {
                newest.insert(number, (generation, text));
            }
        }
        let mut query = self.disk.prepare("SELECT text FROM pending ORDER BY n").unwrap();
        let waiting: Vec<String> = query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let texts = newest.values().map(|(_, text)| text.as_str()).chain(waiting.iter().map(String::as_str));
        // A torn line is no line. That it is missing shows in the sums.
        texts.flat_map(str::lines).filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}
