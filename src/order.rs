//! Things in order. The library's sorts are made anew for each type, four kilobytes of wasm every time; this one sorts
//! numbers for all of them.

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

fn order(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<_> = (0..count).collect();
    order.sort_by(|one, other| compare(*one, *other));
    order
}

#[cfg(test)]
mod tests {
    use super::{set, sorted};

    #[test]
    fn what_is_alike_stays_as_it_stood() {
        let words = ["bb", "a", "aa", "b"].to_vec();
        assert_eq!(sorted(words, |one, other| one.len().cmp(&other.len())), ["a", "b", "bb", "aa"]);
    }

    #[test]
    fn a_set_has_everything_once() {
        assert_eq!(set([3, 1, 3, 2, 1]), [1, 2, 3]);
        assert!(set::<u8>([]).is_empty());
    }
}
