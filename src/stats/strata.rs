//! Post-stratification: effects within groups, put together by the groups' shares.
//!
//! Δ = Σ νₖ Δₖ with V = Σ νₖ² Vₖ + (Σ νₖ Δₖ² - Δ²)/n: the shares are those of the sample, and that they could have been
//! others is the second part. In percent of control the same holds for the pair (control's mean, Δ), whose ratio is told
//! by the delta method. Miratrix, Sekhon & Yu, JRSS B 2013.

use super::Validity;
use super::effect::{Effect, Refusal, Scale};
use super::estimate::{Adjustment, Spread, compare};
use super::moments::Moments;
use alloc::vec::Vec;

/// Units that a stratum needs in each arm; smaller ones are put to the largest.
pub const LEAST: f64 = 7.0;

/// One group's arms: control and treatment, in linear form.
pub type Stratum = [Moments; 2];

/// The effect over all strata.
pub fn effect(strata: &[Stratum], adjustment: &Adjustment, scale: Scale) -> Result<Effect, Refusal> {
    let strata = gathered(strata);
    let all: f64 = strata.iter().map(size).sum();
    let whole = strata.iter().cloned().reduce(|[a, b], [c, d]| [a.merged(&c), b.merged(&d)]).ok_or(Refusal::NoUnits)?;
    // Moments of (control's mean, Δ): within strata, and what their shares add.
    let (mut mean, mut cov) = ([0.0; 2], [0.0; 3]);
    let mut between = [0.0; 3];
    for stratum in &strata {
        let part = compare(&stratum[0], &stratum[1], adjustment, Scale::Absolute, Spread::Own)?;
        let share = size(stratum) / all;
        let at = [stratum[0].mean(0), part.estimate];
        let own = stratum[0].cov(0, 0) / stratum[0].units;
        for (sum, next) in cov.iter_mut().zip([own, -own, part.variance()]) {
            *sum += share * share * next;
        }
        for (sum, next) in between.iter_mut().zip([at[0] * at[0], at[0] * at[1], at[1] * at[1]]) {
            *sum += share * next;
        }
        mean = [mean[0] + share * at[0], mean[1] + share * at[1]];
    }
    for (sum, (outer, product)) in
        cov.iter_mut().zip(between.iter().zip([mean[0] * mean[0], mean[0] * mean[1], mean[1] * mean[1]]))
    {
        *sum += (outer - product) / all;
    }
    let plain = compare(&whole[0], &whole[1], adjustment, Scale::Absolute, Spread::Own)?;
    let [base, apart] = mean;
    let (estimate, variance) = match scale {
        Scale::Absolute => (apart, cov[2]),
        _ if base == 0.0 => return Err(Refusal::ZeroBaseline),
        Scale::Relative => {
            let growth = apart / base;
            let variance = (cov[2] - 2.0 * growth * cov[1] + growth * growth * cov[0]) / (base * base);
            (apart / base.abs(), variance)
        }
        Scale::LogRatio => {
            let fresh = base + apart;
            if base < 0.0 || fresh <= 0.0 {
                return Err(Refusal::NoLogarithm);
            }
            // ln(1 + Δ/C): the gradient is (1/(C + Δ) - 1/C, 1/(C + Δ)).
            let (by_base, by_apart) = (1.0 / fresh - 1.0 / base, 1.0 / fresh);
            let variance =
                by_base * by_base * cov[0] + 2.0 * by_base * by_apart * cov[1] + by_apart * by_apart * cov[2];
            (libm::log(fresh / base), variance)
        }
    };
    let validity = Validity::FixedSample;
    Effect { estimate, standard_error: libm::sqrt(variance), df: plain.df, units: plain.units, scale, validity }
        .checked()
}

fn size(stratum: &Stratum) -> f64 {
    stratum[0].units + stratum[1].units
}

/// Strata that can stand alone, the others put to the largest.
fn gathered(strata: &[Stratum]) -> Vec<Stratum> {
    let alone = |stratum: &Stratum| stratum.iter().all(|arm| arm.units >= LEAST && arm.cov(0, 0) > 0.0);
    let largest =
        strata.iter().enumerate().max_by(|(_, a), (_, b)| size(a).total_cmp(&size(b))).map(|(index, _)| index);
    let Some(largest) = largest else { return Vec::new() };
    let mut kept = strata[largest].clone();
    let mut gathered = Vec::new();
    for (index, stratum) in strata.iter().enumerate().filter(|(index, _)| *index != largest) {
        debug_assert_ne!(index, largest);
        if alone(stratum) {
            gathered.push(stratum.clone());
        } else {
            kept = [kept[0].merged(&stratum[0]), kept[1].merged(&stratum[1])];
        }
    }
    gathered.push(kept);
    gathered
}
