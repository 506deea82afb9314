//! `GET …/metrics`, and one of them: what the project says of metrics, and what all traffic did by them.

use super::answer::{json_answer, refuse};
use super::project::Call;
use super::projects::Place;
use super::{ask, collector};
use js_sys::encode_uri_component;
use pointsman::collect::{self, Metric, Sum};
use pointsman::document::{self, Document};
use pointsman::screens::metrics::{happened, trend};
use pointsman::screens::visitors::visitors as visitors_of;
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

/// Steps before a metric that are followed at most.
const STEPS: usize = 5;

/// What was asked for is no metric.
const NO_METRIC: &str = "`metric` is a metric of the document, or the definition of one that could be, as JSON: {\"event\": …, \"measure\": …}.";

/// `GET …/visitors?metric=&steps=`: what visitors of all traffic did by a metric of the document or by any other, who came back,
/// and how many went from step to step.
pub(super) async fn visitors(
    env: &Env,
    place: &Place,
    mut document: Document,
    query: &BTreeMap<String, String>,
) -> Result<Response> {
    let mut key = query.get("metric").map_or("", String::as_str);
    let stated: Value = serde_json::from_str(key).unwrap_or_default();
    if let Some(event) = stated["event"].as_str() {
        key = "";
        let measure = stated.get("measure").cloned();
        document.metrics.insert(key.into(), document::Metric { description: None, event: event.into(), measure });
    }
    let mut known = versions::metrics(&document).into_iter();
    let Some(metric) = known.find(|metric| metric.metric == key && metric.measure.problems().is_empty()) else {
        return refuse(422, NO_METRIC);
    };
    let steps = query.get("steps").map_or("", String::as_str).split(',').filter(|name| !name.is_empty());
    let steps: Vec<_> = steps.take(STEPS).map(str::to_string).collect();
    let argument = String::from(encode_uri_component(&json!([metric, steps]).to_string()));
    let sums = collect::together(ask::shards::<Vec<Sum>>(env, place, "visitors", &argument).await?.concat());
    json_answer(200, &visitors_of(&metric, sums, collector::now(env)?))
}
