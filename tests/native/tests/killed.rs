//! A process that dies at any statement of a publication leaves what was there before, or what is new, and never anything
//! between: each death is a process of its own on the same file.

use crate::desk::shop::{LIVE, document};
use crate::desk::{self, ADMIN, CONSOLE, hash};
use pointsman::project::{self, Answer, Call};
use pointsman::sql::{Cell, Failure, Sql};
use pointsman::time::Millis;
use pointsman_native::Native;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;

/// The statement at which a child dies, and the file on which it works.
const AT: &str = "POINTSMAN_DIES_AT";
const FILE: &str = "POINTSMAN_DIES_ON";

/// A store whose process dies at a statement, as by `kill -9`: nothing is rolled back by hand, and nothing closed.
struct Mortal<'s> {
    native: Native<'s>,
    left: usize,
}

impl Sql for Mortal<'_> {
    fn run(&mut self, statement: &str, cells: &[Cell]) -> Result<Vec<Vec<Cell>>, Failure> {
        if self.left == 0 {
            std::process::abort();
        }
        self.left -= 1;
        self.native.run(statement, cells)
    }
}

fn call(method: &str, seen: Option<i64>, body: &Value) -> Call {
    Call {
        method: method.to_string(),
        path: format!("{LIVE}/document").split('/').map(ToString::to_string).collect(),
        seen,
        admin: true,
        token: hash(ADMIN),
        body: body.to_string(),
        console: CONSOLE.to_string(),
        ..Call::default()
    }
}

/// Publishes in one transaction, and dies at a statement of it, or after the last one and before the commit.
fn publish(file: &PathBuf, version: i64, dies_at: Option<usize>) -> Answer {
    let mut store = Connection::open(file).unwrap();
    let mut next = document();
    next["flags"]["gift"]["description"] = json!(format!("after {version}"));
    let transaction = store.transaction().unwrap();
    let mut sql = Mortal { native: Native(&transaction), left: dies_at.unwrap_or(usize::MAX) };
    let now = Millis(1_900_000_000_000 + version);
    let answer = project::answer(&mut sql, &call("PUT", Some(version), &next), now).unwrap();
    if dies_at.is_some() {
        std::process::abort();
    }
    transaction.commit().unwrap();
    answer
}

/// Everything that is kept, as text.
fn kept(file: &PathBuf) -> String {
    let mut desk = desk::Desk::empty();
    desk.store = Connection::open(file).unwrap();
    let whole: String = desk.store.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(whole, "ok");
    format!("{:?}", desk.tables())
}

#[test]
fn dies() {
    let (Ok(at), Ok(file)) = (std::env::var(AT), std::env::var(FILE)) else { return };
    publish(&PathBuf::from(file), 1, Some(at.parse().unwrap()));
}

#[test]
fn a_publication_that_is_killed_at_any_statement_is_the_old_one_or_the_new_one() {
    let folder = std::env::temp_dir().join(format!("pointsman-killed-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("project.sqlite");
    {
        let store = Connection::open(&file).unwrap();
        store.pragma_update(None, "journal_mode", "WAL").unwrap();
        project::prepare(&mut Native(&store)).unwrap();
    }
    assert_eq!(publish(&file, 0, None).status, 200);
    let before = kept(&file);
    let statements = {
        let copy = folder.join("copy.sqlite");
        std::fs::copy(&file, &copy).unwrap();
        let mut store = Connection::open(&copy).unwrap();
        let transaction = store.transaction().unwrap();
        let mut sql = Mortal { native: Native(&transaction), left: usize::MAX };
        project::answer(&mut sql, &call("PUT", Some(1), &document()), Millis(1_900_000_000_001)).unwrap();
        usize::MAX - sql.left
    };
    assert!(statements > 5, "{statements} statements");
    for at in 0..=statements {
        let died = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::dies"])
            .env(AT, at.to_string())
            .env(FILE, &file)
            .output()
            .unwrap();
        assert!(!died.status.success(), "it lived on at statement {at}: {}", String::from_utf8_lossy(&died.stdout));
        assert_eq!(kept(&file), before, "something of it is there after a death at statement {at} of {statements}");
    }
    // What was killed can be done again, and is there then.
    assert_eq!(publish(&file, 1, None).body["version"], 2);
    assert_ne!(kept(&file), before);
    std::fs::remove_dir_all(&folder).unwrap();
}
