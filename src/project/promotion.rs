//! A flag's way from one environment to the next: it has the same key and variants everywhere, and rules of its own.

use super::publishing::{self, Publication, Warrant};
use super::{Request, Result, approvals, flags, forbidden, invalid, preview, refuse, store};
use crate::compile::graph::names;
use crate::document::{Code, Condition, Document, Flag, Problem};
use crate::environment::Environment;
use crate::order;
use crate::sql::Sql;
use crate::versions;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Where else the flag is, and what of it is different there.
pub(super) fn elsewhere(sql: &mut impl Sql, environment: Environment, key: &str) -> Result<Value> {
    let own = publishing::current(sql, environment)?.flags.remove(key);
    let mut places = Vec::new();
    for other in Environment::ALL.into_iter().filter(|other| *other != environment) {
        let flag = publishing::current(sql, other)?.flags.remove(key);
        let differs = own.as_ref().zip(flag.as_ref()).map(|(own, flag)| differences(own, flag)).unwrap_or_default();
        let revision = versions::pointer(sql, other)?.version;
        places.push(json!({
            "environment": other.name(), "there": flag.is_some(), "revision": revision, "differs": differs,
        }));
    }
    if own.is_none() && places.iter().all(|place| place["there"] == false) {
        return refuse(404, "There is no such flag.");
    }
    Ok(json!({"environments": places}))
}

/// What of a flag is not the same, by its names in the document.
fn differences(one: &Flag, other: &Flag) -> Vec<String> {
    let [one, other] = [one, other].map(store::tree);
    differing(&one, &other)
}

/// The names of either object under which the other has something else, or nothing.
pub(super) fn differing(one: &Value, other: &Value) -> Vec<String> {
    let names = order::each([one, other].into_iter().filter_map(Value::as_object).flat_map(Map::keys));
    names.into_iter().filter(|name| one[name.as_str()] != other[name.as_str()]).cloned().collect()
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Promotion"))]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    /// The environment that it comes from.
    from: String,
    /// Whether its rules come, too; otherwise those that are there stay, and a new flag has none.
    #[serde(default)]
    rules: bool,
}

/// Brings a flag here as it is in another environment.
pub(super) fn promote(sql: &mut impl Sql, request: &Request, environment: Environment, key: &str) -> Result<Value> {
    let Wish { from, rules } = request.body()?;
    let Some(source) = Environment::from_name(&from).filter(|source| *source != environment) else {
        let fix = "Send `from` with another environment: development, staging or production.".to_string();
        let cause = "A flag comes from another environment.".to_string();
        return Err(invalid(&[Problem::new("/from".to_string(), Code::Unknown, cause, fix)]));
    };
    let there = publishing::current(sql, source)?;
    let Some(flag) = there.flags.get(key) else { return refuse(404, &format!("There is no such flag in {from}.")) };
    let old = publishing::current(sql, environment)?;
    let revision = versions::pointer(sql, environment)?.version;
    let new = with(&old, &there, key, flag, rules)?;
    let what = if rules { "with its rules" } else { "without its rules" };
    let publication = Publication {
        environment,
        document: &new,
        warrant: Warrant::Author,
        who: &request.caller.actor.name,
        action: "promote a flag",
        subject: key,
        why: &format!("brought {key} from {from}, {what}"),
    };
    if preview::asked(request) {
        return preview::of(sql, request, &publication, &old);
    }
    request.seen(revision, || json!({"revision": revision}))?;
    if approvals::asked(request) {
        return approvals::propose(sql, request, &publication, &publishing::written(&new));
    }
    if new != old {
        publishing::publish(sql, &publication, request.now)?;
    }
    flags::list(sql, request, environment)
}

/// The document with the flag as it is there.
fn with(old: &Document, there: &Document, key: &str, flag: &Flag, rules: bool) -> Result<Document> {
    if flags::owner(old, key).is_some() {
        return Err(forbidden("An experiment runs on it here.", "Stop it or decide it first."));
    }
    if rules && flag.rules.iter().any(|rule| rule.experiment.is_some()) {
        let fix = "Bring the flag without its rules, and start the experiment here by a plan.";
        return Err(forbidden("One of its rules is an experiment, which belongs to its environment.", fix));
    }
    let mut new = old.clone();
    let here = old.flags.get(key);
    let mut brought = flag.clone();
    if !rules {
        brought.enabled = here.is_none_or(|flag| flag.enabled);
        brought.rules = here.map(|flag| flag.rules.clone()).unwrap_or_default();
        brought.forced = here.map(|flag| flag.forced.clone()).unwrap_or_default();
        brought.otherwise = here.map_or_else(|| flag.off.clone(), |flag| flag.otherwise.clone());
    }
    for name in segments(there, &brought) {
        if let (false, Some(segment)) = (new.segments.contains_key(&name), there.segments.get(&name)) {
            new.segments.insert(name, segment.clone());
        }
    }
    new.flags.insert(key.to_string(), brought);
    Ok(new)
}

/// The segments that a flag's rules use, and those that these build on.
pub(super) fn segments(document: &Document, flag: &Flag) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let look = |condition: &Condition, found: &mut Vec<String>| {
        names(condition, "", &mut |leaf, _| {
            if let Condition::Segment(name) = leaf
                && !found.contains(name)
            {
                found.push(name.clone());
            }
        });
    };
    flag.rules.iter().filter_map(|rule| rule.condition.as_ref()).for_each(|condition| look(condition, &mut found));
    let mut next = 0;
    while let Some(name) = found.get(next).cloned() {
        next += 1;
        if let Some(segment) = document.segments.get(&name) {
            look(&segment.condition, &mut found);
        }
    }
    found
}
