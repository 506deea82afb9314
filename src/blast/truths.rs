//! What is not known of a visitor and of the time, and which of it can be so together.

use crate::document::Ramp;
use crate::draw::Purpose;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The attribute of which each visitor has one of their own, so that its draws are shares of the visitors.
pub(super) const UNIT: &str = "unit";

/// Something that holds or not.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Truth<'d> {
    /// A condition, by all that it depends on.
    If(String),
    /// Now has reached a time.
    Since(i64),
    /// A ramp has come so far.
    Reached(&'d Ramp, u64),
    /// A draw lies below a number. It is a draw of another attribute than [`UNIT`]: two devices are no hundred visitors,
    /// either may be below or not, and with it whoever has it. Or it is a draw that what the flag builds on reads, too.
    Below { purpose: Purpose, salt: &'d str, attribute: &'d str, below: u64 },
    /// The visitor has no such attribute, so that nothing can be drawn.
    Missing(&'d str),
    /// The unit kept a variant of a run; which one, if it matters.
    Kept(&'d str, Option<&'d str>),
}

/// A truth as people are told of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    /// Where the new document asks it.
    pub(super) places: Vec<String>,
    /// What it says, and where the old document asks it if the new one does not.
    pub(super) words: String,
}

/// The truths of a flag, by their places.
#[derive(Default)]
pub(super) struct Truths<'d> {
    all: Vec<Truth<'d>>,
    pub(super) told: Vec<Told>,
}

impl<'d> Truths<'d> {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The place of a truth, which is added if it is new. `place` is where the document asks it.
    pub(super) fn place(&mut self, truth: Truth<'d>, words: &str, place: &str, new: bool) -> usize {
        let index = self.all.iter().position(|known| *known == truth).unwrap_or_else(|| {
            let words = if new { String::from(words) } else { format!("{words} (of the old {place})") };
            self.told.push(Told { places: Vec::new(), words });
            self.all.push(truth);
            self.all.len() - 1
        });
        let told = &mut self.told[index];
        if new && !told.places.iter().any(|known| known == place) {
            if told.places.is_empty() {
                told.words = String::from(words);
            }
            told.places.push(String::from(place));
        }
        index
    }

    /// Those that only say how far a ramp has come, bit by bit.
    pub(super) fn ramps(&self) -> u32 {
        let ramps = self.all.iter().enumerate().filter(|(_, truth)| matches!(truth, Truth::Reached(..)));
        ramps.fold(0, |bits, (place, _)| bits | 1 << place)
    }

    /// Whether these truths (bit by bit) can be so together.
    pub(super) fn possible(&self, truths: u32) -> bool {
        let of = |wanted: u32| {
            self.all.iter().enumerate().filter(move |(place, _)| truths >> place & 1 == wanted).map(|(_, truth)| truth)
        };
        of(1).all(|holds| {
            !of(0).any(|fails| implies(holds, fails))
                && !of(1).any(|other| !core::ptr::eq(other, holds) && excludes(holds, other))
        })
    }
}

/// Whether one truth cannot hold without the other: what is below a number is below each larger one.
fn implies(one: &Truth, other: &Truth) -> bool {
    match (one, other) {
        (
            Truth::Below { purpose, salt, attribute, below },
            Truth::Below { purpose: other, salt: second, attribute: drawn, below: least },
        ) => (purpose, salt, attribute) == (other, second, drawn) && below <= least,
        (Truth::Since(time), Truth::Since(earlier)) => earlier <= time,
        (Truth::Reached(ramp, far), Truth::Reached(same, less)) => ramp == same && less <= far,
        _ => false,
    }
}

fn excludes(one: &Truth, other: &Truth) -> bool {
    match (one, other) {
        (Truth::Missing(attribute), Truth::Below { attribute: drawn, .. }) => attribute == drawn,
        (Truth::Kept(run, _), Truth::Kept(same, _)) => run == same,
        _ => false,
    }
}
