//! What a document may not change of the one before it: a run that people are in.
//!
//! Within a run only the rollout moves, one epoch a step, and the split of a run whose visitors keep what they have met
//! (`sticky`): it then holds for whoever comes from that epoch on. Anything else would show some visitors another variant,
//! or count them by another rule, without a trace in the numbers; that needs a new run.

use crate::document::{Code, Document, Experiment, Problem, Run};
use crate::environment::Environment;
use crate::order;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// All that `new` changes of the runs of `old` that go on in it.
pub(super) fn check(old: &Document, new: &Document, environment: Environment) -> Vec<Problem> {
    let mut problems = Vec::new();
    let goes_on = |id: &String| runs(old).any(|(_, _, before)| before.id == *id);
    if old.intake != new.intake && runs(new).any(|(_, _, run)| goes_on(&run.id)) {
        let cause = "A run is under way, and its units are counted by the other rule.".to_string();
        let fix = "End all runs first; signed and open units are never counted together.".to_string();
        problems.push(Problem::new("/intake".to_string(), Code::Run, cause, fix));
    }
    for (key, experiment, run) in runs(new) {
        if let Some((was, before)) =
            runs(old).find(|(_, _, before)| before.id == run.id).map(|(_, was, run)| (was, run))
        {
            let place = format!("/experiments/{key}");
            compare(&place, (was, before), (experiment, run), &mut problems);
            // Only there somebody has approved what visitors meet; the others are for trying.
            if environment == Environment::Production {
                what_it_shows((old, was), (new, experiment), &mut problems);
            }
        }
    }
    problems
}

fn runs(document: &Document) -> impl Iterator<Item = (&String, &Experiment, &Run)> {
    document.experiments.iter().filter_map(|(key, experiment)| Some((key, experiment, experiment.run.as_ref()?)))
}

fn compare(
    place: &str,
    (was, before): (&Experiment, &Run),
    (is, run): (&Experiment, &Run),
    problems: &mut Vec<Problem>,
) {
    let fixed = [
        ("flag", was.flag != is.flag),
        ("metric", was.metric != is.metric),
        ("guardrails", was.guardrails != is.guardrails),
        ("control", was.control != is.control),
        ("unit", was.unit != is.unit),
        ("slot", was.slot != is.slot),
        ("sticky", was.sticky != is.sticky),
        ("run/salt", before.salt != run.salt),
        ("run/hash", before.hash != run.hash),
        ("run/split", before.split != run.split && !may_move((was, before), (is, run))),
    ];
    let mut report = |what: &str, cause: String, fix: &str| {
        problems.push(Problem::new(format!("{place}/{what}"), Code::Run, cause, fix.to_string()));
    };
    for (what, _) in fixed.iter().filter(|(_, changed)| *changed) {
        let cause = format!("The run `{}` is under way, and this is fixed for its life.", run.id);
        report(what, cause, "Take the change back, or begin a new run with an id and a salt of its own.");
    }
    if run.epoch < before.epoch {
        let cause = format!("The epoch was {} already.", before.epoch);
        report("run/epoch", cause, "Epochs only count up.");
    } else if run.epoch == before.epoch && run.rollout != before.rollout {
        let cause = format!("The rollout changes within epoch {}.", run.epoch);
        report("run/epoch", cause, "Raise the epoch by one together with the rollout.");
    } else if run.epoch == before.epoch && run.split != before.split && was.sticky {
        let cause = format!("The split changes within epoch {}.", run.epoch);
        report("run/epoch", cause, "Raise the epoch by one together with the split.");
    }
}

/// Whether a split may become another one: of the same variants, each of which still has draws, where visitors keep theirs.
fn may_move((was, before): (&Experiment, &Run), (is, run): (&Experiment, &Run)) -> bool {
    was.sticky && is.sticky && variants(before) == variants(run)
}

/// The variants that have draws.
fn variants(run: &Run) -> BTreeSet<&str> {
    let mut start = 0;
    let mut drawn = Vec::new();
    for (end, variant) in &run.split {
        if *end > start {
            drawn.push(variant.as_str());
        }
        start = *end;
    }
    order::each(drawn)
}

/// What a run's visitors meet, and how they are counted, is approved with it: the values of its flag, the pages that the
/// flag edits, and its metrics.
fn what_it_shows(
    (old, was): (&Document, &Experiment),
    (new, is): (&Document, &Experiment),
    problems: &mut Vec<Problem>,
) {
    let mut fixed = |pointer: String| {
        let cause = "A run is under way, and this is what its visitors were promised to meet.".to_string();
        let fix = "Take the change back, or make it in a new experiment.".to_string();
        problems.push(Problem::new(pointer, Code::Run, cause, fix));
    };
    let variants = |document: &Document, flag: &str| document.flags.get(flag).map(|flag| flag.variants.clone());
    if variants(old, &was.flag) != variants(new, &is.flag) {
        fixed(format!("/flags/{}/variants", is.flag));
    }
    let pages = |document: &Document, flag: &str| -> Vec<_> {
        document
            .pages
            .iter()
            .filter(|(_, page)| page.flag == flag)
            .map(|(key, page)| (key.clone(), page.clone()))
            .collect()
    };
    let (before, after) = (pages(old, &was.flag), pages(new, &is.flag));
    if let Some((key, _)) =
        before.iter().find(|page| !after.contains(page)).or_else(|| after.iter().find(|page| !before.contains(page)))
    {
        fixed(format!("/pages/{key}"));
    }
    for metric in core::iter::once(&is.metric).chain(&is.guardrails).chain(&was.metrics) {
        let event = |document: &Document| document.metrics.get(metric).map(|metric| metric.event.clone());
        let measure = |document: &Document| document.metrics.get(metric).map(|metric| metric.measure.clone());
        if event(old) != event(new) {
            fixed(format!("/metrics/{metric}/event"));
        } else if measure(old) != measure(new) {
            fixed(format!("/metrics/{metric}/measure"));
        }
    }
}
