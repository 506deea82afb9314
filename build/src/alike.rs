//! The order of a wasm file's functions: those that look alike lie close together.
//!
//! gzip finds a repetition within 32 kB and no further, and nothing else depends on where a function stands. From the largest one
//! on, the next is always the one that repeats most of what lies within that reach.

use anyhow::Result;
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use wasm_encoder::{Module, NameMap, NameSection, RawSection};
use wasmparser::{KnownCustom, Parser, Payload};

/// How far back gzip sees, in bytes.
const REACH: usize = 32_768;
/// The bytes of a piece: shorter ones are everywhere, longer ones hardly twice.
const PIECE: usize = 6;

/// Names the functions of a wasm file by their places in that order, for Binaryen to sort them.
pub fn name(wasm: &Path) -> Result<()> {
    let bytes = fs::read(wasm)?;
    let (mut imported, mut bodies) = (0, Vec::new());
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(&bytes) {
        let payload = payload?;
        if let Some((id, range)) = payload.as_section()
            && !matches!(&payload, Payload::CustomSection(section) if matches!(section.as_known(), KnownCustom::Name(_)))
        {
            module.section(&RawSection { id, data: &bytes[range] });
        }
        match payload {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imported += u32::from(matches!(import?.ty, wasmparser::TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(&bytes[body.range()]),
            _ => {}
        }
    }
    let mut names = NameMap::new();
    for index in 0..imported {
        names.append(index, &format!("import {index}"));
    }
    let mut places: Vec<_> = order(&bodies).into_iter().zip(0..).collect();
    places.sort_unstable();
    for (index, (_, place)) in (imported..).zip(places) {
        names.append(index, &format!("{place:06}"));
    }
    let mut section = NameSection::new();
    section.functions(&names);
    Ok(fs::write(wasm, module.section(&section).as_slice())?)
}

/// The functions, as indices of their bodies, in the order in which they are to lie.
fn order(bodies: &[&[u8]]) -> Vec<usize> {
    let mut reach = Reach::of(bodies);
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    left.sort_by_key(|&index| std::cmp::Reverse(bodies[index].len()));
    let (mut order, mut first, mut size) = (Vec::with_capacity(bodies.len()), 0, 0);
    // The first of those that are worth the same, so the largest.
    while let Some(at) = (0..left.len()).rev().max_by_key(|&at| reach.worth(left[at])) {
        let next = left.remove(at);
        order.push(next);
        reach.enter(next);
        size += bodies[next].len();
        while size > REACH && first + 1 < order.len() {
            reach.leave(order[first]);
            size -= bodies[order[first]].len();
            first += 1;
        }
    }
    order
}

/// The pieces that lie within reach.
struct Reach {
    /// The pieces of each function.
    pieces: Vec<Vec<usize>>,
    /// The functions that have each piece.
    holders: Vec<Vec<usize>>,
    /// How often each piece lies within reach.
    near: Vec<u32>,
    /// How many of each function's pieces lie within reach.
    repeated: Vec<usize>,
}

impl Reach {
    fn of(bodies: &[&[u8]]) -> Self {
        let (mut numbers, mut holders) = (HashMap::new(), Vec::new());
        let mut pieces = Vec::with_capacity(bodies.len());
        for (index, body) in bodies.iter().enumerate() {
            let mut own = Vec::with_capacity(body.len());
            for piece in body.windows(PIECE) {
                let new = numbers.len();
                own.push(*numbers.entry(piece).or_insert(new));
            }
            own.sort_unstable();
            own.dedup();
            holders.resize(numbers.len(), Vec::new());
            for &piece in &own {
                holders[piece].push(index);
            }
            pieces.push(own);
        }
        Self { near: vec![0; holders.len()], repeated: vec![0; bodies.len()], pieces, holders }
    }

    /// What a function would save: the share of it that is repeated counts as much as how much that is.
    fn worth(&self, index: usize) -> usize {
        (self.repeated[index].pow(2) << 16) / (self.pieces[index].len() + 1)
    }

    fn enter(&mut self, index: usize) {
        for &piece in &self.pieces[index] {
            if self.near[piece] == 0 {
                self.holders[piece].iter().for_each(|&holder| self.repeated[holder] += 1);
            }
            self.near[piece] += 1;
        }
    }

    fn leave(&mut self, index: usize) {
        for &piece in &self.pieces[index] {
            self.near[piece] -= 1;
            if self.near[piece] == 0 {
                self.holders[piece].iter().for_each(|&holder| self.repeated[holder] -= 1);
            }
        }
    }
}
