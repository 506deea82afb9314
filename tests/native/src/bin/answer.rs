//! `answer`: the core's own answers to contexts as people send them. Reads one JSON line for each question
//! (`snapshot` in hexadecimal digits, `context` as a text or `bytes` in hexadecimal digits, `path`, `now`) and writes one
//! for each answer: `problems`, or the decisions' bytes, the plan's words and the attributes that no rule can read.

use anyhow::{Context, Result};
use pointsman::context::{self, Value};
use pointsman::document;
use pointsman::evaluate::{DECISION, evaluate};
use pointsman::plan::plan;
use pointsman::snapshot::{Section, Snapshot};
use pointsman::time::Millis;
use serde_json::{Value as Json, json};

fn main() -> Result<()> {
    for line in std::io::stdin().lines() {
        println!("{}", answer(&serde_json::from_str(&line?)?)?);
    }
    Ok(())
}

fn answer(question: &Json) -> Result<Json> {
    let bytes = bytes(question["snapshot"].as_str().context("a snapshot is due")?)?;
    let snapshot = Snapshot::verify(&bytes).map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
    let text = match question["bytes"].as_str() {
        Some(digits) => self::bytes(digits)?,
        None => question["context"].as_str().context("a context is due")?.as_bytes().to_vec(),
    };
    let given = match document::context::read(&text) {
        Ok(given) => given,
        Err(problems) => return Ok(json!({"problems": problems})),
    };
    let names = document::context::attributes(&snapshot);
    let record = document::context::record(&names, &given);
    let record = context::Context(&record);
    let mut decisions = vec![0; snapshot.count(Section::Flags) as usize * DECISION];
    evaluate(&snapshot, record, Millis(question["now"].as_i64().unwrap_or_default()), &mut decisions)
        .context("no room")?;
    let mut steps = Vec::new();
    let path = question["path"].as_str().unwrap_or_default();
    plan(&snapshot, &decisions, path.as_bytes(), |step| steps.push(step.to_word()));
    let unusable: Vec<_> = names
        .iter()
        .enumerate()
        .filter(|(slot, _)| record.attribute(*slot) == Some(Value::Unusable))
        .map(|(_, name)| name)
        .collect();
    Ok(json!({"decisions": decisions, "steps": steps, "unusable": unusable}))
}

fn bytes(digits: &str) -> Result<Vec<u8>> {
    (0..digits.len()).step_by(2).map(|at| Ok(u8::from_str_radix(digits.get(at..at + 2).context("odd")?, 16)?)).collect()
}
