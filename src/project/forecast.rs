//! What a plan would need: how many visitors, and how long that takes at the traffic that was measured.

use super::clocks::Clocks;
use super::experiments::{self, Around, Seen};
use super::{Request, Result, foresight};
use crate::lifecycle::Plan;
use crate::lifecycle::checks::Duration;
use crate::metric::{self, Level};
use crate::playbook::{EVERYBODY, Playbook};
use crate::ramp;
use crate::screens::figures::percent;
use crate::screens::{Look, Scene, metrics};
use crate::spoken::count;
use crate::sql::{Failure, Sql};
use crate::stats::power::{VARY, Week};
use crate::stats::question::{Asked, Question};
use crate::stats::real;
use crate::time::{DAY, Millis};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};

/// Weeks of a test for which the smallest change is told that it finds.
const WEEKS: [u32; 2] = [2, 4];

/// Visitors of control from whom a level may be taken.
const ENOUGH: u64 = 50;

/// How many times its value the standard deviation of a value is taken to be while nobody has measured it: what a visitor
/// spends, or how long something takes, has between one and three.
const DIFFER: f64 = 2.0;

/// The same for people.
const ASSUMED: &str =
    " Nobody has measured yet how much visitors differ in it; a spread of twice its value is assumed.";

pub(super) fn forecast(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let mut around = experiments::around(sql, request.now)?;
    around.clocks = request.call.clocks.clone();
    let template = around.playbook.kind(request.query("template"));
    if let Some(template) = &template {
        around.playbook = template.over(&around.playbook);
    }
    let bandit =
        template.and_then(|template| Some((template.bandit.clone()?, *template.steps(&around.playbook).last()?)));
    let all = experiments::all(sql, &around)?;
    let number = |name: &str| request.query(name).parse::<f64>().ok().filter(|number| number.is_finite());
    let key = request.query("metric");
    let measure = metric::measure(&around.document, key);
    let measured = all.iter().find_map(|seen| level(&seen.scene(&around), key));
    // One that is yet to be made is a share unless somebody says how much visitors differ in it.
    let is_new = !around.document.metrics.contains_key(key);
    let share = if is_new { number("spread").is_none() } else { metric::is_share(&measure) };
    let spread = number("spread").or(measured.and_then(|level| level.spread));
    let guessed = number("guess").map(|mean| Level {
        mean,
        spread: (!share).then(|| spread.unwrap_or(DIFFER * mean)),
        units: 0.0,
    });
    let now = guessed.or(measured);
    let per_day = measured_per_day(&all, &around).or(number("perDay"));
    let down = request.query("direction") == "down";
    let found = now.zip(per_day).map(|(level, per_day)| found(&all, &around, level, (per_day, down)));
    let question = asked(request, 0.0).question;
    let asked = number("by").map(|by| asked(request, by));
    let sized = |(asked, level): (Asked, Level)| {
        level.per_arm(asked, (around.playbook.alpha, around.playbook.power), &around.playbook.method)
    };
    let per_arm = asked.zip(now).and_then(sized);
    let per_arm = per_arm.map(|each| each.max(around.playbook.people.div_ceil(2)));
    let people = per_arm.map(|each| 2 * each);
    let week = per_day.map(|per_day| week(&all, &around, per_day));
    let days = people
        .zip(week)
        .and_then(|(people, week)| days(&around, around.playbook.shortest, &around.playbook.ramp, week, real(people)));
    let curve = asked.zip(now).zip(per_arm).map(|((asked, level), per_arm)| curve(&around, asked, level, per_arm));
    let assumed = if guessed.is_some() && !share && spread.is_none() { ASSUMED } else { "" };
    let base = number("guess").or(measured.map(|level| level.mean));
    let mut promises = promises(&around, question, &all);
    promises.extend(bandit.map(|(bandit, last)| bandit.promises(last)).unwrap_or_default());
    Ok(json!({
        "base": base, "spread": now.and_then(|level| level.spread), "measured": measured.map(|level| level.mean),
        "share": share, "told": base.map(|base| metric::told(&measure, base)),
        "each": metric::each(&measure), "perDay": per_day, "perArm": per_arm, "people": people,
        "range": days.map(|(_, range)| range), "days": days.map(|(days, _)| days), "week": week, "curve": curve, "found": found,
        "words": format!("{}{assumed}", words(people, days, [around.playbook.shortest, around.playbook.longest])), "promises": promises,
        "record": foresight::record(sql)?,
    }))
}

/// The smallest changes that tests of some weeks find, by a ramp and the rules of the playbook.
pub(super) fn found(all: &[Seen], around: &Around, level: Level, (per_day, down): (f64, bool)) -> Vec<Value> {
    let playbook = &around.playbook;
    let asked = Question::Better.of(if down { -0.1 } else { 0.1 });
    let of = |weeks: u32| {
        let people = within(around, week(all, around, per_day), f64::from(7 * weeks))?;
        #[expect(clippy::cast_sign_loss, reason = "visitors are no fewer than none")]
        let per_arm = (people / 2.0) as u64;
        let smallest = level.smallest(per_arm, (playbook.alpha, playbook.power), asked, &playbook.method);
        let words = metrics::found(weeks, people, smallest, playbook.power, down);
        Some(json!({"weeks": weeks, "people": people, "smallest": smallest, "words": words}))
    };
    WEEKS.into_iter().filter_map(of).collect()
}

/// What somebody asks of a metric: `by` with its direction, and as a plan's question.
fn asked(request: &Request, by: f64) -> Asked {
    let margin = request.query("question") == "notWorse";
    let question = if margin { Question::NotWorse } else { Question::Better };
    question.of(if request.query("direction") == "down" { -by } else { by })
}

/// How long a plan would take, and what would take less where it takes too long.
pub(super) fn duration(all: &[Seen], around: &Around, plan: &Plan) -> Duration {
    let Around { playbook, document, .. } = around;
    // What its kind asks for holds here as it does where it is written.
    let rules = plan.rules(playbook);
    let week = measured_per_day(all, around).map(|per_day| week(all, around, per_day));
    let takes = |plan: &Plan| {
        let people = plan.per_arm(playbook).map(|each| 2 * each);
        (
            people,
            people
                .zip(week)
                .and_then(|(people, week)| days(around, rules.shortest, &plan.stages(playbook), week, real(people))),
        )
    };
    let (people, days) = takes(plan);
    let longest = rules.longest;
    let words = match (people, days) {
        (Some(people), Some((days, _))) if days > f64::from(longest) => weeks(people, days),
        _ => words(people, days, [rules.shortest, longest]),
    };
    let told = |plan: &Plan| takes(plan).1.map(|(days, _)| format!(": about {:.0} days", libm::ceil(days)));
    let mut remedies = Vec::new();
    let bolder = with(plan, |plan| plan.hypothesis.by *= 2.0);
    if let Some(days) = told(&bolder) {
        let what = match plan.hypothesis.question {
            Question::Better => "Expect a change of",
            Question::NotWorse => "Allow a loss of",
        };
        remedies.push(format!("{what} {}{days}.", percent(bolder.hypothesis.by)));
    }
    let guarded = |metric: &str| playbook.guardrail(metric).is_some() || metric == plan.hypothesis.metric;
    let nearer = document.metrics.keys().filter(|metric| !guarded(metric)).filter_map(|metric| {
        let level = all.iter().find_map(|seen| level(&seen.scene(around), metric))?;
        let other = with(plan, |plan| {
            plan.hypothesis.metric.clone_from(metric);
            (plan.base, plan.spread) = (Some(level.mean), level.spread);
        });
        Some((metric, takes(&other).1?.0))
    });
    if let Some((metric, days)) = nearer.min_by(|one, other| one.1.total_cmp(&other.1)) {
        remedies.push(format!("Take a metric nearer to it, such as “{metric}”: about {:.0} days.", libm::ceil(days)));
    }
    let everybody = with(plan, |plan| plan.ramp = [plan.stages(playbook), Vec::from([EVERYBODY])].concat());
    if plan.stages(playbook).last().is_some_and(|last| *last < EVERYBODY)
        && let Some(days) = told(&everybody)
    {
        remedies.push(format!("Let everybody take part in the end{days}."));
    }
    Duration { days: days.map(|(days, _)| days), words, remedies }
}

fn with(plan: &Plan, change: impl FnOnce(&mut Plan)) -> Plan {
    let mut plan = plan.clone();
    change(&mut plan);
    plan
}

/// What a ramp by the playbook would promise, with the levels that were measured last.
fn promises(around: &Around, question: Question, all: &[Seen]) -> Vec<String> {
    let playbook = &around.playbook;
    let measured = |metric: &str| all.iter().find_map(|seen| level(&seen.scene(around), metric));
    let told = ramp::promises(&playbook.guardrails, &playbook.ramp, &playbook.hold, measured);
    core::iter::once(playbook.sure(question)).chain(told).collect()
}

/// All visitors of a week, as far as the latest experiment tells.
pub(super) fn per_week(sql: &mut impl Sql, now: Millis) -> core::result::Result<Option<f64>, Failure> {
    let around = experiments::around(sql, now)?;
    let all = experiments::all(sql, &around)?;
    Ok(measured_per_day(&all, &around).map(|day| day * 7.0))
}

pub(super) fn measured_per_day(all: &[Seen], around: &Around) -> Option<f64> {
    all.iter().find_map(|seen| per_day(&seen.scene(around)))
}

/// Where a metric stands, by control in the latest run with enough visitors.
pub(super) fn level(scene: &Scene, metric: &str) -> Option<Level> {
    let (control, _) = scene.variants();
    let (confirmed, level) = (scene.counts.exposures(&control, None, "").confirmed, scene.level(&control, metric)?);
    let possible = level.spread.map_or(level.mean < 1.0, |spread| spread > 0.0);
    (confirmed >= ENOUGH && level.mean > 0.0 && possible).then_some(level)
}

/// All visitors of a day, from those that came into the latest run and the share that could.
pub(super) fn per_day(scene: &Scene) -> Option<f64> {
    (scene.people() >= ENOUGH && scene.days() > 0.2).then(|| scene.visitors() / scene.days())
}

/// Visitors of each weekday of the project's zone, from Thursday, as the first of 1970 was. The shape is that of the latest run with enough of
/// each weekday; without one all are alike.
fn week(all: &[Seen], around: &Around, per_day: f64) -> [f64; 7] {
    let shape = all.iter().find_map(|seen| shape(seen.scene(around).looks, &around.clocks));
    shape.unwrap_or([1.0; 7]).map(|share| share * per_day)
}

/// How busy each weekday is, 1 on average, as looks at a run tell; nothing before each was seen for half a day. What came
/// between two looks came evenly.
fn shape(looks: &[Look], clocks: &Clocks) -> Option<[f64; 7]> {
    let (mut visitors, mut spans) = ([0.0; 7], [0.0; 7]);
    for pair in looks.windows(2) {
        let [from, to] = pair else { continue };
        let all = (to.visitors? - from.visitors?).max(0.0);
        let mut at = from.at;
        while at < to.at {
            let until = clocks.tomorrow(at).min(to.at);
            let place = clocks.weekday(at);
            visitors[place] += all * span(until - at) / span(to.at - from.at);
            spans[place] += span(until - at);
            at = until;
        }
    }
    if spans.iter().any(|span| *span < 0.5) {
        return None;
    }
    let rates: [f64; 7] = core::array::from_fn(|place| visitors[place] / spans[place]);
    let mean = rates.iter().sum::<f64>() / 7.0;
    (mean > 0.0).then(|| rates.map(|rate| rate / mean))
}

/// Days, from milliseconds.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of some years stay below 2^53")]
pub(super) fn span(milliseconds: i64) -> f64 {
    milliseconds as f64 / DAY as f64
}

/// A ramp as visitors come into it: so many while it rises, for so many days, and then those of each day from then on.
struct Rising {
    come: f64,
    days: f64,
    rest: Week,
}

/// The stages of the ramp first, each as long as it holds, then the last one through the weekdays that follow.
fn rising(around: &Around, ramp: &[u8], week: [f64; 7]) -> Option<Rising> {
    let Playbook { hold, .. } = &around.playbook;
    let (last, before) = ramp.split_last()?;
    let a_day = week.iter().sum::<f64>() / 7.0;
    let stage = i64::from(hold.minutes) * 60_000;
    let ramp_ends = stage * i64::try_from(before.len()).ok()?;
    let come: f64 = before.iter().map(|percent| span(stage) * a_day * f64::from(*percent) / 100.0).sum();
    let first = around.clocks.weekday(around.now + ramp_ends);
    let rest = Week { days: core::array::from_fn(|day| week[(first + day) % 7] * f64::from(*last) / 100.0) };
    Some(Rising { come, days: span(ramp_ends), rest })
}

/// The days that so many visitors take, and the range of 8 of 10 runs.
fn days(around: &Around, shortest: u16, ramp: &[u8], week: [f64; 7], people: f64) -> Option<(f64, [f64; 2])> {
    let Rising { come, days: ramped, rest } = rising(around, ramp, week)?;
    let left = (people - come).max(0.0);
    let [soon, late] = rest.range(left, VARY)?;
    let shortest = f64::from(shortest);
    let [days, soon, late] = [rest.duration(left)?, soon, late].map(|days| (ramped + days).max(shortest));
    Some((days, [soon, late]))
}

/// The visitors that a ramp by the playbook lets in within so many days.
fn within(around: &Around, week: [f64; 7], days: f64) -> Option<f64> {
    let Rising { come, days: ramped, rest } = rising(around, &around.playbook.ramp, week)?;
    if days < ramped {
        return Some(come * days / ramped);
    }
    Some(come + rest.units(days - ramped))
}

/// The chance to find changes from a quarter to twice the one that is hoped for; of a margin, the chance to be told that it is
/// no worse by more, from a loss of all of it to a gain of half as much.
fn curve(around: &Around, asked: Asked, level: Level, per_arm: u64) -> Vec<Value> {
    let point = |times: f64| {
        let truth = asked.change * times;
        Some(
            json!({"by": truth, "power": level.power(asked, around.playbook.alpha, (truth, per_arm), &around.playbook.method)?}),
        )
    };
    let times: &[f64] = match asked.question {
        Question::Better => &[0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0],
        Question::NotWorse => &[-1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5],
    };
    times.iter().copied().filter_map(point).collect()
}

fn weeks(people: u64, days: f64) -> String {
    format!("It needs about {}: {:.0} weeks at this traffic.", visitors(people), libm::ceil(days / 7.0))
}

fn visitors(people: u64) -> String {
    count(people, "visitor", "visitors")
}

fn words(people: Option<u64>, days: Option<(f64, [f64; 2])>, [shortest, longest]: [u16; 2]) -> String {
    let Some(people) = people else { return "Say what you expect, and this tells how long it takes.".to_string() };
    let whom = visitors(people);
    match days {
        None => format!("It needs about {whom}. How long that takes shows once traffic was measured."),
        Some((days, _)) if days > f64::from(longest) => format!(
            "{} Expect a bigger change, take a metric nearer to it, or start it as a safety check only.",
            weeks(people, days)
        ),
        Some((days, _)) if days <= 1.0 => format!("It needs about {whom}: less than a day at this traffic."),
        Some((_, [_, late])) if late <= f64::from(shortest) => {
            format!("It needs about {whom}, and {shortest} days, the least for a test of its kind.")
        }
        Some((_, [soon, late])) => {
            let (low, high) = (libm::floor(soon).max(1.0), libm::ceil(late));
            let until = if low < high { format!("–{high:.0}") } else { String::new() };
            format!("It needs about {whom}: {low:.0}{until} days at this traffic.")
        }
    }
}
