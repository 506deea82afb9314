//! Teams own things, ideas are written down and voted for, tests stand in a calendar, and people follow what they care
//! about; all of it leaves with the project and comes back.

use crate::desk::shop::{LIVE, flag_plan, plan};
use crate::desk::{DAY, Desk, HOUR, granted, refused};
use serde_json::{Value, json};

fn teams() -> Value {
    json!({"teams": [
        {"key": "checkout", "name": "Checkout", "channel": "#checkout", "goal": "Fewer carts left behind", "decisions": 1},
        {"key": "growth", "name": "Growth", "channel": "growth@shop.example"},
    ]})
}

/// A shop with two teams, an editor and a viewer.
fn shop() -> (Desk, String, String) {
    let mut desk = Desk::shop();
    granted(desk.put("teams", teams()));
    let (editor, viewer) = (desk.role("editor"), desk.role("viewer"));
    (desk, editor, viewer)
}

/// An experiment of the editor's that the admin has let start.
fn started(desk: &mut Desk, editor: &str, plan: &Value) -> String {
    let key = desk.as_who(editor, |desk| desk.submitted(plan));
    granted(desk.act(&key, "approve", json!({})));
    key
}

fn idea(what: &str) -> Value {
    json!({"what": what, "expect": "More people order, because they know when it comes."})
}

fn own(desk: &mut Desk, kind: &str, key: &str, team: &str) -> pointsman::project::Answer {
    desk.call("PUT", &format!("owners/{kind}/{key}"), None, &json!({"team": team}).to_string())
}

fn vote(desk: &mut Desk, method: &str, key: &str) -> pointsman::project::Answer {
    desk.call(method, &format!("experiments/{key}/vote"), None, "")
}

fn pointers(said: &Value) -> Vec<&str> {
    said["problems"].as_array().unwrap().iter().map(|problem| problem["pointer"].as_str().unwrap()).collect()
}

fn keys(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap()).collect()
}

fn last_deed(desk: &mut Desk) -> (String, String) {
    let row = desk.get("audit?limit=1")["rows"][0].clone();
    (row["action"].as_str().unwrap().to_string(), row["subject"].as_str().unwrap().to_string())
}

#[test]
fn teams_are_settings_that_an_admin_changes_and_every_mistake_is_named() {
    let (mut desk, editor, _) = shop();
    let read = desk.get("teams");
    assert_eq!(keys(&read["teams"]), ["checkout", "growth"]);
    assert_eq!((&read["teams"][0]["decisions"], &read["teams"][0]["decided"]), (&json!(1), &json!(0)));
    desk.as_who(&editor, |desk| {
        assert_eq!(keys(&desk.get("teams")["teams"]).len(), 2);
        refused(desk.put("teams", teams()), 403);
    });
    let wrong = json!({"teams": [
        {"key": "Check out", "name": "Checkout"}, {"key": "growth", "name": ""}, {"key": "growth", "name": "Two"},
        {"key": "search", "name": "Search", "channel": "nowhere", "goal": "x".repeat(301), "decisions": 0},
    ]});
    let said = refused(desk.put("teams", wrong), 422);
    let due =
        ["/teams/0/key", "/teams/1/name", "/teams/2/key", "/teams/3/channel", "/teams/3/goal", "/teams/3/decisions"];
    assert_eq!(pointers(&said), due);
    refused(desk.call("PUT", "teams", Some(0), &teams().to_string()), 412);
    refused(desk.call("PUT", "teams", None, &teams().to_string()), 428);
}

#[test]
fn what_a_team_owns_is_there_and_so_is_the_team() {
    let (mut desk, editor, viewer) = shop();
    let key = started(&mut desk, &editor, &plan());
    granted(desk.post("voices", json!({"experiment": key, "question": "Why did you come?", "comment": true})));
    desk.as_who(&viewer, |desk| drop(refused(own(desk, "flag", "sort", "growth"), 403)));
    desk.as_who(&editor, |desk| {
        for (kind, thing) in
            [("flag", "sort"), ("metric", "orders"), ("experiment", &*key), ("survey", "why-did-you-come")]
        {
            assert_eq!(granted(own(desk, kind, thing, "growth"))["team"], "growth");
            assert_eq!(last_deed(desk), ("give to a team".to_string(), thing.to_string()));
            let said = refused(own(desk, kind, thing, "nobody"), 422);
            assert_eq!(pointers(&said), ["/team"]);
            assert!(said["problems"][0]["fix"].as_str().unwrap().contains("checkout, growth"), "{said}");
            refused(own(desk, kind, "another", "growth"), 404);
        }
        refused(own(desk, "page", "/", "growth"), 404);
    });
    let flags = desk.get(&format!("{LIVE}/flags"));
    let sort = flags["flags"].as_array().unwrap().iter().find(|flag| flag["key"] == "sort").unwrap();
    assert_eq!(sort["team"], "growth");
    let metrics = desk.get(&format!("{LIVE}/metrics"));
    let orders = metrics["metrics"].as_array().unwrap().iter().find(|metric| metric["key"] == "orders").unwrap();
    assert_eq!(orders["team"], "growth");
    assert_eq!(desk.get("voices")["surveys"][0]["team"], "growth");
    assert_eq!(desk.get(&format!("experiments/{key}"))["team"], "growth");
    assert_eq!(desk.get("experiments")["experiments"][0]["team"], "growth");
    // What can be owned is what there is, in any environment.
    for (kind, thing, name) in [
        ("flag", "sort", "sort"),
        ("metric", "orders", "orders"),
        ("experiment", &*key, "Fresh hero"),
        ("survey", "why-did-you-come", "Why did you come?"),
    ] {
        let things = desk.get(&format!("owners/{kind}"))["things"].clone();
        let found = things.as_array().unwrap().iter().find(|one| one["key"] == thing).cloned();
        assert_eq!(found, Some(json!({"key": thing, "name": name, "team": "growth"})));
    }
    refused(desk.call("GET", "owners/page", None, ""), 404);
    let owns = desk.get("teams")["teams"][1]["owns"].clone();
    assert_eq!(owns, json!({"experiment": 1, "flag": 1, "metric": 1, "survey": 1}));
    // A team that owns something stays.
    let less = json!({"teams": [teams()["teams"][0]]});
    assert!(refused(desk.put("teams", &less), 409)["error"].as_str().unwrap().contains("Growth"));
    for (kind, thing) in [("flag", "sort"), ("metric", "orders"), ("experiment", &*key), ("survey", "why-did-you-come")]
    {
        granted(own(&mut desk, kind, thing, ""));
    }
    granted(desk.put("teams", &less));
    assert_eq!(desk.get(&format!("experiments/{key}"))["team"], Value::Null);
}

#[test]
fn now_and_the_library_show_one_team_and_its_week() {
    let (mut desk, editor, _) = shop();
    let key = started(&mut desk, &editor, &plan());
    let mut second = flag_plan();
    second["title"] = json!("Sorted by price");
    let other = started(&mut desk, &editor, &second);
    granted(own(&mut desk, "experiment", &key, "checkout"));
    let running = |desk: &mut Desk, query: &str| keys(&desk.get(&format!("now{query}"))["running"]).join(" ");
    assert_eq!(running(&mut desk, ""), format!("{other} {key}"));
    assert_eq!(running(&mut desk, "?team=checkout"), key);
    assert_eq!(running(&mut desk, "?team=growth"), "");
    for each in [&key, &other] {
        desk.now += DAY;
        granted(desk.act(each, "decide", json!({"choice": "keep", "why": "It is not worth its keep."})));
    }
    let found = |desk: &mut Desk, query: &str| keys(&desk.get(&format!("library?{query}"))["cards"]).join(" ");
    assert_eq!(found(&mut desk, "team=checkout"), key);
    assert_eq!(found(&mut desk, "team=growth"), "");
    assert_eq!(desk.get("library?q=")["cards"].as_array().unwrap().len(), 2);
    assert_eq!(desk.get("teams")["teams"][0]["decided"], 1);
    desk.now += 8 * DAY;
    assert_eq!(desk.get("teams")["teams"][0]["decided"], 0, "a week has seven days");
}

#[test]
fn an_idea_answers_two_questions_and_says_what_else_it_has_wrong() {
    let (mut desk, editor, viewer) = shop();
    desk.as_who(&viewer, |desk| drop(refused(desk.post("ideas", idea("Show the day of delivery")), 403)));
    let wrong = json!({"what": " ", "expect": "", "impact": 4, "effort": 0, "page": "cart", "team": "nobody"});
    let said = refused(desk.post("ideas", wrong), 422);
    assert_eq!(pointers(&said), ["/what", "/expect", "/impact", "/effort", "/page", "/team"]);
    let long = json!({"what": "x".repeat(121), "expect": "y", "evidence": "z".repeat(2001)});
    assert_eq!(pointers(&refused(desk.post("ideas", long), 422)), ["/what", "/evidence"]);
    let mut whole = idea("Show the day of delivery");
    whole["evidence"] = json!("Every fifth call asks for it.");
    (whole["impact"], whole["effort"], whole["page"], whole["team"]) =
        (json!(3), json!(1), json!("/cart"), json!("growth"));
    let told = desk.as_who(&editor, |desk| granted(desk.post("ideas", &whole)));
    assert_eq!((&told["title"], &told["state"]), (&whole["what"], &json!("idea")));
    for (name, value) in whole.as_object().unwrap().iter().filter(|(name, _)| *name != "what") {
        assert_eq!(told[name], *value, "{name}");
    }
    let key = told["key"].as_str().unwrap();
    whole["expect"] = json!("Fewer people call.");
    granted(desk.put(&format!("experiments/{key}/idea"), &whole));
    assert_eq!(desk.get("ideas?team=growth")["ideas"][0]["expect"], "Fewer people call.");
    assert!(desk.get("ideas?team=checkout")["ideas"].as_array().unwrap().is_empty());
    // Earlier experiments are looked for by its words, and an idea is none of them.
    assert!(desk.get("similar?text=day of delivery")["similar"].as_array().unwrap().is_empty());
}

#[test]
fn everybody_has_one_vote_for_an_idea_and_can_take_it_back() {
    let (mut desk, editor, viewer) = shop();
    let key = granted(desk.post("ideas", idea("Show the day of delivery")))["key"].as_str().unwrap().to_string();
    for who in [&viewer, &editor] {
        desk.as_who(who, |desk| {
            for _ in 0..3 {
                assert_eq!(granted(vote(desk, "PUT", &key))["voted"], true);
            }
        });
    }
    assert_eq!(desk.get("ideas")["ideas"][0]["votes"], 2);
    assert_eq!(desk.get("ideas")["ideas"][0]["voted"], false, "the admin has not voted");
    // Somebody's token has their voice, and no second one.
    desk.as_who(&viewer, |desk| {
        let token = granted(desk.post("tokens", json!({"name": "script", "role": "viewer"})));
        let secret = token["secret"].as_str().unwrap().to_string();
        desk.as_who(&secret, |desk| assert_eq!(granted(vote(desk, "PUT", &key))["votes"], 2));
        assert_eq!(granted(vote(desk, "DELETE", &key))["votes"], 1);
        assert_eq!(granted(vote(desk, "DELETE", &key))["votes"], 1);
    });
    // Whoever leaves takes their vote along.
    let people = desk.get("people")["people"].clone();
    let id = people.as_array().unwrap().iter().find(|person| person["name"] == "the editor").unwrap()["id"].clone();
    granted(desk.post(&format!("people/{id}/remove"), json!({})));
    assert_eq!(desk.get("ideas")["ideas"][0]["votes"], 0);
    refused(vote(&mut desk, "PUT", "nothing"), 404);
    let no_idea = desk.drafted(&plan());
    refused(vote(&mut desk, "PUT", &no_idea), 404);
}

#[test]
fn ideas_stand_by_their_votes_and_then_by_what_they_bring_for_what_they_take() {
    let (mut desk, editor, _) = shop();
    let mut add = |what: &str, impact: u8, effort: u8| {
        let mut body = idea(what);
        (body["impact"], body["effort"]) = (json!(impact), json!(effort));
        desk.now += 1;
        granted(desk.post("ideas", body))["key"].as_str().unwrap().to_string()
    };
    let (dear, cheap, loved) = (add("Dear", 3, 3), add("Cheap", 2, 1), add("Loved", 1, 3));
    let newest = granted(desk.post("ideas", idea("Unsaid")))["key"].as_str().unwrap().to_string();
    desk.as_who(&editor, |desk| granted(vote(desk, "PUT", &loved)));
    assert_eq!(keys(&desk.get("ideas")["ideas"]), [&loved, &cheap, &newest, &dear]);
}

#[test]
fn an_idea_becomes_a_draft_by_one_step_and_shows_what_became_of_it() {
    let (mut desk, editor, _) = shop();
    let mut body = idea("Promise freshness");
    body["page"] = json!("/");
    let key = granted(desk.post("ideas", body))["key"].as_str().unwrap().to_string();
    assert_eq!(desk.get(&format!("experiments/{key}"))["actions"], json!(["draft", "idea", "plan", "archive"]));
    desk.as_who(&editor, |desk| {
        let drafted = granted(desk.act(&key, "draft", json!({})));
        assert_eq!((&drafted["state"], &drafted["author"]), (&json!("draft"), &json!("the editor")));
        assert_eq!(drafted["plan"]["change"], json!({"kind": "words", "page": "/", "edits": []}));
        assert_eq!(drafted["plan"]["hypothesis"]["because"], "More people order, because they know when it comes.");
        assert_eq!(last_deed(desk), ("draft".to_string(), key.clone()));
    });
    // Nothing of it goes two ways at once.
    refused(desk.act(&key, "draft", json!({})), 409);
    refused(desk.put(&format!("experiments/{key}/idea"), idea("Another")), 409);
    refused(vote(&mut desk, "PUT", &key), 409);
    granted(desk.put(&format!("experiments/{key}/plan"), plan()));
    desk.looked(&key);
    desk.as_who(&editor, |desk| {
        granted(desk.put(&format!("experiments/{key}/plan"), plan()));
        granted(desk.act(&key, "submit", json!({})));
    });
    assert_eq!(desk.get("ideas")["ideas"][0]["state"], "inReview");
    granted(desk.act(&key, "approve", json!({})));
    assert_eq!(desk.get("ideas")["ideas"][0]["state"], "running");
    let history = desk.get(&format!("experiments/{key}"))["history"].clone();
    let told: Vec<&str> = history.as_array().unwrap().iter().map(|entry| entry["what"].as_str().unwrap()).collect();
    assert_eq!(told[..2], ["wrote the idea down", "made a draft of the idea"]);
    // What is planned anew is still that idea.
    granted(desk.act(&key, "decide", json!({"choice": "keep", "why": "It is not worth its keep."})));
    granted(desk.put(&format!("experiments/{key}/plan"), plan()));
    assert_eq!(keys(&desk.get("ideas")["ideas"]), [&key]);
}

#[test]
fn an_idea_that_is_put_away_is_kept_with_its_votes() {
    let (mut desk, _, _) = shop();
    let key = granted(desk.post("ideas", idea("Promise freshness")))["key"].as_str().unwrap().to_string();
    granted(vote(&mut desk, "PUT", &key));
    granted(desk.act(&key, "archive", json!({})));
    let kept = desk.get("ideas")["ideas"][0].clone();
    assert_eq!((&kept["state"], &kept["votes"]), (&json!("archived"), &json!(1)));
    refused(desk.act(&key, "draft", json!({})), 409);
    assert_eq!(desk.get("calendar")["tests"], json!([]));
}

/// What a test in the calendar collides with: what is the same, and with whom.
fn collisions(calendar: &Value, key: &str) -> Vec<(String, String)> {
    let test = calendar["tests"].as_array().unwrap().iter().find(|test| test["key"] == key).expect(key);
    let told = |one: &Value| (one["what"].as_str().unwrap().to_string(), one["with"].as_str().unwrap().to_string());
    test["collisions"].as_array().unwrap().iter().map(told).collect()
}

#[test]
fn the_calendar_shows_every_test_in_its_time_and_what_gets_in_each_others_way() {
    let (mut desk, editor, _) = shop();
    let titled = |title: &str, page: &str| {
        let mut plan = plan();
        (plan["title"], plan["change"]["page"]) = (json!(title), json!(page));
        plan
    };
    let ended = started(&mut desk, &editor, &titled("Ended", "/"));
    granted(own(&mut desk, "experiment", &ended, "growth"));
    desk.now += DAY;
    let stopped = desk.now;
    granted(desk.act(&ended, "decide", json!({"choice": "keep", "why": "It is not worth its keep."})));
    desk.now += DAY;
    let running = started(&mut desk, &editor, &titled("Running", "/"));
    let same = desk.drafted(&titled("Same page", "/"));
    let elsewhere = desk.drafted(&titled("Elsewhere", "/beans"));
    granted(desk.post("ideas", idea("Only an idea")));
    let calendar = desk.get("calendar");
    assert_eq!(calendar["tests"].as_array().unwrap().len(), 4);
    let of = |key: &str| calendar["tests"].as_array().unwrap().iter().find(|test| test["key"] == key).unwrap().clone();
    assert_eq!((&of(&ended)["to"], &of(&ended)["team"]), (&json!(stopped), &json!("growth")));
    assert_eq!(of(&running)["from"], desk.now);
    assert_eq!((&of(&running)["pages"], &of(&elsewhere)["pages"]), (&json!(["/"]), &json!(["/beans"])));
    // Nobody has measured any traffic: both take the most that the playbook allows.
    let most = desk.get("playbook")["playbook"]["longest"].as_i64().unwrap();
    assert_eq!(of(&same)["to"], desk.now + most * DAY);
    assert!(of(&same)["until"].as_str().unwrap().contains("no traffic"), "{}", of(&same));
    assert_eq!(collisions(&calendar, &ended), [], "it was over before the next began");
    assert_eq!(collisions(&calendar, &running), [("page".to_string(), same.clone())]);
    assert_eq!(collisions(&calendar, &same), [("page".to_string(), running.clone())]);
    assert_eq!(collisions(&calendar, &elsewhere), []);
    let words = of(&same)["collisions"][0]["words"].clone();
    assert_eq!(words, "“Running” changes /, too, and visitors would meet both.");
    // What is over is in nobody's way.
    granted(desk.act(&running, "stop", json!({"why": "enough"})));
    desk.now += DAY;
    assert_eq!(collisions(&desk.get("calendar"), &same), []);
    // Two plans of one flag are one too many.
    let (first, mut second) = (desk.drafted(&flag_plan()), flag_plan());
    second["title"] = json!("Again");
    let second = desk.drafted(&second);
    assert_eq!(collisions(&desk.get("calendar"), &second), [("flag".to_string(), first)]);
    // Two changes that are crossed on purpose are none.
    let mut crossed = titled("Crossed", "/beans");
    crossed["crossed"] = json!(elsewhere);
    let crossed = desk.drafted(&crossed);
    assert_eq!(collisions(&desk.get("calendar"), &crossed), []);
}

fn follow(desk: &mut Desk, kind: &str, subject: &str, on: bool) -> pointsman::project::Answer {
    desk.call("POST", "follows", None, &json!({"kind": kind, "subject": subject, "on": on}).to_string())
}

#[test]
fn who_follows_a_test_its_page_or_its_team_is_known_and_sees_it_on_now() {
    let (mut desk, editor, viewer) = shop();
    let key = started(&mut desk, &editor, &plan());
    granted(own(&mut desk, "experiment", &key, "growth"));
    desk.as_who(&viewer, |desk| drop(granted(follow(desk, "page", "/", true))));
    desk.as_who(&editor, |desk| {
        granted(follow(desk, "team", "growth", true));
        granted(follow(desk, "test", &key, true));
        granted(follow(desk, "page", "/beans", true));
    });
    granted(follow(&mut desk, "test", &key, true));
    let followers = |desk: &mut Desk| desk.get(&format!("experiments/{key}"))["followers"].clone();
    assert_eq!(followers(&mut desk), json!(["admin", "the editor", "the viewer"]));
    desk.as_who(&editor, |desk| {
        let follows = desk.get("now")["follows"].clone();
        let told = |one: &Value| (one["name"].as_str().unwrap().to_string(), one["tests"].as_array().unwrap().len());
        let told: Vec<_> = follows.as_array().unwrap().iter().map(told).collect();
        let due = [("/beans".to_string(), 0), ("Growth".to_string(), 1), ("Fresh hero".to_string(), 1)];
        assert_eq!(told, due);
        assert_eq!(desk.get(&format!("experiments/{key}"))["followed"], true);
        granted(follow(desk, "test", &key, false));
        granted(follow(desk, "test", &key, false));
        assert_eq!(desk.get(&format!("experiments/{key}"))["followed"], false);
        assert_eq!(desk.get("follows")["follows"].as_array().unwrap().len(), 2);
    });
    assert_eq!(followers(&mut desk), json!(["admin", "the editor", "the viewer"]), "by the team still");
    for (kind, subject, status) in
        [("test", "nothing", 404), ("team", "nobody", 422), ("page", "cart", 422), ("flag", "sort", 422)]
    {
        refused(follow(&mut desk, kind, subject, true), status);
    }
    let people = desk.get("people")["people"].clone();
    let id = people.as_array().unwrap().iter().find(|person| person["name"] == "the viewer").unwrap()["id"].clone();
    granted(desk.post(&format!("people/{id}/remove"), json!({})));
    assert_eq!(followers(&mut desk), json!(["admin", "the editor"]));
}

#[test]
fn what_is_thrown_away_leaves_neither_owner_nor_follower() {
    let (mut desk, _, _) = shop();
    let key = desk.drafted(&plan());
    granted(own(&mut desk, "experiment", &key, "growth"));
    granted(follow(&mut desk, "test", &key, true));
    granted(follow(&mut desk, "team", "growth", true));
    granted(desk.act(&key, "archive", json!({})));
    assert_eq!(keys(&desk.get("experiments")["experiments"]), [] as [&str; 0]);
    granted(desk.put("teams", json!({"teams": [teams()["teams"][0]]})));
    assert_eq!(desk.get("follows")["follows"], json!([]));
    for table in ["owned", "follow", "vote"] {
        assert_eq!(desk.tables()[table].len(), 0, "{table}");
    }
}

#[test]
fn weeks_of_the_calendar_are_those_of_the_projects_zone() {
    let mut desk = Desk::shop();
    // 15 January 2027, a Friday. In Auckland clocks are 13 hours ahead of UTC.
    let call = |clocks: Value| {
        let call = json!({"method": "GET", "path": ["calendar"], "admin": true, "token": "", "clocks": clocks});
        serde_json::from_value::<pointsman::project::Call>(call).unwrap()
    };
    let ahead = 13 * HOUR;
    let [there, utc] =
        [json!([[0, ahead]]), json!([])].map(|clocks| granted(desk.answer(&call(clocks)))["weeks"].clone());
    let mondays = |weeks: &Value, ahead: i64| {
        let all: Vec<i64> = weeks.as_array().unwrap().iter().map(|week| week.as_i64().unwrap() + ahead).collect();
        assert!(all.iter().all(|week| week % (7 * DAY) == 4 * DAY), "{all:?}");
        assert!(all[0] <= desk.now - 84 * DAY && *all.last().unwrap() > desk.now + 168 * DAY);
    };
    mondays(&there, ahead);
    mondays(&utc, 0);
}

#[test]
fn a_team_has_one_board_of_metrics_that_are_there_and_it_goes_with_the_team() {
    let (mut desk, editor, viewer) = shop();
    assert_eq!(desk.get("boards/growth")["metrics"], json!([]));
    desk.as_who(&editor, |desk| granted(desk.put("boards/growth", json!({"metrics": ["orders", "errors"]}))));
    assert_eq!(last_deed(&mut desk), ("change a board".to_string(), "growth".to_string()));
    assert_eq!(desk.get("boards/growth")["metrics"], json!(["orders", "errors"]));
    assert_eq!(desk.get("boards/checkout")["metrics"], json!([]), "each team has its own");
    let said = refused(desk.put("boards/growth", json!({"metrics": ["orders", "orders", "gone"]})), 422);
    assert_eq!(pointers(&said), ["/metrics/1", "/metrics/2"]);
    let many: Vec<_> = (0..25).map(|n| format!("m{n}")).collect();
    assert_eq!(pointers(&refused(desk.put("boards/growth", json!({"metrics": many})), 422))[0], "/metrics");
    refused(desk.call("PUT", "boards/growth", Some(0), r#"{"metrics": []}"#), 412);
    let nowhere = desk.call("GET", "boards/nowhere", None, "");
    assert_eq!(pointers(&refused(nowhere, 422)), ["/team"]);
    desk.as_who(&viewer, |desk| {
        desk.get("boards/growth");
        refused(desk.put("boards/growth", json!({"metrics": []})), 403);
    });
    granted(desk.put("teams", json!({"teams": []})));
    granted(desk.put("teams", teams()));
    assert_eq!(desk.get("boards/growth")["metrics"], json!([]), "a team of the same name begins anew");
}
