//! The playbook, and where messages go.

use super::{Request, Result, audit, forbidden, invalid, outbox, store};
use crate::document::{Code, Problem};
use crate::playbook::Playbook;
use crate::screens::message;
use crate::sql::{Failure, Sql};
use alloc::string::{String, ToString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const PLAYBOOK: &str = "playbook";
const SETTINGS: &str = "settings";
/// What the audit log calls the whole of it.
const PROJECT: &str = "project";

/// Where messages go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// An incoming webhook in Slack's format; empty for none.
    pub(super) webhook: String,
}

pub(super) fn current_playbook(sql: &mut impl Sql) -> core::result::Result<Playbook, Failure> {
    Ok(store::setting(sql, PLAYBOOK, Playbook::standard)?.0)
}

pub(super) fn current(sql: &mut impl Sql) -> core::result::Result<Settings, Failure> {
    Ok(store::setting(sql, SETTINGS, Settings::default)?.0)
}

pub(super) fn playbook(sql: &mut impl Sql) -> Result<Value> {
    let (playbook, revision) = store::setting(sql, PLAYBOOK, Playbook::standard)?;
    Ok(json!({"revision": revision, "playbook": playbook}))
}

pub(super) fn set_playbook(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let (old, revision) = store::setting(sql, PLAYBOOK, Playbook::standard)?;
    request.seen(revision, || json!({"revision": revision, "playbook": old}))?;
    let playbook: Playbook = request.body()?;
    let problems = playbook.problems();
    if !problems.is_empty() {
        return Err(invalid(&problems));
    }
    store::set(sql, PLAYBOOK, &playbook)?;
    audit::note(sql, request, "change playbook", PROJECT, &playbook.name)?;
    self::playbook(sql)
}

pub(super) fn settings(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let (settings, revision) = store::setting(sql, SETTINGS, Settings::default)?;
    Ok(json!({"revision": revision, "settings": settings, "receiver": request.call.receiver}))
}

pub(super) fn set_settings(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let (_, revision) = store::setting(sql, SETTINGS, Settings::default)?;
    request.seen(revision, || json!({"revision": revision}))?;
    let mut settings: Settings = request.body()?;
    settings.webhook = settings.webhook.trim().to_string();
    let own = request.call.receiver.as_ref() == Some(&settings.webhook);
    if !settings.webhook.is_empty() && !own && !settings.webhook.starts_with("https://") {
        let cause = "Messages leave over https only.".to_string();
        let fix = "Paste the address of an incoming webhook, such as https://hooks.slack.com/services/….".to_string();
        return Err(invalid(&[Problem::new("/webhook".to_string(), Code::Unsafe, cause, fix)]));
    }
    store::set(sql, SETTINGS, &settings)?;
    // The address of a webhook is a secret: the log tells that it changed, not what it is.
    let what = if settings.webhook.is_empty() { "no webhook" } else { "a webhook" };
    audit::note(sql, request, "change settings", PROJECT, what)?;
    self::settings(sql, request)
}

/// Puts a test message in the outbox; the shell sends it and tells how it went.
pub(super) fn test(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    if current(sql)?.webhook.is_empty() {
        return Err(forbidden("There is no webhook yet.", "Save its address first."));
    }
    let id = outbox::post(sql, request.now.0, &message::test(&request.call.console))?;
    audit::note(sql, request, "send a test message", PROJECT, "")?;
    Ok(json!({"posted": id}))
}
