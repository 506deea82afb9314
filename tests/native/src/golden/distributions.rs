//! Distributions, and many p-values at once.

use super::ask::{Answer, Ask, why};
use pointsman::stats::multiplicity::{Procedure, adjusted};
use pointsman::stats::special::{beta, gamma, normal, student};

type Answered = Result<Answer, String>;

fn value(number: f64) -> Answer {
    Answer::of([("value", number)])
}

pub fn normal_sf(ask: &Ask) -> Answered {
    Ok(value(normal::sf(ask.number("x")?)))
}

pub fn normal_ppf(ask: &Ask) -> Answered {
    Ok(value(normal::ppf(ask.number("p")?)))
}

pub fn student_sf(ask: &Ask) -> Answered {
    Ok(value(student::sf(ask.number("x")?, ask.number("df")?)))
}

pub fn student_ppf(ask: &Ask) -> Answered {
    Ok(value(student::ppf(ask.number("p")?, ask.number("df")?)))
}

pub fn chi_square_sf(ask: &Ask) -> Answered {
    Ok(value(gamma::chi_square(ask.number("x")?, ask.number("df")?).sf()))
}

pub fn beta_cdf(ask: &Ask) -> Answered {
    Ok(value(beta::at(ask.number("x")?, ask.number("a")?, ask.number("b")?).cdf()))
}

fn multiplicity(ask: &Ask, procedure: Procedure) -> Answered {
    let adjusted = adjusted(&ask.numbers("p")?, procedure).map_err(why)?;
    let alpha = ask.number_or("alpha", 0.05);
    let reject: Vec<bool> = adjusted.iter().map(|p| *p <= alpha).collect();
    Ok(Answer::default().numbers("adjusted", &adjusted).with("reject", reject))
}

pub fn bonferroni(ask: &Ask) -> Answered {
    multiplicity(ask, Procedure::Bonferroni)
}

pub fn holm(ask: &Ask) -> Answered {
    multiplicity(ask, Procedure::Holm)
}

pub fn holm_sidak(ask: &Ask) -> Answered {
    multiplicity(ask, Procedure::HolmSidak)
}

pub fn hochberg(ask: &Ask) -> Answered {
    multiplicity(ask, Procedure::Hochberg)
}

pub fn hommel(ask: &Ask) -> Answered {
    multiplicity(ask, Procedure::Hommel)
}

pub fn benjamini_hochberg(ask: &Ask) -> Answered {
    multiplicity(ask, Procedure::BenjaminiHochberg)
}

pub fn benjamini_yekutieli(ask: &Ask) -> Answered {
    multiplicity(ask, Procedure::BenjaminiYekutieli)
}
