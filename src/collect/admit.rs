//! Who gets in: what an event tells, or the reason for which it is not kept.

use super::definitions::Known;
use super::event::Deed;
use super::exposure::Meeting;
use super::ledger::Outcome;
use super::segment::Fact;
use super::{Assignment, Batch, Event, KEPT, Scalar, Track, Traits, Work, catalog, personal};
use crate::limits::{BATCH_EVENTS, EVENT_NAMES, NAME_BYTES, PROPERTIES, PROPERTY_BYTES, VALUE_MICROS};
use crate::order;
use crate::sql::{Failure, Sql};
use crate::time::DAY;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

/// Milliseconds after which an event of a page is too old to be told: the longest that a browser keeps an unsent one.
const OLDEST: i64 = 7 * DAY;

/// Milliseconds by which a server's clock may be ahead of ours.
const AHEAD: i64 = 5 * 60_000;

impl Work {
    /// What an event tells, or why it is not kept.
    pub(super) fn judge(
        &mut self,
        batch: &Batch,
        place: usize,
        event: &Event,
        traits: &Traits,
        crowded: &BTreeSet<String>,
    ) -> Result<Fact, Outcome> {
        let refuse = |reason| Err(Outcome::rejected(reason));
        if place >= BATCH_EVENTS {
            return refuse("too-many");
        }
        if personal::holds(&batch.page, batch.drawn.as_deref()) {
            return refuse("personal");
        }
        match event {
            Event::Assigned(assignment) => self.meeting(batch, assignment, None, traits),
            Event::Seen { assignment, dt: Some(dt) } => match self.time(*dt) {
                Some(at) => self.meeting(batch, assignment, Some(at), traits),
                None => refuse("age"),
            },
            Event::Seen { assignment, dt: None } => {
                let at = self.told_at(assignment.at).map_err(Outcome::rejected)?;
                self.meeting(batch, &Assignment { at, ..assignment.clone() }, Some(at), traits)
            }
            Event::Track(track) => {
                if crowded.contains(&track.n) {
                    return refuse("name");
                }
                self.deed(batch, place, track, traits).map_or_else(refuse, |deed| Ok(Fact::Did(deed)))
            }
            // Said by whoever has refused it.
            Event::Refused { .. } | Event::Filtered { .. } => refuse("malformed"),
        }
    }

    fn meeting(
        &self,
        batch: &Batch,
        assignment: &Assignment,
        confirmed_at: Option<i64>,
        traits: &Traits,
    ) -> Result<Fact, Outcome> {
        if !self.known.allows(assignment, batch.drawn.as_deref()) {
            return Err(Outcome::rejected("impossible"));
        }
        // Of a run that is so old no rows are kept, so nobody could say whether this unit was counted.
        if assignment.at < self.now.0 - KEPT {
            return Err(Outcome::rejected("age"));
        }
        let traits = traits.with(self.known.declared(assignment.config, &assignment.g));
        Ok(Fact::Met(Meeting::of(assignment, confirmed_at, &traits)))
    }

    fn deed(&mut self, batch: &Batch, place: usize, track: &Track, traits: &Traits) -> Result<Deed, &'static str> {
        let at = match track.at {
            None => self.time(track.dt).ok_or("age")?,
            Some(at) => self.told_at(at)?,
        };
        let unit = batch.drawn.as_deref();
        if track.n.is_empty() {
            return Err("malformed");
        }
        if track.n.len() > 4 * NAME_BYTES
            || personal::in_text(&track.n, unit)
            || track.v.is_some_and(|value| personal::in_value(value, unit))
        {
            return Err("personal");
        }
        if track.v.is_some_and(|value| value.unsigned_abs() > VALUE_MICROS) {
            return Err("value");
        }
        let currency = track.c.clone().unwrap_or_default();
        if !currency.is_empty() && !self.known.adds(batch.config, &currency) {
            return Err("currency");
        }
        let properties = self.harmless(batch, track)?;
        let key = match &track.id {
            Some(id) => Deed::named(id),
            None => Deed::in_beacon(&batch.page, batch.seq, place),
        };
        let (name, value) = (track.n.clone(), track.v);
        let traits = traits.with(self.known.declared(batch.config, &track.g));
        Ok(Deed { key, name, at, value, currency, properties, traits })
    }

    /// An event's properties without those that are too long or could name somebody. The event is worth more than they are,
    /// so it stays, and the catalog tells what was left out of it.
    fn harmless(&mut self, batch: &Batch, track: &Track) -> Result<BTreeMap<String, Scalar>, &'static str> {
        if track.p.len() > PROPERTIES {
            return Err("properties");
        }
        let unit = batch.drawn.as_deref();
        let mut kept = BTreeMap::new();
        for (name, value) in &track.p {
            if !is_plain(name) || personal::in_text(name, unit) {
                continue;
            }
            let good = match value {
                Scalar::Text(text) => text.len() <= PROPERTY_BYTES && !personal::in_text(text, unit),
                Scalar::Number(number) => number.is_finite() && !personal::in_number(*number, unit),
                Scalar::Boolean(_) => true,
            };
            if good {
                kept.insert(name.clone(), value.clone());
            } else {
                self.news.refused(&track.n, &alloc::format!("property {name}"));
            }
        }
        Ok(kept)
    }

    /// The time of an event that a server tells of, or why it cannot be.
    fn told_at(&self, at: i64) -> Result<i64, &'static str> {
        if at > self.now.0 + AHEAD {
            Err("future")
        } else if at < self.now.0 - KEPT {
            Err("age")
        } else {
            Ok(at.min(self.now.0))
        }
    }

    /// The time of an event that was sent `dt` milliseconds after it happened.
    pub(super) fn time(&self, dt: i64) -> Option<i64> {
        (0..=OLDEST).contains(&dt).then_some(self.now.0 - dt)
    }
}

/// New names of events, once there are as many as a shard keeps. Those that a metric counts always have room.
pub(super) fn crowded(sql: &mut impl Sql, batch: &Batch, known: &Known) -> Result<BTreeSet<String>, Failure> {
    let names = order::each(batch.events.iter().filter_map(|event| match event {
        Event::Track(track) => Some(track.n.as_str()),
        _ => None,
    }));
    if names.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut new = catalog::new_names(sql, &names)?;
    new.retain(|name| !known.counts(name));
    let full = !new.is_empty() && catalog::stored(sql)? + new.len() > EVENT_NAMES;
    Ok(if full { new } else { BTreeSet::new() })
}

/// The name of an event that is refused, if it is one that may be told.
pub(super) fn name_of<'e>(event: &'e Event, unit: Option<&str>) -> Option<&'e str> {
    let name = match event {
        Event::Track(track) => track.n.as_str(),
        Event::Refused { n: Some(name), .. } => name,
        _ => return None,
    };
    (!name.is_empty() && name.len() <= 4 * NAME_BYTES && !personal::in_text(name, unit)).then_some(name)
}

/// The version, run and variant that an event says were met; nothing if it says of none.
pub(super) fn claim_of(event: &Event, config: i64) -> Option<(i64, &str, &str)> {
    match event {
        Event::Assigned(own) | Event::Seen { assignment: own, .. } => Some((own.config, &own.run, &own.x)),
        Event::Refused { claim, .. } | Event::Filtered { claim, .. } => Some((config, &claim.run, &claim.x)),
        Event::Track(_) => None,
    }
}

/// Whether a property's name is one: it is shown and joined by blanks.
fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$');
    (1..=PROPERTY_BYTES).contains(&name.len()) && name.bytes().all(plain)
}
