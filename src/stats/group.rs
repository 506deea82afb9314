//! Group sequential designs: a planned number of looks, and the chance to be wrong spent over them.
//!
//! At look k, when the share `t_k` of all information is in, the statistic is a random walk: `B(t) = Z √t` moves by a
//! normal with mean θ·Δt and variance Δt. What has not stopped is carried from look to look as a density on points
//! (Armitage, `McPherson` & Rowe 1969; the points are those of Gauss & Legendre between the bounds, as close as the next
//! step asks for). Jennison & Turnbull, "Group Sequential Methods", 2000; spending after Lan & `DeMets` 1983.

use super::effect::Refusal;
use super::special::normal;
use super::special::quadrature::points;
use super::special::roots::Monotone;
use super::{real, within};
use alloc::vec;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// How the chance to be wrong is spent, as a function of the information so far.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Spending {
    /// Like O'Brien & Fleming: hardly any at first. 2 - 2Φ(z/√t).
    ObrienFleming,
    /// Like Pocock: α ln(1 + (e - 1)t).
    Pocock,
    /// α t^ρ.
    Power(f64),
    /// Hwang, Shih & `DeCani` 1990: α (1 - e^-γt)/(1 - e^-γ).
    Hsd(f64),
}

impl Spending {
    /// What may have been spent of `alpha`, a tail of one side, when the share `t` of all information is in.
    #[must_use]
    pub fn spent(self, alpha: f64, t: f64) -> f64 {
        if t <= 0.0 {
            return 0.0;
        }
        if t >= 1.0 {
            return alpha;
        }
        match self {
            Self::ObrienFleming => 2.0 * normal::sf(normal::isf(0.5 * alpha) / libm::sqrt(t)),
            Self::Pocock => alpha * libm::log1p((core::f64::consts::E - 1.0) * t),
            Self::Power(rho) => alpha * libm::pow(t, rho),
            Self::Hsd(0.0) => alpha * t,
            Self::Hsd(gamma) => alpha * libm::expm1(-gamma * t) / libm::expm1(-gamma),
        }
    }

    /// The bounds for |Z| at each look, when `alpha` is spent on both sides.
    pub fn bounds(self, information: &[f64], alpha: f64) -> Result<Vec<f64>, Refusal> {
        bounds(information, 0.5 * alpha, self, true)
    }
}

/// Where nothing is left of a normal.
const FAR: f64 = 9.0;

/// What has not stopped yet: points of Z with what lies at each.
struct Walk {
    time: f64,
    points: Vec<[f64; 2]>,
    /// The mean of Z at full information.
    drift: f64,
}

impl Walk {
    fn begin(drift: f64) -> Self {
        Self { time: 0.0, points: vec![[0.0, 1.0]], drift }
    }

    /// The chance to lie above `bound` at the time `t`, without having stopped before.
    fn above(&self, t: f64, bound: f64) -> f64 {
        let step = libm::sqrt(t - self.time);
        let (now, then) = (bound * libm::sqrt(t) - self.drift * (t - self.time), libm::sqrt(self.time));
        self.points.iter().map(|[z, weight]| weight * normal::sf((now - z * then) / step)).sum()
    }

    fn below(&self, t: f64, bound: f64) -> f64 {
        let step = libm::sqrt(t - self.time);
        let (now, then) = (bound * libm::sqrt(t) - self.drift * (t - self.time), libm::sqrt(self.time));
        self.points.iter().map(|[z, weight]| weight * normal::sf((z * then - now) / step)).sum()
    }

    /// Goes on to the time `t` with what lies between the bounds; `next` is the time of the look after it.
    fn go(&mut self, t: f64, [low, high]: [f64; 2], next: f64) {
        let root = libm::sqrt(t);
        let middle = self.drift * root;
        let (low, high) = (low.max(middle - FAR), high.min(middle + FAR));
        let step = libm::sqrt(t - self.time);
        // Eight points over two spreads of the next step, or over one and a half, are right to 1e-10.
        let width = (2.0 * libm::sqrt((next - t).max(1e-6) / next)).min(1.5);
        #[expect(clippy::cast_sign_loss, reason = "it is clamped")]
        let pieces = within(libm::ceil((high - low) / width), [1.0, 4_000.0]) as u32;
        let mut kept = Vec::new();
        for [z, weight] in points([low, high], pieces) {
            let at = z * root - self.drift * (t - self.time);
            let then = libm::sqrt(self.time);
            let density: f64 = self.points.iter().map(|[y, w]| w * normal::density((at - y * then) / step)).sum();
            kept.push([z, weight * density * root / step]);
        }
        (self.time, self.points) = (t, kept);
    }
}

fn rising(information: &[f64]) -> bool {
    let inside = information.iter().all(|t| *t > 0.0 && *t <= 1.0 + 1e-12);
    !information.is_empty() && inside && information.windows(2).all(|pair| pair[0] < pair[1])
}

/// The bounds for Z at each look. `alpha` is that of one side; with `two_sided` the lower bounds are the same below.
pub fn bounds(information: &[f64], alpha: f64, spending: Spending, two_sided: bool) -> Result<Vec<f64>, Refusal> {
    let chance = alpha > 0.0 && alpha < 1.0;
    if !chance || !rising(information) {
        return Err(Refusal::Impossible);
    }
    let mut walk = Walk::begin(0.0);
    let mut spent = 0.0;
    let mut bounds = Vec::with_capacity(information.len());
    for (index, t) in information.iter().enumerate() {
        let share = spending.spent(alpha, *t) - spent;
        spent += share;
        let log_share = libm::log(share.max(f64::MIN_POSITIVE));
        let start = normal::isf(within(share, [1e-300, 0.5]));
        let bound = Monotone { low: -FAR, high: 39.0, start }
            .zero(|bound| log_share - libm::log(walk.above(*t, bound).max(f64::MIN_POSITIVE)));
        bounds.push(bound);
        if let Some(next) = information.get(index + 1) {
            walk.go(*t, [if two_sided { -bound } else { -FAR }, bound], *next);
        }
    }
    Ok(bounds)
}

/// The chance to cross the upper and the lower bound at each look, not having crossed before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Crossing {
    /// Above.
    pub upper: Vec<f64>,
    /// Below.
    pub lower: Vec<f64>,
}

impl Crossing {
    /// The chance to cross any bound.
    #[must_use]
    pub fn any(&self) -> f64 {
        self.upper.iter().chain(&self.lower).sum()
    }

    /// The information at which it ends, on average.
    #[must_use]
    pub fn expected(&self, information: &[f64]) -> f64 {
        let stopped: f64 = self.any();
        let last = information.last().copied().unwrap_or(1.0);
        let looks = information.iter().zip(self.upper.iter().zip(&self.lower));
        looks.map(|(t, (up, down))| t * (up + down)).sum::<f64>() + last * (1.0 - stopped)
    }
}

/// Crossing chances of given bounds, when Z has the mean `drift` at full information.
pub fn crossing(information: &[f64], low: &[f64], high: &[f64], drift: f64) -> Result<Crossing, Refusal> {
    if !rising(information) || low.len() != information.len() || high.len() != information.len() {
        return Err(Refusal::Impossible);
    }
    let mut walk = Walk::begin(drift);
    let mut crossing = Crossing::default();
    for (index, t) in information.iter().enumerate() {
        crossing.upper.push(walk.above(*t, high[index]));
        crossing.lower.push(walk.below(*t, low[index]));
        if let Some(next) = information.get(index + 1) {
            walk.go(*t, [low[index], high[index]], *next);
        }
    }
    Ok(crossing)
}

fn both_sides(information: &[f64], bounds: &[f64], drift: f64) -> Result<Crossing, Refusal> {
    let low: Vec<f64> = bounds.iter().map(|bound| -bound).collect();
    crossing(information, &low, bounds, drift)
}

/// The bounds of Wang & Tsiatis 1987, C t^(Δ - ½), for equal looks and two sides: Δ = 0 is O'Brien & Fleming's, ½ is
/// Pocock's. `alpha` is that of both sides.
pub fn wang_tsiatis(looks: u32, alpha: f64, delta: f64) -> Result<Vec<f64>, Refusal> {
    let information = equal(looks);
    let shape: Vec<f64> = information.iter().map(|t| libm::pow(*t, delta - 0.5)).collect();
    let bounds = |c: f64| shape.iter().map(|shape| c * shape).collect::<Vec<_>>();
    if information.is_empty() || !(alpha > 0.0 && alpha < 1.0) {
        return Err(Refusal::Impossible);
    }
    let wrong = |c: f64| both_sides(&information, &bounds(c), 0.0).map_or(f64::NAN, |crossing| alpha - crossing.any());
    Ok(bounds(Monotone { low: 0.1, high: 20.0, start: normal::isf(0.5 * alpha) }.zero(wrong)))
}

/// Looks at equal steps of information.
#[must_use]
pub fn equal(looks: u32) -> Vec<f64> {
    (1..=looks).map(|look| f64::from(look) / f64::from(looks)).collect()
}

/// What a design costs beside one look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// The drift at which it has its power.
    pub drift: f64,
    /// The most units, by those of one look.
    pub most: f64,
    /// The expected units when there is no effect, by those of one look.
    pub expected_null: f64,
    /// The expected units when the effect is as planned, by those of one look.
    pub expected: f64,
}

/// What two-sided bounds cost at a power. `alpha` is that of both sides.
pub fn cost(information: &[f64], bounds: &[f64], alpha: f64, power: f64) -> Result<Cost, Refusal> {
    let one_look = normal::isf(0.5 * alpha) + normal::ppf(power);
    both_sides(information, bounds, 0.0)?;
    let lacks = |drift: f64| both_sides(information, bounds, drift).map_or(f64::NAN, |crossing| crossing.any() - power);
    let drift = Monotone { low: 0.0, high: 40.0, start: one_look }.zero(lacks);
    let most = drift * drift / (one_look * one_look);
    let expected = |drift| Ok(most * both_sides(information, bounds, drift)?.expected(information));
    Ok(Cost { drift, most, expected_null: expected(0.0)?, expected: expected(drift)? })
}

/// The false positives of looking `looks` times, at equal steps, with the bound of one look.
pub fn peeking(looks: u32, z: f64) -> Result<Crossing, Refusal> {
    let bounds = vec![z; looks as usize];
    both_sides(&equal(looks), &bounds, 0.0)
}

/// The units of one look by which a share of information grows, for a plan in units.
#[must_use]
pub fn units(most: f64, information: &[f64]) -> Vec<f64> {
    information.iter().map(|t| libm::ceil(most * t)).map(|units| units.max(real(1))).collect()
}
