//! A project in memory, with a clock, people, and counts that a test makes up. It keeps two promises in every test: a
//! call that is refused, or only reads, writes nothing; and whatever is written is in the audit log.

#![expect(clippy::needless_pass_by_value, reason = "bodies are written where they are sent")]

pub mod market;
pub mod shop;
pub mod visitors;

use pointsman::collect::{Heard, Tally};
use pointsman::project::{self, Answer, Call, Clocks, Delivery};
use pointsman::time::Millis;
use pointsman_native::Native;
use pointsman_native::outside::Outside;
use rusqlite::Connection;
use rusqlite::types::Value as Column;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// The admin's token, which no table knows.
pub const ADMIN: &str = "pm_admin";

/// Where links lead.
pub const CONSOLE: &str = "https://console.example";

pub struct Desk {
    pub store: Connection,
    pub now: i64,
    /// Who calls, by token.
    pub token: String,
    /// The site, as the shell finds it.
    pub outside: Outside,
    /// What clocks of the project's zone do.
    pub clocks: Clocks,
    drawn: u32,
    told: i64,
}

pub fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Desk {
    /// An empty project.
    pub fn empty() -> Self {
        let store = Connection::open_in_memory().unwrap();
        project::prepare(&mut Native(&store)).unwrap();
        Self {
            store,
            now: 1_800_000_000_000,
            token: ADMIN.to_string(),
            outside: Outside::default(),
            clocks: Clocks::default(),
            drawn: 0,
            told: 0,
        }
    }

    /// A call as it came, in one transaction that is committed whatever the answer is, as in production.
    pub fn call(&mut self, method: &str, path: &str, seen: Option<i64>, body: &str) -> Answer {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let query = query.split('&').filter_map(|pair| pair.split_once('='));
        self.drawn += 1;
        let call = Call {
            method: method.to_string(),
            path: path.split('/').map(ToString::to_string).collect(),
            query: query.map(|(name, value)| (name.to_string(), value.to_string())).collect(),
            seen,
            admin: self.token == ADMIN,
            token: hash(&self.token),
            body: body.to_string(),
            console: CONSOLE.to_string(),
            clocks: self.clocks.clone(),
            fresh: Some(format!("pm_fresh_{}", self.drawn)),
            ..Call::default()
        };
        self.answer(&call)
    }

    pub fn answer(&mut self, call: &Call) -> Answer {
        let (changes, audited) = (self.store.total_changes(), self.audited());
        let call = &self.outside.asked(&self.store, call, self.now);
        let answer = project::answer(&mut Native(&self.store), call, Millis(self.now)).unwrap();
        let wrote = self.store.total_changes() != changes;
        let what = || format!("{} {} {}: {answer:?}", call.method, call.path.join("/"), call.body);
        assert!(
            !wrote || (answer.status < 400 && call.method != "GET"),
            "it was refused or read, and wrote: {}",
            what()
        );
        // What arrives of an import is nobody's yet.
        let arrives = call.method == "PUT" && call.path.first().is_some_and(|part| part == "import");
        assert_eq!(wrote && !arrives, self.audited() > audited, "written and audited are the same: {}", what());
        answer
    }

    fn audited(&self) -> i64 {
        self.store.query_row("SELECT count(*) FROM audit", [], |row| row.get(0)).unwrap()
    }

    pub fn get(&mut self, path: &str) -> Value {
        granted(self.call("GET", path, None, ""))
    }

    /// Writes with the revision that the path's own `GET` tells, or with none.
    pub fn put(&mut self, path: &str, body: impl ToString) -> Answer {
        self.write("PUT", path, &body.to_string())
    }

    pub fn post(&mut self, path: &str, body: impl ToString) -> Answer {
        self.write("POST", path, &body.to_string())
    }

    fn write(&mut self, method: &str, path: &str, body: &str) -> Answer {
        let (seen, path) = self.upon(method, path);
        self.call(method, &path, seen, body)
    }

    /// The revision that a path's own `GET` tells, and the path with what a draft stands on.
    pub fn upon(&mut self, method: &str, path: &str) -> (Option<i64>, String) {
        let read = path.split('?').next().unwrap_or_default();
        let parts: Vec<_> = read.split('/').collect();
        let read = match parts[..] {
            ["experiments", key, _] => format!("experiments/{key}"),
            ["environments", environment, "flags", ..] => format!("environments/{environment}/flags"),
            ["environments", environment, "draft", ..] => format!("environments/{environment}/draft"),
            ["environments", environment, ..] => format!("environments/{environment}/document"),
            _ => read.to_string(),
        };
        let read = self.call("GET", &read, None, "").body;
        let is_draft = method == "PUT" && path.ends_with("/draft");
        let path = if is_draft { format!("{path}?base={}", read["base"]) } else { path.to_string() };
        (read["revision"].as_i64(), path)
    }

    /// What the shards have counted, each telling newer than those before, and what follows.
    pub fn tick(&mut self, tallies: &[Tally]) -> bool {
        self.told += 1;
        let tallies: Vec<_> = tallies.iter().map(|tally| Tally { sequence: self.told, ..tally.clone() }).collect();
        self.hear(&tallies);
        self.follow()
    }

    /// What shards tell, by the numbers that they give it.
    pub fn hear(&mut self, tallies: &[Tally]) -> Vec<Heard> {
        project::hear(&mut Native(&self.store), tallies, Millis(self.now)).unwrap()
    }

    /// What follows from the counts and the time.
    pub fn follow(&mut self) -> bool {
        let (before, audited) = (self.tables(), self.audited());
        let found = self.outside.starting(&self.store, self.now);
        let next = project::tick(&mut Native(&self.store), CONSOLE, &found, &self.clocks, Millis(self.now)).unwrap();
        let after = self.tables();
        let counted = ["look", "forecast", "watched", "alert"];
        let acted = after.iter().any(|(table, rows)| !counted.contains(&table.as_str()) && before[table] != *rows);
        assert_eq!(acted, self.audited() > audited, "what the engine does is in the log");
        next <= self.now
    }

    /// Connects a channel of Slack, and gives its number.
    pub fn slack(&mut self) -> i64 {
        let channel = serde_json::json!({"name": "#experiments", "service": "slack", "address": "https://hooks.slack.com/services/x"});
        granted(self.post("channels", channel))["id"].as_i64().unwrap()
    }

    /// The messages that should leave now.
    pub fn due(&mut self) -> Vec<Delivery> {
        project::due(&mut Native(&self.store), self.now, false).unwrap()
    }

    /// Tells how a message went.
    pub fn deliver(&mut self, id: i64, error: &str) {
        project::delivered(&mut Native(&self.store), id, error, self.now).unwrap();
    }

    /// Takes a flag to everybody, as somebody who works alone does: typed, and ten minutes later.
    pub fn give_everybody(&mut self, flag: &str) {
        let place = "environments/production";
        let body = serde_json::json!({"share": 1});
        let change = granted(self.put(&format!("{place}/flags/{flag}?propose=1"), body));
        let typed = serde_json::json!({"subject": flag}).to_string();
        granted(self.call("POST", &format!("{place}/changes/{}/confirm", change["id"]), None, &typed));
        self.now += 10 * MINUTE;
        self.tick(&[]);
    }

    /// Takes a playbook that asks for less, as somebody who works alone does.
    pub fn weakened(&mut self, edit: impl FnOnce(&mut Value)) {
        let mut playbook = self.get("playbook")["playbook"].clone();
        edit(&mut playbook);
        granted(self.put("playbook?propose=1", &playbook));
        let typed = serde_json::json!({"subject": playbook["name"]}).to_string();
        granted(self.call("POST", "playbook/confirm", None, &typed));
        self.now += 10 * MINUTE;
        self.follow();
        assert_eq!(self.get("playbook")["playbook"], playbook);
    }

    /// Adds a person and gives their token.
    pub fn person(&mut self, name: &str) -> String {
        let added = granted(self.post("people", serde_json::json!({"name": name})));
        added["token"].as_str().unwrap().to_string()
    }

    /// Adds somebody with a role, such as *the editor*, and gives their token.
    pub fn role(&mut self, role: &str) -> String {
        let added = granted(self.post("people", serde_json::json!({"name": format!("the {role}"), "role": role})));
        added["token"].as_str().unwrap().to_string()
    }

    /// Does something as somebody else.
    pub fn as_who<T>(&mut self, token: &str, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.token, token.to_string());
        let result = work(self);
        self.token = before;
        result
    }

    /// The heads of the log that versions stand on.
    pub fn heads(&self) -> Vec<String> {
        let mut rows = self.store.prepare("SELECT audit FROM version").unwrap();
        rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    /// Every table with every row.
    pub fn tables(&self) -> BTreeMap<String, Vec<Vec<Column>>> {
        let names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
        let mut names = self.store.prepare(names).unwrap();
        let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let all = |table: &String| {
            let mut rows = self.store.prepare(&format!("SELECT * FROM {table}")).unwrap();
            let columns = rows.column_count();
            let row = |row: &rusqlite::Row| (0..columns).map(|column| row.get(column)).collect();
            rows.query_map([], row).unwrap().map(Result::unwrap).collect()
        };
        names.into_iter().map(|table| (table.clone(), all(&table))).collect()
    }
}

/// The sentences of a screen or a message in which thousands do not stand apart, such as “5080 visitors” beside “5,080”.
pub fn run_together(told: &Value) -> Vec<String> {
    match told {
        Value::String(text) => {
            let words = text.split(|sign: char| !sign.is_alphanumeric() && !"-_/:#@.".contains(sign));
            let whole = |word: &str| word.split('.').next().unwrap_or_default().to_string();
            let long = |word: &str| whole(word).len() > 3 && whole(word).bytes().all(|byte| byte.is_ascii_digit());
            let is_sentence = text.contains(' ');
            if is_sentence && words.into_iter().any(long) { vec![text.clone()] } else { Vec::new() }
        }
        Value::Array(all) => all.iter().flat_map(run_together).collect(),
        Value::Object(all) => all.values().flat_map(run_together).collect(),
        _ => Vec::new(),
    }
}

/// The body of an answer that must be a good one.
#[track_caller]
pub fn granted(answer: Answer) -> Value {
    assert!(answer.status < 300, "{answer:?}");
    answer.body
}

/// The body of an answer that must have this status.
#[track_caller]
pub fn refused(answer: Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{answer:?}");
    answer.body
}
