//! The world around a project, for tests: a site whose pages answer and whose visitors do something, unless a test says
//! otherwise; and the shell that asks it, as the Worker's does.

use pointsman::lifecycle::checks::Found;
use pointsman::lifecycle::plan::Words;
use pointsman::project::{self, Call, FoundOf, Questions};
use pointsman::time::Millis;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::BTreeMap;

use crate::Native;

/// Milliseconds since an event of the site happened last.
const MINUTE: i64 = 60_000;

/// A site, and whether anybody asks it.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// The status of pages that do not answer with 200; 0 for one that cannot be reached.
    pub pages: BTreeMap<String, u16>,
    /// What selectors find that do not find what a plan says; nothing for those that find nothing.
    pub edits: BTreeMap<String, Option<String>>,
    /// How long ago events happened last that did not a minute ago; nothing for those that never did.
    pub events: BTreeMap<String, Option<i64>>,
    /// Whether nobody asks.
    pub unasked: bool,
}

/// Events of the tests' sites.
const EVENTS: [&str; 4] = ["order", "error", "paid", "loaded"];

impl Outside {
    /// A call with what the shell finds for it.
    ///
    /// # Panics
    ///
    /// Where the store fails.
    #[must_use]
    pub fn asked(&self, store: &Connection, call: &Call, now: i64) -> Call {
        let asks = project::asks(&mut Native(store), call, Millis(now)).unwrap();
        let mut found = asks.filter(|_| !self.unasked).map(|asks| self.found(&asks, now));
        if let Some(found) = found.as_mut().filter(|_| call.path.last().is_some_and(|name| name == "quality")) {
            // The Worker reads what a preview shows from its address, which is sealed; here it stands there as it is.
            let body: Value = serde_json::from_str(&call.body).unwrap_or_default();
            let shown = body["preview"].as_str().and_then(|text| serde_json::from_str(text).ok());
            found.0["preview"] = shown.unwrap_or_default();
        }
        Call { found, ..call.clone() }
    }

    /// What it finds for what starts by itself.
    ///
    /// # Panics
    ///
    /// Where the store fails.
    #[must_use]
    pub fn starting(&self, store: &Connection, now: i64) -> FoundOf {
        let asks = project::starting(&mut Native(store), Millis(now)).unwrap();
        let asks = asks.into_iter().filter(|_| !self.unasked);
        asks.map(|asks| (asks.key.clone(), self.found(&asks, now))).collect()
    }

    fn found(&self, asks: &Questions, now: i64) -> Found {
        let page = |path: &String| json!({"path": path, "status": self.pages.get(path).copied().unwrap_or(200)});
        let event = |name: &str| {
            let ago = self.events.get(name).copied().unwrap_or(Some(MINUTE));
            json!({"name": name, "last": ago.map(|ago| now - ago)})
        };
        let edit = |edit: &Words| {
            let text = self.edits.get(&edit.select).cloned().unwrap_or_else(|| Some(edit.from.clone()));
            let other = text.as_ref().is_some_and(|text| *text != edit.from);
            json!({"select": edit.select, "text": text, "other": other})
        };
        let (pages, events) = (asks.pages.iter().map(page), EVENTS.into_iter().map(event));
        let edits: Value = asks.edits.iter().map(edit).collect();
        Found(
            json!({"at": now, "pages": pages.collect::<Value>(), "edits": edits, "events": events.collect::<Value>()}),
        )
    }
}

/// The bodies that say of both variants of an experiment that somebody has looked at them, as its plan is.
#[must_use]
pub fn looks(experiment: &Value) -> [Value; 2] {
    let change = &experiment["plan"]["change"];
    let edit = |edit: &Value| json!({"select": edit["select"], "change": {"text": edit["text"]}});
    let new = match change["kind"].as_str() {
        Some("pages") => json!([{"change": {"rewrite": change["other"]}}]),
        _ => change["edits"].as_array().into_iter().flatten().map(edit).collect(),
    };
    let shown = |variant: &Value, is_new: bool| match change["flag"].as_str() {
        Some(flag) => json!({"variants": {flag: variant}}),
        None => json!({"path": change["page"], "edits": if is_new { new.clone() } else { json!([]) }}),
    };
    let body = |name: &str| {
        let variant = &experiment[name];
        json!({"variant": variant, "preview": shown(variant, name == "treatment").to_string()})
    };
    ["control", "treatment"].map(body)
}
