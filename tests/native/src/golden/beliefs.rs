//! Posteriors.

use super::ask::{Answer, Ask, refused, why};
use pointsman::stats::bayes::{self, Belief};
use pointsman::stats::effect::Scale;
use pointsman::stats::estimate::{Adjustment, Spread, compare};

type Answered = Result<Answer, String>;

pub fn normal(ask: &Ask) -> Answered {
    let relative = ask.text("difference_type") != "absolute";
    let (control, treatment) = (ask.part("control")?.sample()?, ask.part("treatment")?.sample()?);
    let scale = if relative { Scale::Relative } else { Scale::Absolute };
    let effect = match compare(&control, &treatment, &Adjustment::default(), scale, Spread::Own) {
        Ok(effect) => effect,
        Err(refusal) => return Ok(refused(refusal)),
    };
    let prior = ask.part("prior")?;
    let mut belief = Belief::NONE;
    if prior.flag("proper") {
        belief = Belief { mean: prior.number("mean")?, sd: prior.number("variance")?.sqrt() };
        // A relative belief about an absolute effect, and the other way round.
        match (prior.text("scale") != "absolute", relative) {
            (true, false) => belief = belief.times(control.mean(0).abs()),
            (false, true) => belief = belief.times(1.0 / control.mean(0).abs()),
            _ => {}
        }
    }
    let after = belief.after(&effect);
    let less_is_better = ask.flag("inverse");
    let loss = after.loss();
    let (keep, take) = if less_is_better { (loss.treatment, loss.control) } else { (loss.control, loss.treatment) };
    let interval = after.interval(ask.alpha());
    Ok(Answer::of([
        ("chance_to_win", after.better(less_is_better)),
        ("posterior_mean", after.mean),
        ("posterior_sd", after.sd),
        ("ci_lower", interval.low),
        ("ci_upper", interval.high),
        ("risk_control", keep),
        ("risk_treatment", take),
    ]))
}

pub fn loss(ask: &Ask) -> Answered {
    let belief = Belief { mean: ask.number("mean")?, sd: ask.number("sd")? };
    let loss = belief.loss();
    Ok(Answer::of([
        ("risk_control", loss.control),
        ("risk_treatment", loss.treatment),
        ("chance_to_win", belief.better(false)),
    ]))
}

pub fn shares(ask: &Ask) -> Answered {
    let [control, treatment] = ask.arms()?;
    let prior = ask.part("prior")?;
    let told = bayes::shares(control, treatment, [prior.number("alpha")?, prior.number("beta")?]).map_err(why)?;
    Ok(Answer::of([
        ("prob_treatment_better", told.better),
        ("expected_loss_choose_treatment", told.loss.treatment),
        ("expected_loss_choose_control", told.loss.control),
    ]))
}

pub fn best(ask: &Ask) -> Answered {
    let (means, sds) = (ask.numbers("means")?, ask.numbers("sds")?);
    let arms: Vec<Belief> = means.iter().zip(&sds).map(|(mean, sd)| Belief { mean: *mean, sd: *sd }).collect();
    Ok(Answer::default().numbers("prob_best", &bayes::best(&arms, ask.flag("inverse"))))
}
