//! `npm run fuzz -- --runs N [--target T] [--seed S]`: seeded inputs that have to keep the laws of their target, or
//! `npm run fuzz -- --replay FILE`, which looks at one input again. Its target is the name of the file's folder.

use anyhow::{Context, Result, bail};
use pointsman_native::fuzz::{Target, run};
use std::path::Path;

const HELP: &str = "npm run fuzz -- [--runs 100000] [--target document|snapshot|context|regex|glob] [--seed 1]
npm run fuzz -- --replay FILE

Each input has to keep the laws of its target. One that does not is written to target/fuzz/TARGET/.";

fn main() -> Result<()> {
    let (mut runs, mut seed, mut targets, mut replayed) = (100_000, 1, Target::ALL.to_vec(), None);
    let mut arguments = std::env::args().skip(1);
    while let Some(option) = arguments.next() {
        if option == "--help" {
            println!("{HELP}");
            return Ok(());
        }
        let value = arguments.next().with_context(|| format!("{option} needs a value.\n{HELP}"))?;
        match option.as_str() {
            "--runs" => runs = value.parse().context("--runs is a number")?,
            "--seed" => seed = value.parse().context("--seed is a number")?,
            "--target" => targets = vec![named(&value)?],
            "--replay" => replayed = Some(value),
            _ => bail!("There is no option {option}.\n{HELP}"),
        }
    }
    if let Some(file) = replayed {
        let folder = Path::new(&file).parent().and_then(Path::file_name).unwrap_or_default();
        named(&folder.to_string_lossy())?.check(&std::fs::read(&file)?);
        println!("It keeps the laws.");
        return Ok(());
    }
    let mut broken = 0;
    for target in targets {
        let report = run(target, runs, seed);
        let (name, seconds) = (target.name(), report.took.as_secs_f64());
        #[expect(clippy::cast_precision_loss, reason = "a figure to read")]
        let per_second = report.runs as f64 / seconds;
        println!(
            "{name:9} {} runs in {seconds:.1} s, {per_second:.0} a second; the slowest took {:.1} ms of {} that are allowed",
            report.runs,
            report.worst.as_secs_f64() * 1e3,
            target.bound().as_millis(),
        );
        if let Some(found) = report.broken {
            broken += 1;
            let folder = Path::new("target/fuzz").join(name);
            std::fs::create_dir_all(&folder)?;
            let file = folder.join(format!("seed-{seed}-run-{}", report.runs));
            std::fs::write(&file, &found.input)?;
            println!("{name:9} A LAW IS BROKEN: {}\n          npm run fuzz -- --replay {}", found.what, file.display());
        }
    }
    if broken > 0 {
        bail!("{broken} targets broke a law with seed {seed}.");
    }
    Ok(())
}

fn named(name: &str) -> Result<Target> {
    Target::ALL
        .into_iter()
        .find(|target| target.name() == name)
        .with_context(|| format!("There is no target `{name}`."))
}
