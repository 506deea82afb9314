//! Which question a text asks. A text is understood in full or not at all: each of its words belongs to a way of asking,
//! says nothing by itself, or says what the question is about. So “what is odd today?” is a question, and “odd socks” is
//! something to look for.

use super::questions::{About, PLAIN, QUESTIONS, Question};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Words of a text that count; whoever asks in more is searched for.
const WORDS: usize = 24;

/// A question as it was asked.
#[derive(Debug)]
pub struct Asked {
    /// The question.
    pub question: &'static Question,
    /// The words that say what it is about.
    pub about: Vec<String>,
}

/// The words of a text: small letters and digits, without apostrophes.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let plain: String = text.chars().filter(|sign| !matches!(sign, '\'' | '’')).flat_map(char::to_lowercase).collect();
    let words = plain.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty());
    words.take(WORDS).map(ToString::to_string).collect()
}

/// The words that say something by themselves.
#[must_use]
pub fn telling(words: &[String]) -> Vec<String> {
    words.iter().filter(|word| !is_plain(word)).cloned().collect()
}

fn is_plain(word: &str) -> bool {
    PLAIN.split_whitespace().any(|plain| plain == word)
}

/// What a text asks, as far as the table goes. Words that are left over name what it is about; the caller says whether
/// there is an experiment of that name.
#[must_use]
pub fn asked(text: &str, is_name: &dyn Fn(&[String]) -> bool) -> Option<Asked> {
    let words = words(text);
    let mut best: Option<(usize, Asked)> = None;
    for question in QUESTIONS {
        for way in question.ways {
            let Some((groups, mut about)) = taken(way, &words) else { continue };
            // Two ways of the same question mixed are the same question.
            if question.about != About::Words {
                about.retain(|word| !question.ways.iter().any(|way| knows(way, word)));
            }
            let understood = match question.about {
                About::All => about.is_empty(),
                About::Experiment => about.is_empty() || is_name(&about),
                About::Words => true,
            };
            if understood && best.as_ref().is_none_or(|(most, _)| groups > *most) {
                best = Some((groups, Asked { question, about }));
            }
        }
    }
    best.map(|(_, asked)| asked)
}

/// How many groups a way has, and the telling words beside them; nothing where a group is not there. Each group takes a
/// word of its own.
fn taken(way: &str, words: &[String]) -> Option<(usize, Vec<String>)> {
    let mut used: Vec<bool> = words.iter().map(|_| false).collect();
    let mut groups = 0;
    for group in way.split(' ') {
        let at =
            words.iter().zip(&used).position(|(word, used)| !used && group.split('/').any(|known| is(word, known)))?;
        used[at] = true;
        groups += 1;
    }
    let rest = words.iter().zip(used).filter(|(word, used)| !used && !is_plain(word)).map(|(word, _)| word.clone());
    Some((groups, rest.collect()))
}

fn knows(way: &str, word: &str) -> bool {
    way.split([' ', '/']).any(|known| is(word, known))
}

/// Whether a word is one of the table's.
fn is(word: &str, known: &str) -> bool {
    known.strip_suffix('*').map_or(word == known, |beginning| word.starts_with(beginning))
}

/// Whether a name has all of the words, or their beginnings where these are not short.
#[must_use]
pub fn has_all(name: &str, wanted: &[String]) -> bool {
    /// Letters of a beginning that is not everybody's.
    const LONG: usize = 4;
    let name = words(name);
    let has = |wanted: &String| {
        name.iter().any(|word| word == wanted || (wanted.chars().count() >= LONG && word.starts_with(wanted.as_str())))
    };
    !wanted.is_empty() && wanted.iter().all(has)
}
