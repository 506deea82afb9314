//! What runs: a flat byte program, verified once and then read in place.
//!
//! A snapshot is a header and a body. The body is a pure function of the document, and its SHA-256 is its name; the
//! header adds which version of the configuration it is, so that a rollback is a new version of the same bytes.
//!
//! ```text
//! header   0 "PMSN"   4 format u16   6 zero u16   8 config version u32   12 body length u32   16 SHA-256 of the body
//!          48 XXH64 of the body, with the config version as its seed
//! body     0 directory: for each section of `Section` its offset in the snapshot and its count, two u32
//!          then the sections
//! ```
//!
//! All numbers are little-endian, and offsets count from the snapshot's first byte.
//!
//! **Whatever the bytes are, evaluating them ends, and nothing panics.** Every read is bounded, jumps go forward only,
//! and every loop ends at a limit of [`crate::limits`]. So [`Snapshot::verify`] need not look at each record: it makes
//! sure that these are the bytes that `compile` wrote, by their checksum, and that the directory describes them.
//! Whether `compile` wrote them for whom they are meant is told by the digest, which the edge checks.

mod instruction;
mod verify;

pub use instruction::{Instruction, Operation, Question, Step, flags};

use crate::draw::Algorithm;
use core::cmp::Ordering;

/// The format that this code writes.
pub const FORMAT: u16 = 1;

/// The first four bytes of every snapshot.
pub const MAGIC: [u8; 4] = *b"PMSN";

/// Bytes before the body.
pub const HEADER: usize = 56;

/// The parts of a body, in the order of the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Section {
    /// Bytes that records point into. It is the first, so that no draw's prefix begins near the snapshot's start.
    Pool,
    /// `first instruction u32, instructions u16, off variant u16, variants u32, first flag that it needs u32`
    Flags,
    /// Instructions, see [`Instruction`].
    Code,
    /// `prefix offset u32, prefix length u32, attribute u16, algorithm u16, zero u32`
    Draws,
    /// `last draw of the range u32, variant u32`
    Ranges,
    /// Points of ramps: `time i64, first draw that is out u64`; those of one ramp lie together, in rising order.
    Points,
    /// Fingerprints `u64`: those of one set lie together, sorted, behind their salt.
    Prints,
    /// `offset u32, length u32` of the tables of path, host and query, each without bytes if all fit, then
    /// `flag u32, first action u32`
    Pages,
    /// For each variant of a page's flag: `first edit u32, edits u32`
    Actions,
    /// `head u32, length u32, offset u32`; the texts of one set lie together, sorted by these words and then by their bytes.
    Texts,
    /// JSON for JavaScript: names, values and edits by index.
    Manifest,
    /// No bytes; the count of attributes that a context record holds.
    Attributes,
    /// Each run's epoch, `u32`; the manifest names it.
    Runs,
}

/// How many sections there are.
pub const SECTIONS: usize = 13;

/// Bytes of one record of each section.
pub const STRIDES: [usize; SECTIONS] = [1, 16, 16, 16, 8, 16, 8, 32, 8, 12, 1, 0, 4];

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
    /// Not the bytes that were written.
    Damaged = 5,
    /// A section reaches outside the snapshot or has too many records.
    BadSection = 6,
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
    /// The snapshot as far as the prefix's last byte.
    pub(crate) text: &'a [u8],
    pub(crate) length: usize,
    pub attribute: usize,
    pub algorithm: Algorithm,
}

impl<'a> DrawRecord<'a> {
    /// What stands in front of the unit in the draw's key.
    #[must_use]
    pub fn prefix(&self) -> &'a [u8] {
        self.text.get(self.text.len().wrapping_sub(self.length)..).unwrap_or_default()
    }
}

/// A page test's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "named in `Section::Pages`")]
pub struct PageRecord<'a> {
    pub patterns: [&'a [u8]; 3],
    pub flag: u32,
    pub first_action: u32,
}

/// A snapshot that lies in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Snapshot<'a> {
    bytes: &'a [u8],
    /// The same bytes as far as all have them, so that they are read without a look at the length.
    head: &'a [u8; HEAD],
}

/// Bytes of the header and the directory.
const HEAD: usize = HEADER + DIRECTORY;

impl<'a> Snapshot<'a> {
    /// The snapshot in bytes that [`Snapshot::verify`] has accepted. Other bytes give wrong answers.
    #[must_use]
    pub fn verified(bytes: &'a [u8]) -> Self {
        Self { bytes, head: bytes.first_chunk().unwrap_or(&[0; HEAD]) }
    }

    /// The version of the configuration, counted by the control plane.
    #[must_use]
    pub fn config_version(&self) -> u32 {
        word(self.head, 8)
    }

    /// The SHA-256 that the header gives for the body.
    #[must_use]
    pub fn digest(&self) -> &'a [u8] {
        &self.head[16..48]
    }

    /// How many records a section has.
    #[must_use]
    pub fn count(&self, section: Section) -> u32 {
        word(self.head, HEADER + section as usize * 8 + 4)
    }

    /// The manifest: JSON.
    #[must_use]
    pub fn manifest(&self) -> &'a [u8] {
        bytes_at(self.bytes, self.start(Section::Manifest) as u32, self.count(Section::Manifest)).unwrap_or_default()
    }

    /// Text `index` of the sets.
    #[must_use]
    pub fn text(&self, index: u32) -> &'a [u8] {
        let [_, length, offset] = self.record(Section::Texts, index);
        self.pool(offset, length)
    }

    /// How text `index` of the sets stands to another one, by which sets are sorted: first by the heads, which nearly
    /// always tell two texts apart.
    pub(crate) fn compare(&self, index: u32, head: u32, text: &[u8]) -> Ordering {
        let [own, length, offset] = self.record(Section::Texts, index);
        let words = (own, length).cmp(&(head, text.len() as u32));
        words.then_with(|| self.pool(offset, length).cmp(text))
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
        let (end, length) = (offset.checked_add(length)?, length as usize);
        let text = self.bytes.get(..end as usize)?;
        Some(DrawRecord { text, length, attribute: (kind & 0xffff) as usize, algorithm })
    }

    /// The variant that a split of `count` ranges from `first` on gives to a draw: that of the first range whose last
    /// draw is not below it.
    #[must_use]
    pub fn variant(&self, first: u32, count: u32, draw: u32) -> u16 {
        let (mut low, mut high) = (first, first.saturating_add(count).saturating_sub(1));
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
        let [p0, p1, h0, h1, q0, q1, flag, first_action] = self.record(Section::Pages, index);
        PageRecord { patterns: [self.pool(p0, p1), self.pool(h0, h1), self.pool(q0, q1)], flag, first_action }
    }

    /// Which edits an action makes: the first and how many.
    #[must_use]
    pub fn action(&self, index: u32) -> (u32, u32) {
        let [first, count] = self.record(Section::Actions, index);
        (first, count)
    }

    /// The words of a record; zeros where there are none.
    pub(crate) fn record<const WORDS: usize>(&self, section: Section, index: u32) -> [u32; WORDS] {
        words(self.bytes, self.start(section).wrapping_add((index as usize).wrapping_mul(WORDS * 4)))
    }

    fn start(&self, section: Section) -> usize {
        word(self.head, HEADER + section as usize * 8) as usize
    }

    pub(crate) fn pool(&self, offset: u32, length: u32) -> &'a [u8] {
        bytes_at(self.bytes, offset, length).unwrap_or_default()
    }
}

/// The first four bytes of a text as a word.
pub(crate) fn head(text: &[u8]) -> u32 {
    text.iter().take(4).rev().fold(0, |head, byte| head << 8 | u32::from(*byte))
}

/// A number of two words.
pub(crate) fn wide([low, high]: [u32; 2]) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

/// The little-endian words from `at` on; zeros where not all of them are there.
pub(crate) fn words<const WORDS: usize>(bytes: &[u8], at: usize) -> [u32; WORDS] {
    let row = bytes.get(at..).and_then(|rest| rest.as_chunks().0.first_chunk());
    row.map_or([0; WORDS], |row| row.map(u32::from_le_bytes))
}

/// The little-endian word at `at`, or 0 where there is none.
pub(crate) fn word(bytes: &[u8], at: usize) -> u32 {
    let [word] = words(bytes, at);
    word
}

/// `length` bytes from `offset`, if they are there.
pub(crate) fn bytes_at(bytes: &[u8], offset: u32, length: u32) -> Option<&[u8]> {
    bytes.get(offset as usize..(offset as usize).checked_add(length as usize)?)
}
