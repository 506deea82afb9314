//! *Read and decide*: what the numbers allow one to say, what the rule says then, and the picture beside it.

use super::answers::{answers, both_true, effect_of, prior_words};
use super::decided;
use super::figures::{beside, exactly};
use super::range::{Lift, lift_of, moved, range, shown};
use super::sound::{self, Check};
use super::trouble::{Trouble, trouble};
use super::{Scene, kinds, others, outlook, segments};
use crate::lifecycle::{Cause, Choice, Plan};
use crate::metric;
use crate::ramp::Watch;
use crate::report::{Outcome, Report, VerdictReport};
use crate::stats::forecast::until;
use crate::stats::power::VARY;
use crate::stats::question::{Asked, Question};
use crate::stats::real;
use crate::verdict::Problem;
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
            Self::Fix => matches!(choice, Choice::Again | Choice::Abort),
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

/// How an experiment stands.
#[must_use]
pub fn conclusion(scene: &Scene) -> Conclusion {
    let report = scene.report();
    let (_, treatment) = scene.variants();
    let stop = scene.experiment.stop.as_ref().map(|stop| stop.cause);
    let asked = scene.asked();
    let lift = lift_of(&report, &treatment);
    // Towards what was hoped for, up is good whatever the metric.
    let bounds = lift.map(|lift| asked.pointed([lift.low, lift.high]));
    let harmed = stop == Some(Cause::Guardrail) || scene.watches().iter().any(|watch| watch.harmed);
    let missing = scene.least() - scene.days();
    let days = lift.and_then(|lift| days(scene, lift));
    let days = if missing > 0.0 { Some(days.unwrap_or_default().map(|day| day.max(missing))) } else { days };
    // What has ended is not forecast.
    let days = days.filter(|_| scene.experiment.ended.is_none());
    let conclusion = conclude(&Standing {
        harmed,
        problem: trouble(scene, &report).map(|trouble| trouble.cause),
        bounds,
        question: asked.question,
        aim: libm::fabs(asked.change),
        complete: scene.complete(),
        days,
        could: scene.experiment.plan.as_ref().filter(|_| scene.complete()).and_then(|plan| could(scene, plan)),
    });
    // What is bad is said at once, what is good not before each weekday was seen.
    match conclusion {
        Conclusion::Better | Conclusion::NoEffectAsLarge | Conclusion::Underpowered { .. } if missing > 0.0 => {
            Conclusion::Undecided { days }
        }
        other => other,
    }
}

/// The smallest relative effect that as many visitors as came so far would have shown, at control's present level.
fn could(scene: &Scene, plan: &Plan) -> Option<f64> {
    let (control, _) = scene.variants();
    let level = scene.level(&control, scene.metric())?;
    let rules = scene.experiment.rules(scene.playbook);
    level.smallest(scene.informed() / 2, (rules.alpha, rules.power), plan.hypothesis.asked(), &rules.method)
}

/// Days until it is known in 8 of 10 runs, as the effect so far, past ones and the visitors so far tell; at the latest when all
/// that was planned has come. Before a fifth of it has come nothing is said.
fn days(scene: &Scene, lift: Lift) -> Option<[f64; 2]> {
    let (people, so_far) = (real(scene.people()), scene.days());
    let most = real(scene.planned()) / people;
    if !(most > 1.0 && most <= 5.0) || so_far <= 0.0 {
        return None;
    }
    let days = |times: f64| scene.until(people * (times - 1.0));
    let full = days(most);
    if lift.planned {
        return Some([full; 2]);
    }
    let (effect, belief) = outlook::asked_of(scene, effect_of(lift, people)?);
    let sequence = scene.asked().question.sequence(scene.alpha().0);
    // As many days as were seen tell the level, and each that comes has its own.
    let vary = VARY * libm::sqrt(1.0 / so_far.max(1.0) + 1.0 / full.max(1.0));
    let [soon, _, late] = until(&effect, belief, sequence, most, vary);
    Some([days(soon), days(late)])
}

/// What can be said of an experiment now.
#[must_use]
pub fn said(scene: &Scene) -> Said {
    let conclusion = conclusion(scene);
    let report = scene.report();
    let (_, treatment) = scene.variants();
    let metric = scene.metric();
    let hypothesis = scene.experiment.plan.clone().unwrap_or_default().hypothesis;
    let lift = lift_of(&report, &treatment);
    let asked = hypothesis.asked();
    let range = lift.map_or_else(String::new, |lift| range(lift, asked, scene.alpha()));
    let both = || lift.and_then(|lift| both_true(scene, lift)).unwrap_or_default();
    let moved = || lift.map_or_else(String::new, |lift| moved(scene, lift));
    let wish = exactly(hypothesis.by);
    let [guarded, keep] = if kinds::has_new_version(scene) {
        [", and nothing guarded got worse", " By your rule: keep the old version."]
    } else {
        [""; 2]
    };
    let (headline, words, recommend) = match &conclusion {
        Conclusion::Harm => return harm(scene, conclusion),
        Conclusion::Invalid { .. } => return invalid(scene, &report, conclusion),
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
            let when = days.map_or_else(String::new, |days| format!(" {}", known_in(days)));
            let waits = if scene.experiment.ended.is_some() {
                "It ended before that was known.".to_string()
            } else if scene.people() < scene.planned() || scene.days() >= scene.least() {
                "The planned size is not reached yet.".to_string()
            } else {
                format!("The plan waits {:.0} days at least.", scene.least())
            };
            let bounds = lift.map(|lift| asked.pointed([lift.low, lift.high]));
            let far = bounds.is_some_and(|[low, high]| low <= -hypothesis.by && high < 0.0);
            let far = if far { format!(" It is worse; whether by more than {wish} is open.") } else { String::new() };
            let words = format!("{range}{}{far} {waits}{when}", both());
            ("Undecided so far".to_string(), words, Recommendation::Wait)
        }
        Conclusion::Better => (
            "Ship the new version, by your rule".to_string(),
            format!("{}{guarded}. {range}", moved()),
            Recommendation::Ship,
        ),
        Conclusion::NoEffectAsLarge if asked.question == Question::NotWorse => {
            let less = lift.is_some_and(|lift| asked.pointed([lift.low, lift.high])[1] < 0.0);
            let less = if less { " It is worse, but by less than that." } else { "" };
            let words = format!("“{metric}” is not worse by more than {wish}, as you asked{guarded}. {range}{less}");
            ("Ship the new version, by your rule".to_string(), words, Recommendation::Ship)
        }
        Conclusion::Worse => {
            let than = match asked.question {
                Question::Better => String::new(),
                Question::NotWorse => format!(", by more than the {wish} that you allowed"),
            };
            let words = format!("{}{than}. {range}", moved());
            ("Keep the old version, by your rule".to_string(), words, Recommendation::Stop)
        }
        Conclusion::NoEffectAsLarge => (
            format!("No difference as large as the {wish} hoped for"),
            format!("As many visitors came as were planned. {range}{keep} This is a result."),
            Recommendation::Keep,
        ),
        Conclusion::Underpowered { .. } if range.is_empty() => (
            "Too few did it to compare".to_string(),
            format!("As many visitors came as were planned, but hardly anyone did what “{metric}” counts."),
            Recommendation::Keep,
        ),
        Conclusion::Underpowered { could } => {
            let seen = could.map_or_else(String::new, |could| unseen(asked, &wish, could));
            let words = format!("As many visitors came as were planned. {range}{}{seen}{keep}", both());
            let headline = match asked.question {
                Question::Better => "No difference could be shown".to_string(),
                Question::NotWorse => format!("It may be worse by more than {wish}"),
            };
            (headline, words, Recommendation::Keep)
        }
    };
    let words = if matches!(recommend, Recommendation::Ship | Recommendation::Stop) {
        format!("{words}{}", doubts(&sound::checks(scene, &report)))
    } else {
        words
    };
    kinds::told(scene, &report, Said { headline, words, recommend, conclusion })
}

/// When it is most likely known, in a sentence.
#[must_use]
pub fn known_in([soon, late]: [f64; 2]) -> String {
    format!("Most likely known in {}.", span([soon, late]))
}

/// Between how many days: `5–6 days`, or `1 day`.
#[must_use]
pub fn span([soon, late]: [f64; 2]) -> String {
    match (libm::floor(soon).max(1.0), libm::ceil(late).max(1.0)) {
        (soon, late) if late > soon => format!("{soon:.0}–{late:.0} days"),
        (_, 1.0) => "1 day".to_string(),
        (_, late) => format!("{late:.0} days"),
    }
}

/// What so many visitors could have answered, where that is less than was asked.
fn unseen(asked: Asked, wish: &str, could: f64) -> String {
    let by = libm::fabs(asked.change);
    if could <= by {
        return String::new();
    }
    let could = beside(could, &[by]);
    let could = could.trim_start_matches('+');
    match asked.question {
        Question::Better => format!(" With this traffic {wish} could not have been seen, only {could} or more."),
        Question::NotWorse => {
            format!(" With this traffic a loss of {wish} could not have been excluded, only {could} or more.")
        }
    }
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
    let (headline, words) = match trouble(scene, report) {
        Some(Trouble { cause: Problem::Unwatched, words, .. }) => {
            ("Stopped itself: start it again when data come in".to_string(), words)
        }
        Some(Trouble { headline, words, .. }) => {
            (format!("Do not use these numbers: {}", super::lower(&headline)), words)
        }
        None => ("Do not use these numbers".to_string(), String::new()),
    };
    Said { headline, words, recommend: Recommendation::Fix, conclusion }
}

/// The screen.
#[must_use]
pub fn screen(scene: &Scene) -> Value {
    let (report, said, prior) = (scene.report(), said(scene), scene.prior());
    let checks = sound::checks(scene, &report);
    let (control, treatment) = scene.variants();
    let metric = scene.metric();
    let measure = scene.measure(metric);
    let asked = scene.asked();
    // Of numbers that cannot be used nothing is told: no effect, and no "no sign of harm" either.
    let usable = said.recommend != Recommendation::Fix;
    let lift = lift_of(&report, &treatment).filter(|_| usable);
    let answers = lift.and_then(|lift| answers(lift, real(scene.people()), prior.belief));
    let beyond = |point: f64| {
        answers.map(|answers| answers.iter().filter(|answer| (*answer - point) * asked.good() > 0.0).count())
    };
    let arms = report.arms.iter().filter(|arm| arm.arm.variant == control || arm.arm.variant == treatment);
    let arms: Vec<_> = arms
        .map(|arm| json!({
            "variant": arm.arm.variant, "confirmed": arm.arm.confirmed, "converted": arm.arm.converted, "rate": arm.rate,
            "value": arm.arm.value, "told": arm.arm.value.or(arm.rate).map(|value| metric::told(&measure, value)),
        }))
        .collect();
    let mut screen = json!({
        "asOf": scene.now,
        "experiment": super::experiment::view(scene, None),
        "headline": said.headline,
        "words": said.words,
        "recommend": said.recommend,
        "conclusion": said.conclusion,
        "since": null,
        "prior": answers.map(|_| prior_words(&prior)),
        "rule": super::experiment::rule(scene),
        "metric": {
            "key": metric,
            "description": scene.document.metrics.get(metric).and_then(|metric| metric.description.clone()),
            "kind": measure.kind, "share": metric::is_share(&measure), "each": metric::each(&measure),
        },
        "arms": arms,
        "lift": lift.map(|lift| shown(scene, lift)),
        "others": scene.others().iter().filter(|_| usable).map(|other| others::line(scene, other)).collect::<Vec<_>>(),
        "answers": answers.map(|answers| answers.to_vec()),
        "better": beyond(0.0),
        "reach": beyond(asked.mark()),
        "guardrails": scene.watches().iter().map(|watch| guardrail(scene, watch, usable)).collect::<Vec<_>>(),
        "segments": lift.and_then(|_| segments::screen(scene)),
        "outlook": outlook::outlook(scene).map(|outlook| {
            json!({
                "days": outlook.days, "better": outlook.better, "worse": outlook.worse, "open": outlook.open,
                "words": outlook.words(),
            })
        }),
        "people": scene.people(),
        "planned": scene.planned(),
        "series": scene.looks,
        "voices": [],
        "written": null,
        "quote": null,
        "report": for_specialists(scene, &judged(scene, report, said.clone()), &checks),
    });
    decided::stand_still(scene, &mut screen);
    screen
}

/// The report with the one verdict.
#[must_use]
pub fn report(scene: &Scene) -> Report {
    judged(scene, scene.report(), said(scene))
}

fn judged(scene: &Scene, report: Report, said: Said) -> Report {
    let kind = decided::kind(scene, &said);
    let Said { headline, words, conclusion, .. } = decided::standing(scene, said);
    let cause =
        if let Conclusion::Invalid { cause } = conclusion { Some(cause).filter(|_| kind == "invalid") } else { None };
    Report { verdict: VerdictReport { kind, cause, headline, words }, ..report }
}

/// The report with how it is read and with the checks beside it, for specialists.
fn for_specialists(scene: &Scene, report: &Report, checks: &[Check]) -> Value {
    let mut report = json!(report);
    if let Some(report) = report.as_object_mut() {
        let rules = scene.experiment.rules(scene.playbook);
        report.insert("method".into(), json!(rules.method));
        report.insert("alpha".into(), json!(rules.alpha));
        report.insert("power".into(), json!(rules.power));
        report.insert("health".into(), json!(checks));
    }
    report
}

/// What is said of a guardrail, and its numbers; of numbers that are not `usable` no harm is denied.
#[must_use]
pub fn guardrail(scene: &Scene, watch: &Watch, usable: bool) -> Value {
    let metric = &watch.guardrail.metric;
    let measure = scene.measure(metric);
    let share = metric::is_share(&measure);
    let (control, treatment) = scene.variants();
    let arm = |variant: &String| {
        let confirmed = scene.counts.exposures(variant, None, "").confirmed;
        let units = scene.counts.converted(variant, metric, None);
        let value = || scene.level(variant, metric).map(|level| level.mean);
        let rate = if scene.has_moved() { value() } else { Some(real(units) / real(confirmed)) };
        let rate = rate.filter(|_| share && confirmed > 0);
        let told = rate.or_else(|| value().filter(|_| !share)).map(|value| metric::told(&measure, value));
        json!({"variant": variant, "units": share.then_some(units), "rate": rate, "told": told})
    };
    let seen = watch.seen();
    let (status, words) = if watch.harmed {
        ("harm", format!("Got worse: {seen}."))
    } else if scene.latched.harmed.contains(metric) {
        ("harm", format!("Got worse when it was stopped: {seen}."))
    } else if scene.people() == 0 {
        ("wait", "Nobody has met it yet.".to_string())
    } else if !usable {
        ("unknown", "These numbers cannot be used, so harm would not be seen in them.".to_string())
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
    let said = decided::stood(scene);
    let then = scene.experiment.decision.as_ref().and_then(|decision| decision.seen["people"].as_u64());
    let people = super::count(then.unwrap_or_else(|| scene.people()), "visitor", "visitors");
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
                Choice::Abort => "Give it up",
            };
            let why = if decision.why.is_empty() { String::new() } else { format!(" {}", decision.why) };
            format!("{what}, {}.{why}", decision.rule())
        },
    );
    (expected, found, decision)
}
