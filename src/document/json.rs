//! JSON, read strictly: a key twice is a problem instead of a silent choice, and nesting ends.

use super::problem::below;
use super::{Code, Problem};
use crate::limits::{DOCUMENT_BYTES, DOCUMENT_DEPTH, PROBLEMS};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The tree of a JSON text, or all that keeps it from being one.
pub fn read(bytes: &[u8]) -> Result<Value, Vec<Problem>> {
    let whole = |code, cause: String, fix: &str| vec![Problem::new(String::new(), code, cause, fix.to_string())];
    if bytes.len() > DOCUMENT_BYTES {
        let cause = format!("It has {} bytes; {DOCUMENT_BYTES} are allowed.", bytes.len());
        return Err(whole(Code::TooLarge, cause, "Split the project in two."));
    }
    if let Err(error) = core::str::from_utf8(bytes) {
        let cause = format!("The byte at {} is not UTF-8.", error.valid_up_to());
        return Err(whole(Code::Utf8, cause, "Save the file as UTF-8."));
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err(whole(Code::Json, "It starts with a byte order mark.".into(), "Save the file without one."));
    }
    let problems = RefCell::new(Vec::new());
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let seed = Node { pointer: String::new(), depth: 0, problems: &problems };
    let tree = seed.deserialize(&mut reader).and_then(|tree| reader.end().map(|()| tree));
    let mut found = problems.into_inner();
    match tree {
        Ok(tree) if found.is_empty() => Ok(tree),
        Ok(_) => Err(found),
        Err(error) => {
            // A problem that stopped the reader has already been written down with its place.
            if found.len() < PROBLEMS && !found.iter().any(|problem| problem.code == Code::Depth) {
                let cause = format!("It is not JSON: {error}.");
                found.extend(whole(Code::Json, cause, "Correct the text at that line and column."));
            }
            Err(found)
        }
    }
}

/// A number as JSON writes it, whole numbers without a fraction.
pub(crate) fn decimal(number: f64) -> String {
    let text = Value::from(number).to_string();
    text.strip_suffix(".0").map(ToString::to_string).unwrap_or(text)
}

struct Node<'p> {
    pointer: String,
    depth: usize,
    problems: &'p RefCell<Vec<Problem>>,
}

impl Node<'_> {
    fn deeper<E: serde::de::Error>(&self, key: &str) -> Result<Node<'_>, E> {
        if self.depth >= DOCUMENT_DEPTH {
            self.problems.borrow_mut().push(Problem::new(
                self.pointer.clone(),
                Code::Depth,
                format!("It is nested more than {DOCUMENT_DEPTH} levels deep."),
                "Name a part of it and refer to the name.".to_string(),
            ));
            return Err(E::custom("too deep"));
        }
        Ok(Node { pointer: below(&self.pointer, key), depth: self.depth + 1, problems: self.problems })
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Value, E> {
        Ok(Value::Bool(yes))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Value, E> {
        Number::from_f64(number).map(Value::Number).ok_or_else(|| E::custom("a number that is not finite"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self.deeper(&list.len().to_string())?)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let node = self.deeper(&key)?;
            if map.contains_key(&key) {
                if self.problems.borrow().len() >= PROBLEMS {
                    return Err(serde::de::Error::custom("too many problems"));
                }
                self.problems.borrow_mut().push(Problem::new(
                    node.pointer.clone(),
                    Code::DuplicateKey,
                    "This key stands twice in the same object.".to_string(),
                    "Keep one of the two.".to_string(),
                ));
            }
            map.insert(key, entries.next_value_seed(node)?);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::{Code, read};
    use crate::limits::{DOCUMENT_BYTES, DOCUMENT_DEPTH};
    use alloc::format;
    use alloc::vec;

    fn code(text: &[u8]) -> Code {
        read(text).unwrap_err()[0].code
    }

    #[test]
    fn every_key_that_stands_twice_is_named() {
        let problems = read(br#"{"a":1,"a":2,"b/c":[{"x":1,"x":2}]}"#).unwrap_err();
        let places: alloc::vec::Vec<_> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
        assert_eq!(places, ["/a", "/b~1c/0/x"]);
        assert!(problems.iter().all(|problem| problem.code == Code::DuplicateKey));
    }

    #[test]
    fn what_is_not_strict_json_is_refused() {
        assert_eq!(code(b""), Code::Json);
        assert_eq!(code(b"{} {}"), Code::Json);
        assert_eq!(code(b"{\"a\":1,}"), Code::Json);
        assert_eq!(code(b"\xef\xbb\xbf{}"), Code::Json);
        assert_eq!(code(b"{\"a\":1e999}"), Code::Json);
        assert_eq!(code(b"{\"a\":\"\xff\"}"), Code::Utf8);
    }

    #[test]
    fn nesting_and_length_end_at_their_limits() {
        let nested = |depth: usize| format!("{}0{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(nested(DOCUMENT_DEPTH).as_bytes()).is_ok());
        assert_eq!(code(nested(DOCUMENT_DEPTH + 1).as_bytes()), Code::Depth);
        assert_eq!(code("[".repeat(100_000).as_bytes()), Code::Depth);
        assert!(read(&vec![b' '; DOCUMENT_BYTES + 1]).unwrap_err()[0].code == Code::TooLarge);
    }
}
