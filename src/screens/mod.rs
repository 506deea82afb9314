//! What people look at: the screens' contents as JSON, every sentence of them included.
//!
//! The dashboard draws them, the message to a chat quotes them, the API hands them out. A sentence that two of these
//! show is made once, here.

pub mod answers;
pub mod experiment;
pub mod live;
pub mod message;
pub mod now;
pub mod radius;
pub mod reading;
pub mod why;

use crate::counts::{Counts, Exposures};
use crate::document::Document;
use crate::lifecycle::{Experiment, launch};
use crate::playbook::Playbook;
use crate::ramp::{self, Evidence, Ramp, Watch};
use crate::report::{Report, Tallies, report};
use crate::stats::health::cause::{self, Cause, Group};
use crate::stats::sample_ratio::Share;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// An experiment with its counts, and the project around it: what every screen of an experiment is made of.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'s> {
    /// The experiment.
    pub experiment: &'s Experiment,
    /// Its revision: what a change has to have seen.
    pub revision: i64,
    /// Its counts so far.
    pub counts: &'s Counts,
    /// The playbook of today.
    pub playbook: &'s Playbook,
    /// What production serves.
    pub document: &'s Document,
    /// Earlier looks, oldest first.
    pub looks: &'s [Look],
    /// The time.
    pub now: i64,
}

/// What the numbers were at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// When.
    pub at: i64,
    /// Confirmed and converted units by variant.
    pub arms: Vec<LookArm>,
    /// The lift and its bounds; `None` while nothing can be compared.
    pub lift: Option<f64>,
    /// The lower bound.
    pub low: Option<f64>,
    /// The upper bound.
    pub high: Option<f64>,
}

/// One arm at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookArm {
    /// The variant.
    pub variant: String,
    /// Its confirmed units.
    pub confirmed: u64,
    /// Those that converted.
    pub converted: u64,
}

impl Scene<'_> {
    /// The control and the treatment.
    #[must_use]
    pub fn variants(&self) -> (String, String) {
        let (_, control, treatment) = launch::names(self.experiment);
        (control, treatment)
    }

    /// The metric that decides.
    #[must_use]
    pub fn metric(&self) -> &str {
        self.experiment.plan.as_ref().map_or("", |plan| &plan.hypothesis.metric)
    }

    /// The report on the metric that decides.
    #[must_use]
    pub fn report(&self) -> Report {
        let (control, treatment) = self.variants();
        let mut arms =
            Vec::from([self.counts.arm(&control, 1, self.metric()), self.counts.arm(&treatment, 1, self.metric())]);
        // A variant that nobody should meet is a leak, which the report says.
        for other in self.counts.variants().into_iter().filter(|variant| *variant != control && *variant != treatment) {
            arms.push(self.counts.arm(&other, 0, self.metric()));
        }
        let run = self.experiment.run.as_ref();
        report(&Tallies {
            experiment: self.experiment.key.clone(),
            run: run.map(|run| run.id.clone()).unwrap_or_default(),
            epoch: run.map_or(0, |run| run.epoch),
            metric: self.metric().to_string(),
            control,
            arms,
        })
    }

    /// The guardrails with what speaks for harm.
    #[must_use]
    pub fn watches(&self) -> Vec<Watch> {
        let (control, treatment) = self.variants();
        let guardrails = &self.experiment.rules(self.playbook).guardrails;
        let control_units = self.counts.exposures(&control, None, "").confirmed;
        ramp::watch(guardrails, control_units, |metric| self.counts.epochs(&control, &treatment, metric))
    }

    /// What the ramp does now.
    #[must_use]
    pub fn ramp(&self) -> Option<ramp::Action> {
        let run = self.experiment.run.as_ref()?;
        if self.document.intake.is_open() {
            return Some(ramp::Action::Hold(ramp::Wait::Open));
        }
        let (control, treatment) = self.variants();
        let epoch = Some(i64::from(run.epoch));
        let confirmed = |variant: &str| self.counts.exposures(variant, epoch, "").confirmed;
        let watches = self.watches();
        let ramp = Ramp {
            stages: &run.stages,
            stage: run.stage,
            since: run.since,
            held: run.held.as_deref(),
            hold: &self.experiment.rules(self.playbook).hold,
        };
        let evidence = Evidence {
            units: confirmed(&control).min(confirmed(&treatment)),
            last: self.counts.last,
            heard: self.counts.heard,
            trouble: trouble(&self.report()),
            watches: &watches,
        };
        Some(ramp::step(&ramp, &evidence, self.now))
    }

    /// Why the split is off, if it is: at which step, and in which browsers.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        let (control, treatment) = self.variants();
        let shares = |browser: &str, of: fn(&Exposures) -> u64| {
            let share =
                |variant: &String| Share { weight: 1, units: of(&self.counts.exposures(variant, None, browser)) };
            Vec::from([share(&control), share(&treatment)])
        };
        let group = |browser: String| Group {
            dimension: "browser".to_string(),
            arms: shares(&browser, |seen| seen.confirmed),
            value: browser,
        };
        let groups: Vec<_> = self.counts.browsers().into_iter().map(group).collect();
        cause::find(cause::Units {
            assigned: &shares("", |seen| seen.assigned),
            confirmed: &shares("", |seen| seen.confirmed),
            automatic: &[],
            redirects: false,
            groups: &groups,
        })
    }

    /// Confirmed units of both arms.
    #[must_use]
    pub fn people(&self) -> u64 {
        let (control, treatment) = self.variants();
        [control, treatment].iter().map(|variant| self.counts.exposures(variant, None, "").confirmed).sum()
    }

    /// The units that were planned for both arms.
    #[must_use]
    pub fn planned(&self) -> u64 {
        2 * self.experiment.per_arm.unwrap_or(0)
    }

    /// Whether as many have come as were planned.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.planned() > 0 && self.people() >= self.planned()
    }

    /// Full days since visitors first met it, and the days it lasted once it has ended.
    #[must_use]
    pub fn days(&self) -> f64 {
        let until = self.experiment.ended.unwrap_or(self.now);
        self.experiment.started.map_or(0.0, |started| {
            #[expect(clippy::cast_precision_loss, reason = "milliseconds of some years stay below 2^53")]
            let span = (until - started).max(0) as f64;
            span / 86_400_000.0
        })
    }

    /// The numbers of this moment, to be kept.
    #[must_use]
    pub fn look(&self) -> Look {
        let report = self.report();
        let (control, treatment) = self.variants();
        let arm = |variant: &String| LookArm {
            variant: variant.clone(),
            confirmed: self.counts.exposures(variant, None, "").confirmed,
            converted: self.counts.converted(variant, self.metric(), None),
        };
        let lift = reading::lift_of(&report, &treatment);
        Look {
            at: self.now,
            arms: [control, treatment].iter().map(arm).collect(),
            lift: lift.map(|lift| lift.value),
            low: lift.map(|lift| lift.low),
            high: lift.map(|lift| lift.high),
        }
    }
}

/// What is wrong with the split or the counts, in words; `None` if nothing is.
fn trouble(report: &Report) -> Option<String> {
    (report.verdict.kind == "dataProblem")
        .then(|| report.verdict.headline.clone())
        .map(|headline| format!("{}.", lower(&headline)))
}

/// The text with a small first letter, to go on within a sentence.
fn lower(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_lowercase().chain(rest).collect()).unwrap_or_default()
}

/// A share as a percentage with the decimals that it needs.
fn percent(share: f64) -> String {
    let value = share * 100.0;
    if libm::fabs(value) < 10.0 && libm::fabs(value) > 0.0 { format!("{value:.1} %") } else { format!("{value:.0} %") }
}

/// A signed percentage.
fn signed(share: f64) -> String {
    let value = share * 100.0;
    let digits = usize::from(libm::fabs(value) < 10.0);
    let number = format!("{:.digits$}", libm::fabs(value));
    let sign = if value < 0.0 { "−" } else { "+" };
    format!("{sign}{number} %")
}

/// A number with thin groups of thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 visitor`, `2 visitors`.
fn count(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}
