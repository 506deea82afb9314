//! Decisions and a page to what happens to that page.
//!
//! The plan names changes by their index in the manifest and exposures by flag. Changes are for the shell, exposures
//! for the collector: a visitor is exposed to a run by meeting a page that it changes, whichever variant they got.

use crate::condition::automaton;
use crate::evaluate::{DECISION, NO_RUN};
use crate::limits;
use crate::snapshot::{Section, Snapshot};

/// One thing that a page's plan asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Make this change of the manifest. It is the last flag's that was named before it.
    Edit(u32),
    /// Record that the visitor met this flag's variant.
    Expose(u32),
    /// The visitor met this flag's variant, which belongs to no run.
    Show(u32),
}

impl Step {
    /// The step as shells read it: the edit, or the flag with the highest bit set, or with the next one.
    #[must_use]
    pub fn to_word(self) -> u32 {
        match self {
            Self::Edit(edit) => edit,
            Self::Expose(flag) => flag | 1 << 31,
            Self::Show(flag) => flag | 1 << 30,
        }
    }
}

/// Hands out the steps for the page at an address, in the order of the document. `decisions` are those of
/// [`crate::evaluate::evaluate`]; an address is host, path and query, as in `shop.example/beans?sort=new`.
pub fn plan(snapshot: &Snapshot, decisions: &[u8], address: &[u8], mut step: impl FnMut(Step)) {
    let (host, path) = cut(address, b'/');
    let (path, query) = cut(path, b'?');
    let query = query.get(1..).unwrap_or_default();
    for index in 0..snapshot.count(Section::Pages).min(limits::PAGES as u32) {
        let page = snapshot.page(index);
        let given = [path, host, query];
        // Where nothing is asked, everything fits.
        if !page.patterns.iter().zip(given).all(|(table, text)| table.is_empty() || automaton::matches(table, text)) {
            continue;
        }
        let at = (page.flag as usize).wrapping_mul(DECISION);
        let Some(&[v0, v1, _, _, _, _, r0, r1]) = decisions.get(at..at.wrapping_add(DECISION)) else { continue };
        let meets = if u16::from_le_bytes([r0, r1]) == NO_RUN { Step::Show } else { Step::Expose };
        step(meets(page.flag));
        let (first, count) = snapshot.action(page.first_action.wrapping_add(u32::from(u16::from_le_bytes([v0, v1]))));
        for edit in first..first.saturating_add(count.min(limits::EDITS as u32)) {
            step(Step::Edit(edit));
        }
    }
}

/// What stands before the first `sign`, and all from there on.
fn cut(text: &[u8], sign: u8) -> (&[u8], &[u8]) {
    let at = text.iter().position(|byte| *byte == sign).unwrap_or(text.len());
    text.split_at_checked(at).unwrap_or((text, &[]))
}
