//! Whom a site leaves out of all counting.

use alloc::string::String;
use serde::Serialize;

/// Who is left out. Without it everybody is counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Privacy {
    /// What happens until a visitor has agreed, where they are asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// Whether visitors whose browser sends Global Privacy Control are left out.
    #[serde(default)]
    pub gpc: bool,
    /// Whether visitors whose browser sends Do Not Track are left out.
    #[serde(default)]
    pub dnt: bool,
    /// A boolean flag: whoever it is `true` for sees what visitors see, and is never counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub internal: Option<String>,
}

/// What happens until a visitor has agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Consent {
    /// No cookie, no draw, nothing counted: flags serve what they serve to nobody in particular.
    First,
    /// Everything is decided, and the cookie that keeps it so is set; events wait on their page, and are sent if the
    /// visitor agrees there.
    Later,
}
