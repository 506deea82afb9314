//! `GET …/metrics`, and one of them: what the project says of metrics, and what all traffic did by them.

use super::answer::json_answer;
use super::collector;
use super::project::Call;
use super::projects::Place;
use pointsman::collect::{Metric, Totals};
use pointsman::document::Document;
use pointsman::screens::metrics::trend;
use pointsman::time::DAY;
use pointsman::versions;
use serde_json::{Value, json};
use worker::{Env, Response, Result};

/// What all traffic did by some metrics of a document.
struct Traffic {
    totals: Totals,
    metrics: Vec<Metric>,
    now: i64,
    days: i64,
}

impl Traffic {
    async fn read(env: &Env, place: &Place, document: &Document, days: i64) -> Result<Self> {
        let now = collector::now(env)?;
        let totals = collector::all_traffic(env, place, "whole", now - days * DAY).await?;
        Ok(Self { totals, metrics: versions::metrics(document), now, days })
    }

    fn of(&self, key: &Value) -> Value {
        let Some(metric) = self.metrics.iter().find(|metric| *key == metric.metric.as_str()) else {
            return Value::Null;
        };
        let id = metric.id();
        let own: Vec<_> = self.totals.metrics.iter().filter(|total| total.metric == id).cloned().collect();
        trend(&metric.measure, &own, (self.now, self.days))
    }
}

/// Every metric with its trend.
pub(super) async fn list(env: &Env, call: &Call, place: &Place, document: &Document, days: i64) -> Result<Response> {
    let (status, mut known) = call.ask(env).await?;
    let traffic = Traffic::read(env, place, document, days).await?;
    for metric in known["metrics"].as_array_mut().into_iter().flatten() {
        metric["trend"] = traffic.of(&metric["key"]);
    }
    if status == 200 {
        known["asOf"] = json!(traffic.now);
    }
    json_answer(status, &known)
}

/// One metric with its trend; how often its events and all others happened lately, for whoever looks for a step before it; and
/// how far it is counted from old data, if it still is.
pub(super) async fn one(env: &Env, call: &Call, place: &Place, document: &Document, days: i64) -> Result<Response> {
    let (status, mut known) = call.ask(env).await?;
    if status != 200 {
        return json_answer(status, &known);
    }
    let traffic = Traffic::read(env, place, document, days).await?;
    let key = known["key"].clone();
    known["trend"] = traffic.of(&key);
    let metric = traffic.metrics.iter().find(|metric| key == metric.metric.as_str());
    let counting = collector::rebuilding(env, place).await?;
    let id = metric.map(Metric::id).unwrap_or_default();
    let done = counting.iter().filter(|one| one["run"] == "" && one["metric"] == id.as_str());
    known["counting"] = json!(done.filter_map(|one| one["done"].as_f64()).reduce(f64::min));
    known["asOf"] = json!(traffic.now);
    json_answer(200, &known)
}
