//! All tests in time, and the weeks of the project's zone: those that have ended, that run, and that are planned, with what would get in each other's way.

use super::experiments::{self, Around, Seen};
use super::{Request, Result, forecast, schedule, settings, teams};
use crate::lifecycle::{Experiment, Plan, State, checks, launch};
use crate::order;
use crate::screens::now;
use crate::sql::Sql;
use crate::time::DAY;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};

/// Milliseconds that a calendar shows at least before now and after it, and at most in either direction.
const BACK: i64 = 84 * DAY;
const AHEAD: i64 = 168 * DAY;
const FURTHEST: i64 = 1000 * DAY;

/// From when to when a test is there.
#[derive(Clone, Copy)]
struct Span {
    from: i64,
    to: i64,
}

impl Span {
    /// The time that two have in common.
    fn common(self, other: Self) -> Option<Self> {
        let span = Self { from: self.from.max(other.from), to: self.to.min(other.to) };
        (span.from < span.to).then_some(span)
    }
}

/// A test with its time.
struct Placed<'s> {
    seen: &'s Seen,
    span: Span,
    /// How its end is known, in words.
    until: String,
}

impl Placed<'_> {
    fn experiment(&self) -> &Experiment {
        &self.seen.kept.experiment
    }
}

#[expect(clippy::cast_possible_truncation, reason = "some hundred days")]
fn milliseconds(days: f64) -> i64 {
    libm::ceil(days * 86_400_000.0) as i64
}

/// Days that a plan takes, and how that is known. No test takes more than the playbook allows.
fn forecast_of(all: &[Seen], around: &Around, plan: &Plan) -> (f64, &'static str) {
    let most = f64::from(plan.rules(&around.playbook).longest);
    match forecast::duration(all, around, plan).days {
        Some(days) => (days.min(most), "by the forecast of its plan"),
        None => (most, "at most, as no traffic was measured"),
    }
}

/// When a test is there; nothing of what is no plan yet, or was given up before anybody met it.
fn placed<'s>(seen: &'s Seen, all: &[Seen], around: &Around, planned: Option<i64>) -> Option<Placed<'s>> {
    let experiment = &seen.kept.experiment;
    let plan = experiment.plan.as_ref()?;
    let now = around.now;
    let (from, to, until) = match (experiment.started, experiment.ended) {
        // Whoever gets what was shipped meets it still.
        (Some(from), Some(to)) => (from, if experiment.is_live() { now.max(to) } else { to }, String::new()),
        (Some(from), None) => {
            let scene = seen.scene(around);
            let paced = now::left(&scene).map(|left| scene.days() + left);
            let (days, until) = match paced {
                Some(days) => (days, "at the pace so far"),
                None => forecast_of(all, around, plan),
            };
            (from, now.max(from + milliseconds(days.max(scene.least()))), until.to_string())
        }
        (None, _) if experiment.state == State::Archived => return None,
        (None, _) => {
            let from = planned.or(experiment.due).unwrap_or(now);
            let (days, until) = forecast_of(all, around, plan);
            let begins = if from == now { "if it starts now; " } else { "" };
            (from, from + milliseconds(days), [begins, until].concat())
        }
    };
    // A test that was stopped in its first minute was there, too.
    Some(Placed { seen, span: Span { from, to: to.max(from + 1) }, until })
}

/// Every test with its time, its pages, its team, and what else is there at the same time.
pub(super) fn screen(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let around = experiments::around(sql, request.now)?;
    let all = experiments::all(sql, &around)?;
    let owners = teams::owners(sql, "experiment")?;
    let starts = schedule::starts(sql)?;
    let start = |key: &str| starts.iter().find(|(started, _)| started == key).map(|(_, due)| *due);
    let tests: Vec<_> =
        all.iter().filter_map(|seen| placed(seen, &all, &around, start(&seen.kept.experiment.key))).collect();
    let tests = order::sorted(tests, |one, other| one.span.from.cmp(&other.span.from));
    let told = |test: &Placed| {
        let experiment = test.experiment();
        let pages = checks::changed(experiment, &around.document);
        let pages: Vec<String> = order::set(pages.into_iter().map(|page| page.path));
        let earlier = experiment.runs.iter().map(|run| json!({"from": run["started"], "to": run["ended"]}));
        json!({
            "key": experiment.key, "title": experiment.title, "state": experiment.state,
            "flag": launch::names(experiment).0, "pages": pages, "team": owners.get(&experiment.key),
            "from": test.span.from, "to": test.span.to, "until": test.until,
            "earlier": earlier.collect::<Vec<_>>(), "collisions": collisions(test, &tests, &around),
        })
    };
    let weeks = request.call.clocks.weeks(
        tests.iter().map(|test| test.span.from).fold(around.now - BACK, i64::min).max(around.now - FURTHEST),
        tests.iter().map(|test| test.span.to).fold(around.now + AHEAD, i64::max).min(around.now + FURTHEST),
    );
    Ok(json!({
        "asOf": around.now, "zone": settings::current(sql)?.zone(), "weeks": weeks,
        "tests": tests.iter().map(told).collect::<Vec<_>>(),
    }))
}

/// What gets in a test's way while it is there.
fn collisions(test: &Placed, tests: &[Placed], around: &Around) -> Vec<Value> {
    let others = tests.iter().filter(|other| other.experiment().key != test.experiment().key);
    let met = others.filter_map(|other| {
        let common = test.span.common(other.span)?;
        let clash = checks::clash(test.experiment(), other.experiment(), &around.document)?;
        let title = &other.experiment().title;
        let (what, stops) = clash.kind();
        Some(json!({
            "with": other.experiment().key, "title": title, "what": what, "stops": stops,
            "words": clash.words(title), "from": common.from, "to": common.to,
        }))
    });
    met.collect()
}
