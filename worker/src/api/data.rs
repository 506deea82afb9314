//! `GET …/data`: is the pipeline alive, and where did every event go?

use super::answer::json_answer;
use super::ask;
use super::project::Call;
use super::projects::Place;
use pointsman::collect::SeenEvent;
use serde::Deserialize;
use serde_json::{Value, json};
use worker::{Env, Response, Result};

#[derive(Deserialize)]
struct Events {
    events: Vec<SeenEvent>,
}

/// The ledger, the metrics with what was heard of their events, and the runs.
pub(super) async fn data(env: &Env, call: Call, place: &Place) -> Result<Response> {
    let (_, mut known) = call.instead(&["environments", place.environment.name(), "metrics"]).ask(env).await?;
    let ledger = super::reports::total(env, place).await?;
    let heard: Vec<Events> = ask::shards(env, place, "events", "").await?;
    let all: Vec<_> = heard.into_iter().flat_map(|shard| shard.events).collect();
    for metric in known["metrics"].as_array_mut().into_iter().flatten() {
        let own = || all.iter().filter(|event| metric["event"] == event.name.as_str());
        let (last, n) = (own().filter_map(|event| event.last).max(), own().map(|event| event.n).sum::<i64>());
        metric["last"] = json!(last);
        metric["total"] = json!(n);
    }
    let bots = ledger.filtered.get("bot").copied().unwrap_or(0);
    let now: i64 = env.var("NOW")?.to_string().parse().unwrap_or(0);
    let Value::Object(_) = known else { return json_answer(200, &json!({"ledger": ledger})) };
    known["ledger"] = json!(ledger);
    known["bots"] = json!(bots);
    known["asOf"] = json!(now);
    json_answer(200, &known)
}
