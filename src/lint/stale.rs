//! Flags, windows and ramps that have been at their end for long.

use super::reach::{always, over, whole};
use super::{Advice, Code, Facts};
use crate::document::{Document, Flag, Rule, When};
use crate::draw::ALL;
use crate::order::set;
use crate::time::DAY;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

pub(super) fn look(document: &Document, facts: &Facts, key: &str, flag: &Flag, all: &mut Vec<Advice>) {
    let days = facts.stale_days;
    let place = format!("/flags/{key}");
    if let Some(changed) = facts.changed.and_then(|changed| changed.get(key))
        && long_ago(changed.0, facts)
        && let Some(variant) = only(document, facts, flag)
    {
        let cause = format!("Everybody meets `{variant}`, and nothing was changed for {days} days.");
        let fix = "Write the variant into the product, remove the flag from it, and archive the flag.";
        all.push(Advice::new(place.clone(), Code::Stale, cause, fix));
    }
    for (index, rule) in flag.rules.iter().enumerate() {
        if ended(rule, facts) {
            let cause = format!("The time until which it holds passed more than {days} days ago.");
            all.push(Advice::new(format!("{place}/rules/{index}/until"), Code::Stale, cause, "Remove the rule."));
        }
        let last = rule.ramp.as_ref().and_then(|ramp| ramp.points.last());
        if let Some((time, below)) = last
            && time.millis().is_some_and(|time| long_ago(time, facts))
        {
            let cause = format!("The ramp came to its last point more than {days} days ago.");
            let fix = match below.0 {
                ALL.. => "Remove the `ramp`: the rule is for everybody.".into(),
                0 => "Remove the rule: it is for nobody.".into(),
                below => format!("Write a `rollout` with `below` {below} and the ramp's salt in its place."),
            };
            all.push(Advice::new(format!("{place}/rules/{index}/ramp"), Code::Stale, cause, fix));
        }
    }
}

/// Whether a rule's window ended so long ago that it is stale.
pub(super) fn ended(rule: &Rule, facts: &Facts) -> bool {
    rule.until.as_ref().and_then(When::millis).is_some_and(|until| long_ago(until, facts))
}

fn long_ago(time: i64, facts: &Facts) -> bool {
    facts.now.is_some_and(|now| now.0.saturating_sub(time) > i64::from(facts.stale_days) * DAY)
}

/// The variant that everybody meets, if there is one. Units that are forced are for trying things.
fn only<'d>(document: &'d Document, facts: &Facts, flag: &'d Flag) -> Option<&'d String> {
    if !flag.enabled {
        return Some(&flag.off);
    }
    let mut met = Vec::new();
    let held = flag.holdout.as_ref().and_then(|key| document.holdouts.get(key)).is_some_and(|held| held.below > 0);
    if held || !flag.prerequisites.is_empty() {
        met.push(&flag.off);
    }
    let mut rest = true;
    for rule in flag.rules.iter().filter(|rule| !over(rule, facts)) {
        met.extend(&rule.serve);
        met.extend(rule.split.iter().flat_map(|split| &split.ranges).map(|(_, variant)| variant));
        let run = rule.experiment.as_ref().and_then(|key| document.experiments.get(key)?.run.as_ref());
        met.extend(run.iter().flat_map(|run| &run.split).map(|(_, variant)| variant));
        if rule.condition.is_none() && always(rule, facts) && whole(document, rule) {
            rest = false;
            break;
        }
    }
    if rest {
        met.push(&flag.otherwise);
    }
    match set(met)[..] {
        [only] => Some(only),
        _ => None,
    }
}
