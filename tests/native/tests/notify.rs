//! What is told by itself: one card a cause, with the words of the verdict, to whomever it concerns, and when.

use crate::desk::shop::{Arm, LIVE, arms, plan, tally};
use crate::desk::{CONSOLE, DAY, Desk, HOUR, MINUTE, granted, refused};
use pointsman::notify::QUOTE;
use pointsman::project;
use pointsman_native::Native;
use serde_json::{Value, json};

/// The cards that should leave now, each told to have arrived.
fn left(desk: &mut Desk) -> Vec<(String, Value)> {
    let due = desk.due();
    for message in &due {
        desk.deliver(message.id, "");
    }
    due.into_iter().map(|message| (message.kind, serde_json::from_str(&message.payload).unwrap())).collect()
}

fn kinds(told: &[(String, Value)]) -> Vec<&str> {
    told.iter().map(|(kind, _)| kind.as_str()).collect()
}

/// Headline and words of a message for Slack.
fn said(message: &Value) -> (String, String) {
    let text = message["blocks"][1]["text"]["text"].as_str().unwrap();
    let plain = text.replace(QUOTE, "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let (headline, words) = plain.split_once('\n').unwrap();
    (headline.trim_matches('*').to_string(), words.to_string())
}

/// What the API says of an experiment now.
fn read(desk: &mut Desk, key: &str) -> (String, String) {
    let reading = desk.get(&format!("experiments/{key}/reading"));
    (reading["headline"].as_str().unwrap().to_string(), reading["words"].as_str().unwrap().to_string())
}

/// The limits of Block Kit, by its reference.
fn valid(message: &Value) {
    let length = |value: &Value, most: usize| (1..=most).contains(&value.as_str().unwrap().chars().count());
    let blocks = message["blocks"].as_array().unwrap();
    assert!((1..=50).contains(&blocks.len()) && length(&message["text"], 4000), "{message}");
    for block in blocks {
        let good = match block["type"].as_str().unwrap() {
            "header" => block["text"]["type"] == "plain_text" && length(&block["text"]["text"], 150),
            "section" => block["text"]["type"] == "mrkdwn" && length(&block["text"]["text"], 3000),
            "context" => {
                let elements = block["elements"].as_array().unwrap();
                elements.len() <= 10 && elements.iter().all(|one| one["type"] == "mrkdwn" && length(&one["text"], 3000))
            }
            "actions" => {
                let elements = block["elements"].as_array().unwrap();
                elements.len() <= 25
                    && elements.iter().all(|one| {
                        one["type"] == "button"
                            && one["text"]["type"] == "plain_text"
                            && length(&one["text"]["text"], 75)
                            && length(&one["url"], 3000)
                    })
            }
            other => panic!("{other}"),
        };
        assert!(good, "{block}");
    }
}

#[test]
fn what_is_told_of_numbers_is_what_the_api_says_and_each_cause_is_told_once() {
    let of = |key: &str, now, people: [u64; 2], orders: [u64; 2], errors: u64| {
        let arm = |variant, people: u64, orders: u64, errors| Arm {
            variant,
            epoch: 1,
            people,
            orders: people * orders / 100,
            errors,
        };
        tally(key, now, &[arm("control", people[0], orders[0], 4), arm("new", people[1], orders[1], errors)])
    };
    for (kind, people, orders, errors) in [
        ("verdict", [600, 600], [30, 50], 4),
        ("verdict", [600, 600], [50, 30], 4),
        ("ratio", [500, 300], [30, 30], 4),
        ("rollback", [400, 400], [30, 30], 160),
        ("reached", [40_000, 40_000], [30, 30], 4),
    ] {
        let mut desk = Desk::shop();
        desk.slack();
        let key = desk.running(&plan());
        if kind == "reached" {
            desk.now += 15 * DAY;
        }
        desk.tick(&[of(&key, desk.now, people, orders, errors)]);
        for _ in 0..3 {
            desk.follow();
        }
        let told = left(&mut desk);
        assert_eq!(kinds(&told), [kind]);
        valid(&told[0].1);
        assert_eq!(told[0].1.to_string().contains(QUOTE), kind == "rollback", "of harm alone people are quoted");
        assert_eq!(said(&told[0].1), read(&mut desk, &key), "{kind}");
        desk.tick(&[of(&key, desk.now, people.map(|n| n + 1), orders, errors)]);
        desk.follow();
        assert_eq!(left(&mut desk), [], "{kind} was told");
    }
}

#[test]
fn a_verdict_that_revises_one_that_was_told_says_so() {
    let mut desk = Desk::shop();
    desk.slack();
    let key = desk.running(&plan());
    desk.now += 15 * DAY;
    let told_of = |desk: &mut Desk, orders| {
        desk.tick(&[tally(&key, desk.now, &arms(1, 40_000, orders, [1, 1]))]);
        let [(kind, message)] = &left(desk)[..] else { panic!("not one message") };
        (kind.clone(), message.to_string())
    };
    let (kind, first) = told_of(&mut desk, [30, 30]);
    assert!(kind == "reached" && !first.contains("This revises"), "{first}");
    let before = desk.get(&format!("experiments/{key}/reading"))["headline"].as_str().unwrap().to_string();
    let (kind, second) = told_of(&mut desk, [30, 38]);
    assert!(kind == "verdict" && second.contains("Ship the new version"), "{second}");
    assert!(second.contains(&format!("This revises what was told before: “{before}”.")), "{second}");
}

#[test]
fn visitors_who_stop_coming_and_a_test_that_takes_too_long_are_told_once() {
    let mut desk = Desk::shop();
    desk.slack();
    let key = desk.running(&plan());
    let last = desk.now;
    for _ in 0..80 {
        desk.now += 5 * MINUTE;
        desk.tick(&[tally(&key, last, &arms(1, 100, [30, 30], [1, 1]))]);
    }
    let told = left(&mut desk);
    assert_eq!(kinds(&told), ["stale"]);
    assert!(said(&told[0].1).1.contains("no visitor was confirmed in the last six hours"));
    desk.now = last + 42 * DAY + HOUR;
    let late = [tally(&key, desk.now, &arms(1, 110, [30, 30], [1, 1]))];
    desk.tick(&late);
    desk.tick(&late);
    let told: Vec<_> = left(&mut desk).into_iter().filter(|(kind, _)| kind != "digest").collect();
    assert_eq!(kinds(&told), ["overdue"]);
    assert_eq!(said(&told[0].1), read(&mut desk, &key));
    assert!(told[0].1["blocks"][2].to_string().contains("more than the 42 days"), "{}", told[0].1);
}

#[test]
fn a_word_that_is_wanted_is_told_wherever_it_is() {
    let mut desk = Desk::shop();
    desk.slack();
    desk.submitted(&plan());
    assert_eq!(left(&mut desk), [], "whoever works alone has nobody to tell");
    let ada = desk.person("Ada");
    let second = json!({"title": "Second hero", "note": ""});
    let key = granted(desk.post("experiments", second))["key"].as_str().unwrap().to_string();
    let mut planned = plan();
    planned["title"] = json!("Second hero");
    granted(desk.put(&format!("experiments/{key}/plan"), planned));
    desk.looked(&key);
    granted(desk.act(&key, "submit", json!({})));
    granted(desk.as_who(&ada, |desk| desk.act(&key, "return", json!({"why": "not yet"}))));
    granted(desk.act(&key, "submit", json!({})));
    desk.now += MINUTE;
    granted(desk.put(&format!("{LIVE}/flags/gift?propose=1"), json!({"share": 1})));
    let mut playbook = desk.get("playbook")["playbook"].clone();
    playbook["reviewers"] = json!("anyone");
    granted(desk.put("playbook?propose=1", playbook));
    let told = left(&mut desk);
    assert!(told.iter().all(|(kind, _)| kind == "approval"), "{told:?}");
    let texts: Vec<_> = told.iter().map(|(_, message)| said(message).1).collect();
    assert!(texts.iter().any(|text| text == "admin asks for a review of the plan."), "{texts:?}");
    assert!(texts.iter().any(|text| text.starts_with("admin asks for approval.")), "{texts:?}");
    assert!(texts.iter().any(|text| text.contains("asks for less: reviewers")), "{texts:?}");
}

#[test]
fn cards_go_where_the_rule_says_to_the_team_and_to_those_who_follow() {
    let mut desk = Desk::shop();
    let team = json!({"teams": [{"key": "growth", "name": "Growth", "channel": "growth@example.com"}, {"key": "checkout", "name": "Checkout"}]});
    granted(desk.put("teams", team));
    let slack = "https://hooks.slack.com/services/x";
    for (name, route) in [
        ("all", json!({})),
        ("growth", json!({"team": "growth"})),
        ("checkout", json!({"team": "checkout"})),
        ("harm", json!({"kinds": ["rollback"]})),
        ("staging", json!({"environments": ["staging"]})),
    ] {
        granted(desk.post("channels", json!({"name": name, "service": "slack", "address": slack, "route": route})));
    }
    let mail = json!({"name": "mail", "service": "mail", "address": "boss@example.com, team, followers"});
    granted(desk.post("channels", mail));
    let template = shown()[0];
    let own = json!({"name": "own", "service": "webhook", "address": slack, "template": template});
    granted(desk.post("channels", own));
    let key = desk.running(&plan());
    granted(desk.call("PUT", &format!("owners/experiment/{key}"), None, &json!({"team": "growth"}).to_string()));
    for name in ["ada@example.com", "Grace", "boss@example.com"] {
        let token = desk.person(name);
        desk.as_who(&token, |desk| granted(desk.post("follows", json!({"kind": "page", "subject": "/"}))));
    }
    desk.tick(&[tally(&key, desk.now, &arms(1, 600, [30, 50], [1, 1]))]);
    let due = desk.due();
    let rows = desk.get("deliveries")["deliveries"].as_array().cloned().unwrap();
    let mut to: Vec<_> =
        rows.iter().map(|row| format!("{} {}", row["channel"], row["recipient"]).replace('"', "")).collect();
    to.sort_unstable();
    let mails = ["mail ada@example.com", "mail boss@example.com", "mail growth@example.com"];
    assert_eq!(to, ["all ", "growth ", mails[0], mails[1], mails[2], "own "]);
    let ids: std::collections::BTreeSet<_> = due.iter().map(|message| &message.event).collect();
    assert_eq!((ids.len(), due.len()), (1, 6), "one card, six messages");
    let body = |service: &str| {
        let message = due.iter().find(|message| message.service == service).unwrap();
        serde_json::from_str::<Value>(&message.payload).unwrap()
    };
    let link = format!("{CONSOLE}/#/experiments/{key}/reading");
    let (headline, words) = read(&mut desk, &key);
    assert_eq!(
        body("webhook"),
        json!({"text": format!("Fresh hero: {headline}"), "details": words, "url": link}),
        "as the guide's template has it"
    );
    let mail = body("mail");
    assert!(mail["text"].as_str().unwrap().contains(&read(&mut desk, &key).1), "{mail}");
    assert_eq!(mail["subject"], format!("Fresh hero: {headline}"));
}

/// The template and the card that docs/notifications.md shows.
fn shown() -> [&'static str; 2] {
    let guide = include_str!("../../../docs/notifications.md");
    let mut blocks = guide.split("```json\n").skip(1).map(|block| block.split("```").next().unwrap().trim());
    [blocks.next().unwrap(), blocks.next().unwrap()]
}

#[test]
fn whatever_a_title_holds_no_service_takes_it_for_more_than_words() {
    let wild = "<!channel> & [free](https://evil.example) *x* @everyone <https://evil.example|y> \u{7}";
    for title in [wild.to_string(), "&<>\"'`_~".repeat(12), "Ü".repeat(100)] {
        let mut desk = Desk::shop();
        desk.slack();
        for template in ["plain", "teams", "discord"] {
            let address = "https://discord.com/api/webhooks/x";
            granted(desk.post(
                "channels",
                json!({"name": template, "service": "webhook", "address": address, "template": template}),
            ));
        }
        let mut planned = plan();
        planned["title"] = json!(title);
        let key = desk.running(&planned);
        desk.tick(&[tally(&key, desk.now, &arms(1, 400, [30, 30], [1, 40]))]);
        let [slack, plain, teams, discord] = &left(&mut desk)[..] else { panic!("four") };
        valid(&slack.1);
        let text = slack.1["blocks"][1]["text"]["text"].to_string() + &slack.1["text"].to_string();
        assert!(!text.contains('<') && !text.contains('>'), "{text}");
        assert_eq!(plain.1["kind"], "rollback");
        let told: Value = serde_json::from_str(shown()[1]).unwrap();
        let fields = |card: &Value| card.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(fields(&plain.1), fields(&told), "as the guide shows it");
        let content = &teams.1["attachments"][0]["content"];
        assert_eq!(
            (&content["type"], &content["actions"][0]["type"]),
            (&json!("AdaptiveCard"), &json!("Action.OpenUrl"))
        );
        assert!(!content["body"].to_string().contains("[free](") && teams.1.to_string().len() < 28_000, "{content}");
        let embed = &discord.1["embeds"][0];
        let within = |name: &str, most: usize| embed[name].as_str().unwrap().chars().count() <= most;
        assert!(within("title", 256) && within("description", 4096), "{embed}");
        assert!(embed["footer"]["text"].as_str().unwrap().chars().count() <= 2048);
        assert_eq!(discord.1["allowed_mentions"], json!({"parse": []}));
        assert!(!embed.to_string().contains("[free]("), "{embed}");
    }
}

#[test]
fn a_channel_that_says_too_little_is_refused_with_the_place_and_the_fix() {
    let mut desk = Desk::shop();
    let good = json!({"name": "x", "service": "webhook", "address": "https://hooks.slack.com/services/x"});
    for (field, value, place) in [
        ("name", json!(""), "/name"),
        ("address", json!(""), "/address"),
        ("address", json!("http://hooks.slack.com/x"), "/address"),
        ("template", json!("{\"text\": \"{author}\"}"), "/template"),
        ("template", json!("slack"), "/template"),
        ("route", json!({"team": "nobody"}), "/route/team"),
        ("route", json!({"kinds": ["test"]}), "/route/kinds"),
        ("route", json!({"environments": ["moon"]}), "/route/environments"),
    ] {
        let mut wrong = good.clone();
        wrong[field] = value;
        let told = refused(desk.post("channels", wrong), 422);
        assert_eq!(told["problems"][0]["pointer"], place, "{told}");
        assert!(!told["problems"][0]["fix"].as_str().unwrap().is_empty());
    }
    for address in ["", "nobody", "@example.com", "a@b", "a@example.com\nBcc: b@example.com", "somebody, team"] {
        let mail = json!({"name": "x", "service": "mail", "address": address});
        assert_eq!(refused(desk.post("channels", mail), 422)["problems"][0]["pointer"], "/address", "{address}");
    }
    let made = granted(desk.post("channels", good));
    let id = made["id"].as_i64().unwrap();
    let change = json!({"name": "y", "service": "webhook", "template": "discord"});
    refused(desk.call("PUT", &format!("channels/{id}"), None, &change.to_string()), 428);
    refused(desk.call("PUT", &format!("channels/{id}"), Some(7), &change.to_string()), 412);
    let changed = granted(desk.call("PUT", &format!("channels/{id}"), Some(1), &change.to_string()));
    assert_eq!((&changed["revision"], &changed["to"]), (&json!(2), &json!("hooks.slack.com")), "the address stays");
    granted(desk.post(&format!("channels/{id}/test"), json!({})));
    assert_eq!(desk.due()[0].url, "https://hooks.slack.com/services/x");
    granted(desk.post(&format!("channels/{id}/remove"), json!({})));
    assert_eq!(desk.due(), [], "what waited for it is dropped");
}

#[test]
fn in_quiet_hours_only_what_is_urgent_leaves() {
    let mut desk = Desk::shop();
    let slack = desk.slack();
    let key = desk.running(&plan());
    desk.tick(&[tally(&key, desk.now, &arms(1, 600, [30, 50], [1, 1]))]);
    desk.tick(&[tally(&key, desk.now, &arms(1, 600, [30, 50], [1, 40]))]);
    granted(desk.post(&format!("channels/{slack}/test"), json!({})));
    let due = |desk: &Desk, quiet| {
        let due = project::due(&mut Native(&desk.store), desk.now, quiet).unwrap();
        due.into_iter().map(|message| message.kind).collect::<Vec<_>>()
    };
    assert_eq!(due(&desk, true), ["rollback", "test"]);
    assert_eq!(due(&desk, false), ["verdict", "rollback", "test"]);
}

/// What clocks of Vienna do in 2026: summer from 29 March 01:00 UTC to 25 October 01:00 UTC.
const SPRING: i64 = 1_774_746_000_000;
const AUTUMN: i64 = 1_792_890_000_000;

#[test]
fn a_week_is_told_once_on_its_monday_at_nine_also_where_clocks_change() {
    for (change, ahead) in [(SPRING, [1, 2]), (AUTUMN, [2, 1])] {
        let mut desk = Desk::shop();
        desk.slack();
        let told = json!([[0, ahead[0] * HOUR], [change, ahead[1] * HOUR]]);
        desk.clocks = serde_json::from_value(told).unwrap();
        // Clocks change on a Sunday: the Wednesday before it.
        desk.now = change - 4 * DAY;
        let key = desk.running(&plan());
        desk.tick(&[tally(&key, desk.now, &arms(1, 400, [30, 30], [1, 40]))]);
        granted(desk.act(&key, "decide", json!({"choice": "keep", "why": "It breaks."})));
        let learned = json!({"answers": {"surprise": "Nobody asked for marzipan."}});
        granted(desk.put(&format!("experiments/{key}/debrief"), learned));
        left(&mut desk);
        let mut arrived = Vec::new();
        for _ in 0..12 * 24 * 4 {
            desk.now += 15 * MINUTE;
            desk.follow();
            arrived.extend(left(&mut desk).into_iter().map(|(kind, message)| (desk.now, kind, message)));
        }
        let [(at, kind, message)] = &arrived[..] else { panic!("{arrived:?}") };
        let monday = change - HOUR + DAY;
        let nine = monday + (9 - ahead[1]) * HOUR;
        assert!(kind == "digest" && (nine..nine + 15 * MINUTE).contains(at), "by the clocks of that day: {at}, {nine}");
        valid(message);
        let text = message.to_string();
        for part in ["Nobody asked for marzipan.", "1 not shipped, 1 lesson"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("0 shipped"), "{text}");
        let week = desk.get("digest?week=2933");
        assert!(week["others"].is_array(), "any week can be read: {week}");
    }
}

#[test]
fn a_week_says_what_was_decided_with_the_words_of_then_and_names_nobody() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    desk.tick(&[tally(&key, desk.now, &arms(1, 600, [30, 50], [1, 1]))]);
    let monday = desk.get("digest");
    let begun = desk.get(&format!("digest?week={}", monday["week"].as_i64().unwrap() + 1));
    assert_eq!(begun["headline"], "1 began, 1 running");
    let decided = granted(desk.act(&key, "decide", json!({"choice": "ship"})));
    let week = desk.get(&format!("digest?week={}", monday["week"].as_i64().unwrap() + 1));
    let [win] = &week["wins"].as_array().unwrap()[..] else { panic!("{week}") };
    assert_eq!((&win["headline"], &win["words"]), (&decided["decision"]["headline"], &decided["decision"]["words"]));
    assert_eq!(week["started"], 1);
    assert!(!week.to_string().contains("admin"), "{week}");
    refused(desk.call("GET", "digest?week=1", None, ""), 422);
}

#[test]
fn a_week_that_is_over_tells_the_same_however_late_it_is_read() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    let week = format!("digest?week={}", desk.get("digest")["week"].as_i64().unwrap() + 1);
    desk.now += 8 * DAY;
    let mut told = || {
        let read = desk.get(&week);
        desk.now += DAY;
        read
    };
    let (first, title) = (told(), told()["begun"][0]["title"].as_str().unwrap().to_string());
    assert_eq!(first["headline"], "1 began, 1 was running when it ended");
    assert_eq!(first["words"], format!("1 test began: “{title}”. 1 was running when it ended."));
    granted(desk.act(&key, "stop", json!({"why": "Enough was seen."})));
    let last = desk.get(&week);
    for name in ["headline", "words", "begun", "running"] {
        assert_eq!(last[name], first[name], "{name}");
    }
}
