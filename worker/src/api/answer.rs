//! Responses: JSON, and refusals in words.

use serde_json::{Value, json};
use worker::{Response, Result};

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
