//! Before a run, and in its middle: how many units, how small an effect, how it may end.

use super::given::Given;
use super::{Answer, written};
use crate::stats::bayes::Belief;
use crate::stats::effect::{Alternative, Refusal};
use crate::stats::forecast::{ending, until};
use crate::stats::group::Spending;
use crate::stats::health::SCEPTICAL;
use crate::stats::power::{self, Anytime, Design, Fixed, Spread};
use crate::stats::question::Question;
use crate::stats::sequence::Sequence;
use crate::stats::{ALPHA, Validity};
use alloc::boxed::Box;
use alloc::vec::Vec;
use serde::Serialize;

fn design(given: &Given) -> Result<Box<dyn Design>, Refusal> {
    let alpha = given.chance("alpha", ALPHA)?;
    // An effect has no sign here: it lies where it is looked for.
    let question = match given.alternative()? {
        Alternative::Different => Question::Better,
        Alternative::Greater | Alternative::Less => Question::NotWorse,
    };
    Ok(if given.flag("fixed") {
        Box::new(Fixed { alpha, alternative: question.alternative() })
    } else {
        Box::new(Anytime(question.sequence(alpha)))
    })
}

fn positive(number: f64) -> bool {
    number > 0.0 && number.is_finite()
}

#[derive(Serialize)]
struct Size {
    units: f64,
    total: f64,
}

#[derive(Serialize)]
struct Smallest {
    effect: f64,
}

#[derive(Serialize)]
struct Power {
    power: f64,
}

/// How many units, how small an effect, or the power of both.
pub fn plan(given: &Given) -> Answer {
    let spread = Spread { control: given.number("control")?, treatment: given.number("treatment")? };
    let (design, target) = (design(given)?, given.chance("power", 0.8)?);
    let ratio = given.number_or("ratio", 1.0)?;
    if ![spread.control, spread.treatment, ratio].into_iter().all(positive) {
        return Err(Refusal::Impossible);
    }
    match (given.maybe("effect")?, given.maybe("units")?) {
        (Some(effect), None) => {
            let units = power::whole(design.size(effect, spread, ratio, target)?);
            written(&Size { units, total: units + power::whole(units * ratio) })
        }
        (None, Some(units)) => written(&Smallest { effect: design.smallest(|_| spread, units, ratio, target)? }),
        (Some(effect), Some(units)) if positive(units) && effect.is_finite() => {
            written(&Power { power: design.power(effect, spread, units, ratio) })
        }
        _ => Err(Refusal::Impossible),
    }
}

#[derive(Serialize)]
struct Middle {
    power: f64,
    further: f64,
    could: Option<f64>,
}

/// What a run can still show, and what it could have shown: by the error that its effect has now.
pub fn middle(given: &Given) -> Answer {
    let (aim, error, units) = (given.number("aim")?, given.number("standardError")?, given.number("units")?);
    let (fixed, alpha, target) = (given.flag("fixed"), given.chance("alpha", ALPHA)?, given.chance("power", 0.8)?);
    if ![error, units].into_iter().all(positive) || !aim.is_finite() {
        return Err(Refusal::Impossible);
    }
    let sequence = (!fixed).then(|| Sequence::usual(alpha));
    let middle = power::middle(aim, error * error, units, alpha, target, sequence, None)?;
    // Two even arms of half the units whose effect has this error.
    let unit = 0.25 * error * error * units;
    let could = design(given)?.smallest(|_| Spread::mean(unit), 0.5 * units, 1.0, target).ok();
    written(&Middle { power: middle.power, further: middle.further, could })
}

#[derive(Serialize)]
struct Forecast {
    up: f64,
    down: f64,
    open: f64,
    times: Option<[f64; 3]>,
    validity: Validity,
}

/// Times of the present units beyond which nobody waits.
const MOST: f64 = 100.0;

/// How a run will end, by a prior or a sceptic's; or, where somebody says what the truth is, the chances that are left by
/// it (conditional power).
pub fn forecast(given: &Given) -> Answer {
    let truth = given.maybe("truth")?;
    let prior = match (truth, given.part("prior")) {
        (Some(mean), _) => Belief { mean, sd: 0.0 },
        (None, Some(prior)) => Given(prior).belief()?,
        (None, None) => SCEPTICAL,
    };
    let (units, share) = (given.number("units")?, given.number("share")?);
    let effect = Given(given.part("effect").ok_or(Refusal::Unreadable)?).effect(units)?;
    let believed = truth.is_some() || positive(prior.sd);
    if !(units > 0.0 && share > 0.0 && believed && prior.mean.is_finite()) {
        return Err(Refusal::Impossible);
    }
    let sequence = Sequence::usual(ALPHA);
    let end = ending(&effect, prior, share, sequence)?;
    let times = || Some(until(&effect, prior, sequence, MOST, 0.0)).filter(|[_, likely, _]| *likely < MOST);
    let times = if truth.is_some() { None } else { times() };
    written(&Forecast { up: end.up, down: end.down, open: end.open, times, validity: Validity::Belief })
}

#[derive(Serialize)]
struct Looks {
    z: Vec<f64>,
    validity: Validity,
}

/// The bounds of planned looks.
pub fn looks(given: &Given) -> Answer {
    let parameter = given.number_or("parameter", 0.0)?;
    let spending = match given.text("spending") {
        "obrien-fleming" => Spending::ObrienFleming,
        "pocock" => Spending::Pocock,
        "power" => Spending::Power(parameter),
        "hsd" => Spending::Hsd(parameter),
        _ => return Err(Refusal::Impossible),
    };
    let information = given.numbers("information")?;
    if information.len() > 100 {
        return Err(Refusal::Impossible);
    }
    let z = spending.bounds(&information, given.chance("alpha", ALPHA)?)?;
    written(&Looks { z, validity: Validity::Planned })
}
