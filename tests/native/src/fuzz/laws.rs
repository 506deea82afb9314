//! What every input has to keep. Each law panics where it is broken.

use crate::naive::{self, Seen, Visitor};
use pointsman::compile::{Audience, compile};
use pointsman::condition::{Operator, automaton};
use pointsman::context::{Context, SLOT, Value};
use pointsman::document;
use pointsman::evaluate::{DECISION, Reason, Witness, decide, evaluate};
use pointsman::limits::{CONTEXT_BYTES, FLAG_STEPS, PROBLEMS, REGEX_TABLE_BYTES};
use pointsman::plan::plan;
use pointsman::snapshot::{Instruction, Question, Section, Snapshot};
use pointsman::time::Millis;

/// Stands between two texts; no UTF-8 has it.
pub(super) const BETWEEN: u8 = 0xff;

/// It is compiled or has problems. What is compiled is a snapshot, the same one each time.
pub(super) fn document(input: &[u8]) {
    let problems = pointsman::compile::problems(input);
    assert!(problems.len() <= PROBLEMS * 2, "{} problems", problems.len());
    assert!(problems.iter().all(|problem| !problem.cause.is_empty() && !problem.fix.is_empty()), "{problems:?}");
    let document = match document::read(input) {
        Ok(document) => document,
        Err(unread) => {
            assert!(!problems.is_empty(), "it cannot be read, and nothing is wrong with it but {unread:?}");
            return;
        }
    };
    for audience in [Audience::Edge, Audience::Client] {
        match compile(&document, audience) {
            Ok(body) => {
                assert!(problems.is_empty(), "it is compiled in spite of {problems:?}");
                let bytes = body.seal(1);
                sound(
                    Snapshot::verify(&bytes).unwrap_or_else(|fault| panic!("it is compiled to something {fault:?}")),
                    &bytes,
                );
            }
            Err(_) => assert!(!problems.is_empty(), "it is not compiled, and nothing is wrong with it"),
        }
    }
    let written = serde_json::to_vec(&document).expect("JSON");
    assert!(document::read(&written).as_ref() == Ok(&document), "what is written down is another document");
}

/// Counts the steps of one evaluation.
#[derive(Default)]
struct Steps(usize);

impl Witness for Steps {
    fn asked(&mut self, _: u32, _: u32, _: bool) {
        self.0 += 1;
    }

    fn drew(&mut self, _: u32, _: u32, _: u32) {}
}

/// It is a snapshot or one fault, and either way its flags end within their steps.
pub(super) fn snapshot(input: &[u8]) {
    let flags = Snapshot::verify(input).map_or(64, |snapshot| snapshot.count(Section::Flags));
    let snapshot = Snapshot::verified(input);
    let mut decisions = vec![0; flags as usize * DECISION];
    for (record, now) in records(8, input) {
        for index in 0..flags {
            let mut steps = Steps::default();
            let _ = decide(&snapshot, index, Context(&record), Millis(now), &mut decisions, &mut steps);
            assert!(steps.0 <= (index as usize + 1) * FLAG_STEPS, "flag {index} took {} steps", steps.0);
        }
        let _ = evaluate(&snapshot, Context(&record), Millis(now), &mut decisions);
        plan(&snapshot, &decisions, b"/beans/ethiopia", |_| {});
    }
}

/// The flags of a compiled snapshot end within their steps, each with one of its variants, alone as among all.
fn sound(snapshot: Snapshot, input: &[u8]) {
    let flags = snapshot.count(Section::Flags);
    let slots = snapshot.count(Section::Attributes) as usize;
    let mut decisions = vec![0; flags as usize * DECISION];
    for (record, now) in records(slots, input) {
        let context = Context(&record);
        assert_eq!(evaluate(&snapshot, context, Millis(now), &mut decisions), Some(flags));
        for index in 0..flags {
            let (record, mut steps) = (snapshot.flag(index), Steps::default());
            let mut alone = vec![0; decisions.len()];
            let decision = decide(&snapshot, index, context, Millis(now), &mut alone, &mut steps).expect("room");
            let at = index as usize * DECISION;
            assert_eq!(decision.to_bytes(), decisions[at..at + DECISION], "flag {index} alone and among all");
            assert!(u32::from(decision.variant) < record.variants, "flag {index} serves {}", decision.variant);
            assert!(decision.reason != Reason::Error || u32::from(decision.variant) == record.off);
            let most = (index - record.needs + 1) as usize * FLAG_STEPS;
            assert!(steps.0 <= most, "flag {index} took {} steps", steps.0);
        }
        plan(&snapshot, &decisions, b"/beans/ethiopia", |_| {});
    }
}

/// A few records for a snapshot: empty, of many types, and of what the input's own bytes say.
fn records(slots: usize, input: &[u8]) -> [(Vec<u8>, i64); 3] {
    let mut typed = Vec::new();
    for slot in 0..slots as u32 {
        let words = [slot % 7, slot % 5 * 4, if slot % 2 == 0 { 3 } else { 40 }];
        typed.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    }
    typed.extend(b"user-1 2026-11-22 10.0.0.1 v1.2.3 ");
    let own: Vec<_> = input.iter().rev().copied().take(slots * SLOT + 64).collect();
    [(Vec::new(), 0), (typed, 1_795_341_600_000), (own, i64::MAX)]
}

/// A context is refused, or its record holds what a naive reading of it sees; and its bytes are safe as a record.
pub(super) fn context(input: &[u8]) {
    let raw = Context(input);
    for index in (0..64).chain([usize::MAX / SLOT, usize::MAX]) {
        look(raw.attribute(index));
    }
    let Ok(context) = document::context::read(input) else { return };
    let mut names: Vec<_> = crate::generate::words::ATTRIBUTES.iter().map(|(name, _)| name.to_string()).collect();
    names.sort_unstable();
    let record = document::context::record(&names, &context);
    assert!(record.len() <= names.len() * SLOT + CONTEXT_BYTES);
    let visitor = Visitor::new(&names, &context);
    for (index, name) in names.iter().enumerate() {
        let (is, due) = (Context(&record).attribute(index).map(seen), visitor.attribute(name));
        assert_eq!(is.as_ref(), due, "{name}");
    }
}

fn look(value: Option<Value>) {
    if let Some(Value::List(items)) = value {
        // A record may say that a list is as long as it likes; its slots must be there.
        assert_eq!(items.each().count(), items.count() as usize);
    }
}

fn seen(value: Value) -> Seen {
    match value {
        Value::Text(text) => Seen::Text(String::from_utf8(text.to_vec()).expect("UTF-8")),
        Value::Number(number) => Seen::Number(number),
        Value::Boolean(yes) => Seen::Boolean(yes),
        Value::List(items) => Seen::List(items.each().map(seen).collect()),
        Value::Unusable => Seen::Unusable,
    }
}

fn parts(input: &[u8]) -> Option<(&str, &str)> {
    let at = input.iter().position(|byte| *byte == BETWEEN)?;
    Some((std::str::from_utf8(&input[..at]).ok()?, std::str::from_utf8(&input[at + 1..]).ok()?))
}

/// An expression is refused, or it has a sound table that is not too long: then a match takes one step a byte.
pub(super) fn regex(input: &[u8]) {
    let Some((expression, subject)) = parts(input) else { return };
    let condition = serde_json::json!({"matches": {"attribute": "unit", "pattern": expression}});
    // What we refuse may take the library long.
    if let Some(is) = walk(&condition, subject)
        && let Some(due) = naive::finds(expression, subject)
    {
        assert_eq!(is, due, "{expression:?} in {subject:?}");
    }
}

/// A pattern is refused because its table would be too large, or it means its definition.
pub(super) fn glob(input: &[u8]) {
    let Some((pattern, subject)) = parts(input) else { return };
    let condition = serde_json::json!({"glob": {"attribute": "unit", "pattern": pattern}});
    if let Some(is) = walk(&condition, subject) {
        assert_eq!(is, naive::glob(pattern, subject), "{pattern:?} of {subject:?}");
    }
}

/// Whether the table of a condition finds something in a subject, unless the condition is refused.
fn walk(condition: &serde_json::Value, subject: &str) -> Option<bool> {
    let text = serde_json::json!({"format": 1, "flags": {"f": {"kind": "boolean", "variants": {"off": false, "on": true},
        "off": "off", "otherwise": "off", "rules": [{"if": condition, "serve": "on"}]}}});
    let document = document::from_tree(text).expect("a document");
    let bytes = compile(&document, Audience::Edge).ok()?.seal(1);
    let snapshot = Snapshot::verify(&bytes).expect("a snapshot");
    let table = table(&snapshot);
    assert!(table.len() <= REGEX_TABLE_BYTES && automaton::is_sound(table), "{condition}");
    Some(automaton::matches(table, subject.as_bytes()))
}

/// The table of the only test in a snapshot.
fn table<'a>(snapshot: &Snapshot<'a>) -> &'a [u8] {
    match snapshot.instruction(0) {
        Some(Instruction::Ask { question: Question::Attribute { test, .. }, .. }) => match test.operator {
            Operator::TextMatches(table) => table,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}
