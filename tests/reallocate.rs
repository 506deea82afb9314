//! Weights are edited, and only whoever must move does.

use pointsman::limits::SPLIT_RANGES;
use pointsman::reallocate::{moves, reallocate};
use proptest::prelude::*;
use std::collections::BTreeMap;

const ALL: u64 = 1 << 32;

type Weights = Vec<(String, u64)>;
type Table = Vec<(u64, String)>;

fn weights() -> impl Strategy<Value = Weights> {
    let weight = prop_oneof![Just(0), 0..10_u64, any::<u64>()];
    prop::collection::vec(weight, 1..8).prop_map(|all| {
        let mut named: Weights = all.into_iter().enumerate().map(|(n, weight)| (format!("v{n}"), weight)).collect();
        if named.iter().all(|(_, weight)| *weight == 0) {
            named[0].1 = 1;
        }
        named
    })
}

fn sizes(table: &Table) -> BTreeMap<&str, u64> {
    let mut sizes = BTreeMap::new();
    let mut start = 0;
    for (end, name) in table {
        assert!(*end > start, "ends rise: {table:?}");
        *sizes.entry(name.as_str()).or_insert(0) += end - start;
        start = *end;
    }
    assert_eq!(start, ALL, "all draws have a variant");
    sizes
}

fn decreases(old: &Table, new: &Table) -> u64 {
    let (before, after) = (sizes(old), sizes(new));
    before.iter().map(|(name, size)| size.saturating_sub(after.get(name).copied().unwrap_or(0))).sum()
}

proptest! {
    #[test]
    fn shares_are_exact_to_a_draw(weights in weights()) {
        let table = reallocate(&[], &weights);
        let sum: u128 = weights.iter().map(|(_, weight)| u128::from(*weight)).sum();
        let sizes = sizes(&table);
        for (name, weight) in &weights {
            let size = u128::from(sizes.get(name.as_str()).copied().unwrap_or(0));
            let due = u128::from(*weight) * u128::from(ALL);
            prop_assert!(size * sum < due + sum && due < size * sum + sum, "{name}: {size}");
        }
        prop_assert_eq!(&reallocate(&table, &weights), &table, "again changes nothing");
    }

    #[test]
    fn edits_move_only_whoever_must_move(edits in prop::collection::vec(weights(), 1..40)) {
        let mut table = reallocate(&[], &edits[0]);
        for weights in &edits {
            let next = reallocate(&table, weights);
            prop_assert!(next.len() <= SPLIT_RANGES);
            prop_assert!(next.windows(2).all(|pair| pair[0].1 != pair[1].1), "neighbours merge");
            let anew = next.len() <= weights.len() && moves(&table, &next) > decreases(&table, &next);
            prop_assert!(anew && table.len() > SPLIT_RANGES / 2 || moves(&table, &next) == decreases(&table, &next));
            prop_assert_eq!(&reallocate(&next, weights), &next, "again changes nothing");
            let fresh = reallocate(&[], weights);
            prop_assert_eq!(sizes(&next), sizes(&fresh), "the past changes nobody's share");
            table = next;
        }
    }
}

fn named(all: &[(&str, u64)]) -> Weights {
    all.iter().map(|(name, weight)| ((*name).to_string(), *weight)).collect()
}

#[test]
fn a_new_variant_takes_from_each() {
    let halves = reallocate(&[], &named(&[("a", 50), ("b", 50)]));
    assert_eq!(halves, [(ALL / 2, "a".to_string()), (ALL, "b".to_string())]);
    let thirds = reallocate(&halves, &named(&[("a", 1), ("b", 1), ("c", 2)]));
    let due = [(ALL / 4, "a"), (ALL / 2, "c"), (ALL / 4 * 3, "b"), (ALL, "c")];
    assert_eq!(thirds, due.map(|(end, name)| (end, name.to_string())));
    assert_eq!(moves(&halves, &thirds), ALL / 2);
    assert_eq!(reallocate(&thirds, &named(&[("a", 1), ("b", 1)])), halves, "and back again");
}

#[test]
fn a_table_with_too_many_pieces_is_written_anew() {
    let mut table: Table = (0..SPLIT_RANGES as u64).map(|n| ((n + 1) << 24, format!("v{}", n % 2))).collect();
    assert_eq!(table.len(), SPLIT_RANGES);
    table = reallocate(&table, &named(&[("v0", 100), ("v1", 100), ("v2", 1), ("v3", 1)]));
    assert!(table.len() <= SPLIT_RANGES);
    let anew = reallocate(&table, &named(&[("v4", 1), ("v1", 1_000_000), ("v0", 1_000_001), ("v2", 1), ("v3", 5)]));
    assert!(anew.len() <= SPLIT_RANGES);
    assert!(reallocate(&table, &named(&[("v0", 0)])).is_empty(), "nothing can be shared out by no weight");
}
