//! What happens inside a Durable Object's transaction. The JavaScript class opens it, calls one of these, and commits;
//! an error or a panic rolls it back.

use crate::bridge::{Bridge, Storage};
use pointsman::collect::{self, Batch};
use pointsman::compile::Audience;
use pointsman::environment::Environment;
use pointsman::sql::Failure;
use pointsman::time::Millis;
use pointsman::versions::{self, NO_AUDIT, Note, Refusal};
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

/// Makes an object's tables. Called once, before its first request.
#[wasm_bindgen]
pub fn prepare(storage: &Storage) -> Result<(), JsError> {
    let sql = &mut Bridge(storage);
    collect::prepare(sql).and_then(|()| versions::prepare(sql)).map_err(|failure| thrown(&failure))
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

/// One request to the control object. The argument starts with an environment: `production`, `production/7`.
#[wasm_bindgen]
pub fn control(storage: &Storage, operation: &str, argument: &str, body: &str, now: f64) -> Result<String, JsError> {
    let Some((environment, rest)) = located(argument) else {
        return Ok(answer(404, &json!({"error": "there is no such environment"})));
    };
    let sql = &mut Bridge(storage);
    let result = match operation {
        "pointer" => versions::pointer(sql, environment).map(|pointer| json!(pointer)),
        "document" => document(sql, environment),
        "versions" => versions::history(sql, environment).map(|versions| json!({"versions": versions})),
        "check" => versions::check(sql, environment, body).map(|problems| json!({"problems": problems})),
        "publish" => {
            let (seen, now) = (rest.parse().unwrap_or(-1), Millis::from_f64(now));
            match versions::publish(sql, environment, body, seen, NOTE, now) {
                Ok(pointer) => Ok(json!(pointer)),
                Err(Refusal::Problems(problems)) => return Ok(answer(422, &json!({"problems": problems}))),
                Err(Refusal::Conflict(current)) => {
                    let error = "The document has changed since you read it. Read it again, then publish.";
                    return Ok(answer(412, &json!({"error": error, "current": current})));
                }
                Err(Refusal::Store(failure)) => Err(failure),
            }
        }
        _ => return Ok(answer(404, &json!({"error": "the control object cannot do that"}))),
    };
    result.map(|body| answer(200, &body)).map_err(|failure| thrown(&failure))
}

/// Until there are people and an audit log, whoever has the admin token publishes.
const NOTE: Note = Note { who: "admin", why: "", audit: NO_AUDIT };

/// The environment at the start of an argument, and the rest of it.
fn located(argument: &str) -> Option<(Environment, &str)> {
    let (environment, rest) = argument.split_once('/').unwrap_or((argument, ""));
    Some((Environment::from_name(environment)?, rest))
}

fn document(sql: &mut Bridge, environment: Environment) -> Result<Value, Failure> {
    let pointer = versions::pointer(sql, environment)?;
    let text = versions::document(sql, environment)?;
    // What has been published is JSON; `Value` keeps its keys in order and its numbers as they are.
    let document = text.and_then(|text| serde_json::from_str::<Value>(&text).ok());
    Ok(json!({"version": pointer.version, "document": document}))
}

/// The snapshot of a version, named as `production/7`, or nothing.
#[wasm_bindgen]
pub fn snapshot(storage: &Storage, version: &str, client: bool) -> Result<Option<Vec<u8>>, JsError> {
    let audience = if client { Audience::Client } else { Audience::Edge };
    let Some((environment, number)) = located(version) else { return Ok(None) };
    let Ok(number) = number.parse() else { return Ok(None) };
    versions::snapshot(&mut Bridge(storage), environment, number, audience).map_err(|failure| thrown(&failure))
}
