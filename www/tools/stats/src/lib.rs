//! Planning and reading experiments, for JavaScript: the numbers and words of the core's `stats`, `report` and `verdict`.
//!
//! Numbers come as numbers, and whatever has parts as JSON; answers leave as JSON. `www/tools/numbers.js` says what is wrong
//! with questions before they come here, so nothing here explains anything.

use pointsman::report::{Arm, Tallies, report};
use pointsman::stats::ALPHA;
use pointsman::stats::guard::{Epoch, Guard, Harm};
use pointsman::stats::sequence::Sequence;
use pointsman::stats::size::{per_arm as size, smallest_lift as smallest};
use serde::Serialize;
use serde_json::Value;
use wasm_bindgen::JsValue;
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
    Sequence::usual(ALPHA / f64::from(others.max(1)))
}

/// What the counts of one metric allow to say: the sample ratio, each arm against control, the verdict.
#[wasm_bindgen]
pub fn read(counts: &str) -> Result<String, JsValue> {
    let counts = given(counts)?;
    let control = text(&counts, "control")?;
    let arm = |arm: &Value| {
        let units = count(arm, "units")?;
        Ok(Arm {
            variant: text(arm, "variant")?,
            weight: count(arm, "weight")?,
            assigned: units,
            confirmed: units,
            converted: count(arm, "converted")?,
            ..Arm::default()
        })
    };
    let arms = list(&counts, "arms")?.iter().map(arm).collect::<Result<Vec<_>, &str>>()?;
    written(&report(&Tallies { epoch: 1, control, arms, ..Tallies::default() }))
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
pub fn guard(watched: &str) -> Result<String, JsValue> {
    let watched = given(watched)?;
    let harm = if text(&watched, "harm")? == "more" { Harm::More } else { Harm::Fewer };
    let (tolerance, alpha) = (number(&watched, "tolerance")?, number(&watched, "alpha")?);
    let epoch = |epoch: &Value| {
        Ok(Epoch {
            treated: count(epoch, "treated")?,
            control: count(epoch, "control")?,
            treated_weight: count(epoch, "treatedWeight")?,
            control_weight: count(epoch, "controlWeight")?,
        })
    };
    let epochs = list(&watched, "epochs")?.iter().map(epoch).collect::<Result<Vec<_>, &str>>()?;
    let evidence = Guard { harm, tolerance, alpha }.check(&epochs);
    written(&Judged { harmed: evidence.harmed, log_e: evidence.log_e, ratio: evidence.ratio })
}

/// Whatever else can be asked of the statistics, as JSON: see the core's `ask`.
#[wasm_bindgen]
#[must_use]
pub fn ask(question: &str) -> String {
    pointsman::ask::ask(question)
}

// Read by hand: derived readers weigh kilobytes.

fn given(text: &str) -> Result<Value, JsValue> {
    serde_json::from_str(text).map_err(|_| LACKS.into())
}

/// What nobody hears of whose question passed `numbers.js`.
const LACKS: &str = "something is missing, or of another kind";

fn text(value: &Value, name: &str) -> Result<String, &'static str> {
    value[name].as_str().map(ToString::to_string).ok_or(LACKS)
}

fn count(value: &Value, name: &str) -> Result<u64, &'static str> {
    value[name].as_u64().ok_or(LACKS)
}

fn number(value: &Value, name: &str) -> Result<f64, &'static str> {
    value[name].as_f64().ok_or(LACKS)
}

fn list<'v>(value: &'v Value, name: &str) -> Result<&'v [Value], &'static str> {
    value[name].as_array().map(Vec::as_slice).ok_or(LACKS)
}

/// Answers leave as JSON, which the core writes anyway: a second serialiser of every type would only make the file larger.
fn written(value: &impl Serialize) -> Result<String, JsValue> {
    serde_json::to_string(value).map_err(|_| LACKS.into())
}
