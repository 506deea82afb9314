//! An author who does anything at any time in production: whatever they find, nobody's idea reaches everyone at once.

mod desk;

use desk::shop::{LIVE, arms, document, flag_plan, plan, tally};
use desk::visitors::leaps;
use desk::{Desk, HOUR, MINUTE};
use fastrand::Rng;
use serde_json::{Value, json};

const ALL: u64 = 1 << 32;

/// Steps of one walk, and walks.
const STEPS: usize = 60;
const WALKS: u64 = 4;

#[test]
fn no_walk_of_an_author_takes_anything_from_nobody_give_everybody() {
    let mut published = 0;
    for seed in 0..WALKS {
        let rng = &mut Rng::with_seed(seed);
        let mut desk = Desk::shop();
        let (mut before, mut version) = (desk.served(), desk.digest());
        for step in 0..STEPS {
            let call = act(&mut desk, rng);
            let (after, now) = (desk.served(), desk.digest());
            published += usize::from(now != version);
            let found = leaps(&before, &after);
            assert!(found.is_empty() || call.ends_with("undo"), "seed {seed}, step {step}, {call}: {found:?}");
            (before, version) = (after, now);
            if rng.bool() {
                desk.now += [MINUTE, 9 * MINUTE, 61 * MINUTE, 5 * HOUR][rng.usize(..4)];
            }
        }
    }
    assert!(published > 60, "{published} of {} steps went through", STEPS as u64 * WALKS);
}

/// One thing that an author does; gives what it was.
fn act(desk: &mut Desk, rng: &mut Rng) -> String {
    let flag = rng.choice(["gift", "sort", "new-one", "fresh-hero"]).unwrap();
    let (method, path, body) = match rng.u8(..12) {
        0..=2 => ("PUT", format!("{LIVE}/document"), edited(desk, rng).to_string()),
        3..=5 => ("PUT", format!("{LIVE}/flags/{flag}"), slid(rng).to_string()),
        6 => ("POST", format!("{LIVE}/flags/{flag}/undo"), String::new()),
        7 => {
            let newest = desk.get(&format!("{LIVE}/versions"))["revision"].as_i64().unwrap();
            ("POST", format!("{LIVE}/versions/{}/restore", rng.i64(1..=newest)), String::new())
        }
        8 => {
            let draft = edited(desk, rng);
            desk.put(&format!("{LIVE}/draft"), draft);
            ("POST", format!("{LIVE}/draft/publish"), String::new())
        }
        9 => {
            let body = json!({"key": "new-one", "kind": "boolean", "on": true, "off": false});
            ("POST", format!("{LIVE}/flags"), body.to_string())
        }
        _ => return live(desk, rng),
    };
    let answer = if method == "PUT" { desk.put(&path, &body) } else { desk.post(&path, &body) };
    format!("{method} {path} {body} → {}; {path}", answer.status)
}

fn percent(rng: &mut Rng) -> u32 {
    [0, 1, 5, 25, 50, 100][rng.usize(..6)]
}

fn share(rng: &mut Rng) -> f64 {
    f64::from(percent(rng)) / 100.0
}

fn slid(rng: &mut Rng) -> Value {
    match rng.u8(..5) {
        0 => json!({"enabled": rng.bool()}),
        1 => json!({"enabled": rng.bool(), "share": share(rng)}),
        2 => json!({"variant": rng.choice(["on", "off", "price", "roast", "new"]), "share": share(rng)}),
        _ => json!({"share": share(rng)}),
    }
}

/// The current document with something changed.
fn edited(desk: &mut Desk, rng: &mut Rng) -> Value {
    let mut edited = desk.get(&format!("{LIVE}/document"))["document"].clone();
    for _ in 0..rng.usize(1..3) {
        let Some(flags) = edited["flags"].as_object_mut().filter(|flags| !flags.is_empty()) else { return document() };
        let key = rng.choice(flags.keys().cloned().collect::<Vec<_>>()).unwrap();
        let flag = &mut flags[&key];
        let names: Vec<_> = flag["variants"].as_object().unwrap().keys().cloned().collect();
        let name = rng.choice(&names).unwrap().clone();
        let rules = flag["rules"].as_array().cloned().unwrap_or_default();
        match rng.u8(..9) {
            0 => flag["otherwise"] = json!(name),
            1 => flag["off"] = json!(name),
            2 => flag["enabled"] = json!(rng.bool()),
            3 if !rules.is_empty() => drop(flag["rules"].as_array_mut().unwrap().remove(rng.usize(..rules.len()))),
            4 if flag["kind"] == "string" => flag["variants"][&name] = json!(format!("words {}", rng.u8(..4))),
            5 => drop(flags.remove(&key)),
            6 => {
                let words = json!([{"select": "h1", "change": {"text": format!("words {}", rng.u8(..4))}}]);
                edited["pages"]["own"] = json!({"path": "/", "flag": key, "variants": {name: words}});
            }
            _ => flag["rules"] = json!([vec![rule(rng, &key, &name)], rules].concat()),
        }
    }
    edited
}

fn rule(rng: &mut Rng, flag: &str, serve: &str) -> Value {
    let below = ALL * u64::from(percent(rng)) / 100;
    let mut rule = json!({"serve": serve});
    if rng.u8(..4) > 0 {
        rule["rollout"] = json!({"salt": format!("{flag}-own"), "below": below, "unit": "unit"});
    }
    if rng.u8(..3) == 0 {
        rule["if"] = json!({"equals": {"attribute": "country", "value": rng.choice(["AT", "DE"])}});
    }
    rule
}

/// Something in the life of experiments: the next step of a random one, or what the engine does by itself.
fn live(desk: &mut Desk, rng: &mut Rng) -> String {
    let all = desk.get("experiments")["experiments"].as_array().unwrap().clone();
    let Some(card) = rng.choice(&all).filter(|_| rng.bool() || all.len() > 3) else {
        let plan = if rng.bool() { plan() } else { flag_plan() };
        let idea = desk.post("experiments", json!({"title": plan["title"], "note": ""})).body;
        let key = idea["key"].as_str().unwrap();
        desk.put(&format!("experiments/{key}/plan"), plan);
        desk.act(key, "submit", json!({}));
        return format!("approve {key}: {}", desk.act(key, "approve", json!({})).status);
    };
    let key = card["key"].as_str().unwrap().to_string();
    if card["state"] == "running" && rng.bool() {
        let epoch = desk.experiment(&key)["ramp"]["stage"].as_i64().unwrap() + 1;
        let mut arms = arms(epoch, 100, [30, 30], [1, 1]);
        if desk.experiment(&key)["control"] == "roast" {
            (arms[0].variant, arms[1].variant) = ("roast", "price");
        }
        let now = desk.now;
        desk.tick(&[tally(&key, now, &arms)]);
        return format!("tick with {key}");
    }
    let action = *rng.choice(&["approve", "stop", "undo", "decide", "hold", "resume"]).unwrap();
    let choice = rng.choice(["ship", "keep", "again"]);
    let why = "Because we all believe in it.";
    let body = if action == "decide" { json!({"choice": choice, "why": why}) } else { json!({}) };
    let status = desk.act(&key, action, body).status;
    desk.tick(&[]);
    format!("{key} {choice:?} → {status}, tick; {action}")
}
