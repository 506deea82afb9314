//! What is answered about one experiment. Every sentence about its numbers is that of its screens.

use super::Answer;
use super::questions::Topic;
use crate::lifecycle::State;
use crate::screens::answers::prior_words;
use crate::screens::outlook::{Outlook, outlook};
use crate::screens::reading::{self, Recommendation, Said};
use crate::screens::{Scene, figures, live, now, segments};
use crate::spoken::{count, grouped};
use crate::verdict::conclusion::Conclusion;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::Value;

/// The answer to a question about an experiment. `record` is how earlier forecasts came true.
#[must_use]
pub fn about(scene: &Scene, topic: Topic, record: &Value) -> Answer {
    let experiment = scene.experiment;
    let key = &experiment.key;
    if experiment.run.is_none() {
        let words = match experiment.state {
            State::Idea => "It is an idea, and nobody has planned it yet.",
            State::Approved => "It may start, and waits for its hour.",
            _ => "It has not started, so there is nothing to tell yet.",
        };
        let plan = format!("experiments/{key}/plan");
        return Answer::of(&experiment.title, words.to_string(), "Only visitors tell.").at("Its plan", plan);
    }
    let said = reading::said(scene);
    let told = match topic {
        Topic::Odd => odd(scene),
        Topic::Harm => harm(scene, &said),
        Topic::Who => who(scene, &said),
        Topic::When => when(scene, &said, record),
        Topic::End => end(scene, &said, record),
        _ => verdict(scene, &said),
    };
    let (words, tab) = match topic {
        Topic::Odd => ("Whether it works", "live"),
        _ => ("Its reading", "reading"),
    };
    told.at(words, format!("experiments/{key}/{tab}"))
}

/// Whether anything about an experiment is odd, as its *Live* screen tells.
#[must_use]
pub fn is_odd(scene: &Scene) -> bool {
    !live::odd(scene).is_empty()
}

fn odd(scene: &Scene) -> Answer {
    let odd = live::odd(scene);
    let words = if odd.is_empty() { "Nothing about it is odd.".to_string() } else { odd.join(" ") };
    let how = "Nine checks are made at every look: whether visitors are split as planned, whether browsers report alike, \
               whether reports get lost, whether anybody saw both versions, and whether the numbers deserve to be believed.";
    let people = count(scene.people(), "visitor", "visitors");
    Answer::of(&scene.experiment.title, words, how).with("looked at", people).with("not well", odd.len().to_string())
}

/// How it stands, as the verdict has it.
#[must_use]
pub fn verdict(scene: &Scene, said: &Said) -> Answer {
    let rules = scene.experiment.rules(scene.playbook);
    let how = "The range holds at every look together, so reading it every day makes nothing true. What follows is the rule \
               that was fixed before the start.";
    Answer::of(&scene.experiment.title, whole(said), how)
        .with("metric", scene.metric().to_string())
        .with("visitors", of_planned(scene))
        .with("chance to be wrong", figures::exactly(rules.alpha.0))
}

/// Headline and sentences of a verdict.
fn whole(said: &Said) -> String {
    format!("{}. {}", said.headline, said.words).trim().to_string()
}

fn of_planned(scene: &Scene) -> String {
    format!("{} of {} planned", grouped(scene.people()), grouped(scene.planned()))
}

fn harm(scene: &Scene, said: &Said) -> Answer {
    let usable = said.recommend != Recommendation::Fix;
    let how = "Each guardrail is judged at every look by evidence that adds up, so that harm is told as soon as it is \
               certain, and looking often makes none up.";
    let mut answer = Answer::of(&scene.experiment.title, String::new(), how);
    let mut words = Vec::new();
    for watch in scene.watches() {
        let told = reading::guardrail(scene, &watch, usable);
        let (metric, told) = (&watch.guardrail.metric, told["words"].as_str().unwrap_or_default());
        words.push(format!("“{metric}”: {told}"));
        answer = answer.with(metric, format!("log of the evidence {:.1}", watch.log_e));
    }
    answer.words = if words.is_empty() { "Nothing is guarded.".to_string() } else { words.join(" ") };
    answer
}

fn who(scene: &Scene, said: &Said) -> Answer {
    let how = "All groups that were named before the start are asked together first whether they differ at all (Cochran's Q, \
               at 1 %); only then is each held against the others, for all of them at once. What is told of a group is drawn \
               towards the whole by as much as chance explains.";
    let title = &scene.experiment.title;
    let found = match said.recommend {
        Recommendation::Fix => return Answer::of(title, whole(said), how),
        _ => segments::screen(scene),
    };
    let Some(found) = found else {
        let words = "No two groups that were named before have enough visitors in both versions to be compared.";
        return Answer::of(title, words.to_string(), how);
    };
    let mut answer = Answer::of(title, found["words"].as_str().unwrap_or_default().to_string(), how);
    for one in found["dimensions"].as_array().into_iter().flatten() {
        let chance = one["pValue"].as_f64().unwrap_or(1.0);
        let chance = if chance < 0.001 { "below 0.1 %".to_string() } else { figures::percent(chance) };
        answer = answer
            .with(&format!("chance of such differences by {}", one["dimension"].as_str().unwrap_or_default()), chance);
        for group in one["groups"].as_array().into_iter().flatten() {
            let label = format!(
                "{} {}",
                one["dimension"].as_str().unwrap_or_default(),
                group["value"].as_str().unwrap_or_default()
            );
            answer = answer.with(&label, group["told"].as_str().unwrap_or_default().to_string());
        }
    }
    answer.idea = found["idea"].clone();
    answer
}

fn when(scene: &Scene, said: &Said, record: &Value) -> Answer {
    let how = "What is believed of the effect after the numbers so far is carried on until its range leaves out what the plan \
               asks; 8 of 10 experiments are known between these days. It begins with a fifth of the planned visitors.";
    let words = match &said.conclusion {
        Conclusion::Undecided { days: Some(days) } => reading::known_in(*days),
        Conclusion::Undecided { days: None } | Conclusion::TooEarly if scene.experiment.is_live() => too_early(scene),
        _ => format!("It is known: {}.", figures::lower(&said.headline)),
    };
    let answer = Answer::of(&scene.experiment.title, words, how).with("visitors", of_planned(scene));
    scored(answer.with("days so far", format!("{:.1}", scene.days())), record)
}

fn too_early(scene: &Scene) -> String {
    let (people, planned) = (scene.people(), scene.planned());
    let pace = now::when(scene, people, planned);
    format!("Too early for a forecast of the verdict. The planned size: {pace}.")
}

fn end(scene: &Scene, said: &Said, record: &Value) -> Answer {
    let prior = prior_words(&scene.prior());
    let how = format!(
        "The effect so far and what is believed of such effects are carried on to one more reading at the planned size. {prior}"
    );
    let title = &scene.experiment.title;
    let Some(outlook) = outlook(scene) else {
        let words = match &said.conclusion {
            Conclusion::Undecided { .. } | Conclusion::TooEarly if scene.experiment.is_live() => {
                "Nothing is forecast before a fifth of the planned visitors have come, or where a plan is read at its own \
                 looks alone."
                    .to_string()
            }
            _ => format!("It is known: {}.", figures::lower(&said.headline)),
        };
        return scored(Answer::of(title, words, &how).with("visitors", of_planned(scene)), record);
    };
    let Outlook { better, worse, open, .. } = outlook;
    let words = format!("{} {}", outlook.words(), record["words"].as_str().unwrap_or_default());
    let answer = Answer::of(title, words.trim().to_string(), &how)
        .with("better", figures::percent(better))
        .with("worse", figures::percent(worse))
        .with("neither", figures::percent(open))
        .with("visitors", of_planned(scene));
    scored(answer, record)
}

/// The track record of forecasts as figures.
fn scored(answer: Answer, record: &Value) -> Answer {
    let Some(brier) = record["brier"].as_f64() else {
        return answer.with("earlier forecasts", "none has come due yet".to_string());
    };
    let [held, made] = ["held", "made"].map(|name| record[name].as_u64().unwrap_or_default());
    answer
        .with("earlier forecasts whose range of days held", format!("{held} of {made}"))
        .with("score of their chances (0 is best, 0.25 is a coin)", format!("{brier:.2}"))
}
