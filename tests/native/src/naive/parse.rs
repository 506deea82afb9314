//! Moments, versions, networks and patterns, read the slow way.

use std::cmp::Ordering;
use std::net::{IpAddr, Ipv6Addr};

pub(super) const MINUTE: i64 = 60_000;
pub(super) const DAY: i64 = 24 * 60 * MINUTE;

/// Milliseconds since 1970 of a text of RFC 3339, or of a date alone.
pub(super) fn moment(text: &str) -> Option<i64> {
    let (date, rest) = if text.len() > 10 { text.split_at_checked(10)? } else { (text, "") };
    let [year, month, day] = parts(date, '-', &[4, 2, 2])?;
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let months = [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let length = *months.get(usize::try_from(month - 1).ok()?)?;
    if day < 1 || day > length {
        return None;
    }
    let mut days: i64 = months.iter().take(usize::try_from(month - 1).ok()?).sum::<i64>() + day - 1;
    let length = |year| if leap(year) { 366 } else { 365 };
    days += if year >= 1970 { (1970..year).map(length).sum() } else { -(year..1970).map(length).sum::<i64>() };
    if rest.is_empty() {
        return Some(days * DAY);
    }
    let rest = rest.strip_prefix(['T', 't'])?;
    let (clock, ahead) = if let Some(clock) = rest.strip_suffix(['Z', 'z']) {
        (clock, 0)
    } else {
        let (clock, offset) = rest.split_at_checked(rest.rfind(['+', '-'])?)?;
        let [hours, minutes] = parts(&offset[1..], ':', &[2, 2])?;
        let ahead = (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)?;
        (clock, if offset.starts_with('-') { -ahead } else { ahead })
    };
    let (clock, fraction) = clock.split_once('.').map_or((clock, None), |(clock, fraction)| (clock, Some(fraction)));
    let millis = match fraction {
        None => 0,
        Some(digits) if clock.len() == 8 && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{digits}00")[..3].parse().ok()?
        }
        Some(_) => return None,
    };
    let [hours, minutes, seconds] =
        if clock.len() == 5 { parts(&format!("{clock}:00"), ':', &[2, 2, 2])? } else { parts(clock, ':', &[2, 2, 2])? };
    let time = (hours < 24 && minutes < 60 && seconds < 60).then_some(hours * 3600 + minutes * 60 + seconds)?;
    Some(days * DAY + time * 1_000 + millis - ahead * MINUTE)
}

/// Numbers of exactly so many digits.
fn parts<const N: usize>(text: &str, between: char, digits: &[usize; N]) -> Option<[i64; N]> {
    let parts: Vec<_> = text.split(between).collect();
    let parts: [&str; N] = parts.try_into().ok()?;
    let mut numbers = [0; N];
    for ((part, digits), number) in parts.iter().zip(digits).zip(&mut numbers) {
        let good = part.len() == *digits && part.bytes().all(|byte| byte.is_ascii_digit());
        *number = if good { part.parse().ok()? } else { return None };
    }
    Some(numbers)
}

/// The minutes of `hh:mm`.
pub(super) fn minute(text: &str) -> i64 {
    let [hours, minutes] = parts(text, ':', &[2, 2]).expect("a time of the day");
    hours * 60 + minutes
}

/// The minutes of `+hh:mm`.
pub(super) fn ahead(offset: &str) -> i64 {
    minute(&offset[1..]) * if offset.starts_with('-') { -1 } else { 1 }
}

/// A version: three numbers as their digits without zeros in front, and the labels of a pre-release.
pub(super) struct Version {
    numbers: Vec<String>,
    given: usize,
    labels: Vec<String>,
}

impl Version {
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
        let (numbers, labels) = text.split_once('-').map_or((text, None), |(text, labels)| (text, Some(labels)));
        let label =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let good = |text: Option<&str>| text.is_none_or(|text| text.split('.').all(label));
        let given = numbers.split('.').count();
        if given > 3 || !numbers.split('.').all(digits) || !good(labels) || !good(build) {
            return None;
        }
        let mut numbers: Vec<_> = numbers.split('.').map(|part| part.trim_start_matches('0').to_string()).collect();
        numbers.resize(3, String::new());
        let labels = labels.map(|labels| labels.split('.').map(ToString::to_string).collect());
        Some(Self { numbers, given, labels: labels.unwrap_or_default() })
    }

    /// Section 11 of Semantic Versioning.
    fn order(&self, other: &Self) -> Ordering {
        let numbers = self.numbers.iter().zip(&other.numbers).map(|(left, right)| by_number(left, right));
        let numbers = numbers.fold(Ordering::Equal, Ordering::then);
        let labels = match (self.labels.is_empty(), other.labels.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => {
                let both = self.labels.iter().zip(&other.labels).map(|(left, right)| by_label(left, right));
                both.fold(Ordering::Equal, Ordering::then).then(self.labels.len().cmp(&other.labels.len()))
            }
        };
        numbers.then(labels)
    }

    /// Whether the first numbers are the same, up to this one.
    fn keeps(&self, other: &Self, last: usize) -> bool {
        self.numbers[..=last] == other.numbers[..=last]
    }
}

fn by_number(left: &str, right: &str) -> Ordering {
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

fn by_label(left: &str, right: &str) -> Ordering {
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    match (is_number(left), is_number(right)) {
        (true, true) => by_number(left.trim_start_matches('0'), right.trim_start_matches('0')),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => left.cmp(right),
    }
}

/// Whether a version is one that a comparator allows.
pub(super) fn in_range(version: &Version, comparator: &str) -> bool {
    let text = comparator.trim_start_matches(['<', '>', '=', '^', '~']);
    let wanted = Version::read(text).expect("a version");
    let order = version.order(&wanted);
    match &comparator[..comparator.len() - text.len()] {
        "" | "=" => order.is_eq(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        "^" => {
            let first = wanted.numbers[..wanted.given].iter().position(|number| !number.is_empty());
            order.is_ge() && version.keeps(&wanted, first.unwrap_or(wanted.given - 1))
        }
        "~" => order.is_ge() && version.keeps(&wanted, 1.min(wanted.given - 1)),
        other => panic!("{other} is no comparison"),
    }
}

/// Whether a text is an address in a network.
pub(super) fn within(network: &str, text: &str) -> bool {
    let address = |text: &str| {
        text.parse().ok().map(|address| match address {
            IpAddr::V4(address) => address.to_ipv6_mapped(),
            IpAddr::V6(address) => address,
        })
    };
    let (start, bits) = network.split_once('/').map_or((network, None), |(start, bits)| (start, Some(bits)));
    let bits = bits.map_or(128, |bits| {
        let bits: u32 = bits.parse().expect("a prefix");
        if start.contains(':') { bits } else { bits + 96 }
    });
    let start: Ipv6Addr = address(start).expect("an address");
    let Some(address) = address(text) else { return false };
    (0..bits).all(|bit| (address.to_bits() ^ start.to_bits()) >> (127 - bit) & 1 == 0)
}

/// Whether the whole text is of a form: a table of which ends of the pattern fit which ends of the text.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<_>, Vec<_>) = (pattern.chars().collect(), text.chars().collect());
    let mut fits = vec![vec![false; text.len() + 1]; pattern.len() + 1];
    fits[pattern.len()][text.len()] = true;
    for at in (0..pattern.len()).rev() {
        let (literal, next) = match (pattern[at], pattern.get(at + 1)) {
            ('\\', Some(literal)) => (*literal, at + 2),
            (sign, _) => (sign, at + 1),
        };
        for from in (0..=text.len()).rev() {
            fits[at][from] = match pattern[at] {
                '*' => fits[next][from] || from < text.len() && fits[at][from + 1],
                '?' => from < text.len() && fits[next][from + 1],
                _ => from < text.len() && text[from] == literal && fits[next][from + 1],
            };
        }
    }
    fits[0][0]
}
