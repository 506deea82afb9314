//! Estimators: from the moments of two arms to an [`Effect`].
//!
//! There is one path. A ratio of sums is a mean of linear parts (the delta method: Deng, Knoblich & Lu, KDD 2018); a
//! covariate takes out of the outcome what was already there before (CUPED: Deng, Xu, Kohavi & Walker, WSDM 2013). So a
//! metric is a list of [`Part`]s, the outcome first and covariates behind it, and a mean without covariates is the
//! shortest such list.

use super::Validity;
use super::effect::{Effect, Refusal, SURE_BASELINE, Scale};
use super::moments::Moments;
use super::special::cholesky;
use alloc::vec;
use alloc::vec::Vec;

/// A number of each unit, or the ratio of two sums over units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which number of a unit is summed.
    pub over: usize,
    /// Which number it is divided by; units themselves where there is none.
    pub under: Option<usize>,
}

impl Part {
    /// The mean of a number.
    #[must_use]
    pub const fn mean(over: usize) -> Self {
        Self { over, under: None }
    }

    /// The sum of a number by the sum of another.
    #[must_use]
    pub const fn ratio(over: usize, under: usize) -> Self {
        Self { over, under: Some(under) }
    }
}

/// The moments of linear parts: their values, and how what each unit adds to them varies together.
///
/// What a unit with (y, d) adds to R = ȳ/d̄ is (y - R d)/d̄, whose variance is
/// `s_y²/d̄² + s_d² ȳ²/d̄⁴ - 2 s_yd ȳ/d̄³`.
pub fn linear(moments: &Moments, parts: &[Part]) -> Result<Moments, Refusal> {
    if !moments.finite() {
        return Err(Refusal::NotFinite);
    }
    if moments.units < 1.0 {
        return Err(Refusal::NoUnits);
    }
    if parts.iter().all(|part| part.under.is_none()) {
        // A mean is linear as it is.
        return Ok(moments.only(parts.iter().map(|part| part.over)));
    }
    let mut mean = Vec::with_capacity(parts.len());
    // Each part as weights of at most two numbers of a unit.
    let mut weights = Vec::with_capacity(parts.len());
    for part in parts {
        let over = moments.mean(part.over);
        let (value, weighed) = match part.under {
            None => (over, [(part.over, 1.0), (part.over, 0.0)]),
            Some(under) => {
                let below = moments.mean(under);
                if below == 0.0 {
                    return Err(Refusal::ZeroDenominator);
                }
                (over / below, [(part.over, 1.0 / below), (under, -over / (below * below))])
            }
        };
        mean.push(value);
        weights.push(weighed);
    }
    let mut covariance = Vec::new();
    for (i, first) in weights.iter().enumerate() {
        for second in weights.iter().take(i + 1) {
            let pairs = first.iter().flat_map(|(a, w)| second.iter().map(move |(b, v)| (*a, *b, w * v)));
            covariance.push(pairs.map(|(a, b, weight)| weight * moments.cov(a, b)).sum());
        }
    }
    Ok(Moments { units: moments.units, mean, covariance })
}

/// How much of each covariate is taken out of the outcome, and around which mean.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Adjustment {
    /// θ for each covariate; 0 for one that tells nothing.
    pub theta: Vec<f64>,
    /// The covariate's mean: it moves both arms' level alike, and so only counts for a ratio of them.
    pub around: Vec<f64>,
    /// Which growth a relative effect's variance is calculated at.
    pub growth: Growth,
}

/// Where the delta method is applied: both go to the same as units grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Growth {
    /// At the treatment's size as it was seen.
    #[default]
    Seen,
    /// At control's size and the adjusted difference.
    Adjusted,
}

impl Adjustment {
    /// By all units together: θ = Σₓₓ⁻¹ Σₓᵧ. `pooled` is in linear form, the outcome first.
    #[must_use]
    pub fn by(pooled: &Moments) -> Self {
        let count = pooled.width().saturating_sub(1);
        if count == 0 {
            return Self::default();
        }
        let mut matrix = vec![0.0; count * count];
        let trace: f64 = (1..=count).map(|i| pooled.cov(i, i)).sum();
        for i in 0..count {
            for j in 0..count {
                // With several, a ridge keeps those that nearly tell the same from tearing each other apart.
                let ridge = if i == j && count > 1 { 1e-10 * trace } else { 0.0 };
                matrix[i * count + j] = pooled.cov(i + 1, j + 1) + ridge;
            }
        }
        let right: Vec<f64> = (1..=count).map(|i| pooled.cov(0, i)).collect();
        let theta = cholesky::solve(matrix, right).unwrap_or_else(|| vec![0.0; count]);
        Self { theta, around: pooled.mean.get(1..).unwrap_or_default().to_vec(), growth: Growth::Seen }
    }

    /// By the sum of both arms' own covariances, as `GrowthBook` does for ratios.
    #[must_use]
    pub fn by_arms(control: &Moments, treatment: &Moments) -> Self {
        let covariance = control.covariance.iter().zip(&treatment.covariance).map(|(a, b)| a + b).collect();
        let by = Self::by(&Moments { units: control.units, mean: control.mean.clone(), covariance });
        Self { growth: Growth::Adjusted, ..by }
    }
}

/// An outcome from which covariates were taken: its mean and variance.
fn adjusted(arm: &Moments, adjustment: &Adjustment) -> (f64, f64) {
    let theta = &adjustment.theta;
    let mut mean = arm.mean(0);
    let mut variance = arm.cov(0, 0);
    for (i, t) in theta.iter().enumerate() {
        mean -= t * (arm.mean(i + 1) - adjustment.around.get(i).copied().unwrap_or(0.0));
        variance -= 2.0 * t * arm.cov(0, i + 1);
        variance += theta.iter().enumerate().map(|(j, u)| t * u * arm.cov(i + 1, j + 1)).sum::<f64>();
    }
    (mean, variance.max(0.0))
}

/// How two arms' spreads are put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spread {
    /// Each arm has its own (Welch).
    #[default]
    Own,
    /// Both have the same (Student).
    Same,
}

/// Compares two arms in linear form: the outcome first, covariates behind it.
pub fn compare(
    control: &Moments,
    treatment: &Moments,
    adjustment: &Adjustment,
    scale: Scale,
    spread: Spread,
) -> Result<Effect, Refusal> {
    usable(control)?;
    usable(treatment)?;
    let [old, new] = [control, treatment].map(|arm| adjusted(arm, adjustment));
    let effect = match scale {
        Scale::Absolute => pair(new.0 - old.0, [old.1, new.1], control, treatment, spread),
        Scale::Relative => {
            let base = control.mean(0);
            let absolute = pair(new.0 - old.0, [old.1, new.1], control, treatment, spread);
            if base == 0.0 {
                return Err(Refusal::ZeroBaseline);
            }
            let variance = relative_variance(control, treatment, adjustment, new, old);
            Effect { estimate: (new.0 - old.0) / libm::fabs(base), standard_error: libm::sqrt(variance), ..absolute }
        }
        Scale::LogRatio => {
            if old.0 == 0.0 {
                return Err(Refusal::ZeroBaseline);
            }
            let ratio = new.0 / old.0;
            if ratio.is_nan() || ratio <= 0.0 {
                return Err(Refusal::NoLogarithm);
            }
            let variances = [old.1 / (old.0 * old.0), new.1 / (new.0 * new.0)];
            pair(libm::log(ratio), variances, control, treatment, spread)
        }
    };
    Effect { scale, ..effect }.checked()
}

fn usable(arm: &Moments) -> Result<(), Refusal> {
    if !arm.finite() {
        return Err(Refusal::NotFinite);
    }
    if arm.units < 1.0 {
        return Err(Refusal::NoUnits);
    }
    if arm.units < 2.0 { Err(Refusal::OneUnit) } else { Ok(()) }
}

/// V of (treated - control)/|control|, where covariates were taken from both but control's own size is as it was seen.
/// By the delta method control counts by the arm's size over its own.
fn relative_variance(
    control: &Moments,
    treatment: &Moments,
    adjustment: &Adjustment,
    new: (f64, f64),
    old: (f64, f64),
) -> f64 {
    let base = control.mean(0);
    let growth = match adjustment.growth {
        Growth::Seen => treatment.mean(0) / base,
        Growth::Adjusted => 1.0 + (new.0 - old.0) / base,
    };
    let theta = &adjustment.theta;
    let mut own = control.cov(0, 0) * growth * growth;
    for (i, t) in theta.iter().enumerate() {
        own -= 2.0 * t * control.cov(0, i + 1) * growth;
        own += theta.iter().enumerate().map(|(j, u)| t * u * control.cov(i + 1, j + 1)).sum::<f64>();
    }
    (new.1 / treatment.units + own.max(0.0) / control.units) / (base * base)
}

fn pair(estimate: f64, [old, new]: [f64; 2], control: &Moments, treatment: &Moments, spread: Spread) -> Effect {
    let (n, m) = (control.units, treatment.units);
    let (variance, df) = match spread {
        Spread::Own => {
            let (a, b) = (old / n, new / m);
            let df = (a + b) * (a + b) / (a * a / (n - 1.0) + b * b / (m - 1.0));
            (a + b, if df.is_finite() { df } else { n + m - 2.0 })
        }
        Spread::Same => {
            let pooled = ((n - 1.0) * old + (m - 1.0) * new) / (n + m - 2.0);
            (pooled * (1.0 / n + 1.0 / m), n + m - 2.0)
        }
    };
    let standard_error = libm::sqrt(variance);
    Effect { estimate, standard_error, df, units: n + m, scale: Scale::Absolute, validity: Validity::FixedSample }
}

/// Both arms of a metric made linear, and what all their units together take out of the outcome.
fn arms(control: &Moments, treatment: &Moments, parts: &[Part]) -> Result<([Moments; 2], Adjustment), Refusal> {
    let (old, new) = (linear(control, parts)?, linear(treatment, parts)?);
    let adjustment = match parts {
        [_] => Adjustment::default(),
        // Means are as linear after merging as before.
        _ if parts.iter().all(|part| part.under.is_none()) => Adjustment::by(&old.merged(&new)),
        _ => Adjustment::by(&linear(&control.merged(treatment), parts)?),
    };
    Ok(([old, new], adjustment))
}

/// An effect of a whole metric: parts made linear, covariates taken out by all units together.
pub fn effect(control: &Moments, treatment: &Moments, parts: &[Part], scale: Scale) -> Result<Effect, Refusal> {
    let ([old, new], adjustment) = arms(control, treatment, parts)?;
    compare(&old, &new, &adjustment, scale, Spread::Own)
}

/// The effect in percent of control where that means something: on the logarithm's scale if both arms are positive.
pub fn relative(control: &Moments, treatment: &Moments, parts: &[Part]) -> Result<Effect, Refusal> {
    let ([base, new], adjustment) = arms(control, treatment, parts)?;
    usable(&base)?;
    let error = libm::sqrt(base.cov(0, 0) / base.units);
    if base.mean(0) == 0.0 {
        return Err(Refusal::ZeroBaseline);
    }
    if libm::fabs(base.mean(0)) < SURE_BASELINE * error {
        return Err(Refusal::UnsureBaseline);
    }
    match compare(&base, &new, &adjustment, Scale::LogRatio, Spread::Own) {
        Err(Refusal::NoLogarithm) => compare(&base, &new, &adjustment, Scale::Relative, Spread::Own),
        other => other,
    }
}
