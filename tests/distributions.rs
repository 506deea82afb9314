//! The tails of distributions against mpmath's, and their quantiles against themselves.

#![cfg(feature = "stats")]

use pointsman::stats::special::{Tails, beta, binomial, gamma, normal, student};
use serde_json::Value;

fn cases() -> Vec<Value> {
    let file: Value = serde_json::from_str(include_str!("vectors/tails.json")).unwrap();
    let cases = file["cases"].as_array().unwrap().clone();
    assert!(cases.len() > 200);
    cases
}

fn parameters(case: &Value) -> Vec<f64> {
    case["parameters"].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn tails(case: &Value, x: f64) -> Tails {
    match (case["distribution"].as_str().unwrap(), &parameters(case)[..]) {
        ("normal", []) => normal::tails(x),
        ("student", [df]) => student::tails(x, *df),
        ("chiSquare", [df]) => gamma::chi_square(x, *df),
        ("gamma", [a]) => gamma::tails(*a, x),
        ("beta", [a, b]) => beta::at(x, *a, *b),
        ("binomial", [n, p]) => binomial::tails(x, *n, *p),
        (other, _) => panic!("{other}"),
    }
}

fn quantile(case: &Value, p: f64) -> Option<f64> {
    match (case["distribution"].as_str().unwrap(), &parameters(case)[..]) {
        ("normal", []) => Some(normal::ppf(p)),
        ("student", [df]) => Some(student::ppf(p, *df)),
        ("chiSquare", [df]) => Some(gamma::chi_square_ppf(p, *df)),
        ("gamma", [a]) => Some(gamma::ppf(p, *a)),
        ("beta", [a, b]) => Some(beta::ppf(p, *a, *b)),
        _ => None,
    }
}

#[test]
fn both_tails_are_right_to_twelve_digits_however_far_out() {
    let (mut worst, mut wrong) = (0.0_f64, Vec::new());
    for case in cases() {
        let got = tails(&case, case["x"].as_f64().unwrap());
        for (got, log, name) in [(got.log_cdf, &case["logCdf"], "cdf"), (got.log_sf, &case["logSf"], "sf")] {
            let Some(log) = log.as_f64() else { continue };
            let Some(expected) = case[name].as_f64().filter(|chance| *chance > 1e-290) else {
                assert!((got - log).abs() <= 1e-12 * log.abs(), "{case}: {got}");
                continue;
            };
            let error = (got.exp() / expected - 1.0).abs();
            worst = worst.max(error);
            if error > 1e-12 {
                wrong.push(format!("{case}: {name} {got}, wrong by {error:e}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("the worst relative error is {worst:e}");
}

#[test]
fn a_quantile_leads_back_to_its_chance() {
    for case in cases() {
        let chance = case["cdf"].as_f64().unwrap();
        // A chance close to 1 has lost the digits of its other side.
        if !(1e-300..0.999).contains(&chance) {
            continue;
        }
        let Some(x) = quantile(&case, chance) else { continue };
        let back = tails(&case, x).cdf();
        assert!((back / chance - 1.0).abs() < 1e-11, "{case}: {x} gives {back}");
    }
    assert_eq!((normal::ppf(0.0), normal::ppf(1.0)), (f64::NEG_INFINITY, f64::INFINITY));
    assert!(normal::ppf(1.5).is_nan() && normal::ppf(f64::NAN).is_nan());
    assert_eq!((beta::ppf(0.0, 2.0, 3.0), beta::ppf(1.0, 2.0, 3.0)), (0.0, 1.0));
}

#[test]
fn exact_tests_of_counts_are_those_of_other_libraries() {
    // scipy 1.17.1: binomtest(k, n, p), fisher_exact.
    for (k, n, p, expected) in [(98, 200, 0.5, 0.832_070_374_437_760_4), (0, 20, 0.1, 0.254_529_978_024_905)] {
        let got = binomial::two_sided(k, n, p);
        assert!((got - expected).abs() < 1e-9, "{got} is not {expected}");
    }
    assert!((binomial::fisher([8, 10], [1, 6]) - 0.034_965_034_965_034_95).abs() < 1e-12);
    assert_eq!(binomial::ppf(0.5, 10, 0.5), 5);
}
