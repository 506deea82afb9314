//! What is looked at before a test starts, with all that the project knows: the list itself is
//! [`checks::look`]'s. What it takes from outside the shell asks for first, for callers who may know it.

use super::experiments::{self, Around, Seen};
use super::{Call, Request, Result, access, environment_named, forecast, library, people, publishing, schedule, store};
use crate::document::{Document, Intake};
use crate::environment::Environment;
use crate::lifecycle::checks::{self, Facts, Found, Like, Reviewing};
use crate::lifecycle::launch;
use crate::lifecycle::plan::{Change, Words};
use crate::lifecycle::{Checks, Experiment, Plan, State, is_one};
use crate::playbook::Reviewers;
use crate::sql::{Failure, Sql};
use crate::time::Millis;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;
use serde_json::{Value, json};

/// What the shell has to ask outside.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Questions {
    /// The experiment.
    pub key: String,
    /// Where.
    pub environment: &'static str,
    /// The pages that have to answer.
    pub pages: Vec<String>,
    /// What has to be on the first of them.
    pub edits: Vec<Words>,
    /// Whose events count.
    pub intake: Intake,
    /// The flag that is under test.
    pub flag: String,
    /// What visitors meet there meanwhile.
    pub document: Document,
}

/// What has to be asked for a call, if its caller may make it.
pub fn asks(sql: &mut impl Sql, call: &Call, now: Millis) -> core::result::Result<Option<Questions>, Failure> {
    let parts: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let key = match (call.method.as_str(), &parts[..]) {
        ("GET", ["experiments", key, "checks"])
        | ("POST", ["experiments", key, "submit" | "approve" | "start" | "confirm" | "quality"]) => *key,
        _ => return Ok(None),
    };
    let Some(caller) = access::caller(sql, call, now)? else { return Ok(None) };
    if access::allow(&caller, call, &parts).is_err() {
        return Ok(None);
    }
    let known = store::experiments(sql)?.into_iter().find(|kept| kept.experiment.key == key);
    let environment = call.query.get("environment").and_then(|name| Environment::from_name(name));
    let environment = environment.filter(|_| call.method == "GET").unwrap_or(Environment::Production);
    known.map(|kept| questions(sql, &kept.experiment, environment)).transpose()
}

/// The same for whatever starts by itself now.
pub fn starting(sql: &mut impl Sql, now: Millis) -> core::result::Result<Vec<Questions>, Failure> {
    let all = store::experiments(sql)?.into_iter().map(|kept| kept.experiment);
    let planned = schedule::starting(sql, now)?;
    let due: Vec<_> = all.filter(|experiment| starts(experiment, now) || planned.contains(&experiment.key)).collect();
    due.iter().map(|experiment| questions(sql, experiment, Environment::Production)).collect()
}

/// Whether an experiment was confirmed alone, and its time has come.
pub(super) fn starts(experiment: &Experiment, now: Millis) -> bool {
    experiment.state == State::InReview && experiment.due.is_some_and(|due| now.0 >= due)
}

fn questions(
    sql: &mut impl Sql,
    experiment: &Experiment,
    environment: Environment,
) -> core::result::Result<Questions, Failure> {
    let document = publishing::current(sql, environment)?;
    let plan = experiment.plan.clone().unwrap_or_default();
    let pages = checks::addresses(&plan, &document);
    let edits = if let Change::Words { edits, .. } = plan.change { edits } else { Vec::new() };
    Ok(Questions {
        key: experiment.key.clone(),
        environment: environment.name(),
        pages,
        edits,
        intake: document.intake,
        flag: launch::names(experiment).0,
        document,
    })
}

/// What was found of several experiments.
pub type FoundOf = BTreeMap<String, Found>;

/// Looks at everything before one experiment starts.
pub(super) fn look(
    sql: &mut impl Sql,
    around: &Around,
    all: &[Seen],
    experiment: &Experiment,
    (environment, found): (Environment, Option<&Found>),
) -> core::result::Result<Checks, Failure> {
    let plan = experiment.plan.clone().unwrap_or_default();
    let similar = library::like(sql, all, &sounds(&plan), &experiment.key)?;
    let like = |seen: &&Seen| {
        let Experiment { key, title, .. } = &seen.kept.experiment;
        Like { key: key.clone(), title: title.clone(), words: library::headline(seen, around) }
    };
    let others = all.iter().map(|seen| &seen.kept.experiment).filter(|other| other.key != experiment.key);
    let facts = Facts {
        experiment,
        playbook: &around.playbook,
        document: &around.document,
        environment,
        found,
        others: &others.collect::<Vec<_>>(),
        duration: &forecast::duration(all, around, &plan),
        similar: &similar.iter().map(like).collect::<Vec<_>>(),
        reviewing: reviewing(sql, around, experiment)?,
        now: around.now,
    };
    Ok(checks::look(&facts))
}

/// What of a plan others may have tried.
fn sounds(plan: &Plan) -> String {
    [plan.title.as_str(), plan.hypothesis.change.as_str()].join(" ")
}

/// Who could let an experiment start. The admin can, whoever else is there.
fn reviewing(sql: &mut impl Sql, around: &Around, experiment: &Experiment) -> core::result::Result<Reviewing, Failure> {
    if around.playbook.reviewers == Reviewers::Anyone {
        return Ok(Reviewing::Anyone);
    }
    if people::are_none(sql)? {
        return Ok(Reviewing::Alone);
    }
    let others = people::approvers(sql)?.into_iter().any(|name| !is_one(&name, &experiment.author));
    let other = others || !is_one(people::ADMIN, &experiment.author);
    Ok(if other { Reviewing::Other } else { Reviewing::Nobody })
}

/// `GET …/checks`: the list as it is now, for production or another environment.
pub(super) fn read(sql: &mut impl Sql, request: &Request, key: &str) -> Result<Value> {
    let environment = match request.query("environment") {
        "" => Environment::Production,
        name => environment_named(name)?,
    };
    let kept = store::experiment(sql, key)?;
    let mut around = experiments::around(sql, request.now)?;
    around.clocks = request.call.clocks.clone();
    let all = experiments::all(sql, &around)?;
    around.document = publishing::current(sql, environment)?;
    let where_ = (environment, request.call.found.as_ref());
    let checks = look(sql, &around, &all, &kept.experiment, where_)?;
    Ok(json!({
        "revision": kept.revision, "environment": environment.name(), "asOf": request.now.0,
        "digest": checks.digest(), "ready": checks.stops().is_empty(), "checks": checks.all(),
    }))
}
