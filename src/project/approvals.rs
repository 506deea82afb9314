//! What takes more visitors somewhere than one person may decide alone: kept word for word until somebody else lets it
//! go live. A team of one types what it changes instead, and has ten minutes to think better of it.

use super::access::{self, Caller};
use super::audit::{self, Deed};
use super::publishing::{self, Publication, Warrant};
use super::tick::ENGINE;
use super::{Refusal, Request, Result, documents, forbidden, integer, people, preview, refuse, settings, text, wanted};
use crate::compile::hexadecimal;
use crate::document;
use crate::environment::Environment;
use crate::lifecycle::{Actor, UNDO};
use crate::limits;
use crate::playbook::Reviewers;
use crate::sql::{Cell, Failure, Sql};
use crate::time::Millis;
use crate::versions;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(super) const TABLES: &[&str] = &["CREATE TABLE IF NOT EXISTS proposal (id INTEGER PRIMARY KEY AUTOINCREMENT, \
     environment TEXT NOT NULL, base INTEGER NOT NULL, digest TEXT NOT NULL, document TEXT NOT NULL, \
     action TEXT NOT NULL, subject TEXT NOT NULL, why TEXT NOT NULL, who TEXT NOT NULL, at INTEGER NOT NULL, \
     state TEXT NOT NULL, due INTEGER, decider TEXT, decided INTEGER, note TEXT)"];

/// Changes that a list gives at most.
const PAGE: i64 = 100;

/// Characters of a reason.
const WHY: usize = 500;

/// What can be done with a change.
const ACTIONS: [&str; 4] = ["approve", "confirm", "return", "withdraw"];

/// Where a change is.
mod state {
    /// It waits for somebody's word.
    pub(super) const OPEN: &str = "open";
    /// Its author has confirmed it; it goes live when it is due.
    pub(super) const CONFIRMED: &str = "confirmed";
    /// It is live.
    pub(super) const PUBLISHED: &str = "published";
    /// Somebody wants it otherwise.
    pub(super) const RETURNED: &str = "returned";
    /// Its author has taken it back.
    pub(super) const WITHDRAWN: &str = "withdrawn";
    /// Something else went live before it.
    pub(super) const OUTDATED: &str = "outdated";
}

struct Proposal {
    id: i64,
    environment: Environment,
    /// The version that it was made from.
    base: i64,
    /// Stands for environment, base and document: whoever approves says this, and so approves nothing else.
    digest: String,
    action: String,
    subject: String,
    why: String,
    who: String,
    at: i64,
    state: String,
    due: Option<i64>,
    decider: String,
    decided: Option<i64>,
    note: String,
}

const COLUMNS: &str =
    "id, environment, base, digest, action, subject, why, who, at, state, due, decider, decided, note";

fn read(row: &[Cell]) -> Option<Proposal> {
    let time = |index: usize| row.get(index).filter(|cell| !matches!(cell, Cell::Null)).map(Cell::integer);
    Some(Proposal {
        id: integer(row, 0),
        environment: Environment::from_name(&text(row, 1))?,
        base: integer(row, 2),
        digest: text(row, 3),
        action: text(row, 4),
        subject: text(row, 5),
        why: text(row, 6),
        who: text(row, 7),
        at: integer(row, 8),
        state: text(row, 9),
        due: time(10),
        decider: text(row, 11),
        decided: time(12),
        note: text(row, 13),
    })
}

fn of(sql: &mut impl Sql, condition: &str, cells: &[Cell]) -> core::result::Result<Vec<Proposal>, Failure> {
    let rows =
        sql.run(&format!("SELECT {COLUMNS} FROM proposal WHERE {condition} ORDER BY id DESC LIMIT {PAGE}"), cells)?;
    Ok(rows.iter().filter_map(|row| read(row)).collect())
}

/// The document of a change that waits; it is large, so only whoever needs it reads it.
fn document_of(sql: &mut impl Sql, id: i64) -> core::result::Result<String, Failure> {
    let rows = sql.run("SELECT document FROM proposal WHERE id = ?", &[id.into()])?;
    Ok(rows.first().map(|row| text(row, 0)).unwrap_or_default())
}

impl Proposal {
    fn is_open(&self) -> bool {
        [state::OPEN, state::CONFIRMED].contains(&self.state.as_str())
    }

    fn view(&self, caller: &Caller, reviewers: Reviewers) -> Value {
        let Self { id, base, digest, action, subject, why, who, at, state, due, decider, decided, note, .. } = self;
        let actions: Vec<_> = ACTIONS.into_iter().filter(|action| self.may(action, caller, reviewers)).collect();
        json!({
            "id": id, "environment": self.environment.name(), "base": base, "digest": digest, "action": action,
            "subject": subject, "why": why, "who": who, "at": at, "state": state, "due": due, "decider": decider,
            "decided": decided, "note": note, "actions": actions,
        })
    }

    /// Whether the caller can do this to it now.
    fn may(&self, action: &str, caller: &Caller, reviewers: Reviewers) -> bool {
        access::may_decide(caller, action) && self.obstacle(action, caller, reviewers).is_none()
    }

    /// What keeps the caller from doing this to it now, and what to do instead.
    fn obstacle(&self, action: &str, caller: &Caller, reviewers: Reviewers) -> Option<(String, &'static str)> {
        let (own, alone) = (caller.actor.is(&self.who), caller.actor.alone);
        let said = |error: &str, fix| Some((error.to_string(), fix));
        match action {
            _ if !self.is_open() => Some((format!("This change is {} already.", self.state), "Make another one.")),
            "withdraw" if own => None,
            "withdraw" => said("Only its author takes a change back.", "Return it with a reason instead."),
            "return" if own => said("It is your own change.", "Withdraw it."),
            _ if self.state == state::CONFIRMED => {
                said("Its author has confirmed it.", "They can withdraw it until it is due.")
            }
            "confirm" if own && alone => None,
            "confirm" => said("Somebody else's word is needed.", "Ask a person with the role “approver”."),
            "approve" if own && alone => {
                said("Nobody approves their own change.", "You work alone here: confirm it by typing what it changes.")
            }
            "approve" if !reviewers.admit(own, false) => {
                said("Nobody approves their own change.", "Ask somebody else.")
            }
            _ => None,
        }
    }

    fn publication<'p>(&'p self, document: &'p document::Document, who: &'p str, why: &'p str) -> Publication<'p> {
        let Self { environment, action, subject, .. } = self;
        Publication { environment: *environment, document, warrant: Warrant::Approved, who, action, subject, why }
    }
}

/// What asks for that in a query.
pub(super) const NAME: &str = "propose";

/// Whether a call wants somebody else's word before anything changes.
pub(super) fn asked(request: &Request) -> bool {
    request.query(NAME) == "1"
}

/// Keeps a change for somebody else to look at.
pub(super) fn propose(
    sql: &mut impl Sql,
    request: &Request,
    publication: &Publication,
    written: &str,
) -> Result<Value> {
    let Publication { environment, action, subject, .. } = *publication;
    let approved = Publication { warrant: Warrant::Approved, ..*publication };
    if let Some(problem) = publishing::objections(sql, &approved, request.now)?.0.first() {
        return Err(forbidden(&problem.cause, &problem.fix));
    }
    if publishing::objections(sql, publication, request.now)?.0.is_empty() {
        return Err(forbidden("Nobody has to approve this.", "Send it again without `propose`."));
    }
    let why: String = request.query("why").trim().chars().take(WHY).collect();
    let waiting = sql.run("SELECT count(*) FROM proposal WHERE state IN ('open', 'confirmed')", &[])?;
    if waiting.first().is_some_and(|row| integer(row, 0) >= limits::CHANGES) {
        let error = format!("{} changes wait already.", limits::CHANGES);
        return Err(forbidden(&error, "Take one of them back, or return it."));
    }
    // What could never go live is told now, and not to whoever approves it.
    let problems = versions::check(sql, environment, written)?;
    if !problems.is_empty() {
        return Err(super::invalid(&problems));
    }
    let written = &*document::id::concealed(written);
    let base = versions::pointer(sql, environment)?.version;
    let digest = digest(environment, base, written);
    let same = of(sql, "digest = ? AND state IN ('open', 'confirmed')", &[digest.as_str().into()])?;
    if let Some(same) = same.first() {
        return Err(forbidden("This very change waits already.", &format!("It is change {}.", same.id)));
    }
    let who = &request.caller.actor.name;
    let cells = [
        environment.name().into(),
        base.into(),
        digest.as_str().into(),
        written.into(),
        action.into(),
        subject.into(),
        if why.is_empty() { publication.why } else { &why }.into(),
        who.as_str().into(),
        request.now.0.into(),
        state::OPEN.into(),
    ];
    sql.run(
        "INSERT INTO proposal (environment, base, digest, document, action, subject, why, who, at, state) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        &cells,
    )?;
    audit::note(sql, request, "ask for approval", subject, &format!("{}: {digest}", environment.name()))?;
    let words = format!("{who} asks for approval. {}", if why.is_empty() { publication.why } else { &why });
    let link = format!("#/flags/{}?show=changes", environment.name());
    wanted::change(sql, request, environment, (&digest, subject, words), &link)?;
    let kept = of(sql, "digest = ?", &[digest.as_str().into()])?;
    let reviewers = settings::current_playbook(sql)?.reviewers;
    Ok(kept.first().map(|proposal| proposal.view(&request.caller, reviewers)).unwrap_or_default())
}

/// The changes on which the caller can say something, as what *Now* lists.
pub(super) fn needs(sql: &mut impl Sql, request: &Request) -> Result<Vec<Value>> {
    let reviewers = settings::current_playbook(sql)?.reviewers;
    let open = of(sql, "state = 'open'", &[])?;
    let need = |proposal: &Proposal| {
        let may = |action| proposal.may(action, &request.caller, reviewers);
        let (action, words) = match (may("approve"), may("confirm")) {
            (true, _) => ("Look at it", format!("{} asks for approval. {}", proposal.who, proposal.why)),
            (_, true) => {
                ("Confirm", format!("You work alone: type what it changes, or take it back. {}", proposal.why))
            }
            _ => return None,
        };
        Some(json!({
            "key": proposal.id.to_string(), "title": proposal.subject, "kind": "approve", "label": "Approve",
            "words": words.trim(), "action": action, "environment": proposal.environment.name(),
        }))
    };
    Ok(open.iter().filter_map(need).collect())
}

/// The changes of an environment, newest first.
pub(super) fn list(sql: &mut impl Sql, request: &Request, environment: Environment) -> Result<Value> {
    let all = of(sql, "environment = ?", &[environment.name().into()])?;
    let reviewers = settings::current_playbook(sql)?.reviewers;
    Ok(json!({"changes": all.iter().map(|proposal| proposal.view(&request.caller, reviewers)).collect::<Vec<_>>()}))
}

fn one(sql: &mut impl Sql, environment: Environment, id: &str) -> Result<Proposal> {
    let cells = [environment.name().into(), id.parse::<i64>().unwrap_or(0).into()];
    let Some(found) = of(sql, "environment = ? AND id = ?", &cells)?.pop() else {
        return refuse(404, "There is no such change.");
    };
    Ok(found)
}

/// A change with its document and whom it would move.
pub(super) fn show(sql: &mut impl Sql, request: &Request, environment: Environment, id: &str) -> Result<Value> {
    let proposal = one(sql, environment, id)?;
    let mut view = proposal.view(&request.caller, settings::current_playbook(sql)?.reviewers);
    let text = document_of(sql, proposal.id)?;
    view["document"] = serde_json::from_str(&text).unwrap_or_default();
    if let (true, Ok(document)) = (proposal.is_open(), document::read(text.as_bytes())) {
        let old = publishing::current(sql, environment)?;
        let publication = proposal.publication(&document, &proposal.who, &proposal.why);
        view["preview"] = preview::of(sql, request, &publication, &old)?;
    }
    Ok(view)
}

#[derive(Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(super) struct Word {
    /// The digest that somebody has read.
    digest: String,
    /// The subject, typed.
    subject: String,
    why: String,
}

/// Takes somebody's word on a change.
pub(super) fn decide(
    sql: &mut impl Sql,
    request: &Request,
    environment: Environment,
    id: &str,
    action: &str,
) -> Result<Value> {
    let proposal = one(sql, environment, id)?;
    let word: Word = request.body()?;
    let reviewers = settings::current_playbook(sql)?.reviewers;
    if !ACTIONS.contains(&action) {
        return refuse(404, "There is nothing here. docs/api.md lists what there is.");
    }
    if let Some((error, fix)) = proposal.obstacle(action, &request.caller, reviewers) {
        return Err(forbidden(&error, fix));
    }
    let subject = &proposal.subject;
    let why: String = word.why.trim().chars().take(WHY).collect();
    match action {
        "approve" => {
            if word.digest != proposal.digest {
                return Err(forbidden(
                    "This is not the change that you have read.",
                    "Read it again, and send its `digest`.",
                ));
            }
            let why = format!("{} (asked for by {})", proposal.why, proposal.who);
            publish(sql, &proposal, &request.caller.actor, why.trim(), request.now)?;
        }
        "confirm" => {
            if word.subject != *subject {
                let fix = format!("Send `subject` with “{subject}”: whoever types it knows what it is about.");
                return Err(forbidden("That is not what this changes.", &fix));
            }
            let due = request.now.0 + UNDO;
            let cells = [state::CONFIRMED.into(), due.into(), proposal.id.into()];
            sql.run("UPDATE proposal SET state = ?, due = ? WHERE id = ?", &cells)?;
            audit::note(sql, request, "confirm a change", subject, &proposal.digest)?;
        }
        "return" => {
            close(sql, &proposal, state::RETURNED, &request.caller.actor.name, &why, request.now)?;
            audit::note(sql, request, "return a change", subject, &why)?;
        }
        _ => {
            close(sql, &proposal, state::WITHDRAWN, &request.caller.actor.name, &why, request.now)?;
            audit::note(sql, request, "withdraw a change", subject, &proposal.digest)?;
        }
    }
    Ok(one(sql, environment, id)?.view(&request.caller, reviewers))
}

/// Whether somebody's word has let this very document go live upon that version.
pub(super) fn was_approved(
    sql: &mut impl Sql,
    environment: Environment,
    base: i64,
    written: &str,
) -> core::result::Result<bool, Failure> {
    let digest = digest(environment, base, written);
    let rows = sql.run("SELECT 1 FROM proposal WHERE digest = ? AND state = 'published'", &[digest.as_str().into()])?;
    Ok(!rows.is_empty())
}

/// What stands for a change.
fn digest(environment: Environment, base: i64, written: &str) -> String {
    hexadecimal(&Sha256::digest(format!("{}\n{base}\n{written}", environment.name()).as_bytes()))
}

/// Lets a change go live, if production is still what it was made from.
fn publish(sql: &mut impl Sql, proposal: &Proposal, by: &Actor, why: &str, now: Millis) -> Result<()> {
    let Proposal { environment, base, .. } = proposal;
    if versions::pointer(sql, *environment)?.version != *base {
        let error = format!("Something else went live since it was made from version {base}.");
        return Err(forbidden(&error, "Make the change again upon what is live now."));
    }
    let text = document_of(sql, proposal.id)?;
    let document = document::read(text.as_bytes()).map_err(|problems| super::invalid(&problems))?;
    publishing::publish_text(sql, &proposal.publication(&document, &by.name, why), &text, now)?;
    documents::forget_runs(sql, *environment, &document, by, now)?;
    close(sql, proposal, state::PUBLISHED, &by.name, "", now).map_err(Refusal::Store)
}

/// What went live stands among the versions, and what did not is kept by nobody.
fn close(
    sql: &mut impl Sql,
    proposal: &Proposal,
    state: &str,
    who: &str,
    note: &str,
    now: Millis,
) -> core::result::Result<(), Failure> {
    let cells = [state.into(), who.into(), now.0.into(), note.into(), proposal.id.into()];
    sql.run("UPDATE proposal SET document = '', state = ?, decider = ?, decided = ?, note = ? WHERE id = ?", &cells)
        .map(drop)
}

/// Lets confirmed changes go live whose time has come. Gives whether others still wait for theirs.
pub(super) fn follow(sql: &mut impl Sql, now: Millis) -> core::result::Result<bool, Failure> {
    let confirmed = of(sql, "state = 'confirmed'", &[])?;
    let engine = Actor { name: ENGINE.to_string(), alone: false };
    let alone = people::are_none(sql)?;
    let mut waiting = false;
    for proposal in confirmed {
        if proposal.due.is_none_or(|due| now.0 < due) {
            waiting = true;
            continue;
        }
        if !alone {
            reopen(sql, &proposal, now)?;
            continue;
        }
        let why = format!("{} (confirmed by {})", proposal.why, proposal.who);
        match publish(sql, &proposal, &engine, &why, now) {
            Ok(()) => {}
            Err(Refusal::Store(failure)) => return Err(failure),
            Err(Refusal::Answer(answer)) => {
                let said = answer.body["error"].as_str().unwrap_or_default().to_string();
                close(sql, &proposal, state::OUTDATED, ENGINE, &said, now)?;
                let detail = format!("{}: {said}", proposal.environment.name());
                let deed = Deed { who: ENGINE, action: "drop a change", subject: &proposal.subject, detail: &detail };
                audit::write(sql, now.0, &deed)?;
            }
        }
    }
    Ok(waiting)
}

/// Whoever confirmed it was alone and is no longer: it waits for the other's word.
fn reopen(sql: &mut impl Sql, proposal: &Proposal, now: Millis) -> core::result::Result<(), Failure> {
    let Proposal { id, environment, subject, .. } = proposal;
    sql.run("UPDATE proposal SET state = ?, due = NULL WHERE id = ?", &[state::OPEN.into(), (*id).into()])?;
    let detail = format!("{}: somebody else is here now", environment.name());
    audit::write(sql, now.0, &Deed { who: ENGINE, action: "ask for approval", subject, detail: &detail })
}
