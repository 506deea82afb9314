//! *Read and decide*: what the numbers allow one to say, what the rule says then, and the picture beside it.

use super::answers::{answers, effect_of, prior_words};
use super::sound::{self, Check};
use super::{Scene, others, percent, signed};
use crate::collect::{Direction, Measure};
use crate::lifecycle::{Cause, Choice, Plan, State};
use crate::metric;
use crate::ramp::Watch;
use crate::report::{Outcome, Report};
use crate::stats::forecast::until;
use crate::stats::sequence::Sequence;
use crate::stats::{ALPHA, Validity, real};
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
    /// The error of the ratio's logarithm; nothing where the arms have different signs.
    pub error: Option<f64>,
    /// The difference of the rates and its bounds.
    pub difference: [f64; 3],
    /// Whether it was read at a planned look, and holds for such looks alone.
    pub planned: bool,
}

/// The lift of a variant in a report, if it can be compared.
#[must_use]
pub fn lift_of(report: &Report, treatment: &str) -> Option<Lift> {
    let comparison = report.comparisons.iter().find(|comparison| comparison.variant == treatment)?;
    match comparison.outcome {
        Outcome::Compared { lift, low, high, difference, difference_low, difference_high, error, validity, .. } => {
            let planned = matches!(validity, Validity::FixedSample | Validity::Planned);
            let difference = [difference, difference_low, difference_high];
            Some(Lift { value: lift, low, high, error, difference, planned })
        }
        Outcome::Missing { .. } => None,
    }
}

/// How an experiment stands.
#[must_use]
pub fn conclusion(scene: &Scene) -> Conclusion {
    let report = scene.report();
    let (_, treatment) = scene.variants();
    let stop = scene.experiment.stop.as_ref().map(|stop| stop.cause);
    let hypothesis = scene.experiment.plan.clone().unwrap_or_default().hypothesis;
    let lift = lift_of(&report, &treatment);
    // Towards what was hoped for, up is good whatever the metric.
    let bounds = lift.map(|lift| match hypothesis.direction {
        Direction::Up => [lift.low, lift.high],
        Direction::Down => [-lift.high, -lift.low],
    });
    let harmed = stop == Some(Cause::Guardrail) || scene.watches().iter().any(|watch| watch.harmed);
    conclude(&Standing {
        harmed,
        invalid: stop == Some(Cause::Data) || report.verdict.kind == "dataProblem" || sound::unlike(scene).is_some(),
        bounds,
        aim: hypothesis.by,
        complete: scene.complete(),
        days: lift.and_then(|lift| days(scene, lift)),
        could: scene.experiment.plan.as_ref().and_then(|plan| could(scene, plan)),
    })
}

/// The smallest relative effect that as many visitors as came so far would have shown, at control's present level.
fn could(scene: &Scene, plan: &Plan) -> Option<f64> {
    let (control, _) = scene.variants();
    let level = scene.level(&control, scene.metric())?;
    let rules = scene.experiment.rules(scene.playbook);
    level.smallest(scene.people() / 2, rules.power, plan.hypothesis.direction, &rules.method)
}

/// Days until it is most likely known, as the effect so far and a sceptical prior tell; at the latest when all that was
/// planned has come. Before a fifth of it has come nothing is said.
fn days(scene: &Scene, lift: Lift) -> Option<[f64; 2]> {
    let (people, so_far) = (real(scene.people()), scene.days());
    let share = people / real(scene.planned());
    if !(0.2..1.0).contains(&share) || so_far <= 0.0 {
        return None;
    }
    let effect = effect_of(lift, people)?;
    let full = so_far * (1.0 / share - 1.0);
    if lift.planned {
        return Some([full, full]);
    }
    let sequence = Sequence::usual(ALPHA);
    let [soon, _, late] = until(&effect, scene.prior().belief, sequence, 1.0 / share)
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
    let moved = |as_hoped: bool| moved(scene, &report, as_hoped == (hypothesis.direction == Direction::Up));
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
            format!("{}, and nothing guarded got worse. {range}", moved(true)),
            Recommendation::Ship,
        ),
        Conclusion::Worse => (
            "Keep the old version, by your rule".to_string(),
            format!("{}. {range}", moved(false)),
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
    let words = if matches!(conclusion, Conclusion::Better | Conclusion::Worse) {
        format!("{words}{}", doubts(&sound::checks(scene, &report)))
    } else {
        words
    };
    Said { headline, words, recommend, conclusion }
}

/// What makes a result worth a second look before it is acted on.
fn doubts(checks: &[Check]) -> String {
    let doubt = |check: &Check| Some(format!(" But look: {} {}", check.finding.as_deref()?, check.next));
    checks.iter().filter_map(doubt).collect()
}

fn harm(scene: &Scene, conclusion: Conclusion) -> Said {
    let stop = scene.experiment.stop.as_ref().filter(|stop| stop.cause == Cause::Guardrail);
    if let Some(stop) = stop {
        let words = format!("The new version did harm, and everybody has the old one again. {}", stop.why);
        let headline = "Stopped itself: keep the old version".to_string();
        return Said { headline, words, recommend: Recommendation::Stop, conclusion };
    }
    let watches = scene.watches();
    let harmed = watches.iter().find(|watch| watch.harmed).map(|watch| watch.guardrail.metric.as_str());
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
    if let Some(unlike) = sound::unlike(scene).filter(|_| report.verdict.kind != "dataProblem") {
        let words = format!("{} {}", unlike.finding.as_deref().unwrap_or_default(), unlike.next);
        let headline = "Do not use these numbers: the versions' visitors were not alike before".to_string();
        return Said { headline, words, recommend: Recommendation::Fix, conclusion };
    }
    let headline = format!("Do not use these numbers: {}", super::lower(&report.verdict.headline));
    let cause = scene.cause().map_or_else(String::new, |cause| format!(" {}", cause.words()));
    let words = format!("{}{cause}", report.verdict.words);
    Said { headline, words, recommend: Recommendation::Fix, conclusion }
}

/// What the new version has moved, and which way.
fn moved(scene: &Scene, report: &Report, up: bool) -> String {
    let metric = scene.metric();
    let measure = scene.measure(metric);
    if metric::is_share(&measure) {
        let more = if up { "more" } else { "fewer" };
        return format!("With the new version {more} visitors do what “{metric}” counts");
    }
    let (control, treatment) = scene.variants();
    let value = |variant: &str| report.arms.iter().find(|arm| arm.arm.variant == variant).and_then(|arm| arm.arm.value);
    let told = |variant: &str| value(variant).map_or_else(|| "–".to_string(), |value| metric::told(&measure, value));
    let side = if up { "higher" } else { "lower" };
    let each = metric::each(&measure);
    format!(
        "With the new version “{metric}” is {side}: {} {each} where the old one has {}",
        told(&treatment),
        told(&control)
    )
}

/// The range in words, which stay true under daily looking.
fn range(lift: Lift) -> String {
    format!(
        "Best guess {}. The data fit anything from {} to {}; {}",
        signed(lift.value),
        signed(lift.low),
        signed(lift.high),
        holds(lift)
    )
}

/// When a range may be read.
fn holds(lift: Lift) -> &'static str {
    if lift.planned {
        "so it was at the planned look, which alone counts."
    } else {
        "looking daily does not spoil this."
    }
}

/// The screen.
#[must_use]
pub fn screen(scene: &Scene) -> Value {
    let (report, said, prior) = (scene.report(), said(scene), scene.prior());
    let checks = sound::checks(scene, &report);
    let (control, treatment) = scene.variants();
    let metric = scene.metric();
    let measure = scene.measure(metric);
    let hoped = scene.experiment.plan.as_ref().map_or(0.0, |plan| plan.hypothesis.lift());
    let lift = lift_of(&report, &treatment).filter(|_| said.recommend != Recommendation::Fix);
    let answers = lift.and_then(|lift| answers(lift, real(scene.people()), prior.belief));
    let towards = if hoped < 0.0 { -1.0 } else { 1.0 };
    let beyond =
        |point: f64| answers.map(|answers| answers.iter().filter(|answer| (*answer - point) * towards > 0.0).count());
    let arms = report.arms.iter().filter(|arm| arm.arm.variant == control || arm.arm.variant == treatment);
    let arms: Vec<_> = arms
        .map(|arm| json!({
            "variant": arm.arm.variant, "confirmed": arm.arm.confirmed, "converted": arm.arm.converted, "rate": arm.rate,
            "value": arm.arm.value, "told": arm.arm.value.or(arm.rate).map(|value| metric::told(&measure, value)),
        }))
        .collect();
    json!({
        "asOf": scene.now,
        "experiment": super::experiment::view(scene, None),
        "headline": said.headline,
        "words": said.words,
        "recommend": said.recommend,
        "conclusion": said.conclusion,
        "prior": answers.map(|_| prior_words(&prior)),
        "rule": scene.experiment.rules(scene.playbook).rule,
        "metric": {
            "key": metric,
            "description": scene.document.metrics.get(metric).and_then(|metric| metric.description.clone()),
            "kind": measure.kind, "share": metric::is_share(&measure), "each": metric::each(&measure),
        },
        "arms": arms,
        "lift": lift.map(|lift| shown(lift, &measure)),
        "others": scene.others().iter().map(|other| others::line(scene, other)).collect::<Vec<_>>(),
        "answers": answers.map(|answers| answers.to_vec()),
        "better": beyond(0.0),
        "reach": beyond(hoped),
        "guardrails": scene.watches().iter().map(|watch| guardrail(scene, watch)).collect::<Vec<_>>(),
        "people": scene.people(),
        "planned": scene.planned(),
        "series": scene.looks,
        "voices": [],
        "report": for_specialists(scene, &report, &checks),
    })
}

/// A lift for the picture: of shares also by thousand visitors, of values also in their unit.
fn shown(lift: Lift, measure: &Measure) -> Value {
    let [value, low, high] = lift.difference;
    let share = metric::is_share(measure);
    let thousand = json!({"value": value * 1000.0, "low": low * 1000.0, "high": high * 1000.0});
    let told = |value: f64| metric::told(measure, value);
    let difference = format!("{} {} (between {} and {})", told(value), metric::each(measure), told(low), told(high));
    json!({
        "value": lift.value, "low": lift.low, "high": lift.high, "holds": holds(lift),
        "perThousand": share.then_some(thousand), "difference": (!share).then_some(difference),
    })
}

/// The report with how it is read and with the checks beside it, for specialists.
fn for_specialists(scene: &Scene, report: &Report, checks: &[Check]) -> Value {
    let mut report = json!(report);
    if let Some(report) = report.as_object_mut() {
        report.insert("method".into(), json!(scene.experiment.rules(scene.playbook).method));
        report.insert("health".into(), json!(checks));
    }
    report
}

fn guardrail(scene: &Scene, watch: &Watch) -> Value {
    let metric = &watch.guardrail.metric;
    let measure = scene.measure(metric);
    let share = metric::is_share(&measure);
    let (control, treatment) = scene.variants();
    let arm = |variant: &String| {
        let confirmed = scene.counts.exposures(variant, None, "").confirmed;
        let units = scene.counts.converted(variant, metric, None);
        let rate = (share && confirmed > 0).then(|| real(units) / real(confirmed));
        let value = || scene.level(variant, metric).map(|level| level.mean);
        let told = rate.or_else(|| value().filter(|_| !share)).map(|value| metric::told(&measure, value));
        json!({"variant": variant, "units": share.then_some(units), "rate": rate, "told": told})
    };
    let seen = watch.seen();
    let stopped = scene.experiment.stop.as_ref().is_some_and(|stop| stop.cause == Cause::Guardrail);
    let (status, words) = if watch.harmed {
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
    json!({
        "metric": metric, "status": status, "words": words, "arms": [arm(&control), arm(&treatment)],
        "logE": watch.log_e, "validity": watch.validity,
    })
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
