//! `recount STATE [METRIC=EVENT ...]`: reads the shards below a workerd state folder and prints what their rows say, as
//! JSON. The default is the demo's `orders=order`. workerd must not be running.

use anyhow::{Context, Result, bail};
use pointsman_native::databases;
use pointsman_native::recount::recount;
use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeMap;
use std::path::Path;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let state = arguments.next().context("usage: recount STATE [METRIC=EVENT ...]")?;
    let mut events_of: BTreeMap<String, String> = arguments
        .filter_map(|pair| pair.split_once('=').map(|(metric, event)| (metric.to_string(), event.to_string())))
        .collect();
    if events_of.is_empty() {
        events_of.insert("orders".to_string(), "order".to_string());
    }
    let mut shards = Vec::new();
    for file in databases(Path::new(&state))? {
        // Opened for writing, so that SQLite can take in the journal that a killed process left behind.
        let connection = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        if connection.prepare("SELECT 1 FROM exposure").is_ok() {
            shards.push(recount(&connection, &events_of).with_context(|| file.display().to_string())?);
        }
    }
    if shards.is_empty() {
        bail!("no shard below {state}");
    }
    println!("{}", serde_json::to_string(&Printed::from(shards))?);
    Ok(())
}

/// All shards as one.
#[derive(serde::Serialize)]
struct Printed {
    exposures: Vec<pointsman_native::recount::Exposure>,
    events: Vec<pointsman_native::recount::Event>,
    sums: Vec<Line>,
    recounted: Vec<Line>,
    ledger: pointsman::collect::Receipt,
}

/// A sum with decimal digits: JSON readers have no integers this wide.
#[derive(serde::Serialize)]
struct Line {
    run: String,
    variant: String,
    epoch: i64,
    metric: String,
    dimension: String,
    cohort: i64,
    vector: Vec<String>,
}

impl From<Vec<pointsman_native::recount::Recount>> for Printed {
    fn from(shards: Vec<pointsman_native::recount::Recount>) -> Self {
        let line = |sum: pointsman_native::recount::Sum| Line {
            run: sum.run,
            variant: sum.variant,
            epoch: sum.epoch,
            metric: sum.metric,
            dimension: sum.dimension,
            cohort: sum.cohort,
            vector: sum.vector.iter().map(ToString::to_string).collect(),
        };
        let mut all = Self {
            exposures: Vec::new(),
            events: Vec::new(),
            sums: Vec::new(),
            recounted: Vec::new(),
            ledger: pointsman::collect::Receipt::default(),
        };
        for shard in shards {
            all.exposures.extend(shard.exposures);
            all.events.extend(shard.events);
            all.sums.extend(shard.sums.into_iter().map(line));
            all.recounted.extend(shard.recounted.into_iter().map(line));
            all.ledger.add(&shard.ledger);
        }
        all
    }
}
