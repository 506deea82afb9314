//! What a guardrail will see: printed before a run starts, and kept by simulation.
//!
//! While the ratio of rates is R, each label is "treatment" with the chance q = ρR/(ρR + 1 - ρ), and the best bet of the
//! grid grows by its mean µ a label, with a spread σ. All bets share the same start, so the mixture has reached 1/α when the
//! best bet has won m/α, m bets in all. A walk with drift gets there within n labels with the chance 1 - β when
//! `n·µ - z_β σ √n` reaches ln(m/α).

use super::{Epoch, Guard, Harm, STEPS};
use crate::stats::real;
use crate::stats::special::normal;

/// After how many harmed units a harm is stopped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// Labels (units with the event, both arms) that stop it with the planned chance.
    pub labels: f64,
    /// Units of the treatment by then, when so many of control's units have the event.
    pub treated: f64,
    /// Units of the treatment that the harm reaches, on average until it stops.
    pub expected: f64,
    /// The same in 95 of 100 runs.
    pub most: f64,
}

impl Guard {
    /// What is seen of a harm that changes the rate by the factor `ratio`, when control's rate is `base` and the
    /// treatment has `share` of the units; with the chance `power`. Nothing where the guard allows it, or where no
    /// number of labels shows it.
    #[must_use]
    pub fn reach(&self, ratio: f64, base: f64, share: f64, power: f64) -> Option<Reach> {
        const WHOLE: f64 = 4_294_967_296.0;
        let inside = |chance: f64| chance > 0.0 && chance < 1.0;
        if !(inside(base) && inside(share) && inside(power) && ratio >= 0.0) {
            return None;
        }
        let border = self.border()?;
        let odds = share * ratio / (1.0 - share);
        let labelled = odds / (1.0 + odds);
        #[expect(clippy::cast_sign_loss, reason = "a share")]
        let weight = (share * WHOLE) as u64;
        let epoch = Epoch {
            treated: 0,
            control: 0,
            treated_weight: weight.max(1),
            control_weight: ((1 << 32) - weight).max(1),
        };
        let least = libm::log(real(STEPS.len() as u64)) - libm::log(self.alpha);
        // For each bet what a label wins, on average and around it.
        let bets = STEPS.iter().map(|step| {
            let shift = if self.harm == Harm::More { *step } else { -step };
            let cost = libm::log1p(epoch.chance(border) * libm::expm1(shift));
            (labelled * shift - cost, libm::fabs(shift) * libm::sqrt(labelled * (1.0 - labelled)))
        });
        let needed = |z: f64| {
            let labels = |(drift, spread): (f64, f64)| {
                if drift <= 0.0 {
                    return f64::INFINITY;
                }
                let root = (z * spread + libm::sqrt(z * z * spread * spread + 4.0 * drift * least)) / (2.0 * drift);
                root * root
            };
            bets.clone().map(labels).fold(f64::INFINITY, f64::min)
        };
        let labels = needed(normal::ppf(power));
        if !labels.is_finite() {
            return None;
        }
        // Labels a unit of the treatment, control's among them.
        let per_treated = base * ratio.min(1.0 / base) + base * (1.0 - share) / share;
        let treated = |labels: f64| libm::ceil(labels / per_treated);
        Some(Reach {
            labels: libm::ceil(labels),
            treated: treated(labels),
            expected: treated(needed(0.0)),
            most: treated(needed(normal::ppf(0.95))),
        })
    }
}
