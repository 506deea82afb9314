//! The playbook, where the raw log goes, and the hours of the project.

use super::{Request, Result, audit, integer, invalid, store, text, weakening};
use crate::document::{Code, Problem};
use crate::playbook::Playbook;
use crate::playbook::template::Template;
use crate::sql::{Failure, Sql};
use crate::time::Millis;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(super) const TABLES: &[&str] = &["CREATE TABLE IF NOT EXISTS playbook (version INTEGER PRIMARY KEY, \
     at INTEGER NOT NULL, who TEXT NOT NULL, json TEXT NOT NULL)"];

const PLAYBOOK: &str = "playbook";
const SETTINGS: &str = "settings";
/// What the audit log calls the whole of it.
const PROJECT: &str = "project";

/// Where the raw log goes, and the hours of the project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// Where the raw log goes; empty for nowhere.
    #[serde(default)]
    pub(super) feed: String,
    /// Where recordings of sessions are watched, with `{id}` in the place of what their vendor calls one; empty for nowhere.
    #[serde(default)]
    pub(super) replay: String,
    /// The zone of the IANA in which the project plans, such as `Europe/Vienna`; empty is UTC.
    #[serde(default)]
    zone: String,
    /// Hours of that zone in which only what is urgent is told, such as `22:00-07:00`; empty for none.
    #[serde(default)]
    quiet: String,
}

impl Settings {
    /// The zone by its name.
    pub(super) fn zone(&self) -> String {
        if self.zone.is_empty() { "UTC".to_string() } else { self.zone.clone() }
    }
}

/// The project's zone and its quiet hours, of which the shell knows when they are.
pub fn hours(sql: &mut impl Sql) -> core::result::Result<Value, Failure> {
    let settings = current(sql)?;
    Ok(json!({"zone": settings.zone(), "quiet": settings.quiet}))
}

/// Where the raw log goes; an empty text if nowhere.
pub fn feed(sql: &mut impl Sql) -> core::result::Result<String, Failure> {
    Ok(current(sql)?.feed)
}

pub(super) fn current_playbook(sql: &mut impl Sql) -> core::result::Result<Playbook, Failure> {
    Ok(store::setting(sql, PLAYBOOK, Playbook::standard)?.0)
}

pub(super) fn current(sql: &mut impl Sql) -> core::result::Result<Settings, Failure> {
    Ok(store::setting(sql, SETTINGS, Settings::default)?.0)
}

pub(super) fn playbook(sql: &mut impl Sql) -> Result<Value> {
    let (playbook, revision) = store::setting(sql, PLAYBOOK, Playbook::standard)?;
    let asked = weakening::asked(sql)?.map(|asked| asked.view(&playbook));
    Ok(json!({"revision": revision, "playbook": store::tree(&playbook), "asked": asked}))
}

/// Puts a playbook in the place of the one before, which is kept. A template of the team's own that is not as it was gets
/// the new revision as its version.
pub(super) fn replace(
    sql: &mut impl Sql,
    playbook: &Playbook,
    (who, now): (&str, Millis),
) -> core::result::Result<(), Failure> {
    let (old, revision) = store::setting(sql, PLAYBOOK, Playbook::standard)?;
    let mut playbook = playbook.clone();
    for template in &mut playbook.templates {
        let before = old.templates.iter().find(|before| before.key == template.key);
        template.version = before.map_or(0, |before| before.version);
        if before != Some(template) {
            template.version = revision + 1;
        }
    }
    let keep = "INSERT OR IGNORE INTO playbook VALUES (?, ?, ?, ?)";
    for (version, at, who, playbook) in [(revision, 0, "", &old), (revision + 1, now.0, who, &playbook)] {
        let json = serde_json::to_string(playbook).unwrap_or_default();
        sql.run(keep, &[version.into(), at.into(), who.into(), json.as_str().into()])?;
    }
    store::set(sql, PLAYBOOK, &playbook)
}

/// Every playbook that has held, newest first.
pub(super) fn versions(sql: &mut impl Sql) -> Result<Value> {
    let rows = sql.run("SELECT version, at, who, json FROM playbook ORDER BY version DESC", &[])?;
    let told = |row: &Vec<_>| {
        let playbook: Value = serde_json::from_str(&text(row, 3)).unwrap_or_default();
        json!({"version": integer(row, 0), "at": integer(row, 1), "who": text(row, 2), "playbook": playbook})
    };
    Ok(json!({"versions": rows.iter().map(told).collect::<Vec<_>>()}))
}

/// Every kind of experiment that the playbook knows, those of the team's own first.
pub(super) fn templates(sql: &mut impl Sql) -> Result<Value> {
    let (playbook, revision) = store::setting(sql, PLAYBOOK, Playbook::standard)?;
    let own = |key: &str| playbook.templates.iter().any(|template| template.key == key);
    let told = |template: &Template| {
        let mut told = store::tree(template);
        let Playbook { guardrails, alpha, power, shortest, longest, people, naming, .. } = template.over(&playbook);
        told["own"] = json!(own(&template.key));
        told["rules"] = json!({
            "ramp": template.steps(&playbook), "guardrails": guardrails, "shortest": shortest, "longest": longest, "people": people,
            "naming": naming, "alpha": alpha, "power": power,
        });
        told
    };
    Ok(json!({"revision": revision, "templates": playbook.kinds().iter().map(told).collect::<Vec<_>>()}))
}

pub(super) fn set_playbook(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let (old, revision) = store::setting(sql, PLAYBOOK, Playbook::standard)?;
    request.seen(revision, || json!({"revision": revision, "playbook": store::tree(&old)}))?;
    let playbook: Playbook = request.body()?;
    let problems = playbook.problems();
    if !problems.is_empty() {
        return Err(invalid(&problems));
    }
    if !weakening::waits(sql, request, &old, &playbook)? {
        replace(sql, &playbook, (&request.caller.actor.name, request.now))?;
        audit::note(sql, request, "change playbook", PROJECT, &playbook.name)?;
    }
    self::playbook(sql)
}

pub(super) fn settings(sql: &mut impl Sql) -> Result<Value> {
    let (settings, revision) = store::setting(sql, SETTINGS, Settings::default)?;
    Ok(json!({"revision": revision, "settings": settings}))
}

pub(super) fn set_settings(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let (_, revision) = store::setting(sql, SETTINGS, Settings::default)?;
    request.seen(revision, || json!({"revision": revision}))?;
    let mut settings: Settings = request.body()?;
    for address in [&mut settings.feed, &mut settings.replay, &mut settings.zone, &mut settings.quiet] {
        *address = address.trim().to_string();
    }
    let leaves = settings.feed.is_empty()
        || settings.feed.starts_with("https://")
        || request.call.receiver.as_ref() == Some(&settings.feed);
    if !leaves {
        let fix = "Give the address of a receiver of your own, such as https://data.example.com/pointsman.";
        let cause = "Nothing leaves but over https.".to_string();
        return Err(invalid(&[Problem::new("/feed".to_string(), Code::Unsafe, cause, fix.to_string())]));
    }
    let opens =
        settings.replay.is_empty() || (settings.replay.starts_with("https://") && settings.replay.contains("{id}"));
    if !opens {
        let fix = "Give an address such as https://replays.example.com/session/{id}.".to_string();
        let cause = "A recording is opened over https, at an address with `{id}` in it.".to_string();
        return Err(invalid(&[Problem::new("/replay".to_string(), Code::Unsafe, cause, fix)]));
    }
    store::set(sql, SETTINGS, &settings)?;
    // An address may hold a secret: the log tells that there is one, not what it is.
    let feed = if settings.feed.is_empty() { "no feed" } else { "a feed" };
    let told = alloc::format!("{feed}, {} {}", settings.zone(), settings.quiet);
    let told = told.trim_end();
    audit::note(sql, request, "change settings", PROJECT, told)?;
    self::settings(sql)
}
