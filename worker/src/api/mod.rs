//! The API behind the console (docs/api.md). What the project's control object knows it answers by itself; here stands
//! what is asked of several objects.

mod answer;
mod ask;
mod data;
mod project;
mod projects;
mod reports;
mod voices;

use answer::refuse;
use project::{Call, forward};
use projects::{Place, Sites};
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
    let ["api", "v1", "projects", inside @ ..] = &parts[..] else { return refuse(404, NOTHING) };
    let sites = Sites::read(&env)?;
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
        ("GET", ["environments", environment, what @ ("ledger" | "data" | "experiments"), rest @ ..]) => {
            let Some(place) = sites.place(project, environment) else {
                return refuse(404, "There is no such environment. GET /api/v1/projects names all.");
            };
            if let Err(refusal) = call.caller(&env).await? {
                return Ok(refusal);
            }
            counted(&env, call, &place, what, rest).await
        }
        _ => forward(&env, &call).await,
    }
}

/// Answers what the collector of an environment has counted.
async fn counted(env: &Env, call: Call, place: &Place, what: &str, rest: &[&str]) -> Result<Response> {
    match (what, rest) {
        ("ledger", []) => reports::ledger(env, place).await,
        ("data", []) => data::data(env, call, place).await,
        ("experiments", []) => reports::experiments(env, place).await,
        ("experiments", [key, "report"]) => reports::experiment(env, place, key).await,
        _ => refuse(404, NOTHING),
    }
}
