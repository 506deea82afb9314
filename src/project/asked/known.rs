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

/// What was concluded, in the order of the library: first what speaks of something, or without any words the newest.
pub(super) fn learned(sql: &mut impl Sql, about: &[String]) -> Result<Told> {
    let asked = about.join(" ");
    let found = library::search(sql, &asked, "", "")?;
    let mut answers: Vec<Answer> = claims::found(sql, &asked)?.iter().map(claim).collect();
    answers.extend(found["cards"].as_array().into_iter().flatten().map(card));
    let more = answers.len().saturating_sub(READ);
    if more > 0 {
        answers.truncate(READ);
        let path = format!("library?q={}", about.join("+"));
        let title = format!("And {} more", grouped(more as u64));
        answers.push(Answer::of(&title, String::new(), "", "The library", path));
    }
    Ok((found["words"].as_str().unwrap_or_default().to_string(), answers))
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
    let mut words = format!("{}. {}", said("headline"), said("words"));
    for lesson in card["lessons"].as_array().into_iter().flatten() {
        let [question, answer] = ["question", "answer"].map(|name| lesson[name].as_str().unwrap_or_default());
        words = format!("{words} {question} {answer}");
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
    let ran = if like.is_empty() { String::new() } else { format!("; {} ran", grouped(ran as u64)) };
    let of = (all.len() as u64, like.len());
    let words = format!("{}{ran}.", library::speak("experiment or idea", "experiments and ideas", of, about, whole));
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
