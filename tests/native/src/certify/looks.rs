//! Whatever is looked at every hour: verdicts, ranges and the split, while there is nothing to find.

use super::draws::{binomial, real};
use super::worth::{Tail, Worth};
use super::{Promise, Trial};
use fastrand::Rng;
use pointsman::metric::{self, Counted, Values};
use pointsman::report::{Arm, Tallies};
use pointsman::stats::ALPHA;
use pointsman::stats::question::{Asked, Question};
use pointsman::stats::sample_ratio::{self, Share};
use pointsman::verdict::Sense;
use pointsman::verdict::conclusion::{Conclusion, Standing, conclude};

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    let most = Promise::AtMost(ALPHA);
    for (base, share, batch) in
        [(0.05, 50, 400), (0.02, 10, 1_000), (0.02, 2, 2_000), (0.02, 1, 4_000), (0.001, 1, 40_000), (0.3, 50, 200)]
    {
        let situation = format!("conversions, base {} %, split {share}/{}", base * 100.0, 100 - share);
        let run = Run { what: What::Did(base), share, batch, ratio: 1.0 };
        trials.push(Trial::new("a false verdict, ever", situation, most, move |rng, looks| {
            run.says_something(rng, looks)
        }));
    }
    let sum = |tail: Tail| Worth::Sum(tail.cells());
    let values = [
        (Worth::Covariate(Tail::Lognormal(1.0)), 50, 60),
        (Worth::Covariate(Tail::Mostly(0.1, 1.0)), 50, 60),
        (Worth::Count, 50, 60),
        (Worth::Mean, 50, 60),
        (Worth::Quantile, 50, 60),
        (sum(Tail::Lognormal(1.0)), 10, 200),
        (sum(Tail::Lognormal(1.0)), 1, 2_000),
        (sum(Tail::Lognormal(2.0)), 50, 100),
        (sum(Tail::Lognormal(2.0)), 10, 400),
        (sum(Tail::Lognormal(2.0)), 2, 2_000),
        (sum(Tail::Lognormal(2.0)), 1, 4_000),
        (sum(Tail::Mostly(0.05, 1.0)), 10, 400),
        (sum(Tail::Mostly(0.05, 1.0)), 1, 4_000),
    ];
    for (worth, share, batch) in values {
        let situation = format!("{}, split {share}/{}", worth.words(), 100 - share);
        let run = Run { what: What::Worth(worth), share, batch, ratio: 1.0 };
        trials.push(Trial::new("a false verdict, ever", situation, most, move |rng, looks| {
            run.says_something(rng, looks)
        }));
    }
    let ranges = [
        ("conversions, base 5 %", What::Did(0.05), 50, 400),
        ("conversions, base 2 %", What::Did(0.02), 1, 4_000),
        ("a sum, lognormal σ 1", What::Worth(sum(Tail::Lognormal(1.0))), 50, 60),
        ("a sum with a covariate", What::Worth(Worth::Covariate(Tail::Lognormal(1.0))), 50, 60),
        ("a quantile", What::Worth(Worth::Quantile), 50, 60),
    ];
    for (name, what, share, batch) in ranges {
        let situation = format!("{name}, a tenth more, split {share}/{}", 100 - share);
        let run = Run { what, share, batch, ratio: 1.1 };
        trials.push(Trial::new("a range that misses, ever", situation, most, move |rng, looks| run.misses(rng, looks)));
    }
    trials.extend(margins());
    for shares in [vec![1, 1], vec![9, 1], vec![99, 1], vec![1, 1, 1, 1]] {
        let situation = format!("split {}", shares.iter().map(ToString::to_string).collect::<Vec<_>>().join("/"));
        let simulate = move |rng: &mut Rng, looks| split(&shares, rng, looks);
        let promise = Promise::AtMost(sample_ratio::ALPHA);
        // One of a thousand shows in tens of thousands only.
        trials.push(Trial::new("G4 false alarm of the split", situation, promise, simulate).times(20));
    }
    trials
}

/// Losses of all that a plan allows, which it may call allowed no more often than it may be wrong at all.
fn margins() -> Vec<Trial> {
    let sum = || What::Worth(Worth::Sum(Tail::Lognormal(1.0).cells()));
    let worlds = [
        ("conversions, base 5 %, 10 % fewer", What::Did(0.05), 0.1, 50, 400),
        ("conversions, base 30 %, 5 % fewer", What::Did(0.3), 0.05, 50, 200),
        ("conversions, base 30 %, 5 % more where fewer is better", What::Did(0.3), -0.05, 50, 200),
        ("conversions, base 2 %, 10 % fewer", What::Did(0.02), 0.1, 2, 4_000),
        ("a sum, lognormal σ 1, 10 % less", sum(), 0.1, 50, 60),
        ("a sum, lognormal σ 1, 10 % more where less is better", sum(), -0.1, 50, 60),
        ("a quantile, 10 % more where less is better", What::Worth(Worth::Quantile), -0.1, 50, 60),
    ];
    let trial = |(name, what, margin, share, batch): (&str, What, f64, u64, u64)| {
        let situation = format!("{name}, split {share}/{}", 100 - share);
        let asked = Question::NotWorse.of(margin);
        let run = Run { what, share, batch, ratio: 1.0 + asked.border() };
        Trial::new("a margin's loss called allowed, ever", situation, Promise::AtMost(ALPHA), move |rng, looks| {
            run.allows(asked, rng, looks)
        })
    };
    worlds.into_iter().map(trial).collect()
}

/// What the metric is.
enum What {
    /// Whether a unit did it: the share that does.
    Did(f64),
    /// A value of each unit.
    Worth(Worth),
}

/// A run of two arms.
struct Run {
    what: What,
    /// The treatment's share in a hundred.
    share: u64,
    /// Units of both arms between two looks.
    batch: u64,
    /// The treatment's rate or values by control's.
    ratio: f64,
}

impl Run {
    /// Plays it, and asks what was counted at each look; gives whether an answer was ever yes.
    fn ever(&self, rng: &mut Rng, looks: u64, asked: impl Fn(&Counted) -> bool) -> bool {
        let weights = [100 - self.share, self.share];
        let mut sums = [vec![0; 2], vec![0; 2]];
        (0..looks).any(|_| {
            let new = binomial(rng, self.batch, real(self.share) / 100.0);
            for ((arm, n), ratio) in sums.iter_mut().zip([self.batch - new, new]).zip([1.0, self.ratio]) {
                match &self.what {
                    What::Did(base) => {
                        arm[0] += i128::from(n);
                        arm[1] += i128::from(binomial(rng, n, base * ratio));
                    }
                    What::Worth(worth) => worth.units(rng, arm, n, ratio),
                }
            }
            asked(&self.counted(&sums, weights))
        })
    }

    fn counted(&self, sums: &[Vec<i128>; 2], weights: [u64; 2]) -> Counted {
        let count = |number: i128| u64::try_from(number).unwrap();
        let is_value = matches!(self.what, What::Worth(_));
        let arm = |index: usize| {
            let (units, did) = (count(sums[index][0]), if is_value { 0 } else { count(sums[index][1]) });
            let weight = weights[index];
            Arm {
                variant: index.to_string(),
                weight,
                assigned: units,
                confirmed: units,
                converted: did,
                ..Arm::default()
            }
        };
        let sense = Sense { value: is_value, down: false };
        let tallies = Tallies { control: "0".into(), arms: vec![arm(0), arm(1)], sense, ..Tallies::default() };
        let values = match &self.what {
            What::Did(_) => None,
            What::Worth(worth) => {
                let arms = sums.iter().map(|sums| worth.moments(sums)).collect();
                Some(Values { parts: metric::parts(&worth.measure()), arms })
            }
        };
        Counted { tallies, values }
    }

    /// Whether its report ever calls one arm better or worse.
    fn says_something(&self, rng: &mut Rng, looks: u64) -> bool {
        self.ever(rng, looks, |counted| ["better", "worse"].contains(&counted.report().verdict.kind.as_str()))
    }

    /// Whether a plan that asks this would ever be told to ship.
    fn allows(&self, asked: Asked, rng: &mut Rng, looks: u64) -> bool {
        self.ever(rng, looks, |counted| {
            let mut counted = counted.clone();
            counted.tallies.question = asked.question;
            let comparisons = counted.comparisons();
            let lift = comparisons.first().and_then(|comparison| comparison.lift.ok());
            let conclusion = conclude(&Standing {
                harmed: false,
                problem: None,
                bounds: lift.map(|lift| asked.pointed([lift.relative.low, lift.relative.high])),
                question: asked.question,
                aim: asked.change.abs(),
                complete: false,
                days: None,
                could: None,
            });
            matches!(conclusion, Conclusion::Better | Conclusion::NoEffectAsLarge)
        })
    }

    /// Whether a range ever does not hold the truth.
    fn misses(&self, rng: &mut Rng, looks: u64) -> bool {
        self.ever(rng, looks, |counted| {
            let Some(Ok(lift)) = counted.comparisons().first().map(|comparison| comparison.lift) else { return false };
            let truth = self.ratio - 1.0;
            lift.relative.low > truth || truth > lift.relative.high
        })
    }
}

fn split(shares: &[u64], rng: &mut Rng, looks: u64) -> bool {
    let mut arms: Vec<Share> = shares.iter().map(|weight| Share { weight: *weight, units: 0 }).collect();
    for look in 0..looks {
        // More each time, so that a life spans three decades.
        let (mut left, mut weights) = (20 + look * look, shares.iter().sum::<u64>());
        for arm in &mut arms {
            let got = binomial(rng, left, real(arm.weight) / real(weights));
            arm.units += got;
            left -= got;
            weights -= arm.weight;
        }
        if sample_ratio::check(&arms, sample_ratio::CONCENTRATION, sample_ratio::ALPHA).alarm {
            return true;
        }
    }
    false
}
