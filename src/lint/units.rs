//! Numbers that look as if they were meant in another unit: a percentage in place of a number of draws, seconds in place
//! of milliseconds.

use super::{Advice, Code};
use crate::compile::graph;
use crate::document::{Condition, Document, When};
use crate::draw::percent_of_all;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The start of the year 2000: nobody plans for a time before it.
const EARLIEST: i64 = 946_684_800_000;

pub(super) fn look(document: &Document, all: &mut Vec<Advice>) {
    for (key, flag) in document.flags.iter().filter(|(_, flag)| !flag.archived) {
        for (index, rule) in flag.rules.iter().enumerate() {
            let place = format!("/flags/{key}/rules/{index}");
            if let Some(rollout) = &rule.rollout {
                share(format!("{place}/rollout/below"), rollout.below, all);
            }
            for (point, (when, below)) in rule.ramp.iter().flat_map(|ramp| ramp.points.iter().enumerate()) {
                time(format!("{place}/ramp/points/{point}/0"), when, all);
                share(format!("{place}/ramp/points/{point}/1"), below.0, all);
            }
            for (name, when) in [("from", &rule.from), ("until", &rule.until)] {
                if let Some(when) = when {
                    time(format!("{place}/{name}"), when, all);
                }
            }
            conditions(rule.condition.as_ref(), &format!("{place}/if"), all);
        }
    }
    for (key, segment) in &document.segments {
        conditions(Some(&segment.condition), &format!("/segments/{key}/if"), all);
    }
    for (key, holdout) in &document.holdouts {
        share(format!("/holdouts/{key}/below"), holdout.below, all);
    }
    for (key, run) in document.experiments.iter().filter_map(|(key, one)| Some((key, one.run.as_ref()?))) {
        share(format!("/experiments/{key}/run/rollout"), run.rollout, all);
    }
}

fn conditions(condition: Option<&Condition>, place: &str, all: &mut Vec<Advice>) {
    let Some(condition) = condition else { return };
    graph::names(condition, place, &mut |leaf, place| {
        if let Condition::Draw(test) = leaf {
            share(format!("{place}/draw/below"), test.below, all);
        }
    });
}

fn share(place: String, below: u64, all: &mut Vec<Advice>) {
    if let Some(percentage) = u8::try_from(below).ok().filter(|below| (1..=100).contains(below)) {
        let cause = format!("{below} of 2^32 draws is less than 0.01 % of all.");
        let fix = format!("If {percentage} % is meant, write {}.", percent_of_all(percentage));
        all.push(Advice::new(place, Code::OtherUnit, cause, fix));
    }
}

fn time(place: String, when: &When, all: &mut Vec<Advice>) {
    let When::Millis(millis) = *when else { return };
    if (1..EARLIEST).contains(&millis) {
        let cause = "This time is before the year 2000.".into();
        let fix = format!("Times are milliseconds since 1970. If these are seconds, write {}.", millis * 1_000);
        all.push(Advice::new(place, Code::OtherUnit, cause, fix));
    }
}
