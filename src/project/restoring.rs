//! Going back to an earlier version.
//!
//! It needs nobody's leave where nothing reaches more visitors by it, where it only takes back what each of these flags was
//! last changed to, or where a second person has let that very version go live before. Runs are no part of it: those that
//! run now go on as they stand, and none comes back. Where neither is the case it is the earlier version, bit by bit.

use super::access::Scope;
use super::publishing::{self, Warrant};
use super::{Request, Result, approvals, documents, promotion, refuse, text};
use crate::blast::{self, Growth};
use crate::document::{self, Code, Document, Problem};
use crate::environment::Environment;
use crate::sql::{Failure, Sql};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::Value;

/// Versions that are looked back through for what a flag was before.
const BACK: i64 = 50;

/// Publishes an old version's document again.
pub(super) fn restore(sql: &mut impl Sql, request: &Request, environment: Environment, version: &str) -> Result<Value> {
    let number = version.parse::<i64>().unwrap_or(0);
    let Some(kept) = kept(sql, environment, number)? else { return refuse(404, "There is no such version.") };
    let earlier = document::read(kept.as_bytes()).map_err(|problems| super::invalid(&problems))?;
    let present = publishing::current(sql, environment)?;
    let carried = carried(&present, &earlier);
    let same = carried == earlier;
    let approved = same && approvals::was_approved(sql, environment, number - 1, &kept)?;
    let warrant = Warrant::Back { approved, only_less: request.caller.scope == Scope::Stop };
    let written = if same { kept } else { publishing::written(&carried) };
    documents::put(
        sql,
        request,
        environment,
        &written,
        (&format!("restore version {version}"), environment.name()),
        warrant,
    )
}

pub(super) fn kept(
    sql: &mut impl Sql,
    environment: Environment,
    version: i64,
) -> core::result::Result<Option<String>, Failure> {
    let cells = [environment.name().into(), version.into()];
    let rows = sql.run("SELECT document FROM version WHERE environment = ? AND n = ?", &cells)?;
    Ok(rows.first().map(|row| text(row, 0)))
}

/// The earlier document with the runs of the present one, and all that their visitors were promised to meet.
fn carried(present: &Document, earlier: &Document) -> Document {
    let mut next = earlier.clone();
    next.experiments.iter_mut().for_each(|(_, experiment)| experiment.run = None);
    for (key, experiment) in present.experiments.iter().filter(|(_, experiment)| experiment.run.is_some()) {
        let Some(flag) = present.flags.get(&experiment.flag) else { continue };
        next.intake = present.intake;
        next.experiments.insert(key.clone(), experiment.clone());
        next.flags.insert(experiment.flag.clone(), flag.clone());
        next.pages.retain(|_, page| page.flag != experiment.flag);
        let pages = present.pages.iter().filter(|(_, page)| page.flag == experiment.flag);
        next.pages.extend(pages.map(|(key, page)| (key.clone(), page.clone())));
        for name in core::iter::once(&experiment.metric).chain(&experiment.guardrails).chain(&experiment.metrics) {
            if let Some(metric) = present.metrics.get(name) {
                next.metrics.insert(name.clone(), metric.clone());
            }
        }
        for name in promotion::segments(present, flag) {
            if let (None, Some(segment)) = (next.segments.get(&name), present.segments.get(&name)) {
                next.segments.insert(name, segment.clone());
            }
        }
    }
    next
}

/// What would reach more visitors, apart from what they had until a flag was last changed.
pub(super) fn raised(
    sql: &mut impl Sql,
    environment: Environment,
    present: &Document,
    growths: Vec<Growth>,
    new: &Document,
) -> core::result::Result<Vec<Growth>, Failure> {
    let mut flags: Vec<String> = growths.iter().map(|growth| growth.flag.clone()).collect();
    flags.dedup();
    let mut free = Vec::new();
    for flag in flags {
        let before = before(sql, environment, present, &flag)?;
        if before.is_some_and(|before| is_the_same(&before, new, &flag) && brought(&before, present, &growths, &flag)) {
            free.push(flag);
        }
    }
    Ok(growths.into_iter().filter(|growth| !free.contains(&growth.flag)).collect())
}

/// The last version in which a flag was not as it is now.
fn before(
    sql: &mut impl Sql,
    environment: Environment,
    present: &Document,
    flag: &str,
) -> core::result::Result<Option<Document>, Failure> {
    let newest = crate::versions::pointer(sql, environment)?.version;
    for version in ((newest - BACK).max(1)..newest).rev() {
        let document = kept(sql, environment, version)?.and_then(|text| document::read(text.as_bytes()).ok());
        if let Some(document) = document.filter(|document| !is_the_same(document, present, flag)) {
            return Ok(Some(document));
        }
    }
    Ok(None)
}

/// Whether two documents have the same flag with the same edits.
fn is_the_same(one: &Document, other: &Document, flag: &str) -> bool {
    let pages = |document: &Document| -> Vec<_> {
        document.pages.iter().filter(|(_, page)| page.flag == flag).map(|(_, page)| page.clone()).collect()
    };
    one.flags.get(flag) == other.flags.get(flag) && pages(one) == pages(other)
}

/// Whether the flag's last change brought something to as many visitors as would now get back what they had. Of groups of
/// visitors nobody knows that.
fn brought(before: &Document, present: &Document, growths: &[Growth], flag: &str) -> bool {
    let Ok(since) = blast::growth(before, present) else { return false };
    let most = |growths: &[Growth]| {
        let own: Vec<_> = growths.iter().filter(|growth| growth.flag == flag).collect();
        let known = own.iter().all(|growth| !growth.group);
        known.then(|| own.iter().map(|growth| growth.after - growth.before).max().unwrap_or(0))
    };
    most(&since).zip(most(growths)).is_some_and(|(brought, back)| brought >= back)
}

/// What keeps whoever may only lower exposure from going back.
pub(super) fn refused(growths: &[Growth]) -> Vec<Problem> {
    let problem = |growth: &Growth| {
        let cause = format!(
            "More visitors than now would meet {}, and this token takes nothing to more of them.",
            growth.subject()
        );
        let fix = "Switch the flag off, or go back with a link of your own.".to_string();
        Problem::new(format!("/flags/{}", growth.flag), Code::Exposure, cause, fix)
    };
    growths.iter().map(problem).collect()
}
