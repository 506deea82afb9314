//! Texts that fit a pattern.
//!
//! | in the pattern | stands for |
//! |---|---|
//! | `*` | any run of characters, also an empty one |
//! | `?` | exactly one character |
//! | `\` | the next byte of the pattern, literally; at the end of the pattern: itself |
//! | any other byte | itself |
//!
//! A character is one scalar of UTF-8: a byte from C0 on with the continuation bytes (80 to BF) that it announces. A
//! byte that begins nothing of that kind is a character by itself, so any bytes are a subject. Between the characters
//! of a text there is a star's only place to stop; otherwise `*??` would take a letter of three bytes apart.

/// Whether the whole subject fits the pattern, byte by byte and case by case.
///
/// Linear in the subject for each star: the last star only ever moves forward.
///
/// ```
/// use pointsman::condition::glob::matches;
///
/// assert!(matches(b"*@example.com", b"ann@example.com"));
/// assert!(matches("caf?".as_bytes(), "café".as_bytes()));
/// assert!(!matches(br"100\*", b"1000"));
/// ```
#[must_use]
pub fn matches(pattern: &[u8], subject: &[u8]) -> bool {
    let (mut pattern, mut subject) = (pattern, subject);
    // The pattern after the last star, and what of the subject that star has not taken.
    let mut star = None;
    loop {
        (pattern, subject) = match (pattern, subject) {
            ([b'*', rest @ ..], _) => {
                star = Some((rest, subject));
                (rest, subject)
            }
            ([], []) => return true,
            ([b'?', rest @ ..], [_, ..]) => (rest, after_character(subject)),
            _ => match (after_literal(pattern, subject), star) {
                (Some(both), _) => both,
                (None, Some((after, untaken @ [_, ..]))) => {
                    let untaken = after_character(untaken);
                    star = Some((after, untaken));
                    (after, untaken)
                }
                (None, Some((_, [])) | None) => return false,
            },
        };
    }
}

/// What follows the pattern's first byte, or its second when the first makes it literal, and that byte in the subject.
fn after_literal<'p, 's>(pattern: &'p [u8], subject: &'s [u8]) -> Option<(&'p [u8], &'s [u8])> {
    let ([b'\\', wanted, rest @ ..] | [wanted, rest @ ..]) = pattern else { return None };
    Some((rest, subject.strip_prefix(&[*wanted])?))
}

/// What follows the first character.
fn after_character(text: &[u8]) -> &[u8] {
    match text {
        [0xc0..=0xdf, 0x80..=0xbf, rest @ ..]
        | [0xe0..=0xef, 0x80..=0xbf, 0x80..=0xbf, rest @ ..]
        | [0xf0..=0xff, 0x80..=0xbf, 0x80..=0xbf, 0x80..=0xbf, rest @ ..]
        | [_, rest @ ..]
        | rest => rest,
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::matches;
    use proptest::prelude::*;
    use std::string::String;
    use std::vec::Vec;

    /// The plain definition over characters, exponential and obviously right.
    fn naive(pattern: &[char], subject: &[char]) -> bool {
        match pattern {
            [] => subject.is_empty(),
            ['*', rest @ ..] => (0..=subject.len()).any(|skip| naive(rest, &subject[skip..])),
            ['?', rest @ ..] => !subject.is_empty() && naive(rest, &subject[1..]),
            ['\\', wanted, rest @ ..] | [wanted, rest @ ..] => {
                subject.first() == Some(wanted) && naive(rest, &subject[1..])
            }
        }
    }

    #[test]
    fn each_sign_stands_for_what_the_table_says() {
        let known = [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("**", "abc", true),
            ("?", "", false),
            ("?", "a", true),
            ("?", "ab", false),
            ("?", "é", true),
            ("?", "日", true),
            ("?", "😀", true),
            ("*??", "日", false),
            ("??*", "日", false),
            ("*日?", "本日語", true),
            ("a*b", "aab", true),
            ("a*b", "aabc", false),
            ("A", "a", false),
            (r"\*", "*", true),
            (r"\*", "a", false),
            (r"\?", "?", true),
            (r"\a", "a", true),
            (r"\a", r"\a", false),
            (r"\\", r"\", true),
            ("\\", "\\", true),
            (r"*\", r"a\", true),
            (r"\é", "é", true),
            ("*.example.com", "shop.example.com", true),
            ("*.example.com", "example.com", false),
        ];
        for (pattern, subject, fits) in known {
            assert_eq!(matches(pattern.as_bytes(), subject.as_bytes()), fits, "{pattern} {subject}");
        }
    }

    #[test]
    fn a_broken_byte_is_one_character() {
        for (subject, characters) in
            [(&b"\x80"[..], 1), (b"\xc3", 1), (b"\xc3a", 2), (b"\xe6\x97", 2), (b"\xff\xa9\xa9", 3)]
        {
            for count in 0..5 {
                assert_eq!(matches(&b"?????"[..count], subject), count == characters, "{subject:?} {count}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_pattern_means_what_its_definition_says(pattern in r"[a日é*?\\]{0,6}", subject in r"[a日é\\]{0,6}") {
            let characters = |text: &String| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(
                matches(pattern.as_bytes(), subject.as_bytes()),
                naive(&characters(&pattern), &characters(&subject))
            );
        }

        #[test]
        fn any_bytes_fit_a_star_and_their_own_spelling(subject: Vec<u8>) {
            prop_assert!(matches(b"*", &subject));
            let literal: Vec<u8> = subject.iter().flat_map(|byte| [b'\\', *byte]).collect();
            prop_assert!(matches(&literal, &subject));
        }
    }
}
