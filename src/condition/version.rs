//! Versions and their order: Semantic Versioning 2.0.0, section 11, for versions as people write them.
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
///
/// ```
/// use core::cmp::Ordering;
/// use pointsman::condition::version::compare;
///
/// assert_eq!(compare(b"2.10.0", b"2.9"), Some(Ordering::Greater));
/// assert_eq!(compare(b"2.0.0-beta.2", b"v2"), Some(Ordering::Less));
/// assert_eq!(compare(b"2.0.0", b"latest"), None);
/// ```
#[must_use]
pub fn compare(left: &[u8], right: &[u8]) -> Option<Ordering> {
    let (left, right) = (Version::read(left)?, Version::read(right)?);
    let mut order = Ordering::Equal;
    let mut numbers = (parts(left.numbers), parts(right.numbers));
    for _ in 0..NUMBERS {
        order = order.then(by_number(numbers.0.next().unwrap_or_default(), numbers.1.next().unwrap_or_default()));
    }
    Some(order.then_with(|| match (left.labels, right.labels) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(left), Some(right)) => by_labels(left, right),
    }))
}

/// Whether the text is a version by the grammar above.
#[must_use]
pub fn is_version(text: &[u8]) -> bool {
    Version::read(text).is_some()
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
        let good = parts(numbers).count() <= NUMBERS
            && parts(numbers).all(is_number)
            && [labels, build].iter().flatten().all(|labels| parts(labels).all(is_label));
        good.then_some(Self { numbers, labels })
    }
}

/// The text before the first `mark`, and what follows it.
fn cut(text: &[u8], mark: u8) -> (&[u8], Option<&[u8]>) {
    let mut parts = text.splitn(2, |byte| *byte == mark);
    (parts.next().unwrap_or_default(), parts.next())
}

fn parts(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'.')
}

fn is_number(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

fn is_label(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

/// Digits as numbers of any size: the longer is greater, and equally long ones are ordered as their bytes.
fn by_number(left: &[u8], right: &[u8]) -> Ordering {
    let (left, right) = (without_zeros(left), without_zeros(right));
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

fn without_zeros(mut digits: &[u8]) -> &[u8] {
    while let [b'0', rest @ ..] = digits {
        digits = rest;
    }
    digits
}

/// Section 11.4: numbers as numbers, words as bytes, numbers before words, and fewer labels before more.
fn by_labels(left: &[u8], right: &[u8]) -> Ordering {
    let (mut left, mut right) = (parts(left), parts(right));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(left), Some(right)) => match (is_number(left), is_number(right)) {
                (true, true) => by_number(left, right),
                (true, false) => Ordering::Less,
                (false, true) => Ordering::Greater,
                (false, false) => left.cmp(right),
            },
        };
        if order.is_ne() {
            return order;
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::{compare, is_version};
    use core::cmp::Ordering::{self, Equal, Greater, Less};
    use proptest::prelude::*;
    use std::vec::Vec;

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
            assert!(!is_version(text.as_bytes()), "{text}");
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
        fn any_bytes_are_safe(left: Vec<u8>, right: Vec<u8>) {
            prop_assert_eq!(compare(&left, &right).is_some(), is_version(&left) && is_version(&right));
        }
    }
}
