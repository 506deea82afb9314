//! `npm run golden -- FILE`: asks the engine what other libraries were asked, and says where it differs.

use pointsman_native::golden::{Case, File, Outcome, check};
use serde_json::json;
use std::collections::BTreeMap;
use std::process::ExitCode;

const HELP: &str = "Asks the statistics engine the questions of a file of golden cases, and compares its answers.

Usage: npm run golden -- FILE [--json] [--only CAPABILITY]

FILE         cases in the format of tests/vectors/statistics.json
--json       one JSON object instead of lines
--only NAME  the cases of one capability

Cases of the kinds reference, exact and published must agree within their tolerance; compat is another library's
convention and is only told. Exit code: 0 all agree, 1 some do not, 2 the file cannot be read or asks what the engine
cannot do.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut files = arguments.iter().filter(|argument| !argument.starts_with("--"));
    let only = arguments.iter().position(|argument| argument == "--only").and_then(|at| arguments.get(at + 1));
    let file = files.find(|file| Some(*file) != only);
    let Some(path) = file.filter(|_| !arguments.iter().any(|argument| argument == "--help")) else {
        eprintln!("{HELP}");
        return ExitCode::from(if file.is_some() { 0 } else { 2 });
    };
    let read = std::fs::read(path)
        .map_err(|error| error.to_string())
        .and_then(|bytes| serde_json::from_slice::<File>(&bytes).map_err(|error| error.to_string()));
    match read {
        Err(why) => {
            eprintln!("{path} cannot be read: {why}. Give a file in the format of tests/vectors/statistics.json.");
            ExitCode::from(2)
        }
        Ok(File { cases }) => {
            let cases: Vec<Case> =
                cases.into_iter().filter(|case| only.is_none_or(|only| *only == case.capability)).collect();
            tell(&cases, arguments.iter().any(|argument| argument == "--json"))
        }
    }
}

fn tell(cases: &[Case], as_json: bool) -> ExitCode {
    let mut counts: BTreeMap<&str, [u64; 2]> = BTreeMap::new();
    let (mut differing, mut unknown) = (0_u64, 0_u64);
    let mut lines = Vec::new();
    for case in cases {
        let outcome = check(case);
        let informative = case.kind == "compat";
        let count = counts.entry(&case.kind).or_default();
        count[1] += 1;
        let (word, details) = match outcome {
            Outcome::Agrees => {
                count[0] += 1;
                continue;
            }
            Outcome::Differs(details) => {
                differing += u64::from(!informative);
                (if informative { "another convention" } else { "differs" }, details)
            }
            Outcome::Unknown => {
                unknown += 1;
                ("unknown capability", vec![format!("“{}” is none of the engine's", case.capability)])
            }
            Outcome::Unreadable(why) => {
                differing += u64::from(!informative);
                ("cannot be asked", vec![why])
            }
        };
        if as_json {
            lines.push(json!({"id": case.id, "capability": case.capability, "kind": case.kind, "outcome": word, "details": details}).to_string());
        } else {
            lines.push(format!("{} ({}): {word}\n    {}", case.id, case.kind, details.join("\n    ")));
        }
    }
    let passed = differing == 0 && unknown == 0;
    if as_json {
        let counts: BTreeMap<_, _> =
            counts.iter().map(|(kind, [agree, all])| (kind, json!({"agree": agree, "of": all}))).collect();
        let cases: Vec<serde_json::Value> = lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
        println!(
            "{}",
            json!({"passed": passed, "counts": counts, "differing": differing, "unknown": unknown, "cases": cases})
        );
    } else {
        for line in &lines {
            println!("{line}");
        }
        for (kind, [agree, all]) in &counts {
            println!("{kind}: {agree} of {all} agree");
        }
    }
    ExitCode::from(if unknown > 0 { 2 } else { u8::from(!passed) })
}
