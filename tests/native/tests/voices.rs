//! The store of voices, natively: the same statements as in a Durable Object.

use fastrand::Rng;
use pointsman::time::Millis;
use pointsman::voices::{self, Answer, Outcome, Query, Voice};
use pointsman_native::Native;
use rusqlite::Connection;
use serde_json::{Value, json};

const NOW: i64 = 1_800_000_000_000;
const DAY: i64 = 24 * 3_600_000;

fn store() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    voices::prepare(&mut Native(&connection)).unwrap();
    connection
}

fn unit(number: usize) -> String {
    format!("{number:032x}")
}

fn said(number: usize, variant: &str, choice: &Value, text: &str) -> Value {
    json!({"survey": "clear", "run": "hero-1", "variant": variant, "unit": unit(number), "choice": choice, "text": text})
}

fn tell(store: &Connection, answer: Value, now: i64) -> Outcome {
    let answer: Answer = serde_json::from_value(answer).unwrap();
    voices::answer(&mut Native(store), &answer, Millis(now)).unwrap()
}

fn texts(store: &Connection, query: &str, variant: &str) -> Vec<String> {
    found(store, query, variant).into_iter().map(|voice| voice.text).collect()
}

fn found(store: &Connection, words: &str, variant: &str) -> Vec<Voice> {
    let query = Query { words: words.to_string(), variant: variant.to_string(), ..Query::default() };
    voices::search(&mut Native(store), "clear", &query).unwrap().0
}

fn rows(store: &Connection, table: &str) -> i64 {
    store.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

const fn rejected(reason: &'static str) -> Outcome {
    Outcome::Rejected { reason }
}

#[test]
fn the_first_answer_of_a_unit_stays() {
    let store = store();
    assert_eq!(tell(&store, said(1, "new", &json!("Yes"), "first"), NOW), Outcome::Stored);
    assert_eq!(tell(&store, said(1, "new", &json!("No"), "second"), NOW + 1), Outcome::Duplicate);
    assert_eq!(tell(&store, said(2, "new", &json!("No"), ""), NOW + 2), Outcome::Stored);
    let mut elsewhere = said(1, "new", &json!(null), "another survey");
    elsewhere["survey"] = json!("other");
    assert_eq!(tell(&store, elsewhere, NOW), Outcome::Stored);
    assert_eq!(
        json!(found(&store, "", "")),
        json!([{"at": NOW + 2, "variant": "new", "choice": "No", "text": ""},
               {"at": NOW, "variant": "new", "choice": "Yes", "text": "first"}])
    );
}

#[test]
fn an_answer_that_says_nothing_or_too_much_is_refused_with_a_reason() {
    let store = store();
    let mut nobody = said(1, "new", &json!("Yes"), "");
    nobody["unit"] = json!("nobody");
    assert_eq!(tell(&store, nobody, NOW), rejected("unit"));
    assert_eq!(tell(&store, said(1, "new", &json!(null), " \n\u{200b}"), NOW), rejected("empty"));
    assert_eq!(tell(&store, said(1, "new", &json!(""), ""), NOW), rejected("empty"));
    assert_eq!(tell(&store, said(1, "new", &json!(null), &"ü".repeat(1001)), NOW), rejected("too-long"));
    assert_eq!(tell(&store, said(1, "new", &json!("x".repeat(61)), ""), NOW), rejected("too-long"));
    assert_eq!(rows(&store, "answer"), 0);
    assert_eq!(tell(&store, said(1, "new", &json!(null), &"ü".repeat(1000)), NOW), Outcome::Stored);
}

fn asks(store: &Connection, number: usize, survey: &str, quiet: i64, now: i64) -> Outcome {
    let asking = json!({"survey": survey, "unit": unit(number), "quiet": quiet});
    voices::claim(&mut Native(store), &serde_json::from_value(asking).unwrap(), Millis(now)).unwrap()
}

#[test]
fn of_ten_thousand_visitors_with_several_devices_each_is_asked_once_and_left_alone_for_as_long_as_it_says() {
    let store = store();
    let mut rng = Rng::with_seed(11);
    let mut told = vec![0; 10_000];
    // Each comes up to four times, in any order: other devices, retries, later days.
    for _ in 0..40_000 {
        let number = rng.usize(..10_000);
        match asks(&store, number, "clear", 30, NOW + rng.i64(..80 * DAY)) {
            Outcome::Stored => told[number] += 1,
            outcome => assert_eq!((outcome, told[number]), (Outcome::Duplicate, 1)),
        }
    }
    assert_eq!(told.iter().max(), Some(&1));
    assert_eq!(rows(&store, "asked"), told.iter().sum::<i64>());

    assert_eq!(asks(&store, 20_000, "clear", 30, NOW), Outcome::Stored);
    assert_eq!(asks(&store, 20_000, "other", 30, NOW + 30 * DAY - 1), Outcome::Quiet);
    assert_eq!(asks(&store, 20_000, "other", 30, NOW + 30 * DAY), Outcome::Stored);
    assert_eq!(asks(&store, 20_000, "third", 0, NOW + 30 * DAY), Outcome::Stored);
    // Who has answered was asked.
    tell(&store, said(20_001, "new", &json!("Yes"), ""), NOW);
    assert_eq!(asks(&store, 20_001, "clear", 30, NOW), Outcome::Duplicate);
    assert_eq!(asks(&store, 20_001, "other", 30, NOW), Outcome::Quiet);
    // That somebody was asked is gone with them, and with its age.
    voices::forget(&mut Native(&store), &unit(20_000), Millis(NOW)).unwrap();
    let left = |number: usize| -> i64 {
        let statement = format!("SELECT count(*) FROM asked WHERE unit = x'{}'", unit(number));
        store.query_row(&statement, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(left(20_000), 0);
    voices::purge(&mut Native(&store), Millis(NOW + 200 * DAY)).unwrap();
    assert_eq!(rows(&store, "asked"), 0);
}

#[test]
fn a_question_that_waits_behind_another_knows_whom_it_asked_and_how_often_it_waited() {
    let store = store();
    let reach = |survey: &str| voices::reach(&mut Native(&store), survey).unwrap();
    assert_eq!(reach("late"), [0, 0]);
    for number in 0..5 {
        assert_eq!(asks(&store, number, "early", 30, NOW), Outcome::Stored);
        assert_eq!(asks(&store, number, "late", 30, NOW + 1), Outcome::Quiet);
    }
    // Somebody comes back, and waits again; somebody has answered unasked.
    asks(&store, 0, "late", 30, NOW + DAY);
    tell(&store, said(9, "new", &json!("Yes"), ""), NOW);
    assert_eq!([reach("early"), reach("late"), reach("clear")], [[5, 0], [0, 6], [1, 0]]);
    assert_eq!(asks(&store, 0, "late", 30, NOW + 30 * DAY), Outcome::Stored);
    assert_eq!(reach("late"), [1, 6]);
}

#[test]
fn a_full_store_says_so() {
    let store = store();
    tell(&store, said(1, "new", &json!("Yes"), ""), NOW);
    store.execute("INSERT INTO answer VALUES (500000, x'00', 'clear', 'r', 'new', 'Yes', '', 0)", []).unwrap();
    assert_eq!(tell(&store, said(2, "new", &json!("Yes"), ""), NOW), rejected("full"));
    assert_eq!(tell(&store, said(1, "new", &json!("Yes"), ""), NOW), Outcome::Duplicate);
    voices::purge(&mut Native(&store), Millis(NOW)).unwrap();
    assert_eq!(tell(&store, said(2, "new", &json!("Yes"), ""), NOW), Outcome::Stored);
}

#[test]
fn nothing_personal_reaches_the_disk() {
    let store = store();
    tell(&store, said(1, "new", &json!(null), "I am ada@example.com, +49 170 1234567,\n192.168.0.1"), NOW);
    assert_eq!(texts(&store, "", ""), ["I am [e-mail], [number], [address]"]);
    for secret in ["ada", "example", "1234567", "192"] {
        assert_eq!(texts(&store, secret, ""), [] as [&str; 0], "{secret} is in the index");
    }
}

#[test]
fn a_summary_counts_by_variant_and_choice() {
    let store = store();
    let yes = json!("Yes");
    for (number, variant, choice, text) in [
        (1, "control", &yes, ""),
        (2, "control", &yes, "good"),
        (3, "control", &json!("No"), "bad"),
        (4, "new", &json!(null), "words"),
    ] {
        tell(&store, said(number, variant, choice, text), NOW);
    }
    let summary = voices::summary(&mut Native(&store), "clear").unwrap();
    assert_eq!(
        json!(summary),
        json!([{"variant": "control", "answers": 3, "comments": 2, "choices": {"Yes": 2, "No": 1}},
               {"variant": "new", "answers": 1, "comments": 1, "choices": {}}])
    );
    assert_eq!(voices::summary(&mut Native(&store), "none").unwrap(), []);
}

#[test]
fn words_are_found_by_their_start_in_any_case_and_without_accents_newest_first() {
    let store = store();
    for (number, text) in (0..).zip(["The café opens late", "Too late for coffee", "Nothing here", "咖啡 很好"]) {
        tell(
            &store,
            said(number, ["control", "new"][number % 2], &json!(null), text),
            NOW + i64::try_from(number).unwrap(),
        );
    }
    assert_eq!(texts(&store, "late", ""), ["Too late for coffee", "The café opens late"]);
    assert_eq!(texts(&store, "CAFE", ""), ["The café opens late"]);
    assert_eq!(texts(&store, "late cof", ""), ["Too late for coffee"]);
    assert_eq!(texts(&store, "late", "control"), ["The café opens late"]);
    assert_eq!(texts(&store, "咖啡", ""), ["咖啡 很好"]);
    assert_eq!(texts(&store, "", "new"), ["咖啡 很好", "Too late for coffee"]);
    assert_eq!(texts(&store, "!!!", "").len(), 4, "a query without words asks for all");
}

#[test]
fn a_search_gives_at_most_two_hundred_answers() {
    let store = store();
    for number in 0..230 {
        tell(&store, said(number, "new", &json!(null), "the same"), NOW);
    }
    assert_eq!(texts(&store, "", "").len(), 200);
    assert_eq!(texts(&store, "same", "").len(), 200);
}

#[test]
fn no_query_is_a_syntax_error() {
    let store = store();
    tell(&store, said(1, "new", &json!(null), "a word AND another"), NOW);
    for query in
        ["\"", "a OR", "NEAR(", "word*", "-word", "^word", "text:word", "a\" OR \"b", "'; DROP TABLE answer; --", "\0"]
    {
        found(&store, query, "");
    }
    let mut rng = Rng::with_seed(1);
    for _ in 0..5000 {
        let query: String = (0..rng.usize(..40))
            .map(|_| {
                if rng.bool() {
                    rng.char(..)
                } else {
                    *rng.choice(&['"', '*', '(', ')', ':', '^', '-', '+', ' ', 'a']).unwrap()
                }
            })
            .collect();
        found(&store, &query, "");
    }
    assert_eq!(texts(&store, "AND", ""), ["a word AND another"]);
}

#[test]
fn pages_of_answers_have_each_of_them_once() {
    let store = store();
    for number in 0..25 {
        tell(&store, said(number, "new", &json!(null), &format!("word {number}")), NOW);
    }
    let (mut after, mut all, mut pages) = (None, Vec::new(), 0);
    loop {
        let query = Query { words: "word".to_string(), after, limit: Some(10), ..Query::default() };
        let (page, next) = voices::search(&mut Native(&store), "clear", &query).unwrap();
        assert!(page.len() <= 10);
        all.extend(page.into_iter().map(|voice| voice.text));
        pages += 1;
        after = next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!((all, pages), (texts(&store, "", ""), 3));
}

#[test]
fn answers_older_than_ninety_days_are_deleted_with_their_words() {
    let store = store();
    tell(&store, said(1, "new", &json!(null), "old"), NOW - 90 * DAY - 1);
    tell(&store, said(2, "new", &json!(null), "young"), NOW - 90 * DAY);
    assert_eq!(voices::purge(&mut Native(&store), Millis(NOW)).unwrap(), 1);
    assert_eq!(voices::purge(&mut Native(&store), Millis(NOW)).unwrap(), 0);
    assert_eq!(texts(&store, "", ""), ["young"]);
    assert_eq!((rows(&store, "answer"), rows(&store, "said")), (1, 1));
}

fn leaves(store: &Connection, number: usize, address: &str, now: i64) -> Outcome {
    let contact = json!({"survey": "clear", "variant": "new", "unit": unit(number), "address": address});
    let contact = serde_json::from_value(contact).unwrap();
    voices::contacts::keep(&mut Native(store), &contact, Millis(now)).unwrap()
}

fn left(store: &Connection, now: i64) -> Value {
    voices::contacts::list(&mut Native(store), "clear", Millis(now)).unwrap()["contacts"].clone()
}

#[test]
fn an_address_that_was_left_lies_apart_expires_and_is_forgotten_with_its_unit() {
    let store = store();
    tell(&store, said(1, "new", &json!("Yes"), "kept"), NOW);
    assert_eq!(leaves(&store, 1, "first@example.com", NOW), Outcome::Stored);
    assert_eq!(leaves(&store, 1, " ada.canary@example.com ", NOW), Outcome::Stored);
    assert_eq!(leaves(&store, 2, "grace@example.com", NOW + DAY), Outcome::Stored);
    let ada = json!({"variant": "new", "address": "ada.canary@example.com", "at": NOW, "until": NOW + 30 * DAY});
    assert_eq!(left(&store, NOW + DAY)[1], ada);
    // Nothing that reads answers knows it.
    let query = Query { words: "canary".to_string(), ..Query::default() };
    let (all, _) = voices::search(&mut Native(&store), "clear", &Query::default()).unwrap();
    let found = voices::tickets::find(&mut Native(&store), &query).unwrap();
    assert!(!json!([all, found]).to_string().contains("canary"));
    // Nobody reads one that is too old, swept or not yet.
    assert_eq!(left(&store, NOW + 30 * DAY + 1).as_array().unwrap().len(), 1);
    voices::purge(&mut Native(&store), Millis(NOW + 30 * DAY)).unwrap();
    assert_eq!(rows(&store, "contact"), 2);
    voices::purge(&mut Native(&store), Millis(NOW + 30 * DAY + 1)).unwrap();
    assert_eq!(rows(&store, "contact"), 1);
    voices::forget(&mut Native(&store), &unit(2), Millis(NOW)).unwrap();
    assert_eq!(rows(&store, "contact"), 0);
    assert_eq!(leaves(&store, 2, "grace@example.com", NOW), rejected("erased"));
}

#[test]
fn who_leaves_an_address_again_and_again_fills_nothing() {
    let store = store();
    for times in 0..100 {
        assert_eq!(leaves(&store, 1, &format!("{times}@example.com"), NOW + times), Outcome::Stored);
        assert_eq!(leaves(&store, 2, "grace@example.com", NOW), Outcome::Stored);
    }
    let numbers =
        store.query_row("SELECT max(id), count(*) FROM contact", [], |row| Ok([row.get::<_, i64>(0)?, row.get(1)?]));
    assert_eq!(numbers.unwrap(), [2, 2], "the store is full by its numbers");
    assert_eq!(left(&store, NOW)[0]["address"], "99@example.com");
}

#[test]
fn what_is_no_address_is_not_left() {
    let store = store();
    for text in [
        "",
        "ada",
        "ada@a@example.com",
        "a b@example.com",
        "a@example.com,b",
        "a@example.com\nbcc: b",
        "<a@example.com>",
        "@",
        "@example.com",
        "a@",
        "a\u{a0}b@example.com",
        "a\u{202e}moc.elpmaxe@b",
    ] {
        assert_eq!(leaves(&store, 1, text, NOW), rejected("address"), "{text:?}");
    }
    let longest = |length: usize| format!("a@{}.example.com", "b".repeat(length - 14));
    assert_eq!(leaves(&store, 1, &longest(255), NOW), rejected("address"));
    assert_eq!(leaves(&store, 1, &longest(254), NOW), Outcome::Stored);
}

#[test]
fn a_unit_is_forgotten_in_all_surveys() {
    let store = store();
    tell(&store, said(1, "new", &json!(null), "secretive"), NOW);
    let mut other = said(1, "new", &json!("Yes"), "secretive too");
    other["survey"] = json!("other");
    tell(&store, other, NOW);
    tell(&store, said(2, "new", &json!(null), "stays"), NOW);
    assert_eq!(voices::forget(&mut Native(&store), &unit(1), Millis(NOW)).unwrap(), 2);
    assert_eq!(voices::forget(&mut Native(&store), "nobody", Millis(NOW)).unwrap(), 0);
    assert_eq!(texts(&store, "", ""), ["stays"]);
    // What was on its way, and a link that lies in a mail, bring nothing back.
    assert_eq!(tell(&store, said(1, "new", &json!("Yes"), "late"), NOW), rejected("erased"));
    assert_eq!(asks(&store, 1, "third", 0, NOW), rejected("erased"));
    // Not even the index holds what was deleted.
    let index: Vec<Vec<u8>> = store
        .prepare("SELECT block FROM said_data")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<rusqlite::Result<_>>()
        .unwrap();
    assert!(!index.iter().any(|block| block.windows(6).any(|part| part == b"secret")));
}

#[test]
fn preparing_twice_changes_nothing() {
    let store = store();
    tell(&store, said(1, "new", &json!("Yes"), "kept"), NOW);
    voices::prepare(&mut Native(&store)).unwrap();
    assert_eq!(texts(&store, "kept", ""), ["kept"]);
}
