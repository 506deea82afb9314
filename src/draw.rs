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
}

impl Purpose {
    /// The purpose as it stands in the key.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rollout => "rollout",
            Self::Split => "split",
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
    let mut key = [0; DRAW_PREFIX_BYTES + UNIT_BYTES];
    let length = prefix.len().checked_add(unit.len())?;
    if prefix.len() > DRAW_PREFIX_BYTES || unit.len() > UNIT_BYTES {
        return None;
    }
    key.get_mut(..prefix.len())?.copy_from_slice(prefix);
    key.get_mut(prefix.len()..length)?.copy_from_slice(unit);
    match algorithm {
        Algorithm::Xxh64High => Some((xxh64(key.get(..length)?, 0) >> 32) as u32),
    }
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
