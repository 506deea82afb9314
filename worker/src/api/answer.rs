//! Responses: files of the console, JSON, and refusals in words.

use serde_json::{Value, json};
use worker::{Headers, Response, Result};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A file of the console.
pub(super) fn asset(text: &str, kind: &str) -> Result<Response> {
    let headers = Headers::new();
    headers.set("content-type", kind)?;
    headers.set("content-security-policy", POLICY)?;
    headers.set("x-content-type-options", "nosniff")?;
    headers.set("referrer-policy", "no-referrer")?;
    Ok(Response::ok(text)?.with_headers(headers))
}

/// A JSON answer. It is of this moment, so no cache keeps it.
pub(super) fn json_answer(status: u16, body: &Value) -> Result<Response> {
    let response = Response::from_json(body)?.with_status(status);
    response.headers().set("cache-control", "no-store")?;
    response.headers().set("x-content-type-options", "nosniff")?;
    Ok(response)
}

/// A refusal: what is wrong, and what to do instead.
pub(super) fn refuse(status: u16, error: &str) -> Result<Response> {
    json_answer(status, &json!({"error": error}))
}
