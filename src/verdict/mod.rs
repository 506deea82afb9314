//! The verdict: what the numbers allow us to say, and the one place where it becomes words.
//!
//! Dashboard, mail, chat, API and MCP all print what [`words`] makes. A verdict may be read every day: it claims a
//! difference only while an interval that holds at every look excludes zero.

pub mod conclusion;
mod sentences;

use crate::stats::effect::Refusal;
use crate::stats::lift::{Estimate, Lift, Missing, Side};
use crate::stats::sample_ratio::{SampleRatio, Share};
use crate::stats::{Alpha, Validity, real};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
pub use sentences::{QUIET_SPLIT, Words, words};
use serde::{Deserialize, Serialize};

/// What the numbers allow us to say.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The data contradict the plan or themselves, so nothing else may be said.
    Invalid(Problem),
    /// No arm can be compared yet.
    TooEarly {
        /// The variant that lacks most.
        variant: String,
        /// What it lacks.
        needed: Needed,
    },
    /// Every interval still includes zero.
    Undecided {
        /// The control's key.
        control: String,
        /// The arms that can be compared.
        open: Vec<Claim>,
    },
    /// At least one arm does better than control.
    Better {
        /// What doing better is.
        sense: Sense,
        /// The control's key.
        control: String,
        /// Those that do.
        better: Vec<Claim>,
        /// Those that convert worse.
        worse: Vec<Claim>,
    },
    /// At least one arm does worse than control and none better.
    Worse {
        /// What doing worse is.
        sense: Sense,
        /// The control's key.
        control: String,
        /// Those that do.
        worse: Vec<Claim>,
    },
}

impl Verdict {
    /// The verdict's name for machines.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid",
            Self::TooEarly { .. } => "tooEarly",
            Self::Undecided { .. } => "undecided",
            Self::Better { .. } => "better",
            Self::Worse { .. } => "worse",
        }
    }

    /// Why it is invalid, if it is.
    #[must_use]
    pub fn cause(&self) -> Option<&Problem> {
        if let Self::Invalid(problem) = self { Some(problem) } else { None }
    }
}

/// What is wrong with the data: the cause that an invalid verdict carries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Problem {
    /// An arm has more conversions than confirmed units.
    Contradiction {
        /// The variant's key.
        variant: String,
        /// Its confirmed units.
        confirmed: u64,
        /// Its conversions.
        converted: u64,
    },
    /// Units are not split as planned.
    SampleRatio {
        /// The variant that is furthest from its plan.
        variant: String,
        /// Its share of the confirmed units, 0 to 1.
        seen: f64,
        /// The share that was planned.
        planned: f64,
    },
    /// A variant without a share was met.
    Leak {
        /// The variant's key.
        variant: String,
        /// Its units.
        units: u64,
    },
    /// Control has no share of the split, or nothing else has one.
    NothingToCompare {
        /// The control's key.
        control: String,
    },
    /// Both versions' visitors differed before they met anything.
    Unlike,
    /// No data came in for so long that exposure was ended.
    Unwatched,
}

impl Problem {
    /// What is wrong with a split, if something is. `name` gives the variant at a place of the shares.
    pub(crate) fn of_split(split: &SampleRatio, shares: &[Share], name: impl Fn(usize) -> String) -> Option<Self> {
        if !split.alarm {
            let leak = *split.leaks.first()?;
            return Some(Self::Leak { variant: name(leak), units: shares.get(leak)?.units });
        }
        let in_split = || shares.iter().enumerate().filter(|(_, share)| share.weight > 0);
        let weights: f64 = in_split().map(|(_, share)| real(share.weight)).sum();
        let units: f64 = in_split().map(|(_, share)| real(share.units)).sum();
        in_split()
            .map(|(place, share)| (place, real(share.units) / units, real(share.weight) / weights))
            .max_by(|(_, seen, planned), (_, other, plan)| {
                libm::fabs(seen - planned).total_cmp(&libm::fabs(other - plan))
            })
            .map(|(place, seen, planned)| Self::SampleRatio { variant: name(place), seen, planned })
    }
}

/// What a metric counts, and which way of it is good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sense {
    /// Whether it is a value rather than a share of units.
    pub value: bool,
    /// Whether less of it is better.
    pub down: bool,
}

/// What an arm lacks before it can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needed {
    /// So many more units that convert.
    Conversions(u64),
    /// So many more units that do not convert.
    NonConversions(u64),
    /// So many more units.
    Units(u64),
    /// So many more units until the first planned look.
    Look(u64),
    /// Numbers that can be compared.
    Numbers(Refusal),
}

/// A variant's lift over control and the bounds between which the true one lies; 0.1 is a tenth more conversions.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The variant's key.
    pub variant: String,
    /// The lift that the counts show.
    pub lift: f64,
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
    /// When that holds.
    pub validity: Validity,
    /// The chance that it does not.
    pub alpha: Alpha,
}

/// An arm against control, as the verdict needs it.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The variant's key.
    pub variant: String,
    /// Its lift, or why there is none.
    pub lift: Result<Lift, Missing>,
}

/// Judges a run. The comparisons' intervals must hold together with the confidence 1 - `alpha`.
#[must_use]
pub fn judge(
    (control, alpha): (&str, Alpha),
    sense: Sense,
    problem: Option<Problem>,
    comparisons: &[Comparison],
) -> Verdict {
    if let Some(problem) = problem {
        return Verdict::Invalid(problem);
    }
    let control = control.to_string();
    let claims = |those: fn(&Estimate) -> bool| -> Vec<Claim> {
        let claim = |Comparison { variant, lift }: &Comparison| {
            let Lift { relative, validity, .. } = lift.as_ref().ok().filter(|lift| those(&lift.relative))?;
            let Estimate { value, low, high } = *relative;
            Some(Claim { variant: variant.clone(), lift: value, low, high, validity: *validity, alpha })
        };
        comparisons.iter().filter_map(claim).collect()
    };
    let (up, down) = (claims(|lift| lift.low > 0.0), claims(|lift| lift.high < 0.0));
    let (better, worse) = if sense.down { (down, up) } else { (up, down) };
    let open = claims(|_| true);
    if !better.is_empty() {
        Verdict::Better { sense, control, better, worse }
    } else if !worse.is_empty() {
        Verdict::Worse { sense, control, worse }
    } else if !open.is_empty() {
        Verdict::Undecided { control, open }
    } else {
        too_early(control, comparisons)
    }
}

fn too_early(control: String, comparisons: &[Comparison]) -> Verdict {
    let lacking = comparisons.iter().filter_map(|arm| Some((&arm.variant, arm.lift.err()?)));
    let Some((variant, missing)) = lacking.max_by_key(|(_, missing)| missing.more()) else {
        return Verdict::Invalid(Problem::NothingToCompare { control });
    };
    let (side, needed) = match missing {
        Missing::Conversions { side, more } => (side, Needed::Conversions(more)),
        Missing::NonConversions { side, more } => (side, Needed::NonConversions(more)),
        Missing::Units { side, more } => (side, Needed::Units(more)),
        Missing::Look { more } => (Side::Treatment, Needed::Look(more)),
        Missing::Refused { reason } => (Side::Treatment, Needed::Numbers(reason)),
    };
    let variant = match side {
        Side::Control => control,
        Side::Treatment => variant.clone(),
    };
    Verdict::TooEarly { variant, needed }
}
