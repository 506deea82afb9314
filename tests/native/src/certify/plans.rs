//! What a plan says comes true: the size that is printed shows the effect that it was printed for, as often as it says.

use super::draws::{binomial, real};
use super::worth::{Tail, Worth};
use super::{Promise, Trial};
use fastrand::Rng;
use pointsman::metric::{self, Level};
use pointsman::playbook::Method;
use pointsman::stats::ALPHA;
use pointsman::stats::Alpha;
use pointsman::stats::change::change;
use pointsman::stats::conversions::Conversions;
use pointsman::stats::group::Spending;
use pointsman::stats::lift::{Lift, lift};
use pointsman::stats::question::{Asked, Question};

/// The chance that is printed, and how far its approximation may be off.
const POWER: f64 = 0.8;
const OFF: f64 = 0.005;

fn methods() -> [(&'static str, Method); 3] {
    let group = Method::GroupSequential { spending: Spending::ObrienFleming, looks: vec![0.5, 0.75, 1.0] };
    [("at any time", Method::Anytime), ("once", Method::FixedSample), ("at three looks", group)]
}

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for (words, method) in methods() {
        for (base, asked) in [
            (0.05, Question::Better.of(0.2)),
            (0.3, Question::Better.of(0.1)),
            (0.05, Question::NotWorse.of(0.1)),
            (0.3, Question::NotWorse.of(0.05)),
        ] {
            let level = Level { mean: base, spread: None, units: 1e6 };
            let per_arm = level.per_arm(asked, (Alpha::default(), POWER), &method).unwrap();
            let what = format!("base {:.0} %, {}", base * 100.0, wanted(asked));
            trials.push(trial(&what, words, &method, per_arm, asked, move |rng, arms, more| {
                for (arm, rate) in arms.iter_mut().zip([base, base * (1.0 + asked.truth())]) {
                    arm[0] += i128::from(more);
                    arm[1] += i128::from(binomial(rng, more, rate));
                }
                let count = |number: i128| u64::try_from(number).unwrap();
                let [control, treatment] =
                    [0, 1].map(|arm: usize| Conversions::new(count(arms[arm][0]), count(arms[arm][1])));
                lift(control?, treatment?, asked.question.sequence(ALPHA)).ok()
            }));
        }
        for question in [Question::Better, Question::NotWorse] {
            let worth = Worth::Sum(Tail::Lognormal(1.0).cells());
            let Worth::Sum(cells) = &worth else { continue };
            let asked = question.of(0.1);
            let level = Level { mean: 1.0, spread: Some(cells.spread()), units: 1e6 };
            let per_arm = level.per_arm(asked, (Alpha::default(), POWER), &method).unwrap();
            let what = format!("{}, {}", worth.words(), wanted(asked));
            trials.push(trial(&what, words, &method, per_arm, asked, move |rng, arms, more| {
                for (arm, ratio) in arms.iter_mut().zip([1.0, 1.0 + asked.truth()]) {
                    worth.units(rng, arm, more, ratio);
                }
                let (control, treatment) = (worth.moments(&arms[0]).ok()?, worth.moments(&arms[1]).ok()?);
                let parts = metric::parts(&worth.measure());
                change(&control, &treatment, &parts, question.sequence(ALPHA)).ok()
            }));
        }
    }
    trials
}

/// What a plan is sized for, in words.
fn wanted(asked: Asked) -> String {
    match asked.question {
        Question::Better => format!("{:.0} % more", asked.change * 100.0),
        Question::NotWorse => format!("not worse by more than {:.0} %", asked.change * 100.0),
    }
}

/// The power of a plan that is read like this. `compare` adds units to the sums of both arms, and compares them.
fn trial(
    what: &str,
    words: &str,
    method: &Method,
    per_arm: u64,
    asked: Asked,
    compare: impl Fn(&mut Rng, &mut [Vec<i128>; 2], u64) -> Option<Lift> + Send + 'static,
) -> Trial {
    let situation = format!("{what}, read {words}, {per_arm} units an arm");
    let looks = if *method == Method::Anytime { vec![1.0] } else { method.looks().to_vec() };
    let bounds = bounds(method, asked.question);
    let simulate = move |rng: &mut Rng, _| {
        let mut arms = [vec![0; 2], vec![0; 2]];
        let mut there = 0;
        looks.iter().enumerate().any(|(look, share)| {
            #[expect(clippy::cast_sign_loss, reason = "a share")]
            let until = (real(per_arm) * share).ceil() as u64;
            let Some(lift) = compare(rng, &mut arms, until - there) else { return false };
            there = until;
            match bounds.get(look) {
                // At any time the range itself decides.
                None => lift.relative.low > asked.border(),
                Some(bound) => asked.beyond(lift.relative.value) >= bound * lift.log_error().unwrap_or(f64::INFINITY),
            }
        })
    };
    // Four fifths are promised, and what happens is close to it.
    Trial::new("power at the planned size", situation, Promise::About(POWER, OFF), simulate).times(4)
}

fn bounds(method: &Method, question: Question) -> Vec<f64> {
    let alpha = question.both_ends(ALPHA);
    match method {
        Method::Anytime => Vec::new(),
        Method::FixedSample => vec![pointsman::stats::special::normal::isf(0.5 * alpha)],
        Method::GroupSequential { spending, looks } => spending.bounds(looks, alpha).unwrap(),
    }
}
