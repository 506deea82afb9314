//! What happens inside a Durable Object's transaction. The JavaScript class opens it, calls one of these, and commits;
//! an error or a panic rolls it back.

use crate::bridge::{Bridge, Storage};
use pointsman::collect::{self, Batch, Tally, segment};
use pointsman::compile::Audience;
use pointsman::environment::Environment;
use pointsman::project::clock::{self, Turn};
use pointsman::project::{self, Call};
use pointsman::sql::Failure;
use pointsman::time::Millis;
use pointsman::versions;
use pointsman::voices::{self, Answer, Asking, Outcome, Query, contacts, themes, tickets};
use serde_json::{Value, json};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsError, JsValue};

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
        "control" => project::prepare(sql),
        "shard" => collect::prepare(sql),
        "voices" => voices::prepare(sql),
        _ => return Err(JsError::new("there are no such objects")),
    };
    result.map_err(|failure| thrown(&failure))
}

/// The status of an answer that names versions of the configuration which the shard has to learn before.
const UNKNOWN: u16 = 409;

/// One request to a collector shard.
#[wasm_bindgen]
pub fn shard(storage: &Storage, operation: &str, argument: &str, body: &str, now: f64) -> Result<String, JsError> {
    let sql = &mut Bridge(storage);
    let now = Millis::from_f64(now);
    let number = || argument.parse::<i64>().unwrap_or(0);
    // A segment's number and generation.
    let place = || {
        let (number, generation) = argument.split_once('/').unwrap_or_default();
        (number.parse().unwrap_or(0), generation.parse().unwrap_or(0))
    };
    let nothing = |()| Value::Null;
    let result = match operation {
        "collect" | "watch" => return collected(sql, body, operation == "watch", now),
        "learn" => match serde_json::from_str(body) {
            Ok(definitions) => collect::learn(sql, &definitions, now).map(nothing),
            Err(error) => return Ok(answer(400, &json!({"error": error.to_string()}))),
        },
        "sums" => collect::sums(sql, argument, now).map(|sums| json!(sums)),
        "overall" => overall(sql, argument, now),
        "every" => collect::every(sql, now).map(|every| json!(every)),
        "totals" => collect::totals(sql, number()).map(|totals| json!(totals)),
        "whole" => collect::whole(sql, number()).map(|totals| json!(totals)),
        "visitors" => match serde_json::from_str(argument) {
            Ok(asked) => collect::visitors(sql, &asked, collect::LOOKED_AT, now).map(|sums| json!(sums)),
            Err(error) => return Ok(answer(400, &json!({"error": error.to_string()}))),
        },
        "ledger" => collect::ledger(sql).map(|ledger| json!(ledger)),
        "lines" => collect::lines(sql, number()).map(|lines| json!(lines)),
        "push" => collect::push(sql, argument, now).map(|tallies| json!(tallies)),
        "told" => match serde_json::from_str::<Vec<_>>(body) {
            Ok(heard) => collect::told(sql, &heard).map(nothing),
            Err(error) => return Ok(answer(400, &json!({"error": error.to_string()}))),
        },
        "met" => each(body, |asked| {
            let met = collect::met(sql, asked[0].as_str().unwrap_or_default(), asked[1].as_i64().unwrap_or_default());
            met.map(|met| json!(met))
        }),
        "telling" => collect::telling(sql, now).map(|telling| json!(telling)),
        "events" => collect::events(sql).map(|events| json!({"events": events})),
        "rebuild" => collect::rebuild(sql).map(|more| json!(more)),
        "rebuilding" => collect::rebuilding(sql).map(|all| json!(all)),
        "erase" => collect::erase(sql, argument, now).map(|rows| json!({"rows": rows})),
        "prune" => collect::prune(sql, now, collect::KEPT).map(|more| json!(more)),
        "seal" => segment::seal(sql).map(|segment| json!(segment)),
        "sealed" => segment::sealed(sql, number()).map(nothing),
        "upkeep" => segment::upkeep(sql).map(|upkeep| json!(upkeep)),
        "without" => segment::without_erased(sql, place().0, place().1, body).map(|text| json!(text)),
        "rewritten" => segment::rewritten(sql, place().0, place().1).map(nothing),
        "deleted" => segment::deleted(sql, argument).map(nothing),
        "segments" => {
            segment::segments(sql).map(|(segments, waiting)| json!({"segments": segments, "waiting": waiting}))
        }
        _ => return Ok(answer(404, &json!({"error": "a shard cannot do that"}))),
    };
    result.map(|body| answer(200, &body)).map_err(|failure| thrown(&failure))
}

/// All that a report asks of a shard, at once: each question more is a way there and back.
fn overall(sql: &mut Bridge, run: &str, now: Millis) -> Result<Value, Failure> {
    Ok(json!({"sums": collect::overall(sql, run, now)?, "ledger": collect::ledger(sql)?}))
}

/// Takes batches in, all or none, and answers with their receipts; where somebody looks, also with what became of each event.
fn collected(sql: &mut Bridge, body: &str, is_watched: bool, now: Millis) -> Result<String, JsError> {
    let batches: Vec<Batch> = match serde_json::from_str(body) {
        Ok(batches) => batches,
        Err(error) => return Ok(answer(400, &json!({"error": error.to_string()}))),
    };
    let unknown = collect::unknown(sql, &batches).map_err(|failure| thrown(&failure))?;
    if !unknown.is_empty() {
        return Ok(answer(UNKNOWN, &json!({"unknown": unknown})));
    }
    if is_watched {
        let (receipts, arrived) = collect::watch(sql, &batches, now).map_err(|failure| thrown(&failure))?;
        return Ok(answer(200, &json!({"receipts": receipts, "arrived": arrived})));
    }
    let receipts = collect::commit(sql, &batches, now).map_err(|failure| thrown(&failure))?;
    Ok(answer(200, &json!(receipts)))
}

/// One request to a store of voices.
#[wasm_bindgen]
pub fn voices(storage: &Storage, operation: &str, argument: &str, body: &str, now: f64) -> Result<String, JsError> {
    let sql = &mut Bridge(storage);
    let now = Millis::from_f64(now);
    let malformed = |error: &serde_json::Error| Ok(answer(400, &json!({"error": error.to_string()})));
    let result = match operation {
        "answer" => match serde_json::from_str::<Vec<Answer>>(body) {
            Ok(all) => outcomes(all.iter().map(|said| voices::answer(sql, said, now))),
            Err(error) => return malformed(&error),
        },
        "ask" => match serde_json::from_str::<Vec<Asking>>(body) {
            Ok(all) => outcomes(all.iter().map(|asking| voices::claim(sql, asking, now))),
            Err(error) => return malformed(&error),
        },
        "keep" => each(body, |ticket| tickets::keep(sql, ticket).map(|outcome| json!(outcome))),
        "summary" => voices::summary(sql, argument).and_then(|arms| {
            voices::reach(sql, argument).map(|[asked, waited]| json!({"arms": arms, "asked": asked, "waited": waited}))
        }),
        "search" | "tickets" | "find" => match serde_json::from_str::<Query>(body) {
            Ok(query) => asked(sql, operation, argument, &query),
            Err(error) => return malformed(&error),
        },
        "contact" => {
            let contact: Value = serde_json::from_str(body).unwrap_or_default();
            contacts::keep(sql, &contact, now).map(|outcome| json!(outcome))
        }
        "contacts" => contacts::list(sql, argument, now),
        "heard" => tickets::heard(sql),
        "themes" => {
            let arms: Value = serde_json::from_str(body).unwrap_or_default();
            themes::read(sql, argument, [0, 1].map(|arm| arms[arm].as_str().unwrap_or_default()))
        }
        "purge" => voices::purge(sql, now).map(|deleted| json!({"deleted": deleted})),
        "forget" => voices::forget(sql, argument, now).map(|deleted| json!({"deleted": deleted})),
        _ => return Ok(answer(404, &json!({"error": "a store of voices cannot do that"}))),
    };
    result.map(|body| answer(200, &body)).map_err(|failure| thrown(&failure))
}

/// What was said in a survey, what was written in a run, or what is found by its words.
fn asked(sql: &mut Bridge, operation: &str, argument: &str, query: &Query) -> Result<Value, Failure> {
    match operation {
        "search" => voices::search(sql, argument, query).map(|(all, next)| json!({"answers": all, "next": next})),
        "tickets" => tickets::list(sql, query, argument == "sessions"),
        _ => tickets::find(sql, query),
    }
}

/// What became of each, or the first failure, which undoes them all.
fn outcomes(mut all: impl Iterator<Item = Result<Outcome, Failure>>) -> Result<Value, Failure> {
    all.try_fold(Vec::new(), |mut told, outcome| {
        told.push(json!(outcome?));
        Ok(told)
    })
    .map(Value::Array)
}

/// An answer for each of the things in a JSON list.
fn each(body: &str, mut one: impl FnMut(&Value) -> Result<Value, Failure>) -> Result<Value, Failure> {
    let all: Value = serde_json::from_str(body).unwrap_or_default();
    let mut told = Vec::new();
    for given in all.as_array().into_iter().flatten() {
        told.push(one(given)?);
    }
    Ok(Value::Array(told))
}

/// A question about what runs in an environment: `pointer`, `document`, `definitions` of a version, where its log goes,
/// `feed`, or the zone and the quiet `hours` of its project.
#[wasm_bindgen]
pub fn control(storage: &Storage, operation: &str, argument: &str) -> Result<String, JsError> {
    let Some((environment, version)) = located(argument) else {
        return Ok(answer(404, &json!({"error": "there is no such environment"})));
    };
    let sql = &mut Bridge(storage);
    let result = match operation {
        "pointer" => versions::pointer(sql, environment).map(|pointer| json!(pointer)),
        "document" => document(sql, environment),
        "feed" => project::feed(sql).map(|url| json!(url)),
        "hours" => project::hours(sql),
        "definitions" => {
            versions::definitions(sql, environment, version.parse().unwrap_or(0)).map(|known| json!(known))
        }
        _ => return Ok(answer(404, &json!({"error": "the control object cannot do that"}))),
    };
    result.map(|body| answer(200, &body)).map_err(|failure| thrown(&failure))
}

/// One call of the API: JSON of [`project::Call`] in, status and body out.
#[wasm_bindgen]
pub fn call(storage: &Storage, call: &str, now: f64) -> Result<String, JsError> {
    let call: Call = match serde_json::from_str(call) {
        Ok(call) => call,
        Err(error) => return Ok(answer(400, &json!({"error": error.to_string()}))),
    };
    let answered =
        project::answer(&mut Bridge(storage), &call, Millis::from_f64(now)).map_err(|failure| thrown(&failure))?;
    Ok(answer(answered.status, &answered.body))
}

/// All that is wrong with a document for an environment, as a JSON list.
#[wasm_bindgen]
pub fn check(storage: &Storage, environment: &str, text: &str) -> Result<String, JsError> {
    let Some((environment, _)) = located(environment) else { return Ok("[]".to_string()) };
    let problems = versions::check(&mut Bridge(storage), environment, text).map_err(|failure| thrown(&failure))?;
    Ok(json!(problems).to_string())
}

/// Takes in what a shard tells, a JSON list of [`Tally`], and gives what is heard of these runs.
#[wasm_bindgen]
pub fn hear(storage: &Storage, tallies: &str, now: f64) -> Result<String, JsError> {
    let tallies: Vec<Tally> = serde_json::from_str(tallies)?;
    let heard =
        project::hear(&mut Bridge(storage), &tallies, Millis::from_f64(now)).map_err(|failure| thrown(&failure))?;
    Ok(json!(heard).to_string())
}

/// Does what follows from the counts and the time: `found` is JSON of [`project::FoundOf`], `clocks` of
/// [`project::Clocks`]. Gives when to look again.
#[wasm_bindgen]
pub fn tick(storage: &Storage, console: &str, found: &str, clocks: &str, now: f64) -> Result<f64, JsError> {
    let (found, clocks) = (serde_json::from_str(found)?, serde_json::from_str(clocks)?);
    let next = project::tick(&mut Bridge(storage), console, &found, &clocks, Millis::from_f64(now));
    #[expect(clippy::cast_precision_loss, reason = "milliseconds stay below 2^53")]
    next.map(|next| next as f64).map_err(|failure| thrown(&failure))
}

/// What has to be asked outside for a call of the API, or for what starts by itself where there is none: a JSON list of
/// [`project::Questions`].
#[wasm_bindgen]
pub fn asks(storage: &Storage, call: &str, now: f64) -> Result<String, JsError> {
    let (sql, now) = (&mut Bridge(storage), Millis::from_f64(now));
    let asks = if call.is_empty() {
        project::starting(sql, now)
    } else {
        project::asks(sql, &serde_json::from_str(call)?, now).map(Vec::from_iter)
    };
    asks.map(|asks| json!(asks).to_string()).map_err(|failure| thrown(&failure))
}

/// The messages that should leave now, as a list of plain objects.
#[wasm_bindgen]
pub fn due(storage: &Storage, now: f64, quiet: bool) -> Result<JsValue, JsError> {
    let due = project::due(&mut Bridge(storage), now as i64, quiet).map_err(|failure| thrown(&failure))?;
    Ok(serde_wasm_bindgen::to_value(&due)?)
}

/// How a message went: an empty error is success.
#[wasm_bindgen]
pub fn delivered(storage: &Storage, id: f64, error: &str, now: f64) -> Result<(), JsError> {
    project::delivered(&mut Bridge(storage), id as i64, error, now as i64).map_err(|failure| thrown(&failure))
}

/// Reads the clock of development, or turns it: JSON of [`Turn`] in, the clock or `{error}` out.
#[wasm_bindgen]
pub fn clock(storage: &Storage, turn: &str, real: f64) -> Result<String, JsError> {
    let sql = &mut Bridge(storage);
    if turn == "read" {
        return clock::read(sql).map(|clock| json!(clock).to_string()).map_err(|failure| thrown(&failure));
    }
    let turned = match serde_json::from_str::<Turn>(turn) {
        Ok(turn) => clock::turn(sql, turn, real as i64).map_err(|failure| thrown(&failure))?,
        Err(error) => Err(error.to_string()),
    };
    Ok(turned.map_or_else(|error| json!({"error": error}), |clock| json!(clock)).to_string())
}

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
