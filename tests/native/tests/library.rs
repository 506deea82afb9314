//! What was learned is found again, by whoever looks for it in words of their own.

mod desk;

use desk::shop::plan;
use desk::{DAY, Desk, granted};
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
