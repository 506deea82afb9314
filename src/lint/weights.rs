//! Tables that were edited so that more units change their variant than the new weights ask for.

use super::{Advice, Code, Facts};
use crate::document::{Document, Split};
use crate::draw::ALL;
use crate::reallocate::{moves, reallocate};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

pub(super) fn look(document: &Document, facts: &Facts, all: &mut Vec<Advice>) {
    let Some(before) = facts.before else { return };
    for (key, experiment) in &document.experiments {
        let Some(run) = &experiment.run else { continue };
        let old = before.experiments.values().filter_map(|experiment| experiment.run.as_ref());
        if let Some(old) = old.into_iter().find(|old| old.id == run.id && old.salt == run.salt) {
            all.extend(compare(&old.split, &run.split, format!("/experiments/{key}/run/split")));
        }
    }
    for (key, flag) in &document.flags {
        let Some(before) = before.flags.get(key) else { continue };
        for (index, rule) in flag.rules.iter().enumerate() {
            let Some(split) = &rule.split else { continue };
            let same = |old: &&Split| (&old.salt, &old.unit) == (&split.salt, &split.unit);
            if let Some(old) = before.rules.iter().filter_map(|rule| rule.split.as_ref()).find(same) {
                all.extend(compare(&old.ranges, &split.ranges, format!("/flags/{key}/rules/{index}/split/ranges")));
            }
        }
    }
}

fn compare(old: &[(u64, String)], new: &[(u64, String)], place: String) -> Option<Advice> {
    let mut weights: Vec<(String, u64)> = Vec::new();
    let mut start = 0;
    for (end, variant) in new {
        weights.push((variant.clone(), end.saturating_sub(start)));
        start = *end;
    }
    let best = reallocate(old, &weights);
    let (moved, least) = (moves(old, new), moves(old, &best));
    if moved <= least {
        return None;
    }
    let cause = format!(
        "{} of the units change their variant, where {} would do: {} more than necessary.",
        percent(moved),
        percent(least),
        percent(moved - least)
    );
    let fix = format!("Write {}.", serde_json::to_string(&best).unwrap_or_default());
    Some(Advice::new(place, Code::WeightsMoveMore, cause, fix))
}

/// A share in percent, with two decimals.
fn percent(share: u64) -> String {
    let hundredths = (share * 10_000 + ALL / 2) / ALL;
    format!("{}.{:02} %", hundredths / 100, hundredths % 100)
}
