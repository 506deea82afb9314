//! Answers to questions in words: each is made of the sentences that the screens show, and what is no question is looked for
//! in the library.

use crate::desk::shop::{Arm, plan, tally};
use crate::desk::{self, DAY, Desk, granted, refused};
use pointsman::collect::Sum;
use serde_json::{Value, json};

/// What a question is answered.
fn ask(desk: &mut Desk, text: &str, key: &str) -> Value {
    let about = if key.is_empty() { String::new() } else { format!("&experiment={key}") };
    let told = desk.get(&format!("ask?text={text}{about}"));
    for answer in told["answers"].as_array().unwrap() {
        let full = |name: &str| answer[name].as_str().is_some_and(|text| !text.is_empty());
        assert!(full("title") && full("words") && full("how"), "{answer}");
        assert!(!answer["links"].as_array().unwrap().is_empty(), "no evidence: {answer}");
    }
    assert_eq!(desk::run_together(&told), Vec::<String>::new());
    told
}

fn only(told: &Value) -> &Value {
    let answers = told["answers"].as_array().unwrap();
    assert_eq!(answers.len(), 1, "{told}");
    &answers[0]
}

fn figure<'v>(answer: &'v Value, label: &str) -> &'v str {
    let figures = answer["figures"].as_array().unwrap();
    let found = figures.iter().find(|figure| figure["label"] == label);
    found.unwrap_or_else(|| panic!("no “{label}” in {answer}"))["value"].as_str().unwrap()
}

/// A running experiment with so many visitors in each version, of whom these ordered.
fn counted(desk: &mut Desk, title: &str, page: &str, people: u64, orders: [u64; 2]) -> String {
    let mut plan = plan();
    plan["title"] = json!(title);
    plan["change"]["page"] = json!(page);
    plan["ramp"] = json!([5]);
    let key = desk.running(&plan);
    desk.now += 2 * DAY;
    told(desk, &key, people, orders);
    key
}

fn told(desk: &mut Desk, key: &str, people: u64, orders: [u64; 2]) {
    let arm = |variant, orders| Arm { variant, epoch: 1, people, orders, errors: people / 100 };
    desk.tick(&[tally(key, desk.now, &[arm("control", orders[0]), arm("new", orders[1])])]);
}

/// Far fewer come to the new version than its share.
fn lopsided(desk: &mut Desk, key: &str) {
    let arm = |variant, people| Arm { variant, epoch: 1, people, orders: 200, errors: 5 };
    desk.tick(&[tally(key, desk.now, &[arm("control", 900), arm("new", 500)])]);
}

#[test]
fn what_is_answered_of_an_experiment_is_what_its_screens_say_word_for_word() {
    let mut desk = Desk::shop();
    let key = counted(&mut desk, "Fresh hero", "/", 150, [45, 50]);
    let reading = |desk: &mut Desk| desk.get(&format!("experiments/{key}/reading"));
    let words = |told: &Value| only(told)["words"].as_str().unwrap().to_string();
    let mut met = Vec::new();
    // Too early for a forecast, then with one, then known.
    for share in [0.05, 0.3, 1.0] {
        let per_arm = desk.experiment(&key)["perArm"].as_f64().unwrap();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of visitors")]
        let people = (per_arm * share).ceil() as u64;
        desk.now += 2 * DAY;
        let effect = if share < 1.0 { 33 } else { 45 };
        told(&mut desk, &key, people, [people * 30 / 100, people * effect / 100]);
        let screen = reading(&mut desk);
        let said = |name: &str| screen[name].as_str().unwrap().to_string();
        assert_eq!(
            words(&ask(&mut desk, "how is it going?", &key)),
            format!("{}. {}", said("headline"), said("words"))
        );
        let (when, end) = (ask(&mut desk, "when will we know?", &key), ask(&mut desk, "how will it end?", &key));
        met.push(screen["conclusion"]["kind"].as_str().unwrap().to_string());
        match screen["outlook"]["words"].as_str() {
            Some(outlook) => {
                assert!(said("words").ends_with(&words(&when)), "{when} is not in {}", said("words"));
                assert!(words(&end).starts_with(outlook), "{end}");
                let chances: Vec<_> =
                    ["better", "worse", "neither"].map(|name| figure(only(&end), name).to_string()).into();
                assert!(chances.iter().all(|chance| outlook.contains(chance.as_str())), "{chances:?} {outlook}");
            }
            None if share < 0.2 => {
                assert!(words(&when).starts_with("Too early for a forecast"), "{when}");
                assert!(words(&end).starts_with("Nothing is forecast"), "{end}");
            }
            None => {
                let known = screen["headline"].as_str().unwrap().to_lowercase();
                assert!(words(&when).to_lowercase().contains(&known) && words(&end) == words(&when), "{when} {end}");
            }
        }
        let harm = ask(&mut desk, "does it do harm?", &key);
        assert!(words(&harm).contains(screen["guardrails"][0]["words"].as_str().unwrap()), "{harm}");
    }
    assert_eq!(met, ["tooEarly", "undecided", "better"]);
    // The forecast that was kept has come due, and is scored wherever one is told.
    let end = ask(&mut desk, "how will it end?", &key);
    let record = reading(&mut desk)["record"].clone();
    assert_eq!(record["made"], 1);
    assert_eq!(figure(only(&end), "earlier forecasts whose range of days held"), format!("{} of 1", record["held"]));
    let brier = format!("{:.2}", record["brier"].as_f64().unwrap());
    assert_eq!(figure(only(&end), "score of their chances (0 is best, 0.25 is a coin)"), brier);
}

#[test]
fn who_responded_differently_is_told_as_the_groups_are_and_one_button_makes_it_an_idea() {
    for (orders, differs) in [([1_100, 700], true), ([890, 870], false)] {
        let mut desk = Desk::shop();
        let key = desk.running(&plan());
        desk.now += DAY;
        let arms = [("control", 1_600), ("new", orders.iter().sum())];
        let arms = arms.map(|(variant, orders)| Arm { variant, epoch: 1, people: 8_000, orders, errors: 20 });
        let mut tally = tally(&key, desk.now, &arms);
        for (device, new) in ["desktop", "phone"].into_iter().zip(orders) {
            for (variant, orders) in [("control", 800), ("new", new)] {
                let sum = |metric: &str, vector: [u64; 3]| Sum {
                    variant: variant.to_string(),
                    epoch: 1,
                    metric: metric.to_string(),
                    dimension: format!("device={device}"),
                    open: false,
                    vector: vector.iter().map(ToString::to_string).collect(),
                };
                tally.sums.push(sum("", [4_000, 4_000, 0]));
                tally.sums.push(sum("orders", [4_000, orders, orders]));
            }
        }
        desk.tick(&[tally]);
        let segments = desk.get(&format!("experiments/{key}/reading"))["segments"].clone();
        let told = ask(&mut desk, "who responded best?", &key);
        let answer = only(&told).clone();
        assert_eq!((&answer["words"], &answer["idea"]), (&segments["words"], &segments["idea"]));
        assert_eq!(figure(&answer, "device phone"), segments["dimensions"][0]["groups"][1]["told"]);
        assert_eq!(answer["idea"].is_object(), differs, "{answer}");
        if differs {
            let idea = granted(desk.post("ideas", &answer["idea"]));
            assert!(idea["title"].as_str().unwrap().starts_with("Fresh hero for device "), "{idea}");
            assert!(idea["evidence"].as_str().unwrap().contains(&key), "{idea}");
            // It is ranked beside all others, with the test that it comes from.
            assert_eq!(ask(&mut desk, "what should I test next?", "")["answers"][0]["title"], idea["title"]);
        }
    }
}

/// An experiment that was decided.
fn decided(desk: &mut Desk, title: &str, page: &str, choice: &str) -> String {
    let key = counted(desk, title, page, 400, [120, 140]);
    if choice == "ship" {
        desk.shipped(&key);
    } else {
        granted(desk.act(&key, "decide", json!({"choice": choice, "why": "Because we all believe in it."})));
    }
    granted(desk.put(
        &format!("experiments/{key}/debrief"),
        json!({"answers": {"surprise": format!("{title} surprised nobody.")}}),
    ));
    key
}

fn titles(told: &Value) -> Vec<&str> {
    told["answers"].as_array().unwrap().iter().map(|answer| answer["title"].as_str().unwrap()).collect()
}

#[test]
fn what_to_test_next_is_ranked_by_what_speaks_for_it_what_it_takes_and_whom_it_reaches() {
    let mut desk = Desk::shop();
    let nothing = ask(&mut desk, "what should I test next?", "");
    assert!(nothing["words"].as_str().unwrap().starts_with("Nothing waits to be tested"), "{nothing}");
    let lost = decided(&mut desk, "Countdown beside the price", "/price", "keep");
    let again = decided(&mut desk, "Reviews on top", "/reviews", "again");
    let won = decided(&mut desk, "Delivery date in the cart", "/cart", "ship");
    let idea = |what: &str, more: Value| {
        let mut idea = json!({"what": what, "expect": "More orders"});
        idea.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        idea
    };
    for (what, more) in [
        ("Countdown beside the cart price", json!({"impact": 2, "effort": 2})),
        ("Delivery date in the summary", json!({"impact": 3, "effort": 1, "page": "/cart"})),
        ("Marzipan for everybody", json!({"impact": 3, "effort": 3})),
        ("A smaller logo", json!({"impact": 1, "effort": 3})),
    ] {
        granted(desk.post("ideas", idea(what, more)));
    }
    let told = ask(&mut desk, "what should I test next?", "");
    let order = titles(&told);
    assert_eq!(order.len(), 5, "{told}");
    assert_eq!((order[0], order[4]), ("Delivery date in the summary", "A smaller logo"), "{order:?}");
    let place = |title: &str| order.iter().position(|known| *known == title).unwrap();
    assert!(
        place("Marzipan for everybody") < place("Countdown beside the cart price"),
        "what lost speaks against it: {order:?}"
    );
    let answer = |title: &str| &told["answers"][place(title)];
    let first = answer("Delivery date in the summary");
    let words = first["words"].as_str().unwrap();
    assert!(
        words.starts_with("Of 1 earlier test like it 1 won. It could bring much, and would take little."),
        "{words}"
    );
    assert!(words.contains("visitors a day come to /cart."), "{words}");
    // Of the two that were decided one has won, and so has the one that is like it: (1 + 2 × 1/2) of (1 + 2).
    assert_eq!(figure(first, "chance that it wins"), "67 %");
    let linked =
        |answer: &Value, key: &str| answer["links"].to_string().contains(&format!("experiments/{key}/reading"));
    assert!(linked(first, &won) && linked(answer("Countdown beside the cart price"), &lost), "{told}");
    assert!(answer("Reviews on top")["words"].as_str().unwrap().contains("run it again, changed"), "{told}");
    assert!(answer("Reviews on top")["links"].to_string().contains(&again));
}

#[test]
fn what_was_tried_and_learned_is_found_and_what_is_no_question_is_looked_for_and_said_so() {
    let mut desk = Desk::shop();
    let key = decided(&mut desk, "Delivery date in the cart", "/cart", "keep");
    granted(desk.post("ideas", json!({"what": "Marzipan for everybody", "expect": "More orders"})));
    let mut said = |text: &str, about: &str| {
        let told = ask(&mut desk, text, about);
        (told["words"].as_str().unwrap().to_string(), titles(&told).join(", "), told)
    };
    let (words, titles, told) = said("have we tried delivery dates?", "");
    assert_eq!(
        (words.as_str(), titles.as_str()),
        ("Of 2 experiments and ideas 1 speaks of “delivery dates”; 1 ran.", "Delivery date in the cart")
    );
    assert_eq!(told["question"], json!({"id": "tried", "text": "Have we tried this?", "about": "delivery dates"}));
    let (words, titles, _) = said("did anyone test marzipan before?", "");
    assert_eq!(
        (words.as_str(), titles.as_str()),
        ("Of 2 experiments and ideas 1 speaks of “marzipan”; 0 ran.", "Marzipan for everybody")
    );
    let (words, titles, _) = said("have we tried zebras?", "");
    assert_eq!((words.as_str(), titles.as_str()), ("Of 2 experiments and ideas none speaks of “zebras”.", ""));
    let (words, titles, _) = said("have we tried this?", &key);
    assert_eq!((words.as_str(), titles.as_str()), ("Of 2 experiments and ideas none is like this one.", ""));

    let (words, titles, told) = said("what have we learned about delivery?", "");
    assert_eq!(
        (words.as_str(), titles.as_str()),
        ("Of 1 concluded experiment 1 speaks of “delivery”.", "Delivery date in the cart")
    );
    assert!(only(&told)["words"].as_str().unwrap().ends_with("Delivery date in the cart surprised nobody."), "{told}");
    let (words, _, _) = said("what have we learned about zebras?", "");
    assert_eq!(words, "Of 1 concluded experiment none speaks of “zebras”.");

    let (words, titles, told) = said("delivery date", "");
    let found = "That is no question that is answered here, so the library was searched. Of 1 concluded experiment 1 speaks of “delivery date”.";
    assert_eq!(
        (words.as_str(), titles.as_str(), &told["question"]),
        (found, "Delivery date in the cart", &Value::Null)
    );
    assert!(told["suggestions"].as_array().unwrap().len() > 8, "{told}");
    let (words, titles, _) = said("stop the zebra", "");
    assert!(words.starts_with("That is no question") && titles.is_empty(), "{words}");
}

#[test]
fn every_open_alert_is_counted_and_those_of_one_name_are_not_taken_for_each_other() {
    let mut desk = Desk::shop();
    let sick = counted(&mut desk, "Larger buttons", "/buttons", 200, [60, 62]);
    let open = "INSERT INTO alert (run, kind, experiment, title, opened, seen, snoozed, json) \
         SELECT value, 'visitors', value, 'Larger buttons', 1, 1, 0, \
         '{\"what\": \"Fewer visitors came\", \"cause\": \"Nobody knows.\", \"next\": \"Look.\"}' FROM json_each(?)";
    let keys: Vec<String> = (0..12).map(|number| format!("other-{number}")).chain([sick.clone()]).collect();
    desk.store.execute(open, [json!(keys).to_string()]).unwrap();
    lopsided(&mut desk, &sick);
    let odd = ask(&mut desk, "what is odd today?", "");
    // The one that is odd on its own screen is not told twice.
    assert_eq!(odd["words"], "1 experiment runs; of 1 something is odd. 12 alerts are open.", "{odd}");
    assert_eq!(titles(&odd).len(), 9, "{odd}");
}

#[test]
fn what_is_asked_of_nothing_in_particular_is_asked_of_all_that_runs() {
    let mut desk = Desk::shop();
    let none = ask(&mut desk, "what is odd today?", "");
    assert_eq!(none["words"], "No experiment runs.");
    let well = counted(&mut desk, "Fresh hero", "/", 200, [60, 62]);
    let sick = counted(&mut desk, "Larger buttons", "/buttons", 200, [60, 62]);
    told(&mut desk, &well, 220, [66, 68]);
    let fine = ask(&mut desk, "what is odd today?", "");
    assert_eq!(fine["words"], "2 experiments run, and nothing is odd in their numbers. 1 alert is open.", "{fine}");
    lopsided(&mut desk, &sick);
    let odd = ask(&mut desk, "what is odd today?", "");
    assert_eq!(
        (odd["words"].as_str().unwrap(), titles(&odd)),
        ("2 experiments run; of 1 something is odd. 1 alert is open.", vec!["Fresh hero", "Larger buttons"])
    );
    let live = desk.get(&format!("experiments/{sick}/live"))["lines"][0].clone();
    assert!(odd["answers"][1]["words"].as_str().unwrap().contains(live["cause"].as_str().unwrap()), "{odd}");
    assert_eq!(titles(&ask(&mut desk, "when will we know?", "")).len(), 2);
    assert_eq!(titles(&ask(&mut desk, "when will we know about the hero?", "")), ["Fresh hero"]);
    assert_eq!(titles(&ask(&mut desk, "what is running?", "")).len(), 2);
    let pace = ask(&mut desk, "how fast do we learn?", "");
    assert_eq!(only(&pace)["links"][0]["path"], "practice");
    assert!(only(&pace)["words"].as_str().unwrap().contains("decisions by the rule: 0 of 0."), "{pace}");
    let costs = ask(&mut desk, "which test costs most?", "");
    assert_eq!(
        (&costs["words"], titles(&costs)),
        (&json!("Of 2 tests, those first that took most visitors."), vec!["Larger buttons", "Fresh hero"])
    );
    let needs = ask(&mut desk, "what needs me?", "");
    assert_eq!(needs["answers"].as_array().unwrap().len(), desk.get("now")["needs"].as_array().unwrap().len());
    refused(desk.call("GET", "ask?text=when will we know?&experiment=nothing", None, ""), 404);
    let offered = |desk: &mut Desk, key: &str| ask(desk, "", key)["suggestions"].as_array().unwrap().len();
    assert!(offered(&mut desk, &well) > 5 && offered(&mut desk, "") > offered(&mut desk, &well));
    let long = "why ".repeat(101);
    let problem = refused(desk.call("GET", &format!("ask?text={long}"), None, ""), 422);
    assert_eq!(problem["problems"][0]["pointer"], "?text");
    assert_eq!(desk.experiment(&well)["state"], "running", "a question changes nothing");
}
