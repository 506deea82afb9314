//! An automaton as the bytes that [`crate::condition::automaton`] describes.

use super::states::{FOUND, LOST, States};
use crate::condition::automaton::NARROW;
use alloc::vec;
use alloc::vec::Vec;

/// The table, unless its states need more than two bytes.
pub(super) fn table(states: &States) -> Option<Vec<u8>> {
    let (mut rows, refusing): (Vec<usize>, Vec<usize>) = (0..states.accepts.len())
        .filter(|state| ![FOUND, LOST].contains(state))
        .partition(|state| states.accepts[*state]);
    let accepting = rows.len();
    rows.extend(refusing);
    u16::try_from(rows.len() + 1).ok()?;

    let mut number = vec![0; states.accepts.len()];
    for (row, state) in rows.iter().chain([&LOST]).enumerate() {
        // Just seen to fit.
        number[*state] = row as u16 + 1;
    }
    let column = |class| rows.iter().map(|row| number[states.after(*row, class)]).collect::<Vec<_>>();
    let columns = Columns::of((0..states.classes).map(column));
    let ranges = ranges(&states.class_of.map(|class| columns.of[usize::from(class)]));

    let mut table = [rows.len() as u16, accepting as u16 + 1, number[states.start]].map(u16::to_le_bytes).concat();
    // There are at most 256 of both.
    table.extend([(columns.different.len() - 1) as u8, (ranges.len() - 1) as u8]);
    table.extend(ranges.as_flattened());
    for row in 0..rows.len() {
        for column in &columns.different {
            let state = column[row].to_le_bytes();
            table.extend(if rows.len() > NARROW { &state[..] } else { &state[..1] });
        }
    }
    Some(table)
}

/// What the states do with each class, without repetition.
struct Columns {
    different: Vec<Vec<u16>>,
    /// The column of each class.
    of: Vec<u8>,
}

impl Columns {
    fn of(columns: impl Iterator<Item = Vec<u16>>) -> Self {
        let mut all = Self { different: Vec::new(), of: Vec::new() };
        for column in columns {
            let known = all.different.iter().position(|known| *known == column);
            let at = known.unwrap_or_else(|| {
                all.different.push(column);
                all.different.len() - 1
            });
            all.of.push(at as u8);
        }
        all
    }
}

/// Runs of bytes of one class: the last byte of each, and the class.
fn ranges(class_of: &[u8; 256]) -> Vec<[u8; 2]> {
    let mut ranges: Vec<[u8; 2]> = Vec::new();
    for (byte, class) in (0..=255).zip(class_of) {
        match ranges.last_mut() {
            Some([last, of]) if of == class => *last = byte,
            _ => ranges.push([byte, *class]),
        }
    }
    ranges
}
