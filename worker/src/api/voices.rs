//! What people said, beside what was asked and what was counted.

use super::answer::json_answer;
use super::ask;
use super::project::{Call, forward};
use super::projects::Place;
use pointsman::voices::Arm;
use serde::Deserialize;
use serde_json::{Value, json};
use worker::{Env, Response, Result};

#[derive(Deserialize)]
struct Arms {
    arms: Vec<Arm>,
}

/// `GET …/voices` and `GET …/voices/<key>`.
pub(super) async fn read(env: &Env, call: Call, place: &Place, rest: &[&str]) -> Result<Response> {
    let (status, mut body) = call.instead(&["voices"]).ask(env).await?;
    if status != 200 {
        return json_answer(status, &body);
    }
    let surveys = body["surveys"].as_array_mut().map(std::mem::take).unwrap_or_default();
    match rest {
        [] => {
            let mut counted = Vec::new();
            for survey in surveys {
                counted.push(with_answers(env, place, survey).await?);
            }
            json_answer(200, &json!({"surveys": counted}))
        }
        [key] => match surveys.into_iter().find(|survey| survey["key"] == *key) {
            Some(survey) => one(env, &call, place, survey).await,
            None => json_answer(404, &json!({"error": "There is no such survey."})),
        },
        _ => forward(env, &call).await,
    }
}

async fn one(env: &Env, call: &Call, place: &Place, survey: Value) -> Result<Response> {
    let text = |name: &str| call.envelope["query"][name].as_str().unwrap_or_default().to_string();
    let query = json!({"query": text("q"), "variant": text("variant")}).to_string();
    let key = survey["key"].as_str().unwrap_or_default().to_string();
    let (status, found) = ask::object(env, "VOICES", &store(place), "search", &key, &query).await?;
    if status != 200 {
        return json_answer(status, &found);
    }
    let survey = with_answers(env, place, survey).await?;
    json_answer(200, &json!({"survey": survey, "answers": found["answers"]}))
}

/// A survey with its answers by variant and choice.
async fn with_answers(env: &Env, place: &Place, mut survey: Value) -> Result<Value> {
    let key = survey["key"].as_str().unwrap_or_default().to_string();
    let (_, body) = ask::object(env, "VOICES", &store(place), "summary", &key, "").await?;
    let Arms { arms } = serde_json::from_value(body)?;
    for arm in survey["arms"].as_array_mut().into_iter().flatten() {
        if let Some(said) = arms.iter().find(|said| arm["variant"] == said.variant.as_str()) {
            arm["answers"] = json!(said.answers);
            arm["comments"] = json!(said.comments);
            arm["choices"] = json!(said.choices);
        }
    }
    Ok(survey)
}

/// `GET …/reading` with what people said about this experiment.
pub(super) async fn reading(env: &Env, call: Call, place: &Place, key: &str) -> Result<Response> {
    let (status, mut reading) = call.ask(env).await?;
    if status != 200 {
        return json_answer(status, &reading);
    }
    let (_, mut asked) = call.instead(&["voices"]).ask(env).await?;
    let mut voices = Vec::new();
    for survey in asked["surveys"].as_array_mut().map(std::mem::take).unwrap_or_default() {
        if survey["experiment"] == key {
            let survey = with_answers(env, place, survey).await?;
            voices.push(json!({
                "survey": survey["key"], "question": survey["question"], "choices": survey["choices"], "arms": survey["arms"],
            }));
        }
    }
    reading["voices"] = json!(voices);
    json_answer(200, &reading)
}

fn store(place: &Place) -> String {
    format!("{}/{}", place.project, place.environment.name())
}
