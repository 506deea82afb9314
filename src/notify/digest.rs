//! What a week has brought: what was shipped, what was not, and what was learned. For people who have no account:
//! it names nobody.

use super::{Card, Kind, id};
use crate::environment::Environment;
use crate::lifecycle::{Cause, Choice};
use crate::screens::{Scene, reading};
use crate::spoken::count;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};

/// A week of the project's zone, from a Monday's first moment to before the next one's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Week {
    /// Which one: weeks since that of 5 January 1970.
    pub number: i64,
    /// Its first moment.
    pub from: i64,
    /// That of the next one.
    pub until: i64,
    /// The days of its Monday and its Sunday, such as `2026-11-16`.
    pub days: [String; 2],
}

impl Week {
    fn has(&self, at: i64) -> bool {
        (self.from..self.until).contains(&at)
    }

    /// Whether a week has brought anything of this.
    #[must_use]
    pub fn touches(&self, experiment: &crate::lifecycle::Experiment) -> bool {
        let times = [
            experiment.started,
            experiment.decision.as_ref().map(|decision| decision.at),
            experiment.stop.as_ref().map(|stop| stop.at),
            experiment.debrief.as_ref().map(|debrief| debrief.at),
        ];
        times.into_iter().flatten().any(|at| self.has(at))
    }
}

/// The week, as people read it.
#[must_use]
pub fn screen(scenes: &[Scene], week: &Week) -> Value {
    let (mut wins, mut others, mut lessons) = (Vec::new(), Vec::new(), Vec::new());
    let (mut begun, mut running) = (Vec::new(), 0);
    // What a week that is over tells no longer changes.
    let is_over = scenes.first().is_some_and(|scene| week.until <= scene.now);
    let until = |at: i64| if is_over { at >= week.until } else { false };
    for scene in scenes {
        let experiment = scene.experiment;
        let earlier = experiment.runs.iter().map(|run| (run["started"].as_i64(), run["ended"].as_i64()));
        for (started, ended) in earlier.chain([(experiment.started, experiment.ended)]) {
            let Some(started) = started.filter(|at| *at < week.until) else { continue };
            if week.has(started) {
                begun.push(json!({"key": experiment.key, "title": experiment.title}));
            }
            running += u64::from(ended.is_none_or(until));
        }
        let decision = experiment.decision.as_ref().filter(|decision| week.has(decision.at));
        let stop = experiment.stop.as_ref().filter(|stop| stop.cause != Cause::Person && week.has(stop.at));
        let (key, title) = (&experiment.key, &experiment.title);
        match (decision, stop) {
            (None, None) => {}
            (decision, _) => {
                let said = reading::said(scene);
                let of_then = decision.map(|decision| (&decision.headline, &decision.words));
                let (headline, words) = of_then.unwrap_or((&said.headline, &said.words));
                let choice = decision.map(|decision| decision.choice);
                let list = if choice == Some(Choice::Ship) { &mut wins } else { &mut others };
                list.push(json!({"key": key, "title": title, "choice": choice, "headline": headline, "words": words}));
            }
        }
        let Some(debrief) = experiment.debrief.as_ref().filter(|debrief| week.has(debrief.at)) else { continue };
        let asked = &experiment.rules(scene.playbook).questions;
        let said = |question: &crate::playbook::Question| {
            let answer = debrief.answers.get(&question.id).filter(|answer| !answer.trim().is_empty())?;
            Some(json!({"question": question.text, "answer": answer}))
        };
        let answers: Vec<_> = asked.iter().filter_map(said).collect();
        if !answers.is_empty() {
            lessons.push(json!({"key": key, "title": title, "answers": answers}));
        }
    }
    let mut parts: Vec<String> = Vec::new();
    let mut told = |number: u64, what: &str| {
        if number > 0 {
            parts.push(format!("{number} {what}"));
        }
    };
    told(wins.len() as u64, "shipped");
    told(others.len() as u64, "not shipped");
    told(lessons.len() as u64, if lessons.len() == 1 { "lesson" } else { "lessons" });
    told(begun.len() as u64, "began");
    let ran = match (running, is_over) {
        (1, true) => "1 was running when it ended".to_string(),
        (_, true) => format!("{running} were running when it ended"),
        _ => format!("{running} running"),
    };
    if wins.is_empty() && others.is_empty() && lessons.is_empty() {
        parts.push(ran.clone());
    }
    let names: Vec<_> = begun.iter().filter_map(|one| Some(format!("“{}”", one["title"].as_str()?))).collect();
    let names = if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
    let words = format!("{} began{names}. {ran}.", count(begun.len() as u64, "test", "tests"));
    let headline = parts.join(", ");
    json!({
        "week": week.number, "from": week.from, "until": week.until, "days": week.days, "title": title(week), "headline": headline,
        "wins": wins, "others": others, "lessons": lessons, "started": begun.len(), "begun": begun, "running": running, "words": words,
    })
}

/// Behind the number of each.
const MONTHS: &str = "01Jan02Feb03Mar04Apr05May06Jun07Jul08Aug09Sep10Oct11Nov12Dec";

/// Its days as people read them, with the year of the last one.
fn title(week: &Week) -> String {
    let [from, to] = week.days.each_ref().map(|day| {
        let mut parts = day.splitn(3, '-').skip(1);
        let month = parts.next().and_then(|month| MONTHS.split_once(month)).and_then(|(_, rest)| rest.get(..3));
        format!("{} {}", month.unwrap_or_default(), parts.next().unwrap_or_default().trim_start_matches('0'))
    });
    format!("The week from {from} to {to}, {}", week.days[1].get(..4).unwrap_or_default())
}

/// The id of a week's card.
#[must_use]
pub fn cause(week: &Week, salt: &str) -> String {
    id(salt, Kind::Digest, &[&week.number.to_string()])
}

/// The card of what [`screen`] tells.
#[must_use]
pub fn card(told: &Value, week: &Week, salt: &str) -> Card {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let of = |list: &Value| list.as_array().cloned().unwrap_or_default();
    let mut lines: Vec<String> = of(&told["wins"])
        .iter()
        .chain(&of(&told["others"]))
        .map(|item| format!("{}: {}", text(&item["title"]), text(&item["headline"])))
        .collect();
    for lesson in of(&told["lessons"]) {
        let first = of(&lesson["answers"]).first().map(|answer| text(&answer["answer"])).unwrap_or_default();
        lines.push(format!("{}: “{first}”", text(&lesson["title"])));
    }
    Card {
        id: cause(week, salt),
        kind: Kind::Digest,
        environment: Environment::Production,
        experiment: String::new(),
        team: String::new(),
        title: title(week),
        headline: text(&told["headline"]),
        words: if lines.is_empty() { "Nothing has ended.".to_string() } else { lines.join("\n") },
        context: text(&told["words"]),
        button: "Read the week",
        link: format!("#/week/{}", week.number),
    }
}
