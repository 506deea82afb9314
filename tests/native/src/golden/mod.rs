//! Golden cases: questions to the statistics with the answers of other libraries, in the words of those libraries.
//!
//! A case names a *capability*. Each answer is made by the engine's own functions; nothing here calculates, it only
//! hands over numbers and takes them back. A case's `kind` says what a difference means: `reference`, `exact` and
//! `published` must agree within its tolerance, `compat` is another library's convention that we do not share.

mod ask;
mod beliefs;
mod counts;
mod distributions;
mod looks;
mod means;
mod planning;

use ask::{Answer, Ask};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A file of cases.
#[derive(Debug, Deserialize)]
pub struct File {
    /// The cases.
    pub cases: Vec<Case>,
}

/// One case.
#[derive(Debug, Deserialize)]
pub struct Case {
    /// Its name.
    pub id: String,
    /// What is asked.
    pub capability: String,
    /// What a difference means.
    pub kind: String,
    /// The numbers.
    pub input: Value,
    /// The answers.
    pub expect: BTreeMap<String, Value>,
    /// How far ours may lie from them.
    pub tol: Tolerance,
}

/// |got - expected| ≤ abs + rel·|expected|.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Tolerance {
    /// By the expected number.
    pub rel: f64,
    /// In its own unit.
    pub abs: f64,
}

/// What came of a case.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// All answers agree.
    Agrees,
    /// These do not.
    Differs(Vec<String>),
    /// The engine has no such capability.
    Unknown,
    /// The input lacks something, or cannot be read.
    Unreadable(String),
}

/// Asks the engine.
#[must_use]
pub fn check(case: &Case) -> Outcome {
    let Some(ask) = capability(&case.capability) else { return Outcome::Unknown };
    let answer = match ask(&Ask(&case.input)) {
        Ok(answer) => answer,
        Err(why) => return Outcome::Unreadable(why),
    };
    let mut wrong = Vec::new();
    for (name, expected) in &case.expect {
        match answer.0.get(name) {
            None => wrong.push(format!("{name}: not answered, expected {expected}")),
            Some(got) => differ(name, got, expected, case.tol, &mut wrong),
        }
    }
    if wrong.is_empty() { Outcome::Agrees } else { Outcome::Differs(wrong) }
}

fn differ(name: &str, got: &Value, expected: &Value, tol: Tolerance, wrong: &mut Vec<String>) {
    let agrees = match (got, expected) {
        (Value::Array(got), Value::Array(expected)) if got.len() == expected.len() => {
            for (index, (got, expected)) in got.iter().zip(expected).enumerate() {
                differ(&format!("{name}[{index}]"), got, expected, tol, wrong);
            }
            true
        }
        (Value::Object(got), Value::Object(expected)) => {
            for (key, expected) in expected {
                differ(&format!("{name}.{key}"), got.get(key).unwrap_or(&Value::Null), expected, tol, wrong);
            }
            true
        }
        (Value::Number(got), Value::Number(expected)) => {
            let (got, expected) = (got.as_f64().unwrap_or(f64::NAN), expected.as_f64().unwrap_or(f64::NAN));
            (got - expected).abs() <= tol.abs + tol.rel * expected.abs()
        }
        (got, expected) => got == expected,
    };
    if !agrees {
        wrong.push(format!("{name}: {got}, expected {expected}"));
    }
}

type Capability = fn(&Ask) -> Result<Answer, String>;

/// Every capability and who answers it.
const CAPABILITIES: [(&str, Capability); 77] = [
    ("aggregates_merge", means::merge),
    ("asymp_cs_rho_exact", looks::rho_exact),
    ("bayes_beta_binomial", beliefs::shares),
    ("bayes_normal", beliefs::normal),
    ("bayes_normal_loss", beliefs::loss),
    ("cs_bernoulli", looks::bernoulli),
    ("cs_beta_binomial", looks::beta_binomial),
    ("cs_empirical_bernstein", looks::empirical_bernstein),
    ("cs_gamma_exponential", looks::gamma_exponential),
    ("cs_normal_log_mixture", looks::normal_log_mixture),
    ("cs_normal_mixture", looks::normal_mixture),
    ("cs_poly_stitching", looks::stitching),
    ("cuped_linreg_spotify", means::cuped),
    ("cuped_mean", means::cuped),
    ("cuped_mean_tt", means::cuped_table),
    ("cuped_ratio", means::cuped_ratio),
    ("cuped_ratio_tt", means::ratio_table),
    ("equivalence_tost", means::equivalence),
    ("fn_beta_cdf", distributions::beta_cdf),
    ("fn_chi2_sf", distributions::chi_square_sf),
    ("fn_norm_ppf", distributions::normal_ppf),
    ("fn_norm_sf", distributions::normal_sf),
    ("fn_t_ppf", distributions::student_ppf),
    ("fn_t_sf", distributions::student_sf),
    ("gs_bounds_one_sided", looks::group_one_sided),
    ("gs_bounds_spotify", looks::group_spotify),
    ("gs_bounds_two_sided", looks::group_two_sided),
    ("gs_crossing_prob", looks::group_crossing),
    ("gs_peeking_type1", looks::peeking),
    ("gs_published", looks::published),
    ("mean_log_ratio_ci", means::mean_table),
    ("mid_experiment_power", planning::middle),
    ("moments_merge_stress", means::exact),
    ("msprt_normal", looks::msprt),
    ("multiplicity_bonferroni", distributions::bonferroni),
    ("multiplicity_fdr_bh", distributions::benjamini_hochberg),
    ("multiplicity_fdr_by", distributions::benjamini_yekutieli),
    ("multiplicity_holm", distributions::holm),
    ("multiplicity_holm_sidak", distributions::holm_sidak),
    ("multiplicity_hommel", distributions::hommel),
    ("multiplicity_simes_hochberg", distributions::hochberg),
    ("non_inferiority_spotify", means::non_inferiority),
    ("non_inferiority_t", means::non_inferiority),
    ("post_stratification_mean", means::strata),
    ("power_cuped", planning::cuped),
    ("power_t", planning::student_power),
    ("prop_diff_ci", counts::difference),
    ("prop_one_ci", counts::one),
    ("prop_ratio_ci_log", counts::ratio),
    ("prop_tests", counts::tests),
    ("prop_ztest_pooled", counts::pooled),
    ("quantile_clustered", means::quantile_clustered),
    ("quantile_iid", means::quantile),
    ("ratio_of_means", means::ratio_table),
    ("sample_size_normal", planning::normal),
    ("sample_size_prop_arcsine", planning::angles),
    ("sample_size_prop_unpooled", planning::unpooled),
    ("sample_size_spotify", planning::total),
    ("sample_size_t_cohen", planning::student_size),
    ("sequential_cuped", means::cuped),
    ("sequential_halfwidth", looks::half_width),
    ("sequential_one_sided", means::proportion),
    ("sequential_ratio", means::ratio),
    ("sequential_two_sided", means::proportion),
    ("srm_binomial_exact", counts::binomial),
    ("srm_chi2", counts::chi_square),
    ("srm_sequential", looks::sample_ratio),
    ("srm_two_arm", counts::two_arms),
    ("student_t_pooled", means::student),
    ("thompson_best_arm", beliefs::best),
    ("ttest_mean", means::mean),
    ("ttest_mean_one_sided", means::mean),
    ("ttest_proportion", means::proportion),
    ("ttest_ratio_delta", means::ratio),
    ("ttest_spotify", means::mean),
    ("welch_t", means::welch),
    ("ztest_spotify", means::mean),
];

fn capability(name: &str) -> Option<Capability> {
    CAPABILITIES.iter().find(|(known, _)| *known == name).map(|(_, ask)| *ask)
}
