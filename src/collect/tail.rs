//! What became of each event, told to whoever looks while it comes in. Nothing of it is stored, and nothing says whose it was.

use super::event::Deed;
use super::ledger::Outcome;
use super::segment::Fact;
use crate::time::Millis;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

/// An event that has come in.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Arrived {
    /// When it came, in milliseconds since 1970.
    pub at: i64,
    /// The name of the event; empty for an exposure, and where a name is not to be told.
    pub name: String,
    /// The run that was met; empty for an event.
    pub run: String,
    /// The variant that was met.
    pub variant: String,
    /// `stored`, `duplicate`, `rejected` or `filtered`.
    pub outcome: &'static str,
    /// Why it was rejected or filtered.
    pub reason: String,
    /// The names of the properties that it has kept.
    pub properties: Vec<String>,
    /// Its value in millionths.
    pub micros: Option<i64>,
    /// The currency of that.
    pub currency: String,
}

/// What has come in within a transaction, if anybody looks.
#[derive(Default)]
pub(super) struct Tail(Option<Vec<Arrived>>);

impl Tail {
    /// One that is looked at.
    pub(super) fn watched() -> Self {
        Self(Some(Vec::new()))
    }

    pub(super) fn all(self) -> Vec<Arrived> {
        self.0.unwrap_or_default()
    }

    /// Notes what a fact was.
    pub(super) fn took(&mut self, fact: &Fact, outcome: &Outcome, now: Millis) {
        let Some(all) = &mut self.0 else { return };
        let mut arrived = Arrived { at: now.0, outcome: outcome.name(), ..Arrived::default() };
        match fact {
            Fact::Did(Deed { name, properties, value, currency, .. }) => {
                arrived.name.clone_from(name);
                arrived.properties = properties.keys().cloned().collect();
                (arrived.micros, arrived.currency) = (*value, currency.clone());
            }
            Fact::Met(meeting) => {
                (arrived.run, arrived.variant) = (meeting.run.clone(), meeting.variant.clone());
            }
            Fact::Sent(..) => return,
        }
        all.push(arrived);
    }

    /// Notes what was not kept, by the names that may be told of it.
    pub(super) fn left(&mut self, name: Option<&str>, (run, variant): (&str, &str), outcome: &Outcome, now: Millis) {
        let Some(all) = &mut self.0 else { return };
        all.push(Arrived {
            at: now.0,
            name: name.unwrap_or_default().to_string(),
            run: run.to_string(),
            variant: variant.to_string(),
            outcome: outcome.name(),
            reason: outcome.reason().to_string(),
            ..Arrived::default()
        });
    }
}
