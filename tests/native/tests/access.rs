//! Who may do what: people by their roles, machines by their tokens, and whoever breaks the glass.

use crate::desk::shop::{LIVE, flag_plan, plan};
use crate::desk::{DAY, Desk, granted, refused};
use pointsman::project::tokens::{sealed, whole};
use serde_json::{Value, json};

/// A token of the present caller, which must be given.
fn token(desk: &mut Desk, wanted: Value) -> String {
    granted(desk.post("tokens", wanted))["secret"].as_str().unwrap().to_string()
}

/// Every call that changes something, with a body that would do.
fn changes(key: &str) -> Vec<(&'static str, String, Value)> {
    let of = |method, path: &str, body| (method, path.to_string(), body);
    let experiment = |method, action: &str, body| (method, format!("experiments/{key}/{action}"), body);
    vec![
        of("POST", "experiments", json!({"title": "An idea", "note": ""})),
        experiment("PUT", "plan", plan()),
        experiment("POST", "submit", json!({})),
        experiment("POST", "approve", json!({})),
        experiment("POST", "agree", json!({})),
        experiment("POST", "confirm", json!({})),
        experiment("POST", "withdraw", json!({})),
        experiment("POST", "stop", json!({"why": "x"})),
        experiment("POST", "archive", json!({})),
        of("PUT", "environments/production/flags/gift", json!({"enabled": false})),
        of("PUT", "environments/production/draft", json!({})),
        of("POST", "environments/production/draft/publish", json!({})),
        of("POST", "environments/production/versions/1/restore", json!({})),
        of("POST", "voices", json!({"experiment": key, "question": "Why?"})),
        of("PUT", "playbook", json!({})),
        of("PUT", "settings", json!({"feed": ""})),
        of(
            "POST",
            "channels",
            json!({"name": "x", "service": "slack", "address": "https://hooks.slack.com/services/x"}),
        ),
        of("PUT", "channels/1", json!({"name": "x", "service": "slack"})),
        of("POST", "channels/1/test", json!({})),
        of("POST", "channels/1/remove", json!({})),
        of("POST", "people", json!({"name": "Somebody"})),
        of("POST", "people/1/remove", json!({})),
        of("POST", "people/1/role", json!({"role": "admin"})),
    ]
}

#[test]
fn a_viewer_reads_everything_but_what_people_wrote_and_changes_nothing() {
    let mut desk = Desk::shop();
    let key = desk.submitted(&plan());
    let viewer = desk.role("viewer");
    desk.as_who(&viewer, |desk| {
        for path in ["now", "experiments", "playbook", "settings", "people", "audit", "library", "whoami"] {
            granted(desk.call("GET", path, None, ""));
        }
        assert_eq!(desk.experiment(&key)["actions"], json!([]));
        for path in ["voices", "channels", "deliveries"] {
            refused(desk.call("GET", path, None, ""), 403);
        }
        for (method, path, body) in changes(&key) {
            let told = refused(desk.call(method, &path, Some(1), &body.to_string()), 403);
            assert!(told["error"].as_str().unwrap().contains("yours is “viewer”"), "{path}: {told}");
            assert!(!told["fix"].as_str().unwrap().is_empty());
        }
    });
}

#[test]
fn an_editor_plans_and_stops_but_lets_nothing_start() {
    let mut desk = Desk::shop();
    let editor = desk.role("editor");
    let approver = desk.role("approver");
    let key = desk.submitted(&plan());
    desk.as_who(&editor, |desk| {
        assert_eq!(desk.experiment(&key)["actions"], json!(["plan", "return", "abort"]));
        refused(desk.act(&key, "approve", json!({})), 403);
    });
    granted(desk.as_who(&approver, |desk| desk.act(&key, "approve", json!({}))));
    granted(desk.as_who(&editor, |desk| desk.act(&key, "stop", json!({"why": "it hurts"}))));
}

#[test]
fn only_an_admin_says_who_may_do_what_and_what_the_playbook_asks() {
    let mut desk = Desk::shop();
    let approver = desk.role("approver");
    desk.as_who(&approver, |desk| {
        for (method, path, body) in changes("none").into_iter().filter(|(_, path, _)| {
            ["people", "playbook", "settings", "channels"].iter().any(|part| path.starts_with(part))
        }) {
            refused(desk.call(method, &path, Some(0), &body.to_string()), 403);
        }
    });
    let admin = desk.role("admin");
    desk.as_who(&admin, |desk| {
        granted(desk.call("POST", "people/1/role", None, r#"{"role": "viewer"}"#));
        let mut playbook = desk.get("playbook")["playbook"].clone();
        playbook["reviewers"] = json!("anyone");
        granted(desk.put("playbook?propose=1", playbook));
    });
    desk.as_who(&approver, |desk| refused(desk.call("POST", "experiments", None, r#"{"title": "An idea"}"#), 403));
}

#[test]
fn no_token_approves_or_makes_tokens_whoever_it_belongs_to() {
    let mut desk = Desk::shop();
    let approver = desk.role("approver");
    let key = desk.submitted(&plan());
    desk.as_who(&approver, |desk| {
        refused(desk.call("POST", "tokens", None, r#"{"name": "ci", "role": "approver"}"#), 422);
        let machine = token(desk, json!({"name": "ci", "role": "editor"}));
        desk.as_who(&machine, |desk| {
            refused(desk.act(&key, "approve", json!({})), 403);
            refused(desk.call("POST", "tokens", None, r#"{"name": "another"}"#), 409);
            let idea = granted(desk.post("experiments", json!({"title": "By a machine"})));
            assert_eq!(idea["author"], "the approver", "what a machine does is its person's");
        });
    });
    let machine = token(&mut desk, json!({"name": "admin's", "role": "editor"}));
    desk.as_who(&machine, |desk| {
        refused(desk.call("POST", "people", None, r#"{"name": "Somebody"}"#), 403);
        refused(desk.act(&key, "approve", json!({})), 403);
    });
}

#[test]
fn a_token_ends_on_its_day_with_its_person_or_when_it_is_revoked() {
    let mut desk = Desk::shop();
    let editor = desk.role("editor");
    let tokens =
        desk.as_who(&editor, |desk| [1, 366, 366].map(|days| token(desk, json!({"name": "export", "days": days}))));
    let works =
        |desk: &mut Desk, token: &str| desk.as_who(token, |desk| desk.call("GET", "now", None, "").status == 200);
    assert_eq!(tokens.each_ref().map(|token| works(&mut desk, token)), [true; 3]);
    desk.now += DAY;
    assert_eq!(tokens.each_ref().map(|token| works(&mut desk, token)), [false, true, true]);
    granted(desk.call("POST", "tokens/2/revoke", None, "{}"));
    assert_eq!(tokens.each_ref().map(|token| works(&mut desk, token)), [false, false, true]);
    granted(desk.call("POST", "people/1/remove", None, "{}"));
    assert_eq!(tokens.each_ref().map(|token| works(&mut desk, token)), [false; 3]);
    for days in [0, 367, -1] {
        let wanted = json!({"name": "long", "days": days}).to_string();
        assert_eq!(refused(desk.call("POST", "tokens", None, &wanted), 422)["problems"][0]["pointer"], "/days");
    }
}

#[test]
fn a_token_can_do_no_more_than_its_person_may_by_then() {
    let mut desk = Desk::shop();
    let editor = desk.role("editor");
    let machine = desk.as_who(&editor, |desk| token(desk, json!({"name": "ci", "role": "editor"})));
    let idea = |desk: &mut Desk| desk.call("POST", "experiments", None, r#"{"title": "An idea"}"#);
    granted(desk.as_who(&machine, idea));
    granted(desk.call("POST", "people/1/role", None, r#"{"role": "viewer"}"#));
    refused(desk.as_who(&machine, idea), 403);
}

#[test]
fn the_token_behind_glass_stops_and_rolls_back_and_nothing_else() {
    let mut desk = Desk::shop();
    let words = desk.running(&plan());
    let glass = token(&mut desk, json!({"name": "behind glass", "scope": "stop"}));
    desk.as_who(&glass, |desk| {
        assert_eq!(desk.experiment(&words)["actions"], json!(["stop"]));
        let others = changes(&words).into_iter().filter(|(_, path, body)| {
            !(path.ends_with("/stop") || path.ends_with("/restore") || *body == json!({"enabled": false}))
        });
        for (method, path, body) in others {
            refused(desk.call(method, &path, Some(1), &body.to_string()), 403);
        }
        for body in [json!({"enabled": true}), json!({"share": 0.0}), json!({"enabled": false, "variant": "on"})] {
            refused(desk.put(&format!("{LIVE}/flags/gift"), body), 403);
        }
        refused(desk.call("GET", "whoami?needs=editor", None, ""), 403);
        granted(desk.act(&words, "stop", json!({"why": "it burns"})));
        granted(desk.put(&format!("{LIVE}/flags/gift"), json!({"enabled": false})));
        granted(desk.post(&format!("{LIVE}/versions/1/restore"), json!({})));
    });
    refused(desk.put(&format!("experiments/{words}/plan"), flag_plan()), 409);
}

#[test]
fn secrets_are_told_once_and_kept_nowhere() {
    let mut desk = Desk::shop();
    let editor = desk.role("editor");
    let secret = desk.as_who(&editor, |desk| token(desk, json!({"name": "ci"})));
    let everything = format!("{:?}", desk.tables());
    let listed = desk.get("tokens").to_string();
    for hidden in [&secret, &editor] {
        assert!(!everything.contains(hidden.as_str()) && !listed.contains(hidden.as_str()));
    }
    assert_eq!(desk.as_who(&editor, |desk| desk.get("tokens"))["tokens"].as_array().unwrap().len(), 1);
    let viewer = desk.role("viewer");
    desk.as_who(&viewer, |desk| {
        assert_eq!(desk.get("tokens"), json!({"tokens": []}), "those of others are nobody's business");
        refused(desk.call("POST", "tokens/1/revoke", None, "{}"), 404);
    });
}

#[test]
fn a_token_that_was_cut_off_is_told_from_one_that_is_unknown() {
    let good = sealed(&format!("pm_{}", "0123456789abcdef".repeat(4)));
    assert!(whole(&good));
    let cut = &good[..good.len() - 1];
    let mistyped = good.replace('9', "8");
    let admins = format!("pm_{}_{}", "a".repeat(20), "B".repeat(22));
    assert_eq!([cut, &mistyped, "", "pm_admin", &admins].map(whole), [false, false, true, true, true]);
}
