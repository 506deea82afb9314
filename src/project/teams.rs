//! Teams, and what each of them owns: flags, experiments, metrics and surveys. Whose a thing is changes nothing for
//! visitors, so it stands beside the document and not in it.

use super::{Request, Result, audit, boards, follows, forbidden, invalid, publishing, refuse};
use super::{store, surveys, text};
use crate::document::{Code, Document, Problem};
use crate::environment::Environment;
use crate::lifecycle::plan;
use crate::order;
use crate::sql::{Failure, Sql};
use crate::time::DAY;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

pub(super) const TABLES: &[&str] = &["CREATE TABLE IF NOT EXISTS owned (kind TEXT NOT NULL, key TEXT NOT NULL, \
     team TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID"];

const TEAMS: &str = "teams";

/// Teams that a project has at most.
const MOST: usize = 100;

/// Characters of a name or a channel, and of a goal.
const NAME: usize = 100;
const GOAL: usize = 300;

/// Decisions a week that somebody may want at most.
const DECISIONS: u8 = 50;

/// What a team can own.
pub(super) const KINDS: [&str; 4] = ["experiment", "flag", "metric", "survey"];

/// A team.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Team {
    pub(super) key: String,
    name: String,
    /// Where its messages go: the name of a channel, such as `#checkout`, or an address; empty for nowhere.
    #[serde(default)]
    channel: String,
    /// What it wants to reach in a week, in words.
    #[serde(default)]
    goal: String,
    /// How many decisions it wants to make in a week.
    #[serde(default)]
    decisions: Option<u8>,
}

/// All teams of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Teams {
    pub(super) teams: Vec<Team>,
}

impl Teams {
    pub(super) fn has(&self, key: &str) -> bool {
        self.teams.iter().any(|team| team.key == key)
    }

    /// What somebody calls a team.
    pub(super) fn name(&self, key: &str) -> Option<&str> {
        self.teams.iter().find(|team| team.key == key).map(|team| team.name.as_str())
    }

    /// Where a team's messages go.
    pub(super) fn channel(&self, key: &str) -> Option<&str> {
        self.teams.iter().find(|team| team.key == key).map(|team| team.channel.as_str())
    }

    /// Everything that is wrong with them.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut say = |pointer: String, cause: &str, fix: &str| {
            problems.push(Problem::new(pointer, Code::Shape, cause.to_string(), fix.to_string()));
        };
        if self.teams.len() > MOST {
            say("/teams".to_string(), "There are more than 100 teams.", "Take those together that work together.");
        }
        for (index, team) in self.teams.iter().enumerate() {
            let at = |field: &str| format!("/teams/{index}/{field}");
            let Team { key, name, channel, goal, decisions } = team;
            let long = |text: &str, most: usize| text.chars().count() > most || text.chars().any(char::is_control);
            if key.is_empty() || plan::key_of(key) != *key {
                say(at("key"), "This is no key.", "A key has small letters, digits and “-”, and begins with a letter.");
            } else if self.teams.iter().take(index).any(|before| before.key == *key) {
                say(at("key"), "Another team has this key.", "Give each team its own; a key never changes.");
            }
            if name.trim().is_empty() || long(name, NAME) {
                say(at("name"), "A name has 1 to 100 characters.", "Call it as people do.");
            }
            let known = channel.is_empty() || channel.starts_with('#') || channel.contains('@');
            if !known || long(channel, NAME) {
                say(at("channel"), "This is neither a channel nor an address.", "Write #name, or an address with “@”.");
            }
            if goal.chars().count() > GOAL {
                say(at("goal"), "A goal has at most 300 characters.", "Say it in a sentence.");
            }
            if decisions.is_some_and(|decisions| !(1..=DECISIONS).contains(&decisions)) {
                say(at("decisions"), "This is no whole number from 1 to 50.", "Leave it out, or send one.");
            }
        }
        problems
    }
}

pub(super) fn current(sql: &mut impl Sql) -> core::result::Result<Teams, Failure> {
    Ok(store::setting(sql, TEAMS, Teams::default)?.0)
}

/// The name of each team, by its key.
pub(super) fn names(sql: &mut impl Sql) -> core::result::Result<Vec<(String, String)>, Failure> {
    Ok(current(sql)?.teams.into_iter().map(|team| (team.key, team.name)).collect())
}

/// All teams, with how much each owns and has decided in the last seven days.
pub(super) fn list(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let (teams, revision) = store::setting(sql, TEAMS, Teams::default)?;
    let rows = sql.run("SELECT team, kind, count(*) FROM owned GROUP BY team, kind", &[])?;
    let owners = owners(sql, "experiment")?;
    let recent = |at: i64| request.now.0 - at < 7 * DAY;
    let decided: Vec<_> = store::experiments(sql)?
        .into_iter()
        .filter(|kept| kept.experiment.decision.as_ref().is_some_and(|decision| recent(decision.at)))
        .filter_map(|kept| owners.get(&kept.experiment.key).cloned())
        .collect();
    let told = |team: &Team| {
        let mut told = json!(team);
        let own = rows.iter().filter(|row| row[0].text() == team.key);
        let owns: Map<_, _> = own.map(|row| (text(row, 1), row[2].integer().into())).collect();
        told["owns"] = Value::Object(owns);
        told["decided"] = json!(decided.iter().filter(|key| **key == team.key).count());
        told
    };
    Ok(json!({"revision": revision, "teams": teams.teams.iter().map(told).collect::<Vec<_>>()}))
}

/// Puts a list of teams in the place of the one before. A team that owns something stays.
pub(super) fn replace(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let (old, revision) = store::setting(sql, TEAMS, Teams::default)?;
    request.seen(revision, || json!({"revision": revision, "teams": old.teams}))?;
    let teams: Teams = request.body()?;
    let problems = teams.problems();
    if !problems.is_empty() {
        return Err(invalid(&problems));
    }
    for gone in old.teams.iter().filter(|team| !teams.has(&team.key)) {
        let owned = sql.run("SELECT kind, key FROM owned WHERE team = ? LIMIT 1", &[gone.key.as_str().into()])?;
        if let Some(row) = owned.first() {
            let error = format!("“{}” owns the {} “{}”.", gone.name, row[0].text(), row[1].text());
            return Err(forbidden(&error, "Give all that it owns to another team first."));
        }
        follows::forget(sql, "team", &gone.key)?;
        boards::forget(sql, &gone.key)?;
    }
    let changed = teams.teams.iter().filter(|team| !old.teams.contains(team));
    let gone = old.teams.iter().filter(|team| !teams.has(&team.key));
    let changed: Vec<&str> = changed.chain(gone).map(|team| team.key.as_str()).collect();
    store::set(sql, TEAMS, &teams)?;
    audit::note(sql, request, "change teams", TEAMS, &changed.join(", "))?;
    list(sql, request)
}

/// The team of everything of a kind that has one.
pub(super) fn owners(sql: &mut impl Sql, kind: &str) -> core::result::Result<BTreeMap<String, String>, Failure> {
    let rows = sql.run("SELECT key, team FROM owned WHERE kind = ?", &[kind.into()])?;
    Ok(rows.iter().map(|row| (text(row, 0), text(row, 1))).collect())
}

/// Whose something is.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Owner {
    /// The key of a team; empty for nobody's.
    team: String,
}

/// Gives something to a team.
pub(super) fn give(sql: &mut impl Sql, request: &Request, kind: &str, key: &str) -> Result<Value> {
    let Owner { team } = request.body()?;
    // What is no longer there may still be taken from a team.
    let known = if team.is_empty() { KINDS.contains(&kind) } else { things(sql, kind)?.contains_key(key) };
    if !known {
        return refuse(
            404,
            "There is nothing of that kind and key. A team owns experiments, flags, metrics and surveys.",
        );
    }
    own(sql, request, (kind, key), &team)?;
    Ok(json!({"kind": kind, "key": key, "team": team}))
}

/// The same of something that is there. What a team has already it keeps, without a line in the log.
pub(super) fn own(sql: &mut impl Sql, request: &Request, (kind, key): (&str, &str), team: &str) -> Result<()> {
    let before = owners(sql, kind)?.remove(key).unwrap_or_default();
    if before == team {
        return Ok(());
    }
    if team.is_empty() {
        forget(sql, kind, key)?;
    } else {
        exists(sql, team)?;
        sql.run("INSERT OR REPLACE INTO owned VALUES (?, ?, ?)", &[kind.into(), key.into(), team.into()])?;
    }
    let whose = if team.is_empty() { "nobody’s".to_string() } else { team.to_string() };
    Ok(audit::note(sql, request, "give to a team", key, &format!("{kind}: {whose}"))?)
}

/// What is wrong with the name of a team: it is not there.
pub(super) fn unknown(sql: &mut impl Sql, team: &str) -> core::result::Result<Option<Problem>, Failure> {
    let teams = current(sql)?;
    if teams.has(team) {
        return Ok(None);
    }
    let all: Vec<&str> = teams.teams.iter().map(|team| team.key.as_str()).collect();
    let fix =
        if all.is_empty() { "Add one in Setup first.".to_string() } else { format!("Use one of {}.", all.join(", ")) };
    Ok(Some(Problem::new("/team".to_string(), Code::Unknown, format!("There is no team “{team}”."), fix)))
}

/// Refuses a team that is not there.
pub(super) fn exists(sql: &mut impl Sql, team: &str) -> Result<()> {
    unknown(sql, team)?.map_or(Ok(()), |problem| Err(invalid(&[problem])))
}

/// Forgets whose something was.
pub(super) fn forget(sql: &mut impl Sql, kind: &str, key: &str) -> core::result::Result<(), Failure> {
    sql.run("DELETE FROM owned WHERE kind = ? AND key = ?", &[kind.into(), key.into()]).map(drop)
}

/// All that there is of a kind that a team can own, and what people call it: of flags and metrics in any environment.
pub(super) fn things(sql: &mut impl Sql, kind: &str) -> core::result::Result<BTreeMap<String, String>, Failure> {
    match kind {
        "experiment" => {
            let all = store::experiments(sql)?.into_iter().map(|kept| kept.experiment);
            Ok(order::keyed(all.map(|experiment| (experiment.key, experiment.title))))
        }
        "survey" => surveys::questions(sql),
        "flag" | "metric" => {
            let mut all = BTreeMap::new();
            for environment in Environment::ALL {
                let Document { flags, metrics, .. } = publishing::current(sql, environment)?;
                let keys: Vec<String> =
                    if kind == "flag" { flags.keys().cloned().collect() } else { metrics.keys().cloned().collect() };
                all.extend(keys.into_iter().map(|key| (key.clone(), key)));
            }
            Ok(all)
        }
        _ => Ok(BTreeMap::new()),
    }
}

/// All that there is of a kind, and whose it is.
pub(super) fn owned(sql: &mut impl Sql, kind: &str) -> Result<Value> {
    if !KINDS.contains(&kind) {
        return refuse(404, "A team owns experiments, flags, metrics and surveys.");
    }
    let owners = owners(sql, kind)?;
    let told = |(key, name): (String, String)| json!({"team": owners.get(&key), "key": key, "name": name});
    Ok(json!({"kind": kind, "things": things(sql, kind)?.into_iter().map(told).collect::<Vec<_>>()}))
}
