//! An explanation is what the evaluation did, in words.

use pointsman::compile::{Audience, compile};
use pointsman::context::Context;
use pointsman::document::{Document, context, read};
use pointsman::evaluate::{DECISION, evaluate};
use pointsman::explain::{Explanation, Outcome, explain};
use pointsman::snapshot::{Section, Snapshot};
use pointsman::time::Millis;
use proptest::prelude::*;
use serde_json::{Value, json};

/// 2026-11-22T10:00:00Z, a Sunday.
const NOW: Millis = Millis(1_795_341_600_000);

fn document(value: &Value) -> Document {
    read(value.to_string().as_bytes()).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn flag(rules: &Value) -> Value {
    json!({ "kind": "boolean", "variants": { "on": true, "off": false }, "off": "off", "otherwise": "off", "rules": rules })
}

fn of(document: &Document, flag: &str, given: &Value) -> Explanation {
    let given = context::read(given.to_string().as_bytes()).unwrap();
    explain(document.clone(), flag, &given, NOW).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn asked(condition: &Value, given: &Value) -> Explanation {
    let rules = json!([{ "if": condition, "serve": "on" }]);
    let whole = json!({ "format": 1, "flags": { "other": flag(&json!([])), "x": flag(&rules) } });
    of(&document(&whole), "x", given)
}

#[test]
#[expect(clippy::too_many_lines, reason = "one row for each operator")]
fn every_operator_is_asked_in_words_that_are_true_exactly_if_it_held() {
    let cases = [
        (json!({"exists": {"attribute": "a"}}), json!({"a": 0}), json!({}), "a is there"),
        (json!({"equals": {"attribute": "a", "value": "DE"}}), json!({"a": "DE"}), json!({"a": "FR"}), "a is \"DE\""),
        (
            json!({"equals": {"attribute": "a", "value": "De", "ignoreCase": true}}),
            json!({"a": "dE"}),
            json!({"a": "fr"}),
            "a is \"de\", whatever its case",
        ),
        (json!({"equals": {"attribute": "a", "value": 3}}), json!({"a": 3}), json!({"a": 4}), "a is 3"),
        (json!({"equals": {"attribute": "a", "value": true}}), json!({"a": true}), json!({"a": false}), "a is true"),
        (
            json!({"in": {"attribute": "a", "values": ["x", "y"]}}),
            json!({"a": "y"}),
            json!({"a": "z"}),
            "a is one of \"x\", \"y\"",
        ),
        (
            json!({"in": {"attribute": "a", "values": ["x", "y"], "list": "none"}}),
            json!({"a": ["z"]}),
            json!({"a": ["x"]}),
            "no item of a is one of \"x\", \"y\"",
        ),
        (
            json!({"listed": {"attribute": "a", "salt": "s", "ids": ["ada", "bob"]}}),
            json!({"a": "ada"}),
            json!({"a": "eve"}),
            "a is on a list of 2 ids",
        ),
        (
            json!({"starts": {"attribute": "a", "with": "ab"}}),
            json!({"a": "abc"}),
            json!({"a": "bc"}),
            "a starts with \"ab\"",
        ),
        (
            json!({"ends": {"attribute": "a", "with": "bc", "list": "all"}}),
            json!({"a": ["abc"]}),
            json!({"a": ["ab"]}),
            "every item of a ends with \"bc\"",
        ),
        (
            json!({"contains": {"attribute": "a", "text": "b", "list": "any"}}),
            json!({"a": ["x", "abc"]}),
            json!({"a": ["x"]}),
            "an item of a contains \"b\"",
        ),
        (
            json!({"glob": {"attribute": "a", "pattern": "a*"}}),
            json!({"a": "abc"}),
            json!({"a": "b"}),
            "a has the form \"a*\"",
        ),
        (json!({"less": {"attribute": "a", "than": 3}}), json!({"a": 2}), json!({"a": 3}), "a is less than 3"),
        (json!({"atMost": {"attribute": "a", "than": 3}}), json!({"a": 3}), json!({"a": 4}), "a is at most 3"),
        (json!({"greater": {"attribute": "a", "than": 3}}), json!({"a": 4}), json!({"a": 3}), "a is more than 3"),
        (json!({"atLeast": {"attribute": "a", "than": 3.5}}), json!({"a": 3.5}), json!({"a": 3}), "a is at least 3.5"),
        (
            json!({"between": {"attribute": "a", "from": 1, "to": 2}}),
            json!({"a": 2}),
            json!({"a": 0}),
            "a is at least 1",
        ),
        (
            json!({"version": {"attribute": "a", "range": ">=1.2.0"}}),
            json!({"a": "1.3.0"}),
            json!({"a": "1.1.9"}),
            "a is version 1.2.0 or one after it",
        ),
        (
            json!({"before": {"attribute": "a", "than": "2026-01-01"}}),
            json!({"a": 0}),
            json!({"a": "2026-01-02"}),
            "a is a time before 2026-01-01T00:00:00Z",
        ),
        (
            json!({"after": {"attribute": "a", "than": "2026-01-01"}}),
            json!({"a": "2026-01-02"}),
            json!({"a": 0}),
            "a is a time after 2026-01-01T00:00:00Z",
        ),
        (
            json!({"ip": {"attribute": "a", "in": ["10.0.0.0/8"]}}),
            json!({"a": "10.1.2.3"}),
            json!({"a": "11.1.2.3"}),
            "a is an IP address in 10.0.0.0/8",
        ),
        (
            json!({"size": {"attribute": "a", "atLeast": 2}}),
            json!({"a": [1, 2]}),
            json!({"a": [1]}),
            "a is a list of at least 2 items",
        ),
    ];
    for (condition, yes, no, words) in cases {
        for (given, held) in [(yes, true), (no, false)] {
            let explanation = asked(&condition, &given);
            let step = &explanation.steps[0];
            assert_eq!((step.asks.as_str(), step.held), (words, Some(held)), "{condition} of {given}");
            let (operator, _) = condition.as_object().unwrap().iter().next().unwrap();
            assert_eq!(step.operator, operator);
            assert_eq!(step.place, "/flags/x/rules/0/if");
            assert_eq!(explanation.decision.variant, if held { "on" } else { "off" }, "{condition} of {given}");
            assert_eq!(step.attribute.as_ref().unwrap().name, "a");
        }
    }
}

#[test]
fn a_regular_expression_is_shown_as_it_was_written() {
    let explanation = asked(&json!({"matches": {"attribute": "a", "pattern": "^a+$"}}), &json!({"a": "b"}));
    assert_eq!(explanation.steps[0].asks, "a matches \"^a+$\"");
}

#[test]
fn questions_about_the_time_and_other_flags_need_no_attribute() {
    let cases = [
        (json!({"weekday": {"days": ["sun"]}}), true, "the day is Sun (at +00:00)"),
        (json!({"weekday": {"days": ["mon", "tue"], "offset": "-01:30"}}), false, "the day is Mon, Tue (at -01:30)"),
        (
            json!({"timeOfDay": {"from": "09:00", "until": "10:00"}}),
            false,
            "the time of day is 09:00 or later, before 10:00 (at +00:00)",
        ),
        (json!({"flag": {"key": "other", "is": ["off"]}}), true, "flag other serves \"off\""),
    ];
    for (condition, held, words) in cases {
        let explanation = asked(&condition, &json!({}));
        assert_eq!((explanation.steps[0].asks.as_str(), explanation.steps[0].held), (words, Some(held)));
    }
    let explanation = asked(&json!({"flag": {"key": "other", "is": ["on"]}}), &json!({}));
    assert_eq!(explanation.steps[0].serves.as_ref().unwrap().variant, "off");
}

#[test]
fn a_wrong_type_is_named_as_such() {
    let cases = [
        (json!({"atLeast": {"attribute": "a", "than": 3}}), json!({"a": "5"}), "a is a text; a number is asked for"),
        (json!({"equals": {"attribute": "a", "value": "1"}}), json!({"a": 1}), "a is a number; a text is asked for"),
        (json!({"equals": {"attribute": "a", "value": true}}), json!({}), "a is missing; a boolean is asked for"),
        (
            json!({"equals": {"attribute": "country", "value": "DE"}}),
            json!({"Country": "DE"}),
            "country is missing; a text is asked for (the context has Country)",
        ),
        (json!({"equals": {"attribute": "a", "value": "x"}}), json!({"a": ["x"]}), "a is a list; a text is asked for"),
        (
            json!({"equals": {"attribute": "a", "value": "x", "list": "any"}}),
            json!({"a": "x"}),
            "a is a text; a list is asked for",
        ),
        (
            json!({"equals": {"attribute": "a", "value": "x", "list": "all"}}),
            json!({"a": ["x", 1]}),
            "a is a list with other items, too; a text is asked for",
        ),
        (
            json!({"version": {"attribute": "a", "range": "^1.2"}}),
            json!({"a": "new"}),
            "a is a text that is no version; a version is asked for",
        ),
        (
            json!({"before": {"attribute": "a", "than": 5}}),
            json!({"a": "soon"}),
            "a is a text that is no time; a time is asked for",
        ),
        (
            json!({"ip": {"attribute": "a", "in": ["10.0.0.0/8"]}}),
            json!({"a": "10.0.0"}),
            "a is a text that is no IP address; an IP address is asked for",
        ),
        (
            json!({"equals": {"attribute": "a", "value": "x"}}),
            json!({"a": "y".repeat(1_025)}),
            "a is unusable; a text is asked for (It is a text of 1025 bytes; 1024 are allowed.)",
        ),
    ];
    for (condition, given, words) in cases {
        let explanation = asked(&condition, &given);
        assert_eq!(explanation.steps[0].trouble.as_deref(), Some(words));
        assert_eq!(explanation.steps[0].held, Some(false));
        assert!(explanation.to_string().contains(words));
    }
    let right = asked(&json!({"atLeast": {"attribute": "a", "than": 3}}), &json!({"a": 2}));
    assert_eq!(right.steps[0].trouble, None);
}

/// A flag with everything that stands before and in rules.
fn everything() -> Document {
    document(&json!({
        "format": 1,
        "segments": { "europe": { "if": { "in": { "attribute": "country", "values": ["DE", "FR"] } } } },
        "layers": { "page": { "salt": "page" } },
        "holdouts": { "all": { "salt": "all", "below": 429_496_729_u32 } },
        "metrics": { "orders": { "event": "order" } },
        "flags": {
            "base": flag(&json!([{ "if": { "equals": { "attribute": "plan", "value": "pro" } }, "serve": "on" }])),
            "x": {
                "kind": "boolean", "variants": { "on": true, "off": false }, "off": "off", "otherwise": "off",
                "prerequisites": [{ "key": "base", "is": ["on"] }],
                "forced": [{ "serve": "on", "ids": ["tester"] }],
                "holdout": "all",
                "rules": [
                    { "if": { "not": { "segment": "europe" } }, "from": "2026-01-01", "until": "2027-01-01", "serve": "on",
                        "rollout": { "salt": "x", "below": 2_147_483_648_u32 } },
                    { "serve": "on", "if": { "exists": { "attribute": "early" } }, "ramp": { "salt": "x", "linear": true,
                        "points": [["2026-11-22T00:00Z", 0], ["2026-11-22T20:00Z", 4_294_967_296_u64]] } },
                    { "experiment": "waits" },
                    { "experiment": "test" },
                    { "serve": "on" }
                ]
            }
        },
        "experiments": {
            "waits": { "flag": "x", "metric": "orders", "control": "off" },
            "test": { "flag": "x", "metric": "orders", "control": "off", "sticky": true,
                "slot": { "layer": "page", "from": 0, "below": 4_294_967_296_u64 },
                "run": { "id": "test-1", "salt": "test-1", "epoch": 1, "rollout": 4_000_000_000_u32,
                    "split": [[2_147_483_648_u32, "off"], [4_294_967_296_u64, "on"]] } }
        }
    }))
}

#[test]
fn every_rule_has_an_outcome_and_every_draw_its_share() {
    let document = everything();
    let explanation = of(&document, "x", &json!({ "unit": "ada", "country": "DE", "plan": "pro", "early": 1 }));
    let outcomes: Vec<_> = explanation.rules.iter().map(|path| path.outcome).collect();
    assert_eq!(outcomes[0], Outcome::Passed, "{explanation}");
    assert_eq!(outcomes[2], Outcome::NotRunning);
    assert_eq!(outcomes[4], Outcome::NotReached);
    let segment = explanation.steps.iter().find(|step| step.place == "/segments/europe/if").unwrap();
    assert_eq!(segment.via, ["/flags/x/rules/0/if/not/segment"]);
    assert_eq!((segment.held, segment.inverted, segment.rule), (Some(true), true, Some(0)));
    let ramp = explanation.steps.iter().find(|step| step.operator == "ramp").unwrap();
    assert_eq!(ramp.asks, "the rollout draw of unit is below 50 %, where the ramp is now");
    for step in &explanation.steps {
        let Some(draw) = &step.draw else { continue };
        assert!(step.held.is_none_or(|held| held == (u64::from(draw.draw) < draw.below)), "{step:?}");
    }
    let base = explanation.steps.iter().find(|step| step.operator == "prerequisite").unwrap();
    assert_eq!(base.serves.as_ref().unwrap().variant, "on");
}

#[test]
fn what_comes_before_the_rules_is_told() {
    let document = everything();
    let forced = of(&document, "x", &json!({ "unit": "tester" }));
    assert!(forced.to_string().contains("because the unit is forced"), "{forced}");
    let unmet = of(&document, "x", &json!({ "unit": "ada" }));
    assert!(unmet.to_string().contains("because a prerequisite is not met"), "{unmet}");
    assert!(unmet.rules.iter().all(|path| path.outcome != Outcome::Passed && path.outcome != Outcome::Matched));
    let nobody = of(&document, "x", &json!({ "plan": "pro" }));
    assert_eq!(nobody.decision.error, Some("TARGETING_KEY_MISSING"));
    let last = nobody.steps.last().unwrap();
    assert_eq!(last.trouble.as_deref(), Some("unit is missing; a text of 1 to 256 bytes is asked for"));
    let kept =
        of(&document, "x", &json!({ "unit": "ada", "country": "DE", "plan": "pro", "sticky": { "test-1": "on" } }));
    assert_eq!((kept.decision.run.as_deref(), kept.decision.variant.as_str()), (Some("test-1"), "on"));
    assert_eq!(kept.steps.iter().filter(|step| step.operator == "sticky").count(), 2, "{kept}");
}

#[test]
fn a_flag_that_is_not_there_is_a_problem_that_names_those_that_are() {
    let given = serde_json::Map::new();
    let problems = explain(everything(), "z", &given, NOW).unwrap_err();
    assert_eq!(problems[0].cause, "There is no flag z.");
    assert_eq!(problems[0].fix, "Ask for one of base, x.");
}

#[test]
fn unusable_attributes_are_warned_of() {
    let many = vec![0; 65];
    let given =
        json!({ "long": "x".repeat(1_025), "many": many, "user": { "plan": { "deep": 1 } }, "a": {}, "b": [1, null] });
    let rules = json!([{ "if": { "any": [
        { "exists": { "attribute": "/user/plan" } }, { "exists": { "attribute": "a" } }
    ] }, "serve": "on" }]);
    let explanation = of(&document(&json!({ "format": 1, "flags": { "x": flag(&rules) } })), "x", &given);
    let names: Vec<_> = explanation.warnings.iter().map(|warning| warning.attribute.as_str()).collect();
    assert_eq!(names, ["/user/plan", "a", "b", "long", "many"]);
    assert_eq!(explanation.warnings[3].why, "It is a text of 1025 bytes; 1024 are allowed.");
    assert!(explanation.warnings[2].why.ends_with("item 1: It is null."));
}

/// Conditions over a few attributes, and a segment in between.
fn conditions() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        (0..4_u8).prop_map(|name| json!({ "exists": { "attribute": format!("a{name}") } })),
        (0..4_u8, 0..3_i64)
            .prop_map(|(name, than)| json!({ "less": { "attribute": format!("a{name}"), "than": than } })),
        Just(json!({ "segment": "some" })),
        (0..=4_294_967_296_u64).prop_map(|below| json!({ "draw": { "salt": "c", "below": below } })),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| json!({ "all": parts })),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| json!({ "any": parts })),
            inner.prop_map(|part| json!({ "not": part })),
        ]
    })
}

/// What the answers of an explanation make of a condition: nothing where it was not asked.
fn truth(condition: &Value, place: &str, lead: &[String], explanation: &Explanation) -> Option<bool> {
    let (name, inner) = condition.as_object().unwrap().iter().next().unwrap();
    let row = || -> Vec<Option<bool>> {
        let parts = inner.as_array().unwrap().iter().enumerate();
        parts.map(|(at, part)| truth(part, &format!("{place}/{name}/{at}"), lead, explanation)).collect()
    };
    match name.as_str() {
        "all" if row().contains(&Some(false)) => Some(false),
        "all" => row().into_iter().all(|part| part == Some(true)).then_some(true),
        "any" if row().contains(&Some(true)) => Some(true),
        "any" => row().into_iter().all(|part| part == Some(false)).then_some(false),
        "not" => truth(inner, &format!("{place}/not"), lead, explanation).map(|yes| !yes),
        "segment" => {
            let lead = [lead, &[format!("{place}/segment")]].concat();
            let some = json!({ "exists": { "attribute": "a0" } });
            truth(&some, "/segments/some/if", &lead, explanation)
        }
        // All units are below the end of all draws, which nobody needs to ask.
        "draw" if inner["below"] == json!(4_294_967_296_u64) => Some(true),
        _ => explanation.steps.iter().find(|step| step.place == place && step.via == lead)?.held,
    }
}

proptest! {
    #[test]
    fn the_decision_is_the_one_of_the_evaluation_and_follows_from_the_answers(
        rules in prop::collection::vec(conditions(), 1..4),
        values in prop::collection::vec(prop_oneof![Just(Value::Null), (0..3_i64).prop_map(|n| json!(n)), Just(json!("text"))], 4),
    ) {
        let all: Vec<_> = rules.iter().map(|condition| json!({ "if": condition, "serve": "on" })).collect();
        let document = document(&json!({
            "format": 1,
            "segments": { "some": { "if": { "exists": { "attribute": "a0" } } } },
            "flags": { "x": flag(&json!(all)) }
        }));
        let Ok(body) = compile(&document, Audience::Edge) else { return Ok(()) };
        let mut given = json!({ "unit": "ada" });
        for (name, value) in values.iter().enumerate() {
            given[format!("a{name}")] = value.clone();
        }
        let explanation = of(&document, "x", &given);
        let bytes = body.seal(1);
        let snapshot = Snapshot::verify(&bytes).unwrap();
        let record = context::record(&context::attributes(&snapshot), given.as_object().unwrap());
        let mut decisions = vec![0; snapshot.count(Section::Flags) as usize * DECISION];
        evaluate(&snapshot, Context(&record), NOW, &mut decisions).unwrap();
        let variant = if decisions[0] == 1 { "on" } else { "off" };
        prop_assert_eq!(&explanation.decision.variant, variant);
        let rule = u16::from_le_bytes([decisions[4], decisions[5]]);
        prop_assert_eq!(explanation.decision.rule, Some(rule).filter(|rule| *rule != u16::MAX));
        for (index, condition) in rules.iter().enumerate() {
            let holds = truth(condition, &format!("/flags/x/rules/{index}/if"), &[], &explanation);
            match explanation.rules[index].outcome {
                Outcome::Matched => prop_assert_eq!(holds, Some(true)),
                Outcome::Passed => prop_assert_eq!(holds, Some(false)),
                Outcome::NotReached => prop_assert!(explanation.decision.rule.is_some_and(|rule| usize::from(rule) < index)),
                other => prop_assert!(false, "{:?}\n{}", other, explanation),
            }
        }
    }
}
