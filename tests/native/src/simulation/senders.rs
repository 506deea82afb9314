//! Who sends events to the shards: edges, pages, forgers, and whoever has harvested identities.

use super::{Bug, Client, Message, RUNS, World, variant};
use serde_json::{Value, json};

impl World {
    /// The edge tells by itself what it has decided; nobody waits for the answer.
    pub(super) fn assign(&mut self) {
        let (number, edge) = (self.rng.usize(..self.clients.len()), self.rng.usize(..2));
        let (config, run) = (self.edges[edge], RUNS[self.rng.usize(..2)]);
        let Some((x, epoch)) = variant(&self.versions[&config], run, &self.clients[number].unit) else { return };
        let event = json!({"t": "assigned", "run": run, "x": x, "epoch": epoch, "config": config, "at": self.now});
        self.post(number, edge, None, &json!([event]), "", 0);
    }

    /// Somebody claims what cannot be: with no token that holds, by an edge that errs, or of a version that is still to come.
    pub(super) fn forge(&mut self) {
        let (number, edge) = (self.rng.usize(..self.clients.len()), self.rng.usize(..2));
        let (mut config, run) = (self.edges[edge], RUNS[self.rng.usize(..2)]);
        let epoch = self.versions[&config].runs[0].epoch;
        if self.fails(3) {
            config = self.versions.keys().last().unwrap() + 1;
        }
        let events: Vec<_> = ["x", "y"]
            .map(|x| json!({"t": "assigned", "run": run, "x": x, "epoch": epoch, "config": config, "at": self.now}))
            .into_iter()
            .chain([json!({"t": "refused", "reason": "token"}), json!({"t": "filtered", "reason": "bot"})])
            .collect();
        self.post(number, edge, None, &json!(events), "", 0);
    }

    /// Whoever has harvested identities sends in their names what suits them: the variant that is to win, and orders.
    pub(super) fn harvest(&mut self) {
        let (number, edge) = (self.rng.usize(self.visitors..self.clients.len()), self.rng.usize(..2));
        let (config, run) = (self.edges[edge], RUNS[self.rng.usize(..2)]);
        let epoch = self.versions[&config].runs[0].epoch;
        let seen =
            json!({"t": "seen", "run": run, "x": "y", "epoch": epoch, "config": config, "at": self.now, "dt": 0});
        let order = json!({"t": "track", "n": "order", "v": 500, "dt": 0});
        let page = format!("harvest-{}", self.rng.u32(..));
        self.post(number, edge, None, &json!([seen, order, seen]), &page, 0);
    }

    pub(super) fn send(&mut self) {
        let (number, edge) = (self.rng.usize(..self.visitors), self.rng.usize(..2));
        let client = &self.clients[number];
        let Some((page, seq, events)) = client.outbox.first().cloned() else { return };
        let dated = events.into_iter().map(|(mut event, at)| {
            event["dt"] = json!(client.clock - at);
            event
        });
        let events = Value::Array(dated.collect());
        self.post(number, edge, Some((page, seq)), &events, &format!("page-{page}"), seq);
    }

    fn post(
        &mut self,
        client: usize,
        edge: usize,
        envelope: Option<(usize, usize)>,
        events: &Value,
        page: &str,
        seq: usize,
    ) {
        let Client { unit, hash, .. } = &self.clients[client];
        let browser = ["Chrome", "Safari"][client % 2];
        let visitor = if envelope.is_none() { "new" } else { "" };
        let traits = json!({"browser": browser, "visitor": visitor});
        let batch = json!({"unit": hash, "drawn": unit, "page": page, "seq": seq, "traits": traits,
                           "config": self.edges[edge], "events": events});
        let own = usize::from_str_radix(&hash[..8], 16).unwrap();
        let shard = if self.bug == Some(Bug::ShardByEdge) { own + edge } else { own } % self.nodes.len();
        for _ in 0..=usize::from(self.fails(8)) {
            if self.fails(6) {
                continue;
            }
            let due = self.tick + if self.faults { self.rng.usize(0..30) } else { 0 };
            self.network.push(Message { due, client, envelope, batch: batch.clone(), shard });
        }
    }
}
