//! The size of an experiment: how many units until a lift shows.
//!
//! A lift shows once the interval of [`lift`](super::lift::lift) excludes zero. At a look with n units in each arm the
//! logarithm of the ratio of rates lies about its truth with the variance V that the rates imply; with h for half the
//! width of the interval, the chance that it lies far enough from zero is
//!
//! ```text
//! Φ((|ln(1 + lift)| - h)/√V)
//! ```
//!
//! This is a normal approximation, so [`GATE`] must be passed with room to spare. It counts one look only; earlier looks
//! may show the lift before, so they only add power.

use super::lift::GATE;
use super::real;
use super::sequence::Sequence;
use super::special::normal;

/// How many conversions, and non-conversions, each arm is planned to have at least. Twice the gate: an arm that expects
/// 50 has fewer than 25 in less than 1 of 10,000 runs.
const EXPECTED: u64 = 2 * GATE;

/// More units than anybody has: numbers count exactly up to here.
const MOST: u64 = 1 << 53;

/// The units that *each* arm of an even split needs to show a lift with a chance of at least `power`.
///
/// `base` is the rate of control and `lift` the smallest relative change worth finding, 0.1 for a tenth more and -0.1
/// for a tenth fewer. Nothing when no number of units (up to 2^53) can show it: unless `base`, the rate of the treatment
/// and `power` lie between 0 and 1, or when `lift` is 0. A change that leaves one arm hardly any conversions, or hardly
/// any without, needs more units than a smaller one would, because of the gate.
///
/// ```
/// use pointsman::stats::sequence::Sequence;
/// use pointsman::stats::size::per_arm;
///
/// let sequence = Sequence::usual(0.05);
/// assert_eq!(per_arm(0.2, 0.1, 0.8, sequence), Some(12_786));
/// ```
#[must_use]
pub fn per_arm(base: f64, lift: f64, power: f64, sequence: Sequence) -> Option<u64> {
    let plan = Plan { base, power, sequence };
    let units = least(real(MOST), |units| plan.shows(lift, units))?;
    #[expect(clippy::cast_sign_loss, reason = "it lies between 0 and 2^53")]
    Some(libm::ceil(units) as u64)
}

/// The smallest relative lift upward that this many units in each arm show with a chance of at least `power`: the
/// inverse of [`per_arm`], which refuses the same. Nothing, too, when the arms are so small or `base` so high that no
/// lift would both show and pass the gate.
#[must_use]
pub fn smallest_lift(base: f64, per_arm_units: u64, power: f64, sequence: Sequence) -> Option<f64> {
    let plan = Plan { base, power, sequence };
    let units = real(per_arm_units);
    // Beyond this lift too few units of the treatment would be left without a conversion.
    let highest = (1.0 - real(EXPECTED) / units) / base - 1.0;
    least(highest, |lift| plan.shows(lift, units))
}

/// What is known before a run.
struct Plan {
    base: f64,
    power: f64,
    sequence: Sequence,
}

impl Plan {
    /// Whether so many units in each arm show this lift. False for everything that cannot be.
    fn shows(&self, lift: f64, units: f64) -> bool {
        let rates = [self.base, self.base * (1.0 + lift)];
        let possible = |share: f64| 0.0 < share && share < 1.0;
        let passes = |rate: f64| units * rate.min(1.0 - rate) >= real(EXPECTED);
        lift != 0.0
            && possible(self.power)
            && rates.into_iter().all(|rate| possible(rate) && passes(rate))
            && self.chance(rates, units) >= self.power
    }

    /// The chance that the interval excludes zero on the side of the truth, for rates that are possible.
    fn chance(&self, rates: [f64; 2], units: f64) -> f64 {
        let variance: f64 = rates.iter().map(|rate| (1.0 - rate) / (rate * (units - 1.0))).sum();
        let half_width = self.sequence.half_width(variance, 2.0 * units);
        let effect = libm::fabs(libm::log(rates[1] / rates[0]));
        normal::cdf((effect - half_width) / libm::sqrt(variance))
    }
}

/// The units that each arm needs for its interval to be shown at all, at this rate. Infinite where there is none.
#[must_use]
pub fn shown(rate: f64) -> f64 {
    libm::ceil(real(EXPECTED) / rate.min(1.0 - rate).max(0.0))
}

/// The least number from 0 to `most` that is enough, where more is never less, or nothing when `most` is not enough.
fn least(most: f64, enough: impl Fn(f64) -> bool) -> Option<f64> {
    let (mut low, mut high) = (0.0, most);
    // 53 halvings lead to the first digit of the smallest count, 53 more to the last digit of every number.
    for _ in 0..106 {
        let middle = 0.5 * (low + high);
        if enough(middle) { high = middle } else { low = middle }
    }
    enough(high).then_some(high)
}
