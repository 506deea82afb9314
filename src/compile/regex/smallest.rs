//! The smallest automaton that answers as another does. The library could make its own small, but not once a match is
//! the end: then states that can only lead to it, or never, are one with their goal.

use super::states::{FOUND, LOST, States};
use alloc::vec;
use alloc::vec::Vec;

/// The smallest automaton, its states in the order in which its start leads to them.
pub(super) fn smallest(states: &States) -> States {
    let blocks = Blocks::of(states);
    // The state of each block, once it is met; and one of the old states of each new one.
    let mut numbers = vec![None; blocks.bounds.len()];
    (numbers[blocks.of[FOUND]], numbers[blocks.of[LOST]]) = (Some(FOUND), Some(LOST));
    let mut met = vec![FOUND, LOST];
    let mut number = |state: usize, met: &mut Vec<usize>| {
        *numbers[blocks.of[state]].get_or_insert_with(|| {
            met.push(state);
            met.len() - 1
        })
    };
    let start = number(states.start, &mut met);
    let (mut next, mut accepts) = (Vec::new(), Vec::new());
    while let Some(state) = met.get(accepts.len()).copied() {
        next.extend((0..states.classes).map(|class| number(states.after(state, class), &mut met)));
        accepts.push(states.accepts[state]);
    }
    States { class_of: states.class_of, classes: states.classes, next, accepts, start }
}

/// States sorted into blocks: two are in one block when no subject tells them apart.
struct Blocks {
    /// The states, block by block.
    order: Vec<usize>,
    /// Where each state stands in `order`.
    place: Vec<usize>,
    /// The block of each state.
    of: Vec<usize>,
    /// Where each block begins and ends in `order`.
    bounds: Vec<(usize, usize)>,
    /// How many states at each block's beginning are marked.
    marked: Vec<usize>,
}

impl Blocks {
    /// J. E. Hopcroft, "An n log n algorithm for minimizing states in a finite automaton" (1971), with the marking of
    /// A. Valmari, "Fast brief practical DFA minimization" (2012).
    fn of(states: &States) -> Self {
        let count = states.accepts.len();
        let mut blocks = Self {
            order: (0..count).collect(),
            place: (0..count).collect(),
            of: vec![0; count],
            bounds: vec![(0, count)],
            marked: vec![0],
        };
        let accepting: Vec<usize> = (0..count).filter(|state| states.accepts[*state]).collect();
        blocks.split(&accepting);
        let origins = Origins::of(states);
        let mut waiting: Vec<(usize, usize)> =
            (0..blocks.bounds.len()).flat_map(|block| (0..states.classes).map(move |class| (block, class))).collect();
        while let Some((block, class)) = waiting.pop() {
            let (first, end) = blocks.bounds[block];
            let before: Vec<usize> =
                blocks.order[first..end].iter().flat_map(|state| origins.leading_to(*state, class)).copied().collect();
            // What is split off is never larger than what stays, so looking at it is enough.
            for smaller in blocks.split(&before) {
                waiting.extend((0..states.classes).map(|class| (smaller, class)));
            }
        }
        blocks
    }

    /// Splits each block into those of its states that are among `chosen` and the others. Gives the new blocks.
    fn split(&mut self, chosen: &[usize]) -> Vec<usize> {
        let mut touched = Vec::new();
        for state in chosen {
            let block = self.of[*state];
            let (to, at) = (self.bounds[block].0 + self.marked[block], self.place[*state]);
            if at < to {
                continue;
            }
            if self.marked[block] == 0 {
                touched.push(block);
            }
            self.order.swap(at, to);
            self.place[self.order[at]] = at;
            self.place[*state] = to;
            self.marked[block] += 1;
        }
        touched.into_iter().filter_map(|block| self.cut(block)).collect()
    }

    /// Makes the smaller of a block's marked and unmarked parts a block of its own.
    fn cut(&mut self, block: usize) -> Option<usize> {
        let (first, end) = self.bounds[block];
        let middle = first + core::mem::take(&mut self.marked[block]);
        if middle == end {
            return None;
        }
        let (smaller, larger) = if middle - first <= end - middle {
            ((first, middle), (middle, end))
        } else {
            ((middle, end), (first, middle))
        };
        let new = self.bounds.len();
        self.bounds[block] = larger;
        self.bounds.push(smaller);
        self.marked.push(0);
        for state in &self.order[smaller.0..smaller.1] {
            self.of[*state] = new;
        }
        Some(new)
    }
}

/// The states that lead to a state by a class.
struct Origins {
    classes: usize,
    /// Where the origins of each state and class begin, and one more end.
    first: Vec<usize>,
    states: Vec<usize>,
}

impl Origins {
    fn of(states: &States) -> Self {
        let classes = states.classes;
        let cells = 0..states.next.len();
        let by_cell = |cell: usize| states.next[cell] * classes + cell % classes;
        let mut first = vec![0; states.next.len() + 1];
        for cell in cells.clone() {
            first[by_cell(cell) + 1] += 1;
        }
        for at in 1..first.len() {
            first[at] += first[at - 1];
        }
        let (mut free, mut leading) = (first.clone(), vec![0; states.next.len()]);
        for cell in cells {
            let at = &mut free[by_cell(cell)];
            leading[*at] = cell / classes;
            *at += 1;
        }
        Self { classes, first, states: leading }
    }

    fn leading_to(&self, state: usize, class: usize) -> &[usize] {
        let at = state * self.classes + class;
        &self.states[self.first[at]..self.first[at + 1]]
    }
}
