//! Alerts: hardly ever where nothing is wrong, and by their right name within hours where something is.

use super::{Promise, Trial};
use crate::crowd::{Crowd, Fault};
use fastrand::Rng;
use pointsman::counts::Counts;
use pointsman::document::{self, Document};
use pointsman::lifecycle::Experiment;
use pointsman::playbook::{Guardrail, Playbook};
use pointsman::screens::watch::{self, Memory, RATE, Sign};
use pointsman::screens::{Latched, Look, Scene};
use pointsman::stats::guard::Harm;
use serde_json::json;
use std::sync::Mutex;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// A midnight.
const START: i64 = 20_833 * DAY;
/// Experiments that run at once, and days of a month.
const RUNS: u64 = 50;
const MONTH: i64 = 30;
/// Days that are enough for a promise of one in a hundred if none has an alert, and faults for one of nine in ten.
const DAYS: u64 = 480;
const FAULTS: u64 = 100;

pub fn trials() -> Vec<Trial> {
    let left = Mutex::new(Vec::new());
    let any = move |rng: &mut Rng, _| {
        let mut left = left.lock().unwrap();
        if left.is_empty() {
            *left = month(rng.u64(..));
        }
        left.pop().unwrap_or_default()
    };
    let situation = "fifty experiments that change nothing, looked at hourly for a month";
    let mut trials = vec![Trial::new("a day with a false alert", situation, Promise::AtMost(RATE), any).most(DAYS)];
    for (fault, sign, words, hours) in [
        (Fault::SafariLoses, Sign::Loss, "Safari loses its reports", 6),
        (Fault::Bots, Sign::Bots, "machines come that nobody has left out", 6),
        (Fault::Half, Sign::Traffic, "half of the visitors stay away", 8),
        (Fault::Errors, Sign::Guarded, "errors burst in both versions", 6),
        (Fault::NoOrders, Sign::Stale, "nobody’s order arrives any more", 6),
    ] {
        let situation = format!("{words}, one of fifty, within {hours} hours");
        let simulate = move |rng: &mut Rng, _| is_named(rng, fault, sign, hours);
        trials.push(Trial::new("a fault that is named", situation, Promise::AtLeast(0.9), simulate).most(FAULTS));
    }
    for (fault, sign, words, days, told) in [
        (Fault::Collision, Sign::Collision, "another test changes the effect", 5, "five days"),
        (Fault::Fades, Sign::Novelty, "the effect fades as something new does", 21, "three weeks"),
        (Fault::Slow, Sign::Guarded, "the new version’s pages take a fifth longer", 1, "a day"),
    ] {
        let situation = format!("{words} from the start, one of fifty, within {told}");
        let simulate = move |rng: &mut Rng, _| is_named_from_the_start(rng, fault, sign, days);
        trials.push(Trial::new("a fault that is named", situation, Promise::AtLeast(0.9), simulate).most(FAULTS));
    }
    for (fault, sign, words) in [
        (Some(Fault::Better), Sign::Novelty, "novelty: an effect stays as it is"),
        (None, Sign::Guarded, "speed: the pages of both versions take as long"),
    ] {
        let left = Mutex::new(Vec::new());
        let any = move |rng: &mut Rng, _| {
            let mut left = left.lock().unwrap();
            if left.is_empty() {
                *left = fortnight(rng.u64(..), fault, sign);
            }
            left.pop().unwrap_or_default()
        };
        let situation = format!("{words}, one of fifty, looked at hourly for a fortnight");
        trials.push(Trial::new("a day with a false alert", situation, Promise::AtMost(RATE), any).most(DAYS));
    }
    trials
}

/// Whether what is wrong from the beginning is found within so many days, and nothing else before it.
fn is_named_from_the_start(rng: &mut Rng, fault: Fault, sign: Sign, days: i64) -> bool {
    let mut one = if fault == Fault::Slow { Watched::timed(rng.u64(..)) } else { Watched::new(rng.u64(..), 0) };
    one.crowd.fault = Some(fault);
    for hour in 1..=24 * days {
        let found = one.look(START + hour * HOUR);
        for other in Sign::ALL {
            if stands(&found, &one.memory.p, other) {
                let speed = "“speed” got worse with the new version";
                return other == sign && (fault != Fault::Slow || one.said.iter().any(|said| said == speed));
            }
        }
    }
    false
}

/// Which days of a fortnight in which nothing is wrong have an alert of this sign.
fn fortnight(seed: u64, fault: Option<Fault>, sign: Sign) -> Vec<bool> {
    let mut one = if sign == Sign::Guarded { Watched::timed(seed) } else { Watched::new(seed, 0) };
    one.crowd.fault = fault;
    let mut hour = |hour: i64| {
        let found = one.look(START + hour * HOUR);
        stands(&found, &one.memory.p, sign)
    };
    (0..14).map(|day| (1..=24).filter(|of| hour(24 * day + of)).count() > 0).collect()
}

/// An experiment under the watch, as the control object has it.
struct Watched {
    crowd: Crowd,
    memory: Memory,
    experiment: Experiment,
    playbook: Playbook,
    document: Document,
    looks: Vec<Look>,
    /// What the last look has found, in a few words each.
    said: Vec<String>,
}

impl Watched {
    /// One whose pages are timed and guarded.
    fn timed(seed: u64) -> Self {
        let mut one = Self::new(seed, 0);
        one.crowd.speed = Some(Default::default());
        let guarded = Guardrail { metric: "speed".into(), harm: Harm::More, tolerance: 0.0, weight: 1.0 };
        one.playbook.guardrails.push(guarded);
        one
    }

    fn new(seed: u64, place: u64) -> Self {
        let key = format!("try-{place}");
        let experiment = json!({
            "key": key, "title": key, "note": "", "state": "running", "author": "", "created": START, "started": START,
            "plan": {
                "title": key, "change": {"kind": "words", "page": "/", "edits": []}, "guardrails": ["errors"],
                "hypothesis": {"change": "", "metric": "orders", "direction": "up", "by": 0.1, "because": ""},
            },
            "perArm": 15_000, "history": [],
            "run": {"id": format!("{key}-1"), "epoch": 1, "stage": 0, "stages": [50], "since": START, "released": 0},
        });
        let document = json!({
            "format": 1, "flags": {},
            "metrics": {
                "orders": {"event": "order"}, "errors": {"event": "error"},
                "speed": {"event": "loaded", "measure": {"kind": "quantile", "thresholds": [1000, 1400], "direction": "down"}},
            },
        });
        Self {
            crowd: Crowd::new(seed, &key, &format!("try-{}", (place + 1) % RUNS)),
            memory: Memory::default(),
            experiment: serde_json::from_value(experiment).unwrap(),
            playbook: Playbook::standard(),
            document: document::read(document.to_string().as_bytes()).unwrap(),
            looks: Vec::new(),
            said: Vec::new(),
        }
    }

    /// An hour passes, and it is looked.
    fn look(&mut self, now: i64) -> Vec<Sign> {
        self.crowd.hour(now);
        let counts = Counts { sums: self.crowd.sums(), last: Some(now), heard: Some(now) };
        let scene = Scene {
            experiment: &self.experiment,
            revision: 1,
            counts: &counts,
            playbook: &self.playbook,
            document: &self.document,
            looks: &self.looks,
            past: &[],
            latched: &Latched::default(),
            now,
        };
        let found = watch::look(&scene, &mut self.memory);
        if now % (6 * HOUR) == 0 {
            let look = scene.look();
            self.looks.push(look);
        }
        self.said = found.iter().map(|found| found.what.clone()).collect();
        found.into_iter().filter(|found| !found.is_certain).map(|found| found.sign).collect()
    }
}

/// Whether a sign is found where all others are quiet.
fn stands(found: &[Sign], p: &[f64], sign: Sign) -> bool {
    let mut all = p.to_vec();
    all.resize(Sign::ALL.len() * usize::try_from(RUNS).unwrap(), 1.0);
    found.contains(&sign) && p[sign as usize] <= watch::together(&all)
}

/// Which days of a month have a false alert.
fn month(seed: u64) -> Vec<bool> {
    let mut rng = Rng::with_seed(seed);
    let mut all: Vec<Watched> = (0..RUNS).map(|place| Watched::new(rng.u64(..), place)).collect();
    let day = |day: i64| {
        let hour = |hour: i64| {
            let now = START + day * DAY + hour * HOUR;
            let found: Vec<Vec<Sign>> = all.iter_mut().map(|one| one.look(now)).collect();
            let p: Vec<f64> = all.iter().flat_map(|one| one.memory.p.iter().copied()).collect();
            let stands = watch::together(&p);
            let mut told = all.iter().zip(&found);
            told.any(|(one, own)| own.iter().any(|sign| one.memory.p[*sign as usize] <= stands))
        };
        // Every hour comes, whatever one before it has shown.
        (0..24).map(hour).filter(|any| *any).count() > 0
    };
    (0..MONTH).map(day).collect()
}

/// Whether a fault that begins on the ninth morning is found in time, and nothing else before it.
fn is_named(rng: &mut Rng, fault: Fault, sign: Sign, hours: i64) -> bool {
    let mut one = Watched::new(rng.u64(..), 0);
    let began = 8 * 24 + 8;
    for hour in 1..=began {
        one.look(START + hour * HOUR);
    }
    one.crowd.fault = Some(fault);
    for hour in began + 1..=began + hours {
        let found = one.look(START + hour * HOUR);
        for other in Sign::ALL {
            if stands(&found, &one.memory.p, other) {
                return other == sign;
            }
        }
    }
    false
}
