//! Templates: what a kind of experiment asks for stops a start that lacks it, holds from the start on as it was, and is
//! told in words of its own.

use crate::desk::shop::{Arm, LIVE, arms, document, flag_plan, plan, tally};
use crate::desk::{DAY, Desk, granted, refused};
use serde_json::{Value, json};

fn with(template: &str, mut plan: Value) -> Value {
    plan["template"] = json!({"key": template, "version": 1});
    plan
}

/// Where a plan is refused when it is handed in, and what it is told.
fn stops(desk: &mut Desk, plan: &Value) -> Vec<(String, String)> {
    let key = desk.drafted(plan);
    let answer = desk.act(&key, "submit", json!({}));
    if answer.status == 200 {
        return Vec::new();
    }
    let told = refused(answer, 422);
    let text = |problem: &Value, name: &str| problem[name].as_str().unwrap().to_string();
    told["problems"].as_array().unwrap().iter().map(|one| (text(one, "pointer"), text(one, "cause"))).collect()
}

fn pointers(found: &[(String, String)]) -> Vec<&str> {
    found.iter().map(|(pointer, _)| pointer.as_str()).collect()
}

/// A shop whose flag has two variants that are the same.
fn same() -> Value {
    let mut served = document();
    served["flags"]["sort"]["variants"] = json!({"roast": "roast", "price": "roast"});
    served
}

#[test]
fn what_a_template_asks_for_stops_a_plan_that_lacks_it() {
    let mut desk = Desk::shop();
    let all = desk.get("templates")["templates"].clone();
    assert_eq!(all.as_array().unwrap().len(), 11);
    assert_eq!(stops(&mut desk, &with("page-copy", plan())), []);
    assert_eq!(pointers(&stops(&mut desk, &with("page-redesign", plan()))), ["/change"]);
    assert_eq!(pointers(&stops(&mut desk, &with("pricing", plan()))), ["/hypothesis/metric"]);
    assert_eq!(pointers(&stops(&mut desk, &with("install-check", flag_plan()))), ["/change/treatment"]);
    assert_eq!(pointers(&stops(&mut desk, &with("beta", flag_plan()))), ["/segment"]);
    assert_eq!(pointers(&stops(&mut desk, &with("holdout", flag_plan()))), ["/change/flag"]);
    assert_eq!(pointers(&stops(&mut desk, &with("combination", plan()))), ["/crossed"]);
    assert_eq!(pointers(&stops(&mut desk, &with("gone", plan()))), ["/template"]);
}

#[test]
fn a_holdout_is_one_as_soon_as_other_flags_ask_it_first() {
    let mut desk = Desk::shop();
    let mut served = document();
    served["flags"]["gift"]["prerequisites"] = json!([{"key": "sort", "is": ["roast"]}]);
    granted(desk.put(&format!("{LIVE}/document"), served));
    assert_eq!(stops(&mut desk, &with("holdout", flag_plan())), []);
}

#[test]
fn a_beta_is_met_by_those_of_its_segment_alone() {
    let mut desk = Desk::shop();
    let mut served = document();
    served["segments"] = json!({"early": {"if": {"equals": {"attribute": "plan", "value": "early"}}}});
    granted(desk.put(&format!("{LIVE}/document"), served));
    let mut plan = with("beta", flag_plan());
    plan["segment"] = json!("elsewhere");
    assert_eq!(pointers(&stops(&mut desk, &plan)), ["/segment"]);
    plan["segment"] = json!("early");
    let key = desk.running(&plan);
    let rule = desk.get(&format!("{LIVE}/document"))["document"]["flags"]["sort"]["rules"][0].clone();
    assert_eq!(rule, json!({"if": {"segment": "early"}, "experiment": key}));
}

#[test]
fn a_plan_follows_its_template_from_the_start_on_and_says_which_version() {
    let mut desk = Desk::shop();
    let key = desk.running(&with("checkout-step", plan()));
    let view = desk.experiment(&key);
    assert_eq!(view["plan"]["template"], json!({"key": "checkout-step", "version": 1}));
    assert_eq!(view["ramp"]["stages"], json!([1, 5, 25, 50]));
    // A thousand at least, however few the effect would need.
    assert!(view["perArm"].as_u64().unwrap() >= 500, "{view}");
}

#[test]
fn the_question_of_a_template_opens_with_the_first_stage_and_closes_with_the_run() {
    let mut desk = Desk::shop();
    let served = |desk: &mut Desk| desk.get(&format!("{LIVE}/document"))["document"]["surveys"].clone();
    let key = desk.submitted(&with("checkout-step", plan()));
    assert_eq!(desk.get("voices")["surveys"], json!([]), "nobody meets a plan");
    desk.started(&key);
    let survey =
        json!({"experiment": key, "question": "What nearly kept you from ordering?", "choices": [], "comment": true});
    let [name] = &served(&mut desk).as_object().unwrap().keys().cloned().collect::<Vec<_>>()[..] else { panic!("one") };
    assert_eq!(served(&mut desk)[name], survey);
    let open = |desk: &mut Desk| desk.get("voices")["surveys"][0]["open"].clone();
    assert_eq!(open(&mut desk), true);
    granted(desk.act(&key, "stop", json!({"why": "enough"})));
    assert_eq!(open(&mut desk), false);
    // What was stopped by mistake goes on with the same question, and with no other.
    granted(desk.act(&key, "undo", json!({})));
    assert_eq!((open(&mut desk), served(&mut desk).as_object().unwrap().len()), (json!(true), 1));
    // Without a template, or with one that has no question, nobody is asked by itself.
    let mut other = Desk::shop();
    other.running(&plan());
    assert_eq!(other.get("voices")["surveys"], json!([]));
}

#[test]
fn the_question_of_a_template_is_asked_in_other_words_or_not_at_all_if_its_plan_says_so() {
    let mut desk = Desk::shop();
    let asking = |words: &str| {
        let mut plan = with("checkout-step", plan());
        plan["ask"] = json!(words);
        plan
    };
    assert_eq!(pointers(&stops(&mut desk, &asking(&"x".repeat(201)))), ["/ask"]);
    assert_eq!(pointers(&stops(&mut desk, &asking("One\nTwo"))), ["/ask"]);
    desk.running(&asking("What did you look for and not find?"));
    assert_eq!(desk.get("voices")["surveys"][0]["question"], "What did you look for and not find?");
    let mut other = Desk::shop();
    other.running(&asking(" "));
    assert_eq!(other.get("voices")["surveys"], json!([]));
    assert_eq!(other.get(&format!("{LIVE}/document"))["document"]["surveys"], json!({}));
}

#[test]
fn a_team_writes_templates_of_its_own_and_every_playbook_is_kept() {
    let mut desk = Desk::shop();
    let mut playbook = desk.get("playbook")["playbook"].clone();
    let own = json!({"key": "newsletter", "name": "Newsletter page", "when": "Before each issue.", "metrics": ["orders", "visits"]});
    playbook["templates"] = json!([own]);
    granted(desk.put("playbook", playbook.clone()));
    let told = desk.get("templates");
    assert_eq!((&told["templates"][0]["key"], &told["templates"][0]["own"]), (&json!("newsletter"), &json!(true)));
    let version = told["templates"][0]["version"].clone();
    let mut of = with("newsletter", plan());
    of["template"]["version"] = version.clone();
    let key = desk.drafted(&of);
    assert_eq!(pointers(&stops(&mut desk, &of)), ["/metrics"]);
    // One word more makes it another version, and the plan that was begun before says so.
    playbook["templates"][0]["when"] = json!("Before each issue, on Mondays.");
    playbook["templates"][0]["metrics"] = json!([]);
    granted(desk.put("playbook", playbook));
    assert_ne!(desk.get("templates")["templates"][0]["version"], version);
    let checks = desk.get(&format!("experiments/{key}/checks"))["checks"].clone();
    let changed = |check: &Value| check["sentence"].as_str().unwrap().contains("has changed since");
    assert!(checks.as_array().unwrap().iter().any(changed), "{checks}");
    let kept = desk.get("playbook/versions")["versions"].clone();
    let whens: Vec<_> =
        kept.as_array().unwrap().iter().map(|one| one["playbook"]["templates"][0]["when"].clone()).collect();
    assert_eq!(whens, [json!("Before each issue, on Mondays."), json!("Before each issue."), Value::Null]);
}

#[test]
fn a_template_asks_for_no_less_than_the_playbook() {
    let mut desk = Desk::shop();
    let mut playbook = desk.get("playbook")["playbook"].clone();
    let own = |more: Value| {
        let mut own = json!({"key": "fast", "name": "Fast", "when": "Never."});
        own.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        own
    };
    for (more, place) in [
        (json!({"ramp": [50]}), "ramp"),
        (json!({"key": "Fast one"}), "key"),
        (json!({"when": " "}), "when"),
        (json!({"shortest": 60}), "shortest"),
    ] {
        playbook["templates"] = json!([own(more)]);
        let told = refused(desk.put("playbook", playbook.clone()), 422);
        assert_eq!(told["problems"][0]["pointer"], format!("/templates/0/{place}"), "{told}");
    }
}

#[test]
fn names_follow_the_rule_of_the_playbook() {
    let mut desk = Desk::shop();
    let mut playbook = desk.get("playbook")["playbook"].clone();
    playbook["naming"] = json!("*: *");
    granted(desk.put("playbook", playbook));
    assert_eq!(pointers(&stops(&mut desk, &plan())), ["/title"]);
    let mut named = plan();
    named["title"] = json!("Shop: fresh hero");
    assert_eq!(stops(&mut desk, &named), []);
}

#[test]
fn nothing_good_is_said_before_the_shortest_time_and_what_is_bad_at_once() {
    for (orders, early, late) in [([30, 45], "wait", "ship"), ([45, 30], "stop", "stop")] {
        let mut desk = Desk::shop();
        let mut playbook = desk.get("playbook")["playbook"].clone();
        playbook["shortest"] = json!(7);
        granted(desk.put("playbook", playbook));
        let key = desk.running(&plan());
        desk.now += DAY;
        let all = arms(1, 4000, orders, [1, 1]);
        desk.tick(&[tally(&key, desk.now, &all)]);
        let said = desk.get(&format!("experiments/{key}/reading"));
        assert_eq!(said["recommend"], early, "{}", said["words"]);
        desk.now += 6 * DAY;
        desk.tick(&[tally(&key, desk.now, &all)]);
        assert_eq!(desk.get(&format!("experiments/{key}/reading"))["recommend"], late);
    }
}

#[test]
fn a_check_of_the_measuring_is_told_as_one() {
    for (orders, headline) in
        [([30, 30], "Nothing differs, as it should"), ([30, 45], "Something differs that is the same")]
    {
        let mut desk = Desk::shop();
        granted(desk.put(&format!("{LIVE}/document"), same()));
        let key = desk.running(&with("install-check", flag_plan()));
        desk.now += 4 * DAY;
        let said = sorted(&mut desk, &key, orders);
        assert_eq!(said["headline"], headline, "{}", said["words"]);
    }
}

/// What is read once so many of ten thousand in each order have ordered.
fn sorted(desk: &mut Desk, key: &str, orders: [u64; 2]) -> Value {
    let named = |arm: Arm| Arm { variant: if arm.variant == "new" { "price" } else { "roast" }, ..arm };
    let all: Vec<_> = arms(1, 10_000, orders, [1, 1]).into_iter().map(named).collect();
    desk.tick(&[tally(key, desk.now, &all)]);
    desk.get(&format!("experiments/{key}/reading"))
}

#[test]
fn a_holdout_is_told_as_one_and_never_by_the_rule_of_a_new_version() {
    for (orders, headline) in [
        ([30, 30], "All of it together brings less than hoped"),
        ([30, 45], "All of it together costs something"),
        ([45, 30], "All of it together is worth it"),
    ] {
        let mut desk = Desk::shop();
        let mut served = document();
        served["flags"]["gift"]["prerequisites"] = json!([{"key": "sort", "is": ["roast"]}]);
        granted(desk.put(&format!("{LIVE}/document"), served));
        let mut plan = with("holdout", flag_plan());
        plan["hypothesis"]["direction"] = json!("down");
        let key = desk.running(&plan);
        desk.now += 40 * DAY;
        let said = sorted(&mut desk, &key, orders);
        assert_eq!(said["headline"], headline, "{}", said["words"]);
        let words = said["words"].as_str().unwrap();
        assert!(!words.contains("rule") && !words.contains("guarded"), "{words}");
    }
}

#[test]
fn two_changes_of_one_page_run_crossed_where_that_is_what_somebody_wants() {
    let mut desk = Desk::shop();
    let first = desk.running(&plan());
    let mut second = plan();
    second["title"] = json!("Farm picture");
    second["change"]["edits"][0]["select"] = json!("#picture");
    assert_eq!(pointers(&stops(&mut desk, &second)), ["/template"]);
    second = with("combination", second);
    second["crossed"] = json!(first);
    let key = desk.running(&second);
    assert_eq!(desk.experiment(&key)["state"], "running");
    desk.now += 15 * DAY;
    let all = arms(1, 10_000, [30, 30], [1, 1]);
    desk.tick(&[tally(&first, desk.now, &all), tally(&key, desk.now, &all)]);
    let words = desk.get(&format!("experiments/{key}/reading"))["words"].clone();
    assert!(words.as_str().unwrap().contains("over both versions of “fresh-hero”"), "{words}");
}

#[test]
fn a_risky_backend_change_asks_by_itself_whether_it_does_no_harm() {
    let mut desk = Desk::shop();
    // Nobody has to know how that is written: whoever takes the kind asks it.
    let mut written = with("backend", flag_plan());
    written["hypothesis"]["by"] = json!(0.1);
    let key = desk.running(&written);
    let view = desk.experiment(&key);
    assert_eq!(view["plan"]["hypothesis"]["question"], "notWorse");
    let ship = view["rule"]["ship"].as_str().unwrap();
    assert!(ship.contains("is shown not to be worse by more than 10 %"), "{ship}");
    let promises = view["ramp"]["promises"][0].as_str().unwrap();
    assert!(promises.starts_with("If it is worse by more than the margin, that is called fine in at most 5 of 100"));
    // Its form says the same, and the forecast of the kind is that of a margin.
    let backend = |all: &Value| all.as_array().unwrap().iter().find(|one| one["key"] == "backend").unwrap().clone();
    assert_eq!(backend(&desk.get("templates")["templates"])["asks"], "notWorse");
    let people = 20 * view["perArm"].as_u64().unwrap();
    desk.now += 15 * DAY;
    let names = ["roast", "price"].map(|variant| Arm { variant, epoch: 1, people, orders: people * 3 / 10, errors: 0 });
    desk.tick(&[tally(&key, desk.now, &names)]);
    let reading = desk.get(&format!("experiments/{key}/reading"));
    assert_eq!(reading["conclusion"]["kind"], "noEffectAsLarge", "{reading}");
    assert_eq!(reading["headline"], "Ship the new version, by your rule");
    let words = reading["words"].as_str().unwrap();
    assert!(words.contains("“orders” is not worse by more than 10 %, as you asked"), "{words}");
}

#[test]
fn alpha_and_power_are_the_playbooks_and_a_kinds_and_are_locked_with_the_plan() {
    let mut desk = Desk::shop();
    let sizes = |desk: &mut Desk, template: &str| {
        desk.get(&format!("forecast?metric=orders&by=0.3&direction=up&guess=0.3&template={template}"))
    };
    let usual = sizes(&mut desk, "");
    assert_eq!(
        usual["promises"][0],
        "If nothing changes, a difference is claimed in at most 5 of 100 experiments; if it changes as much as hoped for, \
         the planned size shows it in 80 of 100."
    );
    // A kind that wants to be surer takes more people, and says so before anything starts.
    let mut playbook = desk.get("playbook")["playbook"].clone();
    assert_eq!(playbook["alpha"], Value::Null, "that of convention is not written");
    let kind = json!({"key": "sure", "name": "Sure", "when": "It must not be wrong.", "alpha": 0.01, "power": 0.9});
    playbook["templates"] = json!([kind]);
    granted(desk.put("playbook", playbook.clone()));
    let sure = sizes(&mut desk, "sure");
    assert!(sure["perArm"].as_u64().unwrap() > usual["perArm"].as_u64().unwrap(), "{sure} {usual}");
    let promise = sure["promises"][0].as_str().unwrap();
    assert!(promise.contains("in at most 1 of 100") && promise.contains("in 90 of 100"), "{promise}");
    let rules = desk.get("templates")["templates"][0]["rules"].clone();
    assert_eq!((&rules["alpha"], &rules["power"]), (&json!(0.01), &json!(0.9)));
    let [usually, surely] = ["", "sure"].map(|template| {
        let plan = if template.is_empty() { plan() } else { with(template, plan()) };
        let key = desk.running(&plan);
        granted(desk.act(&key, "stop", json!({"why": "only one at a time"})));
        key
    });
    let [plain, locked] = [&usually, &surely].map(|key| desk.experiment(key));
    assert!(locked["perArm"].as_u64().unwrap() > plain["perArm"].as_u64().unwrap());
    // It stays as it was locked, whatever becomes of the playbook, and specialists find it beside the report.
    desk.weakened(|playbook| {
        playbook["alpha"] = json!(0.2);
        playbook["power"] = json!(0.6);
        playbook.as_object_mut().unwrap().remove("templates");
    });
    let people = 20_000;
    for (key, alpha, power) in [(&usually, 0.05, 0.8), (&surely, 0.01, 0.9)] {
        desk.tick(&[tally(key, desk.now, &arms(1, people, [30, 33], [0, 0]))]);
        let report = desk.get(&format!("experiments/{key}/reading"))["report"].clone();
        assert_eq!((&report["alpha"], &report["power"]), (&json!(alpha), &json!(power)), "{report}");
    }
    let low = |desk: &mut Desk, key: &str| {
        desk.get(&format!("experiments/{key}/reading"))["report"]["comparisons"][0]["low"].as_f64().unwrap()
    };
    let [usual, sure] = [low(&mut desk, &usually), low(&mut desk, &surely)];
    assert!(sure < usual, "a surer range is wider: {sure} {usual}");
    // What means nothing is refused, with its place.
    let mut playbook = desk.get("playbook")["playbook"].clone();
    for (alpha, power, place) in
        [(0.0, 0.8, "/alpha"), (0.3, 0.8, "/alpha"), (0.05, 1.0, "/power"), (0.05, 0.2, "/power")]
    {
        (playbook["alpha"], playbook["power"]) = (json!(alpha), json!(power));
        let told = refused(desk.put("playbook?propose=1", playbook.clone()), 422);
        assert_eq!(told["problems"][0]["pointer"], place, "{told}");
    }
    (playbook["alpha"], playbook["power"]) = (json!(0.05), json!(0.8));
    for (field, number) in [("alpha", 0.5), ("power", 0.1)] {
        playbook["templates"] = json!([{"key": "odd", "name": "Odd", "when": "Never.", field: number}]);
        let told = refused(desk.put("playbook?propose=1", playbook.clone()), 422);
        assert_eq!(told["problems"][0]["pointer"], format!("/templates/0/{field}"), "{told}");
    }
}

/// What a plan is told before its review is what publishing would say at each of its stages.
#[test]
fn steps_that_a_template_does_not_allow_are_told_before_the_review_and_all_others_are_taken() {
    for (ramp, first) in [
        (vec![], None),
        (vec![1, 2, 5, 25], None),
        (vec![1, 5, 10], None),
        (vec![5, 25, 50], Some(1)),
        (vec![2, 5], Some(1)),
        (vec![1, 25], Some(5)),
        (vec![1, 5, 50], Some(25)),
    ] {
        let mut desk = Desk::shop();
        let mut planned = with("checkout-step", plan());
        planned["ramp"] = json!(ramp);
        let key = desk.drafted(&planned);
        let told = desk.act(&key, "submit", json!({}));
        if let Some(first) = first {
            let told = refused(told, 422);
            let fix = format!("Take {first} % first.");
            assert_eq!((&told["problems"][0]["pointer"], &told["problems"][0]["fix"]), (&json!("/ramp"), &json!(fix)));
            let cause = told["problems"][0]["cause"].as_str().unwrap();
            let named = cause.ends_with("the template “Checkout step” allows.");
            assert_eq!(named, ramp != [1, 5, 50] && ramp != [1, 25], "{cause}");
            continue;
        }
        granted(told);
        let stages = desk.started(&key)["ramp"]["stages"].as_array().unwrap().len();
        for epoch in 1..=stages {
            assert_eq!(desk.experiment(&key)["ramp"]["stage"], epoch - 1, "{ramp:?}");
            desk.now += DAY;
            let all = (1..=epoch).flat_map(|epoch| arms(i64::try_from(epoch).unwrap(), 100, [30, 30], [1, 1]));
            let all: Vec<Arm> = all.collect();
            desk.tick(&[tally(&key, desk.now, &all)]);
        }
    }
}

#[test]
fn a_plan_takes_as_long_in_its_checks_as_where_it_is_written_and_says_when_its_kind_decides() {
    let mut desk = Desk::shop();
    let running = desk.running(&plan());
    desk.now += DAY;
    desk.tick(&[tally(&running, desk.now, &arms(1, 4_000, [30, 30], [1, 1]))]);
    let plan = with("page-copy", plan());
    let hypothesis = &plan["hypothesis"];
    let asked = format!(
        "forecast?template=page-copy&metric=orders&by={}&direction=up&guess={}",
        hypothesis["by"],
        plan["base"].as_f64().unwrap()
    );
    let words = desk.get(&asked)["words"].as_str().unwrap().to_string();
    assert!(words.ends_with(", and 7 days, the least for a test of its kind."), "{words}");
    let key = desk.drafted(&plan);
    let checks = desk.get(&format!("experiments/{key}/checks")).to_string();
    assert!(checks.contains(words.trim_end_matches('.')), "{words} {checks}");
}
