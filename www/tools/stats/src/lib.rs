//! Planning and reading experiments, for JavaScript: the numbers and words of the core's `stats`, `report` and `verdict`.
//!
//! Numbers come as numbers, and whatever has parts as JSON. `www/tools/numbers.js` says what is wrong with them before
//! they come here, so nothing here explains anything.

use pointsman::report::{Arm, Tallies, report};
use pointsman::stats::ALPHA;
use pointsman::stats::guard::{Epoch, Guard, Harm};
use pointsman::stats::sequence::{Sequence, TUNED_FOR};
use pointsman::stats::size::{per_arm as size, smallest_lift as smallest};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::wasm_bindgen;

/// The units that each arm needs, or nothing when no number of them is enough. `others` is how many arms are compared
/// with control; each of them has its part of the chance to be wrong, as in a report.
#[wasm_bindgen(js_name = perArm)]
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "it is at most 2^53")]
pub fn per_arm(base: f64, lift: f64, power: f64, others: u32) -> Option<f64> {
    size(base, lift, power, sequence(others)).map(|units| units as f64)
}

/// The smallest relative lift upward that so many units in each arm show, or nothing when no lift would.
#[wasm_bindgen(js_name = smallestLift)]
#[must_use]
#[allow(clippy::cast_sign_loss, reason = "it is a count")]
pub fn smallest_lift(base: f64, per_arm: f64, power: f64, others: u32) -> Option<f64> {
    smallest(base, per_arm as u64, power, sequence(others))
}

fn sequence(others: u32) -> Sequence {
    Sequence { alpha: ALPHA / f64::from(others.max(1)), tuned_for: TUNED_FOR }
}

#[derive(Deserialize)]
struct Counts {
    control: String,
    arms: Vec<CountedArm>,
}

#[derive(Deserialize)]
struct CountedArm {
    variant: String,
    weight: u64,
    units: u64,
    converted: u64,
}

/// What the counts of one metric allow to say: the sample ratio, each arm against control, the verdict.
#[wasm_bindgen]
pub fn read(counts: &str) -> Result<String, String> {
    let Counts { control, arms } = parsed(counts)?;
    let arms = arms.into_iter().map(|CountedArm { variant, weight, units, converted }| Arm {
        variant,
        weight,
        assigned: units,
        confirmed: units,
        converted,
        crossed: 0,
    });
    let nameless = String::new;
    written(&report(&Tallies {
        experiment: nameless(),
        run: nameless(),
        epoch: 1,
        metric: nameless(),
        control,
        arms: arms.collect(),
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Watched {
    harm: Harm,
    tolerance: f64,
    alpha: f64,
    epochs: Vec<WatchedEpoch>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WatchedEpoch {
    treated: u64,
    control: u64,
    treated_weight: u64,
    control_weight: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Judged {
    harmed: bool,
    log_e: f64,
    ratio: Option<f64>,
}

/// Whether a treatment does harm, by the labels of the units that had the event.
#[wasm_bindgen]
pub fn guard(watched: &str) -> Result<String, String> {
    let Watched { harm, tolerance, alpha, epochs } = parsed(watched)?;
    let epochs: Vec<_> = epochs
        .into_iter()
        .map(|WatchedEpoch { treated, control, treated_weight, control_weight }| Epoch {
            treated,
            control,
            treated_weight,
            control_weight,
        })
        .collect();
    let evidence = Guard { harm, tolerance, alpha }.check(&epochs);
    written(&Judged { harmed: evidence.harmed, log_e: evidence.log_e, ratio: evidence.ratio })
}

/// Whatever else can be asked of the statistics, as JSON: see the core's `ask`.
#[wasm_bindgen]
#[must_use]
pub fn ask(question: &str) -> String {
    pointsman::ask::ask(question)
}

fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn written(value: &impl Serialize) -> Result<String, String> {
    serde_json::to_string(value).map_err(|error| error.to_string())
}
