//! One full report as a question: 20 metrics, 4 variants, 20 epochs, with conclusions and their sentences. With `--health` also
//! 28 days of every effect, three other runs at the same time, and a split that is off in one of sixty groups of visitors.
//! With `--time N` it is answered in N rounds, and what that takes is printed instead: the judgement alone, and with JSON read
//! and written.
//! With `--merged` the epochs are one already, as other libraries take them.

use fastrand::Rng;
use pointsman::ask::{Run, ask};
use serde_json::{Value, json};
use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let epochs = if arguments.iter().any(|argument| argument == "--merged") { 1 } else { 20 };
    let health = arguments.iter().any(|argument| argument == "--health");
    let question = question(epochs, health).to_string();
    let times = arguments.iter().skip_while(|argument| *argument != "--time").nth(1).and_then(|text| text.parse().ok());
    let Some(times): Option<u32> = times else {
        println!("{question}");
        return;
    };
    let run = Run::of(&question).expect("it can be read");
    let judged = milliseconds(times, || std::hint::black_box(run.judged()).is_ok());
    let whole = milliseconds(times, || !ask(&question).is_empty());
    println!("{}", json!({"milliseconds": judged, "withJson": whole}));
}

/// What a call takes, by the best of so many rounds of ten calls: others use the machine, too, and a short round is likelier to
/// have it for itself.
fn milliseconds(rounds: u32, call: impl Fn() -> bool) -> f64 {
    let round = || {
        let started = Instant::now();
        assert!((0..10).all(|_| call()));
        started.elapsed().as_secs_f64() * 100.0
    };
    (0..rounds).map(|_| round()).fold(f64::INFINITY, f64::min)
}

/// Visitors who spend some euros, as they did before: outcome and covariate in cents.
fn question(epochs: usize, health: bool) -> Value {
    let mut rng = Rng::with_seed(20);
    let rows = |rng: &mut Rng, count: usize| (0..count).map(|_| epoch(rng)).collect::<Vec<_>>();
    let more = |rng: &mut Rng, count: usize| rows(rng, if health { count } else { 0 });
    let metric = |rng: &mut Rng| json!({"epochs": rows(rng, epochs), "days": more(rng, 28), "pairs": more(rng, 3)});
    let metrics: Vec<Value> = (0..20).map(|_| metric(&mut rng)).collect();
    json!({"ask": "report", "weights": [1, 1, 1, 1], "metrics": metrics, "scale": 100, "aim": 0.05, "complete": true,
        "seen": if health { seen() } else { Value::Null }})
}

/// Decided evenly; in one browser a third of a variant's units is lost.
fn seen() -> Value {
    let groups = ["browser", "device", "country"].into_iter().flat_map(|dimension| {
        (0..20).map(move |value| {
            let lost = if dimension == "browser" && value == 7 { 330 } else { 0 };
            json!({"dimension": dimension, "value": value.to_string(), "units": [1_000, 1_000 - lost, 1_000, 1_000]})
        })
    });
    json!({"assigned": [20_000, 20_000, 20_000, 20_000], "confirmed": [20_000, 19_670, 20_000, 20_000],
        "automatic": [900, 900, 900, 900], "groups": groups.collect::<Vec<_>>()})
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
