//! The life of an experiment, from the idea to the library.

mod desk;

use desk::shop::{Arm, LIVE, arms, plan, tally};
use desk::visitors::VISITORS;
use desk::{CONSOLE, Desk, HOUR, MINUTE, granted, refused};
use serde_json::{Value, json};

const FRESH: &str = "\"new\"";

fn webhook(desk: &mut Desk) {
    granted(desk.put("settings", json!({"webhook": "https://hooks.slack.com/services/x"})));
}

#[test]
fn the_whole_life() {
    let mut desk = Desk::shop();
    webhook(&mut desk);
    let ada = desk.person("Ada");
    let key = desk.as_who(&ada, |desk| desk.submitted(&plan()));
    assert_eq!(desk.meet(&key, FRESH), 0);
    let started = granted(desk.act(&key, "approve", json!({})));
    assert_eq!((&started["author"], &started["reviewer"]), (&json!("Ada"), &json!("admin")));
    let hash = started["planHash"].clone();

    let all = desk.ramped(&key, [30, 45]);
    let at_last = desk.experiment(&key);
    assert_eq!((&at_last["ramp"]["stage"], &at_last["ramp"]["next"]), (&json!(2), &Value::Null));
    assert!((VISITORS / 8..VISITORS / 2).contains(&desk.meet(&key, FRESH)), "half of half of all");
    assert_eq!(desk.due(), []);

    completed(&mut desk, &key, all, [30, 45]);
    let [report] = &desk.due()[..] else { panic!("one report, and no more") };
    let id = report.id;
    let report: Value = serde_json::from_str(&report.payload).unwrap();
    let kinds: Vec<_> = report["blocks"].as_array().unwrap().iter().map(|block| block["type"].as_str()).collect();
    assert_eq!(kinds, ["header", "section", "context", "actions"].map(Some));
    assert!(report["text"].as_str().unwrap().starts_with("Fresh hero: Ship the new version"));
    assert_eq!(report["blocks"][3]["elements"][0]["url"], format!("{CONSOLE}/#/experiments/{key}/reading"));

    assert!(desk.tick(&[]), "a message that waits is sent again, whatever else has ended");
    desk.deliver(id, "");

    let decided = granted(desk.act(&key, "decide", json!({"choice": "ship"})));
    assert_eq!(decided["decision"]["byTheRule"], true);
    let half = desk.meet(&key, FRESH);
    assert!((VISITORS / 3..VISITORS * 2 / 3).contains(&half), "{half}");
    desk.now += 59 * MINUTE;
    desk.tick(&[]);
    assert_eq!(desk.meet(&key, FRESH), half, "a step waits its time");
    desk.now += MINUTE;
    desk.tick(&[]);
    assert_eq!(desk.meet(&key, FRESH), VISITORS);
    assert!(!desk.tick(&[]), "nothing moves any more");

    let learned = json!({"answers": {"surprise": "Nobody asked for marzipan.", "unasked": "Away with it."}});
    let debriefed = granted(desk.put(&format!("experiments/{key}/debrief"), learned));
    assert_eq!((&debriefed["state"], &debriefed["planHash"]), (&json!("debriefed"), &hash));
    assert!(debriefed["debrief"]["answers"].get("unasked").is_none());
    let found = desk.get("library?q=MARZIPAN&outcome=ship");
    assert_eq!((&found["cards"][0]["key"], &found["known"]), (&json!(key), &json!(1)));
    assert_eq!(desk.get("library?q=marzipan&outcome=keep")["cards"], json!([]));
    assert_eq!(desk.get("similar?text=marzipan")["similar"][0]["key"], json!(key));
    told_in_full(&debriefed);
}

/// Counts up to the planned size, with which the report leaves.
fn completed(desk: &mut Desk, key: &str, mut all: Vec<Arm>, orders: [u64; 2]) {
    let per_arm = desk.experiment(key)["perArm"].as_u64().unwrap();
    all.extend(arms(3, per_arm, orders, [1, 1]));
    desk.now += HOUR;
    for _ in 0..3 {
        desk.tick(&[tally(key, desk.now, &all)]);
        desk.now += MINUTE;
    }
}

fn told_in_full(experiment: &Value) {
    let what: Vec<_> =
        experiment["history"].as_array().unwrap().iter().map(|entry| entry["what"].as_str().unwrap()).collect();
    let due = [
        "wrote the idea down",
        "changed the plan",
        "asked for a review",
        "approved the plan; it starts with 5 % of visitors",
        "took the ramp to 25 %",
        "took the ramp to 50 %",
        "sent the report",
        "decided to ship the new version, in steps",
        "took the new version to 100 %",
        "wrote the debrief",
    ];
    assert_eq!(what.len(), due.len(), "{what:?}");
    assert!(what.iter().zip(due).all(|(what, due)| what.starts_with(due)), "{what:?}");
}

#[test]
fn whatever_the_stage_a_shipped_version_reaches_everybody_step_by_step() {
    for (stage, steps) in [(0, &[5, 25, 50, 100][..]), (1, &[25, 50, 100]), (2, &[50, 100])] {
        for stopped in [false, true] {
            let mut desk = Desk::shop();
            let key = desk.running(&plan());
            let mut all = Vec::new();
            for epoch in 1..=stage {
                all.extend(arms(epoch, 100, [30, 30], [1, 1]));
                desk.now += 2 * HOUR;
                desk.tick(&[tally(&key, desk.now, &all)]);
            }
            if stopped {
                granted(desk.act(&key, "stop", json!({"why": "a pause"})));
            }
            granted(desk.act(&key, "decide", json!({"choice": "ship", "why": "Because we all believe in it."})));
            let steps = if stopped { &[5, 25, 50, 100] } else { steps };
            for step in steps {
                assert_eq!(desk.experiment(&key)["ramp"]["released"], *step, "from stage {stage}, stopped: {stopped}");
                let met = desk.meet(&key, FRESH) * 100 / VISITORS;
                assert!(met.abs_diff(*step) <= 10, "{met} % of visitors at {step} %");
                desk.now += HOUR;
                desk.tick(&[]);
            }
        }
    }
}

#[test]
fn whoever_met_the_new_version_keeps_it_while_it_is_released() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    desk.ramped(&key, [30, 30]);
    let met = desk.met_by(&key, FRESH);
    granted(desk.act(&key, "decide", json!({"choice": "ship", "why": "Because we all believe in it."})));
    let keep = desk.met_by(&key, FRESH);
    assert!(met.len() > VISITORS / 8 && met.is_subset(&keep));
}

#[test]
fn a_release_waits_while_its_flag_is_off() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    granted(desk.act(&key, "decide", json!({"choice": "ship", "why": "Because we all believe in it."})));
    desk.now += 55 * MINUTE;
    granted(desk.put(&format!("{LIVE}/flags/{key}"), json!({"enabled": false})));
    desk.now += 6 * MINUTE;
    desk.tick(&[]);
    assert_eq!(desk.experiment(&key)["ramp"]["released"], 5);
    granted(desk.post(&format!("{LIVE}/flags/{key}/undo"), json!({})));
    desk.tick(&[]);
    assert_eq!(desk.experiment(&key)["ramp"]["released"], 25);
}

#[test]
fn against_the_rule_one_has_to_say_why() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    let all = desk.ramped(&key, [30, 30]);
    completed(&mut desk, &key, all, [30, 30]);
    refused(desk.act(&key, "decide", json!({"choice": "ship"})), 409);
    let decided = granted(desk.act(&key, "decide", json!({"choice": "keep"})));
    assert_eq!((&decided["decision"]["byTheRule"], &decided["ended"]), (&json!(true), &json!(desk.now)));
    assert_eq!(desk.meet(&key, FRESH), 0);
}

#[test]
fn an_answer_can_be_corrected_whatever_became_of_the_flag() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    granted(desk.act(&key, "decide", json!({"choice": "ship", "why": "Because we all believe in it."})));
    for _ in 0..3 {
        desk.now += HOUR;
        desk.tick(&[]);
    }
    assert_eq!(desk.meet(&key, FRESH), VISITORS);
    granted(desk.put(&format!("{LIVE}/flags/{key}"), json!({"share": 0})));
    let digest = desk.digest();
    granted(desk.put(&format!("experiments/{key}/debrief"), json!({"answers": {"next": "Take it back."}})));
    assert_eq!(desk.digest(), digest);
}
