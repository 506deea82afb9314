//! A campaign that allocates by bandit: its split follows what was measured once a day, for those who come from then on, as
//! its plan was locked; and what it says is as true as with halves.

use crate::desk::shop::{Arm, LIVE, arms, document, flag_plan, plan, tally};
use crate::desk::{DAY, Desk, HOUR, MINUTE, granted, refused};
use serde_json::{Value, json};

fn campaign(mut plan: Value) -> Value {
    plan["template"] = json!({"key": "campaign", "version": 1});
    plan
}

/// Where a plan is refused when it is handed in, and why.
fn stops(desk: &mut Desk, plan: &Value) -> Vec<(String, String)> {
    let key = desk.drafted(plan);
    let told = refused(desk.act(&key, "submit", json!({})), 422);
    let text = |problem: &Value, name: &str| problem[name].as_str().unwrap().to_string();
    told["problems"].as_array().unwrap().iter().map(|one| (text(one, "pointer"), text(one, "cause"))).collect()
}

/// Half of the draws for each.
const HALVES: [u64; 2] = [1 << 31; 2];

/// So many percent of all draws.
fn percent(share: u64) -> u64 {
    (share << 32) / 100
}

/// So many people's part that has these draws.
fn part(people: u64, draws: u64) -> u64 {
    (people * draws) >> 32
}

/// The draws of each version as production serves them, control first.
fn served(desk: &mut Desk, key: &str) -> [u64; 2] {
    let document = desk.get(&format!("{LIVE}/document"))["document"].clone();
    let (mut draws, mut start) = ([0; 2], 0);
    for range in document["experiments"][key]["run"]["split"].as_array().unwrap() {
        let end = range[0].as_u64().unwrap();
        draws[usize::from(range[1] == "new")] += end - start;
        start = end;
    }
    draws
}

/// A campaign at its last stage, the arms that were counted so far, and how many stages there were.
fn ramped(desk: &mut Desk) -> (String, Vec<Arm>) {
    let key = desk.running(&campaign(plan()));
    let mut all = Vec::new();
    for epoch in 1..=4 {
        all.extend(arms(epoch, 200, [30, 30], [1, 1]));
        desk.now += 2 * HOUR;
        desk.tick(&[tally(&key, desk.now, &all)]);
    }
    assert_eq!(desk.experiment(&key)["ramp"]["stage"], 3);
    (key, all)
}

/// A day with so many visitors, split as is served, of whom so many hundredths of each version order; and what follows.
fn day(desk: &mut Desk, key: &str, all: &mut Vec<Arm>, people: u64, orders: [u64; 2]) -> [u64; 2] {
    let draws = served(desk, key);
    let epoch = epoch(desk, key);
    for (place, variant) in ["control", "new"].into_iter().enumerate() {
        let people = part(people, draws[place]);
        all.push(Arm { variant, epoch, people, orders: people * orders[place] / 100, errors: people / 100 });
    }
    desk.now += DAY;
    desk.tick(&[tally(key, desk.now, all)]);
    // One thing happens at a look: where the report left, the split follows at the next one.
    desk.follow();
    served(desk, key)
}

fn epoch(desk: &mut Desk, key: &str) -> i64 {
    let document = desk.get(&format!("{LIVE}/document"))["document"].clone();
    document["experiments"][key]["run"]["epoch"].as_i64().unwrap()
}

#[test]
fn only_a_kind_that_allocates_by_bandit_moves_its_split_and_says_what_does_not_go_with_it() {
    let mut desk = Desk::shop();
    let with = |mut plan: Value, name: &str, value: Value| {
        plan[name] = value;
        plan
    };
    let bandit = json!({"floor": 0.1, "days": 1});
    let mut found = |plan: &Value| stops(&mut desk, plan)[0].clone();
    let (pointer, cause) = found(&with(plan(), "bandit", bandit.clone()));
    assert_eq!((pointer.as_str(), cause.contains("keeps its split")), ("/bandit", true), "{cause}");
    for kind in ["backend", "page-copy", "rollout"] {
        let other = with(flag_plan(), "template", json!({"key": kind, "version": 1}));
        let all = stops(&mut desk, &with(other, "bandit", bandit.clone()));
        assert!(all.iter().any(|(pointer, _)| pointer == "/bandit"), "{kind}: {all:?}");
    }
    let mut found = |plan: &Value| stops(&mut desk, plan).into_iter().map(|(pointer, _)| pointer).collect::<Vec<_>>();
    assert_eq!(found(&with(campaign(plan()), "bandit", json!({"floor": 0.5, "days": 1}))), ["/bandit/floor"]);
    assert_eq!(found(&with(campaign(plan()), "bandit", json!({"floor": 0.1, "days": 8}))), ["/bandit/days"]);
    assert_eq!(found(&with(campaign(plan()), "safety", json!(true))), ["/safety"]);
    let mut margin = campaign(plan());
    margin["hypothesis"]["question"] = json!("notWorse");
    assert_eq!(found(&margin), ["/bandit"]);
    let mut playbook = desk.get("playbook")["playbook"].clone();
    playbook["method"] = json!({"kind": "fixedSample"});
    granted(desk.put("playbook", playbook.clone()));
    let all = stops(&mut desk, &campaign(plan()));
    assert!(all[0].0 == "/bandit" && all[0].1.contains("planned by size"), "{all:?}");
    // A team's own kind that contradicts itself is told at once.
    playbook["method"] = json!({"kind": "anytime"});
    let own = json!({"key": "own", "name": "Own", "when": "Now.", "asks": "notWorse", "bandit": {}});
    playbook["templates"] = json!([own]);
    let told = refused(desk.put("playbook", playbook), 422);
    assert_eq!(told["problems"][0]["pointer"], "/templates/0/bandit");
}

#[test]
fn a_plan_of_the_kind_has_its_floor_and_pace_locked_and_says_what_it_does_not_promise() {
    let mut desk = Desk::shop();
    let key = desk.running(&campaign(plan()));
    let view = desk.experiment(&key);
    assert_eq!(view["plan"]["bandit"], json!({"floor": 0.1, "days": 1}));
    let promises = view["ramp"]["promises"].to_string();
    for words in ["never less than 10 %", "It does not promise that what it favours is better", "keeps it"] {
        assert!(promises.contains(words), "{words}: {promises}");
    }
    let forecast = desk.get("forecast?metric=orders&by=0.3&direction=up&guess=0.3&template=campaign");
    assert!(forecast["promises"].to_string().contains("the split moves by itself"));
    assert!(!desk.get("forecast?metric=orders&by=0.3&guess=0.3&template=rollout").to_string().contains("split moves"));
}

#[test]
fn the_split_moves_once_a_day_by_the_evidence_with_a_version_an_epoch_and_a_line_in_the_log() {
    let mut desk = Desk::shop();
    let (key, mut all) = ramped(&mut desk);
    let (before, started) = (epoch(&mut desk, &key), served(&mut desk, &key));
    assert_eq!(started, HALVES);
    let first = day(&mut desk, &key, &mut all, 2_000, [30, 34]);
    assert!(first[1] > percent(75) && first[0] >= percent(10), "{first:?}");
    assert_eq!(epoch(&mut desk, &key), before + 1);
    // Within the day nothing moves, whatever comes.
    for _ in 0..5 {
        desk.now += HOUR;
        desk.tick(&[tally(&key, desk.now, &all)]);
    }
    assert_eq!((epoch(&mut desk, &key), served(&mut desk, &key)), (before + 1, first));
    let second = day(&mut desk, &key, &mut all, 2_000, [30, 36]);
    assert!(second[1] > first[1] && second[0] >= percent(10), "{second:?}");
    let view = desk.experiment(&key);
    let shares = view["split"]["shares"].as_array().unwrap();
    assert_eq!(shares.len(), 3, "{shares:?}");
    let told = shares[1]["new"].as_f64().unwrap() * 4_294_967_296.0;
    assert_eq!(told.to_string(), first[1].to_string());
    assert!(shares[1]["why"].as_str().unwrap().contains("the chance that the new one is better is"));
    // The log has each move with its reason, and what was seen then is kept.
    let moves = |all: Value| all.to_string().matches("\"move the split\"").count();
    assert_eq!(moves(desk.get("audit?limit=200")), 2);
    assert_eq!(moves(desk.get(&format!("experiments/{key}/crossings"))), 2);
    // Nobody sees an alarm in a split that is as it was meant on each day.
    let reading = desk.get(&format!("experiments/{key}/reading"));
    assert_eq!(reading["report"]["sampleRatio"]["alarm"], false, "{reading}");
    assert_ne!(reading["conclusion"]["kind"], "invalid");
    let live = desk.get(&format!("experiments/{key}/live"));
    assert!(live["lines"][0]["cause"].as_str().unwrap().contains("on each day"), "{}", live["lines"][0]);
    assert_eq!(live["lines"][0]["status"], "ok");
}

#[test]
fn days_are_those_of_the_projects_zone() {
    let mut desk = Desk::shop();
    // Eleven hours ahead of UTC.
    desk.clocks = serde_json::from_value(json!([[0, 11 * HOUR]])).unwrap();
    let (key, mut all) = ramped(&mut desk);
    let midnight = |now: i64| ((now + 11 * HOUR) / DAY + 1) * DAY - 11 * HOUR;
    let begins = midnight(desk.now);
    let epoch = epoch(&mut desk, &key);
    all.extend(arms(epoch, 1_000, [30, 36], [1, 1]));
    desk.now = begins - MINUTE;
    desk.tick(&[tally(&key, desk.now, &all)]);
    assert_eq!(served(&mut desk, &key), HALVES);
    desk.now = begins;
    desk.tick(&[tally(&key, desk.now, &all)]);
    assert!(served(&mut desk, &key)[1] > percent(60));
}

#[test]
fn what_holds_the_ramp_or_is_wrong_with_the_data_holds_the_split() {
    let mut desk = Desk::shop();
    let (key, mut all) = ramped(&mut desk);
    granted(desk.act(&key, "hold", json!({"why": "a feast day"})));
    assert_eq!(day(&mut desk, &key, &mut all, 2_000, [30, 36]), HALVES);
    granted(desk.act(&key, "resume", json!({})));
    // Nobody was confirmed for seven hours.
    let last = desk.now;
    desk.now += 7 * HOUR;
    desk.tick(&[tally(&key, last, &all)]);
    assert_eq!(served(&mut desk, &key), HALVES);
    desk.tick(&[tally(&key, desk.now, &all)]);
    assert!(served(&mut desk, &key)[1] > percent(60));
    // A day on which the new version loses a third of its visitors is an alarm, and moves nothing.
    let before = served(&mut desk, &key);
    let epoch = epoch(&mut desk, &key);
    for (variant, people) in [("control", part(9_000, before[0])), ("new", part(6_000, before[1]))] {
        all.push(Arm { variant, epoch, people, orders: people * 30 / 100, errors: people / 100 });
    }
    desk.now += DAY;
    desk.tick(&[tally(&key, desk.now, &all)]);
    assert_eq!(served(&mut desk, &key), before);
    let reading = desk.get(&format!("experiments/{key}/reading"));
    assert_eq!(reading["conclusion"]["kind"], "invalid", "{}", reading["headline"]);
    assert!(reading["words"].as_str().unwrap().contains("were planned"), "{}", reading["words"]);
}

/// The base rate doubles just when the bandit has favoured the new version by luck: pooled, the new version has a third more
/// orders; day by day it has none more, and nothing is claimed.
#[test]
fn a_day_on_which_everybody_orders_more_does_not_pass_for_an_effect() {
    let mut desk = Desk::shop();
    let (key, mut all) = ramped(&mut desk);
    // A little luck is enough for the split to lean.
    let leaning = day(&mut desk, &key, &mut all, 1_000, [30, 34]);
    assert!(leaning[1] > percent(70), "{leaning:?}");
    let next = day(&mut desk, &key, &mut all, 20_000, [60, 60]);
    let (mut people, mut orders) = ([0; 2], [0; 2]);
    for arm in &all {
        people[usize::from(arm.variant == "new")] += arm.people;
        orders[usize::from(arm.variant == "new")] += arm.orders;
    }
    let rate =
        |arm: usize| f64::from(u32::try_from(orders[arm]).unwrap()) / f64::from(u32::try_from(people[arm]).unwrap());
    assert!(rate(1) / rate(0) > 1.04, "the arms put together: {}", rate(1) / rate(0));
    let reading = desk.get(&format!("experiments/{key}/reading"));
    let lift = &reading["lift"];
    assert!(lift["value"].as_f64().unwrap().abs() < 0.02, "{lift}");
    assert!(lift["low"].as_f64().unwrap() < 0.0 && lift["high"].as_f64().unwrap() > 0.0, "{lift}");
    assert!(
        ["undecided", "noEffectAsLarge", "underpowered"].contains(&reading["conclusion"]["kind"].as_str().unwrap())
    );
    assert!(next[1] <= percent(90) + 1);
}

/// A harm counts by what each version should have of those who met an error, not by halves.
#[test]
fn errors_are_held_against_the_split_of_their_day() {
    let mut desk = Desk::shop();
    let (key, mut all) = ramped(&mut desk);
    let leaning = day(&mut desk, &key, &mut all, 2_000, [30, 36]);
    assert!(leaning[1] > percent(80));
    // Nine times as many errors with nine times as many visitors are none more.
    day(&mut desk, &key, &mut all, 20_000, [30, 36]);
    let view = desk.experiment(&key);
    assert_eq!(view["state"], "running", "{}", view["stop"]);
    // Three times as many are.
    let (epoch, draws) = (epoch(&mut desk, &key), served(&mut desk, &key));
    for (place, variant) in ["control", "new"].into_iter().enumerate() {
        let people = part(20_000, draws[place]);
        all.push(Arm { variant, epoch, people, orders: people / 3, errors: people * [1, 3][place] / 100 });
    }
    desk.now += HOUR;
    desk.tick(&[tally(&key, desk.now, &all)]);
    let stop = desk.experiment(&key)["stop"].clone();
    assert_eq!(stop["cause"], "guardrail");
    assert!(stop["why"].as_str().unwrap().contains("the new one should have about"), "{stop}");
}

/// A split is moved by the lifecycle alone, of a run that keeps what its visitors met, one epoch a step, and over the same variants.
#[test]
fn of_a_run_that_keeps_what_was_met_the_split_may_move_and_nothing_else() {
    let mut desk = Desk::shop();
    let staging = "environments/staging";
    let mut served = document();
    served["experiments"] = json!({"hero": {
        "flag": "sort", "metric": "orders", "control": "roast", "sticky": true,
        "run": {"id": "r1", "salt": "s", "epoch": 1, "rollout": 4_294_967_296_u64,
                "split": [[2_147_483_648_u64, "roast"], [4_294_967_296_u64, "price"]]},
    }});
    served["flags"]["sort"]["rules"] = json!([{"experiment": "hero"}]);
    granted(desk.put(&format!("{staging}/document"), &served));
    let moved = |epoch: i64, split: Value, sticky: bool| {
        let mut next = served.clone();
        next["experiments"]["hero"]["run"]["epoch"] = json!(epoch);
        next["experiments"]["hero"]["run"]["split"] = split;
        next["experiments"]["hero"]["sticky"] = json!(sticky);
        next
    };
    let split = json!([[1_000_000_000_u64, "roast"], [4_294_967_296_u64, "price"]]);
    let mut pointer = |next: &Value| {
        let told = refused(desk.put(&format!("{staging}/document"), next), 422);
        told["problems"][0]["pointer"].as_str().unwrap().to_string()
    };
    assert_eq!(pointer(&moved(1, split.clone(), true)), "/experiments/hero/run/epoch");
    assert_eq!(pointer(&moved(2, json!([[4_294_967_296_u64, "price"]]), true)), "/experiments/hero/run/split");
    assert_eq!(pointer(&moved(2, split.clone(), false)), "/experiments/hero/sticky");
    granted(desk.put(&format!("{staging}/document"), moved(2, split, true)));
}
