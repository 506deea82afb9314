//! What one person decides alone in production: steps of a size and with a pause, up to a part of all visitors, and to no
//! place that visitors are not sent to already. Anything beyond takes a second person.

use super::publishing::Publication;
use super::{integer, settings};
use crate::blast::{self, Growth};
use crate::document::{Code, Document, Problem};
use crate::draw::percent_of_all;
use crate::order;
use crate::sql::{Failure, Sql};
use crate::time::Millis;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What of a change takes a second person.
pub(super) fn beyond(
    sql: &mut impl Sql,
    old: &Document,
    publication: &Publication,
    mut growths: Vec<Growth>,
    now: Millis,
) -> core::result::Result<Vec<Problem>, Failure> {
    let playbook = settings::current_playbook(sql)?;
    // An admin has said how far each operational flag goes at once.
    growths.retain(|growth| {
        let own = playbook.operational.get(&growth.flag);
        own.is_none_or(|percent| growth.after > percent_of_all(*percent))
    });
    let mut problems = destinations(old, publication.document);
    problems.extend(blast::refuse(&growths, &playbook.by_hand()));
    problems.extend(blast::beyond(&growths, playbook.alone));
    let flags = order::each(growths.iter().map(|growth| &growth.flag));
    for flag in flags {
        problems.extend(paused(sql, publication, flag, playbook.hold.minutes, now)?);
    }
    Ok(problems)
}

/// The pause since a flag's last step.
fn paused(
    sql: &mut impl Sql,
    publication: &Publication,
    flag: &str,
    minutes: u32,
    now: Millis,
) -> core::result::Result<Option<Problem>, Failure> {
    let cells = [publication.environment.name().into(), flag.into()];
    let rows = sql.run("SELECT at FROM growth WHERE environment = ? AND flag = ?", &cells)?;
    let free = rows.first().map_or(0, |row| integer(row, 0) + i64::from(minutes) * 60_000);
    Ok((now.0 < free).then(|| {
        let left = (free - now.0 + 59_999) / 60_000;
        let cause = format!("Its last step was less than {minutes} minutes ago.");
        let fix = format!("Look at what it does, and take the next step in {left} minutes.");
        Problem::new(format!("/flags/{flag}"), Code::Exposure, cause, fix)
    }))
}

/// The places to which visitors would newly be sent: hosts that redirects may lead to, and upstreams that pages come from.
fn destinations(old: &Document, new: &Document) -> Vec<Problem> {
    let known = order::each(places(old).into_iter().map(|(_, place)| place));
    let fresh = places(new).into_iter().filter(|(_, place)| !known.contains(place));
    let problem = |(pointer, place): (String, String)| {
        let cause = format!("Visitors were never sent to “{place}”.");
        let fix = "Ask for approval: a new place takes a second person.".to_string();
        Problem::new(pointer, Code::Exposure, cause, fix)
    };
    fresh.map(problem).collect()
}

/// Each host and upstream of a document, and where it stands.
fn places(document: &Document) -> Vec<(String, String)> {
    let hosts = document.hosts.iter().enumerate().map(|(index, host)| (format!("/hosts/{index}"), host.clone()));
    let edits = document.pages.iter().flat_map(|(key, page)| {
        page.variants.iter().flat_map(move |(variant, edits)| {
            edits.iter().enumerate().filter_map(move |(index, edit)| {
                let (kind, target) = edit.change()?;
                let pointer = format!("/pages/{key}/variants/{variant}/{index}/change/{kind}");
                Some((pointer, place(kind, target.as_str()?)?))
            })
        })
    });
    hosts.chain(edits).collect()
}

/// Where a change sends visitors, if that is not a path of the same site.
fn place(kind: &str, target: &str) -> Option<String> {
    match kind {
        "redirect" => Some(target.strip_prefix("https://")?.split('/').next()?.to_string()),
        "route" => Some(target.to_string()),
        _ => None,
    }
}
