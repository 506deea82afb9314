//! An explanation for people: one line a step, indented by rule.

use super::words::{clock, quoted, share};
use super::{Decided, Explanation, Outcome, Step};
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use serde_json::Value as Json;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "{} serves {}, {}", self.flag, value(&self.decision), self.because())?;
        writeln!(f, "at {}\n", clock(self.now))?;
        let last = self.steps.len().saturating_sub(1);
        let lines = |f: &mut fmt::Formatter, rule: Option<u16>| {
            let own = self.steps.iter().enumerate().filter(|(_, step)| step.rule == rule);
            own.filter(|(index, _)| rule.is_some() || *index < last).try_for_each(|(_, step)| line(f, step))
        };
        if self.steps[..last].iter().any(|step| step.rule.is_none()) {
            writeln!(f, "before the rules")?;
            lines(f, None)?;
        }
        for path in &self.rules {
            let outcome = match path.outcome {
                Outcome::Matched => "matched",
                Outcome::Passed => "did not match",
                Outcome::Failed => "could not be decided",
                Outcome::NotRunning => "never matches: its experiment has no run",
                Outcome::NotReached => "was not reached",
            };
            writeln!(f, "rule {} {outcome}  {}", path.rule, path.place)?;
            lines(f, Some(path.rule))?;
        }
        if let Some(end) = self.steps.last().filter(|step| step.rule.is_none()) {
            writeln!(f, "in the end")?;
            line(f, end)?;
        }
        for warning in &self.warnings {
            writeln!(f, "warning: {} is unusable. {}", warning.attribute, warning.why)?;
        }
        Ok(())
    }
}

impl Explanation {
    /// Why, in a few words.
    fn because(&self) -> String {
        let Decided { reason, error, rule, run, .. } = &self.decision;
        let place = self.steps.last().map(|step| step.place.as_str()).unwrap_or_default();
        let who = match (error, rule) {
            (Some(error), _) => format!("its off variant, because of an error: {error}"),
            (None, Some(rule)) => format!("by rule {rule}"),
            (None, None) if place.ends_with("/holdout") => "because the unit is held out".to_string(),
            (None, None) if place.contains("/forced/") => "because the unit is forced".to_string(),
            (None, None) if *reason == "DISABLED" => "because it is switched off".to_string(),
            (None, None) if place.ends_with("/off") => "because a prerequisite is not met".to_string(),
            (None, None) if self.rules.is_empty() => "because it has no rules".to_string(),
            (None, None) => "because no rule matched".to_string(),
        };
        let run = run.as_ref().map(|run| format!(", run {run}")).unwrap_or_default();
        format!("{who} ({reason}{run})")
    }
}

fn value(decided: &Decided) -> String {
    let json = decided.value.to_string();
    let short = if json.chars().count() > 60 { json.chars().take(60).collect::<String>() + "..." } else { json };
    format!("\"{}\" = {short}", decided.variant)
}

fn line(f: &mut fmt::Formatter, step: &Step) -> fmt::Result {
    let answer = match step.held {
        Some(held) if held == step.inverted => "no ",
        Some(_) => "yes",
        None => "=> ",
    };
    let asks = if step.inverted { format!("not ({})", step.asks) } else { step.asks.clone() };
    write!(f, "  {answer} {asks}")?;
    if let Some(draw) = &step.draw {
        write!(f, "; it is {} ({} of 2^32, salt {})", share(draw.percent), draw.draw, draw.salt)?;
    } else if let Some(trouble) = &step.trouble {
        write!(f, " -- {trouble}")?;
    } else if let Some(found) = step.attribute.as_ref().filter(|found| found.kind != "missing") {
        write!(f, "; it is {}", short(&found.value))?;
    }
    if let Some(other) = &step.serves {
        write!(f, "; it serves \"{}\" ({})", other.variant, other.reason)?;
    }
    let inside = step.rule.map(|rule| format!("/rules/{rule}"));
    let place = inside.and_then(|rule| step.place.split_once(&rule)).map_or(step.place.as_str(), |(_, inside)| inside);
    writeln!(f, "  [{place}]")
}

fn short(value: &Json) -> String {
    match value {
        Json::String(text) => quoted(text),
        Json::Array(items) if items.len() > 5 => format!("a list of {} items", items.len()),
        other => other.to_string(),
    }
}
