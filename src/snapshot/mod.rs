//! What runs: a flat byte program, verified once and then read in place.
//!
//! A snapshot is a header and a body. The body is a pure function of the document, and its SHA-256 is its name; the
//! header adds which version of the configuration it is, so that a rollback is a new version of the same bytes.
//!
//! ```text
//! header   0 "PMSN"   4 format u16   6 zero u16   8 config version u32   12 body length u32   16 SHA-256 of the body
//! body     0 directory: for each section of `Section` its offset in the body and its count, two u32
//!          then the sections
//! ```
//!
//! All numbers are little-endian. Records have a fixed size, jumps go forward only, every index is checked by
//! [`Snapshot::verify`], and every read is bounded, so that no byte string can make the evaluator panic or loop.

mod instruction;
mod verify;

pub use instruction::{Instruction, Question, op};

use crate::draw::Algorithm;

/// The format that this code writes.
pub const FORMAT: u16 = 1;

/// The first four bytes of every snapshot.
pub const MAGIC: [u8; 4] = *b"PMSN";

/// Bytes before the body.
pub const HEADER: usize = 48;

/// The parts of a body, in the order of the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Section {
    /// `first instruction u32, instructions u16, off variant u16, variants u32, first flag that it needs u32`
    Flags,
    /// Instructions, see [`Instruction`].
    Code,
    /// `prefix offset in the pool u32, prefix length u32, attribute u16, algorithm u16, zero u32`
    Draws,
    /// `draw u32, first range u32, ranges u32, zero u32`
    Splits,
    /// `last draw of the range u32, variant u32`
    Ranges,
    /// Points of ramps: `time i64, first draw that is out u64`; those of one ramp lie together, in rising order.
    Points,
    /// Fingerprints `u64`: those of one set lie together, sorted, behind their salt.
    Prints,
    /// `pattern offset in the pool u32, pattern length u32, flag u32, first action u32`
    Pages,
    /// For each variant of a page's flag: `first edit u32, edits u32`
    Actions,
    /// `offset in the pool u32, length u32`; the texts of one set lie together, sorted
    Texts,
    /// Bytes that the records above point into.
    Pool,
    /// JSON for JavaScript: names, values and edits by index.
    Manifest,
    /// No bytes; the count of attributes that a context record holds.
    Attributes,
    /// Each run's epoch, `u32`; the manifest names it.
    Runs,
}

/// How many sections there are.
pub const SECTIONS: usize = 14;

/// Bytes of one record of each section.
pub const STRIDES: [usize; SECTIONS] = [16, 16, 16, 16, 8, 16, 8, 16, 8, 8, 1, 1, 0, 4];

/// Bytes of the directory.
pub const DIRECTORY: usize = SECTIONS * 8;

/// In place of a run: the decision belongs to none, so meeting its variant is no exposure.
pub const NO_RUN: u16 = u16::MAX;

/// Why bytes are no snapshot. The list is closed; each has a number for shells that only speak in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Fault {
    /// Longer than [`crate::limits::SNAPSHOT_BYTES`].
    TooLong = 1,
    /// Shorter than its header, or not starting with [`MAGIC`].
    NotASnapshot = 2,
    /// A format that this evaluator does not know.
    UnknownFormat = 3,
    /// The body's length is not the one in the header.
    Truncated = 4,
    /// A section reaches outside the body or has too many records.
    BadSection = 5,
    /// A record points where there is nothing, or an instruction does not exist.
    BadRecord = 6,
    /// A flag's program could run past its end or backwards.
    BadProgram = 7,
}

/// A flag's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "named in `Section::Flags`")]
pub struct FlagRecord {
    pub first: u32,
    pub steps: u32,
    pub off: u32,
    pub variants: u32,
    pub needs: u32,
}

/// A draw's record.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "named in `Section::Draws`")]
pub struct DrawRecord<'a> {
    pub prefix: &'a [u8],
    pub attribute: usize,
    pub algorithm: Algorithm,
}

/// A split's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "named in `Section::Splits`")]
pub struct SplitRecord {
    pub draw: u32,
    pub first: u32,
    pub ranges: u32,
}

/// A page test's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "named in `Section::Pages`")]
pub struct PageRecord<'a> {
    pub pattern: &'a [u8],
    pub flag: u32,
    pub first_action: u32,
}

/// A snapshot that lies in `bytes`.
#[derive(Clone, Copy, Debug)]
pub struct Snapshot<'a> {
    bytes: &'a [u8],
    sections: [&'a [u8]; SECTIONS],
}

impl<'a> Snapshot<'a> {
    /// The snapshot in bytes that [`Snapshot::verify`] has accepted. Other bytes give wrong answers and take their time.
    #[must_use]
    pub fn verified(bytes: &'a [u8]) -> Self {
        let body = bytes.get(HEADER..).unwrap_or_default();
        let mut sections: [&[u8]; SECTIONS] = [&[]; SECTIONS];
        for (index, (section, stride)) in sections.iter_mut().zip(STRIDES).enumerate() {
            let (offset, count) = (word(body, index * 8), word(body, index * 8 + 4));
            *section = bytes_at(body, offset, count.wrapping_mul(stride as u32)).unwrap_or_default();
        }
        Self { bytes, sections }
    }

    /// The version of the configuration, counted by the control plane.
    #[must_use]
    pub fn config_version(&self) -> u32 {
        word(self.bytes, 8)
    }

    /// The SHA-256 that the header gives for the body.
    #[must_use]
    pub fn digest(&self) -> &'a [u8] {
        self.bytes.get(16..HEADER).unwrap_or_default()
    }

    /// How many records a section has.
    #[must_use]
    pub fn count(&self, section: Section) -> u32 {
        word(self.bytes, HEADER + section as usize * 8 + 4)
    }

    /// The manifest: JSON.
    #[must_use]
    pub fn manifest(&self) -> &'a [u8] {
        self.sections[Section::Manifest as usize]
    }

    /// Text `index` of the sets.
    #[must_use]
    pub fn text(&self, index: u32) -> &'a [u8] {
        let [offset, length] = self.record(Section::Texts, index);
        self.pool(offset, length)
    }

    /// Fingerprint, or salt, `index` of the sets.
    #[must_use]
    pub fn print(&self, index: u32) -> u64 {
        wide(self.record(Section::Prints, index))
    }

    /// Flag `index`.
    #[must_use]
    pub fn flag(&self, index: u32) -> FlagRecord {
        let [first, counts, variants, needs] = self.record(Section::Flags, index);
        FlagRecord { first, steps: counts & 0xffff, off: counts >> 16, variants, needs }
    }

    /// Draw `index`, unless its algorithm is unknown.
    #[must_use]
    pub fn draw(&self, index: u32) -> Option<DrawRecord<'a>> {
        let [offset, length, kind, _] = self.record(Section::Draws, index);
        let algorithm = Algorithm::from_code((kind >> 16) as u16)?;
        Some(DrawRecord { prefix: self.pool(offset, length), attribute: (kind & 0xffff) as usize, algorithm })
    }

    /// Split `index`.
    #[must_use]
    pub fn split(&self, index: u32) -> SplitRecord {
        let [draw, first, ranges, _] = self.record(Section::Splits, index);
        SplitRecord { draw, first, ranges }
    }

    /// The variant that a split gives to a draw: that of the first range whose last draw is not below it.
    #[must_use]
    pub fn variant(&self, split: SplitRecord, draw: u32) -> u16 {
        let (mut low, mut high) = (split.first, split.first.saturating_add(split.ranges).saturating_sub(1));
        while low < high {
            let middle = low + (high - low) / 2;
            let [last, _] = self.record(Section::Ranges, middle);
            if draw <= last {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        let [_, variant] = self.record(Section::Ranges, low);
        variant as u16
    }

    /// Point `index` of the ramps: its time and the first draw that is out.
    #[must_use]
    pub fn point(&self, index: u32) -> (i64, u64) {
        let [low, high, below_low, below_high] = self.record(Section::Points, index);
        (wide([low, high]).cast_signed(), wide([below_low, below_high]))
    }

    /// Page test `index`.
    #[must_use]
    pub fn page(&self, index: u32) -> PageRecord<'a> {
        let [offset, length, flag, first_action] = self.record(Section::Pages, index);
        PageRecord { pattern: self.pool(offset, length), flag, first_action }
    }

    /// Which edits an action makes: the first and how many.
    #[must_use]
    pub fn action(&self, index: u32) -> (u32, u32) {
        let [first, count] = self.record(Section::Actions, index);
        (first, count)
    }

    pub(crate) fn record<const WORDS: usize>(&self, section: Section, index: u32) -> [u32; WORDS] {
        let mut words = [0; WORDS];
        let at = (index as usize).wrapping_mul(WORDS * 4);
        if let Some(bytes) = self.sections[section as usize].get(at..at.wrapping_add(WORDS * 4)) {
            for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(4)) {
                *word = bytes.try_into().map_or(0, u32::from_le_bytes);
            }
        }
        words
    }

    fn pool(&self, offset: u32, length: u32) -> &'a [u8] {
        bytes_at(self.sections[Section::Pool as usize], offset, length).unwrap_or_default()
    }
}

fn wide([low, high]: [u32; 2]) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

/// The little-endian word at `at`, or 0 where there is none.
pub(crate) fn word(bytes: &[u8], at: usize) -> u32 {
    match bytes.get(at..at.wrapping_add(4)) {
        Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
        _ => 0,
    }
}

/// `length` bytes from `offset`, if they are there.
pub(crate) fn bytes_at(bytes: &[u8], offset: u32, length: u32) -> Option<&[u8]> {
    bytes.get(offset as usize..(offset as usize).checked_add(length as usize)?)
}
