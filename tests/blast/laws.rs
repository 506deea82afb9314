//! Random flags: the arithmetic against many visitors who are asked.

use super::{ALL, grown, read, share};
use pointsman::blast::{Growth, Moved, growth, moved, refuse};
use pointsman::compile::{Audience, compile};
use pointsman::context::{self, Context, Value};
use pointsman::evaluate::{Reason, decide};
use pointsman::snapshot::Snapshot;
use pointsman::time::Millis;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// What a random flag is made of: its variants' values, whether `v2` edits a page, and everything else of it.
type Parts = (Vec<u8>, bool, bool, usize, usize, Vec<RuleParts>, Option<(u64, u64)>);
/// Condition, window, variant, rollout; variant 3 is the experiment.
type RuleParts = (Option<u8>, bool, usize, Option<(u8, u64)>);

fn threshold() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), Just(ALL), (1..20_u64).prop_map(|part| part * ALL / 20)]
}

fn parts() -> impl Strategy<Value = Parts> {
    let rule =
        (prop::option::of(0..2_u8), prop::bool::weighted(0.2), 0..4_usize, prop::option::of((0..3_u8, threshold())));
    let run = prop::option::of((threshold(), 1..10_u64));
    let values = prop::collection::vec(0..4_u8, 3);
    let rules = prop::collection::vec(rule, 0..5);
    (values, any::<bool>(), prop::bool::weighted(0.9), 0..3_usize, 0..3_usize, rules, run)
}

fn random((values, edited, enabled, off, otherwise, rules, run): &Parts) -> Json {
    let variants: serde_json::Map<_, _> = (0..).zip(values).map(|(n, value)| (format!("v{n}"), json!(value))).collect();
    let rule = |(condition, window, variant, rollout): &RuleParts| {
        let mut rule = match variant {
            3 => json!({"experiment": "e"}),
            _ => json!({"serve": format!("v{variant}")}),
        };
        if let Some(condition) = condition {
            rule["if"] = json!({"equals": {"attribute": format!("c{condition}"), "value": true}});
        }
        if *window {
            rule["from"] = json!(100);
        }
        if let Some((salt, below)) = rollout.filter(|_| *variant != 3) {
            rule["rollout"] = json!({"salt": format!("s{salt}"), "below": below});
        }
        rule
    };
    let mut document = json!({
        "format": 1,
        "flags": {"f": {"kind": "number", "variants": variants, "off": format!("v{off}"), "enabled": enabled,
            "otherwise": format!("v{otherwise}"), "rules": rules.iter().map(rule).collect::<Vec<_>>()}},
        "metrics": {"m": {"event": "order"}},
        "experiments": {"e": {"flag": "f", "metric": "m", "control": "v0"}},
    });
    if *edited {
        let edit = json!([{"select": "h1", "change": {"remove": true}}]);
        document["pages"] = json!({"p": {"path": "/", "flag": "f", "variants": {"v2": edit}}});
    }
    if let Some((rollout, middle)) = run {
        document["experiments"]["e"]["run"] = json!({"id": "r", "salt": "r", "epoch": 1, "rollout": rollout,
            "split": [[ALL / 10 * middle, "v0"], [ALL, "v1"]]});
    }
    document
}

/// A variant's value and edits.
fn thing(document: &Json, variant: &str) -> (Json, Option<Json>) {
    let edits = document.pointer(&format!("/pages/p/variants/{variant}")).cloned();
    (document["flags"]["f"]["variants"][variant].clone(), edits)
}

/// For each of some visitors the things that the running flag may show them.
fn met(document: &Json, context: [bool; 2], now: i64, visitors: usize) -> Vec<Vec<(Json, Option<Json>)>> {
    let bytes = compile(&read(document), Audience::Edge).unwrap().seal(1);
    let snapshot = Snapshot::verify(&bytes).unwrap();
    let manifest: Json = serde_json::from_slice(snapshot.manifest()).unwrap();
    let names: Vec<_> = manifest["attributes"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let of = |number: usize| {
        let unit = format!("visitor-{number}");
        let known = names.iter().enumerate().map(|(slot, name)| match *name {
            "unit" => (slot, Value::Text(unit.as_bytes())),
            name => (slot, Value::Boolean(context[usize::from(name == "c1")])),
        });
        let mut record = [0; 512];
        let length = context::write(names.len(), known, &mut record).unwrap();
        let decision =
            decide(&snapshot, 0, Context(&record[..length]), Millis(now), &mut [0; 1 << 12], &mut ()).unwrap();
        if decision.reason == Reason::Split {
            vec![thing(document, "v0"), thing(document, "v1")]
        } else {
            vec![thing(document, &format!("v{}", decision.variant))]
        }
    };
    (0..visitors).map(of).collect()
}

const VISITORS: usize = 400;
/// Five standard deviations of a share of [`VISITORS`].
const NEAR: f64 = 0.125;

#[expect(clippy::cast_precision_loss, reason = "at most 2^32")]
fn near(parts: u64, visitors: usize) -> bool {
    (parts as f64 / ALL as f64 - visitors as f64 / VISITORS as f64).abs() < NEAR
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nothing_grows_between_a_document_and_itself(parts in parts()) {
        let document = read(&random(&parts));
        prop_assert_eq!(growth(&document, &document), Ok(vec![]));
        prop_assert_eq!(moved(&document, &document, "f"), Some(Moved::default()));
    }

    #[test]
    fn whoever_newly_meets_a_thing_is_covered_by_a_growth(old in parts(), new in parts(), related in any::<bool>()) {
        let old = random(&old);
        let mut new = random(&new);
        if related {
            new["flags"]["f"]["rules"] = old["flags"]["f"]["rules"].clone();
            new["flags"]["f"]["variants"] = old["flags"]["f"]["variants"].clone();
        }
        let mut growths = grown(&old, &new);
        growths.retain(|growth| growth.others == 0);
        let mut off = new.clone();
        off["flags"]["f"]["enabled"] = json!(false);
        let safe = thing(&old, old["flags"]["f"]["off"].as_str().unwrap());
        let mut real = vec![false; growths.len()];
        for combination in 0..8 {
            let context = [combination & 1 == 1, combination & 2 == 2];
            let now = if combination & 4 == 4 { 100 } else { 99 };
            let was = met(&old, context, now, VISITORS);
            for (is, variant) in [&new, &off].into_iter().flat_map(|then| {
                let is = met(then, context, now, VISITORS);
                ["v0", "v1", "v2"].map(|variant| (is.clone(), variant))
            }) {
                let thing = thing(&new, variant);
                let before = was.iter().filter(|met| met.contains(&thing)).count();
                let newly = was.iter().zip(&is).filter(|(was, is)| is.contains(&thing) && !was.contains(&thing)).count();
                let own = |growth: &Growth| self::thing(&new, &growth.variant) == thing;
                for (growth, real) in growths.iter().zip(&mut real).filter(|(growth, _)| own(growth)) {
                    *real |= near(growth.before, before) && near(growth.after, before + newly);
                }
                let covers = |growth: &&Growth| (near(growth.before, before) || growth.before < share(100) * before as u64 / VISITORS as u64)
                    && (near(growth.after, before + newly) || growth.after > share(100) * (before + newly) as u64 / VISITORS as u64);
                let covered = growths.iter().filter(|growth| own(growth)).any(|growth| covers(&growth));
                prop_assert!(newly == 0 || thing == safe || covered, "{variant} {context:?} {now}: {before} + {newly}\n{growths:?}");
            }
        }
        prop_assert!(real.iter().all(|real| *real), "each growth is one that can happen: {growths:?} {real:?}");
    }

    #[test]
    fn less_of_the_only_new_thing_grows_nothing(
        rules in prop::collection::vec((prop::option::of(0..2_u8), any::<bool>(), prop_oneof![Just(1_usize), Just(3)], prop::option::of((0..3_u8, threshold()))), 1..5),
        run in (threshold(), 1..10_u64),
        at in any::<prop::sample::Index>(),
        less in threshold(),
    ) {
        let parts = |rules: Vec<RuleParts>, run, enabled| random(&(vec![0, 1, 2], true, enabled, 0, 0, rules, run));
        let old = parts(rules.clone(), Some(run), true);
        let mut lowered = rules.clone();
        let at = at.index(rules.len());
        if let (_, _, 1, rollout) = &mut lowered[at] {
            *rollout = Some(rollout.map_or((0, less), |(salt, below)| (salt, below.min(less))));
        }
        let mut removed = rules.clone();
        removed.remove(at);
        for new in [
            parts(lowered, Some((run.0.min(less), run.1)), true),
            parts(removed, Some(run), true),
            parts(rules.clone(), None, true),
            parts(rules, Some(run), false),
        ] {
            prop_assert_eq!(grown(&old, &new), vec![], "{} {}", old, new);
        }
    }

    #[test]
    fn whatever_passes_may_also_be_smaller(before in threshold(), after in threshold(), steps in prop::collection::vec(any::<u8>(), 0..5)) {
        let passes = |before, after| {
            let growth = Growth { flag: "f".into(), variant: "v".into(), others: 0, before, after, group: false, tested: false };
            refuse(&[growth], &steps).is_empty()
        };
        prop_assert!(!passes(0, ALL));
        prop_assume!(before < after);
        prop_assert!(passes(before, after) <= passes(before, u64::midpoint(before, after)));
        prop_assert!(passes(before, after) <= passes(u64::midpoint(before, after), after));
    }
}
