//! A project as rows, page by page: all that it holds but secrets, answers of visitors, and what only waits for somebody's
//! word. [`import`] makes a project of such rows again. `pointsman export` writes them into files (docs/cli.md).

pub(super) mod checks;
pub(super) mod import;

use super::{Request, Result, audit, pages};
use crate::sql::{Cell, Sql};
use alloc::format;
use serde_json::{Value, json};

/// A table as it leaves and comes back.
pub(super) struct Table {
    pub(super) name: &'static str,
    /// Its columns, and of what kind each is: `t` a text, `i` an integer, `?` one or nothing.
    pub(super) columns: &'static str,
    pub(super) kinds: &'static str,
    /// How many of the first columns name a row.
    pub(super) named: usize,
    /// What it gives, always in the same order.
    select: &'static str,
    /// Rows of a page.
    page: i64,
}

const fn table(
    name: &'static str,
    columns: &'static str,
    kinds: &'static str,
    named: usize,
    select: &'static str,
    page: i64,
) -> Table {
    Table { name, columns, kinds, named, select, page }
}

#[rustfmt::skip]
pub(super) const TABLES: &[Table] = &[
    table("version", "environment, n, at, who, why, audit, document, digest", "tiittttt", 1,
        "SELECT environment, n, at, who, why, audit, document, digest FROM version AS one WHERE n = \
         (SELECT max(n) FROM version WHERE environment = one.environment) ORDER BY environment", 1),
    table("draft", "environment, revision, base, document, who, at", "tiitti", 1,
        "SELECT environment, revision, base, document, who, at FROM draft ORDER BY environment", 1),
    table("growth", "environment, flag, at", "tti", 2, "SELECT environment, flag, at FROM growth ORDER BY environment, flag", 500),
    table("switched", "environment, flag, at", "tti", 2, "SELECT environment, flag, at FROM switched ORDER BY environment, flag", 500),
    table("setting", "key, revision, json", "tit", 1,
        "SELECT key, revision, json FROM setting WHERE key IN ('playbook', 'settings', 'surveys', 'teams') \
         OR key LIKE 'board %' ORDER BY key", 1),
    // Where a channel leads is a secret: each needs its address again.
    table("channel", "id, revision, name, service, address, template, route", "iittttt", 1,
        "SELECT id, revision, name, service, '' AS address, template, route FROM channel ORDER BY id", 500),
    table("playbook", "version, at, who, json", "iitt", 1, "SELECT version, at, who, json FROM playbook ORDER BY version", 20),
    // Links are secrets, too: each of these people needs a new one.
    table("person", "id, name, at, role", "itit", 1,
        "SELECT id, name, at, coalesce(role, 'approver') FROM person LEFT JOIN role ON role.person = person.id ORDER BY id", 500),
    table("experiment", "key, revision, json", "tit", 1, "SELECT key, revision, json FROM experiment ORDER BY key", 20),
    table("tally", "run, shard, sequence, heard, last, json", "ttii?t", 2,
        "SELECT run, shard, sequence, heard, last, json FROM tally ORDER BY run, shard", 4),
    table("look", "run, at, json", "tit", 2, "SELECT run, at, json FROM look ORDER BY run, at", 100),
    table("crossing", "run, n, at, action, why, sequences, digest, evidence", "tiittttt", 2,
        "SELECT run, n, at, action, why, sequences, digest, evidence FROM crossing ORDER BY run, n", 20),
    table("owned", "kind, key, team", "ttt", 2, "SELECT kind, key, team FROM owned ORDER BY kind, key", 500),
    table("vote", "experiment, person, at", "tii", 2, "SELECT experiment, person, at FROM vote ORDER BY experiment, person", 1000),
    table("comment", "id, experiment, at, who, text", "ititt", 1,
        "SELECT id, experiment, at, who, text FROM comment ORDER BY id", 100),
    table("mention", "person, comment", "ii", 2, "SELECT person, comment FROM mention ORDER BY person, comment", 1000),
    table("past", "key, at, who, json", "titt", 1, "SELECT key, at, who, json FROM past ORDER BY key", 20),
    table("claim", "id, revision, at, who, json", "iiitt", 1, "SELECT id, revision, at, who, json FROM claim ORDER BY id", 100),
    table("follow", "person, kind, subject, at", "itti", 3,
        "SELECT person, kind, subject, at FROM follow ORDER BY person, kind, subject", 1000),
    table("forecast", "run, at, json", "tit", 2, "SELECT run, at, json FROM forecast ORDER BY run, at", 100),
    table("audit", "n, at, who, action, subject, detail, hash", "iittttt", 1,
        "SELECT n, at, who, action, subject, detail, hash FROM audit ORDER BY n", 1000),
];

/// A page of all rows. `head` is what the audit log ended with: where it differs between two pages something has changed in
/// between, and whoever reads begins again.
pub(super) fn page(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let after = request.query("after");
    let asked = after.split_once('/').and_then(|(name, offset)| {
        let place = TABLES.iter().position(|table| table.name == name)?;
        Some((place, offset.parse::<u32>().ok().map(i64::from)?))
    });
    let Some((place, offset)) = asked.or(after.is_empty().then_some((0, 0))) else {
        return Err(pages::misplaced(format!("“{after}” is no place in an export.")));
    };
    let Some(table) = TABLES.get(place) else { return Ok(Value::Null) };
    let rows = sql.run(&format!("{} LIMIT ? OFFSET ?", table.select), &[table.page.into(), offset.into()])?;
    let full = i64::try_from(rows.len()).is_ok_and(|rows| rows == table.page);
    let next = if full {
        Some(format!("{}/{}", table.name, offset + table.page))
    } else {
        TABLES.get(place + 1).map(|table| format!("{}/0", table.name))
    };
    let cell = |cell: Cell| match cell {
        Cell::Null | Cell::Blob(_) => Value::Null,
        Cell::Integer(number) => number.into(),
        Cell::Text(text) => Value::String(text),
    };
    let rows = rows.into_iter().map(|row| Value::Array(row.into_iter().map(cell).collect())).collect();
    Ok(json!({"table": table.name, "rows": Value::Array(rows), "next": next, "head": audit::head(sql)?}))
}
