//! What a flag reads of a context: the fields that somebody who asks about a visitor has to fill in.

use super::Prepared;
use super::trouble::Wanted;
use crate::condition::{Operator, Test};
use crate::order::set;
use crate::snapshot::{Instruction, Question, Snapshot};
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;
use serde_json::{Value as Json, json};

/// Values that are suggested for an attribute. More are a list to search in, not one to choose from.
const SUGGESTED: usize = 12;

/// What a flag reads.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Reads {
    /// The attributes, by name; those that are drawn are among them.
    pub attributes: Vec<Read>,
    /// Whether the time decides, too.
    pub time: bool,
}

/// An attribute that a flag reads.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Read {
    /// Its name; one that starts with `/` is a JSON pointer.
    pub attribute: String,
    /// What is asked for: `text`, `number`, `boolean`, `time` or `address`; `any` where rules differ, or only ask whether
    /// it is there.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Whether a list is asked for.
    pub list: bool,
    /// Values that rules compare it with, the first few.
    pub values: Vec<Json>,
}

impl Prepared {
    /// What a flag reads, also through segments and the flags that it builds on; nothing if there is no such flag.
    #[must_use]
    pub fn reads(&self, flag: &str) -> Option<Reads> {
        let snapshot = self.snapshot();
        let first = self.keys.iter().position(|key| key == flag)? as u32;
        let (mut flags, mut next, mut time) = (Vec::from([first]), 0, false);
        let mut found: Vec<Option<Read>> = self.attributes.iter().map(|_| None).collect();
        while let Some(flag) = flags.get(next).copied() {
            next += 1;
            let record = snapshot.flag(flag);
            for step in (record.first..record.first + record.steps).filter_map(|step| snapshot.instruction(step)) {
                time |= asks_the_time(step);
                if let Instruction::Ask { question: Question::FlagIs { flag, .. }, .. } = step {
                    flags.extend((!flags.contains(&flag)).then_some(flag));
                }
                let read = slot(&snapshot, step).and_then(|(slot, test)| Some((slot, found.get_mut(slot)?, test)));
                if let Some((slot, read, test)) = read {
                    let attribute = || self.attributes.get(slot).cloned().unwrap_or_default();
                    let new = || Read { attribute: attribute(), kind: "", list: false, values: Vec::new() };
                    read.get_or_insert_with(new).meet(&snapshot, test);
                }
            }
        }
        let named = |read: Read| Read { kind: if read.kind.is_empty() { "any" } else { read.kind }, ..read };
        // Slots are in the order of their names.
        Some(Reads { attributes: found.into_iter().flatten().map(named).collect(), time })
    }
}

fn asks_the_time(step: Instruction) -> bool {
    let Instruction::Ask { question, .. } = step else { return false };
    matches!(
        question,
        Question::Since(_) | Question::Weekday { .. } | Question::TimeOfDay { .. } | Question::Ramp { .. }
    )
}

/// The attribute that a step reads, and the test that it puts to it; a draw puts none.
fn slot<'s>(snapshot: &Snapshot<'s>, step: Instruction<'s>) -> Option<(usize, Option<Test<'s>>)> {
    let draw = match step {
        Instruction::Ask { question: Question::Attribute { attribute, test }, .. } => {
            return Some((usize::from(attribute), Some(test)));
        }
        Instruction::Ask { question: Question::Under { draw, .. } | Question::Ramp { draw, .. }, .. }
        | Instruction::Split { draw, .. } => draw.into(),
        Instruction::Ask { .. } | Instruction::Serve { .. } => return None,
    };
    Some((snapshot.draw(draw)?.attribute, None))
}

impl Read {
    /// Takes in one more question.
    fn meet(&mut self, snapshot: &Snapshot, test: Option<Test>) {
        let operator = test.map(|test| test.operator);
        self.list |= test.is_some_and(|test| test.list.is_some()) || matches!(operator, Some(Operator::Size(..)));
        // What is drawn has to be a text.
        let kind = match operator.map_or(Some(Wanted::Text), Wanted::by) {
            Some(Wanted::Text | Wanted::Version) => "text",
            Some(Wanted::Number) => "number",
            Some(Wanted::Boolean) => "boolean",
            Some(Wanted::Time) => "time",
            Some(Wanted::Address) => "address",
            Some(Wanted::List) | None => self.kind,
        };
        self.kind = if self.kind.is_empty() || self.kind == kind { kind } else { "any" };
        let written = |bytes: &[u8]| json!(String::from_utf8_lossy(bytes));
        match operator {
            Some(Operator::TextIs(bytes)) => self.suggest(written(bytes)),
            Some(Operator::TextIn { first, count }) => {
                set((first..first + count).map(|index| snapshot.text(index)))
                    .into_iter()
                    .take(SUGGESTED)
                    .for_each(|text| self.suggest(written(text)));
            }
            Some(Operator::Number(_, number)) => self.suggest(json!(number)),
            _ => {}
        }
    }

    fn suggest(&mut self, value: Json) {
        if self.values.len() < SUGGESTED && !self.values.contains(&value) {
            self.values.push(value);
        }
    }
}
