//! Metrics of every kind through the whole production path: events of visitors, the collector's sums, the report, the words
//! and the ramp; beside arithmetic that knows each visitor.

#![allow(clippy::cast_precision_loss, reason = "counts of a test")]

use crate::desk::market::{self, Market, Visit};
use crate::desk::{self, DAY, Desk, HOUR, MINUTE, granted};
use fastrand::Rng;
use serde_json::{Value, json};

/// A shop with a metric of each kind, and a playbook that guards these.
fn shop(guardrails: Value) -> Desk {
    let mut desk = Desk::empty();
    granted(desk.put(&format!("{}/document", desk::shop::LIVE), market::document()));
    desk.weakened(|playbook| playbook["guardrails"] = guardrails);
    desk
}

/// Whoever spends much before spends much after; with the new version `more` times as much.
fn spends(rng: &mut Rng, more: f64) -> Visit {
    let habit = -rng.f64().ln();
    let orders = (0..rng.usize(1..4)).map(|_| (600.0 * habit * rng.f64() * more).round() / 100.0 + 0.5).collect();
    let pages = (0..rng.usize(1..5)).map(|_| (400.0 + 800.0 * rng.f64()).round()).collect();
    Visit {
        before: (1000.0 * habit).round() / 100.0,
        orders,
        pages,
        wait: rng.i64(1..90),
        errs: false,
        browser: "Firefox",
    }
}

/// A running test on revenue, after so many visitors.
fn ran(desk: &mut Desk, visitors: usize, more: f64) -> (String, Market, Vec<(String, Visit)>) {
    let key = desk.running(&market::plan());
    let mut market = Market::open(desk);
    let rng = &mut Rng::with_seed(7);
    let met = market.visited(desk, visitors, |_, variant| spends(rng, if variant == "new" { more } else { 1.0 }));
    desk.now += 2 * HOUR;
    desk.tick(&[market.tally(&format!("{key}-1"), desk.now)]);
    (key, market, met)
}

/// What a test knows of one arm: a number and its covariate for each visitor.
fn arm(met: &[(String, Visit)], variant: &str, number: impl Fn(&Visit) -> [f64; 2]) -> Vec<[f64; 2]> {
    met.iter().filter(|(met, _)| met == variant).map(|(_, visit)| number(visit)).collect()
}

fn mean(all: &[[f64; 2]], of: impl Fn(&[f64; 2]) -> f64) -> f64 {
    all.iter().map(of).sum::<f64>() / all.len() as f64
}

fn cov(all: &[[f64; 2]], i: usize, j: usize) -> f64 {
    let (a, b) = (mean(all, |z| z[i]), mean(all, |z| z[j]));
    all.iter().map(|z| (z[i] - a) * (z[j] - b)).sum::<f64>() / (all.len() as f64 - 1.0)
}

#[track_caller]
fn near(value: &Value, expected: f64) {
    let value = value.as_f64().unwrap();
    assert!((value - expected).abs() < 1e-9 * expected.abs().max(1e-3), "{value} is not {expected}");
}

#[test]
fn revenue_decides_with_what_visitors_spent_before_taken_out_of_it() {
    let mut desk = shop(json!([]));
    let (key, _, met) = ran(&mut desk, 1_400, 1.6);
    let reading = desk.get(&format!("experiments/{key}/reading"));
    let number = |visit: &Visit| [visit.orders.iter().sum::<f64>().min(500.0), visit.before];
    let [old, new] = ["control", "new"].map(|variant| arm(&met, variant, number));
    let both: Vec<_> = old.iter().chain(&new).copied().collect();
    let theta = cov(&both, 0, 1) / cov(&both, 1, 1);
    let middle = mean(&both, |z| z[1]);
    let told = |arm: &[[f64; 2]]| {
        let level = mean(arm, |z| z[0] - theta * (z[1] - middle));
        let spread = cov(arm, 0, 0) - 2.0 * theta * cov(arm, 0, 1) + theta * theta * cov(arm, 1, 1);
        (level, spread / arm.len() as f64 / (level * level))
    };
    let ((base, v), (fresh, w)) = (told(&old), told(&new));
    // The asymptotic confidence sequence, as its paper writes it.
    let (n, alpha) = (both.len() as f64, 0.05_f64);
    let rho2 = (-2.0 * alpha.ln() + (1.0 - 2.0 * alpha.ln()).ln()) / 10_000.0;
    let half = ((v + w) * 2.0 * (n * rho2 + 1.0) / (n * rho2) * ((n * rho2 + 1.0).sqrt() / alpha).ln()).sqrt();
    let ratio = (fresh / base).ln();
    near(&reading["lift"]["value"], ratio.exp_m1());
    near(&reading["lift"]["low"], (ratio - half).exp_m1());
    near(&reading["lift"]["high"], (ratio + half).exp_m1());
    near(&reading["arms"][0]["value"], mean(&old, |z| z[0]));
    assert_eq!(reading["recommend"], "ship");
    assert_eq!(reading["report"]["verdict"]["kind"], "better");
    // What the old one has, and what the lift makes of it.
    let level = mean(&old, |z| z[0]);
    let euros = [level * fresh / base, level].map(|euros| format!("{euros:.2} EUR"));
    let words =
        format!("With the new version “revenue” is higher: {} a visitor where the old one has {}", euros[0], euros[1]);
    assert!(reading["words"].as_str().unwrap().starts_with(&words), "{} is not {words}", reading["words"]);
    assert!(reading["lift"]["perThousand"].is_null(), "nobody counts euros by the thousand visitors");
    // Without the covariate the same numbers would say less.
    assert!(
        v + w
            < 0.6
                * [&old, &new]
                    .iter()
                    .map(|arm| cov(arm, 0, 0) / arm.len() as f64 / mean(arm, |z| z[0]).powi(2))
                    .sum::<f64>()
    );
}

#[test]
fn equal_versions_are_never_called_different_whatever_is_measured() {
    let mut desk = shop(json!([]));
    let (key, _, _) = ran(&mut desk, 800, 1.0);
    let reading = desk.get(&format!("experiments/{key}/reading"));
    assert!(reading["lift"]["low"].as_f64().unwrap() < 0.0 && reading["lift"]["high"].as_f64().unwrap() > 0.0);
    assert!(["wait", "keep"].contains(&reading["recommend"].as_str().unwrap()));
}

#[test]
fn each_kind_is_shown_in_its_unit_beside_the_metric_that_decides() {
    let mut desk = shop(json!([]));
    let mut plan = market::plan();
    plan["metrics"] = json!(["buyers", "purchases", "order-size", "euros-a-page", "back", "speed", "wait"]);
    let key = desk.running(&plan);
    let mut market = Market::open(&desk);
    let rng = &mut Rng::with_seed(3);
    let met = market.visited(&desk, 600, |_, _| spends(rng, 1.0));
    desk.now += 3 * DAY;
    desk.tick(&[market.tally(&format!("{key}-1"), desk.now)]);
    let reading = desk.get(&format!("experiments/{key}/reading"));
    let told = |metric: &str| {
        let shown =
            reading["others"].as_array().unwrap().iter().find(|other| other["metric"] == metric).unwrap().clone();
        let known = metric == "buyers" || metric == "back";
        assert!(known || shown["status"] == "open", "{shown}");
        shown["arms"][0]["told"].as_str().unwrap().to_string()
    };
    let old: Vec<&Visit> = met.iter().filter(|(met, _)| met == "control").map(|(_, visit)| visit).collect();
    let sum = |of: &dyn Fn(&Visit) -> f64| old.iter().map(|visit| of(visit)).sum::<f64>();
    let (euros, orders) = (sum(&|visit| visit.orders.iter().sum()), sum(&|visit| visit.orders.len() as f64));
    let pages = sum(&|visit| visit.pages.len() as f64);
    assert_eq!(told("buyers"), "100.0 %");
    assert_eq!(told("back"), "100.0 %");
    assert_eq!(told("purchases"), format!("{:.2}", orders / old.len() as f64));
    assert_eq!(told("order-size"), format!("{:.2} EUR", euros / orders));
    assert_eq!(told("euros-a-page"), format!("{:.2} EUR", euros / pages));
    assert_eq!(told("wait"), format!("{:.1} min", sum(&|visit| visit.wait as f64) / old.len() as f64));
    let mut all: Vec<f64> = old.iter().flat_map(|visit| visit.pages.clone()).collect();
    all.sort_by(f64::total_cmp);
    let (median, grid) = (all[all.len() / 2], told("speed"));
    let shown: f64 = grid.trim_end_matches(" ms").parse().unwrap();
    assert!((shown / median - 1.0).abs() < 0.02, "{grid} is not {median}");

    // Whoever tidies up takes what is over out of the document, and what was measured stays to be read.
    granted(desk.act(&key, "stop", json!({"why": "It is over."})));
    let mut document = desk.get("environments/production/document")["document"].clone();
    for (_, flag) in document["flags"].as_object_mut().unwrap() {
        if let Some(rules) = flag["rules"].as_array_mut() {
            rules.retain(|rule| rule["experiment"] != key);
        }
    }
    document["experiments"].as_object_mut().unwrap().remove(&key).unwrap();
    granted(desk.put("environments/production/document", document));
    assert_eq!(desk.get(&format!("experiments/{key}/reading"))["others"], reading["others"]);
}

#[test]
fn a_guarded_value_rolls_back_what_makes_it_worse_and_only_that() {
    for (slower, stopped) in [(1.0, false), (1.35, true)] {
        let mut desk = shop(json!([{"metric": "speed", "harm": "more", "tolerance": 0.05}]));
        let mut plan = market::plan();
        plan["guardrails"] = json!(["speed"]);
        let key = desk.running(&plan);
        let mut market = Market::open(&desk);
        let rng = &mut Rng::with_seed(11);
        market.visited(&desk, 800, |_, variant| {
            let mut visit = spends(rng, 1.0);
            if variant == "new" {
                visit.pages.iter_mut().for_each(|page| *page = (*page * slower).round());
            }
            visit
        });
        desk.now += 10 * MINUTE;
        desk.tick(&[market.tally(&format!("{key}-1"), desk.now)]);
        let reading = desk.get(&format!("experiments/{key}/reading"));
        let guarded = &reading["guardrails"][0];
        assert_eq!(guarded["status"], if stopped { "harm" } else { "ok" }, "{guarded}");
        assert!(
            guarded["words"].as_str().unwrap().contains(" ms or less in 50 of 100 events with the old version"),
            "{guarded}"
        );
        assert_eq!(guarded["validity"]["kind"], "asymptotic");
        assert_eq!(desk.experiment(&key)["stop"]["cause"], if stopped { json!("guardrail") } else { Value::Null });
    }
}

#[test]
fn a_guarded_count_is_stopped_by_who_has_any_before_its_mean_can_be_read() {
    let mut desk = shop(json!([{"metric": "purchases", "harm": "fewer", "tolerance": 0.1}]));
    let mut plan = market::plan();
    plan["guardrails"] = json!(["purchases"]);
    let key = desk.running(&plan);
    let mut market = Market::open(&desk);
    let rng = &mut Rng::with_seed(13);
    let met = market.visited(&desk, 120, |_, variant| {
        let mut visit = spends(rng, 1.0);
        if variant == "new" {
            visit.orders.clear();
        }
        visit
    });
    let old = met.iter().filter(|(variant, _)| variant == "control").count();
    assert!(old < 100 && met.len() - old < 100, "too few for a mean");
    desk.now += 10 * MINUTE;
    desk.tick(&[market.tally(&format!("{key}-1"), desk.now)]);
    let guarded = desk.get(&format!("experiments/{key}/reading"))["guardrails"][0].clone();
    let any = format!("{old} visitors of the old version have any, 0 of the new one");
    assert!(guarded["words"].as_str().unwrap().contains(&any), "{guarded}");
    assert_eq!((&guarded["status"], &guarded["validity"]["kind"]), (&json!("harm"), &json!("exact")));
    assert_eq!(desk.experiment(&key)["stop"]["cause"], "guardrail");
}

#[test]
fn a_plan_on_a_value_is_sized_by_the_mean_and_the_spread_that_were_measured() {
    let mut desk = shop(json!([]));
    let mut plan = market::plan();
    plan.as_object_mut().unwrap().remove("spread");
    let idea = granted(desk.post("experiments", json!({"title": "A value", "note": ""})));
    let drafted = granted(desk.put(&format!("experiments/{}/plan", idea["key"].as_str().unwrap()), plan));
    assert_eq!(drafted["problems"][0]["pointer"], "/spread", "{}", drafted["problems"]);
    let (_, _, met) = ran(&mut desk, 400, 1.0);
    let forecast = desk.get("forecast?metric=revenue&by=0.2");
    let old = arm(&met, "control", |visit| [visit.orders.iter().sum::<f64>().min(500.0), visit.before]);
    let theta = cov(&old, 0, 1) / cov(&old, 1, 1);
    let spread = (cov(&old, 0, 0) - theta * cov(&old, 0, 1)).sqrt();
    near(&forecast["base"], mean(&old, |z| z[0]));
    near(&forecast["spread"], spread);
    // The size that gives 80 % power: half the range is then 0.8416 errors narrower than the effect.
    let (n, alpha) = (forecast["perArm"].as_f64().unwrap(), 0.05_f64);
    let error = (2.0 / n).sqrt() * spread / mean(&old, |z| z[0]);
    let rho2 = (-2.0 * alpha.ln() + (1.0 - 2.0 * alpha.ln()).ln()) / 10_000.0;
    let units = 2.0 * n;
    let half =
        error * (2.0 * (units * rho2 + 1.0) / (units * rho2) * ((units * rho2 + 1.0).sqrt() / alpha).ln()).sqrt();
    let z = (1.2_f64.ln() - half) / error;
    assert!((z - 0.8416).abs() < 0.02, "{z} at {n}");
}

/// Refunds: whatever a visitor brings is a loss, and the new version makes it larger, or smaller.
#[test]
fn more_of_a_loss_is_worse_in_figures_and_words_however_it_is_read() {
    for method in [json!({"kind": "anytime"}), json!({"kind": "fixedSample"})] {
        for (more, verdict, side) in [(1.6, "worse", "lower"), (0.6, "better", "higher")] {
            let mut desk = shop(json!([]));
            let mut playbook = desk.get("playbook")["playbook"].clone();
            playbook["method"] = method.clone();
            granted(desk.put("playbook", playbook));
            let key = desk.running(&market::plan());
            let mut market = Market::open(&desk);
            let rng = &mut Rng::with_seed(7);
            let met = market.visited(&desk, 1_400, |_, variant| {
                let mut visit = spends(rng, if variant == "new" { more } else { 1.0 });
                visit.orders.iter_mut().for_each(|order| *order = -*order);
                visit
            });
            desk.now += 2 * HOUR;
            desk.tick(&[market.tally(&format!("{key}-1"), desk.now)]);
            let reading = desk.get(&format!("experiments/{key}/reading"));
            assert_eq!(reading["report"]["verdict"]["kind"], verdict, "{method}: {reading}");
            let [low, value, high] = ["low", "value", "high"].map(|name| reading["lift"][name].as_f64().unwrap());
            assert!(low < value && value < high && (value > 0.0) == (verdict == "better"), "{low} {value} {high}");
            let level = mean(&arm(&met, "control", |visit| [visit.orders.iter().sum::<f64>(), 0.0]), |z| z[0]);
            let euros = [level + level.abs() * value, level].map(|euros| format!("{euros:.2} EUR").replace('-', "−"));
            let words = reading["words"].as_str().unwrap().replace('-', "−");
            let told = format!("“revenue” is {side}: {} a visitor where the old one has {}", euros[0], euros[1]);
            assert!(words.contains(&told), "{words} is not {told}");
        }
    }
}
