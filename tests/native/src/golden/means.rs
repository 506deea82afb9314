//! Means, ratios, quantiles, with and without covariates.

use super::ask::{Answer, Ask, refused, why, written};
use pointsman::stats::effect::{Alternative, Effect, Refusal, Scale};
use pointsman::stats::estimate::{Adjustment, Part, Spread, compare, linear};
use pointsman::stats::moments::{Moments, Sums};
use pointsman::stats::quantile::Ranks;
use pointsman::stats::sequence::Sequence;
use pointsman::stats::strata;
use serde_json::{Map, Value};

type Answered = Result<Answer, String>;

fn scale(ask: &Ask) -> Scale {
    let relative = ask.text("difference_type") == "relative" || (ask.has("absolute") && !ask.flag("absolute"));
    if relative { Scale::Relative } else { Scale::Absolute }
}

fn two_arms<'c>(ask: &Ask<'c>, read: impl Fn(&Ask<'c>) -> Result<Moments, String>) -> Result<[Moments; 2], String> {
    Ok([read(&ask.part("control")?)?, read(&ask.part("treatment")?)?])
}

/// Interval and p-value of an effect: of one look, or of every one where the input tunes a sequence.
fn told(ask: &Ask, effect: Result<Effect, Refusal>) -> Answer {
    let effect = match effect {
        Ok(effect) => effect,
        Err(refusal) => return refused(refusal),
    };
    let (alpha, alternative) = (ask.alpha(), ask.alternative());
    let (interval, p_value) = if let Ok(tuned_for) = ask.count("tuning_n") {
        let sequence = Sequence { tuned_for, ..Sequence::usual(alpha) };
        (sequence.interval(&effect, alternative), sequence.effect_p_value(&effect, 0.0, alternative))
    } else {
        (effect.interval(alpha, alternative), effect.p_value(0.0, alternative))
    };
    let rho =
        ask.count("tuning_n").map(|tuned_for| Sequence { tuned_for, ..Sequence::usual(alpha) }.rho_squared().sqrt());
    Answer::of([
        ("effect", effect.estimate),
        ("difference", effect.estimate),
        ("ci_lower", interval.low),
        ("ci_upper", interval.high),
        ("p_value", p_value),
        ("std_error", effect.standard_error),
        ("rho", rho.unwrap_or(f64::NAN)),
    ])
    .with("error", Value::Null)
}

pub fn proportion(ask: &Ask) -> Answered {
    mean(ask)
}

pub fn mean(ask: &Ask) -> Answered {
    let [control, treatment] = two_arms(ask, Ask::sample)?;
    // gbstats tells nothing beside a control of zero, not even a difference.
    if control.mean(0) == 0.0 {
        return Ok(refused(Refusal::ZeroBaseline));
    }
    Ok(told(ask, compare(&control, &treatment, &Adjustment::default(), scale(ask), Spread::Own)))
}

pub fn ratio(ask: &Ask) -> Answered {
    let read = |arm: &Ask| arm.samples(&["numerator", "denominator"], &[&["sum_products"]]);
    let [control, treatment] = two_arms(ask, read)?;
    let parts = [Part::ratio(0, 1)];
    let arms = linear(&control, &parts).and_then(|control| Ok((control, linear(&treatment, &parts)?)));
    let effect = arms.and_then(|(control, treatment)| {
        compare(&control, &treatment, &Adjustment::default(), scale(ask), Spread::Own)
    });
    Ok(told(ask, effect))
}

pub fn cuped(ask: &Ask) -> Answered {
    let [control, treatment] = two_arms(ask, |arm| arm.samples(&["post", "pre"], &[&["sum_products"]]))?;
    let adjustment = Adjustment::by(&control.merged(&treatment));
    let effect = compare(&control, &treatment, &adjustment, scale(ask), Spread::Own);
    Ok(told(ask, effect).number("theta", adjustment.theta[0]))
}

pub fn cuped_ratio(ask: &Ask) -> Answered {
    let parts = ["m_post", "d_post", "m_pre", "d_pre"];
    let products: [&[&str]; 3] =
        [&["m_post_d_post"], &["m_post_m_pre", "m_pre_d_post"], &["m_post_d_pre", "d_post_d_pre", "m_pre_d_pre"]];
    let [control, treatment] = two_arms(ask, |arm| arm.samples(&parts, &products))?;
    let ratios = [Part::ratio(0, 1), Part::ratio(2, 3)];
    let (control, treatment) = (linear(&control, &ratios).map_err(why)?, linear(&treatment, &ratios).map_err(why)?);
    let adjustment = Adjustment::by_arms(&control, &treatment);
    let effect = compare(&control, &treatment, &adjustment, scale(ask), Spread::Own);
    Ok(told(ask, effect).number("theta", adjustment.theta[0]))
}

/// The answers of `tea-tasting`: a difference and, on the logarithm's scale, a ratio.
fn table(ask: &Ask, columns: &[&str], parts: &[Part]) -> Answered {
    let [control, treatment] = two_arms(ask, |arm| arm.table(columns))?;
    let adjustment = Adjustment::by(&linear(&control.merged(&treatment), parts).map_err(why)?);
    let (control, treatment) = (linear(&control, parts).map_err(why)?, linear(&treatment, parts).map_err(why)?);
    let spread = if ask.flag("equal_var") { Spread::Same } else { Spread::Own };
    let of = |scale| {
        let effect = compare(&control, &treatment, &adjustment, scale, spread).map_err(why)?;
        Ok::<_, String>(if ask.has("use_t") && !ask.flag("use_t") { effect.normal() } else { effect })
    };
    let (absolute, logs) = (of(Scale::Absolute)?, of(Scale::LogRatio)?);
    let (alpha, alternative) = (ask.alpha(), ask.alternative());
    let bounds = absolute.interval(alpha, alternative);
    let mut changes = logs.interval(alpha, alternative).changes();
    if alternative == Alternative::Less {
        // tea-tasting leaves this end at minus infinity, though no ratio is below zero.
        changes.low = f64::NEG_INFINITY;
    }
    let level = |arm: &Moments| {
        let taken = adjustment.theta.iter().zip(&adjustment.around).enumerate();
        arm.mean(0) - taken.map(|(i, (theta, around))| theta * (arm.mean(i + 1) - around)).sum::<f64>()
    };
    Ok(Answer::of([
        ("control", level(&control)),
        ("treatment", level(&treatment)),
        ("effect_size", absolute.estimate),
        ("effect_size_ci_lower", bounds.low),
        ("effect_size_ci_upper", bounds.high),
        ("rel_effect_size", logs.change()),
        ("rel_effect_size_ci_lower", changes.low),
        ("rel_effect_size_ci_upper", changes.high),
        ("pvalue", absolute.p_value(0.0, alternative)),
        ("statistic", absolute.statistic(0.0)),
    ]))
}

pub fn mean_table(ask: &Ask) -> Answered {
    table(ask, &[ask.text("metric")], &[Part::mean(0)])
}

pub fn cuped_table(ask: &Ask) -> Answered {
    table(ask, &[ask.text("metric"), ask.text("covariate")], &[Part::mean(0), Part::mean(1)])
}

pub fn ratio_table(ask: &Ask) -> Answered {
    let mut columns = vec![ask.text("numer"), ask.text("denom")];
    let mut parts = vec![Part::ratio(0, 1)];
    if ask.has("numer_cov") {
        columns.push(ask.text("numer_cov"));
        let under = ask.has("denom_cov").then(|| {
            columns.push(ask.text("denom_cov"));
            3
        });
        parts.push(Part { over: 2, under });
    }
    table(ask, &columns, &parts)
}

fn t_test(ask: &Ask, spread: Spread) -> Answered {
    let [control, treatment] = two_arms(ask, Ask::sample)?;
    let effect = compare(&control, &treatment, &Adjustment::default(), Scale::Absolute, spread).map_err(why)?;
    let interval = effect.interval(ask.alpha(), ask.alternative());
    Ok(Answer::of([
        ("t", effect.statistic(0.0)),
        ("p_value", effect.p_value(0.0, ask.alternative())),
        ("df", effect.df),
        ("ci_lower", interval.low),
        ("ci_upper", interval.high),
    ]))
}

pub fn welch(ask: &Ask) -> Answered {
    t_test(ask, Spread::Own)
}

pub fn student(ask: &Ask) -> Answered {
    t_test(ask, Spread::Same)
}

pub fn non_inferiority(ask: &Ask) -> Answered {
    let [control, treatment] = two_arms(ask, Ask::sample)?;
    let effect = compare(&control, &treatment, &Adjustment::default(), Scale::Absolute, Spread::Own).map_err(why)?;
    let effect = if ask.text("dist") == "z" { effect.normal() } else { effect };
    let margin = if ask.has("margin_absolute") {
        ask.number("margin_absolute")?
    } else {
        ask.number("margin_relative")? * control.mean(0).abs()
    };
    let (null, side) =
        if ask.text("preferred") == "decrease" { (margin, Alternative::Less) } else { (-margin, Alternative::Greater) };
    let interval = effect.interval(ask.alpha(), side);
    Ok(Answer::of([
        ("difference", effect.estimate),
        ("ci_lower", interval.low),
        ("ci_upper", interval.high),
        ("t", effect.statistic(null)),
        ("p_value", effect.p_value(null, side)),
        ("df", effect.df),
        ("null_hypothesis", null),
    ]))
}

pub fn equivalence(ask: &Ask) -> Answered {
    let [control, treatment] = two_arms(ask, Ask::sample)?;
    let effect = compare(&control, &treatment, &Adjustment::default(), Scale::Absolute, Spread::Own).map_err(why)?;
    let [lower, upper] = effect.equivalence(ask.number("margin_absolute")?);
    Ok(Answer::of([("p_value", lower.max(upper)), ("p_lower", lower), ("p_upper", upper)]))
}

pub fn strata(ask: &Ask) -> Answered {
    let strata: Vec<strata::Stratum> =
        ask.list("strata")?.iter().map(|stratum| two_arms(stratum, Ask::sample)).collect::<Result<_, _>>()?;
    Ok(told(ask, strata::effect(&strata, &Adjustment::default(), scale(ask))))
}

fn ranks(ask: &Ask) -> Result<Ranks, String> {
    let n = ask.number("n")?;
    Ok(Ranks {
        n,
        ranked: ask.number_or("n_star", n),
        nu: ask.number("nu")?,
        value: ask.number("q")?,
        low: ask.number("q_lo")?,
        high: ask.number("q_hi")?,
    })
}

pub fn quantile(ask: &Ask) -> Answered {
    let arm = |name| ranks(&ask.part(name)?)?.arm(0.05).map_err(why);
    let (control, treatment) = (arm("control")?, arm("treatment")?);
    let effect = compare(&control, &treatment, &Adjustment::default(), scale(ask), Spread::Own);
    Ok(told(ask, effect).number("variance_control", control.cov(0, 0)))
}

pub fn quantile_clustered(ask: &Ask) -> Answered {
    let clusters = ask.part("clusters")?;
    let n = clusters.number("n_clusters")?;
    let (below, all) = (clusters.number("main_sum")?, clusters.number("denominator_sum")?);
    let spread = |product: f64, a: f64, b: f64| (product - a * b / n) / (n - 1.0);
    let covariance = vec![
        spread(clusters.number("main_sum_squares")?, below, below),
        spread(clusters.number("main_denominator_sum_product")?, below, all),
        spread(clusters.number("denominator_sum_squares")?, all, all),
    ];
    let units = Moments { units: n, mean: vec![below / n, all / n], covariance, ..Moments::default() };
    let (arm, between) = ranks(ask)?.clustered(&units, 0.05).map_err(why)?;
    Ok(Answer::of([("variance", arm.cov(0, 0)), ("cluster_variance_of_indicator", between)]))
}

pub fn merge(ask: &Ask) -> Answered {
    let columns = ["y", "x", "d", "dpre"];
    let merged = ask.part("left")?.table(&columns)?.merged(&ask.part("right")?.table(&columns)?);
    let [mut mean, mut var, mut cov] = [Map::new(), Map::new(), Map::new()];
    for (i, a) in columns.iter().enumerate() {
        mean.insert((*a).to_string(), written(merged.mean(i)));
        var.insert((*a).to_string(), written(merged.cov(i, i)));
        for (j, b) in columns.iter().enumerate().filter(|(j, _)| *j != i) {
            cov.insert(format!("{a}|{b}"), written(merged.cov(i, j)));
        }
    }
    Ok(Answer::of([("n", merged.units)]).with("mean", mean).with("var", var).with("cov", cov))
}

/// Exact sums of shards. The scale is a power of two, so that numbers with a point become whole without loss.
pub fn exact(ask: &Ask) -> Answered {
    let (y, x) = (ask.numbers("y")?, ask.numbers("x")?);
    let largest = y.iter().chain(&x).fold(1.0_f64, |most, value| most.max(value.abs()));
    let scale = 2f64.powi(54 - largest.log2().ceil() as i32);
    let cuts: Vec<usize> = ask
        .list("shard_cuts")?
        .iter()
        .map(|cut| cut.0.as_u64().map(|cut| cut as usize).ok_or("a cut is no count"))
        .collect::<Result<_, _>>()?;
    let mut whole = Sums::of(2);
    // The last shard first: the order does not count.
    for pair in cuts.windows(2).rev() {
        let mut shard = Sums::of(2);
        for (y, x) in y[pair[0]..pair[1]].iter().zip(&x[pair[0]..pair[1]]) {
            shard.unit(&[(y * scale).round() as i64, (x * scale).round() as i64], false);
        }
        whole.merge(&shard, false);
    }
    let moments = whole.moments(scale).ok_or("the sums contradict each other")?;
    Ok(Answer::of([
        ("mean_y", moments.mean(0)),
        ("mean_x", moments.mean(1)),
        ("var_y", moments.cov(0, 0)),
        ("var_x", moments.cov(1, 1)),
        ("cov_yx", moments.cov(0, 1)),
    ]))
}
