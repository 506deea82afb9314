//! Every promise of the statistics, by 2,200 simulated experiments each; `npm run certify` takes as many as one likes.

use pointsman_native::certify::{Size, table, trials};

#[test]
fn every_promise_is_kept() {
    let size = Size { experiments: 2_200, looks: 20, seed: 20_261_126 };
    let all: Vec<_> = trials(false).iter().map(|trial| trial.certify(size)).collect();
    println!("{}", table(&all));
    let broken: Vec<_> = all.iter().filter(|one| !one.passed).collect();
    assert!(all.len() > 40 && broken.is_empty(), "{broken:#?}");
}
