//! Forecasts: of a plan, by the week's shape and the ramp; and of a running experiment, kept as they were made and scored by
//! what came.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of a test"
)]

use crate::desk::shop::{Arm, plan, tally};
use crate::desk::{DAY, Desk, HOUR, granted, hash};
use pointsman::project::Call;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// So many visitors of each version in the first stage, of whom these ordered.
fn told(desk: &mut Desk, key: &str, people: u64, orders: [u64; 2]) -> Value {
    let arm = |variant, orders| Arm { variant, epoch: 1, people, orders, errors: people / 100 };
    desk.tick(&[tally(key, desk.now, &[arm("control", orders[0]), arm("new", orders[1])])]);
    desk.get(&format!("experiments/{key}/reading"))
}

/// A plan that stays in its first stage.
fn still() -> Value {
    let mut plan = plan();
    plan["ramp"] = json!([5]);
    plan
}

#[test]
fn a_forecast_is_kept_as_it_was_made_and_scored_by_what_came() {
    let mut desk = Desk::shop();
    let (mut chances, mut held) = (Vec::new(), 0);
    // One that turns out better, and one that shows nothing.
    for (number, effect) in [(1, 1.25), (2, 1.0)] {
        let mut plan = still();
        plan["title"] = json!(format!("Try {number}"));
        plan["change"]["page"] = json!(format!("/{number}"));
        let key = desk.running(&plan);
        let per_arm = desk.experiment(&key)["perArm"].as_u64().unwrap();
        let share = |share: f64| (per_arm as f64 * share).ceil() as u64;
        let orders = |people: u64, effect: f64| [people * 3 / 10, (people as f64 * 0.3 * effect) as u64];
        let mut made = Vec::new();
        for part in [0.1, 0.25, 0.55] {
            desk.now += 2 * DAY;
            let people = share(part);
            let reading = told(&mut desk, &key, people, orders(people, 1.0 + (effect - 1.0) / 3.0));
            assert_eq!(reading["conclusion"]["kind"], "undecided", "{reading}");
            let outlook = reading["outlook"].clone();
            assert_eq!(outlook.is_null(), part < 0.2, "before a fifth nothing is forecast");
            if !outlook.is_null() {
                let chance = |name: &str| outlook[name].as_f64().unwrap();
                assert!((chance("better") + chance("worse") + chance("open") - 1.0).abs() < 1e-9, "{outlook}");
                made.push((
                    desk.now,
                    [0, 1].map(|end: usize| outlook["days"][end].as_f64().unwrap()),
                    chance("better"),
                ));
            }
        }
        let unscored = desk.get(&format!("experiments/{key}/reading"))["record"].clone();
        assert_eq!(unscored["made"].as_u64().unwrap_or(0), chances.len() as u64, "what has not come is not scored");
        desk.now += 3 * DAY;
        let reading = told(&mut desk, &key, per_arm, orders(per_arm, effect));
        let better = reading["conclusion"]["kind"] == "better";
        assert_eq!(better, effect > 1.0, "{reading}");
        for (at, [soon, late], chance) in made {
            let came = (desk.now - at) as f64 / DAY as f64;
            held += u64::from(soon <= came && came <= late);
            chances.push((chance, better));
        }
        let record = reading["record"].clone();
        let brier = chances.iter().map(|(said, came)| (said - f64::from(u8::from(*came))).powi(2)).sum::<f64>();
        assert_eq!((&record["made"], &record["held"]), (&json!(chances.len()), &json!(held)), "{record}");
        assert!((record["brier"].as_f64().unwrap() - brier / chances.len() as f64).abs() < 1e-12, "{record}");
        // Later numbers make no forecast better than it was.
        desk.now += DAY;
        assert_eq!(told(&mut desk, &key, 2 * per_arm, orders(2 * per_arm, 1.0))["record"], record);
    }
    assert_eq!(chances.len(), 4);
    assert_eq!(desk.get("forecast?metric=orders&by=0.3")["record"]["made"], 4);
}

/// Tests as small shops have them: a ramp that begins with few, days that are busy and days that are not, and most ideas
/// without an effect.
#[test]
fn the_range_of_days_holds_at_least_8_of_10_through_a_ramp_and_uneven_days() {
    let mut desk = Desk::shop();
    let mut rng = fastrand::Rng::with_seed(7);
    for (number, effect) in [1.0, 1.05, 1.0, 1.4, 1.0, 0.95, 1.1, 1.0, 0.6, 1.0].repeat(4).into_iter().enumerate() {
        let mut plan = plan();
        plan["title"] = json!(format!("Try {number}"));
        plan["change"]["page"] = json!(format!("/{number}"));
        plan["ramp"] = json!([5, 25, 50]);
        let key = desk.running(&plan);
        let mut all: BTreeMap<(i64, &str), Arm> = BTreeMap::new();
        let known = "SELECT count(*) FROM crossing WHERE run = ? AND action IN ('better', 'worse', 'report')";
        while desk.store.query_row(known, [format!("{key}-1")], |row| row.get::<_, i64>(0)).unwrap() == 0 {
            let ramp = desk.experiment(&key)["ramp"].clone();
            let stage = ramp["stage"].as_i64().unwrap();
            let (epoch, percent) = (stage + 1, ramp["stages"][stage as usize].as_f64().unwrap());
            let today = 500.0 * (0.7 + 0.6 * rng.f64());
            for (variant, times) in [("control", 1.0), ("new", effect)] {
                let none = Arm { variant, epoch, people: 0, orders: 0, errors: 0 };
                let arm = all.entry((epoch, variant)).or_insert(none);
                for _ in 0..(today * percent / 200.0).round() as u64 {
                    arm.people += 1;
                    arm.orders += u64::from(rng.f64() < 0.3 * times);
                }
            }
            desk.now += DAY;
            desk.tick(&[tally(&key, desk.now, &all.values().copied().collect::<Vec<_>>())]);
        }
        granted(desk.act(&key, "abort", json!({"why": "It is known."})));
    }
    let record = desk.get("forecast?metric=orders&by=0.3")["record"].clone();
    let [made, held, brier] = ["made", "held", "brier"].map(|name| record[name].as_f64().unwrap());
    assert!(made >= 60.0 && held >= 0.8 * made, "{record}");
    assert!(brier < 0.1 && record["words"].as_str().unwrap().contains(&format!("a score of {brier:.2}")), "{record}");
}

#[test]
fn a_plans_days_follow_the_weekdays_of_its_traffic_and_the_stages_of_its_ramp() {
    let mut desk = Desk::shop();
    desk.now -= desk.now % DAY;
    let key = desk.running(&still());
    // Five busy days and two of a quarter; 5 % of all are in the test.
    let busy = |at: i64| if (at / DAY) % 7 < 5 { 4 } else { 1 };
    let mut people = 0;
    for _ in 0..28 {
        people += 25 * busy(desk.now);
        desk.now += 12 * HOUR;
        told(&mut desk, &key, people, [people * 3 / 10; 2]);
    }
    let forecast = desk.get("forecast?metric=orders&by=0.1");
    let week: Vec<f64> = forecast["week"].as_array().unwrap().iter().map(|day| day.as_f64().unwrap()).collect();
    // Twice a day 25 of each version, fourfold on busy days, at a twentieth of all.
    for (day, expected) in week.iter().zip([8_000.0, 8_000.0, 8_000.0, 8_000.0, 8_000.0, 2_000.0, 2_000.0]) {
        assert!((day / expected - 1.0).abs() < 0.05, "{week:?}");
    }
    let playbook = desk.get("playbook")["playbook"].clone();
    let ramp: Vec<f64> =
        playbook["ramp"].as_array().unwrap().iter().map(|stage| stage.as_f64().unwrap() / 100.0).collect();
    let hold = playbook["hold"]["minutes"].as_f64().unwrap() / 1440.0;
    // Minute by minute.
    let (mut come, mut days, step) = (0.0, 0.0, 1.0 / 1440.0);
    let needed = forecast["people"].as_f64().unwrap();
    while come < needed {
        let stage = ((days / hold) as usize).min(ramp.len() - 1);
        let day = ((desk.now as f64 / DAY as f64 + days) as usize) % 7;
        come += week[day] * step * ramp[stage];
        days += step;
    }
    let said = forecast["days"].as_f64().unwrap();
    assert!((said - days).abs() < 0.1, "{said} is not {days}");
    let [soon, late] = [0, 1].map(|end: usize| forecast["range"][end].as_f64().unwrap());
    assert!(soon < said && said < late && late < 2.0 * said, "{forecast}");
    let words = format!("{:.0}–{:.0} days", soon.floor().max(1.0), late.ceil());
    assert!(said <= 1.0 || forecast["words"].as_str().unwrap().contains(&words), "{forecast}");
}

/// Five busy weekdays by clocks that are eleven hours ahead, and from the middle on twelve: in UTC each of them is smeared
/// over two.
#[test]
fn the_weekdays_of_a_forecast_are_those_of_the_projects_zone_and_follow_its_clocks() {
    let mut desk = Desk::shop();
    desk.now -= desk.now % DAY;
    let key = desk.running(&still());
    let turn = desk.now + 14 * DAY;
    let clocks = json!([[0, 11 * HOUR], [turn, 12 * HOUR]]);
    let ahead = |at: i64| if at < turn { 11 * HOUR } else { 12 * HOUR };
    let busy = |at: i64| if ((at + ahead(at)) / DAY) % 7 < 5 { 4 } else { 1 };
    let mut people = 0;
    for _ in 0..28 * 24 {
        people += 3 * busy(desk.now);
        desk.now += HOUR;
        told(&mut desk, &key, people, [people * 3 / 10; 2]);
    }
    let week = |desk: &mut Desk, clocks: Value| -> Vec<f64> {
        let query = "metric=orders&by=0.1".split('&').filter_map(|pair| pair.split_once('='));
        let call = Call {
            method: "GET".into(),
            path: vec!["forecast".into()],
            query: query.map(|(name, value)| (name.into(), value.into())).collect(),
            token: hash(&desk.token),
            admin: true,
            clocks: serde_json::from_value(clocks).unwrap(),
            ..Call::default()
        };
        let forecast = granted(desk.answer(&call));
        forecast["week"].as_array().unwrap().iter().map(|day| day.as_f64().unwrap()).collect()
    };
    let local = week(&mut desk, clocks);
    // Looks are hours apart, so that a little of a day counts for the one beside it.
    for (day, four) in local.iter().zip([4.0, 4.0, 4.0, 4.0, 4.0, 1.0, 1.0]) {
        assert!((day / (24.0 * 3.0 * 2.0 * 20.0 * four) - 1.0).abs() < 0.3, "{local:?}");
    }
    let utc = week(&mut desk, json!([]));
    assert!(utc[4] < 0.8 * local[4] && utc[6] > 1.3 * local[6], "{utc:?} {local:?}");
}

#[test]
fn a_plan_shows_what_it_would_find() {
    let mut desk = Desk::shop();
    for query in ["metric=orders&by=0.1&guess=0.3", "metric=orders&by=0.2&guess=0.02"] {
        let forecast = desk.get(&format!("forecast?{query}"));
        let curve: Vec<_> = forecast["curve"]
            .as_array()
            .unwrap()
            .iter()
            .map(|point| (point["by"].as_f64().unwrap(), point["power"].as_f64().unwrap()))
            .collect();
        assert!(curve.len() == 7 && curve.windows(2).all(|pair| pair[0].1 < pair[1].1), "{curve:?}");
        let (_, hoped) = curve[3];
        assert!((hoped - 0.8).abs() < 0.03, "at what is hoped for it has the power of the playbook: {curve:?}");
        assert!(curve[0].1 < 0.15 && curve[6].1 > 0.99, "{curve:?}");
    }
}
