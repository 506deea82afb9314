//! The catalog of events: every name that came in, how often, with which properties, and what of it was refused.

use super::event::Deed;
use crate::limits::{LISTED_PROPERTIES, REFUSED_NAMES};
use crate::order;
use crate::sql::{Cell, Failure, Sql};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// An event as far as this shard has heard of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenEvent {
    /// Its name.
    pub name: String,
    /// When it last happened, in milliseconds since 1970; nothing if it never did.
    pub last: Option<i64>,
    /// How often it happened.
    pub n: i64,
    /// The properties that it came with.
    pub properties: BTreeSet<String>,
    /// How often it was refused, by reason.
    pub rejected: BTreeMap<String, i64>,
}

/// What is to be entered.
#[derive(Default)]
pub(super) struct News(BTreeMap<String, SeenEvent>);

impl News {
    pub(super) fn happened(&mut self, deed: &Deed) {
        let seen = self.0.entry(deed.name.clone()).or_default();
        seen.n += 1;
        seen.last = seen.last.max(Some(deed.at));
        seen.properties.extend(deed.properties.keys().cloned());
    }

    pub(super) fn refused(&mut self, name: &str, reason: &str) {
        *self.0.entry(name.to_string()).or_default().rejected.entry(reason.to_string()).or_default() += 1;
    }

    /// Enters all of it. Of names that were only ever refused some are entered, so that a team sees what it sends in vain, and
    /// not all, so that nobody fills the shard with names; nor are all properties of an event listed.
    pub(super) fn enter(self, sql: &mut impl Sql) -> Result<(), Failure> {
        let mut refused = None;
        for (name, news) in self.0 {
            let name: Cell = name.as_str().into();
            let rows = sql.run("SELECT properties FROM catalog WHERE name = ?", core::slice::from_ref(&name))?;
            let known = rows.first().and_then(|row| row.first()).map(Cell::text);
            if known.is_none() && news.n == 0 {
                // They are counted once: whoever sends names in vain sends many.
                let before = refused.map_or_else(|| names(sql, "n = 0"), Ok)?;
                refused = Some(before + 1);
                if before >= REFUSED_NAMES {
                    continue;
                }
            }
            let mut properties: BTreeSet<String> = known.map(words).unwrap_or_default();
            let before = properties.len();
            let room = LISTED_PROPERTIES.saturating_sub(before);
            let new: Vec<_> =
                news.properties.into_iter().filter(|name| !properties.contains(name)).take(room).collect();
            properties.extend(new);
            let grown = known.is_none() || properties.len() > before;
            let all = if grown {
                properties.into_iter().collect::<Vec<_>>().join(" ")
            } else {
                known.unwrap_or("").to_string()
            };
            sql.run(
                "INSERT INTO catalog VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET n = n + excluded.n, \
                 last = max(ifnull(last, excluded.last), ifnull(excluded.last, last)), properties = excluded.properties",
                &[name.clone(), news.last.into(), news.n.into(), all.as_str().into()],
            )?;
            for (reason, n) in news.rejected {
                sql.run(
                    "INSERT INTO refusal VALUES (?, ?, ?) ON CONFLICT (name, reason) DO UPDATE SET n = n + excluded.n",
                    &[name.clone(), reason.as_str().into(), n.into()],
                )?;
            }
        }
        Ok(())
    }
}

fn words(text: &str) -> BTreeSet<String> {
    order::each(text.split(' ').filter(|word| !word.is_empty()).map(ToString::to_string))
}

/// How many names of events there are that were ever stored.
pub(super) fn stored(sql: &mut impl Sql) -> Result<usize, Failure> {
    names(sql, "n > 0")
}

fn names(sql: &mut impl Sql, of: &str) -> Result<usize, Failure> {
    let rows = sql.run(&format!("SELECT count(*) FROM catalog WHERE {of}"), &[])?;
    Ok(rows.first().and_then(|row| row.first()).map_or(0, |cell| usize::try_from(cell.integer()).unwrap_or(0)))
}

/// Which of these names have not been stored yet.
pub(super) fn new_names(sql: &mut impl Sql, names: &BTreeSet<&str>) -> Result<BTreeSet<String>, Failure> {
    let asked = json!(names).to_string();
    let rows = sql.run(
        "SELECT value FROM json_each(?) AS asked WHERE NOT EXISTS \
         (SELECT 1 FROM catalog WHERE name = asked.value AND n > 0)",
        &[asked.as_str().into()],
    )?;
    Ok(order::each(rows.iter().filter_map(|row| Some(row.first()?.text().to_string()))))
}

/// Every event, by name.
pub fn events(sql: &mut impl Sql) -> Result<Vec<SeenEvent>, Failure> {
    let mut all = BTreeMap::new();
    for row in sql.run("SELECT name, last, n, properties FROM catalog", &[])? {
        let [name, last, n, properties] = &row[..] else { continue };
        let seen = SeenEvent {
            name: name.text().to_string(),
            last: (*last != Cell::Null).then(|| last.integer()),
            n: n.integer(),
            properties: words(properties.text()),
            rejected: BTreeMap::new(),
        };
        all.insert(seen.name.clone(), seen);
    }
    for row in sql.run("SELECT name, reason, n FROM refusal", &[])? {
        let [name, reason, n] = &row[..] else { continue };
        if let Some(seen) = all.get_mut(name.text()) {
            seen.rejected.insert(reason.text().to_string(), n.integer());
        }
    }
    Ok(all.into_values().collect())
}
