//! A project leaves as rows and comes back as the same project: all of it or nothing, without secrets, and only where
//! nothing was before.

use crate::desk::shop::{arms, flag_plan, plan, tally};
use crate::desk::{self, Desk, HOUR, granted, refused};
use pointsman::environment::Environment;
use pointsman::versions;
use pointsman_native::Native;
use serde_json::{Value, json};

const PRODUCTION: Environment = Environment::Production;

/// All rows, a page after the other.
fn exported(desk: &mut Desk) -> Vec<Value> {
    let (mut pages, mut after) = (Vec::new(), String::new());
    loop {
        let page = desk.get(&format!("export?{after}"));
        let next = page["next"].as_str().map(ToString::to_string);
        pages.push(json!({"table": page["table"], "rows": page["rows"]}));
        let Some(next) = next else { return pages };
        after = format!("after={next}");
    }
}

fn sent(desk: &mut Desk, pages: &[Value]) {
    for (number, page) in (1..).zip(pages) {
        granted(desk.call("PUT", &format!("import/{number}"), None, &page.to_string()));
    }
}

fn end(desk: &mut Desk, pages: usize, digest: &str) -> pointsman::project::Answer {
    desk.call("POST", "import", None, &json!({"pieces": pages, "digest": digest}).to_string())
}

fn digest(desk: &Desk) -> String {
    versions::pointer(&mut Native(&desk.store), PRODUCTION).unwrap().digest
}

/// A project with people, a team, an experiment that runs, one that was stopped, and ideas, of which one has votes.
fn busy() -> Desk {
    let mut desk = Desk::shop();
    let ada = desk.person("Ada");
    let key = desk.as_who(&ada, |desk| desk.submitted(&plan()));
    granted(desk.act(&key, "approve", json!({})));
    desk.now += 30 * HOUR;
    desk.tick(&[tally(&key, desk.now, &arms(1, 400, [30, 36], [1, 1]))]);
    let mut second = flag_plan();
    second["title"] = json!("Another");
    let other = desk.as_who(&ada, |desk| desk.submitted(&second));
    granted(desk.act(&other, "approve", json!({})));
    granted(desk.act(&other, "stop", json!({"why": "a look"})));
    granted(desk.post("experiments", json!({"title": "An idea", "note": "Somebody asked"})));
    granted(
        desk.put(
            "teams",
            json!({"teams": [{"key": "growth", "name": "Growth", "channel": "#growth", "decisions": 2}]}),
        ),
    );
    let voted = granted(desk.post("ideas", json!({"what": "Voted", "expect": "It is liked.", "team": "growth"})));
    assert_eq!(voted["key"], "voted");
    for (who, team) in [(&ada, "growth"), (&desk.token.clone(), "")] {
        desk.as_who(who, |desk| {
            granted(desk.call("PUT", "experiments/voted/vote", None, ""));
            granted(desk.post("experiments/voted/comments", json!({"text": "What does @growth say?"})));
            granted(desk.call("PUT", "owners/flag/sort", None, &json!({"team": team}).to_string()));
            granted(desk.call("POST", "follows", None, &json!({"kind": "page", "subject": "/"}).to_string()));
            granted(desk.call("POST", "follows", None, &json!({"kind": "test", "subject": key}).to_string()));
        });
    }
    granted(desk.call("PUT", "owners/flag/gift", None, &json!({"team": "growth"}).to_string()));
    granted(desk.put("boards/growth", json!({"metrics": ["orders"]})));
    granted(
        desk.post("past", json!({"records": [{"key": "old-hero", "title": "An old hero", "found": "Nobody saw it."}]})),
    );
    granted(desk.post("claims", json!({"text": "Heroes are overlooked.", "for": ["old-hero"], "against": [key]})));
    granted(desk.post("tokens", json!({"name": "nightly"})));
    let settings = desk.call("GET", "settings", None, "").body["revision"].as_i64();
    granted(desk.call("PUT", "settings", settings, &json!({"feed": "https://data.example/x"}).to_string()));
    let channel = json!({"name": "#growth", "service": "slack", "address": "https://hooks.example/secret", "route": {"team": "growth"}});
    granted(desk.post("channels", channel));
    desk
}

/// The pages as tables, without the line that an import adds to the log.
fn tables(pages: &[Value]) -> Vec<(String, Value)> {
    let row = |page: &Value| page["rows"].as_array().unwrap().clone();
    pages
        .iter()
        .flat_map(|page| row(page).into_iter().map(|row| (page["table"].as_str().unwrap().to_string(), row)))
        .filter(|(table, row)| table != "audit" || row[3] != "import")
        .collect()
}

#[test]
fn a_project_comes_back_as_it_was() {
    let mut desk = busy();
    let pages = exported(&mut desk);
    for table in [
        "version",
        "setting",
        "channel",
        "person",
        "experiment",
        "owned",
        "vote",
        "comment",
        "past",
        "claim",
        "follow",
        "tally",
        "look",
        "audit",
    ] {
        assert!(pages.iter().any(|page| page["table"] == table && page["rows"][0].is_array()), "{table}");
    }
    let text = json!(pages).to_string();
    for secret in ["hooks.example", "pm_", &desk::hash(&desk.token)] {
        assert!(!text.contains(secret), "{secret}");
    }
    let mut copy = Desk::empty();
    copy.now = desk.now;
    sent(&mut copy, &pages);
    let asked = copy.call("POST", "import?preview=1", None, &json!({"pieces": pages.len()}).to_string());
    assert_eq!(granted(asked)["digest"], digest(&desk));
    assert!(copy.get("experiments")["experiments"].as_array().unwrap().is_empty(), "a look changes nothing");
    granted(end(&mut copy, pages.len(), &digest(&desk)));

    assert_eq!(digest(&copy), digest(&desk));
    assert_eq!(tables(&exported(&mut copy)), tables(&pages));
    let last = copy.get("audit?limit=1")["rows"][0].clone();
    assert_eq!((&last["action"], &last["who"]), (&json!("import"), &json!("admin")));
    for path in [
        "experiments",
        "experiments/fresh-hero/reading",
        "experiments/fresh-hero/live",
        "playbook",
        "people",
        "now",
        "teams",
        "ideas",
        "experiments/voted/comments",
        "claims",
        "claims?q=overlooked",
        "past/old-hero",
        "search?q=overlooked",
        "follows",
        "calendar",
    ] {
        assert_eq!(copy.get(path), desk.get(path), "{path}");
    }
    for path in ["library?q=fresh", "library?q=saw"] {
        assert_eq!(copy.get(path), desk.get(path), "{path}");
    }
    // Nobody comes in by a link of before; a new one leads to the same person.
    let id = copy.get("people")["people"][0]["id"].clone();
    let link = granted(copy.post(&format!("people/{id}/link"), json!({})))["token"].as_str().unwrap().to_string();
    assert_eq!(copy.as_who(&link, |copy| copy.get("whoami"))["name"], "Ada");
    // What runs goes on where it was.
    copy.now += 30 * HOUR;
    copy.tick(&[tally("fresh-hero", copy.now, &arms(1, 900, [30, 36], [1, 1]))]);
    assert_eq!(copy.get("experiments/fresh-hero")["state"], "running");
}

#[test]
fn nothing_is_written_over_and_production_serves_nothing_that_nobody_has_read() {
    let mut desk = busy();
    let pages = exported(&mut desk);
    let words = "nothing is written over it";
    let page = pages[0].to_string();
    assert!(refused(desk.call("PUT", "import/1", None, &page), 409)["error"].as_str().unwrap().contains(words));
    assert!(refused(end(&mut desk, 1, ""), 409)["error"].as_str().unwrap().contains(words));
    let mut copy = Desk::empty();
    sent(&mut copy, &pages[..3]);
    refused(end(&mut copy, pages.len(), &digest(&desk)), 409);
    sent(&mut copy, &pages);
    for other in ["", "0000"] {
        let said = refused(end(&mut copy, pages.len(), other), 409);
        assert!(said["fix"].as_str().unwrap().contains(&digest(&desk)), "{said}");
    }
    assert_eq!(digest(&copy), "");
    granted(end(&mut copy, pages.len(), &digest(&desk)));
    refused(end(&mut copy, pages.len(), &digest(&desk)), 409);
}

/// Pages with something else in a cell of the first row of a table.
fn forged(pages: &[Value], table: &str, cell: usize, change: impl Fn(&str) -> Value) -> Vec<Value> {
    let mut pages = pages.to_vec();
    let page = pages.iter_mut().find(|page| page["table"] == table && page["rows"][0].is_array()).unwrap();
    let before = page["rows"][0][cell].clone();
    page["rows"][0][cell] = change(before.as_str().unwrap_or_default());
    pages
}

#[test]
fn every_mistake_is_named_and_nothing_is_kept() {
    let mut desk = busy();
    let pages = exported(&mut desk);
    let cases: Vec<(&str, Vec<Value>)> = vec![
        ("/audit/1", forged(&pages, "audit", 2, |_| json!("Eve"))),
        ("/version/production", forged(&pages, "version", 7, |_| json!("00"))),
        ("/version/production", forged(&pages, "version", 5, |_| json!("00"))),
        (
            "/version/production/flags",
            forged(&pages, "version", 6, |text| json!(text.replace("\"kind\": \"boolean\"", "\"kind\": \"bool\""))),
        ),
        ("/version/nowhere", forged(&pages, "version", 0, |_| json!("nowhere"))),
        ("/experiment/an-idea", forged(&pages, "experiment", 2, |text| json!(text.replace("\"state\"", "\"stat\"")))),
        (
            "/experiment/an-idea",
            forged(&pages, "experiment", 2, |text| json!(text.replace("\"an-idea\"", "\"other\""))),
        ),
        ("/setting/playbook", {
            let mut pages = pages.clone();
            pages.push(json!({"table": "setting", "rows": [["playbook", 1, "{}"]]}));
            pages
        }),
        ("/tally/nobody-1/0", forged(&pages, "tally", 0, |_| json!("nobody-1"))),
        ("/look/fresh-hero-1/", forged(&pages, "look", 2, |_| json!("{}"))),
        ("/setting/teams/teams/0/name", {
            let mut pages = pages.clone();
            let row =
                pages.iter_mut().filter_map(|page| page["rows"].get_mut(0)).find(|row| row[0] == "teams").unwrap();
            row[2] = json!(row[2].as_str().unwrap().replace("\"Growth\"", "\"\""));
            pages
        }),
        ("/owned/experiment/voted", forged(&pages, "owned", 2, |_| json!("nobody"))),
        ("/owned/page/voted", forged(&pages, "owned", 0, |_| json!("page"))),
        ("/vote/nothing/0", forged(&pages, "vote", 0, |_| json!("nothing"))),
        ("/vote/voted/9", forged(&pages, "vote", 1, |_| json!(9))),
        ("/comment/1", forged(&pages, "comment", 1, |_| json!("nothing"))),
        ("/comment/1", forged(&pages, "comment", 4, |_| json!(""))),
        ("/follow/9/", forged(&pages, "follow", 0, |_| json!(9))),
        ("/follow/0/flag/", forged(&pages, "follow", 1, |_| json!("flag"))),
        ("/person/1", forged(&pages, "person", 1, |_| json!("admin"))),
        ("/person/1", forged(&pages, "person", 3, |_| json!("king"))),
        ("/person/1", {
            let mut twice = pages.clone();
            twice.push(pages.iter().find(|page| page["table"] == "person").unwrap().clone());
            twice
        }),
        // A run that no experiment has would be one that nobody started.
        (
            "/version/production/experiments/fresh-hero/run",
            pages.iter().filter(|page| page["table"] != "experiment").cloned().collect(),
        ),
    ];
    for (pointer, pages) in cases {
        let mut copy = Desk::empty();
        sent(&mut copy, &pages);
        let before = copy.tables();
        let said = refused(end(&mut copy, pages.len(), &digest(&desk)), 422);
        let problems = said["problems"].as_array().unwrap();
        assert!(
            problems.iter().any(|problem| problem["pointer"].as_str().unwrap().starts_with(pointer)),
            "{pointer}: {said}"
        );
        assert_eq!(copy.tables(), before);
    }
    let mut copy = Desk::empty();
    for (body, pointer) in [
        (json!({"table": "token", "rows": []}), "/table"),
        (json!({"table": "person", "rows": [[1, "Ada", 2, "editor"], [1, 2, 3, 4]]}), "/rows/1"),
        (json!({"table": "person", "rows": [[1, "Ada", 2]]}), "/rows/0"),
    ] {
        let said = refused(copy.call("PUT", "import/1", None, &body.to_string()), 422);
        assert_eq!(said["problems"][0]["pointer"], pointer);
    }
    refused(copy.call("GET", "export?after=token/0", None, ""), 422);
}

#[test]
fn only_an_admin_brings_a_project_back() {
    let mut desk = busy();
    let page = exported(&mut desk)[0].to_string();
    for role in ["viewer", "editor", "approver"] {
        let token = desk.role(role);
        desk.as_who(&token, |desk| {
            refused(desk.call("PUT", "import/1", None, &page), 403);
            refused(end(desk, 1, ""), 403);
            exported(desk)
        });
    }
}
