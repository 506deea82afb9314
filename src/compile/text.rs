//! Starts, ends, parts and forms of texts as regular expressions: the evaluator walks one kind of table for all of them.

use super::regex::{self, Refusal};
use crate::document::Tables;
use alloc::string::String;
use alloc::vec::Vec;

/// What a condition says of a text.
#[derive(Clone, Copy)]
pub(super) enum Form<'t> {
    /// It starts so.
    Starts(&'t str),
    /// It ends so.
    Ends(&'t str),
    /// It has this in it.
    Contains(&'t str),
    /// It is of this form: `*` is any run of characters, `?` one, and `\` takes the next as it is.
    Glob(&'t str),
}

/// The table of a form, or why there is none.
pub(super) fn table(form: Form, ignore_case: bool, tables: &Tables) -> Result<Vec<u8>, Refusal> {
    let exact = |text: &str| text.chars().map(|character| literal(character, ignore_case)).collect::<String>();
    let expression = match form {
        Form::Starts(text) => ["^", &exact(text)].concat(),
        Form::Ends(text) => [&exact(text), "$"].concat(),
        Form::Contains(text) => exact(text),
        Form::Glob(pattern) => ["^", &glob(pattern, ignore_case), "$"].concat(),
    };
    regex::expression_table(&expression, tables).map_err(|_| Refusal {
        cause: "Too many texts have this form to be told apart in a small table.".into(),
        fix: "Write fewer `?` behind a `*`, or shorten the text.".into(),
    })
}

/// An expression for one character.
fn literal(character: char, ignore_case: bool) -> String {
    if ignore_case && character.is_ascii_alphabetic() {
        return ['[', character.to_ascii_lowercase(), character.to_ascii_uppercase(), ']'].iter().collect();
    }
    regex_syntax::escape(character.encode_utf8(&mut [0; 4]))
}

fn glob(pattern: &str, ignore_case: bool) -> String {
    let mut expression = String::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '*' => expression.push_str("(?s:.)*"),
            '?' => expression.push_str("(?s:.)"),
            '\\' => expression.push_str(&literal(characters.next().unwrap_or('\\'), ignore_case)),
            other => expression.push_str(&literal(other, ignore_case)),
        }
    }
    expression
}

#[cfg(test)]
mod tests {
    use super::{Form, table};
    use crate::condition::automaton::matches;
    use crate::document::Tables;
    use proptest::prelude::*;

    fn holds(form: Form, ignore_case: bool, text: &str) -> bool {
        matches(&table(form, ignore_case, &Tables::default()).unwrap(), text.as_bytes())
    }

    /// The plain definition, exponential and obviously right.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match pattern {
            [] => text.is_empty(),
            ['*', rest @ ..] => (0..=text.len()).any(|skip| naive(rest, &text[skip..])),
            ['?', rest @ ..] => !text.is_empty() && naive(rest, &text[1..]),
            ['\\', character, rest @ ..] | [character, rest @ ..] => {
                text.first() == Some(character) && naive(rest, &text[1..])
            }
        }
    }

    proptest! {
        #[test]
        fn a_form_means_what_its_definition_says(part in "[aB.日]{0,3}", text in "[abB.日]{0,6}", fold: bool) {
            let lower = |text: &str| if fold { text.to_ascii_lowercase() } else { text.into() };
            let (mine, its) = (lower(&part), lower(&text));
            prop_assert_eq!(holds(Form::Starts(&part), fold, &text), its.starts_with(&mine));
            prop_assert_eq!(holds(Form::Ends(&part), fold, &text), its.ends_with(&mine));
            prop_assert_eq!(holds(Form::Contains(&part), fold, &text), its.contains(&mine));
        }

        #[test]
        fn a_glob_means_what_its_definition_says(pattern in "[a*?日\\\\]{0,6}", text in "[a*?日\\\\\n]{0,8}") {
            let (p, t): (alloc::vec::Vec<_>, alloc::vec::Vec<_>) = (pattern.chars().collect(), text.chars().collect());
            prop_assert_eq!(holds(Form::Glob(&pattern), false, &text), naive(&p, &t));
        }
    }

    #[test]
    fn what_would_need_a_large_table_is_refused() {
        let hard = ["*a", &"?".repeat(60), "b"].concat();
        assert!(table(Form::Glob(&hard), false, &Tables::default()).is_err());
    }
}
