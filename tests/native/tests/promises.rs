//! What `npm run certify` asks is what docs/statistics.md shows, row by row, and it tells a kept promise from a broken one.

use pointsman_native::certify::{Promise, Size, Trial, bounds, certify, trials};

fn shown() -> Vec<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/statistics.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, table) = text.split_once("<!-- certified: npm run certify -- --write -->").unwrap();
    let (table, _) = table.split_once("<!-- certified -->").unwrap();
    table.lines().filter(|line| line.starts_with('|')).skip(2).map(ToString::to_string).collect()
}

#[test]
fn every_row_of_the_table_is_a_promise_that_is_simulated_and_every_promise_has_its_row() {
    let (shown, asked) = (shown(), trials());
    let rows: Vec<String> = asked.iter().map(Trial::row).collect();
    for row in &shown {
        assert!(rows.iter().any(|asked| row.starts_with(asked)), "nobody asks: {row}");
        assert!(!row.contains("broken"), "{row}");
    }
    for row in &rows {
        let times = shown.iter().filter(|shown| shown.starts_with(row)).count();
        assert_eq!(times, 1, "docs/statistics.md shows it {times} times: {row}");
    }
}

#[test]
fn a_promise_is_kept_by_its_bound_and_not_by_its_rate() {
    let kept = |promise: Promise, hits| promise.is_kept(hits, bounds(hits, 2_200));
    assert!(kept(Promise::AtMost(0.05), 86) && !kept(Promise::AtMost(0.05), 88), "3.9 % shows 5 %, 4 % does not");
    assert!(kept(Promise::AtLeast(0.9), 2_020) && !kept(Promise::AtLeast(0.9), 2_000));
    assert!(kept(Promise::About(0.05, 0.0), 110) && !kept(Promise::About(0.05, 0.0), 140));
    assert!(kept(Promise::Never, 0) && !kept(Promise::Never, 1));
}

#[test]
fn a_run_takes_as_many_experiments_as_it_says_and_gives_the_same_twice() {
    let size = Size { experiments: 50, looks: 10, seed: 20_261_126 };
    let few = || trials().into_iter().filter(|trial| trial.name().contains("base 5 %, split")).collect::<Vec<_>>();
    let run = || certify(few(), size, |_| {}).iter().map(|one| (one.of, one.hits)).collect::<Vec<_>>();
    let first = run();
    assert_eq!(first, run());
    assert!(!first.is_empty() && first.iter().all(|(of, _)| *of == 50), "{first:?}");
}
