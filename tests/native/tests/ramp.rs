//! The ramp follows the counts: it goes on when they allow it, stays when they do not, and takes back what does harm.

use crate::desk::shop::{Arm, LIVE, arms, plan, tally};
use crate::desk::visitors::VISITORS;
use crate::desk::{DAY, Desk, HOUR, MINUTE, granted, refused};
use fastrand::Rng;
use pointsman::collect::Tally;
use serde_json::json;

const FRESH: &str = "\"new\"";

fn stage(desk: &mut Desk, key: &str) -> u64 {
    desk.experiment(key)["ramp"]["stage"].as_u64().unwrap()
}

#[test]
fn a_stop_and_its_undo_leave_the_same_digest() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    desk.ramped(&key, [30, 30]);
    let (running, met) = (desk.digest(), desk.meet(&key, FRESH));
    let stopped = granted(desk.act(&key, "stop", json!({"why": "a look"})));
    assert_eq!(stopped["stop"]["undoUntil"], desk.now + 10 * MINUTE);
    assert_eq!(desk.meet(&key, FRESH), 0);
    desk.now += 10 * MINUTE;
    granted(desk.act(&key, "undo", json!({})));
    assert_eq!((desk.digest(), desk.meet(&key, FRESH)), (running, met));
    granted(desk.act(&key, "stop", json!({})));
    desk.now += 10 * MINUTE + 1;
    refused(desk.act(&key, "undo", json!({})), 409);
    assert_eq!(desk.meet(&key, FRESH), 0);
}

#[test]
fn an_undo_brings_back_the_test_that_there_was_and_nothing_new() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    desk.ramped(&key, [30, 30]);
    granted(desk.act(&key, "stop", json!({})));
    // Nobody meets the new version now, so its words may be others; to half of all that would be new.
    let mut document = desk.get(&format!("{LIVE}/document"))["document"].clone();
    document["flags"][&key]["variants"]["new"] = json!("something else");
    granted(desk.put(&format!("{LIVE}/document"), document.clone()));
    refused(desk.act(&key, "undo", json!({})), 409);
    document["flags"][&key]["variants"]["new"] = json!("new");
    granted(desk.put(&format!("{LIVE}/document"), document));
    granted(desk.act(&key, "undo", json!({})));
}

#[test]
fn a_harmful_version_is_rolled_back_by_one_tick() {
    let mut desk = Desk::shop();
    desk.slack();
    let key = desk.running(&plan());
    // However much the ramp is held by hand.
    granted(desk.act(&key, "hold", json!({"why": "lunch"})));
    desk.now += MINUTE;
    let harmed = [tally(&key, desk.now, &arms(1, 400, [30, 30], [1, 40]))];
    desk.tick(&harmed);
    assert_eq!((desk.meet(&key, FRESH), desk.meet(&key, "\"control\"")), (0, VISITORS));
    let stopped = desk.experiment(&key);
    assert_eq!((&stopped["state"], &stopped["stop"]["cause"]), (&json!("stopped"), &json!("guardrail")));
    let why = stopped["stop"]["why"].as_str().unwrap();
    assert!(why.starts_with("“errors” got worse: 160 visitors with the new version, 4 with the old one"), "{why}");
    let [message] = &desk.due()[..] else { panic!("one message, and no more") };
    assert!(message.payload.contains("everybody has the old one again"));
    desk.tick(&harmed);
    assert_eq!(desk.due().len(), 1);
    refused(desk.act(&key, "undo", json!({})), 409);
    let ship = json!({"choice": "ship", "why": "Errors are not so bad after all."});
    refused(desk.act(&key, "decide", ship), 409);
    granted(desk.act(&key, "decide", json!({"choice": "again"})));
    assert_eq!(desk.get("library?q=&outcome=stopped")["cards"][0]["key"], json!(key));
}

#[test]
fn a_harmful_version_is_rolled_back_whatever_else_the_document_says() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    granted(desk.post("voices", json!({"experiment": key, "question": "Why?", "comment": true})));
    granted(desk.put(&format!("{LIVE}/flags/gift"), json!({"share": 0.05})));
    let mut document = desk.get(&format!("{LIVE}/document"))["document"].clone();
    document["flags"][&key]["rules"] = json!([]);
    granted(desk.put(&format!("{LIVE}/document"), document));
    desk.tick(&[tally(&key, desk.now, &arms(1, 400, [30, 30], [1, 40]))]);
    assert_eq!(desk.experiment(&key)["state"], "stopped");
}

#[test]
fn asking_more_often_changes_nothing() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    for (wait, arms) in [(MINUTE, arms(1, 5, [30, 30], [0, 0])), (HOUR, arms(1, 300, [30, 30], [1, 1]))] {
        desk.now += wait;
        let tally = [tally(&key, desk.now, &arms)];
        desk.tick(&tally);
        let before = desk.tables();
        desk.follow();
        // One that comes late is as good as none.
        desk.hear(&tally);
        for (table, rows) in desk.tables().into_iter().filter(|(table, _)| table != "look") {
            assert!(before[&table] == rows, "{table}");
        }
    }
    assert_eq!(stage(&mut desk, &key), 1);
}

/// Why a ramp must stay, and counts that would let it go on otherwise.
fn hindered(desk: &mut Desk, key: &str, rng: &mut Rng) -> (&'static str, Tally) {
    let people = rng.u64(40..400);
    let mut both: Vec<Arm> = arms(1, people, [rng.u64(20..40), rng.u64(20..40)], [1, 1]);
    let since = desk.experiment(key)["ramp"]["since"].as_i64().unwrap();
    desk.now = since + rng.i64(HOUR..5 * HOUR);
    let last = desk.now;
    let why = match rng.u8(..6) {
        0 => {
            granted(desk.act(key, "hold", json!({"why": "lunch"})));
            "it is held"
        }
        1 => {
            // After three days without any it would end.
            desk.now += rng.i64(DAY..3 * DAY);
            "the data are stale"
        }
        2 => {
            both[rng.usize(..2)].people *= rng.u64(4..9);
            "the split is wrong"
        }
        3 => {
            both[rng.usize(..2)].people = rng.u64(..10);
            "too few have come"
        }
        4 => {
            desk.now = since + rng.i64(..HOUR);
            "the stage is too young"
        }
        _ => {
            for arm in &mut both {
                arm.epoch = 7;
            }
            "nobody has come in this stage"
        }
    };
    for arm in &mut both {
        arm.orders = arm.orders.min(arm.people);
        arm.errors = 0;
    }
    (why, tally(key, last.min(desk.now), &both))
}

#[test]
fn missing_data_a_hold_or_a_wrong_split_never_advance_anything() {
    for seed in 0..30 {
        let rng = &mut Rng::with_seed(seed);
        let mut desk = Desk::shop();
        let key = desk.running(&plan());
        let (why, tally) = hindered(&mut desk, &key, rng);
        let digest = desk.digest();
        for _ in 0..3 {
            desk.tick(std::slice::from_ref(&tally));
        }
        assert_eq!((stage(&mut desk, &key), desk.digest()), (0, digest), "seed {seed}: {why}, {tally:?}");
    }
}

#[test]
fn a_plan_takes_no_larger_steps_than_its_playbook() {
    let mut desk = Desk::shop();
    for (ramp, good) in [
        (json!([]), true),
        (json!([5]), true),
        (json!([2, 5, 25]), true),
        (json!([5, 25, 50, 100]), true),
        (json!([1, 100]), false),
        (json!([5, 50]), false),
        (json!([10]), false),
    ] {
        let mut plan = plan();
        plan["ramp"] = ramp.clone();
        let idea = granted(desk.post("experiments", json!({"title": "A ramp"})));
        let key = idea["key"].as_str().unwrap();
        let problems = granted(desk.put(&format!("experiments/{key}/plan"), plan))["problems"].clone();
        let found = problems.as_array().unwrap().iter().any(|problem| problem["pointer"] == "/ramp");
        assert_eq!(found, !good, "{ramp}: {problems}");
    }
}

#[test]
fn a_message_is_tried_until_it_arrives_and_not_for_ever() {
    let mut desk = Desk::shop();
    refused(desk.post("channels/1/test", json!({})), 404);
    let unsafe_address = json!({"name": "x", "service": "slack", "address": "http://hooks.example"});
    assert_eq!(refused(desk.post("channels", unsafe_address), 422)["problems"][0]["pointer"], "/address");
    let test = format!("channels/{}/test", desk.slack());
    let posted = granted(desk.post(&test, json!({})))["posted"].as_i64().unwrap();
    let mut attempts = 0;
    while let [message] = &desk.due()[..] {
        assert_eq!(message.id, posted);
        desk.deliver(posted, "no answer");
        assert_eq!(desk.due(), [], "not at once again");
        (attempts, desk.now) = (attempts + 1, desk.now + DAY);
    }
    assert!((5..50).contains(&attempts), "{attempts}");
    let given_up = desk.get("deliveries")["deliveries"][0].clone();
    assert_eq!((&given_up["state"], &given_up["attempts"]), (&json!("given up"), &json!(attempts)), "{given_up}");
    assert_eq!(desk.get("audit?limit=1")["rows"][0]["action"], "give up a message");
    let posted = granted(desk.post(&test, json!({})))["posted"].as_i64().unwrap();
    desk.deliver(posted, "");
    assert_eq!(desk.due(), []);
}

#[test]
fn a_message_that_nobody_takes_keeps_the_watch_awake() {
    let mut desk = Desk::empty();
    let test = format!("channels/{}/test", desk.slack());
    assert!(!desk.tick(&[]), "nothing runs");
    granted(desk.post(&test, json!({})));
    let id = desk.due()[0].id;
    desk.deliver(id, "it answers 500");
    assert!(desk.due().is_empty(), "it waits a little");
    assert!(desk.tick(&[]), "somebody has to try again");
    desk.deliver(id, "");
    assert!(!desk.tick(&[]));
}

#[test]
fn what_anybody_can_invent_is_never_added_to_what_is_signed_and_moves_no_ramp() {
    let mut desk = Desk::shop();
    let path = format!("{LIVE}/document");
    let mut document = desk.get(&path)["document"].clone();
    document["intake"] = json!("open");
    granted(desk.put(&path, document.clone()));
    let key = desk.running(&plan());
    let open = |tally: Tally| Tally { shard: "shop/production/open/0".to_string(), ..tally };
    for arms in [arms(1, 300, [30, 30], [1, 1]), arms(1, 400, [30, 30], [1, 200])] {
        desk.now += 3 * HOUR;
        // Neither good numbers nor harmful ones, nor both at once from the shards of the other intake.
        desk.tick(&[open(tally(&key, desk.now, &arms)), tally(&key, desk.now, &arms)]);
        let experiment = desk.experiment(&key);
        let told = [&experiment["state"], &experiment["ramp"]["stage"], &experiment["intake"]];
        assert_eq!(told, [&json!("running"), &json!(0), &json!("open")]);
        let people: u64 = arms.iter().map(|arm| arm.people).sum();
        assert_eq!(desk.get("experiments")["experiments"][0]["people"], people, "one intake alone is counted");
    }
    let why = desk.experiment(&key)["ramp"]["why"].to_string();
    assert!(why.contains("intake is open"), "{why}");
    // The rule by which units count is fixed for the life of a run.
    document = desk.get(&path)["document"].clone();
    document.as_object_mut().unwrap().remove("intake");
    let refused = refused(desk.put(&path, document), 422);
    assert_eq!(refused["problems"][0]["pointer"], "/intake");
}

#[test]
fn where_units_are_signed_nothing_that_is_not_is_counted() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    desk.now += 3 * HOUR;
    let forged = tally(&key, desk.now, &arms(1, 400, [30, 30], [1, 200]));
    desk.tick(&[Tally { shard: "shop/production/open/0".to_string(), ..forged }]);
    let (experiment, people) = (desk.experiment(&key), desk.get("experiments")["experiments"][0]["people"].clone());
    assert_eq!((&experiment["state"], people), (&json!("running"), json!(0)));
}
