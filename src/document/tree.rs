//! A tree whose shape is known to be right, as serde reads it into the document's types.
//!
//! What a type asks for is there, so nothing is told of what is not: a [`Misfit`] has no words. The library's own reader
//! of trees takes lists for structs, writes about every mistake and takes the tree apart on its way, and the code of
//! each of the document's types would have all that in it.

use alloc::string::String;
use core::{fmt, slice};
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value, map};

/// A tree that is read.
#[derive(Clone, Copy)]
pub(super) struct Tree<'t>(pub &'t Value);

/// A type asks for something else than the schema that was made from it.
#[derive(Debug)]
pub(super) struct Misfit;

impl Error for Misfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl core::error::Error for Misfit {}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("The document fits its schema, and not its types.")
    }
}

impl<'de> Deserializer<'de> for Tree<'de> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(yes) => visitor.visit_bool(*yes),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), _, _) => visitor.visit_u64(number),
                (_, Some(number), _) => visitor.visit_i64(number),
                (_, _, Some(number)) => visitor.visit_f64(number),
                (None, None, None) => Err(Misfit),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(items) => visitor.visit_seq(Items(items.iter())),
            Value::Object(entries) => visitor.visit_map(Entries::of(entries)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let Value::Array(items) = self.0 else { return Err(Misfit) };
        visitor.visit_seq(Items(items.iter()))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let Value::Object(entries) = self.0 else { return Err(Misfit) };
        visitor.visit_map(Entries::of(entries))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let (name, value) = match self.0 {
            Value::String(name) => (name, &Value::Null),
            Value::Object(entries) => entries.iter().next().ok_or(Misfit)?,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => return Err(Misfit),
        };
        visitor.visit_enum(Choice { name, of: Tree(value) })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct tuple_struct identifier
        ignored_any
    }
}

struct Items<'t>(slice::Iter<'t, Value>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Misfit> {
        self.0.next().map(|item| seed.deserialize(Tree(item))).transpose()
    }
}

struct Entries<'t> {
    rest: map::Iter<'t>,
    value: Tree<'t>,
}

impl<'t> Entries<'t> {
    fn of(entries: &'t Map<String, Value>) -> Self {
        Self { rest: entries.iter(), value: Tree(&Value::Null) }
    }
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Misfit> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.value = Tree(value);
        seed.deserialize(BorrowedStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Misfit> {
        seed.deserialize(self.value)
    }
}

/// One of several kinds of things, by its name.
struct Choice<'t> {
    name: &'t str,
    of: Tree<'t>,
}

impl<'de> EnumAccess<'de> for Choice<'de> {
    type Error = Misfit;
    type Variant = Tree<'de>;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Tree<'de>), Misfit> {
        Ok((seed.deserialize(BorrowedStrDeserializer::new(self.name))?, self.of))
    }
}

impl<'de> VariantAccess<'de> for Tree<'de> {
    type Error = Misfit;

    fn unit_variant(self) -> Result<(), Misfit> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Misfit> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_map(visitor)
    }
}
