//! What each sign of a regular expression means.
//!
//! The subject is UTF-8, and a character is one scalar of it. `.` is any character but a line feed, and what a class
//! leaves out is every other character, not every other byte. `\d`, `\w`, `\s`, `\b`, `[[:alpha:]]` and `(?i)` know ASCII
//! alone, as Unicode's tables would make automata of hundreds of kilobytes. The flags are `i`, `m`, `s`, `x` and `U`.
//!
//! Refused are `\p{…}`, `\B` and the halves of `\b` (they hold inside of a character too), characters outside of ASCII
//! under `(?i)`, and the flags `u` and `R`.

use super::characters::Characters;
use super::expression::{Expression, Look};
use super::{Refusal, refuse};
use alloc::vec;
use alloc::vec::Vec;
use regex_syntax::ast::{
    AssertionKind, Ast, ClassAsciiKind, ClassBracketed, ClassPerlKind, ClassSet, ClassSetBinaryOpKind, ClassSetItem,
    Flag, Flags, FlagsItemKind, GroupKind, RepetitionKind, RepetitionRange, Span,
};
use regex_syntax::utf8::{Utf8Range, Utf8Sequence};

/// The meaning of an expression that was read from `pattern`.
pub(super) fn of(ast: &Ast, pattern: &str) -> Result<Expression, Refusal> {
    Reader { pattern, folds: false, by_line: false, dot_is_all: false }.any(ast)
}

/// A reader of an expression, and the flags where it is.
struct Reader<'p> {
    pattern: &'p str,
    /// `(?i)`
    folds: bool,
    /// `(?m)`
    by_line: bool,
    /// `(?s)`
    dot_is_all: bool,
}

impl Reader<'_> {
    fn any(&mut self, ast: &Ast) -> Result<Expression, Refusal> {
        Ok(match ast {
            Ast::Empty(_) => Expression::nothing(),
            Ast::Flags(set) => {
                self.set(&set.flags)?;
                Expression::nothing()
            }
            Ast::Literal(literal) => self.literal(&literal.span, literal.c)?,
            Ast::Dot(_) => characters(&self.dot()),
            Ast::Assertion(assertion) => Expression::Look(self.look(&assertion.span, &assertion.kind)?),
            Ast::ClassUnicode(class) => return Err(self.no_properties(&class.span)),
            Ast::ClassPerl(_) | Ast::ClassBracketed(_) => match self.class(ast)? {
                Some(class) => characters(&class),
                None => Expression::Choice(Vec::new()),
            },
            Ast::Repetition(repetition) => self.repetition(&repetition.op.kind, &repetition.ast)?,
            Ast::Group(group) => {
                let outside = (self.folds, self.by_line, self.dot_is_all);
                if let GroupKind::NonCapturing(flags) = &group.kind {
                    self.set(flags)?;
                }
                let inside = self.any(&group.ast)?;
                (self.folds, self.by_line, self.dot_is_all) = outside;
                inside
            }
            Ast::Alternation(alternation) => Expression::Choice(self.each(&alternation.asts)?),
            Ast::Concat(concat) => Expression::Sequence(self.each(&concat.asts)?),
        })
    }

    fn each(&mut self, asts: &[Ast]) -> Result<Vec<Expression>, Refusal> {
        asts.iter().map(|ast| self.any(ast)).collect()
    }

    fn set(&mut self, flags: &Flags) -> Result<(), Refusal> {
        let mut on = true;
        for item in &flags.items {
            match &item.kind {
                FlagsItemKind::Negation => on = false,
                FlagsItemKind::Flag(Flag::CaseInsensitive) => self.folds = on,
                FlagsItemKind::Flag(Flag::MultiLine) => self.by_line = on,
                FlagsItemKind::Flag(Flag::DotMatchesNewLine) => self.dot_is_all = on,
                // What is greedy matches as often as what is not, and the library's reader has left out the spaces.
                FlagsItemKind::Flag(Flag::SwapGreed | Flag::IgnoreWhitespace) => {}
                FlagsItemKind::Flag(Flag::Unicode | Flag::CRLF) => {
                    let why = "the flags are i, m, s, x and U";
                    return Err(self.refuse(&item.span, "There is an unknown flag", why, "Leave it out."));
                }
            }
        }
        Ok(())
    }

    fn literal(&self, span: &Span, character: char) -> Result<Expression, Refusal> {
        if self.folds {
            return Ok(characters(&self.folded(span, character, character)?));
        }
        Ok(Expression::text(character.encode_utf8(&mut [0; 4])))
    }

    fn dot(&self) -> Characters {
        if self.dot_is_all { Characters::none().not() } else { Characters::range('\n', '\n').not() }
    }

    fn look(&self, span: &Span, kind: &AssertionKind) -> Result<Look, Refusal> {
        Ok(match kind {
            AssertionKind::StartLine if self.by_line => Look::LineStart,
            AssertionKind::EndLine if self.by_line => Look::LineEnd,
            AssertionKind::StartLine | AssertionKind::StartText => Look::Start,
            AssertionKind::EndLine | AssertionKind::EndText => Look::End,
            AssertionKind::WordBoundary => Look::Word,
            AssertionKind::WordBoundaryStart | AssertionKind::WordBoundaryStartAngle => Look::WordStart,
            AssertionKind::WordBoundaryEnd | AssertionKind::WordBoundaryEndAngle => Look::WordEnd,
            AssertionKind::NotWordBoundary
            | AssertionKind::WordBoundaryStartHalf
            | AssertionKind::WordBoundaryEndHalf => {
                let what = r"There is a `\B` or a half of a `\b`";
                let fix = r"Write the characters that stand there, such as `\w` or `\W`.";
                return Err(self.refuse(span, what, "it would hold inside of a character too", fix));
            }
        })
    }

    fn repetition(&mut self, kind: &RepetitionKind, of: &Ast) -> Result<Expression, Refusal> {
        let (min, max) = match kind {
            RepetitionKind::ZeroOrOne => (0, Some(1)),
            RepetitionKind::ZeroOrMore => (0, None),
            RepetitionKind::OneOrMore => (1, None),
            RepetitionKind::Range(RepetitionRange::Exactly(count)) => (*count, Some(*count)),
            RepetitionKind::Range(RepetitionRange::AtLeast(least)) => (*least, None),
            RepetitionKind::Range(RepetitionRange::Bounded(least, most)) => (*least, Some(*most)),
        };
        let endless = match self.class(of)? {
            Some(class) if max.is_none() && holds_all_but_ascii(&class) => bytes_of(&class, 0x80),
            _ => return Ok(self.any(of)?.repeated(min, max)),
        };
        // Whole characters in any number are their bytes in any number, which makes a smaller automaton.
        let endless = endless.repeated(0, None);
        Ok(if min == 0 { endless } else { Expression::Sequence(vec![self.any(of)?.repeated(min, Some(min)), endless]) })
    }

    /// The characters of an expression that is a class.
    fn class(&self, ast: &Ast) -> Result<Option<Characters>, Refusal> {
        Ok(match ast {
            Ast::Dot(_) => Some(self.dot()),
            Ast::ClassPerl(perl) => Some(perl_class(&perl.kind, perl.negated)),
            Ast::ClassBracketed(bracketed) => Some(self.bracketed(bracketed)?),
            _ => None,
        })
    }

    fn bracketed(&self, bracketed: &ClassBracketed) -> Result<Characters, Refusal> {
        Ok(negated(self.set_of(&bracketed.kind)?, bracketed.negated))
    }

    fn set_of(&self, set: &ClassSet) -> Result<Characters, Refusal> {
        let operation = match set {
            ClassSet::Item(item) => return self.item(item),
            ClassSet::BinaryOp(operation) => operation,
        };
        let (left, right) = (self.set_of(&operation.lhs)?, self.set_of(&operation.rhs)?);
        Ok(match operation.kind {
            ClassSetBinaryOpKind::Intersection => left.and(&right),
            ClassSetBinaryOpKind::Difference => left.but_not(&right),
            ClassSetBinaryOpKind::SymmetricDifference => left.either(&right),
        })
    }

    fn item(&self, item: &ClassSetItem) -> Result<Characters, Refusal> {
        match item {
            ClassSetItem::Empty(_) => Ok(Characters::none()),
            ClassSetItem::Literal(literal) => self.folded(&literal.span, literal.c, literal.c),
            ClassSetItem::Range(range) => self.folded(&range.span, range.start.c, range.end.c),
            ClassSetItem::Ascii(ascii) => {
                let class = if self.folds && matches!(ascii.kind, ClassAsciiKind::Lower | ClassAsciiKind::Upper) {
                    ascii_class(&ClassAsciiKind::Alpha)
                } else {
                    ascii_class(&ascii.kind)
                };
                Ok(negated(class, ascii.negated))
            }
            ClassSetItem::Unicode(class) => Err(self.no_properties(&class.span)),
            ClassSetItem::Perl(perl) => Ok(perl_class(&perl.kind, perl.negated)),
            ClassSetItem::Bracketed(bracketed) => self.bracketed(bracketed),
            ClassSetItem::Union(union) => {
                union.items.iter().try_fold(Characters::none(), |class, item| Ok(class.or(&self.item(item)?)))
            }
        }
    }

    /// The characters from `first` to `last`, under `(?i)` with their other case.
    fn folded(&self, span: &Span, first: char, last: char) -> Result<Characters, Refusal> {
        let mut all = Characters::range(first, last);
        if !self.folds {
            return Ok(all);
        }
        if !last.is_ascii() {
            let what = "There is a character outside of ASCII under `(?i)`";
            let fix = "Write its cases into brackets without the flag, such as `(?-i:[Éé])`.";
            return Err(self.refuse(span, what, "only the letters A to Z have two cases here", fix));
        }
        for character in first..=last {
            let other = (u8::try_from(character).unwrap_or_default() ^ 0x20).into();
            if character.is_ascii_alphabetic() {
                all = all.or(&Characters::range(other, other));
            }
        }
        Ok(all)
    }

    fn no_properties(&self, span: &Span) -> Refusal {
        let fix = r"Write the characters, such as `[A-Za-zÀ-ÿ]`; `[^\x00-\x7F]` is every character outside of ASCII.";
        self.refuse(span, r"There is a Unicode class (`\p`)", "its table would be too large", fix)
    }

    fn refuse(&self, span: &Span, what: &str, why: &str, fix: &str) -> Refusal {
        refuse(self.pattern, span.start.offset, what, why, fix)
    }
}

fn negated(class: Characters, negated: bool) -> Characters {
    if negated { class.not() } else { class }
}

fn perl_class(kind: &ClassPerlKind, is_negated: bool) -> Characters {
    let class = ascii_class(match kind {
        ClassPerlKind::Digit => &ClassAsciiKind::Digit,
        ClassPerlKind::Space => &ClassAsciiKind::Space,
        ClassPerlKind::Word => &ClassAsciiKind::Word,
    });
    negated(class, is_negated)
}

/// The classes of POSIX.
fn ascii_class(kind: &ClassAsciiKind) -> Characters {
    Characters::of(match kind {
        ClassAsciiKind::Alnum => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        ClassAsciiKind::Alpha => &[('A', 'Z'), ('a', 'z')],
        ClassAsciiKind::Ascii => &[('\0', '\x7f')],
        ClassAsciiKind::Blank => &[('\t', '\t'), (' ', ' ')],
        ClassAsciiKind::Cntrl => &[('\0', '\x1f'), ('\x7f', '\x7f')],
        ClassAsciiKind::Digit => &[('0', '9')],
        ClassAsciiKind::Graph => &[('!', '~')],
        ClassAsciiKind::Lower => &[('a', 'z')],
        ClassAsciiKind::Print => &[(' ', '~')],
        ClassAsciiKind::Punct => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        ClassAsciiKind::Space => &[('\t', '\r'), (' ', ' ')],
        ClassAsciiKind::Upper => &[('A', 'Z')],
        ClassAsciiKind::Word => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        ClassAsciiKind::Xdigit => &[('0', '9'), ('A', 'F'), ('a', 'f')],
    })
}

/// One character of a class. Where the class holds everything outside of ASCII, the subject's being UTF-8 is made use of:
/// a byte that begins a character and what continues it are enough, whatever they spell.
fn characters(class: &Characters) -> Expression {
    if !holds_all_but_ascii(class) {
        let bytes = |range: &Utf8Range| Expression::Byte(range.start, range.end);
        let sequence = |sequence: Utf8Sequence| Expression::Sequence(sequence.into_iter().map(bytes).collect());
        return Expression::Choice(class.sequences().map(sequence).collect());
    }
    // A shorter run of the rest matches too, and leads nowhere: nothing else begins with it.
    Expression::Sequence(vec![bytes_of(class, 0xc0), Expression::Byte(0x80, 0xbf).repeated(0, None)])
}

fn holds_all_but_ascii(all: &Characters) -> bool {
    Characters::range('\u{80}', char::MAX).but_not(all).ranges().next().is_none()
}

/// The class's bytes of ASCII, and all bytes from `from` on.
fn bytes_of(all: &Characters, from: u8) -> Expression {
    let ascii = all.and(&Characters::range('\0', '\x7f'));
    let ascii = ascii.ranges().map(|(first, last)| Expression::Byte(first as u8, last as u8));
    Expression::Choice(ascii.chain([Expression::Byte(from, 0xff)]).collect())
}
