//! One row for each thing that a unit did. It is called by its place in a sealed beacon or by what its sender calls it,
//! so one that is sent again is the same.

use super::{Scalar, Traits};
use crate::order;
use crate::sql::{Cell, Failure, Sql};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};

/// Properties by name.
pub(super) type Properties = BTreeMap<String, Scalar>;

/// Something that a unit did.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Deed {
    /// What it is called among its unit's.
    pub(super) key: String,
    pub(super) name: String,
    pub(super) at: i64,
    /// Its value in millionths.
    pub(super) value: Option<i64>,
    /// The currency of the value; empty where there is none.
    pub(super) currency: String,
    pub(super) properties: Properties,
    pub(super) traits: Traits,
}

impl Deed {
    /// The name of an event in a beacon. Names of pages have no slash, and hashes of other names start with `#`.
    pub(super) fn in_beacon(page: &str, seq: i64, place: usize) -> String {
        format!("{page}/{seq}/{place}")
    }

    /// The name of an event that its sender has named.
    pub(super) fn named(id: &str) -> String {
        format!("#{id}")
    }
}

/// All that a unit did.
pub(super) fn all(sql: &mut impl Sql, unit: &[u8]) -> Result<Vec<Deed>, Failure> {
    let rows =
        sql.run("SELECT key, name, at, value, currency, properties, traits FROM event WHERE unit = ?", &[unit.into()])?;
    Ok(rows.iter().map(|row| deed(row)).collect())
}

pub(super) fn deed(row: &[Cell]) -> Deed {
    let cell = |index: usize| row.get(index).unwrap_or(&Cell::Null);
    Deed {
        key: cell(0).text().to_string(),
        name: cell(1).text().to_string(),
        at: cell(2).integer(),
        value: (cell(3) != &Cell::Null).then(|| cell(3).integer()),
        currency: cell(4).text().to_string(),
        properties: match cell(5).text() {
            "" => Properties::new(),
            text => serde_json::from_str(text).unwrap_or_default(),
        },
        traits: Traits::of(cell(6).text()),
    }
}

/// The next units behind one that did something, in the order of their hashes.
pub(super) fn behind(sql: &mut impl Sql, unit: &[u8], most: usize) -> Result<Vec<Vec<u8>>, Failure> {
    let cells = [unit.into(), super::exposure::count(most)];
    let rows = sql.run("SELECT DISTINCT unit FROM event WHERE unit > ? ORDER BY unit LIMIT ?", &cells)?;
    Ok(rows.iter().filter_map(|row| Some(row.first()?.blob().to_vec())).collect())
}

/// Keeps those of a unit's events that are new, and gives their keys. One statement for all of them: where there are many
/// at once, statements are what takes time.
pub(super) fn keep(sql: &mut impl Sql, unit: &[u8], deeds: &[Deed]) -> Result<BTreeSet<String>, Failure> {
    let row = |deed: &Deed| {
        let properties = if deed.properties.is_empty() { String::new() } else { json!(deed.properties).to_string() };
        json!([deed.key, deed.name, deed.at, deed.value, deed.currency, properties, deed.traits.text()])
    };
    let rows = Value::Array(deeds.iter().map(row).collect()).to_string();
    let new = sql.run(
        "INSERT INTO event SELECT ?, value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6 \
         FROM json_each(?) WHERE true ON CONFLICT DO NOTHING RETURNING key",
        &[unit.into(), rows.as_str().into()],
    )?;
    Ok(order::each(new.iter().filter_map(|row| Some(row.first()?.text().to_string()))))
}
