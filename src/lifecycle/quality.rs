//! The quality check of each variant: somebody has looked at a signed preview of it and says that it is as it should be.
//! Their word stands for one plan, and is asked for again when that changes.

use super::checks::{Facts, List, Standing, ago, tests};
use super::plan::{Change, Plan};
use super::{Actor, Experiment, Refusal, launch};
use crate::document::{Document, Edit, Page};
use crate::time::Millis;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Somebody's word on a variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quality {
    /// When they gave it.
    pub at: i64,
    /// Who.
    pub who: String,
    /// The digest of the plan that it was about.
    pub digest: String,
}

/// Whether somebody has looked at every variant of the plan as it is.
pub(super) fn check(list: &mut List, plan: &Plan, facts: &Facts) {
    let (_, control, treatment) = launch::names(facts.experiment);
    let digest = plan.digest(facts.document);
    for variant in [control, treatment].into_iter().filter(|variant| !variant.is_empty()) {
        let pointer = format!("/quality/{variant}");
        let mut say = |state, sentence, next| list.say(("quality", &variant), state, &pointer, sentence, next);
        match facts.experiment.quality.get(&variant) {
            Some(Quality { at, who, digest: seen }) if *seen == digest => {
                let sentence = format!("{who} looked at “{variant}” {}: it is as it should be.", ago(facts.now - at));
                say(Standing::Ok, sentence, "");
            }
            Some(Quality { who, .. }) => {
                let sentence = format!("The plan has changed since {who} looked at “{variant}”.");
                say(Standing::Stop, sentence, LOOK);
            }
            None => say(Standing::Stop, format!("Nobody has looked at “{variant}” yet."), LOOK),
        }
    }
}

const LOOK: &str = "Open its preview, and say that it is as it should be.";

/// Takes somebody's word on a variant, of which they bring the preview.
pub(super) fn confirm(
    mut next: Experiment,
    variant: &str,
    shown: &Value,
    by: &Actor,
    now: Millis,
    document: &Document,
) -> Result<Experiment, Refusal> {
    let plan = next.plan.clone().unwrap_or_default();
    let (_, control, treatment) = launch::names(&next);
    if variant.is_empty() || ![&control, &treatment].contains(&&variant.to_string()) {
        let fix = format!("Name “{control}” or “{treatment}”.");
        return Err(Refusal::forbidden("The plan has no such variant.", &fix));
    }
    if !shows(shown, &next, &plan, variant, document) {
        let error = format!("This is no preview of “{variant}” as the plan has it.");
        let fix = "Open one as it is now, and send its address as `preview`.";
        return Err(Refusal::forbidden(&error, fix));
    }
    let word = Quality { at: now.0, who: by.name.clone(), digest: plan.digest(document) };
    next.quality.insert(variant.to_string(), word);
    Ok(next.says(by, now, format!("looked at “{variant}”: it is as it should be")))
}

/// Whether a preview shows a variant of the plan.
fn shows(shown: &Value, experiment: &Experiment, plan: &Plan, variant: &str, document: &Document) -> bool {
    let (flag, _, treatment) = launch::names(experiment);
    let (Some(path), Some(edits)) = (shown["path"].as_str(), shown["edits"].as_array()) else {
        return matches!(plan.change, Change::Flag { .. }) && shown["variants"][flag.as_str()] == variant;
    };
    if let Some((page, new)) = launch::edited(&plan.change) {
        let due = if variant == treatment { new } else { Vec::new() };
        return path == page && due.iter().map(|edit| &edit.0).eq(edits);
    }
    let at = Page { path: path.to_string(), host: None, query: None, flag: flag.clone(), variants: <_>::default() };
    let of = |page: &Page| page.variants.get(variant).cloned().unwrap_or_default();
    let to = |edit: &Edit| Some(edit.change().filter(|(kind, _)| *kind == "redirect")?.1.clone());
    // Where a variant leads elsewhere its preview is that page.
    let led = tests(document, &flag).flat_map(of).any(|edit| to(&edit).is_some_and(|to| to == path));
    let here: Vec<_> = tests(document, &flag).filter(|page| page.may_meet(&at)).collect();
    let own: Vec<_> = here.iter().flat_map(|page| of(page)).collect();
    let stays = !here.is_empty() && own.iter().all(|edit| to(edit).is_none());
    (led && edits.is_empty()) || (stays && own.iter().map(|edit| &edit.0).eq(edits))
}
