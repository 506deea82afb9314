//! Three evaluators with the same two-rule flag, each in its own words: country in [SE, NO] and plan = pro gives on, and
//! everybody else is split half and half. A context is made anew for each question, from a unit's name.

use chrono::{DateTime, Utc};
use eppo_core::ufc::{AssignmentValue, UniversalFlagConfig, VariationType};
use eppo_core::{Attributes, Configuration, SdkMetadata, Str, eval::get_assignment};
use pointsman::compile::{Audience, compile};
use pointsman::context::{Context, SLOT, Value, write};
use pointsman::document;
use pointsman::evaluate::{DECISION, decide};
use pointsman::snapshot::{Section, Snapshot};
use pointsman::time::Millis;
use serde_json::{Map, Value as Json, from_value, json};
use std::collections::HashMap;
use std::sync::Arc;
use unleash_types::client_features::ClientFeatures;
use unleash_yggdrasil::EngineState;

const COUNTRY: &str = "DE";
const PLAN: &str = "free";

/// How many flags everybody has loaded.
const FLAGS: usize = 100;

/// A flag's key.
#[must_use]
pub fn key(index: usize) -> String {
    format!("flag-{index:04}")
}

fn by_key(of: impl Fn(&str) -> Json) -> Json {
    Json::Object((0..FLAGS).map(|index| (key(index), of(&key(index)))).collect::<Map<_, _>>())
}

/// Ours: what a server in Rust does with the core's public functions.
pub struct Pointsman {
    snapshot: Vec<u8>,
    attributes: Vec<String>,
    flags: HashMap<String, u32>,
    /// The variant `on`, by its index.
    on: u16,
    record: Vec<u8>,
    decisions: Vec<u8>,
}

impl Pointsman {
    /// Compiles the document and checks the snapshot.
    #[must_use]
    pub fn load() -> Self {
        let nordic = json!({"all": [
            {"in": {"attribute": "country", "values": ["SE", "NO"]}}, {"equals": {"attribute": "plan", "value": "pro"}}]});
        let flag = |name: &str| {
            json!({"kind": "boolean", "variants": {"off": false, "on": true}, "off": "off", "otherwise": "off",
                "rules": [{"if": nordic, "serve": "on"}, {"experiment": name}]})
        };
        let run = |name: &str| {
            json!({"flag": name, "metric": "orders", "control": "off", "run": {"id": name, "salt": name, "epoch": 1,
                "rollout": 1_u64 << 32, "split": [[1_u64 << 31, "off"], [1_u64 << 32, "on"]]}})
        };
        let tree = json!({"format": 1, "metrics": {"orders": {"event": "order"}}, "flags": by_key(flag),
            "experiments": by_key(run)});
        let document = document::from_tree(tree).expect("a document");
        let snapshot = compile(&document, Audience::Edge).expect("no problems").seal(1);
        let read = Snapshot::verify(&snapshot).expect("a snapshot");
        let manifest: Json = serde_json::from_slice(read.manifest()).expect("a manifest");
        let keys = manifest["keys"].as_array().expect("keys").iter().filter_map(Json::as_str);
        let flags = (0..).zip(keys).map(|(index, key)| (key.to_string(), index)).collect();
        let attributes = document::context::attributes(&read);
        let decisions = vec![0; read.count(Section::Flags) as usize * DECISION];
        Self { record: vec![0; attributes.len() * SLOT + 256], attributes, flags, on: 1, decisions, snapshot }
    }

    /// Whether the flag is on for a unit.
    pub fn is_on(&mut self, flag: &str, unit: &str) -> bool {
        let texts = self.attributes.iter().enumerate().filter_map(|(slot, name)| {
            let text = match name.as_str() {
                "country" => COUNTRY,
                "plan" => PLAN,
                "unit" => unit,
                _ => return None,
            };
            Some((slot, Value::Text(text.as_bytes())))
        });
        let Some(length) = write(self.attributes.len(), texts, &mut self.record) else { return false };
        let Some(index) = self.flags.get(flag) else { return false };
        let snapshot = Snapshot::verified(&self.snapshot);
        let context = Context(&self.record[..length]);
        decide(&snapshot, *index, context, Millis(0), &mut self.decisions, &mut ())
            .is_some_and(|decision| decision.variant == self.on)
    }
}

/// `unleash-yggdrasil`, as its own benchmark asks it.
pub struct Unleash(EngineState);

impl Unleash {
    #[must_use]
    pub fn load() -> Self {
        let strategies = |name: &str| {
            json!([
                {"name": "default", "parameters": {}, "constraints": [
                    {"contextName": "country", "operator": "IN", "values": ["SE", "NO"]},
                    {"contextName": "plan", "operator": "IN", "values": ["pro"]}]},
                {"name": "flexibleRollout", "constraints": [],
                    "parameters": {"rollout": "50", "stickiness": "userId", "groupId": name}}])
        };
        let feature =
            |name: &str| json!({"name": name, "type": "release", "enabled": true, "strategies": strategies(name)});
        let features: Vec<_> = (0..FLAGS).map(|index| feature(&key(index))).collect();
        let features: ClientFeatures = from_value(json!({"version": 2, "features": features})).expect("features");
        let engine = EngineState::default();
        assert!(engine.apply_client_features(features).is_none(), "it warns of nothing");
        Self(engine)
    }

    #[must_use]
    pub fn is_on(&self, flag: &str, unit: &str) -> bool {
        let properties = [("country".to_string(), COUNTRY.to_string()), ("plan".to_string(), PLAN.to_string())];
        let context = unleash_yggdrasil::Context {
            user_id: Some(unit.to_string()),
            properties: Some(properties.into()),
            session_id: None,
            environment: None,
            app_name: None,
            current_time: None,
            remote_address: None,
        };
        self.0.is_enabled(flag, &context, &None)
    }
}

/// `eppo_core`, as its own benchmark asks it.
pub struct Eppo {
    configuration: Configuration,
    now: DateTime<Utc>,
}

impl Eppo {
    #[must_use]
    pub fn load() -> Self {
        let shard =
            |name: &str, start: u32, end: u32| json!([{"salt": name, "ranges": [{"start": start, "end": end}]}]);
        let flag = |name: &str| {
            json!({"key": name, "enabled": true, "variationType": "BOOLEAN", "totalShards": 10_000,
            "variations": {"on": {"key": "on", "value": true}, "off": {"key": "off", "value": false}},
            "allocations": [
                {"key": "nordic", "doLog": false, "splits": [{"variationKey": "on", "shards": []}], "rules": [{"conditions": [
                    {"attribute": "country", "operator": "ONE_OF", "value": ["SE", "NO"]},
                    {"attribute": "plan", "operator": "ONE_OF", "value": ["pro"]}]}]},
                {"key": "half", "doLog": false, "rules": [], "splits": [
                    {"variationKey": "on", "shards": shard(name, 0, 5_000)},
                    {"variationKey": "off", "shards": shard(name, 5_000, 10_000)}]}]})
        };
        let text = json!({"createdAt": "2026-01-01T00:00:00Z", "format": "SERVER", "environment": {"name": "bench"},
            "flags": by_key(flag)});
        let about = SdkMetadata { name: "bench", version: "1" };
        let flags = UniversalFlagConfig::from_json(about, text.to_string().into_bytes()).expect("flags");
        Self { configuration: Configuration::from_server_response(flags, None), now: DateTime::UNIX_EPOCH }
    }

    #[must_use]
    pub fn is_on(&self, flag: &str, unit: &str) -> bool {
        let attributes: Attributes = [
            (Str::from_static_str("country"), Str::from_static_str(COUNTRY).into()),
            (Str::from_static_str("plan"), Str::from_static_str(PLAN).into()),
        ]
        .into_iter()
        .collect();
        let expected = Some(VariationType::Boolean);
        let asked = Some(&self.configuration);
        let given = get_assignment(asked, flag, &Str::new(unit), &Arc::new(attributes), expected, self.now);
        given.ok().flatten().is_some_and(|given| given.value == AssignmentValue::Boolean(true))
    }
}
