//! Fifty who write at once, a thousand times: each version has one author, and nothing that somebody has written is lost.

use crate::desk::shop::{LIVE, document};
use crate::desk::{ADMIN, CONSOLE, Desk, granted, hash};
use pointsman::project::{self, Answer, Call};
use pointsman::time::Millis;
use pointsman_native::Native;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Barrier, Mutex};

const WRITERS: usize = 50;
const ROUNDS: i64 = 1000;

/// One call in a transaction of its own, as the object makes it.
fn call(store: &Mutex<Connection>, token: &str, method: &str, seen: Option<i64>, body: &Value) -> Answer {
    let call = Call {
        method: method.to_string(),
        path: format!("{LIVE}/document").split('/').map(ToString::to_string).collect(),
        seen,
        admin: token == ADMIN,
        token: hash(token),
        body: if body.is_null() { String::new() } else { body.to_string() },
        console: CONSOLE.to_string(),
        ..Call::default()
    };
    let mut store = store.lock().unwrap();
    let transaction = store.transaction().unwrap();
    let answer = project::answer(&mut Native(&transaction), &call, Millis(1_900_000_000_000)).unwrap();
    transaction.commit().unwrap();
    answer
}

/// The version and the document with one more counted: whoever writes over another loses a count.
fn counted(read: &Value, writer: usize) -> (i64, Value) {
    let mut document = read["document"].clone();
    let field = &mut document["flags"]["gift"]["description"];
    let before: i64 = field.as_str().unwrap().split(' ').next().unwrap().parse().unwrap();
    *field = json!(format!("{} by {writer}", before + 1));
    (read["version"].as_i64().unwrap(), document)
}

#[test]
fn fifty_writers_in_a_thousand_rounds_lose_nothing_of_each_other() {
    let mut desk = Desk::empty();
    let mut first = document();
    first["flags"]["gift"]["description"] = json!("0 by nobody");
    granted(desk.put(&format!("{LIVE}/document"), first));
    let tokens: Vec<_> = (0..WRITERS).map(|writer| desk.person(&format!("writer {writer}"))).collect();
    let store = Mutex::new(desk.store);
    let barrier = Barrier::new(WRITERS);
    let won: Vec<Vec<i64>> = std::thread::scope(|scope| {
        let write = |(writer, token): (usize, String)| {
            let (store, barrier) = (&store, &barrier);
            scope.spawn(move || {
                let mut won = Vec::new();
                for round in 0..ROUNDS {
                    // All have seen the same version, and all write.
                    let read = granted(call(store, &token, "GET", None, &Value::Null));
                    barrier.wait();
                    let (seen, document) = counted(&read, writer);
                    assert_eq!(seen, round + 1);
                    let answer = call(store, &token, "PUT", Some(seen), &document);
                    match answer.status {
                        200 => won.push(answer.body["version"].as_i64().unwrap()),
                        412 => assert!(answer.body["current"]["version"].as_i64() > Some(seen), "{answer:?}"),
                        _ => panic!("{answer:?}"),
                    }
                    barrier.wait();
                }
                won
            })
        };
        let all: Vec<_> = tokens.into_iter().enumerate().map(write).collect();
        all.into_iter().map(|writer| writer.join().unwrap()).collect()
    });

    let authors: BTreeMap<i64, String> = won
        .iter()
        .enumerate()
        .flat_map(|(writer, won)| won.iter().map(move |n| (*n, format!("writer {writer}"))))
        .collect();
    assert_eq!(won.iter().map(Vec::len).sum::<usize>(), authors.len(), "a version with two authors");
    assert!(authors.keys().copied().eq(2..=ROUNDS + 1), "a version without an author");
    assert!(won.iter().filter(|won| !won.is_empty()).count() > 1, "they have come at once");
    let last = granted(call(&store, ADMIN, "GET", None, &Value::Null));
    let told = last["document"]["flags"]["gift"]["description"].as_str().unwrap().to_string();
    assert!(told.starts_with(&format!("{ROUNDS} by ")), "a change was lost: {told}");
    let store = store.into_inner().unwrap();
    let mut rows = store.prepare("SELECT n, who FROM version WHERE n > 1 ORDER BY n").unwrap();
    let rows = rows.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))).unwrap();
    assert_eq!(rows.map(Result::unwrap).collect::<BTreeMap<_, _>>(), authors);
    let lines = "SELECT count(*) FROM audit WHERE who LIKE 'writer %'";
    assert_eq!(store.query_row(lines, [], |row| row.get::<_, i64>(0)).unwrap(), ROUNDS);
}
