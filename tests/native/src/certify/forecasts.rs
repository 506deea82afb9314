//! Forecasts come true as often as they say, where effects are what the prior says.

use super::draws::gauss;
use super::segments::seen;
use super::{Promise, Trial};
use fastrand::Rng;
use pointsman::stats::ALPHA;
use pointsman::stats::bayes::Belief;
use pointsman::stats::effect::Effect;
use pointsman::stats::forecast::{ending, until};
use pointsman::stats::sequence::Sequence;

const USUAL: Sequence = Sequence::usual(ALPHA);
const PRIOR: Belief = Belief { mean: 0.0, sd: 0.06 };
/// The planned units, and the error at the end.
const PLANNED: f64 = 20_000.0;
const LAST: f64 = 0.02;
/// How much the pace of visitors varies: what a fifth from day to day leaves of a week that was seen and one that comes.
const VARY: f64 = 0.11;

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for up in [true, false] {
        for (low, high) in [(0.1, 0.3), (0.4, 0.6), (0.7, 0.9)] {
            let way = if up { "better" } else { "worse" };
            let situation =
                format!("“{way}” with a chance of {:.0} to {:.0} %, at 30 % of the plan", low * 100.0, high * 100.0);
            // Asked as "did it come true more often than was said?": even chances, when forecasts are calibrated.
            let simulate = move |rng: &mut Rng, _| came_true(rng, up, low, high);
            trials.push(Trial::new("forecasts that came true", situation, Promise::About(0.5, 0.0), simulate));
        }
    }
    for share in [0.2, 0.5] {
        let situation = format!("days until it is known, at {:.0} % of the plan", share * 100.0);
        let simulate = move |rng: &mut Rng, _| is_in_range(rng, share);
        trials.push(Trial::new("an 80 % range holds", situation, Promise::About(0.8, 0.03), simulate));
    }
    trials
}

/// Effects come from the prior, and a part of the units is in.
fn middle(rng: &mut Rng, share: f64) -> (f64, Effect) {
    let truth = PRIOR.mean + PRIOR.sd * gauss(rng);
    (truth, Effect { units: share * PLANNED, ..seen(truth, LAST / share.sqrt(), rng) })
}

/// Whether a run with a forecast in the range ended as was said, more often than a coin with the forecast's chance does: a
/// draw of the coin breaks the tie.
fn came_true(rng: &mut Rng, up: bool, low: f64, high: f64) -> bool {
    let share: f64 = 0.3;
    loop {
        let (truth, now) = middle(rng, share);
        let Ok(told) = ending(&now, PRIOR, share, USUAL) else { return false };
        let told = if up { told.up } else { told.down };
        if told < low || told >= high {
            continue;
        }
        // The rest of the units, whose estimate is independent.
        let rest = seen(truth, LAST / (1.0 - share).sqrt(), rng).estimate;
        let end = share * now.estimate + (1.0 - share) * rest;
        let happened = if up { end } else { -end } > USUAL.half_width(LAST * LAST, PLANNED);
        let coin = rng.f64() < told;
        return if happened == coin { rng.bool() } else { happened };
    }
}

/// Whether a run that shows nothing yet is known within the days that are told: it has shown something, or all has come, and
/// visitors come faster or slower than until now.
fn is_in_range(rng: &mut Rng, share: f64) -> bool {
    let shows = |estimate: f64, units: f64| estimate.abs() > USUAL.half_width(LAST * LAST * PLANNED / units, units);
    loop {
        let (truth, now) = middle(rng, share);
        let most = 1.0 / share;
        if shows(now.estimate, now.units) {
            continue;
        }
        let [soon, _, late] = until(&now, PRIOR, USUAL, most, VARY);
        // A hundred looks until the planned end, each with as much more.
        let step = (1.0 - share) * PLANNED / 100.0;
        let (mut units, mut sum) = (now.units, now.estimate * now.units);
        let known = loop {
            units += step;
            sum += seen(truth, LAST * (PLANNED / step).sqrt(), rng).estimate * step;
            if units >= PLANNED - step / 2.0 || shows(sum / units, units) {
                break (units / now.units).min(most);
            }
        };
        let known = 1.0 + (known - 1.0) / (VARY * gauss(rng)).exp();
        let step = step / now.units;
        return (soon - step..=late + step).contains(&known);
    }
}
