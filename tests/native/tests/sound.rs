//! Whether numbers are doubted where they should be, on the page that people watch, on the one that they decide by, and in
//! the report; and nowhere else.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of a test"
)]

use crate::desk::market::{self, Market, Visit};
use crate::desk::shop::{Arm, arms, plan, tally};
use crate::desk::{self, DAY, Desk, HOUR, granted};
use fastrand::Rng;
use pointsman::collect::{Sum, Tally};
use serde_json::{Value, json};

/// The line on the page that people watch, and the check of this name in the report.
fn told(desk: &mut Desk, key: &str, check: &str) -> (Value, Value) {
    let screen = desk.get(&format!("experiments/{key}/live"));
    let line = screen["lines"].as_array().unwrap().iter().find(|line| line["id"] == "sound").unwrap().clone();
    let reading = desk.get(&format!("experiments/{key}/reading"));
    let checks = reading["report"]["health"].as_array().unwrap().clone();
    (line, checks.into_iter().find(|one| one["check"] == check).unwrap_or(Value::Null))
}

/// A sum of the run, of all epochs, for units with a trait or in another run.
fn sum(variant: &str, metric: &str, dimension: &str, vector: &[u64]) -> Sum {
    Sum {
        variant: variant.to_string(),
        epoch: 1,
        metric: metric.to_string(),
        dimension: dimension.to_string(),
        open: false,
        vector: vector.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn visitors_who_differed_before_they_met_anything_end_every_verdict() {
    for (richer, unlike) in [(1.0, false), (1.8, true)] {
        let mut desk = Desk::empty();
        granted(desk.put(&format!("{}/document", desk::shop::LIVE), market::document()));
        desk.weakened(|playbook| playbook["guardrails"] = json!([]));
        let key = desk.running(&market::plan());
        let mut shop = Market::open(&desk);
        let rng = &mut Rng::with_seed(5);
        shop.visited(&desk, 500, |_, variant| {
            let habit = (10.0 + 10.0 * rng.f64()) * if variant == "new" { richer } else { 1.0 };
            Visit {
                before: (habit * 100.0).round() / 100.0,
                orders: vec![10.0 + 10.0 * rng.f64()],
                wait: 1,
                ..Visit::default()
            }
        });
        desk.now += 2 * HOUR;
        desk.tick(&[shop.tally(&format!("{key}-1"), desk.now)]);
        let (line, check) = told(&mut desk, &key, "before");
        assert_eq!(line["status"], if unlike { "stop" } else { "ok" }, "{line}");
        assert_eq!(check["finding"].is_null(), !unlike, "{check}");
        assert_eq!(check["validity"]["kind"], "asymptotic");
        let reading = desk.get(&format!("experiments/{key}/reading"));
        assert_eq!(reading["recommend"] == "fix", unlike, "{}", reading["words"]);
        assert_eq!(reading["lift"].is_null(), unlike, "a range of such numbers is none");
    }
}

/// The first stage of a running test with these conversions of 2,000 visitors in each version.
fn counted(orders: [u64; 2]) -> (Desk, String) {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    let arm = |variant, orders| Arm { variant, epoch: 1, people: 2_000, orders, errors: 20 };
    desk.now += HOUR / 2;
    desk.tick(&[tally(&key, desk.now, &[arm("control", orders[0]), arm("new", orders[1])])]);
    (desk, key)
}

#[test]
fn what_is_too_good_is_doubted_before_it_is_acted_on() {
    for (orders, doubted) in [([600, 700], false), ([600, 1_200], true)] {
        let (mut desk, key) = counted(orders);
        let (line, check) = told(&mut desk, &key, "plausible");
        assert_eq!(line["status"], if doubted { "look" } else { "ok" }, "{line}");
        assert_eq!((check["finding"].is_null(), &check["validity"]["kind"]), (!doubted, &json!("belief")));
        let reading = desk.get(&format!("experiments/{key}/reading"));
        assert_eq!(reading["recommend"], "ship", "a doubt is no second verdict");
        assert_eq!(reading["words"].as_str().unwrap().contains("But look: +100 % is more than"), doubted);
    }
}

#[test]
fn an_effect_that_fades_from_day_to_day_is_told_so() {
    for (daily, fades) in [([700, 620, 560, 530, 510, 500, 500], true), ([540; 7], false)] {
        let mut desk = Desk::shop();
        let key = desk.running(&plan());
        let (mut old, mut new, mut people) = (0, 0, 0);
        for orders in daily {
            people += 2_000;
            old += 500;
            new += orders;
            let arm = |variant, orders| Arm { variant, epoch: 1, people, orders, errors: 20 };
            desk.now += HOUR;
            desk.tick(&[tally(&key, desk.now, &[arm("control", old), arm("new", new)])]);
            desk.now += DAY - HOUR;
        }
        let (line, check) = told(&mut desk, &key, "steady");
        assert_eq!(check["finding"].is_null(), !fades, "{check}");
        assert_eq!((&check["numbers"]["days"], &check["validity"]["kind"]), (&json!(7), &json!("fixedSample")));
        assert_eq!(line["what"].as_str().unwrap().contains("The effect fades from day to day"), fades, "{line}");
    }
}

#[test]
fn a_test_that_changes_another_ones_effect_is_named() {
    // Conversions of 2,000 visitors each by this test's version and the other's.
    for (both, interferes) in [(700, false), (500, true)] {
        let (mut desk, key) = counted([1_200, 1_200 + both - 600]);
        let cells = [
            ("control", "sort-1=roast", 600),
            ("control", "sort-1=price", 600),
            ("new", "sort-1=roast", 700),
            ("new", "sort-1=price", both),
        ];
        let mut tally = tally(
            &key,
            desk.now,
            &[
                Arm { variant: "control", epoch: 1, people: 4_000, orders: 1_200, errors: 20 },
                Arm { variant: "new", epoch: 1, people: 4_000, orders: 700 + both, errors: 20 },
            ],
        );
        tally
            .sums
            .extend(cells.map(|(variant, other, orders)| sum(variant, "orders", other, &[2_000, orders, orders])));
        desk.tick(&[tally]);
        let (line, check) = told(&mut desk, &key, "together");
        assert_eq!(check["numbers"][0]["interacts"], json!(interferes), "{check}");
        assert_eq!(line["what"].as_str().unwrap().contains("the other version of “sort-1”"), interferes, "{line}");
    }
}

#[test]
fn a_split_that_is_off_on_some_devices_alone_names_them() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    let exposed = |variant: &str, dimension: &str, confirmed: u64| sum(variant, "", dimension, &[6_000, confirmed, 0]);
    let sums = vec![
        exposed("control", "", 6_000),
        exposed("new", "", 4_000),
        exposed("control", "device=phone", 3_000),
        exposed("new", "device=phone", 1_000),
        exposed("control", "device=desktop", 3_000),
        exposed("new", "device=desktop", 3_000),
        exposed("control", "country=DE", 3_000),
        exposed("new", "country=DE", 2_000),
        exposed("control", "country=AT", 3_000),
        exposed("new", "country=AT", 2_000),
    ];
    desk.tick(&[Tally { run: format!("{key}-1"), shard: "0".to_string(), sequence: 0, last: Some(desk.now), sums }]);
    let reading = desk.get(&format!("experiments/{key}/reading"));
    let words = reading["words"].as_str().unwrap();
    assert!(reading["recommend"] == "fix" && words.contains("phone") && !words.contains("DE"), "{words}");
}

#[test]
fn a_split_that_is_off_behind_a_redirect_is_told_so() {
    let mut desk = Desk::shop();
    let mut document = desk::shop::document();
    document["pages"] = json!({"list": {"path": "/list", "flag": "sort", "variants": {"price": [{"change": {"redirect": "/list/cheap"}}]}}});
    granted(desk.put(&format!("{}/document", desk::shop::LIVE), document));
    let key = desk.running(&desk::shop::flag_plan());
    let exposed = |variant: &str, confirmed: u64| sum(variant, "", "", &[6_000, confirmed, 0]);
    let sums = vec![exposed("roast", 5_900), exposed("price", 4_800)];
    desk.tick(&[Tally { run: format!("{key}-1"), shard: "0".to_string(), sequence: 0, last: Some(desk.now), sums }]);
    let reading = desk.get(&format!("experiments/{key}/reading"));
    assert!(reading["words"].as_str().unwrap().contains("Visitors get lost on the redirect"), "{}", reading["words"]);
}

#[test]
fn a_split_that_is_off_because_one_versions_visitors_are_taken_for_machines_is_told_so() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    let exposed = |variant: &str, vector: &[u64]| sum(variant, "", "", vector);
    let left_out = |variant: &str, n| Sum { epoch: 0, ..sum(variant, "", "", &[0, 0, 0, 0, 0, n]) };
    let sums = vec![
        exposed("control", &[6_000, 5_900, 0, 0, 0]),
        exposed("new", &[6_000, 4_800, 0, 0, 0]),
        left_out("control", 60),
        left_out("new", 1_150),
    ];
    desk.tick(&[Tally { run: format!("{key}-1"), shard: "0".to_string(), sequence: 0, last: Some(desk.now), sums }]);
    let reading = desk.get(&format!("experiments/{key}/reading"));
    assert!(reading["words"].as_str().unwrap().contains("taken for automatic more often"), "{}", reading["words"]);
    let live = desk.get(&format!("experiments/{key}/live"));
    assert_eq!(live["arms"][1]["assigned"], 6_000, "what was left out is no visitor: {live}");
}

#[test]
fn a_group_whose_split_is_off_is_named_though_the_whole_is_sound() {
    for (phones, off) in [([2_400, 1_800], true), ([2_100, 2_050], false)] {
        let (mut desk, key) = counted([600, 700]);
        let exposed = |variant: &str, dimension: &str, n: u64| sum(variant, "", dimension, &[n, n, 0]);
        let arms = [("control", 600), ("new", 700)];
        let arms = arms.map(|(variant, orders)| Arm { variant, epoch: 1, people: 5_000, orders, errors: 20 });
        let mut tally = tally(&key, desk.now, &arms);
        for (variant, phones) in ["control", "new"].into_iter().zip(phones) {
            tally.sums.push(exposed(variant, "device=phone", phones));
            tally.sums.push(exposed(variant, "device=desktop", 5_000 - phones));
        }
        desk.tick(&[tally]);
        let (line, check) = told(&mut desk, &key, "groups");
        assert_eq!((check["finding"].is_null(), &check["validity"]["kind"]), (!off, &json!("exact")), "{check}");
        assert_eq!(line["status"], if off { "look" } else { "ok" }, "{line}");
        let named = line["what"].as_str().unwrap().contains("device phone, of whom 43 % have the new version");
        assert_eq!(named, off, "{line}");
    }
}

/// Conversions of 4,000 visitors each of both versions by device.
fn by_device(devices: &[(&str, [u64; 2])]) -> Value {
    let (mut desk, key) = counted([600, 700]);
    let each = |orders: u64| [4_000, orders, orders];
    let all: [u64; 2] = [0, 1].map(|arm| devices.iter().map(|(_, orders)| orders[arm]).sum());
    let people = 4_000 * devices.len() as u64;
    let arms = [("control", all[0]), ("new", all[1])];
    let mut tally =
        tally(&key, desk.now, &arms.map(|(variant, orders)| Arm { variant, epoch: 1, people, orders, errors: 20 }));
    for (device, orders) in devices {
        for (variant, orders) in ["control", "new"].into_iter().zip(orders) {
            let dimension = format!("device={device}");
            tally.sums.push(sum(variant, "", &dimension, &[4_000, 4_000, 0]));
            tally.sums.push(sum(variant, "orders", &dimension, &each(*orders)));
        }
    }
    desk.tick(&[tally]);
    desk.get(&format!("experiments/{key}/reading"))["segments"].clone()
}

#[test]
fn groups_that_were_named_before_are_asked_together_first_and_told_as_chance_allows() {
    let alike = by_device(&[("desktop", [800, 880]), ("phone", [800, 900]), ("tablet", [800, 860])]);
    assert_eq!(alike["words"], "Looked at 3 groups that were named before (device): no real difference.");
    let wide = |name: &str| {
        let groups = alike["dimensions"][0]["groups"].as_array().unwrap();
        let all: Vec<f64> = groups.iter().map(|group| group[name].as_f64().unwrap()).collect();
        all.iter().copied().fold(f64::MIN, f64::max) - all.iter().copied().fold(f64::MAX, f64::min)
    };
    assert!(wide("seen") > 0.04 && wide("shrunk") < 0.01, "chance explains all of it: {alike}");
    let apart = by_device(&[("desktop", [800, 1_100]), ("phone", [800, 700]), ("tablet", [800, 1_100])]);
    let words = apart["words"].as_str().unwrap();
    assert!(words.contains("device phone has −") && words.contains("no reason to ship it to some"), "{words}");
    assert!(!words.contains("desktop has") && !words.contains("tablet has"), "{words}");
    assert_eq!(apart["validity"]["kind"], "fixedSample");
}

#[test]
fn a_values_effect_that_fades_from_day_to_day_is_told_so() {
    for (daily, fades) in [([3.6, 2.6, 2.3, 2.1, 2.0, 2.0, 2.0], true), ([2.2; 7], false)] {
        let mut desk = Desk::empty();
        let mut document = desk::shop::document();
        document["metrics"]["cups"] = json!({"event": "order", "measure": {"kind": "count"}});
        granted(desk.put(&format!("{}/document", desk::shop::LIVE), document));
        let mut plan = plan();
        plan["hypothesis"]["metric"] = json!("cups");
        plan["base"] = json!(2.0);
        plan["spread"] = json!(2.0);
        let key = desk.running(&plan);
        let mut totals = [[0.0; 3]; 2];
        for new in daily {
            for (total, mean) in totals.iter_mut().zip([2.0, new]) {
                // 1,000 visitors, of whom half drink twice the mean.
                let added = [1_000.0, 1_000.0 * mean, 2_000.0 * mean * mean];
                *total = std::array::from_fn(|place| total[place] + added[place]);
            }
            desk.now += HOUR;
            let arms = ["control", "new"].into_iter().zip(totals).flat_map(|(variant, [n, cups, squares])| {
                let [n, cups, squares] = [n, cups, squares].map(|number: f64| number.round() as u64);
                [sum(variant, "", "", &[n, n, 0]), sum(variant, "cups", "", &[n, cups, squares])]
            });
            let sums = arms.collect();
            desk.tick(&[Tally {
                run: format!("{key}-1"),
                shard: "0".to_string(),
                sequence: 0,
                last: Some(desk.now),
                sums,
            }]);
            desk.now += DAY - HOUR;
        }
        let (line, check) = told(&mut desk, &key, "steady");
        assert_eq!((check["finding"].is_null(), &check["numbers"]["days"]), (!fades, &json!(7)), "{check}");
        assert_eq!(line["what"].as_str().unwrap().contains("The effect fades from day to day"), fades, "{line}");
    }
}

#[test]
fn past_effects_are_where_the_answers_start_once_there_is_a_handful() {
    let mut desk = Desk::shop();
    for number in 0..6 {
        let mut plan = plan();
        plan["title"] = json!(format!("Try {number}"));
        plan["change"]["page"] = json!(format!("/{number}"));
        let key = desk.running(&plan);
        let all = arms(1, 20_000, [30, 33], [1, 1]);
        desk.now += HOUR / 2;
        desk.tick(&[tally(&key, desk.now, &all)]);
        let reading = desk.get(&format!("experiments/{key}/reading"));
        let (prior, answers) = (reading["prior"].as_str().unwrap().to_string(), reading["answers"].clone());
        let heard = number >= 5;
        assert_eq!(
            prior.contains("the 5 debriefed experiments on this metric: they moved it by +4.9 %"),
            heard,
            "{prior}"
        );
        assert_eq!(prior.contains("a sceptic's view"), !heard, "{prior}");
        // The belief moves the dots, and the range stays what the numbers alone say.
        let middle = answers[25].as_f64().unwrap();
        assert!(middle > 0.08 && middle < 0.1 + 1e-9, "{middle}");
        assert_eq!(reading["recommend"], "ship");
        granted(desk.act(&key, "decide", json!({"choice": "ship"})));
        granted(desk.put(&format!("experiments/{key}/debrief"), json!({"answers": {"next": "More of it."}})));
    }
}
