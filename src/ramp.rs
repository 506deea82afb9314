//! The ramp: whether a running experiment may go to its next stage, has to wait, or must be rolled back.
//!
//! The pace follows the data, and the promise does not depend on it: the guardrails' test holds at every look
//! ([`crate::stats::guard`]), so however often and fast this is asked, an unharmful version is rolled back in at most
//! [`FALSE_ROLLBACK`] of all experiments. Missing data never advance anything.

use crate::playbook::{FALSE_ROLLBACK, Guardrail, Hold};
use crate::stats::guard::{Epoch, Evidence, Guard};
use crate::stats::real;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Milliseconds without a confirmed visitor after which data count as missing.
pub const STALE: i64 = 6 * 3_600_000;

/// What is known of a guardrail.
#[derive(Clone, Debug, PartialEq)]
pub struct Watch {
    /// The guardrail.
    pub guardrail: Guardrail,
    /// What speaks for harm.
    pub evidence: Evidence,
    /// The treatment's units with the event.
    pub treated: u64,
    /// Control's units with the event.
    pub control: u64,
}

/// Asks each guardrail, at its part of [`FALSE_ROLLBACK`]. `epochs` gives a metric's units by epoch.
pub fn watch(guardrails: &[Guardrail], mut epochs: impl FnMut(&str) -> Vec<Epoch>) -> Vec<Watch> {
    let alpha = FALSE_ROLLBACK / real(guardrails.len().max(1) as u64);
    let check = |guardrail: &Guardrail| {
        let guard = Guard { harm: guardrail.harm, tolerance: guardrail.tolerance, alpha };
        let epochs = epochs(&guardrail.metric);
        Watch {
            guardrail: guardrail.clone(),
            evidence: guard.check(&epochs),
            treated: epochs.iter().map(|epoch| epoch.treated).sum(),
            control: epochs.iter().map(|epoch| epoch.control).sum(),
        }
    };
    guardrails.iter().map(check).collect()
}

/// What the ramp is told.
#[derive(Clone, Debug)]
pub struct Facts<'f> {
    /// The time.
    pub now: i64,
    /// When the present stage began.
    pub since: i64,
    /// Why it is held by hand, if it is.
    pub held: Option<&'f str>,
    /// Whether there is a next stage, and its percentage.
    pub next: Option<u8>,
    /// What a stage waits for.
    pub hold: Hold,
    /// The confirmed visitors since the stage began, in the arm that has fewer.
    pub units: u64,
    /// When the last visitor was confirmed, if one ever was.
    pub last: Option<i64>,
    /// What is wrong with the split or the counts, in words.
    pub trouble: Option<String>,
    /// The guardrails.
    pub watches: &'f [Watch],
}

/// What the ramp does.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// It goes to the next stage.
    Advance(String),
    /// It ends exposure at once: this metric is harmed.
    RollBack {
        /// The metric.
        metric: String,
        /// What was seen.
        why: String,
    },
    /// It stays.
    Wait(Wait),
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
    /// Time must pass until this moment.
    Time(i64),
    /// So many more visitors must come to the smaller arm.
    Units(u64),
    /// There is no further stage.
    Last,
}

/// Judges a ramp.
#[must_use]
pub fn judge(facts: &Facts) -> Move {
    if let Some(harmed) = facts.watches.iter().find(|watch| watch.evidence.harmed) {
        return Move::RollBack { metric: harmed.guardrail.metric.clone(), why: harm(harmed) };
    }
    if let Some(why) = facts.held {
        return Move::Wait(Wait::Held(why.into()));
    }
    if let Some(trouble) = &facts.trouble {
        return Move::Wait(Wait::Trouble(trouble.clone()));
    }
    let Some(next) = facts.next else { return Move::Wait(Wait::Last) };
    if facts.last.unwrap_or(facts.since) + STALE < facts.now {
        return Move::Wait(Wait::Stale);
    }
    let due = facts.since + i64::from(facts.hold.minutes) * 60_000;
    if facts.now < due {
        return Move::Wait(Wait::Time(due));
    }
    if facts.units < facts.hold.units {
        return Move::Wait(Wait::Units(facts.hold.units - facts.units));
    }
    let hours = (facts.now - facts.since) / 3_600_000;
    let span =
        if hours >= 2 { format!("{hours} hours") } else { format!("{} minutes", (facts.now - facts.since) / 60_000) };
    Move::Advance(format!(
        "after {span} with at least {} visitors in each arm nothing guarded got worse, so {next} % may meet it",
        facts.units
    ))
}

/// What harm was seen, in two sentences.
fn harm(watch: &Watch) -> String {
    let Watch { guardrail, treated, control, .. } = watch;
    format!(
        "“{}” got worse: {treated} visitors with the new version, {control} with the old one, where both should have \
         about as many. Chance alone would stop an unharmed version in at most 1 of 20 experiments.",
        guardrail.metric
    )
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
            Self::Time(_) => "Goes on by itself if all checks hold.".into(),
            Self::Units(1) => "Waits for 1 more confirmed visitor in the smaller arm.".into(),
            Self::Units(more) => format!("Waits for {more} more confirmed visitors in the smaller arm."),
            Self::Last => "The last stage. It stays here until somebody decides.".into(),
        }
    }
}
