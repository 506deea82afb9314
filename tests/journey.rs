//! One document all the way to a plan, natively.

use pointsman::compile::{Audience, compile};
use pointsman::context::{self, Context, Value};
use pointsman::document::{self, Code};
use pointsman::evaluate::{DECISION, Decision, Error, NO_RUN, Reason, decide, evaluate};
use pointsman::plan::{Step, plan};
use pointsman::snapshot::{Fault, HEADER, Section, Snapshot};
use pointsman::time::Millis;
use proptest::prelude::*;

const SHOP: &str = r#"{
  "format": 1,
  "flags": {
    "free-shipping": {"kind": "boolean", "variants": {"on": true, "off": false}, "off": "off", "otherwise": "off",
      "rules": [
        {"if": {"all": [{"in": {"attribute": "country", "values": ["DE", "AT"]}}, {"not": {"equals": {"attribute": "plan", "value": "staff"}}}]},
         "from": 1000, "until": 2000, "serve": "on"},
        {"if": {"any": [{"greater": {"attribute": "orders", "than": 9.5}}, {"starts": {"attribute": "email", "with": "vip-"}}]}, "serve": "on"}]},
    "hero": {"kind": "string", "client": true, "variants": {"control": "Coffee", "fresh": "Fresh coffee"}, "off": "control", "otherwise": "control",
      "rules": [{"experiment": "hero"}]}
  },
  "metrics": {"orders": {"event": "order"}},
  "experiments": {"hero": {"flag": "hero", "metric": "orders", "control": "control",
    "run": {"id": "hero-1", "salt": "hero-1", "epoch": 1, "rollout": 2147483648, "split": [[2147483648, "control"], [4294967296, "fresh"]]}}},
  "pages": {"landing": {"path": "/", "flag": "hero", "variants": {"fresh": [{"select": "h1", "change": {"text": "Fresh coffee"}}]}}}
}"#;

fn snapshot(text: &str, audience: Audience) -> Vec<u8> {
    compile(&document::read(text.as_bytes()).unwrap(), audience).unwrap().seal(7)
}

fn record(snapshot: &Snapshot, attributes: &[(&str, Value)]) -> Vec<u8> {
    let manifest: serde_json::Value = serde_json::from_slice(snapshot.manifest()).unwrap();
    let names: Vec<_> = manifest["attributes"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let known =
        attributes.iter().filter_map(|(name, value)| Some((names.iter().position(|known| known == name)?, *value)));
    let mut bytes = vec![0; 4096];
    let length = context::write(names.len(), known, &mut bytes).unwrap();
    bytes.truncate(length);
    bytes
}

fn decided(bytes: &[u8], flag: u32, attributes: &[(&str, Value)], now: i64) -> Decision {
    let snapshot = Snapshot::verify(bytes).unwrap();
    let record = record(&snapshot, attributes);
    decide(&snapshot, flag, Context(&record), Millis(now), &mut [0; 1 << 12], &mut ()).unwrap()
}

const ON: u16 = 1;
const OFF: u16 = 0;

#[test]
fn rules_decide_by_attributes_and_time() {
    let bytes = snapshot(SHOP, Audience::Edge);
    let variant = |attributes: &[(&str, Value)], now| decided(&bytes, 0, attributes, now).variant;
    let german = ("country", Value::Text(b"DE"));
    assert_eq!(variant(&[german], 1000), ON);
    assert_eq!(variant(&[german], 999), OFF);
    assert_eq!(variant(&[german], 2000), OFF);
    assert_eq!(variant(&[german, ("plan", Value::Text(b"staff"))], 1500), OFF);
    assert_eq!(variant(&[("country", Value::Text(b"FR"))], 1500), OFF);
    assert_eq!(variant(&[("orders", Value::Number(10.0))], 0), ON);
    assert_eq!(variant(&[("orders", Value::Text(b"10"))], 0), OFF, "a wrong type never matches");
    assert_eq!(variant(&[("email", Value::Text(b"vip-1@example.org"))], 0), ON);
}

#[test]
fn an_experiment_needs_its_unit() {
    let bytes = snapshot(SHOP, Audience::Edge);
    let of = |attributes: &[(&str, Value)]| decided(&bytes, 1, attributes, 0);
    assert_eq!((of(&[]).error, of(&[]).reason, of(&[]).variant), (Error::TargetingKeyMissing, Reason::Error, 0));
    assert_eq!(of(&[("unit", Value::Text(b""))]).error, Error::InvalidContext);
    assert_eq!(of(&[("unit", Value::Number(1.0))]).error, Error::InvalidContext);
    assert_eq!(of(&[("unit", Value::Text(&[b'x'; 257]))]).error, Error::InvalidContext);
    assert_eq!(of(&[("unit", Value::Text(&[b'x'; 256]))]).error, Error::None);
}

#[test]
fn a_raised_rollout_moves_nobody_who_was_in() {
    let before = snapshot(SHOP, Audience::Edge);
    let after = snapshot(&SHOP.replace("\"rollout\": 2147483648", "\"rollout\": 4294967296"), Audience::Edge);
    let mut met = [0; 3];
    for number in 0..2_000 {
        let unit = format!("visitor-{number}");
        let attributes = [("unit", Value::Text(unit.as_bytes()))];
        let (was, is) = (decided(&before, 1, &attributes, 0), decided(&after, 1, &attributes, 0));
        if was.reason == Reason::Split {
            assert_eq!(was, is);
            met[usize::from(is.variant)] += 1;
        } else {
            assert_eq!((was.run, is.reason), (NO_RUN, Reason::Split));
            met[2] += 1;
        }
    }
    // Halves of halves of 2,000: five standard deviations are about 97.
    assert!(met.iter().zip([500, 500, 1000]).all(|(met, due): (&i32, _)| (met - due).abs() < 110), "{met:?}");
}

/// A flag whose rules are these.
fn rules(rules: &str) -> String {
    format!(
        r#"{{"format": 1, "flags": {{"hero": {{"kind": "string", "variants": {{"a": "A", "b": "B", "c": "C"}},
            "off": "a", "otherwise": "a", "rules": [{rules}]}}}}}}"#
    )
}

fn served(bytes: &[u8], number: usize) -> u16 {
    decided(bytes, 0, &[("unit", Value::Text(format!("visitor-{number}").as_bytes()))], 0).variant
}

#[test]
fn a_rules_rollout_serves_its_share_and_raising_it_moves_nobody_who_was_in() {
    let of = |below: u64| {
        let rule = format!(r#"{{"serve": "b", "rollout": {{"salt": "ship", "below": {below}}}}}"#);
        snapshot(&rules(&rule), Audience::Edge)
    };
    let mut before = vec![0; 2_000];
    for percent in [0, 5, 25, 50, 75, 100] {
        let bytes = of((percent << 32) / 100);
        let now: Vec<_> = (0..2_000).map(|number| served(&bytes, number)).collect();
        assert!(before.iter().zip(&now).all(|(before, now)| now >= before), "somebody left at {percent} %");
        let met = now.iter().filter(|variant| **variant == 1).count();
        // Five standard deviations of 2,000 draws are at most 112; nobody and everybody are exact.
        let allowed = if percent % 100 == 0 { 0 } else { 112 };
        assert!(met.abs_diff(percent as usize * 20) <= allowed, "{met} at {percent} %");
        before = now;
    }
}

#[test]
fn rollouts_with_one_salt_are_nested_and_with_two_independent() {
    let of = |salt: &str| {
        let [b, c] = [("b", "ship", 1_u64 << 30), ("c", salt, 1 << 31)].map(|(variant, salt, below)| {
            format!(r#"{{"serve": "{variant}", "rollout": {{"salt": "{salt}", "below": {below}}}}}"#)
        });
        let bytes = snapshot(&rules(&[b, c].join(",")), Audience::Edge);
        (0..4_000).filter(|number| served(&bytes, *number) == 2).count()
    };
    // A quarter is left of the same draws, half of three quarters of others; five standard deviations are 153.
    assert!(of("ship").abs_diff(1_000) < 153 && of("other").abs_diff(1_500) < 153);
}

#[test]
fn a_rollout_needs_its_unit_unless_it_is_for_everybody() {
    let of = |below: u64, attributes: &[(&str, Value)]| {
        let rule = format!(r#"{{"serve": "b", "rollout": {{"salt": "s", "below": {below}, "unit": "account"}}}}"#);
        let decision = decided(&snapshot(&rules(&rule), Audience::Edge), 0, attributes, 0);
        (decision.variant, decision.reason, decision.error)
    };
    let visitor = [("unit", Value::Text(b"ada"))];
    let customer = [("account", Value::Text(b"7"))];
    assert_eq!(of(u64::from(u32::MAX), &visitor), (0, Reason::Error, Error::TargetingKeyMissing));
    assert_eq!(of(u64::from(u32::MAX), &customer), (1, Reason::TargetingMatch, Error::None));
    assert_eq!(of(1 << 32, &visitor), (1, Reason::TargetingMatch, Error::None));
}

#[test]
fn a_rollout_that_shares_a_draw_is_refused() {
    let with = |rules: &str| {
        let text = SHOP.replace(r#"{"experiment": "hero"}"#, rules);
        pointsman::compile::problems(text.as_bytes())
            .into_iter()
            .map(|problem| (problem.pointer, problem.code))
            .collect()
    };
    let due = |place: &str, code| vec![(format!("/flags/hero/rules/{place}"), code)];
    let rollout = |serve: &str, salt: &str| format!(r#"{{{serve}, "rollout": {{"salt": "{salt}", "below": 9}}}}"#);
    let serve = |salt: &str| rollout(r#""serve": "fresh""#, salt);
    let both: Vec<_> = with(&rollout(r#""experiment": "hero""#, "ship"));
    assert_eq!(both, due("0/rollout", Code::Conflict));
    assert_eq!(with(&serve("Ship 1")), due("0/rollout/salt", Code::Name));
    assert_eq!(with(&serve("hero-1")), due("0/rollout/salt", Code::Draw));
    assert_eq!(with(&[serve("ship"), serve("ship")].join(",")), []);
    let other = r#"{"serve": "fresh", "rollout": {"salt": "ship", "below": 9, "unit": "account"}}"#;
    assert_eq!(with(&[&serve("ship"), other].join(",")), due("1/rollout/unit", Code::Draw));
    let two = SHOP.replace(r#"{"experiment": "hero"}"#, &serve("ship")).replace(
        r#""otherwise": "off",
      "rules": ["#,
        r#""otherwise": "off",
      "rules": [{"serve": "on", "rollout": {"salt": "ship", "below": 9}},"#,
    );
    assert_eq!(pointsman::compile::problems(two.as_bytes()), []);
    let warnings = pointsman::compile::warnings(&document::read(two.as_bytes()).unwrap());
    let found: Vec<_> = warnings.into_iter().map(|warning| (warning.pointer, warning.code)).collect();
    assert_eq!(found, due("0/rollout/salt", Code::Draw), "two flags may mean the same units");
    let much = rules(r#"{"serve": "b", "rollout": {"salt": "s", "below": 4294967297}}"#);
    assert_eq!(document::read(much.as_bytes()).unwrap_err()[0].pointer, "/flags/hero/rules/0/rollout/below");
}

#[test]
fn the_plan_exposes_both_variants_and_edits_one() {
    let bytes = snapshot(SHOP, Audience::Edge);
    let snapshot = Snapshot::verify(&bytes).unwrap();
    let mut seen = [false; 2];
    for number in 0..100 {
        let unit = format!("visitor-{number}");
        let record = record(&snapshot, &[("unit", Value::Text(unit.as_bytes()))]);
        let mut decisions = [0; 2 * DECISION];
        assert_eq!(evaluate(&snapshot, Context(&record), Millis(0), &mut decisions), Some(2));
        let decision = decide(&snapshot, 1, Context(&record), Millis(0), &mut [0; 1 << 12], &mut ()).unwrap();
        let steps = |path: &[u8]| {
            let mut steps = Vec::new();
            plan(&snapshot, &decisions, path, |step| steps.push(step));
            steps
        };
        assert_eq!(steps(b"/beans"), []);
        match (decision.reason, decision.variant) {
            (Reason::Split, 0) => assert_eq!(steps(b"/"), [Step::Expose(1)]),
            (Reason::Split, _) => assert_eq!(steps(b"/"), [Step::Expose(1), Step::Edit(0)]),
            _ => assert_eq!(steps(b"/"), [Step::Show(1)]),
        }
        if decision.reason == Reason::Split {
            seen[usize::from(decision.variant)] = true;
        }
    }
    assert_eq!(seen, [true, true]);
}

#[test]
fn browsers_get_only_flags_that_are_marked_for_them() {
    let bytes = snapshot(SHOP, Audience::Client);
    let snapshot = Snapshot::verify(&bytes).unwrap();
    assert_eq!((snapshot.count(Section::Flags), snapshot.count(Section::Pages)), (1, 0));
    for secret in ["free-shipping", "staff", "vip-", "country", "landing", "order", "h1"] {
        assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret} leaks");
    }
    let unit = [("unit", Value::Text(b"ada"))];
    let edge = self::snapshot(SHOP, Audience::Edge);
    assert_eq!(decided(&bytes, 0, &unit, 0).variant, decided(&edge, 1, &unit, 0).variant);
}

#[test]
fn a_rollback_is_a_new_version_of_the_same_bytes() {
    let body = compile(&document::read(SHOP.as_bytes()).unwrap(), Audience::Edge).unwrap();
    let (old, new) = (body.seal(3), body.seal(9));
    assert_eq!(old[HEADER..], new[HEADER..]);
    assert_eq!(Snapshot::verify(&new).unwrap().config_version(), 9);
    assert_eq!(Snapshot::verify(&old).unwrap().digest(), body.digest());
}

#[test]
fn bad_documents_give_all_their_problems_at_once() {
    let problems = |text: &str| match document::read(text.as_bytes()) {
        Err(problems) => problems,
        Ok(document) => compile(&document, Audience::Edge).unwrap_err(),
    };
    let shape = problems(
        r#"{"format": 2, "flags": {"a": {"kind": "bool", "variants": [], "off": 1, "otherwise": "x", "extra": 1}}, "pages": null}"#,
    );
    let places: Vec<_> = shape.iter().map(|problem| problem.pointer.as_str()).collect();
    assert_eq!(places, ["/flags/a/extra", "/flags/a/kind", "/flags/a/off", "/flags/a/variants", "/format", "/pages"]);
    assert!(
        shape.iter().all(|problem| problem.code == Code::Shape && !problem.cause.is_empty() && !problem.fix.is_empty())
    );

    let meaning = problems(
        r#"{"format": 1,
        "flags": {"Hero": {"kind": "boolean", "variants": {"on": true, "no": "no"}, "off": "off", "otherwise": "on",
                  "rules": [{"serve": "on", "experiment": "x"}, {}, {"experiment": "e"}]}},
        "experiments": {"e": {"flag": "Hero", "metric": "m", "control": "on",
            "run": {"id": "e 1", "salt": "s", "epoch": 1, "rollout": 1, "split": [[5, "on"], [5, "gone"]]}},
                        "f": {"flag": "Hero", "metric": "m", "control": "no",
            "run": {"id": "f", "salt": "s", "epoch": 1, "rollout": 1, "split": [[4294967296, "on"]]}}},
        "pages": {"p": {"path": "beans", "flag": "Hero", "variants": {"on": [
            {"select": "a", "change": {"attribute": {"name": "href", "value": " java\tscript:alert(1)"}}},
            {"select": "", "change": {"attribute": {"name": "onclick", "value": "x"}}}]}}}}"#,
    );
    let found: Vec<_> = meaning.iter().map(|problem| (problem.pointer.as_str(), problem.code)).collect();
    assert_eq!(
        found,
        [
            ("/flags/Hero", Code::Name),
            ("/flags/Hero/variants/no", Code::Conflict),
            ("/flags/Hero/off", Code::Unknown),
            ("/flags/Hero/rules/0", Code::Conflict),
            ("/flags/Hero/rules/0/experiment", Code::Unknown),
            ("/flags/Hero/rules/1", Code::Conflict),
            ("/experiments/e/metric", Code::Unknown),
            ("/experiments/e/run/id", Code::Name),
            ("/experiments/e/run/split/1/1", Code::Unknown),
            ("/experiments/e/run/split/1", Code::Split),
            ("/experiments/e/run/split", Code::Split),
            ("/experiments/f/metric", Code::Unknown),
            ("/experiments/f/run/split", Code::Split),
            ("/experiments/f/run/salt", Code::Draw),
            ("/pages/p/path", Code::Name),
            ("/pages/p/variants/on/0/change/attribute", Code::Unsafe),
            ("/pages/p/variants/on/1/select", Code::Name),
            ("/pages/p/variants/on/1/change/attribute", Code::Unsafe),
        ]
    );
}

#[test]
fn a_problem_of_form_hides_no_problem_of_meaning() {
    let problems = pointsman::compile::problems(
        br#"{"format": 3, "flags": {
            "a": {"kind": "boolean", "vairants": {}, "off": "x", "otherwise": "x"},
            "b": {"kind": "boolean", "variants": {"on": true}, "off": "gone", "otherwise": "on", "rules": [{"experiment": "e"}]}},
            "metrics": {"m": {"event": "order"}},
            "experiments": {"e": {"flag": "b", "metric": "m", "control": "on", "run": 1}, "f": {"flag": "a", "metric": "m", "control": "x"}},
            "pages": []}"#,
    );
    let places: Vec<_> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
    let due = ["/experiments/e/run", "/flags/a/variants", "/flags/a/vairants", "/format", "/pages", "/flags/b/off"];
    assert_eq!(places, due, "what refers to an entry that cannot be read is not reported on top of it");
}

#[test]
fn a_condition_that_is_misspelt_is_named_with_what_may_be_meant() {
    let problem = |condition: &str| {
        let text = format!(
            r#"{{"format": 1, "flags": {{"f": {{"kind": "boolean", "variants": {{"on": true}}, "off": "on", "otherwise": "on",
            "rules": [{{"if": {condition}, "serve": "on"}}]}}}}}}"#
        );
        let problems = pointsman::compile::problems(text.as_bytes());
        assert_eq!(problems.len(), 1, "{problems:?}");
        let [problem] = &problems[..] else { unreachable!() };
        (problem.pointer.replace("/flags/f/rules/0", ""), problem.cause.clone(), problem.fix.clone())
    };
    let (place, _, fix) = problem(r#"{"equal": {"attribute": "x", "value": 1}}"#);
    assert_eq!((place.as_str(), fix.as_str()), ("/if/equal", "Did you mean `equals`?"));
    let (place, _, fix) = problem(r#"{"not": {"atleast": {"attribute": "x", "than": 1}}}"#);
    assert_eq!((place.as_str(), fix.as_str()), ("/if/not/atleast", "Did you mean `atLeast`?"));
    let (place, _, fix) = problem(r#"{"regex": {"attribute": "x", "pattern": "a"}}"#);
    assert!(place == "/if/regex" && fix.contains("matches"), "{fix}");
    let (place, cause, fix) =
        problem(r#"{"equals": {"attribute": "x", "value": 1}, "greater": {"attribute": "x", "than": 0}}"#);
    assert_eq!(
        (place.as_str(), cause.as_str()),
        ("/if", "`equals` and `greater` stand in one object; each has its own.")
    );
    assert!(fix.contains("`all`"));
}

#[test]
fn lists_of_problems_end() {
    let many: String = (0..5000).map(|number| format!("\"f{number}\": {{}},")).collect();
    let key = "k".repeat(100_000);
    let twice: String = (0..3000).map(|_| "\"a\": 1,").collect();
    for text in [
        format!("{{\"format\": 1, \"flags\": {{{many} \"last\": {{}}}}}}"),
        format!("{{\"{key}\": {{{twice} \"b\": 1}}}}"),
        format!("{{\"format\": 1, \"{key}\": 1}}"),
    ] {
        let problems = pointsman::compile::problems(text.as_bytes());
        let length: usize = problems.iter().map(|problem| problem.to_string().len()).sum();
        assert!(!problems.is_empty() && problems.len() <= 100 && length < 100_000, "{} {length}", problems.len());
    }
}

#[test]
fn a_ramp_from_the_beginning_of_time_ends_in_a_share() {
    let text = r#"{"format": 1, "flags": {"f": {"kind": "boolean", "variants": {"on": true, "off": false}, "off": "off",
        "otherwise": "off", "rules": [{"ramp": {"salt": "s", "linear": true, "points": [[0, 0], [9, 4294967296]]},
        "serve": "on"}]}}}"#;
    let mut bytes = snapshot(text, Audience::Edge);
    let place = HEADER + Section::Points as usize * 8;
    let points = u32::from_le_bytes(bytes[place..place + 4].try_into().unwrap()) as usize;
    bytes[points..points + 8].copy_from_slice(&i64::MIN.to_le_bytes());
    let version = u32::from_le_bytes(bytes[8..12].try_into().unwrap());
    let sum = pointsman::draw::checksum(version, &bytes[HEADER..]);
    bytes[HEADER - 8..HEADER].copy_from_slice(&sum.to_le_bytes());
    for now in [i64::MIN, -1, 0, 8, i64::MAX] {
        let _ = decided(&bytes, 0, &[("unit", Value::Text(b"ada"))], now);
    }
}

#[test]
fn no_edit_runs_code() {
    let refused = |change: &str| {
        let text = SHOP.replace(r#"{"text": "Fresh coffee"}"#, change);
        assert_ne!(text, SHOP);
        let problems = pointsman::compile::problems(text.as_bytes());
        assert!(problems.iter().any(|problem| problem.code == Code::Unsafe), "{change}: {problems:?}");
    };
    for (name, value) in [
        ("onclick", "x"),
        ("SrcDoc", "x"),
        ("href", "JavaScript:alert(1)"),
        ("href", " java\tscript:alert(1)"),
        ("values", "x;javascript:alert(1)"),
        ("src", "data:text/html,x"),
        ("src", "data:application/xhtml+xml,x"),
        ("src", "data:image/svg+xml,x"),
    ] {
        refused(&serde_json::json!({"attribute": {"name": name, "value": value}}).to_string());
    }
    let picture = SHOP.replace(
        r#"{"text": "Fresh coffee"}"#,
        r#"{"attribute": {"name": "src", "value": "data:image/png;base64,AA=="}}"#,
    );
    assert_eq!(pointsman::compile::problems(picture.as_bytes()), []);
}

/// Reads everything there is to read.
fn exercise(bytes: &[u8], context: &[u8]) {
    let snapshot = Snapshot::verified(bytes);
    let mut decisions = vec![0; 64];
    let _ = evaluate(&snapshot, Context(context), Millis(0), &mut decisions);
    plan(&snapshot, &decisions, b"/a", |_| ());
}

#[test]
fn every_strict_prefix_and_every_flipped_bit_is_refused() {
    let good = snapshot(SHOP, Audience::Edge);
    for length in 0..good.len() {
        assert!(matches!(Snapshot::verify(&good[..length]), Err(Fault::NotASnapshot | Fault::Truncated)), "{length}");
    }
    // The digest is the edge's business: it says who wrote the bytes.
    let digest = 16 * 8..48 * 8;
    for bit in 0..good.len() * 8 {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(Snapshot::verify(&bytes).is_ok(), digest.contains(&bit), "bit {bit}");
        exercise(&bytes, &bytes);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_safe(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..40), context in prop::collection::vec(any::<u8>(), 0..80)) {
        let mut bytes = snapshot(SHOP, Audience::Edge);
        for (index, byte) in changes {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        exercise(&bytes, &context);
    }

    #[test]
    fn any_text_is_a_document_or_a_list_of_problems(text in ".{0,200}") {
        if let Err(problems) = document::read(text.as_bytes()) {
            prop_assert!(!problems.is_empty());
        }
    }
}
