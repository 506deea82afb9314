//! What a condition means, with all that it builds on: where two mean the same, they hold for the same visitors.

use super::Audience;
use super::graph::{flags_in, flags_of};
use super::logic::Lower;
use super::rules::program;
use crate::document::{Condition, Document};
use crate::draw::Purpose;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The questions that a condition asks, segments in their place, and the steps of every flag that it builds on.
pub(crate) fn meaning(document: &Document, condition: &Condition) -> String {
    let mut text = format!("{:?}", Lower::new(document, Audience::Edge).condition(condition, ""));
    let (mut seen, mut open) = (BTreeSet::new(), flags_in(document, condition));
    while let Some(key) = open.pop() {
        let Some(flag) = document.flags.get(key) else { continue };
        if seen.insert(key) {
            let own = format!("{key} {:?}", program(document, Audience::Edge, key, flag).steps);
            text.push_str(&own);
            open.extend(flags_of(document, key, flag).iter().map(|other| other.to));
        }
    }
    text
}

/// The draws of layers and holdouts that the flags below a flag read. No other draws can be those of two flags.
pub(crate) fn shared_draws<'d>(document: &'d Document, key: &str) -> Vec<(Purpose, &'d str)> {
    let below = |key: &str| -> Vec<&'d str> {
        let flag = document.flags.get(key).map(|flag| flags_of(document, key, flag));
        flag.into_iter().flatten().map(|other| other.to).collect()
    };
    let (mut seen, mut open, mut draws) = (BTreeSet::new(), below(key), Vec::new());
    while let Some(key) = open.pop() {
        let Some(flag) = document.flags.get(key).filter(|_| seen.insert(key)) else { continue };
        let holdout = flag.holdout.as_ref().and_then(|key| document.holdouts.get(key));
        draws.extend(holdout.map(|holdout| (Purpose::Holdout, holdout.salt.as_str())));
        let slots = document.experiments.values().filter(|experiment| experiment.flag == key);
        let layers = slots.filter_map(|experiment| document.layers.get(&experiment.slot.as_ref()?.layer));
        draws.extend(layers.map(|layer| (Purpose::Layer, layer.salt.as_str())));
        open.extend(below(key));
    }
    draws
}
