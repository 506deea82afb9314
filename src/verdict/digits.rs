//! Whole numbers as decimal digits. The standard library's way asks how wide, with which sign and to which side, and takes
//! ten times as long.

use alloc::string::String;

/// Adds the digits of a number to a text, at least so many of them.
pub(crate) fn push_digits(to: &mut String, number: u64, least: usize) {
    // 2^64 has twenty.
    let mut digits = [b'0'; 20];
    let (mut at, mut rest) = (digits.len(), number);
    while rest > 0 {
        at -= 1;
        digits[at] += (rest % 10) as u8;
        rest /= 10;
    }
    let from = at.min(digits.len().saturating_sub(least));
    digits[from..].iter().for_each(|digit| to.push(char::from(*digit)));
}
