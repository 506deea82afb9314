//! Whose word an environment takes for who a unit is.

use serde::Serialize;

/// The step of a shard's name that sets those of open intake apart: `shop/production/open/0`.
const OPEN: &str = "/open/";

/// Whether events have to be signed. An environment with an edge in front of its pages has no use for anything else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Intake {
    /// Only units count that an edge of ours has signed, or that a server with its key names.
    #[default]
    Signed,
    /// For applications that no edge serves: units count that pages name. Anybody can invent those, so they have a ledger
    /// and sums of their own, and nothing that runs by itself follows them.
    Open,
}

impl Intake {
    /// By which intake a shard of this name was told what it counts.
    #[must_use]
    pub fn of_shard(name: &str) -> Self {
        if name.contains(OPEN) { Self::Open } else { Self::Signed }
    }

    /// Whether anybody may say who they are.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Open)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
    pub(super) const fn is_signed(&self) -> bool {
        !self.is_open()
    }
}
