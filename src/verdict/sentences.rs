//! A verdict in words.

use super::{Claim, Needed, Problem, Sense, Verdict};
use crate::spoken::{count, decimal, grouped, nearest, rounded};
use crate::stats::Validity;
use crate::stats::sample_ratio;
use alloc::format;
use alloc::string::{String, ToString};

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
    // Room for three arms: a text that grows is moved, and a report has twenty of them.
    let (mut headline, mut sentences) = (String::with_capacity(64), String::with_capacity(512));
    match verdict {
        Verdict::Invalid(problem) => (headline, sentences) = problem_words(problem),
        Verdict::TooEarly { variant, needed } => {
            headline.push_str("Too early to tell");
            sentences = needed_words(variant, *needed);
        }
        Verdict::Undecided { control, open } => {
            add(&mut headline, &["No difference from “", control, "” shown yet"]);
            bounds(&mut sentences, open);
            sentences.push_str(", so better and worse are both still possible. ");
            confidence(&mut sentences, open);
        }
        Verdict::Better { sense, control, better, worse } => {
            fares(&mut headline, *sense, better);
            add(&mut headline, &[" better than “", control, "”"]);
            bounds(&mut sentences, better);
            if !worse.is_empty() {
                headline.push_str(", ");
                fares(&mut headline, *sense, worse);
                headline.push_str(" worse");
                sentences.push_str("; ");
                bounds(&mut sentences, worse);
            }
            sentences.push_str(". ");
            confidence(&mut sentences, better);
        }
        Verdict::Worse { sense, control, worse } => {
            fares(&mut headline, *sense, worse);
            add(&mut headline, &[" worse than “", control, "”"]);
            bounds(&mut sentences, worse);
            sentences.push_str(". ");
            confidence(&mut sentences, worse);
        }
    }
    Words { headline, sentences }
}

/// Adds pieces to a text, one after the other.
fn add(text: &mut String, pieces: &[&str]) {
    for piece in pieces {
        text.push_str(piece);
    }
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

/// Adds `“a” and “b” convert`, or `do` where that is no question of converting, or of converting more.
fn fares(text: &mut String, sense: Sense, claims: &[Claim]) {
    for (place, claim) in claims.iter().enumerate() {
        add(text, &[if place == 0 { "“" } else { " and “" }, &claim.variant, "”"]);
    }
    text.push_str(match (sense == Sense::default(), claims.len() == 1) {
        (true, true) => " converts",
        (true, false) => " convert",
        (false, true) => " does",
        (false, false) => " do",
    });
}

/// Adds `“a” has a lift of +12.0 %, between +3.1 % and +21.7 %; “b” ...`.
fn bounds(text: &mut String, claims: &[Claim]) {
    for (place, Claim { variant, lift, low, high, .. }) in claims.iter().enumerate() {
        add(text, &[if place == 0 { "“" } else { "; “" }, variant, "” has a lift of "]);
        percent(text, *lift);
        text.push_str(", between ");
        percent(text, *low);
        text.push_str(" and ");
        percent(text, *high);
    }
}

/// Adds how sure the bounds are.
fn confidence(text: &mut String, claims: &[Claim]) {
    let planned = |claim: &Claim| matches!(claim.validity, Validity::FixedSample | Validity::Planned);
    let when = if claims.iter().any(planned) { "at the looks that were planned" } else { "however often you look" };
    let sure = 100.0 * (1.0 - claims.first().map(|claim| claim.alpha).unwrap_or_default().0);
    let decimals = usize::from(libm::fabs(sure - libm::rint(sure)) > 1e-9);
    text.push_str("These bounds hold with ");
    rounded(text, sure, decimals, false);
    add(text, &[" % confidence, ", when, "."]);
}

/// Adds a share as a signed percentage with one decimal; with more where one would turn a small number into zero, since a
/// bound that excludes zero must not be printed as zero.
fn percent(text: &mut String, share: f64) {
    let percent = share * 100.0;
    let (mut decimals, mut size) = (1, libm::fabs(percent));
    while 0.0 < size && size < 0.1 && decimals < 12 {
        size *= 10.0;
        decimals += 1;
    }
    text.push_str(if percent < 0.0 { "−" } else { "+" });
    rounded(text, libm::fabs(percent), decimals, true);
    text.push_str(" %");
}

/// A share as a percentage, with as many decimals as tell it from another one.
fn apart(share: f64, other: f64) -> String {
    let told = |decimals: usize| [share, other].map(|share| decimal(share * 100.0, decimals));
    let decimals = (0..4).find(|decimals| told(*decimals)[0] != told(*decimals)[1]).unwrap_or(4);
    format!("{} %", decimal(share * 100.0, decimals))
}

#[cfg(test)]
mod tests {
    use super::apart;
    use alloc::string::String;

    fn percent(share: f64) -> String {
        let mut text = String::new();
        super::percent(&mut text, share);
        text
    }

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
