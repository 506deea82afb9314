//! The format of an object's rows. What is older becomes today's when the object wakes; what is newer is left as it is.

use crate::sql::{Cell, Failure, Sql};
use alloc::format;

/// What brings rows of one format to the next, with all of today's tables there.
pub type Step<S> = fn(&mut S) -> Result<(), Failure>;

/// Makes an object's tables, and takes the steps that its rows have not taken, in the caller's transaction. `first` is a table
/// of the first format, which wrote no number down: an object that has neither is new.
///
/// # Errors
///
/// Where a later release has written the rows. Nothing is changed then.
pub fn prepare<S: Sql>(sql: &mut S, first: &str, make: Step<S>, steps: &[Step<S>]) -> Result<(), Failure> {
    let newest = steps.len() + 1;
    let numbered = has(sql, "format")?;
    let found = if numbered {
        let rows = sql.run("SELECT n FROM format", &[])?;
        rows.first().and_then(|row| row.first()).map_or(1, Cell::integer).unsigned_abs() as usize
    } else if has(sql, first)? {
        1
    } else {
        newest
    };
    if found > newest {
        return Err(Failure(format!(
            "these rows are of format {found}, which a later release has written; this one reads formats up to {newest}. \
             Nothing was changed: deploy that release again"
        )));
    }
    make(sql)?;
    for step in steps.iter().skip(found.saturating_sub(1)) {
        step(sql)?;
    }
    if !numbered {
        sql.run("CREATE TABLE format (n INTEGER NOT NULL)", &[])?;
        sql.run("INSERT INTO format VALUES (0)", &[])?;
    }
    if !numbered || found < newest {
        sql.run("UPDATE format SET n = ?", &[i64::try_from(newest).unwrap_or(i64::MAX).into()])?;
    }
    Ok(())
}

fn has(sql: &mut impl Sql, table: &str) -> Result<bool, Failure> {
    Ok(!sql.run("SELECT 1 FROM sqlite_schema WHERE name = ?", &[table.into()])?.is_empty())
}
