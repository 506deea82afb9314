//! What was learned is found again, by whoever looks for it in words of their own.

mod desk;

use desk::shop::{arms, plan, tally};
use desk::{DAY, Desk, HOUR, granted};
use serde_json::{Value, json};

/// An experiment that ended, with an answer of its debrief.
fn learned(desk: &mut Desk, title: &str, choice: &str, answer: &str) -> String {
    let mut plan = plan();
    plan["title"] = json!(title);
    plan["change"]["page"] = json!(format!("/{choice}"));
    let key = desk.running(&plan);
    desk.now += DAY;
    if choice == "ship" {
        desk.shipped(&key);
    } else {
        granted(desk.act(&key, "decide", json!({"choice": choice, "why": "Because we all believe in it."})));
    }
    granted(desk.put(&format!("experiments/{key}/debrief"), json!({"answers": {"surprise": answer}})));
    key
}

fn found(desk: &mut Desk, query: &str) -> Vec<String> {
    let cards = desk.get(&format!("library?{query}"))["cards"].as_array().unwrap().clone();
    cards.iter().map(|card| card["key"].as_str().unwrap().to_string()).collect()
}

#[test]
fn an_experiment_is_found_by_its_words_and_its_outcome() {
    let mut desk = Desk::shop();
    let first = learned(&mut desk, "Crème for all", "ship", "Visitors liked the marzipan.");
    let second = learned(&mut desk, "Larger buttons", "keep", "Nobody noticed the marzipan.");
    assert_eq!(found(&mut desk, "q="), [second.as_str(), &first], "the newest first");
    assert_eq!(found(&mut desk, "q=creme"), [first.as_str()]);
    assert_eq!(found(&mut desk, "q=noticing nobody"), [second.as_str()]);
    assert_eq!(found(&mut desk, "q=marzipan buttons"), [second.as_str()]);
    assert_eq!(found(&mut desk, "q=marzipan&outcome=ship"), [first]);
    assert_eq!(found(&mut desk, "q=&outcome=keep"), [second]);
    let card = desk.get("library?q=buttons marzipan")["cards"][0].clone();
    assert!(card["snippet"].as_str().unwrap().contains("[marzipan]"), "{card}");
}

#[test]
fn ideas_do_not_stand_before_what_was_learned() {
    let mut desk = Desk::shop();
    let key = learned(&mut desk, "Larger buttons", "keep", "Nobody noticed the marzipan.");
    for _ in 0..60 {
        granted(desk.post("experiments", json!({"title": "Marzipan, marzipan", "note": "marzipan"})));
    }
    assert_eq!(found(&mut desk, "q=marzipan"), [key.as_str()]);
    assert_eq!(desk.get("similar?text=marzipan for everybody")["similar"][0]["key"], key);
}

#[test]
fn a_debrief_is_prefilled_and_its_latest_words_count() {
    let mut desk = Desk::shop();
    let key = learned(&mut desk, "Larger buttons", "keep", "Nobody noticed.");
    granted(desk.put(&format!("experiments/{key}/debrief"), json!({"answers": {"surprise": "Some did."}})));
    let debrief = desk.get(&format!("experiments/{key}/debrief"));
    let markdown = debrief["markdown"].as_str().unwrap();
    for part in ["# Larger buttons", "**Expected.** If we promise freshness", "## What surprised you?\n\nSome did."] {
        assert!(markdown.contains(part), "{markdown}");
    }
    assert!(debrief["prefilled"]["decision"].as_str().unwrap().starts_with("Keep the old version"));
    assert_eq!(found(&mut desk, "q=noticed"), Vec::<String>::new());
    assert_eq!(desk.experiment(&key)["debrief"]["answers"], json!({"surprise": "Some did."}));
    assert_eq!(desk.get(&format!("experiments/{key}/reading"))["voices"], Value::Array(vec![]));
}

/// One that has come as far as its last stage, where so many of a hundred ordered, and then ended.
fn concluded(desk: &mut Desk, number: usize, choice: &str, orders: [u64; 2]) -> String {
    let mut plan = plan();
    plan["title"] = json!(format!("Try {number}"));
    plan["change"]["page"] = json!(format!("/{number}"));
    let key = desk.running(&plan);
    let mut all = desk.ramped(&key, orders);
    all.extend(arms(3, 400, orders, [1, 1]));
    desk.now += HOUR;
    desk.tick(&[tally(&key, desk.now, &all)]);
    let decision = json!({"choice": choice, "why": "Because we all believe in it."});
    let ended = granted(desk.act(&key, "decide", decision));
    if !ended["asked"].is_null() {
        desk.started(&key);
    }
    granted(desk.put(&format!("experiments/{key}/debrief"), json!({"answers": {"surprise": "None."}})));
    key
}

#[test]
fn what_was_found_is_not_taken_at_its_word_and_all_that_ended_is_counted() {
    let mut desk = Desk::shop();
    let nothing = desk.get("library/together");
    assert_eq!((&nothing["ended"], &nothing["effects"], &nothing["impact"]), (&json!(0), &json!([]), &json!([])));
    let tried = [[30, 45], [30, 31], [30, 30], [30, 29], [30, 33], [30, 28], [30, 30]];
    for (number, orders) in tried.into_iter().enumerate() {
        concluded(&mut desk, number, if orders[1] > 40 { "ship" } else { "keep" }, orders);
    }
    granted(desk.put("teams", json!({"teams": [{"key": "shop", "name": "Shop front"}]})));
    granted(desk.put("owners/experiment/try-0", json!({"team": "shop"})));
    let told = desk.get("library/together");
    let count = |all: &Value| all.as_array().unwrap().iter().map(|one| one["count"].as_u64().unwrap()).sum::<u64>();
    assert_eq!((&told["ended"], count(&told["outcomes"])), (&json!(7), 7));
    let effects = told["effects"].as_array().unwrap();
    assert_eq!(effects.len(), 7);
    for effect in effects {
        let of = |name: &str| effect[name].as_f64().unwrap();
        assert!(of("low") < of("believed") && of("believed") < of("high"), "{effect}");
    }
    let luckiest = effects.iter().find(|effect| effect["key"] == "try-0").unwrap();
    let (found, believed) = (luckiest["found"].as_f64().unwrap(), luckiest["believed"].as_f64().unwrap());
    assert!((0.3..0.6).contains(&found) && believed > 0.0 && believed < 0.9 * found, "{luckiest}");
    // What was shipped is that one alone, so it is all that was brought.
    let impact = &told["impact"][0];
    assert_eq!((&impact["metric"], &impact["shipped"]), (&json!("orders"), &json!(1)));
    assert!((impact["believed"].as_f64().unwrap() - believed).abs() < 1e-12, "{impact}");
    assert!(impact["words"].as_str().unwrap().starts_with("1 shipped change brought about +"), "{impact}");
    let teams = told["teams"].as_array().unwrap();
    assert_eq!(
        teams.iter().map(|team| (&team["name"], &team["ended"], &team["shipped"])).collect::<Vec<_>>(),
        [(&json!("Shop front"), &json!(1), &json!(1)), (&json!("No team"), &json!(6), &json!(0))]
    );
    assert_eq!(desk.get("library/together?team=shop")["ended"], 1);
}
