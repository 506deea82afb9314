//! Random documents with all that the language has: the arithmetic against many visitors who are asked.

use super::crowd::{Crowd, Met, is_share, thing};
use super::{ALL, random, read};
use crate::dice::Dice;
use pointsman::blast::{Path, State, diff, growth, moved};
use pointsman::document::Named;
use pointsman::time::Millis;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// Whether what a path says of a visitor is so.
fn holds(words: &str, crowd: &Crowd, visitor: usize, [was, is]: [&Met; 2], [old, new]: [&Json; 2]) -> bool {
    let (words, document, met) = match words.split_once(" (of the old ") {
        Some((words, _)) => (words, old, was),
        None => (words, new, is),
    };
    if let Ok(condition) = serde_json::from_str::<Json>(words) {
        return asked(&condition, crowd, document, met);
    }
    let ticked: Vec<_> = words.split('`').skip(1).step_by(2).collect();
    if let Some(rest) = words.strip_prefix("the visitor has no ") {
        return !crowd.context.contains_key(rest.trim_matches('`'));
    }
    if words.contains("is one that is forced") {
        return crowd.context.get("device") == Some(&json!("d1"));
    }
    let purpose = words.split(' ').nth(1).unwrap();
    let below = words.rsplit(' ').next().unwrap().parse().unwrap();
    crowd.drawn(purpose, ticked[1], ticked[0], visitor, below)
}

fn asked(condition: &Json, crowd: &Crowd, document: &Json, met: &Met) -> bool {
    let all = |parts: &Json| -> Vec<bool> {
        parts.as_array().unwrap().iter().map(|part| asked(part, crowd, document, met)).collect()
    };
    let (name, of) = condition.as_object().unwrap().iter().next().unwrap();
    match name.as_str() {
        "equals" => crowd.context[of["attribute"].as_str().unwrap()] == of["value"],
        "segment" => asked(&document["segments"]["s"]["if"], crowd, document, met),
        "not" => !asked(of, crowd, document, met),
        "all" => all(of).into_iter().all(|holds| holds),
        "any" => all(of).into_iter().any(|holds| holds),
        "flag" => met.on,
        _ => panic!("{condition}"),
    }
}

/// The path that a visitor is on, if it is one of these.
fn on(paths: &[Path], says: impl Fn(&str) -> bool) -> Option<usize> {
    paths
        .iter()
        .position(|path| path.holds.iter().all(|words| says(words)) && !path.fails.iter().any(|words| says(words)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nothing_grows_or_moves_between_a_document_and_itself(seed in any::<u64>()) {
        let document = read(&random::document(&mut Dice::new(seed)));
        prop_assert_eq!(growth(&document, &document), Ok(vec![]));
        prop_assert_eq!(moved(&document, &document, "f").unwrap().share, 0);
        let changes = diff(&document, &document, None, &Named::default());
        prop_assert!(changes.iter().all(|change| change.state == State::Unchanged && change.paths.is_empty()));
    }

    #[test]
    fn a_path_says_exactly_who_moves(seed in any::<u64>(), number in 0..80_u64) {
        let (old, new) = random::change(&mut Dice::new(seed));
        let crowd = Crowd::number(number, 600);
        let changes = diff(&read(&old), &read(&new), Some(Millis(crowd.now)), &Named::default());
        let change = changes.iter().find(|change| change.flag == "f").unwrap();
        prop_assume!(change.state != State::Unknown);
        let (was, is) = (crowd.meets(&old), crowd.meets(&new));
        let mut found: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
        for visitor in 0..crowd.size {
            let says = |words: &str| holds(words, &crowd, visitor, [&was[visitor], &is[visitor]], [&old, &new]);
            found.entry(on(&change.paths, says)).or_default().push(visitor);
        }
        for (path, visitors) in found {
            let (name, moves) = path.map_or(("none", &[][..]), |path| {
                (change.paths[path].name.as_str(), change.paths[path].moves.as_slice())
            });
            let mut seen = 0;
            for moved in moves {
                let (from, to) = (thing(&old, &moved.from), thing(&new, &moved.to));
                let count = visitors.iter().filter(|visitor| was[**visitor].thing == from && is[**visitor].thing == to).count();
                prop_assert!(is_share(count, visitors.len(), moved.share),
                    "{name}: {count} of {} go from {} to {}, not {}\n{old}\n{new}", visitors.len(), moved.from, moved.to, moved.share);
                seen += count;
            }
            let all = visitors.iter().filter(|visitor| was[**visitor].thing != is[**visitor].thing).count();
            prop_assert_eq!(seen, all, "{} {:?}: no other visitor moves\n{}\n{}", name, crowd.context, old, new);
        }
    }

    #[test]
    fn nobody_meets_more_than_the_growths_say(seed in any::<u64>(), number in 0..80_u64) {
        let (old, new) = random::change(&mut Dice::new(seed));
        let Ok(growths) = growth(&read(&old), &read(&new)) else { return Ok(()) };
        let crowd = Crowd::number(number, 500);
        let mut off = new.clone();
        off["flags"]["f"]["enabled"] = json!(false);
        let safe = thing(&old, old["flags"]["f"]["off"].as_str().unwrap());
        let was = crowd.meets(&old);
        for then in [&new, &off] {
            let is = crowd.meets(then);
            // Visitors who differ in what the flag builds on, or in a draw that it shares with that, are different groups.
            let builds = [&old, then].map(|document| document["flags"]["f"].to_string().contains("\"key\":\"g\""));
            let shares = [&old, then].iter().zip(builds).any(|(document, builds)| builds && document["flags"]["g"]["holdout"].is_string());
            let group = |visitor: usize| {
                let held = |document: &Json| {
                    let below = document["holdouts"]["h"]["below"].as_u64().unwrap();
                    shares && crowd.drawn("holdout", "h", "unit", visitor, below)
                };
                (builds[0] && was[visitor].on, builds[1] && is[visitor].on, held(&old), held(&new))
            };
            let mut all: BTreeMap<_, Vec<usize>> = BTreeMap::new();
            (0..crowd.size).for_each(|visitor| all.entry(group(visitor)).or_default().push(visitor));
            for visitors in all.values() {
                for name in ["v0", "v1", "v2"] {
                    let thing = thing(&new, name);
                    let before = visitors.iter().filter(|visitor| was[**visitor].all.contains(&thing)).count();
                    let newly = visitors.iter().filter(|visitor| {
                        is[**visitor].all.contains(&thing) && !was[**visitor].all.contains(&thing)
                    }).count();
                    if newly == 0 || thing == safe {
                        continue;
                    }
                    let slack = 2.5 * ALL as f64 / (visitors.len() as f64).sqrt();
                    let share = |count: usize| ALL as f64 * count as f64 / visitors.len() as f64;
                    let covered = growths.iter().filter(|growth| growth.others == 0 && self::thing(&new, &growth.variant) == thing)
                        .any(|growth| growth.before as f64 <= share(before) + slack && growth.after as f64 + slack >= share(before + newly));
                    prop_assert!(covered, "{name} {:?} {}: {before} + {newly} of {}\n{growths:?}\n{old}\n{new}",
                        crowd.context, crowd.now, visitors.len());
                }
            }
        }
    }
}
