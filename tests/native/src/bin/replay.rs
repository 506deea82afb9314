//! Rebuilds every sum from the raw log with the collector's own code, and compares it with what an instance tells.

use anyhow::{Context, Result, bail};
use pointsman::collect::{Every, Sum};
use pointsman_native::replay::{all_differences, differences, replay};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

const HELP: &str = "pointsman-replay LOG [options]

  LOG              a folder with segments of one environment, such as .pointsman/demo/log/demo/production
  --run RUN        only this run
  --against FILE   compares everything with what GET E/sums answers, or one run with GET E/sums?run=RUN; - reads it from
                   the standard input
  --json           prints JSON
  --help           this text

  curl -H \"authorization: Bearer $TOKEN\" \"$CONSOLE/api/v1/projects/demo/environments/production/sums\" |
    pointsman-replay LOG --against -

Of a place that is used, write what waits first (POST E/segments), and ask for the sums at once: lines wait up to a minute.";

#[derive(Deserialize)]
struct Told {
    sums: Vec<Sum>,
}

#[derive(Default)]
struct Options {
    folder: String,
    run: Option<String>,
    against: Option<String>,
    json: bool,
}

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("pointsman-replay: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode> {
    let Some(options) = options()? else {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    let replayed = replay(Path::new(&options.folder))?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() as i64;
    let runs = options.run.clone().map_or_else(|| replayed.runs(), |run| Ok(vec![run]))?;
    let (segments, lines) = replayed.read;
    if !options.json {
        println!("{segments} segments with {lines} lines; {} units are erased.", replayed.erased);
    }
    let mut all = BTreeMap::new();
    for run in &runs {
        all.insert(run.clone(), replayed.sums(run, now)?);
    }
    if let Some(file) = &options.against {
        let text = text(file)?;
        if let Some(run) = &options.run {
            let told: Told = serde_json::from_str(&text).context("this is no answer to GET E/sums?run=")?;
            return Ok(compare(run, all[run].len(), &differences(&all[run], &told.sums), options.json));
        }
        let told: Every = serde_json::from_str(&text).context("this is no answer to GET E/sums")?;
        let every = replayed.every(now)?;
        let sums =
            every.runs.values().map(Vec::len).sum::<usize>() + every.totals.totals.len() + every.totals.metrics.len();
        return Ok(compare("everything", sums, &all_differences(&every, &told), options.json));
    }
    if options.json {
        let totals = replayed.every(now)?.totals;
        let read = json!({"segments": segments, "lines": lines, "erased": replayed.erased});
        println!("{}", json!({"read": read, "runs": all, "totals": totals.totals, "metrics": totals.metrics}));
    } else {
        for (run, sums) in &all {
            for sum in sums.iter().filter(|sum| sum.dimension.is_empty()) {
                let metric = if sum.metric.is_empty() { "exposures" } else { &sum.metric };
                let open = if sum.open { " (open)" } else { "" };
                println!("{run} {} epoch {} {metric}{open}: {}", sum.variant, sum.epoch, sum.vector.join(" "));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn text(file: &str) -> Result<String> {
    let mut text = String::new();
    if file == "-" {
        std::io::stdin().read_to_string(&mut text)?;
    } else {
        text = std::fs::read_to_string(file).with_context(|| file.to_string())?;
    }
    Ok(text)
}

fn compare(what: &str, sums: usize, differences: &[String], json: bool) -> ExitCode {
    if json {
        println!("{}", json!({"of": what, "sums": sums, "differences": differences}));
    } else if differences.is_empty() {
        println!("{what}: all {sums} sums are the same, bit for bit.");
    } else {
        println!("{what}: {} numbers differ.", differences.len());
        println!("  {}", differences.join("\n  "));
    }
    if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Nothing if only help is wanted.
fn options() -> Result<Option<Options>> {
    let mut options = Options::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{argument} wants a value"));
        match argument.as_str() {
            "--help" | "-h" => return Ok(None),
            "--json" => options.json = true,
            "--run" => options.run = Some(value()?),
            "--against" => options.against = Some(value()?),
            flag if flag.starts_with("--") => bail!("{flag} is not known; --help lists what is"),
            folder => options.folder = folder.to_string(),
        }
    }
    Ok((!options.folder.is_empty()).then_some(options))
}
