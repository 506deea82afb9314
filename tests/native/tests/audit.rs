//! Who did what: known people, nobody's work lost, and a log in which nothing can be changed unseen.

use crate::desk::shop::{LIVE, document, plan};
use crate::desk::{ADMIN, DAY, Desk, granted, hash, refused};
use pointsman::project::clock::{self, Clock, Turn};
use pointsman_native::Native;
use serde_json::{Value, json};

/// The log, oldest first, over all its pages.
fn log(desk: &mut Desk) -> Vec<Value> {
    let mut rows: Vec<Value> = Vec::new();
    loop {
        let before = rows.last().map(|row| format!("?before={}", row["n"])).unwrap_or_default();
        let page = desk.get(&format!("audit{before}"))["rows"].as_array().unwrap().clone();
        if page.is_empty() {
            rows.reverse();
            return rows;
        }
        rows.extend(page);
    }
}

/// The chain as `src/project/audit.rs` documents it.
fn chained(rows: &[Value]) -> bool {
    let mut before = "0".repeat(64);
    rows.iter().all(|row| {
        let text = |name: &str| row[name].as_str().unwrap().to_string();
        let sized = |name: &str| format!("{}:{}", text(name).len(), text(name));
        let line =
            [before.clone(), row["at"].to_string(), sized("who"), sized("action"), sized("subject"), text("detail")];
        before = hash(&line.join("\n"));
        before == text("hash")
    })
}

#[test]
fn the_log_is_a_chain_that_names_everybody() {
    let mut desk = Desk::shop();
    let ada = desk.person("Ada");
    let key = desk.as_who(&ada, |desk| desk.submitted(&plan()));
    granted(desk.act(&key, "approve", json!({})));
    desk.ramped(&key, [30, 30]);
    for _ in 0..60 {
        granted(desk.act(&key, "hold", json!({"why": "a\nb"})));
        granted(desk.act(&key, "resume", json!({})));
    }
    let rows = log(&mut desk);
    assert!(rows.len() > 120 && chained(&rows));
    for who in ["admin", "Ada", "the engine"] {
        assert!(rows.iter().any(|row| row["who"] == who), "{who}");
    }
    // A version stands on the log as it was then.
    let heads = desk.heads();
    assert!(heads.iter().all(|head| rows.iter().any(|row| row["hash"] == **head)));
    for place in [0, 50, rows.len() - 1] {
        let mut forged = rows.clone();
        forged[place]["who"] = json!("Eve");
        assert!(!chained(&forged));
        let mut shorter = rows.clone();
        shorter.remove(place);
        assert!(place == rows.len() - 1 || !chained(&shorter));
    }
}

#[test]
fn nobodys_work_is_lost() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    granted(desk.put(&format!("{LIVE}/draft"), document()));
    for (method, path, body) in [
        ("PUT", "playbook".to_string(), "{}".to_string()),
        ("PUT", "settings".to_string(), json!({"feed": ""}).to_string()),
        ("PUT", format!("{LIVE}/document"), document().to_string()),
        ("PUT", format!("{LIVE}/draft"), "{}".to_string()),
        ("DELETE", format!("{LIVE}/draft"), String::new()),
        ("POST", format!("{LIVE}/draft/publish"), String::new()),
        ("PUT", format!("{LIVE}/flags/gift"), json!({"share": 0.05}).to_string()),
        ("POST", format!("{LIVE}/versions/1/restore"), String::new()),
        ("PUT", format!("experiments/{key}/plan"), plan().to_string()),
        ("POST", format!("experiments/{key}/stop"), "{}".to_string()),
    ] {
        let before = desk.tables();
        refused(desk.call(method, &path, None, &body), 428);
        for old in [-1, 99] {
            let refusal = refused(desk.call(method, &path, Some(old), &body), 412);
            assert!(refusal["current"].is_object(), "{method} {path}: {refusal}");
        }
        assert!(before == desk.tables(), "{method} {path}");
    }
}

#[test]
fn a_draft_stands_on_the_version_that_its_author_has_read() {
    let mut desk = Desk::shop();
    let place = format!("{LIVE}/draft");
    let read = desk.get(&format!("{LIVE}/document"));
    let version = &read["version"];
    // Meanwhile somebody else publishes another flag.
    let mut others = read["document"].clone();
    others["flags"]["new-one"] = read["document"]["flags"]["gift"].clone();
    granted(desk.put(&format!("{LIVE}/document"), &others));
    let mut mine = read["document"].clone();
    mine["flags"]["gift"]["description"] = json!("A gift");
    refused(desk.call("PUT", &place, Some(0), &mine.to_string()), 428);
    let kept = granted(desk.call("PUT", &format!("{place}?base={version}"), Some(0), &mine.to_string()));
    assert_eq!((&kept["base"], &kept["changed"]), (version, &json!(["/flags/new-one"])));
    let told = refused(desk.post(&format!("{place}/publish"), json!({})), 412);
    assert_eq!(told["current"]["changed"], json!(["/flags/new-one"]));
    assert_eq!(desk.get(&format!("{LIVE}/document"))["document"], others, "nobody's flag is lost");
    // Saved again it still stands where it stood, until its author says that they have read on.
    let kept = granted(desk.call("PUT", &place, Some(1), &mine.to_string()));
    assert_eq!(&kept["base"], version);
    mine["flags"]["new-one"] = others["flags"]["new-one"].clone();
    granted(desk.call("PUT", &format!("{place}?base=2"), Some(2), &mine.to_string()));
    granted(desk.post(&format!("{place}/publish"), json!({})));
    assert_eq!(desk.get(&format!("{LIVE}/document"))["document"], mine);
}

#[test]
fn only_known_tokens_may_do_anything() {
    let mut desk = Desk::shop();
    let ada = desk.person("Ada");
    refused(desk.post("people", json!({"name": "Ada"})), 409);
    for name in ["", "admin", "Admin ", "the engine", "a\u{0}b", &"x".repeat(101)] {
        refused(desk.post("people", json!({"name": name})), 409);
    }
    let id = desk.get("people")["people"][0]["id"].clone();
    let who = |desk: &mut Desk, token: &str| desk.as_who(token, |desk| desk.call("GET", "whoami", None, ""));
    assert_eq!(granted(who(&mut desk, &ada))["name"], "Ada");
    for token in ["", "pm_unknown", &hash(&ada), &format!("{ada} ")] {
        refused(who(&mut desk, token), 401);
        refused(desk.as_who(token, |desk| desk.call("PUT", "playbook", Some(0), "{}")), 401);
    }
    for table in desk.tables().values() {
        let text = format!("{table:?}");
        assert!(!text.contains(&ada) && !text.contains(ADMIN));
    }
    granted(desk.post(&format!("people/{id}/remove"), json!({})));
    refused(who(&mut desk, &ada), 401);
    refused(desk.post(&format!("people/{id}/remove"), json!({})), 404);
    refused(desk.post("people/x/remove", json!({})), 404);
}

#[test]
fn the_address_of_a_webhook_is_in_no_log() {
    let mut desk = Desk::shop();
    let address = "https://hooks.slack.com/services/secret";
    let channel = json!({"name": "x", "service": "slack", "address": address});
    let made = granted(desk.post("channels", &channel));
    assert!(!made.to_string().contains("secret"), "{made}");
    granted(desk.call("POST", "channels/1/test", None, "{}"));
    let id = desk.due()[0].id;
    desk.deliver(id, &format!("{address} does not answer"));
    for path in ["channels", "deliveries", "export?after=channel/0"] {
        assert!(!desk.get(path).to_string().contains("secret"), "{path}");
    }
    assert!(log(&mut desk).iter().all(|row| !row.to_string().contains("secret")));
}

const REAL: i64 = 1_800_000_000_000;

fn turn(desk: &Desk, turn: Turn) -> Result<Clock, String> {
    clock::turn(&mut Native(&desk.store), turn, REAL).unwrap()
}

fn now(desk: &Desk) -> i64 {
    let clock = clock::read(&mut Native(&desk.store)).unwrap();
    clock.frozen.unwrap_or(REAL + clock.offset)
}

#[test]
fn time_does_not_go_back_once_something_was_done() {
    let desk = &mut Desk::empty();
    let (frozen, ahead) =
        (|at| Turn { frozen: Some(at), ..Turn::default() }, |by| Turn { advance: Some(by), ..Turn::default() });
    turn(desk, frozen(REAL - 90 * DAY)).unwrap();
    turn(desk, frozen(REAL - 91 * DAY)).unwrap();
    granted(desk.put(&format!("{LIVE}/document"), document()));
    for back in [frozen(REAL - 92 * DAY), ahead(-1)] {
        assert!(turn(desk, back).is_err());
    }
    turn(desk, ahead(DAY)).unwrap();
    assert_eq!(now(desk), REAL - 90 * DAY);
    turn(desk, Turn { running: true, ..Turn::default() }).unwrap();
    assert_eq!(clock::read(&mut Native(&desk.store)).unwrap(), Clock { offset: -90 * DAY, frozen: None });
    turn(desk, ahead(91 * DAY)).unwrap();
    assert_eq!(now(desk), REAL + DAY);
    assert!(turn(desk, Turn { real: true, ..Turn::default() }).is_err());
    for far in [i64::MAX, i64::MIN] {
        assert!(turn(desk, ahead(far)).is_err() && turn(desk, frozen(far)).is_err());
    }
    assert_eq!(now(desk), REAL + DAY);
}
