//! How a project learns is computed from what was recorded as it was done: whoever reads the audit log finds the same figures.

use crate::desk::shop::{arms, plan, tally};
use crate::desk::{DAY, Desk, HOUR, MINUTE, granted};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn titled(title: &str) -> Value {
    let mut plan = plan();
    plan["title"] = json!(title);
    plan["change"]["page"] = json!(format!("/{}", title.to_lowercase()));
    plan
}

/// As many visitors of each version as were planned, of whom so many of a hundred ordered.
fn complete(desk: &mut Desk, key: &str, shares: [u64; 2]) {
    let mut all = desk.ramped(key, shares);
    let people = desk.experiment(key)["perArm"].as_u64().unwrap();
    all.extend(arms(3, people, shares, [1, 1]));
    desk.now += HOUR;
    for _ in 0..3 {
        desk.tick(&[tally(key, desk.now, &all)]);
        desk.now += MINUTE;
    }
}

/// Three that were decided, of which one ran again, and one that did harm.
fn busy() -> Desk {
    let mut desk = Desk::shop();
    desk.now += DAY;
    let shipped = desk.drafted(&titled("Shipped"));
    desk.now += 30 * HOUR;
    granted(desk.act(&shipped, "submit", json!({})));
    desk.started(&shipped);
    complete(&mut desk, &shipped, [30, 45]);
    let reading = desk.get(&format!("experiments/{shipped}/reading"));
    assert_eq!(reading["conclusion"]["kind"], "better", "{reading}");
    granted(desk.act(&shipped, "decide", json!({"choice": "ship", "why": ""})));
    granted(desk.put(&format!("experiments/{shipped}/debrief"), json!({"answers": {"surprise": "It was larger."}})));

    let harmful = desk.running(&titled("Harmful"));
    desk.now += 5 * HOUR;
    desk.tick(&[tally(&harmful, desk.now, &arms(1, 400, [30, 30], [1, 20]))]);
    assert_eq!(desk.experiment(&harmful)["state"], "stopped");

    let against = desk.running(&titled("Against"));
    desk.now += 2 * DAY;
    granted(desk.act(&against, "decide", json!({"choice": "keep", "why": "We have no time to wait for it."})));
    // Changed, it is another run of the same experiment.
    granted(desk.put(&format!("experiments/{against}/plan"), titled("Against")));
    desk.looked(&against);
    granted(desk.act(&against, "submit", json!({})));
    desk.started(&against);
    desk
}

/// By its name, what a reader of the log makes of it.
fn recomputed(desk: &mut Desk, weeks: i64) -> BTreeMap<&'static str, String> {
    let since = desk.now - weeks * 7 * DAY;
    let rows = desk.get("audit?from=1&limit=1000")["rows"].as_array().unwrap().clone();
    let (mut written, mut started) = (BTreeMap::new(), BTreeMap::new());
    let (mut to_live, mut to_decision, mut to_stop) = (Vec::new(), Vec::new(), Vec::new());
    let (mut by_rule, mut decided, mut shipped, mut debriefed) = (0, 0, 0, 0);
    let (mut ended, mut complete, mut reported, mut changes) = (0, 0, false, 0);
    for row in &rows {
        let text = |name: &str| row[name].as_str().unwrap().to_string();
        let (at, action, subject, detail) =
            (row["at"].as_i64().unwrap(), text("action"), text("subject"), text("detail"));
        let recent = i64::from(at >= since);
        if action == "write an idea" {
            written.insert(subject, at);
        } else if detail.contains("it starts with") {
            if let Some(written) = written.remove(&subject).filter(|_| recent == 1) {
                to_live.push(at - written);
            }
            started.insert(subject, at);
            reported = false;
        } else if action == "report" {
            reported = true;
        } else if action == "roll back" {
            to_stop.push(at - started[&subject]);
            (ended, complete) = (ended + recent, complete + recent);
        } else if detail.contains("decided to") {
            to_decision.push(at - started[&subject]);
            decided += recent;
            by_rule += recent * i64::from(detail.contains(", by the rule"));
            shipped += recent * i64::from(detail.contains("decided to ship"));
            (ended, complete) = (ended + recent, complete + recent * i64::from(reported));
        } else if action == "debrief" {
            debriefed += recent;
        } else if (action == "publish" || action == "change a flag") && detail.starts_with("production") {
            changes += recent;
        }
    }
    let middle = |mut values: Vec<i64>| {
        values.sort_unstable();
        let half = values.len() / 2;
        let twice = if values.len() % 2 == 1 { 2 * values[half] } else { values[half - 1] + values[half] };
        let hours = (twice + HOUR) / (2 * HOUR);
        if twice < 4 * DAY { format!("{hours} hours") } else { format!("{} days", (twice + DAY) / (2 * DAY)) }
    };
    BTreeMap::from([
        ("toLive", middle(to_live)),
        ("toDecision", middle(to_decision)),
        ("toStop", middle(to_stop)),
        ("byTheRule", format!("{by_rule} of {decided}")),
        ("debriefed", format!("{debriefed} of {decided}")),
        ("able", format!("{complete} of {ended}")),
        ("tested", format!("{shipped} of {}", shipped + changes)),
    ])
}

#[test]
fn the_figures_are_those_that_the_audit_log_gives_again() {
    let mut desk = busy();
    let told = desk.get("practice?weeks=52");
    let figures = told["figures"].as_array().unwrap();
    let value = |id: &str| figures.iter().find(|figure| figure["id"] == id).unwrap()["value"].as_str().unwrap();
    let due = recomputed(&mut desk, 52);
    for (id, due) in &due {
        assert_eq!(value(id), due, "{id}");
    }
    assert_eq!((value("byTheRule"), value("able"), value("debriefed")), ("1 of 2", "2 of 3", "1 of 2"));
    let quarter = desk.get("now")["quarter"].clone();
    for figure in quarter.as_array().unwrap() {
        assert_eq!(figure["value"], value(figure["id"].as_str().unwrap()), "the same stands on Now");
    }
    // What lies further back than was asked for is left out.
    desk.now += 60 * DAY;
    let later = desk.get("practice?weeks=4");
    assert_eq!(
        later["figures"].as_array().unwrap().iter().find(|one| one["id"] == "byTheRule").unwrap()["value"],
        "0 of 0"
    );
}

#[test]
fn each_team_has_its_pace_and_what_waits_says_for_whom_and_how_long() {
    let mut desk = busy();
    granted(desk.put("teams", json!({"teams": [{"key": "shop", "name": "Shop front"}]})));
    granted(desk.put("owners/experiment/harmful", json!({"team": "shop"})));
    desk.now += 3 * DAY;
    let told = desk.get("practice");
    let pace = |key: &str| told["teams"].as_array().unwrap().iter().find(|team| team["key"] == key).unwrap().clone();
    assert_eq!(
        pace("shop"),
        json!({"key": "shop", "name": "Shop front", "started": 1, "decided": 0, "shipped": 0, "running": 0})
    );
    assert_eq!(pace(""), json!({"key": "", "name": "No team", "started": 3, "decided": 2, "shipped": 1, "running": 1}));
    let waiting = told["waiting"].as_array().unwrap();
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    assert_eq!(
        (&waiting[0]["what"], &waiting[0]["key"], &waiting[0]["team"]),
        (&json!("a decision"), &json!("harmful"), &json!("shop"))
    );
    assert!(waiting[0]["days"].as_f64().unwrap() >= 3.0);
}
