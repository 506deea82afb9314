//! Random questions to the statistics, one a line, and after them the digest of the native engine's answers.
//!
//! A JavaScript test asks the wasm the same and compares digests: one bit in one of a hundred thousand answers tells.

use fastrand::Rng;
use pointsman::ask::ask;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::{BufWriter, Write};

fn main() -> std::io::Result<()> {
    let mut numbers = std::env::args().skip(1).filter_map(|text| text.parse::<u64>().ok());
    let (count, seed) = (numbers.next().unwrap_or(100_000), numbers.next().unwrap_or(1));
    let mut rng = Rng::with_seed(seed);
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut digest = Sha256::new();
    for _ in 0..count {
        let question = question(&mut rng).to_string();
        digest.update(ask(&question));
        digest.update("\n");
        writeln!(out, "{question}")?;
    }
    let digest: Vec<String> = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    writeln!(out, "{}", digest.concat())
}

/// Mostly what may happen, sometimes what may not.
fn question(rng: &mut Rng) -> Value {
    match rng.u8(0..16) {
        0..8 => effect(rng),
        8 => {
            json!({"ask": "plan", "control": size(rng), "treatment": size(rng), "effect": size(rng) - 1.0, "fixed": rng.bool()})
        }
        9 => {
            json!({"ask": "plan", "control": size(rng), "treatment": size(rng), "units": count(rng), "ratio": size(rng)})
        }
        10 => json!({"ask": "segments", "effects": (0..rng.usize(0..9)).map(|_| told(rng)).collect::<Vec<_>>()}),
        11 => json!({"ask": "forecast", "effect": told(rng), "units": count(rng), "share": rng.f64() * 1.2,
            "prior": {"mean": rng.f64() - 0.5, "sd": rng.f64()}}),
        12 => json!({"ask": "shares", "floor": 0.05, "lessIsBetter": rng.bool(),
            "arms": (0..rng.usize(1..6)).map(|_| json!({"mean": rng.f64(), "sd": rng.f64() * 0.2})).collect::<Vec<_>>()}),
        13 | 14 => json!({"ask": "adjust", "p": (0..rng.usize(0..20)).map(|_| rng.f64().powi(3)).collect::<Vec<_>>(),
            "by": (["bonferroni", "holm", "hochberg", "hommel", "benjamini-hochberg", "benjamini-yekutieli"])[rng.usize(0..6)]}),
        _ => {
            json!({"ask": "looks", "information": [0.3, 0.6, 1.0], "alpha": rng.f64() * 0.2, "parameter": rng.f64() * 4.0,
            "spending": (["obrien-fleming", "pocock", "power", "hsd"])[rng.usize(0..4)]})
        }
    }
}

fn effect(rng: &mut Rng) -> Value {
    let exact = rng.bool();
    json!({
        "ask": "effect", "control": arm(rng, exact), "treatment": arm(rng, exact),
        "scale": (["absolute", "relative", "logRatio"])[rng.usize(0..3)],
        "under": if rng.u8(0..4) == 0 { Some(1) } else { None }, "covariates": if rng.bool() { vec![1] } else { vec![] },
        "fixed": rng.bool(), "alternative": (["different", "greater", "less"])[rng.usize(0..3)],
        "alpha": 0.001 + rng.f64() * 0.2, "null": if rng.bool() { 0.0 } else { rng.f64() - 0.5 },
    })
}

/// An arm of two numbers a unit, at offsets up to a billion and with counts up to 2^40.
fn arm(rng: &mut Rng, exact: bool) -> Value {
    let bits = rng.u32(1..41);
    let units = rng.u64(0..1 << bits);
    if !exact {
        let (mean, spread) = ((rng.f64() - 0.2) * 10f64.powi(rng.i32(-3..10)), size(rng));
        return json!({"units": units, "mean": [mean, rng.f64()], "covariance": [spread, 0.3 * spread, spread]});
    }
    let offset = i128::from(rng.u64(0..1_000_000_000_000));
    let n = i128::from(units);
    let rest = i128::from(rng.i64(-1000..1000));
    let sum = n * offset + rest;
    let squares = n * offset * offset + 2 * offset * rest + n * i128::from(rng.u64(0..1_000_000)) + 1;
    let other = n * i128::from(rng.u64(0..1_000));
    let digits = |all: &[i128]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
    json!({"units": units, "sums": digits(&[sum, other]), "scale": 1000.0,
        "products": digits(&[squares, offset * other, other * other / n.max(1) + n * 7])})
}

fn size(rng: &mut Rng) -> f64 {
    10f64.powf(rng.f64() * 6.0 - 3.0)
}

fn count(rng: &mut Rng) -> u64 {
    let bits = rng.u32(1..41);
    rng.u64(1..1 << bits)
}

fn told(rng: &mut Rng) -> Value {
    json!({"estimate": rng.f64() - 0.5, "standardError": rng.f64() * 0.2})
}
