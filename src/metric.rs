//! A metric between the collector and the statistics: what its vectors hold, and in which unit people read it.
//!
//! | kind | its value | by |
//! | --- | --- | --- |
//! | conversion, retention | the share of units | n |
//! | count, sum | the mean of a unit; of a count its guardrail also asks who has any | n |
//! | mean, ratio | Σy/Σd | the delta method |
//! | time | Σt/Σdid, of those who did it | the delta method |
//! | quantile | the value at a rank of the grid | two ranks beside it |
//!
//! A covariate is taken out wherever the vector has one.

use crate::collect::{self, Kind, Measure, grid};
use crate::document::Document;
use crate::playbook::Method;
use crate::report::{self, Report, Tallies};
use crate::spoken::thousands;
use crate::stats::change::compared;
use crate::stats::effect::Refusal;
use crate::stats::estimate::{Adjustment, Part, linear};
use crate::stats::guard::means;
use crate::stats::lift::Missing;
use crate::stats::moments::{Moments, Sums};
use crate::stats::power::{self, Spread};
use crate::stats::quantile::{Ranks, ranks};
use crate::stats::question::{Asked, Question};
use crate::stats::sequence::Sequence;
use crate::stats::{ALPHA, Alpha, real, size};
use crate::verdict::Comparison;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Which quantile is read unless the measure says another one: that of the web's vitals.
pub(crate) const QUANTILE: f64 = 0.75;

/// How far from the quantile, as a share, a threshold may lie that tells how measurements of a unit go together.
const NEAR: f64 = 0.15;

/// The place in the vector of a share for the units that did it.
pub const DID: usize = 1;

/// The place in the vector of a count for the units that have any: that of the denominator, which a count has not.
pub const ANY: usize = 3;

/// How a document's metric is measured; as a conversion if it says nothing, or nothing that can be read.
#[must_use]
pub fn measure(document: &Document, key: &str) -> Measure {
    let stated = document.metrics.get(key).and_then(|metric| metric.measure.as_ref());
    collect::measure(stated).unwrap_or_default()
}

/// Whether it is a share of units: each did it or did not.
#[must_use]
pub fn is_share(measure: &Measure) -> bool {
    matches!(measure.kind, Kind::Conversion | Kind::Retention)
}

/// Whether units are compared by more than how many of them converted.
#[must_use]
pub fn has_values(measure: &Measure) -> bool {
    !is_share(measure) || measure.before > 0
}

/// The outcome of [`moments`], and the covariates behind it.
#[must_use]
pub fn parts(measure: &Measure) -> Vec<Part> {
    let outcome = if is_divided(measure) { Part::ratio(0, 1) } else { Part::mean(0) };
    let mut parts = Vec::from([outcome]);
    if measure.before > 0 && !matches!(measure.kind, Kind::Quantile | Kind::Time) {
        parts.push(Part::mean(2));
    }
    parts
}

fn is_divided(measure: &Measure) -> bool {
    matches!(measure.kind, Kind::Mean | Kind::Ratio | Kind::Time)
}

/// What a vector of the collector says of an arm, in the metric's unit.
pub fn moments(measure: &Measure, vector: &[i128]) -> Result<Moments, Refusal> {
    let steps = steps(measure);
    match measure.kind {
        Kind::Quantile => quantile(measure, vector),
        Kind::Time => {
            let at = |place: usize| vector.get(place).copied().unwrap_or(0);
            let [n, did, t, tt] = [0, 1, 2, 3].map(at);
            // Whoever did not do it has no time, so that a time by whether it was done is that time.
            let sums = Sums { units: count(n), sums: Vec::from([t, did]), products: Vec::from([tt, t, did]) };
            sums.moments(1.0).ok_or(Refusal::Contradiction)
        }
        Kind::Conversion | Kind::Retention | Kind::Count | Kind::Sum | Kind::Mean | Kind::Ratio => {
            let mut sums = Sums::from_vector(vector, 3);
            if measure.kind == Kind::Count {
                // Who has any is for guardrails; runs of before it was counted know it of their later units alone.
                sums.leave_out(1);
            }
            // What is counted has no steps.
            let below = if measure.per.as_ref().is_some_and(|per| per.sum) { steps } else { 1.0 };
            let above = if is_counted(measure) { 1.0 } else { steps };
            Ok(sums.moments(1.0).ok_or(Refusal::Contradiction)?.scaled(&[above, below, above]))
        }
    }
}

fn is_counted(measure: &Measure) -> bool {
    match measure.kind {
        Kind::Conversion | Kind::Retention | Kind::Count => true,
        Kind::Ratio => !measure.sum,
        Kind::Sum | Kind::Mean | Kind::Quantile | Kind::Time => false,
    }
}

/// Steps of a whole unit of the metric.
fn steps(measure: &Measure) -> f64 {
    real(10_u64.pow(measure.digits()))
}

fn count(number: i128) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// Σm², or Σc² and its like, as a number.
#[expect(clippy::cast_precision_loss, reason = "the nearest number")]
fn number(sum: i128) -> f64 {
    sum as f64
}

/// A quantile as an arm: its units are as many independent measurements as tell as much as those that there are.
fn quantile(measure: &Measure, vector: &[i128]) -> Result<Moments, Refusal> {
    let at = |place: usize| vector.get(place).copied().unwrap_or(0);
    let nu = measure.quantile.unwrap_or(QUANTILE);
    let (n, m, mm) = (at(0), at(1), at(2));
    let places = vector.get(3 + 3 * measure.thresholds.len()..).unwrap_or_default();
    let all = count(m);
    if all < 2 {
        return Err(if all == 0 { Refusal::NoUnits } else { Refusal::OneUnit });
    }
    let [value, low, high] = ranks(all, nu, ALPHA).map(|rank| at_rank(places, rank) / steps(measure));
    let ranks = Ranks { n: real(all), ranked: real(all), nu, value, low, high };
    // Where all measurements of a unit were alike, its m measurements would count like one of m times the weight.
    let alike = number(mm) / number(m);
    let near = (0..measure.thresholds.len()).filter_map(|place| {
        let [c, cc, cm] = [0, 1, 2].map(|column| at(3 + 3 * place + column));
        let sums = Sums { units: count(n), sums: Vec::from([c, m]), products: Vec::from([cc, cm, mm]) };
        let share = linear(&sums.moments(1.0)?, &[Part::ratio(0, 1)]).ok()?;
        let (p, away) = (share.mean(0), libm::fabs(share.mean(0) - nu));
        (away <= NEAR).then(|| (away, share.cov(0, 0) / share.units * number(m) / (p * (1.0 - p))))
    });
    let nearest = near.min_by(|(away, _), (other, _)| away.total_cmp(other));
    let together = nearest.map_or(alike, |(_, together)| together).max(1.0);
    let arm = ranks.arm(ALPHA)?;
    Ok(Moments::of(arm.units / together, arm.mean(0), arm.cov(0, 0)))
}

/// The value at a rank, counted from 1: within a place of the grid as if its measurements lay evenly in it.
fn at_rank(places: &[i128], rank: u64) -> f64 {
    let mut below = 0;
    for (place, here) in places.iter().enumerate() {
        let here = count(*here);
        if below + here >= rank {
            let (from, until) = (real(grid::start(place)), real(grid::start(place + 1)));
            // A place of one whole number holds nothing else.
            let within = if until - from > 1.0 { (real(rank - below) - 0.5) / real(here) } else { 0.0 };
            return from + within * (until - from);
        }
        below += here;
    }
    0.0
}

/// What was counted of a metric in a run, and its values where it has any: what a report is made of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counted {
    /// The counts.
    pub tallies: Tallies,
    /// The values; nothing if each unit just converted or did not.
    pub values: Option<Values>,
}

/// The values of a metric.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values {
    /// Which of the numbers are the outcome, and which the covariates behind it.
    pub parts: Vec<Part>,
    /// The moments of each arm, in the order of the tallies, or why it has none.
    pub arms: Vec<Result<Moments, Refusal>>,
}

impl Counted {
    /// The report, as it may be read at any time.
    #[must_use]
    pub fn report(&self) -> Report {
        report::told(&self.tallies, &self.comparisons())
    }

    /// Each variant against control.
    #[must_use]
    pub fn comparisons(&self) -> Vec<Comparison> {
        report::each(&self.tallies, |control, arm, sequence| {
            let counts = || Some([report::conversions(control.1)?, report::conversions(arm.1)?]);
            let shares = if self.tallies.sense.value { None } else { Some(counts()?) };
            let Some(values) = &self.values else { return Some(compared(shares, None, sequence)) };
            let both = [values.arms.get(control.0)?, values.arms.get(arm.0)?];
            Some(match both.map(Result::as_ref) {
                [Ok(control), Ok(arm)] => compared(shares, Some(([control, arm], &values.parts)), sequence),
                [Err(reason), _] | [_, Err(reason)] => Err(Missing::Refused { reason: *reason }),
            })
        })
    }
}

/// Where a metric stands before an experiment: what sizes are calculated from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// The share, mean, ratio or quantile.
    pub mean: f64,
    /// For values the standard deviation of what one unit adds to it, covariates taken out; nothing for shares, whose
    /// spread follows from the share.
    pub spread: Option<f64>,
    /// The units that it was measured on.
    pub units: f64,
}

impl Level {
    /// The level of an arm. Nothing where there is no value.
    #[must_use]
    pub fn of(measure: &Measure, arm: &Moments) -> Option<Self> {
        let parts = linear(arm, &parts(measure)).ok()?;
        let left = Adjustment::by(&parts);
        let explained: f64 = left.theta.iter().enumerate().map(|(i, theta)| theta * parts.cov(0, i + 1)).sum();
        let spread = libm::sqrt((parts.cov(0, 0) - explained).max(0.0));
        let (mean, units) = (parts.mean(0), parts.units);
        mean.is_finite().then(|| Self { mean, spread: (!is_share(measure)).then_some(spread), units })
    }

    /// The units that each arm needs to answer what a plan asks with this chance, if the truth is what it is sized for, read as
    /// a playbook says.
    #[must_use]
    pub fn per_arm(&self, asked: Asked, (alpha, power): (Alpha, f64), method: &Method) -> Option<u64> {
        let truth = asked.truth();
        let counted = self.spread.is_none() && *method == Method::Anytime;
        if counted && asked.question == Question::Better {
            return size::per_arm(self.mean, truth, power, Sequence::usual(alpha.0));
        }
        let spread = self.relative_spread(truth)?;
        let units = method.design(asked.question, alpha).size(asked.beyond(truth), spread, 1.0, power).ok()?;
        let least = if counted { size::shown(self.mean) } else { real(means::GATE) };
        #[expect(clippy::cast_sign_loss, reason = "whole and positive")]
        Some(power::whole(units).max(least) as u64)
    }

    /// The smallest relative change where it is good, or the smallest margin, as a positive share, that so many units of each
    /// arm answer for.
    #[must_use]
    pub fn smallest(&self, per_arm: u64, (alpha, power): (Alpha, f64), asked: Asked, method: &Method) -> Option<f64> {
        if self.spread.is_none() && *method == Method::Anytime && asked.question == Question::Better {
            return size::smallest_lift(self.mean, per_arm, power, Sequence::usual(alpha.0));
        }
        let spread = self.relative_spread(0.0)?;
        let effect = method.design(asked.question, alpha).smallest(|_| spread, real(per_arm), 1.0, power).ok()?;
        Some(libm::fabs(libm::expm1(if asked.mark() < 0.0 { -effect } else { effect })))
    }

    /// The chance that so many units of each arm answer yes, if this relative change is the truth.
    #[must_use]
    pub fn power(&self, asked: Asked, alpha: Alpha, (truth, per_arm): (f64, u64), method: &Method) -> Option<f64> {
        let spread = self.relative_spread(truth)?;
        Some(method.design(asked.question, alpha).power(asked.beyond(truth), spread, real(per_arm), 1.0))
    }

    /// What a unit adds to the variance of the logarithm of a ratio of levels, when the truth is this change. Nothing where
    /// a share would leave its bounds.
    fn relative_spread(&self, change: f64) -> Option<Spread> {
        let Some(spread) = self.spread else {
            let (old, new) = (self.mean, self.mean * (1.0 + change));
            let share = |share: f64| 0.0 < share && share < 1.0;
            return (share(old) && share(new)).then(|| Spread::log_shares(old, new));
        };
        let relative = spread / self.mean;
        Some(Spread::mean(relative * relative))
    }
}

/// A value in its unit: `3.90 EUR`, `1,240 ms`, `12.5 %`, `2.4 days`.
#[must_use]
pub fn told(measure: &Measure, value: f64) -> String {
    with_decimals(measure, value, 0)
}

/// Two values in their unit, with as many decimals as tell them apart.
#[must_use]
pub fn apart(measure: &Measure, values: [f64; 2]) -> [String; 2] {
    let told = |more: usize| values.map(|value| with_decimals(measure, value, more));
    // Zero has no decimals where a small number has some.
    let differ = |[one, other]: &[String; 2]| one != other && !(is_zero(one) && is_zero(other));
    let is_same = values[0].to_bits() == values[1].to_bits();
    (0..=12).map(told).find(|texts| is_same || differ(texts)).unwrap_or_else(|| told(0))
}

/// A value in its unit, with so many decimals more than usual.
fn with_decimals(measure: &Measure, value: f64, more: usize) -> String {
    if is_share(measure) {
        return format!("{} %", decimals(value * 100.0, 1 + more));
    }
    if measure.kind == Kind::Time {
        return time(value, more);
    }
    match &measure.currency {
        Some(code) => format!("{} {code}", decimals(value, measure.digits() as usize + more)),
        None if measure.unit.is_empty() => short(value, more),
        None => format!("{} {}", short(value, more), measure.unit),
    }
}

/// What a value is said of: `3.90 EUR` **`a visitor`**, `1,240 ms` **`or less in 75 of 100 events`**.
#[must_use]
pub fn each(measure: &Measure) -> String {
    match measure.kind {
        Kind::Conversion | Kind::Retention => "of visitors".to_string(),
        Kind::Count | Kind::Sum => "a visitor".to_string(),
        Kind::Mean => "an event".to_string(),
        Kind::Ratio => format!("for each “{}”", measure.per.as_ref().map_or("", |per| &per.event)),
        Kind::Quantile => format!("or less in {:.0} of 100 events", 100.0 * measure.quantile.unwrap_or(QUANTILE)),
        Kind::Time => "until the first time".to_string(),
    }
}

/// Milliseconds in the largest unit that they fill.
fn time(value: f64, more: usize) -> String {
    const UNITS: [(f64, &str); 4] = [(86_400_000.0, "days"), (3_600_000.0, "h"), (60_000.0, "min"), (1_000.0, "s")];
    let filled = UNITS.into_iter().find(|(size, _)| libm::fabs(value) >= 2.0 * size);
    filled.map_or_else(
        || format!("{} ms", short(value, more)),
        |(size, name)| format!("{} {name}", short(value / size, more)),
    )
}

/// Three digits where there is a point, whole numbers beyond.
fn short(value: f64, more: usize) -> String {
    let size = libm::fabs(value);
    let digits = [100.0, 10.0, 1.0, 0.1, 0.01].iter().filter(|border| size > 0.0 && size < **border).count();
    decimals(value, digits + more)
}

/// A number with so many decimals, its thousands in groups.
fn decimals(value: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", libm::fabs(value));
    let sign = if value < 0.0 && !is_zero(&text) { "−" } else { "" };
    format!("{sign}{}", thousands(&text))
}

/// Whether a number reads as zero.
fn is_zero(text: &str) -> bool {
    !text.bytes().any(|byte| (b'1'..=b'9').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_in_their_unit_as_short_as_they_can_be() {
        let money = Measure { kind: Kind::Sum, currency: Some("EUR".into()), ..Measure::default() };
        let speed = Measure { kind: Kind::Quantile, unit: "ms".into(), ..Measure::default() };
        let time = Measure { kind: Kind::Time, ..Measure::default() };
        let count = Measure { kind: Kind::Count, ..Measure::default() };
        let yen = Measure { currency: Some("JPY".into()), ..money.clone() };
        for (measure, value, words) in [
            (&money, 3.9, "3.90 EUR"),
            (&money, -1_234.5, "−1,234.50 EUR"),
            (&yen, 1_240.0, "1,240 JPY"),
            (&speed, 1_240.4, "1,240 ms"),
            (&time, 900.0, "900 ms"),
            (&time, 93_600_000.0, "26.0 h"),
            (&time, 432_000_000.0, "5.00 days"),
            (&count, 0.042, "0.0420"),
            (&count, 0.0, "0"),
            (&money, -0.004, "0.00 EUR"),
            (&Measure::default(), 0.125, "12.5 %"),
        ] {
            assert_eq!(told(measure, value), words);
        }
        assert_eq!(apart(&money, [12.304, 12.302]), ["12.304 EUR", "12.302 EUR"]);
        assert_eq!(apart(&money, [-0.004, 0.0]), ["−0.004 EUR", "0.000 EUR"]);
        assert_eq!(apart(&count, [-3e-6, 0.0])[0], "−0.000003");
    }
}
