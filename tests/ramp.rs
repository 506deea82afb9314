//! A ramp is a pure step: harm first, then whatever could hide harm, then time, size and risk.

#![cfg(feature = "control")]

use pointsman::metric::Level;
use pointsman::playbook::{Guardrail, Hold, Playbook};
use pointsman::ramp::{Action, Evidence, Measured, Ramp, Wait, Watch, promises, step, test, watch};
use pointsman::stats::guard::{Epoch, Harm};
use pointsman::stats::moments::Moments;
use std::slice::from_ref;

const HOUR: i64 = 3_600_000;

fn hold(harmed_at_most: Option<u64>, revert_after_hours: Option<u32>) -> Hold {
    Hold { minutes: 60, units: 10, harmed_at_most, revert_after_hours }
}

fn watches(treated: u64, control: u64, units: u64) -> Vec<Watch> {
    let errors = Guardrail { metric: "errors".into(), harm: Harm::More, tolerance: 0.0, weight: 1.0 };
    let epoch = Epoch { treated, control, treated_weight: 1, control_weight: 1 };
    watch(&[errors], units, |_| Measured::Labels(vec![epoch]))
}

fn ask(hold: &Hold, watches: &[Watch], units: u64, silent: i64) -> Action {
    let ramp = Ramp { stages: &[5, 25, 50], stage: 0, since: 0, held: None, hold };
    step(&ramp, &Evidence { units, last: Some(100 * HOUR - silent), heard: None, trouble: None, watches }, 100 * HOUR)
}

#[test]
fn no_stage_begins_while_it_might_harm_more_than_is_allowed() {
    // 1 % errors on both sides: the fewer of them, the less is excluded.
    let few = watches(5, 5, 500);
    let many = watches(50_000, 50_000, 5_000_000);
    let free = hold(None, None);
    assert!(matches!(ask(&free, &few, 500, 0), Action::Advance(_)));
    let careful = hold(Some(3), None);
    assert_eq!(ask(&careful, &few, 50_000, 0), Action::Hold(Wait::Risk("errors".into())));
    assert!(matches!(ask(&careful, &many, 50_000, 0), Action::Advance(_)), "what is excluded is no risk");
}

#[test]
fn silence_holds_and_ends_only_where_the_playbook_says_so() {
    let quiet = watches(5, 5, 500);
    assert_eq!(ask(&hold(None, None), &quiet, 500, 90 * HOUR), Action::Hold(Wait::Stale));
    assert_eq!(ask(&hold(None, Some(48)), &quiet, 500, 47 * HOUR), Action::Hold(Wait::Stale));
    let Action::Revert(why) = ask(&hold(None, Some(48)), &quiet, 500, 49 * HOUR) else { panic!("it goes back") };
    assert_eq!(why, "no visitor was confirmed for 48 hours, so nobody could see whether it does harm");
}

#[test]
fn harm_comes_before_everything() {
    let harmed = watches(200, 20, 1_000);
    for silent in [0, 90 * HOUR] {
        assert!(matches!(ask(&hold(Some(1), Some(48)), &harmed, 0, silent), Action::RollBack { .. }));
    }
}

#[test]
fn what_is_not_excluded_shrinks_with_what_is_known() {
    let worst = |events: u64| {
        let errors = Guardrail { metric: "errors".into(), harm: Harm::More, tolerance: 0.0, weight: 1.0 };
        let epoch = Epoch { treated: events, control: events, treated_weight: 1, control_weight: 1 };
        test(&errors, from_ref(&errors)).worst(&[epoch])
    };
    assert_eq!(worst(1), None, "one event excludes nothing");
    let bounds = [30, 300, 3_000, 30_000].map(|events| worst(events).unwrap());
    assert!(bounds.windows(2).all(|pair| pair[1] < pair[0]) && bounds[3] > 1.0 && bounds[3] < 1.1, "{bounds:?}");
}

#[test]
fn all_five_guarantees_are_said_before_a_start() {
    let Playbook { guardrails, ramp, hold, .. } = Playbook::standard();
    let rate = Level { mean: 0.01, spread: None, units: 1_000.0 };
    let said = promises(&guardrails, &ramp, &hold, |_| Some(rate));
    assert_eq!(said.len(), 5, "{said:?}");
    for (index, words) in [
        (0, "at most 5 of 100"),
        (1, "doubles “errors”"),
        (1, "in 95 of 100"),
        (2, "more than 100 visitors"),
        (3, "1 of 1,000"),
        (4, "beyond 50 %"),
        (4, "end it after 72 hours"),
    ] {
        assert!(said[index].contains(words), "{said:?}");
    }
    let unmeasured = promises(&guardrails, &ramp, &hold, |_| None);
    assert!(
        unmeasured.len() == 5 && unmeasured[1].contains("can be said once “errors” was measured"),
        "{unmeasured:?}"
    );
    // A value that varies as much as it is large.
    let slow =
        promises(&guardrails, &ramp, &hold, |_| Some(Level { mean: 200.0, spread: Some(200.0), units: 1_000.0 }));
    assert!(slow.len() == 5 && slow[1].contains("visitors met it, in 90 of 100"), "{slow:?}");
}

/// Values of arms that are alike, or of which the new one has so much more.
fn valued(units: f64, more: f64) -> Vec<Watch> {
    let slow = Guardrail { metric: "slow".into(), harm: Harm::More, tolerance: 0.1, weight: 1.0 };
    let arms = [100.0, 100.0 + more].map(|mean| Moments::of(units, mean, 10_000.0));
    watch(&[slow], 1_000, |_| Measured::Values {
        arms: Ok(arms.clone()),
        any: Vec::new(),
        told: [String::new(), String::new()],
    })
}

#[test]
fn a_value_holds_a_stage_while_it_might_still_harm_more_than_is_allowed() {
    // As many as 2,500 will come until the next stage's hold ends.
    let careful = hold(Some(200), None);
    for (units, more) in [(50.0, 0.0), (2_000.0, 0.0), (2_000.0, 5.0)] {
        let watches = valued(units, more);
        assert_eq!(ask(&careful, &watches, 50_000, 0), Action::Hold(Wait::Risk("slow".into())), "{units} {more}");
    }
    assert!(matches!(ask(&careful, &valued(1e7, 0.0), 50_000, 0), Action::Advance(_)), "a bound of 0.2 % is little");
    assert!(matches!(ask(&hold(Some(0), None), &valued(1e6, -5.0), 50_000, 0), Action::Advance(_)), "it is no worse");
}

#[test]
fn what_nobody_has_met_yet_is_bounded_by_how_many_have_come() {
    let budget = hold(Some(60), None);
    assert_eq!(ask(&budget, &watches(0, 0, 50), 50_000, 0), Action::Hold(Wait::Risk("errors".into())));
    assert!(matches!(ask(&budget, &watches(0, 0, 500_000), 50_000, 0), Action::Advance(_)));
    // A rate of 1 of 100 is excluded at any look by as many as the bound says, and not much sooner.
    let errors = Guardrail { metric: "errors".into(), harm: Harm::More, tolerance: 0.0, weight: 1.0 };
    let guard = test(&errors, from_ref(&errors));
    let highest = [0, 100, 1_000, 100_000].map(|units| guard.highest(0, units));
    assert!(highest[0] > 0.999 && highest.windows(2).all(|pair| pair[1] < pair[0]), "{highest:?}");
    assert!((guard.highest(1_000, 100_000) - 0.01).abs() < 0.002 && guard.highest(7, 7) > 0.999);
}

/// A playbook that guards metrics with these weights.
fn weighing(weights: &[f64]) -> Playbook {
    let guardrail = |(place, weight): (usize, &f64)| Guardrail {
        metric: format!("m{place}"),
        harm: Harm::More,
        tolerance: 0.1,
        weight: *weight,
    };
    Playbook { guardrails: weights.iter().enumerate().map(guardrail).collect(), ..Playbook::standard() }
}

#[test]
fn guardrails_share_the_chance_of_a_false_stop_by_their_weights_and_the_promises_say_so() {
    let Playbook { guardrails, ramp, hold, .. } = weighing(&[3.0, 1.0]);
    let watches = watch(&guardrails, 1, |_| Measured::Labels(Vec::new()));
    for (watch, own) in watches.iter().zip([0.0375, 0.0125]) {
        assert!((watch.alpha - own).abs() < 1e-12, "{watch:?}");
    }
    let rate = Level { mean: 0.01, spread: None, units: 1_000.0 };
    let said = promises(&guardrails, &ramp, &hold, |_| Some(rate));
    assert_eq!(said[1], "The guardrails share that by their weights: at most 1 of 26 for “m0”, 1 of 80 for “m1”.");
    let within = |sentence: &str| -> u64 {
        let (_, rest) = sentence.split_once("rolled back before ").unwrap();
        rest.split_once(' ').unwrap().0.replace(',', "").parse().unwrap()
    };
    assert!(within(&said[2]) < within(&said[3]), "what weighs more is stopped sooner: {said:?}");
    let alike = weighing(&[2.0, 2.0]).guardrails;
    assert_eq!(promises(&alike, &ramp, &hold, |_| Some(rate)).len(), said.len() - 1, "nothing to say of equal ones");
}

#[test]
fn a_guardrail_that_weighs_less_among_all_asks_for_less() {
    let old = weighing(&[3.0, 1.0]);
    let weaker = |weights: &[f64]| !weighing(weights).weaker_than(&old).is_empty();
    assert!(!weaker(&[3.0, 1.0]) && !weaker(&[6.0, 2.0]), "only shares count");
    assert!(!weaker(&[3.0, 1.0, 1.0]), "one more takes its turn");
    assert!(weaker(&[3.0, 1.0, 9.0]), "and no more than its turn");
    assert!(weaker(&[1.0, 1.0]) && weaker(&[9.0, 1.0]));
    let pointers = |weight: f64| -> Vec<String> {
        weighing(&[1.0, weight]).problems().into_iter().map(|problem| problem.pointer).collect()
    };
    assert_eq!(
        (pointers(0.0), pointers(f64::NAN)),
        (vec!["/guardrails/1/weight".into()], vec!["/guardrails/1/weight".into()])
    );
    assert!(pointers(0.1).is_empty() && pointers(10.0).is_empty() && !pointers(11.0).is_empty());
}
