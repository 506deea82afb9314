//! Questions about a visitor: what a flag reads of them, and why they get what they get. Nothing is kept of it.

use super::{Request, Result, invalid, publishing, refuse};
use crate::document::{Code, Problem, context, json};
use crate::environment::Environment;
use crate::explain::Prepared;
use crate::limits::{EXPLAINED, FORM_BYTES};
use crate::screens::why;
use crate::sql::Sql;
use crate::time::Millis;
use crate::versions;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    context: Value,
    #[serde(default)]
    flag: Option<String>,
    #[serde(default)]
    now: Option<i64>,
}

/// `POST …/explain`: the path of one context through one flag or all.
pub(super) fn explain(sql: &mut impl Sql, request: &Request, environment: Environment) -> Result<Value> {
    let Question { context, flag, now } = question(&request.call.body).map_err(|problems| invalid(&problems))?;
    let context = context::from_tree(context)
        .map_err(|problem| invalid(&[Problem { pointer: format!("/context{}", problem.pointer), ..problem }]))?;
    let document = publishing::current(sql, environment)?;
    let keys: Vec<String> = match flag {
        Some(flag) => [flag].into(),
        None => document.flags.keys().cloned().collect(),
    };
    if keys.len() > EXPLAINED {
        let cause = format!("There are {} flags; {EXPLAINED} are explained at once.", keys.len());
        return Err(wrong("/flag", Code::Limit, cause, "Name one."));
    }
    let prepared = Prepared::new(document).map_err(|problems| invalid(&problems))?;
    let now = now.map_or(request.now, Millis);
    let mut explanations = Vec::new();
    for key in &keys {
        let explanation = prepared.explain(key, &context, now).map_err(|problems| {
            let at = |problem: Problem| Problem { pointer: "/flag".to_string(), ..problem };
            invalid(&problems.into_iter().map(at).collect::<Vec<_>>())
        })?;
        explanations.push(why::screen(&explanation));
    }
    Ok(json!({"version": versions::pointer(sql, environment)?.version, "explanations": explanations}))
}

/// The question, read as strictly as a document: a key twice is no context.
fn question(body: &str) -> core::result::Result<Question, Vec<Problem>> {
    if body.len() > FORM_BYTES {
        let cause = format!("It has {} bytes; {FORM_BYTES} are allowed.", body.len());
        return Err(
            [Problem::new(String::new(), Code::TooLarge, cause, "Send only what rules ask.".to_string())].into()
        );
    }
    serde_json::from_value(json::read(body.as_bytes())?).map_err(|error| {
        let cause = format!("The body is not as expected: {error}.");
        let fix = r#"Send {"context": {"unit": "ada"}}; `flag` and `now`, a whole number of milliseconds, may stand beside it."#;
        [Problem::new(String::new(), Code::Shape, cause, fix.to_string())].into()
    })
}

fn wrong(pointer: &str, code: Code, cause: String, fix: &str) -> super::Refusal {
    invalid(&[Problem::new(pointer.to_string(), code, cause, fix.to_string())])
}

/// `GET …/flags/<key>/reads`: what a flag asks of a visitor.
pub(super) fn reads(sql: &mut impl Sql, environment: Environment, key: &str) -> Result<Value> {
    let document = publishing::current(sql, environment)?;
    let prepared = Prepared::new(document).map_err(|problems| invalid(&problems))?;
    let Some(reads) = prepared.reads(key) else { return refuse(404, "There is no such flag.") };
    let mut answer = json!(reads);
    answer["version"] = json!(versions::pointer(sql, environment)?.version);
    Ok(answer)
}
