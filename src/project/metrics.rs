//! Metrics: what each means, who uses it, what a test of it finds, how its definition came to be; and how one is changed.
//!
//! A metric stands in the document, so it is published as the document is: whatever keeps a document from being published
//! keeps this, and a run under way keeps what it is measured by.

use super::publishing::{self, Warrant};
use super::{Request, Result, documents, experiments, forecast, integer, preview, refuse, store, teams, text};
use crate::collect::{self, Direction, Measure};
use crate::document::{Document, Metric};
use crate::environment::Environment;
use crate::lifecycle::State;
use crate::metric;
use crate::screens::metrics::{sentence, stands};
use crate::sql::{Failure, Sql};
use crate::versions;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Deserialize;
use serde_json::{Value, json};

/// Versions of the document that are searched for changes of a metric: all of a year or two.
const SEARCHED: i64 = 500;

/// Changes of a metric that are told.
const CHANGES: i64 = 20;

/// All metrics. Who uses each takes all experiments to say, so a screen that asks often asks in `brief`.
pub(super) fn list(sql: &mut impl Sql, request: &Request, environment: Environment) -> Result<Value> {
    let document = publishing::current(sql, environment)?;
    let owners = teams::owners(sql, "metric")?;
    let uses = if request.query("brief") == "1" { Vec::new() } else { uses(sql, &document, environment)? };
    let metric = |(key, stated): (&String, &Metric)| {
        let measure = metric::measure(&document, key);
        let own: Vec<_> = uses.iter().filter(|(metric, _)| metric == key).map(|(_, told)| told).collect();
        json!({
            "key": key, "description": stated.description, "event": stated.event, "share": metric::is_share(&measure),
            "team": owners.get(key), "kind": measure.kind, "words": sentence(&stated.event, &measure), "uses": own,
        })
    };
    let runs: Vec<_> = document
        .experiments
        .iter()
        .filter_map(|(key, experiment)| Some((key, experiment, experiment.run.as_ref()?)))
        .map(|(key, experiment, run)| json!({"experiment": key, "run": run.id, "epoch": run.epoch, "metric": experiment.metric}))
        .collect();
    let revision = versions::pointer(sql, environment)?.version;
    Ok(json!({"revision": revision, "metrics": document.metrics.iter().map(metric).collect::<Vec<_>>(), "runs": runs}))
}

/// Which experiments use which metric, and as what: those of the document, and in production those that are planned or over.
fn uses(
    sql: &mut impl Sql,
    document: &Document,
    environment: Environment,
) -> core::result::Result<Vec<(String, Value)>, Failure> {
    let mut all = Vec::new();
    let mut add = |key: &String, title: &str, state: Value, keys: [&[String]; 3]| {
        for (what, keys) in ["decides", "guards", "shown"].into_iter().zip(keys) {
            for metric in keys {
                let told = json!({"experiment": key, "title": title, "as": what, "state": state});
                all.push((metric.clone(), told));
            }
        }
    };
    let kept = if environment == Environment::Production { store::experiments(sql)? } else { Vec::new() };
    for store::Kept { experiment, .. } in &kept {
        // What runs says itself what it is measured by.
        let placed = document.experiments.get(&experiment.key).filter(|_| experiment.is_live());
        let Some(plan) = experiment.plan.as_ref().filter(|_| experiment.state != State::Archived) else { continue };
        let decides = core::slice::from_ref(&plan.hypothesis.metric);
        let (guards, shown) =
            placed.map_or((&plan.guardrails, &plan.metrics), |placed| (&placed.guardrails, &placed.metrics));
        add(&experiment.key, &experiment.title, json!(experiment.state), [decides, guards, shown]);
    }
    for (key, placed) in &document.experiments {
        if !kept.iter().any(|kept| kept.experiment.key == *key) {
            let state = placed.run.as_ref().map(|_| "running");
            let keys = [core::slice::from_ref(&placed.metric), &placed.guardrails, &placed.metrics];
            add(key, key, json!(state), keys);
        }
    }
    Ok(all)
}

/// A metric by itself.
pub(super) fn read(sql: &mut impl Sql, request: &Request, environment: Environment, key: &str) -> Result<Value> {
    let document = publishing::current(sql, environment)?;
    let revision = versions::pointer(sql, environment)?.version;
    let Some(stated) = document.metrics.get(key) else { return refuse(404, "There is no such metric.") };
    let measure = metric::measure(&document, key);
    let uses = uses(sql, &document, environment)?;
    let uses: Vec<_> = uses.into_iter().filter(|(metric, _)| metric == key).map(|(_, told)| told).collect();
    let (level, found) = if environment == Environment::Production {
        promises(sql, request, &measure, key)?
    } else {
        (Value::Null, Value::Null)
    };
    Ok(json!({
        "key": key, "revision": revision, "metric": stated, "words": sentence(&stated.event, &measure),
        "share": metric::is_share(&measure), "each": metric::each(&measure), "uses": uses,
        "team": teams::owners(sql, "metric")?.get(key), "level": level, "found": found,
        "history": history(sql, environment, key, revision)?,
    }))
}

/// Where a visitor stands by the latest test that has measured it, and the smallest changes that tests of some weeks find.
fn promises(sql: &mut impl Sql, request: &Request, measure: &Measure, key: &str) -> Result<(Value, Value)> {
    let mut around = experiments::around(sql, request.now)?;
    around.clocks = request.call.clocks.clone();
    let all = experiments::all(sql, &around)?;
    let known = all.iter().find_map(|seen| Some((seen, forecast::level(&seen.scene(&around), key)?)));
    let Some((seen, level)) = known else { return Ok((Value::Null, json!([]))) };
    let down = measure.direction == Direction::Down;
    let per_day = forecast::measured_per_day(&all, &around);
    let found = per_day.map(|per_day| forecast::found(&all, &around, level, (per_day, down)));
    let experiment = &seen.kept.experiment;
    let mut told = stands(measure, level);
    told["experiment"] = json!(experiment.key);
    told["title"] = json!(experiment.title);
    Ok((told, json!(found.unwrap_or_default())))
}

/// The versions of the document that changed a metric, newest first, each with what it meant from then on.
fn history(
    sql: &mut impl Sql,
    environment: Environment,
    key: &str,
    newest: i64,
) -> core::result::Result<Vec<Value>, Failure> {
    let before = (newest - SEARCHED).max(0);
    let rows = sql.run(
        "SELECT n, at, who, why, own FROM (SELECT n, at, who, why, own, lag(own) OVER (ORDER BY n) AS was, \
         lag(n) OVER (ORDER BY n) AS last FROM (SELECT n, at, who, why, document -> '$.metrics' -> ? AS own FROM version \
         WHERE environment = ? AND n > ?)) WHERE own IS NOT was AND (last IS NOT NULL OR n = 1) ORDER BY n DESC LIMIT ?",
        &[key.into(), environment.name().into(), before.into(), CHANGES.into()],
    )?;
    let told = |row: &Vec<_>| {
        let stated: Value = serde_json::from_str(&text(row, 4)).unwrap_or_default();
        let measure = collect::measure(stated.get("measure")).unwrap_or_default();
        let words = stated["event"].as_str().map(|event| sentence(event, &measure));
        json!({
            "version": integer(row, 0), "at": integer(row, 1), "who": text(row, 2), "why": text(row, 3), "words": words,
            "description": stated["description"],
        })
    };
    Ok(rows.iter().map(told).collect())
}

/// A metric as somebody writes it.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "MetricDefinition"))]
#[serde(deny_unknown_fields)]
pub(super) struct Definition {
    /// What it measures, in a sentence.
    #[serde(default)]
    description: Option<String>,
    /// The name of the tracking event.
    event: String,
    /// How its events become a number; a visitor counts once if it is left out.
    #[serde(default)]
    measure: Option<Value>,
}

/// Puts a definition into the document. A preview says what it means, too.
pub(super) fn define(sql: &mut impl Sql, request: &Request, environment: Environment, key: &str) -> Result<Value> {
    let Definition { description, event, measure } = request.body()?;
    let description = description.filter(|text| !text.trim().is_empty());
    let words = collect::measure(measure.as_ref()).map(|measure| sentence(&event, &measure)).ok();
    let mut document = publishing::current(sql, environment)?;
    let own = Metric { description, event, measure };
    if !preview::asked(request) && document.metrics.get(key) == Some(&own) {
        return read(sql, request, environment, key);
    }
    document.metrics.insert(key.into(), own);
    let written = publishing::written(&document);
    let mut answer = documents::put(sql, request, environment, &written, ("change a metric", key), Warrant::Author)?;
    if preview::asked(request) {
        answer["words"] = json!(words);
    }
    Ok(answer)
}
