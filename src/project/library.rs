//! The library: what was learned, found by words (SQLite's FTS5).

use super::experiments::{self, Around, Seen};
use super::{Result, notes, past, teams, text};
use crate::help::matching::{self, Asked, telling};
use crate::help::questions::About;
use crate::lifecycle::plan::Change;
use crate::lifecycle::{Cause, Choice, Experiment, State};
use crate::order;
use crate::playbook::Question;
use crate::screens::{Scene, decided, reading, together};
use crate::spoken::{count, grouped};
use crate::sql::{Failure, Sql};
use crate::time::Millis;
use crate::verdict::conclusion::Conclusion;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};

pub(super) const TABLES: &[&str] = &["CREATE VIRTUAL TABLE IF NOT EXISTS library USING \
     fts5(key UNINDEXED, title, body, tokenize = 'porter unicode61 remove_diacritics 2')"];

/// Words of a query that count.
const WORDS: usize = 12;

/// Enters an experiment as it is now.
pub(super) fn index(sql: &mut impl Sql, experiment: &Experiment) -> core::result::Result<(), Failure> {
    leave(sql, &experiment.key)?;
    notes::debriefed(sql, experiment)?;
    let mut body = experiment.note.clone();
    let mut add = |text: &str| {
        body.push('\n');
        body.push_str(text);
    };
    if let Some(plan) = &experiment.plan {
        add(&plan.hypothesis.sentence(&plan.hypothesis.metric));
        match &plan.change {
            Change::Words { page, edits } => {
                add(page);
                for edit in edits {
                    add(&edit.text);
                }
            }
            Change::Pages { page, other } => {
                add(page);
                add(other);
            }
            Change::Flag { flag, .. } => add(flag),
        }
    }
    if let Some(stop) = &experiment.stop {
        add(&stop.why);
    }
    if let Some(decision) = &experiment.decision {
        add(&decision.headline);
        add(&decision.words);
        add(&decision.why);
    }
    if let Some(debrief) = &experiment.debrief {
        for answer in debrief.answers.values() {
            add(answer);
        }
    }
    for run in &experiment.runs {
        for told in ["headline", "words"] {
            add(run["card"][told].as_str().unwrap_or_default());
        }
        for (_, answer) in run["card"]["answers"].as_object().into_iter().flatten() {
            add(answer.as_str().unwrap_or_default());
        }
    }
    let cells = [experiment.key.as_str().into(), experiment.title.as_str().into(), body.as_str().into()];
    sql.run("INSERT INTO library (key, title, body) VALUES (?, ?, ?)", &cells).map(drop)
}

pub(super) fn forget(sql: &mut impl Sql, key: &str) -> core::result::Result<(), Failure> {
    notes::remove(sql, key, None)?;
    leave(sql, key)
}

/// Takes something out of the index.
pub(super) fn leave(sql: &mut impl Sql, key: &str) -> core::result::Result<(), Failure> {
    sql.run("DELETE FROM library WHERE key = ?", &[key.into()]).map(drop)
}

/// What somebody typed as a query that FTS5 cannot misread: its words in quotes, the last one as a beginning.
pub(crate) fn quoted(typed: &str, joined: &str) -> String {
    let words: Vec<_> = split(typed).iter().map(|word| format!("\"{word}\"*")).collect();
    words.join(joined)
}

/// The words of what somebody typed, as many as count.
fn split(typed: &str) -> Vec<String> {
    let words = typed.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    words.take(WORDS).map(ToString::to_string).collect()
}

/// The keys that match, best first, each with the words around the match.
fn find(sql: &mut impl Sql, query: &str) -> core::result::Result<Vec<(String, String)>, Failure> {
    let statement = "SELECT key, snippet(library, 2, '[', ']', '…', 14) FROM library WHERE library MATCH ? \
         ORDER BY bm25(library, 0, 4, 1)";
    let rows = sql.run(statement, &[query.into()])?;
    Ok(rows.iter().map(|row| (text(row, 0), text(row, 1))).collect())
}

fn outcome(experiment: &Experiment) -> &'static str {
    match (&experiment.decision, &experiment.stop) {
        (_, Some(stop)) if stop.cause != Cause::Person => "stopped",
        (Some(decision), _) => match decision.choice {
            Choice::Ship => "ship",
            Choice::Keep => "keep",
            Choice::Again => "again",
            Choice::Abort => "aborted",
        },
        (None, _) => "stopped",
    }
}

/// What has ended, by outcome, team and the words of a question that say something. The console, *Ask* and assistants tell it
/// in this one order: what has more of the words first, then the surest, and of those the newest; without words the newest.
/// Where nothing has all of the words, what has some of them is told.
pub(super) fn search(sql: &mut impl Sql, typed: &str, wanted: &str, team: &str) -> Result<Value> {
    let around = experiments::around(sql, Millis(0))?;
    let owners = teams::owners(sql, "experiment")?;
    let ended = |seen: &Seen| {
        let experiment = &seen.kept.experiment;
        let over = !experiment.is_planned() && experiment.state != State::Running;
        (over && experiment.started.is_some()) || !experiment.runs.is_empty()
    };
    let all: Vec<Seen> = experiments::all(sql, &around)?.into_iter().filter(ended).collect();
    let known = all.len() as u64 + past::count(sql)?.unsigned_abs();
    let is_wanted =
        |card: &Value| (wanted.is_empty() || card["outcome"] == wanted) && (team.is_empty() || card["team"] == team);
    let mut cards = |query: &str| -> Result<Vec<Value>> {
        let mut cards = cards(sql, &all, &around, &owners, query)?;
        cards.retain(is_wanted);
        Ok(cards)
    };
    let sought = match matching::asked(typed, &|_| false) {
        Some(Asked { question, about }) if question.about == About::Words => about,
        _ => {
            let every = split(&typed.to_lowercase());
            // “One page” asks for what it says, though none of its words would say anything in a question.
            Some(telling(&every)).filter(|telling| !telling.is_empty()).unwrap_or(every)
        }
    };
    let mut found: Vec<(u64, Value)> =
        cards(&quoted(&sought.join(" "), " "))?.into_iter().map(|card| (1, card)).collect();
    let is_whole = !found.is_empty() || sought.len() < 2;
    if !is_whole {
        for word in &sought {
            for card in cards(&quoted(word, ""))? {
                let is_it = |(_, other): &&mut (u64, Value)| other["key"] == card["key"] && other["run"] == card["run"];
                match found.iter_mut().find(is_it) {
                    Some((has, _)) => *has += 1,
                    None => found.push((1, card)),
                }
            }
        }
    }
    let doubt = |card: &Value| if sought.is_empty() { u64::from(card["imported"].is_object()) } else { doubted(card) };
    let found = order::sorted(found, |(has, one), (more, other)| {
        // The days of what was imported are texts.
        let days = other["ended"].as_str().cmp(&one["ended"].as_str());
        let ended = other["ended"].as_i64().cmp(&one["ended"].as_i64()).then(days);
        more.cmp(has).then(doubt(one).cmp(&doubt(other))).then(ended)
    });
    let found: Vec<Value> = found.into_iter().map(|(_, card)| card).collect();
    let (one, many) = ("concluded experiment", "concluded experiments");
    let words = match &sought[..] {
        [] => format!("{}, the newest first", count(known, one, many)),
        _ => speak(one, many, (known, found.len()), &sought, is_whole),
    };
    Ok(json!({"cards": found, "known": known, "sought": sought, "whole": is_whole, "words": format!("{words}.")}))
}

/// How little a card says: of what was imported nobody here has seen the numbers.
fn doubted(card: &Value) -> u64 {
    card["doubt"].as_u64().unwrap_or_else(|| u64::from(OPEN)) + u64::from(card["imported"].is_object())
}

/// Of how many some speak of what is asked: of all of it or, where nothing does, of some of it.
pub(super) fn speak(one: &str, many: &str, (of, number): (u64, usize), about: &[String], is_whole: bool) -> String {
    let of = count(of, one, many);
    let what = about.join(" ");
    let what = match (about.is_empty(), is_whole || number == 0) {
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

/// Cards of what has ended and matches a query; without one of all.
fn cards(
    sql: &mut impl Sql,
    all: &[Seen],
    around: &Around,
    owners: &BTreeMap<String, String>,
    query: &str,
) -> Result<Vec<Value>> {
    let found: Vec<(String, String)> = if query.is_empty() {
        all.iter().map(|seen| (seen.kept.experiment.key.clone(), String::new())).collect()
    } else {
        find(sql, query)?
    };
    let mut cards = Vec::new();
    for (key, snippet) in &found {
        let Some(seen) = all.iter().find(|seen| seen.kept.experiment.key == *key) else { continue };
        let experiment = &seen.kept.experiment;
        let present = experiment.ended.map(|_| card(&seen.scene(around)));
        let earlier = experiment.runs.iter().rev().map(|run| run["card"].clone());
        for mut card in present.into_iter().chain(earlier) {
            card["snippet"] = snippet.as_str().into();
            card["team"] = owners.get(key).map_or("", String::as_str).into();
            cards.push(card);
        }
    }
    cards.extend(past::cards(sql, query)?);
    for card in &mut cards {
        let answered = |question: &Question| {
            let answer = card["answers"][&question.id].as_str().filter(|answer| !answer.trim().is_empty())?;
            Some(json!({"question": question.text, "answer": answer}))
        };
        card["lessons"] = around.playbook.questions.iter().filter_map(answered).collect();
    }
    Ok(cards)
}

/// What all that has ended says together: of one team, or of all.
pub(super) fn together(sql: &mut impl Sql, team: &str) -> Result<Value> {
    let around = experiments::around(sql, Millis(0))?;
    let owners = teams::owners(sql, "experiment")?;
    let all = experiments::all(sql, &around)?;
    let own = |seen: &&Seen| team.is_empty() || owners.get(&seen.kept.experiment.key).is_some_and(|own| own == team);
    let scenes: Vec<Scene> = all.iter().filter(own).map(|seen| seen.scene(&around)).collect();
    let mut screen = together::screen(&scenes, &owners, &teams::names(sql)?);
    screen["imported"] = past::count(sql)?.into();
    Ok(screen)
}

/// What is shown of a run that has ended.
pub(super) fn card(scene: &Scene) -> Value {
    let experiment = scene.experiment;
    let (expected, found, _) = reading::summary(scene);
    let said = decided::stood(scene);
    let decided = experiment.decision.as_ref();
    json!({
        "key": experiment.key, "title": experiment.title, "outcome": outcome(experiment),
        "run": experiment.run.as_ref().map(|run| &run.id), "planHash": experiment.plan_hash,
        "change": experiment.plan.as_ref().map(|plan| &plan.change),
        "headline": said.headline, "words": said.words,
        "expected": expected, "found": found,
        "answers": experiment.debrief.as_ref().map(|debrief| &debrief.answers), "doubt": doubt(&said.conclusion),
        "started": experiment.started, "ended": experiment.ended,
        "people": scene.people(), "who": decided.map(|decision| &decision.who),
    })
}

/// How little a conclusion says: what was shown first, then that nothing as large as was hoped for was there, what stayed open,
/// and what cannot be used.
const fn doubt(conclusion: &Conclusion) -> u8 {
    match conclusion {
        Conclusion::Better | Conclusion::Worse | Conclusion::Harm => 0,
        Conclusion::NoEffectAsLarge => 1,
        Conclusion::TooEarly | Conclusion::Undecided { .. } | Conclusion::Underpowered { .. } => OPEN,
        Conclusion::Invalid { .. } => 3,
    }
}

/// The doubt of what stayed open.
const OPEN: u8 = 2;

/// More than these nobody reads beside a form.
const SIMILAR: usize = 3;

/// Earlier experiments that sound like a text: any of its words, best first.
pub(super) fn similar(sql: &mut impl Sql, typed: &str) -> Result<Value> {
    let around = experiments::around(sql, Millis(0))?;
    let all = experiments::all(sql, &around)?;
    let told = |seen: &&Seen| {
        let experiment = &seen.kept.experiment;
        let outcome = if experiment.state == State::Running { "running" } else { outcome(experiment) };
        json!({"key": experiment.key, "title": experiment.title, "outcome": outcome, "words": headline(seen, &around)})
    };
    let mut similar: Vec<Value> = like(sql, &all, typed, "")?.iter().map(told).collect();
    let query = quoted(typed, " OR ");
    if !query.is_empty() {
        similar.extend(past::cards(sql, &query)?);
        similar.truncate(SIMILAR);
    }
    Ok(json!({"similar": similar}))
}

/// Those of all experiments that have started and sound like a text, but for one of them.
pub(super) fn like<'s>(
    sql: &mut impl Sql,
    all: &'s [Seen],
    typed: &str,
    except: &str,
) -> core::result::Result<Vec<&'s Seen>, Failure> {
    let query = quoted(typed, " OR ");
    if query.is_empty() {
        return Ok(Vec::new());
    }
    let found = find(sql, &query)?;
    let others = found.iter().filter(|(key, _)| key != except);
    let known = others.filter_map(|(key, _)| all.iter().find(|seen| seen.kept.experiment.key == *key));
    Ok(known.filter(|seen| seen.kept.experiment.started.is_some()).take(SIMILAR).collect())
}

/// What speaks of some words, best first, and whether each has all of them: where nothing has, what has any.
pub(super) fn speaking<'s>(
    sql: &mut impl Sql,
    all: &'s [Seen],
    words: &[String],
) -> core::result::Result<(Vec<&'s Seen>, bool), Failure> {
    let text = words.join(" ");
    let whole = find(sql, &quoted(&text, " "))?;
    let (found, is_whole) = if whole.is_empty() { (find(sql, &quoted(&text, " OR "))?, false) } else { (whole, true) };
    let known = found.iter().filter_map(|(key, _)| all.iter().find(|seen| seen.kept.experiment.key == *key));
    Ok((known.collect(), is_whole))
}

/// What was decided, or what its numbers say now.
pub(super) fn headline(seen: &Seen, around: &Around) -> String {
    let decision = seen.kept.experiment.decision.as_ref();
    decision.map_or_else(|| reading::said(&seen.scene(around)).headline, |decision| decision.headline.clone())
}
