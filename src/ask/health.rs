//! Whether a run deserves to be believed, as a report tells it: what its metrics were before, how effects go on from day to
//! day, what other runs change of them, and why the split is off.

use super::given::Given;
use crate::stats::effect::Refusal;
use crate::stats::estimate::{Part, difference};
use crate::stats::health::cause::{self, Cause, Group, Units};
use crate::stats::health::interaction::{Pair, scan};
use crate::stats::health::{ALPHA, imbalance, novelty};
use crate::stats::moments::{Moments, Sums};
use crate::stats::sample_ratio::Share;
use crate::stats::sequence::Tuned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

/// Whether the arms were unlike before they met anything.
#[derive(Clone, Copy, Debug)]
pub struct Before {
    pub p_value: f64,
    pub unlike: bool,
}

/// By the first covariate, where a metric has one.
pub fn before(control: &Moments, treatment: &Moments, sequence: Tuned) -> Option<Before> {
    let (_, p_value) = imbalance(control, treatment, Part::mean(1), sequence).ok().filter(|_| control.width() > 1)?;
    Some(Before { p_value, unlike: p_value < ALPHA })
}

/// How an effect goes on from day to day.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trend {
    slope: f64,
    p_value: f64,
    last: f64,
}

/// By each day's difference; nothing where fewer than three days have one. `days` are each variant's moments, day by day,
/// where they can be read.
pub fn trend(days: &[Option<Moments>], variants: usize, arm: usize) -> Option<Trend> {
    let effect = |day: &[Option<Moments>]| difference(day[0].as_ref()?, day[arm].as_ref()?, Part::mean(0)).ok();
    let number = |day: usize| crate::stats::real(day as u64);
    let days: Vec<_> =
        days.chunks(variants).enumerate().filter_map(|(day, cells)| Some((number(day), effect(cells)?))).collect();
    let novelty::Trend { slope, p_value, last, .. } = novelty::trend(&days).ok()?;
    Some(Trend { slope, p_value, last })
}

/// What another run at the same time changes of an effect.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Crossed {
    change: f64,
    p_value: f64,
    dependence: f64,
    interacts: bool,
}

/// All pairs together, four cells each: control in both, the first run's arm alone, the second's alone, both.
pub fn crossed(cells: &[Sums], scale: f64) -> Result<Vec<Option<Crossed>>, Refusal> {
    let mut pairs = Vec::new();
    for four in cells.chunks_exact(4) {
        let cell = |place: usize| four[place].moments(scale).ok_or(Refusal::Contradiction);
        pairs.push(Pair { neither: cell(0)?, first: cell(1)?, second: cell(2)?, both: cell(3)? });
    }
    let told = |(found, interacts): (crate::stats::health::interaction::Found, bool)| Crossed {
        change: found.effect.estimate,
        p_value: found.p_value,
        dependence: found.dependence,
        interacts,
    };
    Ok(scan(&pairs).into_iter().map(|pair| pair.map(told)).collect())
}

/// Units by arm, as they were decided, confirmed and left out, and the confirmed ones by group.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    assigned: Vec<Share>,
    confirmed: Vec<Share>,
    automatic: Vec<Share>,
    redirects: bool,
    groups: Vec<Group>,
}

impl Seen {
    pub fn read(given: &Given, weights: &[u64]) -> Result<Self, Refusal> {
        let counts = |given: &Given, name: &str| {
            let mut arms = Vec::new();
            for (weight, units) in weights.iter().zip(given.list(name)?) {
                arms.push(Share { weight: *weight, units: units.as_u64().ok_or(Refusal::Unreadable)? });
            }
            if arms.len() == weights.len() { Ok(arms) } else { Err(Refusal::Unreadable) }
        };
        let mut groups = Vec::new();
        for group in given.part("groups").map_or(Ok(&[][..]), |_| given.list("groups"))? {
            let group = Given(group);
            let (dimension, value) = (group.key("dimension")?.to_string(), group.key("value")?.to_string());
            groups.push(Group { dimension, value, arms: counts(&group, "units")? });
        }
        Ok(Self {
            assigned: counts(given, "assigned")?,
            confirmed: counts(given, "confirmed")?,
            automatic: if given.part("automatic").is_some() { counts(given, "automatic")? } else { Vec::new() },
            redirects: given.flag("redirects"),
            groups,
        })
    }

    /// Why the split is off, if it is.
    pub fn cause(&self) -> Option<Why> {
        let Self { assigned, confirmed, automatic, redirects, groups } = self;
        let cause = cause::find(Units { assigned, confirmed, automatic, redirects: *redirects, groups })?;
        Some(Why { words: cause.words(), cause })
    }
}

/// A cause, and what to look at.
#[derive(Clone, Debug, Serialize)]
pub struct Why {
    cause: Cause,
    words: String,
}
