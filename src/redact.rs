//! What could name somebody, cut out of words before they are stored.
//!
//! By pattern, so it is no promise that nothing is left: people can write their names. It prefers to cut too much. Each
//! pass looks for one kind of thing; what it puts in its place means nothing to the passes after it.

use alloc::string::String;
use alloc::vec::Vec;

/// Digits in a row, separators aside, from which a number could be somebody's: the shortest telephone numbers.
const DIGITS: usize = 6;

/// Characters of an IBAN: Norway's is the shortest, ISO 13616 allows the most.
const IBAN: core::ops::RangeInclusive<usize> = 15..=34;

/// What stands in the place of what was cut out.
pub(crate) const LABELS: [&str; 5] = ["[link]", "[e-mail]", "[account]", "[address]", "[number]"];

/// A text in one line: no control or invisible characters, no blanks in a row.
#[must_use]
pub fn clean(text: &str) -> String {
    let seen = text.chars().filter(|c| !is_invisible(*c) && (!c.is_control() || c.is_whitespace()));
    let seen: String = seen.collect();
    let words: Vec<_> = seen.split_whitespace().collect();
    words.join(" ")
}

/// A text without e-mail addresses, links with a query, account numbers, addresses of machines and long numbers.
#[must_use]
pub fn redact(text: &str) -> String {
    let passes: [Find; 5] = [link, mail, account, address, number];
    let mut characters: Vec<char> = text.chars().collect();
    for (label, find) in LABELS.into_iter().zip(passes) {
        let mut kept = Vec::with_capacity(characters.len());
        let (mut at, mut taken) = (0, 0);
        while at < characters.len() {
            match find(&characters, at) {
                Some((start, end)) if end > at => {
                    // What stood before the place where it showed, as the part of an address before its `@`.
                    kept.truncate(kept.len() - (at - start.max(taken)));
                    kept.extend(label.chars());
                    (at, taken) = (end, end);
                }
                _ => {
                    kept.push(characters[at]);
                    at += 1;
                }
            }
        }
        characters = kept;
    }
    characters.into_iter().collect()
}

/// Whether something shows at a place: where it starts and ends.
type Find = fn(&[char], usize) -> Option<(usize, usize)>;

/// The plain character that a wide one of East Asian keyboards means.
fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3002}' => '.',
        '\u{fe6b}' => '@',
        other => other,
    }
}

/// Marks that take no room, and those that only change how the one before looks: they could stand between the digits of a
/// number, and nobody would see them.
fn is_invisible(c: char) -> bool {
    let changes_looks = matches!(c, '\u{34f}' | '\u{180b}'..='\u{180f}' | '\u{20e3}' | '\u{fe00}'..='\u{fe0f}');
    changes_looks
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn at(text: &[char], index: usize) -> char {
    text.get(index).map_or(' ', |c| plain(*c))
}

fn is_edge(text: &[char], index: usize) -> bool {
    index == 0 || !at(text, index - 1).is_alphanumeric()
}

/// The end of the longest stretch from here of characters that are so.
fn while_(text: &[char], from: usize, is: impl Fn(char) -> bool) -> usize {
    (from..text.len()).find(|index| !is(at(text, *index))).unwrap_or(text.len())
}

/// A link with a query or a fragment: what stands behind the page's address may be a session or an order.
fn link(text: &[char], start: usize) -> Option<(usize, usize)> {
    if start > 0 && !text[start - 1].is_whitespace() {
        return None;
    }
    let end = while_(text, start, |c| !c.is_whitespace());
    let word: String = (start..end).map(|index| at(text, index)).collect();
    let (before, after) = word.split_once(['?', '#'])?;
    let domain = before.split('/').next().unwrap_or_default();
    let is_site = before.contains("://") || before.contains("www.") || before.contains('/') && domain.contains('.');
    let is_query = word.contains('?') && after.contains('=');
    (!after.is_empty() && is_site || is_query).then_some((start, end))
}

/// Anything around an `@`.
fn mail(text: &[char], sign: usize) -> Option<(usize, usize)> {
    if at(text, sign) != '@' {
        return None;
    }
    let is_local = |c: char| !c.is_whitespace() && !"<>()[],;:@".contains(c);
    let start = (0..sign).rev().find(|index| !is_local(at(text, *index))).map_or(0, |before| before + 1);
    let is_domain = |c: char| c.is_alphanumeric() || ".-_@[]:".contains(c);
    let end = while_(text, sign + 1, is_domain);
    let is_named = (sign + 1..end).any(|index| at(text, index).is_alphanumeric());
    (start < sign && is_named).then_some((start, end))
}

/// An IBAN in one piece or in groups of four.
fn account(text: &[char], start: usize) -> Option<(usize, usize)> {
    let is = |offset: usize, is: fn(&char) -> bool| is(&at(text, start + offset));
    let begins = is(0, char::is_ascii_alphabetic)
        && is(1, char::is_ascii_alphabetic)
        && is(2, char::is_ascii_digit)
        && is(3, char::is_ascii_digit);
    if !begins || !is_edge(text, start) {
        return None;
    }
    let (mut end, mut length, mut digits) = (start, 0, 0);
    loop {
        let next = while_(text, end, |c| c.is_ascii_alphanumeric());
        let group = next - end;
        // Only the first group may be longer than four: it is then the whole.
        if group == 0 || length + group > *IBAN.end() || length > 0 && group > 4 {
            break;
        }
        digits += (end..next).filter(|index| at(text, *index).is_ascii_digit()).count();
        (end, length) = (next, length + group);
        if group != 4 || !" -".contains(at(text, end)) || !at(text, end + 1).is_ascii_alphanumeric() {
            break;
        }
        end += 1;
    }
    let end = if at(text, end - 1).is_ascii_alphanumeric() { end } else { end - 1 };
    // Words of four letters may follow anything that looks like the start of one.
    (IBAN.contains(&length) && digits >= DIGITS).then_some((start, end))
}

/// The address of a machine: four numbers with dots, or hexadecimal digits with colons.
fn address(text: &[char], start: usize) -> Option<(usize, usize)> {
    if !is_edge(text, start) {
        return None;
    }
    let word = |is: fn(char) -> bool| -> String {
        let word: String = (start..while_(text, start, is)).map(|index| at(text, index)).collect();
        word.trim_end_matches(['.', ':']).into()
    };
    let four = word(|c| c.is_ascii_digit() || c == '.');
    let is_number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|digit| digit.is_ascii_digit());
    if four.split('.').count() >= 4 && four.split('.').all(is_number) {
        return Some((start, start + four.len()));
    }
    let six = word(|c| c.is_ascii_hexdigit() || ":.".contains(c));
    let is_long = six.contains("::") || six.matches(':').count() >= 5;
    let is_whole = six.contains(|c: char| c.is_ascii_hexdigit()) && !at(text, start + six.len()).is_alphanumeric();
    (is_long && is_whole).then(|| (start, start + six.len()))
}

/// Six digits or more, with or without what people write between them.
fn number(text: &[char], start: usize) -> Option<(usize, usize)> {
    let is_digit = |c: char| c.is_numeric();
    if !is_digit(at(text, start)) && !"+(".contains(at(text, start)) {
        return None;
    }
    let is_between =
        |c: char| c.is_whitespace() || "-./()+_*\u{b7}\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2212}".contains(c);
    let end = while_(text, start, |c| is_digit(c) || is_between(c));
    let mut places = (start..end).filter(|index| is_digit(at(text, *index)));
    let (count, last) = (places.clone().count(), places.next_back()?);
    (count >= DIGITS).then_some((start, last + 1))
}
