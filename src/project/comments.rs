//! Comments: what people say to each other of an idea or an experiment, as plain text. An idea is an experiment in its
//! first state, so what was said of it goes along. `@team` in a comment is a mention: it stays text, is
//! listed, and is told where messages to that team go.

use super::access::Role;
use super::{Request, Result, audit, forbidden, integer, misshapen, notes, outbox, refuse, store, teams, text};
use crate::limits::{REMARK_CHARS, REMARKS};
use crate::notify;
use crate::order;
use crate::sql::{Cell, Failure, Sql};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Deserialize;
use serde_json::{Value, json};

// A number that was given once is never given again, so that nobody takes back another comment than they have read.
pub(super) const TABLES: &[&str] = &["CREATE TABLE IF NOT EXISTS comment (id INTEGER PRIMARY KEY AUTOINCREMENT, \
     experiment TEXT NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL, text TEXT NOT NULL)"];

/// A comment as it comes in.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "NewComment"))]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    /// Plain text, in which `@` and the key of a team mention it.
    text: String,
}

/// What keeps a text from being a comment: the cause, and what to do.
pub(super) fn fault(text: &str) -> Option<(String, &'static str)> {
    if text.is_empty() {
        Some(("Nothing is said.".to_string(), "Write a sentence."))
    } else if text.chars().count() > REMARK_CHARS {
        Some((format!("It has more than {REMARK_CHARS} characters."), "Say it in fewer words."))
    } else if text.chars().any(|sign| sign.is_control() && sign != '\n' && sign != '\t') {
        Some(("It has signs that nobody sees.".to_string(), "Write plain text."))
    } else {
        None
    }
}

/// Says something of an experiment.
pub(super) fn add(sql: &mut impl Sql, request: &Request, key: &str) -> Result<Value> {
    let title = store::experiment(sql, key)?.experiment.title;
    let New { text } = request.body()?;
    let text = text.replace("\r\n", "\n").trim().to_string();
    if let Some((cause, fix)) = fault(&text) {
        return Err(misshapen("/text", &cause, fix));
    }
    if counts(sql)?.get(key).is_some_and(|count| *count >= REMARKS) {
        let error = format!("There are {REMARKS} comments already.");
        return Err(forbidden(&error, "Take back those that nobody needs any more."));
    }
    let who = &request.caller.actor.name;
    let cells = [key.into(), request.now.0.into(), who.as_str().into(), text.as_str().into()];
    sql.run("INSERT INTO comment (experiment, at, who, text) VALUES (?, ?, ?, ?)", &cells)?;
    // What is taken back shall be gone, and no line of the log ever is: so it has the number alone.
    let last = sql.run("SELECT max(id) FROM comment", &[])?;
    let id = last.first().map_or(0, |row| integer(row, 0));
    notes::put(sql, key, (id, request.now.0), &text)?;
    audit::note(sql, request, "comment", key, &id.to_string())?;
    let (teams, salt) = (teams::current(sql)?, outbox::salt(sql)?);
    for team in mentions(&text) {
        if let Some(name) = teams.name(&team) {
            let card = notify::mention(&salt, (key, &title), (who, id), (&team, name));
            outbox::post(sql, &request.call.console, request.now.0, card, None)?;
        }
    }
    list(sql, request, key)
}

/// Takes a comment back: one's own, or as an admin anybody's.
pub(super) fn remove(sql: &mut impl Sql, request: &Request, key: &str, id: &str) -> Result<Value> {
    let cells = [key.into(), id.parse::<i64>().unwrap_or_default().into()];
    let rows = sql.run("SELECT who FROM comment WHERE experiment = ? AND id = ?", &cells)?;
    let Some(row) = rows.first() else { return refuse(404, "There is no such comment.") };
    if !is_theirs(request, row[0].text()) {
        return refuse(403, "A comment is taken back by whoever wrote it, or by an admin.");
    }
    sql.run("DELETE FROM comment WHERE experiment = ? AND id = ?", &cells)?;
    notes::remove(sql, key, Some(cells[1].integer()))?;
    audit::note(sql, request, "take a comment back", key, id)?;
    list(sql, request, key)
}

/// Whether the caller may take back what somebody has said.
fn is_theirs(request: &Request, who: &str) -> bool {
    request.caller.actor.is(who) || request.caller.role == Role::Admin
}

/// All comments on an experiment, oldest first, each with the teams that it mentions.
pub(super) fn list(sql: &mut impl Sql, request: &Request, key: &str) -> Result<Value> {
    store::experiment(sql, key)?;
    let rows = sql.run("SELECT id, at, who, text FROM comment WHERE experiment = ? ORDER BY id", &[key.into()])?;
    let teams = teams::current(sql)?;
    let told = |row: &Vec<Cell>| {
        let (who, said) = (text(row, 2), text(row, 3));
        let known = mentions(&said).into_iter().filter_map(|key| Some((teams.name(&key)?.to_string(), key)));
        let mentions: Vec<_> = known.map(|(name, key)| json!({"team": key, "name": name})).collect();
        let removable = is_theirs(request, &who);
        json!({
            "id": integer(row, 0), "at": integer(row, 1), "who": who, "text": said, "mentions": mentions,
            "removable": removable,
        })
    };
    Ok(json!({"key": key, "comments": rows.iter().map(told).collect::<Vec<_>>()}))
}

/// What follows an `@` that stands at the start of a word, each once. Whether there is such a team is not asked here.
fn mentions(text: &str) -> Vec<String> {
    let starts = text.char_indices().filter(|(at, sign)| {
        let before = text[..*at].chars().next_back();
        *sign == '@' && before.is_none_or(|before| !before.is_alphanumeric())
    });
    let key = |(at, _): (usize, char)| {
        let is_key = |sign: &char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || *sign == '-';
        text[at + 1..].chars().take_while(is_key).collect::<String>().trim_end_matches('-').to_string()
    };
    order::set(starts.map(key).filter(|key| !key.is_empty()))
}

/// How many comments there are, by experiment.
pub(super) fn counts(sql: &mut impl Sql) -> core::result::Result<BTreeMap<String, i64>, Failure> {
    let rows = sql.run("SELECT experiment, count(*) FROM comment GROUP BY experiment", &[])?;
    Ok(rows.iter().map(|row| (text(row, 0), integer(row, 1))).collect())
}

/// Forgets what was said of something that is no longer there.
pub(super) fn forget(sql: &mut impl Sql, key: &str) -> core::result::Result<(), Failure> {
    sql.run("DELETE FROM comment WHERE experiment = ?", &[key.into()]).map(drop)
}

#[cfg(test)]
mod tests {
    use super::mentions;

    #[test]
    fn a_mention_begins_a_word_and_ends_where_no_key_goes_on() {
        let said = "@checkout, ask (@front-end) and @checkout again; not ada@checkout.example, @Front, @ or @-.";
        assert_eq!(mentions(said), ["checkout", "front-end"]);
        assert_eq!(mentions("für@team und ü@team, @team-"), ["team"]);
    }
}
