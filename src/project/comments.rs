//! Comments: what people say to each other of an idea or an experiment, as plain text. An idea is an experiment in its
//! first state, so what was said of it goes along. `@` and the key of a team or the name of a person in a comment is a mention:
//! it stays text, is listed, and is told where messages to that team go. A person finds it in *Now* until they have read the
//! comments there, or have said something themselves.

use super::access::Role;
use super::follows::number;
use super::{Request, Result, audit, forbidden, integer, misshapen, notes, outbox, people, refuse, store, teams, text};
use crate::lifecycle::is_one;
use crate::limits::{REMARK_CHARS, REMARKS};
use crate::notify;
use crate::sql::{Cell, Failure, Sql};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Deserialize;
use serde_json::{Value, json};

// A number that was given once is never given again, so that nobody takes back another comment than they have read.
// A person is mentioned for as long as they have not read it.
pub(super) const TABLES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS comment (id INTEGER PRIMARY KEY AUTOINCREMENT, \
     experiment TEXT NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL, text TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS mention (person INTEGER NOT NULL, comment INTEGER NOT NULL, \
     PRIMARY KEY (person, comment)) WITHOUT ROWID",
];

/// A comment as it comes in.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "NewComment"))]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    /// Plain text, in which `@` and the key of a team, or the name of a person, mention them.
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
    // Whoever answers has read what they were asked.
    heard(sql, request, key)?;
    let (teams, people, salt) = (teams::current(sql)?, people::names(sql)?, outbox::salt(sql)?);
    for mention in mentions(&text, &people) {
        let (team, name) = match &mention {
            Mention::Team(team) => (team.as_str(), teams.name(team)),
            // Nobody is told what they say themselves.
            Mention::Person((_, name)) => ("", Some(name.as_str()).filter(|name| !request.caller.actor.is(name))),
        };
        let Some(name) = name else { continue };
        if let Mention::Person((person, _)) = mention {
            sql.run("INSERT INTO mention VALUES (?, ?)", &[(*person).into(), id.into()])?;
        }
        let card = notify::mention(&salt, (key, &title), (who, id), (team, name));
        outbox::post(sql, &request.call.console, request.now.0, card, None)?;
    }
    list(sql, request, key)
}

/// The caller has read what is said of an experiment.
pub(super) fn read(sql: &mut impl Sql, request: &Request, key: &str) -> Result<Value> {
    if heard(sql, request, key)? {
        audit::note(sql, request, "read what they are asked", key, "")?;
    }
    list(sql, request, key)
}

/// Nothing is asked of the caller there any more. Gives whether something was.
fn heard(sql: &mut impl Sql, request: &Request, key: &str) -> core::result::Result<bool, Failure> {
    let statement = "DELETE FROM mention WHERE person = ? AND comment IN (SELECT id FROM comment WHERE experiment = ?) \
         RETURNING comment";
    Ok(!sql.run(statement, &[number(request).into(), key.into()])?.is_empty())
}

/// Where somebody has mentioned the caller, who has not read it yet, as what *Now* lists.
pub(super) fn needs(sql: &mut impl Sql, request: &Request) -> core::result::Result<Vec<Value>, Failure> {
    // Of several comments on one experiment the last is told, whose row `max` gives.
    let statement = "SELECT experiment.key, experiment.json->>'title', who, max(id) FROM mention \
         JOIN comment ON id = comment JOIN experiment ON experiment.key = experiment WHERE person = ? \
         GROUP BY experiment.key ORDER BY max(id) DESC";
    let rows = sql.run(statement, &[number(request).into()])?;
    let need = |row: &Vec<Cell>| {
        json!({
            "key": text(row, 0), "title": text(row, 1), "kind": "asked", "label": "Asked",
            "words": format!("{} mentions you in a comment.", text(row, 2)), "action": "Read it",
        })
    };
    Ok(rows.iter().map(need).collect())
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
    sql.run("DELETE FROM mention WHERE comment = ?", &cells[1..])?;
    notes::remove(sql, key, Some(cells[1].integer()))?;
    audit::note(sql, request, "take a comment back", key, id)?;
    list(sql, request, key)
}

/// Whether the caller may take back what somebody has said.
fn is_theirs(request: &Request, who: &str) -> bool {
    request.caller.actor.is(who) || request.caller.role == Role::Admin
}

/// All comments on an experiment, oldest first, each with the teams and people that it mentions.
pub(super) fn list(sql: &mut impl Sql, request: &Request, key: &str) -> Result<Value> {
    store::experiment(sql, key)?;
    let rows = sql.run("SELECT id, at, who, text FROM comment WHERE experiment = ? ORDER BY id", &[key.into()])?;
    let (teams, people) = (teams::current(sql)?, people::names(sql)?);
    let told = |row: &Vec<Cell>| {
        let (who, said) = (text(row, 2), text(row, 3));
        let known = |mention: Mention| match mention {
            Mention::Team(key) => teams.name(&key).map(|name| json!({"team": key, "name": name})),
            Mention::Person((id, name)) => Some(json!({"person": id, "name": name})),
        };
        let mentions: Vec<_> = mentions(&said, &people).into_iter().filter_map(known).collect();
        let removable = is_theirs(request, &who);
        json!({
            "id": integer(row, 0), "at": integer(row, 1), "who": who, "text": said, "mentions": mentions,
            "removable": removable,
        })
    };
    Ok(json!({"key": key, "comments": rows.iter().map(told).collect::<Vec<_>>()}))
}

/// Whom a comment calls.
#[derive(Debug, PartialEq, Eq)]
enum Mention<'p> {
    /// By what may be the key of a team; whether there is such a team is not asked here.
    Team(String),
    /// By a name.
    Person(&'p (i64, String)),
}

/// What follows an `@` that stands at the start of a word, each once: the longest name of one of these people, or else a key.
fn mentions<'p>(text: &str, people: &'p [(i64, String)]) -> Vec<Mention<'p>> {
    let starts = text.char_indices().filter(|(at, sign)| {
        let before = text[..*at].chars().next_back();
        *sign == '@' && before.is_none_or(|before| !before.is_alphanumeric())
    });
    let mention = |(at, _): (usize, char)| {
        let rest = &text[at + 1..];
        let is_named = |(_, name): &&(i64, String)| {
            let long = name.chars().count();
            let end = rest.chars().nth(long).is_none_or(|next| !next.is_alphanumeric() && next != '-');
            end && is_one(&rest.chars().take(long).collect::<String>(), name)
        };
        if let Some(person) = people.iter().filter(is_named).max_by_key(|(_, name)| name.len()) {
            return Some(Mention::Person(person));
        }
        let is_key = |sign: &char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || *sign == '-';
        let key = rest.chars().take_while(is_key).collect::<String>();
        Some(key.trim_end_matches('-')).filter(|key| !key.is_empty()).map(|key| Mention::Team(key.to_string()))
    };
    let mut all = Vec::new();
    for mention in starts.filter_map(mention) {
        if !all.contains(&mention) {
            all.push(mention);
        }
    }
    all
}

/// How many comments there are, by experiment.
pub(super) fn counts(sql: &mut impl Sql) -> core::result::Result<BTreeMap<String, i64>, Failure> {
    let rows = sql.run("SELECT experiment, count(*) FROM comment GROUP BY experiment", &[])?;
    Ok(rows.iter().map(|row| (text(row, 0), integer(row, 1))).collect())
}

/// Forgets what was said of something that is no longer there.
pub(super) fn forget(sql: &mut impl Sql, key: &str) -> core::result::Result<(), Failure> {
    let read = "DELETE FROM mention WHERE comment IN (SELECT id FROM comment WHERE experiment = ?)";
    sql.run(read, &[key.into()])?;
    sql.run("DELETE FROM comment WHERE experiment = ?", &[key.into()]).map(drop)
}

/// Whoever goes is mentioned no more.
pub(super) fn leave(sql: &mut impl Sql, person: i64) -> core::result::Result<(), Failure> {
    sql.run("DELETE FROM mention WHERE person = ?", &[person.into()]).map(drop)
}

#[cfg(test)]
mod tests {
    use super::{Mention, mentions};
    use alloc::string::ToString;
    use alloc::vec::Vec;

    fn teams(said: &str) -> Vec<alloc::string::String> {
        let key = |mention| match mention {
            Mention::Team(key) => key,
            Mention::Person((_, name)) => name.to_uppercase(),
        };
        let people = [(1, "Ann"), (2, "Ann Lee"), (3, "ada@shop.example")].map(|(id, name)| (id, name.to_string()));
        mentions(said, &people).into_iter().map(key).collect()
    }

    #[test]
    fn a_mention_begins_a_word_and_ends_where_no_key_goes_on() {
        let said = "@checkout, ask (@front-end) and @checkout again; not ada@checkout.example, @Front, @ or @-.";
        assert_eq!(teams(said), ["checkout", "front-end"]);
        assert_eq!(teams("für@team und ü@team, @team-"), ["team"]);
    }

    #[test]
    fn a_person_is_mentioned_by_the_longest_name_that_stands_there_however_it_is_written() {
        assert_eq!(teams("@Ann, is it yours?"), ["ANN"]);
        assert_eq!(teams("@ann lee's or @ann-team's?"), ["ANN LEE", "ann-team"]);
        assert_eq!(
            teams("@ANN LEE @Ann Leeds, @ada@shop.example. @Anna @annals"),
            ["ANN LEE", "ANN", "ADA@SHOP.EXAMPLE", "annals"]
        );
    }
}
