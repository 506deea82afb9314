//! Things in order. The library's sorts are made anew for each type, four kilobytes of wasm every time; this one sorts
//! numbers for all of them.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// The things, sorted. What is alike stays as it stood.
pub(crate) fn sorted<T>(things: Vec<T>, compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let order = order(things.len(), &|one, other| compare(&things[one], &things[other]));
    let mut things: Vec<_> = things.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| things[at].take()).collect()
}

/// The things, sorted and each once.
pub(crate) fn set<T: Ord>(things: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut set = sorted(things.into_iter().collect(), Ord::cmp);
    set.dedup();
    set
}

/// A set of the things. To collect into one sorts them first, with a sort of their own.
pub(crate) fn each<T: Ord>(things: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    things.into_iter().for_each(|thing| {
        set.insert(thing);
    });
    set
}

/// The same of pairs.
#[cfg(feature = "collect")]
pub(crate) fn keyed<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> alloc::collections::BTreeMap<K, V> {
    let mut map = alloc::collections::BTreeMap::new();
    pairs.into_iter().for_each(|(key, value)| {
        map.insert(key, value);
    });
    map
}

fn order(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<_> = (0..count).collect();
    order.sort_by(|one, other| compare(*one, *other));
    order
}

#[cfg(test)]
mod tests {
    use super::{each, keyed, set, sorted};

    #[test]
    fn what_is_alike_stays_as_it_stood() {
        let words = ["bb", "a", "aa", "b"].to_vec();
        assert_eq!(sorted(words, |one, other| one.len().cmp(&other.len())), ["a", "b", "bb", "aa"]);
    }

    #[test]
    fn trees_have_everything_once_and_the_last_value_of_a_key() {
        assert!(each([3, 1, 3]).into_iter().eq([1, 3]));
        assert!(keyed([(2, 'a'), (1, 'b'), (2, 'c')]).into_iter().eq([(1, 'b'), (2, 'c')]));
    }

    #[test]
    fn a_set_has_everything_once() {
        assert_eq!(set([3, 1, 3, 2, 1]), [1, 2, 3]);
        assert!(set::<u8>([]).is_empty());
    }
}
