//! What a change would do, without doing it.

use super::publishing::{self, Publication, Warrant};
use super::{Request, Result, advice};
use crate::blast;
use crate::document::{Document, Named};
use crate::screens::radius;
use crate::sql::Sql;
use serde_json::{Value, json};

/// What asks for that in a query.
pub(super) const NAME: &str = "preview";

/// Whether a call only wants to know.
pub(super) fn asked(request: &Request) -> bool {
    request.query(NAME) == "1"
}

/// Whom a publication would move, what keeps it from being published now, whether somebody else's word would help, and
/// what is newly worth a look.
pub(super) fn of(sql: &mut impl Sql, request: &Request, publication: &Publication, old: &Document) -> Result<Value> {
    let changes = blast::diff(old, publication.document, None, &Named::default());
    let (problems, _) = publishing::objections(sql, publication, request.now)?;
    let approved = Publication { warrant: Warrant::Approved, ..*publication };
    let approvable = !problems.is_empty() && publishing::objections(sql, &approved, request.now)?.0.is_empty();
    let advice = advice::new(sql, request, publication.environment, old, publication.document)?;
    Ok(json!({"changes": radius::screen(&changes), "problems": problems, "approvable": approvable, "advice": advice}))
}
