//! *Live*: is it working? The same lines in the same order, also when all is well.

use super::{Scene, count, grouped, lower, percent};
use crate::lifecycle::State;
use crate::lifecycle::checks::ago;
use crate::metric;
use crate::order;
use crate::ramp::{Action, Wait};
use crate::report::Report;
use crate::stats::{health, real};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;
use serde_json::{Value, json};

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    Look,
    Stop,
    Wait,
}

#[derive(Serialize)]
struct Line {
    id: &'static str,
    status: Status,
    what: String,
    cause: String,
    next: String,
}

fn line(id: &'static str, status: Status, what: String, cause: &str, next: &str) -> Line {
    Line { id, status, what, cause: cause.to_string(), next: next.to_string() }
}

/// The screen. `bots` is how many events were left out as those of machines.
#[must_use]
pub fn screen(scene: &Scene, bots: u64) -> Value {
    let report = scene.report();
    let (control, treatment) = scene.variants();
    let variants = [&control, &treatment];
    let lines = lines(scene, &report, Some(bots));
    let arms: Vec<_> = report
        .arms
        .iter()
        .map(|arm| {
            let seen = scene.counts.exposures(&arm.arm.variant, None, "");
            json!({
                "variant": arm.arm.variant, "assigned": arm.arm.assigned, "confirmed": arm.arm.confirmed,
                "confirmedShare": arm.confirmed_share, "reports": seen.reports, "lost": seen.lost,
            })
        })
        .collect();
    let browser = |browser: &String| {
        let arm = |variant: &&String| {
            let seen = scene.counts.exposures(variant, None, browser);
            json!({
                "variant": variant, "assigned": seen.assigned, "confirmed": seen.confirmed,
                "reports": seen.reports, "lost": seen.lost,
            })
        };
        json!({"browser": browser, "arms": variants.iter().map(arm).collect::<Vec<_>>()})
    };
    json!({
        "asOf": scene.now,
        "lines": lines,
        "arms": arms,
        "browsers": scene.counts.browsers().iter().map(browser).collect::<Vec<_>>(),
        "series": scene.looks,
        "experiment": super::experiment::view(scene, None),
    })
}

fn lines(scene: &Scene, report: &Report, bots: Option<u64>) -> [Line; 9] {
    [
        shown(scene, report),
        confirmed(report),
        lost(scene),
        arriving(scene),
        browsers(scene),
        clean(scene, bots),
        sound(scene, report),
        guardrails(scene),
        ramp(scene),
    ]
}

/// The lines that are not well, each as one text: what it is, why, and what to do.
#[must_use]
pub fn odd(scene: &Scene) -> Vec<String> {
    let all = lines(scene, &scene.report(), None).into_iter();
    let odd = all.filter(|line| matches!(line.status, Status::Look | Status::Stop));
    odd.map(|Line { what, cause, next, .. }| format!("{what} {cause} {next}").trim().replace("  ", " ")).collect()
}

fn shown(scene: &Scene, report: &Report) -> Line {
    let (control, treatment) = scene.variants();
    let (old, new) = (scene.counts.exposures(&control, None, ""), scene.counts.exposures(&treatment, None, ""));
    let total = old.assigned + new.assigned;
    if total == 0 {
        let next = if scene.experiment.state == State::Running { "The first visitors take a moment." } else { "" };
        return line("shown", Status::Wait, "Nobody has met it yet.".into(), "", next);
    }
    let share = percent(real(new.assigned) / real(total));
    let what =
        format!("Shown: old {}, new {} ({share} got the new one).", grouped(old.assigned), grouped(new.assigned));
    if !report.sample_ratio.leaks.is_empty() || report.sample_ratio.alarm {
        return line("shown", Status::Stop, what, &report.sample_ratio.words, "Do not decide on these numbers.");
    }
    if let Some(trouble) = &scene.latched.trouble {
        let next = "Do not decide on these numbers: start it again.";
        return line("shown", Status::Stop, what, &format!("An alarm holds: {}.", lower(&trouble.headline)), next);
    }
    let planned = if scene.has_moved() {
        "As planned: within chance of what the split was on each day."
    } else {
        "As planned: half and half, within chance."
    };
    line("shown", Status::Ok, what, planned, "")
}

fn confirmed(report: &Report) -> Line {
    let shares: Vec<f64> =
        report.arms.iter().filter(|arm| arm.arm.weight > 0).filter_map(|arm| arm.confirmed_share).collect();
    let [old, new] = shares[..] else {
        return line("confirmed", Status::Wait, "No browser has reported yet.".into(), "", "");
    };
    let what = format!("Confirmed by browsers: old {}, new {}.", percent(old), percent(new));
    if report.sample_ratio.alarm {
        let next = "Look at the browsers below. Whoever was lost stays lost: mend it, then start it again.";
        return line("confirmed", Status::Stop, what, "One version reports less than the other.", next);
    }
    if report.arms.iter().any(|arm| arm.arm.weight > 0 && arm.arm.assigned < 30) {
        return line("confirmed", Status::Wait, what, "Too few to compare yet.", "");
    }
    if libm::fabs(old - new) > 0.1 {
        let next = "Watch the browsers below.";
        return line("confirmed", Status::Look, what, "One version seems to report less than the other.", next);
    }
    line("confirmed", Status::Ok, what, "Alike, within chance: measuring is fair.", "")
}

/// Share of lost reports, or distance between those of both versions, that is worth a look: as much as blockers and
/// closed laptops take on any site.
const LOSS: f64 = 0.05;

/// What got lost between reports that came in. A visit's last ones leave no gap; they show in the line above.
fn lost(scene: &Scene) -> Line {
    let (control, treatment) = scene.variants();
    let seen = [&control, &treatment].map(|variant| scene.counts.exposures(variant, None, ""));
    let (reports, lost) = (seen[0].reports + seen[1].reports, seen[0].lost + seen[1].lost);
    if reports == 0 {
        return line("lost", Status::Wait, "No page has reported yet.".into(), "", "");
    }
    if lost == 0 {
        let what = format!("No report was lost on the way; {} came in.", grouped(reports));
        return line("lost", Status::Ok, what, "", "");
    }
    let mut by_browser = Vec::new();
    for browser in scene.counts.browsers() {
        let of = |variant: &String| scene.counts.exposures(variant, None, &browser).lost;
        by_browser.push((of(&control) + of(&treatment), browser));
    }
    by_browser.retain(|(lost, _)| *lost > 0);
    let by_browser = order::sorted(by_browser, |one, other| other.cmp(one));
    let named: Vec<_> = by_browser.iter().map(|(lost, browser)| format!("{browser} {}", grouped(*lost))).collect();
    let were = if lost == 1 { "was" } else { "were" };
    let of = count(reports, "report", "reports");
    let what = format!("{} of {of} {were} lost on the way ({}).", grouped(lost), named.join(", "));
    let [old, new] = seen.map(|seen| if seen.reports < ENOUGH { 0.0 } else { real(seen.lost) / real(seen.reports) });
    if libm::fabs(old - new) > LOSS {
        let (side, more, less) = if new > old { ("new", new, old) } else { ("old", old, new) };
        let cause =
            format!("The {side} version loses more: {} of its reports, the other {}.", percent(more), percent(less));
        return line("lost", Status::Look, what, &cause, "Until both lose alike, goals are not counted fairly.");
    }
    if real(lost) / real(reports) > LOSS {
        let (_, browser) = &by_browser[0];
        let cause = "Both versions lose alike, so the comparison is fair, but slower.";
        return line(
            "lost",
            Status::Look,
            what,
            cause,
            &format!("Open the page in {browser}: are its reports answered?"),
        );
    }
    line("lost", Status::Ok, what, "Few, and alike in both versions.", "")
}

fn arriving(scene: &Scene) -> Line {
    let (control, treatment) = scene.variants();
    let metric = scene.metric();
    let measure = scene.measure(metric);
    let Some(last) = scene.counts.last else {
        return line("arriving", Status::Wait, format!("“{metric}” has not arrived yet."), "", "");
    };
    let so_far = if metric::is_share(&measure) {
        let converted = [&control, &treatment].map(|variant| scene.counts.converted(variant, metric, None));
        grouped(converted.iter().sum())
    } else {
        let told = |variant: &String| scene.level(variant, metric).map(|level| metric::told(&measure, level.mean));
        let [old, new] = [&control, &treatment].map(|variant| told(variant).unwrap_or_else(|| "nothing".into()));
        format!("{old} and {new} {}", metric::each(&measure))
    };
    let what = format!("“{metric}”: {so_far} so far; last visitor {}.", ago(scene.now - last));
    if scene.experiment.state == State::Running && scene.now - last > crate::ramp::STALE {
        let cause = "No visitor was confirmed for six hours.";
        return line("arriving", Status::Look, what, cause, "Is the site up, and is the edge in front of it?");
    }
    line("arriving", Status::Ok, what, "", "")
}

/// Units of a browser in an arm before its silence is worth a word.
const ENOUGH: u64 = 15;

fn browsers(scene: &Scene) -> Line {
    let (control, treatment) = scene.variants();
    let share = |browser: &str, variant: &str| {
        let seen = scene.counts.exposures(variant, None, browser);
        (seen.assigned >= ENOUGH).then(|| real(seen.confirmed) / real(seen.assigned))
    };
    let all = scene.counts.browsers();
    let worst = all
        .iter()
        .filter_map(|browser| {
            let (old, new) = (share(browser, &control)?, share(browser, &treatment)?);
            Some((browser, old, new))
        })
        .max_by(|(_, old, new), (_, other, fresh)| libm::fabs(old - new).total_cmp(&libm::fabs(other - fresh)));
    match worst {
        Some((browser, old, new)) if libm::fabs(old - new) > 0.15 => {
            let (side, less, more) = if new < old { ("new", new, old) } else { ("old", old, new) };
            let what = format!(
                "{browser} on the {side} version: {} confirmed, {} on the other.",
                percent(less),
                percent(more)
            );
            let cause = format!("Likely the {side} version leaves or breaks in {browser} before it reports.");
            let next = format!("Open the page in {browser}; until it reports again the numbers are not fair.");
            line("browsers", Status::Look, what, &cause, &next)
        }
        Some(_) => line("browsers", Status::Ok, format!("All {} browsers report alike.", all.len()), "", ""),
        None => line("browsers", Status::Wait, "Too few visitors by browser to compare yet.".into(), "", ""),
    }
}

fn clean(scene: &Scene, bots: Option<u64>) -> Line {
    let (control, treatment) = scene.variants();
    let crossed: u64 =
        [control, treatment].iter().map(|variant| scene.counts.exposures(variant, None, "").crossed).sum();
    if scene.people() == 0 {
        return line("clean", Status::Wait, "Nobody has come yet.".into(), "", "");
    }
    // They are told of no test: what is left out is in none.
    let bots = bots.filter(|bots| *bots > 0);
    let bots =
        bots.map_or_else(String::new, |bots| format!(" Bots left out on the whole site so far: {}.", grouped(bots)));
    if crossed == 0 {
        return line("clean", Status::Ok, format!("Nobody saw both versions.{bots}"), "", "");
    }
    let what = format!("{} saw both versions.{bots}", count(crossed, "visitor", "visitors"));
    if health::crossed(crossed, scene.people()) {
        let cause = "So many are no accident: the versions' visitors are no longer two groups.";
        return line("clean", Status::Look, what, cause, "Does somebody share links or cookies between them?");
    }
    line(
        "clean",
        Status::Look,
        what,
        "They stay with what they met first.",
        "A few do no harm; many point at a mistake.",
    )
}

/// Whether the numbers deserve to be believed, apart from their split.
fn sound(scene: &Scene, report: &Report) -> Line {
    let checks = super::sound::checks(scene, report);
    let Some(first) = checks.iter().find(|check| check.finding.is_some()) else {
        let known = |name| checks.iter().any(|check| check.check == name);
        let mut said = Vec::new();
        for (name, words) in [
            ("before", "Both versions' visitors were alike before."),
            ("groups", "Every group is split as planned."),
            ("plausible", "The effect is of a size that happens."),
            ("steady", "It is steady from day to day."),
            ("together", "No other test interferes."),
        ] {
            if known(name) {
                said.push(words);
            }
        }
        if said.is_empty() {
            return line("sound", Status::Wait, "Too few numbers to doubt them yet.".into(), "", "");
        }
        return line("sound", Status::Ok, said.join(" "), "", "");
    };
    let status = if super::sound::unlike(scene).is_some() { Status::Stop } else { Status::Look };
    let more: Vec<_> =
        checks.iter().skip_while(|check| *check != first).skip(1).filter_map(|check| check.finding.clone()).collect();
    line("sound", status, first.finding.clone().unwrap_or_default(), &more.join(" "), first.next)
}

fn guardrails(scene: &Scene) -> Line {
    let watches = scene.watches();
    let named: Vec<_> = watches.iter().map(|watch| format!("“{}”", watch.guardrail.metric)).collect();
    if let Some(harmed) = watches.iter().find(|watch| watch.harmed) {
        let what = format!("“{}” got worse with the new version.", harmed.guardrail.metric);
        return line("guardrails", Status::Stop, what, "", "It is rolled back by itself.");
    }
    if let Some(stop) = scene.experiment.stop.as_ref().filter(|stop| stop.cause != crate::lifecycle::Cause::Person) {
        return line(
            "guardrails",
            Status::Stop,
            "It stopped itself.".into(),
            &stop.why,
            "Read what happened, then decide.",
        );
    }
    if named.is_empty() {
        return line("guardrails", Status::Look, "Nothing is guarded.".into(), "", "Add a guardrail to the playbook.");
    }
    if scene.people() == 0 {
        return line("guardrails", Status::Wait, format!("{}: nothing to judge yet.", named.join(", ")), "", "");
    }
    line("guardrails", Status::Ok, format!("No harm to {}.", named.join(", ")), "Judged at every look.", "")
}

fn ramp(scene: &Scene) -> Line {
    let stage = scene.experiment.stage();
    let live = scene.experiment.is_live();
    match scene.ramp().filter(|_| live) {
        Some(Action::Hold(wait)) => {
            let status = match wait {
                Wait::Trouble(_) | Wait::Stale | Wait::Silent | Wait::Open => Status::Look,
                Wait::Held(_) | Wait::Time(_) | Wait::Units(_) | Wait::Risk(_) | Wait::Last => Status::Ok,
            };
            line("ramp", status, format!("{stage} % of visitors are in the test."), &wait.words(), "")
        }
        Some(Action::Advance(why)) => line(
            "ramp",
            Status::Ok,
            format!("{stage} % of visitors are in the test."),
            &format!("Goes on now: {why}."),
            "",
        ),
        Some(Action::RollBack { why, .. } | Action::Revert(why)) => {
            line("ramp", Status::Stop, "Rolls back now.".into(), &why, "")
        }
        _ => line("ramp", Status::Ok, "Nobody is in the test any more.".into(), "", ""),
    }
}
