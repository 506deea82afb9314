//! Draws that two things would share: then who is in one says who is in the other.

use super::Check;
use crate::document::{Code, Rule};
use alloc::format;
use alloc::vec::Vec;
use litemap::LiteMap;

impl Check<'_> {
    /// No two runs share a name or a salt: their draws would be one and the same.
    pub(super) fn draws(&mut self) {
        let runs =
            || self.document.experiments.iter().filter_map(|(key, experiment)| Some((key, experiment.run.as_ref()?)));
        let (mut ids, mut salts) = (LiteMap::new_vec(), LiteMap::new_vec());
        let mut found = Vec::new();
        for (key, run) in runs() {
            for (what, name, seen) in [("id", &run.id, &mut ids), ("salt", &run.salt, &mut salts)] {
                if let Some(other) = seen.insert(name.as_str(), key.as_str()) {
                    let cause =
                        format!("The run of `{other}` has this {what} too, so their draws are not independent.");
                    found.push((format!("/experiments/{key}/run/{what}"), cause));
                }
            }
        }
        for (place, cause) in found {
            self.report(&place, Code::Draw, cause, "Give each run its own.");
        }
        self.rollouts(&salts);
    }

    /// No rollout has the salt of a run, but for a rule behind the run's own that serves one variant to whoever is drawn
    /// next; and one salt draws one attribute of a flag. Two flags may mean the same units, so a salt that they share is
    /// only a warning. `runs` are the keys of experiments by their runs' salts.
    fn rollouts(&mut self, runs: &LiteMap<&str, &str>) {
        let mut owners = LiteMap::new_vec();
        for (key, flag) in &self.document.flags {
            let (mut units, mut tested) = (LiteMap::new_vec(), None);
            for (index, rule) in flag.rules.iter().enumerate() {
                tested = rule.experiment.as_deref().or(tested);
                for (name, salt, drawn) in shares(rule) {
                    let place = format!("/flags/{key}/rules/{index}/{name}");
                    let owner = owners.entry(salt).or_insert(key.as_str());
                    let unit = units.entry(salt).or_insert(drawn);
                    let own = |experiment: &&&str| name == "rollout" && tested == Some(**experiment);
                    if let Some(experiment) = runs.get(salt).filter(|experiment| !own(experiment)) {
                        let cause =
                            format!("The run of `{experiment}` has this salt too, so their draws are not independent.");
                        self.report(&format!("{place}/salt"), Code::Draw, cause, "Give the rule its own.");
                    } else if *unit != drawn {
                        let cause = format!("Under this salt, a rule before this one draws `{unit}`.");
                        self.report(
                            &format!("{place}/unit"),
                            Code::Draw,
                            cause,
                            "Draw the same here, or use another salt.",
                        );
                    } else if *owner != key {
                        let cause =
                            format!("A rule of `{owner}` has this salt too, so their draws are not independent.");
                        self.warn(&format!("{place}/salt"), Code::Draw, cause, "Give each flag its own.");
                    }
                }
            }
        }
    }
}

/// The draws of a rule: what it is called there, its salt and its attribute.
fn shares(rule: &Rule) -> impl Iterator<Item = (&'static str, &str, &str)> {
    let rollout = rule.rollout.as_ref().map(|rollout| ("rollout", rollout.salt.as_str(), rollout.unit.as_str()));
    let ramp = rule.ramp.as_ref().map(|ramp| ("ramp", ramp.salt.as_str(), ramp.unit.as_str()));
    let split = rule.split.as_ref().map(|split| ("split", split.salt.as_str(), split.unit.as_str()));
    rollout.into_iter().chain(ramp).chain(split)
}
