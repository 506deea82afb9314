//! What the live page says of reports that got lost on the way: how many, where, and whether both versions lose alike.

use crate::desk::Desk;
use crate::desk::shop::plan;
use pointsman::collect::{Sum, Tally};
use serde_json::{Value, json};

/// Reports that were sent and lost, by variant and browser.
type Lost = (&'static str, &'static str, u64, u64);

/// The live page of an experiment of which a shard tells this.
fn live(lost: &[Lost]) -> Value {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    let sum = |variant: &str, browser: &str, vector: [u64; 5]| Sum {
        variant: variant.to_string(),
        epoch: 1,
        metric: String::new(),
        dimension: if browser.is_empty() { String::new() } else { format!("browser={browser}") },
        open: false,
        vector: vector.iter().map(ToString::to_string).collect(),
    };
    let of = |reports: u64, lost: u64| [50, 50, 0, reports, lost];
    let by_browser = lost.iter().map(|(variant, browser, reports, lost)| sum(variant, browser, of(*reports, *lost)));
    let whole = ["control", "new"].into_iter().map(|variant| {
        let own = || lost.iter().filter(|(of, ..)| *of == variant);
        sum(variant, "", of(own().map(|(_, _, reports, _)| reports).sum(), own().map(|(.., lost)| lost).sum()))
    });
    let sums = by_browser.chain(whole).collect();
    desk.tick(&[Tally {
        run: format!("{key}-1"),
        shard: "0".to_string(),
        last: Some(desk.now),
        sums,
        ..Tally::default()
    }]);
    desk.get(&format!("experiments/{key}/live"))
}

fn line(lost: &[Lost]) -> (String, String, String) {
    let screen = live(lost);
    let told = screen["lines"].as_array().unwrap().iter().find(|line| line["id"] == "lost").unwrap();
    let text = |name: &str| told[name].as_str().unwrap().to_string();
    (text("status"), text("what"), text("cause"))
}

#[test]
fn what_was_lost_is_told_with_its_browsers() {
    let told = line(&[("control", "Safari", 602, 1), ("new", "Safari", 302, 2), ("new", "Chrome", 300, 0)]);
    assert_eq!((&*told.0, &*told.1), ("ok", "3 of 1,204 reports were lost on the way (Safari 3)."));
    let told = line(&[("control", "Safari", 100, 1), ("new", "Chrome", 100, 2)]);
    assert_eq!(told.1, "3 of 200 reports were lost on the way (Chrome 2, Safari 1).");
    assert_eq!(line(&[("new", "Edge", 40, 1)]).1, "1 of 40 reports was lost on the way (Edge 1).");
}

#[test]
fn a_test_without_visitors_says_so_and_nothing_of_bots() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    let screen = desk.get(&format!("experiments/{key}/live"));
    let told = screen["lines"].as_array().unwrap().iter().find(|line| line["id"] == "clean").unwrap();
    assert_eq!((told["status"].as_str(), told["what"].as_str()), (Some("wait"), Some("Nobody has come yet.")));
}

#[test]
fn where_nothing_was_lost_that_is_told() {
    let told = line(&[("control", "Safari", 1, 0)]);
    assert_eq!((&*told.0, &*told.1), ("ok", "No report was lost on the way; 1 came in."));
    assert_eq!(line(&[]).0, "wait");
}

#[test]
fn a_version_that_loses_more_than_the_other_deserves_a_look() {
    let (status, _, cause) = line(&[("control", "Safari", 100, 2), ("new", "Safari", 100, 12)]);
    assert_eq!((&*status, &*cause), ("look", "The new version loses more: 12 % of its reports, the other 2.0 %."));
    let (status, _, cause) = line(&[("control", "Safari", 100, 30), ("new", "Safari", 100, 30)]);
    assert_eq!(status, "look");
    assert!(cause.starts_with("Both versions lose alike"), "{cause}");
    // Of five reports one is soon lost.
    assert_eq!(line(&[("control", "Safari", 1000, 2), ("new", "Safari", 5, 1)]).0, "ok");
}

#[test]
fn the_figures_stand_beside_the_words() {
    let live = live(&[("control", "Safari", 7, 1), ("control", "Chrome", 5, 2), ("new", "Chrome", 9, 0)]);
    let arms: Vec<_> = live["arms"].as_array().unwrap().iter().map(|arm| (&arm["reports"], &arm["lost"])).collect();
    assert_eq!(arms, [(&json!(12), &json!(3)), (&json!(9), &json!(0))]);
    let chrome = &live["browsers"][0];
    assert_eq!((&chrome["browser"], &chrome["arms"][0]["lost"]), (&json!("Chrome"), &json!(2)));
}
