//! JSON text for people to read: each part on a line of its own, as `serde_json` lays it out. It is made from the text that
//! programs read, since a second writer of all that a document holds would be a second one in the Worker, too.

use alloc::string::String;

/// JSON without blanks, two blanks deeper in each object and list.
pub(super) fn laid(json: &str) -> String {
    let mut text = String::with_capacity(json.len() * 2);
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for letter in json.chars() {
        if quoted {
            text.push(letter);
            quoted = escaped || letter != '"';
            escaped = letter == '\\' && !escaped;
            continue;
        }
        let (opened, closes) = (text.ends_with(['{', '[']), matches!(letter, '}' | ']'));
        depth -= usize::from(closes);
        if opened != closes || text.ends_with(',') {
            line(&mut text, depth);
        }
        text.push(letter);
        match letter {
            '{' | '[' => depth += 1,
            ':' => text.push(' '),
            _ => quoted = letter == '"',
        }
    }
    text
}

fn line(text: &mut String, depth: usize) {
    text.push('\n');
    (0..depth).for_each(|_| text.push_str("  "));
}

#[cfg(test)]
mod tests {
    use super::laid;
    use alloc::string::ToString;
    use proptest::prelude::*;
    use serde_json::Value;

    fn trees() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            r#"[a"\\{}\[\],: é]{0,6}"#.prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                proptest::collection::vec((r#"[a"\\{\[,:]{0,3}"#, inner), 0..5)
                    .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn json_is_laid_out_as_serde_json_does_it(tree in trees()) {
            prop_assert_eq!(laid(&tree.to_string()), serde_json::to_string_pretty(&tree).unwrap());
        }
    }
}
