//! Shares and splits.

use super::ask::{Answer, Ask, why};
use pointsman::stats::effect::{Alternative, Interval};
use pointsman::stats::proportion::interval::{self, One, Two};
use pointsman::stats::proportion::table::{self, Order, Squares};
use pointsman::stats::sample_ratio::{self, Share};
use pointsman::stats::special::{binomial as distribution, normal};

type Answered = Result<Answer, String>;

fn bounds(interval: Interval) -> Answer {
    Answer::of([("ci_lower", interval.low), ("ci_upper", interval.high)])
}

pub fn one(ask: &Ask) -> Answered {
    let method = match ask.text("method") {
        "beta" | "exact" | "clopper-pearson" => One::Exact,
        "wilson" => One::Wilson,
        "jeffreys" => One::Jeffreys,
        "agresti_coull" => One::AgrestiCoull,
        "normal" | "wald" => One::Wald,
        other => return Err(format!("no interval is called {other}")),
    };
    interval::one(ask.conversions()?, ask.alpha(), method).map(bounds).map_err(why)
}

pub fn difference(ask: &Ask) -> Answered {
    let method = match ask.text("method") {
        "newcomb" | "newcombe" => Two::Newcombe,
        "score" => Two::Score,
        "agresti-caffo" => Two::AgrestiCaffo,
        "wald" => Two::Wald,
        other => return Err(format!("no interval is called {other}")),
    };
    let [control, treatment] = ask.arms()?;
    interval::difference(control, treatment, ask.alpha(), method).map(bounds).map_err(why)
}

pub fn ratio(ask: &Ask) -> Answered {
    let [control, treatment] = ask.arms()?;
    interval::ratio(control, treatment, ask.alpha()).map(bounds).map_err(why)
}

pub fn pooled(ask: &Ask) -> Answered {
    let [control, treatment] = ask.arms()?;
    let z = table::pooled_z(control, treatment);
    Ok(Answer::of([("z", z), ("p_value", 2.0 * normal::sf(z.abs()))]))
}

pub fn tests(ask: &Ask) -> Answered {
    let [control, treatment] = ask.arms()?;
    let alternative = ask.alternative();
    // tea-tasting corrects for continuity unless it is told not to, and pools.
    let continuity = !ask.has("continuity") || ask.flag("continuity");
    let pooled = !ask.has("equal_var") || ask.flag("equal_var");
    let (p, q) = (control.rate().unwrap_or_default(), treatment.rate().unwrap_or_default());
    let mut sides = [Interval { low: f64::NAN, high: f64::NAN }; 2];
    let mut method = ask.text("method");
    if method == "auto" {
        method = if control.units() + treatment.units() < 1_000 { "barnard" } else { "norm" };
    }
    let squares = |squares| table::chi_square(control, treatment, squares, continuity).map(|[_, p]| p).map_err(why);
    let exact = |order| table::unconditional(control, treatment, order, alternative).map_err(why);
    let p_value = match method {
        "norm" => {
            let told = table::approximate(control, treatment, ask.alpha(), alternative, [pooled, continuity]);
            sides = [told.difference, told.relative];
            told.p_value
        }
        "pearson" => squares(Squares::Pearson)?,
        "log-likelihood" => squares(Squares::Likelihood)?,
        "fisher" => table::fisher(control, treatment, alternative),
        "barnard" => exact(Order::Barnard { pooled })?,
        "boschloo" => exact(Order::Boschloo)?,
        other => return Err(format!("no test is called {other}")),
    };
    Ok(Answer::of([
        ("control", p),
        ("treatment", q),
        ("effect_size", q - p),
        ("effect_size_ci_lower", sides[0].low),
        ("effect_size_ci_upper", sides[0].high),
        ("rel_effect_size", q / p - 1.0),
        ("rel_effect_size_ci_lower", sides[1].low),
        ("rel_effect_size_ci_upper", sides[1].high),
        ("pvalue", p_value),
    ]))
}

/// Weights as whole numbers: only their proportions count.
pub fn weight(share: f64) -> u64 {
    #[expect(clippy::cast_sign_loss, reason = "shares are not negative")]
    let weight = (share * 2f64.powi(52)).round() as u64;
    weight
}

pub fn chi_square(ask: &Ask) -> Answered {
    let (users, weights) = (ask.numbers("users")?, ask.numbers("weights")?);
    #[expect(clippy::cast_sign_loss, reason = "users are counts")]
    let arms: Vec<Share> = users
        .iter()
        .zip(&weights)
        .map(|(units, share)| Share { weight: weight(*share), units: *units as u64 })
        .collect();
    let [chi2, p] = sample_ratio::chi_square(&arms).map_err(why)?;
    Ok(Answer::of([("chi2", chi2), ("p_value", p)]))
}

pub fn binomial(ask: &Ask) -> Answered {
    let p = distribution::two_sided(ask.count("k")?, ask.count("n")?, ask.number("p")?);
    Ok(Answer::of([("p_value", p)]))
}

pub fn two_arms(ask: &Ask) -> Answered {
    let (n, k) = (ask.count("control_n")?, ask.count("treatment_n")?);
    let ratio = ask.number("ratio")?;
    let share = ratio / (1.0 + ratio);
    let exact = match ask.text("method") {
        "norm" => false,
        "binom" => true,
        _ => n + k < 1_000,
    };
    let p = if exact {
        distribution::two_sided(k, n + k, share)
    } else {
        let continuity = !ask.has("continuity") || ask.flag("continuity");
        sample_ratio::two_arms(n, k, ratio, continuity, Alternative::Different)
    };
    Ok(Answer::of([("p_value", p), ("pvalue", p)]))
}
