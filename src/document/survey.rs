//! A question to the people in an experiment.

use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

/// A question to visitors who have met an experiment's variant. Each is asked once; answers are kept apart from all
/// other data, for a set time.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Survey {
    /// The experiment whose visitors are asked, while it has a run.
    pub experiment: String,
    /// What they are asked, in 1 to 200 characters.
    pub question: String,
    /// Answers to choose one of, of 1 to 60 characters each.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 5)))]
    pub choices: Vec<String>,
    /// Whether they may write something. Without choices they must be able to.
    #[serde(default)]
    pub comment: bool,
}
