//! Steps to an automaton that knows after each byte which of them it may have come to: M. O. Rabin and D. Scott,
//! "Finite automata and their decision problems" (1959).

use super::expression::{Beside, Look};
use super::states::{FOUND, LOST, States};
use super::steps::{Id, Step, Steps};
use crate::limits::REGEX_WORK_BYTES;
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::vec;
use alloc::vec::Vec;

/// The automaton that finds the expression anywhere in a subject, unless it is too large.
pub(super) fn automaton(steps: &Steps) -> Option<States> {
    let classes = Classes::of(&steps.all);
    let mut walk = Walk { steps, seen: vec![0; steps.all.len()], round: 0, open: Vec::new() };
    let mut known = Known::default();
    let start = known.number(Place { before: Beside::Edge, steps: vec![steps.start] })?;
    let mut states = States {
        class_of: classes.of,
        classes: classes.first.len(),
        next: vec![FOUND; classes.first.len()],
        accepts: vec![true, false],
        start,
    };
    states.next.extend(vec![LOST; states.classes]);
    while let Some(place) = known.places.get(states.accepts.len() - 2).cloned() {
        // Many bytes are alike to what looks at them, so one walk serves them all.
        let mut ahead = [const { None }; Beside::KINDS];
        for byte in &classes.first {
            let before = classes.beside(*byte);
            let ahead: &Ahead = ahead[before as usize].get_or_insert_with(|| walk.ahead(&place, before));
            let next = (!ahead.found).then(|| Place { before, steps: ahead.behind(*byte, steps.start) });
            states.next.push(next.map_or(Some(FOUND), |next| known.number(next))?);
        }
        states.accepts.push(walk.ahead(&place, Beside::Edge).found);
        // A number takes four bytes in wasm, and an expression is refused everywhere or nowhere.
        if states.next.len() * 4 > REGEX_WORK_BYTES {
            return None;
        }
    }
    Some(states)
}

/// Where one may be in an expression: in front of these steps, behind such a byte.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    before: Beside,
    /// Sorted, and each once.
    steps: Vec<Id>,
}

/// Bytes of a place without its steps, and of what leads to it, in wasm. They are counted so on every machine.
const PLACE_BYTES: usize = 30;

/// The places that were met, and their numbers behind [`FOUND`] and [`LOST`].
#[derive(Default)]
struct Known {
    numbers: BTreeMap<Rc<Place>, usize>,
    places: Vec<Rc<Place>>,
    /// The bytes that they take: each some for itself, and one for each of its steps, as most come right behind another
    /// and could be written as a distance.
    bytes: usize,
}

impl Known {
    fn number(&mut self, place: Place) -> Option<usize> {
        if let Some(number) = self.numbers.get(&place) {
            return Some(*number);
        }
        let (number, place) = (self.places.len() + LOST + 1, Rc::new(place));
        self.bytes += PLACE_BYTES + place.steps.len();
        self.places.push(place.clone());
        self.numbers.insert(place, number);
        (self.bytes <= REGEX_WORK_BYTES).then_some(number)
    }
}

/// Bytes that no step tells apart.
struct Classes {
    /// The class of each byte.
    of: [u8; 256],
    /// The first byte of each class.
    first: Vec<u8>,
    /// Whether what is beside a place counts for lines, and for words.
    lines: bool,
    words: bool,
}

impl Classes {
    fn of(steps: &[Step]) -> Self {
        let looks = |of: &[Look]| steps.iter().any(|step| matches!(step, Step::Look(look, _) if of.contains(look)));
        let (lines, words) =
            (looks(&[Look::LineStart, Look::LineEnd]), looks(&[Look::Word, Look::WordStart, Look::WordEnd]));
        let mut classes = Self { of: [0; 256], first: vec![0], lines, words };
        let mut begins = [false; 256];
        for step in steps {
            if let Step::Byte(first, last, _) = *step {
                begins[usize::from(first)] = true;
                begins[usize::from(last.wrapping_add(1))] = true;
            }
        }
        for byte in 1..=u8::MAX {
            if begins[usize::from(byte)] || classes.beside(byte) != classes.beside(byte - 1) {
                classes.first.push(byte);
            }
            classes.of[usize::from(byte)] = (classes.first.len() - 1) as u8;
        }
        classes
    }

    fn beside(&self, byte: u8) -> Beside {
        match Beside::of(byte) {
            Beside::LineFeed if self.lines => Beside::LineFeed,
            Beside::Word if self.words => Beside::Word,
            _ => Beside::Other,
        }
    }
}

/// A walk along steps that take no byte.
struct Walk<'s> {
    steps: &'s Steps,
    /// The round in which each step was last met.
    seen: Vec<u32>,
    round: u32,
    open: Vec<Id>,
}

impl Walk<'_> {
    /// What lies ahead of a place, if such a byte or none follows.
    fn ahead(&mut self, place: &Place, after: Beside) -> Ahead {
        self.round += 1;
        self.open.extend(&place.steps);
        let mut ahead = Ahead { found: false, bytes: Vec::new() };
        while let Some(id) = self.open.pop() {
            if core::mem::replace(&mut self.seen[usize::from(id)], self.round) == self.round {
                continue;
            }
            match self.steps.all[usize::from(id)] {
                Step::Look(look, next) if look.holds(place.before, after) => self.open.push(next),
                Step::Fork(one, other) => self.open.extend([one, other]),
                Step::Look(..) | Step::Never => {}
                Step::Found => ahead.found = true,
                Step::Byte(first, last, next) => ahead.bytes.push((first, last, next)),
            }
        }
        ahead
    }
}

/// What lies ahead of a place.
struct Ahead {
    /// The expression is found there.
    found: bool,
    /// Steps with a byte from the first to the last, to those behind.
    bytes: Vec<(u8, u8, Id)>,
}

impl Ahead {
    /// The steps behind a byte. The expression may begin everywhere.
    fn behind(&self, byte: u8, start: Id) -> Vec<Id> {
        let taken = self.bytes.iter().filter(|(first, last, _)| (*first..=*last).contains(&byte));
        let mut steps: Vec<_> = taken.map(|(_, _, next)| *next).chain([start]).collect();
        steps.sort_unstable();
        steps.dedup();
        steps
    }
}
