//! Promises about guardrails: by counting all that can happen, by simulation, and for any counts.

#![cfg(feature = "stats")]
#![allow(clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "these simulations count far below 2^53")]

mod dice;

use dice::{Dice, upper_bound};
use pointsman::stats::ALPHA;
use pointsman::stats::guard::{Epoch, Evidence, Guard, Harm};
use proptest::prelude::*;

const ERRORS: Guard = Guard { harm: Harm::More, tolerance: 0.1, alpha: ALPHA };
const ORDERS: Guard = Guard { harm: Harm::Fewer, tolerance: 0.1, alpha: ALPHA };

/// The steps of a ramp: the weights of treatment and control.
const RAMP: [[u64; 2]; 5] = [[1, 99], [5, 95], [10, 90], [1, 3], [1, 1]];

fn epoch([treated_weight, control_weight]: [u64; 2], [treated, control]: [u64; 2]) -> Epoch {
    Epoch { treated, control, treated_weight, control_weight }
}

/// The ratio of rates beyond which there is harm.
fn border(guard: Guard) -> f64 {
    match guard.harm {
        Harm::More => 1.0 + guard.tolerance,
        Harm::Fewer => 1.0 - guard.tolerance,
    }
}

/// The share of treatment among the labels of an epoch when the rates have this ratio.
fn chance([treated, control]: [u64; 2], ratio: f64) -> f64 {
    let odds = treated as f64 / control as f64 * ratio;
    odds / (odds + 1.0)
}

/// The mean of `of(k)` for k heads among `n` coins, each of them heads with this chance.
fn mean(n: u64, chance: f64, of: impl Fn(u64) -> f64) -> f64 {
    let (mut ways, mut sum) = (1.0, 0.0);
    for k in 0..=n {
        sum += ways * chance.powi(k as i32) * (1.0 - chance).powi((n - k) as i32) * of(k);
        ways *= (n - k) as f64 / (k + 1) as f64;
    }
    sum
}

/// The mean of what the next eight labels multiply the e-value by, after these, when the rates have this ratio.
fn next_factor(guard: Guard, past: &[Epoch], weights: [u64; 2], ratio: f64) -> f64 {
    let before = guard.check(past).log_e;
    mean(8, chance(weights, ratio), |treated| {
        let next = epoch(weights, [treated, 8 - treated]);
        (guard.check(&[past, &[next]].concat()).log_e - before).exp()
    })
}

#[test]
fn no_label_is_expected_to_raise_the_evidence_while_there_is_no_harm() {
    let pasts = [vec![], vec![epoch([1, 1], [30, 10])], vec![epoch([1, 9], [2, 60]), epoch([9, 1], [70, 9])]];
    let mut asked = 0;
    for guard in [Harm::More, Harm::Fewer]
        .into_iter()
        .flat_map(|harm| [0.0, 0.02, 0.1, 0.5].map(|tolerance| Guard { harm, tolerance, alpha: ALPHA }))
    {
        for (past, weights) in pasts.iter().flat_map(|past| [[1, 99], [1, 9], [1, 1], [9, 1]].map(|w| (past, w))) {
            let factor = |by: f64| {
                let ratio = if guard.harm == Harm::More { border(guard) / by } else { border(guard) * by };
                next_factor(guard, past, weights, ratio)
            };
            assert!((factor(1.0) - 1.0).abs() < 1e-9, "{guard:?} {past:?} {weights:?}: {}", factor(1.0));
            for by in [1.001, 1.1, 2.0, 10.0] {
                assert!(factor(by) < 1.0, "{guard:?} {past:?} {weights:?} {by}: {}", factor(by));
                asked += 1;
            }
            assert!(factor(0.9) > 1.0);
        }
    }
    assert_eq!(asked, 8 * 12 * 4);
}

#[test]
fn more_harm_never_lowers_the_evidence_that_is_expected() {
    for (guard, weights) in [ERRORS, ORDERS].into_iter().flat_map(|guard| RAMP.map(|weights| (guard, weights))) {
        let expected = |ratio: f64| {
            let log_e = |treated| guard.check(&[epoch(weights, [treated, 40 - treated])]).log_e;
            let share = chance(weights, ratio);
            [mean(40, share, log_e), mean(40, share, |treated| log_e(treated).exp())]
        };
        let mut before = [f64::NEG_INFINITY; 2];
        for harm in 0..30 {
            let by = 1.1_f64.powi(harm - 5);
            let now = expected(if guard.harm == Harm::More { by } else { 1.0 / by });
            assert!(now[0] > before[0] && now[1] > before[1], "{guard:?} {weights:?} {by}: {now:?}");
            before = now;
        }
    }
}

#[test]
fn the_evidence_is_that_of_the_likelihoods() {
    // Computed apart, from the products of the labels' chances.
    let ramp = [epoch([5, 95], [5, 85]), epoch([1, 1], [60, 20])];
    for (guard, log_e) in [(ERRORS, 4.499_745_045_451), (ORDERS, -1.886_665_268_223)] {
        assert!((guard.check(&ramp).log_e - log_e).abs() < 1e-12, "{}", guard.check(&ramp).log_e);
    }
}

#[test]
fn the_ratio_is_that_of_the_rates_through_every_ramp() {
    // Rates of 20 and 10 in a thousand, in 1,000 units at 1 to 99 and in as many at 1 to 1.
    let ramp = [epoch([1, 99], [200, 9_900]), epoch([1, 1], [1_000, 500])];
    assert!((ERRORS.check(&ramp).ratio.unwrap() - 2.0).abs() < 1e-12);
    assert_eq!(ERRORS.check(&[epoch([1, 1], [0, 7])]).ratio, Some(0.0));
    assert_eq!(ERRORS.check(&[epoch([1, 1], [7, 0])]).ratio, None);
    assert_eq!(ERRORS.check(&[]).ratio, None);
}

#[test]
fn an_arm_of_no_weight_is_evidence_of_nothing() {
    let nothing = Evidence { log_e: 0.0, harmed: false, ratio: None };
    for guard in [ERRORS, ORDERS] {
        assert_eq!(guard.check(&[]), nothing);
        assert_eq!(guard.check(&[epoch([0, 1], [900, 9]), epoch([1, 0], [9, 900]), epoch([0, 0], [9, 9])]), nothing);
    }
}

#[test]
fn a_tolerance_without_a_border_never_alarms() {
    for tolerance in [1.0, 2.0, f64::INFINITY, f64::NAN] {
        let evidence = Guard { tolerance, ..ORDERS }.check(&[epoch([1, 1], [0, 900])]);
        assert_eq!(evidence, Evidence { log_e: 0.0, harmed: false, ratio: Some(0.0) });
    }
}

/// A release: units arrive, some of them have the event, and split and rates may change with every batch.
struct Release {
    dice: Dice,
    epochs: Vec<Epoch>,
    /// Units that the treatment got: their expected number.
    treated: f64,
}

impl Release {
    fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed), epochs: Vec::new(), treated: 0.0 }
    }

    fn step(&mut self, weights: [u64; 2]) {
        self.epochs.push(epoch(weights, [0, 0]));
    }

    /// A number from 0 to 1.
    fn chance(&mut self) -> f64 {
        (self.dice.roll() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A batch of units in the last epoch. Those without the event are skipped: how many come before the next one with
    /// it is geometric.
    fn arrive(&mut self, units: u64, base: f64, ratio: f64) {
        let Epoch { treated_weight, control_weight, .. } = *self.epochs.last().unwrap();
        let share = chance([treated_weight, control_weight], 1.0);
        let rate = base * (1.0 - share + ratio * share);
        let treatment = chance([treated_weight, control_weight], ratio);
        self.treated += units as f64 * share;
        let mut at = 0;
        loop {
            at += ((1.0 - self.chance()).ln() / (-rate).ln_1p()) as u64;
            if at >= units {
                return;
            }
            at += 1;
            let treated = self.chance() < treatment;
            let epoch = self.epochs.last_mut().unwrap();
            *(if treated { &mut epoch.treated } else { &mut epoch.control }) += 1;
        }
    }
}

const BATCHES: u32 = 60;

/// The share of control's units with the event, by batch.
type Base = fn(f64) -> f64;

const BASES: [(&str, Base); 4] = [
    ("steady", |_| 0.05),
    ("rising", |batch| 0.04 + 0.0005 * batch),
    ("falling", |batch| 0.07 - 0.0005 * batch),
    ("day and night", |batch| 0.05 + 0.03 * (batch * 0.4).sin()),
];

/// Whether a release that does no harm beyond what is allowed ever looks harmful, to somebody who looks at each batch
/// and takes the next step only while the evidence looks good.
fn ever_alarms(guard: Guard, base: Base, seed: u64) -> bool {
    let mut release = Release::new(seed);
    for batch in 0..BATCHES {
        let (steps, evidence) = (release.epochs.len(), guard.check(&release.epochs));
        if evidence.harmed {
            return true;
        }
        if steps == 0 || steps < RAMP.len() && batch % 8 == 0 && evidence.log_e < 0.0 {
            release.step(RAMP[steps]);
        }
        release.arrive(1_000, base(f64::from(batch)), border(guard));
    }
    guard.check(&release.epochs).harmed
}

#[test]
fn a_harmless_release_is_rolled_back_as_seldom_as_promised() {
    for (at, (name, base)) in BASES.into_iter().enumerate() {
        let tolerance = if at % 2 == 0 { 0.0 } else { 0.1 };
        let guard = Guard { harm: if at < 2 { Harm::More } else { Harm::Fewer }, tolerance, alpha: ALPHA };
        let alarms = (0..1_000).filter(|run| ever_alarms(guard, base, 1_000_000 * (at as u64 + 1) + run)).count();
        println!("{name}, tolerance {tolerance}: {alarms} false alarms in 1,000");
        assert!(upper_bound(alarms as u32, 1_000) <= ALPHA, "{name}: {alarms} of 1,000");
    }
}

/// The units of treatment that meet a harm before the alarm, in order, for those of 300 releases in which it is raised.
fn caught(guard: Guard, seed: u64, weights: [u64; 2], base: f64, ratio: f64, batches: u64) -> Vec<u64> {
    let mut caught: Vec<_> = (0..300)
        .filter_map(|run| {
            let mut release = Release::new(seed + run);
            release.step(weights);
            (0..batches).find_map(|_| {
                release.arrive(200, base, ratio);
                guard.check(&release.epochs).harmed.then_some(release.treated as u64)
            })
        })
        .collect();
    caught.sort_unstable();
    caught
}

#[test]
fn a_real_harm_is_caught_early() {
    for (name, guard, weights, base, ratio, batches, most) in [
        ("errors four times as often, half and half", ERRORS, [1, 1], 0.005, 4.0, 60, 1_500),
        ("orders 40 % down, half and half", ORDERS, [1, 1], 0.05, 0.6, 150, 3_500),
        ("orders 40 % down, 1 to 9", ORDERS, [1, 9], 0.05, 0.6, 400, 2_000),
    ] {
        let caught = caught(guard, 7_000_000, weights, base, ratio, batches);
        let median = caught.get(150).copied();
        println!("{name}: {} of 300, after {median:?} units of treatment", caught.len());
        assert!(caught.len() >= 285, "{name}: {} of 300", caught.len());
        assert!(median.is_some_and(|median| median < most), "{name}: {median:?}");
    }
}

fn any_epoch() -> impl Strategy<Value = Epoch> {
    let weight = || prop_oneof![0..3_u64, 1..1_000_u64, any::<u64>()];
    let count = || prop_oneof![0..100_u64, 0..100_000_u64, 0..=1_u64 << 53, any::<u64>()];
    (weight(), weight(), count(), count()).prop_map(|(a, b, treated, control)| epoch([a, b], [treated, control]))
}

fn some_epoch() -> impl Strategy<Value = Epoch> {
    ((1..100_u64, 1..100_u64), (0..3_000_u64, 0..3_000_u64)).prop_map(|((a, b), (t, c))| epoch([a, b], [t, c]))
}

fn any_guard() -> impl Strategy<Value = Guard> {
    let tolerance = prop_oneof![Just(0.0), 0.0..2.0_f64, any::<f64>()];
    (any::<bool>(), tolerance, 0.001..0.2_f64).prop_map(|(more, tolerance, alpha)| Guard {
        harm: if more { Harm::More } else { Harm::Fewer },
        tolerance,
        alpha,
    })
}

/// Whether two ways to sum are the same but for rounding.
fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * (1.0 + a.abs())
}

proptest! {
    #[test]
    fn any_counts_give_finite_evidence(guard in any_guard(), epochs in prop::collection::vec(any_epoch(), 0..6)) {
        let Evidence { log_e, harmed, ratio } = guard.check(&epochs);
        prop_assert!(log_e.is_finite());
        prop_assert_eq!(harmed, log_e >= -guard.alpha.ln());
        prop_assert!(ratio.is_none_or(|ratio| ratio.is_finite() && ratio >= 0.0));
    }

    #[test]
    fn neither_order_nor_shards_count(
        guard in any_guard(),
        (epochs, shuffled) in prop::collection::vec(some_epoch(), 1..8).prop_flat_map(|e| (Just(e.clone()), Just(e).prop_shuffle())),
        cut in 0..=100_u64,
    ) {
        let whole = guard.check(&epochs).log_e;
        prop_assert!(same(whole, guard.check(&shuffled).log_e));
        let parts = epochs.iter().flat_map(|whole| {
            let part = Epoch { treated: whole.treated * cut / 100, control: whole.control * cut / 100, ..*whole };
            [part, Epoch { treated: whole.treated - part.treated, control: whole.control - part.control, ..*whole }]
        });
        prop_assert!(same(whole, guard.check(&parts.collect::<Vec<_>>()).log_e));
    }

    #[test]
    fn each_label_speaks_for_its_side(tolerance in 0.0..0.9_f64, epochs in prop::collection::vec(some_epoch(), 1..5)) {
        let [mut treated, mut control] = [epochs.clone(), epochs.clone()];
        treated[0].treated += 1;
        control[0].control += 1;
        for harm in [Harm::More, Harm::Fewer] {
            let log_e = |epochs: &[Epoch]| Guard { harm, tolerance, alpha: ALPHA }.check(epochs).log_e;
            let (worse, better) = if harm == Harm::More { (&treated, &control) } else { (&control, &treated) };
            prop_assert!(log_e(worse) >= log_e(&epochs) && log_e(&epochs) >= log_e(better));
        }
    }

    #[test]
    fn more_here_is_fewer_there(epochs in prop::collection::vec(some_epoch(), 1..5)) {
        let mirrored: Vec<_> = epochs
            .iter()
            .map(|e| epoch([e.control_weight, e.treated_weight], [e.control, e.treated]))
            .collect();
        let [more, fewer] = [ERRORS, ORDERS].map(|guard| Guard { tolerance: 0.0, ..guard });
        prop_assert!(same(more.check(&epochs).log_e, fewer.check(&mirrored).log_e));
    }
}

/// Visitors of whom each has its error ten times: a tenth of those who come, in both arms alike.
fn ten_errors_each(dice: &mut Dice, looks: usize) -> [Vec<[u64; 2]>; 2] {
    let mut any = [0; 2];
    let met: Vec<[u64; 2]> = (0..looks)
        .map(|_| {
            for _ in 0..10 {
                any[usize::from(dice.roll() % 2 == 1)] += 1;
            }
            any
        })
        .collect();
    let events = met.iter().map(|any| any.map(|any| 10 * any)).collect();
    [met, events]
}

#[test]
fn labels_of_visitors_are_coins_and_those_of_their_events_are_none() {
    let runs = 2_000;
    let mut dice = Dice::new(7);
    let mut alarms = [0; 2];
    let guard = Guard { tolerance: 0.0, ..ERRORS };
    for _ in 0..runs {
        let told = ten_errors_each(&mut dice, 50);
        for (alarms, looks) in alarms.iter_mut().zip(told) {
            *alarms += u32::from(looks.into_iter().any(|labels| guard.check(&[epoch([1, 1], labels)]).harmed));
        }
    }
    assert!(upper_bound(alarms[0], runs) <= ALPHA, "{alarms:?}");
    assert!(alarms[1] > runs / 4, "ten errors of one visitor would count as ten coins: {alarms:?}");
}
