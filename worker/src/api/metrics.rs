//! `GET …/metrics`, and one of them: what the project says of metrics, and what all traffic did by them.

use super::answer::{json_answer, refuse};
use super::collector;
use super::project::Call;
use super::projects::Place;
use pointsman::collect::Metric;
use pointsman::document::Document;
use pointsman::screens::metrics::{happened, trend};
use pointsman::time::DAY;
use pointsman::versions;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use worker::{Env, Response, Result};

/// All of them, each with its trend; or one, also with how often all events happened lately, for whoever looks for a step before
/// it, and how far it is counted from old data, if it still is.
pub(super) async fn read(
    env: &Env,
    call: &Call,
    place: &Place,
    document: &Document,
    query: &BTreeMap<String, String>,
) -> Result<Response> {
    let Ok(days) = collector::back(query, "days", collector::DAYS) else { return refuse(422, collector::A_DAY_COUNT) };
    let (status, mut known) = call.ask(env).await?;
    if status != 200 {
        return json_answer(status, &known);
    }
    let now = collector::now(env)?;
    let totals = collector::all_traffic(env, place, "whole", now - days * DAY).await?;
    let metrics = versions::metrics(document);
    let of = |told: &mut Value| {
        let own = metrics.iter().find(|metric| told["key"] == metric.metric.as_str());
        told["trend"] = own.map_or(Value::Null, |own| trend(own, &totals.metrics, (now, days)));
        own.map(Metric::id)
    };
    if let Some(all) = known["metrics"].as_array_mut() {
        for metric in all {
            of(metric);
        }
    } else {
        let id = of(&mut known).unwrap_or_default();
        known["happened"] = happened(&totals.totals, now);
        let counting = collector::rebuilding(env, place).await?;
        let mut own = counting.iter().filter(|one| one["run"] == "" && one["metric"] == id.as_str());
        known["counting"] = own.next().map_or(Value::Null, |one| one["done"].clone());
    }
    known["asOf"] = json!(now);
    json_answer(200, &known)
}
