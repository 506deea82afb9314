//! What is answered about one experiment. Every sentence about its numbers is that of its screens.

use super::Answer;
use super::questions::Topic;
use crate::screens::outlook::{Outlook, outlook};
use crate::screens::reading::{self, Recommendation, Said};
use crate::screens::{Scene, decided, figures, live, now, segments};
use crate::spoken::{self, grouped};
use crate::verdict::conclusion::Conclusion;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::Value;

/// The answer to a question about an experiment. `record` is how earlier forecasts came true.
#[must_use]
pub fn about(scene: &Scene, topic: Topic, record: &Value) -> Answer {
    let experiment = scene.experiment;
    let (words, tab) = match topic {
        _ if experiment.run.is_none() => ("Its plan", "plan"),
        Topic::Odd | Topic::Running => ("Whether it works", "live"),
        _ => ("Its reading", "reading"),
    };
    let path = format!("experiments/{}/{tab}", experiment.key);
    let mut answer = Answer::of(&experiment.title, String::new(), "Only visitors tell.", words, path);
    if experiment.run.is_none() {
        answer.words = "It has not started, so there is nothing to tell yet.".to_string();
        return answer;
    }
    let said = decided::stood(scene);
    let people = format!("{} of {} planned", grouped(scene.people()), grouped(scene.planned()));
    answer.figure("visitors", people);
    let (words, how) = match topic {
        Topic::Odd => odd(scene),
        Topic::Running => running(scene),
        Topic::Harm => harm(scene, &said, &mut answer),
        Topic::Who => who(scene, &said, &mut answer),
        Topic::When => when(scene, &said),
        Topic::End => end(scene, &said, &mut answer),
        _ => verdict(scene, &said, &mut answer),
    };
    (answer.words, answer.how) = (words, how.to_string());
    if matches!(topic, Topic::When | Topic::End) {
        scored(&mut answer, record);
    }
    if topic == Topic::End {
        answer.figure("past effects that it starts from, or else a sceptic's view", scene.prior().effects.to_string());
    }
    answer
}

/// What is said, and how one knows.
type Told = (String, &'static str);

/// Whether anything about an experiment is odd, as its *Live* screen tells.
#[must_use]
pub fn is_odd(scene: &Scene) -> bool {
    !live::odd(scene).is_empty()
}

fn odd(scene: &Scene) -> Told {
    let odd = live::odd(scene);
    let words = if odd.is_empty() { "Nothing about it is odd.".to_string() } else { odd.join(" ") };
    let how = "Nine checks are made at every look, of the split, the browsers, what gets lost, and whether the numbers deserve \
               to be believed.";
    (words, how)
}

fn running(scene: &Scene) -> Told {
    let words = format!("{} % of visitors are in it. {}", scene.experiment.stage(), pace(scene));
    (words, "Visitors are counted when their browser has shown it; the pace so far is carried on at the last stage.")
}

fn pace(scene: &Scene) -> String {
    format!("The planned size: {}.", now::when(scene, scene.people(), scene.planned()))
}

fn verdict(scene: &Scene, said: &Said, answer: &mut Answer) -> Told {
    answer.figure("metric", scene.metric().to_string());
    answer.figure("chance to be wrong", figures::exactly(scene.alpha().0));
    let how = "The range holds at every look together, so reading it every day makes nothing true. What follows is the rule \
               that was fixed before the start.";
    (whole(said), how)
}

/// Headline and sentences of a verdict.
fn whole(said: &Said) -> String {
    format!("{}. {}", said.headline, said.words).trim().to_string()
}

fn harm(scene: &Scene, said: &Said, answer: &mut Answer) -> Told {
    let usable = said.recommend != Recommendation::Fix;
    let mut words = Vec::new();
    for watch in scene.watches() {
        let told = reading::guardrail(scene, &watch, usable);
        let metric = &watch.guardrail.metric;
        words.push(format!("“{metric}”: {}", text(&told, "words")));
        answer.figure(metric, format!("log of the evidence {:.1}", watch.log_e));
    }
    let words = if words.is_empty() { "Nothing is guarded.".to_string() } else { words.join(" ") };
    (
        words,
        "Evidence of harm adds up over every look, so that it is told as soon as it is certain, and looking makes none up.",
    )
}

fn text<'v>(told: &'v Value, name: &str) -> &'v str {
    told[name].as_str().unwrap_or_default()
}

fn who(scene: &Scene, said: &Said, answer: &mut Answer) -> Told {
    let how = "All groups that were named before the start are asked together first whether they differ at all (Cochran's Q, \
               at 1 %); only then is each held against the others. What is told of a group is drawn towards the whole by as \
               much as chance explains.";
    if said.recommend == Recommendation::Fix {
        return (whole(said), how);
    }
    let Some(found) = segments::screen(scene) else {
        return (
            "No two groups that were named before have enough visitors in both versions to be compared.".to_string(),
            how,
        );
    };
    for one in found["dimensions"].as_array().into_iter().flatten() {
        let dimension = text(one, "dimension");
        let chance = one["pValue"].as_f64().unwrap_or(1.0);
        answer.figure(&format!("chance of such differences by {dimension}"), figures::percent(chance));
        for group in one["groups"].as_array().into_iter().flatten() {
            answer.figure(&format!("{dimension} {}", text(group, "value")), text(group, "told").to_string());
        }
    }
    answer.idea = found["idea"].clone();
    (text(&found, "words").to_string(), how)
}

fn is_open(scene: &Scene, said: &Said) -> bool {
    matches!(said.conclusion, Conclusion::Undecided { .. } | Conclusion::TooEarly) && scene.experiment.is_live()
}

fn known(said: &Said) -> String {
    format!("It is known: {}.", figures::lower(&said.headline))
}

fn when(scene: &Scene, said: &Said) -> Told {
    let words = match &said.conclusion {
        Conclusion::Undecided { days: Some(days) } => reading::known_in(*days),
        _ if is_open(scene, said) => format!("Too early for a forecast of the verdict. {}", pace(scene)),
        _ => known(said),
    };
    let how = "What is believed of the effect is carried on until its range leaves out what the plan asks; 8 of 10 experiments \
               are known between these days. It begins with a fifth of the planned visitors.";
    (words, how)
}

fn end(scene: &Scene, said: &Said, answer: &mut Answer) -> Told {
    let words = match outlook(scene) {
        Some(outlook) => {
            let Outlook { better, worse, open, .. } = outlook;
            for (label, chance) in [("better", better), ("worse", worse), ("neither", open)] {
                answer.figure(label, spoken::chance(chance));
            }
            outlook.words()
        }
        None if is_open(scene, said) => {
            "Nothing is forecast before a fifth of the planned visitors have come, or where a plan is read at its own looks alone."
                .to_string()
        }
        None => known(said),
    };
    (
        words,
        "The effect so far and what is believed of such effects are carried on to one more reading at the planned size.",
    )
}

/// The track record of forecasts as figures.
fn scored(answer: &mut Answer, record: &Value) {
    let Some(brier) = record["brier"].as_f64() else {
        return answer.figure("earlier forecasts", "none has come due yet".to_string());
    };
    answer.figure("earlier forecasts whose range of days held", format!("{} of {}", record["held"], record["made"]));
    answer.figure("score of their chances (0 is best, 0.25 is a coin)", format!("{brier:.2}"));
}
