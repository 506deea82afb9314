//! What a plan would need: how many visitors, and how long that takes at the traffic that was measured.

use super::experiments::{self, Around, Seen};
use super::{Request, Result};
use crate::metric::{self, Level};
use crate::ramp;
use crate::screens::Scene;
use crate::sql::{Failure, Sql};
use crate::stats::real;
use crate::time::Millis;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};

/// Visitors of control from whom a level may be taken.
const ENOUGH: u64 = 50;

/// How many times its value the standard deviation of a value is taken to be while nobody has measured it: what a visitor
/// spends, or how long something takes, has between one and three.
const DIFFER: f64 = 2.0;

/// The same for people.
const ASSUMED: &str =
    " Nobody has measured yet how much visitors differ in it; a spread of twice its value is assumed.";

/// Days above which somebody should plan differently.
const LONG: f64 = 42.0;

pub(super) fn forecast(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let around = experiments::around(sql, request.now)?;
    let all = experiments::all(sql, &around)?;
    let number = |name: &str| request.query(name).parse::<f64>().ok().filter(|number| number.is_finite());
    let key = request.query("metric");
    let measure = metric::measure(&around.document, key);
    let measured = all.iter().find_map(|seen| level(&seen.scene(&around), key));
    let share = metric::is_share(&measure);
    let spread = number("spread").or(measured.and_then(|level| level.spread));
    let guessed = number("guess").map(|mean| Level {
        mean,
        spread: (!share).then(|| spread.unwrap_or(DIFFER * mean)),
        units: 0.0,
    });
    let now = guessed.or(measured);
    let per_day = measured_per_day(&all, &around);
    let per_arm =
        number("by").zip(now).and_then(|(by, level)| level.per_arm(by, around.playbook.power, &around.playbook.method));
    let last = f64::from(around.playbook.ramp.last().copied().unwrap_or(100)) / 100.0;
    let people = per_arm.map(|each| 2 * each);
    let days = people.zip(per_day).map(|(people, per_day)| real(people) / (per_day * last).max(1e-9));
    let assumed = if guessed.is_some() && !share && spread.is_none() { ASSUMED } else { "" };
    let base = number("guess").or(measured.map(|level| level.mean));
    Ok(json!({
        "base": base, "spread": now.and_then(|level| level.spread), "measured": measured.map(|level| level.mean),
        "share": share, "told": base.map(|base| metric::told(&measure, base)),
        "each": metric::each(&measure), "perDay": per_day, "perArm": per_arm, "people": people, "days": days,
        "words": format!("{}{assumed}", words(people, days)), "promises": promises(&around, &all),
    }))
}

/// What a ramp by the playbook would promise, with the levels that were measured last.
fn promises(around: &Around, all: &[Seen]) -> Vec<String> {
    let playbook = &around.playbook;
    let measured = |metric: &str| all.iter().find_map(|seen| level(&seen.scene(around), metric));
    ramp::promises(&playbook.guardrails, &playbook.ramp, &playbook.hold, measured)
}

/// All visitors of a week, as far as the latest experiment tells.
pub(super) fn per_week(sql: &mut impl Sql, now: Millis) -> core::result::Result<Option<f64>, Failure> {
    let around = experiments::around(sql, now)?;
    let all = experiments::all(sql, &around)?;
    Ok(measured_per_day(&all, &around).map(|day| day * 7.0))
}

fn measured_per_day(all: &[Seen], around: &Around) -> Option<f64> {
    all.iter().find_map(|seen| per_day(&seen.scene(around)))
}

/// Where a metric stands, by control in the latest run with enough visitors.
fn level(scene: &Scene, metric: &str) -> Option<Level> {
    let (control, _) = scene.variants();
    let (confirmed, level) = (scene.counts.exposures(&control, None, "").confirmed, scene.level(&control, metric)?);
    let possible = level.spread.map_or(level.mean < 1.0, |spread| spread > 0.0);
    (confirmed >= ENOUGH && level.mean > 0.0 && possible).then_some(level)
}

/// All visitors of a day, from those that came into the latest run and the share that could.
fn per_day(scene: &Scene) -> Option<f64> {
    let run = scene.experiment.run.as_ref()?;
    let (control, treatment) = scene.variants();
    let mut visitors = 0.0;
    for (epoch, percent) in (1..=i64::from(run.epoch)).zip(&run.stages) {
        let people: u64 = [&control, &treatment]
            .iter()
            .map(|variant| scene.counts.exposures(variant, Some(epoch), "").confirmed)
            .sum();
        visitors += real(people) * 100.0 / f64::from(*percent);
    }
    (scene.people() >= 50 && scene.days() > 0.2).then(|| visitors / scene.days())
}

fn words(people: Option<u64>, days: Option<f64>) -> String {
    let Some(people) = people else { return "Say what you expect, and this tells how long it takes.".to_string() };
    match days {
        None => format!("It needs about {people} visitors. How long that takes shows once traffic was measured."),
        Some(days) if days > LONG => format!(
            "It needs about {people} visitors: {:.0} weeks at this traffic. Expect a bigger change, take a metric nearer to it, or start it as a safety check only.",
            libm::ceil(days / 7.0)
        ),
        Some(days) if days <= 1.0 => format!("It needs about {people} visitors: less than a day at this traffic."),
        Some(days) => {
            let (low, high) = (libm::floor(days * 0.85).max(1.0), libm::ceil(days * 1.2));
            format!("It needs about {people} visitors: {low:.0}–{high:.0} days at this traffic.")
        }
    }
}
