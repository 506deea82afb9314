//! Flags by hand: one click off, and a share that moves step by step.

use super::publishing::{self, Publication, Warrant};
use super::{Request, Result, approvals, forbidden, forecast, integer, preview, refuse, settings, teams};
use crate::blast;
use crate::document::{Document, Flag, Hash, Kind, Named, Rollout, Rule};
use crate::draw::ALL;
use crate::environment::Environment;
use crate::lifecycle::UNDO;
use crate::playbook::EVERYBODY;
use crate::spoken::{count, nearest};
use crate::sql::{Cell, Sql};
use crate::time::Millis;
use crate::versions;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Deserialize;
use serde_json::{Value, json};

fn part(parts: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "at most 2^32")]
    let (parts, all) = (parts as f64, ALL as f64);
    parts / all
}

fn parts(share: f64) -> u64 {
    #[expect(clippy::cast_sign_loss, reason = "a share lies between 0 and 1")]
    let parts = libm::round(share * 4_294_967_296.0) as u64;
    parts
}

/// The rule that a slider moves: it serves a variant to everybody below a rollout, or to everybody.
fn slider(flag: &Flag) -> Option<&Rule> {
    flag.rules
        .iter()
        .find(|rule| rule.serve.is_some() && rule.condition.is_none() && rule.from.is_none() && rule.until.is_none())
}

/// The variant that a slider gives out: the one of its rule, or the first that is not off.
fn variant_of(flag: &Flag) -> String {
    let served = slider(flag).and_then(|rule| rule.serve.clone());
    let other = || flag.variants.keys().find(|variant| **variant != flag.otherwise).cloned();
    served.or_else(other).unwrap_or_else(|| flag.otherwise.clone())
}

fn share_of(flag: &Flag) -> u64 {
    slider(flag).map_or(0, |rule| rule.rollout.as_ref().map_or(ALL, |rollout| rollout.below))
}

/// The experiment that owns the flag: it has a run.
pub(super) fn owner<'d>(document: &'d Document, key: &str) -> Option<&'d String> {
    document
        .experiments
        .iter()
        .find(|(_, experiment)| experiment.flag == key && experiment.run.is_some())
        .map(|(key, _)| key)
}

pub(super) fn list(sql: &mut impl Sql, request: &Request, environment: Environment) -> Result<Value> {
    let document = publishing::current(sql, environment)?;
    let revision = versions::pointer(sql, environment)?.version;
    let rows = sql.run("SELECT flag, at FROM switched WHERE environment = ?", &[environment.name().into()])?;
    let switched = times(&rows);
    let changed = changes(sql, environment)?;
    let owners = teams::owners(sql, "flag")?;
    let flags: Vec<_> = document
        .flags
        .iter()
        .map(|(key, flag)| {
            let mut view = view(&document, key, flag, switched.get(key).map(|at| at.0), request.now.0);
            view["changed"] = json!(changed.get(key).map(|at| at.0));
            view["team"] = json!(owners.get(key));
            view
        })
        .collect();
    let steps = settings::current_playbook(sql)?.by_hand();
    Ok(json!({"revision": revision, "flags": flags, "steps": steps}))
}

/// When each flag was last changed by its own name, by hand or by an experiment.
pub(super) fn changes(sql: &mut impl Sql, environment: Environment) -> Result<Named<Millis>> {
    let name = environment.name();
    let rows = sql.run(
        "SELECT subject, max(at) FROM audit WHERE detail = ? OR detail LIKE ? GROUP BY subject",
        &[name.into(), format!("{name}:%").as_str().into()],
    )?;
    Ok(times(&rows))
}

/// Rows of a name and a time.
fn times(rows: &[Vec<Cell>]) -> Named<Millis> {
    rows.iter().map(|row| (super::text(row, 0), Millis(integer(row, 1)))).collect()
}

fn view(document: &Document, key: &str, flag: &Flag, switched: Option<i64>, now: i64) -> Value {
    let (variant, share) = (variant_of(flag), share_of(flag));
    let owner = owner(document, key);
    let of = |name: &String| match owner {
        Some(_) => Value::Null,
        None if !flag.enabled => json!(if *name == flag.off { 1.0 } else { 0.0 }),
        None if *name == variant => json!(part(share)),
        None if *name == flag.otherwise => json!(1.0 - part(share)),
        None => json!(0.0),
    };
    let undo = switched.map(|at| at + UNDO).filter(|until| !flag.enabled && now <= *until);
    // That of an experiment serves nothing until it runs, and then it owns the flag.
    let rules =
        flag.rules.iter().filter(|rule| rule.experiment.is_none()).count() - usize::from(slider(flag).is_some());
    let locked = owner.map(|owner| format!("The experiment “{owner}” decides who gets what."));
    json!({
        "key": key, "description": flag.description, "kind": flag.kind, "enabled": flag.enabled,
        "variants": flag.variants.iter().map(|(name, value)| json!({"key": name, "value": value, "share": of(name)})).collect::<Vec<_>>(),
        "off": flag.off, "share": part(share), "rules": rules, "variant": variant, "experiment": owner, "undoUntil": undo, "locked": locked,
    })
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "FlagChange"))]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    #[serde(default)]
    enabled: Option<bool>,
    #[serde(default)]
    share: Option<f64>,
    #[serde(default)]
    variant: Option<String>,
}

impl Change {
    fn only_off(&self) -> bool {
        self.enabled == Some(false) && self.share.is_none() && self.variant.is_none()
    }
}

pub(super) fn change(sql: &mut impl Sql, request: &Request, environment: Environment, key: &str) -> Result<Value> {
    let revision = versions::pointer(sql, environment)?.version;
    let old = publishing::current(sql, environment)?;
    let change: Change = request.body()?;
    let (new, what) = changed(&old, key, &change)?;
    let publication = Publication {
        environment,
        document: &new,
        // Off is always free, wherever else the same click would lead.
        warrant: if change.only_off() { Warrant::Retreat } else { Warrant::Author },
        who: &request.caller.actor.name,
        action: "change a flag",
        subject: key,
        why: &what,
    };
    if preview::asked(request) {
        return previewed(sql, request, &publication, &old, key);
    }
    request.seen(revision, || json!({"revision": revision}))?;
    if approvals::asked(request) {
        return approvals::propose(sql, request, &publication, &publishing::written(&new));
    }
    if new != old {
        publishing::publish(sql, &publication, request.now)?;
        if change.enabled == Some(false) && old.flags.get(key).is_some_and(|flag| flag.enabled) {
            let cells = [environment.name().into(), key.into(), request.now.0.into()];
            sql.run("INSERT OR REPLACE INTO switched VALUES (?, ?, ?)", &cells)?;
        }
    }
    list(sql, request, environment)
}

/// The document with a flag changed, and what that is in words.
fn changed(old: &Document, key: &str, change: &Change) -> Result<(Document, String)> {
    let mut new = old.clone();
    let Some(flag) = new.flags.get_mut(key) else { return refuse(404, "There is no such flag.") };
    let mut what = Vec::new();
    if let Some(enabled) = change.enabled.filter(|enabled| *enabled != flag.enabled) {
        flag.enabled = enabled;
        what.push(format!("turned {key} {}", if enabled { "on" } else { "off" }));
    }
    if change.share.is_some() || change.variant.is_some() {
        if let Some(owner) = owner(old, key) {
            return Err(forbidden(
                &format!("The experiment “{owner}” decides who gets what."),
                "Stop it or decide it first.",
            ));
        }
        let variant = change.variant.clone().unwrap_or_else(|| variant_of(flag));
        if !flag.variants.contains_key(&variant) {
            return Err(forbidden(&format!("It has no variant “{variant}”."), "Choose one of its variants."));
        }
        let share = change.share.unwrap_or_else(|| part(share_of(flag)));
        if !(0.0..=1.0).contains(&share) {
            return Err(forbidden("A share lies between 0 and 1.", "0.05 is 5 %."));
        }
        slide(flag, key, &variant, parts(share));
        what.push(format!("took “{variant}” of {key} to {} %", libm::round(share * 1000.0) / 10.0));
    }
    Ok((new, what.join(", ")))
}

fn slide(flag: &mut Flag, key: &str, variant: &str, below: u64) {
    let place = slider(flag).and_then(|own| flag.rules.iter().position(|rule| core::ptr::eq(rule, own)));
    let known = place.and_then(|place| flag.rules[place].rollout.clone());
    let new = || Rollout { salt: format!("{key}-rollout"), hash: Hash::default(), below, unit: "unit".to_string() };
    let rollout = Rollout { below, ..known.unwrap_or_else(new) };
    let rule = Rule { serve: Some(variant.to_string()), rollout: Some(rollout), ..Rule::default() };
    match place {
        Some(place) => flag.rules[place] = rule,
        None => flag.rules.push(rule),
    }
}

/// What the change would do, with the share of all visitors that one flag moves.
fn previewed(
    sql: &mut impl Sql,
    request: &Request,
    publication: &Publication,
    old: &Document,
    key: &str,
) -> Result<Value> {
    let known = blast::moved(old, publication.document, key);
    let moved = known.unwrap_or_default();
    let week = forecast::per_week(sql, request.now)?.filter(|_| publication.environment == Environment::Production);
    let percent = |parts: u64| format!("{} %", libm::round(part(parts) * 1000.0) / 10.0);
    let mut view = preview::of(sql, request, publication, old)?;
    let own = view["changes"].as_array().and_then(|all| all.iter().find(|change| change["flag"] == key));
    let paths = own.and_then(|change| change["looked"].as_u64()).unwrap_or(0);
    let all = if paths > 1 { "visitors" } else { "all visitors" };
    let mut words = match (moved.gains, moved.loses) {
        _ if known.is_none() => "It has too many conditions to count who would move.".to_string(),
        (0, 0) => "Nobody would notice.".to_string(),
        (gains, 0) => format!("{} of {all} would newly get it; nobody would lose it.", percent(gains)),
        (0, loses) => format!("{} of {all} would lose it; nobody would newly get it.", percent(loses)),
        (gains, loses) => {
            format!("{} of {all} would newly get it, {} would lose it.", percent(gains), percent(loses))
        }
    };
    if paths > 1 && known.is_some() {
        words = format!("{words} That is the worst of {paths} paths through its rules.");
    }
    let people = week.map(|people| libm::round(people * part(moved.share))).filter(|people| *people > 0.0);
    if let Some(people) = people {
        let people = count(nearest(people), "person", "people");
        words = format!("{words} That is about {people} a week.");
    }
    view["moved"] =
        json!({"share": part(moved.share), "gains": part(moved.gains), "loses": part(moved.loses), "people": people});
    view["words"] = json!(words);
    Ok(view)
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "NewFlag"))]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    key: String,
    #[serde(default)]
    description: String,
    kind: Kind,
    on: Value,
    off: Value,
}

/// A new flag serves its off value to everybody.
pub(super) fn add(sql: &mut impl Sql, request: &Request, environment: Environment) -> Result<Value> {
    let New { key, description, kind, on, off } = request.body()?;
    let mut document = publishing::current(sql, environment)?;
    if document.flags.contains_key(&key) {
        return Err(forbidden(&format!("“{key}” is there already."), "Choose another key."));
    }
    let variants = [("off".to_string(), off), ("on".to_string(), on)];
    let description = Some(description).filter(|text| !text.trim().is_empty());
    let flag = Flag { description, client: true, ..Flag::new(kind, variants, "off") };
    document.flags.insert(key.clone(), flag);
    publish(sql, request, environment, &document, Warrant::Author, "add a flag", &key)?;
    list(sql, request, environment)
}

/// Takes a switch-off back that is less than ten minutes old.
pub(super) fn undo(sql: &mut impl Sql, request: &Request, environment: Environment, key: &str) -> Result<Value> {
    let cells = [environment.name().into(), key.into()];
    let rows = sql.run("SELECT at FROM switched WHERE environment = ? AND flag = ?", &cells)?;
    let at = rows.first().map(|row| integer(row, 0));
    let mut document = publishing::current(sql, environment)?;
    let Some(flag) = document.flags.get_mut(key) else { return refuse(404, "There is no such flag.") };
    let was_on = |document: &Document| document.flags.get(key).is_some_and(|flag| flag.enabled);
    let before = publishing::last(sql, environment, was_on)?;
    let Some(before) = before.filter(|_| !flag.enabled && at.is_some_and(|at| request.now.0 <= at + UNDO)) else {
        let fix = format!("Take it up in steps, up to {EVERYBODY} %.");
        return Err(forbidden("Ten minutes have passed, or it is on.", &fix));
    };
    flag.enabled = true;
    publish(sql, request, environment, &document, Warrant::Undo(&before), "undo", key)?;
    sql.run("DELETE FROM switched WHERE environment = ? AND flag = ?", &cells)?;
    list(sql, request, environment)
}

fn publish(
    sql: &mut impl Sql,
    request: &Request,
    environment: Environment,
    document: &Document,
    warrant: Warrant,
    action: &str,
    subject: &str,
) -> Result<()> {
    let who = &request.caller.actor.name;
    let publication = Publication { environment, document, warrant, who, action, subject, why: "" };
    publishing::publish(sql, &publication, request.now).map(drop)
}
