//! Draws are uniform and independent, and what stands on them moves nobody who need not move.

#![allow(clippy::cast_precision_loss, reason = "the counts of these tests are far below 2^53")]

use pointsman::compile::{Audience, compile};
use pointsman::context::Context;
use pointsman::document;
use pointsman::draw::{ALL, Algorithm, Purpose, draw};
use pointsman::evaluate::{DECISION, NO_RUN, Reason, evaluate};
use pointsman::snapshot::{Section, Snapshot};
use pointsman::time::Millis;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const PURPOSES: [Purpose; 5] = [Purpose::Rollout, Purpose::Split, Purpose::Layer, Purpose::Holdout, Purpose::Condition];
const UNITS: usize = 40_000;

fn of(purpose: Purpose, salt: &str, unit: &str) -> u32 {
    draw(Algorithm::Xxh64High, format!("{}\0{salt}\0", purpose.name()).as_bytes(), unit.as_bytes()).unwrap()
}

/// Ids as systems make them: counted, six digits, and UUIDs of version 7, which rise in time and share their start.
fn units() -> [Vec<String>; 3] {
    let all = |id: fn(usize) -> String| (0..UNITS).map(id).collect();
    [
        all(|n| format!("user-{n}")),
        all(|n| format!("{:06}", n * 7 % 1_000_000)),
        all(|n| format!("0193f2a0-{:04x}-7{:03x}-8000-{:012x}", n >> 8, n & 0xfff, n)),
    ]
}

#[test]
fn draws_are_uniform() {
    // Chi-square with 99 degrees of freedom: above 180 once in a million times, and 60 tables are looked at.
    for (shape, units) in units().iter().enumerate() {
        for purpose in PURPOSES {
            for salt in ["hero-1", "hero-2", "a", "checkout"] {
                let mut buckets = [0_u32; 100];
                for unit in units {
                    buckets[(u64::from(of(purpose, salt, unit)) * 100 / ALL) as usize] += 1;
                }
                let due = UNITS as f64 / 100.0;
                let chi: f64 = buckets.iter().map(|count| (f64::from(*count) - due).powi(2) / due).sum();
                assert!((50.0..180.0).contains(&chi), "{purpose:?} {salt} of shape {shape}: {chi}");
            }
        }
    }
}

/// Halves of all units by their draws.
fn halves(purpose: Purpose, salt: &str, units: &[String]) -> Vec<bool> {
    units.iter().map(|unit| u64::from(of(purpose, salt, unit)) < ALL / 2).collect()
}

/// How far the halves are from being independent, in standard deviations.
fn sigmas(left: &[bool], right: &[bool]) -> f64 {
    let count = |wanted: (bool, bool)| left.iter().zip(right).filter(|(l, r)| (**l, **r) == wanted).count() as f64;
    let (a, b, c, d) = (count((true, true)), count((true, false)), count((false, true)), count((false, false)));
    let phi = (a * d - b * c) / ((a + b) * (c + d) * (a + c) * (b + d)).sqrt();
    phi.abs() * (left.len() as f64).sqrt()
}

#[test]
fn flags_with_similar_salts_are_independent() {
    for (shape, units) in units().iter().enumerate() {
        let flags: Vec<_> =
            ('a'..='x').map(|last| halves(Purpose::Split, &format!("new-checkout-{last}"), units)).collect();
        for (index, left) in flags.iter().enumerate() {
            for (other, right) in flags.iter().enumerate().skip(index + 1) {
                let far = sigmas(left, right);
                assert!(far < 5.0, "{index} and {other} of shape {shape}: {far} sigma");
            }
        }
    }
}

#[test]
fn purposes_of_one_salt_are_independent() {
    for units in units() {
        let all = PURPOSES.map(|purpose| halves(purpose, "hero", &units));
        for (index, left) in all.iter().enumerate() {
            for right in &all[index + 1..] {
                assert!(sigmas(left, right) < 5.0, "{:?}", PURPOSES[index]);
            }
        }
    }
}

/// A flag with three variants, of which `off` and `otherwise` are `a`.
fn flag(rules: &Value) -> Value {
    json!({"kind": "string", "variants": {"a": "A", "b": "B", "c": "C"}, "off": "a", "otherwise": "a", "rules": rules})
}

/// A snapshot of a document that has these parts.
fn snapshot(mut document: Value) -> Vec<u8> {
    document["format"] = json!(1);
    document["metrics"] = json!({"orders": {"event": "order"}});
    let document = document::from_tree(document).unwrap_or_else(|problems| panic!("{problems:?}"));
    compile(&document, Audience::Edge).unwrap_or_else(|problems| panic!("{problems:?}")).seal(1)
}

/// What each flag serves: its variant's index, and whether it belongs to a run. Flags are in the order of their keys.
fn served(bytes: &[u8], context: &Map<String, Value>, now: i64) -> Vec<(u16, Reason, bool)> {
    let snapshot = Snapshot::verify(bytes).unwrap();
    let record = document::context::record(&document::context::attributes(&snapshot), context);
    let mut decisions = vec![0; snapshot.count(Section::Flags) as usize * DECISION];
    evaluate(&snapshot, Context(&record), Millis(now), &mut decisions).unwrap();
    let reasons =
        [Reason::Static, Reason::Default, Reason::TargetingMatch, Reason::Split, Reason::Disabled, Reason::Error];
    let one = |bytes: &[u8]| {
        let number = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        (number(0), reasons[usize::from(bytes[2])], number(6) != NO_RUN)
    };
    decisions.chunks(DECISION).map(one).collect()
}

/// Each place of a document at which a draw may name its hash, with the hash in it; none leaves it out.
fn hashed(hash: Option<&str>) -> Value {
    let named = |mut draw: Value| {
        if let Some(hash) = hash {
            draw["hash"] = hash.into();
        }
        draw
    };
    let half = ALL / 2;
    let mut one = experiment("a", 0, &json!({"slot": {"layer": "top", "below": half}}));
    one["run"] = named(one["run"].clone());
    let draw = json!({"draw": named(json!({"salt": "c", "below": half}))});
    let share = named(json!({"salt": "r", "below": half}));
    let ramp = named(json!({"salt": "p", "points": [["2026-11-01", half]]}));
    let split = named(json!({"salt": "s", "ranges": [[half, "b"], [ALL, "a"]]}));
    let rules = json!([
        {"experiment": "a"}, {"if": draw, "serve": "b", "rollout": share}, {"serve": "c", "ramp": ramp}, {"split": split}
    ]);
    let mut flag = flag(&rules);
    flag["holdout"] = "kept".into();
    json!({
        "format": 1, "flags": {"a": flag}, "experiments": {"a": one}, "metrics": {"orders": {"event": "order"}},
        "layers": {"top": named(json!({"salt": "l"}))}, "holdouts": {"kept": named(json!({"salt": "h", "below": 1000}))}
    })
}

#[test]
fn a_documents_draws_name_hash_key_and_thresholds() {
    let read = |document: &Value| document::read(document.to_string().as_bytes());
    let compiled = |hash| snapshot(hashed(hash));
    // Named or not, it is the same draw, byte for byte; and what is written down of it is the same as well.
    let (absent, named) = (read(&hashed(None)).unwrap(), read(&hashed(Some("xxh64-high"))).unwrap());
    assert_eq!(compiled(None), compiled(Some("xxh64-high")));
    assert_eq!(absent, named);
    assert_eq!(serde_json::to_string(&absent).unwrap(), serde_json::to_string(&named).unwrap());
    // Another one would draw other units: it is refused at each of its places, with those that are known.
    for hash in ["murmur3-32", "XXH64-high", ""] {
        let problems = read(&hashed(Some(hash))).unwrap_err();
        let places = problems.iter().map(|problem| problem.pointer.as_str()).collect::<Vec<_>>();
        let due = [
            "/experiments/a/run/hash",
            "/flags/a/rules/1/if/draw/hash",
            "/flags/a/rules/1/rollout/hash",
            "/flags/a/rules/2/ramp/hash",
            "/flags/a/rules/3/split/hash",
            "/holdouts/kept/hash",
            "/layers/top/hash",
        ];
        assert_eq!(places, due, "{hash}");
        for problem in &problems {
            assert_eq!(problem.cause, "This word is not known here.");
            assert_eq!(problem.fix, "Write one of xxh64-high.");
        }
    }
}

fn visitor(unit: &str) -> Map<String, Value> {
    Map::from_iter([("unit".to_string(), json!(unit))])
}

fn experiment(flag: &str, number: usize, more: &Value) -> Value {
    let mut all = json!({"flag": flag, "metric": "orders", "control": "a", "run": {"id": format!("run-{number}"),
        "salt": format!("run-{number}"), "epoch": 1, "rollout": ALL, "split": [[ALL / 2, "a"], [ALL, "b"]]}});
    for (key, value) in more.as_object().unwrap() {
        all[key] = value.clone();
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn raising_a_rollout_moves_nobody_who_was_in(low in 0..=ALL, high in 0..=ALL, seed: u32) {
        let (low, high) = (low.min(high), low.max(high));
        let of = |below: u64| {
            let rule = json!([{"serve": "b", "rollout": {"salt": "ship", "below": below}}]);
            let run = experiment("test", 1, &json!({"run": {"id": "run-1", "salt": "run-1", "epoch": 1, "rollout": below,
                "split": [[ALL / 3, "a"], [ALL, "b"]]}}));
            let test = flag(&json!([{"experiment": "test"}]));
            snapshot(json!({"flags": {"ship": flag(&rule), "test": test}, "experiments": {"test": run}}))
        };
        let (before, after) = (of(low), of(high));
        for number in 0..50 {
            let visitor = visitor(&format!("{seed}-{number}"));
            let (was, is) = (served(&before, &visitor, 0), served(&after, &visitor, 0));
            prop_assert!(was[0].0 == 0 || is[0] == was[0], "the rule's");
            prop_assert!(!was[1].2 || is[1] == was[1], "the run's");
        }
    }

    #[test]
    fn a_rising_ramp_moves_nobody_who_was_in(linear: bool, shares in prop::collection::vec(0..=ALL, 1..6), seed: u32) {
        let mut shares = shares;
        shares.sort_unstable();
        let points: Vec<_> = shares.iter().enumerate().map(|(at, share)| json!([at * 100, share])).collect();
        let rule = json!([{"serve": "b", "ramp": {"salt": "ship", "linear": linear, "points": points}}]);
        let bytes = snapshot(json!({"flags": {"ship": flag(&rule)}}));
        for number in 0..20 {
            let visitor = visitor(&format!("{seed}-{number}"));
            let met: Vec<_> = (-1..61).map(|tenth| served(&bytes, &visitor, tenth * 10)[0].0).collect();
            prop_assert!(met[0] == 0 && met.is_sorted(), "{:?}", met);
        }
    }
}

#[test]
fn no_unit_is_in_two_experiments_of_a_layer() {
    let slots = [(0, ALL / 5), (ALL / 5, ALL / 2), (ALL / 2, ALL / 2 + 1), (ALL / 2 + 1, ALL)];
    let (mut flags, mut experiments) = (json!({}), json!({}));
    for (number, (from, below)) in slots.into_iter().enumerate() {
        let key = format!("flag-{number}");
        flags[&key] = flag(&json!([{"experiment": key}]));
        experiments[&key] = experiment(&key, number, &json!({"slot": {"layer": "shop", "from": from, "below": below}}));
    }
    let bytes = snapshot(json!({"flags": flags, "experiments": experiments, "layers": {"shop": {"salt": "shop"}}}));
    let mut met = [0; 4];
    for unit in &units()[0] {
        let within: Vec<_> = served(&bytes, &visitor(unit), 0).iter().map(|(_, _, runs)| *runs).collect();
        assert_eq!(within.iter().filter(|within| **within).count(), 1, "{unit} is in exactly one: {within:?}");
        met[within.iter().position(|within| *within).unwrap()] += 1;
    }
    // Five standard deviations of 40,000 draws are at most 500.
    for (met, due) in met.iter().zip([8_000_i32, 12_000, 0, 20_000]) {
        assert!((met - due).abs() <= 500, "{met} of {due}");
    }
}

#[test]
fn no_context_puts_a_unit_into_two_experiments_of_a_layer() {
    let (mut flags, mut experiments) = (json!({}), json!({}));
    for (number, (from, below)) in [(0, ALL / 2), (ALL / 2, ALL)].into_iter().enumerate() {
        let key = format!("flag-{number}");
        flags[&key] = flag(&json!([{"experiment": key}]));
        let slot = json!({"layer": "shop", "from": from, "below": below});
        experiments[&key] = experiment(&key, number, &json!({"sticky": true, "slot": slot}));
    }
    let bytes = snapshot(json!({"flags": flags, "experiments": experiments, "layers": {"shop": {"salt": "shop"}}}));
    for unit in &units()[0][..500] {
        let mut visitor = visitor(unit);
        visitor.insert("sticky".to_string(), json!({"run-0": "b", "run-1": "b"}));
        let within = served(&bytes, &visitor, 0).iter().filter(|(_, _, runs)| *runs).count();
        assert_eq!(within, 1, "{unit} says that it had a variant of both");
    }
}

#[test]
fn units_that_are_held_out_meet_nothing_but_off() {
    let mut flags = json!({});
    let rules = [
        json!([{"serve": "b"}]),
        json!([{"split": {"salt": "x", "ranges": [[ALL / 2, "b"], [ALL, "c"]]}}]),
        json!([{"experiment": "test"}]),
    ];
    for (number, rules) in rules.iter().enumerate() {
        let key = if number == 2 { "test".to_string() } else { format!("flag-{number}") };
        flags[&key] = flag(rules);
        flags[&key]["holdout"] = json!("winter");
        flags[&key]["otherwise"] = json!("b");
    }
    let document = json!({"flags": flags, "experiments": {"test": experiment("test", 1, &json!({"sticky": true}))},
        "holdouts": {"winter": {"salt": "winter", "below": ALL / 10}}});
    let bytes = snapshot(document);
    let mut held = 0;
    for unit in &units()[2] {
        let mut visitor = visitor(unit);
        visitor.insert("sticky".to_string(), json!({"run-1": "b"}));
        let met = served(&bytes, &visitor, 0);
        if u64::from(of(Purpose::Holdout, "winter", unit)) < ALL / 10 {
            held += 1;
            assert!(met.iter().all(|met| *met == (0, Reason::Split, false)), "{unit}: {met:?}");
        } else {
            assert!(met.iter().all(|(variant, ..)| *variant > 0), "{unit}: {met:?}");
        }
    }
    assert!((3_600..4_400).contains(&held), "{held} of 40,000 are held out");
}

#[test]
fn a_sticky_run_keeps_the_variant_while_it_lasts() {
    let of = |run: Option<&str>, rollout: u64| {
        let mut test = experiment("test", 1, &json!({"sticky": true}));
        match run {
            Some(id) => {
                test["run"]["id"] = json!(id);
                test["run"]["salt"] = json!(id);
                test["run"]["rollout"] = json!(rollout);
            }
            None => test["run"] = Value::Null,
        }
        let test: Value = test
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect::<Map<_, _>>()
            .into();
        snapshot(json!({"flags": {"test": flag(&json!([{"experiment": "test"}]))}, "experiments": {"test": test}}))
    };
    let (running, stopped, none, next) = (of(Some("one"), ALL), of(Some("one"), 0), of(None, 0), of(Some("two"), 0));
    for unit in &units()[0][..500] {
        for had in ["a", "b", "c", "", "other"] {
            let mut visitor = visitor(unit);
            visitor.insert("sticky".to_string(), json!({"one": had}));
            let kept = ["a", "b"].iter().position(|known| *known == had).map(|variant| variant as u16);
            let first = served(&running, &visitor, 0)[0];
            assert!(first.2 && kept.is_none_or(|kept| kept == first.0), "{unit} had {had}: {first:?}");
            let late = served(&stopped, &visitor, 0)[0];
            assert_eq!(
                (late.0, late.2),
                (kept.unwrap_or(0), kept.is_some()),
                "{unit} had {had}, the rollout is nobody"
            );
            for over in [&none, &next] {
                assert_eq!(served(over, &visitor, 0)[0], (0, Reason::Default, false), "{unit} had {had}");
            }
        }
    }
}

#[test]
fn a_flag_whose_prerequisite_is_unmet_serves_off() {
    let mut second = flag(&json!([{"serve": "c"}]));
    second["prerequisites"] = json!([{"key": "first", "is": ["b"]}]);
    second["otherwise"] = json!("b");
    let first = flag(&json!([{"serve": "b", "rollout": {"salt": "first", "below": ALL / 2}}]));
    let bytes = snapshot(json!({"flags": {"first": first, "second": second}}));
    for unit in &units()[1][..2_000] {
        let met = served(&bytes, &visitor(unit), 0);
        let due = if met[0].0 == 1 { (2, Reason::TargetingMatch, false) } else { (0, Reason::Default, false) };
        assert_eq!(met[1], due, "{unit}");
    }
    let nobody = served(&bytes, &Map::new(), 0);
    assert_eq!((nobody[0].1, nobody[1]), (Reason::Error, (0, Reason::Default, false)));
}
