//! A rehearsal counts what the evaluation does, line by line, and nothing stops it.

use pointsman::document::{Document, read};
use pointsman::draw::{ALL, Algorithm, draw};
use pointsman::rehearse::{FlagReport, Rehearsal, Report};
use pointsman::time::Millis;
use serde_json::{Value, json};

fn document(rules: &Value) -> Document {
    let value = json!({
        "format": 1,
        "metrics": { "orders": { "event": "order" } },
        "flags": { "x": {
            "kind": "string", "variants": { "a": "A", "b": "B", "off": "" }, "off": "off", "otherwise": "off", "rules": rules
        } },
        "experiments": { "test": {
            "flag": "x", "metric": "orders", "control": "a", "sticky": true,
            "run": { "id": "test-1", "salt": "test-1", "epoch": 1, "rollout": ALL, "split": [[ALL / 2, "a"], [ALL, "b"]] }
        } }
    });
    read(value.to_string().as_bytes()).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn rehearse(rules: &Value, lines: impl IntoIterator<Item = String>) -> Report {
    let mut rehearsal = Rehearsal::new(document(rules), Millis(0)).unwrap_or_else(|problems| panic!("{problems:?}"));
    lines.into_iter().for_each(|line| rehearsal.add(line.as_bytes()));
    rehearsal.report()
}

fn units(count: u32) -> impl Iterator<Item = String> {
    (0..count).map(|unit| json!({ "unit": format!("u{unit}") }).to_string())
}

fn counts(flag: &FlagReport) -> Vec<(&str, u64)> {
    flag.variants.iter().map(|variant| (variant.name.as_str(), variant.count)).collect()
}

#[test]
fn every_context_is_counted_once_by_variant_and_by_rule() {
    let rules = json!([
        { "if": { "atLeast": { "attribute": "orders", "than": 3 } }, "serve": "a" },
        { "if": { "equals": { "attribute": "country", "value": "DE" } }, "serve": "b" },
        { "if": { "equals": { "attribute": "country", "value": "DE" } }, "serve": "a" }
    ]);
    let lines = [
        r#"{"orders": 3}"#,
        r#"{"orders": 4}"#,
        r#"{"country": "DE", "orders": 0}"#,
        r#"{"orders": 1, "country": "FR"}"#,
    ];
    let report = rehearse(&rules, lines.map(String::from));
    let flag = &report.flags[0];
    assert_eq!(counts(flag), [("a", 2), ("b", 1), ("off", 1)]);
    let by_rule: Vec<_> = flag.rules.iter().map(|rule| (rule.reached, rule.count)).collect();
    assert_eq!(by_rule, [(4, 2), (2, 1), (1, 0)]);
    assert_eq!(flag.never_matched, [2]);
    assert_eq!(
        flag.ends.iter().map(|end| (end.place.as_str(), end.count)).collect::<Vec<_>>(),
        [("/flags/x/otherwise", 1)]
    );
    assert!((flag.rules[0].share - 0.5).abs() < f64::EPSILON);
    let all: u64 = flag.rules.iter().map(|rule| rule.count).chain(flag.ends.iter().map(|end| end.count)).sum();
    assert_eq!(all, report.contexts);
}

#[test]
fn paths_are_counted_by_their_answers_and_without_draws() {
    let rules = json!([{
        "if": { "exists": { "attribute": "new" } }, "serve": "a", "rollout": { "salt": "r", "below": ALL / 2 }
    }, { "if": { "not": { "exists": { "attribute": "old" } } }, "serve": "b" }]);
    let lines = (0..10).map(|unit| json!({ "unit": format!("u{unit}"), "old": 1 }).to_string()).chain(units(5));
    let flag = &rehearse(&rules, lines).flags[0];
    let paths: Vec<_> = flag
        .paths
        .iter()
        .map(|path| (path.answers.iter().map(|answer| answer.held).collect::<Vec<_>>(), path.end.as_str(), path.count))
        .collect();
    assert_eq!(
        paths,
        [(vec![false, true], "/flags/x/otherwise", 10), (vec![false, false], "/flags/x/rules/1/serve", 5),]
    );
    assert_eq!(flag.paths[0].answers[1].place, "/flags/x/rules/1/if/not");
    assert_eq!(flag.other_paths, 0);
}

#[test]
fn a_fair_log_is_split_as_planned_and_a_torn_one_is_not() {
    let rules = json!([{ "experiment": "test" }]);
    let fair = rehearse(&rules, units(4_000));
    let split = &fair.flags[0].splits[0];
    assert_eq!((split.run.as_deref(), split.units, split.mismatch), (Some("test-1"), 4_000, false));
    assert!(split.p > 0.001 && split.p <= 1.0);
    assert!(split.arms.iter().all(|arm| (arm.planned - 0.5).abs() < f64::EPSILON));

    // Every second unit of one variant is lost on the way to the log.
    let meets_b = |unit: &u32| {
        let draw = draw(Algorithm::Xxh64High, b"split\0test-1\0", format!("u{unit}").as_bytes()).unwrap();
        u64::from(draw) >= ALL / 2
    };
    let lost: Vec<_> = (0..4_000).filter(meets_b).step_by(2).collect();
    let left = (0..4_000).filter(|unit| !lost.contains(unit));
    let torn = rehearse(&rules, left.map(|unit| json!({ "unit": format!("u{unit}") }).to_string()));
    let split = &torn.flags[0].splits[0];
    assert!(split.mismatch && split.p < 0.001, "{split:?}");
    assert!(torn.to_string().contains("NOT as planned"));
}

#[test]
fn a_unit_that_comes_often_is_one_unit_of_its_split() {
    let rules = json!([{ "experiment": "test" }]);
    let often = core::iter::repeat_n(json!({ "unit": "ada" }).to_string(), 1_000);
    let report = rehearse(&rules, often.chain(units(100)));
    let split = &report.flags[0].splits[0];
    assert_eq!((report.contexts, split.units, split.mismatch), (1_100, 101, false));
    let kept = rehearse(&rules, [json!({ "unit": "ada", "sticky": { "test-1": "b" } }).to_string()]);
    assert!(kept.flags[0].splits.is_empty(), "who keeps a variant was not drawn");
    assert_eq!(kept.flags[0].rules[0].count, 1);
}

#[test]
fn an_error_is_no_rules_decision() {
    let report =
        rehearse(&json!([{ "experiment": "test" }]), ["{}", r#"{"unit": 7}"#, r#"{"unit": "ada"}"#].map(String::from));
    let flag = &report.flags[0];
    let errors: Vec<_> = flag.errors.iter().map(|error| (error.name.as_str(), error.count)).collect();
    assert_eq!(errors, [("INVALID_CONTEXT", 1), ("TARGETING_KEY_MISSING", 1)]);
    assert_eq!((flag.rules[0].reached, flag.rules[0].count), (3, 1));
    assert_eq!(flag.ends.iter().map(|end| end.count).sum::<u64>(), 2);
}

#[test]
fn wrong_types_are_counted_where_they_are_asked() {
    let rules = json!([{ "if": { "atLeast": { "attribute": "orders", "than": 3 } }, "serve": "a" }]);
    let report =
        rehearse(&rules, [r#"{"orders": "5"}"#, r#"{"orders": "6"}"#, "{}", r#"{"orders": 5}"#].map(String::from));
    let found: Vec<_> = report.flags[0].mismatches.iter().map(|all| (all.trouble.found, all.count)).collect();
    assert_eq!(found, [("a text", 2), ("missing", 1)]);
    assert!(report.to_string().contains("orders is a text; a number is asked for: 2 times  [/flags/x/rules/0/if]"));
}

#[test]
fn lines_that_are_no_contexts_are_counted_and_nothing_stops() {
    let bad = ["{", "[]", "7", "null", "\"x\"", "{\"a\": 1, \"a\": 2}", "", "  ", "{}"];
    let report = rehearse(&json!([]), bad.map(String::from));
    assert_eq!((report.lines, report.empty, report.refused, report.contexts), (9, 2, 6, 1));
    assert_eq!(report.refusals.iter().map(|refusal| refusal.line).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!(report.refusals[1].cause, "It is not an object.");
}

#[test]
fn each_line_has_its_own_time_or_the_rehearsals() {
    let rules = json!([{ "from": "1970-01-02", "serve": "a" }]);
    let lines = [r#"{"context": {}, "now": "1970-01-03"}"#, r#"{"context": {}, "now": 5}"#, r#"{"context": {}}"#];
    assert_eq!(counts(&rehearse(&rules, lines.map(String::from)).flags[0]), [("a", 1), ("b", 0), ("off", 2)]);
}

#[test]
fn paths_beyond_the_limit_are_counted_together() {
    let conditions: Vec<_> = (0..9).map(|n| json!({ "exists": { "attribute": format!("a{n}") } })).collect();
    let rules: Vec<_> = conditions.iter().map(|condition| {
        json!({ "if": { "all": [condition, { "equals": { "attribute": "never", "value": "x" } }] }, "serve": "a" })
    }).collect();
    let line = |number: u32| {
        let given: serde_json::Map<_, _> =
            (0..9).filter(|bit| number >> bit & 1 == 1).map(|bit| (format!("a{bit}"), json!(1))).collect();
        json!(given).to_string()
    };
    let flag = &rehearse(&json!(rules), (0..512).map(line)).flags[0];
    assert_eq!((flag.paths.len(), flag.other_paths), (256, 256));
}
