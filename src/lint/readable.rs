//! Parts of e-mail addresses that browsers can read: only whole texts are written as fingerprints.

use super::{Advice, Code};
use crate::compile::graph;
use crate::document::{Condition, Document, Flag};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;

pub(super) fn look(document: &Document, key: &str, flag: &Flag, all: &mut Vec<Advice>) {
    if !flag.client {
        return;
    }
    let mut seen = BTreeSet::new();
    let conditions = flag
        .rules
        .iter()
        .enumerate()
        .filter_map(|(index, rule)| Some((rule.condition.as_ref()?, format!("/flags/{key}/rules/{index}/if"))));
    let mut open: Vec<_> = conditions.collect();
    while let Some((condition, place)) = open.pop() {
        graph::names(condition, &place, &mut |leaf, place| {
            let operand = match leaf {
                Condition::Segment(name) if seen.insert(name.as_str()) => {
                    let segment = document.segments.get(name);
                    open.extend(segment.map(|segment| (&segment.condition, format!("/segments/{name}/if"))));
                    return;
                }
                Condition::Starts(test) => ("starts", &test.with),
                Condition::Ends(test) => ("ends", &test.with),
                Condition::Contains(test) => ("contains", &test.text),
                Condition::Glob(test) => ("glob", &test.pattern),
                Condition::Matches(test) => ("matches", &test.pattern),
                _ => return,
            };
            if operand.1.contains('@') {
                let cause = format!("Browsers get `{key}`, and can read this part of an e-mail address.");
                let fix = "Ask for whole addresses with `in` or `listed`, or set the flag's `client` to false.";
                all.push(Advice::new(format!("{place}/{}", operand.0), Code::ReadableEmail, cause, fix));
            }
        });
    }
}
