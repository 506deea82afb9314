//! What all experiments that have ended say together: how they ended, how large effects really are beside what was hoped
//! for, and what all that was shipped has brought.
//!
//! The largest effects that were found are the luckiest, so none is taken at its word: each is moved towards what the others
//! on its metric have found, as far as its own error leaves room (empirical Bayes).

use super::figures::signed;
use super::{Past, Scene, count, reading};
use crate::lifecycle::Experiment;
use crate::stats::bayes::Belief;
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
}

impl<'s> Told<'s> {
    fn of(scene: &Scene<'s>, owners: &BTreeMap<String, String>) -> Self {
        let experiment = scene.experiment;
        let asked = scene.asked();
        let by = experiment.plan.as_ref().map_or(0.0, |plan| plan.hypothesis.by);
        let found = scene.looks.last().and_then(|look| Past::of(experiment, look)).map(|past| past.effect);
        Self {
            experiment,
            team: owners.get(&experiment.key).cloned().unwrap_or_default(),
            metric: experiment.plan.as_ref().map_or("", |plan| &plan.hypothesis.metric),
            kind: reading::said(scene).conclusion.kind(),
            hoped: libm::log1p(asked.good() * by),
            found: found.map(|effect| (effect.estimate, scene.prior().belief.after(&effect))),
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

/// What all that was shipped has brought to a metric, if effects add up.
fn impact(metric: &str, all: &[&Told]) -> Option<Value> {
    let shipped: Vec<Belief> =
        all.iter().filter(|one| one.is_shipped()).filter_map(|one| one.found).map(|(_, belief)| belief).collect();
    if shipped.is_empty() {
        return None;
    }
    let variance: f64 = shipped.iter().map(|belief| belief.sd * belief.sd).sum();
    let together = Belief { mean: shipped.iter().map(|belief| belief.mean).sum(), sd: libm::sqrt(variance) };
    let range = together.interval(ALPHA);
    let [believed, low, high] = [together.mean, range.low, range.high].map(libm::expm1);
    Some(json!({
        "metric": metric, "shipped": shipped.len(), "believed": believed, "low": low, "high": high,
        "words": format!(
            "{} brought about {} to “{metric}” together, most likely between {} and {}, if effects add up and last.",
            count(shipped.len() as u64, "shipped change", "shipped changes"), signed(believed), signed(low), signed(high)
        ),
    }))
}
