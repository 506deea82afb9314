//! Any bytes to a snapshot or one [`Fault`].

use super::{DIRECTORY, FORMAT, Fault, HEADER, MAGIC, SECTIONS, STRIDES, Section, Snapshot, wide, word, words};
use crate::draw::checksum;
use crate::limits;

/// The sections whose records others count on, each with the most that it may have.
const MOST: [(Section, usize); 4] = [
    (Section::Flags, limits::FLAGS),
    (Section::Pages, limits::PAGES),
    (Section::Attributes, limits::ATTRIBUTES),
    (Section::Runs, limits::FLAGS),
];

impl<'a> Snapshot<'a> {
    /// Makes sure that these are the bytes of a snapshot, as they were written.
    pub fn verify(bytes: &'a [u8]) -> Result<Self, Fault> {
        if bytes.len() > limits::SNAPSHOT_BYTES {
            return Err(Fault::TooLong);
        }
        let [magic, format, version, length] = words(bytes, 0);
        if magic != u32::from_le_bytes(MAGIC) || bytes.len() < HEADER {
            return Err(Fault::NotASnapshot);
        }
        if format != u32::from(FORMAT) {
            return Err(Fault::UnknownFormat);
        }
        let body = bytes.get(HEADER..).unwrap_or_default();
        if length as usize != body.len() || body.len() < DIRECTORY {
            return Err(Fault::Truncated);
        }
        if wide(words(bytes, HEADER - 8)) != checksum(version, body) {
            return Err(Fault::Damaged);
        }
        let snapshot = Self::verified(bytes);
        if snapshot.sections_fit() { Ok(snapshot) } else { Err(Fault::BadSection) }
    }

    fn sections_fit(&self) -> bool {
        let fits = |index: usize| {
            let [offset, count] = words(self.head, HEADER + index * 8);
            // Neither factor reaches 2^31, for the strides are small and a count past the bytes is refused before.
            let room = word(self.head, 12) / STRIDES[index].max(1) as u32;
            count <= room && (offset as usize).saturating_add(count as usize * STRIDES[index]) <= self.bytes.len()
        };
        (0..SECTIONS).all(fits) && MOST.iter().all(|(section, most)| self.count(*section) as usize <= *most)
    }
}
