//! The statistics answer as other libraries do, on the inputs of `tests/vectors/statistics.json`.

use pointsman_native::golden::{Case, File, Outcome, check};

fn cases() -> Vec<Case> {
    let file: File = serde_json::from_str(include_str!("../../vectors/statistics.json")).expect("a file of cases");
    file.cases
}

#[test]
fn every_case_agrees_with_the_library_that_it_comes_from() {
    let cases = cases();
    let (mut agreed, mut wrong) = (0, Vec::new());
    for case in cases.iter().filter(|case| case.kind != "compat") {
        match check(case) {
            Outcome::Agrees => agreed += 1,
            other => wrong.push(format!("{}: {other:?}", case.id)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(agreed, 218);
}

#[test]
fn a_case_that_is_a_little_off_is_told() {
    let mut case = cases().into_iter().find(|case| case.capability == "welch_t").expect("one");
    let p = case.expect["p_value"].as_f64().expect("a number");
    case.expect.insert("p_value".into(), (p * (1.0 + 1e-4)).into());
    assert!(matches!(check(&case), Outcome::Differs(why) if why.len() == 1 && why[0].starts_with("p_value: ")));
    case.expect.insert("colour".into(), "red".into());
    assert!(matches!(check(&case), Outcome::Differs(why) if why.len() == 2));
    case.capability = "astrology".into();
    assert_eq!(check(&case), Outcome::Unknown);
    case.capability = "multiplicity_holm".into();
    assert!(matches!(check(&case), Outcome::Unreadable(why) if why == "the input has no p"));
}
