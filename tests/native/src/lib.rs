//! Native twins of what runs in workerd: SQLite behind the core's [`Sql`] trait, and a recount of a shard's rows.

pub mod certify;
pub mod crowd;
pub mod fuzz;
pub mod generate;
pub mod golden;
pub mod naive;
pub mod outside;
pub mod recount;
pub mod replay;
pub mod simulation;

use anyhow::{Context, Result as Anyhow};
use pointsman::sql::{Cell, Failure, Sql};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, params_from_iter};
use std::path::{Path, PathBuf};

/// Statements that a connection keeps ready: a shard's are some fifty, and to read one takes longer than to run it.
const READY: usize = 100;

/// A database of its own in memory.
///
/// # Panics
///
/// Where there is no memory.
#[must_use]
pub fn in_memory() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection.set_prepared_statement_cache_capacity(READY);
    connection
}

/// A run as a version tells shards of it: everybody is in it, half of them with `x` and half with `y`.
#[must_use]
pub fn even_run(run: &str, metrics: &serde_json::Value) -> serde_json::Value {
    serde_json::json!({
        "run": run, "epoch": 1, "split": [[1_u64 << 31, "x"], [1_u64 << 32, "y"]], "salt": run,
        "rollout": 1_u64 << 32, "drawn": false, "metrics": metrics,
    })
}

/// SQLite as the core speaks to it. The caller owns the transaction.
pub struct Native<'c>(
    /// The connection, inside a transaction if the caller wants one.
    pub &'c Connection,
);

impl Sql for Native<'_> {
    fn run(&mut self, statement: &str, cells: &[Cell]) -> Result<Vec<Vec<Cell>>, Failure> {
        let run = || -> rusqlite::Result<Vec<Vec<Cell>>> {
            let mut prepared = self.0.prepare_cached(statement)?;
            let columns = prepared.column_count();
            let mut rows = prepared.query(params_from_iter(cells.iter().map(to_sqlite)))?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                all.push(
                    (0..columns).map(|index| Ok(from_sqlite(row.get_ref(index)?))).collect::<rusqlite::Result<_>>()?,
                );
            }
            Ok(all)
        };
        run().map_err(|error| Failure(error.to_string()))
    }
}

fn to_sqlite(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        // As workerd binds JavaScript's numbers, which are none of SQLite's integers: only columns make them whole.
        #[expect(clippy::cast_precision_loss, reason = "it is exact")]
        Cell::Integer(number) if number.unsigned_abs() <= 1 << 53 => Value::Real(*number as f64),
        Cell::Integer(number) => Value::Integer(*number),
        Cell::Text(text) => Value::Text(text.clone()),
        Cell::Blob(bytes) => Value::Blob(bytes.clone()),
    }
}

fn from_sqlite(value: ValueRef) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Integer(number),
        // No column of ours holds fractions; a Durable Object may hand an integer back as one.
        ValueRef::Real(number) => Cell::Integer(number as i64),
        ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Cell::Blob(bytes.to_vec()),
    }
}

/// The databases of all objects below a workerd state folder.
pub fn databases(folder: &Path) -> Anyhow<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(databases(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "sqlite") {
            found.push(path);
        }
    }
    Ok(found)
}
