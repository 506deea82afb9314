//! Segments, layers, holdouts, metrics and runs that nothing uses, and metrics whose events nobody sends.

use super::{Advice, Code, Facts};
use crate::compile::graph;
use crate::document::{Condition, Document, Flag};
use crate::order::set;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

pub(super) fn look(document: &Document, facts: &Facts, all: &mut Vec<Advice>) {
    let mut segments: Vec<&String> = Vec::new();
    let rules = document.flags.values().flat_map(|flag| &flag.rules).filter_map(|rule| rule.condition.as_ref());
    for condition in rules.chain(document.segments.values().map(|segment| &segment.condition)) {
        graph::names(condition, "", &mut |leaf, _| {
            if let Condition::Segment(name) = leaf {
                segments.push(name);
            }
        });
    }
    let experiments = || document.experiments.values();
    let segments = set(segments);
    let layers = set(experiments().filter_map(|one| Some(&one.slot.as_ref()?.layer)));
    let holdouts = set(document.flags.values().filter_map(|flag| flag.holdout.as_ref()));
    let metrics =
        set(experiments().flat_map(|one| core::iter::once(&one.metric).chain(&one.guardrails).chain(&one.metrics)));
    let has = |used: &[&String], key: &String| used.binary_search(&key).is_ok();
    let mut report = |part: &str, one: &str, keys: Vec<&String>, used: &[&String]| {
        for key in keys.into_iter().filter(|key| !has(used, key)) {
            let cause = format!("Nothing uses this {one}.");
            all.push(Advice::new(format!("/{part}/{key}"), Code::Unused, cause, "Use it or remove it."));
        }
    };
    report("segments", "segment", document.segments.keys().collect(), &segments);
    report("layers", "layer", document.layers.keys().collect(), &layers);
    report("holdouts", "holdout", document.holdouts.keys().collect(), &holdouts);
    report("metrics", "metric", document.metrics.keys().collect(), &metrics);
    let named = |key: &String, flag: &Flag| {
        flag.archived || flag.rules.iter().any(|rule| rule.experiment.as_ref() == Some(key))
    };
    for (key, experiment) in document.experiments.iter().filter(|(_, experiment)| experiment.run.is_some()) {
        if document.flags.get(&experiment.flag).is_some_and(|flag| !named(key, flag)) {
            let cause = format!("No rule of `{}` names this experiment, so nobody takes part.", experiment.flag);
            let fix = format!("Add the rule {{\"experiment\": \"{key}\"}} to the flag, or take the run away.");
            all.push(Advice::new(format!("/experiments/{key}/run"), Code::Unused, cause, fix));
        }
    }
    let Some(events) = facts.events else { return };
    for (key, metric) in document.metrics.iter().filter(|(key, _)| has(&metrics, key)) {
        if !events.contains_key(&metric.event) {
            let cause = format!("No event `{}` was seen lately.", metric.event);
            let fix = "Send the event, or look for a mistake in its name: without it the metric stays at 0.";
            all.push(Advice::new(format!("/metrics/{key}/event"), Code::MetricWithoutTraffic, cause, fix));
        }
    }
}
