//! What runs in an environment: its document, and the versions before it.

use super::answer::{json_answer, refuse};
use super::ask;
use super::projects::Place;
use pointsman::document::{self, Document};
use serde_json::json;
use worker::{Env, Request, Response, Result};

/// `GET …/document`: the current document and its version, also as `ETag`.
pub(super) async fn read(env: &Env, place: &Place) -> Result<Response> {
    let (status, body) = ask::control(env, place, "document", None, "").await?;
    let response = json_answer(status, &body)?;
    response.headers().set("etag", &format!("\"{}\"", body["version"]))?;
    Ok(response)
}

/// `PUT …/document`: publishes one. `If-Match` names the version that its author saw.
pub(super) async fn publish(mut request: Request, env: &Env, place: &Place) -> Result<Response> {
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
    let (status, body) = ask::control(env, place, "publish", Some(&seen.to_string()), &body).await?;
    json_answer(status, &body)
}

/// `GET …/versions`: what has been published, newest first.
pub(super) async fn versions(env: &Env, place: &Place) -> Result<Response> {
    let (status, body) = ask::control(env, place, "versions", None, "").await?;
    json_answer(status, &body)
}

/// The document that runs; an empty one before the first.
pub(super) async fn current(env: &Env, place: &Place) -> Result<Document> {
    let (_, body) = ask::control(env, place, "document", None, "").await?;
    let empty = || json!({"format": 1});
    let tree = Some(body["document"].clone()).filter(|document| !document.is_null()).unwrap_or_else(empty);
    document::from_tree(tree).map_err(|_| worker::Error::from("the published document is no longer readable"))
}
