//! What a step asks, in words and as data: from the instruction that runs, and from the document where that keeps only
//! hashes and tables.

use super::{Decided, Drawn, Path};
use crate::condition::{Comparison, Each, Operator, Test};
use crate::context::Value;
use crate::document::{Condition, json::decimal};
use crate::draw::ALL;
use crate::evaluate::{DECISION, Decision, Error, Reason, below};
use crate::order::set;
use crate::snapshot::{Instruction, Question, Section, Snapshot};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value as Json, json};

/// What is said of a step.
pub(super) struct Said {
    pub(super) operator: &'static str,
    pub(super) asks: String,
    pub(super) operand: Json,
    /// The slot of the attribute that it reads.
    pub(super) reads: Option<usize>,
    /// Whether it needs a draw.
    pub(super) draws: bool,
    pub(super) draw: Option<Drawn>,
    pub(super) serves: Option<Decided>,
}

impl Said {
    fn plain(operator: &'static str, asks: String, operand: Json) -> Self {
        Self { operator, asks, operand, reads: None, draws: false, draw: None, serves: None }
    }
}

/// One step of a path.
pub(super) struct Words<'w> {
    pub(super) path: &'w Path<'w>,
    pub(super) snapshot: &'w Snapshot<'w>,
    pub(super) condition: Option<&'w Condition>,
    pub(super) place: &'w str,
    pub(super) step: u32,
}

impl Words<'_> {
    pub(super) fn of(&self, instruction: Instruction) -> Said {
        match instruction {
            Instruction::Serve { variant, .. } => {
                let variant = self.path.prepared.variant(self.path.index, variant);
                Said::plain("serve", format!("serves \"{variant}\""), json!(variant))
            }
            Instruction::Split { draw, first, count, .. } => self.split(draw.into(), first, count.into()),
            Instruction::Ask { question, .. } => self.question(question),
        }
    }

    fn question(&self, question: Question) -> Said {
        match question {
            Question::Under { draw, threshold } => self.draw(u32::from(draw), u64::from(threshold), None),
            Question::Ramp { draw, first, count, linear } => {
                let below = below(self.snapshot, first, count, linear, self.path.now);
                self.draw(u32::from(draw), below, Some(linear))
            }
            Question::Since(time) => {
                let operator = if self.place.ends_with("/until") { "until" } else { "from" };
                let name = self.condition.map_or(operator, name);
                let asks = match operator {
                    _ if time == i64::MIN => "always".to_string(),
                    "until" => format!("now is before {}", clock(time)),
                    _ => format!("now is {} or later", clock(time)),
                };
                Said::plain(name, asks, json!(time))
            }
            Question::Weekday { days, offset } => {
                let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
                let days: Vec<_> = (0..7).filter(|day| days >> day & 1 == 1).map(|day| names[day]).collect();
                let asks = format!("the day is {} (at {})", days.join(", "), ahead(offset));
                Said::plain("weekday", asks, json!({ "days": days, "offset": ahead(offset) }))
            }
            Question::TimeOfDay { from, until, offset } => {
                let (from, until) = (minute(from), minute(until));
                let asks = format!("the time of day is {from} or later, before {until} (at {})", ahead(offset));
                Said::plain("timeOfDay", asks, json!({ "from": from, "until": until, "offset": ahead(offset) }))
            }
            Question::FlagIs { flag, variant } => {
                let prepared = self.path.prepared;
                let key = prepared.keys.get(flag as usize).map_or("", String::as_str);
                let variant = prepared.variant(flag, variant);
                let name = self.condition.map_or("prerequisite", name);
                let said =
                    Said::plain(name, format!("flag {key} serves \"{variant}\""), json!({ "key": key, "is": variant }));
                Said { serves: decided(self.path.decisions, flag).map(|other| prepared.decided(flag, other)), ..said }
            }
            Question::Attribute { attribute, test } => {
                let slot = usize::from(attribute);
                let (asks, operand) = self.test(test, self.attribute(slot));
                let other = if matches!(test.operator, Operator::PrintIn { .. }) { "forced" } else { "sticky" };
                Said { reads: Some(slot), ..Said::plain(self.condition.map_or(other, name), asks, operand) }
            }
        }
    }

    fn attribute(&self, slot: usize) -> &str {
        self.path.prepared.attributes.get(slot).map_or("", String::as_str)
    }

    /// A draw that is compared with a share; of a ramp, with whether it moves on straight lines.
    fn draw(&self, index: u32, below: u64, ramp: Option<bool>) -> Said {
        let Some(record) = self.snapshot.draw(index) else { return Said::plain("draw", String::new(), Json::Null) };
        let (purpose, salt) = key(record.prefix());
        let unit = self.attribute(record.attribute);
        let operator = match (self.condition, ramp, purpose) {
            (Some(condition), _, _) => name(condition),
            (None, Some(_), _) => "ramp",
            (None, None, "layer") => "layer",
            (None, None, "holdout") => "holdout",
            (None, None, _) => "rollout",
        };
        let share = share(percent(below));
        let asks = match ramp {
            None => format!("the {purpose} draw of {unit} is below {share}"),
            Some(_) => format!("the {purpose} draw of {unit} is below {share}, where the ramp is now"),
        };
        let operand = json!({ "salt": salt, "unit": unit, "below": below });
        Said {
            reads: Some(record.attribute),
            draws: true,
            draw: self.drawn(purpose, salt, below),
            ..Said::plain(operator, asks, operand)
        }
    }

    fn split(&self, draw: u32, first: u32, count: u32) -> Said {
        let Some(record) = self.snapshot.draw(draw) else {
            return Said::plain("split", String::new(), Json::Null);
        };
        let (purpose, salt) = key(record.prefix());
        let unit = self.attribute(record.attribute);
        let ranges = || {
            (first..first + count).map(|index| {
                let [last, variant] = self.snapshot.record(Section::Ranges, index);
                (u64::from(last) + 1, self.path.prepared.variant(self.path.index, variant as u16))
            })
        };
        let drawn = self.path.seen.draw(self.step);
        let end = drawn.and_then(|draw| ranges().map(|(end, _)| end).find(|end| u64::from(draw) < *end));
        let asks = match drawn {
            Some(_) => {
                let variant = self.path.prepared.variant(self.path.index, self.path.decision.variant);
                format!("the split draw of {unit} gives \"{variant}\"")
            }
            None => format!("the split draw of {unit} is needed"),
        };
        let operand = json!({ "salt": salt, "unit": unit, "ranges": ranges().collect::<Vec<_>>() });
        Said {
            reads: Some(record.attribute),
            draws: true,
            draw: self.drawn(purpose, salt, end.unwrap_or(ALL)),
            ..Said::plain("split", asks, operand)
        }
    }

    fn drawn(&self, purpose: &str, salt: &str, below: u64) -> Option<Drawn> {
        let draw = self.path.seen.draw(self.step)?;
        let (purpose, salt) = (purpose.to_string(), salt.to_string());
        Some(Drawn { purpose, salt, draw, percent: percent(u64::from(draw)), below, share: percent(below) })
    }

    fn test(&self, test: Test, attribute: &str) -> (String, Json) {
        let subject = match test.list {
            None => attribute.to_string(),
            Some(Each::Any) => format!("an item of {attribute}"),
            Some(Each::All) => format!("every item of {attribute}"),
            Some(Each::None) => format!("no item of {attribute}"),
        };
        let (verb, operand) = self.operator(test.operator);
        let case = if test.fold { ", whatever its case" } else { "" };
        (format!("{subject} {verb}{case}"), operand)
    }

    /// What a table was made from: the condition says it.
    fn form(&self) -> (String, Json) {
        let (verb, text, ignore_case) = match self.condition {
            Some(Condition::Starts(test)) => ("starts with", &test.with, test.ignore_case),
            Some(Condition::Ends(test)) => ("ends with", &test.with, test.ignore_case),
            Some(Condition::Contains(test)) => ("contains", &test.text, test.ignore_case),
            Some(Condition::Glob(test)) => ("has the form", &test.pattern, test.ignore_case),
            Some(Condition::Matches(test)) => ("matches", &test.pattern, false),
            Some(Condition::Version(test)) => ("is a version in the range", &test.range, false),
            _ => return ("matches".to_string(), Json::Null),
        };
        let case = if ignore_case { ", whatever its case" } else { "" };
        (format!("{verb} {}{case}", quoted(text)), json!(text))
    }

    fn operator(&self, operator: Operator) -> (String, Json) {
        let text = |verb: &str, bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            (format!("{verb} {}", quoted(&text)), json!(text))
        };
        match operator {
            Operator::Exists => ("is there".to_string(), Json::Null),
            Operator::TextIs(bytes) => text("is", bytes),
            Operator::TextMatches(_) => self.form(),
            Operator::TextIn { first, count } => {
                // They stand in an order of their own there.
                let texts = set((first..first + count).map(|index| String::from_utf8_lossy(self.snapshot.text(index))));
                let words: Vec<_> = texts.iter().map(|text| quoted(text)).collect();
                (format!("is one of {}", some(&words)), json!(texts))
            }
            Operator::PrintIn { count, .. } => {
                let ids = if count == 1 { "id" } else { "ids" };
                (format!("is on a list of {count} {ids}"), json!({ "ids": count }))
            }
            Operator::Number(comparison, number) => {
                (format!("is {}{}", than(comparison), decimal(number)), json!(number))
            }
            Operator::BooleanIs(yes) => (format!("is {yes}"), json!(yes)),
            Operator::Moment(comparison, time) => {
                let verb = if comparison == Comparison::Less { "before" } else { "after" };
                (format!("is a time {verb} {}", clock(time)), json!(time))
            }
            Operator::AddressIn(_) => {
                let networks = match self.condition {
                    Some(Condition::Ip(networks)) => networks.networks.as_slice(),
                    _ => &[],
                };
                (format!("is an IP address in {}", some(networks)), json!(networks))
            }
            Operator::Size(comparison, count) => {
                let items = if count == 1 { "item" } else { "items" };
                (format!("is a list of {}{count} {items}", than(comparison)), json!(count))
            }
        }
    }
}

fn than(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "",
        Comparison::Less => "less than ",
        Comparison::AtMost => "at most ",
        Comparison::Greater => "more than ",
        Comparison::AtLeast => "at least ",
    }
}

/// A condition's name in the document.
fn name(condition: &Condition) -> &'static str {
    match condition {
        Condition::All(_) => "all",
        Condition::Any(_) => "any",
        Condition::Not(_) => "not",
        Condition::Exists(_) => "exists",
        Condition::Equals(_) => "equals",
        Condition::In(_) => "in",
        Condition::Listed(_) => "listed",
        Condition::Starts(_) => "starts",
        Condition::Ends(_) => "ends",
        Condition::Contains(_) => "contains",
        Condition::Glob(_) => "glob",
        Condition::Matches(_) => "matches",
        Condition::Less(_) => "less",
        Condition::AtMost(_) => "atMost",
        Condition::Greater(_) => "greater",
        Condition::AtLeast(_) => "atLeast",
        Condition::Between(_) => "between",
        Condition::Version(_) => "version",
        Condition::Before(_) => "before",
        Condition::After(_) => "after",
        Condition::Ip(_) => "ip",
        Condition::Size(_) => "size",
        Condition::Weekday(_) => "weekday",
        Condition::TimeOfDay(_) => "timeOfDay",
        Condition::Segment(_) => "segment",
        Condition::Flag(_) => "flag",
        Condition::Draw(_) => "draw",
    }
}

/// The purpose and the salt in a draw's prefix.
fn key(prefix: &[u8]) -> (&str, &str) {
    let text = core::str::from_utf8(prefix).unwrap_or_default();
    let mut parts = text.split('\0');
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

/// What another flag was decided to serve, from the bytes that the evaluation wrote.
fn decided(decisions: &[u8], flag: u32) -> Option<Decision> {
    let at = flag as usize * DECISION;
    let &[v0, v1, reason, error, r0, r1, n0, n1] = decisions.get(at..at + DECISION)? else { return None };
    let known =
        [Reason::Static, Reason::Default, Reason::TargetingMatch, Reason::Split, Reason::Disabled, Reason::Error];
    let errors = [Error::None, Error::TargetingKeyMissing, Error::InvalidContext, Error::General];
    Some(Decision {
        variant: u16::from_le_bytes([v0, v1]),
        reason: *known.get(usize::from(reason))?,
        error: *errors.get(usize::from(error))?,
        rule: u16::from_le_bytes([r0, r1]),
        run: u16::from_le_bytes([n0, n1]),
    })
}

/// What a unit that cannot be drawn is.
pub(super) fn unit_found(value: Option<Value>) -> &'static str {
    match value {
        None => "missing",
        Some(Value::Text([])) => "an empty text",
        Some(Value::Text(_)) => "too long a text",
        Some(Value::Number(_)) => "a number",
        Some(Value::Boolean(_)) => "a boolean",
        Some(Value::List(_)) => "a list",
        Some(Value::Unusable) => "unusable",
    }
}

/// Draws in percent of all, to a ten-thousandth, rounded down.
pub(crate) fn percent(draws: u64) -> f64 {
    f64::from((draws.min(ALL) * 1_000_000 / ALL) as u32) / 10_000.0
}

/// A percentage as text.
pub(super) fn share(percent: f64) -> String {
    decimal(percent) + " %"
}

/// A text in quotes, cut where nobody reads on.
pub(super) fn quoted(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => json!(format!("{}...", &text[..end])).to_string(),
        None => json!(text).to_string(),
    }
}

/// The first few of a list.
fn some(all: &[String]) -> String {
    const MOST: usize = 5;
    let first = all.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(", ");
    if all.len() > MOST { format!("{first} and {} more", all.len() - MOST) } else { first }
}

fn minute(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn ahead(offset: i32) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)
}

/// A time in RFC 3339. Source of the calendar: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
/// `civil_from_days`. Times outside the years 0 to 9999 stay numbers.
pub(crate) fn clock(millis: i64) -> String {
    let (days, rest) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
    // Days from 0000-03-01, and 400 years at a time.
    let shifted = days.saturating_add(719_468);
    let (era, day) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let march = (5 * of_year + 2) / 153;
    let (date, month) = (of_year - (153 * march + 2) / 5 + 1, if march < 10 { march + 3 } else { march - 9 });
    let year = year + era * 400 + i64::from(month <= 2);
    if !(0..10_000).contains(&year) {
        return format!("{millis} ms");
    }
    let (seconds, fraction) = (rest / 1_000, rest % 1_000);
    let fraction = if fraction == 0 { String::new() } else { format!(".{fraction:03}") };
    format!(
        "{year:04}-{month:02}-{date:02}T{:02}:{:02}:{:02}{fraction}Z",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60
    )
}

#[cfg(test)]
mod tests {
    use super::clock;
    use crate::condition::moment::millis;

    #[test]
    fn a_time_is_written_as_it_is_read() {
        for time in [0, -1, 951_825_600_000, 1_795_341_600_000, -62_167_219_200_000, 253_402_300_799_999] {
            assert_eq!(millis(clock(time).as_bytes()), Some(time));
        }
        assert_eq!(clock(1_795_341_600_000), "2026-11-22T10:00:00Z");
        assert_eq!(clock(i64::MIN), "-9223372036854775808 ms");
    }

    #[test]
    fn shares_are_short() {
        assert_eq!(super::share(super::percent(1 << 31)), "50 %");
        assert_eq!(super::share(super::percent(u64::MAX)), "100 %");
    }
}
