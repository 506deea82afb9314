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
fn five_choices_are_enough() {
    let choices = |count: usize| (0..count).map(|number| number.to_string()).collect::<Vec<_>>();
    let survey =
        |count| document(&json!({"s": {"experiment": "running", "question": "Which?", "choices": choices(count)}}));
    assert_eq!(problems(survey(5).as_bytes()), []);
    let found = problems(survey(6).as_bytes());
    assert_eq!(found.iter().map(|problem| problem.pointer.as_str()).collect::<Vec<_>>(), ["/surveys/s/choices"]);
}
