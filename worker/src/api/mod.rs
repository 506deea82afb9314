//! The console's host: one page, and the API behind it (docs/api.md).
//!
//! ```text
//! GET      /                                  the result page
//! GET      /api/v1/projects                   projects, their environments, and where their sites are
//!
//! below /api/v1/projects/<project>/environments/<environment>/
//! GET PUT  document                           the current document; writing publishes
//! GET      versions                           what has been published, newest first
//! GET      ledger                             received = stored + duplicate + rejected + filtered
//! GET      experiments                        the keys of all experiments
//! GET      experiments/<key>/report           what an experiment's present run has shown so far
//! ```

mod answer;
mod ask;
mod documents;
mod projects;
mod reports;

use answer::{asset, refuse};
use projects::{Place, Sites};
use sha2::{Digest, Sha256};
use worker::{Env, Method, Request, Response, Result};

const PAGE: &str = include_str!("../../console/report.html");
const SCRIPT: &str = include_str!("../../console/report.js");
const STYLE: &str = include_str!("../../console/report.css");

const NO_METHOD: &str = "This path has no such method.";
const NOTHING: &str = "There is nothing here. The API starts at /api/v1/projects.";

/// Answers one request.
pub(crate) async fn answer(request: Request, env: Env) -> Result<Response> {
    // workers-rs takes methods that it does not know for GET.
    if !["GET", "HEAD", "PUT"].contains(&request.inner().method().as_str()) {
        return refuse(405, NO_METHOD);
    }
    let path = request.path();
    let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
    let method = request.method();
    match (&method, &parts[..]) {
        (Method::Get | Method::Head, []) => return asset(PAGE, "text/html; charset=utf-8"),
        (Method::Get | Method::Head, ["report.js"]) => return asset(SCRIPT, "text/javascript; charset=utf-8"),
        (Method::Get | Method::Head, ["report.css"]) => return asset(STYLE, "text/css; charset=utf-8"),
        _ => {}
    }
    if !is_admin(&request, &env)? {
        return refuse(401, "This needs the admin token: `Authorization: Bearer <token>`. `npm start` prints it.");
    }
    let ["api", "v1", "projects", inside @ ..] = &parts[..] else { return refuse(404, NOTHING) };
    let sites = Sites::read(&env)?;
    match (&method, inside) {
        (Method::Get, []) => projects::list(&request, &env, &sites),
        (_, []) => refuse(405, NO_METHOD),
        (_, [project, "environments", environment, inside @ ..]) => match sites.place(project, environment) {
            Some(place) => in_environment(request, &env, &place, inside).await,
            None => refuse(404, "There is no such project or environment. GET /api/v1/projects names all."),
        },
        _ => refuse(404, NOTHING),
    }
}

/// Answers a request for something that each environment has.
async fn in_environment(request: Request, env: &Env, place: &Place, inside: &[&str]) -> Result<Response> {
    match (&request.method(), inside) {
        (Method::Get, ["document"]) => documents::read(env, place).await,
        (Method::Put, ["document"]) => documents::publish(request, env, place).await,
        (Method::Get, ["versions"]) => documents::versions(env, place).await,
        (Method::Get, ["ledger"]) => reports::ledger(env, place).await,
        (Method::Get, ["experiments"]) => reports::experiments(env, place).await,
        (Method::Get, ["experiments", key, "report"]) => reports::experiment(env, place, key).await,
        (_, ["document" | "versions" | "ledger" | "experiments", ..]) => refuse(405, NO_METHOD),
        _ => refuse(404, NOTHING),
    }
}

/// Compares hashes, so that time tells nothing of the token.
fn is_admin(request: &Request, env: &Env) -> Result<bool> {
    let expected = env.var("ADMIN_TOKEN_HASH")?.to_string();
    let header = request.headers().get("authorization")?.unwrap_or_default();
    let hash = Sha256::digest(header.strip_prefix("Bearer ").unwrap_or_default());
    let given: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(expected.len() == given.len() && Sha256::digest(&given) == Sha256::digest(&expected))
}
