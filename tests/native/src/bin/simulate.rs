//! Worlds in which everything goes wrong, by seed; stops at the first law that is broken and says how to see it again.

use anyhow::{Context, Result, bail};
use pointsman_native::simulation::{SHARDS, first_broken};
use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Instant;

const HELP: &str = "npm run simulate -- [options]

  --seeds N       how many worlds (1000)
  --steps M       steps of each (500)
  --first-seed S  the first seed (1)
  --shards K      shards of each (2)
  --json          prints JSON
  --help          this text

A seed gives the same world each time, to the byte.";

fn main() -> Result<ExitCode> {
    let (mut seeds, mut steps, mut first, mut shards, mut json) = (1000_u64, 500_usize, 1_u64, SHARDS, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || -> Result<u64> {
            let value = arguments.next().with_context(|| format!("{argument} wants a number"))?;
            value.parse().with_context(|| format!("{argument} wants a number, not {value}"))
        };
        match argument.as_str() {
            "--seeds" => seeds = number()?,
            "--steps" => steps = number()? as usize,
            "--first-seed" => first = number()?,
            "--shards" => shards = number()?.max(1) as usize,
            "--json" => json = true,
            "--help" => {
                println!("{HELP}");
                return Ok(ExitCode::SUCCESS);
            }
            other => bail!("{other} is not known; --help lists what is"),
        }
    }
    let (start, shown) = (Instant::now(), std::io::stderr().is_terminal() && !json);
    let done = |count: u64| {
        if shown && count.is_multiple_of(10) {
            eprint!("\r{count} of {seeds} worlds");
        }
    };
    if let Some((seed, broken)) = first_broken(first..first + seeds, steps, shards, done) {
        if json {
            println!("{}", serde_json::json!({"seed": seed, "step": broken.step, "law": broken.law}));
        } else {
            println!("Seed {seed}, step {}: {}", broken.step, broken.law);
            println!("npm run simulate -- --seeds 1 --steps {steps} --shards {shards} --first-seed {seed}");
        }
        return Ok(ExitCode::FAILURE);
    }
    let seconds = start.elapsed().as_secs_f64();
    if json {
        println!("{}", serde_json::json!({"seeds": seeds, "steps": steps, "shards": shards, "seconds": seconds}));
    } else {
        println!("\r{seeds} worlds of {shards} shards and {steps} steps kept every law, in {seconds:.0} s.");
    }
    Ok(ExitCode::SUCCESS)
}
