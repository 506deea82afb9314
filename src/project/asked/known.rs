//! What was tried and what was learned: the library, asked in words.

use super::super::experiments::Seen;
use super::super::{Result, library};
use super::{MOST, Place, Told, page, spoken};
use crate::help::Answer;
use crate::help::matching::{self, telling};
use crate::help::next::is_like;
use crate::lifecycle::{Experiment, State};
use crate::spoken::{count, grouped};
use crate::sql::Sql;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::Value;

/// What was concluded, with words that speak of something; without any, the newest.
pub(super) fn learned(sql: &mut impl Sql, about: &[String]) -> Result<Told> {
    let (found, known, all_words) = concluded(sql, about)?;
    let number = found.len() as u64;
    let of = format!("of {}", count(known, "concluded experiment", "concluded experiments"));
    let words = match (about.is_empty(), number) {
        (_, 0) if known == 0 => "Nothing was concluded yet, so nothing was learned.".to_string(),
        (true, _) => format!(
            "{} tell what was learned, the newest first.",
            count(known, "concluded experiment", "concluded experiments")
        ),
        (_, 0) => format!("Nothing was learned about “{}”: none {of} speaks of it.", about.join(" ")),
        _ if all_words => format!("{} {of} {} of “{}”.", grouped(number), speaks(number), about.join(" ")),
        _ => format!(
            "None {of} has all of the words “{}”; {} {} some of them.",
            about.join(" "),
            grouped(number),
            if number == 1 { "has" } else { "have" }
        ),
    };
    Ok((words, found.iter().take(MOST).map(card).collect()))
}

fn speaks(number: u64) -> &'static str {
    if number == 1 { "speaks" } else { "speak" }
}

/// Cards of what has ended and speaks of some words, how many have ended at all, and whether each card has all of the words.
fn concluded(sql: &mut impl Sql, about: &[String]) -> Result<(Vec<Value>, u64, bool)> {
    let search = |sql: &mut _, text: &str| -> Result<(Vec<Value>, u64)> {
        let found = library::search(sql, text, "", "")?;
        Ok((found["cards"].as_array().cloned().unwrap_or_default(), found["known"].as_u64().unwrap_or_default()))
    };
    let (all, known) = search(sql, &about.join(" "))?;
    if !all.is_empty() || about.len() < 2 {
        return Ok((all, known, true));
    }
    let mut some: Vec<Value> = Vec::new();
    for word in about {
        for card in search(sql, word)?.0 {
            if !some.iter().any(|known| known["key"] == card["key"] && known["run"] == card["run"]) {
                some.push(card);
            }
        }
    }
    Ok((some, known, false))
}

fn card(card: &Value) -> Answer {
    let said = |name: &str| card[name].as_str().unwrap_or_default();
    let lessons =
        card["answers"].as_object().into_iter().flat_map(|answers| answers.values()).filter_map(Value::as_str);
    let mut words = format!("{}. {}", said("headline"), said("words"));
    for lesson in lessons.filter(|lesson| !lesson.is_empty()) {
        words = format!("{words} {lesson}");
    }
    let how = "The verdict is that of the decision; what follows it is what the team wrote down.";
    let people = count(card["people"].as_u64().unwrap_or_default(), "visitor", "visitors");
    Answer::of(said("title"), words.trim().to_string(), how)
        .with("expected", said("expected").to_string())
        .with("met by", people)
        .at("Its reading", format!("experiments/{}/reading", said("key")))
}

/// Whatever speaks of something: experiments, and ideas that nobody has tried yet.
pub(super) fn tried(sql: &mut impl Sql, (around, all, own): Place, about: &[String]) -> Result<Told> {
    let own = own.map(|own| &own.kept.experiment);
    let (like, whole) = match own {
        Some(own) if about.is_empty() => {
            let text = format!("{} {}", own.title, own.note);
            let wanted = telling(&matching::words(&text)).join(" ");
            let like = library::like(sql, all, &wanted, &own.key)?;
            let same = |seen: &&Seen| {
                is_like(&own.title, page(own), &spoken(&seen.kept.experiment), page(&seen.kept.experiment))
            };
            (like.into_iter().filter(same).collect(), true)
        }
        _ if about.is_empty() => {
            return Ok(("Say what, such as “Have we tried free shipping?”".to_string(), Vec::new()));
        }
        _ => library::speaking(sql, all, about)?,
    };
    let what = if about.is_empty() { "like this one".to_string() } else { format!("of “{}”", about.join(" ")) };
    let started = like.iter().filter(|seen| seen.kept.experiment.started.is_some()).count() as u64;
    let waiting = like.len() as u64 - started;
    let words = match (started, waiting) {
        _ if !whole && !like.is_empty() => {
            format!("Nothing here has all of the words “{}”. These have some of them.", about.join(" "))
        }
        (0, 0) if about.is_empty() => "No other experiment here is like this one.".to_string(),
        (0, 0) => format!(
            "It does not look so: nothing here speaks {what}, of {}.",
            count(all.len() as u64, "experiment or idea", "experiments and ideas")
        ),
        (0, some) => {
            format!("Not yet: {} {}, and nothing that ran does.", speaking(some, "idea", "ideas", about), what)
        }
        (some, 0) => format!("{} {what}.", speaking(some, "experiment", "experiments", about)),
        (some, more) => format!(
            "{} {what}, and {} that nobody has tried.",
            speaking(some, "experiment", "experiments", about),
            count(more, "idea", "ideas")
        ),
    };
    let told = |seen: &&Seen| {
        let Experiment { key, title, state, note, started, .. } = &seen.kept.experiment;
        let how = "Words of titles, plans, results and debriefs are compared by their stems.";
        if started.is_some() {
            let words = format!("{}.", library::headline(seen, around));
            return Answer::of(title, words, how).at("Its reading", format!("experiments/{key}/reading"));
        }
        let stage = if *state == State::Idea { "An idea, not tried." } else { "Planned, not tried." };
        Answer::of(title, format!("{stage} {note}").trim().to_string(), how)
            .at("Its plan", format!("experiments/{key}"))
    };
    Ok((words, like.iter().take(MOST).map(told).collect()))
}

fn speaking(number: u64, one: &str, many: &str, about: &[String]) -> String {
    let is = if number == 1 { "is" } else { "are" };
    format!("{} {}", count(number, one, many), if about.is_empty() { is } else { speaks(number) })
}

/// What is told where nothing of the table is asked.
pub(super) fn unknown(sql: &mut impl Sql, text: &str) -> Result<Told> {
    let (said, answers) = match &telling(&matching::words(text))[..] {
        [] => ("nothing in it could be looked for".to_string(), Vec::new()),
        about => {
            let (found, known, _) = concluded(sql, about)?;
            let number = found.len() as u64;
            let of = count(known, "concluded experiment", "concluded experiments");
            let words = format!(
                "the library was searched: {} of {of} {} of “{}”",
                grouped(number),
                speaks(number),
                about.join(" ")
            );
            (words, found.iter().take(MOST).map(card).collect())
        }
    };
    Ok((format!("That is no question that is answered here, so {said}."), answers))
}
