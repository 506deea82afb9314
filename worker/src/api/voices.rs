//! What people said, beside what was asked and what was counted.

use super::answer::json_answer;
use super::ask;
use super::project::Call;
use super::projects::Place;
use pointsman::voices::Arm;
use serde_json::{Value, json};
use worker::{Env, Response, Result};

/// `GET …/voices` and `GET …/voices/<key>`.
pub(super) async fn read(env: &Env, call: Call, place: &Place, rest: &[&str]) -> Result<Response> {
    let (status, mut body) = call.ask(env).await?;
    if status != 200 {
        return json_answer(status, &body);
    }
    match rest {
        [] => {
            for survey in body["surveys"].as_array_mut().into_iter().flatten() {
                *survey = with_answers(env, place, survey.take()).await?;
            }
        }
        [key, ..] => {
            let (status, found) =
                ask::object(env, "VOICES", &store(place), "search", key, &body["query"].to_string()).await?;
            if status != 200 {
                return json_answer(status, &found);
            }
            let survey = with_answers(env, place, body["survey"].take()).await?;
            body = json!({"survey": survey, "answers": found["answers"], "next": found["next"]});
        }
    }
    json_answer(200, &body)
}

/// A survey with its answers by variant and choice.
async fn with_answers(env: &Env, place: &Place, mut survey: Value) -> Result<Value> {
    let key = survey["key"].as_str().unwrap_or_default().to_string();
    let (_, mut body) = ask::object(env, "VOICES", &store(place), "summary", &key, "").await?;
    let arms: Vec<Arm> = serde_json::from_value(body["arms"].take())?;
    for name in ["asked", "waited"] {
        survey[name] = body[name].take();
    }
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
    let mut about = call.instead(&["voices"]);
    about.envelope["query"] = json!({"experiment": key});
    let (_, mut asked) = about.ask(env).await?;
    let mut voices = Vec::new();
    for survey in asked["surveys"].as_array_mut().map(std::mem::take).unwrap_or_default() {
        let survey = with_answers(env, place, survey).await?;
        voices.push(json!({
            "survey": survey["key"], "question": survey["question"], "choices": survey["choices"], "rating": survey["rating"], "arms": survey["arms"],
        }));
    }
    reading["voices"] = json!(voices);
    json_answer(200, &reading)
}

fn store(place: &Place) -> String {
    format!("{}/{}", place.project, place.environment.name())
}
