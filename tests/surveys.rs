//! Surveys in the document: what may be asked, and who gets to know of it.

use pointsman::compile::{Audience, compile, problems};
use pointsman::document::{self, Code};
use pointsman::snapshot::Snapshot;
use serde_json::{Value, json};

/// One experiment under way, one that has no run, and these surveys.
fn document(surveys: &Value) -> String {
    let experiment = json!({"flag": "hero", "metric": "orders", "control": "on"});
    let mut running = experiment.clone();
    running["run"] =
        json!({"id": "hero-1", "salt": "s", "epoch": 1, "rollout": 1, "split": [[4_294_967_296_u64, "on"]]});
    json!({
        "format": 1,
        "flags": {"hero": {"kind": "boolean", "client": true, "variants": {"on": true}, "off": "on", "otherwise": "on",
                           "rules": [{"experiment": "running"}]}},
        "metrics": {"orders": {"event": "order"}},
        "experiments": {"running": running, "waiting": experiment},
        "surveys": surveys,
    })
    .to_string()
}

fn manifest(text: &str, audience: Audience) -> Value {
    let bytes = compile(&document::read(text.as_bytes()).unwrap(), audience).unwrap().seal(1);
    serde_json::from_slice(Snapshot::verify(&bytes).unwrap().manifest()).unwrap()
}

#[test]
fn the_edge_knows_the_surveys_of_experiments_with_a_run_and_browsers_know_none() {
    let text = document(&json!({
        "clear": {"experiment": "running", "question": "Was it clear?", "choices": ["Yes", "No"], "comment": true},
        "early": {"experiment": "waiting", "question": "Too early?", "comment": true},
    }));
    assert_eq!(
        manifest(&text, Audience::Edge)["surveys"],
        json!([{"key": "clear", "run": "hero-1", "question": "Was it clear?", "choices": ["Yes", "No"], "comment": true}])
    );
    assert_eq!(manifest(&text, Audience::Client).get("surveys"), None);
}

#[test]
fn a_survey_that_nobody_could_answer_or_read_is_refused_with_its_place_and_a_fix() {
    let long = "x".repeat(201);
    let text = document(&json!({
        "Loud": {"experiment": "gone", "question": long, "choices": ["Yes", "Yes", ""]},
        "mute": {"experiment": "running", "question": "One\nTwo"},
        "wide": {"experiment": "running", "question": "ü".repeat(200), "choices": ["x".repeat(61)]},
        "zeal": {"experiment": "running", "question": "Was it clear?", "choices": ["Yes"], "when": {"variants": ["on", "off"]},
                 "talk": "http://calendar.example", "languages": {"de": {"question": "\t"}}},
    }));
    let found = problems(text.as_bytes());
    let places: Vec<_> = found.iter().map(|problem| (problem.pointer.as_str(), problem.code)).collect();
    let due = [
        ("/surveys/Loud", Code::Name),
        ("/surveys/Loud/experiment", Code::Unknown),
        ("/surveys/Loud/question", Code::Limit),
        ("/surveys/Loud/choices/1", Code::Conflict),
        ("/surveys/Loud/choices/2", Code::Limit),
        ("/surveys/mute/question", Code::Limit),
        ("/surveys/mute", Code::Conflict),
        ("/surveys/wide/choices/0", Code::Limit),
        ("/surveys/zeal/when/variants/1", Code::Unknown),
        ("/surveys/zeal/talk", Code::Unsafe),
        ("/surveys/zeal/languages/de/question", Code::Limit),
        ("/surveys/zeal/languages/de", Code::Conflict),
    ];
    assert_eq!(places, due);
    assert!(found.iter().all(|problem| !problem.cause.is_empty() && !problem.fix.is_empty()));
}

#[test]
fn a_rating_is_answered_by_its_points_and_asks_those_of_some_what_else_there_is() {
    let follow = json!([{"after": ["1", "2"], "question": "What was missing?"}]);
    let rating = json!({"low": "Not at all", "high": "Completely"});
    let asked = json!({"experiment": "running", "question": "How clear was it?", "rating": rating, "follow": follow,
        "languages": {"de": {"question": "Wie klar war das?", "follow": ["Was hat gefehlt?"], "low": "Gar nicht"}}});
    let text = document(&json!({"clear": asked}));
    assert_eq!(problems(text.as_bytes()), []);
    let told = &manifest(&text, Audience::Edge)["surveys"][0];
    assert_eq!(told["choices"], json!(["1", "2", "3", "4", "5"]));
    assert_eq!((&told["rating"], &told["follow"]), (&rating, &follow));
    let mut wide = asked.clone();
    wide["rating"] = json!({"low": "No", "high": "Yes", "from": 0, "to": 10});
    let told = manifest(&document(&json!({"clear": wide})), Audience::Edge)["surveys"][0]["choices"].clone();
    assert_eq!((told.as_array().unwrap().len(), &told[0], &told[10]), (11, &json!("0"), &json!("10")));
}

#[test]
fn a_rating_or_a_follow_up_that_nobody_could_understand_is_refused_with_its_place_and_a_fix() {
    let survey = |more: Value| {
        let mut survey = json!({"experiment": "running", "question": "How clear?"});
        survey.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let found = problems(document(&json!({"s": survey})).as_bytes());
        assert!(found.iter().all(|problem| !problem.cause.is_empty() && !problem.fix.is_empty()));
        found.into_iter().map(|problem| (problem.pointer, problem.code)).collect::<Vec<_>>()
    };
    let at = |pointer: &str, code| vec![(format!("/surveys/s{pointer}"), code)];
    let scale = json!({"low": "Not at all", "high": "Completely"});
    assert_eq!(survey(json!({"rating": scale, "choices": ["Yes"]})), at("/rating", Code::Conflict));
    assert_eq!(survey(json!({"rating": {"low": "No"}})), at("/rating/high", Code::Shape));
    assert_eq!(survey(json!({"rating": {"low": " ", "high": "Yes"}})), at("/rating/low", Code::Limit));
    assert_eq!(survey(json!({"rating": {"low": "No", "high": "Yes", "to": 11}}))[0].0, "/surveys/s/rating/to");
    let next = |after: &str| json!({"choices": ["Yes", "No"], "follow": [{"after": [after], "question": "Why?"}]});
    assert_eq!(survey(next("No")), []);
    assert_eq!(survey(next("Maybe")), at("/follow/0/after/0", Code::Unknown));
    let mute = json!({"choices": ["Yes"], "follow": [{"after": ["Yes"], "question": ""}]});
    assert_eq!(survey(mute), at("/follow/0/question", Code::Limit));
    let mut german = next("No");
    german["languages"] = json!({"de": {"question": "Klar?", "choices": ["Ja", "Nein"]}});
    assert_eq!(survey(german), at("/languages/de", Code::Conflict));
}

#[test]
fn five_choices_are_enough() {
    let choices = |count: usize| (0..count).map(|number| number.to_string()).collect::<Vec<_>>();
    let survey =
        |count| document(&json!({"s": {"experiment": "running", "question": "Which?", "choices": choices(count)}}));
    assert_eq!(problems(survey(5).as_bytes()), []);
    let found = problems(survey(6).as_bytes());
    assert_eq!(found.iter().map(|problem| problem.pointer.as_str()).collect::<Vec<_>>(), ["/surveys/s/choices"]);
}
