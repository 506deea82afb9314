//! What is known beyond documents, as JSON: plain code for a handful of entries, where serde would bring its own words
//! about every type.

use crate::unreadable;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use pointsman::document::{Named, Problem};
use pointsman::lint::{Facts, STALE_DAYS};
use pointsman::time::Millis;
use serde_json::{Map, Value};

/// What is known when advice is given.
#[derive(Default)]
pub(crate) struct Known {
    now: Option<Millis>,
    changed: Option<Named<Millis>>,
    events: Option<Named<()>>,
    stale_days: Option<u32>,
}

impl Known {
    /// Reads the entries of an object. None of them has to be there.
    pub(crate) fn read(facts: &Map<String, Value>) -> Result<Self, Vec<Problem>> {
        let mut known = Self::default();
        for (name, value) in facts.iter().filter(|(_, value)| !value.is_null()) {
            let read = match name.as_str() {
                "now" => time(value).map(|now| known.now = Some(now)),
                "changed" => numbers(value, time).map(|changed| known.changed = Some(changed)),
                "events" => names(value).map(|events| known.events = Some(events)),
                "staleDays" => days(value).map(|days| known.stale_days = Some(days)),
                _ => return Err(unreadable(format!("`{name}` is not known here."))),
            };
            read.ok_or_else(|| unreadable(format!("`{name}` is of another type.")))?;
        }
        Ok(known)
    }

    /// The same with the document that another one replaces.
    pub(crate) fn facts<'f>(&'f self, before: Option<&'f pointsman::document::Document>) -> Facts<'f> {
        let Self { now, changed, events, stale_days } = self;
        let stale_days = stale_days.unwrap_or(STALE_DAYS);
        Facts { now: *now, before, events: events.as_ref(), changed: changed.as_ref(), stale_days }
    }
}

/// The visitors of each path of each flag.
pub(crate) fn counts(given: &Value) -> Option<Named<Named<u64>>> {
    numbers(given, |flag| numbers(flag, Value::as_u64))
}

fn numbers<T>(given: &Value, number: impl Fn(&Value) -> Option<T>) -> Option<Named<T>> {
    given.as_object()?.iter().map(|(name, value)| Some((name.clone(), number(value)?))).collect()
}

fn names(given: &Value) -> Option<Named<()>> {
    given.as_array()?.iter().map(|name| Some((name.as_str()?.to_string(), ()))).collect()
}

fn time(given: &Value) -> Option<Millis> {
    given.as_f64().map(Millis::from_f64)
}

fn days(given: &Value) -> Option<u32> {
    u32::try_from(given.as_u64()?).ok()
}
