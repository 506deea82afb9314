//! The looks that a plan has fixed, where its playbook reads numbers once, or at some planned sizes, instead of at any time.
//!
//! Such a look is taken once, when as many visitors have come, and kept as it was: what comes later changes nothing of it.
//! Between looks nothing is said. The first look whose statistic passes its bound decides, or else the last one.

use super::Scene;
use crate::playbook::Method;
use crate::stats::Validity;
use crate::stats::effect::Scale;
use crate::stats::lift::{Estimate, Lift, Missing};
use crate::stats::question::{Asked, Question};
use crate::stats::special::normal;
use crate::stats::{Alpha, real};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A planned look as it was taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// Which one it is, from 0.
    pub look: usize,
    /// The bound for its statistic.
    pub bound: f64,
    /// The share of all planned visitors that had come.
    pub information: f64,
    /// On which scale the relative effect was judged.
    #[serde(default = "logarithm", skip_serializing_if = "is_logarithm")]
    pub scale: Scale,
    /// The relative effect on that scale, and its error.
    pub relative: [f64; 2],
    /// The difference, and its error.
    pub difference: [f64; 2],
}

fn logarithm() -> Scale {
    Scale::LogRatio
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_logarithm(scale: &Scale) -> bool {
    *scale == Scale::LogRatio
}

impl Planned {
    /// How many errors it lies from where the answer turns.
    fn statistic(&self, asked: Asked) -> f64 {
        let border = asked.border();
        let border = if is_logarithm(&self.scale) { libm::log1p(border) } else { border };
        (self.relative[0] - border) / self.relative[1]
    }

    fn lift(&self, validity: Validity, asked: Asked) -> Lift {
        let around = |[middle, error]: [f64; 2]| [middle, middle - self.bound * error, middle + self.bound * error];
        let told = |[value, low, high]: [f64; 3]| Estimate { value, low, high };
        let p_value = match validity {
            Validity::FixedSample => 2.0 * normal::sf(libm::fabs(self.statistic(asked))),
            // The usual p-value is not this look's: others came before it.
            _ => f64::NAN,
        };
        let relative = around(self.relative);
        let relative = told(if is_logarithm(&self.scale) { relative.map(libm::expm1) } else { relative });
        let (scale, errors) = (self.scale, [self.relative[1], self.difference[1]]);
        Lift { relative, difference: told(around(self.difference)), scale, errors, log_e: f64::NAN, p_value, validity }
    }
}

/// The planned looks that were taken, in order.
fn taken<'s>(scene: &'s Scene) -> impl Iterator<Item = &'s Planned> + use<'s> {
    scene.looks.iter().filter_map(|look| look.planned.as_ref())
}

fn validity(method: &Method) -> Validity {
    if *method == Method::FixedSample { Validity::FixedSample } else { Validity::Planned }
}

/// The look that decides, or the last one that was taken, and whether it ends the test.
fn reached(scene: &Scene, method: &Method) -> Option<(Planned, bool)> {
    let asked = scene.asked();
    let crossed = |planned: &&Planned| libm::fabs(planned.statistic(asked)) >= planned.bound;
    if let Some(planned) = taken(scene).find(crossed) {
        return Some((planned.clone(), true));
    }
    let last = taken(scene).last()?;
    Some((last.clone(), last.look + 1 >= method.looks().len()))
}

/// Whether the last planned look was taken, or one before it has decided.
pub(super) fn is_over(scene: &Scene, method: &Method) -> bool {
    reached(scene, method).is_some_and(|(_, over)| over)
}

/// What the planned looks say, or how many visitors more the next one waits for.
pub(super) fn lift(scene: &Scene, method: &Method) -> Result<Lift, Missing> {
    if let Some((planned, _)) = reached(scene, method) {
        return Ok(planned.lift(validity(method), scene.asked()));
    }
    let first = method.looks().first().copied().unwrap_or(1.0) * real(scene.planned());
    #[expect(clippy::cast_sign_loss, reason = "it is positive")]
    let size = libm::ceil(first) as u64;
    Err(Missing::Look { more: size.saturating_sub(scene.people()).max(1) })
}

/// Control's level at the look that [`lift`] tells.
pub(super) fn level(scene: &Scene, method: &Method) -> Option<f64> {
    let (planned, _) = reached(scene, method)?;
    let look = scene.looks.iter().find(|look| look.planned.as_ref() == Some(&planned))?;
    let control = look.arms.first()?;
    control.value.or_else(|| (control.confirmed > 0).then(|| real(control.converted) / real(control.confirmed)))
}

/// The look that is due now, from the lift as it is; nothing between looks, and nothing before there is enough to compare.
pub(super) fn due(scene: &Scene, method: &Method, lift: &Lift) -> Option<Planned> {
    let (people, planned) = (real(scene.people()), real(scene.planned()));
    let looks = method.looks();
    let passed = looks.iter().filter(|share| planned > 0.0 && people >= **share * planned).count();
    let look = passed.checked_sub(1)?;
    if is_over(scene, method) || taken(scene).any(|taken| taken.look >= look) {
        return None;
    }
    // Whoever has come by the last look is all that there is.
    let information = if look + 1 == looks.len() { 1.0 } else { (people / planned).min(1.0) };
    let so_far: Vec<f64> = taken(scene).map(|taken| taken.information).chain([information]).collect();
    let bound = method.bound(&so_far, scene.asked().question, scene.alpha())?;
    let (scale, value, [error, apart]) = (lift.scale, lift.relative.value, lift.errors);
    let relative = [if is_logarithm(&scale) { libm::log1p(value) } else { value }, error];
    Some(Planned { look, bound, information, scale, relative, difference: [lift.difference.value, apart] })
}

impl Method {
    /// The bound for the statistic at the last of these looks, each told by the share of all visitors that had come.
    fn bound(&self, information: &[f64], question: Question, alpha: Alpha) -> Option<f64> {
        let alpha = question.both_ends(alpha.0);
        match self {
            Self::Anytime => None,
            Self::FixedSample => Some(normal::isf(0.5 * alpha)),
            Self::GroupSequential { spending, .. } => spending.bounds(information, alpha).ok()?.last().copied(),
        }
    }
}
