//! The ramp: whether a running experiment may go to its next stage, has to wait, or must be rolled back.
//!
//! The pace follows the data, and the promise does not depend on it: the guardrails' test holds at every look
//! ([`crate::stats::guard`]), so however often and fast this is asked, an unharmful version is rolled back in at most
//! [`FALSE_ROLLBACK`] of all experiments. Missing data never advance anything. [`promises`] says all of it before a start.

use crate::collect::BEAT;
use crate::metric::Level;
use crate::playbook::{FALSE_ROLLBACK, Guardrail, Hold};
use crate::spoken::{count, grouped, nearest};
use crate::stats::effect::Refusal;
use crate::stats::guard::{Epoch, Guard, Harm, means};
use crate::stats::moments::Moments;
use crate::stats::power::{Anytime, Design, Spread};
use crate::stats::sequence::Sequence;
use crate::stats::{Validity, real, sample_ratio};
use crate::time::HOUR;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Milliseconds without a confirmed visitor after which data count as missing.
pub const STALE: i64 = 6 * HOUR;

/// Milliseconds after which a shard that tells nothing counts as lost: it tells three times as often
/// ([`crate::collect::BEAT`]), also where nobody comes.
pub const SILENT: i64 = 3 * BEAT;

/// Whether a shard counts as lost. `heard` is when the one that has been silent for longest was last heard of.
#[must_use]
pub fn is_silent(heard: Option<i64>, now: i64) -> bool {
    heard.is_some_and(|heard| now - heard > SILENT)
}

/// What was measured of a guardrail.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "there is one for each guardrail, and those are few")]
pub enum Measured {
    /// The units with the event, by epoch.
    Labels(Vec<Epoch>),
    /// The value of both arms, control first: as moments, and in words.
    Values {
        /// Their moments, or why there are none.
        arms: Result<[Moments; 2], Refusal>,
        /// Of a count, the units that have any, by epoch.
        any: Vec<Epoch>,
        /// The same for people.
        told: [String; 2],
    },
}

/// What is known of a guardrail.
#[derive(Clone, Debug, PartialEq)]
pub struct Watch {
    /// The guardrail.
    pub guardrail: Guardrail,
    /// Its part of [`FALSE_ROLLBACK`].
    pub alpha: f64,
    /// What its test has seen.
    pub measured: Measured,
    /// Control's units.
    pub control_units: u64,
    /// The logarithm of the e-value against "no harm beyond the tolerance"; 0 before anything can be said.
    pub log_e: f64,
    /// Whether it is harmed.
    pub harmed: bool,
    /// How far that promise reaches.
    pub validity: Validity,
}

/// The test of a guardrail, one of these: its part of [`FALSE_ROLLBACK`] is that of its weight in all of theirs.
#[must_use]
pub fn test(guardrail: &Guardrail, all: &[Guardrail]) -> Guard {
    let weights: f64 = all.iter().map(|guardrail| guardrail.weight).sum();
    let alpha = FALSE_ROLLBACK * (guardrail.weight / weights).min(1.0);
    Guard { harm: guardrail.harm, tolerance: guardrail.tolerance, alpha }
}

/// Asks each guardrail. `measured` gives what was measured of a metric; `control_units` are control's in all epochs.
pub fn watch(guardrails: &[Guardrail], control_units: u64, mut measured: impl FnMut(&str) -> Measured) -> Vec<Watch> {
    let check = |guardrail: &Guardrail| {
        let guard = test(guardrail, guardrails);
        let measured = measured(&guardrail.metric);
        let (log_e, harmed, validity) = match &measured {
            Measured::Labels(epochs) => {
                let evidence = guard.check(epochs);
                (evidence.log_e, evidence.harmed, Validity::Exact)
            }
            Measured::Values { arms, any, .. } => {
                let arms = arms.as_ref().ok().map(|[control, treatment]| [control, treatment]);
                let evidence = if any.is_empty() {
                    arms.and_then(|[control, treatment]| guard.check_values(control, treatment).ok())
                } else {
                    Some(guard.check_counts(any, arms))
                };
                let validity = Validity::Asymptotic { gate: means::GATE };
                evidence.map_or((0.0, false, validity), |seen| (seen.log_e, seen.harmed, seen.validity))
            }
        };
        let (guardrail, alpha) = (guardrail.clone(), guard.alpha);
        Watch { guardrail, alpha, measured, control_units, log_e, harmed, validity }
    };
    guardrails.iter().map(check).collect()
}

impl Watch {
    /// What was seen: `12 visitors with the old version, 40 with the new one`.
    #[must_use]
    pub fn seen(&self) -> String {
        match &self.measured {
            Measured::Labels(epochs) => {
                let [old, new] = labels(epochs);
                format!("{} with the old version, {} with the new one", grouped(old), grouped(new))
            }
            Measured::Values { told: [old, new], any, .. } => {
                let [few, many] = labels(any);
                let who = format!(
                    "; {} visitors of the old version have any, {} of the new one",
                    grouped(few),
                    grouped(many)
                );
                let who = if any.is_empty() { "" } else { &who };
                format!("{old} with the old version, {new} with the new one{who}")
            }
        }
    }

    /// The most harm a visitor that the numbers so far do not exclude: as a share of visitors, or for values of what a
    /// visitor has. Nothing where it is known to be none.
    fn at_risk(&self) -> Option<f64> {
        let Guardrail { harm, tolerance, .. } = self.guardrail;
        let guard = Guard { harm, tolerance, alpha: self.alpha };
        let epochs = match &self.measured {
            Measured::Labels(epochs) => epochs,
            Measured::Values { arms, .. } => {
                let worst = arms.as_ref().ok().and_then(|[control, treatment]| guard.worst_value(control, treatment));
                // Without an upper bound everybody who comes might be harmed.
                return Some(worst.unwrap_or(1.0)).filter(|worst| *worst > 0.0);
            }
        };
        let [old, new] = labels(epochs);
        // No more visitors get the event than have it, and no more lose it than had it.
        let most = guard.highest(if harm == Harm::More { new } else { old }, self.control_units);
        let Some(ratio) = guard.worst(epochs) else { return Some(most) };
        let rate = real(old) / real(self.control_units.max(1));
        ((ratio > 1.0) == (harm == Harm::More)).then(|| (libm::fabs(ratio - 1.0) * rate).min(most))
    }
}

/// Units with the event in control and in the treatment.
pub(crate) fn labels(epochs: &[Epoch]) -> [u64; 2] {
    [epochs.iter().map(|epoch| epoch.control).sum(), epochs.iter().map(|epoch| epoch.treated).sum()]
}

/// Of the units with the event those that would be the treatment's, were both versions alike.
fn expected(epochs: &[Epoch]) -> u64 {
    let of = |epoch: &Epoch| {
        let share = real(epoch.treated_weight) / (real(epoch.treated_weight) + real(epoch.control_weight));
        real(epoch.treated + epoch.control) * share
    };
    #[expect(clippy::cast_sign_loss, reason = "units are positive")]
    let expected = libm::rint(epochs.iter().map(of).sum::<f64>()) as u64;
    expected
}

/// A ramp: what was fixed before the start, and where it stands.
#[derive(Clone, Debug)]
pub struct Ramp<'r> {
    /// Percent of visitors in the test, by stage.
    pub stages: &'r [u8],
    /// The present stage.
    pub stage: usize,
    /// When it began.
    pub since: i64,
    /// Why it is held by hand, if it is.
    pub held: Option<&'r str>,
    /// What a stage waits for.
    pub hold: &'r Hold,
}

/// What has come in.
#[derive(Clone, Debug)]
pub struct Evidence<'e> {
    /// The confirmed visitors since the stage began, in the arm that has fewer.
    pub units: u64,
    /// When the last visitor was confirmed, if one ever was.
    pub last: Option<i64>,
    /// When the shard that has been silent for longest was last heard of.
    pub heard: Option<i64>,
    /// What is wrong with the split or the counts, in words.
    pub trouble: Option<String>,
    /// The guardrails.
    pub watches: &'e [Watch],
}

/// What the ramp does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// It goes to the next stage.
    Advance(String),
    /// It ends exposure at once: this metric is harmed.
    RollBack {
        /// The metric.
        metric: String,
        /// What was seen.
        why: String,
    },
    /// It ends exposure, because for too long nobody could see whether it does harm.
    Revert(String),
    /// It stays.
    Hold(Wait),
}

/// Why the ramp stays where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Somebody holds it.
    Held(String),
    /// Something is wrong with the data.
    Trouble(String),
    /// No data come in.
    Stale,
    /// A part of the data does not come in.
    Silent,
    /// Anybody could have invented the data.
    Open,
    /// Time must pass until this moment.
    Time(i64),
    /// So many more visitors must come to the smaller arm.
    Units(u64),
    /// At the next stage this metric might still be harmed for more visitors than the playbook allows.
    Risk(String),
    /// There is no further stage.
    Last,
}

/// One step of a ramp: a pure function of what was fixed, what has come in, and the time.
///
/// Harm comes first, whatever else is the case. Then whatever could hide harm: a hand, bad data, no data. Only then time,
/// size and risk, and a stage that has them all goes on. Asking twice is asking once.
#[must_use]
pub fn step(ramp: &Ramp, evidence: &Evidence, now: i64) -> Action {
    if let Some(harmed) = evidence.watches.iter().find(|watch| watch.harmed) {
        return Action::RollBack { metric: harmed.guardrail.metric.clone(), why: harm(harmed) };
    }
    let silent = now - evidence.last.unwrap_or(ramp.since);
    if let Some(hours) = ramp.hold.revert_after_hours.filter(|hours| silent > i64::from(*hours) * HOUR) {
        return Action::Revert(format!(
            "no visitor was confirmed for {hours} hours, so nobody could see whether it does harm"
        ));
    }
    if let Some(why) = ramp.held {
        return Action::Hold(Wait::Held(why.into()));
    }
    if let Some(trouble) = &evidence.trouble {
        return Action::Hold(Wait::Trouble(trouble.clone()));
    }
    if is_silent(evidence.heard, now) {
        return Action::Hold(Wait::Silent);
    }
    let Some(next) = ramp.stages.get(ramp.stage + 1) else { return Action::Hold(Wait::Last) };
    if silent > STALE {
        return Action::Hold(Wait::Stale);
    }
    let due = ramp.since + i64::from(ramp.hold.minutes) * 60_000;
    if now < due {
        return Action::Hold(Wait::Time(due));
    }
    if evidence.units < ramp.hold.units {
        return Action::Hold(Wait::Units(ramp.hold.units - evidence.units));
    }
    if let Some(metric) = risky(ramp, evidence, now, *next) {
        return Action::Hold(Wait::Risk(metric));
    }
    let hours = (now - ramp.since) / HOUR;
    let span = if hours >= 2 { format!("{hours} hours") } else { format!("{} minutes", (now - ramp.since) / 60_000) };
    Action::Advance(format!(
        "after {span} with at least {} in each arm nothing guarded got worse, so {next} % may meet it",
        count(evidence.units, "visitor", "visitors")
    ))
}

/// The guardrail that might be harmed for more visitors than the budget allows, until the next stage's hold ends: the
/// visitors who will come by then, times the most harm a visitor that the labels so far do not exclude.
fn risky(ramp: &Ramp, evidence: &Evidence, now: i64, next: u8) -> Option<String> {
    let budget = real(ramp.hold.harmed_at_most?);
    let share = f64::from(*ramp.stages.get(ramp.stage)?) / f64::from(next);
    let coming = coming(evidence.units, now - ramp.since, ramp.hold) / share;
    let risky = |watch: &&Watch| watch.at_risk().is_some_and(|a_visitor| coming * a_visitor > budget);
    evidence.watches.iter().find(risky).map(|watch| watch.guardrail.metric.clone())
}

/// The visitors who come within a stage's time at the pace of those who came in a span of time.
fn coming(units: u64, span: i64, hold: &Hold) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds stay below 2^53")]
    let span = span.max(1) as f64;
    real(units) / span * f64::from(hold.minutes) * 60_000.0
}

/// For how many visitors each guardrail might be harmed within a stage's time, by how many the playbook allows: those of the new
/// version who came in a span of time tell the pace. Nothing where it allows any number.
#[must_use]
pub fn risks(watches: &[Watch], units: u64, span: i64, hold: &Hold) -> Vec<(String, f64)> {
    let Some(budget) = hold.harmed_at_most.map(real) else { return Vec::new() };
    let coming = coming(units, span, hold);
    let risk = |watch: &Watch| Some((watch.guardrail.metric.clone(), coming * watch.at_risk()? / budget));
    watches.iter().filter_map(risk).collect()
}

/// What harm was seen, in two sentences.
fn harm(watch: &Watch) -> String {
    let metric = &watch.guardrail.metric;
    let seen = match &watch.measured {
        Measured::Labels(epochs) => {
            let [old, new] = labels(epochs).map(grouped);
            let even = epochs.iter().all(|epoch| epoch.treated_weight == epoch.control_weight);
            let should = if even {
                "both should have about as many".into()
            } else {
                format!("the new one should have about {}", grouped(expected(epochs)))
            };
            format!("{new} visitors with the new version, {old} with the old one, where {should}")
        }
        Measured::Values { .. } => watch.seen(),
    };
    format!("“{metric}” got worse: {seen}. Chance alone would stop an unharmed version in at most 1 of 20 experiments.")
}

impl Wait {
    /// Why it stays, in a sentence.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Held(why) if why.is_empty() => "Held by hand.".into(),
            Self::Held(why) => format!("Held by hand: {why}."),
            Self::Trouble(trouble) => format!("Held: {trouble}"),
            Self::Stale => "Held: no visitor was confirmed in the last six hours.".into(),
            Self::Silent => {
                "Held: a part of the collector has told nothing for a quarter of an hour, so some visitors are missing."
                    .into()
            }
            Self::Open => "Held: intake is open, and what anybody can invent moves nothing.".into(),
            Self::Time(_) => "Goes on by itself if all checks hold.".into(),
            Self::Units(more) => {
                let more = count(*more, "more confirmed visitor", "more confirmed visitors");
                format!("Waits for {more} in the smaller arm.")
            }
            Self::Risk(metric) => format!(
                "Waits until the numbers say more about “{metric}”: at the next stage it might still be harmed for more \
                 visitors than the playbook allows."
            ),
            Self::Last => "The last stage. It stays here until somebody decides.".into(),
        }
    }
}

/// What is promised before a ramp starts, a sentence each. `levels` gives where a guarded metric stands now, if that is known.
#[must_use]
pub fn promises(
    guardrails: &[Guardrail],
    stages: &[u8],
    hold: &Hold,
    levels: impl Fn(&str) -> Option<Level>,
) -> Vec<String> {
    let mut said = Vec::new();
    if !guardrails.is_empty() {
        said.push(format!(
            "If nothing guarded gets worse by more than is allowed, it is rolled back in at most {:.0} of 100 \
             experiments, however often and fast it goes on.",
            100.0 * FALSE_ROLLBACK
        ));
    }
    said.extend(shared(guardrails));
    said.extend(guardrails.iter().map(|guardrail| detection(guardrail, guardrails, levels(&guardrail.metric))));
    if let Some(most) = hold.harmed_at_most.map(grouped) {
        said.push(format!(
            "No stage begins while it might harm more than {most} visitors before the next one, or change a value by more \
             than {most} visitors have of it."
        ));
    }
    let sound = grouped(nearest(1.0 / sample_ratio::ALPHA));
    said.push(format!("A sound split raises an alarm in at most 1 of {sound} experiments."));
    let last = stages.last().copied().unwrap_or_default();
    let missing = match hold.revert_after_hours {
        Some(hours) => format!("missing data hold it, and end it after {hours} hours"),
        None => "missing data hold it".into(),
    };
    said.push(format!(
        "It never goes on by itself beyond {last} %, nor to any stage before {} and {} in each arm; {missing}.",
        count(hold.minutes.into(), "minute", "minutes"),
        count(hold.units, "visitor", "visitors")
    ));
    said
}

/// How guardrails of different weight share the first promise, each told by how many experiments it errs in one of.
fn shared(guardrails: &[Guardrail]) -> Option<String> {
    let alike = guardrails.windows(2).all(|pair| pair[0].weight.total_cmp(&pair[1].weight).is_eq());
    let own = |guardrail: &Guardrail| {
        #[expect(clippy::cast_sign_loss, reason = "a chance is positive")]
        let of = libm::floor(1.0 / test(guardrail, guardrails).alpha + 1e-9) as u64;
        format!("1 of {} for “{}”", grouped(of), guardrail.metric)
    };
    let own: Vec<_> = guardrails.iter().map(own).collect();
    (!alike).then(|| format!("The guardrails share that by their weights: at most {}.", own.join(", ")))
}

/// How soon a large harm is stopped; where nothing is known of the metric, that this cannot be said.
fn detection(guardrail: &Guardrail, all: &[Guardrail], level: Option<Level>) -> String {
    let (change, ratio) = match guardrail.harm {
        Harm::More => ("doubles", 2.0),
        Harm::Fewer => ("halves", 0.5),
    };
    let metric = &guardrail.metric;
    let Some(reached) = level.and_then(|level| reach(guardrail, all, ratio, level)) else {
        return format!(
            "How soon it is rolled back if it {change} “{metric}” can be said once “{metric}” was measured."
        );
    };
    let [within, expected, most] = reached.map(nearest);
    format!(
        "If it {change} “{metric}”, it is rolled back before {} met it, in {:.0} of 100 experiments; on \
         average after {}, and after {} in 95 of 100.",
        count(within, "visitor", "visitors"),
        100.0 * POWER,
        grouped(expected),
        grouped(most)
    )
}

/// The visitors that a harm reaches: with the promised chance, on average, and in 95 of 100 experiments.
fn reach(guardrail: &Guardrail, all: &[Guardrail], ratio: f64, level: Level) -> Option<[f64; 3]> {
    let guard = test(guardrail, all);
    let Some(spread) = level.spread else {
        let reach = guard.reach(ratio, level.mean, 0.5, POWER)?;
        return Some([reach.treated, reach.expected, reach.most]);
    };
    // What is allowed is no harm yet.
    let allowed = if ratio > 1.0 { 1.0 + guard.tolerance } else { 1.0 - guard.tolerance };
    let (effect, relative) = (libm::fabs(libm::log(ratio / allowed)), spread / level.mean);
    let design: &dyn Design = &Anytime(Sequence::usual(guard.alpha));
    let units = |power: f64| design.size(effect, Spread::mean(relative * relative), 1.0, power).ok();
    let units = |power: f64| Some(libm::fmax(units(power)?, real(means::GATE)));
    Some([units(POWER)?, units(0.5)?, units(0.95)?])
}

/// The chance with which a harm is stopped within the promised number of visitors.
const POWER: f64 = 0.9;
