//! Why a flag serves what it serves: the path of one context through every rule.
//!
//! The real evaluation runs on the real snapshot, and a [`Witness`] writes down what it asks and what came of it. Here
//! is no second evaluator: only the words for what the first one did.

mod prepared;
mod reads;
mod text;
mod trouble;
pub(crate) mod words;

pub use prepared::{Decided, Prepared};
pub use reads::{Read, Reads};
pub use trouble::{Trouble, Warning, warnings};

#[cfg(feature = "stats")]
pub(crate) use prepared::error;
pub(crate) use words::clock;

use crate::compile::trails;
use crate::context::{Context, Value};
use crate::document::context::at;
use crate::document::{Code, Condition, Document, Problem};
use crate::evaluate::{Decision, Witness};
use crate::snapshot::{Instruction, Question, Snapshot};
use crate::time::Millis;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;
use serde_json::{Map, Value as Json};

/// The path of one context through one flag. Its `Display` is the text for people.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The flag's key.
    pub flag: String,
    /// The time for which it holds, in milliseconds since 1970.
    pub now: i64,
    /// What the flag serves.
    pub decision: Decided,
    /// What became of each rule, in their order.
    pub rules: Vec<RulePath>,
    /// What was asked, in its order; the last step is the one that decided.
    pub steps: Vec<Step>,
    /// Attributes of the context that no rule can read.
    pub warnings: Vec<Warning>,
}

/// What became of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RulePath {
    /// Its index among the flag's.
    pub rule: u16,
    /// Its place in the document, as a JSON pointer.
    pub place: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It decided.
    Matched,
    /// It was asked and did not match.
    Passed,
    /// It could not be answered: a draw had no usable unit.
    Failed,
    /// Its experiment has no run, so it never matches.
    NotRunning,
    /// Something before it decided.
    NotReached,
}

/// One question of the path, and its answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Its number among the steps of the flag's program.
    pub step: u32,
    /// Where it stands in the document, as a JSON pointer.
    pub place: String,
    /// The places of the segments' names that lead there, the flag's own first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub via: Vec<String>,
    /// The rule that it belongs to, if it is one's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<u16>,
    /// The condition's name in the document, or what else of a flag asks: `forced`, `prerequisite`, `holdout`, `from`,
    /// `until`, `rollout`, `ramp`, `layer`, `sticky`; `split` and `serve` are the end of a path.
    pub operator: &'static str,
    /// What it asks, in words that are true exactly if it held; at the end of a path, what it does.
    pub asks: String,
    /// What it compares with.
    pub operand: Json,
    /// The attribute that it reads, as the context gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute: Option<Found>,
    /// Whether it held, before any `not`; nothing at the end of a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<bool>,
    /// Whether `not` in the document turns the answer round: an odd number of them stands above it.
    pub inverted: bool,
    /// Why the value could not be asked this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// Its draw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draw: Option<Drawn>,
    /// What the other flag serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serves: Option<Decided>,
}

/// An attribute of the context.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Found {
    /// Its name.
    pub name: String,
    /// `text`, `number`, `boolean`, `list`, `unusable` or `missing`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What the context holds there.
    pub value: Json,
}

/// A draw, and what it was compared with.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Drawn {
    /// What it decides: `rollout`, `split`, `layer`, `holdout` or `condition`.
    pub purpose: String,
    /// What makes it its own.
    pub salt: String,
    /// The draw, of 2^32.
    pub draw: u32,
    /// The draw in percent of all.
    pub percent: f64,
    /// The first draw that is out; of a split, of the range that the draw lies in.
    pub below: u64,
    /// The share of all draws below that, in percent.
    pub share: f64,
}

/// Explains what a flag serves to a context at a time. Problems are those of the document, or name an unknown flag.
///
/// ```
/// use pointsman::document::{context, read};
/// use pointsman::time::Millis;
///
/// let document = read(br#"{"format": 1, "flags": {"banner": {"kind": "boolean", "variants": {"on": true, "off": false},
///     "off": "off", "otherwise": "off", "rules": [{"if": {"atLeast": {"attribute": "orders", "than": 3}}, "serve": "on"}]}}}"#)
///     .unwrap();
/// let context = context::read(br#"{"orders": "5"}"#).unwrap();
/// let explanation = pointsman::explain::explain(document, "banner", &context, Millis(0)).unwrap();
/// assert_eq!(explanation.decision.variant, "off");
/// assert_eq!(explanation.steps[0].trouble.as_deref(), Some("orders is a text; a number is asked for"));
/// ```
pub fn explain(
    document: Document,
    flag: &str,
    context: &Map<String, Json>,
    now: Millis,
) -> Result<Explanation, Vec<Problem>> {
    Prepared::new(document)?.explain(flag, context, now)
}

impl Prepared {
    /// Explains one flag; see [`explain`].
    pub fn explain(&self, flag: &str, context: &Map<String, Json>, now: Millis) -> Result<Explanation, Vec<Problem>> {
        let Some(index) = self.keys.iter().position(|key| key == flag) else {
            return Err([unknown(self, flag)].into());
        };
        let index = index as u32;
        let (record, mut room) = (self.record(context), self.room());
        let mut seen = Seen { flag: index, ..Seen::default() };
        let decision = self.decide(index, &record, now, &mut room, &mut seen);
        let path =
            Path { prepared: self, index, context, record: &record, now, decisions: &room, seen: &seen, decision };
        Ok(path.explanation(flag))
    }
}

fn unknown(prepared: &Prepared, flag: &str) -> Problem {
    let near: Vec<_> = prepared.keys.iter().filter(|key| key.contains(flag) || flag.contains(key.as_str())).collect();
    let all: Vec<_> = prepared.keys.iter().collect();
    let some = if near.is_empty() { &all } else { &near };
    let names: Vec<_> = some.iter().take(5).map(|key| key.as_str()).collect();
    let fix = match names.as_slice() {
        [] => "The document has no flags.".to_string(),
        names if names.len() == some.len() => format!("Ask for one of {}.", names.join(", ")),
        names => format!("Ask for one of {} and {} more.", names.join(", "), some.len() - names.len()),
    };
    Problem::new("/flags".to_string(), Code::Unknown, format!("There is no flag {flag}."), fix)
}

/// What a witness of one flag remembers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// The flag; what is told of others is let pass.
    pub(crate) flag: u32,
    /// Steps that were asked, and whether each went on to the next.
    pub(crate) asked: Vec<(u32, bool)>,
    /// The draws of steps.
    pub(crate) draws: Vec<(u32, u32)>,
}

impl Witness for Seen {
    fn asked(&mut self, flag: u32, step: u32, holds: bool) {
        if flag == self.flag {
            self.asked.push((step, holds));
        }
    }

    fn drew(&mut self, flag: u32, step: u32, draw: u32) {
        if flag == self.flag {
            self.draws.push((step, draw));
        }
    }
}

impl Seen {
    /// The draw of a step, if it made one.
    pub(crate) fn draw(&self, step: u32) -> Option<u32> {
        self.draws.iter().find(|(drawn, _)| *drawn == step).map(|(_, draw)| *draw)
    }

    /// The step that ended the path: the one after the last answer.
    pub(crate) fn end(&self, snapshot: &Snapshot) -> u32 {
        let Some((last, holds)) = self.asked.last().copied() else { return 0 };
        match snapshot.instruction(snapshot.flag(self.flag).first.wrapping_add(last)) {
            Some(Instruction::Ask { skip, .. }) if !holds => last + 1 + u32::from(skip),
            _ => last + 1,
        }
    }
}

/// One evaluation, and all that is known of it.
struct Path<'p> {
    prepared: &'p Prepared,
    index: u32,
    context: &'p Map<String, Json>,
    record: &'p [u8],
    now: Millis,
    decisions: &'p [u8],
    seen: &'p Seen,
    decision: Decision,
}

impl Path<'_> {
    fn explanation(&self, key: &str) -> Explanation {
        let (snapshot, trails) = (self.prepared.snapshot(), steps_of(self.prepared, self.index));
        let end = self.seen.end(&snapshot);
        let answers = self.seen.asked.iter().map(|(step, holds)| (*step, Some(*holds))).chain([(end, None)]);
        let steps: Vec<_> =
            answers.filter_map(|(step, holds)| self.step(&snapshot, step, holds, trails.get(step as usize)?)).collect();
        let mut warnings = warnings(&self.prepared.attributes, self.context);
        for (slot, name) in self.prepared.attributes.iter().enumerate() {
            let unread = Context(self.record).attribute(slot) == Some(Value::Unusable);
            if unread && !warnings.iter().any(|warning| warning.attribute == *name) {
                warnings.push(Warning { attribute: name.clone(), why: trouble::no_room() });
            }
        }
        Explanation {
            flag: key.to_string(),
            now: self.now.0,
            decision: self.prepared.decided(self.index, self.decision),
            rules: self.rules(key, &steps),
            steps,
            warnings,
        }
    }

    fn rules(&self, key: &str, steps: &[Step]) -> Vec<RulePath> {
        let document = &self.prepared.document;
        let rules = document.flags.get(key).map(|flag| flag.rules.as_slice()).unwrap_or_default();
        let outcome = |rule: u16, index: usize| {
            let experiment = rules[index].experiment.as_ref().and_then(|key| document.experiments.get(key));
            if self.decision.rule == rule {
                Outcome::Matched
            } else if experiment.is_some_and(|experiment| experiment.run.is_none()) {
                Outcome::NotRunning
            } else if steps.last().is_some_and(|step| step.rule == Some(rule)) {
                Outcome::Failed
            } else if steps.iter().any(|step| step.rule == Some(rule)) {
                Outcome::Passed
            } else {
                Outcome::NotReached
            }
        };
        let path = |index: usize| {
            let rule = index as u16;
            RulePath { rule, place: format!("/flags/{key}/rules/{index}"), outcome: outcome(rule, index) }
        };
        (0..rules.len()).map(path).collect()
    }

    fn step(&self, snapshot: &Snapshot, step: u32, holds: Option<bool>, trail: &[String]) -> Option<Step> {
        let (place, via) = trail.split_last()?;
        let condition = condition_at(&self.prepared.document, place);
        let instruction = snapshot.instruction(snapshot.flag(self.index).first + step)?;
        let words = words::Words { path: self, snapshot, condition, place, step };
        let said = words.of(instruction);
        // An end is a beginning turned round, and is told as what it is.
        let turned = matches!(instruction, Instruction::Ask { inverted: true, .. }) && said.operator != "until";
        let attribute = said.reads.map(|slot| self.found(slot));
        let slot = said.reads.and_then(|slot| Context(self.record).attribute(slot));
        let trouble = match instruction {
            Instruction::Ask { question: Question::Attribute { test, .. }, .. } => Trouble::of(test, slot, condition),
            _ if holds.is_none() && said.draws && self.seen.draw(step).is_none() => {
                Some(Trouble { found: words::unit_found(slot), wanted: "a text of 1 to 256 bytes" })
            }
            _ => None,
        };
        Some(Step {
            step,
            place: place.clone(),
            via: via.to_vec(),
            rule: rule_of(&trail[0]),
            operator: said.operator,
            asks: said.asks,
            operand: said.operand,
            trouble: trouble.zip(attribute.as_ref()).map(|(trouble, found)| self.trouble(trouble, &found.name)),
            attribute,
            held: holds.map(|holds| holds != turned),
            inverted: trail.iter().map(|place| nots(place)).sum::<usize>() % 2 == 1,
            draw: said.draw,
            serves: said.serves,
        })
    }

    fn found(&self, slot: usize) -> Found {
        let name = self.prepared.attributes.get(slot).cloned().unwrap_or_default();
        let kind = match Context(self.record).attribute(slot) {
            None => "missing",
            Some(Value::Text(_)) => "text",
            Some(Value::Number(_)) => "number",
            Some(Value::Boolean(_)) => "boolean",
            Some(Value::List(_)) => "list",
            Some(Value::Unusable) => "unusable",
        };
        let value = at(self.context, &name).cloned().unwrap_or_default();
        Found { name, kind, value }
    }

    /// The words about a trouble, with what would explain it best.
    fn trouble(&self, trouble: Trouble, name: &str) -> String {
        let said = trouble.words(name);
        match at(self.context, name) {
            None => match self.context.keys().find(|key| key.eq_ignore_ascii_case(name)) {
                Some(other) => format!("{said} (the context has {other})"),
                None => said,
            },
            Some(value) => match trouble::unusable(value) {
                Some(why) if trouble.found == "unusable" => format!("{said} ({why})"),
                Some(_) | None => said,
            },
        }
    }
}

/// Where each step of a flag stands, by the pointers that lead there.
pub(crate) fn steps_of(prepared: &Prepared, flag: u32) -> Vec<Vec<String>> {
    prepared.keys.get(flag as usize).map(|key| trails(&prepared.document, key)).unwrap_or_default()
}

/// The rule whose place, or a place in it, this is.
pub(crate) fn rule_of(place: &str) -> Option<u16> {
    let mut parts = place.split('/').skip(3);
    (parts.next()? == "rules").then(|| parts.next()?.parse().ok())?
}

/// How many `not` a pointer to a condition goes through.
fn nots(place: &str) -> usize {
    place.split('/').skip_while(|part| *part != "if").filter(|part| *part == "not").count()
}

/// The condition at a place, if one stands there.
fn condition_at<'d>(document: &'d Document, place: &str) -> Option<&'d Condition> {
    let mut parts = place.split('/').skip(1);
    let mut condition = match (parts.next()?, parts.next()?, parts.next()?) {
        ("flags", key, "rules") => {
            let rule = document.flags.get(key)?.rules.get(parts.next()?.parse::<usize>().ok()?)?;
            (parts.next()? == "if").then_some(rule.condition.as_ref()?)?
        }
        ("segments", key, "if") => &document.segments.get(key)?.condition,
        _ => return None,
    };
    while let Some(part) = parts.next() {
        condition = match (condition, part) {
            (Condition::All(row), "all") | (Condition::Any(row), "any") => {
                row.get(parts.next()?.parse::<usize>().ok()?)?
            }
            (Condition::Not(inner), "not") => inner,
            _ => return None,
        };
    }
    Some(condition)
}
