//! The console's host: one page, and the API behind it.
//!
//! ```text
//! GET  /                                 the result page
//! GET  /api/v1/document                  the current document and its version, also as ETag
//! PUT  /api/v1/document                  publishes one; If-Match names the version that its author saw
//! GET  /api/v1/experiments               the keys of all experiments
//! GET  /api/v1/experiments/<key>/report  what an experiment's present run has shown so far
//! GET  /api/v1/ledger                    received = stored + duplicate + rejected + filtered
//! ```

use pointsman::collect::{Receipt, Sum};
use pointsman::document::{self, Document, Experiment, Run};
use pointsman::report::{Arm, Tallies, report};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use worker::{Env, Headers, Method, Request, RequestInit, Response, Result};

const PAGE: &str = include_str!("../console/report.html");
const SCRIPT: &str = include_str!("../console/report.js");
const STYLE: &str = include_str!("../console/report.css");

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Answers one request.
pub(crate) async fn answer(mut request: Request, env: Env) -> Result<Response> {
    // workers-rs takes methods that it does not know for GET.
    if !["GET", "HEAD", "PUT"].contains(&request.inner().method().as_str()) {
        return refuse(405, "This path has no such method.");
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
    match (&method, &parts[..]) {
        (Method::Get, ["api", "v1", "document"]) => read_document(&env).await,
        (Method::Put, ["api", "v1", "document"]) => publish(&mut request, &env).await,
        (Method::Get, ["api", "v1", "experiments"]) => {
            let document = current(&env).await?;
            json_answer(200, &json!({"experiments": document.experiments.keys().collect::<Vec<_>>()}))
        }
        (Method::Get, ["api", "v1", "experiments", key, "report"]) => experiment_report(&env, key).await,
        (Method::Get, ["api", "v1", "ledger"]) => json_answer(200, &json!(ledger(&env).await?)),
        (_, ["api", "v1", "document" | "experiments" | "ledger", ..]) => refuse(405, "This path has no such method."),
        _ => refuse(404, "There is nothing here. The API starts at /api/v1/."),
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

async fn read_document(env: &Env) -> Result<Response> {
    let (status, body) = ask(env, "CONTROL", "project", "document", "", None).await?;
    let response = json_answer(status, &body)?;
    response.headers().set("etag", &format!("\"{}\"", body["version"]))?;
    Ok(response)
}

async fn publish(request: &mut Request, env: &Env) -> Result<Response> {
    let Some(seen) = request.headers().get("if-match")? else {
        return refuse(428, "Send `If-Match` with the version that you read, so that nobody's work is lost.");
    };
    let Ok(seen) = seen.trim_matches('"').parse::<u32>() else {
        return refuse(412, "`If-Match` is a version, such as \"7\"; read the document to learn it.");
    };
    // Not `text()`: that would mend what is not UTF-8, and the document would not be the one that was sent.
    let bytes = request.bytes().await?;
    if let Err(problems) = document::json::read(&bytes) {
        return json_answer(422, &json!({"problems": problems}));
    }
    let body = String::from_utf8_lossy(&bytes);
    let (status, body) = ask(env, "CONTROL", "project", "publish", &seen.to_string(), Some(&body)).await?;
    json_answer(status, &body)
}

async fn current(env: &Env) -> Result<Document> {
    let (_, body) = ask(env, "CONTROL", "project", "document", "", None).await?;
    let empty = || json!({"format": 1});
    let tree = Some(body["document"].clone()).filter(|document| !document.is_null()).unwrap_or_else(empty);
    document::from_tree(tree).map_err(|_| worker::Error::from("the published document is no longer readable"))
}

async fn experiment_report(env: &Env, key: &str) -> Result<Response> {
    let document = current(env).await?;
    let Some(experiment) = document.experiments.get(key) else { return refuse(404, "There is no such experiment.") };
    let Some(run) = &experiment.run else { return refuse(409, "This experiment has not been started.") };
    let mut sums: Vec<Sum> = Vec::new();
    for shard in 0..shards(env)? {
        sums.extend(of::<Vec<Sum>>(ask(env, "SHARD", &shard.to_string(), "sums", &run.id, None).await?)?);
    }
    let tallies = tally(key, experiment, run, &sums);
    json_answer(200, &json!({"report": report(&tallies), "ledger": ledger(env).await?}))
}

/// The sums of all shards, epochs and browsers, by variant. A variant that the split does not know has no weight; its units are a
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

async fn ledger(env: &Env) -> Result<Receipt> {
    let mut total = Receipt::default();
    for shard in 0..shards(env)? {
        let (_, body) = ask(env, "SHARD", &shard.to_string(), "ledger", "", None).await?;
        total.add(&serde_json::from_value(body)?);
    }
    Ok(total)
}

fn shards(env: &Env) -> Result<u32> {
    env.var("SHARDS")?.to_string().parse().map_err(|_| worker::Error::from("SHARDS is not a number"))
}

fn of<T: DeserializeOwned>((status, body): (u16, Value)) -> Result<T> {
    if status == 200 { Ok(serde_json::from_value(body)?) } else { Err(worker::Error::from(body.to_string())) }
}

/// Asks a Durable Object.
async fn ask(
    env: &Env,
    namespace: &str,
    name: &str,
    operation: &str,
    argument: &str,
    body: Option<&str>,
) -> Result<(u16, Value)> {
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(body.unwrap_or_default().into()));
    let url = format!("http://object/{operation}?{argument}");
    let stub = env.durable_object(namespace)?.get_by_name(name)?;
    let mut response = stub.fetch_with_request(Request::new_with_init(&url, &init)?).await?;
    Ok((response.status_code(), response.json().await?))
}

fn asset(text: &str, kind: &str) -> Result<Response> {
    let headers = Headers::new();
    headers.set("content-type", kind)?;
    headers.set("content-security-policy", POLICY)?;
    headers.set("x-content-type-options", "nosniff")?;
    headers.set("referrer-policy", "no-referrer")?;
    Ok(Response::ok(text)?.with_headers(headers))
}

fn json_answer(status: u16, body: &Value) -> Result<Response> {
    let response = Response::from_json(body)?.with_status(status);
    response.headers().set("cache-control", "no-store")?;
    response.headers().set("x-content-type-options", "nosniff")?;
    Ok(response)
}

fn refuse(status: u16, error: &str) -> Result<Response> {
    json_answer(status, &json!({"error": error}))
}
