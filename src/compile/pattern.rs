//! Patterns of addresses, with the meaning that the URL Pattern standard gives them, as expressions.
//!
//! `*` is any text, `:name` a part up to the next delimiter, `(...)` a regular expression, `{...}` a group; `?`, `*` and
//! `+` behind one of the last three say how often. Whether an address fits is all that is asked, so names only name.
//! Differences from the standard: names are of ASCII, and what stands in a pattern as it is must be written as
//! addresses have it; the standard would write it anew.

use super::regex::{self, Refusal};
use crate::document::{Page, Tables};
use alloc::format;
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
    fn prefix(self) -> Option<char> {
        matches!(self, Self::Path).then_some('/')
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

#[derive(Clone, Copy, PartialEq)]
enum Token<'p> {
    Plain(char),
    Escaped(char),
    Name(&'p str),
    Expression(&'p str),
    Star,
    Modifier(char),
    Open,
    Close,
}

fn tokens(pattern: &str) -> Result<Vec<Token<'_>>, Refusal> {
    let mut tokens = Vec::new();
    let mut rest = pattern;
    while let Some(character) = rest.chars().next() {
        let tail = &rest[character.len_utf8()..];
        let (token, length) = match character {
            '*' => (Token::Star, 0),
            '+' | '?' => (Token::Modifier(character), 0),
            '{' => (Token::Open, 0),
            '}' => (Token::Close, 0),
            '\\' => {
                let escaped = tail.chars().next().ok_or_else(|| refusal("A `\\` stands at the end"))?;
                (Token::Escaped(escaped), escaped.len_utf8())
            }
            ':' => {
                let length =
                    tail.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"_$".contains(byte)).count();
                if length == 0 || tail.as_bytes()[0].is_ascii_digit() {
                    return Err(refusal("There is no name behind a `:`"));
                }
                (Token::Name(&tail[..length]), length)
            }
            '(' => {
                let length = expression(tail).ok_or_else(|| {
                    refusal("A regular expression is empty, has groups with a number or does not end")
                })?;
                (Token::Expression(&tail[..length]), length + 1)
            }
            _ => (Token::Plain(character), 0),
        };
        tokens.push(token);
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
    tokens: &'t [Token<'p>],
    part: Part,
    names: Vec<&'p str>,
    /// Text that stands for itself and is still to be written.
    fixed: String,
    expression: String,
}

impl<'p> Reader<'p, '_> {
    fn read(&mut self) -> Result<(), Refusal> {
        loop {
            let plain = self.plain();
            if let Some(matcher) = self.matcher()? {
                let prefix = plain.filter(|character| Some(*character) == self.part.prefix());
                self.fixed.extend(plain.filter(|_| prefix.is_none()));
                self.write_fixed();
                let modifier = self.modifier();
                self.write(&prefix.map_or(String::new(), |slash| slash.to_string()), &matcher, "", modifier);
            } else if let Some(character) = plain.or_else(|| self.escaped()) {
                self.fixed.push(character);
            } else if self.next_is(Token::Open) {
                self.group()?;
            } else {
                self.write_fixed();
                return match self.tokens {
                    [] => Ok(()),
                    _ => Err(refusal(
                        "A `{` or `}` is alone, or a `?`, `*` or `+` stands behind nothing that it could repeat",
                    )),
                };
            }
        }
    }

    fn group(&mut self) -> Result<(), Refusal> {
        let prefix = self.text();
        let matcher = self.matcher()?;
        let suffix = self.text();
        if !self.next_is(Token::Close) {
            return Err(refusal("A `{` has no `}`, or there is too much in between"));
        }
        let modifier = self.modifier();
        match matcher {
            Some(matcher) => {
                self.write_fixed();
                self.write(&prefix, &matcher, &suffix, modifier);
            }
            None if modifier.is_none() => self.fixed.push_str(&prefix),
            None => {
                self.write_fixed();
                if !prefix.is_empty() {
                    self.expression += &["(?:", &regex_syntax::escape(&prefix), ")"].concat();
                    self.expression.extend(modifier);
                }
            }
        }
        Ok(())
    }

    fn write_fixed(&mut self) {
        self.expression.push_str(&regex_syntax::escape(&core::mem::take(&mut self.fixed)));
    }

    /// A repeated match has what stands around it in between, too.
    fn write(&mut self, prefix: &str, matcher: &str, suffix: &str, modifier: Option<char>) {
        let [prefix, suffix] = [prefix, suffix].map(regex_syntax::escape);
        let once = format!("{prefix}(?:{matcher})");
        let all = match modifier {
            Some(often @ ('*' | '+')) => {
                let all = format!("(?:{once}(?:{suffix}{once})*{suffix})");
                if often == '*' { all + "?" } else { all }
            }
            Some(_) => format!("(?:{once}{suffix})?"),
            None => once + &suffix,
        };
        self.expression += &all;
    }

    /// A name, an expression, both or a star: the expression that it means.
    fn matcher(&mut self) -> Result<Option<String>, Refusal> {
        let name = self.take(|token| if let Token::Name(name) = token { Some(name) } else { None });
        if let Some(name) = name {
            if self.names.contains(&name) {
                return Err(refusal("A name stands there twice"));
            }
            self.names.push(name);
        }
        let written = self.take(|token| match token {
            Token::Expression(".*") => Some("[!-~]*"),
            Token::Expression(own) => Some(own),
            Token::Star if name.is_none() => Some("[!-~]*"),
            _ => None,
        });
        Ok(written.or(name.map(|_| self.part.segment())).map(ToString::to_string))
    }

    fn text(&mut self) -> String {
        let mut text = String::new();
        while let Some(character) = self.plain().or_else(|| self.escaped()) {
            text.push(character);
        }
        text
    }

    fn plain(&mut self) -> Option<char> {
        self.take(|token| if let Token::Plain(character) = token { Some(character) } else { None })
    }

    fn escaped(&mut self) -> Option<char> {
        self.take(|token| if let Token::Escaped(character) = token { Some(character) } else { None })
    }

    fn modifier(&mut self) -> Option<char> {
        self.take(|token| match token {
            Token::Modifier(sign) => Some(sign),
            Token::Star => Some('*'),
            _ => None,
        })
    }

    fn next_is(&mut self, due: Token) -> bool {
        self.take(|token| (token == due).then_some(())).is_some()
    }

    fn take<T>(&mut self, as_: impl FnOnce(Token<'p>) -> Option<T>) -> Option<T> {
        let (first, rest) = self.tokens.split_first()?;
        let taken = as_(*first)?;
        self.tokens = rest;
        Some(taken)
    }
}

fn refusal(cause: &str) -> Refusal {
    let fix =
        r"Write a pattern such as `/beans/*` or `/beans/:kind`; a sign that stands for itself has a `\` before it.";
    Refusal { cause: format!("{cause}."), fix: fix.to_string() }
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
