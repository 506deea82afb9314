//! Links that show one result, or a week, to whoever has them: which are good still, and which were called back. The shell
//! signs them (worker/share.mjs) and asks here before it opens one.

use super::{Request, Result, audit, integer, refuse, text};
use crate::sql::Sql;
use alloc::vec::Vec;
use serde_json::{Value, json};

/// By id, `<until>.<the experiment's key, or the number of the week>`, as it stands in the link.
pub(super) const TABLES: &[&str] = &["CREATE TABLE IF NOT EXISTS share (id TEXT PRIMARY KEY, until INTEGER NOT NULL, \
     at INTEGER NOT NULL, who TEXT NOT NULL, revoked INTEGER NOT NULL) WITHOUT ROWID"];

/// Those that have not ended, newest first, those that were called back among them.
pub(super) fn list(sql: &mut impl Sql, request: &Request) -> Result<Value> {
    let statement = "SELECT id, at, who, revoked FROM share WHERE until > ? ORDER BY at DESC";
    let rows = sql.run(statement, &[request.now.0.into()])?;
    let told = |row: &Vec<_>| json!({"id": text(row, 0), "at": integer(row, 1), "who": text(row, 2), "revoked": integer(row, 3) == 1});
    Ok(json!({"shares": rows.iter().map(told).collect::<Vec<_>>()}))
}

/// Notes that a link was made, or that it is called back and opens nothing any more, for good.
pub(super) fn note(sql: &mut impl Sql, request: &Request, id: &str, revoked: bool) -> Result<Value> {
    let now = request.now.0;
    let until = id.split('.').next().and_then(|until| until.parse::<i64>().ok()).filter(|until| *until > now);
    let Some(until) = until else { return refuse(404, "There is no such link, or it has ended.") };
    sql.run("DELETE FROM share WHERE until <= ?", &[now.into()])?;
    let who = request.caller.actor.name.as_str();
    let cells = [id.into(), until.into(), now.into(), who.into(), i64::from(revoked).into()];
    let keep = "INSERT INTO share VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at, \
         who = excluded.who, revoked = 1 WHERE excluded.revoked";
    sql.run(keep, &cells)?;
    audit::note(sql, request, if revoked { "call a link back" } else { "share" }, id, "")?;
    list(sql, request)
}
