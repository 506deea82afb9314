//! What visitors really meet: the published snapshot, evaluated for some hundred of them.

use super::Desk;
use pointsman::compile::Audience;
use pointsman::context::{self, Context, Value as Attribute};
use pointsman::environment::Environment;
use pointsman::evaluate::decide;
use pointsman::snapshot::Snapshot;
use pointsman::time::Millis;
use pointsman::versions;
use pointsman_native::Native;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How many visitors there are.
pub const VISITORS: usize = 200;

/// By flag, who meets each value with its words; and the value that is off.
pub type Served = BTreeMap<String, (BTreeMap<String, BTreeSet<usize>>, String)>;

impl Desk {
    /// Evaluates what production serves for all visitors.
    pub fn served(&mut self) -> Served {
        let sql = &mut Native(&self.store);
        let version = versions::pointer(sql, Environment::Production).unwrap().version;
        let Some(bytes) = versions::snapshot(sql, Environment::Production, version, Audience::Edge).unwrap() else {
            return Served::new();
        };
        let document = versions::document(sql, Environment::Production).unwrap().unwrap();
        let document: Value = serde_json::from_str(&document).unwrap();
        let snapshot = Snapshot::verify(&bytes).unwrap();
        let manifest: Value = serde_json::from_slice(snapshot.manifest()).unwrap();
        let flags = document["flags"].as_object().cloned().unwrap_or_default();
        let mut served = Served::new();
        for (index, (key, flag)) in (0..).zip(&sorted(&flags)) {
            let names: Vec<_> = sorted(flag["variants"].as_object().unwrap()).into_iter().collect();
            let mut met: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
            for visitor in 0..VISITORS {
                let record = record(&manifest, visitor);
                let decision =
                    decide(&snapshot, index, Context(&record), Millis(self.now), &mut [0; 1 << 12], &mut ()).unwrap();
                met.entry(thing(&document, key, &names[usize::from(decision.variant)])).or_default().insert(visitor);
            }
            let off = names.iter().find(|(name, _)| flag["off"] == **name).unwrap();
            served.insert(key.clone(), (met, thing(&document, key, off)));
        }
        served
    }

    /// Who meets a value of a flag.
    pub fn met_by(&mut self, flag: &str, value: &str) -> BTreeSet<usize> {
        let served = self.served();
        let met = served.get(flag).map(|(met, _)| met).into_iter().flatten();
        met.filter(|(thing, _)| thing.starts_with(value)).flat_map(|(_, visitors)| visitors.clone()).collect()
    }

    /// How many do.
    pub fn meet(&mut self, flag: &str, value: &str) -> usize {
        self.met_by(flag, value).len()
    }
}

/// By name, in which order snapshots have them.
fn sorted(map: &serde_json::Map<String, Value>) -> BTreeMap<String, Value> {
    map.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// What somebody meets: a value, and words on pages.
fn thing(document: &Value, flag: &str, (variant, value): &(String, Value)) -> String {
    let pages = document["pages"].as_object().into_iter().flatten().filter(|(_, page)| page["flag"] == *flag);
    let words: Vec<_> = pages.map(|(_, page)| page["variants"][variant].to_string()).collect();
    format!("{value} {}", words.join(" "))
}

/// Every second visitor is from Austria.
fn record(manifest: &Value, visitor: usize) -> Vec<u8> {
    let names: Vec<_> = manifest["attributes"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let unit = format!("visitor-{visitor}");
    let country = if visitor.is_multiple_of(2) { "AT" } else { "DE" };
    let place = |name: &str| names.iter().position(|known| *known == name);
    let known = [("unit", unit.as_str()), ("country", country)].into_iter();
    let known = known.filter_map(|(name, text)| Some((place(name)?, Attribute::Text(text.as_bytes()))));
    let mut bytes = vec![0; 1024];
    let length = context::write(names.len(), known, &mut bytes).unwrap();
    bytes.truncate(length);
    bytes
}
