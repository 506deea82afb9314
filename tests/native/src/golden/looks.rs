//! Whatever may be looked at more than once.

use super::ask::{Answer, Ask, why};
use super::counts::weight;
use pointsman::stats::effect::Interval;
use pointsman::stats::group::{self, Spending};
use pointsman::stats::mixture::{self, Mixture};
use pointsman::stats::sample_ratio::{self, Share};
use pointsman::stats::sequence::{Msprt, Sequence, p_value};

type Answered = Result<Answer, String>;

pub fn half_width(ask: &Ask) -> Answered {
    let sequence = Sequence { tuned_for: ask.count("tuning_n")?, ..Sequence::usual(ask.alpha()) };
    let n = ask.number("n")?;
    let variance = ask.number("s2")? / n;
    let one_sided = Sequence { alpha: 2.0 * sequence.alpha, ..sequence };
    Ok(Answer::of([
        ("rho2", sequence.rho_squared().sqrt()),
        ("rho", sequence.rho_squared().sqrt()),
        ("rho1", one_sided.rho_squared().sqrt()),
        ("hw_two", sequence.half_width(variance, n)),
        ("half_width", sequence.half_width(variance, n)),
        ("hw_one", sequence.one_sided_half_width(variance, n)),
    ]))
}

pub fn rho_exact(ask: &Ask) -> Answered {
    let sequence = Sequence { tuned_for: ask.count("n_opt")?, ..Sequence::usual(ask.alpha()) };
    Ok(Answer::of([("rho", sequence.best_rho_squared().sqrt())]))
}

pub fn msprt(ask: &Ask) -> Answered {
    let (v, test) = (ask.number("var_of_diff")?, Msprt { tau: ask.number("tau")? });
    let log_e = test.log_e(ask.number("diff")?, v);
    Ok(Answer::of([("log_lambda", log_e), ("p_value", p_value(log_e)), ("halfwidth", test.half_width(v, ask.alpha()))]))
}

pub fn normal_mixture(ask: &Ask) -> Answered {
    let bound = |one_sided| -> Result<f64, String> {
        let mixture = Mixture::normal(ask.number("v_opt")?, ask.number_or("alpha_opt", 0.05), one_sided);
        Ok(mixture.bound(ask.number("v")?, ask.alpha()))
    };
    Ok(Answer::of([("two_sided", bound(false)?), ("one_sided", bound(true)?)]))
}

pub fn normal_log_mixture(ask: &Ask) -> Answered {
    let log_e = |one_sided| -> Result<f64, String> {
        let mixture = Mixture::normal(ask.number("v_opt")?, ask.number_or("alpha_opt", 0.05), one_sided);
        Ok(mixture.log_e(ask.number("s")?, ask.number("v")?))
    };
    Ok(Answer::of([("two_sided", log_e(false)?), ("one_sided", log_e(true)?)]))
}

pub fn gamma_exponential(ask: &Ask) -> Answered {
    let mixture = Mixture::gamma(ask.number("v_opt")?, ask.number_or("alpha_opt", 0.05), ask.number("c")?);
    Ok(Answer::of([("bound", mixture.bound(ask.number("v")?, ask.alpha()))]))
}

pub fn stitching(ask: &Ask) -> Answered {
    let shape = [ask.number_or("s", 1.4), ask.number_or("eta", 2.0)];
    let bound = mixture::stitched(ask.number("v")?, ask.alpha(), ask.number("v_min")?, ask.number_or("c", 0.0), shape);
    Ok(Answer::of([("bound", bound)]))
}

pub fn beta_binomial(ask: &Ask) -> Answered {
    let between = [ask.number("g")?, ask.number("h")?];
    let mixture =
        Mixture::bounded(ask.number("v_opt")?, ask.number_or("alpha_opt", 0.05), between, ask.flag("one_sided"));
    Ok(Answer::of([("bound", mixture.bound(ask.number("v")?, ask.alpha()))]))
}

pub fn bernoulli(ask: &Ask) -> Answered {
    let Interval { low, high } = mixture::share(
        ask.count("sum")?,
        ask.count("n")?,
        ask.alpha(),
        ask.number("t_opt")?,
        ask.number_or("alpha_opt", 0.05),
    )
    .map_err(why)?;
    Ok(Answer::of([("ci_lower", low), ("ci_upper", high)]))
}

pub fn empirical_bernstein(ask: &Ask) -> Answered {
    let x = ask.numbers("x")?;
    let (v_opt, alpha) = (ask.number_or("v_opt", 2.0), ask.alpha());
    let turned: Vec<f64> = x.iter().map(|x| 1.0 - x).collect();
    Ok(Answer::of([
        ("lower_one", mixture::bounded_mean(&x, v_opt, alpha)),
        ("lower_two", mixture::bounded_mean(&x, v_opt, 0.5 * alpha)),
        ("upper_two", 1.0 - mixture::bounded_mean(&turned, v_opt, 0.5 * alpha)),
    ]))
}

pub fn sample_ratio(ask: &Ask) -> Answered {
    let mut arms: Vec<Share> =
        ask.numbers("p0")?.iter().map(|share| Share { weight: weight(*share), units: 0 }).collect();
    let concentration = ask.number("concentration")?;
    let (mut logs, mut least, mut p) = (Vec::new(), 1.0_f64, Vec::new());
    for batch in ask.list("batches")? {
        for (arm, units) in arms.iter_mut().zip(batch.0.as_array().ok_or("a batch is no list")?) {
            arm.units += units.as_u64().ok_or("a count is none")?;
        }
        let log_e = sample_ratio::check(&arms, concentration, sample_ratio::ALPHA).log_e;
        logs.push(log_e);
        least = least.min(p_value(log_e));
        p.push(least);
    }
    Ok(Answer::default().numbers("log_bayes_factor", &logs).numbers("p_value_running_min", &p))
}

fn spending(name: &str) -> Result<Spending, String> {
    let parameter = |rest: &str| {
        rest.trim_matches(|c: char| !c.is_ascii_digit() && !['-', '.'].contains(&c))
            .parse::<f64>()
            .map_err(|_| format!("{name} has no parameter"))
    };
    match name {
        "ldof" => Ok(Spending::ObrienFleming),
        "ldpocock" => Ok(Spending::Pocock),
        _ => {
            if let Some(rest) = name.strip_prefix("power") {
                Ok(Spending::Power(parameter(rest)?))
            } else if let Some(rest) = name.strip_prefix("hsd") {
                Ok(Spending::Hsd(parameter(rest)?))
            } else {
                Err(format!("no spending is called {name}"))
            }
        }
    }
}

pub fn group_two_sided(ask: &Ask) -> Answered {
    let (information, spending) = (ask.numbers("info_fractions")?, spending(ask.text("spending"))?);
    let bounds = group::bounds(&information, ask.number("alpha_per_side")?, spending, true).map_err(why)?;
    Ok(Answer::default().numbers("z", &bounds))
}

pub fn group_one_sided(ask: &Ask) -> Answered {
    let (information, spending) = (ask.numbers("info_fractions")?, spending(ask.text("spending"))?);
    let bounds = group::bounds(&information, ask.alpha(), spending, false).map_err(why)?;
    Ok(Answer::default().numbers("z", &bounds))
}

pub fn group_spotify(ask: &Ask) -> Answered {
    let (information, sides) = (ask.numbers("info_fractions")?, ask.number("sides")?);
    let bounds = group::bounds(&information, ask.alpha() / sides, Spending::Power(2.0), sides > 1.0).map_err(why)?;
    Ok(Answer::default().numbers("z", &bounds))
}

pub fn group_crossing(ask: &Ask) -> Answered {
    let (information, low, high) = (ask.numbers("info_fractions")?, ask.numbers("a")?, ask.numbers("b")?);
    let drift = ask.number("drift_at_full_information")?;
    let crossing = group::crossing(&information, &low, &high, drift).map_err(why)?;
    Ok(Answer::default().numbers("upper", &crossing.upper).numbers("lower", &crossing.lower))
}

pub fn peeking(ask: &Ask) -> Answered {
    let crossing = group::peeking(ask.count("looks")? as u32, ask.number("z")?).map_err(why)?;
    Ok(Answer::of([("type1_two_sided", crossing.any()), ("type1_upper", crossing.upper.iter().sum())]))
}

/// Printed tables: constant shapes by Wang & Tsiatis, or a spending function, and what they cost.
pub fn published(ask: &Ask) -> Answered {
    let looks = ask.count("k")? as u32;
    let (alpha, power) = (ask.alpha(), 1.0 - ask.number_or("beta", 0.2));
    let information = group::equal(looks);
    let bounds = if ask.has("spending") {
        group::bounds(&information, 0.5 * alpha, spending(ask.text("spending"))?, true)
    } else {
        let test = ask.text("test");
        let told = test.split("Delta=").nth(1).map(|rest| {
            rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect::<String>().parse::<f64>()
        });
        let delta = match told {
            Some(Ok(delta)) => delta,
            _ if test.contains("Pocock") => 0.5,
            _ => 0.0,
        };
        group::wang_tsiatis(looks, alpha, delta)
    }
    .map_err(why)?;
    let cost = group::cost(&information, &bounds, alpha, power).map_err(why)?;
    Ok(Answer::of([
        ("max_pct", 100.0 * cost.most),
        ("expected_null_pct", 100.0 * cost.expected_null),
        ("expected_pct", 100.0 * cost.expected),
        ("inflation", cost.most),
        ("drift", cost.drift),
    ])
    .numbers("z", &bounds))
}
