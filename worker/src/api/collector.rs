//! What the collector of an environment knows: its ledger, its events, its sums and its log.

use super::answer::{json_answer, refuse};
use super::ask;
use super::projects::Place;
use super::reports;
use pointsman::collect::segment::Listed;
use pointsman::collect::{self, Every, Line, MetricTotal, Receipt, SeenEvent, Sum, Totals};
use pointsman::counts::Counts;
use pointsman::document::Document;
use pointsman::time::{DAY, HOUR};
use pointsman::versions;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use worker::{Env, Response, Result};

/// Hours of the ledger and days of totals that are told if nobody says how many.
const HOURS: i64 = 48;
pub(super) const DAYS: i64 = 30;
/// Days that may be asked for at most.
const KEPT: i64 = 400;
/// Why a number of days was refused.
pub(super) const A_DAY_COUNT: &str = "`days` is a whole number from 1 to 400.";

#[derive(Deserialize)]
struct Events {
    events: Vec<SeenEvent>,
}

#[derive(Deserialize)]
struct Overall {
    sums: Vec<Sum>,
    ledger: Receipt,
}

#[derive(Deserialize)]
struct Segments {
    segments: Vec<Listed>,
    waiting: i64,
}

/// `GET …/ledger?hours=`: received = stored + duplicate + rejected + filtered, from the beginning and by hour, reason and
/// variant; and what was lost on the way.
pub(super) async fn ledger(
    env: &Env,
    place: &Place,
    document: &Document,
    query: &BTreeMap<String, String>,
) -> Result<Response> {
    let receipt = total(env, place).await?;
    let Ok(hours) = back(query, "hours", HOURS) else {
        return refuse(422, "`hours` is a whole number from 1 to 9600.");
    };
    let since = (now(env)? - hours * HOUR).to_string();
    let mut lines: BTreeMap<(i64, String, String, String, String), i64> = BTreeMap::new();
    for line in ask::shards::<Vec<Line>>(env, place, "lines", &since).await?.into_iter().flatten() {
        let Line { hour, outcome, reason, run, variant, n } = line;
        *lines.entry((-hour, outcome, reason, run, variant)).or_default() += n;
    }
    let line = |((hour, outcome, reason, run, variant), n): ((i64, _, _, _, _), _)| Line {
        hour: -hour,
        outcome,
        reason,
        run,
        variant,
        n,
    };
    let lines: Vec<_> = lines.into_iter().map(line).collect();
    let mut losses = Vec::new();
    for run in reports::runs(document) {
        for loss in overall(env, place, run).await?.0.losses() {
            let mut loss = json!(loss);
            loss["run"] = json!(run);
            losses.push(loss);
        }
    }
    let mut body = json!(receipt);
    body["received"] = json!(receipt.received());
    body["hours"] = json!(lines);
    body["losses"] = json!(losses);
    json_answer(200, &body)
}

/// How far back somebody wants to look: no further than anything is kept.
pub(super) fn back(query: &BTreeMap<String, String>, name: &str, usual: i64) -> core::result::Result<i64, ()> {
    let most = if name == "hours" { 24 * KEPT } else { KEPT };
    query.get(name).map_or(Ok(usual), |said| said.parse().ok().filter(|n| (1..=most).contains(n)).ok_or(()))
}

/// The ledger of all shards since the beginning.
pub(super) async fn total(env: &Env, place: &Place) -> Result<Receipt> {
    let mut total = Receipt::default();
    for ledger in ask::shards::<Receipt>(env, place, "ledger", "").await? {
        total.add(&ledger);
    }
    Ok(total)
}

/// Every event of all shards, by name.
pub(super) async fn catalog(env: &Env, place: &Place) -> Result<Vec<SeenEvent>> {
    let mut all: BTreeMap<String, SeenEvent> = BTreeMap::new();
    for seen in ask::shards::<Events>(env, place, "events", "").await?.into_iter().flat_map(|shard| shard.events) {
        let known =
            all.entry(seen.name.clone()).or_insert_with(|| SeenEvent { name: seen.name, ..SeenEvent::default() });
        known.n += seen.n;
        known.last = known.last.max(seen.last);
        known.properties.extend(seen.properties);
        for (reason, n) in seen.rejected {
            *known.rejected.entry(reason).or_default() += n;
        }
    }
    Ok(all.into_values().collect())
}

/// `GET …/events`: the catalog.
pub(super) async fn events(env: &Env, place: &Place) -> Result<Response> {
    json_answer(200, &json!({"events": catalog(env, place).await?}))
}

/// `GET …/totals?days=`: what all traffic did, by day and dimension, of each event and of each metric of the document.
pub(super) async fn totals(
    env: &Env,
    place: &Place,
    document: &Document,
    query: &BTreeMap<String, String>,
) -> Result<Response> {
    let Ok(days) = back(query, "days", DAYS) else { return refuse(422, A_DAY_COUNT) };
    let all = all_traffic(env, place, "totals", now(env)? - days * DAY).await?;
    let named = versions::metrics(document).into_iter().flat_map(|metric| {
        let id = metric.id();
        let own = all.metrics.iter().filter(|total| total.metric == id);
        own.map(|total| MetricTotal { metric: metric.metric.clone(), ..total.clone() }).collect::<Vec<_>>()
    });
    json_answer(200, &json!({"totals": all.totals, "metrics": named.collect::<Vec<_>>()}))
}

/// What all traffic did since a moment, of all shards: `totals`, or `whole` without dimensions.
pub(super) async fn all_traffic(env: &Env, place: &Place, operation: &str, since: i64) -> Result<Totals> {
    let mut all = Totals::default();
    for shard in ask::shards::<Totals>(env, place, operation, &since.to_string()).await? {
        all.add(shard);
    }
    Ok(all)
}

/// `GET …/sums?run=`: every vector of a run, those of all shards added; without a run those of all, and all totals.
pub(super) async fn vectors(env: &Env, place: &Place, query: &BTreeMap<String, String>) -> Result<Response> {
    let Some(run) = query.get("run") else {
        let mut all = Every::default();
        for shard in ask::shards::<Every>(env, place, "every", "").await? {
            all.add(shard);
        }
        return json_answer(200, &json!(all));
    };
    let sums = collect::together(sums(env, place, run).await?.sums);
    json_answer(200, &json!({"sums": sums}))
}

/// The sums of a run in all shards and epochs, and the ledger.
pub(super) async fn overall(env: &Env, place: &Place, run: &str) -> Result<(Counts, Receipt)> {
    let (mut counts, mut total) = (Counts::default(), Receipt::default());
    for Overall { sums, ledger } in ask::shards(env, place, "overall", run).await? {
        counts.sums.extend(sums);
        total.add(&ledger);
    }
    Ok((counts, total))
}

/// The sums of a run in all shards.
pub(super) async fn sums(env: &Env, place: &Place, run: &str) -> Result<Counts> {
    let sums: Vec<Vec<Sum>> = ask::shards(env, place, "sums", run).await?;
    Ok(Counts { sums: sums.concat(), ..Counts::default() })
}

/// `GET …/segments`, and `POST …/segments`, which makes one of what waits: the files of the raw log.
pub(super) async fn segments(env: &Env, place: &Place, is_sealing: bool) -> Result<Response> {
    let operation = if is_sealing { "seal" } else { "segments" };
    let shards: Vec<Segments> = ask::shards(env, place, operation, "").await?;
    let waiting: i64 = shards.iter().map(|shard| shard.waiting).sum();
    let files = (0..).zip(shards).flat_map(|(number, shard)| {
        let folder = place.shard(number);
        shard.segments.into_iter().map(move |file| Listed { name: format!("{folder}/{}", file.name), ..file })
    });
    json_answer(200, &json!({"segments": files.collect::<Vec<_>>(), "waiting": waiting}))
}

/// `GET …/tail`: the newest events, and what became of each, since somebody has begun to look; those of each shard newest first.
pub(super) async fn tail(env: &Env, place: &Place) -> Result<Response> {
    json_answer(200, &json!({"shards": ask::shards::<Value>(env, place, "tail", "").await?, "asOf": now(env)?}))
}

/// Metrics whose sums are still being made from old data.
pub(super) async fn rebuilding(env: &Env, place: &Place) -> Result<Vec<Value>> {
    Ok(ask::shards::<Vec<Value>>(env, place, "rebuilding", "").await?.concat())
}

pub(super) fn now(env: &Env) -> Result<i64> {
    Ok(env.var("NOW")?.to_string().parse().unwrap_or(0))
}
