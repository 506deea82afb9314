//! What the control object hears of shards: nothing counts twice, nothing old comes back, whoever falls silent is missed,
//! and what was acted on stays to be read as it was seen.

use crate::desk::shop::{Arm, arms, plan, tally};
use crate::desk::{Desk, HOUR, MINUTE, granted};
use pointsman::collect::{Heard, Tally};
use serde_json::{Value, json};

/// What a shard tells of an epoch's visitors, under a number.
fn told(key: &str, now: i64, shard: &str, sequence: i64, people: u64) -> Tally {
    let tally = tally(key, now, &arms(1, people, [30, 30], [1, 1]));
    Tally { shard: shard.to_string(), sequence, ..tally }
}

fn confirmed(desk: &mut Desk, key: &str) -> Vec<u64> {
    let live = desk.get(&format!("experiments/{key}/live"));
    live["arms"].as_array().unwrap().iter().map(|arm| arm["assigned"].as_u64().unwrap()).collect()
}

#[test]
fn a_telling_that_is_lost_repeated_or_late_never_counts_twice_and_never_takes_anything_back() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    let now = desk.now;
    let of = |sequence, people| [told(&key, now, "0", sequence, people)];
    let heard = |sequence| [Heard { run: format!("{key}-1"), sequence }];
    assert_eq!(desk.hear(&of(1, 10)), heard(1));
    assert_eq!(desk.hear(&of(1, 10)), heard(1));
    assert_eq!(confirmed(&mut desk, &key), [10, 10]);
    assert_eq!(desk.hear(&of(3, 30)), heard(3), "the second one was lost");
    assert_eq!(desk.hear(&of(2, 20)), heard(3), "and comes after all");
    assert_eq!(confirmed(&mut desk, &key), [30, 30]);
    desk.hear(&[told(&key, now, "1", 1, 5)]);
    assert_eq!(confirmed(&mut desk, &key), [35, 35], "another shard has other visitors");
}

#[test]
fn a_shard_that_falls_silent_holds_the_ramp_and_is_told_once_and_the_ramp_goes_on_by_itself() {
    let mut desk = Desk::shop();
    desk.slack();
    let key = desk.running(&plan());
    let digest = desk.digest();
    desk.hear(&[told(&key, desk.now, "0", 1, 100), told(&key, desk.now, "1", 1, 100)]);
    for beat in 2..60 {
        // One goes on, and nobody comes to it; of the other nothing is heard.
        desk.now += 2 * MINUTE;
        desk.hear(&[told(&key, desk.now, "0", beat, 100)]);
        desk.follow();
    }
    assert_eq!(desk.digest(), digest, "two hours, and enough visitors: but some may be missing");
    let held = |desk: &mut Desk| desk.experiment(&key)["ramp"]["why"].to_string();
    assert!(
        held(&mut desk).contains("a part of the collector has told nothing for a quarter of an hour"),
        "{}",
        held(&mut desk)
    );
    assert_eq!(desk.get("now")["running"][0]["status"], "look");
    let [message] = &desk.due()[..] else { panic!("one message, and no more") };
    assert!(message.payload.contains("Held: a part of the data does not come in"));
    let id = message.id;
    desk.deliver(id, "");

    desk.hear(&[told(&key, desk.now, "1", 2, 100)]);
    desk.follow();
    let [message] = &desk.due()[..] else { panic!("one message, and no more") };
    assert!(message.payload.contains("All data come in again"));
    assert_ne!(desk.digest(), digest, "it goes on");
}

#[test]
fn a_quiet_hour_is_no_silence() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    for beat in 1..30 {
        desk.now += 5 * MINUTE;
        desk.hear(&[told(&key, desk.now, "0", beat, 100)]);
        desk.follow();
    }
    assert_eq!(desk.experiment(&key)["ramp"]["stage"], 1);
}

#[test]
fn what_was_acted_on_stays_as_it_was_seen() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    desk.now += 2 * HOUR;
    let tally = |sequence, errors| {
        let tally = tally(&key, desk.now, &arms(1, 400, [30, 30], errors));
        Tally { sequence, ..tally }
    };
    let (good, bad, late) = (tally(7, [1, 1]), tally(8, [1, 40]), tally(9, [40, 1]));
    let seen = |desk: &mut Desk| desk.get(&format!("experiments/{key}/crossings"))["crossings"].clone();
    desk.hear(&[good]);
    desk.follow();
    desk.follow();
    let advanced = seen(&mut desk);
    assert_eq!(advanced.as_array().unwrap().len(), 1, "{advanced}");
    desk.hear(&[bad]);
    desk.follow();
    let both = seen(&mut desk);
    assert_eq!(both[0], advanced[0]);
    assert_eq!((&both[0]["action"], &both[1]["action"]), (&json!("advance"), &json!("roll back")));
    assert_eq!((&both[0]["sequences"], &both[1]["sequences"]), (&json!({"0": 7}), &json!({"0": 8})));
    let harmed = |of: &Value| of["evidence"]["guardrails"][0].clone();
    assert_eq!((&harmed(&both[0])["harmed"], &harmed(&both[1])["harmed"]), (&json!(false), &json!(true)));
    assert_eq!((&harmed(&both[1])["treated"], &harmed(&both[1])["control"]), (&json!(160), &json!(4)));
    assert_ne!(both[0]["digest"], both[1]["digest"]);

    desk.hear(&[late]);
    desk.follow();
    assert_eq!(seen(&mut desk), both, "late data change sums, and nothing that was seen");
    for statement in ["UPDATE crossing SET why = ''", "DELETE FROM crossing"] {
        assert!(desk.store.execute(statement, []).is_err(), "{statement}");
    }
    assert_eq!(seen(&mut desk), both);
}

#[test]
fn an_alarm_holds_for_the_run_however_sound_later_numbers_look() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    let of = |sequence, people: [u64; 2]| {
        let arm = |variant, people: u64| Arm { variant, epoch: 1, people, orders: people / 4, errors: people / 100 };
        let tally = tally(&key, desk.now, &[arm("control", people[0]), arm("new", people[1])]);
        Tally { sequence, ..tally }
    };
    let told = [of(1, [500, 300]), of(2, [50_000, 49_800])];
    let reading = |desk: &mut Desk| desk.get(&format!("experiments/{key}/reading"));
    let mut seen = Vec::new();
    for tally in told {
        desk.hear(&[tally]);
        desk.follow();
        desk.follow();
        let screen = reading(&mut desk);
        assert_eq!(
            (&screen["conclusion"]["kind"], &screen["recommend"]),
            (&json!("invalid"), &json!("fix")),
            "{screen}"
        );
        assert_eq!(screen["conclusion"]["cause"]["kind"], "sampleRatio");
        assert_eq!(screen["lift"], Value::Null);
        assert_eq!(desk.experiment(&key)["ramp"]["why"], "Held: the visitors are not split as planned.");
        let live = desk.get(&format!("experiments/{key}/live"));
        assert_eq!(live["lines"][0]["status"], "stop", "{live}");
        let crossings = desk.get(&format!("experiments/{key}/crossings"))["crossings"].clone();
        let alarms = crossings.as_array().unwrap().iter().filter(|seen| seen["action"] == "alarm");
        seen.push((screen, alarms.cloned().collect::<Vec<_>>()));
    }
    let [(first, early), (later, late)] = &seen[..] else { panic!("two") };
    assert_eq!(early, late, "it is kept once, as it was seen");
    assert_eq!((early.len(), &early[0]["sequences"]), (1, &json!({"0": 1})));
    assert_eq!(early[0]["evidence"]["verdict"]["words"], first["words"]);
    assert_eq!(early[0]["evidence"]["look"]["arms"][1]["confirmed"], 300);
    assert_eq!(later["report"]["sampleRatio"]["alarm"], false, "the present counts alone would raise none");
    assert!(later["words"].as_str().unwrap().contains("What came later hides it and mends nothing."), "{later}");
    let audited: Vec<_> = desk.get("audit")["rows"].as_array().cloned().unwrap_or_default();
    assert!(audited.iter().any(|entry| entry["action"] == "alarm"), "{audited:?}");
}

#[test]
fn the_first_time_that_a_version_was_better_stays_to_be_read() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    let of = |sequence, orders| Tally { sequence, ..tally(&key, desk.now, &arms(1, 2_000, orders, [1, 1])) };
    let told = [of(1, [30, 40]), of(2, [30, 31]), of(3, [30, 41])];
    let mut kinds = Vec::new();
    for tally in told {
        desk.hear(&[tally]);
        desk.follow();
        kinds.push(desk.get(&format!("experiments/{key}/reading"))["conclusion"]["kind"].clone());
    }
    assert_eq!(kinds, ["better", "noEffectAsLarge", "better"], "the verdict is that of the numbers");
    let crossings = desk.get(&format!("experiments/{key}/crossings"))["crossings"].clone();
    let better: Vec<_> = crossings.as_array().unwrap().iter().filter(|seen| seen["action"] == "better").collect();
    assert_eq!((better.len(), &better[0]["sequences"]), (1, &json!({"0": 1})), "{crossings}");
    assert_eq!(better[0]["evidence"]["look"]["arms"][1]["converted"], 800);
}

#[test]
fn what_follows_from_harm_is_there_at_once_with_its_evidence_and_a_debrief_to_finish() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    desk.tick(&[tally(&key, desk.now, &arms(1, 400, [30, 30], [1, 40]))]);
    assert_eq!(desk.experiment(&key)["state"], "stopped");
    let draft = desk.get(&format!("experiments/{key}/debrief"));
    let (found, decided) =
        (draft["prefilled"]["found"].as_str().unwrap(), draft["prefilled"]["decision"].as_str().unwrap());
    assert!(format!("{found} {decided}").contains("“errors” got worse: 160 visitors"), "{draft}");
}

/// A team has hundreds that are over: a look that read what was counted of each would take longer with every one of them.
#[test]
fn a_look_reads_nothing_that_was_counted_of_what_is_over() {
    let mut desk = Desk::shop();
    let over = desk.running(&plan());
    desk.hear(&[told(&over, desk.now, "0", 1, 100)]);
    granted(desk.act(&over, "abort", json!({"why": "The reason is gone."})));
    let key = desk.running(&plan());
    desk.hear(&[told(&key, desk.now, "0", 2, 100)]);
    let spoil = |desk: &Desk, key: &str| {
        desk.store.execute("UPDATE tally SET json = 'spoilt' WHERE run = ?", [format!("{key}-1")]).unwrap();
    };
    spoil(&desk, &over);
    desk.now += MINUTE;
    assert!(desk.follow(), "what runs is looked at");
    spoil(&desk, &key);
    let look = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| desk.follow()));
    assert!(look.is_err(), "and what was counted of it is read");
}
