//! Compiled and interpreted, a document means the same: the evaluator against a naive reading of the document itself.
//! `PAIRS=1000000` looks at more, `SEED=7` at others.

use fastrand::Rng;
use pointsman::compile::{Audience, compile};
use pointsman::context::Context;
use pointsman::document::{self, Document};
use pointsman::evaluate::{DECISION, NO_RULE, NO_RUN, decide, evaluate};
use pointsman::snapshot::{Section, Snapshot};
use pointsman::time::Millis;
use pointsman_native::generate;
use pointsman_native::naive::{Naive, Outcome, Visitor};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Contexts for each document.
const CONTEXTS: u64 = 40;

fn variable(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

/// A snapshot with the names that its numbers stand for.
struct Compiled {
    bytes: Vec<u8>,
    keys: Vec<String>,
    variants: Vec<Vec<String>>,
    runs: Vec<String>,
}

impl Compiled {
    fn new(document: &Document, audience: Audience) -> Self {
        let bytes = compile(document, audience).unwrap_or_else(|problems| panic!("{problems:#?}")).seal(1);
        let manifest: Value = serde_json::from_slice(Snapshot::verify(&bytes).unwrap().manifest()).unwrap();
        let texts = |list: &Value| -> Vec<String> {
            list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_string()).collect()
        };
        let keys = texts(&manifest["keys"]);
        let variants = keys.iter().map(|key| document.flags[key].variants.keys().cloned().collect()).collect();
        Self { bytes, keys, variants, runs: texts(&manifest["runs"]) }
    }

    /// What every flag serves, in the document's words.
    fn outcomes(&self, context: &Map<String, Value>, now: i64) -> BTreeMap<&str, Outcome> {
        let snapshot = Snapshot::verify(&self.bytes).unwrap();
        let record = document::context::record(&document::context::attributes(&snapshot), context);
        let mut all = vec![0; snapshot.count(Section::Flags) as usize * DECISION];
        evaluate(&snapshot, Context(&record), Millis(now), &mut all).unwrap();
        let mut outcomes = BTreeMap::new();
        for (index, key) in self.keys.iter().enumerate() {
            let mut alone = vec![0; all.len()];
            let one = decide(&snapshot, index as u32, Context(&record), Millis(now), &mut alone, &mut ()).unwrap();
            let bytes = &all[index * DECISION..][..DECISION];
            assert_eq!(one.to_bytes(), bytes, "{key} alone and among all flags");
            outcomes.insert(
                key.as_str(),
                Outcome {
                    variant: self.variants[index][usize::from(one.variant)].clone(),
                    reason: one.reason,
                    error: one.error,
                    rule: (one.rule != NO_RULE).then_some(usize::from(one.rule)),
                    run: (one.run != NO_RUN).then(|| self.runs[usize::from(one.run)].clone()),
                },
            );
        }
        outcomes
    }
}

#[test]
fn what_is_compiled_means_what_is_written() {
    let (pairs, seed) = (variable("PAIRS", 20_000), variable("SEED", 1));
    let mut met = BTreeMap::new();
    for number in 0..pairs.div_ceil(CONTEXTS) {
        // Each document has a seed of its own, so that one that fails is found again alone.
        let own = seed.wrapping_mul(1_000_003).wrapping_add(number);
        let rng = &mut Rng::with_seed(own);
        let text = generate::document(rng).to_string();
        let document = document::read(text.as_bytes()).unwrap_or_else(|problems| panic!("{own}: {problems:?}\n{text}"));
        let audiences = [Audience::Edge, Audience::Client].map(|audience| Compiled::new(&document, audience));
        for _ in 0..CONTEXTS {
            let (context, now) = (generate::context(rng), generate::now(rng));
            for compiled in &audiences {
                let snapshot = Snapshot::verify(&compiled.bytes).unwrap();
                let visitor = Visitor::new(&document::context::attributes(&snapshot), &context);
                let naive = Naive::new(&document, &visitor, now);
                for (key, outcome) in compiled.outcomes(&context, now) {
                    let due = naive.flag(key);
                    assert_eq!(
                        outcome,
                        due,
                        "seed {own}: {key} is {}\nof {text}\nfor {}\nat {now}",
                        serde_json::to_string(&document.flags.get(key)).unwrap(),
                        Value::from(context.clone())
                    );
                    *met.entry((due.reason as u8, due.error as u8, due.run.is_some())).or_insert(0) += 1;
                }
            }
        }
    }
    assert!(met.len() == 8 && met.values().all(|count| *count > 100), "all of it was met: {met:?}");
}
