//! The clock of development and tests: ahead of or behind the real one, or standing still. In production nobody can
//! call it, because the shell offers it only where the configuration says so.

use super::store;
use crate::sql::{Failure, Sql};
use alloc::string::String;
use serde::{Deserialize, Serialize};

const CLOCK: &str = "clock";

/// Milliseconds beyond which nobody rehearses: ten years.
const FAR: i64 = 10 * 366 * 86_400_000;

/// The last millisecond with thirteen digits, in the year 2286: far below every overflow.
const LATEST: i64 = 9_999_999_999_999;

/// How the engine's time follows from the real one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// Milliseconds by which it is ahead.
    pub offset: i64,
    /// The time at which it stands still, if it does.
    pub frozen: Option<i64>,
}

/// What may be done to it; exactly one of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// Stand still at this time.
    #[serde(default)]
    pub frozen: Option<i64>,
    /// Go so many milliseconds ahead.
    #[serde(default)]
    pub advance: Option<i64>,
    /// Run from here on.
    #[serde(default)]
    pub running: bool,
    /// Run with the real time again.
    #[serde(default)]
    pub real: bool,
}

/// The clock as it is.
pub fn read(sql: &mut impl Sql) -> Result<Clock, Failure> {
    Ok(store::setting(sql, CLOCK, Clock::default)?.0)
}

/// Turns it; `real` is the real time. Time never goes back once something was counted, so a turn that would is refused.
pub fn turn(sql: &mut impl Sql, turn: Turn, real: i64) -> Result<Result<Clock, String>, Failure> {
    let far = |time: i64| time.unsigned_abs() > FAR.unsigned_abs();
    if turn == Turn::default()
        || turn.advance.is_some_and(far)
        || turn.frozen.is_some_and(|at| far(at.saturating_sub(real)))
    {
        return Ok(Err(
            "A turn is one of `frozen`, `advance`, `running` and `real`, and goes no further than ten years.".into(),
        ));
    }
    let before = read(sql)?;
    let present = before.frozen.unwrap_or(real + before.offset);
    let mut clock = before;
    if let Some(at) = turn.frozen {
        clock.frozen = Some(at);
    }
    if let Some(ahead) = turn.advance {
        match &mut clock.frozen {
            Some(at) => *at = at.saturating_add(ahead),
            None => clock.offset = clock.offset.saturating_add(ahead),
        }
    }
    if turn.running {
        clock = Clock { offset: clock.frozen.map_or(clock.offset, |at| at - real), frozen: None };
    }
    if turn.real {
        clock = Clock::default();
    }
    let next = clock.frozen.unwrap_or(real.saturating_add(clock.offset));
    if !(0..=LATEST).contains(&next) {
        return Ok(Err("Time stays between 1970 and 2286.".into()));
    }
    let begun = !sql.run("SELECT 1 FROM audit LIMIT 1", &[])?.is_empty();
    if begun && next < present {
        return Ok(Err("Time does not go back: what was counted then would lie in the future.".into()));
    }
    store::set(sql, CLOCK, &clock)?;
    Ok(Ok(clock))
}
