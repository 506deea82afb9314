//! Conditions as a tree of plain questions: sugar is resolved, segments are put in their place, operands are bytes.

use super::text::{self, Form};
use super::{Audience, networks, regex, version};
use crate::condition::Comparison;
use crate::document::{Condition, Day, Document, Each, Hash, Item, Scalar, TimeOfDay, When, id};
use crate::draw::{self, ALL, Purpose};
use crate::limits::FLAG_STEPS;
use crate::order::set;
use crate::snapshot::{Operation, flags};
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

/// Between the places of a trail. No name has a space in it.
pub(super) const LEADS_TO: &str = " > ";

/// What a test compares with.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    /// Nothing.
    Nothing,
    /// A number, a time or a boolean.
    Wide(u64),
    /// A text, a pattern, a table or networks.
    Bytes(Vec<u8>),
    /// A set of texts, sorted and each once.
    Texts(Vec<Vec<u8>>),
    /// A set of fingerprints, sorted and each once, behind their salt.
    Prints(Vec<u64>),
}

/// A question before its texts, draws, flags and attributes have places in the snapshot.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ask<'d> {
    Under { purpose: Purpose, draw: (Hash, &'d str), unit: &'d str, threshold: u32 },
    Ramp { draw: (Hash, &'d str), unit: &'d str, linear: bool, points: Vec<(i64, u64)> },
    Since(i64),
    Clock { operation: Operation, a: u32, offset: i32 },
    FlagIs { flag: &'d str, variant: &'d str },
    Attribute { attribute: Cow<'d, str>, operation: Operation, x: u8, operand: Operand },
}

/// Questions and how their answers are put together.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Logic<'d> {
    All(Vec<Logic<'d>>),
    Any(Vec<Logic<'d>>),
    Not(Box<Logic<'d>>),
    /// A question, and where it stands in the document: a pointer, behind those of the segments' names that lead to it.
    Ask(Ask<'d>, String),
}

/// Turns conditions into logic for one flag.
pub(super) struct Lower<'d> {
    pub(super) document: &'d Document,
    pub(super) audience: Audience,
    /// How many questions there may still be. Segments in segments could make more of them than there are atoms.
    left: usize,
}

impl<'d> Lower<'d> {
    pub(super) fn new(document: &'d Document, audience: Audience) -> Self {
        Self { document, audience, left: FLAG_STEPS + 1 }
    }

    /// How many questions there have been.
    pub(super) fn questions(&self) -> usize {
        FLAG_STEPS + 1 - self.left
    }

    pub(super) fn condition(&mut self, condition: &'d Condition, place: &str) -> Logic<'d> {
        if self.left == 0 {
            return Logic::Any(Vec::new());
        }
        match condition {
            Condition::All(parts) => Logic::All(self.row(parts, &format!("{place}/all"))),
            Condition::Any(parts) => Logic::Any(self.row(parts, &format!("{place}/any"))),
            Condition::Not(part) => Logic::Not(Box::new(self.condition(part, &format!("{place}/not")))),
            Condition::Segment(name) => match self.document.segments.get(name) {
                Some(segment) => {
                    let place = format!("{place}/segment{LEADS_TO}/segments/{name}/if");
                    self.condition(&segment.condition, &place)
                }
                None => Logic::Any(Vec::new()),
            },
            leaf => {
                let questions = self.leaf(leaf);
                self.left = self.left.saturating_sub(questions.count());
                questions.placed(place)
            }
        }
    }

    fn row(&mut self, parts: &'d [Condition], place: &str) -> Vec<Logic<'d>> {
        parts.iter().enumerate().map(|(index, part)| self.condition(part, &format!("{place}/{index}"))).collect()
    }

    fn leaf(&self, condition: &'d Condition) -> Questions<'d> {
        let known = &self.document.tables;
        let one = |attribute: &'d str, list, operation, x, operand| {
            Questions::All(vec![attribute_asks(attribute, operation, x | list_bits(list), operand)])
        };
        let walked = |attribute, list, table| one(attribute, list, Operation::TextMatches, 0, Operand::Bytes(table));
        let formed = |attribute, list, form: Form, ignore_case: bool| {
            walked(attribute, list, text::table(form, ignore_case, known).unwrap_or_default())
        };
        let number = |test: &'d crate::document::Compare, comparison| {
            one(&test.attribute, test.list, Operation::Number, comparison as u8, wide(test.than))
        };
        let moment = |test: &'d crate::document::Than, comparison| {
            let time = test.than.millis().unwrap_or_default().cast_unsigned();
            one(&test.attribute, test.list, Operation::Moment, comparison as u8, Operand::Wide(time))
        };
        match condition {
            Condition::All(_) | Condition::Any(_) | Condition::Not(_) | Condition::Segment(_) => {
                Questions::All(Vec::new())
            }
            Condition::Exists(test) => one(&test.attribute, None, Operation::Exists, 0, Operand::Nothing),
            Condition::Equals(test) => match &test.value {
                Scalar::Boolean(yes) => {
                    one(&test.attribute, test.list, Operation::BooleanIs, 0, Operand::Wide(u64::from(*yes)))
                }
                Scalar::Number(number) => one(&test.attribute, test.list, Operation::Number, 0, wide(*number)),
                Scalar::Text(value) => self.texts(&test.attribute, test.list, test.ignore_case, &[value]),
            },
            Condition::In(test) => {
                let texts: Vec<_> = test.values.iter().filter_map(text_of).collect();
                let numbers = test.values.iter().filter_map(number_of);
                let mut questions: Vec<_> = numbers
                    .map(|number| {
                        attribute_asks(&test.attribute, Operation::Number, list_bits(test.list), wide(number))
                    })
                    .collect();
                if questions.is_empty() || !texts.is_empty() {
                    questions.extend(self.texts(&test.attribute, test.list, test.ignore_case, &texts).into_vec());
                }
                // Of a list's items, none may pass any of the questions.
                if test.list == Some(Each::None) { Questions::All(questions) } else { Questions::Any(questions) }
            }
            Condition::Listed(test) => {
                one(&test.attribute, test.list, Operation::PrintIn, 0, prints(&test.salt, &test.ids))
            }
            Condition::Starts(test) => formed(&test.attribute, test.list, Form::Starts(&test.with), test.ignore_case),
            Condition::Ends(test) => formed(&test.attribute, test.list, Form::Ends(&test.with), test.ignore_case),
            Condition::Contains(test) => {
                formed(&test.attribute, test.list, Form::Contains(&test.text), test.ignore_case)
            }
            Condition::Glob(test) => formed(&test.attribute, test.list, Form::Glob(&test.pattern), test.ignore_case),
            Condition::Matches(test) => {
                let table = regex::table(&test.pattern, known).unwrap_or_default();
                walked(&test.attribute, test.list, table)
            }
            Condition::Less(test) => number(test, Comparison::Less),
            Condition::AtMost(test) => number(test, Comparison::AtMost),
            Condition::Greater(test) => number(test, Comparison::Greater),
            Condition::AtLeast(test) => number(test, Comparison::AtLeast),
            Condition::Between(test) => Questions::All(vec![
                attribute_asks(&test.attribute, Operation::Number, Comparison::AtLeast as u8, wide(test.from)),
                attribute_asks(&test.attribute, Operation::Number, Comparison::AtMost as u8, wide(test.to)),
            ]),
            Condition::Version(test) => {
                let tables = version::tables(&test.range, known).unwrap_or_default();
                let ask = |table| attribute_asks(&test.attribute, Operation::TextMatches, 0, Operand::Bytes(table));
                Questions::All(tables.into_iter().map(ask).collect())
            }
            Condition::Before(test) => moment(test, Comparison::Less),
            Condition::After(test) => moment(test, Comparison::Greater),
            Condition::Ip(test) => {
                let networks = test.networks.iter().filter_map(|text| networks::record(text)).flatten().collect();
                one(&test.attribute, test.list, Operation::AddressIn, 0, Operand::Bytes(networks))
            }
            Condition::Size(test) => {
                let bound = |comparison: Comparison, count: Option<u32>| {
                    let operand = Operand::Wide(u64::from(count?));
                    Some(attribute_asks(&test.attribute, Operation::Size, comparison as u8, operand))
                };
                Questions::All(
                    [bound(Comparison::AtLeast, test.at_least), bound(Comparison::AtMost, test.at_most)]
                        .into_iter()
                        .flatten()
                        .collect(),
                )
            }
            Condition::Weekday(test) => {
                let days = test.days.iter().fold(0, |days, day| days | 1 << day_index(*day));
                let offset = minutes_ahead(test.offset.as_deref()).unwrap_or_default();
                Questions::All(vec![Ask::Clock { operation: Operation::Weekday, a: days, offset }])
            }
            Condition::TimeOfDay(test) => {
                let (from, until, offset) = time_of_day(test).unwrap_or_default();
                Questions::All(vec![Ask::Clock { operation: Operation::TimeOfDay, a: from | until << 16, offset }])
            }
            Condition::Flag(test) => {
                Questions::Any(test.is.iter().map(|variant| Ask::FlagIs { flag: &test.key, variant }).collect())
            }
            Condition::Draw(test) => {
                Questions::All(vec![under(Purpose::Condition, (test.hash, &test.salt), &test.unit, test.below)])
            }
        }
    }

    /// Whether the attribute is one of these texts. Where browsers read it, only fingerprints of them are written.
    fn texts(&self, attribute: &'d str, list: Option<Each>, ignore_case: bool, texts: &[&'d String]) -> Questions<'d> {
        let fold = |text: &&String| if ignore_case { text.to_ascii_lowercase() } else { (*text).clone() };
        let x = list_bits(list) | if ignore_case { flags::FOLD } else { 0 };
        let (operation, operand) = match (self.audience, texts) {
            (Audience::Client, _) => {
                // One salt for all flags, so that a question that they share is the same in each.
                let salt = self.document.flags.iter().find(|(_, flag)| flag.client).map_or("", |(key, _)| key);
                // What looks like a fingerprint is a text like any other here.
                let print = |text| draw::fingerprint(draw::salt(salt.as_bytes()), fold(text).as_bytes());
                (Operation::PrintIn, printed(salt, texts.iter().map(print).collect()))
            }
            (Audience::Edge, _) => {
                (Operation::TextIn, Operand::Texts(set(texts.iter().map(|text| fold(text).into_bytes()))))
            }
        };
        Questions::All(vec![attribute_asks(attribute, operation, x, operand)])
    }
}

/// What one condition asks: questions of which all or any must hold.
enum Questions<'d> {
    All(Vec<Ask<'d>>),
    Any(Vec<Ask<'d>>),
}

impl<'d> Questions<'d> {
    fn count(&self) -> usize {
        match self {
            Self::All(asks) | Self::Any(asks) => asks.len(),
        }
    }

    fn into_vec(self) -> Vec<Ask<'d>> {
        match self {
            Self::All(asks) | Self::Any(asks) => asks,
        }
    }

    fn placed(self, place: &str) -> Logic<'d> {
        let all = matches!(self, Self::All(_));
        let mut parts: Vec<_> = self.into_vec().into_iter().map(|ask| Logic::Ask(ask, place.to_string())).collect();
        match parts.pop() {
            Some(only) if parts.is_empty() => only,
            None if all => Logic::Ask(always(), place.to_string()),
            last => {
                parts.extend(last);
                if all { Logic::All(parts) } else { Logic::Any(parts) }
            }
        }
    }
}

/// Asks an attribute; without a comparison, whether it is so.
pub(super) fn attribute_asks<'d>(
    attribute: impl Into<Cow<'d, str>>,
    operation: Operation,
    x: u8,
    operand: Operand,
) -> Ask<'d> {
    let x = if x & flags::COMPARISON == 0 { x | Comparison::Equal as u8 } else { x };
    Ask::Attribute { attribute: attribute.into(), operation, x, operand }
}

/// Whether the unit's draw, of a hash and a salt, is below a number; that all are is true at any time.
pub(super) fn under<'d>(purpose: Purpose, draw: (Hash, &'d str), unit: &'d str, below: u64) -> Ask<'d> {
    match u32::try_from(below) {
        Ok(threshold) => Ask::Under { purpose, draw, unit, threshold },
        Err(_) => always(),
    }
}

/// What always holds.
pub(super) fn always<'d>() -> Ask<'d> {
    Ask::Since(i64::MIN)
}

/// Fingerprints of ids, as the snapshot keeps them. Some of the ids may be fingerprints already.
pub(super) fn prints(salt: &str, ids: &[String]) -> Operand {
    printed(salt, ids.iter().map(|text| id::fingerprint(salt, text)).collect())
}

fn printed(salt: &str, prints: Vec<u64>) -> Operand {
    let mut prints = set(prints);
    prints.insert(0, draw::salt(salt.as_bytes()));
    Operand::Prints(prints)
}

fn wide(number: f64) -> Operand {
    Operand::Wide(number.to_bits())
}

fn list_bits(list: Option<Each>) -> u8 {
    match list {
        None => 0,
        Some(Each::Any) => flags::LIST_ANY,
        Some(Each::All) => flags::LIST_ALL,
        Some(Each::None) => flags::LIST_NONE,
    }
}

fn text_of(item: &Item) -> Option<&String> {
    match item {
        Item::Text(text) => Some(text),
        Item::Number(_) => None,
    }
}

fn number_of(item: &Item) -> Option<f64> {
    match item {
        Item::Number(number) => Some(*number),
        Item::Text(_) => None,
    }
}

fn day_index(day: Day) -> u32 {
    match day {
        Day::Mon => 0,
        Day::Tue => 1,
        Day::Wed => 2,
        Day::Thu => 3,
        Day::Fri => 4,
        Day::Sat => 5,
        Day::Sun => 6,
    }
}

/// The first minute, the first one after, and minutes ahead of UTC; nothing if one of the texts is none.
pub(super) fn time_of_day(test: &TimeOfDay) -> Option<(u32, u32, i32)> {
    Some((minute(&test.from)?, minute(&test.until)?, minutes_ahead(test.offset.as_deref())?))
}

/// `hh:mm` as minutes from midnight.
pub(super) fn minute(text: &str) -> Option<u32> {
    let &[h1, h2, b':', m1, m2] = text.as_bytes() else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(10);
    let (hours, minutes) = (digit(h1)? * 10 + digit(h2)?, digit(m1)? * 10 + digit(m2)?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

/// `+hh:mm` or `-hh:mm` as minutes; none is UTC.
pub(super) fn minutes_ahead(offset: Option<&str>) -> Option<i32> {
    let Some(text) = offset else { return Some(0) };
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    Some(sign * minute(text.get(1..)?)?.cast_signed())
}

/// A ramp's points as numbers; a text that is no time counts as 1970, which `check` has refused.
pub(super) fn points(ramp: &crate::document::Ramp) -> Vec<(i64, u64)> {
    ramp.points.iter().map(|(time, below)| (millis(time), below.0.min(ALL))).collect()
}

/// A time as a number; see [`points`].
pub(super) fn millis(time: &When) -> i64 {
    time.millis().unwrap_or_default()
}
