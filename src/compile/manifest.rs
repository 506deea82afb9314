//! What JavaScript reads of a snapshot: names and values by the indices that the program uses.

use super::Audience;
use crate::document::{Document, Edit, Experiment, Flag};
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;
use serde_json::Value;

#[derive(Serialize)]
struct Manifest<'d> {
    /// The attribute of each slot of a context record.
    attributes: &'d [&'d str],
    flags: Vec<FlagNames<'d>>,
    runs: Vec<RunNames<'d>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    edits: &'d [&'d Edit],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    measures: Vec<Measure<'d>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    surveys: Vec<SurveyWords<'d>>,
}

#[derive(Serialize)]
struct FlagNames<'d> {
    key: &'d str,
    client: bool,
    variants: Vec<&'d str>,
    values: Vec<&'d Value>,
}

#[derive(Serialize)]
struct RunNames<'d> {
    id: &'d str,
    epoch: u32,
}

/// Which events the collector counts for which run.
#[derive(Serialize)]
struct Measure<'d> {
    run: &'d str,
    metric: &'d str,
    event: &'d str,
}

/// What visitors in a run are asked.
#[derive(Serialize)]
struct SurveyWords<'d> {
    key: &'d str,
    run: &'d str,
    question: &'d str,
    choices: &'d [String],
    comment: bool,
}

/// The manifest's bytes.
pub(super) fn write(
    document: &Document,
    audience: Audience,
    attributes: &[&str],
    flags: &[(&str, &Flag)],
    runs: &[&Experiment],
    edits: &[&Edit],
) -> Vec<u8> {
    let flags = flags.iter().map(|&(key, flag)| FlagNames {
        key,
        client: flag.client,
        variants: flag.variants.keys().map(String::as_str).collect(),
        values: flag.variants.values().collect(),
    });
    let started = || runs.iter().filter_map(|experiment| Some((*experiment, experiment.run.as_ref()?)));
    let measures = started().filter(|_| audience == Audience::Edge).flat_map(|(experiment, run)| {
        let metrics = core::iter::once(&experiment.metric).chain(&experiment.guardrails);
        metrics.filter_map(|metric| {
            let event = &document.metrics.get(metric)?.event;
            Some(Measure { run: &run.id, metric, event })
        })
    });
    let surveys = document.surveys.iter().filter(|_| audience == Audience::Edge).filter_map(|(key, survey)| {
        let run = &document.experiments.get(&survey.experiment)?.run.as_ref()?.id;
        Some(SurveyWords { key, run, question: &survey.question, choices: &survey.choices, comment: survey.comment })
    });
    let manifest = Manifest {
        attributes,
        flags: flags.collect(),
        runs: started().map(|(_, run)| RunNames { id: &run.id, epoch: run.epoch }).collect(),
        edits,
        measures: measures.collect(),
        surveys: surveys.collect(),
    };
    // A map with string keys and no foreign types cannot fail to be JSON.
    serde_json::to_vec(&manifest).unwrap_or_default()
}
