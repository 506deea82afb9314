//! Templates: kinds of experiments that come again and again, as data. A template is laid over the playbook
//! ([`Template::over`]): what it asks for more holds for the plans that are made from it, and all else is the playbook's.

use super::{Bandit, Guardrail, Method, Playbook};
use crate::order;
use crate::stats::Alpha;
use crate::stats::question::Question;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A kind of experiment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Template {
    /// Its name in the API, and in the plans that are made from it.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// When to use it, in a sentence.
    pub when: String,
    /// 1 for those that come with the engine; of a team's own the revision of the playbook that brought it as it is.
    pub version: i64,
    /// What kind of change it is about; any if nobody says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Kind>,
    /// What a plan needs besides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
    /// Metrics that decide, or are shown beside.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<String>,
    /// Guardrails besides the playbook's; of one metric the tighter one holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub guardrails: Vec<Guardrail>,
    /// The stages; the playbook's where there are none, or where these go further at once than those.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ramp: Vec<u8>,
    /// The chance to claim an effect that is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpha: Option<Alpha>,
    /// The chance to find the effect that was hoped for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub power: Option<f64>,
    /// What its plans ask of the metric that decides; either if nobody says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asks: Option<Question>,
    /// Days before which it says nothing good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shortest: Option<u16>,
    /// Days that it may take at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest: Option<u16>,
    /// Visitors that it takes at least, in both versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<u64>,
    /// How the metric that decides is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// How the split of its plans follows what was measured; half and half if nobody says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bandit: Option<Bandit>,
    /// What its result is about.
    pub reads: Reads,
    /// The smallest change worth having that a new plan begins with, as a share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<f64>,
    /// What the gaps of the hypothesis may be like.
    pub prompt: Prompt,
    /// What visitors may be asked once it runs.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub question: String,
    /// How its experiments are called, as in [`Playbook::naming`].
    #[serde(skip_serializing_if = "String::is_empty")]
    pub naming: String,
}

/// The kinds of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "KindOfChange"))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Words on a page.
    Words,
    /// Two pages.
    Pages,
    /// A flag.
    Flag,
}

/// What a plan may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Need {
    /// Two versions that are the same.
    Same,
    /// A metric with values that decides, such as revenue.
    Value,
    /// A segment of visitors.
    Segment,
    /// Other flags that ask the plan's flag first.
    Asked,
    /// Another experiment with which it is crossed.
    Crossed,
}

/// What a result is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Reads {
    /// A new version beside the old one.
    #[default]
    New,
    /// Two that are the same, of which nothing may differ.
    Same,
    /// All changes of a team, which some go without.
    Together,
    /// One change of two that are tried at once.
    Crossed,
}

/// Examples for the gaps of a hypothesis.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Prompt {
    /// If we …
    pub change: String,
    /// because …
    pub because: String,
}

/// Where a plan comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The template's key.
    pub key: String,
    /// Its version then.
    pub version: i64,
}

/// Those that come with the engine.
#[must_use]
pub fn standard() -> Vec<Template> {
    let all: Vec<Template> = serde_json::from_str(include_str!("standard.json")).unwrap_or_default();
    all.into_iter().map(|template| Template { version: 1, ..template }).collect()
}

/// Whether a text may be a key.
pub(crate) fn is_key(key: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !key.is_empty() && key.len() <= 40 && key.bytes().all(good)
}

impl Template {
    /// The stages of its tests: the playbook's where there are none of its own, or where those go further at once.
    #[must_use]
    pub fn steps(&self, playbook: &Playbook) -> Vec<u8> {
        let steps = core::iter::once(0).chain(self.ramp.iter().copied());
        let fits = steps.zip(&self.ramp).all(|(before, step)| *step <= playbook.step_above(before));
        if fits && !self.ramp.is_empty() { self.ramp.clone() } else { playbook.ramp.clone() }
    }

    /// The playbook as plans of this template follow it, which knows no other template. What is shipped after such a test goes
    /// by the steps of both.
    #[must_use]
    pub fn over(&self, playbook: &Playbook) -> Playbook {
        let mut next = playbook.clone();
        next.ramp = order::set(self.steps(playbook).into_iter().chain(playbook.ramp.iter().copied()));
        for own in &self.guardrails {
            match next.guardrails.iter_mut().find(|known| known.metric == own.metric && known.harm == own.harm) {
                Some(known) => known.tolerance = known.tolerance.min(own.tolerance),
                None => next.guardrails.push(own.clone()),
            }
        }
        // A kind may want to be surer than the team, and never less sure.
        next.alpha = self.alpha.filter(|own| own.0 < next.alpha.0).unwrap_or(next.alpha);
        next.power = self.power.unwrap_or_default().max(next.power);
        next.shortest = self.shortest.unwrap_or_default().max(next.shortest);
        next.longest = self.longest.unwrap_or(next.longest);
        next.people = self.people.unwrap_or_default().max(next.people);
        if let Some(method) = &self.method {
            next.method = method.clone();
        }
        if !self.naming.is_empty() {
            next.naming.clone_from(&self.naming);
        }
        next.templates = Vec::from([self.clone()]);
        next
    }
}

/// Whether a name follows a rule in which each `*` stands for some characters.
#[must_use]
pub fn follows(name: &str, rule: &str) -> bool {
    let Some((start, rest)) = rule.split_once('*') else { return name == rule };
    let Some(left) = name.strip_prefix(start) else { return false };
    let mut places = left.char_indices().map(|(at, _)| at).chain([left.len()]).skip(1);
    if rest.is_empty() { !left.is_empty() } else { places.any(|at| follows(&left[at..], rest)) }
}

#[cfg(test)]
mod tests {
    use super::Playbook;
    use super::{follows, standard};

    #[test]
    fn what_comes_with_the_engine_asks_for_no_less_than_the_playbook_and_says_when_to_use_it() {
        let playbook = Playbook::standard();
        let all = standard();
        assert_eq!(all.len(), 11);
        for template in &all {
            let over = Playbook { longest: playbook.longest, ..template.over(&playbook) };
            assert_eq!(over.weaker_than(&playbook), [""; 0], "{}", template.key);
            assert_eq!(over.problems(), [], "{}", template.key);
            let told = [&template.name, &template.when, &template.prompt.change, &template.prompt.because];
            assert!(told.iter().all(|text| !text.is_empty()), "{}", template.key);
            assert!(template.ramp.is_empty() || template.steps(&playbook) == template.ramp, "{}", template.key);
        }
    }

    #[test]
    fn steps_that_go_further_at_once_than_the_playbook_are_not_taken() {
        let careful = Playbook { ramp: [1, 2, 4].to_vec(), ..Playbook::standard() };
        let check = standard().remove(0);
        assert_eq!(check.steps(&careful), [1, 2, 4]);
    }

    #[test]
    fn a_name_follows_a_rule_whose_stars_stand_for_something() {
        let held =
            [("Shop: fewer steps", "*: *"), ("Q1 copy", "Q? copy"), ("Q1 copy", "Q1 *"), ("as it is", "as it is")];
        assert_eq!(held.map(|(name, rule)| follows(name, rule)), [true, false, true, true]);
        let broken = [("Shop", "*: *"), (": steps", "*: *"), ("Shop: ", "*: *"), ("q1 copy", "Q1 *")];
        assert_eq!(broken.map(|(name, rule)| follows(name, rule)), [false; 4]);
    }
}
