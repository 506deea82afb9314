//! The verdict: what the numbers allow us to say, and the one place where it becomes words.
//!
//! Dashboard, mail, chat, API and MCP all print what [`words`] makes. A verdict may be read every day: it claims a
//! difference only while an interval that holds at every look excludes zero.

pub mod conclusion;

use crate::spoken::{count, decimal, grouped, nearest, thousands};
use crate::stats::effect::Refusal;
use crate::stats::lift::{Estimate, Lift, Missing, Side};
use crate::stats::sample_ratio::{self, SampleRatio, Share};
use crate::stats::{Alpha, Validity, real};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
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

/// A verdict for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// A few words without a full stop.
    pub headline: String,
    /// One or two sentences.
    pub sentences: String,
}

/// Says a verdict in plain English.
#[must_use]
pub fn words(verdict: &Verdict) -> Words {
    let (headline, sentences) = match verdict {
        Verdict::Invalid(problem) => problem_words(problem),
        Verdict::TooEarly { variant, needed } => ("Too early to tell".to_string(), needed_words(variant, *needed)),
        Verdict::Undecided { control, open } => (
            format!("No difference from “{control}” shown yet"),
            format!("{}, so better and worse are both still possible. {}", bounds(open), confidence(open)),
        ),
        Verdict::Better { sense, control, better, worse } if worse.is_empty() => (
            format!("{} better than “{control}”", fares(*sense, better)),
            format!("{}. {}", bounds(better), confidence(better)),
        ),
        Verdict::Better { sense, control, better, worse } => (
            format!("{} better than “{control}”, {} worse", fares(*sense, better), fares(*sense, worse)),
            format!("{}; {}. {}", bounds(better), bounds(worse), confidence(better)),
        ),
        Verdict::Worse { sense, control, worse } => (
            format!("{} worse than “{control}”", fares(*sense, worse)),
            format!("{}. {}", bounds(worse), confidence(worse)),
        ),
    };
    Words { headline, sentences }
}

/// What is said of a split that raises no alarm.
pub const QUIET_SPLIT: &str = "Nothing speaks against the planned split.";

fn problem_words(problem: &Problem) -> (String, String) {
    let (headline, sentences) = match problem {
        Problem::Contradiction { variant, confirmed, converted } => (
            "The counts contradict each other",
            format!(
                "“{variant}” has {} but only {} confirmed ones. \
                 Decide nothing from this run before you know why.",
                count(*converted, "converted visitor", "converted visitors"),
                grouped(*confirmed)
            ),
        ),
        Problem::SampleRatio { variant, seen, planned } => (
            "The visitors are not split as planned",
            format!(
                "“{variant}” has {} of the confirmed visitors where {} were planned; a sound split raises this alarm \
                 in at most 1 of {} runs, however often you look. Decide nothing from this run before you know where \
                 they get lost: compare the assigned and the confirmed visitors of each variant.",
                apart(*seen, *planned),
                apart(*planned, *seen),
                grouped(nearest(1.0 / sample_ratio::ALPHA))
            ),
        ),
        Problem::Leak { variant, units } => (
            "Visitors met a variant that nobody should meet",
            format!(
                "“{variant}” has no share of the split, and yet its count of visitors is {}. \
                 Decide nothing from this run before you know what serves it.",
                grouped(*units)
            ),
        ),
        Problem::NothingToCompare { control } => (
            "There is nothing to compare",
            format!("Give the control “{control}” and at least one other variant a share of the split."),
        ),
        Problem::Unlike => (
            "The versions' visitors were not alike before",
            "They differed before they met anything, so they were not drawn by chance. \
             Decide nothing from this run: find out who gets which version, and start it again."
                .to_string(),
        ),
        Problem::Unwatched => (
            "It could not be watched any more",
            "No visitor was confirmed for too long, so nobody could see whether it does harm. \
             Start it again when data come in."
                .to_string(),
        ),
    };
    (headline.to_string(), sentences)
}

fn needed_words(variant: &str, needed: Needed) -> String {
    match needed {
        Needed::Conversions(more) => {
            let more = count(more, "more conversion", "more conversions");
            format!("“{variant}” needs {more} before it can be compared.")
        }
        Needed::NonConversions(more) => format!(
            "Nearly all visitors of “{variant}” have converted; it can be compared once {} more of them have not.",
            grouped(more)
        ),
        Needed::Units(more) => {
            let more = count(more, "more visitor", "more visitors");
            format!("“{variant}” needs {more} before it can be compared.")
        }
        Needed::Look(more) => {
            let more = count(more, "more visitor", "more visitors");
            format!("By the plan these numbers are read after {more}, and not before.")
        }
        Needed::Numbers(refusal) => refusal.words(),
    }
}

/// `“a” and “b” convert`, or `do` where that is no question of converting, or of converting more.
fn fares(sense: Sense, claims: &[Claim]) -> String {
    let names: Vec<_> = claims.iter().map(|claim| format!("“{}”", claim.variant)).collect();
    let verb = match (sense == Sense::default(), claims.len() == 1) {
        (true, true) => "converts",
        (true, false) => "convert",
        (false, true) => "does",
        (false, false) => "do",
    };
    format!("{} {verb}", names.join(" and "))
}

/// `“a” has a lift of +12.0 %, between +3.1 % and +21.7 %; “b” ...`.
fn bounds(claims: &[Claim]) -> String {
    let bounds: Vec<_> = claims
        .iter()
        .map(|Claim { variant, lift, low, high, .. }| {
            format!("“{variant}” has a lift of {}, between {} and {}", percent(*lift), percent(*low), percent(*high))
        })
        .collect();
    bounds.join("; ")
}

fn confidence(claims: &[Claim]) -> String {
    let planned = |claim: &Claim| matches!(claim.validity, Validity::FixedSample | Validity::Planned);
    let when = if claims.iter().any(planned) { "at the looks that were planned" } else { "however often you look" };
    let sure = 100.0 * (1.0 - claims.first().map(|claim| claim.alpha).unwrap_or_default().0);
    let decimals = usize::from(libm::fabs(sure - libm::rint(sure)) > 1e-9);
    format!("These bounds hold with {} % confidence, {when}.", decimal(sure, decimals))
}

/// A share as a signed percentage with one decimal; with more where one would turn a small number into zero, since a
/// bound that excludes zero must not be printed as zero.
fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let (mut decimals, mut size) = (1, libm::fabs(percent));
    while 0.0 < size && size < 0.1 && decimals < 12 {
        size *= 10.0;
        decimals += 1;
    }
    let sign = if percent < 0.0 { '−' } else { '+' };
    format!("{sign}{} %", thousands(&decimal(libm::fabs(percent), decimals)))
}

/// A share as a percentage, with as many decimals as tell it from another one.
fn apart(share: f64, other: f64) -> String {
    let told = |decimals: usize| [share, other].map(|share| decimal(share * 100.0, decimals));
    let decimals = (0..4).find(|decimals| told(*decimals)[0] != told(*decimals)[1]).unwrap_or(4);
    format!("{} %", decimal(share * 100.0, decimals))
}

#[cfg(test)]
mod tests {
    use super::{apart, percent};

    #[test]
    fn a_percentage_is_short_but_never_rounds_an_effect_to_zero() {
        let cases =
            [(0.1234, "+12.3 %"), (-0.05, "−5.0 %"), (0.0, "+0.0 %"), (0.000_42, "+0.04 %"), (-0.000_012, "−0.001 %")];
        for (share, words) in cases {
            assert_eq!(percent(share), words);
        }
        assert_eq!(
            [percent(0.095), percent(1e17), percent(-0.999_99)],
            ["+9.5 %", "+10,000,000,000,000,000,000 %", "−100.0 %"]
        );
    }

    #[test]
    fn a_share_has_the_decimals_that_tell_it_from_the_planned_one() {
        assert_eq!([apart(0.3679, 0.5), apart(0.5, 0.3679)], ["37 %", "50 %"]);
        assert_eq!([apart(0.5031, 0.5), apart(0.5, 0.5031)], ["50.3 %", "50.0 %"]);
        assert_eq!(apart(0.5, 0.5), "50.0000 %");
    }
}
