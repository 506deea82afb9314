//! Values with long tails at uneven splits: two equal arms are told apart as seldom as promised, by the report that
//! production makes, and a real difference between arms of one size is found as soon as before.

use fastrand::Rng;
use pointsman::metric::{Counted, Values};
use pointsman::report::{Arm, Tallies};
use pointsman::stats::conversions::Conversions;
use pointsman::stats::estimate::{Arms, Part, Spread};
use pointsman::stats::moments::Sums;
use pointsman::stats::proportion::interval::{One, one};
use pointsman::verdict::Sense;
use pointsman_native::certify::Tail;

const EXPERIMENTS: u64 = 2_200;
const LOOKS: u64 = 40;
/// Units of both arms between two looks.
const UNITS: u64 = 500;

/// What units may spend, in thousandths: so many that a run hardly meets one twice.
fn population(tail: Tail, rng: &mut Rng) -> Vec<i64> {
    (0..100_000).map(|_| (1_000.0 * tail.draw(rng)) as i64).collect()
}

fn some(population: &[i64], units: u64, rng: &mut Rng) -> Sums {
    let mut sums = Sums::of(1);
    (0..units).for_each(|_| sums.unit(&[population[rng.usize(0..population.len())]], false));
    sums
}

fn verdict(arms: &[Sums; 2], weights: [u64; 2]) -> String {
    let arm = |index: usize| {
        let units = arms[index].units;
        let (variant, weight) = (index.to_string(), weights[index]);
        Arm { variant, weight, assigned: units, confirmed: units, ..Arm::default() }
    };
    let values = arms.each_ref().map(|sums| Ok(sums.moments(1_000.0).expect("sums of units"))).to_vec();
    let values = Some(Values { parts: vec![Part::mean(0)], arms: values });
    let sense = Sense { value: true, down: false };
    let tallies = Tallies { control: "0".into(), arms: vec![arm(0), arm(1)], sense, ..Tallies::default() };
    Counted { tallies, values }.report().verdict.kind
}

/// How many experiments in which the new version, with so many of 100 units, is as good as the old one ever say otherwise.
fn told_apart(tail: Tail, share: u64, rng: &mut Rng) -> u64 {
    let all = population(tail, rng);
    let few = UNITS * share.min(100 - share) / 100;
    // The larger arm comes in blocks: it is not its luck that matters.
    let blocks: Vec<Sums> = (0..400).map(|_| some(&all, UNITS - few, rng)).collect();
    let wrong = (0..EXPERIMENTS).filter(|_| {
        let mut arms = [Sums::of(1), Sums::of(1)];
        let small = usize::from(share <= 50);
        (0..LOOKS).any(|_| {
            arms[small].merge(&some(&all, few, rng), false);
            let large = if few == UNITS - few { &some(&all, few, rng) } else { &blocks[rng.usize(0..blocks.len())] };
            arms[1 - small].merge(large, false);
            ["better", "worse"].contains(&verdict(&arms, [100 - share, share]).as_str())
        })
    });
    wrong.count() as u64
}

fn keeps(tail: Tail, shares: &[u64]) {
    let mut rng = Rng::with_seed(20);
    for share in shares {
        let wrong = told_apart(tail, *share, &mut rng);
        let seen = Conversions::new(EXPERIMENTS, wrong).expect("no more than all");
        // Two-sided at 2 % is the 99 % upper bound.
        let bound = one(seen, 0.02, One::Exact).expect("a bound").high;
        println!("{tail:?} {share}/{}: {wrong} of {EXPERIMENTS}, at most {:.2} %", 100 - share, 100.0 * bound);
        assert!(bound <= 0.05, "{tail:?} at {share} of 100: {wrong} of {EXPERIMENTS}");
    }
}

#[test]
fn a_long_tail_tells_no_equal_arms_apart_at_any_split() {
    keeps(Tail::Lognormal(1.0), &[1, 10, 50, 98]);
}

#[test]
fn a_very_long_tail_tells_no_equal_arms_apart_at_any_split() {
    // Before the larger arm lent its spread it was 17 of 100 at 2/98, 13 at 1/99 and 10 at 10/90.
    keeps(Tail::Lognormal(2.0), &[1, 2, 10, 25, 50, 90, 99]);
}

#[test]
fn few_who_spend_tell_no_equal_arms_apart_at_any_split() {
    keeps(Tail::Mostly(0.1, 1.0), &[2, 10, 50]);
    keeps(Tail::Mostly(0.05, 1.5), &[10, 90]);
}

#[test]
fn between_arms_of_one_size_nothing_is_lent() {
    let mut rng = Rng::with_seed(3);
    let all = population(Tail::Lognormal(2.0), &mut rng);
    for _ in 0..100 {
        let units = 2_000;
        let more = units + rng.u64(0..120);
        let [control, treatment] =
            [units, more].map(|units| some(&all, units, &mut rng).moments(1_000.0).expect("sums"));
        let arms = Arms::of(&control, &treatment, &[Part::mean(0)]).expect("arms");
        let [own, lent] = [Spread::Own, Spread::Lent].map(|spread| arms.relative(spread).expect("an effect"));
        assert_eq!(own.standard_error.to_bits(), lent.standard_error.to_bits());
    }
}
