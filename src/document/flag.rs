//! Flags: their variants, and the rules that choose among them.

use super::{Condition, FlagIs, Hash, Named, When};
use crate::evaluate::between;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Not;
use serde::{Deserialize, Serialize};

/// A switch with two or more positions.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// What it is for, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Words to find it by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The type of its values.
    pub kind: Kind,
    /// What values of the kind `json` must be like: a JSON Schema of `type`, `enum`, `required`, `properties` and `items`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<serde_json::Value>,
    /// Values by the variant's key.
    pub variants: Named<serde_json::Value>,
    /// The variant that is served when the flag is disabled or cannot be decided.
    pub off: String,
    /// Whether its rules are asked at all.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Whether it is out of use: it serves its off variant, and nothing may build on it.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub archived: bool,
    /// Whether browsers may know of it.
    #[serde(default)]
    pub client: bool,
    /// Other flags that must serve certain variants, or else this one serves its off variant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prerequisites: Vec<FlagIs>,
    /// Named units that meet a variant whatever the rules say, for trying things.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forced: Vec<Forced>,
    /// The holdout whose units meet the off variant, whatever the rules say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holdout: Option<String>,
    /// The first rule that matches decides.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// The variant that is served when no rule matches.
    pub otherwise: String,
}

impl Flag {
    /// A flag without rules: who is not told otherwise meets its off variant.
    #[must_use]
    pub fn new(kind: Kind, variants: impl IntoIterator<Item = (String, serde_json::Value)>, off: &str) -> Self {
        Self {
            description: None,
            owner: None,
            tags: Vec::new(),
            kind,
            schema: None,
            variants: variants.into_iter().collect(),
            off: off.to_string(),
            enabled: true,
            archived: false,
            client: false,
            prerequisites: Vec::new(),
            forced: Vec::new(),
            holdout: None,
            rules: Vec::new(),
            otherwise: off.to_string(),
        }
    }
}

pub(super) fn yes() -> bool {
    true
}

pub(super) fn unit() -> String {
    "unit".to_string()
}

/// Units that meet a variant by name.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Forced {
    /// The variant.
    pub serve: String,
    /// The units; publishing turns each into `#` and 16 hexadecimal digits.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 1000)))]
    pub ids: Vec<String>,
    /// The attribute that names them.
    #[serde(default = "unit")]
    pub unit: String,
}

/// The type of a flag's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// Text.
    String,
    /// A number.
    Number,
    /// Any JSON.
    Json,
}

/// One line of a flag's rules: who and when, and what they get. Exactly one of `serve`, `split` and `experiment` stands
/// in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Who it is for; everybody if it is left out.
    #[serde(rename = "if", default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
    /// The time from which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<When>,
    /// The time from which it no longer holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<When>,
    /// The variant to serve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serve: Option<String>,
    /// The share of units that get what is served; the others go on to the next rule. Everybody if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollout: Option<Rollout>,
    /// The share as a function of time, in place of a `rollout`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ramp: Option<Ramp>,
    /// Several variants to serve, each to a share of the units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<Split>,
    /// The experiment whose run decides. Units outside its rollout go on to the next rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub experiment: Option<String>,
}

/// A share of units. In rules of one flag, the same salt nests them: who is in a smaller share is in a larger one, too.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rollout {
    /// What makes its draws its own.
    pub salt: String,
    /// Its hash; this engine's own where none is named.
    #[serde(default, skip_serializing_if = "Hash::is_usual")]
    pub hash: Hash,
    /// The first rollout draw that is not in it: 0 is nobody, 4294967296 (2^32) everybody.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 4_294_967_296_u64)))]
    pub below: u64,
    /// The attribute that is drawn.
    #[serde(default = "unit")]
    pub unit: String,
}

/// A rollout whose share follows a plan: from each point's time on it is that point's, or on a straight line to the next.
/// Before the first point it is nobody, after the last one what that says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Ramp {
    /// What makes its draws its own.
    pub salt: String,
    /// Its hash; this engine's own where none is named.
    #[serde(default, skip_serializing_if = "Hash::is_usual")]
    pub hash: Hash,
    /// Whether the share moves on straight lines between the points, and not in steps.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub linear: bool,
    /// `[time, below]` with rising times; `below` is as in a rollout.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 64)))]
    pub points: Vec<(When, Below)>,
    /// The attribute that is drawn.
    #[serde(default = "unit")]
    pub unit: String,
}

impl Ramp {
    /// The largest share that it ever has.
    #[must_use]
    pub fn most(&self) -> u64 {
        self.points.iter().map(|(_, below)| below.0).max().unwrap_or_default()
    }

    /// Its share at a time in milliseconds. A point whose text is no time counts as 1970, as it does in a snapshot.
    #[must_use]
    pub fn below(&self, now: i64) -> u64 {
        let time = |point: &(When, Below)| point.0.millis().unwrap_or_default();
        let next = self.points.iter().position(|point| now < time(point)).unwrap_or(self.points.len());
        let Some(last) = next.checked_sub(1).and_then(|last| self.points.get(last)) else { return 0 };
        match self.points.get(next).filter(|_| self.linear) {
            Some(point) => {
                between(last.1.0, point.1.0, now.wrapping_sub(time(last)), time(point).wrapping_sub(time(last)))
            }
            None => last.1.0,
        }
    }
}

/// A number of draws: 0 is none, 4294967296 (2^32) all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Below(#[cfg_attr(feature = "schema", schemars(range(min = 0, max = 4_294_967_296_u64)))] pub u64);

/// Variants by share.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// What makes its draws its own.
    pub salt: String,
    /// Its hash; this engine's own where none is named.
    #[serde(default, skip_serializing_if = "Hash::is_usual")]
    pub hash: Hash,
    /// Which draws meet which variant: `[end, variant]` with rising ends, the last end 4294967296 (2^32).
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 256)))]
    pub ranges: Vec<(u64, String)>,
    /// The attribute that is drawn.
    #[serde(default = "unit")]
    pub unit: String,
}
