//! Advice: each kind where it is due, and not where something looks like it.

use pointsman::compile::{Audience, compile};
use pointsman::document::{self, Document};
use pointsman::lint::{Code, Facts, lint};
use pointsman::time::Millis;
use serde_json::{Value as Json, json};

const ALL: u64 = 1 << 32;
const DAY: i64 = 86_400_000;

fn read(document: &Json) -> Document {
    let document = document::read(document.to_string().as_bytes()).unwrap_or_else(|problems| panic!("{problems:?}"));
    let compiled = compile(&document, Audience::Edge);
    assert!(compiled.is_ok(), "advice is for documents that compile: {compiled:?}");
    document
}

/// The places of all advice of a kind.
fn places(document: &Json, facts: &Facts, code: Code) -> Vec<String> {
    let advice = lint(&read(document), facts).into_iter().filter(|advice| advice.code == code);
    advice.map(|advice| advice.pointer).collect()
}

#[allow(clippy::needless_pass_by_value, reason = "literals read better")]
fn flag(rules: Json) -> Json {
    json!({"format": 1, "flags": {"hero": {"kind": "string", "variants": {"a": "A", "b": "B"}, "off": "a",
        "otherwise": "a", "rules": rules}}})
}

fn with(mut document: Json, pointer: &str, value: Json) -> Json {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[key] = value;
    document
}

fn at(days: i64) -> Facts<'static> {
    Facts { now: Some(Millis(days * DAY)), ..Facts::default() }
}

fn rollout(salt: &str, below: u64) -> Json {
    json!({"salt": salt, "below": below})
}

#[test]
fn a_rule_that_nobody_comes_to_is_named() {
    let country = |names: &[&str]| json!({"in": {"attribute": "country", "values": names}});
    let nz = json!({"equals": {"attribute": "country", "value": "NZ"}});
    let exists = json!({"exists": {"attribute": "x"}});
    let of = |first: Json, second: Json| places(&flag(json!([first, second])), &at(10), Code::UnreachableRule);
    let serve = |condition: &Json| json!({"if": condition, "serve": "b"});
    let due = ["/flags/hero/rules/1"];
    assert_eq!(of(json!({"serve": "b"}), serve(&nz)), due);
    assert_eq!(of(json!({"serve": "b", "rollout": rollout("s", ALL)}), serve(&nz)), due);
    assert_eq!(of(json!({"serve": "b", "rollout": rollout("s", ALL - 1)}), serve(&nz)), [""; 0]);
    assert_eq!(of(serve(&nz), serve(&nz)), due);
    assert_eq!(of(serve(&country(&["NZ", "AU"])), serve(&nz)), due, "a subset of a list");
    assert_eq!(of(serve(&nz), serve(&country(&["NZ", "AU"]))), [""; 0], "the larger list comes later");
    assert_eq!(of(serve(&nz), serve(&json!({"all": [nz, exists]}))), due, "an earlier rule asks less");
    assert_eq!(of(serve(&json!({"all": [nz, exists]})), serve(&nz)), [""; 0]);
    assert_eq!(of(serve(&json!({"any": [exists, nz]})), serve(&nz)), due);
    assert_eq!(of(serve(&json!({"any": [exists, nz]})), serve(&json!({"any": [nz, country(&["AU"])]}))), [""; 0]);
    let nested = |below: u64| json!({"serve": "b", "rollout": rollout("s", below)});
    assert_eq!(of(nested(100), nested(100)), due, "the same draws");
    assert_eq!(of(nested(100), nested(101)), [""; 0], "more of the same draws");
    assert_eq!(of(json!({"serve": "b", "until": 11 * DAY}), serve(&nz)), [""; 0], "until then");
    assert_eq!(of(json!({"serve": "b", "from": 11 * DAY}), serve(&nz)), [""; 0], "not yet");
    assert_eq!(of(json!({"serve": "b", "from": 9 * DAY}), serve(&nz)), due);
    assert_eq!(of(serve(&nz), json!({"serve": "b", "until": 9 * DAY})), due, "its time has passed");
    let listed = |each: &str| json!({"in": {"attribute": "roles", "values": ["x", "y"], "list": each}});
    let one = json!({"in": {"attribute": "roles", "values": ["x"], "list": "none"}});
    assert_eq!(of(serve(&listed("none")), serve(&one)), [""; 0], "none of more is the stronger");
}

#[test]
fn a_unit_that_is_forced_twice_is_named() {
    let of = |second: Json| {
        let forced = json!([{"serve": "b", "ids": ["ada", "alan"]}, second]);
        places(&with(flag(json!([])), "/flags/hero/forced", forced), &Facts::default(), Code::ForcedTwice)
    };
    assert_eq!(of(json!({"serve": "a", "ids": ["grace", "ada"]})), ["/flags/hero/forced/1/ids/1"]);
    assert_eq!(of(json!({"serve": "a", "ids": ["ada"], "unit": "account"})), [""; 0]);
}

#[test]
fn draws_that_are_not_independent_are_named() {
    let draw = |salt: &str, below: u64, unit: &str| json!({"draw": {"salt": salt, "below": below, "unit": unit}});
    let of = |condition: Json, other: Json| {
        let mut document = flag(json!([{"if": condition, "serve": "b"}]));
        document["flags"]["other"] = document["flags"]["hero"].clone();
        document["flags"]["other"]["rules"] = json!([{"if": other, "serve": "b"}]);
        places(&document, &Facts::default(), Code::DependentDraws)
    };
    let none = draw("z", 1, "unit");
    let both = |salt: &str| json!({"all": [draw("a", 5, "unit"), draw(salt, 9, "unit")]});
    assert_eq!(of(both("a"), none.clone()), ["/flags/hero/rules/0/if/all/1"]);
    assert_eq!(of(both("b"), none.clone()), [""; 0]);
    assert_eq!(of(json!({"any": [draw("a", 5, "unit"), draw("a", 9, "unit")]}), none), [""; 0], "either is enough");
    assert_eq!(of(draw("a", 5, "unit"), draw("a", 5, "unit")), ["/flags/other/rules/0/if/draw/salt"]);
    assert_eq!(of(draw("a", 5, "unit"), draw("a", 5, "account")), ["/flags/other/rules/0/if/draw/unit"]);
}

#[test]
fn weights_that_move_more_than_they_must_are_named() {
    let split = |ranges: Json| flag(json!([{"split": {"salt": "s", "ranges": ranges}}]));
    let old = split(json!([[ALL / 2, "a"], [ALL, "b"]]));
    let before = read(&old);
    let facts = Facts { before: Some(&before), ..Facts::default() };
    let of = |ranges: Json| lint(&read(&split(ranges)), &facts);
    let more = of(json!([[ALL / 2, "b"], [ALL, "a"]]));
    assert_eq!(more[0].pointer, "/flags/hero/rules/0/split/ranges");
    assert_eq!(
        more[0].cause,
        "100.00 % of the units change their variant, where 0.00 % would do: 100.00 % more than necessary."
    );
    assert_eq!(of(json!([[ALL / 4, "a"], [ALL, "b"]])), []);
    assert_eq!(places(&old, &Facts::default(), Code::WeightsMoveMore), [""; 0]);
}

fn tested() -> Json {
    let mut document = flag(json!([{"experiment": "e"}]));
    document["metrics"] = json!({"orders": {"event": "order"}});
    document["experiments"] = json!({"e": {"flag": "hero", "metric": "orders", "control": "a"}});
    document
}

#[test]
fn a_metric_without_traffic_is_named() {
    let of = |events: &[&str]| {
        let events = events.iter().map(|event| (event.to_string(), ())).collect();
        places(&tested(), &Facts { events: Some(&events), ..Facts::default() }, Code::MetricWithoutTraffic)
    };
    assert_eq!(of(&["ordered"]), ["/metrics/orders/event"]);
    assert_eq!(of(&["ordered", "order"]), [""; 0]);
    assert_eq!(places(&tested(), &Facts::default(), Code::MetricWithoutTraffic), [""; 0], "nothing is known of events");
}

#[test]
fn what_has_been_at_its_end_for_long_is_named() {
    let of = |rules: Json, changed: i64| {
        let changed = [("hero".to_string(), Millis(changed * DAY))].into_iter().collect();
        places(&flag(rules), &Facts { changed: Some(&changed), ..at(100) }, Code::Stale)
    };
    assert_eq!(of(json!([{"serve": "b"}]), 60), ["/flags/hero"]);
    assert_eq!(of(json!([{"serve": "b"}]), 80), [""; 0], "changed lately");
    assert_eq!(of(json!([{"serve": "b", "rollout": rollout("s", 7)}]), 60), [""; 0], "two variants are met");
    assert_eq!(of(json!([{"serve": "b", "until": 60 * DAY}]), 80), ["/flags/hero/rules/0/until"]);
    assert_eq!(of(json!([{"serve": "b", "until": 80 * DAY}]), 80), [""; 0]);
    let ramp = |days: i64| json!([{"serve": "b", "ramp": {"salt": "s", "points": [[DAY, 7], [days * DAY, 9]]}}]);
    assert_eq!(of(ramp(60), 80), ["/flags/hero/rules/0/ramp"]);
    assert_eq!(of(ramp(80), 80), [""; 0]);
}

#[test]
fn what_browsers_can_read_of_addresses_is_named() {
    let of = |client: bool, condition: Json| {
        let mut document = flag(json!([{"if": {"segment": "staff"}, "serve": "b"}]));
        document["segments"] = json!({"staff": {"if": condition}});
        document["flags"]["hero"]["client"] = json!(client);
        places(&document, &Facts::default(), Code::ReadableEmail)
    };
    let ends = |with: &str| json!({"ends": {"attribute": "email", "with": with}});
    assert_eq!(of(true, ends("@acme.example")), ["/segments/staff/if/ends"]);
    assert_eq!(of(false, ends("@acme.example")), [""; 0]);
    assert_eq!(of(true, ends("acme.example")), [""; 0]);
    assert_eq!(
        of(true, json!({"equals": {"attribute": "email", "value": "ada@acme.example"}})),
        [""; 0],
        "a fingerprint"
    );
}

#[test]
fn a_flag_that_nears_its_limit_of_steps_is_named() {
    let of = |steps: usize| {
        let question = |n| json!({"exists": {"attribute": format!("a{}", n % 100)}});
        // The rule serves, and then the flag does: two steps more.
        let rule = json!({"if": {"any": (0..steps - 2).map(question).collect::<Vec<_>>()}, "serve": "b"});
        places(&flag(json!([rule])), &Facts::default(), Code::ManySteps)
    };
    assert_eq!(of(2049), ["/flags/hero/rules"]);
    assert_eq!(of(2048), [""; 0]);
}

#[test]
fn what_nothing_uses_is_named() {
    let mut document = tested();
    document["segments"] = json!({"x": {"if": {"exists": {"attribute": "a"}}}, "y": {"if": {"segment": "x"}}});
    document["layers"] = json!({"l": {"salt": "l"}});
    document["holdouts"] = json!({"h": {"salt": "h", "below": 7}});
    document["metrics"]["clicks"] = json!({"event": "click"});
    let of = |document: &Json| places(document, &Facts::default(), Code::Unused);
    assert_eq!(of(&document), ["/holdouts/h", "/layers/l", "/metrics/clicks", "/segments/y"]);
    document["flags"]["hero"]["holdout"] = json!("h");
    document["experiments"]["e"]["slot"] = json!({"layer": "l", "below": 7});
    document["experiments"]["e"]["guardrails"] = json!(["clicks"]);
    document["flags"]["hero"]["rules"] = json!([{"if": {"not": {"segment": "y"}}, "serve": "b"}]);
    assert_eq!(of(&document), [""; 0]);
}

#[test]
fn a_flag_that_is_off_and_built_on_is_named() {
    let of = |enabled: bool| {
        let mut document = flag(json!([{"if": {"flag": {"key": "base", "is": ["b"]}}, "serve": "b"}]));
        document["flags"]["base"] = document["flags"]["hero"].clone();
        document["flags"]["base"]["rules"] = json!([]);
        document["flags"]["base"]["enabled"] = json!(enabled);
        places(&document, &Facts::default(), Code::BuildsOnOff)
    };
    assert_eq!(of(false), ["/flags/hero/rules/0/if/flag/key"]);
    assert_eq!(of(true), [""; 0]);
}

#[test]
fn a_run_that_no_rule_names_is_named() {
    let of = |rules: Json, archived: bool| {
        let mut document = tested();
        document["experiments"]["e"]["run"] =
            json!({"id": "e-1", "salt": "e-1", "epoch": 1, "rollout": ALL, "split": [[ALL, "a"]]});
        document["flags"]["hero"]["rules"] = rules;
        document["flags"]["hero"]["archived"] = json!(archived);
        places(&document, &Facts::default(), Code::Unused)
    };
    let runs = |places: Vec<String>| places.into_iter().filter(|place| place.starts_with("/experiments")).count();
    assert_eq!(of(json!([]), false), ["/experiments/e/run"]);
    assert_eq!(runs(of(json!([{"experiment": "e"}]), false)), 0);
    assert_eq!(runs(of(json!([]), true)), 0, "an archived flag has no visitors");
}

#[test]
fn a_number_in_another_unit_is_named() {
    let of = |rule: Json| places(&flag(json!([rule])), &Facts::default(), Code::OtherUnit);
    let rolled = |below: u64| of(json!({"serve": "b", "rollout": rollout("s", below)}));
    assert_eq!(rolled(25), ["/flags/hero/rules/0/rollout/below"]);
    assert_eq!([rolled(0), rolled(101), rolled(ALL / 4)], [const { Vec::<String>::new() }; 3]);
    let ramp = json!({"salt": "s", "points": [[1_795_341_600, 5], ["2027-01-01", ALL]]});
    assert_eq!(
        of(json!({"serve": "b", "ramp": ramp})),
        ["/flags/hero/rules/0/ramp/points/0/0", "/flags/hero/rules/0/ramp/points/0/1"]
    );
    assert_eq!(of(json!({"serve": "b", "from": 1_795_341_600})), ["/flags/hero/rules/0/from"]);
    assert_eq!(of(json!({"serve": "b", "from": 1_795_341_600_000_i64, "until": "2027-01-01"})), [""; 0]);
    let draw = json!({"draw": {"salt": "d", "below": 50}});
    assert_eq!(
        of(json!({"serve": "b", "if": {"not": {"any": [draw]}}})),
        ["/flags/hero/rules/0/if/not/any/0/draw/below"]
    );
    let birthday = json!({"before": {"attribute": "born", "than": 700_000_000_000_i64}});
    assert_eq!(of(json!({"serve": "b", "if": birthday})), [""; 0], "people are born before 2000");
}
