//! Decisions and a page to what happens to that page.
//!
//! The plan names edits by their index in the manifest and exposures by flag. Edits are for the rewriter, exposures
//! for the collector: a visitor is exposed to a run by meeting a page that it changes, whichever variant they got.

use crate::evaluate::{DECISION, NO_RUN};
use crate::limits;
use crate::snapshot::{Section, Snapshot};

/// One thing that a page's plan asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Apply this edit of the manifest.
    Edit(u32),
    /// Record that the visitor met this flag's variant.
    Expose(u32),
}

impl Step {
    /// The step as shells read it: the edit, or the flag with the high bit set.
    #[must_use]
    pub fn to_word(self) -> u32 {
        match self {
            Self::Edit(edit) => edit,
            Self::Expose(flag) => flag | 1 << 31,
        }
    }
}

/// Hands out the steps for the page at `path`, in the order of the document. `decisions` are those of
/// [`crate::evaluate::evaluate`].
pub fn plan(snapshot: &Snapshot, decisions: &[u8], path: &[u8], mut step: impl FnMut(Step)) {
    for index in 0..snapshot.count(Section::Pages).min(limits::PAGES as u32) {
        let page = snapshot.page(index);
        if !matches(page.pattern, path) {
            continue;
        }
        let at = (page.flag as usize).wrapping_mul(DECISION);
        let Some(&[v0, v1, _, _, _, _, r0, r1]) = decisions.get(at..at.wrapping_add(DECISION)) else { continue };
        if u16::from_le_bytes([r0, r1]) != NO_RUN {
            step(Step::Expose(page.flag));
        }
        let (first, count) = snapshot.action(page.first_action.wrapping_add(u32::from(u16::from_le_bytes([v0, v1]))));
        for edit in first..first.saturating_add(count.min(limits::EDITS as u32)) {
            step(Step::Edit(edit));
        }
    }
}

/// Whether `path` fits a pattern in which `*` stands for any run of bytes, also an empty one.
///
/// Linear in the path for each star: the last star only ever moves forward.
///
/// ```
/// use pointsman::plan::matches;
///
/// assert!(matches(b"/beans/*", b"/beans/ethiopia"));
/// assert!(!matches(b"/beans", b"/beans/"));
/// ```
#[must_use]
pub fn matches(pattern: &[u8], path: &[u8]) -> bool {
    let (mut pattern, mut path) = (pattern, path);
    // Where to go on when the last star takes one byte more.
    let mut star: Option<(&[u8], &[u8])> = None;
    loop {
        (pattern, path) = match (pattern, path) {
            ([b'*', pattern @ ..], _) => {
                star = Some((pattern, path));
                (pattern, path)
            }
            ([], []) => return true,
            ([wanted, pattern @ ..], [byte, path @ ..]) if wanted == byte => (pattern, path),
            _ => {
                let Some((pattern, [_, path @ ..])) = star else { return false };
                star = Some((pattern, path));
                (pattern, path)
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::matches;
    use proptest::prelude::*;

    /// The plain definition, exponential and obviously right.
    fn naive(pattern: &[u8], path: &[u8]) -> bool {
        match pattern.split_first() {
            None => path.is_empty(),
            Some((b'*', rest)) => (0..=path.len()).any(|skip| naive(rest, &path[skip..])),
            Some((byte, rest)) => path.first() == Some(byte) && naive(rest, &path[1..]),
        }
    }

    proptest! {
        #[test]
        fn a_pattern_means_what_its_definition_says(pattern in "[ab*]{0,8}", path in "[ab]{0,10}") {
            prop_assert_eq!(matches(pattern.as_bytes(), path.as_bytes()), naive(pattern.as_bytes(), path.as_bytes()));
        }
    }
}
