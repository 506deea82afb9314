//! A split that follows what was measured: whoever comes meets what does better more often, and each version some.

use super::Method;
use super::template::{Reads, Template};
use crate::draw::ALL;
use crate::stats::question::Question;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The smallest share that a version may fall to: with fewer, days pass before anything is known of it.
const LEAST: f64 = 0.05;

/// Days at most between two moves; whoever waits longer wants no bandit.
const DAYS: u16 = 7;

/// How a split follows what was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Bandit {
    /// The share of those who come that each version has at least.
    pub floor: f64,
    /// Days of the project's zone from one move to the next.
    pub days: u16,
}

impl Default for Bandit {
    fn default() -> Self {
        Self { floor: 0.1, days: 1 }
    }
}

impl Bandit {
    /// Draws that each version has at least.
    #[must_use]
    pub fn least(&self) -> u64 {
        #[expect(clippy::cast_sign_loss, reason = "a share is positive")]
        let least = libm::floor(self.floor.clamp(0.0, 0.5) * crate::stats::real(ALL)) as u64;
        least
    }

    /// The new version's share by these weights, in words.
    #[must_use]
    pub fn told([old, new]: [u64; 2]) -> String {
        let share = crate::stats::real(new) / crate::stats::real((old + new).max(1));
        format!("{:.0} %", 100.0 * share)
    }

    /// What is wrong with its numbers: where, why, and what to do.
    pub(crate) fn wrong(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        let mut wrong = Vec::new();
        if !(LEAST..0.5).contains(&self.floor) {
            let cause = "Each version needs a share of those who come, and two have no more than halves.";
            wrong.push(("floor", cause, "Take a number from 0.05 to below 0.5; 0.1 is usual."));
        }
        if !(1..=DAYS).contains(&self.days) {
            wrong.push(("days", "It moves once in one to seven days.", "Take 1 for every day."));
        }
        wrong
    }

    /// Why a kind of experiment that is read like this cannot have one.
    pub(super) fn problem(&self, template: &Template, method: &Method) -> Option<&'static str> {
        if let Some((_, cause, _)) = self.wrong().first() {
            return Some(cause);
        }
        clash(template, template.method.as_ref().unwrap_or(method))
    }

    /// What it does, and what it does not promise, a sentence each.
    #[must_use]
    pub fn promises(&self, last: u8) -> Vec<String> {
        let percent = |share: f64| format!("{:.0} %", 100.0 * share);
        let every = if self.days == 1 { "Once a day".into() } else { format!("Once in {} days", self.days) };
        Vec::from([
            format!(
                "{every}, once the ramp is at {last} %, the split moves by itself: each version gets the share that its chance \
                 to be the better one is, and never less than {} of those who come; the new one {} at most.",
                percent(self.floor),
                percent(1.0 - self.floor)
            ),
            "Whoever has met a version at the edge keeps it, by a signed cookie; who loses that, and applications that decide \
             by themselves, draw again, and count by what was met first."
                .into(),
            "A claim is as safe as with halves, however the split moves; but it takes more visitors, because fewer meet the \
             version that does worse."
                .into(),
            "It does not promise that what it favours is better: only the conclusion says that.".into(),
        ])
    }
}

/// Why what a kind is about, or how it is read, goes with no split that moves.
pub(crate) fn clash(template: &Template, method: &Method) -> Option<&'static str> {
    if *method != Method::Anytime {
        return Some("Looks that are planned by size count on a split that stays as it is.");
    }
    if template.asks == Some(Question::NotWorse) {
        return Some("A risky change goes up in steps of its ramp, and not by what seems to do better.");
    }
    match template.reads {
        Reads::New => None,
        Reads::Same => Some("Two versions that are the same have no better one."),
        Reads::Together => Some("Those who go without a team's changes stay so many."),
        Reads::Crossed => Some("Two changes at once are read by four groups that stay as large as they are."),
    }
}
