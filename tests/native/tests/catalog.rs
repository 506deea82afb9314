//! The catalog of events: what came in, what was refused, and that nobody fills it.

use crate::shard::{NOW, batch, order, shard, take, track, unit};
use pointsman::collect::{self, Batch};
use pointsman::limits::{EVENT_NAMES, LISTED_PROPERTIES, PROPERTIES, REFUSED_NAMES, UNIT_EVENTS};
use pointsman::time::Millis;
use pointsman_native::Native;
use serde_json::json;
use std::collections::BTreeMap;

#[test]
fn the_catalog_tells_of_every_event_what_came_in_and_what_was_refused() {
    let shard = shard();
    let rich = json!({"t": "track", "n": "order", "dt": 1, "v": 5, "p": {"plan": "pro", "mail": "ada@example.com"}});
    let scroll = json!({"t": "track", "n": "scroll", "dt": 0});
    take(&shard, &batch(&unit(1), "p", 0, &[order(5), rich, scroll, order(-1)]), NOW);
    take(&shard, &batch(&unit(1), "p", 0, &[order(5)]), NOW);
    let all = collect::events(&mut Native(&shard)).unwrap();
    let [order, scroll] = &all[..] else { panic!("{all:?}") };
    assert_eq!((order.name.as_str(), order.n, order.last), ("order", 2, Some(NOW - 1)));
    assert_eq!(order.properties, std::collections::BTreeSet::from(["plan".to_string()]));
    assert_eq!(order.rejected, BTreeMap::from([("age".to_string(), 1), ("property mail".to_string(), 1)]));
    assert_eq!((scroll.name.as_str(), scroll.n, scroll.last), ("scroll", 1, Some(NOW)));
}

#[test]
fn whoever_looks_is_told_what_became_of_each_event_and_nothing_of_whose_it_was() {
    let (shard, unwatched) = (shard(), shard());
    let mail = "ada@example.com";
    let rich =
        json!({"t": "track", "n": "order", "dt": 1, "v": 5_000_000, "c": "EUR", "p": {"plan": "pro", "mail": mail}});
    let refused = json!({"t": "refused", "reason": "unsigned", "n": "visit"});
    let told = batch(&unit(1), "p", 0, &[rich, order(-1), track(mail, &json!({})), refused]);
    let batches: Vec<Batch> = serde_json::from_value(json!([told, told])).unwrap();
    let (receipts, arrived) = collect::watch(&mut Native(&shard), &batches, Millis(NOW)).unwrap();
    assert_eq!(
        receipts,
        collect::commit(&mut Native(&unwatched), &batches, Millis(NOW)).unwrap(),
        "looking changes nothing"
    );
    let short = |arrived: &collect::Arrived| (arrived.name.clone(), arrived.outcome, arrived.reason.clone());
    let of = |name: &str, outcome, reason: &str| (name.to_string(), outcome, reason.to_string());
    let left = [of("order", "rejected", "age"), of("", "rejected", "personal"), of("visit", "rejected", "unsigned")];
    let due: Vec<_> =
        ["stored", "duplicate"].iter().flat_map(|is| left.iter().cloned().chain([of("order", *is, "")])).collect();
    assert_eq!(arrived.iter().map(short).collect::<Vec<_>>(), due);
    assert_eq!((arrived[3].properties.clone(), arrived[3].micros), (vec!["plan".to_string()], Some(5_000_000)));
    let text = json!(arrived).to_string();
    for word in [mail, "pro\"", &unit(1)] {
        assert!(!text.contains(word), "{word} in {text}");
    }
}

#[test]
fn what_is_only_refused_takes_no_room_from_what_is_stored() {
    let shard = shard();
    let refused = |n: usize| json!({"t": "refused", "reason": "unsigned", "n": format!("refused {n}")});
    for page in 0..=EVENT_NAMES / 100 {
        let events: Vec<_> = (page * 100..(page + 1) * 100).map(refused).collect();
        take(&shard, &batch(&unit(page), "p", page, &events), NOW);
    }
    let all = collect::events(&mut Native(&shard)).unwrap();
    assert_eq!(all.len(), REFUSED_NAMES);
    for n in [3, EVENT_NAMES] {
        let event = json!({"t": "track", "n": format!("refused {n}"), "dt": 0});
        assert_eq!(take(&shard, &batch(&unit(n), "q", 0, &[event]), NOW).stored, 1);
    }
}

#[test]
fn nobody_makes_the_catalog_of_an_event_long_with_properties() {
    let shard = shard();
    for page in 0..LISTED_PROPERTIES {
        let names = (0..PROPERTIES).map(|n| (format!("p{page}-{n}"), json!(1)));
        let event = json!({"t": "track", "n": "rich", "dt": 0, "p": names.collect::<serde_json::Map<_, _>>()});
        assert_eq!(take(&shard, &batch(&unit(page), "p", 0, &[event]), NOW).stored, 1);
    }
    let all = collect::events(&mut Native(&shard)).unwrap();
    assert_eq!(all[0].properties.len(), LISTED_PROPERTIES);
}

#[test]
fn nobody_fills_a_shard_with_names_or_with_one_unit() {
    let shard = shard();
    let names =
        |from: usize, n: usize| (from..from + n).map(|n| track(&format!("name {n}"), &json!({}))).collect::<Vec<_>>();
    for page in 0..EVENT_NAMES / 100 {
        assert_eq!(take(&shard, &batch(&unit(page), "p", page, &names(page * 100, 100)), NOW).stored, 100);
    }
    let receipt =
        take(&shard, &batch(&unit(0), "p", 99, &[track("one more", &json!({})), track("name 7", &json!({}))]), NOW);
    assert_eq!((receipt.stored, receipt.rejected), (1, BTreeMap::from([("name".to_string(), 1)])));

    let receipt = take(&shard, &batch(&unit(0), "p", 100, &[order(0)]), NOW);
    assert_eq!(receipt.stored, 1, "what a metric counts has room however many names there are");

    let many = |seq| batch(&unit(1 << 20), "p", seq, &names(0, 100));
    for seq in 0..UNIT_EVENTS / 100 {
        assert_eq!(take(&shard, &many(seq), NOW).stored, 100);
    }
    let receipt = take(&shard, &many(UNIT_EVENTS / 100), NOW);
    assert_eq!(receipt.rejected, BTreeMap::from([("full".to_string(), 100)]));
    assert_eq!(take(&shard, &many(0), NOW).duplicate, 100, "what was stored is still known");
}
