//! What comes in and what is answered.

use super::Traits;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// What intake hands to a shard: the events of one beacon, of one page request or of a backend, all of one unit.
/// Signatures have been checked.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// The keyed hash of the unit: 32 hexadecimal digits. Empty when no event of the batch is to be kept.
    pub unit: String,
    /// The unit as it is drawn, so that draws can be made again. It is never written anywhere.
    #[serde(default)]
    pub drawn: Option<String>,
    /// The page view's random name; empty where no page has sent this, or where nobody follows its numbers.
    #[serde(default)]
    pub page: String,
    /// The beacon's number on that page.
    #[serde(default)]
    pub seq: i64,
    /// What is known of the visitor at this moment.
    #[serde(default)]
    pub traits: Traits,
    /// The version of the configuration that the sender runs; 0 or less if it has none.
    #[serde(default)]
    pub config: i64,
    /// What happened.
    pub events: Vec<Event>,
}

/// One thing that happened, or why it is not to be kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "t", rename_all = "lowercase")]
pub enum Event {
    /// The edge decided.
    Assigned(Assignment),
    /// The browser showed it.
    Seen {
        /// What the edge had decided, from its signed token.
        #[serde(flatten)]
        assignment: Assignment,
        /// Milliseconds between the event and the sending, as pages tell it; a server tells of the time itself.
        #[serde(default)]
        dt: Option<i64>,
    },
    /// The unit did something.
    Track(Track),
    /// Intake refused it.
    Refused {
        /// Why.
        reason: String,
        /// The event's name, where it has a good one.
        #[serde(default)]
        n: Option<String>,
        /// What it says was met, where it says so.
        #[serde(flatten)]
        claim: Claim,
    },
    /// It is in order, and not a person's.
    Filtered {
        /// Why.
        reason: String,
        /// What it says was met, where it says so.
        #[serde(flatten)]
        claim: Claim,
    },
}

/// What an event that is not kept says was met.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Claim {
    /// The run; empty where it says of none.
    pub run: String,
    /// The variant.
    pub x: String,
}

/// Something that a unit did.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Track {
    /// The event's name.
    pub n: String,
    /// Milliseconds between the event and the sending, as pages tell it.
    #[serde(default)]
    pub dt: i64,
    /// When it happened, in milliseconds since 1970, as servers tell it.
    #[serde(default)]
    pub at: Option<i64>,
    /// What a server calls this event; a beacon's events are called by their place in it.
    #[serde(default)]
    pub id: Option<String>,
    /// Its value in millionths.
    #[serde(default)]
    pub v: Option<i64>,
    /// The currency of its value.
    #[serde(default)]
    pub c: Option<String>,
    /// Its properties.
    #[serde(default)]
    pub p: BTreeMap<String, Scalar>,
    /// The unit's values of declared dimensions.
    #[serde(default)]
    pub g: BTreeMap<String, String>,
}

/// The value of a property.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// Yes or no.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

/// A decision of the edge.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Assignment {
    /// The run.
    pub run: String,
    /// The variant.
    pub x: String,
    /// The run's epoch.
    pub epoch: i64,
    /// The version of the configuration.
    pub config: i64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The unit's values of declared dimensions.
    #[serde(default)]
    pub g: BTreeMap<String, String>,
}

/// What became of a batch: every event is in exactly one of these.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// New and kept.
    pub stored: u64,
    /// Known already.
    pub duplicate: u64,
    /// Refused, by reason.
    pub rejected: BTreeMap<String, u64>,
    /// In order and left out, by reason.
    pub filtered: BTreeMap<String, u64>,
    /// Which events those were, for senders who mend them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<Left>,
}

/// An event that was not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Its place in its batch.
    pub place: usize,
    /// Why.
    pub reason: String,
}

impl Receipt {
    /// Adds another receipt's counts.
    pub fn add(&mut self, other: &Self) {
        self.stored += other.stored;
        self.duplicate += other.duplicate;
        for (mine, theirs) in [(&mut self.rejected, &other.rejected), (&mut self.filtered, &other.filtered)] {
            for (reason, n) in theirs {
                *mine.entry(reason.clone()).or_default() += n;
            }
        }
    }

    /// Those that machines have sent: intake says of what kind, `bot-crawler`.
    #[must_use]
    pub fn bots(&self) -> u64 {
        self.filtered.iter().filter(|(reason, _)| reason.starts_with("bot-")).map(|(_, n)| n).sum()
    }

    /// All events that came in.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.stored + self.duplicate + self.rejected.values().chain(self.filtered.values()).sum::<u64>()
    }
}
