//! Which events count for which run, as far as this shard has heard.
//!
//! Edges tell it with every batch, and one that starts may know nothing yet. So the shard remembers, and an event that
//! came in before its measure was known is counted when the measure is.

use super::Measure;
use super::exposure::{did, of_run};
use super::freshness::watch;
use super::sums::Changes;
use crate::sql::{Failure, Sql};
use alloc::string::ToString;
use alloc::vec::Vec;

/// Takes in what is new and gives all that is known.
pub(super) fn learn(sql: &mut impl Sql, told: &[Measure], changes: &mut Changes) -> Result<Vec<Measure>, Failure> {
    let mut known = known(sql)?;
    for measure in told {
        if known.iter().any(|known| known.run == measure.run && known.metric == measure.metric) {
            continue;
        }
        let cells = [measure.run.as_str().into(), measure.metric.as_str().into(), measure.event.as_str().into()];
        sql.run("INSERT INTO measure VALUES (?, ?, ?)", &cells)?;
        if !known.iter().any(|known| known.event == measure.event) {
            watch(sql, &measure.event)?;
        }
        known.push(measure.clone());
        for (unit, meeting) in of_run(sql, &measure.run)? {
            if meeting.confirmed_at.is_some() && did(sql, &unit, &measure.event, meeting.assigned_at)? {
                changes.conversion(&meeting, &measure.metric, 1);
            }
        }
    }
    Ok(known)
}

fn known(sql: &mut impl Sql) -> Result<Vec<Measure>, Failure> {
    let rows = sql.run("SELECT run, metric, event FROM measure", &[])?;
    let known = rows.iter().filter_map(|row| match &row[..] {
        [run, metric, event] => Some(Measure {
            run: run.text().to_string(),
            metric: metric.text().to_string(),
            event: event.text().to_string(),
        }),
        _ => None,
    });
    Ok(known.collect())
}
