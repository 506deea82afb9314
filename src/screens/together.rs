//! What all experiments that have ended say together: how they ended, how large effects really are beside what was hoped
//! for, and what all that was shipped has brought.
//!
//! The largest effects that were found are the luckiest, so none is taken at its word: each is moved towards what the others
//! on its metric have found, as far as its own error leaves room (empirical Bayes).

use super::figures::signed;
use super::{Past, Scene, count, reading};
use crate::lifecycle::Experiment;
use crate::metric;
use crate::stats::bayes::Belief;
use crate::stats::real;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::{Value, json};

/// The chance with which a range of what is believed leaves the truth out.
const ALPHA: f64 = 0.1;

/// The screen, of what has ended; `owners` are the teams of experiments.
#[must_use]
pub fn screen(scenes: &[Scene], owners: &BTreeMap<String, String>, names: &[(String, String)]) -> Value {
    let ended: Vec<&Scene> = scenes.iter().filter(|scene| is_over(scene.experiment)).collect();
    let told: Vec<Told> = ended.iter().map(|scene| Told::of(scene, owners)).collect();
    let teams = names.iter().map(|(key, name)| (key.as_str(), name.as_str())).chain([("", "No team")]);
    let teams =
        teams.filter_map(|(key, name)| group(name, &told.iter().filter(|one| one.team == key).collect::<Vec<_>>()));
    let metrics: BTreeSet<&str> = told.iter().map(|one| one.metric).collect();
    let of = |metric: &str| told.iter().filter(|one| one.metric == metric).collect::<Vec<_>>();
    json!({
        "ended": told.len(),
        "outcomes": outcomes(&told.iter().collect::<Vec<_>>()),
        "effects": told.iter().filter_map(Told::effect).collect::<Vec<_>>(),
        "impact": metrics.iter().filter_map(|metric| impact(metric, &of(metric))).collect::<Vec<_>>(),
        "teams": teams.collect::<Vec<_>>(),
        "metrics": metrics.iter().filter_map(|metric| group(metric, &of(metric))).collect::<Vec<_>>(),
    })
}

fn is_over(experiment: &Experiment) -> bool {
    experiment.started.is_some() && experiment.ended.is_some()
}

/// What one of them says.
struct Told<'s> {
    experiment: &'s Experiment,
    team: String,
    metric: &'s str,
    /// The kind of its verdict.
    kind: &'static str,
    /// The logarithm of the ratio that was hoped for.
    hoped: f64,
    /// What was found, and what is believed of it beside the others; nothing where no ratio was found.
    found: Option<(f64, Belief)>,
    /// Of how many with the old version the metric tells something; 0 where it is no share, and has no ceiling.
    share: f64,
}

impl<'s> Told<'s> {
    fn of(scene: &Scene<'s>, owners: &BTreeMap<String, String>) -> Self {
        let experiment = scene.experiment;
        let asked = scene.asked();
        let by = experiment.plan.as_ref().map_or(0.0, |plan| plan.hypothesis.by);
        let last = scene.looks.last();
        let found = last.and_then(|look| Past::of(experiment, look)).map(|past| past.effect);
        let (control, _) = scene.variants();
        let old = last.and_then(|look| look.arms.iter().find(|arm| arm.variant == control && arm.confirmed > 0));
        let share = old.filter(|_| metric::is_share(&scene.measure(scene.metric())));
        Self {
            experiment,
            team: owners.get(&experiment.key).cloned().unwrap_or_default(),
            metric: experiment.plan.as_ref().map_or("", |plan| &plan.hypothesis.metric),
            kind: reading::said(scene).conclusion.kind(),
            hoped: libm::log1p(asked.good() * by),
            found: found.map(|effect| (effect.estimate, scene.prior().belief.after(&effect))),
            share: share.map_or(0.0, |arm| real(arm.converted) / real(arm.confirmed)),
        }
    }

    fn is_shipped(&self) -> bool {
        self.experiment.is_shipped()
    }

    /// Numbers that nobody may use are no effect.
    fn effect(&self) -> Option<Value> {
        let (found, belief) = self.found.filter(|_| self.kind != "invalid")?;
        let range = belief.interval(ALPHA);
        let [hoped, found, believed, low, high] =
            [self.hoped, found, belief.mean, range.low, range.high].map(libm::expm1);
        Some(json!({
            "key": self.experiment.key, "title": self.experiment.title, "team": self.team, "metric": self.metric, "kind": self.kind,
            "shipped": self.is_shipped(), "hoped": hoped, "found": found, "believed": believed, "low": low, "high": high,
            "words": format!("hoped for {}, found {}, believed {}", signed(hoped), signed(found), signed(believed)),
        }))
    }
}

/// How many ended how.
fn outcomes(all: &[&Told]) -> Vec<Value> {
    const KINDS: [(&str, &str); 4] = [
        ("better", "Better"),
        ("noEffectAsLarge", "No effect as large as planned"),
        ("worse", "Worse, or harmful"),
        ("other", "Without an answer"),
    ];
    let class = |kind: &str| match kind {
        "better" | "noEffectAsLarge" => KINDS.iter().position(|(name, _)| *name == kind).unwrap_or(3),
        "worse" | "harm" => 2,
        _ => 3,
    };
    let told = KINDS.iter().enumerate().map(|(index, (kind, label))| {
        json!({"kind": kind, "label": label, "count": all.iter().filter(|one| class(one.kind) == index).count()})
    });
    told.collect()
}

/// How those of a team or on a metric ended.
fn group(name: &str, all: &[&Told]) -> Option<Value> {
    (!all.is_empty()).then(|| {
        let shipped = all.iter().filter(|one| one.is_shipped()).count();
        json!({"name": name, "ended": all.len(), "shipped": shipped, "outcomes": outcomes(all)})
    })
}

/// What all that was shipped has brought to a metric, if each effect lasts beside the others.
fn impact(metric: &str, all: &[&Told]) -> Option<Value> {
    let shipped = || all.iter().filter(|one| one.is_shipped() && one.found.is_some());
    // What there was before the first of them.
    let share = shipped().min_by_key(|one| one.experiment.ended)?.share;
    let beliefs: Vec<_> = shipped().filter_map(|one| Some((one.found?.1, one.share))).collect();
    let [believed, low, high] = multiplied(&beliefs, share);
    let how = if share > 0.0 { "multiplied as odds, so that no share passes 100 %" } else { "multiplied" };
    Some(json!({
        "metric": metric, "shipped": beliefs.len(), "believed": believed, "low": low, "high": high,
        "words": format!(
            "{} brought about {} to “{metric}” together, most likely between {} and {}. Effects are {how}, as if each \
             lasted; they rarely last entirely.",
            count(beliefs.len() as u64, "shipped change", "shipped changes"), signed(believed), signed(low), signed(high)
        ),
    }))
}

/// The largest share whose odds are told; no effect takes everybody that there is.
const MOST: f64 = 0.999;

/// The change of all effects together, and its range. Each is the logarithm of a ratio, found where so large a share did it
/// before. They add up as logarithms of odds, which end nowhere; those of a share of 0 are the ratio's own. What is told is
/// the change of a share of `first`.
fn multiplied(all: &[(Belief, f64)], first: f64) -> [f64; 3] {
    let (mut mean, mut variance) = (0.0, 0.0);
    for (belief, share) in all {
        let share = share.min(MOST);
        let gain = belief.mean.min(libm::log(MOST / share));
        let left = 1.0 - share * libm::exp(gain);
        mean += gain + libm::log((1.0 - share) / left);
        variance += belief.sd * belief.sd / (left * left);
    }
    let range = Belief { mean, sd: libm::sqrt(variance) }.interval(ALPHA);
    let before = first.min(MOST);
    [mean, range.low, range.high].map(|odds| {
        let more = libm::expm1(odds);
        // The share after it, beside the one before it.
        more * (1.0 - before) / (1.0 + before * more)
    })
}

#[cfg(test)]
mod tests {
    use super::{Belief, multiplied};

    #[test]
    fn what_was_shipped_takes_no_share_beyond_everybody() {
        let gain = Belief { mean: libm::log(1.25), sd: 0.06 };
        let shares = [0.6, 0.72, 0.79].map(|share| (gain, share));
        let [naive, _, naive_high] = multiplied(&shares.map(|(gain, _)| (gain, 0.0)), 0.0);
        assert!((naive - (1.25_f64.powi(3) - 1.0)).abs() < 1e-12, "without a ceiling gains are multiplied: {naive}");
        assert!(0.6 * (1.0 + naive) > 1.0 && 0.6 * (1.0 + naive_high) > 1.3, "{naive} {naive_high}");
        let [believed, low, high] = multiplied(&shares, 0.6);
        assert!(low < believed && believed < high && 0.6 * (1.0 + high) < 1.0, "{low} {believed} {high}");
        // One by itself has brought what is believed of it.
        let [alone, _, high] = multiplied(&shares[..1], 0.6);
        assert!((alone - 0.25).abs() < 1e-12 && 0.6 * (1.0 + high) < 1.0, "{alone} {high}");
        // Small shares are far from everybody.
        let few = shares.map(|(gain, _)| (gain, 0.01));
        assert!((multiplied(&few, 0.01)[0] - naive).abs() < 0.02);
        // More than everybody was never found, whatever an estimate says.
        let [beyond, low, high] = multiplied(&[(Belief { mean: 0.5, sd: 0.1 }, 0.9), (gain, 1.0)], 0.9);
        assert!([beyond, low, high].iter().all(|change| 0.9 * (1.0 + change) <= 1.0), "{beyond} {low} {high}");
    }
}
