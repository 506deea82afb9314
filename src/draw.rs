//! A draw: one named hash of a unit to an integer.
//!
//! The key is `purpose 0x00 salt 0x00 unit` in UTF-8, the hash XXH64 with seed 0, the draw its high 32 bits. A test of
//! a draw is a comparison with an integer, so that no rounding of any machine stands between a hash and a variant.
//! Two purposes or two salts give independent draws; `compile` sees to it that no two draws on one path are the same.

use crate::limits::{DRAW_PREFIX_BYTES, UNIT_BYTES};
use xxhash_rust::xxh64::xxh64;

/// How many draws there are: a rollout below this is everybody, and a split ends here.
pub const ALL: u64 = 1 << 32;

/// So many percent of all draws.
#[must_use]
pub fn percent_of_all(percent: u8) -> u64 {
    ALL * u64::from(percent) / 100
}

/// Which hash a draw uses, as the snapshot names it. Imported flags of other products will add theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Algorithm {
    /// The high 32 bits of XXH64 with seed 0.
    Xxh64High = 1,
}

impl Algorithm {
    /// The algorithm behind a number in a snapshot.
    #[must_use]
    pub fn from_code(code: u16) -> Option<Self> {
        match code {
            1 => Some(Self::Xxh64High),
            _ => None,
        }
    }
}

/// What a draw decides. Its name is part of the hashed key, so draws for two purposes are independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Whether a unit takes part at all.
    Rollout,
    /// Which variant a unit that takes part meets.
    Split,
    /// Which of several experiments a unit may take part in.
    Layer,
    /// Whether a unit is kept from new things.
    Holdout,
    /// Whether a condition holds.
    Condition,
}

impl Purpose {
    /// The purpose as it stands in the key.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rollout => "rollout",
            Self::Split => "split",
            Self::Layer => "layer",
            Self::Holdout => "holdout",
            Self::Condition => "condition",
        }
    }
}

/// The draw of `unit` under a `prefix` (`purpose 0x00 salt 0x00`), or nothing when either is longer than its limit.
///
/// ```
/// use pointsman::draw::{Algorithm, draw};
///
/// assert_eq!(draw(Algorithm::Xxh64High, b"split\0summer\0", b"ada"), draw(Algorithm::Xxh64High, b"split\0summer\0", b"ada"));
/// assert_ne!(draw(Algorithm::Xxh64High, b"split\0summer\0", b"ada"), draw(Algorithm::Xxh64High, b"rollout\0summer\0", b"ada"));
/// ```
#[must_use]
pub fn draw(algorithm: Algorithm, prefix: &[u8], unit: &[u8]) -> Option<u32> {
    let mut room = [0; ROOM];
    let mut key = Key::new(&mut room);
    key.take(0, unit, unit.len())?;
    key.draw(algorithm, prefix, prefix.len())
}

/// Bytes that are copied at once, which takes a few instructions where a number that is not known takes a call.
const BLOCK: usize = 32;

/// Bytes of a draw's key.
pub const ROOM: usize = DRAW_PREFIX_BYTES + UNIT_BYTES;

/// A draw's key. All draws of one unit share it: only the prefix in front of the unit is written anew.
pub struct Key<'r> {
    /// The prefix ends, and the unit begins, at [`DRAW_PREFIX_BYTES`].
    bytes: &'r mut [u8; ROOM],
    end: usize,
    owner: usize,
}

impl<'r> Key<'r> {
    /// No unit yet. What the room holds does not matter.
    #[must_use]
    pub fn new(room: &'r mut [u8; ROOM]) -> Self {
        Self { bytes: room, end: 0, owner: usize::MAX }
    }

    /// Whether the unit of this owner, a number of the caller's, is the one that lies in it.
    #[must_use]
    pub fn has(&self, owner: usize) -> bool {
        self.owner == owner
    }

    /// Takes the unit of an owner, the first `length` bytes of `text`, or nothing when it is too long.
    #[must_use]
    pub fn take(&mut self, owner: usize, text: &[u8], length: usize) -> Option<()> {
        self.owner = usize::MAX;
        let (_, room) = self.bytes.split_first_chunk_mut::<DRAW_PREFIX_BYTES>()?;
        match (room.first_chunk_mut::<BLOCK>(), text.first_chunk()) {
            (Some(room), Some(block)) if length <= BLOCK => *room = *block,
            _ => room.get_mut(..length)?.copy_from_slice(text.get(..length)?),
        }
        self.end = DRAW_PREFIX_BYTES + length;
        self.owner = owner;
        Some(())
    }

    /// The draw of the unit that lies in it, or nothing when the prefix, the last `length` bytes of `text`, is too long.
    #[must_use]
    pub fn draw(&mut self, algorithm: Algorithm, text: &[u8], length: usize) -> Option<u32> {
        let start = DRAW_PREFIX_BYTES.checked_sub(length)?;
        let (room, _) = self.bytes.split_first_chunk_mut::<DRAW_PREFIX_BYTES>()?;
        match (room.last_chunk_mut::<BLOCK>(), text.last_chunk()) {
            (Some(room), Some(block)) if length <= BLOCK => *room = *block,
            _ => room.get_mut(start..)?.copy_from_slice(text.get(text.len().checked_sub(length)?..)?),
        }
        let key = self.bytes.get(start..self.end)?;
        match algorithm {
            Algorithm::Xxh64High => Some((xxh64(key, 0) >> 32) as u32),
        }
    }
}

/// What a text is kept as where it must not be readable: XXH64 with the salt as its seed. It hides a name from a glance
/// and from tables made in advance; whoever guesses a name can still check the guess.
#[must_use]
pub fn fingerprint(salt: u64, text: &[u8]) -> u64 {
    xxh64(text, salt)
}

/// What tells whether a snapshot's body, of a version of the configuration, is as it was written.
#[must_use]
pub fn checksum(version: u32, body: &[u8]) -> u64 {
    xxh64(body, version.into())
}

/// The number that stands for a salt that people wrote.
#[must_use]
pub fn salt(name: &[u8]) -> u64 {
    xxh64(name, 0)
}

#[cfg(test)]
mod tests {
    use super::{Algorithm, draw};
    use crate::limits::{DRAW_PREFIX_BYTES, UNIT_BYTES};

    fn of(prefix: &[u8], unit: &[u8]) -> Option<u32> {
        draw(Algorithm::Xxh64High, prefix, unit)
    }

    #[test]
    fn a_draw_is_the_published_xxh64() {
        // XXH64 of the empty input with seed 0 is ef46db3751d8e999 in the algorithm's specification.
        assert_eq!(of(b"", b""), Some(0xef46_db37));
        // ... and of "abc" 44bc2cf5ad770999.
        assert_eq!(of(b"a", b"bc"), Some(0x44bc_2cf5));
    }

    #[test]
    fn a_key_at_its_limits_is_drawn_and_one_past_them_is_not() {
        assert!(of(&[b'p'; DRAW_PREFIX_BYTES], &[b'u'; UNIT_BYTES]).is_some());
        assert_eq!(of(&[b'p'; DRAW_PREFIX_BYTES + 1], b"u"), None);
        assert_eq!(of(b"p", &[b'u'; UNIT_BYTES + 1]), None);
    }
}
