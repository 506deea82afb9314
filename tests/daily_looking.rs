//! Promises about errors, by simulation: what is said stays true for whoever looks every day.

mod dice;

use dice::{Dice, upper_bound};
use pointsman::stats::ALPHA;
use pointsman::stats::conversions::Conversions;
use pointsman::stats::lift::{Lift, Missing, lift};
use pointsman::stats::sample_ratio::{self, Share, check};
use pointsman::stats::sequence::Sequence;

const USUAL: Sequence = Sequence::usual(ALPHA);

impl Dice {
    /// 64 coins at once, each heads with probability `chance`/256: bit by bit from the least, a set bit of the chance
    /// takes the union with a fair coin, an unset one the intersection.
    fn coins(&mut self, chance: u64) -> u64 {
        (0..8).fold(0, |heads, bit| if chance >> bit & 1 == 1 { heads | self.roll() } else { heads & self.roll() })
    }
}

/// A run: `chances` of 256 for being in the treatment arm, and for converting in control and in treatment.
struct Traffic {
    dice: Dice,
    chances: [u64; 3],
    units: [u64; 2],
    converted: [u64; 2],
}

impl Traffic {
    fn new(seed: u64, chances: [u64; 3]) -> Self {
        Self { dice: Dice::new(seed), chances, units: [0; 2], converted: [0; 2] }
    }

    /// 64 more units.
    fn arrive(&mut self) {
        let [split, old, new] = self.chances.map(|chance| self.dice.coins(chance));
        for (arm, (of_arm, converted)) in [(!split, old), (split, new)].into_iter().enumerate() {
            self.units[arm] += u64::from(of_arm.count_ones());
            self.converted[arm] += u64::from((of_arm & converted).count_ones());
        }
    }

    fn lift(&self) -> Result<Lift, Missing> {
        let [old, new] = [0, 1].map(|arm| Conversions::new(self.units[arm], self.converted[arm]).unwrap());
        lift(old, new, USUAL)
    }

    fn alarm(&self) -> bool {
        let weights = [256 - self.chances[0], self.chances[0]];
        let shares = [0, 1].map(|arm| Share { weight: weights[arm], units: self.units[arm] });
        check(&shares, sample_ratio::CONCENTRATION, sample_ratio::ALPHA).alarm
    }
}

fn excludes(lift: &Lift, truth: f64) -> bool {
    truth < lift.relative.low || lift.relative.high < truth
}

/// 2,000 A/A runs with a hundred looks each. Returns how many ever showed a difference, and how many raised the alarm.
fn never_anything_there(seed: u64, split: u64, rate: u64, words_a_look: u32) -> [u32; 2] {
    let mut wrong = [0; 2];
    for run in 0..2_000 {
        let mut traffic = Traffic::new(seed + run, [split, rate, rate]);
        let mut ever = [false; 2];
        for _ in 0..100 {
            (0..words_a_look).for_each(|_| traffic.arrive());
            ever[0] |= traffic.lift().is_ok_and(|lift| excludes(&lift, 0.0));
            ever[1] |= traffic.alarm();
        }
        wrong = [wrong[0] + u32::from(ever[0]), wrong[1] + u32::from(ever[1])];
    }
    wrong
}

#[test]
fn looking_every_day_keeps_the_promise() {
    // Half and half at a rate of 20 %, the same at 4.7 %, and 1 in 51 at 4.7 %, where peers without a gate fail.
    for (seed, split, rate, words_a_look) in [(10_000, 128, 51, 4), (20_000, 128, 12, 6), (30_000, 5, 12, 16)] {
        let [differences, alarms] = never_anything_there(seed, split, rate, words_a_look);
        println!("split {split}/256, rate {rate}/256: {differences} differences, {alarms} alarms in 2,000");
        assert!(upper_bound(differences, 2_000) <= ALPHA, "{differences} of 2,000");
        assert!(alarms <= 10, "{alarms} of 2,000");
    }
}

#[test]
fn a_real_lift_is_found_and_covered() {
    // 51/256 to 59/256: a lift of 15.7 % on a rate of 19.9 %, to about 10,000 units an arm.
    let truth = 59.0 / 51.0 - 1.0;
    let [mut found, mut missed] = [0; 2];
    for run in 0..500 {
        let mut traffic = Traffic::new(40_000 + run, [128, 51, 59]);
        let mut ever_missed = false;
        for _ in 0..40 {
            (0..8).for_each(|_| traffic.arrive());
            ever_missed |= traffic.lift().is_ok_and(|lift| excludes(&lift, truth));
        }
        found += u32::from(traffic.lift().unwrap().relative.low > 0.0);
        missed += u32::from(ever_missed);
    }
    println!("{found} found and {missed} missed of 500");
    assert!(found >= 475, "{found} of 500");
    assert!(upper_bound(missed, 500) <= ALPHA, "{missed} of 500");
}

#[test]
fn a_lopsided_split_raises_the_alarm() {
    // 53.1 % where half was planned: after 20,000 units nearly always noticed.
    let alarms = (0..200).filter(|run| {
        let mut traffic = Traffic::new(50_000 + run, [136, 51, 51]);
        (0..313).for_each(|_| traffic.arrive());
        traffic.chances[0] = 128;
        traffic.alarm()
    });
    assert!(alarms.count() >= 195);
}
