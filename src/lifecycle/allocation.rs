//! A split that may follow what was measured: what a plan needs for that, and where the split of a run stands.

use super::plan::{Plan, Problems};
use super::{Experiment, Run};
use crate::collect::Kind;
use crate::document::Document;
use crate::draw::ALL;
use crate::metric;
use crate::playbook::template::Template;
use crate::playbook::{Playbook, bandit};
use crate::stats::question::Question;
use crate::time::DAY;
use alloc::format;
use alloc::string::ToString;

/// What keeps a plan from moving its split, if it wants to.
pub(super) fn check(plan: &Plan, document: &Document, playbook: &Playbook, problems: &mut Problems) {
    let Some(own) = &plan.bandit else { return };
    let kind = playbook.templates.first();
    if kind.is_none_or(|kind| kind.bandit.is_none()) {
        let cause = "This kind of experiment keeps its split for the life of a run.".to_string();
        return problems.say("/bandit", cause, "Leave it out, or take a kind that allocates by bandit: `campaign`.");
    }
    for (name, cause, fix) in own.wrong() {
        problems.say(&format!("/bandit/{name}"), cause.to_string(), fix);
    }
    let asks = (plan.hypothesis.question == Question::NotWorse).then_some(Question::NotWorse);
    let whole = Template { asks, ..kind.cloned().unwrap_or_default() };
    if let Some(cause) = bandit::clash(&whole, &playbook.method) {
        problems.say("/bandit", cause.to_string(), "Take another kind, whose split stays as it is.");
    }
    let mut unless = |good: bool, pointer: &str, cause: &str, fix: &str| problems.unless(good, pointer, cause, fix);
    let crossed = "A test that is crossed with another one is read by four groups that stay as large as they are.";
    unless(plan.crossed.is_none(), "/crossed", crossed, "Run it alone.");
    let safety = "A test that only looks for harm has nothing that does better.";
    unless(!plan.safety, "/safety", safety, "Expect something of it, or take another kind.");
    let measure = metric::measure(document, &plan.hypothesis.metric);
    let ranks = "The split follows a mean or a share, and a rank of all values is neither.";
    let fix = "Choose a metric that counts, adds up or averages.";
    unless(measure.kind != Kind::Quantile, "/hypothesis/metric", ranks, fix);
    let window = measure.window().unwrap_or(0);
    let late = "Its window closes so late that the split would learn of nobody before the end.";
    let fix = "Choose a metric with a window of at most half of the days that it may take, or with none.";
    unless(2 * window <= i64::from(playbook.longest) * DAY, "/hypothesis/metric", late, fix);
}

impl Experiment {
    /// The weights of control and of the new version in an epoch of its run.
    #[must_use]
    pub fn weights(&self, epoch: u32) -> [u64; 2] {
        let shifts = self.run.as_ref().map_or(&[][..], |run| &run.shifts);
        let last = shifts.iter().rev().find(|shift| shift.epoch <= epoch);
        last.map_or([ALL / 2; 2], |shift| shift.weights)
    }
}

impl Run {
    /// Since when its split stands, at the last stage of its ramp.
    #[must_use]
    pub fn split_since(&self) -> i64 {
        self.shifts.last().map_or(self.since, |last| last.at)
    }
}
