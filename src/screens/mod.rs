//! What people look at: the screens' contents as JSON, every sentence of them included.
//!
//! The dashboard draws them, the message to a chat quotes them, the API hands them out. A sentence that two of these
//! show is made once, here.

pub mod answers;
pub mod decided;
pub mod experiment;
pub(crate) mod figures;
mod kinds;
pub mod live;
mod look;
pub mod metrics;
pub mod now;
mod others;
pub mod outlook;
mod planned;
pub mod practice;
pub mod radius;
mod range;
pub mod reading;
pub mod segments;
pub mod sound;
mod spans;
mod split;
pub mod together;
pub mod trouble;
pub mod visitors;
pub mod watch;
pub mod why;

use crate::collect::{Kind, Measure};
use crate::counts::Counts;
use crate::document::{Document, Edit};
use crate::lifecycle::{Experiment, launch};
use crate::metric::{self, Counted, Level};
use crate::playbook::{Method, Playbook};
use crate::ramp::{self, Evidence, Ramp, Watch};
use crate::report::{Report, Tallies, told};
use crate::spoken::{count, grouped};
use crate::stats::effect::Refusal;
use crate::stats::estimate::linear;
use crate::stats::health::cause::{self, Cause, Group};
use crate::stats::moments::Moments;
use crate::stats::prior::{self, Prior};
use crate::stats::question::Asked;
use crate::stats::{Alpha, real};
use crate::verdict::Comparison;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use figures::{lower, percent, signed};
pub use look::{Look, LookArm, Past};
pub use planned::Planned;
pub use trouble::{Latched, Trouble};

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
    /// What debriefed experiments have found.
    pub past: &'s [Past],
    /// What was seen once and still holds.
    pub latched: &'s Latched,
    /// The time.
    pub now: i64,
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

    /// What the plan asks of it.
    #[must_use]
    pub fn asked(&self) -> Asked {
        self.experiment.plan.as_ref().map(|plan| plan.hypothesis.asked()).unwrap_or_default()
    }

    /// The chance to be wrong that its plan was locked with.
    #[must_use]
    pub fn alpha(&self) -> Alpha {
        self.experiment.rules(self.playbook).alpha
    }

    /// How a metric is measured.
    #[must_use]
    pub fn measure(&self, metric: &str) -> Measure {
        metric::measure(self.document, metric)
    }

    /// The level of a metric in a variant: its mean and spread, covariates taken out of the latter. Nothing before it has one.
    #[must_use]
    pub fn level(&self, variant: &str, metric: &str) -> Option<Level> {
        let measure = self.measure(metric);
        let (control, treatment) = self.variants();
        let [old, new] = self.moments(metric, "");
        let own = [(control, old), (treatment, new)].into_iter().find(|(name, _)| name == variant);
        Level::of(&measure, &own?.1.ok()?)
    }

    /// Control's level behind the lift: now, or at the look that a plan reads.
    fn base(&self) -> Option<f64> {
        let method = &self.experiment.rules(self.playbook).method;
        if *method == Method::Anytime {
            let (control, _) = self.variants();
            return self.level(&control, self.metric()).map(|level| level.mean);
        }
        planned::level(self, method)
    }

    /// Further metrics that are shown: those that somebody has added to the experiment, or that were planned if it has been
    /// taken out of the document since.
    #[must_use]
    pub fn others(&self) -> &[String] {
        let placed = self.document.experiments.get(&self.experiment.key).map(|placed| &placed.metrics);
        let planned = self.experiment.plan.as_ref().filter(|_| self.experiment.run.is_some());
        placed.or(planned.map(|plan| &plan.metrics)).map_or(&[], Vec::as_slice)
    }

    /// The report on the metric that decides, read as the playbook says.
    #[must_use]
    pub fn report(&self) -> Report {
        let method = &self.experiment.rules(self.playbook).method;
        let counted = self.deciding();
        if *method == Method::Anytime {
            return self.evened(self.metric(), counted.report());
        }
        let (_, variant) = self.variants();
        told(&counted.tallies, &[Comparison { variant, lift: planned::lift(self, method) }])
    }

    fn deciding(&self) -> Counted {
        let asked = self.asked();
        let mut counted = self.counted(self.metric());
        counted.tallies.sense.down = asked.good() < 0.0;
        counted.tallies.question = asked.question;
        counted
    }

    /// What was counted of a metric.
    #[must_use]
    pub fn counted(&self, metric: &str) -> Counted {
        let (control, treatment) = self.variants();
        let run = self.experiment.run.as_ref();
        let [old, new] =
            if self.has_moved() { self.experiment.weights(run.map_or(0, |run| run.epoch)) } else { [1; 2] };
        let mut arms = Vec::from([(control.clone(), old), (treatment.clone(), new)]);
        // A variant that nobody should meet is a leak, which the report says.
        for other in self.counts.variants().into_iter().filter(|variant| *variant != control && *variant != treatment) {
            arms.push((other, 0));
        }
        let measure = self.measure(metric);
        let mut counted = self.counts.counted(metric, &measure, &arms);
        if self.has_moved() {
            self.even(&mut counted, metric, &measure);
        }
        counted.tallies = Tallies {
            spans: self.by_span(&arms),
            experiment: self.experiment.key.clone(),
            run: run.map(|run| run.id.clone()).unwrap_or_default(),
            epoch: run.map_or(0, |run| run.epoch),
            control,
            alpha: self.alpha(),
            ..counted.tallies
        };
        counted
    }

    /// The guardrails with what speaks for harm.
    #[must_use]
    pub fn watches(&self) -> Vec<Watch> {
        let (control, treatment) = self.variants();
        let guardrails = &self.experiment.rules(self.playbook).guardrails;
        let control_units = self.counts.exposures(&control, None, "").confirmed;
        ramp::watch(guardrails, control_units, |metric| self.measured(&control, &treatment, metric))
    }

    /// What was measured of a guardrail.
    fn measured(&self, control: &str, treatment: &str, metric: &str) -> ramp::Measured {
        let measure = self.measure(metric);
        let weights = |epoch: i64| self.experiment.weights(u32::try_from(epoch).unwrap_or(0));
        let epochs = |place: usize| self.counts.epochs([control, treatment], metric, place, weights);
        if metric::is_share(&measure) {
            return ramp::Measured::Labels(epochs(metric::DID));
        }
        let any = if measure.kind == Kind::Count { epochs(metric::ANY) } else { Vec::new() };
        let outcome = |moments: Result<Moments, Refusal>| linear(&moments?, &metric::parts(&measure)[..1]);
        let arms = self.moments(metric, "").map(outcome);
        let told = arms.each_ref().map(|arm| match arm {
            Ok(arm) => format!("{} {}", metric::told(&measure, arm.mean(0)), metric::each(&measure)),
            Err(_) => String::from("nothing yet"),
        });
        let [control, treatment] = arms;
        ramp::Measured::Values { arms: control.and_then(|control| Ok([control, treatment?])), any, told }
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
        let rules = self.experiment.rules(self.playbook);
        // Beside a release the test stays at its stage, where one of two meets the new version.
        let release = [(self.experiment.stage() / 2).max(1), rules.step_above(run.released)];
        let (stages, stage) =
            if self.experiment.is_releasing() { (&release[..], 0) } else { (&run.stages[..], run.stage) };
        let ramp = Ramp { stages, stage, since: run.since, held: run.held.as_deref(), hold: &rules.hold };
        let evidence = Evidence {
            units: confirmed(&control).min(confirmed(&treatment)),
            last: self.counts.last,
            heard: self.counts.heard,
            trouble: self.trouble(),
            watches: &watches,
        };
        Some(ramp::step(&ramp, &evidence, self.now))
    }

    /// What is believed of an effect before any number: what debriefed experiments on the same metric have found, or what
    /// a sceptic thinks.
    #[must_use]
    pub fn prior(&self) -> Prior {
        let (own, metric) = (&self.experiment.key, self.metric());
        let others = self.past.iter().filter(|past| past.metric == metric && past.experiment != *own);
        prior::fitted(&others.map(|past| past.effect).collect::<Vec<_>>())
    }

    /// What is wrong with the split, the counts or the draw, in a sentence; `None` if nothing is.
    fn trouble(&self) -> Option<String> {
        trouble::trouble(self, &self.report()).map(|trouble| format!("{}.", lower(&trouble.headline)))
    }

    /// Why the split is off, if it is: at which step, and among whom (browsers, devices, countries and whatever else the
    /// collector tells apart).
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        cause::find(cause::Units {
            assigned: &self.shares("", |seen| seen.assigned),
            confirmed: &self.shares("", |seen| seen.confirmed),
            automatic: &self.shares("", |seen| seen.automatic),
            redirects: self.redirects(),
            groups: &self.groups(),
        })
    }

    /// The confirmed units by each value of each dimension.
    fn groups(&self) -> Vec<Group> {
        let group = |whole: String| {
            let (dimension, value) = whole.split_once('=').unwrap_or(("", &whole));
            let arms = self.shares(&whole, |seen| seen.confirmed);
            Group { dimension: dimension.to_string(), value: value.to_string(), arms }
        };
        self.counts.dimensions().into_iter().map(group).collect()
    }

    /// Whether a version is reached through a redirect.
    fn redirects(&self) -> bool {
        let (flag, control, treatment) = launch::names(self.experiment);
        let pages = self.document.pages.values().filter(|page| page.flag == flag);
        let edits = pages.flat_map(|page| {
            let shown = page.variants.iter().filter(|(variant, _)| **variant == control || **variant == treatment);
            shown.flat_map(|(_, edits)| edits)
        });
        edits.filter_map(Edit::change).any(|(kind, _)| kind == "redirect")
    }

    /// Confirmed units of both arms.
    #[must_use]
    pub fn people(&self) -> u64 {
        let (control, treatment) = self.variants();
        [control, treatment].iter().map(|variant| self.counts.exposures(variant, None, "").confirmed).sum()
    }

    /// All visitors that have come, in the test or not, as the confirmed ones of each stage and its share tell.
    #[must_use]
    pub fn visitors(&self) -> f64 {
        let Some(run) = &self.experiment.run else { return 0.0 };
        let (control, treatment) = self.variants();
        let of = |epoch: i64| {
            let confirmed = |variant: &str| self.counts.exposures(variant, Some(epoch), "").confirmed;
            real(confirmed(&control) + confirmed(&treatment))
        };
        // A split moves at the last stage alone.
        let last = run.stages.last().filter(|_| self.has_moved()).into_iter().cycle();
        let epochs = (1..=i64::from(run.epoch)).zip(run.stages.iter().chain(last));
        epochs.map(|(epoch, percent)| of(epoch) * 100.0 / f64::from(*percent)).sum()
    }

    /// Days until so many more are in the test, at the pace of all visitors so far: through what is left of the present stage,
    /// and then the next ones.
    fn until(&self, mut more: f64) -> f64 {
        let Some(run) = &self.experiment.run else { return 0.0 };
        let (a_day, hold) = (self.visitors() / self.days(), self.experiment.rules(self.playbook).hold.minutes);
        let stays = if run.held.is_some() { f64::INFINITY } else { f64::from(hold) / 1_440.0 };
        let (mut days, mut lasts) = (0.0, (stays - days_between(run.since, self.now)).max(0.0));
        let (last, ahead) = match run.stages.get(run.stage..) {
            Some([ahead @ .., last]) => (*last, ahead),
            _ => return 0.0,
        };
        for percent in ahead {
            let come = a_day * f64::from(*percent) / 100.0;
            if more <= come * lasts {
                return days + more / come;
            }
            (more, days, lasts) = (more - come * lasts, days + lasts, stays);
        }
        days + more * 100.0 / (a_day * f64::from(last))
    }

    /// The units that were planned for both arms; where the split has moved, as many more as tell as much at its weights so far.
    #[must_use]
    pub fn planned(&self) -> u64 {
        let even = 2 * self.experiment.per_arm.unwrap_or(0);
        let informed = self.informed().max(1);
        if self.has_moved() { even.saturating_mul(self.people()).div_ceil(informed) } else { even }
    }

    /// Whether as many have come as were planned.
    #[must_use]
    pub fn complete(&self) -> bool {
        let method = &self.experiment.rules(self.playbook).method;
        if *method != Method::Anytime {
            return planned::is_over(self, method);
        }
        self.planned() > 0 && self.people() >= self.planned() && self.days() >= self.least()
    }

    /// Days before which nothing good is said.
    #[must_use]
    pub fn least(&self) -> f64 {
        f64::from(self.experiment.rules(self.playbook).shortest)
    }

    /// Full days since visitors first met it, and the days it lasted once it has ended.
    #[must_use]
    pub fn days(&self) -> f64 {
        let until = self.experiment.ended.unwrap_or(self.now);
        self.experiment.started.map_or(0.0, |started| days_between(started, until))
    }
}

/// Days from one time to a later one.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of some years stay below 2^53")]
fn days_between(from: i64, to: i64) -> f64 {
    (to - from).max(0) as f64 / 86_400_000.0
}
