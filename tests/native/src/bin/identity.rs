//! `identity PAIRS SEED FILE`: writes random (snapshot, context, now) for other engines to answer, one JSON line for
//! each snapshot with its contexts, and prints the digest of this engine's own answers.

use anyhow::{Context, Result};
use fastrand::Rng;
use pointsman::compile::{Audience, compile};
use pointsman::context;
use pointsman::document;
use pointsman::evaluate::{DECISION, evaluate};
use pointsman::plan::plan;
use pointsman::snapshot::{Section, Snapshot};
use pointsman::time::Millis;
use pointsman_native::generate;
use serde_json::{Map, json};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufWriter, Write};

/// Contexts for each snapshot.
const CONTEXTS: usize = 100;

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().collect();
    let [_, pairs, seed, file] = &arguments[..] else { anyhow::bail!("usage: identity PAIRS SEED FILE") };
    let mut rng = Rng::with_seed(seed.parse().context("SEED is a number")?);
    let mut out = BufWriter::new(File::create(file)?);
    let mut digest = Sha256::new();
    let mut left: usize = pairs.parse().context("PAIRS is a number")?;
    while left > 0 {
        let contexts = left.min(CONTEXTS);
        left -= contexts;
        let text = generate::document(&mut rng).to_string();
        let document = document::read(text.as_bytes()).map_err(|problems| anyhow::anyhow!("{problems:?}\n{text}"))?;
        let audience = if rng.u8(..4) == 0 { Audience::Client } else { Audience::Edge };
        let body = compile(&document, audience).map_err(|problems| anyhow::anyhow!("{problems:?}\n{text}"))?;
        let bytes = body.seal(rng.u32(..));
        let cases: Vec<_> = (0..contexts).map(|_| (generate::context(&mut rng), generate::page(&mut rng))).collect();
        let snapshot = Snapshot::verify(&bytes).map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        let names = document::context::attributes(&snapshot);
        for (attributes, (path, now)) in &cases {
            digest.update(answer(&snapshot, &names, attributes, path, *now)?);
        }
        let cases: Vec<_> = cases.into_iter().map(|(context, (path, now))| json!([context, path, now])).collect();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(out, "{}", json!({"snapshot": hex, "cases": cases}))?;
    }
    out.flush()?;
    println!("{}", digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    Ok(())
}

/// The decisions' bytes, then the plan's words.
fn answer(
    snapshot: &Snapshot,
    names: &[String],
    attributes: &Map<String, serde_json::Value>,
    path: &str,
    now: i64,
) -> Result<Vec<u8>> {
    let record = document::context::record(names, attributes);
    let mut answer = vec![0; snapshot.count(Section::Flags) as usize * DECISION];
    evaluate(snapshot, context::Context(&record), Millis(now), &mut answer).context("no room")?;
    let decisions = answer.clone();
    plan(snapshot, &decisions, path.as_bytes(), |step| answer.extend(step.to_word().to_le_bytes()));
    Ok(answer)
}
