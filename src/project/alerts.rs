//! Alerts: what the watch has found, each open until a day has passed in which it was not found again.
//!
//! The tick hands every live run to [`Watch::look`], once a minute, and judges all of them together at the end. What is
//! found stays as it was seen.

use super::audit::{self, Deed};
use super::tick::ENGINE;
use super::{Request, Result, misshapen, outbox, pages, refuse, store, text};
use crate::document::Document;
use crate::help::Answer;
use crate::lifecycle::Experiment;
use crate::notify::{self, Card};
use crate::screens::Scene;
use crate::screens::watch::{self, Finding, Memory, RATE};
use crate::sql::{Failure, Sql};
use crate::time::{DAY, HOUR, Millis};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};

pub(super) const TABLES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS alert (id INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, kind TEXT NOT NULL, \
     experiment TEXT NOT NULL, title TEXT NOT NULL, opened INTEGER NOT NULL, seen INTEGER NOT NULL, closed INTEGER, \
     snoozed INTEGER NOT NULL, json TEXT NOT NULL)",
    // One that is open is looked for each minute.
    "CREATE INDEX IF NOT EXISTS alert_open ON alert (run, kind) WHERE closed IS NULL",
    // What is kept of each live run from minute to minute, and of none when that was.
    "CREATE TABLE IF NOT EXISTS watched (run TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID",
];

/// How often it is looked.
const MINUTE: i64 = 60_000;

/// Hours for which an alert may be left alone: a month.
const SNOOZE: i64 = 30 * 24;

/// Milliseconds for which one that is over is kept.
const KEPT: i64 = 400 * DAY;

/// Something that a run shows, and what would be told of it.
struct Shown {
    finding: Finding,
    /// The smallest p-value of the day.
    p: f64,
    card: Card,
    experiment: Experiment,
}

/// A look at all runs; where none is due nothing is kept.
pub(super) struct Watch {
    salt: String,
    /// What was kept of each run; at the end, of those that are live no more.
    before: BTreeMap<String, String>,
    now: i64,
    is_due: bool,
    p: Vec<f64>,
    /// What is to be kept, by run.
    kept: Vec<(String, String)>,
    shown: Vec<Shown>,
}

impl Watch {
    pub(super) fn begin(sql: &mut impl Sql, now: Millis) -> core::result::Result<Self, Failure> {
        let rows = sql.run("SELECT json FROM watched WHERE run = ''", &[])?;
        let last = rows.first().map_or(0, |row| text(row, 0).parse().unwrap_or(0));
        let (now, is_due) = (now.0, now.0 - last >= MINUTE);
        let mut before = BTreeMap::new();
        let mut salt = String::new();
        if is_due {
            salt = outbox::salt(sql)?;
            for row in sql.run("SELECT run, json FROM watched WHERE run <> ''", &[])? {
                before.insert(text(&row, 0), text(&row, 1));
            }
        }
        Ok(Self { salt, before, now, is_due, p: Vec::new(), kept: Vec::new(), shown: Vec::new() })
    }

    /// Looks at a run that is live.
    pub(super) fn look(&mut self, scene: &Scene) {
        let Some(run) = scene.experiment.run.as_ref().filter(|_| self.is_due) else { return };
        let before = self.before.remove(&run.id).unwrap_or_default();
        let mut memory = Memory::of(store::parsed(&before).unwrap_or_default());
        for finding in watch::look(scene, &mut memory) {
            let card = notify::alert(scene, &self.salt, &finding);
            let p = memory.p[finding.sign as usize];
            self.shown.push(Shown { finding, p, card, experiment: scene.experiment.clone() });
        }
        let json = memory.json().to_string();
        if json != before {
            self.kept.push((run.id.clone(), json));
        }
        self.p.extend(memory.p);
    }

    /// Judges all runs together, opens what was found and closes what was not for a day.
    pub(super) fn end(
        mut self,
        sql: &mut impl Sql,
        document: &Document,
        console: &str,
    ) -> core::result::Result<(), Failure> {
        if !self.is_due {
            return Ok(());
        }
        let stands = watch::together(&self.p);
        for Shown { finding, p, card, experiment } in self.shown {
            if !finding.is_certain && p > stands {
                continue;
            }
            // What is certain is told by whatever follows from it.
            if open(sql, &experiment, &finding, self.now)? && !finding.is_certain {
                outbox::post(sql, console, self.now, card, Some((&experiment, document)))?;
            }
        }
        let statement =
            "UPDATE alert SET closed = ? WHERE closed IS NULL AND seen < ? RETURNING experiment, json ->> '$.what'";
        for row in sql.run(statement, &[self.now.into(), (self.now - DAY).into()])? {
            note(sql, self.now, "alert is over", &text(&row, 0), &text(&row, 1))?;
        }
        self.kept.push((String::new(), self.now.to_string()));
        for (run, json) in &self.kept {
            sql.run("INSERT OR REPLACE INTO watched VALUES (?, ?)", &[run.as_str().into(), json.as_str().into()])?;
        }
        for run in self.before.keys() {
            sql.run("DELETE FROM watched WHERE run = ?", &[run.as_str().into()])?;
        }
        Ok(())
    }
}

fn note(sql: &mut impl Sql, now: i64, action: &str, subject: &str, detail: &str) -> core::result::Result<(), Failure> {
    audit::write(sql, now, &Deed { who: ENGINE, action, subject, detail })
}

/// Opens an alert unless one of the same run and kind is open. Gives whether it was not.
pub(super) fn open(
    sql: &mut impl Sql,
    experiment: &Experiment,
    finding: &Finding,
    now: i64,
) -> core::result::Result<bool, Failure> {
    let run = experiment.run.as_ref().map(|run| run.id.as_str()).unwrap_or_default();
    let kind = finding.sign.name();
    let statement = "UPDATE alert SET seen = ? WHERE run = ? AND kind = ? AND closed IS NULL RETURNING id";
    if !sql.run(statement, &[now.into(), run.into(), kind.into()])?.is_empty() {
        return Ok(false);
    }
    let json = finding.json().to_string();
    let cells = [
        run.into(),
        kind.into(),
        experiment.key.as_str().into(),
        experiment.title.as_str().into(),
        now.into(),
        now.into(),
        json.as_str().into(),
    ];
    sql.run(
        "INSERT INTO alert (run, kind, experiment, title, opened, seen, snoozed, json) VALUES (?, ?, ?, ?, ?, ?, 0, ?)",
        &cells,
    )?;
    sql.run("DELETE FROM alert WHERE closed < ?", &[(now - KEPT).into()])?;
    note(sql, now, "alert", &experiment.key, &finding.what)?;
    Ok(true)
}

/// All of a state, newest first.
pub(super) fn list(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let limit = request.number("limit", pages::MOST)?.unwrap_or(50);
    let before = request.number("before", i64::MAX)?.unwrap_or(i64::MAX);
    let state = request.query("state");
    if !["", "open", "snoozed", "resolved"].contains(&state) {
        return Err(misshapen("?state", "There is no such state.", "Use open, snoozed or resolved."));
    }
    let statement = "SELECT json_object('id', id, 'kind', kind, 'experiment', experiment, 'title', title, 'opened', opened, \
         'closed', closed, 'snoozed', nullif(snoozed, 0), 'state', state, 'what', json ->> '$.what', \
         'cause', json ->> '$.cause', 'next', json ->> '$.next', 'evidence', json -> '$.evidence') FROM \
         (SELECT *, CASE WHEN closed IS NOT NULL THEN 'resolved' WHEN snoozed > ? THEN 'snoozed' ELSE 'open' END AS state \
         FROM alert) WHERE id < ? AND ? IN ('', state) ORDER BY id DESC LIMIT ?";
    let rows = sql.run(statement, &[request.now.0.into(), before.into(), state.into(), limit.into()])?;
    let mut alerts = Vec::new();
    for row in rows {
        alerts.push(store::parsed(&text(&row, 0))?);
    }
    Ok(json!({"asOf": request.now.0, "rate": RATE, "alerts": Value::Array(alerts)}))
}

/// Those that are open and not left alone, newest first, as answers to whoever asks what is odd, but for some experiments.
pub(super) fn told(sql: &mut impl Sql, now: i64, but: &[Scene]) -> Result<Vec<Answer>> {
    let statement = "SELECT title, (json ->> '$.what') || '. ' || (json ->> '$.cause') || ' ' || (json ->> '$.next'), \
         experiment FROM alert WHERE closed IS NULL AND snoozed <= ? ORDER BY id DESC";
    let mut rows = sql.run(statement, &[now.into()])?;
    rows.retain(|row| but.iter().all(|scene| scene.experiment.key != text(row, 2)));
    let how = "Alerts are looked for each minute, among all that runs together.";
    Ok(rows.iter().map(|row| Answer::of(&text(row, 0), text(row, 1), how, "Alerts", "alerts".to_string())).collect())
}

/// Leaves one that is open alone for some hours; for none, it is among the open ones again.
pub(super) fn snooze(sql: &mut impl Sql, request: &Request, id: &str) -> Result<Value> {
    let hours = request.whole("hours", 0, SNOOZE)?.unwrap_or(24);
    let until = if hours == 0 { 0 } else { request.now.0 + hours * HOUR };
    let cells = [until.into(), id.parse::<i64>().unwrap_or(0).into()];
    let statement = "UPDATE alert SET snoozed = ? WHERE id = ? AND closed IS NULL RETURNING experiment";
    let rows = sql.run(statement, &cells)?;
    let Some(row) = rows.first() else { return refuse(404, "There is no open alert of that number.") };
    audit::note(sql, request, "snooze an alert", &text(row, 0), &alloc::format!("for {hours} hours"))?;
    list(sql, request)
}
