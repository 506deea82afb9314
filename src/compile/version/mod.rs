//! Ranges of semantic versions, as people write them, as tables that must all find their match.

mod expression;
#[cfg(test)]
mod order;

use super::regex;
use crate::condition::Comparison;
use crate::document::Tables;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

/// The tables of a range, or why it is none.
///
/// Comparators stand side by side and must all hold: `>=1.2 <2`. `^1.2.3` allows what keeps the first number that is not
/// zero, `~1.2.3` what keeps the first two numbers, and a version alone only itself. Pre-releases come before their
/// version, so `<2.0.0` lets `2.0.0-beta` in; write `<2.0.0-0` to keep it out.
pub(super) fn tables(range: &str, known: &Tables) -> Result<Vec<Vec<u8>>, String> {
    let table = |(comparison, version): (Comparison, String)| {
        let expression = expression::of(comparison, &version);
        regex::expression_table(&expression, known).map_err(|_| format!("`{version}` is too long for a table."))
    };
    comparators(range)?.into_iter().map(table).collect()
}

/// The comparisons of a range.
fn comparators(range: &str) -> Result<Vec<(Comparison, String)>, String> {
    let words: Vec<_> = range.split_ascii_whitespace().collect();
    if words.is_empty() {
        return Err("It has no comparator.".to_string());
    }
    let mut all = Vec::new();
    for word in words {
        let sign = word.len() - word.trim_start_matches(['<', '>', '=', '^', '~']).len();
        let (sign, text) = word.split_at(sign);
        if !is_version(text) {
            return Err(format!("`{text}` in `{word}` is not a version."));
        }
        let text = text.to_string();
        all.extend(match sign {
            "" | "=" => vec![(Comparison::Equal, text)],
            "<" => vec![(Comparison::Less, text)],
            "<=" => vec![(Comparison::AtMost, text)],
            ">" => vec![(Comparison::Greater, text)],
            ">=" => vec![(Comparison::AtLeast, text)],
            "^" | "~" => {
                let end = end(&text, sign == "^").ok_or_else(|| format!("The numbers of `{word}` are too large."))?;
                vec![(Comparison::AtLeast, text), (Comparison::Less, end)]
            }
            _ => return Err(format!("`{sign}` in `{word}` is not a comparison.")),
        });
    }
    Ok(all)
}

/// Whether a text is a version: one to three numbers, and perhaps a `v` in front, a pre-release and a build behind.
pub(crate) fn is_version(text: &str) -> bool {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
    let (numbers, labels) = text.split_once('-').map_or((text, None), |(numbers, labels)| (numbers, Some(labels)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let signs = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    numbers.split('.').count() <= 3
        && numbers.split('.').all(digits)
        && [labels, build].into_iter().flatten().all(|labels| labels.split('.').all(signs))
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
    use super::{comparators, tables};
    use crate::condition::Comparison::{self, AtLeast, Equal, Less};
    use crate::condition::automaton::matches;
    use crate::document::Tables;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    fn of(range: &str) -> Vec<(Comparison, String)> {
        comparators(range).unwrap()
    }

    #[test]
    fn a_range_holds_what_stands_in_it() {
        let holds = |range: &str, version: &str| {
            tables(range, &Tables::default()).unwrap().iter().all(|table| matches(table, version.as_bytes()))
        };
        assert!(holds(">=1.2 <2", "v1.10.0") && holds(">=1.2 <2", "2.0.0-beta") && !holds(">=1.2 <2", "1.1.9"));
        assert!(holds("^1.2.3", "1.9.0") && !holds("^1.2.3", "2.0.0-beta") && !holds("^1.2.3", "1.2.3-rc.1"));
        assert!(!holds("1.0.0", "latest") && !holds(">=0", "latest"));
    }

    #[test]
    fn carets_and_tildes_are_two_comparisons() {
        let pair = |from: &str, to: &str| [(AtLeast, from.to_string()), (Less, to.to_string())];
        assert_eq!(of("^1.2.3"), pair("1.2.3", "2.0.0-0"));
        assert_eq!(of("^0.2.3"), pair("0.2.3", "0.3.0-0"));
        assert_eq!(of("^0.0.3"), pair("0.0.3", "0.0.4-0"));
        assert_eq!(of("^v1"), pair("v1", "2.0.0-0"));
        assert_eq!(of("~1.2.3"), pair("1.2.3", "1.3.0-0"));
        assert_eq!(of("~1"), pair("1", "2.0.0-0"));
    }

    #[test]
    fn comparators_stand_side_by_side() {
        assert_eq!(of(">=1.2 <2"), [(AtLeast, "1.2".to_string()), (Less, "2".to_string())]);
        assert_eq!(of("1.2.3"), [(Equal, "1.2.3".to_string())]);
        assert_eq!(of("1.2.3"), of("=1.2.3"));
        for none in ["", " ", ">", "1.2.x", "=>1", "1 || 2", "^99999999999999999999"] {
            assert!(comparators(none).is_err(), "{none}");
        }
    }
}
