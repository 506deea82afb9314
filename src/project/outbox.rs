//! Messages that wait to be sent. They are written in the transaction of what they tell, and sent after it; so none is
//! lost by a crash, and none tells of what did not happen. Each cause is one card, and goes to each place once.

use super::audit::{self, Deed};
use super::channels::{self, Channel, Service};
use super::tick::ENGINE;
use super::{Request, Result, follows, integer, pages, store, teams, text};
use crate::document::Document;
use crate::lifecycle::Experiment;
use crate::notify::{self, Card, body};
use crate::sql::{Cell, Failure, Sql};
use crate::time::DAY;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;
use serde_json::{Value, json};

pub(super) const TABLES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS card (id TEXT PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, \
     urgent INTEGER NOT NULL, experiment TEXT NOT NULL, title TEXT NOT NULL, headline TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS delivery (id INTEGER PRIMARY KEY AUTOINCREMENT, card TEXT NOT NULL, \
     channel INTEGER NOT NULL, recipient TEXT NOT NULL, at INTEGER NOT NULL, payload TEXT NOT NULL, \
     attempts INTEGER NOT NULL, due INTEGER NOT NULL, state TEXT NOT NULL, error TEXT NOT NULL, \
     UNIQUE (card, channel, recipient))",
];

/// Attempts at one message. With the pauses between them the last comes after about a day.
pub(super) const ATTEMPTS: i64 = 12;

/// The pause after the first failure, in milliseconds; each later one is twice as long.
const PAUSE: i64 = 20_000;

/// Messages that leave in one go.
const BATCH: i64 = 40;

/// Milliseconds for which a card is kept: for so long its cause is not told again.
const KEPT: i64 = 400 * DAY;

/// Where a message is.
mod state {
    /// It has to leave.
    pub(super) const OPEN: &str = "open";
    /// It has arrived.
    pub(super) const SENT: &str = "sent";
    /// It is not tried any more.
    pub(super) const GIVEN_UP: &str = "given up";
}

/// One message to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// Its number.
    pub id: i64,
    /// The id of what it tells.
    pub event: String,
    /// Of what kind that is.
    pub kind: String,
    /// The experiment that it is about; empty for none.
    pub experiment: String,
    /// `slack`, `webhook` or `mail`.
    pub service: String,
    /// The channel's number.
    pub channel: i64,
    /// Where it goes; of mail the shell knows.
    pub url: String,
    /// Its body.
    pub payload: String,
}

/// What sets this project's causes apart from all others': how its log begins.
pub(super) fn salt(sql: &mut impl Sql) -> core::result::Result<String, Failure> {
    let rows = sql.run("SELECT hash FROM audit WHERE n = 1", &[])?;
    Ok(rows.first().map(|row| text(row, 0)).unwrap_or_default())
}

/// Tells a card to whomever it reaches, unless its cause was told before. Gives whether it was not. `about` is the experiment
/// that it tells of, and what production serves.
pub(super) fn post(
    sql: &mut impl Sql,
    console: &str,
    now: i64,
    mut card: Card,
    about: Option<(&Experiment, &Document)>,
) -> core::result::Result<bool, Failure> {
    if !enter(sql, now, &card)? {
        return Ok(false);
    }
    if card.team.is_empty() {
        card.team = teams::owners(sql, "experiment")?.remove(&card.experiment).unwrap_or_default();
    }
    for channel in
        channels::all(sql)?.iter().filter(|channel| channel.route.takes(&card) && !channel.address.is_empty())
    {
        let to = recipients(sql, channel, &card, about)?;
        post_to(sql, console, now, &card, channel, &to)?;
    }
    sql.run("DELETE FROM delivery WHERE at < ?", &[(now - KEPT).into()])?;
    sql.run("DELETE FROM card WHERE at < ?", &[(now - KEPT).into()])?;
    Ok(true)
}

/// Whether a cause was told before.
pub(super) fn is_told(sql: &mut impl Sql, id: &str) -> core::result::Result<bool, Failure> {
    Ok(!sql.run("SELECT 1 FROM card WHERE id = ?", &[id.into()])?.is_empty())
}

/// Keeps a card, if its cause is a new one.
fn enter(sql: &mut impl Sql, now: i64, card: &Card) -> core::result::Result<bool, Failure> {
    let cells = [
        card.id.as_str().into(),
        now.into(),
        card.kind.name().into(),
        i64::from(card.kind.is_urgent()).into(),
        card.experiment.as_str().into(),
        card.title.as_str().into(),
        card.headline.as_str().into(),
    ];
    let rows = sql.run("INSERT OR IGNORE INTO card VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id", &cells)?;
    Ok(!rows.is_empty())
}

/// Who gets it in a channel: of a webhook nobody in particular.
fn recipients(
    sql: &mut impl Sql,
    channel: &Channel,
    card: &Card,
    about: Option<(&Experiment, &Document)>,
) -> core::result::Result<Vec<String>, Failure> {
    if channel.service != Service::Mail {
        return Ok([String::new()].into());
    }
    let mut to = Vec::new();
    for one in channels::recipients(&channel.address) {
        match one {
            "followers" => {
                if let Some((experiment, document)) = about {
                    to.extend(follows::followers(sql, experiment, document)?);
                }
            }
            "team" => to.extend(teams::current(sql)?.channel(&card.team).map(ToString::to_string)),
            address => to.push(address.to_string()),
        }
    }
    // People have addresses for names where they sign in with them.
    to.retain(|one| one.contains('@'));
    Ok(to)
}

/// Puts a card into a channel and gives the number of the last message.
pub(super) fn post_to(
    sql: &mut impl Sql,
    console: &str,
    now: i64,
    card: &Card,
    channel: &Channel,
    to: &[String],
) -> core::result::Result<i64, Failure> {
    if card.kind == notify::Kind::Test {
        enter(sql, now, card)?;
    }
    let card = Card { link: alloc::format!("{console}/{}", card.link), ..card.clone() };
    let mut posted = 0;
    for recipient in to {
        let template = match channel.service {
            Service::Slack => body::SLACK,
            Service::Webhook => &channel.template,
            Service::Mail => body::MAIL,
        };
        let payload = body::body(template, &card, recipient);
        let cells = [
            card.id.as_str().into(),
            channel.id.into(),
            recipient.as_str().into(),
            now.into(),
            payload.as_str().into(),
            now.into(),
            state::OPEN.into(),
        ];
        let rows = sql.run(
            "INSERT OR IGNORE INTO delivery (card, channel, recipient, at, payload, attempts, due, state, error) \
             VALUES (?, ?, ?, ?, ?, 0, ?, ?, '') RETURNING id",
            &cells,
        )?;
        posted = rows.first().map_or(posted, |row| integer(row, 0));
    }
    Ok(posted)
}

/// A card to try a channel with.
pub(super) fn test(sql: &mut impl Sql) -> core::result::Result<Card, Failure> {
    let rows = sql.run("SELECT coalesce(max(id), 0) FROM delivery", &[])?;
    Ok(notify::test(&salt(sql)?, rows.first().map_or(0, |row| integer(row, 0))))
}

/// The messages that should leave now; in `quiet` hours those that cannot wait.
pub fn due(sql: &mut impl Sql, now: i64, quiet: bool) -> core::result::Result<Vec<Delivery>, Failure> {
    let rows = sql.run(
        "SELECT delivery.id, card.id, card.kind, channel.service, channel.id, channel.address, delivery.payload, \
         card.experiment \
         FROM delivery JOIN card ON card.id = delivery.card JOIN channel ON channel.id = delivery.channel \
         WHERE delivery.state = ? AND delivery.due <= ? AND (? = 0 OR card.urgent = 1) ORDER BY delivery.id LIMIT ?",
        &[state::OPEN.into(), now.into(), i64::from(quiet).into(), BATCH.into()],
    )?;
    let one = |row: &Vec<Cell>| {
        let service = text(row, 3);
        let is_mail = Service::from_name(&service) == Some(Service::Mail);
        Delivery {
            id: integer(row, 0),
            event: text(row, 1),
            kind: text(row, 2),
            service,
            channel: integer(row, 4),
            url: if is_mail { String::new() } else { text(row, 5) },
            payload: text(row, 6),
            experiment: text(row, 7),
        }
    };
    Ok(rows.iter().map(one).collect())
}

/// Whether any message still has to leave, now or later.
pub(super) fn waiting(sql: &mut impl Sql) -> core::result::Result<bool, Failure> {
    Ok(!sql.run("SELECT 1 FROM delivery WHERE state = ? LIMIT 1", &[state::OPEN.into()])?.is_empty())
}

/// Tells how a message went: an empty error is success. After the last attempt it is given up, and the log says so.
pub fn delivered(sql: &mut impl Sql, id: i64, error: &str, now: i64) -> core::result::Result<(), Failure> {
    if error.is_empty() {
        let cells = [state::SENT.into(), id.into()];
        return sql
            .run("UPDATE delivery SET attempts = attempts + 1, state = ?, error = '' WHERE id = ?", &cells)
            .map(drop);
    }
    let rows = sql.run(
        "SELECT delivery.attempts + 1, channel.name, channel.address, card.title FROM delivery \
         JOIN channel ON channel.id = delivery.channel JOIN card ON card.id = delivery.card WHERE delivery.id = ?",
        &[id.into()],
    )?;
    let Some(row) = rows.first() else { return Ok(()) };
    let (attempts, name, address, title) = (integer(row, 0), text(row, 1), text(row, 2), text(row, 3));
    // Whoever has the address can write there.
    let error: String = error.replace(&address, "…").chars().take(200).collect();
    let next = if attempts < ATTEMPTS { state::OPEN } else { state::GIVEN_UP };
    let due = now + (PAUSE << (attempts - 1).clamp(0, ATTEMPTS));
    let cells = [attempts.into(), due.into(), next.into(), error.as_str().into(), id.into()];
    sql.run("UPDATE delivery SET attempts = ?, due = ?, state = ?, error = ? WHERE id = ?", &cells)?;
    if next == state::GIVEN_UP {
        let detail = alloc::format!("“{title}”: {error}");
        audit::write(sql, now, &Deed { who: ENGINE, action: "give up a message", subject: &name, detail: &detail })?;
    }
    Ok(())
}

/// What became of messages, each as an object.
const SELECT: &str = "SELECT json_object('id', delivery.id, 'event', card.id, 'kind', card.kind, 'experiment', card.experiment, \
     'title', card.title, 'headline', card.headline, 'channel', channel.name, 'service', channel.service, \
     'recipient', delivery.recipient, 'at', delivery.at, 'state', delivery.state, 'attempts', delivery.attempts, \
     'due', CASE delivery.state WHEN 'open' THEN delivery.due END, 'error', delivery.error) \
     FROM delivery JOIN card ON card.id = delivery.card JOIN channel ON channel.id = delivery.channel";

/// The last messages, newest first.
pub(super) fn list(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let limit = request.number("limit", pages::MOST)?.unwrap_or(50);
    let before = request.number("before", i64::MAX)?.unwrap_or(i64::MAX);
    let cells = [before.into(), limit.into()];
    let rows = sql.run(&alloc::format!("{SELECT} WHERE delivery.id < ? ORDER BY delivery.id DESC LIMIT ?"), &cells)?;
    let deliveries = rows.iter().map(|row| store::parsed(&text(row, 0)));
    Ok(json!({"deliveries": deliveries.collect::<core::result::Result<Vec<Value>, Failure>>()?}))
}

/// The last one of a channel.
pub(super) fn last(sql: &mut impl Sql, channel: i64) -> core::result::Result<Option<Value>, Failure> {
    let statement = alloc::format!("{SELECT} WHERE channel.id = ? ORDER BY delivery.id DESC LIMIT 1");
    sql.run(&statement, &[channel.into()])?.first().map(|row| store::parsed(&text(row, 0))).transpose()
}

/// Drops what was meant for a channel that is no more.
pub(super) fn forget(sql: &mut impl Sql, channel: i64) -> core::result::Result<(), Failure> {
    sql.run("DELETE FROM delivery WHERE channel = ?", &[channel.into()]).map(drop)
}
