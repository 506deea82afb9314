//! Tells that somebody's word is wanted. Whoever works alone has nobody to tell.

use super::{Request, Result, experiments, outbox, people};
use crate::environment::Environment;
use crate::lifecycle::{Experiment, State};
use crate::notify;
use crate::sql::Sql;
use alloc::format;
use alloc::string::String;

/// After a step of an experiment.
pub(super) fn after(sql: &mut impl Sql, request: &Request, before: &Experiment, next: &Experiment) -> Result<()> {
    let who = &request.caller.actor.name;
    let words = if next.state == State::InReview && before.state != State::InReview {
        format!("{who} asks for a review of the plan.")
    } else if next.asked.is_some() && before.asked.is_none() {
        format!("{who} asks to ship it against the rule.")
    } else {
        return Ok(());
    };
    if people::are_none(sql)? {
        return Ok(());
    }
    let around = experiments::around(sql, request.now)?;
    let seen = experiments::one(sql, &around, &next.key)?;
    let card = notify::review(&seen.scene(&around), &outbox::salt(sql)?, words);
    outbox::post(sql, &request.call.console, request.now.0, card, Some((next, &around.document)))?;
    Ok(())
}

/// For a change of an environment or of the playbook, of which its digest, what it is of, and who asks are told.
pub(super) fn change(
    sql: &mut impl Sql,
    request: &Request,
    environment: Environment,
    (digest, title, words): (&str, &str, String),
    link: &str,
) -> Result<()> {
    if !people::are_none(sql)? {
        let card = notify::change(&outbox::salt(sql)?, environment, digest, title, words, link);
        outbox::post(sql, &request.call.console, request.now.0, card, None)?;
    }
    Ok(())
}
