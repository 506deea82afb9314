//! What happens inside a Durable Object's transaction. The JavaScript class opens it, calls one of these, and commits;
//! an error or a panic rolls it back.

use crate::bridge::{Bridge, Storage};
use pointsman::collect::{self, Batch};
use pointsman::compile::Audience;
use pointsman::sql::Failure;
use pointsman::time::Millis;
use pointsman::versions::{self, Refusal};
use pointsman::voices::{self, Answer};
use serde::Deserialize;
use serde_json::{Value, json};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// Status and body of an answer. Statuses other than 200 have changed nothing.
fn answer(status: u16, body: &Value) -> String {
    json!({"status": status, "body": body}).to_string()
}

fn thrown(failure: &Failure) -> JsError {
    JsError::new(&failure.to_string())
}

/// Makes the tables of an object of a kind. Called once, before its first request.
#[wasm_bindgen]
pub fn prepare(storage: &Storage, kind: &str) -> Result<(), JsError> {
    let sql = &mut Bridge(storage);
    let result = match kind {
        "control" => versions::prepare(sql),
        "shard" => collect::prepare(sql),
        "voices" => voices::prepare(sql),
        _ => return Err(JsError::new("there are no such objects")),
    };
    result.map_err(|failure| thrown(&failure))
}

/// One request to a collector shard.
#[wasm_bindgen]
pub fn shard(storage: &Storage, operation: &str, argument: &str, body: &str, now: f64) -> Result<String, JsError> {
    let sql = &mut Bridge(storage);
    let result = match operation {
        "collect" => match serde_json::from_str::<Batch>(body) {
            Ok(batch) => collect::step(sql, &batch, Millis::from_f64(now)).map(|receipt| json!(receipt)),
            Err(error) => return Ok(answer(400, &json!({"error": error.to_string()}))),
        },
        "sums" => collect::sums(sql, argument).map(|sums| json!(sums)),
        "ledger" => collect::ledger(sql).map(|ledger| json!(ledger)),
        "last" => collect::freshness(sql, argument).map(|freshness| json!(freshness)),
        "events" => collect::events(sql).map(|events| json!({"events": events})),
        _ => return Ok(answer(404, &json!({"error": "a shard cannot do that"}))),
    };
    result.map(|body| answer(200, &body)).map_err(|failure| thrown(&failure))
}

/// A search of a survey's answers. Empty texts ask for all.
#[derive(Deserialize)]
struct Query {
    #[serde(default)]
    query: String,
    #[serde(default)]
    variant: String,
}

/// One request to a store of voices.
#[wasm_bindgen]
pub fn voices(storage: &Storage, operation: &str, argument: &str, body: &str, now: f64) -> Result<String, JsError> {
    let sql = &mut Bridge(storage);
    let now = Millis::from_f64(now);
    let malformed = |error: &serde_json::Error| Ok(answer(400, &json!({"error": error.to_string()})));
    let result = match operation {
        "answer" => match serde_json::from_str::<Answer>(body) {
            Ok(said) => voices::answer(sql, &said, now).map(|outcome| json!(outcome)),
            Err(error) => return malformed(&error),
        },
        "summary" => voices::summary(sql, argument).map(|arms| json!({"arms": arms})),
        "search" => match serde_json::from_str::<Query>(body) {
            Ok(Query { query, variant }) => {
                voices::search(sql, argument, &query, &variant).map(|answers| json!({"answers": answers}))
            }
            Err(error) => return malformed(&error),
        },
        "purge" => voices::purge(sql, now).map(|deleted| json!({"deleted": deleted})),
        "forget" => voices::forget(sql, argument).map(|deleted| json!({"deleted": deleted})),
        _ => return Ok(answer(404, &json!({"error": "a store of voices cannot do that"}))),
    };
    result.map(|body| answer(200, &body)).map_err(|failure| thrown(&failure))
}

/// One request to the control object.
#[wasm_bindgen]
pub fn control(storage: &Storage, operation: &str, argument: &str, body: &str, now: f64) -> Result<String, JsError> {
    let sql = &mut Bridge(storage);
    let result = match operation {
        "pointer" => versions::pointer(sql).map(|pointer| json!(pointer)),
        "document" => {
            versions::pointer(sql).and_then(|pointer| {
                let text = versions::document(sql)?;
                // What has been published is JSON; `Value` keeps its keys in order and its numbers as they are.
                let document = text.and_then(|text| serde_json::from_str::<Value>(&text).ok());
                Ok(json!({"version": pointer.version, "document": document}))
            })
        }
        "check" => versions::check(sql, body).map(|problems| json!({"problems": problems})),
        "publish" => match versions::publish(sql, body, argument.parse().unwrap_or(-1), Millis::from_f64(now)) {
            Ok(pointer) => Ok(json!(pointer)),
            Err(Refusal::Problems(problems)) => return Ok(answer(422, &json!({"problems": problems}))),
            Err(Refusal::Conflict(current)) => {
                let error = "The document has changed since you read it. Read it again, then publish.";
                return Ok(answer(412, &json!({"error": error, "current": current})));
            }
            Err(Refusal::Store(failure)) => Err(failure),
        },
        _ => return Ok(answer(404, &json!({"error": "the control object cannot do that"}))),
    };
    result.map(|body| answer(200, &body)).map_err(|failure| thrown(&failure))
}

/// A version's snapshot, or nothing.
#[wasm_bindgen]
pub fn snapshot(storage: &Storage, version: f64, client: bool) -> Result<Option<Vec<u8>>, JsError> {
    let audience = if client { Audience::Client } else { Audience::Edge };
    versions::snapshot(&mut Bridge(storage), version as i64, audience).map_err(|failure| thrown(&failure))
}
