//! The bytes of a snapshot's body.

use super::graph::{Place, order};
use super::logic::{Ask, Operand};
use super::rules::{Program, Step, draw_prefix, last_draws, program};
use super::{Audience, manifest, pattern, shared};
use crate::document::{Document, Experiment, Flag, Hash, Page};
use crate::draw::Purpose;
use crate::order::set;
use crate::snapshot::{DIRECTORY, HEADER, NO_RUN, Operation, SECTIONS, STRIDES, Section, flags, head};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Where the first section begins, counted from the snapshot's first byte.
const START: usize = HEADER + DIRECTORY;

/// Writes the body for an audience. The document has passed `check`.
pub(super) fn write(document: &Document, audience: Audience) -> Vec<u8> {
    let places = order(document, audience);
    let programs: Vec<_> = places.iter().map(|place| program(document, audience, place.key, place.flag)).collect();
    write_programs(document, audience, &places, &programs)
}

/// Writes the body of these flags with these programs.
pub(super) fn write_programs(
    document: &Document,
    audience: Audience,
    places: &[Place],
    programs: &[Program],
) -> Vec<u8> {
    let attributes = set(programs.iter().flat_map(Program::attributes));
    let mut writer = Writer { attributes, flags: places, ..Writer::default() };
    for (place, program) in places.iter().zip(programs) {
        writer.flag(place, &program.steps);
    }
    let mut edits = Vec::new();
    if audience == Audience::Edge {
        // What is tried on an element stands in place of what everybody meets there, and the last change of it holds.
        let is_tried =
            |page: &Page| document.experiments.values().any(|one| one.flag == page.flag && one.run.is_some());
        let mut pages: Vec<&Page> = document.pages.values().collect();
        pages.sort_by_key(|page| is_tried(page));
        for page in pages {
            let flag = places.iter().position(|place| *place.key == page.flag).unwrap_or_default();
            let first_action = writer.len(Section::Actions);
            for variant in places[flag].flag.variants.keys() {
                let own = page.variants.get(variant).map(Vec::as_slice).unwrap_or_default();
                writer.push(Section::Actions, &[edits.len() as u32, own.len() as u32]);
                edits.extend(own);
            }
            let mut record = Vec::new();
            for (part, pattern) in pattern::parts(page) {
                // The document has passed `check`, which has made the same table.
                let table = pattern.map(|pattern| pattern::table(part, pattern, &document.tables).unwrap_or_default());
                let (offset, length) = writer.pooled(&table.unwrap_or_default());
                record.extend([offset, length]);
            }
            record.extend([flag as u32, first_action]);
            writer.push(Section::Pages, &record);
        }
    }
    let flags: Vec<_> = places.iter().map(|place| (place.key, place.flag)).collect();
    writer.sections[Section::Manifest as usize] =
        manifest::write(document, audience, &writer.attributes, &flags, &writer.runs, &edits);
    shared::number(&mut writer.sections[Section::Code as usize]);
    writer.finish()
}

#[derive(Default)]
struct Writer<'d, 'p> {
    sections: [Vec<u8>; SECTIONS],
    attributes: Vec<&'p str>,
    flags: &'p [Place<'d>],
    /// The draws that were written, by their prefix, attribute and hash.
    draws: BTreeMap<Vec<u8>, u32>,
    runs: Vec<&'d Experiment>,
    /// Where each text of the pool lies.
    pooled: BTreeMap<Vec<u8>, u32>,
    /// Where rows of records that may be wanted again lie.
    rows: [BTreeMap<Vec<u8>, u32>; SECTIONS],
}

impl<'d> Writer<'d, '_> {
    fn len(&self, section: Section) -> u32 {
        (self.sections[section as usize].len() / STRIDES[section as usize]) as u32
    }

    fn push(&mut self, section: Section, words: &[u32]) {
        self.sections[section as usize].extend(bytes(words));
    }

    /// The first of these records, which lie together and stand once however often they are wanted.
    fn row(&mut self, section: Section, words: &[u32]) -> u32 {
        let (next, row) = (self.len(section), bytes(words).collect::<Vec<_>>());
        let own = &mut self.sections[section as usize];
        *self.rows[section as usize].entry(row).or_insert_with_key(|row| {
            own.extend(row);
            next
        })
    }

    /// The place of these bytes in the pool, where each text stands once. The pool is the first section, so places in
    /// it are known before the others are written.
    fn pooled(&mut self, bytes: &[u8]) -> (u32, u32) {
        let pool = &mut self.sections[Section::Pool as usize];
        let offset = *self.pooled.entry(bytes.to_vec()).or_insert_with(|| {
            pool.extend(bytes);
            (START + pool.len() - bytes.len()) as u32
        });
        (offset, bytes.len() as u32)
    }

    fn attribute(&self, name: &str) -> u32 {
        self.attributes.binary_search(&name).unwrap_or_default() as u32
    }

    fn draw(&mut self, purpose: Purpose, (hash, salt): (Hash, &str), unit: &str) -> u32 {
        let (prefix, attribute) = (draw_prefix(purpose, salt), self.attribute(unit));
        let kind = attribute | (hash.algorithm() as u32) << 16;
        let draw = [&prefix[..], &kind.to_le_bytes()].concat();
        if let Some(index) = self.draws.get(&draw) {
            return *index;
        }
        let (offset, length) = self.pooled(&prefix);
        let index = self.len(Section::Draws);
        self.push(Section::Draws, &[offset, length, kind, 0]);
        self.draws.insert(draw, index);
        index
    }

    fn run(&mut self, run: Option<&'d Experiment>) -> u32 {
        let Some(experiment) = run else { return u32::from(NO_RUN) };
        if let Some(index) = self.runs.iter().position(|known| core::ptr::eq(*known, experiment)) {
            return index as u32;
        }
        self.push(Section::Runs, &[experiment.run.as_ref().map_or(0, |run| run.epoch)]);
        self.runs.push(experiment);
        self.runs.len() as u32 - 1
    }

    fn flag(&mut self, place: &Place<'d>, steps: &[Step<'d>]) {
        let first = self.len(Section::Code);
        for (index, step) in steps.iter().enumerate() {
            let words = self.step(place.flag, index, step);
            self.push(Section::Code, &words);
        }
        let off = variant_index(place.flag, &place.flag.off);
        let counts = steps.len() as u32 | off << 16;
        self.push(Section::Flags, &[first, counts, place.flag.variants.len() as u32, place.needs as u32]);
    }

    fn step(&mut self, flag: &Flag, index: usize, step: &Step<'d>) -> [u32; 4] {
        match step {
            Step::Serve { variant, reason, rule, run } => {
                let who = u32::from(*rule) | self.run(*run) << 16;
                [opening(Operation::Serve, *reason as u8, 0), variant_index(flag, variant), who, 0]
            }
            Step::Split { draw: (hash, salt), unit, ranges, rule, run } => {
                let draw = self.draw(Purpose::Split, (*hash, salt), unit);
                let words: Vec<_> =
                    last_draws(ranges).flat_map(|(last, variant)| [last, variant_index(flag, variant)]).collect();
                let first = self.row(Section::Ranges, &words);
                let who = u32::from(*rule) | self.run(*run) << 16;
                [opening(Operation::Split, 0, draw), first, who, ranges.len() as u32]
            }
            Step::Ask { ask, inverted, otherwise } => {
                let [head, a, b] = self.ask(ask);
                [
                    head | if *inverted { u32::from(flags::INVERTED) << 8 } else { 0 },
                    a,
                    b,
                    (otherwise - index - 1) as u32,
                ]
            }
        }
    }

    fn ask(&mut self, ask: &Ask<'d>) -> [u32; 3] {
        match ask {
            Ask::Under { purpose, draw: (hash, salt), unit, threshold } => {
                let draw = self.draw(*purpose, (*hash, salt), unit);
                [opening(Operation::Under, 0, draw), *threshold, 0]
            }
            Ask::Ramp { draw: (hash, salt), unit, linear, points } => {
                let draw = self.draw(Purpose::Rollout, (*hash, salt), unit);
                let halved = points.iter().flat_map(|(time, below)| [halves(time.cast_unsigned()), halves(*below)]);
                let first = self.row(Section::Points, &halved.flatten().collect::<Vec<_>>());
                [opening(Operation::Ramp, if *linear { flags::LINEAR } else { 0 }, draw), first, points.len() as u32]
            }
            Ask::Since(time) => {
                let [low, high] = halves(time.cast_unsigned());
                [opening(Operation::Since, 0, 0), low, high]
            }
            Ask::Clock { operation, a, offset } => [opening(*operation, 0, 0), *a, offset.cast_unsigned()],
            Ask::FlagIs { flag, variant } => {
                let index = self.flags.iter().position(|place| place.key == *flag).unwrap_or_default();
                [opening(Operation::FlagIs, 0, 0), index as u32, variant_index(self.flags[index].flag, variant)]
            }
            Ask::Attribute { attribute, operation, x, operand } => {
                let [a, b] = self.operand(operand);
                [opening(*operation, *x, self.attribute(attribute)), a, b]
            }
        }
    }

    fn operand(&mut self, operand: &Operand) -> [u32; 2] {
        match operand {
            Operand::Nothing => [0, 0],
            Operand::Wide(wide) => halves(*wide),
            Operand::Bytes(bytes) => self.pooled(bytes).into(),
            Operand::Texts(texts) => {
                let texts = set(texts.iter().map(|text| (head(text), text.len() as u32, text)));
                let words: Vec<_> =
                    texts.iter().flat_map(|(head, length, text)| [*head, *length, self.pooled(text).0]).collect();
                [self.row(Section::Texts, &words), texts.len() as u32]
            }
            Operand::Prints(prints) => {
                let words: Vec<_> = prints.iter().flat_map(|print| halves(*print)).collect();
                [self.row(Section::Prints, &words), prints.len() as u32 - 1]
            }
        }
    }

    fn finish(self) -> Vec<u8> {
        let mut body = Vec::new();
        let mut offset = START;
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

fn opening(operation: Operation, x: u8, index: u32) -> u32 {
    operation as u32 | u32::from(x) << 8 | index << 16
}

fn bytes(words: &[u32]) -> impl Iterator<Item = u8> {
    words.iter().flat_map(|word| word.to_le_bytes())
}

fn variant_index(flag: &Flag, variant: &str) -> u32 {
    flag.variants.keys().position(|known| known == variant).unwrap_or_default() as u32
}

fn halves(wide: u64) -> [u32; 2] {
    [wide as u32, (wide >> 32) as u32]
}
