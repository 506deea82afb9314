//! Conditions: questions about the context and the time, as people write them.

use super::Hash;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Not;
use serde::Serialize;

/// A question about the context. A missing attribute or one of another type never matches.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Condition {
    /// All of these hold.
    All(#[cfg_attr(feature = "schema", schemars(length(min = 1)))] Vec<Condition>),
    /// At least one of these holds.
    Any(#[cfg_attr(feature = "schema", schemars(length(min = 1)))] Vec<Condition>),
    /// This does not hold.
    Not(Box<Condition>),
    /// The attribute is there, whatever its type.
    Exists(Attribute),
    /// The attribute is this text, number or boolean.
    Equals(Equals),
    /// The attribute is one of these texts or numbers.
    In(In),
    /// The attribute is one of these texts, of which only hashes are kept.
    Listed(Listed),
    /// The attribute is a text that starts so.
    Starts(Affix),
    /// The attribute is a text that ends so.
    Ends(Affix),
    /// The attribute is a text that has this in it.
    Contains(Contains),
    /// The attribute is a text of this form: `*` is any run of characters, `?` is one, `\` takes the next as it is.
    Glob(Glob),
    /// The attribute is a text in which this regular expression is found.
    Matches(Matches),
    /// The attribute is a number below this one.
    Less(Compare),
    /// The attribute is a number no greater than this one.
    AtMost(Compare),
    /// The attribute is a number above this one.
    Greater(Compare),
    /// The attribute is a number no less than this one.
    AtLeast(Compare),
    /// The attribute is a number between these two, which belong to it.
    Between(Between),
    /// The attribute is a text that is a semantic version in this range.
    Version(InRange),
    /// The attribute is a time before this one.
    Before(Than),
    /// The attribute is a time after this one.
    After(Than),
    /// The attribute is a text that is an IP address in one of these networks.
    Ip(InNetworks),
    /// The attribute is a list of so many items.
    Size(Size),
    /// Now is one of these days of the week.
    Weekday(Weekday),
    /// Now is between these two times of the day.
    TimeOfDay(TimeOfDay),
    /// The segment's condition holds.
    Segment(String),
    /// Another flag serves one of these variants.
    Flag(FlagIs),
    /// The unit's draw is below this number.
    Draw(DrawBelow),
}

/// How a test of one value asks a list. Without it a list never matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Each {
    /// At least one item passes.
    Any,
    /// Every item passes; so does a list without items.
    All,
    /// No item passes; so does a list without items.
    None,
}

/// An attribute of the context.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// Its name; one that starts with `/` is a JSON pointer to a value in nested objects.
    pub attribute: String,
}

/// An attribute and a value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Equals {
    /// The attribute's name.
    pub attribute: String,
    /// What it must be.
    pub value: Scalar,
    /// Whether A to Z are the same as a to z.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub ignore_case: bool,
    /// How a list is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<Each>,
}

/// A text, a number or a boolean.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Scalar {
    /// Yes or no.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

/// A text or a number.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Item {
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

/// An attribute and a set of texts and numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct In {
    /// The attribute's name.
    pub attribute: String,
    /// The texts and numbers.
    pub values: Vec<Item>,
    /// Whether A to Z are the same as a to z.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub ignore_case: bool,
    /// How a list is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<Each>,
}

/// An attribute and a set of texts that only hashes are kept of.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Listed {
    /// The attribute's name.
    pub attribute: String,
    /// What makes the hashes this list's own.
    pub salt: String,
    /// The texts; publishing turns each into `#` and 16 hexadecimal digits.
    pub ids: Vec<String>,
    /// How a list is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<Each>,
}

/// An attribute and the start or the end of a text.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Affix {
    /// The attribute's name.
    pub attribute: String,
    /// The start or the end.
    pub with: String,
    /// Whether A to Z are the same as a to z.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub ignore_case: bool,
    /// How a list is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<Each>,
}

/// An attribute and a part of a text.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Contains {
    /// The attribute's name.
    pub attribute: String,
    /// The part.
    pub text: String,
    /// Whether A to Z are the same as a to z.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub ignore_case: bool,
    /// How a list is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<Each>,
}

/// An attribute and the form of a text.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Glob {
    /// The attribute's name.
    pub attribute: String,
    /// The form of the whole text.
    pub pattern: String,
    /// Whether A to Z are the same as a to z.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub ignore_case: bool,
    /// How a list is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<Each>,
}

/// An attribute and a regular expression.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Matches {
    /// The attribute's name.
    pub attribute: String,
    /// The expression; `^` and `$` tie it to the start and the end of the text.
    pub pattern: String,
    /// How a list is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<Each>,
}

/// An attribute and a number.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// The attribute's name.
    pub attribute: String,
    /// The number.
    pub than: f64,
    /// How a list is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<Each>,
}

/// An attribute and two numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Between {
    /// The attribute's name.
    pub attribute: String,
    /// The smallest number.
    pub from: f64,
    /// The greatest number.
    pub to: f64,
}

/// An attribute and a range of semantic versions.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InRange {
    /// The attribute's name.
    pub attribute: String,
    /// Comparators that must all hold, such as `>=1.2.0 <2.0.0`, `^1.2`, `~1.2.3` or `1.2.3`.
    pub range: String,
}

/// An attribute and a time.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Than {
    /// The attribute's name. It holds milliseconds since 1970, or a text such as `2026-11-22T10:00:00Z`.
    pub attribute: String,
    /// The time.
    pub than: When,
    /// How a list is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<Each>,
}

/// A time: milliseconds since 1970, or a text of RFC 3339 such as `2026-11-22` or `2026-11-22T10:00:00+01:00`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum When {
    /// Milliseconds since 1970.
    Millis(i64),
    /// RFC 3339.
    Text(String),
}

impl When {
    /// The time in milliseconds since 1970, unless the text is none.
    #[must_use]
    pub fn millis(&self) -> Option<i64> {
        match self {
            Self::Millis(time) => Some(*time),
            Self::Text(text) => crate::condition::moment::millis(text.as_bytes()),
        }
    }
}

/// An attribute and networks.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InNetworks {
    /// The attribute's name.
    pub attribute: String,
    /// The networks, such as `10.0.0.0/8` or `2001:db8::/32`.
    #[serde(rename = "in")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 256)))]
    pub networks: Vec<String>,
    /// How a list is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<Each>,
}

/// An attribute and how many items its list has.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Size {
    /// The attribute's name.
    pub attribute: String,
    /// The fewest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u32>,
    /// The most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u32>,
}

/// Days of the week.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Weekday {
    /// The days.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub days: Vec<Day>,
    /// How far the clock there is ahead of UTC, such as `+01:00`; UTC if it is left out. Summer time is not followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<String>,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "their names say what they are")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// A span of each day.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TimeOfDay {
    /// The first minute, such as `09:00`.
    pub from: String,
    /// The first minute after it, such as `17:30`. If it is not later than `from`, the span goes over midnight.
    pub until: String,
    /// How far the clock there is ahead of UTC, such as `+01:00`; UTC if it is left out. Summer time is not followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<String>,
}

/// Another flag, and what it serves.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FlagIs {
    /// The other flag's key.
    pub key: String,
    /// The variants of which it serves one.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub is: Vec<String>,
}

/// A share of units that is told apart by a draw of its own.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DrawBelow {
    /// What makes its draws its own.
    pub salt: String,
    /// Its hash; this engine's own where none is named.
    #[serde(default, skip_serializing_if = "Hash::is_usual")]
    pub hash: Hash,
    /// The first draw that is not in it: 0 is nobody, 4294967296 (2^32) everybody.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 4_294_967_296_u64)))]
    pub below: u64,
    /// The attribute that is drawn.
    #[serde(default = "super::flag::unit")]
    pub unit: String,
}
