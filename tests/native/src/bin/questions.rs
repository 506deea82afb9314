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

/// Mostly what may happen, sometimes what may not. Every question that there is comes up.
fn question(rng: &mut Rng) -> Value {
    match rng.u8(0..24) {
        0..7 => effect(rng),
        7 => {
            json!({"ask": "plan", "control": size(rng), "treatment": size(rng), "effect": size(rng) - 1.0, "fixed": rng.bool()})
        }
        8 => {
            json!({"ask": "plan", "control": size(rng), "treatment": size(rng), "units": count(rng), "ratio": size(rng)})
        }
        9 => json!({"ask": "segments", "effects": (0..rng.usize(0..9)).map(|_| told(rng)).collect::<Vec<_>>()}),
        10 => json!({"ask": "forecast", "effect": told(rng), "units": count(rng), "share": rng.f64() * 1.2,
            "truth": if rng.bool() { Some(rng.f64() - 0.5) } else { None }, "prior": {"mean": rng.f64() - 0.5, "sd": rng.f64()}}),
        11 => json!({"ask": "shares", "floor": 0.05, "lessIsBetter": rng.bool(),
            "arms": (0..rng.usize(1..6)).map(|_| json!({"mean": rng.f64(), "sd": rng.f64() * 0.2})).collect::<Vec<_>>()}),
        12 => json!({"ask": "adjust", "p": (0..rng.usize(0..20)).map(|_| rng.f64().powi(3)).collect::<Vec<_>>(),
            "by": (["bonferroni", "holm", "hochberg", "hommel", "benjamini-hochberg", "benjamini-yekutieli"])[rng.usize(0..6)]}),
        13 => {
            json!({"ask": "looks", "information": [0.3, 0.6, 1.0], "alpha": rng.f64() * 0.2, "parameter": rng.f64() * 4.0,
            "spending": (["obrien-fleming", "pocock", "power", "hsd"])[rng.usize(0..4)]})
        }
        14 | 15 => report(rng),
        16 => read(rng),
        17 => {
            json!({"ask": "harm", "harm": (["more", "fewer"])[rng.usize(0..2)], "tolerance": rng.f64() * 1.1, "alpha": rng.f64() * 0.2,
            "epochs": (0..rng.usize(0..5)).map(|_| json!({"treated": count(rng), "control": count(rng),
                "treatedWeight": rng.u8(0..4), "controlWeight": rng.u8(0..4)})).collect::<Vec<_>>()})
        }
        18 => {
            json!({"ask": "size", "base": rng.f64(), "power": rng.f64(), "others": rng.u8(0..4), "lift": size(rng) - 0.5,
            "units": if rng.bool() { Some(count(rng)) } else { None }})
        }
        19 => json!({"ask": "counts", "control": did(rng), "treatment": did(rng), "alpha": 0.001 + rng.f64() * 0.2,
            "prior": if rng.bool() { [1.0, 1.0] } else { [size(rng), size(rng)] }}),
        20 => {
            json!({"ask": "middle", "aim": rng.f64() - 0.5, "standardError": rng.f64() * 0.3, "units": count(rng), "fixed": rng.bool()})
        }
        21 => json!({"ask": "together", "epochs": (0..rng.usize(0..6)).map(|_| json!({"estimate": rng.f64() - 0.5,
            "standardError": rng.f64() * 0.2, "shares": [rng.f64(), rng.f64()]})).collect::<Vec<_>>()}),
        22 => {
            json!({"ask": "strata", "scale": (["absolute", "relative", "logRatio"])[rng.usize(0..3)], "alternative": "different",
            "strata": (0..rng.usize(0..4)).map(|_| json!({"control": one(rng), "treatment": one(rng)})).collect::<Vec<_>>()})
        }
        _ => quantile(rng),
    }
}

/// A run of some metrics, variants and epochs, zeros and ones among them.
fn report(rng: &mut Rng) -> Value {
    let (variants, epochs, shares) = (rng.usize(1..4), rng.usize(0..4), rng.bool());
    let cell = |rng: &mut Rng| {
        let units = count(rng).min(1 << 30);
        let sum = if shares { rng.u64(0..=units) } else { rng.u64(0..1 << 40) };
        let squares = if shares {
            i128::from(sum)
        } else {
            i128::from(sum) * i128::from(sum) / i128::from(units) + i128::from(rng.u64(0..1 << 50))
        };
        json!({"units": units, "sums": [sum.to_string()], "products": [squares.to_string()]})
    };
    let metric = |rng: &mut Rng| {
        let epochs: Vec<Value> = (0..epochs).map(|_| (0..variants).map(|_| cell(rng)).collect()).collect();
        let rows = |rng: &mut Rng, count: usize, each: usize| -> Vec<Value> {
            (0..count).map(|_| (0..each).map(|_| cell(rng)).collect()).collect()
        };
        let (days, pairs) = (rng.usize(0..5), rng.usize(0..3));
        json!({"epochs": epochs, "days": rows(rng, days, variants), "pairs": rows(rng, pairs, 4), "lessIsBetter": rng.bool()})
    };
    let units = |rng: &mut Rng| -> Vec<u64> { (0..variants).map(|_| rng.u64(900..1_200)).collect() };
    let groups: Vec<Value> = (0..rng.usize(0..4))
        .map(|value| json!({"dimension": "browser", "value": value.to_string(), "units": units(rng)}))
        .collect();
    let seen = json!({"assigned": units(rng), "confirmed": units(rng), "redirects": rng.bool(), "groups": groups});
    json!({"ask": "report", "seen": seen, "weights": (0..variants).map(|_| rng.u8(0..3)).collect::<Vec<_>>(), "scale": if shares { 1 } else { 100 },
        "metrics": (0..rng.usize(0..3)).map(|_| metric(rng)).collect::<Vec<_>>(), "aim": rng.f64() * 0.2, "complete": rng.bool()})
}

/// The counts of some variants, sometimes ones that contradict each other.
fn read(rng: &mut Rng) -> Value {
    let level = count(rng);
    let arm = |rng: &mut Rng, variant: usize| {
        let units = level + rng.u64(0..=level / 50);
        let converted = if rng.u8(0..20) == 0 { units + 1 } else { rng.u64(0..=units) / u64::from(rng.u8(1..20)) };
        json!({"variant": variant.to_string(), "weight": u8::from(rng.u8(0..20) > 0), "units": units, "converted": converted})
    };
    json!({"ask": "read", "control": "0", "arms": (0..rng.usize(0..5)).map(|variant| arm(rng, variant)).collect::<Vec<_>>()})
}

/// Units, some of which did it: few enough for the exact ways to be quick.
fn did(rng: &mut Rng) -> Value {
    let bits = rng.u32(1..14);
    let units = rng.u64(0..1 << bits);
    json!({"units": units, "converted": rng.u64(0..=units)})
}

/// An arm of one number a unit.
fn one(rng: &mut Rng) -> Value {
    json!({"units": rng.u16(0..2_000), "mean": [rng.f64() * 10.0 - 2.0], "covariance": [size(rng)]})
}

fn quantile(rng: &mut Rng) -> Value {
    let mut question = json!({"ask": "quantile", "of": (["normal", "student", "chiSquare", "gamma", "beta"])[rng.usize(0..5)],
        "df": size(rng), "shape": size(rng), "a": size(rng), "b": size(rng)});
    question[(["above", "below"])[rng.usize(0..2)]] = 10f64.powf(-300.0 * rng.f64().powi(4)).into();
    question
}

fn effect(rng: &mut Rng) -> Value {
    let exact = rng.bool();
    json!({
        "ask": "effect", "control": arm(rng, exact), "treatment": arm(rng, exact),
        "scale": (["absolute", "relative", "logRatio"])[rng.usize(0..3)],
        "under": if rng.u8(0..4) == 0 { Some(1) } else { None }, "covariates": if rng.bool() { vec![1] } else { vec![] },
        "fixed": rng.bool(), "alternative": (["different", "greater", "less"])[rng.usize(0..3)],
        "alpha": 0.001 + rng.f64() * 0.2, "null": if rng.bool() { 0.0 } else { rng.f64() - 0.5 },
        "margin": if rng.bool() { Some(rng.f64() * 0.5) } else { None }, "msprt": if rng.bool() { Some(rng.f64()) } else { None },
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
