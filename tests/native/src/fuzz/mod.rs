//! Seeded fuzzing: inputs are made from what is good and then spoilt, and each has to keep the laws of its target.
//!
//! An input is bytes, so that one that fails can be written to a file and replayed without its seed.

mod laws;
mod make;

use fastrand::Rng;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// What is fuzzed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A document is compiled or has problems, and what is compiled is a snapshot.
    Document,
    /// Any bytes are a snapshot or one fault, and what is a snapshot ends with variants.
    Snapshot,
    /// Any record is safe, and any context gives a record that says what the naive reading says.
    Context,
    /// An expression is refused, or its table is sound, small and says what the library's slow engine says.
    Regex,
    /// A pattern means its definition.
    Glob,
}

impl Target {
    /// All targets.
    pub const ALL: [Self; 5] = [Self::Document, Self::Snapshot, Self::Context, Self::Regex, Self::Glob];

    /// Its name in commands and folders.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Snapshot => "snapshot",
            Self::Context => "context",
            Self::Regex => "regex",
            Self::Glob => "glob",
        }
    }

    /// How long one run may take in a release build on a busy machine. Whatever takes longer has found a way to make us
    /// slow.
    #[must_use]
    pub fn bound(self) -> Duration {
        Duration::from_millis(match self {
            Self::Document | Self::Snapshot | Self::Regex => 2_000,
            Self::Context | Self::Glob => 500,
        })
    }

    /// Looks whether an input keeps the laws, and panics if it does not.
    pub fn check(self, input: &[u8]) {
        match self {
            Self::Document => laws::document(input),
            Self::Snapshot => laws::snapshot(input),
            Self::Context => laws::context(input),
            Self::Regex => laws::regex(input),
            Self::Glob => laws::glob(input),
        }
    }
}

/// An input that breaks a law.
pub struct Broken {
    /// What was said of it.
    pub what: String,
    /// The input.
    pub input: Vec<u8>,
}

/// What came of some runs.
pub struct Report {
    /// How many were run.
    pub runs: u64,
    /// How long they took together.
    pub took: Duration,
    /// The slowest one.
    pub worst: Duration,
    /// The first that broke a law.
    pub broken: Option<Broken>,
}

/// Runs seeded inputs until one breaks a law. The same seed gives the same inputs.
#[must_use]
pub fn run(target: Target, runs: u64, seed: u64) -> Report {
    let mut maker = make::Maker::new(target, Rng::with_seed(seed));
    let (start, mut worst) = (Instant::now(), Duration::ZERO);
    for number in 0..runs {
        let input = maker.next();
        let (kept, mut own) = timed(target, &input);
        // Whoever is slow is slow each time; a machine that had other things to do is not.
        for _ in 0..2 {
            if own > target.bound() && kept.is_ok() {
                own = own.min(timed(target, &input).1);
            }
        }
        worst = worst.max(own);
        let slow = own > target.bound() && !cfg!(debug_assertions);
        let what = match kept {
            Err(panic) => Some(words(&*panic)),
            Ok(()) => slow.then(|| format!("it took {own:?}; {:?} are allowed", target.bound())),
        };
        if let Some(what) = what {
            return Report { runs: number + 1, took: start.elapsed(), worst, broken: Some(Broken { what, input }) };
        }
    }
    Report { runs, took: start.elapsed(), worst, broken: None }
}

/// Whether an input keeps the laws, and how long it took.
fn timed(target: Target, input: &[u8]) -> (std::thread::Result<()>, Duration) {
    let start = Instant::now();
    let kept = catch_unwind(AssertUnwindSafe(|| target.check(input)));
    (kept, start.elapsed())
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default()
}
