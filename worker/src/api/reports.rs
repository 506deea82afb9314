//! What came of it: reports of experiments.

use super::answer::{json_answer, refuse};
use super::project::Call;
use super::projects::Place;
use super::{ask, collector};
use pointsman::collect::Measure;
use pointsman::counts::Counts;
use pointsman::document::{self, Document, Experiment, Run};
use pointsman::environment::Environment;
use pointsman::metric::{self, Counted};
use pointsman::report::Tallies;
use serde_json::{Value, json};
use worker::{Env, Response, Result};

/// `GET …/experiments`: the keys of all experiments.
pub(super) fn experiments(document: &Document) -> Result<Response> {
    json_answer(200, &json!({"experiments": document.experiments.keys().collect::<Vec<_>>()}))
}

/// `GET …/experiments/<key>/report`: what an experiment's present run has shown so far.
pub(super) async fn experiment(
    env: &Env,
    call: &Call,
    place: &Place,
    document: &Document,
    key: &str,
) -> Result<Response> {
    let Some(experiment) = document.experiments.get(key) else { return refuse(404, "There is no such experiment.") };
    let Some(run) = &experiment.run else { return refuse(409, "This experiment has not been started.") };
    let (counts, ledger) = collector::overall(env, place, &run.id).await?;
    let report = match planned(env, call, place, document, &run.id, key).await? {
        Ok(Some(report)) => report,
        Ok(None) => {
            json!(tally(key, experiment, run, &metric::measure(document, &experiment.metric), &counts).report())
        }
        Err(refusal) => return Ok(refusal),
    };
    json_answer(200, &json!({"report": report, "losses": counts.losses(), "ledger": ledger, "intake": place.intake}))
}

/// The report of a run that has a plan, with the verdict that follows from plan and guardrails, as every screen has it.
/// Nothing for a run that was written into a document: its counts alone speak.
async fn planned(
    env: &Env,
    call: &Call,
    place: &Place,
    document: &Document,
    run: &str,
    key: &str,
) -> Result<core::result::Result<Option<Value>, Response>> {
    if place.environment != Environment::Production || place.intake != document.intake {
        return Ok(Ok(None));
    }
    let (status, mut body) = call.instead(&["experiments", key, "reading"]).ask(env).await?;
    match status {
        200 => Ok(Ok(Some(body["report"].take()).filter(|report| report["run"] == run))),
        404 => Ok(Ok(None)),
        _ => Ok(Err(json_answer(status, &body)?)),
    }
}

/// The document that runs; an empty one before the first.
pub(super) async fn current(env: &Env, place: &Place) -> Result<Document> {
    let (_, body) = ask::control(env, place, "document").await?;
    let empty = || json!({"format": 1, "flags": {}});
    let tree = Some(body["document"].clone()).filter(|document| !document.is_null()).unwrap_or_else(empty);
    document::from_tree(tree).map_err(|_| worker::Error::from("the published document is no longer readable"))
}

/// The runs of a document.
pub(super) fn runs(document: &Document) -> impl Iterator<Item = &str> {
    document.experiments.values().filter_map(|experiment| Some(experiment.run.as_ref()?.id.as_str()))
}

/// The counts of all shards and epochs, by variant. A variant that the split does not know has no weight; its units are a
/// leak, which the report says.
fn tally(key: &str, experiment: &Experiment, run: &Run, measure: &Measure, counts: &Counts) -> Counted {
    let mut weights: Vec<(String, u64)> = Vec::new();
    let mut start = 0;
    let met = counts.variants().into_iter().map(|variant| (variant, 0));
    let planned = run.split.iter().map(|(end, variant)| (variant.clone(), end - core::mem::replace(&mut start, *end)));
    for (variant, weight) in planned.chain(met) {
        match weights.iter_mut().find(|(known, _)| *known == variant) {
            Some((_, all)) => *all += weight,
            None => weights.push((variant, weight)),
        }
    }
    let mut counted = counts.counted(&experiment.metric, measure, &weights);
    counted.tallies = Tallies {
        experiment: key.to_string(),
        run: run.id.clone(),
        epoch: run.epoch,
        control: experiment.control.clone(),
        ..counted.tallies
    };
    counted
}
