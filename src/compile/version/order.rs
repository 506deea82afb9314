//! Versions and their order: Semantic Versioning 2.0.0, section 11, for versions as people write them. What evaluates are
//! tables made from [`mod@super::expression`]; this is the specification that they are tested against.
//!
//! ```text
//! version    = [ "v" / "V" ] number [ "." number [ "." number ] ] [ "-" labels ] [ "+" labels ]
//! number     = 1*digit                                  any length; zeros in front do not count
//! labels     = label *( "." label )
//! label      = 1*( digit / letter / "-" )               ASCII
//! ```
//!
//! More is a version here than the specification allows: `v2`, `2.1` (the numbers that are missing are 0) and `02.1`.
//! What has four numbers, spaces around it or anything else is none, and a comparison with it never holds.

use core::cmp::Ordering;

/// How `left` and `right` are ordered, unless one of them is no version. What follows a `+` does not count, so
/// [`Ordering::Equal`] does not mean the same text.
pub(super) fn compare(left: &[u8], right: &[u8]) -> Option<Ordering> {
    let (left, right) = (Version::read(left)?, Version::read(right)?);
    let order = by_parts(Some(left.numbers), Some(right.numbers), Some(b"0"))
        .then_with(|| left.labels.is_none().cmp(&right.labels.is_none()))
        .then_with(|| by_parts(left.labels, right.labels, None));
    Some(order)
}

/// Numbers of a version: major, minor, patch.
const NUMBERS: usize = 3;

struct Version<'a> {
    numbers: &'a [u8],
    /// The labels of a pre-release.
    labels: Option<&'a [u8]>,
}

impl<'a> Version<'a> {
    fn read(text: &'a [u8]) -> Option<Self> {
        let text = match text {
            [b'v' | b'V', rest @ ..] => rest,
            _ => text,
        };
        // A build may hold a `-`, a pre-release no `+`: so the build is cut off first.
        let (text, build) = cut(text, b'+');
        let (numbers, labels) = cut(text, b'-');
        let good = count(Some(numbers), false)? <= NUMBERS && count(labels, true).and(count(build, true)).is_some();
        good.then_some(Self { numbers, labels })
    }
}

/// The text before the first `mark`, and what follows it.
fn cut(text: &[u8], mark: u8) -> (&[u8], Option<&[u8]>) {
    let at = text.iter().position(|byte| *byte == mark).unwrap_or(text.len());
    (text.get(..at).unwrap_or_default(), text.get(at + 1..))
}

/// Takes what stands before the next dot.
fn part<'a>(text: &mut Option<&'a [u8]>) -> Option<&'a [u8]> {
    let part;
    (part, *text) = cut((*text)?, b'.');
    Some(part)
}

/// How many parts there are, if all are numbers, or labels.
fn count(mut text: Option<&[u8]>, labels: bool) -> Option<usize> {
    let mut count = 0;
    while let Some(part) = part(&mut text) {
        let good = |byte: &u8| byte.is_ascii_digit() || labels && (byte.is_ascii_alphabetic() || *byte == b'-');
        (!part.is_empty() && part.iter().all(good)).then_some(())?;
        count += 1;
    }
    Some(count)
}

/// Section 11.4, part by part: numbers as numbers, words as bytes, and numbers before words. Where one side has no part
/// left it has `missing`, and without that it comes first.
fn by_parts(mut left: Option<&[u8]>, mut right: Option<&[u8]>, missing: Option<&[u8]>) -> Ordering {
    loop {
        let (left, right) = match (part(&mut left), part(&mut right)) {
            (None, None) => return Ordering::Equal,
            (left, right) => (left.or(missing).map(Part::of), right.or(missing).map(Part::of)),
        };
        let order = left.cmp(&right);
        if order.is_ne() {
            return order;
        }
    }
}

/// A part of a version, in the order of parts.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    /// Of any size: without zeros in front the longer is greater, and equally long ones are ordered as their digits.
    Number(usize, &'a [u8]),
    Word(&'a [u8]),
}

impl<'a> Part<'a> {
    fn of(text: &'a [u8]) -> Self {
        let mut digits = text;
        while let [b'0', rest @ ..] = digits {
            digits = rest;
        }
        if text.iter().all(u8::is_ascii_digit) { Self::Number(digits.len(), digits) } else { Self::Word(text) }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::compare;
    use crate::compile::version::is_version;
    use core::cmp::Ordering::{self, Equal, Greater, Less};
    use proptest::prelude::*;

    fn order(left: &str, right: &str) -> Option<Ordering> {
        compare(left.as_bytes(), right.as_bytes())
    }

    /// Sections 11.2 and 11.4.4 of the specification.
    #[test]
    fn versions_are_ordered_as_the_specification_lists_them() {
        let listed = [
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "2.0.0",
            "2.1.0",
            "2.1.1",
        ];
        for (at, left) in listed.iter().enumerate() {
            for (other, right) in listed.iter().enumerate() {
                assert_eq!(order(left, right), Some(at.cmp(&other)), "{left} {right}");
            }
        }
    }

    #[test]
    fn what_people_leave_out_or_add_does_not_count() {
        for same in ["1", "v1", "V1.0", "1.0.0", "01.00", "1.0.0+build.7", "1+a-b.0"] {
            assert_eq!(order("1.0.0", same), Some(Equal), "{same}");
        }
        assert_eq!(order("1-rc.01", "1.0.0-rc.1"), Some(Equal));
        assert_eq!(order("1-rc-1", "1.0.0-rc-1+1"), Some(Equal));
    }

    #[test]
    fn numbers_have_no_largest_one() {
        assert_eq!(order("1.99999999999999999999999", "1.100000000000000000000000"), Some(Less));
        assert_eq!(order("1.0.0-18446744073709551616", "1.0.0-18446744073709551615"), Some(Greater));
    }

    #[test]
    fn what_is_no_version_compares_with_nothing() {
        let none = [
            "", "v", "vv1", "latest", ".", "1.", ".1", "1..2", "1.2.3.4", "1.2.x", "1.-2", "-1", "+1", "1-", "1+",
            "1.0-a..b", "1.0+a..b", "1.0-ä", "1.0+a+b", " 1", "1 ", "1.0-a_b", "1\0", "1.0.0-+b",
        ];
        for text in none {
            assert!(!is_version(text), "{text}");
            assert_eq!((order(text, "1.0.0"), order("1.0.0", text), order(text, text)), (None, None, None), "{text}");
        }
    }

    const VERSION: &str = "[vV]?0?[0-2](\\.[0-2]{1,2}){0,2}(-[0-2aB-]{1,2}(\\.[0-2aB-]{1,2}){0,2})?(\\+[a0-]{1,2})?";

    proptest! {
        #[test]
        fn versions_have_one_order(a in VERSION, b in VERSION, c in VERSION) {
            let (ab, bc) = (order(&a, &b).unwrap(), order(&b, &c).unwrap());
            prop_assert_eq!(order(&a, &a), Some(Equal));
            prop_assert_eq!(order(&b, &a), Some(ab.reverse()));
            // Transitive: from two steps in one direction follows the third, and an equal takes the place of its equal.
            if ab == bc || bc == Equal {
                prop_assert_eq!(order(&a, &c), Some(ab));
            } else if ab == Equal {
                prop_assert_eq!(order(&a, &c), Some(bc));
            }
        }

        #[test]
        fn small_numbers_are_ordered_as_numbers(a: [u32; 3], b: [u32; 3]) {
            let text = |[major, minor, patch]: [u32; 3]| std::format!("{major}.{minor}.{patch}");
            prop_assert_eq!(order(&text(a), &text(b)), Some(a.cmp(&b)));
        }

        #[test]
        fn what_has_an_order_is_a_version(text in "[vV0-2aB.+-]{0,10}") {
            prop_assert_eq!(order(&text, "1").is_some(), is_version(&text));
        }
    }
}
