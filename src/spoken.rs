//! Counts as people read them: every sentence that says how many takes the number from here, so that one count is never
//! written in two ways on a screen. For machines numbers stay numbers.

use crate::stats::real;
use alloc::format;
use alloc::string::String;

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
    let mut text = String::new();
    digits(&mut text, number, 1, true);
    text
}

/// Adds a count's digits to a text, at least so many, with its thousands in groups or without. The standard library's way
/// asks how wide, with which sign and to which side, and takes ten times as long.
pub(crate) fn digits(text: &mut String, number: u64, least: usize, groups: bool) {
    // 2^64 has twenty.
    let mut digits = [b'0'; 20];
    let (mut at, mut rest) = (digits.len(), number);
    while rest > u64::from(u32::MAX) {
        at -= 1;
        digits[at] += (rest % 10) as u8;
        rest /= 10;
    }
    // Most counts are short, and a computer divides 32 bits far sooner than 64.
    let mut rest = rest as u32;
    while rest > 0 {
        at -= 1;
        digits[at] += (rest % 10) as u8;
        rest /= 10;
    }
    for (place, digit) in digits.iter().enumerate().skip(at.min(digits.len() - least)) {
        text.push(char::from(*digit));
        if groups && place < 19 && (19 - place).is_multiple_of(3) {
            text.push(',');
        }
    }
}

/// `1 visitor`, `2 visitors`, `5,080 visitors`.
#[must_use]
pub fn count(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// A chance, of which nobody is ever certain.
#[must_use]
pub fn chance(share: f64) -> String {
    match share {
        share if share < 0.01 => "less than 1 %".into(),
        share if share > 0.99 => "more than 99 %".into(),
        share => format!("{:.0} %", share * 100.0),
    }
}

/// The nearest count to a number that is none below zero.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count, which ends at that of 64 bits")]
pub fn nearest(number: f64) -> u64 {
    libm::round(number) as u64
}

/// A number of 0 or more with so many decimals.
#[must_use]
pub fn decimal(number: f64, decimals: usize) -> String {
    let mut text = String::new();
    rounded(&mut text, number, decimals, false);
    text
}

/// Adds a number of 0 or more with so many decimals, twelve at most, to a text, with its thousands in groups or without. The
/// standard library's way knows every number to its last digit, and that weighs six kilobytes in a browser; these sentences
/// need no more than twelve.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is none below 0, and bounded")]
pub(crate) fn rounded(text: &mut String, number: f64, decimals: usize, groups: bool) {
    let (mut size, mut zeros) = (number, 0);
    while size >= 1e12 && size.is_finite() {
        size /= 10.0;
        zeros += 1;
    }
    if zeros > 0 {
        let mut long = String::new();
        digits(&mut long, size as u64, 1, false);
        long.extend((0..zeros).map(|_| '0'));
        text.push_str(&if groups { thousands(&long) } else { long });
        return;
    }
    let unit = 10_u64.pow(decimals as u32);
    let steps = libm::rint(size * real(unit)) as u64;
    digits(text, steps / unit, 1, groups);
    if decimals > 0 {
        text.push('.');
        digits(text, steps % unit, decimals, false);
    }
}

#[cfg(test)]
mod tests {
    use super::{chance, count, decimal, grouped, thousands};

    #[test]
    fn no_chance_is_certain() {
        assert_eq!(
            [0.0, 0.0099, 0.01, 0.424, 0.99, 1.0].map(chance),
            ["less than 1 %", "less than 1 %", "1 %", "42 %", "99 %", "more than 99 %"]
        );
    }

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
