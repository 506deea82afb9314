//! Ranges of semantic versions, as people write them, as comparisons that must all hold.

use crate::condition::version;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

/// The comparisons of a range, each a code of [`crate::condition::Comparison`] and a version; or why it is none.
///
/// Comparators stand side by side and must all hold: `>=1.2 <2`. `^1.2.3` allows what keeps the first number that is not
/// zero, `~1.2.3` what keeps the first two numbers, and a version alone only itself. Pre-releases come before their
/// version, so `<2.0.0` lets `2.0.0-beta` in; write `<2.0.0-0` to keep it out.
pub(super) fn comparators(range: &str) -> Result<Vec<(u8, String)>, String> {
    let words: Vec<_> = range.split_ascii_whitespace().collect();
    if words.is_empty() {
        return Err("It has no comparator.".to_string());
    }
    let mut all = Vec::new();
    for word in words {
        let sign = word.len() - word.trim_start_matches(['<', '>', '=', '^', '~']).len();
        let (sign, text) = word.split_at(sign);
        if !version::is_version(text.as_bytes()) {
            return Err(format!("`{text}` in `{word}` is not a version."));
        }
        let text = text.to_string();
        all.extend(match sign {
            "" | "=" => vec![(0, text)],
            "<" => vec![(1, text)],
            "<=" => vec![(2, text)],
            ">" => vec![(3, text)],
            ">=" => vec![(4, text)],
            "^" | "~" => {
                let end = end(&text, sign == "^").ok_or_else(|| format!("The numbers of `{word}` are too large."))?;
                vec![(4, text), (1, end)]
            }
            _ => return Err(format!("`{sign}` in `{word}` is not a comparison.")),
        });
    }
    Ok(all)
}

/// The first version after a caret's or a tilde's range; before its pre-releases, which belong to it.
fn end(text: &str, caret: bool) -> Option<String> {
    let core = text.trim_start_matches(['v', 'V']).split(['-', '+']).next()?;
    let mut numbers = Vec::new();
    for part in core.split('.') {
        numbers.push(part.parse::<u64>().ok()?);
    }
    let raised = if caret {
        numbers.iter().position(|number| *number > 0).unwrap_or(numbers.len() - 1)
    } else {
        1.min(numbers.len() - 1)
    };
    *numbers.get_mut(raised)? = numbers[raised].checked_add(1)?;
    numbers.truncate(raised + 1);
    numbers.resize(3, 0);
    Some(format!("{}.{}.{}-0", numbers[0], numbers[1], numbers[2]))
}

#[cfg(test)]
mod tests {
    use super::comparators;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    fn of(range: &str) -> Vec<(u8, String)> {
        comparators(range).unwrap()
    }

    #[test]
    fn carets_and_tildes_are_two_comparisons() {
        let pair = |from: &str, to: &str| [(4, from.to_string()), (1, to.to_string())];
        assert_eq!(of("^1.2.3"), pair("1.2.3", "2.0.0-0"));
        assert_eq!(of("^0.2.3"), pair("0.2.3", "0.3.0-0"));
        assert_eq!(of("^0.0.3"), pair("0.0.3", "0.0.4-0"));
        assert_eq!(of("^v1"), pair("v1", "2.0.0-0"));
        assert_eq!(of("~1.2.3"), pair("1.2.3", "1.3.0-0"));
        assert_eq!(of("~1"), pair("1", "2.0.0-0"));
    }

    #[test]
    fn comparators_stand_side_by_side() {
        assert_eq!(of(">=1.2 <2"), [(4, "1.2".to_string()), (1, "2".to_string())]);
        assert_eq!(of("1.2.3"), of("=1.2.3"));
        for none in ["", " ", ">", "1.2.x", "=>1", "1 || 2", "^99999999999999999999"] {
            assert!(comparators(none).is_err(), "{none}");
        }
    }
}
