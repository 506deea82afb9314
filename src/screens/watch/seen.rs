//! A look at one run: each sign's p-value, and a sentence where it is worth making.

use super::{Finding, LOST, MACHINES, Memory, NEW, QUARTERS, RATE, Sign, UNSEEN, metrics, of};
use crate::ramp::{self, Wait};
use crate::report::Report;
use crate::screens::{Scene, answers, percent, range, sound, trouble};
use crate::spoken::{count, grouped, nearest};
use crate::stats::guard::Harm;
use crate::stats::health::usual::{self, Hours, Usual};
use crate::stats::special::normal;
use crate::stats::{health, real};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Map, Value, json};

/// Where more visitors come than usual and of what is counted so many times as much a visitor, most of them do nothing.
const THIN: f64 = 0.85;

/// A look under way.
pub(super) struct Seen<'s> {
    pub(super) scene: &'s Scene<'s>,
    pub(super) shares: &'s Map<String, Value>,
    pub(super) memory: &'s mut Memory,
    pub(super) found: Vec<Finding>,
}

impl Seen<'_> {
    /// Takes a p-value of a sign, and tells whether a sentence about it is worth making.
    fn take(&mut self, sign: Sign, p: f64) -> bool {
        let kept = &mut self.memory.p[sign as usize];
        // Kept in halves, so that little luck is not written down each minute.
        if p < 0.5 * *kept {
            *kept = p;
        }
        p <= RATE
    }

    /// What is told if it stands: as it is certain, or by its p-value.
    fn say(&mut self, sign: Sign, p: Option<f64>, what: String, cause: String, mut evidence: Value) {
        if let Some(p) = p {
            evidence["pValue"] = p.into();
        }
        let next = sign.next().to_string();
        self.found.push(Finding { sign, is_certain: p.is_none(), what, cause, next, evidence });
    }

    /// A share before the quarter of the day began, and since.
    fn share(&self, name: &str) -> ([u64; 2], [u64; 2]) {
        let (now, before) = (of(self.shares, name), of(&self.memory.begun, name));
        (before, [0, 1].map(|place| now[place].saturating_sub(before[place])))
    }

    /// The smallest p-value of some shares, for as many as there are in a day.
    fn worst(&self, names: &[String], usual: Usual) -> (f64, String) {
        let (mut least, mut worst) = (1.0, "");
        for name in names {
            let (before, today) = self.share(name);
            let p = usual::share(before, today, usual);
            if p < least {
                (least, worst) = (p, name);
            }
        }
        (f64::min(least * QUARTERS * real(names.len() as u64).max(1.0), 1.0), worst.to_string())
    }

    /// “12 of 400 visitors in the last hours, 3.0 % before”, and the numbers.
    fn told(&self, name: &str) -> (String, Value) {
        let (before, today) = self.share(name);
        let words = format!(
            "{} of {} in the last hours, {} before",
            grouped(today[1]),
            count(today[0], "visitor", "visitors"),
            percent(real(before[1]) / real(before[0].max(1)))
        );
        (words, json!({"of": name, "today": today, "before": before}))
    }

    /// What keeps a verdict from being said; or a group whose split is off.
    pub(super) fn ratio(&mut self, report: &Report, is_hour: bool) {
        let sign = Sign::Ratio;
        if let Some(trouble) = trouble::trouble(self.scene, report) {
            return self.say(sign, None, trouble.headline, trouble.words, Value::Null);
        }
        let whole = libm::exp(-report.sample_ratio.log_e);
        // Two questions, of which the second costs more.
        let groups = if is_hour { sound::groups(self.scene) } else { None };
        let of_groups = groups.as_ref().map_or(1.0, |check| {
            let number = |name: &str| check.numbers[name].as_f64().unwrap_or_default();
            number("groups") * libm::exp(-number("largestLogE"))
        });
        let p = (2.0 * whole.min(of_groups)).min(1.0);
        if self.take(sign, p) {
            let found = groups.filter(|_| of_groups < whole).and_then(|check| Some((check.finding?, check.numbers)));
            let (cause, evidence) = found.unwrap_or_else(|| (report.sample_ratio.words.clone(), json!({})));
            self.say(sign, Some(p), "Visitors are not split as planned".to_string(), cause, evidence);
        }
    }

    pub(super) fn silent(&mut self) {
        let last = self.scene.counts.last.or(self.scene.experiment.started).unwrap_or(self.scene.now);
        let (what, wait) = if ramp::is_silent(self.scene.counts.heard, self.scene.now) {
            ("A part of the data does not come in", Wait::Silent)
        } else if self.scene.now - last > ramp::STALE {
            ("No visitors come in", Wait::Stale)
        } else {
            return;
        };
        self.say(Sign::Stale, None, what.to_string(), wait.words(), Value::Null);
    }

    /// Guarded metrics: in the new version against the old one, and today against before.
    pub(super) fn guarded(&mut self) {
        let watches = self.scene.watches();
        let (mut names, mut version, mut worst) = (Vec::new(), 1.0, None);
        for watch in &watches {
            let metric = &watch.guardrail.metric;
            if watch.guardrail.harm == Harm::More {
                names.extend([metric.clone(), format!("{NEW}{metric}")]);
            }
            let p = real(watches.len() as u64) * libm::exp(-watch.log_e);
            if p < version {
                (version, worst) = (p, Some(watch));
            }
        }
        let (today, name) = self.worst(&names, Usual::AtMost(0.0, 1.5));
        let p = 2.0 * f64::min(today, version);
        if !self.take(Sign::Guarded, p) {
            return;
        }
        if let Some(watch) = worst.filter(|_| version < today) {
            let what = format!("“{}” got worse with the new version", watch.guardrail.metric);
            return self.say(Sign::Guarded, Some(p), what, format!("{}.", watch.seen()), json!({}));
        }
        let (words, numbers) = self.told(&name);
        let new = name.strip_prefix(NEW);
        let whose = if new.is_some() { "with the new version" } else { "in both versions together" };
        let what = format!("“{}” got worse today", new.unwrap_or(&name));
        self.say(Sign::Guarded, Some(p), what, format!("{words}, {whose}."), numbers);
    }

    /// Takes the hour that is over, and holds the last ones against those of other days.
    pub(super) fn traffic(&mut self, hour: i64) {
        let (now, memory) = (libm::rint(self.scene.visitors()), &mut *self.memory);
        if memory.hour > 0 {
            let missed = (hour - memory.hour).clamp(1, i64::try_from(usual::KEPT).unwrap_or(1));
            // Of an hour whose beginning or end nobody saw nothing is known.
            let came = if missed == 1 { (now - memory.visitors).max(0.0) } else { -1.0 };
            for _ in 0..missed {
                memory.hours.push(came);
            }
        }
        let old = memory.hours.len().saturating_sub(usual::KEPT);
        memory.hours.drain(..old);
        (memory.hour, memory.visitors) = (hour, now);
        let Some(Hours { came, usual, p_value }) = self.hours() else { return };
        if came < 1.5 * usual && usual < 1.5 * came {
            return;
        }
        let more = came > usual;
        let metric = self.scene.metric();
        let (before, today) = self.share(metric);
        // It only says what the finding is called.
        let share = |[units, did]: [u64; 2]| real(did) / real(units.max(1));
        let is_thin = more && share(today) < THIN * share(before);
        let sign = if is_thin { Sign::Bots } else { Sign::Traffic };
        if !self.take(sign, p_value) {
            return;
        }
        let mut words = format!(
            "About {} in the last six hours, where about {} are usual at this time of the day.",
            count(nearest(came), "visitor", "visitors"),
            grouped(nearest(usual))
        );
        let what = if is_thin {
            let (thin, _) = self.told(metric);
            words = format!("{words} “{metric}”: {thin}. Visitors who do nothing are machines, most likely.");
            "Machines come that nobody has left out"
        } else if more {
            "More visitors come than usual"
        } else {
            "Fewer visitors come than usual"
        };
        let evidence = json!({"came": nearest(came), "usual": nearest(usual)});
        self.say(sign, Some(p_value), what.to_string(), words, evidence);
    }

    fn hours(&self) -> Option<Hours> {
        usual::hours(&self.memory.hours, f64::from(self.scene.experiment.stage()) / 100.0)
    }

    /// What is left out as automatic has grown.
    pub(super) fn bots(&mut self) {
        let (p, name) = self.worst(&[MACHINES.to_string()], Usual::AtMost(0.05, 2.0));
        if self.take(Sign::Bots, p) {
            let (words, numbers) = self.told(&name);
            let cause = format!("Left out as automatic: {words}.");
            self.say(Sign::Bots, Some(p), "Many more machines come than usual".to_string(), cause, numbers);
        }
    }

    /// What is counted hardly comes in, though visitors do.
    pub(super) fn stale(&mut self) {
        let scene = self.scene;
        let guardrails = &scene.experiment.rules(scene.playbook).guardrails;
        let mut names: Vec<String> = metrics(scene).map(ToString::to_string).collect();
        names.retain(|metric| !guardrails.iter().any(|own| own.metric == *metric && own.harm == Harm::More));
        let (p, name) = self.worst(&names, Usual::AtLeast(0.5));
        // Where many more come than usual, who they are is the question.
        if p > RATE || self.hours().is_some_and(|found| found.came > 1.5 * found.usual) {
            return;
        }
        if self.take(Sign::Stale, p) {
            let (words, numbers) = self.told(&name);
            self.say(Sign::Stale, Some(p), format!("“{name}” hardly comes in any more"), format!("{words}."), numbers);
        }
    }

    /// Browsers of which today more gets lost than before, and more than anywhere.
    pub(super) fn loss(&mut self) {
        let mut names: Vec<String> = self.shares.keys().cloned().collect();
        names.retain(|name| name.starts_with(LOST) || name.starts_with(UNSEEN));
        let (p, name) = self.worst(&names, Usual::AtMost(0.05, 2.0));
        if self.take(Sign::Loss, p) {
            let (words, numbers) = self.told(&name);
            let (verb, browser) = name.split_once(' ').unwrap_or_default();
            let cause = format!("Reports that are {verb}, counted as whole visitors: {words}.");
            self.say(Sign::Loss, Some(p), format!("{browser} loses its reports"), cause, numbers);
        }
    }

    /// Once a day, as these hold for one look: whether the effect deserves to be believed.
    pub(super) fn believed(&mut self, report: &Report) {
        let scene = self.scene;
        let belief = scene.prior().belief;
        let (_, treatment) = scene.variants();
        let lift = range::lift_of(report, &treatment);
        let effect = lift.and_then(|lift| answers::effect_of(lift, real(scene.people())));
        let beyond = effect.map_or(1.0, |effect| {
            let apart = libm::fabs(effect.change() - belief.mean) - health::BEYOND * belief.sd;
            2.0 * normal::sf((apart / effect.standard_error).max(0.0))
        });
        let plausible = sound::plausible(scene, report);
        self.doubted(Sign::Implausible, "The effect is too good to be true", plausible, Some(beyond));
        self.doubted(Sign::Collision, "Another test changes the effect", sound::together(scene), None);
        self.doubted(Sign::Novelty, "The effect does not stay as it is", sound::steady(scene), None);
    }

    /// A check of *Live* that has found something; where it has p-values of its own, by the smallest of them.
    fn doubted(&mut self, sign: Sign, what: &str, check: Option<sound::Check>, p: Option<f64>) {
        let Some(sound::Check { finding: Some(cause), numbers, next, .. }) = check else { return };
        let p = p.unwrap_or_else(|| {
            let own = |numbers: &Value| numbers["pValue"].as_f64().unwrap_or(1.0);
            let Some(all) = numbers.as_array() else { return own(&numbers) };
            let mut least = 1.0;
            for one in all {
                least = f64::min(least, own(one));
            }
            least * real(all.len() as u64)
        });
        if self.take(sign, p.min(1.0)) {
            self.say(sign, Some(p), what.to_string(), cause, json!({"numbers": numbers}));
            if let Some(finding) = self.found.last_mut() {
                finding.next = next.to_string();
            }
        }
    }
}
