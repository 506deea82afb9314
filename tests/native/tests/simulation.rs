//! The laws in some worlds, and that they can be broken: each planted mistake is found.

use pointsman_native::simulation::{Bug, simulate};

/// Steps of a world.
const STEPS: usize = 250;

#[test]
fn every_law_holds_in_every_world() {
    for seed in 1..=60 {
        if let Err(broken) = simulate(seed, STEPS, None) {
            panic!("seed {seed}, step {}: {}", broken.step, broken.law);
        }
    }
}

#[test]
fn a_seed_gives_the_same_world_to_the_byte() {
    let digests = [7, 7, 8].map(|seed| simulate(seed, STEPS, None).unwrap());
    assert_eq!(digests[0], digests[1]);
    assert_ne!(digests[1], digests[2]);
}

#[test]
fn each_planted_mistake_is_found_within_two_hundred_seeds() {
    for bug in Bug::ALL {
        let found = (1..=200).find_map(|seed| simulate(seed, STEPS, Some(bug)).err().map(|broken| (seed, broken)));
        let (seed, broken) = found.unwrap_or_else(|| panic!("{bug:?} was not found"));
        println!("{bug:?}: seed {seed}, step {}: {}", broken.step, broken.law);
    }
}
