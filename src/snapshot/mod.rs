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

mod verify;

use crate::condition::{Comparison, Test};
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
    /// `first instruction u32, instructions u32, off variant u32, variants u32`
    Flags,
    /// Instructions, see [`Instruction`].
    Code,
    /// `prefix offset in the pool u32, prefix length u32, attribute u16, algorithm u16, zero u32`
    Draws,
    /// `split draw u32, first range u32, ranges u32, epoch u32`
    Runs,
    /// `last draw of the range u32, variant u32`
    Ranges,
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
}

/// How many sections there are.
pub const SECTIONS: usize = 11;

/// Bytes of one record of each section.
pub const STRIDES: [usize; SECTIONS] = [16, 16, 16, 16, 8, 16, 8, 8, 1, 1, 0];

/// Bytes of the directory.
pub const DIRECTORY: usize = SECTIONS * 8;

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

/// One step of a flag's program: 16 bytes, `op u8, x u8, attribute or draw u16, a u32, b u32, otherwise u32`.
///
/// A test that fails continues at `otherwise`, which counts from the flag's first instruction and lies ahead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Instruction<'a> {
    /// Ends with a variant.
    Serve {
        /// Index of the variant.
        variant: u16,
        /// [`crate::evaluate::Reason`] as a number.
        reason: u8,
        /// Which rule, or [`crate::evaluate::NO_RULE`].
        rule: u16,
    },
    /// Ends with the variant that the run's split gives the unit.
    Split {
        /// Index of the run.
        run: u16,
        /// Which rule.
        rule: u16,
    },
    /// Goes on if the draw is below the threshold.
    Under {
        /// Index of the draw.
        draw: u16,
        /// The first draw that is out.
        threshold: u32,
        /// Where to go if it is not.
        otherwise: u32,
    },
    /// Goes on if `now` has reached this time, or, inverted, has not.
    Since {
        /// Milliseconds.
        time: i64,
        /// Whether the answer is turned round.
        inverted: bool,
        /// Where to go if it fails.
        otherwise: u32,
    },
    /// Goes on if the attribute passes the test, or, inverted, does not.
    Attribute {
        /// Index of the attribute.
        attribute: u16,
        /// What is asked.
        test: Test<'a>,
        /// Whether the answer is turned round.
        inverted: bool,
        /// Where to go if it fails.
        otherwise: u32,
    },
}

/// Numbers of the operations, as `compile` writes and [`Snapshot::instruction`] reads them.
#[allow(missing_docs, reason = "each is named like what it does in `Instruction` and `Test`")]
pub mod op {
    pub const SERVE: u8 = 1;
    pub const SPLIT: u8 = 2;
    pub const UNDER: u8 = 3;
    pub const SINCE: u8 = 4;
    pub const EXISTS: u8 = 5;
    pub const TEXT_IS: u8 = 6;
    pub const TEXT_STARTS: u8 = 7;
    pub const TEXT_IN: u8 = 8;
    pub const NUMBER: u8 = 9;
    pub const BOOLEAN_IS: u8 = 10;
    /// Added to `x` when the answer is turned round.
    pub const INVERTED: u8 = 0x80;
}

/// A flag's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "named in `Section::Flags`")]
pub struct FlagRecord {
    pub first: u32,
    pub steps: u32,
    pub off: u32,
    pub variants: u32,
}

/// A draw's record.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "named in `Section::Draws`")]
pub struct DrawRecord<'a> {
    pub prefix: &'a [u8],
    pub attribute: usize,
    pub algorithm: Algorithm,
}

/// A run's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "named in `Section::Runs`")]
pub struct RunRecord {
    pub draw: u32,
    pub first: u32,
    pub ranges: u32,
    pub epoch: u32,
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
    body: &'a [u8],
}

impl<'a> Snapshot<'a> {
    /// The snapshot in bytes that [`Snapshot::verify`] has accepted. Other bytes give wrong answers and take their time.
    #[must_use]
    pub fn verified(bytes: &'a [u8]) -> Self {
        Self { bytes, body: bytes.get(HEADER..).unwrap_or_default() }
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
        word(self.body, section as usize * 8 + 4)
    }

    /// The manifest: JSON.
    #[must_use]
    pub fn manifest(&self) -> &'a [u8] {
        bytes_at(self.body, self.offset(Section::Manifest), self.count(Section::Manifest)).unwrap_or_default()
    }

    /// Text `index` of the sets.
    #[must_use]
    pub fn text(&self, index: u32) -> &'a [u8] {
        let [offset, length] = self.record(Section::Texts, index);
        self.pool(offset, length)
    }

    /// Flag `index`.
    #[must_use]
    pub fn flag(&self, index: u32) -> FlagRecord {
        let [first, steps, off, variants] = self.record(Section::Flags, index);
        FlagRecord { first, steps, off, variants }
    }

    /// Draw `index`, unless its algorithm is unknown.
    #[must_use]
    pub fn draw(&self, index: u32) -> Option<DrawRecord<'a>> {
        let [offset, length, kind, _] = self.record(Section::Draws, index);
        let algorithm = Algorithm::from_code((kind >> 16) as u16)?;
        Some(DrawRecord { prefix: self.pool(offset, length), attribute: (kind & 0xffff) as usize, algorithm })
    }

    /// Run `index`.
    #[must_use]
    pub fn run(&self, index: u32) -> RunRecord {
        let [draw, first, ranges, epoch] = self.record(Section::Runs, index);
        RunRecord { draw, first, ranges, epoch }
    }

    /// The variant that a run's split gives to a draw: that of the first range whose last draw is not below it.
    #[must_use]
    pub fn split(&self, run: RunRecord, draw: u32) -> u16 {
        let (mut low, mut high) = (run.first, run.first.saturating_add(run.ranges).saturating_sub(1));
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

    /// Instruction `index` of all, unless no such operation exists.
    #[must_use]
    pub fn instruction(&self, index: u32) -> Option<Instruction<'a>> {
        let [head, a, b, otherwise] = self.record(Section::Code, index);
        let [operation, x, low, high] = head.to_le_bytes();
        let attribute = u16::from_le_bytes([low, high]);
        let inverted = x & op::INVERTED != 0;
        let wide = u64::from(b) << 32 | u64::from(a);
        let test = match operation {
            op::SERVE => return Some(Instruction::Serve { variant: a as u16, reason: x, rule: b as u16 }),
            op::SPLIT => return Some(Instruction::Split { run: a as u16, rule: b as u16 }),
            op::UNDER => return Some(Instruction::Under { draw: attribute, threshold: a, otherwise }),
            op::SINCE => return Some(Instruction::Since { time: wide.cast_signed(), inverted, otherwise }),
            op::EXISTS => Test::Exists,
            op::TEXT_IS => Test::TextIs(self.pool(a, b)),
            op::TEXT_STARTS => Test::TextStarts(self.pool(a, b)),
            op::TEXT_IN => Test::TextIn { first: a, count: b },
            op::NUMBER => Test::Number(Comparison::from_code(x & !op::INVERTED)?, f64::from_bits(wide)),
            op::BOOLEAN_IS => Test::BooleanIs(a != 0),
            _ => return None,
        };
        Some(Instruction::Attribute { attribute, test, inverted, otherwise })
    }

    fn offset(&self, section: Section) -> u32 {
        word(self.body, section as usize * 8)
    }

    fn record<const WORDS: usize>(&self, section: Section, index: u32) -> [u32; WORDS] {
        let at = (self.offset(section) as usize).wrapping_add((index as usize).wrapping_mul(STRIDES[section as usize]));
        let mut words = [0; WORDS];
        if index < self.count(section) {
            for (number, place) in words.iter_mut().enumerate() {
                *place = word(self.body, at.wrapping_add(number * 4));
            }
        }
        words
    }

    fn pool(&self, offset: u32, length: u32) -> &'a [u8] {
        bytes_at(self.body, self.offset(Section::Pool), self.count(Section::Pool))
            .and_then(|pool| bytes_at(pool, offset, length))
            .unwrap_or_default()
    }
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
