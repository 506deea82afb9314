//! What was tried and what was learned: the library, asked in words.

use super::super::experiments::Seen;
use super::super::{Result, claims, library, past};
use super::{MOST, Place, Told, page, spoken};
use crate::help::Answer;
use crate::help::matching::{self, telling};
use crate::help::next::is_like;
use crate::lifecycle::Experiment;
use crate::spoken::{count, grouped};
use crate::sql::Sql;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::Value;

/// Answers that people read at once.
const READ: usize = 5;

/// What was concluded, with words that speak of something, the surest first and of those that are as sure the newest; without
/// any, the newest.
pub(super) fn learned(sql: &mut impl Sql, about: &[String]) -> Result<Told> {
    let (mut found, known, whole) = concluded(sql, about)?;
    let of = count(known, "concluded experiment", "concluded experiments");
    let words = match about {
        [] => format!("{of}, the newest first."),
        _ => format!("{}.", speak(&of, found.len(), about, whole)),
    };
    if !about.is_empty() {
        let open = u64::from(library::OPEN);
        // What was imported nobody here has seen.
        let doubt = |card: &Value| card["doubt"].as_u64().unwrap_or(open) + u64::from(card["imported"].is_object());
        found.sort_by_key(|card| (doubt(card), core::cmp::Reverse(card["ended"].as_i64())));
    }
    let mut answers: Vec<Answer> = claims::found(sql, &about.join(" "))?.iter().map(claim).collect();
    answers.extend(found.iter().map(card));
    let more = answers.len().saturating_sub(READ);
    if more > 0 {
        answers.truncate(READ);
        let how = "What was shown stands first, then what is known to make no such difference, then what stayed open.";
        let path = format!("library?q={}", about.join("+"));
        let title = format!("And {} more", grouped(more as u64));
        answers.push(Answer::of(&title, String::new(), how, "The library", path));
    }
    Ok((words, answers))
}

/// Of how many some speak of what is asked: of `whole` that or, where nothing does, of some of it.
fn speak(of: &str, number: usize, about: &[String], whole: bool) -> String {
    let what = about.join(" ");
    let what = match (about.is_empty(), whole || number == 0) {
        (true, _) => "like this one".to_string(),
        (_, true) => format!("of “{what}”"),
        (_, false) => format!("of some of “{what}”, and none of all of it"),
    };
    let verb = match (about.is_empty(), number) {
        (true, 0 | 1) => "is",
        (true, _) => "are",
        (false, 0 | 1) => "speaks",
        (false, _) => "speak",
    };
    let number = if number == 0 { "none".to_string() } else { grouped(number as u64) };
    format!("Of {of} {number} {verb} {what}")
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

/// What the team holds to be so, and on what it rests.
fn claim(claim: &Value) -> Answer {
    let said = |name: &str| claim[name].as_str().unwrap_or_default();
    let how = "Somebody of the team has written it, and named what speaks for it and against it.";
    let words = format!("The team holds this to be so. {}", said("words"));
    let path = format!("library/claims?show={}", claim["id"]);
    Answer::of(said("text"), words.trim().to_string(), how, "The claim", path)
}

fn card(card: &Value) -> Answer {
    let said = |name: &str| card[name].as_str().unwrap_or_default();
    let lessons =
        card["answers"].as_object().into_iter().flat_map(|answers| answers.values()).filter_map(Value::as_str);
    let mut words = format!("{}. {}", said("headline"), said("words"));
    for lesson in lessons.filter(|lesson| !lesson.is_empty()) {
        words = format!("{words} {lesson}");
    }
    if card["imported"].is_object() {
        let how = "These words are those of whoever brought it, and nobody here has seen its numbers.";
        let path = format!("library/past/{}", said("key"));
        return Answer::of(said("title"), words.trim().to_string(), how, "What was imported", path);
    }
    let how = "The verdict is that of the decision; what follows it is what the team wrote down.";
    let people = count(card["people"].as_u64().unwrap_or_default(), "visitor", "visitors");
    let path = format!("experiments/{}/reading", said("key"));
    let mut answer = Answer::of(said("title"), words.trim().to_string(), how, "Its reading", path);
    answer.figure("expected", said("expected").to_string());
    answer.figure("met by", people);
    answer
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
    let ran = like.iter().filter(|seen| seen.kept.experiment.started.is_some()).count();
    let of = count(all.len() as u64, "experiment or idea", "experiments and ideas");
    let ran = if like.is_empty() { String::new() } else { format!("; {} ran", grouped(ran as u64)) };
    let words = format!("{}{ran}.", speak(&of, like.len(), about, whole));
    let told = |seen: &&Seen| {
        let Experiment { key, title, note, started, .. } = &seen.kept.experiment;
        let how = "Words of titles, plans, results and debriefs are compared by their stems.";
        let words = match started {
            Some(_) => format!("{}.", library::headline(seen, around)),
            None => format!("Not tried. {note}").trim().to_string(),
        };
        Answer::of(title, words, how, "The experiment", format!("experiments/{key}"))
    };
    let mut answers: Vec<Answer> = like.iter().map(told).collect();
    let query = library::quoted(&about.join(" "), " ");
    if !query.is_empty() {
        answers.extend(past::cards(sql, &query)?.iter().map(card));
    }
    answers.truncate(MOST);
    Ok((words, answers))
}

/// What is told where nothing of the table is asked.
pub(super) fn unknown(sql: &mut impl Sql, text: &str) -> Result<Told> {
    let about = telling(&matching::words(text));
    let (words, answers) = if about.is_empty() { Told::default() } else { learned(sql, &about)? };
    Ok((
        format!("That is no question that is answered here, so the library was searched. {words}").trim().to_string(),
        answers,
    ))
}
