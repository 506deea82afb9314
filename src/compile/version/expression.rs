//! The versions that compare so with one, as a regular expression: comparing digits needs no arithmetic.
//!
//! What is written here is the grammar and the order of [`mod@super::order`]: three numbers of which the last two may be
//! missing, labels of a pre-release, and a build that does not count.

use crate::condition::Comparison;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

const LABEL: &str = "[0-9A-Za-z-]";

/// The expression of all versions that compare so with a text that is a version.
pub(super) fn of(comparison: Comparison, version: &str) -> String {
    let version = Version::read(version);
    let either = |one: String, other: String| format!("(?:{one}|{other})");
    let all = match comparison {
        Comparison::Equal => version.equal(),
        Comparison::Less => version.less(),
        Comparison::Greater => version.greater(),
        Comparison::AtMost => either(version.less(), version.equal()),
        Comparison::AtLeast => either(version.greater(), version.equal()),
    };
    format!(r"^[vV]?(?:{all})(?:\+{LABEL}+(?:\.{LABEL}+)*)?$")
}

struct Version<'v> {
    /// Without zeros in front; a number that is zero is empty.
    numbers: [&'v str; 3],
    /// The labels of a pre-release.
    labels: Vec<&'v str>,
}

impl<'v> Version<'v> {
    fn read(text: &'v str) -> Self {
        let text = text.trim_start_matches(['v', 'V']);
        let text = text.split_once('+').map_or(text, |(text, _)| text);
        let (numbers, labels) = text.split_once('-').map_or((text, None), |(numbers, labels)| (numbers, Some(labels)));
        let mut parts = numbers.split('.').map(|number| number.trim_start_matches('0'));
        let numbers = [(); 3].map(|()| parts.next().unwrap_or_default());
        Self { numbers, labels: labels.map(|labels| labels.split('.').collect()).unwrap_or_default() }
    }

    fn equal(&self) -> String {
        let labels = if self.labels.is_empty() { String::new() } else { format!("-{}", self.same_labels()) };
        format!("{}{labels}", self.same_numbers())
    }

    fn less(&self) -> String {
        let labels = format!(r"(?:-{LABEL}+(?:\.{LABEL}+)*)?");
        let before = match self.lower_labels() {
            _ if self.labels.is_empty() => format!(r"-{LABEL}+(?:\.{LABEL}+)*"),
            lower => format!("-(?:{lower})"),
        };
        any(&[format!("(?:{}){labels}", self.other_numbers(lower)), format!("{}{before}", self.same_numbers())])
    }

    fn greater(&self) -> String {
        let labels = format!(r"(?:-{LABEL}+(?:\.{LABEL}+)*)?");
        let mut all = Vec::from([format!("(?:{}){labels}", self.other_numbers(higher))]);
        if !self.labels.is_empty() {
            all.push(format!("{}(?:-(?:{}))?", self.same_numbers(), self.higher_labels()));
        }
        any(&all)
    }

    /// The same three numbers; those that are missing are 0.
    fn same_numbers(&self) -> String {
        let [major, minor, patch] = self.numbers.map(same);
        let patch = optional(&format!(r"\.{patch}"), self.numbers[2].is_empty());
        let minor = optional(&format!(r"\.{minor}{patch}"), self.numbers[1..] == ["", ""]);
        format!("{major}{minor}")
    }

    /// Three numbers that come before or after: the first one that differs decides.
    fn other_numbers(&self, differs: fn(&str) -> String) -> String {
        let [major, minor, patch] = self.numbers;
        let (a, b) = (same(major), same(minor));
        let mut all = Vec::from([
            format!(r"{}(?:\.[0-9]+){{0,2}}", differs(major)),
            format!(r"{a}\.{}(?:\.[0-9]+)?", differs(minor)),
            format!(r"{a}\.{b}\.{}", differs(patch)),
        ]);
        // A missing number is 0, which comes before all others.
        if differs("1") == lower("1") {
            if [minor, patch] != ["", ""] {
                all.push(a.clone());
            }
            if !patch.is_empty() {
                all.push(format!(r"{a}\.{b}"));
            }
        }
        any(&all)
    }

    fn same_labels(&self) -> String {
        self.labels.iter().map(|label| same_label(label)).collect::<Vec<_>>().join(r"\.")
    }

    /// Labels of which the first that differs comes before, or that end sooner.
    fn lower_labels(&self) -> String {
        let mut all = Vec::new();
        let mut front = String::new();
        for (index, label) in self.labels.iter().enumerate() {
            all.push(format!(r"{front}(?:{})(?:\.{LABEL}+)*", lower_label(label)));
            if index > 0 {
                all.push(front.trim_end_matches(r"\.").to_string());
            }
            front.push_str(&same_label(label));
            front.push_str(r"\.");
        }
        all.join("|")
    }

    fn higher_labels(&self) -> String {
        let mut all = Vec::new();
        let mut front = String::new();
        for label in &self.labels {
            all.push(format!(r"{front}(?:{})(?:\.{LABEL}+)*", higher_label(label)));
            front.push_str(&same_label(label));
            front.push_str(r"\.");
        }
        all.push(format!(r"{}(?:\.{LABEL}+)+", self.same_labels()));
        all.join("|")
    }
}

fn any(all: &[String]) -> String {
    format!("(?:{})", all.join("|"))
}

fn optional(expression: &str, may_be_missing: bool) -> String {
    format!("(?:{expression}){}", if may_be_missing { "?" } else { "" })
}

/// The number, with any zeros in front.
fn same(number: &str) -> String {
    if number.is_empty() { "0+".to_string() } else { format!("0*{number}") }
}

/// The numbers below: those with fewer digits, and those with a lower digit behind the same ones.
fn lower(number: &str) -> String {
    let mut all = Vec::new();
    if number.len() > 1 {
        all.push(format!("[0-9]{{1,{}}}", number.len() - 1));
    }
    for (front, digit, rest) in digits(number) {
        if digit > b'0' {
            all.push(format!("{front}[0-{}][0-9]{{{rest}}}", char::from(digit - 1)));
        }
    }
    // No number is below zero: a class that holds nothing.
    if all.is_empty() { NOTHING.to_string() } else { format!("0*{}", any(&all)) }
}

/// The numbers above: those with more digits, and those with a higher digit behind the same ones.
fn higher(number: &str) -> String {
    let mut all = Vec::from([format!("[1-9][0-9]{{{},}}", number.len())]);
    for (front, digit, rest) in digits(number) {
        if digit < b'9' {
            all.push(format!("{front}[{}-9][0-9]{{{rest}}}", char::from(digit + 1)));
        }
    }
    format!("0*{}", any(&all))
}

/// What never matches.
const NOTHING: &str = "[a&&b]";

/// Each digit with those in front of it and how many follow.
fn digits(number: &str) -> impl Iterator<Item = (&str, u8, usize)> {
    number.bytes().enumerate().map(move |(index, digit)| (&number[..index], digit, number.len() - index - 1))
}

fn is_number(label: &str) -> bool {
    label.bytes().all(|byte| byte.is_ascii_digit())
}

fn same_label(label: &str) -> String {
    if is_number(label) { same(label.trim_start_matches('0')) } else { label.to_string() }
}

/// Numbers come before words.
fn lower_label(label: &str) -> String {
    if is_number(label) {
        return lower(label.trim_start_matches('0'));
    }
    let mut all = Vec::from(["[0-9]+".to_string()]);
    for (index, byte) in label.bytes().enumerate() {
        let front = &label[..index];
        all.push(format!("{front}{}{LABEL}*", between(b'-', byte - 1)));
        if index > 0 {
            all.push(front.to_string());
        }
    }
    all.join("|")
}

fn higher_label(label: &str) -> String {
    const WORD: &str = "[0-9]*[A-Za-z-][0-9A-Za-z-]*";
    if is_number(label) {
        return format!("{}|{WORD}", higher(label.trim_start_matches('0')));
    }
    let mut all = Vec::from([format!("{label}{LABEL}+")]);
    for (index, byte) in label.bytes().enumerate() {
        let front = &label[..index];
        let higher = |first: u8, last: u8| between(first.max(byte + 1), last);
        if !is_number(front) {
            all.push(format!("{front}{}{LABEL}*", higher(b'-', b'z')));
            continue;
        }
        // So far there are only digits: without a letter to come it would be a number, which comes before.
        all.push(format!("{front}{}{WORD}", higher(b'0', b'9')));
        all.push(format!("{front}{}{LABEL}*", higher(b'A', b'z')));
        if byte < b'-' {
            all.push(format!("{front}-{LABEL}*"));
        }
    }
    all.join("|")
}

/// The signs of labels between two bytes, both of which belong to them: in their order `-`, digits, and letters.
fn between(first: u8, last: u8) -> String {
    let inside = |(from, to): (u8, u8)| (from.max(first) <= to.min(last)).then(|| (from.max(first), to.min(last)));
    let ranges = [(b'-', b'-'), (b'0', b'9'), (b'A', b'Z'), (b'a', b'z')];
    let signs: Vec<_> = ranges.into_iter().filter_map(inside).collect();
    let text = signs.iter().map(|(from, to)| match from {
        b'-' => r"\-".to_string(),
        _ => format!("{}-{}", char::from(*from), char::from(*to)),
    });
    let text: String = text.collect();
    if text.is_empty() { NOTHING.to_string() } else { format!("[{text}]") }
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::compile::regex::expression_table;
    use crate::compile::version::is_version;
    use crate::compile::version::order::compare;
    use crate::condition::Comparison;
    use crate::condition::automaton::matches;
    use crate::condition::is;
    use crate::document::Tables;
    use proptest::prelude::*;

    const COMPARISONS: [Comparison; 5] =
        [Comparison::Equal, Comparison::Less, Comparison::AtMost, Comparison::Greater, Comparison::AtLeast];
    const VERSION: &str = "[vV]?0?[0-2](\\.[0-2]{1,2}){0,2}(-[0-2aB-]{1,2}(\\.[0-2aB-]{1,2}){0,2})?(\\+[a0-]{1,2})?";

    fn check(version: &str, text: &str) -> Result<(), TestCaseError> {
        let order = compare(text.as_bytes(), version.as_bytes());
        for comparison in COMPARISONS {
            let table = expression_table(&of(comparison, version), &Tables::default()).unwrap();
            prop_assert_eq!(
                matches(&table, text.as_bytes()),
                is(comparison as u8, order),
                "{} {:?} {}",
                text,
                comparison,
                version
            );
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_table_holds_the_versions_that_compare_so(version in VERSION, text in VERSION) {
            check(&version, &text)?;
        }

        #[test]
        fn numbers_of_any_length_compare(a in "[0-9]{1,12}", b in "[0-9]{1,12}") {
            check(&alloc::format!("1.{a}.0"), &alloc::format!("1.{b}"))?;
        }

        #[test]
        fn what_is_no_version_is_in_no_table(text in "[v0-2.a+-]{0,8}") {
            prop_assume!(!is_version(&text));
            check("1.2.0-a.1", &text)?;
        }
    }
}
