//! What a project and its shards promise, over real SQLite. One program holds all of it: sixty of their own would each link
//! the whole engine again. `cargo test -p pointsman-native alerts::` runs what is in `alerts.rs`.

mod access;
mod alerts;
mod approvals;
mod audit;
mod backup;
mod bandit;
mod catalog;
mod checks;
mod collect;
mod comments;
mod desk;
mod dimensions;
mod endings;
mod foresight;
mod forged;
mod formats;
mod fuel;
mod fuzz;
mod golden;
mod help;
mod hostile;
mod killed;
mod library;
mod life;
mod live;
mod margin;
mod meaning;
mod measures;
mod metrics;
mod nightly;
mod notify;
mod pages;
mod pairs;
mod planned;
mod practice;
mod promises;
mod promotion;
mod publishing;
mod questions;
mod ramp;
mod rebuilt;
mod repeats;
mod report;
mod restoring;
mod review;
mod said;
mod schedule;
mod servers;
mod shard;
mod shares;
mod simulation;
mod sound;
mod splits;
mod teams;
mod templates;
mod tickets;
mod totals;
mod understood;
mod values;
mod versions;
mod voices;
mod walk;
mod watch;
mod writers;

/// A file that nobody names here would be left out in silence.
#[test]
fn no_file_of_tests_is_left_out() {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests")).unwrap();
    let named = include_str!("main.rs");
    for file in folder.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "rs"))
    {
        let name = file.file_stem().unwrap().to_str().unwrap();
        assert!(name == "main" || named.contains(&format!("mod {name};\n")), "tests/main.rs does not name {name}.rs");
    }
}
