//! The evaluation context as a flat record: one slot for each attribute that the snapshot reads, then the texts.
//!
//! A shell writes the record, `evaluate` reads it where it lies. Attribute names never travel: the snapshot's manifest
//! lists them, and slot *i* belongs to attribute *i*. A slot is three little-endian words:
//!
//! | tag | second word | third word |
//! |---|---|---|
//! | 0 missing | 0 | 0 |
//! | 1 text | offset in the record | length in bytes |
//! | 2 number | low half of the IEEE 754 bits | high half |
//! | 3 boolean | 0 or 1 | 0 |
//! | 4 unusable | 0 | 0 |
//!
//! *Unusable* is a value that is there and that no rule can read: an object, a number that is not finite, a text that
//! is not Unicode or longer than [`crate::limits::ATTRIBUTE_BYTES`].
//!
//! Any bytes are safe to read as a record: whatever does not fit is a missing attribute.

use crate::snapshot::{bytes_at, word};

/// Bytes of a slot.
pub const SLOT: usize = 12;

/// What an attribute holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// UTF-8, as it was given: no trimming, no normalisation.
    Text(&'a [u8]),
    /// A finite number.
    Number(f64),
    /// Yes or no.
    Boolean(bool),
    /// Something else: it exists and matches nothing.
    Unusable,
}

/// A context record.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a>(pub &'a [u8]);

impl<'a> Context<'a> {
    /// The attribute in slot `index`, unless it is missing.
    #[must_use]
    pub fn attribute(self, index: usize) -> Option<Value<'a>> {
        let slot = index.checked_mul(SLOT)?;
        let (low, high) = (word(self.0, slot + 4), word(self.0, slot + 8));
        match word(self.0, slot) {
            1 => Some(Value::Text(bytes_at(self.0, low, high)?)),
            2 => {
                let number = f64::from_bits(u64::from(high) << 32 | u64::from(low));
                Some(if number.is_finite() { Value::Number(number) } else { Value::Unusable })
            }
            // A list (5) is there, and no rule reads one yet.
            4 | 5 => Some(Value::Unusable),
            3 => Some(Value::Boolean(low != 0)),
            _ => None,
        }
    }
}

/// Writes a context record into `record`; natively what the JavaScript shim does in front of wasm.
///
/// Gives the record's length, or nothing when it does not fit.
#[must_use]
pub fn write<'a>(
    slots: usize,
    attributes: impl IntoIterator<Item = (usize, Value<'a>)>,
    record: &mut [u8],
) -> Option<usize> {
    let mut end = slots.checked_mul(SLOT)?;
    record.get_mut(..end)?.fill(0);
    for (index, value) in attributes {
        let (tag, low, high) = match value {
            Value::Text(text) => {
                let start = end;
                end = start.checked_add(text.len())?;
                record.get_mut(start..end)?.copy_from_slice(text);
                (1_u32, start as u32, text.len() as u32)
            }
            Value::Number(number) => {
                let bits = number.to_bits();
                (2, bits as u32, (bits >> 32) as u32)
            }
            Value::Boolean(yes) => (3, u32::from(yes), 0),
            Value::Unusable => (4, 0, 0),
        };
        if index >= slots {
            return None;
        }
        let slot = record.get_mut(index * SLOT..index * SLOT + SLOT)?;
        for (place, part) in slot.chunks_exact_mut(4).zip([tag, low, high]) {
            place.copy_from_slice(&part.to_le_bytes());
        }
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::{Context, Value, write};

    #[test]
    fn what_is_written_is_read() {
        let mut record = [0; 64];
        let values = [(0, Value::Text("zoë".as_bytes())), (2, Value::Number(-0.5)), (3, Value::Boolean(true))];
        let length = write(4, values, &mut record).unwrap();
        let context = Context(&record[..length]);
        assert_eq!(context.attribute(0), Some(Value::Text("zoë".as_bytes())));
        assert_eq!(context.attribute(1), None);
        assert_eq!(context.attribute(2), Some(Value::Number(-0.5)));
        assert_eq!(context.attribute(3), Some(Value::Boolean(true)));
        assert_eq!(context.attribute(4), None);
        assert_eq!(context.attribute(usize::MAX), None);
    }

    #[test]
    fn a_text_that_points_outside_is_missing() {
        let mut record = [0xff; 36];
        record[0..4].copy_from_slice(&1_u32.to_le_bytes());
        assert_eq!(Context(&record).attribute(0), None);
    }
}
