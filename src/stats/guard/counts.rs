//! The guardrail for counts: how often a visitor did something, such as meet an error.
//!
//! Labels of *events* are no coins. Given that they are Poisson, each event of both arms would be of the treatment with the
//! chance that the split tells, and their test would be exact; but who meets one error often meets ten, all of them with the same
//! label, and a test that takes them for ten coins errs far more often than it says. Nor is a bet on each visitor's count exact
//! while counts still grow: its label is known from the first event on, and each further one adds to what was won with it.
//!
//! What stays exact is the label of a *visitor*: whoever has any is one coin, tossed once ([`super::Guard::check`]). It speaks
//! of how many have any, from the first of them on, and the means ([`super::means`]) speak of how many each has, once there are
//! enough. A count is harmed by either. The mean of both e-values is an e-value again, whatever they have to do with each other,
//! so that the guard's α holds for "neither is worse than allowed".

use super::means::{Evidence, GATE};
use super::{Epoch, Guard, mean};
use crate::stats::Validity;
use crate::stats::moments::Moments;

impl Guard {
    /// Judges the sums so far: the units that have any, epoch by epoch, and both arms' counts where these can be read.
    ///
    /// It is exact while nothing but labels speaks, and where these alone would stop it.
    #[must_use]
    pub fn check_counts(&self, any: &[Epoch], arms: Option<[&Moments; 2]>) -> Evidence {
        let labels = self.check(any);
        let sizes = arms.and_then(|[control, treatment]| self.check_values(control, treatment).ok());
        // What cannot be read has won nothing yet.
        let log_e = mean(&[labels.log_e, sizes.map_or(0.0, |sizes| sizes.log_e)]);
        let least = -libm::log(self.alpha);
        let alone = sizes.is_none() || labels.log_e - core::f64::consts::LN_2 >= least;
        Evidence {
            log_e,
            harmed: log_e >= least,
            ratio: sizes.map_or(labels.ratio, |sizes| sizes.ratio),
            validity: if alone { Validity::Exact } else { Validity::Asymptotic { gate: GATE } },
        }
    }
}
