//! How the project learns: what was recorded of its experiments and publications, put together for some weeks.

use super::experiments;
use super::{Request, Result, integer, teams, text};
use crate::screens::{Scene, practice};
use crate::sql::{Failure, Sql};
use crate::time::DAY;
use alloc::vec::Vec;
use serde_json::Value;

/// The weeks that are looked at where nobody says, and the most.
const WEEKS: i64 = 13;
const MOST: i64 = 104;

pub(super) fn screen(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let weeks = request.number("weeks", MOST)?.unwrap_or(WEEKS).max(1);
    let around = experiments::around(sql, request.now)?;
    let all = experiments::all(sql, &around)?;
    let scenes: Vec<Scene> = all.iter().map(|seen| seen.scene(&around)).collect();
    let owners = teams::owners(sql, "experiment")?;
    let names = teams::names(sql)?;
    let keys: Vec<&str> = scenes.iter().map(|scene| scene.experiment.key.as_str()).collect();
    let changes = changes(sql, around.now - weeks * 7 * DAY, &keys)?;
    Ok(practice::screen(&scenes, &owners, &names, (weeks, changes, around.now)))
}

/// The changes of production since a moment that people made and no experiment is about. The log is read from its end.
fn changes(sql: &mut impl Sql, since: i64, experiments: &[&str]) -> core::result::Result<u64, Failure> {
    let first = sql.run("SELECT n FROM audit WHERE at < ? ORDER BY n DESC LIMIT 1", &[since.into()])?;
    let first = first.first().map_or(0, |row| integer(row, 0));
    let rows = sql.run(
        "SELECT subject FROM audit WHERE n > ? AND detail LIKE 'production%' \
         AND action IN ('publish', 'publish a draft', 'change a flag', 'promote a flag')",
        &[first.into()],
    )?;
    Ok(rows.iter().filter(|row| !experiments.contains(&text(row, 0).as_str())).count() as u64)
}
