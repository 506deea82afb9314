//! Counts as people read them: every sentence that says how many takes the number from here, so that one count is never
//! written in two ways on a screen. For machines numbers stay numbers.

use crate::stats::real;
use alloc::format;
use alloc::string::{String, ToString};

/// A number as it was printed, without a sign, with its thousands in groups: `5,080.25`.
#[must_use]
pub fn thousands(printed: &str) -> String {
    let whole = printed.find('.').unwrap_or(printed.len());
    let mut text = String::new();
    for (index, digit) in printed.chars().enumerate() {
        if 0 < index && index < whole && (whole - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its thousands in groups: `5,080`.
#[must_use]
pub fn grouped(number: u64) -> String {
    thousands(&number.to_string())
}

/// `1 visitor`, `2 visitors`, `5,080 visitors`.
#[must_use]
pub fn count(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// The nearest count to a number that is none below zero.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count, which ends at that of 64 bits")]
pub fn nearest(number: f64) -> u64 {
    libm::round(number) as u64
}

/// A number of 0 or more with so many decimals. The standard library's way knows every number to its last digit, and that
/// weighs six kilobytes in a browser; these sentences need no more than twelve.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is none below 0, and bounded")]
pub fn decimal(number: f64, decimals: usize) -> String {
    let (mut size, mut zeros) = (number, 0);
    while size >= 1e12 && size.is_finite() {
        size /= 10.0;
        zeros += 1;
    }
    if zeros > 0 {
        return format!("{}{:0zeros$}", size as u64, 0);
    }
    let unit = 10_u64.pow(decimals as u32);
    let steps = libm::rint(size * real(unit)) as u64;
    let whole = steps / unit;
    if decimals == 0 { whole.to_string() } else { format!("{whole}.{:0decimals$}", steps % unit) }
}

#[cfg(test)]
mod tests {
    use super::{count, decimal, grouped, thousands};

    #[test]
    fn thousands_stand_apart() {
        let written = [0, 999, 1_000, 5_080, 123_456, 1_000_000].map(grouped);
        assert_eq!(written, ["0", "999", "1,000", "5,080", "123,456", "1,000,000"]);
        let printed = ["0.5", "999.25", "1234.5678", "1000000.00"].map(thousands);
        assert_eq!(printed, ["0.5", "999.25", "1,234.5678", "1,000,000.00"]);
        assert_eq!([1, 1_000].map(|number| count(number, "visitor", "visitors")), ["1 visitor", "1,000 visitors"]);
    }

    #[test]
    fn decimals_are_those_of_the_standard_library_but_for_halves() {
        let mut number = 1e-9;
        while number < 1e9 {
            for (decimals, unit) in [(0, 1.0), (1, 10.0), (2, 100.0), (5, 1e5)] {
                let (ours, theirs) = (decimal(number, decimals), alloc::format!("{number:.decimals$}"));
                let halves = (number * unit).fract() - 0.5;
                assert!(ours == theirs || halves.abs() < 1e-9, "{ours} is not {theirs}");
            }
            number *= 1.003_7;
        }
    }
}
