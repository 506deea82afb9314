//! Which hash a draw uses.

use crate::draw::Algorithm;
use serde::Serialize;

/// The hash of a draw. Flags that come from other products bring theirs, so that their units stay where they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Hash {
    /// The high 32 bits of XXH64 with seed 0.
    #[default]
    #[serde(rename = "xxh64-high")]
    Xxh64High,
}

impl Hash {
    /// Whether it is the one of a draw that names none.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// As a snapshot names it.
    #[must_use]
    pub fn algorithm(self) -> Algorithm {
        match self {
            Self::Xxh64High => Algorithm::Xxh64High,
        }
    }
}
