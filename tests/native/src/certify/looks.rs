//! Whatever is looked at every hour: verdicts, ranges and the split, while there is nothing to find.

use super::draws::{Tail, binomial, gauss, units};
use super::{Promise, Trial};
use fastrand::Rng;
use pointsman::metric::{Counted, Values};
use pointsman::report::{Arm, Tallies, report};
use pointsman::stats::ALPHA;
use pointsman::stats::estimate::Part;
use pointsman::stats::moments::Moments;
use pointsman::stats::sample_ratio::{self, Share};
use pointsman::verdict::Sense;

pub fn trials(release: bool) -> Vec<Trial> {
    let mut trials = Vec::new();
    for (base, share, batch) in [(0.05, 50, 400), (0.02, 10, 1_000), (0.02, 2, 2_000), (0.3, 50, 200)] {
        let situation = format!("conversions, base {:.0} %, split {share}/{}", base * 100.0, 100 - share);
        let simulate = move |rng: &mut Rng, looks| verdict(base, share, batch, rng, looks);
        trials.push(Trial::new("a false verdict, ever", situation, Promise::AtMost(ALPHA), simulate));
    }
    for (tail, name) in
        [(Tail::Lognormal(1.0), "lognormal σ 1"), (Tail::Mostly(0.1, 1.0), "90 % zeros, else lognormal σ 1")]
    {
        let simulate = move |rng: &mut Rng, looks| mean(tail, rng, looks);
        let situation = format!("a mean with a covariate, {name}");
        trials.push(Trial::new("a false verdict, ever", situation, Promise::AtMost(ALPHA), simulate).times(0.5));
    }
    // One of a thousand shows in hundreds of thousands only; the same test at one of twenty shows sooner.
    let alpha = if release { sample_ratio::ALPHA } else { 0.05 };
    for shares in [vec![1, 1], vec![9, 1], vec![1, 1, 1, 1]] {
        let situation = format!("split {}", shares.iter().map(ToString::to_string).collect::<Vec<_>>().join("/"));
        let simulate = move |rng: &mut Rng, looks| split(&shares, alpha, rng, looks);
        trials.push(Trial::new("G4 false alarm of the split", situation, Promise::AtMost(alpha), simulate));
    }
    trials
}

/// Whether a report ever calls one of two equal arms better or worse.
fn verdict(base: f64, share: u64, batch: u64, rng: &mut Rng, looks: u64) -> bool {
    let (mut units, mut converted) = ([0; 2], [0; 2]);
    for _ in 0..looks {
        let new = binomial(rng, batch, f64::from(share as u32) / 100.0);
        for (arm, n) in [batch - new, new].into_iter().enumerate() {
            units[arm] += n;
            converted[arm] += binomial(rng, n, base);
        }
        let arm = |index: usize, weight| Arm {
            variant: index.to_string(),
            weight,
            assigned: units[index],
            confirmed: units[index],
            converted: converted[index],
            ..Arm::default()
        };
        let [experiment, run, metric, control] = ["e", "r", "m", "0"].map(String::from);
        let arms = vec![arm(0, 100 - share), arm(1, share)];
        let said =
            report(&Tallies { experiment, run, epoch: 1, metric, control, arms, ..Tallies::default() }).verdict.kind;
        if said == "better" || said == "worse" {
            return true;
        }
    }
    false
}

/// Whether a report on a value, a covariate taken out, ever calls one of two equal arms better or worse.
fn mean(tail: Tail, rng: &mut Rng, looks: u64) -> bool {
    let nobody = Moments { mean: vec![0.0; 2], covariance: vec![0.0; 3], ..Moments::default() };
    let mut arms = [nobody.clone(), nobody];
    for _ in 0..looks {
        for arm in &mut arms {
            units(rng, arm, 30, |rng| {
                let before = gauss(rng);
                [tail.draw(rng) * (0.5 * before).exp(), before]
            });
        }
        #[expect(clippy::cast_sign_loss, reason = "a count")]
        let arm = |index: usize| {
            let units = arms[index].units as u64;
            Arm { variant: index.to_string(), weight: 1, assigned: units, confirmed: units, ..Arm::default() }
        };
        let parts = vec![Part::mean(0), Part::mean(1)];
        let values = Some(Values { parts, arms: arms.each_ref().map(|arm| Ok(arm.clone())).to_vec() });
        let tallies = Tallies { control: "0".into(), arms: vec![arm(0), arm(1)], sense: VALUE, ..Tallies::default() };
        if ["better", "worse"].contains(&Counted { tallies, values }.report().verdict.kind) {
            return true;
        }
    }
    false
}

const VALUE: Sense = Sense { value: true, down: false };

fn split(shares: &[u64], alpha: f64, rng: &mut Rng, looks: u64) -> bool {
    let mut arms: Vec<Share> = shares.iter().map(|weight| Share { weight: *weight, units: 0 }).collect();
    for look in 0..looks {
        // More each time, so that a life spans three decades.
        let (mut left, mut weights) = (20 + look * look, shares.iter().sum::<u64>());
        for arm in &mut arms {
            #[expect(clippy::cast_precision_loss, reason = "small counts")]
            let got = binomial(rng, left, arm.weight as f64 / weights as f64);
            arm.units += got;
            left -= got;
            weights -= arm.weight;
        }
        if sample_ratio::check(&arms, sample_ratio::CONCENTRATION, alpha).alarm {
            return true;
        }
    }
    false
}
