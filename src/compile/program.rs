//! The bytes of a snapshot's body.

use super::rules::{Operand, Step, attributes, draw_prefix, program, sees};
use super::{Audience, manifest};
use crate::document::{Document, Experiment, Flag};
use crate::draw::{Algorithm, Purpose};
use crate::snapshot::{DIRECTORY, SECTIONS, STRIDES, Section, op};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// Writes the body for an audience. The document has passed `check`.
pub(super) fn write(document: &Document, audience: Audience) -> Vec<u8> {
    let mut writer = Writer { attributes: attributes(document, audience), ..Writer::default() };
    let flags: Vec<_> = document.flags.iter().filter(|(_, flag)| sees(audience, flag)).collect();
    for (_, flag) in &flags {
        writer.flag(document, flag);
    }
    let mut edits = Vec::new();
    if audience == Audience::Edge {
        for page in document.pages.values() {
            let flag = flags.iter().position(|(key, _)| **key == page.flag).unwrap_or_default();
            let first_action = writer.len(Section::Actions);
            for variant in flags[flag].1.variants.keys() {
                let own = page.variants.get(variant).map(Vec::as_slice).unwrap_or_default();
                writer.push(Section::Actions, &[edits.len() as u32, own.len() as u32]);
                edits.extend(own);
            }
            let (offset, length) = writer.pooled(page.path.as_bytes());
            writer.push(Section::Pages, &[offset, length, flag as u32, first_action]);
        }
    }
    writer.sections[Section::Manifest as usize] =
        manifest::write(document, audience, &writer.attributes, &flags, &writer.runs, &edits);
    writer.finish()
}

#[derive(Default)]
struct Writer<'d> {
    sections: [Vec<u8>; SECTIONS],
    attributes: Vec<&'d str>,
    draws: Vec<(Vec<u8>, u32)>,
    runs: Vec<&'d Experiment>,
    /// Where each text of the pool lies.
    places: BTreeMap<Vec<u8>, u32>,
}

impl<'d> Writer<'d> {
    fn len(&self, section: Section) -> u32 {
        (self.sections[section as usize].len() / STRIDES[section as usize]) as u32
    }

    fn push(&mut self, section: Section, words: &[u32]) {
        self.sections[section as usize].extend(words.iter().flat_map(|word| word.to_le_bytes()));
    }

    /// The place of these bytes in the pool, where each text stands once.
    fn pooled(&mut self, bytes: &[u8]) -> (u32, u32) {
        let pool = &mut self.sections[Section::Pool as usize];
        let offset = *self.places.entry(bytes.to_vec()).or_insert_with(|| {
            pool.extend(bytes);
            (pool.len() - bytes.len()) as u32
        });
        (offset, bytes.len() as u32)
    }

    fn attribute(&self, name: &str) -> u32 {
        self.attributes.iter().position(|known| *known == name).unwrap_or_default() as u32
    }

    fn draw(&mut self, purpose: Purpose, salt: &str, unit: &str) -> u32 {
        let draw = (draw_prefix(purpose, salt), self.attribute(unit));
        if let Some(index) = self.draws.iter().position(|known| *known == draw) {
            return index as u32;
        }
        let (offset, length) = self.pooled(&draw.0);
        self.push(Section::Draws, &[offset, length, draw.1 | (Algorithm::Xxh64High as u32) << 16, 0]);
        self.draws.push(draw);
        self.draws.len() as u32 - 1
    }

    fn run(&mut self, experiment: &'d Experiment, flag: &Flag) -> u32 {
        if let Some(index) = self.runs.iter().position(|known| core::ptr::eq(*known, experiment)) {
            return index as u32;
        }
        if let Some(run) = &experiment.run {
            let draw = self.draw(Purpose::Split, &run.salt, &experiment.unit);
            let first = self.len(Section::Ranges);
            for (end, variant) in &run.split {
                self.push(Section::Ranges, &[(end - 1) as u32, variant_index(flag, variant)]);
            }
            self.push(Section::Runs, &[draw, first, run.split.len() as u32, run.epoch]);
            self.runs.push(experiment);
        }
        self.runs.len() as u32 - 1
    }

    fn flag(&mut self, document: &'d Document, flag: &'d Flag) {
        let first = self.len(Section::Code);
        let steps = program(document, flag);
        for step in &steps {
            let words = self.step(flag, step);
            self.push(Section::Code, &words);
        }
        let off = variant_index(flag, &flag.off);
        self.push(Section::Flags, &[first, steps.len() as u32, off, flag.variants.len() as u32]);
    }

    fn step(&mut self, flag: &'d Flag, step: &Step<'d>) -> [u32; 4] {
        let head = |operation: u8, x: u8, index: u32| u32::from(operation) | u32::from(x) << 8 | index << 16;
        let turned = |inverted: bool| if inverted { op::INVERTED } else { 0 };
        match step {
            Step::Serve { variant, reason, rule } => {
                [head(op::SERVE, *reason as u8, 0), variant_index(flag, variant), u32::from(*rule), 0]
            }
            Step::Split { experiment, rule } => {
                [head(op::SPLIT, 0, 0), self.run(experiment, flag), u32::from(*rule), 0]
            }
            Step::Under { salt, unit, threshold, otherwise } => {
                let draw = self.draw(Purpose::Rollout, salt, unit);
                [head(op::UNDER, 0, draw), *threshold, 0, *otherwise as u32]
            }
            Step::Since { time, inverted, otherwise } => {
                let (low, high) = halves(time.cast_unsigned());
                [head(op::SINCE, turned(*inverted), 0), low, high, *otherwise as u32]
            }
            Step::Attribute { attribute, test, inverted, otherwise } => {
                let mut x = turned(*inverted);
                let (a, b) = match test {
                    Operand::Exists => (0, 0),
                    Operand::Is(text) | Operand::Starts(text) => self.pooled(text.as_bytes()),
                    Operand::In(values) => self.set(values),
                    Operand::Number(comparison, number) => {
                        x |= comparison;
                        halves(number.to_bits())
                    }
                    Operand::Boolean(yes) => (u32::from(*yes), 0),
                };
                [head(test.operation(), x, self.attribute(attribute)), a, b, *otherwise as u32]
            }
        }
    }

    /// The texts of a set, sorted and each once.
    fn set(&mut self, values: &[String]) -> (u32, u32) {
        let mut sorted: Vec<_> = values.iter().map(String::as_bytes).collect();
        sorted.sort_unstable();
        sorted.dedup();
        let first = self.len(Section::Texts);
        for value in &sorted {
            let (offset, length) = self.pooled(value);
            self.push(Section::Texts, &[offset, length]);
        }
        (first, sorted.len() as u32)
    }

    fn finish(self) -> Vec<u8> {
        let mut body = Vec::new();
        let mut offset = DIRECTORY;
        for (index, section) in self.sections.iter().enumerate() {
            let count = match STRIDES[index] {
                0 => self.attributes.len(),
                stride => section.len() / stride,
            };
            body.extend((offset as u32).to_le_bytes());
            body.extend((count as u32).to_le_bytes());
            offset += section.len();
        }
        body.extend(self.sections.concat());
        body
    }
}

fn variant_index(flag: &Flag, variant: &str) -> u32 {
    flag.variants.keys().position(|known| known == variant).unwrap_or_default() as u32
}

fn halves(wide: u64) -> (u32, u32) {
    (wide as u32, (wide >> 32) as u32)
}
