//! Who would meet something new: by the core's arithmetic, and by asking many visitors.

use pointsman::blast::{Growth, Moved, TooManyConditions, growth, moved, refuse};
use pointsman::compile::{Audience, compile};
use pointsman::context::{self, Context, Value};
use pointsman::document::{self, Code, Document};
use pointsman::evaluate::{Reason, decide};
use pointsman::snapshot::Snapshot;
use pointsman::time::Millis;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::time::Instant;

const ALL: u64 = 1 << 32;
const STEPS: [u8; 3] = [5, 25, 50];

fn share(percent: u64) -> u64 {
    percent * ALL / 100
}

/// The flag `hero` with these rules, whose experiment has a run with this rollout, if any.
fn hero(rules: &Json, run: Option<u64>) -> Json {
    let mut document = json!({
        "format": 1,
        "flags": {"hero": {"kind": "string", "variants": {"off": "Coffee", "fresh": "Fresh coffee", "bold": "COFFEE"},
            "off": "off", "otherwise": "off", "rules": rules}},
        "metrics": {"orders": {"event": "order"}},
        "experiments": {"hero": {"flag": "hero", "metric": "orders", "control": "off"}},
        "pages": {"landing": {"path": "/", "flag": "hero",
            "variants": {"fresh": [{"select": "h1", "change": {"text": "Fresh coffee"}}]}}}
    });
    if let Some(rollout) = run {
        document["experiments"]["hero"]["run"] = json!({"id": "hero-1", "salt": "hero-1", "epoch": 1,
            "rollout": rollout, "split": [[ALL / 2, "off"], [ALL, "fresh"]]});
    }
    document
}

fn fresh(percent: u64) -> Json {
    hero(&json!([{"serve": "fresh", "rollout": {"salt": "ship", "below": share(percent)}}]), None)
}

fn in_test(percent: u64) -> Json {
    hero(&json!([{"experiment": "hero"}]), Some(share(percent)))
}

fn with(mut document: Json, pointer: &str, value: Json) -> Json {
    *document.pointer_mut(pointer).unwrap() = value;
    document
}

fn read(document: &Json) -> Document {
    document::read(document.to_string().as_bytes()).unwrap()
}

fn grown(old: &Json, new: &Json) -> Vec<Growth> {
    growth(&read(old), &read(new)).unwrap()
}

/// The shares of all growths, and whether the steps let them pass.
fn judged(old: &Json, new: &Json) -> (Vec<(u64, u64)>, bool) {
    let growths = grown(old, new);
    let passes = refuse(&growths, &STEPS).is_empty();
    (growths.iter().map(|growth| (growth.before, growth.after)).collect(), passes)
}

fn nothing() -> Json {
    json!({"format": 1})
}

#[test]
fn a_ramp_passes_step_by_step_and_no_step_is_left_out() {
    let ramp = [0, 5, 25, 50, 100];
    for of in [fresh, in_test] {
        for (from, below) in ramp.into_iter().enumerate() {
            for (to, above) in ramp.into_iter().enumerate().skip(from + 1) {
                let due = (vec![(share(below), share(above))], to == from + 1);
                assert_eq!(judged(&of(below), &of(above)), due, "{below} % to {above} %");
                assert_eq!(judged(&of(above), &of(below)), (vec![], true), "back to {below} %");
            }
        }
    }
}

#[test]
fn a_rounded_share_is_meant_as_the_step() {
    let of = |below: u64| hero(&json!([{"serve": "fresh", "rollout": {"salt": "ship", "below": below}}]), None);
    for (five, quarter) in [(214_748_364, ALL / 4), (214_748_365, ALL / 4 - 1), (214_750_000, ALL / 4 + 1)] {
        assert!(judged(&of(0), &of(five)).1 && judged(&of(five), &of(quarter)).1, "{five} {quarter}");
        assert!(!judged(&of(five), &of(ALL / 2)).1);
    }
    assert!(!judged(&of(0), &of(share(6))).1);
}

#[test]
fn attribute_targeting_to_everyone_is_refused() {
    let country = |names: &[&str]| json!({"in": {"attribute": "country", "values": names}});
    let (zealand, both) = (country(&["NZ"]), country(&["NZ", "AU"]));
    let of = |condition: &Json| hero(&json!([{"if": condition, "serve": "fresh"}]), None);
    let all = hero(&json!([{"serve": "fresh"}]), None);
    let everyone = (vec![(0, ALL)], false);
    assert_eq!(judged(&of(&zealand), &all), everyone);
    assert_eq!(judged(&of(&zealand), &of(&both)), everyone, "everyone in Australia is a group, too");
    assert_eq!(judged(&all, &of(&zealand)), (vec![], true));
    assert_eq!(judged(&hero(&json!([]), None), &of(&zealand)), everyone);
    assert_eq!(judged(&of(&zealand), &of(&json!({"not": zealand}))), everyone);
    let late = hero(&json!([{"from": 1_000, "serve": "fresh"}]), None);
    assert_eq!(judged(&hero(&json!([]), None), &late), everyone, "later is not never");
}

#[test]
fn a_change_of_what_everybody_meets_is_refused() {
    let all = hero(&json!([{"serve": "fresh"}]), None);
    let everyone = (vec![(0, ALL)], false);
    assert_eq!(judged(&all, &with(all.clone(), "/flags/hero/variants/fresh", json!("Fresh tea"))), everyone);
    let edit = "/pages/landing/variants/fresh/0/change/text";
    assert_eq!(judged(&all, &with(all.clone(), edit, json!("Fresh tea"))), everyone);
    assert_eq!(judged(&all, &with(all.clone(), "/pages/landing/path", json!("/*"))), everyone);
    assert_eq!(judged(&fresh(5), &with(fresh(5), edit, json!("Fresh tea"))), (vec![(0, share(5))], true));
    let renamed: Json = serde_json::from_str(&all.to_string().replace("\"fresh\"", "\"new\"")).unwrap();
    assert_eq!(judged(&all, &renamed), (vec![], true), "a name is nothing that people meet");
}

#[test]
fn a_flag_cannot_reach_everyone_in_one_step() {
    let off = hero(&json!([]), None);
    let disabled = |mut document: Json| {
        document["flags"]["hero"]["enabled"] = json!(false);
        document
    };
    let always = hero(&json!([{"serve": "fresh"}]), None);
    let (before, after) = (json!([{"until": 7, "serve": "fresh"}]), json!([{"from": 7, "serve": "fresh"}]));
    let ways = [
        (off.clone(), always.clone()),
        (off.clone(), fresh(100)),
        (off.clone(), in_test(100)),
        (off.clone(), with(off.clone(), "/flags/hero/otherwise", json!("fresh"))),
        (disabled(off.clone()), with(disabled(off.clone()), "/flags/hero/off", json!("fresh"))),
        (disabled(always.clone()), always.clone()),
        (off.clone(), with(off.clone(), "/flags/hero/variants/off", json!("Tea"))),
        (always.clone(), with(always.clone(), "/flags/hero/rules/0/serve", json!("bold"))),
        (nothing(), always),
        (off.clone(), hero(&before, None)),
        (off, hero(&after, None)),
    ];
    for (old, new) in &ways {
        for steps in [&STEPS[..], &[], &[100], &[0], &[255, 0, 100], &[99], &[1]] {
            assert_eq!(refuse(&grown(old, new), steps).len(), 1, "{new} {steps:?}");
        }
    }
}

#[test]
fn what_is_switched_off_grows_nothing_and_what_is_switched_on_does() {
    for on in [fresh(100), in_test(100), hero(&json!([{"serve": "fresh"}]), None)] {
        let off = with(on.clone(), "/flags/hero", {
            let mut flag = on["flags"]["hero"].clone();
            flag["enabled"] = json!(false);
            flag
        });
        assert_eq!(judged(&on, &off), (vec![], true));
        assert_eq!(judged(&off, &on), (vec![(0, ALL)], false));
        assert_eq!(judged(&on, &nothing()), (vec![], true));
        assert_eq!(judged(&nothing(), &on), (vec![(0, ALL)], false));
        let other = with(off, "/flags/hero/off", json!("bold"));
        assert_eq!(judged(&on, &other), (vec![(0, ALL)], false), "off is safe only as it was");
    }
    assert_eq!(judged(&nothing(), &fresh(5)), (vec![(0, share(5))], true));
    let edited = json!({"landing": {"path": "/", "flag": "hero",
        "variants": {"off": [{"select": "h1", "change": {"remove": true}}]}}});
    assert_eq!(judged(&nothing(), &with(fresh(0), "/pages", edited)), (vec![(0, ALL)], false), "edits are not off");
}

#[test]
fn whoever_moves_in_while_others_move_out_is_counted() {
    let of = |salt: &str, below: u64| {
        hero(&json!([{"serve": "fresh", "rollout": {"salt": salt, "below": share(below)}}]), None)
    };
    assert_eq!(judged(&of("ship", 50), &of("other", 50)), (vec![(ALL / 2, ALL / 4 * 3)], true));
    assert_eq!(judged(&of("ship", 25), &of("other", 50)), (vec![(ALL / 4, ALL / 8 * 5)], false));
    let nested = |first: &str, second: &str| {
        let part = |variant: &str, salt: &str, percent| json!({"serve": variant, "rollout": {"salt": salt, "below": share(percent)}});
        hero(&json!([part("bold", first, 25), part("fresh", second, 50)]), None)
    };
    let shares = |document: &Json| -> Vec<_> {
        grown(&nothing(), document).into_iter().map(|growth| (growth.variant, growth.after)).collect()
    };
    let due = |fresh: u64| [("bold", ALL / 4), ("fresh", fresh)].map(|(name, share)| (name.to_string(), share));
    assert_eq!(shares(&nested("ship", "ship")), due(ALL / 4), "the same draws are nested");
    assert_eq!(shares(&nested("ship", "other")), due(ALL / 8 * 3), "other draws are independent");
}

#[test]
fn a_refusal_says_how_far_it_would_go_and_where_to_go_first() {
    let said = |old: &Json, new: &Json| -> Vec<_> {
        let problems = refuse(&grown(old, new), &STEPS);
        assert!(problems.iter().all(|problem| problem.code == Code::Exposure && problem.pointer == "/flags/hero"));
        problems.into_iter().map(|problem| format!("{} {}", problem.cause, problem.fix)).collect()
    };
    let whole = "“fresh” would go from 0 % to 100 % of the visitors at once. Take it to 5 % first.";
    assert_eq!(said(&fresh(0), &fresh(100)), [whole]);
    let part = "“fresh” would go from 12 % to 50 % of the visitors at once. Take it to 25 % first.";
    assert_eq!(said(&fresh(12), &fresh(50)), [part]);
    let zealand = json!({"equals": {"attribute": "country", "value": "NZ"}});
    let group = "“fresh” would go from 0 % to 100 % of one group of visitors at once. Take it to 5 % first.";
    assert_eq!(said(&fresh(0), &hero(&json!([{"if": zealand, "serve": "fresh"}]), None)), [group]);
    let tiny = hero(&json!([{"serve": "fresh", "rollout": {"salt": "ship", "below": 1}}]), None);
    let nearly = hero(&json!([{"serve": "fresh", "rollout": {"salt": "ship", "below": ALL - 1}}]), None);
    let ends =
        "“fresh” would go from less than 0.01 % to more than 99.99 % of the visitors at once. Take it to 5 % first.";
    assert_eq!(said(&tiny, &nearly), [ends]);
}

#[test]
fn a_preview_says_exactly_who_moves() {
    let of = |old: &Json, new: &Json| moved(&read(old), &read(new), "hero");
    let due = |share, gains, loses| Some(Moved { share, gains, loses });
    let steps = [0, 1, 12_345, ALL / 2, ALL - 1, ALL];
    let slider = |below: u64| hero(&json!([{"serve": "fresh", "rollout": {"salt": "ship", "below": below}}]), None);
    let ramp = |rollout: u64| hero(&json!([{"experiment": "hero"}]), Some(rollout));
    for (low, high) in steps.into_iter().flat_map(|low| steps.map(|high| (low, high))).filter(|(a, b)| a <= b) {
        for (low, high, between) in [(slider(low), slider(high), high - low), (ramp(low), ramp(high), high - low)] {
            assert_eq!(of(&low, &high), due(between, between, 0));
            assert_eq!(of(&high, &low), due(between, 0, between));
        }
    }
    let bold = with(slider(ALL / 2), "/flags/hero/rules/0/serve", json!("bold"));
    assert_eq!(of(&slider(ALL / 2), &bold), due(ALL / 2, ALL / 2, ALL / 2));
    assert_eq!(of(&slider(7), &nothing()), None);
}

#[test]
fn more_than_ten_conditions_are_given_up_by_name() {
    let of = |count: usize, percent: u64| {
        let rule = |n| json!({"if": {"exists": {"attribute": format!("a{n}")}}, "serve": "bold"});
        let mut rules: Vec<_> = (0..count).map(rule).collect();
        rules.push(json!({"serve": "fresh", "rollout": {"salt": "ship", "below": share(percent)}}));
        read(&hero(&json!(rules), None))
    };
    assert_eq!(growth(&of(10, 5), &of(10, 25)).unwrap().len(), 1);
    let flag = "hero".to_string();
    assert_eq!(growth(&of(11, 5), &of(11, 25)), Err(TooManyConditions { flag }));
    assert_eq!(growth(&of(11, 5), &of(11, 5)), Ok(vec![]), "what does not change needs no look");
    assert_eq!(moved(&of(11, 5), &of(11, 25), "hero"), None);
}

#[test]
fn a_hostile_document_is_given_up_soon() {
    let start = Instant::now();
    for salts in [1, 40, 1_000] {
        for conditions in [1, 10] {
            let rule = |n: usize| {
                json!({"if": {"exists": {"attribute": format!("a{}", n % conditions)}}, "serve": "bold",
                    "rollout": {"salt": format!("s{}", n % salts), "below": 1 + n}})
            };
            let of = |last: &str| {
                let rules: Vec<_> = (0..1_000).map(rule).chain([json!({"serve": last})]).collect();
                read(&hero(&json!(rules), None))
            };
            let _ = growth(&of("off"), &of("fresh"));
        }
    }
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

/// What a random flag is made of: its variants' values, whether `v2` edits a page, and everything else of it.
type Parts = (Vec<u8>, bool, bool, usize, usize, Vec<RuleParts>, Option<(u64, u64)>);
/// Condition, window, variant, rollout; variant 3 is the experiment.
type RuleParts = (Option<u8>, bool, usize, Option<(u8, u64)>);

fn threshold() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), Just(ALL), (1..20_u64).prop_map(|part| part * ALL / 20)]
}

fn parts() -> impl Strategy<Value = Parts> {
    let rule =
        (prop::option::of(0..2_u8), prop::bool::weighted(0.2), 0..4_usize, prop::option::of((0..3_u8, threshold())));
    let run = prop::option::of((threshold(), 1..10_u64));
    let values = prop::collection::vec(0..4_u8, 3);
    let rules = prop::collection::vec(rule, 0..5);
    (values, any::<bool>(), prop::bool::weighted(0.9), 0..3_usize, 0..3_usize, rules, run)
}

fn random((values, edited, enabled, off, otherwise, rules, run): &Parts) -> Json {
    let variants: serde_json::Map<_, _> = (0..).zip(values).map(|(n, value)| (format!("v{n}"), json!(value))).collect();
    let rule = |(condition, window, variant, rollout): &RuleParts| {
        let mut rule = match variant {
            3 => json!({"experiment": "e"}),
            _ => json!({"serve": format!("v{variant}")}),
        };
        if let Some(condition) = condition {
            rule["if"] = json!({"equals": {"attribute": format!("c{condition}"), "value": true}});
        }
        if *window {
            rule["from"] = json!(100);
        }
        if let Some((salt, below)) = rollout.filter(|_| *variant != 3) {
            rule["rollout"] = json!({"salt": format!("s{salt}"), "below": below});
        }
        rule
    };
    let mut document = json!({
        "format": 1,
        "flags": {"f": {"kind": "number", "variants": variants, "off": format!("v{off}"), "enabled": enabled,
            "otherwise": format!("v{otherwise}"), "rules": rules.iter().map(rule).collect::<Vec<_>>()}},
        "metrics": {"m": {"event": "order"}},
        "experiments": {"e": {"flag": "f", "metric": "m", "control": "v0"}},
    });
    if *edited {
        let edit = json!([{"select": "h1", "change": {"remove": true}}]);
        document["pages"] = json!({"p": {"path": "/", "flag": "f", "variants": {"v2": edit}}});
    }
    if let Some((rollout, middle)) = run {
        document["experiments"]["e"]["run"] = json!({"id": "r", "salt": "r", "epoch": 1, "rollout": rollout,
            "split": [[ALL / 10 * middle, "v0"], [ALL, "v1"]]});
    }
    document
}

/// A variant's value and edits.
fn thing(document: &Json, variant: &str) -> (Json, Option<Json>) {
    let edits = document.pointer(&format!("/pages/p/variants/{variant}")).cloned();
    (document["flags"]["f"]["variants"][variant].clone(), edits)
}

/// For each of some visitors the things that the running flag may show them.
fn met(document: &Json, context: [bool; 2], now: i64, visitors: usize) -> Vec<Vec<(Json, Option<Json>)>> {
    let bytes = compile(&read(document), Audience::Edge).unwrap().seal(1);
    let snapshot = Snapshot::verify(&bytes).unwrap();
    let manifest: Json = serde_json::from_slice(snapshot.manifest()).unwrap();
    let names: Vec<_> = manifest["attributes"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let of = |number: usize| {
        let unit = format!("visitor-{number}");
        let known = names.iter().enumerate().map(|(slot, name)| match *name {
            "unit" => (slot, Value::Text(unit.as_bytes())),
            name => (slot, Value::Boolean(context[usize::from(name == "c1")])),
        });
        let mut record = [0; 512];
        let length = context::write(names.len(), known, &mut record).unwrap();
        let decision = decide(&snapshot, 0, Context(&record[..length]), Millis(now));
        if decision.reason == Reason::Split {
            vec![thing(document, "v0"), thing(document, "v1")]
        } else {
            vec![thing(document, &format!("v{}", decision.variant))]
        }
    };
    (0..visitors).map(of).collect()
}

const VISITORS: usize = 400;
/// Five standard deviations of a share of [`VISITORS`].
const NEAR: f64 = 0.125;

fn near(parts: u64, visitors: usize) -> bool {
    (parts as f64 / ALL as f64 - visitors as f64 / VISITORS as f64).abs() < NEAR
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nothing_grows_between_a_document_and_itself(parts in parts()) {
        let document = read(&random(&parts));
        prop_assert_eq!(growth(&document, &document), Ok(vec![]));
        prop_assert_eq!(moved(&document, &document, "f"), Some(Moved::default()));
    }

    #[test]
    fn whoever_newly_meets_a_thing_is_covered_by_a_growth(old in parts(), new in parts(), related in any::<bool>()) {
        let old = random(&old);
        let mut new = random(&new);
        if related {
            new["flags"]["f"]["rules"] = old["flags"]["f"]["rules"].clone();
            new["flags"]["f"]["variants"] = old["flags"]["f"]["variants"].clone();
        }
        let growths = grown(&old, &new);
        let safe = thing(&old, old["flags"]["f"]["off"].as_str().unwrap());
        let mut real = vec![false; growths.len()];
        for combination in 0..8 {
            let context = [combination & 1 == 1, combination & 2 == 2];
            let now = if combination & 4 == 4 { 100 } else { 99 };
            let (was, is) = (met(&old, context, now, VISITORS), met(&new, context, now, VISITORS));
            for variant in ["v0", "v1", "v2"] {
                let thing = thing(&new, variant);
                let before = was.iter().filter(|met| met.contains(&thing)).count();
                let newly = was.iter().zip(&is).filter(|(was, is)| is.contains(&thing) && !was.contains(&thing)).count();
                let own = |growth: &Growth| self::thing(&new, &growth.variant) == thing;
                for (growth, real) in growths.iter().zip(&mut real).filter(|(growth, _)| own(growth)) {
                    *real |= near(growth.before, before) && near(growth.after, before + newly);
                }
                let covers = |growth: &&Growth| (near(growth.before, before) || growth.before < share(100) * before as u64 / VISITORS as u64)
                    && (near(growth.after, before + newly) || growth.after > share(100) * (before + newly) as u64 / VISITORS as u64);
                let covered = growths.iter().filter(|growth| own(growth)).any(|growth| covers(&growth));
                prop_assert!(newly == 0 || thing == safe || covered, "{variant} {context:?} {now}: {before} + {newly}\n{growths:?}");
            }
        }
        prop_assert!(real.iter().all(|real| *real), "each growth is one that can happen: {growths:?} {real:?}");
    }

    #[test]
    fn less_of_the_only_new_thing_grows_nothing(
        rules in prop::collection::vec((prop::option::of(0..2_u8), any::<bool>(), prop_oneof![Just(1_usize), Just(3)], prop::option::of((0..3_u8, threshold()))), 1..5),
        run in (threshold(), 1..10_u64),
        at in any::<prop::sample::Index>(),
        less in threshold(),
    ) {
        let parts = |rules: Vec<RuleParts>, run, enabled| random(&(vec![0, 1, 2], true, enabled, 0, 0, rules, run));
        let old = parts(rules.clone(), Some(run), true);
        let mut lowered = rules.clone();
        let at = at.index(rules.len());
        if let (_, _, 1, rollout) = &mut lowered[at] {
            *rollout = Some(rollout.map_or((0, less), |(salt, below)| (salt, below.min(less))));
        }
        let mut removed = rules.clone();
        removed.remove(at);
        for new in [
            parts(lowered, Some((run.0.min(less), run.1)), true),
            parts(removed, Some(run), true),
            parts(rules.clone(), None, true),
            parts(rules, Some(run), false),
        ] {
            prop_assert_eq!(grown(&old, &new), vec![], "{} {}", old, new);
        }
    }

    #[test]
    fn whatever_passes_may_also_be_smaller(before in threshold(), after in threshold(), steps in prop::collection::vec(any::<u8>(), 0..5)) {
        let passes = |before, after| {
            let growth = Growth { flag: "f".into(), variant: "v".into(), before, after, group: false };
            refuse(&[growth], &steps).is_empty()
        };
        prop_assert!(!passes(0, ALL));
        prop_assume!(before < after);
        prop_assert!(passes(before, after) <= passes(before, (before + after) / 2));
        prop_assert!(passes(before, after) <= passes((before + after) / 2, after));
    }
}
