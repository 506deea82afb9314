//! Experiments, their runs, layers and holdouts, and tables of draws.

use super::Check;
use crate::document::{Code, Experiment, Flag, Run, Slot};
use crate::draw::ALL;
use alloc::format;
use alloc::string::{String, ToString};
use litemap::LiteMap;

impl Check<'_> {
    pub(super) fn experiment(&mut self, place: &str, key: &str, experiment: &Experiment) {
        self.name(place, key, false);
        self.attribute(&format!("{place}/unit"), &experiment.unit);
        let document = self.document;
        self.known(&format!("{place}/metric"), "metric", &experiment.metric, &document.metrics);
        for (name, metrics) in [("guardrails", &experiment.guardrails), ("metrics", &experiment.metrics)] {
            for (index, metric) in metrics.iter().enumerate() {
                self.known(&format!("{place}/{name}/{index}"), "metric", metric, &document.metrics);
            }
        }
        if let Some(slot) = &experiment.slot {
            self.slot(&format!("{place}/slot"), key, experiment, slot);
        }
        if !self.known(&format!("{place}/flag"), "flag", &experiment.flag, &document.flags) {
            return;
        }
        let flag = &document.flags[&experiment.flag];
        self.known(&format!("{place}/control"), "variant", &experiment.control, &flag.variants);
        if let Some(run) = &experiment.run {
            self.run(&format!("{place}/run"), run, flag, &experiment.control);
        }
    }

    fn slot(&mut self, place: &str, key: &str, experiment: &Experiment, slot: &Slot) {
        let document = self.document;
        if !self.known(&format!("{place}/layer"), "layer", &slot.layer, &document.layers) {
            return;
        }
        if document.layers[&slot.layer].unit != experiment.unit {
            let cause = format!(
                "The layer draws `{}`, the experiment `{}`.",
                document.layers[&slot.layer].unit, experiment.unit
            );
            self.report(&format!("{place}/layer"), Code::Draw, cause, "Let both draw the same `unit`.");
        }
        if slot.from >= slot.below {
            let cause = "The slot ends where it begins, or before it.".to_string();
            self.report(&format!("{place}/below"), Code::Split, cause, "Let `below` be above `from`.");
        }
        let others =
            document.experiments.iter().filter_map(|(other, experiment)| Some((other, experiment.slot.as_ref()?)));
        let mut before = others.take_while(|(other, _)| *other != key);
        if let Some((other, _)) =
            before.find(|(_, other)| other.layer == slot.layer && other.from < slot.below && slot.from < other.below)
        {
            let cause = format!("The slot overlaps that of `{other}`, so units could be in both.");
            self.report(place, Code::Draw, cause, "Give each experiment of the layer a slot of its own.");
        }
    }

    /// Keys, salts and attributes of layers and holdouts.
    pub(super) fn kept_apart(&mut self) {
        let document = self.document;
        let layers = document.layers.iter().map(|(key, layer)| ("layers", key, &layer.salt, &layer.unit));
        let holdouts = document.holdouts.iter().map(|(key, holdout)| ("holdouts", key, &holdout.salt, &holdout.unit));
        let (mut layered, mut held) = (LiteMap::new_vec(), LiteMap::new_vec());
        for (part, key, salt, unit) in layers.chain(holdouts) {
            let place = format!("/{part}/{key}");
            self.name(&place, key, false);
            self.name(&format!("{place}/salt"), salt, false);
            self.attribute(&format!("{place}/unit"), unit);
            let salts = if part == "layers" { &mut layered } else { &mut held };
            if let Some(other) = salts.insert(salt.as_str(), key.as_str()) {
                let cause = format!("`{other}` has this salt too, so their draws are not independent.");
                self.report(&format!("{place}/salt"), Code::Draw, cause, "Give each its own.");
            }
        }
    }

    fn run(&mut self, place: &str, run: &Run, flag: &Flag, control: &str) {
        self.name(&format!("{place}/id"), &run.id, false);
        self.name(&format!("{place}/salt"), &run.salt, false);
        self.ranges(&format!("{place}/split"), &run.split, flag);
        if !run.split.iter().any(|(_, variant)| variant == control) {
            let cause = "No range leads to the control, so there is nothing to compare with.".to_string();
            self.report(&format!("{place}/split"), Code::Split, cause, format!("Give a range to `{control}`."));
        }
    }

    /// Ranges that together are all draws, each once.
    pub(super) fn ranges(&mut self, place: &str, ranges: &[(u64, String)], flag: &Flag) {
        let mut start = 0;
        for (index, (end, variant)) in ranges.iter().enumerate() {
            let place = format!("{place}/{index}");
            self.known(&format!("{place}/1"), "variant", variant, &flag.variants);
            if *end <= start {
                let cause = format!("The range ends at {end}, where the one before it ended at {start}.");
                self.report(&place, Code::Split, cause, "Let the ends rise.");
            }
            start = *end;
        }
        if start != ALL {
            let cause = format!("The last range ends at {start}, so some units would meet no variant.");
            self.report(place, Code::Split, cause, "End the last range at 4294967296 (2^32).");
        }
    }
}
