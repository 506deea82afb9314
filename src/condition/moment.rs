//! Moments as people write them, and what the clock on the wall shows then.
//!
//! ```text
//! moment = date [ "T" time offset ]           RFC 3339, section 5.6; "t" and "z" are as good
//! date   = 4digit "-" 2digit "-" 2digit       0000-01-01 to 9999-12-31, and only days that exist
//! time   = 2digit ":" 2digit [ ":" 2digit [ "." 1*digit ] ]
//! offset = "Z" / ( "+" / "-" ) 2digit ":" 2digit
//! ```
//!
//! A date alone is its midnight in UTC. Against the specification the seconds may be missing, and a leap second (`:60`)
//! is no moment, because milliseconds since 1970 have no number for it. Of a fraction three digits count. There is no
//! 24:00, and an offset is less than a day. Days are those of the Gregorian calendar, also before it was made.

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// Years after which the calendar repeats itself.
const CYCLE: i32 = 400;

/// Days from 0000-03-01 to 1970-01-01, and those of one cycle.
const DAYS_BEFORE_1970: i32 = 719_468 + 146_097;

/// Whole weeks in milliseconds, more than any time is before 1970.
const BEFORE: u64 = (1 << 62) / (7 * DAY as u64) * (7 * DAY as u64);

/// Milliseconds since 1970 in UTC, unless the text is no moment.
///
/// ```
/// use pointsman::condition::moment::millis;
///
/// assert_eq!(millis(b"1970-01-02"), Some(86_400_000));
/// assert_eq!(millis(b"2026-11-22T10:00+01:00"), millis(b"2026-11-22T09:00:00.000Z"));
/// assert_eq!(millis(b"2026-02-29"), None);
/// ```
#[must_use]
#[inline(never)]
pub fn millis(text: &[u8]) -> Option<i64> {
    let mut text = Reader { rest: text, wrong: false };
    let year = text.digits(4);
    let month = text.number(b"-", 13);
    let day = text.number(b"-", 32);
    let date = days(year, month, day);
    text.wrong |= month == 0 || day == 0 || date >= days(year, month + 1, 1);
    let mut millis = i64::from(date) * DAY;
    if !text.rest.is_empty() {
        millis += text.clock(b"Tt");
        if text.rest.first() == Some(&b':') {
            millis += i64::from(text.number(b":", 60)) * 1_000;
            if text.skip(b".") {
                millis += i64::from(text.fraction());
            }
        }
        if !text.skip(b"Zz") {
            millis += if text.rest.first() == Some(&b'-') { text.clock(b"-") } else { -text.clock(b"+") };
        }
    }
    (!text.wrong && text.rest.is_empty()).then_some(millis)
}

/// The day of the week at `now` milliseconds where clocks are `offset_minutes` ahead of UTC: 0 is Monday, 6 Sunday.
///
/// ```
/// assert_eq!(pointsman::condition::moment::weekday(0, 0), 3, "1970 began on a Thursday");
/// ```
#[must_use]
pub fn weekday(now: i64, offset_minutes: i32) -> u8 {
    // The remainder of seven fits.
    ((local(now, offset_minutes) / DAY.cast_unsigned() + 3) % 7) as u8
}

/// The minutes since midnight at `now` milliseconds where clocks are `offset_minutes` ahead of UTC: 0 to 1,439.
///
/// ```
/// assert_eq!(pointsman::condition::moment::minute_of_day(-1, 60), 59);
/// ```
#[must_use]
pub fn minute_of_day(now: i64, offset_minutes: i32) -> u16 {
    // The remainder of a day has 1,440 minutes.
    (local(now, offset_minutes) % DAY.cast_unsigned() / MINUTE.cast_unsigned()) as u16
}

/// What the wall clock shows, as if it were UTC, in milliseconds since a Monday long before any time.
fn local(now: i64, offset_minutes: i32) -> u64 {
    now.wrapping_add(i64::from(offset_minutes) * MINUTE).cast_unsigned().wrapping_add(BEFORE)
}

/// Days since 1970-01-01, by counting years from March, so that the leap day is a year's last one. Source: Howard
/// Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`. The month after December is the next
/// January.
fn days(year: i32, month: i32, day: i32) -> i32 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    // One cycle more, so that the January of year 0 is not in a negative year.
    let year = year + CYCLE;
    let leap_days = year / 4 - year / 100 + year / CYCLE;
    // Five months from March or August on have 153 days.
    year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - DAYS_BEFORE_1970
}

/// What is left of a text, and whether anything in it was wrong. What is read after that means nothing.
struct Reader<'a> {
    rest: &'a [u8],
    wrong: bool,
}

impl Reader<'_> {
    /// Goes behind the next byte if it is one of these.
    fn skip(&mut self, wanted: &[u8]) -> bool {
        let Some((first, rest)) = self.rest.split_first() else { return false };
        // `contains` would bring a search for long texts with it.
        let is = wanted.iter().any(|byte| byte == first);
        if is {
            self.rest = rest;
        }
        is
    }

    #[inline(never)]
    fn digits(&mut self, count: i32) -> i32 {
        let mut number = 0;
        for _ in 0..count {
            let digit = self.rest.first().map_or(10, |byte| byte.wrapping_sub(b'0'));
            self.wrong |= digit > 9;
            self.rest = self.rest.get(1..).unwrap_or_default();
            number = number * 10 + i32::from(digit);
        }
        number
    }

    /// One of these bytes, and two digits with a smaller value than `limit`.
    #[inline(never)]
    fn number(&mut self, before: &[u8], limit: i32) -> i32 {
        self.wrong |= !self.skip(before);
        let number = self.digits(2);
        self.wrong |= number >= limit;
        number
    }

    /// One of these bytes, hours and minutes, in milliseconds.
    fn clock(&mut self, before: &[u8]) -> i64 {
        let hours = self.number(before, 24);
        i64::from(hours * 60 + self.number(b":", 60)) * MINUTE
    }

    /// What follows the point of the seconds, in milliseconds: at least one digit, and what is finer is cut off.
    fn fraction(&mut self) -> i32 {
        let (mut millis, mut unit) = (0, 100);
        loop {
            millis += self.digits(1) * unit;
            unit /= 10;
            if !self.rest.first().is_some_and(u8::is_ascii_digit) {
                return millis;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::{DAY, MINUTE, days, millis, minute_of_day, weekday};
    use proptest::prelude::*;
    use std::format;
    use std::vec::Vec;

    fn days_of(year: i32, month: i32) -> i32 {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        match month {
            2 => 28 + i32::from(leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }

    #[test]
    fn a_moment_has_its_number() {
        let known = [
            ("1970-01-01", 0),
            ("1969-12-31T23:59:59.999Z", -1),
            ("2000-02-29T12:00Z", 951_825_600_000),
            ("2026-11-22T10:00:00Z", 1_795_341_600_000),
            ("0000-01-01", -62_167_219_200_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
            ("0000-01-01T00:00+23:59", -62_167_219_200_000 - 1_439 * MINUTE),
            ("1970-01-01T00:00:01.5z", 1_500),
            ("1970-01-01t00:00:01.23456789-00:00", 1_234),
            ("1970-01-01T05:30:00+05:30", 0),
            ("1969-12-31T16:00-08:00", 0),
        ];
        for (text, number) in known {
            assert_eq!(millis(text.as_bytes()), Some(number), "{text}");
        }
    }

    #[test]
    fn what_never_was_is_no_moment() {
        let none = [
            "",
            "2026",
            "2026-11",
            "2026-11-2",
            "2026-11-222",
            "2026-00-10",
            "2026-13-10",
            "2026-11-00",
            "2026-11-31",
            "2026-02-29",
            "1900-02-29",
            "2100-02-29",
            "2026-02-30",
            "-026-01-01",
            "+2026-01-01",
            "12026-01-01",
            "2026/11/22",
            "2026-11-22 10:00Z",
            "2026-11-22T",
            "2026-11-22Z",
            "2026-11-22T10Z",
            "2026-11-22T10:00",
            "2026-11-22T10:00:00",
            "2026-11-22T24:00Z",
            "2026-11-22T10:60Z",
            "2016-12-31T23:59:60Z",
            "2026-11-22T10:00:00.Z",
            "2026-11-22T10:00.5Z",
            "2026-11-22T10:00:00,5Z",
            "2026-11-22T10:00+1:00",
            "2026-11-22T10:00+0100",
            "2026-11-22T10:00+24:00",
            "2026-11-22T10:00+01:60",
            "2026-11-22T10:00+01",
            "2026-11-22T10:00ZZ",
            "2026-11-22T10:00Z ",
            " 2026-11-22",
            "2026-11-22T10:00\u{2212}01:00",
        ];
        for text in none {
            assert_eq!(millis(text.as_bytes()), None, "{text}");
        }
        assert!(millis(b"2000-02-29").is_some() && millis(b"2400-02-29").is_some() && millis(b"0000-02-29").is_some());
    }

    /// Counts every day of ten thousand years, one by one.
    #[test]
    fn every_day_follows_the_one_before() {
        let mut next = days(0, 1, 1);
        for year in 0..=9999 {
            for month in 1..=12 {
                for day in 1..=days_of(year, month) {
                    assert_eq!(days(year, month, day), next, "{year}-{month}-{day}");
                    next += 1;
                }
            }
        }
        // 25 times 400 years of 146,097 days each.
        assert_eq!(next - days(0, 1, 1), 25 * 146_097);
    }

    #[test]
    fn the_wall_clock_is_right_on_both_sides_of_1970() {
        let shows = |text: &str, offset| {
            let now = millis(text.as_bytes()).unwrap();
            (weekday(now, offset), minute_of_day(now, offset))
        };
        assert_eq!(shows("2026-11-22T10:00Z", 0), (6, 600));
        assert_eq!(shows("2026-11-22T23:30Z", 60), (0, 30));
        assert_eq!(shows("2026-11-23T00:30Z", -60), (6, 1_410));
        assert_eq!(shows("1969-12-31T23:59:59.999Z", 0), (2, 1_439));
        assert_eq!(shows("1969-07-20T20:17Z", 0), (6, 1_217));
        assert_eq!(shows("0000-01-01", 0), (5, 0));
        assert!(weekday(i64::MAX, i32::MAX) < 7 && minute_of_day(i64::MIN, i32::MIN) < 1_440);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            year in 0..=9999_i32, month in 1..=12_i32, day in 1..=31_i32, minute in 0..1_440_i64, second in 0..60_i64,
            milli in 0..1_000_i64, offset in -1_439..=1_439_i64,
        ) {
            let (sign, ahead) = if offset < 0 { ('-', -offset) } else { ('+', offset) };
            let text = format!(
                "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{second:02}.{milli:03}{sign}{:02}:{:02}",
                minute / 60, minute % 60, ahead / 60, ahead % 60,
            );
            let number = i64::from(days(year, month, day)) * DAY + (minute - offset) * MINUTE + second * 1_000 + milli;
            prop_assert_eq!(millis(text.as_bytes()), (day <= days_of(year, month)).then_some(number));
            if day <= days_of(year, month) {
                prop_assert_eq!(i64::from(minute_of_day(number, offset as i32)), minute);
            }
        }

        #[test]
        fn a_week_has_seven_days(now in -(1_i64 << 50)..1_i64 << 50, offset in -1_439..=1_439_i32) {
            prop_assert_eq!(weekday(now + DAY, offset), (weekday(now, offset) + 1) % 7);
            prop_assert_eq!(weekday(now + 7 * DAY, offset), weekday(now, offset));
            prop_assert_eq!(minute_of_day(now + MINUTE, offset), (minute_of_day(now, offset) + 1) % 1_440);
        }

        #[test]
        fn any_bytes_are_safe(text: Vec<u8>, near in "[0-9]{4}-[01][0-9]-[0-3][0-9]([Tt:.Zz0-9+-]{0,20})?", now: i64, offset: i32) {
            let _ = (millis(&text), millis(near.as_bytes()));
            prop_assert!(weekday(now, offset) < 7 && minute_of_day(now, offset) < 1_440);
        }
    }
}
