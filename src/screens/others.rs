//! Further metrics beside the one that decides. They explain a result and are no verdict: each range holds by itself, at
//! every look, and nothing here recommends anything.

use super::range::lift_of;
use super::{Scene, signed};
use crate::collect::Direction;
use crate::metric;
use crate::report::Outcome;
use alloc::format;
use alloc::vec::Vec;
use serde_json::{Value, json};

/// What is known of one.
pub(super) fn line(scene: &Scene, key: &str) -> Value {
    let measure = scene.measure(key);
    let (control, treatment) = scene.variants();
    let report = scene.evened(key, scene.counted(key).report());
    let lift = lift_of(&report, &treatment);
    let moved = lift.and_then(|lift| if lift.low > 0.0 { Some(true) } else { (lift.high < 0.0).then_some(false) });
    let status = match moved {
        None if lift.is_none() => "wait",
        None => "open",
        Some(up) if up == (measure.direction == Direction::Up) => "better",
        Some(_) => "worse",
    };
    let missing = || {
        report.comparisons.iter().find_map(|comparison| match &comparison.outcome {
            Outcome::Missing { words, .. } => Some(words.clone()),
            Outcome::Compared { .. } => None,
        })
    };
    let words = lift.map_or_else(
        || missing().unwrap_or_default(),
        |lift| {
            let range = format!("{} to {}", signed(lift.low), signed(lift.high));
            format!("Best guess {}; the data fit anything from {range}.", signed(lift.value))
        },
    );
    let arms = report.arms.iter().filter(|arm| arm.arm.variant == control || arm.arm.variant == treatment);
    let arms: Vec<_> = arms
        .map(|arm| {
            let told = arm.arm.value.or(arm.rate).map(|value| metric::told(&measure, value));
            json!({"variant": arm.arm.variant, "told": told})
        })
        .collect();
    json!({
        "metric": key, "status": status, "words": words, "each": metric::each(&measure), "arms": arms,
        "lift": lift.map(|lift| json!({"value": lift.value, "low": lift.low, "high": lift.high})),
    })
}
