//! Many numbers at once: p-values, groups, the arms and epochs of a bandit; and the points of distributions.

use super::given::Given;
use super::{Answer, written};
use crate::stats::bandit;
use crate::stats::effect::{Alternative, Interval, Refusal};
use crate::stats::multiplicity::{Procedure, adjusted};
use crate::stats::segments::{Segment, segments};
use crate::stats::special::{Tails, beta, gamma, normal, student};
use crate::stats::{ALPHA, Validity};
use alloc::vec::Vec;
use serde::Serialize;

#[derive(Serialize)]
struct Adjusted {
    p: Vec<f64>,
}

/// P-values that account for each other.
pub fn adjust(given: &Given) -> Answer {
    let procedure = match given.text("by") {
        "bonferroni" => Procedure::Bonferroni,
        "holm" => Procedure::Holm,
        "hochberg" => Procedure::Hochberg,
        "hommel" => Procedure::Hommel,
        "benjamini-hochberg" => Procedure::BenjaminiHochberg,
        "benjamini-yekutieli" => Procedure::BenjaminiYekutieli,
        _ => return Err(Refusal::Impossible),
    };
    written(&Adjusted { p: adjusted(&given.numbers("p")?, procedure)? })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    q: f64,
    p_value: f64,
    together: f64,
    spread: f64,
    groups: Vec<Segment>,
    validity: Validity,
}

/// Whether groups differ.
pub fn groups(given: &Given) -> Answer {
    let effects =
        given.list("effects")?.iter().map(|effect| Given(effect).effect(0.0)).collect::<Result<Vec<_>, _>>()?;
    let found = segments(&effects)?;
    let (q, p_value, together, spread) = (found.q, found.p_value, found.together, found.spread);
    written(&Told { q, p_value, together, spread, groups: found.groups, validity: Validity::FixedSample })
}

#[derive(Serialize)]
struct Next {
    shares: Vec<f64>,
    weights: Vec<u64>,
    validity: Validity,
}

/// What each arm of a bandit gets next.
pub fn shares(given: &Given) -> Answer {
    let arms = given.list("arms")?.iter().map(|arm| Given(arm).belief()).collect::<Result<Vec<_>, _>>()?;
    let shares = bandit::shares(&arms, given.flag("lessIsBetter"), given.number_or("floor", 0.0)?)?;
    let weights = bandit::weights(&shares);
    written(&Next { shares, weights, validity: Validity::Belief })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Together {
    estimate: f64,
    standard_error: f64,
    low: f64,
    high: f64,
    p_value: f64,
    validity: Validity,
}

/// One effect from those of a bandit's epochs, each with the shares of control and the arm that were fixed before it.
pub fn together(given: &Given) -> Answer {
    let (mut effects, mut weights) = (Vec::new(), Vec::new());
    for epoch in given.list("epochs")? {
        let epoch = Given(epoch);
        effects.push(epoch.effect(0.0)?);
        let [control, arm] = epoch.numbers("shares")?[..] else { return Err(Refusal::Unreadable) };
        weights.push(bandit::worth(control, arm)?);
    }
    let effect = bandit::together(&effects, &weights)?;
    let Interval { low, high } = effect.interval(given.chance("alpha", ALPHA)?, Alternative::Different);
    let (estimate, standard_error) = (effect.estimate, effect.standard_error);
    let p_value = effect.p_value(0.0, Alternative::Different);
    written(&Together { estimate, standard_error, low, high, p_value, validity: Validity::FixedSample })
}

#[derive(Serialize)]
struct Point {
    x: f64,
}

/// Where a distribution has so much below it, or above it; either may be tiny.
pub fn quantile(given: &Given) -> Answer {
    let chance = |name: &str| given.part(name).map(|_| given.chance(name, 0.5)).transpose();
    let split = match (chance("below")?, chance("above")?) {
        (Some(below), None) => Tails::below(below),
        (None, Some(above)) => Tails::below(above).turned(),
        _ => return Err(Refusal::Impossible),
    };
    let size = |name: &str| match given.number(name)? {
        size if size > 0.0 && size <= 1e15 => Ok(size),
        _ => Err(Refusal::Impossible),
    };
    let x = match given.text("of") {
        "normal" => normal::point(split),
        "student" => student::point(split, size("df")?),
        "chiSquare" => 2.0 * gamma::point(split, 0.5 * size("df")?),
        "gamma" => gamma::point(split, size("shape")?),
        "beta" => beta::point(split, size("a")?, size("b")?),
        _ => return Err(Refusal::Impossible),
    };
    if x.is_finite() { written(&Point { x }) } else { Err(Refusal::NotFinite) }
}
