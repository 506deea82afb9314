//! How a unit's events become a number for a metric, and what of that number goes into sums.
//!
//! A measure is a pure function of one meeting and of what its unit did. It asks no clock: whether a window has closed is
//! told by the *cohort*, the hour or the day of the assignment, under which a metric with a window is summed. A reader
//! who knows the time keeps those cohorts apart whose window is still open.

use super::direction::{Direction, is_up};
use super::event::{Deed, Properties};
use super::segment::hex;
use super::{Scalar, grid};
use crate::stats::moments::Sums;
use crate::time::{DAY, HOUR};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

/// Steps that a unit's number is at most away from nothing: so are its square and the sums of 2^40 of them in 128 bits.
const STEPS: i128 = 1 << 43;

/// Decimal digits of the millionths in which values come.
const DIGITS: u32 = 6;

/// Characters of a unit.
const UNIT: usize = 12;

/// Thresholds of a quantile.
const THRESHOLDS: usize = 8;

/// What a number for each unit is made of. A conversion if nothing else is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Whether the unit did it: 1 or 0.
    #[default]
    Conversion,
    /// How often.
    Count,
    /// The sum of the values.
    Sum,
    /// The mean value of an event: sum by count.
    Mean,
    /// One sum or count by another.
    Ratio,
    /// Whether the unit did it from one day after the exposure to another.
    Retention,
    /// The values themselves, on a grid.
    Quantile,
    /// Milliseconds from the exposure to the first time.
    Time,
}

/// What a property must be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Filter {
    /// One of these.
    OneOf(Vec<Scalar>),
    /// A number in this span.
    Span(Span),
}

/// A span of numbers, its ends included.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Span {
    /// The least.
    pub min: Option<f64>,
    /// The greatest.
    pub max: Option<f64>,
}

/// The denominator of a ratio.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Per {
    /// The event.
    pub event: String,
    /// Whether its values are added, or it is counted.
    pub sum: bool,
    /// The property that holds the value; the event's own value if it is empty.
    pub value: String,
    /// What its properties must be.
    #[serde(rename = "where")]
    pub filters: BTreeMap<String, Filter>,
}

/// How a metric is measured, as a document says it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Measure {
    /// What it is.
    pub kind: Kind,
    /// The property that holds the value; the event's own value if it is empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// What the event's properties must be.
    #[serde(rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub filters: BTreeMap<String, Filter>,
    /// The denominator of a ratio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per: Option<Per>,
    /// Whether a ratio's numerator adds values, or counts events.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub sum: bool,
    /// Hours from the exposure within which events count; for ever if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<u32>,
    /// The first and the last day of a retention: 1 is the day that begins 24 hours after the exposure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<(u32, u32)>,
    /// What a unit's total is cut off at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap: Option<f64>,
    /// Decimal digits that values keep.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<u32>,
    /// The ISO 4217 currency in whose minor units values are added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// What values are measured in, such as `ms`, for words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Which quantile is read, 0 to 1; three quarters of all if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantile: Option<f64>,
    /// Which way is good.
    #[serde(skip_serializing_if = "is_up")]
    pub direction: Direction,
    /// Days before the exposure that give the covariate; 0 is none.
    #[serde(skip_serializing_if = "is_none")]
    pub before: u32,
    /// The values of a quantile at which whole units are compared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<f64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_none(days: &u32) -> bool {
    *days == 0
}

impl Measure {
    /// What is wrong with it, as pointers into it and causes.
    #[must_use]
    pub fn problems(&self) -> Vec<(&'static str, &'static str)> {
        let mut all = Vec::new();
        let mut unless = |good: bool, pointer, cause| {
            if !good {
                all.push((pointer, cause));
            }
        };
        let ratio = self.kind == Kind::Ratio;
        unless(ratio == self.per.is_some(), "/per", "A ratio has a denominator, and nothing else has one.");
        unless(
            self.per.as_ref().is_none_or(|per| !per.event.is_empty()),
            "/per/event",
            "The denominator has no event.",
        );
        unless(
            (self.kind == Kind::Retention) == self.days.is_some(),
            "/days",
            "A retention has days, and nothing else has.",
        );
        unless(
            self.days.is_none_or(|(from, to)| from <= to && to < 366),
            "/days",
            "The days rise, and stay within a year.",
        );
        unless(self.days.is_none() || self.hours.is_none(), "/hours", "A retention's days are its window.");
        unless(
            self.hours.is_none_or(|hours| (1..=24 * 366).contains(&hours)),
            "/hours",
            "A window is 1 hour to a year.",
        );
        unless(self.cap.is_none_or(|cap| cap.is_finite() && cap > 0.0), "/cap", "A cap is above 0.");
        unless(self.scale.is_none_or(|scale| scale <= DIGITS), "/scale", "A scale is 0 to 6 digits.");
        unless(self.scale.is_none() || self.currency.is_none(), "/scale", "The currency gives the digits.");
        let known = self.currency.as_deref().is_none_or(|code| super::money::digits(code).is_some());
        unless(known, "/currency", "This is no currency of ISO 4217.");
        unless(self.unit.chars().count() <= UNIT, "/unit", "A unit has at most twelve characters.");
        unless(self.unit.is_empty() || self.currency.is_none(), "/unit", "The currency is the unit.");
        let quantile = self.quantile.is_none_or(|quantile| (0.01..=0.99).contains(&quantile));
        unless(quantile, "/quantile", "A quantile is 0.01 to 0.99.");
        unless(self.quantile.is_none() || self.kind == Kind::Quantile, "/quantile", "Only quantiles have one.");
        unless(self.before <= 366, "/before", "A history is at most a year long.");
        unless(self.thresholds.len() <= THRESHOLDS, "/thresholds", "There are at most eight thresholds.");
        unless(
            self.thresholds.is_empty() || self.kind == Kind::Quantile,
            "/thresholds",
            "Only quantiles have thresholds.",
        );
        all
    }

    /// Decimal digits that values keep: those of the currency, those that are declared, or none.
    #[must_use]
    pub fn digits(&self) -> u32 {
        let minor = self.currency.as_deref().and_then(super::money::digits);
        minor.or(self.scale).unwrap_or(0).min(DIGITS)
    }

    /// The milliseconds from the exposure within which events count.
    #[must_use]
    pub fn window(&self) -> Option<i64> {
        let days = self.days.map(|(_, to)| (i64::from(to) + 1) * DAY);
        days.or(self.hours.map(|hours| i64::from(hours) * HOUR))
    }

    /// The cohort of an assignment: the start of its hour or day, or 0 where there is no window.
    #[must_use]
    pub(super) fn cohort(&self, assigned_at: i64) -> i64 {
        self.window().map_or(0, |window| assigned_at - assigned_at.rem_euclid(width(window)))
    }

    /// Whether all windows of a cohort have closed.
    #[must_use]
    pub(super) fn is_complete(&self, cohort: i64, now: i64) -> bool {
        self.window().is_none_or(|window| cohort + width(window) + window <= now)
    }
}

/// Cohorts are as fine as it takes to say something of a short window soon.
fn width(window: i64) -> i64 {
    if window <= DAY { HOUR } else { DAY }
}

/// A metric of a run, as the shard measures it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// Its key.
    pub metric: String,
    /// Its event.
    pub event: String,
    /// Whether it decides.
    #[serde(default)]
    pub primary: bool,
    /// How it is measured.
    #[serde(default)]
    pub measure: Measure,
    /// What a unit of each currency is worth in its own, in billionths; fixed for the run.
    #[serde(default)]
    pub rates: BTreeMap<String, i64>,
}

impl Metric {
    /// What is the same for metrics that measure the same, whatever they are called: sixteen bytes of a digest.
    #[must_use]
    pub fn id(&self) -> String {
        let text = json!([self.event, self.measure, self.rates]).to_string();
        hex(Sha256::digest(text.as_bytes()).get(..16).unwrap_or_default())
    }

    /// Whether it counts events of this name, or divides by them.
    pub(super) fn counts(&self, event: &str) -> bool {
        self.event == event || self.measure.per.as_ref().is_some_and(|per| per.event == event)
    }

    /// What an event adds to the totals of all traffic: how often it counts, how much it adds, and what that is divided by.
    /// They know no units, so neither a window nor a cap holds.
    pub(super) fn total(&self, deed: &Deed) -> [i128; 3] {
        let Measure { kind, value, filters, .. } = &self.measure;
        let own = deed.name == self.event && holds(filters, &deed.properties);
        let amount = self.amount(deed, value).filter(|_| own);
        let adds = matches!(kind, Kind::Sum | Kind::Mean | Kind::Quantile) || self.measure.sum;
        let y = if adds { amount.unwrap_or(0) } else { own.into() };
        let d = match kind {
            Kind::Mean => amount.is_some().into(),
            Kind::Ratio => self.denominator(core::slice::from_ref(deed), i64::MIN, i64::MAX),
            _ => 0,
        };
        [own.into(), y, d]
    }

    /// What a confirmed unit adds to the sums that was assigned at a time.
    pub(super) fn vector(&self, from: i64, deeds: &[Deed]) -> Vec<i128> {
        let measure = &self.measure;
        let until = measure.window().map_or(i64::MAX, |window| from + window);
        match measure.kind {
            Kind::Quantile => self.spread(deeds, from, until),
            Kind::Time => self.waiting(deeds, from, until),
            _ => {
                let (y, d) = self.number(deeds, from, until);
                let history = i64::from(measure.before) * DAY;
                let x = (history > 0).then(|| self.number(deeds, from - history, from).0);
                moments(y, d, x)
            }
        }
    }

    /// A unit's number and its denominator, from what it did in a span of time.
    fn number(&self, deeds: &[Deed], from: i64, until: i64) -> (i128, Option<i128>) {
        let own = || self.matching(deeds, from, until);
        let count = || own().count() as i128;
        let sum = || own().filter_map(|deed| self.amount(deed, &self.measure.value)).sum::<i128>();
        let (y, d) = match self.measure.kind {
            Kind::Conversion => (i128::from(own().next().is_some()), None),
            Kind::Retention => {
                // Before the exposure there are no days of it: there the whole span counts.
                let first = self.measure.days.map_or(0, |(first, _)| i64::from(first) * DAY);
                let from = if until - from > first { from + first } else { from };
                (i128::from(self.matching(deeds, from, until).next().is_some()), None)
            }
            // In the place of a denominator: whether it has any.
            Kind::Count => (count(), Some(i128::from(own().next().is_some()))),
            Kind::Sum => (sum(), None),
            Kind::Mean => {
                (sum(), Some(own().filter(|deed| self.amount(deed, &self.measure.value).is_some()).count() as i128))
            }
            Kind::Ratio => {
                let y = if self.measure.sum { sum() } else { count() };
                (y, Some(self.denominator(deeds, from, until)))
            }
            Kind::Quantile | Kind::Time => (0, None),
        };
        let cap = self.measure.cap.map_or(STEPS, |cap| self.steps(micros(cap)).min(STEPS));
        (y.clamp(-cap, cap), d.map(|d| d.clamp(-STEPS, STEPS)))
    }

    fn denominator(&self, deeds: &[Deed], from: i64, until: i64) -> i128 {
        let Some(per) = &self.measure.per else { return 0 };
        let own = deeds.iter().filter(|deed| {
            deed.name == per.event && (from..until).contains(&deed.at) && holds(&per.filters, &deed.properties)
        });
        if per.sum { own.filter_map(|deed| self.amount(deed, &per.value)).sum() } else { own.count() as i128 }
    }

    /// `[n, m, mm]` of the number of events, `[c, cc, cm]` for each threshold, and the counts on the grid.
    fn spread(&self, deeds: &[Deed], from: i64, until: i64) -> Vec<i128> {
        let values: Vec<i128> =
            self.matching(deeds, from, until).filter_map(|deed| self.amount(deed, &self.measure.value)).collect();
        let m = values.len() as i128;
        let mut vector = alloc::vec![1, m, m * m];
        for threshold in &self.measure.thresholds {
            let threshold = self.steps(micros(*threshold));
            let c = values.iter().filter(|value| **value <= threshold).count() as i128;
            vector.extend([c, c * c, c * m]);
        }
        let grid = vector.len();
        for value in values {
            count_at(&mut vector, grid + grid::place(value.clamp(0, STEPS) as i64));
        }
        vector
    }

    /// `[n, did, t, tt]` in milliseconds, and the counts of seconds on the grid.
    fn waiting(&self, deeds: &[Deed], from: i64, until: i64) -> Vec<i128> {
        let first = self.matching(deeds, from, until).map(|deed| deed.at).min();
        let Some(wait) = first.map(|first| i128::from(first - from).min(STEPS)) else { return alloc::vec![1, 0, 0, 0] };
        let mut vector = alloc::vec![1, 1, wait, wait * wait];
        count_at(&mut vector, 4 + grid::place((wait / 1000) as i64));
        vector
    }

    fn matching<'d>(&'d self, deeds: &'d [Deed], from: i64, until: i64) -> impl Iterator<Item = &'d Deed> {
        deeds.iter().filter(move |deed| {
            deed.name == self.event
                && (from..until).contains(&deed.at)
                && holds(&self.measure.filters, &deed.properties)
        })
    }

    /// The value of an event in steps, if it has one that can be added.
    fn amount(&self, deed: &Deed, property: &str) -> Option<i128> {
        let value = if property.is_empty() {
            deed.value?
        } else {
            match deed.properties.get(property)? {
                Scalar::Number(number) => micros(*number),
                Scalar::Boolean(_) | Scalar::Text(_) => return None,
            }
        };
        match &self.measure.currency {
            Some(own) if deed.currency != *own => {
                let rate = i128::from(*self.rates.get(&deed.currency)?);
                Some(rounded(i128::from(value) * rate, 1_000_000_000 * 10_i128.pow(DIGITS - self.measure.digits())))
            }
            _ => Some(self.steps(value)),
        }
    }

    fn steps(&self, micros: i64) -> i128 {
        rounded(micros.into(), 10_i128.pow(DIGITS - self.measure.digits()))
    }
}

/// The moments of one unit: its number, its denominator and its covariate, as far as there is something to say.
fn moments(y: i128, d: Option<i128>, x: Option<i128>) -> Vec<i128> {
    let z = [y, d.unwrap_or(0), x.unwrap_or(0)].map(|number| number.clamp(-STEPS, STEPS) as i64);
    let told = if x.is_some() { 3 } else { 1 + usize::from(d.is_some()) };
    let mut sums = Sums::of(told);
    sums.unit(&z[..told], false);
    sums.vector()
}

fn count_at(vector: &mut Vec<i128>, index: usize) {
    if vector.len() <= index {
        vector.resize(index + 1, 0);
    }
    if let Some(count) = vector.get_mut(index) {
        *count += 1;
    }
}

fn holds(filters: &BTreeMap<String, Filter>, properties: &Properties) -> bool {
    filters.iter().all(|(name, filter)| {
        let Some(value) = properties.get(name) else { return false };
        match (filter, value) {
            (Filter::OneOf(all), value) => all.contains(value),
            (Filter::Span(Span { min, max }), Scalar::Number(number)) => {
                min.is_none_or(|min| *number >= min) && max.is_none_or(|max| *number <= max)
            }
            (Filter::Span(_), Scalar::Boolean(_) | Scalar::Text(_)) => false,
        }
    })
}

/// The nearest whole number of parts; what lies between two goes away from nothing, so that a refund takes back as much
/// as was added.
fn rounded(number: i128, parts: i128) -> i128 {
    let half = parts / 2;
    if number < 0 { (number - half) / parts } else { (number + half) / parts }
}

/// A number in millionths, as near as they come.
pub(super) fn micros(number: f64) -> i64 {
    let scaled = number * 1e6;
    // A cast saturates, and cuts off what is behind the point.
    if scaled < 0.0 { (scaled - 0.5) as i64 } else { (scaled + 0.5) as i64 }
}

/// A document's measure, or what is wrong with it.
pub fn read(value: Option<&serde_json::Value>) -> Result<Measure, String> {
    match value {
        None | Some(serde_json::Value::Null) => Ok(Measure::default()),
        Some(value) => Measure::deserialize(value).map_err(|error| error.to_string()),
    }
}
