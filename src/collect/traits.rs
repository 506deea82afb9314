//! What is known of a visitor beside what they do: coarse, and never enough to name anybody.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Bytes of a trait's value; longer ones come from no edge of ours.
const BYTES: usize = 16;

/// Coarse facts about a visitor. An empty text is what nobody knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Traits {
    /// The family of the browser: `Chrome`, `Safari`, `Firefox`, `Edge` or `Other`.
    pub browser: String,
    /// `phone`, `tablet` or `desktop`.
    pub device: String,
    /// The country, as ISO 3166-1 has it.
    pub country: String,
    /// `new` or `returning`.
    pub visitor: String,
    /// Values of dimensions that the document declares, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub dimensions: BTreeMap<String, String>,
}

impl Traits {
    /// The same without what no edge of ours says. What is declared stands beside each event.
    pub(super) fn sane(&self) -> Self {
        let plain = |text: &String| {
            let good = text.len() <= BYTES && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            if good { text.clone() } else { String::new() }
        };
        let browser = Some(plain(&self.browser)).filter(|name| !name.is_empty()).unwrap_or_else(|| "Other".to_string());
        let [device, country, visitor] = [&self.device, &self.country, &self.visitor].map(plain);
        Self { browser, device, country, visitor, dimensions: BTreeMap::new() }
    }

    /// The same with values of dimensions.
    pub(super) fn with(&self, dimensions: BTreeMap<String, String>) -> Self {
        Self { dimensions, ..self.clone() }
    }

    /// What two reports of the same moment know together.
    pub(super) fn join(&self, other: &Self) -> Self {
        let more = |one: &String, two: &String| one.max(two).clone();
        let mut dimensions = self.dimensions.clone();
        for (name, value) in &other.dimensions {
            let known = dimensions.entry(name.clone()).or_default();
            *known = more(known, value);
        }
        Self {
            dimensions,
            browser: more(&self.browser, &other.browser),
            device: more(&self.device, &other.device),
            country: more(&self.country, &other.country),
            visitor: more(&self.visitor, &other.visitor),
        }
    }

    /// Under what a unit with these traits is counted: all units, and one value of each dimension that is known.
    pub(super) fn dimensions(&self) -> Vec<String> {
        let named = [
            ("browser", &self.browser),
            ("device", &self.device),
            ("country", &self.country),
            ("visitor", &self.visitor),
        ];
        let declared = self.dimensions.iter().map(|(name, value)| (name.as_str(), value));
        let known = named.into_iter().filter(|(_, value)| !value.is_empty()).chain(declared);
        core::iter::once(String::new()).chain(known.map(|(name, value)| format!("{name}={value}"))).collect()
    }

    /// As one text.
    pub(super) fn text(&self) -> String {
        let declared = self.dimensions.iter().map(|(name, value)| format!("|{name}={value}"));
        let mut text = [&self.browser, &self.device, &self.country, &self.visitor].map(String::as_str).join("|");
        text.extend(declared);
        text
    }

    /// From that text.
    pub(super) fn of(text: &str) -> Self {
        let mut parts = text.split('|').map(ToString::to_string);
        let mut next = || parts.next().unwrap_or_default();
        let [browser, device, country, visitor] = [next(), next(), next(), next()];
        let pair = |part: String| part.split_once('=').map(|(name, value)| (name.to_string(), value.to_string()));
        Self { browser, device, country, visitor, dimensions: parts.filter_map(pair).collect() }
    }
}
