//! What came of it: reports of experiments, and the ledger.

use super::answer::{json_answer, refuse};
use super::ask;
use super::projects::Place;
use pointsman::collect::{Receipt, Sum};
use pointsman::counts::Counts;
use pointsman::document::{self, Document, Experiment, Run};
use pointsman::report::{Arm, Tallies, report};
use serde_json::json;
use worker::{Env, Response, Result};

/// `GET …/experiments`: the keys of all experiments.
pub(super) async fn experiments(env: &Env, place: &Place) -> Result<Response> {
    let document = current(env, place).await?;
    json_answer(200, &json!({"experiments": document.experiments.keys().collect::<Vec<_>>()}))
}

/// `GET …/experiments/<key>/report`: what an experiment's present run has shown so far.
pub(super) async fn experiment(env: &Env, place: &Place, key: &str) -> Result<Response> {
    let document = current(env, place).await?;
    let Some(experiment) = document.experiments.get(key) else { return refuse(404, "There is no such experiment.") };
    let Some(run) = &experiment.run else { return refuse(409, "This experiment has not been started.") };
    let sums: Vec<Vec<Sum>> = ask::shards(env, place, "sums", &run.id).await?;
    let counts = Counts { sums: sums.concat(), last: None };
    let tallies = tally(key, experiment, run, &counts.sums);
    let ledger = total(env, place).await?;
    json_answer(200, &json!({"report": report(&tallies), "losses": counts.losses(), "ledger": ledger}))
}

/// The document that runs; an empty one before the first.
async fn current(env: &Env, place: &Place) -> Result<Document> {
    let (_, body) = ask::control(env, place, "document").await?;
    let empty = || json!({"format": 1, "flags": {}});
    let tree = Some(body["document"].clone()).filter(|document| !document.is_null()).unwrap_or_else(empty);
    document::from_tree(tree).map_err(|_| worker::Error::from("the published document is no longer readable"))
}

/// `GET …/ledger`: received = stored + duplicate + rejected + filtered.
pub(super) async fn ledger(env: &Env, place: &Place) -> Result<Response> {
    json_answer(200, &json!(total(env, place).await?))
}

pub(super) async fn total(env: &Env, place: &Place) -> Result<Receipt> {
    let mut total = Receipt::default();
    for ledger in ask::shards::<Receipt>(env, place, "ledger", "").await? {
        total.add(&ledger);
    }
    Ok(total)
}

/// The sums of all shards and epochs, by variant. A variant that the split does not know has no weight; its units are a
/// leak, which the report says.
fn tally(key: &str, experiment: &Experiment, run: &Run, sums: &[Sum]) -> Tallies {
    let mut arms: Vec<Arm> = Vec::new();
    let mut start = 0;
    for (end, variant) in &run.split {
        arm(&mut arms, variant).weight += end - start;
        start = *end;
    }
    for sum in sums.iter().filter(|sum| sum.dimension.is_empty()) {
        let arm = arm(&mut arms, &sum.variant);
        let at = |index: usize| sum.vector.get(index).and_then(|digits| digits.parse().ok()).unwrap_or(0_u64);
        if sum.metric.is_empty() {
            arm.assigned += at(0);
            arm.confirmed += at(1);
            arm.crossed += at(2);
        } else if sum.metric == experiment.metric {
            arm.converted += at(0);
        }
    }
    Tallies {
        experiment: key.to_string(),
        run: run.id.clone(),
        epoch: run.epoch,
        metric: experiment.metric.clone(),
        control: experiment.control.clone(),
        arms,
    }
}

/// The variant's arm, made if it is new.
fn arm<'a>(arms: &'a mut Vec<Arm>, variant: &str) -> &'a mut Arm {
    let index = arms.iter().position(|arm| arm.variant == variant).unwrap_or_else(|| {
        arms.push(Arm { variant: variant.to_string(), ..Arm::default() });
        arms.len() - 1
    });
    &mut arms[index]
}
