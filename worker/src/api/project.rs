//! Calls that the project's control object answers by itself, which are most.

use super::answer::{json_answer, refuse};
use super::ask;
use super::projects::Place;
use pointsman::document;
use pointsman::project::tokens::whole;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use worker::{Env, Request, Response, Result};

/// A request in the form in which the core takes it.
pub(super) struct Call {
    /// JSON of the core's `Call`.
    pub(super) envelope: Value,
    /// Who it must be asked of.
    pub(super) project: String,
}

/// Bytes of a body: those of the largest document.
const BODY: usize = pointsman::limits::DOCUMENT_BYTES;

impl Call {
    /// Reads a request. The body is bytes that must be text; everything else is the core's business.
    pub(super) async fn read(
        request: &mut Request,
        env: &Env,
        project: &str,
        path: &[&str],
    ) -> Result<core::result::Result<Self, Response>> {
        let url = request.url()?;
        let given = request.headers().get("if-match")?;
        let seen = given.as_deref().and_then(|given| given.trim_matches('"').parse::<i64>().ok());
        if given.is_some() && seen.is_none() {
            let error = "`If-Match` is a revision, such as \"7\"; read what you change to learn it.";
            return Ok(Err(refuse(412, error)?));
        }
        let bytes = request.bytes().await?;
        // A document within a piece of an import is a text within a text.
        let most = if path.first() == Some(&"import") { 2 * BODY } else { BODY };
        if bytes.len() > most {
            return Ok(Err(refuse(413, &format!("No body is larger than {} megabytes.", most >> 20))?));
        }
        // Lossy text would mend what is not UTF-8, and it would not be what was sent.
        let Ok(body) = String::from_utf8(bytes.clone()) else {
            let problems = document::json::read(&bytes).err().unwrap_or_default();
            return Ok(Err(json_answer(422, &json!({"problems": problems}))?));
        };
        let person = env.var("PERSON")?.to_string();
        let token = if person.is_empty() { token(request)? } else { String::new() };
        if !whole(&token) {
            return Ok(Err(refuse(401, "This token is damaged: a part of it is missing or mistyped. Copy it again.")?));
        }
        let token = hash(&token);
        let mut query: BTreeMap<String, String> = BTreeMap::new();
        query.extend(url.query_pairs().into_owned());
        let path: Vec<_> = path.iter().map(|part| decoded(part)).collect();
        let console = format!("{}://{}", url.scheme(), env.var("CONSOLE_HOST")?);
        let receiver = env.var("DEMO_RECEIVER").ok().map(|url| url.to_string()).filter(|url| !url.is_empty());
        let envelope = json!({
            "method": request.inner().method(), "path": path, "query": query, "seen": seen,
            "idempotencyKey": request.headers().get("idempotency-key")?,
            "admin": is_admin(env, &token)?, "token": token, "person": person, "body": body, "console": console,
            "receiver": receiver, "fresh": format!("pm_{}", env.var("FRESH")?),
        });
        Ok(Ok(Self { envelope, project: project.to_string() }))
    }

    /// The same caller asking for something else.
    pub(super) fn instead(&self, path: &[&str]) -> Self {
        let mut envelope = self.envelope.clone();
        envelope["method"] = json!("GET");
        envelope["path"] = json!(path);
        Self { envelope, project: self.project.clone() }
    }

    /// The same call to another project.
    pub(super) fn of(&self, project: &str) -> Self {
        Self { envelope: self.envelope.clone(), project: project.to_string() }
    }

    /// Asks the control object. Gives status and body.
    pub(super) async fn ask(&self, env: &Env) -> Result<(u16, Value)> {
        ask::object(env, "CONTROL", &self.project, "call", "", &self.envelope.to_string()).await
    }

    /// The name of the caller, or the refusal that they get; `needs` is the least role, if reading takes less.
    pub(super) async fn caller(
        &self,
        env: &Env,
        needs: Option<&str>,
    ) -> Result<core::result::Result<String, Response>> {
        let mut who = self.instead(&["whoami"]);
        who.envelope["query"] = needs.map_or_else(|| json!({}), |role| json!({"needs": role}));
        let (status, body) = who.ask(env).await?;
        if status != 200 {
            return Ok(Err(json_answer(status, &body)?));
        }
        Ok(Ok(body["name"].as_str().unwrap_or_default().to_string()))
    }
}

/// Answers a call as the control object does.
pub(super) async fn forward(env: &Env, call: &Call) -> Result<Response> {
    let (status, body) = call.ask(env).await?;
    let created = call.envelope["method"] == "POST" && call.envelope["path"] == json!(["experiments"]) && status == 200;
    let response = json_answer(if created { 201 } else { status }, &body)?;
    if let Some(revision) = body.get("revision").and_then(Value::as_i64) {
        response.headers().set("etag", &format!("\"{revision}\""))?;
    }
    Ok(response)
}

/// `GET …/live` with the bots that the collector left out.
pub(super) async fn live(env: &Env, mut call: Call, place: &Place) -> Result<Response> {
    let ledger = super::collector::total(env, place).await?;
    call.envelope["bots"] = json!(ledger.bots());
    forward(env, &call).await
}

fn token(request: &Request) -> Result<String> {
    let header = request.headers().get("authorization")?.unwrap_or_default();
    Ok(header.strip_prefix("Bearer ").unwrap_or_default().to_string())
}

fn hash(token: &str) -> String {
    Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Compares hashes, so that time tells nothing of the token.
fn is_admin(env: &Env, given: &str) -> Result<bool> {
    let expected = env.var("ADMIN_TOKEN_HASH")?.to_string();
    Ok(expected.len() == given.len() && Sha256::digest(given) == Sha256::digest(&expected))
}

fn decoded(part: &str) -> String {
    js_sys::decode_uri_component(part).map_or_else(|_| part.to_string(), String::from)
}
