//! The digest of each week, on the Monday after it.

use super::audit::{self, Deed};
use super::clocks::Clocks;
use super::experiments::{self, Around};
use super::store::Kept;
use super::tick::ENGINE;
use super::{Request, Result, misshapen, outbox};
use crate::explain::words::clock;
use crate::notify::digest::{self, Week};
use crate::screens::Scene;
use crate::sql::{Failure, Sql};
use crate::time::{DAY, HOUR};
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::Value;

/// From 1 January 1970 to the first Monday.
const MONDAY: i64 = 4 * DAY;

/// When people come to work on it.
const NINE: i64 = 9 * HOUR;

const WEEK: i64 = 7 * DAY;

/// Weeks back that somebody reads.
const BACK: i64 = 52;

impl Clocks {
    /// The last week whose digest was due at a moment.
    pub(super) fn last_week(&self, now: i64) -> i64 {
        (self.shown(now) - MONDAY - NINE).div_euclid(WEEK) - 1
    }

    /// When the next one is due.
    pub(super) fn next_digest(&self, now: i64) -> i64 {
        self.when((self.last_week(now) + 2) * WEEK + MONDAY + NINE)
    }

    fn week(&self, number: i64) -> Week {
        let monday = number * WEEK + MONDAY;
        let day = |local: i64| clock(local).chars().take(10).collect::<String>();
        Week {
            number,
            from: self.when(monday),
            until: self.when(monday + WEEK),
            days: [day(monday), day(monday + 6 * DAY)],
        }
    }
}

/// Tells of the last week, once, if it has brought anything.
pub(super) fn follow(
    sql: &mut impl Sql,
    all: &[Kept],
    around: &Around,
    console: &str,
) -> core::result::Result<(), Failure> {
    let week = around.clocks.week(around.clocks.last_week(around.now));
    let salt = outbox::salt(sql)?;
    if !all.iter().any(|kept| week.touches(&kept.experiment)) || outbox::is_told(sql, &digest::cause(&week, &salt))? {
        return Ok(());
    }
    let all = experiments::all(sql, around)?;
    let scenes: Vec<Scene> = all.iter().map(|seen| seen.scene(around)).collect();
    let card = digest::card(&digest::screen(&scenes, &week), &week, &salt);
    let (title, headline) = (card.title.clone(), card.headline.clone());
    if outbox::post(sql, console, around.now, card, None)? {
        audit::write(sql, around.now, &Deed { who: ENGINE, action: "tell", subject: &title, detail: &headline })?;
    }
    Ok(())
}

/// A week: the last one whose digest was due, or another one.
pub(super) fn read(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let clocks = &request.call.clocks;
    let last = clocks.last_week(request.now.0);
    let number = request.whole("week", 0, i64::MAX)?.unwrap_or(last);
    // The week that goes on is one behind.
    if !(last - BACK..=last + 1).contains(&number) {
        let cause = alloc::format!("There is nothing to read of week {number}.");
        let fix = alloc::format!("Ask for one from {} to {}, or leave it out.", last - BACK, last + 1);
        return Err(misshapen("?week", &cause, &fix));
    }
    let around = experiments::around(sql, request.now)?;
    let all = experiments::all(sql, &around)?;
    let scenes: Vec<Scene> = all.iter().map(|seen| seen.scene(&around)).collect();
    let mut told = digest::screen(&scenes, &clocks.week(number));
    told["asOf"] = request.now.0.into();
    told["previous"] = (number > last - BACK).then_some(number - 1).into();
    told["next"] = (number <= last).then_some(number + 1).into();
    Ok(told)
}
