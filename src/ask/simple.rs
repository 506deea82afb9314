//! What the functions of `./tools` ask by counts alone: how many units a plan needs, what counts say, whether there is harm.

use super::given::Given;
use super::{Answer, written};
use crate::report::{Arm, Tallies, report};
use crate::stats::ALPHA;
use crate::stats::effect::Refusal;
use crate::stats::guard::{Epoch, Guard, Harm};
use crate::stats::sequence::Sequence;
use crate::stats::{real, size};
use alloc::string::ToString;
use alloc::vec::Vec;
use serde::Serialize;

#[derive(Serialize)]
struct Size {
    units: Option<u64>,
}

#[derive(Serialize)]
struct Smallest {
    lift: Option<f64>,
}

/// The units that each arm needs, or nothing when no number of them is enough; where these are given, the smallest relative
/// lift upward that they show. `others` is how many arms are compared with control; each of them has its part of the chance
/// to be wrong, as in a report.
pub fn size(given: &Given) -> Answer {
    let (base, power) = (given.number("base")?, given.chance("power", 0.8)?);
    let sequence = Sequence::usual(ALPHA / real(given.count("others")?.max(1)));
    if given.part("units").is_some() {
        return written(&Smallest { lift: size::smallest_lift(base, given.count("units")?, power, sequence) });
    }
    written(&Size { units: size::per_arm(base, given.number("lift")?, power, sequence) })
}

/// What the counts of one metric allow to say: the sample ratio, each arm against control, the verdict.
pub fn read(given: &Given) -> Answer {
    let mut tallies = Tallies { epoch: 1, control: given.key("control")?.to_string(), ..Tallies::default() };
    for arm in given.list("arms")? {
        let arm = Given(arm);
        let units = arm.count("units")?;
        tallies.arms.push(Arm {
            variant: arm.key("variant")?.to_string(),
            weight: arm.count("weight")?,
            assigned: units,
            confirmed: units,
            converted: arm.count("converted")?,
            ..Arm::default()
        });
    }
    written(&report(&tallies))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Judged {
    harmed: bool,
    log_e: f64,
    ratio: Option<f64>,
}

/// Whether a treatment does harm, by the labels of the units that had the event.
pub fn harm(given: &Given) -> Answer {
    let harm = match given.text("harm") {
        "more" => Harm::More,
        "fewer" => Harm::Fewer,
        _ => return Err(Refusal::Unreadable),
    };
    let tolerance = given.number_or("tolerance", 0.0)?;
    if !(tolerance >= 0.0 && tolerance.is_finite()) {
        return Err(Refusal::Impossible);
    }
    let mut epochs = Vec::new();
    for epoch in given.list("epochs")? {
        let epoch = Given(epoch);
        epochs.push(Epoch {
            treated: epoch.count("treated")?,
            control: epoch.count("control")?,
            treated_weight: epoch.count("treatedWeight")?,
            control_weight: epoch.count("controlWeight")?,
        });
    }
    let evidence = Guard { harm, tolerance, alpha: given.chance("alpha", ALPHA)? }.check(&epochs);
    written(&Judged { harmed: evidence.harmed, log_e: evidence.log_e, ratio: evidence.ratio })
}
