//! Visitors of many experiments at once, hour by hour: days that are never quite alike, a night, three browsers, and reports
//! that get lost; and what goes wrong where a test wants it to.

use crate::certify::Worth;
use crate::certify::draws::{binomial, gauss, real};
use fastrand::Rng;
use pointsman::collect::{Sum, Tally};

const HOUR: i64 = 3_600_000;

/// The browsers and their shares of visitors.
const BROWSERS: [(&str, f64); 3] = [("Chrome", 0.6), ("Safari", 0.3), ("Firefox", 0.1)];
/// Visitors of an hour in the middle of a day.
const VISITORS: f64 = 300.0;
/// Of a hundred visitors those who order, and who meet an error.
const ORDERS: f64 = 0.1;
const ERRORS: f64 = 0.01;

/// What goes wrong with an experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Two of five reports of Safari never arrive, whichever version.
    SafariLoses,
    /// Half of those who get the new version in Safari are never heard of.
    SafariBreaks,
    /// Twice as many again come who do nothing.
    Bots,
    /// Every third visitor is a machine that is left out.
    LeftOut,
    /// Half of the visitors stay away.
    Half,
    /// Both versions meet eight times as many errors.
    Errors,
    /// The new version meets eight times as many errors.
    NewErrors,
    /// Nobody's order arrives any more.
    NoOrders,
    /// The new version orders twice as often.
    Double,
    /// Who has both new versions orders half as often.
    Collision,
    /// The new version orders a tenth more often, and goes on to: nothing is wrong.
    Better,
    /// The new version orders 35 % more often at first, and 15 points less each time that its days double.
    Fades,
    /// The new version's pages take a fifth longer.
    Slow,
}

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    assigned: u64,
    confirmed: u64,
    reports: u64,
    lost: u64,
    automatic: u64,
}

impl Seen {
    fn add(&mut self, other: Self) {
        self.assigned += other.assigned;
        self.confirmed += other.confirmed;
        self.reports += other.reports;
        self.lost += other.lost;
        self.automatic += other.automatic;
    }

    fn vector(self) -> [u64; 6] {
        [self.assigned, self.confirmed, 0, self.reports, self.lost, self.automatic]
    }
}

/// What one arm has counted: by browser; orders and errors; and confirmed and ordering by the arm of the neighbour.
#[derive(Clone, Copy, Debug, Default)]
struct Arm {
    browsers: [Seen; 3],
    orders: u64,
    errors: u64,
    cells: [[u64; 2]; 2],
}

/// An experiment's visitors.
#[derive(Clone, Debug)]
pub struct Crowd {
    rng: Rng,
    key: String,
    /// The run whose visitors are told apart in this one's orders.
    neighbour: String,
    arms: [Arm; 2],
    day: (i64, f64),
    /// What goes wrong from now on.
    pub fault: Option<Fault>,
    /// How long the pages of each arm took, where that is measured.
    pub speed: Option<[Vec<i128>; 2]>,
    began: Option<i64>,
    told: i64,
}

impl Crowd {
    /// Nobody yet.
    #[must_use]
    pub fn new(seed: u64, key: &str, neighbour: &str) -> Self {
        Self {
            rng: Rng::with_seed(seed),
            key: key.to_string(),
            neighbour: format!("{neighbour}-1"),
            arms: [Arm::default(); 2],
            day: (0, 1.0),
            fault: None,
            speed: None,
            began: None,
            told: 0,
        }
    }

    /// Its experiment's key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The visitors of an hour that ends now.
    pub fn hour(&mut self, now: i64) {
        let (hours, fault) = (now / HOUR, self.fault);
        if self.day.0 != hours / 24 {
            self.day = (hours / 24, (0.08 * gauss(&mut self.rng)).exp());
        }
        let bright = 1.0 + 0.7 * (real((hours % 24).unsigned_abs()) / 24.0 * std::f64::consts::TAU).sin();
        let fewer = if fault == Some(Fault::Half) { 0.5 } else { 1.0 };
        let expected = VISITORS * bright * self.day.1 * fewer;
        let come = binomial(&mut self.rng, 1_000_000, expected / 1_000_000.0);
        let bots = if fault == Some(Fault::Bots) { 2 * come } else { 0 };
        let days = real((now - *self.began.get_or_insert(now)).unsigned_abs() / (24 * HOUR as u64));
        let gain = match fault {
            Some(Fault::Double) => 2.0,
            Some(Fault::Better) => 1.1,
            Some(Fault::Fades) => 1.35 - 0.15 * (1.0 + days).log2(),
            _ => 1.0,
        };
        let new = [come, bots].map(|all| binomial(&mut self.rng, all, 0.5));
        for (arm, [people, bots]) in [[come - new[0], bots - new[1]], new].into_iter().enumerate() {
            self.arrive(arm, people, bots, gain);
        }
    }

    fn arrive(&mut self, arm: usize, people: u64, bots: u64, gain: f64) {
        let (rng, fault, is_new) = (&mut self.rng, self.fault, arm == 1);
        let (mut left, mut share, mut confirmed) = (people + bots, 1.0, 0);
        for (place, (browser, part)) in BROWSERS.iter().enumerate() {
            let assigned = binomial(rng, left, part / share);
            (left, share) = (left - assigned, share - part);
            let is_safari = *browser == "Safari";
            let seen = if is_safari && is_new && fault == Some(Fault::SafariBreaks) { 0.5 } else { 0.97 };
            let loses = if is_safari && fault == Some(Fault::SafariLoses) { 0.4 } else { 0.01 };
            let own = binomial(rng, assigned, seen);
            let lost = binomial(rng, 3 * own, loses);
            let automatic = if fault == Some(Fault::LeftOut) { assigned / 2 } else { binomial(rng, assigned, 0.01) };
            confirmed += own;
            let seen = Seen { assigned, confirmed: own, reports: 3 * own, lost, automatic };
            self.arms[arm].browsers[place].add(seen);
        }
        // Who is a machine is told by nothing but that it does nothing.
        let alive = confirmed * people / (people + bots).max(1);
        let many = if is_new || fault == Some(Fault::Errors) { 8.0 } else { 1.0 };
        let errs = if matches!(fault, Some(Fault::Errors | Fault::NewErrors)) { ERRORS * many } else { ERRORS };
        self.arms[arm].errors += binomial(rng, alive, errs);
        if let Some(speed) = &mut self.speed {
            let slow = if is_new && fault == Some(Fault::Slow) { 1.2 } else { 1.0 };
            Worth::Quantile.units(rng, &mut speed[arm], alive, slow);
        }
        let theirs = binomial(rng, confirmed, 0.5);
        for (other, units) in [confirmed - theirs, theirs].into_iter().enumerate() {
            let rate = match fault {
                Some(Fault::NoOrders) => 0.0,
                Some(Fault::Collision) if is_new && other == 1 => 0.5 * ORDERS,
                _ if is_new => gain * ORDERS,
                _ => ORDERS,
            };
            let alive = units * people / (people + bots).max(1);
            let orders = binomial(rng, alive, rate);
            self.arms[arm].orders += orders;
            self.arms[arm].cells[other][0] += units;
            self.arms[arm].cells[other][1] += orders;
        }
    }

    /// What a shard tells of it.
    pub fn tally(&mut self, now: i64) -> Tally {
        self.told += 1;
        Tally {
            run: format!("{}-1", self.key),
            shard: "0".to_string(),
            sequence: self.told,
            last: Some(now),
            sums: self.sums(),
        }
    }

    /// What was counted.
    #[must_use]
    pub fn sums(&self) -> Vec<Sum> {
        let names = ["control", "new"];
        let mut sums = Vec::new();
        for (place, (variant, arm)) in names.iter().zip(&self.arms).enumerate() {
            let mut kept = |metric: &str, dimension: String, vector: Vec<String>| {
                let (variant, metric) = ((*variant).to_string(), metric.to_string());
                sums.push(Sum { variant, epoch: 1, metric, dimension, open: false, vector });
            };
            if let Some(speed) = &self.speed {
                kept("speed", String::new(), speed[place].iter().map(ToString::to_string).collect());
            }
            let mut sum = |metric: &str, dimension: String, vector: &[u64]| {
                kept(metric, dimension, vector.iter().map(ToString::to_string).collect());
            };
            let mut all = Seen::default();
            for ((browser, _), seen) in BROWSERS.iter().zip(arm.browsers) {
                all.add(seen);
                sum("", format!("browser={browser}"), &seen.vector());
            }
            sum("", String::new(), &all.vector());
            sum("orders", String::new(), &[all.confirmed, arm.orders, arm.orders]);
            sum("errors", String::new(), &[all.confirmed, arm.errors, arm.errors]);
            for (theirs, [units, orders]) in names.iter().zip(arm.cells) {
                sum("orders", format!("{}={theirs}", self.neighbour), &[units, orders, orders]);
            }
        }
        sums
    }
}
