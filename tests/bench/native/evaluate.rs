//! One flag of a hundred for a thousand units that take turns, by each evaluator.

use criterion::{Criterion, criterion_group, criterion_main};
use pointsman_bench_native::{Eppo, Pointsman, Unleash, key};
use std::hint::black_box;

const UNITS: usize = 1000;

/// Measures one evaluator. About half of the units must have the flag, or it does something else.
fn measure(criterion: &mut Criterion, name: &str, mut is_on: impl FnMut(&str, &str) -> bool) {
    let flag = key(0);
    let units: Vec<_> = (0..UNITS).map(|index| format!("user-{index}")).collect();
    let on = units.iter().filter(|unit| is_on(&flag, unit)).count();
    assert!(on.abs_diff(UNITS / 2) <= UNITS / 20, "{name} gives {on} of {UNITS} units the flag");
    let mut turn = units.iter().cycle();
    criterion.bench_function(name, |bench| {
        bench.iter(|| turn.next().is_some_and(|unit| is_on(black_box(&flag), black_box(unit))));
    });
}

fn evaluate(criterion: &mut Criterion) {
    let (mut ours, unleash, eppo) = (Pointsman::load(), Unleash::load(), Eppo::load());
    measure(criterion, "pointsman", |flag, unit| ours.is_on(flag, unit));
    measure(criterion, "unleash-yggdrasil", |flag, unit| unleash.is_on(flag, unit));
    measure(criterion, "eppo_core", |flag, unit| eppo.is_on(flag, unit));
}

criterion_group!(benches, evaluate);
criterion_main!(benches);
