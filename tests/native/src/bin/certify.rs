//! `npm run certify`: simulates every promise of the statistics through the production code.

use pointsman_native::certify::{Certified, Size, USUAL, certify, table, trials};
use serde_json::json;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

const HELP: &str = "Simulates every promise of the statistics: sums in, action out, by the code that runs in production.

Usage: npm run certify -- [--experiments N] [--looks N] [--seed N] [--only TEXT] [--json] [--write]

--experiments N  simulated experiments for each promise (2200; a release takes 100000)
--looks N        looks in the life of each (168, hourly for a week)
--seed N         where chance begins (1)
--only TEXT      the promises whose name holds it
--json           one JSON object instead of lines
--write          puts the table into docs/statistics.md

A promise of the kind \"at most\" is kept when the 99 % upper bound of its rate is below it. Exit code 1 if one is broken.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |name: &str| arguments.iter().position(|known| known == name).and_then(|at| arguments.get(at + 1));
    let number = |name: &str, other: u64| after(name).map_or(Some(other), |text| text.parse().ok());
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let sizes = (number("--experiments", USUAL), number("--looks", 168), number("--seed", 1));
    let (Some(experiments), Some(looks), Some(seed)) = sizes else {
        eprintln!("That is no number. {HELP}");
        return ExitCode::from(2);
    };
    if has("--help") {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let size = Size { experiments, looks, seed };
    let chosen: Vec<_> = trials()
        .into_iter()
        .filter(|trial| after("--only").is_none_or(|only| trial.name().contains(only.as_str())))
        .collect();
    let of = chosen.len();
    let done = AtomicUsize::new(0);
    let all: Vec<Certified> = certify(chosen, size, |one| {
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        eprintln!("{done} of {of}: {}: {} ({} of {})", one.guarantee, one.situation, one.hits, one.of);
    });
    let passed = all.iter().all(|one| one.passed);
    if has("--json") {
        println!("{}", json!({"passed": passed, "experiments": experiments, "looks": looks, "promises": all}));
    } else {
        println!("{}", table(&all));
        for one in all.iter().filter(|one| !one.passed) {
            println!(
                "broken: {}: {} ({} of {}, bounds {:?})",
                one.guarantee, one.situation, one.hits, one.of, one.bounds
            );
        }
        let mut speeds: Vec<f64> = all.iter().map(|one| one.per_second).collect();
        speeds.sort_by(f64::total_cmp);
        let median = speeds.get(speeds.len() / 2).copied().unwrap_or_default();
        println!(
            "\n{median:.0} experiments a second, in the middle of all promises; {looks} looks each. `npm run bench:stats` \
             has the same in numpy."
        );
    }
    if has("--write") {
        let head = format!("{experiments} experiments for each promise, {looks} looks in the life of each.\n\n");
        if let Err(why) = write(&(head + &table(&all))) {
            eprintln!("The table could not be written: {why}");
            return ExitCode::from(2);
        }
    }
    ExitCode::from(u8::from(!passed))
}

const FROM: &str = "<!-- certified: npm run certify -- --write -->";
const TO: &str = "<!-- certified -->";

/// Puts the table between its marks.
fn write(table: &str) -> Result<(), String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/statistics.md");
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let (Some(from), Some(to)) = (text.find(FROM), text.find(TO)) else {
        return Err("docs/statistics.md has lost the marks of the table".into());
    };
    let new = format!("{}{FROM}\n\n{table}\n\n{}", &text[..from], &text[to..]);
    std::fs::write(path, new).map_err(|error| error.to_string())
}
