//! One full report as a question: 20 metrics, 4 variants, 20 epochs, with health and conclusions. With `--time N` it is
//! answered so often, and how long that takes is printed instead.

use fastrand::Rng;
use pointsman::ask::ask;
use serde_json::{Value, json};
use std::time::Instant;

fn main() {
    let question = question().to_string();
    let times = std::env::args().skip_while(|argument| argument != "--time").nth(1).and_then(|text| text.parse().ok());
    let Some(times): Option<u32> = times else {
        println!("{question}");
        return;
    };
    let started = Instant::now();
    let bytes: usize = (0..times).map(|_| ask(&question).len()).sum();
    let milliseconds = started.elapsed().as_secs_f64() * 1_000.0 / f64::from(times);
    println!("{}", json!({"milliseconds": milliseconds, "bytes": bytes as u64 / u64::from(times)}));
}

/// Visitors who spend some euros, as they did before: outcome and covariate in cents.
fn question() -> Value {
    let mut rng = Rng::with_seed(20);
    let metrics: Vec<Value> = (0..20).map(|_| (0..20).map(|_| epoch(&mut rng)).collect()).collect();
    json!({"ask": "report", "weights": [1, 1, 1, 1], "metrics": metrics, "scale": 100, "aim": 0.05, "complete": true})
}

fn epoch(rng: &mut Rng) -> Value {
    let arm = |rng: &mut Rng| {
        let n = i128::from(rng.u64(1_000..1_010));
        let (y, x) = (i128::from(rng.u64(1_000..1_030)), i128::from(rng.u64(1_000..1_030)));
        let spread = i128::from(rng.u64(300_000..310_000));
        let products = [n * (y * y + spread), n * (y * x + spread / 2), n * (x * x + spread)];
        let digits = |all: &[i128]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        json!({"units": n, "sums": digits(&[n * y, n * x]), "products": digits(&products)})
    };
    (0..4).map(|_| arm(rng)).collect()
}
