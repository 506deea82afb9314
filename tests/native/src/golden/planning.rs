//! Sizes and power.

use super::ask::{Answer, Ask, why};
use pointsman::stats::effect::Scale;
use pointsman::stats::estimate::{self, Adjustment, compare};
use pointsman::stats::power::{self, Design, Fixed, Spread, Student};
use pointsman::stats::sequence::Sequence;

type Answered = Result<Answer, String>;

fn fixed(ask: &Ask) -> Box<dyn Design> {
    Box::new(Fixed { alpha: ask.alpha(), alternative: ask.alternative() })
}

fn student(ask: &Ask) -> Box<dyn Design> {
    Box::new(Student { alpha: ask.alpha(), alternative: ask.alternative() })
}

pub fn normal(ask: &Ask) -> Answered {
    let (effect, ratio) = (ask.number("effect_size_d")?, ask.number_or("ratio", 1.0));
    let n = fixed(ask).size(effect, Spread::mean(1.0), ratio, ask.number("power")?).map_err(why)?;
    Ok(Answer::of([("n1", n)]))
}

pub fn student_size(ask: &Ask) -> Answered {
    let (effect, ratio) = (ask.number("effect_size_d")?, ask.number_or("ratio", 1.0));
    let n = student(ask).size(effect, Spread::mean(1.0), ratio, ask.number("power")?).map_err(why)?;
    Ok(Answer::of([("n1", n)]))
}

pub fn student_power(ask: &Ask) -> Answered {
    let n = if ask.has("n_per_arm") { ask.number("n_per_arm")? } else { ask.number("n1")? };
    let power = student(ask).power(ask.number("effect_size_d")?, Spread::mean(1.0), n, ask.number_or("ratio", 1.0));
    Ok(Answer::of([("power", power)]))
}

pub fn angles(ask: &Ask) -> Answered {
    let h = power::angles(ask.number("p1")?, ask.number("p2")?);
    let n = fixed(ask).size(h, Spread::mean(1.0), ask.number_or("ratio", 1.0), ask.number("power")?).map_err(why)?;
    Ok(Answer::of([("h", h), ("n1", n)]))
}

pub fn unpooled(ask: &Ask) -> Answered {
    // statsmodels shares this α out to both sides by default, whatever it is called.
    let alpha = 0.5 * ask.number("alpha_one_sided")?;
    let n = power::size_of_shares(ask.number("p1")?, ask.number("p2")?, alpha, ask.number("power")?);
    Ok(Answer::of([("n1", n)]))
}

pub fn total(ask: &Ask) -> Answered {
    let variance = if ask.has("variance") {
        ask.number("variance")?
    } else {
        let p = ask.number("p")?;
        p * (1.0 - p)
    };
    let arms = ask.number_or("treatments", 2.0);
    let n =
        fixed(ask).size(ask.number("mde_absolute")?, Spread::mean(variance), 1.0, ask.number("power")?).map_err(why)?;
    Ok(Answer::of([("total", (n * arms).ceil())]))
}

pub fn cuped(ask: &Ask) -> Answered {
    let mut columns = vec![ask.text("metric")];
    if ask.has("covariate") {
        columns.push(ask.text("covariate"));
    }
    let pooled = ask.part("pooled")?.table(&columns)?;
    let adjustment = Adjustment::by(&pooled);
    let taken: f64 = adjustment.theta.iter().map(|theta| theta * pooled.cov(0, 1)).sum();
    let (spread, mean) = (Spread::mean(pooled.cov(0, 0) - taken), pooled.mean(0));
    let (design, ratio) = (student(ask), ask.number_or("ratio", 1.0));
    let control = |n: f64| n / (1.0 + ratio);
    let (mut n, mut power) = (ask.number_or("n_obs", pooled.units), ask.number_or("power", 0.8));
    let effect = || ask.number("effect_size").or_else(|_| Ok::<_, String>(ask.number("rel_effect_size")? * mean));
    let effect = match ask.text("solve_for") {
        "power" => {
            power = design.power(effect()?, spread, control(n), ratio);
            effect()?
        }
        "n_obs" => {
            n = (design.size(effect()?, spread, ratio, power).map_err(why)? * (1.0 + ratio)).ceil();
            effect()?
        }
        _ => design.smallest(|_| spread, control(n), ratio, power).map_err(why)?,
    };
    Ok(Answer::of([("power", power), ("effect_size", effect), ("rel_effect_size", effect / mean), ("n_obs", n)]))
}

pub fn middle(ask: &Ask) -> Answered {
    let (control, treatment) = (ask.part("control")?.sample()?, ask.part("treatment")?.sample()?);
    let scale = if ask.has("target_mde_absolute") { Scale::Absolute } else { Scale::Relative };
    let effect = compare(&control, &treatment, &Adjustment::default(), scale, estimate::Spread::Own).map_err(why)?;
    let aim = ask.number("target_mde_relative").or_else(|_| ask.number("target_mde_absolute"))?;
    let sequence = ask
        .flag("sequential")
        .then(|| ask.count("tuning_n").map(|tuned_for| Sequence { tuned_for, ..Sequence::usual(ask.alpha()) }))
        .transpose()?;
    let prior = ask
        .has("prior")
        .then(|| {
            let prior = ask.part("prior")?;
            Ok::<_, String>([prior.number("mean")?, prior.number("variance")?])
        })
        .transpose()?;
    let target = ask.number("target_power")?;
    let told =
        power::middle(aim, effect.variance(), effect.units, ask.alpha(), target, sequence, prior).map_err(why)?;
    let further =
        if told.further == 0.0 { serde_json::Value::Null } else { super::ask::written(told.further * effect.units) };
    Ok(Answer::of([("power_now", told.power), ("scaling_factor", told.further)]).with("additional_users", further))
}
