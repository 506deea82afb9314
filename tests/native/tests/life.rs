//! The life of an experiment, from the idea to the library.

use crate::desk::shop::{Arm, LIVE, arms, plan, tally};
use crate::desk::visitors::VISITORS;
use crate::desk::{CONSOLE, Desk, HOUR, MINUTE, granted, refused};
use serde_json::{Value, json};

const FRESH: &str = "\"new\"";

#[test]
fn the_whole_life() {
    let mut desk = Desk::shop();
    let ada = desk.person("Ada");
    let key = desk.as_who(&ada, |desk| desk.submitted(&plan()));
    assert_eq!(desk.meet(&key, FRESH), 0);
    let started = granted(desk.act(&key, "approve", json!({})));
    assert_eq!((&started["author"], &started["reviewer"]), (&json!("Ada"), &json!("admin")));
    let hash = started["planHash"].clone();
    desk.slack();

    let mut all = desk.ramped(&key, [30, 45]);
    let at_last = desk.experiment(&key);
    assert_eq!((&at_last["ramp"]["stage"], &at_last["ramp"]["next"]), (&json!(2), &Value::Null));
    assert!((VISITORS / 8..VISITORS / 2).contains(&desk.meet(&key, FRESH)), "half of half of all");
    assert_eq!(desk.due(), []);

    completed(&mut desk, &key, &mut all, [30, 45]);
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
    let tested = desk.meet(&key, FRESH);
    assert!((VISITORS / 8..VISITORS / 2).contains(&tested), "the test goes on beside the release");
    all.extend(arms(4, 100, [30, 45], [1, 1]));
    desk.now += 59 * MINUTE;
    desk.tick(&[tally(&key, desk.now, &all)]);
    assert_eq!(desk.meet(&key, FRESH), tested, "a step waits its time");
    desk.now += MINUTE;
    desk.tick(&[tally(&key, desk.now, &all)]);
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
/// A page and another one in its place, at one address: no word of either is touched.
#[test]
fn two_pages_are_tried_at_one_address_and_one_page_is_no_test() {
    let mut desk = Desk::shop();
    let tried = |other: &str| {
        let mut plan = plan();
        plan["change"] = json!({"kind": "pages", "page": "/pricing", "other": other});
        plan
    };
    for other in ["/pricing", "pricing-b", ""] {
        let key = granted(desk.post("experiments", json!({"title": "Two pages", "note": ""})))["key"]
            .as_str()
            .unwrap()
            .to_string();
        granted(desk.put(&format!("experiments/{key}/plan"), tried(other)));
        let refused = desk.act(&key, "submit", json!({}));
        assert_eq!(
            (refused.status, &refused.body["problems"][0]["pointer"]),
            (422, &json!("/change/other")),
            "{other}"
        );
    }
    let key = desk.running(&tried("/pricing-b"));
    let document = desk.get("environments/production/document")["document"].clone();
    let page = &document["pages"][&key];
    assert_eq!(
        (&page["path"], &page["variants"]),
        (&json!("/pricing"), &json!({"new": [{"change": {"rewrite": "/pricing-b"}}]}))
    );
    assert_eq!(document["experiments"][&key]["run"]["split"][0][1], json!("control"));
}

fn completed(desk: &mut Desk, key: &str, all: &mut Vec<Arm>, orders: [u64; 2]) {
    let per_arm = desk.experiment(key)["perArm"].as_u64().unwrap();
    all.extend(arms(3, per_arm, orders, [1, 1]));
    desk.now += HOUR;
    for _ in 0..3 {
        desk.tick(&[tally(key, desk.now, all)]);
        desk.now += MINUTE;
    }
}

fn told_in_full(experiment: &Value) {
    let what: Vec<_> =
        experiment["history"].as_array().unwrap().iter().map(|entry| entry["what"].as_str().unwrap()).collect();
    let due = [
        "wrote the idea down",
        "changed the plan",
        "looked at “control”",
        "looked at “new”",
        "asked for a review",
        "approved the plan; it starts with 5 % of visitors",
        "took the ramp to 25 %",
        "took the ramp to 50 %",
        "sent the report",
        "decided to ship the new version, in steps",
        "took the new version to 100 % of all visitors: after 60 minutes",
        "wrote the debrief",
    ];
    assert_eq!(what.len(), due.len(), "{what:?}");
    assert!(what.iter().zip(due).all(|(what, due)| what.starts_with(due)), "{what:?}");
}

/// A shop whose playbook has no limit to what a step may still turn out to harm.
fn any_risk() -> Desk {
    let mut desk = Desk::shop();
    desk.weakened(|playbook| drop(playbook["hold"].as_object_mut().unwrap().remove("harmedAtMost")));
    desk
}

#[test]
fn whatever_the_stage_a_shipped_version_reaches_everybody_step_by_step() {
    for (stage, steps) in [(0, &[5, 25, 50, 100][..]), (1, &[25, 50, 100]), (2, &[50, 100])] {
        for stopped in [false, true] {
            let mut desk = any_risk();
            let key = desk.running(&plan());
            let mut all = Vec::new();
            for _ in 0..stage {
                desk.hour(&key, &mut all);
            }
            if stopped {
                granted(desk.act(&key, "stop", json!({"why": "a pause"})));
            }
            desk.shipped(&key);
            // The release counts in epochs of its own.
            all.extend(arms(stage + 1, 100, [30, 30], [1, 1]));
            let (steps, tested) = if stopped { (&[5, 25, 50, 100][..], 5) } else { (steps, steps[0]) };
            for step in steps {
                assert_eq!(desk.experiment(&key)["ramp"]["released"], *step, "from stage {stage}, stopped: {stopped}");
                let met = desk.meet(&key, FRESH) * 100 / VISITORS;
                let without = if *step == 100 { 0 } else { tested / 2 };
                assert!(met.abs_diff(step - without) <= 10, "{met} % of visitors at {step} %");
                desk.hour(&key, &mut all);
            }
        }
    }
}

#[test]
fn no_ship_reaches_everyone_without_evidence_or_a_second_person() {
    let mut desk = Desk::shop();
    let (editor, approver) = (desk.role("editor"), desk.role("approver"));
    let key = desk.as_who(&editor, |desk| desk.submitted(&plan()));
    granted(desk.as_who(&approver, |desk| desk.act(&key, "approve", json!({}))));
    let ship = json!({"choice": "ship", "why": "I believe strongly in it."});
    let asked = granted(desk.as_who(&editor, |desk| desk.act(&key, "decide", ship.clone())));
    assert_eq!((&asked["state"], &asked["asked"]["decision"]["byTheRule"]), (&json!("running"), &json!(false)));
    let quiet = |desk: &mut Desk, hours| {
        for _ in 0..hours {
            desk.now += HOUR;
            desk.follow();
        }
        desk.meet(&key, FRESH) * 100 / VISITORS
    };
    assert!(quiet(&mut desk, 48) < 6, "one person's wish takes it to nobody");

    let digest = json!({"digest": asked["asked"]["digest"]});
    refused(desk.as_who(&editor, |desk| desk.act(&key, "agree", digest.clone())), 403);
    granted(desk.as_who(&approver, |desk| desk.act(&key, "decide", ship)));
    refused(desk.as_who(&approver, |desk| desk.act(&key, "agree", digest.clone())), 409);
    refused(desk.act(&key, "agree", digest), 409);
    let read = desk.experiment(&key)["asked"]["digest"].clone();
    let decided = granted(desk.act(&key, "agree", json!({"digest": read})));
    assert_eq!((&decided["state"], &decided["decision"]["approver"]), (&json!("decided"), &json!("admin")));
    assert!(quiet(&mut desk, 48) < 6, "and without visitors to judge by it goes no further");
    let why = desk.experiment(&key)["ramp"]["why"].clone();
    assert!(why.as_str().unwrap().starts_with("Held: no visitor was confirmed"), "{why}");
}

#[test]
fn a_release_that_does_harm_is_rolled_back_and_one_that_is_not_seen_waits() {
    let mut desk = any_risk();
    let key = desk.running(&plan());
    let mut all = Vec::new();
    desk.hour(&key, &mut all);
    desk.shipped(&key);
    all.extend(arms(2, 100, [30, 30], [1, 1]));
    desk.hour(&key, &mut all);
    assert_eq!(desk.experiment(&key)["ramp"]["released"], 50);
    let lost = [tally(&key, desk.now, &all)];
    for _ in 0..3 {
        desk.now += HOUR;
        desk.follow();
    }
    assert_eq!(desk.experiment(&key)["ramp"]["released"], 50, "a shard tells nothing");
    desk.tick(&lost);
    all.extend(arms(4, 400, [30, 30], [1, 40]));
    desk.tick(&[tally(&key, desk.now, &all)]);
    let stopped = desk.experiment(&key);
    assert_eq!((&stopped["state"], &stopped["stop"]["cause"]), (&json!("stopped"), &json!("guardrail")));
    assert_eq!((desk.meet(&key, FRESH), &stopped["decision"]), (0, &Value::Null));
    refused(desk.act(&key, "decide", json!({"choice": "ship", "why": "Errors are not so bad."})), 409);
    granted(desk.act(&key, "decide", json!({"choice": "keep"})));
}

#[test]
fn a_release_is_stopped_with_one_click() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    let shipped = desk.shipped(&key);
    assert_eq!(shipped["actions"], json!(["debrief", "stop"]));
    granted(desk.act(&key, "stop", json!({"why": "it looks odd"})));
    assert_eq!(desk.meet(&key, FRESH), 0);
}

#[test]
fn whoever_works_alone_starts_nothing_with_one_click_and_can_take_it_back() {
    let mut desk = Desk::shop();
    let key = desk.submitted(&plan());
    assert_eq!(desk.experiment(&key)["actions"], json!(["plan", "confirm", "return", "abort"]));
    refused(desk.act(&key, "approve", json!({})), 409);
    refused(desk.act(&key, "confirm", json!({"subject": "yes"})), 409);
    let confirmed = granted(desk.act(&key, "confirm", json!({"subject": key})));
    assert_eq!((&confirmed["state"], &confirmed["due"]), (&json!("inReview"), &json!(desk.now + 10 * MINUTE)));
    desk.now += 9 * MINUTE;
    assert!(desk.follow(), "something waits");
    granted(desk.act(&key, "withdraw", json!({})));
    desk.now += HOUR;
    assert!(!desk.follow());
    assert_eq!((&desk.experiment(&key)["state"], desk.meet(&key, FRESH)), (&json!("inReview"), 0));
    granted(desk.act(&key, "confirm", json!({"subject": key})));
    let approver = desk.role("approver");
    desk.now += HOUR;
    desk.follow();
    assert_eq!(desk.meet(&key, FRESH), 0, "somebody else is here now, and is asked");
    granted(desk.as_who(&approver, |desk| desk.act(&key, "approve", json!({}))));
}

#[test]
fn whoever_met_the_new_version_keeps_it_while_it_is_released() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    desk.ramped(&key, [30, 30]);
    let met = desk.met_by(&key, FRESH);
    desk.shipped(&key);
    let keep = desk.met_by(&key, FRESH);
    assert!(met.len() > VISITORS / 8 && met.is_subset(&keep));
}

#[test]
fn a_release_waits_while_its_flag_is_off() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    let mut all = Vec::new();
    desk.shipped(&key);
    all.extend(arms(1, 100, [30, 30], [1, 1]));
    granted(desk.put(&format!("{LIVE}/flags/{key}"), json!({"enabled": false})));
    desk.hour(&key, &mut all);
    assert_eq!(desk.experiment(&key)["ramp"]["released"], 5);
    // Too late to take it back: on again it goes up in steps as anything does.
    granted(desk.put(&format!("{LIVE}/flags/{key}"), json!({"enabled": true})));
    desk.tick(&[tally(&key, desk.now, &all)]);
    assert_eq!(desk.experiment(&key)["ramp"]["released"], 25);
}

#[test]
fn against_the_rule_one_has_to_say_why() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    let mut all = desk.ramped(&key, [30, 30]);
    completed(&mut desk, &key, &mut all, [30, 30]);
    refused(desk.act(&key, "decide", json!({"choice": "ship"})), 409);
    let decided = granted(desk.act(&key, "decide", json!({"choice": "keep"})));
    assert_eq!((&decided["decision"]["byTheRule"], &decided["ended"]), (&json!(true), &json!(desk.now)));
    assert_eq!(desk.meet(&key, FRESH), 0);
}

#[test]
fn an_answer_can_be_corrected_whatever_became_of_the_flag() {
    let mut desk = any_risk();
    let key = desk.running(&plan());
    let mut all = arms(1, 100, [30, 30], [1, 1]);
    desk.shipped(&key);
    for _ in 0..3 {
        desk.hour(&key, &mut all);
    }
    assert_eq!(desk.meet(&key, FRESH), VISITORS);
    granted(desk.put(&format!("{LIVE}/flags/{key}"), json!({"share": 0})));
    let digest = desk.digest();
    granted(desk.put(&format!("experiments/{key}/debrief"), json!({"answers": {"next": "Take it back."}})));
    assert_eq!(desk.digest(), digest);
}
