//! The collector's laws, natively: the same statements as in a Durable Object.

use crate::shard::{NOW, batch, learn, order, shard, take, track, unit};
use fastrand::Rng;
use pointsman::collect::{self, Freshness, Receipt};
use pointsman::limits::{PAGE_REPORTS, PROPERTIES, PROPERTY_BYTES, VALUE_MICROS};
use pointsman::time::Millis;
use pointsman_native::Native;
use pointsman_native::recount::recount;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn assigned(run: &str, variant: &str, at: i64) -> Value {
    json!({"t": "assigned", "run": run, "x": variant, "epoch": 1, "config": 1, "at": at})
}

fn seen(run: &str, variant: &str, at: i64, dt: i64) -> Value {
    json!({"t": "seen", "run": run, "x": variant, "epoch": 1, "config": 1, "at": at, "dt": dt})
}

fn vector(connection: &Connection, run: &str, variant: &str, metric: &str) -> Vec<String> {
    vector_of(connection, run, variant, metric, "")
}

fn vector_of(connection: &Connection, run: &str, variant: &str, metric: &str, browser: &str) -> Vec<String> {
    let vector = all_of(connection, run, variant, metric, browser);
    // Of a metric the number of those who did it; of a run the units.
    if metric.is_empty() { vector.into_iter().take(3).collect() } else { vector.into_iter().skip(1).take(1).collect() }
}

/// `[reports, lost]` of a variant; for all units, or those of one browser.
fn loss(connection: &Connection, run: &str, variant: &str, browser: &str) -> [usize; 2] {
    let vector = all_of(connection, run, variant, "", browser);
    [3, 4].map(|index| vector.get(index).map_or(0, |digits| digits.parse().unwrap()))
}

fn all_of(connection: &Connection, run: &str, variant: &str, metric: &str, browser: &str) -> Vec<String> {
    let sums = collect::sums(&mut Native(connection), run, Millis(NOW)).unwrap();
    let dimension = if browser.is_empty() { String::new() } else { format!("browser={browser}") };
    sums.into_iter()
        .find(|sum| sum.variant == variant && sum.metric == metric && sum.dimension == dimension)
        .map(|sum| sum.vector)
        .unwrap_or_default()
}

#[test]
fn an_exposure_counts_once_however_often_it_is_told() {
    let shard = shard();
    let (one, two) = (assigned("a-1", "x", NOW), seen("a-1", "x", NOW, 0));
    assert_eq!(take(&shard, &batch(&unit(1), "", 0, std::slice::from_ref(&one)), NOW).stored, 1);
    assert_eq!(take(&shard, &batch(&unit(1), "p", 0, &[two.clone(), two]), NOW).duplicate, 1);
    assert_eq!(take(&shard, &batch(&unit(1), "", 0, &[one]), NOW + 5).duplicate, 1);
    assert_eq!(vector(&shard, "a-1", "x", ""), ["1", "1", "0"]);
}

#[test]
fn a_conversion_counts_once_after_the_exposure_and_never_before() {
    let shard = shard();
    take(&shard, &batch(&unit(1), "p", 0, &[order(60_000)]), NOW);
    take(&shard, &batch(&unit(1), "p", 1, &[seen("a-1", "x", NOW - 1000, 0)]), NOW);
    assert_eq!(vector(&shard, "a-1", "x", "orders"), ["0"]);
    take(&shard, &batch(&unit(1), "p", 2, &[order(0), order(0)]), NOW);
    take(&shard, &batch(&unit(1), "p", 3, &[order(0)]), NOW);
    assert_eq!(vector(&shard, "a-1", "x", "orders"), ["1"]);
}

#[test]
fn a_conversion_that_comes_in_before_its_late_exposure_is_counted() {
    let shard = shard();
    take(&shard, &batch(&unit(1), "p", 1, &[order(0)]), NOW);
    take(&shard, &batch(&unit(1), "p", 0, &[seen("a-1", "x", NOW - 1000, 500)]), NOW);
    assert_eq!(vector(&shard, "a-1", "x", "orders"), ["1"]);
}

#[test]
fn what_came_in_before_its_measure_was_known_is_counted_when_it_is() {
    let shard = Connection::open_in_memory().unwrap();
    collect::prepare(&mut Native(&shard)).unwrap();
    learn(&shard, 1, false);
    take(&shard, &batch(&unit(1), "p", 0, &[seen("a-1", "x", NOW, 0), order(0)]), NOW);
    assert_eq!(vector(&shard, "a-1", "x", "orders"), [] as [&str; 0]);
    learn(&shard, 2, true);
    assert_eq!(vector(&shard, "a-1", "x", "orders"), ["1"]);
    take(&shard, &batch(&unit(1), "p", 1, &[seen("a-1", "x", NOW, 0), order(0)]), NOW);
    assert_eq!(vector(&shard, "a-1", "x", "orders"), ["1"]);
}

#[test]
fn a_second_variant_marks_the_unit_and_moves_it_nowhere() {
    let shard = shard();
    take(&shard, &batch(&unit(1), "p", 0, &[seen("a-1", "x", NOW, 0)]), NOW);
    assert_eq!(take(&shard, &batch(&unit(1), "p", 1, &[seen("a-1", "y", NOW + 1, 0)]), NOW).stored, 1);
    assert_eq!(take(&shard, &batch(&unit(1), "p", 1, &[seen("a-1", "y", NOW + 1, 0)]), NOW).duplicate, 1);
    assert_eq!(vector(&shard, "a-1", "x", ""), ["1", "1", "1"]);
    assert_eq!(vector(&shard, "a-1", "y", ""), [] as [&str; 0]);
}

fn with(browser: &str, mut batch: Value) -> Value {
    batch["traits"] = json!({"browser": browser});
    batch
}

#[test]
fn a_unit_counts_for_everybody_and_for_the_browser_that_met_the_variant_first() {
    let shard = shard();
    let tell =
        |browser, number, events: &[Value]| take(&shard, &with(browser, batch(&unit(number), "p", 0, events)), NOW);
    tell("Safari", 1, &[seen("a-1", "x", NOW, 0), order(0)]);
    tell("Chrome", 2, &[seen("a-1", "x", NOW, 0)]);
    tell("Firefox", 2, &[seen("a-1", "x", NOW - 1, 0)]);
    assert_eq!(vector(&shard, "a-1", "x", ""), ["2", "2", "0"]);
    assert_eq!(vector(&shard, "a-1", "x", "orders"), ["1"]);
    assert_eq!(vector_of(&shard, "a-1", "x", "", "Safari"), ["1", "1", "0"]);
    assert_eq!(vector_of(&shard, "a-1", "x", "orders", "Safari"), ["1"]);
    assert_eq!(vector_of(&shard, "a-1", "x", "", "Firefox"), ["1", "1", "0"]);
    assert_eq!(vector_of(&shard, "a-1", "x", "", "Chrome"), [] as [&str; 0]);
}

#[test]
fn a_browser_without_a_name_of_ours_is_another_one() {
    let shard = shard();
    for (number, browser) in (1..).zip(["", "SeventeenLettersX"]) {
        take(&shard, &with(browser, batch(&unit(number), "p", 0, &[assigned("a-1", "x", NOW)])), NOW);
    }
    assert_eq!(vector_of(&shard, "a-1", "x", "", "Other"), ["2", "0", "0"]);
    assert_eq!(vector(&shard, "a-1", "x", ""), ["2", "0", "0"]);
}

#[test]
fn a_run_tells_when_it_was_last_heard_of() {
    let shard = shard();
    let last = || collect::freshness(&mut Native(&shard), "a-1").unwrap();
    assert_eq!(last(), Freshness::default());
    take(&shard, &batch(&unit(1), "p", 0, &[assigned("a-1", "x", NOW)]), NOW);
    assert_eq!(last(), Freshness { assigned_at: Some(NOW), confirmed_at: None });
    take(&shard, &batch(&unit(1), "p", 1, &[seen("a-1", "x", NOW, 0)]), NOW + 9);
    take(&shard, &batch(&unit(2), "p", 0, &[seen("a-1", "x", NOW - 5, 7), seen("b-1", "x", NOW + 9, 0)]), NOW + 9);
    assert_eq!(last(), Freshness { assigned_at: Some(NOW), confirmed_at: Some(NOW + 9) });
}

#[test]
fn what_is_refused_is_counted_and_not_kept() {
    let shard = shard();
    let events = [
        json!({"t": "refused", "reason": "token"}),
        json!({"t": "filtered", "reason": "bot"}),
        order(-1),
        order(7 * 24 * 3_600_000 + 1),
        order(7 * 24 * 3_600_000),
    ];
    let receipt = take(&shard, &batch(&unit(1), "p", 0, &events), NOW);
    assert_eq!((receipt.stored, receipt.duplicate), (1, 0));
    assert_eq!(receipt.rejected, BTreeMap::from([("token".into(), 1), ("age".into(), 2)]));
    assert_eq!(receipt.filtered, BTreeMap::from([("bot".into(), 1)]));
    assert_eq!(take(&shard, &batch("nobody", "p", 0, &[order(0)]), NOW).rejected, BTreeMap::from([("unit".into(), 1)]));
}

#[test]
fn every_gap_that_a_later_report_follows_is_lost_until_it_comes_in_late() {
    let shard = shard();
    let report = |seq| take(&shard, &batch(&unit(1), "p", seq, &[order(0)]), NOW);
    take(&shard, &batch(&unit(1), "", 0, &[assigned("a-1", "x", NOW)]), NOW);
    assert_eq!(loss(&shard, "a-1", "x", ""), [0, 0], "the edge sends no report");
    let told = |seq| {
        report(seq);
        loss(&shard, "a-1", "x", "")
    };
    assert_eq!(told(0), [1, 0]);
    assert_eq!(told(3), [4, 2]);
    assert_eq!(told(3), [4, 2]);
    assert_eq!(told(9), [10, 7]);
    assert_eq!(told(2), [10, 6]);
    assert_eq!(told(2), [10, 6]);
    assert_eq!(told(1), [10, 5]);
    // What nothing follows is not lost but silent: it shows as assigned without confirmed.
    take(&shard, &batch(&unit(1), "q", 0, &[order(0)]), NOW);
    assert_eq!(loss(&shard, "a-1", "x", ""), [11, 5]);
}

#[test]
fn a_loss_counts_for_the_variant_and_the_browser_of_whoever_lost_it() {
    let shard = shard();
    let tell = |browser, number, page, seq, events: &[Value]| {
        take(&shard, &with(browser, batch(&unit(number), page, seq, events)), NOW);
    };
    tell("Safari", 1, "p", 2, &[seen("a-1", "x", NOW, 0), seen("b-1", "y", NOW, 0)]);
    tell("Chrome", 2, "p", 0, &[seen("a-1", "x", NOW, 0)]);
    tell("Chrome", 3, "p", 1, &[seen("a-1", "y", NOW, 0)]);
    assert_eq!(loss(&shard, "a-1", "x", ""), [4, 2]);
    assert_eq!(loss(&shard, "a-1", "x", "Safari"), [3, 2]);
    assert_eq!(loss(&shard, "a-1", "x", "Chrome"), [1, 0]);
    assert_eq!(loss(&shard, "a-1", "y", "Chrome"), [2, 1]);
    assert_eq!(loss(&shard, "b-1", "y", "Safari"), [3, 2]);
}

#[test]
fn a_page_counts_for_a_run_from_the_assignment_on() {
    let shard = shard();
    take(&shard, &batch(&unit(1), "before", 5, &[order(2000)]), NOW);
    take(&shard, &batch(&unit(1), "", 0, &[assigned("a-1", "x", NOW - 1000)]), NOW);
    assert_eq!(loss(&shard, "a-1", "x", ""), [0, 0]);
    take(&shard, &batch(&unit(1), "after", 1, &[order(0)]), NOW);
    assert_eq!(loss(&shard, "a-1", "x", ""), [2, 1]);
}

#[test]
fn a_forged_number_claims_no_more_than_a_page_has_numbers() {
    let shard = shard();
    take(&shard, &batch(&unit(1), "p", 0, &[seen("a-1", "x", NOW, 0)]), NOW);
    assert_eq!(PAGE_REPORTS, 4096);
    for seq in [4096, 1 << 40, i64::MAX as usize] {
        assert_eq!(take(&shard, &batch(&unit(1), "p", seq, &[order(0)]), NOW).stored, 1);
    }
    assert_eq!(loss(&shard, "a-1", "x", ""), [1, 0]);
    take(&shard, &batch(&unit(1), "p", 4095, &[order(0)]), NOW);
    assert_eq!(loss(&shard, "a-1", "x", ""), [4096, 4094]);
}

#[test]
fn what_is_refused_has_come_in_and_is_not_lost() {
    let shard = shard();
    take(&shard, &batch(&unit(1), "p", 0, &[json!({"t": "refused", "reason": "token"})]), NOW);
    take(&shard, &batch(&unit(1), "p", 1, &[order(8 * 24 * 3_600_000)]), NOW);
    take(&shard, &batch(&unit(1), "p", 2, &[seen("a-1", "x", NOW - 1, 0)]), NOW);
    assert_eq!(loss(&shard, "a-1", "x", ""), [3, 0]);
}

#[test]
fn the_loss_that_is_told_is_the_loss_that_was_made() {
    for seed in 0..50 {
        let mut rng = Rng::with_seed(seed);
        let shard = shard();
        let mut due: BTreeMap<(&str, &str), [usize; 2]> = BTreeMap::new();
        let mut delivered = Vec::new();
        for number in 0..rng.usize(1..12) {
            let (variant, browser) = (["x", "y"][number % 2], ["Chrome", "Safari"][rng.usize(..2)]);
            take(&shard, &with(browser, batch(&unit(number), "", 0, &[assigned("a-1", variant, NOW)])), NOW);
            for page in 0..rng.usize(1..4) {
                let sent = rng.usize(..20);
                let arrived: Vec<_> = (0..sent).filter(|_| rng.u8(..4) > 0).collect();
                // The tail is silent; whatever was lost before the last one that arrived is told.
                let followed = arrived.last().map_or(0, |last| last + 1);
                for part in [browser, ""] {
                    let [reports, lost] = due.entry((variant, part)).or_default();
                    *reports += followed;
                    *lost += followed - arrived.len();
                }
                let name = format!("page-{page}");
                let told = |seq: &usize| with(browser, batch(&unit(number), &name, *seq, &[order(0)]));
                delivered.extend(arrived.iter().map(told));
            }
        }
        // Twice over, in any order.
        delivered.extend(delivered.clone());
        rng.shuffle(&mut delivered);
        for batch in &delivered {
            take(&shard, batch, NOW);
        }
        for ((variant, browser), due) in due {
            assert_eq!(loss(&shard, "a-1", variant, browser), due, "{variant} {browser}, seed {seed}");
        }
    }
}

/// Batches of many visitors over two runs, some of whom cross variants, order early, late and twice.
fn story(rng: &mut Rng) -> Vec<(Value, i64)> {
    let mut batches = Vec::new();
    for number in 0..rng.usize(1..40) {
        let page = format!("page-{number}");
        for seq in 0..rng.usize(1..5) {
            let events: Vec<_> = (0..rng.usize(1..4))
                .map(|_| {
                    let (run, variant) = (["a-1", "b-1"][rng.usize(..2)], ["x", "y"][usize::from(rng.u8(..10) == 0)]);
                    let at = NOW + rng.i64(0..5000);
                    match rng.u8(..3) {
                        0 => assigned(run, variant, at),
                        1 => seen(run, variant, at, rng.i64(0..4000)),
                        _ => order(rng.i64(0..4000)),
                    }
                })
                .collect();
            let browser = ["Chrome", "Safari", "Firefox"][rng.usize(..3)];
            let told = with(browser, batch(&unit(rng.usize(..12)), &page, seq, &events));
            batches.push((told, NOW + rng.i64(0..5000)));
        }
    }
    batches
}

#[test]
fn sums_are_a_function_of_the_set_of_events_and_equal_a_recount() {
    let events_of = BTreeMap::from([("orders".to_string(), "order".to_string())]);
    for seed in 0..60 {
        let mut rng = Rng::with_seed(seed);
        let mut batches = story(&mut rng);
        let tell = |batches: &[(Value, i64)]| {
            let shard = shard();
            let received: usize = batches
                .iter()
                .map(|(batch, now)| {
                    take(&shard, batch, *now);
                    batch["events"].as_array().unwrap().len()
                })
                .sum();
            let recount = recount(&shard, &events_of).unwrap();
            assert_eq!(recount.sums, recount.recounted, "seed {seed}");
            let orders = i64::try_from(recount.events.len()).unwrap();
            let last = recount.events.iter().map(|event| event.at).max();
            let seen = collect::events(&mut Native(&shard)).unwrap();
            let seen: Vec<_> = seen.iter().map(|event| (event.name.as_str(), event.last, event.n)).collect();
            assert_eq!(seen, Vec::from_iter(last.map(|last| ("order", Some(last), orders))), "seed {seed}");
            let ledger = recount.ledger;
            let booked = ledger.stored
                + ledger.duplicate
                + ledger.rejected.values().chain(ledger.filtered.values()).sum::<u64>();
            assert_eq!(booked, received as u64, "received = stored + duplicate + rejected + filtered, seed {seed}");
            (recount.sums, ledger.stored)
        };
        let (first, stored) = tell(&batches);
        let copies: Vec<_> = batches.iter().filter(|_| rng.bool()).cloned().collect();
        let replayed: Vec<_> = batches.iter().cloned().chain(copies).collect();
        assert_eq!(tell(&replayed), (first.clone(), stored), "a replay changes no sum, seed {seed}");
        rng.shuffle(&mut batches);
        assert_eq!(tell(&batches).0, first, "no order bends a sum, seed {seed}");
    }
}

#[test]
fn what_is_at_a_limit_is_kept_and_one_more_is_refused_by_name() {
    let shard = shard();
    let told = |page: &str, event: Value| {
        let Receipt { stored, rejected, .. } = take(&shard, &batch(&unit(1), page, 0, &[event]), NOW);
        (stored, rejected.into_keys().collect::<Vec<_>>())
    };
    let refused = |reason: &str| (0, vec![reason.to_string()]);
    let kept = (1, Vec::new());
    let value = VALUE_MICROS.cast_signed();
    for (sign, page) in [(1, "a"), (-1, "b")] {
        assert_eq!(told(page, track("order", &json!({"v": sign * value}))), kept);
        assert_eq!(told(&format!("{page}2"), track("order", &json!({"v": sign * (value + 1)}))), refused("value"));
    }
    let properties = |n: usize| json!({"p": (0..n).map(|n| (format!("p{n}"), json!(n))).collect::<BTreeMap<_, _>>()});
    assert_eq!(told("c", track("order", &properties(PROPERTIES))), kept);
    assert_eq!(told("d", track("order", &properties(PROPERTIES + 1))), refused("properties"));
    let seen = |name: &str| {
        let all = collect::events(&mut Native(&shard)).unwrap();
        all.into_iter().find(|event| event.name == name).unwrap()
    };
    let [text, longer] = [PROPERTY_BYTES, PROPERTY_BYTES + 1].map(|length| "x".repeat(length));
    assert_eq!(told("e", track("long", &json!({"p": {"fits": text, "longer": longer}}))), kept);
    assert_eq!(seen("long").properties.into_iter().collect::<Vec<_>>(), ["fits"]);
    assert_eq!(seen("long").rejected.into_keys().collect::<Vec<_>>(), ["property longer"]);
}
