//! Calls that come twice and are done once: whoever has heard no answer sends the same call with the same
//! `Idempotency-Key` again, and gets the answer that was lost. A call that was refused has changed nothing and is simply
//! tried again.

use super::{Call, Refusal, Request, Result, audit, forbidden, invalid, text};
use crate::compile::hexadecimal;
use crate::document::{Code, Problem};
use crate::limits;
use crate::sql::Sql;
use crate::time::{DAY, Millis};
use alloc::format;
use alloc::string::{String, ToString};
use serde_json::Value;
use sha2::{Digest, Sha256};

pub(super) const TABLES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS repeat (caller TEXT NOT NULL, key TEXT NOT NULL, call TEXT NOT NULL, answer TEXT NOT NULL, \
     at INTEGER NOT NULL, PRIMARY KEY (caller, key)) WITHOUT ROWID",
];

/// How long an answer is kept.
const KEPT: i64 = DAY;

/// Answers a call with `work`, or with what the same one was answered before.
pub(super) fn once<S: Sql>(
    sql: &mut S,
    request: &Request,
    work: impl FnOnce(&mut S) -> Result<Value>,
) -> Result<Value> {
    let (call, caller) = (request.call, whose(request.call));
    let Some(key) = call.idempotency_key.as_deref().filter(|_| call.method != "GET") else { return work(sql) };
    let same = digest(call);
    if let Some((before, answer)) = earlier(sql, request.now, caller, key)? {
        return if before == same { told(&answer) } else { Err(other(key)) };
    }
    let head = audit::head(sql)?;
    let answer = work(sql)?;
    // Everything that changes something is in the log; what changes nothing may be done as often as anybody likes.
    if head != audit::head(sql)? {
        let kept = if tells_secret(call, &answer) { String::new() } else { answer.to_string() };
        sql.run("DELETE FROM repeat WHERE at < ?", &[(request.now.0 - KEPT).into()])?;
        let cells = [caller.into(), key.into(), same.as_str().into(), kept.as_str().into(), request.now.0.into()];
        sql.run("INSERT OR REPLACE INTO repeat VALUES (?, ?, ?, ?, ?)", &cells)?;
    }
    Ok(answer)
}

/// The call that a caller has sent with a key in the last day, and its answer.
fn earlier(sql: &mut impl Sql, now: Millis, caller: &str, key: &str) -> Result<Option<(String, String)>> {
    if key.is_empty() || key.len() > limits::IDEMPOTENCY_KEY_BYTES {
        let cause = format!("An `Idempotency-Key` has 1 to {} characters.", limits::IDEMPOTENCY_KEY_BYTES);
        return Err(invalid(&[problem(cause)]));
    }
    let cells = [caller.into(), key.into(), (now.0 - KEPT).into()];
    let rows = sql.run("SELECT call, answer FROM repeat WHERE caller = ? AND key = ? AND at >= ?", &cells)?;
    Ok(rows.first().map(|row| (text(row, 0), text(row, 1))))
}

/// What a call that was done already is answered.
fn told(answer: &str) -> Result<Value> {
    let secret = "This was done already, and its secret is told only once.";
    serde_json::from_str(answer).map_err(|_| forbidden(secret, "Take that one back and make another."))
}

/// The refusal of a key that another call had.
fn other(key: &str) -> Refusal {
    invalid(&[problem(format!("The `Idempotency-Key` “{key}” came with another call in the last day."))])
}

fn problem(cause: String) -> Problem {
    let fix = "Draw a random one, such as a UUID, for each thing that you want done.".to_string();
    Problem::new("Idempotency-Key".to_string(), Code::Shape, cause, fix)
}

/// The caller, as the shell names them: a person, or the holder of a token.
fn whose(call: &Call) -> &str {
    if call.person.is_empty() { &call.token } else { &call.person }
}

/// What makes two calls the same: all that the caller has said.
fn digest(call: &Call) -> String {
    let said = serde_json::to_vec(&(&call.method, &call.path, &call.query, call.seen, &call.body));
    hexadecimal(&Sha256::digest(said.unwrap_or_default()))
}

/// Whether an answer holds the token that was drawn for this call. No store keeps it.
fn tells_secret(call: &Call, answer: &Value) -> bool {
    let Some(drawn) = call.fresh.as_deref() else { return false };
    ["token", "secret"].iter().filter_map(|name| answer[name].as_str()).any(|told| told.starts_with(drawn))
}
