//! Rows of an export become a project again: all of them or none, and only where nothing was ever changed.
//!
//! They arrive in pieces, as a page of an export each, and are nobody's until the last step. That one checks all of them
//! together, and takes the digest of what production would serve: here nothing grows step by step, so whoever sends it
//! has read it.

use super::checks::{self, Rows, cells};
use super::{TABLES, Table};
use crate::environment::Environment;
use crate::project::{
    Request, Result, audit, forbidden, invalid, library, misshapen, notes, past, preview, refuse, store,
};
use crate::sql::{Cell, Sql};
use crate::time::Millis;
use crate::versions::{self, NO_AUDIT, Note};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use serde_json::{Map, Value, json};

pub(in crate::project) const ARRIVING: &[&str] =
    &["CREATE TABLE IF NOT EXISTS arriving (piece INTEGER PRIMARY KEY, json TEXT NOT NULL)"];

/// Pieces at most: a log of a million lines has as many.
const PIECES: i64 = 2_000;

/// Rows of a table.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[expect(dead_code, reason = "it describes what is read as plain JSON: each typed reader weighs in the Worker")]
pub(in crate::project) struct Piece {
    table: String,
    rows: Vec<Vec<Value>>,
}

/// What ends an import.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[expect(dead_code, reason = "as above")]
pub(in crate::project) struct Arrived {
    /// How many pieces there are.
    pieces: i64,
    /// The digest of what production would serve; empty if it would serve nothing.
    #[serde(default)]
    digest: String,
}

/// Takes a piece in. The first one begins anew.
pub(in crate::project) fn arrive(sql: &mut impl Sql, request: &Request, piece: &str) -> Result<Value> {
    empty(sql)?;
    let Some(number) = piece.parse::<i64>().ok().filter(|number| (1..=PIECES).contains(number)) else {
        return refuse(404, "Pieces are numbered from 1 on.");
    };
    let body: Value = request.body()?;
    let Some(table) = TABLES.iter().find(|known| body["table"] == known.name) else {
        let names: Vec<_> = TABLES.iter().map(|table| table.name).collect();
        return Err(misshapen("/table", "An export has no such table.", &format!("Use one of {}.", names.join(", "))));
    };
    let Some(rows) = body["rows"].as_array() else {
        return Err(misshapen("/rows", "There are no rows.", "Send a list, as a page of an export has it."));
    };
    if let Some(index) = rows.iter().position(|row| cells(table, row).is_none()) {
        let fix = format!("Its columns are {}.", table.columns);
        return Err(misshapen(&format!("/rows/{index}"), "This is no row of an export.", &fix));
    }
    if number == 1 {
        sql.run("DELETE FROM arriving", &[])?;
    }
    sql.run("INSERT OR REPLACE INTO arriving VALUES (?, ?)", &[number.into(), request.call.body.as_str().into()])?;
    Ok(json!({"piece": number}))
}

/// Makes a project of the pieces, or says what it would be.
pub(in crate::project) fn settle(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    empty(sql)?;
    let body: Value = request.body()?;
    let Some(pieces) = body["pieces"].as_i64() else {
        return Err(misshapen("/pieces", "It is not said how many pieces there are.", "Send their number."));
    };
    let rows = gathered(sql, pieces)?;
    let problems = checks::problems(sql, &rows)?;
    if !problems.is_empty() {
        return Err(invalid(&problems));
    }
    let served = rows.of("version").iter().find(|row| row[0].text() == Environment::Production.name());
    let served = served.map_or("", |row| row[7].text());
    let mut counts = Map::new();
    for (table, rows) in TABLES.iter().zip(&rows.0) {
        counts.insert(table.name.to_string(), rows.len().into());
    }
    let answer = json!({"rows": Value::Object(counts), "digest": served});
    if preview::asked(request) {
        return Ok(answer);
    }
    if body["digest"].as_str().unwrap_or_default() != served {
        let fix = format!("Send `digest` with “{served}”: whoever does has read what that is.");
        return Err(forbidden("Production would serve all of its document at once.", &fix));
    }
    for (table, rows) in TABLES.iter().zip(&rows.0) {
        for row in rows {
            write(sql, table, row)?;
        }
    }
    notes::rebuild(sql)?;
    sql.run("DELETE FROM arriving", &[])?;
    audit::note(sql, request, "import", "project", "")?;
    Ok(answer)
}

/// Refuses a project in which anything was ever done.
fn empty(sql: &mut impl Sql) -> Result<()> {
    if audit::head(sql)? == NO_AUDIT {
        return Ok(());
    }
    let fix = "Import into one of which nothing was ever changed: a new name in SITES makes one.";
    Err(forbidden("This project has something already, and nothing is written over it.", fix))
}

/// The rows of all pieces by table.
fn gathered(sql: &mut impl Sql, pieces: i64) -> Result<Rows> {
    let mut all = Rows(vec![Vec::new(); TABLES.len()]);
    for number in 1..=pieces.min(PIECES) {
        let kept = sql.run("SELECT json FROM arriving WHERE piece = ?", &[number.into()])?;
        let Some(kept) = kept.first() else {
            return Err(forbidden(&format!("Piece {number} has not arrived."), "Send all pieces, then end it."));
        };
        let piece: Value = store::parsed(kept[0].text())?;
        for (table, rows) in TABLES.iter().zip(&mut all.0).filter(|(table, _)| piece["table"] == table.name) {
            rows.extend(piece["rows"].as_array().into_iter().flatten().filter_map(|row| cells(table, row)));
        }
    }
    Ok(all)
}

/// Writes a row that was checked.
fn write(sql: &mut impl Sql, table: &Table, row: &[Cell]) -> Result<()> {
    match table.name {
        "version" => {
            let note = Note { who: row[3].text(), why: row[4].text(), audit: row[5].text() };
            let environment = Environment::from_name(row[0].text()).unwrap_or(Environment::Production);
            versions::keep(sql, environment, row[6].text(), row[1].integer(), note, Millis(row[2].integer()))?;
        }
        "person" => {
            // No hash of a link looks like this one: whoever has it gets a new link.
            let hash = format!("none of {}", row[0].integer());
            let cells = [row[0].clone(), row[1].clone(), hash.as_str().into(), row[2].clone()];
            sql.run("INSERT INTO person (id, name, hash, at) VALUES (?, ?, ?, ?)", &cells)?;
            sql.run("INSERT INTO role VALUES (?, ?)", &[row[0].clone(), row[3].clone()])?;
        }
        name => {
            let places: String = vec!["?"; row.len()].join(", ");
            sql.run(&format!("INSERT INTO {name} ({}) VALUES ({places})", table.columns), row)?;
            match name {
                "experiment" => library::index(sql, &store::parsed(row[2].text())?)?,
                "past" => past::index(sql, &past::listed(row[3].text()))?,
                _ => {}
            }
        }
    }
    Ok(())
}
