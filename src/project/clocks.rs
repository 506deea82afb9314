//! Days as clocks of the project's zone show them. What a zone's clocks do only the shell knows; it says from when on they
//! are how far ahead of UTC.

use crate::time::DAY;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// `[moment, ahead]`, earliest first: from the moment on clocks are so many milliseconds ahead of UTC. None is UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Clocks(Vec<(i64, i64)>);

impl Clocks {
    /// What clocks show, as if it were UTC. Before the first moment they are as they were at it.
    pub(super) fn shown(&self, at: i64) -> i64 {
        let last = self.0.iter().rev().find(|(from, _)| *from <= at).or(self.0.first());
        at.saturating_add(last.map_or(0, |(_, ahead)| *ahead))
    }

    /// When clocks show this, as if it were UTC: the later moment where they show it twice.
    pub(super) fn when(&self, local: i64) -> i64 {
        let guess = local - (self.shown(local) - local);
        local - (self.shown(guess) - guess)
    }

    /// The day of the week, from Thursday, as the first of 1970 was.
    pub(super) fn weekday(&self, at: i64) -> usize {
        usize::try_from(self.shown(at).div_euclid(DAY).rem_euclid(7)).unwrap_or(0)
    }

    /// When the next day begins: a day on which clocks go forward or back has an hour less or more.
    pub(super) fn tomorrow(&self, at: i64) -> i64 {
        let begins = (self.shown(at).div_euclid(DAY) + 1) * DAY;
        let guess = at + (begins - self.shown(at));
        // By the clocks that hold then, and never behind.
        (guess + (begins - self.shown(guess))).max(at + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::Clocks;
    use crate::time::{DAY, HOUR};

    #[test]
    fn a_day_begins_when_clocks_say_so_also_where_they_go_forward_or_back() {
        // Vienna in 2026: summer from 29 March 01:00 UTC to 25 October 01:00 UTC.
        let (spring, autumn) = (1_774_746_000_000, 1_792_890_000_000);
        let clocks = Clocks([(0, HOUR), (spring, 2 * HOUR), (autumn, HOUR)].to_vec());
        let midnight = spring - 2 * HOUR;
        assert_eq!(clocks.tomorrow(midnight), midnight + DAY - HOUR, "a day of 23 hours");
        let midnight = autumn - 3 * HOUR;
        assert_eq!(clocks.tomorrow(midnight), midnight + DAY + HOUR, "a day of 25 hours");
        // 29 March 2026 is a Sunday, the fourth day from Thursday; in UTC its first hour is still Saturday.
        assert_eq!([clocks.weekday(spring), clocks.weekday(spring - 90 * HOUR / 60)], [3, 3]);
        assert_eq!([clocks.weekday(spring - 3 * HOUR), Clocks::default().weekday(spring - 2 * HOUR)], [2, 2]);
        assert_eq!(Clocks::default().tomorrow(5), DAY);
    }
}
