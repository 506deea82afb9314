//! `GET …/data`: is the pipeline alive, and where did every event go?

use super::answer::json_answer;
use super::collector;
use super::project::Call;
use super::projects::Place;
use serde_json::{Value, json};
use worker::{Env, Response, Result};

/// The ledger, the metrics with what was heard of their events, all events, and the runs.
pub(super) async fn data(env: &Env, call: Call, place: &Place) -> Result<Response> {
    let mut asked = call.instead(&["environments", place.environment.name(), "metrics"]);
    asked.envelope["query"] = json!({"brief": "1"});
    let (_, mut known) = asked.ask(env).await?;
    let ledger = collector::total(env, place).await?;
    let events = collector::catalog(env, place).await?;
    for metric in known["metrics"].as_array_mut().into_iter().flatten() {
        let own = events.iter().find(|event| metric["event"] == event.name.as_str());
        metric["last"] = json!(own.and_then(|event| event.last));
        metric["total"] = json!(own.map_or(0, |event| event.n));
    }
    let Value::Object(_) = known else { return json_answer(200, &json!({"ledger": ledger})) };
    known["bots"] = json!(ledger.bots());
    known["ledger"] = json!(ledger);
    known["events"] = json!(events);
    known["rebuilding"] = json!(collector::rebuilding(env, place).await?);
    known["intake"] = json!(place.intake);
    known["asOf"] = json!(collector::now(env)?);
    json_answer(200, &known)
}
