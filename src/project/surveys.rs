//! Surveys: one question to those who meet an experiment. The answers live in a store of their own
//! ([`crate::voices`]); here stands what was asked.

use super::publishing::{self, Publication, Warrant};
use super::{Request, Result, audit, experiments, forbidden, misshapen, pages, refuse, settings, store, teams};
use crate::document::{Document, Named, Survey};
use crate::environment::Environment;
use crate::lifecycle::{Experiment, State, plan};
use crate::order;
use crate::sql::{Failure, LAST, Sql};
use crate::voices::FOUND;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const SURVEYS: &str = "surveys";

/// Units that links are made for at once, as at the site's own door (worker/answers.mjs).
const INVITED: usize = 100;

/// A survey that was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Asked {
    experiment: String,
    question: String,
    choices: Vec<String>,
    #[serde(default)]
    rating: Value,
    #[serde(default)]
    follow: Value,
    comment: bool,
    #[serde(default)]
    when: Value,
    #[serde(default)]
    contact: bool,
    open: bool,
    at: i64,
}

/// All of them by key.
pub(super) type All = BTreeMap<String, Asked>;

fn all(sql: &mut impl Sql) -> core::result::Result<All, Failure> {
    Ok(store::setting(sql, SURVEYS, All::new)?.0)
}

/// What is asked, by the survey's key.
pub(super) fn questions(sql: &mut impl Sql) -> core::result::Result<BTreeMap<String, String>, Failure> {
    Ok(all(sql)?.into_iter().map(|(key, asked)| (key, asked.question)).collect())
}

/// What was asked, newest first, everywhere or of one experiment; the shell adds the answers.
pub(super) fn list(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let about = request.query("experiment");
    let of = |(_, asked): &(String, Asked)| about.is_empty() || asked.experiment == about;
    let all = all(sql)?.into_iter().filter(of).collect();
    let all = order::sorted(all, |(_, one), (_, other)| other.at.cmp(&one.at));
    let names: Vec<&str> = all.iter().map(|(key, _)| key.as_str()).collect();
    let (page, next) = pages::of(request, &names)?;
    let written = if request.query("after").is_empty() { written(sql, request, about)? } else { Vec::new() };
    Ok(json!({"surveys": told(sql, request, all.get(page).unwrap_or_default())?, "written": written, "next": next}))
}

/// Every run of which something may have been written, newest first, or that of one experiment; the shell adds how much
/// there is, and leaves out those without.
fn written(sql: &mut impl Sql, request: &Request, about: &str) -> Result<Vec<Value>> {
    let around = experiments::around(sql, request.now)?;
    let run = |seen: &experiments::Seen| {
        let experiment = &seen.kept.experiment;
        let run = experiment.run.as_ref().filter(|_| about.is_empty() || experiment.key == about)?;
        let scene = seen.scene(&around);
        let (control, treatment) = scene.variants();
        let arm = |variant: &String| {
            let exposed = scene.counts.exposures(variant, None, "").confirmed;
            json!({"variant": variant, "exposed": exposed, "tickets": 0, "sessions": 0})
        };
        Some(json!({
            "experiment": experiment.key, "title": experiment.title, "run": run.id, "arms": [arm(&control), arm(&treatment)],
        }))
    };
    Ok(experiments::all(sql, &around)?.iter().rev().filter_map(run).collect())
}

/// What was written by those who met an experiment: its run, and what the shell has to ask of tickets and recordings.
pub(super) fn heard(sql: &mut impl Sql, request: &Request, key: &str) -> Result<Value> {
    store::experiment(sql, key)?;
    let limit = request.number("limit", FOUND)?;
    let Some(mut heard) = written(sql, request, key)?.pop() else {
        return Err(forbidden("Nobody has met it, so nobody has written of it.", "Ask when it has started."));
    };
    heard["replay"] = json!(settings::current(sql)?.replay);
    heard["query"] = json!({
        "run": heard["run"], "variant": request.query("variant"), "after": request.number("after", LAST)?, "limit": limit,
    });
    Ok(heard)
}

/// One of them, and what the shell has to ask of its answers.
pub(super) fn one(sql: &mut impl Sql, request: &Request, key: &str) -> Result<Value> {
    let Some(asked) = all(sql)?.get(key).cloned() else { return refuse(404, "There is no such survey.") };
    let query = json!({
        "words": request.query("q"), "variant": request.query("variant"),
        "after": request.number("after", LAST)?, "limit": request.number("limit", FOUND)?,
    });
    Ok(json!({"survey": told(sql, request, &[(key.into(), asked)])?.pop(), "query": query}))
}

fn told(sql: &mut impl Sql, request: &Request, all: &[(String, Asked)]) -> Result<Vec<Value>> {
    let around = experiments::around(sql, request.now)?;
    let seen = experiments::all(sql, &around)?;
    let owners = teams::owners(sql, "survey")?;
    let survey = |(key, asked): &(String, Asked)| {
        let experiment = seen.iter().find(|seen| seen.kept.experiment.key == asked.experiment);
        let arms = experiment.map(|seen| {
            let scene = seen.scene(&around);
            let (control, treatment) = scene.variants();
            let arm = |variant: &String| {
                json!({"variant": variant, "exposed": scene.counts.exposures(variant, None, "").confirmed, "answers": 0, "choices": {}})
            };
            json!([arm(&control), arm(&treatment)])
        });
        let title = experiment.map(|seen| seen.kept.experiment.title.clone());
        let running = experiment.is_some_and(|seen| seen.kept.experiment.state == State::Running);
        json!({
            "key": key, "experiment": asked.experiment, "title": title, "question": asked.question,
            "choices": asked.choices, "rating": asked.rating, "follow": asked.follow, "comment": asked.comment, "when": asked.when,
            "contact": asked.contact, "open": asked.open && running, "at": asked.at, "arms": arms,
            "team": owners.get(key),
        })
    };
    Ok(all.iter().map(survey).collect())
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "NewSurvey"))]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    experiment: String,
    question: String,
    #[serde(default)]
    choices: Vec<String>,
    #[serde(default)]
    rating: Value,
    #[serde(default)]
    follow: Value,
    #[serde(default)]
    comment: bool,
    #[serde(default)]
    when: Value,
    #[serde(default)]
    talk: Option<String>,
    #[serde(default)]
    contact: bool,
    #[serde(default)]
    languages: Value,
}

/// Asks those who meet a running experiment.
pub(super) fn add(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let New { experiment, question, choices, rating, follow, comment, when, talk, contact, languages } =
        request.body()?;
    let kept = store::experiment(sql, &experiment)?;
    if kept.experiment.state != State::Running {
        return Err(forbidden("Nobody meets it now, so nobody could be asked.", "Ask while it runs."));
    }
    let mut document = publishing::current(sql, Environment::Production)?;
    let languages = languages.as_object().into_iter().flatten().map(|(key, words)| (key.clone(), words.clone()));
    let languages = languages.collect();
    let survey = Survey { experiment, question, choices, rating, follow, comment, when, talk, contact, languages };
    let Some((key, known)) = ask(sql, &mut document, survey, request.now.0)? else {
        return refuse(409, "There are too many.");
    };
    publish(sql, request, &document, "ask a question", &key)?;
    store::set(sql, SURVEYS, &known)?;
    list(sql, request)
}

/// Puts a survey into a document, under a key of its own. Gives all that are known then.
fn ask(
    sql: &mut impl Sql,
    document: &mut Document,
    survey: Survey,
    at: i64,
) -> core::result::Result<Option<(String, All)>, Failure> {
    let mut known = all(sql)?;
    let base = plan::key_of(&survey.question);
    let keys = core::iter::once(base.clone()).chain((2..).map(|number| format!("{base}-{number}")));
    let Some(key) = keys.take(1000).find(|key| !known.contains_key(key)) else { return Ok(None) };
    let choices = survey.answers();
    let Survey { experiment, question, rating, follow, comment, when, contact, .. } = survey.clone();
    let asked = Asked { experiment, question, choices, rating, follow, comment, when, contact, open: true, at };
    known.insert(key.clone(), asked);
    document.surveys.insert(key.clone(), survey);
    Ok(Some((key, known)))
}

/// Asks the plan's question, or that of its template, from an experiment's first stage on, unless its visitors are asked something already.
/// It ends with the run, as every survey does.
pub(super) fn open(
    sql: &mut impl Sql,
    document: &mut Document,
    experiment: &Experiment,
    at: i64,
) -> core::result::Result<(), Failure> {
    let plan = experiment.plan.as_ref();
    let rules = experiment.playbook.as_ref();
    let usual = || Some(rules?.kind(&plan?.template.as_ref()?.key)?.question);
    let asked = plan.and_then(|plan| plan.ask.clone()).or_else(usual);
    let Some(question) = asked.filter(|question| !question.trim().is_empty()) else { return Ok(()) };
    if document.surveys.iter().any(|(_, survey)| survey.experiment == experiment.key) {
        return Ok(());
    }
    let survey = Survey {
        experiment: experiment.key.clone(),
        question,
        choices: Vec::new(),
        rating: Value::Null,
        follow: Value::Null,
        comment: true,
        when: Value::Null,
        talk: None,
        contact: false,
        languages: Named::default(),
    };
    if let Some((_, known)) = ask(sql, document, survey, at)? {
        store::set(sql, SURVEYS, &known)?;
    }
    Ok(())
}

/// Asks nobody any more. What was answered stays.
pub(super) fn close(sql: &mut impl Sql, request: &Request, key: &str) -> Result<Value> {
    let mut known = all(sql)?;
    let Some(asked) = known.get_mut(key) else { return refuse(404, "There is no such survey.") };
    if !asked.open {
        return list(sql, request);
    }
    asked.open = false;
    let mut document = publishing::current(sql, Environment::Production)?;
    if document.surveys.remove(key).is_some() {
        publish(sql, request, &document, "close a survey", key)?;
    } else {
        audit::note(sql, request, "close a survey", key, "it was taken out of the document before")?;
    }
    store::set(sql, SURVEYS, &known)?;
    list(sql, request)
}

/// Those whom a mail goes to, as the site or a backend names them.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Invited"))]
#[serde(deny_unknown_fields)]
pub(super) struct Invited {
    units: Vec<String>,
}

/// Notes that links to a question are given out. They are made where the keys are, as on the site.
pub(super) fn invite(sql: &mut impl Sql, request: &Request, key: &str) -> Result<Value> {
    let Invited { units } = request.body()?;
    if !all(sql)?.get(key).is_some_and(|asked| asked.open) {
        return refuse(404, "There is no such survey that is open.");
    }
    if units.is_empty() || units.len() > INVITED {
        return Err(misshapen("/units", "These are too many units, or none.", "Send 1 to 100 at once."));
    }
    audit::note(sql, request, "give out links", key, &format!("for {}", units.len()))?;
    Ok(json!({"outcomes": []}))
}

fn publish(sql: &mut impl Sql, request: &Request, document: &Document, action: &str, subject: &str) -> Result<()> {
    let publication = Publication {
        environment: Environment::Production,
        document,
        // A question changes nobody's variant; where it would, the rules for authors say so.
        warrant: Warrant::Author,
        who: &request.caller.actor.name,
        action,
        subject,
        why: "",
    };
    publishing::publish(sql, &publication, request.now).map(drop)
}
