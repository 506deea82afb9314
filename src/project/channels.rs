//! Where messages go: to Slack, to any webhook, or by mail, each with what of it. An address is a secret: who has it can
//! write there. So it is kept, and told to nobody any more.

use super::{Request, Result, audit, forbidden, integer, invalid, outbox, people, refuse, store, teams, text};
use crate::document::{Code, Problem};
use crate::environment::Environment;
use crate::notify::{Kind, Route, body};
use crate::sql::{Cell, Failure, Sql};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const TABLES: &[&str] = &["CREATE TABLE IF NOT EXISTS channel (id INTEGER PRIMARY KEY AUTOINCREMENT, \
     revision INTEGER NOT NULL, name TEXT NOT NULL, service TEXT NOT NULL, address TEXT NOT NULL, template TEXT NOT NULL, \
     route TEXT NOT NULL)"];

/// Channels that a project has at most.
const MOST: usize = 50;

/// Characters of an address, and of a template.
const ADDRESS: usize = 2_000;
const TEMPLATE: usize = 8_000;

/// Addresses that one channel writes to.
const RECIPIENTS: usize = 20;

/// What takes messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "lowercase"))]
pub(super) enum Service {
    /// An incoming webhook of Slack, or of what understands its blocks.
    Slack,
    /// Any other webhook: what it gets is signed, and as its template says.
    Webhook,
    /// Mail, by the provider that the deployment names.
    Mail,
}

impl Service {
    const ALL: [Self; 3] = [Self::Slack, Self::Webhook, Self::Mail];

    const fn name(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Webhook => "webhook",
            Self::Mail => "mail",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.name() == name)
    }
}

/// Where messages go, as somebody writes it.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "NewChannel"))]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    name: String,
    #[cfg_attr(feature = "schema", schemars(with = "Service"))]
    service: String,
    /// The address of a webhook; of mail addresses, separated by commas, among which `team` and `followers` stand for those
    /// of what is told of. Left out, it stays as it was.
    #[serde(default)]
    address: String,
    /// Of a webhook: `plain`, `teams`, `discord`, or a JSON object with names in braces.
    #[serde(default)]
    template: String,
    #[serde(default)]
    route: Route,
}

/// One that is kept.
pub(super) struct Channel {
    pub(super) id: i64,
    revision: i64,
    name: String,
    pub(super) service: Service,
    pub(super) address: String,
    pub(super) template: String,
    pub(super) route: Route,
}

/// All of them, the oldest first.
pub(super) fn all(sql: &mut impl Sql) -> core::result::Result<Vec<Channel>, Failure> {
    let rows = sql.run("SELECT id, revision, name, service, address, template, route FROM channel ORDER BY id", &[])?;
    let read = |row: &Vec<Cell>| Channel {
        id: integer(row, 0),
        revision: integer(row, 1),
        name: text(row, 2),
        service: Service::from_name(&text(row, 3)).unwrap_or(Service::Webhook),
        address: text(row, 4),
        template: text(row, 5),
        route: store::parsed(&text(row, 6)).unwrap_or_default(),
    };
    Ok(rows.iter().map(read).collect())
}

impl Channel {
    /// What may be told of its address: the host of a webhook, and who gets mail.
    fn shown(&self) -> &str {
        match self.service {
            Service::Mail => &self.address,
            Service::Slack | Service::Webhook => self.address.split('/').nth(2).unwrap_or_default(),
        }
    }

    fn view(&self, last: Option<&Value>) -> Value {
        let Self { id, revision, name, service, template, route, .. } = self;
        json!({
            "id": id, "revision": revision, "name": name, "service": service.name(), "to": self.shown(), "template": template,
            "route": route, "last": last,
        })
    }
}

/// All of them, each with what became of the last message.
pub(super) fn list(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let mut told = Vec::new();
    for channel in all(sql)? {
        let last = outbox::last(sql, channel.id)?;
        told.push(channel.view(last.as_ref()));
    }
    Ok(json!({"channels": told, "receiver": request.call.receiver}))
}

pub(super) fn add(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let mut new: New = request.body()?;
    if all(sql)?.len() >= MOST {
        return Err(forbidden(&format!("There are {MOST} already."), "Take one of them away first."));
    }
    check(sql, request, &mut new, None)?;
    let row = sql.run(
        "INSERT INTO channel (revision, name, service, address, template, route) VALUES (1, ?, ?, ?, ?, ?) RETURNING id",
        &cells(&new),
    )?;
    let id = row.first().map_or(0, |row| integer(row, 0));
    noted(sql, request, "add a channel", &new)?;
    one(sql, id)
}

pub(super) fn change(sql: &mut impl Sql, request: &Request, id: &str) -> Result<Value> {
    let old = found(sql, id)?;
    request.seen(old.revision, || old.view(None))?;
    let mut new: New = request.body()?;
    check(sql, request, &mut new, Some(&old))?;
    let statement = "UPDATE channel SET revision = revision + 1, name = ?, service = ?, address = ?, template = ?, route = ? \
         WHERE id = ?";
    let [name, service, address, template, route] = cells(&new);
    sql.run(statement, &[name, service, address, template, route, old.id.into()])?;
    noted(sql, request, "change a channel", &new)?;
    one(sql, old.id)
}

pub(super) fn remove(sql: &mut impl Sql, request: &Request, id: &str) -> Result<Value> {
    let Channel { id, name, .. } = found(sql, id)?;
    sql.run("DELETE FROM channel WHERE id = ?", &[id.into()])?;
    outbox::forget(sql, id)?;
    audit::note(sql, request, "remove a channel", &name, "")?;
    list(sql, request)
}

/// Puts a test message in the outbox; the shell sends it and tells how it went.
pub(super) fn test(sql: &mut impl Sql, request: &Request, id: &str) -> Result<Value> {
    let channel = found(sql, id)?;
    if channel.address.is_empty() {
        return Err(forbidden("It has no address.", "Save one first."));
    }
    let card = outbox::test(sql)?;
    // Whoever tries it is not all who would get it.
    let first = recipients(&channel.address).find(|address| address.contains('@'));
    let recipient = match channel.service {
        Service::Mail => first.unwrap_or_default().to_string(),
        Service::Slack | Service::Webhook => String::new(),
    };
    if channel.service == Service::Mail && recipient.is_empty() {
        return Err(forbidden("It writes to nobody in particular.", "Add an address of yours to try it."));
    }
    let posted = outbox::post_to(sql, &request.call.console, request.now.0, &card, &channel, &[recipient])?;
    audit::note(sql, request, "send a test message", &channel.name, "")?;
    Ok(json!({"posted": posted}))
}

fn found(sql: &mut impl Sql, id: &str) -> Result<Channel> {
    let id: i64 = id.parse().unwrap_or(0);
    match all(sql)?.into_iter().find(|channel| channel.id == id) {
        Some(channel) => Ok(channel),
        None => refuse(404, "There is no such channel."),
    }
}

fn one(sql: &mut impl Sql, id: i64) -> Result<Value> {
    Ok(found(sql, &id.to_string())?.view(outbox::last(sql, id)?.as_ref()))
}

fn cells(new: &New) -> [Cell; 5] {
    let route = json!(new.route).to_string();
    [new.name.as_str(), &new.service, &new.address, &new.template, &route].map(Cell::from)
}

/// The log tells that it changed, and not where it leads.
fn noted(sql: &mut impl Sql, request: &Request, action: &str, new: &New) -> core::result::Result<(), Failure> {
    audit::note(sql, request, action, &new.name, &new.service)
}

/// Says everything that is wrong with it.
fn check(sql: &mut impl Sql, request: &Request, new: &mut New, old: Option<&Channel>) -> Result<()> {
    let New { name, service, address, template, route } = new;
    *name = name.trim().to_string();
    *address = address.trim().to_string();
    let known = Service::from_name(service);
    if let Some(old) = old.filter(|old| address.is_empty() && Some(old.service) == known) {
        address.clone_from(&old.address);
    }
    if known == Some(Service::Webhook) && template.trim().is_empty() {
        *template = "plain".to_string();
    }
    let mut problems = Vec::new();
    let mut say = |pointer: &str, code: Code, cause: &str, fix: &str| {
        problems.push(Problem::new(pointer.to_string(), code, cause.to_string(), fix.to_string()));
    };
    if !people::is_name(name) {
        say("/name", Code::Shape, people::NAMES, "Call it as people call the place, such as #checkout.");
    }
    if known.is_none() {
        say("/service", Code::Unknown, "There is no such service.", "Use slack, webhook or mail.");
    } else if known == Some(Service::Mail) {
        let to: Vec<&str> = recipients(address).collect();
        let is_known = |one: &&str| {
            ["team", "followers"].contains(one)
                || one.split_once('@').is_some_and(|(who, host)| !who.is_empty() && host.contains('.'))
        };
        if to.is_empty() || to.len() > RECIPIENTS || !to.iter().all(is_known) || address.contains(char::is_control) {
            let fix = format!(
                "Write up to {RECIPIENTS} addresses, separated by commas; “team” and “followers” stand for those of what is told of."
            );
            say("/address", Code::Shape, "These are no addresses.", &fix);
        }
    } else if !address.starts_with("https://") && request.call.receiver.as_ref() != Some(address) {
        let fix = "Paste the address of an incoming webhook, such as https://hooks.slack.com/services/….";
        say("/address", Code::Unsafe, "Nothing leaves but over https.", fix);
    }
    if address.chars().count() > ADDRESS {
        say("/address", Code::Shape, "No address is that long.", "Paste the address alone.");
    }
    if known == Some(Service::Webhook) && (template.len() > TEMPLATE || body::template(template).is_none()) {
        let fix = "Write plain, teams or discord, or a JSON object with names such as {title}, {headline}, {words} and {link} in its texts.";
        say("/template", Code::Shape, "This is no template.", fix);
    }
    if route.environments.iter().any(|name| Environment::from_name(name).is_none()) {
        let fix = "They are development, staging and production.";
        say("/route/environments", Code::Unknown, "There is no such environment.", fix);
    }
    if route.kinds.iter().any(|name| Kind::CHOICES.iter().all(|kind| kind.name() != name)) {
        say("/route/kinds", Code::Unknown, "Nothing of that kind is told.", "docs/notifications.md lists the kinds.");
    }
    if !route.team.is_empty()
        && let Some(problem) = teams::unknown(sql, &route.team)?
    {
        problems.push(Problem { pointer: "/route/team".to_string(), ..problem });
    }
    if problems.is_empty() { Ok(()) } else { Err(invalid(&problems)) }
}

/// The addresses of mail.
pub(super) fn recipients(address: &str) -> impl Iterator<Item = &str> {
    address.split(',').map(str::trim).filter(|one| !one.is_empty())
}
