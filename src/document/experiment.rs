//! Flags under test, what is measured of them, and who is kept apart from whom.

use super::Hash;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Not;
use serde::Serialize;

/// How events become a number for each unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// What it measures, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The name of the tracking event.
    pub event: String,
    /// How its events become a number (docs/data.md). Left out, a unit counts once, by its first event after the exposure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<serde_json::Value>,
}

/// A flag under test.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    /// What we want to know, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The flag whose variants are compared.
    pub flag: String,
    /// The metric that decides.
    pub metric: String,
    /// The metrics that must not get worse.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guardrails: Vec<String>,
    /// Further metrics that are shown. They may be added while a run is under way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<String>,
    /// The variant that the others are compared with.
    pub control: String,
    /// The attribute that is randomised.
    #[serde(default = "super::flag::unit")]
    pub unit: String,
    /// Its place in a layer, whose other experiments its units are kept from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<Slot>,
    /// Whether a unit in the slot keeps the variant that the context says it had, whatever has become of the rollout: the
    /// attribute `/sticky/RUN` holds its key.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub sticky: bool,
    /// The present run; without one the experiment's rules never match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Run>,
}

/// Experiments of one layer exclude each other: each has a slot of its draws.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// What it is for, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What makes its draws its own.
    pub salt: String,
    /// Its hash; this engine's own where none is named.
    #[serde(default, skip_serializing_if = "Hash::is_usual")]
    pub hash: Hash,
    /// The attribute that is drawn; that of its experiments, too.
    #[serde(default = "super::flag::unit")]
    pub unit: String,
}

/// An experiment's place in a layer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// The layer's key.
    pub layer: String,
    /// The first layer draw of the slot.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 4_294_967_296_u64)))]
    pub from: u64,
    /// The first layer draw after it: 4294967296 (2^32) is the end of the layer.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 4_294_967_296_u64)))]
    pub below: u64,
}

/// Units that new things are kept from, so that what all of them do together can be seen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Holdout {
    /// What it is for, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What makes its draws its own.
    pub salt: String,
    /// Its hash; this engine's own where none is named.
    #[serde(default, skip_serializing_if = "Hash::is_usual")]
    pub hash: Hash,
    /// The first draw that is not kept out: 0 is nobody, 4294967296 (2^32) everybody.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 4_294_967_296_u64)))]
    pub below: u64,
    /// The attribute that is drawn.
    #[serde(default = "super::flag::unit")]
    pub unit: String,
}

/// One start of an experiment. Its salt is fixed for its life; epochs change the rollout.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Its name, never used twice.
    pub id: String,
    /// What makes its draws its own.
    pub salt: String,
    /// Its hash; this engine's own where none is named.
    #[serde(default, skip_serializing_if = "Hash::is_usual")]
    pub hash: Hash,
    /// Counts the spans of constant allocation, from 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 65535)))]
    pub epoch: u32,
    /// The first rollout draw that is not in the experiment: 0 is nobody, 4294967296 (2^32) everybody.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 4_294_967_296_u64)))]
    pub rollout: u64,
    /// Which split draws meet which variant: `[end, variant]` with rising ends, the last end 4294967296 (2^32).
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 256)))]
    pub split: Vec<(u64, String)>,
}
