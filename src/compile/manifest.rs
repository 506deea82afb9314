//! What JavaScript reads of a snapshot: names and values by the indices that the program uses.

use super::Audience;
use crate::document::{Document, Edit, Experiment, Flag, Intake, Named, Privacy};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;
use serde_json::Value;

#[derive(Serialize)]
struct Manifest<'d> {
    /// The attribute of each slot of a context record.
    attributes: &'d [&'d str],
    /// Each flag's key.
    keys: Vec<&'d str>,
    /// Each flag's kind: its index in `kinds`.
    kind: Vec<u32>,
    /// What flags have in common, each once: most flags of a document are on or off.
    kinds: Vec<Kind<'d>>,
    /// Each run's name. Its epoch stands in the program.
    runs: Vec<&'d str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    edits: &'d [&'d Edit],
    /// The events that metrics count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    events: Vec<&'d str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    surveys: Vec<SurveyWords<'d>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    goals: Option<&'d Named<Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    privacy: Option<&'d Privacy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    intake: Option<Intake>,
    /// Each dimension's name, the steps to its value in a context, and its values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dimensions: Vec<(&'d str, Vec<String>, &'d [String])>,
}

/// The variants of flags, and whether browsers may know of them.
#[derive(Serialize)]
struct Kind<'d> {
    client: bool,
    variants: Vec<&'d str>,
    values: Vec<&'d Value>,
}

/// What visitors in a run are asked.
#[derive(Serialize)]
struct SurveyWords<'d> {
    key: &'d str,
    run: &'d str,
    question: &'d str,
    choices: Vec<String>,
    #[serde(skip_serializing_if = "Value::is_null")]
    rating: &'d Value,
    #[serde(skip_serializing_if = "Value::is_null")]
    follow: &'d Value,
    comment: bool,
    #[serde(skip_serializing_if = "Value::is_null")]
    when: &'d Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    talk: Option<&'d str>,
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    contact: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    languages: Option<&'d Named<Value>>,
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
    let (mut kinds, mut places) = (Vec::new(), BTreeMap::new());
    let mut kind = Vec::new();
    for (_, flag) in flags {
        let (variants, values) = flag.variants.iter().map(|(name, value)| (name.as_str(), value)).unzip();
        let own = Kind { client: flag.client, variants, values };
        kind.push(*places.entry(json(&own)).or_insert_with(|| {
            kinds.push(own);
            kinds.len() as u32 - 1
        }));
    }
    let surveys = document.surveys.iter().filter(|_| audience == Audience::Edge).filter_map(|(key, survey)| {
        let run = &document.experiments.get(&survey.experiment)?.run.as_ref()?.id;
        Some(SurveyWords {
            key,
            run,
            question: &survey.question,
            choices: survey.answers(),
            rating: &survey.rating,
            follow: &survey.follow,
            comment: survey.comment,
            when: &survey.when,
            talk: survey.talk.as_deref(),
            contact: survey.contact,
            languages: Some(&survey.languages).filter(|languages| !languages.is_empty()),
        })
    });
    let counted =
        document.metrics.iter().filter(|_| audience == Audience::Edge).map(|(_, metric)| metric.event.as_str());
    let manifest = Manifest {
        attributes,
        keys: flags.iter().map(|(key, _)| *key).collect(),
        kind,
        kinds,
        runs: runs.iter().filter_map(|experiment| Some(experiment.run.as_ref()?.id.as_str())).collect(),
        edits,
        events: crate::order::set(counted),
        surveys: surveys.collect(),
        goals: Some(&document.goals).filter(|goals| audience == Audience::Edge && !goals.is_empty()),
        privacy: document.privacy.as_ref().filter(|_| audience == Audience::Edge),
        intake: Some(document.intake).filter(|intake| audience == Audience::Edge && intake.is_open()),
        dimensions: document
            .dimensions
            .iter()
            .map(|(name, own)| (name.as_str(), own.path(name), &own.values[..]))
            .collect(),
    };
    json(&manifest)
}

/// A value as JSON. With string keys and no foreign types it cannot fail to be.
fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
