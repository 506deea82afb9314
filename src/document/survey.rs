//! A question to the people in an experiment.

use super::Named;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;
use serde_json::Value;

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
    /// A scale in the place of choices. Each of its points is an answer.
    #[serde(skip_serializing_if = "Value::is_null")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Rating>"))]
    pub rating: Value,
    /// What else is asked of those who have given certain answers, in their own words. The first that fits.
    #[serde(skip_serializing_if = "Value::is_null")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<FollowUp>", default, length(max = 3)))]
    pub follow: Value,
    /// Whether they may write something. Without choices and a rating they must be able to.
    #[serde(default)]
    pub comment: bool,
    /// Who is asked, and when. Without it all who have met a variant, three seconds after they came to the page.
    #[serde(skip_serializing_if = "Value::is_null")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Rules>"))]
    pub when: Value,
    /// An https address where whoever has answered may make an appointment to talk. It gets a signed `reference`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub talk: Option<String>,
    /// Whether whoever has answered may leave an address where they can be written to, which is kept apart and for 30 days.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub contact: bool,
    /// The same in other languages, by their tags, such as `de`. Who reads none of them gets the survey's own words.
    #[serde(skip_serializing_if = "Named::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Named<Words>", default))]
    pub languages: Named<Value>,
}

/// The greatest point of a scale.
const POINTS: i64 = 10;

impl Survey {
    /// What can be answered without words: its choices, or the points of its scale.
    #[must_use]
    pub fn answers(&self) -> Vec<String> {
        if self.rating.is_null() {
            return self.choices.clone();
        }
        let end = |name: &str, usual| self.rating[name].as_i64().unwrap_or(usual).clamp(0, POINTS);
        (end("from", 1)..=end("to", 5)).map(|point| point.to_string()).collect()
    }
}

/// A scale of whole numbers, whose two ends have words.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "it is read as JSON")]
struct Rating {
    /// What the least point means, in 1 to 60 characters.
    low: String,
    /// What the greatest means.
    high: String,
    /// The least point; 1 if it is left out.
    #[schemars(range(min = 0, max = 1))]
    from: Option<u32>,
    /// The greatest; 5 if it is left out.
    #[schemars(range(min = 2, max = 10))]
    to: Option<u32>,
}

/// A question that depends on the answer.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "the page reads it")]
struct FollowUp {
    /// The choices, or the points of the scale, after which it is asked.
    #[schemars(length(min = 1))]
    after: Vec<String>,
    /// The question, in 1 to 200 characters.
    question: String,
}

/// Who is asked, and when: `goal`, then `seconds`, then `exit`, as far as they are there.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "the edge and the page read it")]
struct Rules {
    /// Only who has met one of these variants.
    variants: Option<Vec<String>>,
    /// Only once the page has told this event in the same tab, here or on a later page of the site.
    goal: Option<String>,
    /// So many seconds later; 3 if it is left out.
    #[schemars(range(min = 0, max = 3600))]
    seconds: Option<u32>,
    /// Only when the visitor is about to leave: the pointer goes out at the top, or the page comes back into sight.
    exit: Option<bool>,
    /// Only the site's own application asks, by `survey.ask()` of the package; the page's script never does.
    own: Option<bool>,
    /// Of a hundred visitors so many are asked, always the same ones.
    #[schemars(range(min = 1, max = 100))]
    percent: Option<u32>,
    /// Days for which somebody is left alone who was asked anything else; 30 if it is left out.
    #[schemars(range(min = 0, max = 90))]
    quiet: Option<u32>,
}

/// A survey in another language. What is left out of the box's own words stays English.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "the page reads it")]
struct Words {
    /// The question.
    question: String,
    /// The choices, as many as the survey has and in its order.
    #[schemars(default)]
    choices: Vec<String>,
    /// What is asked next, as many as the survey has and in its order.
    #[schemars(default)]
    follow: Vec<String>,
    /// What the least point of the scale means.
    low: Option<String>,
    /// What its greatest point means.
    high: Option<String>,
    /// On the button.
    send: Option<String>,
    /// For the cross.
    close: Option<String>,
    /// In the empty box.
    hint: Option<String>,
    /// For who has answered.
    thanks: Option<String>,
    /// Where an answer did not get through.
    again: Option<String>,
    /// On the link to an appointment, or to where an address can be left.
    talk: Option<String>,
    /// Beside the tick with which an address may be left.
    tick: Option<String>,
    /// What is done with the address.
    keep: Option<String>,
    /// For the address.
    address: Option<String>,
}
