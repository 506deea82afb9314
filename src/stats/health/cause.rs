//! Why a split is off: at which step units were lost, and among which of them.
//!
//! The steps come first. If the units that the edge decided on are already off, the draw or what calls it is at fault.
//! If they are sound and the confirmed ones are not, reports are lost on the way; if what was filtered as automatic is
//! off, the filter is. Then the groups: of each dimension (browser, country, hour, page ...) those values are taken whose
//! own split is off, the heaviest first, until they explain four fifths of what is missing.

use crate::stats::real;
use crate::stats::sample_ratio::{self, Share};
use crate::stats::special::ranks::ranks;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use serde::Serialize;

/// How much of the deviation a cause must explain.
pub const EXPLAINS: f64 = 0.8;

/// The units of one group, by arm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What it is a group of, such as `browser`.
    pub dimension: String,
    /// Which group it is.
    pub value: String,
    /// Its units by arm, with the planned weights.
    pub arms: Vec<Share>,
}

/// The step at which units went missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// The edge already decided unevenly: the draw, stickiness, or a rule before them.
    Assignment,
    /// Decided evenly, but one arm's units are taken for automatic more often.
    Bots,
    /// Decided evenly, but one arm is reached through a redirect that loses units.
    Redirect,
    /// Decided evenly, but one arm's reports come in less often.
    Loss,
}

/// Where a split goes wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    /// The step.
    pub step: Step,
    /// The dimension that tells where, if one does.
    pub dimension: Option<String>,
    /// Its values.
    pub values: Vec<String>,
    /// How much of the deviation they explain, 0 to 1.
    pub explains: f64,
}

/// What is known of a run's units.
#[derive(Clone, Copy, Debug)]
pub struct Units<'u> {
    /// Those that the edge decided on, by arm.
    pub assigned: &'u [Share],
    /// Those whose browser showed it.
    pub confirmed: &'u [Share],
    /// Those that were left out as automatic; empty if unknown.
    pub automatic: &'u [Share],
    /// Whether an arm is reached through a redirect.
    pub redirects: bool,
    /// The confirmed ones by group.
    pub groups: &'u [Group],
}

/// Finds the cause, if the confirmed units are not split as planned.
#[must_use]
pub fn find(units: Units) -> Option<Cause> {
    let off = |arms: &[Share], alpha: f64| {
        let found = sample_ratio::check(arms, sample_ratio::CONCENTRATION, alpha);
        found.alarm || !found.leaks.is_empty()
    };
    if !off(units.confirmed, sample_ratio::ALPHA) {
        return None;
    }
    let step = if off(units.assigned, sample_ratio::ALPHA) {
        Step::Assignment
    } else if off(units.automatic, sample_ratio::ALPHA) {
        Step::Bots
    } else if units.redirects {
        Step::Redirect
    } else {
        Step::Loss
    };
    let total = deviation(units.confirmed);
    let size: f64 = total.iter().map(|part| part * part).sum();
    let mut dimensions: Vec<&str> = Vec::new();
    for group in units.groups {
        if !dimensions.contains(&group.dimension.as_str()) {
            dimensions.push(&group.dimension);
        }
    }
    let mut best: Option<Cause> = None;
    for dimension in dimensions {
        let groups: Vec<&Group> = units.groups.iter().filter(|group| group.dimension == dimension).collect();
        // Each value has its part of the chance to be wrong.
        let alpha = sample_ratio::ALPHA / real(groups.len() as u64);
        let explained = |group: &Group| {
            let own = deviation(&group.arms);
            own.iter().zip(&total).map(|(own, total)| own * total).sum::<f64>() / size
        };
        let guilty: Vec<&Group> = groups.iter().copied().filter(|group| off(&group.arms, alpha)).collect();
        let shares: Vec<f64> = guilty.iter().map(|group| -explained(group)).collect();
        let (mut values, mut explains) = (Vec::new(), 0.0);
        for place in ranks(&shares) {
            if explains >= EXPLAINS || shares[place] >= 0.0 {
                break;
            }
            explains -= shares[place];
            values.push(guilty[place].value.clone());
        }
        // A dimension all of whose values are off tells nothing.
        if values.len() == groups.len() || explains < EXPLAINS {
            continue;
        }
        let fewer = |best: &Cause| (values.len(), Some(dimension)) < (best.values.len(), best.dimension.as_deref());
        if best.as_ref().is_none_or(fewer) {
            best = Some(Cause { step, dimension: Some(dimension.to_string()), values, explains });
        }
    }
    Some(best.unwrap_or(Cause { step, dimension: None, values: vec![], explains: 0.0 }))
}

/// How far each arm's units lie from the plan.
fn deviation(arms: &[Share]) -> Vec<f64> {
    let weights: f64 = arms.iter().map(|arm| real(arm.weight)).sum();
    let units: f64 = arms.iter().map(|arm| real(arm.units)).sum();
    arms.iter().map(|arm| real(arm.units) - units * real(arm.weight) / weights).collect()
}

impl Cause {
    /// The same in two sentences: where, and what to look at.
    #[must_use]
    pub fn words(&self) -> String {
        let whence = match (&self.dimension, &self.values[..]) {
            (Some(dimension), values) if !values.is_empty() => alloc::format!(
                "{} of it comes from {} ({dimension}).",
                if self.explains > 0.95 { "All" } else { "Most" },
                values.join(" and ")
            ),
            _ => "It comes from everywhere alike.".to_string(),
        };
        let look = match self.step {
            Step::Assignment => {
                "The edge already decides unevenly: compare the split with what serves it, and look for rules before it."
            }
            Step::Bots => "One variant's visitors are taken for automatic more often: look at what the filter sees.",
            Step::Redirect => {
                "Visitors get lost on the redirect: serve the variant on the same address, or count before it."
            }
            Step::Loss => {
                "One variant's reports come in less often: look for an error, a slow page, or a page that leaves too early."
            }
        };
        alloc::format!("{whence} {look}")
    }
}
