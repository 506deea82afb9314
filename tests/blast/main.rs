//! Who would meet something new.

#![allow(clippy::cast_precision_loss, reason = "shares of 2^32 and hundreds of visitors are far below 2^53")]

mod crowd;
#[path = "../dice/mod.rs"]
#[allow(dead_code)]
mod dice;
mod laws;
mod random;
mod wide;

use pointsman::blast::{Growth, Moved, TooManyConditions, beyond, growth, moved, refuse};
use pointsman::compile::Audience;
use pointsman::document::{self, Code, Document, Named};
use serde_json::{Value as Json, json};
use std::time::{Duration, Instant};

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

#[test]
fn units_that_are_forced_by_name_are_counted() {
    use pointsman::blast::{Forced, State, diff};
    let of = |forced: Json| {
        let mut document = fresh(10);
        document["flags"]["hero"]["forced"] = forced;
        document
    };
    let told = |old: &Json, new: &Json| {
        let [change] = diff(&read(old), &read(new), None, &Named::default()).try_into().unwrap();
        (change.state, change.forced)
    };
    let moved =
        |from: Option<&str>, to: Option<&str>, ids| Forced { from: from.map(Into::into), to: to.map(Into::into), ids };
    let off = |document: &Json| {
        let mut document = document.clone();
        document["flags"]["hero"]["enabled"] = json!(false);
        document
    };
    let nobody = of(json!([]));
    let three = of(json!([{"serve": "fresh", "ids": ["ada", "bo"]}, {"serve": "bold", "ids": ["ada", "cy"]}]));
    assert_eq!(told(&nobody, &nobody), (State::Unchanged, vec![]));
    let due = vec![moved(None, Some("fresh"), 2), moved(None, Some("bold"), 1)];
    assert_eq!(told(&nobody, &three), (State::Changed, due), "the first entry that names a unit counts");
    assert_eq!(told(&three, &nobody).1.iter().map(|one| one.ids).sum::<usize>(), 3);
    assert_eq!(told(&three, &off(&three)).1.len(), 2);
    let dearer = with(three.clone(), "/flags/hero/variants/bold", json!("COFFEE!"));
    assert_eq!(told(&three, &dearer).1, vec![moved(Some("bold"), Some("bold"), 1)], "another value");
    let hidden = document::id::concealed(&three.to_string()).into_owned();
    assert_eq!(told(&three, &serde_json::from_str(&hidden).unwrap()), (State::Unchanged, vec![]));
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
    json!({"format": 1, "flags": {}})
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
fn every_group_has_to_pass() {
    let zealand = json!({"equals": {"attribute": "country", "value": "NZ"}});
    let of = |here: u64, elsewhere: u64| {
        let part = |percent| json!({"serve": "fresh", "rollout": {"salt": "ship", "below": share(percent)}});
        let mut first = part(here);
        first["if"] = zealand.clone();
        hero(&json!([first, {"if": zealand, "serve": "off"}, part(elsewhere)]), None)
    };
    let both = |low: u64, high: u64| vec![(ALL / 4, share(high)), (0, share(low))];
    assert_eq!(judged(&of(0, 25), &of(5, 50)), (both(5, 50), true));
    assert_eq!(judged(&of(0, 25), &of(5, 100)), (both(5, 100), false), "the larger growth begins higher");
    assert_eq!(judged(&of(0, 25), &of(20, 50)), (both(20, 50), false), "the smaller growth begins at nobody");
    assert_eq!(judged(&of(0, 25), &of(100, 100)), (vec![(0, ALL)], false), "the worse covers the other");
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
fn off_is_one_click_away_from_everybody() {
    let on = fresh(0);
    let everyone = (vec![(0, ALL)], false);
    assert_eq!(judged(&on, &with(on.clone(), "/flags/hero/off", json!("fresh"))), everyone);
    let half = with(fresh(50), "/flags/hero/off", json!("fresh"));
    assert_eq!(judged(&fresh(50), &half), (vec![(ALL / 2, ALL)], true), "as far as by its share");
    assert_eq!(judged(&fresh(25), &half), (vec![(ALL / 4, ALL)], false));
    let mut same = on.clone();
    same["flags"]["hero"]["variants"]["safe"] = json!("Coffee");
    same["flags"]["hero"]["off"] = json!("safe");
    assert_eq!(judged(&on, &same), (vec![], true), "a name is nothing that people meet");
    let mut edited = same.clone();
    edited["pages"]["landing"]["variants"]["safe"] = json!([{"select": "h1", "change": {"remove": true}}]);
    assert_eq!(judged(&same, &edited), everyone, "edits are");
}

#[test]
fn only_the_unit_is_drawn_among_visitors() {
    let of = |attribute: &str, percent: u64| {
        let rollout = json!({"salt": "chosen", "below": share(percent), "unit": attribute});
        hero(&json!([{"serve": "fresh", "rollout": rollout}]), None)
    };
    let everyone = (vec![(0, ALL)], false);
    let test = |attribute: &str, percent: u64| {
        let mut document = in_test(percent);
        document["experiments"]["hero"]["unit"] = json!(attribute);
        document
    };
    for of in [&of as &dyn Fn(&str, u64) -> Json, &test] {
        assert_eq!(judged(&of("unit", 0), &of("unit", 5)), (vec![(0, share(5))], true));
        for attribute in ["device", "country", "account"] {
            assert_eq!(judged(&of(attribute, 0), &of(attribute, 5)), everyone, "both devices may be among the 5 %");
            assert_eq!(judged(&of(attribute, 5), &of(attribute, 25)), everyone, "or come in now");
            assert_eq!(judged(&of(attribute, 25), &of(attribute, 5)), (vec![], true), "less is less");
            assert_eq!(judged(&of(attribute, 5), &of(attribute, 0)), (vec![], true));
            assert_eq!(judged(&of("unit", 50), &of(attribute, 1)), (vec![(ALL / 2, ALL)], true));
            assert_eq!(judged(&of(attribute, 99), &of("unit", 6)), (vec![(0, share(6))], false), "or none");
        }
    }
}

/// So many variants with slightly different values, each with a share of the visitors of its own.
fn many(count: u64, each: u64, apart: &str) -> Json {
    let rule = |n: u64| json!({"serve": format!("v{n}"), "rollout": {"salt": "ship", "below": share((n + 1) * each)}});
    let mut document = hero(&(0..count).map(rule).collect(), None);
    for n in 0..count {
        document["flags"]["hero"]["variants"][format!("v{n}")] = json!(format!("{apart}{n}"));
    }
    document
}

#[test]
fn many_small_things_make_a_large_one() {
    let off = hero(&json!([]), None);
    assert!(judged(&off, &many(1, 5, "a")).1 && judged(&off, &many(5, 1, "a")).1);
    assert!(!judged(&off, &many(2, 5, "a")).1);
    let problems = refuse(&grown(&off, &many(19, 5, "a")), &STEPS);
    let [problem] = &problems[..] else { panic!("{problems:?}") };
    assert_eq!(problem.cause, "“v18” or 18 more would go from 0 % to 95 % of the visitors at once.");
    let told = beyond(&grown(&off, &many(19, 5, "a")), 50);
    assert_eq!(told[0].cause, "More than 50 % of the visitors would meet “v18” or 18 more.");
    let all = with(off.clone(), "/flags/hero/otherwise", json!("fresh"));
    assert!(!judged(&all, &with(many(19, 5, "a"), "/flags/hero/otherwise", json!("fresh"))).1, "known was another one");
    assert!(!judged(&many(20, 5, "a"), &many(20, 5, "b")).1, "known were others");
    let mut turned = many(20, 5, "a");
    for n in 0..20 {
        turned["flags"]["hero"]["variants"][format!("v{n}")] = json!(format!("a{}", (n + 1) % 20));
    }
    assert!(!judged(&many(20, 5, "a"), &turned).1, "each was known to few");
    let test = |rollout: u64| {
        let mut document = in_test(rollout);
        document["experiments"]["hero"]["run"]["split"] = json!([[ALL / 3, "off"], [ALL / 2, "fresh"], [ALL, "bold"]]);
        document
    };
    for (below, above) in [(0, 5), (5, 25), (25, 50), (50, 100)] {
        assert!(judged(&test(below), &test(above)).1, "a test is as large as its rollout");
    }
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
        let growths = grown(&nothing(), document).into_iter().filter(|growth| growth.others == 0);
        growths.map(|growth| (growth.variant, growth.after)).collect()
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
    let alone = &beyond(&grown(&fresh(0), &hero(&json!([{"if": zealand, "serve": "fresh"}]), None)), 50)[0];
    assert_eq!(alone.cause, "More than 50 % of one group of visitors would meet “fresh”.");
    let tiny = hero(&json!([{"serve": "fresh", "rollout": {"salt": "ship", "below": 1}}]), None);
    let nearly = hero(&json!([{"serve": "fresh", "rollout": {"salt": "ship", "below": ALL - 1}}]), None);
    let ends =
        "“fresh” would go from less than 0.01 % to more than 99.99 % of the visitors at once. Take it to 5 % first.";
    assert_eq!(said(&tiny, &nearly), [ends]);
}

#[test]
fn whoever_would_only_be_in_a_test_is_never_said_to_meet_the_version() {
    let said = |old: &Json, new: &Json| -> Vec<_> {
        let growths = grown(old, new);
        let [steps, alone] = [refuse(&growths, &STEPS), beyond(&growths, 50)];
        [steps, alone].map(|problems| problems.into_iter().map(|problem| problem.cause).collect::<String>()).into()
    };
    let half = in_test(100);
    let both = [
        "“fresh” or its test would go from 0 % to 100 % of the visitors at once.",
        "More than 50 % of the visitors would meet “fresh” or its test.",
    ];
    assert_eq!(said(&nothing(), &half), both);
    assert_eq!(said(&in_test(0), &half), both);
    let shipped = "“fresh” or its test would go from 12 % to 100 % of the visitors at once.";
    assert_eq!(said(&in_test(12), &fresh(100))[0], shipped, "half of these 12 % have met it");
    let whole = "“fresh” would go from 0 % to 100 % of the visitors at once.";
    let no_choice = with(half.clone(), "/experiments/hero/run/split", json!([[ALL, "fresh"]]));
    assert_eq!(said(&nothing(), &no_choice)[0], whole, "all of them would meet it");
    let beside = with(in_test(5), "/flags/hero/otherwise", json!("bold"));
    assert_eq!(said(&in_test(5), &beside)[0], "“bold” would go from 0 % to 95 % of the visitors at once.");
    let together = with(beside, "/experiments/hero/run/rollout", json!(share(50)));
    let of_two = "“bold” or 1 more or its test would go from 0 % to 100 % of the visitors at once.";
    assert!(said(&nothing(), &together)[0].starts_with(of_two));
}

#[test]
fn a_preview_says_exactly_who_moves() {
    let of = |old: &Json, new: &Json| moved(&read(old), &read(new), "hero");
    let due = |share, gains, loses| Some(Moved { share, gains, loses });
    let steps = [0, 1, 12_345, ALL / 2, ALL - 1, ALL];
    let slider = |below: u64| hero(&json!([{"serve": "fresh", "rollout": {"salt": "ship", "below": below}}]), None);
    let ramp = |rollout: u64| hero(&json!([{"experiment": "hero"}]), Some(rollout));
    for (low, high) in steps.into_iter().flat_map(|low| steps.map(|high| (low, high))).filter(|(a, b)| a <= b) {
        // Half of those who are in the test meet in it what they had.
        for (low, high, between) in
            [(slider(low), slider(high), high - low), (ramp(low), ramp(high), (high - low).div_ceil(2))]
        {
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
    let mut took = [Duration::ZERO; 2];
    for (salts, count) in [(1, 1_000), (40, 1_000), (1_000, 1_000), (3, 62), (30, 22)] {
        for conditions in [1, 10] {
            let rule = |n: usize| {
                json!({"if": {"exists": {"attribute": format!("a{}", n % conditions)}}, "serve": "bold",
                    "rollout": {"salt": format!("s{}", n % salts), "below": 1 + n}})
            };
            let of = |last: &str| {
                let rules: Vec<_> = (0..count).map(rule).chain([json!({"serve": last})]).collect();
                read(&hero(&json!(rules), None))
            };
            let documents = [of("off"), of("fresh")];
            let start = Instant::now();
            for document in &documents {
                drop(pointsman::compile::compile(document, Audience::Edge));
            }
            took[0] += start.elapsed();
            let start = Instant::now();
            let _ = growth(&documents[0], &documents[1]);
            took[1] += start.elapsed();
        }
    }
    let [compiled, looked] = took;
    assert!(looked < compiled * 200, "to look takes {looked:?}, to compile {compiled:?}");
}
