//! Flags, their values and their rules.

use super::Check;
use crate::document::{Code, Flag, FlagIs, Forced, Kind, Ramp, Rule, below, value};
use crate::limits;
use alloc::format;
use alloc::string::ToString;
use serde_json::Value;

impl Check<'_> {
    pub(super) fn flag(&mut self, place: &str, key: &str, flag: &Flag) {
        self.name(place, key, true);
        self.values(place, flag);
        self.known(&format!("{place}/off"), "variant", &flag.off, &flag.variants);
        self.known(&format!("{place}/otherwise"), "variant", &flag.otherwise, &flag.variants);
        for (index, prerequisite) in flag.prerequisites.iter().enumerate() {
            self.flag_is(&format!("{place}/prerequisites/{index}"), prerequisite);
        }
        for (index, forced) in flag.forced.iter().enumerate() {
            self.forced(&format!("{place}/forced/{index}"), forced, flag);
        }
        if let Some(holdout) = &flag.holdout {
            self.known(&format!("{place}/holdout"), "holdout", holdout, &self.document.holdouts);
        }
        let conditions = flag.rules.iter().filter(|rule| rule.condition.is_some()).count();
        self.limit(&format!("{place}/rules"), conditions, limits::RULES, "rules with a condition");
        for (index, rule) in flag.rules.iter().enumerate() {
            self.rule(&format!("{place}/rules/{index}"), key, flag, rule);
        }
        self.for_clients(place, key, flag);
    }

    fn values(&mut self, place: &str, flag: &Flag) {
        let variants = format!("{place}/variants");
        self.limit(&variants, flag.variants.len(), limits::VARIANTS, "variants");
        if flag.variants.is_empty() {
            self.report(&variants, Code::Conflict, "The flag has no variants.".into(), "Add at least one.");
        }
        let schema_place = format!("{place}/schema");
        let mut unclear = flag.schema.as_ref().map(|schema| value::schema_problems(schema, &schema_place));
        if let Some(problems) = &mut unclear {
            if flag.kind != Kind::Json && problems.is_empty() {
                let cause = "Only values of the kind `json` have a schema.".to_string();
                self.report(&schema_place, Code::Conflict, cause, "Remove it, or change the `kind`.");
            }
            self.take(problems);
        }
        for (variant, value) in &flag.variants {
            let place = below(&variants, variant);
            self.name(&place, variant, false);
            let (fits, due) = match flag.kind {
                Kind::Boolean => (value.is_boolean(), "true or false"),
                Kind::String => (value.is_string(), "a text"),
                Kind::Number => (value.is_number(), "a number"),
                Kind::Json => (!matches!(value, Value::Null), "any JSON but null"),
            };
            if !fits {
                let cause = format!("The value is not of the flag's kind; {due} is due.");
                self.report(&place, Code::Conflict, cause, "Change the value or the flag's `kind`.");
            }
            let bytes = value.as_str().map_or_else(|| value.to_string().len(), str::len);
            self.limit(&place, bytes, limits::VALUE_BYTES, "bytes in this value");
            if let (Some(schema), Some([])) = (&flag.schema, unclear.as_deref()) {
                self.take(&mut value::problems(schema, value, &place));
            }
        }
    }

    fn forced(&mut self, place: &str, forced: &Forced, flag: &Flag) {
        self.known(&format!("{place}/serve"), "variant", &forced.serve, &flag.variants);
        self.attribute(&format!("{place}/unit"), &forced.unit);
        self.limit(&format!("{place}/ids"), forced.ids.len(), limits::FORCED_IDS, "ids");
    }

    /// Another flag that exists and is in use, and variants that it has.
    pub(super) fn flag_is(&mut self, place: &str, test: &FlagIs) {
        let document = self.document;
        if !self.known(&format!("{place}/key"), "flag", &test.key, &document.flags) {
            return;
        }
        let other = &document.flags[&test.key];
        if other.archived {
            let cause = format!("`{}` is archived, so it only ever serves `{}`.", test.key, other.off);
            self.report(&format!("{place}/key"), Code::Conflict, cause, "Name a flag that is in use.");
        }
        for (index, variant) in test.is.iter().enumerate() {
            self.known(&format!("{place}/is/{index}"), "variant", variant, &other.variants);
        }
    }

    fn rule(&mut self, place: &str, key: &str, flag: &Flag, rule: &Rule) {
        let served = [rule.serve.is_some(), rule.split.is_some(), rule.experiment.is_some()];
        let count = served.into_iter().filter(|serves| *serves).count();
        if count != 1 {
            let cause = if count > 1 { "It serves more than one thing." } else { "It serves nothing." };
            let fix = "Write exactly one of `serve`, `split` and `experiment`.";
            self.report(place, Code::Conflict, cause.into(), fix);
        }
        if let Some(variant) = &rule.serve {
            self.known(&format!("{place}/serve"), "variant", variant, &flag.variants);
        }
        if let Some(split) = &rule.split {
            let place = format!("{place}/split");
            self.name(&format!("{place}/salt"), &split.salt, false);
            self.attribute(&format!("{place}/unit"), &split.unit);
            self.ranges(&format!("{place}/ranges"), &split.ranges, flag);
        }
        if let Some(name) = &rule.experiment {
            let place = format!("{place}/experiment");
            let document = self.document;
            if self.known(&place, "experiment", name, &document.experiments) && document.experiments[name].flag != key {
                let cause = "This experiment is about another flag.".to_string();
                self.report(&place, Code::Conflict, cause, "Name an experiment whose `flag` is this one.");
            }
        }
        self.share(place, rule);
        self.window(place, rule);
        if let Some(condition) = &rule.condition {
            self.condition(&format!("{place}/if"), condition);
        }
    }

    fn share(&mut self, place: &str, rule: &Rule) {
        let draws = [
            ("rollout", rule.rollout.as_ref().map(|rollout| (&rollout.salt, &rollout.unit))),
            ("ramp", rule.ramp.as_ref().map(|ramp| (&ramp.salt, &ramp.unit))),
        ];
        for (name, draw) in draws {
            let Some((salt, unit)) = draw else { continue };
            let place = format!("{place}/{name}");
            if rule.experiment.is_some() {
                let cause = "The experiment's run has a rollout of its own.".to_string();
                self.report(&place, Code::Conflict, cause, "Remove this one, and set the run's.");
            }
            self.name(&format!("{place}/salt"), salt, false);
            self.attribute(&format!("{place}/unit"), unit);
        }
        if rule.rollout.is_some() && rule.ramp.is_some() {
            let cause = "The rule has a rollout, too.".to_string();
            self.report(&format!("{place}/ramp"), Code::Conflict, cause, "Keep one of the two.");
        }
        if let Some(ramp) = &rule.ramp {
            self.ramp(&format!("{place}/ramp"), ramp);
        }
    }

    fn ramp(&mut self, place: &str, ramp: &Ramp) {
        self.limit(&format!("{place}/points"), ramp.points.len(), limits::RAMP_POINTS, "points");
        let mut last = None;
        for (index, (time, _)) in ramp.points.iter().enumerate() {
            let place = format!("{place}/points/{index}/0");
            let Some(time) = self.moment(&place, time) else { continue };
            if last.is_some_and(|last| time <= last) {
                let cause = "This point is not later than the one before it.".to_string();
                self.report(&place, Code::Conflict, cause, "Let the times rise.");
            }
            if ramp.linear && last.is_some_and(|last: i64| time.saturating_sub(last) > limits::RAMP_SPAN) {
                let cause = "It lies more than 17 years after the point before it.".to_string();
                self.report(&place, Code::Limit, cause, "Put a point between the two.");
            }
            last = Some(time);
        }
    }

    fn window(&mut self, place: &str, rule: &Rule) {
        let from = rule.from.as_ref().and_then(|time| self.moment(&format!("{place}/from"), time));
        let until = rule.until.as_ref().and_then(|time| self.moment(&format!("{place}/until"), time));
        if let (Some(from), Some(until)) = (from, until)
            && from >= until
        {
            let place = format!("{place}/until");
            self.report(&place, Code::Conflict, "It ends before it begins.".into(), "Exchange the two.");
        }
    }
}
