//! An automaton over classes of bytes.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

/// The state that has found a match: it accepts, and leads to itself alone.
pub(super) const FOUND: usize = 0;

/// The state that cannot find a match any more: it does not accept, and leads to itself alone.
pub(super) const LOST: usize = 1;

/// The automaton. Its states have numbers from 0 on.
pub(super) struct States {
    /// The class of each byte.
    pub class_of: [u8; 256],
    /// How many classes there are.
    pub classes: usize,
    /// Of each state in turn: where it leads to, class by class.
    pub next: Vec<usize>,
    /// Of each state: whether a subject that ends there matches.
    pub accepts: Vec<bool>,
    /// The state in front of the first byte.
    pub start: usize,
}

impl States {
    /// The states that `start` leads to, numbered as they are met; `end` says which of them are [`FOUND`] and [`LOST`].
    pub(super) fn reached<S: Copy + Ord>(
        (class_of, classes): ([u8; 256], usize),
        start: S,
        end: impl Fn(S) -> Option<usize>,
        next: impl Fn(S, usize) -> S,
        accepts: impl Fn(S) -> bool,
    ) -> Self {
        let mut numbers = BTreeMap::new();
        let mut met = Vec::new();
        let mut number = |state, met: &mut Vec<S>| {
            end(state).unwrap_or_else(|| {
                *numbers.entry(state).or_insert_with(|| {
                    met.push(state);
                    met.len() + LOST
                })
            })
        };
        let start = number(start, &mut met);
        let mut states = Self { class_of, classes, next: vec![FOUND; classes], accepts: vec![true, false], start };
        states.next.extend(vec![LOST; classes]);
        let mut at = 0;
        while let Some(state) = met.get(at).copied() {
            states.next.extend((0..classes).map(|class| number(next(state, class), &mut met)));
            states.accepts.push(accepts(state));
            at += 1;
        }
        states
    }

    /// Where a state leads to.
    pub(super) fn after(&self, state: usize, class: usize) -> usize {
        self.next[state * self.classes + class]
    }
}
