//! What a version says to the collector: how its runs draw, and what is measured of them.

use crate::collect::{self, Definitions, Measure, Metric, Run, Span};
use crate::document::{Code, Dimension, Document, Experiment, Named, Page, Problem};
use crate::draw::ALL;
use crate::environment::Environment;
use crate::order;
use crate::sql::{Failure, Sql};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Parts of a rate: billionths.
const PARTS: f64 = 1e9;

/// The attribute that is in the unit cookie, so that the collector has it.
const UNIT: &str = "unit";

/// What a version of an environment says to the collector. Of a version that is not there it is nothing.
pub fn definitions(sql: &mut impl Sql, environment: Environment, version: i64) -> Result<Option<Definitions>, Failure> {
    let cells = [environment.name().into(), version.into()];
    let rows = sql.run("SELECT document FROM version WHERE environment = ? AND n = ?", &cells)?;
    let text = rows.first().and_then(|row| row.first()).map(|cell| cell.text().to_string());
    let document = text.and_then(|text| crate::document::read(text.as_bytes()).ok());
    Ok(document.map(|document| defined(&document, version)))
}

/// What a document says to the collector.
#[must_use]
pub fn defined(document: &Document, config: i64) -> Definitions {
    let runs = document.experiments.values().filter_map(|experiment| run(document, experiment)).collect();
    let adding = |key: &String| document.metrics.get(key).and_then(|metric| measure(metric)?.currency);
    let currencies = document.metrics.keys().filter_map(adding).chain(document.rates.keys().cloned());
    let is_money = document.metrics.keys().any(|key| adding(key).is_some());
    let currencies = if is_money { order::each(currencies) } else { BTreeSet::new() };
    let values = |(name, own): (&String, &Dimension)| (name.clone(), order::each(own.values.iter().cloned()));
    let metrics = metrics(document);
    Definitions { config, runs, metrics, currencies, dimensions: order::keyed(document.dimensions.iter().map(values)) }
}

/// The metrics of a document, as all traffic is counted by them.
#[must_use]
pub fn metrics(document: &Document) -> Vec<Metric> {
    document.metrics.keys().filter_map(|key| metric(document, key, false)).collect()
}

fn metric(document: &Document, key: &str, primary: bool) -> Option<Metric> {
    let own = document.metrics.get(key)?;
    let measure = measure(own)?;
    let rates = measure.currency.as_ref().map(|own| rates(&document.rates, own)).unwrap_or_default();
    Some(Metric { metric: key.to_string(), event: own.event.clone(), primary, measure, rates })
}

fn measure(metric: &crate::document::Metric) -> Option<Measure> {
    collect::measure(metric.measure.as_ref()).ok()
}

fn run(document: &Document, experiment: &Experiment) -> Option<Run> {
    let run = experiment.run.as_ref()?;
    let holdout = document.flags.get(&experiment.flag).and_then(|flag| document.holdouts.get(flag.holdout.as_ref()?));
    let outside = holdout.filter(|holdout| holdout.unit == UNIT && holdout.hash.is_usual()).map(|holdout| Span {
        layer: false,
        salt: holdout.salt.clone(),
        from: holdout.below,
        below: ALL,
    });
    let slot = experiment.slot.as_ref().and_then(|slot| {
        let layer = document.layers.get(&slot.layer).filter(|layer| layer.unit == UNIT && layer.hash.is_usual())?;
        Some(Span { layer: true, salt: layer.salt.clone(), from: slot.from, below: slot.below })
    });
    let mut keys: Vec<&String> = Vec::new();
    for key in core::iter::once(&experiment.metric).chain(&experiment.guardrails).chain(&experiment.metrics) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let metrics = keys.into_iter().enumerate().filter_map(|(place, key)| metric(document, key, place == 0));
    Some(Run {
        run: run.id.clone(),
        epoch: run.epoch.into(),
        split: run.split.clone(),
        salt: run.salt.clone(),
        rollout: run.rollout,
        // Whoever keeps what they once had is vouched for by the edge, and so are draws of hashes that are not made here.
        drawn: experiment.unit == UNIT && !experiment.sticky && run.hash.is_usual(),
        spans: outside.into_iter().chain(slot).collect(),
        metrics: metrics.collect(),
        beside: beside(document, experiment),
    })
}

/// The runs of other experiments that change a page of this one's.
fn beside(document: &Document, experiment: &Experiment) -> BTreeSet<String> {
    let all = || document.pages.values();
    let own = |page: &&Page| page.flag == experiment.flag;
    let meets = |other: &Experiment| {
        let mut theirs = all().filter(|page| page.flag == other.flag && other.flag != experiment.flag);
        theirs.any(|page| all().filter(own).any(|own| own.may_meet(page)))
    };
    let others = document.experiments.values().filter(|other| meets(other));
    order::each(others.filter_map(|other| Some(other.run.as_ref()?.id.clone())))
}

/// What one of each currency is worth in another one, in billionths.
fn rates(all: &Named<f64>, own: &str) -> BTreeMap<String, i64> {
    let Some(base) = all.get(own).filter(|worth| **worth > 0.0) else { return BTreeMap::new() };
    let rate = |(code, worth): (&String, &f64)| (code.clone(), (worth / base * PARTS + 0.5) as i64);
    order::keyed(all.iter().filter(|(code, _)| *code != own).map(rate))
}

/// All that is wrong with how metrics are measured, and with rates.
pub(super) fn problems(document: &Document) -> Vec<Problem> {
    let mut all = Vec::new();
    let mut report = |pointer: String, cause: String, fix: &str| {
        all.push(Problem::new(pointer, Code::Shape, cause, fix.to_string()));
    };
    let see = "docs/data.md lists what a measure can be.";
    for (key, metric) in &document.metrics {
        let place = format!("/metrics/{key}/measure");
        match collect::measure(metric.measure.as_ref()) {
            Err(error) => report(place, format!("This is no measure: {error}."), see),
            Ok(measure) => {
                for (pointer, cause) in measure.problems() {
                    report(format!("{place}{pointer}"), cause.to_string(), see);
                }
            }
        }
    }
    for (code, worth) in &document.rates {
        let good = collect::digits(code).is_some() && worth.is_finite() && *worth > 0.0;
        if !good {
            report(
                format!("/rates/{code}"),
                "A rate is an ISO 4217 currency and what one of it is worth.".to_string(),
                see,
            );
        }
    }
    all
}
