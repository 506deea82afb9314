//! Clients, edges, shards, a control object and a place for segments in one world, where everything that can go wrong
//! does: messages are lost, repeated, late and out of order, machines die at every effect, disks are full or slow, clocks
//! jump, versions are published while events are on their way, identities are harvested, visitors are erased, and weeks go
//! by in which what is old goes. A seed gives a world, and the same one each
//! time; the laws of [`law`] hold in all of them.

mod bug;
mod control;
mod law;
mod node;
mod senders;
mod worlds;

pub use bug::Bug;
pub use node::{Fault, Node, Sink};
pub use worlds::{Broken, SHARDS, first_broken, simulate, simulate_wide};

use control::{Control, Letter};
use fastrand::Rng;
use pointsman::collect::{self, Batch, Definitions};
use pointsman::draw::{Algorithm, draw};
use pointsman::time::{DAY, Millis};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

const START: i64 = 1_800_000_000_000;
/// Clients of each shard.
const CLIENTS: usize = 6;
/// Identities of each shard, cookie and tokens, that somebody has gathered to send whatever they like.
const HARVESTED: usize = 2;
/// Requests that wait at a shard at most.
const ROOM: usize = 4;
/// Steps for which a disk may be slow.
const SLOW: usize = 15;
const ALL: u64 = 1 << 32;
const RUNS: [&str; 2] = ["a-1", "b-1"];
/// Values of a dimension, of which the last is not declared.
const PLANS: [&str; 3] = ["free", "pro", "platinum"];

/// A visitor's browser.
struct Client {
    /// The unit as it is drawn.
    unit: String,
    /// As it is stored.
    hash: String,
    page: usize,
    seq: usize,
    /// What is sealed and not acknowledged.
    outbox: Vec<Envelope>,
    clock: i64,
}

/// Number of the page, of the envelope, and its events with the client's time.
type Envelope = (usize, usize, Vec<(Value, i64)>);

/// A request on its way.
struct Message {
    due: usize,
    client: usize,
    /// What it is the sending of, if a client waits for the answer.
    envelope: Option<(usize, usize)>,
    batch: Value,
    shard: usize,
}

/// A world.
pub struct World {
    rng: Rng,
    bug: Option<Bug>,
    now: i64,
    tick: usize,
    /// Visitors, and behind them those whose identities were harvested.
    clients: Vec<Client>,
    visitors: usize,
    /// The version that each edge runs.
    edges: [i64; 2],
    versions: BTreeMap<i64, Definitions>,
    network: Vec<Message>,
    /// What has arrived at each shard and is not committed, and until when its disk is slow.
    waiting: Vec<Vec<Message>>,
    slow: Vec<usize>,
    nodes: Vec<Node>,
    sink: Sink,
    control: Control,
    letters: Vec<Letter>,
    /// What was acknowledged: hash of the unit, and run or key.
    promised: BTreeSet<(String, String)>,
    erased: BTreeSet<String>,
    /// Who asked to be erased, and has not heard that they are.
    asked: BTreeSet<usize>,
    /// Shards that something was delivered to at this step.
    touched: BTreeSet<usize>,
    faults: bool,
    trace: Sha256,
}

fn drawn(purpose: &str, salt: &str, unit: &str) -> u64 {
    draw(Algorithm::Xxh64High, format!("{purpose}\0{salt}\0").as_bytes(), unit.as_bytes()).unwrap().into()
}

/// The variant that a unit meets in a run at a version, if it takes part.
fn variant(definitions: &Definitions, run: &str, unit: &str) -> Option<(&'static str, i64)> {
    let run = definitions.runs.iter().find(|known| known.run == run)?;
    (drawn("rollout", &run.salt, unit) < run.rollout)
        .then(|| (if drawn("split", &run.salt, unit) < ALL / 2 { "x" } else { "y" }, run.epoch))
}

/// A version: both runs, each epoch for more visitors; from the third on a second metric is counted.
fn version(config: i64) -> Definitions {
    let mut metrics = vec![json!({"metric": "orders", "event": "order"})];
    if config >= 3 {
        metrics.push(json!({"metric": "visits", "event": "visit"}));
    }
    let run = |run: &str| {
        json!({"run": run, "epoch": config, "split": [[ALL / 2, "x"], [ALL, "y"]], "salt": run,
               "rollout": ALL / 2 + (ALL / 16) * config.min(8).cast_unsigned(), "drawn": true, "metrics": metrics})
    };
    let dimensions = json!({"plan": PLANS[..2]});
    serde_json::from_value(json!({"config": config, "runs": RUNS.map(run), "dimensions": dimensions})).unwrap()
}

impl World {
    fn new(seed: u64, shards: usize, bug: Option<Bug>) -> Self {
        let mut rng = Rng::with_seed(seed);
        let client = |number| {
            let unit = format!("unit-{seed}-{number}");
            let hash = Sha256::digest(&unit).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
            Client { unit, hash, page: 0, seq: 0, outbox: Vec::new(), clock: START }
        };
        let clients = (0..(CLIENTS + HARVESTED) * shards).map(client).collect();
        rng.u64(..);
        Self {
            rng,
            bug,
            now: START,
            tick: 0,
            clients,
            visitors: CLIENTS * shards,
            edges: [1, 1],
            versions: BTreeMap::from([(1, version(1))]),
            network: Vec::new(),
            waiting: (0..shards).map(|_| Vec::new()).collect(),
            slow: vec![0; shards],
            nodes: (0..shards).map(|number| Node::new(number, bug)).collect(),
            sink: Sink::new(),
            control: Control::new(bug),
            letters: Vec::new(),
            promised: BTreeSet::new(),
            erased: BTreeSet::new(),
            asked: BTreeSet::new(),
            touched: BTreeSet::new(),
            faults: true,
            trace: Sha256::new(),
        }
    }

    fn note(&mut self, what: &str) {
        self.trace.update(what.as_bytes());
        self.trace.update(b"\n");
    }

    /// Whether something goes wrong that does so once in so many times.
    fn fails(&mut self, once_in: u32) -> bool {
        self.rng.u32(..once_in) == 0 && self.faults
    }

    fn fault(&mut self) -> Fault {
        let all = [Fault::CrashBefore, Fault::CrashAfter, Fault::Full];
        if self.fails(6) { all[self.rng.usize(..all.len())] } else { Fault::None }
    }

    fn step(&mut self) -> Result<(), String> {
        self.tick += 1;
        self.now += self.rng.i64(0..2000);
        for client in &mut self.clients {
            client.clock += 1000;
        }
        if self.fails(40) {
            // A clock is put right, or wrong.
            self.now += self.rng.i64(-60_000..3_600_000);
        }
        let node = self.rng.usize(..self.nodes.len());
        match self.rng.u32(..20) {
            0..=5 => self.act(),
            6..=9 => self.send(),
            10 => self.assign(),
            11 => self.forge(),
            12 => self.publish(),
            13 => self.push(),
            14 => self.seal(node),
            15 | 16 => self.keep_up(node),
            17 if self.fails(3) => self.ask_to_forget(),
            18 => self.harvest(),
            19 if self.fails(6) => self.age(),
            _ => {}
        }
        if self.fails(30) {
            self.slow[node] = self.tick + self.rng.usize(0..SLOW);
        }
        self.touched.clear();
        self.forget();
        self.land();
        self.deliver()?;
        self.hear()?;
        self.balanced()
    }

    fn faults<const N: usize>(&mut self) -> [Fault; N] {
        std::array::from_fn(|_| self.fault())
    }

    /// When something lies on a disk that is begun now.
    fn written(&mut self) -> usize {
        self.tick + if self.faults { self.rng.usize(0..2 * SLOW) } else { 0 }
    }

    fn seal(&mut self, node: usize) {
        let (fault, due) = (self.fault(), self.written());
        self.nodes[node].seal(fault, due);
    }

    fn keep_up(&mut self, node: usize) {
        let (faults, due) = (self.faults(), self.written());
        self.nodes[node].keep_up(&mut self.sink, faults, due);
    }

    /// Files that were on their way to where segments lie arrive.
    fn land(&mut self) {
        for node in 0..self.nodes.len() {
            if self.nodes[node].writes() {
                let (faults, torn) = (self.faults(), self.fails(4));
                self.nodes[node].land(&mut self.sink, self.tick, faults, torn);
            }
        }
    }

    /// More than a week goes by: whatever is under way by then has ended, since browsers keep nothing for longer, and every
    /// shard lets go what is old.
    fn age(&mut self) {
        self.now += 9 * DAY;
        self.network.clear();
        for waiting in &mut self.waiting {
            waiting.clear();
        }
        for client in &mut self.clients {
            client.outbox.clear();
            (client.page, client.seq) = (client.page + 1, 0);
        }
        for node in 0..self.nodes.len() {
            let (fault, now) = (self.fault(), Millis(self.now));
            self.nodes[node].effect(fault, |sql| collect::prune(sql, now, collect::KEPT));
        }
        self.note("age");
    }

    /// A visitor meets something or does something, now or, as far as their run is concerned, before.
    fn act(&mut self) {
        let (number, edge) = (self.rng.usize(..self.visitors), self.rng.usize(..2));
        let config = self.edges[edge];
        let definitions = &self.versions[&config];
        let client = &mut self.clients[number];
        let mut events = Vec::new();
        for _ in 0..self.rng.usize(1..4) {
            let run = RUNS[self.rng.usize(..2)];
            events.push(match self.rng.u32(..4) {
                0 => json!({"t": "track", "n": "order", "v": self.rng.i32(-500..500)}),
                1 => json!({"t": "track", "n": "visit"}),
                _ => match variant(definitions, run, &client.unit) {
                    Some((x, epoch)) => {
                        let g = json!({"plan": PLANS[self.rng.usize(..3)]});
                        json!({"t": "seen", "run": run, "x": x, "epoch": epoch, "config": config, "at": self.now, "g": g})
                    }
                    None => json!({"t": "track", "n": "visit"}),
                },
            });
        }
        if self.rng.u32(..6) == 0 {
            (client.page, client.seq) = (client.page + 1, 0);
        }
        let dated = events.into_iter().map(|event| (event, client.clock)).collect();
        client.outbox.push((client.page, client.seq, dated));
        client.seq += 1;
        self.note(&format!("act {number}"));
    }

    /// Everything that arrives at this step, in whatever order, and what waits at shards whose disks can take it.
    fn deliver(&mut self) -> Result<(), String> {
        let (mut arrived, later) =
            std::mem::take(&mut self.network).into_iter().partition::<Vec<_>, _>(|message| message.due <= self.tick);
        self.network = later;
        self.rng.shuffle(&mut arrived);
        for message in arrived {
            // Overload: sent away before anything is looked at.
            let waiting = &mut self.waiting[message.shard];
            if waiting.len() < ROOM {
                waiting.push(message);
            }
        }
        for shard in 0..self.nodes.len() {
            if !self.waiting[shard].is_empty() && (self.slow[shard] <= self.tick || !self.faults) {
                let group = std::mem::take(&mut self.waiting[shard]);
                self.commit(shard, group)?;
            }
        }
        Ok(())
    }

    /// A shard takes in what waits in one transaction.
    fn commit(&mut self, shard: usize, group: Vec<Message>) -> Result<(), String> {
        let (faults, answers) = (self.faults(), !self.fails(4));
        let batches: Vec<Batch> =
            group.iter().map(|message| serde_json::from_value(message.batch.clone()).unwrap()).collect();
        self.touched.insert(shard);
        let receipts = self.nodes[shard].take(&batches, self.now, faults, &self.versions, answers);
        self.note(&format!("take {shard} {faults:?} {receipts:?}"));
        let Some(receipts) = receipts else {
            // One of them may be at fault, and the others are not to suffer from it.
            let alone = if group.len() > 1 && faults == [Fault::None; 2] { group } else { Vec::new() };
            return alone.into_iter().try_for_each(|message| self.commit(shard, vec![message]));
        };
        for ((Message { client, envelope, .. }, batch), receipt) in group.iter().zip(&batches).zip(&receipts) {
            let Some((page, seq)) = *envelope else { continue };
            self.acknowledged(shard, batch, receipt)?;
            // An answer may get lost, too.
            if !self.fails(8) {
                self.clients[*client].outbox.retain(|(own, number, _)| (*own, *number) != (page, seq));
            }
        }
        Ok(())
    }

    /// Both edges learn of new versions, each in its own time.
    fn publish(&mut self) {
        let newest = *self.versions.keys().last().unwrap();
        if newest < 6 && self.rng.bool() {
            self.versions.insert(newest + 1, version(newest + 1));
        }
        let edge = self.rng.usize(..2);
        self.edges[edge] = *self.versions.keys().last().unwrap();
        self.note(&format!("publish {:?}", self.edges));
    }

    fn ask_to_forget(&mut self) {
        let number = self.rng.usize(..self.clients.len());
        self.asked.insert(number);
    }

    /// Who asked to be erased is, or asks again.
    fn forget(&mut self) {
        for number in self.asked.clone() {
            let hash = self.clients[number].hash.clone();
            let shard = usize::from_str_radix(&hash[..8], 16).unwrap() % self.nodes.len();
            let (fault, now) = (self.fault(), Millis(self.now));
            let rows = self.nodes[shard].effect(fault, |sql| collect::erase(sql, &hash, now));
            self.note(&format!("erase {number} {fault:?} {rows:?}"));
            if fault.keeps() {
                self.erased.insert(hash);
            }
            if rows.is_some() {
                self.asked.remove(&number);
            }
        }
    }

    /// From now on nothing goes wrong: everything that waits has to get through.
    fn drain(&mut self) -> Result<(), String> {
        self.faults = false;
        self.forget();
        for _ in 0..400 * self.clients.len() {
            let waits = self.waiting.iter().any(|waiting| !waiting.is_empty());
            if self.clients.iter().all(|client| client.outbox.is_empty()) && self.network.is_empty() && !waits {
                break;
            }
            self.tick += 1;
            self.now += 100;
            self.send();
            self.deliver()?;
        }
        // What is still on its way arrives, and then what follows from that.
        self.tick += 2 * SLOW;
        for node in 0..self.nodes.len() {
            for _ in 0..50 {
                self.seal(node);
                self.keep_up(node);
                self.land();
            }
        }
        self.tell_all()
    }
}
