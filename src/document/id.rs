//! Named units: people write ids, and only fingerprints of them are kept.

use crate::draw;
use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use serde_json::Value;

/// The fingerprint of an id under a list's salt; an id that is one already (`#` and 16 hexadecimal digits) gives itself.
#[must_use]
pub fn fingerprint(salt: &str, id: &str) -> u64 {
    let digits =
        id.strip_prefix('#').filter(|digits| digits.len() == 16 && digits.bytes().all(|b| b.is_ascii_hexdigit()));
    let print = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
    print.unwrap_or_else(|| draw::fingerprint(draw::salt(salt.as_bytes()), id.as_bytes()))
}

/// A document's text with every id in it as its fingerprint. One that names nobody stays as it was written.
#[must_use]
pub fn concealed(text: &str) -> Cow<'_, str> {
    let Ok(tree) = serde_json::from_str::<Value>(text) else { return Cow::Borrowed(text) };
    let mut hidden = tree.clone();
    conceal(&mut hidden);
    if hidden == tree { Cow::Borrowed(text) } else { Cow::Owned(format!("{hidden:#}")) }
}

/// Turns every id in a document's tree into its fingerprint: what `forced` and `listed` name is kept by nobody.
pub fn conceal(tree: &mut Value) {
    for part in ["flags", "segments"] {
        for (key, entry) in tree.get_mut(part).and_then(Value::as_object_mut).into_iter().flatten() {
            for forced in entry.get_mut("forced").and_then(Value::as_array_mut).into_iter().flatten() {
                conceal_ids(key, forced);
            }
            conceal_lists(entry);
        }
    }
}

fn conceal_lists(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                match inner.get("salt").and_then(Value::as_str).map(String::from) {
                    Some(salt) if key == "listed" => conceal_ids(&salt, inner),
                    _ => conceal_lists(inner),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(conceal_lists),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn conceal_ids(salt: &str, list: &mut Value) {
    for id in list.get_mut("ids").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Value::String(text) = id {
            *text = format!("#{:016x}", fingerprint(salt, text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{conceal, fingerprint};
    use alloc::format;
    use alloc::string::ToString;
    use serde_json::json;

    #[test]
    fn only_sixteen_hexadecimal_digits_are_a_fingerprint() {
        assert_eq!(fingerprint("beta", "#0123456789abcDEF"), 0x0123_4567_89ab_cdef);
        for id in ["#+123456789abcdef", "#123456789abcdef", "0123456789abcdef", "#0123456789abcdeg"] {
            assert_eq!(fingerprint("beta", id), crate::draw::fingerprint(crate::draw::salt(b"beta"), id.as_bytes()));
        }
    }

    #[test]
    fn no_id_is_left_and_a_second_time_changes_nothing() {
        let listed = |ids: &[&str]| json!({"listed": {"attribute": "unit", "salt": "beta", "ids": ids}});
        let mut tree = json!({
            "flags": {"hero": {
                "forced": [{"serve": "on", "ids": ["ada@example.com"]}],
                "rules": [{"if": {"any": [{"not": listed(&["grace@example.com"])}]}}],
            }},
            "segments": {"beta": {"if": listed(&["alan@example.com", "ada@example.com"])}},
        });
        conceal(&mut tree);
        let once = tree.to_string();
        assert!(!once.contains("example"), "{once}");
        assert!(once.contains(&format!("#{:016x}", fingerprint("hero", "ada@example.com"))));
        assert!(once.contains(&format!("#{:016x}", fingerprint("beta", "ada@example.com"))));
        conceal(&mut tree);
        assert_eq!(tree.to_string(), once);
    }
}
