//! What rules can see of a context.

use pointsman::limits::{ATTRIBUTE_BYTES, CONTEXT_BYTES, LIST_ITEMS};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A value as rules see it.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// Yes or no.
    Boolean(bool),
    /// Several values; a list among them is unusable.
    List(Vec<Seen>),
    /// Something that is there and matches nothing.
    Unusable,
}

/// The attributes that a document reads, as they are seen.
pub struct Visitor(BTreeMap<String, Seen>);

impl Visitor {
    /// What is seen of a context where these attributes are read in this order. Together they have [`CONTEXT_BYTES`]:
    /// a text takes its bytes, a list twelve for each item from the next multiple of four on.
    #[must_use]
    pub fn new(attributes: &[String], context: &Map<String, Value>) -> Self {
        let mut used = 0;
        let mut seen = BTreeMap::new();
        for name in attributes {
            match find(context, name) {
                None | Some(Value::Null) => {}
                Some(Value::Array(items)) => {
                    let start = (used + 3) / 4 * 4;
                    let value = if items.len() > LIST_ITEMS || start + items.len() * 12 > CONTEXT_BYTES {
                        Seen::Unusable
                    } else {
                        used = start + items.len() * 12;
                        Seen::List(items.iter().map(|item| one(item, &mut used)).collect())
                    };
                    seen.insert(name.clone(), value);
                }
                Some(value) => {
                    seen.insert(name.clone(), one(value, &mut used));
                }
            }
        }
        Self(seen)
    }

    /// An attribute, unless it is missing.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Seen> {
        self.0.get(name)
    }
}

fn one(value: &Value, used: &mut usize) -> Seen {
    match value {
        Value::Bool(yes) => Seen::Boolean(*yes),
        Value::Number(number) => number.as_f64().map_or(Seen::Unusable, Seen::Number),
        Value::String(text) if text.len() <= ATTRIBUTE_BYTES && *used + text.len() <= CONTEXT_BYTES => {
            *used += text.len();
            Seen::Text(text.clone())
        }
        Value::String(_) | Value::Null | Value::Array(_) | Value::Object(_) => Seen::Unusable,
    }
}

/// The value under a name, or where a JSON pointer leads through objects.
fn find<'j>(context: &'j Map<String, Value>, name: &str) -> Option<&'j Value> {
    if !name.starts_with('/') {
        return context.get(name);
    }
    let mut steps = name.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
    let mut value = context.get(&steps.next()?)?;
    for step in steps {
        let Value::Object(inner) = value else { return None };
        value = inner.get(&step)?;
    }
    Some(value)
}
