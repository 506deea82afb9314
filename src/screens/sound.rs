//! Whether the numbers deserve to be believed, apart from their split: were the versions' visitors alike before, is the
//! effect too good, does it fade, does another test interfere?
//!
//! Only the first of these keeps a verdict from being said: visitors who differ before they met anything were not drawn by
//! chance. The others hold for one look, or rest on what is known of past effects; they ask for a second look.

use super::answers::effect_of;
use super::range::lift_of;
use super::spans::Stretch;
use super::{Scene, percent, signed};
use crate::collect::Kind;
use crate::metric;
use crate::report::Report;
use crate::stats::effect::{Effect, Refusal, SURE_BASELINE};
use crate::stats::estimate::linear;
use crate::stats::guard::means::GATE;
use crate::stats::health::interaction::{self, Pair};
use crate::stats::health::{self, novelty};
use crate::stats::moments::Moments;
use crate::stats::{Validity, real, sample_ratio};
use crate::time::DAY;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;
use serde_json::{Value, json};

/// What one check has found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// Its name.
    pub check: &'static str,
    /// How it was asked.
    pub method: &'static str,
    /// How far that holds.
    pub validity: Validity,
    /// What it came to.
    pub numbers: Value,
    /// What is wrong, in a sentence; nothing if nothing is.
    pub finding: Option<String>,
    /// What to do about it.
    pub next: &'static str,
}

/// How the versions' visitors were unlike before they met anything, if they were: no verdict may be said then.
#[must_use]
pub fn unlike(scene: &Scene) -> Option<Check> {
    before(scene).filter(|check| check.finding.is_some())
}

/// Every check that has enough numbers to be asked, always in the same order.
#[must_use]
pub fn checks(scene: &Scene, report: &Report) -> Vec<Check> {
    [before(scene), groups(scene), plausible(scene, report), steady(scene), together(scene)]
        .into_iter()
        .flatten()
        .collect()
}

/// What visitors did before they met anything, which no version can have changed.
fn before(scene: &Scene) -> Option<Check> {
    let metric = scene.metric();
    let measure = scene.measure(metric);
    let parts = metric::parts(&measure);
    let covariate = *parts.get(1)?;
    let [Ok(old), Ok(new)] = scene.moments(metric, "") else { return None };
    if old.units.min(new.units) < real(GATE) {
        return None;
    }
    let (effect, p) = health::imbalance(&old, &new, covariate, health::SEQUENCE).ok()?;
    let finding = (p < health::ALPHA).then(|| {
        let told = |arm: &Moments| metric::told(&measure, arm.mean(covariate.over));
        format!(
            "Before they met anything, visitors of the new version had {} of “{metric}” each and those of the old one {}; \
             chance alone does that in fewer than 1 of 1,000 experiments.",
            told(&new),
            told(&old)
        )
    });
    Some(Check {
        check: "before",
        method: "difference of the covariate, confidence sequence",
        validity: Validity::Asymptotic { gate: GATE },
        numbers: json!({"difference": effect.estimate, "standardError": effect.standard_error, "pValue": p}),
        finding,
        next: "Decide nothing from this run: find out who gets which version, and start it again.",
    })
}

/// Whether every group of visitors is split as planned: a whole that looks sound may hide one that is not. All groups share
/// the chance of a false alarm.
pub(super) fn groups(scene: &Scene) -> Option<Check> {
    let groups = scene.groups();
    let alpha = sample_ratio::ALPHA / real(groups.len().max(1) as u64);
    let checked = groups.iter().map(|group| sample_ratio::check(&group.arms, sample_ratio::CONCENTRATION, alpha));
    let checked: Vec<_> = groups.iter().zip(checked).collect();
    let (_, worst) = checked.iter().max_by(|(_, one), (_, two)| one.log_e.total_cmp(&two.log_e))?;
    let off = checked.iter().filter(|(_, split)| split.alarm).map(|(group, _)| {
        let units: u64 = group.arms.iter().map(|arm| arm.units).sum();
        let new = group.arms.last().map_or(0, |arm| arm.units);
        format!(
            "{} {}, of whom {} have the new version",
            group.dimension,
            group.value,
            percent(real(new) / real(units))
        )
    });
    let off: Vec<_> = off.collect();
    let finding = (!off.is_empty()).then(|| format!("The split is off among {}.", off.join(", and among ")));
    Some(Check {
        check: "groups",
        method: "e-value of the split of each group, Bonferroni",
        validity: Validity::Exact,
        numbers: json!({"groups": groups.len(), "off": off.len(), "largestLogE": worst.log_e}),
        finding,
        next: "Open the page as they do: one version loses some of them.",
    })
}

/// Twyman's law: what looks too good is usually wrong.
pub(super) fn plausible(scene: &Scene, report: &Report) -> Option<Check> {
    let (_, treatment) = scene.variants();
    let lift = lift_of(report, &treatment)?;
    let effect = effect_of(lift, real(scene.people()))?;
    let prior = scene.prior();
    let finding = health::implausible(&effect, Some(prior.belief)).then(|| {
        format!(
            "{} is more than changes of a page usually do; effects like that mostly turn out to be a mistake in the counting.",
            signed(lift.value)
        )
    });
    Some(Check {
        check: "plausible",
        method: "distance from past effects, in their spreads",
        validity: Validity::Belief,
        numbers: json!({"lift": lift.value, "pastMean": prior.belief.mean, "pastSpread": prior.belief.sd, "past": prior.effects}),
        finding,
        next: "Look whether both versions count the same thing, and once each.",
    })
}

/// Whether the effect fades, or grows, with the days of the run: from what each calendar day has added. A visitor's own
/// first day is not known to sums, so whoever comes late meets an old test as something new.
pub(super) fn steady(scene: &Scene) -> Option<Check> {
    let days = days(scene);
    let trend = novelty::trend(&days).ok()?;
    let first = days.first()?.1.estimate;
    let finding = (trend.p_value < health::ALPHA).then(|| {
        let fades = first * trend.slope < 0.0;
        format!(
            "The effect {} from day to day: it began with {} and is {} now.",
            if fades { "fades" } else { "grows" },
            signed(libm::expm1(first)),
            signed(libm::expm1(trend.last))
        )
    });
    Some(Check {
        check: "steady",
        method: "a weighted line over the days' effects",
        validity: Validity::FixedSample,
        numbers: json!({"slope": trend.slope, "standardError": trend.standard_error, "pValue": trend.p_value, "days": days.len()}),
        finding,
        next: "Let it run some days more, and read the last ones.",
    })
}

/// The effect of each day's own visitors, where both versions had enough of them. What is no sum over visitors, such as a
/// quantile, cannot be told by day.
fn days(scene: &Scene) -> Vec<(f64, Effect)> {
    let measure = scene.measure(scene.metric());
    let share = metric::is_share(&measure);
    let (Some(started), (control, treatment)) = (scene.experiment.started, scene.variants()) else { return Vec::new() };
    if scene.has_moved() {
        return if share || matches!(measure.kind, Kind::Count | Kind::Sum) {
            spans(scene, started, share)
        } else {
            Vec::new()
        };
    }
    let mut last: BTreeMap<i64, [[f64; 3]; 2]> = BTreeMap::new();
    for look in scene.looks {
        let of = |variant: &str| {
            let arm = look.arms.iter().find(|arm| arm.variant == variant)?;
            let did = real(arm.converted);
            if share { Some([real(arm.confirmed), did, did]) } else { arm.sums }
        };
        let (Some(old), Some(new)) = (of(&control), of(&treatment)) else { continue };
        last.insert((look.at - started) / DAY, [old, new]);
    }
    let mut so_far = [[0.0; 3]; 2];
    let mut days = Vec::new();
    for (day, sums) in last {
        let added: [[f64; 3]; 2] =
            core::array::from_fn(|arm| core::array::from_fn(|sum| sums[arm][sum] - so_far[arm][sum]));
        so_far = sums;
        if let Some(effect) = day_effect(added, share) {
            #[expect(clippy::cast_precision_loss, reason = "days are few")]
            days.push((day as f64, effect));
        }
    }
    days
}

/// The effect of each span's own visitors, where the split has moved: a day that has two splits cannot be read as one.
fn spans(scene: &Scene, started: i64, share: bool) -> Vec<(f64, Effect)> {
    let sums = |arm: Moments| {
        let (n, mean) = (arm.units, arm.mean(0));
        [n, n * mean, (n - 1.0) * arm.cov(0, 0) + n * mean * mean]
    };
    let span = |stretch: &Stretch| {
        let [Ok(old), Ok(new)] = scene.within(stretch, scene.metric(), "") else { return None };
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of some years stay below 2^53")]
        let day = (stretch.at.unwrap_or(started) - started) as f64 / DAY as f64;
        Some((day, day_effect([old, new].map(sums), share)?))
    };
    scene.stretches().iter().filter_map(span).collect()
}

/// Conversions, and others, of each version on a day that tell anything.
const DAILY: f64 = 10.0;

fn day_effect(arms: [[f64; 3]; 2], share: bool) -> Option<Effect> {
    let enough = |[n, sum, _]: [f64; 3]| if share { sum >= DAILY && n - sum >= DAILY } else { n >= real(GATE) };
    if !arms.into_iter().all(enough) {
        return None;
    }
    // The logarithm of a mean, and the variance of that.
    let told = arms.map(|[n, sum, squares]| {
        let mean = sum / n;
        let variance = (squares - n * mean * mean) / (n - 1.0);
        (libm::log(mean), variance / (n * mean * mean))
    });
    let [(old, one), (new, two)] = told;
    // A mean that is hardly apart from zero has no logarithm that is normal.
    if one.max(two) > 1.0 / (SURE_BASELINE * SURE_BASELINE) {
        return None;
    }
    let units = arms[0][0] + arms[1][0];
    Effect::of_logarithm(new - old, libm::sqrt(one + two), units, Validity::FixedSample).checked().ok()
}

/// Whether another test changes this one’s effect, by Benjamini & Hochberg over all that share visitors and a page or a metric.
pub(super) fn together(scene: &Scene) -> Option<Check> {
    let metric = scene.metric();
    let measure = scene.measure(metric);
    let outcome = |arm: Result<Moments, Refusal>| linear(&arm.ok()?, &[*metric::parts(&measure).first()?]).ok();
    let mut others = Vec::new();
    let mut pairs = Vec::new();
    for (other, variants) in scene.counts.other_runs(metric) {
        // A pair of two versions each; more have no single difference of differences.
        let [first, second] = &variants.iter().collect::<Vec<_>>()[..] else { continue };
        let cells = |theirs: &str| scene.moments(metric, &format!("{other}={theirs}")).map(outcome);
        let (of_first, of_second) = (cells(first), cells(second));
        if let ([Some(neither), Some(first)], [Some(second), Some(both)]) = (of_first, of_second) {
            others.push(other);
            pairs.push(Pair { neither, first, second, both });
        }
    }
    let asked = interaction::scan(&pairs);
    if asked.iter().all(Option::is_none) {
        return None;
    }
    let told = others.iter().zip(&asked).filter_map(|(run, found)| {
        let (found, interacts) = found.as_ref()?;
        let effect = &found.effect;
        Some((
            run,
            *interacts,
            json!({"run": run, "difference": effect.estimate, "standardError": effect.standard_error,
            "pValue": found.p_value, "dependence": found.dependence, "interacts": interacts}),
        ))
    });
    let told: Vec<_> = told.collect();
    let names: Vec<_> =
        told.iter().filter(|(_, interacts, _)| *interacts).map(|(run, ..)| format!("“{run}”")).collect();
    let finding = (!names.is_empty())
        .then(|| format!("Its effect is another one for visitors in the other version of {}.", names.join(" and of ")));
    Some(Check {
        check: "together",
        method: "difference of differences, Benjamini & Hochberg",
        validity: Validity::FixedSample,
        numbers: told.into_iter().map(|(.., numbers)| numbers).collect(),
        finding,
        next: "Read both together before you decide either.",
    })
}
