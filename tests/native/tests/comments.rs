//! Comments on ideas and experiments.

use crate::desk::{Desk, granted, refused};
use pointsman::limits::{REMARK_CHARS, REMARKS};
use serde_json::{Value, json};

fn idea() -> Value {
    json!({"what": "Show the day", "expect": "More people order, because they know when it comes."})
}

#[test]
fn what_is_said_of_an_idea_goes_along_with_its_experiment_and_is_taken_back_by_whoever_said_it() {
    let mut desk = Desk::shop();
    granted(desk.put("teams", json!({"teams": [{"key": "growth", "name": "Growth"}]})));
    let (editor, viewer) = (desk.role("editor"), desk.role("viewer"));
    let key = granted(desk.post("ideas", idea()))["key"].as_str().unwrap().to_string();
    let place = format!("experiments/{key}/comments");
    let said = desk.as_who(&viewer, |desk| {
        let said =
            desk.post(&place, json!({"text": " The calls say so: https://calls.example/7.\r\n@growth, @nobody? "}));
        granted(said)["comments"][0].clone()
    });
    let deed = desk.get("audit?limit=1")["rows"][0].clone();
    assert_eq!(
        (&deed["who"], &deed["action"], &deed["subject"]),
        (&json!("the viewer"), &json!("comment"), &json!(key))
    );
    assert_eq!(said["text"], "The calls say so: https://calls.example/7.\n@growth, @nobody?");
    assert_eq!((&said["who"], &said["at"]), (&json!("the viewer"), &json!(desk.now)));
    assert_eq!(said["mentions"], json!([{"team": "growth", "name": "Growth"}]));
    assert_eq!(desk.get("ideas")["ideas"][0]["comments"], 1);
    // Nobody but they and an admin takes it back, and its words stand in no line of the log.
    let own = format!("{place}/{}", said["id"]);
    desk.as_who(&editor, |desk| {
        assert_eq!(desk.get(&place)["comments"][0]["removable"], false);
        refused(desk.call("DELETE", &own, None, ""), 403);
        granted(desk.post(&place, json!({"text": "Then let us try it."})));
        granted(desk.act(&key, "draft", json!({})));
    });
    assert_eq!(desk.get(&place)["comments"].as_array().unwrap().len(), 2, "a draft is talked about where its idea was");
    desk.as_who(&viewer, |desk| {
        let left = granted(desk.call("DELETE", &own, None, ""))["comments"].clone();
        assert_eq!((left.as_array().unwrap().len(), &left[0]["removable"]), (1, &json!(false)));
        refused(desk.call("DELETE", &own, None, ""), 404);
    });
    assert!(!desk.get("audit?limit=100").to_string().contains("calls.example"));
    refused(desk.post("experiments/nothing/comments", json!({"text": "Hello"})), 404);
    for (wrong, good) in [(String::new(), false), ("\u{7}".to_string(), false), ("ä".repeat(REMARK_CHARS + 1), false)]
        .into_iter()
        .chain([("ä".repeat(REMARK_CHARS), true)])
    {
        let answer = desk.post(&place, json!({"text": wrong}));
        if good {
            granted(answer);
        } else {
            assert_eq!(refused(answer, 422)["problems"][0]["pointer"], "/text");
        }
    }
    for _ in 2..REMARKS {
        granted(desk.call("POST", &place, None, r#"{"text": "And?"}"#));
    }
    assert!(refused(desk.post(&place, json!({"text": "And?"})), 409)["fix"].as_str().unwrap().contains("Take back"));
    // What nobody has reviewed goes with all that was said of it.
    granted(desk.act(&key, "archive", json!({})));
    refused(desk.call("GET", &place, None, ""), 404);
    let again = granted(desk.post("ideas", idea()));
    assert_eq!((&again["key"], &again["comments"]), (&json!(key), &json!(0)));
}

#[test]
fn a_team_that_is_named_hears_of_it_where_its_messages_go_and_not_what_was_said() {
    let mut desk = Desk::shop();
    let teams = json!({"teams": [{"key": "growth", "name": "Growth", "channel": "growth@example.com"}, {"key": "checkout", "name": "Checkout"}]});
    granted(desk.put("teams", teams));
    let slack = "https://hooks.slack.com/services/x";
    for team in ["growth", "checkout"] {
        let channel = json!({"name": team, "service": "slack", "address": slack, "route": {"team": team}});
        granted(desk.post("channels", channel));
    }
    granted(desk.post("channels", json!({"name": "mail", "service": "mail", "address": "team"})));
    granted(desk.post(
        "channels",
        json!({"name": "harm", "service": "slack", "address": slack, "route": {"kinds": ["rollback"]}}),
    ));
    let key = granted(desk.post("ideas", idea()))["key"].as_str().unwrap().to_string();
    // Whose the test is does not say whom a comment names.
    granted(desk.call("PUT", &format!("owners/experiment/{key}"), None, r#"{"team": "checkout"}"#));
    granted(
        desk.post(&format!("experiments/{key}/comments"), json!({"text": "@growth, is 4711 yours? @growth @nobody"})),
    );
    let rows = desk.get("deliveries")["deliveries"].as_array().cloned().unwrap();
    let mut to: Vec<_> =
        rows.iter().map(|row| format!("{} {}", row["channel"], row["recipient"]).replace('"', "")).collect();
    to.sort_unstable();
    assert_eq!(to, ["growth ", "mail growth@example.com"]);
    let due = desk.due();
    assert!(due.iter().all(|message| message.kind == "mention" && !message.payload.contains("4711")), "{due:?}");
    assert!(due[0].payload.contains("admin asks Growth") && due[0].payload.contains(&format!("#/experiments/{key}")));
    granted(desk.post(&format!("experiments/{key}/comments"), json!({"text": "Nobody in particular."})));
    assert_eq!(desk.due().len(), 2);
}

#[test]
fn a_person_who_is_named_finds_it_in_now_until_they_have_read_or_answered_it() {
    let mut desk = Desk::shop();
    granted(desk.put("teams", json!({"teams": [{"key": "growth", "name": "Growth"}]})));
    let viewer = desk.role("viewer");
    let slack = "https://hooks.slack.com/services/x";
    granted(desk.post(
        "channels",
        json!({"name": "asks", "service": "slack", "address": slack, "route": {"kinds": ["mention"]}}),
    ));
    let key = granted(desk.post("ideas", idea()))["key"].as_str().unwrap().to_string();
    let place = format!("experiments/{key}/comments");
    let asked = |desk: &mut Desk| {
        let needs = desk.get("now")["needs"].as_array().unwrap().clone();
        needs.into_iter().filter(|need| need["kind"] == "asked").collect::<Vec<_>>()
    };
    let ask = |desk: &mut Desk| {
        let said = granted(desk.post(&place, json!({"text": "@The Viewer, is 4711 yours? Or @admin's, @growth?"})));
        said["comments"].as_array().unwrap().last().unwrap().clone()
    };
    let said = ask(&mut desk);
    let names: Vec<_> = said["mentions"].as_array().unwrap().iter().map(|mention| &mention["name"]).collect();
    assert_eq!(names, ["the viewer", "admin", "Growth"], "{said}");
    assert_eq!(asked(&mut desk), Vec::<Value>::new(), "nobody is asked by themselves");
    let need = desk.as_who(&viewer, |desk| {
        assert!(desk.get("ask?text=what needs me?").to_string().contains("admin mentions you in a comment."));
        asked(desk)
    });
    assert_eq!(need.len(), 1);
    assert_eq!((&need[0]["key"], &need[0]["words"]), (&json!(key), &json!("admin mentions you in a comment.")));
    let due = desk.due();
    let told =
        |name: &str| due.iter().filter(|message| message.payload.contains(&format!("admin asks {name}"))).count();
    assert_eq!((due.len(), told("the viewer"), told("Growth")), (2, 1, 1), "{due:?}");
    assert!(due.iter().all(|message| message.kind == "mention" && !message.payload.contains("4711")));

    // It is over once they have read it, have answered, or it is taken back.
    let over = |desk: &mut Desk, how: &dyn Fn(&mut Desk)| {
        let id = ask(desk)["id"].clone();
        desk.as_who(&viewer, |desk| {
            assert_eq!(asked(desk).len(), 1, "however often they are asked there");
            how(desk);
        });
        id
    };
    let read = format!("{place}/read");
    over(&mut desk, &|desk| drop(granted(desk.post(&read, ""))));
    assert_eq!(desk.as_who(&viewer, asked), Vec::<Value>::new());
    over(&mut desk, &|desk| drop(granted(desk.post(&place, json!({"text": "Mine. Why, @ADMIN?"})))));
    assert_eq!(desk.as_who(&viewer, asked), Vec::<Value>::new());
    assert_eq!(asked(&mut desk).len(), 1, "and whoever asked is asked back");
    let id = over(&mut desk, &|_| ());
    granted(desk.call("DELETE", &format!("{place}/{id}"), None, ""));
    assert_eq!(desk.as_who(&viewer, asked), Vec::<Value>::new());
    ask(&mut desk);
    let who = desk.get("people")["people"].as_array().unwrap().iter().find(|one| one["name"] == "the viewer").unwrap()
        ["id"]
        .clone();
    granted(desk.post(&format!("people/{who}/remove"), ""));
    assert!(
        desk.tables()["mention"].iter().all(|row| row[0] == rusqlite::types::Value::Integer(0)),
        "whoever goes takes along what they were asked"
    );
}
