//! What a plan's template asks for, besides what every plan has to say.

use super::plan::{Change, Plan, Problems};
use crate::document::{Document, FlagIs};
use crate::metric;
use crate::playbook::Playbook;
use crate::playbook::template::{Kind, Need, Reads, Template};
use crate::stats::question::Question;
use alloc::format;
use alloc::string::String;

/// The plan with what its template asks of the metric that decides, and how it allocates, so that nobody has to know how that is
/// written.
pub(super) fn asking(mut plan: Plan, playbook: &Playbook) -> Plan {
    let own = plan.template.as_ref().and_then(|origin| playbook.kind(&origin.key));
    let Some(Template { asks, bandit, .. }) = own else { return plan };
    plan.hypothesis.question = asks.unwrap_or(plan.hypothesis.question);
    plan.bandit = plan.bandit.or(bandit);
    plan
}

/// What a plan lacks that its template asks for.
pub(super) fn check(template: &Template, plan: &Plan, document: &Document, problems: &mut Problems) {
    let is = match &plan.change {
        Change::Words { .. } => Kind::Words,
        Change::Pages { .. } => Kind::Pages,
        Change::Flag { .. } => Kind::Flag,
    };
    let name = &template.name;
    let mut say = |pointer: &str, cause: String, fix: &str| problems.say(pointer, cause, fix);
    if template.change.is_some_and(|kind| kind != is) {
        let what = match template.change {
            Some(Kind::Words) => "words on a page",
            Some(Kind::Pages) => "two pages",
            _ => "a flag",
        };
        say("/change", format!("“{name}” is about {what}."), "Take that, or another template.");
    }
    if matches!(template.reads, Reads::Same | Reads::Together) && !plan.hypothesis.question.is_usual() {
        let cause = format!("“{name}” asks its own question, and none about a margin.");
        say("/hypothesis/question", cause, "Ask whether it is better.");
    }
    if let Some(asks) = template.asks.filter(|asks| *asks != plan.hypothesis.question) {
        let (cause, fix) = match asks {
            Question::Better => ("whether it is better", "Ask whether it is better."),
            Question::NotWorse => {
                ("whether it is not worse by more than a margin", "Ask that: `notWorse`, and `by` is the margin.")
            }
        };
        say("/hypothesis/question", format!("“{name}” asks {cause}."), fix);
    }
    let measured = |metric: &String| plan.hypothesis.metric == *metric || plan.metrics.contains(metric);
    for metric in template.metrics.iter().filter(|metric| !measured(metric)) {
        say("/metrics", format!("“{name}” measures “{metric}” in every test."), "Let it decide, or show it beside.");
    }
    for need in &template.needs {
        let (pointer, good, cause, fix) = match need {
            Need::Same => (
                "/change/treatment",
                plan.shows_nothing_new(document),
                "compares two versions that are the same, and these differ.",
                "Take a flag whose two variants have the same value.",
            ),
            Need::Value => {
                let measure = metric::measure(document, &plan.hypothesis.metric);
                let cause = "is decided by a value, such as revenue, and this metric only counts who does it.";
                ("/hypothesis/metric", !metric::is_share(&measure), cause, "Choose a metric that adds a value up.")
            }
            Need::Segment => (
                "/segment",
                plan.segment.is_some(),
                "is for people on a list, and it is not said on which.",
                "Choose a segment; a list of ids is one.",
            ),
            Need::Asked => {
                let cause = "holds a team's changes back, and no other flag asks this one first.";
                ("/change/flag", asked(plan, document), cause, "Make it a prerequisite of the team's flags.")
            }
            Need::Crossed => (
                "/crossed",
                plan.crossed.is_some(),
                "is two tests at once, and it is not said which the other is.",
                "Name the other experiment on this page.",
            ),
        };
        if !good {
            say(pointer, format!("“{name}” {cause}"), fix);
        }
    }
}

/// Whether another flag asks the plan's flag first.
fn asked(plan: &Plan, document: &Document) -> bool {
    let Change::Flag { flag, .. } = &plan.change else { return false };
    let is = |asked: &FlagIs| asked.key == *flag;
    document.flags.values().any(|other| other.prerequisites.iter().any(is))
}
