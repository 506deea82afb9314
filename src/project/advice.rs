//! What is worth a look in a document that runs, or that is about to.

use super::{Request, Result, flags, publishing};
use crate::document::Document;
use crate::environment::Environment;
use crate::lint::{Advice, Facts, lint};
use crate::sql::Sql;
use crate::versions;
use alloc::vec::Vec;
use serde_json::{Value, json};

/// `GET …/advice`: advice on what an environment serves.
pub(super) fn list(sql: &mut impl Sql, request: &Request, environment: Environment) -> Result<Value> {
    let document = publishing::current(sql, environment)?;
    let changed = flags::changes(sql, environment)?;
    let facts = Facts { now: Some(request.now), changed: Some(&changed), ..Facts::default() };
    let version = versions::pointer(sql, environment)?.version;
    Ok(json!({"version": version, "advice": views(&lint(&document, &facts))}))
}

/// Advice that a document in place of another one brings: what was so before is not its doing.
pub(super) fn new(
    sql: &mut impl Sql,
    request: &Request,
    environment: Environment,
    old: &Document,
    new: &Document,
) -> Result<Value> {
    let changed = flags::changes(sql, environment)?;
    let facts = Facts { now: Some(request.now), changed: Some(&changed), ..Facts::default() };
    let known = lint(old, &facts);
    let mut advice = lint(new, &Facts { before: Some(old), ..facts });
    advice.retain(|advice| !known.contains(advice));
    Ok(views(&advice))
}

fn views(advice: &[Advice]) -> Value {
    let view = |advice: &Advice| {
        let mut parts = advice.pointer.split('/').skip(1);
        let flag = (parts.next() == Some("flags")).then(|| parts.next()).flatten();
        let Advice { pointer, code, cause, fix } = advice;
        json!({"flag": flag, "pointer": pointer, "code": code, "cause": cause, "fix": fix})
    };
    json!(advice.iter().map(view).collect::<Vec<_>>())
}
