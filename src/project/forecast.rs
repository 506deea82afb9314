//! What a plan would need: how many visitors, and how long that takes at the traffic that was measured.

use super::experiments::{self, Around, Seen};
use super::{Request, Result};
use crate::ramp;
use crate::screens::Scene;
use crate::sql::{Failure, Sql};
use crate::stats::sequence::Sequence;
use crate::stats::{ALPHA, real, size};
use crate::time::Millis;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};

/// Days above which somebody should plan differently.
const LONG: f64 = 42.0;

pub(super) fn forecast(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let (around, all) = (experiments::around(sql, request.now)?, experiments::all(sql)?);
    let number = |name: &str| request.query(name).parse::<f64>().ok().filter(|number| number.is_finite());
    let metric = request.query("metric");
    let measured = all.iter().find_map(|seen| rate(&seen.scene(&around), metric));
    let base = number("guess").or(measured);
    let per_day = measured_per_day(&all, &around);
    let sequence = Sequence::usual(ALPHA);
    let per_arm =
        number("by").zip(base).and_then(|(by, base)| size::per_arm(base, by, around.playbook.power, sequence));
    let share = f64::from(around.playbook.ramp.last().copied().unwrap_or(100)) / 100.0;
    let people = per_arm.map(|each| 2 * each);
    let days = people.zip(per_day).map(|(people, per_day)| real(people) / (per_day * share).max(1e-9));
    Ok(json!({
        "base": base, "measured": measured, "perDay": per_day, "perArm": per_arm, "people": people, "days": days,
        "words": words(people, days), "promises": promises(&around, &all),
    }))
}

/// What a ramp by the playbook would promise, with the rates that were measured last.
fn promises(around: &Around, all: &[Seen]) -> Vec<String> {
    let playbook = &around.playbook;
    let measured = |metric: &str| all.iter().find_map(|seen| rate(&seen.scene(around), metric));
    ramp::promises(&playbook.guardrails, &playbook.ramp, &playbook.hold, measured)
}

/// All visitors of a week, as far as the latest experiment tells.
pub(super) fn per_week(sql: &mut impl Sql, now: Millis) -> core::result::Result<Option<f64>, Failure> {
    let (around, all) = (experiments::around(sql, now)?, experiments::all(sql)?);
    Ok(measured_per_day(&all, &around).map(|day| day * 7.0))
}

fn measured_per_day(all: &[Seen], around: &Around) -> Option<f64> {
    all.iter().find_map(|seen| per_day(&seen.scene(around)))
}

/// The share of control's visitors that did it, in the latest run with enough of them.
fn rate(scene: &Scene, metric: &str) -> Option<f64> {
    let (control, _) = scene.variants();
    let confirmed = scene.counts.exposures(&control, None, "").confirmed;
    let converted = scene.counts.converted(&control, metric, None);
    (confirmed >= 50 && converted > 0 && converted < confirmed).then(|| real(converted) / real(confirmed))
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
