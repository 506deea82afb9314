//! What is at a limit is taken, and what is one past it is refused: every limit of the language.

#![allow(clippy::cast_possible_wrap, reason = "limits are far below 2^63")]
#![allow(clippy::needless_pass_by_value, reason = "documents are put together from values that are made on the spot")]

use pointsman::compile::{Audience, compile};
use pointsman::context;
use pointsman::document::{self, Code};
use pointsman::draw::ALL;
use pointsman::evaluate::{DECISION, evaluate};
use pointsman::limits::*;
use pointsman::snapshot::Snapshot;
use pointsman::time::Millis;
use serde_json::{Map, Value, json};

/// A document with so many of something.
type Make = fn(usize) -> Value;

fn flag(rules: Value) -> Value {
    json!({"kind": "string", "variants": {"a": "A"}, "off": "a", "otherwise": "a", "rules": rules})
}

fn of(part: &str, entries: impl IntoIterator<Item = (String, Value)>) -> Value {
    let mut document = json!({"format": 1, "metrics": {"m": {"event": "e"}}, "flags": {"f": flag(json!([]))}});
    document[part] = Map::from_iter(entries).into();
    document
}

fn one(flag: Value) -> Value {
    json!({"format": 1, "metrics": {"m": {"event": "e"}}, "flags": {"f": flag}})
}

fn rule(rule: Value) -> Value {
    one(flag(json!([rule])))
}

fn asks(condition: Value) -> Value {
    rule(json!({"if": condition, "serve": "a"}))
}

fn changes(change: Value) -> Value {
    let page = json!({"path": "/", "flag": "f", "variants": {"a": [{"change": change}]}});
    of("pages", [("p".to_string(), page)])
}

fn names(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|number| format!("n{number}"))
}

fn ranges(count: usize) -> Value {
    (1..=count as u64).map(|end| json!([if end == count as u64 { ALL } else { end }, "a"])).collect()
}

/// Each limit by its name, with a document that has so many of what it counts.
const CASES: &[(&str, usize, Make)] = &[
    ("FLAGS", FLAGS, |n| of("flags", names(n).map(|name| (name, flag(json!([])))))),
    ("FLAGS", FLAGS, |n| of("segments", names(n).map(|name| (name, json!({"if": {"exists": {"attribute": "x"}}}))))),
    ("FLAGS", FLAGS, |n| of("layers", names(n).map(|name| (name.clone(), json!({"salt": name}))))),
    ("FLAGS", FLAGS, |n| of("holdouts", names(n).map(|name| (name.clone(), json!({"salt": name, "below": 1}))))),
    ("FLAGS", FLAGS, |n| {
        of("experiments", names(n).map(|name| (name, json!({"flag": "f", "metric": "m", "control": "a"}))))
    }),
    ("VARIANTS", VARIANTS, |n| {
        let mut flag = flag(json!([]));
        flag["variants"] =
            names(n - 1).chain(["a".to_string()]).map(|name| (name, json!(""))).collect::<Map<_, _>>().into();
        one(flag)
    }),
    ("SPLIT_RANGES", SPLIT_RANGES, |n| rule(json!({"split": {"salt": "s", "ranges": ranges(n)}}))),
    ("SPLIT_RANGES", SPLIT_RANGES, |n| {
        let run = json!({"id": "r", "salt": "r", "epoch": 1, "rollout": 1, "split": ranges(n)});
        of("experiments", [("e".to_string(), json!({"flag": "f", "metric": "m", "control": "a", "run": run}))])
    }),
    // A step for each question, one that serves, and one for all others.
    ("FLAG_STEPS", FLAG_STEPS, |n| asks(json!({"any": vec![json!({"exists": {"attribute": "x"}}); n - 2]}))),
    ("FLAG_STEPS", FLAG_STEPS, |n| asks(json!({"in": {"attribute": "x", "values": (2..n).collect::<Vec<_>>()}}))),
    // Questions without steps count as well: behind too many of them the rest would be left out.
    ("FLAG_STEPS", FLAG_STEPS, |n| asks(json!({"all": vec![json!({"draw": {"salt": "s", "below": ALL}}); n]}))),
    ("FLAG_STEPS", FLAG_STEPS, |n| {
        let rules = vec![json!({"experiment": "e"}); n];
        let mut document = one(flag(json!(rules)));
        document["experiments"] = json!({"e": {"flag": "f", "metric": "m", "control": "a"}});
        document
    }),
    ("RAMP_POINTS", RAMP_POINTS, |n| {
        let points: Vec<_> = (0..n).map(|point| json!([point, 1])).collect();
        rule(json!({"serve": "a", "ramp": {"salt": "s", "points": points}}))
    }),
    ("RAMP_SPAN", RAMP_SPAN as usize, |n| {
        rule(json!({"serve": "a", "ramp": {"salt": "s", "linear": true, "points": [[-5, 1], [n as i64 - 5, 2]]}}))
    }),
    ("NETWORKS", NETWORKS, |n| asks(json!({"ip": {"attribute": "x", "in": vec!["::1"; n]}}))),
    ("FORCED_IDS", FORCED_IDS, |n| {
        let mut flag = flag(json!([]));
        flag["forced"] = json!([{"serve": "a", "ids": names(n).collect::<Vec<_>>()}]);
        one(flag)
    }),
    ("PREREQUISITE_DEPTH", PREREQUISITE_DEPTH, |n| {
        let built = |number: usize| {
            let mut flag = flag(json!([]));
            if number > 0 {
                flag["prerequisites"] = json!([{"key": format!("n{}", number - 1), "is": ["a"]}]);
            }
            (format!("n{number}"), flag)
        };
        of("flags", (0..=n).map(built))
    }),
    ("PREREQUISITE_DEPTH", PREREQUISITE_DEPTH, |n| {
        let built = |number: usize| match number {
            0 => ("n0".to_string(), json!({"if": {"exists": {"attribute": "x"}}})),
            _ => (format!("n{number}"), json!({"if": {"segment": format!("n{}", number - 1)}})),
        };
        of("segments", (0..=n).map(built))
    }),
    ("CONDITION_DEPTH", CONDITION_DEPTH, |n| {
        asks((0..n).fold(json!({"exists": {"attribute": "x"}}), |inner, _| json!({"not": inner})))
    }),
    ("RULES", RULES, |n| {
        let rule = json!({"if": {"exists": {"attribute": "x"}}, "serve": "a"});
        one(flag(vec![rule; n].into()))
    }),
    ("PART_BYTES", PART_BYTES, |n| asks(json!({"starts": {"attribute": "x", "with": "x".repeat(n)}}))),
    ("VALUE_BYTES", VALUE_BYTES, |n| {
        let mut flag = flag(json!([]));
        flag["variants"]["a"] = json!("x".repeat(n));
        one(flag)
    }),
    ("ATTRIBUTES", ATTRIBUTES, |n| {
        asks(json!({"any": names(n).map(|name| json!({"exists": {"attribute": name}})).collect::<Vec<_>>()}))
    }),
    ("ATTRIBUTE_BYTES", ATTRIBUTE_BYTES, |n| asks(json!({"equals": {"attribute": "x", "value": "x".repeat(n)}}))),
    ("ATTRIBUTE_BYTES", ATTRIBUTE_BYTES, |n| asks(json!({"in": {"attribute": "x", "values": ["", "x".repeat(n)]}}))),
    ("PART_BYTES", PART_BYTES, |n| asks(json!({"ends": {"attribute": "x", "with": "x".repeat(n)}}))),
    ("PART_BYTES", PART_BYTES, |n| asks(json!({"contains": {"attribute": "x", "text": "x".repeat(n)}}))),
    ("PART_BYTES", PART_BYTES, |n| asks(json!({"version": {"attribute": "x", "range": "1".repeat(n)}}))),
    ("NAME_BYTES", NAME_BYTES, |n| of("flags", [("x".repeat(n), flag(json!([])))])),
    ("NAME_BYTES", NAME_BYTES, |n| asks(json!({"exists": {"attribute": "x".repeat(n)}}))),
    ("NAME_BYTES", NAME_BYTES, |n| asks(json!({"draw": {"salt": "x".repeat(n), "below": 1}}))),
    ("NAME_BYTES", NAME_BYTES, |n| asks(json!({"draw": {"salt": "x", "below": 1, "unit": "x".repeat(n)}}))),
    ("PAGES", PAGES, |n| of("pages", names(n).map(|name| (name, json!({"path": "/", "flag": "f", "variants": {}}))))),
    ("PART_BYTES", PART_BYTES, |n| asks(json!({"glob": {"attribute": "x", "pattern": "x".repeat(n)}}))),
    ("PATTERN_BYTES", PATTERN_BYTES, |n| {
        of(
            "pages",
            [("p".to_string(), json!({"path": format!("/{}", "x".repeat(n - 1)), "flag": "f", "variants": {}}))],
        )
    }),
    ("TARGET_BYTES", TARGET_BYTES, |n| changes(json!({"rewrite": format!("/{}", "x".repeat(n - 1))}))),
    ("MARKUP_BYTES", MARKUP_BYTES, |n| changes(json!({"css": "x".repeat(n)}))),
    ("HOSTS", HOSTS, |n| {
        let mut document = one(flag(json!([])));
        document["hosts"] = names(n).map(|name| format!("{name}.example")).collect();
        document
    }),
    ("DIMENSIONS", DIMENSIONS, |n| of("dimensions", names(n).map(|name| (name, json!({"values": []}))))),
    ("DIMENSION_VALUES", DIMENSION_VALUES, |n| {
        of("dimensions", [("d".to_string(), json!({"values": names(n).collect::<Vec<_>>()}))])
    }),
    ("DIMENSION_BYTES", DIMENSION_BYTES, |n| of("dimensions", [("d".to_string(), json!({"values": ["x".repeat(n)]}))])),
    ("GOALS", GOALS, |n| of("goals", names(n).map(|name| (name, json!({}))))),
    ("EDITS", EDITS, |n| {
        let edits = vec![json!({"select": "h1", "change": {"text": "x"}}); n];
        of("pages", [("p".to_string(), json!({"path": "/", "flag": "f", "variants": {"a": edits}}))])
    }),
    ("REGEX_BYTES", REGEX_BYTES, |n| asks(json!({"matches": {"attribute": "x", "pattern": "x".repeat(n)}}))),
    ("DOCUMENT_DEPTH", DOCUMENT_DEPTH, |n| {
        // Four levels lie around the value.
        let mut flag = flag(json!([]));
        (flag["kind"], flag["variants"]["a"]) = (json!("json"), (4..n).fold(json!(1), |inner, _| json!([inner])));
        one(flag)
    }),
];

/// Limits of the language that are looked at beside what they bound, and where.
const ELSEWHERE: [(&str, &str); 27] = [
    ("IDEMPOTENCY_KEY_BYTES", "tests/native/tests/repeats.rs"),
    ("CHANGES", "tests/native/tests/approvals.rs"),
    ("REMARK_CHARS", "tests/native/tests/comments.rs"),
    ("REMARKS", "tests/native/tests/comments.rs"),
    ("CLAIMS", "tests/native/tests/library.rs"),
    ("PAST", "tests/native/tests/library.rs"),
    ("PAST_AT_ONCE", "tests/native/tests/library.rs"),
    ("PAST_TEXT_CHARS", "tests/native/tests/library.rs"),
    ("PAGE_REPORTS", "tests/native/tests/collect.rs"),
    ("DOCUMENT_BYTES", "src/document/json.rs"),
    ("PROBLEMS", "tests/limits.rs"),
    ("SNAPSHOT_BYTES", "tests/limits.rs"),
    ("LIST_ITEMS", "src/context.rs"),
    ("CONTEXT_BYTES", "src/context.rs"),
    ("CONTEXT_ATTRIBUTES", "src/document/context.rs"),
    ("UNIT_BYTES", "src/draw.rs"),
    ("DRAW_PREFIX_BYTES", "src/draw.rs"),
    ("REGEX_DEPTH", "src/compile/regex/tests.rs"),
    ("REGEX_TABLE_BYTES", "src/compile/regex/tests.rs"),
    ("SHARED", "tests/limits.rs"),
    ("UNIT_EVENTS", "tests/native/tests/catalog.rs"),
    ("EVENT_NAMES", "tests/native/tests/catalog.rs"),
    ("LISTED_PROPERTIES", "tests/native/tests/catalog.rs"),
    ("REFUSED_NAMES", "tests/native/tests/catalog.rs"),
    ("PROPERTIES", "tests/native/tests/collect.rs"),
    ("PROPERTY_BYTES", "tests/native/tests/collect.rs"),
    ("VALUE_MICROS", "tests/native/tests/collect.rs"),
];

/// Limits of what is around the language.
const OTHERS: [&str; 18] = [
    "WORK",
    "REGEX_WORK_BYTES",
    "BLAST_TRUTHS",
    "BLAST_WORK",
    "BLAST_PATHS",
    "EXPLAINED",
    "SURVEYS",
    "QUESTION_CHARS",
    "CHOICE_CHARS",
    "COMMENT_CHARS",
    "CONTACT_CHARS",
    "CONTACT_DAYS",
    "ANSWERS",
    "FORM_BYTES",
    "BATCH_EVENTS",
    "REHEARSED_UNITS",
    "REHEARSED_PATHS",
    "REHEARSED_REFUSALS",
];

/// The snapshot of a document, or the kinds of its problems.
fn compiled(document: &Value) -> Result<Vec<u8>, Vec<Code>> {
    let codes = |problems: Vec<document::Problem>| problems.iter().map(|problem| problem.code).collect::<Vec<_>>();
    let document = document::read(document.to_string().as_bytes()).map_err(codes)?;
    Ok(compile(&document, Audience::Edge).map_err(codes)?.seal(1))
}

#[test]
fn what_is_at_a_limit_is_taken_and_one_past_it_is_refused() {
    for (index, (name, most, make)) in CASES.iter().enumerate() {
        let bytes = compiled(&make(*most)).unwrap_or_else(|codes| panic!("{name} ({index}) at {most}: {codes:?}"));
        assert!(Snapshot::verify(&bytes).is_ok(), "{name} ({index}) at {most}");
        let codes = compiled(&make(*most + 1)).expect_err(name);
        let known = [Code::Limit, Code::Shape, Code::Name, Code::Cycle, Code::Depth, Code::Regex];
        assert!(codes.iter().all(|code| known.contains(code)), "{name} ({index}) past {most}: {codes:?}");
    }
}

#[test]
fn a_snapshot_is_never_longer_than_it_may_be() {
    // A segment is written out wherever it is used, so flags of a hundred bytes take as many steps as they like.
    let of = |flags: usize, questions: usize| {
        let mut document =
            of("flags", names(flags).map(|name| (name, flag(json!([{"if": {"segment": "s"}, "serve": "a"}])))));
        document["segments"] = json!({"s": {"if": {"any": vec![json!({"exists": {"attribute": "x"}}); questions]}}});
        document
    };
    let bytes = compiled(&of(100, 1_000)).unwrap();
    assert!(bytes.len() > 1_600_000 && Snapshot::verify(&bytes).is_ok());
    for (flags, questions) in [(131, 1_000), (140, 1_000), (FLAGS, 4_000)] {
        assert_eq!(compiled(&of(flags, questions)), Err(vec![Code::TooLarge]), "{flags} {questions}");
    }
}

#[test]
fn no_document_makes_every_visitor_wait() {
    // Seven letters are fifteen ranges of bytes, so each question may look at 16 times the bytes of a context.
    let question =
        |number: usize| json!({"contains": {"attribute": format!("x{number}"), "list": "any", "text": "acegikm"}});
    let asks_of = |count: usize| (0..count).map(question).collect::<Vec<_>>();
    let most = (WORK / (16 * CONTEXT_BYTES as u64)) as usize;
    let mut questions = asks_of(most);
    compiled(&asks(json!({"any": questions}))).expect("as much as may be");
    questions.push(json!({"exists": {"attribute": "x0"}}));
    let [light, heavy] =
        [&questions[..1], &questions[1..]].map(|some| flag(json!([{"if": {"any": some}, "serve": "a"}])));
    let document = json!({"format": 1, "flags": {"light": light, "heavy": heavy}});
    let problems = pointsman::compile::problems(document.to_string().as_bytes());
    assert!(
        matches!(&problems[..], [one] if one.code == Code::TooLarge && one.pointer == "/flags/heavy"),
        "{problems:?}"
    );
    // What flags share is asked once.
    let twins = names(3).map(|name| (name, flag(json!([{"if": {"segment": "s"}, "serve": "a"}]))));
    let mut document = of("flags", twins);
    document["segments"] = json!({"s": {"if": {"any": asks_of(most - 1)}}});
    assert_eq!(pointsman::compile::problems(document.to_string().as_bytes()), []);
}

#[test]
fn questions_that_flags_share_are_answered_alike_however_many_there_are() {
    let on_at = |number: usize| {
        let rules = json!([{"if": {"equals": {"attribute": "x", "value": number}}, "serve": "on"}]);
        json!({"kind": "boolean", "variants": {"off": false, "on": true}, "off": "off", "otherwise": "off", "rules": rules})
    };
    for count in [SHARED - 1, SHARED, SHARED + 1] {
        let twins = (0..count).flat_map(|number| ["a", "b"].map(|twin| (format!("{twin}{number}"), on_at(number))));
        let bytes = compiled(&of("flags", twins)).unwrap();
        let mut record = [0; 64];
        for number in [0, SHARED - 2, SHARED - 1, SHARED] {
            let value = context::Value::Number(f64::from(number as u16));
            let length = context::write(1, [(0, value)], &mut record).unwrap();
            let mut decisions = vec![0; 2 * count * DECISION];
            let context = context::Context(&record[..length]);
            evaluate(&Snapshot::verified(&bytes), context, Millis(0), &mut decisions).unwrap();
            let on = decisions.as_chunks::<DECISION>().0.iter().filter(|[variant, ..]| *variant == 1).count();
            assert_eq!(on, if number < count { 2 } else { 0 }, "{number} of {count}");
        }
    }
}

#[test]
fn a_number_that_no_computer_counts_is_named_with_its_place() {
    let cases = [
        (json!({"size": {"attribute": "x", "atLeast": 1_u64 << 32}}), "/flags/f/rules/0/if/size/atLeast"),
        (json!({"before": {"attribute": "x", "than": 1_u64 << 63}}), "/flags/f/rules/0/if/before/than"),
    ];
    for (condition, place) in cases {
        let text = asks(condition).to_string();
        for problems in [document::read(text.as_bytes()).unwrap_err(), pointsman::compile::problems(text.as_bytes())] {
            assert_eq!(problems.iter().map(|problem| problem.pointer.as_str()).collect::<Vec<_>>(), [place]);
        }
    }
}

#[test]
fn no_more_problems_are_named_than_anybody_reads() {
    let bad: Vec<_> = (0..PROBLEMS + 20).map(|_| json!({"serve": "none"})).collect();
    assert_eq!(compiled(&one(flag(json!(bad)))).unwrap_err().len(), PROBLEMS);
    let bad: Vec<_> = (0..PROBLEMS + 20).map(|_| json!({"unknown": 1})).collect();
    assert_eq!(compiled(&one(flag(json!(bad)))).unwrap_err().len(), PROBLEMS);
}

#[test]
fn every_limit_of_the_language_has_a_case() {
    let source = include_str!("../src/limits.rs");
    let constants = source.lines().filter_map(|line| line.strip_prefix("pub const ")?.split(':').next());
    for name in constants {
        let here = CASES.iter().any(|(known, ..)| *known == name) || OTHERS.contains(&name);
        let there = ELSEWHERE.iter().find(|(known, _)| *known == name).map(|(_, file)| {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
            std::fs::read_to_string(path).unwrap().contains(name)
        });
        assert!(here || there == Some(true), "{name} has no case");
    }
}
