//! A document that is ready to be asked: compiled, with the names that its snapshot's numbers stand for.

use crate::compile::{Audience, compile};
use crate::context::Context;
use crate::document::context::record;
use crate::document::{Document, Problem, json};
use crate::evaluate::{DECISION, Decision, Error, NO_RULE, NO_RUN, Reason, Witness, decide};
use crate::snapshot::{Section, Snapshot};
use crate::time::Millis;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use serde::Serialize;
use serde_json::{Map, Value as Json};

/// What a flag serves, in names.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decided {
    /// The variant's key.
    pub variant: String,
    /// The variant's value.
    pub value: Json,
    /// Why, in `OpenFeature`'s words: `STATIC`, `DEFAULT`, `TARGETING_MATCH`, `SPLIT`, `DISABLED` or `ERROR`.
    pub reason: &'static str,
    /// What went wrong, in `OpenFeature`'s words: `TARGETING_KEY_MISSING`, `INVALID_CONTEXT` or `GENERAL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'static str>,
    /// Index of the rule that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<u16>,
    /// The run whose variant it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}

/// A compiled document and its names.
pub struct Prepared {
    /// What was compiled.
    pub(crate) document: Document,
    bytes: Vec<u8>,
    /// The attribute of each slot of a record.
    pub(crate) attributes: Vec<String>,
    /// Each flag's key, in the snapshot's order.
    pub(crate) keys: Vec<String>,
    runs: Vec<String>,
}

impl Prepared {
    /// Compiles a document for the edge, or names all that is wrong with it.
    pub fn new(document: Document) -> Result<Self, Vec<Problem>> {
        let bytes = compile(&document, Audience::Edge)?.seal(0);
        let snapshot = Snapshot::verified(&bytes);
        // By the reader that the document itself went through, so that there is one in the tools.
        let manifest = json::read(snapshot.manifest()).unwrap_or_default();
        let names = |part: &str| -> Vec<String> {
            let all = manifest.get(part).and_then(Json::as_array).into_iter().flatten();
            all.filter_map(Json::as_str).map(ToString::to_string).collect()
        };
        let (keys, runs, attributes) = (names("keys"), names("runs"), names("attributes"));
        Ok(Self { document, bytes, attributes, keys, runs })
    }

    /// The snapshot.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot<'_> {
        Snapshot::verified(&self.bytes)
    }

    /// The record of a context.
    #[must_use]
    pub fn record(&self, context: &Map<String, Json>) -> Vec<u8> {
        record(&self.attributes, context)
    }

    /// Room for all decisions.
    pub(crate) fn room(&self) -> Vec<u8> {
        vec![0; self.snapshot().count(Section::Flags) as usize * DECISION]
    }

    /// Decides a flag and those that it needs, before a witness.
    pub(crate) fn decide(
        &self,
        index: u32,
        record: &[u8],
        now: Millis,
        room: &mut [u8],
        witness: &mut impl Witness,
    ) -> Decision {
        // There is room for every flag, so a decision is never refused.
        decide(&self.snapshot(), index, Context(record), now, room, witness).unwrap_or(Decision {
            variant: 0,
            reason: Reason::Error,
            error: Error::General,
            rule: NO_RULE,
            run: NO_RUN,
        })
    }

    /// The name of a flag's variant.
    pub(crate) fn variant(&self, flag: u32, variant: u16) -> &str {
        let flag = self.keys.get(flag as usize).and_then(|key| self.document.flags.get(key));
        flag.and_then(|flag| flag.variants.keys().nth(usize::from(variant))).map_or("", String::as_str)
    }

    /// The name of a run.
    pub(crate) fn run(&self, run: u16) -> Option<String> {
        self.runs.get(usize::from(run)).cloned()
    }

    /// A decision in names.
    pub(crate) fn decided(&self, flag: u32, decision: Decision) -> Decided {
        let variant = self.variant(flag, decision.variant);
        let values = self.keys.get(flag as usize).and_then(|key| self.document.flags.get(key));
        Decided {
            variant: variant.to_string(),
            value: values.and_then(|flag| flag.variants.get(variant)).cloned().unwrap_or_default(),
            reason: reason(decision.reason),
            error: error(decision.error),
            rule: Some(decision.rule).filter(|rule| *rule != NO_RULE),
            run: self.run(decision.run),
        }
    }
}

/// A reason in `OpenFeature`'s words.
fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Static => "STATIC",
        Reason::Default => "DEFAULT",
        Reason::TargetingMatch => "TARGETING_MATCH",
        Reason::Split => "SPLIT",
        Reason::Disabled => "DISABLED",
        Reason::Error => "ERROR",
    }
}

/// An error in `OpenFeature`'s words.
pub(crate) fn error(error: Error) -> Option<&'static str> {
    match error {
        Error::None => None,
        Error::TargetingKeyMissing => Some("TARGETING_KEY_MISSING"),
        Error::InvalidContext => Some("INVALID_CONTEXT"),
        Error::General => Some("GENERAL"),
    }
}
