//! A project's memory and its API: experiments, environments, people, playbook, audit log, library.
//!
//! [`answer`] takes one call of the API inside one transaction, [`hear`] what a shard has counted, and [`tick`] does what
//! follows. All are functions of the store, what they are given and `now`; so the whole control plane runs natively in tests.
//!
//! Every change writes a line of the audit log in the same transaction ([`audit`]), and nothing reaches visitors but
//! through [`publishing`].

mod access;
mod advice;
mod alerts;
mod alone;
mod approvals;
mod asked;
mod audit;
mod backup;
mod boards;
mod calendar;
mod channels;
mod checking;
mod claims;
pub mod clock;
mod clocks;
mod comments;
mod crossings;
mod documents;
mod experiments;
mod explanations;
mod flags;
mod follows;
mod forecast;
mod foresight;
mod ideas;
mod laid;
mod library;
mod metrics;
mod notes;
#[cfg(feature = "schema")]
pub mod openapi;
mod operations;
mod outbox;
mod pages;
mod past;
mod people;
mod practice;
mod preview;
mod promotion;
mod publishing;
mod repeats;
mod restoring;
mod schedule;
mod settings;
mod settling;
mod shares;
mod store;
mod surveys;
mod teams;
mod tick;
pub mod tokens;
mod wanted;
mod weakening;
mod weeks;

pub use checking::{FoundOf, Questions, asks, starting};
pub use clocks::Clocks;
pub use outbox::{Delivery, delivered, due};
pub use settings::{feed, hours};
pub use tick::{hear, tick};

use crate::document::{Code, Problem};
use crate::environment::Environment;
use crate::lifecycle;
use crate::lifecycle::checks::Found;
use crate::limits;
use crate::migrate;
use crate::sql::{Failure, Sql};
use crate::time::Millis;
use crate::versions;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// One call of the API. The shell has checked nothing but its form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Call {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: String,
    /// The path below the project, in parts.
    pub path: Vec<String>,
    /// The query.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// The revision that the caller has seen, from `If-Match`.
    #[serde(default)]
    pub seen: Option<i64>,
    /// What the caller calls this one by, from `Idempotency-Key`: sent twice it is done once.
    #[serde(default)]
    pub idempotency_key: Option<String>,
    /// The SHA-256 of the caller's token in hexadecimal digits.
    pub token: String,
    /// Whether that is the admin's token, which the shell knows and the store does not.
    #[serde(default)]
    pub admin: bool,
    /// The address of whoever has signed in elsewhere, as the shell has made sure; empty for nobody. No token counts then.
    #[serde(default)]
    pub person: String,
    /// The body as it came.
    #[serde(default)]
    pub body: String,
    /// The console's address, for links in messages.
    #[serde(default)]
    pub console: String,
    /// The address of the demo's own receiver, if there is one.
    #[serde(default)]
    pub receiver: Option<String>,
    /// A token that the shell has drawn, for a new person: the token's hash alone is kept.
    #[serde(default)]
    pub fresh: Option<String>,
    /// When it is what a body calls `at`; the shell knows the hours of the project's zone.
    #[serde(default)]
    pub due: Option<i64>,
    /// What clocks of the project's zone do, for a call that counts in days.
    #[serde(default)]
    pub clocks: Clocks,
    /// How many events were left out as those of machines; the shell asks the shards.
    #[serde(default)]
    pub bots: u64,
    /// What the shell has found outside, for a call that checks a plan ([`asks`]).
    #[serde(default)]
    pub found: Option<Found>,
}

/// Status and body of an answer. One of 400 and above has changed nothing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body.
    pub body: Value,
}

/// Why a call was not done.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// An answer that says so.
    Answer(Answer),
    /// The store failed.
    Store(Failure),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Store(failure)
    }
}

impl From<lifecycle::Refusal> for Refusal {
    fn from(refusal: lifecycle::Refusal) -> Self {
        match refusal {
            lifecycle::Refusal::Forbidden { error, fix } => forbidden(&error, &fix),
            lifecycle::Refusal::Problems(problems) => invalid(&problems),
        }
    }
}

impl From<versions::Refusal> for Refusal {
    fn from(refusal: versions::Refusal) -> Self {
        match refusal {
            versions::Refusal::Conflict(pointer) => stale(&json!(pointer)),
            versions::Refusal::Problems(problems) => invalid(&problems),
            versions::Refusal::Store(failure) => Self::Store(failure),
        }
    }
}

type Result<T> = core::result::Result<T, Refusal>;

fn refuse<T>(status: u16, error: &str) -> Result<T> {
    Err(Refusal::Answer(Answer { status, body: json!({"error": error}) }))
}

fn forbidden(error: &str, fix: &str) -> Refusal {
    Refusal::Answer(Answer { status: 409, body: json!({"error": error, "fix": fix}) })
}

fn invalid(problems: &[Problem]) -> Refusal {
    Refusal::Answer(Answer { status: 422, body: json!({"problems": problems}) })
}

/// The one thing that a body or a query has wrong.
fn misshapen(pointer: &str, cause: &str, fix: &str) -> Refusal {
    invalid(&[Problem::new(pointer.to_string(), Code::Shape, cause.to_string(), fix.to_string())])
}

fn stale(current: &Value) -> Refusal {
    let error = "This has changed since you read it. Read it again, then change it.";
    Refusal::Answer(Answer { status: 412, body: json!({"error": error, "current": current}) })
}

/// A call whose caller is known.
struct Request<'c> {
    call: &'c Call,
    /// Who calls.
    caller: access::Caller,
    /// When.
    now: Millis,
}

impl Request<'_> {
    /// The body as what it should be, or what is wrong with it.
    fn body<T: for<'de> Deserialize<'de>>(&self) -> Result<T> {
        let text = if self.call.body.trim().is_empty() { "{}" } else { &self.call.body };
        serde_json::from_str(text).map_err(|error| {
            let cause = format!("The body is not as expected: {error}.");
            misshapen("", &cause, "docs/api.md says what it looks like.")
        })
    }

    /// Checks that the caller has seen the present revision.
    fn seen(&self, present: i64, current: impl FnOnce() -> Value) -> Result<()> {
        match self.call.seen {
            None => refuse(428, "Send `If-Match` with the revision that you read, so that nobody's work is lost."),
            Some(seen) if seen != present => Err(stale(&current())),
            Some(_) => Ok(()),
        }
    }

    /// A whole number of the query, from 1 to `most`; nothing where it was not sent.
    fn number(&self, name: &str, most: i64) -> Result<Option<i64>> {
        self.whole(name, 1, most)
    }

    /// The same from another number on.
    fn whole(&self, name: &str, least: i64, most: i64) -> Result<Option<i64>> {
        let Some(text) = self.call.query.get(name) else { return Ok(None) };
        if let Some(number) = text.parse().ok().filter(|number| (least..=most).contains(number)) {
            return Ok(Some(number));
        }
        let cause = format!("“{name}” is no whole number from {least} to {most}.");
        Err(misshapen(&format!("?{name}"), &cause, "Leave it out, or send one."))
    }

    /// Refuses a query that only says yes and was sent with anything else: whoever meant it so would find it done.
    fn said(&self, name: &str) -> Result<()> {
        let Some(other) = self.call.query.get(name).filter(|value| *value != "1") else { return Ok(()) };
        let other: String = other.chars().take(limits::NAME_BYTES).collect();
        let cause = format!("“{other}” is no value of “{name}”. Known is 1.");
        Err(misshapen(&format!("?{name}"), &cause, &format!("Send `?{name}=1`, or leave it out.")))
    }

    fn query(&self, name: &str) -> &str {
        self.call.query.get(name).map_or("", String::as_str)
    }
}

/// Makes the tables.
pub fn prepare(sql: &mut impl Sql) -> core::result::Result<(), Failure> {
    // The first format had no index of what was said and learned.
    migrate::prepare(sql, "experiment", make, &[notes::rebuild])
}

fn make(sql: &mut impl Sql) -> core::result::Result<(), Failure> {
    versions::prepare(sql)?;
    let tables = [
        store::TABLES,
        audit::TABLES,
        people::TABLES,
        tokens::TABLES,
        channels::TABLES,
        outbox::TABLES,
        alerts::TABLES,
        documents::TABLES,
        approvals::TABLES,
        library::TABLES,
        crossings::TABLES,
        repeats::TABLES,
        foresight::TABLES,
        settings::TABLES,
        schedule::TABLES,
        teams::TABLES,
        ideas::TABLES,
        comments::TABLES,
        claims::TABLES,
        shares::TABLES,
        past::TABLES,
        notes::TABLES,
        follows::TABLES,
        backup::import::ARRIVING,
    ];
    tables.into_iter().flatten().try_for_each(|table| sql.run(table, &[]).map(drop))?;
    notes::make(sql)
}

/// Answers one call of the API. On a failure of the store the caller rolls its transaction back.
pub fn answer(sql: &mut impl Sql, call: &Call, now: Millis) -> core::result::Result<Answer, Failure> {
    match route(sql, call, now) {
        Ok(body) => Ok(Answer { status: 200, body }),
        Err(Refusal::Answer(answer)) => Ok(answer),
        Err(Refusal::Store(failure)) => Err(failure),
    }
}

fn route(sql: &mut impl Sql, call: &Call, now: Millis) -> Result<Value> {
    let Some(caller) = access::caller(sql, call, now)? else {
        if !call.person.is_empty() {
            return Err(Refusal::Answer(access::stranger(&call.person)));
        }
        return refuse(
            401,
            "This needs a token that is known here and has not ended: `Authorization: Bearer <token>`. Setup, Tokens makes one, and `npm start` prints the admin's.",
        );
    };
    let parts: Vec<&str> = call.path.iter().map(String::as_str).collect();
    access::allow(&caller, call, &parts)?;
    let request = &Request { call, caller, now };
    if call.body.len() > limits::FORM_BYTES
        && call.path.first().is_some_and(|part| part != "environments" && part != "import")
    {
        return refuse(413, "That is too much text for a form.");
    }
    repeats::once(sql, request, |sql| operate(sql, request, &parts))
}

fn operate(sql: &mut impl Sql, request: &Request, parts: &[&str]) -> Result<Value> {
    [preview::NAME, approvals::NAME].into_iter().try_for_each(|name| request.said(name))?;
    let ["environments", environment, rest @ ..] = parts else { return operations::of_project(sql, request, parts) };
    operations::of_environment(sql, request, rest, environment_named(environment)?)
}

fn environment_named(name: &str) -> Result<Environment> {
    match Environment::from_name(name) {
        Some(environment) => Ok(environment),
        None => refuse(404, "The environments are development, staging and production."),
    }
}

/// A row's text at an index.
fn text(row: &[crate::sql::Cell], index: usize) -> String {
    row.get(index).map(|cell| cell.text().to_string()).unwrap_or_default()
}

/// A row's integer at an index.
fn integer(row: &[crate::sql::Cell], index: usize) -> i64 {
    row.get(index).map_or(0, crate::sql::Cell::integer)
}
