//! The corpus of inputs that were once interesting, and some thousand seeded ones of each target: `npm run fuzz` has more.

use pointsman_native::fuzz::{Target, run};
use std::path::Path;

#[test]
fn every_input_of_the_corpus_keeps_the_laws() {
    for target in Target::ALL {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus").join(target.name());
        let mut count = 0;
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            // The name of the one that fails is the last word on the screen.
            println!("{}", path.display());
            target.check(&std::fs::read(path).unwrap());
            count += 1;
        }
        assert!(count >= 5, "{} has {count} inputs", target.name());
    }
}

#[test]
fn seeded_inputs_keep_the_laws() {
    for (target, runs) in Target::ALL.into_iter().zip([1_000, 6_000, 6_000, 1_500, 6_000]) {
        let report = run(target, runs, 1);
        if let Some(broken) = report.broken {
            let name = target.name();
            panic!(
                "{name}: {} in run {} of seed 1: npm run fuzz -- --target {name} --runs {}\n{}",
                broken.what,
                report.runs,
                report.runs,
                String::from_utf8_lossy(&broken.input)
            );
        }
    }
}
