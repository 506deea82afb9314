//! How much deciding all flags of a snapshot may look at for one visitor, if every text of the context is as long as it
//! may be.

use crate::condition::network::NETWORK;
use crate::limits::{ATTRIBUTE_BYTES, CONTEXT_BYTES, LIST_ITEMS};
use crate::snapshot::{Operation, Section, Snapshot, Step, flags};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// Looks at most, flag by flag. What flags share is asked once, so it counts for the first of them.
pub(super) fn work(snapshot: &Snapshot) -> Vec<u64> {
    let mut asked = BTreeSet::new();
    let code = snapshot.code();
    (0..snapshot.count(Section::Flags))
        .map(|index| {
            let flag = snapshot.flag(index);
            let program = code.iter().skip(flag.first as usize).take(flag.steps as usize);
            let steps = program.filter_map(Step::read).filter(|step| step.share == 0 || asked.insert(step.share));
            steps.map(|step| looks(snapshot, step)).sum()
        })
        .collect()
}

/// What one step looks at: a byte, a range of bytes, a text of a set or a network is one look each.
fn looks(snapshot: &Snapshot, step: Step) -> u64 {
    let Step { operation, x, a, b, .. } = step;
    let is_list = x & flags::LIST != 0;
    let text = (if is_list { CONTEXT_BYTES } else { ATTRIBUTE_BYTES }) as u64;
    let items = (if is_list { LIST_ITEMS } else { 1 }) as u64;
    let halvings = |count: u32| u64::from(count.max(1).ilog2()) + 1;
    let folded = if x & flags::FOLD == 0 { 0 } else { text };
    folded
        + match operation {
            // The class of each byte is looked up in ranges, the number of which stands in the table.
            Operation::TextMatches => text * (2 + u64::from(*snapshot.pool(a, b).get(7).unwrap_or(&0))),
            Operation::TextIn => items * halvings(b) * 8 + text,
            Operation::PrintIn => items * halvings(b) + text,
            Operation::AddressIn => items * (64 + u64::from(b) / NETWORK as u64),
            Operation::Moment => items * 64,
            Operation::Serve => 0,
            _ => items * 8,
        }
}
