//! A playbook that asks for less than the one before takes a second person as soon as production serves something, as what
//! it asks for protects every visitor. Whoever works alone types its name, and has ten minutes to think better of it.

use super::audit::{self, Deed};
use super::experiments::Word;
use super::tick::ENGINE;
use super::{Request, Result, approvals, forbidden, people, refuse, settings, store, wanted};
use crate::compile::hexadecimal;
use crate::environment::Environment;
use crate::lifecycle::UNDO;
use crate::playbook::Playbook;
use crate::sql::{Failure, Sql};
use crate::time::Millis;
use crate::versions;
use alloc::format;
use alloc::string::String;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Where what waits is kept.
const ASKED: &str = "playbook-asked";

/// A playbook that waits for somebody's word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Asked {
    playbook: Playbook,
    /// Stands for it and for the one that it would take the place of.
    digest: String,
    who: String,
    at: i64,
    /// When it follows by itself.
    due: Option<i64>,
}

pub(super) fn asked(sql: &mut impl Sql) -> core::result::Result<Option<Asked>, Failure> {
    Ok(store::setting(sql, ASKED, || None)?.0)
}

fn keep(sql: &mut impl Sql, asked: Option<&Asked>) -> core::result::Result<(), Failure> {
    store::set(sql, ASKED, &asked)
}

/// Whether a change needs a second person; if so, it waits for one, or is refused where nobody asked for that.
pub(super) fn waits(sql: &mut impl Sql, request: &Request, old: &Playbook, new: &Playbook) -> Result<bool> {
    let weaker = new.weaker_than(old);
    let serves = versions::pointer(sql, Environment::Production)?.version > 0;
    if weaker.is_empty() || !serves {
        return Ok(false);
    }
    let weaker = weaker.join(", ");
    if !approvals::asked(request) {
        let error = format!("It asks for less than before: {weaker}.");
        return Err(forbidden(&error, "Send it again with `?propose=1`: that takes a second person."));
    }
    let text = serde_json::to_string(&(old, new)).unwrap_or_default();
    let who = request.caller.actor.name.clone();
    let digest = hexadecimal(&Sha256::digest(text.as_bytes()));
    let asked = Asked { playbook: new.clone(), digest, who, at: request.now.0, due: None };
    keep(sql, Some(&asked))?;
    audit::note(sql, request, "ask for approval", "playbook", &format!("{weaker}: {}", asked.digest))?;
    let words = format!("{} asks for a playbook that asks for less: {weaker}.", asked.who);
    wanted::change(sql, request, Environment::Production, (&asked.digest, &new.name, words), "#/setup/playbook")?;
    Ok(true)
}

/// Takes somebody's word on what waits.
pub(super) fn decide(sql: &mut impl Sql, request: &Request, action: &str) -> Result<Value> {
    let Some(asked) = asked(sql)? else { return refuse(404, "No playbook waits for anybody's word.") };
    let Word { digest, subject } = request.body()?;
    let actor = &request.caller.actor;
    let own = actor.is(&asked.who);
    match action {
        "approve" if own => {
            return Err(forbidden("Nobody approves what is their own.", "Ask somebody else of the project."));
        }
        "approve" if digest != asked.digest => {
            return Err(forbidden(
                "This is not the playbook that you have read.",
                "Read it again, and send its `digest`.",
            ));
        }
        "approve" => follow(sql, &asked, &actor.name, request.now)?,
        "confirm" if !actor.alone => {
            return Err(forbidden("Somebody else's word is needed.", "Ask a person with the role “approver”."));
        }
        "confirm" if subject != asked.playbook.name => {
            let fix = format!("Send `subject` with “{}”.", asked.playbook.name);
            return Err(forbidden("That is not the playbook's name.", &fix));
        }
        "confirm" => {
            keep(sql, Some(&Asked { due: Some(request.now.0 + UNDO), ..asked.clone() }))?;
            audit::note(sql, request, "confirm a change", "playbook", &asked.digest)?;
        }
        "withdraw" => {
            keep(sql, None)?;
            audit::note(sql, request, "withdraw a change", "playbook", &asked.digest)?;
        }
        _ => return refuse(404, "There is nothing here. docs/api.md lists what there is."),
    }
    settings::playbook(sql)
}

fn follow(sql: &mut impl Sql, asked: &Asked, who: &str, now: Millis) -> core::result::Result<(), Failure> {
    settings::replace(sql, &asked.playbook, (who, now))?;
    keep(sql, None)?;
    let detail = format!("{} (asked for by {})", asked.playbook.name, asked.who);
    audit::write(sql, now.0, &Deed { who, action: "change playbook", subject: "project", detail: &detail })
}

/// Lets a confirmed playbook follow whose time has come, if whoever confirmed it still is alone. Gives whether one waits.
pub(super) fn tick(sql: &mut impl Sql, now: Millis) -> core::result::Result<bool, Failure> {
    let Some(asked) = asked(sql)? else { return Ok(false) };
    let Some(due) = asked.due else { return Ok(false) };
    if now.0 < due {
        return Ok(true);
    }
    if people::are_none(sql)? {
        follow(sql, &asked, ENGINE, now)?;
        return Ok(false);
    }
    keep(sql, Some(&Asked { due: None, ..asked }))?;
    let detail = "somebody else is here now";
    audit::write(sql, now.0, &Deed { who: ENGINE, action: "ask for approval", subject: "playbook", detail })?;
    Ok(false)
}

impl Asked {
    /// What is told of it.
    pub(super) fn view(&self, old: &Playbook) -> Value {
        let Self { playbook, digest, who, at, due } = self;
        json!({
            "playbook": store::tree(playbook), "weaker": playbook.weaker_than(old), "digest": digest, "who": who, "at": at, "due": due,
        })
    }
}
