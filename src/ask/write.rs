//! Answers as JSON, written as they are made.
//!
//! It is the JSON that `serde_json` writes, number for number, but all of it is ASCII: a browser's decoder makes a string of
//! that ten times as fast as of a text with one dash in it. And an answer is mostly short names, each of which `serde_json`
//! writes in five pieces and looks through for what has to be escaped.

use crate::spoken::digits;
use alloc::string::String;
use core::fmt::Error;
use serde::ser::{Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple};
use serde::{Serialize, Serializer};

/// A value as JSON; nothing where it is of a kind that no answer has.
pub(super) fn json(value: &impl Serialize) -> Option<String> {
    let mut json = Json::default();
    json.value("", value).ok()?;
    Some(json.text)
}

/// What is written so far. Each function is one, for all kinds of answers: their fields are many.
#[derive(Default)]
pub(super) struct Json {
    pub text: String,
}

impl Json {
    /// Adds what stands for itself.
    #[inline(never)]
    pub fn put(&mut self, plain: &str) {
        self.text.push_str(plain);
    }

    /// A comma in front of whatever is not the first of its kind.
    #[inline(never)]
    pub fn next(&mut self) {
        if !matches!(self.text.as_bytes().last(), Some(b'{' | b'[')) {
            self.text.push(',');
        }
    }

    /// The name of a field, which has nothing to escape.
    #[inline(never)]
    fn name(&mut self, name: &'static str) {
        self.next();
        self.text.push('"');
        self.text.push_str(name);
        self.text.push('"');
        self.text.push(':');
    }

    #[inline(never)]
    pub fn digits(&mut self, number: u64) {
        digits(&mut self.text, number, 1, false);
    }

    /// Adds a value of any kind behind `before`.
    pub fn value(&mut self, before: &str, value: &impl Serialize) -> Result<(), Error> {
        self.put(before);
        value.serialize(self)
    }

    /// Adds a number behind `before`: the shortest digits that are read as the same; an open end is none.
    #[inline(never)]
    pub fn number(&mut self, before: &str, number: f64) {
        self.put(before);
        let whole = number as i32;
        if f64::from(whole).to_bits() == number.to_bits() {
            // Most of these are counts, and have no digits to be sought.
            if whole < 0 {
                self.put("-");
            }
            self.digits(whole.unsigned_abs().into());
            self.put(".0");
        } else if number.is_finite() {
            self.put(zmij::Buffer::new().format_finite(number));
        } else {
            self.put("null");
        }
    }

    /// Adds a text behind `before`.
    #[inline(never)]
    pub fn text(&mut self, before: &str, text: &str) {
        self.put(before);
        self.text.push('"');
        let mut rest = text;
        while let Some((plain, from)) = odd(rest.as_bytes()).and_then(|at| rest.split_at_checked(at)) {
            self.text.push_str(plain);
            let mut letters = from.chars();
            letters.next().into_iter().for_each(|letter| self.escaped(letter));
            rest = letters.as_str();
        }
        self.text.push_str(rest);
        self.text.push('"');
    }

    #[inline(never)]
    fn escaped(&mut self, letter: char) {
        match letter {
            '"' => self.put("\\\""),
            '\\' => self.put("\\\\"),
            // What our own sentences quote with.
            '“' => self.put("\\u201c"),
            '”' => self.put("\\u201d"),
            '\n' => self.put("\\n"),
            '\r' => self.put("\\r"),
            '\t' => self.put("\\t"),
            '\u{8}' => self.put("\\b"),
            '\u{c}' => self.put("\\f"),
            _ => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    self.put("\\u");
                    for shift in [12, 8, 4, 0] {
                        self.text.push(char::from(b"0123456789abcdef"[usize::from(*unit >> shift & 15)]));
                    }
                }
            }
        }
    }
}

/// Where the first letter stands that has to be escaped. Eight are looked at together, and one by one where one of these is
/// odd: its highest bit is set, or is so by what is taken from it or added.
fn odd(text: &[u8]) -> Option<usize> {
    let each = |byte: u8| u64::from_le_bytes([byte; 8]);
    let below = |word: u64, byte: u8| word.wrapping_sub(each(byte));
    let plain = |word: &[u8; 8]| {
        let word = u64::from_le_bytes(*word);
        let quotes = below(word ^ each(b'"'), 1) | below(word ^ each(b'\\'), 1);
        (word | below(word, b' ') | word.wrapping_add(each(1)) | quotes) & each(0x80) == 0
    };
    let (words, _) = text.as_chunks::<8>();
    let from = 8 * words.iter().position(|word| !plain(word)).unwrap_or(words.len());
    let odd = |byte: &u8| !(b' '..=b'~').contains(byte) || b"\"\\".contains(byte);
    Some(from + text[from..].iter().position(odd)?)
}

impl<'j> Serializer for &'j mut Json {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = &'j mut Json;
    type SerializeTuple = &'j mut Json;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = &'j mut Json;
    type SerializeStruct = &'j mut Json;
    type SerializeStructVariant = Impossible<(), Error>;

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.put(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Error> {
        if value < 0 {
            self.text.push('-');
        }
        self.digits(value.unsigned_abs());
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Result<(), Error> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Error> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Error> {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Error> {
        self.digits(value);
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        self.number("", value);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.text("", value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        self.text("", value);
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Error> {
        Err(Error)
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.put("null");
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_none()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Error> {
        Err(Error)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, Error> {
        self.text.push('[');
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, Error> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Error> {
        Err(Error)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        Err(Error)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, Error> {
        self.text.push('{');
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Error> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        Err(Error)
    }
}

impl SerializeSeq for &mut Json {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.next();
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Error> {
        self.text.push(']');
        Ok(())
    }
}

impl SerializeTuple for &mut Json {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<(), Error> {
        SerializeSeq::end(self)
    }
}

impl SerializeStruct for &mut Json {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.name(name);
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Error> {
        self.text.push('}');
        Ok(())
    }
}

impl SerializeMap for &mut Json {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.next();
        key.serialize(&mut **self)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.text.push(':');
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Error> {
        SerializeStruct::end(self)
    }
}

#[cfg(test)]
mod tests {
    use super::json;
    use alloc::collections::BTreeMap;
    use serde_json::{Value, from_str, json as value, to_string};

    #[test]
    fn answers_are_those_of_serde_json_in_ascii() {
        let text: alloc::string::String = (0..0x3000).filter_map(char::from_u32).chain(['😀']).collect();
        let numbers = value!([0.1, -2.5e-300, 1e21, 3.0, u64::MAX, i64::MIN, 0, true, null, [], {}]);
        let whole = value!({"text": text, "numbers": numbers, "ä\"": {"b": [1], "c": {"d": "", "e": "–"}}});
        let written = json(&whole).unwrap();
        assert!(written.is_ascii());
        assert_eq!(from_str::<Value>(&written).unwrap(), whole);
        assert_eq!(json(&numbers), to_string(&numbers).ok());
        assert_eq!(json(&[f64::INFINITY, f64::NAN]).unwrap(), "[null,null]");
        assert_eq!(json(&BTreeMap::from([("a", Some('\n'))])).unwrap(), r#"{"a":"\n"}"#);
    }
}
