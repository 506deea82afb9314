//! `voices STATE`: reads the stores of voices below a workerd state folder and prints what lies there, as JSON. workerd
//! must not be running.

use anyhow::{Context, Result};
use pointsman_native::databases;
use rusqlite::{Connection, OpenFlags};
use serde_json::json;
use std::path::Path;

fn main() -> Result<()> {
    let state = std::env::args().nth(1).context("usage: voices STATE")?;
    let (mut answers, mut tickets) = (Vec::new(), Vec::new());
    for file in databases(Path::new(&state))? {
        let connection = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let Ok(mut query) =
            connection.prepare("SELECT lower(hex(unit)), survey, run, variant, choice, text FROM answer ORDER BY id")
        else {
            continue;
        };
        let rows = query.query_map([], |row| {
            Ok(json!({"unit": row.get::<_, String>(0)?, "survey": row.get::<_, String>(1)?, "run": row.get::<_, String>(2)?,
                      "variant": row.get::<_, String>(3)?, "choice": row.get::<_, Option<String>>(4)?,
                      "text": row.get::<_, String>(5)?}))
        })?;
        answers.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
        let mut query = connection.prepare(
            "SELECT lower(hex(unit)), name, subject, text, replay, (SELECT group_concat(DISTINCT run || ' ' || variant) \
             FROM met WHERE ticket = id) FROM ticket ORDER BY id",
        )?;
        let rows = query.query_map([], |row| {
            Ok(json!({"unit": row.get::<_, String>(0)?, "name": row.get::<_, String>(1)?,
                      "subject": row.get::<_, String>(2)?, "text": row.get::<_, String>(3)?,
                      "replay": row.get::<_, String>(4)?, "met": row.get::<_, Option<String>>(5)?}))
        })?;
        tickets.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    println!("{}", json!({"answers": answers, "tickets": tickets}));
    Ok(())
}
