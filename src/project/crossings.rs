//! Crossings: what was seen at the moment at which something followed from the numbers by itself. Sums go on changing, with
//! late data and erasure; what was decided on stays as it was, and nobody can write it anew.

use super::{integer, text};
use crate::compile::hexadecimal;
use crate::ramp::{Measured, labels};
use crate::screens::trouble::trouble;
use crate::screens::{Latched, Scene, reading};
use crate::sql::{Failure, Sql};
use crate::time::Millis;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(super) const TABLES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS crossing (run TEXT NOT NULL, n INTEGER NOT NULL, at INTEGER NOT NULL, action TEXT NOT NULL, \
     why TEXT NOT NULL, sequences TEXT NOT NULL, digest TEXT NOT NULL, evidence TEXT NOT NULL, \
     PRIMARY KEY (run, n)) WITHOUT ROWID",
    "CREATE TRIGGER IF NOT EXISTS crossing_changed BEFORE UPDATE ON crossing BEGIN \
     SELECT RAISE(ABORT, 'a crossing stays as it is'); END",
    "CREATE TRIGGER IF NOT EXISTS crossing_gone BEFORE DELETE ON crossing BEGIN \
     SELECT RAISE(ABORT, 'a crossing stays where it is'); END",
];

/// Keeps what is seen now, and what follows from it.
pub(super) fn latch(
    sql: &mut impl Sql,
    scene: &Scene,
    action: &str,
    why: &str,
    now: Millis,
) -> core::result::Result<(), Failure> {
    let run = scene.experiment.run.as_ref().map(|run| run.id.as_str()).unwrap_or_default();
    let (sequences, digest) = vectors(sql, run)?;
    let cells = [
        run.into(),
        run.into(),
        now.0.into(),
        action.into(),
        why.into(),
        json!(sequences).to_string().as_str().into(),
        digest.as_str().into(),
        evidence(scene).to_string().as_str().into(),
    ];
    sql.run(
        "INSERT INTO crossing VALUES (?, (SELECT count(*) + 1 FROM crossing WHERE run = ?), ?, ?, ?, ?, ?, ?)",
        &cells,
    )
    .map(drop)
}

/// Whether this was seen of a run before.
pub(super) fn has(sql: &mut impl Sql, run: &str, action: &str, why: &str) -> core::result::Result<bool, Failure> {
    let cells = [run.into(), action.into(), why.into()];
    Ok(!sql.run("SELECT 1 FROM crossing WHERE run = ? AND action = ? AND why = ? LIMIT 1", &cells)?.is_empty())
}

/// That a verdict revises the last one that a run was told of, in a sentence; empty where there is none, or it says the same.
pub(super) fn revised(sql: &mut impl Sql, run: &str, headline: &str) -> core::result::Result<String, Failure> {
    let statement = "SELECT evidence FROM crossing WHERE run = ? \
         AND action IN ('better', 'worse', 'noEffectAsLarge', 'report') ORDER BY n DESC LIMIT 1";
    let rows = sql.run(statement, &[run.into()])?;
    let last = rows.first().and_then(|row| serde_json::from_str::<Value>(&text(row, 0)).ok()).unwrap_or_default();
    let before = last["verdict"]["headline"].as_str().filter(|before| *before != headline);
    Ok(before.map_or_else(String::new, |before| alloc::format!(" This revises what was told before: “{before}”.")))
}

/// What was seen of a run once and still holds.
pub(super) fn latched(sql: &mut impl Sql, run: &str) -> core::result::Result<Latched, Failure> {
    let rows = sql.run("SELECT evidence FROM crossing WHERE run = ? ORDER BY n", &[run.into()])?;
    let all: Vec<Value> = rows.iter().filter_map(|row| serde_json::from_str(&text(row, 0)).ok()).collect();
    let trouble = all.iter().find_map(|seen| serde_json::from_value(seen["trouble"].clone()).ok());
    let guardrails = all.iter().flat_map(|seen| seen["guardrails"].as_array().into_iter().flatten());
    let harmed = guardrails.filter(|guardrail| guardrail["harmed"] == true);
    let harmed = harmed.filter_map(|guardrail| Some(guardrail["metric"].as_str()?.to_string())).collect();
    Ok(Latched { trouble, harmed })
}

/// By shard which telling was the last, and the SHA-256 of all of them: each shard's name, number and vectors, a line each.
fn vectors(sql: &mut impl Sql, run: &str) -> core::result::Result<(BTreeMap<String, i64>, String), Failure> {
    let rows = sql.run("SELECT shard, sequence, json FROM tally WHERE run = ? ORDER BY shard", &[run.into()])?;
    let mut digest = Sha256::new();
    let mut sequences = BTreeMap::new();
    for row in &rows {
        let (shard, sequence) = (text(row, 0), integer(row, 1));
        digest.update(alloc::format!("{shard}\n{sequence}\n{}\n", text(row, 2)));
        sequences.insert(shard, sequence);
    }
    Ok((sequences, hexadecimal(&digest.finalize())))
}

/// The numbers of this moment: the look, what speaks for harm, the verdict, and what is wrong if something is.
fn evidence(scene: &Scene) -> Value {
    let watches = scene.watches();
    let guardrails = watches.iter().map(|watch| {
        let [control, treated] = match &watch.measured {
            Measured::Labels(epochs) => labels(epochs).map(Value::from),
            Measured::Values { arms: Ok(arms), .. } => arms.each_ref().map(|arm| json!(arm.mean(0))),
            Measured::Values { arms: Err(_), .. } => [Value::Null, Value::Null],
        };
        json!({
            "metric": watch.guardrail.metric, "treated": treated, "control": control,
            "logE": watch.log_e, "harmed": watch.harmed,
        })
    });
    let report = reading::report(scene);
    json!({
        "look": scene.look(), "guardrails": guardrails.collect::<Vec<_>>(), "verdict": report.verdict,
        "trouble": trouble(scene, &scene.report()),
    })
}

/// All of a run, in order.
pub(super) fn of(sql: &mut impl Sql, run: &str) -> core::result::Result<Vec<Value>, Failure> {
    let rows = sql.run(
        "SELECT n, at, action, why, sequences, digest, evidence FROM crossing WHERE run = ? ORDER BY n",
        &[run.into()],
    )?;
    let parsed = |row: &[_], index| serde_json::from_str::<Value>(&text(row, index)).unwrap_or_default();
    let one = |row: &Vec<_>| {
        json!({
            "n": integer(row, 0), "at": integer(row, 1), "action": text(row, 2), "why": text(row, 3),
            "sequences": parsed(row, 4), "digest": text(row, 5), "evidence": parsed(row, 6),
        })
    };
    Ok(rows.iter().map(one).collect())
}
