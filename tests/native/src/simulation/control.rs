//! What shards tell the control object and what it answers, over a network that loses, repeats and delays both.

use super::bug::{Bug, Store};
use super::{Fault, RUNS, World};
use pointsman::collect::{self, Heard, Sum, Tally};
use pointsman::project;
use pointsman::time::Millis;
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeMap;

/// Something on its way between a shard and the control object.
pub(super) struct Letter {
    due: usize,
    shard: usize,
    what: What,
}

#[derive(Clone)]
enum What {
    Told(Vec<Tally>),
    Heard(Vec<Heard>),
}

/// The control object, as far as it listens to shards.
pub(super) struct Control {
    disk: Connection,
    bug: Option<Bug>,
    /// Every telling that a shard has ever made, by shard, run and number.
    made: BTreeMap<(usize, String, i64), Vec<Sum>>,
    /// The highest number that has arrived.
    highest: BTreeMap<(usize, String), i64>,
}

impl Control {
    pub(super) fn new(bug: Option<Bug>) -> Self {
        let disk = Connection::open_in_memory().unwrap();
        project::prepare(&mut crate::Native(&disk)).unwrap();
        Self { disk, bug, made: BTreeMap::new(), highest: BTreeMap::new() }
    }

    fn hear(&mut self, shard: usize, tallies: &[Tally], now: i64) -> Vec<Heard> {
        for Tally { run, sequence, .. } in tallies {
            let highest = self.highest.entry((shard, run.clone())).or_default();
            *highest = (*highest).max(*sequence);
        }
        let mut store = Store { connection: &self.disk, bug: self.bug, later: Vec::new() };
        project::hear(&mut store, tallies, Millis(now)).unwrap()
    }

    /// What it has of a shard and run: the number and the vectors.
    fn has(&self, shard: usize, run: &str) -> Option<(i64, String)> {
        let statement = "SELECT sequence, json FROM tally WHERE shard = ? AND run = ?";
        let cells = [shard.to_string(), run.to_string()];
        self.disk.query_row(statement, cells, |row| Ok((row.get(0)?, row.get(1)?))).optional().unwrap()
    }
}

impl World {
    /// A shard makes a telling of what is due, and may die over it.
    pub(super) fn push(&mut self) {
        let (shard, fault) = (self.rng.usize(..self.nodes.len()), self.fault());
        self.tell(shard, fault);
    }

    fn tell(&mut self, shard: usize, fault: Fault) {
        let tallies = self.nodes[shard].push(self.now, fault);
        if tallies.is_empty() {
            return;
        }
        for tally in &tallies {
            self.control.made.insert((shard, tally.run.clone(), tally.sequence), tally.sums.clone());
        }
        self.note(&format!("push {shard} {tallies:?}"));
        if fault == Fault::None {
            self.carry(shard, &What::Told(tallies));
        }
    }

    fn carry(&mut self, shard: usize, what: &What) {
        for _ in 0..=usize::from(self.fails(4)) {
            if !self.fails(5) {
                let due = self.tick + if self.faults { self.rng.usize(0..40) } else { 0 };
                self.letters.push(Letter { due, shard, what: what.clone() });
            }
        }
    }

    /// Every letter that arrives at this step.
    pub(super) fn hear(&mut self) -> Result<(), String> {
        let (arrived, later) =
            std::mem::take(&mut self.letters).into_iter().partition(|letter| letter.due <= self.tick);
        self.letters = later;
        let mut arrived: Vec<Letter> = arrived;
        self.rng.shuffle(&mut arrived);
        for Letter { shard, what, .. } in arrived {
            match what {
                What::Told(tallies) => {
                    let heard = self.control.hear(shard, &tallies, self.now);
                    self.carry(shard, &What::Heard(heard));
                }
                What::Heard(heard) => {
                    let fault = self.fault();
                    self.nodes[shard].effect(fault, |sql| collect::told(sql, &heard));
                }
            }
        }
        self.told_so()
    }

    /// What the control object has of a shard is what that shard has told last of all that arrived, whole.
    fn told_so(&self) -> Result<(), String> {
        for ((shard, run), highest) in &self.control.highest {
            let Some((number, json)) = self.control.has(*shard, run) else { return Err(format!("{run} is gone")) };
            if number != *highest {
                return Err(format!("the control object has telling {number} of {run}, and {highest} has arrived"));
            }
            let made = &self.control.made[&(*shard, run.clone(), number)];
            if serde_json::from_str::<Vec<Sum>>(&json).ok().as_ref() != Some(made) {
                return Err(format!("telling {number} of {run} is not as it was made"));
            }
        }
        Ok(())
    }

    /// Lets all get through that is due.
    pub(super) fn tell_all(&mut self) -> Result<(), String> {
        self.tick += 100;
        self.hear()?;
        for shard in 0..self.nodes.len() {
            // One that is made and gets lost is due again, whether anything has changed since or not.
            self.tell(shard, Fault::CrashAfter);
            self.tell(shard, Fault::None);
        }
        // The tellings, and then their answers.
        self.hear()?;
        self.hear()
    }

    /// Once nothing goes wrong any longer the control object has what the shards have.
    pub(super) fn heard_all(&self) -> Result<(), String> {
        for (shard, node) in self.nodes.iter().enumerate() {
            for run in RUNS {
                let kept = node.sums(run, self.now);
                let has = self
                    .control
                    .has(shard, run)
                    .map_or_else(Vec::new, |(_, json)| serde_json::from_str::<Vec<Sum>>(&json).unwrap());
                if has != kept {
                    return Err(format!("the control object has heard something else of {run}"));
                }
            }
        }
        Ok(())
    }
}
