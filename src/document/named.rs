//! Things by name, as a sorted list: a tree would be made anew for each type, at several times the size.

use alloc::string::String;
use core::ops::{Deref, DerefMut};
use litemap::LiteMap;
use serde::{Serialize, Serializer};

/// Things by name, in the order of their names.
#[derive(Clone, Debug, PartialEq)]
pub struct Named<T>(LiteMap<String, T>);

impl<T> Named<T> {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> Deref for Named<T> {
    type Target = LiteMap<String, T>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T> DerefMut for Named<T> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(LiteMap::new())
    }
}

impl<T> FromIterator<(String, T)> for Named<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(things: I) -> Self {
        // One by one: they mostly come in order, and the list's own way would sort, with a sort for each type.
        let mut named = Self::default();
        things.into_iter().for_each(|(name, thing)| drop(named.0.insert(name, thing)));
        named
    }
}

impl<'n, T> IntoIterator for &'n Named<T> {
    type Item = (&'n String, &'n T);
    type IntoIter = <&'n LiteMap<String, T> as IntoIterator>::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// Always an object. The list's own form is one of pairs when it is empty.
impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Named<T> {
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        alloc::collections::BTreeMap::<String, T>::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        alloc::collections::BTreeMap::<String, T>::json_schema(generator)
    }

    fn inline_schema() -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::Named;
    use alloc::string::ToString;

    #[test]
    fn it_is_always_an_object_in_the_order_of_the_names() {
        let written = |names: &[&str]| {
            let named: Named<u8> = names.iter().map(|name| (name.to_string(), 1)).collect();
            serde_json::to_string(&named).unwrap()
        };
        assert_eq!(written(&[]), "{}");
        assert_eq!(written(&["b", "a"]), r#"{"a":1,"b":1}"#);
    }
}
