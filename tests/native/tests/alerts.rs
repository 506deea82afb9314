//! The watch: it says nothing where nothing is wrong, names what was planted within the promised hours, and costs little.

use crate::desk::shop::{Arm, arms, plan, tally};
use crate::desk::{CONSOLE, DAY, Desk, HOUR, MINUTE, granted, refused};
use pointsman::project::{self, FoundOf};
use pointsman::sql::{Cell, Failure, Sql};
use pointsman::time::Millis;
use pointsman_native::Native;
use pointsman_native::crowd::{Crowd, Fault};
use serde_json::{Value, json};
use std::fs;
use std::ops::Range;
use std::time::{Duration, Instant};

/// Experiments that run for a week, and at once from then on.
const FEW: u64 = 12;
const MANY: u64 = 50;

/// So many experiments of a shop that run, each with visitors of its own.
fn running(desk: &mut Desk, numbers: Range<u64>) -> Vec<Crowd> {
    let keys: Vec<String> = numbers
        .clone()
        .map(|number| {
            let mut plan = plan();
            (plan["title"], plan["ramp"]) = (json!(format!("Try {number}")), json!([5]));
            plan["change"]["page"] = json!(format!("/{numbers:?}-{number}"));
            desk.submitted(&plan)
        })
        .collect();
    for key in &keys {
        granted(desk.act(key, "confirm", json!({"subject": key})));
    }
    desk.now += 10 * MINUTE;
    desk.follow();
    let crowd =
        |((place, key), number): ((usize, &String), u64)| Crowd::new(number + 40, key, &keys[(place + 1) % keys.len()]);
    keys.iter().enumerate().zip(numbers).map(crowd).collect()
}

/// An hour passes: visitors come, shards tell, and what follows is done. Nobody compares all tables with before. Gives how
/// long what follows took.
fn hour(desk: &mut Desk, crowds: &mut [Crowd]) -> Duration {
    desk.now += HOUR - desk.now % HOUR;
    let now = desk.now;
    let tallies: Vec<_> = crowds
        .iter_mut()
        .map(|crowd| {
            crowd.hour(now);
            crowd.tally(now)
        })
        .collect();
    desk.hear(&tallies);
    let (began, before) = (Instant::now(), spent());
    project::tick(&mut Native(&desk.store), CONSOLE, &FoundOf::default(), &desk.clocks, Millis(now)).unwrap();
    spent().zip(before).map_or_else(|| began.elapsed(), |(after, before)| after.saturating_sub(before))
}

/// What this thread has had of a processor, where the system says so: others may be as busy as they like.
fn spent() -> Option<Duration> {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

fn alerts(desk: &mut Desk, state: &str) -> Vec<Value> {
    desk.get(&format!("alerts?limit=500&state={state}"))["alerts"].as_array().unwrap().clone()
}

fn said(alert: &Value) -> String {
    format!("{} {} {}", alert["what"], alert["cause"], alert["next"])
}

#[test]
fn what_is_planted_among_fifty_is_named_within_the_promised_hours_and_nothing_else_is_found() {
    // What is planted, by what it must be called, what it must say, and within how many hours. What only a whole day tells
    // is there from the start.
    let planted = [
        (Fault::Double, "implausible", "too good", 72),
        (Fault::Collision, "collision", "Another test changes the effect", 168),
        (Fault::SafariBreaks, "ratio", "Safari", 24),
        (Fault::SafariLoses, "loss", "Safari", 6),
        (Fault::Bots, "bots", "machines", 6),
        (Fault::LeftOut, "bots", "Left out as automatic", 6),
        (Fault::Half, "traffic", "Fewer visitors", 6),
        (Fault::Errors, "guarded", "“errors” got worse today", 6),
        (Fault::NewErrors, "guarded", "with the new version", 12),
        (Fault::NoOrders, "stale", "“orders” hardly comes in", 6),
    ];
    let mut desk = Desk::shop();
    let mut crowds = running(&mut desk, 0..FEW);
    desk.now += DAY - desk.now % DAY;
    let started = desk.now;
    let plant = |crowds: &mut [Crowd], which: Range<usize>| {
        for (crowd, (fault, ..)) in crowds[which.clone()].iter_mut().zip(&planted[which]) {
            crowd.fault = Some(*fault);
        }
    };
    plant(&mut crowds, 0..3);
    // What is usual takes a week to learn, and then as many more come as the watch promises to bear.
    let week: Vec<_> = (0..7 * 24).map(|_| hour(&mut desk, &mut crowds)).collect();
    let few = week[..32].iter().min().unwrap().as_secs_f64();
    crowds.extend(running(&mut desk, FEW..MANY));
    let many = (0..32).map(|_| hour(&mut desk, &mut crowds)).min().unwrap().as_secs_f64();
    println!("a look at {FEW} takes {few:.4} s, at {MANY} {:.1} times as long", many / few);
    // There are 4.2 times as many; where each had to be held against each it would take 17 times as long.
    assert!(many < 10.0 * few, "{many} {few}");
    let began = desk.now;
    plant(&mut crowds, 3..planted.len());
    for _ in 0..16 {
        hour(&mut desk, &mut crowds);
    }
    let found = alerts(&mut desk, "");
    let of = |crowd: &Crowd| found.iter().filter(|alert| alert["experiment"] == crowd.key()).collect::<Vec<_>>();
    let mut wrong = Vec::new();
    for (place, (fault, kind, words, within)) in planted.into_iter().enumerate() {
        let since = if place < 3 { started } else { began };
        for alert in of(&crowds[place]).into_iter().filter(|alert| alert["opened"].as_i64() >= Some(started)) {
            let hours = (alert["opened"].as_i64().unwrap() - since) / HOUR;
            println!("{fault:?}: {} after {hours}: {}", alert["kind"], said(alert));
            if alert["kind"] != kind || !said(alert).contains(words) || !(0..=within).contains(&hours) {
                wrong.push(format!("{fault:?} after {hours}: {alert}"));
            }
        }
        if !of(&crowds[place]).iter().any(|alert| alert["kind"] == kind) {
            wrong.push(format!("{fault:?} is not found"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    for crowd in &crowds[planted.len()..] {
        let judged = of(crowd).into_iter().filter(|alert| alert["evidence"]["pValue"].is_f64());
        assert_eq!(judged.map(said).collect::<Vec<_>>(), Vec::<String>::new(), "{}", crowd.key());
    }
}

#[test]
fn an_alert_is_told_once_in_the_words_of_the_screen_and_can_be_left_alone_and_is_over_by_itself() {
    let mut desk = Desk::shop();
    desk.slack();
    let mut crowds = running(&mut desk, 0..1);
    desk.now += DAY - desk.now % DAY;
    for _ in 0..3 * 24 {
        hour(&mut desk, &mut crowds);
    }
    assert_eq!(alerts(&mut desk, ""), Vec::<Value>::new());
    crowds[0].fault = Some(Fault::SafariLoses);
    for _ in 0..6 {
        hour(&mut desk, &mut crowds);
    }
    let [alert] = &alerts(&mut desk, "open")[..] else { panic!("one alert, and no more") };
    assert!(alert["evidence"]["pValue"].as_f64().unwrap() < 1e-4, "{alert}");
    let audited = |desk: &mut Desk, action: &str| {
        let rows = desk.get("audit?limit=1000")["rows"].as_array().unwrap().clone();
        rows.iter().filter(|row| row["action"] == action && row["detail"] == "Safari loses its reports").count()
    };
    assert_eq!((audited(&mut desk, "alert"), audited(&mut desk, "alert is over")), (1, 0));

    let told: Vec<Value> = desk.due().iter().map(|due| serde_json::from_str(&due.payload).unwrap()).collect();
    let told: Vec<_> = told.iter().filter(|told| told.to_string().contains("Safari")).collect();
    let [message] = told[..] else { panic!("one message, and no more: {told:?}") };
    let words = |name: &str| alert[name].as_str().unwrap();
    let expected = format!("Try 0: {}. {} {}", words("what"), words("cause"), words("next"));
    assert_eq!(message["text"], expected);
    assert_eq!(message["blocks"][3]["elements"][0]["url"], format!("{CONSOLE}/#/alerts"));

    let odd = |desk: &mut Desk| desk.get("ask?text=what is odd today?");
    let asked = odd(&mut desk);
    assert!(asked["words"].as_str().unwrap().ends_with(" 1 alert is open."), "{asked}");
    assert_eq!(
        format!(
            "{}: {}",
            asked["answers"][0]["title"].as_str().unwrap(),
            asked["answers"][0]["words"].as_str().unwrap()
        ),
        expected
    );
    let path = format!("alerts/{}/snooze", alert["id"]);
    refused(desk.post(&format!("{path}?hours=721"), ""), 422);
    refused(desk.post("alerts/7/snooze", ""), 404);
    refused(desk.call("GET", "alerts?state=other", None, ""), 422);
    granted(desk.post(&format!("{path}?hours=2"), ""));
    assert!(!odd(&mut desk)["words"].as_str().unwrap().contains("alert"));
    assert!(alerts(&mut desk, "open").is_empty());
    let snoozed = &alerts(&mut desk, "snoozed")[0];
    assert_eq!((&snoozed["what"], &snoozed["snoozed"]), (&alert["what"], &json!(desk.now + 2 * HOUR)));
    desk.now += 2 * HOUR;
    assert_eq!(alerts(&mut desk, "open").len(), 1, "it comes back by itself");
    granted(desk.post(&format!("{path}?hours=24"), ""));
    granted(desk.post(&format!("{path}?hours=0"), ""));
    assert_eq!(alerts(&mut desk, "open").len(), 1);

    crowds[0].fault = None;
    for _ in 0..34 {
        hour(&mut desk, &mut crowds);
    }
    assert!(alerts(&mut desk, "open").is_empty(), "a day without it");
    assert_eq!((audited(&mut desk, "alert"), audited(&mut desk, "alert is over")), (1, 1));
    let over = &alerts(&mut desk, "resolved")[0];
    assert_eq!((&over["what"], &over["evidence"]), (&alert["what"], &alert["evidence"]), "it stays as it was seen");
    assert!(over["closed"].as_i64().unwrap() > alert["opened"].as_i64().unwrap() + DAY, "{over}");
    refused(desk.post(&format!("{path}?hours=1"), ""), 404);
}

#[test]
fn what_stops_itself_and_what_keeps_a_verdict_from_being_said_is_an_alert_and_told_by_nothing_else_twice() {
    let mut desk = Desk::shop();
    desk.slack();
    let key = desk.running(&plan());
    let uneven = |people: [u64; 2]| {
        let arm = |variant, people: u64| Arm { variant, epoch: 1, people, orders: people / 4, errors: people / 100 };
        [arm("control", people[0]), arm("new", people[1])]
    };
    desk.now += MINUTE;
    desk.tick(&[tally(&key, desk.now, &uneven([500, 300]))]);
    let found = alerts(&mut desk, "open");
    let reading = desk.get(&format!("experiments/{key}/reading"));
    assert_eq!(
        (found.len(), &found[0]["kind"], &found[0]["cause"]),
        (1, &json!("ratio"), &reading["words"]),
        "{found:?}"
    );
    assert_eq!(desk.due().len(), 1, "the card of the verdict");

    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    desk.tick(&[tally(&key, desk.now, &arms(1, 400, [30, 30], [1, 40]))]);
    let found = alerts(&mut desk, "open");
    assert_eq!((found.len(), &found[0]["kind"]), (1, &json!("guarded")), "{found:?}");
    assert!(said(&found[0]).contains("“errors” got worse: 160 visitors"), "{found:?}");
    for _ in 0..26 {
        desk.now += HOUR;
        desk.follow();
    }
    assert!(alerts(&mut desk, "open").is_empty());
}

/// Counts statements.
struct Counted<'c>(Native<'c>, usize);

impl Sql for Counted<'_> {
    fn run(&mut self, statement: &str, cells: &[Cell]) -> Result<Vec<Vec<Cell>>, Failure> {
        self.1 += 1;
        self.0.run(statement, cells)
    }
}

#[test]
fn a_minutes_watch_takes_one_statement_a_test_at_most_and_four_times_the_tests_take_four_times_as_many() {
    let mut desk = Desk::shop();
    let statements = |desk: &mut Desk, later: i64| {
        desk.now += later;
        let mut sql = Counted(Native(&desk.store), 0);
        project::tick(&mut sql, CONSOLE, &FoundOf::default(), &desk.clocks, Millis(desk.now)).unwrap();
        sql.1
    };
    let mut seen = Vec::new();
    for number in [4, 12] {
        let mut crowds = running(&mut desk, 0..number);
        hour(&mut desk, &mut crowds);
        let between = statements(&mut desk, MINUTE / 2);
        let minute = statements(&mut desk, MINUTE);
        seen.push((between, minute));
    }
    let [(few, few_watched), (many, many_watched)] = seen[..] else { panic!("two") };
    assert!(few_watched - few <= 4 + 6 && many_watched - many <= 16 + 6, "{seen:?}");
    assert!(many <= 4 * few && many_watched <= 4 * few_watched, "{seen:?}");
}
