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
//! | 5 list | offset of its items' slots in the record | how many |
//!
//! *Unusable* is a value that is there and that no rule can read: an object, a number that is not finite, a text that
//! is not Unicode or longer than [`limits::ATTRIBUTE_BYTES`], a list of more than [`limits::LIST_ITEMS`]. Lists do not
//! nest: a list in a list is unusable. A list's slots start at a whole word. Slots are filled in order; a text or a list for which [`limits::CONTEXT_BYTES`]
//! behind the slots do not suffice any more is unusable, too.
//!
//! Any bytes are safe to read as a record: whatever does not fit is a missing attribute.

use crate::limits;
use crate::snapshot::{bytes_at, words};

/// Bytes of a slot.
pub const SLOT: usize = 12;

/// The first word of a slot.
pub(crate) mod tag {
    pub(crate) const MISSING: u32 = 0;
    pub(crate) const TEXT: u32 = 1;
    pub(crate) const NUMBER: u32 = 2;
    pub(crate) const BOOLEAN: u32 = 3;
    pub(crate) const UNUSABLE: u32 = 4;
    pub(crate) const LIST: u32 = 5;
}

/// What an attribute holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// UTF-8, as it was given: no trimming, no normalisation.
    Text(&'a [u8]),
    /// A finite number.
    Number(f64),
    /// Yes or no.
    Boolean(bool),
    /// Several values.
    List(Items<'a>),
    /// Something else: it exists and matches nothing.
    Unusable,
}

/// The items of a list: where their slots lie in the record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Items<'a> {
    record: &'a [u8],
    start: u32,
    count: u32,
}

impl<'a> Items<'a> {
    /// How many there are.
    #[must_use]
    pub fn count(self) -> u32 {
        self.count
    }

    /// Each in its order; a list among them is unusable.
    pub fn each(self) -> impl Iterator<Item = Value<'a>> {
        let (start, record) = (self.start as usize, Context(self.record));
        (0..self.count as usize).map(move |index| match record.value(record.slot(start + index * SLOT)) {
            None | Some(Value::List(_)) => Value::Unusable,
            Some(value) => value,
        })
    }
}

/// A context record. There may be other bytes behind it.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a>(pub &'a [u8]);

impl<'a> Context<'a> {
    /// The attribute in slot `index`, unless it is missing.
    #[must_use]
    pub fn attribute(self, index: usize) -> Option<Value<'a>> {
        self.value(self.slot(index.checked_mul(SLOT)?))
    }

    /// The words of the slot at `at`: of a missing one if there is none.
    pub(crate) fn slot(self, at: usize) -> [u32; 3] {
        words(self.0, at)
    }

    /// The text of a slot with these words, if it is one.
    pub(crate) fn text(self, [tag, start, length]: [u32; 3]) -> Option<&'a [u8]> {
        if tag == tag::TEXT { bytes_at(self.0, start, length) } else { None }
    }

    /// What these words of a slot say, unless it is missing.
    pub(crate) fn value(self, [tag, low, high]: [u32; 3]) -> Option<Value<'a>> {
        match tag {
            tag::TEXT => Some(Value::Text(bytes_at(self.0, low, high)?)),
            tag::NUMBER => {
                let number = f64::from_bits(u64::from(high) << 32 | u64::from(low));
                Some(if number.is_finite() { Value::Number(number) } else { Value::Unusable })
            }
            tag::BOOLEAN => Some(Value::Boolean(low != 0)),
            tag::UNUSABLE => Some(Value::Unusable),
            tag::LIST => {
                bytes_at(self.0, low, high.checked_mul(SLOT as u32)?)?;
                Some(Value::List(Items { record: self.0, start: low, count: high }))
            }
            _ => None,
        }
    }
}

/// What a shell puts into a slot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Given<'a> {
    /// One value.
    One(Value<'a>),
    /// A list of values.
    Many(&'a [Value<'a>]),
}

impl<'a> From<Value<'a>> for Given<'a> {
    fn from(value: Value<'a>) -> Self {
        Self::One(value)
    }
}

/// Writes a context record into `record`; natively what the JavaScript shim does in front of wasm. `attributes` come in
/// the order of their slots.
///
/// Gives the record's length, or nothing when it does not fit.
#[must_use]
pub fn write<'a>(
    slots: usize,
    attributes: impl IntoIterator<Item = (usize, impl Into<Given<'a>>)>,
    record: &mut [u8],
) -> Option<usize> {
    let start = slots.checked_mul(SLOT)?;
    record.get_mut(..start)?.fill(0);
    let mut writer = Writer { record, end: start, most: start.checked_add(limits::CONTEXT_BYTES)? };
    for (index, given) in attributes {
        if index >= slots {
            return None;
        }
        match given.into() {
            Given::One(value) => writer.put(index * SLOT, value)?,
            Given::Many(items) => writer.list(index * SLOT, items)?,
        }
    }
    Some(writer.end)
}

struct Writer<'r> {
    record: &'r mut [u8],
    end: usize,
    most: usize,
}

impl Writer<'_> {
    fn slot(&mut self, at: usize, words: [u32; 3]) -> Option<()> {
        for (place, word) in self.record.get_mut(at..at + SLOT)?.chunks_exact_mut(4).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        Some(())
    }

    fn put(&mut self, at: usize, value: Value) -> Option<()> {
        let words = match value {
            Value::Text(text) if text.len() <= limits::ATTRIBUTE_BYTES && self.end + text.len() <= self.most => {
                let start = self.end;
                self.end += text.len();
                self.record.get_mut(start..self.end)?.copy_from_slice(text);
                [tag::TEXT, start as u32, text.len() as u32]
            }
            Value::Number(number) if number.is_finite() => {
                let bits = number.to_bits();
                [tag::NUMBER, bits as u32, (bits >> 32) as u32]
            }
            Value::Boolean(yes) => [tag::BOOLEAN, u32::from(yes), 0],
            Value::Text(_) | Value::Number(_) | Value::List(_) | Value::Unusable => [tag::UNUSABLE, 0, 0],
        };
        self.slot(at, words)
    }

    /// The items' slots first, at whole words, then their texts.
    fn list(&mut self, at: usize, items: &[Value]) -> Option<()> {
        let (start, bytes) = (self.end.next_multiple_of(4), items.len().checked_mul(SLOT)?);
        if items.len() > limits::LIST_ITEMS || start + bytes > self.most {
            return self.slot(at, [tag::UNUSABLE, 0, 0]);
        }
        self.end = start + bytes;
        for (index, item) in items.iter().enumerate() {
            self.put(start + index * SLOT, *item)?;
        }
        self.slot(at, [tag::LIST, start as u32, items.len() as u32])
    }
}

#[cfg(test)]
mod tests {
    use super::{Context, Given, SLOT, Value, write};
    use crate::limits::{ATTRIBUTE_BYTES, CONTEXT_BYTES, LIST_ITEMS};

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

    #[test]
    fn a_list_is_read_item_by_item() {
        let mut record = [0; 128];
        let items = [Value::Text(b"admin"), Value::Unusable, Value::Number(2.0)];
        let length = write(2, [(0, Given::Many(&items)), (1, Given::Many(&[]))], &mut record).unwrap();
        let context = Context(&record[..length]);
        let list = |index| match context.attribute(index) {
            Some(Value::List(items)) => items,
            other => panic!("{other:?} is no list"),
        };
        assert!(list(0).each().eq(items));
        assert_eq!(list(1).count(), 0);
    }

    #[test]
    fn what_is_at_a_limit_is_read_and_what_is_past_it_is_unusable() {
        let mut record = alloc::vec![0; 2 * SLOT + CONTEXT_BYTES];
        let text = [b'x'; ATTRIBUTE_BYTES + 1];
        let mut read = |given| {
            let length = write(1, [(0, given)], &mut record).unwrap();
            Context(&record[..length]).attribute(0) != Some(Value::Unusable)
        };
        assert!(read(Given::One(Value::Text(&text[1..]))));
        assert!(!read(Given::One(Value::Text(&text))));
        assert!(read(Given::Many(&[Value::Boolean(true); LIST_ITEMS])));
        assert!(!read(Given::Many(&[Value::Boolean(true); LIST_ITEMS + 1])));
        assert!(!read(Given::One(Value::Number(f64::NAN))));

        let whole = [Value::Text(&text[1..]); CONTEXT_BYTES / (ATTRIBUTE_BYTES + SLOT) + 1];
        let length = write(2, [(0, Given::Many(&whole)), (1, Given::One(Value::Text(b"")))], &mut record).unwrap();
        let Some(Value::List(items)) = Context(&record[..length]).attribute(0) else { panic!("no list") };
        assert_eq!(items.each().filter(|item| *item == Value::Unusable).count(), 1);
    }
}
