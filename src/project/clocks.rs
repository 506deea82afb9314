//! Days as clocks of the project's zone show them. What a zone's clocks do only the shell knows; it says from when on they
//! are how far ahead of UTC.

use crate::time::DAY;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Days from a Monday to the Thursday from which weekdays are counted.
const MONDAY_BACK: usize = 3;

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
        // Never behind.
        self.begins(at, 1).max(at + 1)
    }

    /// When the day begins that is so many days after that of a moment.
    fn begins(&self, at: i64, days: i64) -> i64 {
        self.when((self.shown(at).div_euclid(DAY) + days) * DAY)
    }

    /// When each week begins, from that of a moment to the first after another one. Weeks begin on Mondays.
    pub(super) fn weeks(&self, from: i64, to: i64) -> Vec<i64> {
        let days = i64::try_from((self.weekday(from) + MONDAY_BACK) % 7).unwrap_or_default();
        let mut weeks = Vec::from([self.begins(from, -days)]);
        while let Some(last) = weeks.last().copied().filter(|last| *last <= to) {
            weeks.push(self.begins(last, 7));
        }
        weeks
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

    #[test]
    fn weeks_begin_on_mondays_as_clocks_show_them_also_where_they_go_forward_or_back() {
        let (spring, autumn) = (1_774_746_000_000, 1_792_890_000_000);
        let clocks = Clocks([(0, HOUR), (spring, 2 * HOUR), (autumn, HOUR)].to_vec());
        // Clocks go forward on a Sunday: its week has an hour less, and the next one begins when clocks show midnight.
        let monday = spring - 6 * DAY - 2 * HOUR;
        let after = monday + 7 * DAY - HOUR;
        assert_eq!(clocks.weeks(spring, after), [monday, after, after + 7 * DAY]);
        // Late on Sunday in UTC it is Monday already.
        assert_eq!(clocks.weeks(after, after)[0], after);
        assert_eq!(clocks.weeks(after - 1, after - 1), [monday, after]);
        assert_eq!(Clocks::default().weeks(after, after)[0], monday + HOUR);
        let monday = autumn - 6 * DAY - 3 * HOUR;
        assert_eq!(clocks.weeks(autumn, autumn), [monday, monday + 7 * DAY + HOUR]);
    }
}
