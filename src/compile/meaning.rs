//! What a condition means, with all that it builds on: where two mean the same, they hold for the same visitors.

use super::Audience;
use super::graph::{flags_in, flags_of};
use super::logic::Lower;
use super::rules::program;
use crate::document::{Condition, Document};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The questions that a condition asks, segments in their place, and the steps of every flag that it builds on.
pub(crate) fn meaning(document: &Document, condition: &Condition) -> String {
    let mut text = format!("{:?}", Lower::new(document, Audience::Edge, "").condition(condition, ""));
    let (mut seen, mut open) = (BTreeSet::new(), flags_in(document, condition));
    while let Some(key) = open.pop() {
        let Some(flag) = document.flags.get(&key) else { continue };
        if seen.insert(key.clone()) {
            text += &format!("{key} {:?}", program(document, Audience::Edge, &key, flag).steps);
            open.extend(flags_of(document, &key, flag).iter().map(|other| String::from(other.to)).collect::<Vec<_>>());
        }
    }
    text
}
