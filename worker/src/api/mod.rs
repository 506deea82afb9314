//! The API behind the console (docs/api.md). What the project's control object knows it answers by itself; here stands
//! what is asked of several objects.

mod answer;
mod ask;
mod collector;
mod data;
mod metrics;
mod project;
mod projects;
mod reports;
mod voices;

use answer::{json_answer, refuse};
use pointsman::document::Intake;
use project::{Call, forward};
use projects::{Place, Sites};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use worker::{Env, Request, Response, Result};

const NOTHING: &str = "There is nothing here. The API starts at /api/v1/projects.";

/// Answers one request.
pub(crate) async fn answer(mut request: Request, env: Env) -> Result<Response> {
    let method = request.inner().method();
    // workers-rs takes methods that it does not know for GET.
    if !["GET", "POST", "PUT", "DELETE"].contains(&method.as_str()) {
        return refuse(405, "This path has no such method.");
    }
    let path = request.path();
    let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
    let sites = Sites::read(&env)?;
    let parts = whole_ledger(&sites, &request, parts)?;
    let parts: Vec<_> = parts.iter().map(String::as_str).collect();
    let ["api", "v1", "projects", inside @ ..] = &parts[..] else { return refuse(404, NOTHING) };
    let [project, inside @ ..] = inside else { return projects::list(&mut request, &env, &sites).await };
    let Some(production) = sites.place(project, "production") else {
        return refuse(404, "There is no such project. GET /api/v1/projects names all.");
    };
    let call = match Call::read(&mut request, &env, project, inside).await? {
        Ok(call) => call,
        Err(refusal) => return Ok(refusal),
    };
    match (method.as_str(), inside) {
        ("GET", ["experiments", _, "live"]) => project::live(&env, call, &production).await,
        ("GET", ["experiments", key, "reading"]) => voices::reading(&env, call, &production, key).await,
        ("GET", ["voices", ..]) => voices::read(&env, call, &production, &inside[1..]).await,
        (
            "GET",
            [
                "environments",
                environment,
                what @ ("ledger" | "data" | "events" | "totals" | "sums" | "segments" | "feed" | "experiments"
                | "metrics" | "visitors" | "tail"),
                rest @ ..,
            ],
        )
        | ("POST", ["environments", environment, what @ "segments", rest @ ..]) => {
            let Some(place) = sites.place(project, environment) else {
                return refuse(404, "There is no such environment. GET /api/v1/projects names all.");
            };
            let needs = (method == "POST").then_some("editor");
            if let Err(refusal) = call.caller(&env, needs).await? {
                return Ok(refusal);
            }
            counted(&env, call, &place, (&method, what), rest).await
        }
        _ => forward(&env, &call).await,
    }
}

/// The parts of a path; `/api/v1/ledger?project=&environment=` is the ledger of that environment, and of the first
/// project's production if none is named.
fn whole_ledger(sites: &Sites, request: &Request, parts: Vec<&str>) -> Result<Vec<String>> {
    if parts != ["api", "v1", "ledger"] {
        return Ok(parts.into_iter().map(str::to_string).collect());
    }
    let mut query: BTreeMap<String, String> = BTreeMap::new();
    query.extend(request.url()?.query_pairs().into_owned());
    let project = query.get("project").map_or_else(|| sites.first().to_string(), String::clone);
    let environment = query.get("environment").map_or("production", String::as_str);
    Ok(["api", "v1", "projects", &project, "environments", environment, "ledger"].map(str::to_string).to_vec())
}

/// Answers what the collector of an environment has counted.
async fn counted(
    env: &Env,
    call: Call,
    place: &Place,
    (method, what): (&str, &str),
    rest: &[&str],
) -> Result<Response> {
    let query: BTreeMap<String, String> = serde_json::from_value(call.envelope["query"].clone()).unwrap_or_default();
    let document = reports::current(env, place).await?;
    // What is counted by one intake is never added to the other's: one of them is asked, by default the one in use.
    let intake = match query.get("intake").map(String::as_str) {
        Some("open") => Intake::Open,
        Some("signed") => Intake::Signed,
        Some(_) => return refuse(422, "Intake is `signed` or `open`."),
        None => document.intake,
    };
    let place = &Place { project: place.project.clone(), environment: place.environment, intake };
    match (what, rest) {
        ("ledger", []) => collector::ledger(env, place, &document, &query).await,
        ("events", []) => collector::events(env, place).await,
        ("tail", []) => collector::tail(env, place).await,
        ("totals", []) => collector::totals(env, place, &document, &query).await,
        ("sums", []) => collector::vectors(env, place, &query).await,
        ("segments", []) => collector::segments(env, place, method == "POST").await,
        ("feed", []) => json_answer(200, &json!({"logs": ask::shards::<Value>(env, place, "feed", "").await?})),
        ("data", []) => data::data(env, call, place).await,
        ("metrics", [] | [_]) => metrics::read(env, &call, place, &document, &query).await,
        ("visitors", []) => metrics::visitors(env, place, document, &query).await,
        ("experiments", []) => reports::experiments(&document),
        ("experiments", [key, "report"]) => reports::experiment(env, &call, place, &document, key).await,
        _ => refuse(404, NOTHING),
    }
}
