//! Patterns of addresses, with the meaning that the URL Pattern standard gives them, as expressions.
//!
//! `*` is any text, `:name` a part up to the next delimiter, `(...)` a regular expression, `{...}` a group; `?`, `*` and
//! `+` behind one of the last three say how often. Whether an address fits is all that is asked, so names only name.
//! Differences from the standard: names are of ASCII, and what stands in a pattern as it is must be written as
//! addresses have it; the standard would write it anew.

use super::regex::{self, Refusal};
use crate::document::{Page, Tables};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A part of an address. All of them are ASCII once the URL standard has written them.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// Without its port.
    Host,
    /// From its first slash on.
    Path,
    /// Without its `?`.
    Query,
}

impl Part {
    /// What a name stands for: everything up to a delimiter.
    fn segment(self) -> &'static str {
        match self {
            Self::Host => r"[!-\-0-~]+",
            Self::Path => "[!-.0-~]+",
            Self::Query => "[!-~]+",
        }
    }

    /// What belongs to a name that it stands in front of.
    fn prefix(self) -> &'static str {
        if matches!(self, Self::Path) { "/" } else { "" }
    }
}

/// The patterns of a page, in the order of the snapshot.
pub(super) fn parts(page: &Page) -> [(Part, Option<&str>); 3] {
    [(Part::Path, Some(&page.path)), (Part::Host, page.host.as_deref()), (Part::Query, page.query.as_deref())]
}

/// The table of a pattern, or why there is none.
pub(super) fn table(part: Part, pattern: &str, tables: &Tables) -> Result<Vec<u8>, Refusal> {
    let tokens = tokens(pattern)?;
    let mut reader = Reader { tokens: &tokens, part, names: Vec::new(), fixed: String::new(), expression: "^".into() };
    reader.read()?;
    regex::expression_table(&(reader.expression + "$"), tables)
}

/// What a sign of a pattern is. Each comes with its text.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Plain,
    Escaped,
    Name,
    Expression,
    Star,
    Modifier,
    Open,
    Close,
}

fn tokens(pattern: &str) -> Result<Vec<(Kind, &str)>, Refusal> {
    let mut tokens = Vec::new();
    let mut rest = pattern;
    while let Some(character) = rest.chars().next() {
        let (sign, tail) = rest.split_at(character.len_utf8());
        let (kind, text, length) = match character {
            '*' => (Kind::Star, sign, 0),
            '+' | '?' => (Kind::Modifier, sign, 0),
            '{' => (Kind::Open, sign, 0),
            '}' => (Kind::Close, sign, 0),
            '\\' => {
                let length = tail.chars().next().map_or(0, char::len_utf8);
                (Kind::Escaped, &tail[..length], length)
            }
            ':' => {
                let length =
                    tail.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"_$".contains(byte)).count();
                (Kind::Name, &tail[..length], length)
            }
            '(' => {
                let length = expression(tail).unwrap_or_default();
                (Kind::Expression, &tail[..length], length + 1)
            }
            _ => (Kind::Plain, sign, 0),
        };
        if text.is_empty() || kind == Kind::Name && text.as_bytes()[0].is_ascii_digit() {
            return Err(refusal(
                "A name, an expression or a sign is missing behind a `:`, `(` or `\\`, or an expression has a group with a number",
            ));
        }
        tokens.push((kind, text));
        rest = &tail[length..];
    }
    Ok(tokens)
}

/// How long an expression is, up to the `)` that ends it.
fn expression(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 1);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'(' if bytes.get(at + 1) != Some(&b'?') => return None,
            b'(' => depth += 1,
            b')' => depth -= 1,
            128.. => return None,
            _ => {}
        }
        if depth == 0 {
            return (at > 0 && bytes[0] != b'?').then_some(at);
        }
        at += 1;
    }
    None
}

/// The standard's "parse a pattern string", which writes as it reads.
struct Reader<'p, 't> {
    tokens: &'t [(Kind, &'p str)],
    part: Part,
    names: Vec<&'p str>,
    /// Text that stands for itself and is still to be written.
    fixed: String,
    expression: String,
}

impl<'p> Reader<'p, '_> {
    fn read(&mut self) -> Result<(), Refusal> {
        loop {
            let plain = self.take(Kind::Plain).unwrap_or_default();
            if let Some(matcher) = self.matcher()? {
                let prefix = if plain == self.part.prefix() { plain } else { "" };
                self.fixed += &plain[prefix.len()..];
                self.write_fixed();
                let modifier = self.modifier();
                self.write(prefix, matcher, "", modifier);
            } else if !plain.is_empty() {
                self.fixed += plain;
            } else if let Some(character) = self.take(Kind::Escaped) {
                self.fixed += character;
            } else if self.take(Kind::Open).is_some() {
                self.group()?;
            } else if self.tokens.is_empty() {
                self.write_fixed();
                return Ok(());
            } else {
                return Err(refusal(
                    "A `{` or `}` is alone, or a `?`, `*` or `+` stands behind nothing that it could repeat",
                ));
            }
        }
    }

    fn group(&mut self) -> Result<(), Refusal> {
        let prefix = self.text();
        let matcher = self.matcher()?;
        let suffix = self.text();
        if self.take(Kind::Close).is_none() {
            return Err(refusal("A `{` has no `}`, or there is too much in between"));
        }
        let modifier = self.modifier();
        match matcher {
            None if modifier.is_empty() => self.fixed += &prefix,
            None if prefix.is_empty() => {}
            None => {
                self.write_fixed();
                self.expression += &["(?:", &regex_syntax::escape(&prefix), ")", modifier].concat();
            }
            Some(matcher) => {
                self.write_fixed();
                self.write(&prefix, matcher, &suffix, modifier);
            }
        }
        Ok(())
    }

    fn write_fixed(&mut self) {
        self.expression += &regex_syntax::escape(&core::mem::take(&mut self.fixed));
    }

    /// A repeated match has what stands around it in between, too.
    fn write(&mut self, prefix: &str, matcher: &str, suffix: &str, modifier: &str) {
        let [prefix, suffix] = [prefix, suffix].map(regex_syntax::escape);
        let once = [&prefix, "(?:", matcher, ")"].concat();
        let again = if matches!(modifier, "" | "?") { String::new() } else { ["(?:", &suffix, &once, ")*"].concat() };
        let maybe = if matches!(modifier, "*" | "?") { "?" } else { "" };
        self.expression += &["(?:", &once, &again, &suffix, ")", maybe].concat();
    }

    /// A name, an expression, both or a star: the expression that it means.
    fn matcher(&mut self) -> Result<Option<&'p str>, Refusal> {
        let name = self.take(Kind::Name);
        if let Some(name) = name {
            if self.names.contains(&name) {
                return Err(refusal("A name stands there twice"));
            }
            self.names.push(name);
        }
        let written = self.take(Kind::Expression).map(|own| if own == ".*" { ANY } else { own });
        if written.is_none() && name.is_none() && self.take(Kind::Star).is_some() {
            return Ok(Some(ANY));
        }
        Ok(written.or(name.map(|_| self.part.segment())))
    }

    fn text(&mut self) -> String {
        let mut text = String::new();
        while let Some(character) = self.take(Kind::Plain).or_else(|| self.take(Kind::Escaped)) {
            text += character;
        }
        text
    }

    fn modifier(&mut self) -> &'p str {
        self.take(Kind::Modifier).or_else(|| self.take(Kind::Star)).unwrap_or_default()
    }

    fn take(&mut self, kind: Kind) -> Option<&'p str> {
        let ((first, text), rest) = self.tokens.split_first()?;
        (*first == kind).then(|| {
            self.tokens = rest;
            *text
        })
    }
}

/// What a star stands for. Addresses are ASCII.
const ANY: &str = "[!-~]*";

fn refusal(cause: &str) -> Refusal {
    let fix =
        r"Write a pattern such as `/beans/*` or `/beans/:kind`; a sign that stands for itself has a `\` before it.";
    Refusal { cause: [cause, "."].concat(), fix: fix.to_string() }
}

#[cfg(test)]
mod tests {
    use super::{Part, table};
    use crate::condition::automaton::matches;
    use crate::document::Tables;

    fn fits(part: Part, pattern: &str, text: &str) -> bool {
        matches(&table(part, pattern, &Tables::default()).unwrap(), text.as_bytes())
    }

    #[test]
    fn a_pattern_means_what_the_standard_says() {
        for (pattern, yes, no) in [
            ("/beans/*", "/beans/ /beans/a/b", "/beans /bean/a"),
            ("*", "/ /a/b", ""),
            ("/beans/:kind", "/beans/a /beans/a.b", "/beans/ /beans/a/b /beans"),
            ("/beans/:kind?", "/beans /beans/a", "/beans/ /beans/a/b"),
            ("/beans/:rest+", "/beans/a /beans/a/b", "/beans /beans/a/"),
            ("/beans/:rest*", "/beans /beans/a/b", "/beans/"),
            ("/beans{/}?", "/beans /beans/", "/beans//"),
            (r"/:id(\d+)", "/1 /42", "/ /a /4a"),
            ("/a{-:size}*", "/a /a-1-2", "/a- /a-1/2"),
            (r"/a\*b", "/a*b", "/axb /a*b/"),
            ("/img-*.png", "/img-a/b.png /img-.png", "/img-.pngx"),
        ] {
            for text in yes.split(' ') {
                assert!(fits(Part::Path, pattern, text), "{pattern} {text}");
            }
            for text in no.split_ascii_whitespace() {
                assert!(!fits(Part::Path, pattern, text), "{pattern} {text}");
            }
        }
        assert!(fits(Part::Host, ":shop.example", "de.example") && !fits(Part::Host, ":shop.example", "a.de.example"));
        assert!(fits(Part::Query, "*utm_source=:who", "a=1&utm_source=x/y"));
    }

    #[test]
    fn what_the_standard_refuses_is_refused() {
        for pattern in
            ["/a?", "/{a", "/a}", "/:", "/(", "/()", "/(?:a)", "/((a))", "/:a/:a", "/{a{b}}", "/+", "\\", "/(\u{e9})"]
        {
            assert!(table(Part::Path, pattern, &Tables::default()).is_err(), "{pattern}");
        }
    }
}
