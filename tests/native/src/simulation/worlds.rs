//! Worlds by seed: one, or very many beside each other.

use super::{Bug, World};
use sha2::Digest;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// Steps of each of two shards between two full recounts.
const RECOUNT: usize = 100;
/// Shards of a world, if nobody says otherwise.
pub const SHARDS: usize = 2;

/// A law that was broken.
#[derive(Clone, Debug)]
pub struct Broken {
    /// At which step.
    pub step: usize,
    /// Which, in words.
    pub law: String,
}

/// Runs a world of a seed. Gives a digest of everything that happened, or the first law that was broken.
pub fn simulate(seed: u64, steps: usize, bug: Option<Bug>) -> Result<String, Broken> {
    simulate_wide(seed, steps, SHARDS, bug)
}

/// The same with so many shards. A recount takes as long as there are shards, so there are fewer where they are many.
pub fn simulate_wide(seed: u64, steps: usize, shards: usize, bug: Option<Bug>) -> Result<String, Broken> {
    let mut world = World::new(seed, shards, bug);
    for step in 1..=steps {
        world.step().map_err(|law| Broken { step, law })?;
        if step % (RECOUNT * shards / SHARDS) == 0 {
            world.recount().map_err(|law| Broken { step, law })?;
        }
    }
    world
        .drain()
        .and_then(|()| world.recount())
        .and_then(|()| world.settled())
        .map_err(|law| Broken { step: steps, law })?;
    Ok(world.trace.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The first of some seeds in whose world a law was broken, worlds beside each other on all processors. `done` hears how many
/// have been looked at.
///
/// # Panics
///
/// Where a world does.
pub fn first_broken(
    seeds: Range<u64>,
    steps: usize,
    shards: usize,
    done: impl Fn(u64) + Sync,
) -> Option<(u64, Broken)> {
    let (next, found) = (AtomicU64::new(seeds.start), Mutex::new(None::<(u64, Broken)>));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            // One that was begun before the broken one is still looked at: it may be an earlier one.
            if seed >= seeds.end || found.lock().unwrap().is_some() {
                return;
            }
            if let Err(broken) = simulate_wide(seed, steps, shards, None) {
                let mut first = found.lock().unwrap();
                if first.as_ref().is_none_or(|(known, _)| seed < *known) {
                    *first = Some((seed, broken));
                }
            }
            done(seed - seeds.start + 1);
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    found.into_inner().unwrap()
}
