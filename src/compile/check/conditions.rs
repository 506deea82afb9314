//! Conditions: operands that mean something, and names that exist.

use super::Check;
use crate::compile::text::{self, Form};
use crate::compile::{graph, logic, networks, regex, version};
use crate::document::json::decimal;
use crate::document::{Code, Condition, Each, Flag, Item, Scalar, When};
use crate::limits;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::ToString;

impl Check<'_> {
    pub(super) fn condition(&mut self, place: &str, condition: &Condition) {
        let depth = depth(condition);
        if depth > limits::CONDITION_DEPTH {
            let cause = format!("{depth} combinations stand in each other; {} are allowed.", limits::CONDITION_DEPTH);
            self.report(place, Code::Depth, cause, "Make a part of it a segment and name that.");
        }
        let mut leaves = alloc::vec::Vec::new();
        graph::names(condition, place, &mut |leaf, place| leaves.push((leaf, place.to_string())));
        for (leaf, place) in leaves {
            self.leaf(&place, leaf);
        }
    }

    #[expect(clippy::too_many_lines, reason = "each condition in its place, and none is forgotten")]
    fn leaf(&mut self, place: &str, condition: &Condition) {
        let mut named = |name: &str, attribute: &str| self.attribute(&format!("{place}/{name}/attribute"), attribute);
        match condition {
            // Taken apart before.
            Condition::All(_) | Condition::Any(_) | Condition::Not(_) => {}
            Condition::Exists(test) => named("exists", &test.attribute),
            Condition::Equals(test) => {
                named("equals", &test.attribute);
                if let Scalar::Text(text) = &test.value {
                    self.text(&format!("{place}/equals/value"), text);
                }
            }
            Condition::In(test) => {
                named("in", &test.attribute);
                let numbers = test.values.iter().any(|value| matches!(value, Item::Number(_)));
                if test.list == Some(Each::All) && numbers && test.values.len() > 1 {
                    let cause = "Whether all items are among several numbers cannot be asked.".to_string();
                    self.report(&format!("{place}/in/list"), Code::Conflict, cause, "Write the numbers as texts.");
                }
                for (index, value) in test.values.iter().enumerate() {
                    if let Item::Text(text) = value {
                        self.text(&format!("{place}/in/values/{index}"), text);
                    }
                }
            }
            Condition::Listed(test) => {
                named("listed", &test.attribute);
                self.name(&format!("{place}/listed/salt"), &test.salt, false);
            }
            Condition::Starts(test) => {
                named("starts", &test.attribute);
                self.part(&format!("{place}/starts/with"), &test.with, Form::Starts(&test.with), test.ignore_case);
            }
            Condition::Ends(test) => {
                named("ends", &test.attribute);
                self.part(&format!("{place}/ends/with"), &test.with, Form::Ends(&test.with), test.ignore_case);
            }
            Condition::Contains(test) => {
                named("contains", &test.attribute);
                self.part(&format!("{place}/contains/text"), &test.text, Form::Contains(&test.text), test.ignore_case);
            }
            Condition::Glob(test) => {
                named("glob", &test.attribute);
                let place = format!("{place}/glob/pattern");
                self.part(&place, &test.pattern, Form::Glob(&test.pattern), test.ignore_case);
            }
            Condition::Matches(test) => {
                named("matches", &test.attribute);
                if let Err(refusal) = regex::table(&test.pattern, &self.document.tables) {
                    self.report(&format!("{place}/matches/pattern"), Code::Regex, refusal.cause, refusal.fix);
                }
            }
            Condition::Less(test) => named("less", &test.attribute),
            Condition::AtMost(test) => named("atMost", &test.attribute),
            Condition::Greater(test) => named("greater", &test.attribute),
            Condition::AtLeast(test) => named("atLeast", &test.attribute),
            Condition::Between(test) => {
                named("between", &test.attribute);
                if test.from > test.to {
                    let cause = format!("{} is above {}.", decimal(test.from), decimal(test.to));
                    self.report(&format!("{place}/between/to"), Code::Conflict, cause, "Exchange the two.");
                }
            }
            Condition::Version(test) => {
                named("version", &test.attribute);
                let place = format!("{place}/version/range");
                self.limit(&place, test.range.len(), limits::PART_BYTES, "bytes in this range");
                if let Err(cause) = version::tables(&test.range, &self.document.tables) {
                    self.report(
                        &place,
                        Code::Shape,
                        cause,
                        "Write a range such as `>=1.2.0 <2.0.0`, `^1.2` or `1.2.3`.",
                    );
                }
            }
            Condition::Before(test) => {
                named("before", &test.attribute);
                self.moment(&format!("{place}/before/than"), &test.than);
            }
            Condition::After(test) => {
                named("after", &test.attribute);
                self.moment(&format!("{place}/after/than"), &test.than);
            }
            Condition::Ip(test) => {
                named("ip", &test.attribute);
                self.limit(&format!("{place}/ip/in"), test.networks.len(), limits::NETWORKS, "networks");
                for (index, text) in test.networks.iter().enumerate() {
                    if networks::record(text).is_none() {
                        let fix = "Write one such as `10.0.0.0/8` or `2001:db8::/32`, with no bits behind the prefix.";
                        let cause = "This is not a network.".to_string();
                        self.report(&format!("{place}/ip/in/{index}"), Code::Shape, cause, fix);
                    }
                }
            }
            Condition::Size(test) => {
                named("size", &test.attribute);
                if test.at_least.is_none() && test.at_most.is_none() {
                    let cause = "It says neither how many items at least nor at most.".to_string();
                    self.report(&format!("{place}/size"), Code::Conflict, cause, "Add `atLeast`, `atMost` or both.");
                }
            }
            Condition::Weekday(test) => self.offset(&format!("{place}/weekday/offset"), test.offset.as_deref()),
            Condition::TimeOfDay(test) => {
                for (name, text) in [("from", &test.from), ("until", &test.until)] {
                    if logic::minute(text).is_none() {
                        let cause = "This is not a time of the day.".to_string();
                        self.report(
                            &format!("{place}/timeOfDay/{name}"),
                            Code::Shape,
                            cause,
                            "Write one such as `09:30`.",
                        );
                    }
                }
                self.offset(&format!("{place}/timeOfDay/offset"), test.offset.as_deref());
            }
            Condition::Segment(name) => {
                let document = self.document;
                self.known(&format!("{place}/segment"), "segment", name, &document.segments);
            }
            Condition::Flag(test) => self.flag_is(&format!("{place}/flag"), test),
            Condition::Draw(test) => {
                self.name(&format!("{place}/draw/salt"), &test.salt, false);
                self.attribute(&format!("{place}/draw/unit"), &test.unit);
            }
        }
    }

    /// A text that an attribute may be: a longer one would never match.
    fn text(&mut self, place: &str, text: &str) {
        self.limit(place, text.len(), limits::ATTRIBUTE_BYTES, "bytes in this text");
    }

    /// A part or a form of a text, whose table must not be too large.
    fn part(&mut self, place: &str, text: &str, form: Form, ignore_case: bool) {
        if text.len() > limits::PART_BYTES {
            self.limit(place, text.len(), limits::PART_BYTES, "bytes in this text");
        } else if let Err(refusal) = text::table(form, ignore_case, &self.document.tables) {
            self.report(place, Code::Limit, refusal.cause, refusal.fix);
        }
    }

    fn offset(&mut self, place: &str, offset: Option<&str>) {
        if logic::minutes_ahead(offset).is_none() {
            let cause = "This is no offset from UTC.".to_string();
            self.report(place, Code::Shape, cause, "Write one such as `+01:00` or `-05:30`.");
        }
    }

    /// A time in milliseconds, if the text is one.
    pub(super) fn moment(&mut self, place: &str, time: &When) -> Option<i64> {
        let millis = time.millis();
        if millis.is_none() {
            let fix = "Write one such as `2026-11-22` or `2026-11-22T10:00:00+01:00`, or milliseconds since 1970.";
            self.report(place, Code::Shape, "This is not a time.".to_string(), fix);
        }
        millis
    }

    /// What browsers get builds on nothing that they must not get.
    pub(super) fn for_clients(&mut self, place: &str, key: &str, flag: &Flag) {
        if !flag.client {
            return;
        }
        let document = self.document;
        for reference in graph::flags_of(document, key, flag) {
            if document.flags.get(reference.to).is_some_and(|other| !other.client) {
                let cause = format!("Browsers get this flag, but not `{}`, which it builds on.", reference.to);
                let fix = format!("Set `client` of `{}` to true, or of this flag to false.", reference.to);
                self.report(&reference.place, Code::Conflict, cause, fix);
            }
        }
        if self.folded {
            return;
        }
        for name in segments(document, flag) {
            if document.segments.get(name).is_some_and(|segment| segment.server_only) {
                let cause = format!("Browsers get this flag, but the segment `{name}` must never reach one.");
                let fix = "Set the flag's `client` to false, or ask something else.";
                self.report(&format!("{place}/client"), Code::Conflict, cause, fix);
            }
        }
    }
}

/// How many combinations of conditions stand in each other, at most.
fn depth(condition: &Condition) -> usize {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => 1 + parts.iter().map(depth).max().unwrap_or_default(),
        Condition::Not(part) => 1 + depth(part),
        _ => 0,
    }
}

/// The segments that a flag's rules use, also through others.
fn segments<'d>(document: &'d crate::document::Document, flag: &'d Flag) -> BTreeSet<&'d str> {
    let mut found = BTreeSet::new();
    let mut open: alloc::vec::Vec<_> = flag.rules.iter().filter_map(|rule| rule.condition.as_ref()).collect();
    while let Some(condition) = open.pop() {
        graph::names(condition, "", &mut |leaf, _| {
            if let Condition::Segment(name) = leaf
                && found.insert(name.as_str())
                && let Some(segment) = document.segments.get(name)
            {
                open.push(&segment.condition);
            }
        });
    }
    found
}
