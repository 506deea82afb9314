//! Boards: the metrics that a team looks at together, one board for each team.

use super::{Request, Result, audit, invalid, store, teams};
use crate::document::{Code, Problem};
use crate::sql::{Failure, Sql};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Deserialize;
use serde_json::{Value, json};

/// What a team's board is called among settings, in front of the team's key.
pub(super) const BOARD: &str = "board ";

/// Metrics of a board: more than these nobody looks at together.
const MOST: usize = 24;

/// A team's board.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Board {
    /// The keys of its metrics, in the order in which they stand.
    metrics: Vec<String>,
}

fn place(team: &str) -> String {
    format!("{BOARD}{team}")
}

/// A team's board; one without metrics if it has saved none.
pub(super) fn read(sql: &mut impl Sql, team: &str) -> Result<Value> {
    teams::exists(sql, team)?;
    let (metrics, revision) = store::setting(sql, &place(team), Vec::<String>::new)?;
    Ok(json!({"revision": revision, "team": team, "metrics": metrics}))
}

/// Puts a board in the place of the one before.
pub(super) fn save(sql: &mut impl Sql, request: &Request, team: &str) -> Result<Value> {
    teams::exists(sql, team)?;
    let (old, revision) = store::setting(sql, &place(team), Vec::<String>::new)?;
    request.seen(revision, || json!({"revision": revision, "metrics": old}))?;
    let Board { metrics } = request.body()?;
    let known = teams::things(sql, "metric")?;
    let mut problems = Vec::new();
    let mut say = |pointer: String, cause: String, fix: &str| {
        problems.push(Problem::new(pointer, Code::Unknown, cause, fix.to_string()));
    };
    if metrics.len() > MOST {
        say("/metrics".to_string(), format!("A board has at most {MOST} metrics."), "Leave out what nobody looks at.");
    }
    for (place, key) in metrics.iter().enumerate() {
        let at = format!("/metrics/{place}");
        if metrics.iter().take(place).any(|before| before == key) {
            say(at, format!("“{key}” is there twice."), "Take one away.");
        } else if !known.contains_key(key) {
            say(at, format!("There is no metric “{key}”."), "Take it away, or make it first.");
        }
    }
    if !problems.is_empty() {
        return Err(invalid(&problems));
    }
    store::set(sql, &place(team), &metrics)?;
    audit::note(sql, request, "change a board", team, &metrics.join(", "))?;
    read(sql, team)
}

/// Forgets the board of a team that is no more.
pub(super) fn forget(sql: &mut impl Sql, team: &str) -> core::result::Result<(), Failure> {
    sql.run("DELETE FROM setting WHERE key = ?", &[place(team).as_str().into()]).map(drop)
}
