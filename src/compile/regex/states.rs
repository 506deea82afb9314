//! An automaton over classes of bytes.

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
    /// Where a state leads to.
    pub(super) fn after(&self, state: usize, class: usize) -> usize {
        self.next[state * self.classes + class]
    }
}
