//! What people ask in words of their own: one answer for the console, the API and assistants. A text that is no question
//! of the table is looked for in the library, and the answer says so.

mod ideas;
mod known;

use super::experiments::{self, Around, Seen};
use super::{Request, Result, alerts, approvals, comments, foresight, misshapen, store};
use crate::help::matching::{self, Asked, has_all};
use crate::help::questions::{About, QUESTIONS, Topic};
use crate::help::{Answer, answers};
use crate::lifecycle::Experiment;
use crate::lifecycle::plan::Change;
use crate::order;
use crate::screens::{self, Scene};
use crate::spoken::{count, grouped};
use crate::sql::Sql;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};

/// Characters of a question.
const LONGEST: usize = 400;
/// More answers than these nobody reads at once.
const MOST: usize = 8;

/// What is said before the answers, and the answers.
type Told = (String, Vec<Answer>);

/// Answers a question in words. Without one it only says what can be asked.
pub(super) fn ask(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let (text, key) = (request.query("text").trim(), request.query("experiment"));
    if text.chars().count() > LONGEST {
        let cause = format!("A question has at most {LONGEST} characters.");
        return Err(misshapen("?text", &cause, "Ask in fewer words."));
    }
    if !key.is_empty() {
        store::experiment(sql, key)?;
    }
    let around = experiments::around(sql, request.now)?;
    // Whoever only asks what can be asked waits for no numbers.
    let all = if text.is_empty() { Vec::new() } else { experiments::all(sql, &around)? };
    let own = all.iter().find(|seen| seen.kept.experiment.key == key);
    let is_name = |words: &[String]| all.iter().any(|seen| is_called(seen, words));
    let asked = matching::asked(text, &is_name);
    let (words, answers) = match &asked {
        _ if text.is_empty() => ("Ask one of these, or in words of your own.".to_string(), Vec::new()),
        Some(asked) => answer(sql, request, (&around, &all, own), asked)?,
        None => known::unknown(sql, text)?,
    };
    let fitting = QUESTIONS
        .iter()
        .filter(|question| key.is_empty() || question.about == About::Experiment || question.topic == Topic::Tried);
    Ok(json!({
        "question": asked.map(|Asked { question, about }| json!({"id": question.id, "text": question.text, "about": about.join(" ")})),
        "words": words, "answers": answers, "suggestions": fitting.map(|question| question.text).collect::<Vec<_>>(),
    }))
}

/// Whether an experiment is meant by some words.
fn is_called(seen: &Seen, words: &[String]) -> bool {
    let Experiment { key, title, .. } = &seen.kept.experiment;
    has_all(&format!("{title} {key}"), words)
}

type Place<'p> = (&'p Around, &'p [Seen], Option<&'p Seen>);

fn answer(sql: &mut impl Sql, request: &Request, place: Place, asked: &Asked) -> Result<Told> {
    let (around, all, own) = place;
    let Asked { question, about } = asked;
    match question.topic {
        Topic::Needs => needs(sql, request, all, around),
        Topic::Next => ideas::next(sql, request, all, around),
        Topic::Learned => known::learned(sql, about),
        Topic::Pace => Ok(pace(&scenes_of(all, around), request.now.0)),
        Topic::Costs => Ok(costs(scenes_of(all, around))),
        Topic::Tried => known::tried(sql, place, about),
        topic => {
            let record = foresight::record(sql)?;
            let named: Vec<&Seen> = all.iter().filter(|seen| is_called(seen, about)).collect();
            let live = |seen: &&Seen| seen.kept.experiment.is_live();
            let those: Vec<&Seen> = match own {
                Some(own) if about.is_empty() => Vec::from([own]),
                _ if !named.is_empty() => named,
                _ => all.iter().filter(live).collect(),
            };
            let scenes: Vec<Scene> = those.iter().map(|seen| seen.scene(around)).collect();
            let general = own.is_none() && about.is_empty();
            let (words, scenes) = if general { lead(topic, scenes, all, around) } else { (String::new(), scenes) };
            // An experiment that is odd on its own screen says so itself.
            let alerts =
                if general && topic == Topic::Odd { alerts::told(sql, request.now.0, &scenes)? } else { Vec::new() };
            let open = match alerts.len() as u64 {
                0 => String::new(),
                some => format!(" {}.", count(some, "alert is open", "alerts are open")),
            };
            let words = if scenes.len() > MOST { format!("{words} The first {MOST} are told.") } else { words };
            let told = scenes.iter().take(MOST).map(|scene| answers::about(scene, topic, &record));
            let alerts = alerts.into_iter().take(MOST);
            Ok((format!("{words}{open}").trim().to_string(), alerts.chain(told).collect()))
        }
    }
}

/// What is said of all that run, and which of them are told; where none runs, the one that ended last.
fn lead<'s>(topic: Topic, running: Vec<Scene<'s>>, all: &'s [Seen], around: &'s Around) -> (String, Vec<Scene<'s>>) {
    let run = |number: u64| if number == 1 { "runs" } else { "run" };
    let number = running.len() as u64;
    let all_of_them = format!("{} {}", count(number, "experiment", "experiments"), run(number));
    if number == 0 {
        let ended = all.iter().filter(|seen| seen.kept.experiment.ended.is_some());
        let last = ended.max_by_key(|seen| seen.kept.experiment.ended).filter(|_| topic != Topic::Odd);
        let more = if last.is_some() { " This one ended last." } else { "" };
        return (format!("No experiment runs.{more}"), last.map(|seen| seen.scene(around)).into_iter().collect());
    }
    if topic != Topic::Odd {
        return (format!("{all_of_them}."), running);
    }
    let odd: Vec<_> = running.into_iter().filter(answers::is_odd).collect();
    let words = match odd.len() {
        0 => format!("{all_of_them}, and nothing is odd in {} numbers.", if number == 1 { "its" } else { "their" }),
        some => format!("{all_of_them}; of {} something is odd.", grouped(some as u64)),
    };
    (words, odd)
}

fn needs(sql: &mut impl Sql, request: &Request, all: &[Seen], around: &Around) -> Result<Told> {
    let scenes: Vec<Scene> = all.iter().map(|seen| seen.scene(around)).collect();
    let mut needs = screens::now::screen(&scenes, around.now)["needs"].as_array().cloned().unwrap_or_default();
    needs.extend(comments::needs(sql, request)?);
    needs.extend(approvals::needs(sql, request)?);
    let told = |need: &Value| {
        let said = |name: &str| need[name].as_str().unwrap_or_default();
        let path = match need["environment"].as_str() {
            Some(environment) => format!("flags/{environment}?show=changes"),
            None => format!("experiments/{}", said("key")),
        };
        let how = "What costs most to ignore stands first: what has stopped, then data that cannot be used, then what waits \
                   for somebody's word.";
        Answer::of(said("title"), format!("{}: {}", said("label"), said("words")), how, said("action"), path)
    };
    let words = match needs.len() as u64 {
        0 => "Nothing needs you. Experiments go on by themselves and say when they do.".to_string(),
        some => format!(
            "{} somebody.",
            if some == 1 { "1 thing needs".to_string() } else { format!("{} things need", grouped(some)) }
        ),
    };
    Ok((words, needs.iter().take(MOST).map(told).collect()))
}

/// The page that an experiment is about; empty of one on a flag.
fn page(experiment: &Experiment) -> &str {
    match experiment.plan.as_ref().map(|plan| &plan.change) {
        Some(Change::Words { page, .. } | Change::Pages { page, .. }) => page,
        Some(Change::Flag { .. }) | None => "",
    }
}

/// What an experiment speaks of.
fn spoken(experiment: &Experiment) -> String {
    let plan = experiment.plan.as_ref();
    let hypothesis = plan.map_or("", |plan| plan.hypothesis.change.as_str());
    format!("{} {} {hypothesis}", experiment.title, experiment.note)
}

fn scenes_of<'s>(all: &'s [Seen], around: &'s Around) -> Vec<Scene<'s>> {
    all.iter().map(|seen| seen.scene(around)).collect()
}

/// How fast and how well the project learns, in the figures of its quarter.
fn pace(scenes: &[Scene], now: i64) -> Told {
    let figures = screens::practice::quarter(scenes, now);
    let said = |figure: &Value, name: &str| figure[name].as_str().unwrap_or_default().to_string();
    let words: Vec<_> = figures.iter().map(|one| format!("{}: {}.", said(one, "label"), said(one, "value"))).collect();
    let how = "Nobody types these figures: they follow from what was recorded in the last 13 weeks as it was done.";
    let mut answer = Answer::of("How we learn", words.join(" "), how, "All figures", "practice".to_string());
    for figure in &figures {
        answer.figure(&said(figure, "label"), said(figure, "evidence"));
    }
    (String::new(), Vec::from([answer]))
}

/// What tests take of the visitors and of the days that there are, those that take most first.
fn costs(scenes: Vec<Scene>) -> Told {
    let met: Vec<Scene> = scenes.into_iter().filter(|scene| scene.people() > 0).collect();
    let words = match met.len() as u64 {
        0 => "No visitor has met a test yet.".to_string(),
        some => format!("Of {}, those first that took most visitors.", count(some, "test", "tests")),
    };
    let met = order::sorted(met, |one, other| other.people().cmp(&one.people()));
    let told = |scene: &Scene| {
        let how =
            "A test costs the visitors that are in it, who cannot be in others on its page, and the days that it runs.";
        let days = count(crate::spoken::nearest(scene.days()).max(1), "day", "days");
        let words = format!("{} in {days}.", count(scene.people(), "visitor", "visitors"));
        let path = format!("experiments/{}/reading", scene.experiment.key);
        Answer::of(&scene.experiment.title, words, how, "Its reading", path)
    };
    (words, met.iter().take(MOST).map(told).collect())
}
