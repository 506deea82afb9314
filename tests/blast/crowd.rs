//! Many visitors who are asked what they meet.

use super::read;
use pointsman::compile::{Audience, compile};
use pointsman::context::Context;
use pointsman::document::context::{attributes, record};
use pointsman::draw::{self, Algorithm};
use pointsman::evaluate::{NO_RUN, decide};
use pointsman::snapshot::Snapshot;
use pointsman::time::Millis;
use serde_json::{Map, Value as Json, json};

/// A variant's value and edits.
pub type Thing = (Json, Option<Json>);

pub fn thing(document: &Json, variant: &str) -> Thing {
    let edits = document.pointer(&format!("/pages/p/variants/{variant}")).cloned();
    (document["flags"]["f"]["variants"][variant].clone(), edits)
}

/// What one visitor meets.
pub struct Met {
    /// By the flag `f`.
    pub thing: Thing,
    /// By it, if being in a test counts as meeting all that it shows.
    pub all: Vec<Thing>,
    /// Whether the flag `g` is on.
    pub on: bool,
}

/// Visitors, their common attributes and the time.
pub struct Crowd {
    pub context: Map<String, Json>,
    pub now: i64,
    pub size: usize,
}

impl Crowd {
    /// Eight of the 48 that tell all truths of random documents apart.
    pub fn number(number: u64, size: usize) -> Self {
        let mut context = Map::new();
        context.insert("c0".into(), json!(number & 1 == 1));
        context.insert("c1".into(), json!(number & 2 == 2));
        match number >> 2 & 3 {
            0 => {}
            device => drop(context.insert("device".into(), json!(format!("d{device}")))),
        }
        let now = [99, 100, 150, 200, 250][(number >> 4) as usize % 5];
        Self { context, now, size }
    }

    pub fn unit(visitor: usize) -> String {
        format!("visitor-{visitor}")
    }

    pub fn meets(&self, document: &Json) -> Vec<Met> {
        let bytes = compile(&read(document), Audience::Edge).unwrap().seal(1);
        let snapshot = Snapshot::verify(&bytes).unwrap();
        let manifest: Json = serde_json::from_slice(snapshot.manifest()).unwrap();
        let keys: Vec<_> = manifest["keys"].as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect();
        let index = |key: &str| keys.iter().position(|known| *known == key).unwrap() as u32;
        let names = attributes(&snapshot);
        let mut context = self.context.clone();
        let of = |visitor: usize| {
            context.insert("unit".into(), json!(Self::unit(visitor)));
            let record = record(&names, &context);
            let mut decided = [0; 64];
            let mut ask =
                |key| decide(&snapshot, index(key), Context(&record), Millis(self.now), &mut decided, &mut ()).unwrap();
            let (f, g) = (ask("f"), ask("g"));
            let own = thing(document, &format!("v{}", f.variant));
            let all = if f.run == NO_RUN {
                vec![own.clone()]
            } else {
                let split = document["experiments"]["e"]["run"]["split"].as_array().unwrap();
                split.iter().map(|range| thing(document, range[1].as_str().unwrap())).collect()
            };
            Met { thing: own, all, on: g.variant == 1 }
        };
        (0..self.size).map(of).collect()
    }

    /// Whether a visitor's draw is below a number.
    pub fn drawn(&self, purpose: &str, salt: &str, attribute: &str, visitor: usize, below: u64) -> bool {
        let unit = match attribute {
            "unit" => Some(Self::unit(visitor)),
            _ => self.context.get(attribute).and_then(Json::as_str).map(String::from),
        };
        let prefix = format!("{purpose}\0{salt}\0");
        let draw = unit.and_then(|unit| draw::draw(Algorithm::Xxh64High, prefix.as_bytes(), unit.as_bytes()));
        draw.is_some_and(|draw| u64::from(draw) < below)
    }
}

/// Whether so many of so many can be a share in parts of 2^32: within five standard deviations, and certain where it is.
pub fn is_share(count: usize, of: usize, share: u64) -> bool {
    let (p, n) = (share as f64 / super::ALL as f64, of as f64);
    (count as f64 - p * n).abs() <= 5.0 * (p * (1.0 - p) * n).sqrt() + 1e-6
}
