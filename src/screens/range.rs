//! The effect with its range: as a picture needs it, in words, and as what it means for visitors.

use super::Scene;
use super::figures::{beside, people, signed};
use crate::collect::Measure;
use crate::metric;
use crate::report::{Outcome, Report};
use crate::spoken::{grouped, nearest};
use crate::stats::question::{Asked, Question};
use crate::stats::{Alpha, Validity};
use alloc::format;
use alloc::string::String;
use serde_json::{Value, json};

/// A lift with its bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lift {
    /// The best guess.
    pub value: f64,
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
    /// The error of the ratio's logarithm; nothing where an arm is negative.
    pub error: Option<f64>,
    /// Whether it was read at a planned look, and holds for such looks alone.
    pub planned: bool,
}

/// The lift of a variant in a report, if it can be compared.
#[must_use]
pub fn lift_of(report: &Report, treatment: &str) -> Option<Lift> {
    let comparison = report.comparisons.iter().find(|comparison| comparison.variant == treatment)?;
    match comparison.outcome {
        Outcome::Compared { lift, low, high, error, validity, .. } => {
            let planned = matches!(validity, Validity::FixedSample | Validity::Planned);
            Some(Lift { value: lift, low, high, error, planned })
        }
        Outcome::Missing { .. } => None,
    }
}

/// What the new version has moved, and which way. The new value is told as the lift tells it, covariates taken out.
pub(super) fn moved(scene: &Scene, lift: Lift) -> String {
    let metric = scene.metric();
    let measure = scene.measure(metric);
    let up = lift.value > 0.0;
    if metric::is_share(&measure) {
        let more = if up { "more" } else { "fewer" };
        return format!("With the new version {more} visitors do what “{metric}” counts");
    }
    let side = if up { "higher" } else { "lower" };
    let Some(base) = scene.base() else { return format!("With the new version “{metric}” is {side}") };
    let [new, old] = metric::apart(&measure, [base + libm::fabs(base) * lift.value, base]);
    format!("With the new version “{metric}” is {side}: {new} {} where the old one has {old}", metric::each(&measure))
}

/// The range in words, which stay true under daily looking, held against what the plan asks.
pub(super) fn range(lift: Lift, asked: Asked, alpha: Alpha) -> String {
    let told = |bound: f64| beside(bound, &[asked.mark()]);
    format!(
        "Best guess {}. The data fit anything from {} to {}; {}",
        signed(lift.value),
        told(lift.low),
        told(lift.high),
        holds(lift, asked.question, alpha)
    )
}

/// When a range may be read, and whether its ends hold together.
fn holds(lift: Lift, question: Question, alpha: Alpha) -> String {
    let of = nearest(alpha.once_in());
    let each = format!("each end holds in {} of {} tests", grouped(of.saturating_sub(1)), grouped(of));
    match (lift.planned, question) {
        (true, Question::Better) => "so it was at the planned look, which alone counts.".into(),
        (true, Question::NotWorse) => {
            format!("so it was at the planned look, which alone counts, and {each}.")
        }
        (false, Question::Better) => "looking daily does not spoil this.".into(),
        (false, Question::NotWorse) => format!("{each}, and looking daily does not spoil this."),
    }
}

/// A lift for the picture and in words, and what it means for visitors at control's level, so that both lie on the same
/// side of zero.
pub(super) fn shown(scene: &Scene, lift: Lift) -> Value {
    let metric = scene.metric();
    let measure = scene.measure(metric);
    let base = scene.base();
    // A lift is a share of the old one's size, also where that is below zero.
    let of = |base: f64| [lift.value, lift.low, lift.high].map(|bound| bound * libm::fabs(base));
    let thousand = base.filter(|_| metric::is_share(&measure)).map(|rate| of(1000.0 * rate));
    let means = base.map(|base| thousand.map_or_else(|| in_values(&measure, of(base)), of_a_thousand));
    json!({
        "value": lift.value, "low": lift.low, "high": lift.high, "words": range(lift, scene.asked(), scene.alpha()), "means": means,
        "perThousand": thousand.map(|[value, low, high]| json!({"value": value, "low": low, "high": high})),
    })
}

/// `Out of 1,000 visitors about 36 more would do it (between 9 and 63 more).`
fn of_a_thousand([value, low, high]: [f64; 3]) -> String {
    let side = |number: f64| if number < 0.0 { "fewer" } else { "more" };
    let range = if side(low) == side(high) {
        let (least, most) = if low < 0.0 { (high, low) } else { (low, high) };
        format!("{} and {} {}", people(least), people(most), side(low))
    } else {
        format!("{} fewer and {} more", people(low), people(high))
    };
    format!("Out of 1,000 visitors about {} {} would do it (between {range}).", people(value), side(value))
}

/// `That is 0.42 EUR a visitor (between 0.03 EUR and 0.81 EUR).`
fn in_values(measure: &Measure, values: [f64; 3]) -> String {
    let [value, low, high] = values.map(|value| metric::apart(measure, [value, 0.0])[0].clone());
    format!("That is {value} {} (between {low} and {high}).", metric::each(measure))
}
