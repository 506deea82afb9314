//! Fifty equally likely answers to “how much better is the new version?”: the interval as something to count. People
//! read counts of dots right where they misread error bars (Fernandes et al., CHI 2018).

use super::reading::Lift;

/// How many answers.
pub const ANSWERS: u8 = 50;

/// A normal curve holds 95 % within so many deviations of its middle.
const HALF_OF_95: f64 = 1.959_963_984_540_054;

/// The quantiles of a normal curve over the logarithm of the ratio whose 95 % range is the printed range, as lifts in
/// rising order; so picture and words cannot disagree.
#[must_use]
pub fn answers(lift: Lift) -> [f64; ANSWERS as usize] {
    let (low, middle, high) = (libm::log1p(lift.low), libm::log1p(lift.value), libm::log1p(lift.high));
    let deviation = (high - low) / (2.0 * HALF_OF_95);
    let mut answers = [0.0; ANSWERS as usize];
    for (place, answer) in (0_u8..).zip(&mut answers) {
        *answer = libm::expm1(middle + deviation * quantile((f64::from(place) + 0.5) / f64::from(ANSWERS)));
    }
    answers
}

/// The point below which a standard normal curve has this share, by halving: a screen asks fifty times, so exact beats
/// fast.
fn quantile(share: f64) -> f64 {
    let (mut low, mut high) = (-10.0, 10.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        let below = 0.5 * libm::erfc(-middle / core::f64::consts::SQRT_2);
        if below < share { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::{Lift, answers};

    #[test]
    fn ninety_five_of_a_hundred_answers_lie_in_the_printed_range() {
        let lift = Lift { value: 0.2, low: 0.05, high: 0.371_428, difference: [0.0; 3] };
        let answers = answers(lift);
        assert!(answers.windows(2).all(|pair| pair[0] < pair[1]));
        let inside = answers.iter().filter(|answer| (lift.low..=lift.high).contains(*answer)).count();
        assert_eq!(inside, 48);
        assert!((f64::midpoint(answers[24], answers[25]) - 0.2).abs() < 0.001);
    }
}
