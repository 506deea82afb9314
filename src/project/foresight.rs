//! Forecasts of running experiments as they were made, and how they came true: a forecast that is never scored is an opinion.
//!
//! Two are kept of a run, after a fifth and after half of the planned visitors. What came is read from the crossings, which
//! nobody can write anew: when the version was first better or worse, or else when the planned size was reached.

use super::{forecast, integer, text};
use crate::screens::Scene;
use crate::screens::outlook::{Outlook, outlook};
use crate::sql::{Failure, Sql};
use crate::stats::forecast::{Score, score};
use crate::stats::real;
use crate::time::Millis;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use serde_json::{Value, json};

pub(super) const TABLES: &[&str] = &["CREATE TABLE IF NOT EXISTS forecast (run TEXT NOT NULL, at INTEGER NOT NULL, \
     json TEXT NOT NULL, PRIMARY KEY (run, at)) WITHOUT ROWID"];

/// The shares of the planned visitors after which a forecast is kept.
const AFTER: [f64; 2] = [0.2, 0.5];
/// Fewer forecasts than these tell little about all.
const FEW: usize = 10;

/// Keeps the forecast of this moment where one is due.
pub(super) fn keep(sql: &mut impl Sql, scene: &Scene, now: Millis) -> Result<(), Failure> {
    let Some(run) = scene.experiment.run.as_ref().map(|run| run.id.as_str()) else { return Ok(()) };
    let rows = sql.run("SELECT count(*) FROM forecast WHERE run = ?", &[run.into()])?;
    let made = rows.first().map_or(0, |row| integer(row, 0));
    let next = usize::try_from(made).ok().and_then(|made| AFTER.get(made));
    if !next.is_some_and(|share| real(scene.people()) >= share * real(scene.planned())) {
        return Ok(());
    }
    let Some(outlook) = outlook(scene) else { return Ok(()) };
    let json = json!(outlook);
    let cells = [run.into(), now.0.into(), json.to_string().as_str().into()];
    sql.run("INSERT OR IGNORE INTO forecast VALUES (?, ?, ?)", &cells).map(drop)
}

/// How forecasts came true: `{made, held, brier, words}`; null before the first one has come due.
pub(super) fn record(sql: &mut impl Sql) -> Result<Value, Failure> {
    let known = "SELECT forecast.at, forecast.json, crossing.at, crossing.evidence FROM forecast JOIN crossing \
         ON crossing.run = forecast.run AND crossing.n = (SELECT min(n) FROM crossing WHERE run = forecast.run \
         AND at >= forecast.at AND action IN ('better', 'worse', 'noEffectAsLarge', 'report')) ORDER BY forecast.run, forecast.at";
    let rows = sql.run(known, &[])?;
    let mut chances = Vec::new();
    let mut held = 0_u64;
    for row in &rows {
        let Ok(said) = serde_json::from_str::<Outlook>(&text(row, 1)) else { continue };
        let days = forecast::span(integer(row, 2) - integer(row, 0));
        let verdict: Value = serde_json::from_str(&text(row, 3)).unwrap_or_default();
        held += u64::from(said.days[0] <= days && days <= said.days[1]);
        let kind = &verdict["verdict"]["kind"];
        let hoped = *kind == "better" || (!said.question.is_usual() && *kind == "noEffectAsLarge");
        chances.push((said.better, hoped));
    }
    let Some(Score { brier, .. }) = score(&chances) else { return Ok(Value::Null) };
    let made = chances.len();
    let (were, times) = (
        if made == 1 { "forecast that came" } else { "forecasts that came" },
        if held == 1 { "time" } else { "times" },
    );
    let few = if made < FEW { " So few say little about it." } else { "" };
    let words = format!(
        "Of {made} {were} due, the range of days held {held} {times}; it is meant to hold at least 8 of 10. The chances have a score of {brier:.2}, where 0 is best and 0.25 a coin.{few}"
    );
    Ok(json!({"made": made, "held": held, "brier": brier, "words": words}))
}
