//! The laws in a hundred worlds, and that they can be broken: each planted mistake is found.

use pointsman_native::simulation::{Bug, SHARDS, first_broken, simulate};

/// Worlds and steps of each. `npm test` goes on with a thousand in the program of `npm run simulate`, which is compiled for speed.
const WORLDS: u64 = 100;
const STEPS: usize = 100;
/// Steps after which a planted mistake has had its time.
const PLANTED: usize = 250;

#[test]
fn every_law_holds_in_every_world() {
    if let Some((seed, broken)) = first_broken(1..WORLDS + 1, STEPS, SHARDS, |_| {}) {
        panic!("seed {seed}, step {}: {}", broken.step, broken.law);
    }
}

#[test]
fn a_seed_gives_the_same_world_to_the_byte() {
    let digests = [7, 7, 8].map(|seed| simulate(seed, PLANTED, None).unwrap());
    assert_eq!(digests[0], digests[1]);
    assert_ne!(digests[1], digests[2]);
}

#[test]
fn each_planted_mistake_is_found_within_two_hundred_seeds() {
    let is_hidden = |bug: &Bug| {
        let found = (1..=200).find_map(|seed| simulate(seed, PLANTED, Some(*bug)).err().map(|broken| (seed, broken)));
        if let Some((seed, broken)) = &found {
            println!("{bug:?}: seed {seed}, step {}: {}", broken.step, broken.law);
        }
        found.is_none()
    };
    let hidden: Vec<_> = Bug::ALL.into_iter().filter(is_hidden).collect();
    assert!(hidden.is_empty(), "not found: {hidden:?}");
}
