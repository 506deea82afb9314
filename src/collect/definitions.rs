//! What a version of the configuration means for counting: how its runs draw, and what is measured of them.
//!
//! A shard asks for a version the first time it hears of one and keeps it while it is in use; versions never change. What
//! it does not know it never guesses: [`unknown`] names what has to be fetched before a batch can be taken.

use super::batch::{Assignment, Batch, Event};
use super::freshness;
use super::measure::Metric;
use super::segment::{self, Line};
use crate::draw::{Algorithm, Purpose, draw};
use crate::order;
use crate::sql::{Cell, Failure, Sql};
use crate::time::{DAY, HOUR, Millis};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The name under which all traffic is counted, in a run or not.
pub(super) const ALL_TRAFFIC: &str = "";

/// Pairs of runs of one version whose units are counted together. Nobody reads more interactions.
const PAIRS: usize = 20;

/// Milliseconds for which a version is kept that nobody mentions: a day more than browsers keep an event.
const KEPT: i64 = 8 * DAY;

/// Such transactions that a shard makes one of when it learns of a version.
const AT_ONCE: usize = 8;

/// What a version of the configuration says of runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Definitions {
    /// The version.
    pub config: i64,
    /// Its runs.
    pub runs: Vec<Run>,
    /// Its metrics, as all traffic is counted by them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<Metric>,
    /// The currencies that some metric can add; all others are refused where there are any.
    #[serde(default)]
    pub currencies: BTreeSet<String>,
    /// The values of each dimension that is declared. No others are stored.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dimensions: BTreeMap<String, BTreeSet<String>>,
}

/// A run in a version.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its name.
    pub run: String,
    /// Its epoch.
    pub epoch: i64,
    /// Which split draws meet which variant.
    pub split: Vec<(u64, String)>,
    /// The split's salt.
    pub salt: String,
    /// The first rollout draw that is not in it.
    pub rollout: u64,
    /// Whether its draws can be made again from the unit of a cookie; others the edge alone vouches for.
    pub drawn: bool,
    /// The spans of draws beside the rollout's in which a unit has to be: of a layer, or behind a holdout.
    #[serde(default)]
    pub spans: Vec<Span>,
    /// What is measured of it, first the metric that decides.
    #[serde(default)]
    pub metrics: Vec<Metric>,
    /// Other runs that change a page of this one's.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub beside: BTreeSet<String>,
}

/// A span of a draw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// Whether it is a layer's or a holdout's.
    pub layer: bool,
    /// The draw's salt.
    pub salt: String,
    /// The first draw of the span.
    pub from: u64,
    /// The first draw behind it.
    pub below: u64,
}

impl Run {
    /// Whether this run and another one could change each other's effect: they share a page or a metric, and no layer keeps
    /// them apart.
    fn meets(&self, other: &Self) -> bool {
        let layer = |run: &Self| run.spans.iter().find(|span| span.layer).map(|span| span.salt.clone());
        let apart = layer(self).is_some_and(|own| layer(other) == Some(own));
        let measures = |metric: &Metric| other.metrics.iter().any(|theirs| theirs.metric == metric.metric);
        let shares = self.beside.contains(&other.run) || other.beside.contains(&self.run);
        !apart && (shares || self.metrics.iter().any(measures))
    }

    /// Whether a unit can have been assigned this. `unit` is as it is drawn.
    fn allows(&self, assignment: &Assignment, unit: Option<&str>) -> bool {
        if self.epoch != assignment.epoch || !self.split.iter().any(|(_, variant)| *variant == assignment.x) {
            return false;
        }
        let Some(unit) = unit.filter(|_| self.drawn) else { return true };
        let drawn = |purpose: Purpose, salt: &str| {
            let prefix = alloc::format!("{}\0{salt}\0", purpose.name());
            draw(Algorithm::Xxh64High, prefix.as_bytes(), unit.as_bytes()).map(u64::from)
        };
        let within = |span: &Span| {
            let purpose = if span.layer { Purpose::Layer } else { Purpose::Holdout };
            drawn(purpose, &span.salt).is_some_and(|draw| (span.from..span.below).contains(&draw))
        };
        let variant = || {
            let draw = drawn(Purpose::Split, &self.salt)?;
            Some(&self.split.iter().find(|(end, _)| draw < *end)?.1)
        };
        drawn(Purpose::Rollout, &self.salt).is_some_and(|draw| draw < self.rollout)
            && self.spans.iter().all(within)
            && variant() == Some(&assignment.x)
    }
}

/// A metric of a run, and up to which unit its sums are made; all of them if none is named.
pub(super) type Measured = (Metric, Option<Vec<u8>>);

/// Two runs, either way, and up to which unit their sums are told apart; all of them if none is named.
type Pairs = BTreeMap<(String, String), Option<Vec<u8>>>;

/// What a shard knows of definitions while it takes batches in.
#[derive(Default)]
pub(super) struct Known {
    versions: BTreeMap<i64, Definitions>,
    /// What is measured of each run.
    metrics: BTreeMap<String, Vec<Measured>>,
    /// Pairs of runs whose units are counted together, each either way, and up to which unit they are.
    pairs: Pairs,
}

impl Known {
    /// All that these batches may need.
    pub(super) fn read(sql: &mut impl Sql, batches: &[Batch]) -> Result<Self, Failure> {
        let mut known = Self::measures(sql)?;
        // What is refused may say of a run that the sender's version has; it is worth no question.
        let senders = batches.iter().map(|batch| batch.config);
        for config in order::each(mentioned(batches).into_iter().chain(senders)) {
            let rows = sql.run("SELECT json FROM version WHERE config = ?", &[config.into()])?;
            if let Some(definitions) = rows.first().and_then(|row| serde_json::from_str(row.first()?.text()).ok()) {
                known.versions.insert(config, definitions);
            }
        }
        Ok(known)
    }

    /// What is measured, without any version.
    pub(super) fn measures(sql: &mut impl Sql) -> Result<Self, Failure> {
        let mut known = Self::default();
        for row in sql.run("SELECT run, json, behind FROM metric ORDER BY run, metric", &[])? {
            let [run, metric, behind] = &row[..] else { continue };
            let Ok(metric) = serde_json::from_str(metric.text()) else { continue };
            let behind = (*behind != Cell::Null).then(|| behind.blob().to_vec());
            known.metrics.entry(run.text().to_string()).or_default().push((metric, behind));
        }
        known.pairs = pairs(sql)?;
        Ok(known)
    }

    /// Whether this can have been assigned to the unit.
    pub(super) fn allows(&self, assignment: &Assignment, unit: Option<&str>) -> bool {
        self.run(assignment.config, &assignment.run).is_some_and(|run| run.allows(assignment, unit))
    }

    /// Whether a version has such a variant of such a run.
    pub(super) fn has(&self, config: i64, run: &str, variant: &str) -> bool {
        self.run(config, run).is_some_and(|run| run.split.iter().any(|(_, name)| name == variant))
    }

    fn run(&self, config: i64, name: &str) -> Option<&Run> {
        self.versions.get(&config)?.runs.iter().find(|run| run.run == name)
    }

    /// Those of the values that somebody has told which a version declares.
    pub(super) fn declared(&self, config: i64, told: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let Some(known) = self.versions.get(&config) else { return BTreeMap::new() };
        let good =
            |(name, value): &(&String, &String)| known.dimensions.get(*name).is_some_and(|all| all.contains(*value));
        order::keyed(told.iter().filter(good).map(|(name, value)| (name.clone(), value.clone())))
    }

    /// Whether a version's metrics can add a currency. A version that is nobody's says nothing of money.
    pub(super) fn adds(&self, config: i64, currency: &str) -> bool {
        super::money::digits(currency).is_some()
            && self
                .versions
                .get(&config)
                .is_none_or(|known| known.currencies.is_empty() || known.currencies.contains(currency))
    }

    /// The metrics of a run whose sums hold this unit.
    pub(super) fn of<'k>(&'k self, run: &str, unit: &'k [u8]) -> impl Iterator<Item = &'k Metric> {
        let all = self.metrics.get(run).into_iter().flatten();
        all.filter(move |(_, behind)| reaches(behind.as_deref(), unit)).map(|(metric, _)| metric)
    }

    /// Whether some metric counts events of this name.
    pub(super) fn counts(&self, event: &str) -> bool {
        self.metrics.values().flatten().any(|(metric, _)| metric.counts(event))
    }

    /// A metric of a run by its name.
    pub(super) fn metric(&self, run: &str, name: &str) -> Option<&Metric> {
        self.metrics.get(run)?.iter().map(|(metric, _)| metric).find(|metric| metric.metric == name)
    }

    /// Whether the sums of one run tell this unit apart by its variant of another.
    pub(super) fn are_paired(&self, one: &str, other: &str, unit: &[u8]) -> bool {
        let pair = self.pairs.get(&(one.to_string(), other.to_string()));
        pair.is_some_and(|behind| reaches(behind.as_deref(), unit))
    }
}

/// Whether sums that are made up to a unit hold this one.
fn reaches(behind: Option<&[u8]>, unit: &[u8]) -> bool {
    behind.is_none_or(|behind| unit <= behind)
}

fn pairs(sql: &mut impl Sql) -> Result<Pairs, Failure> {
    let mut all = Pairs::new();
    for row in sql.run("SELECT one, other, behind FROM pair", &[])? {
        let [one, other, behind] = &row[..] else { continue };
        let (one, other) = (one.text().to_string(), other.text().to_string());
        let behind = (*behind != Cell::Null).then(|| behind.blob().to_vec());
        all.insert((other.clone(), one.clone()), behind.clone());
        all.insert((one, other), behind);
    }
    Ok(all)
}

/// The versions that batches mention and that say anything.
fn mentioned(batches: &[Batch]) -> BTreeSet<i64> {
    let mut all = BTreeSet::new();
    for batch in batches {
        for event in &batch.events {
            match event {
                Event::Assigned(assignment) | Event::Seen { assignment, .. } => all.insert(assignment.config),
                Event::Track(_) => all.insert(batch.config),
                Event::Refused { .. } | Event::Filtered { .. } => false,
            };
        }
    }
    all.retain(|config| *config > 0);
    all
}

/// The versions that these batches need and that the shard does not know.
pub fn unknown(sql: &mut impl Sql, batches: &[Batch]) -> Result<Vec<i64>, Failure> {
    let all = mentioned(batches);
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let asked = json!(all).to_string();
    let rows = sql.run(
        "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT config FROM version)",
        &[asked.as_str().into()],
    )?;
    Ok(rows.iter().filter_map(|row| row.first()).map(Cell::integer).collect())
}

/// Takes in what a version says. Of a run's metric the first definition holds for its life, its rates included.
pub fn learn(sql: &mut impl Sql, definitions: &Definitions, now: Millis) -> Result<(), Failure> {
    let text = json!(definitions).to_string();
    let cells = [definitions.config.into(), text.as_str().into(), now.0.into()];
    sql.run("INSERT OR REPLACE INTO version VALUES (?, ?, ?)", &cells)?;
    segment::write(sql, &[], &[Line::Version { definitions: definitions.clone() }], now)?;
    for metric in &definitions.metrics {
        let metric = Metric { metric: metric.id(), primary: false, ..metric.clone() };
        measure(sql, ALL_TRAFFIC, &metric)?;
    }
    for run in &definitions.runs {
        for (place, metric) in run.metrics.iter().enumerate() {
            let metric = Metric { primary: place == 0, ..metric.clone() };
            measure(sql, &run.run, &metric)?;
        }
    }
    pair(sql, &definitions.runs)?;
    // What takes a moment is done at once; the rest waits for the shell.
    for _ in 0..AT_ONCE {
        if !super::rebuild(sql)? {
            break;
        }
    }
    Ok(())
}

/// Begins to measure something. Where the run has units already, the sums are made from what is kept of them.
fn measure(sql: &mut impl Sql, run: &str, metric: &Metric) -> Result<(), Failure> {
    let behind = behind(has_units(sql, run)?);
    let text = json!(metric).to_string();
    let cells = [run.into(), metric.metric.as_str().into(), text.as_str().into(), behind];
    sql.run("INSERT OR IGNORE INTO metric VALUES (?, ?, ?, ?)", &cells).map(drop)
}

/// Begins to count together what runs at the same time and could interact, as many pairs as there is room for. Pairs of which
/// one has ended take no room.
fn pair(sql: &mut impl Sql, runs: &[Run]) -> Result<(), Failure> {
    let known = pairs(sql)?;
    let runs_still = |name: &String| runs.iter().any(|run| run.run == *name);
    let mut taken = known.keys().filter(|(one, other)| one < other && runs_still(one) && runs_still(other)).count();
    for (index, run) in runs.iter().enumerate() {
        for other in runs.iter().take(index).filter(|other| run.meets(other)) {
            let (one, other) = (run.run.as_str().min(&other.run), run.run.as_str().max(&other.run));
            if taken == PAIRS || known.contains_key(&(one.to_string(), other.to_string())) {
                continue;
            }
            taken += 1;
            let behind = behind(has_units(sql, one)? && has_units(sql, other)?);
            sql.run("INSERT INTO pair VALUES (?, ?, ?)", &[one.into(), other.into(), behind])?;
        }
    }
    Ok(())
}

fn has_units(sql: &mut impl Sql, run: &str) -> Result<bool, Failure> {
    if run == ALL_TRAFFIC {
        return Ok(!sql.run("SELECT 1 FROM event LIMIT 1", &[])?.is_empty());
    }
    Ok(freshness::freshness(sql, run)?.assigned_at.is_some())
}

/// Behind which unit sums have yet to be made: all, or none.
fn behind(has_units: bool) -> Cell {
    if has_units { Cell::Blob(Vec::new()) } else { Cell::Null }
}

/// Notes that versions are in use, once an hour at most.
pub(super) fn used(sql: &mut impl Sql, known: &Known, now: Millis) -> Result<(), Failure> {
    for config in known.versions.keys() {
        let cells = [now.0.into(), (*config).into(), (now.0 - HOUR).into()];
        sql.run("UPDATE version SET used = ? WHERE config = ? AND used < ?", &cells)?;
    }
    Ok(())
}

/// Forgets versions that nobody has mentioned for a while; who mentions one again makes the shard ask again. What all traffic
/// is counted by goes with the last version that says so, once there is another.
pub(super) fn prune(sql: &mut impl Sql, now: Millis) -> Result<(), Failure> {
    let gone = sql.run("DELETE FROM version WHERE used < ? RETURNING config", &[(now.0 - KEPT).into()])?;
    let rows = sql.run("SELECT json FROM version", &[])?;
    if gone.is_empty() || rows.is_empty() {
        return Ok(());
    }
    let version = |row: &Vec<Cell>| serde_json::from_str::<Definitions>(row.first()?.text()).ok();
    let known = rows.iter().filter_map(version).flat_map(|version| version.metrics);
    let known = json!(order::each(known.map(|metric| metric.id()))).to_string();
    for (table, column) in [("metric", "metric"), ("sum", "variant")] {
        let old = format!(
            "DELETE FROM {table} WHERE run = ? AND {column} <> ? AND {column} NOT IN (SELECT value FROM json_each(?))"
        );
        sql.run(&old, &[ALL_TRAFFIC.into(), "".into(), known.as_str().into()])?;
    }
    Ok(())
}
