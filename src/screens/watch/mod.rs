//! The watch: what is asked of every running experiment each minute, so that nobody has to look for what goes wrong.
//!
//! Each *sign* has a p-value that holds at any time of a day, however often it is asked; the smallest of the day is kept
//! ([`Memory`]) and all signs of all experiments are judged together ([`together`]). What stops a verdict or a ramp by itself
//! is certain: it keeps the promise that is its own, and is no part of that.

mod seen;

use super::Scene;
use crate::collect::Kind;
use crate::metric;
use crate::stats::real;
use crate::stats::special::ranks::ranks;
use crate::time::{DAY, HOUR};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use seen::Seen;
use serde_json::{Map, Value, json};

/// The share of false ones among the alerts of a day, on average; where nothing is wrong anywhere the chance of any.
pub const RATE: f64 = 0.01;

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Visitors are not split as planned, or another reason why no verdict is said.
    Ratio,
    /// More or fewer visitors come than at the same hours of other days.
    Traffic,
    /// A browser's reports do not come in.
    Loss,
    /// A guarded metric got worse: in one version, or today in both.
    Guarded,
    /// What is counted hardly comes in any more, or visitors do not.
    Stale,
    /// Machines come.
    Bots,
    /// The effect is too good to be true.
    Implausible,
    /// Another experiment changes the effect.
    Collision,
    /// The effect fades or grows.
    Novelty,
}

impl Sign {
    /// All of them, in the order in which a [`Memory`] has them.
    pub const ALL: [Self; 9] = [
        Self::Ratio,
        Self::Traffic,
        Self::Loss,
        Self::Guarded,
        Self::Stale,
        Self::Bots,
        Self::Implausible,
        Self::Collision,
        Self::Novelty,
    ];

    /// Its name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ratio => "ratio",
            Self::Traffic => "traffic",
            Self::Loss => "loss",
            Self::Guarded => "guarded",
            Self::Stale => "stale",
            Self::Bots => "bots",
            Self::Implausible => "implausible",
            Self::Collision => "collision",
            Self::Novelty => "novelty",
        }
    }

    /// What to do about it.
    const fn next(self) -> &'static str {
        match self {
            Self::Ratio => "Do not decide on these numbers: find out who gets lost, and start it again.",
            Self::Traffic => "Is the site up, and is the edge in front of it? Was a campaign begun or ended?",
            Self::Loss => "Open the page in that browser: are its reports answered?",
            Self::Guarded => "Look what was released at that time, here or elsewhere.",
            Self::Stale => "Do what is counted once by yourself, and look under Data whether it arrives.",
            Self::Bots => {
                "Look who they are, and leave them out before the edge; numbers of today are thinner for them."
            }
            Self::Implausible | Self::Collision | Self::Novelty => "",
        }
    }
}

/// What was found, for people: a few words, why, what to do, and the numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What it is about.
    pub sign: Sign,
    /// Whether it stands by itself, and not only if all that is found in a day is judged together.
    pub is_certain: bool,
    /// What it is, without a full stop.
    pub what: String,
    /// Why, in sentences.
    pub cause: String,
    /// What to do.
    pub next: String,
    /// The numbers behind it.
    pub evidence: Value,
}

impl Finding {
    /// As it is kept.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({"what": self.what, "cause": self.cause, "next": self.next, "evidence": self.evidence})
    }
}

/// What is kept of a run from one minute to the next.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    /// The day and the hour of the last look, since 1970.
    day: i64,
    hour: i64,
    /// All visitors at the beginning of that hour.
    visitors: f64,
    /// Those of each hour of a fortnight, the latest last; below zero where nobody looked.
    hours: Vec<f64>,
    /// What each share was when the quarter of the day began: units and hits.
    begun: Map<String, Value>,
    /// The smallest p-value of the day for each of [`Sign::ALL`].
    pub p: Vec<f64>,
}

impl Memory {
    /// From what was kept; of nothing that can be read it is a new one.
    #[must_use]
    pub fn of(mut kept: Value) -> Self {
        let list = |name: &str| {
            let all = kept[name].as_array().into_iter().flatten();
            all.map(|number| number.as_f64().unwrap_or(-1.0)).collect()
        };
        let (hours, p): (Vec<f64>, Vec<f64>) = (list("hours"), list("p"));
        let begun = kept["begun"].as_object_mut().map(core::mem::take).unwrap_or_default();
        let whole = |name: &str| kept[name].as_i64().unwrap_or(0);
        let visitors = kept["visitors"].as_f64().unwrap_or(0.0);
        Self { day: whole("day"), hour: whole("hour"), visitors, hours, begun, p }
    }

    /// As it is kept.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "day": self.day, "hour": self.hour, "visitors": self.visitors, "hours": self.hours, "begun": self.begun, "p": self.p,
        })
    }
}

/// Up to which p-value all of a day stand, judged together: the share of false ones among them is at most [`RATE`]. Below
/// zero none does.
///
/// A p-value here is the smallest of the day, so it only falls and what is found once stays found: the promise holds over all
/// looks of the day. They depend on each other in ways that nobody knows (runs share visitors), so it is Benjamini &
/// Yekutieli's. The largest e-values of a day fed to e-BH would not do: arXiv 2501.19360.
#[must_use]
pub fn together(p: &[f64]) -> f64 {
    let all = real(p.len() as u64);
    let harmonic: f64 = (1..=p.len() as u64).map(|rank| 1.0 / real(rank)).sum();
    let mut stands = -1.0;
    for (rank, place) in ranks(p).into_iter().enumerate() {
        if p[place] <= RATE * real(rank as u64 + 1) / (all * harmonic) {
            stands = p[place];
        }
    }
    stands
}

/// What has stopped itself, as an alert: certain, by the promise of its guardrails.
#[must_use]
pub fn stopped(headline: &str, why: &str) -> Finding {
    Finding {
        sign: Sign::Guarded,
        is_certain: true,
        what: headline.to_string(),
        cause: why.to_string(),
        next: "Read what happened, then decide.".to_string(),
        evidence: Value::Null,
    }
}

/// Looks at a run that is live.
pub fn look(scene: &Scene, memory: &mut Memory) -> Vec<Finding> {
    let (day, hour) = (scene.now.div_euclid(DAY), scene.now.div_euclid(HOUR));
    let shares = shares(scene);
    let (is_first, is_hour) = (memory.day != day || memory.p.is_empty(), memory.hour != hour);
    if is_first {
        memory.day = day;
        memory.p = vec![1.0; Sign::ALL.len()];
    }
    if memory.hour.div_euclid(QUARTER) != hour.div_euclid(QUARTER) {
        memory.begun.clone_from(&shares);
    }
    let mut seen = Seen { scene, shares: &shares, memory, found: Vec::new() };
    let report = scene.report();
    seen.ratio(&report, is_hour);
    seen.silent();
    seen.guarded();
    if is_hour {
        seen.traffic(hour);
    }
    seen.bots();
    seen.stale();
    seen.loss();
    if is_first {
        seen.believed(&report);
    }
    seen.found
}

/// Hours of a part of a day, and its parts: what happens in one is not thinned out by all before it, and each has its part of
/// the chance to be wrong.
const QUARTER: i64 = 6;
const QUARTERS: f64 = 4.0;

/// What stands before the names of shares that are no metric's of all visitors: of the new version, and of a browser.
const MACHINES: &str = "machines";
const NEW: &str = "new ";
const UNSEEN: &str = "missing ";
const LOST: &str = "lost ";

/// The shares that are held against earlier days: of units, those that count.
fn shares(scene: &Scene) -> Map<String, Value> {
    let (control, treatment) = scene.variants();
    let mut all = Map::new();
    let mut add = |name: String, [units, hits]: [u64; 2]| {
        let before = of(&all, &name);
        all.insert(name, Value::Array(vec![(before[0] + units).into(), (before[1] + hits).into()]));
    };
    let browsers = scene.counts.browsers();
    for arm in [&control, &treatment] {
        let seen = scene.counts.exposures(arm, None, "");
        add(MACHINES.to_string(), [seen.confirmed + seen.automatic, seen.automatic]);
        for browser in &browsers {
            let seen = scene.counts.exposures(arm, None, browser);
            add(format!("{UNSEEN}{browser}"), [seen.assigned, seen.assigned.saturating_sub(seen.confirmed)]);
            // As if all that is lost of a visitor were lost together: one is one piece of evidence.
            let lost = seen.lost * seen.confirmed / seen.reports.max(1);
            add(format!("{LOST}{browser}"), [seen.confirmed, lost.min(seen.confirmed)]);
        }
        for metric in metrics(scene) {
            let measure = scene.measure(metric);
            let place = match measure.kind {
                _ if metric::is_share(&measure) => metric::DID,
                Kind::Count => metric::ANY,
                _ => continue,
            };
            let vector = scene.counts.vector(arm, metric, None, "", false);
            let did =
                [0, place].map(|place| vector.get(place).and_then(|number| u64::try_from(*number).ok()).unwrap_or(0));
            if arm == &treatment {
                add(format!("{NEW}{metric}"), did);
            }
            add(metric.to_string(), did);
        }
    }
    all
}

/// One of them.
fn of(shares: &Map<String, Value>, name: &str) -> [u64; 2] {
    let share = shares.get(name);
    [0, 1].map(|place| share.and_then(|share| share[place].as_u64()).unwrap_or(0))
}

/// The metrics of an experiment that are watched: the one that decides, and those that are guarded.
fn metrics<'s>(scene: &'s Scene) -> impl Iterator<Item = &'s str> {
    let guarded = scene.experiment.rules(scene.playbook).guardrails.iter().map(|guardrail| guardrail.metric.as_str());
    core::iter::once(scene.metric()).chain(guarded)
}
