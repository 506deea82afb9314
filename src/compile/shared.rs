//! Questions that stand in several places get a number, by which the evaluator remembers their answer within one call.
//!
//! Flags of one product ask the same things: a country, a plan, whether somebody is an employee. What a question names in
//! the snapshot stands there once, so questions are the same if their words are.

use crate::limits::SHARED;
use crate::order::sorted;
use crate::snapshot::{Step, flags};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Writes the numbers into all steps of a snapshot; what is asked in the most places comes first, as far as they go.
pub(super) fn number(code: &mut [u8]) {
    let (code, _) = code.as_chunks_mut();
    let mut questions: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (at, bytes) in code.iter().enumerate() {
        let Some(step) = Step::read(bytes).filter(|step| step.operation.asks_context()) else { continue };
        let question = (step.operation as u8, step.x & !flags::INVERTED, step.place, step.a, step.b);
        questions.entry(question).or_default().push(at);
    }
    let shared = questions.into_values().filter(|places| places.len() > 1).collect();
    let shared = sorted(shared, |one: &Vec<usize>, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    for (number, places) in (1..SHARED as u16).zip(shared) {
        for at in places {
            let [.., low, high] = &mut code[at];
            [*low, *high] = number.to_le_bytes();
        }
    }
}
