//! What was learned is found again, by whoever looks for it in words of their own.

use crate::desk::shop::{arms, plan, tally};
use crate::desk::{DAY, Desk, HOUR, granted, refused};
use pointsman::limits::{CLAIMS, PAST, PAST_AT_ONCE, PAST_TEXT_CHARS};
use pointsman::sql::Sql;
use pointsman_native::Native;
use serde_json::{Value, json};

/// An experiment that ended, with an answer of its debrief.
fn learned(desk: &mut Desk, title: &str, choice: &str, answer: &str) -> String {
    let mut plan = plan();
    plan["title"] = json!(title);
    plan["change"]["page"] = json!(format!("/{choice}"));
    let key = desk.running(&plan);
    desk.now += DAY;
    if choice == "ship" {
        desk.shipped(&key);
    } else {
        granted(desk.act(&key, "decide", json!({"choice": choice, "why": "Because we all believe in it."})));
    }
    granted(desk.put(&format!("experiments/{key}/debrief"), json!({"answers": {"surprise": answer}})));
    key
}

fn found(desk: &mut Desk, query: &str) -> Vec<String> {
    let cards = desk.get(&format!("library?{query}"))["cards"].as_array().unwrap().clone();
    cards.iter().map(|card| card["key"].as_str().unwrap().to_string()).collect()
}

#[test]
fn an_experiment_is_found_by_its_words_and_its_outcome() {
    let mut desk = Desk::shop();
    let first = learned(&mut desk, "Crème for all", "ship", "Visitors liked the marzipan.");
    let second = learned(&mut desk, "Larger buttons", "keep", "Nobody noticed the marzipan.");
    assert_eq!(found(&mut desk, "q="), [second.as_str(), &first], "the newest first");
    assert_eq!(found(&mut desk, "q=creme"), [first.as_str()]);
    assert_eq!(found(&mut desk, "q=noticing nobody"), [second.as_str()]);
    assert_eq!(found(&mut desk, "q=marzipan buttons"), [second.as_str()]);
    assert_eq!(found(&mut desk, "q=marzipan&outcome=ship"), [first]);
    assert_eq!(found(&mut desk, "q=&outcome=keep"), [second]);
    let card = desk.get("library?q=buttons marzipan")["cards"][0].clone();
    assert!(card["snippet"].as_str().unwrap().contains("[marzipan]"), "{card}");
}

#[test]
fn ideas_do_not_stand_before_what_was_learned() {
    let mut desk = Desk::shop();
    let key = learned(&mut desk, "Larger buttons", "keep", "Nobody noticed the marzipan.");
    for _ in 0..60 {
        granted(desk.post("experiments", json!({"title": "Marzipan, marzipan", "note": "marzipan"})));
    }
    assert_eq!(found(&mut desk, "q=marzipan"), [key.as_str()]);
    assert_eq!(desk.get("similar?text=marzipan for everybody")["similar"][0]["key"], key);
}

#[test]
fn a_debrief_is_prefilled_and_its_latest_words_count() {
    let mut desk = Desk::shop();
    let key = learned(&mut desk, "Larger buttons", "keep", "Nobody noticed.");
    granted(desk.put(&format!("experiments/{key}/debrief"), json!({"answers": {"surprise": "Some did."}})));
    let debrief = desk.get(&format!("experiments/{key}/debrief"));
    let markdown = debrief["markdown"].as_str().unwrap();
    for part in ["# Larger buttons", "**Expected.** If we promise freshness", "## What surprised you?\n\nSome did."] {
        assert!(markdown.contains(part), "{markdown}");
    }
    assert!(debrief["prefilled"]["decision"].as_str().unwrap().starts_with("Keep the old version"));
    assert_eq!(found(&mut desk, "q=noticed"), Vec::<String>::new());
    assert_eq!(desk.experiment(&key)["debrief"]["answers"], json!({"surprise": "Some did."}));
    assert_eq!(desk.get(&format!("experiments/{key}/reading"))["voices"], Value::Array(vec![]));
}

/// One that has come as far as its last stage, where so many of a hundred ordered, and then ended.
fn concluded(desk: &mut Desk, title: &str, choice: &str, orders: [u64; 2]) -> String {
    let mut plan = plan();
    plan["title"] = json!(title);
    plan["change"]["page"] = json!(format!("/{}", title.replace(' ', "-")));
    let key = desk.running(&plan);
    let mut all = desk.ramped(&key, orders);
    all.extend(arms(3, 400, orders, [1, 1]));
    desk.now += HOUR;
    desk.tick(&[tally(&key, desk.now, &all)]);
    let decision = json!({"choice": choice, "why": "Because we all believe in it."});
    let ended = granted(desk.act(&key, "decide", decision));
    if !ended["asked"].is_null() {
        desk.started(&key);
    }
    granted(desk.put(&format!("experiments/{key}/debrief"), json!({"answers": {"surprise": "None."}})));
    key
}

#[test]
fn what_was_found_is_not_taken_at_its_word_and_all_that_ended_is_counted() {
    let mut desk = Desk::shop();
    let nothing = desk.get("library/together");
    assert_eq!((&nothing["ended"], &nothing["effects"], &nothing["impact"]), (&json!(0), &json!([]), &json!([])));
    let tried = [[30, 45], [30, 31], [30, 30], [30, 29], [30, 33], [30, 28], [30, 30]];
    for (number, orders) in tried.into_iter().enumerate() {
        concluded(&mut desk, &format!("Try {number}"), if orders[1] > 40 { "ship" } else { "keep" }, orders);
    }
    granted(desk.put("teams", json!({"teams": [{"key": "shop", "name": "Shop front"}]})));
    granted(desk.put("owners/experiment/try-0", json!({"team": "shop"})));
    let told = desk.get("library/together");
    let count = |all: &Value| all.as_array().unwrap().iter().map(|one| one["count"].as_u64().unwrap()).sum::<u64>();
    assert_eq!((&told["ended"], count(&told["outcomes"])), (&json!(7), 7));
    let effects = told["effects"].as_array().unwrap();
    assert_eq!(effects.len(), 7);
    for effect in effects {
        let of = |name: &str| effect[name].as_f64().unwrap();
        assert!(of("low") < of("believed") && of("believed") < of("high"), "{effect}");
    }
    let luckiest = effects.iter().find(|effect| effect["key"] == "try-0").unwrap();
    let (found, believed) = (luckiest["found"].as_f64().unwrap(), luckiest["believed"].as_f64().unwrap());
    assert!((0.3..0.6).contains(&found) && believed > 0.0 && believed < 0.9 * found, "{luckiest}");
    // What was shipped is that one alone, so it is all that was brought.
    let impact = &told["impact"][0];
    assert_eq!((&impact["metric"], &impact["shipped"]), (&json!("orders"), &json!(1)));
    assert!((impact["believed"].as_f64().unwrap() - believed).abs() < 1e-12, "{impact}");
    assert!(impact["words"].as_str().unwrap().starts_with("1 shipped change brought about +"), "{impact}");
    let teams = told["teams"].as_array().unwrap();
    assert_eq!(
        teams.iter().map(|team| (&team["name"], &team["ended"], &team["shipped"])).collect::<Vec<_>>(),
        [(&json!("Shop front"), &json!(1), &json!(1)), (&json!("No team"), &json!(6), &json!(0))]
    );
    assert_eq!(desk.get("library/together?team=shop")["ended"], 1);
}

#[test]
fn a_claim_stands_with_what_speaks_for_and_against_it_wherever_one_looks() {
    let mut desk = Desk::shop();
    let shipped = learned(&mut desk, "A free cup with the annual plan", "ship", "Nobody asked for the cup.");
    let kept = learned(&mut desk, "Larger buttons", "keep", "Nobody noticed the marzipan.");
    granted(desk.post("past", json!({"records": [{"key": "old-cup", "title": "Cups in winter", "decision": "keep"}]})));
    let idea = granted(desk.post("experiments", json!({"title": "Blue buttons", "note": "Why not?"})));
    let (editor, viewer) = (desk.role("editor"), desk.role("viewer"));
    let text = "Gifts bring no orders when prices stay.";
    let claim = json!({"text": format!(" {text} "), "for": [kept, "old-cup"], "against": [shipped]});
    desk.as_who(&viewer, |desk| drop(refused(desk.post("claims", &claim), 403)));
    let written = desk.as_who(&editor, |desk| granted(desk.post("claims", &claim))["claims"][0].clone());
    assert_eq!((&written["text"], &written["who"]), (&json!(text), &json!("the editor")));
    assert_eq!(
        (&written["for"], &written["against"]),
        (
            &json!([
                {"key": kept, "title": "Larger buttons", "imported": false},
                {"key": "old-cup", "title": "Cups in winter", "imported": true},
            ]),
            &json!([{"key": shipped, "title": "A free cup with the annual plan", "imported": false}]),
        )
    );
    // By its own words, by those of its experiments, among what was said, and asked in words.
    for (query, count) in [("gifts", 1), ("annual cup", 1), ("marzipan", 0)] {
        assert_eq!(desk.get(&format!("claims?q={query}"))["claims"].as_array().unwrap().len(), count, "{query}");
    }
    let hit = desk.get("search?q=gifts")["found"][0].clone();
    assert_eq!((&hit["kind"], &hit["text"]), (&json!("claim"), &json!(text)));
    let asked = desk.get("ask?text=what have we learned about prices?");
    assert_eq!(asked["answers"][0]["title"], text, "{asked}");
    let told = "The team holds this to be so. For it: Larger buttons; Cups in winter. Against it: A free cup with the annual plan.";
    assert_eq!(asked["answers"][0]["words"], told);
    // It is mended by anybody who has read it, and the log has its number alone.
    let place = format!("claims/{}", written["id"]);
    let mended = json!({"text": "Gifts bring no orders.", "for": [kept], "against": []}).to_string();
    refused(desk.call("PUT", &place, None, &mended), 428);
    refused(desk.call("PUT", &place, Some(7), &mended), 412);
    let after = granted(desk.call("PUT", &place, Some(1), &mended))["claims"][0].clone();
    assert_eq!((&after["revision"], &after["who"], &after["against"]), (&json!(2), &json!("the editor"), &json!([])));
    assert!(desk.get("claims?q=prices")["claims"].as_array().unwrap().is_empty());
    let log = desk.get("audit?limit=100");
    assert_eq!(
        (&log["rows"][0]["action"], &log["rows"][0]["detail"]),
        (&json!("change a claim"), &written["id"].to_string().into())
    );
    assert!(!log.to_string().contains("Gifts bring"));
    // What is wrong with one is said at its place.
    for (wrong, pointer) in [
        (json!({"text": " "}), "/text"),
        (json!({"text": "So", "for": ["nothing"]}), "/for/0"),
        (json!({"text": "So", "against": [kept, idea["key"]]}), "/against/1"),
        (json!({"text": "So", "for": [kept], "against": [kept]}), "/against/0"),
        (json!({"text": "So", "maybe": []}), "/maybe"),
        (json!(7), ""),
        (json!({"text": "So", "for": "x"}), "/for"),
        (json!({"text": "So", "for": [7]}), "/for/0"),
    ] {
        let problem = refused(desk.post("claims", &wrong), 422)["problems"][0].clone();
        assert_eq!(problem["pointer"], pointer, "{wrong}");
        assert!(!problem["fix"].as_str().unwrap().is_empty());
    }
    // Its author and an admin take it back, and nobody else.
    let other = desk.person("Ada");
    desk.as_who(&other, |desk| drop(refused(desk.call("DELETE", &place, None, ""), 403)));
    desk.as_who(&editor, |desk| drop(granted(desk.call("DELETE", &place, None, ""))));
    assert!(desk.get("search?q=gifts")["found"].as_array().unwrap().is_empty());
    refused(desk.call("DELETE", &place, None, ""), 404);
    let json = json!({"text": "So", "for": [], "against": []}).to_string();
    let mut sql = Native(&desk.store);
    for _ in 0..CLAIMS {
        sql.run("INSERT INTO claim (revision, at, who, json) VALUES (1, 0, '', ?)", &[json.as_str().into()]).unwrap();
    }
    assert!(refused(desk.post("claims", json!({"text": "So"})), 409)["fix"].as_str().unwrap().contains("Take back"));
}

#[test]
fn what_was_learned_is_told_the_surest_first_and_five_at_once() {
    let mut desk = Desk::shop();
    let shown = concluded(&mut desk, "Cups in red", "ship", [30, 45]);
    let open = learned(&mut desk, "Cups in blue", "keep", "Nobody noticed.");
    let old = |year: u64| json!({"key": format!("cups-{year}"), "title": format!("Cups of {year}"), "ended": format!("{year}-05-01")});
    granted(desk.post("past", json!({"records": (2019..=2023).map(old).collect::<Vec<_>>()})));
    let asked = desk.get("ask?text=what have we learned about cups?");
    let titles: Vec<_> = asked["answers"].as_array().unwrap().iter().map(|answer| &answer["title"]).collect();
    assert_eq!(titles[..2], ["Cups in red", "Cups in blue"], "{shown} is older and more than {open}: {asked}");
    assert!(titles.len() == 6 && titles[5] == "And 2 more", "{titles:?}");
    assert_eq!(asked["answers"][5]["links"][0]["path"], "library?q=cups");
    assert_eq!((&asked["answers"][5]["how"], &asked["answers"][5]["words"]), (&json!(""), &json!("")), "only a link");
    let words = asked["answers"][1]["words"].as_str().unwrap();
    assert!(words.contains("What surprised you? ") && !words.contains("Most likely known"), "{words}");
    let dated: Vec<_> = (2019..=2023).rev().map(|year| format!("cups-{year}")).collect();
    // The library has the order and the sentence of the answer, and both ask for nothing but what says something.
    for query in ["q=cups", "q=what have we learned about cups?"] {
        let all = found(&mut desk, query);
        assert_eq!((&all[..2], &all[2..]), (&[shown.clone(), open.clone()][..], &dated[..]), "{query}");
    }
    assert_eq!(desk.get("library?q=cups")["words"], "Of 7 concluded experiments 7 speak of “cups”.");
    assert_eq!(asked["words"], "Of 7 concluded experiments 7 speak of “cups”.");
    // Without words the newest, and what nobody here has seen after it.
    for query in ["q=", "q=what have we learned?"] {
        assert_eq!(found(&mut desk, query)[..3], [open.clone(), shown.clone(), dated[0].clone()], "{query}");
    }
    // Nothing has all of these: what has more of them is before what is surer.
    let some = desk.get("library?q=blue cups of zebras");
    assert_eq!((&some["whole"], &some["sought"]), (&json!(false), &json!(["blue", "cups", "zebras"])));
    assert_eq!(found(&mut desk, "q=blue cups of zebras")[..3], [open, shown, dated[0].clone()]);
    assert_eq!(found(&mut desk, "q=zebras of giraffes"), Vec::<String>::new());
}

#[test]
fn what_is_imported_is_found_told_apart_and_counted_by_no_rate() {
    let mut desk = Desk::shop();
    let own = learned(&mut desk, "Larger buttons", "keep", "Nobody noticed.");
    let before = desk.get("library/together");
    let record = json!({
        "key": "winter-sale", "title": "A sale in winter", "decision": "ship", "started": "2023-01-02", "ended": "2023-02-01",
        "team": "Checkout", "expected": "More orders.", "found": "Orders rose by 9 %.", "text": "# A sale\n\nMarzipan went first.",
    });
    let old = json!({"key": "older", "title": "Red buttons", "state": "stopped", "ended": "2022-05-01"});
    let body = json!({"records": [old, record]});
    let looked = granted(desk.post("past?preview=1", &body));
    assert_eq!(looked, json!({"added": 2, "changed": 0, "same": 0}));
    refused(desk.call("GET", "past/older", None, ""), 404);
    granted(desk.post("past", &body));
    assert_eq!(desk.get("audit?limit=1")["rows"][0]["detail"], "2 new, 0 changed");
    // Twice is once, and what has changed takes the place of what was there.
    let heads = desk.get("audit?limit=1");
    assert_eq!(granted(desk.post("past", &body)), json!({"added": 0, "changed": 0, "same": 2}));
    assert_eq!(desk.get("audit?limit=1"), heads);
    let mut other = record.clone();
    other["decision"] = json!("abort");
    let again = granted(desk.post("past", json!({"records": [other]})));
    assert_eq!(again, json!({"added": 0, "changed": 1, "same": 0}));
    assert_eq!(found(&mut desk, "q="), [own.as_str(), "winter-sale", "older"]);
    assert_eq!(found(&mut desk, "q=marzipan"), ["winter-sale"]);
    assert_eq!(found(&mut desk, "q=&outcome=aborted"), ["winter-sale"]);
    assert_eq!(found(&mut desk, "q=&team=Checkout"), ["winter-sale"]);
    let card = desk.get("library?q=marzipan")["cards"][0].clone();
    assert_eq!((&card["headline"], &card["imported"]["who"]), (&json!("Imported, not verified"), &json!("admin")));
    assert!(card["snippet"].as_str().unwrap().contains("[Marzipan]"), "{card}");
    assert_eq!(desk.get("past/older")["outcome"], "stopped");
    for path in ["similar?text=a sale", "ask?text=what have we learned about sales?", "ask?text=have we tried a sale?"]
    {
        assert!(desk.get(path).to_string().contains("Imported, not verified"), "{path}");
    }
    let mut after = desk.get("library/together");
    assert_eq!(after["imported"], 2);
    after["imported"] = json!(0);
    assert_eq!(after, before, "no rate and no effect counts what nobody here has seen");
    // A claim holds what it rests on.
    granted(desk.post("claims", json!({"text": "Sales sell.", "for": ["winter-sale"]})));
    refused(desk.call("DELETE", "past/winter-sale", None, ""), 409);
    granted(desk.call("DELETE", "past/older", None, ""));
    assert_eq!(found(&mut desk, "q=red"), Vec::<String>::new());
}

#[test]
fn a_record_that_is_not_in_order_is_refused_at_its_place_and_none_is_kept() {
    let mut desk = Desk::shop();
    let own = learned(&mut desk, "Larger buttons", "keep", "Nobody noticed.");
    let good = |number: usize| json!({"key": format!("k{number}"), "title": "T"});
    let with = |name: &str, value: Value| {
        let mut record = good(1);
        record[name] = value;
        record
    };
    for (record, pointer) in [
        (json!(7), "/records/1"),
        (json!([]), "/records/1"),
        (json!("a"), "/records/1"),
        (json!({"key": "k"}), "/records/1/title"),
        (with("key", json!("K 1")), "/records/1/key"),
        (with("key", json!("k0")), "/records/1/key"),
        (with("key", json!(own)), "/records/1/key"),
        (with("ended", json!("1.2.2024")), "/records/1/ended"),
        (with("started", json!("2024-02-30")), "/records/1/started"),
        (with("decision", json!("won")), "/records/1/decision"),
        (with("found", json!(9)), "/records/1/found"),
        (with("title", json!("\u{7}")), "/records/1/title"),
        (with("lift", json!("9 %")), "/records/1/lift"),
        (with("text", json!("ä".repeat(PAST_TEXT_CHARS + 1))), "/records/1/text"),
    ] {
        let problems = refused(desk.post("past", json!({"records": [good(0), record]})), 422)["problems"].clone();
        assert_eq!(problems.as_array().unwrap().len(), 1, "{problems}");
        assert_eq!(problems[0]["pointer"], pointer);
        assert!(!problems[0]["fix"].as_str().unwrap().is_empty());
    }
    refused(desk.call("GET", "past/k0", None, ""), 404);
    granted(desk.post("past", json!({"records": [with("text", json!("ä".repeat(PAST_TEXT_CHARS)))]})));
    for (count, is_good) in [(0, false), (PAST_AT_ONCE + 1, false), (PAST_AT_ONCE, true)] {
        let records: Vec<_> = (0..count).map(good).collect();
        let answer = desk.post("past", json!({"records": records}));
        if is_good {
            granted(answer);
        } else {
            assert_eq!(refused(answer, 422)["problems"][0]["pointer"], "/records");
        }
    }
    let mut sql = Native(&desk.store);
    for number in PAST_AT_ONCE..usize::try_from(PAST).unwrap() {
        let cells = [format!("k{number}").as_str().into(), good(number).to_string().as_str().into()];
        sql.run("INSERT INTO past VALUES (?, 0, '', ?)", &cells).unwrap();
    }
    refused(desk.post("past", json!({"records": [good(9_999)]})), 409);
    granted(desk.post("past", json!({"records": [good(0)]})));
    let viewer = desk.role("viewer");
    desk.as_who(&viewer, |desk| drop(refused(desk.post("past", json!({"records": [good(0)]})), 403)));
}
