//! Regular expressions as they are run: a table that was compiled at publish, and a walk over it, one step a byte.
//!
//! | bytes | what stands there |
//! |---|---|
//! | 0, 1 | states with a row |
//! | 2, 3 | the first state that does *not* accept where the subject ends; all before it do |
//! | 4, 5 | the state in front of the first byte |
//! | 6 | classes of bytes, less one |
//! | 7 | ranges of bytes, less one |
//! | 2 for each range | its last byte, and its class; in order, the last one ends with 255 |
//! | 1 or 2 for each cell | the state that follows; rows in the order of states, in each the cells in the order of classes |
//!
//! Numbers are little-endian. State 0 has found a match and the state after the last row cannot find one any more: both
//! end the walk and have no row. A cell has one byte where all states fit into one, so where there are at most
//! [`NARROW`] rows, otherwise two.
//!
//! There is no backtracking: whatever the expression, a walk takes as many steps as the subject has bytes.

/// Bytes in front of the ranges.
pub const HEADER: usize = 8;

/// The most rows whose states fit into one byte, with the two states that have no row.
pub const NARROW: usize = 254;

/// Whether the expression matches somewhere in the subject. A table that is not sound gives some answer.
#[must_use]
#[inline(never)]
pub fn matches(table: &[u8], subject: &[u8]) -> bool {
    let Some(table) = Table::read(table) else { return false };
    let mut state = table.start;
    for byte in subject {
        let Some(next) = table.after(state, *byte) else { break };
        state = next;
    }
    state < table.refusing
}

/// Whether every byte has a class, every cell leads to a state, and nothing is missing or left over: of such a
/// table [`matches`] gives the right answers. What is compiled must be so, and is asked in tests.
#[must_use]
pub fn is_sound(table: &[u8]) -> bool {
    let Some(table) = Table::read(table) else { return false };
    let is_state = |state: usize| state <= table.rows + 1;
    let mut next = 0;
    let ranges = table.ranges.iter().all(|[last, class]| {
        let good = usize::from(*last) >= next && usize::from(*class) < table.classes;
        next = usize::from(*last) + 1;
        good
    });
    ranges
        && next == 256
        && is_state(table.start)
        && table.refusing > 0
        && is_state(table.refusing)
        && table.cells.len() == table.rows * table.classes * table.width
        && (0..table.rows * table.classes).all(|cell| table.cell(cell).is_some_and(is_state))
}

struct Table<'a> {
    rows: usize,
    refusing: usize,
    start: usize,
    classes: usize,
    ranges: &'a [[u8; 2]],
    width: usize,
    cells: &'a [u8],
}

impl<'a> Table<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let ([r0, r1, f0, f1, s0, s1, classes, ranges], rest) = bytes.split_first_chunk::<HEADER>()?;
        let number = |low: &u8, high: &u8| usize::from(u16::from_le_bytes([*low, *high]));
        let rows = number(r0, r1);
        let (ranges, cells) = rest.split_at_checked((usize::from(*ranges) + 1) * 2)?;
        Some(Self {
            rows,
            refusing: number(f0, f1),
            start: number(s0, s1),
            classes: usize::from(*classes) + 1,
            ranges: ranges.as_chunks().0,
            width: if rows > NARROW { 2 } else { 1 },
            cells,
        })
    }

    /// The state after a byte, unless the state ends the walk.
    fn after(&self, state: usize, byte: u8) -> Option<usize> {
        let row = state.checked_sub(1)?;
        let [_, class] = self.ranges.iter().find(|[last, _]| byte <= *last)?;
        // A row has at most 256 cells, and there are at most 65,535 rows: this stays below 2^32.
        self.cell(row * self.classes + usize::from(*class))
    }

    fn cell(&self, index: usize) -> Option<usize> {
        match self.cells.get(index * self.width..)? {
            [low, high, ..] if self.width == 2 => Some(usize::from(u16::from_le_bytes([*low, *high]))),
            [state, ..] => Some(usize::from(*state)),
            [] => None,
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::{HEADER, NARROW, is_sound, matches};
    use proptest::prelude::*;
    use std::vec;
    use std::vec::Vec;

    /// `^a+$`: state 1 accepts at the end, state 2 is the start, 3 is after the last row.
    const AS: &[u8] = &[2, 0, 2, 0, 2, 0, 1, 2, b'`', 0, b'a', 1, 255, 0, 3, 1, 3, 1];

    /// A chain of so many rows, which accepts where the subject has `rows - 1` bytes: row 1 is the last link.
    fn chain(rows: u16) -> Vec<u8> {
        let mut table = [&rows.to_le_bytes()[..], &2_u16.to_le_bytes(), &rows.to_le_bytes(), &[0, 0, 255, 0]].concat();
        for state in 1..=rows {
            let next = if state == 1 { rows + 1 } else { state - 1 };
            let bytes = next.to_le_bytes();
            table.extend(if usize::from(rows) > NARROW { &bytes[..] } else { &bytes[..1] });
        }
        table
    }

    #[test]
    fn a_table_is_walked_to_the_end() {
        assert!(is_sound(AS));
        for (subject, found) in [("", false), ("a", true), ("aaa", true), ("ab", false), ("ba", false), ("aab", false)]
        {
            assert_eq!(matches(AS, subject.as_bytes()), found, "{subject}");
        }
    }

    #[test]
    fn a_match_ends_the_walk() {
        let everything = [0, 0, 1, 0, 0, 0, 0, 0, 255, 0];
        let nothing = [0, 0, 1, 0, 1, 0, 0, 0, 255, 0];
        assert!(is_sound(&everything) && is_sound(&nothing));
        for subject in ["", "a", "abc"] {
            assert!(matches(&everything, subject.as_bytes()) && !matches(&nothing, subject.as_bytes()));
        }
    }

    #[test]
    fn cells_grow_where_a_byte_holds_no_more_states() {
        for rows in [1, 2, NARROW as u16, NARROW as u16 + 1, 1_000] {
            let table = chain(rows);
            assert!(is_sound(&table), "{rows}");
            for length in [0, rows - 1, rows, rows + 1] {
                assert_eq!(matches(&table, &vec![b'x'; usize::from(length)]), length == rows - 1, "{rows} {length}");
            }
        }
        assert_eq!(chain(254).len(), HEADER + 2 + 254);
        assert_eq!(chain(255).len(), HEADER + 2 + 510);
    }

    #[test]
    fn what_leads_nowhere_is_not_sound() {
        let changed = |at: usize, byte: u8| {
            let mut table = AS.to_vec();
            table[at] = byte;
            table
        };
        let broken = [
            ("a row too many", 0, 3),
            ("a row too few", 0, 1),
            ("nothing accepts", 2, 0),
            ("a limit past the states", 2, 4),
            ("a start past the states", 4, 4),
            ("a class too many", 6, 2),
            ("a range too many", 7, 3),
            ("a range too few", 7, 1),
            ("ranges out of order", 8, b'a'),
            ("a byte without a class", 12, 254),
            ("a class past the classes", 11, 2),
            ("a cell past the states", 14, 4),
        ];
        for (what, at, byte) in broken {
            assert!(!is_sound(&changed(at, byte)), "{what}");
        }
        assert!(is_sound(&changed(14, 0)) && is_sound(&changed(2, 3)) && is_sound(&changed(4, 3)));
        for length in 0..AS.len() {
            assert!(!is_sound(&AS[..length]), "{length}");
        }
        assert!(!is_sound(&[AS, &[0]].concat()));
    }

    proptest! {
        #[test]
        fn any_bytes_are_safe(table: Vec<u8>, subject: Vec<u8>, at in 0..AS.len(), byte: u8) {
            let _ = (is_sound(&table), matches(&table, &subject));
            let mut near = AS.to_vec();
            near[at] = byte;
            let _ = (is_sound(&near), matches(&near, &subject));
        }
    }
}
