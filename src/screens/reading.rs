//! *Read and decide*: what the numbers allow one to say, what the rule says then, and the picture beside it.

use super::answers::{answers, effect_of};
use super::{Scene, grouped, percent, signed};
use crate::collect::Direction;
use crate::lifecycle::{Cause, Choice, State};
use crate::ramp::Watch;
use crate::report::{Outcome, Report};
use crate::stats::forecast::until;
use crate::stats::health::SCEPTICAL;
use crate::stats::sequence::Sequence;
use crate::stats::{ALPHA, real, size};
use crate::verdict::conclusion::{Conclusion, Standing, conclude};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;
use serde_json::{Value, json};

/// What the rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Recommendation {
    /// Everybody should get the new version.
    Ship,
    /// Everybody should keep the old one.
    Keep,
    /// Nothing can be said yet.
    Wait,
    /// The new version does harm.
    Stop,
    /// The numbers cannot be trusted.
    Fix,
}

impl Recommendation {
    /// Whether a choice is what the rule says.
    #[must_use]
    pub fn agrees(self, choice: Choice) -> bool {
        match self {
            Self::Ship => choice == Choice::Ship,
            Self::Keep | Self::Stop => choice != Choice::Ship,
            // Nothing wrong with starting anew when the numbers are of no use.
            Self::Fix => choice == Choice::Again,
            Self::Wait => false,
        }
    }
}

/// What is said, and what follows from it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Said {
    /// A few words.
    pub headline: String,
    /// Some sentences.
    pub words: String,
    /// What the rule says.
    pub recommend: Recommendation,
    /// Which of all that can be concluded it is.
    pub conclusion: Conclusion,
}

/// A lift with its bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lift {
    /// The best guess.
    pub value: f64,
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
    /// The difference of the rates and its bounds.
    pub difference: [f64; 3],
}

/// The lift of a variant in a report, if it can be compared.
#[must_use]
pub fn lift_of(report: &Report, treatment: &str) -> Option<Lift> {
    let comparison = report.comparisons.iter().find(|comparison| comparison.variant == treatment)?;
    match comparison.outcome {
        Outcome::Compared { lift, low, high, difference, difference_low, difference_high, .. } => {
            Some(Lift { value: lift, low, high, difference: [difference, difference_low, difference_high] })
        }
        Outcome::Missing { .. } => None,
    }
}

/// How an experiment stands.
#[must_use]
pub fn conclusion(scene: &Scene) -> Conclusion {
    let report = scene.report();
    let (control, treatment) = scene.variants();
    let stop = scene.experiment.stop.as_ref().map(|stop| stop.cause);
    let hypothesis = scene.experiment.plan.clone().unwrap_or_default().hypothesis;
    let lift = lift_of(&report, &treatment);
    // Towards what was hoped for, up is good whatever the metric.
    let bounds = lift.map(|lift| match hypothesis.direction {
        Direction::Up => [lift.low, lift.high],
        Direction::Down => [-lift.high, -lift.low],
    });
    let base = report.arms.iter().find(|arm| arm.arm.variant == control).and_then(|arm| arm.rate);
    let sequence = Sequence::usual(ALPHA);
    let could = base.and_then(|base| {
        size::smallest_lift(base, scene.people() / 2, scene.experiment.rules(scene.playbook).power, sequence)
    });
    let harmed = stop == Some(Cause::Guardrail) || scene.watches().iter().any(|watch| watch.evidence.harmed);
    conclude(&Standing {
        harmed,
        invalid: stop == Some(Cause::Data) || report.verdict.kind == "dataProblem",
        bounds,
        aim: hypothesis.by,
        complete: scene.complete(),
        days: lift.and_then(|lift| days(scene, lift)),
        could,
    })
}

/// Days until it is most likely known, as the effect so far and a sceptical prior tell; at the latest when all that was
/// planned has come. Before a fifth of it has come nothing is said.
fn days(scene: &Scene, lift: Lift) -> Option<[f64; 2]> {
    let (people, so_far) = (real(scene.people()), scene.days());
    let share = people / real(scene.planned());
    if !(0.2..1.0).contains(&share) || so_far <= 0.0 {
        return None;
    }
    let full = so_far * (1.0 / share - 1.0);
    let sequence = Sequence::usual(ALPHA);
    let [soon, _, late] = until(&effect_of(lift, people), SCEPTICAL, sequence, 1.0 / share)
        .map_or([full, full, full], |times| times.map(|times| so_far * (times - 1.0)));
    Some([soon.min(full), late.min(full)])
}

/// What can be said of an experiment now.
#[must_use]
pub fn said(scene: &Scene) -> Said {
    let conclusion = conclusion(scene);
    let report = scene.report();
    let (_, treatment) = scene.variants();
    let range = lift_of(&report, &treatment).map_or_else(String::new, range);
    let metric = scene.metric();
    let hypothesis = scene.experiment.plan.clone().unwrap_or_default().hypothesis;
    let goes = |up: bool| if up == (hypothesis.direction == Direction::Up) { "more" } else { "fewer" };
    let wish = percent(hypothesis.by);
    let (headline, words, recommend) = match conclusion {
        Conclusion::Harm => return harm(scene, conclusion),
        Conclusion::Invalid => return invalid(scene, &report, conclusion),
        Conclusion::TooEarly => {
            let words = report.comparisons.iter().find_map(|comparison| match &comparison.outcome {
                Outcome::Missing { words, .. } => Some(words.clone()),
                Outcome::Compared { .. } => None,
            });
            let early = "Early numbers mostly show luck, so none are shown yet.".to_string();
            let words = words.map_or(early.clone(), |words| format!("{early} {words}"));
            ("Too early to tell".to_string(), words, Recommendation::Wait)
        }
        Conclusion::Undecided { days } => {
            let when = days.map_or_else(String::new, |[soon, late]| {
                let (soon, late) = (libm::floor(soon).max(1.0), libm::ceil(late).max(1.0));
                let span = if late > soon { format!("{soon:.0}–{late:.0} days") } else { format!("{late:.0} days") };
                format!(" Most likely known in {span}.").replace(" 1 days", " 1 day")
            });
            let words = format!("{range} The planned size is not reached yet.{when}");
            ("Undecided so far".to_string(), words, Recommendation::Wait)
        }
        Conclusion::Better => (
            "Ship the new version, by your rule".to_string(),
            format!(
                "With the new version {} visitors do what “{metric}” counts, and nothing guarded got worse. {range}",
                goes(true)
            ),
            Recommendation::Ship,
        ),
        Conclusion::Worse => (
            "Keep the old version, by your rule".to_string(),
            format!("With the new version {} visitors do what “{metric}” counts. {range}", goes(false)),
            Recommendation::Stop,
        ),
        Conclusion::NoEffectAsLarge => (
            format!("No difference as large as your {wish}"),
            format!(
                "As many visitors came as were planned. {range} By your rule: keep the old version. This is a result."
            ),
            Recommendation::Keep,
        ),
        Conclusion::Underpowered { .. } if range.is_empty() => (
            "Too few did it to compare".to_string(),
            format!("As many visitors came as were planned, but hardly anyone did what “{metric}” counts."),
            Recommendation::Keep,
        ),
        Conclusion::Underpowered { could } => {
            let seen = could.filter(|could| *could > hypothesis.by).map_or_else(String::new, |could| {
                format!(" With this traffic {wish} could not have been seen, only {} or more.", percent(could))
            });
            let words =
                format!("As many visitors came as were planned. {range}{seen} By your rule: keep the old version.");
            ("No difference could be shown".to_string(), words, Recommendation::Keep)
        }
    };
    Said { headline, words, recommend, conclusion }
}

fn harm(scene: &Scene, conclusion: Conclusion) -> Said {
    let stop = scene.experiment.stop.as_ref().filter(|stop| stop.cause == Cause::Guardrail);
    if let Some(stop) = stop {
        let words = format!("The new version did harm, and everybody has the old one again. {}", stop.why);
        let headline = "Stopped itself: keep the old version".to_string();
        return Said { headline, words, recommend: Recommendation::Stop, conclusion };
    }
    let watches = scene.watches();
    let harmed = watches.iter().find(|watch| watch.evidence.harmed).map(|watch| watch.guardrail.metric.as_str());
    let words = format!(
        "With the new version “{}” gets worse than is allowed. It ends by itself at the next look.",
        harmed.unwrap_or_default()
    );
    Said { headline: "Keep the old version, by your rule".into(), words, recommend: Recommendation::Stop, conclusion }
}

fn invalid(scene: &Scene, report: &Report, conclusion: Conclusion) -> Said {
    if let Some(stop) = scene.experiment.stop.as_ref().filter(|stop| stop.cause == Cause::Data) {
        let words = format!("It could not be watched any more, and everybody has the old version again: {}.", stop.why);
        let headline = "Stopped itself: start it again when data come in".to_string();
        return Said { headline, words, recommend: Recommendation::Fix, conclusion };
    }
    let headline = format!("Do not use these numbers: {}", super::lower(&report.verdict.headline));
    let cause = scene.cause().map_or_else(String::new, |cause| format!(" {}", cause.words()));
    let words = format!("{}{cause}", report.verdict.words);
    Said { headline, words, recommend: Recommendation::Fix, conclusion }
}

/// The range in words, which stay true under daily looking.
fn range(lift: Lift) -> String {
    format!(
        "Best guess {}. The data fit anything from {} to {}; looking daily does not spoil this.",
        signed(lift.value),
        signed(lift.low),
        signed(lift.high)
    )
}

/// The screen.
#[must_use]
pub fn screen(scene: &Scene) -> Value {
    let (report, said) = (scene.report(), said(scene));
    let (control, treatment) = scene.variants();
    let metric = scene.metric();
    let hoped = scene.experiment.plan.as_ref().map_or(0.0, |plan| plan.hypothesis.lift());
    let lift = lift_of(&report, &treatment).filter(|_| said.recommend != Recommendation::Fix);
    let answers = lift.map(|lift| answers(lift, real(scene.people())));
    let towards = if hoped < 0.0 { -1.0 } else { 1.0 };
    let beyond =
        |point: f64| answers.map(|answers| answers.iter().filter(|answer| (*answer - point) * towards > 0.0).count());
    let arms = report.arms.iter().filter(|arm| arm.arm.variant == control || arm.arm.variant == treatment);
    let arms: Vec<_> = arms
        .map(|arm| json!({"variant": arm.arm.variant, "confirmed": arm.arm.confirmed, "converted": arm.arm.converted, "rate": arm.rate}))
        .collect();
    json!({
        "asOf": scene.now,
        "experiment": super::experiment::view(scene, None),
        "headline": said.headline,
        "words": said.words,
        "recommend": said.recommend,
        "conclusion": said.conclusion,
        "prior": answers.map(|_| super::answers::PRIOR),
        "rule": scene.experiment.rules(scene.playbook).rule,
        "metric": {
            "key": metric,
            "description": scene.document.metrics.get(metric).and_then(|metric| metric.description.clone()),
        },
        "arms": arms,
        "lift": lift.map(|lift| json!({
            "value": lift.value, "low": lift.low, "high": lift.high,
            "perThousand": {
                "value": lift.difference[0] * 1000.0,
                "low": lift.difference[1] * 1000.0,
                "high": lift.difference[2] * 1000.0,
            },
        })),
        "answers": answers.map(|answers| answers.to_vec()),
        "better": beyond(0.0),
        "reach": beyond(hoped),
        "guardrails": scene.watches().iter().map(|watch| guardrail(scene, watch)).collect::<Vec<_>>(),
        "people": scene.people(),
        "planned": scene.planned(),
        "series": scene.looks,
        "voices": [],
        "report": report,
    })
}

fn guardrail(scene: &Scene, watch: &Watch) -> Value {
    let metric = &watch.guardrail.metric;
    let (control, treatment) = scene.variants();
    let arm = |variant: &str| {
        let confirmed = scene.counts.exposures(variant, None, "").confirmed;
        let units = scene.counts.converted(variant, metric, None);
        let rate = (confirmed > 0).then(|| real(units) / real(confirmed));
        (units, rate, json!({"variant": variant, "units": units, "rate": rate}))
    };
    let (old, new) = (arm(&control), arm(&treatment));
    let seen = format!("{} with the old version, {} with the new one", grouped(old.0), grouped(new.0));
    let stopped = scene.experiment.stop.as_ref().is_some_and(|stop| stop.cause == Cause::Guardrail);
    let (status, words) = if watch.evidence.harmed {
        ("harm", format!("Got worse: {seen}."))
    } else if stopped
        && scene.experiment.state == State::Stopped
        && scene.experiment.rules(scene.playbook).guardrails.len() == 1
    {
        ("harm", format!("Got worse when it was stopped: {seen}."))
    } else if scene.people() == 0 {
        ("wait", "Nobody has met it yet.".to_string())
    } else {
        ("ok", format!("No sign of harm: {seen}."))
    };
    json!({"metric": metric, "status": status, "words": words, "arms": [old.2, new.2]})
}

/// What an experiment expected, found and decided, for its debrief.
#[must_use]
pub fn summary(scene: &Scene) -> (String, String, String) {
    let plan = scene.experiment.plan.clone().unwrap_or_default();
    let expected = plan.hypothesis.sentence(scene.metric());
    let said = said(scene);
    let people = super::count(scene.people(), "visitor", "visitors");
    let days = libm::ceil(scene.days()).max(1.0);
    let days = if days < 2.0 { "1 day".to_string() } else { format!("{days:.0} days") };
    let found = format!("{}. {} ({people}, {days})", said.headline, said.words);
    let decision = scene.experiment.decision.as_ref().map_or_else(
        || "Nothing is decided yet.".to_string(),
        |decision| {
            let what = match decision.choice {
                Choice::Ship => "Ship the new version in steps",
                Choice::Keep => "Keep the old version",
                Choice::Again => "Run it again, changed",
            };
            let rule = if decision.by_the_rule { "by the rule" } else { "against the rule" };
            let why = if decision.why.is_empty() { String::new() } else { format!(" {}", decision.why) };
            format!("{what}, {rule}.{why}")
        },
    );
    (expected, found, decision)
}
